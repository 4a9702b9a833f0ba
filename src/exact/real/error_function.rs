//! The error function, which no permissively licensed crate computes to any precision.

use dashu_float::Context;
use dashu_float::round::mode::{Down, Up};
use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use super::functions;
use super::interval::{Dyadic, Interval, signum};

/// Encloses erf on an interval, from a lower bound at its lower end and an upper one at its upper.
pub(super) fn erf(argument: &Interval, precision: usize) -> Option<Interval> {
    Interval::new(
        bound(argument.lower(), precision, Rounding::Down)?,
        bound(argument.upper(), precision, Rounding::Up)?,
    )
}

/// A bound of erf at a binary fraction.
///
/// Uses erf(x) = 2x/√π · exp(-x^2) · Σ (2x^2)^n / (1·3·5···(2n + 1)) (Abramowitz and Stegun,
/// *Handbook of Mathematical Functions*, 7.1.6), whose terms are all positive, so that nothing
/// cancels; and 1 - exp(-x^2) <= erf(x) <= 1 where these bounds agree to the precision.
fn bound(argument: &Dyadic, precision: usize, rounding: Rounding) -> Option<Dyadic> {
    if signum(argument).is_lt() {
        return bound(&-argument.clone(), precision, rounding.opposite()).map(|bound| -bound);
    }
    if argument.significand().is_zero() {
        return Some(Dyadic::zero());
    }
    let point = Interval::point(argument.clone())?;
    let one = Interval::integer(1);
    let last_place = Dyadic::new(IBig::ONE, -precision.cast_signed());
    if point.magnitude_bits()? > 32 {
        // exp(-x^2) is below 2^(-2^62), and any larger number serves.
        let below_one = one.add(&Interval::point(-last_place)?, precision)?;
        return Some(rounding.choose(below_one.lower(), &Dyadic::one()));
    }
    let square = point.mul(&point, precision + 64)?;
    let decay = Interval::new(
        functions::exp(&-square.upper().clone(), precision)?.lower().clone(),
        functions::exp(&-square.lower().clone(), precision)?.upper().clone(),
    )?;
    if *decay.upper() < last_place {
        let lower = one.add(&decay.neg(), precision)?;
        return Some(rounding.choose(lower.lower(), &Dyadic::one()));
    }
    let square = rounding.choose(square.lower(), square.upper());
    let series = Interval::point(series(&square, precision, rounding)?)?;
    let pi = functions::pi(precision)?;
    let root = Interval::new(
        Context::<Down>::new(precision).sqrt(pi.lower()).ok()?.value().into_repr(),
        Context::<Up>::new(precision).sqrt(pi.upper()).ok()?.value().into_repr(),
    )?;
    let factor = Interval::integer(2).mul(&point, precision)?.div(&root, precision)?;
    let product = factor.mul(&decay, precision)?.mul(&series, precision)?;
    Some(rounding.choose(product.lower(), product.upper()))
}

/// The side of the true value that a bound lies on.
#[derive(Clone, Copy, PartialEq)]
enum Rounding {
    Down,
    Up,
}

impl Rounding {
    fn opposite(self) -> Self {
        match self {
            Self::Down => Self::Up,
            Self::Up => Self::Down,
        }
    }

    fn choose(self, lower: &Dyadic, upper: &Dyadic) -> Dyadic {
        match self {
            Self::Down => lower.clone(),
            Self::Up => upper.clone(),
        }
    }
}

/// A bound of Σ (2s)^n / (1·3·5···(2n + 1)) at s = `square`, in fixed point arithmetic that rounds
/// every term in the direction of the bound.
fn series(square: &Dyadic, precision: usize, rounding: Rounding) -> Option<Dyadic> {
    let scale = precision + 16;
    let divide = |dividend: UBig, divisor: usize| {
        let divisor = UBig::from(divisor);
        match rounding {
            Rounding::Down => dividend / divisor,
            Rounding::Up => (dividend + (&divisor - UBig::ONE)) / divisor,
        }
    };
    let twice_square = fixed_point(square, scale + 1, rounding)?;
    let mut term = UBig::ONE << scale;
    let mut sum = term.clone();
    let mut divisor = 1_usize;
    loop {
        divisor += 2;
        let product = term * &twice_square;
        let shifted = match rounding {
            Rounding::Down => product >> scale,
            Rounding::Up => (product + ((UBig::ONE << scale) - UBig::ONE)) >> scale,
        };
        term = divide(shifted, divisor);
        sum += &term;
        // From here on each term is less than half of the one before it: so is all the rest
        // together less than this term.
        let is_halving = UBig::from(divisor + 2) << scale > (&twice_square << 1_usize);
        if is_halving && term <= UBig::ONE {
            break;
        }
    }
    if rounding == Rounding::Up {
        sum += term;
    }
    Some(Dyadic::new(sum.into(), -scale.cast_signed()))
}

/// A number that is not negative, times 2^`scale`, as an integer.
fn fixed_point(value: &Dyadic, scale: usize, rounding: Rounding) -> Option<UBig> {
    let magnitude = UBig::try_from(value.significand().clone()).ok()?;
    let shift = value.exponent() + scale.cast_signed();
    if shift >= 0 {
        return Some(magnitude << shift.unsigned_abs());
    }
    let dropped = shift.unsigned_abs();
    if dropped > magnitude.bit_len() {
        return Some(if rounding == Rounding::Up { UBig::ONE } else { UBig::ZERO });
    }
    let floor = &magnitude >> dropped;
    let is_exact = (&floor << dropped) == magnitude;
    Some(if rounding == Rounding::Up && !is_exact { floor + UBig::ONE } else { floor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Rational;

    #[test]
    fn enclosures_are_narrow_and_nested() {
        for numerator in [-90, -31, -8, -1, 0, 1, 2, 7, 20, 45, 100] {
            let value = Rational::new(numerator, 9).expect("9 is not 0");
            let at = |precision| erf(&Interval::of_rational(&value, precision)?, precision);
            let coarse = at(80).expect("an enclosure");
            let fine = at(400).expect("an enclosure");
            assert!(coarse.lower() <= fine.lower() && fine.upper() <= coarse.upper());
            assert!(coarse.accuracy().is_none_or(|bits| bits > 65), "{value}");
        }
    }

    #[test]
    fn is_odd_and_bounded() {
        let huge = Interval::integer(i64::MAX);
        let value = erf(&huge, 64).expect("an enclosure");
        assert!(value.lower() < value.upper() && *value.upper() == Dyadic::one());
        assert_eq!(erf(&huge.neg(), 64), Some(value.neg()));
    }
}
