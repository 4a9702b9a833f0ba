//! Powers: exact where they can be, and in range always.

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;

use super::apply::apply;
use super::construct::{
    MAX_ARGUMENT_BITS, Result, form_of, interval_of, is_rational_one, product, settle, split,
};
use super::form::{Form, Function};
use super::functions;
use crate::exact::{ArithmeticError, Number, Rational};

/// An integer power.
pub(in crate::exact) fn integer_power(base: &Number, exponent: i64) -> Result<Number> {
    if let Some(rational) = base.as_rational() {
        return Number::rational_power(rational, exponent);
    }
    let (coefficient, core) = split(base);
    let factor = Number::rational_power(&coefficient, exponent)?;
    let power = match (exponent, form_of(&core)) {
        (0, _) => Number::one(),
        (1, _) => core.clone(),
        (_, Some(Form::Function(Function::Exp, argument))) => {
            apply(Function::Exp, &product(argument, &Number::from(exponent))?)?
        }
        (_, Some(Form::Function(Function::Sqrt, square))) if square.as_rational().is_some() => {
            let whole = integer_power(square, exponent.div_euclid(2))?;
            if exponent.rem_euclid(2) == 0 { whole } else { product(&whole, &core)? }
        }
        (_, Some(Form::Power(base, inner))) => {
            power(base, &product(inner, &Number::from(exponent))?)?
        }
        _ => power_node(&core, &Number::from(exponent))?,
    };
    product(&factor, &power)
}

/// A real power.
pub(in crate::exact) fn power(base: &Number, exponent: &Number) -> Result<Number> {
    if let Some(integer) = exponent.as_rational().and_then(Rational::to_i64) {
        return integer_power(base, integer);
    }
    match base.sign()? {
        std::cmp::Ordering::Less => return Err(ArithmeticError::PowerOfNegative),
        std::cmp::Ordering::Equal => {
            return match exponent.sign()? {
                std::cmp::Ordering::Less => Err(ArithmeticError::ZeroToNegativePower),
                std::cmp::Ordering::Equal => Ok(Number::one()),
                std::cmp::Ordering::Greater => Ok(Number::zero()),
            };
        }
        std::cmp::Ordering::Greater => {}
    }
    if is_rational_one(base) {
        return Ok(Number::one());
    }
    match form_of(base) {
        Some(Form::Function(Function::Exp, argument)) => {
            return apply(Function::Exp, &product(argument, exponent)?);
        }
        Some(Form::Power(inner, inner_exponent))
            if inner_exponent.as_rational().is_none_or(|inner| !inner.is_integer()) =>
        {
            return power(inner, &product(inner_exponent, exponent)?);
        }
        _ => {}
    }
    let Some(fraction) = exponent.as_rational() else {
        return power_node(base, exponent);
    };
    let (Some(numerator), Some(degree)) =
        (fraction.numerator().to_i64(), fraction.denominator().to_u32())
    else {
        return power_node(base, exponent);
    };
    if degree == 2 {
        return integer_power(&apply(Function::Sqrt, base)?, numerator);
    }
    match base.as_rational().and_then(|base| exact_root(base, degree)) {
        Some(root) => Number::rational_power(&root, numerator),
        None => power_node(base, exponent),
    }
}

/// A power that is not simplified further, within the range of exp.
fn power_node(base: &Number, exponent: &Number) -> Result<Number> {
    if let Some(integer) = exponent.as_rational().and_then(Rational::to_i64) {
        match integer {
            0 => return Ok(Number::one()),
            1 => return Ok(base.clone()),
            _ => {}
        }
    }
    if exceeds_range(base, exponent)? {
        return Err(ArithmeticError::ArgumentTooLarge { function: Function::Exp });
    }
    settle(Form::Power(base.clone(), exponent.clone()))
}

/// Whether |exponent · ln |base|| may pass the range of exp.
fn exceeds_range(base: &Number, exponent: &Number) -> Result<bool> {
    const PRECISION: usize = 64;
    /// Integer powers up to this of numbers of ordinary size stay far within the range.
    const SMALL: i64 = 1 << 10;
    let base = interval_of(base)?;
    let integer = exponent.as_rational().and_then(Rational::to_i64);
    if integer.is_some_and(|own| own.abs() <= SMALL)
        && base.sign().is_some()
        && base.magnitude_bits().is_some_and(|bits| bits.abs() <= 128)
    {
        return Ok(false);
    }
    let Some(exponent) = interval_of(exponent)?.rounded(PRECISION) else { return Ok(true) };
    let Some(base) = base.rounded(PRECISION) else { return Ok(true) };
    let magnitude = match base.sign() {
        Some(std::cmp::Ordering::Less) => base.neg(),
        Some(_) => base,
        // Which side of 0 an integer power's base lies on may be unknown.
        None => return Ok(exponent.magnitude_bits().is_some_and(|bits| bits > MAX_ARGUMENT_BITS)),
    };
    let product = functions::enclose(Function::Ln, &magnitude, PRECISION)
        .and_then(|logarithm| logarithm.mul(&exponent, PRECISION));
    Ok(product.is_none_or(|p| p.magnitude_bits().is_some_and(|bits| bits > MAX_ARGUMENT_BITS)))
}

/// The exact root of a fraction, where both its parts are perfect powers.
fn exact_root(base: &Rational, degree: u32) -> Option<Rational> {
    let root = |integer: &BigUint| {
        let root = integer.nth_root(degree);
        (root.pow(degree) == *integer).then_some(root)
    };
    let numerator = root(base.numerator().magnitude())?;
    let denominator = root(base.denominator().magnitude())?;
    Rational::new(BigInt::from(numerator), BigInt::from(denominator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Precision;

    fn number(numerator: i64, denominator: i64) -> Number {
        Rational::new(numerator, denominator).expect("a denominator that is not 0").into()
    }

    fn f(function: Function, argument: &Number) -> Number {
        argument.apply(function).expect("an argument in the domain")
    }

    #[test]
    fn the_logarithm_of_the_base_counts() -> Result<()> {
        // (1 + 10^-40)^(10^6 + 1/3)
        let near_one = Number::from(10).powi(-40)?.add(&Number::one())?;
        let power = near_one.powr(&number(3_000_001, 3))?;
        let growth = power.sub(&Number::one())?.decimal(Precision::Significant(8))?;
        assert_eq!(growth.scientific(), ("1.0000003".to_owned(), -34));
        let e = f(Function::Exp, &Number::one());
        let near_one = e.sub(&number(2_718_281_828, 1_000_000_000))?.add(&Number::one())?;
        assert!(near_one.powi(1 << 30).is_ok());
        assert!(near_one.powi(1 << 55).is_err());
        let exponent = number(10_000_001, 3);
        assert!(number(3, 2).powr(&exponent).is_err());
        assert!(number(2, 3).powr(&exponent).is_err());
        Ok(())
    }

    #[test]
    fn towers_of_powers_are_refused() {
        let mut value = f(Function::Exp, &Number::one());
        let error = (0..100).find_map(|_| match value.mul(&value) {
            Ok(square) => {
                value = square;
                None
            }
            Err(error) => Some(error),
        });
        assert!(error.is_some());
        let mut value = number(3, 2);
        let error = (0..10).find_map(|_| match value.apply(Function::Exp) {
            Ok(power) => {
                value = power;
                None
            }
            Err(error) => Some(error),
        });
        assert_eq!(error, Some(ArithmeticError::ArgumentTooLarge { function: Function::Exp }));
    }
}
