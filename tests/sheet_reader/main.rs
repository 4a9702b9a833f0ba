//! An independent reader of the sheets: it parses the LaTeX that was written, evaluates both sides of every
//! sign of equality in it over exact rationals or narrow bounds, and holds the values against the machine-readable result. It
//! shares no code with what wrote the sheet.
//!
//! | file | what it does |
//! | --- | --- |
//! | `document.rs` | a sheet as prose, displays and tables |
//! | `lexer.rs`, `parser.rs`, `tree.rs` | mathematics as tokens, then formulas |
//! | `../interval` | real numbers between bounds |
//! | `value.rs`, `evaluate.rs`, `rounding.rs` | what a formula comes to, exactly or within its rounded figures |
//! | `slope.rs`, `identities.rs` | derivatives of the printed definitions; symbolic forms at other values |
//! | `in_place.rs` | numbers in the place of names |
//! | `known.rs` | the machine-readable result |
//! | `reader.rs`, `given.rs`, `displays.rs` | the sheet from top to bottom |
//! | `course.rs`, `optimisers.rs` | passes, rows, batches and what is set; steps and what they remember |
//! | `checks.rs` | each chain of it |
//! | `generate.rs` | random exercises |

#![allow(
    clippy::disallowed_methods,
    reason = "the exercises are on disk, and the environment says how many to make"
)]
#![allow(missing_docs, unreachable_pub, reason = "modules of one test")]

mod checks;
mod course;
mod displays;
mod document;
mod evaluate;
mod generate;
mod given;
mod identities;
mod in_place;
#[path = "../interval/mod.rs"]
mod interval;
mod known;
mod lexer;
mod optimisers;
mod parser;
mod reader;
mod rounding;
mod slope;
mod tree;
mod value;

use std::path::{Path, PathBuf};

use nablatex::render::{self, Detail, Numbers, Options};
use nablatex::{Source, solve};

use known::Known;
use reader::{Report, read};

/// Something on a sheet that cannot be read or is not true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the LaTeX; 0 for the whole.
    pub line: usize,
    pub message: String,
}

impl Problem {
    pub fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// Every kind of page that one exercise can become.
fn forms() -> Vec<(&'static str, Options)> {
    let default = Options::default;
    let with = |numbers, digits, decimals| Options { numbers, digits, decimals, ..default() };
    vec![
        ("as it is", default()),
        ("brief", Options { detail: Detail::Brief, ..default() }),
        ("in fractions", with(Numbers::Fraction, None, None)),
        ("in decimals", with(Numbers::Decimal, None, None)),
        ("in 3 digits", with(Numbers::Decimal, Some(3), None)),
        ("in 4 decimals", with(Numbers::Decimal, None, Some(4))),
        ("with 3 digits", with(Numbers::Auto, Some(3), None)),
        ("a fragment", Options { fragment: true, ..default() }),
        (
            "a brief fragment in 12 digits",
            Options {
                detail: Detail::Brief,
                fragment: true,
                ..with(Numbers::Decimal, Some(12), None)
            },
        ),
    ]
}

fn is_too_large(sentence: &str) -> bool {
    ["bits or more", "of a number beyond", "bits do not decide"]
        .iter()
        .any(|limit| sentence.contains(limit))
}

/// Reads the sheet of an exercise in some forms, and returns what is wrong with it, at length.
fn faults(name: &str, text: &str, forms: &[(&str, Options)]) -> (Report, Vec<String>) {
    let solved = match solve(&Source::new(name, text)) {
        Ok(solved) => solved,
        // Random formulas may grow numbers too long to work with; few do.
        Err(diagnostics) if diagnostics.iter().any(|one| is_too_large(&one.sentence)) => {
            return (Report::default(), Vec::new());
        }
        Err(diagnostics) => {
            let messages: Vec<String> =
                diagnostics.iter().map(|diagnostic| format!("{diagnostic:?}")).collect();
            return (
                Report::default(),
                vec![format!("{name} is refused: {}\n{text}", messages.join("\n"))],
            );
        }
    };
    let known = match Known::of(&solved.solution) {
        Ok(known) => known,
        Err(error) if is_too_large(&error.to_string()) => return (Report::default(), Vec::new()),
        Err(error) => {
            return (Report::default(), vec![format!("{name} has no result: {error}")]);
        }
    };
    let mut all = Report::default();
    let mut faults = Vec::new();
    for (form, options) in forms {
        let sheet = match render::tex(&solved.solution, options) {
            Ok(sheet) => sheet,
            Err(error) => {
                faults.push(format!("{name} {form} has no sheet: {error}"));
                continue;
            }
        };
        let report = read(&sheet, &known);
        if report.equalities == 0 {
            faults.push(format!("{name} {form}: nothing was evaluated"));
        }
        for problem in &report.problems {
            let line =
                problem.line.checked_sub(1).and_then(|line| sheet.lines().nth(line)).unwrap_or("");
            faults.push(format!(
                "{name} {form}, line {}: {}\n    {line}",
                problem.line, problem.message
            ));
        }
        all.equalities += report.equalities;
        all.reasons += report.reasons;
    }
    (all, faults)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder of exercises")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "nabla"))
        .collect();
    files.sort();
    files
}

/// Any form of a sheet.
const ANY: &str = "";

const A_RULE_BEFORE_ITS_TABLE: &str =
    "a rule in letters stands before its table of training, whose lines are then read as others";

/// Sheets in a form that the reader cannot hold against anything yet, and why.
const NOT_READ: &[(&str, &str, &str)] = &[
    (
        "nesterov.nabla",
        "in 4 decimals",
        "the definitions hold figures that look rounded, so values ahead cannot be derived from them",
    ),
    (
        "adaline-or-batches.nabla",
        "in 4 decimals",
        "the definitions hold figures that look rounded, so each row's gradients cannot be derived",
    ),
    ("cornell-perceptron.nabla", ANY, A_RULE_BEFORE_ITS_TABLE),
    ("xor-sixes.nabla", ANY, A_RULE_BEFORE_ITS_TABLE),
    ("perceptron.nabla", ANY, A_RULE_BEFORE_ITS_TABLE),
    ("xor-online.nabla", ANY, A_RULE_BEFORE_ITS_TABLE),
];

/// All exercises of a folder in all forms, but for those that are listed.
#[track_caller]
fn every_sheet_of(folder: &str) {
    let files = files(folder);
    assert!(files.len() > 5, "{files:?}");
    let mut found = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a readable exercise");
        // The reader knows the words and the decimal point of English sheets alone.
        if text.lines().any(|line| line.trim_start().starts_with("lang \"de\"")) {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_read = |form: &str| {
            let is_form = |unread: &str| unread == ANY || unread == form;
            !NOT_READ.iter().any(|(file, unread, _)| *file == name && is_form(unread))
        };
        let mut forms = forms();
        forms.retain(|(form, _)| is_read(form));
        if forms.is_empty() {
            continue;
        }
        let (report, faults) = faults(&name, &text, &forms);
        if report.equalities == 0 {
            found.push(format!("{name}: nothing was evaluated"));
        }
        found.extend(faults);
    }
    assert!(found.is_empty(), "{} faults\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_sheet_of_the_examples_is_true() {
    every_sheet_of("examples");
}

#[test]
fn every_sheet_of_the_corpus_is_true() {
    every_sheet_of("tests/corpus");
}

/// So many faulty exercises are enough to see.
const FAULTY: usize = 100;

/// Random exercises, each in one of the forms.
#[track_caller]
fn random_sheets(seeds: std::ops::Range<u64>) -> Report {
    let forms = forms();
    let mut all = Report::default();
    let mut found = Vec::new();
    for seed in seeds {
        let text = generate::exercise(seed);
        let form = usize::try_from(seed).unwrap_or(0) % forms.len();
        let (report, faults) = faults(&format!("seed {seed}"), &text, &forms[form..=form]);
        all.equalities += report.equalities;
        all.reasons += report.reasons;
        if let Some(first) = faults.first() {
            found.push(format!("{} faults\n{first}\n{text}", faults.len()));
        }
        if found.len() >= FAULTY {
            break;
        }
    }
    assert!(found.is_empty(), "{} exercises\n{}", found.len(), found.join("\n\n"));
    all
}

#[test]
fn every_sheet_of_random_networks_is_true() {
    // `NABLATEX_CASES=20000` makes that many others.
    let asked = std::env::var("NABLATEX_CASES").ok().and_then(|cases| cases.parse::<u64>().ok());
    let report = random_sheets(asked.map_or(0..300, |cases| 1_000..1_000 + cases));
    assert!(report.equalities > 3_000, "{}", report.equalities);
    assert!(report.reasons > 100, "{}", report.reasons);
}

/// A reader that believes anything proves nothing: each of these slips is seen.
#[test]
fn no_slip_on_a_sheet_goes_unseen() {
    let text = include_str!("../../examples/exercise2.nabla");
    let solved = solve(&Source::new("exercise2.nabla", text)).expect("a sound exercise");
    let known = Known::of(&solved.solution).expect("a result");
    let sheet = render::tex(&solved.solution, &Options::default()).expect("a sheet");
    assert_eq!(read(&sheet, &known).problems, []);
    let body = sheet.find("The network").expect("a body");
    let mut unseen = Vec::new();
    let mut count = 0;
    let mut is_display = false;
    let mut offset = 0;
    for line in sheet.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        is_display = (is_display || line.starts_with("\\begin{align*}"))
            && !line.starts_with("\\end{align*}");
        if start < body || !is_display || line.starts_with('\\') && !line.starts_with("\\pdv") {
            continue;
        }
        for (at, c) in line.char_indices() {
            let replacement = match c {
                // 0 + 0 and 0 - 0 are the same.
                '+' if line[..at].ends_with("0 ") && line[at..].starts_with("+ 0 ") => continue,
                '+' => "-",
                '<' => ">",
                '0' => "1",
                '1' => "2",
                '2'..='8' => "9",
                _ => continue,
            };
            let changed =
                format!("{}{replacement}{}", &sheet[..start + at], &sheet[start + at + 1..]);
            count += 1;
            if read(&changed, &known).problems.is_empty() {
                unseen.push(format!("{replacement} for {c} at {at} of: {line}"));
            }
        }
    }
    assert!(count > 200, "{count}");
    assert!(unseen.is_empty(), "{} of {count}\n{}", unseen.len(), unseen.join(""));
}

/// Formulas in bulk: nodes that nothing uses, each evaluated in symbols, in numbers and as its value.
fn bulk(seeds: std::ops::Range<u64>, nodes: usize) -> (usize, Vec<String>) {
    let forms = [
        (
            "in fractions",
            Options { fragment: true, numbers: Numbers::Fraction, ..Options::default() },
        ),
        (
            "in decimals",
            Options { fragment: true, numbers: Numbers::Decimal, ..Options::default() },
        ),
    ];
    let mut equalities = 0;
    let mut found = Vec::new();
    for seed in seeds {
        let text = generate::formulas(seed, nodes);
        let form = usize::from(seed % 4 == 3);
        let (report, faults) = faults(&format!("formulas {seed}"), &text, &forms[form..=form]);
        equalities += report.equalities;
        found.extend(faults.into_iter().take(3));
        if found.len() >= 10 {
            break;
        }
    }
    (equalities, found)
}

#[test]
#[ignore = "takes minutes: cargo test -- --ignored"]
fn a_hundred_thousand_random_formulas_are_true() {
    const WORKERS: u64 = 4;
    const FILES: u64 = 1_000;
    const NODES: usize = 100;
    let (equalities, found) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let seeds = worker * FILES / WORKERS..(worker + 1) * FILES / WORKERS;
                scope.spawn(move || bulk(seeds, NODES))
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker ends")).fold(
            (0, Vec::new()),
            |(count, mut all), (equalities, found)| {
                all.extend(found);
                (count + equalities, all)
            },
        )
    });
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    assert!(equalities >= 2 * 100_000, "{equalities}");
}
