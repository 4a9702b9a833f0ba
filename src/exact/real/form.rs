//! Closed forms: what a real number beyond the rationals is made of.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::fingerprint::Fingerprint;
use super::interval::Interval;
use crate::exact::Number;

/// An elementary function of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// The exponential function.
    Exp,
    /// The natural logarithm.
    Ln,
    /// The logarithm to base 2.
    Log2,
    /// The logarithm to base 10.
    Log10,
    /// The square root that is not negative.
    Sqrt,
    /// The logistic function, 1 / (1 + exp(-x)).
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// ln(1 + exp(x)).
    Softplus,
    /// The sine of an angle in radians.
    Sin,
    /// The cosine of an angle in radians.
    Cos,
    /// The tangent of an angle in radians.
    Tan,
    /// The error function, 2/√π times the integral of exp(-t^2) from 0 to x.
    Erf,
}

impl Function {
    /// Every function, in the order of its declaration.
    pub const ALL: [Self; 12] = [
        Self::Exp,
        Self::Ln,
        Self::Log2,
        Self::Log10,
        Self::Sqrt,
        Self::Sigmoid,
        Self::Tanh,
        Self::Softplus,
        Self::Sin,
        Self::Cos,
        Self::Tan,
        Self::Erf,
    ];

    /// The name in the exercise language, except that `ln` stands for its synonym `log` as well.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Log2 => "log2",
            Self::Log10 => "log10",
            Self::Sqrt => "sqrt",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Softplus => "softplus",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Erf => "erf",
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// How a real number is made from others.
///
/// Built by the constructors in `construct` alone, which keep these invariants: at least one
/// operand of every form is real; a rational factor stands first in its product, whose second
/// operand has none; a divisor is real and not 0; an argument lies in its function's domain.
#[derive(Debug)]
pub(super) enum Form {
    /// π.
    Pi,
    /// A function of a number.
    Function(Function, Number),
    /// The first number to the power of the second: a rational other than 0 and 1, or a real.
    /// Unless the exponent is an integer, the base is positive.
    Power(Number, Number),
    Sum(Number, Number),
    Product(Number, Number),
    Quotient(Number, Number),
    /// A value whose making has been forgotten, because it was too deep to keep.
    Enclosed(Interval),
}

impl Form {
    /// The numbers that this one is made of.
    pub(super) fn operands(&self) -> impl Iterator<Item = &Number> {
        let (first, second) = match self {
            Self::Pi | Self::Enclosed(_) => (None, None),
            Self::Function(_, argument) => (Some(argument), None),
            Self::Power(first, second)
            | Self::Sum(first, second)
            | Self::Product(first, second)
            | Self::Quotient(first, second) => (Some(first), Some(second)),
        };
        first.into_iter().chain(second)
    }

    /// The operands that are real numbers themselves.
    pub(super) fn real_operands(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.operands().filter_map(|operand| operand.as_real().map(|real| &real.0))
    }
}

/// A closed form with what is known about its value.
#[derive(Debug)]
pub(in crate::exact) struct Node {
    pub(super) form: Form,
    /// The longest way down to a form without real operands.
    pub(super) height: u32,
    pub(super) fingerprint: Fingerprint,
    /// The enclosure of highest precision so far.
    pub(super) enclosure: Mutex<Option<Enclosure>>,
}

/// What an evaluation with a certain precision yielded.
#[derive(Clone, Debug)]
pub(super) struct Enclosure {
    /// The bits that were carried.
    pub(super) precision: usize,
    /// The value lies in here; `None` when this precision tells nothing.
    pub(super) interval: Option<Interval>,
}

impl Drop for Node {
    /// Takes long chains of nodes apart in a loop, where recursion would exhaust the stack.
    fn drop(&mut self) {
        let mut orphans = Vec::new();
        release(&mut self.form, &mut orphans);
        while let Some(orphan) = orphans.pop() {
            if let Some(mut node) = Arc::into_inner(orphan) {
                release(&mut node.form, &mut orphans);
            }
        }
    }
}

/// Moves the real operands of a form that is about to be dropped onto a stack.
fn release(form: &mut Form, orphans: &mut Vec<Arc<Node>>) {
    match std::mem::replace(form, Form::Pi) {
        Form::Pi | Form::Enclosed(_) => {}
        Form::Function(_, argument) => orphans.extend(argument.into_node()),
        Form::Power(first, second)
        | Form::Sum(first, second)
        | Form::Product(first, second)
        | Form::Quotient(first, second) => {
            orphans.extend(first.into_node());
            orphans.extend(second.into_node());
        }
    }
}
