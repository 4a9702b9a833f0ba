//! The numbers that the whole program computes with.

use std::cmp::Ordering;
use std::fmt;

use super::{ArithmeticError, Decimal, Precision, Rational, Relation};

/// The largest size of a value, in bits of its numerator plus bits of its denominator.
///
/// About 20,000 decimal digits: far more than anyone prints, and little enough that one operation
/// never takes noticeable time. Operations whose result would pass it are refused.
pub const MAX_BITS: u64 = 1 << 16;

/// An exact number.
///
/// Every operation can fail, because a value may be undefined or grow past [`MAX_BITS`]; none
/// rounds and none runs without bound.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Rational);

impl Number {
    /// The number 0.
    #[must_use]
    pub const fn zero() -> Self {
        Self(Rational::zero())
    }

    /// The number 1.
    #[must_use]
    pub const fn one() -> Self {
        Self(Rational::one())
    }

    /// The value as a fraction, where it is one.
    #[must_use]
    pub fn as_rational(&self) -> Option<&Rational> {
        Some(&self.0)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`ArithmeticError::TooLarge`].
    pub fn add(&self, other: &Self) -> Result<Self, ArithmeticError> {
        bounded(&self.0 + &other.0)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`ArithmeticError::TooLarge`].
    pub fn sub(&self, other: &Self) -> Result<Self, ArithmeticError> {
        bounded(&self.0 - &other.0)
    }

    /// The product.
    ///
    /// # Errors
    /// [`ArithmeticError::TooLarge`].
    pub fn mul(&self, other: &Self) -> Result<Self, ArithmeticError> {
        bounded(&self.0 * &other.0)
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`], [`ArithmeticError::TooLarge`].
    pub fn div(&self, other: &Self) -> Result<Self, ArithmeticError> {
        bounded(
            self.0
                .checked_div(&other.0)
                .ok_or(ArithmeticError::DivisionByZero)?,
        )
    }

    /// The negative.
    #[must_use]
    pub fn neg(&self) -> Self {
        Self(-&self.0)
    }

    /// This to an integer power; 0 to the power 0 is 1.
    ///
    /// # Errors
    /// [`ArithmeticError::ZeroToNegativePower`], and [`ArithmeticError::TooLarge`] before the
    /// power is computed.
    pub fn powi(&self, exponent: i64) -> Result<Self, ArithmeticError> {
        let bits = bits_of_power(&self.0, exponent);
        if bits > MAX_BITS {
            return Err(ArithmeticError::TooLarge {
                bits,
                limit: MAX_BITS,
            });
        }
        bounded(
            self.0
                .pow(exponent)
                .ok_or(ArithmeticError::ZeroToNegativePower)?,
        )
    }

    /// How this compares with 0.
    ///
    /// # Errors
    /// None for a rational.
    pub fn sign(&self) -> Result<Ordering, ArithmeticError> {
        Ok(self.0.signum())
    }

    /// Whether this is 0.
    ///
    /// # Errors
    /// As [`Number::sign`].
    pub fn is_zero(&self) -> Result<bool, ArithmeticError> {
        self.sign().map(Ordering::is_eq)
    }

    /// How this compares with another number.
    ///
    /// # Errors
    /// None between rationals.
    pub fn compare(&self, other: &Self) -> Result<Ordering, ArithmeticError> {
        Ok(self.0.cmp(&other.0))
    }

    /// Whether this stands in `relation` to `other`.
    ///
    /// # Errors
    /// As [`Number::compare`].
    pub fn holds(&self, relation: Relation, other: &Self) -> Result<bool, ArithmeticError> {
        self.compare(other).map(|ordering| relation.holds(ordering))
    }

    /// The decimal that is nearest to the exact value, a tie going away from 0.
    ///
    /// # Errors
    /// [`ArithmeticError::TooLarge`] for a precision beyond all use.
    pub fn decimal(&self, precision: Precision) -> Result<Decimal, ArithmeticError> {
        Decimal::nearest(&self.0, precision)
    }

    /// The decimal that equals this, where there is one: 3/8 is 0.375, and 1/3 has none.
    #[must_use]
    pub fn exact_decimal(&self) -> Option<Decimal> {
        Decimal::equal_to(&self.0)
    }
}

/// The value, unless it passes [`MAX_BITS`].
#[inline]
fn bounded(value: Rational) -> Result<Number, ArithmeticError> {
    let bits = value.bits();
    if bits > MAX_BITS {
        return Err(ArithmeticError::TooLarge {
            bits,
            limit: MAX_BITS,
        });
    }
    Ok(Number(value))
}

/// A lower bound of the size of a power, known without computing it.
fn bits_of_power(base: &Rational, exponent: i64) -> u64 {
    // A number of k bits is at least 2^(k - 1); 0 and 1 do not grow at all.
    let bits = |magnitude: u64| {
        magnitude
            .saturating_sub(1)
            .saturating_mul(exponent.unsigned_abs())
    };
    bits(base.numerator().bits()).saturating_add(bits(base.denominator().bits()))
}

impl Default for Number {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<Rational> for Number {
    fn from(value: Rational) -> Self {
        Self(value)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Rational::from(value))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(numerator: i64, denominator: i64) -> Number {
        Rational::new(numerator, denominator)
            .expect("a denominator that is not 0")
            .into()
    }

    #[test]
    fn computes_exactly() -> Result<(), ArithmeticError> {
        let (half, third) = (number(1, 2), number(1, 3));
        assert_eq!(half.add(&third)?, number(5, 6));
        assert_eq!(half.sub(&third)?, number(1, 6));
        assert_eq!(half.mul(&third)?, number(1, 6));
        assert_eq!(half.div(&third)?, number(3, 2));
        assert_eq!(half.neg(), number(-1, 2));
        assert_eq!(half.powi(-3)?, Number::from(8));
        assert!(third.holds(Relation::Less, &half)?);
        assert_eq!(third.neg().sign()?, Ordering::Less);
        assert!(Number::zero().is_zero()?);
        Ok(())
    }

    #[test]
    fn refuses_what_is_undefined() {
        let zero = Number::zero();
        assert_eq!(
            Number::one().div(&zero),
            Err(ArithmeticError::DivisionByZero)
        );
        assert_eq!(zero.powi(-2), Err(ArithmeticError::ZeroToNegativePower));
        assert_eq!(
            zero.powi(i64::MIN),
            Err(ArithmeticError::ZeroToNegativePower)
        );
        assert_eq!(zero.powi(0), Ok(Number::one()));
    }

    #[test]
    fn refuses_large_powers_before_computing_them() {
        for exponent in [i64::MIN, i64::MAX, 1 << 16, -(1 << 16)] {
            let error = number(3, 2).powi(exponent).expect_err("far too large");
            assert!(matches!(
                error,
                ArithmeticError::TooLarge {
                    limit: MAX_BITS,
                    ..
                }
            ));
        }
        assert_eq!(number(-1, 1).powi(i64::MAX), Ok(number(-1, 1)));
        assert_eq!(Number::zero().powi(i64::MAX), Ok(Number::zero()));
    }

    #[test]
    fn stops_growing_at_the_limit() {
        let mut value = number(3, 7);
        let error = loop {
            match value.mul(&value) {
                Ok(square) => value = square,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, ArithmeticError::TooLarge { bits, .. } if bits > MAX_BITS));
        assert!(value.add(&number(1, 2)).is_ok());
    }
}
