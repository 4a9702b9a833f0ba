//! Adam and its variants.

use super::gradient::{
    assign, decayed, gradient, minus, new, old, over, root, setting, squared, times,
};
use super::{
    Assignment, CLIP_NORM, CLIP_VALUE, EPS, Optimiser, OptimiserOption, RATE, Settings, Step,
    WEIGHT_DECAY, number, switch,
};
use crate::expr::{Expr, Quantity, Setting, StateLetter};
use crate::ops;

const BETA_1: OptimiserOption = number("beta1", Setting::Beta1, "0.9");
const BETA_2: OptimiserOption = number("beta2", Setting::Beta2, "0.999");
const AMSGRAD: OptimiserOption = switch("amsgrad");

fn letters(settings: &Settings) -> Vec<StateLetter> {
    let mut letters = vec![StateLetter::Steps, StateLetter::Mean, StateLetter::Velocity];
    if settings.is_on("amsgrad") {
        letters.push(StateLetter::Largest);
    }
    letters
}

/// state/(1 − βᵗ)
fn corrected(step: &Step<'_>, state: Expr, beta: Setting) -> Expr {
    let power = Expr::Power {
        base: Box::new(setting(beta)),
        exponent: Box::new(new(StateLetter::Steps, step.parameter)),
    };
    over(state, minus(Expr::from(1), power))
}

/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ),
/// w ← start − ηm̂/(√v̂ + ε)
fn moments(step: &Step<'_>, gradient: Expr, start: Expr, lines: &mut Vec<Assignment>) {
    let parameter = step.parameter;
    let state = |letter| Quantity::NewState { letter, of: parameter };
    let mut give = |letter, rule| lines.push(Assignment::new(state(letter), rule));
    give(
        StateLetter::Mean,
        decayed(Setting::Beta1, old(StateLetter::Mean, parameter), gradient.clone()),
    );
    give(
        StateLetter::Velocity,
        decayed(Setting::Beta2, old(StateLetter::Velocity, parameter), squared(gradient)),
    );
    let mut second = StateLetter::Velocity;
    if step.settings.is_on("amsgrad") {
        second = StateLetter::Largest;
        let larger = ops::larger(old(second, parameter), new(StateLetter::Velocity, parameter));
        give(second, larger);
    }
    give(
        StateLetter::CorrectedMean,
        corrected(step, new(StateLetter::Mean, parameter), Setting::Beta1),
    );
    give(StateLetter::CorrectedSquares, corrected(step, new(second, parameter), Setting::Beta2));
    let divisor = root(step, new(StateLetter::CorrectedSquares, parameter));
    let quotient = over(new(StateLetter::CorrectedMean, parameter), divisor.clone());
    let rule = minus(start.clone(), times(setting(Setting::LearningRate), quotient));
    lines.push(Assignment { unless_zero: Some((divisor, start)), ..assign(step, rule) });
}

/// See Kingma and Ba, "Adam: a method for stochastic optimization", 2015; amsgrad keeps the largest
/// uncorrected v (Reddi, Kale and Kumar, "On the convergence of Adam and beyond", 2018). Decoupled, the decay is
/// taken off the parameter itself (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
pub(super) struct Adam {
    pub(super) is_decoupled: bool,
}

impl Optimiser for Adam {
    fn name(&self) -> &'static str {
        if self.is_decoupled { "adamw" } else { "adam" }
    }

    fn summary(&self) -> &'static str {
        if self.is_decoupled {
            "adam, from w * (1 - rate * weight_decay)"
        } else {
            "m = beta1 * m + (1 - beta1) * g, v = beta2 * v + (1 - beta2) * g^2, both corrected by 1 - beta^t, w - rate * m / (sqrt(v) + eps)"
        }
    }

    fn options(&self) -> &'static [OptimiserOption] {
        const DECAY: OptimiserOption = super::required("weight_decay", Setting::DecoupledDecay);
        const COUPLED: &[OptimiserOption] =
            &[RATE, BETA_1, BETA_2, EPS, AMSGRAD, WEIGHT_DECAY, CLIP_NORM, CLIP_VALUE];
        const DECOUPLED: &[OptimiserOption] =
            &[RATE, DECAY, BETA_1, BETA_2, EPS, AMSGRAD, CLIP_NORM, CLIP_VALUE];
        if self.is_decoupled { DECOUPLED } else { COUPLED }
    }

    fn state(&self, settings: &Settings) -> Vec<StateLetter> {
        letters(settings)
    }

    fn rule(&self, step: &Step<'_>) -> Vec<Assignment> {
        let mut lines = Vec::new();
        let gradient = gradient(step, &mut lines);
        let mut start: Expr = step.parameter.into();
        if self.is_decoupled {
            let shrunk = Quantity::NewState { letter: StateLetter::Decayed, of: step.parameter };
            let decay = times(setting(Setting::LearningRate), setting(Setting::DecoupledDecay));
            let rule = times(start, minus(Expr::from(1), decay));
            lines.push(Assignment::new(shrunk, rule));
            start = shrunk.into();
        }
        moments(step, gradient, start, &mut lines);
        lines
    }
}
