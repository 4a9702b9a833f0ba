//! How figures are rounded, and whether one is rounded right.

use std::cmp::Ordering;

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::parser::power_of_ten;
use super::tree::Numeral;
use super::value::Value;

/// What a sheet says of its rounded figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Significant(i64),
    Places(i64),
}

impl Precision {
    /// What the sheet's sentence says: "rounded, once, to 6 significant digits".
    pub fn in_text(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        for pair in words.windows(2) {
            let count = match pair[0] {
                "one" => Some(1),
                number => number.parse().ok(),
            };
            let Some(count) = count else { continue };
            if pair[1].starts_with("significant") {
                return Some(Self::Significant(count));
            }
            if pair[1].starts_with("decimal") {
                return Some(Self::Places(count));
            }
        }
        None
    }

    /// The power of ten of the last digit that is meant, if the number may be a rounded one: then it has as
    /// many digits as are rounded to. One with fewer or more is printed in full.
    pub fn rounded_place(self, numeral: &Numeral) -> Option<i64> {
        let digits = i64::try_from(numeral.significant).unwrap_or(i64::MAX);
        match self {
            Self::Significant(count) if digits < count => None,
            Self::Significant(count) => {
                let place = numeral.last_place + digits - count;
                // Beyond the rounded digits a whole number has zeros.
                (numeral.value.clone() / power_of_ten(place)).is_integer().then_some(place)
            }
            // What would round to nothing shows its first digit.
            Self::Places(count) if numeral.last_place < -count => {
                (digits == 1).then_some(numeral.last_place)
            }
            Self::Places(count) => (numeral.last_place == -count).then_some(numeral.last_place),
        }
    }

    /// Whether the figure is the value, or the value rounded as the sheet says.
    pub fn is_right(self, figure: &BigRational, value: &Value) -> bool {
        // Where a tie lies between the bounds, either side may be meant; where more than a unit of the
        // last digit does, any figure there.
        self.is_rounded(figure, &value.low)
            || self.is_rounded(figure, &value.high)
            || (value.as_exact().is_none() && value.contains(figure))
    }

    fn is_rounded(self, figure: &BigRational, value: &BigRational) -> bool {
        if figure == value {
            return true;
        }
        let expected = match self {
            Self::Places(places) => round(value, places),
            Self::Significant(count) => round(value, count - 1 - leading_place(value)),
        };
        if *figure == expected && !expected.is_zero() {
            return true;
        }
        // What would round to nothing shows its first digit.
        expected.is_zero() && *figure == round(value, -leading_place(value))
    }
}

/// To so many places, a tie away from 0.
fn round(value: &BigRational, places: i64) -> BigRational {
    let scale = power_of_ten(places);
    (value * &scale).round() / scale
}

/// The power of ten of the first digit.
fn leading_place(value: &BigRational) -> i64 {
    if value.is_zero() {
        return 0;
    }
    let magnitude = value.abs();
    let length =
        |number: &num_bigint::BigInt| i64::try_from(number.to_string().len()).unwrap_or(i64::MAX);
    let guess = length(magnitude.numer()) - length(magnitude.denom());
    let one = BigRational::one();
    match (&magnitude / power_of_ten(guess)).cmp(&one) {
        Ordering::Less => guess - 1,
        _ => guess,
    }
}
