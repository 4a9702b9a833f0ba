//! Text with its values computed.

use super::error::DerivationError;
use super::solve::Solver;
use super::{Pass, Prose, Segment, backward, symbols};
use crate::diagnostic::Diagnostic;
use crate::exact::Number;
use crate::exercise;
use crate::expr::{EvaluationError, Expr, Quantity, VariableId, evaluate, simplify};

impl Solver<'_> {
    /// The text with each `{= … }` replaced by its value in the present state, or in the pass it names.
    pub(super) fn prose(&mut self, prose: &exercise::Prose) -> Result<Prose, Vec<Diagnostic>> {
        let mut paragraphs = Vec::with_capacity(prose.paragraphs.len());
        for paragraph in &prose.paragraphs {
            let mut segments = Vec::with_capacity(paragraph.len());
            for segment in paragraph {
                segments.push(match segment {
                    exercise::Segment::Text(text) => Segment::Text(text.clone()),
                    exercise::Segment::Math(expr) => Segment::Math(expr.clone()),
                    exercise::Segment::Comparison(condition) => {
                        Segment::Comparison(condition.clone())
                    }
                    exercise::Segment::Value { expr, pass, span } => {
                        self.ensure_pass()?;
                        let position = pass.map_or(self.active, |number| self.numbered(number));
                        let asked = adjoints_in(expr);
                        self.ensure_adjoints(&asked, position)?;
                        if pass.is_none() {
                            for position in self.batch_passes() {
                                self.ensure_adjoints(&asked, position)?;
                            }
                        }
                        let form = match pass {
                            Some(_) => in_letters(&self.passes[position], expr),
                            None => self.in_letters_now(expr),
                        };
                        if let Some(form) = form {
                            segments.push(Segment::Math(form));
                            continue;
                        }
                        let value = match pass {
                            Some(_) => self.value_in_pass(expr, position),
                            None => self.value_now(expr),
                        };
                        Segment::Value(value.map_err(|error| {
                            let subject = DerivationError::subject(&error, self.exercise);
                            let error = DerivationError::Prose { error, subject };
                            vec![Diagnostic::error(*span, &error)]
                        })?)
                    }
                });
            }
            paragraphs.push(segments);
        }
        Ok(Prose { paragraphs })
    }

    /// What an expression is in letters now, where it has no number.
    fn in_letters_now(&self, expr: &Expr) -> Option<Expr> {
        if self.passes[self.latest()].unknown.is_empty() && self.symbols.is_empty() {
            return None;
        }
        let mut now = self.passes[self.latest()].clone();
        for leaf in self.exercise.network.ids().filter(|id| self.leaves[id.index()].is_some()) {
            let quantity = Quantity::Variable(leaf);
            match self.symbols.get(&leaf) {
                Some(form) => {
                    now.unknown.insert(quantity);
                    now.expanded.insert(quantity, form.clone());
                }
                None => {
                    now.unknown.remove(&quantity);
                }
            }
        }
        in_letters(&now, expr)
    }

    /// A value now: leaves as they stand after the last update, nodes and gradients of the last pass.
    fn value_now(&self, expr: &Expr) -> Result<Number, EvaluationError> {
        let last = &self.passes[self.latest()];
        let batch = self.present_batch();
        let objective = self.exercise.network.objective().map(|own| own.variable);
        let value_of = |quantity| match quantity {
            Quantity::Variable(variable) if batch.is_some() && objective == Some(variable) => {
                batch.and_then(|batch| batch.loss.clone())
            }
            Quantity::Adjoint(variable) if batch.is_some() => self.mean_gradient(variable),
            Quantity::Variable(variable) => match &self.leaves[variable.index()] {
                Some(leaf) => Some(leaf.value.clone()),
                None => Some(last.values[variable.index()].clone()),
            },
            Quantity::Adjoint(variable) => last.adjoints[variable.index()].clone(),
            _ => None,
        };
        evaluate(expr, &value_of, &self.exercise.conventions)
    }

    /// The pass of that number.
    fn numbered(&self, number: usize) -> usize {
        let named = self.passes.iter().position(|pass| pass.number == Some(number));
        named.unwrap_or(self.active)
    }

    fn value_in_pass(&self, expr: &Expr, position: usize) -> Result<Number, EvaluationError> {
        let pass = &self.passes[position];
        let value_of = |quantity| match quantity {
            Quantity::Variable(variable) => Some(pass.values[variable.index()].clone()),
            Quantity::Adjoint(variable) => pass.adjoints[variable.index()].clone(),
            _ => None,
        };
        evaluate(expr, &value_of, &self.exercise.conventions)
    }
}

/// What an expression is in letters, where it has no number.
fn in_letters(pass: &Pass, expr: &Expr) -> Option<Expr> {
    symbols::is_symbolic(pass, expr).then(|| {
        simplify(expr, &|quantity| match quantity {
            _ if pass.unknown.contains(&quantity) => {
                pass.expanded.get(&quantity).cloned().unwrap_or(quantity.into())
            }
            _ => backward::in_place(pass, quantity),
        })
    })
}

/// The variables whose adjoints an expression names.
fn adjoints_in(expr: &Expr) -> Vec<VariableId> {
    let mut variables = Vec::new();
    expr.for_each_quantity(&mut |quantity| {
        if let Quantity::Adjoint(variable) = quantity {
            variables.push(variable);
        }
    });
    variables
}
