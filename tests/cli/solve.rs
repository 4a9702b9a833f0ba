//! `solve` and its options; colour.

use crate::{FAULTY, GOOD, Place};

#[test]
fn a_solution_goes_to_standard_output() {
    let ran = Place::new().run(&["solve", "good.nabla"]).succeeds();
    assert!(
        ran.stdout.contains("\\begin{document}") && ran.stdout.contains("Good"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with('\n'));
    assert_eq!(ran.stderr, "");
}

#[test]
fn dash_reads_standard_input() {
    let place = Place::new();
    let from_file = place.run(&["solve", "good.nabla"]).succeeds();
    let from_input = place.run_with_input(&["solve", "-"], GOOD).succeeds();
    assert_eq!(from_file.stdout, from_input.stdout);
    place.run_with_input(&["solve", "-"], FAULTY).fails(1, &["nosuch", "<stdin>:4:"]);
}

#[test]
fn dash_o_writes_the_same_bytes_to_a_file() {
    let place = Place::new();
    let printed = place.run(&["solve", "good.nabla"]).succeeds().stdout;
    let quiet = place.run(&["solve", "good.nabla", "-o", "out.tex"]).succeeds();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    assert_eq!(place.text("out.tex"), printed);
    assert_eq!(place.run(&["solve", "good.nabla", "-o", "-"]).succeeds().stdout, printed);
    assert_eq!(place.names(), ["faulty.nabla", "good.nabla", "out.tex", "warned.nabla"]);
}

#[test]
fn json_is_one_object() {
    let ran = Place::new().run(&["solve", "good.nabla", "--format", "json"]).succeeds();
    let text = ran.stdout.trim();
    assert!(text.starts_with('{') && text.ends_with('}'), "{text}");
    assert!(
        text.contains("\"tool\": \"nablatex\"") || text.contains("\"tool\":\"nablatex\""),
        "{text}"
    );
}

#[test]
fn a_fragment_has_no_preamble_and_a_preamble_goes_in() {
    let place = Place::new();
    place.put("course.tex", "\\newcommand{\\ourcourse}{x}\n");
    let fragment = place.run(&["solve", "good.nabla", "--fragment"]).succeeds().stdout;
    assert!(!fragment.contains("\\documentclass"), "{fragment}");
    let whole = place.run(&["solve", "good.nabla", "--preamble", "course.tex"]).succeeds().stdout;
    assert!(whole.contains("\\newcommand{\\ourcourse}{x}"), "{whole}");
    place
        .run(&["solve", "good.nabla", "--preamble", "none.tex"])
        .fails(1, &["none.tex", "no such file"]);
}

#[test]
fn every_option_of_the_page_is_accepted() {
    let place = Place::new();
    for options in [
        ["--detail", "full"],
        ["--detail", "brief"],
        ["--numbers", "auto"],
        ["--numbers", "fraction"],
        ["--numbers", "decimal"],
        ["--digits", "1000"],
        ["--decimals", "3"],
    ] {
        place.run(&["solve", "good.nabla", options[0], options[1]]).succeeds();
    }
    place.run(&["solve", "good.nabla", "--reminder"]).succeeds();
}

#[test]
fn a_faulty_exercise_is_status_1_with_its_place() {
    let ran = Place::new().run(&["solve", "faulty.nabla"]);
    ran.fails(1, &["error", "nosuch", "faulty.nabla:4:"]);
}

#[test]
fn warnings_alone_are_no_failure() {
    let ran = Place::new().run(&["solve", "warned.nabla"]).succeeds();
    assert!(ran.stderr.contains("warning") && ran.stderr.contains("unused"), "{}", ran.stderr);
    assert!(ran.stdout.contains("\\begin{document}"));
}

#[test]
fn colour_is_for_terminals_and_for_those_who_force_it() {
    let place = Place::new();
    let stderr = |arguments: &[&str], variable: (&str, &str)| {
        let output = place.command(arguments).env(variable.0, variable.1).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    for arguments in [["solve", "faulty.nabla"], ["solve", "none.nabla"], ["solve", "--nonsense"]] {
        assert!(!stderr(&arguments, ("CLICOLOR", "1")).contains('\u{1b}'));
        assert!(!stderr(&arguments, ("NO_COLOR", "1")).contains('\u{1b}'));
        assert!(stderr(&arguments, ("CLICOLOR_FORCE", "1")).contains('\u{1b}'));
    }
}
