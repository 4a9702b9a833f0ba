//! Whole processes, timed from outside, and `SymPy` in the same run: `cargo bench --bench process`.
//!
//! Prints one table: the fastest and the median run of each task in milliseconds, and the ratio of the
//! fastest to that of the first line of its group. On a busy machine the median says more of the
//! machine than of the program.
//!
//! `SymPy` needs `python3 -m pip install sympy`; without it, its lines are left out and that is said.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::float_arithmetic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark runs programs, reads the clock and prints"
)]

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nablatex::{Source, render, solve};

#[path = "support/mod.rs"]
mod support;

const PROGRAM: &str = env!("CARGO_BIN_EXE_nablatex");

fn main() {
    // `cargo test --benches` runs this too, to see that it works.
    let is_test = !std::env::args().any(|argument| argument == "--bench");
    let (many, few) = if is_test { (1, 1) } else { (200, 9) };
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let seed = place("seed.nabla", support::SEED);
    let lengths: &[usize] = if is_test { &[100] } else { &[100, 1_000, 10_000, 100_000] };

    println!("{:<40}{:>13}{:>13}{:>10}", "task", "fastest, ms", "median, ms", "ratio");
    let mut group = Group::default();
    group.line("seed, in process", times(many, || in_process(support::SEED)));
    group.line("seed, process: solve", times(many, || process(&["solve", &seed])));
    group.line("seed, process: check", times(many, || process(&["check", &seed])));
    group.line("process that does nothing: --version", times(many, || process(&["--version"])));

    let peers = if is_test { Vec::new() } else { sympy() };
    for (task, times_of_peer) in peers.iter().filter(|(task, _)| task == "seed") {
        group.line(&format!("{task}, SymPy, in process"), *times_of_peer);
    }
    for (task, times_of_peer) in peers.iter().filter(|(task, _)| task != "seed") {
        let n: usize = task.rsplit('-').next().unwrap().parse().unwrap();
        let mut group = Group::default();
        let text = support::chain(n);
        group.line(&format!("chain of {n}, in process"), times(many, || in_process(&text)));
        group.line(&format!("chain of {n}, SymPy, in process"), *times_of_peer);
    }
    let mut group = Group::default();
    for &n in lengths {
        let path = place("chain.nabla", &support::chain(n));
        let samples = if n > 10_000 { 1 } else { few };
        group.line(
            &format!("chain of {n}, process: solve"),
            times(samples, || process(&["solve", &path])),
        );
        group.line(
            &format!("chain of {n}, process: check"),
            times(samples, || process(&["check", &path])),
        );
    }
}

/// Lines that are compared with the first of them.
#[derive(Default)]
struct Group {
    first: Option<f64>,
}

impl Group {
    fn line(&mut self, task: &str, Times { fastest, median }: Times) {
        let first = *self.first.get_or_insert(fastest);
        let ratio = fastest / first;
        println!("{task:<40}{:>13.3}{:>13.3}{ratio:>10.2}", fastest * 1e3, median * 1e3);
    }
}

/// Of several runs, in seconds.
#[derive(Clone, Copy)]
struct Times {
    fastest: f64,
    median: f64,
}

fn times(samples: usize, mut task: impl FnMut()) -> Times {
    let mut times: Vec<f64> = (0..samples)
        .map(|_| {
            let start = Instant::now();
            task();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Times { fastest: times[0], median: times[times.len() / 2] }
}

fn in_process(text: &str) {
    let source = Source::new("exercise.nabla", black_box(text));
    let solved = solve(&source).unwrap();
    black_box(render::tex(&solved.solution, &render::Options::default()).unwrap());
}

fn process(arguments: &[&str]) {
    let status = Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

/// What the script measures: each task with its times.
fn sympy() -> Vec<(String, Times)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/sympy_seed.py");
    let output = Command::new("python3").arg(script).arg("--time").stderr(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| {
                let [task, fastest, median] = line.split(' ').collect::<Vec<_>>()[..] else {
                    panic!("not a line of the script: {line}")
                };
                let seconds = |text: &str| text.parse().unwrap();
                (task.to_owned(), Times { fastest: seconds(fastest), median: seconds(median) })
            })
            .collect(),
        _ => {
            println!("(SymPy is left out: `python3 -m pip install sympy` to have it)");
            Vec::new()
        }
    }
}
