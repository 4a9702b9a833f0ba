//! Functions of a file that keep their names: one body, evaluated where the function is called.

use super::{
    Conventions, Dual, EvaluationError, Expr, Notation, Operator, OperatorRef, Quantity,
    differentiate, evaluate, map_quantities, without_detached,
};
use crate::exact::Number;

use std::sync::Arc;

/// A function of one parameter that a file defines, or one of its derivatives.
///
/// A call has one argument for the parameter, then one for each constant that the body uses, so that the
/// constants count as operands of whatever calls it. The page shows the first alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    /// The name in the file, with a prime for each derivative.
    text: String,
    /// How many of the primes are derivatives.
    order: usize,
    /// What stands for the argument in the body.
    parameter: Quantity,
    /// What else the body uses, in reading order.
    constants: Vec<Quantity>,
    body: Expr,
}

impl Activation {
    /// The function that takes `parameter` to `body`.
    pub fn new(name: String, parameter: Quantity, body: Expr) -> Self {
        let mut constants = Vec::new();
        body.for_each_quantity(&mut |quantity| {
            if quantity != parameter && !constants.contains(&quantity) {
                constants.push(quantity);
            }
        });
        Self { text: name, order: 0, parameter, constants, body }
    }

    /// The name, primes of derivatives included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name as the file gives it.
    pub fn name(&self) -> &str {
        &self.text[..self.text.len() - self.order]
    }

    /// Which derivative this is; 0 for the function itself.
    pub fn order(&self) -> usize {
        self.order
    }

    /// What stands for the argument in the body.
    pub fn parameter(&self) -> Quantity {
        self.parameter
    }

    /// What the function is, over its parameter.
    pub fn body(&self) -> &Expr {
        &self.body
    }

    /// The application to `argument`.
    pub fn call(self: &Arc<Self>, argument: Expr) -> Expr {
        let constants = self.constants.iter().map(|constant| (*constant).into());
        Expr::Call {
            operator: OperatorRef::Activation(Arc::clone(self)),
            arguments: std::iter::once(argument).chain(constants).collect(),
        }
    }

    /// The derivative: the body differentiated by the parameter.
    #[must_use]
    pub fn derivative(&self, conventions: &Conventions) -> Self {
        Self {
            text: format!("{}'", self.text),
            order: self.order + 1,
            parameter: self.parameter,
            constants: self.constants.clone(),
            body: without_detached(&differentiate(&self.body, self.parameter, conventions)),
        }
    }

    /// The position of the argument that stands for a quantity of the body.
    fn position(&self, quantity: Quantity) -> Option<usize> {
        if quantity == self.parameter {
            return Some(0);
        }
        self.constants.iter().position(|own| *own == quantity).map(|position| position + 1)
    }

    /// A part of the body with a call's arguments in it.
    pub fn with_arguments(&self, part: &Expr, arguments: &[Expr]) -> Expr {
        map_quantities(part, &|quantity| {
            let argument = self.position(quantity).and_then(|position| arguments.get(position));
            argument.cloned().unwrap_or(Expr::Quantity(quantity))
        })
    }
}

impl Operator for Activation {
    fn name(&self) -> &str {
        &self.text
    }

    fn variant(&self) -> u8 {
        0
    }

    fn written(&self, arguments: &[Expr]) -> Vec<Expr> {
        arguments[..1].to_vec()
    }

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Named {
            name: self.name().to_owned(),
            derivative: self.order,
            argument: arguments[0].clone(),
        }
    }

    fn holds_fixed(&self) -> bool {
        false
    }

    /// The body; a derivative is stated once and keeps its name.
    fn definition(&self, arguments: &[Expr]) -> Option<Expr> {
        (self.order == 0).then(|| self.with_arguments(&self.body, arguments))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        if let Some(&constant) = index.checked_sub(1).and_then(|index| self.constants.get(index)) {
            let derivative = differentiate(&self.body, constant, conventions);
            return self.with_arguments(&derivative, arguments);
        }
        let derivative = self.derivative(conventions);
        // Branches are taken, and reasons given, where the argument is known.
        if derivative.body.has_cases() {
            return self.with_arguments(&derivative.body, arguments);
        }
        let operator = OperatorRef::Activation(Arc::new(derivative));
        Expr::Call { operator, arguments: arguments.to_vec() }
    }

    fn evaluate(
        &self,
        arguments: &[Number],
        conventions: &Conventions,
    ) -> Result<Number, EvaluationError> {
        let value_of = |quantity| arguments.get(self.position(quantity)?).cloned();
        evaluate(&self.body, &value_of, conventions)
    }

    fn evaluate_dual(
        &self,
        arguments: &[Dual],
        conventions: &Conventions,
    ) -> Result<Dual, EvaluationError> {
        let value_of = |quantity| arguments.get(self.position(quantity)?).cloned();
        evaluate(&self.body, &value_of, conventions)
    }
}
