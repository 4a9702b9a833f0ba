//! Steps of an optimiser.

use rustc_hash::FxHashMap;

use super::Solver;
use crate::derivation::error::DerivationError;
use crate::derivation::symbols::settle;
use crate::derivation::{Block, Branch, Justification, LookAhead, Step, backward, forward};
use crate::diagnostic::Diagnostic;
use crate::exact::{Number, Rational, Relation};
use crate::exercise::{OptimiserStep, Sense};
use crate::expr::{
    Condition, EvaluationError, Expr, Literal, NumberStyle, Quantity, Setting, StateLetter, Term,
    VariableId, evaluate, map_quantities,
};
use crate::ops;
use crate::optimisers::{self, Assignment, Direction, Settings};
use crate::source::Span;

/// Bits beyond which a parameter's exact fraction is no longer carried, where the file asks for digits.
const MAX_FRACTION_BITS: u64 = 1 << 10;

/// What the lines of a rule refer to, as far as no pass knows it.
type Known = FxHashMap<Quantity, Literal>;

impl Solver<'_> {
    pub(super) fn update(
        &mut self,
        span: Span,
        parameters: &[VariableId],
        step: &OptimiserStep,
    ) -> Result<Block, Vec<Diagnostic>> {
        self.ensure_pass()?;
        let name = step.optimiser.name();
        if self.optimiser.replace(name).is_some_and(|before| before != name) {
            self.state.clear();
        }
        self.refuse_symbolic_state(span, parameters, step)?;
        let (mut known, counts, is_first) = self.remembered_by(parameters, step);
        // A batch's update stands with its last row.
        let position = self.latest();
        let look_ahead = self.look_ahead(span, parameters, step, &known)?;
        let derivations = match &look_ahead {
            None if self.batch.is_some() => Vec::new(),
            None => {
                let unexplained: Vec<VariableId> =
                    parameters.iter().copied().filter(|p| !self.explained.contains(p)).collect();
                self.derivations(&unexplained)?
            }
            Some(ahead) => {
                let progress =
                    (std::mem::take(&mut self.derived), std::mem::take(&mut self.explained));
                self.active = ahead.pass;
                let derivations = self.derivations(parameters);
                self.active = position;
                (self.derived, self.explained) = progress;
                derivations?
            }
        };
        let gradient_pass = look_ahead.as_ref().map_or(position, |ahead| ahead.pass);
        for &parameter in parameters {
            let adjoint = match self.present_batch() {
                Some(batch) => batch.gradients.get(&parameter),
                None => self.passes[gradient_pass].adjoints[parameter.index()].as_ref(),
            };
            if let Some(adjoint) = adjoint {
                known.insert(self.gradient(parameter), plain(adjoint.clone()));
            }
        }
        let mut steps = Vec::new();
        let is_clipped = match self.gradient_norm(span, parameters, &mut known)? {
            Some(norm) => {
                let clipped = norm.branches[0].condition.relation == Relation::Greater;
                steps.push(norm);
                clipped
            }
            None => false,
        };
        for (&parameter, is_first) in parameters.iter().zip(is_first) {
            let asked = optimisers::Step {
                parameter,
                settings: &step.settings,
                direction: self.direction(),
                is_first,
                is_clipped,
            };
            for mut line in step.optimiser.rule(&asked) {
                line.rule = with_symbols(&line.rule, &step.settings);
                let given =
                    self.line(line, &known).map_err(|error| self.fails(span, parameter, error))?;
                known.insert(given.target, plain(given.value.clone()));
                steps.push(given);
            }
        }
        // All at once: no step sees another's new value.
        for (&quantity, literal) in &known {
            if let Quantity::NewState { letter, of } = quantity {
                let mut value = literal.value.clone();
                self.forget(&mut value);
                self.state.insert((letter, of), value);
            }
        }
        for given in &mut steps {
            if let Quantity::Updated(parameter) = given.target {
                self.forget(&mut given.value);
                if given.is_symbolic {
                    let pass = &self.passes[position];
                    let expanded = pass.expanded.get(&given.target).cloned();
                    self.symbols.insert(parameter, expanded.unwrap_or(parameter.into()));
                } else {
                    self.symbols.remove(&parameter);
                }
                self.passes[position].updates.push((parameter, given.value.clone()));
                self.leaves[parameter.index()] = Some(plain(given.value.clone()));
            }
        }
        let optimiser = step.clone();
        Ok(Block::Update { pass: position, look_ahead, derivations, optimiser, counts, steps })
    }

    /// What the rule refers to beside the pass: settings and what the optimiser remembers. With it for each
    /// parameter the number of its step, where that counts, and whether it is the first.
    fn remembered_by(
        &self,
        parameters: &[VariableId],
        step: &OptimiserStep,
    ) -> (Known, Vec<(VariableId, u32)>, Vec<bool>) {
        let settings = step.settings.numbers.iter();
        let mut known: Known = settings
            .map(|(setting, literal)| (Quantity::Setting(*setting), literal.clone()))
            .collect();
        let mut counts = Vec::with_capacity(parameters.len());
        let mut is_first = Vec::with_capacity(parameters.len());
        for &parameter in parameters {
            is_first.push(!self.state.keys().any(|(_, of)| *of == parameter));
            for letter in step.optimiser.state(&step.settings) {
                let value = match self.state.get(&(letter, parameter)) {
                    Some(value) => value.clone(),
                    None => step.optimiser.initial(letter, &step.settings),
                };
                if letter == StateLetter::Steps {
                    let count = value.as_rational().and_then(Rational::to_i64).unwrap_or(0) + 1;
                    counts.push((parameter, u32::try_from(count).unwrap_or(u32::MAX)));
                    let quantity = Quantity::NewState { letter, of: parameter };
                    known.insert(quantity, plain(Number::from(count)));
                }
                known.insert(Quantity::State { letter, of: parameter }, plain(value));
            }
        }
        (known, counts, is_first)
    }

    /// The gradient that an update uses: in a mini-batch the mean.
    fn gradient(&self, parameter: VariableId) -> Quantity {
        match self.batch {
            Some(_) => Quantity::MeanAdjoint(parameter),
            None => Quantity::Adjoint(parameter),
        }
    }

    /// Where the file asks for digits, long training goes on with enclosures when fractions grow too long.
    fn forget(&mut self, value: &mut Number) {
        if !self.asks_for_digits {
            return;
        }
        let short = value.enclosed_beyond(MAX_FRACTION_BITS);
        self.has_forgotten |= short.as_rational().is_none() && value.as_rational().is_some();
        *value = short;
    }

    /// What remembers, and what compares sizes, needs numbers.
    fn refuse_symbolic_state(
        &mut self,
        span: Span,
        parameters: &[VariableId],
        step: &OptimiserStep,
    ) -> Result<(), Vec<Diagnostic>> {
        let settings = &step.settings;
        let needs_numbers = !step.optimiser.state(settings).is_empty()
            || settings.get(Setting::ClipNorm).is_some()
            || settings.get(Setting::ClipValue).is_some();
        if self.symbols.is_empty() || !needs_numbers {
            return Ok(());
        }
        let own = parameters.to_vec();
        self.ensure_adjoints(&own, self.active)?;
        let pass = &self.passes[self.active];
        let symbol = own.iter().find(|parameter| {
            pass.unknown.contains(&Quantity::Adjoint(**parameter))
                || pass.unknown.contains(&Quantity::Variable(**parameter))
        });
        let Some(symbol) = symbol else { return Ok(()) };
        let parameter = self.exercise.network[*symbol].name.to_string();
        let optimiser = step.optimiser.name();
        let error = DerivationError::StateOfSymbol { optimiser, parameter };
        Err(vec![Diagnostic::error(span, &error)])
    }

    fn direction(&self) -> Direction {
        match self.exercise.network.objective().map(|objective| objective.sense) {
            Some(Sense::Maximize) => Direction::Ascend,
            _ => Direction::Descend,
        }
    }

    fn fails(&self, span: Span, parameter: VariableId, error: EvaluationError) -> Vec<Diagnostic> {
        let parameter = self.exercise.network[parameter].name.to_string();
        vec![Diagnostic::error(span, &DerivationError::Update { error, parameter })]
    }

    /// A forward pass where the optimiser takes its gradients, if that is not where the parameters are.
    fn look_ahead(
        &mut self,
        span: Span,
        parameters: &[VariableId],
        step: &OptimiserStep,
        known: &Known,
    ) -> Result<Option<LookAhead>, Vec<Diagnostic>> {
        let mut positions = Vec::new();
        for &parameter in parameters {
            let Some(rule) = step.optimiser.look_ahead(parameter) else { return Ok(None) };
            let target = Quantity::NewState { letter: StateLetter::Ahead, of: parameter };
            let line = Assignment { target, rule, unless_zero: None };
            let given =
                self.line(line, known).map_err(|error| self.fails(span, parameter, error))?;
            positions.push(given);
        }
        let leaves = self.leaves.clone();
        for (parameter, position) in parameters.iter().zip(&positions) {
            self.leaves[parameter.index()] = Some(plain(position.value.clone()));
        }
        let position = self.active;
        let progress = (std::mem::take(&mut self.derived), std::mem::take(&mut self.explained));
        let made = self.run_pass(self.passes[position].row);
        self.leaves = leaves;
        (self.derived, self.explained) = progress;
        made?;
        let ahead = std::mem::replace(&mut self.active, position);
        self.passes[ahead].number = None;
        let steps = self.forward_steps(ahead)?;
        Ok(Some(LookAhead { positions, pass: ahead, steps }))
    }

    /// ‖g‖ and how it stands to the bound, where there is one.
    fn gradient_norm(
        &mut self,
        span: Span,
        parameters: &[VariableId],
        known: &mut Known,
    ) -> Result<Option<Step>, Vec<Diagnostic>> {
        let Some(bound) = known.get(&Quantity::Setting(Setting::ClipNorm)).cloned() else {
            return Ok(None);
        };
        let squares: Vec<Term> = parameters
            .iter()
            .map(|parameter| Term {
                minus: false,
                expr: Expr::Power {
                    base: Box::new(self.gradient(*parameter).into()),
                    exponent: Box::new(Expr::from(2)),
                },
            })
            .collect();
        let sum = match <[Term; 1]>::try_from(squares) {
            Ok([only]) => only.expr,
            Err(squares) => Expr::Sum(squares),
        };
        let line = Assignment {
            target: Quantity::GradientNorm,
            rule: ops::square_root(sum),
            unless_zero: None,
        };
        let made = self.line(line, known);
        let fails = |error| self.fails(span, parameters[0], error);
        let mut step = made.map_err(fails)?;
        let ordering = step.value.compare(&bound.value).map_err(|error| fails(error.into()))?;
        let relation = if ordering.is_gt() { Relation::Greater } else { Relation::LessOrEqual };
        step.branches.push(Branch {
            condition: Condition {
                left: Quantity::GradientNorm.into(),
                relation,
                right: Quantity::Setting(Setting::ClipNorm).into(),
            },
            left: step.value.clone(),
            right: bound.value,
            kink: None,
        });
        known.insert(Quantity::GradientNorm, plain(step.value.clone()));
        Ok(Some(step))
    }

    /// The step that one line of a rule makes.
    fn line(&mut self, line: Assignment, known: &Known) -> Result<Step, EvaluationError> {
        let pass = &self.passes[self.latest()];
        let conventions = &self.exercise.conventions;
        let in_place = |quantity| match known.get(&quantity) {
            _ if pass.unknown.contains(&quantity) => quantity.into(),
            Some(literal) => Expr::Number(literal.clone()),
            None => backward::in_place(pass, quantity),
        };
        let value_of = |quantity| match known.get(&quantity) {
            Some(literal) => Some(literal.value.clone()),
            None => backward::known(pass, quantity),
        };
        let named = |rule: Expr| match self.batch {
            None => rule,
            Some(_) => map_quantities(&rule, &|quantity| match quantity {
                Quantity::Adjoint(parameter) => Quantity::MeanAdjoint(parameter).into(),
                other => other.into(),
            }),
        };
        let mut rule = named(line.rule);
        let mut justification = Justification::Update;
        if let Some((divisor, otherwise)) = line.unless_zero
            && evaluate::<Number>(&divisor, &value_of, conventions)?.is_zero()?
        {
            rule = named(otherwise);
            justification = Justification::Standstill;
        }
        let mut premises = Vec::new();
        rule.for_each_quantity(&mut |quantity| {
            if !matches!(quantity, Quantity::Setting(_)) && !premises.contains(&quantity) {
                premises.push(quantity);
            }
        });
        let numeric = forward::numeric_forms(&rule, &in_place, conventions)?;
        let value = evaluate(&rule, &value_of, conventions)?;
        let form = numeric.first().unwrap_or(&rule).clone();
        let (is_symbolic, closed) = {
            let latest = self.latest();
            settle(&mut self.passes[latest], line.target, &form)
        };
        Ok(Step {
            target: line.target,
            also: Vec::new(),
            justification,
            premises,
            numeric,
            value,
            symbolic: vec![rule],
            branches: Vec::new(),
            closed,
            is_symbolic,
        })
    }
}

/// The rule with the names of settings that stay symbols.
fn with_symbols(rule: &Expr, settings: &Settings) -> Expr {
    if settings.symbols.is_empty() {
        return rule.clone();
    }
    map_quantities(rule, &|quantity| {
        let symbol = settings.symbols.iter().find(|(own, _)| Quantity::Setting(*own) == quantity);
        symbol.map_or(quantity.into(), |(_, variable)| (*variable).into())
    })
}

fn plain(value: Number) -> Literal {
    Literal { value, style: NumberStyle::Auto }
}
