//! Forward passes: the state they start from, and their values a second time.

use rustc_hash::FxHashMap;

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::{Comparison, Justification, LookAhead, Solution, Step};
use crate::exact::Number;
use crate::exercise::{Kind, LeafValue, Network, OptimiserStep};
use crate::expr::{Dual, Quantity, Scalar, Setting, StateLetter, VariableId, evaluate};

impl<'s> Verifier<'s> {
    /// What optimisers remember from before the exercise.
    pub(super) fn remembered(solution: &Solution) -> FxHashMap<(StateLetter, VariableId), Number> {
        let start = solution.exercise.start.iter();
        start.map(|(letter, parameter, value)| ((*letter, *parameter), value.clone())).collect()
    }

    /// The leaves as the file declares them.
    pub(super) fn declared(network: &Network) -> Vec<Option<Number>> {
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
    pub(super) fn start_pass(&mut self, position: usize) -> Result<(), VerificationError> {
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

    pub(super) fn forward(&self, pass: usize, steps: &[Step]) -> Result<(), VerificationError> {
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

    pub(super) fn comparison(
        &self,
        pass: usize,
        comparison: &Comparison,
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

    /// The pass with parameters where their velocities would take them.
    pub(super) fn look_ahead(
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
}
