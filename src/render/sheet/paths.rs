//! Every path as one product.

use super::super::RenderError;
use super::super::view::Block;
use super::Builder;
use super::rows::rows;
use crate::derivation::Paths;
use crate::notation::{Math, Symbols as _};

impl Builder<'_> {
    pub(super) fn paths(&mut self, paths: &Paths, out: &mut Vec<Block>) -> Result<(), RenderError> {
        self.letters.restart();
        let mut drafts = Vec::with_capacity(paths.paths.len() + 1);
        for path in &paths.paths {
            let mut draft = self.draft(&path.step)?;
            draft.remarks.clear();
            let factors: Vec<Math> = path
                .nodes
                .windows(2)
                .map(|pair| Math::Derivative {
                    of: self.symbols.variable(pair[0]),
                    by: self.symbols.variable(pair[1]),
                    is_direct: false,
                })
                .collect();
            draft.left = match <[Math; 1]>::try_from(factors) {
                Ok([only]) => only,
                Err(factors) => Math::Product(factors),
            };
            drafts.push(draft);
        }
        let mut shares = Vec::new();
        if let Some(total) = &paths.total {
            let mut draft = self.draft(total)?;
            draft.remarks.clear();
            drafts.push(draft);
            if !total.value.is_zero()? {
                for path in &paths.paths {
                    let share = path.step.value.div(&total.value)?;
                    shares.push(self.figure(&share)?);
                }
            }
        }
        let count = paths.paths.len();
        out.push(Block::Paths { count, rows: rows(drafts), shares });
        Ok(())
    }
}
