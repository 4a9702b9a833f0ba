//! Parts, questions and tasks, and the state that tasks share.

use rustc_hash::FxHashSet;

use super::statements::keyword;
use super::{Checker, limits};
use crate::exact::Number;
use crate::exercise::{CheckError, Item, OptimiserStep, Part, Question, Role, Task, TaskKind};
use crate::expr::{NumberStyle, Setting, VariableId};
use crate::optimisers;
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast::{self, RepeatCount, StatementKind, Targets};

/// What the tasks so far have made of the state.
#[derive(Default)]
pub(super) struct TaskState {
    /// How many forward passes there are, unprinted ones included.
    pub(super) passes: usize,
    /// What was updated since the last of them.
    updated: FxHashSet<VariableId>,
}

impl Checker {
    /// A statement that stands on the sheet.
    pub(super) fn item(&mut self, statement: &ast::Statement) -> Option<Item> {
        match &statement.kind {
            StatementKind::Part { title, points, body } => {
                let title = self.prose(title, Some(self.tasks.passes));
                let items = self.items(body, "a part");
                let points = points.as_ref().map(|points| points.value.clone());
                Some(Item::Part(Part { title: title?, points, items }))
            }
            StatementKind::Question { title, points, answers } => {
                let passes = Some(self.tasks.passes);
                let title = self.prose(title, passes);
                let answers: Vec<_> =
                    answers.iter().map(|answer| self.prose(answer, passes)).collect();
                let points = points.as_ref().map(|points| points.value.clone());
                Some(Item::Question(Question {
                    title: title?,
                    points,
                    answers: answers.into_iter().collect::<Option<_>>()?,
                }))
            }
            StatementKind::Text { text } => {
                self.prose(text, Some(self.tasks.passes)).map(Item::Text)
            }
            StatementKind::Note { text } => {
                self.prose(text, Some(self.tasks.passes)).map(Item::Note)
            }
            StatementKind::Repeat { count, body } => self.repeat(count, body, statement.span),
            StatementKind::Forward { row: None } => {
                self.tasks.passes += 1;
                self.tasks.updated.clear();
                Some(task(statement.span, TaskKind::Forward))
            }
            StatementKind::Gradient { targets, in_symbols: false } => {
                let targets = self.gradient_targets(targets, statement.span)?;
                Some(task(statement.span, TaskKind::Gradient { targets }))
            }
            StatementKind::Update { parameters, optimiser } => {
                self.update(parameters, optimiser, statement.span)
            }
            _ => None,
        }
    }

    /// The items in a block.
    fn items(&mut self, body: &[ast::Statement], place: &'static str) -> Vec<Item> {
        let mut items = Vec::with_capacity(body.len());
        for statement in body {
            match &statement.kind {
                StatementKind::Part { .. } | StatementKind::Question { .. }
                    if place != "a part" =>
                {
                    self.misplaced(statement, place);
                }
                StatementKind::Part { .. }
                | StatementKind::Question { .. }
                | StatementKind::Text { .. }
                | StatementKind::Note { .. }
                | StatementKind::Forward { row: None }
                | StatementKind::Gradient { in_symbols: false, .. }
                | StatementKind::Update { .. }
                | StatementKind::Repeat { .. } => items.extend(self.item(statement)),
                _ => self.misplaced(statement, place),
            }
        }
        items
    }

    fn misplaced(&mut self, statement: &ast::Statement, place: &'static str) {
        let error = CheckError::Misplaced { statement: keyword(&statement.kind), place };
        self.error::<()>(statement.span, &error);
    }

    fn repeat(&mut self, count: &RepeatCount, body: &[ast::Statement], span: Span) -> Option<Item> {
        let (index, first, last) = match count {
            RepeatCount::Times(times) => {
                let count = self.integer(times, "the number of repetitions")?;
                if count < 1 {
                    return self.error(times.span, &CheckError::RepeatCount { count });
                }
                (None, 1, count)
            }
            RepeatCount::Range { index, range } => {
                let (first, last) = self.range(range)?;
                (Some(index.text.clone()), first, last)
            }
        };
        let mut rounds = Vec::new();
        for number in first..=last {
            self.repeated += 1 + body.len();
            if self.repeated > limits::REPEATED_TASKS {
                let limit = limits::REPEATED_TASKS;
                return self.error(span, &CheckError::TooManyRepetitions { limit });
            }
            if let Some(index) = &index {
                self.scope.numbers.push((index.clone(), number));
            }
            rounds.push(self.items(body, "`repeat`"));
            if index.is_some() {
                self.scope.numbers.pop();
            }
        }
        Some(Item::Rounds(rounds))
    }

    /// A task before the first `forward` rests on a pass that is made unprinted.
    fn need_pass(&mut self) {
        self.tasks.passes = self.tasks.passes.max(1);
    }

    fn need_objective(&mut self, span: Span) -> Option<()> {
        if self.exercise.network.objective().is_some() {
            return Some(());
        }
        if self.lost_objective { None } else { self.error(span, &CheckError::NoObjective) }
    }

    fn gradient_targets(&mut self, targets: &Targets, span: Span) -> Option<Vec<VariableId>> {
        self.need_pass();
        let resolved = match targets {
            Targets::All => {
                let all: Vec<VariableId> = self.parameters_from_the_output_back();
                if all.is_empty() {
                    return self.error(span, &CheckError::NoParameters);
                }
                Some(all)
            }
            Targets::Names(names) => self.named_variables(names, |_, _, _| Some(())),
        };
        self.need_objective(span)?;
        if !self.tasks.updated.is_empty() {
            return self.error(span, &CheckError::StaleGradient);
        }
        resolved
    }

    /// The variables of those names, each admitted by `admit` and named once.
    fn named_variables(
        &mut self,
        names: &[ast::Name],
        mut admit: impl FnMut(&mut Self, VariableId, Span) -> Option<()>,
    ) -> Option<Vec<VariableId>> {
        let mut variables = Vec::with_capacity(names.len());
        let mut sound = true;
        for name in names {
            let Some(resolved) = self.resolve_name(name) else {
                sound = false;
                continue;
            };
            match self.scope.get(&resolved) {
                None => {
                    self.unresolved(resolved, name.span, None);
                    sound = false;
                }
                Some(variable) if variables.contains(&variable) => {
                    let error = CheckError::NamedTwice { name: resolved.to_string() };
                    self.error::<()>(name.span, &error);
                    sound = false;
                }
                Some(variable) => {
                    sound &= admit(self, variable, name.span).is_some();
                    variables.push(variable);
                }
            }
        }
        sound.then_some(variables)
    }

    fn update(&mut self, parameters: &Targets, optimiser: &ast::Call, span: Span) -> Option<Item> {
        self.need_pass();
        let step = self.optimiser_step(optimiser);
        let parameters = match parameters {
            Targets::All => {
                // In the order in which the gradients stand on the sheet.
                let all = self.parameters_from_the_output_back();
                if all.is_empty() {
                    return self.error(span, &CheckError::NoParameters);
                }
                all
            }
            Targets::Names(names) => self.named_variables(names, |checker, variable, span| {
                let network = &checker.exercise.network;
                if network.role(variable) == Some(Role::Parameter) {
                    return Some(());
                }
                let name = network[variable].name.to_string();
                checker.error(span, &CheckError::NotAParameter { name })
            })?,
        };
        self.need_objective(span)?;
        for &parameter in &parameters {
            if !self.tasks.updated.insert(parameter) {
                let name = self.exercise.network[parameter].name.to_string();
                return self.error(span, &CheckError::StaleUpdate { name });
            }
        }
        Some(task(span, TaskKind::Update { parameters, step: step? }))
    }

    fn optimiser_step(&mut self, call: &ast::Call) -> Option<OptimiserStep> {
        let name = call.function.text.as_str();
        let Some(optimiser) = optimisers::find(name) else {
            let known: Vec<String> =
                optimisers::all().map(|optimiser| optimiser.name().to_owned()).collect();
            let error = CheckError::UnknownOptimiser {
                name: name.to_owned(),
                nearest: nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
                known,
            };
            return self.error(call.function.span, &error);
        };
        let options = optimiser.options();
        let mut settings: Vec<(Setting, Number, NumberStyle)> = Vec::with_capacity(options.len());
        let mut sound = true;
        for argument in &call.arguments {
            let Some(given) = &argument.name else {
                let error = CheckError::OptionsOnly {
                    owner: name.to_owned(),
                    example: format!("{name}({} = 0.1)", options[0].name),
                };
                return self.error(argument.value.span, &error);
            };
            let value = self.constant(&argument.value, "an optimiser's option");
            let Some(option) = options.iter().find(|option| option.name == given.text) else {
                let known: Vec<String> =
                    options.iter().map(|option| option.name.to_owned()).collect();
                let error = CheckError::UnknownOption {
                    owner: name.to_owned(),
                    option: given.text.clone(),
                    nearest: nearest(&given.text, known.iter().map(String::as_str))
                        .map(str::to_owned),
                    known,
                };
                return self.error(given.span, &error);
            };
            if settings.iter().any(|(setting, ..)| *setting == option.setting) {
                let error = CheckError::OptionTwice { option: given.text.clone() };
                return self.error(given.span, &error);
            }
            match value {
                Some((value, style)) => settings.push((option.setting, value, style)),
                None => sound = false,
            }
        }
        for option in options {
            if sound && !settings.iter().any(|(setting, ..)| *setting == option.setting) {
                let error = CheckError::MissingOption {
                    owner: name.to_owned(),
                    option: option.name.to_owned(),
                };
                return self.error(call.span, &error);
            }
        }
        sound.then_some(OptimiserStep { optimiser, settings })
    }
}

fn task(span: Span, kind: TaskKind) -> Item {
    Item::Task(Task { span, kind })
}
