//! How a number looks, and whether what is shown is the number itself.

use super::Math;
use crate::exact::{ArithmeticError, Decimal, Number, Precision, Rational};
use crate::expr::{Literal, NumberStyle};

/// Digits of a numerator or denominator beyond which a fraction is no longer readable.
const MAX_FRACTION_DIGITS: u64 = 60;
/// Digits of an exact decimal or integer beyond which it is rounded.
const MAX_INTEGER_DIGITS: usize = 40;
/// Significant digits where neither file nor options say how many.
const DEFAULT_DIGITS: u32 = 6;
/// How decimals are rounded where neither file nor options say it.
pub const DEFAULT_PRECISION: Precision = Precision::Significant(DEFAULT_DIGITS);
/// Powers of ten of the first digit outside of which a decimal is written with an exponent.
const PLAIN_EXPONENTS: std::ops::RangeInclusive<i64> = -6..=12;

/// Fractions or decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Exact fractions.
    Fraction,
    /// Decimals.
    Decimal,
}

/// What stands before the decimals of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalMark {
    /// 0.5
    Point,
    /// 0,5
    Comma,
}

/// How numbers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// For computed values.
    pub computed: Mode,
    /// For all values, whatever way the file wrote them.
    pub forced: Option<Mode>,
    /// How decimals are rounded; six significant digits unless given.
    pub precision: Option<Precision>,
    /// What stands before the decimals.
    pub mark: DecimalMark,
}

/// A number as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The typeset form.
    pub math: Math,
    /// Whether it is the number itself and not a rounded one.
    pub is_exact: bool,
}

impl Format {
    /// The shown form of a number.
    ///
    /// # Errors
    /// Where a decimal cannot be determined.
    pub fn show(&self, literal: &Literal) -> Result<Shown, ArithmeticError> {
        let mode = self.forced.unwrap_or(match literal.style {
            NumberStyle::Auto => self.computed,
            NumberStyle::Fraction => Mode::Fraction,
            NumberStyle::Decimal => Mode::Decimal,
        });
        match (mode, literal.value.as_rational()) {
            (Mode::Fraction, Some(rational)) if fits_as_fraction(rational) => {
                Ok(Shown { math: fraction(rational), is_exact: true })
            }
            _ => self.decimal(literal),
        }
    }

    /// Whether numbers are shown as they are, and not as decimals.
    pub fn shows_closed_forms(&self) -> bool {
        self.forced.unwrap_or(self.computed) == Mode::Fraction
    }

    fn decimal(&self, literal: &Literal) -> Result<Shown, ArithmeticError> {
        let value = &literal.value;
        let exact = value.exact_decimal();
        let given = literal.style == NumberStyle::Decimal;
        if let Some(exact) = &exact
            && self.shows_exactly(exact, given)
        {
            let padded = match self.precision {
                // Decimals are kept for computed values, so that columns agree.
                Some(precision @ Precision::Places(_)) if !given && !is_integer(value) => {
                    value.decimal(precision)?
                }
                _ => exact.clone(),
            };
            return Ok(Shown { math: decimal(&padded, self.mark), is_exact: true });
        }
        let precision = self.precision.unwrap_or(DEFAULT_PRECISION);
        let mut rounded = value.decimal(precision)?;
        if rounded.is_zero() && !value.is_zero()? {
            // A small number is not nothing: its first digits are shown all the same.
            rounded = value.decimal(Precision::Significant(1))?;
        }
        Ok(Shown { is_exact: rounded.is_exact(), math: decimal(&rounded, self.mark) })
    }

    /// Whether an exact decimal is short enough to stand in full.
    fn shows_exactly(&self, exact: &Decimal, given: bool) -> bool {
        let digits = exact.digits().trim_end_matches('0').len().max(1);
        if given {
            return digits <= MAX_INTEGER_DIGITS;
        }
        match self.precision {
            Some(Precision::Places(places)) => {
                -exact.exponent() <= i64::from(places) && digits <= MAX_INTEGER_DIGITS
            }
            Some(Precision::Significant(limit)) => digits <= limit as usize,
            None => digits <= DEFAULT_DIGITS as usize,
        }
    }
}

fn is_integer(value: &Number) -> bool {
    value.as_rational().is_some_and(Rational::is_integer)
}

/// Whether numerator and denominator have few enough digits; judged by bits, 10 digits being 33 of them.
fn fits_as_fraction(rational: &Rational) -> bool {
    if rational.as_words().is_some() {
        return true;
    }
    let digits = |bits: u64| bits * 3 / 10;
    digits(rational.numerator().bits()) <= MAX_FRACTION_DIGITS
        && digits(rational.denominator().bits()) <= MAX_FRACTION_DIGITS
}

/// An exact fraction, its sign in front.
fn fraction(rational: &Rational) -> Math {
    let (numerator, denominator) = match rational.as_words() {
        Some((numerator, denominator)) => {
            (numerator.unsigned_abs().to_string(), denominator.to_string())
        }
        None => (rational.numerator().magnitude().to_string(), rational.denominator().to_string()),
    };
    let numerator = Math::Digits(numerator);
    let unsigned = if rational.is_integer() {
        numerator
    } else {
        Math::Fraction(Box::new(numerator), Box::new(Math::Digits(denominator)))
    };
    signed(rational.is_negative(), unsigned)
}

/// A decimal, with an exponent where it would have many zeros.
fn decimal(decimal: &Decimal, mark: DecimalMark) -> Math {
    let digits = |text: &str| {
        let unsigned = text.trim_start_matches('-');
        Math::Digits(match mark {
            DecimalMark::Point => unsigned.to_owned(),
            DecimalMark::Comma => unsigned.replace('.', ","),
        })
    };
    let (mantissa, exponent) = decimal.scientific();
    let unsigned = if decimal.is_zero() || PLAIN_EXPONENTS.contains(&exponent) {
        digits(&decimal.plain())
    } else {
        let power = signed(exponent < 0, Math::Digits(exponent.unsigned_abs().to_string()));
        let ten = Math::Power(Box::new(Math::Digits("10".to_owned())), Box::new(power));
        Math::Product(vec![digits(&mantissa), ten])
    };
    signed(decimal.is_negative(), unsigned)
}

fn signed(negative: bool, unsigned: Math) -> Math {
    if negative { Math::Minus(Box::new(unsigned)) } else { unsigned }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::latex;

    #[test]
    fn the_comma_stands_in_braces_and_is_as_wide_as_the_point() {
        let literal = |text: &str| Literal {
            value: Number::from(Rational::parse_decimal(text).unwrap()),
            style: NumberStyle::Decimal,
        };
        let format = |mark| Format { computed: Mode::Decimal, forced: None, precision: None, mark };
        for (text, expected) in [
            ("0.25", "0{,}25"),
            ("1.5", "1{,}5"),
            ("7", "7"),
            ("0.000000025", r"2{,}5 \cdot 10^{-8}"),
        ] {
            let [point, comma] = [DecimalMark::Point, DecimalMark::Comma]
                .map(|mark| format(mark).show(&literal(text)).unwrap().math);
            assert_eq!(latex::inline(&comma), expected);
            assert_eq!(latex::inline(&point), expected.replace("{,}", "."));
            assert_eq!(latex::width(&comma), latex::width(&point));
        }
        let [left, right] = ["0.5", "1.25"]
            .map(|text| format(DecimalMark::Comma).show(&literal(text)).unwrap().math);
        let max = Math::Apply { name: "max", subscript: None, arguments: vec![left, right] };
        assert_eq!(latex::inline(&max), r"\max(0{,}5,\; 1{,}25)");
    }
}
