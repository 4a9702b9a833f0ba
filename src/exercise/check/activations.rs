//! Functions of the file that keep their names: an `activation` is checked once, and called by its name.

use std::sync::Arc;

use super::expressions::Lowering;
use super::functions::signature;
use super::{Checker, limits};
use crate::exercise::{CheckError, Name};
use crate::expr::{Activation, Expr};
use crate::source::Span;
use crate::syntax::ast;

/// An `activation`, to be called where its name stands.
#[derive(Clone)]
pub(super) struct Kept {
    /// Where its name is given.
    pub(super) span: Span,
    pub(super) parameter: String,
    /// None where it is faulty.
    function: Option<Arc<Activation>>,
    /// What its body would count where it is called, were it written out.
    size: usize,
    depth: usize,
    /// The parts of it that may turn out to have no value.
    places: Arc<[(Expr, Span)]>,
}

impl Checker {
    /// An `activation`.
    pub(super) fn activation(
        &mut self,
        name: &ast::Ident,
        parameter: &ast::Ident,
        body: &ast::Expr,
    ) {
        if !self.admit_function(name) {
            return;
        }
        if name.text.ends_with('\'') {
            let error = CheckError::PrimedActivation { name: name.text.clone() };
            self.error::<()>(name.span, &error);
        }
        let names = [parameter.text.clone()];
        let free = Name::plain(self.scope.intern(&parameter.text));
        let argument = self.free_name(free);
        let mut state = Lowering::of_activation(
            signature(&name.text, &names),
            parameter.text.clone(),
            argument.clone(),
            body.span,
        );
        let lowered = self.lower_operand(body, &mut state);
        let _ = self.count_parts(state.size, body.span);
        let (size, depth) = (state.size, state.deepest);
        let function = match (lowered, argument) {
            (Some(lowered), Expr::Quantity(parameter)) => {
                Some(Arc::new(Activation::new(name.text.clone(), parameter, lowered)))
            }
            _ => None,
        };
        self.exercise.activations.extend(function.iter().cloned());
        let kept = Kept {
            span: name.span,
            parameter: parameter.text.clone(),
            function,
            size,
            depth,
            places: state.into_places().into(),
        };
        self.scope.activations.insert(name.text.clone(), kept);
    }

    /// A call of an activation.
    pub(super) fn lower_activation(
        &mut self,
        call: &ast::Call,
        kept: &Kept,
        state: &mut Lowering,
    ) -> Option<Expr> {
        let parameters = std::slice::from_ref(&kept.parameter);
        let argument = self.arguments_in_place(call, parameters, state)?.pop()?.expr;
        // What is wrong with the body was said where it stands.
        let function = kept.function.as_ref()?;
        self.grow(state, kept.size)?;
        if state.depth + kept.depth > limits::EXPRESSION_DEPTH {
            return self.too_deep(state);
        }
        state.deepest = state.deepest.max(state.depth + kept.depth);
        let built = function.call(argument);
        let Expr::Call { arguments, .. } = &built else { return Some(built) };
        state.names_in_it += arguments.len() - 1;
        for (part, _) in kept.places.iter() {
            let part = function.with_arguments(part, arguments);
            self.remember(state, &part, call.span, kept.size);
        }
        Some(built)
    }
}
