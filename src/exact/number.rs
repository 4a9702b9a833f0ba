//! The numbers that the whole program computes with.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::real::{self, ClosedForm, Fingerprint, Function, Node, Real};
use super::{ArithmeticError, Decimal, Precision, Rational, Relation};

/// The largest size of a value, in bits of its numerator plus bits of its denominator.
///
/// About 20,000 decimal digits: far more than anyone prints, and little enough that one operation
/// never takes noticeable time. Operations whose result would pass it are refused.
pub const MAX_BITS: u64 = 1 << 16;

/// An exact number: a rational, or a real number given by its closed form.
///
/// Every operation can fail, because a value may be undefined, grow past [`MAX_BITS`], or need a
/// decision that no computation settles; none rounds and none runs without bound. A result that is
/// rational is recognised as such: `exp(1/2) * exp(-1/2)` is 1.
///
/// Equality and hashing are those of the value, as far as it is known; [`Number::compare`] is the
/// comparison that reports when it is not.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Rational(Rational),
    Real(Real),
}

impl Number {
    /// The number 0.
    #[must_use]
    pub const fn zero() -> Self {
        Self(Repr::Rational(Rational::zero()))
    }

    /// The number 1.
    #[must_use]
    pub const fn one() -> Self {
        Self(Repr::Rational(Rational::one()))
    }

    /// The ratio of a circle's circumference to its diameter.
    #[must_use]
    pub fn pi() -> Self {
        real::pi()
    }

    /// The value as a fraction, where it is one.
    #[must_use]
    pub fn as_rational(&self) -> Option<&Rational> {
        match &self.0 {
            Repr::Rational(rational) => Some(rational),
            Repr::Real(_) => None,
        }
    }

    pub(super) fn as_real(&self) -> Option<&Real> {
        match &self.0 {
            Repr::Rational(_) => None,
            Repr::Real(real) => Some(real),
        }
    }

    pub(super) const fn from_real(real: Real) -> Self {
        Self(Repr::Real(real))
    }

    /// The node of the closed form, where there is one.
    pub(super) fn into_node(self) -> Option<Arc<Node>> {
        match self.0 {
            Repr::Rational(_) => None,
            Repr::Real(real) => Some(real.into_node()),
        }
    }

    pub(super) fn fingerprint(&self) -> Cow<'_, Fingerprint> {
        match &self.0 {
            Repr::Rational(rational) => Cow::Owned(Fingerprint::of_rational(rational)),
            Repr::Real(real) => Cow::Borrowed(real.fingerprint()),
        }
    }

    /// The value, unless it passes [`MAX_BITS`].
    #[inline]
    pub(super) fn bounded(value: Rational) -> Result<Self, ArithmeticError> {
        let bits = value.bits();
        if bits > MAX_BITS {
            return Err(ArithmeticError::TooLarge { bits, limit: MAX_BITS });
        }
        Ok(Self(Repr::Rational(value)))
    }

    /// An integer power of a rational, refused before it is computed if it passes [`MAX_BITS`].
    pub(super) fn rational_power(base: &Rational, exponent: i64) -> Result<Self, ArithmeticError> {
        let bits = bits_of_power(base, exponent);
        if bits > MAX_BITS {
            return Err(ArithmeticError::TooLarge { bits, limit: MAX_BITS });
        }
        Self::bounded(base.pow(exponent).ok_or(ArithmeticError::ZeroToNegativePower)?)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`ArithmeticError::TooLarge`], and what a decision whether a real result is 0 may yield.
    #[inline]
    pub fn add(&self, other: &Self) -> Result<Self, ArithmeticError> {
        match (&self.0, &other.0) {
            (Repr::Rational(a), Repr::Rational(b)) => Self::bounded(a + b),
            _ => real::sum(self, other),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`Number::add`].
    #[inline]
    pub fn sub(&self, other: &Self) -> Result<Self, ArithmeticError> {
        match (&self.0, &other.0) {
            (Repr::Rational(a), Repr::Rational(b)) => Self::bounded(a - b),
            _ => real::sum(self, &other.neg()),
        }
    }

    /// The product.
    ///
    /// # Errors
    /// As [`Number::add`].
    #[inline]
    pub fn mul(&self, other: &Self) -> Result<Self, ArithmeticError> {
        match (&self.0, &other.0) {
            (Repr::Rational(a), Repr::Rational(b)) => Self::bounded(a * b),
            _ => real::product(self, other),
        }
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`], [`ArithmeticError::Undecidable`] when a real divisor
    /// cannot be told from 0, and as [`Number::add`].
    #[inline]
    pub fn div(&self, other: &Self) -> Result<Self, ArithmeticError> {
        match (&self.0, &other.0) {
            (Repr::Rational(a), Repr::Rational(b)) => {
                Self::bounded(a.checked_div(b).ok_or(ArithmeticError::DivisionByZero)?)
            }
            _ => real::quotient(self, other),
        }
    }

    /// The negative.
    #[must_use]
    pub fn neg(&self) -> Self {
        match &self.0 {
            Repr::Rational(rational) => Self(Repr::Rational(-rational)),
            Repr::Real(_) => real::negative(self),
        }
    }

    /// The absolute value.
    ///
    /// # Errors
    /// As [`Number::sign`].
    pub fn abs(&self) -> Result<Self, ArithmeticError> {
        Ok(if self.sign()?.is_lt() { self.neg() } else { self.clone() })
    }

    /// This to an integer power; 0 to the power 0 is 1.
    ///
    /// # Errors
    /// [`ArithmeticError::ZeroToNegativePower`], and [`ArithmeticError::TooLarge`] or
    /// [`ArithmeticError::ArgumentTooLarge`] before the power is computed.
    pub fn powi(&self, exponent: i64) -> Result<Self, ArithmeticError> {
        match &self.0 {
            Repr::Rational(base) => Self::rational_power(base, exponent),
            Repr::Real(_) => real::integer_power(self, exponent),
        }
    }

    /// This to a real power. An exact root stays exact: 8 to the power 1/3 is 2.
    ///
    /// # Errors
    /// [`ArithmeticError::PowerOfNegative`] unless the exponent is an integer, and as
    /// [`Number::powi`].
    pub fn powr(&self, exponent: &Self) -> Result<Self, ArithmeticError> {
        real::power(self, exponent)
    }

    /// An elementary function of this. Its known exact points stay exact: exp 0, sqrt(4/9),
    /// log2(1/8), sin(π/6) and the like are rational.
    ///
    /// # Errors
    /// [`ArithmeticError::OutOfDomain`] for the logarithm of a number that is not positive and for
    /// the root of a negative one, [`ArithmeticError::DivisionByZero`] for the tangent at a pole,
    /// [`ArithmeticError::ArgumentTooLarge`], and [`ArithmeticError::Undecidable`] where the
    /// domain depends on a sign that is.
    pub fn apply(&self, function: Function) -> Result<Self, ArithmeticError> {
        real::apply(function, self)
    }

    /// How this compares with 0.
    ///
    /// # Errors
    /// None for a rational; [`ArithmeticError::Undecidable`] for a real number that neither its
    /// enclosure separates from 0 nor its fingerprint recognises as 0.
    #[inline]
    pub fn sign(&self) -> Result<Ordering, ArithmeticError> {
        match &self.0 {
            Repr::Rational(rational) => Ok(rational.signum()),
            Repr::Real(real) => {
                real.sign().map_err(|error| error.between(|| [self.described(), "0".to_owned()]))
            }
        }
    }

    /// The number in a message that is about its value: never only what kind of number it is.
    fn described(&self) -> String {
        const LONGEST: usize = 120;
        if let Some(form) = self.closed_form(LONGEST) {
            return form.to_string();
        }
        match self.decimal(Precision::Places(12)) {
            Ok(decimal) => format!("≈ {}", decimal.plain()),
            Err(_) => self.to_string(),
        }
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
    /// None between rationals; otherwise as [`Number::sub`] and [`Number::sign`].
    pub fn compare(&self, other: &Self) -> Result<Ordering, ArithmeticError> {
        match (&self.0, &other.0) {
            (Repr::Rational(a), Repr::Rational(b)) => Ok(a.cmp(b)),
            _ => self
                .sub(other)?
                .sign()
                .map_err(|error| error.between(|| [self.described(), other.described()])),
        }
    }

    /// Whether two computations of one quantity agree: exactly where both are rational, else by fingerprint or
    /// to some sixty digits. Unlike [`Number::compare`] it needs no proof that nothing lies between them.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (self.as_rational(), other.as_rational()) {
            return a == b;
        }
        real::agree(self, other)
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
    /// [`ArithmeticError::TooLarge`] for a precision beyond all use or a real number of a size
    /// that nobody writes out; [`ArithmeticError::Undecidable`] when the digits asked for are not
    /// settled by the precision that is left of a value after a very long computation.
    pub fn decimal(&self, precision: Precision) -> Result<Decimal, ArithmeticError> {
        match &self.0 {
            Repr::Rational(rational) => Decimal::nearest(rational, precision),
            Repr::Real(real) => real.decimal(precision),
        }
    }

    /// The decimal that equals this, where there is one: 3/8 is 0.375, and 1/3 has none.
    #[must_use]
    pub fn exact_decimal(&self) -> Option<Decimal> {
        self.as_rational().and_then(Decimal::equal_to)
    }

    /// This, or if it is a fraction of more than `bits` bits an enclosure that decides some 150 digits: what
    /// long computations go on with where fractions would grow without end.
    #[must_use]
    pub fn enclosed_beyond(&self, bits: u64) -> Self {
        match self.as_rational() {
            Some(rational) if rational.bits() > bits => {
                real::enclosed(rational).unwrap_or_else(|| self.clone())
            }
            _ => self.clone(),
        }
    }

    /// How this is written without rounding, unless that takes more than about `limit` characters
    /// (of which 1024 are the most) or a very long computation has forgotten it.
    #[must_use]
    pub fn closed_form(&self, limit: usize) -> Option<ClosedForm> {
        ClosedForm::of(self, limit)
    }
}

/// A lower bound of the size of a power, known without computing it.
fn bits_of_power(base: &Rational, exponent: i64) -> u64 {
    // A number of k bits is at least 2^(k - 1); 0 and 1 do not grow at all.
    let bits = |magnitude: u64| magnitude.saturating_sub(1).saturating_mul(exponent.unsigned_abs());
    bits(base.numerator().bits()).saturating_add(bits(base.denominator().bits()))
}

impl Default for Number {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<Rational> for Number {
    fn from(value: Rational) -> Self {
        Self(Repr::Rational(value))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Rational(Rational::from(value)))
    }
}

/// How many characters of a closed form a message shows.
const SHOWN_CHARACTERS: usize = 60;

impl fmt::Display for Number {
    /// The fraction or the closed form, or where that is long a decimal marked by `≈`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rational) = self.as_rational() {
            return fmt::Display::fmt(rational, formatter);
        }
        let text = match self.closed_form(SHOWN_CHARACTERS) {
            Some(form) => form.to_string(),
            None => match self.decimal(Precision::Significant(12)) {
                Ok(decimal) => format!("≈ {}", decimal.plain()),
                Err(_) => "a real number".to_owned(),
            },
        };
        formatter.pad(&text)
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
        Rational::new(numerator, denominator).expect("a denominator that is not 0").into()
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
        assert_eq!(Number::one().div(&zero), Err(ArithmeticError::DivisionByZero));
        assert_eq!(zero.powi(-2), Err(ArithmeticError::ZeroToNegativePower));
        assert_eq!(zero.powi(i64::MIN), Err(ArithmeticError::ZeroToNegativePower));
        assert_eq!(zero.powi(0), Ok(Number::one()));
    }

    #[test]
    fn refuses_large_powers_before_computing_them() {
        for exponent in [i64::MIN, i64::MAX, 1 << 16, -(1 << 16)] {
            let error = number(3, 2).powi(exponent).expect_err("far too large");
            assert!(matches!(error, ArithmeticError::TooLarge { limit: MAX_BITS, .. }));
        }
        assert_eq!(number(-1, 1).powi(i64::MAX), Ok(number(-1, 1)));
        assert_eq!(Number::zero().powi(i64::MAX), Ok(Number::zero()));
    }

    #[test]
    fn goes_from_thread_to_thread() {
        fn assert_shared<T: Send + Sync>() {}
        assert_shared::<Number>();
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
