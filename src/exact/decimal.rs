//! Correctly rounded decimals.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::Zero;

use super::{ArithmeticError, MAX_BITS, Rational};

/// How many digits a decimal is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// So many digits from the first that is not 0; `Significant(0)` means one, like
    /// `Significant(1)`.
    Significant(u32),
    /// So many digits after the point.
    Places(u32),
}

/// A decimal numeral, together with whether it equals the number that it stands for.
///
/// It is rounded once from the exact value, to the nearest; a tie goes away from 0, as schools
/// teach it (0.125 to two places is 0.13, and -0.125 is -0.13). There is no -0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    is_negative: bool,
    /// Without leading zeros, except that 0 is `"0"`.
    digits: String,
    /// The value is ± `digits` · 10^`exponent`.
    exponent: i64,
    is_exact: bool,
}

impl Decimal {
    /// The decimal of the given precision that is nearest to `value`.
    ///
    /// # Errors
    /// [`ArithmeticError::TooLarge`] when the precision asks for more digits than [`MAX_BITS`].
    pub fn nearest(value: &Rational, precision: Precision) -> Result<Self, ArithmeticError> {
        let (Precision::Significant(count) | Precision::Places(count)) = precision;
        let bits = u64::from(count).saturating_mul(10) / 3;
        if bits > MAX_BITS {
            return Err(ArithmeticError::TooLarge { bits, limit: MAX_BITS });
        }
        let places = match precision {
            Precision::Places(places) => i64::from(places),
            Precision::Significant(_) if value.is_zero() => 0,
            Precision::Significant(count) => {
                i64::from(count.max(1)) - 1 - exponent_of_first_digit(value)
            }
        };
        let (mut rounded, is_exact) = scale_and_round(value, places);
        let mut exponent = -places;
        if let Precision::Significant(count) = precision
            && rounded == power_of_ten(u64::from(count.max(1)))
        {
            // 9.99 became 10.0, which is a digit too long.
            rounded /= 10_u8;
            exponent += 1;
        }
        Ok(Self {
            is_negative: value.is_negative() && !rounded.is_zero(),
            digits: rounded.to_string(),
            exponent,
            is_exact,
        })
    }

    /// The decimal that equals `value`, without trailing zeros after its point; `None` when its
    /// digits never end.
    #[must_use]
    pub fn equal_to(value: &Rational) -> Option<Self> {
        let places = places_of_terminating(value.denominator().magnitude())?;
        let places = i64::try_from(places).ok()?;
        let (digits, is_exact) = scale_and_round(value, places);
        debug_assert!(is_exact, "a terminating decimal left a remainder");
        Some(Self {
            is_negative: value.is_negative(),
            digits: digits.to_string(),
            exponent: -places,
            is_exact,
        })
    }

    /// Whether it equals the number that it was made from; otherwise it was rounded.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// The same numeral for a number that it does not equal.
    pub(super) fn rounded(self) -> Self {
        Self { is_exact: false, ..self }
    }

    /// Whether it is less than 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.is_negative
    }

    /// Whether it is 0, either exactly or by rounding.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits == "0"
    }

    /// All digits without point and sign, and without leading zeros; `"0"` for 0.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The power of ten of the last digit: -2 for 12.50, whose digits are 1250.
    #[must_use]
    pub fn exponent(&self) -> i64 {
        self.exponent
    }

    /// The numeral without a power of ten: `0.0001`, `-12.50`, `300`.
    #[must_use]
    pub fn plain(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let shift = usize::try_from(self.exponent.unsigned_abs()).unwrap_or(usize::MAX);
        if self.exponent >= 0 {
            let zeros = if self.is_zero() { 0 } else { shift };
            return format!("{sign}{}{}", self.digits, "0".repeat(zeros));
        }
        let padded = format!("{:0>width$}", self.digits, width = shift + 1);
        let (whole, fraction) = padded.split_at(padded.len() - shift);
        format!("{sign}{whole}.{fraction}")
    }

    /// The same numeral without trailing zeros after its point: 12.50 becomes 12.5.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        if self.is_zero() {
            self.exponent = 0;
        }
        while self.exponent < 0 && self.digits.ends_with('0') {
            self.digits.pop();
            self.exponent += 1;
        }
        self
    }

    /// Mantissa and exponent of the numeral in scientific notation: 0.00125 is `("1.25", -3)`.
    #[must_use]
    pub fn scientific(&self) -> (String, i64) {
        let sign = if self.is_negative { "-" } else { "" };
        let (first, rest) = self.digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let exponent = if self.is_zero() {
            0
        } else {
            self.exponent.saturating_add_unsigned(rest.len() as u64)
        };
        (format!("{sign}{first}{point}{rest}"), exponent)
    }

    /// Exactly the number that is printed.
    #[must_use]
    pub fn value(&self) -> Rational {
        let magnitude = self.digits.parse::<BigInt>().unwrap_or_default();
        let power = BigInt::from(power_of_ten(self.exponent.unsigned_abs()));
        let signed = if self.is_negative { -magnitude } else { magnitude };
        if self.exponent >= 0 {
            return Rational::from(signed * power);
        }
        Rational::new(signed, power).unwrap_or_default()
    }
}

impl fmt::Display for Decimal {
    /// As [`Decimal::plain`].
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.plain())
    }
}

fn power_of_ten(exponent: u64) -> BigUint {
    num_traits::Pow::pow(BigUint::from(10_u8), exponent)
}

/// |`value`| · 10^`places` rounded to the nearest integer, ties upwards, and whether that is exact.
fn scale_and_round(value: &Rational, places: i64) -> (BigUint, bool) {
    let mut numerator = value.numerator().into_parts().1;
    let mut denominator = value.denominator().into_parts().1;
    let power = power_of_ten(places.unsigned_abs());
    if places >= 0 {
        numerator *= power;
    } else {
        denominator *= power;
    }
    let (quotient, remainder) = numerator.div_rem(&denominator);
    let is_exact = remainder.is_zero();
    let rounded = match (remainder << 1_u8).cmp(&denominator) {
        Ordering::Less => quotient,
        Ordering::Equal | Ordering::Greater => quotient + 1_u8,
    };
    (rounded, is_exact)
}

/// The e for which 10^e <= |`value`| < 10^(e + 1); `value` is not 0.
fn exponent_of_first_digit(value: &Rational) -> i64 {
    let numerator = value.numerator().into_parts().1;
    let denominator = value.denominator().into_parts().1;
    // log10 2 lies between 30102/100000 and 30103/100000, and 2^(d - 1) < |value| < 2^(d + 1),
    // where d is the difference of the sizes: the estimate is at most one too large or too small
    // for every size that a machine can hold.
    let difference = numerator.bits().cast_signed() - denominator.bits().cast_signed();
    let mut exponent = (difference * 30103).div_euclid(100_000);
    let reaches = |exponent: i64| {
        let power = power_of_ten(exponent.unsigned_abs());
        if exponent >= 0 {
            numerator >= &denominator * power
        } else {
            &numerator * power >= denominator
        }
    };
    while !reaches(exponent) {
        exponent -= 1;
    }
    while reaches(exponent + 1) {
        exponent += 1;
    }
    exponent
}

/// How many places a fraction with this denominator has, in lowest terms; `None` when infinitely
/// many, that is when another prime than 2 or 5 divides the denominator.
fn places_of_terminating(denominator: &BigUint) -> Option<u64> {
    let twos = denominator.trailing_zeros().unwrap_or(0);
    let rest = denominator >> twos;
    // 5^k has floor(k log2 5) + 1 bits, so that the size leaves one candidate for k. Dividing the
    // fives out one by one would take quadratic time.
    let fives = rest.bits() * 1_000_000 / 2_321_928;
    let is_power_of_five = num_traits::Pow::pow(BigUint::from(5_u8), fives) == rest;
    is_power_of_five.then(|| twos.max(fives))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rational(numerator: i64, denominator: i64) -> Rational {
        Rational::new(numerator, denominator).expect("a denominator that is not 0")
    }

    fn places(value: &Rational, count: u32) -> Decimal {
        Decimal::nearest(value, Precision::Places(count)).expect("a sensible precision")
    }

    fn significant(value: &Rational, count: u32) -> Decimal {
        Decimal::nearest(value, Precision::Significant(count)).expect("a sensible precision")
    }

    #[test]
    fn rounds_to_places_with_ties_away_from_zero() {
        for (numerator, denominator, count, expected) in [
            (1, 8, 2, "0.13"),
            (-1, 8, 2, "-0.13"),
            (1, 8, 3, "0.125"),
            (1, 8, 5, "0.12500"),
            (2, 3, 4, "0.6667"),
            (1, 2, 0, "1"),
            (-1, 2, 0, "-1"),
            (49, 100, 0, "0"),
            (999, 100, 1, "10.0"),
            (-1, 1_000, 2, "0.00"),
            (0, 1, 2, "0.00"),
            (-1_250, 100, 2, "-12.50"),
        ] {
            let decimal = places(&rational(numerator, denominator), count);
            assert_eq!(decimal.plain(), expected, "{numerator}/{denominator} to {count}");
        }
    }

    #[test]
    fn rounds_to_significant_digits() {
        for (numerator, denominator, count, expected) in [
            (1, 8, 2, "0.13"),
            (2, 3, 4, "0.6667"),
            (1, 15_000, 3, "0.0000667"),
            (9_996, 1_000, 3, "10.0"),
            (-99_999, 1, 2, "-100000"),
            (12_345, 1, 2, "12000"),
            (1, 1, 3, "1.00"),
            (0, 1, 3, "0"),
            (1_000, 1, 1, "1000"),
            (999, 1_000, 3, "0.999"),
            (7, 10, 0, "0.7"),
        ] {
            let decimal = significant(&rational(numerator, denominator), count);
            assert_eq!(decimal.plain(), expected, "{numerator}/{denominator} to {count}");
        }
    }

    #[test]
    fn knows_whether_it_is_exact() {
        assert!(places(&rational(1, 8), 3).is_exact());
        assert!(!places(&rational(1, 8), 2).is_exact());
        assert!(!places(&rational(-1, 1_000), 2).is_exact());
        assert!(!places(&rational(-1, 1_000), 2).is_negative());
        assert!(significant(&rational(9_990, 1), 3).is_exact());
        assert!(!significant(&rational(9_999, 1), 3).is_exact());
    }

    #[test]
    fn finds_the_terminating_decimals() {
        for (numerator, denominator, expected) in [
            (3, 8, Some("0.375")),
            (-1, 20, Some("-0.05")),
            (7, 1, Some("7")),
            (1_200, 1, Some("1200")),
            (0, 1, Some("0")),
            (1, 125, Some("0.008")),
            (1, 3, None),
            (1, 6, None),
            (1, 7_000, None),
        ] {
            let decimal = Decimal::equal_to(&rational(numerator, denominator));
            assert_eq!(decimal.map(|decimal| decimal.plain()).as_deref(), expected);
        }
        for power in 1..2_000 {
            let fraction = Rational::from(5).pow(-power).expect("5 is not 0");
            let exponent = Decimal::equal_to(&fraction).map(|decimal| decimal.exponent());
            assert_eq!(exponent, Some(-power));
        }
    }

    #[test]
    fn trims_and_splits() {
        let decimal = places(&rational(25, 2), 4);
        assert_eq!(decimal.plain(), "12.5000");
        assert_eq!(decimal.scientific(), ("1.25000".into(), 1));
        assert_eq!(decimal.clone().trimmed().plain(), "12.5");
        assert_eq!((decimal.digits(), decimal.exponent()), ("125000", -4));
        assert_eq!(significant(&rational(1, 800), 3).scientific(), ("1.25".into(), -3));
        assert_eq!(significant(&rational(-7, 1), 1).scientific(), ("-7".into(), 0));
        assert_eq!(places(&Rational::zero(), 3).trimmed().plain(), "0");
        assert_eq!(places(&Rational::zero(), 3).scientific(), ("0".into(), 0));
        assert_eq!(places(&rational(1_000, 1), 0).trimmed().plain(), "1000");
    }

    #[test]
    fn refuses_an_absurd_precision() {
        for precision in [Precision::Places(u32::MAX), Precision::Significant(u32::MAX)] {
            let error = Decimal::nearest(&Rational::one(), precision);
            assert!(matches!(error, Err(ArithmeticError::TooLarge { .. })));
        }
    }

    /// The first `count` digits of |`value`| after its point, and its whole part, by long division
    /// as it is done on paper.
    fn long_division(value: &Rational, count: u32) -> (BigInt, Vec<u8>, bool) {
        let (numerator, denominator) = (value.abs().numerator(), value.denominator());
        let whole = &numerator / &denominator;
        let mut remainder = numerator - &whole * &denominator;
        let mut digits = Vec::new();
        for _ in 0..count {
            remainder *= 10;
            let digit = &remainder / &denominator;
            remainder -= &digit * &denominator;
            digits.push(digit.try_into().expect("one digit"));
        }
        (whole, digits, remainder.is_zero())
    }

    /// Adds one to the last digit of the numeral `whole`.`digits`.
    fn increment(whole: &mut BigInt, digits: &mut [u8]) {
        for digit in digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        *whole += 1;
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn agrees_with_long_division(
            numerator in any::<i64>(),
            denominator in prop_oneof![1..50_i64, 1..i64::MAX],
            scale in -25..25_i64,
            count in 0..30_u32,
        ) {
            let power = Rational::from(10).pow(scale).expect("10 is not 0");
            let value = &rational(numerator, denominator) * &power;
            let (mut whole, mut digits, _) = long_division(&value, count + 1);
            let (_, _, is_exact) = long_division(&value, count);
            if digits.pop().is_some_and(|next| next >= 5) {
                increment(&mut whole, &mut digits);
            }
            let fraction: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
            let point = if count == 0 { "" } else { "." };
            let decimal = places(&value, count);
            let sign = if decimal.is_negative() { "-" } else { "" };
            prop_assert_eq!(decimal.plain(), format!("{sign}{whole}{point}{fraction}"));
            prop_assert_eq!(decimal.is_exact(), is_exact);
            prop_assert_eq!(decimal.is_negative(), value.is_negative() && !decimal.is_zero());
        }

        #[test]
        fn significant_digits_are_within_half_a_unit(
            numerator in any::<i64>(),
            denominator in 1..i64::MAX,
            scale in -400..400_i64,
            count in 1..40_u32,
        ) {
            prop_assume!(numerator != 0);
            let power = Rational::from(10).pow(scale).expect("10 is not 0");
            let value = &rational(numerator, denominator) * &power;
            let decimal = significant(&value, count);
            prop_assert_eq!(decimal.digits().len(), count as usize);
            let half_unit = rational(1, 2)
                * Rational::from(10).pow(decimal.exponent()).expect("10 is not 0");
            prop_assert!((&decimal.value() - &value).abs() <= half_unit);
            prop_assert_eq!(decimal.is_exact(), decimal.value() == value);
        }

        #[test]
        fn prints_what_reads_back(numerator in any::<i64>(), count in 0..25_u32) {
            let decimal = places(&rational(numerator, 1 << 20), count);
            let value = Some(decimal.value());
            prop_assert_eq!(Rational::parse_decimal(&decimal.plain()), value.clone());
            let (mantissa, exponent) = decimal.scientific();
            prop_assert_eq!(Rational::parse_decimal(&format!("{mantissa}e{exponent}")), value.clone());
            prop_assert_eq!(Some(decimal.trimmed().value()), value);
        }
    }
}
