//! `check` and `new`.

use std::fs;
use std::path::Path;

use crate::{GOOD, Place, Ran};

#[test]
fn check_reports_every_file_and_writes_nothing() {
    let place = Place::new();
    let ran = place.run(&["check", "good.nabla", "faulty.nabla", "none.nabla", "warned.nabla"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.stdout, "good.nabla: fine\nwarned.nabla: fine, with 1 warning\n");
    for word in ["faulty.nabla:4:", "none.nabla", "warned.nabla:3:", "2 of 4 files have errors"] {
        assert!(ran.stderr.contains(word), "no {word:?} in: {}", ran.stderr);
    }
    assert_eq!(place.names(), ["faulty.nabla", "good.nabla", "warned.nabla"]);
    place.run(&["check", "good.nabla", "warned.nabla"]).succeeds();
    assert_eq!(place.run_with_input(&["check", "-"], GOOD).succeeds().stdout, "<stdin>: fine\n");
}

#[test]
fn every_example_is_fine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut examples: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    examples
        .retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "nabla"));
    examples.sort();
    assert!(examples.len() >= 8);
    let arguments: Vec<_> =
        ["check"].into_iter().chain(examples.iter().map(String::as_str)).collect();
    let output = Place::new().command(&arguments).current_dir(&folder).output().unwrap();
    let ran = Ran::from(output).succeeds();
    assert_eq!(ran.stderr, "");
    let fine: Vec<_> = examples.iter().map(|name| format!("{name}: fine")).collect();
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), fine);
}

#[test]
fn a_new_exercise_solves() {
    let place = Place::new();
    fs::create_dir(place.path("a b")).unwrap();
    let awkward =
        if cfg!(windows) { "50% & $x_1$ {= L}" } else { "50% & $x_1$ \"so\" \\ {= L} ~^#" };
    for name in ["week3", "a b/Übung 3.nabla", awkward] {
        let ran = place.run(&["new", name]).succeeds();
        assert_eq!(ran.stdout, "");
        let file = format!("{}.nabla", name.trim_end_matches(".nabla"));
        assert!(ran.stderr.contains(&format!("wrote {file}")), "{}", ran.stderr);
        assert!(ran.stderr.contains("nablatex solve "), "{}", ran.stderr);
        let solved = place.run(&["solve", &file]).succeeds();
        assert_eq!(solved.stderr, "");
        assert!(place.text(&file).lines().any(|line| line.starts_with("title ")));
    }
    assert!(place.text("week3.nabla").contains("title \"week3\""));
}

#[test]
fn new_never_overwrites() {
    let place = Place::new();
    for name in ["good", "good.nabla"] {
        place.run(&["new", name]).fails(1, &["`good.nabla` exists"]);
    }
    assert_eq!(place.text("good.nabla"), GOOD);
    place.run(&["new", "missing/x"]).fails(1, &["no folder `missing`"]);
}
