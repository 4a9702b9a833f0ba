//! Largest and smallest.

use std::cmp::Ordering;

use super::piecewise::{case, otherwise, required, three_way};
use super::rectifiers::ReluAsMax;
use crate::exact::{Number, Relation};
use crate::expr::{
    Conventions, EvaluationError, Expr, Kink, Notation, Operator, Parameter, ParameterKind, Scalar,
    ScalarOperator, TieRule, call, quotient,
};

const PARAMETERS: &[Parameter] =
    &[required("a"), Parameter { name: "b", kind: ParameterKind::Variadic { at_least: 1 } }];

static RELU_ZERO_FIRST: ReluAsMax = ReluAsMax { zero_first: true };
static RELU_ZERO_LAST: ReluAsMax = ReluAsMax { zero_first: false };

/// The largest of two or more.
pub(super) struct Max;

impl ScalarOperator for Max {
    const NAME: &'static str = "max";
    const SUMMARY: &'static str = "the largest; max(0, z) is relu";
    const EXAMPLE: &'static str = "max(a, b)";
    const PARAMETERS: &'static [Parameter] = PARAMETERS;
    const KINKS: &'static [&'static str] = &["tie"];

    fn special_form(&self, arguments: &[Expr]) -> Option<Expr> {
        match arguments {
            [zero, z] if zero.is_integer(0) => Some(call(&RELU_ZERO_FIRST, vec![z.clone()])),
            [z, zero] if zero.is_integer(0) => Some(call(&RELU_ZERO_LAST, vec![z.clone()])),
            _ => None,
        }
    }

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "max", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let [a, b] = arguments else { return None };
        Some(Expr::Cases(vec![
            case(a.clone(), a, Relation::GreaterOrEqual, b),
            case(b.clone(), a, Relation::Less, b),
        ]))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        extremum_partial(&Max, arguments, index, conventions)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        extremum(arguments, Ordering::Greater, Self::NAME, conventions)
    }
}

/// The smallest of two or more.
pub(super) struct Min;

impl ScalarOperator for Min {
    const NAME: &'static str = "min";
    const SUMMARY: &'static str = "the smallest";
    const EXAMPLE: &'static str = "min(a, b)";
    const PARAMETERS: &'static [Parameter] = PARAMETERS;
    const KINKS: &'static [&'static str] = &["tie"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "min", subscript: None, arguments: arguments.to_vec() }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let [a, b] = arguments else { return None };
        Some(Expr::Cases(vec![
            case(a.clone(), a, Relation::LessOrEqual, b),
            case(b.clone(), a, Relation::Greater, b),
        ]))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        extremum_partial(&Min, arguments, index, conventions)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        extremum(arguments, Ordering::Less, Self::NAME, conventions)
    }
}

/// The argument that is beyond all others in the sense of `beyond`. At a tie its derivative is shared by
/// those that tie, or taken from the first of them.
fn extremum<S: Scalar>(
    arguments: &[S],
    beyond: Ordering,
    operator: &'static str,
    conventions: &Conventions,
) -> Result<S, EvaluationError> {
    let mut best: Vec<&S> = vec![&arguments[0]];
    for argument in &arguments[1..] {
        match argument.value().compare(best[0].value())? {
            Ordering::Equal => best.push(argument),
            order if order == beyond => best = vec![argument],
            _ => {}
        }
    }
    if best.len() == 1 || conventions.tie(Kink { operator, place: "tie" }) == TieRule::First {
        return Ok(best[0].clone());
    }
    let count = i64::try_from(best.len()).unwrap_or(i64::MAX);
    let share = Number::one().div(&Number::from(count))?;
    let slopes: Vec<(Number, &S)> = best.iter().map(|tied| (share.clone(), *tied)).collect();
    S::at_kink(best[0].value().clone(), &slopes)
}

/// 1 where the argument is beyond the others, 0 where another is, and the convention's share at a tie.
fn extremum_partial<T: ScalarOperator>(
    operator: &'static T,
    arguments: &[Expr],
    index: usize,
    conventions: &Conventions,
) -> Expr {
    let own = &arguments[index];
    let mut others = arguments.to_vec();
    others.remove(index);
    let kink = Kink { operator: T::NAME, place: "tie" };
    let at_tie = match conventions.tie(kink) {
        TieRule::Share if others.len() == 1 => quotient(Expr::from(1), Expr::from(2)),
        TieRule::Share => {
            let mut counted = vec![own.clone()];
            counted.extend(others.iter().cloned());
            Expr::Quotient {
                numerator: Box::new(Expr::from(1)),
                denominator: Box::new(call(&TieCount, counted)),
            }
        }
        TieRule::First if index == 0 => Expr::from(1),
        TieRule::First if others.len() == 1 => Expr::from(0),
        TieRule::First => {
            let earlier = whole(operator, arguments[..index].to_vec());
            Expr::Cases(vec![
                case(Expr::from(0), &earlier, Relation::Equal, own),
                otherwise(Expr::from(1)),
            ])
        }
    };
    let rest = whole(operator, others);
    let (winning, losing) = (Expr::from(1), Expr::from(0));
    if T::NAME == Max::NAME {
        three_way((own, &rest), [winning, at_tie, losing], kink)
    } else {
        three_way((own, &rest), [losing, at_tie, winning], kink)
    }
}

/// The operator over all of `arguments`; a single one is itself.
fn whole(operator: &'static dyn Operator, mut arguments: Vec<Expr>) -> Expr {
    if arguments.len() == 1 { arguments.remove(0) } else { call(operator, arguments) }
}

/// How many arguments equal the first: the k of a tie of k. It arises in derivatives alone.
struct TieCount;

impl ScalarOperator for TieCount {
    const NAME: &'static str = "ties";
    const SUMMARY: &'static str = "how many of the arguments equal the first";
    const EXAMPLE: &'static str = "";
    const PARAMETERS: &'static [Parameter] = PARAMETERS;

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "ties", subscript: None, arguments: arguments.to_vec() }
    }

    fn partial(&self, _arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        // A count is constant wherever it does not jump.
        Expr::from(0)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let mut count = 0;
        for argument in arguments {
            count += i64::from(argument.value().compare(arguments[0].value())? == Ordering::Equal);
        }
        Ok(S::constant(Number::from(count)))
    }
}
