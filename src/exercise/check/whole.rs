//! What only the whole file shows.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Checker;
use crate::exact::Number;
use crate::exercise::{
    CheckError, CheckWarning, Item, Kind, NameSymbols, Objective, Prose, Role, Round, RoundLabel,
    Segment, Task, TaskKind,
};
use crate::expr::{Quantity, VariableId, evaluate, to_text};
use crate::source::Span;
use crate::syntax::ast;

impl Checker {
    /// In a file with errors: the nodes that have no value with the file's own numbers, as far as nothing
    /// that they rest on is faulty. A sound file is computed by the derivation.
    pub(super) fn report_values(&mut self) {
        if self.exhausted {
            return;
        }
        let network = &self.exercise.network;
        let conventions = &self.exercise.conventions;
        let mut values: Vec<Option<Number>> = Vec::with_capacity(network.len());
        let mut faults = Vec::new();
        for id in network.ids() {
            if faults.len() > super::limits::DIAGNOSTICS {
                break;
            }
            let value = match &network[id].kind {
                _ if self.faulty.contains(&id) => None,
                Kind::Leaf { value, .. } => value.declared().map(|literal| literal.value.clone()),
                Kind::Node { operands, .. }
                    if operands.iter().any(|operand| values[operand.index()].is_none()) =>
                {
                    None
                }
                Kind::Node { definition, definition_span, .. } => {
                    let value_of = |quantity| match quantity {
                        Quantity::Variable(variable) => values[variable.index()].clone(),
                        _ => None,
                    };
                    match evaluate(definition, &value_of, conventions) {
                        Ok(value) => Some(value),
                        Err(error) => {
                            let place = error.part().and_then(|part| network.place_of(id, part));
                            faults.push((place.unwrap_or(*definition_span), error));
                            None
                        }
                    }
                }
            };
            values.push(value);
        }
        for (span, error) in faults {
            let subject = error.part().map(|part| to_text(part, &self.exercise));
            self.error::<()>(span, &CheckError::Evaluation { error, subject });
        }
    }

    pub(super) fn check_objective(&mut self, file: &ast::File) {
        let network = &self.exercise.network;
        let Some(Objective { variable, .. }) = network.objective() else {
            if self.exercise.items.is_empty() {
                let end = file.statements.last().map_or(Span::default(), |last| last.span);
                let error = if network.is_empty() {
                    CheckError::NothingToSolve
                } else {
                    CheckError::NoObjective
                };
                self.error::<()>(end, &error);
            }
            return;
        };
        let independent = network.leaves(Role::Parameter).next().is_some()
            && !network.leaves(Role::Parameter).any(|leaf| network.reaches_objective(leaf));
        let span = network[variable].span;
        if independent {
            let name = network[variable].name.to_string();
            self.error::<()>(span, &CheckError::ObjectiveIndependent { name });
        } else if !self.scope.has_parts {
            self.add_default_tasks(span);
        }
    }

    /// A file without a part is solved as: forward, gradient of every parameter from the output back.
    fn add_default_tasks(&mut self, span: Span) {
        let targets = self.parameters_from_the_output_back();
        if targets.is_empty() {
            self.error::<()>(span, &CheckError::NoParameters);
            return;
        }
        if self.spend_pass(span).is_none() || self.spend_gradient(targets.len(), span).is_none() {
            return;
        }
        let task = |kind| Item::Task(Task { span, kind });
        let first = self
            .exercise
            .items
            .iter()
            .position(|item| !matches!(item, Item::Text(_)))
            .unwrap_or(self.exercise.items.len());
        let tasks = |row| {
            vec![
                task(TaskKind::Forward { row }),
                task(TaskKind::Gradient { targets: targets.clone(), in_symbols: false }),
            ]
        };
        let default = match &self.exercise.data {
            None => tasks(None),
            // With `data`, each row has its own.
            Some(data) => vec![Item::Rounds(
                (1..=data.rows.len())
                    .map(|row| Round { label: RoundLabel::Row(row), items: tasks(Some(row)) })
                    .collect(),
            )],
        };
        self.exercise.items.splice(first..first, default);
    }

    /// The parameters, those used nearest to the objective first, else in file order.
    pub(super) fn parameters_from_the_output_back(&self) -> Vec<VariableId> {
        let network = &self.exercise.network;
        let mut parameters: Vec<VariableId> = network.leaves(Role::Parameter).collect();
        parameters.sort_by_cached_key(|parameter| {
            std::cmp::Reverse(network.consumers_toward_objective(*parameter).last())
        });
        parameters
    }

    pub(super) fn warn_of_unused_nodes(&mut self) {
        if self.exercise.network.objective().is_none() {
            return;
        }
        let mut used: FxHashSet<VariableId> = FxHashSet::default();
        collect_used(&self.exercise.items, &mut used);
        let unused: Vec<(Span, String)> = {
            let network = &self.exercise.network;
            network
                .ids()
                .filter(|id| {
                    matches!(network[*id].kind, Kind::Node { .. })
                        && !network.is_used(*id)
                        && !network.is_objective(*id)
                        && !used.contains(id)
                })
                .map(|id| (network[id].span, network[id].name.to_string()))
                .collect()
        };
        for (span, name) in unused {
            self.warn(span, &CheckWarning::UnusedNode { name });
        }
    }

    /// One warning for each group of names that print alike, at the second of them.
    pub(super) fn warn_of_names_that_look_alike(&mut self) {
        let network = &self.exercise.network;
        let symbols = NameSymbols::new(&self.exercise.displays);
        let mut first_with: FxHashMap<String, VariableId> = FxHashMap::default();
        let mut groups: BTreeMap<VariableId, Vec<VariableId>> = BTreeMap::new();
        for id in network.ids() {
            match first_with.entry(symbols.symbol(&network[id].name).look()) {
                Entry::Vacant(entry) => {
                    entry.insert(id);
                }
                Entry::Occupied(entry) => groups.entry(*entry.get()).or_default().push(id),
            }
        }
        let warnings: Vec<(Span, CheckWarning)> = groups
            .iter()
            .map(|(first, others)| {
                let second = &network[others[0]];
                let display = symbols.display_of(&second.name).map(|(styled, _)| styled);
                let names = std::iter::once(first).chain(others);
                let warning = CheckWarning::LookAlike {
                    names: names.map(|id| network[*id].name.to_string()).collect(),
                    first: network[*first].span,
                    styled: display
                        .map_or_else(|| second.name.base.to_string(), ToString::to_string),
                    is_displayed: display.is_some(),
                };
                (second.span, warning)
            })
            .collect();
        for (span, warning) in &warnings {
            self.warn(*span, warning);
        }
    }
}

/// The variables that tasks and prose ask for.
fn collect_used(items: &[Item], used: &mut FxHashSet<VariableId>) {
    let mut in_prose = |prose: &Prose| {
        for segment in prose.paragraphs.iter().flatten() {
            if let Segment::Value { expr, .. } = segment {
                expr.for_each_quantity(&mut |quantity| {
                    if let Quantity::Variable(variable) | Quantity::Adjoint(variable) = quantity {
                        used.insert(variable);
                    }
                });
            }
        }
    };
    for item in items {
        match item {
            Item::Part(part) => in_prose(&part.title),
            Item::Question(question) => {
                in_prose(&question.title);
                question.answers.iter().for_each(&mut in_prose);
            }
            Item::Text(prose) | Item::Note(prose) => in_prose(prose),
            Item::Task(_) | Item::Rounds(_) | Item::Format(_) => {}
        }
    }
    for item in items {
        match item {
            Item::Part(part) => collect_used(&part.items, used),
            Item::Rounds(rounds) => {
                for round in rounds {
                    collect_used(&round.items, used);
                }
            }
            Item::Task(task) => match &task.kind {
                TaskKind::Gradient { targets, .. } => used.extend(targets),
                TaskKind::Partial { of, .. } => {
                    used.insert(*of);
                }
                _ => {}
            },
            _ => {}
        }
    }
}
