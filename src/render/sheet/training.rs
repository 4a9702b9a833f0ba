//! Data, mini-batches, and training shown as a table.

use indexmap::IndexSet;

use super::super::RenderError;
use super::super::view::{Block, Row, Table};
use super::Builder;
use super::rows::rows;
use super::tables::{Draft, Head};
use super::updates::is_assignment;
use crate::derivation::{self, Comparison, Derivation, Step};
use crate::exact::Number;
use crate::exercise::OptimiserStep;
use crate::expr::{Literal, NumberStyle, Quantity, StateLetter, VariableId};
use crate::notation::{Math, Shown};

/// Passes beyond which rounds without a `gradient` are shown as a table.
const MAX_PASSES_IN_FULL: usize = 3;

impl Builder<'_> {
    /// The training examples.
    pub(super) fn data(&mut self) -> Result<Vec<Table>, RenderError> {
        let Some(data) = &self.solution.exercise.data else { return Ok(Vec::new()) };
        let mut key = Draft::new(Head::Row);
        (1..=data.rows.len()).for_each(|row| key.push(Some(counted(row))));
        let mut columns = Vec::with_capacity(data.columns.len());
        for (position, column) in data.columns.iter().enumerate() {
            let mut draft = Draft::new(Head::Quantity(Quantity::Variable(*column)));
            for row in &data.rows {
                let cell = self.cell_of(&row[position])?;
                draft.push(cell);
            }
            columns.push(draft);
        }
        Ok(self.tables(&[key], &[columns]))
    }

    /// The passes of a mini-batch: one line a row.
    pub(super) fn batch(
        &mut self,
        passes: &[usize],
        loss: Option<&Step>,
        comparison: Option<&Comparison>,
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let network = &self.solution.exercise.network;
        let mut key = Draft::new(Head::Row);
        for pass in passes {
            key.push(self.solution.passes[*pass].row.map(counted));
        }
        let data = self.solution.exercise.data.iter().flat_map(|data| &data.columns).copied();
        let nodes =
            network.ids().filter(|id| network.definition(*id).is_some() && !network.is_given(*id));
        let mut columns = Vec::new();
        for variable in data.chain(nodes) {
            let mut draft = Draft::new(Head::Quantity(Quantity::Variable(variable)));
            for pass in passes {
                let literal = self.solution.passes[*pass].literal(variable);
                let cell = self.cell_in(*pass, Quantity::Variable(variable), &literal)?;
                draft.push(cell);
            }
            columns.push(draft);
        }
        let tables = self.tables(&[key], &[columns]);
        self.letters.restart();
        let mut drafts = Vec::new();
        if let Some(step) = loss {
            let mut draft = self.draft(step)?;
            if let Some(last) = draft.links.last_mut() {
                last.is_answer = true;
            }
            drafts.push(draft);
        }
        let comparison = comparison.map(|own| self.comparison(own)).transpose()?;
        let rows = rows(drafts);
        out.push(Block::Batch { tables, rows, comparison, is_one: passes.len() == 1 });
        Ok(())
    }

    /// The gradients of a mini-batch: the first row in full, then the means.
    pub(super) fn batch_gradient(
        &mut self,
        passes: &[usize],
        derivations: &[Derivation],
        means: &[Step],
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        if let Some(row) = passes.first().and_then(|pass| self.solution.passes[*pass].row) {
            out.push(Block::FirstRow(row));
        }
        for derivation in derivations {
            self.derivation(derivation, out)?;
        }
        self.letters.restart();
        let mut drafts = Vec::with_capacity(means.len());
        for step in means {
            let mut draft = self.draft(step)?;
            if let Some(last) = draft.links.last_mut() {
                last.is_answer = true;
            }
            drafts.push(draft);
        }
        out.push(Block::Means { rows: rows(drafts), is_one: passes.len() == 1 });
        Ok(())
    }

    /// How many of the blocks at the start are rounds that a table shows better; 0 where there are few, or the
    /// file asks for more than passes and updates.
    pub(super) fn rounds_for_a_table(blocks: &[derivation::Block]) -> usize {
        let is_round = |block: &&derivation::Block| {
            matches!(block, derivation::Block::Round { .. }) && passes_in(block).is_some()
        };
        let rounds = blocks.iter().take_while(is_round).count();
        let passes: usize = blocks[..rounds].iter().filter_map(passes_in).sum();
        if passes > MAX_PASSES_IN_FULL { rounds } else { 0 }
    }

    /// Which round and row each line is of.
    fn training_keys(&self, lines: &[Line<'_>]) -> Vec<Draft> {
        let solution = self.solution;
        let has_rounds = lines.iter().any(|line| line.round > 0);
        let has_rows = lines.iter().any(|line| solution.passes[line.pass].row.is_some());
        let mut keys = Vec::new();
        if has_rounds {
            let mut draft = Draft::new(Head::Round);
            for line in lines {
                draft.push(Some(counted(line.round)));
            }
            keys.push(draft);
        }
        if has_rows {
            let mut draft = Draft::new(Head::Row);
            for line in lines {
                draft.push(solution.passes[line.pass].row.map(counted));
            }
            keys.push(draft);
        }
        if keys.is_empty() {
            let mut draft = Draft::new(Head::Round);
            (1..=lines.len()).for_each(|number| draft.push(Some(counted(number))));
            keys.push(draft);
        }
        keys
    }

    /// Passes and updates, one line each.
    pub(super) fn training(
        &mut self,
        blocks: &[derivation::Block],
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let mut lines = Vec::new();
        collect(blocks, 0, &mut lines);
        let solution = self.solution;
        let network = &solution.exercise.network;
        let keys = self.training_keys(&lines);
        // Inputs, what the objective is made of, the objective.
        let mut shown: IndexSet<VariableId> =
            solution.exercise.data.iter().flat_map(|data| &data.columns).copied().collect();
        if let Some(objective) = network.objective() {
            let operands = network.operands(objective.variable).iter().copied();
            shown.extend(operands.filter(|own| network.definition(*own).is_some()));
            shown.extend(Some(objective.variable).filter(|own| !network.is_given(*own)));
        }
        let mut columns = Vec::new();
        for variable in shown {
            let mut draft = Draft::new(Head::Quantity(Quantity::Variable(variable)));
            for line in &lines {
                let literal = solution.passes[line.pass].literal(variable);
                let cell = self.cell_in(line.pass, Quantity::Variable(variable), &literal)?;
                draft.push(cell);
            }
            columns.push(draft);
        }
        // Gradients, what the optimiser remembers, new values: in the order of the steps.
        let mut gradients: IndexSet<VariableId> = IndexSet::new();
        let mut states: IndexSet<Quantity> = IndexSet::new();
        for step in lines.iter().flat_map(|line| line.steps) {
            match step.target {
                Quantity::Updated(parameter) => {
                    gradients.insert(parameter);
                }
                Quantity::NewState { letter, .. } if is_remembered(letter) => {
                    states.insert(step.target);
                }
                _ => {}
            }
        }
        gradients.sort_unstable();
        states.sort_unstable();
        let mut groups = vec![columns];
        let mut columns = Vec::new();
        for parameter in &gradients {
            let mut draft = Draft::new(Head::Quantity(Quantity::Adjoint(*parameter)));
            for line in &lines {
                let pass = &solution.passes[line.gradient_pass];
                let gradient = match &pass.batch {
                    Some(batch) => batch.gradients.get(parameter),
                    None => pass.adjoints[parameter.index()].as_ref(),
                };
                let cell = match gradient.filter(|_| !line.steps.is_empty()) {
                    Some(gradient) => {
                        let quantity = match pass.batch {
                            Some(_) => Quantity::MeanAdjoint(*parameter),
                            None => Quantity::Adjoint(*parameter),
                        };
                        self.cell_in(line.gradient_pass, quantity, &plain(gradient))?
                    }
                    None => None,
                };
                draft.push(cell);
            }
            columns.push(draft);
        }
        groups.push(columns);
        let new = gradients.iter().map(|parameter| Quantity::Updated(*parameter)).collect();
        for targets in [states, new] {
            let mut columns = Vec::with_capacity(targets.len());
            for target in targets {
                let mut draft = Draft::new(Head::Quantity(target));
                for line in &lines {
                    let step = line.steps.iter().find(|step| step.target == target);
                    let cell = match step {
                        Some(step) => self.cell_in(line.pass, target, &plain(&step.value))?,
                        None => None,
                    };
                    draft.push(cell);
                }
                columns.push(draft);
            }
            groups.push(columns);
        }
        let settings = match lines.iter().find_map(|line| line.optimiser) {
            Some(optimiser) => {
                let steps: Vec<Step> = lines.iter().flat_map(|line| line.steps).cloned().collect();
                self.settings(optimiser, &steps)?
            }
            None => Vec::new(),
        };
        let tables = self.tables(&keys, &groups);
        let rule = self.rule(&lines)?;
        let several = gradients.len() > 1;
        out.push(Block::Training { settings, rule, several, tables });
        Ok(())
    }

    /// The lines of the optimiser's rule in letters, for the first parameter that it moves.
    fn rule(&mut self, lines: &[Line<'_>]) -> Result<Vec<Row>, RenderError> {
        // The very first step of some rules is another than all that follow.
        let moving = lines.iter().filter(|line| !line.steps.is_empty());
        let Some(line) = moving.clone().nth(1).or_else(|| moving.clone().next()) else {
            return Ok(Vec::new());
        };
        self.letters.restart();
        let mut drafts = Vec::new();
        for step in line.steps {
            let mut letters = step.clone();
            letters.numeric.clear();
            letters.closed = None;
            letters.branches.clear();
            letters.is_symbolic = true;
            let mut draft = self.draft(&letters)?;
            draft.is_assignment = is_assignment(step.target);
            drafts.push(draft);
            if matches!(step.target, Quantity::Updated(_)) {
                break;
            }
        }
        Ok(rows(drafts))
    }
}

/// A pass and the update that follows it.
struct Line<'b> {
    /// The round of the outermost `repeat`; 0 outside of one.
    round: usize,
    pass: usize,
    gradient_pass: usize,
    optimiser: Option<&'b OptimiserStep>,
    steps: &'b [Step],
}

fn collect<'b>(blocks: &'b [derivation::Block], round: usize, lines: &mut Vec<Line<'b>>) {
    for block in blocks {
        match block {
            derivation::Block::Round { label, blocks } => {
                let own = match label {
                    crate::exercise::RoundLabel::Repetition { number, .. } if round == 0 => *number,
                    _ => round,
                };
                collect(blocks, own, lines);
            }
            derivation::Block::Forward { pass, .. } => {
                let (pass, gradient_pass) = (*pass, *pass);
                lines.push(Line { round, pass, gradient_pass, optimiser: None, steps: &[] });
            }
            derivation::Block::Update { look_ahead, optimiser, steps, .. } => {
                if let Some(line) = lines.last_mut() {
                    if let Some(ahead) = look_ahead {
                        line.gradient_pass = ahead.pass;
                    }
                    line.optimiser = Some(optimiser);
                    line.steps = steps;
                }
            }
            _ => {}
        }
    }
}

/// How many passes stand in the block; none where it holds anything else than a pass and an update in turn.
fn passes_in(block: &derivation::Block) -> Option<usize> {
    match block {
        derivation::Block::Round { blocks, .. } => {
            let mut passes = 0;
            let mut is_updated = true;
            for block in blocks {
                match block {
                    derivation::Block::Forward { .. } => is_updated = false,
                    // A second update of the same pass has no place in its line.
                    derivation::Block::Update { .. } if !is_updated => {
                        is_updated = true;
                        continue;
                    }
                    derivation::Block::Round { .. } => {}
                    _ => return None,
                }
                passes += passes_in(block)?;
            }
            Some(passes)
        }
        derivation::Block::Forward { .. } => Some(1),
        _ => None,
    }
}

/// Whether the letter is kept from step to step.
fn is_remembered(letter: StateLetter) -> bool {
    matches!(
        letter,
        StateLetter::Velocity | StateLetter::Squares | StateLetter::Mean | StateLetter::Largest
    )
}

fn plain(value: &Number) -> Literal {
    Literal { value: value.clone(), style: NumberStyle::Auto }
}

fn counted(number: usize) -> Shown {
    Shown { math: Math::Digits(number.to_string()), is_exact: true }
}
