//! What the piecewise operators share: case distinctions with a kink between the branches.

use crate::exact::{Number, Relation};
use crate::expr::{
    Case, Condition, Conventions, Expr, Kink, NumberStyle, Parameter, ParameterKind,
};

/// A parameter that must be given.
pub(super) const fn required(name: &'static str) -> Parameter {
    Parameter { name, kind: ParameterKind::Required }
}

/// `value` where `left relation right`.
pub(super) fn case(value: Expr, left: &Expr, relation: Relation, right: &Expr) -> Case {
    Case { value, conditions: vec![condition(left, relation, right)], kink: None }
}

/// A comparison of two expressions.
pub(super) fn condition(left: &Expr, relation: Relation, right: &Expr) -> Condition {
    Condition { left: left.clone(), relation, right: right.clone() }
}

/// The value in every case that is not listed before.
pub(super) fn otherwise(value: Expr) -> Case {
    Case { value, conditions: Vec::new(), kink: None }
}

/// `greater` where left > right, `less` where left < right, and at the kink between them `at`.
pub(super) fn three_way(
    (left, right): (&Expr, &Expr),
    [greater, at, less]: [Expr; 3],
    kink: Kink,
) -> Expr {
    Expr::Cases(vec![
        case(greater, left, Relation::Greater, right),
        Case { kink: Some(kink), ..case(at, left, Relation::Equal, right) },
        case(less, left, Relation::Less, right),
    ])
}

/// The slope at a kink as an expression: what the file states, else `default`.
pub(super) fn slope_at(kink: Kink, conventions: &Conventions, default: &Expr) -> Expr {
    match conventions.get(kink) {
        Some(_) => convention_number(conventions.slope(kink, &Number::zero())),
        None => default.clone(),
    }
}

/// A convention's number; a fraction stays one, since a convention is stated and not computed.
pub(super) fn convention_number(value: Number) -> Expr {
    Expr::Number(crate::expr::Literal { value, style: NumberStyle::Fraction })
}

/// `beyond` where z > 0, and `at` where a convention fixes the slope at 0.
pub(super) fn beyond_kink(z: &Expr, beyond: Expr, at: Expr, kink: Kink) -> Expr {
    let zero = Expr::from(0);
    Expr::Cases(vec![
        case(beyond, z, Relation::Greater, &zero),
        Case { kink: Some(kink), ..case(at, z, Relation::Equal, &zero) },
    ])
}
