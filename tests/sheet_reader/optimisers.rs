//! Steps of optimisers: their settings, what they remember from step to step, and positions ahead.

use std::collections::{BTreeMap, BTreeSet};

use super::Problem;
use super::document::{Display, Statement};
use super::lexer::{Kind, Token, tokens};
use super::parser::Parser;
use super::reader::{Ahead, Outcome, Reader, is_equality, kinds, split_outside};
use super::tree::{Relation, Tree};
use super::value::Value;

impl<'t> Reader<'t, '_> {
    pub(super) fn is_ahead_announced(&self) -> bool {
        matches!(self.ahead, Ahead::Announced)
    }

    pub(super) fn latest_optimiser(&self) -> &str {
        let update = self.updates.checked_sub(1).and_then(|at| self.known.updates.get(at));
        update.map_or("", |update| &update.optimiser)
    }

    pub(super) fn settings_count(&self) -> usize {
        let update = self.updates.checked_sub(1).and_then(|at| self.known.updates.get(at));
        update.map_or(0, |update| update.settings.len())
    }

    /// η = ½, each among the settings of the update.
    pub(super) fn settings(&mut self, formulas: &[(&'t str, usize)]) -> Outcome {
        let known = self.known.updates.get(self.updates).cloned().unwrap_or_default();
        let is_ahead = self.is_ahead_announced();
        if !is_ahead {
            self.updates += 1;
        }
        let mut open = known.settings;
        for (position, (formula, line)) in formulas.iter().enumerate() {
            let all = tokens(formula, *line)?;
            if !all.iter().any(is_equality) {
                // A rate without a value.
                Parser::new(&all, &self.symbols, false).whole_chain()?;
                continue;
            }
            let parts = split_outside(&all, is_equality);
            let left = kinds(parts[0]);
            let right = parts[parts.len() - 1];
            let printed = Parser::new(right, &self.symbols, false).whole_chain()?.first;
            let printed = self.scope.evaluate(&printed, self.precision);
            let printed = printed.map_err(|fault| Problem::new(*line, fault))?;
            let value = match open.iter().position(|value| value.meets(&printed)) {
                Some(at) if is_ahead => open[at].clone(),
                Some(at) => open.remove(at),
                // The number of the step is none of the settings.
                None if left == [Kind::Letter('t')] => printed,
                None => {
                    self.fail(*line, format!("{} is no setting", printed.show()));
                    printed
                }
            };
            let number = match self.symbols.find(&left) {
                Some(number) if number >= self.base => number,
                _ => self.register(parts[0], String::new())?,
            };
            if !is_ahead && position == 0 {
                self.rate = Some(number);
            }
            self.scope.values.resize(self.names.len(), None);
            self.scope.values[number] = Some(value.clone());
            let chain = Parser::new(&all, &self.symbols, false).whole_chain()?;
            self.chain(&chain, &value, *line);
        }
        if !is_ahead && !open.is_empty() {
            let line = formulas.first().map_or(0, |(_, line)| *line);
            self.fail(line, format!("{} settings are not on the sheet", open.len()));
        }
        Ok(())
    }

    /// The display of a step that remembers, or of positions ahead; nothing where it is neither.
    pub(super) fn optimiser_display(&mut self, display: &Display<'t>) -> Option<Outcome> {
        let is_ahead = self.is_ahead_announced();
        let is_update = display.statements.iter().any(|statement| {
            statement.tokens.iter().any(|token| token.kind == Kind::Command("leftarrow"))
        });
        let is_own = |statement: &Statement<'t>| {
            let left = kinds(left_side(statement));
            self.symbols.find(&left).is_some_and(|number| number < self.base)
        };
        let is_plain =
            display.statements.iter().all(is_own) && !matches!(self.ahead, Ahead::At(..));
        if !is_ahead && (!is_update || is_plain) {
            return None;
        }
        Some(self.optimiser_step(display, is_ahead))
    }

    fn optimiser_step(&mut self, display: &Display<'t>, is_ahead: bool) -> Outcome {
        self.is_begun = true;
        if let Ahead::At(scope) = std::mem::take(&mut self.ahead) {
            // The step starts where the parameters are, with the gradient from ahead.
            let count = self.base;
            self.scope.values[..count].clone_from_slice(&scope.values[..count]);
        }
        let mut positions = BTreeMap::new();
        let mut assigned = BTreeSet::new();
        for statement in &display.statements {
            let left = left_side(statement);
            let is_arrow =
                statement.tokens.iter().any(|token| token.kind == Kind::Command("leftarrow"));
            let number = self.own_name(&kinds(left));
            if is_arrow && number >= self.base && self.scope.value(number).is_none() {
                // Nothing is remembered at first.
                self.scope.values[number] = Some(Value::integer(0));
            }
            let chain = Parser::new(&statement.tokens, &self.symbols, false).whole_chain()?;
            let Some(link) = chain.links.first() else {
                self.fail(statement.line, "nothing is said of the left side");
                continue;
            };
            let computed = self.scope.evaluate(&link.form, None);
            let truth = match self.updated(number).filter(|_| number < self.base) {
                Some(value) => value,
                None => match computed {
                    Ok(value) => value,
                    Err(fault) => {
                        self.fail(statement.line, fault);
                        continue;
                    }
                },
            };
            self.chain(&chain, &truth, statement.line);
            self.numbers_in_place(&chain);
            for reason in &statement.reasons {
                for chain in Parser::new(reason, &self.symbols, false).conditions()? {
                    self.reason(&chain, statement.line);
                }
            }
            let is_marked = chain.links.last().is_some_and(|link| link.is_answer);
            if is_marked != (number < self.base) && !statement.ends_broken {
                self.fail(statement.line, "what is marked is not the new value of a parameter");
            }
            if number < self.base {
                assigned.insert(self.names[number].clone());
            }
            if number < self.base && link.relation != Relation::Becomes {
                self.fail(statement.line, "a parameter that is not assigned");
            }
            if is_ahead && let Some(parameter) = first_name(&link.form) {
                positions.insert(parameter, truth.clone());
            }
            if number >= self.base {
                self.scope.values[number] = Some(truth);
            }
        }
        if is_ahead {
            self.ahead = Ahead::At(Box::new(self.scope.clone()));
            for node in 0..self.base {
                if self.definitions[node].is_some() {
                    self.scope.values[node] = None;
                }
            }
            for (parameter, value) in positions {
                self.scope.values[parameter] = Some(value);
            }
            self.scope.adjoints.clear();
            self.scope.partials.clear();
            self.complete();
        } else {
            let pass = self.known.passes.get(self.pass);
            let expected: Option<BTreeSet<String>> =
                pass.map(|pass| pass.updates.keys().cloned().collect());
            if expected.unwrap_or_default() != assigned {
                self.fail(display.line, format!("not all of what is updated: {assigned:?}"));
            }
            self.keep_updates();
        }
        Ok(())
    }
}

/// What stands before the first sign of equality.
fn left_side<'s, 't>(statement: &'s Statement<'t>) -> &'s [Token<'t>] {
    split_outside(&statement.tokens, is_equality)[0]
}

fn first_name(tree: &Tree) -> Option<usize> {
    match tree {
        Tree::Symbol(number) => Some(*number),
        Tree::Sum(terms) => terms.first().and_then(|(_, term)| first_name(term)),
        _ => None,
    }
}
