//! The symbols of an exercise's names.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::exercise::{Exercise, Name, NameSymbols};
use crate::expr::{Quantity, Setting, StateLetter, VariableId};
use crate::notation::{Accent, Atom, Nucleus, Symbol, Symbols, symbol_for};

/// The look of every name, made once.
pub(super) struct ExerciseSymbols<'e> {
    exercise: &'e Exercise,
    names: NameSymbols<'e>,
    made: Vec<OnceCell<Arc<Symbol>>>,
    settings: RefCell<FxHashMap<Setting, &'static str>>,
}

impl<'e> ExerciseSymbols<'e> {
    pub(super) fn new(exercise: &'e Exercise) -> Self {
        Self {
            exercise,
            names: NameSymbols::new(&exercise.displays),
            made: vec![OnceCell::new(); exercise.network.len()],
            settings: RefCell::default(),
        }
    }

    /// The italic letters that names show, those of the text included, whatever their subscripts.
    pub(super) fn letters(&self) -> FxHashSet<char> {
        let variables = self.exercise.network.ids().map(|id| self.variable(id).letter());
        let of_the_text = self.exercise.free_names.iter();
        let functions = self.exercise.activations.iter();
        variables
            .chain(functions.map(|function| self.function(function.name()).letter()))
            .chain(of_the_text.map(|name| self.names.symbol(name).letter()))
            .flatten()
            .collect()
    }

    /// The letter of a setting: the first of its letters that no name of the exercise looks like.
    fn setting(&self, setting: Setting) -> &'static str {
        let letters: &[&str] = match setting {
            Setting::LearningRate => &["eta", "alpha", "rho", "epsilon"],
            Setting::Momentum => &["mu", "gamma", "nu"],
            Setting::Dampening => &["tau", "delta"],
            Setting::WeightDecay | Setting::DecoupledDecay => &["lambda", "kappa"],
            Setting::Initial => &["s_0"],
            Setting::Rho => &["rho", "gamma"],
            Setting::Beta1 => &["beta_1"],
            Setting::Beta2 => &["beta_2"],
            Setting::Epsilon => &["epsilon", "varepsilon"],
            Setting::ClipNorm | Setting::ClipValue => &["c", "C"],
        };
        let network = &self.exercise.network;
        let is_free = |letter: &&str| {
            let letter = symbol_for(letter, &[]);
            !network.ids().any(|id| self.variable(id).as_ref() == &letter)
        };
        letters.iter().copied().find(is_free).unwrap_or(letters[0])
    }

    /// What an optimiser remembers of a parameter: the letter of its rule, the parameter below it.
    fn state(&self, letter: StateLetter, parameter: VariableId) -> Symbol {
        let of = self.variable(parameter).atoms.clone();
        let plain = |letter| Atom::plain(Nucleus::Letter(letter));
        let under = |accent, atoms| Atom::plain(Nucleus::Accented(accent, atoms));
        let mut atom = match letter {
            StateLetter::Gradient => plain('g'),
            StateLetter::Velocity => plain('v'),
            StateLetter::Squares => plain('s'),
            StateLetter::Mean => plain('m'),
            StateLetter::Steps => return Symbol { atoms: vec![plain('t')] },
            StateLetter::Largest => {
                let mut atom = plain('v');
                atom.superscript = vec![Atom::plain(Nucleus::Word("max".to_owned()))];
                atom
            }
            StateLetter::CorrectedMean => under(Accent::Hat, vec![plain('m')]),
            StateLetter::CorrectedSquares => under(Accent::Hat, vec![plain('v')]),
            StateLetter::Decayed => return Symbol { atoms: vec![under(Accent::Bar, of)] },
            StateLetter::Ahead => return Symbol { atoms: vec![under(Accent::Tilde, of)] },
        };
        atom.subscript = of;
        Symbol { atoms: vec![atom] }
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
            Quantity::Setting(setting) => {
                let mut made = self.settings.borrow_mut();
                let letter = made.entry(setting).or_insert_with(|| self.setting(setting));
                symbol_for(letter, &[])
            }
            Quantity::State { letter, of } | Quantity::NewState { letter, of } => {
                self.state(letter, of)
            }
            Quantity::GradientNorm => {
                let named = |name| Atom::plain(Nucleus::Named(name));
                let mut atoms = vec![named("lVert"), named("nabla")];
                atoms.extend(self.objective().atoms.iter().cloned());
                atoms.push(named("rVert"));
                Symbol { atoms }
            }
            Quantity::RowObjective(row) => {
                let mut atoms = self.objective().atoms.clone();
                let mark = |mark| Atom::plain(Nucleus::Mark(mark));
                if atoms.len() != 1 || !atoms[0].superscript.is_empty() || atoms[0].primes > 0 {
                    atoms = vec![Atom::plain(Nucleus::Group(atoms))];
                }
                let number = Atom::plain(Nucleus::Digits(row.to_string()));
                atoms[0].superscript = vec![mark('('), number, mark(')')];
                Symbol { atoms }
            }
            Quantity::MeanObjective => {
                let atoms = self.objective().atoms.clone();
                Symbol { atoms: vec![Atom::plain(Nucleus::Accented(Accent::Bar, atoms))] }
            }
            Quantity::Free(index) => self
                .exercise
                .free_names
                .get(index as usize)
                .map_or_else(Symbol::default, |name| self.names.symbol(name)),
            _ => Symbol::default(),
        })
    }

    fn function(&self, name: &str) -> Symbol {
        self.names.symbol(&Name::plain(name))
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
