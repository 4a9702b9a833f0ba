//! Forms compared at other values than the exercise's own.
//!
//! At the exercise's values only one branch of a case distinction counts, and a wrong row that is not taken
//! would go unnoticed, as would a summand that happens to be 0. So case distinctions are evaluated at other
//! values too, against the definitions over dual numbers.

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::Step;
use crate::exact::{Number, Rational};
use crate::expr::{Dual, Expr, Quantity, VariableId, evaluate};

/// What the operand takes by which a local partial differentiates, in thirds: below, inside and above where
/// functions usually have their ends. As many probes are made.
const OPERAND_THIRDS: [i64; 4] = [-7, 1, 5, 29];

/// Variables up to which case distinctions are probed: a sheet that people read.
const PROBED_VARIABLES: usize = 1_000;

impl Verifier<'_> {
    /// The general form of a node, or of a local partial `by` an operand, at other values.
    pub(super) fn probe(
        &self,
        pass: usize,
        step: &Step,
        node: VariableId,
        by: Option<VariableId>,
    ) -> Result<(), VerificationError> {
        if self.network.len() > PROBED_VARIABLES {
            return Ok(());
        }
        let Some(definition) = self.network.definition(node) else { return Ok(()) };
        for form in step.symbolic.iter().filter(|form| form.has_cases()) {
            for (probe, thirds) in (0..).zip(OPERAND_THIRDS) {
                let operand = |quantity| match quantity {
                    Quantity::Variable(variable) if by == Some(variable) => {
                        Rational::new(thirds, 3).map(Number::from)
                    }
                    Quantity::Variable(variable) => Some(self.probe_value(pass, variable, probe)),
                    _ => None,
                };
                // A partial may be written with the node's own value, as σ′ = σ(1 − σ).
                let own = evaluate::<Number>(definition, &operand, self.conventions).ok();
                let value_of = |quantity| match quantity {
                    Quantity::Variable(variable) if variable == node => own.clone(),
                    other => operand(other),
                };
                let moving = |quantity| {
                    let moves = by.is_some_and(|operand| quantity == Quantity::Variable(operand));
                    Some(Dual::new(value_of(quantity)?, Number::from(i64::from(moves))))
                };
                // At a boundary the convention rules, of which a form shows what the exercise needs.
                if on_a_boundary(form, &|expr| evaluate(expr, &value_of, self.conventions).ok()) {
                    continue;
                }
                let Ok(expected) = evaluate::<Dual>(definition, &moving, self.conventions) else {
                    continue;
                };
                let expected = if by.is_some() { expected.tangent } else { expected.value };
                match evaluate::<Number>(form, &value_of, self.conventions) {
                    Ok(value) if !same(Some(&value), Some(&expected)) => {
                        return self.fault(pass, step.target, Fault::Forms);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// A small number that depends on variable and probe, or now and then the exercise's own value: what
    /// must keep it, such as a label of ±1, would else never be compared.
    fn probe_value(&self, pass: usize, variable: VariableId, probe: u64) -> Number {
        let mixed = (u64::from(variable.0) + 1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(17)
            .wrapping_mul(2 * probe + 0xBF58_476D_1CE4_E5B9)
            >> 40;
        if mixed % 3 == 0 && probe > 0 {
            return self.values[pass][variable.index()].clone();
        }
        // Ever closer to 0, where the ends of clips are.
        let numerator = i64::try_from(mixed % 29).unwrap_or(0) - 14;
        Rational::new(numerator, 3 + 4 * probe).map_or_else(Number::one, Number::from)
    }
}

/// Whether the sides of some condition are equal, or not defined.
pub(super) fn on_a_boundary(expr: &Expr, value: &dyn Fn(&Expr) -> Option<Number>) -> bool {
    let mut found = false;
    if let Expr::Cases(cases) = expr {
        for condition in cases.iter().flat_map(|case| &case.conditions) {
            let (left, right) = (value(&condition.left), value(&condition.right));
            found |= left.is_none()
                || left == right
                || on_a_boundary(&condition.left, value)
                || on_a_boundary(&condition.right, value);
        }
    }
    expr.for_each_child(&mut |child| found = found || on_a_boundary(child, value));
    found
}
