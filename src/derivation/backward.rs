//! The backward pass: adjoints by the chain rule, each computed from the form that is printed.

use rustc_hash::FxHashSet;

use super::branches::{Branched, resolve};
use super::forward::numeric_forms;
use super::symbols::settle;
use super::{Justification, Pass, Step};
use crate::exact::Number;
use crate::exercise::{Exercise, Network};
use crate::expr::{
    EvaluationError, Expr, Quantity, Term, VariableId, differentiate, evaluate, name_subexpression,
    without_detached,
};

/// An adjoint with the steps that stand beside it.
#[derive(Clone, Debug)]
pub(super) struct Adjoint {
    /// The step that gives it.
    pub(super) step: Step,
    /// The piecewise local partials that it uses, each a step of its own.
    pub(super) partials: Vec<Step>,
    /// The consumers whose adjoints it uses.
    pub(super) needs: Vec<VariableId>,
}

/// A derivative that does not exist: of which node, and by which operand. Without a node it is that of the
/// objective, the sum of shares that exist.
#[derive(Clone, Debug)]
pub(super) struct DerivativeError {
    pub(super) error: EvaluationError,
    pub(super) node: Option<VariableId>,
    pub(super) by: VariableId,
}

/// What was computed so far in a pass, as quantities.
pub(super) fn known(pass: &Pass, quantity: Quantity) -> Option<Number> {
    match quantity {
        Quantity::Variable(variable) => Some(pass.values[variable.index()].clone()),
        Quantity::Adjoint(variable) => pass.adjoints[variable.index()].clone(),
        Quantity::LocalPartial { of, by } => pass.partials.get(&(of, by)).cloned(),
        _ => None,
    }
}

/// The same, of what has a number.
fn number_of(pass: &Pass, quantity: Quantity) -> Option<Number> {
    if pass.unknown.contains(&quantity) { None } else { known(pass, quantity) }
}

/// A known quantity as a number in place.
pub(super) fn in_place(pass: &Pass, quantity: Quantity) -> Expr {
    match quantity {
        _ if pass.unknown.contains(&quantity) => quantity.into(),
        Quantity::Variable(variable) => Expr::Number(pass.literal(variable)),
        other => known(pass, other).map_or(Expr::Quantity(other), Expr::number),
    }
}

/// The variables among `targets` and behind them, towards the objective, whose adjoints are not known yet;
/// consumers first.
pub(super) fn missing_adjoints(
    exercise: &Exercise,
    pass: &Pass,
    targets: &[VariableId],
) -> Vec<VariableId> {
    let mut seen = FxHashSet::default();
    let mut pending: Vec<VariableId> = targets.to_vec();
    while let Some(variable) = pending.pop() {
        if pass.adjoints[variable.index()].is_none() && seen.insert(variable) {
            pending.extend(exercise.network.consumers_toward_objective(variable));
        }
    }
    let mut missing: Vec<VariableId> = seen.into_iter().collect();
    missing.sort_unstable_by(|a, b| b.cmp(a));
    missing
}

/// Derives ∂L/∂`variable` from the adjoints of its consumers, which are known, and records it in `pass`.
pub(super) fn derive_adjoint(
    exercise: &Exercise,
    pass: &mut Pass,
    variable: VariableId,
    is_expanded: bool,
) -> Result<Adjoint, DerivativeError> {
    let network = &exercise.network;
    let consumers: Vec<VariableId> = network.consumers_toward_objective(variable).collect();
    let lone = |justification, value: i64| Adjoint {
        step: Step {
            target: Quantity::Adjoint(variable),
            also: Vec::new(),
            justification,
            premises: Vec::new(),
            symbolic: Vec::new(),
            numeric: Vec::new(),
            branches: Vec::new(),
            closed: None,
            is_symbolic: false,
            value: Number::from(value),
        },
        partials: Vec::new(),
        needs: Vec::new(),
    };
    let adjoint = if network.is_objective(variable) {
        lone(Justification::Seed, 1)
    } else if consumers.is_empty() {
        lone(Justification::Independence, 0)
    } else if let [only] = consumers[..]
        && network.identity_of(only).is_some()
        && !network.is_objective(only)
    {
        let mut adjoint = through_identity(pass, variable, only);
        let form = Quantity::Adjoint(only).into();
        let (is_symbolic, closed) = settle(pass, Quantity::Adjoint(variable), &form);
        (adjoint.step.is_symbolic, adjoint.step.closed) = (is_symbolic, closed);
        adjoint
    } else if let Some((node, form)) = joint(network, variable, &consumers)
        && !is_expanded
    {
        by_joint_form(exercise, pass, variable, node, form)?
    } else {
        by_chain_rule(exercise, pass, variable, consumers)?
    };
    pass.adjoints[variable.index()] = Some(adjoint.step.value.clone());
    Ok(adjoint)
}

fn through_identity(pass: &Pass, variable: VariableId, node: VariableId) -> Adjoint {
    let upstream = Quantity::Adjoint(node);
    Adjoint {
        step: Step {
            target: Quantity::Adjoint(variable),
            also: Vec::new(),
            justification: Justification::Identity { node },
            premises: vec![upstream],
            symbolic: vec![upstream.into()],
            numeric: Vec::new(),
            branches: Vec::new(),
            closed: None,
            is_symbolic: false,
            value: known(pass, upstream).unwrap_or_else(Number::zero),
        },
        partials: Vec::new(),
        needs: vec![node],
    }
}

/// The only consumer of `variable` and the joint form of its derivative and the objective's, if they have one.
fn joint(
    network: &Network,
    variable: VariableId,
    consumers: &[VariableId],
) -> Option<(VariableId, Expr)> {
    let objective = network.objective()?.variable;
    let [node] = consumers[..] else { return None };
    if network.is_objective(node) || !network.consumers_toward_objective(node).eq([objective]) {
        return None;
    }
    let (Expr::Call { operator: outer, arguments }, Expr::Call { operator: inner, arguments: own }) =
        (network.definition(objective)?, network.definition(node)?)
    else {
        return None;
    };
    let (name, own_name) = (Expr::from(node), Expr::from(variable));
    if own[..] != [own_name] {
        return None;
    }
    // The node is one argument whole, and stands in no other.
    let index = arguments.iter().position(|argument| *argument == name)?;
    let is_elsewhere = arguments.iter().enumerate().any(|(position, argument)| {
        position != index
            && (argument.mentions(Quantity::Variable(node))
                || argument.mentions(Quantity::Variable(variable)))
    });
    if is_elsewhere {
        return None;
    }
    Some((node, outer.joint_partial(arguments, index, &**inner)?))
}

fn by_joint_form(
    exercise: &Exercise,
    pass: &mut Pass,
    variable: VariableId,
    node: VariableId,
    form: Expr,
) -> Result<Adjoint, DerivativeError> {
    let conventions = &exercise.conventions;
    let fails = |error| DerivativeError { error, node: Some(node), by: variable };
    let target = Quantity::Adjoint(variable);
    let general =
        times(Quantity::Adjoint(node), Quantity::LocalPartial { of: node, by: variable }.into());
    let value = evaluate(&form, &|quantity| known(pass, quantity), conventions).map_err(fails)?;
    let numeric =
        numeric_forms(&form, &|quantity| in_place(pass, quantity), conventions).map_err(fails)?;
    let mut premises = Vec::new();
    form.for_each_quantity(&mut |quantity| {
        if !premises.contains(&quantity) {
            premises.push(quantity);
        }
    });
    let (is_symbolic, closed) = settle(pass, target, &form);
    let step = Step {
        target,
        also: Vec::new(),
        justification: Justification::Joint { node },
        premises,
        symbolic: vec![general, form],
        numeric,
        branches: Vec::new(),
        closed,
        is_symbolic,
        value,
    };
    Ok(Adjoint { step, partials: Vec::new(), needs: Vec::new() })
}

/// ∂L/∂v = Σ over consumers c of ∂L/∂c · ∂c/∂v.
fn by_chain_rule(
    exercise: &Exercise,
    pass: &mut Pass,
    variable: VariableId,
    consumers: Vec<VariableId>,
) -> Result<Adjoint, DerivativeError> {
    let network = &exercise.network;
    let conventions = &exercise.conventions;
    let is_only = consumers.len() == 1;
    let mut general = Vec::with_capacity(consumers.len());
    let mut local = Vec::with_capacity(consumers.len());
    let mut premises = Vec::new();
    let mut needs = Vec::new();
    let mut partials = Vec::new();
    let mut branches = Vec::new();
    for &consumer in &consumers {
        let fails = |error| DerivativeError { error, node: Some(consumer), by: variable };
        let upstream = Quantity::Adjoint(consumer);
        let is_objective = network.is_objective(consumer);
        if !is_objective {
            premises.push(upstream);
            needs.push(consumer);
        }
        if network.identity_of(consumer).is_some() && !is_objective {
            general.push(upstream.into());
            local.push(upstream.into());
            continue;
        }
        let definition = network.definition(consumer).cloned().unwrap_or(Expr::from(0));
        let partial = differentiate(&definition, Quantity::Variable(variable), conventions);
        // σ(z)(1 − σ(z)) is a(1 − a) where the node is a = σ(z).
        let partial = name_subexpression(&partial, &definition, Quantity::Variable(consumer));
        let partial = without_detached(&partial);
        let value_of = |quantity| known(pass, quantity);
        let value = evaluate(&partial, &value_of, conventions).map_err(fails)?;
        let symbol = Quantity::LocalPartial { of: consumer, by: variable };
        let factor = if is_objective && is_only {
            // The target itself is the local partial; its case distinction stands in this step.
            let number_of = |quantity| number_of(pass, quantity);
            let resolved = resolve(&partial, &number_of, conventions).map_err(fails)?;
            branches = resolved.branches;
            general.push(resolved.shown);
            resolved.taken
        } else if partial.has_cases() {
            let step = partial_step(pass, symbol, &partial, &value, exercise).map_err(fails)?;
            premises.push(symbol);
            partials.push(step);
            symbol.into()
        } else {
            partial
        };
        if pass.partials.insert((consumer, variable), value).is_none() {
            // A factor that depends on a symbol has no number of its own.
            settle(pass, symbol, &factor);
        }
        if is_objective {
            if !is_only {
                general.push(symbol.into());
            }
            local.push(factor);
        } else {
            general.push(times(upstream, symbol.into()));
            local.push(times(upstream, factor));
        }
    }
    let general = total(general);
    let local = total(local);
    let fails = |error| DerivativeError { error, node: None, by: variable };
    let value_of = |quantity| known(pass, quantity);
    let value = evaluate(&local, &value_of, conventions).map_err(fails)?;
    let numeric =
        numeric_forms(&local, &|quantity| in_place(pass, quantity), conventions).map_err(fails)?;
    let mut symbolic = vec![general];
    if local != symbolic[0] {
        symbolic.push(local);
    }
    let mut named: FxHashSet<Quantity> = premises.iter().copied().collect();
    for form in &symbolic {
        form.for_each_quantity(&mut |quantity| {
            // A local partial is a premise where it has a step of its own; those are listed already.
            let is_symbol = matches!(quantity, Quantity::LocalPartial { .. });
            if !is_symbol && named.insert(quantity) {
                premises.push(quantity);
            }
        });
    }
    let target = Quantity::Adjoint(variable);
    let (is_symbolic, closed) = match symbolic.last() {
        Some(local) => settle(pass, target, local),
        None => (false, None),
    };
    let step = Step {
        target,
        also: Vec::new(),
        justification: Justification::ChainRule { consumers },
        premises,
        closed,
        is_symbolic,
        symbolic,
        numeric,
        branches,
        value,
    };
    Ok(Adjoint { step, partials, needs })
}

/// adjoint · factor, as one product.
fn times(adjoint: Quantity, factor: Expr) -> Expr {
    let mut factors = vec![adjoint.into()];
    match factor {
        Expr::Product(inner) => factors.extend(inner),
        other => factors.push(other),
    }
    Expr::Product(factors)
}

fn total(mut terms: Vec<Expr>) -> Expr {
    if terms.len() == 1 {
        return terms.remove(0);
    }
    Expr::Sum(terms.into_iter().map(|expr| Term { minus: false, expr }).collect())
}

/// The step for ∂`of`/∂`by` alone, recorded in `pass`.
pub(super) fn local_partial(
    exercise: &Exercise,
    pass: &mut Pass,
    of: VariableId,
    by: VariableId,
) -> Result<Step, DerivativeError> {
    let fails = |error| DerivativeError { error, node: Some(of), by };
    let definition = exercise.network.definition(of).cloned().unwrap_or(Expr::from(0));
    let partial = differentiate(&definition, Quantity::Variable(by), &exercise.conventions);
    let partial = name_subexpression(&partial, &definition, Quantity::Variable(of));
    let partial = without_detached(&partial);
    let value = evaluate(&partial, &|quantity| known(pass, quantity), &exercise.conventions)
        .map_err(fails)?;
    let target = Quantity::LocalPartial { of, by };
    let step = partial_step(pass, target, &partial, &value, exercise).map_err(fails)?;
    pass.partials.insert((of, by), value);
    Ok(step)
}

/// ∂`of`/∂`by` with the branches taken.
pub(super) fn taken_partial(
    exercise: &Exercise,
    pass: &mut Pass,
    of: VariableId,
    by: VariableId,
) -> Result<Expr, DerivativeError> {
    let mut step = local_partial(exercise, pass, of, by)?;
    Ok(match step.symbolic.pop() {
        Some(taken) if step.is_symbolic || !taken.has_cases() => taken,
        // A branch that is a number follows as the value.
        _ => Expr::number(step.value),
    })
}

/// The step for a local partial.
fn partial_step(
    pass: &mut Pass,
    target: Quantity,
    partial: &Expr,
    value: &Number,
    exercise: &Exercise,
) -> Result<Step, EvaluationError> {
    let value_of = |quantity| number_of(pass, quantity);
    let Branched { shown, taken, branches } = resolve(partial, &value_of, &exercise.conventions)?;
    let numeric =
        numeric_forms(&taken, &|quantity| in_place(pass, quantity), &exercise.conventions)?;
    let mut premises = Vec::new();
    let mut named = FxHashSet::default();
    partial.for_each_quantity(&mut |quantity| {
        if named.insert(quantity) {
            premises.push(quantity);
        }
    });
    let mut symbolic = vec![shown];
    if taken != symbolic[0] && taken.as_number() != Some(value) {
        symbolic.push(taken);
    }
    let (is_symbolic, closed) = match symbolic.last() {
        Some(form) => settle(pass, target, form),
        None => (false, None),
    };
    Ok(Step {
        closed,
        is_symbolic,
        target,
        also: Vec::new(),
        justification: Justification::LocalPartial,
        premises,
        symbolic,
        numeric,
        branches,
        value: value.clone(),
    })
}
