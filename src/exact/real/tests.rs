//! Random expressions, evaluated once as numbers, with every simplification and every recognised
//! rational, and once as bare intervals, without any.

use proptest::prelude::*;

use super::form::Function;
use super::functions;
use super::interval::Interval;
use crate::exact::{ArithmeticError, Decimal, Number, Precision, Rational};

const PRECISION: usize = 300;

/// What tests of numbers end with.
pub(super) type Outcome = Result<(), ArithmeticError>;

pub(super) fn number(numerator: i64, denominator: i64) -> Number {
    Rational::new(numerator, denominator).expect("a denominator that is not 0").into()
}

pub(super) fn f(function: Function, argument: &Number) -> Number {
    argument.apply(function).expect("an argument in the domain")
}

#[derive(Clone, Debug)]
enum Expression {
    Constant(Rational),
    Pi,
    Apply(Function, Box<Expression>),
    Add(Box<Expression>, Box<Expression>),
    Subtract(Box<Expression>, Box<Expression>),
    Multiply(Box<Expression>, Box<Expression>),
    Divide(Box<Expression>, Box<Expression>),
    IntegerPower(Box<Expression>, i64),
    Power(Box<Expression>, Rational),
}

impl Expression {
    fn number(&self) -> Result<Number, ArithmeticError> {
        match self {
            Self::Constant(value) => Ok(value.clone().into()),
            Self::Pi => Ok(Number::pi()),
            Self::Apply(function, argument) => argument.number()?.apply(*function),
            Self::Add(a, b) => a.number()?.add(&b.number()?),
            Self::Subtract(a, b) => a.number()?.sub(&b.number()?),
            Self::Multiply(a, b) => a.number()?.mul(&b.number()?),
            Self::Divide(a, b) => a.number()?.div(&b.number()?),
            Self::IntegerPower(base, exponent) => base.number()?.powi(*exponent),
            Self::Power(base, exponent) => base.number()?.powr(&exponent.clone().into()),
        }
    }

    fn interval(&self) -> Option<Interval> {
        match self {
            Self::Constant(value) => Interval::of_rational(value, PRECISION),
            Self::Pi => functions::pi(PRECISION),
            Self::Apply(function, argument) => {
                functions::enclose(*function, &argument.interval()?, PRECISION)
            }
            Self::Add(a, b) => a.interval()?.add(&b.interval()?, PRECISION),
            Self::Subtract(a, b) => a.interval()?.add(&b.interval()?.neg(), PRECISION),
            Self::Multiply(a, b) => a.interval()?.mul(&b.interval()?, PRECISION),
            Self::Divide(a, b) => a.interval()?.div(&b.interval()?, PRECISION),
            Self::IntegerPower(base, exponent) => {
                let power = base.interval()?.natural_power(exponent.unsigned_abs(), PRECISION)?;
                if *exponent < 0 { power.reciprocal(PRECISION) } else { Some(power) }
            }
            Self::Power(base, exponent) => {
                let logarithm = functions::enclose(Function::Ln, &base.interval()?, PRECISION)?;
                let exponent = Interval::of_rational(exponent, PRECISION)?;
                let product = logarithm.mul(&exponent, PRECISION)?;
                functions::enclose(Function::Exp, &product, PRECISION)
            }
        }
    }
}

/// Small fractions, so that hidden equalities are common.
fn fraction() -> impl Strategy<Value = Rational> {
    (-6..=6_i64, 1..=4_i64).prop_filter_map("", |(n, d)| Rational::new(n, d))
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        8 => fraction().prop_map(Expression::Constant),
        1 => Just(Expression::Pi),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        let pair = (inner.clone().prop_map(Box::new), inner.clone().prop_map(Box::new));
        prop_oneof![
            6 => (0..Function::ALL.len(), inner.clone().prop_map(Box::new))
                .prop_map(|(index, argument)| Expression::Apply(Function::ALL[index], argument)),
            2 => pair.clone().prop_map(|(a, b)| Expression::Add(a, b)),
            2 => pair.clone().prop_map(|(a, b)| Expression::Subtract(a, b)),
            3 => pair.clone().prop_map(|(a, b)| Expression::Multiply(a, b)),
            2 => pair.prop_map(|(a, b)| Expression::Divide(a, b)),
            1 => (inner.clone().prop_map(Box::new), -3..=4_i64)
                .prop_map(|(base, exponent)| Expression::IntegerPower(base, exponent)),
            1 => (inner.prop_map(Box::new), fraction())
                .prop_map(|(base, exponent)| Expression::Power(base, exponent)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn simplified_and_bare_evaluation_agree(expression in expression()) {
        let (Ok(number), Some(bare)) = (expression.number(), expression.interval()) else {
            return Ok(());
        };
        match (number.as_rational(), number.as_real()) {
            (Some(rational), _) => {
                prop_assert!(bare.holds(rational), "{rational} is not {expression:?}");
            }
            (None, Some(real)) => {
                let interval = real.enclose(PRECISION).expect("a small form");
                if let Some(interval) = interval {
                    prop_assert!(interval.overlaps(&bare), "{number} is not {expression:?}");
                }
            }
            (None, None) => prop_assert!(false, "a number of neither kind"),
        }
    }

    #[test]
    fn few_digits_are_many_digits_rounded(expression in expression()) {
        let Ok(number) = expression.number() else { return Ok(()) };
        let Ok(long) = number.decimal(Precision::Significant(60)) else { return Ok(()) };
        for precision in [Precision::Significant(4), Precision::Significant(19)] {
            let short = number.decimal(precision).expect("fewer digits");
            let expected = Decimal::nearest(&long.value(), precision).expect("few digits");
            prop_assert_eq!(short.plain(), expected.plain());
        }
    }

    #[test]
    fn differences_know_their_sign(a in expression(), b in expression()) {
        let (Ok(a), Ok(b)) = (a.number(), b.number()) else { return Ok(()) };
        let (Ok(ordering), Ok(reverse)) = (a.compare(&b), b.compare(&a)) else { return Ok(()) };
        prop_assert_eq!(ordering, reverse.reverse());
        prop_assert_eq!(a == b, ordering.is_eq());
    }
}
