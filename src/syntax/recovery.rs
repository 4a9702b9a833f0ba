//! Reading a text statement by statement: slower than in one go, but a mistake stays where it is.

use pest::Parser;

use super::Parsed;
use super::ast::MAX_DEPTH;
use super::build::{self, Builder, Item};
use super::diagnosis::{self, Refusal};
use super::error::SyntaxErrorKind;
use super::grammar::{Grammar, Rule};
use super::layout::{Chunk, ChunkKind, Layout};
use super::words;
use crate::source::Span;

/// A block that is being read.
struct Open {
    head: Head,
    start: usize,
    /// The items before it.
    items: Vec<Item>,
}

impl Open {
    /// Whether rows stand in the block.
    fn has_rows(&self) -> bool {
        match &self.head {
            Head::Read(head) => head.has_rows(),
            Head::Lost { rows } => *rows,
            Head::Unknown => false,
        }
    }
}

/// The head of a block.
#[expect(clippy::large_enum_variant, reason = "nearly every head is read")]
enum Head {
    Read(build::Head),
    /// Faulty: the block, of rows or of statements, is read for its own mistakes and then lost.
    Lost {
        rows: bool,
    },
    /// Of an unknown statement: nobody knows what its block holds.
    Unknown,
}

/// Reads `text`, whose lines are `layout`.
pub(super) fn parse(text: &str, layout: Layout) -> Parsed {
    let mut builder = Builder::new(text, layout.deepest);
    builder.faults = layout.errors.len();
    builder.errors = layout.errors;
    let mut items = Vec::new();
    let mut outer: Vec<Open> = Vec::new();
    // How many of the blocks that are being read are lost, and how many of unknown statements.
    let (mut lost, mut unknown) = (0_usize, 0_usize);
    for chunk in layout.chunks {
        if builder.is_full() {
            break;
        }
        match chunk.kind {
            ChunkKind::Statement if unknown > 0 => {}
            ChunkKind::Statement => {
                let in_rows = outer.last().is_some_and(Open::has_rows);
                let read = if in_rows { row } else { statement };
                items.extend(read(&mut builder, &layout.text, chunk));
            }
            ChunkKind::Head => {
                let skipped = unknown > 0 || outer.len() >= MAX_DEPTH;
                let head =
                    if skipped { Head::Unknown } else { head(&mut builder, &layout.text, chunk) };
                lost += usize::from(!matches!(head, Head::Read(_)));
                unknown += usize::from(matches!(head, Head::Unknown));
                let items = std::mem::take(&mut items);
                outer.push(Open { head, start: chunk.span.start, items });
            }
            ChunkKind::End => {
                let Some(open) = outer.pop() else { continue };
                let body = std::mem::replace(&mut items, open.items);
                let span = Span::new(open.start, chunk.span.end);
                unknown -= usize::from(matches!(open.head, Head::Unknown));
                match open.head {
                    Head::Read(head) => {
                        // Where the end of the file ends it, what is no row was not meant to be one.
                        let unclosed = chunk.span.start == chunk.span.end && head.has_rows();
                        let is_inside =
                            |item: &Item| !unclosed || matches!(item, Item::Row(_) | Item::LostRow);
                        let (body, rest): (Vec<_>, Vec<_>) = body.into_iter().partition(is_inside);
                        items.extend(builder.block(span, Some(head), body));
                        items.extend(rest);
                    }
                    Head::Lost { .. } | Head::Unknown => {
                        lost -= 1;
                        // A block that holds it says the same of more.
                        if lost == 0 {
                            builder.lose(span);
                        }
                    }
                }
            }
        }
    }
    let statements = builder.without_answers(items);
    builder.finish(statements)
}

fn statement(builder: &mut Builder<'_>, text: &str, chunk: Chunk) -> Option<Item> {
    let text = &text[chunk.span.start..chunk.span.end];
    if chunk.faulty {
        builder.lose(chunk.span);
        return None;
    }
    match Grammar::parse(Rule::single, text) {
        Ok(mut pairs) => {
            builder.offset = chunk.span.start;
            let item = pairs.next().and_then(|pair| builder.item(pair));
            builder.offset = 0;
            item
        }
        Err(error) => {
            let refusal = Refusal::new(text, &error, "the end of the statement");
            let (place, kind) = refusal.of_statement(false);
            builder.report(place.moved(chunk.span.start), kind);
            builder.lose(chunk.span);
            None
        }
    }
}

/// A row of `data`, or the statement that stands in its place.
fn row(builder: &mut Builder<'_>, text: &str, chunk: Chunk) -> Option<Item> {
    let row = &text[chunk.span.start..chunk.span.end];
    if chunk.faulty {
        builder.lose(chunk.span);
        return Some(Item::LostRow);
    }
    match Grammar::parse(Rule::single_row, row) {
        Ok(mut pairs) => {
            builder.offset = chunk.span.start;
            let item = pairs.next().and_then(|pair| builder.item(pair));
            builder.offset = 0;
            item
        }
        Err(_) if words::is_statement_word(diagnosis::first_word(row)) || is_statement(row) => {
            statement(builder, text, chunk)
        }
        Err(error) => {
            let (place, kind) = Refusal::new(row, &error, diagnosis::END_OF_ROW).inside();
            builder.report(place.moved(chunk.span.start), kind);
            builder.lose(chunk.span);
            Some(Item::LostRow)
        }
    }
}

fn is_statement(text: &str) -> bool {
    Grammar::parse(Rule::single, text).is_ok()
}

fn head(builder: &mut Builder<'_>, text: &str, chunk: Chunk) -> Head {
    let text = &text[chunk.span.start..chunk.span.end];
    let mut word = diagnosis::first_word(text);
    let mut head = None;
    if !chunk.faulty {
        match Grammar::parse(Rule::single_head, text) {
            Ok(mut pairs) => {
                let faults = builder.faults;
                builder.offset = chunk.span.start;
                head = pairs
                    .next()
                    .map(|pair| builder.head(pair))
                    .filter(|_| builder.faults == faults);
                builder.offset = 0;
            }
            Err(error) => {
                let (place, kind) = Refusal::new(text, &error, "`{`").of_statement(true);
                match kind {
                    SyntaxErrorKind::UnknownStatement { nearest: Some(nearest), .. } => {
                        word = nearest;
                    }
                    SyntaxErrorKind::UnknownStatement { .. }
                    | SyntaxErrorKind::UnwantedBlock { .. } => {
                        word = "";
                    }
                    _ => {}
                }
                builder.report(place.moved(chunk.span.start), kind);
            }
        }
    }
    match head.or_else(|| build::Head::substitute(word, chunk.span)) {
        Some(head) => Head::Read(head),
        None if words::has_block(word) || chunk.faulty => {
            Head::Lost { rows: words::has_rows(word) }
        }
        None => Head::Unknown,
    }
}
