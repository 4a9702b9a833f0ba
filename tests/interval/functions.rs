//! Elementary functions of intervals, by series in whole numbers of `2^-places`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::{BITS, Interval, dyadic, scaled};

/// Places beyond those that are kept. The errors of a series are at most `2^ERROR` in the last one.
const GUARD: i64 = 72;
const ERROR: u64 = 40;

/// The function's value; `None` where it may not exist, or where no function has the name.
pub fn value(function: &str, z: &Interval) -> Option<Interval> {
    let one = Interval::integer(1);
    Some(match function {
        "exp" | "sigmoid" | "tanh" | "softplus" if is_large(z) => return None,
        "exp" => increasing(z, exponential),
        "ln" if z.low.is_positive() => increasing(z, logarithm),
        "log2" | "log10" => {
            let base = if function == "log2" { 2 } else { 10 };
            if let Some(exponent) = whole_logarithm(z, base) {
                return Some(Interval::integer(exponent));
            }
            value("ln", z)?.divide(&value("ln", &Interval::integer(base))?)?
        }
        "sqrt" if z.low.is_negative() => return None,
        "sqrt" => increasing(z, root),
        "sin" => within_one(z, |x| sine(x, 0)),
        "cos" => within_one(z, |x| sine(x, 1)),
        "tan" => value("sin", z)?.divide(&value("cos", z)?)?,
        "sigmoid" => one.divide(&one.add(&value("exp", &z.negate())?))?,
        "tanh" => increasing(z, hyperbolic_tangent),
        "softplus" => increasing(z, |x| {
            // Without rounding, so that little beside 1 is not lost.
            let power = exponential(x);
            let low = logarithm(&(BigRational::one() + power.low)).low;
            Interval { low, high: logarithm(&(BigRational::one() + power.high)).high }
        }),
        "silu" => z.multiply(&value("sigmoid", z)?),
        "normal_cdf" => increasing(z, normal_distribution),
        "normal_density" => {
            let square = z.power(2)?.multiply(&Interval::fraction(-1, 2));
            value("exp", &square)?.divide(&root_of_two_pi())?
        }
        "gelu" => z.multiply(&value("normal_cdf", z)?),
        _ => return None,
    })
}

/// The function's derivative; `None` where it may not exist.
pub fn slope(function: &str, z: &Interval) -> Option<Interval> {
    let one = Interval::integer(1);
    Some(match function {
        "exp" => value("exp", z)?,
        "ln" if z.low.is_positive() => one.divide(z)?,
        "log2" => slope("ln", z)?.divide(&value("ln", &Interval::integer(2))?)?,
        "log10" => slope("ln", z)?.divide(&value("ln", &Interval::integer(10))?)?,
        "sqrt" => one.divide(&Interval::integer(2).multiply(&value("sqrt", z)?))?,
        "sin" => value("cos", z)?,
        "cos" => value("sin", z)?.negate(),
        "tan" => one.divide(&value("cos", z)?.power(2)?)?,
        // σ(z)σ(−z), (2/(e^z + e^−z))²: other than the textbook forms, and without their cancellation.
        "sigmoid" => value("sigmoid", z)?.multiply(&value("sigmoid", &z.negate())?),
        "tanh" => {
            let both = value("exp", z)?.add(&value("exp", &z.negate())?);
            Interval::integer(2).divide(&both)?.power(2)?
        }
        "softplus" => value("sigmoid", z)?,
        "silu" => value("sigmoid", z)?.add(&z.multiply(&slope("sigmoid", z)?)),
        "normal_cdf" => value("normal_density", z)?,
        "normal_density" => z.negate().multiply(&value("normal_density", z)?),
        "gelu" => value("normal_cdf", z)?.add(&z.multiply(&value("normal_density", z)?)),
        _ => return None,
    })
}

/// Arguments of whose exponentials a machine's memory would be full.
fn is_large(z: &Interval) -> bool {
    let largest = BigRational::from_integer((1_i64 << 16).into());
    z.low < -&largest || z.high > largest
}

fn increasing(z: &Interval, of: impl Fn(&BigRational) -> Interval) -> Interval {
    let low = of(&z.low);
    if z.as_exact().is_some() {
        return low;
    }
    Interval::rounded(&low.low, &of(&z.high).high)
}

/// A function that moves no faster than its argument and stays between −1 and 1.
fn within_one(z: &Interval, of: impl Fn(&BigRational) -> Interval) -> Interval {
    let one = BigRational::one();
    if z.as_exact().is_some() {
        return of(&z.low);
    }
    let half = z.width() / BigInt::from(2);
    let middle = of(&(&z.low + &half));
    let wide = Interval::rounded(&(middle.low - &half), &(middle.high + &half));
    Interval { low: wide.low.max(-&one), high: wide.high.min(one) }
}

/// A number of `2^-places` with the errors of a series.
fn enclosed(mantissa: &BigInt, places: i64) -> Interval {
    let error = BigInt::one() << ERROR;
    Interval::rounded(&dyadic(mantissa - &error, places), &dyadic(mantissa + error, places))
}

/// The power of two just below or at the size of a number that is not 0, or one less.
fn magnitude(x: &BigRational) -> i64 {
    let bits = |number: &BigInt| i64::try_from(number.bits()).unwrap_or(i64::MAX);
    bits(x.numer()) - bits(x.denom()) - 1
}

/// What a number adds to the places so that its own first digits are not the last.
fn smallness(x: &BigRational) -> i64 {
    (-magnitude(x)).max(0)
}

thread_local! {
    /// π and ln 2 by their places.
    static CONSTANTS: RefCell<BTreeMap<(bool, i64), BigInt>> = const { RefCell::new(BTreeMap::new()) };
}

fn constant(is_pi: bool, places: i64) -> BigInt {
    let known = CONSTANTS.with_borrow(|constants| constants.get(&(is_pi, places)).cloned());
    known.unwrap_or_else(|| {
        let wide = places + GUARD;
        // Machin 1706 for π; ln 2 by three areas, of which Gauss knew.
        let terms: &[(i64, i64)] =
            if is_pi { &[(16, 5), (-4, 239)] } else { &[(18, 26), (-2, 4801), (8, 8749)] };
        let mut total = BigInt::zero();
        for (factor, inverse) in terms {
            total += BigInt::from(*factor) * inverse_area(*inverse, is_pi, wide);
        }
        let constant = total >> GUARD.unsigned_abs();
        CONSTANTS.with_borrow_mut(|constants| {
            constants.insert((is_pi, places), constant.clone());
        });
        constant
    })
}

/// atanh(1/n), or with signs that alternate arctan(1/n).
fn inverse_area(n: i64, alternates: bool, places: i64) -> BigInt {
    let mut power = (BigInt::one() << places.unsigned_abs()) / n;
    let mut total = power.clone();
    let mut odd = 1_i64;
    while !power.is_zero() {
        power /= n * n;
        odd += 2;
        let term = &power / odd;
        if alternates && odd % 4 == 3 {
            total -= term;
        } else {
            total += term;
        }
    }
    total
}

/// e^x = 2^k e^r, where r is the rest of x by ln 2.
fn exponential(x: &BigRational) -> Interval {
    exponential_to(x, BITS)
}

fn exponential_to(x: &BigRational, bits: i64) -> Interval {
    const HALVINGS: u64 = 8;
    if x.is_zero() {
        return Interval::integer(1);
    }
    let places = bits + GUARD;
    let whole = scaled(x, places, false);
    let ln_2 = constant(false, places);
    let k = (&whole + (&ln_2 >> 1_u32)).div_floor(&ln_2);
    let rest: BigInt = (whole - &k * ln_2) >> HALVINGS;
    let one = BigInt::one() << places.unsigned_abs();
    let (mut total, mut term, mut n) = (one.clone(), one, 1_u32);
    while !term.is_zero() && term != BigInt::from(-1) {
        term = ((term * &rest) >> places.unsigned_abs()) / n;
        total += &term;
        n += 1;
    }
    for _ in 0..HALVINGS {
        total = (&total * &total) >> places.unsigned_abs();
    }
    let k = k.to_i64().expect("an exponent of moderate size");
    let error = BigInt::one() << ERROR;
    Interval { low: dyadic(&total - &error, places - k), high: dyadic(total + error, places - k) }
}

/// ln x = e ln 2 + 2 atanh((m − 1)/(m + 1)) with x = m 2^e and m about 1.
fn logarithm(x: &BigRational) -> Interval {
    let one = BigRational::one();
    if *x == one {
        return Interval::integer(0);
    }
    let mut exponent = magnitude(x);
    let power = |exponent: i64| dyadic(BigInt::one(), -exponent);
    let mut m = x / power(exponent);
    while m > BigRational::new(4.into(), 3.into()) {
        m /= BigInt::from(2);
        exponent += 1;
    }
    let t = (&m - &one) / (m + one);
    let places = if exponent == 0 { BITS + GUARD + smallness(&t) } else { BITS + GUARD };
    let fixed = scaled(&t, places, false);
    let square = (&fixed * &fixed) >> places.unsigned_abs();
    let (mut total, mut term, mut odd) = (fixed.clone(), fixed, 1_u32);
    while !term.is_zero() && term != BigInt::from(-1) {
        term = (term * &square) >> places.unsigned_abs();
        odd += 2;
        total += &term / odd;
    }
    enclosed(&(total * 2 + constant(false, places) * exponent), places)
}

/// The k with z = base^k.
fn whole_logarithm(z: &Interval, base: i64) -> Option<i64> {
    let mut z = z.as_exact()?.clone();
    let base = BigInt::from(base);
    let mut exponent = 0;
    let is_inverted = z < BigRational::one();
    if is_inverted {
        if z.is_zero() {
            return None;
        }
        z = z.recip();
    }
    if !z.is_integer() || !z.is_positive() {
        return None;
    }
    while z.is_integer() && !z.is_one() {
        z /= &base;
        exponent += 1;
    }
    z.is_one().then_some(if is_inverted { -exponent } else { exponent })
}

fn root(x: &BigRational) -> Interval {
    if x.is_zero() {
        return Interval::integer(0);
    }
    let exact = BigRational::new_raw(x.numer().sqrt(), x.denom().sqrt());
    if &exact * &exact == *x {
        return Interval::exact(exact);
    }
    let places = BITS - magnitude(x) / 2;
    let below = scaled(x, 2 * places, false).sqrt();
    Interval { low: dyadic(below.clone(), places), high: dyadic(below + 2, places) }
}

/// sin(x + quarters · π/2)
fn sine(x: &BigRational, quarters: i64) -> Interval {
    if x.is_zero() {
        return Interval::integer(quarters);
    }
    let places = BITS + GUARD + magnitude(x).abs();
    let fixed = scaled(x, places, false);
    let right_angle = constant(true, places) >> 1_u32;
    let count = (&fixed + (&right_angle >> 1_u32)).div_floor(&right_angle);
    let rest = fixed - &count * right_angle;
    let quarter = (count + quarters).mod_floor(&4.into()).to_i64().unwrap_or_default();
    let square = (&rest * &rest) >> places.unsigned_abs();
    let is_sine = quarter % 2 == 0;
    let mut term = if is_sine { rest } else { BigInt::one() << places.unsigned_abs() };
    let mut total = term.clone();
    let mut n = if is_sine { 2_u32 } else { 1 };
    while !term.is_zero() && term != BigInt::from(-1) {
        term = -(((term * &square) >> places.unsigned_abs()) / (n * (n + 1)));
        total += &term;
        n += 2;
    }
    enclosed(&if quarter >= 2 { -total } else { total }, places)
}

/// (e^2x − 1)/(e^2x + 1)
fn hyperbolic_tangent(x: &BigRational) -> Interval {
    if x.is_zero() {
        return Interval::integer(0);
    }
    if x.is_negative() {
        return hyperbolic_tangent(&-x).negate();
    }
    let power = exponential_to(&(x * BigInt::from(2)), BITS + smallness(x));
    let one = BigRational::one();
    let of = |power: &BigRational| (power - &one) / (power + &one);
    Interval::rounded(&of(&power.low), &of(&power.high))
}

fn pi() -> Interval {
    enclosed(&constant(true, BITS + GUARD), BITS + GUARD)
}

fn root_of_two_pi() -> Interval {
    increasing(&Interval::integer(2).multiply(&pi()), root)
}

/// Beyond this many deviations what is missing from 0 or 1 is known by its bounds alone.
const FAR: i64 = 60;

/// Φ(x) = 1/2 + φ(x)(x + x³/3 + x⁵/(3·5) + …)
fn normal_distribution(x: &BigRational) -> Interval {
    let one = BigRational::one();
    let half = BigRational::new(1.into(), 2.into());
    if x.is_zero() {
        return Interval::exact(half);
    }
    if x.is_positive() {
        let other = normal_distribution(&-x);
        return Interval::rounded(&(&one - other.high), &(one - other.low));
    }
    let x = -x;
    let square = &x * &x;
    if x > BigRational::from_integer(FAR.into()) {
        // φ(x)(1/x − 1/x³) < Φ(−x) < φ(x)/x
        let density =
            value("normal_density", &Interval::exact(x.clone())).expect("a density exists");
        let low = density.low * (&one - square.recip()) / &x;
        return Interval::rounded(&low, &(density.high / x));
    }
    // Φ(−x) is about as small as e^(−x²/2).
    let missing = (&square * BigInt::from(3) / BigInt::from(4)).ceil().to_integer();
    let places = BITS + GUARD + missing.to_i64().expect("few deviations") + 16;
    let fixed = scaled(&x, places, false);
    let fixed_square = scaled(&square, places, false);
    let (mut total, mut term, mut odd) = (fixed.clone(), fixed, 1_u32);
    while !term.is_zero() {
        odd += 2;
        term = ((term * &fixed_square) >> places.unsigned_abs()) / odd;
        total += &term;
    }
    let power = exponential_to(&(-square * half.clone()), places);
    let two_pi = BigInt::from(2) * constant(true, 2 * places);
    let scale = two_pi.sqrt();
    // Truncated, so below the sum; the errors of all steps are far below the last place that is kept.
    let series = dyadic(total, places);
    let share = power.low * &series / dyadic(scale, places);
    let slack = dyadic(BigInt::one(), places - 32);
    Interval::rounded(&(&half - &share - &slack), &(half - share + slack))
}
