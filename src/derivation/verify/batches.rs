//! Mini-batches: means over rows.

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::{Comparison, Derivation, Justification, Step};
use crate::exact::Number;
use crate::expr::{Quantity, VariableId};

type Result<T> = std::result::Result<T, VerificationError>;

impl<'s> Verifier<'s> {
    /// The forward passes of a batch and the mean of their objectives.
    pub(super) fn batch(&mut self, passes: &[usize], loss: Option<&Step>) -> Result<()> {
        for pass in passes {
            self.start_pass(*pass)?;
        }
        let first = Quantity::Variable(VariableId(0));
        let Some(&last) = passes.last() else { return self.fault(0, first, Fault::Record) };
        let Some(batch) = &self.solution.passes[last].batch else {
            return self.fault(last, first, Fault::Record);
        };
        let rows = passes.iter().map(|pass| self.solution.passes[*pass].row);
        if !rows.eq(batch.rows.iter().map(|row| Some(*row))) {
            return self.fault(last, first, Fault::Record);
        }
        let objective = self.network.objective().filter(|own| !own.is_given);
        let (objective, loss) = match (objective, loss) {
            (None, None) => return Ok(()),
            (Some(objective), Some(loss)) => (objective.variable, loss),
            _ => return self.fault(last, first, Fault::Target),
        };
        if !same(batch.loss.as_ref(), Some(&loss.value)) {
            return self.fault(last, loss.target, Fault::Record);
        }
        let shares: Vec<(Quantity, Number)> = passes
            .iter()
            .map(|pass| {
                let value = self.values[*pass][objective.index()].clone();
                (Quantity::RowObjective(self.row(*pass)), value)
            })
            .collect();
        let rests_on_symbols = self.any_unknown(passes, Quantity::Variable(objective));
        self.mean(last, Quantity::MeanObjective, loss, shares, rests_on_symbols)
    }

    /// The sentence that compares a batch with the one before it, of the same rows.
    pub(super) fn batch_comparison(&self, passes: &[usize], comparison: &Comparison) -> Result<()> {
        let last = passes.last().copied().unwrap_or(0);
        let first = passes.first().copied().unwrap_or(0);
        let batch_of = |position: usize| self.solution.passes[position].batch.as_ref();
        let before = (0..first).rev().find_map(batch_of);
        let sound = match (before, batch_of(last)) {
            (Some(before), Some(after)) => {
                before.rows == after.rows
                    && same(before.loss.as_ref(), Some(&comparison.before))
                    && same(after.loss.as_ref(), Some(&comparison.after))
                    && comparison
                        .after
                        .compare(&comparison.before)
                        .is_ok_and(|ordering| ordering == comparison.ordering)
            }
            _ => false,
        };
        if sound { Ok(()) } else { self.fault(last, Quantity::MeanObjective, Fault::Value) }
    }

    fn any_unknown(&self, passes: &[usize], quantity: Quantity) -> bool {
        passes.iter().any(|pass| self.solution.passes[*pass].unknown.contains(&quantity))
    }

    fn row(&self, pass: usize) -> u32 {
        self.solution.passes[pass].row.and_then(|row| u32::try_from(row).ok()).unwrap_or(0)
    }

    /// The derivation of the first row, and for each target the mean of what the rows give.
    pub(super) fn batch_gradient(
        &mut self,
        passes: &[usize],
        derivations: &'s [Derivation],
        means: &[Step],
    ) -> Result<()> {
        let first = Quantity::Variable(VariableId(0));
        let (Some(&head), Some(&last)) = (passes.first(), passes.last()) else {
            return self.fault(0, first, Fault::Record);
        };
        self.derivations(head, derivations)?;
        for step in means {
            let Quantity::MeanAdjoint(target) = step.target else {
                return self.fault(last, step.target, Fault::Target);
            };
            let mut shares = Vec::with_capacity(passes.len());
            for &pass in passes {
                // Each row's own was or will be compared with forward mode.
                match &self.solution.passes[pass].adjoints[target.index()] {
                    Some(share) => {
                        let row = self.row(pass);
                        shares.push((Quantity::RowAdjoint { row, by: target }, share.clone()));
                    }
                    None => return self.fault(last, step.target, Fault::Premise),
                }
            }
            let batch = self.solution.passes[last].batch.as_ref();
            let recorded = batch.and_then(|batch| batch.gradients.get(&target));
            if !same(recorded, Some(&step.value)) {
                return self.fault(last, step.target, Fault::Record);
            }
            let rests_on_symbols = self.any_unknown(passes, Quantity::Adjoint(target));
            self.mean(last, step.target, step, shares, rests_on_symbols)?;
        }
        Ok(())
    }

    fn mean(
        &mut self,
        pass: usize,
        target: Quantity,
        step: &Step,
        shares: Vec<(Quantity, Number)>,
        rests_on_symbols: bool,
    ) -> Result<()> {
        let is_unknown = self.solution.passes[pass].unknown.contains(&target);
        if rests_on_symbols != is_unknown || rests_on_symbols != step.is_symbolic {
            return self.fault(pass, step.target, Fault::Record);
        }
        let count = i64::try_from(shares.len()).unwrap_or(i64::MAX);
        // n times the mean is the sum.
        let mut rest = step.value.mul(&Number::from(count)).ok();
        for (quantity, share) in shares {
            rest = rest.and_then(|rest| rest.sub(&share).ok());
            self.established[pass].insert(quantity, share);
        }
        let is_mean = step.target == target && step.justification == Justification::Mean;
        if !is_mean || !step.also.is_empty() {
            return self.fault(pass, step.target, Fault::Target);
        }
        if !same(rest.as_ref(), Some(&Number::zero())) {
            return self.fault(pass, step.target, Fault::Value);
        }
        self.forms(pass, step)?;
        self.established[pass].insert(target, step.value.clone());
        Ok(())
    }
}
