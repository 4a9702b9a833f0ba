//! Values: exact, or between two bounds where they are irrational or figures were rounded.

use std::cmp::Ordering;

use num_rational::BigRational;
use num_traits::{One, Signed};

pub use super::interval::Interval as Value;
use super::parser::power_of_ten;
use super::tree::Relation;

/// Digits to which irrational values are held against each other.
const DIGITS: i64 = 40;

impl Value {
    /// Whether the relation holds, if the bounds decide it.
    pub fn stands(&self, relation: Relation, other: &Self) -> Option<bool> {
        let order = self.compare(other);
        if let Some(order) = order {
            return Some(match relation {
                Relation::Equal | Relation::Becomes | Relation::Approximate => {
                    order == Ordering::Equal
                }
                Relation::NotEqual => order != Ordering::Equal,
                Relation::Less => order == Ordering::Less,
                Relation::LessOrEqual => order != Ordering::Greater,
                Relation::Greater => order == Ordering::Greater,
                Relation::GreaterOrEqual => order != Ordering::Less,
            });
        }
        match relation {
            // Bounds that touch decide the weak signs.
            Relation::LessOrEqual if self.high <= other.low => Some(true),
            Relation::GreaterOrEqual if self.low >= other.high => Some(true),
            _ => None,
        }
    }

    /// Whether this can be the same number as the other: the bounds meet, and they are narrow.
    pub fn agrees(&self, other: &Self) -> bool {
        if let (Some(own), Some(other)) = (self.as_exact(), other.as_exact()) {
            return own == other;
        }
        let size = other.high.abs().max(BigRational::one());
        self.meets(other) && self.width() <= size * power_of_ten(-DIGITS)
    }
}
