//! The sheet and the machine-readable result of every example, as snapshots.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test --test snapshots`, and read the
//! difference.

#![allow(clippy::disallowed_methods, reason = "the examples are on disk")]

use std::path::{Path, PathBuf};

use nablatex::{Solution, Source, render, solve};

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of examples")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "nabla"))
        .collect();
    files.sort();
    assert!(files.len() >= 6, "{files:?}");
    files
}

/// One snapshot an example, named `EXAMPLE.FORMAT`, in `tests/snapshots/`.
fn each_example(format: &str, view: fn(&Solution) -> String) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in examples() {
        let text = std::fs::read_to_string(&path).expect("a readable example");
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let solved = solve(&Source::new(path.display().to_string(), text))
            .unwrap_or_else(|diagnostics| panic!("{name} is refused: {diagnostics:?}"));
        assert!(solved.warnings.is_empty(), "{name}: {:?}", solved.warnings);
        let view = view(&solved.solution);
        settings.bind(|| insta::assert_snapshot!(format!("{name}.{format}"), view));
    }
}

#[test]
fn every_sheet_is_as_it_was() {
    each_example("tex", |solution| {
        render::tex(solution, &render::Options::default()).expect("a sheet")
    });
}

/// Texts of the exercises stay as they are written, so only displays and tables are held to it.
#[test]
fn no_number_of_a_german_sheet_has_a_point() {
    let mut commas = 0;
    for path in examples() {
        let text = std::fs::read_to_string(&path).expect("a readable example");
        let text = if text.contains("\nlang ") { text } else { format!("lang \"de\"\n{text}") };
        let solved = solve(&Source::new(path.display().to_string(), text)).expect("an example");
        let sheet = render::tex(&solved.solution, &render::Options::default()).expect("a sheet");
        for line in sheet.lines().filter(|line| line.contains('&')) {
            let characters: Vec<char> = line.chars().collect();
            let has_point = characters
                .windows(3)
                .any(|own| own[0].is_ascii_digit() && own[1] == '.' && own[2].is_ascii_digit());
            assert!(!has_point, "{}: {line}", path.display());
            commas += line.matches("{,}").count();
        }
    }
    assert!(commas > 100, "{commas}");
}

/// A reminder of every function of the language, and of one of the file.
#[test]
fn the_reminder_of_every_function_is_as_it_was() {
    let mut text = "reminder\nconvention relu'(0) = 1/2, max'(tie) = first\nconst c = 3\n\
                    activation A(t) = t / (1 + t^2)\nparam a = 1/2, b = 1/3\n"
        .to_owned();
    let calls: Vec<&str> = nablatex::ops::all().map(nablatex::expr::Function::example).collect();
    let further = ["A(a)", "max(0, a)", "clip(a, -inf, c + 1)", "max(a, b, c)", "relu(b)"];
    text.push_str(&format!("loss L = {}\n", [&calls[..], &further].concat().join(" + ")));
    text.push_str("part \"Forward pass\" { forward }\n");
    let solved = solve(&Source::new("reminder.nabla", text)).expect("a sound exercise");
    let sheet = render::tex(&solved.solution, &render::Options::default()).expect("a sheet");
    let from = sheet.find("% The functions used").expect("a reminder");
    let to = sheet.find(r"\end{longtable}").expect("its end");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("reminder.tex", &sheet[from..to]));
}

#[test]
fn every_result_is_as_it_was() {
    each_example("json", |solution| {
        render::json(solution, &render::Options::default()).expect("a result")
    });
}
