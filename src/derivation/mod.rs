//! The tasks carried out: a document of questions and justified steps that knows no output format.
//!
//! [`derive()`] makes it and [`verify()`] checks it again by other means; nothing that does not verify
//! leaves the library.
//!
//! Invariants of a [`Solution`]:
//! * a step's premises are established by steps before it in the same pass, or are leaves;
//! * every form of a step, symbols or numbers, has the step's value;
//! * a numeric form holds numbers alone.

mod activations;
mod backward;
mod branches;
mod error;
mod forward;
mod prose;
mod solve;
mod symbols;
#[cfg(test)]
mod tests;
mod verify;

use std::cmp::Ordering;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::exact::{Number, Rational};
use crate::exercise::{Exercise, NumberFormat, OptimiserStep, RoundLabel};
use crate::expr::{Condition, Expr, Kink, Literal, NumberStyle, Quantity, VariableId};

pub use activations::StatedActivation;
pub use error::DerivationError;
pub use solve::derive;
pub use verify::{Fault, VerificationError, verify};

/// A worked solution.
#[derive(Clone, Debug)]
pub struct Solution {
    /// What was solved.
    pub exercise: Exercise,
    /// What stands at the head of the sheet.
    pub head: Head,
    /// The functions that keep their names, as far as the network uses them.
    pub activations: Vec<StatedActivation>,
    /// The forward passes in order, with all that was computed on each.
    pub passes: Vec<Pass>,
    /// The sheet, in order.
    pub blocks: Vec<Block>,
    /// Whether long training went on with enclosures where exact fractions grew too long.
    pub has_forgotten: bool,
}

/// The head of the sheet.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The exercise's title.
    pub title: Option<Prose>,
    /// Who set it.
    pub author: Option<Prose>,
    /// The course it belongs to.
    pub course: Option<Prose>,
    /// The date that the file gives.
    pub date: Option<Prose>,
}

/// A forward pass and what was derived on it.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The value of every variable.
    pub values: Vec<Number>,
    /// How the sheet shows each value: leaves as the file wrote them until an update.
    pub styles: Vec<NumberStyle>,
    /// ∂L/∂v for every variable for which it was derived.
    pub adjoints: Vec<Option<Number>>,
    /// The variables in the order in which their adjoints were asked for or needed.
    pub adjoint_order: Vec<VariableId>,
    /// What has no number, since it depends on a leaf that stays a symbol. Its value above is that at sample
    /// values of the symbols: by it every form is checked, and none of it is ever shown.
    pub unknown: FxHashSet<Quantity>,
    /// For what has no number, unless it is long: what it is in the pass's variables.
    pub closed: FxHashMap<Quantity, Expr>,
    /// The same in leaves.
    pub expanded: FxHashMap<Quantity, Expr>,
    /// The local partials that were derived, by node and operand.
    pub partials: IndexMap<(VariableId, VariableId), Number, FxBuildHasher>,
    /// New values of parameters, in the order of the updates.
    pub updates: Vec<(VariableId, Number)>,
    /// The row of `data` that the pass is for, from 1.
    pub row: Option<usize>,
    /// The mini-batch that ends with this pass.
    pub batch: Option<Batch>,
    /// Gradients that were derived in letters alone, in leaves, unless they are long.
    pub in_symbols: IndexMap<VariableId, Option<Expr>, FxBuildHasher>,
    /// Whether the pass is one of a mini-batch.
    pub is_in_batch: bool,
    /// Its number among the passes that the tasks make, from 1; none for one that an optimiser makes ahead.
    pub number: Option<usize>,
}

impl Pass {
    /// The value of `variable` as the page shows it.
    pub fn literal(&self, variable: VariableId) -> Literal {
        Literal {
            value: self.values[variable.index()].clone(),
            style: self.styles[variable.index()],
        }
    }
}

/// What a mini-batch gives.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The rows of `data`, from 1.
    pub rows: Vec<usize>,
    /// The mean of their objectives, where the network has one.
    pub loss: Option<Number>,
    /// The means of their derivatives, in the order in which they were asked for.
    pub gradients: IndexMap<VariableId, Number, FxBuildHasher>,
}

/// Something that stands on the sheet.
#[derive(Clone, Debug)]
pub enum Block {
    /// A part with its heading.
    Part {
        /// The heading.
        title: Prose,
        /// What it is worth.
        points: Option<Rational>,
        /// What it holds.
        blocks: Vec<Block>,
    },
    /// A question in prose.
    Question {
        /// The question.
        title: Prose,
        /// What it is worth.
        points: Option<Rational>,
        /// The model answers.
        answers: Vec<Prose>,
    },
    /// Text for every sheet.
    Text(Prose),
    /// Text for the solution alone.
    Note(Prose),
    /// How numbers are shown from here to the end of the part.
    Format(NumberFormat),
    /// A forward pass: one step a node.
    Forward {
        /// Its position in [`Solution::passes`].
        pass: usize,
        /// The steps, operands before consumers.
        steps: Vec<Step>,
        /// How the objective compares with the pass before.
        comparison: Option<Comparison>,
    },
    /// Gradients, one derivation a name.
    Gradient {
        /// The pass that they belong to.
        pass: usize,
        /// The derivations in the order asked for.
        derivations: Vec<Derivation>,
    },
    /// One step of an optimiser.
    Update {
        /// The pass that it follows.
        pass: usize,
        /// Where the gradients are taken, if not there.
        look_ahead: Option<LookAhead>,
        /// Derivations that nobody asked for before.
        derivations: Vec<Derivation>,
        /// The optimiser and its settings.
        optimiser: OptimiserStep,
        /// The parameters in order, each with the number of this step of its own.
        counts: Vec<(VariableId, u32)>,
        /// The lines of the rule, parameter by parameter.
        steps: Vec<Step>,
    },
    /// A forward pass that is not on the sheet, since only its values were asked for.
    Unprinted {
        /// Its position in [`Solution::passes`].
        pass: usize,
    },
    /// The forward passes of a mini-batch.
    Batch {
        /// Their positions in [`Solution::passes`].
        passes: Vec<usize>,
        /// The mean of their objectives, where the network has one.
        loss: Option<Step>,
        /// How it compares with the same batch before.
        comparison: Option<Comparison>,
    },
    /// The gradients of a mini-batch.
    BatchGradient {
        /// The passes of its rows.
        passes: Vec<usize>,
        /// The derivations for the first row.
        derivations: Vec<Derivation>,
        /// The means over the rows.
        means: Vec<Step>,
    },
    /// Gradients in letters alone.
    Symbols {
        /// The pass at whose values they were checked.
        pass: usize,
        /// The derivations in the order asked for.
        derivations: Vec<Derivation>,
    },
    /// One local partial that was asked for.
    Partial {
        /// The pass that it belongs to.
        pass: usize,
        /// The step that gives it.
        step: Step,
    },
    /// New values for leaves.
    Set {
        /// Each leaf once.
        values: Vec<(VariableId, Literal)>,
    },
    /// All leaves as in the file again.
    Reset,
    /// A round of a `repeat` or `each`.
    Round {
        /// Which it is.
        label: RoundLabel,
        /// What it holds.
        blocks: Vec<Block>,
    },
}

/// Nesterov's look ahead: a forward pass with the parameters where their velocity would take them.
#[derive(Clone, Debug)]
pub struct LookAhead {
    /// Where that is: one step a parameter.
    pub positions: Vec<Step>,
    /// The position of the pass in [`Solution::passes`].
    pub pass: usize,
    /// Its steps, operands before consumers.
    pub steps: Vec<Step>,
}

/// The objective before and after.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The objective's value in the pass before.
    pub before: Number,
    /// Its value in this pass.
    pub after: Number,
    /// How `after` stands to `before`.
    pub ordering: Ordering,
}

/// The derivation of one adjoint that was asked for.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// The variable by which the objective is differentiated.
    pub target: VariableId,
    /// What kind of derivation it is.
    pub kind: DerivationKind,
    /// The step that gives the adjoint.
    pub goal: Step,
    /// What it needs and was not derived before, each after the step that first uses it.
    pub support: Vec<Step>,
    /// Every path, where the options ask for them.
    pub paths: Option<Paths>,
}

/// Every path from the objective to a name.
#[derive(Clone, Debug)]
pub struct Paths {
    /// In the order of the file.
    pub paths: Vec<Path>,
    /// Their sum; none for a single path, and over symbols.
    pub total: Option<Step>,
}

/// A path and its product of local partials.
#[derive(Clone, Debug)]
pub struct Path {
    /// From the objective to the name.
    pub nodes: Vec<VariableId>,
    /// The product.
    pub step: Step,
}

/// How an exercise is solved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Every path is written out, if no name has more of them than this.
    pub expand: Option<u32>,
}

/// What there is to say of a derivation as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DerivationKind {
    /// By the chain rule.
    Chain,
    /// Derived before in this pass, as support of another.
    Repeated,
    /// The objective itself.
    Seed,
    /// Nothing uses the variable.
    Unused,
    /// What uses the variable does not reach the objective.
    Unreached,
}

/// One justified step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What the step establishes.
    pub target: Quantity,
    /// Further quantities that it establishes on the way: the adjoint of an identity node.
    pub also: Vec<Quantity>,
    /// Why it holds.
    pub justification: Justification,
    /// What it rests on.
    pub premises: Vec<Quantity>,
    /// The target in symbols: general first, each form equal to the one before.
    pub symbolic: Vec<Expr>,
    /// The same with numbers in place, and partly computed.
    pub numeric: Vec<Expr>,
    /// The branches that were taken and why.
    pub branches: Vec<Branch>,
    /// Over symbols: the target in as few names as the steps allow, in one form.
    pub closed: Option<Expr>,
    /// Whether the target depends on a leaf that stays a symbol, so that it has no number.
    pub is_symbolic: bool,
    /// The exact value; over symbols that at their sample values.
    pub value: Number,
}

/// Why a step holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Justification {
    /// The node's right-hand side.
    Definition,
    /// ∂L/∂L = 1.
    Seed,
    /// The objective does not depend on the target.
    Independence,
    /// The only consumer is an identity node, through which the adjoint passes unchanged.
    Identity {
        /// That node.
        node: VariableId,
    },
    /// Sum over consumers of adjoint times local partial.
    ChainRule {
        /// The consumers on which the objective depends, in file order.
        consumers: Vec<VariableId>,
    },
    /// The one form that two derivatives have together: through `node`, which the objective alone uses.
    Joint {
        /// The node between.
        node: VariableId,
    },
    /// The derivative of a node's right-hand side by one operand.
    LocalPartial,
    /// The product along a path, or the sum of such products.
    Path,
    /// The mean over the rows of a mini-batch.
    Mean,
    /// An optimiser's rule.
    Update,
    /// An optimiser's rule where 0/0 counts as a step of 0.
    Standstill,
}

/// A branch of a case distinction that was taken.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The comparison that decides.
    pub condition: Condition,
    /// The value of its left side.
    pub left: Number,
    /// The value of its right side.
    pub right: Number,
    /// The kink whose convention gives the branch its value, where one was hit.
    pub kink: Option<Kink>,
}

/// Text with its values computed.
#[derive(Clone, Debug, Default)]
pub struct Prose {
    /// Paragraphs of segments.
    pub paragraphs: Vec<Vec<Segment>>,
}

/// A piece of [`Prose`].
#[derive(Clone, Debug)]
pub enum Segment {
    /// Literal text.
    Text(String),
    /// An expression to typeset.
    Math(Expr),
    /// A comparison to typeset.
    Comparison(Condition),
    /// A computed value.
    Value(Number),
}
