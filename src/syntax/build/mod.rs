//! From the pairs of the grammar to the source tree.
//!
//! What the grammar cannot say is checked here: reserved words, the size of numbers, where a comparison
//! may stand.

mod expressions;
mod statements;
mod training;

use pest::Parser;
use pest::iterators::Pair;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::ast::{Expr, File, Ident, MAX_DEPTH, Statement};
use super::diagnosis::{self, Refusal};
use super::error::{MAX_ERRORS, SyntaxError, SyntaxErrorKind};
use super::grammar::{Grammar, Rule};
use super::nesting::Nesting;
use super::words;
use super::{LostStatement, Parsed};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(super) use statements::{Head, Item};

/// Builds the tree and collects what is wrong.
pub(super) struct Builder<'a> {
    /// The source.
    pub text: &'a str,
    /// Where in the source the text begins that the pairs come from.
    pub offset: usize,
    pub errors: Vec<SyntaxError>,
    /// All that was reported, whether listed in `errors` or not.
    pub faults: usize,
    pub lost: Vec<LostStatement>,
    /// Some expression may be deeper than [`super::ast::MAX_DEPTH`].
    measures_depth: bool,
}

impl<'a> Builder<'a> {
    /// A builder for `text`, in which no expression seems to nest deeper than `deepest`.
    pub(super) fn new(text: &'a str, deepest: usize) -> Self {
        let measures_depth = expressions::may_be_too_deep(deepest);
        Self { text, offset: 0, errors: Vec::new(), faults: 0, lost: Vec::new(), measures_depth }
    }

    /// The whole result.
    pub(super) fn finish(mut self, statements: Vec<Statement>) -> Parsed {
        self.errors.sort_by_key(|error| (error.span.start, error.span.end));
        let mut diagnostics: Vec<Diagnostic> =
            self.errors.iter().take(MAX_ERRORS).map(SyntaxError::diagnostic).collect();
        if let Some(next) = self.errors.get(MAX_ERRORS) {
            diagnostics.push(Diagnostic::error(next.span, &SyntaxErrorKind::TooMany));
        }
        Parsed { file: File { statements }, diagnostics, lost: self.lost }
    }

    /// Whether so much is wrong that more would help nobody.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() > MAX_ERRORS
    }

    pub(super) fn report(&mut self, span: Span, kind: SyntaxErrorKind) {
        self.faults += 1;
        if !self.is_full() {
            self.errors.push(SyntaxError { span, kind });
        }
    }

    /// Notes that the statement at `span` cannot be read.
    pub(super) fn lose(&mut self, span: Span) {
        let text = &self.text[span.start..span.end];
        let word = diagnosis::first_word(text);
        let word = words::is_statement_word(word).then(|| word.into());
        self.lost.push(LostStatement { span, word, names: diagnosis::names_in(text) });
    }

    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.offset + span.start(), self.offset + span.end())
    }

    /// An identifier in a place where it names something new or old.
    fn ident(&mut self, pair: &Pair<'_, Rule>) -> Ident {
        let ident = self.word(pair);
        if words::is_reserved(&ident.text) {
            self.report(ident.span, SyntaxErrorKind::Reserved { word: ident.text.clone() });
        }
        ident
    }

    /// An identifier as it stands.
    fn word(&mut self, pair: &Pair<'_, Rule>) -> Ident {
        const MIDDLE_DOT: char = '·';
        let text = pair.as_str();
        let span = self.span(pair);
        if text.is_ascii() {
            return Ident { span, text: text.into() };
        }
        // Unicode lets it continue a word, for Catalan; here it is a product sign in the wrong place.
        if let Some(at) = text.find(MIDDLE_DOT) {
            let place = Span::new(at, at + MIDDLE_DOT.len_utf8()).moved(span.start);
            self.report(place, SyntaxErrorKind::StrayCharacter { character: MIDDLE_DOT });
        }
        Ident { span, text: normalized(text) }
    }

    /// Reads a part of a string as an expression and, if the rule has one, a second.
    pub(super) fn fragment(&mut self, rule: Rule, span: Span) -> Option<(Expr, Option<Expr>)> {
        // In prose every line break is white space. Blanks keep the offsets.
        let text = self.text[span.start..span.end].replace(['\n', '\r', '\t'], " ");
        let deepest = Nesting::deepest(&text);
        self.measures_depth |= expressions::may_be_too_deep(deepest);
        if deepest > MAX_DEPTH {
            self.report(span, SyntaxErrorKind::TooDeep);
            return None;
        }
        let mut pairs = match Grammar::parse(rule, &text) {
            Ok(pairs) => pairs,
            Err(error) => {
                let behind = if rule == Rule::prose_math { "`$`" } else { "`}`" };
                let (place, kind) = Refusal::new(&text, &error, behind).inside();
                self.report(place.moved(span.start), kind);
                return None;
            }
        };
        let faults = self.faults;
        let outer = std::mem::replace(&mut self.offset, span.start);
        let first = pairs.next().map(|pair| self.expression_with_comparison(pair));
        let second =
            pairs.find(|pair| pair.as_rule() == Rule::expression).map(|pair| self.expression(pair));
        self.offset = outer;
        // A title outlives its faults, so what is faulty must not get into it.
        first.filter(|_| self.faults == faults).map(|first| (first, second))
    }
}

/// Normalisation form C.
pub(super) fn normalized(text: &str) -> String {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes { text.into() } else { text.nfc().collect() }
}
