//! From the source tree to the checked exercise: names resolved, functions inlined, loops unrolled.
//!
//! | file | what it checks |
//! | --- | --- |
//! | `scope.rs` | which name means what |
//! | `unresolved.rs` | names that nothing gives: unknown, too early, or round in a circle |
//! | `expressions.rs`, `calls.rs`, `functions.rs`, `activations.rs` | expressions, calls, functions of the file |
//! | `constants.rs` | what must be a number while the file is checked |
//! | `statements.rs`, `looks.rs` | declarations, nodes, loops; conventions, displays, the head |
//! | `items.rs` | parts, questions, tasks, and the state that tasks share |
//! | `training.rs` | `data` and the tasks of training: rows, new values, single partials |
//! | `prose.rs` | text with mathematics in it |
//! | `whole.rs` | what only the whole file shows: an objective, unused nodes, look-alikes, default tasks |

mod activations;
mod calls;
mod constants;
mod expressions;
mod functions;
mod items;
mod looks;
mod prose;
mod scope;
mod statements;
mod training;
mod unresolved;
mod whole;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{CheckError, CheckWarning, Exercise, Name};
use crate::diagnostic::Diagnostic;
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
    pub const UNROLLED_STATEMENTS: usize = 500_000;
    /// Tasks that all `repeat`s of a file make together.
    pub const REPEATED_TASKS: usize = 10_000;
    /// Terms that all tasks of a file make together, as far as they can be foreseen: in a forward pass the
    /// parts of all right-hand sides; in a backward pass these once for each operand, and for each name in a
    /// product, power, quotient or function the rest of it, which its derivative holds.
    pub const TERMS: usize = 8_000_000;
    /// Bytes of the texts on the sheet, `repeat`s written out.
    pub const TEXT_BYTES: usize = 4 << 20;
    /// Parts of all expressions that are read, functions inlined and loops unrolled.
    pub const PARTS: usize = 6_000_000;
    /// Messages that one file gets.
    pub const DIAGNOSTICS: usize = 100;
    /// Parts of denominators and the like whose places are kept, to be underlined if they turn out to be 0.
    pub(crate) const REMEMBERED_PARTS: usize = 500_000;
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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about the file, set once")]
struct Checker {
    exercise: Exercise,
    scope: Scope,
    diagnostics: Vec<Diagnostic>,
    /// Places that have a message already: one mistake, one message.
    reported: FxHashSet<Span>,
    has_errors: bool,
    /// Some limit was passed: what follows is not looked at.
    exhausted: bool,
    /// Names in statements that could not be read: one of them may have been meant to give a name.
    lost_names: FxHashSet<String>,
    /// The absence of an objective needs no message: a statement that could not be read was to name it, or
    /// it was said before.
    lost_objective: bool,
    /// The same for the absence of parameters.
    lost_parameters: bool,
    /// Variables whose value or right-hand side is faulty: what rests on them is not at fault itself.
    faulty: FxHashSet<VariableId>,
    /// What counts towards the limits.
    unrolled: usize,
    repeated: usize,
    terms: usize,
    text_bytes: usize,
    parts: usize,
    /// What a forward and a backward pass cost.
    forward_cost: usize,
    backward_cost: usize,
    /// What each node adds to the second.
    costs: Vec<(VariableId, usize)>,
    remembered: usize,
    /// Names that were used and not known, to be explained once all names are.
    unresolved: Vec<Unresolved>,
    unresolved_places: FxHashSet<Span>,
    language: Option<Span>,
    /// The upstream gradients: where each stands, and the name that it has for the objective.
    givens: Vec<(Span, Option<ast::Ident>)>,
    /// Where `data` stands.
    data_span: Option<Span>,
    /// What a `display` styles, and where; it may stand before the name is given.
    displayed: FxHashMap<Name, Span>,
    later_names: Vec<(Name, Span)>,
    /// For each undeclared name in prose its position among them.
    free_positions: FxHashMap<Name, u32>,
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
        // A statement that begins with no known word may have been meant as any.
        let lost_anything = parsed.lost.iter().any(|lost| lost.word.is_none());
        let mut scope = Scope::of(&parsed.file);
        scope.has_parts |= lost_words("part");

        Self {
            exercise: Exercise {
                metadata: super::Metadata::default(),
                network: super::Network::default(),
                conventions: crate::expr::Conventions::default(),
                activations: Vec::new(),
                displays: Vec::new(),
                free_names: Vec::new(),
                upstream: Vec::new(),
                start: Vec::new(),
                data: None,
                items: Vec::new(),
                has_decimals: false,
                format: super::NumberFormat::default(),
            },
            scope,
            diagnostics: parsed.diagnostics.clone(),
            reported: parsed.diagnostics.iter().map(|diagnostic| diagnostic.span).collect(),
            has_errors: parsed.diagnostics.iter().any(Diagnostic::is_error),
            exhausted: false,
            lost_names: parsed.lost.iter().flat_map(|lost| lost.names.iter().cloned()).collect(),
            lost_objective: lost_anything || lost_words("loss") || lost_words("maximize"),
            lost_parameters: lost_anything || lost_words("param"),
            faulty: FxHashSet::default(),
            unrolled: 0,
            repeated: 0,
            terms: 0,
            text_bytes: 0,
            parts: 0,
            forward_cost: 0,
            backward_cost: 0,
            costs: Vec::new(),
            remembered: 0,
            unresolved: Vec::new(),
            unresolved_places: FxHashSet::default(),
            language: None,
            givens: Vec::new(),
            data_span: None,
            displayed: FxHashMap::default(),
            later_names: Vec::new(),
            free_positions: FxHashMap::default(),
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

    fn warn(&mut self, span: Span, warning: &CheckWarning) {
        let mut diagnostic = Diagnostic::warning(span, warning);
        for (place, label) in warning.related() {
            diagnostic = diagnostic.with_related(place, label);
        }
        self.report(diagnostic);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() <= limits::DIAGNOSTICS && self.reported.insert(diagnostic.span) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports that a limit was passed, once.
    fn exhausted<T>(&mut self, span: Span, error: &CheckError) -> Option<T> {
        if !std::mem::replace(&mut self.exhausted, true) {
            self.error::<()>(span, error);
        }
        None
    }

    /// Whether more of a loop or of the file would help nobody.
    fn gives_up(&self) -> bool {
        self.exhausted || self.diagnostics.len() > limits::DIAGNOSTICS
    }

    fn finish(mut self, file: &ast::File) -> Result<(Exercise, Vec<Diagnostic>), Vec<Diagnostic>> {
        self.explain_unresolved();
        if self.has_errors {
            self.report_values();
        } else {
            self.check_objective(file);
        }
        if self.has_errors {
            self.diagnostics.retain(Diagnostic::is_error);
        } else {
            self.warn_of_unused_nodes();
            self.warn_of_names_that_look_alike();
        }
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        if let Some(beyond) = self.diagnostics.get(limits::DIAGNOSTICS).map(|further| further.span)
            && self.has_errors
        {
            self.diagnostics.truncate(limits::DIAGNOSTICS);
            let limit = limits::DIAGNOSTICS;
            let error = CheckError::TooManyErrors { limit };
            self.diagnostics.push(Diagnostic::error(beyond, &error));
        }
        if self.has_errors { Err(self.diagnostics) } else { Ok((self.exercise, self.diagnostics)) }
    }
}
