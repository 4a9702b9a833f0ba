//! Derivatives of the printed definitions, by forward-mode dual numbers: that the result's derivatives are
//! those of the formulas on the sheet.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::evaluate::{Scope, smooth};
use super::interval;
use super::reader::Reader;
use super::tree::Tree;
use super::value::Value;

/// A value with its derivative; nothing where the derivative does not exist or is not known here.
type Dual = Option<(Value, Value)>;

impl Reader<'_, '_> {
    /// The nodes on which the objective depends, itself included.
    pub(super) fn find_reaching(&mut self) {
        self.reaching.extend(self.scope.objective);
        self.reaching.extend(self.upstream.keys());
        // Nodes are in an order in which operands precede consumers.
        for (node, definition) in self.definitions.iter().enumerate().rev() {
            if let Some(definition) = definition
                && self.reaching.contains(&node)
            {
                self.reaching.extend(names_in(definition));
            }
        }
    }

    /// Every local partial is that of its definition, and every gradient the sum over its consumers.
    pub(super) fn slopes(&mut self) {
        let mut problems = Vec::new();
        let nodes: Vec<(usize, &Tree)> = self
            .definitions
            .iter()
            .enumerate()
            .filter_map(|(node, tree)| tree.as_ref().map(|tree| (node, tree)))
            .collect();
        if nodes.iter().any(|(_, tree)| self.may_be_rounded(tree)) {
            // The printed definitions are not those that were computed with.
            return;
        }
        for (&(of, by), value) in &self.scope.partials {
            let Some(Some(definition)) = self.definitions.get(of) else { continue };
            if let Some((_, slope)) = dual(&self.scope, definition, by)
                && !slope.meets(value)
            {
                let (of, by) = (&self.names[of], &self.names[by]);
                let (slope, value) = (slope.show(), value.show());
                problems.push(format!("the partial of {of} by {by} is {slope}, not {value}"));
            }
        }
        let Some(objective) = self.scope.objective else { return };
        let reaching = &self.reaching;
        let operands: Vec<(usize, BTreeSet<usize>)> =
            nodes.iter().map(|(node, tree)| (*node, names_in(tree))).collect();
        for (&variable, value) in &self.scope.adjoints {
            if variable == objective {
                continue;
            }
            let given = self.upstream.get(&variable).cloned();
            let mut total = Some(given.unwrap_or_else(|| Value::integer(0)));
            for ((node, definition), (_, own)) in nodes.iter().zip(&operands) {
                if !own.contains(&variable) || !reaching.contains(node) {
                    continue;
                }
                let adjoint = self.scope.derivative(objective, *node, false);
                // A kink's slope is a convention: what the result says of it is held against the sheet alone.
                let slope = dual(&self.scope, definition, variable)
                    .map(|(_, slope)| slope)
                    .or_else(|| self.scope.partials.get(&(*node, variable)).cloned());
                total = match (total, adjoint, slope) {
                    (Some(total), Some(adjoint), Some(slope)) => {
                        Some(total.add(&adjoint.multiply(&slope)))
                    }
                    _ => None,
                };
            }
            let name = &self.names[variable];
            match total {
                Some(total) if total.meets(value) => {}
                Some(total) => {
                    let (total, value) = (total.show(), value.show());
                    problems.push(format!("the gradient of {name} is {total}, not {value}"));
                }
                None => problems.push(format!("the gradient of {name} lacks that of a consumer")),
            }
        }
        for problem in problems {
            self.fail(0, format!("pass {}: {problem}", self.pass + 1));
        }
    }
}

/// The names that move the formula: not those whose values it holds fixed.
pub(super) fn names_in(tree: &Tree) -> BTreeSet<usize> {
    let names = std::cell::RefCell::new(BTreeSet::new());
    tree.any_moving(&|part| {
        if let Tree::Symbol(symbol) = part {
            names.borrow_mut().insert(*symbol);
        }
        false
    });
    names.into_inner()
}

#[expect(clippy::unnecessary_wraps, reason = "a constant has a derivative everywhere")]
fn constant(value: Value) -> Dual {
    Some((value, Value::integer(0)))
}

/// The value of a formula and its derivative by one name.
pub(super) fn dual(scope: &Scope, tree: &Tree, by: usize) -> Dual {
    let of = |inner: &Tree| dual(scope, inner, by);
    match tree {
        Tree::Number(numeral) => constant(Value::exact(numeral.value.clone())),
        Tree::Symbol(symbol) => {
            Some((scope.value(*symbol)?.clone(), Value::integer(i64::from(*symbol == by))))
        }
        Tree::Free(_) | Tree::Infinity | Tree::Derivative { .. } => None,
        Tree::Minus(inner) => of(inner).map(|(value, slope)| (value.negate(), slope.negate())),
        Tree::Sum(terms) => {
            let mut total = (Value::integer(0), Value::integer(0));
            for (minus, term) in terms {
                let (value, slope) = of(term)?;
                total = if *minus {
                    (total.0.subtract(&value), total.1.subtract(&slope))
                } else {
                    (total.0.add(&value), total.1.add(&slope))
                };
            }
            Some(total)
        }
        Tree::Product(factors) => {
            let mut total = (Value::integer(1), Value::integer(0));
            for factor in factors {
                let (value, slope) = of(factor)?;
                let slope = total.1.multiply(&value).add(&total.0.multiply(&slope));
                total = (total.0.multiply(&value), slope);
            }
            Some(total)
        }
        Tree::Quotient(numerator, denominator) => {
            let (top, top_slope) = of(numerator)?;
            let (bottom, bottom_slope) = of(denominator)?;
            let value = top.divide(&bottom)?;
            let slope = top_slope.subtract(&value.multiply(&bottom_slope)).divide(&bottom)?;
            Some((value, slope))
        }
        Tree::Power(base, exponent) => power(&of(base)?, &of(exponent)?),
        Tree::Absolute(inner) => {
            let (value, slope) = of(inner)?;
            match value.sign()? {
                Ordering::Greater => Some((value, slope)),
                Ordering::Less => Some((value.negate(), slope.negate())),
                Ordering::Equal => None,
            }
        }
        Tree::Call { function, arguments, .. } if function == "clip" => {
            let [z, low, high] = &arguments[..] else { return None };
            let is_finite = |bound: &Tree| !bound.any(&|tree| *tree == Tree::Infinity);
            let mut value = of(z);
            if is_finite(low) {
                value = extremum(vec![value, of(low)], Ordering::Greater);
            }
            if is_finite(high) {
                value = extremum(vec![value, of(high)], Ordering::Less);
            }
            value
        }
        Tree::Call { function, subscript, arguments } => {
            let arguments = arguments.iter().map(of).collect::<Vec<_>>();
            call(function, subscript.as_deref().map(of), arguments)
        }
        Tree::Cases(rows) => {
            let (_, taken) = scope.cases(rows, None).ok()?;
            of(&rows[taken?].value)
        }
    }
}

/// (a^b)′ = b a^(b−1) a′ + a^b ln(a) b′
fn power(base: &(Value, Value), exponent: &(Value, Value)) -> Dual {
    let value = base.0.real_power(&exponent.0)?;
    let one = Value::integer(1);
    let mut slope = Value::integer(0);
    if !base.1.is_zero() && !exponent.0.is_zero() {
        let below = base.0.real_power(&exponent.0.subtract(&one))?;
        slope = exponent.0.multiply(&below).multiply(&base.1);
    }
    if !exponent.1.is_zero() {
        let rate = value.multiply(&interval::value("ln", &base.0)?);
        slope = slope.add(&rate.multiply(&exponent.1));
    }
    Some((value, slope))
}

fn call(function: &str, parameter: Option<Dual>, arguments: Vec<Dual>) -> Dual {
    let number = |value: i64| constant(Value::integer(value));
    let half = || Value::fraction(1, 2);
    let mut arguments = arguments.into_iter();
    let first = arguments.next()?;
    match function {
        "ReLU" => extremum(vec![first, number(0)], Ordering::Greater),
        "max" => extremum([first].into_iter().chain(arguments).collect(), Ordering::Greater),
        "min" => extremum([first].into_iter().chain(arguments).collect(), Ordering::Less),
        "ReLU6" => {
            let above = extremum(vec![first, number(0)], Ordering::Greater);
            extremum(vec![above, number(6)], Ordering::Less)
        }
        "HardSigmoid" => {
            let sixth = Value::fraction(1, 6);
            let line = first.map(|(value, slope)| {
                (value.multiply(&sixth).add(&half()), slope.multiply(&sixth))
            });
            let above = extremum(vec![line, number(0)], Ordering::Greater);
            extremum(vec![above, number(1)], Ordering::Less)
        }
        "LeakyReLU" => {
            let (value, slope) = first?;
            let (below, below_slope) = parameter??;
            match value.sign()? {
                Ordering::Greater => Some((value, slope)),
                Ordering::Less => {
                    let change = below.multiply(&slope).add(&below_slope.multiply(&value));
                    Some((below.multiply(&value), change))
                }
                Ordering::Equal => None,
            }
        }
        "ELU" => {
            let (value, slope) = first?;
            let (alpha, alpha_slope) = match parameter {
                Some(alpha) => alpha?,
                None => number(1)?,
            };
            match value.sign()? {
                Ordering::Greater => Some((value, slope)),
                Ordering::Less => {
                    let power = interval::value("exp", &value)?;
                    let below = power.subtract(&Value::integer(1));
                    let change = alpha.multiply(&power).multiply(&slope);
                    Some((alpha.multiply(&below), change.add(&alpha_slope.multiply(&below))))
                }
                Ordering::Equal => None,
            }
        }
        "detach" => constant(first?.0),
        // A count is constant wherever it does not jump.
        "ties" => {
            let (value, _) = first?;
            let mut count = 1;
            for argument in arguments {
                count += i64::from(argument?.0.compare(&value)? == Ordering::Equal);
            }
            number(count)
        }
        "sign" | "step" => match first?.0.sign()? {
            Ordering::Greater => number(1),
            Ordering::Less => number(if function == "sign" { -1 } else { 0 }),
            Ordering::Equal => None,
        },
        "Huber" => {
            let (error, slope) = first?;
            // The threshold is a constant.
            let (delta, _) = parameter??;
            let size = error.absolute();
            if size.compare(&delta)? != Ordering::Greater {
                return Some((half().multiply(&error.power(2)?), error.multiply(&slope)));
            }
            let slope = if error.sign()? == Ordering::Less { slope.negate() } else { slope };
            let far = delta.multiply(&size.subtract(&half().multiply(&delta)));
            Some((far, delta.multiply(&slope)))
        }
        "SmoothL1" => {
            let (error, slope) = first?;
            let (beta, _) = parameter??;
            let size = error.absolute();
            if size.compare(&beta)? != Ordering::Greater {
                let value = half().multiply(&error.power(2)?).divide(&beta)?;
                return Some((value, error.multiply(&slope).divide(&beta)?));
            }
            let slope = if error.sign()? == Ordering::Less { slope.negate() } else { slope };
            Some((size.subtract(&half().multiply(&beta)), slope))
        }
        _ => {
            let (value, slope) = first?;
            let base = match parameter {
                Some(base) => Some(base?.0),
                None => None,
            };
            let function = smooth(function, base.as_ref())?;
            let own = interval::value(function, &value)?;
            if slope.is_zero() {
                return constant(own);
            }
            Some((own, interval::slope(function, &value)?.multiply(&slope)))
        }
    }
}

/// The argument beyond all others; at a tie the derivative is a convention.
fn extremum(arguments: Vec<Dual>, beyond: Ordering) -> Dual {
    let mut best: Option<(Value, Value)> = None;
    let mut is_tied = false;
    for argument in arguments {
        let argument = argument?;
        let order = match &best {
            None => beyond,
            Some(best) => argument.0.compare(&best.0)?,
        };
        if order == beyond {
            best = Some(argument);
            is_tied = false;
        } else if order == Ordering::Equal {
            is_tied = true;
        }
    }
    if is_tied { None } else { best }
}
