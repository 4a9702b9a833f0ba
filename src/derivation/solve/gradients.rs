//! Gradients and single partials.

use std::collections::VecDeque;

use super::{Pending, Solver};
use crate::derivation::backward::{self, Adjoint, DerivativeError};
use crate::derivation::error::DerivationError;
use crate::derivation::{Block, Derivation, DerivationKind, Justification, Step, symbols};
use crate::diagnostic::Diagnostic;
use crate::exact::Number;
use crate::exercise::Kind;
use crate::expr::{Expr, Quantity, VariableId, simplify};

impl Solver<'_> {
    /// Computes the adjoints of `targets` in a pass, and those of the last pass with their steps.
    pub(in crate::derivation) fn ensure_adjoints(
        &mut self,
        targets: &[VariableId],
        position: usize,
    ) -> Result<(), Vec<Diagnostic>> {
        let is_active = position == self.active;
        let is_expanded = self.options.expand.is_some();
        let missing = backward::missing_adjoints(self.exercise, &self.passes[position], targets);
        for variable in missing {
            let pass = &mut self.passes[position];
            match backward::derive_adjoint(self.exercise, pass, variable, is_expanded) {
                Ok(adjoint) if is_active => {
                    self.derived.insert(variable, adjoint);
                }
                Ok(_) => {}
                Err(failure) => return Err(vec![self.derivative_error(failure)]),
            }
        }
        Ok(())
    }

    pub(super) fn derivations(
        &mut self,
        targets: &[VariableId],
    ) -> Result<Vec<Derivation>, Vec<Diagnostic>> {
        self.ensure_adjoints(targets, self.active)?;
        let mut derivations = Vec::with_capacity(targets.len());
        for &target in targets {
            let mut derivation = self.derivation(target);
            derivation.paths = self.paths(target)?;
            derivations.push(derivation);
        }
        Ok(derivations)
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
                Pending::Partial(step) => support.push(*step),
            }
        }
        Derivation { target, kind, goal, support, paths: None }
    }

    fn repeated(&self, target: VariableId) -> Derivation {
        let value =
            self.passes[self.active].adjoints[target.index()].clone().unwrap_or_else(Number::zero);
        let quantity = Quantity::Adjoint(target);
        let pass = &self.passes[self.active];
        let (is_symbolic, closed) =
            (pass.unknown.contains(&quantity), pass.closed.get(&quantity).cloned());
        let goal = Step {
            target: quantity,
            also: Vec::new(),
            justification: Justification::ChainRule { consumers: Vec::new() },
            premises: vec![Quantity::Adjoint(target)],
            symbolic: Vec::new(),
            numeric: Vec::new(),
            branches: Vec::new(),
            closed,
            is_symbolic,
            value,
        };
        Derivation {
            target,
            kind: DerivationKind::Repeated,
            goal,
            support: Vec::new(),
            paths: None,
        }
    }

    /// Puts an adjoint on the sheet and queues what it needs. Through an identity node the derivation
    /// goes on in the same step.
    fn explain(&mut self, variable: VariableId, pending: &mut VecDeque<Pending>) -> Option<Step> {
        let mut adjoint = self.take_unexplained(variable)?;
        while let Justification::Identity { .. } = adjoint.step.justification
            && let Some(&node) = adjoint.needs.first()
            && !self.is_joint(node)
            && let Some(upstream) = self.take_unexplained(node)
        {
            adjoint.step.also.push(Quantity::Adjoint(node));
            adjoint.step.symbolic.extend(upstream.step.symbolic);
            adjoint.step.numeric = upstream.step.numeric;
            adjoint.step.branches = upstream.step.branches;
            adjoint.step.closed = upstream.step.closed;
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
        pending.extend(adjoint.partials.into_iter().map(|step| Pending::Partial(Box::new(step))));
        Some(adjoint.step)
    }

    /// Whether the adjoint has a form of its own, which is said in a step of its own.
    fn is_joint(&self, variable: VariableId) -> bool {
        let adjoint = self.derived.get(&variable);
        adjoint.is_some_and(|own| matches!(own.step.justification, Justification::Joint { .. }))
    }

    fn take_unexplained(&mut self, variable: VariableId) -> Option<Adjoint> {
        let adjoint = self.derived.remove(&variable)?;
        self.explained.insert(variable);
        self.passes[self.active].adjoint_order.push(variable);
        Some(adjoint)
    }

    /// `gradient w in symbols`: the pass as if it had no numbers.
    pub(super) fn gradients_in_symbols(
        &mut self,
        targets: &[VariableId],
    ) -> Result<Block, Vec<Diagnostic>> {
        let position = self.active;
        let network = &self.exercise.network;
        let mut letters = self.passes[position].clone();
        letters.adjoints.fill(None);
        letters.adjoint_order.clear();
        letters.unknown = network.ids().map(Quantity::Variable).collect();
        letters.closed.clear();
        // In leaves: definitions within definitions.
        letters.expanded.clear();
        for id in network.ids() {
            let Some(definition) = network.definition(id) else { continue };
            let expanded = simplify(definition, &|quantity| {
                letters.expanded.get(&quantity).cloned().unwrap_or(quantity.into())
            });
            if expanded.size_up_to(symbols::MAX_EXPANDED) < symbols::MAX_EXPANDED {
                letters.expanded.insert(Quantity::Variable(id), expanded);
            }
        }
        let numbers = std::mem::replace(&mut self.passes[position], letters);
        let progress = (std::mem::take(&mut self.derived), std::mem::take(&mut self.explained));
        let derivations = self.derivations(targets);
        (self.derived, self.explained) = progress;
        let letters = std::mem::replace(&mut self.passes[position], numbers);
        for &target in targets {
            let expanded = letters.expanded.get(&Quantity::Adjoint(target)).cloned();
            let adjoint = letters.adjoints[target.index()].clone().map(Expr::number);
            // What is the same whatever the letters are has a number.
            let is_symbolic = letters.unknown.contains(&Quantity::Adjoint(target));
            let form = if is_symbolic { expanded } else { adjoint };
            self.passes[position].in_symbols.insert(target, form);
        }
        Ok(Block::Symbols { pass: position, derivations: derivations? })
    }

    /// `partial z2 by h1`
    pub(super) fn partial(
        &mut self,
        of: VariableId,
        by: VariableId,
    ) -> Result<Block, Vec<Diagnostic>> {
        self.ensure_pass()?;
        let position = self.active;
        let step = backward::local_partial(self.exercise, &mut self.passes[position], of, by)
            .map_err(|failure| vec![self.derivative_error(failure)])?;
        Ok(Block::Partial { pass: position, step })
    }

    pub(super) fn derivative_error(&self, failure: DerivativeError) -> Diagnostic {
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
}
