//! Which line breaks end a statement.

use super::{Last, Scanner, is_word_byte};
use crate::source::Span;
use crate::syntax::error::SyntaxErrorKind;
use crate::syntax::{diagnosis, words};

/// What a line begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// A statement word: never part of an expression.
    Word,
    /// A name and `=`: a node, or an option of a call.
    Assignment,
    /// A binary operator or closing bracket.
    Continuation,
    Other,
}

impl Scanner<'_> {
    /// A line break, with the blank lines and comments after it: the end of the statement, or white space.
    pub(super) fn line_break(&mut self) {
        let from = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\n' => self.at += 1,
                b'\t' | b'\r' => {
                    self.laid[self.at] = b' ';
                    self.at += 1;
                }
                b'#' => self.comment(),
                _ => break,
            }
        }
        if self.last != Last::Nothing && self.continues() {
            self.blank(from, self.at);
        } else {
            self.end_statement();
            self.after_block = false;
        }
    }

    /// Whether the statement goes on with what stands at the present place, the first of its line.
    ///
    /// Where no valid file could go on, it does not, so that an unclosed bracket or a missing operand
    /// costs one statement and not the rest of the file.
    fn continues(&mut self) -> bool {
        let Some(byte) = self.peek() else {
            return false;
        };
        if byte == b'{' && self.brackets.is_empty() {
            if !words::has_block(diagnosis::first_word(&self.text[self.start..self.end])) {
                return false;
            }
            self.report(Span::new(self.at, self.at + 1), SyntaxErrorKind::BlockOnNextLine);
            return true;
        }
        match self.opening(byte) {
            Opening::Word => false,
            Opening::Assignment => self.last == Last::Separator,
            Opening::Continuation => true,
            Opening::Other => !self.brackets.is_empty() || self.last != Last::Operand,
        }
    }

    /// Whether rows stand here, so that a minus begins one.
    fn in_rows(&self) -> bool {
        self.brackets.is_empty() && self.blocks.last().is_some_and(|(_, rows)| *rows)
    }

    fn opening(&self, byte: u8) -> Opening {
        let rest = &self.bytes[self.at..];
        let next = rest.get(1).copied();
        match byte {
            b'}' => Opening::Word,
            b'-' if self.in_rows() && next != Some(b'>') => Opening::Other,
            b'+' | b'-' | b'*' | b'/' | b'^' | b'@' | b'<' | b'>' | b')' | b']' => {
                Opening::Continuation
            }
            b'=' | b'!' if next == Some(b'=') => Opening::Continuation,
            _ if is_word_byte(byte) => {
                let length = rest.iter().take_while(|byte| is_word_byte(**byte)).count();
                let word = str::from_utf8(&rest[..length]).unwrap_or_default();
                if words::is_statement_word(word) {
                    Opening::Word
                } else if is_assignment(&rest[length..]) {
                    Opening::Assignment
                } else {
                    Opening::Other
                }
            }
            _ => Opening::Other,
        }
    }
}

/// Whether what follows a name on its line is `=`, perhaps after an index.
fn is_assignment(rest: &[u8]) -> bool {
    let mut depth = 0_usize;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b' ' | b'\t' => {}
            b'[' => depth += 1,
            b']' if depth > 0 => depth -= 1,
            b'=' if depth == 0 => return rest.get(at + 1) != Some(&b'='),
            b'\n' | b'#' | b'"' => return false,
            _ if depth > 0 => {}
            _ => return false,
        }
    }
    false
}
