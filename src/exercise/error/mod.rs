//! What can be wrong with an exercise whose syntax is right: the kinds here, their words in
//! `messages.rs` and `training.rs`.
#![expect(missing_docs, reason = "each variant is documented; its fields are what their names say")]

mod messages;
mod numbers;
mod training;

use crate::expr::EvaluationError;
use crate::source::Span;

pub(crate) use numbers::{evaluation_help, evaluation_sentence};

/// A fault of an exercise.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckError {
    /// A name that no declaration or node gives.
    UnknownName { name: String, nearest: Option<String> },
    /// A name that a later statement gives.
    UsedBeforeDefinition { name: String },
    /// A function that a later `def` gives.
    CalledBeforeDefinition { name: String },
    /// Nodes that need each other; the path returns to its first name.
    Cycle { path: Vec<String> },
    /// A name given twice.
    AssignedTwice { name: String, first: Span, again: bool },
    /// A symbol where a number is needed.
    SymbolNeedsNumber { name: String, what: &'static str },
    /// A name that is a family of indexed members and a single thing at once.
    FamilyAndSingle { name: String, first: Span },
    /// A family's name without an index where one thing is needed.
    FamilyWithoutIndex { name: String, example: String },
    /// A single thing with an index.
    SingleWithIndex { name: String, first: Span },
    /// A loop whose number has the name of something that stands above.
    LoopNumberTaken { name: String, first: Option<Span> },
    /// A statement that gives the name of the number of a loop around it.
    LoopNumberAssigned { name: String },
    /// A function that does not exist.
    UnknownFunction { name: String, nearest: Option<String> },
    /// A name before `(` that is a leaf or node: a product without its sign.
    VariableCalled { name: String },
    /// A function's name without its arguments.
    FunctionWithoutArguments { name: String, signature: String },
    /// A function with the wrong number of arguments.
    WrongArity { function: String, signature: String, arity: Arity, given: usize },
    /// An option that a function or optimiser does not have.
    UnknownOption { owner: String, option: String, nearest: Option<String>, signature: String },
    /// An argument by name to a function of the file.
    ArgumentByName { function: String, signature: String },
    /// An option or argument given twice.
    OptionTwice { option: String },
    /// An option that must be given.
    MissingOption { owner: String, option: String },
    /// A setting of an optimiser outside of what it can be.
    SettingRange { option: &'static str, range: &'static str },
    /// `start` of something that no optimiser remembers.
    UnknownState { letter: String, known: Vec<String> },
    /// `start` of one thing twice.
    StartTwice { name: String },
    /// Positional arguments where only options may stand.
    OptionsOnly { owner: String, example: String },
    /// A word that is none of an option's.
    UnknownWord { option: String, known: Vec<String> },
    /// Something other than a name in `grad(…)`.
    GradientOfExpression,
    /// Something other than a comparison as the condition of `where`.
    ConditionExpected,
    /// A comparison where a number is needed.
    ComparisonMisplaced,
    /// `inf` anywhere but as a bound of `clip`.
    InfinityMisplaced,
    /// A value that must be constant and depends on something that is not.
    NotConstant { name: String, is: &'static str, what: &'static str },
    /// A `def` that uses something of the network.
    NotConstantInFunction { name: String, is: &'static str, signature: String },
    /// An `activation` that uses something of the network.
    NotConstantInActivation { name: String, is: &'static str },
    /// An `activation` with the name of a derivative.
    PrimedActivation { name: String },
    /// A constant that must be an integer.
    NotAnInteger { what: &'static str, value: String },
    /// An integer far beyond any use.
    IntegerTooLarge { what: &'static str },
    /// A number that does not exist, or is too large.
    Evaluation { error: EvaluationError, subject: Option<String> },
    /// A threshold that is not positive.
    ThresholdNotPositive { option: &'static str, value: String },
    /// An expression with too many parts once its functions are inlined.
    ExpressionTooLarge { limit: usize },
    /// An expression nested too deeply once its functions are inlined.
    ExpressionTooDeep { limit: usize },
    /// More parts than all expressions of a file may have.
    TooManyParts { limit: usize },
    /// More text than a sheet may have.
    TooMuchText { limit: usize },
    /// More statements than all `for`s of a file may make.
    TooManyStatements { limit: usize },
    /// More tasks than all `repeat`s of a file may make.
    TooManyTasks { limit: usize },
    /// Tasks that make more terms than a sheet may have.
    TooManyTerms { limit: usize },
    /// A range that runs backwards.
    RangeReversed { first: i64, last: i64 },
    /// `repeat` less than once.
    RepeatCount { count: i64 },
    /// A gradient is asked for and there is nothing to differentiate.
    NoObjective,
    /// A second `loss` or `maximize`; the same statement again where a loop repeats it.
    TwoObjectives { first: Span, again: bool },
    /// The objective depends on no parameter.
    ObjectiveIndependent { name: String },
    /// Every parameter's gradient is asked for and there is no parameter.
    NoParameters,
    /// `def` or `activation` of a name that exists already; without a place it is a function of the language.
    FunctionTwice { name: String, first: Option<Span> },
    /// Functions that call each other; the path returns to its first name.
    RecursiveFunction { path: Vec<String> },
    /// A function's parameter named twice.
    ParameterTwice { name: String },
    /// A convention for a place where the derivative exists.
    UnknownConvention { function: String, place: String, known: Vec<String> },
    /// A convention for a function of the file.
    ConventionOfDefinition { function: String },
    /// A convention of the wrong kind.
    ConventionValue { function: String, place: String, tie: bool },
    /// A convention stated twice.
    ConventionTwice { function: String, place: String },
    /// A task outside a part.
    TaskOutsidePart { task: &'static str, example: &'static str },
    /// A statement where it cannot stand.
    Misplaced { statement: &'static str, place: Place },
    /// An optimiser that does not exist.
    UnknownOptimiser { name: String, nearest: Option<String>, known: Vec<String> },
    /// A gradient after an update, with no forward pass between.
    StaleGradient,
    /// A second update of a parameter with no forward pass between.
    StaleUpdate { name: String },
    /// `update` of something that is no parameter.
    NotAParameter { name: String, is: &'static str },
    /// `digits` of a number that no page has.
    DigitsRange { least: i64, most: u32 },
    /// A given gradient beside a loss.
    GivenBesideObjective { loss: Span },
    /// A given gradient that is made of nodes.
    GivenOfNode { name: String },
    /// A second name for the loss that given gradients stand for.
    GivenNames { name: String },
    /// A second `data`.
    DataTwice { first: Span },
    /// `data` without a row.
    DataWithoutRows,
    /// A row with too few or too many entries.
    RowLength { given: usize, expected: usize },
    /// A plain `forward` where the row must be said.
    ForwardWithoutRow,
    /// `forward on` without `data`.
    RowWithoutData,
    /// A row that `data` does not have.
    UnknownRow { row: i64, rows: usize },
    /// `each` without `data`.
    EachWithoutData,
    /// An optimiser that needs a pass of its own, with a mini-batch.
    LookAheadInBatch { name: String },
    /// A batch of no rows.
    BatchSize { count: i64 },
    /// `set` of a name that takes its values from `data`.
    SetOfData { name: String },
    /// `set` of something that is computed.
    SetOfNode { name: String, is: &'static str },
    /// `partial` of something that is not computed.
    PartialOfLeaf { name: String, is: &'static str },
    /// `partial` by something that does not stand in the node's right-hand side.
    PartialByStranger { of: String, by: String, operands: Vec<String> },
    /// A name listed twice in one task.
    NamedTwice { name: String },
    /// A `display` text outside the checked subset.
    Display { reason: String },
    /// A second `display` of a name.
    DisplayTwice { name: String, first: Span },
    /// A `lang` that has no prose.
    UnknownLanguage { language: String, known: Vec<String> },
    /// A field of the head given twice.
    MetadataTwice { field: &'static str, first: Span },
    /// A computed value in the head of the sheet.
    ValueInHead,
    /// A pass that the tasks before do not make.
    UnknownPass { pass: i64, passes: usize },
    /// A file with nothing in it to solve.
    NothingToSolve,
    /// More errors than are listed.
    TooManyErrors { limit: usize },
}

/// How many arguments a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    pub at_least: usize,
    /// None where there is no end to them.
    pub at_most: Option<usize>,
}

/// A block that holds some statements and not others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `part`
    Part,
    /// `repeat`
    Repeat,
    /// `each`
    Each,
    /// `for`
    For,
}

impl CheckError {
    /// Other places that matter, each with its words.
    pub fn related(&self) -> Vec<(Span, String)> {
        let (place, words) = match self {
            Self::AssignedTwice { again: true, .. } | Self::TwoObjectives { again: true, .. } => {
                return Vec::new();
            }
            Self::AssignedTwice { first, .. }
            | Self::FamilyAndSingle { first, .. }
            | Self::DataTwice { first }
            | Self::MetadataTwice { first, .. }
            | Self::DisplayTwice { first, .. }
            | Self::FunctionTwice { first: Some(first), .. }
            | Self::LoopNumberTaken { first: Some(first), .. } => (first, "first given here"),
            Self::SingleWithIndex { first, .. } => (first, "given without an index"),
            Self::GivenBesideObjective { loss } => (loss, "the loss stands here"),
            Self::TwoObjectives { first, .. } => (first, "the first stands here"),
            _ => return Vec::new(),
        };
        vec![(*place, words.to_owned())]
    }
}

/// Something in an exercise that may not be meant.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckWarning {
    /// A node that nothing uses.
    UnusedNode { name: String },
    /// Names that cannot be told apart on the page.
    LookAlike {
        /// All of them, in the order of the file.
        names: Vec<String>,
        /// Where the first of them is given.
        first: Span,
        /// What a `display` styles, or could, to give the second another look: it or its family.
        styled: String,
        /// There is such a `display`.
        is_displayed: bool,
    },
}

impl CheckWarning {
    /// Other places that matter, each with its words.
    pub fn related(&self) -> Vec<(Span, String)> {
        match self {
            Self::UnusedNode { .. } => Vec::new(),
            Self::LookAlike { names, first, .. } => {
                let name = names.first().map_or("", String::as_str);
                vec![(*first, format!("`{name}` is given here"))]
            }
        }
    }
}
