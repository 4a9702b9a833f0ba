//! Equations that fingerprints must recognise.

use super::construct::Result;
use super::form::Function;
use super::tests::{Outcome, f, number};
use crate::exact::{ArithmeticError, Number};

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
fn exp_undoes_logarithms() -> Outcome {
    let ln = |value: &Number| f(Function::Ln, value);
    let e = f(Function::Exp, &Number::one());
    let three = Number::from(3);
    let root = |value| f(Function::Sqrt, &Number::from(value));
    let exp = |value: &Number| f(Function::Exp, value);
    assert_eq!(exp(&ln(&three).add(&Number::one())?), e.mul(&three)?);
    assert_eq!(exp(&ln(&three).mul(&number(2, 1))?), Number::from(9));
    assert_eq!(exp(&ln(&three).div(&Number::from(2))?), root(3));
    assert_eq!(exp(&ln(&Number::from(4)).div(&Number::from(-2))?), number(1, 2));
    // A positive number of any kind, and sums of their logarithms.
    let one = Number::one();
    let erf = f(Function::Erf, &one);
    for u in [Number::pi(), root(2).add(&one)?, erf.clone(), e.add(&root(2))?, one.sub(&erf)?] {
        assert_eq!(exp(&ln(&u)), u);
        let shifted = exp(&ln(&u).mul(&number(3, 1))?.sub(&ln(&three))?.add(&root(5))?);
        let expected = u.powi(3)?.mul(&exp(&root(5)))?.div(&three)?;
        assert_eq!(shifted.sub(&expected)?, Number::zero(), "{u}");
        let odds = f(Function::Sigmoid, &ln(&u));
        assert_eq!(odds.sub(&u.div(&u.add(&one)?)?)?, Number::zero(), "{u}");
    }
    // Fractional powers: cube roots, fourth roots, mixed ones.
    for (numerator, denominator) in [(1, 3), (2, 3), (1, 4), (3, 4), (5, 6), (1, 8), (1, 16)] {
        for base in [2, 3, 5, 7, 11, 12] {
            let base = Number::from(base);
            let exponent = number(numerator, denominator);
            let power = base.powr(&exponent)?;
            let shifted = exp(&ln(&base).mul(&exponent)?.add(&one)?);
            assert_eq!(shifted.sub(&power.mul(&e)?)?, Number::zero(), "{base}^{exponent}");
            let rest = base.powr(&one.sub(&exponent)?)?;
            assert_eq!(rest.mul(&power)?, base, "{base}^{exponent}");
        }
    }
    assert_eq!(
        number(2, 1).powr(&number(1, 3))?.mul(&number(4, 1).powr(&number(1, 3))?)?,
        number(2, 1)
    );
    Ok(())
}

#[test]
fn functions_made_of_exp_undo_logarithms() -> Outcome {
    let ln = |numerator, denominator| f(Function::Ln, &number(numerator, denominator));
    assert_eq!(f(Function::Sigmoid, &ln(3, 1)), number(3, 4));
    assert_eq!(f(Function::Tanh, &ln(3, 1)), number(4, 5));
    assert_eq!(f(Function::Softplus, &ln(3, 1)), ln(4, 1));
    assert_eq!(f(Function::Sigmoid, &ln(3, 1).mul(&Number::from(2))?), number(9, 10));
    assert_eq!(f(Function::Sigmoid, &ln(9, 1).div(&Number::from(2))?), number(3, 4));
    assert_eq!(f(Function::Tanh, &ln(3, 1).div(&Number::from(2))?), number(1, 2));
    // 1/2 · ln(1 + 2/√3) and the like stay, and fall away where they cancel.
    let x = ln(3, 1).add(&f(Function::Sqrt, &Number::from(2)))?;
    let powers = f(Function::Exp, &f(Function::Sqrt, &Number::from(2))).mul(&Number::from(3))?;
    let sigmoid = powers.div(&powers.add(&Number::one())?)?;
    assert_eq!(f(Function::Sigmoid, &x).sub(&sigmoid)?, Number::zero());
    let softplus = f(Function::Ln, &powers.add(&Number::one())?);
    assert_eq!(f(Function::Softplus, &x).sub(&softplus)?, Number::zero());
    // Fractions beyond the reach of fingerprints.
    let large = Number::from(10).powi(30)?.add(&Number::from(7))?;
    let odds = f(Function::Sigmoid, &f(Function::Ln, &large));
    assert_eq!(odds, large.div(&large.add(&Number::one())?)?);
    // exp(softplus(x)) = 1 + exp(x), as in mish.
    let y = f(Function::Sqrt, &Number::from(2));
    let exp = f(Function::Exp, &y);
    let softplus = f(Function::Softplus, &y);
    assert_eq!(f(Function::Exp, &softplus).sub(&exp)?, Number::one());
    Ok(())
}

#[test]
fn logarithms_of_the_logistic_function_are_softplus() -> Outcome {
    let one = Number::one();
    for x in [number(1, 2), number(-7, 3), f(Function::Sqrt, &number(2, 1)), Number::pi()] {
        let (sigmoid, tanh) = (f(Function::Sigmoid, &x), f(Function::Tanh, &x));
        let ln = |value: &Number| f(Function::Ln, value);
        let softplus = |value: &Number| f(Function::Softplus, value);
        let complement = ln(&one.sub(&sigmoid)?);
        assert_eq!(complement.add(&softplus(&x))?, Number::zero(), "{x}");
        assert_eq!(ln(&sigmoid).add(&softplus(&x.neg()))?, Number::zero(), "{x}");
        assert_eq!(ln(&sigmoid).sub(&complement)?.sub(&x)?, Number::zero(), "{x}");
        assert_eq!(softplus(&x).sub(&softplus(&x.neg()))?.sub(&x)?, Number::zero(), "{x}");
        assert_eq!(ln(&one.add(&f(Function::Exp, &x))?).sub(&softplus(&x))?, Number::zero());
        let double = x.mul(&Number::from(2))?;
        let expected = ln(&Number::from(2)).sub(&softplus(&double))?;
        assert_eq!(ln(&one.sub(&tanh)?).sub(&expected)?, Number::zero(), "{x}");
        let expected = ln(&Number::from(6)).sub(&softplus(&double.neg()))?;
        let tripled = tanh.mul(&Number::from(3))?.add(&Number::from(3))?;
        assert_eq!(ln(&tripled).sub(&expected)?, Number::zero(), "{x}");
    }
    Ok(())
}

#[test]
fn a_logarithm_of_exponentials_may_be_shifted() -> Outcome {
    let logits = [number(1, 2), number(-3, 1), f(Function::Tanh, &number(2, 1)), number(7, 5)];
    let log_sum_exp = |shift: &Number| -> Result<Number> {
        let mut total = Number::zero();
        for logit in &logits {
            total = total.add(&f(Function::Exp, &logit.sub(shift)?))?;
        }
        Ok(f(Function::Ln, &total))
    };
    let plain = log_sum_exp(&Number::zero())?;
    for shift in &logits {
        assert_eq!(log_sum_exp(shift)?.add(shift)?.sub(&plain)?, Number::zero(), "{shift}");
    }
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
