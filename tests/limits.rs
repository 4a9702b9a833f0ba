//! Files that are too deep, too long or too hungry: each ends with a clear message or a solution, soon and
//! on a small stack. The heavy ones are ignored in debug builds: `cargo test --release --test limits`.
#![allow(clippy::disallowed_types, clippy::expect_used, reason = "a test of time reads the clock")]

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use nablatex::{Diagnostic, Source, solve};

/// What a file is given: several times what it takes, since a machine may have other work.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 20 });
/// The stack of a thread where nobody asks for more.
const STACK: usize = 2 << 20;

/// The sentences of the messages about `text`; none if it is solved.
fn sentences(text: String) -> Vec<String> {
    let start = Instant::now();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        let result = solve(&Source::new("limits.nabla", text)).map(drop);
        result.err().unwrap_or_default()
    });
    let diagnostics: Vec<Diagnostic> = worker.expect("a thread").join().expect("no panic");
    let elapsed = start.elapsed();
    assert!(elapsed < TIME, "{elapsed:?}");
    assert!(diagnostics.len() <= 101, "{} messages", diagnostics.len());
    diagnostics.into_iter().map(|diagnostic| diagnostic.sentence).collect()
}

/// The file gets one message, which holds `part`.
fn refused(text: impl Into<String>, part: &str) {
    let sentences = sentences(text.into());
    assert!(sentences.len() == 1 && sentences[0].contains(part), "{sentences:?}");
}

fn solved(text: impl Into<String>) {
    let sentences = sentences(text.into());
    assert!(sentences.is_empty(), "{sentences:?}");
}

/// `count` pieces in a row.
fn pieces(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

fn joined(count: usize, separator: &str, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().join(separator)
}

/// h(t) = relu(w(t) h(t-1) + v(t) h(t-2)), all values bounded.
fn chain(length: usize, tasks: &str) -> String {
    format!(
        "input h[0] = 1\nparam w[1] = 1\nh[1] = relu(w[1] * h[0])\n\
         for t in 2..{length} {{\n  param w[t] = 1, v[t] = 0\n  \
         h[t] = relu(w[t] * h[t-1] + v[t] * h[t-2])\n}}\n\
         loss L = (h[{length}] - 2)^2\npart \"Chain\" {{\n  {tasks}\n}}\n"
    )
}

#[test]
fn deep_nesting_is_refused() {
    let deep = 200_000;
    let wrapped = |open: &str, close: &str| format!("{}w{}", open.repeat(deep), close.repeat(deep));
    for (open, close) in [("(", ")"), ("-", ""), ("relu(", ")"), ("", "^2"), ("w[", "]")] {
        let text = format!("param w = 1\nloss L = {}\n", wrapped(open, close));
        refused(text, "nested more than 256 levels deep");
    }
    let blocks = format!("{}{}", "part \"a\" {\n".repeat(deep), "}\n".repeat(deep));
    assert!(!sentences(blocks).is_empty());
}

#[test]
fn nesting_up_to_the_limit_is_solved() {
    let wrapped = |depth: usize, open: &str, close: &str| {
        format!("param w = 1\nloss L = {}w{}\n", open.repeat(depth), close.repeat(depth))
    };
    solved(wrapped(250, "(", ")"));
    solved(wrapped(200, "relu(", ")"));
    solved(wrapped(60, "(", "^2 - 1)"));
    solved(wrapped(100, "max(2, ", ")"));
    solved(wrapped(100, "where(w > 0, ", ", 1)"));
    solved(wrapped(60, "where(", " > 0, w, 2)"));
}

#[test]
fn long_expressions_are_refused() {
    for sign in [" + ", " * ", " - ", " / "] {
        let text = format!("param w = 1\nloss L = {}\n", joined(100_000, sign, |_| "w".into()));
        refused(text, "more than 4,096 parts");
    }
    let alternating = "w * w / ".repeat(50_000);
    refused(format!("param w = 1\nloss L = {alternating}w\n"), "more than 4,096 parts");
    let alternating = "w / w * ".repeat(400);
    refused(format!("param w = 1\nloss L = {alternating}w\n"), "more than 256 levels deep");
    solved(format!("param w = 1\nloss L = {}w\n", "w / w * ".repeat(100)));
}

#[test]
fn functions_that_grow_are_refused_once() {
    let doubling = |steps: usize, body: fn(usize) -> String| {
        let functions = pieces(steps, |i| match i {
            0 => "def f0(a) = a + a\n".into(),
            _ => format!("def f{i}(a) = {}\n", body(i - 1)),
        });
        format!("param w = 1\n{functions}loss L = f{}(w)\n", steps - 1)
    };
    refused(doubling(2_000, |i| format!("f{i}(a) + f{i}(a)")), "more than 4,096 parts");
    refused(doubling(200, |i| format!("f{i}(f{i}(a))")), "more than 4,096 parts");
    refused(doubling(10_000, |i| format!("f{i}(a)")), "more than");
    solved(doubling(8, |i| format!("f{i}(a) + 1")));
}

#[test]
fn loops_that_run_away_are_refused() {
    let limit = "`for` loops of a file make at most 500,000 statements";
    refused("param w = 1\nfor t in 1..9000000000000000000 { h[t] = w }\nloss L = w^2\n", limit);
    refused(
        "param w = 1\nfor a in 1..1000 { for b in 1..1000 { h[a,b] = w } }\nloss L = w^2\n",
        limit,
    );
    let tasks = "part \"a\" { repeat 1000000000 { forward\n gradient w } }\n";
    refused(format!("param w = 1\nloss L = w^2\n{tasks}"), "at most 10,000 tasks");
    let nested = "part \"a\" { repeat 1000 { repeat 1000 { forward } } }\n";
    refused(format!("param w = 1\nloss L = w^2\n{nested}"), "at most 10,000 tasks");
    let texts = format!("repeat 4000 {{ note \"{}\" }}", "words ".repeat(1_000));
    refused(
        format!("param w = 1\nloss L = w^2\npart \"a\" {{ {texts} }}\n"),
        "more than 4,194,304 bytes",
    );
}

#[test]
fn numbers_that_run_away_are_refused() {
    let limit = "and 65536 is the limit";
    refused("param w = 3\nloss L = w^1000000\n", limit);
    refused("param w = 9^9^9\nloss L = w^2\n", limit);
    refused("param w = 1e-9999, v = 1e9999\nloss L = w / v\n", limit);
    refused("param w = 2\nloss L = w^(10^25)\n", "this exponent is far too large");
    let squaring = "part \"a\" { repeat 3000 { forward\n update sgd(rate = 1) } }\n";
    refused(format!("param w = 3\nz = w^2\nloss L = z^2\n{squaring}"), limit);
    let many = pieces(5_000, |i| format!("z{} = z{i} + w\n", i + 1));
    refused(format!("param w = 3^20000\nz0 = w\n{many}loss L = z5000\n"), "bits together");
}

#[test]
fn derivatives_that_run_away_are_refused() {
    let names = |count: usize, separator: &str| joined(count, separator, |i| format!("w{i}"));
    let params = |count: usize| format!("param {}\n", joined(count, ", ", |i| format!("w{i} = 1")));
    let limit = "make more than the 8,000,000 terms of a sheet";
    refused(format!("{}loss L = {}\n", params(3_900), names(3_900, " * ")), limit);
    refused(format!("{}loss L = max({})\n", params(2_000), names(2_000, ", ")), limit);
    refused(format!("{}loss L = relu({})\n", params(4_000), names(4_000, " + ")), limit);
    solved(format!("{}loss L = {}\n", params(1_000), names(1_000, " + ")));
    solved(format!("{}loss L = {}\n", params(150), names(150, " * ")));
    let training = "part \"a\" { repeat 3300 { forward\n update sgd(rate = 1/2) } }\n";
    refused(format!("{}loss L = ({} - 1)^2\n{training}", params(100), names(100, " + ")), limit);
}

#[test]
fn storms_of_mistakes_end_after_a_hundred() {
    let ends = |text: String| {
        let sentences = sentences(text);
        assert!(sentences.len() == 101, "{} messages", sentences.len());
        assert!(sentences[100].contains("more than 100 errors"), "{}", sentences[100]);
    };
    ends(format!("param w = 1\n{}", "z = q\n".repeat(20_000)));
    ends(pieces(20_000, |i| format!("z{i} = relu(q, q)\n")));
    ends(pieces(20_000, |i| format!("def g{i}(a) = a\nz{i} = gg{i}(1)\n")));
    ends(pieces(20_000, |i| format!("display w{i} = \"W\"\n")));
    ends("frobnicate x\n".repeat(20_000));
    ends(format!(
        "param w = 1\nloss L = w\ntext \"\"\"{}\"\"\"\n",
        pieces(20_000, |i| { format!("{{= q{i} }} ") })
    ));
}

#[test]
fn unknown_names_among_very_many_are_found_soon() {
    let mut text = format!("param {}\n", joined(20_000, ", ", |i| format!("weight{i} = 1")));
    for i in 0..20_000 {
        let _ = writeln!(text, "z{i} = wieght{i} * weigth{i}");
    }
    text += "loss L = z1\n";
    let sentences = sentences(text);
    assert!(sentences.len() >= 100 && sentences[0] == "unknown name `wieght0`", "{}", sentences[0]);
}

#[test]
fn a_long_cycle_is_named_by_its_ends() {
    let nodes = pieces(20_000, |i| format!("n{} = n{i} + w\n", i + 1));
    let text = format!("param w = 1\na = b\nn0 = a\n{nodes}b = n20000\nloss L = b\n");
    refused(text, "these nodes need each other: a \u{2192} b \u{2192} n20000 \u{2192} n19999");
}

#[test]
fn wide_files_are_solved() {
    let params = joined(20_000, ", ", |i| format!("w{i} = 1"));
    let names = joined(20_000, ", ", |i| format!("w{i}"));
    solved(format!("param {params}\nloss L = w1^2\npart \"a\" {{ gradient {names} }}\n"));
    let prose = pieces(20_000, |i| format!("$name{i}$ {{= L}} {{= grad(w) + 1}} "));
    solved(format!(
        "param w = 1\nloss L = w^2\npart \"a\" {{ forward\ntext \"\"\"{prose}\"\"\" }}\n"
    ));
    let displays = pieces(20_000, |i| format!("display w{i} = \"W\"\n"));
    solved(format!("param {params}\n{displays}loss L = w1^2\n"));
}

#[test]
fn one_operand_of_very_many_nodes_is_solved() {
    let nodes = pieces(5_000, |i| format!("n{} = n{i} + w\n", i + 1));
    solved(format!("param w = 1\nn0 = w\n{nodes}loss L = n5000\n"));
}

#[test]
fn a_chain_is_solved_on_a_small_stack() {
    solved(chain(2_000, "forward\n gradient all"));
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimisation")]
fn the_longest_chain_is_solved() {
    let start = Instant::now();
    solved(chain(10_000, "forward\n gradient all"));
    let shorter = start.elapsed();
    let text = chain(100_000, "forward\n gradient all");
    let start = Instant::now();
    let solution = solve(&Source::new("chain.nabla", text)).map(drop);
    assert!(solution.is_ok());
    let longer = start.elapsed();
    // Ten times as long takes ten times as much, and memory that is farther away.
    assert!(longer < shorter * 30, "{shorter:?}, then {longer:?}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimisation")]
fn the_largest_files_are_solved() {
    let nodes = pieces(190_000, |i| format!("n{} = n{i} + w\n", i + 1));
    let text = format!("param w = 1\nn0 = w\n{nodes}loss L = n190000\npart \"a\" {{ forward }}\n");
    assert!(text.len() > 3 << 20);
    solved(text);
    let loops = "for t in 1..249999 { h[t] = w }
";
    let text = format!(
        "param w = 1
{loops}loss L = w^2
part \"a\" {{ forward }}
"
    );
    solved(text);
}
