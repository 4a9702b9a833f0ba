//! Gradient descent, by `PyTorch`'s rule.

use super::gradient::{assign, gradient, minus, new, old, plus, setting, times};
use super::{
    Assignment, CLIP_NORM, CLIP_VALUE, Direction, Optimiser, OptimiserOption, RATE, Settings, Step,
    WEIGHT_DECAY, number, switch,
};
use crate::expr::{Expr, Quantity, Setting, StateLetter};

/// w ← w − η ∂L/∂w; with momentum v ← μv + (1 − d)g, of which the first is g, and w ← w − ηv, or in
/// Nesterov's form w ← w − η(g + μv). See `torch.optim.SGD`.
pub(super) struct Sgd;

impl Optimiser for Sgd {
    fn name(&self) -> &'static str {
        "sgd"
    }

    fn summary(&self) -> &'static str {
        "gradient descent: w - rate * g, with momentum v = momentum * v + (1 - dampening) * g in place of g"
    }

    fn options(&self) -> &'static [OptimiserOption] {
        const OPTIONS: &[OptimiserOption] = &[
            RATE,
            number("momentum", Setting::Momentum, "0"),
            number("dampening", Setting::Dampening, "0"),
            switch("nesterov"),
            WEIGHT_DECAY,
            CLIP_NORM,
            CLIP_VALUE,
        ];
        OPTIONS
    }

    fn state(&self, settings: &Settings) -> Vec<StateLetter> {
        if settings.counts(Setting::Momentum) { vec![StateLetter::Velocity] } else { Vec::new() }
    }

    fn rule(&self, step: &Step<'_>) -> Vec<Assignment> {
        let parameter: Expr = step.parameter.into();
        let settings = step.settings;
        let rate = || setting(Setting::LearningRate);
        let has_momentum = settings.counts(Setting::Momentum);
        let is_plain = !has_momentum
            && !settings.counts(Setting::WeightDecay)
            && !step.is_clipped
            && settings.get(Setting::ClipValue).is_none();
        if is_plain && step.direction == Direction::Ascend {
            let adjoint = Quantity::Adjoint(step.parameter).into();
            return vec![assign(step, plus(parameter, times(rate(), adjoint)))];
        }
        let mut lines = Vec::new();
        let gradient = gradient(step, &mut lines);
        if !has_momentum {
            lines.push(assign(step, minus(parameter, times(rate(), gradient))));
            return lines;
        }
        let velocity = Quantity::NewState { letter: StateLetter::Velocity, of: step.parameter };
        let momentum = || setting(Setting::Momentum);
        let fresh = if settings.counts(Setting::Dampening) {
            times(minus(Expr::from(1), setting(Setting::Dampening)), gradient.clone())
        } else {
            gradient.clone()
        };
        let rule = if step.is_first {
            gradient.clone()
        } else {
            plus(times(momentum(), old(StateLetter::Velocity, step.parameter)), fresh)
        };
        lines.push(Assignment::new(velocity, rule));
        let moved = new(StateLetter::Velocity, step.parameter);
        let moved = if settings.is_on("nesterov") {
            plus(gradient, times(momentum(), moved))
        } else {
            moved
        };
        lines.push(assign(step, minus(parameter, times(rate(), moved))));
        lines
    }
}
