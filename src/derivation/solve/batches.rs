//! Mini-batches: a forward pass a row, and the mean of what the rows give.

use super::Solver;
use crate::derivation::error::DerivationError;
use crate::derivation::{Batch, Block, Comparison, Justification, Step, forward};
use crate::diagnostic::Diagnostic;
use crate::exact::{Number, Rational};
use crate::expr::{
    EvaluationError, Expr, Literal, NumberStyle, Quantity, Term, VariableId, evaluate,
};
use crate::source::Span;

impl Solver<'_> {
    /// A forward pass for each of the rows.
    pub(super) fn forward_batch(&mut self, rows: &[usize]) -> Result<Block, Vec<Diagnostic>> {
        let mut passes = Vec::with_capacity(rows.len());
        for row in rows {
            self.run_pass(Some(*row))?;
            self.passes[self.active].is_in_batch = true;
            passes.push(self.active);
        }
        let last = self.active;
        let objective = self.exercise.network.objective().filter(|own| !own.is_given);
        let loss = match objective {
            None => None,
            Some(objective) => {
                let share = |pass: usize, row: usize| {
                    let value = self.passes[pass].values[objective.variable.index()].clone();
                    (Quantity::RowObjective(row_number(row)), value)
                };
                let shares: Vec<_> =
                    passes.iter().zip(rows).map(|(pass, row)| share(*pass, *row)).collect();
                let span = self.exercise.network[objective.variable].span;
                let own = Quantity::Variable(objective.variable);
                let is_symbolic =
                    passes.iter().any(|pass| self.passes[*pass].unknown.contains(&own));
                self.batch = Some(passes.clone());
                let mean =
                    self.mean(Quantity::MeanObjective, &shares, is_symbolic).map_err(|error| {
                        let error = DerivationError::Batch { error };
                        vec![Diagnostic::error(span, &error)]
                    })?;
                Some(mean)
            }
        };
        let value = loss.as_ref().map(|step| step.value.clone());
        let comparison = if std::mem::take(&mut self.is_incomparable) {
            None
        } else {
            self.batch_comparison(rows, value.as_ref())
        };
        self.passes[last].batch = Some(Batch {
            rows: rows.to_vec(),
            loss: value,
            gradients: indexmap::IndexMap::default(),
        });
        // The first row's derivation is shown in full.
        self.active = passes[0];
        self.batch = Some(passes.clone());
        Ok(Block::Batch { passes, loss, comparison })
    }

    /// The batch before, if it was of the same rows and an update stands between.
    fn batch_comparison(&self, rows: &[usize], after: Option<&Number>) -> Option<Comparison> {
        let before = self.passes.iter().rev().find(|pass| pass.batch.is_some())?;
        let batch = before.batch.as_ref()?;
        if before.updates.is_empty() || batch.rows != rows {
            return None;
        }
        let own = Quantity::MeanObjective;
        let now = &self.passes[self.latest()];
        if before.unknown.contains(&own) || now.unknown.contains(&own) {
            return None;
        }
        let (before, after) = (batch.loss.clone()?, after?.clone());
        let ordering = after.compare(&before).ok()?;
        Some(Comparison { before, after, ordering })
    }

    /// Those of the parameters whose mean gradient is not known yet.
    pub(super) fn batch_missing(&self, parameters: &[VariableId]) -> Vec<VariableId> {
        let Some(batch) = self.present_batch() else { return Vec::new() };
        parameters.iter().copied().filter(|own| !batch.gradients.contains_key(own)).collect()
    }

    /// The mini-batch that the state is in.
    pub(in crate::derivation) fn present_batch(&self) -> Option<&Batch> {
        let last = *self.batch.as_ref()?.last()?;
        self.passes[last].batch.as_ref()
    }

    /// The pass whose values are those of now: of a batch its last row's.
    pub(in crate::derivation) fn latest(&self) -> usize {
        self.batch.as_ref().and_then(|own| own.last().copied()).unwrap_or(self.active)
    }

    /// The passes of the present batch.
    pub(in crate::derivation) fn batch_passes(&self) -> Vec<usize> {
        self.batch.clone().unwrap_or_default()
    }

    /// The mean gradient of the present batch, from the rows' own.
    pub(in crate::derivation) fn mean_gradient(&self, variable: VariableId) -> Option<Number> {
        let passes = self.batch.as_ref()?;
        let mut total = Number::zero();
        for pass in passes {
            total = total.add(self.passes[*pass].adjoints[variable.index()].as_ref()?).ok()?;
        }
        total.div(&Number::from(i64::try_from(passes.len()).ok()?)).ok()
    }

    /// The means of the rows' gradients; the first row's derivation stands for all.
    pub(super) fn batch_gradients(
        &mut self,
        span: Span,
        targets: &[VariableId],
    ) -> Result<Block, Vec<Diagnostic>> {
        let passes = self.batch.clone().unwrap_or_default();
        let derivations = self.derivations(targets)?;
        for &pass in &passes {
            self.ensure_adjoints(targets, pass)?;
        }
        let last = passes[passes.len() - 1];
        let mut means = Vec::with_capacity(targets.len());
        for &target in targets {
            let shares: Vec<(Quantity, Number)> = passes
                .iter()
                .filter_map(|pass| {
                    let pass = &self.passes[*pass];
                    let share = pass.adjoints[target.index()].clone()?;
                    let row = row_number(pass.row?);
                    Some((Quantity::RowAdjoint { row, by: target }, share))
                })
                .collect();
            let own = Quantity::Adjoint(target);
            let is_symbolic = passes.iter().any(|pass| self.passes[*pass].unknown.contains(&own));
            let mean = self.mean(Quantity::MeanAdjoint(target), &shares, is_symbolic).map_err(
                |error| {
                    let error = DerivationError::Batch { error };
                    vec![Diagnostic::error(span, &error)]
                },
            )?;
            if let Some(batch) = &mut self.passes[last].batch {
                batch.gradients.insert(target, mean.value.clone());
            }
            means.push(mean);
        }
        Ok(Block::BatchGradient { passes, derivations, means })
    }

    /// (a + b + …)/n
    fn mean(
        &mut self,
        target: Quantity,
        shares: &[(Quantity, Number)],
        is_symbolic: bool,
    ) -> Result<Step, EvaluationError> {
        if is_symbolic {
            let last = self.latest();
            let names = shares.iter().map(|(own, _)| *own).chain([target]);
            self.passes[last].unknown.extend(names);
        }
        let count = i64::try_from(shares.len()).unwrap_or(i64::MAX);
        let form = |part: &dyn Fn(usize) -> Expr| {
            let terms = (0..shares.len()).map(|own| Term { minus: false, expr: part(own) });
            let mut terms: Vec<Term> = terms.collect();
            if terms.len() == 1 {
                return terms.remove(0).expr;
            }
            let share = Rational::new(1, count).map_or_else(Number::one, Number::from);
            let share = Expr::Number(Literal { value: share, style: NumberStyle::Fraction });
            Expr::Product(vec![share, Expr::Sum(terms)])
        };
        let symbolic = form(&|own| shares[own].0.into());
        let value_of = |quantity| {
            let own = shares.iter().find(|(own, _)| *own == quantity);
            own.map(|(_, value)| value.clone())
        };
        let conventions = &self.exercise.conventions;
        let in_place = |quantity| value_of(quantity).map_or(Expr::Quantity(quantity), Expr::number);
        Ok(Step {
            target,
            also: Vec::new(),
            justification: Justification::Mean,
            premises: shares.iter().map(|(own, _)| *own).collect(),
            numeric: if is_symbolic {
                Vec::new()
            } else {
                forward::numeric_forms(&symbolic, &in_place, conventions)?
            },
            value: evaluate(&symbolic, &value_of, conventions)?,
            symbolic: vec![symbolic],
            branches: Vec::new(),
            closed: None,
            is_symbolic,
        })
    }
}

/// The number of a row as quantities hold it.
fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
