//! An expression in the language's own syntax, for messages and the machine-readable result.

use std::fmt::Write as _;

use super::{Case, Expr, Notation, OperatorRef, Quantity, Term};

/// The names that an expression is written with.
pub trait Names {
    /// The name of a quantity as the file writes it.
    fn name(&self, quantity: Quantity) -> String;
}

/// How tightly a form binds, loosest first.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Sum,
    Product,
    Negation,
    Power,
    Atom,
}

/// `expr` in the language's syntax; parsing it gives the same tree.
pub fn to_text(expr: &Expr, names: &dyn Names) -> String {
    let mut text = String::new();
    write_expr(&mut text, expr, names, Binding::Sum);
    text
}

fn binding(expr: &Expr) -> Binding {
    match expr {
        Expr::Sum(_) => Binding::Sum,
        Expr::Product(_) | Expr::Quotient { .. } => Binding::Product,
        Expr::Negation(_) => Binding::Negation,
        Expr::Power { .. } => Binding::Power,
        Expr::Call { operator, arguments } if as_power(operator, arguments).is_some() => {
            Binding::Power
        }
        Expr::Number(literal) if literal.value.as_rational().is_none() => Binding::Sum,
        Expr::Number(literal) => {
            let text = literal.value.to_string();
            if text.starts_with('-') {
                Binding::Negation
            } else if text.contains('/') {
                Binding::Product
            } else {
                Binding::Atom
            }
        }
        Expr::Quantity(_) | Expr::Call { .. } | Expr::Cases(_) | Expr::Infinity { .. } => {
            Binding::Atom
        }
    }
}

fn write_expr(out: &mut String, expr: &Expr, names: &dyn Names, least: Binding) {
    if binding(expr) < least {
        out.push('(');
        write_expr(out, expr, names, Binding::Sum);
        out.push(')');
        return;
    }
    match expr {
        Expr::Number(literal) => {
            let _ = write!(out, "{}", literal.value);
        }
        Expr::Infinity { negative } => out.push_str(if *negative { "-inf" } else { "inf" }),
        Expr::Quantity(quantity) => out.push_str(&names.name(*quantity)),
        Expr::Negation(inner) => {
            out.push('-');
            write_expr(out, inner, names, Binding::Power);
        }
        Expr::Sum(terms) => write_sum(out, terms, names),
        Expr::Product(factors) => {
            for (index, factor) in factors.iter().enumerate() {
                if index > 0 {
                    out.push_str(" * ");
                }
                let least = if index == 0 { Binding::Product } else { Binding::Power };
                write_expr(out, factor, names, least);
            }
        }
        Expr::Quotient { numerator, denominator } => {
            write_expr(out, numerator, names, Binding::Product);
            out.push_str(" / ");
            write_expr(out, denominator, names, Binding::Power);
        }
        Expr::Power { base, exponent } => write_power(out, base, exponent, names),
        Expr::Call { operator, arguments } => {
            if let Some((base, exponent)) = as_power(operator, arguments) {
                return write_power(out, &base, &exponent, names);
            }
            out.push_str(operator.name());
            out.push('(');
            for (index, argument) in operator.written(arguments).iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_expr(out, argument, names, Binding::Sum);
            }
            out.push(')');
        }
        Expr::Cases(cases) => write_cases(out, cases, names),
    }
}

/// Base and exponent, of an operator that is written as a power.
fn as_power(operator: &OperatorRef, arguments: &[Expr]) -> Option<(Expr, Expr)> {
    match operator.notation(arguments) {
        Notation::Power(base, exponent) => Some((base, exponent)),
        _ => None,
    }
}

fn write_power(out: &mut String, base: &Expr, exponent: &Expr, names: &dyn Names) {
    write_expr(out, base, names, Binding::Atom);
    out.push('^');
    write_expr(out, exponent, names, Binding::Atom);
}

/// `where(c, a, where(…))`: a last case without conditions is the "otherwise"; without such a case, 0 is.
/// Several conditions of one case nest, each with the same rest.
fn write_cases(out: &mut String, cases: &[Case], names: &dyn Names) {
    let Some((case, rest)) = cases.split_first() else {
        out.push('0');
        return;
    };
    for condition in &case.conditions {
        let _ = write!(
            out,
            "where({} {} {}, ",
            to_text(&condition.left, names),
            condition.relation.symbol(),
            to_text(&condition.right, names)
        );
    }
    write_expr(out, &case.value, names, Binding::Sum);
    if case.conditions.is_empty() {
        return;
    }
    let mut otherwise = String::new();
    write_cases(&mut otherwise, rest, names);
    for _ in &case.conditions {
        let _ = write!(out, ", {otherwise})");
    }
}

fn write_sum(out: &mut String, terms: &[Term], names: &dyn Names) {
    for (index, term) in terms.iter().enumerate() {
        match (index, term.minus) {
            (0, true) => out.push('-'),
            (0, false) => {}
            (_, true) => out.push_str(" - "),
            (_, false) => out.push_str(" + "),
        }
        let mut text = String::new();
        let least = if term.minus || index > 0 { Binding::Product } else { Binding::Sum };
        write_expr(&mut text, &term.expr, names, least);
        // A term that begins with a minus needs parentheses after an operator.
        if text.starts_with('-') && (term.minus || index > 0) {
            let _ = write!(out, "({text})");
        } else {
            out.push_str(&text);
        }
    }
}
