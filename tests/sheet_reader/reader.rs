//! Reads a sheet from top to bottom and holds every equality against values.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Problem;
use super::checks;
use super::document::{Item, formulas, items};
use super::evaluate::Scope;
use super::known::Known;
use super::lexer::{Kind, Token, tokens};
use super::parser::{Parser, Symbols};
use super::rounding::Precision;
use super::tree::{Relation, Tree};
use super::value::Value;

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
    pub(super) pending: Vec<Vec<Token<'t>>>,
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
    pub(super) is_begun: bool,
    pub(super) updates: usize,
    /// How many names the exercise has; those beyond are letters, settings and what optimisers remember.
    pub(super) base: usize,
    /// The values of leaves as the sheet has left them, and as it gives them.
    pub(super) leaves: BTreeMap<usize, Value>,
    pub(super) given: BTreeMap<usize, Value>,
    /// The learning rate.
    pub(super) rate: Option<usize>,
    /// What optimisers remember at the start.
    pub(super) remembered: BTreeMap<usize, Value>,
    /// Gradients that are given in place of a loss.
    pub(super) upstream: BTreeMap<usize, Value>,
    /// The row that was announced last.
    pub(super) row: Option<u64>,
    /// Values were set since the last pass.
    pub(super) is_changed: bool,
    /// The passes of the present batch, by their rows.
    pub(super) batch: BTreeMap<u64, Scope>,
    pub(super) batch_rows: Vec<&'t str>,
    pub(super) is_batch_next: bool,
    pub(super) ahead: Ahead,
    /// The pass from which the present tables of steps start.
    pub(super) table_start: Option<(usize, usize)>,
    pub(super) report: Report,
}

/// Where the reading of a step that looks ahead stands.
#[derive(Clone, Debug, Default)]
pub enum Ahead {
    #[default]
    No,
    /// The positions come next.
    Announced,
    /// The present pass is at these positions; the scope to return to.
    At(Box<Scope>),
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
        base: 0,
        leaves: BTreeMap::new(),
        given: BTreeMap::new(),
        rate: None,
        remembered: BTreeMap::new(),
        upstream: BTreeMap::new(),
        row: None,
        is_changed: false,
        batch: BTreeMap::new(),
        batch_rows: Vec::new(),
        is_batch_next: false,
        ahead: Ahead::No,
        table_start: None,
        report: Report::default(),
    };
    let outcome = items(sheet).and_then(|items| reader.sheet(&items));
    if let Err(problem) = outcome {
        reader.report.problems.push(problem);
    }
    reader.report
}

pub(super) type Outcome = Result<(), Problem>;

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

    pub(super) fn is_complete(&self) -> bool {
        self.base > 0 && self.pending.is_empty()
    }

    /// Forgets the letters of a display.
    pub(super) fn leave(&mut self, outer: Symbols<'t>) {
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

    // Passes.

    // What follows.

    fn item(&mut self, item: &Item<'t>, next: Option<&Item<'t>>) -> Outcome {
        match item {
            Item::Prose { text, line } => {
                let opens_display = matches!(next, Some(Item::Display(_)));
                self.prose(text, *line, opens_display)
            }
            Item::Display(display) => {
                self.table_start = None;
                self.display(display)
            }
            Item::Table { head, rows, line }
                if head.first().is_some_and(|cell| !cell.is_empty()) =>
            {
                self.steps(head, rows, *line)
            }
            Item::Table { rows, line, .. } => self.table(rows, *line),
        }
    }

    fn prose(&mut self, text: &'t str, line: usize, opens_display: bool) -> Outcome {
        let trimmed = text.trim().trim_start_matches(r"\endgroup").trim_start();
        if trimmed.starts_with("By convention") {
            return Ok(());
        }
        let formulas = formulas(text, line)?;
        for (formula, line) in &formulas {
            self.characters(formula, *line);
        }
        if self.announcement(trimmed, &formulas, line)? {
            return Ok(());
        }
        let is_settings = opens_display || trimmed.contains("one line a step");
        if is_settings && (trimmed.contains("learning rate") || self.is_ahead_announced()) {
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
    pub(super) fn remarks(&mut self, formulas: &[(&'t str, usize)], are_claims: bool) -> Outcome {
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

    /// "The loss fell from $a$ to $b$."
    fn comparison(&mut self, text: &str, formulas: &[(&'t str, usize)]) -> Outcome {
        let Some(objective) = self.known.objective.clone() else { return Ok(()) };
        let after = self.known.passes[self.pass].values[&objective].clone();
        let before = self.known.passes[self.pass - 1].values[&objective].clone();
        let line = formulas.first().map_or(0, |(_, line)| *line);
        let order = after.compare(&before);
        let (is_true, expected) = if text.contains(" fell from ") {
            (order == Some(Ordering::Less), vec![&before, &after])
        } else if text.contains(" rose from ") {
            (order == Some(Ordering::Greater), vec![&before, &after])
        } else {
            (after.agrees(&before), vec![&after])
        };
        if !is_true || formulas.len() != expected.len() {
            let (before, after) = (before.show(), after.show());
            self.fail(line, format!("{before} and {after} do not compare so: {text}"));
            return Ok(());
        }
        for ((formula, line), value) in formulas.iter().zip(expected) {
            self.figure(formula, *line, value)?;
        }
        Ok(())
    }

    /// A figure that stands alone; ≈ says that it is rounded.
    pub(super) fn figure(&mut self, text: &'t str, line: usize, value: &Value) -> Outcome {
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
                        self.figure(cell.trim_matches('$'), line, &value)?;
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

    pub(super) fn characters(&mut self, text: &str, line: usize) {
        self.report.problems.extend(checks::characters(text, line));
    }
}

pub(super) fn is_equality(token: &Token<'_>) -> bool {
    matches!(token.kind, Kind::Sign('=') | Kind::Command("approx" | "leftarrow" | "gets"))
}

pub(super) fn kinds<'t>(tokens: &[Token<'t>]) -> Vec<Kind<'t>> {
    tokens.iter().map(|token| token.kind).collect()
}

/// The stretches between the tokens that pass the test, braces and environments aside.
pub(super) fn split_outside<'s, 't>(
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
