//! Which name means what.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::exercise::{CheckError, Name};
use crate::expr::VariableId;
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast;

use super::Checker;
use super::activations::Kept;
use super::functions::calls_in;

/// The names of a file.
pub(super) struct Scope {
    variables: FxHashMap<Name, VariableId>,
    /// For each name before the bracket: its first place, and whether it is a family.
    bases: FxHashMap<Arc<str>, Base>,
    pub(super) functions: FxHashMap<String, Inlined>,
    pub(super) activations: FxHashMap<String, Kept>,
    /// Loop numbers in force, innermost last.
    pub(super) numbers: Vec<(String, i64)>,
    /// Some statement of the file is a part.
    pub(super) has_parts: bool,
    /// For each function that some `def` or `activation` of the file gives, the functions that its body calls.
    pub(super) called_by: FxHashMap<String, Vec<String>>,
    /// Functions of which it was said that they call each other.
    pub(super) recursive: FxHashSet<String>,
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
    /// Where its name is given.
    pub(super) span: Span,
    pub(super) parameters: Vec<String>,
    /// None where it is faulty.
    pub(super) body: Option<Arc<ast::Expr>>,
}

impl Scope {
    pub(super) fn of(file: &ast::File) -> Self {
        Self {
            variables: FxHashMap::default(),
            bases: FxHashMap::default(),
            functions: FxHashMap::default(),
            activations: FxHashMap::default(),
            numbers: Vec::new(),
            has_parts: file
                .statements
                .iter()
                .any(|statement| matches!(statement.kind, ast::StatementKind::Part { .. })),
            called_by: file
                .statements
                .iter()
                .filter_map(|statement| match &statement.kind {
                    ast::StatementKind::Function { name, body, .. }
                    | ast::StatementKind::Activation { name, body, .. } => {
                        Some((name.text.clone(), calls_in(body)))
                    }
                    _ => None,
                })
                .collect(),
            recursive: FxHashSet::default(),
            interned: FxHashMap::default(),
        }
    }

    pub(super) fn get(&self, name: &Name) -> Option<VariableId> {
        self.variables.get(name).copied()
    }

    /// Whether `name` is a variable, the name of a family, or a function that keeps its name.
    pub(super) fn names_something(&self, name: &Name) -> bool {
        self.variables.contains_key(name)
            || name.indices.is_empty()
                && (self.bases.contains_key(&name.base)
                    || self.activations.contains_key(&*name.base))
    }

    pub(super) fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.interned.get(text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.into();
        self.interned.insert(text.to_owned(), Arc::clone(&shared));
        shared
    }

    /// Where the first thing of that name is given, member of a family or not.
    pub(super) fn first_place(&self, base: &str) -> Option<Span> {
        self.bases.get(base).map(|base| base.first)
    }

    /// Every name, in alphabetical order.
    pub(super) fn names(&self) -> Vec<String> {
        // Of more than that, a slip of the hand could mean any.
        const MOST: usize = 20_000;
        let mut names: Vec<String> =
            self.variables.keys().take(MOST).map(ToString::to_string).collect();
        names.sort_unstable();
        names
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
    /// Whether `name` can be given here: it is new, no loop's number, and no family if there is a single
    /// thing of that name.
    pub(super) fn admit(&mut self, name: &Name, span: Span) -> Option<()> {
        if name.indices.is_empty() && self.scope.loop_number(&name.base).is_some() {
            let error = CheckError::LoopNumberAssigned { name: name.to_string() };
            return self.error(span, &error);
        }
        if let Some(existing) = self.scope.get(name) {
            let first = self.exercise.network[existing].span;
            let again = first == span;
            let error = CheckError::AssignedTwice { name: name.to_string(), first, again };
            return self.error(span, &error);
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

    /// Whether a loop can count with `index`. Nothing where a loop around it does: what it holds would mean
    /// something else.
    pub(super) fn check_loop_number(&mut self, index: &ast::Ident) -> Option<()> {
        let outer = self.scope.loop_number(&index.text).is_some();
        let first = self.scope.first_place(&index.text);
        if outer || first.is_some() {
            let first = if outer { None } else { first };
            let error = CheckError::LoopNumberTaken { name: index.text.clone(), first };
            self.error::<()>(index.span, &error);
        }
        (!outer).then_some(())
    }

    /// The error for a name that nothing gives, with the nearest of `known`.
    pub(super) fn unknown_name(&self, name: &Name, known: &[String]) -> CheckError {
        if let Some(base) = self.scope.bases.get(&name.base)
            && base.is_family == name.indices.is_empty()
        {
            let name = name.base.to_string();
            return if base.is_family {
                CheckError::FamilyWithoutIndex { name, example: base.example.to_string() }
            } else {
                CheckError::SingleWithIndex { name, first: base.first }
            };
        }
        if name.indices.is_empty()
            && let Some(signature) = self.signature_of(&name.base)
        {
            let name = name.base.to_string();
            return CheckError::FunctionWithoutArguments { name, signature };
        }
        let name = name.to_string();
        let nearest = nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
        CheckError::UnknownName { name, nearest }
    }
}
