//! Logarithms in fingerprints: what they are in a field, and how exp undoes them.
//!
//! exp(u) is g^u in a field, and no value of ln 3 that can be computed makes g^(ln 3) equal 3. So a
//! fingerprint remembers the logarithms in its number, as the sum of rational multiples of them
//! that it is but for a rest, and exp takes them out: exp(x + ln(a) / 2) is exp(x) times a power of
//! a.
//!
//! The logarithm of a sum is hashed from the sum's value, such that ln(1/a) = -ln(a). Where every
//! term is an exponential or a constant, the geometric mean of the terms is taken out before, so
//! that ln(exp(x) + exp(y)) = x + ln(1 + exp(y - x)). softplus, and the logarithms of
//! sigmoid(x), 1 - sigmoid(x) and 1 ± tanh(x), are such logarithms.

use std::sync::Arc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;

use super::chain::{Field, Tag};
use super::construct::{form_of, split};
use super::factor::factors;
use super::field::Element;
use super::fingerprint::{Fingerprint, Residues};
use super::form::{Form, Function};
use crate::exact::{Number, Rational};

/// How far a logarithm is followed into the products and powers that its argument is made of.
const DEPTH: u32 = 16;

/// The most logarithms that a number remembers; of more it forgets all.
const MAX_LOGARITHMS: usize = 64;

/// The most terms of a sum whose logarithm is looked into.
const MAX_TERMS: usize = 16;

/// A number whose logarithm is no sum of others'.
#[derive(Debug)]
struct Atom {
    is_prime: bool,
    /// The number, which is positive.
    argument: Residues,
    logarithm: Residues,
}

/// A sum of rational multiples of logarithms.
#[derive(Clone, Debug, Default)]
pub(super) struct Logarithms(Option<Arc<[Multiple]>>);

/// A coefficient, and the number whose logarithm it multiplies.
type Multiple = (Rational, Arc<Atom>);

impl Logarithms {
    fn from_terms(terms: Vec<Multiple>) -> Self {
        let is_kept = !terms.is_empty() && terms.len() <= MAX_LOGARITHMS;
        Self(is_kept.then(|| terms.into()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn terms(&self) -> &[Multiple] {
        self.0.as_deref().unwrap_or_default()
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        if self.is_empty() {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        let mut terms = self.terms().to_vec();
        for (coefficient, atom) in other.terms() {
            let is_same =
                |known: &Arc<Atom>| Arc::ptr_eq(known, atom) || known.argument == atom.argument;
            match terms.iter_mut().find(|(_, known)| is_same(known)) {
                Some((known, _)) => *known = &*known + coefficient,
                None => terms.push((coefficient.clone(), Arc::clone(atom))),
            }
        }
        terms.retain(|(coefficient, _)| !coefficient.is_zero());
        Self::from_terms(terms)
    }

    pub(super) fn scaled(&self, factor: &Rational) -> Self {
        if self.is_empty() || factor.is_zero() {
            return Self::default();
        }
        let scaled = |(coefficient, atom): &Multiple| (coefficient * factor, Arc::clone(atom));
        Self::from_terms(self.terms().iter().map(scaled).collect())
    }

    /// exp of a number with this value, in which these logarithms are.
    pub(super) fn exp(&self, value: &Residues) -> Residues {
        Residues::by_field(|field| {
            let exponents = field.of_exponents();
            let mut rest = value.at(exponents)?;
            let mut power = field.prime().one();
            for (coefficient, atom) in self.terms() {
                let Some((taken, factor)) = atom.power(field, coefficient) else { continue };
                let prime = exponents.prime();
                let logarithm =
                    prime.mul(exponents.rational(&taken)?, atom.logarithm.at(exponents)?);
                rest = prime.sub(rest, logarithm);
                power = field.prime().mul(power, factor);
            }
            Some(field.prime().mul(power, field.exp(rest)))
        })
    }
}

impl Atom {
    /// A power of the number in a field, for as much of the exponent as the field has roots.
    fn power(&self, field: Field, exponent: &Rational) -> Option<(Rational, Element)> {
        let base = self.argument.at(field)?;
        if self.is_prime {
            return Some((exponent.clone(), field.power_of_prime(base, exponent)?));
        }
        let integer = exponent.numerator().div_floor(&exponent.denominator()).to_i64()?;
        let whole = Rational::from(integer);
        let power = field.prime().pow(base, integer.unsigned_abs());
        let power = if integer < 0 { field.prime().inverse(power)? } else { power };
        let fraction = exponent - &whole;
        if fraction.is_zero() {
            return Some((whole, power));
        }
        Some(match field.fractional_power(base, &fraction) {
            Some(root) => (exponent.clone(), field.prime().mul(power, root)),
            None => (whole, power),
        })
    }

    /// The fingerprint of the logarithm.
    fn into_logarithm(self) -> Fingerprint {
        let residues = self.logarithm.clone();
        Fingerprint::new(residues, Logarithms::from_terms(vec![(Rational::one(), Arc::new(self))]))
    }
}

/// The fingerprint of ln |`argument`|.
pub(super) fn of(argument: &Number) -> Fingerprint {
    of_number(argument, DEPTH)
}

fn of_number(argument: &Number, depth: u32) -> Fingerprint {
    if let Some(rational) = argument.as_rational() {
        return of_rational(rational);
    }
    let within = |operand: &Number| of_number(operand, depth - 1);
    match form_of(argument) {
        Some(form) if depth > 0 => match form {
            Form::Product(a, b) => within(a).add(&within(b)),
            Form::Quotient(a, b) => within(a).add(&within(b).neg()),
            Form::Power(base, exponent) => match exponent.as_rational() {
                Some(exponent) => within(base).scaled(exponent),
                None => within(base).mul(&exponent.fingerprint()),
            },
            Form::Function(Function::Exp, exponent) => exponent.fingerprint().into_owned(),
            Form::Function(Function::Sqrt, square) => within(square).scaled(&half()),
            // sigmoid(x) = 1 / (1 + exp(-x))
            Form::Function(Function::Sigmoid, exponent) => {
                softplus(&exponent.fingerprint().neg()).neg()
            }
            Form::Sum(..) => of_sum(argument),
            _ => of_atom(argument),
        },
        _ => of_atom(argument),
    }
}

/// The fingerprint of ln |`value`|.
pub(super) fn of_rational(value: &Rational) -> Fingerprint {
    let mut terms = Vec::new();
    for (integer, sign) in [(value.numerator(), 1), (value.denominator(), -1)] {
        for (factor, exponent) in factors(integer.magnitude()) {
            let words = factor.to_u64_digits();
            let factor = BigInt::from(factor);
            let atom = Atom {
                is_prime: true,
                argument: Residues::by_field(|field| Some(field.integer(&factor))),
                logarithm: Residues::by_field(|field| {
                    Some(field.hashed(Tag::LogarithmOfPrime, &words))
                }),
            };
            terms.push((Rational::from(BigInt::from(exponent) * sign), Arc::new(atom)));
        }
    }
    let residues = Residues::by_field(|field| {
        terms.iter().try_fold(Element::ZERO, |sum, (exponent, atom)| {
            let term = field.prime().mul(field.rational(exponent)?, atom.logarithm.at(field)?);
            Some(field.prime().add(sum, term))
        })
    });
    Fingerprint::new(residues, Logarithms::from_terms(terms))
}

/// The fingerprint of ln |`argument`| for a real number, from its value alone.
fn of_atom(argument: &Number) -> Fingerprint {
    let print = argument.fingerprint();
    with_logarithm(argument, print.residues().map(Field::logarithm))
}

/// ln |`argument`|, whose value is `logarithm`.
fn with_logarithm(argument: &Number, logarithm: Residues) -> Fingerprint {
    let print = argument.fingerprint();
    let sign = argument.as_real().and_then(|real| real.glance()?.sign());
    let argument = match sign {
        Some(sign) if sign.is_gt() => print.residues().clone(),
        Some(_) => print.residues().neg(),
        // Which of the two is positive is not known: exp does without.
        None => return logarithm.into(),
    };
    Atom { is_prime: false, argument, logarithm }.into_logarithm()
}

/// The fingerprint of ln(1 + exp(x)).
pub(super) fn softplus(x: &Fingerprint) -> Fingerprint {
    let power = x.exp();
    let sum = power.map(|field, power| Some(field.prime().add(field.prime().one(), power)));
    if let Some(rational) = sum.as_rational() {
        return of_rational(&rational);
    }
    let logarithm = of_balanced_sum(&sum, 2, &power, x.residues());
    Atom { is_prime: false, argument: sum, logarithm }.into_logarithm()
}

/// ln of a sum from the product of its terms and the sum of their logarithms: with the mean m of
/// those, ln(t₁ + … + tₙ) = m + ln(t₁/e^m + … + tₙ/e^m).
fn of_balanced_sum(
    sum: &Residues,
    count: i64,
    product: &Residues,
    logarithms: &Residues,
) -> Residues {
    let balanced = sum.pow(count).div(product).map(Field::logarithm);
    let share = Rational::new(1, count).unwrap_or_default();
    let whole = logarithms.add(&balanced);
    whole.map(|field, whole| Some(field.prime().mul(whole, field.rational(&share)?)))
}

fn of_sum(argument: &Number) -> Fingerprint {
    let Some(terms) = terms_of(argument) else { return of_atom(argument) };
    if let Some(logarithm) = of_logistic(&terms) {
        return logarithm;
    }
    let Some(monomials) = monomials(&terms) else { return of_atom(argument) };
    let one = Fingerprint::of_rational(&Rational::one());
    let zero = Fingerprint::of_rational(&Rational::zero());
    let mut count = 0;
    let (mut product, mut sum) = (one.residues().clone(), zero.residues().clone());
    for Monomial { coefficient, core, logarithm } in &monomials {
        count += 1;
        product = product.mul(core.scaled(coefficient).residues());
        sum = sum.add(of_rational(coefficient).residues()).add(logarithm.residues());
    }
    let print = argument.fingerprint();
    with_logarithm(argument, of_balanced_sum(print.residues(), count, &product, &sum))
}

/// The terms of a sum as rational multiples, if they are few.
fn terms_of(sum: &Number) -> Option<Vec<(Rational, Number)>> {
    let mut terms = Vec::new();
    let mut stack = vec![sum.clone()];
    while let Some(number) = stack.pop() {
        if terms.len() + stack.len() >= MAX_TERMS {
            return None;
        }
        match form_of(&number) {
            Some(Form::Sum(first, second)) => stack.extend([second.clone(), first.clone()]),
            _ => terms.push(split(&number)),
        }
    }
    Some(terms)
}

/// c (1 - sigmoid(x)) = c / (1 + exp(x)) and c (1 ± tanh(x)) = 2c / (1 + exp(∓2x)).
fn of_logistic(terms: &[(Rational, Number)]) -> Option<Fingerprint> {
    let [(constant, one), (factor, core)] = terms else { return None };
    if one.as_rational().is_none() {
        return core.as_rational().and_then(|_| {
            of_logistic(&[(factor.clone(), core.clone()), (constant.clone(), one.clone())])
        });
    }
    let Some(Form::Function(function, x)) = form_of(core) else { return None };
    let is_difference = *factor == -constant;
    let twice = if is_difference { Rational::from(2) } else { Rational::from(-2) };
    match function {
        Function::Sigmoid if is_difference => {
            Some(of_rational(constant).add(&softplus(&x.fingerprint()).neg()))
        }
        Function::Tanh if is_difference || factor == constant => {
            let doubled = constant * &Rational::from(2);
            Some(of_rational(&doubled).add(&softplus(&x.fingerprint().scaled(&twice)).neg()))
        }
        _ => None,
    }
}

/// A rational multiple of a product of exponentials and roots of rationals.
struct Monomial {
    coefficient: Rational,
    core: Fingerprint,
    /// ln |core|
    logarithm: Fingerprint,
}

/// The terms with like terms together, if all are monomials and some have exponentials.
fn monomials(terms: &[(Rational, Number)]) -> Option<Vec<Monomial>> {
    let mut monomials: Vec<Monomial> = Vec::new();
    let mut has_exponential = false;
    for (coefficient, core) in terms {
        let logarithm = logarithm_of_monomial(core, DEPTH, &mut has_exponential)?;
        let core = core.fingerprint().into_owned();
        match monomials.iter_mut().find(|known| known.core == core) {
            Some(known) => known.coefficient = &known.coefficient + coefficient,
            None => monomials.push(Monomial { coefficient: coefficient.clone(), core, logarithm }),
        }
    }
    monomials.retain(|monomial| !monomial.coefficient.is_zero());
    has_exponential.then_some(monomials)
}

fn logarithm_of_monomial(
    number: &Number,
    depth: u32,
    has_exponential: &mut bool,
) -> Option<Fingerprint> {
    if let Some(rational) = number.as_rational() {
        return Some(of_rational(rational));
    }
    let depth = depth.checked_sub(1)?;
    match form_of(number)? {
        Form::Function(Function::Exp, exponent) => {
            *has_exponential = true;
            Some(exponent.fingerprint().into_owned())
        }
        Form::Function(Function::Sqrt, square) => {
            Some(of_rational(square.as_rational()?).scaled(&half()))
        }
        Form::Power(base, exponent) => {
            let exponent = exponent.as_rational()?;
            Some(logarithm_of_monomial(base, depth, has_exponential)?.scaled(exponent))
        }
        Form::Product(a, b) => {
            let a = logarithm_of_monomial(a, depth, has_exponential)?;
            Some(a.add(&logarithm_of_monomial(b, depth, has_exponential)?))
        }
        Form::Quotient(a, b) => {
            let a = logarithm_of_monomial(a, depth, has_exponential)?;
            Some(a.add(&logarithm_of_monomial(b, depth, has_exponential)?.neg()))
        }
        _ => None,
    }
}

fn half() -> Rational {
    Rational::new(1, 2).unwrap_or_default()
}
