//! The verifier: every step recomputed from its premises, and the whole gradient by forward mode.
//!
//! It shares no rule of differentiation with the derivation. Local partials come from dual numbers, that
//! is, from the operators' definitions; consumers are found by reading the right-hand sides anew.

mod activations;
mod adjoints;
mod batches;
mod forms;
mod gradient;
mod optimisers;
mod passes;
mod paths;
mod probes;

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Block, Solution};
use crate::exact::Number;
use crate::exercise::Network;
use crate::expr::{Conventions, Names, Quantity, StateLetter, VariableId};

/// What a solution says and a second computation does not confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationError {
    /// The pass, from 1.
    pub pass: usize,
    /// The quantity, in the language's syntax.
    pub quantity: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The value is not what the premises give.
    Value,
    /// Two printed forms of the step differ.
    Forms,
    /// A numeric form holds a name.
    NotNumeric,
    /// The step rests on something that was not established.
    Premise,
    /// The consumers named are not the network's.
    Consumers,
    /// A branch was taken whose condition does not hold.
    Branch,
    /// The step establishes something of the wrong kind.
    Target,
    /// Forward mode gives another gradient.
    Gradient,
    /// The machine-readable record differs from the sheet.
    Record,
}

impl fmt::Display for VerificationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Value => "its value is not what its premises give",
            Fault::Forms => "two of its forms differ",
            Fault::NotNumeric => "a name stands where numbers should",
            Fault::Premise => "it rests on something that was not established",
            Fault::Consumers => "its consumers are not the network's",
            Fault::Branch => "a branch was taken whose condition does not hold",
            Fault::Target => "the step is of the wrong kind for it",
            Fault::Gradient => "forward mode gives another derivative",
            Fault::Record => "the record differs from the sheet",
        };
        write!(formatter, "`{}` in pass {}: {fault}", self.quantity, self.pass)
    }
}

impl std::error::Error for VerificationError {}

/// Checks a whole solution.
///
/// # Errors
/// The first thing that does not agree.
pub fn verify(solution: &Solution) -> Result<(), VerificationError> {
    let mut verifier = Verifier::new(solution);
    verifier.stated()?;
    verifier.blocks(&solution.blocks)?;
    if verifier.values.len() != solution.passes.len() {
        let first = Quantity::Variable(VariableId(0));
        return verifier.fault(verifier.values.len(), first, Fault::Record);
    }
    for position in 0..solution.passes.len() {
        verifier.gradient(position)?;
        verifier.record(position)?;
    }
    Ok(())
}

struct Verifier<'s> {
    solution: &'s Solution,
    network: &'s Network,
    conventions: &'s Conventions,
    /// For each variable its consumers on which the objective depends, read from the right-hand sides.
    consumers: Vec<Vec<VariableId>>,
    /// The present value of each leaf.
    leaves: Vec<Option<Number>>,
    /// The leaves that have no number at present.
    symbols: FxHashSet<VariableId>,
    /// The optimiser that made the last step, and what it remembers.
    optimiser: Option<&'static str>,
    state: FxHashMap<(StateLetter, VariableId), Number>,
    /// The values of each pass, recomputed.
    values: Vec<Vec<Number>>,
    /// What the sheet has established, for each pass.
    established: Vec<FxHashMap<Quantity, Number>>,
    /// How many local partials of each pass's record were compared, and how many updates.
    confirmed: Vec<Confirmed>,
}

/// How much of a pass's record was compared with the sheet.
#[derive(Clone, Copy, Default)]
struct Confirmed {
    partials: usize,
    updates: usize,
}

impl<'s> Verifier<'s> {
    fn new(solution: &'s Solution) -> Self {
        let network = &solution.exercise.network;
        Self {
            solution,
            network,
            conventions: &solution.exercise.conventions,
            consumers: consumers_toward(network),
            leaves: Self::declared(network),
            symbols: FxHashSet::default(),
            optimiser: None,
            state: Self::remembered(solution),
            values: Vec::new(),
            established: vec![FxHashMap::default(); solution.passes.len()],
            confirmed: vec![Confirmed::default(); solution.passes.len()],
        }
    }

    fn fault<T>(
        &self,
        pass: usize,
        quantity: Quantity,
        fault: Fault,
    ) -> Result<T, VerificationError> {
        let quantity = self.solution.exercise.name(quantity);
        Err(VerificationError { pass: pass + 1, quantity, fault })
    }

    fn blocks(&mut self, blocks: &'s [Block]) -> Result<(), VerificationError> {
        for block in blocks {
            match block {
                Block::Part { blocks, .. } | Block::Round { blocks, .. } => self.blocks(blocks)?,
                Block::Question { .. } | Block::Text(_) | Block::Note(_) | Block::Format(_) => {}
                Block::Unprinted { pass } => self.start_pass(*pass)?,
                Block::Batch { passes, loss, comparison } => {
                    self.batch(passes, loss.as_ref())?;
                    if let Some(comparison) = comparison {
                        self.batch_comparison(passes, comparison)?;
                    }
                }
                Block::BatchGradient { passes, derivations, means } => {
                    self.batch_gradient(passes, derivations, means)?;
                }
                Block::Set { values } => {
                    for (leaf, literal) in values {
                        self.leaves[leaf.index()] = Some(literal.value.clone());
                        self.symbols.remove(leaf);
                    }
                }
                Block::Reset => {
                    self.symbols.clear();
                    self.leaves = Self::declared(self.network);
                    self.optimiser = None;
                    self.state = Self::remembered(self.solution);
                }
                Block::Partial { pass, step } => self.local_partial(*pass, step)?,
                Block::Forward { pass, steps, comparison } => {
                    self.start_pass(*pass)?;
                    self.forward(*pass, steps)?;
                    if let Some(comparison) = comparison {
                        self.comparison(*pass, comparison)?;
                    }
                }
                Block::Gradient { pass, derivations } | Block::Symbols { pass, derivations } => {
                    self.derivations(*pass, derivations)?;
                }
                Block::Update { pass, look_ahead, derivations, optimiser, steps, .. } => {
                    let name = optimiser.optimiser.name();
                    if self.optimiser.replace(name).is_some_and(|before| before != name) {
                        self.state.clear();
                    }
                    let gradient_pass = match look_ahead {
                        Some(ahead) => self.look_ahead(*pass, ahead, optimiser)?,
                        None => *pass,
                    };
                    self.derivations(gradient_pass, derivations)?;
                    self.update(*pass, gradient_pass, optimiser, steps)?;
                    // All at once: no step sees another's new value.
                    for step in steps {
                        if let Quantity::Updated(parameter) = step.target {
                            if step.is_symbolic {
                                self.symbols.insert(parameter);
                            } else {
                                self.symbols.remove(&parameter);
                            }
                            self.leaves[parameter.index()] = Some(step.value.clone());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// What the record of a pass holds beyond what the sheet needed: local partials that only a text asked
    /// for, and no update that is no step of the sheet.
    fn record(&self, position: usize) -> Result<(), VerificationError> {
        let pass = &self.solution.passes[position];
        let confirmed = self.confirmed[position];
        if pass.updates.len() != confirmed.updates {
            let last = pass.updates.last().map_or(VariableId(0), |(parameter, _)| *parameter);
            return self.fault(position, Quantity::Updated(last), Fault::Record);
        }
        if pass.partials.len() == confirmed.partials {
            return Ok(());
        }
        for (&(of, by), recorded) in &pass.partials {
            if !same(self.dual_partial(position, of, by).as_ref(), Some(recorded)) {
                return self.fault(position, Quantity::LocalPartial { of, by }, Fault::Record);
            }
        }
        Ok(())
    }
}

/// Reads the right-hand sides anew: who uses what, as far as the objective depends on it.
fn consumers_toward(network: &Network) -> Vec<Vec<VariableId>> {
    let mut consumers = vec![Vec::new(); network.len()];
    let Some(objective) = network.objective() else { return consumers };
    let mut reaches = vec![false; network.len()];
    reaches[objective.variable.index()] = true;
    for node in network.ids().rev() {
        let Some(definition) = network.definition(node).filter(|_| reaches[node.index()]) else {
            continue;
        };
        definition.for_each_moving_quantity(&mut |quantity| {
            if let Quantity::Variable(operand) = quantity {
                reaches[operand.index()] = true;
                if consumers[operand.index()].last() != Some(&node) {
                    consumers[operand.index()].push(node);
                }
            }
        });
    }
    for list in &mut consumers {
        list.reverse();
    }
    consumers
}

/// Whether both numbers are known and one: by form, else by enclosure and fingerprint.
fn same(left: Option<&Number>, right: Option<&Number>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left == right || left.agrees_with(right),
        _ => false,
    }
}
