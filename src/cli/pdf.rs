//! `nablatex pdf FILE`: the worked solution as a PDF, through latexmk.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use nablatex::render;

use super::failure::{Failure, shown};
use super::page::Page;
use super::{files, latexmk, messages, solve};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The exercise, or `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,

    /// Write to this file; unless given, to FILE's name with `.pdf`, in the current folder
    #[arg(short, long, value_name = "OUT.pdf", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,

    #[command(flatten)]
    page: Page,
}

const EXAMPLES: &str = "\
Examples:
  nablatex pdf week3.nabla                            makes week3.pdf
  nablatex pdf week3.nabla -o out/solution.pdf
  nablatex pdf week3.nabla --preamble course.tex      in your course's own layout

Runs latexmk with pdfLaTeX in a temporary folder, without shell escape, for at most two
minutes. A preamble finds its files beside itself and in the current folder. The PDF carries
no date of the day, and \\today is 1 January 1970: set SOURCE_DATE_EPOCH to choose another.";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { file, output, page } = arguments;
    let output = match output {
        Some(output) => output.clone(),
        None if files::is_dash(file) => return Err(Failure::PdfNeedsOutput),
        None => default_output(file),
    };
    files::refuse_overwriting(Some(&output), &[Some(file), page.preamble()])?;
    let options = page.options(false)?;
    let solved = solve::solved(file, page.derivation())?;
    let tex = render::tex(&solved.solution, &options).map_err(Failure::Render)?;
    let pdf = latexmk::typeset(&tex, page.preamble()).map_err(Failure::Tex)?;
    files::write(Some(&output), &pdf)?;
    if !files::is_dash(&output) {
        messages::note(&format!("wrote {}", shown(&output)));
    }
    Ok(())
}

/// `week3.pdf` for `exercises/week3.nabla`.
fn default_output(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or(file.as_os_str()).to_owned();
    name.push(".pdf");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pdf_stands_where_the_user_stands() {
        for (file, pdf) in
            [("week3.nabla", "week3.pdf"), ("a/b.c.nabla", "b.c.pdf"), ("../x", "x.pdf")]
        {
            assert_eq!(default_output(Path::new(file)), Path::new(pdf));
        }
    }
}
