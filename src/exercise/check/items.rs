//! Parts, questions and tasks, and the state that tasks share.

use rustc_hash::FxHashSet;

use super::prose::Within;
use super::statements::described;
use super::{Checker, limits};
use crate::exact::{Number, Rational};
use crate::exercise::{
    CheckError, Item, OptimiserStep, Part, Place, Question, Round, RoundLabel, Task, TaskKind,
};
use crate::expr::{Literal, NumberStyle, Setting, VariableId};
use crate::optimisers::{self, Optimiser, OptimiserOption, OptionKind, Settings};
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast::{self, RepeatCount, StatementKind, Targets};

/// What the tasks so far have made of the state.
#[derive(Default)]
pub(super) struct TaskState {
    /// How many forward passes there are, unprinted ones included.
    pub(super) passes: usize,
    /// Whether the last of them has gradients.
    is_derived: bool,
    /// The rows of `data` that the `each` around takes at this place.
    pub(super) each: Option<RoundLabel>,
    /// Leaves were changed since the last of them.
    pub(super) is_stale: bool,
    /// What was updated, set or reset since the last of them.
    pub(super) updated: FxHashSet<VariableId>,
    /// All parameters, once they were asked for.
    all: Vec<VariableId>,
}

impl Checker {
    /// A statement that stands on the sheet.
    pub(super) fn item(&mut self, statement: &ast::Statement) -> Option<Item> {
        match &statement.kind {
            StatementKind::Part { title, points, body } => {
                let title = self.prose(title, Within::Sheet);
                let items = self.items(body, Place::Part);
                let points = points.as_ref().map(|points| points.value.clone());
                Some(Item::Part(Part { title: title?, points, items }))
            }
            StatementKind::Question { title, points, answers } => {
                let title = self.prose(title, Within::Sheet);
                let answers: Vec<_> =
                    answers.iter().map(|answer| self.prose(answer, Within::Sheet)).collect();
                let points = points.as_ref().map(|points| points.value.clone());
                Some(Item::Question(Question {
                    title: title?,
                    points,
                    answers: answers.into_iter().collect::<Option<_>>()?,
                }))
            }
            StatementKind::Text { text } => self.prose(text, Within::Sheet).map(Item::Text),
            StatementKind::Note { text } => self.prose(text, Within::Sheet).map(Item::Note),
            StatementKind::Repeat { count, body } => self.repeat(count, body),
            StatementKind::Digits { .. } | StatementKind::NumberStyle { .. } => {
                self.number_format(&statement.kind).map(Item::Format)
            }
            StatementKind::Forward { row } => self.forward(row.as_ref(), statement.span),
            StatementKind::Partial { of, by } => self.partial(of, by, statement.span),
            StatementKind::Set { entries } => self.set(entries, statement.span),
            StatementKind::Reset => Some(self.reset(statement.span)),
            StatementKind::Each { size, body } => self.each(size, body, statement.span),
            StatementKind::Gradient { targets, in_symbols } => {
                let targets = self.gradient_targets(targets, statement.span)?;
                self.spend_gradient(targets.len(), statement.span)?;
                let in_symbols = *in_symbols;
                Some(task(statement.span, TaskKind::Gradient { targets, in_symbols }))
            }
            StatementKind::Update { parameters, optimiser } => {
                self.update(parameters, optimiser, statement.span)
            }
            _ => None,
        }
    }

    /// The items in a block.
    pub(super) fn items(&mut self, body: &[ast::Statement], place: Place) -> Vec<Item> {
        let mut items = Vec::with_capacity(body.len());
        for statement in body {
            match &statement.kind {
                StatementKind::Part { .. } | StatementKind::Question { .. }
                    if place != Place::Part =>
                {
                    self.misplaced(statement, place);
                }
                StatementKind::Part { .. }
                | StatementKind::Question { .. }
                | StatementKind::Text { .. }
                | StatementKind::Note { .. }
                | StatementKind::Digits { .. }
                | StatementKind::NumberStyle { .. }
                | StatementKind::Forward { .. }
                | StatementKind::Partial { .. }
                | StatementKind::Set { .. }
                | StatementKind::Reset
                | StatementKind::Each { .. }
                | StatementKind::Gradient { .. }
                | StatementKind::Update { .. }
                | StatementKind::Repeat { .. } => items.extend(self.item(statement)),
                _ => self.misplaced(statement, place),
            }
        }
        items
    }

    fn misplaced(&mut self, statement: &ast::Statement, place: Place) {
        let error = CheckError::Misplaced { statement: described(&statement.kind), place };
        self.error::<()>(statement.span, &error);
    }

    fn repeat(&mut self, count: &RepeatCount, body: &[ast::Statement]) -> Option<Item> {
        let (index, first, last, span) = match count {
            RepeatCount::Times(times) => {
                let count = self.integer(times, "the number of repetitions")?;
                if count < 1 {
                    return self.error(times.span, &CheckError::RepeatCount { count });
                }
                (None, 1, count, times.span)
            }
            RepeatCount::Range { index, range } => {
                self.check_loop_number(index)?;
                let (first, last) = self.range(range)?;
                (Some(index.text.clone()), first, last, range.span)
            }
        };
        let mut rounds = Vec::new();
        for number in first..=last {
            self.count_repeated(1 + body.len(), span)?;
            if let Some(index) = &index {
                self.scope.numbers.push((index.clone(), number));
            }
            let items = self.items(body, Place::Repeat);
            let number = rounds.len() + 1;
            let of = usize::try_from(last.abs_diff(first)).unwrap_or(usize::MAX).saturating_add(1);
            rounds.push(Round { label: RoundLabel::Repetition { number, of }, items });
            if index.is_some() {
                self.scope.numbers.pop();
            }
            if self.gives_up() {
                return None;
            }
        }
        Some(Item::Rounds(rounds))
    }

    /// Counts what a forward pass costs.
    pub(super) fn spend_pass(&mut self, span: Span) -> Option<()> {
        self.tasks.is_derived = false;
        self.spend(self.forward_cost, span)
    }

    /// Counts what gradients or updates cost: once a pass all derivatives, and each of them itself.
    pub(super) fn spend_gradient(&mut self, targets: usize, span: Span) -> Option<()> {
        let derived = std::mem::replace(&mut self.tasks.is_derived, true);
        self.spend(targets + if derived { 0 } else { self.backward_cost }, span)
    }

    fn spend(&mut self, terms: usize, span: Span) -> Option<()> {
        self.terms += terms;
        if self.terms <= limits::TERMS {
            return Some(());
        }
        self.exhausted(span, &CheckError::TooManyTerms { limit: limits::TERMS })
    }

    /// A task before the first `forward` rests on a pass that is made unprinted; with `data` it cannot be,
    /// since no row is said.
    pub(super) fn need_pass(&mut self, span: Span) -> Option<()> {
        if self.tasks.passes == 0 && self.data_span.is_some() {
            return self.error(span, &CheckError::ForwardWithoutRow);
        }
        self.tasks.passes = self.tasks.passes.max(1);
        Some(())
    }

    /// Whether there is something to differentiate; said once.
    pub(super) fn need_objective(&mut self, span: Span) -> Option<()> {
        if self.exercise.network.objective().is_some() {
            return Some(());
        }
        if !std::mem::replace(&mut self.lost_objective, true) {
            self.error::<()>(span, &CheckError::NoObjective);
        }
        None
    }

    /// All parameters, of which there must be some; said once.
    fn all_parameters(&mut self, span: Span) -> Option<Vec<VariableId>> {
        if self.tasks.all.is_empty() {
            self.tasks.all = self.parameters_from_the_output_back();
        }
        if !self.tasks.all.is_empty() {
            return Some(self.tasks.all.clone());
        }
        if !std::mem::replace(&mut self.lost_parameters, true) {
            self.error::<()>(span, &CheckError::NoParameters);
        }
        None
    }

    fn gradient_targets(&mut self, targets: &Targets, span: Span) -> Option<Vec<VariableId>> {
        self.need_pass(span)?;
        let resolved = match targets {
            Targets::All => self.all_parameters(span),
            Targets::Names(names) => self.named_variables(names, |_, _, _| Some(())),
        };
        self.need_objective(span)?;
        if self.tasks.is_stale {
            return self.error(span, &CheckError::StaleGradient);
        }
        resolved
    }

    /// The variables of those names, each admitted by `admit` and named once.
    pub(super) fn named_variables(
        &mut self,
        names: &[ast::Name],
        mut admit: impl FnMut(&mut Self, VariableId, Span) -> Option<()>,
    ) -> Option<Vec<VariableId>> {
        let mut variables = Vec::with_capacity(names.len());
        let mut seen = FxHashSet::default();
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
                Some(variable) if !seen.insert(variable) => {
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
        self.need_pass(span)?;
        let step = self.optimiser_step(optimiser);
        if matches!(self.tasks.each, Some(RoundLabel::Batch(_)))
            && step.as_ref().is_some_and(|step| step.optimiser.looks_ahead())
        {
            let name = optimiser.function.text.clone();
            return self.error(optimiser.span, &CheckError::LookAheadInBatch { name });
        }
        let parameters = match parameters {
            // In the order in which the gradients stand on the sheet.
            Targets::All => self.all_parameters(span)?,
            Targets::Names(names) => self.named_variables(names, Self::admit_parameter)?,
        };
        self.need_objective(span)?;
        for &parameter in &parameters {
            if !self.tasks.updated.insert(parameter) {
                let name = self.exercise.network[parameter].name.to_string();
                return self.error(span, &CheckError::StaleUpdate { name });
            }
        }
        self.tasks.is_stale = true;
        self.spend_gradient(parameters.len(), span)?;
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
        let mut given: Vec<(&'static str, Literal)> = Vec::with_capacity(options.len());
        let mut settings = Settings::default();
        let mut sound = true;
        for argument in &call.arguments {
            let Some(option_name) = &argument.name else {
                let error =
                    CheckError::OptionsOnly { owner: name.to_owned(), example: example(optimiser) };
                return self.error(argument.value.span, &error);
            };
            let Some(option) = options.iter().find(|option| option.name == option_name.text) else {
                let known = options.iter().map(|option| option.name);
                let error = CheckError::UnknownOption {
                    owner: name.to_owned(),
                    option: option_name.text.clone(),
                    nearest: nearest(&option_name.text, known).map(str::to_owned),
                    signature: signature(optimiser),
                };
                return self.error(option_name.span, &error);
            };
            let is_given = given.iter().any(|(own, _)| *own == option.name)
                || settings.switches.contains(&option.name);
            if is_given {
                let error = CheckError::OptionTwice { option: option_name.text.clone() };
                return self.error(option_name.span, &error);
            }
            if option.kind == OptionKind::Switch {
                match self.yes_or_no(&argument.value, option.name) {
                    Some(true) => settings.switches.push(option.name),
                    Some(false) => {}
                    None => sound = false,
                }
                continue;
            }
            if let OptionKind::Number { setting: Setting::LearningRate, .. } = option.kind
                && let Some(symbol) = self.named_symbol(&argument.value)
            {
                settings.symbols.push((Setting::LearningRate, symbol));
                continue;
            }
            match self.constant(&argument.value, "an optimiser's option") {
                Some((value, style)) => {
                    sound &= self.admit_setting(option, &value, argument.value.span).is_some();
                    given.push((option.name, Literal { value, style }));
                }
                None => sound = false,
            }
        }
        if !sound {
            return None;
        }
        for option in options {
            let own = given.iter().find(|(name, _)| *name == option.name);
            let own = own.map(|(_, literal)| literal.clone());
            match (option.kind, own) {
                (OptionKind::Number { setting, .. }, _)
                    if settings.symbols.iter().any(|(own, _)| *own == setting) => {}
                (OptionKind::Number { setting, .. } | OptionKind::Extra(setting), Some(own)) => {
                    settings.numbers.push((setting, own));
                }
                (OptionKind::Number { setting, default: Some(default) }, None) => {
                    let value = Rational::parse_decimal(default).unwrap_or_default().into();
                    let style = if default.contains('.') {
                        NumberStyle::Decimal
                    } else {
                        NumberStyle::Auto
                    };
                    settings.numbers.push((setting, Literal { value, style }));
                }
                (OptionKind::Number { default: None, .. }, None) => {
                    let error = CheckError::MissingOption {
                        owner: name.to_owned(),
                        option: option.name.to_owned(),
                    };
                    return self.error(call.span, &error);
                }
                (OptionKind::Extra(_) | OptionKind::Switch, _) => {}
            }
        }
        Some(OptimiserStep { optimiser, settings })
    }

    /// The leaf without a value that the expression names, if it is one.
    fn named_symbol(&mut self, expr: &ast::Expr) -> Option<VariableId> {
        let ast::ExprKind::Name(name) = &expr.kind else { return None };
        let resolved = self.resolve_name(name)?;
        self.scope.get(&resolved).filter(|variable| self.is_symbol(*variable))
    }

    /// `yes` or `no`.
    fn yes_or_no(&mut self, value: &ast::Expr, option: &str) -> Option<bool> {
        if let ast::ExprKind::Name(name) = &value.kind
            && name.indices.is_empty()
        {
            match name.ident.text.as_str() {
                "yes" => return Some(true),
                "no" => return Some(false),
                _ => {}
            }
        }
        let known = vec!["yes".to_owned(), "no".to_owned()];
        self.error(value.span, &CheckError::UnknownWord { option: option.to_owned(), known })
    }

    /// Whether a setting can have that value.
    fn admit_setting(
        &mut self,
        option: &OptimiserOption,
        value: &Number,
        span: Span,
    ) -> Option<()> {
        let (OptionKind::Number { setting, .. } | OptionKind::Extra(setting)) = option.kind else {
            return Some(());
        };
        let sign = match value.sign() {
            Ok(sign) => sign,
            Err(error) => {
                let error = CheckError::Evaluation { error: error.into(), subject: None };
                return self.error(span, &error);
            }
        };
        let is_below_one = || value.compare(&Number::one()).is_ok_and(std::cmp::Ordering::is_lt);
        let range = match setting {
            Setting::Beta1 | Setting::Beta2 if sign.is_lt() || !is_below_one() => {
                "at least 0 and below 1"
            }
            Setting::ClipNorm | Setting::ClipValue if !sign.is_gt() => "positive",
            Setting::Epsilon | Setting::Initial if sign.is_lt() => "at least 0",
            _ => return Some(()),
        };
        let option = option.name;
        self.error(span, &CheckError::SettingRange { option, range })
    }
}

fn task(span: Span, kind: TaskKind) -> Item {
    Item::Task(Task { span, kind })
}

/// `sgd(rate = 0.1)`
fn example(optimiser: &dyn Optimiser) -> String {
    let needed = optimiser
        .options()
        .iter()
        .filter(|option| matches!(option.kind, OptionKind::Number { default: None, .. }));
    let needed: Vec<String> = needed.map(|option| format!("{} = 0.1", option.name)).collect();
    format!("{}({})", optimiser.name(), needed.join(", "))
}

/// `momentum(rate, mu, weight_decay = 0, clip_norm, clip_value)`
fn signature(optimiser: &dyn Optimiser) -> String {
    let options: Vec<String> = optimiser
        .options()
        .iter()
        .map(|option| match option.kind {
            OptionKind::Number { default: Some(default), .. } => {
                format!("{} = {default}", option.name)
            }
            OptionKind::Switch => format!("{} = no", option.name),
            OptionKind::Number { .. } | OptionKind::Extra(_) => option.name.to_owned(),
        })
        .collect();
    format!("{}({})", optimiser.name(), options.join(", "))
}
