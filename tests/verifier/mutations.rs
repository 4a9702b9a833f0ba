//! The ways in which a step is made wrong, and the faults by which each is noticed.

use std::sync::Arc;

use nablatex::derivation::{Fault, Justification, Step};
use nablatex::exact::Number;
use nablatex::expr::{Activation, Case, Expr, OperatorRef, Quantity, Term, VariableId};

/// The next number.
pub(crate) fn one_more(value: &Number) -> Number {
    value.add(&Number::one()).expect("a small number")
}

fn plus_one(expr: &Expr) -> Expr {
    Expr::Sum(vec![
        Term { minus: false, expr: expr.clone() },
        Term { minus: false, expr: Expr::from(1) },
    ])
}

pub(crate) fn opposite(expr: &Expr) -> Expr {
    Expr::Negation(Box::new(expr.clone()))
}

/// The case distinctions of an expression.
fn distinctions<'e>(expr: &'e mut Expr, found: &mut Vec<&'e mut Vec<Case>>) {
    match expr {
        Expr::Cases(cases) => found.push(cases),
        Expr::Negation(inner) => distinctions(inner, found),
        Expr::Sum(terms) => terms.iter_mut().for_each(|term| distinctions(&mut term.expr, found)),
        Expr::Product(factors) => factors.iter_mut().for_each(|part| distinctions(part, found)),
        Expr::Quotient { numerator, denominator } => {
            distinctions(numerator, found);
            distinctions(denominator, found);
        }
        _ => {}
    }
}

/// One thing made wrong in a step, at a place counted from 0; `false` where the step has no such place.
pub(crate) type Mutation = fn(&mut Step, usize) -> bool;

const VALUE: &[Fault] = &[Fault::Value, Fault::Premise];
const FORMS: &[Fault] = &[Fault::Forms];

/// Every way in which a step is made wrong, with the faults by which it may be noticed.
pub(crate) const MUTATIONS: &[(&str, Mutation, &[Fault])] = &[
    (
        "another value",
        |step, place| {
            step.value = one_more(&step.value);
            place == 0
        },
        VALUE,
    ),
    (
        "the opposite value",
        |step, place| {
            let moves = step.value != Number::zero();
            step.value = step.value.neg();
            place == 0 && moves
        },
        VALUE,
    ),
    (
        "a form in symbols that is one more",
        |step, place| {
            let Some(form) = step.symbolic.get_mut(place) else { return false };
            *form = plus_one(form);
            true
        },
        FORMS,
    ),
    (
        "a form in symbols with the opposite sign",
        |step, place| {
            let moves = step.value != Number::zero();
            let Some(form) = step.symbolic.get_mut(place).filter(|_| moves) else { return false };
            *form = opposite(form);
            true
        },
        FORMS,
    ),
    (
        "a form in numbers that is one more",
        |step, place| {
            let Some(form) = step.numeric.get_mut(place) else { return false };
            *form = plus_one(form);
            true
        },
        FORMS,
    ),
    (
        "a form in numbers with the opposite sign",
        |step, place| {
            let moves = step.value != Number::zero();
            let Some(form) = step.numeric.get_mut(place).filter(|_| moves) else { return false };
            *form = opposite(form);
            true
        },
        FORMS,
    ),
    (
        "a name among the numbers",
        |step, place| {
            let Some(form) = step.numeric.get_mut(place) else { return false };
            *form = Expr::Sum(vec![
                Term { minus: false, expr: form.clone() },
                Term { minus: false, expr: VariableId(0).into() },
                Term { minus: true, expr: VariableId(0).into() },
            ]);
            true
        },
        &[Fault::NotNumeric],
    ),
    (
        "a summand lost in symbols",
        |step, place| step.symbolic.get_mut(place).is_some_and(lose_summand),
        &[Fault::Forms, Fault::Consumers],
    ),
    (
        "a summand lost in numbers",
        |step, place| step.numeric.get_mut(place).is_some_and(lose_summand),
        FORMS,
    ),
    (
        "a sign turned in a sum of symbols",
        |step, place| {
            // A taken branch is compared by value alone, so the sign of a 0 in it is of no account.
            let by_value = matches!(
                step.justification,
                Justification::Definition | Justification::LocalPartial
            );
            (place == 0 || !by_value) && step.symbolic.get_mut(place).is_some_and(turn_sign)
        },
        &[Fault::Forms, Fault::Consumers],
    ),
    (
        "a sign turned in a sum of numbers",
        |step, place| step.numeric.get_mut(place).is_some_and(turn_sign),
        FORMS,
    ),
    (
        "a consumer not named",
        |step, place| match &mut step.justification {
            Justification::ChainRule { consumers } if place < consumers.len() => {
                consumers.remove(place);
                true
            }
            _ => false,
        },
        &[Fault::Consumers],
    ),
    (
        "a consumer too many",
        |step, place| match &mut step.justification {
            Justification::ChainRule { consumers } if !consumers.is_empty() => {
                consumers.push(consumers[0]);
                place == 0
            }
            _ => false,
        },
        &[Fault::Consumers],
    ),
    (
        "another justification",
        |step, place| {
            step.justification = match step.justification {
                Justification::Independence => Justification::Seed,
                _ => Justification::Independence,
            };
            // A repeated adjoint has no reason of its own, and an update none but its rule.
            place == 0 && step.premises != [step.target]
        },
        &[Fault::Target, Fault::Consumers],
    ),
    (
        "a branch whose condition fails",
        |step, place| {
            let Some(branch) = step.branches.get_mut(place) else { return false };
            branch.condition.relation = branch.condition.relation.negated();
            true
        },
        &[Fault::Branch],
    ),
    (
        "a branch with another left side",
        |step, place| {
            let Some(branch) = step.branches.get_mut(place) else { return false };
            branch.left = one_more(&branch.left);
            true
        },
        &[Fault::Branch],
    ),
    (
        "a branch with another right side",
        |step, place| {
            let Some(branch) = step.branches.get_mut(place) else { return false };
            branch.right = one_more(&branch.right);
            true
        },
        &[Fault::Branch],
    ),
    (
        "another row of a case distinction",
        |step, place| {
            let mut found = Vec::new();
            step.symbolic.iter_mut().for_each(|form| distinctions(form, &mut found));
            let Some(cases) = found.get_mut(place) else { return false };
            cases.iter_mut().for_each(|case| case.value = plus_one(&case.value));
            true
        },
        FORMS,
    ),
    (
        "all conditions of a case distinction turned round",
        |step, place| {
            let mut found = Vec::new();
            step.symbolic.iter_mut().for_each(|form| distinctions(form, &mut found));
            let Some(cases) = found.get_mut(place) else { return false };
            for condition in cases.iter_mut().flat_map(|case| &mut case.conditions) {
                condition.relation = condition.relation.negated();
            }
            true
        },
        FORMS,
    ),
    (
        "a premise not named",
        |step, place| {
            let named = place < step.premises.len();
            if named {
                step.premises.remove(place);
            }
            named
        },
        // What was derived above rests on itself alone.
        &[Fault::Premise, Fault::Consumers],
    ),
    (
        "a premise that nothing establishes",
        |step, place| {
            step.premises.push(Quantity::Free(0));
            place == 0
        },
        &[Fault::Premise, Fault::Consumers],
    ),
    (
        "another target",
        |step, place| {
            step.target = Quantity::Free(0);
            place == 0
        },
        &[Fault::Target],
    ),
    (
        "something established beside the target",
        |step, place| {
            step.also.push(Quantity::Free(0));
            place == 0
        },
        &[Fault::Target],
    ),
];

/// Makes a function that keeps its name one of twice its values, or a derivative one of another's.
pub(crate) fn double_activation(form: &mut Expr) -> bool {
    match form {
        Expr::Call { operator, .. } => {
            let OperatorRef::Activation(own) = operator else { return false };
            let doubled = Expr::Product(vec![Expr::from(2), own.body().clone()]);
            let other = Activation::new(own.text().to_owned(), own.parameter(), doubled);
            *operator = OperatorRef::Activation(Arc::new(other));
            true
        }
        Expr::Product(factors) => factors.iter_mut().any(double_activation),
        _ => false,
    }
}

/// Takes the last summand away; one that is 0 too.
fn lose_summand(form: &mut Expr) -> bool {
    match form {
        Expr::Sum(terms) if terms.len() > 1 => {
            terms.pop();
            true
        }
        _ => false,
    }
}

/// Turns the sign of the first summand that is not the number 0.
fn turn_sign(form: &mut Expr) -> bool {
    let Expr::Sum(terms) = form else { return false };
    match terms.iter_mut().find(|term| !term.expr.is_integer(0)) {
        Some(term) => {
            term.minus = !term.minus;
            true
        }
        None => false,
    }
}
