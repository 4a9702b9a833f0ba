//! Leaves without values: sample values to check forms at, and what depends on them in as few names as
//! possible.
//!
//! A symbol has a hidden sample value, so that everything that is derived can be evaluated and verified as
//! in an exercise of numbers. What depends on it is marked in [`Pass::unknown`] and shown in letters.

use super::{Pass, backward};
use crate::exact::{Number, Rational};
use crate::expr::{Expr, Quantity, VariableId, simplify};

/// Parts beyond which a form in one piece is not shown.
const MAX_CLOSED: usize = 80;
/// Parts beyond which what a quantity is in leaves is not kept.
pub(super) const MAX_EXPANDED: usize = 1_000;

/// How many sets of sample values there are.
pub(super) const SAMPLES: u32 = 6;
/// How many of them a solution is verified at.
pub(super) const VERIFIED_AT: u32 = 3;

/// A sample value of a symbol: a fraction that no formula of an exercise singles out.
pub(super) fn sample(symbol: VariableId, set: u32) -> Number {
    let position = i64::from(symbol.0);
    let (numerator, denominator) = match set % SAMPLES {
        // Below 1, above 1, large, and then with signs.
        0 => (7 + 2 * position, 23 + 6 * position),
        1 => (31 + 10 * position, 17 + 2 * position),
        2 => (1_009 + 14 * position, 13 + 2 * position),
        3 => (-11 - 2 * position, 29 + 6 * position),
        4 => ((19 + 2 * position) * (1 - 2 * (position % 2)), 31 + 4 * position),
        _ => ((43 + 2 * position) * (2 * (position % 2) - 1), 41 + 6 * position),
    };
    Rational::new(numerator, denominator).map_or_else(Number::one, Number::from)
}

/// Whether the form names something that has no number.
pub(super) fn is_symbolic(pass: &Pass, form: &Expr) -> bool {
    if pass.unknown.is_empty() {
        return false;
    }
    let mut found = false;
    form.for_each_quantity(&mut |quantity| found |= pass.unknown.contains(&quantity));
    found
}

/// Marks `target` as having no number if its `form` has none. Gives the form in one piece, where it is short.
pub(super) fn settle(pass: &mut Pass, target: Quantity, form: &Expr) -> (bool, Option<Expr>) {
    if !is_symbolic(pass, form) {
        return (false, None);
    }
    let closed = simplify(form, &|quantity| match quantity {
        Quantity::Variable(_) if pass.unknown.contains(&quantity) => quantity.into(),
        _ if pass.unknown.contains(&quantity) => {
            pass.closed.get(&quantity).cloned().unwrap_or(quantity.into())
        }
        _ => backward::in_place(pass, quantity),
    });
    let expanded = simplify(&closed, &|quantity| {
        pass.expanded.get(&quantity).cloned().unwrap_or(quantity.into())
    });
    pass.unknown.insert(target);
    if expanded.size_up_to(MAX_EXPANDED) < MAX_EXPANDED {
        pass.expanded.insert(target, expanded);
    }
    if closed.size_up_to(MAX_CLOSED) >= MAX_CLOSED {
        return (true, None);
    }
    pass.closed.insert(target, closed.clone());
    (true, Some(closed))
}
