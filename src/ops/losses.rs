//! Losses of a prediction and a target.

use std::cmp::Ordering;

use super::piecewise::{case, required, slope_at, three_way};
use super::signs::{absolute, absolute_partial};
use crate::exact::{Number, Relation};
use crate::expr::{
    Conventions, Domain, EvaluationError, Expr, Function, Kink, Notation, Parameter, ParameterKind,
    Scalar, ScalarOperator, Term, call, negate, power, product, quotient, sum,
};

/// How several entries become one number. Of a single entry all three are that entry.
pub(super) const REDUCTION: Parameter =
    Parameter { name: "reduction", kind: ParameterKind::Word(&["mean", "sum", "none"]) };

/// a − b, as it is written.
fn difference(a: &Expr, b: &Expr) -> Expr {
    Expr::Sum(vec![Term { minus: false, expr: a.clone() }, Term { minus: true, expr: b.clone() }])
}

/// (a − b)²
pub(super) struct Mse;

impl Function for Mse {
    fn name(&self) -> &'static str {
        "mse"
    }
    fn summary(&self) -> &'static str {
        "squared error (a - b)^2, the mean over entries"
    }
    fn example(&self) -> &'static str {
        "mse(a, b)"
    }
    fn parameters(&self) -> &'static [Parameter] {
        const { &[required("a"), required("b"), REDUCTION] }
    }
    fn build(&'static self, arguments: Vec<Expr>) -> Expr {
        power(difference(&arguments[0], &arguments[1]), Expr::from(2))
    }
}

const L1_AT_ZERO: Kink = Kink { operator: "l1", place: "0" };

/// |a − b|
pub(super) struct L1;

impl ScalarOperator for L1 {
    const NAME: &'static str = "l1";
    const SUMMARY: &'static str = "absolute error |a - b|, the mean over entries";
    const EXAMPLE: &'static str = "l1(a, b)";
    const PARAMETERS: &'static [Parameter] = &[required("a"), required("b"), REDUCTION];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Absolute(difference(&arguments[0], &arguments[1]))
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (a, b) = (&arguments[0], &arguments[1]);
        Some(Expr::Cases(vec![
            case(difference(a, b), a, Relation::GreaterOrEqual, b),
            case(difference(b, a), a, Relation::Less, b),
        ]))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        let error = difference(&arguments[0], &arguments[1]);
        let outer = absolute_partial(&error, L1_AT_ZERO, conventions);
        if index == 0 { outer } else { negate(outer) }
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        absolute(&arguments[0].sub(&arguments[1])?, L1_AT_ZERO, conventions)
    }
}

fn half() -> Expr {
    quotient(Expr::from(1), Expr::from(2))
}

fn plus(left: Expr, right: Expr) -> Expr {
    sum(vec![Term { minus: false, expr: left }, Term { minus: false, expr: right }])
}

fn minus(left: Expr, right: Expr) -> Expr {
    sum(vec![Term { minus: false, expr: left }, Term { minus: true, expr: right }])
}

/// The three branches of a loss that is quadratic for small errors and linear for large ones. The pieces
/// meet with one slope, so there is no kink.
fn near_above_below(
    [a, b, threshold]: [&Expr; 3],
    near: Relation,
    [quadratic, above, below]: [Expr; 3],
) -> Expr {
    let error = difference(a, b);
    let magnitude = call(&super::signs::Abs, vec![error.clone()]);
    Expr::Cases(vec![
        case(quadratic, &magnitude, near, threshold),
        case(above, &error, Relation::Greater, threshold),
        case(below, &error, Relation::Less, &negate(threshold.clone())),
    ])
}

/// Where the error of a Huber-like loss lies.
fn position<S: Scalar>(error: &S, threshold: &S) -> Result<Ordering, EvaluationError> {
    if error.value().compare(threshold.value())? == Ordering::Greater {
        return Ok(Ordering::Greater);
    }
    if error.value().compare(&threshold.value().neg())? == Ordering::Less {
        return Ok(Ordering::Less);
    }
    Ok(Ordering::Equal)
}

/// `name` with the threshold below it, of the error.
fn loss_notation(name: &'static str, arguments: &[Expr]) -> Notation {
    Notation::Function {
        name,
        subscript: Some(arguments[2].clone()),
        arguments: vec![difference(&arguments[0], &arguments[1])],
    }
}

/// Huber 1964: ½(a − b)² for |a − b| ≤ δ, else δ(|a − b| − ½δ).
pub(super) struct Huber;

impl ScalarOperator for Huber {
    const NAME: &'static str = "huber";
    const SUMMARY: &'static str =
        "(a - b)^2 / 2 where |a - b| <= delta, else delta * (|a - b| - delta / 2)";
    const EXAMPLE: &'static str = "huber(a, b, delta = 2)";
    const PARAMETERS: &'static [Parameter] = &[
        required("a"),
        required("b"),
        Parameter { name: "delta", kind: ParameterKind::Threshold("1") },
        REDUCTION,
    ];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        loss_notation("Huber", arguments)
    }

    fn definition(&self, arguments: &[Expr]) -> Option<Expr> {
        let (a, b, delta) = (&arguments[0], &arguments[1], &arguments[2]);
        let error = difference(a, b);
        let offset = product(vec![half(), delta.clone()]);
        Some(near_above_below(
            [a, b, delta],
            Relation::LessOrEqual,
            [
                product(vec![half(), power(error.clone(), Expr::from(2))]),
                product(vec![delta.clone(), minus(error.clone(), offset.clone())]),
                product(vec![delta.clone(), minus(difference(b, a), offset)]),
            ],
        ))
    }

    fn partial(&self, arguments: &[Expr], index: usize, _conventions: &Conventions) -> Expr {
        let (a, b, delta) = (&arguments[0], &arguments[1], &arguments[2]);
        let error = difference(a, b);
        let slopes = match index {
            0 => [error, delta.clone(), negate(delta.clone())],
            1 => [difference(b, a), negate(delta.clone()), delta.clone()],
            _ => [
                Expr::from(0),
                minus(error.clone(), delta.clone()),
                negate(plus(error, delta.clone())),
            ],
        };
        near_above_below([a, b, delta], Relation::LessOrEqual, slopes)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let error = arguments[0].sub(&arguments[1])?;
        let delta = &arguments[2];
        let half = S::constant(Number::one().div(&Number::from(2))?);
        match position(&error, delta)? {
            Ordering::Equal => half.mul(&error.powi(2)?),
            Ordering::Greater => delta.mul(&error.sub(&half.mul(delta)?)?),
            Ordering::Less => delta.mul(&error.neg().sub(&half.mul(delta)?)?),
        }
    }
}

/// `PyTorch`'s `smooth_l1`: (a − b)²/(2β) for |a − b| < β, else |a − b| − β/2.
pub(super) struct SmoothL1;

impl ScalarOperator for SmoothL1 {
    const NAME: &'static str = "smooth_l1";
    const SUMMARY: &'static str =
        "(a - b)^2 / (2 * beta) where |a - b| < beta, else |a - b| - beta / 2";
    const EXAMPLE: &'static str = "smooth_l1(a, b, beta = 2)";
    const PARAMETERS: &'static [Parameter] = &[
        required("a"),
        required("b"),
        Parameter { name: "beta", kind: ParameterKind::Threshold("1") },
        REDUCTION,
    ];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        loss_notation("SmoothL1", arguments)
    }

    fn definition(&self, arguments: &[Expr]) -> Option<Expr> {
        let (a, b, beta) = (&arguments[0], &arguments[1], &arguments[2]);
        let error = difference(a, b);
        let offset = quotient(beta.clone(), Expr::from(2));
        let twice = product(vec![Expr::from(2), beta.clone()]);
        Some(near_above_below(
            [a, b, beta],
            Relation::LessOrEqual,
            [
                quotient(power(error.clone(), Expr::from(2)), twice),
                minus(error, offset.clone()),
                minus(difference(b, a), offset),
            ],
        ))
    }

    fn partial(&self, arguments: &[Expr], index: usize, _conventions: &Conventions) -> Expr {
        let (a, b, beta) = (&arguments[0], &arguments[1], &arguments[2]);
        let one = Expr::from(1);
        let slopes = match index {
            0 => [quotient(difference(a, b), beta.clone()), one.clone(), negate(one)],
            1 => [quotient(difference(b, a), beta.clone()), negate(one.clone()), one],
            _ => {
                // −(a − b)²/(2β²) inside, −½ beyond.
                let square = power(difference(a, b), Expr::from(2));
                let twice = product(vec![Expr::from(2), power(beta.clone(), Expr::from(2))]);
                [negate(quotient(square, twice)), negate(half()), negate(half())]
            }
        };
        near_above_below([a, b, beta], Relation::LessOrEqual, slopes)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let error = arguments[0].sub(&arguments[1])?;
        let beta = &arguments[2];
        let two = S::constant(Number::from(2));
        match position(&error, beta)? {
            Ordering::Equal => error.powi(2)?.div(&two.mul(beta)?),
            Ordering::Greater => error.sub(&beta.div(&two)?),
            Ordering::Less => error.neg().sub(&beta.div(&two)?),
        }
    }
}

const HINGE_AT_ZERO: Kink = Kink { operator: "hinge", place: "0" };

/// max(0, 1 − y·score) with y = −1 or 1. Cortes and Vapnik 1995.
pub(super) struct Hinge;

impl Hinge {
    /// 1 − y·score; a y of ±1 in place is a sign.
    fn margin(arguments: &[Expr]) -> Expr {
        let (score, y) = (&arguments[0], &arguments[1]);
        let (minus, expr) = if y.is_integer(1) {
            (true, score.clone())
        } else if y.is_integer(-1) {
            (false, score.clone())
        } else {
            (true, Expr::Product(vec![y.clone(), score.clone()]))
        };
        Expr::Sum(vec![Term { minus: false, expr: Expr::from(1) }, Term { minus, expr }])
    }
}

impl ScalarOperator for Hinge {
    const NAME: &'static str = "hinge";
    const SUMMARY: &'static str = "max(0, 1 - y * score) for a target y of -1 or 1";
    const EXAMPLE: &'static str = "hinge(a, 1)";
    const PARAMETERS: &'static [Parameter] = &[required("score"), required("y"), REDUCTION];
    const KINKS: &'static [&'static str] = &["0"];
    const DOMAIN: Option<Domain> = Some(Domain::HingeTarget);

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function {
            name: "max",
            subscript: None,
            arguments: vec![Expr::from(0), Self::margin(arguments)],
        }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (margin, zero) = (Self::margin(arguments), Expr::from(0));
        Some(Expr::Cases(vec![
            case(margin.clone(), &margin, Relation::Greater, &zero),
            case(zero.clone(), &margin, Relation::LessOrEqual, &zero),
        ]))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        let slope = negate(arguments[1 - index].clone());
        let at = slope_at(HINGE_AT_ZERO, conventions, &Expr::from(0));
        three_way(
            (&Self::margin(arguments), &Expr::from(0)),
            [slope.clone(), product(vec![at, slope]), Expr::from(0)],
            HINGE_AT_ZERO,
        )
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let (score, y) = (&arguments[0], &arguments[1]);
        let one = Number::one();
        if *y.value() != one && *y.value() != one.neg() {
            return Err(EvaluationError::Domain {
                operator: Self::NAME,
                domain: Domain::HingeTarget,
                argument: None,
            });
        }
        let margin = S::constant(one).sub(&y.mul(score)?)?;
        match margin.value().sign()? {
            Ordering::Greater => Ok(margin),
            Ordering::Less => Ok(S::constant(Number::zero())),
            Ordering::Equal => {
                let slope = conventions.slope(HINGE_AT_ZERO, &Number::zero());
                S::at_kink(Number::zero(), &[(slope, &margin)])
            }
        }
    }
}
