//! Trees with numbers in place of names, and with parts already computed: the forms between the symbols
//! and the value.

use std::cmp::Ordering;

use super::{Case, Conventions, EvaluationError, Expr, Literal, Quantity, Term, evaluate};
use crate::exact::Number;

/// The same tree with each quantity replaced by what `replace` gives for it. A minus before a number 0 goes:
/// −0 does not exist.
pub fn map_quantities(expr: &Expr, replace: &impl Fn(Quantity) -> Expr) -> Expr {
    rebuild(expr, &|inner| match inner {
        Expr::Quantity(quantity) => Some(replace(*quantity)),
        _ => None,
    })
}

/// The same tree with each part for which `replace` gives another in place of it.
fn rebuild(expr: &Expr, replace: &impl Fn(&Expr) -> Option<Expr>) -> Expr {
    if let Some(other) = replace(expr) {
        return other;
    }
    let recurse = |inner: &Expr| rebuild(inner, replace);
    let boxed = |inner: &Expr| Box::new(rebuild(inner, replace));
    match expr {
        Expr::Number(_) | Expr::Infinity { .. } | Expr::Quantity(_) => expr.clone(),
        Expr::Negation(inner) => negated(recurse(inner)),
        Expr::Sum(terms) => sum_of(
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
        Expr::Call { operator, arguments } => Expr::Call {
            operator: operator.clone(),
            arguments: arguments.iter().map(recurse).collect(),
        },
        Expr::Cases(cases) => {
            Expr::Cases(cases.iter().map(|case| case.map(&mut |inner| recurse(inner))).collect())
        }
    }
}

/// The same tree with each case distinction replaced by what `replace` gives for it.
pub fn map_cases(expr: &Expr, replace: &impl Fn(&[Case]) -> Expr) -> Expr {
    rebuild(expr, &|inner| match inner {
        Expr::Cases(cases) => Some(replace(cases)),
        _ => None,
    })
}

/// The same tree with every application of an operator that equals `part` written as `name`.
pub fn name_subexpression(expr: &Expr, part: &Expr, name: Quantity) -> Expr {
    if !matches!(part, Expr::Call { .. }) {
        return expr.clone();
    }
    rebuild(expr, &|inner| (inner == part).then(|| name.into()))
}

/// The same tree with what is held fixed written plainly: in a derivative it is a value like any other.
pub fn without_detached(expr: &Expr) -> Expr {
    rebuild(expr, &|inner| match inner {
        Expr::Call { operator, arguments } if operator.holds_fixed() => {
            Some(without_detached(&arguments[0]))
        }
        _ => None,
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
        match evaluate(expr, &|_| None::<Number>, conventions) {
            Ok(value) => Ok(Expr::number(value)),
            // What holds a symbol stays as it is.
            Err(EvaluationError::Unknown(_)) => Ok(expr.clone()),
            Err(error) => Err(error),
        }
    };
    let mut compound = 0;
    substituted.for_each_child(&mut |child| compound += usize::from(!is_signed_atom(child)));
    if compound == 0 {
        return Ok(None);
    }
    Ok(Some(match substituted {
        Expr::Sum(terms) => sum_of(
            terms
                .iter()
                .map(|term| Ok(signed_term(term.minus, value(&term.expr)?)))
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
            operator: operator.clone(),
            arguments: arguments.iter().map(value).collect::<Result<_, _>>()?,
        },
        // The minus stays in front of the value of what it negates.
        Expr::Negation(inner) => match reduce_members(inner, conventions)? {
            Some(reduced) => negated(reduced),
            None => return Ok(None),
        },
        Expr::Number(_) | Expr::Quantity(_) | Expr::Cases(_) | Expr::Infinity { .. } => {
            return Ok(None);
        }
    }))
}

/// −e, but e itself where it begins with a number 0.
fn negated(expr: Expr) -> Expr {
    if begins_with_zero(&expr) { expr } else { Expr::Negation(Box::new(expr)) }
}

/// The sum of the terms, without a minus before a number 0 at its very beginning.
fn sum_of(mut terms: Vec<Term>) -> Expr {
    if let Some(first) = terms.first_mut() {
        first.minus &= !begins_with_zero(&first.expr);
    }
    Expr::Sum(terms)
}

/// Whether what is written first is a number 0, so that a minus before it would belong to the 0.
fn begins_with_zero(expr: &Expr) -> bool {
    match expr {
        Expr::Number(literal) => literal.value == Number::zero(),
        Expr::Product(factors) => factors.first().is_some_and(begins_with_zero),
        Expr::Quotient { numerator, .. } => begins_with_zero(numerator),
        Expr::Power { base, .. } => begins_with_zero(base),
        _ => false,
    }
}

/// A computed term with its sign in front: 2 − 2 and not 2 + (−2).
fn signed_term(minus: bool, value: Expr) -> Term {
    match value {
        Expr::Number(literal) if literal.value.sign().is_ok_and(Ordering::is_lt) => Term {
            minus: !minus,
            expr: Expr::Number(Literal { value: literal.value.neg(), style: literal.style }),
        },
        expr => Term { minus, expr },
    }
}

fn is_signed_atom(expr: &Expr) -> bool {
    match expr {
        Expr::Negation(inner) => inner.is_atom(),
        other => other.is_atom(),
    }
}
