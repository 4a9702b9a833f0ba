//! A reminder of the functions that the network uses: what each is, its derivative, and its values at kinks.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::super::RenderError;
use super::super::symbols::ExerciseSymbols;
use super::super::view::{Reminder, ReminderKink};
use super::{Builder, TEXT_WIDTH};
use crate::expr::{
    Case, Expr, Names, Notation, OperatorRef, ParameterKind, Quantity, VariableId, to_text,
};
use crate::notation::latex::{self, EM, Width};
use crate::notation::{Symbol, Symbols, Typesetter, symbol_for};

/// A formula wider than this does not stand in the box: no line can break within a case distinction.
const MAX_WIDTH: Width = TEXT_WIDTH - 4 * EM;
/// Functions that are listed: those of one name and other options count as several.
const MOST: usize = 60;

/// What stands for a function's arguments: names that no `Free` quantity of an exercise has.
const FIRST_PARAMETER: u32 = 1 << 31;

/// The names of an exercise, and those of the parameters of one function.
struct WithParameters<'s> {
    symbols: &'s ExerciseSymbols<'s>,
    parameters: Vec<&'static str>,
}

impl Symbols for WithParameters<'_> {
    fn variable(&self, variable: VariableId) -> Arc<Symbol> {
        self.symbols.variable(variable)
    }

    fn other(&self, quantity: Quantity) -> Arc<Symbol> {
        let parameter = match quantity {
            Quantity::Free(index) => index.checked_sub(FIRST_PARAMETER),
            _ => None,
        };
        match parameter.and_then(|position| self.parameters.get(position as usize)) {
            Some(name) => Arc::new(symbol_for(name, &[])),
            None => self.symbols.other(quantity),
        }
    }

    fn function(&self, name: &str) -> Symbol {
        self.symbols.function(name)
    }

    fn objective(&self) -> Arc<Symbol> {
        self.symbols.objective()
    }

    fn is_objective(&self, variable: VariableId) -> bool {
        self.symbols.is_objective(variable)
    }
}

/// Parameters have no text of their own.
struct Unnamed;

impl Names for Unnamed {
    fn name(&self, quantity: Quantity) -> String {
        format!("{quantity:?}")
    }
}

/// A function of the language with parameters in place of what it is applied to, options as they are.
struct Entry {
    operator: OperatorRef,
    arguments: Vec<Expr>,
    parameters: Vec<&'static str>,
}

impl Entry {
    fn of(operator: &OperatorRef, given: &[Expr]) -> Option<Self> {
        const LETTERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
        let OperatorRef::BuiltIn(_) = operator else { return None };
        let known = operator.parameters();
        let places: Vec<Expr> = (0..u32::try_from(given.len()).ok()?)
            .map(|position| Quantity::Free(FIRST_PARAMETER + position).into())
            .collect();
        // What a file may leave out, or writes as infinite, is no argument.
        let written = operator.written(&places);
        let mut parameters = Vec::with_capacity(given.len());
        let mut arguments = Vec::with_capacity(given.len());
        for (position, (argument, place)) in given.iter().zip(&places).enumerate() {
            // What repeats follows the last parameter; a lone argument of such a function is its z.
            let slot = written.iter().position(|own| own == place)?;
            let parameter = known.get(slot).or(known.last())?;
            let name = match parameter.kind {
                _ if given.len() == 1 => "z",
                ParameterKind::Variadic { .. } => LETTERS.get(position).copied()?,
                _ => parameter.name,
            };
            let is_option = position > 0
                && !matches!(
                    parameter.kind,
                    ParameterKind::Required | ParameterKind::Variadic { .. }
                );
            parameters.push(name);
            arguments.push(if is_option && argument.as_number().is_some() {
                argument.clone()
            } else {
                place.clone()
            });
        }
        Some(Self { operator: operator.clone(), arguments, parameters })
    }

    fn call(&self) -> Expr {
        Expr::Call { operator: self.operator.clone(), arguments: self.arguments.clone() }
    }
}

impl Builder<'_> {
    /// Whether the functions that keep their names stand in the reminder and not below the network.
    pub(super) fn reminds_of_activations(&self) -> bool {
        self.reminds() && self.activations_in_a_box().is_some()
    }

    pub(super) fn reminds(&self) -> bool {
        self.options.reminder || self.solution.exercise.reminder
    }

    /// The reminder; empty where none is asked for or the network uses no function.
    pub(super) fn reminder(&mut self) -> Result<Vec<Reminder>, RenderError> {
        if !self.reminds() {
            return Ok(Vec::new());
        }
        let mut reminders = Vec::new();
        for entry in self.used_functions() {
            reminders.extend(self.remind(&entry)?);
        }
        reminders.extend(self.activations_in_a_box().unwrap_or_default());
        Ok(reminders)
    }

    /// The functions of the language that the network uses, by itself or in a function that keeps its name; in
    /// the order of the network.
    fn used_functions(&self) -> Vec<Entry> {
        let mut seen = FxHashSet::default();
        let mut entries: Vec<Entry> = Vec::new();
        let network = &self.solution.exercise.network;
        let bodies = self.solution.activations.iter().map(|stated| &stated.definition);
        let definitions = network.ids().filter_map(|node| network.definition(node));
        for expr in definitions.chain(bodies) {
            expr.for_each_call(&mut |operator, arguments| {
                if entries.len() < MOST
                    && let Some(entry) = Entry::of(operator, arguments)
                    && seen.insert((operator.variant(), to_text(&entry.call(), &Unnamed)))
                {
                    entries.push(entry);
                }
            });
        }
        entries
    }

    fn remind(&mut self, entry: &Entry) -> Result<Option<Reminder>, RenderError> {
        let conventions = &self.solution.exercise.conventions;
        let symbols =
            WithParameters { symbols: self.symbols, parameters: entry.parameters.clone() };
        let typesetter = Typesetter { symbols: &symbols, format: self.typesetter.format };
        let mut show = |expr: &Expr| {
            let shown = typesetter.expr(expr)?;
            self.note(&shown);
            Ok::<_, RenderError>(shown)
        };
        let name = match entry.operator.notation(&entry.arguments) {
            // A power and what is held fixed need no reminder.
            Notation::Power(..) => return Ok(None),
            _ if entry.operator.holds_fixed() => return Ok(None),
            // What prints as what it is has only its name to be called by.
            Notation::Expression(_) => {
                let arguments: Vec<String> = entry
                    .arguments
                    .iter()
                    .map(|argument| Ok(latex::inline(&show(argument)?.math)))
                    .collect::<Result<_, RenderError>>()?;
                let name = entry.operator.name().replace('_', r"\_");
                format!(r"\operatorname{{{name}}}({})", arguments.join(", "))
            }
            _ => latex::inline(&show(&entry.call())?.math),
        };
        let definition = match entry.operator.meaning(&entry.arguments) {
            Some(meaning) => {
                let shown = show(&meaning)?;
                format!("{name} {} {}", sign(shown.is_exact), latex::inline(&shown.math))
            }
            None => name,
        };
        let by = latex::inline(&show(&entry.arguments[0])?.math);
        let partial = entry.operator.partial(&entry.arguments, 0, conventions);
        let (regular, at_kinks) = without_kinks(&partial);
        let shown = show(&regular)?;
        let derivative =
            format!(r"\pdv{{}}{{{by}}} {} {}", sign(shown.is_exact), latex::inline(&shown.math));
        let mut kinks = Vec::new();
        for case in at_kinks {
            let Some(condition) = case.conditions.first() else { continue };
            let shown = show(&case.value)?;
            kinks.push(ReminderKink {
                value: if shown.is_exact {
                    latex::inline(&shown.math)
                } else {
                    format!(r"\approx {}", latex::inline(&shown.math))
                },
                condition: latex::condition(&typesetter.condition(condition)?),
            });
        }
        Ok(Some(Reminder { definition, derivative, kinks }))
    }

    /// The functions that keep their names, where each of their formulas fits a line of the box.
    fn activations_in_a_box(&self) -> Option<Vec<Reminder>> {
        let mut reminders = Vec::new();
        for stated in &self.solution.activations {
            let parameter = stated.function.parameter();
            let typeset = |expr: &Expr| {
                let shown = self.typesetter.expr(expr).ok()?;
                let fits = shown.is_exact && latex::width(&shown.math) <= MAX_WIDTH - 6 * EM;
                fits.then(|| latex::inline(&shown.math))
            };
            let function = &stated.function;
            let derived = Arc::new(function.derivative(&self.solution.exercise.conventions));
            let [call, slope] =
                [function, &derived].map(|function| typeset(&function.call(parameter.into())));
            reminders.push(Reminder {
                definition: format!("{} = {}", call?, typeset(&stated.definition)?),
                derivative: format!("{} = {}", slope?, typeset(&stated.derivative)?),
                kinks: Vec::new(),
            });
        }
        Some(reminders)
    }
}

fn sign(is_exact: bool) -> &'static str {
    if is_exact { "=" } else { r"\approx" }
}

/// A derivative where it exists, and the rows of its kinks.
fn without_kinks(partial: &Expr) -> (Expr, Vec<Case>) {
    let Expr::Cases(cases) = partial else { return (partial.clone(), Vec::new()) };
    let (kinks, regular): (Vec<Case>, Vec<Case>) =
        cases.iter().cloned().partition(|case| case.kink.is_some());
    let all_agree = regular.iter().all(|case| case.value == regular[0].value);
    let regular = match &regular[..] {
        [first, _, ..] if all_agree => first.value.clone(),
        _ => Expr::Cases(regular),
    };
    (regular, kinks)
}
