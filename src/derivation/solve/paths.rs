//! Every path from the objective to a name, as one product each.

use std::collections::hash_map::Entry;

use num_bigint::BigUint;
use rustc_hash::FxHashMap;

use super::Solver;
use crate::derivation::error::DerivationError;
use crate::derivation::{Justification, Path, Paths, Step, backward, forward};
use crate::diagnostic::Diagnostic;
use crate::exact::Number;
use crate::expr::{Expr, Quantity, Term, VariableId, evaluate};
use crate::source::Span;

impl Solver<'_> {
    /// How many paths lead from each variable to the objective.
    fn path_counts(&self) -> Vec<BigUint> {
        let network = &self.exercise.network;
        let mut counts = vec![BigUint::ZERO; network.len()];
        for variable in network.ids().rev() {
            counts[variable.index()] = if network.is_objective(variable) {
                BigUint::from(1_u8)
            } else {
                network.consumers_toward_objective(variable).map(|own| &counts[own.index()]).sum()
            };
        }
        counts
    }

    /// Refuses to write out more paths than the options allow, before any is.
    pub(super) fn refuse_many_paths(
        &self,
        targets: &[VariableId],
        span: Span,
    ) -> Result<(), Vec<Diagnostic>> {
        let Some(limit) = self.options.expand else { return Ok(()) };
        let counts = self.path_counts();
        for target in targets {
            let paths = &counts[target.index()];
            if *paths > BigUint::from(limit) {
                let network = &self.exercise.network;
                let of = network.objective().map(|own| network[own.variable].name.to_string());
                let error = DerivationError::TooManyPaths {
                    paths: paths.to_string(),
                    of: of.unwrap_or_default(),
                    by: network[*target].name.to_string(),
                    limit,
                };
                return Err(vec![Diagnostic::error(span, &error)]);
            }
        }
        Ok(())
    }

    /// The paths to `target`, if the options ask for them and the objective depends on it.
    pub(super) fn paths(&mut self, target: VariableId) -> Result<Option<Paths>, Vec<Diagnostic>> {
        let network = &self.exercise.network;
        if self.options.expand.is_none()
            || network.is_objective(target)
            || !network.reaches_objective(target)
        {
            return Ok(None);
        }
        let mut edges: FxHashMap<(VariableId, VariableId), Expr> = FxHashMap::default();
        let mut paths = Vec::new();
        // Depth first: a way up so far, and the consumers still to be tried at each step of it.
        let mut way = vec![target];
        let consumers_of = |variable: VariableId| -> Vec<VariableId> {
            let mut all: Vec<VariableId> = network.consumers_toward_objective(variable).collect();
            all.reverse();
            all
        };
        let mut untried = vec![consumers_of(target)];
        while let Some(options) = untried.last_mut() {
            let Some(next) = options.pop() else {
                untried.pop();
                way.pop();
                continue;
            };
            way.push(next);
            if network.is_objective(next) {
                paths.push(way.iter().rev().copied().collect::<Vec<_>>());
                way.pop();
            } else {
                untried.push(consumers_of(next));
            }
        }
        for pair in paths.iter().flat_map(|nodes| nodes.windows(2)) {
            let (of, by) = (pair[0], pair[1]);
            if let Entry::Vacant(edge) = edges.entry((of, by)) {
                let pass = &mut self.passes[self.active];
                let taken = backward::taken_partial(self.exercise, pass, of, by)
                    .map_err(|failure| vec![self.derivative_error(failure)])?;
                edge.insert(taken);
            }
        }
        let mut shown = Vec::with_capacity(paths.len());
        for nodes in paths {
            let step = self.path_step(&nodes, &edges).map_err(|error| {
                let failure = backward::DerivativeError { error, node: None, by: target };
                vec![self.derivative_error(failure)]
            })?;
            shown.push(Path { nodes, step });
        }
        let total = self.total_of_paths(target, &shown);
        Ok(Some(Paths { paths: shown, total }))
    }

    /// The product along one path.
    fn path_step(
        &mut self,
        nodes: &[VariableId],
        edges: &FxHashMap<(VariableId, VariableId), Expr>,
    ) -> Result<Step, crate::expr::EvaluationError> {
        let mut factors = Vec::with_capacity(nodes.len());
        for pair in nodes.windows(2) {
            match &edges[&(pair[0], pair[1])] {
                // An identity node takes no detour.
                one if one.is_integer(1) => {}
                Expr::Product(inner) => factors.extend(inner.iter().cloned()),
                other => factors.push(other.clone()),
            }
        }
        let form = match factors.len() {
            0 => Expr::from(1),
            1 => factors.remove(0),
            _ => Expr::Product(factors),
        };
        let conventions = &self.exercise.conventions;
        let pass = &self.passes[self.active];
        let value = evaluate(&form, &|quantity| backward::known(pass, quantity), conventions)?;
        let in_place = |quantity| backward::in_place(pass, quantity);
        let numeric = forward::numeric_forms(&form, &in_place, conventions)?;
        let mut premises = Vec::new();
        form.for_each_quantity(&mut |quantity| {
            if !premises.contains(&quantity) {
                premises.push(quantity);
            }
        });
        let is_symbolic = crate::derivation::symbols::is_symbolic(pass, &form);
        let target = nodes[nodes.len() - 1];
        Ok(Step {
            target: Quantity::Adjoint(target),
            also: Vec::new(),
            justification: Justification::Path,
            premises,
            symbolic: vec![form],
            numeric,
            branches: Vec::new(),
            closed: None,
            is_symbolic,
            value,
        })
    }

    /// The sum of what the paths give; none over symbols, and for one path.
    fn total_of_paths(&self, target: VariableId, paths: &[Path]) -> Option<Step> {
        if paths.len() < 2 || paths.iter().any(|path| path.step.is_symbolic) {
            return None;
        }
        let value = self.passes[self.active].adjoints[target.index()].clone()?;
        let terms = paths.iter().map(|path| Term {
            minus: path.step.value.sign().is_ok_and(std::cmp::Ordering::is_lt),
            expr: Expr::number(path.step.value.abs().unwrap_or_else(|_| Number::zero())),
        });
        Some(Step {
            target: Quantity::Adjoint(target),
            also: Vec::new(),
            justification: Justification::Path,
            premises: Vec::new(),
            symbolic: Vec::new(),
            numeric: vec![Expr::Sum(terms.collect())],
            branches: Vec::new(),
            closed: None,
            is_symbolic: false,
            value,
        })
    }
}
