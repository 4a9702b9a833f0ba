//! The documentation holds what it says: its exercises solve, its faulty ones fail with the messages
//! shown, its commands run with the output shown, its links lead somewhere, and the generated
//! reference of the functions is up to date.
//!
//! What a fenced block of `README.md` and `docs/` is held to depends on its first word:
//!
//! | block | is |
//! | --- | --- |
//! | `nabla` | solved, without errors and warnings |
//! | `nabla-error` | refused; the `text` block that follows, if one does, is the message |
//! | `console` | run in a shell, each line after `$ `; the lines below it are the output |
//!
//! A second word names a file: the text is saved under it for the commands of that document.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests read files and run commands"
)]

mod adagrad;
mod blocks;
mod commands;
mod reference;
mod softsign;

use std::fs;
use std::path::{Path, PathBuf};

use blocks::{Block, blocks};
use nablatex::diagnostic::{Color, render as messages};
use nablatex::{Diagnostic, Source, render, solve};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `README.md` and every document in `docs/`: its path from the root and its text.
fn documents() -> Vec<(String, String)> {
    let mut paths = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn shown(diagnostics: &[Diagnostic], source: &Source) -> String {
    messages(diagnostics, source, Color::Never)
}

/// The name that messages about a block's text show.
fn source(block: &Block) -> Source {
    Source::new(
        block.file.clone().unwrap_or_else(|| "exercise.nabla".to_owned()),
        block.text.clone(),
    )
}

#[test]
fn every_exercise_solves() {
    let mut count = 0;
    for (document, text) in documents() {
        for block in blocks(&text).into_iter().filter(|block| block.kind == "nabla") {
            let source = source(&block);
            let place = format!("{document}:{}", block.line);
            let solved = solve(&source)
                .unwrap_or_else(|errors| panic!("{place}\n{}", shown(&errors, &source)));
            let warnings = shown(&solved.warnings, &source);
            assert!(solved.warnings.is_empty(), "{place}\n{warnings}");
            let options = render::Options::default();
            render::tex(&solved.solution, &options).unwrap_or_else(|e| panic!("{place}: {e}"));
            render::json(&solved.solution, &options).unwrap_or_else(|e| panic!("{place}: {e}"));
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} exercises were found");
}

#[test]
fn every_faulty_exercise_gets_the_message_shown() {
    let mut count = 0;
    for (document, text) in documents() {
        let blocks = blocks(&text);
        for (position, block) in blocks.iter().enumerate() {
            if block.kind != "nabla-error" {
                continue;
            }
            let source = source(block);
            let place = format!("{document}:{}", block.line);
            let Err(errors) = solve(&source) else { panic!("{place} solves") };
            if let Some(next) = blocks.get(position + 1).filter(|next| next.kind == "text") {
                assert_eq!(next.text.trim_end(), shown(&errors, &source).trim_end(), "{place}");
            }
            count += 1;
        }
    }
    assert!(count >= 3, "only {count} faulty exercises were found");
}

/// Links within the repository lead to files that exist.
#[test]
fn no_link_is_dead() {
    let mut documents = documents();
    {
        let name = "CHANGELOG.md";
        documents.push((name.to_owned(), fs::read_to_string(root().join(name)).unwrap()));
    }
    for (document, text) in documents {
        let folder = root().join(&document).parent().unwrap().to_owned();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            assert!(folder.join(target).exists(), "{document} links to {target}");
        }
    }
}
