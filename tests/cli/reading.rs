//! What is read, and what cannot be.

use std::fs;
use std::process::Command;

use crate::{GOOD, Place, Ran};

#[test]
fn what_cannot_be_read_is_said() {
    let place = Place::new();
    place.put("bytes.nabla", b"title \"\xff\"\n");
    fs::create_dir(place.path("folder")).unwrap();
    place.run(&["solve", "none.nabla"]).fails(1, &["cannot read `none.nabla`", "no such file"]);
    place.run(&["solve", "good"]).fails(1, &["did you mean `good.nabla`?"]);
    place.run(&["solve", "bytes.nabla"]).fails(1, &["UTF-8"]);
    if cfg!(unix) {
        place.run(&["solve", "folder"]).fails(1, &["`folder`", "it is a folder"]);
        place.run(&["solve", "good.nabla/x"]).fails(1, &["no folder"]);
    }
}

#[test]
#[cfg(unix)]
fn endless_and_huge_input_is_refused_at_once() {
    use std::time::{Duration, Instant};
    let place = Place::new();
    let start = Instant::now();
    place.run(&["solve", "/dev/zero"]).fails(1, &["error"]);
    // A sparse file of 100 MB.
    fs::File::create(place.path("huge.nabla")).unwrap().set_len(100_000_000).unwrap();
    place.run(&["check", "huge.nabla"]).fails(1, &["huge.nabla"]);
    let endless = fs::File::open("/dev/zero").unwrap();
    let output = place.command(&["solve", "-"]).stdin(endless).output().unwrap();
    Ran::from(output).fails(1, &["error"]);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
#[cfg(unix)]
fn a_named_pipe_can_be_read() {
    let place = Place::new();
    if !Command::new("mkfifo").arg(place.path("pipe")).status().is_ok_and(|made| made.success()) {
        return;
    }
    let pipe = place.path("pipe");
    let writer = std::thread::spawn(move || fs::write(pipe, GOOD));
    place.run(&["solve", "pipe"]).succeeds();
    writer.join().unwrap().unwrap();
}
