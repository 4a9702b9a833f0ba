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
                for (text, line) in sentences(text, *line) {
                    self.given_text(text, line)?;
                }
            }
            Item::Display(display) => {
                self.characters(display.text, display.line);
                for statement in &display.statements {
                    self.given_formula(&statement.tokens, true)?;
                }
            }
            Item::Table { head, rows, line } => self.data_given(head, rows, *line)?,
        }
        let count =
            self.known.nodes.len() + self.leaf_names().len() + usize::from(self.known.is_given);
        if self.names.len() < count || self.upstream.is_empty() && self.known.is_given {
            return Ok(());
        }
        self.base = self.names.len();
        self.given = self.leaves.clone();
        let row = self.known.passes.first().and_then(|pass| pass.row);
        self.row = row;
        if self.known.passes.is_empty() {
            self.scope.values.resize(self.names.len(), None);
        } else {
            self.enter_pass(0)?;
        }
        self.definitions()?;
        self.complete();
        self.slopes();
        Ok(())
    }

    fn given_text(&mut self, text: &'t str, line: usize) -> Outcome {
        let formulas = formulas(text, line)?;
        for (formula, line) in &formulas {
            self.characters(formula, *line);
        }
        if text.starts_with("Here $") {
            return self.activations(&formulas);
        }
        if text.starts_with("No values are given") {
            return self.letters_given(&formulas);
        }
        if text.starts_with("In place of a loss") {
            return self.upstream_given(&formulas);
        }
        if text.starts_with("From earlier steps") {
            return self.remember(&formulas);
        }
        for (formula, line) in &formulas {
            let tokens = tokens(formula, *line)?;
            self.given_formula(&tokens, false)?;
        }
        Ok(())
    }

    /// The leaves in the order in which a sheet gives them.
    pub(super) fn leaf_names(&self) -> Vec<String> {
        let known = self.known;
        let all = [&known.leaves, &known.letters, &known.columns];
        all.into_iter().flatten().cloned().collect()
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
            let first = self.known.passes.first().and_then(|pass| pass.values.get(&name).cloned());
            let number = self.register(part, name)?;
            let link: Vec<Token<'_>> =
                tokens[tokens.len() - parts[parts.len() - 1].len() - 1..].to_vec();
            let mut equation = part.to_vec();
            equation.extend(link);
            self.scope.values.resize(self.names.len(), None);
            let chain = Parser::new(&equation, &self.symbols, false).whole_chain()?;
            let value = self.given_value(&chain, first, line)?;
            self.scope.values[number] = Some(value.clone());
            self.leaves.insert(number, value.clone());
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

/// A paragraph's stretches that give different things, each from the line that begins it.
fn sentences(text: &str, line: usize) -> Vec<(&str, usize)> {
    const BEGINNINGS: [&str; 5] =
        ["Here $", "No values are given", "Given ", "In place of a loss", "From earlier steps"];
    let mut all = Vec::new();
    let (mut start, mut at) = (0, 0);
    for row in text.split_inclusive('\n') {
        if at > start && BEGINNINGS.iter().any(|beginning| row.starts_with(beginning)) {
            all.push((start, at));
            start = at;
        }
        at += row.len();
    }
    all.push((start, at));
    all.into_iter()
        .map(|(from, to)| (&text[from..to], line + text[..from].matches('\n').count()))
        .collect()
}
