//! The symbols of an exercise's names.

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::exercise::{Exercise, Name};
use crate::expr::{Quantity, Setting, VariableId};
use crate::notation::{Symbol, Symbols, symbol_for};

/// The look of every name: what the file's `display`s say, else what the name itself does.
pub(super) struct ExerciseSymbols<'e> {
    exercise: &'e Exercise,
    displays: FxHashMap<&'e Name, &'e Symbol>,
    made: Vec<OnceCell<Arc<Symbol>>>,
    rate: OnceCell<&'static str>,
}

impl<'e> ExerciseSymbols<'e> {
    pub(super) fn new(exercise: &'e Exercise) -> Self {
        Self {
            exercise,
            displays: exercise.displays.iter().map(|(name, symbol)| (name, symbol)).collect(),
            made: vec![OnceCell::new(); exercise.network.len()],
            rate: OnceCell::new(),
        }
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

    fn make(&self, name: &Name) -> Symbol {
        if let Some(symbol) = self.displays.get(name) {
            return (*symbol).clone();
        }
        if !name.indices.is_empty()
            && let Some(family) =
                self.displays.get(&Name { base: name.base.clone(), indices: Vec::new() })
        {
            return (*family).clone().with_indices(&name.indices);
        }
        symbol_for(&name.base, &name.indices)
    }
}

impl Symbols for ExerciseSymbols<'_> {
    fn variable(&self, variable: VariableId) -> Arc<Symbol> {
        self.made[variable.index()]
            .get_or_init(|| Arc::new(self.make(&self.exercise.network[variable].name)))
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
                .map_or_else(Symbol::default, |name| self.make(name)),
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
