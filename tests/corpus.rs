//! The published exercises in `tests/corpus/`: every figure as published, every number exactly or to
//! 30 digits.

#![allow(clippy::disallowed_methods, reason = "the exercises are on disk")]

use std::path::{Path, PathBuf};

use nablatex::exact::Rational;
use nablatex::{Source, render, solve};
use serde_json::Value;

/// How many exercises there are: a file that goes missing is noticed.
const EXERCISES: usize = 14;

/// Digits of an irrational number; the independent program gives 30.
const DIGITS: u32 = 60;

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

/// The number itself, or the decimal of one that is irrational.
fn value_of(entry: &Value) -> Rational {
    number(rational(entry).or(entry["decimal"].as_str()).expect("a number"))
}

fn rational(entry: &Value) -> Option<&str> {
    let is_fraction = |text: &&str| text.chars().all(|c| c.is_ascii_digit() || "-/".contains(c));
    entry["exact"].as_str().filter(is_fraction)
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
            for kind in ["values", "gradients", "updates"] {
                let numbers = expected[kind].as_object().expect("numbers by name");
                for (name, value) in numbers {
                    let own = &pass[kind][name];
                    let place =
                        format!("{}: {kind} {name} in pass {}", path.display(), position + 1);
                    assert!(!own.is_null(), "{place} is missing");
                    let value = value.as_str().expect("a number");
                    if value.contains('.') {
                        assert!(rational(own).is_none(), "{place} is no rational");
                        assert!(agrees(value, &value_of(own)), "{place}: {own}, not {value}");
                    } else {
                        assert_eq!(rational(own).map(number), Some(number(value)), "{place}");
                    }
                }
                // Gradients may hold more: what was derived on the way.
                if kind != "gradients" {
                    let own = pass[kind].as_object().expect("numbers by name");
                    assert_eq!(own.len(), numbers.len(), "{kind} of {}", path.display());
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

#[test]
fn every_published_figure_agrees() {
    let mut figures = 0;
    for path in exercises() {
        let text = std::fs::read_to_string(&path).expect("a readable exercise");
        let passes = solved_passes(&path, &text);
        for line in text.lines() {
            let Some(figure) =
                line.strip_prefix("# expect: ").or_else(|| line.strip_prefix("# expect-derived: "))
            else {
                assert!(!line.starts_with("# expect"), "{line}");
                continue;
            };
            let words: Vec<&str> = figure.split_whitespace().collect();
            let ["pass", pass, kind, name, "=", published] = words[..] else {
                panic!("{}: {line}", path.display())
            };
            let pass: usize = pass.parse().expect("the number of a pass");
            let entry = &passes[pass - 1][format!("{kind}s")][name];
            assert!(!entry.is_null(), "{}: {line}: not in the result", path.display());
            assert!(agrees(published, &value_of(entry)), "{}: {line}: {entry}", path.display());
            figures += 1;
        }
    }
    assert!(figures >= 21, "{figures} figures");
}

/// The README of micrograd prints these with four digits after the point.
#[test]
fn micrograd_prints_what_we_get() {
    let text = include_str!("corpus/micrograd-readme.nabla");
    let passes = solved_passes(Path::new("micrograd-readme.nabla"), text);
    for (kind, name, published) in
        [("values", "g", "24.7041"), ("gradients", "a", "138.8338"), ("gradients", "b", "645.5773")]
    {
        let value = value_of(&passes[0][kind][name]);
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
