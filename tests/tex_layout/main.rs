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

#[path = "../sheet_reader/generate.rs"]
#[allow(dead_code, missing_docs, unreachable_pub, reason = "the generator of another test")]
mod generate;
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
        let first = if first == last { display_start(body, last) } else { first };
        let excerpt: Vec<&str> = body.lines().take(last).skip(first.saturating_sub(1)).collect();
        found.push(format!("{name}: {line}\n{}", excerpt.join("\n")));
    }
    found
}

/// TeX tells of a display where it ends: the line where it begins.
fn display_start(body: &str, end: usize) -> usize {
    let before: Vec<&str> = body.lines().take(end).collect();
    before.iter().rposition(|line| line.contains("\\begin{align*}")).map_or(end, |start| start + 1)
}

/// Every torture in two forms.
fn tortures() -> Vec<(String, String)> {
    let decimal = Options { numbers: Numbers::Decimal, digits: Some(12), ..Options::default() };
    let mut sheets = Vec::new();
    for (name, text) in torture::all() {
        sheets.push((name.to_owned(), sheet(name, &text, &Options::default())));
        sheets.push((format!("{name} in decimals"), sheet(name, &text, &decimal)));
    }
    sheets
}

/// Random exercises, whose numbers and formulas nobody chose.
fn random() -> Vec<(String, String)> {
    let asked = std::env::var("NABLATEX_CASES").ok().and_then(|cases| cases.parse::<u64>().ok());
    let mut sheets = Vec::new();
    for seed in 0..asked.unwrap_or(60) {
        let text = generate::exercise(seed);
        let numbers = if seed % 2 == 0 { Numbers::Auto } else { Numbers::Decimal };
        // A few grow numbers too long to work with.
        if let Ok(solved) = solve(&Source::new("random", text.as_str())) {
            let options = Options { numbers, ..Options::default() };
            let sheet = render::tex(&solved.solution, &options).expect("a sheet");
            sheets.push((format!("seed {seed}\n{text}"), sheet));
        }
    }
    sheets
}

/// All sheets in one document, typeset by one engine.
#[track_caller]
fn all_are_clean(sheets: &[(String, String)], engine: &str) {
    let place = TempDir::new().expect("a temporary folder");
    let folder = std::env::var("TEX_LAYOUT_KEEP")
        .map_or_else(|_| place.path().to_owned(), |kept| Path::new(&kept).join(engine));
    fs::create_dir_all(&folder).expect("a folder");
    let mut document = String::new();
    let (mut names, mut bodies) = (Vec::new(), Vec::new());
    for (number, (name, whole)) in sheets.iter().enumerate() {
        let (preamble, body) = parts(whole);
        if document.is_empty() {
            document = format!("{preamble}\n\\begin{{document}}\n");
        }
        let body = body.trim_start();
        fs::write(folder.join(format!("sheet{number}.tex")), body).expect("a body");
        document
            .push_str(&format!("\\typeout{{SHEET-{number}}}\\input{{sheet{number}}}\\clearpage\n"));
        names.push(name.clone());
        bodies.push(body.to_owned());
    }
    document.push_str("\\typeout{SHEET-100000}\\end{document}\n");
    fs::write(folder.join("all.tex"), document).expect("a document");
    let found = complaints(&typeset(&folder, engine), &names, &bodies);
    assert!(found.is_empty(), "{} complaints\n\n{}", found.len(), found.join("\n\n"));
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_torture_is_clean_under_pdflatex() {
    all_are_clean(&tortures(), "-pdf");
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_torture_is_clean_under_lualatex() {
    all_are_clean(&tortures(), "-pdflua");
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

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn random_exercises_are_clean_under_pdflatex() {
    all_are_clean(&random(), "-pdf");
}
