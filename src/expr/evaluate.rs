//! The evaluator, over numbers and over dual numbers alike.

use std::fmt;

use super::{Case, Condition, Conventions, Domain, Dual, Expr, Operator, Quantity};
use crate::exact::{ArithmeticError, Function, Number};

/// What an expression can be evaluated over: [`Number`]s, or [`Dual`]s for a directional derivative.
pub trait Scalar: Clone {
    /// A value that does not move.
    fn constant(value: Number) -> Self;
    /// The value alone: what branches are decided by.
    fn value(&self) -> &Number;
    /// Sum.
    ///
    /// # Errors
    /// A limit of size is passed.
    fn add(&self, other: &Self) -> Result<Self, EvaluationError>;
    /// Difference.
    ///
    /// # Errors
    /// A limit of size is passed.
    fn sub(&self, other: &Self) -> Result<Self, EvaluationError>;
    /// Product.
    ///
    /// # Errors
    /// A limit of size is passed.
    fn mul(&self, other: &Self) -> Result<Self, EvaluationError>;
    /// Quotient.
    ///
    /// # Errors
    /// Division by zero, or a limit of size is passed.
    fn div(&self, other: &Self) -> Result<Self, EvaluationError>;
    /// Negative.
    #[must_use]
    fn neg(&self) -> Self;
    /// Integer power.
    ///
    /// # Errors
    /// A negative power of zero, or a limit of size is passed.
    fn powi(&self, exponent: i64) -> Result<Self, EvaluationError>;
    /// A power whose exponent need not be an integer.
    ///
    /// # Errors
    /// A power of a number that is not positive, or a limit of size is passed.
    fn powr(&self, exponent: &Self) -> Result<Self, EvaluationError>;
    /// An elementary function.
    ///
    /// # Errors
    /// Outside its domain, or a limit of size is passed.
    fn apply(&self, function: Function) -> Result<Self, EvaluationError>;
    /// A value at a place where the derivative is fixed by convention: one slope an argument.
    ///
    /// # Errors
    /// A limit of size is passed.
    fn at_kink(value: Number, slopes: &[(Number, &Self)]) -> Result<Self, EvaluationError>;
}

impl Scalar for Number {
    fn constant(value: Number) -> Self {
        value
    }
    fn value(&self) -> &Number {
        self
    }
    fn add(&self, other: &Self) -> Result<Self, EvaluationError> {
        Ok(Self::add(self, other)?)
    }
    fn sub(&self, other: &Self) -> Result<Self, EvaluationError> {
        Ok(Self::sub(self, other)?)
    }
    fn mul(&self, other: &Self) -> Result<Self, EvaluationError> {
        Ok(Self::mul(self, other)?)
    }
    fn div(&self, other: &Self) -> Result<Self, EvaluationError> {
        Ok(Self::div(self, other)?)
    }
    fn neg(&self) -> Self {
        Self::neg(self)
    }
    fn powi(&self, exponent: i64) -> Result<Self, EvaluationError> {
        Ok(Self::powi(self, exponent)?)
    }
    fn powr(&self, exponent: &Self) -> Result<Self, EvaluationError> {
        Ok(Self::powr(self, exponent)?)
    }
    fn apply(&self, function: Function) -> Result<Self, EvaluationError> {
        Ok(Self::apply(self, function)?)
    }
    fn at_kink(value: Number, _slopes: &[(Number, &Self)]) -> Result<Self, EvaluationError> {
        Ok(value)
    }
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum EvaluationError {
    /// Arithmetic without a place in the expression.
    Arithmetic(ArithmeticError),
    /// A denominator is zero.
    ZeroDenominator {
        /// The denominator as it stands in the expression.
        denominator: Box<Expr>,
    },
    /// A negative power of zero.
    ZeroToNegativePower {
        /// The base as it stands in the expression.
        base: Box<Expr>,
    },
    /// An operator outside its domain.
    Domain {
        /// The operator's name.
        operator: &'static str,
        /// What it needs.
        domain: Domain,
        /// The argument at fault as it stands in the expression, once that is known.
        argument: Option<Box<Expr>>,
    },
    /// A comparison that no computation settled.
    Undecidable {
        /// What depends on it.
        question: Question,
        /// The two sides: their values in words.
        sides: Box<[String; 2]>,
        /// The number of bits in which they agree.
        bits: usize,
        /// What was compared, as it stands in the expression: a call's only argument, a
        /// divisor, or a case distinction.
        part: Option<Box<Expr>>,
    },
    /// A name without a value.
    Unknown(Quantity),
}

/// What a comparison is to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which case of a distinction holds.
    Branch,
    /// Which branch of an operator's rule is taken, or whether it is defined at all.
    Call(&'static str),
    /// Whether a denominator, or the base of a negative power, is 0.
    Zero,
}

impl EvaluationError {
    /// The part of the expression that is at fault, as far as the error knows it.
    pub fn part(&self) -> Option<&Expr> {
        match self {
            Self::ZeroDenominator { denominator: part }
            | Self::ZeroToNegativePower { base: part } => Some(part),
            Self::Domain { argument, .. } => argument.as_deref(),
            Self::Undecidable { part, .. } => part.as_deref(),
            Self::Arithmetic(_) | Self::Unknown(_) => None,
        }
    }

    /// The same with another expression in place of the part that is at fault.
    pub(super) fn map_part(self, replace: impl Fn(&Expr) -> Expr) -> Self {
        match self {
            Self::ZeroDenominator { denominator } => {
                Self::ZeroDenominator { denominator: Box::new(replace(&denominator)) }
            }
            Self::ZeroToNegativePower { base } => {
                Self::ZeroToNegativePower { base: Box::new(replace(&base)) }
            }
            Self::Domain { operator, domain, argument: Some(argument) } => {
                Self::Domain { operator, domain, argument: Some(Box::new(replace(&argument))) }
            }
            other => other,
        }
    }

    /// The same with what an undecidable comparison was to decide.
    fn asking(self, question: Question, part: Option<&Expr>) -> Self {
        match self {
            Self::Arithmetic(ArithmeticError::Undecidable { bits, sides: Some(sides) }) => {
                let part = part.cloned().map(Box::new);
                Self::Undecidable { question, sides, bits, part }
            }
            other => other,
        }
    }

    /// The same with the case distinction whose condition is undecidable.
    fn of_cases(self, cases: &[Case]) -> Self {
        match self {
            Self::Undecidable { question: Question::Branch, sides, bits, part: None } => {
                let part = Some(Box::new(Expr::Cases(cases.to_vec())));
                Self::Undecidable { question: Question::Branch, sides, bits, part }
            }
            other => other,
        }
    }

    /// The same with the argument at fault, of the call that failed.
    pub(super) fn of_call(self, operator: &'static str, arguments: &[Expr]) -> Self {
        let error = match self {
            Self::Arithmetic(ArithmeticError::OutOfDomain { function: Function::Sqrt }) => {
                Self::Domain { operator, domain: Domain::NotNegative, argument: None }
            }
            Self::Arithmetic(ArithmeticError::OutOfDomain { .. }) => {
                Self::Domain { operator, domain: Domain::Positive, argument: None }
            }
            Self::Arithmetic(ArithmeticError::PowerOfNegative) => {
                Self::Domain { operator, domain: Domain::RealPower, argument: None }
            }
            Self::Arithmetic(ArithmeticError::ZeroToNegativePower) if !arguments.is_empty() => {
                Self::ZeroToNegativePower { base: Box::new(arguments[0].clone()) }
            }
            other => {
                // Of several arguments, the sides say which are meant.
                let part = arguments.first().filter(|_| arguments.len() == 1);
                other.asking(Question::Call(operator), part)
            }
        };
        match error {
            Self::Domain { operator, domain, argument: None } => {
                let argument = arguments.get(domain.argument()).cloned().map(Box::new);
                Self::Domain { operator, domain, argument }
            }
            other => other,
        }
    }
}

impl From<ArithmeticError> for EvaluationError {
    fn from(error: ArithmeticError) -> Self {
        Self::Arithmetic(error)
    }
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arithmetic(error) => error.fmt(formatter),
            Self::ZeroDenominator { .. } => formatter.write_str("division by zero"),
            Self::ZeroToNegativePower { .. } => formatter.write_str("a negative power of zero"),
            Self::Domain { operator, .. } => {
                write!(formatter, "`{operator}` is not defined there")
            }
            Self::Undecidable { sides, .. } => {
                let [left, right] = &**sides;
                write!(formatter, "how `{left}` compares with `{right}` cannot be decided")
            }
            Self::Unknown(_) => formatter.write_str("a name without a value"),
        }
    }
}

impl std::error::Error for EvaluationError {}

/// An operator's value over whichever scalar is asked for.
trait Apply: Scalar {
    fn call(
        operator: &dyn Operator,
        arguments: &[Self],
        conventions: &Conventions,
    ) -> Result<Self, EvaluationError>;
}

impl Apply for Number {
    fn call(
        operator: &dyn Operator,
        arguments: &[Self],
        conventions: &Conventions,
    ) -> Result<Self, EvaluationError> {
        operator.evaluate(arguments, conventions)
    }
}

impl Apply for Dual {
    fn call(
        operator: &dyn Operator,
        arguments: &[Self],
        conventions: &Conventions,
    ) -> Result<Self, EvaluationError> {
        operator.evaluate_dual(arguments, conventions)
    }
}

/// The value of `expr`, with the value of each quantity given by `value_of`.
///
/// # Errors
/// Where `expr` is not defined, a value passes a limit of size, or `value_of` knows no value.
#[expect(private_bounds, reason = "the two scalars are a closed set")]
pub fn evaluate<S: Apply>(
    expr: &Expr,
    value_of: &impl Fn(Quantity) -> Option<S>,
    conventions: &Conventions,
) -> Result<S, EvaluationError> {
    let recurse = |inner: &Expr| evaluate(inner, value_of, conventions);
    match expr {
        Expr::Number(literal) => Ok(S::constant(literal.value.clone())),
        Expr::Quantity(quantity) => value_of(*quantity).ok_or(EvaluationError::Unknown(*quantity)),
        Expr::Negation(inner) => Ok(recurse(inner)?.neg()),
        Expr::Sum(terms) => {
            let mut total: Option<S> = None;
            for term in terms {
                let value = recurse(&term.expr)?;
                total = Some(match (total, term.minus) {
                    (None, false) => value,
                    (None, true) => value.neg(),
                    (Some(total), false) => total.add(&value)?,
                    (Some(total), true) => total.sub(&value)?,
                });
            }
            Ok(total.unwrap_or_else(|| S::constant(Number::zero())))
        }
        Expr::Product(factors) => {
            let mut total: Option<S> = None;
            for factor in factors {
                let value = recurse(factor)?;
                total = Some(match total {
                    None => value,
                    Some(total) => total.mul(&value)?,
                });
            }
            Ok(total.unwrap_or_else(|| S::constant(Number::one())))
        }
        Expr::Quotient { numerator, denominator } => {
            let top = recurse(numerator)?;
            let bottom = recurse(denominator)?;
            if is_zero(bottom.value(), denominator)? {
                return Err(EvaluationError::ZeroDenominator { denominator: denominator.clone() });
            }
            top.div(&bottom)
        }
        Expr::Power { base, exponent } => {
            let base_value = recurse(base)?;
            let power = recurse(exponent)?;
            if power.value().sign()?.is_lt() && is_zero(base_value.value(), base)? {
                return Err(EvaluationError::ZeroToNegativePower { base: base.clone() });
            }
            match power.value().as_rational().and_then(crate::exact::Rational::to_i64) {
                Some(integer) => base_value.powi(integer),
                None => base_value
                    .powr(&power)
                    .map_err(|error| error.of_call("^", std::slice::from_ref(base))),
            }
        }
        Expr::Call { operator, arguments } => {
            let values = arguments.iter().map(recurse).collect::<Result<Vec<_>, _>>()?;
            S::call(&**operator, &values, conventions)
                .map_err(|error| operator.of_call(error, arguments))
        }
        Expr::Cases(cases) => {
            let chosen = choose_case(
                cases,
                &|quantity| value_of(quantity).map(|s| s.value().clone()),
                conventions,
            )?;
            match chosen {
                Some(index) => recurse(&cases[index].value),
                None => Ok(S::constant(Number::zero())),
            }
        }
        Expr::Infinity { .. } => Err(EvaluationError::Arithmetic(ArithmeticError::DivisionByZero)),
    }
}

/// The index of the first case whose conditions all hold.
///
/// # Errors
/// As [`evaluate`], for the sides of the conditions.
pub fn choose_case(
    cases: &[Case],
    value_of: &impl Fn(Quantity) -> Option<Number>,
    conventions: &Conventions,
) -> Result<Option<usize>, EvaluationError> {
    'cases: for (index, case) in cases.iter().enumerate() {
        for condition in &case.conditions {
            let holds = condition_holds(condition, value_of, conventions);
            if !holds.map_err(|error| error.of_cases(cases))? {
                continue 'cases;
            }
        }
        return Ok(Some(index));
    }
    Ok(None)
}

/// Whether a comparison holds.
///
/// # Errors
/// As [`evaluate`], for its sides.
pub fn condition_holds(
    condition: &Condition,
    value_of: &impl Fn(Quantity) -> Option<Number>,
    conventions: &Conventions,
) -> Result<bool, EvaluationError> {
    // `evaluate` over duals asks for plain numbers here: a condition has no derivative.
    let left: Number = evaluate_number(&condition.left, value_of, conventions)?;
    let right: Number = evaluate_number(&condition.right, value_of, conventions)?;
    left.holds(condition.relation, &right)
        .map_err(|error| EvaluationError::from(error).asking(Question::Branch, None))
}

/// Whether the value of `part` is 0.
fn is_zero(value: &Number, part: &Expr) -> Result<bool, EvaluationError> {
    value.is_zero().map_err(|error| EvaluationError::from(error).asking(Question::Zero, Some(part)))
}

/// [`evaluate`] through a trait object, so that cases within conditions do not nest types without end.
fn evaluate_number(
    expr: &Expr,
    value_of: &dyn Fn(Quantity) -> Option<Number>,
    conventions: &Conventions,
) -> Result<Number, EvaluationError> {
    evaluate(expr, &|quantity| value_of(quantity), conventions)
}
