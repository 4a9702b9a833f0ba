//! Rectifiers and clips.

use std::cmp::Ordering;

use super::piecewise::{case, condition, otherwise, required, slope_at, three_way};
use crate::exact::{Number, Rational, Relation};
use crate::expr::{
    Case, Conventions, Domain, EvaluationError, Expr, Kink, Literal, Notation, NumberStyle,
    Parameter, ParameterKind, Scalar, ScalarOperator, Term, call, product, quotient, sum,
};

const RELU_AT_ZERO: Kink = Kink { operator: "relu", place: "0" };

/// max(0, z). Nair and Hinton 2010.
pub(super) struct Relu;

impl ScalarOperator for Relu {
    const NAME: &'static str = "relu";
    const SUMMARY: &'static str = "rectified linear unit: z where z > 0, else 0";
    const EXAMPLE: &'static str = "relu(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "ReLU", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, zero) = (&arguments[0], Expr::from(0));
        Some(Expr::Cases(vec![
            case(z.clone(), z, Relation::Greater, &zero),
            case(zero.clone(), z, Relation::LessOrEqual, &zero),
        ]))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, conventions: &Conventions) -> Expr {
        let at = slope_at(RELU_AT_ZERO, conventions, &Expr::from(0));
        three_way((&arguments[0], &Expr::from(0)), [Expr::from(1), at, Expr::from(0)], RELU_AT_ZERO)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let z = &arguments[0];
        match z.value().sign()? {
            Ordering::Greater => Ok(z.clone()),
            Ordering::Less => Ok(S::constant(Number::zero())),
            Ordering::Equal => {
                let slope = conventions.slope(RELU_AT_ZERO, &Number::zero());
                S::at_kink(Number::zero(), &[(slope, z)])
            }
        }
    }
}

/// relu as a file may also write it: `max(0, z)` or `max(z, 0)`. It prints as it was written.
pub(super) struct ReluAsMax {
    /// The literal 0 stands first.
    pub(super) zero_first: bool,
}

impl ScalarOperator for ReluAsMax {
    const NAME: &'static str = "max";
    const SUMMARY: &'static str = Relu::SUMMARY;
    const EXAMPLE: &'static str = "max(0, a)";
    const PARAMETERS: &'static [Parameter] = Relu::PARAMETERS;

    fn variant(&self) -> u8 {
        1 + u8::from(self.zero_first)
    }

    fn written(&self, arguments: &[Expr]) -> Vec<Expr> {
        let mut written = arguments.to_vec();
        written.insert(usize::from(!self.zero_first), Expr::from(0));
        written
    }

    fn notation(&self, arguments: &[Expr]) -> Notation {
        let arguments = ScalarOperator::written(self, arguments);
        Notation::Function { name: "max", subscript: None, arguments }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        ScalarOperator::meaning(&Relu, arguments)
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        ScalarOperator::partial(&Relu, arguments, index, conventions)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        Relu.rule(arguments, conventions)
    }
}

const LEAKY_AT_ZERO: Kink = Kink { operator: "leaky_relu", place: "0" };

/// z where z > 0, else slope·z. Maas, Hannun and Ng 2013.
pub(super) struct LeakyRelu;

impl ScalarOperator for LeakyRelu {
    const NAME: &'static str = "leaky_relu";
    const SUMMARY: &'static str = "z where z > 0, else slope times z";
    const EXAMPLE: &'static str = "leaky_relu(a, 0.1)";
    const PARAMETERS: &'static [Parameter] =
        &[required("z"), Parameter { name: "slope", kind: ParameterKind::Optional("0.01") }];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function {
            name: "LeakyReLU",
            subscript: Some(arguments[1].clone()),
            arguments: vec![arguments[0].clone()],
        }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, zero) = (&arguments[0], Expr::from(0));
        Some(Expr::Cases(vec![
            case(z.clone(), z, Relation::Greater, &zero),
            case(product(vec![arguments[1].clone(), z.clone()]), z, Relation::LessOrEqual, &zero),
        ]))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        let (z, slope) = (&arguments[0], &arguments[1]);
        let zero = Expr::from(0);
        if index == 0 {
            let at = slope_at(LEAKY_AT_ZERO, conventions, slope);
            three_way((z, &zero), [Expr::from(1), at, slope.clone()], LEAKY_AT_ZERO)
        } else {
            Expr::Cases(vec![
                case(Expr::from(0), z, Relation::GreaterOrEqual, &zero),
                case(z.clone(), z, Relation::Less, &zero),
            ])
        }
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let (z, slope) = (&arguments[0], &arguments[1]);
        match z.value().sign()? {
            Ordering::Greater => Ok(z.clone()),
            Ordering::Less => slope.mul(z),
            Ordering::Equal => {
                let at = conventions.slope(LEAKY_AT_ZERO, slope.value());
                S::at_kink(Number::zero(), &[(at, z)])
            }
        }
    }
}

/// The slopes of a clip at its two ends: what the file states for the operator itself, else for `clip`,
/// which relu6 and `hard_sigmoid` are forms of, else 0.
fn end_slopes(operator: &'static str, conventions: &Conventions) -> [(Kink, Number); 2] {
    ["lo", "hi"].map(|place| {
        let own = Kink { operator, place };
        let general = Kink { operator: Clip::NAME, place };
        let kink = if conventions.get(own).is_some() { own } else { general };
        (kink, conventions.slope(kink, &Number::zero()))
    })
}

/// `inside` for lo < z < hi, 0 beyond, and at an end `inside` times the convention's slope.
fn between(
    z: &Expr,
    [lo, hi]: [Option<&Expr>; 2],
    inside: &Literal,
    ends: &[(Kink, Number); 2],
) -> Expr {
    let mut strictly = Vec::new();
    let mut kinks = Vec::new();
    for (bound, relation, (kink, slope)) in
        [(lo, Relation::Less, &ends[0]), (hi, Relation::Greater, &ends[1])]
    {
        let Some(bound) = bound else { continue };
        strictly.push(condition(bound, relation, z));
        let at = product(vec![
            super::piecewise::convention_number(slope.clone()),
            Expr::Number(inside.clone()),
        ]);
        kinks.push(Case { kink: Some(*kink), ..case(at, z, Relation::Equal, bound) });
    }
    // lo < z and z < hi, as a reader expects it.
    if let Some(upper) = strictly.iter_mut().find(|c| c.relation == Relation::Greater) {
        *upper = condition(z, Relation::Less, &upper.left.clone());
    }
    let mut cases =
        vec![Case { value: Expr::Number(inside.clone()), conditions: strictly, kink: None }];
    cases.extend(kinks);
    cases.push(otherwise(Expr::from(0)));
    Expr::Cases(cases)
}

/// `inside`, but beyond an end the value there: what the clips are, each end with its value.
fn within(inside: Expr, z: &Expr, [lo, hi]: [Option<(&Expr, &Expr)>; 2]) -> Expr {
    let mut cases = Vec::new();
    cases.extend(lo.map(|(end, value)| case(value.clone(), z, Relation::Less, end)));
    cases.extend(hi.map(|(end, value)| case(value.clone(), z, Relation::Greater, end)));
    cases.push(otherwise(inside));
    Expr::Cases(cases)
}

/// z limited to [lo, hi], with slope `1` inside: the rule that the clips share.
fn clipped<S: Scalar>(
    z: &S,
    [lo, hi]: [Option<&S>; 2],
    ends: &[(Kink, Number); 2],
) -> Result<S, EvaluationError> {
    let one = Number::one();
    for (bound, beyond, (_, slope)) in
        [(lo, Ordering::Less, &ends[0]), (hi, Ordering::Greater, &ends[1])]
    {
        let Some(bound) = bound else { continue };
        let order = z.value().compare(bound.value())?;
        if order == beyond {
            return Ok(bound.clone());
        }
        if order == Ordering::Equal {
            // What z does not take of a common shift, the bound takes.
            let rest = one.sub(slope)?;
            return S::at_kink(bound.value().clone(), &[(slope.clone(), z), (rest, bound)]);
        }
    }
    Ok(z.clone())
}

/// min(max(z, lo), hi); a bound may be ±inf.
pub(super) struct Clip;

/// `clip` with a bound at infinity: only the finite one is an argument.
struct HalfClip {
    bound: Bound,
}

#[derive(Clone, Copy, PartialEq)]
enum Bound {
    Lower,
    Upper,
}

static CLIP_BELOW: HalfClip = HalfClip { bound: Bound::Lower };
static CLIP_ABOVE: HalfClip = HalfClip { bound: Bound::Upper };

/// ∂clip/∂bound: 1 where the bound is the value, 0 elsewhere, the rest of z's slope at the end itself.
fn bound_partial(z: &Expr, bound: &Expr, side: Bound, end: (Kink, Number)) -> Expr {
    let beyond = if side == Bound::Lower { Relation::Less } else { Relation::Greater };
    let rest = sum(vec![
        Term { minus: false, expr: Expr::from(1) },
        Term { minus: true, expr: super::piecewise::convention_number(end.1) },
    ]);
    Expr::Cases(vec![
        case(Expr::from(1), z, beyond, bound),
        Case { kink: Some(end.0), ..case(rest, z, Relation::Equal, bound) },
        otherwise(Expr::from(0)),
    ])
}

fn unit() -> Literal {
    Literal { value: Number::one(), style: NumberStyle::Auto }
}

impl ScalarOperator for Clip {
    const NAME: &'static str = "clip";
    const SUMMARY: &'static str =
        "z limited to the interval from lo to hi, of which one may be inf";
    const EXAMPLE: &'static str = "clip(a, -1, 1)";
    const PARAMETERS: &'static [Parameter] = &[
        required("z"),
        Parameter { name: "lo", kind: ParameterKind::Bound },
        Parameter { name: "hi", kind: ParameterKind::Bound },
    ];
    const KINKS: &'static [&'static str] = &["lo", "hi"];
    const DOMAIN: Option<Domain> = Some(Domain::ClipBounds);

    fn special_form(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, lo, hi) = (&arguments[0], &arguments[1], &arguments[2]);
        match (lo, hi) {
            (Expr::Infinity { .. }, Expr::Infinity { .. }) => Some(z.clone()),
            (_, Expr::Infinity { .. }) => Some(call(&CLIP_BELOW, vec![z.clone(), lo.clone()])),
            (Expr::Infinity { .. }, _) => Some(call(&CLIP_ABOVE, vec![z.clone(), hi.clone()])),
            _ => None,
        }
    }

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "clip", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, lo, hi) = (&arguments[0], &arguments[1], &arguments[2]);
        Some(within(z.clone(), z, [Some((lo, lo)), Some((hi, hi))]))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        let (z, lo, hi) = (&arguments[0], &arguments[1], &arguments[2]);
        let ends = end_slopes(Self::NAME, conventions);
        let [low_end, high_end] = ends.clone();
        match index {
            0 => between(z, [Some(lo), Some(hi)], &unit(), &ends),
            1 => bound_partial(z, lo, Bound::Lower, low_end),
            _ => {
                let mut partial = bound_partial(z, hi, Bound::Upper, high_end);
                // Where both bounds are z, it is the lower one that holds z.
                if let Expr::Cases(cases) = &mut partial {
                    cases[1].conditions.push(condition(z, Relation::Greater, lo));
                }
                partial
            }
        }
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let (z, lo, hi) = (&arguments[0], &arguments[1], &arguments[2]);
        if lo.value().compare(hi.value())? == Ordering::Greater {
            return Err(EvaluationError::Domain {
                operator: Self::NAME,
                domain: Domain::ClipBounds,
                argument: None,
            });
        }
        clipped(z, [Some(lo), Some(hi)], &end_slopes(Self::NAME, conventions))
    }
}

impl ScalarOperator for HalfClip {
    const NAME: &'static str = Clip::NAME;
    const SUMMARY: &'static str = Clip::SUMMARY;
    const EXAMPLE: &'static str = "clip(a, 0, inf)";
    const PARAMETERS: &'static [Parameter] = Clip::PARAMETERS;

    fn variant(&self) -> u8 {
        1 + u8::from(self.bound == Bound::Upper)
    }

    fn written(&self, arguments: &[Expr]) -> Vec<Expr> {
        let mut written = arguments.to_vec();
        match self.bound {
            Bound::Lower => written.push(Expr::Infinity { negative: false }),
            Bound::Upper => written.insert(1, Expr::Infinity { negative: true }),
        }
        written
    }

    fn notation(&self, arguments: &[Expr]) -> Notation {
        ScalarOperator::notation(&Clip, &ScalarOperator::written(self, arguments))
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, bound) = (&arguments[0], &arguments[1]);
        let mut ends = [None, None];
        ends[usize::from(self.bound == Bound::Upper)] = Some((bound, bound));
        Some(within(z.clone(), z, ends))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        let (z, bound) = (&arguments[0], &arguments[1]);
        let ends = end_slopes(Clip::NAME, conventions);
        let side = usize::from(self.bound == Bound::Upper);
        if index == 0 {
            let mut bounds = [None, None];
            bounds[side] = Some(bound);
            between(z, bounds, &unit(), &ends)
        } else {
            bound_partial(z, bound, self.bound, ends[side].clone())
        }
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let mut bounds = [None, None];
        bounds[usize::from(self.bound == Bound::Upper)] = Some(&arguments[1]);
        clipped(&arguments[0], bounds, &end_slopes(Clip::NAME, conventions))
    }
}

/// min(max(0, z), 6). Krizhevsky 2010.
pub(super) struct Relu6;

impl ScalarOperator for Relu6 {
    const NAME: &'static str = "relu6";
    const SUMMARY: &'static str = "z limited to the interval from 0 to 6";
    const EXAMPLE: &'static str = "relu6(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const KINKS: &'static [&'static str] = &["lo", "hi"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "ReLU6", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, lo, hi) = (&arguments[0], Expr::from(0), Expr::from(6));
        Some(within(z.clone(), z, [Some((&lo, &lo)), Some((&hi, &hi))]))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, conventions: &Conventions) -> Expr {
        let bounds = [Some(&Expr::from(0)), Some(&Expr::from(6))];
        between(&arguments[0], bounds, &unit(), &end_slopes(Self::NAME, conventions))
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let [lo, hi] = [0, 6].map(|bound| S::constant(Number::from(bound)));
        clipped(&arguments[0], [Some(&lo), Some(&hi)], &end_slopes(Self::NAME, conventions))
    }
}

/// clip(z/6 + 1/2, 0, 1), as `PyTorch` defines it.
pub(super) struct HardSigmoid;

impl ScalarOperator for HardSigmoid {
    const NAME: &'static str = "hard_sigmoid";
    const SUMMARY: &'static str = "z/6 + 1/2 limited to the interval from 0 to 1";
    const EXAMPLE: &'static str = "hard_sigmoid(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const KINKS: &'static [&'static str] = &["lo", "hi"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "HardSigmoid", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let z = &arguments[0];
        let (lo, hi) = (Expr::from(-3), Expr::from(3));
        let (zero, one) = (Expr::from(0), Expr::from(1));
        let line = sum(vec![
            Term { minus: false, expr: quotient(z.clone(), Expr::from(6)) },
            Term { minus: false, expr: quotient(one.clone(), Expr::from(2)) },
        ]);
        Some(within(line, z, [Some((&lo, &zero)), Some((&hi, &one))]))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, conventions: &Conventions) -> Expr {
        let bounds = [Some(&Expr::from(-3)), Some(&Expr::from(3))];
        let Expr::Number(sixth) = quotient(Expr::from(1), Expr::from(6)) else {
            unreachable!("a quotient of two numbers is a number")
        };
        between(&arguments[0], bounds, &sixth, &end_slopes(Self::NAME, conventions))
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let six = S::constant(Number::from(6));
        let half = S::constant(Number::from(Rational::new(1, 2).unwrap_or_else(Rational::zero)));
        let line = arguments[0].div(&six)?.add(&half)?;
        let [lo, hi] = [0, 1].map(|bound| S::constant(Number::from(bound)));
        clipped(&line, [Some(&lo), Some(&hi)], &end_slopes(Self::NAME, conventions))
    }
}
