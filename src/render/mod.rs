//! Views of a [`Solution`]: view models for the templates, one file a format.
//!
//! The templates hold layout and prose, the view models formulas and decisions.

pub mod escape;
mod escape_tables;
mod json;
mod sheet;
mod symbols;
mod tex;
mod view;

use std::fmt;

use crate::derivation::Solution;
use crate::exact::{ArithmeticError, Precision};
use crate::exercise::{Language, NumberFormat, NumbersAs};
use crate::notation::{DecimalMark, Format, Mode};

pub use json::json;
pub use tex::tex;

/// How much a solution shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Every step.
    #[default]
    Full,
    /// What was asked for, without the supporting steps.
    Brief,
}

/// How numbers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// As the file writes them; computed values as decimals where any number of the file is one.
    #[default]
    Auto,
    /// As fractions.
    Fraction,
    /// As decimals.
    Decimal,
}

/// What to write.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How much is shown.
    pub detail: Detail,
    /// Fractions or decimals.
    pub numbers: Numbers,
    /// Significant digits of decimals, on the page and in JSON.
    pub digits: Option<u32>,
    /// Digits after the point, on the page alone.
    pub decimals: Option<u32>,
    /// A reminder of the functions used stands on the sheet, whether the file asks for it or not.
    pub reminder: bool,
    /// A body to `\input` instead of a whole document.
    pub fragment: bool,
    /// LaTeX that stands in the preamble in place of the standard packages, as it is.
    pub preamble: Option<String>,
}

/// Why a format cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// A character that the standard LaTeX fonts do not have.
    Character(char),
    /// A decimal that cannot be determined.
    Number(ArithmeticError),
    /// A template failed; a fault of this program.
    Template(String),
}

impl fmt::Display for RenderError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character(c) => write!(
                formatter,
                "the character `{c}` (U+{:04X}) cannot be typeset with LaTeX's standard fonts",
                u32::from(*c)
            ),
            Self::Number(error) => error.fmt(formatter),
            Self::Template(detail) => write!(formatter, "a template failed: {detail}"),
        }
    }
}

impl std::error::Error for RenderError {}

impl From<ArithmeticError> for RenderError {
    fn from(error: ArithmeticError) -> Self {
        Self::Number(error)
    }
}

impl From<askama::Error> for RenderError {
    fn from(error: askama::Error) -> Self {
        Self::Template(error.to_string())
    }
}

/// How a page shows numbers: options before what the file asks for, and that before what its own numbers are.
fn format(solution: &Solution, asked: NumberFormat, options: &Options) -> Format {
    let of_the_file = match asked.style {
        Some(NumbersAs::Fractions) => Some(Mode::Fraction),
        Some(NumbersAs::Decimals) => Some(Mode::Decimal),
        None => None,
    };
    let forced = match options.numbers {
        Numbers::Auto => of_the_file,
        Numbers::Fraction => Some(Mode::Fraction),
        Numbers::Decimal => Some(Mode::Decimal),
    };
    // Who asks for digits asks for decimals.
    let is_decimal = solution.exercise.has_decimals || asked.precision.is_some();
    let computed = if is_decimal { Mode::Decimal } else { Mode::Fraction };
    let precision = options
        .digits
        .map(Precision::Significant)
        .or_else(|| options.decimals.map(Precision::Places))
        .or(asked.precision);
    let mark = match solution.exercise.metadata.language {
        Language::English => DecimalMark::Point,
        Language::German => DecimalMark::Comma,
    };
    Format { computed, forced, precision, mark }
}
