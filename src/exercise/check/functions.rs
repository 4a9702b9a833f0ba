//! Functions of the file: a `def` is checked once on its own and inlined where it is called.

use std::sync::Arc;

use super::Checker;
use super::expressions::{Argument, Lowering, Names};
use super::scope::Inlined;
use crate::exercise::CheckError;
use crate::exercise::error::Arity;
use crate::expr::Expr;
use crate::ops;
use crate::suggestion::nearest;
use crate::syntax::ast::{self, ExprKind};

/// `f(a, b)`
pub(super) fn signature(name: &str, parameters: &[String]) -> String {
    format!("{name}({})", parameters.join(", "))
}

impl Checker {
    /// A `def`.
    pub(super) fn function(
        &mut self,
        name: &ast::Ident,
        parameters: &[ast::Ident],
        body: &ast::Expr,
    ) {
        if !self.admit_function(name) {
            return;
        }
        let text = name.text.clone();
        let mut names: Vec<String> = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            if names.contains(&parameter.text) {
                let error = CheckError::ParameterTwice { name: parameter.text.clone() };
                self.error::<()>(parameter.span, &error);
            }
            names.push(parameter.text.clone());
        }
        // Lowered once with its parameters free, for the errors in it alone.
        let mut state = Lowering::of_function(signature(&text, &names), &names, body.span);
        let sound = self.lower_operand(body, &mut state).is_some();
        let body = sound.then(|| Arc::new(body.clone()));
        self.scope.functions.insert(text, Inlined { span: name.span, parameters: names, body });
    }

    /// Whether a function can have this name: it is new.
    pub(super) fn admit_function(&mut self, name: &ast::Ident) -> bool {
        let text = &name.text;
        let first = self.scope.functions.get(text).map(|function| function.span);
        let first = first.or_else(|| self.scope.activations.get(text).map(|kept| kept.span));
        let is_new = first.is_none() && ops::find(text).is_none();
        if !is_new {
            self.error::<()>(name.span, &CheckError::FunctionTwice { name: text.clone(), first });
        }
        is_new
    }

    /// A call of a function that neither the language nor a `def` above gives. Nothing where it was said
    /// before that the caller is one of several that call each other.
    pub(super) fn unknown_function(
        &mut self,
        name: &ast::Ident,
        state: &Lowering,
    ) -> Option<CheckError> {
        // Of more than that, a slip of the hand could mean any.
        const MOST: usize = 1_000;
        let text = name.text.as_str();
        if self.scope.called_by.contains_key(text) {
            let caller = state.function.as_deref().and_then(|own| own.split('(').next());
            if caller.is_some_and(|caller| self.scope.recursive.contains(caller)) {
                return None;
            }
            return Some(match caller.and_then(|caller| self.calls_between(text, caller)) {
                Some(path) => {
                    self.scope.recursive.extend(path.iter().cloned());
                    CheckError::RecursiveFunction { path }
                }
                None => CheckError::CalledBeforeDefinition { name: text.to_owned() },
            });
        }
        if self.scope.first_place(text).is_some() {
            return Some(CheckError::VariableCalled { name: text.to_owned() });
        }
        let mut own: Vec<&str> = match self.scope.functions.len() + self.scope.activations.len() {
            0..=MOST => {
                let names = self.scope.functions.keys().chain(self.scope.activations.keys());
                names.map(String::as_str).collect()
            }
            _ => Vec::new(),
        };
        own.sort_unstable();
        let language = ops::names().map(|known| -> &str { known });
        let nearest = nearest(text, own.into_iter().chain(language)).map(str::to_owned);
        Some(CheckError::UnknownFunction { name: text.to_owned(), nearest })
    }

    /// How a function of the file or of the language is called.
    pub(super) fn signature_of(&self, name: &str) -> Option<String> {
        if let Some(function) = self.scope.functions.get(name) {
            return Some(signature(name, &function.parameters));
        }
        if let Some(kept) = self.scope.activations.get(name) {
            return Some(signature(name, std::slice::from_ref(&kept.parameter)));
        }
        ops::find(name).map(super::calls::signature)
    }

    /// The functions on a way from `goal` over `start` back to `goal`, where `goal` calls `start`.
    fn calls_between(&self, start: &str, goal: &str) -> Option<Vec<String>> {
        let mut came_from: Vec<(&str, usize)> = vec![(start, usize::MAX)];
        let mut next = 0;
        while let Some(&(function, _)) = came_from.get(next) {
            if function == goal {
                let mut path = vec![goal.to_owned()];
                let mut at = came_from[next].1;
                while let Some(&(previous, before)) = came_from.get(at) {
                    path.push(previous.to_owned());
                    at = before;
                }
                path.push(goal.to_owned());
                path.reverse();
                // One alone calls itself; it is its own start.
                if start == goal {
                    path.truncate(2);
                }
                return Some(path);
            }
            for called in self.scope.called_by.get(function).into_iter().flatten() {
                if !came_from.iter().any(|(seen, _)| seen == called) {
                    came_from.push((called, next));
                }
            }
            next += 1;
        }
        None
    }

    /// The arguments of a call that takes them by their places.
    pub(super) fn arguments_in_place(
        &mut self,
        call: &ast::Call,
        parameters: &[String],
        state: &mut Lowering,
    ) -> Option<Vec<Argument>> {
        let mut lowered = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let (size, names) = (state.size, state.names_in_it);
            let expr = self.lower_operand(&argument.value, state);
            lowered.push((expr, state.size - size, state.names_in_it - names));
        }
        let name = call.function.text.as_str();
        if let Some(option) = call.arguments.iter().find_map(|argument| argument.name.as_ref()) {
            let signature = signature(name, parameters);
            let error = CheckError::ArgumentByName { function: name.to_owned(), signature };
            return self.error(state.place(option.span), &error);
        }
        let count = parameters.len();
        if lowered.len() != count {
            let error = CheckError::WrongArity {
                function: name.to_owned(),
                signature: signature(name, parameters),
                arity: Arity { at_least: count, at_most: Some(count) },
                given: lowered.len(),
            };
            return self.error(state.place(call.span), &error);
        }
        parameters
            .iter()
            .zip(lowered)
            .map(|(parameter, (expr, size, names))| {
                Some(Argument { parameter: parameter.clone(), expr: expr?, size, names })
            })
            .collect()
    }

    /// The body of a function with the call's arguments in it.
    pub(super) fn inline(
        &mut self,
        call: &ast::Call,
        function: &Inlined,
        state: &mut Lowering,
    ) -> Option<Expr> {
        let arguments = self.arguments_in_place(call, &function.parameters, state)?;
        // What is wrong with the body was said at its `def`.
        let body = Arc::clone(function.body.as_ref()?);
        // The body sees its own parameters and constants, not the caller's names.
        let outer_arguments = std::mem::replace(&mut state.arguments, arguments);
        let outer_names = std::mem::replace(&mut state.names, Names::Constants);
        let outer_site = state.call_site;
        state.call_site = Some(state.place(call.span));
        let outer_numbers = std::mem::take(&mut self.scope.numbers);
        let inlined = self.lower(&body, state);
        self.scope.numbers = outer_numbers;
        state.call_site = outer_site;
        state.names = outer_names;
        state.arguments = outer_arguments;
        inlined
    }
}

/// The names of the functions that `expr` calls.
pub(super) fn calls_in(expr: &ast::Expr) -> Vec<String> {
    let mut names = Vec::new();
    let mut pending = vec![expr];
    while let Some(expr) = pending.pop() {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Name(_) => {}
            ExprKind::Call(call) => {
                names.push(call.function.text.clone());
                pending.extend(call.arguments.iter().map(|argument| &argument.value));
            }
            ExprKind::Negation(inner) | ExprKind::Group(inner) => pending.push(inner),
            ExprKind::Sum(terms) => pending.extend(terms.iter().map(|term| &term.expr)),
            ExprKind::Product(factors) => pending.extend(factors.iter().map(|f| &f.expr)),
            ExprKind::Power { base: left, exponent: right }
            | ExprKind::Comparison { left, right, .. } => pending.extend([&**left, &**right]),
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}
