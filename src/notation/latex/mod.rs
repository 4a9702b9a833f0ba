//! Formulas as LaTeX: the text, its width, and where a long line breaks.
//!
//! | file | what it does |
//! | --- | --- |
//! | `symbols.rs` | names |
//! | `pieces.rs` | a formula as unbreakable pieces with breaks between them |
//! | `lines.rs` | a chain of equal forms on lines that fit |

mod lines;
mod pieces;
mod symbols;

use crate::exact::Relation;
use crate::notation::{Math, MathCondition};

pub use lines::{Layout, Link, chain};
pub use pieces::{Pieces, width};
pub use symbols::symbol;

/// A width in thousandths of an em.
pub type Width = u32;

/// One em.
pub const EM: Width = 1000;
/// A fraction wider than this does not stand in text.
const MAX_PROSE_FRACTION: Width = 34 * EM;

/// A formula on one line.
pub fn inline(math: &Math) -> String {
    Pieces::of(math).text
}

/// A formula within text, where TeX itself breaks lines: wide fractions are written with a slash.
pub fn in_prose(math: &Math) -> String {
    Pieces::breakable(math, MAX_PROSE_FRACTION).text
}

/// A formula on one line, and its width.
pub fn inline_with_width(math: &Math) -> (String, Width) {
    let pieces = Pieces::of(math);
    let width = pieces.width();
    (pieces.text, width)
}

/// A comparison on one line.
pub fn condition(condition: &MathCondition) -> String {
    let mut pieces = Pieces::default();
    pieces.write_condition(condition);
    pieces.text
}

/// The sign of a comparison.
pub fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Less => "<",
        Relation::LessOrEqual => r"\le",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => r"\ge",
        Relation::Equal => "=",
        Relation::NotEqual => r"\ne",
    }
}
