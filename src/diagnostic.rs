//! What is wrong with a file: as data, and as people read it.

mod rendering;

pub use rendering::{Color, render};

use crate::source::{MAX_BYTES, Span, UnreadableReason};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written while one stands.
    Error,
    /// Likely a slip; the exercise is solved all the same.
    Warning,
}

/// An error that can tell people about itself. The kinds of error implement it; the place is added by
/// whoever knows it.
pub trait Explain {
    /// What is wrong, in one sentence without a full stop.
    fn sentence(&self) -> String;

    /// A few words to stand at the underlined place.
    fn label(&self) -> Option<String> {
        None
    }

    /// How to mend it.
    fn help(&self) -> Option<String> {
        None
    }

    /// A stable short name for tools, if the kind has one.
    fn code(&self) -> Option<&'static str> {
        None
    }
}

/// One message about one mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The place, in the source that it is about.
    pub span: Span,
    /// A stable short name for tools, if the kind has one.
    pub code: Option<&'static str>,
    /// What is wrong.
    pub sentence: String,
    /// A few words at the place.
    pub label: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// Other places that matter, each with its words.
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(span: Span, kind: &impl Explain) -> Self {
        Self::new(Severity::Error, span, kind)
    }

    /// A warning at `span`.
    pub fn warning(span: Span, kind: &impl Explain) -> Self {
        Self::new(Severity::Warning, span, kind)
    }

    fn new(severity: Severity, span: Span, kind: &impl Explain) -> Self {
        Self {
            severity,
            span,
            code: kind.code(),
            sentence: kind.sentence(),
            label: kind.label(),
            help: kind.help(),
            related: Vec::new(),
        }
    }

    /// The same with another place that matters.
    #[must_use]
    pub fn with_related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl Explain for UnreadableReason {
    fn sentence(&self) -> String {
        match self {
            Self::TooLarge => format!("the file is larger than {} MiB", MAX_BYTES >> 20),
            Self::NotUtf8 { byte } => {
                format!("the file is not UTF-8: byte 0x{byte:02X} cannot stand here")
            }
        }
    }

    fn label(&self) -> Option<String> {
        match self {
            Self::TooLarge => None,
            Self::NotUtf8 { .. } => Some("the first byte that is not UTF-8".into()),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::TooLarge => "a long network is written shorter with `for t in 1..n { … }`".into(),
            Self::NotUtf8 { .. } => "save the file in the encoding UTF-8".into(),
        })
    }
}
