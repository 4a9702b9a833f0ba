//! `nablatex new NAME`: a commented exercise to start from.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::failure::{Failure, shown};
use super::{files, messages};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The new file; `.nabla` is appended where it is missing
    #[arg(value_hint = ValueHint::FilePath)]
    name: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  nablatex new week3           writes week3.nabla
  nablatex new sheets/week3    writes sheets/week3.nabla

A file that exists is never overwritten.";

/// The exercise as it is written; its title is replaced by the file's name.
const TEMPLATE: &str = include_str!("new.nabla");
/// The template's title, a string of the language.
const TITLE: &str = "\"A first exercise\"";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = &arguments.name;
    let path = with_extension(name).ok_or_else(|| Failure::NotAFileName { name: name.clone() })?;
    let title = path.file_stem().unwrap_or_default().to_string_lossy();
    let text = TEMPLATE.replacen(TITLE, &string_literal(&title), 1);
    files::create_new(&path, text.as_bytes())?;
    let file = typed(&path);
    messages::note(&format!(
        "wrote {}. Next:\n  nablatex solve {file}    print the worked solution as LaTeX\n  \
         nablatex pdf {file}      make a PDF of it (needs a LaTeX installation)",
        shown(&path)
    ));
    Ok(())
}

/// The path of the file to write; `None` for what can't name one.
fn with_extension(name: &Path) -> Option<PathBuf> {
    if name.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
        return None;
    }
    let file_name = name.file_name()?;
    if name.extension() == Some(OsStr::new("nabla")) {
        return Some(name.to_owned());
    }
    let mut file_name = file_name.to_owned();
    file_name.push(".nabla");
    Some(name.with_file_name(file_name))
}

/// `text` as a string of the language that stands for itself.
fn string_literal(text: &str) -> String {
    let mut literal = String::from("\"");
    let mut before = None;
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => literal.extend(['\\', c]),
            // `{=` would begin a computed value, and has no escape.
            '=' if before == Some('{') => literal.push_str(" ="),
            c if c.is_control() => literal.push(' '),
            c => literal.push(c),
        }
        before = Some(c);
    }
    literal.push('"');
    literal
}

/// A path as it can be typed into a shell.
fn typed(path: &Path) -> String {
    let shown = shown(path);
    let plain =
        |c: char| c.is_alphanumeric() || "._-+,:@%/".contains(c) || (cfg!(windows) && c == '\\');
    match (shown.chars().all(plain), cfg!(windows)) {
        (true, _) => shown,
        (false, true) => format!("\"{shown}\""),
        (false, false) => format!("'{}'", shown.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_its_title_once() {
        assert_eq!(TEMPLATE.matches(TITLE).count(), 1);
    }

    #[test]
    fn the_template_solves() {
        let source = nablatex::Source::new("new.nabla", TEMPLATE);
        let solved = nablatex::solve(&source).map_err(|errors| {
            nablatex::diagnostic::render(&errors, &source, nablatex::diagnostic::Color::Never)
        });
        match solved {
            Ok(solved) => assert!(solved.warnings.is_empty(), "{:?}", solved.warnings),
            Err(errors) => panic!("{errors}"),
        }
    }

    #[test]
    fn the_extension_is_appended_once() {
        let path = |name: &str| with_extension(Path::new(name));
        assert_eq!(path("week3"), Some("week3.nabla".into()));
        assert_eq!(path("a/week3.nabla"), Some("a/week3.nabla".into()));
        assert_eq!(path("week3.tex"), Some("week3.tex.nabla".into()));
        assert_eq!(path(".nabla"), Some(".nabla.nabla".into()));
        for none in ["", "a/", "..", "/"] {
            assert_eq!(path(none), None, "{none}");
        }
    }

    #[test]
    fn a_title_stands_for_itself() {
        assert_eq!(string_literal(r#"a "b" \ $x$ {= y}"#), r#""a \"b\" \\ \$x\$ { = y}""#);
        assert_eq!(string_literal("two\nlines"), r#""two lines""#);
    }

    #[test]
    #[cfg(unix)]
    fn a_path_is_quoted_for_the_shell() {
        assert_eq!(typed(Path::new("a/b-1.nabla")), "a/b-1.nabla");
        assert_eq!(typed(Path::new("it's here.nabla")), r"'it'\''s here.nabla'");
    }
}
