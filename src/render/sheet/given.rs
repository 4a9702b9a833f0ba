//! What the exercise gives, and the conventions that it met.

use std::sync::Arc;

use indexmap::IndexMap;

use super::super::RenderError;
use super::super::view::{Convention, FunctionView, Given, GivenLeaves, Place};
use super::Builder;
use super::abbreviations::has_cases;
use super::rows::{Draft, rows};
use crate::exact::Number;
use crate::exercise::{Kind, LeafValue, Role};
use crate::expr::{
    ConventionValue, Expr, Literal, NumberStyle, Quantity, Term, TieRule, VariableId,
};
use crate::notation::latex::{self, EM, Width};
use crate::notation::{Math, Shown};

/// A formula wider than this does not stand in a sentence.
const MAX_SENTENCE_FORMULA: Width = 28 * EM;

/// An equation for a sentence, and as a row where it is too tall or wide for one.
struct Stated {
    equation: String,
    needs_display: bool,
    draft: Draft,
}

impl Builder<'_> {
    pub(super) fn given(&mut self) -> Result<Given, RenderError> {
        let network = &self.solution.exercise.network;
        let mut given = Given::default();
        let mut drafts = Vec::new();
        let mut needs_display = false;
        self.letters.restart();
        for node in network.ids() {
            if let Some(definition) = network.definition(node).filter(|_| !network.is_given(node)) {
                let shown = self.show(definition)?;
                let left = self.typesetter.quantity(Quantity::Variable(node));
                let stated = self.stated(left, shown);
                needs_display |= stated.needs_display;
                given.definitions.push(stated.equation);
                drafts.push(stated.draft);
            }
        }
        if needs_display {
            given.definition_rows = rows(drafts);
        }
        if !self.reminds_of_activations() {
            self.functions(&mut given)?;
        }
        for role in [Role::Input, Role::Target, Role::Constant, Role::Parameter] {
            let values = self.given_leaves(role)?;
            if !values.is_empty() {
                let is_given = |leaf: &VariableId| {
                    matches!(network[*leaf].kind, Kind::Leaf { value: LeafValue::Declared(_), .. })
                };
                let are_several = network.leaves(role).filter(is_given).nth(1).is_some();
                given.leaves.push(GivenLeaves { role, are_several, values });
            }
        }
        given.data = self.data()?;
        for (letter, of, value) in &self.solution.exercise.start {
            let quantity = Quantity::State { letter: *letter, of: *of };
            let shown = self.number(value)?;
            let left = latex::inline(&self.typesetter.quantity(quantity));
            let sign = if shown.is_exact { "=" } else { r"\approx" };
            given.start.push(format!("{left} {sign} {}", latex::inline(&shown.math)));
        }
        given.symbols = network
            .ids()
            .filter(|id| matches!(network[*id].kind, Kind::Leaf { value: LeafValue::Symbol, .. }))
            .map(|id| self.symbol(id))
            .collect();
        // Several of one variable add up.
        let mut upstream: IndexMap<VariableId, Vec<Term>> = IndexMap::new();
        for (variable, gradient) in &self.solution.exercise.upstream {
            let term = Term { minus: false, expr: gradient.clone() };
            upstream.entry(*variable).or_default().push(term);
        }
        for (variable, mut terms) in upstream {
            let gradient = match terms.len() {
                1 => terms.remove(0).expr,
                _ => Expr::Sum(terms),
            };
            let shown = self.show(&gradient)?;
            let left = self.typesetter.quantity(Quantity::Adjoint(variable));
            let sign = if shown.is_exact { "=" } else { r"\approx" };
            let equation =
                format!("{} {sign} {}", latex::inline(&left), latex::inline(&shown.math));
            given.upstream.push(equation);
        }
        Ok(given)
    }

    /// `A(t) = t/10` and `A′(t) = 1/10`, for each function that keeps its name.
    fn functions(&mut self, given: &mut Given) -> Result<(), RenderError> {
        let conventions = &self.solution.exercise.conventions;
        let mut drafts = Vec::new();
        let mut needs_display = false;
        self.letters.restart();
        for stated in &self.solution.activations {
            let function = &stated.function;
            let derived = Arc::new(function.derivative(conventions));
            let mut equations = Vec::with_capacity(2);
            for (function, form) in [(function, &stated.definition), (&derived, &stated.derivative)]
            {
                let left = self.show(&function.call(function.parameter().into()))?.math;
                let shown = self.show(form)?;
                let stated = self.stated(left, shown);
                needs_display |= stated.needs_display;
                equations.push(stated.equation);
                drafts.push(stated.draft);
            }
            if let (Some(derivative), Some(definition)) = (equations.pop(), equations.pop()) {
                given.functions.push(FunctionView { definition, derivative });
            }
        }
        if needs_display {
            given.function_rows = rows(drafts);
        }
        Ok(())
    }

    /// An equation both ways: for a sentence, and as a row of a display.
    fn stated(&mut self, left: Math, mut shown: Shown) -> Stated {
        let needs_display = has_cases(&shown.math)
            || latex::width(&shown.math) + latex::width(&left) > MAX_SENTENCE_FORMULA;
        let sign = if shown.is_exact { "=" } else { r"\approx" };
        let equation = format!("{} {sign} {}", latex::inline(&left), latex::inline(&shown.math));
        let given_before = self.letters.count();
        self.letters.shorten(&mut shown.math, shown.is_exact);
        let mut draft = Draft::plain(left, shown);
        draft.abbreviations = self.letters.given_since(given_before);
        Stated { equation, needs_display, draft }
    }

    /// `a = 1`, neighbours of one value together: `w_0 = w_1 = ½`.
    fn given_leaves(&mut self, role: Role) -> Result<Vec<String>, RenderError> {
        let network = &self.solution.exercise.network;
        let mut groups: Vec<(Vec<String>, String, bool)> = Vec::new();
        for leaf in network.leaves(role) {
            let Kind::Leaf { value: LeafValue::Declared(literal), .. } = &network[leaf].kind else {
                continue;
            };
            let shown = self.literal(literal)?;
            let text = latex::inline(&shown.math);
            let name = self.symbol(leaf);
            match groups.last_mut() {
                // Long equations do not break in a sentence, so groups stay short.
                Some((names, own, _)) if *own == text && names.len() < 4 => names.push(name),
                _ => groups.push((vec![name], text, shown.is_exact)),
            }
        }
        Ok(groups
            .into_iter()
            .map(|(names, value, is_exact)| {
                let sign = if is_exact { "=" } else { r"\approx" };
                format!("{} {sign} {value}", names.join(" = "))
            })
            .collect())
    }

    /// Every convention that was used, once.
    pub(super) fn conventions(&mut self) -> Result<Vec<Convention>, RenderError> {
        let stated = &self.solution.exercise.conventions;
        let mut conventions = Vec::new();
        for kink in std::mem::take(&mut self.kinks) {
            let function = function_name(kink.operator);
            if kink.place == "tie" {
                conventions.push(match stated.tie(kink) {
                    TieRule::Share => Convention::TieShared { function },
                    TieRule::First => Convention::TieFirst { function },
                });
                continue;
            }
            let default = Number::zero();
            let value = match stated.get(kink) {
                Some(ConventionValue::Slope(value)) => value.clone(),
                _ if kink.operator == "leaky_relu" => continue,
                _ => default,
            };
            let literal = Literal { value, style: NumberStyle::Fraction };
            let place = match kink.place {
                "lo" => Place::Lower,
                "hi" => Place::Upper,
                _ => Place::Zero,
            };
            let value = latex::inline(&self.literal(&literal)?.math);
            conventions.push(Convention::Slope { function, place, value });
        }
        Ok(conventions)
    }
}

/// The name of an operator as it stands in formulas.
fn function_name(operator: &str) -> String {
    match operator {
        "relu" => r"\relu".to_owned(),
        "abs" | "l1" => r"\lvert\cdot\rvert".to_owned(),
        "max" | "min" => format!("\\{operator}"),
        "hard_sigmoid" => r"\operatorname{HardSigmoid}".to_owned(),
        "relu6" => r"\operatorname{ReLU6}".to_owned(),
        "leaky_relu" => r"\operatorname{LeakyReLU}".to_owned(),
        other => format!(r"\operatorname{{{other}}}"),
    }
}
