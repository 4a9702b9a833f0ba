//! A chain `a = b = c` on lines that fit the page, broken before relations, else before operators.

use std::collections::BTreeSet;

use super::pieces::{LAST_RESORT, Piece, Pieces};
use super::{EM, Width};
use crate::notation::Math;

/// A relation with the space around it.
const RELATION: Width = 1340;
/// How far the lines of a broken form are indented.
const INDENT: Width = EM;
/// How much too wide a line must seem before it is broken where lines should not break.
const LAST_RESORT_RESERVE: Width = 2 * EM;

/// The room that a chain has.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// From the relation sign to the right edge.
    pub room: Width,
}

/// One further form of a chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// `=` or `≈`.
    pub is_exact: bool,
    /// The form.
    pub math: Math,
    /// The result, to be marked as the answer.
    pub is_answer: bool,
}

/// The lines of a chain, each from its alignment mark on: `&= … = …`. The width of the last line is
/// returned too, for what may follow on it.
pub fn chain(links: &[Link], written: &[Pieces], layout: Layout) -> (Vec<String>, Width) {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for (link, pieces) in links.iter().zip(written) {
        let sign = if link.is_exact { "=" } else { r"\approx" };
        let answer = if link.is_answer { EM / 2 } else { 0 };
        let needed = RELATION + pieces.width() + answer;
        if used > 0 && used + needed > layout.room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if line.is_empty() {
            line.push('&');
        } else {
            line.push(' ');
        }
        line.push_str(sign);
        line.push(' ');
        if needed <= layout.room {
            push_form(&mut line, &pieces.text, link.is_answer);
            used += needed;
            continue;
        }
        let room = layout.room.saturating_sub(RELATION + answer);
        let pieces = Pieces::breakable(&link.math, room);
        let (mut broken, width) = break_pieces(&pieces, room);
        let last = broken.len() - 1;
        for (position, text) in broken.drain(..).enumerate() {
            if position > 0 {
                line.push_str(r"&\quad ");
            }
            // A box cannot be broken: the answer then stands unboxed only if it spans lines.
            push_form(&mut line, &text, link.is_answer && last == 0);
            if position < last {
                lines.push(std::mem::take(&mut line));
            }
        }
        used = RELATION + width;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    (lines, used)
}

fn push_form(line: &mut String, form: &str, is_answer: bool) {
    if is_answer {
        line.push_str(r"\answer{");
        line.push_str(form);
        line.push('}');
    } else {
        line.push_str(form);
    }
}

/// Breaks pieces into lines of at most `room`, as high in the formula as it can; the width of the last
/// line is returned too.
fn break_pieces(whole: &Pieces, room: Width) -> (Vec<String>, Width) {
    let pieces = &whole.pieces;
    let mut starts = vec![0];
    let mut start = 0;
    loop {
        let room = if start == 0 { room } else { room.saturating_sub(INDENT) };
        let mut used = 0;
        let mut best: Option<(u16, usize)> = None;
        let mut overflow = false;
        for (offset, piece) in pieces[start..].iter().enumerate() {
            let position = start + offset;
            if position > start
                && let Some(depth) = piece.break_depth
                && best.is_none_or(|(least, _)| {
                    // A break that leaves most of the line empty is taken only if there is no other.
                    depth <= least && (used * 3 > room || least == LAST_RESORT)
                })
            {
                best = Some((depth, position));
            }
            used += piece.width;
            overflow = match best {
                None => false,
                Some((LAST_RESORT, _)) => used > room + LAST_RESORT_RESERVE,
                Some(_) => used > room,
            };
            if overflow {
                break;
            }
        }
        match best {
            Some((_, position)) if overflow => {
                starts.push(position);
                start = position;
            }
            _ => break,
        }
    }
    let ends = starts.iter().skip(1).copied().chain([pieces.len()]);
    let mut lines = Vec::with_capacity(starts.len());
    let mut last_width = 0;
    let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
    for &(from, to) in &ranges {
        let split = split_pairs(&pieces[from..to]);
        let mut text = String::new();
        for (position, piece) in pieces.iter().enumerate().take(to).skip(from) {
            let is_split = piece.delimiter.is_some_and(|own| split.contains(&own.pair));
            whole.push_piece(&mut text, position, is_split);
        }
        let text = text.trim();
        let starts_inside = from > 0 && pieces[from].joins_factor;
        lines.push(if starts_inside { format!(r"\cdot {text}") } else { text.to_owned() });
        last_width = INDENT + pieces[from..to].iter().map(|piece| piece.width).sum::<Width>();
    }
    (lines, last_width)
}

/// The delimiters of a line whose partners stand on another.
fn split_pairs(line: &[Piece]) -> BTreeSet<usize> {
    let mut open = BTreeSet::new();
    for piece in line {
        if let Some(delimiter) = piece.delimiter
            && !open.remove(&delimiter.pair)
        {
            open.insert(delimiter.pair);
        }
    }
    open
}
