//! What goes to standard error.
//!
//! Colour follows the usual rules (a terminal, `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`), which
//! `anstream` decides for clap's own messages too. If standard error is closed, nobody is told.

use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice};
use nablatex::diagnostic::{self, Color, Diagnostic};
use nablatex::{Severity, Source};

use super::failure::Failure;

const ERROR: &str = "\u{1b}[1;31merror\u{1b}[0m";
const HELP: &str = "\u{1b}[1mhelp\u{1b}[0m";

/// Shows what is wrong with an exercise, with its places.
pub(super) fn diagnostics(list: &[Diagnostic], source: &Source) {
    if list.is_empty() {
        return;
    }
    let color = match AutoStream::choice(&io::stderr()) {
        ColorChoice::Never => Color::Never,
        _ => Color::Always,
    };
    let text = diagnostic::render(list, source, color);
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Shows why a command failed, unless that was said before.
pub(super) fn failure(failure: &Failure) {
    if failure.is_told() {
        return;
    }
    let mut text = format!("{ERROR}: {failure}\n");
    if let Some(help) = failure.help() {
        text += &format!("{HELP}: {help}\n");
    }
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Says what was done.
pub(super) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Whether any of these is an error.
pub(super) fn any_error(list: &[Diagnostic]) -> bool {
    list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
