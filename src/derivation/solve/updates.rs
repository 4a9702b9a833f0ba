//! Steps of an optimiser.

use super::Solver;
use crate::derivation::error::DerivationError;
use crate::derivation::{Block, Justification, Step, backward, forward};
use crate::diagnostic::Diagnostic;
use crate::exact::Number;
use crate::exercise::{OptimiserStep, Sense};
use crate::expr::{
    EvaluationError, Expr, Literal, NumberStyle, Quantity, Setting, VariableId, evaluate,
};
use crate::optimisers::Direction;
use crate::source::Span;

impl Solver<'_> {
    pub(super) fn update(
        &mut self,
        span: Span,
        parameters: &[VariableId],
        step: &OptimiserStep,
    ) -> Result<Block, Vec<Diagnostic>> {
        self.ensure_pass()?;
        let unexplained: Vec<VariableId> =
            parameters.iter().copied().filter(|p| !self.explained.contains(p)).collect();
        let derivations = self.derivations(&unexplained)?;
        let position = self.passes.len() - 1;
        let settings: Vec<(Setting, Literal)> = step
            .settings
            .iter()
            .map(|(setting, value, style)| {
                (*setting, Literal { value: value.clone(), style: *style })
            })
            .collect();
        let mut steps = Vec::with_capacity(parameters.len());
        for &parameter in parameters {
            let updated = self.update_step(parameter, step, &settings).map_err(|error| {
                let parameter = self.exercise.network[parameter].name.to_string();
                let error = DerivationError::Update { error, parameter };
                vec![Diagnostic::error(span, &error)]
            })?;
            steps.push(updated);
        }
        // All at once: no step sees another's new value.
        for (&parameter, updated) in parameters.iter().zip(&steps) {
            self.passes[position].updates.push((parameter, updated.value.clone()));
            self.leaves[parameter.index()] =
                Some(Literal { value: updated.value.clone(), style: NumberStyle::Auto });
        }
        Ok(Block::Update { pass: position, derivations, settings, steps })
    }

    fn update_step(
        &self,
        parameter: VariableId,
        step: &OptimiserStep,
        settings: &[(Setting, Literal)],
    ) -> Result<Step, EvaluationError> {
        let direction = match self.exercise.network.objective().map(|objective| objective.sense) {
            Some(Sense::Maximize) => Direction::Ascend,
            _ => Direction::Descend,
        };
        let rule = step.optimiser.updated(parameter, direction);
        let pass = &self.passes[self.passes.len() - 1];
        let in_place = |quantity| match quantity {
            Quantity::Setting(setting) => settings
                .iter()
                .find(|(own, _)| *own == setting)
                .map_or(Expr::Quantity(quantity), |(_, literal)| Expr::Number(literal.clone())),
            other => backward::in_place(pass, other),
        };
        let conventions = &self.exercise.conventions;
        let numeric = forward::numeric_forms(&rule, &in_place, conventions)?;
        let value = evaluate(&numeric[0], &|_| None::<Number>, conventions)?;
        Ok(Step {
            target: Quantity::Updated(parameter),
            also: Vec::new(),
            justification: Justification::Update,
            premises: vec![Quantity::Variable(parameter), Quantity::Adjoint(parameter)],
            symbolic: vec![rule],
            numeric,
            branches: Vec::new(),
            value,
        })
    }
}
