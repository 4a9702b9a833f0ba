//! Letters for the wide parts of a case distinction: no line can break within one.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::super::symbols::ExerciseSymbols;
use super::TEXT_WIDTH;
use crate::notation::latex::{self, EM, Width};
use crate::notation::{Math, MathCase, Shown, Symbol, symbol_for};

/// A value or side wider than the first of these is given a letter; where what it stands in is too wide even
/// so, the next one holds.
pub(super) const MAX_PART: [Width; 4] = [13 * EM, 9 * EM, 6 * EM, 3 * EM];

/// A case distinction wider than this may not fit a line, with a left side, a sign and parentheses around it.
const MAX_CASES: Width = TEXT_WIDTH - 5 * EM;

/// Letters that a part may be given, unless a name of the exercise looks like one; after these the same with numbers.
const LETTERS: &[&str] = &["u", "v", "s", "r", "q", "t", "p", "m", "n", "k"];
/// The numbers that may stand at a letter.
const MAX_NUMBER: usize = 99;

/// The letters given so far in one display, each with what it stands for.
pub(super) struct Abbreviations<'s> {
    symbols: &'s ExerciseSymbols<'s>,
    /// The letters that names show, once they were asked for.
    taken: Option<FxHashSet<char>>,
    /// Letters that no name of the exercise shows, as many as were needed at once so far.
    letters: Vec<Arc<Symbol>>,
    /// How many candidates were looked at for those.
    tried: usize,
    given: Vec<Abbreviation>,
}

/// A letter and what it stands for.
struct Abbreviation {
    letter: Math,
    /// What it was given for.
    part: Math,
    /// The same, its own wide parts replaced by letters if it is too wide for a line.
    shown: Shown,
}

impl<'s> Abbreviations<'s> {
    /// None given yet.
    pub(super) fn new(symbols: &'s ExerciseSymbols<'s>) -> Self {
        Self { symbols, taken: None, letters: Vec::new(), tried: 0, given: Vec::new() }
    }

    /// Takes all letters back, for another display.
    pub(super) fn restart(&mut self) {
        self.given.clear();
    }

    /// How many letters are given.
    pub(super) fn count(&self) -> usize {
        self.given.len()
    }

    /// The letters given after the first `count`, each with what it stands for.
    pub(super) fn given_since(&self, count: usize) -> Vec<(Math, Shown)> {
        self.given[count..].iter().map(|own| (own.letter.clone(), own.shown.clone())).collect()
    }

    /// Replaces the wide parts of a formula's case distinctions by letters; `is_exact` says whether its figures
    /// are.
    pub(super) fn shorten(&mut self, math: &mut Math, is_exact: bool) {
        match math {
            Math::Cases(_) => {
                for limit in MAX_PART {
                    if let Math::Cases(rows) = math {
                        self.shorten_rows(rows, limit, is_exact);
                    }
                    if latex::width(math) <= MAX_CASES {
                        break;
                    }
                }
            }
            Math::Symbol(_) | Math::Digits(_) | Math::Infinity | Math::Derivative { .. } => {}
            Math::Minus(inner)
            | Math::Absolute(inner)
            | Math::Root(inner)
            | Math::Parentheses(inner)
            | Math::Named { argument: inner, .. } => {
                self.shorten(inner, is_exact);
            }
            Math::Sum(terms) => {
                for (_, term) in terms {
                    self.shorten(term, is_exact);
                }
            }
            Math::Product(parts) | Math::Apply { arguments: parts, .. } => {
                for part in parts {
                    self.shorten(part, is_exact);
                }
            }
            Math::Fraction(left, right) | Math::Power(left, right) => {
                self.shorten(left, is_exact);
                self.shorten(right, is_exact);
            }
        }
    }

    fn shorten_rows(&mut self, rows: &mut [MathCase], limit: Width, is_exact: bool) {
        for row in rows {
            self.abbreviate(&mut row.value, limit, is_exact);
            for condition in &mut row.conditions {
                self.abbreviate(&mut condition.left, limit, is_exact);
                self.abbreviate(&mut condition.right, limit, is_exact);
            }
        }
    }

    /// Puts a letter in the place of a part that has one or is wider than `limit`.
    pub(super) fn abbreviate(&mut self, math: &mut Math, limit: Width, is_exact: bool) {
        if let Some(own) = self.given.iter().find(|own| own.part == *math) {
            *math = own.letter.clone();
            return;
        }
        if latex::width(math) <= limit {
            return;
        }
        let Some(letter) = self.next_letter() else { return };
        let letter = Math::Symbol(letter);
        let part = std::mem::replace(math, letter.clone());
        let position = self.given.len();
        let mut short = part.clone();
        let shown = Shown { math: part.clone(), is_exact };
        // Given before those of its own parts, so that it is explained before them.
        self.given.push(Abbreviation { letter, part, shown });
        if latex::width(&short) > MAX_CASES {
            self.shorten(&mut short, is_exact);
        }
        self.given[position].shown.math = short;
    }

    /// A letter that is neither given nor the look of a name.
    fn next_letter(&mut self) -> Option<Arc<Symbol>> {
        while self.letters.len() <= self.given.len() {
            let (number, position) = (self.tried / LETTERS.len(), self.tried % LETTERS.len());
            if number > MAX_NUMBER {
                return None;
            }
            self.tried += 1;
            let letter = LETTERS[position];
            let name = if number == 0 { letter.to_owned() } else { format!("{letter}{number}") };
            let symbol = symbol_for(&name, &[]);
            let taken = self.taken.get_or_insert_with(|| self.symbols.letters());
            if !letter.chars().any(|c| taken.contains(&c)) {
                self.letters.push(Arc::new(symbol));
            }
        }
        self.letters.get(self.given.len()).cloned()
    }
}

/// Whether a case distinction stands in the formula.
pub(super) fn has_cases(math: &Math) -> bool {
    match math {
        Math::Cases(_) => true,
        Math::Symbol(_) | Math::Digits(_) | Math::Infinity | Math::Derivative { .. } => false,
        Math::Minus(inner)
        | Math::Absolute(inner)
        | Math::Root(inner)
        | Math::Parentheses(inner)
        | Math::Named { argument: inner, .. } => has_cases(inner),
        Math::Sum(terms) => terms.iter().any(|(_, term)| has_cases(term)),
        Math::Product(factors) => factors.iter().any(has_cases),
        Math::Fraction(left, right) | Math::Power(left, right) => {
            has_cases(left) || has_cases(right)
        }
        Math::Apply { arguments, .. } => arguments.iter().any(has_cases),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters, without numbers, left by a file with these declarations.
    fn left(declarations: &str) -> String {
        let text = format!("{declarations}\nparam w = 1\nloss L = w^2\ntext \"With $k$\"\n");
        let solved = crate::solve(&crate::Source::new("letters.nabla", text)).unwrap();
        let symbols = ExerciseSymbols::new(&solved.solution.exercise);
        let mut letters = Abbreviations::new(&symbols);
        let mut left = String::new();
        while letters.tried < LETTERS.len() {
            let Some(letter) = letters.next_letter() else { break };
            letters.given.push(Abbreviation {
                letter: Math::Symbol(Arc::clone(&letter)),
                part: Math::Infinity,
                shown: Shown { math: Math::Infinity, is_exact: true },
            });
            if letters.tried <= LETTERS.len() {
                left.extend(letter.letter());
            }
        }
        left
    }

    #[test]
    fn no_letter_is_one_that_a_name_shows() {
        for (declarations, letters) in [
            ("", "uvsrqtpmn"),
            ("param u = 1", "vsrqtpmn"),
            ("param u1 = 1, v[2] = 1, s_t = 1", "rqtpmn"),
            ("param a = 1, b = 1\ndisplay a = \"u\", b = \"{v}_{0}\"", "srqtpmn"),
            ("param u = 1, v = 1\ndisplay u = \"a\", v = \"\\hat{v}\"", "uvsrqtpmn"),
            ("param u' = 1, vhat = 1, r_0 = 1\ndisplay r_0 = \"r^0\"", "uvsrqtpmn"),
        ] {
            assert_eq!(left(declarations), letters, "{declarations}");
        }
    }
}
