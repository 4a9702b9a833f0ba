//! `nablatex solve FILE`: the worked solution, on standard output or in a file.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};
use nablatex::{SolveOptions, Solved, render};

use super::failure::Failure;
use super::page::Page;
use super::{files, messages};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The exercise, or `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,

    /// Write to this file in place of standard output
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,

    /// What to write
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// Write only the body, to be \input into a document of yours
    #[arg(long, conflicts_with = "preamble")]
    fragment: bool,

    #[command(flatten)]
    page: Page,
}

const EXAMPLES: &str = "\
Examples:
  nablatex solve week3.nabla                     the LaTeX document, printed
  nablatex solve week3.nabla -o week3.tex        the same, in a file
  nablatex solve week3.nabla --detail brief      only what was asked for
  nablatex solve week3.nabla --expand            every path from the loss, written out
  nablatex solve week3.nabla --format json       every value and gradient, for programs
  nablatex solve - < week3.nabla                 from standard input";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A LaTeX document
    #[default]
    Tex,
    /// Values, gradients and updates for programs
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { file, output, format, fragment, page } = arguments;
    if *format == Format::Json {
        for (given, option) in
            [(*fragment, "--fragment"), (page.preamble().is_some(), "--preamble")]
        {
            if given {
                return Err(Failure::NotInJson { option });
            }
        }
    }
    let output = output.as_deref();
    files::refuse_overwriting(output, &[Some(file), page.preamble()])?;
    let options = page.options(*fragment)?;
    let Solved { solution, .. } = solved(file, page.derivation())?;
    let text = match format {
        Format::Tex => render::tex(&solution, &options),
        Format::Json => render::json(&solution, &options),
    };
    files::write(output, text.map_err(Failure::Render)?.as_bytes())
}

/// The solution of the exercise in `file`; its errors and warnings are shown.
pub(super) fn solved(file: &Path, options: SolveOptions) -> Result<Solved, Failure> {
    let source = files::read(file)?;
    match nablatex::solve_with(&source, options) {
        Ok(solved) => {
            messages::diagnostics(&solved.warnings, &source);
            Ok(solved)
        }
        Err(errors) => {
            debug_assert!(messages::any_error(&errors), "a refused exercise has an error");
            messages::diagnostics(&errors, &source);
            Err(Failure::Faulty)
        }
    }
}
