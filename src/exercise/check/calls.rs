//! Calls: arguments in their places, options by name, defaults filled in.

use super::constants::shown;
use super::expressions::{Lowering, Names};
use super::{Checker, limits};
use crate::exact::{Number, Rational};
use crate::exercise::CheckError;
use crate::exercise::error::Arity;
use crate::expr::{
    Domain, EvaluationError, Expr, Function, Literal, NumberStyle, Parameter, ParameterKind,
    Quantity,
};

use crate::ops;
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast::{self, ExprKind};

/// A call's arguments in the places of the parameters, and those beyond.
struct Arranged<'c> {
    slots: Vec<Option<&'c ast::Argument>>,
    further: Vec<&'c ast::Argument>,
}

impl Checker {
    /// A call of a function of the file or of the language.
    pub(super) fn lower_call(&mut self, call: &ast::Call, state: &mut Lowering) -> Option<Expr> {
        let name = call.function.text.as_str();
        if let Some(inlined) = self.scope.functions.get(name).cloned() {
            return self.inline(call, &inlined, state);
        }
        if let Some(kept) = self.scope.activations.get(name).cloned() {
            return self.lower_activation(call, &kept, state);
        }
        if let Some(function) = ops::find(name) {
            return self.lower_known_call(call, function, state);
        }
        if name == "grad" && state.names == Names::Values {
            return self.lower_gradient(call, state);
        }
        // What stands in the parentheses is still looked at.
        for argument in &call.arguments {
            self.lower(&argument.value, state);
        }
        let error = self.unknown_function(&call.function, state)?;
        self.error(state.place(call.function.span), &error)
    }

    fn lower_known_call(
        &mut self,
        call: &ast::Call,
        function: &'static dyn Function,
        state: &mut Lowering,
    ) -> Option<Expr> {
        let before = state.size;
        let arranged = self.arrange(call, function, state)?;
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for (parameter, slot) in function.parameters().iter().zip(&arranged.slots) {
            arguments.push(self.lower_argument(parameter, *slot, state));
        }
        for argument in &arranged.further {
            arguments.push(self.lower_operand(&argument.value, state).map(Some));
        }
        let arguments: Vec<Expr> =
            arguments.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        if let Some(domain) = function.domain() {
            self.look_at_domain(domain, &arguments, &arranged, state)?;
        }
        let count = arguments.len();
        let built = function.build(arguments);
        match &built {
            // Each of the partials of an extremum compares all arguments in all cases.
            Expr::Call { .. } if count > 3 => {
                let cubed = count.saturating_mul(count).saturating_mul(count);
                state.partial_parts = state.partial_parts.saturating_add(cubed);
            }
            Expr::Call { .. } => {}
            // A form that the function stands for may hold an argument several times.
            form => {
                let size = form.size_up_to(limits::EXPRESSION_SIZE + 1);
                self.grow(state, size.saturating_sub(state.size - before))?;
            }
        }
        Some(built)
    }

    /// An operator that refuses some arguments: where the one stands that can be refused.
    fn look_at_domain(
        &mut self,
        domain: Domain,
        arguments: &[Expr],
        arranged: &Arranged<'_>,
        state: &mut Lowering,
    ) -> Option<()> {
        let position = domain.argument();
        let argument = arranged.slots.get(position).copied().flatten()?;
        let (part, span) = (&arguments[position], argument.value.span);
        let endless = |position: usize, side| {
            matches!(arguments.get(position),
                Some(Expr::Infinity { negative }) if *negative == side)
        };
        if domain == Domain::ClipBounds && (endless(1, false) || endless(2, true)) {
            let error = EvaluationError::Domain { operator: "clip", domain, argument: None };
            let error = CheckError::Evaluation { error, subject: None };
            return self.error(state.place(span), &error);
        }
        self.remember(state, part, span, part.size_up_to(limits::EXPRESSION_SIZE));
        Some(())
    }

    /// `grad(w0)` in a value: the adjoint.
    fn lower_gradient(&mut self, call: &ast::Call, state: &mut Lowering) -> Option<Expr> {
        let [ast::Argument { name: None, value }] = &call.arguments[..] else {
            return self.error(call.span, &CheckError::GradientOfExpression);
        };
        let ExprKind::Name(name) = &value.kind else {
            return self.error(value.span, &CheckError::GradientOfExpression);
        };
        let resolved = self.resolve_name(name)?;
        let Some(variable) = self.scope.get(&resolved) else {
            self.unresolved(resolved, name.span, state.within);
            return None;
        };
        self.need_objective(call.span)?;
        Some(Quantity::Adjoint(variable).into())
    }

    /// The arguments in the places of the parameters, options by name, and what follows them.
    fn arrange<'c>(
        &mut self,
        call: &'c ast::Call,
        function: &'static dyn Function,
        state: &mut Lowering,
    ) -> Option<Arranged<'c>> {
        let parameters = function.parameters();
        let arity = arity(function);
        let mut slots: Vec<Option<&ast::Argument>> = vec![None; parameters.len()];
        let mut further = Vec::new();
        let mut position = 0;
        for argument in &call.arguments {
            let slot = if let Some(option) = &argument.name {
                let known = parameters.iter().position(|known| known.name == option.text);
                let Some(slot) = known.filter(|_| arity.at_most.is_some()) else {
                    let error = unknown_option(&call.function.text, option, function);
                    return self.misused(call, function, state, option.span, &error);
                };
                slot
            } else {
                position += 1;
                position - 1
            };
            match slots.get_mut(slot) {
                Some(empty @ None) => *empty = Some(argument),
                Some(Some(_)) => {
                    let own = argument.value.span;
                    let span = argument.name.as_ref().map_or(own, |name| name.span.to(own));
                    let error =
                        CheckError::OptionTwice { option: parameters[slot].name.to_owned() };
                    return self.misused(call, function, state, span, &error);
                }
                None if arity.at_most.is_none() => further.push(argument),
                None => return self.wrong_arity(call, function, state),
            }
        }
        let missing =
            parameters.iter().zip(&slots).any(|(p, slot)| is_required(p.kind) && slot.is_none());
        if missing || call.arguments.len() < arity.at_least {
            return self.wrong_arity(call, function, state);
        }
        Some(Arranged { slots, further })
    }

    /// Reports a call that cannot be read; what stands in its parentheses is still looked at.
    fn misused<T>(
        &mut self,
        call: &ast::Call,
        function: &dyn Function,
        state: &mut Lowering,
        span: Span,
        error: &CheckError,
    ) -> Option<T> {
        for argument in &call.arguments {
            match &argument.value.kind {
                ExprKind::Comparison { .. } => {
                    self.lower_comparison(&argument.value, state);
                }
                ExprKind::Name(name) if is_word_of(function, name) => {}
                _ => {
                    self.lower(&argument.value, state);
                }
            }
        }
        self.error(state.place(span), error)
    }

    fn wrong_arity<T>(
        &mut self,
        call: &ast::Call,
        function: &dyn Function,
        state: &mut Lowering,
    ) -> Option<T> {
        let error = CheckError::WrongArity {
            function: call.function.text.clone(),
            signature: signature(function),
            arity: arity(function),
            given: call.arguments.len(),
        };
        self.misused(call, function, state, call.span, &error)
    }

    /// The outer `None` is an error; the inner one a word, which is no part of the expression.
    #[expect(clippy::option_option, reason = "an error is not the same as nothing to build")]
    fn lower_argument(
        &mut self,
        parameter: &Parameter,
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
            ParameterKind::Threshold(_) => self.lower_threshold(parameter, value, state).map(Some),
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
                    self.error(state.place(value.span), &error)
                }
            },
        }
    }

    /// A positive constant.
    fn lower_threshold(
        &mut self,
        parameter: &Parameter,
        value: &ast::Expr,
        state: &mut Lowering,
    ) -> Option<Expr> {
        let lowered = self.lower_operand(value, state)?;
        if state.may_be_open(&lowered) {
            return Some(lowered);
        }
        let number = self.constant_value(&lowered, value, "a threshold", state)?;
        if number.sign().is_ok_and(std::cmp::Ordering::is_gt) {
            return Some(lowered);
        }
        let error =
            CheckError::ThresholdNotPositive { option: parameter.name, value: shown(&number) };
        self.error(state.place(value.span), &error)
    }
}

/// Whether an argument of this kind must be given.
fn is_required(kind: ParameterKind) -> bool {
    matches!(
        kind,
        ParameterKind::Required
            | ParameterKind::Bound
            | ParameterKind::Condition
            | ParameterKind::Variadic { .. }
    )
}

fn is_word_of(function: &dyn Function, name: &ast::Name) -> bool {
    name.indices.is_empty()
        && function.parameters().iter().any(|parameter| {
            matches!(parameter.kind, ParameterKind::Word(words)
                if words.contains(&name.ident.text.as_str()))
        })
}

fn unknown_option(owner: &str, option: &ast::Ident, function: &dyn Function) -> CheckError {
    let known = function
        .parameters()
        .iter()
        .filter(|parameter| !matches!(parameter.kind, ParameterKind::Variadic { .. }))
        .map(|parameter| parameter.name);
    CheckError::UnknownOption {
        owner: owner.to_owned(),
        option: option.text.clone(),
        nearest: nearest(&option.text, known).map(str::to_owned),
        signature: signature(function),
    }
}

fn arity(function: &dyn Function) -> Arity {
    let parameters = function.parameters();
    let mut arity = Arity { at_least: 0, at_most: Some(parameters.len()) };
    for parameter in parameters {
        match parameter.kind {
            ParameterKind::Variadic { at_least } => {
                arity.at_least += at_least;
                arity.at_most = None;
            }
            kind => arity.at_least += usize::from(is_required(kind)),
        }
    }
    arity
}

/// `huber(a, b, delta = 1)`
pub(super) fn signature(function: &dyn Function) -> String {
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
