//! The LaTeX sheet.

use askama::Template;

use super::view::{
    Block, Column, Convention, DerivationView, Inline, Place, Remark, Rounding, Sheet, TargetRole,
    TaskHeading,
};
use super::{Options, RenderError};
use crate::derivation::Solution;
use crate::exercise::{Role, RoundLabel};
use crate::expr::Setting;

/// The body of the sheet: what `--fragment` writes.
#[derive(Template)]
#[template(path = "tex/en/body.tex", syntax = "tex")]
struct Body<'a> {
    sheet: &'a Sheet,
}

/// Title, author, course and date.
#[derive(Template)]
#[template(path = "tex/en/title.tex", syntax = "tex")]
struct Title<'a> {
    sheet: &'a Sheet,
}

/// The macros that carry the meaning.
#[derive(Template)]
#[template(path = "tex/en/vocabulary.tex", syntax = "tex")]
struct Vocabulary;

/// A whole document.
#[derive(Template)]
#[template(path = "tex/document.tex", syntax = "tex")]
struct Document<'a> {
    preamble: &'a str,
    preamble_has_class: bool,
    vocabulary: &'a str,
    title: &'a str,
    body: &'a str,
}

/// What a document that inputs a fragment must load.
const PACKAGES: &str = "mathtools, booktabs and longtable";

/// The solution as LaTeX.
///
/// # Errors
/// A character that LaTeX's fonts do not have, or a decimal that cannot be determined.
pub fn tex(solution: &Solution, options: &Options) -> Result<String, RenderError> {
    let sheet = super::sheet::sheet(solution, options)?;
    let body = Body { sheet: &sheet }.render()?;
    if options.fragment {
        let vocabulary = Vocabulary.render()?;
        return Ok(format!(
            "% This sheet needs the packages {PACKAGES}.\n{vocabulary}\n{}",
            with_final_newline(body)
        ));
    }
    let title = Title { sheet: &sheet }.render()?;
    let vocabulary = Vocabulary.render()?;
    let preamble = options.preamble.as_deref().unwrap_or_default();
    let document = Document {
        preamble: preamble.trim_end(),
        preamble_has_class: has_class(preamble),
        vocabulary: vocabulary.trim_end(),
        title: title.trim_end(),
        body: body.trim_end(),
    };
    Ok(with_final_newline(document.render()?))
}

fn with_final_newline(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Whether a preamble brings its own document class; comments do not count.
fn has_class(preamble: &str) -> bool {
    preamble
        .lines()
        .any(|line| line.split('%').next().is_some_and(|code| code.contains(r"\documentclass")))
}
