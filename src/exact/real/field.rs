//! The finite fields in which fingerprints are taken: pairs a + b·i over a 61-bit prime that is 3
//! modulo 4, so that -1 has no square root below i.

/// A prime below 2^61 that is 3 modulo 4, with what Montgomery multiplication needs (Montgomery,
/// "Modular multiplication without trial division", 1985).
#[derive(Debug)]
pub(super) struct Prime {
    value: u64,
    /// -1 / `value` modulo 2^64.
    negative_inverse: u64,
    /// 2^128 modulo `value`: brings a word into Montgomery form.
    square_of_radix: u64,
    /// 1 in Montgomery form.
    one: u64,
}

/// An element a + b·i, both parts in Montgomery form and less than the prime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Element {
    real: u64,
    imaginary: u64,
}

impl Element {
    pub(super) const ZERO: Self = Self { real: 0, imaginary: 0 };

    pub(super) fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// Whether the element lies in the prime field.
    pub(super) fn is_real(self) -> bool {
        self.imaginary == 0
    }

    /// Two words that determine the element.
    pub(super) fn words(self) -> [u64; 2] {
        [self.real, self.imaginary]
    }
}

impl Prime {
    pub(super) const fn new(value: u64) -> Self {
        assert!(value < 1 << 61 && value % 4 == 3);
        // Newton's iteration doubles the number of correct low bits: 3, 6, 12, 24, 48, 96.
        let mut inverse = value;
        let mut step = 0;
        while step < 5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(value.wrapping_mul(inverse)));
            step += 1;
        }
        let mut one = 1;
        let mut square_of_radix = 1;
        let mut doubling = 0;
        while doubling < 128 {
            square_of_radix = square_of_radix * 2 % value;
            if doubling == 63 {
                one = square_of_radix;
            }
            doubling += 1;
        }
        Self { value, negative_inverse: inverse.wrapping_neg(), square_of_radix, one }
    }

    pub(super) fn value(&self) -> u64 {
        self.value
    }

    pub(super) fn one(&self) -> Element {
        Element { real: self.one, imaginary: 0 }
    }

    /// One half.
    pub(super) fn half(&self) -> Element {
        self.element(self.value.div_ceil(2))
    }

    /// The square root of -1.
    pub(super) fn imaginary_unit(&self) -> Element {
        Element { real: 0, imaginary: self.one }
    }

    /// The residue of a word.
    pub(super) fn element(&self, word: u64) -> Element {
        Element { real: self.product(word % self.value, self.square_of_radix), imaginary: 0 }
    }

    /// The least words that the two parts are residues of.
    pub(super) fn residues(&self, element: Element) -> [u64; 2] {
        [self.reduced(element.real.into()), self.reduced(element.imaginary.into())]
    }

    /// t / 2^64 for t less than 2^64 times the prime.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the low word is meant, and the rest fits")]
    fn reduced(&self, wide: u128) -> u64 {
        let multiple = (wide as u64).wrapping_mul(self.negative_inverse);
        let word = ((wide + u128::from(multiple) * u128::from(self.value)) >> 64) as u64;
        if word >= self.value { word - self.value } else { word }
    }

    #[inline]
    fn product(&self, a: u64, b: u64) -> u64 {
        self.reduced(u128::from(a) * u128::from(b))
    }

    #[inline]
    fn sum(&self, a: u64, b: u64) -> u64 {
        let sum = a + b;
        if sum >= self.value { sum - self.value } else { sum }
    }

    #[inline]
    fn difference(&self, a: u64, b: u64) -> u64 {
        if a >= b { a - b } else { a + self.value - b }
    }

    #[inline]
    pub(super) fn add(&self, a: Element, b: Element) -> Element {
        Element { real: self.sum(a.real, b.real), imaginary: self.sum(a.imaginary, b.imaginary) }
    }

    #[inline]
    pub(super) fn sub(&self, a: Element, b: Element) -> Element {
        Element {
            real: self.difference(a.real, b.real),
            imaginary: self.difference(a.imaginary, b.imaginary),
        }
    }

    pub(super) fn neg(&self, a: Element) -> Element {
        self.sub(Element::ZERO, a)
    }

    #[inline]
    pub(super) fn mul(&self, a: Element, b: Element) -> Element {
        if a.is_real() && b.is_real() {
            return Element { real: self.product(a.real, b.real), imaginary: 0 };
        }
        Element {
            real: self
                .difference(self.product(a.real, b.real), self.product(a.imaginary, b.imaginary)),
            imaginary: self
                .sum(self.product(a.real, b.imaginary), self.product(a.imaginary, b.real)),
        }
    }

    pub(super) fn pow(&self, base: Element, exponent: u64) -> Element {
        let mut power = self.one();
        for bit in (0..u64::BITS - exponent.leading_zeros()).rev() {
            power = self.mul(power, power);
            if exponent >> bit & 1 == 1 {
                power = self.mul(power, base);
            }
        }
        power
    }

    /// One divided by `a`; `None` for 0.
    pub(super) fn inverse(&self, a: Element) -> Option<Element> {
        if a.is_zero() {
            return None;
        }
        // 1 / (a + bi) = (a - bi) / (a^2 + b^2), and the norm is not 0 because -1 is no square.
        let conjugate = Element { real: a.real, imaginary: self.difference(0, a.imaginary) };
        let norm = self.mul(a, conjugate);
        Some(self.mul(conjugate, self.pow(norm, self.value - 2)))
    }

    /// One divided by the residue of a word, fast for small words; `None` for 0.
    pub(super) fn inverse_of_word(&self, word: u64) -> Option<Element> {
        // The Euclidean algorithm, which takes few steps where one number is small. Factors stay
        // below the prime in magnitude.
        let (mut previous, mut current) = (self.value, word % self.value);
        let (mut previous_factor, mut factor) = (0_i64, 1_i64);
        while current > 1 {
            let quotient = previous / current;
            (previous, current) = (current, previous - quotient * current);
            let step = quotient.cast_signed() * factor;
            (previous_factor, factor) = (factor, previous_factor - step);
        }
        if current == 0 {
            return None;
        }
        let inverse = self.element(factor.unsigned_abs());
        Some(if factor < 0 { self.neg(inverse) } else { inverse })
    }

    /// A square root of `a`, always the same one of the two; `None` where there is none.
    ///
    /// Adj and Rodríguez-Henríquez, "Square root computation over even extension fields" (2014),
    /// algorithm 9.
    pub(super) fn square_root(&self, a: Element) -> Option<Element> {
        let power = self.pow(a, (self.value - 3) / 4);
        let candidate = self.mul(power, a);
        let test = self.mul(power, candidate);
        let root = if test == self.one() {
            candidate
        } else if test == self.neg(self.one()) {
            self.mul(self.imaginary_unit(), candidate)
        } else {
            let factor = self.pow(self.add(self.one(), test), (self.value - 1) / 2);
            self.mul(factor, candidate)
        };
        if self.mul(root, root) != a {
            return None;
        }
        let opposite = self.neg(root);
        Some(if root.words() <= opposite.words() { root } else { opposite })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRIME: Prime = Prime::new(2_305_843_009_213_542_959);

    fn oracle_product(a: [u64; 2], b: [u64; 2]) -> [u64; 2] {
        let modulus = u128::from(PRIME.value);
        let times = |a: u64, b: u64| u128::from(a) * u128::from(b) % modulus;
        let real = (times(a[0], b[0]) + modulus - times(a[1], b[1])) % modulus;
        let imaginary = (times(a[0], b[1]) + times(a[1], b[0])) % modulus;
        [real, imaginary].map(|part| u64::try_from(part).expect("a residue is a word"))
    }

    fn element(parts: [u64; 2]) -> Element {
        let imaginary = PRIME.mul(PRIME.element(parts[1]), PRIME.imaginary_unit());
        PRIME.add(PRIME.element(parts[0]), imaginary)
    }

    proptest! {
        #[test]
        fn multiplies_like_long_arithmetic(
            a in [0..PRIME.value, 0..PRIME.value],
            b in [0..PRIME.value, 0..PRIME.value],
        ) {
            prop_assert_eq!(PRIME.residues(element(a)), a);
            let product = PRIME.mul(element(a), element(b));
            prop_assert_eq!(PRIME.residues(product), oracle_product(a, b));
            prop_assert_eq!(PRIME.sub(PRIME.add(element(a), element(b)), element(b)), element(a));
        }

        #[test]
        fn inverses_and_roots_undo(parts in [1..PRIME.value, 0..PRIME.value]) {
            let a = element(parts);
            let inverse = PRIME.inverse(a).expect("not 0");
            prop_assert_eq!(PRIME.mul(a, inverse), PRIME.one());
            let word = PRIME.inverse_of_word(parts[0]);
            prop_assert_eq!(word, PRIME.inverse(PRIME.element(parts[0])));
            let square = PRIME.mul(a, a);
            let root = PRIME.square_root(square).expect("a square");
            prop_assert!(root == a || root == PRIME.neg(a));
            let real = PRIME.element(parts[0]);
            prop_assert!(PRIME.square_root(real).is_some(), "every real element has a root");
        }
    }

    #[test]
    fn zero_has_a_root_and_no_inverse() {
        assert_eq!(PRIME.square_root(Element::ZERO), Some(Element::ZERO));
        assert_eq!(PRIME.inverse(Element::ZERO), None);
        assert_eq!(PRIME.pow(PRIME.element(3), PRIME.value - 1), PRIME.one());
    }
}
