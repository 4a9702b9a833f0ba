//! What strings hold: paragraphs, mathematics, computed values.
//!
//! A string's end is found by the layout and the grammar; this reads between the quotes.

use super::ast::{Prose, Segment};
use super::build::Builder;
use super::error::SyntaxErrorKind;
use super::grammar::Rule;
use crate::source::Span;

/// What a paragraph neither begins nor ends with. A no-break space is not among them.
const BLANKS: [char; 2] = [' ', '\t'];

impl Builder<'_> {
    /// The prose in the string at `span`, quotes included.
    pub(super) fn prose(&mut self, span: Span) -> Prose {
        let quotes = if self.text[span.start..].starts_with("\"\"\"") { 3 } else { 1 };
        let inner = Span::new(span.start + quotes, span.end - quotes);
        let mut reader =
            Reader { builder: self, at: inner.start, end: inner.end, paragraphs: Vec::new() };
        reader.read();
        let paragraphs = reader.paragraphs;
        Prose { span, paragraphs }
    }
}

struct Reader<'b, 'a> {
    builder: &'b mut Builder<'a>,
    at: usize,
    end: usize,
    paragraphs: Vec<Vec<Segment>>,
}

impl Reader<'_, '_> {
    fn read(&mut self) {
        let mut paragraph = Vec::new();
        let mut literal = String::new();
        while self.at < self.end {
            let rest = &self.builder.text[self.at..self.end];
            let plain = rest.find(['\\', '$', '{', '\n', '\r']).unwrap_or(rest.len());
            literal.push_str(&rest[..plain]);
            self.at += plain;
            let mut following = rest[plain..].chars();
            match (following.next(), following.next()) {
                (None, _) => {}
                (Some('\\'), Some(escaped @ ('"' | '\\' | '$'))) => {
                    literal.push(escaped);
                    self.at += 2;
                }
                (Some('$'), _) => {
                    let segment = self.mathematics();
                    push(&mut paragraph, &mut literal, segment);
                }
                (Some('{'), Some('=')) => {
                    let segment = self.value();
                    push(&mut paragraph, &mut literal, segment);
                }
                (Some('\n' | '\r'), _) => {
                    if self.line_break() {
                        self.end_paragraph(&mut paragraph, &mut literal);
                    } else {
                        literal.truncate(literal.trim_end_matches(BLANKS).len());
                        literal.push(' ');
                    }
                }
                (Some(other), _) => {
                    literal.push(other);
                    self.at += other.len_utf8();
                }
            }
        }
        self.end_paragraph(&mut paragraph, &mut literal);
    }

    /// Passes a run of white space that begins with a line break; says whether it holds a blank line.
    fn line_break(&mut self) -> bool {
        let rest = &self.builder.text[self.at..self.end];
        let length = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        self.at += length;
        rest[..length].matches('\n').count() > 1
    }

    /// White space at the ends of a paragraph is not part of it.
    fn end_paragraph(&mut self, paragraph: &mut Vec<Segment>, literal: &mut String) {
        literal.truncate(literal.trim_end_matches(BLANKS).len());
        if paragraph.is_empty() && literal.is_empty() {
            return;
        }
        push(paragraph, literal, None);
        if let Some(Segment::Literal(first)) = paragraph.first_mut() {
            *first = first.trim_start_matches(BLANKS).into();
            if first.is_empty() {
                paragraph.remove(0);
            }
        }
        if !paragraph.is_empty() {
            self.paragraphs.push(std::mem::take(paragraph));
        }
    }

    /// `$…$`
    fn mathematics(&mut self) -> Option<Segment> {
        let opening = Span::new(self.at, self.at + 1);
        let inner = self.delimited(opening, '$')?;
        let (left, right) = self.builder.fragment(Rule::prose_math, inner)?;
        Some(Segment::Math(match right {
            Some(right) => self.builder.equation(left, right),
            None => left,
        }))
    }

    /// `{= … }`
    fn value(&mut self) -> Option<Segment> {
        let opening = Span::new(self.at, self.at + 2);
        let inner = self.delimited(opening, '}')?;
        let (expr, pass) = self.builder.fragment(Rule::prose_value, inner)?;
        Some(Segment::Value { expr, pass })
    }

    /// What stands between `opening` and `closing`, which is passed; without a `closing` nothing of the
    /// string is left to read.
    fn delimited(&mut self, opening: Span, closing: char) -> Option<Span> {
        let rest = &self.builder.text[opening.end..self.end];
        let Some(length) = rest.find(closing) else {
            self.at = self.end;
            let kind = SyntaxErrorKind::UnclosedInProse { closing };
            self.builder.report(opening, kind);
            return None;
        };
        let inner = Span::new(opening.end, opening.end + length);
        self.at = inner.end + closing.len_utf8();
        Some(inner)
    }
}

/// Ends the literal run before `segment`.
fn push(paragraph: &mut Vec<Segment>, literal: &mut String, segment: Option<Segment>) {
    if !literal.is_empty() {
        paragraph.push(Segment::Literal(std::mem::take(literal)));
    }
    paragraph.extend(segment);
}
