//! Decimal literals, read exactly.

use num_bigint::BigInt;

use super::Rational;
use crate::exact::MAX_BITS;

/// More bits than a decimal digit can hold: log2 10 < 10/3.
const fn bits_of_digits(digits: u64) -> u64 {
    digits.saturating_mul(10).div_ceil(3)
}

impl Rational {
    /// Reads a decimal literal exactly: `3`, `0.15`, `.5`, `1e-3`, `1_000`, `-2.5E+4`.
    ///
    /// An underscore stands between two digits; a point stands before one. `None` for anything
    /// else, and for a number of more than [`MAX_BITS`], such as `1e1000000`.
    #[must_use]
    pub fn parse_decimal(text: &str) -> Option<Self> {
        let (is_negative, unsigned) = split_sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let mut digits = String::with_capacity(mantissa.len());
        if !(whole.is_empty() && fraction.is_some()) {
            push_digits(&mut digits, whole)?;
        }
        let whole_digits = digits.len();
        if let Some(fraction) = fraction {
            push_digits(&mut digits, fraction)?;
        }
        let places = i64::try_from(digits.len() - whole_digits).ok()?;
        let exponent = exponent.map_or(Some(0), parse_exponent)?;

        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Self::zero());
        }
        let scale = exponent.checked_sub(places)?;
        let size = (digits.len() as u64).saturating_add(scale.unsigned_abs());
        // The estimate errs upwards by a tenth of a bit a digit, so that twice the limit is safe.
        if bits_of_digits(size) > 2 * MAX_BITS {
            return None;
        }
        let digits = digits.parse::<BigInt>().ok()?;
        let magnitude = Self::from(digits) * Self::from(10).pow(scale)?;
        let value = if is_negative { -magnitude } else { magnitude };
        (value.bits() <= MAX_BITS).then_some(value)
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Appends the digits of `text` without its underscores; `None` unless it is digits with single
/// underscores between them.
fn push_digits(digits: &mut String, text: &str) -> Option<()> {
    for group in text.split('_') {
        if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.push_str(group);
    }
    Some(())
}

/// The exponent; one too large for an `i64` becomes the largest, which only 0 can carry either way.
fn parse_exponent(text: &str) -> Option<i64> {
    let (is_negative, unsigned) = split_sign(text);
    let mut digits = String::with_capacity(unsigned.len());
    push_digits(&mut digits, unsigned)?;
    let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX);
    Some(if is_negative { -magnitude } else { magnitude })
}
