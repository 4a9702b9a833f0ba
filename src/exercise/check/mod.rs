//! From the source tree to the checked exercise: names resolved, functions inlined, loops unrolled.
//!
//! | file | what it checks |
//! | --- | --- |
//! | `scope.rs` | which name means what |
//! | `expressions.rs` | expressions, calls, constants |
//! | `statements.rs` | declarations, nodes, functions, loops, conventions, displays |
//! | `items.rs` | parts, questions, tasks, and the state that tasks share |
//! | `prose.rs` | text with mathematics in it |

mod expressions;
mod items;
mod prose;
mod scope;
mod statements;

use rustc_hash::FxHashSet;

use super::{CheckError, CheckWarning, Exercise, Item, Kind, Name, Objective, Role, TaskKind};
use crate::diagnostic::{Diagnostic, Explain};
use crate::expr::VariableId;
use crate::source::Span;
use crate::syntax::{Parsed, ast};
use scope::Scope;

/// The limits that keep a hostile or mistaken file from running away.
pub mod limits {
    /// Parts of one right-hand side, functions inlined.
    pub const EXPRESSION_SIZE: usize = 4096;
    /// Levels of one right-hand side, functions inlined.
    pub const EXPRESSION_DEPTH: usize = crate::syntax::ast::MAX_DEPTH;
    /// Statements that all `for` loops of a file make together.
    pub const UNROLLED_STATEMENTS: usize = 1_000_000;
    /// Tasks that all `repeat`s of a file make together.
    pub const REPEATED_TASKS: usize = 10_000;
    /// The sum over all nodes of parts times operands: what deriving every local partial costs.
    pub const DIFFERENTIATION_WORK: usize = 200_000_000;
    /// Messages that one file gets.
    pub const DIAGNOSTICS: usize = 100;
}

/// Checks what was read of a file. Errors are collected, each place once, behind those of the syntax; with
/// one among them there is no exercise.
///
/// # Errors
/// Every error and warning of the file, in the order of their places.
pub fn check(parsed: &Parsed) -> Result<(Exercise, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut checker = Checker::new(parsed);
    checker.statements(&parsed.file.statements);
    checker.finish(&parsed.file)
}

/// The exercise as far as it is known, and what is wrong with it.
struct Checker {
    exercise: Exercise,
    scope: Scope,
    diagnostics: Vec<Diagnostic>,
    /// Places that have a message already: one mistake, one message.
    reported: FxHashSet<Span>,
    has_errors: bool,
    /// Names in statements that could not be read: one of them may have been meant to give a name.
    lost_names: FxHashSet<String>,
    /// A statement that could not be read was to name the objective.
    lost_objective: bool,
    unrolled: usize,
    repeated: usize,
    differentiation_work: usize,
    /// Names that were used and not known, to be explained once all names are.
    unresolved: Vec<Unresolved>,
    language: Option<String>,
    /// Names that a `display` styles before anything gives them.
    later_names: Vec<(Name, Span)>,
    tasks: items::TaskState,
}

/// A use of a name that nothing above it gives.
struct Unresolved {
    name: Name,
    span: Span,
    /// The node whose right-hand side it stands in.
    within: Option<VariableId>,
}

impl Checker {
    fn new(parsed: &Parsed) -> Self {
        let lost_words =
            |word: &str| parsed.lost.iter().any(|lost| lost.word.as_deref() == Some(word));
        let mut scope = Scope::of(&parsed.file);
        scope.has_parts |= lost_words("part");

        Self {
            exercise: Exercise {
                metadata: super::Metadata::default(),
                network: super::Network::default(),
                conventions: crate::expr::Conventions::default(),
                displays: Vec::new(),
                free_names: Vec::new(),
                items: Vec::new(),
                has_decimals: false,
            },
            scope,
            diagnostics: parsed.diagnostics.clone(),
            reported: FxHashSet::default(),
            has_errors: parsed.diagnostics.iter().any(Diagnostic::is_error),
            lost_names: parsed.lost.iter().flat_map(|lost| lost.names.iter().cloned()).collect(),
            lost_objective: lost_words("loss") || lost_words("maximize"),
            unrolled: 0,
            repeated: 0,
            differentiation_work: 0,
            unresolved: Vec::new(),
            language: None,
            later_names: Vec::new(),
            tasks: items::TaskState::default(),
        }
    }

    /// Reports an error; `None` so that a caller can return it.
    fn error<T>(&mut self, span: Span, error: &CheckError) -> Option<T> {
        self.has_errors = true;
        let mut diagnostic = Diagnostic::error(span, error);
        for (place, label) in error.related() {
            diagnostic = diagnostic.with_related(place, label);
        }
        self.report(diagnostic);
        None
    }

    fn warn(&mut self, span: Span, warning: &impl Explain) {
        self.report(Diagnostic::warning(span, warning));
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < limits::DIAGNOSTICS && self.reported.insert(diagnostic.span) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn finish(mut self, file: &ast::File) -> Result<(Exercise, Vec<Diagnostic>), Vec<Diagnostic>> {
        self.explain_unresolved();
        if !self.has_errors {
            self.check_objective(file);
            self.warn_of_unused_nodes();
        }
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        if self.has_errors { Err(self.diagnostics) } else { Ok((self.exercise, self.diagnostics)) }
    }

    /// A use of an unknown name is one of three mistakes; which one shows when all names are known.
    fn explain_unresolved(&mut self) {
        for (name, span) in std::mem::take(&mut self.later_names) {
            if !self.scope.names_something(&name) && !self.lost_names.contains(&*name.base) {
                let error = self.unknown_name(&name);
                self.error::<()>(span, &error);
            }
        }
        for Unresolved { name, span, within } in std::mem::take(&mut self.unresolved) {
            if self.lost_names.contains(&*name.base) {
                continue;
            }
            let later = self.scope.get(&name);
            let error = match (later, within) {
                (Some(later), Some(within)) => match self.path(later, within) {
                    Some(path) => CheckError::Cycle { path },
                    None => CheckError::UsedBeforeDefinition { name: name.to_string() },
                },
                (Some(_), None) => CheckError::UsedBeforeDefinition { name: name.to_string() },
                (None, _) => self.unknown_name(&name),
            };
            self.error::<()>(span, &error);
        }
    }

    /// The names on a way from `start` through its operands to `goal`, closed to a circle.
    fn path(&self, start: VariableId, goal: VariableId) -> Option<Vec<String>> {
        let network = &self.exercise.network;
        let mut came_from = vec![None; network.len()];
        let mut pending = vec![start];
        let mut seen = FxHashSet::from_iter([start]);
        while let Some(variable) = pending.pop() {
            if variable == goal {
                let mut path = vec![network[goal].name.to_string()];
                let mut at = goal;
                while let Some(previous) = came_from[at.index()] {
                    at = previous;
                    path.push(network[at].name.to_string());
                }
                path.push(network[goal].name.to_string());
                path.reverse();
                return Some(path);
            }
            for &operand in network.operands(variable) {
                if seen.insert(operand) {
                    came_from[operand.index()] = Some(variable);
                    pending.push(operand);
                }
            }
        }
        None
    }

    fn check_objective(&mut self, file: &ast::File) {
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
        let task = |kind| Item::Task(super::Task { span, kind });
        let first = self
            .exercise
            .items
            .iter()
            .position(|item| !matches!(item, Item::Text(_)))
            .unwrap_or(self.exercise.items.len());
        self.exercise
            .items
            .splice(first..first, [task(TaskKind::Forward), task(TaskKind::Gradient { targets })]);
    }

    /// The parameters, those used nearest to the objective first, else in file order.
    fn parameters_from_the_output_back(&self) -> Vec<VariableId> {
        let network = &self.exercise.network;
        let mut parameters: Vec<VariableId> = network.leaves(Role::Parameter).collect();
        parameters.sort_by_key(|parameter| {
            std::cmp::Reverse(network.consumers_toward_objective(*parameter).last())
        });
        parameters
    }

    fn warn_of_unused_nodes(&mut self) {
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
}

/// The variables that tasks and prose ask for.
fn collect_used(items: &[Item], used: &mut FxHashSet<VariableId>) {
    let mut in_prose = |prose: &super::Prose| {
        for segment in prose.paragraphs.iter().flatten() {
            if let super::Segment::Value { expr, .. } = segment {
                expr.for_each_quantity(&mut |quantity| {
                    if let crate::expr::Quantity::Variable(variable) = quantity {
                        used.insert(variable);
                    }
                });
            }
        }
    };
    for item in items {
        match item {
            Item::Part(part) => in_prose(&part.title),
            Item::Question(question) => question.answers.iter().for_each(&mut in_prose),
            Item::Text(prose) | Item::Note(prose) => in_prose(prose),
            Item::Task(_) | Item::Rounds(_) => {}
        }
    }
    for item in items {
        match item {
            Item::Part(part) => collect_used(&part.items, used),
            Item::Rounds(rounds) => rounds.iter().for_each(|round| collect_used(round, used)),
            Item::Task(task) => {
                if let TaskKind::Gradient { targets } = &task.kind {
                    used.extend(targets);
                }
            }
            _ => {}
        }
    }
}
