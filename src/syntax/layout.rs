//! The lines of a file, before the grammar: which line breaks end a statement, where brackets, strings and
//! blocks begin and end.
//!
//! [`Layout::of`] makes one pass over the bytes, in linear time and without recursion, so it may be given
//! anything. Its result holds
//! * the text with comments and continuing line breaks blanked, byte for byte: what the grammar reads;
//! * the statements and blocks as [`Chunk`]s, so that an error in one hides no other;
//! * the mistakes that only a view over several lines can place: what was opened and not closed.
//!
//! A text without mistakes here nests at most [`MAX_DEPTH`] deep, so the grammar may recurse over it.

mod lines;
mod strings;

use super::ast::MAX_DEPTH;
use super::error::{MAX_ERRORS, SyntaxError, SyntaxErrorKind};
use super::nesting::Nesting;
use super::{diagnosis, words};
use crate::source::Span;

/// What the lines of a file are.
pub(super) struct Layout {
    /// As long as the source, blanks in place of comments and of line breaks that are white space.
    pub text: String,
    /// Statements and blocks in the order of the file.
    pub chunks: Vec<Chunk>,
    pub errors: Vec<SyntaxError>,
    /// The deepest nesting that any expression seems to have, see [`Nesting`].
    pub deepest: usize,
}

/// A piece of a file. Heads and ends of blocks come in pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub span: Span,
    pub kind: ChunkKind,
    /// Its mistake is reported already.
    pub faulty: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChunkKind {
    /// A statement without a block.
    Statement,
    /// What stands before a `{`.
    Head,
    /// The `}`, or the end of the file.
    End,
}

impl Layout {
    /// Reads the lines of `text`.
    pub(super) fn of(text: &str) -> Self {
        let mut scanner = Scanner::new(text);
        scanner.run();
        Self {
            text: String::from_utf8(scanner.laid).expect("only whole characters are blanked"),
            chunks: scanner.chunks,
            errors: scanner.errors,
            deepest: scanner.deepest,
        }
    }
}

/// What stood last, blanks aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing: a statement may begin.
    Nothing,
    /// A name, number, string or closing bracket.
    Operand,
    /// An opening bracket or a comma: a name with `=` may follow on another line.
    Separator,
    /// `=` or an operator.
    Operator,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    text: &'a str,
    laid: Vec<u8>,
    at: usize,
    last: Last,
    /// Where the present statement begins, and the end of its last token.
    start: usize,
    end: usize,
    faulty: bool,
    in_display: bool,
    brackets: Vec<(usize, u8)>,
    nesting: Nesting,
    deepest: usize,
    /// The `{` that are open, and whether rows stand in that block.
    blocks: Vec<(usize, bool)>,
    /// There were too many of them at once: whether they are closed is no longer of interest.
    too_many_blocks: bool,
    /// A block has just ended on this line.
    after_block: bool,
    chunks: Vec<Chunk>,
    errors: Vec<SyntaxError>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            text,
            laid: text.as_bytes().to_vec(),
            at: 0,
            last: Last::Nothing,
            start: 0,
            end: 0,
            faulty: false,
            in_display: false,
            brackets: Vec::new(),
            nesting: Nesting::default(),
            deepest: 0,
            blocks: Vec::new(),
            too_many_blocks: false,
            after_block: false,
            chunks: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn run(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.blank(0, '\u{FEFF}'.len_utf8());
            self.at = '\u{FEFF}'.len_utf8();
        }
        while let Some(byte) = self.peek() {
            match byte {
                b' ' => self.at += 1,
                b'\t' | b'\r' => {
                    self.laid[self.at] = b' ';
                    self.at += 1;
                }
                b'\n' => self.line_break(),
                b'#' => self.comment(),
                b';' if self.brackets.is_empty() => {
                    self.end_statement();
                    self.after_block = false;
                    self.at += 1;
                }
                b'{' => self.open_block(),
                b'}' => self.close_block(),
                b'(' | b'[' => self.open_bracket(byte),
                b')' | b']' => self.close_bracket(byte),
                b'"' => self.string(),
                _ if is_word_byte(byte) => self.word(),
                _ => self.operator(byte),
            }
        }
        self.end_of_file();
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self, from: usize, to: usize) {
        self.laid[from..to].fill(b' ');
    }

    /// Reports a mistake, unless one of this statement is reported already.
    fn report(&mut self, span: Span, kind: SyntaxErrorKind) {
        if !self.faulty && self.errors.len() <= MAX_ERRORS {
            self.errors.push(SyntaxError { span, kind });
        }
        self.faulty = true;
    }

    /// Takes the bytes from `self.at` to `end` as one token.
    fn token(&mut self, end: usize, last: Last) {
        if self.last == Last::Nothing {
            self.start = self.at;
            if self.after_block {
                let span = Span::new(self.at, self.at);
                self.report(span, SyntaxErrorKind::NoBreakAfterBlock);
                self.faulty = false;
                self.after_block = false;
            }
        }
        self.at = end;
        self.end = end;
        self.last = last;
    }

    fn word(&mut self) {
        let from = self.at;
        let length = self.bytes[from..].iter().take_while(|byte| is_word_byte(**byte)).count();
        if self.last == Last::Nothing {
            self.in_display = &self.bytes[from..from + length] == b"display";
        }
        self.token(from + length, Last::Operand);
    }

    fn operator(&mut self, byte: u8) {
        let unary = self.last != Last::Operand;
        let last = match byte {
            b',' => Last::Separator,
            b'.' if self.bytes.get(self.at + 1) == Some(&b'.') => Last::Operator,
            b'=' | b'+' | b'-' | b'*' | b'/' | b'^' | b'<' | b'>' | b'!' | b'@' => Last::Operator,
            // The point of a number; or not of the language, as the grammar says at this place.
            _ => Last::Operand,
        };
        match byte {
            b'-' if unary => self.deepen(Nesting::chain),
            b'^' => self.deepen(Nesting::chain),
            _ => self.nesting.end_chain(),
        }
        // `..` is one token: its second full stop begins no number.
        let length = if last == Last::Operator && byte == b'.' { 2 } else { 1 };
        self.token(self.at + length, last);
    }

    /// Notes one more level of nesting at the present place.
    fn deepen(&mut self, note: impl FnOnce(&mut Nesting)) {
        note(&mut self.nesting);
        self.deepest = self.deepest.max(self.nesting.depth());
        if self.nesting.depth() > MAX_DEPTH {
            self.report(Span::new(self.at, self.at + 1), SyntaxErrorKind::TooDeep);
        }
    }

    fn open_bracket(&mut self, byte: u8) {
        self.brackets.push((self.at, byte));
        self.deepen(Nesting::open);
        self.token(self.at + 1, Last::Separator);
    }

    fn close_bracket(&mut self, byte: u8) {
        let here = Span::new(self.at, self.at + 1);
        let closer = char::from(byte);
        match self.brackets.pop() {
            Some((_, open)) if closing(open) == byte => {}
            Some((at, open)) => {
                let kind = SyntaxErrorKind::MismatchedBracket {
                    open: char::from(open),
                    opened_at: at,
                    closer,
                };
                self.report(here, kind);
            }
            None => self.report(here, SyntaxErrorKind::UnmatchedCloser { closer }),
        }
        self.nesting.close();
        self.token(self.at + 1, Last::Operand);
    }

    /// Ends the present statement, if one has begun.
    fn end_statement(&mut self) {
        self.end_chunk(ChunkKind::Statement);
    }

    fn end_chunk(&mut self, kind: ChunkKind) {
        if let Some((at, open)) = self.brackets.first().copied() {
            let kind = SyntaxErrorKind::UnclosedBracket { open: char::from(open) };
            self.report(Span::new(at, at + 1), kind);
        }
        self.brackets.clear();
        self.nesting = Nesting::default();
        if self.last != Last::Nothing {
            let span = Span::new(self.start, self.end);
            self.chunks.push(Chunk { span, kind, faulty: self.faulty });
        }
        self.last = Last::Nothing;
        self.faulty = false;
        self.in_display = false;
    }

    fn open_block(&mut self) {
        let here = Span::new(self.at, self.at + 1);
        if self.last == Last::Nothing {
            self.start = self.at;
            self.end = self.at;
            self.last = Last::Separator;
            self.report(here, SyntaxErrorKind::StrayBlock);
        }
        if self.blocks.len() == MAX_DEPTH && !self.too_many_blocks {
            self.too_many_blocks = true;
            self.report(here, SyntaxErrorKind::TooDeep);
        }
        let word = diagnosis::first_word(&self.text[self.start..self.end]);
        self.end_chunk(ChunkKind::Head);
        self.blocks.push((self.at, words::has_rows(word)));
        self.after_block = false;
        self.at += 1;
    }

    fn close_block(&mut self) {
        self.end_statement();
        let here = Span::new(self.at, self.at + 1);
        if self.blocks.pop().is_some() {
            self.chunks.push(Chunk { span: here, kind: ChunkKind::End, faulty: false });
        } else {
            self.report(here, SyntaxErrorKind::UnmatchedCloser { closer: '}' });
            self.faulty = false;
        }
        self.after_block = true;
        self.at += 1;
    }

    fn comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.blank(self.at, self.at + length);
        self.at += length;
    }

    fn end_of_file(&mut self) {
        self.end_statement();
        if let Some((at, _)) = self.blocks.first().copied()
            && !self.too_many_blocks
        {
            self.report(Span::new(at, at + 1), SyntaxErrorKind::UnclosedBlock);
        }
        let end = Span::new(self.bytes.len(), self.bytes.len());
        let open = self.chunks.iter().filter(|chunk| chunk.kind == ChunkKind::Head).count()
            - self.chunks.iter().filter(|chunk| chunk.kind == ChunkKind::End).count();
        let chunk = Chunk { span: end, kind: ChunkKind::End, faulty: false };
        self.chunks.extend(std::iter::repeat_n(chunk, open));
    }
}

/// Bytes of names and numbers. All beyond ASCII count: the grammar tells letters from the rest.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\'') || byte >= 0x80
}

fn closing(open: u8) -> u8 {
    if open == b'(' { b')' } else { b']' }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements, heads and ends of a text.
    fn chunks(text: &str) -> Vec<String> {
        let layout = Layout::of(text);
        assert_eq!(layout.errors, [], "{text:?}");
        assert_eq!(layout.text.len(), text.len());
        let shown = |chunk: &Chunk| {
            let text = &layout.text[chunk.span.start..chunk.span.end];
            match chunk.kind {
                ChunkKind::Head => format!("{text} {{"),
                _ => text.to_owned(),
            }
        };
        layout.chunks.iter().map(shown).collect()
    }

    fn errors(text: &str) -> Vec<(usize, SyntaxErrorKind)> {
        Layout::of(text).errors.into_iter().map(|error| (error.span.start, error.kind)).collect()
    }

    #[test]
    fn statements_end_at_line_ends_semicolons_and_braces() {
        assert_eq!(chunks("a = 1\nb = 2; c = 3 # d\n\n;; e"), ["a = 1", "b = 2", "c = 3", "e"]);
        assert_eq!(chunks("part \"A\" { forward }\nx"), ["part \"A\" {", "forward", "}", "x"]);
    }

    #[test]
    fn line_breaks_within_expressions_are_blanks() {
        assert_eq!(chunks("a = f(1,\n2)\n"), ["a = f(1, 2)"]);
        assert_eq!(chunks("a = (1\n+ x\n)"), ["a = (1 + x )"]);
        assert_eq!(chunks("a = 1 + # one\n\n  2"), ["a = 1 +          2"]);
        assert_eq!(chunks("a = 1\n  - 2"), ["a = 1   - 2"]);
        assert_eq!(chunks("param a = 1,\nb = 2"), ["param a = 1, b = 2"]);
        assert_eq!(chunks("a =\r\n1"), ["a =  1"]);
        assert_eq!(chunks("f(\nrate = 1\n)"), ["f( rate = 1 )"]);
    }

    #[test]
    fn a_line_of_data_that_begins_with_a_minus_is_a_row() {
        assert_eq!(
            chunks(
                "data (x ->\n t) {\n 0 -> 1\n -1 -> 0\n 2\n -> -\n 3,\n -4\n + 1 -> 2\n}\na = 1\n- 2"
            ),
            [
                "data (x ->  t) {",
                "0 -> 1",
                "-1 -> 0",
                "2  -> -  3,  -4  + 1 -> 2",
                "}",
                "a = 1 - 2"
            ]
        );
    }

    #[test]
    fn strings_hold_anything() {
        assert_eq!(chunks("text \"{ # ( \\\" ;\"\nx"), ["text \"{ # ( \\\" ;\"", "x"]);
        assert_eq!(
            chunks("text \"\"\"a\n} \"b\" \"\"\"; x"),
            ["text \"\"\"a\n} \"b\" \"\"\"", "x"]
        );
        assert_eq!(chunks("display w = \"\\\"; x"), ["display w = \"\\\"", "x"]);
    }

    #[test]
    fn what_is_open_costs_one_statement() {
        use SyntaxErrorKind::{UnclosedBlock, UnclosedBracket, UnclosedString};
        assert_eq!(errors("a = (1\nb = 2"), [(4, UnclosedBracket { open: '(' })]);
        assert_eq!(errors("a = f(1,\nforward"), [(5, UnclosedBracket { open: '(' })]);
        assert_eq!(errors("a = \"(\nb = 2"), [(4, UnclosedString { long: false })]);
        assert_eq!(errors("part \"a {\nx\n}"), [(5, UnclosedString { long: false })]);
        assert_eq!(errors("part \"a\" {\nx"), [(9, UnclosedBlock)]);
        assert_eq!(Layout::of("a = (1\nb = 2").chunks.len(), 2);
    }
}
