//! The fields of a fingerprint, and the functions on them that satisfy the equations of the real
//! ones: see `fingerprint`.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::field::{Element, Prime};
use super::fingerprint::Residues;
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

    /// A hashed function f with f(1/x) = -f(x) and f(-x) = f(x), as ln |x| is; `None` for 0.
    pub(super) fn logarithm(self, argument: Element) -> Option<Element> {
        let inverse = self.prime().inverse(argument)?;
        let [own, opposite] =
            [argument, inverse].map(|argument| self.even(Tag::LogarithmOfSum, argument));
        Some(self.prime().sub(own, opposite))
    }

    /// The level beneath, whose prime r gives the exponents of elements of order r.
    fn beneath(self) -> Option<Self> {
        (self.level + 1 < LEVELS).then_some(Self { level: self.level + 1, ..self })
    }

    /// The field from which exp takes its argument.
    pub(super) fn of_exponents(self) -> Self {
        self.beneath().unwrap_or(self)
    }

    /// exp of an element of the field [of exponents](Field::of_exponents).
    pub(super) fn exp(self, exponent: Element) -> Element {
        let prime = self.prime();
        if exponent.is_zero() {
            return prime.one();
        }
        let Some(beneath) = self.beneath() else {
            return self.hashed(Tag::LastExp, &exponent.words());
        };
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
        prime.pow(prime.mul(generator, generator), exponent)
    }

    /// (e^iu - e^-iu) / 2i and (e^iu + e^-iu) / 2.
    pub(super) fn sine_and_cosine(self, argument: &Residues) -> Option<(Element, Element)> {
        let prime = self.prime();
        let half = prime.half();
        let Some(beneath) = self.beneath() else {
            let argument = argument.at(self)?;
            return Some((self.odd(Tag::LastExp, argument), self.even(Tag::LastExp, argument)));
        };
        let unit = beneath.prime().imaginary_unit();
        let power = self.exp(beneath.prime().mul(argument.at(beneath)?, unit));
        let inverse = prime.inverse(power)?;
        let cosine = prime.mul(prime.add(power, inverse), half);
        // 1/i = -i
        let sine = prime.mul(prime.mul(prime.sub(inverse, power), half), prime.imaginary_unit());
        Some((sine, cosine))
    }

    /// The power of a prime number's residue with a rational exponent, so that powers of one base
    /// multiply by adding their exponents; `None` where the field has no such root.
    pub(super) fn power_of_prime(self, residue: Element, exponent: &Rational) -> Option<Element> {
        let prime = self.prime();
        // Squares form a group of odd order r, where every root is unique; and -1 is no square,
        // so that of every element and its negative one lies there.
        let order = (prime.value() - 1) / 2;
        let is_square = prime.pow(residue, order) == prime.one();
        let square = if is_square { residue } else { prime.neg(residue) };
        let power = prime.pow(square, residue_of(exponent, order)?);
        if is_square {
            return Some(power);
        }
        Some(prime.mul(power, self.power_of_minus_one(exponent)?))
    }

    /// A power of -1, as e^(iπ · exponent) would be for exponents whose denominators are powers
    /// of two.
    fn power_of_minus_one(self, exponent: &Rational) -> Option<Element> {
        let prime = self.prime();
        let denominator = exponent.denominator();
        let halvings = denominator.trailing_zeros().unwrap_or(0);
        if halvings > 8 {
            return None;
        }
        let mut root = prime.neg(prime.one());
        for halving in 0..halvings {
            root = if halving == 0 { prime.imaginary_unit() } else { prime.square_root(root)? };
        }
        // The odd part of the denominator is a unit modulo the root's order.
        let order = 2_u64 << halvings;
        let odd = denominator >> halvings;
        let odd = Rational::new(exponent.numerator(), odd)?;
        Some(prime.pow(root, residue_of(&odd, order)?))
    }

    /// A power of any element with an exponent between 0 and 1, where the field has one.
    pub(super) fn fractional_power(self, base: Element, exponent: &Rational) -> Option<Element> {
        if *exponent == Rational::new(1, 2)? {
            return Some(self.root(base));
        }
        // Roots of odd degree are unique below i.
        let order = self.prime().value() - 1;
        base.is_real().then(|| residue_of(exponent, order))?.map(|e| self.prime().pow(base, e))
    }
}

/// A fraction modulo `modulus`, where its denominator is a unit.
fn residue_of(value: &Rational, modulus: u64) -> Option<u64> {
    let big = BigInt::from(modulus);
    let inverse = value.denominator().modinv(&big)?;
    let residue = (value.numerator() * inverse) % &big;
    ((residue + &big) % &big).to_u64()
}
