//! Reads a sheet from top to bottom and holds every equality against values.

use std::collections::{BTreeMap, BTreeSet};

use num_rational::BigRational;
use num_traits::One;

use super::Problem;
use super::checks;
use super::document::{Display, Item, Statement, formulas, items};
use super::evaluate::Scope;
use super::known::Known;
use super::lexer::{Kind, Token, tokens};
use super::parser::{Parser, Symbols};
use super::rounding::Precision;
use super::tree::{Chain, Relation, Tree};

/// What reading a sheet came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Signs of equality, approximation or assignment whose two sides were evaluated.
    pub equalities: usize,
    /// Comparisons in reasons that were evaluated.
    pub reasons: usize,
    pub problems: Vec<Problem>,
}

pub struct Reader<'t, 'k> {
    pub(super) known: &'k Known,
    pub(super) symbols: Symbols<'t>,
    /// The names of the file by number; those of settings and letters are empty.
    pub(super) names: Vec<String>,
    /// The right-hand sides of nodes, by the number of the node.
    pub(super) definitions: Vec<Option<Tree>>,
    /// Read before all names were: the tokens of nodes, and of letters among them.
    pending: Vec<Vec<Token<'t>>>,
    pub(super) precision: Option<Precision>,
    pub(super) scope: Scope,
    /// Other values than the sheet's.
    pub(super) places: Vec<Scope>,
    /// The nodes on which the objective depends.
    pub(super) reaching: BTreeSet<usize>,
    /// What the letters of the present display stand for.
    pub(super) letters: BTreeMap<usize, Tree>,
    pub(super) pass: usize,
    /// Whether the present pass was used or shown.
    is_begun: bool,
    updates: usize,
    pub(super) report: Report,
}

/// Reads a sheet.
pub fn read(sheet: &str, known: &Known) -> Report {
    let mut reader = Reader {
        known,
        symbols: Symbols::default(),
        names: Vec::new(),
        definitions: Vec::new(),
        pending: Vec::new(),
        precision: None,
        scope: Scope::default(),
        places: Vec::new(),
        reaching: BTreeSet::new(),
        letters: BTreeMap::new(),
        pass: 0,
        is_begun: false,
        updates: 0,
        report: Report::default(),
    };
    let outcome = items(sheet).and_then(|items| reader.sheet(&items));
    if let Err(problem) = outcome {
        reader.report.problems.push(problem);
    }
    reader.report
}

type Outcome = Result<(), Problem>;

impl<'t> Reader<'t, '_> {
    fn sheet(&mut self, items: &[Item<'t>]) -> Outcome {
        self.precision = items.iter().find_map(|item| match item {
            Item::Prose { text, .. } if text.contains("rounded") => Precision::in_text(text),
            _ => None,
        });
        for (position, item) in items.iter().enumerate() {
            let outcome = if self.is_complete() {
                self.item(item, items.get(position + 1))
            } else {
                self.given(item)
            };
            match outcome {
                // Without its names a sheet cannot be read any further.
                Err(problem) if !self.is_complete() => return Err(problem),
                Err(problem) => self.report.problems.push(problem),
                Ok(()) => {}
            }
        }
        if self.is_complete() {
            return Ok(());
        }
        Err(Problem::new(0, format!("only {} names are given", self.names.len())))
    }

    pub(super) fn fail(&mut self, line: usize, message: impl Into<String>) {
        self.report.problems.push(Problem::new(line, message));
    }

    fn is_complete(&self) -> bool {
        self.names.len() >= self.known.nodes.len() + self.known.leaves.len()
            && self.pending.is_empty()
    }

    // What is given.

    /// Definitions in the order of the nodes, then leaves in the order of their roles.
    fn given(&mut self, item: &Item<'t>) -> Outcome {
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
        for (chain, line) in &chains {
            if matches!(chain.first, Tree::Symbol(number) if number >= outer.count) {
                self.letter(chain, *line);
            }
        }
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

    /// Forgets the letters of a display.
    fn leave(&mut self, outer: Symbols<'t>) {
        self.symbols = outer;
        self.names.truncate(self.symbols.count);
        self.definitions.truncate(self.symbols.count);
        self.scope.values.truncate(self.symbols.count);
        self.scope.bounds.clear();
        self.letters.clear();
        for place in &mut self.places {
            place.values.truncate(self.symbols.count);
        }
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
        let is_letter =
            is_displayed && self.pending.iter().any(|before| mentions(before, parts[0]));
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
    fn register(&mut self, written: &[Token<'t>], name: String) -> Result<usize, Problem> {
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

    // Passes.

    fn enter_pass(&mut self, number: usize) -> Outcome {
        let Some(pass) = self.known.passes.get(number) else {
            return Err(Problem::new(0, format!("the result has no pass {}", number + 1)));
        };
        if let Some(before) = number.checked_sub(1).map(|before| &self.known.passes[before]) {
            for leaf in &self.known.leaves {
                let expected = before.updates.get(leaf).unwrap_or(&before.values[leaf]);
                if pass.values[leaf] != *expected {
                    self.fail(
                        0,
                        format!(
                            "pass {} does not begin with what pass {number} left for {leaf}",
                            number + 1
                        ),
                    );
                }
            }
        }
        let symbol = |name: &String| self.names.iter().position(|own| own == name);
        let mut scope = Scope {
            values: self.names.iter().map(|name| pass.values.get(name).cloned()).collect(),
            objective: self.known.objective.as_ref().and_then(symbol),
            ..Scope::default()
        };
        for (name, value) in &pass.gradients {
            scope.adjoints.extend(symbol(name).map(|by| (by, value.clone())));
        }
        for ((of, by), value) in &pass.partials {
            if let (Some(of), Some(by)) = (symbol(of), symbol(by)) {
                scope.partials.insert((of, by), value.clone());
            }
        }
        self.pass = number;
        self.scope = scope;
        Ok(())
    }

    // What follows.

    fn item(&mut self, item: &Item<'t>, next: Option<&Item<'t>>) -> Outcome {
        match item {
            Item::Prose { text, line } => {
                let opens_display = matches!(next, Some(Item::Display(_)));
                self.prose(text, *line, opens_display)
            }
            Item::Display(display) => self.display(display),
            Item::Table { rows, line } => self.table(rows, *line),
        }
    }

    fn prose(&mut self, text: &'t str, line: usize, opens_display: bool) -> Outcome {
        let trimmed = text.trim();
        if trimmed.starts_with("By convention") {
            return Ok(());
        }
        let formulas = formulas(text, line)?;
        for (formula, line) in &formulas {
            self.characters(formula, *line);
        }
        if opens_display && trimmed.contains("learning rate") {
            return self.settings(&formulas);
        }
        let is_comparison = (trimmed.starts_with("The loss")
            || trimmed.starts_with("The objective"))
            && [" fell ", " rose ", " stayed "].iter().any(|word| trimmed.contains(word));
        if is_comparison && self.pass > 0 {
            return self.comparison(trimmed, &formulas);
        }
        let is_remark = opens_display && trimmed.starts_with("With ") && trimmed.ends_with(':');
        self.remarks(&formulas, is_remark)
    }

    /// Formulas among words; those of a remark are claims that must be true.
    fn remarks(&mut self, formulas: &[(&'t str, usize)], are_claims: bool) -> Outcome {
        for (formula, line) in formulas {
            if formula.trim() == r"\approx" {
                // The sign itself is spoken of.
                continue;
            }
            let tokens = tokens(formula, *line)?;
            let chain = Parser::new(&tokens, &self.symbols, true).whole_chain()?;
            if are_claims && !chain.links.is_empty() {
                self.reason(&chain, *line);
            }
        }
        Ok(())
    }

    /// η = ½
    fn settings(&mut self, formulas: &[(&'t str, usize)]) -> Outcome {
        let values = self.known.settings.get(self.updates).cloned().unwrap_or_default();
        self.updates += 1;
        let line = formulas.first().map_or(0, |(_, line)| *line);
        if formulas.len() != values.len() {
            return Err(Problem::new(line, "not as many settings as the result has"));
        }
        for ((formula, line), value) in formulas.iter().zip(values) {
            let tokens = tokens(formula, *line)?;
            let is_sign =
                |token: &Token<'_>| matches!(token.kind, Kind::Sign('=') | Kind::Command("approx"));
            let left = split_outside(&tokens, is_sign)[0];
            let kinds: Vec<Kind<'t>> = left.iter().map(|token| token.kind).collect();
            let number = match self.symbols.find(&kinds) {
                Some(number) if self.names[number].is_empty() => number,
                _ => self.register(left, String::new())?,
            };
            self.scope.values.resize(self.names.len(), None);
            self.scope.values[number] = Some(value.clone());
            let chain = Parser::new(&tokens, &self.symbols, false).whole_chain()?;
            self.chain(&chain, &value, *line);
        }
        Ok(())
    }

    /// "The loss fell from $a$ to $b$."
    fn comparison(&mut self, text: &str, formulas: &[(&'t str, usize)]) -> Outcome {
        let Some(objective) = self.known.objective.clone() else { return Ok(()) };
        let after = self.known.passes[self.pass].values[&objective].clone();
        let before = self.known.passes[self.pass - 1].values[&objective].clone();
        let line = formulas.first().map_or(0, |(_, line)| *line);
        let (is_true, expected) = if text.contains(" fell from ") {
            (after < before, vec![&before, &after])
        } else if text.contains(" rose from ") {
            (after > before, vec![&before, &after])
        } else {
            (after == before, vec![&after])
        };
        if !is_true || formulas.len() != expected.len() {
            self.fail(line, format!("{before} and {after} do not compare so: {text}"));
            return Ok(());
        }
        for ((formula, line), value) in formulas.iter().zip(expected) {
            self.figure(formula, *line, value)?;
        }
        Ok(())
    }

    /// A figure that stands alone; ≈ says that it is rounded.
    pub(super) fn figure(&mut self, text: &'t str, line: usize, value: &BigRational) -> Outcome {
        let tokens = tokens(text, line)?;
        let mut chain = Parser::new(&tokens, &self.symbols, false).whole_chain()?;
        if chain.links.is_empty() {
            let form = chain.first.clone();
            chain.links.push(super::tree::Link {
                relation: Relation::Equal,
                form,
                line,
                is_answer: false,
            });
        }
        self.chain(&chain, value, line);
        Ok(())
    }

    // Displays.

    fn display(&mut self, display: &Display<'t>) -> Outcome {
        self.characters(display.text, display.line);
        for (line, words, _) in &display.words {
            let formulas = formulas(words, *line)?;
            self.remarks(&formulas, true)?;
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
        let is_forward = !is_update && matches!(first, Some(Tree::Symbol(_)));
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
            for letter in position + 1..after {
                self.letter(&chains[letter], display.statements[letter].line);
            }
            let statement = &display.statements[position];
            let chain = &chains[position];
            let Some(truth) = self.truth(&chain.first, is_update) else {
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
        Ok(())
    }

    /// A forward pass shows every node once, in order.
    fn forward(&mut self, chains: &[Chain], letters: &[bool], line: usize) -> Outcome {
        let next = if self.is_begun { self.pass + 1 } else { 0 };
        let settings: Vec<(usize, Option<BigRational>)> = self
            .scope
            .values
            .iter()
            .enumerate()
            .filter(|(number, _)| self.names[*number].is_empty())
            .map(|(number, value)| (number, value.clone()))
            .collect();
        self.enter_pass(next)?;
        if next > 0 {
            self.slopes();
        }
        for (number, value) in settings {
            self.scope.values[number] = value;
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
    fn truth(&self, left: &Tree, is_update: bool) -> Option<BigRational> {
        match left {
            Tree::Symbol(number) if is_update => {
                self.known.passes[self.pass].updates.get(&self.names[*number]).cloned()
            }
            Tree::Symbol(number) => self.scope.value(*number).cloned(),
            Tree::Derivative { of, by, .. } if of == by => Some(BigRational::one()),
            Tree::Derivative { of, by, is_direct } => self.scope.derivative(*of, *by, *is_direct),
            _ => None,
        }
    }

    /// A table of all that moved: before, then derivative and new value for each update.
    fn table(&mut self, rows: &[Vec<&'t str>], line: usize) -> Outcome {
        let updated: Vec<usize> = (0..self.known.passes.len())
            .filter(|pass| !self.known.passes[*pass].updates.is_empty())
            .collect();
        for row in rows {
            let Some(name) = row.first().copied() else { continue };
            let tokens = tokens(name.trim_matches('$'), line)?;
            let chain = Parser::new(&tokens, &self.symbols, false).whole_chain()?;
            let Tree::Symbol(number) = chain.first else {
                return Err(Problem::new(line, format!("a row of the table for {name}")));
            };
            let name = self.names[number].clone();
            let is_objective = Some(&name) == self.known.objective.as_ref();
            let mut expected = vec![self.known.passes[updated[0]].values.get(&name).cloned()];
            for &pass in &updated {
                let own = &self.known.passes[pass];
                if is_objective {
                    let after = self.known.passes.get(pass + 1);
                    expected
                        .extend([None, after.and_then(|after| after.values.get(&name).cloned())]);
                } else {
                    let new = own.updates.get(&name).cloned();
                    expected.extend([own.gradients.get(&name).cloned(), new]);
                }
            }
            if expected.len() + 1 != row.len() {
                return Err(Problem::new(
                    line,
                    format!("the row of {name} has {} cells", row.len()),
                ));
            }
            for (cell, value) in row[1..].iter().zip(expected) {
                match value {
                    Some(value) if !cell.is_empty() => {
                        self.figure(cell.trim_matches('$'), line, &value)?
                    }
                    None if cell.is_empty() => {}
                    Some(_) if is_objective => {}
                    _ => self
                        .fail(line, format!("the row of {name} holds {cell:?} in a wrong place")),
                }
            }
        }
        Ok(())
    }

    fn characters(&mut self, text: &str, line: usize) {
        self.report.problems.extend(checks::characters(text, line));
    }
}

/// What stands before the first sign of equality.
fn left_side<'s, 't>(statement: &'s Statement<'t>) -> &'s [Token<'t>] {
    split_outside(&statement.tokens, is_equality)[0]
}

fn is_equality(token: &Token<'_>) -> bool {
    matches!(token.kind, Kind::Sign('=') | Kind::Command("approx" | "leftarrow" | "gets"))
}

fn kinds<'t>(tokens: &[Token<'t>]) -> Vec<Kind<'t>> {
    tokens.iter().map(|token| token.kind).collect()
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

/// The stretches between the tokens that pass the test, braces and environments aside.
fn split_outside<'s, 't>(
    tokens: &'s [Token<'t>],
    test: impl Fn(&Token<'t>) -> bool,
) -> Vec<&'s [Token<'t>]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (position, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('{' | '(') | Kind::Begin(_) => depth += 1,
            Kind::Sign('}' | ')') | Kind::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 && test(token) => {
                parts.push(&tokens[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[start..]);
    parts
}
