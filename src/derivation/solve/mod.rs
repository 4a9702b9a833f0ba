//! The tasks in order over one state.
//!
//! | file | what it carries out |
//! | --- | --- |
//! | `mod.rs` | blocks in order, new values for leaves |
//! | `passes.rs` | forward passes |
//! | `gradients.rs` | gradients and single partials |
//! | `batches.rs` | mini-batches |
//! | `paths.rs` | every path as one product |
//! | `updates.rs` | steps of an optimiser |

mod batches;
mod gradients;
mod passes;
mod paths;
mod updates;

use rustc_hash::{FxHashMap, FxHashSet};

use super::backward::Adjoint;
use super::error::DerivationError;
use super::{Block, Head, Options, Pass, Solution, Step, activations, symbols, verify};
use crate::diagnostic::Diagnostic;
use crate::exact::Number;
use crate::exercise::{Exercise, Item, Kind, LeafValue, Task, TaskKind};
use crate::expr::{Expr, Literal, NumberStyle, StateLetter, VariableId};
use crate::source::Span;

/// Carries out the tasks of a checked exercise and verifies the result.
///
/// # Errors
/// Values and derivatives that do not exist or are too large, each with its place.
pub fn derive(exercise: Exercise, options: Options) -> Result<Solution, Vec<Diagnostic>> {
    if !exercise.network.has_symbols() {
        return verified(derive_at(exercise, options, 0)?);
    }
    let mut solution = None;
    let mut first_errors = None;
    let mut count = 0;
    for set in 0..symbols::SAMPLES {
        match derive_at(exercise.clone(), options, set) {
            // What holds at one sample and not at another does not hold.
            Ok(other) => {
                let other = verified(other)?;
                solution.get_or_insert(other);
                count += 1;
            }
            // Some samples lie where a formula is not defined; the first says what is wrong if all do.
            Err(errors) => {
                first_errors.get_or_insert(errors);
            }
        }
        if count == symbols::VERIFIED_AT {
            break;
        }
    }
    solution.ok_or_else(|| first_errors.unwrap_or_default())
}

/// The solution, unless it fails its verification.
fn verified(solution: Solution) -> Result<Solution, Vec<Diagnostic>> {
    match verify(&solution) {
        Ok(()) => Ok(solution),
        Err(error) => {
            let error = DerivationError::Unverified { detail: error.to_string() };
            Err(vec![Diagnostic::error(Span::default(), &error)])
        }
    }
}

/// The solution with one set of sample values for the symbols, not verified yet.
fn derive_at(exercise: Exercise, options: Options, set: u32) -> Result<Solution, Vec<Diagnostic>> {
    let (head, passes, blocks, has_forgotten) = {
        let mut solver = Solver::new(&exercise, options, set);
        let head = solver.head()?;
        let blocks = solver.blocks(&exercise.items)?;
        (head, solver.passes, blocks, solver.has_forgotten)
    };
    let activations = activations::state(&exercise);
    Ok(Solution { exercise, head, activations, passes, blocks, has_forgotten })
}

/// The state that tasks share.
pub(super) struct Solver<'e> {
    pub(super) exercise: &'e Exercise,
    pub(super) options: Options,
    /// The present value of each leaf; nothing for a node.
    pub(super) leaves: Vec<Option<Literal>>,
    pub(super) passes: Vec<Pass>,
    /// A pass that was made because something asked for its values, and that no block has named yet.
    unprinted: Option<usize>,
    /// The pass that derivations are made for.
    pub(super) active: usize,
    /// The leaves that have no number at present, each with what it is in leaves as they were at first.
    pub(super) symbols: FxHashMap<VariableId, Expr>,
    /// Which sample values the symbols have.
    set: u32,
    /// The passes of the mini-batch that the state is in.
    batch: Option<Vec<usize>>,
    /// Since the last pass leaves were given values by hand, so that its objective is no measure of the next.
    is_incomparable: bool,
    /// The file says how many digits numbers are shown with.
    asks_for_digits: bool,
    /// Some parameter's exact fraction was given up for its enclosure.
    has_forgotten: bool,
    /// The optimiser that made the last step, and what it remembers.
    optimiser: Option<&'static str>,
    state: FxHashMap<(StateLetter, VariableId), Number>,
    /// The size of all their values.
    bits: u64,
    /// Adjoints of the last pass that are derived and not printed yet.
    derived: FxHashMap<VariableId, Adjoint>,
    /// Adjoints of the last pass that stand on the sheet.
    explained: FxHashSet<VariableId>,
}

/// What a derivation still has to say.
enum Pending {
    Adjoint(VariableId),
    Partial(Box<Step>),
}

impl<'e> Solver<'e> {
    fn new(exercise: &'e Exercise, options: Options, set: u32) -> Self {
        Self {
            exercise,
            options,
            leaves: declared(exercise, set),
            symbols: symbols_of(exercise),
            set,
            passes: Vec::new(),
            unprinted: None,
            active: 0,
            batch: None,
            is_incomparable: false,
            asks_for_digits: exercise.format.precision.is_some() || ask_for_digits(&exercise.items),
            has_forgotten: false,
            optimiser: None,
            state: remembered(exercise),
            bits: 0,
            derived: FxHashMap::default(),
            explained: FxHashSet::default(),
        }
    }

    fn head(&mut self) -> Result<Head, Vec<Diagnostic>> {
        let metadata = &self.exercise.metadata;
        let mut solved = |field: &Option<crate::exercise::Prose>| {
            field.as_ref().map(|prose| self.prose(prose)).transpose()
        };
        Ok(Head {
            title: solved(&metadata.title)?,
            author: solved(&metadata.author)?,
            course: solved(&metadata.course)?,
            date: solved(&metadata.date)?,
        })
    }

    fn blocks(&mut self, items: &[Item]) -> Result<Vec<Block>, Vec<Diagnostic>> {
        let mut blocks = Vec::with_capacity(items.len());
        for item in items {
            let before = blocks.len();
            match item {
                Item::Part(part) => {
                    let title = self.prose(&part.title)?;
                    let blocks_within = self.blocks(&part.items)?;
                    blocks.push(Block::Part {
                        title,
                        points: part.points.clone(),
                        blocks: blocks_within,
                    });
                }
                Item::Question(question) => {
                    let title = self.prose(&question.title)?;
                    let answers = question
                        .answers
                        .iter()
                        .map(|answer| self.prose(answer))
                        .collect::<Result<_, _>>()?;
                    blocks.push(Block::Question {
                        title,
                        points: question.points.clone(),
                        answers,
                    });
                }
                Item::Text(prose) => blocks.push(Block::Text(self.prose(prose)?)),
                Item::Note(prose) => blocks.push(Block::Note(self.prose(prose)?)),
                Item::Format(format) => blocks.push(Block::Format(*format)),
                Item::Task(task) => self.task(task, &mut blocks)?,
                Item::Rounds(rounds) => {
                    for round in rounds {
                        blocks.push(Block::Round {
                            label: round.label.clone(),
                            blocks: self.blocks(&round.items)?,
                        });
                    }
                }
            }
            if let Some(pass) = self.unprinted.take() {
                blocks.insert(before, Block::Unprinted { pass });
            }
        }
        Ok(blocks)
    }

    fn task(&mut self, task: &Task, blocks: &mut Vec<Block>) -> Result<(), Vec<Diagnostic>> {
        let block = match &task.kind {
            TaskKind::Forward { row } => self.forward(*row)?,
            TaskKind::Batch { rows } => self.forward_batch(rows)?,
            TaskKind::Gradient { targets, in_symbols: true } => {
                self.ensure_pass()?;
                self.refuse_many_paths(targets, task.span)?;
                self.gradients_in_symbols(targets)?
            }
            TaskKind::Gradient { targets, .. } if self.batch.is_some() => {
                self.batch_gradients(task.span, targets)?
            }
            TaskKind::Gradient { targets, .. } => {
                self.ensure_pass()?;
                self.refuse_many_paths(targets, task.span)?;
                let derivations = self.derivations(targets)?;
                Block::Gradient { pass: self.active, derivations }
            }
            TaskKind::Partial { of, by } => self.partial(*of, *by)?,
            TaskKind::Set { values } => {
                self.is_incomparable = true;
                for (leaf, literal) in values {
                    self.symbols.remove(leaf);
                    self.leaves[leaf.index()] = Some(literal.clone());
                }
                Block::Set { values: values.clone() }
            }
            TaskKind::Reset => {
                self.is_incomparable = true;
                self.leaves = declared(self.exercise, self.set);
                self.symbols = symbols_of(self.exercise);
                self.optimiser = None;
                self.state = remembered(self.exercise);
                Block::Reset
            }
            TaskKind::Update { parameters, step } => {
                let missing = self.batch_missing(parameters);
                if !missing.is_empty() {
                    blocks.push(self.batch_gradients(task.span, &missing)?);
                }
                self.update(task.span, parameters, step)?
            }
        };
        blocks.push(block);
        Ok(())
    }
}

/// What optimisers remember from before the exercise.
fn remembered(exercise: &Exercise) -> FxHashMap<(StateLetter, VariableId), Number> {
    exercise
        .start
        .iter()
        .map(|(letter, parameter, value)| ((*letter, *parameter), value.clone()))
        .collect()
}

/// Whether some part says how many digits numbers are shown with.
fn ask_for_digits(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Format(format) => format.precision.is_some(),
        Item::Part(part) => ask_for_digits(&part.items),
        Item::Rounds(rounds) => rounds.iter().any(|round| ask_for_digits(&round.items)),
        _ => false,
    })
}

/// The leaves without a value.
fn symbols_of(exercise: &Exercise) -> FxHashMap<VariableId, Expr> {
    let network = &exercise.network;
    let is_symbol =
        |id: &VariableId| matches!(network[*id].kind, Kind::Leaf { value: LeafValue::Symbol, .. });
    network.ids().filter(is_symbol).map(|id| (id, id.into())).collect()
}

/// The value of each leaf that the file declares one for; a symbol's sample value.
fn declared(exercise: &Exercise, set: u32) -> Vec<Option<Literal>> {
    let network = &exercise.network;
    network
        .ids()
        .map(|id| match &network[id].kind {
            Kind::Leaf { value: LeafValue::Symbol, .. } => {
                Some(Literal { value: symbols::sample(id, set), style: NumberStyle::Auto })
            }
            Kind::Leaf { value, .. } => value.declared().cloned(),
            Kind::Node { .. } => None,
        })
        .collect()
}
