//! Numbers that must be known while the file is checked: declared values, indices, ranges, options.

use super::Checker;
use super::expressions::{Lowering, Names};
use crate::exact::Number;
use crate::exercise::{CheckError, Kind, LeafValue, Role};
use crate::expr::{Expr, Names as _, NumberStyle, Quantity, VariableId, evaluate, to_text};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};

impl Checker {
    /// An expression of numbers and constants, computed; with the style that its literals have.
    pub(super) fn constant(
        &mut self,
        expr: &ast::Expr,
        what: &'static str,
    ) -> Option<(Number, NumberStyle)> {
        let mut state = Lowering::new(Names::All, expr.span);
        let lowered = self.lower_operand(expr, &mut state);
        self.count_parts(state.size, expr.span)?;
        let lowered = lowered?;
        let value = self.constant_value(&lowered, expr, what, &state)?;
        Some((value, style_of(&lowered)))
    }

    /// The value of a lowered expression that must be constant.
    pub(super) fn constant_value(
        &mut self,
        lowered: &Expr,
        expr: &ast::Expr,
        what: &'static str,
        state: &Lowering,
    ) -> Option<Number> {
        let mut moving = None;
        lowered.for_each_quantity(&mut |quantity| match quantity {
            Quantity::Variable(variable) if !self.is_constant(variable) => {
                moving.get_or_insert(quantity);
            }
            Quantity::Free(_) => {
                moving.get_or_insert(quantity);
            }
            _ => {}
        });
        if let Some(symbol) = self.symbol_in(lowered) {
            // That it has no value is one mistake, however often a number is needed.
            if !self.faulty.insert(symbol) {
                return None;
            }
            let name = &self.exercise.network[symbol].name;
            let span = find_name(expr, &name.base).unwrap_or(expr.span);
            let error = CheckError::SymbolNeedsNumber { name: name.to_string(), what };
            return self.error(state.place(span), &error);
        }
        let Some(moving) = moving else {
            return self.evaluate_constant(lowered, expr.span, state);
        };
        let name = self.exercise.name(moving);
        let (is, base) = match moving {
            Quantity::Variable(variable) => {
                (self.described(variable), &*self.exercise.network[variable].name.base)
            }
            // The parameter of an `activation`.
            _ => ("the argument of a function", name.as_str()),
        };
        let span = find_name(expr, base).unwrap_or(expr.span);
        self.error(state.place(span), &CheckError::NotConstant { name, is, what })
    }

    /// The first leaf without a value that an expression names.
    pub(super) fn symbol_in(&self, lowered: &Expr) -> Option<VariableId> {
        let mut symbol = None;
        lowered.for_each_quantity(&mut |quantity| {
            if let Quantity::Variable(variable) = quantity
                && self.is_symbol(variable)
            {
                symbol.get_or_insert(variable);
            }
        });
        symbol
    }

    pub(super) fn is_symbol(&self, variable: VariableId) -> bool {
        let kind = &self.exercise.network[variable].kind;
        matches!(kind, Kind::Leaf { value: LeafValue::Symbol, .. })
    }

    pub(super) fn is_constant(&self, variable: VariableId) -> bool {
        self.exercise.network.role(variable) == Some(Role::Constant)
    }

    /// What a name is, in words.
    pub(super) fn described(&self, variable: VariableId) -> &'static str {
        match self.exercise.network.role(variable) {
            Some(Role::Input) => "an input",
            Some(Role::Target) => "a target",
            Some(Role::Parameter) => "a parameter",
            Some(Role::Constant) => "a constant",
            None if self.exercise.network.is_objective(variable) => "the loss",
            None => "a node",
        }
    }

    /// The value of an expression of constants.
    pub(super) fn evaluate_constant(
        &mut self,
        lowered: &Expr,
        span: Span,
        state: &Lowering,
    ) -> Option<Number> {
        // What rests on a faulty value is not at fault itself.
        let mut faulty = false;
        lowered.for_each_quantity(&mut |quantity| {
            faulty |=
                matches!(quantity, Quantity::Variable(variable) if self.faulty.contains(&variable));
        });
        if faulty {
            return None;
        }
        let network = &self.exercise.network;
        let value_of = |quantity| match quantity {
            Quantity::Variable(variable) => match &network[variable].kind {
                Kind::Leaf { value, .. } => value.declared().map(|literal| literal.value.clone()),
                Kind::Node { .. } => None,
            },
            _ => None,
        };
        match evaluate(lowered, &value_of, &self.exercise.conventions) {
            Ok(value) => Some(value),
            Err(error) => {
                let subject = error.part().map(|part| to_text(part, &self.exercise));
                let span = error
                    .part()
                    .and_then(|part| state.place_of(part))
                    .unwrap_or_else(|| state.place(span));
                self.error(span, &CheckError::Evaluation { error, subject })
            }
        }
    }

    /// A constant integer of machine size.
    pub(super) fn integer(&mut self, expr: &ast::Expr, what: &'static str) -> Option<i64> {
        // The common case, a literal or a loop's number, needs no tree.
        if let ExprKind::Number(literal) = &expr.kind
            && let Some(integer) = literal.value.to_i64()
        {
            return Some(integer);
        }
        // Numbers in an index or a range say nothing of how the file writes its numbers.
        let decimals = self.exercise.has_decimals;
        let constant = self.constant(expr, what);
        self.exercise.has_decimals = decimals;
        let (value, _) = constant?;
        self.machine_integer(&value, what).map_or_else(|error| self.error(expr.span, &error), Some)
    }

    /// `value` as an integer of machine size.
    #[expect(clippy::unused_self, reason = "a check like the others")]
    pub(super) fn machine_integer(
        &self,
        value: &Number,
        what: &'static str,
    ) -> Result<i64, CheckError> {
        match value.as_rational() {
            Some(rational) if rational.is_integer() => {
                rational.to_i64().ok_or(CheckError::IntegerTooLarge { what })
            }
            _ => Err(CheckError::NotAnInteger { what, value: shown(value) }),
        }
    }
}

/// A number as a sentence can hold it.
pub(super) fn shown(value: &Number) -> String {
    const LONGEST: usize = 30;
    let text = value.to_string();
    if text.len() <= LONGEST {
        return text;
    }
    let head: String = text.chars().take(LONGEST).collect();
    format!("{head}\u{2026}")
}

/// The first place in `expr` where a name with this text before its bracket stands.
fn find_name(expr: &ast::Expr, base: &str) -> Option<Span> {
    let find = |inner: &ast::Expr| find_name(inner, base);
    match &expr.kind {
        ExprKind::Name(name) if name.ident.text == base => Some(name.span),
        ExprKind::Name(_) | ExprKind::Number(_) => None,
        ExprKind::Call(call) => call.arguments.iter().find_map(|argument| find(&argument.value)),
        ExprKind::Negation(inner) | ExprKind::Group(inner) => find(inner),
        ExprKind::Sum(terms) => terms.iter().find_map(|term| find(&term.expr)),
        ExprKind::Product(factors) => factors.iter().find_map(|factor| find(&factor.expr)),
        ExprKind::Power { base: left, exponent: right }
        | ExprKind::Comparison { left, right, .. } => find(left).or_else(|| find(right)),
    }
}

/// A decimal if a part of the expression is one, a fraction if it was computed, else as it stands.
fn style_of(expr: &Expr) -> NumberStyle {
    match expr {
        Expr::Number(literal) => literal.style,
        Expr::Negation(inner) => style_of(inner),
        other => {
            let mut decimal = false;
            other.for_each_child(&mut |child| decimal |= style_of(child) == NumberStyle::Decimal);
            if decimal { NumberStyle::Decimal } else { NumberStyle::Fraction }
        }
    }
}
