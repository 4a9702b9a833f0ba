//! The error function, which no permissively licensed crate computes to any precision.

use dashu_float::Context;
use dashu_float::round::mode::{Down, Up};
use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use super::functions;
use super::interval::{Dyadic, Interval, signum};

/// Encloses erf at a binary fraction.
///
/// Uses erf(x) = 2x/√π · exp(-x^2) · Σ (2x^2)^n / (1·3·5···(2n + 1)) (Abramowitz and Stegun,
/// *Handbook of Mathematical Functions*, 7.1.6), whose terms are all positive, so that nothing
/// cancels; and 1 - exp(-x^2) <= erf(x) <= 1 where these bounds agree to the precision.
pub(super) fn erf(argument: &Dyadic, precision: usize) -> Option<Interval> {
    if signum(argument).is_lt() {
        return erf(&-argument.clone(), precision).map(|value| value.neg());
    }
    if argument.significand().is_zero() {
        return Some(Interval::integer(0));
    }
    let point = Interval::point(argument.clone())?;
    let one = Interval::integer(1);
    if point.magnitude_bits()? > 32 {
        // exp(-x^2) is below 2^(-2^62): any bound serves that is simple.
        let gap = Dyadic::new(IBig::ONE, -precision.cast_signed());
        let lower = one.add(&Interval::point(-gap)?, precision)?;
        return Interval::new(lower.lower().clone(), Dyadic::one());
    }
    let square = point.mul(&point, precision + 64)?;
    let decay = functions::exp(&-square.lower().clone(), precision)
        .zip(functions::exp(&-square.upper().clone(), precision))
        .and_then(|(upper, lower)| Interval::new(lower.lower().clone(), upper.upper().clone()))?;
    if decay.magnitude_bits()? < -precision.cast_signed() {
        let lower = one.add(&decay.neg(), precision)?;
        return Interval::new(lower.lower().clone(), Dyadic::one());
    }
    let series = Interval::new(
        series(square.lower(), precision, Rounding::Down)?,
        series(square.upper(), precision, Rounding::Up)?,
    )?;
    let pi = functions::pi(precision)?;
    let root = Interval::new(
        Context::<Down>::new(precision).sqrt(pi.lower()).ok()?.value().into_repr(),
        Context::<Up>::new(precision).sqrt(pi.upper()).ok()?.value().into_repr(),
    )?;
    let factor = Interval::integer(2).mul(&point, precision)?.div(&root, precision)?;
    factor.mul(&decay, precision)?.mul(&series, precision)
}

#[derive(Clone, Copy, PartialEq)]
enum Rounding {
    Down,
    Up,
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
