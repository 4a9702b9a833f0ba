//! The view model of a solution: what the templates lay out and put words around.

use std::cmp::Ordering;

use crate::exercise::{Role, RoundLabel};
use crate::expr::Setting;

/// A whole sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) title: Option<Vec<Inline>>,
    pub(super) author: Option<Vec<Inline>>,
    pub(super) course: Option<Vec<Inline>>,
    pub(super) date: Option<Vec<Inline>>,
    pub(super) given: Given,
    /// What the functions of the network are; empty where no reminder is asked for.
    pub(super) reminder: Vec<Reminder>,
    /// The kinks that were hit, each with the value its convention gives.
    pub(super) conventions: Vec<Convention>,
    /// Exact fractions were given up where they grew too long.
    pub(super) has_enclosures: bool,
    /// To how many digits figures on the sheet are rounded; empty where none is.
    pub(super) roundings: Vec<Rounding>,
    pub(super) blocks: Vec<Block>,
    pub(super) summary: Option<Summary>,
}

/// Running text: escaped by the template where it is text, trusted where it is mathematics.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inline {
    Text(String),
    Math(String),
}

/// What the exercise gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    /// The right-hand sides of the network, for a sentence.
    pub(super) definitions: Vec<String>,
    /// The same as rows, for a display; empty where a sentence does.
    pub(super) definition_rows: Vec<Row>,
    /// The functions that keep their names.
    pub(super) functions: Vec<FunctionView>,
    /// The same as rows, for a display; empty where a sentence does.
    pub(super) function_rows: Vec<Row>,
    /// Upstream gradients in place of a loss.
    pub(super) upstream: Vec<String>,
    /// What optimisers remember from before.
    pub(super) start: Vec<String>,
    /// The leaves that stay symbols.
    pub(super) symbols: Vec<String>,
    /// The training examples.
    pub(super) data: Vec<Table>,
    /// The leaves of each role that has any.
    pub(super) leaves: Vec<GivenLeaves>,
}

/// A function that keeps its name: what it is, and its derivative.
#[derive(Clone, Debug)]
pub(super) struct FunctionView {
    pub(super) definition: String,
    pub(super) derivative: String,
}

/// A function in the reminder.
#[derive(Clone, Debug)]
pub(super) struct Reminder {
    /// `f(z) = …`, or the function alone where nothing more elementary could define it.
    pub(super) definition: String,
    /// `∂/∂z = …`, or `f′(z) = …`
    pub(super) derivative: String,
    pub(super) kinks: Vec<ReminderKink>,
}

/// What a derivative is taken to be where it does not exist.
#[derive(Clone, Debug)]
pub(super) struct ReminderKink {
    pub(super) value: String,
    /// `z = 0`
    pub(super) condition: String,
}

/// The leaves of one role with their values.
#[derive(Clone, Debug)]
pub(super) struct GivenLeaves {
    pub(super) role: Role,
    pub(super) are_several: bool,
    /// `a = 1`, those of one value together.
    pub(super) values: Vec<String>,
}

impl Given {
    /// Whether some function or its derivative is too tall or wide for a sentence.
    pub(super) fn display_functions(&self) -> bool {
        !self.function_rows.is_empty()
    }

    /// Whether some right-hand side is too tall or wide for a sentence.
    pub(super) fn display_definitions(&self) -> bool {
        !self.definition_rows.is_empty()
    }
}

/// A convention that was used.
#[derive(Clone, Debug)]
pub(super) enum Convention {
    /// f′(place) = value
    Slope { function: String, place: Place, value: String },
    /// A tie's derivative is shared.
    TieShared { function: String },
    /// A tie's derivative goes to the first.
    TieFirst { function: String },
}

/// A kink's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Zero,
    Lower,
    Upper,
}

/// How decimals are rounded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rounding {
    Significant(u32),
    Places(u32),
}

/// A block of the sheet.
#[derive(Clone, Debug)]
pub(super) enum Block {
    Heading(Heading),
    /// Before a task that stands in no part.
    TaskHeading(TaskHeading),
    Paragraphs(Vec<Vec<Inline>>),
    Round(RoundLabel),
    Partial {
        rows: Vec<Row>,
    },
    /// Every path as one product, their sum, and the share of each.
    Paths {
        count: usize,
        rows: Vec<Row>,
        shares: Vec<String>,
    },
    /// The passes of a mini-batch, one line a row.
    Batch {
        tables: Vec<Table>,
        rows: Vec<Row>,
        comparison: Option<Comparison>,
        is_one: bool,
    },
    /// Before the derivation that stands for those of all rows.
    FirstRow(usize),
    /// The means over the rows.
    Means {
        rows: Vec<Row>,
        is_one: bool,
    },
    /// Many steps, one line each.
    Training {
        settings: Vec<SettingView>,
        /// The rule in letters, for one parameter of `several`.
        rule: Vec<Row>,
        several: bool,
        tables: Vec<Table>,
    },
    /// New values of leaves.
    Set {
        values: Vec<String>,
    },
    Reset,
    Forward {
        rows: Vec<Row>,
        comparison: Option<Comparison>,
        is_first: bool,
        /// The row of `data`, where nothing around says it.
        row: Option<usize>,
    },
    Target {
        role: TargetRole,
        symbol: String,
    },
    Derivation {
        kind: DerivationView,
        remarks: Vec<Remark>,
        rows: Vec<Row>,
    },
    LookAhead {
        settings: Vec<SettingView>,
        positions: Vec<Row>,
        rows: Vec<Row>,
    },
    Update {
        settings: Vec<SettingView>,
        counts: Vec<StepCount>,
        rows: Vec<Row>,
        several: bool,
    },
}

/// A table over pages: heads, then lines of cells. All of it is mathematics.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) lines: Vec<Vec<String>>,
}

/// What stands above a column.
#[derive(Clone, Debug)]
pub(super) enum Column {
    /// The number of the row of `data`.
    Row,
    /// The number of the round.
    Round,
    /// A quantity; `is_rounded` says that some figure below is.
    Quantity { symbol: String, is_rounded: bool },
}

/// A setting of an optimiser: `\eta = 0.1`.
#[derive(Clone, Debug)]
pub(super) struct SettingView {
    pub(super) setting: Setting,
    pub(super) equation: String,
}

/// Which step of its own a parameter takes; no parameter where all take the same.
#[derive(Clone, Debug)]
pub(super) struct StepCount {
    pub(super) parameter: Option<String>,
    pub(super) count: u32,
}

/// The heading of a part or question.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    /// 1 for parts, 2 and 3 for parts within them.
    pub(super) level: usize,
    pub(super) label: String,
    pub(super) title: Vec<Inline>,
    pub(super) points: Option<Points>,
}

/// Which heading a task without a part has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TaskHeading {
    Forward,
    Backward,
}

/// What a part is worth.
#[derive(Clone, Debug)]
pub(super) struct Points {
    pub(super) value: String,
    pub(super) is_one: bool,
}

/// What a gradient is taken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TargetRole {
    Parameter,
    Input,
    Target,
    Constant,
    Node,
    Objective,
}

/// What there is to say of a derivation.
#[derive(Clone, Debug)]
pub(super) enum DerivationView {
    Chain,
    Repeated,
    Given,
    Seed,
    Unused { symbol: String },
    Unreached { symbol: String, objective: String },
}

/// A step: the lines of its chain of forms.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The first of the rows that support a goal.
    pub(super) opens_support: bool,
    /// The first of the letters that stand for wide parts of the row before.
    pub(super) opens_abbreviations: bool,
    /// What is said before the row.
    pub(super) remarks: Vec<Remark>,
    /// Alignment marks included, without the ends of lines.
    pub(super) lines: Vec<String>,
    /// Why the branches were taken, as many to a line as fit.
    pub(super) reasons: Vec<Vec<Reason>>,
    /// The first of them do not fit on the last line.
    pub(super) reasons_below: bool,
    /// Another row follows at once; before words between rows the line ends by itself.
    pub(super) ends_line: bool,
}

/// Something said of a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Remark {
    /// `node = operand`, so the adjoint passes through.
    Identity { node: String, operand: String },
    /// The slope of the node cancels against the loss's denominator.
    Joint { node: String },
    /// 0/0 counts as a step of 0.
    Standstill,
    /// The variable feeds several nodes.
    FanOut { variable: String, consumers: Vec<String> },
}

/// Why a branch was taken.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reason {
    pub(super) condition: String,
    /// A kink was hit, so its convention decides.
    pub(super) by_convention: bool,
}

/// The objective before and after.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) ordering: Ordering,
    pub(super) is_loss: bool,
    pub(super) before: String,
    pub(super) after: String,
}

impl Comparison {
    pub(super) fn rose(&self) -> bool {
        self.ordering == Ordering::Greater
    }

    pub(super) fn fell(&self) -> bool {
        self.ordering == Ordering::Less
    }
}

/// A table of every update: parameters down, old value, gradient and new value across.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    pub(super) objective: String,
    /// How many updates there are.
    pub(super) updates: usize,
    /// Parameter, then its value, and for each update gradient and new value.
    pub(super) rows: Vec<Vec<String>>,
    /// The objective's row, in the same columns.
    pub(super) objective_row: Vec<String>,
}
