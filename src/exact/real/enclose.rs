//! Enclosures of closed forms, refined as far as asked and remembered.

use std::sync::{Arc, PoisonError};

use super::Real;
use super::construct::{form_of, split};
use super::form::{Enclosure, Form, Function, Node};
use super::functions;
use super::interval::Interval;
use crate::exact::{ArithmeticError, Number, Rational};

/// The most nodes of a form that one refinement visits.
///
/// Reached by nothing but computations of a million steps whose values are all irrational.
pub const MAX_FORM_SIZE: usize = 1 << 20;

impl Real {
    /// An interval that holds the value, from an evaluation that carries `precision` bits; `None`
    /// when that precision tells nothing.
    pub(super) fn enclose(&self, precision: usize) -> Result<Option<Interval>, ArithmeticError> {
        let mut visited = 0;
        let mut stack: Vec<&Arc<Node>> = vec![&self.0];
        while let Some(node) = stack.last() {
            if node.known(precision).is_some() {
                stack.pop();
                continue;
            }
            let before = stack.len();
            let node = *node;
            stack.extend(node.form.real_operands().filter(|node| node.known(precision).is_none()));
            if stack.len() > before {
                continue;
            }
            visited += 1;
            if visited > MAX_FORM_SIZE {
                return Err(ArithmeticError::FormTooLarge { limit: MAX_FORM_SIZE });
            }
            node.learn(precision);
            stack.pop();
        }
        Ok(self.0.known(precision).and_then(|enclosure| enclosure.interval))
    }

    /// The enclosure when nothing more exact is wanted than a look.
    pub(super) fn glance(&self) -> Option<Interval> {
        self.enclose(super::decide::FIRST_PRECISION).ok().flatten()
    }

    /// Whether the enclosures of two numbers with the same fingerprint agree.
    pub(super) fn seems_equal(&self, other: &Self) -> bool {
        match (self.glance(), other.glance()) {
            (Some(a), Some(b)) => a.overlaps(&b),
            _ => false,
        }
    }
}

impl Node {
    /// What is known from an evaluation of at least this precision.
    fn known(&self, precision: usize) -> Option<Enclosure> {
        let enclosure = self.enclosure.lock().unwrap_or_else(PoisonError::into_inner);
        enclosure.as_ref().filter(|known| known.precision >= precision).cloned()
    }

    /// Evaluates the node; its real operands are known to this precision.
    fn learn(&self, precision: usize) {
        let interval = self.evaluate(precision);
        let mut enclosure = self.enclosure.lock().unwrap_or_else(PoisonError::into_inner);
        *enclosure = Some(Enclosure { precision, interval });
    }

    fn evaluate(&self, precision: usize) -> Option<Interval> {
        let of = |operand: &Number| operand_interval(operand, precision);
        match &self.form {
            Form::Pi => functions::pi(precision),
            Form::Function(function, argument) => {
                functions::enclose(*function, &of(argument)?, precision)
            }
            Form::Sum(a, b) => match complement(a, b, precision) {
                Some(interval) => Some(interval),
                None => of(a)?.add(&of(b)?, precision),
            },
            Form::Product(a, b) => of(a)?.mul(&of(b)?, precision),
            Form::Quotient(a, b) => of(a)?.div(&of(b)?, precision),
            Form::Power(base, exponent) => power(&of(base)?, exponent, precision),
            Form::Enclosed(interval) => Some(interval.clone()),
        }
    }
}

fn operand_interval(operand: &Number, precision: usize) -> Option<Interval> {
    match operand.as_real() {
        // What is known better than this is not carried along: functions are slow with long arguments.
        Some(real) => real.0.known(precision)?.interval?.rounded(precision + 32),
        // So many more bits that rounding an argument never shows in the value.
        None => Interval::of_rational(operand.as_rational()?, precision + 32),
    }
}

/// c - c σ(x) = c σ(-x), c ± c tanh(x) = 2c σ(±2x) and c - c tanh²(x) = 4c σ(2x) σ(-2x): the forms
/// without the cancellation that large arguments bring.
fn complement(a: &Number, b: &Number, precision: usize) -> Option<Interval> {
    let (constant, term) = match (a.as_rational(), b.as_rational()) {
        (Some(constant), None) => (constant, b),
        (None, Some(constant)) => (constant, a),
        _ => return None,
    };
    let (factor, core) = split(term);
    let is_difference = factor == -constant;
    if !is_difference && factor != *constant {
        return None;
    }
    let scaled = |factor: i64, interval: &Interval| {
        let factor = constant * &Rational::from(factor);
        Interval::of_rational(&factor, precision)?.mul(interval, precision)
    };
    let sigmoid = |argument: &Interval| functions::enclose(Function::Sigmoid, argument, precision);
    let two = Interval::integer(2);
    match form_of(&core)? {
        Form::Function(Function::Sigmoid, x) if is_difference => {
            scaled(1, &sigmoid(&operand_interval(x, precision)?.neg())?)
        }
        Form::Function(Function::Tanh, x) => {
            let doubled = operand_interval(x, precision)?.mul(&two, precision)?;
            scaled(2, &sigmoid(&if is_difference { doubled.neg() } else { doubled })?)
        }
        Form::Power(base, exponent) if is_difference && *exponent == Number::from(2) => {
            let Form::Function(Function::Tanh, x) = form_of(base)? else { return None };
            let doubled = operand_interval(x, precision)?.mul(&two, precision)?;
            let product = sigmoid(&doubled)?.mul(&sigmoid(&doubled.neg())?, precision)?;
            scaled(4, &product)
        }
        _ => None,
    }
}

/// A power with an integer exponent by squaring; any other as exp(exponent · ln base).
fn power(base: &Interval, exponent: &Number, precision: usize) -> Option<Interval> {
    if let Some(integer) = exponent.as_rational().and_then(Rational::to_i64) {
        let power = base.natural_power(integer.unsigned_abs(), precision)?;
        return if integer < 0 { power.reciprocal(precision) } else { Some(power) };
    }
    let logarithm = functions::enclose(Function::Ln, base, precision)?;
    let product = logarithm.mul(&operand_interval(exponent, precision)?, precision)?;
    functions::enclose(Function::Exp, &product, precision)
}
