//! Steps laid out: lines that fit, one column of relation signs a display.

use super::super::view::{Reason, Remark, Row};
use super::TEXT_WIDTH;
use crate::notation::latex::{self, EM, Layout, Link, Pieces, Width};
use crate::notation::{Math, Shown};

/// A left side wider than this does not set the column of relation signs.
const MAX_LEFT_SIDE: Width = 11 * EM;

/// A row before the widths of its neighbours are known.
pub(super) struct Draft {
    pub(super) left: Math,
    pub(super) links: Vec<Link>,
    pub(super) is_assignment: bool,
    pub(super) reasons: Vec<(Reason, Width)>,
    pub(super) remarks: Vec<Remark>,
    pub(super) opens_support: bool,
    /// Letters for parts that are too wide, each with what it stands for.
    pub(super) abbreviations: Vec<(Math, Shown)>,
    pub(super) opens_abbreviations: bool,
}

impl Draft {
    /// `left = form` and nothing more.
    pub(super) fn plain(left: Math, form: Shown) -> Self {
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
pub(super) fn rows(drafts: Vec<Draft>) -> Vec<Row> {
    let drafts = with_abbreviations(drafts);
    let left_sides: Vec<(String, Width)> =
        drafts.iter().map(|draft| latex::inline_with_width(&draft.left)).collect();
    let written: Vec<Vec<Pieces>> = drafts
        .iter()
        .map(|draft| draft.links.iter().map(|link| Pieces::of(&link.math)).collect())
        .collect();
    // What cannot be broken must fit beside the column.
    let forms = written.iter().flatten().map(Pieces::widest_run);
    // A reason may reach into the reserve of a line.
    let reasons = drafts
        .iter()
        .flat_map(|draft| &draft.reasons)
        .map(|(_, width)| width.saturating_sub(5 * EM));
    let widest = forms.chain(reasons).max().unwrap_or(0);
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
