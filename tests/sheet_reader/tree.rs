//! What was read: formulas and chains of comparisons.

use std::collections::BTreeMap;

use num_rational::BigRational;

/// A formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Number(Numeral),
    /// A name of the exercise, by its place among the symbols.
    Symbol(usize),
    /// A name that is not the exercise's; prose may hold such.
    Free(String),
    Infinity,
    Minus(Box<Tree>),
    /// Terms, each with whether it is subtracted.
    Sum(Vec<(bool, Tree)>),
    Product(Vec<Tree>),
    Quotient(Box<Tree>, Box<Tree>),
    Power(Box<Tree>, Box<Tree>),
    Call {
        function: String,
        subscript: Option<Box<Tree>>,
        arguments: Vec<Tree>,
    },
    Absolute(Box<Tree>),
    Cases(Vec<Row>),
    /// ∂of/∂by, by their places among the symbols.
    Derivative {
        of: usize,
        by: usize,
        is_direct: bool,
    },
}

/// A number as it is printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Numeral {
    pub value: BigRational,
    /// The power of ten of the last printed digit.
    pub last_place: i64,
    /// Printed digits from the first that is not 0.
    pub significant: usize,
}

/// A row of a case distinction; "otherwise" has no conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub value: Tree,
    pub conditions: Vec<Chain>,
}

/// A sign between two formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Equal,
    Approximate,
    Becomes,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// `a = b = c`, `a = b > c`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub first: Tree,
    pub links: Vec<Link>,
}

/// A sign and what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub relation: Relation,
    pub form: Tree,
    pub line: usize,
    /// It stands in `\answer`.
    pub is_answer: bool,
}

impl Tree {
    /// Whether a name or derivative stands in the formula.
    pub fn has_names(&self) -> bool {
        self.any(&|tree| matches!(tree, Self::Symbol(_) | Self::Free(_) | Self::Derivative { .. }))
    }

    /// Whether a name or derivative stands in the formula outside of conditions.
    pub fn is_moved(&self) -> bool {
        self.any_moving(&|tree| {
            matches!(tree, Self::Symbol(_) | Self::Free(_) | Self::Derivative { .. })
        })
    }

    /// Whether the test holds for the formula or any part of it, conditions included.
    pub fn any(&self, test: &dyn Fn(&Self) -> bool) -> bool {
        self.any_within(test, false)
    }

    /// The same, except in what does not move the formula: what it holds fixed, and conditions.
    pub fn any_moving(&self, test: &dyn Fn(&Self) -> bool) -> bool {
        self.any_within(test, true)
    }

    fn any_within(&self, test: &dyn Fn(&Self) -> bool, is_moving: bool) -> bool {
        if is_moving && matches!(self, Self::Call { function, .. } if function == "detach") {
            return false;
        }
        if test(self) {
            return true;
        }
        let any = |tree: &Self| tree.any_within(test, is_moving);
        match self {
            Self::Number(_)
            | Self::Symbol(_)
            | Self::Free(_)
            | Self::Infinity
            | Self::Derivative { .. } => false,
            Self::Minus(inner) | Self::Absolute(inner) => any(inner),
            Self::Sum(terms) => terms.iter().any(|(_, term)| any(term)),
            Self::Product(factors) => factors.iter().any(any),
            Self::Quotient(left, right) | Self::Power(left, right) => any(left) || any(right),
            Self::Call { subscript, arguments, .. } => {
                subscript.as_ref().is_some_and(|subscript| any(subscript))
                    || arguments.iter().any(any)
            }
            Self::Cases(rows) => rows.iter().any(|row| {
                let conditions = if is_moving { &[][..] } else { &row.conditions };
                any(&row.value)
                    || conditions.iter().any(|condition| {
                        any(&condition.first) || condition.links.iter().any(|link| any(&link.form))
                    })
            }),
        }
    }

    /// The formula with names replaced by what they stand for.
    pub fn replace(&self, names: &BTreeMap<usize, Tree>) -> Self {
        let recurse = |tree: &Self| tree.replace(names);
        let boxed = |tree: &Self| Box::new(tree.replace(names));
        match self {
            Self::Symbol(symbol) => names.get(symbol).cloned().unwrap_or(Self::Symbol(*symbol)),
            Self::Number(_) | Self::Free(_) | Self::Infinity | Self::Derivative { .. } => {
                self.clone()
            }
            Self::Minus(inner) => Self::Minus(boxed(inner)),
            Self::Absolute(inner) => Self::Absolute(boxed(inner)),
            Self::Sum(terms) => {
                Self::Sum(terms.iter().map(|(minus, term)| (*minus, recurse(term))).collect())
            }
            Self::Product(factors) => Self::Product(factors.iter().map(recurse).collect()),
            Self::Quotient(left, right) => Self::Quotient(boxed(left), boxed(right)),
            Self::Power(left, right) => Self::Power(boxed(left), boxed(right)),
            Self::Call { function, subscript, arguments } => Self::Call {
                function: function.clone(),
                subscript: subscript.as_deref().map(boxed),
                arguments: arguments.iter().map(recurse).collect(),
            },
            Self::Cases(rows) => Self::Cases(
                rows.iter()
                    .map(|row| Row {
                        value: recurse(&row.value),
                        conditions: row
                            .conditions
                            .iter()
                            .map(|chain| chain.replace(names))
                            .collect(),
                    })
                    .collect(),
            ),
        }
    }
}

impl Chain {
    fn replace(&self, names: &BTreeMap<usize, Tree>) -> Self {
        let links =
            self.links.iter().map(|link| Link { form: link.form.replace(names), ..link.clone() });
        Self { first: self.first.replace(names), links: links.collect() }
    }
}
