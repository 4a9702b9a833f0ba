//! One step: its chain of forms, what there is to say of it, and why its branches were taken.

use super::super::RenderError;
use super::super::view::{Reason, Remark};
use super::abbreviations::MAX_PART;
use super::rows::Draft;
use super::{Builder, TEXT_WIDTH};
use crate::derivation::{Branch, Justification, Step};
use crate::exact::Number;
use crate::expr::{Expr, Literal, NumberStyle, Quantity, VariableId};
use crate::notation::latex::{self, EM, Link, Width};
use crate::notation::{Format, Math, Mode, Shown, Typesetter};

/// A figure wider than this does not stand in a reason.
const MAX_REASON_FIGURE: Width = 9 * EM;
/// Room for the word before a reason.
const REASON_WORDS: Width = 4 * EM;
/// A reason wider than this does not fit a line.
const MAX_REASON: Width = TEXT_WIDTH;

impl Builder<'_> {
    pub(super) fn draft(&mut self, step: &Step) -> Result<Draft, RenderError> {
        let left = self.typesetter.quantity(match step.target {
            // On its own line the local partial of the objective is no other than the target.
            Quantity::LocalPartial { of, by } => Quantity::LocalPartial { of, by },
            other => other,
        });
        let mut links: Vec<Link> = Vec::new();
        let mut was_exact = true;
        let value = (!step.is_symbolic).then(|| Expr::number(step.value.clone()));
        let forms = step.symbolic.iter().chain(&step.numeric);
        for form in forms.chain(&step.closed).chain(&value) {
            let shown = self.show(form)?;
            let before = links.last().map_or(&left, |link| &link.math);
            if shown.math == *before
                || (step.is_symbolic && latex::inline(&shown.math) == latex::inline(before))
            {
                continue;
            }
            // `=` only between two sides that are both shown exactly.
            let is_exact = was_exact && shown.is_exact;
            was_exact = shown.is_exact;
            links.push(Link { is_exact, math: shown.math, is_answer: false });
        }
        // After a closed form beyond the rationals stands its decimal.
        if !step.is_symbolic && was_exact && step.value.as_rational().is_none() {
            let decimal = self.number(&step.value)?;
            links.push(Link { is_exact: false, math: decimal.math, is_answer: false });
        }
        let given_before = self.letters.count();
        if !step.branches.is_empty() {
            for link in &mut links {
                self.letters.shorten(&mut link.math, link.is_exact);
            }
        }
        let mut reasons = Vec::new();
        for branch in &step.branches {
            let reason = self.reason(branch)?;
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let is_objective_node = step.justification == Justification::Definition
            && matches!(step.target, Quantity::Variable(node)
                if self.solution.exercise.network.is_objective(node));
        if is_objective_node && let Some(last) = links.last_mut() {
            last.is_answer = true;
        }
        Ok(Draft {
            left,
            links,
            is_assignment: false,
            reasons,
            remarks: self.remarks(step),
            opens_support: false,
            abbreviations: self.letters.given_since(given_before),
            opens_abbreviations: false,
        })
    }

    /// What there is to say of a step: identity nodes on the way, and several consumers.
    fn remarks(&self, step: &Step) -> Vec<Remark> {
        let network = &self.solution.exercise.network;
        let mut remarks = Vec::new();
        let mut identity = |node: VariableId| {
            if let Some(operand) = network.identity_of(node) {
                remarks.push(Remark::Identity {
                    node: self.symbol(node),
                    operand: self.symbol(operand),
                });
            }
        };
        if let Justification::Joint { node } = step.justification {
            return vec![Remark::Joint { node: self.symbol(node) }];
        }
        if step.justification == Justification::Standstill {
            return vec![Remark::Standstill];
        }
        if let Justification::Identity { node } = step.justification {
            identity(node);
            for also in step.also.iter().skip(1) {
                if let Quantity::Adjoint(node) = also {
                    identity(*node);
                }
            }
        }
        let fan_out = match (&step.justification, step.also.last(), step.target) {
            (Justification::ChainRule { consumers }, _, Quantity::Adjoint(variable))
                if consumers.len() > 1 =>
            {
                Some(variable)
            }
            (Justification::Identity { .. }, Some(Quantity::Adjoint(last)), _) => Some(*last),
            _ => None,
        };
        if let Some(variable) = fan_out {
            let consumers: Vec<String> = network
                .consumers_toward_objective(variable)
                .filter(|consumer| !network.is_given(*consumer))
                .map(|consumer| self.symbol(consumer))
                .collect();
            if consumers.len() > 1 {
                remarks.push(Remark::FanOut { variable: self.symbol(variable), consumers });
            }
        }
        remarks
    }

    /// Why a branch was taken, in a form that fits a line.
    fn reason(&mut self, branch: &Branch) -> Result<(Reason, Width), RenderError> {
        if let Some(kink) = branch.kink
            && !self.kinks.contains(&kink)
        {
            self.kinks.push(kink);
        }
        let mut left = self.show(&branch.condition.left)?;
        let mut right = self.show(&branch.condition.right)?;
        let left_value = self.short_number(&branch.left)?;
        let right_value = self.short_number(&branch.right)?;
        let mut limits = MAX_PART.into_iter();
        loop {
            let limit = limits.next();
            for side in [&mut left, &mut right] {
                let limit = limit.unwrap_or(Width::MAX);
                self.letters.abbreviate(&mut side.math, limit, side.is_exact);
            }
            let reason = comparison(branch, [&left, &left_value], [&right, &right_value]);
            if reason.1 <= MAX_REASON || limit.is_none() {
                return Ok(reason);
            }
        }
    }

    /// A number for a line that cannot break: rounded where its exact form is too wide.
    fn short_number(&mut self, value: &Number) -> Result<Shown, RenderError> {
        let shown = self.number(value)?;
        if latex::width(&shown.math) <= MAX_REASON_FIGURE {
            return Ok(shown);
        }
        let format = Format { forced: Some(Mode::Decimal), ..self.typesetter.format };
        let literal = Literal { value: value.clone(), style: NumberStyle::Auto };
        let shown = Typesetter { format, ..self.typesetter }.number(&literal)?;
        self.note(&shown);
        Ok(shown)
    }
}

/// `z_1 = ¼ ≥ 0`: the left side, its value, the sign, and the right side.
fn comparison(
    branch: &Branch,
    [left, left_value]: [&Shown; 2],
    [right, right_value]: [&Shown; 2],
) -> (Reason, Width) {
    let mut text = latex::inline(&left.math);
    let mut width = latex::width(&left.math);
    let relation = latex::relation(branch.condition.relation);
    let mut append = |sign: &str, math: &Math| {
        text.push_str(&format!(" {sign} {}", latex::inline(math)));
        width += latex::width(math) + 1340;
    };
    let equals = |is_exact: bool| if is_exact { "=" } else { r"\approx" };
    let is_literal = |expr: &Expr| expr.as_number().is_some();
    if left_value.math != left.math && !is_literal(&branch.condition.left) {
        append(equals(left.is_exact && left_value.is_exact), &left_value.math);
    }
    if branch.kink.is_some() {
        // z = 0, or w = 2 = 2x: the sign between is one of equality, so the value stands once.
        if left_value.math != right.math {
            append(relation, &right.math);
        }
    } else if right.math == right_value.math || is_literal(&branch.condition.right) {
        append(relation, &right.math);
    } else {
        append(relation, &right_value.math);
        append(equals(right.is_exact && right_value.is_exact), &right.math);
    }
    let by_convention = branch.kink.is_some();
    if by_convention {
        // The words for it, in the language that has the longest.
        width += 17 * EM / 2;
    }
    (Reason { condition: text, by_convention }, width + REASON_WORDS)
}
