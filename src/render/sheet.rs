//! From a solution to the view model of its sheet.

use rustc_hash::FxHashSet;

use super::abbreviations::{Abbreviations, has_cases};
use super::symbols::ExerciseSymbols;
use super::view::{
    Block, Comparison, Convention, DerivationView, Given, Heading, Inline, ParagraphKind, Place,
    Points, Reason, Remark, Rounding, Row, Sheet, Summary, TargetRole, TaskHeading,
};
use super::{Detail, Options, RenderError, escape};
use crate::derivation::{
    self, Branch, Derivation, DerivationKind, Justification, Prose, Segment, Solution, Step,
};
use crate::exact::{Number, Precision, Rational};
use crate::exercise::{Kind, Role, Sense};
use crate::expr::{
    ConventionValue, Expr, Kink, Literal, NumberStyle, Quantity, TieRule, VariableId,
};
use crate::notation::latex::{self, EM, Layout, Link, Pieces, Width};
use crate::notation::{Format, Math, Mode, Shown, Symbols as _, Typesetter};

/// The width of a display: 160 mm of text at 11 pt, less its indent and a reserve for what the estimate of
/// widths may miss.
const TEXT_WIDTH: Width = 37 * EM;
/// A left side wider than this does not set the column of relation signs.
const MAX_LEFT_SIDE: Width = 11 * EM;
/// A figure wider than this does not stand in a reason.
const MAX_REASON_FIGURE: Width = 9 * EM;
/// Room for the word before a reason.
const REASON_WORDS: Width = 4 * EM;
/// A formula wider than this does not stand in a sentence.
const MAX_SENTENCE_FORMULA: Width = 28 * EM;
/// Updates that the summary has columns for.
const MAX_SUMMARY_UPDATES: usize = 2;

/// The view model of a solution.
pub(super) fn sheet(solution: &Solution, options: &Options) -> Result<Sheet, RenderError> {
    let symbols = ExerciseSymbols::new(&solution.exercise);
    let format = super::format(solution, options);
    let mut builder = Builder {
        solution,
        symbols: &symbols,
        typesetter: Typesetter { symbols: &symbols, format },
        detail: options.detail,
        has_rounded: false,
        kinks: Vec::new(),
        letters: Abbreviations::new(&solution.exercise),
    };
    for id in solution.exercise.network.ids() {
        escape::check(&solution.exercise.network[id].name.base)?;
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
    builder.blocks(&solution.blocks, 1, &mut sheet.blocks)?;
    sheet.summary = builder.summary()?;
    sheet.conventions = builder.conventions()?;
    if builder.has_rounded {
        sheet.rounding = Some(match format.precision {
            Some(Precision::Places(places)) => Rounding::Places(places),
            Some(Precision::Significant(digits)) => Rounding::Significant(digits),
            None => Rounding::Significant(6),
        });
    }
    Ok(sheet)
}

struct Builder<'s> {
    solution: &'s Solution,
    symbols: &'s ExerciseSymbols<'s>,
    typesetter: Typesetter<'s>,
    detail: Detail,
    /// Some figure so far was rounded.
    has_rounded: bool,
    /// The kinks that were hit, in order.
    kinks: Vec<Kink>,
    /// Letters for wide parts, given anew in every display.
    letters: Abbreviations,
}

/// A row before the widths of its neighbours are known.
struct Draft {
    left: Math,
    links: Vec<Link>,
    is_assignment: bool,
    reasons: Vec<(Reason, Width)>,
    remarks: Vec<Remark>,
    opens_support: bool,
    /// Letters for parts that are too wide, each with what it stands for.
    abbreviations: Vec<(Math, Shown)>,
    opens_abbreviations: bool,
}

impl Draft {
    /// `left = form` and nothing more.
    fn plain(left: Math, form: Shown) -> Self {
        let link = Link { is_exact: form.is_exact, math: form.math, is_answer: false };
        Self {
            left,
            links: vec![link],
            is_assignment: false,
            reasons: Vec::new(),
            remarks: Vec::new(),
            opens_support: false,
            abbreviations: Vec::new(),
            opens_abbreviations: false,
        }
    }
}

impl Builder<'_> {
    fn show(&mut self, expr: &Expr) -> Result<Shown, RenderError> {
        let shown = self.typesetter.expr(expr)?;
        self.has_rounded |= !shown.is_exact;
        Ok(shown)
    }

    fn number(&mut self, value: &Number) -> Result<Shown, RenderError> {
        self.literal(&Literal { value: value.clone(), style: NumberStyle::Auto })
    }

    /// A number for a line that cannot break: rounded where its exact form is too wide.
    fn short_number(&mut self, value: &Number) -> Result<Shown, RenderError> {
        let shown = self.number(value)?;
        if latex::width(&shown.math) <= MAX_REASON_FIGURE {
            return Ok(shown);
        }
        let format = Format { forced: Some(Mode::Decimal), ..self.typesetter.format };
        let literal = Literal { value: value.clone(), style: NumberStyle::Auto };
        let shown = Typesetter { format, ..self.typesetter }.number(&literal)?;
        self.has_rounded |= !shown.is_exact;
        Ok(shown)
    }

    fn literal(&mut self, literal: &Literal) -> Result<Shown, RenderError> {
        let shown = self.typesetter.number(literal)?;
        self.has_rounded |= !shown.is_exact;
        Ok(shown)
    }

    /// A number that stands alone in a sentence: ≈ before it where it is rounded.
    fn figure(&mut self, value: &Number) -> Result<String, RenderError> {
        let shown = self.number(value)?;
        let text = latex::inline(&shown.math);
        Ok(if shown.is_exact { text } else { format!(r"\approx {text}") })
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

    // What is given.

    fn given(&mut self) -> Result<Given, RenderError> {
        let network = &self.solution.exercise.network;
        let mut given = Given::default();
        let mut drafts = Vec::new();
        let mut needs_display = false;
        self.letters.restart();
        for node in network.ids() {
            if let Some(definition) = network.definition(node) {
                let shown = self.show(definition)?;
                let left = self.typesetter.quantity(Quantity::Variable(node));
                needs_display |= has_cases(&shown.math)
                    || latex::width(&shown.math) + latex::width(&left) > MAX_SENTENCE_FORMULA;
                given.definitions.push(format!(
                    "{} {} {}",
                    latex::inline(&left),
                    if shown.is_exact { "=" } else { r"\approx" },
                    latex::inline(&shown.math)
                ));
                let given_before = self.letters.count();
                let math = self.letters.shorten(shown.math, shown.is_exact);
                let form = Shown { math, is_exact: shown.is_exact };
                let mut draft = Draft::plain(left, form);
                draft.abbreviations = self.letters.given_since(given_before);
                drafts.push(draft);
            }
        }
        if needs_display {
            given.definition_rows = rows(drafts);
        }
        given.inputs = self.given_leaves(Role::Input)?;
        given.targets = self.given_leaves(Role::Target)?;
        given.constants = self.given_leaves(Role::Constant)?;
        given.parameters = self.given_leaves(Role::Parameter)?;
        let several = |role| network.leaves(role).nth(1).is_some();
        given.inputs_are_several = several(Role::Input);
        given.targets_are_several = several(Role::Target);
        given.constants_are_several = several(Role::Constant);
        given.parameters_are_several = several(Role::Parameter);
        Ok(given)
    }

    /// `a = 1`, neighbours of one value together: `w_0 = w_1 = ½`.
    fn given_leaves(&mut self, role: Role) -> Result<Vec<String>, RenderError> {
        let network = &self.solution.exercise.network;
        let mut groups: Vec<(Vec<String>, String, bool)> = Vec::new();
        for leaf in network.leaves(role) {
            let Kind::Leaf { value, style, .. } = &network[leaf].kind else { continue };
            let shown = self.literal(&Literal { value: value.clone(), style: *style })?;
            let text = latex::inline(&shown.math);
            let name = self.symbol(leaf);
            match groups.last_mut() {
                // Long equations do not break in a sentence, so groups stay short.
                Some((names, own, _)) if *own == text && names.len() < 4 => names.push(name),
                _ => groups.push((vec![name], text, shown.is_exact)),
            }
        }
        Ok(groups
            .into_iter()
            .map(|(names, value, is_exact)| {
                let sign = if is_exact { "=" } else { r"\approx" };
                format!("{} {sign} {value}", names.join(" = "))
            })
            .collect())
    }

    /// Every convention that was used, once.
    fn conventions(&mut self) -> Result<Vec<Convention>, RenderError> {
        let stated = &self.solution.exercise.conventions;
        let mut conventions = Vec::new();
        for kink in std::mem::take(&mut self.kinks) {
            let function = function_name(kink.operator);
            if kink.place == "tie" {
                conventions.push(match stated.tie(kink) {
                    TieRule::Share => Convention::TieShared { function },
                    TieRule::First => Convention::TieFirst { function },
                });
                continue;
            }
            let default = Number::zero();
            let value = match stated.get(kink) {
                Some(ConventionValue::Slope(value)) => value.clone(),
                _ if kink.operator == "leaky_relu" => continue,
                _ => default,
            };
            let literal = Literal { value, style: NumberStyle::Fraction };
            let place = match kink.place {
                "lo" => Place::Lower,
                "hi" => Place::Upper,
                _ => Place::Zero,
            };
            let value = latex::inline(&self.literal(&literal)?.math);
            conventions.push(Convention::Slope { function, place, value });
        }
        Ok(conventions)
    }

    // Blocks.

    fn blocks(
        &mut self,
        blocks: &[derivation::Block],
        level: usize,
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let mut number = 0;
        for block in blocks {
            match block {
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
                        out.push(Block::Paragraphs { kind: ParagraphKind::Answer, paragraphs });
                    }
                }
                derivation::Block::Text(prose) => {
                    let paragraphs = self.paragraphs(prose)?;
                    out.push(Block::Paragraphs { kind: ParagraphKind::Text, paragraphs });
                }
                derivation::Block::Note(prose) => {
                    let paragraphs = self.paragraphs(prose)?;
                    out.push(Block::Paragraphs { kind: ParagraphKind::Note, paragraphs });
                }
                derivation::Block::Round { number, of, blocks } => {
                    out.push(Block::Round { number: *number, of: *of });
                    self.blocks(blocks, level, out)?;
                }
                derivation::Block::Forward { steps, comparison, pass } => {
                    if level == 1 {
                        out.push(Block::TaskHeading(TaskHeading::Forward));
                    }
                    self.letters.restart();
                    let drafts =
                        steps.iter().map(|step| self.draft(step)).collect::<Result<Vec<_>, _>>()?;
                    let rows = rows(drafts);
                    let comparison = comparison.as_ref().map(|c| self.comparison(c)).transpose()?;
                    out.push(Block::Forward { rows, comparison, is_first: *pass == 0 });
                }
                derivation::Block::Gradient { derivations, .. } => {
                    if level == 1 {
                        out.push(Block::TaskHeading(TaskHeading::Backward));
                    }
                    for derivation in derivations {
                        self.derivation(derivation, out)?;
                    }
                }
                derivation::Block::Update { derivations, settings, steps, .. } => {
                    for derivation in derivations {
                        self.derivation(derivation, out)?;
                    }
                    self.update(settings, steps, out)?;
                }
            }
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
        Ok(())
    }

    fn update(
        &mut self,
        settings: &[(crate::expr::Setting, Literal)],
        steps: &[Step],
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let mut shown_settings = Vec::with_capacity(settings.len());
        for (setting, literal) in settings {
            let symbol = latex::symbol(&self.symbols.other(Quantity::Setting(*setting)));
            let shown = self.literal(literal)?;
            let sign = if shown.is_exact { "=" } else { r"\approx" };
            shown_settings.push(format!("{symbol} {sign} {}", latex::inline(&shown.math)));
        }
        let mut drafts = Vec::with_capacity(steps.len());
        for step in steps {
            let mut draft = self.draft(step)?;
            draft.is_assignment = true;
            if let Some(last) = draft.links.last_mut() {
                last.is_answer = true;
            }
            drafts.push(draft);
        }
        let several = steps.len() > 1;
        out.push(Block::Update { settings: shown_settings, rows: rows(drafts), several });
        Ok(())
    }

    // Steps.

    fn draft(&mut self, step: &Step) -> Result<Draft, RenderError> {
        let left = self.typesetter.quantity(match step.target {
            // On its own line the local partial of the objective is no other than the target.
            Quantity::LocalPartial { of, by } => Quantity::LocalPartial { of, by },
            other => other,
        });
        let mut links: Vec<Link> = Vec::new();
        let mut was_exact = true;
        let value = Expr::number(step.value.clone());
        for form in step.symbolic.iter().chain(&step.numeric).chain([&value]) {
            let shown = self.show(form)?;
            if shown.math == *links.last().map_or(&left, |link| &link.math) {
                continue;
            }
            // `=` only between two sides that are both shown exactly.
            let is_exact = was_exact && shown.is_exact;
            was_exact = shown.is_exact;
            links.push(Link { is_exact, math: shown.math, is_answer: false });
        }
        let given_before = self.letters.count();
        if !step.branches.is_empty() {
            for link in &mut links {
                link.math = self.letters.shorten(link.math.clone(), link.is_exact);
            }
        }
        let mut reasons = Vec::new();
        for branch in &step.branches {
            let reason = self.reason(branch)?;
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let is_objective_node = step.justification == Justification::Definition
            && matches!(step.target, Quantity::Variable(node)
                if self.solution.exercise.network.is_objective(node));
        if is_objective_node && let Some(last) = links.last_mut() {
            last.is_answer = true;
        }
        Ok(Draft {
            left,
            links,
            is_assignment: false,
            reasons,
            remarks: self.remarks(step),
            opens_support: false,
            abbreviations: self.letters.given_since(given_before),
            opens_abbreviations: false,
        })
    }

    /// What there is to say of a step: identity nodes on the way, and several consumers.
    fn remarks(&self, step: &Step) -> Vec<Remark> {
        let network = &self.solution.exercise.network;
        let mut remarks = Vec::new();
        let mut identity = |node: VariableId| {
            if let Some(operand) = network.identity_of(node) {
                remarks.push(Remark::Identity {
                    node: self.symbol(node),
                    operand: self.symbol(operand),
                });
            }
        };
        if let Justification::Identity { node } = step.justification {
            identity(node);
            for also in step.also.iter().skip(1) {
                if let Quantity::Adjoint(node) = also {
                    identity(*node);
                }
            }
        }
        let fan_out = match (&step.justification, step.also.last(), step.target) {
            (Justification::ChainRule { consumers }, _, Quantity::Adjoint(variable))
                if consumers.len() > 1 =>
            {
                Some(variable)
            }
            (Justification::Identity { .. }, Some(Quantity::Adjoint(last)), _) => Some(*last),
            _ => None,
        };
        if let Some(variable) = fan_out {
            let consumers: Vec<String> = network
                .consumers_toward_objective(variable)
                .map(|consumer| self.symbol(consumer))
                .collect();
            if consumers.len() > 1 {
                remarks.push(Remark::FanOut { variable: self.symbol(variable), consumers });
            }
        }
        remarks
    }

    /// `z_1 = ¼ ≥ 0`: the left side, its value, the sign, and the right side.
    fn reason(&mut self, branch: &Branch) -> Result<(Reason, Width), RenderError> {
        if let Some(kink) = branch.kink
            && !self.kinks.contains(&kink)
        {
            self.kinks.push(kink);
        }
        let mut left = self.show(&branch.condition.left)?;
        let mut right = self.show(&branch.condition.right)?;
        left.math = self.letters.part(left.math, left.is_exact);
        right.math = self.letters.part(right.math, right.is_exact);
        let left_value = self.short_number(&branch.left)?;
        let right_value = self.short_number(&branch.right)?;
        let mut text = latex::inline(&left.math);
        let mut width = latex::width(&left.math);
        let relation = latex::relation(branch.condition.relation);
        let mut append = |sign: &str, math: &Math| {
            text.push_str(&format!(" {sign} {}", latex::inline(math)));
            width += latex::width(math) + 1340;
        };
        let equals = |is_exact: bool| if is_exact { "=" } else { r"\approx" };
        let is_literal = |expr: &Expr| expr.as_number().is_some();
        if left_value.math != left.math && !is_literal(&branch.condition.left) {
            append(equals(left.is_exact && left_value.is_exact), &left_value.math);
        }
        if branch.kink.is_some() {
            // z = 0, or w = 2 = 2x: the sign between is one of equality, so the value stands once.
            if left_value.math != right.math {
                append(relation, &right.math);
            }
        } else if right.math == right_value.math || is_literal(&branch.condition.right) {
            append(relation, &right.math);
        } else {
            append(relation, &right_value.math);
            append(equals(right.is_exact && right_value.is_exact), &right.math);
        }
        let by_convention = branch.kink.is_some();
        if by_convention {
            width += 7 * EM;
        }
        Ok((Reason { condition: text, by_convention }, width + REASON_WORDS))
    }

    // The summary.

    fn summary(&mut self) -> Result<Option<Summary>, RenderError> {
        let Some(objective) = self.solution.exercise.network.objective() else { return Ok(None) };
        if self.detail == Detail::Brief {
            return Ok(None);
        }
        let updated: Vec<usize> = (0..self.solution.passes.len())
            .filter(|pass| !self.solution.passes[*pass].updates.is_empty())
            .collect();
        if updated.is_empty() || updated.len() > MAX_SUMMARY_UPDATES {
            return Ok(None);
        }
        let passes = &self.solution.passes;
        let moved: FxHashSet<VariableId> = updated
            .iter()
            .flat_map(|pass| passes[*pass].updates.iter().map(|(parameter, _)| *parameter))
            .collect();
        let mut parameters: Vec<VariableId> = moved.into_iter().collect();
        parameters.sort_unstable();
        let mut rows = Vec::new();
        let mut widest = 0;
        for parameter in parameters {
            let first = passes[updated[0]].literal(parameter);
            let mut row = vec![self.symbol(parameter), self.cell(&first, &mut widest)?];
            for &pass in &updated {
                let adjoint = passes[pass].adjoints[parameter.index()].clone();
                let new = passes[pass].updates.iter().find(|(own, _)| *own == parameter);
                for value in [adjoint, new.map(|(_, value)| value.clone())] {
                    row.push(match value {
                        Some(value) => {
                            self.cell(&Literal { value, style: NumberStyle::Auto }, &mut widest)?
                        }
                        None => String::new(),
                    });
                }
            }
            rows.push(row);
        }
        let mut objective_row = vec![self.symbol(objective.variable)];
        objective_row
            .push(self.cell(&passes[updated[0]].literal(objective.variable), &mut widest)?);
        for &pass in &updated {
            objective_row.push(String::new());
            objective_row.push(match passes.get(pass + 1) {
                Some(next) => self.cell(&next.literal(objective.variable), &mut widest)?,
                None => String::new(),
            });
        }
        let objective = latex::symbol(&self.symbols.objective());
        let columns = Width::try_from(objective_row.len()).unwrap_or(Width::MAX);
        if columns.saturating_mul(widest + 2 * EM) > TEXT_WIDTH {
            return Ok(None);
        }
        Ok(Some(Summary { objective, updates: updated.len(), rows, objective_row }))
    }

    fn cell(&mut self, literal: &Literal, widest: &mut Width) -> Result<String, RenderError> {
        let shown = self.literal(literal)?;
        let (text, width) = latex::inline_with_width(&shown.math);
        *widest = width.max(*widest);
        Ok(if shown.is_exact { text } else { format!(r"\approx {text}") })
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

/// The name of an operator as it stands in formulas.
fn function_name(operator: &str) -> String {
    match operator {
        "relu" => r"\relu".to_owned(),
        "abs" | "l1" => r"\lvert\cdot\rvert".to_owned(),
        "max" | "min" => format!("\\{operator}"),
        "hard_sigmoid" => r"\operatorname{HardSigmoid}".to_owned(),
        "relu6" => r"\operatorname{ReLU6}".to_owned(),
        "leaky_relu" => r"\operatorname{LeakyReLU}".to_owned(),
        other => format!(r"\operatorname{{{other}}}"),
    }
}

/// Reasons on lines that fit: the first behind the result if there is room, else all below it.
fn place_reasons(
    reasons: Vec<(Reason, Width)>,
    last_width: Width,
    room: Width,
) -> (Vec<Vec<Reason>>, bool) {
    let below = reasons.first().is_some_and(|(_, width)| last_width + width > room);
    let mut used = if below { 0 } else { last_width };
    let mut lines: Vec<Vec<Reason>> = Vec::new();
    for (reason, width) in reasons {
        if !lines.is_empty() && used + width <= room {
            used += width;
            if let Some(line) = lines.last_mut() {
                line.push(reason);
            }
            continue;
        }
        used = if lines.is_empty() { used + width } else { width };
        lines.push(vec![reason]);
    }
    (lines, below)
}

/// The drafts, each followed by what its letters stand for.
fn with_abbreviations(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut all = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        let abbreviations = std::mem::take(&mut draft.abbreviations);
        all.push(draft);
        for (position, (letter, form)) in abbreviations.into_iter().enumerate() {
            let mut row = Draft::plain(letter, form);
            row.opens_abbreviations = position == 0;
            all.push(row);
        }
    }
    all
}

/// Drafts to rows: the widest left side that is not too wide sets the column of the relation signs.
fn rows(drafts: Vec<Draft>) -> Vec<Row> {
    let drafts = with_abbreviations(drafts);
    let left_sides: Vec<(String, Width)> =
        drafts.iter().map(|draft| latex::inline_with_width(&draft.left)).collect();
    let written: Vec<Vec<Pieces>> = drafts
        .iter()
        .map(|draft| draft.links.iter().map(|link| Pieces::of(&link.math)).collect())
        .collect();
    // What cannot be broken must fit beside the column.
    let widest = written.iter().flatten().map(Pieces::widest_piece).max().unwrap_or(0);
    let max_left = MAX_LEFT_SIDE.min(TEXT_WIDTH.saturating_sub(widest + 3 * EM)).max(2 * EM);
    let column = left_sides
        .iter()
        .map(|(_, width)| *width)
        .filter(|width| *width <= max_left)
        .max()
        .unwrap_or(0);
    let layout = Layout { room: TEXT_WIDTH.saturating_sub(column.max(EM)) };
    let follows: Vec<bool> = drafts
        .iter()
        .skip(1)
        .map(|next| !next.opens_support && !next.opens_abbreviations && next.remarks.is_empty())
        .chain([false])
        .collect();
    drafts
        .into_iter()
        .zip(written)
        .zip(left_sides)
        .zip(follows)
        .map(|(((draft, written), (mut left, left_width)), ends_line)| {
            let wide = left_width > max_left;
            let (mut lines, last_width) = latex::chain(&draft.links, &written, layout);
            if draft.is_assignment
                && let Some(first) = lines.first_mut()
            {
                *first = first.replacen("&=", r"&\leftarrow", 1).replacen(
                    r"&\approx",
                    r"&\leftarrow",
                    1,
                );
            }
            if wide {
                lines.insert(0, format!(r"\MoveEqLeft[1] {left}"));
            } else if let Some(first) = lines.first_mut() {
                left.push(' ');
                first.insert_str(0, &left);
            }
            let (reasons, reasons_below) = place_reasons(draft.reasons, last_width, layout.room);
            Row {
                opens_support: draft.opens_support,
                opens_abbreviations: draft.opens_abbreviations,
                remarks: draft.remarks,
                lines,
                reasons,
                reasons_below,
                ends_line,
            }
        })
        .collect()
}
