//! From the place where the grammar stopped to a sentence that helps.
//!
//! The grammar says how far it came and which rules it tried there. What people need is said by the words
//! around that place.

use pest::error::{Error, ErrorVariant, InputLocation};
use pest::unicode::{XID_CONTINUE, XID_START};

use super::ast::MAX_DEPTH;
use super::error::{SyntaxErrorKind, shortened};
use super::grammar::Rule;
use super::words;
use crate::source::Span;
use crate::suggestion;

/// What stands behind a row of `data`.
pub(super) const END_OF_ROW: &str = "the end of the row";

/// A text that the grammar refused.
pub(super) struct Refusal<'a> {
    text: &'a str,
    /// How far the grammar came.
    at: usize,
    /// What it tried there.
    tried: Vec<Rule>,
    /// What stands behind the text, as it may stand in a sentence.
    behind: &'static str,
}

impl<'a> Refusal<'a> {
    pub(super) fn new(text: &'a str, error: &Error<Rule>, behind: &'static str) -> Self {
        let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
        if text[at..].starts_with('>') && text[..at].ends_with('-') {
            // An arrow where none may stand: the grammar took its half for a minus.
            let at = at - 1;
            let before = text[..at].trim_end();
            let after_operand = before.ends_with(|c: char| is_word(c) || ")].".contains(c));
            let tried = vec![if after_operand { Rule::multiply } else { Rule::expression }];
            return Self { text, at, tried, behind };
        }
        let tried = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives.clone(),
            ErrorVariant::CustomError { .. } => Vec::new(),
        };
        Self { text, at, tried, behind }
    }

    /// What is wrong with a statement, and where in the text.
    pub(super) fn of_statement(mut self, is_head: bool) -> (Span, SyntaxErrorKind) {
        let word = first_word(self.text);
        if self.found().is_some_and(is_stray) {
            return self.inside();
        }
        if word.is_empty() {
            let start = token(self.text);
            return (
                Span::new(0, start.len()),
                SyntaxErrorKind::StatementStart { found: quoted(start) },
            );
        }
        let span = Span::new(0, word.len());
        let rest = self.text[word.len()..].trim_start();
        if !words::is_statement_word(word) {
            if rest.starts_with(['=', '[']) {
                return self.inside();
            }
            let nearest = suggestion::nearest(word, words::STATEMENT_WORDS);
            return (span, SyntaxErrorKind::UnknownStatement { word: word.into(), nearest });
        }
        if self.text[..self.at].trim_end() == word {
            // Behind any word the grammar looked for the `=` of a node.
            self.tried.retain(|rule| *rule != Rule::equals);
        }
        let ends = self.at >= self.text.len();
        match (words::has_block(word), is_head) {
            (true, false)
                if ends && self.tried.iter().any(|r| matches!(r, Rule::block | Rule::table)) =>
            {
                (span, SyntaxErrorKind::MissingBlock { word: word.into() })
            }
            (false, true) => (span, SyntaxErrorKind::UnwantedBlock { word: word.into() }),
            _ if rest.is_empty() => {
                let found = self.behind.into();
                let kind = SyntaxErrorKind::Expected { expected: needed_by(word).into(), found };
                (Span::new(word.len(), word.len()), kind)
            }
            _ => self.inside(),
        }
    }

    /// What is wrong with an expression or the inside of a statement, and where in the text.
    pub(super) fn inside(self) -> (Span, SyntaxErrorKind) {
        let before = self.text[..self.at].trim_end();
        let token = token(&self.text[self.at..]);
        let span = Span::new(self.at, self.at + token.len());
        let Some(found) = self.found() else {
            // The end of the text: the place right behind the last word.
            return (Span::new(before.len(), before.len()), self.expected(self.behind.into()));
        };
        if is_stray(found) {
            return (span, SyntaxErrorKind::StrayCharacter { character: found });
        }
        if found == '*' && before.ends_with('*') {
            return (Span::new(before.len() - 1, span.end), SyntaxErrorKind::DoubleStar);
        }
        let may_end = self.tried.contains(&Rule::significant);
        if self.wants_operator() && !may_end && (begins_word(found) || found == '(') {
            let left = last_operand(before);
            let right = if found == '(' { "(…)" } else { token };
            let words = left.is_empty() || words::is_keyword(left) || words::is_keyword(right);
            let numbers = is_number(left) && is_number(right);
            if !words && !numbers {
                let (left, right) = (left.into(), right.into());
                return (span, SyntaxErrorKind::MissingOperator { left, right });
            }
        }
        (span, self.expected(quoted(token)))
    }

    fn found(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn wants_operator(&self) -> bool {
        self.tried.contains(&Rule::multiply)
    }

    fn expected(&self, found: String) -> SyntaxErrorKind {
        SyntaxErrorKind::Expected { expected: self.wanted(), found }
    }

    /// The rules that were tried, in a few words.
    fn wanted(&self) -> String {
        let tried = |rule| self.tried.contains(&rule);
        if tried(Rule::through) {
            return "`..` and the last number".into();
        }
        if tried(Rule::group) || tried(Rule::expression) {
            return "an expression".into();
        }
        if self.wants_operator() {
            return match innermost_bracket(&self.text[..self.at]) {
                Some('(') => "an operator, `,` or `)`".into(),
                Some(_) => "an operator, `,` or `]`".into(),
                None if tried(Rule::block) => "an operator or `{`".into(),
                None if tried(Rule::arrow) => "an operator, `,` or `->`".into(),
                None if tried(Rule::significant) => {
                    format!("`significant` or {}", self.behind)
                }
                None if self.behind == END_OF_ROW => format!("an operator, `,` or {END_OF_ROW}"),
                None => format!("an operator or {}", self.behind),
            };
        }
        if tried(Rule::on) {
            return format!("`on` and a row's number, or {}", self.behind);
        }
        if tried(Rule::symbolic) {
            return format!("`,`, `in symbols` or {}", self.behind);
        }
        if tried(Rule::closes) {
            let closer = innermost_bracket(&self.text[..self.at]).map(|open| match open {
                '(' => "`)`",
                _ => "`]`",
            });
            return closer.unwrap_or(self.behind).into();
        }
        let wanted = [
            (Rule::columns, "names in parentheses, as in `(x1, x2 -> t)`"),
            (Rule::arrow, "`,` or `->`"),
            (Rule::grad, "a gradient, as in `grad(z) = 1`"),
            (Rule::subject, "`(`"),
            (Rule::parameter, "`(`"),
            (Rule::of, "`=`, or `of` and the name of the loss"),
            (Rule::holder, "`[` and a parameter, as in `v[w] = 0`"),
            (Rule::symbols, "`symbols`"),
            (Rule::style, "`fractions` or `decimals`"),
            (Rule::setting, "a name"),
            (Rule::state, "a state, as in `v[w] = 0`"),
            (Rule::pass, "`pass` and its number"),
            (Rule::by, if tried(Rule::arguments) { "`by` or `(`" } else { "`by`" }),
            (Rule::number, "a number"),
            (Rule::string, "a text in quotation marks"),
            (Rule::raw_string, "a text in quotation marks"),
            (Rule::name, "a name"),
            (Rule::leaf, "a name"),
            (Rule::names, "a name"),
            (Rule::clause, "a function's derivative, as in `relu'(0) = 1`"),
            (Rule::entry, "a name"),
            (Rule::ident, "a name"),
            (Rule::place, "a place, as in `relu'(0) = 1`"),
            (Rule::equals, "`=`"),
            (Rule::within, "`in`"),
            (Rule::arguments, "`(`"),
            (Rule::parameters, "`(`"),
            (Rule::points, "`(3 points)` or `{`"),
            (Rule::block, "`{`"),
            (Rule::table, "`{`"),
        ];
        let first = wanted.iter().find(|(rule, _)| tried(*rule)).map(|(_, words)| *words);
        first.unwrap_or(self.behind).into()
    }
}

/// The identifier that a text begins with; empty if it begins with something else.
pub(super) fn first_word(text: &str) -> &str {
    let begins = text.starts_with(|c: char| XID_START(c) || c == '_');
    let length = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    if begins { &text[..length] } else { "" }
}

/// Every identifier in a text, strings aside.
pub(super) fn names_in(text: &str) -> Vec<String> {
    let mut names: Vec<String> = text
        .split('"')
        .step_by(2)
        .flat_map(|code| code.split(|c: char| !is_word(c)))
        .filter(|word| word.starts_with(|c: char| XID_START(c) || c == '_'))
        .filter(|word| !words::is_reserved(word))
        .map(super::build::normalized)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a name or number can begin with a character.
fn begins_word(character: char) -> bool {
    XID_START(character) || character.is_ascii_digit() || character == '_'
}

fn is_word(character: char) -> bool {
    XID_CONTINUE(character) || character == '\''
}

/// What a statement needs after its word.
fn needed_by(word: &str) -> &'static str {
    match word {
        "gradient" => "names, or `all`",
        "update" => "an optimiser, as in `sgd(rate = 0.1)`",
        "title" | "author" | "course" | "date" | "lang" | "part" | "question" | "answer"
        | "text" | "note" => "a text in quotation marks",
        "convention" => "a function's derivative, as in `relu'(0) = 1`",
        "repeat" => "a number of times",
        "data" => "names in parentheses, as in `(x1, x2 -> t)`",
        "given" => "a gradient, as in `grad(z) = 1`",
        "start" => "a state, as in `v[w] = 0`",
        "digits" => "a number of digits",
        "numbers" => "`fractions` or `decimals`",
        _ => "a name",
    }
}

/// A token as it stands in a sentence.
fn quoted(token: &str) -> String {
    if token == "\"" { "a string".into() } else { format!("`{}`", shortened(token)) }
}

/// The word, number or single character that a text begins with.
fn token(text: &str) -> &str {
    let end = match text.chars().next() {
        Some('-') if text.starts_with("->") => 2,
        Some(first) if is_word(first) => {
            text.find(|c: char| !is_word(c) && c != '.').unwrap_or(text.len())
        }
        Some(first) => first.len_utf8(),
        None => 0,
    };
    &text[..end]
}

/// The word, number or `(…)` that a text ends with.
fn last_operand(text: &str) -> &str {
    if text.ends_with(')') {
        return "(…)";
    }
    let start = text
        .char_indices()
        .rev()
        .find(|(_, character)| !is_word(*character) && *character != '.')
        .map_or(0, |(at, character)| at + character.len_utf8());
    &text[start..]
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// Whether the language has no use for a character.
fn is_stray(character: char) -> bool {
    !(begins_word(character) || " '\n+-*/^=<>!.,;()[]{}\"".contains(character))
}

/// The bracket that is open at the end of a text. Those in strings do not matter: none stands in an
/// expression.
fn innermost_bracket(text: &str) -> Option<char> {
    let mut open = Vec::new();
    for character in text.chars() {
        match character {
            '(' | '[' if open.len() < MAX_DEPTH => open.push(character),
            ')' | ']' => _ = open.pop(),
            _ => {}
        }
    }
    open.pop()
}
