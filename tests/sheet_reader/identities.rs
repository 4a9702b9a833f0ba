//! Formulas that hold for all values are tried at others than the sheet's: a wrong letter may have the right
//! value, and of a case distinction the sheet's values reach one case alone.

use std::collections::BTreeSet;

use num_rational::BigRational;

use super::evaluate::{Fault, Scope};
use super::reader::Reader;
use super::slope::dual;
use super::tree::{Chain, Relation, Tree};
use super::value::Value;

/// How many places are tried.
const PLACES: i64 = 5;

impl Reader<'_, '_> {
    /// Values for all names that have none yet, at every place.
    fn extend_places(&mut self) {
        let count = self.symbols.count;
        for (place, scope) in (1..).zip(&mut self.places) {
            for symbol in scope.values.len()..count {
                // Small at the first place, so that bounds are kept, and larger at the next ones.
                let mixed = scatter(symbol, place);
                let numerator = if mixed % 23 == 11 { 13 } else { mixed % 23 - 11 };
                let value =
                    BigRational::new((numerator * place).into(), (7 + mixed / 23 % 5).into());
                scope.values.push(Some(Value::exact(value)));
            }
        }
    }

    /// The places, once all definitions are known. Derivatives of the objective are any numbers there; local
    /// partials are those of the definitions.
    pub(super) fn open_places(&mut self) {
        self.places = (0..PLACES)
            .map(|_| Scope { objective: self.scope.objective, ..Scope::default() })
            .collect();
        self.extend_places();
        for (place, scope) in (1..).zip(&mut self.places) {
            for symbol in 0..self.symbols.count {
                let position = i64::try_from(symbol).unwrap_or(0);
                let value = BigRational::new((position * 5 - place * 3).into(), 4.into());
                scope.adjoints.insert(symbol, Value::exact(value));
            }
        }
    }

    /// The statement's symbolic forms as identities. Those behind a case distinction hold for its case alone.
    pub(super) fn identities(&mut self, chain: &Chain, has_reasons: bool, line: usize) {
        if self.definitions.iter().flatten().any(|definition| self.may_be_rounded(definition)) {
            // The printed definitions are not those that were computed with.
            return;
        }
        if let (Tree::Symbol(node), Some(link)) = (&chain.first, chain.links.first())
            && let Some(Some(definition)) = self.definitions.get(*node)
            && chain.links.get(1).is_none_or(|next| has_reasons || !next.form.has_names())
            && link.form.replace(&self.letters) == *definition
        {
            // The definition as it stands.
            return;
        }
        self.extend_places();
        let arbitrary = self.settle(chain);
        self.hold(chain, has_reasons, line);
        for (scope, values) in self.places.iter_mut().zip(arbitrary) {
            scope.values = values;
            scope.partials.clear();
        }
    }

    /// A derivative may be written with the node's own value, as σ′ = σ(1 − σ): at the places the nodes of
    /// which derivatives are taken get the values of their definitions. The values before that are returned.
    fn settle(&mut self, chain: &Chain) -> Vec<Vec<Option<Value>>> {
        let arbitrary = self.places.iter().map(|scope| scope.values.clone()).collect();
        let derived = std::cell::RefCell::new(BTreeSet::new());
        let forms = [&chain.first].into_iter().chain(chain.links.iter().map(|link| &link.form));
        for form in forms {
            form.replace(&self.letters).any(&|tree| {
                if let Tree::Derivative { of, by, is_direct } = tree {
                    if Some(*of) == self.scope.objective && !is_direct {
                        derived.borrow_mut().extend(self.consumers(*by));
                    } else {
                        derived.borrow_mut().insert(*of);
                    }
                }
                false
            });
        }
        for node in derived.into_inner() {
            let Some(Some(definition)) = self.definitions.get(node) else { continue };
            for scope in &mut self.places {
                if let Ok(value) = scope.evaluate(definition, None) {
                    scope.values[node] = Some(value);
                }
                scope.partials.clear();
            }
        }
        arbitrary
    }

    /// The nodes that a name moves.
    fn consumers(&self, name: usize) -> BTreeSet<usize> {
        let nodes = self.definitions.iter().enumerate();
        let is_consumer = |tree: &Tree| {
            tree.any_moving(&|part| matches!(part, Tree::Symbol(symbol) if *symbol == name))
        };
        nodes
            .filter(|(_, tree)| tree.as_ref().is_some_and(is_consumer))
            .map(|(node, _)| node)
            .collect()
    }

    fn hold(&mut self, chain: &Chain, has_reasons: bool, line: usize) {
        let Some(mut expected) = self.general(&chain.first, chain) else { return };
        for link in &chain.links {
            if !link.form.has_names() {
                break;
            }
            if self.may_be_rounded(&link.form.replace(&self.letters)) {
                break;
            }
            let form = link.form.replace(&self.letters);
            if let Tree::Derivative { of, by, is_direct: false } = form
                && Some(of) == self.scope.objective
                && let Some(next) = self.general(&form, chain)
                && matches!(self.definitions.get(by), Some(Some(_)))
            {
                // ∂L/∂z = ∂L/∂ŷ, where ŷ = z.
                expected = next;
                continue;
            }
            let is_symbolic = |tree: &Tree| matches!(tree, Tree::Derivative { .. });
            if let Tree::Derivative { of, by, is_direct: false } = chain.first
                && Some(of) == self.scope.objective
                && !form.any(&is_symbolic)
                && chain.links.iter().any(|link| link.form.any(&is_symbolic))
            {
                // Where nothing is left of derivatives, the form is that of the whole network.
                self.hold_throughout(&form, by, link.line);
                break;
            }
            for position in 0..self.places.len() {
                let value = match self.at_place(position, &form) {
                    Some(Err(fault)) => {
                        self.fail(link.line, format!("at other values: {fault}"));
                        return;
                    }
                    Some(Ok(value)) => Some(value),
                    None => None,
                };
                match (&expected[position], value) {
                    (Some(expected), Some(value)) if !expected.meets(&value) => {
                        let (value, expected) = (value.show(), expected.show());
                        let message = format!(
                            "this form is no identity: {value} for {expected} at other values"
                        );
                        self.fail(link.line.max(line), message);
                        return;
                    }
                    (None, Some(value)) => expected[position] = Some(value),
                    _ => {}
                }
            }
            if has_reasons {
                break;
            }
        }
    }

    /// The form is the objective's derivative wherever all nodes have their values.
    fn hold_throughout(&mut self, form: &Tree, by: usize, line: usize) {
        for position in 0..self.places.len() {
            let mut scope = self.places[position].clone();
            scope.adjoints.clear();
            scope.partials.clear();
            for node in 0..self.base {
                if self.definitions[node].is_some() {
                    scope.values[node] = None;
                }
            }
            self.complete_scope(&mut scope);
            if let (Some(expected), Ok(value)) =
                (scope.adjoints.get(&by), scope.evaluate(form, None))
                && !expected.meets(&value)
            {
                let (value, expected) = (value.show(), expected.show());
                self.fail(line, format!("this form is {value} for {expected} at other values"));
                return;
            }
        }
    }

    /// What the left side is at each place, where that follows from the definitions.
    fn general(&mut self, left: &Tree, chain: &Chain) -> Option<Vec<Option<Value>>> {
        let is_update = chain.links.first().is_some_and(|link| link.relation == Relation::Becomes);
        let places = 0..self.places.len();
        Some(match *left {
            Tree::Symbol(parameter) if is_update => {
                if self.latest_optimiser() != "sgd" || self.settings_count() != 1 {
                    return None;
                }
                let rate = self.rate?;
                places
                    .map(|position| {
                        let scope = &self.places[position];
                        let step = scope.value(rate)?.multiply(scope.adjoints.get(&parameter)?);
                        let value = scope.value(parameter)?;
                        Some(if self.known.is_maximized {
                            value.add(&step)
                        } else {
                            value.subtract(&step)
                        })
                    })
                    .collect()
            }
            Tree::Symbol(node) => {
                let definition = self.definitions.get(node)?.clone()?;
                places.map(|position| self.at_place(position, &definition)?.ok()).collect()
            }
            Tree::Derivative { of, by, .. } if of == by => {
                places.map(|_| Some(Value::integer(1))).collect()
            }
            Tree::Derivative { of, by, is_direct } => {
                let is_total = Some(of) == self.scope.objective && !is_direct;
                let definition = self.definitions.get(of).cloned().flatten();
                let is_symbolic = |tree: &Tree| matches!(tree, Tree::Derivative { .. });
                let is_by_chain_rule = chain.links.iter().any(|link| link.form.any(&is_symbolic));
                places
                    .map(|position| {
                        if is_total && is_by_chain_rule {
                            return self.by_chain_rule(position, by);
                        }
                        dual(&self.places[position], definition.as_ref()?, by)
                            .map(|(_, slope)| slope)
                    })
                    .collect()
            }
            _ => return None,
        })
    }

    /// The sum over the consumers of a name.
    fn by_chain_rule(&self, position: usize, by: usize) -> Option<Value> {
        let scope = &self.places[position];
        let given = self.upstream.get(&by).cloned();
        let mut total = given.unwrap_or_else(|| Value::integer(0));
        for node in self.consumers(by) {
            if let Some(Some(definition)) = self.definitions.get(node)
                && self.reaching.contains(&node)
            {
                let (_, slope) = dual(scope, definition, by)?;
                let adjoint = scope.derivative(scope.objective?, node, false)?;
                total = total.add(&slope.multiply(&adjoint));
            }
        }
        Some(total)
    }

    /// The value of a formula at a place; local partials are taken from the definitions. A division by zero
    /// may happen there, and a kink, but no two cases at once that differ.
    fn at_place(&mut self, position: usize, form: &Tree) -> Option<Result<Value, Fault>> {
        let objective = self.scope.objective;
        let wanted = std::cell::RefCell::new(Vec::new());
        form.any(&|tree| {
            if let Tree::Derivative { of, by, is_direct } = tree
                && (Some(*of) != objective || *is_direct)
            {
                wanted.borrow_mut().push((*of, *by));
            }
            false
        });
        for (of, by) in wanted.into_inner() {
            if !self.places[position].partials.contains_key(&(of, by)) {
                let definition = self.definitions.get(of)?.as_ref()?;
                let (_, slope) = dual(&self.places[position], definition, by)?;
                self.places[position].partials.insert((of, by), slope);
            }
        }
        match self.places[position].evaluate(form, None) {
            Ok(value) => Some(Ok(value)),
            Err(fault) if fault.contains("cases") => Some(Err(fault)),
            Err(_) => None,
        }
    }
}

/// A number below 2¹⁶ that depends on both without a pattern.
fn scatter(symbol: usize, place: i64) -> i64 {
    let mixed = (i64::try_from(symbol).unwrap_or(0) * 7919 + place * 104_729 + 12_345)
        .wrapping_mul(0x2545_F491_4F6C_DD1D);
    (mixed >> 40) & 0xFFFF
}
