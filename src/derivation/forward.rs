//! The forward pass: one step a node.

use super::branches::{Branched, resolve};
use super::{Justification, Pass, Step};
use crate::exact::Number;
use crate::exercise::Network;
use crate::expr::{
    Conventions, EvaluationError, Expr, Quantity, VariableId, evaluate, map_quantities,
    reduce_members,
};

/// The value of a node at the values so far.
pub(super) fn node_value(
    definition: &Expr,
    values: &[Option<Number>],
    conventions: &Conventions,
) -> Result<Number, EvaluationError> {
    let value_of = |quantity| match quantity {
        Quantity::Variable(variable) => values[variable.index()].clone(),
        _ => None,
    };
    evaluate(definition, &value_of, conventions)
}

/// The step that computes `node` in a pass whose values are known.
pub(super) fn node_step(
    network: &Network,
    node: VariableId,
    pass: &Pass,
    conventions: &Conventions,
) -> Result<Step, EvaluationError> {
    let definition = network.definition(node).cloned().unwrap_or(Expr::from(0));
    let value_of = |quantity| match quantity {
        _ if pass.unknown.contains(&quantity) => None,
        Quantity::Variable(variable) => Some(pass.values[variable.index()].clone()),
        _ => None,
    };
    // An operator that is the whole right-hand side shows its definition.
    let (name, defined) = match &definition {
        Expr::Call { operator, arguments } => match operator.definition(arguments) {
            Some(cases) => (Some(definition.clone()), cases),
            None => (None, definition),
        },
        _ => (None, definition),
    };
    let Branched { shown, taken, branches } = resolve(&defined, &value_of, conventions)?;
    let in_place = |quantity| match quantity {
        _ if pass.unknown.contains(&quantity) => quantity.into(),
        Quantity::Variable(variable) => Expr::Number(pass.literal(variable)),
        other => other.into(),
    };
    let numeric = numeric_forms(&taken, &in_place, conventions)?;
    let mut symbolic: Vec<Expr> = name.into_iter().chain([shown]).collect();
    if !taken.is_atom() && symbolic.last() != Some(&taken) {
        symbolic.push(taken);
    }
    Ok(Step {
        target: Quantity::Variable(node),
        also: Vec::new(),
        justification: Justification::Definition,
        premises: network
            .operands(node)
            .iter()
            .map(|operand| Quantity::Variable(*operand))
            .collect(),
        symbolic,
        numeric,
        branches,
        closed: None,
        is_symbolic: pass.unknown.contains(&Quantity::Variable(node)),
        value: pass.values[node.index()].clone(),
    })
}

/// `expr` with numbers in place, and the line after it. None for a lone name or number, whose value
/// follows anyway.
pub(super) fn numeric_forms(
    expr: &Expr,
    in_place: &impl Fn(Quantity) -> Expr,
    conventions: &Conventions,
) -> Result<Vec<Expr>, EvaluationError> {
    if expr.is_atom() {
        return Ok(Vec::new());
    }
    let substituted = map_quantities(expr, in_place);
    let reduced = reduce_members(&substituted, conventions)?;
    let mut forms = vec![substituted];
    forms.extend(reduced.filter(|reduced| *reduced != forms[0]));
    Ok(forms)
}
