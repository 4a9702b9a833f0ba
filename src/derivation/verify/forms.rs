//! The printed forms of a step: their values, what they rest on, and that nothing is lost between them.
//!
//! A value alone would not show that a summand of 0 is missing, or that two equal numbers stand in each
//! other's place; hence the comparisons of shape.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::Step;
use crate::exact::Number;
use crate::expr::{EvaluationError, Expr, Quantity, VariableId, condition_holds, evaluate};

impl Verifier<'_> {
    /// Every form has the step's value, numeric ones hold numbers alone, and branches hold.
    pub(super) fn forms(&self, pass: usize, step: &Step) -> Result<(), VerificationError> {
        let values = &self.values[pass];
        let established = &self.established[pass];
        self.premises(pass, step)?;
        let value_of = |quantity| match quantity {
            Quantity::Variable(variable) => values.get(variable.index()).cloned(),
            // A local partial that is printed as a symbol alone needs no step of its own.
            Quantity::LocalPartial { of, by } => {
                established.get(&quantity).cloned().or_else(|| self.dual_partial(pass, of, by))
            }
            other => established.get(&other).cloned(),
        };
        for form in &step.symbolic {
            match evaluate::<Number>(form, &value_of, self.conventions) {
                Ok(value) if same(Some(&value), Some(&step.value)) => {}
                Err(EvaluationError::Unknown(_)) => {
                    return self.fault(pass, step.target, Fault::Premise);
                }
                _ => return self.fault(pass, step.target, Fault::Forms),
            }
        }
        // What has a number rests on nothing that has none.
        let unknown = &self.solution.passes[pass].unknown;
        if !step.is_symbolic && step.premises.iter().any(|premise| unknown.contains(premise)) {
            return self.fault(pass, step.target, Fault::Premise);
        }
        for form in step.numeric.iter().chain(&step.closed) {
            if !is_numeric(form) && !step.is_symbolic {
                return self.fault(pass, step.target, Fault::NotNumeric);
            }
            match evaluate::<Number>(form, &value_of, self.conventions) {
                Ok(value) if same(Some(&value), Some(&step.value)) => {}
                _ => return self.fault(pass, step.target, Fault::Forms),
            }
        }
        if let ([.., symbolic], [substituted, rest @ ..]) = (&step.symbolic[..], &step.numeric[..])
            && !(is_substituted(symbolic, substituted, &value_of)
                && rest.iter().all(|form| summands_in(form) == summands_in(substituted)))
        {
            return self.fault(pass, step.target, Fault::Forms);
        }
        for branch in &step.branches {
            let side = |expr| evaluate::<Number>(expr, &value_of, self.conventions).ok();
            let holds = condition_holds(&branch.condition, &value_of, self.conventions);
            if holds != Ok(true)
                || side(&branch.condition.left).as_ref() != Some(&branch.left)
                || side(&branch.condition.right).as_ref() != Some(&branch.right)
            {
                return self.fault(pass, step.target, Fault::Branch);
            }
        }
        Ok(())
    }

    /// Everything that a step's forms name is among its premises, and every premise is established. The
    /// symbol of a local partial in a general form needs no step of its own.
    fn premises(&self, pass: usize, step: &Step) -> Result<(), VerificationError> {
        let established = |quantity: &Quantity| match quantity {
            Quantity::Variable(variable) => variable.index() < self.values[pass].len(),
            other => self.established[pass].contains_key(other),
        };
        let mut sound = step.premises.iter().all(established);
        let premises = Premises::of(step);
        let last = step.symbolic.len().saturating_sub(1);
        for (position, form) in step.symbolic.iter().enumerate() {
            form.for_each_quantity(&mut |quantity| {
                let free = match quantity {
                    Quantity::Setting(_) => true,
                    Quantity::LocalPartial { .. } => position < last,
                    other => step.also.contains(&other),
                };
                sound &= free || premises.contain(quantity);
            });
        }
        if sound { Ok(()) } else { self.fault(pass, step.target, Fault::Premise) }
    }

    /// A forward step shows the file's own right-hand side, up to how it lays out case distinctions, and
    /// names all of its operands.
    pub(super) fn definition(
        &self,
        pass: usize,
        node: VariableId,
        step: &Step,
    ) -> Result<(), VerificationError> {
        let Some(definition) = self.network.definition(node) else {
            return self.fault(pass, step.target, Fault::Target);
        };
        if !step.symbolic.first().is_some_and(|form| is_definition(definition, form)) {
            return self.fault(pass, step.target, Fault::Forms);
        }
        let mut named = true;
        let premises = Premises::of(step);
        definition.for_each_quantity(&mut |quantity| named &= premises.contain(quantity));
        if named { Ok(()) } else { self.fault(pass, step.target, Fault::Premise) }
    }

    /// In every form of a chain rule one summand is added for each consumer, and each consumer's adjoint
    /// stands in it once; so does the symbol of the objective's own local partial, in the general form.
    pub(super) fn summands(
        &self,
        pass: usize,
        step: &Step,
        variable: VariableId,
    ) -> Result<(), VerificationError> {
        let consumers = &self.consumers[variable.index()];
        for (position, form) in step.symbolic.iter().skip(step.also.len()).enumerate() {
            let mut occurrences: FxHashMap<Quantity, usize> = FxHashMap::default();
            form.for_each_quantity(&mut |quantity| *occurrences.entry(quantity).or_default() += 1);
            let occurs_once = |consumer: &VariableId| {
                let symbol = if !self.network.is_objective(*consumer) {
                    Quantity::Adjoint(*consumer)
                } else if consumers.len() > 1 && position == 0 {
                    Quantity::LocalPartial { of: *consumer, by: variable }
                } else {
                    return true;
                };
                occurrences.get(&symbol) == Some(&1)
            };
            let lost = consumers.len() > 1
                && match form {
                    Expr::Sum(terms) => {
                        terms.len() != consumers.len() || terms.iter().any(|term| term.minus)
                    }
                    _ => true,
                };
            if lost || !consumers.iter().all(occurs_once) {
                return self.fault(pass, step.target, Fault::Consumers);
            }
        }
        Ok(())
    }
}

/// What a step rests on, to be asked often: a weight that very many nodes use rests on all of them.
enum Premises<'s> {
    Few(&'s [Quantity]),
    Many(FxHashSet<Quantity>),
}

impl<'s> Premises<'s> {
    fn of(step: &'s Step) -> Self {
        // Few are compared faster than hashed.
        const FEW: usize = 32;
        match &step.premises[..] {
            few if few.len() <= FEW => Self::Few(few),
            many => Self::Many(many.iter().copied().collect()),
        }
    }

    fn contain(&self, quantity: Quantity) -> bool {
        match self {
            Self::Few(premises) => premises.contains(&quantity),
            Self::Many(premises) => premises.contains(&quantity),
        }
    }
}

/// How many summands there are: one in all that is no sum.
fn summands_in(form: &Expr) -> usize {
    match form {
        Expr::Sum(terms) => terms.len(),
        _ => 1,
    }
}

/// Whether `form` is `definition`, whatever stands in place of its case distinctions.
fn is_definition(definition: &Expr, form: &Expr) -> bool {
    if matches!(definition, Expr::Cases(_)) {
        return true;
    }
    is_built_alike(definition, form, &is_definition)
        || (matches!(definition, Expr::Number(_) | Expr::Quantity(_) | Expr::Infinity { .. })
            && definition == form)
}

/// Whether `numeric` is `symbolic` with each quantity's number in its place. A minus before what is 0 may
/// be gone.
fn is_substituted(
    symbolic: &Expr,
    numeric: &Expr,
    value_of: &dyn Fn(Quantity) -> Option<Number>,
) -> bool {
    match (symbolic, numeric) {
        (Expr::Quantity(quantity), Expr::Number(literal)) => {
            same(value_of(*quantity).as_ref(), Some(&literal.value))
        }
        // What has no number keeps its name.
        (Expr::Quantity(name), Expr::Quantity(kept)) => name == kept,
        (Expr::Number(_) | Expr::Infinity { .. }, _) => symbolic == numeric,
        (Expr::Negation(inner), other) if !matches!(other, Expr::Negation(_)) => {
            is_substituted(inner, other, value_of)
        }
        // Its value was compared; conditions are of no account in a line of numbers.
        (Expr::Cases(_), _) => true,
        _ => {
            is_built_alike(symbolic, numeric, &|left, right| is_substituted(left, right, value_of))
        }
    }
}

/// Whether two composite expressions are of one kind, and alike in each part by `alike`.
fn is_built_alike(left: &Expr, right: &Expr, alike: &dyn Fn(&Expr, &Expr) -> bool) -> bool {
    let all = |left: &[Expr], right: &[Expr]| {
        left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
    };
    match (left, right) {
        (Expr::Negation(left), Expr::Negation(right)) => alike(left, right),
        (Expr::Sum(left), Expr::Sum(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).enumerate().all(|(position, (left, right))| {
                    // The first summand may have lost the minus before a 0.
                    let signs = left.minus == right.minus || (position == 0 && left.minus);
                    signs && alike(&left.expr, &right.expr)
                })
        }
        (Expr::Product(left), Expr::Product(right)) => all(left, right),
        (
            Expr::Quotient { numerator, denominator },
            Expr::Quotient { numerator: above, denominator: below },
        ) => alike(numerator, above) && alike(denominator, below),
        (Expr::Power { base, exponent }, Expr::Power { base: other, exponent: power }) => {
            alike(base, other) && alike(exponent, power)
        }
        (Expr::Call { operator, arguments }, Expr::Call { operator: other, arguments: others }) => {
            operator == other && all(arguments, others)
        }
        _ => false,
    }
}

fn is_numeric(expr: &Expr) -> bool {
    let mut numeric = true;
    expr.for_each_quantity(&mut |_| numeric = false);
    numeric
}
