//! What all rules share: the gradient that they use, and small expressions.

use super::{Assignment, Direction, Step};
use crate::expr::{Expr, Quantity, Setting, StateLetter, Term, VariableId};
use crate::ops;

pub(super) fn setting(setting: Setting) -> Expr {
    Quantity::Setting(setting).into()
}

/// The state of `letter` as it was before the step.
pub(super) fn old(letter: StateLetter, of: VariableId) -> Expr {
    Quantity::State { letter, of }.into()
}

/// The state of `letter` that the step has given.
pub(super) fn new(letter: StateLetter, of: VariableId) -> Expr {
    Quantity::NewState { letter, of }.into()
}

pub(super) fn plus(left: Expr, right: Expr) -> Expr {
    two_terms(left, false, right)
}

pub(super) fn minus(left: Expr, right: Expr) -> Expr {
    two_terms(left, true, right)
}

fn two_terms(left: Expr, is_minus: bool, right: Expr) -> Expr {
    Expr::Sum(vec![Term { minus: false, expr: left }, Term { minus: is_minus, expr: right }])
}

pub(super) fn times(left: Expr, right: Expr) -> Expr {
    Expr::Product(vec![left, right])
}

pub(super) fn over(numerator: Expr, denominator: Expr) -> Expr {
    Expr::Quotient { numerator: Box::new(numerator), denominator: Box::new(denominator) }
}

pub(super) fn squared(base: Expr) -> Expr {
    Expr::Power { base: Box::new(base), exponent: Box::new(Expr::from(2)) }
}

/// ρ·old + (1 − ρ)·value
pub(super) fn decayed(rate: Setting, old: Expr, value: Expr) -> Expr {
    plus(times(setting(rate), old), times(minus(Expr::from(1), setting(rate)), value))
}

/// √state + ε, without an ε of 0.
pub(super) fn root(step: &Step<'_>, state: Expr) -> Expr {
    let root = ops::square_root(state);
    if step.settings.counts(Setting::Epsilon) {
        plus(root, setting(Setting::Epsilon))
    } else {
        root
    }
}

/// The new value of the parameter.
pub(super) fn assign(step: &Step<'_>, rule: Expr) -> Assignment {
    Assignment::new(Quantity::Updated(step.parameter), rule)
}

/// The gradient that a rule descends along: in this order its sign, clipping, weight decay. Where any of
/// these changes it, a line of its own gives it the letter g.
pub(super) fn gradient(step: &Step<'_>, lines: &mut Vec<Assignment>) -> Expr {
    let parameter = step.parameter;
    let adjoint: Expr = Quantity::Adjoint(parameter).into();
    let mut gradient = adjoint.clone();
    if step.direction == Direction::Ascend {
        gradient = Expr::Negation(Box::new(gradient));
    }
    if step.is_clipped {
        let scale = over(setting(Setting::ClipNorm), Quantity::GradientNorm.into());
        gradient = match gradient {
            Expr::Negation(inner) => Expr::Negation(Box::new(times(scale, *inner))),
            other => times(scale, other),
        };
    }
    if step.settings.get(Setting::ClipValue).is_some() {
        let bound = setting(Setting::ClipValue);
        gradient = ops::clip(gradient, Expr::Negation(Box::new(bound.clone())), bound);
    }
    if step.settings.counts(Setting::WeightDecay) {
        gradient = plus(gradient, times(setting(Setting::WeightDecay), parameter.into()));
    }
    if gradient == adjoint {
        return gradient;
    }
    let target = Quantity::NewState { letter: StateLetter::Gradient, of: parameter };
    lines.push(Assignment::new(target, gradient));
    target.into()
}
