//! `nablatex check FILE...`: every error and warning, nothing written.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::failure::{Failure, shown};
use super::{files, messages, solve};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The exercises, or `-` for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  nablatex check week3.nabla
  nablatex check exercises/*.nabla    exit status 1 if any has an error

Errors and warnings go to standard error, one line for each file that is fine to
standard output. Warnings alone are no failure.";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut faulty = 0;
    for file in &arguments.files {
        match solve::solved(file, nablatex::SolveOptions::default()) {
            Ok(solved) => {
                let warnings = match solved.warnings.len() {
                    0 => String::new(),
                    1 => ", with 1 warning".to_owned(),
                    n => format!(", with {n} warnings"),
                };
                let name = if files::is_dash(file) { "<stdin>".to_owned() } else { shown(file) };
                files::write_stdout(format!("{name}: fine{warnings}\n").as_bytes())?;
            }
            Err(failure) => {
                messages::failure(&failure);
                faulty += 1;
            }
        }
    }
    match (faulty, arguments.files.len()) {
        (0, _) => Ok(()),
        (_, 1) => Err(Failure::Faulty),
        (faulty, of) => Err(Failure::SomeFaulty { faulty, of }),
    }
}
