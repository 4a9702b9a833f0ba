//! Which name means what.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::exercise::{CheckError, Name};
use crate::expr::VariableId;
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast;

use super::Checker;

/// The names of a file.
pub(super) struct Scope {
    variables: FxHashMap<Name, VariableId>,
    /// For each name before the bracket: its first place, and whether it is a family.
    bases: FxHashMap<Arc<str>, Base>,
    pub(super) functions: FxHashMap<String, Inlined>,
    /// Loop numbers in force, innermost last.
    pub(super) numbers: Vec<(String, i64)>,
    /// Some statement of the file is a part.
    pub(super) has_parts: bool,
    /// Texts shared by all names with the same base.
    interned: FxHashMap<String, Arc<str>>,
}

struct Base {
    first: Span,
    is_family: bool,
    example: Name,
}

/// A `def`, to be inlined where it is called.
#[derive(Clone)]
pub(super) struct Inlined {
    pub(super) parameters: Vec<String>,
    pub(super) body: Arc<ast::Expr>,
}

impl Scope {
    pub(super) fn of(file: &ast::File) -> Self {
        Self {
            variables: FxHashMap::default(),
            bases: FxHashMap::default(),
            functions: FxHashMap::default(),
            numbers: Vec::new(),
            has_parts: file
                .statements
                .iter()
                .any(|statement| matches!(statement.kind, ast::StatementKind::Part { .. })),
            interned: FxHashMap::default(),
        }
    }

    pub(super) fn get(&self, name: &Name) -> Option<VariableId> {
        self.variables.get(name).copied()
    }

    /// Whether `name` is a variable or the name of a family.
    pub(super) fn names_something(&self, name: &Name) -> bool {
        self.variables.contains_key(name)
            || name.indices.is_empty() && self.bases.contains_key(&name.base)
    }

    pub(super) fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.interned.get(text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.into();
        self.interned.insert(text.to_owned(), Arc::clone(&shared));
        shared
    }

    pub(super) fn loop_number(&self, text: &str) -> Option<i64> {
        self.numbers.iter().rev().find(|(name, _)| name == text).map(|(_, number)| *number)
    }

    pub(super) fn insert(&mut self, name: Name, variable: VariableId, span: Span) {
        let base = Arc::clone(&name.base);
        self.bases.entry(base).or_insert_with(|| Base {
            first: span,
            is_family: !name.indices.is_empty(),
            example: name.clone(),
        });
        self.variables.insert(name, variable);
    }
}

impl Checker {
    /// Whether `name` can be given here: it is new, and no family if there is a single thing of that name.
    pub(super) fn admit(&mut self, name: &Name, span: Span) -> Option<()> {
        if let Some(existing) = self.scope.get(name) {
            let first = self.exercise.network[existing].span;
            return self.error(span, &CheckError::AssignedTwice { name: name.to_string(), first });
        }
        if let Some(base) = self.scope.bases.get(&name.base)
            && base.is_family == name.indices.is_empty()
        {
            let error =
                CheckError::FamilyAndSingle { name: name.base.to_string(), first: base.first };
            return self.error(span, &error);
        }
        Some(())
    }

    /// The error for a name that nothing gives, with the nearest that something does.
    pub(super) fn unknown_name(&self, name: &Name) -> CheckError {
        if name.indices.is_empty()
            && let Some(base) = self.scope.bases.get(&name.base)
            && base.is_family
        {
            return CheckError::FamilyWithoutIndex {
                name: name.base.to_string(),
                example: base.example.to_string(),
            };
        }
        let wanted = name.to_string();
        let mut known: Vec<String> =
            self.scope.variables.keys().take(20_000).map(ToString::to_string).collect();
        known.extend(self.scope.numbers.iter().map(|(text, _)| text.clone()));
        known.sort_unstable();
        let nearest = nearest(&wanted, known.iter().map(String::as_str)).map(str::to_owned);
        CheckError::UnknownName { name: wanted, nearest }
    }
}
