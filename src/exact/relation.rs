//! The six ways to compare two numbers.

use std::cmp::Ordering;

/// A comparison, as it stands in a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Relation {
    /// Every relation, in the order of its declaration.
    pub const ALL: [Self; 6] = [
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Equal,
        Self::NotEqual,
    ];

    /// Whether the relation is true of a left side that stands in `ordering` to the right side.
    #[must_use]
    pub const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
        }
    }

    /// The relation that holds exactly when this one does not: `<` becomes `>=`.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
        }
    }

    /// The relation between the same sides exchanged: `<` becomes `>`.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal | Self::NotEqual => self,
        }
    }

    /// How the language writes it.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ordering, Relation};

    const ORDERINGS: [Ordering; 3] = [Ordering::Less, Ordering::Equal, Ordering::Greater];

    #[test]
    fn the_negation_holds_where_the_relation_does_not() {
        for relation in Relation::ALL {
            for ordering in ORDERINGS {
                assert_ne!(relation.holds(ordering), relation.negated().holds(ordering));
            }
        }
    }

    #[test]
    fn the_mirror_image_holds_of_the_sides_exchanged() {
        for relation in Relation::ALL {
            for ordering in ORDERINGS {
                assert_eq!(relation.holds(ordering), relation.mirrored().holds(ordering.reverse()));
            }
        }
    }

    #[test]
    fn symbols_agree_with_the_orderings() {
        for relation in Relation::ALL {
            let symbol = relation.symbol();
            assert_eq!(relation.holds(Ordering::Less), symbol.contains('<') || symbol == "!=");
            assert_eq!(relation.holds(Ordering::Greater), symbol.contains('>') || symbol == "!=");
            assert_eq!(relation.holds(Ordering::Equal), symbol.contains('=') && symbol != "!=");
        }
    }
}
