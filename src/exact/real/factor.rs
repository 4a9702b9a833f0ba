//! Prime factors of integers, as far as they are quickly found.
//!
//! Only fingerprints and the tidying of square roots rest on this, and both stay correct when a
//! large factor is left whole: then merely fewer identities are recognised.

use num_bigint::BigUint;
use num_traits::{ToPrimitive, Zero};

/// Larger primes are not looked for in integers that do not fit into a machine word.
const TRIAL_LIMIT: u32 = 1 << 10;

/// How many steps of Pollard's method share a greatest common divisor.
const STEPS_A_DIVISOR: u32 = 64;

/// `integer` as a product of powers of pairwise different factors in ascending order. All are
/// prime if `integer` has 64 bits after its small factors are gone; otherwise the last may not be.
pub(super) fn factors(integer: &BigUint) -> Vec<(BigUint, u64)> {
    let mut factors = Vec::new();
    let mut rest = integer.clone();
    if rest.is_zero() {
        return factors;
    }
    for candidate in std::iter::once(2).chain((3..TRIAL_LIMIT).step_by(2)) {
        if let Some(word) = rest.to_u64() {
            factors.extend(factors_of_word(word, candidate));
            return factors;
        }
        let exponent = divide_out(&mut rest, candidate);
        if exponent > 0 {
            factors.push((BigUint::from(candidate), exponent));
        }
    }
    match rest.to_u64() {
        Some(word) => factors.extend(factors_of_word(word, TRIAL_LIMIT)),
        None => factors.push(whole_power(rest)),
    }
    factors
}

/// Divides by `divisor` as often as there is no remainder, and counts.
fn divide_out(integer: &mut BigUint, divisor: u32) -> u64 {
    // As many at a time as fit into a word: dividing a long integer takes long.
    let together = u64::MAX.ilog(u64::from(divisor));
    let mut exponent = 0;
    for (divisor, count) in [(u64::from(divisor).pow(together), together), (divisor.into(), 1)] {
        while (&*integer % divisor).is_zero() {
            *integer /= divisor;
            exponent += u64::from(count);
        }
    }
    exponent
}

/// The prime factors of a word that has none below `least`, which is 2 or odd.
fn factors_of_word(mut rest: u64, least: u32) -> Vec<(BigUint, u64)> {
    let mut primes = Vec::new();
    let candidates =
        (least == 2).then_some(2).into_iter().chain((least | 1..TRIAL_LIMIT).step_by(2));
    for candidate in candidates.map(u64::from) {
        if candidate * candidate > rest {
            break;
        }
        while rest.is_multiple_of(candidate) {
            rest /= candidate;
            primes.push(candidate);
        }
    }
    split(rest, &mut primes);
    primes.sort_unstable();
    primes.chunk_by(|a, b| a == b).map(|run| (BigUint::from(run[0]), run.len() as u64)).collect()
}

/// A square or a cube as the power that it is, repeatedly.
fn whole_power(mut base: BigUint) -> (BigUint, u64) {
    let mut exponent = 1;
    'again: loop {
        for degree in [2_u32, 3] {
            let root = base.nth_root(degree);
            if root.pow(degree) == base {
                base = root;
                exponent *= u64::from(degree);
                continue 'again;
            }
        }
        return (base, exponent);
    }
}

/// Appends the prime factors of a number without small ones.
fn split(number: u64, primes: &mut Vec<u64>) {
    // The depth is at most six: every factor of a composite is at least `TRIAL_LIMIT`.
    if number == 1 {
        return;
    }
    if is_prime(number) {
        primes.push(number);
        return;
    }
    let divisor = (1..).find_map(|offset| pollard(number, offset)).unwrap_or(number);
    split(divisor, primes);
    split(number / divisor, primes);
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder of a division by a word fits")]
fn product_modulo(a: u64, b: u64, modulus: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64
}

fn power_modulo(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut power = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = product_modulo(power, base, modulus);
        }
        base = product_modulo(base, base, modulus);
        exponent >>= 1;
    }
    power
}

/// The test of Miller and Rabin with the first twelve primes as bases, which is a proof below
/// 3.3·10^24 (Sorenson and Webster, "Strong pseudoprimes to twelve prime bases", 2017).
fn is_prime(number: u64) -> bool {
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if number < 2 {
        return false;
    }
    if let Some(divisor) = BASES.into_iter().find(|base| number.is_multiple_of(*base)) {
        return number == divisor;
    }
    let twos = (number - 1).trailing_zeros();
    let odd = (number - 1) >> twos;
    BASES.into_iter().all(|base| {
        let mut power = power_modulo(base, odd, number);
        if power == 1 {
            return true;
        }
        for _ in 0..twos {
            if power == number - 1 {
                return true;
            }
            power = product_modulo(power, power, number);
        }
        false
    })
}

/// A proper divisor of a composite number, by the method of Pollard with Floyd's cycle finding;
/// `None` when the sequence x^2 + `offset` finds none.
fn pollard(number: u64, offset: u64) -> Option<u64> {
    let step = |x: u64| {
        let square = u128::from(product_modulo(x, x, number)) + u128::from(offset);
        (square % u128::from(number)).to_u64().unwrap_or_default()
    };
    let (mut slow, mut fast) = (2, 2);
    loop {
        // One common divisor for many differences at once; only when their product vanishes is
        // the same stretch walked again in single steps.
        let start = (slow, fast);
        let mut product = 1;
        for _ in 0..STEPS_A_DIVISOR {
            slow = step(slow);
            fast = step(step(fast));
            product = product_modulo(product, slow.abs_diff(fast), number);
        }
        let divisor = num_integer::gcd(product, number);
        if divisor != 1 && divisor != number {
            return Some(divisor);
        }
        if divisor == number {
            (slow, fast) = start;
            for _ in 0..STEPS_A_DIVISOR {
                slow = step(slow);
                fast = step(step(fast));
                let divisor = num_integer::gcd(slow.abs_diff(fast), number);
                if divisor != 1 {
                    return (divisor != number).then_some(divisor);
                }
            }
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use num_traits::One;
    use proptest::prelude::*;

    use super::*;

    fn product(factors: &[(BigUint, u64)]) -> BigUint {
        factors.iter().fold(BigUint::one(), |product, (factor, exponent)| {
            product * num_traits::Pow::pow(factor, *exponent)
        })
    }

    #[test]
    fn finds_large_prime_factors_of_a_word() {
        let semiprime = BigUint::from(4_294_967_291_u64) * BigUint::from(4_294_967_279_u64);
        let found = factors(&semiprime);
        assert_eq!(found, [(4_294_967_279_u64.into(), 1), (4_294_967_291_u64.into(), 1)]);
        assert_eq!(factors(&BigUint::from(1_009_u32 * 1_009)), [(1_009_u32.into(), 2)]);
        assert_eq!(factors(&BigUint::from(360_u32)).len(), 3);
        assert!(factors(&BigUint::one()).is_empty() && factors(&BigUint::zero()).is_empty());
    }

    #[test]
    fn leaves_huge_cofactors_whole() {
        let huge = BigUint::from(10_u8).pow(60) + 7_u8;
        assert_eq!(product(&factors(&huge)), huge);
        let square = &huge * &huge;
        assert_eq!(product(&factors(&square)), square);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn multiply_back(number in 1..u64::MAX) {
            let found = factors(&BigUint::from(number));
            prop_assert_eq!(product(&found), BigUint::from(number));
            for (factor, _) in found {
                prop_assert!(is_prime(factor.to_u64().expect("a factor of a word")));
            }
        }
    }
}
