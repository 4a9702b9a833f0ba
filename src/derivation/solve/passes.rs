//! Forward passes.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Solver;
use crate::derivation::error::DerivationError;
use crate::derivation::{Block, Comparison, Pass, Step};
use crate::derivation::{forward, symbols};
use crate::diagnostic::Diagnostic;
use crate::exact::{Number, Rational};
use crate::exercise::{Kind, limits};
use crate::expr::{EvaluationError, Expr, NumberStyle, Quantity, VariableId, simplify};
use crate::source::Span;

/// The size that the values of all forward passes may have together: about twenty million decimal digits,
/// which is a book of numbers, and little enough to be printed in seconds.
const MAX_TOTAL_BITS: u64 = 1 << 26;

impl Solver<'_> {
    /// A forward pass, with a row of `data` where there is one.
    pub(super) fn forward(&mut self, row: Option<usize>) -> Result<Block, Vec<Diagnostic>> {
        self.run_pass(row)?;
        let position = self.active;
        let steps = self.forward_steps(position)?;
        let comparison =
            if std::mem::take(&mut self.is_incomparable) { None } else { self.comparison() };
        Ok(Block::Forward { pass: position, steps, comparison })
    }

    /// The steps of a pass, one a node.
    pub(super) fn forward_steps(&self, position: usize) -> Result<Vec<Step>, Vec<Diagnostic>> {
        let exercise = self.exercise;
        let network = &exercise.network;
        let pass = &self.passes[position];
        let mut steps = Vec::new();
        for node in network.ids() {
            if let Kind::Node { definition_span, .. } = &network[node].kind
                && !network.is_given(node)
            {
                let step = forward::node_step(network, node, pass, &exercise.conventions).map_err(
                    |error| vec![self.value_error(node, *definition_span, error, position)],
                )?;
                steps.push(step);
            }
        }
        Ok(steps)
    }

    /// The objective in the last two passes, where an update stands between them.
    fn comparison(&self) -> Option<Comparison> {
        let objective = self.exercise.network.objective().filter(|own| !own.is_given)?.variable;
        let mut passes = self.passes.iter().rev().filter(|pass| pass.number.is_some());
        let (after, before) = (passes.next()?, passes.next()?);
        // Of another row the objective is another.
        let own = Quantity::Variable(objective);
        let has_numbers = !before.unknown.contains(&own) && !after.unknown.contains(&own);
        if before.updates.is_empty() || before.row != after.row || !has_numbers {
            return None;
        }
        let before = before.values[objective.index()].clone();
        let after = after.values[objective.index()].clone();
        let ordering = after.compare(&before).ok()?;
        Some(Comparison { before, after, ordering })
    }

    /// Computes a forward pass from the present values; every node that has no value is reported.
    pub(super) fn run_pass(&mut self, row: Option<usize>) -> Result<(), Vec<Diagnostic>> {
        if let (Some(row), Some(data)) = (row, &self.exercise.data) {
            for (column, value) in data.columns.iter().zip(&data.rows[row - 1]) {
                self.leaves[column.index()] = Some(value.clone());
            }
        }
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
                            let position = self.number();
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
        let (unknown, expanded) = self.unknown(&values);
        self.passes.push(Pass {
            adjoints: vec![None; values.len()],
            unknown,
            closed: FxHashMap::default(),
            expanded,
            in_symbols: indexmap::IndexMap::default(),
            values,
            styles,
            adjoint_order: Vec::new(),
            partials: indexmap::IndexMap::default(),
            updates: Vec::new(),
            row,
            batch: None,
            is_in_batch: false,
            number: Some(self.number() + 1),
        });
        self.batch = None;
        self.active = self.passes.len() - 1;
        self.derived.clear();
        self.explained.clear();
        Ok(())
    }

    /// The variables that depend on a symbol, and what they are in leaves.
    fn unknown(&self, values: &[Number]) -> (FxHashSet<Quantity>, FxHashMap<Quantity, Expr>) {
        let mut unknown = FxHashSet::default();
        let mut expanded = FxHashMap::default();
        if self.symbols.is_empty() {
            return (unknown, expanded);
        }
        let network = &self.exercise.network;
        for id in network.ids() {
            let own = Quantity::Variable(id);
            let form = match network.definition(id) {
                None => self.symbols.get(&id).cloned(),
                Some(definition) => network
                    .operands(id)
                    .iter()
                    .any(|operand| unknown.contains(&Quantity::Variable(*operand)))
                    .then(|| {
                        simplify(definition, &|quantity| match quantity {
                            Quantity::Variable(variable) if !unknown.contains(&quantity) => {
                                Expr::number(values[variable.index()].clone())
                            }
                            _ => expanded.get(&quantity).cloned().unwrap_or(quantity.into()),
                        })
                    }),
            };
            let Some(form) = form else { continue };
            unknown.insert(own);
            if form.size_up_to(symbols::MAX_EXPANDED) < symbols::MAX_EXPANDED {
                expanded.insert(own, form);
            }
        }
        (unknown, expanded)
    }

    /// How many passes the tasks have made.
    fn number(&self) -> usize {
        self.passes.iter().rev().find_map(|pass| pass.number).unwrap_or(0)
    }

    /// Before the first `forward` a pass is made that is not printed.
    pub(in crate::derivation) fn ensure_pass(&mut self) -> Result<(), Vec<Diagnostic>> {
        if self.passes.is_empty() {
            self.run_pass(None)?;
            self.unprinted = Some(0);
        }
        Ok(())
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
    pub(super) fn part_of(&self, node: VariableId, error: &EvaluationError) -> Option<Span> {
        self.exercise.network.place_of(node, error.part()?)
    }
}
