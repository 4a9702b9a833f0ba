//! Constructors that simplify as a teacher would: no `x·1`, no `+0`, like terms and factors gathered,
//! signs and numeric coefficients in front. Nothing cleverer.
//!
//! They build derivatives. What the file itself wrote is lowered without them and keeps its form.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::{Case, Expr, Literal, NumberStyle, Quantity, Term};
use crate::exact::Number;

/// A numeric coefficient that stands before the rest of a product.
#[derive(Clone)]
struct Coefficient {
    value: Number,
    style: NumberStyle,
}

impl Coefficient {
    fn one() -> Self {
        Self { value: Number::one(), style: NumberStyle::Auto }
    }

    fn of(literal: &Literal) -> Self {
        Self { value: literal.value.clone(), style: literal.style }
    }

    /// The combined number, written as decimal where one part was and the result can be.
    fn combined(&self, other: &Self, value: Number) -> Self {
        let decimal = self.style == NumberStyle::Decimal || other.style == NumberStyle::Decimal;
        let style = if decimal && value.exact_decimal().is_some() {
            NumberStyle::Decimal
        } else if decimal
            || self.style == NumberStyle::Fraction
            || other.style == NumberStyle::Fraction
        {
            NumberStyle::Fraction
        } else {
            NumberStyle::Auto
        };
        Self { value, style }
    }

    fn times(&self, other: &Self) -> Option<Self> {
        Some(self.combined(other, self.value.mul(&other.value).ok()?))
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(self.combined(other, self.value.add(&other.value).ok()?))
    }

    fn over(&self, other: &Self) -> Option<Self> {
        let value = self.value.div(&other.value).ok()?;
        let mut combined = self.combined(other, value);
        if combined.style == NumberStyle::Auto {
            combined.style = NumberStyle::Fraction;
        }
        Some(combined)
    }

    fn is_zero(&self) -> bool {
        self.value == Number::zero()
    }

    fn is_one(&self) -> bool {
        self.value == Number::one()
    }

    fn is_negative(&self) -> bool {
        self.value.sign().is_ok_and(|sign| sign == Ordering::Less)
    }

    fn negated(&self) -> Self {
        Self { value: self.value.neg(), style: self.style }
    }

    fn literal(self) -> Expr {
        Expr::Number(Literal { value: self.value, style: self.style })
    }

    /// This number times `core`, with its sign in front; `None` for the core means 1.
    fn scale(self, core: Option<Expr>) -> Expr {
        let Some(core) = core else { return self.literal() };
        if self.is_zero() {
            return Expr::from(0);
        }
        if self.is_one() {
            return core;
        }
        if self.is_negative() {
            return Expr::Negation(Box::new(self.negated().scale(Some(core))));
        }
        match core {
            Expr::Product(mut factors) => {
                factors.insert(0, self.literal());
                Expr::Product(factors)
            }
            core => Expr::Product(vec![self.literal(), core]),
        }
    }
}

/// Splits `expr` into its numeric coefficient and the rest; no rest where `expr` is a number.
fn split(expr: Expr) -> (Coefficient, Option<Expr>) {
    match expr {
        Expr::Number(literal) => (Coefficient::of(&literal), None),
        Expr::Negation(inner) => {
            let (coefficient, core) = split(*inner);
            (coefficient.negated(), core)
        }
        Expr::Product(mut factors) => match factors.first() {
            Some(Expr::Number(literal)) => {
                let coefficient = Coefficient::of(literal);
                factors.remove(0);
                let core = match factors.len() {
                    0 => None,
                    1 => factors.pop(),
                    _ => Some(Expr::Product(factors)),
                };
                (coefficient, core)
            }
            _ => (Coefficient::one(), Some(Expr::Product(factors))),
        },
        other => (Coefficient::one(), Some(other)),
    }
}

/// The expression rebuilt by these constructors, each quantity replaced by what `replace` gives for it.
pub fn simplify(expr: &Expr, replace: &dyn Fn(Quantity) -> Expr) -> Expr {
    let recurse = |inner: &Expr| simplify(inner, replace);
    match expr {
        Expr::Number(_) | Expr::Infinity { .. } => expr.clone(),
        Expr::Quantity(quantity) => replace(*quantity),
        Expr::Negation(inner) => negate(recurse(inner)),
        Expr::Sum(terms) => sum(terms
            .iter()
            .map(|term| Term { minus: term.minus, expr: recurse(&term.expr) })
            .collect()),
        Expr::Product(factors) => product(factors.iter().map(recurse).collect()),
        Expr::Quotient { numerator, denominator } => {
            quotient(recurse(numerator), recurse(denominator))
        }
        Expr::Power { base, exponent } => power(recurse(base), recurse(exponent)),
        Expr::Call { operator, arguments } => Expr::Call {
            operator: operator.clone(),
            arguments: arguments.iter().map(recurse).collect(),
        },
        Expr::Cases(cases) => {
            cases_of(cases.iter().map(|case| case.map(&mut |inner| recurse(inner))).collect())
        }
    }
}

/// −e, without a double sign.
pub fn negate(expr: Expr) -> Expr {
    product(vec![Expr::from(-1), expr])
}

/// The sum of the terms, in their order: nested sums opened, zeros dropped, like terms gathered where the
/// first of them stands.
pub fn sum(terms: Vec<Term>) -> Expr {
    let mut gathered: Vec<(Coefficient, Option<Expr>)> = Vec::new();
    let mut pending: Vec<Term> = terms.into_iter().rev().collect();
    while let Some(Term { minus, expr }) = pending.pop() {
        if let Expr::Sum(inner) = expr {
            pending.extend(
                inner
                    .into_iter()
                    .rev()
                    .map(|term| Term { minus: term.minus != minus, expr: term.expr }),
            );
            continue;
        }
        let (mut coefficient, core) = split(expr);
        if minus {
            coefficient = coefficient.negated();
        }
        let like = gathered.iter_mut().find(|(_, other)| are_like(other.as_ref(), core.as_ref()));
        match like.and_then(|entry| Some((entry.0.plus(&coefficient)?, entry))) {
            Some((total, entry)) => entry.0 = total,
            None => gathered.push((coefficient, core)),
        }
    }
    gathered.retain(|(coefficient, _)| !coefficient.is_zero());
    let mut members: Vec<Term> = gathered
        .into_iter()
        .map(|(coefficient, core)| {
            if coefficient.is_negative() {
                Term { minus: true, expr: coefficient.negated().scale(core) }
            } else {
                Term { minus: false, expr: coefficient.scale(core) }
            }
        })
        .collect();
    match members.len() {
        0 => Expr::from(0),
        1 => {
            let term = members.remove(0);
            if term.minus { negate(term.expr) } else { term.expr }
        }
        _ => Expr::Sum(members),
    }
}

/// Whether two terms differ in nothing but their coefficients and the order of their factors.
fn are_like(left: Option<&Expr>, right: Option<&Expr>) -> bool {
    let (Some(Expr::Product(left)), Some(Expr::Product(right))) = (left, right) else {
        return left == right;
    };
    if left.len() != right.len() {
        return false;
    }
    let mut unmatched: Vec<&Expr> = right.iter().collect();
    left.iter().all(|factor| {
        let found = unmatched.iter().position(|other| *other == factor);
        found.map(|position| unmatched.swap_remove(position)).is_some()
    })
}

/// Factors with their exponents, equal ones together.
#[derive(Default)]
struct Factors {
    list: Vec<(Expr, i64)>,
    /// Where the names among the first `indexed` of them stand.
    positions: FxHashMap<Quantity, usize>,
    indexed: usize,
}

impl Factors {
    fn add(&mut self, base: Expr, exponent: i64) {
        match self.position(&base) {
            Some(position) => self.list[position].1 += exponent,
            None => self.list.push((base, exponent)),
        }
    }

    fn position(&mut self, base: &Expr) -> Option<usize> {
        // Few factors are compared faster than hashed.
        const FEW: usize = 16;
        match base {
            Expr::Quantity(quantity) if self.list.len() > FEW => {
                for (position, (own, _)) in self.list.iter().enumerate().skip(self.indexed) {
                    if let Expr::Quantity(own) = own {
                        self.positions.entry(*own).or_insert(position);
                    }
                }
                self.indexed = self.list.len();
                self.positions.get(quantity).copied()
            }
            _ => self.list.iter().position(|(own, _)| own == base && !own.has_cases()),
        }
    }
}

/// The product of the factors, in their order: nested products opened, numbers gathered in front, equal
/// factors gathered into powers, the rest multiplied into the branches of a lone case distinction.
pub fn product(factors: Vec<Expr>) -> Expr {
    let mut coefficient = Coefficient::one();
    let mut divisor = Coefficient::one();
    let mut gathered = Factors::default();
    let mut pending: Vec<Expr> = factors.into_iter().rev().collect();
    while let Some(factor) = pending.pop() {
        match factor {
            Expr::Product(inner) => pending.extend(inner.into_iter().rev()),
            Expr::Negation(inner) => {
                coefficient = coefficient.negated();
                pending.push(*inner);
            }
            Expr::Number(literal) => match coefficient.times(&Coefficient::of(&literal)) {
                Some(total) => coefficient = total,
                None => gathered.list.push((Expr::Number(literal), 1)),
            },
            Expr::Cases(cases) => match cases_of(cases) {
                cases @ Expr::Cases(_) => gathered.list.push((cases, 1)),
                // All branches agree, so it is no distinction.
                agreed => pending.push(agreed),
            },
            Expr::Quotient { numerator, denominator } if denominator.as_number().is_some() => {
                let below = split(*denominator).0;
                match divisor.times(&below) {
                    Some(total) if !below.is_zero() => {
                        divisor = total;
                        pending.push(*numerator);
                    }
                    _ => gathered.list.push((
                        Expr::Quotient { numerator, denominator: Box::new(below.literal()) },
                        1,
                    )),
                }
            }
            other => {
                let (base, exponent) = as_power(other);
                gathered.add(base, exponent);
            }
        }
    }
    if coefficient.is_zero() {
        return Expr::from(0);
    }
    let mut rest: Vec<Expr> = gathered
        .list
        .into_iter()
        .map(|(base, exponent)| power(base, Expr::from(exponent)))
        .filter(|factor| !factor.is_integer(1))
        .collect();
    if !divisor.is_one() {
        let core = if rest.is_empty() { None } else { Some(product(rest)) };
        return match coefficient.over(&divisor) {
            Some(ratio) => over_number(ratio, core),
            None => coefficient.scale(core),
        };
    }
    if rest.iter().filter(|factor| factor.has_cases()).count() == 1
        && let Some(position) = rest.iter().position(|factor| matches!(factor, Expr::Cases(_)))
    {
        return into_cases(&coefficient, rest, position);
    }
    match rest.len() {
        0 => coefficient.literal(),
        1 => coefficient.scale(rest.pop()),
        _ => coefficient.scale(Some(Expr::Product(rest))),
    }
}

/// A base and its positive integer exponent, where it is written so.
pub(super) fn as_power(expr: Expr) -> (Expr, i64) {
    if let Expr::Power { base, exponent } = &expr
        && let Some(value) = exponent.as_number().and_then(Number::as_rational)
        && let Some(value) = value.to_i64()
        && (1..=1_000_000).contains(&value)
    {
        return ((**base).clone(), value);
    }
    (expr, 1)
}

/// A product with one case distinction in it: the other factors go into each branch, which is how it is
/// written by hand.
fn into_cases(coefficient: &Coefficient, mut factors: Vec<Expr>, position: usize) -> Expr {
    let Expr::Cases(cases) = factors.remove(position) else {
        return coefficient.clone().scale(Some(Expr::Product(factors)));
    };
    let scaled = cases
        .into_iter()
        .map(|case| {
            let mut branch = vec![coefficient.clone().literal()];
            branch.extend(factors.iter().cloned());
            branch.insert(position + 1, case.value);
            Case { value: product(branch), conditions: case.conditions, kink: case.kink }
        })
        .collect();
    cases_of(scaled)
}

/// A case distinction, or its one value where all branches agree.
pub(super) fn cases_of(cases: Vec<Case>) -> Expr {
    match cases.first() {
        Some(first) if cases.iter().all(|case| case.value == first.value) => first.value.clone(),
        _ => Expr::Cases(cases),
    }
}

/// base ^ exponent, without the exponents 0 and 1, and without a power of a power.
pub fn power(base: Expr, exponent: Expr) -> Expr {
    if exponent.is_integer(0) {
        Expr::from(1)
    } else if exponent.is_integer(1) || base.is_integer(1) {
        base
    } else if let (Some(inner), Some(outer)) = (written_exponent(&base), integer(&exponent))
        && let Some(total) = inner.checked_mul(outer)
        && let Expr::Power { base, .. } = base
    {
        power(*base, Expr::from(total))
    } else {
        Expr::Power { base: Box::new(base), exponent: Box::new(exponent) }
    }
}

/// The integer that an expression is.
fn integer(expr: &Expr) -> Option<i64> {
    expr.as_number().and_then(Number::as_rational).and_then(crate::exact::Rational::to_i64)
}

/// The exponent of a power, where it is an integer in place.
fn written_exponent(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Power { exponent, .. } => integer(exponent),
        _ => None,
    }
}

/// numerator / denominator, with the sign in front and numeric coefficients reduced.
pub fn quotient(numerator: Expr, denominator: Expr) -> Expr {
    let (top, top_core) = split(numerator);
    let (bottom, bottom_core) = split(denominator);
    if top.is_zero() {
        return Expr::from(0);
    }
    let Some(ratio) = top.over(&bottom) else {
        // A zero denominator: the evaluator reports it where it is met.
        return Expr::Quotient {
            numerator: Box::new(top.scale(top_core)),
            denominator: Box::new(bottom.scale(bottom_core)),
        };
    };
    let Some(bottom_core) = bottom_core else {
        return over_number(ratio, top_core);
    };
    let negative = ratio.is_negative();
    let ratio = if negative { ratio.negated() } else { ratio };
    let (above, below) = numerator_and_denominator(&ratio);
    let result = Expr::Quotient {
        numerator: Box::new(above.scale(top_core)),
        denominator: Box::new(below.scale(Some(bottom_core))),
    };
    if negative { Expr::Negation(Box::new(result)) } else { result }
}

/// `ratio · core` with what divides below the line: x/3 and not ⅓x, since the file wrote a quotient.
fn over_number(ratio: Coefficient, core: Option<Expr>) -> Expr {
    let Some(core) = core else { return ratio.literal() };
    let negative = ratio.is_negative();
    let ratio = if negative { ratio.negated() } else { ratio };
    let (above, below) = numerator_and_denominator(&ratio);
    let result = if below.is_one() {
        above.scale(Some(core))
    } else {
        Expr::Quotient {
            numerator: Box::new(above.scale(Some(core))),
            denominator: Box::new(below.literal()),
        }
    };
    if negative { Expr::Negation(Box::new(result)) } else { result }
}

/// Splits a positive ratio into what stands above and below a fraction line; a decimal stays above.
fn numerator_and_denominator(ratio: &Coefficient) -> (Coefficient, Coefficient) {
    match ratio.value.as_rational() {
        Some(rational) if ratio.style != NumberStyle::Decimal => {
            let part = |value| Coefficient {
                value: Number::from(crate::exact::Rational::from(value)),
                style: NumberStyle::Auto,
            };
            (part(rational.numerator()), part(rational.denominator()))
        }
        _ => (ratio.clone(), Coefficient::one()),
    }
}
