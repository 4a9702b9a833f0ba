//! Wrong usage, help and completions.

use crate::{GOOD, Place};

#[test]
fn wrong_usage_is_status_2() {
    let place = Place::new();
    for (arguments, word) in [
        (&["solve"][..], "<FILE>"),
        (&["frobnicate"], "unrecognized subcommand"),
        (&["solve", "good.nabla", "--no-such-option"], "--no-such-option"),
        (&["solve", "good.nabla", "--digits", "0"], "1..=1000"),
        (&["solve", "good.nabla", "--digits", "1001"], "1..=1000"),
        (&["solve", "good.nabla", "--digits", "99999999999999999999"], "invalid value"),
        (&["solve", "good.nabla", "--decimals", "-1"], "--decimals"),
        (&["solve", "good.nabla", "--digits", "3", "--decimals", "3"], "cannot be used with"),
        (&["solve", "good.nabla", "--detail", "long"], "brief"),
        (&["solve", "good.nabla", "--format", "docx"], "json"),
        (&["solve", "good.nabla", "--fragment", "--preamble", "p.tex"], "cannot be used with"),
        (&["solve", "good.nabla", "--fragment", "--format", "json"], "--fragment"),
        (&["solve", "good.nabla", "--preamble", "p.tex", "--format", "json"], "--preamble"),
        (&["solve", "good.nabla", "-o", "good.nabla"], "read here"),
        (&["solve", "good.nabla", "-o", "./good.nabla"], "read here"),
        (&["pdf", "good.nabla", "-o", "good.nabla"], "read here"),
        (&["pdf", "-"], "-o OUT.pdf"),
        (&["check"], "<FILE>"),
        (&["new", "folder/"], "cannot name a file"),
        (&["new", ".."], "cannot name a file"),
        (&["completions", "tcsh"], "bash"),
    ] {
        place.run(arguments).fails(2, &[word]);
    }
    place.run(&[]).fails(2, &["Usage", "solve"]);
    assert_eq!(place.text("good.nabla"), GOOD);
    assert_eq!(place.names(), ["faulty.nabla", "good.nabla", "warned.nabla"]);
}

#[test]
fn help_and_version_go_to_standard_output() {
    let place = Place::new();
    let help = place.run(&["--help"]).succeeds().stdout;
    let version = place.run(&["--version"]).succeeds().stdout;
    assert_eq!(version, concat!("nablatex ", env!("CARGO_PKG_VERSION"), "\n"));
    for command in ["solve", "check", "pdf", "new", "completions"] {
        assert!(help.contains(command), "{help}");
        assert!(place.run(&[command, "--help"]).succeeds().stdout.contains("Examples:"));
    }
}

#[test]
fn completions_come_for_every_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&["completions", shell]).succeeds().stdout;
        assert!(script.contains("nablatex") && script.contains("fragment"), "{shell}: {script}");
    }
}
