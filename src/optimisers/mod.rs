//! The optimisers, one struct each, and the registry that lists them.

mod sgd;

use crate::expr::{Expr, Setting, VariableId};

/// Which way a step goes along the gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Against the gradient of a loss.
    Descend,
    /// Along the gradient of an objective that is maximised.
    Ascend,
}

/// An option of an optimiser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptimiserOption {
    /// Its name in the language.
    pub name: &'static str,
    /// The letter it has on the page.
    pub setting: Setting,
}

/// An optimiser: an update rule as an expression.
pub trait Optimiser: Sync {
    /// The name in the language.
    fn name(&self) -> &'static str;
    /// One line for the reference.
    fn summary(&self) -> &'static str;
    /// The options, all of which must be given.
    fn options(&self) -> &'static [OptimiserOption];
    /// The new value of `parameter`, over its old value, its adjoint and the settings.
    fn updated(&self, parameter: VariableId, direction: Direction) -> Expr;
}

/// Every optimiser, in the order of the reference.
static REGISTRY: &[&dyn Optimiser] = &[&sgd::Sgd];

/// Every optimiser, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static dyn Optimiser> {
    REGISTRY.iter().copied()
}

/// The optimiser of that name.
pub fn find(name: &str) -> Option<&'static dyn Optimiser> {
    all().find(|optimiser| optimiser.name() == name)
}
