//! Exact fractions that stay in machine words while they fit.

mod arithmetic;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::{BigRational, Ratio};
use num_traits::{One, Signed, ToPrimitive, Zero};

use arithmetic::greatest_common_divisor;

/// An exact fraction in lowest terms.
///
/// Arithmetic (`+`, `-`, `*`, unary `-`, on references or values) never fails and never rounds.
/// Division does not exist as an operator, because it can fail: see [`Rational::checked_div`].
#[derive(Clone)]
pub struct Rational(Repr);

/// The two sizes of a rational.
///
/// Invariants, on which equality and hashing rest: lowest terms, a positive denominator, and `Big`
/// only where the numerator or the denominator does not fit into an `i64`.
#[derive(Clone)]
enum Repr {
    Small(Ratio<i64>),
    Big(Box<BigRational>),
}

impl Rational {
    /// The fraction `numerator / denominator`; `None` when the denominator is 0.
    #[must_use]
    pub fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Option<Self> {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        if denominator.is_zero() {
            return None;
        }
        if let (Some(numerator), Some(denominator)) = (numerator.to_i64(), denominator.to_i64())
            && let Some(fraction) = Self::of_words(numerator, denominator)
        {
            return Some(fraction);
        }
        let divisor = greatest_common_divisor(&numerator, &denominator);
        let divisor = if denominator.is_negative() { -divisor } else { divisor };
        Some(Self::from_lowest_terms(numerator / &divisor, denominator / divisor))
    }

    /// The fraction of two machine words of which the second is not 0; `None` where its sign or size does
    /// not fit.
    fn of_words(numerator: i64, denominator: i64) -> Option<Self> {
        let divisor =
            i64::try_from(numerator.unsigned_abs().gcd(&denominator.unsigned_abs())).ok()?;
        let divisor = if denominator < 0 { -divisor } else { divisor };
        Some(Self::small(numerator.checked_div(divisor)?, denominator.checked_div(divisor)?))
    }

    /// The number 0.
    #[must_use]
    pub const fn zero() -> Self {
        Self(Repr::Small(Ratio::new_raw(0, 1)))
    }

    /// The number 1.
    #[must_use]
    pub const fn one() -> Self {
        Self(Repr::Small(Ratio::new_raw(1, 1)))
    }

    /// A fraction already in lowest terms with a positive denominator.
    fn from_lowest_terms(numerator: BigInt, denominator: BigInt) -> Self {
        match (numerator.to_i64(), denominator.to_i64()) {
            (Some(numerator), Some(denominator)) => Self::small(numerator, denominator),
            _ => Self(Repr::Big(Box::new(BigRational::new_raw(numerator, denominator)))),
        }
    }

    /// A fraction of machine words, already in lowest terms with a positive denominator.
    const fn small(numerator: i64, denominator: i64) -> Self {
        Self(Repr::Small(Ratio::new_raw(numerator, denominator)))
    }

    /// Whether this is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(&self.0, Repr::Small(ratio) if *ratio.numer() == 0)
    }

    /// Whether this is 1.
    #[must_use]
    pub fn is_one(&self) -> bool {
        matches!(&self.0, Repr::Small(ratio) if *ratio.numer() == 1 && *ratio.denom() == 1)
    }

    /// Whether this is less than 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.signum().is_lt()
    }

    /// Whether the denominator is 1.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small(ratio) => *ratio.denom() == 1,
            Repr::Big(ratio) => ratio.denom().is_one(),
        }
    }

    /// How this compares with 0.
    #[must_use]
    pub fn signum(&self) -> Ordering {
        match &self.0 {
            Repr::Small(ratio) => ratio.numer().cmp(&0),
            Repr::Big(ratio) => match ratio.numer().sign() {
                Sign::Minus => Ordering::Less,
                Sign::NoSign => Ordering::Equal,
                Sign::Plus => Ordering::Greater,
            },
        }
    }

    /// The numerator in lowest terms, which carries the sign.
    #[must_use]
    pub fn numerator(&self) -> BigInt {
        match &self.0 {
            Repr::Small(ratio) => BigInt::from(*ratio.numer()),
            Repr::Big(ratio) => ratio.numer().clone(),
        }
    }

    /// The denominator in lowest terms, always positive.
    #[must_use]
    pub fn denominator(&self) -> BigInt {
        match &self.0 {
            Repr::Small(ratio) => BigInt::from(*ratio.denom()),
            Repr::Big(ratio) => ratio.denom().clone(),
        }
    }

    /// The value as a machine integer, where it is an integer and fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(ratio) if *ratio.denom() == 1 => Some(*ratio.numer()),
            _ => None,
        }
    }

    /// Numerator and denominator as machine words, where both fit: the fast way to write most values.
    #[must_use]
    pub fn as_words(&self) -> Option<(i64, i64)> {
        match &self.0 {
            Repr::Small(ratio) => Some((*ratio.numer(), *ratio.denom())),
            Repr::Big(_) => None,
        }
    }

    /// The size in bits: those of the numerator plus those of the denominator.
    #[must_use]
    pub fn bits(&self) -> u64 {
        match &self.0 {
            Repr::Small(ratio) => {
                let bits = |word: u64| u64::from(u64::BITS - word.leading_zeros());
                bits(ratio.numer().unsigned_abs()) + bits(ratio.denom().unsigned_abs())
            }
            Repr::Big(ratio) => ratio.numer().bits() + ratio.denom().bits(),
        }
    }
}

impl Default for Rational {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<i64> for Rational {
    fn from(integer: i64) -> Self {
        Self::small(integer, 1)
    }
}

impl From<BigInt> for Rational {
    fn from(integer: BigInt) -> Self {
        Self::from_lowest_terms(integer, BigInt::one())
    }
}

impl PartialEq for Rational {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.numer() == b.numer() && a.denom() == b.denom(),
            (Repr::Big(a), Repr::Big(b)) => a.numer() == b.numer() && a.denom() == b.denom(),
            _ => false,
        }
    }
}

impl Eq for Rational {}

impl Hash for Rational {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Small(ratio) => (ratio.numer(), ratio.denom()).hash(state),
            Repr::Big(ratio) => (ratio.numer(), ratio.denom()).hash(state),
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0) {
            let left = i128::from(*a.numer()) * i128::from(*b.denom());
            let right = i128::from(*b.numer()) * i128::from(*a.denom());
            return left.cmp(&right);
        }
        self.signum().cmp(&other.signum()).then_with(|| {
            let left = self.numerator() * other.denominator();
            left.cmp(&(other.numerator() * self.denominator()))
        })
    }
}

impl fmt::Display for Rational {
    /// The fraction as it is typed: `-3/4`, `5`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match &self.0 {
            Repr::Small(ratio) => ratio.to_string(),
            Repr::Big(ratio) => ratio.to_string(),
        };
        formatter.pad(&text)
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    fn parsed(text: &str) -> Rational {
        Rational::parse_decimal(text).expect("a literal")
    }

    #[test]
    fn is_in_lowest_terms_with_a_positive_denominator() {
        let value = Rational::new(6, -8).expect("8 is not 0");
        assert_eq!((value.numerator(), value.denominator()), ((-3).into(), 4.into()));
        let huge = Rational::new(BigInt::from(10).pow(40), BigInt::from(10).pow(39));
        assert_eq!(huge, Some(Rational::from(10)));
        assert_eq!(Rational::new(0, -5), Some(Rational::zero()));
        assert_eq!(Rational::new(i64::MIN, i64::MIN), Some(Rational::one()));
        let beyond = Rational::new(i64::MIN, -1).expect("-1 is not 0");
        assert_eq!(beyond.numerator(), -BigInt::from(i64::MIN));
        let lowest = Rational::new(3, i64::MIN).expect("not 0");
        assert_eq!(lowest.denominator(), -BigInt::from(i64::MIN));
    }

    #[test]
    fn equal_values_have_equal_hashes() {
        let state = RandomState::new();
        let (direct, reduced) = (parsed("1e30"), &parsed("3e30") * &parsed("1e1"));
        let reduced = reduced.checked_div(&Rational::from(30)).expect("30 is not 0");
        assert_eq!(direct, reduced);
        assert_eq!(state.hash_one(&direct), state.hash_one(&reduced));
        assert_eq!(state.hash_one(Rational::new(1, 2)), state.hash_one(Rational::new(-2, -4)));
    }

    #[test]
    fn orders_small_and_big_together() {
        let ordered: Vec<_> =
            ["-1e30", "-5", "-4.5", "0", "1e-30", "0.3", "5", "9223372036854775807", "1e30"]
                .map(parsed)
                .into();
        assert!(ordered.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn answers_questions_about_itself() {
        assert!(Rational::one().is_one() && !Rational::from(-1).is_one());
        assert!(parsed("-1e30").is_negative() && parsed("-1e30").is_integer());
        assert!(!parsed("1e-30").is_integer());
        assert_eq!(parsed("1e30").to_i64(), None);
        assert_eq!(Rational::from(i64::MIN).to_i64(), Some(i64::MIN));
        assert_eq!(Rational::zero().bits(), 1);
        assert_eq!(Rational::from(i64::MIN).bits(), 65);
        assert_eq!(Rational::default(), Rational::zero());
    }

    #[test]
    fn prints_as_it_is_typed() {
        assert_eq!(Rational::new(-3, 4).map(|value| value.to_string()).as_deref(), Some("-3/4"));
        assert_eq!(format!("[{:>4}] [{:?}]", Rational::from(5), Rational::zero()), "[   5] [0]");
    }
}
