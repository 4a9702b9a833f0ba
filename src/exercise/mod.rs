//! The checked exercise: a sound network and the questions asked of it.
//!
//! Only [`check`] builds an [`Exercise`], and what it builds is sound: operands precede consumers, every
//! name a task refers to exists, every leaf has a value, and no `gradient` or `update` rests on a forward
//! pass that an update has made stale.

mod check;
mod error;
mod name;
mod network;
mod symbols;

use std::sync::Arc;

use crate::exact::{Number, Precision, Rational};
use crate::expr::{
    Activation, Condition, Conventions, Expr, Literal, Names, Quantity, StateLetter, VariableId,
};
use crate::notation::Symbol;
use crate::optimisers::{Optimiser, Settings};
use crate::source::Span;

pub use check::{check, limits};
pub use error::{Arity, CheckError, CheckWarning, Place};
pub(crate) use error::{evaluation_help, evaluation_sentence};
pub use name::Name;
pub use network::{Kind, LeafValue, Network, Objective, Role, Sense, Variable};
pub use symbols::NameSymbols;

/// An exercise that is ready to be solved.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// What stands at the head of the sheet.
    pub metadata: Metadata,
    /// The network.
    pub network: Network,
    /// The values fixed for derivatives at kinks.
    pub conventions: Conventions,
    /// The functions that keep their names, in the file's order.
    pub activations: Vec<Arc<Activation>>,
    /// How names are typeset where the file says so, in the file's order.
    pub displays: Vec<(Name, Symbol)>,
    /// Names that stand in prose without being declared; [`Quantity::Free`] counts in this list.
    pub free_names: Vec<Name>,
    /// The upstream gradients that the file gives in place of a loss.
    pub upstream: Vec<(VariableId, Expr)>,
    /// What optimisers remember from before the exercise.
    pub start: Vec<(StateLetter, VariableId, Number)>,
    /// The training examples, if there are any.
    pub data: Option<Data>,
    /// What is asked, in order.
    pub items: Vec<Item>,
    /// Some number of the file is written as a decimal, so that computed values are shown as decimals.
    pub has_decimals: bool,
    /// The sheet reminds of the functions that the network uses.
    pub reminder: bool,
    /// How the file asks for numbers to be shown.
    pub format: NumberFormat,
}

/// How numbers are shown, as far as the file says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberFormat {
    /// `digits`
    pub precision: Option<Precision>,
    /// `numbers`
    pub style: Option<NumbersAs>,
}

impl NumberFormat {
    /// This where it says something, else what `outer` says.
    #[must_use]
    pub fn within(self, outer: Self) -> Self {
        Self { precision: self.precision.or(outer.precision), style: self.style.or(outer.style) }
    }
}

/// What `numbers` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumbersAs {
    /// `numbers fractions`
    Fractions,
    /// `numbers decimals`
    Decimals,
}

/// Training examples: the values that some leaves take row by row.
#[derive(Clone, Debug)]
pub struct Data {
    /// The leaves: inputs, then targets.
    pub columns: Vec<VariableId>,
    /// How many of them are inputs.
    pub inputs: usize,
    /// The rows, one value a column.
    pub rows: Vec<Vec<Literal>>,
}

/// The language of the sheet's own prose, and of its decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `lang "en"`
    #[default]
    English,
    /// `lang "de"`
    German,
}

impl Language {
    /// Every language that there is prose in.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// What `lang` calls it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

/// The head of the sheet.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// `lang`
    pub language: Language,
    /// `title`
    pub title: Option<Prose>,
    /// `author`
    pub author: Option<Prose>,
    /// `course`
    pub course: Option<Prose>,
    /// `date`, as the file writes it
    pub date: Option<Prose>,
}

/// Something that stands on the sheet.
#[derive(Clone, Debug)]
pub enum Item {
    /// Tasks, or parts again, under a heading.
    Part(Part),
    /// A question in prose with its answers.
    Question(Question),
    /// Printed on every sheet.
    Text(Prose),
    /// Printed on the solution alone.
    Note(Prose),
    /// How numbers are shown from here to the end of the part.
    Format(NumberFormat),
    /// Something to carry out.
    Task(Task),
    /// The same items several times, with the loop's number or the row of `data` in place.
    Rounds(Vec<Round>),
}

/// One round of a `repeat` or `each`.
#[derive(Clone, Debug)]
pub struct Round {
    /// Which it is.
    pub label: RoundLabel,
    /// What it holds.
    pub items: Vec<Item>,
}

/// What a round is called on the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoundLabel {
    /// Of a `repeat`: its number from 1, and how many there are.
    Repetition {
        /// From 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// A row of `data`, from 1.
    Row(usize),
    /// Some rows of `data` at once, from 1.
    Batch(Vec<usize>),
}

/// A part of the exercise.
#[derive(Clone, Debug)]
pub struct Part {
    /// The heading.
    pub title: Prose,
    /// What it is worth.
    pub points: Option<Rational>,
    /// What it holds.
    pub items: Vec<Item>,
}

/// A question in prose.
#[derive(Clone, Debug)]
pub struct Question {
    /// The question.
    pub title: Prose,
    /// What it is worth.
    pub points: Option<Rational>,
    /// The model answers.
    pub answers: Vec<Prose>,
}

/// Something to carry out over the state that the tasks share.
#[derive(Clone, Debug)]
pub struct Task {
    /// Where the file asks for it.
    pub span: Span,
    /// What it is.
    pub kind: TaskKind,
}

/// What a task does.
#[derive(Clone, Debug)]
pub enum TaskKind {
    /// A forward pass from the present values.
    Forward {
        /// The row of `data`, from 1.
        row: Option<usize>,
    },
    /// A forward pass for each row of a mini-batch, whose loss is the mean of theirs.
    Batch {
        /// The rows of `data`, from 1; at least one.
        rows: Vec<usize>,
    },
    /// ∂L/∂v for each, in this order.
    Gradient {
        /// What is asked for.
        targets: Vec<VariableId>,
        /// In letters alone.
        in_symbols: bool,
    },
    /// ∂`of`/∂`by` of one node.
    Partial {
        /// The node.
        of: VariableId,
        /// One of its operands.
        by: VariableId,
    },
    /// New values for leaves from here on.
    Set {
        /// Each leaf once.
        values: Vec<(VariableId, Literal)>,
    },
    /// Parameters, leaves and the optimiser's state as in the file.
    Reset,
    /// One step of an optimiser, all parameters at once.
    Update {
        /// The parameters that move, in the order of the sheet.
        parameters: Vec<VariableId>,
        /// How they move.
        step: OptimiserStep,
    },
}

/// An optimiser with its settings.
#[derive(Clone)]
pub struct OptimiserStep {
    /// The rule.
    pub optimiser: &'static dyn Optimiser,
    /// What the file chose for its options.
    pub settings: Settings,
}

impl std::fmt::Debug for OptimiserStep {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}({:?})", self.optimiser.name(), self.settings)
    }
}

/// Text that people read, with names resolved.
#[derive(Clone, Debug, Default)]
pub struct Prose {
    /// Where it stands.
    pub span: Span,
    /// Paragraphs of segments.
    pub paragraphs: Vec<Vec<Segment>>,
}

/// A piece of prose.
#[derive(Clone, Debug)]
pub enum Segment {
    /// Literal text.
    Text(String),
    /// An expression to typeset.
    Math(Expr),
    /// A comparison to typeset.
    Comparison(Condition),
    /// The value of an expression, in the present state or in a numbered pass (from 1).
    Value {
        /// What is computed.
        expr: Expr,
        /// The pass, from 1.
        pass: Option<usize>,
        /// Where it stands.
        span: Span,
    },
}

impl Exercise {
    fn objective_name(&self) -> String {
        let objective = self.network.objective();
        objective.map_or_else(String::new, |own| self.network[own.variable].name.to_string())
    }
}

impl Names for Exercise {
    fn name(&self, quantity: Quantity) -> String {
        let of = |variable: VariableId| self.network[variable].name.to_string();
        match quantity {
            Quantity::Variable(variable) | Quantity::Updated(variable) => of(variable),
            Quantity::Adjoint(variable) | Quantity::MeanAdjoint(variable) => {
                format!("grad({})", of(variable))
            }
            Quantity::LocalPartial { of: node, by } => format!("partial({}, {})", of(node), of(by)),
            Quantity::Setting(setting) => setting.name().to_owned(),
            Quantity::State { letter, of: parameter }
            | Quantity::NewState { letter, of: parameter } => {
                format!("{}[{}]", letter.name(), of(parameter))
            }
            Quantity::RowAdjoint { row, by } => format!("grad({}, {row})", of(by)),
            Quantity::RowObjective(row) => format!("{}[{row}]", self.objective_name()),
            Quantity::MeanObjective => self.objective_name(),
            Quantity::GradientNorm => "norm(grad)".to_owned(),
            Quantity::Free(index) => {
                self.free_names.get(index as usize).map_or_else(String::new, ToString::to_string)
            }
        }
    }
}
