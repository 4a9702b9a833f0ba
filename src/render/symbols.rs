//! The symbols of an exercise's names.

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::exercise::{Exercise, NameSymbols};
use crate::expr::{Quantity, Setting, VariableId};
use crate::notation::{Symbol, Symbols, symbol_for};

/// The look of every name, made once.
pub(super) struct ExerciseSymbols<'e> {
    exercise: &'e Exercise,
    names: NameSymbols<'e>,
    made: Vec<OnceCell<Arc<Symbol>>>,
    rate: OnceCell<&'static str>,
}

impl<'e> ExerciseSymbols<'e> {
    pub(super) fn new(exercise: &'e Exercise) -> Self {
        Self {
            exercise,
            names: NameSymbols::new(&exercise.displays),
            made: vec![OnceCell::new(); exercise.network.len()],
            rate: OnceCell::new(),
        }
    }

    /// The italic letters that names show, those of the text included, whatever their subscripts.
    pub(super) fn letters(&self) -> FxHashSet<char> {
        let variables = self.exercise.network.ids().map(|id| self.variable(id).letter());
        let of_the_text = self.exercise.free_names.iter();
        variables
            .chain(of_the_text.map(|name| self.names.symbol(name).letter()))
            .flatten()
            .collect()
    }

    /// The letter of the learning rate: η, unless a name of the exercise is that.
    fn rate_letter(&self) -> &'static str {
        let network = &self.exercise.network;
        let is_free = |letter: &&str| {
            let letter = symbol_for(letter, &[]);
            !network.ids().any(|id| self.variable(id).as_ref() == &letter)
        };
        ["eta", "alpha", "rho", "epsilon"].into_iter().find(is_free).unwrap_or("eta")
    }
}

impl Symbols for ExerciseSymbols<'_> {
    fn variable(&self, variable: VariableId) -> Arc<Symbol> {
        self.made[variable.index()]
            .get_or_init(|| Arc::new(self.names.symbol(&self.exercise.network[variable].name)))
            .clone()
    }

    fn other(&self, quantity: Quantity) -> Arc<Symbol> {
        Arc::new(match quantity {
            Quantity::Setting(Setting::LearningRate) => {
                symbol_for(self.rate.get_or_init(|| self.rate_letter()), &[])
            }
            Quantity::Free(index) => self
                .exercise
                .free_names
                .get(index as usize)
                .map_or_else(Symbol::default, |name| self.names.symbol(name)),
            _ => Symbol::default(),
        })
    }

    fn objective(&self) -> Arc<Symbol> {
        match self.exercise.network.objective() {
            Some(objective) => self.variable(objective.variable),
            None => Arc::new(symbol_for("L", &[])),
        }
    }

    fn is_objective(&self, variable: VariableId) -> bool {
        self.exercise.network.is_objective(variable)
    }
}
