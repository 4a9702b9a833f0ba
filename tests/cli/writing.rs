//! What is written: whole or not at all.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::{GOOD, Place, Ran};

#[test]
fn a_faulty_exercise_leaves_the_old_file_whole() {
    let place = Place::new();
    place.put("out.tex", "old");
    for command in ["solve", "pdf"] {
        place.run(&[command, "faulty.nabla", "-o", "out.tex"]).fails(1, &["nosuch"]);
        assert_eq!(place.text("out.tex"), "old");
    }
    assert_eq!(place.names(), ["faulty.nabla", "good.nabla", "out.tex", "warned.nabla"]);
}

#[test]
fn a_bad_place_to_write_is_said_and_nothing_is_left_behind() {
    let place = Place::new();
    fs::create_dir(place.path("folder")).unwrap();
    let to = |out| place.run(&["solve", "good.nabla", "-o", out]);
    to("folder").fails(1, &["cannot write `folder`", "it is a folder", "folder"]);
    to("folder/").fails(1, &["it is a folder"]);
    to("missing/out.tex").fails(1, &["no folder `missing`"]);
    to("").fails(2, &["-o"]);
    if cfg!(unix) {
        to("good.nabla/out.tex").fails(1, &["cannot write"]);
        assert_eq!(fs::read_dir(place.path("folder")).unwrap().count(), 0);
        assert_eq!(place.names(), ["faulty.nabla", "folder", "good.nabla", "warned.nabla"]);
    }
}

#[test]
#[cfg(unix)]
fn the_mode_of_the_old_file_is_kept_and_a_new_one_follows_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let mode = |name| fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
    place.put("out.tex", "old");
    fs::set_permissions(place.path("out.tex"), fs::Permissions::from_mode(0o640)).unwrap();
    place.run(&["solve", "good.nabla", "-o", "out.tex"]).succeeds();
    assert_eq!(mode("out.tex"), 0o640);
    assert_ne!(place.text("out.tex"), "old");

    place.run(&["solve", "good.nabla", "-o", "new.tex"]).succeeds();
    assert_eq!(mode("new.tex"), mode("good.nabla"));

    fs::set_permissions(place.path("out.tex"), fs::Permissions::from_mode(0o444)).unwrap();
    let before = place.text("out.tex");
    place.run(&["solve", "warned.nabla", "-o", "out.tex"]).fails(1, &["read-only"]);
    assert_eq!(place.text("out.tex"), before);
}

#[test]
#[cfg(unix)]
fn a_symbolic_link_stays_one() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    fs::create_dir(place.path("folder")).unwrap();
    place.put("folder/real.tex", "old");
    symlink("folder/real.tex", place.path("link.tex")).unwrap();
    symlink("folder/later.tex", place.path("dangling.tex")).unwrap();
    for (link, real) in [("link.tex", "folder/real.tex"), ("dangling.tex", "folder/later.tex")] {
        place.run(&["solve", "good.nabla", "-o", link]).succeeds();
        assert!(fs::symlink_metadata(place.path(link)).unwrap().is_symlink());
        assert!(place.text(real).contains("\\begin{document}"));
    }
    symlink("circle.tex", place.path("circle.tex")).unwrap();
    place
        .run(&["solve", "good.nabla", "-o", "circle.tex"])
        .fails(1, &["cannot write `circle.tex`"]);
    // Through a link the exercise itself would be lost.
    symlink("good.nabla", place.path("self.tex")).unwrap();
    place.run(&["solve", "good.nabla", "-o", "self.tex"]).fails(2, &["read here"]);
    assert_eq!(place.text("good.nabla"), GOOD);
}

#[test]
#[cfg(target_os = "linux")]
fn devices_are_written_to_directly() {
    let place = Place::new();
    let printed = place.run(&["solve", "good.nabla"]).succeeds().stdout;
    let ran = place.run(&["solve", "good.nabla", "-o", "/dev/stdout"]).succeeds();
    assert_eq!(ran.stdout, printed);
    place.run(&["solve", "good.nabla", "-o", "/dev/null"]).succeeds();
    place.run(&["solve", "good.nabla", "-o", "/dev/full"]).fails(1, &["no room"]);

    // Standard output may be a file that already holds something.
    place.put("log", "before\n");
    let log = fs::OpenOptions::new().append(true).open(place.path("log")).unwrap();
    let status =
        place.command(&["solve", "good.nabla", "-o", "/dev/stdout"]).stdout(log).status().unwrap();
    assert!(status.success());
    assert_eq!(place.text("log"), format!("before\n{printed}"));

    place
        .run(&["solve", "good.nabla", "-o", "/proc/out.tex"])
        .fails(1, &["cannot write `/proc/out.tex`"]);

    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = place.command(&["solve", "good.nabla"]).stdout(full).output().unwrap();
    Ran::from(output).fails(1, &["standard output", "no room"]);
}

#[test]
fn a_closed_pipe_is_silent() {
    let place = Place::new();
    for arguments in [&["solve", "good.nabla"][..], &["--help"], &["completions", "zsh"]] {
        let mut child =
            place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}
