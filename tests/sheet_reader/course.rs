//! The course of an exercise: passes, rows of the data, batches, tables of steps, and what is set between.

use std::collections::BTreeMap;

use num_rational::BigRational;

use super::Problem;
use super::evaluate::Scope;
use super::lexer::{Kind, Token, tokens};
use super::parser::Parser;
use super::reader::{Ahead, Outcome, Reader, kinds};
use super::slope::{dual, names_in};
use super::tree::{Chain, Link, Relation, Tree};
use super::value::Value;

type Formulas<'t> = [(&'t str, usize)];

impl<'t> Reader<'t, '_> {
    /// The pass that follows, held against what the sheet has left.
    pub(super) fn enter_next(&mut self) -> Outcome {
        let next = if self.is_begun { self.pass + 1 } else { 0 };
        self.enter_pass(next)?;
        self.check_leaves();
        self.is_begun = true;
        self.is_changed = false;
        self.complete();
        self.slopes();
        Ok(())
    }

    pub(super) fn enter_pass(&mut self, number: usize) -> Outcome {
        let Some(pass) = self.known.passes.get(number) else {
            return Err(Problem::new(0, format!("the result has no pass {}", number + 1)));
        };
        let symbol = |name: &String| self.names.iter().position(|own| own == name);
        let mut scope = Scope {
            values: self.names.iter().map(|name| pass.values.get(name).cloned()).collect(),
            objective: self.known.objective.as_ref().and_then(symbol),
            ..Scope::default()
        };
        for number in self.base..self.names.len() {
            scope.values[number] = self.scope.value(number).cloned();
        }
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

    /// A pass begins with what was given, set and updated before.
    pub(super) fn check_leaves(&mut self) {
        let pass = &self.known.passes[self.pass];
        let mut wrong = Vec::new();
        for (number, value) in &self.leaves {
            let name = &self.names[*number];
            if pass.values.get(name).is_some_and(|own| !own.agrees(value)) {
                wrong.push(name.clone());
            }
        }
        if self.row.is_some() && pass.row != self.row {
            wrong.push(format!("the row {:?}, not {:?}", pass.row, self.row));
        }
        if !wrong.is_empty() {
            let number = self.pass + 1;
            self.fail(0, format!("pass {number} does not begin with what was left of {wrong:?}"));
        }
    }

    /// Derives from the printed definitions what the result does not say of the present pass.
    pub(super) fn complete(&mut self) {
        if self.definitions.iter().flatten().any(|definition| self.may_be_rounded(definition)) {
            return;
        }
        let mut scope = std::mem::take(&mut self.scope);
        self.complete_scope(&mut scope);
        self.scope = scope;
    }

    pub(super) fn complete_scope(&self, scope: &mut Scope) {
        // Leaves before nodes.
        let is_node = |number: &usize| self.definitions[*number].is_some();
        let (nodes, leaves): (Vec<usize>, Vec<usize>) = (0..self.base).partition(is_node);
        for number in leaves.into_iter().chain(nodes) {
            if scope.value(number).is_some() {
                continue;
            }
            let value = match &self.definitions[number] {
                Some(definition) => scope.evaluate(definition, None).ok(),
                // Any value serves where a name has none.
                None => self.leaves.get(&number).cloned().or_else(|| {
                    let at = i64::try_from(number).unwrap_or(0);
                    let any = BigRational::new((5 + 3 * at).into(), (11 + 2 * at).into());
                    (Some(number) != scope.objective).then(|| Value::exact(any))
                }),
            };
            scope.values[number] = value;
        }
        let mut adjoints: BTreeMap<usize, Option<Value>> = BTreeMap::new();
        let start = if self.upstream.is_empty() {
            scope.objective.map(|objective| (objective, Value::integer(1)))
        } else {
            None
        };
        let starts = start.into_iter().chain(self.upstream.clone());
        adjoints.extend(starts.map(|(number, value)| (number, Some(value))));
        for node in (0..self.base).rev() {
            let Some(definition) = &self.definitions[node] else { continue };
            for operand in names_in(definition) {
                let slope = dual(scope, definition, operand)
                    .map(|(_, slope)| slope)
                    .or_else(|| scope.partials.get(&(node, operand)).cloned());
                if let Some(slope) = &slope {
                    scope.partials.entry((node, operand)).or_insert_with(|| slope.clone());
                }
                let Some(own) = adjoints.get(&node).cloned() else { continue };
                let before = adjoints.remove(&operand).unwrap_or_else(|| Some(Value::integer(0)));
                let total = match (before, own, slope) {
                    (Some(before), Some(own), Some(slope)) => {
                        Some(before.add(&own.multiply(&slope)))
                    }
                    _ => None,
                };
                adjoints.insert(operand, total);
            }
        }
        for (number, value) in adjoints {
            if let Some(value) = value {
                scope.adjoints.entry(number).or_insert(value);
            }
        }
    }

    /// Some node has no number in the present pass.
    pub(super) fn is_symbolic(&self) -> bool {
        let pass = self.known.passes.get(self.pass);
        pass.is_none_or(|pass| self.known.nodes.iter().any(|node| !pass.values.contains_key(node)))
    }

    /// What an update makes of a parameter.
    pub(super) fn updated(&self, number: usize) -> Option<Value> {
        let pass = self.known.passes.get(self.pass)?;
        pass.updates.get(&self.names[number]).cloned()
    }

    /// Parameters hold their new values from here on.
    pub(super) fn keep_updates(&mut self) {
        let Some(pass) = self.known.passes.get(self.pass) else { return };
        for number in 0..self.base {
            if let Some(value) = pass.updates.get(&self.names[number]) {
                self.leaves.insert(number, value.clone());
            }
        }
        self.batch.clear();
    }

    /// Sentences that say where the values come from. Whether there is nothing else in the paragraph.
    pub(super) fn announcement(
        &mut self,
        text: &str,
        formulas: &Formulas<'t>,
        line: usize,
    ) -> Result<bool, Problem> {
        if text.starts_with("From here on, all values are those of the exercise again") {
            self.leaves = self.given.clone();
            for number in self.base..self.names.len() {
                self.scope.values[number] = self.remembered.get(&number).cloned();
            }
            self.is_changed = true;
            return Ok(true);
        }
        if text.starts_with("From here on, ") {
            self.set(formulas)?;
            return Ok(true);
        }
        if text.starts_with("From earlier steps") {
            self.remember(formulas)?;
            return Ok(true);
        }
        if let Some((_, rest)) = text.split_once(" row ").or_else(|| text.split_once(" Row "))
            && text.ends_with(':')
            && rest.contains("of the data")
        {
            self.row = Some(whole(rest.split(' ').next().unwrap_or(""), line)?);
            return Ok(true);
        }
        if text.starts_with(r"\steptitle{Rows ") {
            self.batch.clear();
            return Ok(true);
        }
        if let Some(rest) = text.strip_prefix(r"\steptitle{Row ") {
            let row = whole(rest.trim_end_matches('}'), line)?;
            match self.batch.get(&row) {
                Some(scope) => self.scope = scope.clone(),
                None => self.row = Some(row),
            }
            return Ok(true);
        }
        if text.starts_with("The forward pass") {
            self.is_batch_next = true;
            return Ok(true);
        }
        if text.starts_with("The loss of the batch") {
            self.batch_quantities(text.contains("sum"), line);
            return Ok(true);
        }
        if text.starts_with("The gradient is taken where the velocity would lead") {
            self.ahead = Ahead::Announced;
        }
        if text.contains("one line a step") {
            self.table_start = None;
        }
        Ok(text.starts_with("With these in place of the parameters"))
    }

    /// From here on, $x = 2$.
    fn set(&mut self, formulas: &Formulas<'t>) -> Outcome {
        let next = if self.is_begun { self.pass + 1 } else { 0 };
        for (formula, line) in formulas {
            let tokens = tokens(formula, *line)?;
            let chain = Parser::new(&tokens, &self.symbols, false).whole_chain()?;
            let Tree::Symbol(number) = chain.first else {
                return Err(Problem::new(*line, "a value for what is no name"));
            };
            let pass = self.known.passes.get(next);
            let known = pass.and_then(|pass| pass.values.get(&self.names[number]).cloned());
            let value = self.given_value(&chain, known, *line)?;
            self.chain(&chain, &value, *line);
            self.leaves.insert(number, value);
        }
        self.is_changed = true;
        Ok(())
    }

    /// The exact value of what a figure may have rounded.
    pub(super) fn given_value(
        &self,
        chain: &Chain,
        known: Option<Value>,
        line: usize,
    ) -> Result<Value, Problem> {
        let Some(link) = chain.links.last() else {
            return Err(Problem::new(line, "nothing is said of the value"));
        };
        let figures = if link.relation == Relation::Approximate { self.precision } else { None };
        let printed =
            self.scope.evaluate(&link.form, figures).map_err(|fault| Problem::new(line, fault))?;
        Ok(match known {
            Some(known) if known.meets(&printed) => known,
            _ => printed,
        })
    }

    /// A table of forward passes, or of steps: one line each.
    pub(super) fn steps(
        &mut self,
        head: &[&'t str],
        rows: &[Vec<&'t str>],
        line: usize,
    ) -> Outcome {
        let is_batch = std::mem::take(&mut self.is_batch_next);
        let mut columns = Vec::new();
        for cell in head {
            let mut tokens = tokens(cell.trim_matches('$'), line)?;
            let is_rounded = tokens.last().is_some_and(|last| last.kind == Kind::Command("approx"));
            if is_rounded {
                tokens.pop();
            }
            let tree = match *cell {
                "row" | "round" => None,
                _ => Some(Parser::new(&tokens, &self.symbols, false).whole_chain()?.first),
            };
            columns.push((*cell, tree, is_rounded));
        }
        let next = if self.is_begun { self.pass + 1 } else { 0 };
        let (start, is_first) = match self.table_start {
            Some((start, count)) if !is_batch && count == rows.len() => (start, false),
            _ => (next, true),
        };
        for (position, row) in rows.iter().enumerate() {
            if row.len() != columns.len() {
                return Err(Problem::new(
                    line,
                    "a line of the table has too few or too many cells",
                ));
            }
            let mut number = None;
            for (cell, (head, ..)) in row.iter().zip(&columns) {
                if *head == "row" {
                    number = Some(whole(cell.trim_matches('$'), line)?);
                }
            }
            self.row = number;
            if is_first {
                self.enter_next()?;
            } else {
                self.enter_pass(start + position)?;
                if self.scope.adjoints.is_empty() {
                    self.complete();
                }
            }
            for (cell, (_, tree, is_rounded)) in row.iter().zip(&columns) {
                let Some(tree) = tree else { continue };
                let truth = match *tree {
                    Tree::Symbol(own) if !is_batch => {
                        self.updated(own).or_else(|| self.scope.value(own).cloned())
                    }
                    Tree::Symbol(own) => self.scope.value(own).cloned(),
                    Tree::Derivative { of, by, is_direct } => {
                        self.scope.derivative(of, by, is_direct)
                    }
                    _ => None,
                };
                match truth {
                    Some(truth) => self.cell(cell, *is_rounded, &truth, line)?,
                    None => self.fail(line, format!("{tree:?} has no value in the result")),
                }
            }
            if is_batch {
                self.batch.insert(number.unwrap_or(0), self.scope.clone());
            } else if is_first {
                self.keep_updates();
            }
        }
        if is_batch {
            self.batch_rows = rows.iter().map(|row| row[0].trim_matches('$')).collect();
        } else {
            self.table_start = Some((start, rows.len()));
            if is_first {
                self.updates += rows.len() - 1;
            }
        }
        Ok(())
    }

    fn cell(&mut self, cell: &'t str, is_rounded: bool, truth: &Value, line: usize) -> Outcome {
        let text = cell.trim_matches('$');
        if !is_rounded {
            return self.figure(text, line, truth);
        }
        let tokens = tokens(text, line)?;
        let chain = Parser::new(&tokens, &self.symbols, false).whole_chain()?;
        let link =
            Link { relation: Relation::Approximate, form: chain.first, line, is_answer: false };
        let chain = Chain { first: Tree::Infinity, links: vec![link] };
        self.chain(&chain, truth, line);
        Ok(())
    }

    /// The mean or sum over a batch, and the names of its rows' losses.
    fn batch_quantities(&mut self, is_sum: bool, line: usize) {
        let Some(objective) = self.scope.objective else { return };
        let written = self.symbols.written(objective);
        let braced = |front: &[Kind<'t>], inner: &[Kind<'t>]| {
            let mut all = front.to_vec();
            all.push(Kind::Sign('{'));
            all.extend(inner);
            all.push(Kind::Sign('}'));
            all
        };
        let of_batch = self.own_name(&braced(&[Kind::Command("bar")], &written));
        let mut total = Scope::default();
        let mut loss = Value::integer(0);
        let batch = self.batch.clone();
        let mut values = Vec::new();
        for (row, (_, scope)) in self.batch_rows.clone().iter().zip(&batch) {
            let mut front = written.clone();
            front.push(Kind::Sign('^'));
            let number = [Kind::Sign('('), Kind::Number(row), Kind::Sign(')')];
            let own = self.own_name(&braced(&front, &number));
            if let Some(value) = scope.value(objective) {
                loss = loss.add(value);
                values.push((own, value.clone()));
            }
            for (by, value) in &scope.adjoints {
                total.partials.insert((own, *by), value.clone());
                let sum = total.adjoints.entry(*by).or_insert_with(|| Value::integer(0));
                *sum = sum.add(value);
            }
        }
        let count = Value::integer(i64::try_from(batch.len()).unwrap_or(1));
        let share = |value: &Value| {
            let mean = if is_sum { None } else { value.divide(&count) };
            mean.unwrap_or_else(|| value.clone())
        };
        values.push((of_batch, share(&loss)));
        for (by, value) in &total.adjoints {
            total.partials.insert((of_batch, *by), share(value));
        }
        let known = self.known.passes[self.pass].batch.clone().unwrap_or_default();
        for (name, value) in known {
            let by = self.names.iter().position(|own| *own == name);
            let own = by.and_then(|by| total.partials.get(&(of_batch, by)));
            if own.is_none_or(|own| !own.meets(&value)) {
                self.fail(line, format!("the batch's gradient of {name} is not {}", value.show()));
            }
        }
        let count = self.names.len();
        for scope in self.batch.values_mut().chain([&mut self.scope]) {
            scope.values.resize(count, None);
            for (number, value) in &values {
                scope.values[*number] = Some(value.clone());
            }
            scope.partials.extend(total.partials.clone());
        }
    }

    /// The number of a name that is not the exercise's and lasts.
    pub(super) fn own_name(&mut self, written: &[Kind<'t>]) -> usize {
        match self.symbols.add(written) {
            Ok(number) => {
                self.names.push("\0".to_owned());
                self.definitions.push(None);
                self.scope.values.resize(self.names.len(), None);
                number
            }
            Err(number) => number,
        }
    }

    // What is given beside values.

    /// Here $A(t) = …$, so $A'(t) = …$.
    pub(super) fn activations(&mut self, formulas: &Formulas<'t>) -> Outcome {
        let mut bodies: Vec<(Vec<Kind<'t>>, usize, Tree)> = Vec::new();
        for (formula, line) in formulas {
            let tokens = tokens(formula, *line)?;
            let open = tokens.iter().position(|token| token.kind == Kind::Sign('('));
            let close = tokens.iter().position(|token| token.kind == Kind::Sign(')'));
            let (Some(open), Some(close)) = (open, close) else {
                return Err(Problem::new(*line, "a function without its argument"));
            };
            let written = kinds(&tokens[..open]);
            let mut symbols = self.symbols.clone();
            let argument = match symbols.add(&kinds(&tokens[open + 1..close])) {
                Ok(number) | Err(number) => number,
            };
            let body: Vec<Token<'t>> = tokens[close + 2..].to_vec();
            let body = Parser::new(&body, &symbols, false).whole_chain()?.first;
            if let Some(function) = written.strip_suffix(&[Kind::Sign('\'')]) {
                let original = bodies.iter().find(|(own, ..)| own == function);
                let Some((_, own, original)) = original else {
                    return Err(Problem::new(*line, "a derivative before its function"));
                };
                let (own, original) = (*own, original.clone());
                self.slope_of(own, &original, &body, *line);
            }
            bodies.push((written.clone(), argument, body.clone()));
            self.symbols.functions.push((written, argument, body));
        }
        // A longer name is tried first.
        self.symbols.functions.sort_by_key(|(written, ..)| std::cmp::Reverse(written.len()));
        Ok(())
    }

    fn slope_of(&mut self, argument: usize, body: &Tree, slope: &Tree, line: usize) {
        for numerator in [-31, -7, -2, 3, 5, 17, 40] {
            let mut scope = Scope { values: vec![None; argument + 1], ..Scope::default() };
            let value = BigRational::new(numerator.into(), 7.into());
            scope.values[argument] = Some(Value::exact(value));
            let Some((_, expected)) = dual(&scope, body, argument) else { continue };
            self.report.equalities += 1;
            match scope.evaluate(slope, None) {
                Ok(own) if own.meets(&expected) => {}
                Ok(own) => {
                    let (own, expected) = (own.show(), expected.show());
                    self.fail(line, format!("the derivative is {own}, not {expected}"));
                }
                Err(fault) => self.fail(line, fault),
            }
        }
    }

    /// No values are given for $x$ and $\eta$.
    pub(super) fn letters_given(&mut self, formulas: &Formulas<'t>) -> Outcome {
        let names = self.known.letters.clone();
        if formulas.len() != names.len() {
            return Err(Problem::new(0, "not as many symbols as the exercise has"));
        }
        for ((formula, line), name) in formulas.iter().zip(names) {
            self.register(&tokens(formula, *line)?, name)?;
        }
        Ok(())
    }

    /// In place of a loss, these upstream gradients are given: $\pdv{L}{a} = 1$.
    pub(super) fn upstream_given(&mut self, formulas: &Formulas<'t>) -> Outcome {
        let name = self.known.objective.clone().unwrap_or_default();
        for (formula, line) in formulas {
            let tokens = tokens(formula, *line)?;
            let end = super::lexer::group_end(&tokens, 1)?;
            if !self.names.contains(&name) {
                self.register(&tokens[2..end - 1], name.clone())?;
            }
            self.scope.values.resize(self.names.len(), None);
            let chain = Parser::new(&tokens, &self.symbols, false).whole_chain()?;
            let Tree::Derivative { by, .. } = chain.first else {
                return Err(Problem::new(*line, "a given gradient that is no derivative"));
            };
            let first = self.known.passes.first();
            let known = first.and_then(|pass| pass.gradients.get(&self.names[by]).cloned());
            let value = self.given_value(&chain, known, *line)?;
            self.chain(&chain, &value, *line);
            self.upstream.insert(by, value);
        }
        Ok(())
    }

    /// From earlier steps the optimiser remembers `v_x = -1`.
    pub(super) fn remember(&mut self, formulas: &Formulas<'t>) -> Outcome {
        for (formula, line) in formulas {
            let tokens = tokens(formula, *line)?;
            let at = tokens.iter().position(|token| super::reader::is_equality(token));
            let at = at.ok_or_else(|| Problem::new(*line, "nothing is remembered"))?;
            let number = self.own_name(&kinds(&tokens[..at]));
            let chain = Parser::new(&tokens, &self.symbols, false).whole_chain()?;
            let value = self.given_value(&chain, None, *line)?;
            self.chain(&chain, &value, *line);
            self.scope.values[number] = Some(value.clone());
            self.remembered.insert(number, value);
        }
        Ok(())
    }

    /// The table of the data: each value is that of the passes with that row.
    pub(super) fn data_given(
        &mut self,
        head: &[&'t str],
        rows: &[Vec<&'t str>],
        line: usize,
    ) -> Outcome {
        let columns = self.known.columns.clone();
        if head.len() != columns.len() + 1 {
            return Err(Problem::new(line, "not as many columns as the data have"));
        }
        for (cell, name) in head[1..].iter().zip(&columns) {
            self.register(&tokens(cell.trim_matches('$'), line)?, name.clone())?;
        }
        self.scope.values.resize(self.names.len(), None);
        for row in rows {
            let number = whole(row[0].trim_matches('$'), line)?;
            let pass = self.known.passes.iter().find(|pass| pass.row == Some(number));
            for (cell, name) in row[1..].iter().zip(&columns) {
                if let Some(value) = pass.and_then(|pass| pass.values.get(name).cloned()) {
                    self.figure(cell.trim_matches('$'), line, &value)?;
                }
            }
        }
        Ok(())
    }
}

fn whole(text: &str, line: usize) -> Result<u64, Problem> {
    text.trim().parse().map_err(|_| Problem::new(line, format!("{text:?} is no number of a row")))
}
