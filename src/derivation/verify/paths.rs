//! Paths written out: each is one, none is missing, and together they give the gradient.

use num_bigint::BigUint;
use rustc_hash::FxHashSet;

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::{Justification, Paths};
use crate::exact::Number;
use crate::expr::{Quantity, VariableId};

impl Verifier<'_> {
    pub(super) fn paths(
        &self,
        pass: usize,
        target: VariableId,
        paths: &Paths,
    ) -> Result<(), VerificationError> {
        let quantity = Quantity::Adjoint(target);
        let mut seen = FxHashSet::default();
        let mut total = Some(Number::zero());
        for path in &paths.paths {
            let nodes = &path.nodes;
            let is_path = nodes.last() == Some(&target)
                && nodes.first().is_some_and(|first| self.network.is_objective(*first))
                && nodes.windows(2).all(|pair| self.consumers[pair[1].index()].contains(&pair[0]));
            if !is_path || !seen.insert(nodes.clone()) {
                return self.fault(pass, quantity, Fault::Consumers);
            }
            let mut product = Some(Number::one());
            for pair in nodes.windows(2) {
                let partial = self.dual_partial(pass, pair[0], pair[1]);
                product = product.zip(partial).and_then(|(own, next)| own.mul(&next).ok());
            }
            if path.step.justification != Justification::Path
                || !same(product.as_ref(), Some(&path.step.value))
            {
                return self.fault(pass, quantity, Fault::Value);
            }
            self.forms(pass, &path.step)?;
            total = total.and_then(|total| total.add(&path.step.value).ok());
        }
        if BigUint::from(seen.len()) != self.count_paths(target) {
            return self.fault(pass, quantity, Fault::Consumers);
        }
        let adjoint = self.established[pass].get(&quantity);
        if !same(total.as_ref(), adjoint) {
            return self.fault(pass, quantity, Fault::Value);
        }
        match &paths.total {
            Some(step) if !same(adjoint, Some(&step.value)) => {
                self.fault(pass, quantity, Fault::Value)
            }
            Some(step) => self.forms(pass, step),
            None => Ok(()),
        }
    }

    /// How many ways lead from the objective to a variable, counted from the objective down.
    fn count_paths(&self, target: VariableId) -> BigUint {
        let mut counts = vec![BigUint::ZERO; self.network.len()];
        counts[self.objective().index()] = BigUint::from(1_u8);
        for variable in self.network.ids().rev() {
            for consumer in &self.consumers[variable.index()] {
                let above = counts[consumer.index()].clone();
                counts[variable.index()] += above;
            }
        }
        counts[target.index()].clone()
    }
}
