//! The published exercises in `tests/corpus/`: every figure as published, every number exactly, or to
//! [`DIGITS`] digits where it is beyond the rationals.

#![allow(clippy::disallowed_methods, reason = "the exercises are on disk")]

use std::path::{Path, PathBuf};

use nablatex::exact::Rational;
use nablatex::{Source, render, solve};
use serde_json::Value;

/// How many exercises there are: a file that goes missing is noticed.
const EXERCISES: usize = 25;

/// How many figures their comments have.
const FIGURES: usize = 177;

/// How many digits the expected files have of numbers beyond the rationals.
const DIGITS: u32 = 30;

fn exercises() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of exercises")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "nabla"))
        .collect();
    files.sort();
    assert_eq!(files.len(), EXERCISES);
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The passes of the machine-readable result.
fn solved_passes(path: &Path, text: &str) -> Vec<Value> {
    let source = Source::new(stem(path), text);
    let solved = match solve(&source) {
        Ok(solved) => solved,
        Err(diagnostics) => panic!("{} is refused: {diagnostics:?}", path.display()),
    };
    let options = render::Options { digits: Some(DIGITS), ..render::Options::default() };
    let json = render::json(&solved.solution, &options).expect("a result");
    let result: Value = serde_json::from_str(&json).expect("JSON");
    result["passes"].as_array().expect("passes").clone()
}

/// A fraction or decimal as it is written.
fn number(text: &str) -> Rational {
    let parse = |part: &str| {
        let (negative, digits) =
            part.strip_prefix('-').map_or((false, part), |digits| (true, digits));
        let value = Rational::parse_decimal(digits).expect("a number");
        if negative { -value } else { value }
    };
    match text.split_once('/') {
        Some((above, below)) => parse(above).checked_div(&parse(below)).expect("a denominator"),
        None => parse(text),
    }
}

/// What an entry of the result is: exactly, or to [`DIGITS`] digits.
fn value(entry: &Value) -> Rational {
    let exact =
        entry["exact"].as_str().filter(|text| text.bytes().all(|b| b"-/0123456789".contains(&b)));
    number(exact.or_else(|| entry["decimal"].as_str()).expect("a number"))
}

/// The expected file has a fraction where the number is rational, and else a decimal, whose last digits
/// are left out where they are 0.
fn assert_is(entry: &Value, expected: &str, place: &str) {
    assert!(!entry.is_null(), "{place} is missing");
    if expected.contains('.') {
        assert_eq!(entry["decimal"], expected, "{place}");
    } else {
        assert_eq!(entry["exact"], expected, "{place}");
    }
}

#[test]
fn every_number_is_that_of_an_independent_program() {
    for path in exercises() {
        let text = std::fs::read_to_string(&path).expect("a readable exercise");
        let passes = solved_passes(&path, &text);
        let expected = std::fs::read_to_string(path.with_extension("expected.json"));
        let expected: Value =
            serde_json::from_str(&expected.expect("the expected numbers")).expect("JSON");
        let expected = expected.as_array().expect("a list of passes");
        assert_eq!(passes.len(), expected.len(), "passes of {}", path.display());
        for (position, (pass, expected)) in passes.iter().zip(expected).enumerate() {
            let place = format!("{}: pass {}", path.display(), position + 1);
            assert_eq!(pass["row"], expected["row"], "{place}: the row");
            assert_eq!(pass["batch"]["rows"], expected["batch"]["rows"], "{place}: the batch");
            if let Some(loss) = expected["batch"]["loss"].as_str() {
                assert_is(&pass["batch"]["loss"], loss, &format!("{place}: the batch's loss"));
            }
            for kind in ["values", "gradients", "updates"] {
                let numbers = expected[kind].as_object().expect("numbers by name");
                for (name, number) in numbers {
                    let number = number.as_str().expect("a number");
                    assert_is(&pass[kind][name], number, &format!("{place}: {kind} {name}"));
                }
                // Gradients may hold more: what was derived on the way.
                if kind != "gradients" {
                    let own = pass[kind].as_object().expect("numbers by name");
                    assert_eq!(own.len(), numbers.len(), "{place}: {kind}");
                }
            }
        }
    }
}

/// A published figure agrees with the exact value: rounded or truncated in its last digit if it is a
/// decimal, else exactly.
fn agrees(published: &str, value: &Rational) -> bool {
    let Some((_, digits)) = published.split_once('.') else { return number(published) == *value };
    let unit = Rational::parse_decimal(&format!("1e-{}", digits.len())).expect("a unit");
    let difference = &number(published) - value;
    let magnitude = if difference.is_negative() { -difference } else { difference };
    magnitude < unit
}

/// What a comment says of a figure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    Right,
    /// The source is wrong there; a comment beside it shows how.
    Wrong,
}

/// The figure of a comment: which claim, where in the result, and what was published.
fn figure<'a>(line: &'a str, passes: &'a [Value]) -> Option<(Claim, &'a Value, &'a str)> {
    let (key, figure) = line.strip_prefix("# expect")?.split_once(": ")?;
    let claim = if key == "-wrong" { Claim::Wrong } else { Claim::Right };
    let words: Vec<&str> = figure.split_whitespace().collect();
    let pass = |number: &str| &passes[number.parse::<usize>().expect("the number of a pass") - 1];
    Some(match (key, &words[..]) {
        ("" | "-derived" | "-wrong", ["pass", number, kind, name, "=", published]) => {
            (claim, &pass(number)[format!("{kind}s")][*name], *published)
        }
        ("-partial", ["pass", number, of, "by", by, "=", published]) => {
            (claim, &pass(number)["partials"][*of][*by], *published)
        }
        _ => panic!("not a figure: {line}"),
    })
}

#[test]
fn every_published_figure_agrees() {
    let mut figures = 0;
    for path in exercises() {
        let text = std::fs::read_to_string(&path).expect("a readable exercise");
        let passes = solved_passes(&path, &text);
        for line in text.lines().filter(|line| line.starts_with("# expect")) {
            let place = format!("{}: {line}", path.display());
            let (claim, entry, published) =
                figure(line, &passes).unwrap_or_else(|| panic!("not a figure: {place}"));
            assert!(!entry.is_null(), "{place}: not in the result");
            let agrees = agrees(published, &value(entry));
            assert_eq!(agrees, claim == Claim::Right, "{place}: {entry}");
            figures += 1;
        }
    }
    assert_eq!(figures, FIGURES);
}

/// The README of micrograd prints these with four digits after the point.
#[test]
fn micrograd_prints_what_we_get() {
    let text = include_str!("corpus/micrograd-readme.nabla");
    let passes = solved_passes(Path::new("micrograd-readme.nabla"), text);
    for (kind, name, published) in
        [("values", "g", "24.7041"), ("gradients", "a", "138.8338"), ("gradients", "b", "645.5773")]
    {
        let value = value(&passes[0][kind][name]);
        assert!(agrees(published, &value), "{name}: {value} and {published}");
    }
}

#[test]
fn agreement_means_the_last_digit() {
    let third = Rational::new(1, 3).expect("a third");
    let two_thirds = Rational::new(2, 3).expect("two thirds");
    for (published, value, expected) in [
        ("0.33", &third, true),
        ("0.34", &third, true),
        ("0.32", &third, false),
        ("0.35", &third, false),
        ("0.67", &two_thirds, true),
        ("0.66", &two_thirds, true),
        ("-0.66", &two_thirds, false),
        ("1/3", &third, true),
        ("1", &third, false),
    ] {
        assert_eq!(agrees(published, value), expected, "{published}");
    }
}
