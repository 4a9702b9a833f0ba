//! The fields of a fingerprint, and the functions on them that satisfy the equations of the real
//! ones: see `fingerprint`.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::field::{Element, Prime};
use super::fingerprint::Fingerprint;
use crate::exact::Rational;

/// How many chains of primes there are: each is a chance to find roots that exist.
pub(super) const CHAINS: usize = 5;

/// How many primes a chain has: one more than the nested exponentials that keep their equations.
pub(super) const LEVELS: usize = 3;

/// In each row every prime is twice the next and one more, all are 3 modulo 4, and the first lies
/// just below 2^61. The rows are the last five such chains, counted from 2^61 downwards.
pub(super) static PRIMES: [[Prime; LEVELS]; CHAINS] = [
    [
        Prime::new(2_305_843_009_213_542_959),
        Prime::new(1_152_921_504_606_771_479),
        Prime::new(576_460_752_303_385_739),
    ],
    [
        Prime::new(2_305_843_009_213_498_367),
        Prime::new(1_152_921_504_606_749_183),
        Prime::new(576_460_752_303_374_591),
    ],
    [
        Prime::new(2_305_843_009_213_308_959),
        Prime::new(1_152_921_504_606_654_479),
        Prime::new(576_460_752_303_327_239),
    ],
    [
        Prime::new(2_305_843_009_213_271_807),
        Prime::new(1_152_921_504_606_635_903),
        Prime::new(576_460_752_303_317_951),
    ],
    [
        Prime::new(2_305_843_009_212_739_247),
        Prime::new(1_152_921_504_606_369_623),
        Prime::new(576_460_752_303_184_811),
    ],
];

/// One divided by `value` modulo `modulus`, by the Euclidean algorithm; `None` where they have a
/// common divisor.
fn inverse_modulo(value: u64, modulus: u64) -> Option<u64> {
    let (mut previous, mut current) = (modulus, value % modulus);
    let (mut previous_factor, mut factor) = (0_i128, 1_i128);
    while current > 0 {
        let quotient = i128::from(previous / current);
        (previous, current) = (current, previous % current);
        (previous_factor, factor) = (factor, previous_factor - quotient * factor);
    }
    if previous != 1 {
        return None;
    }
    u64::try_from(previous_factor.rem_euclid(i128::from(modulus))).ok()
}

/// One field: a level of a chain.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) chain: usize,
    pub(super) level: usize,
}

/// What a hashed value stands for.
#[derive(Clone, Copy)]
pub(super) enum Tag {
    Pi = 1,
    Generator,
    ImaginaryExponent,
    LogarithmOfPrime,
    LogarithmOfSum,
    RootSign,
    RootOfSum,
    Erf,
    LastExp,
}

impl Field {
    pub(super) fn prime(self) -> &'static Prime {
        &PRIMES[self.chain][self.level]
    }

    pub(super) fn integer(self, value: &BigInt) -> Element {
        let modulus = BigInt::from(self.prime().value());
        let residue = ((value % &modulus) + &modulus) % modulus;
        self.prime().element(residue.to_u64().unwrap_or_default())
    }

    pub(super) fn rational(self, value: &Rational) -> Option<Element> {
        let prime = self.prime();
        let small = |integer: i64| {
            let magnitude = prime.element(integer.unsigned_abs());
            if integer < 0 { prime.neg(magnitude) } else { magnitude }
        };
        if let Some(integer) = value.to_i64() {
            return Some(small(integer));
        }
        let (numerator, denominator) = (value.numerator(), value.denominator());
        let residue =
            |integer: &BigInt| integer.to_i64().map_or_else(|| self.integer(integer), small);
        let inverse = match denominator.to_u64() {
            Some(word) => prime.inverse_of_word(word)?,
            None => prime.inverse(self.integer(&denominator))?,
        };
        Some(prime.mul(residue(&numerator), inverse))
    }

    /// A value that depends on `words` and looks random.
    pub(super) fn hashed(self, tag: Tag, words: &[u64]) -> Element {
        // The mixing function of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
        // number generators", 2014).
        let mix = |state: u64, word: u64| {
            let mut mixed = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ mixed >> 31
        };
        let start = mix(tag as u64, self.prime().value());
        let hash = words.iter().fold(start, |state, word| mix(state, *word));
        self.prime().element(mix(hash, 0))
    }

    /// A hashed function f with f(-x) = f(x).
    pub(super) fn even(self, tag: Tag, argument: Element) -> Element {
        let opposite = self.prime().neg(argument);
        self.prime().add(self.hashed(tag, &argument.words()), self.hashed(tag, &opposite.words()))
    }

    /// A hashed function f with f(-x) = -f(x).
    pub(super) fn odd(self, tag: Tag, argument: Element) -> Element {
        let opposite = self.prime().neg(argument);
        self.prime().sub(self.hashed(tag, &argument.words()), self.hashed(tag, &opposite.words()))
    }

    /// A square root, with a sign that differs from field to field, so that the right one is
    /// among them; or, where there is none, a hashed value.
    pub(super) fn root(self, square: Element) -> Element {
        let Some(root) = self.prime().square_root(square) else {
            return self.hashed(Tag::RootOfSum, &square.words());
        };
        let coin = self.prime().residues(self.hashed(Tag::RootSign, &square.words()))[0];
        if coin.is_multiple_of(2) { root } else { self.prime().neg(root) }
    }

    /// A root of any degree: for its odd part the only one there is, then square roots. `None` for an
    /// element that is not real.
    pub(super) fn any_root(self, base: Element, degree: u64) -> Option<Element> {
        if !base.is_real() || degree == 0 {
            return None;
        }
        // The other real elements than 0 are a cyclic group, of order twice a prime.
        let order = self.prime().value() - 1;
        let halvings = degree.trailing_zeros();
        let inverse = inverse_modulo(degree >> halvings, order)?;
        let root = self.prime().pow(base, inverse);
        Some((0..halvings).fold(root, |root, _| self.root(root)))
    }

    /// The level beneath, whose prime r gives the exponents of elements of order r.
    fn beneath(self) -> Option<Self> {
        (self.level + 1 < LEVELS).then_some(Self { level: self.level + 1, ..self })
    }

    /// exp of what `rule` makes of the argument's value in the field beneath.
    pub(super) fn exp(
        self,
        argument: &Fingerprint,
        rule: impl Fn(Field, Element) -> Element,
    ) -> Option<Element> {
        let prime = self.prime();
        let Some(beneath) = self.beneath() else {
            let argument = rule(self, argument.at(self)?);
            return Some(self.hashed(Tag::LastExp, &argument.words()));
        };
        let exponent = rule(beneath, argument.at(beneath)?);
        // Any additive map from the field to the exponents will do: a + bi to a + bc.
        let [real, imaginary] = beneath.prime().residues(exponent);
        let exponent = if imaginary == 0 {
            real
        } else {
            let beneath_prime = beneath.prime();
            let factor = beneath.hashed(Tag::ImaginaryExponent, &[]);
            let product = beneath_prime.mul(beneath_prime.element(imaginary), factor);
            let sum = beneath_prime.add(beneath_prime.element(real), product);
            beneath_prime.residues(sum)[0]
        };
        // A square has the order r.
        let generator = self.hashed(Tag::Generator, &[]);
        Some(prime.pow(prime.mul(generator, generator), exponent))
    }

    /// (e^iu - e^-iu) / 2i and (e^iu + e^-iu) / 2.
    pub(super) fn sine_and_cosine(self, argument: &Fingerprint) -> Option<(Element, Element)> {
        let prime = self.prime();
        let half = prime.half();
        if self.beneath().is_none() {
            let argument = argument.at(self)?;
            return Some((self.odd(Tag::LastExp, argument), self.even(Tag::LastExp, argument)));
        }
        let power = self.exp(argument, |field, argument| {
            field.prime().mul(argument, field.prime().imaginary_unit())
        })?;
        let inverse = prime.inverse(power)?;
        let cosine = prime.mul(prime.add(power, inverse), half);
        // 1/i = -i
        let sine = prime.mul(prime.mul(prime.sub(inverse, power), half), prime.imaginary_unit());
        Some((sine, cosine))
    }
}
