//! From a solution to the view model of its sheet.
//!
//! | file | what it makes |
//! | --- | --- |
//! | `mod.rs` | headings, texts, the order of blocks |
//! | `given.rs` | what the exercise gives, conventions |
//! | `reminder.rs` | the functions used |
//! | `steps.rs` | a step's forms, remarks and reasons |
//! | `paths.rs` | every path as one product |
//! | `abbreviations.rs` | letters for parts that are too wide |
//! | `rows.rs` | forms on lines that fit |
//! | `tables.rs` | columns and lines that fit the page |
//! | `training.rs` | data, mini-batches, training as a table |
//! | `updates.rs` | steps of an optimiser |
//! | `summary.rs` | the table of updates |

mod abbreviations;
mod given;
mod paths;
mod reminder;
mod rows;
mod steps;
mod summary;
mod tables;
mod training;
mod updates;

use super::symbols::ExerciseSymbols;
use super::view::{
    Block, Comparison, DerivationView, Heading, Inline, Points, Rounding, Sheet, TargetRole,
    TaskHeading,
};
use super::{Detail, Options, RenderError, escape};
use crate::derivation::{self, Derivation, DerivationKind, Prose, Segment, Solution};
use crate::exact::{Number, Precision, Rational};
use crate::exercise::{NumberFormat, Role, RoundLabel, Sense};
use crate::expr::{Expr, Kink, Literal, NumberStyle, VariableId};
use crate::notation::latex::{self, EM, Width};
use crate::notation::{DEFAULT_PRECISION, Shown, Symbols as _, Typesetter};
use abbreviations::Abbreviations;
use rows::rows;

/// The width of a display: 160 mm of text at 11 pt, less its indent and a reserve for what the estimate of
/// widths may miss.
const TEXT_WIDTH: Width = 37 * EM;

/// The view model of a solution.
pub(super) fn sheet(solution: &Solution, options: &Options) -> Result<Sheet, RenderError> {
    let symbols = ExerciseSymbols::new(&solution.exercise);
    let format = super::format(solution, solution.exercise.format, options);
    let mut builder = Builder {
        solution,
        symbols: &symbols,
        typesetter: Typesetter { symbols: &symbols, format },
        detail: options.detail,
        options,
        asked: solution.exercise.format,
        rounded: Vec::new(),
        has_passes: false,
        is_in_round: false,
        says_row: false,
        kinks: Vec::new(),
        letters: Abbreviations::new(&symbols),
    };
    for id in solution.exercise.network.ids() {
        escape::check(&solution.exercise.network[id].name.base)?;
    }
    for function in &solution.exercise.activations {
        escape::check(function.name())?;
    }
    for name in &solution.exercise.free_names {
        escape::check(&name.base)?;
    }
    let mut sheet = Sheet::default();
    let head = &solution.head;
    sheet.title = head.title.as_ref().map(|prose| builder.line(prose)).transpose()?;
    sheet.author = head.author.as_ref().map(|prose| builder.line(prose)).transpose()?;
    sheet.course = head.course.as_ref().map(|prose| builder.line(prose)).transpose()?;
    sheet.date = head.date.as_ref().map(|prose| builder.line(prose)).transpose()?;
    sheet.given = builder.given()?;
    sheet.reminder = builder.reminder()?;
    builder.blocks(&solution.blocks, 1, &mut sheet.blocks)?;
    sheet.summary = builder.summary()?;
    sheet.conventions = builder.conventions()?;
    sheet.has_enclosures = solution.has_forgotten;
    sheet.roundings = builder
        .rounded
        .iter()
        .map(|precision| match *precision {
            Precision::Places(places) => Rounding::Places(places),
            Precision::Significant(digits) => Rounding::Significant(digits),
        })
        .collect();
    Ok(sheet)
}

struct Builder<'s> {
    solution: &'s Solution,
    symbols: &'s ExerciseSymbols<'s>,
    typesetter: Typesetter<'s>,
    detail: Detail,
    options: &'s Options,
    /// How the file asks for numbers at this place.
    asked: NumberFormat,
    /// A forward pass stands on the sheet already.
    has_passes: bool,
    /// The block around is a round with a heading of its own.
    is_in_round: bool,
    /// The heading of a round around says which row of `data` it is for.
    says_row: bool,
    /// To how many digits figures were rounded so far.
    rounded: Vec<Precision>,
    /// The kinks that were hit, in order.
    kinks: Vec<Kink>,
    /// Letters for wide parts, given anew in every display.
    letters: Abbreviations<'s>,
}
impl Builder<'_> {
    fn show(&mut self, expr: &Expr) -> Result<Shown, RenderError> {
        let shown = self.typesetter.expr(expr)?;
        self.note(&shown);
        Ok(shown)
    }

    /// Remembers to how many digits a figure was rounded.
    fn note(&mut self, shown: &Shown) {
        let precision = self.typesetter.format.precision.unwrap_or(DEFAULT_PRECISION);
        if !shown.is_exact && !self.rounded.contains(&precision) {
            self.rounded.push(precision);
        }
    }

    fn show_numbers(&mut self, asked: NumberFormat) {
        self.asked = asked;
        self.typesetter.format = super::format(self.solution, asked, self.options);
    }

    fn number(&mut self, value: &Number) -> Result<Shown, RenderError> {
        self.literal(&Literal { value: value.clone(), style: NumberStyle::Auto })
    }

    fn literal(&mut self, literal: &Literal) -> Result<Shown, RenderError> {
        let shown = self.typesetter.number(literal)?;
        self.note(&shown);
        Ok(shown)
    }

    /// A number that stands alone in a sentence: ≈ before it where it is rounded.
    fn figure(&mut self, value: &Number) -> Result<String, RenderError> {
        let shown = self.number(value)?;
        let text = latex::inline(&shown.math);
        Ok(if shown.is_exact { text } else { format!(r"\approx {text}") })
    }

    /// `w = ½`, for a sentence.
    fn equation(&mut self, leaf: VariableId, literal: &Literal) -> Result<String, RenderError> {
        let shown = self.literal(literal)?;
        let sign = if shown.is_exact { "=" } else { r"\approx" };
        Ok(format!("{} {sign} {}", self.symbol(leaf), latex::inline(&shown.math)))
    }

    fn symbol(&self, variable: VariableId) -> String {
        latex::symbol(&self.symbols.variable(variable))
    }

    // Prose.

    /// Text of one line, paragraphs run together.
    fn line(&mut self, prose: &Prose) -> Result<Vec<Inline>, RenderError> {
        let paragraphs = self.paragraphs(prose)?;
        Ok(paragraphs.join(&Inline::Text(" ".to_owned())))
    }

    fn paragraphs(&mut self, prose: &Prose) -> Result<Vec<Vec<Inline>>, RenderError> {
        prose
            .paragraphs
            .iter()
            .map(|paragraph| paragraph.iter().map(|segment| self.segment(segment)).collect())
            .collect()
    }

    fn segment(&mut self, segment: &Segment) -> Result<Inline, RenderError> {
        Ok(match segment {
            Segment::Text(text) => {
                escape::check(text)?;
                Inline::Text(text.clone())
            }
            Segment::Math(expr) => Inline::Math(latex::in_prose(&self.show(expr)?.math)),
            Segment::Comparison(condition) => {
                Inline::Math(latex::condition(&self.typesetter.condition(condition)?))
            }
            Segment::Value(value) => Inline::Math(self.figure(value)?),
        })
    }

    // Blocks.

    fn blocks(
        &mut self,
        blocks: &[derivation::Block],
        level: usize,
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let mut number = 0;
        let outer = self.asked;
        let mut rest = blocks;
        while let Some((block, behind)) = rest.split_first() {
            let rounds = Self::rounds_for_a_table(rest);
            if rounds > 0 {
                self.training(&rest[..rounds], out)?;
                rest = &rest[rounds..];
                continue;
            }
            rest = behind;
            match block {
                derivation::Block::Format(format) => self.show_numbers(format.within(self.asked)),
                derivation::Block::Part { title, points, blocks } => {
                    number += 1;
                    self.heading(title, points.as_ref(), level, number, out)?;
                    self.blocks(blocks, level + 1, out)?;
                }
                derivation::Block::Question { title, points, answers } => {
                    number += 1;
                    self.heading(title, points.as_ref(), level, number, out)?;
                    for answer in answers {
                        let paragraphs = self.paragraphs(answer)?;
                        out.push(Block::Paragraphs(paragraphs));
                    }
                }
                derivation::Block::Text(prose) | derivation::Block::Note(prose) => {
                    let paragraphs = self.paragraphs(prose)?;
                    out.push(Block::Paragraphs(paragraphs));
                }
                derivation::Block::Unprinted { .. } => {}
                derivation::Block::Round { label, blocks } => {
                    out.push(Block::Round(label.clone()));
                    let says_row = self.says_row || matches!(label, RoundLabel::Row(_));
                    let outer = std::mem::replace(&mut self.says_row, says_row);
                    let outside = std::mem::replace(&mut self.is_in_round, true);
                    self.blocks(blocks, level, out)?;
                    (self.says_row, self.is_in_round) = (outer, outside);
                }
                task => self.task(task, level, out)?,
            }
        }
        // What a part asks for ends with it.
        self.show_numbers(outer);
        Ok(())
    }

    /// What a task gives.
    fn task(
        &mut self,
        block: &derivation::Block,
        level: usize,
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        match block {
            derivation::Block::Batch { passes, loss, comparison } => {
                self.batch(passes, loss.as_ref(), comparison.as_ref(), out)?;
            }
            derivation::Block::BatchGradient { passes, derivations, means } => {
                self.batch_gradient(passes, derivations, means, out)?;
            }
            derivation::Block::Symbols { derivations, .. } => {
                for derivation in derivations {
                    self.derivation(derivation, out)?;
                }
            }
            derivation::Block::Partial { step, .. } => {
                self.letters.restart();
                let mut draft = self.draft(step)?;
                if let Some(last) = draft.links.last_mut() {
                    last.is_answer = true;
                }
                out.push(Block::Partial { rows: rows(vec![draft]) });
            }
            derivation::Block::Set { values } => {
                let values = values
                    .iter()
                    .map(|(leaf, literal)| self.equation(*leaf, literal))
                    .collect::<Result<_, _>>()?;
                out.push(Block::Set { values });
            }
            derivation::Block::Reset => out.push(Block::Reset),
            derivation::Block::Forward { steps, comparison, pass } => {
                if level == 1 && !self.is_in_round {
                    out.push(Block::TaskHeading(TaskHeading::Forward));
                }
                self.letters.restart();
                let drafts =
                    steps.iter().map(|step| self.draft(step)).collect::<Result<Vec<_>, _>>()?;
                let rows = rows(drafts);
                let comparison = comparison.as_ref().map(|c| self.comparison(c)).transpose()?;
                let is_first = !std::mem::replace(&mut self.has_passes, true);
                let row = self.solution.passes[*pass].row.filter(|_| !self.says_row);
                out.push(Block::Forward { rows, comparison, is_first, row });
            }
            derivation::Block::Gradient { derivations, .. } => {
                if level == 1 && !self.is_in_round {
                    out.push(Block::TaskHeading(TaskHeading::Backward));
                }
                for derivation in derivations {
                    self.derivation(derivation, out)?;
                }
            }
            derivation::Block::Update {
                pass: _,
                look_ahead,
                derivations,
                optimiser,
                counts,
                steps,
            } => {
                if let Some(ahead) = look_ahead {
                    self.look_ahead(ahead, optimiser, out)?;
                }
                for derivation in derivations {
                    self.derivation(derivation, out)?;
                }
                self.update(optimiser, counts, steps, out)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn heading(
        &mut self,
        title: &Prose,
        points: Option<&Rational>,
        level: usize,
        number: usize,
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let points = match points {
            None => None,
            Some(value) => {
                let literal =
                    Literal { value: Number::from(value.clone()), style: NumberStyle::Auto };
                let value_text = latex::inline(&self.literal(&literal)?.math);
                Some(Points { value: value_text, is_one: value.is_one() })
            }
        };
        let title = self.line(title)?;
        let label = label(level, number);
        out.push(Block::Heading(Heading { level: level.min(3), label, title, points }));
        Ok(())
    }

    fn comparison(&mut self, c: &derivation::Comparison) -> Result<Comparison, RenderError> {
        let objective = self.solution.exercise.network.objective();
        Ok(Comparison {
            ordering: c.ordering,
            is_loss: objective.is_some_and(|objective| objective.sense == Sense::Minimize),
            before: self.figure(&c.before)?,
            after: self.figure(&c.after)?,
        })
    }

    fn derivation(
        &mut self,
        derivation: &Derivation,
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let network = &self.solution.exercise.network;
        let target = derivation.target;
        let symbol = self.symbol(target);
        let role = match network.role(target) {
            Some(Role::Parameter) => TargetRole::Parameter,
            Some(Role::Input) => TargetRole::Input,
            Some(Role::Target) => TargetRole::Target,
            Some(Role::Constant) => TargetRole::Constant,
            None if network.is_objective(target) => TargetRole::Objective,
            None => TargetRole::Node,
        };
        out.push(Block::Target { role, symbol: symbol.clone() });
        let kind = match derivation.kind {
            DerivationKind::Chain
                if network.consumers_toward_objective(target).all(|own| network.is_given(own)) =>
            {
                DerivationView::Given
            }
            DerivationKind::Chain => DerivationView::Chain,
            DerivationKind::Repeated => DerivationView::Repeated,
            DerivationKind::Seed => DerivationView::Seed,
            DerivationKind::Unused => DerivationView::Unused { symbol },
            DerivationKind::Unreached => DerivationView::Unreached {
                symbol,
                objective: latex::symbol(&self.symbols.objective()),
            },
        };
        self.letters.restart();
        let mut goal = self.draft(&derivation.goal)?;
        let remarks = std::mem::take(&mut goal.remarks);
        if let Some(last) = goal.links.last_mut() {
            last.is_answer = true;
        }
        let mut drafts = vec![goal];
        for (position, step) in derivation.support.iter().enumerate() {
            // Drafted even where it is not shown: conventions and rounding are said all the same.
            let mut draft = self.draft(step)?;
            draft.opens_support = position == 0;
            if self.detail == Detail::Full {
                drafts.push(draft);
            }
        }
        out.push(Block::Derivation { kind, remarks, rows: rows(drafts) });
        match &derivation.paths {
            Some(paths) => self.paths(paths, out),
            None => Ok(()),
        }
    }
}

/// `1`, `(a)`, `(i)`: the label of a part by its level.
fn label(level: usize, number: usize) -> String {
    match level {
        1 => number.to_string(),
        2 => match u8::try_from(number) {
            Ok(number @ 1..=26) => format!("({})", char::from(b'a' + number - 1)),
            _ => format!("({number})"),
        },
        _ => {
            let numerals = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
            match numerals.get(number - 1) {
                Some(numeral) => format!("({numeral})"),
                None => format!("({number})"),
            }
        }
    }
}
