//! Enclosures of the elementary functions.
//!
//! `dashu-float` computes exp, ln, sqrt, tanh, sin and cos to the nearest. One such call, widened
//! by one unit in the last place to each side, is a sound enclosure and costs half of two calls
//! with directed rounding. Everything else is built from these here.

use std::cell::RefCell;

use dashu_float::round::mode::{Down, HalfEven, Up};
use dashu_float::{ConstCache, Context};
use dashu_int::IBig;

use super::error_function;
use super::form::Function;
use super::interval::{Dyadic, Interval, signum};

thread_local! {
    /// The constants π and ln 2 that `dashu-float` would otherwise compute anew in every call.
    static CONSTANTS: RefCell<ConstCache> = const { RefCell::new(ConstCache::new()) };
}

/// Where the search for a precision that tells sin and cos apart from 0 gives up.
const MAX_TRIGONOMETRIC_PRECISION: usize = 1 << 18;

/// Encloses all values of `function` on `argument`; `None` when nothing is known about them.
pub(super) fn enclose(
    function: Function,
    argument: &Interval,
    precision: usize,
) -> Option<Interval> {
    match function {
        Function::Exp => increasing(argument, |end| exp(end, precision)),
        Function::Ln => increasing(argument, |end| ln(end, precision)),
        Function::Log2 => logarithm(argument, 2, precision),
        Function::Log10 => logarithm(argument, 10, precision),
        Function::Sqrt => sqrt(argument, precision),
        Function::Sigmoid => increasing(argument, |end| sigmoid(end, precision)),
        Function::Tanh => increasing(argument, |end| tanh(end, precision)),
        Function::Softplus => increasing(argument, |end| softplus(end, precision)),
        Function::Erf => error_function::erf(argument, precision),
        Function::Sin => sin_and_cos(argument, precision).map(|(sin, _)| sin),
        Function::Cos => sin_and_cos(argument, precision).map(|(_, cos)| cos),
        Function::Tan => {
            let (sin, cos) = sin_and_cos(argument, precision)?;
            sin.div(&cos, precision)
        }
    }
}

/// π to `precision` bits.
pub(super) fn pi(precision: usize) -> Option<Interval> {
    let nearest = CONSTANTS.with_borrow_mut(|cache| cache.pi::<2, HalfEven>(precision));
    widened(&nearest.value().into_repr(), precision)
}

/// Encloses an increasing function on an interval, from its enclosures at the two ends.
fn increasing(argument: &Interval, at: impl Fn(&Dyadic) -> Option<Interval>) -> Option<Interval> {
    let lower = at(argument.lower())?;
    if argument.is_point() {
        return Some(lower);
    }
    let upper = at(argument.upper())?;
    Interval::new(lower.lower().clone(), upper.upper().clone())
}

/// The numbers within one unit in the last place of a value that was rounded to the nearest.
fn widened(nearest: &Dyadic, precision: usize) -> Option<Interval> {
    let last_place = nearest.exponent() + nearest.digits().cast_signed() - precision.cast_signed();
    within(nearest, &Dyadic::new(IBig::ONE, last_place), precision)
}

/// The numbers within `radius` of `centre`.
fn within(centre: &Dyadic, radius: &Dyadic, precision: usize) -> Option<Interval> {
    // Two more bits hold the ends exactly where the radius is one unit in the last place.
    let lower = Context::<Down>::new(precision + 2).sub(centre, radius).ok()?;
    let upper = Context::<Up>::new(precision + 2).add(centre, radius).ok()?;
    Interval::new(lower.value().into_repr(), upper.value().into_repr())
}

/// A context that rounds to the nearest and never sees an argument longer than its precision.
fn nearest(argument: &Dyadic, precision: usize) -> (Context<HalfEven>, usize) {
    let precision = precision.max(argument.digits());
    (Context::new(precision), precision)
}

pub(super) fn exp(argument: &Dyadic, precision: usize) -> Option<Interval> {
    if argument.significand().is_zero() {
        return Some(Interval::integer(1));
    }
    let (context, precision) = nearest(argument, precision);
    let value = CONSTANTS.with_borrow_mut(|cache| context.exp(argument, Some(cache))).ok()?;
    widened(&value.value().into_repr(), precision)
}

fn ln(argument: &Dyadic, precision: usize) -> Option<Interval> {
    if signum(argument).is_le() {
        return None;
    }
    if argument.is_one() {
        return Some(Interval::integer(0));
    }
    let (context, precision) = nearest(argument, precision);
    let value = CONSTANTS.with_borrow_mut(|cache| context.ln(argument, Some(cache))).ok()?;
    widened(&value.value().into_repr(), precision)
}

fn logarithm(argument: &Interval, base: i64, precision: usize) -> Option<Interval> {
    let numerator = increasing(argument, |end| ln(end, precision))?;
    let denominator = ln(Interval::integer(base).lower(), precision)?;
    numerator.div(&denominator, precision)
}

/// The square root of a number that is known not to be negative, whatever the interval says.
fn sqrt(argument: &Interval, precision: usize) -> Option<Interval> {
    let root = |end: &Dyadic| {
        if signum(end).is_le() {
            return Some(Interval::integer(0));
        }
        let (context, precision) = nearest(end, precision);
        widened(&context.sqrt(end).ok()?.value().into_repr(), precision)
    };
    increasing(argument, root)
}

fn tanh(argument: &Dyadic, precision: usize) -> Option<Interval> {
    if argument.significand().is_zero() {
        return Some(Interval::integer(0));
    }
    let (context, precision) = nearest(argument, precision);
    let value = CONSTANTS.with_borrow_mut(|cache| context.tanh(argument, Some(cache))).ok()?;
    widened(&value.value().into_repr(), precision)
}

/// 1 / (1 + exp(-x)), which keeps its relative accuracy for every x.
fn sigmoid(argument: &Dyadic, precision: usize) -> Option<Interval> {
    let power = exp(&-argument.clone(), precision)?;
    Interval::integer(1).add(&power, precision)?.reciprocal(precision)
}

/// ln(1 + exp(x)), which keeps its relative accuracy for every x.
fn softplus(argument: &Dyadic, precision: usize) -> Option<Interval> {
    if signum(argument).is_gt() {
        // ln(1 + e^x) = x + ln(1 + e^-x)
        let rest = softplus(&-argument.clone(), precision)?;
        return Interval::point(argument.clone())?.add(&rest, precision);
    }
    let power = exp(argument, precision)?;
    if power.magnitude_bits()? < -precision.cast_signed() {
        // t - t^2/2 <= ln(1 + t) <= t for t >= 0, and t^2/2 is far below the last place of t.
        let half_square = power
            .mul(&power, precision)?
            .mul(&Interval::point(Dyadic::new(IBig::ONE, -1))?, precision)?;
        let lower = power.add(&half_square.neg(), precision)?;
        return Interval::new(lower.lower().clone(), power.upper().clone());
    }
    // 1 + t drops as many bits of t as t lies below 1.
    let guarded = 2 * precision + 2;
    let shifted = Interval::integer(1).add(&exp(argument, guarded)?, guarded)?;
    increasing(&shifted, |end| ln(end, precision))
}

/// Sine and cosine of every number in the interval: of its middle, widened by half its length,
/// because neither function changes faster than its argument.
fn sin_and_cos(argument: &Interval, precision: usize) -> Option<(Interval, Interval)> {
    if argument.is_point() {
        return sin_and_cos_at(argument.lower(), precision);
    }
    let sum = Context::<HalfEven>::new(precision).add(argument.lower(), argument.upper()).ok()?;
    let sum = sum.value().into_repr();
    let middle = Dyadic::new(sum.significand().clone(), sum.exponent() - 1);
    let up = Context::<Up>::new(16);
    let above = up.sub(argument.upper(), &middle).ok()?.value().into_repr();
    let below = up.sub(&middle, argument.lower()).ok()?.value().into_repr();
    let radius = above.max(below);
    let margin = Interval::new(-radius.clone(), radius)?;
    let (sin, cos) = sin_and_cos_at(&middle, precision)?;
    Some((sin.add(&margin, precision)?, cos.add(&margin, precision)?))
}

fn sin_and_cos_at(argument: &Dyadic, precision: usize) -> Option<(Interval, Interval)> {
    let Some(size) = Interval::point(argument.clone())?.magnitude_bits() else {
        return Some((Interval::integer(0), Interval::integer(1)));
    };
    let (_, precision) = nearest(argument, precision);
    if size < -(precision.div_ceil(2).cast_signed()) {
        return near_zero(argument, precision);
    }
    // Closer to a multiple of π/2 than its precision resolves, `dashu-float` answers 0 or ±1 as
    // if exact: an answer counts only where both functions are far from 0 for the precision.
    let mut working = precision;
    while working <= MAX_TRIGONOMETRIC_PRECISION {
        let context = Context::<HalfEven>::new(working);
        let (sin, cos) = CONSTANTS.with_borrow_mut(|cache| context.sin_cos(argument, Some(cache)));
        let (sin, cos) = (sin.ok()?.value().into_repr(), cos.ok()?.value().into_repr());
        let is_far_from_zero = |value: &Dyadic| {
            let size = value.exponent() + value.digits().cast_signed();
            !value.significand().is_zero() && size > -(working / 2).cast_signed()
        };
        if is_far_from_zero(&sin) && is_far_from_zero(&cos) {
            return Some((widened(&sin, working)?, widened(&cos, working)?));
        }
        working *= 2;
    }
    None
}

/// x (1 - x^2/6) <= sin x <= x for x >= 0, and 1 - x^2/2 <= cos x <= 1: the first terms of
/// alternating series, for |x| < 2^(-precision / 2).
fn near_zero(argument: &Dyadic, precision: usize) -> Option<(Interval, Interval)> {
    let one = Interval::integer(1);
    let point = Interval::point(argument.clone())?;
    let half = Interval::point(Dyadic::new(IBig::ONE, -1))?;
    let half_square = point.mul(&point, precision)?.mul(&half, precision)?;
    let cos = one.add(&half_square.neg(), precision)?;
    let cos = Interval::new(cos.lower().clone(), Dyadic::one())?;
    // The cosine's lower bound is below 1 - x^2/6 as well.
    let sin = point.mul(&cos, precision)?;
    Some((sin, cos))
}
