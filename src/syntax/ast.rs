//! The source tree: what a file says, with spans, before any name is resolved.
//!
//! Invariants, kept by [`crate::syntax::parse`]:
//! * every span lies in the source and on character boundaries;
//! * no expression is nested deeper than [`MAX_DEPTH`], counted in tree levels, so code may recurse
//!   over one;
//! * sums and products are flat lists, so a long one is wide and not deep;
//! * identifiers are in Unicode normalisation form C.
#![expect(missing_docs, reason = "the variants show the syntax that their fields hold")]

use crate::exact::{Rational, Relation};
use crate::source::Span;

/// The deepest nesting of an expression or of blocks that a file may have.
pub const MAX_DEPTH: usize = 256;

/// A whole file, its statements in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    pub statements: Vec<Statement>,
}

/// One statement or task and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub span: Span,
    pub kind: StatementKind,
}

/// What a statement says. Tasks (`forward`, `gradient`, …) are statements too: where they may stand is
/// for the checker to say.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `title "…"`, `author "…"`, …
    Metadata { field: MetadataField, text: Prose },
    /// `input a = 1, b = 2`
    Declaration { role: Role, leaves: Vec<Leaf> },
    /// `name = expr`
    Node { name: Name, value: Expr },
    /// `loss L = expr`, `maximize P = expr`
    Objective { sense: Sense, name: Name, value: Expr },
    /// `def f(a, b) = expr`
    Function { name: Ident, parameters: Vec<Ident>, body: Expr },
    /// `for t in 1..3 { … }`
    For { index: Ident, range: Range, body: Vec<Statement> },
    /// `convention relu'(0) = 1, clip'(lo) = 1`
    Convention { clauses: Vec<ConventionClause> },
    /// `display w0 = "W_0"`
    Display { entries: Vec<DisplayEntry> },
    /// `data (x1, x2 -> t) { 0, 0 -> 0 … }`
    Data { inputs: Vec<Ident>, outputs: Vec<Ident>, rows: Vec<DataRow> },
    /// `given grad(z) = -3`, `given grad(z) of H = -3`
    Given { name: Name, value: Expr, of: Option<Ident> },
    /// `activation A(t) = t / 10`
    Activation { name: Ident, parameter: Ident, body: Expr },
    /// `start v[w] = -1, t[w] = 3`
    Start { entries: Vec<StartEntry> },
    /// `digits 4`, `digits 3 significant`
    Digits { count: Expr, significant: bool },
    /// `numbers fractions`, `numbers decimals`
    NumberStyle { decimals: bool },
    /// `part "…" (N points) { … }`
    Part { title: Prose, points: Option<Points>, body: Vec<Statement> },
    /// `question "…" (N points) { answer "…" }`
    Question { title: Prose, points: Option<Points>, answers: Vec<Prose> },
    /// `text "…"`: printed on every sheet.
    Text { text: Prose },
    /// `note "…"`: printed on the solution alone.
    Note { text: Prose },
    /// `forward`, `forward on 2`
    Forward { row: Option<Expr> },
    /// `gradient w2, W[2,1]`, `gradient all`, `gradient w in symbols`
    Gradient { targets: Targets, in_symbols: bool },
    /// `partial z2 by h1`
    Partial { of: Name, by: Name },
    /// `update sgd(rate = 1)`, `update w5, w6 by sgd(…)`
    Update { parameters: Targets, optimiser: Call },
    /// `set x = 2, lambda = 0`
    Set { entries: Vec<(Name, Expr)> },
    /// `reset`
    Reset,
    /// `reminder`
    Reminder,
    /// `repeat 3 { … }`, `repeat k in 1..3 { … }`
    Repeat { count: RepeatCount, body: Vec<Statement> },
    /// `each { … }`, `each 2 { … }`, `each all { … }`
    Each { size: EachSize, body: Vec<Statement> },
}

/// The fields of the sheet's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataField {
    Title,
    Author,
    Course,
    Date,
    Language,
}

/// What a declared leaf is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Data the network reads.
    Input,
    /// What the loss compares with.
    Target,
    /// Trainable.
    Parameter,
    /// A fixed number.
    Constant,
}

/// Which way an `update` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    Minimize,
    Maximize,
}

/// One `name = value` of a declaration; the value may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    pub name: Name,
    pub value: Option<Expr>,
}

/// An identifier with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    pub span: Span,
    /// In Unicode normalisation form C, primes included.
    pub text: String,
}

/// A name that may carry an index: `w0`, `h[t-1]`, `w[2,1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    pub span: Span,
    pub ident: Ident,
    /// Empty for a plain name.
    pub indices: Vec<Expr>,
}

/// `first..last`, both ends included.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    pub span: Span,
    pub first: Expr,
    pub last: Expr,
}

/// One `relu'(0) = 1` of a `convention`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConventionClause {
    pub span: Span,
    /// The function, without the prime.
    pub function: Ident,
    /// The place as written between the parentheses: `0`, `lo`, `tie`.
    pub place: Ident,
    pub value: Expr,
}

/// One `w0 = "W_0"` of a `display`. The text is raw: a backslash is itself.
#[derive(Clone, Debug, PartialEq)]
pub struct DisplayEntry {
    pub name: Name,
    pub text_span: Span,
    pub text: String,
}

/// One `0, 1 -> 1` of `data`. Whether it has as many entries as there are names is for the checker to say.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRow {
    pub span: Span,
    /// Never empty, nor are the outputs.
    pub inputs: Vec<Expr>,
    pub outputs: Vec<Expr>,
}

/// One `v[w] = -1` of a `start`: a letter of an optimiser's rule and the parameter it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct StartEntry {
    pub span: Span,
    pub letter: Ident,
    pub parameter: Name,
    pub value: Expr,
}

/// `(3 points)`; the value is exact and may be a fraction.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    pub span: Span,
    pub value: Rational,
}

/// What a `gradient` or an `update … by` names.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// `all`, or an `update` without names.
    All,
    Names(Vec<Name>),
}

/// How often `repeat` repeats.
#[derive(Clone, Debug, PartialEq)]
pub enum RepeatCount {
    Times(Expr),
    Range { index: Ident, range: Range },
}

/// The rows of `data` that `each` takes at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum EachSize {
    Row,
    Batch(Expr),
    All,
}

/// A string that people read: literal text, mathematics and computed values.
#[derive(Clone, Debug, PartialEq)]
pub struct Prose {
    pub span: Span,
    /// Paragraphs, each a run of segments; never empty paragraphs.
    pub paragraphs: Vec<Vec<Segment>>,
}

/// A piece of [`Prose`].
#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    /// Escapes undone; to be escaped for the output format.
    Literal(String),
    /// `$…$`: an expression or comparison, typeset by the tool.
    Math(Expr),
    /// `{= expr}`, `{= expr in pass 2}`: its computed value. `grad(w0)` stands as a [`Call`].
    Value { expr: Expr, pass: Option<Expr> },
}

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    Number(NumberLiteral),
    /// `w0`, `h[t-1]`; also `pi` and `inf`.
    Name(Name),
    Call(Call),
    /// Unary minus.
    Negation(Box<Expr>),
    /// Two or more terms; the first never carries a minus (it is a [`ExprKind::Negation`] then).
    Sum(Vec<Term>),
    /// Two or more factors, applied from the left; the first never divides.
    Product(Vec<Factor>),
    Power {
        base: Box<Expr>,
        exponent: Box<Expr>,
    },
    /// Only where the language allows one: the condition of `where`, and prose.
    Comparison {
        left: Box<Expr>,
        relation: Relation,
        right: Box<Expr>,
    },
    /// Parentheses as written.
    Group(Box<Expr>),
}

/// A term of a sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub minus: bool,
    pub expr: Expr,
}

/// A factor of a product.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    pub divides: bool,
    pub expr: Expr,
}

/// An exact number and how it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberLiteral {
    pub value: Rational,
    /// Written with a decimal point or an exponent.
    pub decimal: bool,
}

/// `f(a, slope = 2)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub span: Span,
    pub function: Ident,
    pub arguments: Vec<Argument>,
}

/// A positional argument or a named option.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    pub name: Option<Ident>,
    pub value: Expr,
}
