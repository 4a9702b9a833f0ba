//! The training statements: `data`, `each`, `forward on`, `set`, `reset`, `partial`.

use super::expressions::{Lowering, Names};
use super::{Checker, limits};
use crate::exercise::{
    CheckError, Data, Item, Kind, LeafValue, Objective, Place, Role, Round, RoundLabel, Sense,
    Task, TaskKind, Variable,
};
use crate::expr::{Expr, Literal, Quantity, StateLetter, Term, VariableId};
use crate::ops;
use crate::source::Span;
use crate::syntax::ast::{self, EachSize};

impl Checker {
    /// `data (x1, x2 -> t) { … }`: its names become leaves, its rows are checked and kept.
    pub(super) fn data(
        &mut self,
        inputs: &[ast::Ident],
        outputs: &[ast::Ident],
        rows: &[ast::DataRow],
        span: Span,
    ) {
        let is_second = self.data_span.is_some();
        if let Some(first) = self.data_span {
            self.error::<()>(span, &CheckError::DataTwice { first });
        }
        self.data_span.get_or_insert(span);
        let mut columns = Vec::with_capacity(inputs.len() + outputs.len());
        let mut sound = true;
        let roles = std::iter::repeat_n(Role::Input, inputs.len())
            .chain(std::iter::repeat_n(Role::Target, outputs.len()));
        for (ident, role) in inputs.iter().chain(outputs).zip(roles) {
            let name =
                crate::exercise::Name { base: self.scope.intern(&ident.text), indices: vec![] };
            if self.admit(&name, ident.span).is_none() {
                sound = false;
                continue;
            }
            let kind = Kind::Leaf { role, value: LeafValue::Data };
            columns.push(self.add(name, ident.span, kind));
        }
        if rows.is_empty() {
            return self.error(span, &CheckError::DataWithoutRows).unwrap_or_default();
        }
        let mut checked = Vec::with_capacity(rows.len());
        for row in rows {
            let mut values = Vec::with_capacity(columns.len());
            for (own, names) in [(&row.inputs, inputs), (&row.outputs, outputs)] {
                if own.len() != names.len() {
                    let error = CheckError::RowLength { given: own.len(), expected: names.len() };
                    self.error::<()>(row.span, &error);
                    sound = false;
                }
            }
            for value in row.inputs.iter().chain(&row.outputs) {
                match self.constant(value, "an entry of `data`") {
                    Some((value, style)) => values.push(Literal { value, style }),
                    None => sound = false,
                }
            }
            checked.push(values);
            if self.gives_up() {
                return;
            }
        }
        if sound && !is_second {
            self.exercise.data = Some(Data { columns, inputs: inputs.len(), rows: checked });
        }
    }

    /// How many rows of `data` there are.
    fn row_count(&self) -> Option<usize> {
        self.exercise.data.as_ref().map(|data| data.rows.len())
    }

    /// `forward`, `forward on 2`
    pub(super) fn forward(&mut self, row: Option<&ast::Expr>, span: Span) -> Option<Item> {
        let kind = match (row, &self.tasks.each) {
            (Some(row), _) => TaskKind::Forward { row: Some(self.data_row(row)?) },
            (None, Some(RoundLabel::Row(row))) => TaskKind::Forward { row: Some(*row) },
            (None, Some(RoundLabel::Batch(rows))) => TaskKind::Batch { rows: rows.clone() },
            (None, _) if self.data_span.is_some() => {
                return self.error(span, &CheckError::ForwardWithoutRow);
            }
            (None, _) => TaskKind::Forward { row: None },
        };
        let passes = match &kind {
            TaskKind::Batch { rows } => rows.len(),
            _ => 1,
        };
        self.tasks.passes += passes;
        self.tasks.is_stale = false;
        self.tasks.updated.clear();
        for _ in 0..passes {
            self.spend_pass(span)?;
        }
        Some(task(span, kind))
    }

    /// The number of a row of `data`.
    fn data_row(&mut self, expr: &ast::Expr) -> Option<usize> {
        let number = self.integer(expr, "the number of a row");
        if self.data_span.is_none() {
            return self.error(expr.span, &CheckError::RowWithoutData);
        }
        let (number, rows) = (number?, self.row_count()?);
        match usize::try_from(number) {
            Ok(row) if (1..=rows).contains(&row) => Some(row),
            _ => self.error(expr.span, &CheckError::UnknownRow { row: number, rows }),
        }
    }

    /// `each { … }`: the body once a row or batch.
    pub(super) fn each(
        &mut self,
        size: &EachSize,
        body: &[ast::Statement],
        span: Span,
    ) -> Option<Item> {
        let is_online = *size == EachSize::Row;
        let size = match size {
            EachSize::Row => Some(1),
            EachSize::All => None,
            EachSize::Batch(expr) => match self.integer(expr, "the size of a batch")? {
                count @ 1.. => Some(usize::try_from(count).unwrap_or(usize::MAX)),
                count => return self.error(expr.span, &CheckError::BatchSize { count }),
            },
        };
        if self.data_span.is_none() {
            return self.error(span, &CheckError::EachWithoutData);
        }
        let rows: Vec<usize> = (1..=self.row_count()?).collect();
        let size = size.unwrap_or(rows.len());
        let mut rounds = Vec::new();
        for chunk in rows.chunks(size) {
            self.count_repeated(1 + body.len(), span)?;
            let label = match chunk {
                [row] if is_online => RoundLabel::Row(*row),
                _ => RoundLabel::Batch(chunk.to_vec()),
            };
            let outer = self.tasks.each.replace(label.clone());
            let items = self.items(body, Place::Each);
            self.tasks.each = outer;
            rounds.push(Round { label, items });
            if self.gives_up() {
                return None;
            }
        }
        Some(Item::Rounds(rounds))
    }

    /// Counts tasks that loops make.
    pub(super) fn count_repeated(&mut self, tasks: usize, span: Span) -> Option<()> {
        self.repeated += tasks;
        if self.repeated <= limits::REPEATED_TASKS {
            return Some(());
        }
        let limit = limits::REPEATED_TASKS;
        self.exhausted(span, &CheckError::TooManyTasks { limit })
    }

    /// `set x = 2, lambda = 0`
    pub(super) fn set(&mut self, entries: &[(ast::Name, ast::Expr)], span: Span) -> Option<Item> {
        let mut values: Vec<(VariableId, Literal)> = Vec::with_capacity(entries.len());
        let mut sound = true;
        for (name, value) in entries {
            let names = std::slice::from_ref(name);
            let variable = self.named_variables(names, |checker, variable, span| {
                match &checker.exercise.network[variable].kind {
                    Kind::Leaf { value: LeafValue::Data, .. } => {
                        let name = checker.exercise.network[variable].name.to_string();
                        checker.error(span, &CheckError::SetOfData { name })
                    }
                    Kind::Leaf { .. } => Some(()),
                    Kind::Node { .. } => {
                        let name = checker.exercise.network[variable].name.to_string();
                        let is = checker.described(variable);
                        checker.error(span, &CheckError::SetOfNode { name, is })
                    }
                }
            });
            let value = self.constant(value, "a new value");
            let (Some(variable), Some((value, style))) = (variable, value) else {
                sound = false;
                continue;
            };
            let variable = variable[0];
            if values.iter().any(|(own, _)| *own == variable) {
                let name = self.exercise.network[variable].name.to_string();
                self.error::<()>(
                    name_span(name.as_str(), entries, span),
                    &CheckError::NamedTwice { name },
                );
                sound = false;
            }
            values.push((variable, Literal { value, style }));
        }
        if !sound {
            return None;
        }
        self.tasks.is_stale = self.tasks.passes > 0;
        self.tasks.updated.extend(values.iter().map(|(variable, _)| *variable));
        Some(task(span, TaskKind::Set { values }))
    }

    /// `reset`
    pub(super) fn reset(&mut self, span: Span) -> Item {
        self.tasks.is_stale = self.tasks.passes > 0;
        self.tasks.updated.extend(self.exercise.network.leaves(Role::Parameter));
        task(span, TaskKind::Reset)
    }

    /// `given grad(z) = -3`, `given grad(z) of H = -3`
    pub(super) fn given(
        &mut self,
        name: &ast::Name,
        value: &ast::Expr,
        of: Option<&ast::Ident>,
        span: Span,
    ) {
        let variable = self.named_variables(std::slice::from_ref(name), |_, _, _| Some(()));
        let mut state = Lowering::new(Names::All, value.span);
        let lowered = self.lower_operand(value, &mut state);
        self.givens.push((span, of.cloned()));
        if self.count_parts(state.size, value.span).is_none() {
            return;
        }
        let (Some(variable), Some(lowered)) = (variable, lowered) else { return };
        let mut node = None;
        lowered.for_each_quantity(&mut |quantity| {
            if let Quantity::Variable(operand) = quantity
                && self.exercise.network.definition(operand).is_some()
            {
                node.get_or_insert(operand);
            }
        });
        if let Some(node) = node {
            let name = self.exercise.network[node].name.to_string();
            return self.error(value.span, &CheckError::GivenOfNode { name }).unwrap_or_default();
        }
        self.exercise.upstream.push((variable[0], lowered));
    }

    /// The objective that given gradients stand for: the sum of each times its variable, held fixed.
    pub(super) fn close_givens(&mut self) {
        let Some((first, _)) = self.givens.first().cloned() else { return };
        // What is wrong with them is no want of a loss.
        self.lost_objective = true;
        if let Some(objective) = self.exercise.network.objective() {
            let loss = self.exercise.network[objective.variable].span;
            return self
                .error(first, &CheckError::GivenBesideObjective { loss })
                .unwrap_or_default();
        }
        let mut named = self.givens.iter().filter_map(|(_, name)| name.clone());
        let name = named.next();
        if let Some(other) = named.find(|other| name.as_ref().is_some_and(|n| n.text != other.text))
        {
            let name = other.text.clone();
            return self.error(other.span, &CheckError::GivenNames { name }).unwrap_or_default();
        }
        if let Some(taken) = &name
            && self.scope.first_place(&taken.text).is_some()
        {
            let error = CheckError::AssignedTwice {
                name: taken.text.clone(),
                first: self.scope.first_place(&taken.text).unwrap_or(taken.span),
                again: false,
            };
            return self.error(taken.span, &error).unwrap_or_default();
        }
        let name = name.map_or_else(
            || {
                let free = ["L", "J", "E", "C", "Q"].into_iter();
                let mut free = free.filter(|name| self.scope.first_place(name).is_none());
                free.next().unwrap_or("loss").to_owned()
            },
            |ident| ident.text,
        );
        let terms = self.exercise.upstream.iter().map(|(variable, gradient)| Term {
            minus: false,
            expr: match gradient {
                Expr::Number(_) => Expr::Product(vec![gradient.clone(), (*variable).into()]),
                _ => Expr::Product(vec![ops::held_fixed(gradient.clone()), (*variable).into()]),
            },
        });
        let definition = Expr::Sum(terms.collect());
        let operands = super::statements::distinct_operands(&definition);
        let moving = super::statements::moving_operands(&definition, &operands);
        let kind = Kind::Node { definition, operands, moving, definition_span: first };
        let name = crate::exercise::Name { base: self.scope.intern(&name), indices: vec![] };
        let network = &mut self.exercise.network;
        let variable = network.push(Variable { name, span: first, kind });
        network.set_objective(Objective { variable, sense: Sense::Minimize, is_given: true });
    }

    /// `start v[w] = -1`
    pub(super) fn start(&mut self, entry: &ast::StartEntry) {
        const LETTERS: [StateLetter; 4] =
            [StateLetter::Velocity, StateLetter::Squares, StateLetter::Mean, StateLetter::Steps];
        let letter = LETTERS.into_iter().find(|letter| letter.name() == entry.letter.text);
        let names = std::slice::from_ref(&entry.parameter);
        let parameter = self.named_variables(names, Self::admit_parameter);
        let value = self.constant(&entry.value, "a start");
        let Some(letter) = letter else {
            let error = CheckError::UnknownState {
                letter: entry.letter.text.clone(),
                known: LETTERS.map(|letter| letter.name().to_owned()).to_vec(),
            };
            return self.error(entry.letter.span, &error).unwrap_or_default();
        };
        let (Some(parameter), Some((value, _))) = (parameter, value) else { return };
        let parameter = parameter[0];
        if letter == StateLetter::Steps {
            let what = "the number of steps";
            let steps = self.machine_integer(&value, what);
            if !matches!(steps, Ok(0..=1_000_000)) {
                let value = super::constants::shown(&value);
                return self
                    .error(entry.value.span, &CheckError::NotAnInteger { what, value })
                    .unwrap_or_default();
            }
        }
        if self.exercise.start.iter().any(|(own, of, _)| (*own, *of) == (letter, parameter)) {
            let name = format!("{}[{}]", letter.name(), self.exercise.network[parameter].name);
            return self.error(entry.span, &CheckError::StartTwice { name }).unwrap_or_default();
        }
        self.exercise.start.push((letter, parameter, value));
    }

    /// Only parameters are trained.
    pub(super) fn admit_parameter(&mut self, variable: VariableId, span: Span) -> Option<()> {
        let network = &self.exercise.network;
        if network.role(variable) == Some(Role::Parameter) {
            return Some(());
        }
        let name = network[variable].name.to_string();
        let is = self.described(variable);
        self.error(span, &CheckError::NotAParameter { name, is })
    }

    /// `partial z2 by h1`
    pub(super) fn partial(&mut self, of: &ast::Name, by: &ast::Name, span: Span) -> Option<Item> {
        self.need_pass(span)?;
        let both = [of.clone(), by.clone()];
        let node = self.named_variables(&both[..1], |checker, variable, span| {
            match &checker.exercise.network[variable].kind {
                Kind::Node { .. } => Some(()),
                Kind::Leaf { .. } => {
                    let name = checker.exercise.network[variable].name.to_string();
                    let is = checker.described(variable);
                    checker.error(span, &CheckError::PartialOfLeaf { name, is })
                }
            }
        });
        let operand = self.named_variables(&both[1..], |_, _, _| Some(()));
        let (node, operand) = (node?[0], operand?[0]);
        if !self.exercise.network.operands(node).contains(&operand) {
            let network = &self.exercise.network;
            let error = CheckError::PartialByStranger {
                of: network[node].name.to_string(),
                by: network[operand].name.to_string(),
                operands: network
                    .operands(node)
                    .iter()
                    .map(|operand| network[*operand].name.to_string())
                    .collect(),
            };
            return self.error(by.span, &error);
        }
        self.spend_gradient(1, span)?;
        Some(task(span, TaskKind::Partial { of: node, by: operand }))
    }
}

/// Where the second of two entries of one name stands.
fn name_span(name: &str, entries: &[(ast::Name, ast::Expr)], otherwise: Span) -> Span {
    let base = name.split('[').next().unwrap_or(name);
    entries
        .iter()
        .rev()
        .find(|(entry, _)| entry.ident.text == base)
        .map_or(otherwise, |(entry, _)| entry.span)
}

fn task(span: Span, kind: TaskKind) -> Item {
    Item::Task(Task { span, kind })
}
