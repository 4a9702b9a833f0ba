//! Absolute value, sign and step.

use std::cmp::Ordering;

use super::piecewise::{case, required, slope_at, three_way};
use crate::exact::{Number, Relation};
use crate::expr::{
    Conventions, EvaluationError, Expr, Kink, Notation, Parameter, Scalar, ScalarOperator, Term,
    negate,
};

/// The two sides to compare for the sign of `expr`: a − b is positive where a > b.
pub(super) fn sides(expr: &Expr) -> (Expr, Expr) {
    match expr {
        Expr::Sum(terms) => match &terms[..] {
            [Term { minus: false, expr: left }, Term { minus: true, expr: right }] => {
                (left.clone(), right.clone())
            }
            _ => (expr.clone(), Expr::from(0)),
        },
        _ => (expr.clone(), Expr::from(0)),
    }
}

const ABS_AT_ZERO: Kink = Kink { operator: "abs", place: "0" };

/// |z|
pub(super) struct Abs;

impl ScalarOperator for Abs {
    const NAME: &'static str = "abs";
    const SUMMARY: &'static str = "absolute value";
    const EXAMPLE: &'static str = "abs(a - b)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Absolute(arguments[0].clone())
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, zero) = (&arguments[0], Expr::from(0));
        Some(Expr::Cases(vec![
            case(z.clone(), z, Relation::GreaterOrEqual, &zero),
            case(negate(z.clone()), z, Relation::Less, &zero),
        ]))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, conventions: &Conventions) -> Expr {
        absolute_partial(&arguments[0], ABS_AT_ZERO, conventions)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        absolute(&arguments[0], ABS_AT_ZERO, conventions)
    }
}

/// ∂|z|/∂z, with the kink of whichever operator is an absolute value.
pub(super) fn absolute_partial(z: &Expr, kink: Kink, conventions: &Conventions) -> Expr {
    let at = slope_at(kink, conventions, &Expr::from(0));
    let (left, right) = sides(z);
    three_way((&left, &right), [Expr::from(1), at, Expr::from(-1)], kink)
}

/// |z| over any scalar.
pub(super) fn absolute<S: Scalar>(
    z: &S,
    kink: Kink,
    conventions: &Conventions,
) -> Result<S, EvaluationError> {
    match z.value().sign()? {
        Ordering::Greater => Ok(z.clone()),
        Ordering::Less => Ok(z.neg()),
        Ordering::Equal => {
            let slope = conventions.slope(kink, &Number::zero());
            S::at_kink(Number::zero(), &[(slope, z)])
        }
    }
}

/// A function that is constant on both sides of its jump at 0.
fn jump<S: Scalar>(
    z: &S,
    [greater, at, less]: [i64; 3],
    kink: Kink,
    conventions: &Conventions,
) -> Result<S, EvaluationError> {
    match z.value().sign()? {
        Ordering::Greater => Ok(S::constant(Number::from(greater))),
        Ordering::Less => Ok(S::constant(Number::from(less))),
        Ordering::Equal => {
            let slope = conventions.slope(kink, &Number::zero());
            S::at_kink(Number::from(at), &[(slope, z)])
        }
    }
}

/// The derivative of such a function: 0, but for a convention at the jump.
fn jump_partial(z: &Expr, kink: Kink, conventions: &Conventions) -> Expr {
    let at = slope_at(kink, conventions, &Expr::from(0));
    three_way((z, &Expr::from(0)), [Expr::from(0), at, Expr::from(0)], kink)
}

const SIGN_AT_ZERO: Kink = Kink { operator: "sign", place: "0" };

/// −1, 0 or 1.
pub(super) struct Sign;

impl ScalarOperator for Sign {
    const NAME: &'static str = "sign";
    const SUMMARY: &'static str = "1 where z > 0, -1 where z < 0, 0 at 0";
    const EXAMPLE: &'static str = "sign(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "sign", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, zero) = (&arguments[0], Expr::from(0));
        Some(Expr::Cases(vec![
            case(Expr::from(1), z, Relation::Greater, &zero),
            case(zero.clone(), z, Relation::Equal, &zero),
            case(Expr::from(-1), z, Relation::Less, &zero),
        ]))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, conventions: &Conventions) -> Expr {
        jump_partial(&arguments[0], SIGN_AT_ZERO, conventions)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        jump(&arguments[0], [1, 0, -1], SIGN_AT_ZERO, conventions)
    }
}

const STEP_AT_ZERO: Kink = Kink { operator: "step", place: "0" };

/// 1 where z ≥ 0, else 0: the perceptron's activation.
pub(super) struct Step;

impl ScalarOperator for Step {
    const NAME: &'static str = "step";
    const SUMMARY: &'static str = "1 where z >= 0, else 0";
    const EXAMPLE: &'static str = "step(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "step", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, zero) = (&arguments[0], Expr::from(0));
        Some(Expr::Cases(vec![
            case(Expr::from(1), z, Relation::GreaterOrEqual, &zero),
            case(zero.clone(), z, Relation::Less, &zero),
        ]))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, conventions: &Conventions) -> Expr {
        jump_partial(&arguments[0], STEP_AT_ZERO, conventions)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        jump(&arguments[0], [1, 1, 0], STEP_AT_ZERO, conventions)
    }
}
