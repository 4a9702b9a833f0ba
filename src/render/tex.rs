//! The LaTeX sheet.

use askama::Template;

use super::view::{
    Block, Column, Convention, DerivationView, Inline, Place, Remark, Rounding, Sheet, TargetRole,
    TaskHeading,
};
use super::{Options, RenderError};
use crate::derivation::Solution;
use crate::exercise::{Language, Role, RoundLabel};
use crate::expr::Setting;

/// The text that a language has of a sheet.
struct Prose {
    /// What `--fragment` writes.
    body: String,
    /// Title, author, course and date.
    title: String,
    /// The macros that carry the meaning.
    vocabulary: String,
}

/// A function that fills in the templates of one language.
macro_rules! prose {
    ($name:ident, $body:tt, $title:tt, $vocabulary:tt) => {
        fn $name(sheet: &Sheet) -> Result<Prose, askama::Error> {
            #[derive(Template)]
            #[template(path = $body, syntax = "tex")]
            struct Body<'a> {
                sheet: &'a Sheet,
            }

            #[derive(Template)]
            #[template(path = $title, syntax = "tex")]
            struct Title<'a> {
                sheet: &'a Sheet,
            }

            #[derive(Template)]
            #[template(path = $vocabulary, syntax = "tex")]
            struct Vocabulary;

            Ok(Prose {
                body: Body { sheet }.render()?,
                title: Title { sheet }.render()?,
                vocabulary: Vocabulary.render()?,
            })
        }
    };
}

prose!(english, "tex/en/body.tex", "tex/en/title.tex", "tex/en/vocabulary.tex");
prose!(german, "tex/de/body.tex", "tex/de/title.tex", "tex/de/vocabulary.tex");

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
    let Prose { body, title, vocabulary } = match solution.exercise.metadata.language {
        Language::English => english(&sheet),
        Language::German => german(&sheet),
    }?;
    if options.fragment {
        return Ok(format!(
            "% This sheet needs the packages {PACKAGES}.\n{vocabulary}\n{}",
            with_final_newline(body)
        ));
    }
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
