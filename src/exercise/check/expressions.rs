//! Expressions: names resolved, literals folded.

use super::{Checker, Unresolved, limits};
use crate::exact::Number;
use crate::exercise::{CheckError, Name};
use crate::expr::{
    Case, Condition, EvaluationError, Expr, Literal, NumberStyle, Quantity, Term, VariableId,
};
use crate::ops::moving_power;
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};

/// What the names in an expression may refer to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Names {
    /// Everything that stands above.
    All,
    /// Everything, and `grad(…)`: a value in prose.
    Values,
    /// Constants alone, in the body of a `def` or `activation`.
    Constants,
    /// Everything, and undeclared names too: mathematics in prose.
    Free,
}

/// What a function's parameter stands for while its body is inlined.
pub(super) struct Argument {
    pub(super) parameter: String,
    pub(super) expr: Expr,
    /// Its parts, and the names among them.
    pub(super) size: usize,
    pub(super) names: usize,
}

/// The state of one expression's lowering.
pub(super) struct Lowering {
    pub(super) names: Names,
    /// The whole expression.
    root: Span,
    /// The node whose right-hand side this is, for messages about cycles.
    pub(super) within: Option<VariableId>,
    /// The call in the expression itself whose function is being inlined.
    pub(super) call_site: Option<Span>,
    /// How the function is written whose body is checked on its own, its parameters standing for nothing.
    pub(super) function: Option<String>,
    pub(super) arguments: Vec<Argument>,
    /// Where the parts stand that may turn out to have no value.
    places: Vec<(Expr, Span)>,
    pub(super) size: usize,
    pub(super) depth: usize,
    /// The most levels so far.
    pub(super) deepest: usize,
    /// It is the body of an `activation`: its parameter stands for any number, and is no constant.
    is_kept: bool,
    /// The names in the expression, each as often as it occurs.
    pub(super) names_in_it: usize,
    /// For each name in a product, power, quotient or function the size of that.
    pub(super) partial_parts: usize,
    /// The expression was refused as too large: the rest of it needs no message.
    refused: bool,
}

impl Lowering {
    pub(super) fn new(names: Names, root: Span) -> Self {
        Self {
            names,
            root,
            within: None,
            call_site: None,
            function: None,
            arguments: Vec::new(),
            places: Vec::new(),
            size: 0,
            depth: 0,
            deepest: 0,
            is_kept: false,
            names_in_it: 0,
            partial_parts: 0,
            refused: false,
        }
    }

    /// For the right-hand side of a node.
    pub(super) fn of_node(node: VariableId, root: Span) -> Self {
        Self { within: Some(node), ..Self::new(Names::All, root) }
    }

    /// For the body of a `def` on its own.
    pub(super) fn of_function(signature: String, parameters: &[String], root: Span) -> Self {
        let arguments = parameters
            .iter()
            .map(|parameter| Argument {
                parameter: parameter.clone(),
                expr: placeholder(),
                size: 1,
                names: 1,
            })
            .collect();
        Self { arguments, function: Some(signature), ..Self::new(Names::Constants, root) }
    }

    /// For the body of an `activation`, with `argument` for its parameter.
    pub(super) fn of_activation(
        signature: String,
        parameter: String,
        argument: Expr,
        root: Span,
    ) -> Self {
        let argument = Argument { parameter, expr: argument, size: 1, names: 1 };
        Self {
            arguments: vec![argument],
            function: Some(signature),
            is_kept: true,
            ..Self::new(Names::Constants, root)
        }
    }

    /// Whether some name of `expr` may turn out to be a constant only where the expression is used.
    pub(super) fn may_be_open(&self, expr: &Expr) -> bool {
        self.names == Names::Free || (!self.is_kept && is_open(expr))
    }

    /// Where a mistake is shown: of a function that is being inlined, the call of it.
    pub(super) fn place(&self, span: Span) -> Span {
        self.call_site.unwrap_or(span)
    }

    /// Where a part of the expression stands.
    pub(super) fn place_of(&self, part: &Expr) -> Option<Span> {
        self.places.iter().find(|(own, _)| own == part).map(|(_, span)| *span)
    }

    /// Where the parts stand that may turn out to have no value.
    pub(super) fn into_places(self) -> Vec<(Expr, Span)> {
        self.places
    }
}

/// Whether some name of `expr` has no value: a parameter of the function that is checked, or an undeclared
/// name in prose.
fn is_open(expr: &Expr) -> bool {
    let mut open = false;
    expr.for_each_quantity(&mut |quantity| open |= matches!(quantity, Quantity::Free(_)));
    open
}

/// What a function's parameter stands for while its body is checked on its own.
fn placeholder() -> Expr {
    Quantity::Free(u32::MAX).into()
}

impl Checker {
    /// Lowers one expression. `None` means that an error was reported.
    pub(super) fn lower(&mut self, expr: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        self.grow(state, 1)?;
        if state.depth >= limits::EXPRESSION_DEPTH {
            return self.too_deep(state);
        }
        state.depth += 1;
        state.deepest = state.deepest.max(state.depth);
        let (size, names) = (state.size, state.names_in_it);
        let lowered = self.lower_kind(expr, state);
        state.depth -= 1;
        if matches!(expr.kind, ExprKind::Product(_) | ExprKind::Power { .. } | ExprKind::Call(_)) {
            let (size, names) = (state.size - size, state.names_in_it - names);
            state.partial_parts = state.partial_parts.saturating_add(size.saturating_mul(names));
        }
        lowered
    }

    /// Counts further parts of the expression.
    pub(super) fn grow(&mut self, state: &mut Lowering, parts: usize) -> Option<()> {
        state.size += parts;
        if state.size <= limits::EXPRESSION_SIZE {
            return Some(());
        }
        let limit = limits::EXPRESSION_SIZE;
        self.refuse(state, &CheckError::ExpressionTooLarge { limit })
    }

    pub(super) fn too_deep<T>(&mut self, state: &mut Lowering) -> Option<T> {
        let limit = limits::EXPRESSION_DEPTH;
        self.refuse(state, &CheckError::ExpressionTooDeep { limit })
    }

    /// Refuses the whole expression, once.
    fn refuse<T>(&mut self, state: &mut Lowering, error: &CheckError) -> Option<T> {
        if std::mem::replace(&mut state.refused, true) {
            return None;
        }
        self.error(state.place(state.root), error)
    }

    /// Remembers where a part stands that may turn out to have no value, while there is room.
    pub(super) fn remember(&mut self, state: &mut Lowering, part: &Expr, span: Span, size: usize) {
        if self.remembered + size <= limits::REMEMBERED_PARTS {
            self.remembered += size;
            let span = state.place(span);
            state.places.push((part.clone(), span));
        }
    }

    fn lower_kind(&mut self, expr: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        match &expr.kind {
            ExprKind::Number(literal) => Some(self.lower_literal(literal)),
            ExprKind::Name(name) => self.lower_name(name, state),
            ExprKind::Group(inner) => self.lower(inner, state),
            ExprKind::Negation(inner) => Some(match self.lower(inner, state)? {
                Expr::Number(literal) => {
                    Expr::Number(Literal { value: literal.value.neg(), style: literal.style })
                }
                Expr::Infinity { negative } => Expr::Infinity { negative: !negative },
                other => Expr::Negation(Box::new(other)),
            }),
            ExprKind::Sum(terms) => {
                // Every term is lowered before one that failed ends it, so that all are reported.
                let lowered: Vec<Option<Term>> = terms
                    .iter()
                    .map(|term| {
                        let lowered = self.lower_operand(&term.expr, state)?;
                        Some(Term { minus: term.minus, expr: lowered })
                    })
                    .collect();
                Some(Expr::Sum(lowered.into_iter().collect::<Option<_>>()?))
            }
            ExprKind::Product(factors) => self.lower_product(factors, state),
            ExprKind::Power { base, exponent } => self.lower_power(base, exponent, state),
            ExprKind::Call(call) => self.lower_call(call, state),
            ExprKind::Comparison { .. } => {
                self.error(state.place(expr.span), &CheckError::ComparisonMisplaced)
            }
        }
    }

    /// An operand of arithmetic: everything but an infinity.
    pub(super) fn lower_operand(&mut self, expr: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        match self.lower(expr, state)? {
            Expr::Infinity { .. } => {
                self.error(state.place(expr.span), &CheckError::InfinityMisplaced)
            }
            other => Some(other),
        }
    }

    fn lower_literal(&mut self, literal: &ast::NumberLiteral) -> Expr {
        self.exercise.has_decimals |= literal.decimal;
        Expr::Number(Literal {
            value: Number::from(literal.value.clone()),
            style: if literal.decimal { NumberStyle::Decimal } else { NumberStyle::Auto },
        })
    }

    fn lower_name(&mut self, name: &ast::Name, state: &mut Lowering) -> Option<Expr> {
        if name.indices.is_empty() {
            let text = name.ident.text.as_str();
            if let Some(position) =
                state.arguments.iter().position(|argument| argument.parameter == text)
            {
                self.grow(state, state.arguments[position].size)?;
                state.names_in_it += state.arguments[position].names;
                return Some(state.arguments[position].expr.clone());
            }
            if let Some(number) = self.scope.loop_number(text) {
                return Some(Expr::from(number));
            }
            if text == "inf" {
                return Some(Expr::Infinity { negative: false });
            }
        }
        let resolved = self.resolve_name(name)?;
        match self.scope.get(&resolved) {
            Some(variable) if state.names == Names::Constants && !self.is_constant(variable) => {
                let (name_text, is) = (resolved.to_string(), self.described(variable));
                if state.is_kept {
                    let error = CheckError::NotConstantInActivation { name: name_text, is };
                    return self.error(state.place(name.span), &error);
                }
                let signature = state.function.clone().unwrap_or_default();
                let signature = match signature.strip_suffix("()") {
                    Some(function) => format!("{function}({name_text})"),
                    None => format!("{}, {name_text})", signature.trim_end_matches(')')),
                };
                let error = CheckError::NotConstantInFunction { name: name_text, is, signature };
                self.error(state.place(name.span), &error)
            }
            Some(variable) => {
                state.names_in_it += 1;
                Some(variable.into())
            }
            None if state.names == Names::Free => Some(self.free_name(resolved)),
            None => {
                self.unresolved(resolved, name.span, state.within);
                None
            }
        }
    }

    /// Remembers a use of a name that nothing above gives; it is reported once all names are known.
    pub(super) fn unresolved(&mut self, name: Name, span: Span, within: Option<VariableId>) {
        self.has_errors = true;
        if self.unresolved.len() <= limits::DIAGNOSTICS && self.unresolved_places.insert(span) {
            self.unresolved.push(Unresolved { name, span, within });
        }
    }

    pub(super) fn free_name(&mut self, name: Name) -> Expr {
        let names = &mut self.exercise.free_names;
        let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let position = *self.free_positions.entry(name.clone()).or_insert(next);
        if position == next {
            names.push(name);
        }
        Quantity::Free(position).into()
    }

    /// A name with its indices computed.
    pub(super) fn resolve_name(&mut self, name: &ast::Name) -> Option<Name> {
        let base = self.scope.intern(&name.ident.text);
        let indices: Vec<Option<i64>> =
            name.indices.iter().map(|index| self.integer(index, "an index")).collect();
        Some(Name { base, indices: indices.into_iter().collect::<Option<_>>()? })
    }

    /// Folds `1/2` into one rational literal, and the rest from the left into products and quotients.
    fn lower_product(&mut self, factors: &[ast::Factor], state: &mut Lowering) -> Option<Expr> {
        let lowered: Vec<Option<(Expr, usize)>> = factors
            .iter()
            .map(|factor| {
                let before = state.size;
                let lowered = self.lower_operand(&factor.expr, state)?;
                Some((lowered, state.size - before))
            })
            .collect();
        let mut product: Option<Expr> = None;
        let mut quotients = 0;
        for (factor, lowered) in factors.iter().zip(lowered) {
            let (next, size) = lowered?;
            let span = factor.expr.span;
            product = Some(match (product, factor.divides) {
                (None, _) => next,
                (Some(Expr::Product(mut factors)), false) => {
                    factors.push(next);
                    Expr::Product(factors)
                }
                (Some(before), false) => Expr::Product(vec![before, next]),
                (Some(before), true) => {
                    quotients += 1;
                    if let Some(fraction) = fold_fraction(&before, &next) {
                        fraction
                    } else if state.depth + quotients > limits::EXPRESSION_DEPTH {
                        return self.too_deep(state);
                    } else if next.is_integer(0) && state.names != Names::Free {
                        let denominator = Box::new(next);
                        let error = EvaluationError::ZeroDenominator { denominator };
                        let error = CheckError::Evaluation { error, subject: None };
                        return self.error(state.place(span), &error);
                    } else {
                        if !matches!(next, Expr::Number(_)) {
                            self.remember(state, &next, span, size);
                        }
                        Expr::Quotient { numerator: Box::new(before), denominator: Box::new(next) }
                    }
                }
            });
        }
        product
    }

    fn lower_power(
        &mut self,
        base: &ast::Expr,
        exponent: &ast::Expr,
        state: &mut Lowering,
    ) -> Option<Expr> {
        let before = state.size;
        let lowered = self.lower_operand(base, state);
        let size = state.size - before;
        let power = self.lower_exponent(exponent, state);
        let (lowered, power) = (lowered?, power?);
        let defined_everywhere = power.as_number().is_some_and(|number| {
            number.as_rational().is_some_and(|r| r.is_integer() && !r.is_negative())
        });
        if !defined_everywhere {
            self.remember(state, &lowered, base.span, size);
        }
        Some(if power.as_number().is_some() || state.may_be_open(&power) {
            Expr::Power { base: Box::new(lowered), exponent: Box::new(power) }
        } else {
            moving_power(lowered, power)
        })
    }

    /// An exponent: a number in place where it is constant.
    fn lower_exponent(&mut self, exponent: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        let lowered = self.lower_operand(exponent, state)?;
        if state.may_be_open(&lowered) {
            return Some(lowered);
        }
        let mut constant = true;
        lowered.for_each_quantity(&mut |quantity| {
            constant &= matches!(quantity, Quantity::Variable(variable)
                    if self.is_constant(variable) && !self.is_symbol(variable));
        });
        let place = state.place(exponent.span);
        if !constant {
            return Some(lowered);
        }
        let value = self.evaluate_constant(&lowered, exponent.span, state)?;
        let mut has_names = false;
        lowered.for_each_quantity(&mut |_| has_names = true);
        match self.machine_integer(&value, "this exponent") {
            // A constant keeps its name: a gradient may be asked for it too.
            Ok(_) | Err(CheckError::NotAnInteger { .. }) if has_names => Some(lowered),
            Ok(integer) => Some(Expr::from(integer)),
            Err(CheckError::NotAnInteger { .. }) => Some(match lowered {
                number @ Expr::Number(_) => number,
                _ => Expr::number(value),
            }),
            Err(error) => self.error(place, &error),
        }
    }

    /// A comparison, as the case distinction that is 1 where it holds.
    pub(super) fn lower_condition(
        &mut self,
        expr: &ast::Expr,
        state: &mut Lowering,
    ) -> Option<Expr> {
        let mut inner = expr;
        while let ExprKind::Group(grouped) = &inner.kind {
            inner = grouped;
        }
        if !matches!(inner.kind, ExprKind::Comparison { .. }) {
            self.lower(inner, state)?;
            return self.error(state.place(expr.span), &CheckError::ConditionExpected);
        }
        let condition = self.lower_comparison(inner, state)?;
        Some(Expr::Cases(vec![
            Case { value: Expr::from(1), conditions: vec![condition], kink: None },
            Case { value: Expr::from(0), conditions: Vec::new(), kink: None },
        ]))
    }

    /// Both sides of a comparison.
    pub(super) fn lower_comparison(
        &mut self,
        expr: &ast::Expr,
        state: &mut Lowering,
    ) -> Option<Condition> {
        let ExprKind::Comparison { left, relation, right } = &expr.kind else { return None };
        let left = self.lower_operand(left, state);
        let right = self.lower_operand(right, state);
        Some(Condition { left: left?, relation: *relation, right: right? })
    }
}

/// One rational literal out of two integer literals.
fn fold_fraction(numerator: &Expr, denominator: &Expr) -> Option<Expr> {
    let (Expr::Number(top), Expr::Number(bottom)) = (numerator, denominator) else { return None };
    if top.style != NumberStyle::Auto || bottom.style != NumberStyle::Auto {
        return None;
    }
    let value = top.value.div(&bottom.value).ok()?;
    Some(Expr::Number(Literal { value, style: NumberStyle::Fraction }))
}
