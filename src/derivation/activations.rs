//! The functions that keep their names: each stated once, with its derivative.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::branches::tidied;
use crate::exercise::Exercise;
use crate::expr::{Activation, Expr, OperatorRef};

/// A function that keeps its name, as the sheet states it.
#[derive(Clone, Debug)]
pub struct StatedActivation {
    /// The function.
    pub function: Arc<Activation>,
    /// What it is, over its parameter.
    pub definition: Expr,
    /// Its derivative, over its parameter.
    pub derivative: Expr,
}

/// Every such function that the network uses, by itself or within another, in the order of the file.
pub(super) fn used(exercise: &Exercise) -> Vec<Arc<Activation>> {
    if exercise.activations.is_empty() {
        return Vec::new();
    }
    let mut names: FxHashSet<String> = FxHashSet::default();
    let network = &exercise.network;
    for definition in network.ids().filter_map(|node| network.definition(node)) {
        note_calls(definition, &mut names);
    }
    let mut used: Vec<Arc<Activation>> = Vec::new();
    // A body uses earlier ones alone.
    for function in exercise.activations.iter().rev() {
        if names.contains(function.name()) {
            note_calls(function.body(), &mut names);
            used.push(Arc::clone(function));
        }
    }
    used.reverse();
    used
}

/// The names of those that `expr` calls.
fn note_calls(expr: &Expr, names: &mut FxHashSet<String>) {
    expr.for_each_call(&mut |operator, _| {
        if let OperatorRef::Activation(function) = operator
            && !names.contains(function.name())
        {
            names.insert(function.name().to_owned());
        }
    });
}

/// What the sheet says of each.
pub(super) fn state(exercise: &Exercise) -> Vec<StatedActivation> {
    let conventions = &exercise.conventions;
    used(exercise)
        .into_iter()
        .map(|function| StatedActivation {
            definition: function.body().clone(),
            derivative: tidied(function.derivative(conventions).body(), conventions),
            function,
        })
        .collect()
}
