//! The typeset form of an expression, apart from any output format.

use std::sync::Arc;

use super::Symbol;
use crate::exact::Relation;

/// A formula.
///
/// Invariants: parentheses stand as [`Math::Parentheses`] wherever mathematics wants them, so a writer adds
/// none; `Digits` hold no sign; a `Minus` stands where a reader can take it (first, or in parentheses).
#[derive(Clone, Debug, PartialEq)]
pub enum Math {
    /// A name.
    Symbol(Arc<Symbol>),
    /// Digits, perhaps with a decimal point or comma.
    Digits(String),
    /// ∞
    Infinity,
    /// −m
    Minus(Box<Math>),
    /// Terms, each with whether it is subtracted.
    Sum(Vec<(bool, Math)>),
    /// Factors side by side or with a dot between, as the writer finds readable.
    Product(Vec<Math>),
    /// Over a line.
    Fraction(Box<Math>, Box<Math>),
    /// With an exponent.
    Power(Box<Math>, Box<Math>),
    /// An upright function name, perhaps with a subscript, before its arguments.
    Apply {
        /// The name on the page.
        name: &'static str,
        /// Below the name.
        subscript: Option<Box<Math>>,
        /// In parentheses.
        arguments: Vec<Math>,
    },
    /// A name before its argument in parentheses.
    Named {
        /// The name.
        name: Arc<Symbol>,
        /// In parentheses.
        argument: Box<Math>,
    },
    /// |m|
    Absolute(Box<Math>),
    /// √m
    Root(Box<Math>),
    /// (m)
    Parentheses(Box<Math>),
    /// A case distinction.
    Cases(Vec<MathCase>),
    /// ∂of/∂by; `is_direct` marks the part of a total derivative that passes no other node.
    Derivative {
        /// What is differentiated.
        of: Arc<Symbol>,
        /// By what.
        by: Arc<Symbol>,
        /// With all other operands held fixed, where the same sign could mean more.
        is_direct: bool,
    },
}

/// A row of a case distinction; without conditions it is the "otherwise".
#[derive(Clone, Debug, PartialEq)]
pub struct MathCase {
    /// The value.
    pub value: Math,
    /// All of these hold.
    pub conditions: Vec<MathCondition>,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct MathCondition {
    /// Left side.
    pub left: Math,
    /// The sign.
    pub relation: Relation,
    /// Right side.
    pub right: Math,
}

impl Math {
    /// Whether the formula begins with a minus sign.
    pub fn begins_with_minus(&self) -> bool {
        match self {
            Self::Minus(_) => true,
            Self::Sum(terms) => {
                terms.first().is_some_and(|(minus, term)| *minus || term.begins_with_minus())
            }
            Self::Product(factors) => factors.first().is_some_and(Self::begins_with_minus),
            _ => false,
        }
    }

    /// Whether the formula is taller than a line of letters.
    pub fn is_tall(&self) -> bool {
        match self {
            Self::Symbol(_) | Self::Digits(_) | Self::Infinity => false,
            Self::Fraction(..) | Self::Cases(_) | Self::Derivative { .. } => true,
            Self::Minus(inner)
            | Self::Absolute(inner)
            | Self::Root(inner)
            | Self::Parentheses(inner)
            | Self::Named { argument: inner, .. } => inner.is_tall(),
            Self::Power(base, exponent) => base.is_tall() || exponent.is_tall(),
            Self::Sum(terms) => terms.iter().any(|(_, term)| term.is_tall()),
            Self::Product(factors) => factors.iter().any(Self::is_tall),
            Self::Apply { arguments, .. } => arguments.iter().any(Self::is_tall),
        }
    }

    /// The same in parentheses.
    #[must_use]
    pub fn parenthesised(self) -> Self {
        Self::Parentheses(Box::new(self))
    }
}
