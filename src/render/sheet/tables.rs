//! Tables: training examples, the rows of a mini-batch, many steps of training.

use super::super::RenderError;
use super::super::view::{Column, Table};
use super::{Builder, TEXT_WIDTH};
use crate::expr::{Literal, Quantity};
use crate::notation::Shown;
use crate::notation::latex::{self, EM, Width};

/// Between columns.
const GAP: Width = EM + EM / 5;

/// A column before the table is laid out.
pub(super) struct Draft {
    head: Head,
    cells: Vec<Option<Shown>>,
}

/// What stands above it.
pub(super) enum Head {
    /// The number of the row of `data`.
    Row,
    /// The number of the round.
    Round,
    /// A quantity.
    Quantity(Quantity),
}

impl Draft {
    pub(super) fn new(head: Head) -> Self {
        Self { head, cells: Vec::new() }
    }

    pub(super) fn push(&mut self, cell: Option<Shown>) {
        self.cells.push(cell);
    }

    fn is_rounded(&self) -> bool {
        self.cells.iter().flatten().any(|cell| !cell.is_exact)
    }
}

impl Builder<'_> {
    /// A number as a cell.
    pub(super) fn cell_of(&mut self, literal: &Literal) -> Result<Option<Shown>, RenderError> {
        self.literal(literal).map(Some)
    }

    /// The value of a quantity in a pass as a cell; over symbols its form in letters.
    pub(super) fn cell_in(
        &mut self,
        pass: usize,
        quantity: Quantity,
        literal: &Literal,
    ) -> Result<Option<Shown>, RenderError> {
        let pass = &self.solution.passes[pass];
        if !pass.unknown.contains(&quantity) {
            return self.cell_of(literal);
        }
        match pass.expanded.get(&quantity) {
            Some(form) => self.show(form).map(Some),
            None => Ok(None),
        }
    }

    /// Groups of columns as tables that fit the page, each with the key columns before its own. What belongs
    /// together stays together where it can, and is shared out evenly where it cannot.
    pub(super) fn tables(&mut self, keys: &[Draft], groups: &[Vec<Draft>]) -> Vec<Table> {
        let keys: Vec<Laid> = keys.iter().map(|draft| self.lay(draft)).collect();
        let room = TEXT_WIDTH.saturating_sub(keys.iter().map(|own| own.width + GAP).sum());
        let mut parts: Vec<Vec<Laid>> = vec![Vec::new()];
        let mut used: Width = 0;
        for group in groups {
            let mut group: Vec<Laid> = group.iter().map(|draft| self.lay(draft)).collect();
            let width: Width = group.iter().map(|own| own.width + GAP).sum();
            if used + width > room && used > 0 {
                parts.push(Vec::new());
                used = 0;
            }
            let widest = group.iter().map(|own| own.width + GAP).max().unwrap_or(0);
            let fitting = usize::try_from(room / widest.max(1)).unwrap_or(1).max(1);
            if width > room {
                let pieces = group.len().div_ceil(fitting);
                let size = group.len().div_ceil(pieces);
                while group.len() > size {
                    let rest = group.split_off(size);
                    if let Some(part) = parts.last_mut() {
                        part.append(&mut group);
                    }
                    parts.push(Vec::new());
                    group = rest;
                }
                used = group.iter().map(|own| own.width + GAP).sum();
            } else {
                used += width;
            }
            if let Some(part) = parts.last_mut() {
                part.append(&mut group);
            }
        }
        parts
            .into_iter()
            .map(|part| {
                let all = || keys.iter().chain(&part);
                let length = all().map(|own| own.cells.len()).max().unwrap_or(0);
                let line = |line: usize| {
                    all().map(|own| own.cells.get(line).cloned().unwrap_or_default()).collect()
                };
                Table {
                    columns: all().map(|own| own.column.clone()).collect(),
                    lines: (0..length).map(line).collect(),
                }
            })
            .collect()
    }

    fn lay(&mut self, draft: &Draft) -> Laid {
        let is_rounded = draft.is_rounded();
        let (column, head_width) = match &draft.head {
            Head::Row => (Column::Row, 2 * EM),
            Head::Round => (Column::Round, 3 * EM),
            Head::Quantity(quantity) => {
                let (symbol, width) =
                    latex::inline_with_width(&self.typesetter.quantity(*quantity));
                let sign = if is_rounded { EM + EM / 2 } else { 0 };
                (Column::Quantity { symbol, is_rounded }, width + sign)
            }
        };
        let mut width = head_width;
        let cells = draft
            .cells
            .iter()
            .map(|cell| match cell {
                Some(shown) => {
                    let (text, own) = latex::inline_with_width(&shown.math);
                    width = width.max(own);
                    text
                }
                None => String::new(),
            })
            .collect();
        Laid { column, width, cells }
    }
}

/// A column with its width.
struct Laid {
    column: Column,
    width: Width,
    cells: Vec<String>,
}
