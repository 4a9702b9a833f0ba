//! Expressions: names resolved, functions inlined, literals folded.

use std::sync::Arc;

use super::scope::Inlined;
use super::{Checker, Unresolved, limits};
use crate::exact::{Number, Rational};
use crate::exercise::{CheckError, Kind, Name, Role};
use crate::expr::{
    Case, Condition, EvaluationError, Expr, Function, Literal, NumberStyle, ParameterKind,
    Quantity, Term, VariableId, evaluate, to_text,
};
use crate::ops;
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast::{self, ExprKind};

/// What the names in an expression may refer to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Names {
    /// Everything that stands above.
    All,
    /// Constants alone, in the body of a `def`.
    Constants,
    /// Everything, and undeclared names too: mathematics in prose.
    Free,
}

/// The state of one expression's lowering.
pub(super) struct Lowering {
    names: Names,
    /// The node whose right-hand side this is, for messages about cycles.
    within: Option<VariableId>,
    /// What the parameters of the function that is being inlined stand for, with their sizes.
    arguments: Vec<(String, Expr, usize)>,
    size: usize,
    depth: usize,
}

impl Lowering {
    pub(super) fn new(names: Names, within: Option<VariableId>) -> Self {
        Self { names, within, arguments: Vec::new(), size: 0, depth: 0 }
    }

    /// The body of a `def` on its own, its parameters standing for a number.
    pub(super) fn for_function(parameters: &[String]) -> Self {
        let arguments =
            parameters.iter().map(|parameter| (parameter.clone(), Expr::from(1), 1)).collect();
        Self { arguments, ..Self::new(Names::Constants, None) }
    }

    /// How many parts the expression has so far.
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

impl Checker {
    /// Lowers one expression. `None` means that an error was reported.
    pub(super) fn lower(&mut self, expr: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        state.size += 1;
        if state.size > limits::EXPRESSION_SIZE {
            let limit = limits::EXPRESSION_SIZE;
            return self.error(expr.span, &CheckError::ExpressionTooLarge { limit });
        }
        if state.depth >= limits::EXPRESSION_DEPTH {
            let limit = limits::EXPRESSION_DEPTH;
            return self.error(expr.span, &CheckError::ExpressionTooDeep { limit });
        }
        state.depth += 1;
        let lowered = self.lower_kind(expr, state);
        state.depth -= 1;
        lowered
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
            ExprKind::Power { base, exponent } => {
                let base = self.lower_operand(base, state);
                let exponent = self.lower_exponent(exponent, state);
                Some(Expr::Power { base: Box::new(base?), exponent: Box::new(exponent?) })
            }
            ExprKind::Call(call) => self.lower_call(call, state),
            ExprKind::Comparison { .. } => self.error(expr.span, &CheckError::ComparisonMisplaced),
        }
    }

    /// An operand of arithmetic: everything but an infinity.
    fn lower_operand(&mut self, expr: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        match self.lower(expr, state)? {
            Expr::Infinity { .. } => self.error(expr.span, &CheckError::InfinityMisplaced),
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
            if let Some((_, argument, size)) =
                state.arguments.iter().find(|(parameter, ..)| parameter == text)
            {
                state.size += size;
                if state.size <= limits::EXPRESSION_SIZE {
                    return Some(argument.clone());
                }
                let limit = limits::EXPRESSION_SIZE;
                return self.error(name.span, &CheckError::ExpressionTooLarge { limit });
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
            Some(variable) if state.names == Names::Constants => {
                if self.exercise.network.role(variable) == Some(Role::Constant) {
                    return Some(variable.into());
                }
                let error = CheckError::NotConstant {
                    name: resolved.to_string(),
                    what: "what a `def` uses besides its parameters",
                };
                self.error(name.span, &error)
            }
            Some(variable) => Some(variable.into()),
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
        if self.unresolved.len() < limits::DIAGNOSTICS {
            self.unresolved.push(Unresolved { name, span, within });
        }
    }

    fn free_name(&mut self, name: Name) -> Expr {
        let names = &mut self.exercise.free_names;
        let position = names.iter().position(|own| *own == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        Quantity::Free(u32::try_from(position).unwrap_or(u32::MAX)).into()
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
        let lowered: Vec<Option<Expr>> =
            factors.iter().map(|factor| self.lower_operand(&factor.expr, state)).collect();
        let mut product: Option<Expr> = None;
        let mut quotients = 0;
        for (factor, lowered) in factors.iter().zip(lowered) {
            let next = lowered?;
            product = Some(match (product, factor.divides) {
                (None, _) => next,
                (Some(Expr::Product(mut factors)), false) => {
                    factors.push(next);
                    Expr::Product(factors)
                }
                (Some(before), false) => Expr::Product(vec![before, next]),
                (Some(before), true) => {
                    quotients += 1;
                    if let Some(fraction) = self.fold_fraction(&before, &next, factor.expr.span)? {
                        fraction
                    } else if state.depth + quotients > limits::EXPRESSION_DEPTH {
                        let limit = limits::EXPRESSION_DEPTH;
                        return self
                            .error(factor.expr.span, &CheckError::ExpressionTooDeep { limit });
                    } else {
                        Expr::Quotient { numerator: Box::new(before), denominator: Box::new(next) }
                    }
                }
            });
        }
        product
    }

    /// One rational literal out of two integer literals; the outer `None` means an error.
    #[expect(clippy::option_option, reason = "an error is not the same as no fraction")]
    fn fold_fraction(
        &mut self,
        numerator: &Expr,
        denominator: &Expr,
        span: Span,
    ) -> Option<Option<Expr>> {
        let (Expr::Number(top), Expr::Number(bottom)) = (numerator, denominator) else {
            return Some(None);
        };
        if top.style != NumberStyle::Auto || bottom.style != NumberStyle::Auto {
            return Some(None);
        }
        match top.value.div(&bottom.value) {
            Ok(value) => Some(Some(Expr::Number(Literal { value, style: NumberStyle::Fraction }))),
            Err(error) => {
                let error = CheckError::Evaluation { error: error.into(), subject: None };
                self.error(span, &error)
            }
        }
    }

    /// An exponent: a constant integer, in place.
    fn lower_exponent(&mut self, exponent: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        let lowered = self.lower_operand(exponent, state)?;
        let mut constant = true;
        lowered.for_each_quantity(&mut |quantity| {
            constant &= matches!(quantity, Quantity::Variable(variable)
                if self.exercise.network.role(variable) == Some(Role::Constant));
        });
        if state.names == Names::Free && !constant {
            return Some(lowered);
        }
        if !constant {
            return self.error(exponent.span, &CheckError::NonIntegerExponent { value: None });
        }
        let value = self.evaluate_constant(&lowered, exponent.span)?;
        match value.as_rational().and_then(Rational::to_i64) {
            Some(integer) => Some(Expr::from(integer)),
            None => {
                let error = CheckError::NonIntegerExponent { value: Some(value.to_string()) };
                self.error(exponent.span, &error)
            }
        }
    }

    fn lower_call(&mut self, call: &ast::Call, state: &mut Lowering) -> Option<Expr> {
        let name = call.function.text.as_str();
        if let Some(inlined) = self.scope.functions.get(name).cloned() {
            return self.inline(call, &inlined, state);
        }
        let Some(function) = ops::find(name) else {
            let error = self.unknown_function(name);
            // What stands in the parentheses is still looked at.
            for argument in &call.arguments {
                self.lower(&argument.value, state);
            }
            return self.error(call.function.span, &error);
        };
        let arguments = self.arrange_arguments(call, function, state)?;
        Some(function.build(arguments))
    }

    fn unknown_function(&self, name: &str) -> CheckError {
        let mut own: Vec<&str> = self.scope.functions.keys().map(String::as_str).collect();
        own.sort_unstable();
        let nearest =
            nearest(name, own.into_iter().chain(ops::names().map(|known| -> &str { known })))
                .map(str::to_owned);
        CheckError::UnknownFunction { name: name.to_owned(), nearest }
    }

    fn inline(
        &mut self,
        call: &ast::Call,
        function: &Inlined,
        state: &mut Lowering,
    ) -> Option<Expr> {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for (position, argument) in call.arguments.iter().enumerate() {
            let before = state.size;
            let lowered = self.lower_operand(&argument.value, state);
            let size = state.size - before;
            if let Some(option) = &argument.name {
                let error = CheckError::UnknownOption {
                    owner: call.function.text.clone(),
                    option: option.text.clone(),
                    nearest: None,
                    known: Vec::new(),
                };
                return self.error(option.span, &error);
            }
            if let Some(parameter) = function.parameters.get(position) {
                arguments.push((parameter.clone(), lowered, size));
            }
        }
        if call.arguments.len() != function.parameters.len() {
            let error = CheckError::WrongArity {
                function: call.function.text.clone(),
                signature: format!(
                    "it is {}({})",
                    call.function.text,
                    function.parameters.join(", ")
                ),
                given: call.arguments.len(),
            };
            return self.error(call.span, &error);
        }
        let arguments = arguments
            .into_iter()
            .map(|(parameter, lowered, size)| Some((parameter, lowered?, size)))
            .collect::<Option<Vec<_>>>()?;
        // The body sees its own parameters and constants, not the caller's names.
        let outer = std::mem::replace(&mut state.arguments, arguments);
        let names = std::mem::replace(&mut state.names, Names::Constants);
        let numbers = std::mem::take(&mut self.scope.numbers);
        let body = Arc::clone(&function.body);
        let lowered = self.lower(&body, state);
        self.scope.numbers = numbers;
        state.arguments = outer;
        state.names = names;
        lowered
    }

    /// One expression a parameter, options by name, defaults filled in; words are checked and left out.
    fn arrange_arguments(
        &mut self,
        call: &ast::Call,
        function: &'static dyn Function,
        state: &mut Lowering,
    ) -> Option<Vec<Expr>> {
        let parameters = function.parameters();
        let variadic = match parameters.last().map(|last| last.kind) {
            Some(ParameterKind::Variadic { at_least }) => Some(at_least),
            _ => None,
        };
        let mut slots: Vec<Option<&ast::Argument>> = vec![None; parameters.len()];
        let mut further: Vec<&ast::Argument> = Vec::new();
        let mut position = 0;
        for argument in &call.arguments {
            let slot = match &argument.name {
                Some(option) => {
                    let known = |parameter: &&crate::expr::Parameter| parameter.name == option.text;
                    match parameters.iter().position(|parameter| known(&parameter)) {
                        Some(slot) if variadic.is_none() => slot,
                        _ => return self.unknown_option(call, function, option),
                    }
                }
                None => {
                    position += 1;
                    position - 1
                }
            };
            match slots.get_mut(slot) {
                Some(empty @ None) => *empty = Some(argument),
                Some(Some(_)) => {
                    let option = parameters[slot].name.to_owned();
                    return self.error(argument.value.span, &CheckError::OptionTwice { option });
                }
                None if variadic.is_some() => further.push(argument),
                None => return self.wrong_arity(call, function),
            }
        }
        let required = |kind: ParameterKind| {
            matches!(
                kind,
                ParameterKind::Required
                    | ParameterKind::Bound
                    | ParameterKind::Condition
                    | ParameterKind::Variadic { .. }
            )
        };
        if parameters.iter().zip(&slots).any(|(p, slot)| required(p.kind) && slot.is_none())
            || variadic.is_some_and(|at_least| further.len() + 1 < at_least)
        {
            return self.wrong_arity(call, function);
        }
        let mut lowered = Vec::new();
        for (parameter, slot) in parameters.iter().zip(slots) {
            lowered.push(self.lower_argument(parameter, slot, state));
        }
        lowered.extend(
            further.iter().map(|argument| self.lower_operand(&argument.value, state).map(Some)),
        );
        Some(lowered.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// The outer `None` is an error; the inner one a word, which is no part of the expression.
    #[expect(clippy::option_option, reason = "an error is not the same as nothing to build")]
    fn lower_argument(
        &mut self,
        parameter: &crate::expr::Parameter,
        argument: Option<&ast::Argument>,
        state: &mut Lowering,
    ) -> Option<Option<Expr>> {
        let Some(argument) = argument else {
            return Some(match parameter.kind {
                ParameterKind::Optional(default) | ParameterKind::Threshold(default) => {
                    let value = Rational::parse_decimal(default).unwrap_or_else(Rational::zero);
                    let style = if default.contains('.') {
                        NumberStyle::Decimal
                    } else {
                        NumberStyle::Auto
                    };
                    Some(Expr::Number(Literal { value: Number::from(value), style }))
                }
                _ => None,
            });
        };
        let value = &argument.value;
        match parameter.kind {
            ParameterKind::Required
            | ParameterKind::Optional(_)
            | ParameterKind::Variadic { .. } => self.lower_operand(value, state).map(Some),
            ParameterKind::Bound => self.lower(value, state).map(Some),
            ParameterKind::Condition => self.lower_condition(value, state).map(Some),
            ParameterKind::Threshold(_) => {
                let lowered = self.lower_operand(value, state)?;
                let number = self.constant_value(&lowered, value.span, "a threshold")?;
                if number.sign().is_ok_and(std::cmp::Ordering::is_gt) {
                    return Some(Some(lowered));
                }
                let error = CheckError::ThresholdNotPositive {
                    option: parameter.name,
                    value: number.to_string(),
                };
                self.error(value.span, &error)
            }
            ParameterKind::Word(words) => match &value.kind {
                ExprKind::Name(name)
                    if name.indices.is_empty() && words.contains(&name.ident.text.as_str()) =>
                {
                    Some(None)
                }
                _ => {
                    let error = CheckError::UnknownWord {
                        option: parameter.name.to_owned(),
                        known: words.iter().map(|word| (*word).to_owned()).collect(),
                    };
                    self.error(value.span, &error)
                }
            },
        }
    }

    /// A comparison, as the case distinction that is 1 where it holds.
    fn lower_condition(&mut self, expr: &ast::Expr, state: &mut Lowering) -> Option<Expr> {
        let mut inner = expr;
        while let ExprKind::Group(grouped) = &inner.kind {
            inner = grouped;
        }
        if !matches!(inner.kind, ExprKind::Comparison { .. }) {
            self.lower(inner, state)?;
            return self.error(expr.span, &CheckError::ConditionExpected);
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

    fn unknown_option<T>(
        &mut self,
        call: &ast::Call,
        function: &dyn Function,
        option: &ast::Ident,
    ) -> Option<T> {
        let known: Vec<String> = function
            .parameters()
            .iter()
            .filter(|parameter| !matches!(parameter.kind, ParameterKind::Variadic { .. }))
            .map(|parameter| parameter.name.to_owned())
            .collect();
        let error = CheckError::UnknownOption {
            owner: call.function.text.clone(),
            option: option.text.clone(),
            nearest: nearest(&option.text, known.iter().map(String::as_str)).map(str::to_owned),
            known,
        };
        self.error(option.span, &error)
    }

    fn wrong_arity<T>(&mut self, call: &ast::Call, function: &dyn Function) -> Option<T> {
        let error = CheckError::WrongArity {
            function: call.function.text.clone(),
            signature: format!("it is {}", signature(function)),
            given: call.arguments.len(),
        };
        self.error(call.span, &error)
    }

    /// An expression of numbers and constants, computed; with the style that its literals have.
    pub(super) fn constant(
        &mut self,
        expr: &ast::Expr,
        what: &'static str,
    ) -> Option<(Number, NumberStyle)> {
        let lowered = {
            let mut state = Lowering::new(Names::All, None);
            self.lower_operand(expr, &mut state)?
        };
        let value = self.constant_value(&lowered, expr.span, what)?;
        Some((value, style_of(&lowered)))
    }

    fn constant_value(&mut self, expr: &Expr, span: Span, what: &'static str) -> Option<Number> {
        let mut moving = None;
        expr.for_each_quantity(&mut |quantity| {
            if let Quantity::Variable(variable) = quantity
                && self.exercise.network.role(variable) != Some(Role::Constant)
            {
                moving.get_or_insert(variable);
            }
        });
        if let Some(variable) = moving {
            let name = self.exercise.network[variable].name.to_string();
            return self.error(span, &CheckError::NotConstant { name, what });
        }
        self.evaluate_constant(expr, span)
    }

    fn evaluate_constant(&mut self, expr: &Expr, span: Span) -> Option<Number> {
        let network = &self.exercise.network;
        let value_of = |quantity| match quantity {
            Quantity::Variable(variable) => match &network[variable].kind {
                Kind::Leaf { value, .. } => Some(value.clone()),
                Kind::Node { .. } => None,
            },
            _ => None,
        };
        match evaluate(expr, &value_of, &self.exercise.conventions) {
            Ok(value) => Some(value),
            Err(error) => {
                let subject = match &error {
                    EvaluationError::ZeroDenominator { denominator: part }
                    | EvaluationError::ZeroToNegativePower { base: part } => {
                        Some(to_text(part, &self.exercise))
                    }
                    _ => None,
                };
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
        let (value, _) = self.constant(expr, what)?;
        match value.as_rational().and_then(Rational::to_i64) {
            Some(integer) => Some(integer),
            None => {
                let error = CheckError::NotAnInteger { what, value: value.to_string() };
                self.error(expr.span, &error)
            }
        }
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

/// `huber(a, b, delta = 1)`
fn signature(function: &dyn Function) -> String {
    let parameters: Vec<String> = function
        .parameters()
        .iter()
        .map(|parameter| match parameter.kind {
            ParameterKind::Required | ParameterKind::Bound | ParameterKind::Condition => {
                parameter.name.to_owned()
            }
            ParameterKind::Variadic { .. } => format!("{}, \u{2026}", parameter.name),
            ParameterKind::Optional(default) | ParameterKind::Threshold(default) => {
                format!("{} = {default}", parameter.name)
            }
            ParameterKind::Word(words) => format!("{} = {}", parameter.name, words[0]),
        })
        .collect();
    format!("{}({})", function.name(), parameters.join(", "))
}
