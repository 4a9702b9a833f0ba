//! Names as LaTeX.

use super::{EM, Width};
use crate::notation::{Atom, Nucleus, Style, Symbol};

/// How much smaller scripts are, in percent.
const SCRIPT_PERCENT: Width = 72;

/// The LaTeX text of a name.
pub fn symbol(symbol: &Symbol) -> String {
    let mut out = String::new();
    write_atoms(&mut out, &symbol.atoms);
    out
}

/// The width of a name.
pub(super) fn symbol_width(symbol: &Symbol) -> Width {
    atoms_width(&symbol.atoms)
}

/// Writes the LaTeX text of a name.
pub(super) fn write_atoms(out: &mut String, atoms: &[Atom]) {
    for atom in atoms {
        let is_letter = matches!(atom.nucleus, Nucleus::Letter(_));
        // `\alpha x` needs the space, `\alpha_{1}` does not.
        if is_letter && ends_in_command(out) {
            out.push(' ');
        }
        write_nucleus(out, &atom.nucleus);
        out.extend(std::iter::repeat_n('\'', atom.primes));
        for (mark, script) in [('^', &atom.superscript), ('_', &atom.subscript)] {
            if !script.is_empty() {
                out.push(mark);
                push_script(out, script);
            }
        }
    }
}

/// Writes a script, in braces unless it is a single letter or digit.
fn push_script(out: &mut String, script: &[Atom]) {
    out.push('{');
    let start = out.len();
    write_atoms(out, script);
    if out.len() == start + 1 {
        out.remove(start - 1);
    } else {
        out.push('}');
    }
}

/// Whether the text ends in a command name that a following letter would join.
pub(super) fn ends_in_command(text: &str) -> bool {
    let stem = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    stem.len() < text.len() && stem.ends_with('\\')
}

fn write_nucleus(out: &mut String, nucleus: &Nucleus) {
    let group = |out: &mut String, command: &str, atoms: &[Atom]| {
        if !command.is_empty() {
            out.push('\\');
            out.push_str(command);
        }
        out.push('{');
        write_atoms(out, atoms);
        out.push('}');
    };
    match nucleus {
        Nucleus::Letter(letter) => out.push(*letter),
        Nucleus::Named(name) => {
            out.push('\\');
            out.push_str(name);
        }
        Nucleus::Word(word) => {
            // Math fonts have no accented letters; text fonts do.
            out.push_str(if word.is_ascii() { r"\mathrm{" } else { r"\text{" });
            for c in word.chars() {
                if c == '_' {
                    out.push('\\');
                }
                out.push(c);
            }
            out.push('}');
        }
        Nucleus::Digits(digits) => out.push_str(digits),
        Nucleus::Mark(mark) => out.push(*mark),
        Nucleus::Accented(accent, atoms) => group(out, accent.command(), atoms),
        Nucleus::Styled(style, atoms) => group(out, style.command(), atoms),
        Nucleus::Group(atoms) => group(out, "", atoms),
    }
}

fn atoms_width(atoms: &[Atom]) -> Width {
    atoms.iter().map(atom_width).sum()
}

fn atom_width(atom: &Atom) -> Width {
    let primes = Width::try_from(atom.primes).unwrap_or(0) * 280;
    let scripts = atoms_width(&atom.subscript).max(atoms_width(&atom.superscript) + primes);
    let gap = if scripts > 0 { 50 } else { 0 };
    nucleus_width(&atom.nucleus) + scripts * SCRIPT_PERCENT / 100 + gap
}

fn nucleus_width(nucleus: &Nucleus) -> Width {
    match nucleus {
        Nucleus::Letter(letter) => italic_width(*letter),
        Nucleus::Named(_) => 720,
        Nucleus::Word(word) => word.chars().map(upright_width).sum(),
        Nucleus::Digits(digits) => digits_width(digits),
        Nucleus::Mark('+' | '-') => 780,
        Nucleus::Mark(_) => 400,
        Nucleus::Accented(_, atoms)
        | Nucleus::Group(atoms)
        | Nucleus::Styled(Style::Roman, atoms) => atoms_width(atoms),
        Nucleus::Styled(_, atoms) => atoms_width(atoms) * 115 / 100,
    }
}

/// Widths in Computer Modern, rounded up.
fn italic_width(letter: char) -> Width {
    match letter {
        'i' | 'j' | 'l' => 420,
        'm' => 880,
        'w' => 720,
        'M' | 'W' => EM,
        c if c.is_ascii_uppercase() => 800,
        _ => 580,
    }
}

fn upright_width(letter: char) -> Width {
    match letter {
        'i' | 'j' | 'l' | 'f' | 't' | '.' | ',' => 400,
        'm' => 840,
        'w' => 730,
        'M' | 'W' => 1030,
        c if c.is_ascii_uppercase() => 780,
        _ => 560,
    }
}

/// The width of digits, points and commas.
pub(super) fn digits_width(digits: &str) -> Width {
    digits.chars().map(|c| if c.is_ascii_digit() { 500 } else { 280 }).sum()
}

/// The width of an upright word.
pub(super) fn word_width(word: &str) -> Width {
    word.chars().map(upright_width).sum()
}
