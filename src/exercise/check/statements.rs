//! Declarations, nodes and loops.

use super::expressions::Lowering;
use super::{Checker, limits};
use crate::exact::Number;
use crate::exercise::{CheckError, Kind, LeafValue, Name, Objective, Place, Role, Variable};
use crate::expr::{Expr, Literal, NumberStyle, Quantity, VariableId};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, MetadataField, StatementKind};

impl Checker {
    /// The statements of the file in order: first the network, then what is asked of it.
    pub(super) fn statements(&mut self, statements: &[ast::Statement]) {
        let mut after_task = false;
        for statement in statements {
            if self.gives_up() {
                break;
            }
            let is_task = is_task(&statement.kind);
            // Several tasks in a row outside a part are one mistake.
            if is_task && !after_task {
                let (task, example) = task_words(&statement.kind);
                let error = CheckError::TaskOutsidePart { task, example };
                self.error::<()>(statement.span, &error);
            }
            after_task = is_task;
            self.statement(statement);
        }
        self.close_givens();
        self.exercise.network.finish();
        self.backward_cost = self
            .costs
            .drain(..)
            .filter(|(node, _)| self.exercise.network.reaches_objective(*node))
            .fold(0, |total, (_, cost)| total.saturating_add(cost));
        for statement in statements {
            if self.gives_up() {
                break;
            }
            if is_item(&statement.kind)
                && let Some(item) = self.item(statement)
            {
                self.exercise.items.push(item);
            }
        }
    }

    fn statement(&mut self, statement: &ast::Statement) {
        match &statement.kind {
            StatementKind::Metadata { field, text } => {
                self.metadata(*field, text, statement.span);
            }
            StatementKind::Function { name, parameters, body } => {
                self.function(name, parameters, body);
            }
            StatementKind::Reminder => self.exercise.reminder = true,
            StatementKind::Activation { name, parameter, body } => {
                self.activation(name, parameter, body);
            }
            StatementKind::Digits { .. } | StatementKind::NumberStyle { .. } => {
                if let Some(format) = self.number_format(&statement.kind) {
                    self.exercise.format = format.within(self.exercise.format);
                }
            }
            StatementKind::Given { name, value, of } => {
                self.given(name, value, of.as_ref(), statement.span);
            }
            StatementKind::Start { entries } => {
                for entry in entries {
                    self.start(entry);
                }
            }
            StatementKind::Data { inputs, outputs, rows } => {
                self.data(inputs, outputs, rows, statement.span);
            }
            StatementKind::Convention { clauses } => {
                for clause in clauses {
                    self.convention(clause);
                }
            }
            kind if is_item(kind) || is_task(kind) => {}
            _ => self.repeatable_statement(statement),
        }
    }

    /// A statement that may also stand in a `for`.
    fn repeatable_statement(&mut self, statement: &ast::Statement) {
        match &statement.kind {
            StatementKind::Declaration { role, leaves } => {
                for leaf in leaves {
                    self.leaf(*role, leaf);
                }
            }
            StatementKind::Node { name, value } => {
                self.node(name, value);
            }
            StatementKind::Objective { sense, name, value } => {
                self.objective(*sense, name, value);
            }
            StatementKind::For { index, range, body } => self.for_loop(index, range, body),
            StatementKind::Display { entries } => {
                for entry in entries {
                    self.display(entry);
                }
            }
            other => {
                let error =
                    CheckError::Misplaced { statement: described(other), place: Place::For };
                self.error::<()>(statement.span, &error);
            }
        }
    }

    fn leaf(&mut self, role: Role, leaf: &ast::Leaf) {
        let name = self.resolve_name(&leaf.name);
        let admitted = name.as_ref().and_then(|name| self.admit(name, leaf.name.span));
        let value = match &leaf.value {
            Some(value) => self
                .constant(value, "a declared value")
                .map(|(value, style)| LeafValue::Declared(Literal { value, style })),
            None => Some(LeafValue::Symbol),
        };
        let Some(name) = name else { return self.lose_name(&leaf.name) };
        if admitted.is_none() {
            return;
        }
        // A leaf whose value is faulty still takes its name, so that uses of it are not faulty too.
        let is_faulty = value.is_none();
        let value = value.unwrap_or_else(|| {
            LeafValue::Declared(Literal { value: Number::zero(), style: NumberStyle::Auto })
        });
        let variable = self.add(name, leaf.name.span, Kind::Leaf { role, value });
        if is_faulty {
            self.faulty.insert(variable);
        }
    }

    pub(super) fn add(&mut self, name: Name, span: Span, kind: Kind) -> VariableId {
        let variable = self.exercise.network.push(Variable { name: name.clone(), span, kind });
        self.scope.insert(name, variable, span);
        variable
    }

    /// A name that cannot be given, since its index is faulty: what uses its family is not at fault.
    fn lose_name(&mut self, name: &ast::Name) {
        self.lost_names.insert(name.ident.text.clone());
    }

    pub(super) fn node(&mut self, name: &ast::Name, value: &ast::Expr) -> Option<VariableId> {
        let resolved = self.resolve_name(name);
        let admitted = resolved.as_ref().and_then(|resolved| self.admit(resolved, name.span));
        let next = VariableId(u32::try_from(self.exercise.network.len()).unwrap_or(u32::MAX));
        let mut state = Lowering::of_node(next, value.span);
        let definition = self.lower_operand(value, &mut state);
        self.count_parts(state.size, value.span)?;
        let Some(resolved) = resolved else {
            self.lose_name(name);
            return None;
        };
        admitted?;
        let is_faulty = definition.is_none();
        // A faulty node still takes its name, and what is known of its operands shows a cycle.
        let (definition, operands) = match definition {
            Some(definition) => {
                let operands = distinct_operands(&definition);
                (definition, operands)
            }
            None => (Expr::from(0), self.known_operands(value)),
        };
        self.forward_cost += state.size;
        let backward =
            state.size.saturating_mul(operands.len()).saturating_add(state.partial_parts);
        let moving = moving_operands(&definition, &operands);
        let kind = Kind::Node { definition, operands, moving, definition_span: value.span };
        let variable = self.add(resolved, name.span, kind);
        self.exercise.network.note_places(variable, state.into_places());
        self.costs.push((variable, backward));
        if is_faulty {
            self.faulty.insert(variable);
        }
        Some(variable)
    }

    /// Counts the parts of an expression that was read.
    pub(super) fn count_parts(&mut self, parts: usize, span: Span) -> Option<()> {
        self.parts += parts;
        if self.parts <= limits::PARTS {
            return Some(());
        }
        self.exhausted(span, &CheckError::TooManyParts { limit: limits::PARTS })
    }

    fn objective(&mut self, sense: ast::Sense, name: &ast::Name, value: &ast::Expr) {
        if let Some(first) = self.exercise.network.objective() {
            let first = self.exercise.network[first.variable].span;
            let again = first == name.span;
            self.error::<()>(name.span, &CheckError::TwoObjectives { first, again });
        }
        match self.node(name, value) {
            Some(variable) if self.exercise.network.objective().is_none() => {
                self.exercise.network.set_objective(Objective { variable, sense, is_given: false });
            }
            Some(_) => {}
            // Its name is taken or faulty, which was said.
            None => self.lost_objective = true,
        }
    }

    /// The variables that a faulty right-hand side names, as far as they are known.
    fn known_operands(&mut self, expr: &ast::Expr) -> Vec<VariableId> {
        let mut operands = Vec::new();
        let mut pending = vec![expr];
        while let Some(expr) = pending.pop() {
            match &expr.kind {
                ExprKind::Name(name) if name.indices.is_empty() => {
                    let plain = Name { base: self.scope.intern(&name.ident.text), indices: vec![] };
                    operands.extend(self.scope.get(&plain));
                }
                ExprKind::Number(_) | ExprKind::Name(_) => {}
                ExprKind::Call(call) => pending.extend(call.arguments.iter().map(|a| &a.value)),
                ExprKind::Negation(inner) | ExprKind::Group(inner) => pending.push(inner),
                ExprKind::Sum(terms) => pending.extend(terms.iter().map(|term| &term.expr)),
                ExprKind::Product(factors) => pending.extend(factors.iter().map(|f| &f.expr)),
                ExprKind::Power { base: left, exponent: right }
                | ExprKind::Comparison { left, right, .. } => pending.extend([&**left, &**right]),
            }
        }
        operands.sort_unstable();
        operands.dedup();
        operands
    }

    fn for_loop(&mut self, index: &ast::Ident, range: &ast::Range, body: &[ast::Statement]) {
        let sound = self.check_loop_number(index);
        let range_read = self.range(range);
        let Some(((), (first, last))) = sound.zip(range_read) else {
            // What the loop would give is not unknown elsewhere.
            return self.lose_names_of(body);
        };
        let rounds = usize::try_from(last.abs_diff(first)).unwrap_or(usize::MAX);
        let statements = rounds.saturating_add(1).saturating_mul(1 + body.len());
        self.unrolled = self.unrolled.saturating_add(statements);
        if self.unrolled > limits::UNROLLED_STATEMENTS {
            let limit = limits::UNROLLED_STATEMENTS;
            self.exhausted::<()>(range.span, &CheckError::TooManyStatements { limit });
            return;
        }
        for number in first..=last {
            self.scope.numbers.push((index.text.clone(), number));
            for statement in body {
                self.repeatable_statement(statement);
            }
            self.scope.numbers.pop();
            if self.gives_up() {
                return;
            }
        }
    }

    fn lose_names_of(&mut self, body: &[ast::Statement]) {
        for statement in body {
            match &statement.kind {
                StatementKind::Declaration { leaves, .. } => {
                    for leaf in leaves {
                        self.lose_name(&leaf.name);
                    }
                }
                StatementKind::Node { name, .. } => self.lose_name(name),
                StatementKind::Objective { name, .. } => {
                    self.lose_name(name);
                    self.lost_objective = true;
                }
                StatementKind::For { body, .. } => self.lose_names_of(body),
                _ => {}
            }
        }
    }

    /// The ends of a range that runs forwards.
    pub(super) fn range(&mut self, range: &ast::Range) -> Option<(i64, i64)> {
        let first = self.integer(&range.first, "the start of a range");
        let last = self.integer(&range.last, "the end of a range");
        let (first, last) = (first?, last?);
        if first > last {
            return self.error(range.span, &CheckError::RangeReversed { first, last });
        }
        Some((first, last))
    }
}

/// Whether a statement is a task.
fn is_task(kind: &StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::Forward { .. }
            | StatementKind::Gradient { .. }
            | StatementKind::Partial { .. }
            | StatementKind::Update { .. }
            | StatementKind::Set { .. }
            | StatementKind::Reset
            | StatementKind::Repeat { .. }
            | StatementKind::Each { .. }
    )
}

/// A task's word, and how it stands in a part.
fn task_words(kind: &StatementKind) -> (&'static str, &'static str) {
    match kind {
        StatementKind::Gradient { .. } => ("gradient", "gradient \u{2026}"),
        StatementKind::Update { .. } => ("update", "update \u{2026}"),
        StatementKind::Partial { .. } => ("partial", "partial \u{2026}"),
        StatementKind::Set { .. } => ("set", "set \u{2026}"),
        StatementKind::Reset => ("reset", "reset"),
        StatementKind::Each { .. } => ("each", "each { \u{2026} }"),
        StatementKind::Repeat { .. } => ("repeat", "repeat \u{2026}"),
        _ => ("forward", "forward"),
    }
}

/// Whether a statement stands on the sheet.
fn is_item(kind: &StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::Part { .. }
            | StatementKind::Question { .. }
            | StatementKind::Text { .. }
            | StatementKind::Note { .. }
    )
}

/// The distinct variables of an expression, in reading order.
pub(super) fn distinct_operands(expr: &Expr) -> Vec<VariableId> {
    let mut operands: Vec<VariableId> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    expr.for_each_quantity(&mut |quantity| {
        if let Quantity::Variable(variable) = quantity {
            // Few operands are compared faster than hashed.
            let new = if operands.len() < 16 {
                !operands.contains(&variable)
            } else {
                if seen.is_empty() {
                    seen.extend(operands.iter().copied());
                }
                seen.insert(variable)
            };
            if new {
                operands.push(variable);
            }
        }
    });
    operands
}

/// Those of the operands through which the expression has a derivative.
pub(super) fn moving_operands(expr: &Expr, operands: &[VariableId]) -> Vec<VariableId> {
    let mut moves = rustc_hash::FxHashSet::default();
    expr.for_each_moving_quantity(&mut |quantity| {
        if let Quantity::Variable(variable) = quantity {
            moves.insert(variable);
        }
    });
    operands.iter().copied().filter(|operand| moves.contains(operand)).collect()
}

/// A statement as a sentence names it.
pub(super) fn described(kind: &StatementKind) -> &'static str {
    match kind {
        StatementKind::Metadata { field, .. } => match field {
            MetadataField::Title => "`title`",
            MetadataField::Author => "`author`",
            MetadataField::Course => "`course`",
            MetadataField::Date => "`date`",
            MetadataField::Language => "`lang`",
        },
        StatementKind::Declaration { role, .. } => match role {
            Role::Input => "`input`",
            Role::Target => "`target`",
            Role::Parameter => "`param`",
            Role::Constant => "`const`",
        },
        StatementKind::Node { .. } => "a node",
        StatementKind::Objective { sense: ast::Sense::Minimize, .. } => "`loss`",
        StatementKind::Objective { sense: ast::Sense::Maximize, .. } => "`maximize`",
        StatementKind::Function { .. } => "`def`",
        StatementKind::For { .. } => "`for`",
        StatementKind::Convention { .. } => "`convention`",
        StatementKind::Display { .. } => "`display`",
        StatementKind::Part { .. } => "`part`",
        StatementKind::Question { .. } => "`question`",
        StatementKind::Text { .. } => "`text`",
        StatementKind::Note { .. } => "`note`",
        StatementKind::Data { .. } => "`data`",
        StatementKind::Given { .. } => "`given`",
        StatementKind::Activation { .. } => "`activation`",
        StatementKind::Start { .. } => "`start`",
        StatementKind::Digits { .. } => "`digits`",
        StatementKind::NumberStyle { .. } => "`numbers`",
        StatementKind::Reminder => "`reminder`",
        StatementKind::Partial { .. } => "`partial`",
        StatementKind::Set { .. } => "`set`",
        StatementKind::Reset => "`reset`",
        StatementKind::Each { .. } => "`each`",
        StatementKind::Forward { .. } => "`forward`",
        StatementKind::Gradient { .. } => "`gradient`",
        StatementKind::Update { .. } => "`update`",
        StatementKind::Repeat { .. } => "`repeat`",
    }
}
