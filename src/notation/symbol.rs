//! The look of a name, apart from any output format.

use super::DisplayError;

/// A name as it is typeset: atoms side by side, each with its scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    /// The atoms from left to right.
    pub atoms: Vec<Atom>,
}

/// A nucleus with its scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// What carries the scripts.
    pub nucleus: Nucleus,
    /// How many primes follow the nucleus.
    pub primes: usize,
    /// Below; empty for none.
    pub subscript: Vec<Atom>,
    /// Above; empty for none.
    pub superscript: Vec<Atom>,
}

/// What an atom is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nucleus {
    /// One italic letter.
    Letter(char),
    /// A Greek letter or another sign by its LaTeX name, without the backslash.
    Named(&'static str),
    /// An upright word.
    Word(String),
    /// Digits.
    Digits(String),
    /// `,` `+` `-` `(` `)` `*` or a space.
    Mark(char),
    /// An accent over what follows.
    Accented(Accent, Vec<Atom>),
    /// A typeface for what follows.
    Styled(Style, Vec<Atom>),
    /// Atoms held together.
    Group(Vec<Atom>),
}

/// An accent over a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accent {
    /// ŷ
    Hat,
    /// ȳ
    Bar,
    /// ỹ
    Tilde,
    /// ẏ
    Dot,
    /// ÿ
    DoubleDot,
    /// An arrow.
    Vector,
}

impl Accent {
    /// The LaTeX command's name.
    pub fn command(self) -> &'static str {
        match self {
            Self::Hat => "hat",
            Self::Bar => "bar",
            Self::Tilde => "tilde",
            Self::Dot => "dot",
            Self::DoubleDot => "ddot",
            Self::Vector => "vec",
        }
    }
}

/// A typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Upright.
    Roman,
    /// Bold upright.
    Bold,
    /// Bold italic.
    BoldItalic,
    /// Script capitals.
    Calligraphic,
    /// Double-struck capitals.
    Blackboard,
}

impl Style {
    /// The LaTeX command's name.
    pub fn command(self) -> &'static str {
        match self {
            Self::Roman => "mathrm",
            Self::Bold => "mathbf",
            Self::BoldItalic => "boldsymbol",
            Self::Calligraphic => "mathcal",
            Self::Blackboard => "mathbb",
        }
    }
}

impl Atom {
    /// An atom without scripts.
    pub fn plain(nucleus: Nucleus) -> Self {
        Self { nucleus, primes: 0, subscript: Vec::new(), superscript: Vec::new() }
    }
}

impl Symbol {
    /// Reads the small subset of math LaTeX that `display` allows.
    ///
    /// # Errors
    /// Anything outside the subset, with a sentence that says what.
    pub fn parse(text: &str) -> Result<Self, DisplayError> {
        super::display::parse(text)
    }

    /// The same symbol for a member of its family: the indices join the subscript.
    #[must_use]
    pub fn with_indices(mut self, indices: &[i64]) -> Self {
        let Some(last) = self.atoms.last_mut() else { return self };
        for index in indices {
            if !last.subscript.is_empty() {
                last.subscript.push(Atom::plain(Nucleus::Mark(',')));
            }
            if index.is_negative() {
                last.subscript.push(Atom::plain(Nucleus::Mark('-')));
            }
            last.subscript.push(Atom::plain(Nucleus::Digits(index.unsigned_abs().to_string())));
        }
        self
    }

    /// The same with as many primes more: the symbol of a function's derivative.
    #[must_use]
    pub fn derived(mut self, times: usize) -> Self {
        if times > 0 && !matches!(&self.atoms[..], [atom] if atom.superscript.is_empty()) {
            self.atoms = vec![Atom::plain(Nucleus::Group(self.atoms))];
        }
        if let Some(last) = self.atoms.last_mut() {
            last.primes += times;
        }
        self
    }

    /// What a reader sees of this, as a text to compare: symbols with the same look cannot be told apart,
    /// however they were made.
    ///
    /// ```
    /// use nablatex::notation::{Symbol, symbol_for};
    ///
    /// assert_eq!(symbol_for("w1", &[]).look(), symbol_for("w", &[1]).look());
    /// assert_eq!(symbol_for("w12", &[]).look(), Symbol::parse("{w}_{12}")?.look());
    /// # Ok::<(), nablatex::notation::DisplayError>(())
    /// ```
    pub fn look(&self) -> String {
        let mut look = String::new();
        super::look::write_look(&mut look, &self.atoms, None);
        look
    }

    /// The italic letter that this is, whatever its subscript.
    pub fn letter(&self) -> Option<char> {
        let mut atoms = &self.atoms;
        while let [Atom { nucleus, primes: 0, superscript, .. }] = &atoms[..] {
            match nucleus {
                Nucleus::Letter(letter) if superscript.is_empty() => return Some(*letter),
                Nucleus::Group(inner) if superscript.is_empty() => atoms = inner,
                _ => break,
            }
        }
        None
    }

    /// Whether two of these side by side could be read as one word.
    pub fn is_word(&self) -> bool {
        self.atoms.len() > 1
            || self.atoms.iter().any(|atom| match &atom.nucleus {
                Nucleus::Word(word) => word.chars().count() > 1,
                _ => false,
            })
    }

    /// Whether an exponent can be set on this without parentheses.
    pub fn takes_exponent(&self) -> bool {
        match &self.atoms[..] {
            [atom] => atom.superscript.is_empty() && atom.primes == 0,
            _ => false,
        }
    }
}
