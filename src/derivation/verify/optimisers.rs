//! Steps of an optimiser against plain arithmetic: every rule a second time, and not as an expression.

use rustc_hash::FxHashMap;

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::{Justification, Step};
use crate::exact::{ArithmeticError, Function, Number, Rational, Relation};
use crate::exercise::{OptimiserStep, Sense};
use crate::expr::{Literal, NumberStyle, Quantity, Setting, StateLetter, VariableId, evaluate};
use crate::optimisers::Settings;

type Result<T> = std::result::Result<T, VerificationError>;

/// What one parameter's step starts from.
struct Before<'s> {
    settings: &'s Settings,
    ascends: bool,
    parameter: Number,
    gradient: Number,
    /// What the gradient is multiplied by so that its norm is within bounds.
    scale: Number,
    /// What the optimiser remembers; nothing before its first step.
    past: FxHashMap<StateLetter, Number>,
}

/// What it gives.
struct After {
    parameter: Number,
    state: FxHashMap<StateLetter, Number>,
}

impl Verifier<'_> {
    /// An update: the norm, each line of each parameter, the record, and what is remembered.
    pub(super) fn update(
        &mut self,
        pass: usize,
        gradient_pass: usize,
        optimiser: &OptimiserStep,
        steps: &[Step],
    ) -> Result<()> {
        for (setting, literal) in &optimiser.settings.numbers {
            self.established[pass].insert(Quantity::Setting(*setting), literal.value.clone());
        }
        let mut parameters = Vec::new();
        for step in steps {
            if let Quantity::Updated(parameter) = step.target {
                parameters.push(parameter);
            }
        }
        // The gradients of the pass itself, which those of a pass ahead stand in for.
        let mut own = Vec::new();
        for &parameter in &parameters {
            let adjoint = self.gradient_symbol(pass, parameter);
            let Some(value) = self.gradient_of(gradient_pass, parameter) else {
                return self.fault(pass, Quantity::Updated(parameter), Fault::Premise);
            };
            own.push((parameter, self.established[pass].insert(adjoint, value)));
        }
        let scale = self.norm(pass, &optimiser.settings, &parameters, steps)?;
        let mut lines = Vec::new();
        for step in steps.iter().filter(|step| step.target != Quantity::GradientNorm) {
            lines.push(step);
            if let Quantity::Updated(parameter) = step.target {
                self.lines(pass, optimiser, parameter, &scale, &lines)?;
                lines.clear();
            }
        }
        let sound = lines.is_empty();
        for (parameter, value) in own {
            let gradient = self.gradient_symbol(pass, parameter);
            match value {
                Some(value) => self.established[pass].insert(gradient, value),
                None => self.established[pass].remove(&gradient),
            };
        }
        if sound { Ok(()) } else { self.fault(pass, Quantity::GradientNorm, Fault::Target) }
    }

    /// The gradient that an update uses.
    fn gradient_of(&self, pass: usize, parameter: VariableId) -> Option<Number> {
        self.established[pass].get(&self.gradient_symbol(pass, parameter)).cloned()
    }

    /// The quantity that it is: of a mini-batch the mean.
    fn gradient_symbol(&self, pass: usize, parameter: VariableId) -> Quantity {
        match self.solution.passes[pass].batch {
            Some(_) => Quantity::MeanAdjoint(parameter),
            None => Quantity::Adjoint(parameter),
        }
    }

    /// What the gradients are multiplied by, and the step that says it.
    fn norm(
        &mut self,
        pass: usize,
        settings: &Settings,
        parameters: &[VariableId],
        steps: &[Step],
    ) -> Result<Number> {
        let step = steps.iter().find(|step| step.target == Quantity::GradientNorm);
        let (bound, step) = match (settings.get(Setting::ClipNorm), step) {
            (None, None) => return Ok(Number::one()),
            (Some(bound), Some(step)) => (&bound.value, step),
            _ => return self.fault(pass, Quantity::GradientNorm, Fault::Target),
        };
        let squared = parameters.iter().try_fold(Number::zero(), |total, parameter| {
            let gradient = self.gradient_of(pass, *parameter)?;
            total.add(&gradient.mul(&gradient).ok()?).ok()
        });
        let norm = squared.and_then(|squared| squared.apply(Function::Sqrt).ok());
        let Some(norm) = norm.filter(|norm| same(Some(norm), Some(&step.value))) else {
            return self.fault(pass, step.target, Fault::Value);
        };
        self.established[pass].insert(step.target, norm.clone());
        self.forms(pass, step)?;
        let passes = norm.compare(bound).is_ok_and(std::cmp::Ordering::is_gt);
        let said = step
            .branches
            .iter()
            .any(|branch| (branch.condition.relation == Relation::Greater) == passes);
        if !said {
            return self.fault(pass, step.target, Fault::Branch);
        }
        if !passes {
            return Ok(Number::one());
        }
        match bound.div(&norm) {
            Ok(scale) => Ok(scale),
            Err(_) => self.fault(pass, step.target, Fault::Value),
        }
    }

    /// The lines of one parameter, the last of which gives its new value.
    fn lines(
        &mut self,
        pass: usize,
        optimiser: &OptimiserStep,
        parameter: VariableId,
        scale: &Number,
        lines: &[&Step],
    ) -> Result<()> {
        let settings = &optimiser.settings;
        let target = Quantity::Updated(parameter);
        let wrong = |own: &Self| own.fault(pass, target, Fault::Value);
        let Some(gradient) = self.gradient_of(pass, parameter) else { return wrong(self) };
        let past: FxHashMap<StateLetter, Number> = self
            .state
            .iter()
            .filter(|((_, of), _)| *of == parameter)
            .map(|((letter, _), value)| (*letter, value.clone()))
            .collect();
        for letter in optimiser.optimiser.state(settings) {
            let value = past.get(&letter).cloned().unwrap_or_else(|| initial(letter, settings));
            if letter == StateLetter::Steps {
                let Ok(next) = value.add(&Number::one()) else { return wrong(self) };
                let quantity = Quantity::NewState { letter, of: parameter };
                self.established[pass].insert(quantity, next);
            }
            self.established[pass].insert(Quantity::State { letter, of: parameter }, value);
        }
        let is_first = past.is_empty();
        // A setting that stays a symbol has its sample value.
        let mut with_samples = settings.clone();
        for (setting, variable) in &settings.symbols {
            let value = self.values[pass][variable.index()].clone();
            with_samples.numbers.push((*setting, Literal { value, style: NumberStyle::Auto }));
        }
        let settings = &with_samples;
        let before = Before {
            settings,
            ascends: self.network.objective().is_some_and(|own| own.sense == Sense::Maximize),
            parameter: self.values[pass][parameter.index()].clone(),
            gradient,
            scale: scale.clone(),
            past,
        };
        let Ok(after) = after(optimiser.optimiser.name(), &before) else { return wrong(self) };
        for step in lines {
            let expected = match step.target {
                Quantity::Updated(own) if own == parameter => Some(&after.parameter),
                Quantity::NewState { letter, of } if of == parameter => after.state.get(&letter),
                _ => None,
            };
            let is_rule =
                matches!(step.justification, Justification::Update | Justification::Standstill);
            if !is_rule || !step.also.is_empty() || expected.is_none() {
                return self.fault(pass, step.target, Fault::Target);
            }
            if !same(expected, Some(&step.value)) {
                return self.fault(pass, step.target, Fault::Value);
            }
            self.forms(pass, step)?;
            self.established[pass].insert(step.target, step.value.clone());
        }
        let recorded = self.solution.passes[pass]
            .updates
            .iter()
            .any(|(own, value)| *own == parameter && same(Some(value), Some(&after.parameter)));
        if !recorded {
            return self.fault(pass, target, Fault::Record);
        }
        self.confirmed[pass].updates += 1;
        self.probe_lines(pass, optimiser, parameter, is_first, lines)?;
        for (letter, value) in after.state {
            self.state.insert((letter, parameter), value);
        }
        Ok(())
    }

    /// The same rule at other numbers, where the exercise's own may be 0 or 1.
    fn probe_lines(
        &self,
        pass: usize,
        optimiser: &OptimiserStep,
        parameter: VariableId,
        is_first: bool,
        lines: &[&Step],
    ) -> Result<()> {
        // Clipping and a standstill are other rules at other numbers.
        let fixed = [Setting::ClipNorm, Setting::ClipValue];
        let is_fixed = !optimiser.settings.symbols.is_empty()
            || fixed.iter().any(|setting| optimiser.settings.get(*setting).is_some())
            || lines.iter().any(|step| step.justification == Justification::Standstill);
        if is_fixed {
            return Ok(());
        }
        let probe =
            |numerator: i64| Rational::new(numerator, 16).map_or_else(Number::one, Number::from);
        let mut settings = optimiser.settings.clone();
        for (position, (_, literal)) in (3..).zip(&mut settings.numbers) {
            if literal.value != Number::zero() {
                *literal = Literal { value: probe(position), style: NumberStyle::Auto };
            }
        }
        let mut known: FxHashMap<Quantity, Number> = FxHashMap::default();
        for (setting, literal) in &settings.numbers {
            known.insert(Quantity::Setting(*setting), literal.value.clone());
        }
        known.insert(Quantity::Variable(parameter), Number::from(2));
        known.insert(self.gradient_symbol(pass, parameter), Number::from(3));
        let mut past = FxHashMap::default();
        for (position, letter) in (5..).zip(optimiser.optimiser.state(&settings)) {
            let value = match (letter, is_first) {
                (StateLetter::Steps, true) => Number::zero(),
                (StateLetter::Steps, false) => Number::one(),
                (_, true) => initial(letter, &settings),
                (_, false) => probe(position * 16),
            };
            if letter == StateLetter::Steps {
                let next = value.add(&Number::one()).unwrap_or_default();
                known.insert(Quantity::NewState { letter, of: parameter }, next);
            }
            known.insert(Quantity::State { letter, of: parameter }, value.clone());
            if !is_first {
                past.insert(letter, value);
            }
        }
        let before = Before {
            settings: &settings,
            ascends: self.network.objective().is_some_and(|own| own.sense == Sense::Maximize),
            parameter: Number::from(2),
            gradient: Number::from(3),
            scale: Number::one(),
            past,
        };
        let Ok(after) = after(optimiser.optimiser.name(), &before) else { return Ok(()) };
        for step in lines {
            for form in &step.symbolic {
                let value_of = |quantity| known.get(&quantity).cloned();
                let value = evaluate::<Number>(form, &value_of, self.conventions).ok();
                let expected = match step.target {
                    Quantity::NewState { letter, .. } => after.state.get(&letter),
                    _ => Some(&after.parameter),
                };
                if !same(value.as_ref(), expected) {
                    return self.fault(pass, step.target, Fault::Forms);
                }
                if let Some(value) = value {
                    known.insert(step.target, value);
                }
            }
        }
        Ok(())
    }
}

fn initial(letter: StateLetter, settings: &Settings) -> Number {
    let given = settings.get(Setting::Initial).filter(|_| letter == StateLetter::Squares);
    given.map_or_else(Number::zero, |literal| literal.value.clone())
}

type Arithmetic<T> = std::result::Result<T, ArithmeticError>;

impl Before<'_> {
    fn number(&self, setting: Setting) -> Number {
        let literal = self.settings.get(setting);
        literal.map_or_else(Number::zero, |literal| literal.value.clone())
    }

    fn past(&self, letter: StateLetter) -> Number {
        self.past.get(&letter).cloned().unwrap_or_else(|| initial(letter, self.settings))
    }

    /// The gradient with its sign turned for an ascent, clipped, and with weight decay.
    fn effective_gradient(&self) -> Arithmetic<Number> {
        let signed = if self.ascends { self.gradient.neg() } else { self.gradient.clone() };
        let mut gradient = signed.mul(&self.scale)?;
        if let Some(bound) = self.settings.get(Setting::ClipValue) {
            let bound = &bound.value;
            if gradient.compare(bound)?.is_gt() {
                gradient = bound.clone();
            } else if gradient.compare(&bound.neg())?.is_lt() {
                gradient = bound.neg();
            }
        }
        gradient.add(&self.number(Setting::WeightDecay).mul(&self.parameter)?)
    }

    /// A mean that forgets: ρ·old + (1 − ρ)·fresh = fresh + ρ(old − fresh).
    fn mix(&self, share: Setting, old: StateLetter, fresh: &Number) -> Arithmetic<Number> {
        fresh.add(&self.number(share).mul(&self.past(old).sub(fresh)?)?)
    }

    /// top/(√squares + ε), and 0 for 0/0.
    fn scaled(&self, top: &Number, squares: &Number) -> Arithmetic<Number> {
        let divisor = squares.apply(Function::Sqrt)?.add(&self.number(Setting::Epsilon))?;
        if divisor.is_zero()? && top.is_zero()? { Ok(Number::zero()) } else { top.div(&divisor) }
    }
}

/// One step of the optimiser of that name.
fn after(name: &str, before: &Before<'_>) -> Arithmetic<After> {
    let gradient = before.effective_gradient()?;
    let rate = before.number(Setting::LearningRate);
    let mut after = After { parameter: before.parameter.clone(), state: FxHashMap::default() };
    after.state.insert(StateLetter::Gradient, gradient.clone());
    let moved = match name {
        "sgd" => sgd(before, &gradient, &mut after)?.mul(&rate)?,
        "momentum" | "nesterov" => {
            let momentum = before.number(Setting::Momentum);
            let kept = before.past(StateLetter::Velocity).mul(&momentum)?;
            let velocity = kept.sub(&rate.mul(&gradient)?)?;
            after.state.insert(StateLetter::Velocity, velocity.clone());
            velocity.neg()
        }
        "adagrad" => {
            let squares = before.past(StateLetter::Squares).add(&gradient.mul(&gradient)?)?;
            after.state.insert(StateLetter::Squares, squares.clone());
            before.scaled(&gradient, &squares)?.mul(&rate)?
        }
        "rmsprop" => rmsprop(before, &gradient, &mut after)?.mul(&rate)?,
        "adam" => adam(before, &gradient, &mut after)?.mul(&rate)?,
        "adamw" => {
            let decay = rate.mul(&before.number(Setting::DecoupledDecay))?;
            after.parameter = before.parameter.sub(&before.parameter.mul(&decay)?)?;
            after.state.insert(StateLetter::Decayed, after.parameter.clone());
            adam(before, &gradient, &mut after)?.mul(&rate)?
        }
        _ => return Err(ArithmeticError::DivisionByZero),
    };
    after.parameter = after.parameter.sub(&moved)?;
    Ok(after)
}

/// What the rate is multiplied with.
fn sgd(before: &Before<'_>, gradient: &Number, after: &mut After) -> Arithmetic<Number> {
    let momentum = before.number(Setting::Momentum);
    if momentum.is_zero()? {
        return Ok(gradient.clone());
    }
    let velocity = if before.past.is_empty() {
        gradient.clone()
    } else {
        let fresh = gradient.sub(&gradient.mul(&before.number(Setting::Dampening))?)?;
        before.past(StateLetter::Velocity).mul(&momentum)?.add(&fresh)?
    };
    after.state.insert(StateLetter::Velocity, velocity.clone());
    if before.settings.is_on("nesterov") {
        return gradient.add(&momentum.mul(&velocity)?);
    }
    Ok(velocity)
}

fn rmsprop(before: &Before<'_>, gradient: &Number, after: &mut After) -> Arithmetic<Number> {
    let squares = before.mix(Setting::Rho, StateLetter::Squares, &gradient.mul(gradient)?)?;
    after.state.insert(StateLetter::Squares, squares.clone());
    let mut spread = squares;
    if before.settings.is_on("centered") {
        let mean = before.mix(Setting::Rho, StateLetter::Mean, gradient)?;
        spread = spread.sub(&mean.mul(&mean)?)?;
        after.state.insert(StateLetter::Mean, mean);
    }
    let moved = before.scaled(gradient, &spread)?;
    let momentum = before.number(Setting::Momentum);
    if momentum.is_zero()? {
        return Ok(moved);
    }
    let velocity = before.past(StateLetter::Velocity).mul(&momentum)?.add(&moved)?;
    after.state.insert(StateLetter::Velocity, velocity.clone());
    Ok(velocity)
}

fn adam(before: &Before<'_>, gradient: &Number, after: &mut After) -> Arithmetic<Number> {
    let one = Number::one();
    let steps = before.past(StateLetter::Steps).add(&one)?;
    let count = steps.as_rational().and_then(Rational::to_i64).unwrap_or(1);
    let mean = before.mix(Setting::Beta1, StateLetter::Mean, gradient)?;
    let squares = before.mix(Setting::Beta2, StateLetter::Velocity, &gradient.mul(gradient)?)?;
    let mut second = squares.clone();
    if before.settings.is_on("amsgrad") {
        let largest = before.past(StateLetter::Largest);
        if largest.compare(&second)?.is_gt() {
            second = largest;
        }
        after.state.insert(StateLetter::Largest, second.clone());
    }
    let corrected =
        |state: &Number, beta: Setting| state.div(&one.sub(&before.number(beta).powi(count)?)?);
    let first = corrected(&mean, Setting::Beta1)?;
    let second = corrected(&second, Setting::Beta2)?;
    let moved = before.scaled(&first, &second)?;
    after.state.extend([
        (StateLetter::Steps, steps),
        (StateLetter::Mean, mean),
        (StateLetter::Velocity, squares),
        (StateLetter::CorrectedMean, first),
        (StateLetter::CorrectedSquares, second),
    ]);
    Ok(moved)
}
