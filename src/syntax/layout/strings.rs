//! Where strings end.

use super::{Last, Scanner};
use crate::source::Span;
use crate::syntax::error::SyntaxErrorKind;

impl Scanner<'_> {
    pub(super) fn string(&mut self) {
        let rest = &self.bytes[self.at..];
        let long = !self.in_display && rest.starts_with(b"\"\"\"");
        match string_length(rest, long, self.in_display) {
            Some(length) => self.token(self.at + length, Last::Operand),
            None => self.unclosed_string(long),
        }
    }

    /// Goes on behind a string that does not end: at the end of its line, but at the brace that ends the
    /// line if it does, or the block would be unbalanced too.
    fn unclosed_string(&mut self, long: bool) {
        let quotes = if long { 3 } else { 1 };
        let from = self.at;
        self.token(from + quotes, Last::Operand);
        self.report(Span::new(from, from + quotes), SyntaxErrorKind::UnclosedString { long });
        self.brackets.clear();
        if long {
            self.end = self.bytes.len();
            self.at = self.end;
            self.blocks.clear();
            return;
        }
        let rest = &self.bytes[from..];
        let line = &rest[..rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())];
        let line = line.trim_ascii_end();
        let count = |brace| line.split(|byte| *byte == brace).count();
        let unbalanced = match line.last() {
            Some(b'{') => count(b'{') > count(b'}'),
            Some(b'}') => count(b'}') > count(b'{'),
            _ => false,
        };
        self.end = from + line.len() - usize::from(unbalanced);
        self.at = self.end;
    }
}

/// The length of the string that `rest` begins with, quotes included, if it ends.
fn string_length(rest: &[u8], long: bool, raw: bool) -> Option<usize> {
    let mut at = if long { 3 } else { 1 };
    while let Some(byte) = rest.get(at) {
        match byte {
            b'"' if !long => return Some(at + 1),
            b'"' if rest[at..].starts_with(b"\"\"\"") => return Some(at + 3),
            b'\n' if !long => return None,
            b'\\' if !raw && rest.get(at + 1) != Some(&b'\n') => at += 1,
            _ => {}
        }
        at += 1;
    }
    None
}
