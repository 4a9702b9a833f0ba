//! Fingerprints: the values of closed forms in finite fields, which tell equal from different.
//!
//! An enclosure can prove that a number is not 0, and never that it is. So every real number also
//! carries the value that its form takes modulo several primes, where arithmetic is exact: what is
//! 0 has the fingerprint 0, and what has the fingerprint 0 without being 0 is a coincidence of
//! probability 2^-61, which the enclosure must then share. (Gonnet, "Determining equivalence of
//! expressions in random polynomial time", 1984.)
//!
//! The functions take values there that satisfy their functional equations:
//! - A rational power of a rational is the product of powers of its prime factors; √ of anything
//!   else is a root in the field where it has one.
//! - exp is a homomorphism. If p = 2r + 1 are both prime, g^u in the field of p depends on u
//!   modulo r alone, so that exp(u) at one level of a chain of primes is g^u with the u of the
//!   level beneath. Sine and cosine are made of exp(iu).
//! - ln of a rational is the sum of the logarithms of its prime factors, and ln of a product that
//!   of its factors'. exp undoes ln: see `logarithms`.
//! - sigmoid, tanh, softplus, powers and the other logarithms are rewritten through these.
//! - Everything else (π, erf, the logarithm of a sum, exp at the last level) is a value hashed
//!   from the fingerprint of its argument.
//!
//! An equation that these rules miss makes a zero go unrecognised, never a number that is not 0
//! taken for one.

use std::hash::{Hash, Hasher};

use super::chain::{CHAINS, Field, LEVELS, PRIMES, Tag};
use super::field::Element;
use super::form::{Form, Function};
use super::logarithms::{self, Logarithms};
use crate::exact::{Number, Rational};

/// The value of a number in every field; `None` in a field where it divides by 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Residues([[Option<Element>; LEVELS]; CHAINS]);

impl Residues {
    pub(super) fn by_field(residue: impl Fn(Field) -> Option<Element>) -> Self {
        Self(std::array::from_fn(|chain| {
            std::array::from_fn(|level| residue(Field { chain, level }))
        }))
    }

    pub(super) fn at(&self, field: Field) -> Option<Element> {
        self.0[field.chain][field.level]
    }

    pub(super) fn map(&self, rule: impl Fn(Field, Element) -> Option<Element>) -> Self {
        Self::by_field(|field| rule(field, self.at(field)?))
    }

    pub(super) fn combine(
        &self,
        other: &Self,
        rule: impl Fn(Field, Element, Element) -> Option<Element>,
    ) -> Self {
        Self::by_field(|field| rule(field, self.at(field)?, other.at(field)?))
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        self.combine(other, |field, a, b| Some(field.prime().add(a, b)))
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        self.combine(other, |field, a, b| Some(field.prime().mul(a, b)))
    }

    pub(super) fn div(&self, other: &Self) -> Self {
        self.combine(other, |field, a, b| Some(field.prime().mul(a, field.prime().inverse(b)?)))
    }

    pub(super) fn neg(&self) -> Self {
        self.map(|field, a| Some(field.prime().neg(a)))
    }

    /// An integer power.
    pub(super) fn pow(&self, exponent: i64) -> Self {
        self.map(|field, base| {
            let power = field.prime().pow(base, exponent.unsigned_abs());
            if exponent < 0 { field.prime().inverse(power) } else { Some(power) }
        })
    }

    /// The rational of least size that has these residues, if numerator and denominator are
    /// below 2^60 and a third prime agrees.
    pub(super) fn as_rational(&self) -> Option<Rational> {
        let [first, second, third] = [self.0[0][0]?, self.0[1][0]?, self.0[2][0]?];
        if !(first.is_real() && second.is_real() && third.is_real()) {
            return None;
        }
        let [p, q] = [&PRIMES[0][0], &PRIMES[1][0]];
        let [a, b] = [p.residues(first)[0], q.residues(second)[0]];
        // Chinese remainders: a + p · ((b - a) / p modulo q).
        let quotient = q.mul(q.sub(q.element(b), q.element(a)), q.inverse(q.element(p.value()))?);
        let modulus = u128::from(p.value()) * u128::from(q.value());
        let residue = u128::from(a) + u128::from(p.value()) * u128::from(q.residues(quotient)[0]);
        let candidate = reconstructed(residue, modulus)?;
        let check = Field { chain: 2, level: 0 }.rational(&candidate)?;
        (check == third).then_some(candidate)
    }
}

/// The residues of a number, and the logarithms that exp of it takes apart.
#[derive(Clone, Debug)]
pub(in crate::exact) struct Fingerprint {
    residues: Residues,
    logarithms: Logarithms,
}

impl PartialEq for Fingerprint {
    /// Equality of the value: the logarithms are how it was made.
    fn eq(&self, other: &Self) -> bool {
        self.residues == other.residues
    }
}

impl Eq for Fingerprint {}

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.residues.hash(state);
    }
}

impl From<Residues> for Fingerprint {
    fn from(residues: Residues) -> Self {
        Self { residues, logarithms: Logarithms::default() }
    }
}

impl Fingerprint {
    /// The fingerprint of a rational.
    pub(in crate::exact) fn of_rational(value: &Rational) -> Self {
        Residues::by_field(|field| field.rational(value)).into()
    }

    pub(super) fn new(residues: Residues, logarithms: Logarithms) -> Self {
        Self { residues, logarithms }
    }

    /// The fingerprint of a form, from those of its operands.
    pub(super) fn of_form(form: &Form) -> Self {
        match form {
            Form::Pi => Residues::by_field(|field| Some(field.hashed(Tag::Pi, &[]))).into(),
            Form::Sum(a, b) => a.fingerprint().add(&b.fingerprint()),
            Form::Product(a, b) => match a.as_rational() {
                Some(coefficient) => b.fingerprint().scaled(coefficient),
                None => a.fingerprint().mul(&b.fingerprint()),
            },
            Form::Quotient(a, b) => a.fingerprint().residues.div(&b.fingerprint().residues).into(),
            Form::Power(base, exponent) => Self::of_power(base, exponent),
            Form::Function(function, argument) => Self::of_function(*function, argument),
            // The constructor keeps the fingerprint of what it forgets.
            Form::Enclosed(_) => Self::unknown(),
        }
    }

    /// What equals nothing.
    pub(super) fn unknown() -> Self {
        Residues([[None; LEVELS]; CHAINS]).into()
    }

    pub(super) fn residues(&self) -> &Residues {
        &self.residues
    }

    /// Whether exp of the number has factors that are no exponentials.
    pub(super) fn has_logarithms(&self) -> bool {
        !self.logarithms.is_empty()
    }

    /// Whether the value is 0 in some field of a first level, where all equations hold that hold
    /// anywhere. A field where one of the roots does not exist may miss a zero.
    pub(super) fn vanishes(&self) -> bool {
        let mut firsts = self.residues.0.iter().map(|chain| chain[0]);
        firsts.any(|residue| residue.is_some_and(Element::is_zero))
    }

    /// Whether the value is `other` in some field of a first level.
    pub(super) fn may_equal(&self, other: &Rational) -> bool {
        (0..CHAINS).any(|chain| {
            let field = Field { chain, level: 0 };
            let own = self.residues.at(field);
            own.is_some() && own == field.rational(other)
        })
    }

    /// The rational that the number may be: see [`Residues::as_rational`].
    pub(super) fn as_rational(&self) -> Option<Rational> {
        self.residues.as_rational()
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let logarithms = self.logarithms.add(&other.logarithms);
        Self { residues: self.residues.add(&other.residues), logarithms }
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        self.residues.mul(&other.residues).into()
    }

    pub(super) fn neg(&self) -> Self {
        let logarithms = self.logarithms.scaled(&Rational::from(-1));
        Self { residues: self.residues.neg(), logarithms }
    }

    /// `coefficient` times the number.
    pub(super) fn scaled(&self, coefficient: &Rational) -> Self {
        let residues = self
            .residues
            .map(|field, value| Some(field.prime().mul(field.rational(coefficient)?, value)));
        Self { residues, logarithms: self.logarithms.scaled(coefficient) }
    }

    pub(super) fn exp(&self) -> Residues {
        self.logarithms.exp(&self.residues)
    }

    fn of_power(base: &Number, exponent: &Number) -> Self {
        let rational = exponent.as_rational();
        if let Some(integer) = rational.and_then(Rational::to_i64) {
            return base.fingerprint().residues.pow(integer).into();
        }
        let logarithm = logarithms::of(base);
        let exponent = match rational {
            Some(rational) => logarithm.scaled(rational),
            None => logarithm.mul(&exponent.fingerprint()),
        };
        exponent.exp().into()
    }

    fn of_function(function: Function, argument: &Number) -> Self {
        let print = argument.fingerprint();
        let residues = match function {
            Function::Exp => print.exp(),
            Function::Ln => return logarithms::of(argument),
            Function::Log2 | Function::Log10 => {
                let base = if function == Function::Log2 { 2 } else { 10 };
                let base = logarithms::of(&Number::from(base));
                logarithms::of(argument).residues.div(&base.residues)
            }
            Function::Sqrt => match argument.as_rational() {
                Some(rational) => {
                    let half = Rational::new(1, 2).unwrap_or_default();
                    logarithms::of_rational(rational).scaled(&half).exp()
                }
                None => print.residues.map(|field, square| Some(field.root(square))),
            },
            Function::Sigmoid => print.exp().map(|field, power| {
                let prime = field.prime();
                Some(prime.mul(power, prime.inverse(prime.add(prime.one(), power))?))
            }),
            Function::Tanh => print.exp().map(|field, power| {
                let prime = field.prime();
                let square = prime.mul(power, power);
                let divisor = prime.inverse(prime.add(square, prime.one()))?;
                Some(prime.mul(prime.sub(square, prime.one()), divisor))
            }),
            Function::Softplus => return logarithms::softplus(&print),
            Function::Sin => Residues::by_field(|field| {
                field.sine_and_cosine(&print.residues).map(|(sin, _)| sin)
            }),
            Function::Cos => Residues::by_field(|field| {
                field.sine_and_cosine(&print.residues).map(|(_, cos)| cos)
            }),
            Function::Tan => Residues::by_field(|field| {
                let (sin, cos) = field.sine_and_cosine(&print.residues)?;
                Some(field.prime().mul(sin, field.prime().inverse(cos)?))
            }),
            Function::Erf => {
                print.residues.map(|field, argument| Some(field.odd(Tag::Erf, argument)))
            }
        };
        residues.into()
    }
}

/// The fraction n/d with |n|, d <= 2^60 that is `residue` modulo `modulus`, by the Euclidean
/// algorithm stopped half-way (Wang, "A p-adic algorithm for univariate partial fractions", 1981).
fn reconstructed(residue: u128, modulus: u128) -> Option<Rational> {
    const BOUND: u128 = 1 << 60;
    let (mut previous, mut current) = (modulus, residue);
    let (mut previous_factor, mut factor) = (0_i128, 1_i128);
    while current > BOUND {
        let quotient = previous / current;
        (previous, current) = (current, previous % current);
        let step = i128::try_from(quotient).ok()?.checked_mul(factor)?;
        (previous_factor, factor) = (factor, previous_factor.checked_sub(step)?);
    }
    if factor.unsigned_abs() > BOUND {
        return None;
    }
    Rational::new(current, factor)
}
