//! Trees with numbers in place of names, and with parts already computed: the forms between the symbols
//! and the value.

use super::{
    Case, Condition, Conventions, EvaluationError, Expr, Quantity, Term, choose_case, evaluate,
};
use crate::exact::Number;

/// The same tree with each quantity replaced by what `replace` gives for it.
pub fn map_quantities(expr: &Expr, replace: &impl Fn(Quantity) -> Expr) -> Expr {
    let recurse = |inner: &Expr| map_quantities(inner, replace);
    let boxed = |inner: &Expr| Box::new(map_quantities(inner, replace));
    match expr {
        Expr::Number(_) | Expr::Infinity { .. } => expr.clone(),
        Expr::Quantity(quantity) => replace(*quantity),
        Expr::Negation(inner) => Expr::Negation(boxed(inner)),
        Expr::Sum(terms) => Expr::Sum(
            terms
                .iter()
                .map(|term| Term { minus: term.minus, expr: recurse(&term.expr) })
                .collect(),
        ),
        Expr::Product(factors) => Expr::Product(factors.iter().map(recurse).collect()),
        Expr::Quotient { numerator, denominator } => {
            Expr::Quotient { numerator: boxed(numerator), denominator: boxed(denominator) }
        }
        Expr::Power { base, exponent } => {
            Expr::Power { base: boxed(base), exponent: boxed(exponent) }
        }
        Expr::Call { operator, arguments } => {
            Expr::Call { operator: *operator, arguments: arguments.iter().map(recurse).collect() }
        }
        Expr::Cases(cases) => Expr::Cases(
            cases
                .iter()
                .map(|case| Case {
                    value: recurse(&case.value),
                    conditions: case
                        .conditions
                        .iter()
                        .map(|condition| Condition {
                            left: recurse(&condition.left),
                            relation: condition.relation,
                            right: recurse(&condition.right),
                        })
                        .collect(),
                    kink: case.kink,
                })
                .collect(),
        ),
    }
}

/// The same tree with every case distinction replaced by the branch that holds. `taken` is told each
/// branch: the distinction and the index of the case.
///
/// # Errors
/// As [`evaluate`], for the conditions.
pub fn take_branches(
    expr: &Expr,
    value_of: &impl Fn(Quantity) -> Option<Number>,
    conventions: &Conventions,
    taken: &mut impl FnMut(&[Case], usize),
) -> Result<Expr, EvaluationError> {
    if !expr.has_cases() {
        return Ok(expr.clone());
    }
    let mut boxed = |inner: &Expr| take_branches(inner, value_of, conventions, taken).map(Box::new);
    Ok(match expr {
        Expr::Number(_) | Expr::Infinity { .. } | Expr::Quantity(_) => expr.clone(),
        Expr::Negation(inner) => Expr::Negation(boxed(inner)?),
        Expr::Quotient { numerator, denominator } => {
            Expr::Quotient { numerator: boxed(numerator)?, denominator: boxed(denominator)? }
        }
        Expr::Power { base, exponent } => {
            Expr::Power { base: boxed(base)?, exponent: boxed(exponent)? }
        }
        Expr::Sum(terms) => Expr::Sum(
            terms
                .iter()
                .map(|term| Ok(Term { minus: term.minus, expr: *boxed(&term.expr)? }))
                .collect::<Result<_, EvaluationError>>()?,
        ),
        Expr::Product(factors) => Expr::Product(
            factors
                .iter()
                .map(|factor| Ok(*boxed(factor)?))
                .collect::<Result<_, EvaluationError>>()?,
        ),
        Expr::Call { operator, arguments } => Expr::Call {
            operator: *operator,
            arguments: arguments
                .iter()
                .map(|argument| Ok(*boxed(argument)?))
                .collect::<Result<_, EvaluationError>>()?,
        },
        Expr::Cases(cases) => match choose_case(cases, value_of, conventions)? {
            Some(index) => {
                taken(cases, index);
                take_branches(&cases[index].value, value_of, conventions, taken)?
            }
            None => Expr::from(0),
        },
    })
}

/// The tree with each direct member that is not an atom replaced by its value: the line between the
/// substituted form and the result. `None` where that line would say nothing new.
///
/// # Errors
/// As [`evaluate`].
pub fn reduce_members(
    substituted: &Expr,
    conventions: &Conventions,
) -> Result<Option<Expr>, EvaluationError> {
    let value = |expr: &Expr| -> Result<Expr, EvaluationError> {
        if expr.is_atom() {
            return Ok(expr.clone());
        }
        Ok(Expr::number(evaluate(expr, &|_| None::<Number>, conventions)?))
    };
    let mut compound = 0;
    substituted.for_each_child(&mut |child| compound += usize::from(!is_signed_atom(child)));
    if compound == 0 {
        return Ok(None);
    }
    Ok(Some(match substituted {
        Expr::Sum(terms) => Expr::Sum(
            terms
                .iter()
                .map(|term| Ok(Term { minus: term.minus, expr: value(&term.expr)? }))
                .collect::<Result<_, EvaluationError>>()?,
        ),
        Expr::Product(factors) => {
            Expr::Product(factors.iter().map(value).collect::<Result<_, _>>()?)
        }
        Expr::Quotient { numerator, denominator } => Expr::Quotient {
            numerator: Box::new(value(numerator)?),
            denominator: Box::new(value(denominator)?),
        },
        Expr::Power { base, exponent } => {
            Expr::Power { base: Box::new(value(base)?), exponent: exponent.clone() }
        }
        Expr::Call { operator, arguments } => Expr::Call {
            operator: *operator,
            arguments: arguments.iter().map(value).collect::<Result<_, _>>()?,
        },
        // The minus stays in front of the value of what it negates.
        Expr::Negation(inner) => match reduce_members(inner, conventions)? {
            Some(reduced) => Expr::Negation(Box::new(reduced)),
            None => return Ok(None),
        },
        Expr::Number(_) | Expr::Quantity(_) | Expr::Cases(_) | Expr::Infinity { .. } => {
            return Ok(None);
        }
    }))
}

fn is_signed_atom(expr: &Expr) -> bool {
    match expr {
        Expr::Negation(inner) => inner.is_atom(),
        other => other.is_atom(),
    }
}
