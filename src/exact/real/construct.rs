//! The constructors of closed forms.
//!
//! They tidy a form as far as it is printed (coefficients in front, powers of one base together)
//! and give back a rational wherever the value is one.

use std::sync::{Arc, Mutex};

use super::Real;
use super::apply::apply;
use super::fingerprint::Fingerprint;
use super::form::{Enclosure, Form, Function, Node};
use super::interval::Interval;
use super::power::power;
use crate::exact::{ArithmeticError, MAX_BITS, Number, Rational};

pub(super) type Result<T> = std::result::Result<T, ArithmeticError>;

/// The largest magnitude of an argument of exp, sigmoid, tanh and softplus, and of exponents
/// times logarithms; for sin, cos and tan its square.
pub const MAX_ARGUMENT: i64 = 1 << MAX_ARGUMENT_BITS;

pub(super) const MAX_ARGUMENT_BITS: isize = 20;

/// The longest way from a value down to the rationals that a closed form keeps.
///
/// What is higher, as weights are after many steps of training, goes on as an enclosure of
/// 512 bits with its fingerprint: decimals and signs stay right as long as
/// these bits decide them, and are errors after that.
pub const MAX_HEIGHT: u32 = 1 << 10;

const ENCLOSED_PRECISION: usize = 1 << 9;

/// The sum.
pub(in crate::exact) fn sum(left: &Number, right: &Number) -> Result<Number> {
    if let (Some(left), Some(right)) = (left.as_rational(), right.as_rational()) {
        return Number::bounded(left + right);
    }
    if is_rational_zero(left) {
        return Ok(right.clone());
    }
    if is_rational_zero(right) {
        return Ok(left.clone());
    }
    // The constants of x + 1 + 2 become one.
    if let (Some(Form::Sum(first, second)), Some(constant)) = (form_of(left), right.as_rational())
        && let Some(inner) = second.as_rational()
    {
        return sum(first, &Number::bounded(inner + constant)?);
    }
    let (left_factor, left_core) = split(left);
    let (right_factor, right_core) = split(right);
    if left_core == right_core {
        return scaled(&(left_factor + right_factor), &left_core);
    }
    settle(Form::Sum(left.clone(), right.clone()))
}

/// The product.
pub(in crate::exact) fn product(left: &Number, right: &Number) -> Result<Number> {
    if let (Some(left), Some(right)) = (left.as_rational(), right.as_rational()) {
        return Number::bounded(left * right);
    }
    let (left_factor, left_core) = split(left);
    let (right_factor, right_core) = split(right);
    let factor = left_factor * right_factor;
    if factor.is_zero() || is_rational_one(&left_core) {
        return scaled(&factor, &right_core);
    }
    if is_rational_one(&right_core) {
        return scaled(&factor, &left_core);
    }
    scaled(&factor, &core_product(&left_core, &right_core)?)
}

/// The product of two real numbers without rational factors.
fn core_product(x: &Number, y: &Number) -> Result<Number> {
    match (form_of(x), form_of(y)) {
        (Some(Form::Function(Function::Exp, a)), Some(Form::Function(Function::Exp, b)))
            if a.as_rational().is_some() && b.as_rational().is_some() =>
        {
            return apply(Function::Exp, &sum(a, b)?);
        }
        (Some(Form::Function(Function::Sqrt, a)), Some(Form::Function(Function::Sqrt, b)))
            if a.as_rational().is_some() && b.as_rational().is_some() =>
        {
            return apply(Function::Sqrt, &product(a, b)?);
        }
        _ => {}
    }
    let ((base, p), (other, q)) = (base_and_exponent(x), base_and_exponent(y));
    if base == other
        && let (Some(p), Some(q)) = (p.as_rational(), q.as_rational())
    {
        return power(&base, &Number::bounded(p + q)?);
    }
    settle(Form::Product(x.clone(), y.clone()))
}

/// The quotient.
pub(in crate::exact) fn quotient(dividend: &Number, divisor: &Number) -> Result<Number> {
    if let Some(divisor) = divisor.as_rational() {
        let factor = divisor.reciprocal().ok_or(ArithmeticError::DivisionByZero)?;
        return product(dividend, &Number::bounded(factor)?);
    }
    // A divisor that nothing tells from 0 is no divisor.
    divisor.sign()?;
    let (dividend_factor, dividend_core) = split(dividend);
    let (divisor_factor, divisor_core) = split(divisor);
    let factor =
        dividend_factor.checked_div(&divisor_factor).ok_or(ArithmeticError::DivisionByZero)?;
    if factor.is_zero() {
        return Ok(Number::zero());
    }
    if dividend_core == divisor_core {
        return Number::bounded(factor);
    }
    if let Some(reciprocal) = tidy_reciprocal(&divisor_core)? {
        return product(&scaled(&factor, &reciprocal)?, &dividend_core);
    }
    scaled(&factor, &settle(Form::Quotient(dividend_core, divisor_core))?)
}

/// One divided by a real number, where that is not simply a quotient.
fn tidy_reciprocal(divisor: &Number) -> Result<Option<Number>> {
    match form_of(divisor) {
        Some(Form::Function(Function::Exp, exponent)) => {
            apply(Function::Exp, &negative(exponent)).map(Some)
        }
        Some(Form::Function(Function::Sqrt, square)) => match square.as_rational() {
            Some(square) => {
                let factor = square.reciprocal().ok_or(ArithmeticError::DivisionByZero)?;
                scaled(&factor, divisor).map(Some)
            }
            None => Ok(None),
        },
        Some(Form::Power(base, exponent)) => power(base, &negative(exponent)).map(Some),
        _ => Ok(None),
    }
}

/// The negative.
pub(in crate::exact) fn negative(a: &Number) -> Number {
    if let Some(rational) = a.as_rational() {
        return Number::from(-rational);
    }
    let (coefficient, core) = split(a);
    multiple(-coefficient, core)
}

/// π.
pub(in crate::exact) fn pi() -> Number {
    Number::from_real(Real::new(Form::Pi))
}

pub(super) fn half() -> Number {
    Number::from(Rational::new(1, 2).unwrap_or_default())
}

fn is_rational_zero(number: &Number) -> bool {
    number.as_rational().is_some_and(Rational::is_zero)
}

pub(super) fn is_rational_one(number: &Number) -> bool {
    number.as_rational().is_some_and(Rational::is_one)
}

pub(super) fn form_of(number: &Number) -> Option<&Form> {
    number.as_real().map(|real| &real.0.form)
}

/// A number as its rational factor and the rest, which is 1 for a rational.
pub(super) fn split(number: &Number) -> (Rational, Number) {
    if let Some(rational) = number.as_rational() {
        return (rational.clone(), Number::one());
    }
    if let Some(Form::Product(first, core)) = form_of(number)
        && let Some(coefficient) = first.as_rational()
    {
        return (coefficient.clone(), core.clone());
    }
    (Rational::one(), number.clone())
}

fn base_and_exponent(number: &Number) -> (Number, Number) {
    match form_of(number) {
        Some(Form::Power(base, exponent)) => (base.clone(), exponent.clone()),
        _ => (number.clone(), Number::one()),
    }
}

/// `coefficient` times a number.
pub(super) fn scaled(coefficient: &Rational, number: &Number) -> Result<Number> {
    if coefficient.bits() > MAX_BITS {
        return Err(ArithmeticError::TooLarge { bits: coefficient.bits(), limit: MAX_BITS });
    }
    if let Some(rational) = number.as_rational() {
        return Number::bounded(coefficient * rational);
    }
    let (inner, core) = split(number);
    let coefficient = coefficient * &inner;
    if coefficient.is_zero() {
        return Ok(Number::zero());
    }
    if coefficient.bits() > MAX_BITS {
        return Err(ArithmeticError::TooLarge { bits: coefficient.bits(), limit: MAX_BITS });
    }
    Ok(multiple(coefficient, core))
}

/// `coefficient`, which is not 0, times a real number without a rational factor.
fn multiple(coefficient: Rational, core: Number) -> Number {
    if coefficient.is_one() {
        return core;
    }
    // A rational multiple of what is no rational is none. And a node for it is never too high:
    // multiples of multiples are one, and anything else is flattened.
    Number::from_real(Real::new(Form::Product(Number::from(coefficient), core)))
}

/// The number that a form stands for: a rational if it is one.
pub(super) fn settle(form: Form) -> Result<Number> {
    let real = Real::flattened(form)?;
    match real.as_hidden_rational()? {
        Some(rational) => Number::bounded(rational),
        None => Ok(Number::from_real(real)),
    }
}

/// A fraction as its enclosure and fingerprint alone.
pub(in crate::exact) fn enclosed(rational: &Rational) -> Option<Number> {
    let interval = Interval::of_rational(rational, ENCLOSED_PRECISION)?;
    let known = Enclosure { precision: usize::MAX, interval: Some(interval.clone()) };
    Some(Number::from_real(Real(Arc::new(Node {
        form: Form::Enclosed(interval),
        height: 0,
        fingerprint: Fingerprint::of_rational(rational),
        enclosure: Mutex::new(Some(known)),
    }))))
}

/// An enclosure of any number.
pub(super) fn interval_of(number: &Number) -> Result<Interval> {
    if let Some(real) = number.as_real() {
        return real.some_enclosure();
    }
    let interval = number.as_rational().and_then(|rational| Interval::of_rational(rational, 64));
    interval.ok_or(ArithmeticError::Undecidable { bits: 64, sides: None })
}

impl Real {
    fn new(form: Form) -> Self {
        let height = form.real_operands().map(|node| node.height + 1).max().unwrap_or(0);
        let fingerprint = Fingerprint::of_form(&form);
        Self(Arc::new(Node { form, height, fingerprint, enclosure: Mutex::new(None) }))
    }

    /// A node for the form; past [`MAX_HEIGHT`], only for its value.
    fn flattened(form: Form) -> Result<Self> {
        let real = Self::new(form);
        if real.0.height <= MAX_HEIGHT {
            return Ok(real);
        }
        let interval = real.accurate_enclosure()?;
        let known = Enclosure { precision: usize::MAX, interval: Some(interval.clone()) };
        Ok(Self(Arc::new(Node {
            form: Form::Enclosed(interval),
            height: 0,
            fingerprint: real.fingerprint().clone(),
            enclosure: Mutex::new(Some(known)),
        })))
    }

    /// An enclosure of about [`ENCLOSED_PRECISION`] significant bits, or as many as there are.
    fn accurate_enclosure(&self) -> Result<Interval> {
        let mut best = None;
        // Of what was forgotten before no more bits are known, so a little more than these are carried; only
        // what cancels needs many.
        for precision in [ENCLOSED_PRECISION + ENCLOSED_PRECISION / 4, 4 * ENCLOSED_PRECISION] {
            let Some(interval) = self.enclose(precision)? else {
                continue;
            };
            let accuracy = interval.accuracy();
            best = Some(interval);
            if accuracy.is_none_or(|bits| bits >= (ENCLOSED_PRECISION / 4).cast_signed()) {
                break;
            }
        }
        best.ok_or(ArithmeticError::Undecidable { bits: 4 * ENCLOSED_PRECISION, sides: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Precision;
    use crate::exact::real::tests::{Outcome, f, number};

    #[test]
    fn long_computations_go_on_as_enclosures() -> Outcome {
        // A thousand steps of gradient descent on (sigmoid(w) - 1/4)^2.
        let (rate, target) = (number(2, 1), number(1, 4));
        let mut weight = number(1, 1);
        for _ in 0..1_000 {
            let output = f(Function::Sigmoid, &weight);
            let slope = output.mul(&Number::one().sub(&output)?)?;
            let gradient = output.sub(&target)?.mul(&slope)?.mul(&rate)?;
            weight = weight.sub(&gradient)?;
        }
        // The minimum lies at -ln 3.
        assert_eq!(weight.decimal(Precision::Places(6))?.plain(), "-1.098612");
        assert!(weight.closed_form(1_000).is_none());
        assert_eq!(weight.sub(&weight)?, Number::zero());
        Ok(())
    }

    #[test]
    fn deep_forms_are_dropped_without_recursion() -> Outcome {
        let mut value = f(Function::Sqrt, &number(2, 1));
        for step in 0..20_000 {
            value = value.mul(&number(1, 3))?.add(&f(Function::Sqrt, &number(step % 50 + 2, 1)))?;
        }
        assert!(value.sign()?.is_gt());
        Ok(())
    }
}
