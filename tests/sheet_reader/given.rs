//! What a sheet gives: the network, and the values of its leaves.

use super::Problem;
use super::document::{Item, formulas};
use super::lexer::{Kind, Token, tokens};
use super::parser::Parser;
use super::reader::{Outcome, Reader, is_equality, kinds, split_outside};
use super::tree::{Chain, Tree};

impl<'t> Reader<'t, '_> {
    /// Definitions in the order of the nodes, then leaves in the order of their roles.
    pub(super) fn given(&mut self, item: &Item<'t>) -> Outcome {
        match item {
            Item::Prose { text, line } => {
                for (formula, line) in formulas(text, *line)? {
                    self.characters(formula, line);
                    let tokens = tokens(formula, line)?;
                    self.given_formula(&tokens, false)?;
                }
            }
            Item::Display(display) => {
                self.characters(display.text, display.line);
                for statement in &display.statements {
                    self.given_formula(&statement.tokens, true)?;
                }
            }
            Item::Table { line, .. } => {
                return Err(Problem::new(*line, "a table before all is given"));
            }
        }
        if self.names.len() < self.known.nodes.len() + self.known.leaves.len() {
            return Ok(());
        }
        self.enter_pass(0)?;
        self.definitions()
    }

    /// The right-hand sides of the nodes. A letter among them stands for a part of the node before it.
    fn definitions(&mut self) -> Outcome {
        let outer = self.symbols.clone();
        let pending = std::mem::take(&mut self.pending);
        for tokens in &pending {
            let left = kinds(split_outside(tokens, is_equality)[0]);
            if self.symbols.add(&left).is_ok() {
                self.names.push(String::new());
                self.definitions.push(None);
            }
        }
        self.scope.values.resize(self.symbols.count, None);
        let mut chains = Vec::with_capacity(pending.len());
        for tokens in &pending {
            chains.push((Parser::new(tokens, &self.symbols, false).whole_chain()?, tokens[0].line));
        }
        let is_letter =
            |chain: &Chain| matches!(chain.first, Tree::Symbol(number) if number >= outer.count);
        let letters = chains.iter().filter(|(chain, _)| is_letter(chain));
        self.own_letters(letters.map(|(chain, line)| (chain, *line)).collect());
        for (chain, line) in &chains {
            let (Tree::Symbol(node), Some(link)) = (&chain.first, chain.links.first()) else {
                return Err(Problem::new(
                    *line,
                    "a definition without a name or a right-hand side",
                ));
            };
            if *node < outer.count {
                self.definitions[*node] = Some(link.form.replace(&self.letters));
                if let Some(value) = self.scope.value(*node).cloned() {
                    self.chain(chain, &value, *line);
                }
            }
        }
        self.leave(outer);
        self.find_reaching();
        self.open_places();
        self.slopes();
        Ok(())
    }

    fn given_formula(&mut self, tokens: &[Token<'t>], is_displayed: bool) -> Outcome {
        let line = tokens.first().map_or(0, |token| token.line);
        let is_sign =
            |token: &Token<'_>| matches!(token.kind, Kind::Sign('=') | Kind::Command("approx"));
        let parts: Vec<&[Token<'t>]> = split_outside(tokens, is_sign);
        let nodes = self.known.nodes.len();
        if parts.len() < 2 {
            return Err(Problem::new(line, "something given that is no equation"));
        }
        // No node is used before its own line: what is, is a letter.
        let is_letter = is_displayed
            && parts[0].len() == 1
            && self.pending.iter().any(|before| mentions(before, parts[0]));
        if is_letter || self.names.len() < nodes {
            if !is_letter {
                let name = self.known.nodes[self.names.len()].clone();
                self.register(parts[0], name)?;
            }
            self.pending.push(tokens.to_vec());
            return Ok(());
        }
        for part in &parts[..parts.len() - 1] {
            let Some(name) = self.known.leaves.get(self.names.len() - nodes) else {
                return Err(Problem::new(line, "more is given than the exercise has"));
            };
            let name = name.clone();
            let value = self.known.passes[0].values[&name].clone();
            self.register(part, name)?;
            let link: Vec<Token<'_>> =
                tokens[tokens.len() - parts[parts.len() - 1].len() - 1..].to_vec();
            let mut equation = part.to_vec();
            equation.extend(link);
            self.scope.values.resize(self.names.len(), None);
            if let Some(last) = self.scope.values.last_mut() {
                *last = Some(value.clone());
            }
            let chain = Parser::new(&equation, &self.symbols, false).whole_chain()?;
            self.chain(&chain, &value, line);
        }
        Ok(())
    }

    /// A new name, as it is written.
    pub(super) fn register(
        &mut self,
        written: &[Token<'t>],
        name: String,
    ) -> Result<usize, Problem> {
        let kinds = kinds(written);
        let line = written.first().map_or(0, |token| token.line);
        match self.symbols.add(&kinds) {
            Ok(number) => {
                self.names.push(name);
                self.definitions.push(None);
                Ok(number)
            }
            Err(owner) => {
                let other = self.names.get(owner).map_or("nothing", String::as_str);
                Err(Problem::new(line, format!("`{name}` looks like `{other}`")))
            }
        }
    }
}

/// Whether the written name stands in the tokens, right of their first sign.
fn mentions(tokens: &[Token<'_>], written: &[Token<'_>]) -> bool {
    let start = split_outside(tokens, is_equality)[0].len();
    tokens[start..].windows(written.len()).enumerate().any(|(at, window)| {
        let is_same = window.iter().zip(written).all(|(own, other)| own.kind == other.kind);
        let next = tokens.get(start + at + written.len()).map(|token| token.kind);
        is_same && !matches!(next, Some(Kind::Sign('_' | '\'')))
    })
}
