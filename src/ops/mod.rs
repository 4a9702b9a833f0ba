//! The operators, one struct each, and the registry that lists them.
//!
//! To add one, write its struct in the file of its family with its tests beneath it, and add a line to
//! `REGISTRY`. The checker's knowledge, "did you mean", the operator reference and the registry-wide
//! tests follow from there.
//!
//! | file | operators |
//! | --- | --- |
//! | `rectifiers.rs` | relu, leaky_relu, relu6, clip, hard_sigmoid |
//! | `signs.rs` | abs, sign, step |
//! | `extrema.rs` | max, min |
//! | `forms.rs` | square, where, detach: forms that the tree has |
//! | `elementary.rs` | exp, log, log2, log10, sqrt, sin, cos, tan |
//! | `activations.rs` | sigmoid, tanh, softplus, elu, silu, gelu |
//! | `losses.rs` | mse, l1, huber, smooth_l1, hinge |
//! | `entropies.rs` | bce, bce_with_logits |

mod activations;
mod elementary;
mod entropies;
mod extrema;
mod forms;
mod losses;
mod piecewise;
mod rectifiers;
#[cfg(test)]
mod registry_tests;
mod signs;

use crate::exact::{ClosedForm, Function as Elementary};
use crate::expr::{Expr, Function, Operator, Term, call, power, product, quotient, sum};

/// Every function that a file can call, in the order of the reference.
static REGISTRY: &[&dyn Function] = &[
    &rectifiers::Relu,
    &rectifiers::LeakyRelu,
    &rectifiers::Relu6,
    &rectifiers::Clip,
    &rectifiers::HardSigmoid,
    &signs::Abs,
    &signs::Sign,
    &signs::Step,
    &extrema::Max,
    &extrema::Min,
    &forms::Square,
    &forms::Where,
    &forms::Detach,
    &activations::Sigmoid,
    &activations::Tanh,
    &activations::Softplus,
    &activations::Elu,
    &activations::Silu,
    &activations::Gelu,
    &elementary::Exp,
    &elementary::Log,
    &elementary::Log2,
    &elementary::Log10,
    &elementary::Sqrt,
    &elementary::Sin,
    &elementary::Cos,
    &elementary::Tan,
    &losses::Mse,
    &losses::L1,
    &losses::Huber,
    &losses::SmoothL1,
    &losses::Hinge,
    &entropies::Bce,
    &entropies::BceWithLogits,
];

/// Every function, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static dyn Function> {
    REGISTRY.iter().copied()
}

/// A power whose exponent moves.
pub fn moving_power(base: Expr, exponent: Expr) -> Expr {
    call(&elementary::Pow, vec![base, exponent])
}

/// A closed form as an expression; none where a function in it has no name in the language.
pub fn closed(form: &ClosedForm) -> Option<Expr> {
    let all = |forms: &[ClosedForm]| forms.iter().map(closed).collect::<Option<Vec<_>>>();
    Some(match form {
        ClosedForm::Rational(rational) => Expr::number(rational.clone().into()),
        ClosedForm::Pi => return None,
        ClosedForm::Sum(terms) => {
            sum(all(terms)?.into_iter().map(|expr| Term { minus: false, expr }).collect())
        }
        ClosedForm::Product(factors) => product(all(factors)?),
        ClosedForm::Quotient(dividend, divisor) => quotient(closed(dividend)?, closed(divisor)?),
        ClosedForm::Power(base, exponent) => power(closed(base)?, closed(exponent)?),
        ClosedForm::Function(function, argument) => {
            let operator: &'static dyn Operator = match function {
                Elementary::Exp => &elementary::Exp,
                Elementary::Ln => &elementary::Log,
                Elementary::Log2 => &elementary::Log2,
                Elementary::Log10 => &elementary::Log10,
                Elementary::Sqrt => &elementary::Sqrt,
                Elementary::Sigmoid => &activations::Sigmoid,
                Elementary::Tanh => &activations::Tanh,
                Elementary::Softplus => &activations::Softplus,
                Elementary::Sin => &elementary::Sin,
                Elementary::Cos => &elementary::Cos,
                Elementary::Tan => &elementary::Tan,
                Elementary::Erf => return None,
            };
            call(operator, vec![closed(argument)?])
        }
    })
}

/// The value of an expression, without its derivative.
pub fn held_fixed(value: Expr) -> Expr {
    call(&forms::Detach, vec![value])
}

/// √z
pub fn square_root(z: Expr) -> Expr {
    call(&elementary::Sqrt, vec![z])
}

/// z within the bounds.
pub fn clip(z: Expr, lo: Expr, hi: Expr) -> Expr {
    Function::build(&rectifiers::Clip, vec![z, lo, hi])
}

/// The larger of two.
pub fn larger(a: Expr, b: Expr) -> Expr {
    Function::build(&extrema::Max, vec![a, b])
}

/// The function of that name or alias.
pub fn find(name: &str) -> Option<&'static dyn Function> {
    all().find(|function| function.name() == name || function.aliases().contains(&name))
}

/// Every name and alias, for "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    all().flat_map(|function| {
        std::iter::once(function.name()).chain(function.aliases().iter().copied())
    })
}
