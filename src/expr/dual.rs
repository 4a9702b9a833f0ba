//! Dual numbers: a value and its derivative in one direction (forward mode).
//!
//! `(a + a′ε)(b + b′ε) = ab + (a′b + ab′)ε` with ε² = 0; see Griewank and Walther, *Evaluating
//! Derivatives*, chapter 3. The rules here are written apart from the symbolic ones, so that each can
//! check the other.

use std::cmp::Ordering;

use super::{EvaluationError, Scalar};
use crate::exact::{Function, Number};

/// A value with its derivative in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Dual {
    /// The value.
    pub value: Number,
    /// The derivative.
    pub tangent: Number,
}

impl Dual {
    /// A value that moves at the given speed.
    pub fn new(value: Number, tangent: Number) -> Self {
        Self { value, tangent }
    }

    fn is_constant(&self) -> bool {
        self.tangent == Number::zero()
    }
}

impl Scalar for Dual {
    fn constant(value: Number) -> Self {
        Self::new(value, Number::zero())
    }

    fn value(&self) -> &Number {
        &self.value
    }

    fn add(&self, other: &Self) -> Result<Self, EvaluationError> {
        Ok(Self::new(self.value.add(&other.value)?, self.tangent.add(&other.tangent)?))
    }

    fn sub(&self, other: &Self) -> Result<Self, EvaluationError> {
        Ok(Self::new(self.value.sub(&other.value)?, self.tangent.sub(&other.tangent)?))
    }

    fn mul(&self, other: &Self) -> Result<Self, EvaluationError> {
        let value = self.value.mul(&other.value)?;
        if self.is_constant() && other.is_constant() {
            return Ok(Self::constant(value));
        }
        let left = self.tangent.mul(&other.value)?;
        let right = self.value.mul(&other.tangent)?;
        Ok(Self::new(value, left.add(&right)?))
    }

    fn div(&self, other: &Self) -> Result<Self, EvaluationError> {
        let value = self.value.div(&other.value)?;
        if self.is_constant() && other.is_constant() {
            return Ok(Self::constant(value));
        }
        // From q·b = a: q′ = (a′ − q·b′)/b.
        let numerator = self.tangent.sub(&value.mul(&other.tangent)?)?;
        Ok(Self::new(value, numerator.div(&other.value)?))
    }

    fn neg(&self) -> Self {
        Self::new(self.value.neg(), self.tangent.neg())
    }

    fn powi(&self, exponent: i64) -> Result<Self, EvaluationError> {
        let value = self.value.powi(exponent)?;
        if self.is_constant() || exponent == 0 {
            return Ok(Self::constant(value));
        }
        let slope = if self.value.sign()? == Ordering::Equal {
            // Here value/base is 0/0; only the first power of zero has a slope.
            Number::from(i64::from(exponent == 1))
        } else {
            value.mul(&Number::from(exponent))?.div(&self.value)?
        };
        Ok(Self::new(value, slope.mul(&self.tangent)?))
    }

    fn powr(&self, exponent: &Self) -> Result<Self, EvaluationError> {
        let value = self.value.powr(&exponent.value)?;
        let mut tangent = Number::zero();
        if !self.is_constant() {
            // e·bᵉ⁻¹
            let lowered = self.value.powr(&exponent.value.sub(&Number::one())?)?;
            tangent = lowered.mul(&exponent.value)?.mul(&self.tangent)?;
        }
        if !exponent.is_constant() {
            // ln b·bᵉ
            let logarithm = self.value.apply(Function::Ln)?;
            tangent = tangent.add(&logarithm.mul(&value)?.mul(&exponent.tangent)?)?;
        }
        Ok(Self::new(value, tangent))
    }

    fn apply(&self, function: Function) -> Result<Self, EvaluationError> {
        let value = self.value.apply(function)?;
        if self.is_constant() {
            return Ok(Self::constant(value));
        }
        let slope = slope(function, &self.value, &value)?;
        Ok(Self::new(value, slope.mul(&self.tangent)?))
    }

    fn at_kink(value: Number, slopes: &[(Number, &Self)]) -> Result<Self, EvaluationError> {
        let mut tangent = Number::zero();
        for (slope, argument) in slopes {
            tangent = tangent.add(&slope.mul(&argument.tangent)?)?;
        }
        Ok(Self::new(value, tangent))
    }
}

/// f′(x), where `value` is f(x). The forms are chosen to differ from those that the operators state.
fn slope(function: Function, x: &Number, value: &Number) -> Result<Number, EvaluationError> {
    let one = Number::one();
    let exponential = |x: &Number| x.apply(Function::Exp);
    Ok(match function {
        Function::Exp => value.clone(),
        Function::Ln => one.div(x)?,
        Function::Log2 => one.div(&x.mul(&Number::from(2).apply(Function::Ln)?)?)?,
        Function::Log10 => one.div(&x.mul(&Number::from(10).apply(Function::Ln)?)?)?,
        Function::Sqrt => one.div(&value.add(value)?)?,
        // 1/(e^x + 2 + e^−x)
        Function::Sigmoid => {
            let sum = exponential(x)?.add(&exponential(&x.neg())?)?;
            one.div(&sum.add(&Number::from(2))?)?
        }
        // 4/(e^x + e^−x)²
        Function::Tanh => {
            let sum = exponential(x)?.add(&exponential(&x.neg())?)?;
            Number::from(4).div(&sum.powi(2)?)?
        }
        // 1/(1 + e^−x)
        Function::Softplus => one.div(&one.add(&exponential(&x.neg())?)?)?,
        Function::Sin => x.apply(Function::Cos)?,
        Function::Cos => x.apply(Function::Sin)?.neg(),
        Function::Tan => one.div(&x.apply(Function::Cos)?.powi(2)?)?,
        // 2/√π · e^(−x²)
        Function::Erf => {
            let root = Number::pi().apply(Function::Sqrt)?;
            Number::from(2).div(&root)?.mul(&exponential(&x.powi(2)?.neg())?)?
        }
    })
}
