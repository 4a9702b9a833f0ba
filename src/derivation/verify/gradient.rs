//! The whole gradient of a pass by forward mode.

use rustc_hash::FxHashMap;

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::Pass;
use crate::exact::Number;
use crate::expr::{Dual, Quantity, VariableId, evaluate};

/// Adjoints times nodes up to which every adjoint is compared with forward mode on its own; beyond, all
/// adjoints of leaves are compared at once in one direction.
const EXHAUSTIVE_WORK: usize = 20_000;

impl Verifier<'_> {
    /// The derived gradient of a pass against forward mode over the whole network.
    pub(super) fn gradient(&self, position: usize) -> Result<(), VerificationError> {
        let pass = &self.solution.passes[position];
        let Some(objective) = self.network.objective() else { return Ok(()) };
        let derived: Vec<(VariableId, &Number)> = self
            .network
            .ids()
            .filter_map(|id| Some((id, pass.adjoints[id.index()].as_ref()?)))
            .collect();
        if derived.len() * self.network.len() <= EXHAUSTIVE_WORK {
            for (variable, adjoint) in derived {
                let direction = |id: VariableId| i64::from(id == variable);
                let along = self.directional(position, objective.variable, &direction);
                if !same(along.as_ref(), Some(adjoint)) {
                    return self.fault(position, Quantity::Adjoint(variable), Fault::Gradient);
                }
            }
            return Ok(());
        }
        // One direction over all leaves: small integers, the same on every machine, without a pattern.
        let leaf_adjoints: FxHashMap<VariableId, &Number> =
            derived.into_iter().filter(|(id, _)| self.network.definition(*id).is_none()).collect();
        let direction = |id: VariableId| {
            let mixed = u64::from(id.0).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let speed = i64::try_from(mixed >> 61).unwrap_or(0) - 3;
            if leaf_adjoints.contains_key(&id) { speed } else { 0 }
        };
        let along = self.directional(position, objective.variable, &direction);
        let mut expected = Some(Number::zero());
        for (id, adjoint) in &leaf_adjoints {
            let share = adjoint.mul(&Number::from(direction(*id))).ok();
            expected = expected.zip(share).and_then(|(total, share)| total.add(&share).ok());
        }
        if same(along.as_ref(), expected.as_ref()) {
            return Ok(());
        }
        self.fault(position, Quantity::Variable(objective.variable), Fault::Gradient)
    }

    /// The derivative of the objective along a direction. A node may be pushed too: its own tangent is
    /// then added to what its operands give.
    fn directional(
        &self,
        position: usize,
        objective: VariableId,
        direction: &dyn Fn(VariableId) -> i64,
    ) -> Option<Number> {
        let pass: &Pass = &self.solution.passes[position];
        let zero = Number::zero();
        let mut tangents: Vec<Number> = Vec::with_capacity(self.network.len());
        for id in self.network.ids().take(objective.index() + 1) {
            let own = direction(id);
            let from_operands = match self.network.definition(id) {
                Some(definition)
                    if self.network.operands(id).iter().any(|o| tangents[o.index()] != zero) =>
                {
                    let value_of = |quantity| match quantity {
                        Quantity::Variable(variable) => Some(Dual::new(
                            pass.values[variable.index()].clone(),
                            tangents[variable.index()].clone(),
                        )),
                        _ => None,
                    };
                    evaluate::<Dual>(definition, &value_of, self.conventions).ok()?.tangent
                }
                _ => zero.clone(),
            };
            let pushed = if own == 0 {
                from_operands
            } else {
                from_operands.add(&Number::from(own)).ok()?
            };
            tangents.push(pushed);
        }
        tangents.pop()
    }
}
