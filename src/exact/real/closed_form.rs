//! Closed forms as a typesetter reads them.

use std::fmt;

use super::form::{Form, Function};
use crate::exact::{Number, Rational};

/// How a number is written without rounding, as a tree.
///
/// Sums and products are flat: a sum has no sums for terms, a product no products for factors,
/// and each has at least two. A rational factor comes first in a product and is not ±1, except -1
/// as the sign of a term.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClosedForm {
    /// A fraction or an integer.
    Rational(Rational),
    /// π.
    Pi,
    /// Terms, of which some may be negative.
    Sum(Vec<ClosedForm>),
    /// Factors.
    Product(Vec<ClosedForm>),
    /// Dividend and divisor.
    Quotient(Box<ClosedForm>, Box<ClosedForm>),
    /// Base and exponent.
    Power(Box<ClosedForm>, Box<ClosedForm>),
    /// A function of its argument.
    Function(Function, Box<ClosedForm>),
}

impl ClosedForm {
    /// The closed form of a number, unless it takes more than about `limit` characters or is not
    /// known.
    pub(in crate::exact) fn of(number: &Number, limit: usize) -> Option<Self> {
        let mut budget = limit.min(MAX_LIMIT);
        build(number, &mut budget)
    }
}

/// Every level of a form takes a character, so that this bounds the depth of the recursion too.
const MAX_LIMIT: usize = 1 << 10;

fn spend(budget: &mut usize, characters: usize) -> Option<()> {
    *budget = budget.checked_sub(characters)?;
    Some(())
}

fn build(number: &Number, budget: &mut usize) -> Option<ClosedForm> {
    let Some(real) = number.as_real() else {
        return rational(number.as_rational()?, budget);
    };
    match &real.0.form {
        Form::Pi => {
            spend(budget, 1)?;
            Some(ClosedForm::Pi)
        }
        Form::Function(function, argument) => {
            spend(budget, function.name().len() + 2)?;
            Some(ClosedForm::Function(*function, Box::new(build(argument, budget)?)))
        }
        Form::Power(base, exponent) => {
            spend(budget, 1)?;
            let base = Box::new(build(base, budget)?);
            Some(ClosedForm::Power(base, Box::new(build(exponent, budget)?)))
        }
        Form::Quotient(dividend, divisor) => {
            spend(budget, 1)?;
            let dividend = Box::new(build(dividend, budget)?);
            Some(ClosedForm::Quotient(dividend, Box::new(build(divisor, budget)?)))
        }
        Form::Sum(a, b) => {
            spend(budget, 3)?;
            let mut terms = Vec::new();
            for term in [a, b] {
                match build(term, budget)? {
                    ClosedForm::Sum(inner) => terms.extend(inner),
                    other => terms.push(other),
                }
            }
            Some(ClosedForm::Sum(terms))
        }
        Form::Product(a, b) => {
            if let Some(coefficient) = a.as_rational() {
                return scaled(coefficient, b, budget);
            }
            spend(budget, 1)?;
            let mut factors = Vec::new();
            for factor in [a, b] {
                match build(factor, budget)? {
                    ClosedForm::Product(inner) => factors.extend(inner),
                    other => factors.push(other),
                }
            }
            Some(ClosedForm::Product(factors))
        }
        Form::Enclosed(_) => None,
    }
}

/// n/d · x as the quotient of n x and d.
fn scaled(coefficient: &Rational, core: &Number, budget: &mut usize) -> Option<ClosedForm> {
    let numerator = Rational::from(coefficient.numerator());
    let denominator = Rational::from(coefficient.denominator());
    let mut form = build(core, budget)?;
    if !numerator.is_one() {
        spend(budget, 1)?;
        let factor = rational(&numerator, budget)?;
        form = match form {
            ClosedForm::Product(mut factors) => {
                factors.insert(0, factor);
                ClosedForm::Product(factors)
            }
            // n · (x / y) is n x / y.
            ClosedForm::Quotient(dividend, divisor) => {
                let dividend = match *dividend {
                    ClosedForm::Rational(one) if one.is_one() => factor,
                    other => ClosedForm::Product(vec![factor, other]),
                };
                ClosedForm::Quotient(Box::new(dividend), divisor)
            }
            other => ClosedForm::Product(vec![factor, other]),
        };
    }
    if denominator.is_one() {
        return Some(form);
    }
    spend(budget, 1)?;
    let divisor = rational(&denominator, budget)?;
    Some(match form {
        ClosedForm::Quotient(dividend, inner) => {
            let divisor = ClosedForm::Product(vec![divisor, *inner]);
            ClosedForm::Quotient(dividend, Box::new(divisor))
        }
        other => ClosedForm::Quotient(Box::new(other), Box::new(divisor)),
    })
}

fn rational(value: &Rational, budget: &mut usize) -> Option<ClosedForm> {
    // Ten bits are about three digits.
    let digits = usize::try_from(value.bits()).ok()? * 3 / 10;
    spend(budget, digits.max(1))?;
    Some(ClosedForm::Rational(value.clone()))
}

/// How tightly a form binds: a form stands in parentheses inside a tighter one.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Sum,
    Product,
    Power,
    Atom,
}

impl ClosedForm {
    fn binding(&self) -> Binding {
        match self {
            Self::Rational(value) if value.is_negative() => Binding::Sum,
            Self::Rational(value) if !value.is_integer() => Binding::Product,
            Self::Rational(_) | Self::Pi | Self::Function(..) => Binding::Atom,
            Self::Sum(_) => Binding::Sum,
            Self::Product(_) | Self::Quotient(..) => Binding::Product,
            Self::Power(..) => Binding::Power,
        }
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>, least: Binding) -> fmt::Result {
        if self.binding() < least {
            write!(formatter, "({self})")
        } else {
            write!(formatter, "{self}")
        }
    }
}

impl fmt::Display for ClosedForm {
    /// The form in the syntax of the exercise language: `3 * exp(-2) / 7`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rational(value) => write!(formatter, "{value}"),
            Self::Pi => write!(formatter, "pi"),
            Self::Sum(terms) => {
                for (index, term) in terms.iter().enumerate() {
                    let text = term.to_string();
                    match text.strip_prefix('-') {
                        Some(rest) if index > 0 => write!(formatter, " - {rest}")?,
                        _ if index > 0 => write!(formatter, " + {text}")?,
                        _ => write!(formatter, "{text}")?,
                    }
                }
                Ok(())
            }
            Self::Product(factors) => {
                for (index, factor) in factors.iter().enumerate() {
                    match factor {
                        Self::Rational(value) if index == 0 && *value == Rational::from(-1) => {
                            write!(formatter, "-")?;
                            continue;
                        }
                        Self::Rational(value) if index == 0 && value.is_integer() => {
                            write!(formatter, "{value}")?;
                        }
                        _ => factor.write(formatter, Binding::Power)?,
                    }
                    if index + 1 < factors.len() {
                        write!(formatter, " * ")?;
                    }
                }
                Ok(())
            }
            Self::Quotient(dividend, divisor) => {
                match &**dividend {
                    Self::Rational(value) if value.is_integer() => write!(formatter, "{value}")?,
                    other => other.write(formatter, Binding::Product)?,
                }
                write!(formatter, " / ")?;
                divisor.write(formatter, Binding::Power)
            }
            Self::Power(base, exponent) => {
                base.write(formatter, Binding::Atom)?;
                write!(formatter, "^")?;
                exponent.write(formatter, Binding::Atom)
            }
            Self::Function(function, argument) => write!(formatter, "{function}({argument})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::ArithmeticError;

    type Outcome = Result<(), ArithmeticError>;

    fn number(numerator: i64, denominator: i64) -> Number {
        Rational::new(numerator, denominator).expect("a denominator that is not 0").into()
    }

    fn shown(number: &Number) -> String {
        number.closed_form(100).map_or_else(|| "too long".to_owned(), |form| form.to_string())
    }

    #[test]
    fn reads_as_mathematics() -> Outcome {
        let sigmoid = number(11, 40).apply(Function::Sigmoid)?;
        let exp = number(-2, 1).apply(Function::Exp)?;
        let root = number(8, 9).apply(Function::Sqrt)?;
        assert_eq!(shown(&sigmoid), "sigmoid(11/40)");
        assert_eq!(shown(&exp.mul(&number(3, 7))?), "3 * exp(-2) / 7");
        assert_eq!(shown(&root), "2 * sqrt(2) / 3");
        assert_eq!(shown(&root.neg()), "-2 * sqrt(2) / 3");
        assert_eq!(shown(&sigmoid.neg()), "-sigmoid(11/40)");
        assert_eq!(shown(&Number::one().sub(&sigmoid)?), "1 - sigmoid(11/40)");
        assert_eq!(
            shown(&sigmoid.sub(&number(1, 4))?.mul(&exp)?),
            "(sigmoid(11/40) - 1/4) * exp(-2)"
        );
        assert_eq!(shown(&exp.div(&sigmoid.add(&exp)?)?), "exp(-2) / (sigmoid(11/40) + exp(-2))");
        assert_eq!(shown(&sigmoid.mul(&sigmoid)?), "sigmoid(11/40)^2");
        assert_eq!(shown(&Number::one().div(&sigmoid)?), "1 / sigmoid(11/40)");
        assert_eq!(shown(&number(5, 3).div(&sigmoid)?), "5 / (3 * sigmoid(11/40))");
        assert_eq!(shown(&number(2, 1).powr(&number(2, 3))?), "2^(2/3)");
        assert_eq!(shown(&Number::pi().div(&number(2, 1))?), "pi / 2");
        assert_eq!(shown(&exp.mul(&exp)?), "exp(-4)");
        assert_eq!(shown(&number(-3, 4)), "-3/4");
        Ok(())
    }

    #[test]
    fn keeps_to_the_limit() -> Outcome {
        let mut value = number(1, 2).apply(Function::Sigmoid)?;
        for step in 1..40 {
            value = value.mul(&number(step, 1).apply(Function::Tanh)?)?.add(&value)?;
        }
        assert_eq!(value.closed_form(1_000_000), None);
        assert!(value.to_string().starts_with('≈'));
        assert_eq!(number(1, 1_000_000_007).closed_form(3), None);
        Ok(())
    }
}
