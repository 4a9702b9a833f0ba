//! The values that derivatives take where they do not exist.

use crate::exact::Number;

/// A place where an operator's derivative does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kink {
    /// The operator's name, as a `convention` names it.
    pub operator: &'static str,
    /// The place, as a `convention` names it: `0`, `lo`, `hi`, `tie`.
    pub place: &'static str,
}

/// Who gets the derivative at a tie of `max` or `min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TieRule {
    /// 1/k for each of the k that tie.
    Share,
    /// 1 for the first in the order of the file.
    First,
}

/// What a `convention` fixes.
#[derive(Clone, Debug, PartialEq)]
pub enum ConventionValue {
    /// The derivative's value.
    Slope(Number),
    /// The rule at a tie.
    Tie(TieRule),
}

/// The conventions that a file states. What it does not state has the operator's default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conventions {
    stated: Vec<(Kink, ConventionValue)>,
}

impl Conventions {
    /// Records a convention; `false` if that kink has one already.
    pub fn state(&mut self, kink: Kink, value: ConventionValue) -> bool {
        if self.get(kink).is_some() {
            return false;
        }
        self.stated.push((kink, value));
        true
    }

    /// What the file states for `kink`.
    pub fn get(&self, kink: Kink) -> Option<&ConventionValue> {
        self.stated.iter().find(|(own, _)| *own == kink).map(|(_, value)| value)
    }

    /// The slope at `kink`, or `default` where none is stated.
    pub fn slope(&self, kink: Kink, default: &Number) -> Number {
        match self.get(kink) {
            Some(ConventionValue::Slope(value)) => value.clone(),
            _ => default.clone(),
        }
    }

    /// The rule at a tie; shares where none is stated.
    pub fn tie(&self, kink: Kink) -> TieRule {
        match self.get(kink) {
            Some(ConventionValue::Tie(rule)) => *rule,
            _ => TieRule::Share,
        }
    }
}
