//! Real numbers between two rational bounds, for the tests that compute results a second time. Bounds are
//! rounded outward, so that what is enclosed stays enclosed; a number that is known exactly has two equal
//! bounds and is never rounded. Nothing here comes from the library.

#![allow(unreachable_pub, reason = "a module of tests")]
#![allow(dead_code, reason = "every suite that includes this needs its own part of it")]

mod functions;

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

pub use functions::{slope, value};

/// Bits that a bound keeps: some 96 digits.
pub const BITS: i64 = 320;

/// Larger powers are not computed.
const MAX_EXPONENT: i64 = 10_000;

/// A real number between two bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    pub low: BigRational,
    pub high: BigRational,
}

impl Interval {
    pub fn exact(value: BigRational) -> Self {
        Self { high: value.clone(), low: value }
    }

    pub fn integer(value: i64) -> Self {
        Self::exact(BigRational::from_integer(value.into()))
    }

    pub fn fraction(numerator: i64, denominator: i64) -> Self {
        Self::exact(BigRational::new(numerator.into(), denominator.into()))
    }

    pub fn around(value: &BigRational, radius: &BigRational) -> Self {
        Self { low: value - radius, high: value + radius }
    }

    /// Bounds with no more bits than are kept.
    fn rounded(low: &BigRational, high: &BigRational) -> Self {
        Self { low: towards(low, false), high: towards(high, true) }
    }

    pub fn as_exact(&self) -> Option<&BigRational> {
        (self.low == self.high).then_some(&self.low)
    }

    pub fn contains(&self, value: &BigRational) -> bool {
        self.low <= *value && *value <= self.high
    }

    /// Whether the two have a number in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    pub fn width(&self) -> BigRational {
        &self.high - &self.low
    }

    pub fn hull(&self, other: &Self) -> Self {
        Self {
            low: self.low.clone().min(other.low.clone()),
            high: self.high.clone().max(other.high.clone()),
        }
    }

    pub fn negate(&self) -> Self {
        Self { low: -&self.high, high: -&self.low }
    }

    pub fn add(&self, other: &Self) -> Self {
        if let (Some(left), Some(right)) = (self.as_exact(), other.as_exact()) {
            return Self::exact(left + right);
        }
        Self::rounded(&(&self.low + &other.low), &(&self.high + &other.high))
    }

    pub fn subtract(&self, other: &Self) -> Self {
        self.add(&other.negate())
    }

    pub fn multiply(&self, other: &Self) -> Self {
        if let (Some(left), Some(right)) = (self.as_exact(), other.as_exact()) {
            return Self::exact(left * right);
        }
        Self::spanning(&[
            &self.low * &other.low,
            &self.low * &other.high,
            &self.high * &other.low,
            &self.high * &other.high,
        ])
    }

    /// `None` where the divisor may be 0.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        if other.contains(&BigRational::zero()) {
            return None;
        }
        Some(self.multiply(&Self { low: other.high.recip(), high: other.low.recip() }))
    }

    /// `None` for a negative power of what may be 0.
    pub fn power(&self, exponent: i64) -> Option<Self> {
        if exponent < 0 {
            return Self::integer(1).divide(&self.power(-exponent)?);
        }
        if exponent > MAX_EXPONENT {
            return None;
        }
        let raise = |base: &BigRational| num_traits::Pow::pow(base, BigInt::from(exponent));
        if let Some(base) = self.as_exact() {
            return Some(Self::exact(raise(base)));
        }
        let mut ends = vec![raise(&self.low), raise(&self.high)];
        if exponent % 2 == 0 && self.contains(&BigRational::zero()) {
            ends.push(BigRational::zero());
        }
        Some(Self::spanning(&ends))
    }

    /// A power with any exponent. `None` where it may not exist.
    pub fn real_power(&self, exponent: &Self) -> Option<Self> {
        if let Some(whole) = exponent.as_exact().filter(|exponent| exponent.is_integer()) {
            return self.power(whole.to_i64()?);
        }
        if let (Some(base), Some(exponent)) = (self.as_exact(), exponent.as_exact())
            && let Some(power) = rational_power(base, exponent)
        {
            return Some(power);
        }
        if self.is_zero() && exponent.low.is_positive() {
            return Some(Self::integer(0));
        }
        value("exp", &exponent.multiply(&value("ln", self)?))
    }

    pub fn absolute(&self) -> Self {
        self.negate().maximum(self)
    }

    pub fn maximum(&self, other: &Self) -> Self {
        Self {
            low: self.low.clone().max(other.low.clone()),
            high: self.high.clone().max(other.high.clone()),
        }
    }

    pub fn minimum(&self, other: &Self) -> Self {
        Self {
            low: self.low.clone().min(other.low.clone()),
            high: self.high.clone().min(other.high.clone()),
        }
    }

    fn spanning(values: &[BigRational]) -> Self {
        let low = values.iter().min().cloned().unwrap_or_default();
        let high = values.iter().max().cloned().unwrap_or_default();
        Self::rounded(&low, &high)
    }

    /// How this lies to the other, if the bounds decide it.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.high < other.low {
            Some(Ordering::Less)
        } else if self.low > other.high {
            Some(Ordering::Greater)
        } else if self.as_exact().is_some() && other.as_exact().is_some() {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    /// How this lies to 0, if the bounds decide it.
    pub fn sign(&self) -> Option<Ordering> {
        self.compare(&Self::integer(0))
    }

    pub fn is_zero(&self) -> bool {
        self.low.is_zero() && self.high.is_zero()
    }

    /// For messages.
    pub fn show(&self) -> String {
        match self.as_exact() {
            Some(value) => value.to_string(),
            None => format!("[{}, {}]", decimals(&self.low), decimals(&self.high)),
        }
    }
}

/// The bound itself, or the next one with few enough bits.
fn towards(bound: &BigRational, up: bool) -> BigRational {
    let bits = |number: &BigInt| i64::try_from(number.bits()).unwrap_or(i64::MAX);
    let (above, below) = (bits(bound.numer()), bits(bound.denom()));
    if above <= BITS && below <= BITS {
        return bound.clone();
    }
    let places = BITS - (above - below);
    dyadic(scaled(bound, places, up), places)
}

/// `value · 2^places` as a whole number, rounded down or up.
fn scaled(value: &BigRational, places: i64, up: bool) -> BigInt {
    let (numerator, denominator) = if places < 0 {
        (value.numer().clone(), value.denom() << places.unsigned_abs())
    } else {
        (value.numer() << places.unsigned_abs(), value.denom().clone())
    };
    if up { numerator.div_ceil(&denominator) } else { numerator.div_floor(&denominator) }
}

/// `mantissa / 2^places`
fn dyadic(mantissa: BigInt, places: i64) -> BigRational {
    let zeros = i64::try_from(mantissa.trailing_zeros().unwrap_or(0)).unwrap_or(0);
    if places <= zeros {
        let whole = if places < 0 {
            mantissa << places.unsigned_abs()
        } else {
            mantissa >> places.unsigned_abs()
        };
        return BigRational::from_integer(whole);
    }
    let one = BigInt::one() << (places - zeros).unsigned_abs();
    BigRational::new_raw(mantissa >> zeros.unsigned_abs(), one)
}

/// A power that is rational, where numerator and denominator are powers themselves.
fn rational_power(base: &BigRational, exponent: &BigRational) -> Option<Interval> {
    let degree = exponent.denom().to_u32().filter(|degree| *degree <= 64)?;
    if base.is_negative() {
        return None;
    }
    let root = |number: &BigInt| {
        let root = number.nth_root(degree);
        (num_traits::Pow::pow(&root, degree) == *number).then_some(root)
    };
    let root = BigRational::new(root(base.numer())?, root(base.denom())?);
    Interval::exact(root).power(exponent.numer().to_i64()?)
}

/// Twelve decimals, for messages.
fn decimals(value: &BigRational) -> String {
    let scaled =
        (value * BigRational::from_integer(1_000_000_000_000_i64.into())).round().to_integer();
    let sign = if value.is_negative() { "-" } else { "" };
    let digits = format!("{:0>13}", scaled.magnitude().to_string());
    let (whole, fraction) = digits.split_at(digits.len() - 12);
    format!("{sign}{whole}.{fraction}")
}
