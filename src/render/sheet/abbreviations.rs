//! Letters for the wide parts of a case distinction: no line can break within one.

use std::sync::Arc;

use crate::notation::latex::{self, EM, Width};
use crate::notation::{Math, MathCase, MathCondition, Shown, symbol_for};
use crate::render::symbols::ExerciseSymbols;

/// A value or side wider than this is given a letter.
const MAX_PART: Width = 13 * EM;

/// Letters that a part may be given, unless a name of the exercise looks like one.
const LETTERS: &[&str] = &["u", "v", "s", "r", "q", "t", "p", "m", "n", "k"];

/// The letters given so far in one display, each with what it stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Abbreviations {
    /// The letters that no name of the exercise shows, and those of them that are not given yet.
    all: Vec<&'static str>,
    free: Vec<&'static str>,
    given: Vec<(Math, Shown)>,
}

impl Abbreviations {
    /// None given yet; the letters that no name of the exercise shows.
    pub(super) fn new(symbols: &ExerciseSymbols) -> Self {
        let taken = symbols.letters();
        let is_free = |letter: &&&str| !letter.chars().any(|c| taken.contains(&c));
        let all: Vec<&str> = LETTERS.iter().rev().filter(is_free).copied().collect();
        Self { free: all.clone(), all, given: Vec::new() }
    }

    /// Takes all letters back, for another display.
    pub(super) fn restart(&mut self) {
        self.free.clone_from(&self.all);
        self.given.clear();
    }

    /// How many letters are given.
    pub(super) fn count(&self) -> usize {
        self.given.len()
    }

    /// The letters given after the first `count`, each with what it stands for.
    pub(super) fn given_since(&self, count: usize) -> Vec<(Math, Shown)> {
        self.given[count..].to_vec()
    }

    /// The formula with the wide parts of its case distinctions replaced by letters; `is_exact` says whether its
    /// figures are.
    pub(super) fn shorten(&mut self, math: Math, is_exact: bool) -> Math {
        if !has_cases(&math) {
            return math;
        }
        match math {
            Math::Cases(rows) => Math::Cases(
                rows.into_iter()
                    .map(|row| MathCase {
                        value: self.part(row.value, is_exact),
                        conditions: row
                            .conditions
                            .into_iter()
                            .map(|condition| MathCondition {
                                left: self.part(condition.left, is_exact),
                                relation: condition.relation,
                                right: self.part(condition.right, is_exact),
                            })
                            .collect(),
                    })
                    .collect(),
            ),
            Math::Minus(inner) => Math::Minus(Box::new(self.shorten(*inner, is_exact))),
            Math::Absolute(inner) => Math::Absolute(Box::new(self.shorten(*inner, is_exact))),
            Math::Root(inner) => Math::Root(Box::new(self.shorten(*inner, is_exact))),
            Math::Parentheses(inner) => Math::Parentheses(Box::new(self.shorten(*inner, is_exact))),
            Math::Sum(terms) => Math::Sum(
                terms
                    .into_iter()
                    .map(|(minus, term)| (minus, self.shorten(term, is_exact)))
                    .collect(),
            ),
            Math::Product(factors) => Math::Product(
                factors.into_iter().map(|factor| self.shorten(factor, is_exact)).collect(),
            ),
            Math::Fraction(top, bottom) => Math::Fraction(
                Box::new(self.shorten(*top, is_exact)),
                Box::new(self.shorten(*bottom, is_exact)),
            ),
            Math::Power(base, exponent) => {
                Math::Power(Box::new(self.shorten(*base, is_exact)), exponent)
            }
            Math::Apply { name, subscript, arguments } => Math::Apply {
                name,
                subscript,
                arguments: arguments
                    .into_iter()
                    .map(|argument| self.shorten(argument, is_exact))
                    .collect(),
            },
            other => other,
        }
    }

    /// The part itself, or the letter that stands for it.
    pub(super) fn part(&mut self, math: Math, is_exact: bool) -> Math {
        if let Some((letter, _)) = self.given.iter().find(|(_, own)| own.math == math) {
            return letter.clone();
        }
        if latex::width(&math) <= MAX_PART {
            return math;
        }
        let Some(letter) = self.free.pop() else { return math };
        let symbol = Math::Symbol(Arc::new(symbol_for(letter, &[])));
        self.given.push((symbol.clone(), Shown { math, is_exact }));
        symbol
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
        | Math::Parentheses(inner) => has_cases(inner),
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

    /// The letters left by a file with these declarations.
    fn left(declarations: &str) -> String {
        let text = format!("{declarations}\nparam w = 1\nloss L = w^2\ntext \"With $k$\"\n");
        let solved = crate::solve(&crate::Source::new("letters.nabla", text)).unwrap();
        let symbols = ExerciseSymbols::new(&solved.solution.exercise);
        Abbreviations::new(&symbols).all.iter().rev().copied().collect()
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
