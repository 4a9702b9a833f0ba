//! The functions of exact numbers against a table that mpmath made: see
//! `tests/oracles/real_functions.py`.

use nablatex::exact::{ArithmeticError, Decimal, Function, Number, Precision, Rational};

const TABLE: &str = include_str!("oracles/real_functions.tsv");

/// The significant digits in the table.
const DIGITS: u32 = 50;

/// A fraction as the table writes it: `-7/10`, `1/10^20`.
fn argument(text: &str) -> Option<Number> {
    let (is_negative, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let part = |text: &str| {
        let (base, power) = text.split_once('^').unwrap_or((text, "1"));
        Rational::parse_decimal(base)?.pow(power.parse().ok()?)
    };
    let (numerator, denominator) = magnitude.split_once('/').unwrap_or((magnitude, "1"));
    let value = part(numerator)?.checked_div(&part(denominator)?)?;
    Some(Number::from(if is_negative { -value } else { value }))
}

fn apply(name: &str, x: &Number) -> Result<Number, ArithmeticError> {
    if let Some(function) = Function::ALL.into_iter().find(|function| function.name() == name) {
        return x.apply(function);
    }
    let one = Number::one();
    let half = one.div(&Number::from(2))?;
    match name {
        "exp(x)-1-x" => x.apply(Function::Exp)?.sub(&one)?.sub(x),
        "ln(1+x)" => one.add(x)?.apply(Function::Ln),
        "1-cos" => one.sub(&x.apply(Function::Cos)?),
        "1-sigmoid" => one.sub(&x.apply(Function::Sigmoid)?),
        "1-tanh" => one.sub(&x.apply(Function::Tanh)?),
        "x-sin" => x.sub(&x.apply(Function::Sin)?),
        "gelu" => {
            let scaled = x.div(&Number::from(2).apply(Function::Sqrt)?)?;
            x.mul(&half)?.mul(&one.add(&scaled.apply(Function::Erf)?)?)
        }
        "x^(1/3)" => x.powr(&one.div(&Number::from(3))?),
        "x^pi" => x.powr(&Number::pi()),
        "exp-exp(3/10)" => {
            let near = Number::from(3).div(&Number::from(10))?;
            x.apply(Function::Exp)?.sub(&near.apply(Function::Exp)?)
        }
        _ => panic!("the table names an unknown function {name}"),
    }
}

fn scientific(decimal: &Decimal) -> String {
    let (mantissa, exponent) = decimal.scientific();
    format!("{mantissa}e{exponent:+}")
}

#[test]
fn all_digits_agree_with_mpmath() {
    for line in TABLE.lines() {
        let mut fields = line.split('\t');
        let mut field = || fields.next().expect("three fields");
        let (name, text, expected) = (field(), field(), field());
        let decimal = apply(name, &argument(text).expect("a fraction"))
            .and_then(|value| value.decimal(Precision::Significant(DIGITS)));
        match decimal {
            Ok(decimal) => assert_eq!(scientific(&decimal), expected, "{name} of {text}"),
            Err(error) => panic!("{name} of {text}: {error}"),
        }
    }
}

#[test]
fn few_digits_are_the_table_rounded() {
    for line in TABLE.lines() {
        let mut fields = line.split('\t');
        let mut field = || fields.next().expect("three fields");
        let (name, text, expected) = (field(), field(), field());
        let value = apply(name, &argument(text).expect("a fraction")).expect("a value");
        // Fifty digits decide how twelve are rounded, unless the rest is all nines or zeros.
        let expected = Rational::parse_decimal(expected).expect("a decimal");
        let is_short = expected.abs() < Rational::from(i64::MAX);
        let places = is_short.then_some(Precision::Places(6));
        for precision in [Precision::Significant(12)].into_iter().chain(places) {
            let expected = Decimal::nearest(&expected, precision).expect("few digits");
            let decimal = value.decimal(precision).expect("few digits");
            assert_eq!(decimal.plain(), expected.plain(), "{name} of {text}");
        }
    }
}
