//! The verifier: every step recomputed from its premises, and the whole gradient by forward mode.
//!
//! It shares no rule of differentiation with the derivation. Local partials come from dual numbers, that
//! is, from the operators' definitions; consumers are found by reading the right-hand sides anew.

mod activations;
mod batches;
mod forms;
mod gradient;
mod optimisers;
mod paths;
mod probes;

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Block, Derivation, Justification, LookAhead, Solution, Step};
use crate::exact::Number;
use crate::exercise::{Kind, LeafValue, Network, OptimiserStep};
use crate::expr::{
    Conventions, Dual, Names, Quantity, Scalar, Setting, StateLetter, VariableId, evaluate,
};

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

    /// What optimisers remember from before the exercise.
    fn remembered(solution: &Solution) -> FxHashMap<(StateLetter, VariableId), Number> {
        let start = solution.exercise.start.iter();
        start.map(|(letter, parameter, value)| ((*letter, *parameter), value.clone())).collect()
    }

    /// The leaves as the file declares them.
    fn declared(network: &Network) -> Vec<Option<Number>> {
        network
            .ids()
            .map(|id| match &network[id].kind {
                Kind::Leaf { value, .. } => value.declared().map(|literal| literal.value.clone()),
                Kind::Node { .. } => None,
            })
            .collect()
    }

    /// Recomputes the values of a pass: leaves from the file, its row of `data` and what changed them since,
    /// nodes by their definitions over dual numbers.
    fn start_pass(&mut self, position: usize) -> Result<(), VerificationError> {
        let network = self.network;
        let first = Quantity::Variable(VariableId(0));
        let Some(pass) = self.solution.passes.get(position) else {
            return self.fault(position, first, Fault::Record);
        };
        if self.values.len() != position {
            return self.fault(position, first, Fault::Record);
        }
        if let Some(row) = pass.row {
            let rows = self.solution.exercise.data.as_ref();
            let Some((data, row)) = rows.and_then(|data| Some((data, data.rows.get(row - 1)?)))
            else {
                return self.fault(position, first, Fault::Record);
            };
            for (column, literal) in data.columns.iter().zip(row) {
                self.leaves[column.index()] = Some(literal.value.clone());
            }
        }
        let mut values: Vec<Dual> = Vec::with_capacity(network.len());
        for id in network.ids() {
            let is_symbol = matches!(network[id].kind, Kind::Leaf { value: LeafValue::Symbol, .. });
            if is_symbol && self.leaves[id.index()].is_none() {
                // A sample value; all that matters is that every form is checked at the same.
                self.leaves[id.index()] = pass.values.get(id.index()).cloned();
                self.symbols.insert(id);
            }
            let rests_on_symbols = network
                .operands(id)
                .iter()
                .any(|operand| pass.unknown.contains(&Quantity::Variable(*operand)))
                || self.symbols.contains(&id);
            if rests_on_symbols != pass.unknown.contains(&Quantity::Variable(id)) {
                return self.fault(position, Quantity::Variable(id), Fault::Record);
            }
            let value = match (&self.leaves[id.index()], network.definition(id)) {
                (Some(leaf), _) => Dual::constant(leaf.clone()),
                (None, definition) => {
                    let value_of = |quantity| match quantity {
                        Quantity::Variable(variable) => values.get(variable.index()).cloned(),
                        _ => None,
                    };
                    let computed =
                        definition.map(|expr| evaluate::<Dual>(expr, &value_of, self.conventions));
                    match computed {
                        Some(Ok(value)) => value,
                        _ => {
                            return self.fault(position, Quantity::Variable(id), Fault::Value);
                        }
                    }
                }
            };
            if !same(pass.values.get(id.index()), Some(&value.value)) {
                return self.fault(position, Quantity::Variable(id), Fault::Record);
            }
            // A leaf that went on as an enclosure is equal and shorter.
            values.push(match (&network[id].kind, pass.values.get(id.index())) {
                (Kind::Leaf { .. }, Some(own)) => Dual::constant(own.clone()),
                _ => value,
            });
        }
        self.values.push(values.into_iter().map(|dual| dual.value).collect());
        Ok(())
    }

    fn blocks(&mut self, blocks: &'s [Block]) -> Result<(), VerificationError> {
        for block in blocks {
            match block {
                Block::Part { blocks, .. } | Block::Round { blocks, .. } => self.blocks(blocks)?,
                Block::Question { .. } | Block::Text(_) | Block::Note(_) | Block::Format(_) => {}
                Block::Unprinted { pass } => self.start_pass(*pass)?,
                Block::Batch { passes, loss, .. } => self.batch(passes, loss.as_ref())?,
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

    fn forward(&self, pass: usize, steps: &[Step]) -> Result<(), VerificationError> {
        let is_shown =
            |id: &VariableId| self.network.definition(*id).is_some() && !self.network.is_given(*id);
        let nodes: Vec<VariableId> = self.network.ids().filter(is_shown).collect();
        if nodes.len() != steps.len() {
            let missing = nodes.last().copied().unwrap_or(VariableId(0));
            return self.fault(pass, Quantity::Variable(missing), Fault::Target);
        }
        for (node, step) in nodes.into_iter().zip(steps) {
            let target = Quantity::Variable(node);
            let sound = step.target == target
                && step.also.is_empty()
                && step.justification == Justification::Definition;
            if !sound {
                return self.fault(pass, step.target, Fault::Target);
            }
            if !same(Some(&step.value), self.values[pass].get(node.index())) {
                return self.fault(pass, target, Fault::Value);
            }
            self.definition(pass, node, step)?;
            self.forms(pass, step)?;
            self.probe(pass, step, node, None)?;
        }
        Ok(())
    }

    fn comparison(
        &self,
        pass: usize,
        comparison: &super::Comparison,
    ) -> Result<(), VerificationError> {
        let Some(objective) = self.network.objective() else { return Ok(()) };
        let index = objective.variable.index();
        let ordering = comparison.after.compare(&comparison.before);
        let is_numbered = |position: &usize| self.solution.passes[*position].number.is_some();
        let before = (0..pass).rev().find(is_numbered);
        let sound = before
            .is_some_and(|own| same(Some(&comparison.before), self.values[own].get(index)))
            && same(Some(&comparison.after), self.values[pass].get(index))
            && ordering.is_ok_and(|ordering| ordering == comparison.ordering);
        if sound {
            return Ok(());
        }
        self.fault(pass, Quantity::Variable(objective.variable), Fault::Value)
    }

    fn derivations(
        &mut self,
        pass: usize,
        derivations: &'s [Derivation],
    ) -> Result<(), VerificationError> {
        for derivation in derivations {
            // A goal stands before what it rests on, so the derivation is read from its end.
            for step in derivation.support.iter().rev() {
                if matches!(step.target, Quantity::LocalPartial { .. }) {
                    self.local_partial(pass, step)?;
                }
            }
            let mut steps: Vec<&Step> = derivation
                .support
                .iter()
                .filter(|step| !matches!(step.target, Quantity::LocalPartial { .. }))
                .collect();
            steps.push(&derivation.goal);
            // Consumers come after their operands in the network: highest first.
            steps.sort_by_key(|step| {
                std::cmp::Reverse(step.also.last().copied().unwrap_or(step.target))
            });
            for step in steps {
                self.adjoint(pass, step)?;
            }
            let goal = Quantity::Adjoint(derivation.target);
            if !same(self.established[pass].get(&goal), Some(&derivation.goal.value)) {
                return self.fault(pass, goal, Fault::Target);
            }
            if let Some(paths) = &derivation.paths {
                self.paths(pass, derivation.target, paths)?;
            }
        }
        Ok(())
    }

    /// A local partial against the dual derivative of the node's definition.
    fn local_partial(&mut self, pass: usize, step: &Step) -> Result<(), VerificationError> {
        let Quantity::LocalPartial { of, by } = step.target else {
            return self.fault(pass, step.target, Fault::Target);
        };
        if step.justification != Justification::LocalPartial || !step.also.is_empty() {
            return self.fault(pass, step.target, Fault::Target);
        }
        if !same(self.dual_partial(pass, of, by).as_ref(), Some(&step.value)) {
            return self.fault(pass, step.target, Fault::Value);
        }
        self.forms(pass, step)?;
        self.probe(pass, step, of, Some(by))?;
        self.established[pass].insert(step.target, step.value.clone());
        Ok(())
    }

    /// ∂`of`/∂`by` by forward mode over the one definition.
    fn dual_partial(&self, pass: usize, of: VariableId, by: VariableId) -> Option<Number> {
        let values = &self.values[pass];
        let value_of = |quantity| match quantity {
            Quantity::Variable(variable) => Some(Dual::new(
                values[variable.index()].clone(),
                Number::from(i64::from(variable == by)),
            )),
            _ => None,
        };
        let definition = self.network.definition(of)?;
        evaluate::<Dual>(definition, &value_of, self.conventions).ok().map(|dual| dual.tangent)
    }

    fn adjoint(&mut self, pass: usize, step: &Step) -> Result<(), VerificationError> {
        let Quantity::Adjoint(variable) = step.target else {
            return self.fault(pass, step.target, Fault::Target);
        };
        if step.premises == [step.target] {
            // Repeated: it stands above.
            if !step.also.is_empty() {
                return self.fault(pass, step.target, Fault::Target);
            }
            return match self.established[pass].get(&step.target) {
                Some(value) if same(Some(value), Some(&step.value)) => Ok(()),
                _ => self.fault(pass, step.target, Fault::Premise),
            };
        }
        // Through identity nodes a step establishes several adjoints at once, the last of them first.
        let mut chain = vec![variable];
        for also in &step.also {
            let Quantity::Adjoint(node) = also else {
                return self.fault(pass, *also, Fault::Target);
            };
            chain.push(*node);
        }
        let last = chain.len() - 1;
        for (position, &link) in chain.iter().enumerate().rev() {
            let expected = match step.justification {
                Justification::Joint { node } if position == last => {
                    self.adjoint_through(pass, node, link)?
                }
                _ => self.adjoint_from_consumers(pass, link)?,
            };
            if !same(Some(&expected), Some(&step.value)) {
                return self.fault(pass, Quantity::Adjoint(link), Fault::Value);
            }
            if position < last && self.network.identity_of(chain[position + 1]) != Some(link) {
                return self.fault(pass, Quantity::Adjoint(link), Fault::Consumers);
            }
            self.established[pass].insert(Quantity::Adjoint(link), expected);
        }
        self.consumers_named(pass, step, chain[0])?;
        if let Justification::Joint { node } = step.justification {
            // The general form names the adjoint of the node between, which has no step of its own.
            let upstream = Quantity::Adjoint(node);
            let own = self.established[pass].get(&upstream).cloned();
            let through = self.dual_partial(pass, self.objective(), node);
            if let Some(through) = through {
                self.established[pass].insert(upstream, through);
            }
            let mut whole = step.clone();
            whole.premises.push(upstream);
            let sound = self.forms(pass, &whole);
            match own {
                Some(own) => self.established[pass].insert(upstream, own),
                None => self.established[pass].remove(&upstream),
            };
            return sound;
        }
        self.forms(pass, step)?;
        self.summands(pass, step, chain[last])?;
        match self.consumers[chain[last].index()][..] {
            // The objective alone: its own local partial stands in the step.
            [only] if self.network.is_objective(only) => {
                self.probe(pass, step, only, Some(chain[last]))
            }
            _ => Ok(()),
        }
    }

    /// Σ over consumers of their established adjoints times dual partials.
    fn adjoint_from_consumers(
        &mut self,
        pass: usize,
        variable: VariableId,
    ) -> Result<Number, VerificationError> {
        let quantity = Quantity::Adjoint(variable);
        if self.network.is_objective(variable) {
            return Ok(Number::one());
        }
        let mut total = Number::zero();
        for position in 0..self.consumers[variable.index()].len() {
            let consumer = self.consumers[variable.index()][position];
            let upstream = if self.network.is_objective(consumer) {
                Number::one()
            } else {
                match self.established[pass].get(&Quantity::Adjoint(consumer)) {
                    Some(value) => value.clone(),
                    None => return self.fault(pass, quantity, Fault::Premise),
                }
            };
            let partial = self.dual_partial(pass, consumer, variable);
            if let Some(recorded) = self.solution.passes[pass].partials.get(&(consumer, variable)) {
                if !same(partial.as_ref(), Some(recorded)) {
                    let symbol = Quantity::LocalPartial { of: consumer, by: variable };
                    return self.fault(pass, symbol, Fault::Record);
                }
                self.confirmed[pass].partials += 1;
            }
            let sum = partial
                .and_then(|partial| upstream.mul(&partial).ok())
                .and_then(|share| total.add(&share).ok());
            total = match sum {
                Some(sum) => sum,
                None => return self.fault(pass, quantity, Fault::Value),
            };
        }
        Ok(total)
    }

    /// ∂L/∂node · ∂node/∂variable for a node that the objective alone uses, both by dual numbers.
    fn adjoint_through(
        &self,
        pass: usize,
        node: VariableId,
        variable: VariableId,
    ) -> Result<Number, VerificationError> {
        let objective = self.objective();
        let product = self
            .dual_partial(pass, objective, node)
            .zip(self.dual_partial(pass, node, variable))
            .and_then(|(outer, inner)| outer.mul(&inner).ok());
        match product {
            Some(product) if self.consumers[node.index()][..] == [objective] => Ok(product),
            _ => self.fault(pass, Quantity::Adjoint(variable), Fault::Consumers),
        }
    }

    fn objective(&self) -> VariableId {
        self.network.objective().map_or(VariableId(0), |own| own.variable)
    }

    /// The justification names the consumers that the network has.
    fn consumers_named(
        &self,
        pass: usize,
        step: &Step,
        variable: VariableId,
    ) -> Result<(), VerificationError> {
        let own = &self.consumers[variable.index()];
        let sound = match &step.justification {
            Justification::Seed => self.network.is_objective(variable),
            Justification::Independence => own.is_empty() && !self.network.is_objective(variable),
            Justification::Identity { node } | Justification::Joint { node } => own[..] == [*node],
            Justification::ChainRule { consumers } => consumers == own && !own.is_empty(),
            Justification::Definition
            | Justification::Mean
            | Justification::Path
            | Justification::LocalPartial
            | Justification::Update
            | Justification::Standstill => false,
        };
        if sound { Ok(()) } else { self.fault(pass, step.target, Fault::Consumers) }
    }

    /// The pass with parameters where their velocities would take them.
    fn look_ahead(
        &mut self,
        pass: usize,
        ahead: &'s LookAhead,
        optimiser: &OptimiserStep,
    ) -> Result<usize, VerificationError> {
        let leaves = self.leaves.clone();
        let momentum = optimiser.settings.get(Setting::Momentum).map(|own| own.value.clone());
        for step in &ahead.positions {
            let Quantity::NewState { letter: StateLetter::Ahead, of } = step.target else {
                return self.fault(pass, step.target, Fault::Target);
            };
            let velocity =
                self.state.get(&(StateLetter::Velocity, of)).cloned().unwrap_or_default();
            let expected = momentum
                .as_ref()
                .and_then(|momentum| momentum.mul(&velocity).ok())
                .and_then(|moved| self.values[pass][of.index()].add(&moved).ok());
            if !same(expected.as_ref(), Some(&step.value)) {
                return self.fault(pass, step.target, Fault::Value);
            }
            let state = Quantity::State { letter: StateLetter::Velocity, of };
            self.established[pass].insert(state, velocity);
            if let Some(momentum) = &momentum {
                let setting = Quantity::Setting(Setting::Momentum);
                self.established[pass].insert(setting, momentum.clone());
            }
            self.forms(pass, step)?;
            self.leaves[of.index()] = Some(step.value.clone());
        }
        let started = self.start_pass(ahead.pass);
        self.leaves = leaves;
        started?;
        self.forward(ahead.pass, &ahead.steps)?;
        Ok(ahead.pass)
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
