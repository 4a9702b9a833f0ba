//! Adjoints and local partials: each from its premises, by dual numbers over the definitions.

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::{Derivation, Justification, Step};
use crate::exact::Number;
use crate::expr::{Dual, Quantity, VariableId, evaluate};

impl<'s> Verifier<'s> {
    pub(super) fn derivations(
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
    pub(super) fn local_partial(
        &mut self,
        pass: usize,
        step: &Step,
    ) -> Result<(), VerificationError> {
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
    pub(super) fn dual_partial(
        &self,
        pass: usize,
        of: VariableId,
        by: VariableId,
    ) -> Option<Number> {
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

    pub(super) fn adjoint(&mut self, pass: usize, step: &Step) -> Result<(), VerificationError> {
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
    pub(super) fn adjoint_from_consumers(
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
    pub(super) fn adjoint_through(
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

    pub(super) fn objective(&self) -> VariableId {
        self.network.objective().map_or(VariableId(0), |own| own.variable)
    }

    /// The justification names the consumers that the network has.
    pub(super) fn consumers_named(
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
}
