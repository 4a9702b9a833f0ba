//! Numbers put in the place of names: each is that name's value, also where another would give the same result.

use num_rational::BigRational;
use num_traits::Zero;

use super::reader::Reader;
use super::tree::{Chain, Tree};
use super::value::Value;

impl Reader<'_, '_> {
    /// A form with names and the form without that follows it. Where their shapes part, nothing is claimed.
    pub(super) fn numbers_in_place(&mut self, chain: &Chain) {
        for pair in chain.links.windows(2) {
            let (names, numbers) = (&pair[0].form, &pair[1].form);
            if names.has_names()
                && !numbers.has_names()
                && let Some(message) = self.misplaced(names, numbers)
            {
                self.fail(pair[1].line, message);
            }
        }
    }

    /// What is wrong with the first number that is not its name's value.
    fn misplaced(&self, names: &Tree, numbers: &Tree) -> Option<String> {
        if let Some(value) = self.value_of_name(names) {
            let number = number(numbers)?;
            let is_right = value.as_exact() == Some(&number)
                || self.precision.is_some_and(|precision| precision.is_right(&number, &value));
            return (!is_right).then(|| format!("{number} in the place of {}", value.show()));
        }
        match (names, numbers) {
            (Tree::Minus(left), Tree::Minus(right))
            | (Tree::Absolute(left), Tree::Absolute(right)) => self.misplaced(left, right),
            // −1 · 2 is read as −(1 · 2).
            (Tree::Product(left), Tree::Minus(inner)) => match &**inner {
                Tree::Product(right) if right.len() == left.len() => {
                    let first = Tree::Minus(Box::new(right[0].clone()));
                    self.misplaced(&left[0], &first)
                        .or_else(|| self.misplaced_each(&left[1..], &right[1..]))
                }
                _ => None,
            },
            (Tree::Product(left), Tree::Product(right)) => self.misplaced_each(left, right),
            (Tree::Sum(left), Tree::Sum(right)) if left.len() == right.len() => {
                left.iter().zip(right).enumerate().find_map(
                    |(position, ((minus, name), (sign, value)))| {
                        if minus == sign {
                            self.misplaced(name, value)
                        } else if position == 0 && *sign {
                            self.misplaced(name, &Tree::Minus(Box::new(value.clone())))
                        } else {
                            // A negative number joins its sign, a zero does not.
                            (position > 0 && leads_with_zero(value))
                                .then(|| "a sign before 0 that the names do not have".to_owned())
                        }
                    },
                )
            }
            (Tree::Quotient(top, bottom), Tree::Quotient(upper, lower)) => {
                self.misplaced(top, upper).or_else(|| self.misplaced(bottom, lower))
            }
            (Tree::Power(base, _), Tree::Power(value, _)) => self.misplaced(base, value),
            (
                Tree::Call { function, arguments: left, .. },
                Tree::Call { function: other, arguments: right, .. },
            ) if function == other => self.misplaced_each(left, right),
            _ => None,
        }
    }

    fn misplaced_each(&self, names: &[Tree], numbers: &[Tree]) -> Option<String> {
        if names.len() != numbers.len() {
            return None;
        }
        names.iter().zip(numbers).find_map(|(name, number)| self.misplaced(name, number))
    }

    fn value_of_name(&self, tree: &Tree) -> Option<Value> {
        match *tree {
            Tree::Symbol(symbol) => self.scope.value(symbol).cloned(),
            Tree::Derivative { of, by, is_direct } => self.scope.derivative(of, by, is_direct),
            _ => None,
        }
    }
}

/// The number that a form is: a figure or fraction, perhaps negative.
fn number(form: &Tree) -> Option<BigRational> {
    match form {
        Tree::Number(numeral) => Some(numeral.value.clone()),
        Tree::Minus(inner) => number(inner).map(|value| -value),
        Tree::Quotient(top, bottom) => match (number(top), number(bottom)) {
            (Some(top), Some(bottom)) if !bottom.is_zero() => Some(top / bottom),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a term or its first factor is zero.
fn leads_with_zero(term: &Tree) -> bool {
    match term {
        Tree::Product(factors) => leads_with_zero(&factors[0]),
        other => number(other).is_some_and(|value| value.is_zero()),
    }
}
