//! What a reader can tell apart: two symbols may be made differently and print alike.

use std::fmt::Write as _;

use super::{Atom, Nucleus, Style};

/// Writes what is seen of the atoms, in a notation of its own: one text, one look.
///
/// Braces leave no trace, a word is its upright letters, digits and signs are upright anyway, and primes are
/// a superscript. What a subscript adds stands behind all else of its atom.
pub(super) fn write_look(out: &mut String, atoms: &[Atom], style: Option<Style>) {
    for atom in atoms {
        write_nucleus(out, &atom.nucleus, style);
        if atom.primes > 0 || !atom.superscript.is_empty() {
            out.push_str("^(");
            out.extend(std::iter::repeat_n('\'', atom.primes));
            write_look(out, &atom.superscript, style);
            out.push(')');
        }
        if !atom.subscript.is_empty() {
            out.push_str("_(");
            write_look(out, &atom.subscript, style);
            out.push(')');
        }
    }
}

fn write_nucleus(out: &mut String, nucleus: &Nucleus, style: Option<Style>) {
    // Typefaces other than upright change digits and signs too.
    let beyond_roman = style.filter(|style| *style != Style::Roman);
    match nucleus {
        Nucleus::Letter(letter) => write_glyph(out, *letter, style),
        Nucleus::Named("prime") => out.push('\''),
        Nucleus::Named("ast") => write_glyph(out, '*', beyond_roman),
        Nucleus::Named(name) => {
            let command = beyond_roman.map_or("", Style::command);
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\\{command}\\{name} ");
        }
        Nucleus::Word(word) => {
            for c in word.chars() {
                let style = (!c.is_ascii_digit()).then_some(Style::Roman);
                write_glyph(out, c, style);
            }
        }
        Nucleus::Digits(digits) => {
            for digit in digits.chars() {
                write_glyph(out, digit, beyond_roman);
            }
        }
        Nucleus::Mark(mark) => write_glyph(out, *mark, beyond_roman),
        Nucleus::Accented(accent, atoms) => {
            let _ = write!(out, "\\{}(", accent.command());
            write_look(out, atoms, style);
            out.push(')');
        }
        Nucleus::Styled(inner, atoms) => write_look(out, atoms, Some(*inner)),
        Nucleus::Group(atoms) => write_look(out, atoms, style),
    }
}

fn write_glyph(out: &mut String, glyph: char, style: Option<Style>) {
    if let Some(style) = style {
        out.push('\\');
        out.push_str(style.command());
        out.push(' ');
    }
    out.push(glyph);
}

#[cfg(test)]
mod tests {
    use crate::notation::{Symbol, symbol_for};

    fn of_name(base: &str, indices: &[i64]) -> String {
        symbol_for(base, indices).look()
    }

    fn of_display(text: &str) -> String {
        Symbol::parse(text).unwrap().look()
    }

    #[test]
    fn names_that_print_alike_have_one_look() {
        for (name, other) in [
            (of_name("w1", &[]), of_name("w", &[1])),
            (of_name("w1", &[]), of_name("w_1", &[])),
            (of_name("w_", &[]), of_name("_w", &[])),
            (of_name("w_1_2", &[]), of_name("w", &[1, 2])),
            (of_name("w_1", &[2]), of_name("w", &[1, 2])),
            (of_name("yhat1", &[]), of_name("y1hat", &[])),
            (of_name("theta", &[]), of_name("θ", &[])),
            (of_name("A", &[]), of_name("Α", &[])),
            (of_name("w12", &[]), of_display("w_{12}")),
            (of_name("w_out", &[]), of_display(r"w_\mathrm{out}")),
            (of_name("net1", &[]), of_display(r"\text{net}_1")),
            (of_name("a1b2", &[]), of_display(r"\mathrm{a1b2}")),
            (of_name("h", &[-1]), of_display("{h}_{-1}")),
            (of_name("w''", &[]), of_display(r"w^{\prime\prime}")),
            (of_name("epsilon", &[]), of_display(r"\varepsilon")),
            (of_name("yhat", &[]), of_display(r"\widehat{{y}}")),
            (of_display("{w_1}"), of_display("w_{1}")),
            (of_display(r"w^\ast"), of_display("w^*")),
            (of_display(r"\mathrm{a}\mathrm{b}"), of_display(r"\mathrm{ab}")),
        ] {
            assert_eq!(name, other);
        }
    }

    #[test]
    fn names_that_can_be_told_apart_have_two() {
        for (name, other) in [
            (of_name("w12", &[]), of_name("w", &[1, 2])),
            (of_name("w", &[1]), of_name("w", &[-1])),
            (of_name("w1", &[]), of_name("W1", &[])),
            (of_name("w'", &[]), of_name("w", &[])),
            (of_name("w_a1", &[]), of_name("w_a_1", &[])),
            (of_name("yhat", &[]), of_name("ybar", &[])),
            (of_name("alpha", &[]), of_name("a", &[])),
            (of_name("nu", &[]), of_name("v", &[])),
            (of_name("w", &[]), of_display(r"\mathrm{w}")),
            (of_name("w", &[]), of_display(r"\mathbf{w}")),
            (of_name("w1", &[]), of_display("w^1")),
            (of_name("w1", &[]), of_display(r"w_\mathbf{1}")),
            (of_name("out", &[]), of_display("out")),
            (of_name("alpha", &[]), of_display(r"\boldsymbol{\alpha}")),
            (of_display(r"\hat{y}_1"), of_display(r"\hat{y_1}")),
            (of_display(r"\mathbf{w}"), of_display(r"\boldsymbol{w}")),
        ] {
            assert_ne!(name, other);
        }
    }
}
