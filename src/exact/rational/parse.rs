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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Rational;

    #[test]
    fn reads_every_form_of_a_literal_exactly() {
        for (text, numerator, denominator) in [
            ("3", 3, 1),
            ("0.15", 3, 20),
            (".5", 1, 2),
            ("1e-3", 1, 1_000),
            ("1_000", 1_000, 1),
            ("1_0.0_5", 201, 20),
            ("2.50E+2", 250, 1),
            ("1e1_0", 10_000_000_000, 1),
            ("-0.125", -1, 8),
            ("+7", 7, 1),
            ("-0", 0, 1),
            ("007", 7, 1),
            ("0e99999999999999999999", 0, 1),
            ("9223372036854775807", i64::MAX, 1),
        ] {
            let expected = Rational::new(numerator, denominator);
            assert_eq!(Rational::parse_decimal(text), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_literal() {
        for text in [
            "", ".", "-", "5.", "e5", "1e", "1e+", "_1", "1_", "1__0", "1_.5", "1._5", "1.5.2",
            "--1", "1e5e5", "1e1.5", " 1", "1 ", "0x1", "½", "٣", "1/2", "inf", "NaN",
        ] {
            assert_eq!(Rational::parse_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_too_large_without_computing_it() {
        for text in ["1e20000", "1e-20000", "1e999999999", "1e-9999999999999999999999", "7e-19730"]
        {
            assert_eq!(Rational::parse_decimal(text), None, "{text}");
        }
        assert_eq!(Rational::parse_decimal(&"9".repeat(20_000)), None);
        assert!(Rational::parse_decimal("1e19000").is_some());
        assert!(Rational::parse_decimal(&"9".repeat(19_000)).is_some());
    }

    proptest! {
        #[test]
        fn reads_back_a_scaled_integer(digits in any::<i64>(), exponent in -40..40_i64) {
            let expected = Rational::from(10).pow(exponent).map(|power| Rational::from(digits) * power);
            prop_assert_eq!(Rational::parse_decimal(&format!("{digits}e{exponent}")), expected);
        }

        #[test]
        fn never_panics(text in "[-+0-9._eE]{0,12}") {
            let _ = Rational::parse_decimal(&text);
        }
    }
}
