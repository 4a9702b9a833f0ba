//! Derivatives of the printed definitions, by forward-mode dual numbers: that the result's derivatives are
//! those of the formulas on the sheet.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::evaluate::Scope;
use super::reader::Reader;
use super::tree::Tree;

/// A value with its derivative; nothing where the derivative does not exist or is not known here.
type Dual = Option<(BigRational, BigRational)>;

impl Reader<'_, '_> {
    /// The nodes on which the objective depends, itself included.
    pub(super) fn find_reaching(&mut self) {
        self.reaching.extend(self.scope.objective);
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
                && slope != *value
            {
                let (of, by) = (&self.names[of], &self.names[by]);
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
            let mut total = Some(BigRational::zero());
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
                    (Some(total), Some(adjoint), Some(slope)) => Some(total + adjoint * slope),
                    _ => None,
                };
            }
            let name = &self.names[variable];
            match total {
                Some(total) if total == *value => {}
                Some(total) => {
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

fn names_in(tree: &Tree) -> BTreeSet<usize> {
    let names = std::cell::RefCell::new(BTreeSet::new());
    tree.any(&|part| {
        if let Tree::Symbol(symbol) = part {
            names.borrow_mut().insert(*symbol);
        }
        false
    });
    names.into_inner()
}

/// The value of a formula and its derivative by one name.
pub(super) fn dual(scope: &Scope, tree: &Tree, by: usize) -> Dual {
    let of = |inner: &Tree| dual(scope, inner, by);
    let constant = |value: BigRational| Some((value, BigRational::zero()));
    match tree {
        Tree::Number(numeral) => constant(numeral.value.clone()),
        Tree::Symbol(symbol) => {
            let slope = if *symbol == by { BigRational::one() } else { BigRational::zero() };
            Some((scope.value(*symbol)?.clone(), slope))
        }
        Tree::Free(_) | Tree::Infinity | Tree::Derivative { .. } => None,
        Tree::Minus(inner) => of(inner).map(|(value, slope)| (-value, -slope)),
        Tree::Sum(terms) => {
            let mut total = (BigRational::zero(), BigRational::zero());
            for (minus, term) in terms {
                let (value, slope) = of(term)?;
                total = if *minus {
                    (total.0 - value, total.1 - slope)
                } else {
                    (total.0 + value, total.1 + slope)
                };
            }
            Some(total)
        }
        Tree::Product(factors) => {
            let mut total = (BigRational::one(), BigRational::zero());
            for factor in factors {
                let (value, slope) = of(factor)?;
                total = (&total.0 * &value, total.1 * value + total.0 * slope);
            }
            Some(total)
        }
        Tree::Quotient(numerator, denominator) => {
            let (top, top_slope) = of(numerator)?;
            let (bottom, bottom_slope) = of(denominator)?;
            if bottom.is_zero() {
                return None;
            }
            let value = top / &bottom;
            let slope = (top_slope - &value * bottom_slope) / bottom;
            Some((value, slope))
        }
        Tree::Power(base, exponent) => {
            let (base, slope) = of(base)?;
            let (exponent, exponent_slope) = of(exponent)?;
            let exponent = exponent.is_integer().then(|| exponent.to_i64()).flatten()?;
            if !exponent_slope.is_zero() || (base.is_zero() && exponent < 1) {
                return None;
            }
            if exponent == 0 {
                return constant(BigRational::one());
            }
            let below = num_traits::Pow::pow(&base, num_bigint::BigInt::from(exponent - 1));
            let value = &below * base;
            Some((value, BigRational::from_integer(exponent.into()) * below * slope))
        }
        Tree::Absolute(inner) => {
            let (value, slope) = of(inner)?;
            match value.cmp(&BigRational::zero()) {
                Ordering::Greater => Some((value, slope)),
                Ordering::Less => Some((-value, -slope)),
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

fn call(function: &str, parameter: Option<Dual>, arguments: Vec<Dual>) -> Dual {
    let zero = || Some((BigRational::zero(), BigRational::zero()));
    let number = |value: i64| Some((BigRational::from_integer(value.into()), BigRational::zero()));
    let mut arguments = arguments.into_iter();
    let first = arguments.next()?;
    match function {
        "ReLU" => extremum(vec![first, zero()], Ordering::Greater),
        "max" => extremum([first].into_iter().chain(arguments).collect(), Ordering::Greater),
        "min" => extremum([first].into_iter().chain(arguments).collect(), Ordering::Less),
        "ReLU6" => {
            let above = extremum(vec![first, zero()], Ordering::Greater);
            extremum(vec![above, number(6)], Ordering::Less)
        }
        "HardSigmoid" => {
            let six = BigRational::from_integer(6.into());
            let half = BigRational::new(1.into(), 2.into());
            let line = first.map(|(value, slope)| (value / &six + half, slope / six));
            let above = extremum(vec![line, zero()], Ordering::Greater);
            extremum(vec![above, number(1)], Ordering::Less)
        }
        "LeakyReLU" => {
            let (value, slope) = first?;
            let (below, below_slope) = parameter??;
            match value.cmp(&BigRational::zero()) {
                Ordering::Greater => Some((value, slope)),
                Ordering::Less => {
                    let change = &below * slope + below_slope * &value;
                    Some((below * value, change))
                }
                Ordering::Equal => None,
            }
        }
        // A count is constant wherever it does not jump.
        "ties" => {
            let (value, _) = first?;
            let mut count = 1;
            for argument in arguments {
                count += i64::from(argument?.0 == value);
            }
            number(count)
        }
        "sign" | "step" => {
            let (value, _) = first?;
            let low = if function == "sign" { -1 } else { 0 };
            match value.cmp(&BigRational::zero()) {
                Ordering::Greater => number(1),
                Ordering::Less => number(low),
                Ordering::Equal => None,
            }
        }
        "Huber" => {
            let (error, slope) = first?;
            // The threshold is a constant.
            let (delta, _) = parameter??;
            if error.abs() <= delta {
                let half = BigRational::new(1.into(), 2.into());
                return Some((half * &error * &error, error * slope));
            }
            let half = BigRational::new(1.into(), 2.into());
            let sign = error.signum();
            Some((&delta * (error.abs() - half * &delta), delta * sign * slope))
        }
        "SmoothL1" => {
            let (error, slope) = first?;
            let (beta, _) = parameter??;
            let half = BigRational::new(1.into(), 2.into());
            if error.abs() <= beta {
                return Some((half * &error * &error / &beta, error * slope / beta));
            }
            let sign = error.signum();
            Some((error.abs() - half * &beta, sign * slope))
        }
        _ => None,
    }
}

/// The argument beyond all others; at a tie the derivative is a convention.
fn extremum(arguments: Vec<Dual>, beyond: Ordering) -> Dual {
    let mut best: Option<(BigRational, BigRational)> = None;
    let mut is_tied = false;
    for argument in arguments {
        let argument = argument?;
        match best.as_ref().map(|best| argument.0.cmp(&best.0)) {
            None => best = Some(argument),
            Some(Ordering::Equal) => is_tied = true,
            Some(order) if order == beyond => {
                best = Some(argument);
                is_tied = false;
            }
            Some(_) => {}
        }
    }
    if is_tied { None } else { best }
}
