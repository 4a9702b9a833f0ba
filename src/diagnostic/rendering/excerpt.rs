//! The lines of a source that a message shows.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use crate::source::{Source, Span};

/// The most characters of a line that are shown.
const WINDOW: usize = 100;

/// The characters shown before the place in a line that is cut.
const LEAD: usize = 40;

/// Where the lines of a text begin. A byte order mark belongs to none.
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let first = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { starts: std::iter::once(first).chain(breaks.map(|(at, _)| at + 1)).collect() }
    }

    /// The index of the line that holds the offset `at`.
    fn index(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The line without its line break.
    fn span(&self, index: usize, text: &str) -> Span {
        let start = self.starts[index];
        let end = self.starts.get(index + 1).map_or(text.len(), |next| next - 1);
        Span::new(start, start + text[start..end].trim_end_matches('\r').len())
    }
}

/// Some lines of a source, each perhaps cut, in one text; answers for codespan as if it were the source.
pub(super) struct Excerpt<'a> {
    source: &'a Source,
    lines: &'a Lines,
    text: String,
    /// Where in `text` each line stands.
    shown: BTreeMap<usize, Range<usize>>,
    /// The column, from 1, of the place that is reported.
    column: usize,
}

impl<'a> Excerpt<'a> {
    pub(super) fn new(source: &'a Source, lines: &'a Lines) -> Self {
        Self { source, lines, text: String::new(), shown: BTreeMap::new(), column: 1 }
    }

    /// Takes up the lines where `spans` begin, and hands back where the spans lie in the excerpt. The first
    /// span is the one that is reported. A span over several lines ends with its first.
    pub(super) fn show(&mut self, spans: &[Span]) -> Vec<Range<usize>> {
        let spans: Vec<Placed> = spans.iter().map(|span| self.place(*span)).collect();
        if let Some(first) = spans.first() {
            let start = self.lines.starts[first.line];
            self.column = 1 + self.source.text()[start..first.span.start].chars().count();
        }
        let mut ranges = vec![0..0; spans.len()];
        let mut numbers: Vec<usize> = spans.iter().map(|placed| placed.line).collect();
        numbers.sort_unstable();
        numbers.dedup();
        // A single line between two that are shown is shown too.
        let between =
            numbers.windows(2).filter(|pair| pair[1] - pair[0] == 2).map(|pair| pair[0] + 1);
        let between: Vec<usize> = between.collect();
        for line in numbers.into_iter().chain(between) {
            let here = |placed: &&Placed| placed.line == line;
            let window = self.window(line, spans.iter().find(here).map(|placed| placed.span.start));
            let mapped = self.copy(line, window);
            for (range, placed) in
                ranges.iter_mut().zip(&spans).filter(|(_, placed)| placed.line == line)
            {
                *range = mapped(placed.span.start)..mapped(placed.span.end);
            }
        }
        ranges
    }

    /// Moves a span onto characters of one line.
    fn place(&self, span: Span) -> Placed {
        let text = self.source.text();
        let line = self.lines.index(floor_boundary(text, span.start));
        let whole = self.lines.span(line, text);
        let start = floor_boundary(text, span.start).clamp(whole.start, whole.end);
        let end = floor_boundary(text, span.end).clamp(start, whole.end);
        Placed { line, span: Span::new(start, end) }
    }

    /// The part of a line that is shown: all of it, or what surrounds `place`.
    fn window(&self, line: usize, place: Option<usize>) -> Span {
        let whole = self.lines.span(line, self.source.text());
        let text = self.source.slice(whole);
        if text.chars().nth(WINDOW).is_none() {
            return whole;
        }
        let place = place.unwrap_or(whole.start) - whole.start;
        let back = |(at, _)| at;
        let start = text[..place].char_indices().rev().nth(LEAD - 1).map_or(0, back);
        let length = text[start..].char_indices().nth(WINDOW).map_or(text.len() - start, back);
        Span::new(whole.start + start, whole.start + start + length)
    }

    /// Copies a part of a line; the function handed back takes offsets of the source to the excerpt's.
    fn copy(&mut self, line: usize, window: Span) -> impl Fn(usize) -> usize + use<> {
        const ELLIPSIS: char = '…';
        let whole = self.lines.span(line, self.source.text());
        let begin = self.text.len();
        if window.start > whole.start {
            self.text.push(ELLIPSIS);
        }
        let mut offsets = Vec::with_capacity(window.end - window.start + 1);
        for (at, character) in self.source.slice(window).char_indices() {
            offsets.push((window.start + at, self.text.len()));
            let disturbs = character != '\t' && (character.is_control() || is_direction(character));
            self.text.push(if disturbs { char::REPLACEMENT_CHARACTER } else { character });
        }
        let end = self.text.len();
        offsets.push((window.end, end));
        if window.end < whole.end {
            self.text.push(ELLIPSIS);
        }
        self.shown.insert(line, begin..self.text.len());
        self.text.push('\n');
        move |at| {
            let index = offsets.partition_point(|(source, _)| *source < at);
            offsets.get(index).map_or(end, |(_, excerpt)| *excerpt)
        }
    }
}

/// A span on one line.
struct Placed {
    line: usize,
    span: Span,
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Characters that turn the writing direction, with which a line can be made to look like another.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
}

impl<'a> Files<'a> for Excerpt<'_> {
    type FileId = ();
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, (): ()) -> Result<&'a str, Error> {
        Ok(self.source.name())
    }

    fn source(&'a self, (): ()) -> Result<&'a str, Error> {
        Ok(&self.text)
    }

    fn line_index(&'a self, (): (), at: usize) -> Result<usize, Error> {
        let holds = |(_, range): &(&usize, &Range<usize>)| range.start <= at && at <= range.end;
        self.shown.iter().find(holds).map(|(line, _)| *line).ok_or(Error::FileMissing)
    }

    fn line_range(&'a self, (): (), line: usize) -> Result<Range<usize>, Error> {
        let max = self.lines.starts.len();
        self.shown.get(&line).cloned().ok_or(Error::LineTooLarge { given: line, max })
    }

    fn column_number(&'a self, (): (), _line: usize, _at: usize) -> Result<usize, Error> {
        Ok(self.column)
    }
}
