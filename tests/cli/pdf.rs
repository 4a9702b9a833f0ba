//! `pdf`, as far as it goes without TeX.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Place, Ran};

#[test]
fn without_latexmk_it_says_what_to_install() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    let output =
        place.command(&["pdf", "good.nabla"]).env("PATH", place.path("empty")).output().unwrap();
    Ran::from(output).fails(1, &["latexmk", "apt install", "macOS", "Windows", "solve FILE"]);
    assert!(!Path::new(&place.path("good.pdf")).exists());
}

/// Puts a shell script in latexmk's place.
#[cfg(unix)]
fn with_latexmk(place: &Place, script: &str) -> Command {
    use std::os::unix::fs::PermissionsExt as _;
    fs::create_dir_all(place.path("bin")).unwrap();
    fs::create_dir_all(place.path("temporary files")).unwrap();
    // Written by another process: a script can't be run while any of this one's children holds it open.
    let status = Command::new("sh")
        .args(["-c", "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$2\"", "sh", script])
        .arg(place.path("bin/latexmk"))
        .status();
    assert!(status.unwrap().success());
    fs::set_permissions(place.path("bin/latexmk"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = place.command(&["pdf", "good.nabla"]);
    let path = std::env::join_paths([place.path("bin"), "/usr/bin".into(), "/bin".into()]).unwrap();
    command.env("PATH", path).env("TMPDIR", place.path("temporary files"));
    command
}

#[test]
#[cfg(unix)]
fn latexmk_is_run_safely_and_its_pdf_delivered() {
    let place = Place::new();
    let script =
        "echo \"$@\" > sheet.pdf; echo $SOURCE_DATE_EPOCH $openout_any $openin_any >> sheet.pdf";
    let ran = Ran::from(with_latexmk(&place, script).output().unwrap()).succeeds();
    assert_eq!(ran.stderr, "wrote good.pdf\n");
    let pdf = place.text("good.pdf");
    for option in ["-norc", "-pdf", "-no-shell-escape", "-halt-on-error", "sheet.tex", "0 p p"] {
        assert!(pdf.contains(option), "{pdf}");
    }
    assert_eq!(fs::read_dir(place.path("temporary files")).unwrap().count(), 0);
}

#[test]
#[cfg(unix)]
fn a_complaint_of_latex_is_shown_and_its_log_kept() {
    let place = Place::new();
    place.put("good.pdf", "old");
    let script =
        "printf './sheet.tex:1: Undefined control sequence.\\nl.1 \\\\foo\\n' > sheet.log; exit 12";
    let ran = Ran::from(with_latexmk(&place, script).output().unwrap());
    let ran = ran.fails(
        1,
        &["LaTeX failed: Undefined control sequence.", "l.1 \\foo", "line 1 of the .tex"],
    );
    let log = ran.stderr.lines().find_map(|line| line.trim().strip_prefix("the log: ")).unwrap();
    assert!(Path::new(log).is_file() && Path::new(log).with_extension("tex").is_file(), "{log}");
    assert_eq!(place.text("good.pdf"), "old");
}

#[test]
#[cfg(unix)]
fn an_interrupt_stops_latex_and_cleans_up() {
    use std::os::unix::process::ExitStatusExt as _;
    use std::time::{Duration, Instant};
    let place = Place::new();
    let ready = place.path("ready");
    let script = format!("echo $$ > '{}'; exec sleep 300", ready.display());
    let mut child = with_latexmk(&place, &script).spawn().unwrap();
    let start = Instant::now();
    while !ready.exists() || fs::read_to_string(&ready).unwrap().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(10));
    }
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    assert_eq!(fs::read_dir(place.path("temporary files")).unwrap().count(), 0);
    assert!(!place.path("good.pdf").exists());
    let latexmk = fs::read_to_string(&ready).unwrap();
    let alive =
        Command::new("kill").args(["-0", latexmk.trim()]).stderr(Stdio::null()).status().unwrap();
    assert!(!alive.success());
}
