//! Functions of numbers: their domains, and the values that are simpler than the function.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, ToPrimitive};

use super::construct::{
    MAX_ARGUMENT_BITS, Result, form_of, half, interval_of, negative, product, quotient, scaled,
    settle, split, sum,
};
use super::factor::factors;
use super::form::{Form, Function};
use super::power::power;
use crate::exact::{ArithmeticError, Number, Rational};

/// A function of a number.
pub(in crate::exact) fn apply(function: Function, argument: &Number) -> Result<Number> {
    check_domain(function, argument)?;
    if let Some(value) = known_value(function, argument)? {
        return Ok(value);
    }
    if argument.fingerprint().has_logarithms()
        && let Some(value) = without_logarithms(function, argument)?
    {
        return Ok(value);
    }
    settle(Form::Function(function, argument.clone()))
}

/// How many sums an exponent is followed into in search of logarithms.
const MAX_SUMS: usize = 32;

/// exp of a sum with logarithms as a product of powers, and the functions that are fractions of
/// exp where exp is rational.
fn without_logarithms(function: Function, argument: &Number) -> Result<Option<Number>> {
    if function == Function::Exp {
        return Ok(exp_of_logarithms(argument));
    }
    if !matches!(function, Function::Sigmoid | Function::Tanh | Function::Softplus) {
        return Ok(None);
    }
    let Ok(power) = apply(Function::Exp, argument) else { return Ok(None) };
    if power.as_rational().is_none() {
        return Ok(None);
    }
    let one = Number::one();
    match function {
        Function::Sigmoid => quotient(&power, &sum(&one, &power)?),
        Function::Tanh => {
            let square = product(&power, &power)?;
            quotient(&sum(&square, &negative(&one))?, &sum(&square, &one)?)
        }
        _ => apply(Function::Ln, &sum(&one, &power)?),
    }
    .map(Some)
}

/// exp(x + p ln a + …) as exp(x) · a^p · …, unless a power is too large to be written down.
fn exp_of_logarithms(exponent: &Number) -> Option<Number> {
    let (mut rest, mut powers) = (Number::zero(), Number::one());
    let mut stack = vec![exponent.clone()];
    let (mut sums, mut logarithms) = (0, 0);
    while let Some(term) = stack.pop() {
        if let Some(Form::Sum(first, second)) = form_of(&term) {
            sums += 1;
            if sums > MAX_SUMS {
                return None;
            }
            stack.extend([second.clone(), first.clone()]);
            continue;
        }
        let (coefficient, core) = split(&term);
        if let Some(Form::Function(Function::Ln, base)) = form_of(&core) {
            let factor = power(base, &Number::from(coefficient)).ok()?;
            powers = product(&powers, &factor).ok()?;
            logarithms += 1;
        } else {
            rest = sum(&rest, &term).ok()?;
        }
    }
    (logarithms > 0).then(|| product(&powers, &apply(Function::Exp, &rest).ok()?).ok())?
}

fn check_domain(function: Function, argument: &Number) -> Result<()> {
    let limit = match function {
        Function::Ln | Function::Log2 | Function::Log10 => {
            let is_inside = argument.sign()?.is_gt();
            return is_inside.then_some(()).ok_or(ArithmeticError::OutOfDomain { function });
        }
        Function::Sqrt => {
            let is_inside = argument.sign()?.is_ge();
            return is_inside.then_some(()).ok_or(ArithmeticError::OutOfDomain { function });
        }
        Function::Erf => return Ok(()),
        Function::Exp | Function::Sigmoid | Function::Tanh | Function::Softplus => {
            MAX_ARGUMENT_BITS
        }
        Function::Sin | Function::Cos | Function::Tan => 2 * MAX_ARGUMENT_BITS,
    };
    if interval_of(argument)?.magnitude_bits().is_some_and(|bits| bits > limit) {
        return Err(ArithmeticError::ArgumentTooLarge { function });
    }
    Ok(())
}

/// The value where it is simpler than the function of its argument.
fn known_value(function: Function, argument: &Number) -> Result<Option<Number>> {
    let rational = argument.as_rational();
    let is_zero = rational.is_some_and(Rational::is_zero);
    let is_one = rational.is_some_and(Rational::is_one);
    let value = match (function, form_of(argument)) {
        (Function::Exp | Function::Cos, _) if is_zero => Number::one(),
        (Function::Ln, _) if is_one => Number::zero(),
        (Function::Sqrt | Function::Tanh | Function::Sin | Function::Tan | Function::Erf, _)
            if is_zero =>
        {
            Number::zero()
        }
        (Function::Sigmoid, _) if is_zero => half(),
        (Function::Softplus, _) if is_zero => apply(Function::Ln, &Number::from(2))?,
        (Function::Exp, Some(Form::Function(Function::Ln, inner)))
        | (Function::Ln, Some(Form::Function(Function::Exp, inner))) => inner.clone(),
        (Function::Log2, _) => return Ok(rational.and_then(|value| exact_logarithm(value, 2))),
        (Function::Log10, _) => return Ok(rational.and_then(|value| exact_logarithm(value, 10))),
        (Function::Sqrt, form) => match (rational, form) {
            (Some(rational), _) => return root_of_rational(rational),
            (None, Some(form)) => return root_of_form(form),
            (None, None) => return Ok(None),
        },
        (Function::Sin | Function::Cos | Function::Tan, _) => {
            return multiple_of_pi(function, argument);
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}

/// The exponent n of a rational that is `base`^n.
fn exact_logarithm(value: &Rational, base: i64) -> Option<Number> {
    let bits = value.numerator().bits().max(value.denominator().bits());
    // log_10 2 lies within 30102/100000 and 30103/100000; 2^n has n + 1 bits.
    let size = if base == 2 { bits - 1 } else { bits.saturating_sub(1) * 30103 / 100_000 };
    let size = size.to_i64()?;
    let candidates = [size, size + 1, -size, -size - 1];
    candidates
        .into_iter()
        .find(|exponent| Rational::from(base).pow(*exponent).as_ref() == Some(value))
        .map(Number::from)
}

/// √(n/d) as a rational times the root of an integer without square factors; `None` when it is
/// that root already.
fn root_of_rational(square: &Rational) -> Result<Option<Number>> {
    let mut outside = Rational::one();
    let mut inside = BigUint::one();
    let mut split = |integer: &BigUint, sign: i64| {
        for (factor, exponent) in factors(integer) {
            let whole = Rational::from(BigInt::from(factor.clone()));
            let exponent = exponent.to_i64().unwrap_or_default();
            // Below the line a root is √d / d.
            let halves = if sign > 0 { exponent / 2 } else { -((exponent + 1) / 2) };
            if let Some(power) = whole.pow(halves) {
                outside = &outside * &power;
            }
            if exponent % 2 == 1 {
                inside *= factor;
            }
        }
    };
    split(square.numerator().magnitude(), 1);
    split(square.denominator().magnitude(), -1);
    if outside.is_one() {
        return Ok(inside.is_one().then(Number::one));
    }
    if inside.is_one() {
        return Number::bounded(outside).map(Some);
    }
    let inside = Number::bounded(Rational::from(BigInt::from(inside)))?;
    scaled(&outside, &settle(Form::Function(Function::Sqrt, inside))?).map(Some)
}

/// The roots of exponentials and of even powers.
fn root_of_form(square: &Form) -> Result<Option<Number>> {
    match square {
        Form::Function(Function::Exp, exponent) => {
            apply(Function::Exp, &product(exponent, &half())?).map(Some)
        }
        Form::Power(base, exponent) => {
            let halved = product(exponent, &half())?;
            let is_even = halved.as_rational().is_some_and(Rational::is_integer);
            let is_negative = base.sign()?.is_lt();
            if is_negative && !is_even {
                return Ok(None);
            }
            let base = if is_negative { negative(base) } else { base.clone() };
            power(&base, &halved).map(Some)
        }
        _ => Ok(None),
    }
}

/// Sine, cosine and tangent of a rational multiple of π, at the multiples of π/6 and π/4.
fn multiple_of_pi(function: Function, argument: &Number) -> Result<Option<Number>> {
    let (coefficient, core) = split(argument);
    if !matches!(form_of(&core), Some(Form::Pi)) {
        return Ok(None);
    }
    let Some(twelfths) = (&coefficient * &Rational::from(12)).to_i64() else {
        return Ok(None);
    };
    let sine = |twelfths: i64| sine_of_twelfths(twelfths.rem_euclid(24));
    match function {
        Function::Sin => sine(twelfths),
        Function::Cos => sine(twelfths.saturating_add(6)),
        _ => match (sine(twelfths)?, sine(twelfths.saturating_add(6))?) {
            (Some(sine), Some(cosine)) => quotient(&sine, &cosine).map(Some),
            _ => Ok(None),
        },
    }
}

/// sin(n π / 12) for 0 <= n < 24, where it is a rational or half a root of 2 or 3.
fn sine_of_twelfths(twelfths: i64) -> Result<Option<Number>> {
    if twelfths >= 12 {
        return sine_of_twelfths(twelfths - 12).map(|sine| sine.map(|sine| negative(&sine)));
    }
    // sin²(nπ/12) in quarters
    let quarters = match twelfths.min(12 - twelfths) {
        0 => 0,
        2 => 1,
        3 => 2,
        4 => 3,
        6 => 4,
        _ => return Ok(None),
    };
    let square = quotient(&Number::from(quarters), &Number::from(4))?;
    apply(Function::Sqrt, &square).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::real::tests::{Outcome, f, number};

    #[test]
    fn exact_points_stay_exact() -> Outcome {
        for (function, argument, expected) in [
            (Function::Exp, number(0, 1), number(1, 1)),
            (Function::Ln, number(1, 1), number(0, 1)),
            (Function::Sqrt, number(4, 9), number(2, 3)),
            (Function::Sqrt, number(0, 1), number(0, 1)),
            (Function::Sqrt, number(1, 1), number(1, 1)),
            (Function::Sigmoid, number(0, 1), number(1, 2)),
            (Function::Tanh, number(0, 1), number(0, 1)),
            (Function::Log2, number(1, 8), number(-3, 1)),
            (Function::Log2, number(1, 1), number(0, 1)),
            (Function::Log10, number(1000, 1), number(3, 1)),
            (Function::Log10, number(1, 10), number(-1, 1)),
            (Function::Erf, number(0, 1), number(0, 1)),
        ] {
            assert_eq!(f(function, &argument), expected, "{function}({argument})");
        }
        let angle = |numerator, denominator| Number::pi().mul(&number(numerator, denominator));
        assert_eq!(f(Function::Sin, &angle(1, 6)?), number(1, 2));
        assert_eq!(f(Function::Sin, &angle(7, 6)?), number(-1, 2));
        assert_eq!(f(Function::Cos, &angle(-7, 1)?), number(-1, 1));
        assert_eq!(f(Function::Tan, &angle(5, 4)?), number(1, 1));
        assert_eq!(angle(1, 2)?.apply(Function::Tan), Err(ArithmeticError::DivisionByZero));
        assert_eq!(number(8, 27).powr(&number(-2, 3))?, number(9, 4));
        assert_eq!(number(2, 1).powr(&number(1, 3))?.powi(3)?, number(2, 1));
        assert_eq!(number(4, 9).powr(&number(3, 2))?, number(8, 27));
        Ok(())
    }

    #[test]
    fn the_domain_is_watched() {
        let negative = number(-1, 2);
        for function in [Function::Ln, Function::Log2, Function::Log10, Function::Sqrt] {
            assert_eq!(negative.apply(function), Err(ArithmeticError::OutOfDomain { function }));
        }
        let function = Function::Ln;
        assert_eq!(Number::zero().apply(function), Err(ArithmeticError::OutOfDomain { function }));
        assert_eq!(negative.powr(&number(1, 3)), Err(ArithmeticError::PowerOfNegative));
        assert_eq!(Number::zero().powr(&negative), Err(ArithmeticError::ZeroToNegativePower));
        for function in [Function::Exp, Function::Sigmoid, Function::Tanh, Function::Softplus] {
            let argument = Rational::parse_decimal("-1e30").map(Number::from).unwrap_or_default();
            assert_eq!(
                argument.apply(function),
                Err(ArithmeticError::ArgumentTooLarge { function })
            );
        }
        let e = f(Function::Exp, &Number::one());
        assert!(matches!(
            e.powi(i64::MAX),
            Err(ArithmeticError::ArgumentTooLarge { .. } | ArithmeticError::TooLarge { .. })
        ));
        assert_eq!(e.div(&Number::zero()), Err(ArithmeticError::DivisionByZero));
        assert_eq!(Number::one().div(&e.sub(&e).expect("0")), Err(ArithmeticError::DivisionByZero));
    }
}
