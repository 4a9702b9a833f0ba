//! Diagnostics as people read them: file, line, column, the place underlined, how to mend it.
//!
//! codespan-reporting draws. What it is given is not the source but an excerpt: the lines in question, long
//! ones cut to a window, characters that would disturb a terminal replaced.

mod excerpt;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, Config, Styles, StylesWriter};

use super::{Diagnostic, Severity};
use crate::source::Source;
use excerpt::{Excerpt, Lines};

/// Whether the text carries colours, as ANSI escape sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// For a terminal.
    Always,
    /// For anything else.
    Never,
}

/// The diagnostics one after the other, a blank line between them.
///
/// Spans that do not lie in the source are moved into it.
///
/// ```
/// use nablatex::{diagnostic::{Color, render}, source::Source, syntax};
///
/// let source = Source::new("exercise.nabla", "z = 2x\n");
/// let parsed = syntax::parse(&source);
/// let text = render(&parsed.diagnostics, &source, Color::Never);
/// assert!(text.starts_with("error: no operator between `2` and `x`\n"));
/// assert!(text.contains("exercise.nabla:1:6"));
/// ```
pub fn render(diagnostics: &[Diagnostic], source: &Source, color: Color) -> String {
    let lines = Lines::of(source.text());
    let styles = Styles::default();
    let mut bytes = Vec::new();
    for diagnostic in diagnostics {
        match color {
            Color::Always => emit(Ansi::new(&mut bytes), &styles, diagnostic, source, &lines),
            Color::Never => emit(NoColor::new(&mut bytes), &styles, diagnostic, source, &lines),
        }
    }
    // Each message ends with a blank line, and the last needs none.
    bytes.pop();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn emit(
    writer: impl WriteColor,
    styles: &Styles,
    diagnostic: &Diagnostic,
    source: &Source,
    lines: &Lines,
) {
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
    };
    let mut drawn = codespan::Diagnostic::new(severity);
    drawn.code = diagnostic.code.map(Into::into);
    drawn.message.clone_from(&diagnostic.sentence);
    drawn.notes.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));

    let mut excerpt = Excerpt::new(source, lines);
    if source.text().is_empty() {
        // No line to show: the file is named in the sentence.
        drawn.message = format!("{}: {}", source.name(), diagnostic.sentence);
    } else {
        let spans: Vec<_> = std::iter::once(diagnostic.span)
            .chain(diagnostic.related.iter().map(|(span, _)| *span))
            .collect();
        let mut ranges = excerpt.show(&spans).into_iter();
        drawn.labels.extend(ranges.next().map(|range| {
            let label = codespan::Label::primary((), range);
            label.with_message(diagnostic.label.as_deref().unwrap_or_default())
        }));
        drawn.labels.extend(
            ranges.zip(&diagnostic.related).map(|(range, (_, words))| {
                codespan::Label::secondary((), range).with_message(words)
            }),
        );
    }

    let config = Config::default();
    let drawn = term::emit_to_write_style(
        &mut StylesWriter::new(writer, styles),
        &config,
        &excerpt,
        &drawn,
    );
    // The excerpt has every line that its own ranges lie in, and a vector takes all that is written.
    debug_assert!(drawn.is_ok(), "{drawn:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Explain;
    use crate::source::Span;

    struct Wrong;

    impl Explain for Wrong {
        fn sentence(&self) -> String {
            "wrong".into()
        }

        fn label(&self) -> Option<String> {
            Some("this".into())
        }
    }

    fn rendered(text: &str, start: usize, end: usize) -> String {
        let diagnostic = Diagnostic::error(Span::new(start, end), &Wrong);
        render(&[diagnostic], &Source::new("f", text), Color::Never)
    }

    #[test]
    fn place_is_underlined() {
        let text = rendered("a = 1\nb = bad\n", 10, 13);
        assert_eq!(text, "error: wrong\n  ┌─ f:2:5\n  │\n2 │ b = bad\n  │     ^^^ this\n");
    }

    #[test]
    fn tabs_and_wide_characters_are_counted() {
        let tabbed = rendered("\tb", 1, 2);
        assert!(tabbed.contains("f:1:2\n"), "{tabbed}");
        assert!(tabbed.contains("1 │     b\n  │     ^ this"), "{tabbed}");
        let wide = rendered("宽 b", 4, 5);
        assert!(wide.contains("f:1:3\n"), "{wide}");
        assert!(wide.contains("  │    ^ this"), "{wide}");
    }

    #[test]
    fn line_ends_and_byte_order_mark_do_not_show() {
        let text = rendered("\u{FEFF}a\r\nb\r\n", 3, 4);
        assert!(text.contains("f:1:1\n") && text.contains("1 │ a\n"), "{text}");
        let text = rendered("a\r\nb\r\n", 3, 4);
        assert!(
            text.contains("f:2:1\n") && text.contains("2 │ b\n") && !text.contains('\r'),
            "{text}"
        );
    }

    #[test]
    fn the_end_of_the_file_has_a_place() {
        assert!(
            rendered("a =", 3, 3).contains("1 │ a =\n  │    ^ this"),
            "{}",
            rendered("a =", 3, 3)
        );
        assert!(rendered("a =\n", 4, 4).contains("f:2:1"));
        assert!(rendered("a", 100, 200).contains("f:1:2"));
        assert!(rendered("é", 1, 1).contains("f:1:1"));
    }

    #[test]
    fn an_empty_file_is_named() {
        assert_eq!(rendered("", 0, 0), "error: f: wrong\n");
    }

    #[test]
    fn a_long_line_is_cut() {
        let text = format!("a = {}bad{}", "1 + ".repeat(1000), " + 1".repeat(1000));
        let text = rendered(&text, 4004, 4007);
        assert!(text.contains("f:1:4005"), "{text}");
        assert!(
            text.contains("…") && text.lines().all(|line| line.chars().count() < 140),
            "{text}"
        );
        let (shown, marks) = (text.lines().nth(3).unwrap(), text.lines().nth(4).unwrap());
        let column = |line: &str, what| line[..line.find(what).unwrap()].chars().count();
        assert_eq!(column(shown, "bad"), column(marks, "^^^"));
    }

    #[test]
    fn a_span_over_lines_is_shown_on_its_first() {
        let text = rendered("ab\ncd\nef", 1, 7);
        assert!(text.contains("1 │ ab\n  │  ^ this"), "{text}");
    }

    #[test]
    fn a_terminal_is_not_disturbed() {
        let text = rendered("a\u{1b}[31m b", 0, 1);
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn colours_when_asked() {
        let diagnostic = Diagnostic::error(Span::new(0, 1), &Wrong);
        assert!(render(&[diagnostic], &Source::new("f", "a"), Color::Always).contains("\u{1b}["));
    }
}
