//! Expressions to formulas: which form each has, and where it needs parentheses.

use std::sync::Arc;

use super::{Format, Math, MathCase, MathCondition, Shown, Symbol};
use crate::exact::{ArithmeticError, Number};
use crate::expr::{Condition, Expr, Literal, Notation, Quantity, Term, VariableId};
use crate::ops;

/// Characters beyond which a closed form is not short.
const MAX_CLOSED_FORM: usize = 18;

/// The look of every name of an exercise.
pub trait Symbols {
    /// The symbol of a leaf or node.
    fn variable(&self, variable: VariableId) -> Arc<Symbol>;
    /// The symbol of anything else that is a lone symbol: a setting, a name in prose.
    fn other(&self, quantity: Quantity) -> Arc<Symbol>;
    /// The symbol of a function that the file names.
    fn function(&self, name: &str) -> Symbol;
    /// The symbol of what is differentiated.
    fn objective(&self) -> Arc<Symbol>;
    /// Whether `variable` is what is differentiated.
    fn is_objective(&self, variable: VariableId) -> bool;
}

/// Typesets expressions with one set of names and one way to show numbers.
#[derive(Clone, Copy)]
pub struct Typesetter<'a> {
    /// The names.
    pub symbols: &'a dyn Symbols,
    /// The numbers.
    pub format: Format,
}

impl Typesetter<'_> {
    /// The formula of an expression, and whether every number in it is shown exactly.
    ///
    /// # Errors
    /// Where a number's decimal cannot be determined.
    pub fn expr(&self, expr: &Expr) -> Result<Shown, ArithmeticError> {
        let mut is_exact = true;
        let math = self.typeset(expr, &mut is_exact)?;
        Ok(Shown { math, is_exact })
    }

    /// The formula of a number.
    ///
    /// # Errors
    /// Where its decimal cannot be determined.
    pub fn number(&self, literal: &Literal) -> Result<Shown, ArithmeticError> {
        self.format.show(literal)
    }

    /// The formula of a quantity by name.
    pub fn quantity(&self, quantity: Quantity) -> Math {
        let symbols = self.symbols;
        match quantity {
            Quantity::Variable(variable) | Quantity::Updated(variable) => {
                Math::Symbol(symbols.variable(variable))
            }
            Quantity::Adjoint(variable) => Math::Derivative {
                of: symbols.objective(),
                by: symbols.variable(variable),
                is_direct: false,
            },
            Quantity::LocalPartial { of, by } => Math::Derivative {
                of: symbols.variable(of),
                by: symbols.variable(by),
                is_direct: symbols.is_objective(of),
            },
            Quantity::RowAdjoint { by, .. } | Quantity::MeanAdjoint(by) => Math::Derivative {
                of: symbols.other(match quantity {
                    Quantity::RowAdjoint { row, .. } => Quantity::RowObjective(row),
                    _ => Quantity::MeanObjective,
                }),
                by: symbols.variable(by),
                is_direct: false,
            },
            _ => Math::Symbol(symbols.other(quantity)),
        }
    }

    /// The formula of a comparison.
    ///
    /// # Errors
    /// Where a number's decimal cannot be determined.
    pub fn condition(&self, condition: &Condition) -> Result<MathCondition, ArithmeticError> {
        self.typeset_condition(condition, &mut true)
    }

    /// A number beyond the rationals in closed form, where numbers are shown as they are and that is short.
    fn closed(&self, value: &Number) -> Option<Expr> {
        if value.as_rational().is_some() || !self.format.shows_closed_forms() {
            return None;
        }
        ops::closed(&value.closed_form(MAX_CLOSED_FORM)?)
    }

    fn typeset(&self, expr: &Expr, is_exact: &mut bool) -> Result<Math, ArithmeticError> {
        Ok(match expr {
            Expr::Number(literal) => {
                if let Some(form) = self.closed(&literal.value) {
                    return self.typeset(&form, is_exact);
                }
                let shown = self.format.show(literal)?;
                *is_exact &= shown.is_exact;
                shown.math
            }
            Expr::Infinity { negative: false } => Math::Infinity,
            Expr::Infinity { negative: true } => Math::Minus(Box::new(Math::Infinity)),
            Expr::Quantity(quantity) => self.quantity(*quantity),
            Expr::Negation(inner) => {
                Math::Minus(Box::new(subtracted(self.typeset(inner, is_exact)?)))
            }
            Expr::Sum(terms) => self.typeset_sum(terms, is_exact)?,
            Expr::Product(factors) => {
                let last = factors.len() - 1;
                let mut typeset = Vec::with_capacity(factors.len());
                for (position, factor) in factors.iter().enumerate() {
                    let math = self.typeset(factor, is_exact)?;
                    // A case distinction has no right edge: nothing may follow it bare.
                    let open = matches!(math, Math::Cases(_)) && position < last;
                    let wrap = matches!(math, Math::Sum(_))
                        || open
                        || (position > 0 && math.begins_with_minus())
                        || (position > 0 && matches!(math, Math::Product(_)));
                    typeset.push(if wrap { math.parenthesised() } else { math });
                }
                Math::Product(typeset)
            }
            Expr::Quotient { numerator, denominator } => Math::Fraction(
                Box::new(self.typeset(numerator, is_exact)?),
                Box::new(self.typeset(denominator, is_exact)?),
            ),
            Expr::Power { base, exponent } => self.typeset_power(base, exponent, is_exact)?,
            Expr::Call { operator, arguments } => match operator.notation(arguments) {
                Notation::Function { name, subscript, arguments } => Math::Apply {
                    name,
                    subscript: match subscript {
                        Some(subscript) => Some(Box::new(self.typeset(&subscript, is_exact)?)),
                        None => None,
                    },
                    arguments: arguments
                        .iter()
                        .map(|argument| self.typeset(argument, is_exact))
                        .collect::<Result<_, _>>()?,
                },
                Notation::Named { name, derivative, argument } => Math::Named {
                    name: Arc::new(self.symbols.function(&name).derived(derivative)),
                    argument: Box::new(self.typeset(&argument, is_exact)?),
                },
                Notation::Absolute(inner) => {
                    Math::Absolute(Box::new(self.typeset(&inner, is_exact)?))
                }
                Notation::Root(inner) => Math::Root(Box::new(self.typeset(&inner, is_exact)?)),
                Notation::Power(base, exponent) => {
                    self.typeset_power(&base, &exponent, is_exact)?
                }
                Notation::Expression(inner) => self.typeset(&inner, is_exact)?,
                Notation::Letter(letter) => Math::Symbol(Arc::new(super::symbol_for(letter, &[]))),
            },
            Expr::Cases(cases) => Math::Cases(
                cases
                    .iter()
                    .map(|case| {
                        Ok(MathCase {
                            value: self.typeset(&case.value, is_exact)?,
                            conditions: case
                                .conditions
                                .iter()
                                .map(|condition| self.typeset_condition(condition, is_exact))
                                .collect::<Result<_, _>>()?,
                        })
                    })
                    .collect::<Result<_, ArithmeticError>>()?,
            ),
        })
    }

    fn typeset_power(
        &self,
        base: &Expr,
        exponent: &Expr,
        is_exact: &mut bool,
    ) -> Result<Math, ArithmeticError> {
        let base = self.typeset(base, is_exact)?;
        let bare = match &base {
            Math::Symbol(symbol) => symbol.takes_exponent(),
            Math::Digits(_) | Math::Absolute(_) | Math::Infinity => true,
            _ => false,
        };
        let base = if bare { base } else { base.parenthesised() };
        Ok(Math::Power(Box::new(base), Box::new(self.typeset(exponent, is_exact)?)))
    }

    fn typeset_sum(&self, terms: &[Term], is_exact: &mut bool) -> Result<Math, ArithmeticError> {
        let last = terms.len() - 1;
        let mut typeset = Vec::with_capacity(terms.len());
        for (position, term) in terms.iter().enumerate() {
            let (minus, math) = self.typeset_term(term, is_exact)?;
            let open = matches!(math, Math::Cases(_)) && position < last;
            let math = if open {
                math.parenthesised()
            } else if position > 0 || minus {
                subtracted(math)
            } else {
                math
            };
            typeset.push((minus, math));
        }
        Ok(Math::Sum(typeset))
    }

    /// A term and its sign. A closed form may begin with a minus though its number is positive: ln(1/2) is
    /// −ln(2); its sign goes into that of the term.
    fn typeset_term(
        &self,
        term: &Term,
        is_exact: &mut bool,
    ) -> Result<(bool, Math), ArithmeticError> {
        let math = self.typeset(&term.expr, is_exact)?;
        match (&term.expr, math) {
            (Expr::Number(literal), Math::Minus(inner))
                if literal.value.as_rational().is_none() && !matches!(*inner, Math::Sum(_)) =>
            {
                Ok((!term.minus, *inner))
            }
            (_, math) => Ok((term.minus, math)),
        }
    }

    fn typeset_condition(
        &self,
        condition: &Condition,
        is_exact: &mut bool,
    ) -> Result<MathCondition, ArithmeticError> {
        Ok(MathCondition {
            left: self.typeset(&condition.left, is_exact)?,
            relation: condition.relation,
            right: self.typeset(&condition.right, is_exact)?,
        })
    }
}

/// What stands after a sign: sums in parentheses, and what begins with a minus too. Of a product it is the
/// first factor alone: ½·0 + (−¼)·1.
fn subtracted(math: Math) -> Math {
    match math {
        sum @ Math::Sum(_) => sum.parenthesised(),
        Math::Product(mut factors) if factors[0].begins_with_minus() => {
            let first = factors.remove(0);
            factors.insert(0, first.parenthesised());
            Math::Product(factors)
        }
        other if other.begins_with_minus() => other.parenthesised(),
        other => other,
    }
}
