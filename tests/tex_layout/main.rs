//! Whatever an exercise asks for, its lines fit the page: nothing overfull or underfull, no warning.
//!
//! These tests need a TeX installation with latexmk. They are ignored unless asked for:
//! `cargo test --test tex_layout -- --ignored`. A missing tool is a failure then. `TEX_LAYOUT_KEEP=FOLDER`
//! keeps what was typeset.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test that typesets touches files and runs programs"
)]

mod torture;

use std::fs;
use std::path::Path;
use std::process::Command;

use nablatex::render::{self, Numbers, Options};
use nablatex::{Source, solve};
use tempfile::TempDir;

/// What no log may hold. LaTeX writes `Warning:`, pdfTeX `warning:`.
const COMPLAINTS: [&str; 5] =
    ["Warning:", "warning:", "Overfull", "Underfull", "Missing character"];

/// The page of an exercise.
fn sheet(name: &str, text: &str, options: &Options) -> String {
    let solved = solve(&Source::new(name, text))
        .unwrap_or_else(|diagnostics| panic!("{name} is refused: {diagnostics:?}\n{text}"));
    render::tex(&solved.solution, options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Splits a document into preamble and body.
fn parts(document: &str) -> (&str, &str) {
    let (preamble, rest) = document.split_once("\\begin{document}").expect("a document");
    let (body, _) = rest.split_once("\\end{document}").expect("a whole document");
    (preamble, body)
}

/// Typesets `all.tex` in the folder and returns the log.
fn typeset(folder: &Path, engine: &str) -> String {
    let output = Command::new("latexmk")
        .current_dir(folder)
        .args(["-norc", engine, "-interaction=nonstopmode", "-no-shell-escape", "all.tex"])
        .env("max_print_line", "100000")
        .output()
        .expect("latexmk runs");
    let log = fs::read(folder.join("all.log")).unwrap_or_default();
    let log = String::from_utf8_lossy(&log).into_owned();
    assert!(output.status.success(), "{engine}: {log}");
    log
}

/// The complaints of a log, each with the exercise and the line of its LaTeX.
fn complaints(log: &str, names: &[String], bodies: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = 0;
    for line in log.lines() {
        for (_, rest) in line.match_indices("SHEET-").map(|(at, _)| line.split_at(at + 6)) {
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            current = number.parse().unwrap_or(current);
        }
        if !COMPLAINTS.iter().any(|complaint| line.contains(complaint)) {
            continue;
        }
        let last: String = line
            .rsplit(|c: char| !c.is_ascii_digit())
            .find(|run| !run.is_empty())
            .unwrap_or("0")
            .into();
        let first =
            line.rsplit("--").nth(1).and_then(|text| text.rsplit(' ').next()).unwrap_or(&last);
        let name = names.get(current).map_or("the document", String::as_str);
        let body = bodies.get(current).map_or("", String::as_str);
        let (first, last): (usize, usize) = (first.parse().unwrap_or(0), last.parse().unwrap_or(0));
        let excerpt: Vec<&str> = body.lines().take(last).skip(first.saturating_sub(1)).collect();
        found.push(format!("{name}: {line}\n{}", excerpt.join("\n")));
    }
    found
}

/// All tortures in one document, typeset by one engine.
fn every_torture_is_clean_with(engine: &str) {
    let place = TempDir::new().expect("a temporary folder");
    let folder = std::env::var("TEX_LAYOUT_KEEP")
        .map_or_else(|_| place.path().to_owned(), |kept| Path::new(&kept).join(engine));
    fs::create_dir_all(&folder).expect("a folder");
    let decimal = Options { numbers: Numbers::Decimal, digits: Some(12), ..Options::default() };
    let mut document = String::new();
    let (mut names, mut bodies) = (Vec::new(), Vec::new());
    for (name, text) in torture::all() {
        for (form, options) in [("", Options::default()), (" in decimals", decimal.clone())] {
            let whole = sheet(name, &text, &options);
            let (preamble, body) = parts(&whole);
            if document.is_empty() {
                document = format!("{preamble}\n\\begin{{document}}\n");
            }
            let number = names.len();
            fs::write(folder.join(format!("sheet{number}.tex")), body.trim_start())
                .expect("a body");
            document.push_str(&format!(
                "\\typeout{{SHEET-{number}}}\\input{{sheet{number}}}\\clearpage\n"
            ));
            names.push(format!("{name}{form}"));
            bodies.push(body.trim_start().to_owned());
        }
    }
    document.push_str("\\typeout{SHEET-100000}\\end{document}\n");
    fs::write(folder.join("all.tex"), document).expect("a document");
    let found = complaints(&typeset(&folder, engine), &names, &bodies);
    assert!(found.is_empty(), "{} complaints\n\n{}", found.len(), found.join("\n\n"));
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_torture_is_clean_under_pdflatex() {
    every_torture_is_clean_with("-pdf");
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_torture_is_clean_under_lualatex() {
    every_torture_is_clean_with("-pdflua");
}

#[test]
fn every_torture_has_a_sheet() {
    for (name, text) in torture::all() {
        for options in
            [Options::default(), Options { numbers: Numbers::Decimal, ..Options::default() }]
        {
            assert!(sheet(name, &text, &options).contains("\\begin{align*}"), "{name}");
        }
    }
}
