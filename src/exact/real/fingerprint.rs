//! Fingerprints: the values of closed forms in finite fields, which tell equal from different.
//!
//! An enclosure can prove that a number is not 0, and never that it is. So every real number also
//! carries the value that its form takes modulo several primes, where arithmetic is exact: what is
//! 0 has the fingerprint 0, and what has the fingerprint 0 without being 0 is a coincidence of
//! probability 2^-61, which the enclosure must then share. (Gonnet, "Determining equivalence of
//! expressions in random polynomial time", 1984.)
//!
//! The functions take values there that satisfy their functional equations:
//! - √ of a rational is the product of roots of its prime factors; √ of anything else is a root in
//!   the field where it has one.
//! - exp is a homomorphism. If p = 2r + 1 are both prime, g^u in the field of p depends on u
//!   modulo r alone, so that exp(u) at one level of a chain of primes is g^u with the u of the
//!   level beneath. Sine and cosine are made of exp(iu).
//! - ln of a rational is the sum of the logarithms of its prime factors, and ln of a product that
//!   of its factors'.
//! - a power with a rational exponent is a power of a root in the field where it has one.
//! - exp of a logarithm is what the logarithm is of, in sums and multiples too.
//! - sigmoid, tanh, softplus, other powers and the other logarithms are rewritten through these.
//! - Everything else (π, erf, the logarithm of a sum, exp at the last level) is a value hashed
//!   from the fingerprint of its argument.
//!
//! An equation that these rules miss makes a zero go unrecognised, never a number that is not 0
//! taken for one.

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;

use super::chain::{CHAINS, Field, LEVELS, PRIMES, Tag};
use super::factor::factors;
use super::field::Element;
use super::form::{Form, Function, Node};
use crate::exact::{Number, Rational};

/// The value of a form in every field; `None` in a field where it divides by 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::exact) struct Fingerprint([[Option<Element>; LEVELS]; CHAINS]);

impl Fingerprint {
    /// The fingerprint of a rational.
    pub(in crate::exact) fn of_rational(value: &Rational) -> Self {
        Self::by_field(|field| field.rational(value))
    }

    /// The fingerprint of a form, from those of its operands.
    pub(super) fn of_form(form: &Form) -> Self {
        match form {
            Form::Pi => Self::by_field(|field| Some(field.hashed(Tag::Pi, &[]))),
            Form::Sum(a, b) => a
                .fingerprint()
                .combine(&b.fingerprint(), |field, a, b| Some(field.prime().add(a, b))),
            Form::Product(a, b) => a
                .fingerprint()
                .combine(&b.fingerprint(), |field, a, b| Some(field.prime().mul(a, b))),
            Form::Quotient(a, b) => a.fingerprint().combine(&b.fingerprint(), |field, a, b| {
                Some(field.prime().mul(a, field.prime().inverse(b)?))
            }),
            Form::Power(base, exponent) => Self::of_power(base, exponent),
            Form::Function(function, argument) => Self::of_function(*function, argument),
            // The constructor keeps the fingerprint of what it forgets.
            Form::Enclosed(_) => Self([[None; LEVELS]; CHAINS]),
        }
    }

    /// Whether the value is 0 in some field of a first level, where all equations hold that hold
    /// anywhere. A field where one of the roots does not exist may miss a zero.
    pub(super) fn vanishes(&self) -> bool {
        self.firsts().any(|residue| residue.is_some_and(Element::is_zero))
    }

    /// Whether the value is `other` in some field of a first level.
    pub(super) fn may_equal(&self, other: &Rational) -> bool {
        (0..CHAINS).any(|chain| {
            let field = Field { chain, level: 0 };
            self.at(field).is_some() && self.at(field) == field.rational(other)
        })
    }

    /// The rational of least size that has this fingerprint, if numerator and denominator are
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

    fn firsts(&self) -> impl Iterator<Item = Option<Element>> {
        self.0.iter().map(|chain| chain[0])
    }

    fn by_field(residue: impl Fn(Field) -> Option<Element>) -> Self {
        Self(std::array::from_fn(|chain| {
            std::array::from_fn(|level| residue(Field { chain, level }))
        }))
    }

    pub(super) fn at(&self, field: Field) -> Option<Element> {
        self.0[field.chain][field.level]
    }

    fn map(&self, rule: impl Fn(Field, Element) -> Option<Element>) -> Self {
        Self::by_field(|field| rule(field, self.at(field)?))
    }

    fn combine(
        &self,
        other: &Self,
        rule: impl Fn(Field, Element, Element) -> Option<Element>,
    ) -> Self {
        Self::by_field(|field| rule(field, self.at(field)?, other.at(field)?))
    }

    /// exp, from the level beneath.
    fn exp(&self) -> Self {
        Self::by_field(|field| field.exp(self, |_, exponent| exponent))
    }

    fn of_power(base: &Number, exponent: &Number) -> Self {
        Self::of_scaled_power(base, exponent, &Rational::one(), EXPONENTIAL_DEPTH)
    }

    /// The fingerprint of base^(`scale` · `exponent`). The rational terms of the exponent count apart: exp and
    /// ln would not give the base back, and x · x^(b − 1) is x^b.
    fn of_scaled_power(base: &Number, exponent: &Number, scale: &Rational, depth: u32) -> Self {
        if let Some(rational) = exponent.as_rational() {
            return Self::of_rational_power(base, &(scale * rational));
        }
        match exponent.as_real().map(|real| &real.0.form) {
            Some(Form::Sum(a, b)) if depth > 0 => {
                let [a, b] = [a, b].map(|term| Self::of_scaled_power(base, term, scale, depth - 1));
                a.combine(&b, |field, a, b| Some(field.prime().mul(a, b)))
            }
            Some(Form::Product(factor, core)) if depth > 0 && factor.as_rational().is_some() => {
                let scale = factor.as_rational().map_or_else(Rational::one, |own| scale * own);
                Self::of_scaled_power(base, core, &scale, depth - 1)
            }
            _ => {
                let scale = Self::of_rational(scale);
                let exponent = exponent
                    .fingerprint()
                    .combine(&scale, |field, a, b| Some(field.prime().mul(a, b)));
                Self::through_logarithm(base, &exponent)
            }
        }
    }

    fn through_logarithm(base: &Number, exponent: &Self) -> Self {
        logarithm(base)
            .combine(exponent, |field, logarithm, exponent| {
                Some(field.prime().mul(logarithm, exponent))
            })
            .exp()
    }

    fn of_rational_power(base: &Number, exponent: &Rational) -> Self {
        if let Some(exponent) = exponent.to_i64() {
            return base.fingerprint().map(|field, base| {
                let power = field.prime().pow(base, exponent.unsigned_abs());
                if exponent < 0 { field.prime().inverse(power) } else { Some(power) }
            });
        }
        let power = Self::through_logarithm(base, &Self::of_rational(exponent));
        let (Some(numerator), Some(degree)) =
            (exponent.numerator().to_i64(), exponent.denominator().to_u64())
        else {
            return power;
        };
        // A root whose powers give the base again.
        base.fingerprint().combine(&power, |field, base, power| {
            let Some(root) = field.any_root(base, degree) else { return Some(power) };
            let root = field.prime().pow(root, numerator.unsigned_abs());
            if numerator < 0 { field.prime().inverse(root) } else { Some(root) }
        })
    }

    fn of_function(function: Function, argument: &Number) -> Self {
        let print = argument.fingerprint();
        match function {
            Function::Exp => exponential(argument),
            Function::Ln => logarithm(argument),
            Function::Log2 | Function::Log10 => {
                let base = if function == Function::Log2 { 2 } else { 10 };
                let base = logarithm(&Number::from(base));
                logarithm(argument).combine(&base, |field, numerator, denominator| {
                    Some(field.prime().mul(numerator, field.prime().inverse(denominator)?))
                })
            }
            Function::Sqrt => match argument.as_rational() {
                Some(rational) => root_of_rational(rational),
                None => print.map(|field, square| Some(field.root(square))),
            },
            Function::Sigmoid => exponential(argument).map(|field, power| {
                let prime = field.prime();
                Some(prime.mul(power, prime.inverse(prime.add(prime.one(), power))?))
            }),
            Function::Tanh => exponential(argument).map(|field, power| {
                let prime = field.prime();
                let square = prime.mul(power, power);
                let divisor = prime.inverse(prime.add(square, prime.one()))?;
                Some(prime.mul(prime.sub(square, prime.one()), divisor))
            }),
            Function::Softplus => exponential(argument).map(|field, power| {
                let sum = field.prime().add(field.prime().one(), power);
                Some(field.even(Tag::LogarithmOfSum, sum))
            }),
            Function::Sin => {
                Self::by_field(|field| field.sine_and_cosine(&print).map(|(sin, _)| sin))
            }
            Function::Cos => {
                Self::by_field(|field| field.sine_and_cosine(&print).map(|(_, cos)| cos))
            }
            Function::Tan => Self::by_field(|field| {
                let (sin, cos) = field.sine_and_cosine(&print)?;
                Some(field.prime().mul(sin, field.prime().inverse(cos)?))
            }),
            Function::Erf => print.map(|field, argument| Some(field.odd(Tag::Erf, argument))),
        }
    }
}

/// How far an exponential is followed into the sums that its argument is made of.
const EXPONENTIAL_DEPTH: u32 = 16;

/// The fingerprint of e^`argument`.
fn exponential(argument: &Number) -> Fingerprint {
    exponential_of(argument, &Rational::one(), EXPONENTIAL_DEPTH)
}

/// The fingerprint of e^(`scale` · `argument`). A logarithm in the argument gives back what it is of, which
/// exp of its own fingerprint would not.
fn exponential_of(argument: &Number, scale: &Rational, depth: u32) -> Fingerprint {
    if depth > 0
        && let Some(real) = argument.as_real()
    {
        match &real.0.form {
            Form::Sum(a, b) => {
                let [a, b] = [a, b].map(|term| exponential_of(term, scale, depth - 1));
                return a.combine(&b, |field, a, b| Some(field.prime().mul(a, b)));
            }
            Form::Product(factor, core) => {
                if let Some(factor) = factor.as_rational() {
                    return exponential_of(core, &(scale * factor), depth - 1);
                }
            }
            Form::Function(Function::Ln, inner) => {
                return Fingerprint::of_power(inner, &Number::from(scale.clone()));
            }
            _ => {}
        }
    }
    let scale = Fingerprint::of_rational(scale);
    argument
        .fingerprint()
        .combine(&scale, |field, argument, scale| Some(field.prime().mul(argument, scale)))
        .exp()
}

/// How far a logarithm is followed into the products and powers that its argument is made of.
const LOGARITHM_DEPTH: u32 = 16;

/// The fingerprint of ln |`argument`|.
fn logarithm(argument: &Number) -> Fingerprint {
    logarithm_of(argument, LOGARITHM_DEPTH)
}

fn logarithm_of(argument: &Number, depth: u32) -> Fingerprint {
    let Some(real) = argument.as_real() else {
        return argument
            .as_rational()
            .map_or_else(|| Fingerprint([[None; LEVELS]; CHAINS]), logarithm_of_rational);
    };
    let node: &Node = &real.0;
    let sum = |a: &Fingerprint, b: &Fingerprint| {
        a.combine(b, |field, a, b| Some(field.prime().add(a, b)))
    };
    let negative = |a: &Fingerprint| a.map(|field, a| Some(field.prime().neg(a)));
    if depth > 0 {
        match &node.form {
            Form::Product(a, b) => {
                return sum(&logarithm_of(a, depth - 1), &logarithm_of(b, depth - 1));
            }
            Form::Quotient(a, b) => {
                return sum(&logarithm_of(a, depth - 1), &negative(&logarithm_of(b, depth - 1)));
            }
            Form::Power(base, exponent) => {
                let exponent = exponent.fingerprint();
                return logarithm_of(base, depth - 1)
                    .combine(&exponent, |field, a, b| Some(field.prime().mul(a, b)));
            }
            Form::Function(Function::Exp, exponent) => return exponent.fingerprint().into_owned(),
            Form::Function(Function::Sqrt, square) => {
                return logarithm_of(square, depth - 1).map(|field, logarithm| {
                    Some(field.prime().mul(logarithm, field.prime().half()))
                });
            }
            // sigmoid(x) = 1 / (1 + exp(-x)), and exp(-x) is what softplus(-x) starts from.
            Form::Function(Function::Sigmoid, exponent) => {
                let power = negative(&exponent.fingerprint()).exp();
                return power.map(|field, power| {
                    let sum = field.prime().add(field.prime().one(), power);
                    Some(field.prime().neg(field.even(Tag::LogarithmOfSum, sum)))
                });
            }
            _ => {}
        }
    }
    node.fingerprint.map(|field, argument| Some(field.even(Tag::LogarithmOfSum, argument)))
}

fn logarithm_of_rational(value: &Rational) -> Fingerprint {
    let numerator = factors(value.numerator().magnitude());
    let denominator = factors(value.denominator().magnitude());
    Fingerprint::by_field(|field| {
        let prime = field.prime();
        let mut sum = Element::ZERO;
        for (factor, exponent) in &numerator {
            let logarithm = field.hashed(Tag::LogarithmOfPrime, &factor.to_u64_digits());
            sum = prime.add(sum, prime.mul(prime.element(*exponent), logarithm));
        }
        for (factor, exponent) in &denominator {
            let logarithm = field.hashed(Tag::LogarithmOfPrime, &factor.to_u64_digits());
            sum = prime.sub(sum, prime.mul(prime.element(*exponent), logarithm));
        }
        Some(sum)
    })
}

fn root_of_rational(value: &Rational) -> Fingerprint {
    let numerator = factors(value.numerator().magnitude());
    let denominator = factors(value.denominator().magnitude());
    Fingerprint::by_field(|field| {
        let prime = field.prime();
        let root = |factors: &[(BigUint, u64)]| {
            factors.iter().try_fold(prime.one(), |product, (factor, exponent)| {
                let residue = field.integer(&BigInt::from(factor.clone()));
                let root = prime.square_root(residue)?;
                Some(prime.mul(product, prime.pow(root, *exponent)))
            })
        };
        Some(prime.mul(root(&numerator)?, prime.inverse(root(&denominator)?)?))
    })
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
