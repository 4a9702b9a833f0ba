//! Momentum as textbooks have it: the velocity holds the rate.

use super::gradient::{assign, gradient, minus, new, old, plus, setting, times};
use super::{
    Assignment, CLIP_NORM, CLIP_VALUE, Optimiser, OptimiserOption, RATE, Settings, Step,
    WEIGHT_DECAY, required,
};
use crate::expr::{Expr, Quantity, Setting, StateLetter, VariableId};

const OPTIONS: &[OptimiserOption] =
    &[RATE, required("mu", Setting::Momentum), WEIGHT_DECAY, CLIP_NORM, CLIP_VALUE];

/// v ← μv − ηg, w ← w + v
fn rule(step: &Step<'_>) -> Vec<Assignment> {
    let mut lines = Vec::new();
    let gradient = gradient(step, &mut lines);
    let velocity = Quantity::NewState { letter: StateLetter::Velocity, of: step.parameter };
    let kept = times(setting(Setting::Momentum), old(StateLetter::Velocity, step.parameter));
    let pull = times(setting(Setting::LearningRate), gradient);
    lines.push(Assignment::new(velocity, minus(kept, pull)));
    lines.push(assign(
        step,
        plus(step.parameter.into(), new(StateLetter::Velocity, step.parameter)),
    ));
    lines
}

/// The heavy ball: see Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. Looking
/// ahead, it takes the gradient at w + μv: see Sutskever and others, "On the importance of initialization and
/// momentum in deep learning", 2013.
pub(super) struct Momentum {
    pub(super) looks_ahead: bool,
}

impl Optimiser for Momentum {
    fn name(&self) -> &'static str {
        if self.looks_ahead { "nesterov" } else { "momentum" }
    }

    fn summary(&self) -> &'static str {
        if self.looks_ahead {
            "v = mu * v - rate * g, w + v, with the gradient g at w + mu * v"
        } else {
            "the heavy ball: v = mu * v - rate * g, w + v"
        }
    }

    fn options(&self) -> &'static [OptimiserOption] {
        OPTIONS
    }

    fn state(&self, _settings: &Settings) -> Vec<StateLetter> {
        vec![StateLetter::Velocity]
    }

    fn rule(&self, step: &Step<'_>) -> Vec<Assignment> {
        rule(step)
    }

    fn look_ahead(&self, parameter: VariableId) -> Option<Expr> {
        self.looks_ahead.then(|| {
            let ahead = times(setting(Setting::Momentum), old(StateLetter::Velocity, parameter));
            plus(parameter.into(), ahead)
        })
    }
}
