//! Displays: forward passes, derivations and updates, statement by statement.

use super::document::{Display, Statement, formulas};
use super::lexer::{Kind, Token};
use super::parser::Parser;
use super::reader::{Ahead, Outcome, Reader, is_equality, kinds, split_outside};
use super::tree::{Chain, Relation, Tree};
use super::value::Value;

impl<'t> Reader<'t, '_> {
    pub(super) fn display(&mut self, display: &Display<'t>) -> Outcome {
        self.characters(display.text, display.line);
        for (line, words, _) in &display.words {
            let formulas = formulas(words, *line)?;
            self.remarks(&formulas, true)?;
        }
        if let Some(outcome) = self.optimiser_display(display) {
            return outcome;
        }
        let opens_with_node = display.statements.first().is_some_and(|statement| {
            let left = kinds(left_side(statement));
            self.symbols.find(&left).is_some_and(|number| number < self.base)
        });
        if !opens_with_node && !self.is_begun && !self.known.passes.is_empty() {
            self.check_leaves();
        } else if !opens_with_node && self.is_changed {
            // What was set is used without a pass that is shown.
            self.enter_next()?;
        }
        let outer = self.symbols.clone();
        let letters = self.letters(display);
        let outcome = self.statements(display, &letters);
        self.leave(outer);
        outcome
    }

    /// New names at the left of statements: letters for parts of what stands above them.
    fn letters(&mut self, display: &Display<'t>) -> Vec<bool> {
        let mut are_letters = Vec::with_capacity(display.statements.len());
        let first_letter = self.symbols.count;
        for statement in &display.statements {
            let kinds = kinds(left_side(statement));
            let is_assigned =
                statement.tokens.iter().any(|token| token.kind == Kind::Command("leftarrow"));
            let is_known = match kinds.first() {
                _ if is_assigned => true,
                Some(Kind::Command("pdv" | "directpart")) | None => true,
                _ => self.symbols.find(&kinds).is_some_and(|number| number < first_letter),
            };
            are_letters.push(!is_known);
            if !is_known && self.symbols.add(&kinds).is_ok() {
                self.names.push(String::new());
                self.definitions.push(None);
            }
        }
        self.scope.values.resize(self.symbols.count, None);
        are_letters
    }

    fn statements(&mut self, display: &Display<'t>, letters: &[bool]) -> Outcome {
        let mut chains = Vec::with_capacity(display.statements.len());
        for statement in &display.statements {
            chains.push(Parser::new(&statement.tokens, &self.symbols, false).whole_chain()?);
        }
        let own = |position: &usize| !letters[*position];
        let first = chains.first().map(|chain| &chain.first);
        let is_update = chains.iter().any(|chain| {
            chain.links.first().is_some_and(|link| link.relation == Relation::Becomes)
        });
        let is_forward =
            !is_update && matches!(first, Some(Tree::Symbol(number)) if *number < self.base);
        if is_forward {
            self.forward(&chains, letters, display.line)?;
        }
        self.is_begun = true;
        for position in (0..chains.len()).filter(own) {
            // The letters of a statement follow it.
            let mut after = position + 1;
            while after < chains.len() && letters[after] {
                after += 1;
            }
            let own_letters =
                chains[position + 1..after].iter().zip(&display.statements[position + 1..after]);
            self.own_letters(own_letters.map(|(chain, own)| (chain, own.line)).collect());
            let statement = &display.statements[position];
            let chain = &chains[position];
            let in_symbols = || {
                let link = chain.links.first().filter(|_| is_update && self.is_symbolic())?;
                self.scope.evaluate(&link.form, None).ok()
            };
            let truth = self.truth(&chain.first, is_update).or_else(in_symbols);
            let Some(truth) = truth else {
                self.fail(statement.line, format!("{:?} has no value in the result", chain.first));
                continue;
            };
            self.chain(chain, &truth, statement.line);
            self.numbers_in_place(chain);
            self.identities(chain, !statement.reasons.is_empty(), statement.line);
            if chains[..position].iter().any(|before| before.first == chain.first) {
                self.fail(statement.line, "two statements of one quantity in a display");
            }
            let is_marked = chain.links.last().is_some_and(|link| link.is_answer);
            let is_result = is_update
                || (is_forward && self.is_objective(&chain.first))
                || (!is_forward && position == 0);
            if is_result && !is_marked && !statement.ends_broken {
                self.fail(statement.line, "a result that is not marked as the answer");
            }
            for reason in &statement.reasons {
                for chain in Parser::new(reason, &self.symbols, false).conditions()? {
                    self.reason(&chain, statement.line);
                }
            }
        }
        if is_update {
            self.keep_updates();
        }
        Ok(())
    }

    /// A forward pass shows every node once, in order.
    fn forward(&mut self, chains: &[Chain], letters: &[bool], line: usize) -> Outcome {
        if !matches!(self.ahead, Ahead::At(..)) {
            self.enter_next()?;
        }
        let shown: Vec<&str> = chains
            .iter()
            .zip(letters)
            .filter(|(_, is_letter)| !**is_letter)
            .map(|(chain, _)| match chain.first {
                Tree::Symbol(number) => self.names[number].as_str(),
                _ => "something else",
            })
            .collect();
        if shown != self.known.nodes.iter().map(String::as_str).collect::<Vec<_>>() {
            let message = format!("a forward pass of {shown:?}, not of {:?}", self.known.nodes);
            self.fail(line, message);
        }
        Ok(())
    }

    /// The letters of a statement: one may stand in what another stands for, before or after it.
    pub(super) fn own_letters(&mut self, mut waiting: Vec<(&Chain, usize)>) {
        while !waiting.is_empty() {
            let names: Vec<Tree> = waiting.iter().map(|(chain, _)| chain.first.clone()).collect();
            let waits = |form: &Tree| form.any(&|tree| names.contains(tree));
            let (later, ready): (Vec<_>, Vec<_>) = waiting
                .iter()
                .partition(|(chain, _)| chain.links.iter().any(|link| waits(&link.form)));
            if ready.is_empty() {
                self.fail(waiting[0].1, "a letter that stands for itself");
                return;
            }
            for (letter, line) in ready {
                self.letter(letter, line);
            }
            waiting = later;
        }
    }

    fn letter(&mut self, chain: &Chain, line: usize) {
        let Tree::Symbol(number) = chain.first else {
            self.fail(line, "a letter that is no name");
            return;
        };
        let Some(link) = chain.links.first() else {
            self.fail(line, "a letter that stands for nothing");
            return;
        };
        let figures = if link.relation == Relation::Approximate { self.precision } else { None };
        match self.scope.evaluate(&link.form, figures) {
            Ok(value) => {
                self.report.equalities += 1;
                let form = link.form.replace(&self.letters);
                self.letters.insert(number, form);
                let before = self.scope.bounds.insert(number, value.clone());
                if before.is_some_and(|before| before != value) {
                    self.fail(line, "a letter with two meanings in one display");
                }
            }
            Err(fault) => self.fail(line, fault),
        }
    }

    fn is_objective(&self, tree: &Tree) -> bool {
        matches!(tree, Tree::Symbol(number) if Some(*number) == self.scope.objective)
    }

    /// What the result says of the left side of a statement.
    fn truth(&self, left: &Tree, is_update: bool) -> Option<Value> {
        match left {
            Tree::Symbol(number) if is_update => self.updated(*number),
            Tree::Symbol(number) => self.scope.value(*number).cloned(),
            Tree::Derivative { of, by, .. } if of == by => Some(Value::integer(1)),
            Tree::Derivative { of, by, is_direct } => self.scope.derivative(*of, *by, *is_direct),
            _ => None,
        }
    }
}

/// What stands before the first sign of equality.
fn left_side<'s, 't>(statement: &'s Statement<'t>) -> &'s [Token<'t>] {
    split_outside(&statement.tokens, is_equality)[0]
}
