//! Declarations, nodes, functions, loops, conventions and displays.

use std::sync::Arc;

use super::expressions::{Lowering, Names};
use super::scope::Inlined;
use super::{Checker, limits};
use crate::exercise::{CheckError, Kind, Objective, Role, Variable};
use crate::expr::{ConventionValue, Expr, Kink, Quantity, TieRule, VariableId};
use crate::notation::Symbol;
use crate::ops;
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast::{self, ExprKind, MetadataField, StatementKind};

impl Checker {
    /// The statements of the file in order: first the network, then what is asked of it.
    pub(super) fn statements(&mut self, statements: &[ast::Statement]) {
        for statement in statements {
            self.statement(statement);
        }
        self.exercise.network.finish();
        for statement in statements {
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
            StatementKind::Convention { clauses } => {
                for clause in clauses {
                    self.convention(clause);
                }
            }
            kind if is_item(kind) => {}
            StatementKind::Forward { .. }
            | StatementKind::Gradient { .. }
            | StatementKind::Update { .. }
            | StatementKind::Repeat { .. } => {
                let task = keyword(&statement.kind);
                self.error::<()>(statement.span, &CheckError::TaskOutsidePart { task });
            }
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
                let node = self.node(name, value);
                match (self.exercise.network.objective(), node) {
                    (Some(first), _) => {
                        let first = self.exercise.network[first.variable].span;
                        self.error::<()>(name.span, &CheckError::TwoObjectives { first });
                    }
                    (None, Some(variable)) => {
                        self.exercise.network.set_objective(Objective { variable, sense: *sense });
                    }
                    (None, None) => {}
                }
            }
            StatementKind::For { index, range, body } => self.for_loop(index, range, body),
            StatementKind::Display { entries } => {
                for entry in entries {
                    self.display(entry);
                }
            }
            other => {
                let statement_word = keyword(other);
                let error =
                    CheckError::Misplaced { statement: statement_word, place: "a `for` loop" };
                self.error::<()>(statement.span, &error);
            }
        }
    }

    fn metadata(&mut self, field: MetadataField, text: &ast::Prose, span: Span) {
        if field == MetadataField::Language {
            let language = plain_text(text);
            if language != "en" {
                let error = CheckError::UnknownLanguage { language, known: vec!["en".to_owned()] };
                self.error::<()>(text.span, &error);
            } else if self.language.replace(language).is_some() {
                self.error::<()>(span, &CheckError::MetadataTwice { field: "lang" });
            }
            return;
        }
        let Some(prose) = self.prose(text, None) else { return };
        let metadata = &mut self.exercise.metadata;
        let (slot, word) = match field {
            MetadataField::Title => (&mut metadata.title, "title"),
            MetadataField::Author => (&mut metadata.author, "author"),
            MetadataField::Course => (&mut metadata.course, "course"),
            MetadataField::Date | MetadataField::Language => (&mut metadata.date, "date"),
        };
        if slot.replace(prose).is_some() {
            self.error::<()>(span, &CheckError::MetadataTwice { field: word });
        }
    }

    fn leaf(&mut self, role: Role, leaf: &ast::Leaf) {
        let Some(name) = self.resolve_name(&leaf.name) else { return };
        let admitted = self.admit(&name, leaf.name.span);
        let value = match &leaf.value {
            Some(value) => self.constant(value, "a declared value"),
            None => {
                let error =
                    CheckError::LeafWithoutValue { name: name.to_string(), role: role_word(role) };
                self.error(leaf.name.span, &error)
            }
        };
        if admitted.is_none() {
            return;
        }
        // A leaf whose value is faulty still takes its name, so that uses of it are not faulty too.
        let (value, style) =
            value.unwrap_or((crate::exact::Number::zero(), crate::expr::NumberStyle::Auto));
        let kind = Kind::Leaf { role, value, style };
        self.add(name, leaf.name.span, kind);
    }

    fn add(&mut self, name: crate::exercise::Name, span: Span, kind: Kind) -> VariableId {
        let variable = self.exercise.network.push(Variable { name: name.clone(), span, kind });
        self.scope.insert(name, variable, span);
        variable
    }

    fn node(&mut self, name: &ast::Name, value: &ast::Expr) -> Option<VariableId> {
        let resolved = self.resolve_name(name);
        let admitted = resolved.as_ref().and_then(|resolved| self.admit(resolved, name.span));
        let next = VariableId(u32::try_from(self.exercise.network.len()).unwrap_or(u32::MAX));
        let mut state = Lowering::new(Names::All, Some(next));
        let lowered = match self.lower(value, &mut state) {
            Some(Expr::Infinity { .. }) => self.error(value.span, &CheckError::InfinityMisplaced),
            other => other,
        };
        admitted?;
        // A faulty node still takes its name, and what is known of its operands shows a cycle.
        let definition = lowered.unwrap_or(Expr::from(0));
        let operands = if self.has_errors && definition.is_integer(0) {
            self.known_operands(value)
        } else {
            distinct_operands(&definition)
        };
        self.differentiation_work += state.size() * operands.len();
        if self.differentiation_work > limits::DIFFERENTIATION_WORK {
            self.error::<()>(value.span, &CheckError::NetworkTooLarge);
        }
        let kind = Kind::Node { definition, operands, definition_span: value.span };
        Some(self.add(resolved?, name.span, kind))
    }

    /// The variables that a faulty right-hand side names, as far as they are known.
    fn known_operands(&self, expr: &ast::Expr) -> Vec<VariableId> {
        let mut operands = Vec::new();
        let mut pending = vec![expr];
        while let Some(expr) = pending.pop() {
            match &expr.kind {
                ExprKind::Name(name) if name.indices.is_empty() => {
                    let plain = crate::exercise::Name::plain(name.ident.text.as_str());
                    operands.extend(self.scope.get(&plain));
                }
                ExprKind::Number(_) | ExprKind::Name(_) => {}
                ExprKind::Call(call) => pending.extend(call.arguments.iter().map(|a| &a.value)),
                ExprKind::Negation(inner) | ExprKind::Group(inner) => pending.push(inner),
                ExprKind::Sum(terms) => pending.extend(terms.iter().map(|term| &term.expr)),
                ExprKind::Product(factors) => pending.extend(factors.iter().map(|f| &f.expr)),
                ExprKind::Power { base, exponent } => pending.extend([&**base, &**exponent]),
                ExprKind::Comparison { left, right, .. } => pending.extend([&**left, &**right]),
            }
        }
        operands.sort_unstable();
        operands.dedup();
        operands
    }

    fn function(&mut self, name: &ast::Ident, parameters: &[ast::Ident], body: &ast::Expr) {
        let text = name.text.clone();
        if ops::find(&text).is_some() || self.scope.functions.contains_key(&text) {
            self.error::<()>(name.span, &CheckError::FunctionTwice { name: text });
            return;
        }
        let mut names: Vec<String> = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            if names.contains(&parameter.text) {
                let error = CheckError::ParameterTwice { name: parameter.text.clone() };
                self.error::<()>(parameter.span, &error);
            }
            names.push(parameter.text.clone());
        }
        if let Some(call) = find_call(body, &text) {
            self.error::<()>(
                call.function.span,
                &CheckError::RecursiveFunction { name: text.clone() },
            );
        } else {
            // Lowered once with its parameters free, for the errors in it alone.
            let mut state = Lowering::for_function(&names);
            self.lower(body, &mut state);
        }
        let inlined = Inlined { parameters: names, body: Arc::new(body.clone()) };
        self.scope.functions.insert(text, inlined);
    }

    fn for_loop(&mut self, index: &ast::Ident, range: &ast::Range, body: &[ast::Statement]) {
        let Some((first, last)) = self.range(range) else { return };
        for number in first..=last {
            self.unrolled += 1 + body.len();
            if self.unrolled > limits::UNROLLED_STATEMENTS {
                let limit = limits::UNROLLED_STATEMENTS;
                self.error::<()>(range.span, &CheckError::TooManyRepetitions { limit });
                return;
            }
            self.scope.numbers.push((index.text.clone(), number));
            for statement in body {
                self.repeatable_statement(statement);
            }
            self.scope.numbers.pop();
            if self.diagnostics.len() >= limits::DIAGNOSTICS {
                return;
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

    fn convention(&mut self, clause: &ast::ConventionClause) {
        let (function, place) = (clause.function.text.clone(), clause.place.text.clone());
        let Some(known) = ops::find(&function) else {
            let nearest = nearest(&function, ops::names()).map(str::to_owned);
            let error = CheckError::UnknownFunction { name: function, nearest };
            self.error::<()>(clause.function.span, &error);
            return;
        };
        let Some(&place_name) = known.kinks().iter().find(|own| **own == place) else {
            let known = known.kinks().iter().map(|own| (*own).to_owned()).collect();
            let error = CheckError::UnknownConvention { function, place, known };
            self.error::<()>(clause.span, &error);
            return;
        };
        let value = if place_name == "tie" {
            match word(&clause.value) {
                Some("first") => ConventionValue::Tie(TieRule::First),
                Some("share") => ConventionValue::Tie(TieRule::Share),
                _ => {
                    let error = CheckError::ConventionValue { function, place, tie: true };
                    self.error::<()>(clause.value.span, &error);
                    return;
                }
            }
        } else {
            let decimals = self.exercise.has_decimals;
            let Some((value, _)) = self.constant(&clause.value, "a convention") else { return };
            // A slope at a kink says nothing of how the file writes its numbers.
            self.exercise.has_decimals = decimals;
            ConventionValue::Slope(value)
        };
        let kink = Kink { operator: known.name(), place: place_name };
        if !self.exercise.conventions.state(kink, value) {
            let error = CheckError::ConventionTwice { function, place };
            self.error::<()>(clause.span, &error);
        }
    }

    fn display(&mut self, entry: &ast::DisplayEntry) {
        let Some(name) = self.resolve_name(&entry.name) else { return };
        match Symbol::parse(&entry.text) {
            Ok(symbol) => self.exercise.displays.push((name.clone(), symbol)),
            Err(error) => {
                let error = CheckError::Display { reason: error.to_string() };
                self.error::<()>(entry.text_span, &error);
            }
        }
        if !self.scope.names_something(&name) {
            self.later_names.push((name, entry.name.span));
        }
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
fn distinct_operands(expr: &Expr) -> Vec<VariableId> {
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

/// The first call of `name` within `expr`.
fn find_call<'e>(expr: &'e ast::Expr, name: &str) -> Option<&'e ast::Call> {
    match &expr.kind {
        ExprKind::Call(call) if call.function.text == name => Some(call),
        ExprKind::Call(call) => call.arguments.iter().find_map(|a| find_call(&a.value, name)),
        ExprKind::Number(_) | ExprKind::Name(_) => None,
        ExprKind::Negation(inner) | ExprKind::Group(inner) => find_call(inner, name),
        ExprKind::Sum(terms) => terms.iter().find_map(|term| find_call(&term.expr, name)),
        ExprKind::Product(factors) => factors.iter().find_map(|f| find_call(&f.expr, name)),
        ExprKind::Power { base, exponent } => {
            find_call(base, name).or_else(|| find_call(exponent, name))
        }
        ExprKind::Comparison { left, right, .. } => {
            find_call(left, name).or_else(|| find_call(right, name))
        }
    }
}

/// The word that an expression is, if it is one.
fn word(expr: &ast::Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) if name.indices.is_empty() => Some(&name.ident.text),
        _ => None,
    }
}

/// The literal text of a string.
fn plain_text(prose: &ast::Prose) -> String {
    prose
        .paragraphs
        .iter()
        .flatten()
        .filter_map(|segment| match segment {
            ast::Segment::Literal(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Input => "input",
        Role::Target => "target",
        Role::Parameter => "parameter",
        Role::Constant => "constant",
    }
}

/// The word that a statement begins with.
pub(super) fn keyword(kind: &StatementKind) -> &'static str {
    match kind {
        StatementKind::Metadata { field, .. } => match field {
            MetadataField::Title => "title",
            MetadataField::Author => "author",
            MetadataField::Course => "course",
            MetadataField::Date => "date",
            MetadataField::Language => "lang",
        },
        StatementKind::Declaration { role, .. } => match role {
            Role::Input => "input",
            Role::Target => "target",
            Role::Parameter => "param",
            Role::Constant => "const",
        },
        StatementKind::Node { .. } => "name = \u{2026}",
        StatementKind::Objective { sense: ast::Sense::Minimize, .. } => "loss",
        StatementKind::Objective { sense: ast::Sense::Maximize, .. } => "maximize",
        StatementKind::Function { .. } => "def",
        StatementKind::For { .. } => "for",
        StatementKind::Convention { .. } => "convention",
        StatementKind::Display { .. } => "display",
        StatementKind::Part { .. } => "part",
        StatementKind::Question { .. } => "question",
        StatementKind::Text { .. } => "text",
        StatementKind::Note { .. } => "note",
        StatementKind::Data { .. } => "data",
        StatementKind::Given { .. } => "given",
        StatementKind::Activation { .. } => "activation",
        StatementKind::Start { .. } => "start",
        StatementKind::Digits { .. } => "digits",
        StatementKind::NumberStyle { .. } => "numbers",
        StatementKind::Forward { .. } => "forward",
        StatementKind::Gradient { .. } => "gradient",
        StatementKind::Update { .. } => "update",
        StatementKind::Partial { .. } => "partial",
        StatementKind::Set { .. } => "set",
        StatementKind::Reset => "reset",
        StatementKind::Repeat { .. } => "repeat",
        StatementKind::Each { .. } => "each",
    }
}
