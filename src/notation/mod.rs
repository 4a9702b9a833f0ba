//! From expressions to their typeset form: names, numbers, precedence, parentheses, line breaking.
//!
//! [`Math`] says what stands where and knows no output format; [`latex`] writes it.
//!
//! | file | what it decides |
//! | --- | --- |
//! | `symbol.rs`, `naming.rs`, `display.rs` | how a name looks |
//! | `look.rs` | which names look alike |
//! | `numbers.rs` | how a number looks, and whether what is shown is exact |
//! | `math.rs`, `typeset.rs` | which form an expression has, and where it needs parentheses |
//! | `latex/` | the LaTeX text, its width, and where a long line breaks |

mod display;
pub mod latex;
mod look;
mod math;
mod naming;
mod numbers;
mod symbol;
mod typeset;

pub use display::DisplayError;
pub use math::{Math, MathCase, MathCondition};
pub use naming::symbol_for;
pub use numbers::{DEFAULT_PRECISION, DecimalMark, Format, Mode, Shown};
pub use symbol::{Accent, Atom, Nucleus, Style, Symbol};
pub use typeset::{Symbols, Typesetter};
