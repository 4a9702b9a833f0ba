//! Questions about real numbers that have one answer: the sign, and the digits.

use std::cmp::Ordering;

use super::Real;
use super::interval::{self, Interval};
use crate::exact::{ArithmeticError, Decimal, MAX_BITS, Number, Precision, Rational};

/// The bits carried at first.
pub(super) const FIRST_PRECISION: usize = 96;

/// The bits with which an enclosure must still hold 0 before the fingerprint is believed.
const CONVINCING_PRECISION: usize = FIRST_PRECISION << 2;

/// The bits with which the search for a sign ends undecided: it has taken some milliseconds a
/// function by then.
const LAST_PRECISION: usize = FIRST_PRECISION << 7;

/// More bits than a decimal digit holds.
const BITS_A_DIGIT: usize = 4;

/// Whether two numbers are one as far as some two hundred bits tell.
pub(in crate::exact) fn agree(a: &Number, b: &Number) -> bool {
    const AGREEMENT: isize = 200;
    let mut precision = (AGREEMENT + 24).unsigned_abs();
    while precision <= LAST_PRECISION {
        if let (Some(a), Some(b)) = (enclosed_at(a, precision), enclosed_at(b, precision)) {
            if !a.overlaps(&b) {
                return false;
            }
            // What is close to 0 agrees to as many bits behind the point.
            let is_close = |own: &Interval| {
                own.accuracy().is_none_or(|bits| bits >= AGREEMENT)
                    || own.magnitude_bits().is_none_or(|bits| bits < -AGREEMENT)
            };
            if is_close(&a) && is_close(&b) {
                return true;
            }
        }
        precision *= 2;
    }
    false
}

fn enclosed_at(number: &Number, precision: usize) -> Option<Interval> {
    match number.as_real() {
        Some(real) => real.enclose(precision).ok().flatten(),
        None => Interval::of_rational(number.as_rational()?, precision),
    }
}

impl Real {
    /// How the number compares with 0.
    ///
    /// Equality is not among the answers: a number that is 0 by enclosure and fingerprint was made
    /// a rational when it was constructed.
    pub(in crate::exact) fn sign(&self) -> Result<Ordering, ArithmeticError> {
        let mut precision = FIRST_PRECISION;
        while precision <= LAST_PRECISION {
            if let Some(sign) = self.enclose(precision)?.and_then(|interval| interval.sign()) {
                return Ok(sign);
            }
            precision *= 2;
        }
        Err(ArithmeticError::Undecidable { bits: LAST_PRECISION, sides: None })
    }

    /// The enclosure of least precision that tells anything.
    pub(super) fn some_enclosure(&self) -> Result<Interval, ArithmeticError> {
        let mut precision = FIRST_PRECISION;
        while precision <= LAST_PRECISION {
            if let Some(interval) = self.enclose(precision)? {
                return Ok(interval);
            }
            precision *= 2;
        }
        Err(ArithmeticError::Undecidable { bits: LAST_PRECISION, sides: None })
    }

    /// The value as a rational, where fingerprint and enclosure agree that it is one.
    pub(super) fn as_hidden_rational(&self) -> Result<Option<Rational>, ArithmeticError> {
        let candidate = if self.fingerprint().vanishes() {
            Some(Rational::zero())
        } else {
            self.fingerprint().as_rational()
        };
        let Some(candidate) = candidate else {
            return Ok(None);
        };
        let agrees = self.agrees_with(&candidate)?;
        Ok(agrees.then_some(candidate))
    }

    /// Whether the enclosure holds `candidate` to a precision that convinces.
    fn agrees_with(&self, candidate: &Rational) -> Result<bool, ArithmeticError> {
        for precision in [FIRST_PRECISION, CONVINCING_PRECISION] {
            match self.enclose(precision)? {
                Some(interval) if interval.holds(candidate) => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The nearest decimal: the precision is raised until both ends of the enclosure round alike.
    pub(in crate::exact) fn decimal(
        &self,
        precision: Precision,
    ) -> Result<Decimal, ArithmeticError> {
        let (Precision::Significant(digits) | Precision::Places(digits)) = precision;
        let digits = usize::try_from(digits).unwrap_or(usize::MAX);
        if digits > usize::try_from(MAX_BITS).unwrap_or(usize::MAX) / BITS_A_DIGIT {
            let bits = (digits as u64).saturating_mul(BITS_A_DIGIT as u64);
            return Err(ArithmeticError::TooLarge { bits, limit: MAX_BITS });
        }
        // The loop ends at a limit that grows with the digits asked for.
        let last = LAST_PRECISION.max(4 * BITS_A_DIGIT * digits);
        let mut working = FIRST_PRECISION.max(BITS_A_DIGIT * digits);
        loop {
            if let Some(interval) = self.enclose(working)?
                && let Some(decimal) = self.decimal_from(&interval, working, precision)?
            {
                return Ok(decimal);
            }
            if working == last {
                break;
            }
            // However many bits are carried at first, the last try is the same.
            working = last.min(2 * working);
        }
        Err(ArithmeticError::Undecidable { bits: last, sides: None })
    }

    fn decimal_from(
        &self,
        interval: &Interval,
        working: usize,
        precision: Precision,
    ) -> Result<Option<Decimal>, ArithmeticError> {
        let Some((lower, upper)) = rational_ends(interval, precision)? else {
            return Ok(None);
        };
        let lower = Decimal::nearest(&lower, precision)?;
        let upper = Decimal::nearest(&upper, precision)?;
        if lower.plain() == upper.plain() {
            // The ends are hardly ever decimals of few digits themselves, and the value never is.
            return Ok(Some(lower.rounded()));
        }
        // Between two neighbours lies a tie, which no enclosure resolves: ask the fingerprint.
        if working >= CONVINCING_PRECISION && interval.sign().is_some() {
            let middle =
                (&lower.value() + &upper.value()) * Rational::new(1, 2).unwrap_or_default();
            if interval.holds(&middle) && self.fingerprint().may_equal(&middle) {
                return Decimal::nearest(&middle, precision).map(Some);
            }
        }
        Ok(None)
    }
}

/// The ends as fractions. Those too small to write down are replaced by 0 or by a number that is
/// larger but still rounds to 0; those too large are an error.
fn rational_ends(
    interval: &Interval,
    precision: Precision,
) -> Result<Option<(Rational, Rational)>, ArithmeticError> {
    let limit = MAX_BITS.cast_signed();
    let Some(size) = interval.magnitude_bits() else {
        return Ok(None);
    };
    let size = size as i64;
    if size > limit || (size < -limit && matches!(precision, Precision::Significant(_))) {
        return Err(ArithmeticError::TooLarge { bits: size.unsigned_abs(), limit: MAX_BITS });
    }
    let tiny = Rational::from(2).pow(-limit).unwrap_or_default();
    let end = |end: &interval::Dyadic, outwards: Ordering| {
        interval::to_rational(end).unwrap_or_else(|| {
            // Outwards from a tiny number of either sign is towards 0 or away from it.
            if interval::signum(end) != outwards {
                return Rational::zero();
            }
            if outwards.is_gt() { tiny.clone() } else { -&tiny }
        })
    };
    let lower = end(interval.lower(), Ordering::Less);
    let upper = end(interval.upper(), Ordering::Greater);
    Ok(Some((lower, upper)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Function, Number};

    type Outcome = Result<(), ArithmeticError>;

    fn number(numerator: i64, denominator: i64) -> Number {
        Rational::new(numerator, denominator).expect("a denominator that is not 0").into()
    }

    #[test]
    fn close_numbers_are_told_apart() -> Outcome {
        // The convergents of sqrt 2 come as close as fractions do.
        let root = number(2, 1).apply(Function::Sqrt)?;
        let (mut numerator, mut denominator) = (Rational::one(), Rational::one());
        let mut expected = Ordering::Greater;
        for _ in 0..300 {
            let convergent = numerator.checked_div(&denominator).map(Number::from);
            let convergent = convergent.unwrap_or_default();
            assert_eq!(root.compare(&convergent)?, expected);
            assert_eq!(convergent.compare(&root)?, expected.reverse());
            let sum = &numerator + &denominator;
            numerator = &sum + &denominator;
            denominator = sum;
            expected = expected.reverse();
        }
        Ok(())
    }

    #[test]
    fn numbers_that_nearly_agree_are_different() -> Outcome {
        // e^(π √163) is an integer up to 7.5e-13 (Ramanujan's constant).
        let exponent = number(163, 1).apply(Function::Sqrt)?.mul(&Number::pi())?;
        let power = exponent.apply(Function::Exp)?;
        assert_eq!(power.compare(&number(262_537_412_640_768_744, 1))?, Ordering::Less);
        let decimal = power.decimal(Precision::Places(3))?;
        assert_eq!(decimal.plain(), "262537412640768744.000");
        assert!(!decimal.is_exact());
        Ok(())
    }

    #[test]
    fn decimals_of_tiny_and_huge_numbers() -> Outcome {
        let tiny = number(-200_000, 1).apply(Function::Exp)?;
        assert_eq!(tiny.decimal(Precision::Places(4))?.plain(), "0.0000");
        assert!(matches!(
            tiny.decimal(Precision::Significant(4)),
            Err(ArithmeticError::TooLarge { .. })
        ));
        assert_eq!(tiny.neg().decimal(Precision::Places(2))?.plain(), "0.00");
        assert_eq!(tiny.sign()?, Ordering::Greater);
        let one = tiny.add(&Number::one())?;
        assert_eq!(one.decimal(Precision::Places(3))?.plain(), "1.000");
        let huge = number(200_000, 1).apply(Function::Exp)?;
        assert!(huge.decimal(Precision::Places(1)).is_err());
        assert!(tiny.decimal(Precision::Places(u32::MAX)).is_err());
        Ok(())
    }

    #[test]
    fn deep_cancellation_is_resolved() -> Outcome {
        // 1 + erf(-60) is about 10^-1565.
        let value = number(-60, 1).apply(Function::Erf)?.add(&Number::one())?;
        let (mantissa, exponent) = value.decimal(Precision::Significant(2))?.scientific();
        assert_eq!((mantissa.as_str(), exponent), ("3.3", -1566));
        Ok(())
    }

    #[test]
    fn slopes_far_out_have_digits() -> Outcome {
        let one = Number::one();
        // 1 - tanh² and 1 - σ: 10^-2482 and 10^-17372 are no differences of numbers near 1.
        for (argument, exponent) in [(number(20_000, 7), -2482), (number(20_000, 1), -17_372)] {
            for argument in [argument.neg(), argument] {
                let tanh = argument.apply(Function::Tanh)?;
                let slope = one.sub(&tanh.powi(2)?)?;
                assert_eq!(slope.sign()?, Ordering::Greater);
                for digits in [1, 50] {
                    let decimal = slope.decimal(Precision::Significant(digits))?;
                    assert_eq!(decimal.scientific().1, exponent, "{argument}");
                }
                let doubled = argument.mul(&Number::from(2))?.apply(Function::Sigmoid)?;
                let slope = doubled.mul(&one.sub(&doubled)?)?;
                assert_eq!(
                    slope.mul(&Number::from(4))?.sub(&one)?.add(&tanh.powi(2)?)?,
                    Number::zero()
                );
                let precision = Precision::Significant(20);
                assert!(slope.decimal(precision).is_ok());
                for sign in [1, -1] {
                    let near = tanh.mul(&Number::from(sign))?.add(&one)?;
                    assert!(near.decimal(precision).is_ok());
                }
            }
        }
        // What has no such form keeps to one limit, whatever the digits: 1 + erf(-75) is about
        // 10^-2446, or 2^-8123: between 6400 bits and 12800, where a search with fifty digits looks.
        let rest = number(-75, 1).apply(Function::Erf)?.add(&one)?;
        assert_eq!(rest.decimal(Precision::Significant(50))?.scientific().1, -2446);
        Ok(())
    }

    #[test]
    fn many_digits_agree_with_few() -> Outcome {
        let value = number(1, 3).apply(Function::Sigmoid)?.mul(&Number::pi())?;
        let long = value.decimal(Precision::Significant(1_000))?.value();
        for digits in 1..200 {
            let precision = Precision::Significant(digits);
            let expected = Decimal::nearest(&long, precision)?;
            assert_eq!(value.decimal(precision)?.plain(), expected.plain());
        }
        Ok(())
    }

    #[test]
    fn another_route_to_the_same_number_agrees() -> Outcome {
        for numerator in -30..30 {
            let argument = number(numerator, 7);
            let power = argument.neg().apply(Function::Exp)?;
            let route = Number::one().div(&Number::one().add(&power)?)?;
            let sigmoid = argument.apply(Function::Sigmoid)?;
            assert!(route.sub(&sigmoid)?.is_zero()?);
            for digits in [3, 17, 60] {
                let precision = Precision::Significant(digits);
                assert_eq!(route.decimal(precision)?, sigmoid.decimal(precision)?);
            }
        }
        Ok(())
    }
}
