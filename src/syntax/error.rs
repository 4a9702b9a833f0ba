//! What can be wrong with the writing of a file.

use super::ast::MAX_DEPTH;
use super::words;
use crate::diagnostic::{Diagnostic, Explain};
use crate::source::Span;

/// The digits that a number may have.
pub const MAX_DIGITS: usize = 1_000;

/// The largest decimal exponent that a number may have, either way.
pub const MAX_EXPONENT: u32 = 10_000;

/// The syntax errors that are reported of one file; the rest is left unsaid.
pub const MAX_ERRORS: usize = 100;

/// A mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub span: Span,
    pub kind: SyntaxErrorKind,
}

impl SyntaxError {
    pub(super) fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.span, &self.kind);
        match self.kind {
            SyntaxErrorKind::MismatchedBracket { opened_at, open, .. } => {
                let opening = Span::new(opened_at, opened_at + 1);
                diagnostic.with_related(opening, format!("`{open}` opened here"))
            }
            _ => diagnostic,
        }
    }
}

/// The kinds of mistake in the writing of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// A string without its closing quotation mark.
    UnclosedString {
        /// It begins with three quotation marks.
        long: bool,
    },
    /// A bracket that nothing closes.
    UnclosedBracket {
        /// `(` or `[`.
        open: char,
    },
    /// A `{` that nothing closes.
    UnclosedBlock,
    /// A closing bracket without an opening one.
    UnmatchedCloser {
        /// `)`, `]` or `}`.
        closer: char,
    },
    /// A bracket closed by another kind of bracket.
    MismatchedBracket {
        /// The bracket that is open.
        open: char,
        /// Its offset.
        opened_at: usize,
        /// What is to close it.
        closer: char,
    },
    /// A `{` before which nothing stands that has a block.
    StrayBlock,
    /// A `{` on the line after its statement.
    BlockOnNextLine,
    /// A statement on the line of a `}`.
    NoBreakAfterBlock,
    /// A block where the statement has none.
    UnwantedBlock {
        /// The statement's word.
        word: String,
    },
    /// A statement that has a block, without it.
    MissingBlock {
        /// The statement's word.
        word: String,
    },
    /// Nesting beyond [`MAX_DEPTH`].
    TooDeep,
    /// A statement that begins with a word of no statement.
    UnknownStatement {
        /// That word.
        word: String,
        /// The nearest statement word, if one is near.
        nearest: Option<&'static str>,
    },
    /// A statement that begins with what none begins with.
    StatementStart {
        /// What it begins with.
        found: String,
    },
    /// A character that has no place in the language outside of strings and comments.
    StrayCharacter {
        /// That character.
        character: char,
    },
    /// Two factors without a sign between them: `2x`.
    MissingOperator {
        /// The left one.
        left: String,
        /// The right one.
        right: String,
    },
    /// `**` for `^`.
    DoubleStar,
    /// Something else than may stand here.
    Expected {
        /// What may.
        expected: String,
        /// What does.
        found: String,
    },
    /// A reserved word as a name.
    Reserved {
        /// That word.
        word: String,
    },
    /// A comparison where a value must stand.
    MisplacedComparison,
    /// `a < b < c`
    ChainedComparison,
    /// An option whose name is no plain name: `f(2 = x)`.
    OptionName,
    /// More digits than [`MAX_DIGITS`].
    NumberTooLong {
        /// The digits it has.
        digits: usize,
    },
    /// A decimal exponent beyond [`MAX_EXPONENT`].
    ExponentTooLarge,
    /// Points that are a fraction by zero.
    PointsByZero,
    /// An `answer` outside of a `question`.
    MisplacedAnswer,
    /// Something else than an `answer` in a `question`.
    NotAnAnswer,
    /// Something else than rows in `data`.
    NotARow,
    /// `convention relu(0) = 1`
    ConventionWithoutPrime {
        /// The function.
        function: String,
    },
    /// Mathematics or a value in a string that does not end.
    UnclosedInProse {
        /// What would close it.
        closing: char,
    },
    /// More than [`MAX_ERRORS`] errors.
    TooMany,
}

impl Explain for SyntaxErrorKind {
    fn sentence(&self) -> String {
        match self {
            Self::UnclosedString { long: false } => "this string is not closed on its line".into(),
            Self::UnclosedString { long: true } => "this string is never closed".into(),
            Self::UnclosedBracket { open } => format!("this `{open}` is never closed"),
            Self::UnclosedBlock => "this block is never closed".into(),
            Self::UnmatchedCloser { closer } => format!("this `{closer}` closes nothing"),
            Self::MismatchedBracket { open, closer, .. } => {
                format!("`{open}` cannot be closed by `{closer}`")
            }
            Self::StrayBlock => {
                "no statement before this `{` to which the block could belong".into()
            }
            Self::BlockOnNextLine => {
                "the `{` of a block must stand on the line of its statement".into()
            }
            Self::NoBreakAfterBlock => {
                "a statement cannot begin on the line where a block ends".into()
            }
            Self::UnwantedBlock { word } => format!("`{word}` has no block"),
            Self::MissingBlock { word } => format!("`{word}` needs a block"),
            Self::TooDeep => format!("this is nested more than {MAX_DEPTH} levels deep"),
            Self::UnknownStatement { word, .. } => {
                format!("unknown statement `{}`", shortened(word))
            }
            Self::StatementStart { found } => format!("no statement begins with {found}"),
            Self::StrayCharacter { character } => {
                format!("the character `{}` cannot stand here", character.escape_debug())
            }
            Self::MissingOperator { left, right } => {
                format!("no operator between `{}` and `{}`", shortened(left), shortened(right))
            }
            Self::DoubleStar => "`**` is no operator".into(),
            Self::Expected { expected, found } => format!("expected {expected}, found {found}"),
            Self::Reserved { word } => {
                format!("`{word}` is a word of the language and cannot be a name")
            }
            Self::MisplacedComparison => "a comparison cannot stand where a value is needed".into(),
            Self::ChainedComparison => "comparisons cannot be chained".into(),
            Self::OptionName => "the name of an option must be a plain name".into(),
            Self::NumberTooLong { digits } => {
                format!("this number has {digits} digits, more than {MAX_DIGITS}")
            }
            Self::ExponentTooLarge => {
                format!("the exponent of this number is beyond {MAX_EXPONENT}")
            }
            Self::PointsByZero => "these points are divided by zero".into(),
            Self::MisplacedAnswer => "an `answer` can stand in a `question` only".into(),
            Self::NotAnAnswer => "a `question` holds `answer` statements only".into(),
            Self::NotARow => "a `data` block holds rows only".into(),
            Self::ConventionWithoutPrime { function } => {
                format!("a convention is about a derivative: `{function}'`, not `{function}`")
            }
            Self::UnclosedInProse { closing: '$' } => {
                "this `$` opens mathematics that never ends".into()
            }
            Self::UnclosedInProse { .. } => "this `{=` opens a value that never ends".into(),
            Self::TooMany => format!("more than {MAX_ERRORS} errors: the rest is not listed"),
        }
    }

    fn label(&self) -> Option<String> {
        Some(match self {
            Self::UnclosedString { .. } => "begins here".into(),
            Self::UnclosedBracket { .. } | Self::UnclosedBlock | Self::UnclosedInProse { .. } => {
                "opened here".into()
            }
            Self::UnknownStatement { .. } => "not a statement".into(),
            Self::MissingBlock { .. } => "`{` missing after this".into(),
            Self::Expected { expected, .. } => format!("expected {expected}"),
            _ => return None,
        })
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::UnclosedString { long: false } => {
                "a string over several lines stands between `\"\"\"` and `\"\"\"`".into()
            }
            Self::UnclosedString { long: true } => "close it with `\"\"\"`".into(),
            Self::BlockOnNextLine => "move the `{` to the end of the line before".into(),
            Self::NoBreakAfterBlock => "begin it on a new line or after `;`".into(),
            Self::StrayBlock => {
                "`part`, `question`, `for`, `repeat`, `each` and `data` have blocks".into()
            }
            Self::TooDeep => "give a part of it a name of its own".into(),
            Self::UnknownStatement { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`?")
            }
            Self::UnknownStatement { nearest: None, .. } => {
                "a statement begins with a word such as `param` or `part`, or is a node: `z = w * x`"
                    .into()
            }
            Self::StrayCharacter { character } => {
                format!("write `{}`", replacement(*character)?)
            }
            Self::MissingOperator { left, right } => {
                format!("write `{} * {}` for the product", shortened(left), shortened(right))
            }
            Self::StatementStart { found } if found == "`,`" => {
                "a list goes on after a comma at the end of a line".into()
            }
            Self::Expected { found, .. } if found == "`->`" => {
                "a row has one `->`, and goes on after a `,` at the end of its line".into()
            }
            Self::DoubleStar => "a power is written with `^`".into(),
            Self::Reserved { word } if words::declares(word) => {
                format!("write `{word} name = …`, or choose another name")
            }
            Self::Reserved { .. } => "choose another name".into(),
            Self::MisplacedComparison => {
                "only the condition of `where` can be one: `where(a > b, 1, 0)` is a number".into()
            }
            Self::ChainedComparison => "compare two expressions at a time".into(),
            Self::NotARow => "close the block before this statement".into(),
            Self::NotAnAnswer => "tasks stand in a `part`".into(),
            Self::ConventionWithoutPrime { function } => {
                format!("write `convention {function}'(…) = …`")
            }
            Self::UnclosedInProse { closing: '$' } => {
                "a dollar sign in a text is written `\\$`".into()
            }
            Self::UnclosedInProse { .. } => "close it with `}`".into(),
            _ => return None,
        })
    }
}

/// What a character is often meant for that comes from a text editor or another language.
fn replacement(character: char) -> Option<&'static str> {
    Some(match character {
        '−' | '–' | '—' | '‐' | '‑' => "-",
        '·' | '×' | '⋅' | '∗' | '•' => "*",
        '÷' | '∕' | '⁄' => "/",
        '“' | '”' | '„' | '‟' | '«' | '»' => "\"",
        '’' | '‘' | '′' | '´' | '`' => "'",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '²' => "^2",
        '³' => "^3",
        '…' => "..",
        '→' | '⟶' | '↦' | '⟼' => "->",
        ':' => "=",
        _ => return None,
    })
}

/// A piece of the source as it may stand in a sentence.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut characters = text.chars();
    let short: String = characters.by_ref().take(LONGEST).filter(|c| !c.is_control()).collect();
    if characters.next().is_some() { short + "…" } else { short }
}
