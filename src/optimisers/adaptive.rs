//! Rates that adapt to the squares of past gradients.

use super::gradient::{
    assign, decayed, gradient, minus, new, old, over, plus, root, setting, squared, times,
};
use super::{
    Assignment, CLIP_NORM, CLIP_VALUE, EPS, Optimiser, OptimiserOption, RATE, Settings, Step,
    WEIGHT_DECAY, number, switch,
};
use crate::exact::Number;
use crate::expr::{Expr, Quantity, Setting, StateLetter};

/// w − η·g/divisor, and no step at all while the divisor is 0.
fn descend(step: &Step<'_>, gradient: Expr, divisor: Expr) -> Assignment {
    let parameter: Expr = step.parameter.into();
    let quotient = over(gradient, divisor.clone());
    let rule = minus(parameter.clone(), times(setting(Setting::LearningRate), quotient));
    Assignment { unless_zero: Some((divisor, parameter)), ..assign(step, rule) }
}

/// s ← s + g², w ← w − ηg/(√s + ε). See Duchi, Hazan and Singer, "Adaptive subgradient methods", 2011.
pub(super) struct Adagrad;

impl Optimiser for Adagrad {
    fn name(&self) -> &'static str {
        "adagrad"
    }

    fn summary(&self) -> &'static str {
        "s = s + g^2, w - rate * g / (sqrt(s) + eps)"
    }

    fn options(&self) -> &'static [OptimiserOption] {
        const OPTIONS: &[OptimiserOption] = &[
            RATE,
            number("initial", Setting::Initial, "0"),
            EPS,
            WEIGHT_DECAY,
            CLIP_NORM,
            CLIP_VALUE,
        ];
        OPTIONS
    }

    fn state(&self, _settings: &Settings) -> Vec<StateLetter> {
        vec![StateLetter::Squares]
    }

    fn rule(&self, step: &Step<'_>) -> Vec<Assignment> {
        let mut lines = Vec::new();
        let gradient = gradient(step, &mut lines);
        let squares = Quantity::NewState { letter: StateLetter::Squares, of: step.parameter };
        let before = old(StateLetter::Squares, step.parameter);
        lines.push(Assignment::new(squares, plus(before, squared(gradient.clone()))));
        let divisor = root(step, squares.into());
        lines.push(descend(step, gradient, divisor));
        lines
    }

    fn initial(&self, _letter: StateLetter, settings: &Settings) -> Number {
        settings.get(Setting::Initial).map_or_else(Number::zero, |literal| literal.value.clone())
    }
}

/// s ← ρs + (1 − ρ)g², w ← w − ηg/(√s + ε); centred, s − m² in place of s; with momentum, v ← μv + g/(…)
/// and w ← w − ηv. See Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012, and
/// `torch.optim.RMSprop`.
pub(super) struct RmsProp;

impl Optimiser for RmsProp {
    fn name(&self) -> &'static str {
        "rmsprop"
    }

    fn summary(&self) -> &'static str {
        "s = rho * s + (1 - rho) * g^2, w - rate * g / (sqrt(s) + eps)"
    }

    fn options(&self) -> &'static [OptimiserOption] {
        const OPTIONS: &[OptimiserOption] = &[
            RATE,
            number("rho", Setting::Rho, "0.9"),
            EPS,
            number("momentum", Setting::Momentum, "0"),
            switch("centered"),
            WEIGHT_DECAY,
            CLIP_NORM,
            CLIP_VALUE,
        ];
        OPTIONS
    }

    fn state(&self, settings: &Settings) -> Vec<StateLetter> {
        let mut letters = vec![StateLetter::Squares];
        if settings.is_on("centered") {
            letters.push(StateLetter::Mean);
        }
        if settings.counts(Setting::Momentum) {
            letters.push(StateLetter::Velocity);
        }
        letters
    }

    fn rule(&self, step: &Step<'_>) -> Vec<Assignment> {
        let parameter = step.parameter;
        let mut lines = Vec::new();
        let gradient = gradient(step, &mut lines);
        let squares = Quantity::NewState { letter: StateLetter::Squares, of: parameter };
        let before = old(StateLetter::Squares, parameter);
        lines.push(Assignment::new(
            squares,
            decayed(Setting::Rho, before, squared(gradient.clone())),
        ));
        let mut spread: Expr = squares.into();
        if step.settings.is_on("centered") {
            let mean = Quantity::NewState { letter: StateLetter::Mean, of: parameter };
            let before = old(StateLetter::Mean, parameter);
            lines.push(Assignment::new(mean, decayed(Setting::Rho, before, gradient.clone())));
            spread = minus(spread, squared(mean.into()));
        }
        let divisor = root(step, spread);
        if !step.settings.counts(Setting::Momentum) {
            lines.push(descend(step, gradient, divisor));
            return lines;
        }
        let velocity = Quantity::NewState { letter: StateLetter::Velocity, of: parameter };
        let kept = times(setting(Setting::Momentum), old(StateLetter::Velocity, parameter));
        let rule = plus(kept.clone(), over(gradient, divisor.clone()));
        lines.push(Assignment {
            unless_zero: Some((divisor, kept)),
            ..Assignment::new(velocity, rule)
        });
        let moved = times(setting(Setting::LearningRate), new(StateLetter::Velocity, parameter));
        lines.push(assign(step, minus(parameter.into(), moved)));
        lines
    }
}
