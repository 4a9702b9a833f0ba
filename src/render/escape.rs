//! Text from a file, made safe for LaTeX.

use std::fmt;

use askama::filters::Escaper;

use super::RenderError;
use super::escape_tables::{TEXT_COMMANDS, is_in_standard_fonts};

/// The escaper of the TeX templates: everything that is not trusted goes through it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tex;

impl Escaper for Tex {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.write_escaped_char(&mut out, c)?;
        }
        Ok(())
    }

    fn write_escaped_char<W: fmt::Write>(&self, mut out: W, c: char) -> fmt::Result {
        match c {
            '\\' => out.write_str(r"\textbackslash{}"),
            '{' => out.write_str(r"\{"),
            '}' => out.write_str(r"\}"),
            '$' => out.write_str(r"\$"),
            '&' => out.write_str(r"\&"),
            '#' => out.write_str(r"\#"),
            '%' => out.write_str(r"\%"),
            '_' => out.write_str(r"\_"),
            '^' => out.write_str(r"\textasciicircum{}"),
            '~' => out.write_str(r"\textasciitilde{}"),
            '<' => out.write_str(r"\textless{}"),
            '>' => out.write_str(r"\textgreater{}"),
            '|' => out.write_str(r"\textbar{}"),
            '"' => out.write_str(r"\textquotedbl{}"),
            // Two hyphens would become a dash.
            '-' => out.write_str("{-}"),
            '\n' | '\r' | '\t' => out.write_char(' '),
            c if c.is_control() => Ok(()),
            c => match TEXT_COMMANDS.iter().find(|(own, _)| *own == c) {
                Some((_, command)) => out.write_str(command),
                None => out.write_char(c),
            },
        }
    }
}

/// Whether the standard fonts have every character of `text`.
///
/// # Errors
/// The first that they do not have.
pub(super) fn check(text: &str) -> Result<(), RenderError> {
    match text.chars().find(|c| !is_typesettable(*c)) {
        Some(c) => Err(RenderError::Character(c)),
        None => Ok(()),
    }
}

fn is_typesettable(c: char) -> bool {
    c.is_ascii()
        || c.is_control()
        || is_in_standard_fonts(c)
        || TEXT_COMMANDS.iter().any(|(own, _)| *own == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Tex.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn no_character_keeps_its_meaning_for_tex() {
        assert_eq!(
            escaped(r"\input{x} $&#%_^~"),
            r"\textbackslash{}input\{x\} \$\&\#\%\_\textasciicircum{}\textasciitilde{}"
        );
        assert_eq!(escaped("--"), "{-}{-}");
        assert_eq!(escaped("Δw — 1"), r"\ensuremath{\Delta}w --- 1");
    }

    #[test]
    fn characters_without_a_glyph_are_named() {
        assert_eq!(check("Žižek, Łódź, naïve"), Ok(()));
        assert_eq!(check("李"), Err(RenderError::Character('李')));
    }
}
