//! The options that say how a page looks, shared by the commands that make one.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint, value_parser};
use nablatex::{SolveOptions, render};

use super::failure::Failure;
use super::files;

#[derive(Debug, Args)]
#[command(next_help_heading = "The page")]
pub(super) struct Page {
    /// Put this LaTeX file into the document's preamble, to restyle the sheet
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) preamble: Option<PathBuf>,

    /// How many steps are shown
    #[arg(long, value_enum, default_value_t, value_name = "DETAIL")]
    detail: Detail,

    /// Write out every path from the loss to a name as one product, and what each contributes
    #[arg(long)]
    expand: bool,

    /// With `--expand`: at most N paths to a name
    #[arg(long, value_name = "N", requires = "expand", default_value_t = 50)]
    paths: u32,

    /// How numbers are written; `auto` follows the exercise's own
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    numbers: Numbers,

    /// Round decimals to N significant digits
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = value_parser!(u32).range(1..=1000), conflicts_with = "decimals")]
    digits: Option<u32>,

    /// Round decimals to N places after the point
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = value_parser!(u32).range(0..=1000))]
    decimals: Option<u32>,

    /// Add a reminder of the functions used: what they are, their derivatives, the values at kinks
    #[arg(long)]
    reminder: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Detail {
    /// Every step: the rule, symbols in, numbers in, result
    #[default]
    Full,
    /// What was asked for, without the steps that support it
    Brief,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Numbers {
    /// As the exercise writes its own numbers
    #[default]
    Auto,
    /// Exact fractions
    Fraction,
    /// Decimals, exact or correctly rounded
    Decimal,
}

impl Page {
    /// The library's options, with the preamble's text read.
    pub(super) fn options(&self, fragment: bool) -> Result<render::Options, Failure> {
        let preamble = match &self.preamble {
            Some(path) => Some(files::read(path)?.text().to_owned()),
            None => None,
        };
        Ok(render::Options {
            detail: match self.detail {
                Detail::Full => render::Detail::Full,
                Detail::Brief => render::Detail::Brief,
            },
            numbers: match self.numbers {
                Numbers::Auto => render::Numbers::Auto,
                Numbers::Fraction => render::Numbers::Fraction,
                Numbers::Decimal => render::Numbers::Decimal,
            },
            digits: self.digits,
            decimals: self.decimals,
            reminder: self.reminder,
            fragment,
            preamble,
        })
    }

    /// How much is derived.
    pub(super) fn derivation(&self) -> SolveOptions {
        SolveOptions { expand: self.expand.then_some(self.paths) }
    }

    /// The preamble's path, where one was given.
    pub(super) fn preamble(&self) -> Option<&Path> {
        self.preamble.as_deref()
    }
}
