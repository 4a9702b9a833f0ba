//! The subset of math LaTeX that a `display` may use, read into a [`Symbol`].
//!
//! What is not listed here is refused, so no text of a file can carry a command into the output.

use std::fmt;

use super::naming::greek;
use super::{Accent, Atom, Nucleus, Style, Symbol};

/// Signs that may stand by name besides the Greek letters.
const NAMED: &[&str] = &[
    "ell",
    "star",
    "ast",
    "dagger",
    "infty",
    "partial",
    "nabla",
    "top",
    "perp",
    "circ",
    "bullet",
    "varepsilon",
    "vartheta",
    "varphi",
    "varrho",
    "varsigma",
    "hbar",
    "imath",
    "jmath",
];

const ACCENTS: &[(&str, Accent)] = &[
    ("hat", Accent::Hat),
    ("widehat", Accent::Hat),
    ("bar", Accent::Bar),
    ("overline", Accent::Bar),
    ("tilde", Accent::Tilde),
    ("widetilde", Accent::Tilde),
    ("dot", Accent::Dot),
    ("ddot", Accent::DoubleDot),
    ("vec", Accent::Vector),
];

const STYLES: &[(&str, Style)] = &[
    ("mathrm", Style::Roman),
    ("text", Style::Roman),
    ("operatorname", Style::Roman),
    ("mathbf", Style::Bold),
    ("boldsymbol", Style::BoldItalic),
    ("mathcal", Style::Calligraphic),
    ("mathbb", Style::Blackboard),
];

/// Levels of braces and scripts that a display may have.
const MAX_DEPTH: usize = 8;
/// Characters that a display may have.
const MAX_LENGTH: usize = 120;

/// A `display` outside the subset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisplayError {
    /// Nothing to show.
    Empty,
    /// More characters than a name needs.
    TooLong,
    /// Braces or scripts within each other beyond reason.
    TooDeep,
    /// A command that is not allowed.
    Command(String),
    /// A character that is not allowed.
    Character(char),
    /// A brace that is not closed, or not opened.
    Brace,
    /// A script or accent with nothing to stand on.
    Dangling,
    /// A second subscript or superscript on one letter.
    DoubleScript,
}

impl fmt::Display for DisplayError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("a display needs something to show"),
            Self::TooLong => write!(formatter, "a display has at most {MAX_LENGTH} characters"),
            Self::TooDeep => write!(formatter, "a display nests at most {MAX_DEPTH} levels"),
            Self::Command(name) => write!(formatter, "a display cannot use the command `\\{name}`"),
            Self::Character(c) => write!(formatter, "a display cannot use the character `{c}`"),
            Self::Brace => formatter.write_str("a brace of this display has no partner"),
            Self::Dangling => {
                formatter.write_str("a script or accent of this display stands on nothing")
            }
            Self::DoubleScript => {
                formatter.write_str("a letter of this display has two scripts in one place")
            }
        }
    }
}

impl std::error::Error for DisplayError {}

pub(super) fn parse(text: &str) -> Result<Symbol, DisplayError> {
    if text.chars().count() > MAX_LENGTH {
        return Err(DisplayError::TooLong);
    }
    let mut reader = Reader { chars: text.chars().collect(), position: 0 };
    let atoms = reader.atoms(0)?;
    if reader.peek().is_some() {
        return Err(DisplayError::Brace);
    }
    if atoms.is_empty() {
        return Err(DisplayError::Empty);
    }
    Ok(Symbol { atoms })
}

struct Reader {
    chars: Vec<char>,
    position: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.position).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += 1;
        Some(next)
    }

    /// Atoms up to a closing brace or the end.
    fn atoms(&mut self, depth: usize) -> Result<Vec<Atom>, DisplayError> {
        if depth > MAX_DEPTH {
            return Err(DisplayError::TooDeep);
        }
        let mut atoms: Vec<Atom> = Vec::new();
        while let Some(next) = self.peek() {
            match next {
                '}' => break,
                ' ' => self.position += 1,
                '_' | '^' => {
                    self.position += 1;
                    let script = self.argument(depth)?;
                    let atom = atoms.last_mut().ok_or(DisplayError::Dangling)?;
                    let slot =
                        if next == '_' { &mut atom.subscript } else { &mut atom.superscript };
                    if !slot.is_empty() || (next == '^' && atom.primes > 0) {
                        return Err(DisplayError::DoubleScript);
                    }
                    *slot = script;
                }
                '\'' => {
                    self.position += 1;
                    let atom = atoms.last_mut().ok_or(DisplayError::Dangling)?;
                    if !atom.superscript.is_empty() {
                        return Err(DisplayError::DoubleScript);
                    }
                    atom.primes += 1;
                }
                _ => atoms.push(Atom::plain(self.nucleus(depth)?)),
            }
        }
        Ok(atoms)
    }

    fn nucleus(&mut self, depth: usize) -> Result<Nucleus, DisplayError> {
        let Some(next) = self.next() else { return Err(DisplayError::Dangling) };
        match next {
            '{' => Ok(Nucleus::Group(self.rest_of_group(depth)?)),
            '\\' => self.command(depth),
            ',' | '+' | '-' | '(' | ')' | '*' => Ok(Nucleus::Mark(next)),
            c if c.is_ascii_digit() => Ok(Nucleus::Digits(c.to_string())),
            c if c.is_ascii_alphabetic() => Ok(Nucleus::Letter(c)),
            c => greek(&c.to_string()).map(Nucleus::Named).ok_or(DisplayError::Character(c)),
        }
    }

    /// What stands in braces whose opening one is read.
    fn rest_of_group(&mut self, depth: usize) -> Result<Vec<Atom>, DisplayError> {
        let atoms = self.atoms(depth + 1)?;
        if self.next() != Some('}') {
            return Err(DisplayError::Brace);
        }
        if atoms.is_empty() {
            return Err(DisplayError::Dangling);
        }
        Ok(atoms)
    }

    /// A group, or the one atom that follows.
    fn argument(&mut self, depth: usize) -> Result<Vec<Atom>, DisplayError> {
        while self.peek() == Some(' ') {
            self.position += 1;
        }
        match self.peek() {
            None | Some('}' | '_' | '^' | '\'') => Err(DisplayError::Dangling),
            Some('{') => {
                self.position += 1;
                self.rest_of_group(depth)
            }
            Some(_) => Ok(vec![Atom::plain(self.nucleus(depth + 1)?)]),
        }
    }

    fn command(&mut self, depth: usize) -> Result<Nucleus, DisplayError> {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_alphabetic) {
            name.push(c);
            self.position += 1;
        }
        if name.is_empty() {
            return Err(DisplayError::Command(self.peek().map(String::from).unwrap_or_default()));
        }
        if depth > MAX_DEPTH {
            return Err(DisplayError::TooDeep);
        }
        if let Some((_, accent)) = ACCENTS.iter().find(|(own, _)| *own == name) {
            return Ok(Nucleus::Accented(*accent, self.argument(depth + 1)?));
        }
        if let Some((_, style)) = STYLES.iter().find(|(own, _)| *own == name) {
            return Ok(Nucleus::Styled(*style, self.argument(depth + 1)?));
        }
        if name == "prime" {
            return Ok(Nucleus::Named("prime"));
        }
        greek(&name)
            .or_else(|| NAMED.iter().find(|own| **own == name).copied())
            .map(Nucleus::Named)
            .ok_or(DisplayError::Command(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::latex::symbol;

    #[test]
    fn the_subset_comes_out_as_it_went_in() {
        for (text, latex) in [
            ("W_0", "W_0"),
            (r"\hat y", r"\hat{y}"),
            (r"W^{(1)}_{ij}", "W^{(1)}_{ij}"),
            (r"\mathbf{x}'", r"\mathbf{x}'"),
            (r"\delta^{\ell}", r"\delta^{\ell}"),
            (r"\alpha x", r"\alpha x"),
        ] {
            let shown = symbol(&Symbol::parse(text).unwrap());
            assert_eq!(shown, latex);
            assert_eq!(symbol(&Symbol::parse(&shown).unwrap()), latex);
        }
    }

    #[test]
    fn nothing_else_gets_through() {
        for (text, error) in [
            ("", DisplayError::Empty),
            (r"\input{x}", DisplayError::Command("input".to_owned())),
            (r"w\\", DisplayError::Command("\\".to_owned())),
            ("w$", DisplayError::Character('$')),
            ("w%", DisplayError::Character('%')),
            ("w_", DisplayError::Dangling),
            ("_1", DisplayError::Dangling),
            ("w_1_2", DisplayError::DoubleScript),
            ("{w", DisplayError::Brace),
            ("w}", DisplayError::Brace),
            ("{{{{{{{{{{w}}}}}}}}}}", DisplayError::TooDeep),
        ] {
            assert_eq!(Symbol::parse(text), Err(error), "{text}");
        }
    }
}
