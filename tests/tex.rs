//! What is written compiles: without a warning, under pdfLaTeX and LuaLaTeX, whatever a file says.
//!
//! These tests need a TeX installation with latexmk, and pdftotext. They are ignored unless asked
//! for: `cargo test -- --ignored`. A missing tool is a failure then.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "a test of the command line touches files and runs programs"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// What no log may hold. LaTeX writes `Warning:`, pdfTeX `warning:`.
const COMPLAINTS: [&str; 5] =
    ["Warning:", "warning:", "Overfull", "Underfull", "Missing character"];

fn nablatex(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nablatex"));
    command.env_remove("SOURCE_DATE_EPOCH").current_dir(folder).args(arguments).output().unwrap()
}

#[track_caller]
fn succeeds(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Typesets `NAME.tex` in the folder with an engine (`-pdf` or `-pdflua`) and returns the log.
#[track_caller]
fn typeset(folder: &Path, name: &str, engine: &str) -> String {
    let output = Command::new("latexmk")
        .current_dir(folder)
        .args(["-norc", engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"])
        .arg(format!("{name}.tex"))
        .env("max_print_line", "10000")
        .output()
        .unwrap();
    let log = fs::read(folder.join(format!("{name}.log"))).unwrap_or_default();
    let log = String::from_utf8_lossy(&log).into_owned();
    assert!(
        output.status.success(),
        "{name} with {engine}: {log}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    log
}

#[track_caller]
fn assert_clean(log: &str, name: &str) {
    for line in log.lines() {
        assert!(!COMPLAINTS.iter().any(|complaint| line.contains(complaint)), "{name}: {line}");
    }
}

/// The text on the pages of a PDF, without white space: TeX decides where that is.
fn text_of(pdf: &Path) -> String {
    let output = Command::new("pdftotext").arg(pdf).arg("-").output().unwrap();
    succeeds(output).split_whitespace().collect()
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut examples: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    examples.retain(|path| path.extension().is_some_and(|extension| extension == "nabla"));
    examples.sort();
    assert!(examples.len() >= 8);
    examples
}

/// Every example in every form that changes the page, typeset by one engine.
fn every_example_is_clean_with(engine: &str) {
    for example in examples() {
        let place = TempDir::new().unwrap();
        let file = example.to_str().unwrap();
        let name = example.file_stem().unwrap().to_str().unwrap();
        let tex = format!("{name}.tex");
        succeeds(nablatex(place.path(), &["solve", file, "-o", &tex]));
        assert_clean(&typeset(place.path(), name, engine), name);
    }
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_example_is_clean_under_pdflatex() {
    every_example_is_clean_with("-pdf");
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_example_is_clean_under_lualatex() {
    every_example_is_clean_with("-pdflua");
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_form_of_a_page_is_clean() {
    let place = TempDir::new().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/exercise2.nabla");
    let file = example.to_str().unwrap();
    let forms: [&[&str]; 5] = [
        &["--detail", "brief"],
        &["--numbers", "decimal"],
        &["--numbers", "decimal", "--digits", "3"],
        &["--numbers", "fraction"],
        &["--reminder"],
    ];
    for (number, options) in forms.iter().enumerate() {
        let name = format!("form{number}");
        let tex = format!("{name}.tex");
        let arguments = [&["solve", file, "-o", &tex], *options].concat();
        succeeds(nablatex(place.path(), &arguments));
        assert_clean(&typeset(place.path(), &name, "-pdf"), &format!("{options:?}"));
    }
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn a_fragment_goes_into_another_document() {
    let place = TempDir::new().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/exercise2.nabla");
    let file = example.to_str().unwrap();
    let whole = succeeds(nablatex(place.path(), &["solve", file]));
    succeeds(nablatex(place.path(), &["solve", file, "--fragment", "-o", "body.tex"]));
    let (preamble, _) = whole.split_once("\\begin{document}").unwrap();
    let book = format!("{preamble}\n\\begin{{document}}\n\\input{{body}}\n\\end{{document}}\n");
    fs::write(place.path().join("book.tex"), book).unwrap();
    assert_clean(&typeset(place.path(), "book", "-pdf"), "fragment");
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn a_pdf_is_the_same_bytes_wherever_it_is_made() {
    let text = include_str!("../examples/exercise2.nabla");
    let mut pdfs = Vec::new();
    for folder in ["plain", "with blanks, ~ and Übung"] {
        let place = TempDir::new().unwrap();
        let place = place.path().join(folder);
        fs::create_dir_all(place.join("temporary files ~")).unwrap();
        fs::write(place.join("week 3.nabla"), text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_nablatex"))
            .current_dir(&place)
            .args(["pdf", "week 3.nabla"])
            .env("TMPDIR", place.join("temporary files ~"))
            .env_remove("SOURCE_DATE_EPOCH")
            .output()
            .unwrap();
        assert_eq!(succeeds(output), "");
        assert_eq!(fs::read_dir(place.join("temporary files ~")).unwrap().count(), 0);
        pdfs.push(fs::read(place.join("week 3.pdf")).unwrap());
    }
    assert!(pdfs[0].starts_with(b"%PDF-"));
    assert!(pdfs[0] == pdfs[1], "two runs made different files");
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn no_text_of_a_file_becomes_latex() {
    const AWKWARD: &str = r"100% & #1 x_1 ^ ~ {a} \\input{/etc/passwd} \$";
    const SHOWN: &str = r"100%&#1x_1^~{a}\input{/etc/passwd}$";
    let exercise = format!(
        "title \"{AWKWARD}\"\nauthor \"{AWKWARD}\"\ninput x = 2\nparam w = 1/2\nloss L = (w * x)^2\n\
         part \"{AWKWARD}\" (1 point) {{\n  text \"{AWKWARD} ^^5cend \\\\end{{document}}\"\n  forward\n}}\n\
         question \"{AWKWARD}\" {{ answer \"{AWKWARD} \\\\write18{{touch written}} \\\\csname x\" }}\n\
         note \"{AWKWARD} [x] \\\\\\\\ ?` !` << >> -- ' `\"\n"
    );
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("awkward.nabla"), exercise).unwrap();
    succeeds(nablatex(place.path(), &["solve", "awkward.nabla", "-o", "awkward.tex"]));
    for engine in ["-pdf", "-pdflua"] {
        assert_clean(&typeset(place.path(), "awkward", engine), engine);
        let text = text_of(&place.path().join("awkward.pdf"));
        assert!(text.matches(SHOWN).count() >= 6, "{engine}: {text}");
        for literal in ["^^5cend", r"\end{document}", r"\write18{touchwritten}", r"\csnamex", r"\\"]
        {
            assert!(text.contains(literal), "{engine}: no {literal} in {text}");
        }
        assert!(!text.contains("root:"), "{engine}: {text}");
    }
    assert!(!place.path().join("written").exists());
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn a_preamble_restyles_and_finds_its_files() {
    let place = TempDir::new().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/exercise2.nabla");
    fs::create_dir(place.path().join("our course")).unwrap();
    fs::write(place.path().join("our course/course.tex"), "\\input{macros}\n\\input{here}\n")
        .unwrap();
    fs::write(
        place.path().join("our course/macros.tex"),
        "\\newcommand{\\answer}[1]{\\fbox{$#1$}}\n\\immediate\\write18{touch written}\n",
    )
    .unwrap();
    fs::write(place.path().join("here.tex"), "\\newcommand{\\ours}{}\n").unwrap();
    let arguments = [
        "pdf",
        example.to_str().unwrap(),
        "--preamble",
        "our course/course.tex",
        "-o",
        "styled.pdf",
    ];
    succeeds(nablatex(place.path(), &arguments));
    assert!(text_of(&place.path().join("styled.pdf")).contains("Exercise2"));
    assert!(!place.path().join("written").exists());
}

#[test]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn what_latex_complains_about_is_said() {
    for (preamble, words) in [
        (
            "\\usepackage{nosuchpackage}\n",
            &["nosuchpackage.sty", "tlmgr install nosuchpackage"][..],
        ),
        (
            "\\nosuchcommand\n",
            &["Undefined control sequence", "\\nosuchcommand", "of the .tex", "sheet.log"],
        ),
        ("\\newcommand{\\oops}{\n", &["LaTeX failed", "sheet.log"]),
    ] {
        let place = TempDir::new().unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/exercise2.nabla");
        fs::write(place.path().join("course.tex"), preamble).unwrap();
        fs::create_dir(place.path().join("temporary")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_nablatex"))
            .current_dir(place.path())
            .args(["pdf", example.to_str().unwrap(), "--preamble", "course.tex"])
            .env("TMPDIR", place.path().join("temporary"))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        for word in words {
            assert!(stderr.contains(word), "no {word:?} in: {stderr}");
        }
        assert!(!place.path().join("exercise2.pdf").exists());
    }
}
