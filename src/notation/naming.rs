//! How a name looks when the file does not say: `w0` as w with subscript 0, `yhat` as ŷ.

use super::{Accent, Atom, Nucleus, Symbol};

/// Greek letters by name; capitals that look Latin have no name in LaTeX and are left out.
const GREEK: &[(&str, char)] = &[
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("upsilon", 'υ'),
    ("phi", 'φ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Theta", 'Θ'),
    ("Lambda", 'Λ'),
    ("Xi", 'Ξ'),
    ("Pi", 'Π'),
    ("Sigma", 'Σ'),
    ("Upsilon", 'Υ'),
    ("Phi", 'Φ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
];

/// Greek capitals and letters that have a Latin look and no command of their own.
const LATIN_LOOKALIKES: &[(char, char)] = &[
    ('ο', 'o'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Χ', 'X'),
];

const ACCENTS: &[(&str, Accent)] =
    &[("hat", Accent::Hat), ("bar", Accent::Bar), ("tilde", Accent::Tilde), ("dot", Accent::Dot)];

/// English words that only look like an accented letter.
const NOT_ACCENTED: &[&str] = &["what", "that", "chat"];

/// The LaTeX name of a Greek letter given by name or as itself.
pub(super) fn greek(text: &str) -> Option<&'static str> {
    let mut chars = text.chars();
    let single = chars.next().filter(|_| chars.next().is_none());
    GREEK
        .iter()
        .find(|(name, letter)| *name == text || Some(*letter) == single)
        .map(|(name, _)| if *name == "epsilon" { "varepsilon" } else { *name })
}

/// The symbol for a name: `base` with primes, and the indices of a family's member.
pub fn symbol_for(base: &str, indices: &[i64]) -> Symbol {
    let stem = base.trim_end_matches('\'');
    let primes = base.len() - stem.len();
    let mut parts = stem.split('_').filter(|part| !part.is_empty());
    let Some(head) = parts.next() else {
        // A name of underscores alone.
        return Symbol { atoms: vec![Atom::plain(Nucleus::Word(base.to_owned()))] }
            .with_indices(indices);
    };
    let mut atom = head_atom(head);
    atom.primes = primes;
    for part in parts {
        if !atom.subscript.is_empty() {
            atom.subscript.push(Atom::plain(Nucleus::Mark(',')));
        }
        atom.subscript.extend(script_atoms(part));
    }
    Symbol { atoms: vec![atom] }.with_indices(indices)
}

/// What stands before the first underscore.
fn head_atom(head: &str) -> Atom {
    if let Some(atom) = accented(head) {
        return atom;
    }
    let (letters, digits) = split_digits(head);
    match nucleus(letters) {
        Some(nucleus) => with_digits(nucleus, digits),
        None => Atom::plain(word(head)),
    }
}

/// One letter or Greek word with an accent, digits before or after it: `yhat`, `yhat1`, `y1hat`.
fn accented(head: &str) -> Option<Atom> {
    let (stem, after) = split_digits(head);
    if NOT_ACCENTED.contains(&stem) {
        return None;
    }
    let (name, accent) =
        ACCENTS.iter().find_map(|(name, accent)| Some((stem.strip_suffix(name)?, *accent)))?;
    let (letter, before) = split_digits(name);
    if !before.is_empty() && !after.is_empty() {
        return None;
    }
    let nucleus = letter_or_greek(letter)?;
    let digits = if before.is_empty() { after } else { before };
    Some(with_digits(Nucleus::Accented(accent, vec![Atom::plain(nucleus)]), digits))
}

fn with_digits(nucleus: Nucleus, digits: &str) -> Atom {
    let mut atom = Atom::plain(nucleus);
    if !digits.is_empty() {
        atom.subscript.push(Atom::plain(Nucleus::Digits(digits.to_owned())));
    }
    atom
}

/// A part after an underscore: a letter or Greek word with digits beside it, or an upright word.
fn script_atoms(part: &str) -> Vec<Atom> {
    let (letters, digits) = split_digits(part);
    let mut atoms = Vec::new();
    if !letters.is_empty() {
        match nucleus(letters) {
            Some(nucleus) => atoms.push(Atom::plain(nucleus)),
            None => return vec![Atom::plain(word(part))],
        }
    }
    if !digits.is_empty() {
        atoms.push(Atom::plain(Nucleus::Digits(digits.to_owned())));
    }
    atoms
}

/// Letters, then the digits at the end.
fn split_digits(text: &str) -> (&str, &str) {
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
    text.split_at(stem.len())
}

fn letter_or_greek(letters: &str) -> Option<Nucleus> {
    if let Some(name) = greek(letters) {
        return Some(Nucleus::Named(name));
    }
    let mut chars = letters.chars();
    let only = chars.next().filter(|_| chars.next().is_none())?;
    if let Some((_, latin)) = LATIN_LOOKALIKES.iter().find(|(own, _)| *own == only) {
        return Some(Nucleus::Letter(*latin));
    }
    only.is_ascii_alphabetic().then_some(Nucleus::Letter(only))
}

/// A letter, a Greek word or an upright word; nothing for digits between letters.
fn nucleus(letters: &str) -> Option<Nucleus> {
    letter_or_greek(letters).or_else(|| {
        (!letters.is_empty() && !letters.contains(|c: char| c.is_ascii_digit()))
            .then(|| word(letters))
    })
}

fn word(text: &str) -> Nucleus {
    Nucleus::Word(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::latex::symbol;

    #[test]
    fn names_look_as_the_language_reference_says() {
        for (name, indices, latex) in [
            ("w0", &[][..], "w_0"),
            ("w_out", &[], r"w_{\mathrm{out}}"),
            ("w1_new", &[], r"w_{1,\mathrm{new}}"),
            ("w", &[2, 1], "w_{2,1}"),
            ("h", &[-1], "h_{-1}"),
            ("theta3", &[], r"\theta_3"),
            ("θ", &[], r"\theta"),
            ("w'", &[], "w'"),
            ("w1''", &[], "w''_1"),
            ("net_o1", &[], r"\mathrm{net}_{o1}"),
            ("yhat", &[], r"\hat{y}"),
            ("yhat1", &[], r"\hat{y}_1"),
            ("y1hat", &[], r"\hat{y}_1"),
            ("mubar", &[], r"\bar{\mu}"),
            ("what", &[], r"\mathrm{what}"),
            ("that", &[], r"\mathrm{that}"),
            ("delta_out", &[], r"\delta_{\mathrm{out}}"),
            ("dh", &[], r"\mathrm{dh}"),
            ("W_x", &[2], "W_{x,2}"),
            ("a1b2", &[], r"\mathrm{a1b2}"),
            ("_", &[], r"\mathrm{\_}"),
        ] {
            assert_eq!(symbol(&symbol_for(name, indices)), latex, "{name}");
        }
    }
}
