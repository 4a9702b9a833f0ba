//! Equations that fingerprints must recognise.

use super::construct::Result;
use super::form::Function;
use crate::exact::{ArithmeticError, Number, Rational};

type Outcome = Result<()>;

fn number(numerator: i64, denominator: i64) -> Number {
    Rational::new(numerator, denominator).expect("a denominator that is not 0").into()
}

fn f(function: Function, argument: &Number) -> Number {
    argument.apply(function).expect("an argument in the domain")
}

#[test]
fn zeros_and_ones_are_recognised() -> Outcome {
    let e = f(Function::Exp, &Number::one());
    assert_eq!(e.sub(&e)?, Number::zero());
    assert_eq!(e.div(&e)?, Number::one());
    assert_eq!(e.mul(&Number::zero())?, Number::zero());
    assert_eq!(e.add(&Number::zero())?, e);
    assert_eq!(e.powi(0)?, Number::one());
    assert_eq!(e.mul(&f(Function::Exp, &number(-1, 1)))?, Number::one());
    let ln = |value| f(Function::Ln, &Number::from(value));
    assert_eq!(ln(2).add(&ln(3))?.sub(&ln(6))?, Number::zero());
    assert_eq!(ln(8).div(&ln(2))?, Number::from(3));
    assert_eq!(
        f(Function::Log2, &number(6, 1)).sub(&f(Function::Log2, &number(3, 1)))?,
        Number::one()
    );
    let root = |value| f(Function::Sqrt, &Number::from(value));
    assert_eq!(root(2).mul(&root(2))?, Number::from(2));
    assert_eq!(root(8).div(&root(2))?, Number::from(2));
    assert_eq!(root(2).mul(&root(3))?.sub(&root(6))?, Number::zero());
    Ok(())
}

#[test]
fn the_logistic_function_is_symmetric() -> Outcome {
    for argument in [number(1, 2), number(-7, 3), f(Function::Sqrt, &number(2, 1)), Number::pi()] {
        let sum = f(Function::Sigmoid, &argument).add(&f(Function::Sigmoid, &argument.neg()))?;
        assert_eq!(sum, Number::one(), "{argument}");
    }
    Ok(())
}

#[test]
fn a_softmax_sums_to_one() -> Outcome {
    let logits = [number(1, 2), number(-3, 1), f(Function::Tanh, &number(2, 1)), number(7, 5)];
    let powers =
        logits.iter().map(|logit| logit.apply(Function::Exp)).collect::<Result<Vec<_>>>()?;
    let total = powers.iter().try_fold(Number::zero(), |sum, power| sum.add(power))?;
    let shares = powers.iter().map(|power| power.div(&total)).collect::<Result<Vec<_>>>()?;
    let sum = shares.iter().try_fold(Number::zero(), |sum, share| sum.add(share))?;
    assert_eq!(sum, Number::one());
    // The same distribution after a shift of the logits.
    let shifted = logits
        .iter()
        .map(|logit| logit.sub(&logits[2])?.apply(Function::Exp))
        .collect::<Result<Vec<_>>>()?;
    let shifted_total = shifted.iter().try_fold(Number::zero(), |sum, power| sum.add(power))?;
    for (power, share) in shifted.iter().zip(&shares) {
        assert!(power.div(&shifted_total)?.sub(share)?.is_zero()?);
    }
    Ok(())
}

#[test]
fn functional_equations_hold() -> Outcome {
    let x = f(Function::Sqrt, &number(3, 1));
    let (sin, cos) = (f(Function::Sin, &x), f(Function::Cos, &x));
    assert_eq!(sin.mul(&sin)?.add(&cos.mul(&cos)?)?, Number::one());
    assert_eq!(sin.div(&cos)?.sub(&f(Function::Tan, &x))?, Number::zero());
    let tanh = f(Function::Tanh, &x);
    let doubled = f(Function::Sigmoid, &x.mul(&number(2, 1))?);
    assert_eq!(doubled.mul(&number(2, 1))?.sub(&Number::one())?.sub(&tanh)?, Number::zero());
    assert_eq!(f(Function::Erf, &x).add(&f(Function::Erf, &x.neg()))?, Number::zero());
    assert_eq!(f(Function::Ln, &f(Function::Exp, &x)), x);
    assert_eq!(f(Function::Exp, &f(Function::Ln, &x)), x);
    let binary_entropy =
        f(Function::Ln, &f(Function::Sigmoid, &x)).add(&f(Function::Softplus, &x.neg()))?;
    assert_eq!(binary_entropy, Number::zero());
    Ok(())
}

#[test]
fn powers_of_one_base_multiply() -> Outcome {
    let sigmoid = f(Function::Sigmoid, &Number::one());
    for base in [number(6, 1), number(2, 3), sigmoid, f(Function::Ln, &number(5, 1))] {
        let power = |numerator, denominator| base.powr(&number(numerator, denominator));
        assert_eq!(power(1, 3)?.mul(&power(2, 3)?)?, base);
        assert_eq!(power(-2, 3)?.mul(&base)?.sub(&power(1, 3)?)?, Number::zero());
        assert_eq!(power(1, 20)?.mul(&power(19, 20)?)?, base);
        assert_eq!(power(1, 2)?.mul(&power(1, 3)?)?.sub(&power(5, 6)?)?, Number::zero());
    }
    let [cube, twin] = [24, 3].map(|base| number(base, 1).powr(&number(1, 3)));
    assert_eq!(cube?.div(&twin?)?, Number::from(2));
    Ok(())
}

#[test]
fn exponentials_undo_logarithms() -> Outcome {
    let ln = |value| f(Function::Ln, &Number::from(value));
    let difference = |a: Number, b: Number| a.sub(&b);
    assert_eq!(difference(f(Function::Sigmoid, &ln(2)), number(2, 3))?, Number::zero());
    assert_eq!(difference(f(Function::Tanh, &ln(2)), number(3, 5))?, Number::zero());
    let e = f(Function::Exp, &Number::one());
    let shifted = f(Function::Exp, &ln(2).add(&Number::one())?);
    assert_eq!(difference(shifted, e.mul(&Number::from(2))?)?, Number::zero());
    let root = f(Function::Sqrt, &Number::from(2));
    let [power, lowered] = [root.clone(), root.sub(&Number::one())?].map(|b| number(3, 1).powr(&b));
    assert_eq!(difference(power?, lowered?.mul(&Number::from(3))?)?, Number::zero());
    let exponent = root.add(&number(1, 2))?;
    let power = number(3, 1).powr(&exponent)?;
    assert_eq!(power.powi(3)?.div(&power)?.sub(&power.powi(2)?)?, Number::zero());
    Ok(())
}

#[test]
fn most_nested_roots_are_recognised() -> Outcome {
    // sqrt(a + b + 2 sqrt(ab)) = sqrt a + sqrt b, where the fingerprint has to guess signs.
    let mut recognised = 0;
    let cases = [(1, 2), (1, 3), (2, 3), (2, 5), (3, 5), (1, 7), (5, 7), (1, 10), (3, 11), (2, 13)];
    for (a, b) in cases {
        let [x, y] = [a, b].map(|radicand| f(Function::Sqrt, &Number::from(radicand)));
        let square = x.mul(&y)?.mul(&number(2, 1))?.add(&number(a + b, 1))?;
        let difference = f(Function::Sqrt, &square).sub(&x)?.sub(&y)?;
        match difference.is_zero() {
            Ok(is_zero) => {
                assert!(is_zero, "{a}, {b}");
                recognised += 1;
            }
            Err(error) => assert!(matches!(error, ArithmeticError::Undecidable { .. })),
        }
    }
    assert!(recognised >= 9, "only {recognised} of {}", cases.len());
    Ok(())
}
