//! The optimisers, one struct each, and the registry that lists them.
//!
//! An optimiser states its rule once, as assignments over expressions. What is printed, computed and put
//! into words follows from there; the verifier recomputes every step by arithmetic of its own.
//!
//! | file | optimisers |
//! | --- | --- |
//! | `sgd.rs` | sgd: plain, with momentum, Nesterov's form |
//! | `momentum.rs` | momentum, nesterov: as textbooks have them |
//! | `adaptive.rs` | adagrad, rmsprop |
//! | `adam.rs` | adam, adamw |

mod adam;
mod adaptive;
mod gradient;
mod momentum;
mod sgd;

use crate::exact::Number;
use crate::expr::{Expr, Literal, Quantity, Setting, StateLetter, VariableId};

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
    /// What it takes.
    pub kind: OptionKind,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// A number, with the letter that it has on the page.
    Number {
        /// The letter.
        setting: Setting,
        /// The value unless given; `None` where it must be.
        default: Option<&'static str>,
    },
    /// A number that changes the rule where it is given and is no part of it otherwise.
    Extra(Setting),
    /// `yes` or `no`, which is what holds unless given.
    Switch,
}

/// A number that must be given.
const fn required(name: &'static str, setting: Setting) -> OptimiserOption {
    OptimiserOption { name, kind: OptionKind::Number { setting, default: None } }
}

/// A number with a default.
const fn number(name: &'static str, setting: Setting, default: &'static str) -> OptimiserOption {
    OptimiserOption { name, kind: OptionKind::Number { setting, default: Some(default) } }
}

const fn switch(name: &'static str) -> OptimiserOption {
    OptimiserOption { name, kind: OptionKind::Switch }
}

const RATE: OptimiserOption = required("rate", Setting::LearningRate);
const EPS: OptimiserOption = number("eps", Setting::Epsilon, "0");
const WEIGHT_DECAY: OptimiserOption = number("weight_decay", Setting::WeightDecay, "0");
const CLIP_NORM: OptimiserOption =
    OptimiserOption { name: "clip_norm", kind: OptionKind::Extra(Setting::ClipNorm) };
const CLIP_VALUE: OptimiserOption =
    OptimiserOption { name: "clip_value", kind: OptionKind::Extra(Setting::ClipValue) };

/// What a file chose for the options of an optimiser, defaults filled in.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The numbers, in the order of the options.
    pub numbers: Vec<(Setting, Literal)>,
    /// The numbers that stay symbols.
    pub symbols: Vec<(Setting, VariableId)>,
    /// The switches that are on.
    pub switches: Vec<&'static str>,
}

impl Settings {
    /// The number of a setting, where it has one.
    pub fn get(&self, setting: Setting) -> Option<&Literal> {
        self.numbers.iter().find(|(own, _)| *own == setting).map(|(_, literal)| literal)
    }

    /// Whether a setting is there and not 0.
    pub fn counts(&self, setting: Setting) -> bool {
        self.get(setting).is_some_and(|literal| literal.value != Number::zero())
    }

    /// Whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.switches.contains(&name)
    }
}

/// One parameter's step, for which a rule is asked.
#[derive(Clone, Copy, Debug)]
pub struct Step<'s> {
    /// The parameter.
    pub parameter: VariableId,
    /// The options.
    pub settings: &'s Settings,
    /// Which way it goes.
    pub direction: Direction,
    /// Whether the optimiser has no past for the parameter.
    pub is_first: bool,
    /// Whether the norm of all gradients passes `clip_norm`.
    pub is_clipped: bool,
}

/// One line of a rule: a quantity and what it becomes.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// What is given a value.
    pub target: Quantity,
    /// Over the parameter, its gradient, the optimiser's state and what the lines before gave.
    pub rule: Expr,
    /// A divisor that may be 0 because nothing has moved yet, and the rule that holds then.
    pub unless_zero: Option<(Expr, Expr)>,
}

impl Assignment {
    fn new(target: Quantity, rule: Expr) -> Self {
        Self { target, rule, unless_zero: None }
    }
}

/// An optimiser: an update rule as expressions.
pub trait Optimiser: Sync {
    /// The name in the language.
    fn name(&self) -> &'static str;
    /// One line for the reference.
    fn summary(&self) -> &'static str;
    /// The options.
    fn options(&self) -> &'static [OptimiserOption];
    /// The letters of its state, for `start`.
    fn state(&self, settings: &Settings) -> Vec<StateLetter>;
    /// The rule, line by line; the last line gives the new value of the parameter.
    fn rule(&self, step: &Step<'_>) -> Vec<Assignment>;
    /// The value of a state before the first step.
    fn initial(&self, _letter: StateLetter, _settings: &Settings) -> Number {
        Number::zero()
    }
    /// Whether the gradient is taken elsewhere than at the parameter itself.
    fn looks_ahead(&self) -> bool {
        self.look_ahead(VariableId(0)).is_some()
    }
    /// Where the gradient is taken, if not at the parameter itself.
    fn look_ahead(&self, _parameter: VariableId) -> Option<Expr> {
        None
    }
}

/// Every optimiser, in the order of the reference.
static REGISTRY: &[&dyn Optimiser] = &[
    &sgd::Sgd,
    &momentum::Momentum { looks_ahead: false },
    &momentum::Momentum { looks_ahead: true },
    &adaptive::Adagrad,
    &adaptive::RmsProp,
    &adam::Adam { is_decoupled: false },
    &adam::Adam { is_decoupled: true },
];

/// Every optimiser, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static dyn Optimiser> {
    REGISTRY.iter().copied()
}

/// The optimiser of that name.
pub fn find(name: &str) -> Option<&'static dyn Optimiser> {
    all().find(|optimiser| optimiser.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Rational;

    #[test]
    fn every_default_is_a_number() {
        for option in all().flat_map(Optimiser::options) {
            if let OptionKind::Number { default: Some(default), .. } = option.kind {
                assert!(Rational::parse_decimal(default).is_some(), "{}: {default}", option.name);
            }
        }
    }
}
