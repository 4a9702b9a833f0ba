//! Rigorous enclosures: intervals with binary fractions for ends, rounded outwards.
//!
//! The four operations and their directed rounding are `dashu-float`'s. An operation answers
//! `None` when nothing is known about its result: a divisor that may be 0, or a magnitude beyond
//! [`MAX_EXPONENT`].

use std::cmp::Ordering;

use dashu_float::round::mode::{Down, Up};
use dashu_float::{Context, Repr};
use dashu_int::{IBig, Sign as DashuSign, UBig};
use num_bigint::{BigInt, Sign};

use crate::exact::Rational;

/// A binary fraction: an integer times a power of two.
pub(super) type Dyadic = Repr<2>;

/// The largest magnitude of the exponent of an end; far more than the functions can reach, and far
/// less than where the exponents of `dashu-float` overflow.
pub(super) const MAX_EXPONENT: isize = 1 << 40;

/// All numbers from `lower` to `upper`, both included.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Interval {
    lower: Dyadic,
    upper: Dyadic,
}

impl Interval {
    /// The interval between two ends, unless they are too large; a zero loses its sign.
    pub(super) fn new(lower: Dyadic, upper: Dyadic) -> Option<Self> {
        let settle = |end: Dyadic| {
            if end.is_infinite() || end.exponent().abs() > MAX_EXPONENT {
                return None;
            }
            Some(if end.significand().is_zero() { Dyadic::zero() } else { end })
        };
        let interval = Self { lower: settle(lower)?, upper: settle(upper)? };
        debug_assert!(interval.lower <= interval.upper, "an interval upside down");
        Some(interval)
    }

    /// The interval that holds one number alone.
    pub(super) fn point(value: Dyadic) -> Option<Self> {
        Self::new(value.clone(), value)
    }

    /// A small integer.
    pub(super) fn integer(value: i64) -> Self {
        let end = Dyadic::new(value.into(), 0);
        Self { lower: end.clone(), upper: end }
    }

    /// A fraction, rounded outwards to `precision` bits.
    pub(super) fn of_rational(value: &Rational, precision: usize) -> Option<Self> {
        let numerator = Dyadic::new(to_dashu(&value.numerator()), 0);
        if value.is_integer() && numerator.digits() <= precision {
            return Self::point(numerator);
        }
        let denominator = Dyadic::new(to_dashu(&value.denominator()), 0);
        let lower = Context::<Down>::new(precision).div(&numerator, &denominator).ok()?;
        let upper = Context::<Up>::new(precision).div(&numerator, &denominator).ok()?;
        Self::new(lower.value().into_repr(), upper.value().into_repr())
    }

    /// The same interval or a wider one, with ends of no more than `precision` bits.
    pub(super) fn rounded(self, precision: usize) -> Option<Self> {
        let is_long = |end: &Dyadic| end.digits() > precision;
        if !is_long(&self.lower) && !is_long(&self.upper) {
            return Some(self);
        }
        let zero = Dyadic::zero();
        let lower = Context::<Down>::new(precision).add(&self.lower, &zero).ok()?;
        let upper = Context::<Up>::new(precision).add(&self.upper, &zero).ok()?;
        Self::new(lower.value().into_repr(), upper.value().into_repr())
    }

    pub(super) fn lower(&self) -> &Dyadic {
        &self.lower
    }

    pub(super) fn upper(&self) -> &Dyadic {
        &self.upper
    }

    /// How every number in the interval compares with 0, where they agree.
    pub(super) fn sign(&self) -> Option<Ordering> {
        let (lower, upper) = (signum(&self.lower), signum(&self.upper));
        (lower == upper).then_some(lower)
    }

    /// Whether no number in the interval is negative.
    pub(super) fn is_nonnegative(&self) -> bool {
        signum(&self.lower).is_ge()
    }

    /// Whether 0 lies in the interval.
    pub(super) fn holds_zero(&self) -> bool {
        signum(&self.lower).is_le() && signum(&self.upper).is_ge()
    }

    /// Whether `value` lies in the interval.
    pub(super) fn holds(&self, value: &Rational) -> bool {
        if value.is_zero() {
            return self.holds_zero();
        }
        let (Some(lower), Some(upper)) = (to_rational(&self.lower), to_rational(&self.upper))
        else {
            return false;
        };
        lower <= *value && *value <= upper
    }

    /// Whether the two intervals have a number in common.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.lower <= other.upper && other.lower <= self.upper
    }

    /// Whether the interval is a single number.
    pub(super) fn is_point(&self) -> bool {
        self.lower == self.upper
    }

    /// A power of two that no number in the interval passes in magnitude, as its exponent; `None`
    /// for the point 0.
    pub(super) fn magnitude_bits(&self) -> Option<isize> {
        [&self.lower, &self.upper]
            .into_iter()
            .filter(|end| !end.significand().is_zero())
            .map(|end| end.exponent() + end.digits().cast_signed())
            .max()
    }

    /// How many leading bits the interval determines: about -log2 of its relative width. `None`
    /// when it is a single number.
    pub(super) fn accuracy(&self) -> Option<isize> {
        // Rounded upwards to a few bits: the exact difference of ends of very different sizes
        // would be as long as the larger one.
        let width = Context::<Up>::new(8).sub(&self.upper, &self.lower).ok()?.value().into_repr();
        let width = Self::point(width)?.magnitude_bits()?;
        Some(self.magnitude_bits()? - width)
    }

    pub(super) fn neg(&self) -> Self {
        let negative = |end: &Dyadic| {
            if end.significand().is_zero() { Dyadic::zero() } else { -end.clone() }
        };
        Self { lower: negative(&self.upper), upper: negative(&self.lower) }
    }

    pub(super) fn add(&self, other: &Self, precision: usize) -> Option<Self> {
        let lower = Context::<Down>::new(precision).add(&self.lower, &other.lower).ok()?;
        let upper = Context::<Up>::new(precision).add(&self.upper, &other.upper).ok()?;
        Self::new(lower.value().into_repr(), upper.value().into_repr())
    }

    pub(super) fn mul(&self, other: &Self, precision: usize) -> Option<Self> {
        if self.is_nonnegative() {
            // The ends of the product depend on the signs of the other factor's ends alone.
            let low = if signum(&other.lower).is_ge() { &self.lower } else { &self.upper };
            let high = if signum(&other.upper).is_ge() { &self.upper } else { &self.lower };
            let lower = product_down(low, &other.lower, precision)?;
            let upper = product_up(high, &other.upper, precision)?;
            return Self::new(lower, upper);
        }
        if signum(&self.upper).is_le() {
            return self.neg().mul(other, precision).map(|product| product.neg());
        }
        if other.is_nonnegative() || signum(&other.upper).is_le() {
            return other.mul(self, precision);
        }
        let lower = product_down(&self.lower, &other.upper, precision)?.min(product_down(
            &self.upper,
            &other.lower,
            precision,
        )?);
        let upper = product_up(&self.lower, &other.lower, precision)?.max(product_up(
            &self.upper,
            &other.upper,
            precision,
        )?);
        Self::new(lower, upper)
    }

    pub(super) fn reciprocal(&self, precision: usize) -> Option<Self> {
        if self.holds_zero() {
            return None;
        }
        let one = Dyadic::one();
        let lower = Context::<Down>::new(precision).div(&one, &self.upper).ok()?;
        let upper = Context::<Up>::new(precision).div(&one, &self.lower).ok()?;
        Self::new(lower.value().into_repr(), upper.value().into_repr())
    }

    pub(super) fn div(&self, other: &Self, precision: usize) -> Option<Self> {
        self.mul(&other.reciprocal(precision)?, precision)
    }

    /// A natural power. An even one of an interval around 0 starts at 0.
    pub(super) fn natural_power(&self, exponent: u64, precision: usize) -> Option<Self> {
        let is_even = exponent.is_multiple_of(2);
        if self.is_nonnegative() {
            return self.power_by_squaring(exponent, precision);
        }
        if signum(&self.upper).is_le() {
            let power = self.neg().power_by_squaring(exponent, precision)?;
            return Some(if is_even { power } else { power.neg() });
        }
        let lower_power =
            Self::point(-self.lower.clone())?.power_by_squaring(exponent, precision)?;
        let upper_power =
            Self::point(self.upper.clone())?.power_by_squaring(exponent, precision)?;
        if is_even {
            return Self::new(Dyadic::zero(), lower_power.upper.max(upper_power.upper));
        }
        Self::new(lower_power.neg().lower, upper_power.upper)
    }

    fn power_by_squaring(&self, exponent: u64, precision: usize) -> Option<Self> {
        let mut power = Self::integer(1);
        for bit in (0..u64::BITS - exponent.leading_zeros()).rev() {
            power = power.mul(&power, precision)?;
            if exponent >> bit & 1 == 1 {
                power = power.mul(self, precision)?;
            }
        }
        Some(power)
    }
}

fn product_down(a: &Dyadic, b: &Dyadic, precision: usize) -> Option<Dyadic> {
    Some(Context::<Down>::new(precision).mul(a, b).ok()?.value().into_repr())
}

fn product_up(a: &Dyadic, b: &Dyadic, precision: usize) -> Option<Dyadic> {
    Some(Context::<Up>::new(precision).mul(a, b).ok()?.value().into_repr())
}

/// How a binary fraction compares with 0.
pub(super) fn signum(value: &Dyadic) -> Ordering {
    value.significand().cmp(&IBig::ZERO)
}

/// The same number as a fraction; `None` when it is too large to write down.
pub(super) fn to_rational(value: &Dyadic) -> Option<Rational> {
    let significand = from_dashu(value.significand());
    let shift = u32::try_from(value.exponent().unsigned_abs()).ok()?;
    if u64::from(shift) > 2 * crate::exact::MAX_BITS {
        return None;
    }
    if value.exponent() >= 0 {
        return Some(Rational::from(significand << shift));
    }
    Rational::new(significand, BigInt::from(1) << shift)
}

pub(super) fn to_dashu(integer: &BigInt) -> IBig {
    let (sign, bytes) = integer.to_bytes_le();
    let sign = if sign == Sign::Minus { DashuSign::Negative } else { DashuSign::Positive };
    IBig::from_parts(sign, UBig::from_le_bytes(&bytes))
}

fn from_dashu(integer: &IBig) -> BigInt {
    let (sign, magnitude) = integer.clone().into_parts();
    let sign = if sign == DashuSign::Negative { Sign::Minus } else { Sign::Plus };
    BigInt::from_bytes_le(sign, &magnitude.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rational() -> impl Strategy<Value = Rational> {
        let numerator = prop_oneof![1 => Just(0), 1 => -3..4_i64, 4 => any::<i64>()];
        (numerator, 1..i64::MAX, -80..80_i64).prop_filter_map("", |(n, d, shift)| {
            Some(Rational::new(n, d)? * Rational::from(2).pow(shift)?)
        })
    }

    /// An interval around two rationals that are close to each other or far apart.
    fn interval() -> impl Strategy<Value = (Interval, Rational)> {
        (rational(), rational(), 2..80_usize, any::<bool>()).prop_filter_map(
            "",
            |(a, b, precision, is_narrow)| {
                let b = if is_narrow { a.clone() } else { b };
                let (x, y) =
                    (Interval::of_rational(&a, precision)?, Interval::of_rational(&b, precision)?);
                let lower = x.lower.clone().min(y.lower.clone());
                let upper = x.upper.clone().max(y.upper);
                Some((Interval::new(lower, upper)?, a))
            },
        )
    }

    fn assert_holds(interval: Option<Interval>, value: &Rational) {
        if let Some(interval) = interval {
            assert!(interval.holds(value), "{value} is not in {interval:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn results_hold_the_exact_value(
            (x, a) in interval(),
            (y, b) in interval(),
            precision in 2..100_usize,
            exponent in 0..6_u64,
        ) {
            assert_holds(x.add(&y, precision), &(&a + &b));
            assert_holds(x.mul(&y, precision), &(&a * &b));
            assert_holds(Some(x.neg()), &-&a);
            if let Some(quotient) = a.checked_div(&b) {
                assert_holds(x.div(&y, precision), &quotient);
            }
            let power = a.pow(exponent.cast_signed()).expect("a natural power");
            assert_holds(x.natural_power(exponent, precision), &power);
            if let Some(sign) = x.sign() {
                prop_assert_eq!(sign, a.signum());
            }
        }
    }

    #[test]
    fn far_apart_magnitudes_stay_cheap_and_sound() {
        let huge = Interval::point(Dyadic::new(IBig::ONE, MAX_EXPONENT)).expect("within range");
        let tiny = Interval::point(Dyadic::new(IBig::ONE, -MAX_EXPONENT)).expect("within range");
        let sum = huge.add(&tiny, 64).expect("within range");
        assert!(sum.lower() == huge.lower() && sum.upper() > huge.upper());
        let difference = huge.add(&tiny.neg(), 64).expect("within range");
        assert!(difference.lower() < huge.lower() && difference.upper() == huge.upper());
        assert_eq!(huge.mul(&huge, 64), None);
        assert_eq!(difference.accuracy(), Some(64));
    }
}
