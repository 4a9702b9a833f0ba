//! The machine-readable result. Its shape is documented in `docs/json.md`; [`FORMAT`] is raised when it
//! breaks.

use serde_json::{Map, Value, json};

use super::{Options, RenderError};
use crate::derivation::{
    Block, Comparison, Derivation, DerivationKind, Justification, Pass, Path, Paths, Prose,
    Segment, Solution, StatedActivation, Step,
};
use crate::exact::{Number, Precision};
use crate::exercise::{Exercise, RoundLabel};
use crate::expr::{Names, Quantity, Setting, VariableId, to_text};

/// The number of the result's shape.
const FORMAT: u32 = 1;
/// Significant digits of decimals unless an option says otherwise.
const DIGITS: u32 = 6;

/// The solution as JSON, indented, with a newline at its end.
///
/// # Errors
/// Where a decimal cannot be determined.
pub fn json(solution: &Solution, options: &Options) -> Result<String, RenderError> {
    let writer = Writer {
        passes: &solution.passes,
        exercise: &solution.exercise,
        precision: Precision::Significant(options.digits.unwrap_or(DIGITS)),
    };
    let title = solution.head.title.as_ref().map(|title| writer.prose(title));
    let passes = solution
        .passes
        .iter()
        .filter(|pass| pass.number.is_some())
        .map(|pass| writer.pass(pass))
        .collect::<Result<Vec<_>, _>>()?;
    let parts = writer.blocks(&solution.blocks)?;
    let mut result = Map::new();
    result.insert("tool".to_owned(), json!("nablatex"));
    result.insert("format".to_owned(), json!(FORMAT));
    result.insert("title".to_owned(), json!(title));
    if !solution.activations.is_empty() {
        result.insert("activations".to_owned(), json!(writer.activations(&solution.activations)));
    }
    result.insert("passes".to_owned(), json!(passes));
    result.insert("parts".to_owned(), json!(parts));
    let mut text = serde_json::to_string_pretty(&result)
        .map_err(|error| RenderError::Template(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// Characters that a closed form may take; a longer one is left out.
const EXACT_CHARACTERS: usize = 80;

struct Writer<'e> {
    passes: &'e [Pass],
    exercise: &'e Exercise,
    precision: Precision,
}

impl Writer<'_> {
    fn number(&self, value: &Number) -> Result<Value, RenderError> {
        let decimal = value.decimal(self.precision)?.trimmed();
        let exact = match value.as_rational() {
            Some(rational) => Some(rational.to_string()),
            None => value.closed_form(EXACT_CHARACTERS).map(|form| form.to_string()),
        };
        Ok(json!({ "exact": exact, "decimal": decimal.plain() }))
    }

    /// A number, or over symbols the expression in leaves.
    fn value(&self, pass: &Pass, quantity: Quantity, value: &Number) -> Result<Value, RenderError> {
        if !pass.unknown.contains(&quantity) {
            return self.number(value);
        }
        let form = pass.expanded.get(&quantity).map(|form| to_text(form, self.exercise));
        Ok(json!({ "exact": form, "decimal": null }))
    }

    fn activations(&self, stated: &[StatedActivation]) -> Vec<Value> {
        let entry = |own: &StatedActivation| {
            json!({
                "name": own.function.name(),
                "parameter": self.exercise.name(own.function.parameter()),
                "definition": to_text(&own.definition, self.exercise),
                "derivative": to_text(&own.derivative, self.exercise),
            })
        };
        stated.iter().map(entry).collect()
    }

    /// The number of a pass, from 1.
    fn number_of(&self, position: usize) -> Value {
        json!(self.passes.get(position).and_then(|pass| pass.number))
    }

    fn name(&self, variable: VariableId) -> String {
        self.exercise.network[variable].name.to_string()
    }

    fn pass(&self, pass: &Pass) -> Result<Value, RenderError> {
        let mut values = Map::new();
        for id in self.exercise.network.ids().filter(|id| !self.exercise.network.is_given(*id)) {
            let quantity = Quantity::Variable(id);
            values.insert(self.name(id), self.value(pass, quantity, &pass.values[id.index()])?);
        }
        let mut gradients = Map::new();
        // Of a mini-batch the gradients are the batch's and stand with its last row.
        let own = pass.adjoint_order.iter().filter(|_| !pass.is_in_batch);
        for &id in own {
            if let Some(adjoint) = &pass.adjoints[id.index()] {
                let quantity = Quantity::Adjoint(id);
                gradients.insert(self.name(id), self.value(pass, quantity, adjoint)?);
            }
        }
        for (id, form) in &pass.in_symbols {
            let form = form.as_ref().map(|form| to_text(form, self.exercise));
            let entry = gradients.entry(self.name(*id));
            entry.or_insert_with(|| json!({ "exact": form, "decimal": null }));
        }
        if let Some(batch) = &pass.batch {
            for (id, gradient) in &batch.gradients {
                let quantity = Quantity::MeanAdjoint(*id);
                gradients.insert(self.name(*id), self.value(pass, quantity, gradient)?);
            }
        }
        let mut partials = Map::new();
        for ((of, by), value) in &pass.partials {
            let entry = partials.entry(self.name(*of)).or_insert_with(|| json!({}));
            if let Value::Object(operands) = entry {
                let quantity = Quantity::LocalPartial { of: *of, by: *by };
                operands.insert(self.name(*by), self.value(pass, quantity, value)?);
            }
        }
        let mut updates = Map::new();
        for (parameter, value) in &pass.updates {
            let quantity = Quantity::Updated(*parameter);
            updates.insert(self.name(*parameter), self.value(pass, quantity, value)?);
        }
        let mut result = Map::new();
        if let Some(row) = pass.row {
            result.insert("row".to_owned(), json!(row));
        }
        result.insert("values".to_owned(), Value::Object(values));
        result.insert("gradients".to_owned(), Value::Object(gradients));
        if let Some(batch) = &pass.batch {
            let loss = batch.loss.as_ref();
            let loss =
                loss.map(|loss| self.value(pass, Quantity::MeanObjective, loss)).transpose()?;
            result.insert("batch".to_owned(), json!({ "rows": batch.rows, "loss": loss }));
        }
        result.insert("partials".to_owned(), Value::Object(partials));
        result.insert("updates".to_owned(), Value::Object(updates));
        Ok(Value::Object(result))
    }

    fn blocks(&self, blocks: &[Block]) -> Result<Vec<Value>, RenderError> {
        blocks.iter().filter_map(|block| self.block(block).transpose()).collect()
    }

    fn block(&self, block: &Block) -> Result<Option<Value>, RenderError> {
        Ok(Some(match block {
            Block::Part { title, points, blocks } => json!({
                "kind": "part",
                "title": self.prose(title),
                "points": points.as_ref().map(ToString::to_string),
                "items": self.blocks(blocks)?,
            }),
            Block::Question { title, points, answers } => json!({
                "kind": "question",
                "title": self.prose(title),
                "points": points.as_ref().map(ToString::to_string),
                "answers": self.proses(answers),
            }),
            Block::Text(prose) => json!({ "kind": "text", "text": self.prose(prose) }),
            Block::Note(prose) => json!({ "kind": "note", "text": self.prose(prose) }),
            Block::Forward { pass, steps, comparison } => json!({
                "kind": "forward",
                "pass": self.number_of(*pass),
                "steps": self.steps(steps)?,
                "comparison": comparison.as_ref().map(|c| self.comparison(c)).transpose()?,
            }),
            Block::Gradient { pass, derivations } => json!({
                "kind": "gradient",
                "pass": self.number_of(*pass),
                "derivations": self.derivations(derivations)?,
            }),
            Block::Update { pass, look_ahead, derivations, optimiser, steps, .. } => {
                let mut settings = Map::new();
                let numbers = optimiser.settings.numbers.iter().filter(|(setting, literal)| {
                    // What is 0 by default plays no part.
                    *setting == Setting::LearningRate || literal.value != Number::zero()
                });
                for (setting, literal) in numbers {
                    let name = self.exercise.name(Quantity::Setting(*setting));
                    settings.insert(name, self.number(&literal.value)?);
                }
                for switch in &optimiser.settings.switches {
                    settings.insert((*switch).to_owned(), json!(true));
                }
                let mut update = Map::new();
                update.insert("kind".to_owned(), json!("update"));
                update.insert("pass".to_owned(), self.number_of(*pass));
                update.insert("optimiser".to_owned(), json!(optimiser.optimiser.name()));
                update.insert("settings".to_owned(), Value::Object(settings));
                if let Some(ahead) = look_ahead {
                    let shown = json!({
                        "positions": self.steps(&ahead.positions)?,
                        "steps": self.steps(&ahead.steps)?,
                    });
                    update.insert("look_ahead".to_owned(), shown);
                }
                update.insert("derivations".to_owned(), json!(self.derivations(derivations)?));
                update.insert("steps".to_owned(), json!(self.steps(steps)?));
                Value::Object(update)
            }
            Block::Unprinted { .. } | Block::Format(_) => return Ok(None),
            Block::Batch { passes, loss, comparison } => json!({
                "kind": "batch passes",
                "passes": passes.iter().map(|pass| self.number_of(*pass)).collect::<Vec<_>>(),
                "loss": loss.as_ref().map(|step| self.step(step)).transpose()?,
                "comparison": comparison.as_ref().map(|c| self.comparison(c)).transpose()?,
            }),
            Block::BatchGradient { passes, derivations, means } => json!({
                "kind": "batch gradient",
                "passes": passes.iter().map(|pass| self.number_of(*pass)).collect::<Vec<_>>(),
                "derivations": self.derivations(derivations)?,
                "means": self.steps(means)?,
            }),
            Block::Symbols { pass, derivations } => json!({
                "kind": "gradient in symbols",
                "pass": self.number_of(*pass),
                "derivations": self.derivations(derivations)?,
            }),
            Block::Partial { pass, step } => json!({
                "kind": "partial",
                "pass": self.number_of(*pass),
                "step": self.step(step)?,
            }),
            Block::Set { values } => {
                let mut shown = Map::new();
                for (leaf, literal) in values {
                    shown.insert(self.name(*leaf), self.number(&literal.value)?);
                }
                json!({ "kind": "set", "values": shown })
            }
            Block::Reset => json!({ "kind": "reset" }),
            Block::Round { label, blocks } => {
                let items = self.blocks(blocks)?;
                match label {
                    RoundLabel::Repetition { number, of } => json!({
                        "kind": "round", "number": number, "of": of, "items": items,
                    }),
                    RoundLabel::Row(row) => json!({ "kind": "row", "row": row, "items": items }),
                    RoundLabel::Batch(rows) => {
                        json!({ "kind": "batch", "rows": rows, "items": items })
                    }
                }
            }
        }))
    }

    fn comparison(&self, comparison: &Comparison) -> Result<Value, RenderError> {
        Ok(json!({
            "before": self.number(&comparison.before)?,
            "after": self.number(&comparison.after)?,
        }))
    }

    fn derivations(&self, derivations: &[Derivation]) -> Result<Vec<Value>, RenderError> {
        derivations
            .iter()
            .map(|derivation| {
                let kind = match derivation.kind {
                    DerivationKind::Chain => "chain rule",
                    DerivationKind::Repeated => "derived above",
                    DerivationKind::Seed => "seed",
                    DerivationKind::Unused => "unused",
                    DerivationKind::Unreached => "unreached",
                };
                let mut entry = json!({
                    "name": self.name(derivation.target),
                    "kind": kind,
                    "goal": self.step(&derivation.goal)?,
                    "support": self.steps(&derivation.support)?,
                });
                if let (Some(paths), Value::Object(entry)) = (&derivation.paths, &mut entry) {
                    entry.insert("paths".to_owned(), json!(self.paths(paths)?));
                }
                Ok(entry)
            })
            .collect()
    }

    fn paths(&self, paths: &Paths) -> Result<Vec<Value>, RenderError> {
        let one = |path: &Path| {
            let nodes: Vec<String> = path.nodes.iter().map(|node| self.name(*node)).collect();
            Ok(json!({ "nodes": nodes, "product": self.step(&path.step)? }))
        };
        paths.paths.iter().map(one).collect()
    }

    fn steps(&self, steps: &[Step]) -> Result<Vec<Value>, RenderError> {
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&self, step: &Step) -> Result<Value, RenderError> {
        let because = match &step.justification {
            Justification::Definition => "definition",
            Justification::Seed => "seed",
            Justification::Independence => "independence",
            Justification::Identity { .. } => "identity",
            Justification::ChainRule { .. } => "chain rule",
            Justification::Joint { .. } => "joint form",
            Justification::LocalPartial => "local partial",
            Justification::Path => "path",
            Justification::Mean => "mean over the batch",
            Justification::Update => "update",
            Justification::Standstill => "0/0 is a step of 0",
        };
        let forms: Vec<String> = step
            .symbolic
            .iter()
            .chain(&step.numeric)
            .map(|form| to_text(form, self.exercise))
            .collect();
        let mut entry = Map::new();
        entry.insert("target".to_owned(), json!(self.exercise.name(step.target)));
        entry.insert("because".to_owned(), json!(because));
        entry.insert("forms".to_owned(), json!(forms));
        let value = if step.is_symbolic {
            let form = step.closed.as_ref().map(|form| to_text(form, self.exercise));
            json!({ "exact": form, "decimal": null })
        } else {
            self.number(&step.value)?
        };
        entry.insert("value".to_owned(), value);
        if !step.branches.is_empty() {
            let branches: Vec<Value> = step
                .branches
                .iter()
                .map(|branch| {
                    let condition = &branch.condition;
                    let text = format!(
                        "{} {} {}",
                        to_text(&condition.left, self.exercise),
                        condition.relation.symbol(),
                        to_text(&condition.right, self.exercise)
                    );
                    let convention =
                        branch.kink.map(|kink| format!("{}'({})", kink.operator, kink.place));
                    json!({ "condition": text, "convention": convention })
                })
                .collect();
            entry.insert("branches".to_owned(), json!(branches));
        }
        Ok(Value::Object(entry))
    }

    fn proses(&self, proses: &[Prose]) -> Vec<String> {
        proses.iter().map(|prose| self.prose(prose)).collect()
    }

    /// Text with its mathematics in the language's syntax, paragraphs apart by a blank line.
    fn prose(&self, prose: &Prose) -> String {
        let mut paragraphs = Vec::with_capacity(prose.paragraphs.len());
        for paragraph in &prose.paragraphs {
            let mut text = String::new();
            for segment in paragraph {
                match segment {
                    Segment::Text(literal) => text.push_str(literal),
                    Segment::Math(expr) => text.push_str(&to_text(expr, self.exercise)),
                    Segment::Comparison(condition) => {
                        text.push_str(&to_text(&condition.left, self.exercise));
                        text.push_str(&format!(" {} ", condition.relation.symbol()));
                        text.push_str(&to_text(&condition.right, self.exercise));
                    }
                    Segment::Value(value) => text.push_str(&value.to_string()),
                }
            }
            paragraphs.push(text);
        }
        paragraphs.join("\n\n")
    }
}
