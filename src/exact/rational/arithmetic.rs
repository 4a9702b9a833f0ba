//! Sums, products, quotients and powers of rationals.
//!
//! Both sizes use the formulas of Knuth, *The Art of Computer Programming*, volume 2, section
//! 4.5.1: common factors are removed before the multiplication, so that greatest common divisors
//! are taken of numbers half as long, and most often of coprime ones.

use std::borrow::Cow;
use std::ops::{Add, Mul, Neg, Sub};

use dashu_int::{UBig, ops::Gcd};
use num_bigint::{BigInt, BigUint, Sign};
use num_rational::{BigRational, Ratio};
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::{Rational, Repr};

impl Rational {
    /// The quotient; `None` when `divisor` is 0.
    #[must_use]
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        divisor.reciprocal().map(|reciprocal| self * &reciprocal)
    }

    /// One divided by this; `None` for 0.
    #[must_use]
    pub fn reciprocal(&self) -> Option<Self> {
        if self.is_zero() {
            return None;
        }
        if let Repr::Small(ratio) = &self.0 {
            let (numerator, denominator) = (*ratio.numer(), *ratio.denom());
            if let Some(magnitude) = numerator.checked_abs() {
                return Some(Self::small(denominator * numerator.signum(), magnitude));
            }
        }
        let (numerator, denominator) = (self.numerator(), self.denominator());
        let sign = numerator.signum();
        Some(Self::from_lowest_terms(denominator * sign, numerator.abs()))
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self } else { self.clone() }
    }

    /// This to an integer power; `None` for 0 to a negative power. 0 to the power 0 is 1.
    ///
    /// The result has about |`exponent`| times as many bits, and nothing here bounds that: an
    /// exponent that a user wrote goes through [`Number::powi`](crate::exact::Number::powi).
    #[must_use]
    pub fn pow(&self, exponent: i64) -> Option<Self> {
        if exponent < 0 {
            return self.reciprocal().map(|base| base.natural_power(exponent.unsigned_abs()));
        }
        Some(self.natural_power(exponent.unsigned_abs()))
    }

    fn natural_power(&self, exponent: u64) -> Self {
        if let (Repr::Small(ratio), Ok(exponent)) = (&self.0, u32::try_from(exponent)) {
            let powers = (ratio.numer().checked_pow(exponent), ratio.denom().checked_pow(exponent));
            if let (Some(numerator), Some(denominator)) = powers {
                return Self::small(numerator, denominator);
            }
        }
        // Powers of coprime numbers are coprime.
        let power = |base: BigInt| num_traits::Pow::pow(base, exponent);
        Self::from_lowest_terms(power(self.numerator()), power(self.denominator()))
    }

    fn as_big(&self) -> Cow<'_, BigRational> {
        match &self.0 {
            Repr::Small(ratio) => {
                let (numerator, denominator) = (*ratio.numer(), *ratio.denom());
                Cow::Owned(BigRational::new_raw(numerator.into(), denominator.into()))
            }
            Repr::Big(ratio) => Cow::Borrowed(ratio),
        }
    }

    #[inline]
    fn sum(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => sum_of_small(*a, *b),
            _ => sum_of_big(&self.as_big(), &other.as_big()),
        }
    }

    #[inline]
    fn difference(&self, other: &Self) -> Self {
        self.sum(&-other)
    }

    #[inline]
    fn product(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => product_of_small(*a, *b),
            _ => product_of_big(&self.as_big(), &other.as_big()),
        }
    }
}

/// The sum of two small fractions, which may be a big one.
#[inline]
fn sum_of_small(a: Ratio<i64>, b: Ratio<i64>) -> Rational {
    let (a_numerator, a_denominator) = a.into_raw();
    let (b_numerator, b_denominator) = b.into_raw();
    if a_denominator == 1 && b_denominator == 1 {
        return match a_numerator.checked_add(b_numerator) {
            Some(sum) => Rational::small(sum, 1),
            None => from_words(i128::from(a_numerator) + i128::from(b_numerator), 1),
        };
    }
    let common = greatest_common_divisor_of_words(
        a_denominator.unsigned_abs(),
        b_denominator.unsigned_abs(),
    )
    .cast_signed();
    let a_rest = a_denominator / common;
    let numerator = i128::from(a_numerator) * i128::from(b_denominator / common)
        + i128::from(b_numerator) * i128::from(a_rest);
    if common == 1 {
        return from_words(numerator, i128::from(a_rest) * i128::from(b_denominator));
    }
    // Dividing 128 bits takes far longer than dividing 64.
    let remainder = match i64::try_from(numerator) {
        Ok(numerator) => numerator % common,
        Err(_) => i64::try_from(numerator % i128::from(common)).unwrap_or_default(),
    };
    let shared = greatest_common_divisor_of_words(remainder.unsigned_abs(), common.unsigned_abs())
        .cast_signed();
    let numerator = if shared == 1 { numerator } else { numerator / i128::from(shared) };
    from_words(numerator, i128::from(a_rest) * i128::from(b_denominator / shared))
}

/// The product of two small fractions, which may be a big one.
#[inline]
fn product_of_small(a: Ratio<i64>, b: Ratio<i64>) -> Rational {
    let (a_numerator, a_denominator) = a.into_raw();
    let (b_numerator, b_denominator) = b.into_raw();
    // Both divide a positive `i64`, so that they are one themselves.
    let across =
        greatest_common_divisor_of_words(a_numerator.unsigned_abs(), b_denominator.unsigned_abs())
            .cast_signed();
    let back =
        greatest_common_divisor_of_words(b_numerator.unsigned_abs(), a_denominator.unsigned_abs())
            .cast_signed();
    from_words(
        i128::from(a_numerator / across) * i128::from(b_numerator / back),
        i128::from(a_denominator / back) * i128::from(b_denominator / across),
    )
}

/// A fraction in lowest terms that may or may not fit into machine words.
#[inline]
fn from_words(numerator: i128, denominator: i128) -> Rational {
    let words = (i64::try_from(numerator), i64::try_from(denominator));
    if let (Ok(numerator), Ok(denominator)) = words {
        return Rational::small(numerator, denominator);
    }
    Rational(Repr::Big(Box::new(BigRational::new_raw(numerator.into(), denominator.into()))))
}

fn sum_of_big(a: &BigRational, b: &BigRational) -> Rational {
    let common = greatest_common_divisor(a.denom(), b.denom());
    if common.is_one() {
        return Rational::from_lowest_terms(
            a.numer() * b.denom() + b.numer() * a.denom(),
            a.denom() * b.denom(),
        );
    }
    let a_rest = a.denom() / &common;
    let numerator = a.numer() * (b.denom() / &common) + b.numer() * &a_rest;
    let shared = greatest_common_divisor(&numerator, &common);
    if shared.is_one() {
        return Rational::from_lowest_terms(numerator, a_rest * b.denom());
    }
    Rational::from_lowest_terms(numerator / &shared, a_rest * (b.denom() / shared))
}

fn product_of_big(a: &BigRational, b: &BigRational) -> Rational {
    let across = greatest_common_divisor(a.numer(), b.denom());
    let back = greatest_common_divisor(b.numer(), a.denom());
    let quotient = |dividend: &BigInt, divisor: &BigInt| {
        if divisor.is_one() { dividend.clone() } else { dividend / divisor }
    };
    Rational::from_lowest_terms(
        quotient(a.numer(), &across) * quotient(b.numer(), &back),
        quotient(a.denom(), &back) * quotient(b.denom(), &across),
    )
}

/// The greatest common divisor, positive unless both are 0.
///
/// Taken by `dashu-int`, whose algorithm is subquadratic; that of `num-bigint` is quadratic.
pub(super) fn greatest_common_divisor(a: &BigInt, b: &BigInt) -> BigInt {
    let (a, b) = (a.magnitude(), b.magnitude());
    let (smaller, larger) = if a < b { (a, b) } else { (b, a) };
    if smaller.is_zero() {
        return BigInt::from_biguint(Sign::Plus, larger.clone());
    }
    if let Some(smaller) = smaller.to_u64() {
        let remainder = (larger % smaller).to_u64().unwrap_or_default();
        return greatest_common_divisor_of_words(smaller, remainder).into();
    }
    let divisor = to_dashu(smaller).gcd(&to_dashu(larger));
    BigInt::from_bytes_le(Sign::Plus, &divisor.to_le_bytes())
}

fn to_dashu(integer: &BigUint) -> UBig {
    UBig::from_le_bytes(&integer.to_bytes_le())
}

/// The greatest common divisor of two machine words, by the binary algorithm.
#[inline]
fn greatest_common_divisor_of_words(mut a: u64, mut b: u64) -> u64 {
    if a == 1 || b == 1 {
        return 1;
    }
    if a == 0 || b == 0 {
        return a | b;
    }
    let shared_twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    b >>= b.trailing_zeros();
    while a != b {
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
        b >>= b.trailing_zeros();
    }
    a << shared_twos
}

impl Neg for &Rational {
    type Output = Rational;

    fn neg(self) -> Rational {
        match &self.0 {
            Repr::Small(ratio) => from_words(-i128::from(*ratio.numer()), (*ratio.denom()).into()),
            // The negative of 2^63 fits where 2^63 itself does not.
            Repr::Big(ratio) => Rational::from_lowest_terms(-ratio.numer(), ratio.denom().clone()),
        }
    }
}

impl Neg for Rational {
    type Output = Self;

    fn neg(self) -> Self {
        -&self
    }
}

/// Gives an operator to every mixture of values and references.
macro_rules! operator {
    ($trait:ident, $operator:ident, $method:ident) => {
        impl $trait for &Rational {
            type Output = Rational;

            #[inline]
            fn $operator(self, other: Self) -> Rational {
                self.$method(other)
            }
        }

        impl $trait for Rational {
            type Output = Self;

            #[inline]
            fn $operator(self, other: Self) -> Self {
                self.$method(&other)
            }
        }

        impl $trait<&Self> for Rational {
            type Output = Self;

            #[inline]
            fn $operator(self, other: &Self) -> Self {
                self.$method(other)
            }
        }

        impl $trait<Rational> for &Rational {
            type Output = Rational;

            #[inline]
            fn $operator(self, other: Rational) -> Rational {
                self.$method(&other)
            }
        }
    };
}

operator!(Add, add, sum);
operator!(Sub, sub, difference);
operator!(Mul, mul, product);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rational(numerator: i64, denominator: i64) -> Rational {
        Rational::new(numerator, denominator).expect("a denominator that is not 0")
    }

    fn oracle(value: &Rational) -> BigRational {
        BigRational::new(value.numerator(), value.denominator())
    }

    /// Whether `value` is `expected` and keeps every invariant of the type.
    fn assert_is(value: &Rational, expected: &BigRational) {
        assert_eq!((value.numerator(), value.denominator()), expected.clone().into());
        let fits = value.numerator().to_i64().is_some() && value.denominator().to_i64().is_some();
        assert_eq!(matches!(value.0, Repr::Small(_)), fits, "{value} has the wrong size");
        assert_eq!(value.bits(), expected.numer().bits() + expected.denom().bits());
    }

    /// Integers of every size, with many at the borders of the machine word.
    fn integer() -> impl Strategy<Value = BigInt> {
        let near =
            |centre: i128| (-3..=3_i128).prop_map(move |offset| BigInt::from(centre + offset));
        prop_oneof![
            4 => (-20..=20_i64).prop_map(BigInt::from),
            2 => any::<i64>().prop_map(BigInt::from),
            1 => near(i128::from(i64::MIN)),
            1 => near(i128::from(i64::MAX)),
            1 => near(i128::from(u64::MAX)),
            1 => near(1 << 32),
            1 => any::<i128>().prop_map(BigInt::from),
            1 => proptest::collection::vec(any::<u32>(), 1..12)
                .prop_map(|digits| BigInt::from(BigUint::new(digits))),
        ]
    }

    fn any_rational() -> impl Strategy<Value = Rational> {
        (integer(), integer()).prop_filter_map("denominator 0", |(numerator, denominator)| {
            Rational::new(numerator, denominator)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn agrees_with_big_rational(a in any_rational(), b in any_rational()) {
            let (left, right) = (oracle(&a), oracle(&b));
            assert_is(&a, &left);
            assert_is(&(&a + &b), &(&left + &right));
            assert_is(&(&a - &b), &(&left - &right));
            assert_is(&(&a * &b), &(&left * &right));
            assert_is(&-&a, &-&left);
            assert_is(&a.abs(), &left.abs());
            prop_assert_eq!(a.cmp(&b), left.cmp(&right));
            prop_assert_eq!(a == b, left == right);
            prop_assert_eq!(a.signum(), left.cmp(&BigRational::zero()));
            prop_assert_eq!(a.is_integer(), left.is_integer());
            prop_assert_eq!(a.to_string(), left.to_string());
            match a.checked_div(&b) {
                Some(quotient) => assert_is(&quotient, &(left / right)),
                None => prop_assert!(b.is_zero()),
            }
        }

        #[test]
        fn undoes_itself(a in any_rational(), b in any_rational()) {
            prop_assert_eq!(&(&a + &b) - &b, a.clone());
            prop_assert_eq!(-&-&a, a.clone());
            if !b.is_zero() {
                prop_assert_eq!((&a * &b).checked_div(&b), Some(a));
            }
        }

        #[test]
        fn powers_are_repeated_products(a in any_rational(), exponent in 0..9_i64) {
            let product = (0..exponent).fold(BigRational::one(), |power, _| power * oracle(&a));
            let power = a.pow(exponent).expect("a natural power exists");
            assert_is(&power, &product);
            prop_assert_eq!(a.pow(-exponent), power.reciprocal());
        }

        #[test]
        fn divisors_of_words_agree_with_euclid(a in any::<u64>(), b in 0..1_000_u64) {
            let euclid = num_integer::Integer::gcd(&u128::from(a), &u128::from(b));
            prop_assert_eq!(u128::from(greatest_common_divisor_of_words(a, b)), euclid);
        }
    }

    #[test]
    fn leaves_the_machine_word_and_comes_back() {
        let smallest = Rational::from(i64::MIN);
        assert!(matches!(smallest.0, Repr::Small(_)));
        let beyond = -&smallest;
        assert!(matches!(beyond.0, Repr::Big(_)));
        assert_eq!(beyond.to_string(), "9223372036854775808");
        assert_eq!(-beyond, smallest);
        assert_eq!(
            smallest.reciprocal().map(|value| value.to_string()).as_deref(),
            Some("-1/9223372036854775808")
        );
        assert_eq!(&Rational::from(i64::MAX) + &Rational::one(), -smallest.clone());
        assert_eq!(&smallest - &smallest, Rational::zero());
        assert_eq!(&smallest * &rational(1, 2), Rational::from(i64::MIN / 2));
    }

    #[test]
    fn sums_of_the_largest_fractions_do_not_overflow() {
        let huge = rational(i64::MIN, i64::MAX);
        let other = rational(i64::MIN, i64::MAX - 1);
        assert_is(&(&huge + &other), &(oracle(&huge) + oracle(&other)));
        assert_is(&(&huge - &other), &(oracle(&huge) - oracle(&other)));
    }

    #[test]
    fn nothing_divides_by_zero() {
        assert_eq!(Rational::new(1, 0), None);
        assert_eq!(Rational::zero().reciprocal(), None);
        assert_eq!(Rational::one().checked_div(&Rational::zero()), None);
        assert_eq!(Rational::zero().pow(-1), None);
        assert_eq!(Rational::zero().pow(0), Some(Rational::one()));
    }

    #[test]
    fn mixes_values_and_references() {
        let (half, third) = (rational(1, 2), rational(1, 3));
        let sum = rational(5, 6);
        assert_eq!(&half + &third, sum);
        assert_eq!(half.clone() + &third, sum);
        assert_eq!(&half + third.clone(), sum);
        assert_eq!(half + third, sum);
    }
}
