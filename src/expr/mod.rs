//! The one expression tree: right-hand sides, local partials, adjoints and updates are all [`Expr`]s.
//!
//! One evaluator ([`evaluate`]) computes them and one typesetter prints them, so a formula on the page
//! cannot disagree with its number.
//!
//! Invariants:
//! * a tree's depth is bounded (the checker refuses deeper sources, and differentiation adds a constant
//!   number of levels for each), so code may recurse over it;
//! * `Sum` and `Product` are flat lists of at least two members; the first term of a sum may be negative;
//! * a [`VariableId`] is a position in a network in which operands precede consumers.

mod activation;
mod build;
mod conventions;
mod differentiate;
mod dual;
mod evaluate;
mod operator;
mod substitute;
#[cfg(test)]
mod tests;
mod text;

use crate::exact::{Number, Relation};

pub use activation::Activation;
pub use build::{negate, power, product, quotient, simplify, sum};
pub use conventions::{ConventionValue, Conventions, Kink, TieRule};
pub use differentiate::differentiate;
pub use dual::Dual;
pub use evaluate::{EvaluationError, Question, Scalar, choose_case, condition_holds, evaluate};
pub use operator::{
    Domain, Function, Notation, Operator, OperatorRef, Parameter, ParameterKind, ScalarOperator,
    call,
};
pub use substitute::{
    map_cases, map_quantities, name_subexpression, reduce_members, without_detached,
};
pub use text::{Names, to_text};

/// A leaf or node of a network, by its position in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u32);

impl VariableId {
    /// The position as an index into a slice.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something that has a name and, once computed, a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// A leaf or node.
    Variable(VariableId),
    /// ∂L/∂v, the derivative of the objective by a leaf or node.
    Adjoint(VariableId),
    /// ∂v/∂u: how one node changes with one of its own operands, all others held fixed.
    LocalPartial {
        /// The node.
        of: VariableId,
        /// Its operand.
        by: VariableId,
    },
    /// The value of a parameter after an update.
    Updated(VariableId),
    /// An optimiser's setting, such as the learning rate η.
    Setting(Setting),
    /// What an optimiser remembers of a parameter, before a step.
    State {
        /// Which of its memories.
        letter: StateLetter,
        /// The parameter.
        of: VariableId,
    },
    /// The same after the step, and what a step computes on its way.
    NewState {
        /// Which of its memories.
        letter: StateLetter,
        /// The parameter.
        of: VariableId,
    },
    /// ‖g‖ over the parameters of an update.
    GradientNorm,
    /// The objective of one row of a mini-batch, from 1.
    RowObjective(u32),
    /// Its derivative by a leaf or node.
    RowAdjoint {
        /// The row, from 1.
        row: u32,
        /// The leaf or node.
        by: VariableId,
    },
    /// The mean of the objectives of a mini-batch's rows.
    MeanObjective,
    /// Its derivative by a leaf or node.
    MeanAdjoint(VariableId),
    /// A name that stands in prose without being declared, by its position in the exercise's list.
    Free(u32),
}

/// A setting of an optimiser that the page writes as a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Setting {
    /// η
    LearningRate,
    /// μ
    Momentum,
    /// The share of the gradient that a velocity leaves out.
    Dampening,
    /// λ, which adds λw to the gradient.
    WeightDecay,
    /// λ, which takes ηλw off the parameter itself.
    DecoupledDecay,
    /// What Adagrad's sum of squares begins with.
    Initial,
    /// ρ
    Rho,
    /// β₁
    Beta1,
    /// β₂
    Beta2,
    /// ε
    Epsilon,
    /// The largest norm that the gradient may have.
    ClipNorm,
    /// The largest size that an entry of the gradient may have.
    ClipValue,
}

/// What an optimiser remembers, or computes on its way, by the letter of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StateLetter {
    /// g, the gradient after clipping and weight decay.
    Gradient,
    /// v, a velocity or Adam's mean of squares.
    Velocity,
    /// s, a sum or mean of squares.
    Squares,
    /// m, a mean of gradients.
    Mean,
    /// t, how many steps there were.
    Steps,
    /// The largest v.
    Largest,
    /// m̂
    CorrectedMean,
    /// v̂
    CorrectedSquares,
    /// The parameter after `AdamW`'s decay.
    Decayed,
    /// The parameter where Nesterov's momentum takes its gradient.
    Ahead,
}

impl Setting {
    /// The option that sets it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LearningRate => "rate",
            Self::Momentum => "momentum",
            Self::Dampening => "dampening",
            Self::WeightDecay | Self::DecoupledDecay => "weight_decay",
            Self::Initial => "initial",
            Self::Rho => "rho",
            Self::Beta1 => "beta1",
            Self::Beta2 => "beta2",
            Self::Epsilon => "eps",
            Self::ClipNorm => "clip_norm",
            Self::ClipValue => "clip_value",
        }
    }
}

impl StateLetter {
    /// The letter in text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gradient => "g",
            Self::Velocity => "v",
            Self::Squares => "s",
            Self::Mean => "m",
            Self::Steps => "t",
            Self::Largest => "vmax",
            Self::CorrectedMean => "mhat",
            Self::CorrectedSquares => "vhat",
            Self::Decayed => "decayed",
            Self::Ahead => "ahead",
        }
    }
}

/// An expression over numbers and [`Quantity`]s.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number in place.
    Number(Literal),
    /// A named quantity.
    Quantity(Quantity),
    /// −e
    Negation(Box<Expr>),
    /// Terms in order, each with its sign.
    Sum(Vec<Term>),
    /// Factors in order.
    Product(Vec<Expr>),
    /// numerator / denominator
    Quotient {
        /// Above the line.
        numerator: Box<Expr>,
        /// Below the line.
        denominator: Box<Expr>,
    },
    /// base ^ exponent
    Power {
        /// What is raised.
        base: Box<Expr>,
        /// A constant integer expression.
        exponent: Box<Expr>,
    },
    /// An operator applied to its arguments, options filled in.
    Call {
        /// The operator.
        operator: OperatorRef,
        /// One expression a parameter.
        arguments: Vec<Expr>,
    },
    /// The first case whose condition holds.
    Cases(Vec<Case>),
    /// ±∞, which stands only as a bound of `clip`.
    Infinity {
        /// −∞
        negative: bool,
    },
}

/// A term of a sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Subtracted.
    pub minus: bool,
    /// The term without its sign.
    pub expr: Expr,
}

/// A number and how the page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The exact value.
    pub value: Number,
    /// How it was written.
    pub style: NumberStyle,
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberStyle {
    /// As the sheet shows computed values.
    Auto,
    /// As a fraction, since the file wrote it so.
    Fraction,
    /// As a decimal, since the file wrote it so.
    Decimal,
}

/// One case of a piecewise expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The value of this branch.
    pub value: Expr,
    /// All must hold; empty means "otherwise".
    pub conditions: Vec<Condition>,
    /// The convention that fixes this branch's value, where it is the branch of a kink.
    pub kink: Option<Kink>,
}

impl Case {
    /// The same with each of its expressions, those of its conditions included, replaced.
    #[must_use]
    pub fn map(&self, replace: &mut impl FnMut(&Expr) -> Expr) -> Self {
        let value = replace(&self.value);
        let conditions = self
            .conditions
            .iter()
            .map(|condition| Condition {
                left: replace(&condition.left),
                relation: condition.relation,
                right: replace(&condition.right),
            })
            .collect();
        Self { value, conditions, kink: self.kink }
    }
}

/// A comparison of two expressions.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Left side.
    pub left: Expr,
    /// The sign between them.
    pub relation: Relation,
    /// Right side.
    pub right: Expr,
}

impl From<Quantity> for Expr {
    fn from(quantity: Quantity) -> Self {
        Self::Quantity(quantity)
    }
}

impl From<VariableId> for Expr {
    fn from(variable: VariableId) -> Self {
        Self::Quantity(Quantity::Variable(variable))
    }
}

impl From<i64> for Expr {
    fn from(value: i64) -> Self {
        Self::number(Number::from(value))
    }
}

impl Expr {
    /// A number shown as the sheet shows computed values.
    pub fn number(value: Number) -> Self {
        Self::Number(Literal { value, style: NumberStyle::Auto })
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(literal) => Some(&literal.value),
            _ => None,
        }
    }

    /// Whether this is the integer `value` in place.
    pub fn is_integer(&self, value: i64) -> bool {
        self.as_number().is_some_and(|number| *number == Number::from(value))
    }

    /// Whether this is a number or a single name.
    pub fn is_atom(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Quantity(_) | Self::Infinity { .. })
    }

    /// Calls `visit` with every quantity, in reading order, repetitions included. Quantities in the
    /// conditions of cases count too.
    pub fn for_each_quantity(&self, visit: &mut impl FnMut(Quantity)) {
        match self {
            Self::Number(_) | Self::Infinity { .. } => {}
            Self::Quantity(quantity) => visit(*quantity),
            Self::Cases(cases) => {
                for case in cases {
                    case.value.for_each_quantity(visit);
                    for condition in &case.conditions {
                        condition.left.for_each_quantity(visit);
                        condition.right.for_each_quantity(visit);
                    }
                }
            }
            _ => self.for_each_child(&mut |child| child.for_each_quantity(visit)),
        }
    }

    /// Whether `quantity` occurs anywhere in the expression.
    pub fn mentions(&self, quantity: Quantity) -> bool {
        match self {
            Self::Number(_) | Self::Infinity { .. } => false,
            Self::Quantity(own) => *own == quantity,
            Self::Negation(inner) => inner.mentions(quantity),
            Self::Sum(terms) => terms.iter().any(|term| term.expr.mentions(quantity)),
            Self::Product(factors) => factors.iter().any(|factor| factor.mentions(quantity)),
            Self::Quotient { numerator, denominator } => {
                numerator.mentions(quantity) || denominator.mentions(quantity)
            }
            Self::Power { base, exponent } => {
                base.mentions(quantity) || exponent.mentions(quantity)
            }
            Self::Call { arguments, .. } => arguments.iter().any(|a| a.mentions(quantity)),
            Self::Cases(cases) => cases.iter().any(|case| {
                case.value.mentions(quantity)
                    || case
                        .conditions
                        .iter()
                        .any(|c| c.left.mentions(quantity) || c.right.mentions(quantity))
            }),
        }
    }

    /// Calls `visit` with every quantity through which the expression has a derivative, in reading order,
    /// repetitions included: not those of conditions, and not those that are held fixed.
    pub fn for_each_moving_quantity(&self, visit: &mut impl FnMut(Quantity)) {
        match self {
            Self::Quantity(quantity) => visit(*quantity),
            Self::Call { operator, .. } if operator.holds_fixed() => {}
            _ => self.for_each_child(&mut |child| child.for_each_moving_quantity(visit)),
        }
    }

    /// Calls `visit` with every operator and its arguments, conditions included; the bodies of activations
    /// are not looked into.
    pub fn for_each_call(&self, visit: &mut impl FnMut(&OperatorRef, &[Self])) {
        if let Self::Call { operator, arguments } = self {
            visit(operator, arguments);
        }
        if let Self::Cases(cases) = self {
            for condition in cases.iter().flat_map(|case| &case.conditions) {
                condition.left.for_each_call(visit);
                condition.right.for_each_call(visit);
            }
        }
        self.for_each_child(&mut |child| child.for_each_call(visit));
    }

    /// Whether a piecewise part stands anywhere in the expression.
    pub fn has_cases(&self) -> bool {
        if matches!(self, Self::Cases(_)) {
            return true;
        }
        let mut found = false;
        self.for_each_child(&mut |child| found = found || child.has_cases());
        found
    }

    /// How many parts there are, conditions included; counted no further than `limit`.
    pub fn size_up_to(&self, limit: usize) -> usize {
        let mut size = 0;
        let mut pending = vec![self];
        while let Some(expr) = pending.pop() {
            size += 1;
            if size >= limit {
                break;
            }
            expr.for_each_child(&mut |child| pending.push(child));
            if let Self::Cases(cases) = expr {
                for condition in cases.iter().flat_map(|case| &case.conditions) {
                    pending.extend([&condition.left, &condition.right]);
                }
            }
        }
        size
    }

    /// Calls `visit` with every direct child that contributes a value; conditions are left out.
    pub fn for_each_child<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        match self {
            Self::Number(_) | Self::Quantity(_) | Self::Infinity { .. } => {}
            Self::Negation(inner) => visit(inner),
            Self::Sum(terms) => terms.iter().for_each(|term| visit(&term.expr)),
            Self::Product(factors) => factors.iter().for_each(visit),
            Self::Quotient { numerator, denominator } => {
                visit(numerator);
                visit(denominator);
            }
            Self::Power { base, exponent } => {
                visit(base);
                visit(exponent);
            }
            Self::Call { arguments, .. } => arguments.iter().for_each(visit),
            Self::Cases(cases) => cases.iter().for_each(|case| visit(&case.value)),
        }
    }
}
