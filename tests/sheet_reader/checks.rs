//! The checks of one chain: every form against the truth, every figure against its rounding, every reason
//! against the values; and what must not stand in the characters.

use num_rational::BigRational;
use num_traits::One;

use super::Problem;
use super::reader::Reader;
use super::tree::{Chain, Relation, Tree};
use super::value::Value;

impl Reader<'_, '_> {
    /// A chain of forms of one quantity, whose exact value is known.
    pub(super) fn chain(&mut self, chain: &Chain, truth: &Value, line: usize) {
        if chain.links.is_empty() {
            self.fail(line, "nothing is said of the left side");
        }
        let mut is_resolved = false;
        for (position, link) in chain.links.iter().enumerate() {
            let next = chain.links.get(position + 1).map(|next| next.relation);
            self.report.equalities += 1;
            match link.relation {
                Relation::Equal | Relation::Approximate => {}
                Relation::Becomes if position == 0 => {}
                other => self.fail(link.line, format!("{other:?} in a chain of equal forms")),
            }
            let is_exact = link.relation == Relation::Equal
                || next == Some(Relation::Equal)
                || (link.relation == Relation::Becomes && next.is_none() && link.form.has_names());
            self.form(&link.form, truth, is_exact, link.line);
            if let Some(figure) = lone_figure(&link.form)
                && !is_exact
                && let Some(precision) = self.precision
                && !precision.is_right(&figure, truth)
            {
                let truth = truth.show();
                self.fail(link.line, format!("{figure} is not {truth} rounded as the sheet says"));
            }
            let before = match position {
                0 => &chain.first,
                _ => &chain.links[position - 1].form,
            };
            if link.relation == Relation::Approximate {
                if self.precision.is_none() {
                    self.fail(link.line, "≈, but the sheet does not say how it rounds");
                } else if *before != Tree::Infinity
                    && !self.may_be_rounded(before)
                    && !self.may_be_rounded(&link.form)
                {
                    self.fail(link.line, "≈ between two forms without a rounded figure");
                }
            }
            if let Tree::Cases(rows) = before {
                self.branch(rows, &link.form, link.line);
            }
            self.detours(&link.form, is_resolved, link.line);
            is_resolved |= link.form.any(&|tree| matches!(tree, Tree::Cases(_)));
        }
    }

    /// One form of a quantity.
    fn form(&mut self, form: &Tree, truth: &Value, is_exact: bool, line: usize) {
        let figures = if is_exact { None } else { self.precision };
        match self.scope.evaluate(form, figures) {
            Ok(value) if is_exact && !value.agrees(truth) || !value.meets(truth) => {
                let (form, truth) = (value.show(), truth.show());
                self.fail(line, format!("this form is {form}, but the quantity is {truth}"));
            }
            Ok(_) => {}
            // Bounds are wide where figures are rounded: a divisor may then be zero for all they say.
            Err(fault) if !is_exact && fault.contains("may be 0") => {}
            Err(fault) => self.fail(line, fault),
        }
    }

    pub(super) fn may_be_rounded(&self, form: &Tree) -> bool {
        let precision = self.precision;
        form.any(&|tree| match tree {
            // A letter may hide one.
            Tree::Symbol(symbol) => self.scope.bounds.contains_key(symbol),
            Tree::Number(numeral) => {
                precision.is_some_and(|precision| precision.rounded_place(numeral).is_some())
            }
            _ => false,
        })
    }

    /// What follows a case distinction is the case that holds, and not another of the same value.
    fn branch(&mut self, rows: &[super::tree::Row], next: &Tree, line: usize) {
        let Ok((_, Some(taken))) = self.scope.cases(rows, None) else { return };
        if let Tree::Cases(inner) = &rows[taken].value.replace(&self.letters) {
            self.branch(inner, next, line);
            return;
        }
        let own = rows[taken].value.replace(&self.letters);
        if own.any(&|tree| matches!(tree, Tree::Cases(_))) {
            // A case within may come to what another one is.
            return;
        }
        if rows[taken].value != *next && rows.iter().any(|row| row.value == *next) {
            self.fail(line, "the case that is taken is not the one that holds");
        }
    }

    /// No step through a node that only renames another, and no factor of one before a name, unless it is what
    /// a case distinction came to.
    fn detours(&mut self, form: &Tree, is_resolved: bool, line: usize) {
        let (definitions, objective) = (&self.definitions, self.scope.objective);
        let is_detour = |tree: &Tree| match tree {
            Tree::Derivative { of, by, .. } => {
                Some(*of) != objective
                    && matches!(definitions.get(*of), Some(Some(Tree::Symbol(operand))) if operand == by)
            }
            _ => false,
        };
        let leads_with_one = |tree: &Tree| match tree {
            Tree::Product(factors) => {
                let is_entropy =
                    matches!(&factors[1], Tree::Call { function, .. } if function == "ln");
                // The weight of a cross entropy is the target, whatever number that is.
                matches!(factors.first(), Some(Tree::Number(one)) if one.value.is_one())
                    && factors[1..].iter().any(Tree::is_moved)
                    && !is_entropy
            }
            _ => false,
        };
        if form.any(&is_detour) {
            self.fail(line, "a detour through a node that only renames another");
        }
        if !is_resolved && form.any(&leads_with_one) {
            self.fail(line, "a factor of one before a name");
        }
    }

    /// `w x + b = 1/4 > 0`: every link is true. A rounded figure stands for the form that it is said of; where
    /// that form holds rounded figures itself, the two may be as far apart as those.
    pub(super) fn reason(&mut self, chain: &Chain, line: usize) {
        let mut forms = vec![&chain.first];
        forms.extend(chain.links.iter().map(|link| &link.form));
        let mut values: Vec<Option<Value>> = Vec::with_capacity(forms.len());
        for (position, form) in forms.iter().enumerate() {
            let beside = |relation| {
                position
                    .checked_sub(1)
                    .and_then(|before| chain.links.get(before))
                    .is_some_and(|link| link.relation == relation)
                    || chain.links.get(position).is_some_and(|link| link.relation == relation)
            };
            let is_rounded = beside(Relation::Approximate) && !beside(Relation::Equal);
            let figures = if is_rounded { self.precision } else { None };
            match self.scope.evaluate(form, figures) {
                Ok(value) => values.push(Some(value)),
                Err(fault) if is_rounded && fault.contains("may be 0") => values.push(None),
                Err(fault) => {
                    self.fail(line, fault);
                    return;
                }
            }
        }
        for (position, link) in chain.links.iter().enumerate() {
            if link.relation == Relation::Approximate {
                self.report.reasons += 1;
                self.rounded_link(
                    forms[position],
                    forms[position + 1],
                    &mut values,
                    position,
                    link.line,
                );
            }
        }
        for (position, link) in chain.links.iter().enumerate() {
            if link.relation == Relation::Approximate {
                continue;
            }
            self.report.reasons += 1;
            let (Some(left), Some(right)) = (&values[position], &values[position + 1]) else {
                continue;
            };
            let stands = left.stands(link.relation, right);
            let is_exact = left.as_exact().is_some() && right.as_exact().is_some();
            if stands == Some(false) || (is_exact && stands.is_none()) {
                let message =
                    format!("{} {:?} {} is not true", left.show(), link.relation, right.show());
                self.fail(link.line, message);
            }
        }
    }

    /// `form ≈ figure` or `figure ≈ form`: the figure takes the form's value where that is exact.
    fn rounded_link(
        &mut self,
        left: &Tree,
        right: &Tree,
        values: &mut [Option<Value>],
        position: usize,
        line: usize,
    ) {
        let Some(precision) = self.precision else {
            self.fail(line, "≈, but the sheet does not say how it rounds");
            return;
        };
        let (Some(left_value), Some(right_value)) =
            (values[position].clone(), values[position + 1].clone())
        else {
            return;
        };
        for (figure, other, own) in
            [(right, &left_value, position + 1), (left, &right_value, position)]
        {
            if let Some(figure) = lone_figure(figure)
                && other.agrees(other)
            {
                if !precision.is_right(&figure, other) {
                    let other = other.show();
                    self.fail(line, format!("{figure} is not {other} rounded as the sheet says"));
                }
                values[own] = Some(other.clone());
                return;
            }
        }
        if left_value.high < right_value.low || right_value.high < left_value.low {
            self.fail(line, format!("{} and {} are apart", left_value.show(), right_value.show()));
        }
    }
}

/// The number that a form is, if it is nothing else.
fn lone_figure(form: &Tree) -> Option<BigRational> {
    match form {
        Tree::Number(numeral) => Some(numeral.value.clone()),
        Tree::Minus(inner) => match &**inner {
            Tree::Number(numeral) => Some(-numeral.value.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// What no mathematics of a sheet may hold.
pub fn characters(text: &str, line: usize) -> Vec<Problem> {
    const UNWANTED: [&str; 11] =
        ["--", "+ -", "- -", "+ +", "- +", "+-", "-+", "++", "\\cdot -", "\\frac{}", "}{}"];
    let mut problems = Vec::new();
    for (offset, row) in text.lines().enumerate() {
        for unwanted in UNWANTED {
            if row.contains(unwanted) {
                problems.push(Problem::new(line + offset, format!("`{unwanted}` in: {row}")));
            }
        }
        for (at, _) in row.match_indices("-0") {
            let after = row[at + 2..].chars().next();
            if !after.is_some_and(|c| c == '.' || c.is_ascii_digit()) {
                problems.push(Problem::new(line + offset, format!("`-0` in: {row}")));
            }
        }
    }
    let mut depth = 0_i64;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            break;
        }
    }
    if depth != 0 {
        problems.push(Problem::new(line, "braces without partners"));
    }
    problems
}
