//! Case distinctions as the page shows them, and the branch that is taken.

use super::Branch;
use crate::exact::{Number, Relation};
use crate::expr::{
    Case, Condition, Conventions, EvaluationError, Expr, Literal, NumberStyle, Quantity, Term,
    choose_case, evaluate, map_cases,
};

/// An expression with its case distinctions tidied, the same with the branches taken, and why.
pub(super) struct Branched {
    /// With case distinctions as the page shows them.
    pub(super) shown: Expr,
    /// With the branch that holds in place of each.
    pub(super) taken: Expr,
    /// One entry a distinction.
    pub(super) branches: Vec<Branch>,
}

/// Resolves every case distinction of `expr` at the given values.
///
/// # Errors
/// Where a condition cannot be evaluated.
pub(super) fn resolve(
    expr: &Expr,
    value_of: &dyn Fn(Quantity) -> Option<Number>,
    conventions: &Conventions,
) -> Result<Branched, EvaluationError> {
    let mut resolver = Resolver { value_of, conventions, branches: Vec::new() };
    let (shown, taken) = resolver.resolve(expr)?;
    Ok(Branched { shown, taken, branches: resolver.branches })
}

/// Whether a case distinction stands in the expression, as itself or by an operator's definition.
fn is_piecewise(expr: &Expr) -> bool {
    if let Expr::Call { operator, arguments } = expr
        && operator.definition(arguments).is_some()
    {
        return true;
    }
    let mut found = matches!(expr, Expr::Cases(_));
    expr.for_each_child(&mut |child| found = found || is_piecewise(child));
    found
}

struct Resolver<'a> {
    value_of: &'a dyn Fn(Quantity) -> Option<Number>,
    conventions: &'a Conventions,
    branches: Vec<Branch>,
}

impl Resolver<'_> {
    fn resolve(&mut self, expr: &Expr) -> Result<(Expr, Expr), EvaluationError> {
        if !is_piecewise(expr) {
            return Ok((expr.clone(), expr.clone()));
        }
        Ok(match expr {
            Expr::Number(_) | Expr::Quantity(_) | Expr::Infinity { .. } => {
                (expr.clone(), expr.clone())
            }
            Expr::Negation(inner) => {
                let (shown, taken) = self.resolve(inner)?;
                (Expr::Negation(Box::new(shown)), negated(taken))
            }
            Expr::Sum(terms) => {
                let (mut shown, mut taken) = (Vec::new(), Vec::new());
                for term in terms {
                    let (left, right) = self.resolve(&term.expr)?;
                    shown.push(Term { minus: term.minus, expr: left });
                    // A branch that is a negative is subtracted, and −0 does not exist.
                    taken.push(match right {
                        Expr::Negation(inner) if is_piecewise(&term.expr) => {
                            Term { minus: !term.minus, expr: *inner }
                        }
                        right => Term {
                            minus: term.minus && !(taken.is_empty() && right.is_integer(0)),
                            expr: right,
                        },
                    });
                }
                (Expr::Sum(shown), Expr::Sum(taken))
            }
            Expr::Product(factors) => {
                let (shown, taken) = self.resolve_all(factors)?;
                (Expr::Product(shown), product_of(factors, taken))
            }
            Expr::Quotient { numerator, denominator } => {
                let (top, top_taken) = self.resolve(numerator)?;
                let (bottom, bottom_taken) = self.resolve(denominator)?;
                let quotient = |numerator, denominator| Expr::Quotient {
                    numerator: Box::new(numerator),
                    denominator: Box::new(denominator),
                };
                (quotient(top, bottom), quotient(top_taken, bottom_taken))
            }
            Expr::Power { base, exponent } => {
                let (shown, taken) = self.resolve(base)?;
                let power = |base| Expr::Power { base: Box::new(base), exponent: exponent.clone() };
                (power(shown), power(taken))
            }
            Expr::Call { operator, arguments } if operator.definition(arguments).is_some() => {
                // The name stays; which case of its definition holds is said beside it.
                let definition = operator.definition(arguments).unwrap_or(Expr::from(0));
                let (_, taken) = self.resolve(&definition)?;
                (expr.clone(), taken)
            }
            Expr::Call { operator, arguments } => {
                let (shown, taken) = self.resolve_all(arguments)?;
                (
                    Expr::Call { operator: operator.clone(), arguments: shown },
                    Expr::Call { operator: operator.clone(), arguments: taken },
                )
            }
            Expr::Cases(cases) => self.resolve_cases(cases)?,
        })
    }

    fn resolve_all(&mut self, parts: &[Expr]) -> Result<(Vec<Expr>, Vec<Expr>), EvaluationError> {
        let mut pairs = (Vec::with_capacity(parts.len()), Vec::with_capacity(parts.len()));
        for part in parts {
            let (shown, taken) = self.resolve(part)?;
            pairs.0.push(shown);
            pairs.1.push(taken);
        }
        Ok(pairs)
    }

    fn resolve_cases(&mut self, cases: &[Case]) -> Result<(Expr, Expr), EvaluationError> {
        let chosen = match choose_case(cases, &self.value_of, self.conventions) {
            Ok(chosen) => chosen.unwrap_or(0),
            // Over symbols all cases stay.
            Err(EvaluationError::Unknown(_)) => {
                let rows = Expr::Cases(undecided(cases));
                return Ok((rows.clone(), rows));
            }
            Err(error) => return Err(error),
        };
        let taken_value = self.taken_value(&cases[chosen])?;
        let Some((mut rows, taken)) = tidy(cases, chosen, self.conventions) else {
            return self.resolve(&taken_value);
        };
        if rows[taken].kink.is_some() {
            // The share at a tie is shown as the number it is.
            rows[taken].value = taken_value.clone();
        }
        let conditions = if cases[chosen].kink.is_some() {
            cases[chosen].conditions.clone()
        } else if rows[taken].conditions.is_empty() {
            self.refuting(&rows[..taken])?.into_iter().collect()
        } else {
            rows[taken].conditions.clone()
        };
        for condition in conditions {
            let left = self.value(&condition.left)?;
            let right = self.value(&condition.right)?;
            self.branches.push(Branch { condition, left, right, kink: cases[chosen].kink });
        }
        let (_, resolved) = self.resolve(&taken_value)?;
        Ok((Expr::Cases(rows), resolved))
    }

    /// The value of the taken branch; the share at a tie is counted at once.
    fn taken_value(&self, case: &Case) -> Result<Expr, EvaluationError> {
        match (&case.kink, &case.value) {
            (Some(_), value @ (Expr::Quotient { .. } | Expr::Call { .. })) => {
                let value = self.value(value)?;
                Ok(Expr::Number(Literal { value, style: NumberStyle::Fraction }))
            }
            (_, value) => Ok(value.clone()),
        }
    }

    /// Why none of these rows holds: the first condition that fails, turned round.
    fn refuting(&self, rows: &[Case]) -> Result<Option<Condition>, EvaluationError> {
        for condition in rows.iter().flat_map(|row| &row.conditions) {
            let left = self.value(&condition.left)?;
            let right = self.value(&condition.right)?;
            if !left.holds(condition.relation, &right)? {
                let relation = condition.relation.negated();
                return Ok(Some(Condition { relation, ..condition.clone() }));
            }
        }
        Ok(None)
    }

    fn value(&self, expr: &Expr) -> Result<Number, EvaluationError> {
        evaluate(expr, &self.value_of, self.conventions)
    }
}

/// An expression with its case distinctions as the page shows them where none of their rows is taken.
pub(super) fn tidied(expr: &Expr, conventions: &Conventions) -> Expr {
    map_cases(expr, &|cases| match tidy(cases, usize::MAX, conventions) {
        Some((rows, _)) => Expr::Cases(rows),
        None => cases[0].value.clone(),
    })
}

/// −e, with a number's sign in the number.
fn negated(expr: Expr) -> Expr {
    match expr {
        Expr::Number(literal) => {
            Expr::Number(Literal { value: literal.value.neg(), style: literal.style })
        }
        other => Expr::Negation(Box::new(other)),
    }
}

/// A product in which branches were taken: a branch of 0 is the whole product, one of 1 goes, and one of −1
/// is a sign.
fn product_of(factors: &[Expr], taken: Vec<Expr>) -> Expr {
    let mut negative = false;
    let mut rest = Vec::with_capacity(taken.len());
    for (factor, taken) in factors.iter().zip(taken) {
        if !is_piecewise(factor) {
            rest.push(taken);
        } else if taken.is_integer(0) {
            return taken;
        } else if taken.is_integer(-1) {
            negative = !negative;
        } else if !taken.is_integer(1) {
            rest.push(taken);
        }
    }
    let product = match rest.len() {
        0 => Expr::from(1),
        1 => rest.remove(0),
        _ => Expr::Product(rest),
    };
    if negative { negated(product) } else { product }
}

/// The rows that a page shows, and which of them is taken. A kink's row is merged with a neighbour of the
/// same value (z > 0 becomes z ≥ 0), and left out where it neither holds nor was stated. `None` where all
/// rows agree.
fn tidy(cases: &[Case], chosen: usize, conventions: &Conventions) -> Option<(Vec<Case>, usize)> {
    let mut rows: Vec<(Case, bool)> =
        cases.iter().enumerate().map(|(index, case)| (case.clone(), index == chosen)).collect();
    let mut position = 0;
    while position < rows.len() {
        let Some(kink) = rows[position].0.kink else {
            position += 1;
            continue;
        };
        let (row, taken) = rows[position].clone();
        if let Some(neighbour) =
            (0..rows.len()).find(|other| *other != position && relax(&mut rows[*other].0, &row))
        {
            rows[neighbour].1 |= taken;
            rows.remove(position);
        } else if !taken && (conventions.get(kink).is_none() || kink.place == "tie") {
            rows.remove(position);
        } else {
            position += 1;
        }
    }
    if rows.iter().all(|(row, _)| same_value(&row.value, &rows[0].0.value)) {
        return None;
    }
    let taken = rows.iter().position(|(_, taken)| *taken).unwrap_or(0);
    Some((rows.into_iter().map(|(row, _)| row).collect(), taken))
}

/// All rows, each kink's in its neighbour where they agree.
fn undecided(cases: &[Case]) -> Vec<Case> {
    let mut rows = cases.to_vec();
    let mut position = 0;
    while position < rows.len() {
        let row = rows[position].clone();
        let merged = row.kink.is_some()
            && (0..rows.len()).any(|other| other != position && relax(&mut rows[other], &row));
        if merged {
            rows.remove(position);
        } else {
            position += 1;
        }
    }
    rows
}

/// Whether two rows agree: numbers by value, whatever way they are written.
fn same_value(left: &Expr, right: &Expr) -> bool {
    match (left.as_number(), right.as_number()) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

/// Lets `row` hold at the boundary too, if `kink` has its value and lies on a strict bound of it.
fn relax(row: &mut Case, kink: &Case) -> bool {
    if row.kink.is_some() || !same_value(&row.value, &kink.value) {
        return false;
    }
    let [boundary] = &kink.conditions[..] else { return false };
    let on_boundary = |condition: &Condition| {
        (condition.left == boundary.left && condition.right == boundary.right)
            || (condition.left == boundary.right && condition.right == boundary.left)
    };
    let Some(condition) = row.conditions.iter_mut().find(|condition| on_boundary(condition)) else {
        return false;
    };
    condition.relation = match condition.relation {
        Relation::Less => Relation::LessOrEqual,
        Relation::Greater => Relation::GreaterOrEqual,
        _ => return false,
    };
    true
}
