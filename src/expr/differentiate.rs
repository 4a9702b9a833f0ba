//! The local partial of an expression by one of its quantities, in the form a textbook has.

use super::build::{as_power, cases_of};
use super::{Case, Conventions, Expr, Quantity, Term, power, product, quotient, sum};

/// ∂`expr`/∂`by`, all other quantities held fixed: sum, product, quotient and power rule, and for an
/// operator the chain rule over its own partials.
///
/// A piecewise part is differentiated branch by branch; at a boundary the taken branch counts.
pub fn differentiate(expr: &Expr, by: Quantity, conventions: &Conventions) -> Expr {
    if !expr.mentions(by) {
        return Expr::from(0);
    }
    let derivative = |inner: &Expr| differentiate(inner, by, conventions);
    match expr {
        Expr::Number(_) | Expr::Infinity { .. } => Expr::from(0),
        Expr::Quantity(_) => Expr::from(1),
        Expr::Negation(inner) => super::negate(derivative(inner)),
        Expr::Sum(terms) => sum(terms
            .iter()
            .filter(|term| term.expr.mentions(by))
            .map(|term| Term { minus: term.minus, expr: derivative(&term.expr) })
            .collect()),
        Expr::Product(factors) => product_rule(factors, by, conventions),
        Expr::Quotient { numerator, denominator } => {
            if !denominator.mentions(by) {
                return quotient(derivative(numerator), (**denominator).clone());
            }
            // (u/vⁿ)′ = (u′v − n·uv′)/vⁿ⁺¹; with a constant u, −n·uv′/vⁿ⁺¹.
            let (base, exponent) = as_power((**denominator).clone());
            let falling =
                product(vec![Expr::from(exponent), (**numerator).clone(), derivative(&base)]);
            let raised = power(base.clone(), Expr::from(exponent + 1));
            let top = if numerator.mentions(by) {
                let rising = product(vec![derivative(numerator), base]);
                sum(vec![Term { minus: false, expr: rising }, Term { minus: true, expr: falling }])
            } else {
                super::negate(falling)
            };
            quotient(top, raised)
        }
        Expr::Power { base, exponent } => {
            // (uⁿ)′ = n·uⁿ⁻¹·u′; exponents are constants.
            let reduced = sum(vec![
                Term { minus: false, expr: (**exponent).clone() },
                Term { minus: true, expr: Expr::from(1) },
            ]);
            product(vec![(**exponent).clone(), power((**base).clone(), reduced), derivative(base)])
        }
        Expr::Call { operator, arguments } => sum(arguments
            .iter()
            .enumerate()
            .filter(|(_, argument)| argument.mentions(by))
            .map(|(index, argument)| Term {
                minus: false,
                expr: product(vec![
                    operator.partial(arguments, index, conventions),
                    derivative(argument),
                ]),
            })
            .collect()),
        Expr::Cases(cases) => cases_of(
            cases
                .iter()
                .map(|case| Case { value: derivative(&case.value), ..case.clone() })
                .collect(),
        ),
    }
}

/// The product rule: one term for each factor that moves. Equal factors are first gathered into a power,
/// so that w·w gives 2w and not w + w.
fn product_rule(factors: &[Expr], by: Quantity, conventions: &Conventions) -> Expr {
    let moving = factors.iter().filter(|factor| factor.mentions(by)).count();
    if moving > 1
        && let gathered @ (Expr::Power { .. } | Expr::Negation(_)) = product(factors.to_vec())
        && !matches!(&gathered, Expr::Negation(inner) if matches!(**inner, Expr::Product(_)))
    {
        return differentiate(&gathered, by, conventions);
    }
    sum(factors
        .iter()
        .enumerate()
        .filter(|(_, factor)| factor.mentions(by))
        .map(|(index, factor)| {
            let mut others = factors.to_vec();
            others[index] = differentiate(factor, by, conventions);
            Term { minus: false, expr: product(others) }
        })
        .collect())
}
