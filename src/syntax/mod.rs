//! From the text of an exercise to its source tree.
//!
//! [`parse`] never fails: it hands back what it could read and what is wrong with the rest. The text goes
//! through `layout` (lines, brackets, strings, depth), the pest grammar in `grammar/nabla.pest`, the
//! builders, which make the tree of [`ast`], and `prose` for what strings hold.

pub mod ast;
mod build;
mod diagnosis;
mod error;
mod grammar;
mod layout;
mod nesting;
mod print;
mod prose;
mod recovery;
pub(crate) mod words;

pub use error::{MAX_DIGITS, MAX_ERRORS, MAX_EXPONENT, SyntaxErrorKind};
pub use print::print;

use pest::Parser;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use build::Builder;
use grammar::{Grammar, Rule};
use layout::Layout;

/// What a text says, as far as it can be read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The statements that could be read.
    pub file: ast::File,
    /// What is wrong with the others, in the order of the file. Empty for a text without fault.
    pub diagnostics: Vec<Diagnostic>,
    /// The statements that could not be read: what they would have said must not be missed elsewhere.
    pub lost: Vec<LostStatement>,
}

/// A statement that could not be read or was read in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostStatement {
    /// Where it stands.
    pub span: Span,
    /// Its statement word, if it begins with one: `loss`, `part`, …
    pub word: Option<String>,
    /// Every name in it: it may have been meant to declare any of them.
    pub names: Vec<String>,
}

/// Texts up to this size are given to the grammar whole, larger ones statement by statement: pest keeps
/// all its tokens until it is done.
const WHOLE_BYTES: usize = 64 << 10;

/// Reads a text.
///
/// All mistakes are found together, and one in a statement hides none in another.
///
/// ```
/// use nablatex::{source::Source, syntax};
///
/// let parsed = syntax::parse(&Source::new("exercise.nabla", "param w = 1/2\nloss L = w^2"));
/// assert!(parsed.diagnostics.is_empty());
/// assert_eq!(parsed.file.statements.len(), 2);
/// ```
pub fn parse(source: &Source) -> Parsed {
    let layout = Layout::of(source.text());
    let sound = layout.errors.is_empty() && source.text().len() <= WHOLE_BYTES;
    if sound && let Ok(pairs) = Grammar::parse(Rule::file, &layout.text) {
        let mut builder = Builder::new(source.text(), layout.deepest);
        let statements = builder.statements(pairs);
        return builder.finish(statements);
    }
    recovery::parse(source.text(), layout)
}

#[cfg(test)]
mod tests;
