//! Questions about real numbers that have one answer: the sign, and the digits.

use std::cmp::Ordering;

use super::Real;
use super::interval::{self, Interval};
use crate::exact::{ArithmeticError, Decimal, MAX_BITS, Precision, Rational};

/// The bits carried at first.
pub(super) const FIRST_PRECISION: usize = 96;

/// The bits with which an enclosure must still hold 0 before the fingerprint is believed.
pub(super) const CONVINCING_PRECISION: usize = 384;

/// The bits with which the search for a sign ends undecided.
const LAST_PRECISION: usize = 1 << 13;

/// More bits than a decimal digit holds.
const BITS_A_DIGIT: usize = 4;

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
        Err(ArithmeticError::Undecidable { bits: LAST_PRECISION })
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
        Err(ArithmeticError::Undecidable { bits: LAST_PRECISION })
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
        while working <= last {
            if let Some(interval) = self.enclose(working)?
                && let Some(decimal) = self.decimal_from(&interval, working, precision)?
            {
                return Ok(decimal);
            }
            working *= 2;
        }
        Err(ArithmeticError::Undecidable { bits: last })
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
