//! The commands of the documentation, run in a shell in an empty folder that has the examples.
//!
//! `cargo run --release --` stands for the program under test. Other commands of cargo, and what needs
//! a network or LaTeX, are on a list of what a document may show without being run here.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::blocks::blocks;
use crate::{documents, root};

/// Shown and not run: these build, install, measure or typeset.
const NOT_RUN: &[&str] = &[
    "cargo test",
    "cargo install --path .",
    "cargo bench --bench seed",
    "cargo bench --bench chain",
    "cargo bench --bench process",
    "BLESS=1 cargo test --test docs",
    "cargo test --test tex --test cli --test docs -- --ignored",
    ".ci/run",
    "python3 -m pip install sympy",
];

/// A document's commands, each with the output that the document shows.
fn commands(text: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for block in blocks(text).into_iter().filter(|block| block.kind == "console") {
        for line in block.text.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), String::new())),
                (None, Some((_, output))) => {
                    output.push_str(line);
                    output.push('\n');
                }
                (None, None) => panic!("a console block begins with `$ `"),
            }
        }
    }
    commands
}

/// A folder as a reader has it: the examples, and the exercises that the document shows by name.
fn folder_for(text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let examples = folder.path().join("examples");
    fs::create_dir(&examples).unwrap();
    fs::create_dir_all(folder.path().join("docs/images")).unwrap();
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, examples.join(path.file_name().unwrap())).unwrap();
    }
    for block in blocks(text) {
        if let (true, Some(file)) = (block.kind.starts_with("nabla"), &block.file) {
            fs::write(folder.path().join(file), &block.text).unwrap();
        }
    }
    folder
}

/// The command in a shell that finds `nablatex`; without `tex`, nothing that typesets is found.
fn shell(command: &str, folder: &Path, with_tex: bool) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_nablatex")).parent().unwrap();
    let command = command.replace("cargo run --release --", "nablatex");
    let mut path = std::ffi::OsString::from(program);
    path.push(":/bin:");
    if with_tex {
        path.push(std::env::var_os("PATH").unwrap_or_default());
    } else {
        path.push("/usr/bin");
    }
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    shell.env_remove("CLICOLOR_FORCE");
    shell
}

/// Whether an output is the one shown, in which a line `…` stands for any number of lines.
fn agrees(shown: &str, output: &str) -> bool {
    let mut rest = output;
    let mut parts = shown.split("…\n").peekable();
    let Some(first) = parts.next() else { return true };
    let Some(after) = rest.strip_prefix(first) else { return false };
    if parts.peek().is_none() {
        return after.is_empty();
    }
    rest = after;
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[test]
#[cfg(unix)]
fn every_command_does_what_is_shown() {
    let mut count = 0;
    for (document, text) in documents() {
        let folder = folder_for(&text);
        for (command, shown) in commands(&text) {
            if NOT_RUN.contains(&command.as_str()) || needs_tex(&command) {
                continue;
            }
            let output = shell(&command, folder.path(), false).output().unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert_ne!(output.status.code(), Some(2), "{document}: {command}\n{said}");
            assert_ne!(output.status.code(), Some(127), "{document}: {command}\n{said}");
            if shown.is_empty() {
                assert!(output.status.success(), "{document}: {command}\n{said}");
            } else {
                assert!(
                    agrees(&shown, &said),
                    "{document}: {command}\nshown:\n{shown}\nis:\n{said}"
                );
            }
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} commands were found");
}

#[test]
#[cfg(unix)]
#[ignore = "needs LaTeX: cargo test -- --ignored"]
fn every_command_that_typesets_works() {
    for (document, text) in documents() {
        let folder = folder_for(&text);
        for (command, _) in commands(&text) {
            if NOT_RUN.contains(&command.as_str()) {
                continue;
            }
            let output = shell(&command, folder.path(), true).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                output.status.success() || !needs_tex(&command),
                "{document}: {command}\n{said}"
            );
        }
    }
}

fn needs_tex(command: &str) -> bool {
    [" pdf ", "latexmk", "pdftoppm"].iter().any(|word| command.contains(word))
}

#[test]
fn the_readme_has_its_two_commands() {
    let (_, readme) = documents().into_iter().find(|(name, _)| name == "README.md").unwrap();
    let commands: Vec<String> = commands(&readme).into_iter().map(|(command, _)| command).collect();
    let solve = "cargo run --release -- solve examples/exercise2.nabla -o exercise2.tex";
    assert_eq!(commands[..2], [solve, "cargo test"]);
}

#[test]
fn an_ellipsis_stands_for_lines() {
    assert!(agrees("a\n…\nc\n", "a\nb\nb\nc\n"));
    assert!(agrees("a\n…\n", "a\nb\n"));
    assert!(agrees("…\nc\n", "a\nc\n"));
    assert!(!agrees("a\n", "a\nb\n"));
    assert!(!agrees("a\n…\nd\n", "a\nb\nc\n"));
}
