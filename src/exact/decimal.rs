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
            return Err(ArithmeticError::TooLarge {
                bits,
                limit: MAX_BITS,
            });
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
        let signed = if self.is_negative {
            -magnitude
        } else {
            magnitude
        };
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
