//! The tasks in order over one state.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::backward::{self, Adjoint, DerivativeError};
use super::error::DerivationError;
use super::forward;
use super::{
    Block, Comparison, Derivation, DerivationKind, Head, Justification, Pass, Solution, Step,
    verify,
};
use crate::diagnostic::Diagnostic;
use crate::exact::{Number, Rational};
use crate::exercise::{Exercise, Item, Kind, OptimiserStep, Sense, Task, TaskKind, limits};
use crate::expr::{
    EvaluationError, Expr, Literal, NumberStyle, Quantity, Setting, VariableId, evaluate,
};
use crate::optimisers::Direction;
use crate::source::Span;

/// Carries out the tasks of a checked exercise and verifies the result.
///
/// # Errors
/// Values and derivatives that do not exist or are too large, each with its place.
pub fn derive(exercise: Exercise) -> Result<Solution, Vec<Diagnostic>> {
    let (head, passes, blocks) = {
        let mut solver = Solver::new(&exercise);
        let head = solver.head()?;
        let blocks = solver.blocks(&exercise.items)?;
        (head, solver.passes, blocks)
    };
    let solution = Solution { exercise, head, passes, blocks };
    match verify(&solution) {
        Ok(()) => Ok(solution),
        Err(error) => {
            let error = DerivationError::Unverified { detail: error.to_string() };
            Err(vec![Diagnostic::error(Span::default(), &error)])
        }
    }
}

/// The size that the values of all forward passes may have together: about twenty million decimal digits,
/// which is a book of numbers, and little enough to be printed in seconds.
const MAX_TOTAL_BITS: u64 = 1 << 26;

/// The state that tasks share.
pub(super) struct Solver<'e> {
    pub(super) exercise: &'e Exercise,
    /// The present value of each leaf; nothing for a node.
    pub(super) leaves: Vec<Option<Literal>>,
    pub(super) passes: Vec<Pass>,
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
    Partial(Step),
}

impl<'e> Solver<'e> {
    fn new(exercise: &'e Exercise) -> Self {
        let network = &exercise.network;
        let leaves = network
            .ids()
            .map(|id| match &network[id].kind {
                Kind::Leaf { value, style, .. } => {
                    Some(Literal { value: value.clone(), style: *style })
                }
                Kind::Node { .. } => None,
            })
            .collect();
        Self {
            exercise,
            leaves,
            passes: Vec::new(),
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
                Item::Task(task) => blocks.push(self.task(task)?),
                Item::Rounds(rounds) => {
                    for (index, round) in rounds.iter().enumerate() {
                        let blocks_within = self.blocks(round)?;
                        blocks.push(Block::Round {
                            number: index + 1,
                            of: rounds.len(),
                            blocks: blocks_within,
                        });
                    }
                }
            }
        }
        Ok(blocks)
    }

    fn task(&mut self, task: &Task) -> Result<Block, Vec<Diagnostic>> {
        match &task.kind {
            TaskKind::Forward => self.forward(),
            TaskKind::Gradient { targets } => {
                self.ensure_pass()?;
                let derivations = self.derivations(targets)?;
                Ok(Block::Gradient { pass: self.passes.len() - 1, derivations })
            }
            TaskKind::Update { parameters, step } => self.update(task.span, parameters, step),
        }
    }

    fn forward(&mut self) -> Result<Block, Vec<Diagnostic>> {
        self.run_pass()?;
        let exercise = self.exercise;
        let network = &exercise.network;
        let position = self.passes.len() - 1;
        let pass = &self.passes[position];
        let mut steps = Vec::new();
        for node in network.ids() {
            if let Kind::Node { definition_span, .. } = &network[node].kind {
                let step = forward::node_step(network, node, pass, &exercise.conventions).map_err(
                    |error| vec![self.value_error(node, *definition_span, error, position)],
                )?;
                steps.push(step);
            }
        }
        Ok(Block::Forward { pass: position, steps, comparison: self.comparison() })
    }

    /// The objective in the last two passes, where an update stands between them.
    fn comparison(&self) -> Option<Comparison> {
        let objective = self.exercise.network.objective()?.variable;
        let [.., before, after] = &self.passes[..] else { return None };
        if before.updates.is_empty() {
            return None;
        }
        let before = before.values[objective.index()].clone();
        let after = after.values[objective.index()].clone();
        let ordering = after.compare(&before).ok()?;
        Some(Comparison { before, after, ordering })
    }

    /// Computes a forward pass from the present values; every node that has no value is reported.
    fn run_pass(&mut self) -> Result<(), Vec<Diagnostic>> {
        let network = &self.exercise.network;
        let mut values: Vec<Option<Number>> = Vec::with_capacity(network.len());
        let mut styles = Vec::with_capacity(network.len());
        let mut errors = Vec::new();
        let mut reported = FxHashSet::default();
        for id in network.ids() {
            match (&self.leaves[id.index()], &network[id].kind) {
                (Some(leaf), _) => {
                    values.push(Some(leaf.value.clone()));
                    styles.push(leaf.style);
                }
                (None, Kind::Node { definition, operands, definition_span, .. }) => {
                    styles.push(NumberStyle::Auto);
                    // What rests on a node without a value is not at fault itself.
                    if operands.iter().any(|operand| values[operand.index()].is_none()) {
                        values.push(None);
                        continue;
                    }
                    match forward::node_value(definition, &values, &self.exercise.conventions) {
                        Ok(value) => values.push(Some(value)),
                        Err(error) => {
                            let position = self.passes.len();
                            let error = self.value_error(id, *definition_span, error, position);
                            // Of a right-hand side in a loop the first fault stands for all.
                            if errors.len() < limits::DIAGNOSTICS && reported.insert(error.span) {
                                errors.push(error);
                            }
                            values.push(None);
                        }
                    }
                }
                (None, Kind::Leaf { .. }) => values.push(None),
            }
        }
        let Some(values) = values.into_iter().collect::<Option<Vec<_>>>() else {
            return Err(errors);
        };
        for (id, value) in network.ids().zip(&values) {
            let bits = value.as_rational().map_or(0, Rational::bits);
            self.bits = self.bits.saturating_add(bits);
            if self.bits > MAX_TOTAL_BITS {
                let error = DerivationError::TooManyDigits { limit: MAX_TOTAL_BITS };
                return Err(vec![Diagnostic::error(network[id].span, &error)]);
            }
        }
        self.passes.push(Pass {
            adjoints: vec![None; values.len()],
            values,
            styles,
            adjoint_order: Vec::new(),
            partials: indexmap::IndexMap::default(),
            updates: Vec::new(),
        });
        self.derived.clear();
        self.explained.clear();
        Ok(())
    }

    /// Before the first `forward` a pass is made that is not printed.
    pub(super) fn ensure_pass(&mut self) -> Result<(), Vec<Diagnostic>> {
        if self.passes.is_empty() { self.run_pass() } else { Ok(()) }
    }

    fn value_error(
        &self,
        node: VariableId,
        definition: Span,
        error: EvaluationError,
        position: usize,
    ) -> Diagnostic {
        let subject = DerivationError::subject(&error, self.exercise);
        let span = self.part_of(node, &error).unwrap_or(definition);
        let name = &self.exercise.network[node].name;
        let member = (!name.indices.is_empty()).then(|| name.to_string());
        let pass = position + 1;
        Diagnostic::error(span, &DerivationError::Value { error, subject, member, pass })
    }

    /// Where the part at fault stands in the right-hand side of `node`.
    fn part_of(&self, node: VariableId, error: &EvaluationError) -> Option<Span> {
        self.exercise.network.place_of(node, error.part()?)
    }

    fn derivative_error(&self, failure: DerivativeError) -> Diagnostic {
        let network = &self.exercise.network;
        let name = |variable: VariableId| network[variable].name.to_string();
        let place = |variable: VariableId| match &network[variable].kind {
            Kind::Node { definition_span, .. } => *definition_span,
            Kind::Leaf { .. } => network[variable].span,
        };
        let DerivativeError { error, node, by } = failure;
        let Some(node) = node else {
            let of = network.objective().map_or_else(String::new, |own| name(own.variable));
            let error = DerivationError::Adjoint { error, of, by: name(by) };
            return Diagnostic::error(network[by].span, &error);
        };
        let span = self.part_of(node, &error).unwrap_or_else(|| place(node));
        let subject = DerivationError::subject(&error, self.exercise);
        let error = DerivationError::Derivative { subject, error, node: name(node), by: name(by) };
        Diagnostic::error(span, &error)
    }

    /// Computes the adjoints of `targets` in a pass, and those of the last pass with their steps.
    pub(super) fn ensure_adjoints(
        &mut self,
        targets: &[VariableId],
        position: usize,
    ) -> Result<(), Vec<Diagnostic>> {
        let is_last = position + 1 == self.passes.len();
        let missing = backward::missing_adjoints(self.exercise, &self.passes[position], targets);
        for variable in missing {
            let pass = &mut self.passes[position];
            match backward::derive_adjoint(self.exercise, pass, variable) {
                Ok(adjoint) if is_last => {
                    self.derived.insert(variable, adjoint);
                }
                Ok(_) => {}
                Err(failure) => return Err(vec![self.derivative_error(failure)]),
            }
        }
        Ok(())
    }

    fn derivations(&mut self, targets: &[VariableId]) -> Result<Vec<Derivation>, Vec<Diagnostic>> {
        let last = self.passes.len() - 1;
        self.ensure_adjoints(targets, last)?;
        Ok(targets.iter().map(|target| self.derivation(*target)).collect())
    }

    /// The goal first, then what it needs and was not derived yet, breadth first.
    fn derivation(&mut self, target: VariableId) -> Derivation {
        if self.explained.contains(&target) {
            return self.repeated(target);
        }
        let network = &self.exercise.network;
        let kind = if network.is_objective(target) {
            DerivationKind::Seed
        } else if network.reaches_objective(target) {
            DerivationKind::Chain
        } else if !network.is_used(target) {
            DerivationKind::Unused
        } else {
            DerivationKind::Unreached
        };
        let mut pending = VecDeque::new();
        let Some(goal) = self.explain(target, &mut pending) else { return self.repeated(target) };
        let mut support = Vec::new();
        while let Some(next) = pending.pop_front() {
            match next {
                Pending::Adjoint(variable) => {
                    support.extend(self.explain(variable, &mut pending));
                }
                Pending::Partial(step) => support.push(step),
            }
        }
        Derivation { target, kind, goal, support }
    }

    fn repeated(&self, target: VariableId) -> Derivation {
        let value = self
            .passes
            .last()
            .and_then(|pass| pass.adjoints[target.index()].clone())
            .unwrap_or_else(Number::zero);
        let goal = Step {
            target: Quantity::Adjoint(target),
            also: Vec::new(),
            justification: Justification::ChainRule { consumers: Vec::new() },
            premises: vec![Quantity::Adjoint(target)],
            symbolic: Vec::new(),
            numeric: Vec::new(),
            branches: Vec::new(),
            value,
        };
        Derivation { target, kind: DerivationKind::Repeated, goal, support: Vec::new() }
    }

    /// Puts an adjoint on the sheet and queues what it needs. Through an identity node the derivation
    /// goes on in the same step.
    fn explain(&mut self, variable: VariableId, pending: &mut VecDeque<Pending>) -> Option<Step> {
        let mut adjoint = self.take_unexplained(variable)?;
        while let Justification::Identity { .. } = adjoint.step.justification
            && let Some(&node) = adjoint.needs.first()
            && let Some(upstream) = self.take_unexplained(node)
        {
            adjoint.step.also.push(Quantity::Adjoint(node));
            adjoint.step.symbolic.extend(upstream.step.symbolic);
            adjoint.step.numeric = upstream.step.numeric;
            adjoint.step.branches = upstream.step.branches;
            adjoint.step.premises = upstream.step.premises;
            adjoint.partials = upstream.partials;
            adjoint.needs = upstream.needs;
            if !matches!(upstream.step.justification, Justification::Identity { .. }) {
                break;
            }
        }
        for need in adjoint.needs {
            if !self.explained.contains(&need) {
                pending.push_back(Pending::Adjoint(need));
            }
        }
        pending.extend(adjoint.partials.into_iter().map(Pending::Partial));
        Some(adjoint.step)
    }

    fn take_unexplained(&mut self, variable: VariableId) -> Option<Adjoint> {
        let adjoint = self.derived.remove(&variable)?;
        self.explained.insert(variable);
        if let Some(pass) = self.passes.last_mut() {
            pass.adjoint_order.push(variable);
        }
        Some(adjoint)
    }

    fn update(
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
