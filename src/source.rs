//! The text of an exercise and places in it.

/// The largest file that is read, in bytes.
///
/// A network of 100,000 nodes written out one a line stays below it; it bounds the memory that a
/// hostile file can take.
pub const MAX_BYTES: usize = 4 << 20;

/// A half-open range of byte offsets into a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just past the last byte.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The same range in a text that begins `offset` bytes earlier.
    #[must_use]
    pub const fn moved(self, offset: usize) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// A named text: a file as it was read, or standard input.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A source with the name that messages show, usually a path as the user typed it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// A source from the bytes of a file.
    ///
    /// # Errors
    /// The bytes are more than [`MAX_BYTES`] or no UTF-8. What can be shown of the text comes with the
    /// error, so that a message about it can show the line.
    pub fn from_bytes(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Self, Box<Unreadable>> {
        let (name, bytes) = (name.into(), bytes.into());
        if bytes.len() > MAX_BYTES {
            let source = Self::new(name, "");
            let reason = UnreadableReason::TooLarge;
            return Err(Box::new(Unreadable { source, span: Span::default(), reason }));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => {
                let start = error.utf8_error().valid_up_to();
                let reason = UnreadableReason::NotUtf8 { byte: error.as_bytes()[start] };
                let source = Self::new(name, String::from_utf8_lossy(error.as_bytes()));
                let span = Span::new(start, start + char::REPLACEMENT_CHARACTER.len_utf8());
                Err(Box::new(Unreadable { source, span, reason }))
            }
        }
    }

    /// The name that messages show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, byte for byte as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text at `span`; empty where the span does not lie in this source.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }
}

/// Bytes that are no source, and why.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The text as far as it can be shown: bytes that are not UTF-8 stand replaced in it.
    pub source: Source,
    /// The place in that text.
    pub span: Span,
    /// What is wrong.
    pub reason: UnreadableReason,
}

/// Why bytes are no source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadableReason {
    /// More than [`MAX_BYTES`].
    TooLarge,
    /// A byte that no UTF-8 text has at its place.
    NotUtf8 {
        /// The first such byte.
        byte: u8,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_byte_is_found() {
        let unreadable = Source::from_bytes("x", b"a = 1\nb = \xFF2".to_vec()).unwrap_err();
        assert_eq!(unreadable.span, Span::new(10, 13));
        assert_eq!(unreadable.source.slice(unreadable.span), "\u{FFFD}");
    }

    #[test]
    fn the_limit_itself_is_read() {
        assert!(Source::from_bytes("x", vec![b'\n'; MAX_BYTES]).is_ok());
        assert!(Source::from_bytes("x", vec![b'\n'; MAX_BYTES + 1]).is_err());
    }
}
