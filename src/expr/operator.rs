//! What an operator has to say of itself.
//!
//! An operator implements [`ScalarOperator`]: its defining rule once, generic over [`Scalar`], and its
//! local partials as expressions. The rule evaluated over [`Dual`] numbers gives the derivative a second
//! time, without the partials: that is how the verifier catches a wrong one.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Activation, Conventions, Dual, EvaluationError, Expr, Scalar};
use crate::exact::Number;

/// A parameter of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, by which it may be given as an option.
    pub name: &'static str,
    /// What may stand there.
    pub kind: ParameterKind,
}

/// What may stand for a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// An expression that must be given.
    Required,
    /// Any further number of expressions, at least as many as stated; the last parameter only.
    Variadic {
        /// The least number.
        at_least: usize,
    },
    /// An expression with a default, an exact decimal.
    Optional(&'static str),
    /// An expression or ±`inf`.
    Bound,
    /// A comparison.
    Condition,
    /// One of a list of words; the first is the default. It is not part of the built expression.
    Word(&'static [&'static str]),
    /// A positive constant with a default, an exact decimal.
    Threshold(&'static str),
}

/// How an operator's application is typeset. It is data: the typesetter decides on delimiters.
#[derive(Clone, Debug, PartialEq)]
pub enum Notation {
    /// An upright name before the arguments in parentheses: ReLU(z).
    Function {
        /// The name on the page.
        name: &'static str,
        /// Stands as a subscript of the name.
        subscript: Option<Expr>,
        /// What stands in the parentheses.
        arguments: Vec<Expr>,
    },
    /// A name of the file before its argument in parentheses: A(z), A′(z).
    Named {
        /// The name as the file gives it.
        name: String,
        /// The primes that a derivative adds.
        derivative: usize,
        /// What stands in the parentheses.
        argument: Expr,
    },
    /// |e|
    Absolute(Expr),
    /// √e
    Root(Expr),
    /// The first to the power of the second.
    Power(Expr, Expr),
    /// As another expression is.
    Expression(Expr),
    /// A lone letter.
    Letter(&'static str),
}

/// Where an operator refuses to be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// The target of `hinge` is −1 or 1.
    HingeTarget,
    /// `clip` needs lo ≤ hi.
    ClipBounds,
    /// A logarithm takes a positive number.
    Positive,
    /// A square root takes no negative number.
    NotNegative,
    /// A power whose exponent is no integer takes a base that is not negative.
    RealPower,
    /// `bce` takes a probability.
    Probability,
    /// A `bce` of the probability 0 takes the target 0.
    CertainlyZero,
    /// A `bce` of the probability 1 takes the target 1.
    CertainlyOne,
}

impl Domain {
    /// The position of the argument that is at fault.
    pub fn argument(self) -> usize {
        match self {
            Self::HingeTarget | Self::ClipBounds => 1,
            Self::Positive
            | Self::NotNegative
            | Self::RealPower
            | Self::Probability
            | Self::CertainlyZero
            | Self::CertainlyOne => 0,
        }
    }
}

/// What a file can call: an entry of the registry.
pub trait Function: Sync {
    /// The name in the language, by `PyTorch`'s and `NumPy`'s names.
    fn name(&self) -> &'static str;
    /// Other names for it.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }
    /// One line for the reference.
    fn summary(&self) -> &'static str;
    /// A use of it: an expression over `a`, `b`, `c`.
    fn example(&self) -> &'static str;
    /// The parameters in order.
    fn parameters(&self) -> &'static [Parameter];
    /// The places where its derivative does not exist, as conventions name them.
    fn kinks(&self) -> &'static [&'static str] {
        &[]
    }
    /// Where it refuses to be evaluated, if anywhere.
    fn domain(&self) -> Option<Domain> {
        None
    }
    /// The application as an expression: one argument a parameter, words left out. A function that is
    /// sugar gives the form that it stands for, any other a [`Expr::Call`] of its [`Operator`].
    fn build(&'static self, arguments: Vec<Expr>) -> Expr;
}

/// A function that stands in expression trees. Implemented through [`ScalarOperator`], and by [`Activation`].
pub trait Operator: Send + Sync {
    /// The name in the language.
    fn name(&self) -> &str;
    /// The parameters as a file writes them; none for a function of the file.
    fn parameters(&self) -> &'static [Parameter];
    /// Tells operators of one name apart, such as the two halves of `clip`.
    fn variant(&self) -> u8;
    /// The arguments as a file writes them, where that is more than the operator takes.
    fn written(&self, arguments: &[Expr]) -> Vec<Expr>;
    /// How an application is typeset.
    fn notation(&self, arguments: &[Expr]) -> Notation;
    /// Whether the value is held fixed: it has no derivative by its arguments.
    fn holds_fixed(&self) -> bool;
    /// The case distinction that defines the operator, if a sheet should show which case holds.
    fn definition(&self, arguments: &[Expr]) -> Option<Expr>;
    /// What the operator is, as a textbook defines it; nothing where its notation says it, or where it is as
    /// elementary as anything that could define it.
    fn meaning(&self, arguments: &[Expr]) -> Option<Expr>;
    /// ∂/∂(argument `index`), as an expression over the arguments.
    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr;
    /// ∂/∂z where argument `index` is a node `name` = `inner`(z), in the one form that the two have together:
    /// p − y for the cross entropy of a sigmoid.
    fn joint_partial(
        &self,
        _arguments: &[Expr],
        _index: usize,
        _inner: &dyn Operator,
    ) -> Option<Expr> {
        None
    }
    /// The exact value.
    ///
    /// # Errors
    /// Where the operator is not defined, or the value passes a limit of size.
    fn evaluate(
        &self,
        arguments: &[Number],
        conventions: &Conventions,
    ) -> Result<Number, EvaluationError>;
    /// The exact value and directional derivative, by the defining rule and not by the partials.
    ///
    /// # Errors
    /// As [`Operator::evaluate`].
    fn evaluate_dual(
        &self,
        arguments: &[Dual],
        conventions: &Conventions,
    ) -> Result<Dual, EvaluationError>;
}

/// An operator on scalars: one struct, one rule.
pub trait ScalarOperator: Send + Sync {
    /// See [`Function::name`].
    const NAME: &'static str;
    /// See [`Function::aliases`].
    const ALIASES: &'static [&'static str] = &[];
    /// See [`Function::summary`].
    const SUMMARY: &'static str;
    /// See [`Function::example`].
    const EXAMPLE: &'static str;
    /// See [`Function::parameters`].
    const PARAMETERS: &'static [Parameter];
    /// See [`Function::kinks`].
    const KINKS: &'static [&'static str] = &[];
    /// See [`Function::domain`].
    const DOMAIN: Option<Domain> = None;

    /// Another form that these arguments ask for, such as relu for `max(0, z)`.
    fn special_form(&self, _arguments: &[Expr]) -> Option<Expr> {
        None
    }

    /// See [`Operator::variant`].
    fn variant(&self) -> u8 {
        0
    }

    /// See [`Operator::written`].
    fn written(&self, arguments: &[Expr]) -> Vec<Expr> {
        arguments.to_vec()
    }

    /// See [`Operator::notation`].
    fn notation(&self, arguments: &[Expr]) -> Notation;

    /// See [`Operator::holds_fixed`].
    const HOLDS_FIXED: bool = false;

    /// See [`Operator::definition`].
    fn definition(&self, _arguments: &[Expr]) -> Option<Expr> {
        None
    }

    /// See [`Operator::meaning`].
    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        self.definition(arguments)
    }

    /// See [`Operator::partial`].
    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr;

    /// See [`Operator::joint_partial`].
    fn joint_partial(
        &self,
        _arguments: &[Expr],
        _index: usize,
        _inner: &dyn Operator,
    ) -> Option<Expr> {
        None
    }

    /// The definition, over numbers and over dual numbers alike. At a kink the convention defines the
    /// derivative ([`Scalar::at_kink`]).
    ///
    /// # Errors
    /// See [`Operator::evaluate`].
    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError>;
}

impl<T: ScalarOperator> Function for T {
    fn name(&self) -> &'static str {
        T::NAME
    }
    fn aliases(&self) -> &'static [&'static str] {
        T::ALIASES
    }
    fn summary(&self) -> &'static str {
        T::SUMMARY
    }
    fn example(&self) -> &'static str {
        T::EXAMPLE
    }
    fn parameters(&self) -> &'static [Parameter] {
        T::PARAMETERS
    }
    fn kinks(&self) -> &'static [&'static str] {
        T::KINKS
    }
    fn domain(&self) -> Option<Domain> {
        T::DOMAIN
    }
    fn build(&'static self, arguments: Vec<Expr>) -> Expr {
        self.special_form(&arguments).unwrap_or_else(|| call(self, arguments))
    }
}

impl<T: ScalarOperator> Operator for T {
    fn name(&self) -> &str {
        T::NAME
    }
    fn parameters(&self) -> &'static [Parameter] {
        T::PARAMETERS
    }
    fn variant(&self) -> u8 {
        ScalarOperator::variant(self)
    }
    fn written(&self, arguments: &[Expr]) -> Vec<Expr> {
        ScalarOperator::written(self, arguments)
    }
    fn notation(&self, arguments: &[Expr]) -> Notation {
        ScalarOperator::notation(self, arguments)
    }
    fn holds_fixed(&self) -> bool {
        T::HOLDS_FIXED
    }
    fn definition(&self, arguments: &[Expr]) -> Option<Expr> {
        ScalarOperator::definition(self, arguments)
    }
    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        ScalarOperator::meaning(self, arguments)
    }
    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        ScalarOperator::partial(self, arguments, index, conventions)
    }
    fn joint_partial(
        &self,
        arguments: &[Expr],
        index: usize,
        inner: &dyn Operator,
    ) -> Option<Expr> {
        ScalarOperator::joint_partial(self, arguments, index, inner)
    }
    fn evaluate(
        &self,
        arguments: &[Number],
        conventions: &Conventions,
    ) -> Result<Number, EvaluationError> {
        self.rule(arguments, conventions)
    }
    fn evaluate_dual(
        &self,
        arguments: &[Dual],
        conventions: &Conventions,
    ) -> Result<Dual, EvaluationError> {
        self.rule(arguments, conventions)
    }
}

/// An operator in a tree.
#[derive(Clone)]
pub enum OperatorRef {
    /// Of the language. Two are equal if they have the same name and are the same variant of it.
    BuiltIn(&'static dyn Operator),
    /// Of the file. Two are equal if they have the same name and the same body.
    Activation(Arc<Activation>),
}

impl OperatorRef {
    /// An error of evaluation as one of a call with these arguments.
    pub(super) fn of_call(&self, error: EvaluationError, arguments: &[Expr]) -> EvaluationError {
        match self {
            Self::BuiltIn(operator) => error.of_call(operator.name(), arguments),
            // Within its body the error was one of a call already.
            Self::Activation(own) => error.map_part(|part| own.with_arguments(part, arguments)),
        }
    }
}

impl Deref for OperatorRef {
    type Target = dyn Operator;
    fn deref(&self) -> &Self::Target {
        match self {
            Self::BuiltIn(operator) => *operator,
            Self::Activation(activation) => &**activation,
        }
    }
}

impl PartialEq for OperatorRef {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::BuiltIn(own), Self::BuiltIn(other)) => {
                (own.name(), own.variant()) == (other.name(), other.variant())
            }
            (Self::Activation(own), Self::Activation(other)) => {
                Arc::ptr_eq(own, other) || own == other
            }
            _ => false,
        }
    }
}

impl fmt::Debug for OperatorRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The application of `operator`, as it stands.
pub fn call(operator: &'static dyn Operator, arguments: Vec<Expr>) -> Expr {
    Expr::Call { operator: OperatorRef::BuiltIn(operator), arguments }
}
