//! The table of every update.

use rustc_hash::FxHashSet;

use super::super::view::Summary;
use super::super::{Detail, RenderError};
use super::{Builder, TEXT_WIDTH};
use crate::derivation::{Block, Pass};
use crate::expr::{Literal, NumberStyle, VariableId};
use crate::notation::Symbols as _;
use crate::notation::latex::{self, EM, Width};

/// Updates that the summary has columns for.
const MAX_UPDATES: usize = 2;

impl Builder<'_> {
    /// The table; none where there is no update, or it would not fit.
    pub(super) fn summary(&mut self) -> Result<Option<Summary>, RenderError> {
        let Some(objective) = self.solution.exercise.network.objective() else { return Ok(None) };
        if self.detail == Detail::Brief || objective.is_given {
            return Ok(None);
        }
        let updated: Vec<usize> = (0..self.solution.passes.len())
            .filter(|pass| !self.solution.passes[*pass].updates.is_empty())
            .collect();
        if updated.is_empty() || updated.len() > MAX_UPDATES {
            return Ok(None);
        }
        let passes = &self.solution.passes;
        // Over symbols there are no numbers to list; with rows, values set by hand, or passes ahead, columns would
        // not follow from one another.
        let is_plain =
            |pass: &Pass| pass.unknown.is_empty() && pass.row.is_none() && pass.number.is_some();
        if !passes.iter().all(is_plain) || sets_values(&self.solution.blocks) {
            return Ok(None);
        }
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

/// Whether leaves are given values by hand.
fn sets_values(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Set { .. } | Block::Reset => true,
        Block::Part { blocks, .. } | Block::Round { blocks, .. } => sets_values(blocks),
        _ => false,
    })
}
