//! No input panics, hangs or overflows the stack; spans always lie in the source.

#![allow(clippy::disallowed_types, reason = "that reading is quick is what is tested")]

use std::time::{Duration, Instant};

use nablatex::diagnostic::{Color, render};
use nablatex::source::{MAX_BYTES, Source};
use nablatex::syntax::{MAX_ERRORS, parse, print};
use proptest::prelude::*;

/// Something of everything that the language has.
const VALID: &str = r#"# A comment
title "An exercise"; author """
  Two

  paragraphs with $w0 * x < 1$ and {= L in pass 2}, \$5
"""
input x = 1, x2[1] = .5e-1
param w0 = 1/2,
      w1 = -3
const c = 1_000
def f(a, b) = (a + b)^2 / c
for t in 1..3 {
  h[t] = relu(w0 * x
    + where(x >= 0, 1, 2)^-1)
}
α = clip(h[3], lo = -1, hi = 1) # to the end
loss L = abs(α - 2)
convention relu'(0) = 1, clip'(lo) = 1
display w0 = "W_0"
part "A" (3 points) { forward; gradient all }
question "Why?" (1/2 points) { answer "Because $w0 = 1$." }
repeat k in 1..2 { update w0, w1 by sgd(rate = 0.1); note "n" }
data (a, b -> t) {
  0, 1 -> 1
  -1, -1/2 ->
    -1 ; 2, 3 -> 4
}
given grad(h[3]) = -3; given grad(α) of H = c
activation A(t) = t / 10
start v[w0] = -1, t[w1] = 3
digits 3 significant; numbers fractions
each { forward; set x = 2, x2[1] = -1 }
each 2 { gradient w0, w1 in symbols; partial α by h[3] }
each all { forward on 2; reset; digits 4 }
"#;

/// Reads a text and draws its messages, and holds what must be true of any.
fn read(text: &str) -> usize {
    let source = Source::new("any", text);
    let parsed = parse(&source);
    for diagnostic in &parsed.diagnostics {
        let span = diagnostic.span;
        assert!(span.start <= span.end && span.end <= text.len(), "{diagnostic:?} of {text:?}");
        assert!(
            text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
            "{diagnostic:?}"
        );
        assert!(!diagnostic.sentence.is_empty());
    }
    assert!(parsed.diagnostics.len() <= MAX_ERRORS + 1);
    assert!(parsed.lost.is_empty() || !parsed.diagnostics.is_empty());
    render(&parsed.diagnostics, &source, Color::Never);
    if parsed.diagnostics.is_empty() {
        let printed = print(&parsed.file);
        let again = parse(&Source::new("printed", printed.clone()));
        assert!(again.diagnostics.is_empty(), "{text:?}\n{printed}\n{:?}", again.diagnostics);
        assert_eq!(print(&again.file), printed);
    }
    parsed.diagnostics.len()
}

/// Reads a text that is made to be slow or deep.
fn read_quickly(text: &str) -> usize {
    let start = Instant::now();
    let errors = read(text);
    // Generous: an unoptimised build on a busy machine. Quadratic time would take hours.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    errors
}

#[test]
fn everything_valid_is_read() {
    assert_eq!(read(VALID), 0);
}

#[test]
fn line_ends_and_byte_order_mark_change_no_tree() {
    let plain = parse(&Source::new("a", VALID));
    let windows = format!("\u{FEFF}{}", VALID.replace('\n', "\r\n"));
    let windows = parse(&Source::new("a", windows));
    assert!(windows.diagnostics.is_empty(), "{:#?}", windows.diagnostics);
    assert_eq!(print(&windows.file), print(&plain.file));
}

#[test]
fn a_large_file_reads_as_a_small_one() {
    // Beyond a size, files are read statement by statement.
    let plain = parse(&Source::new("a", VALID));
    let large = parse(&Source::new("a", format!("{VALID}{}", "# comment\n".repeat(10_000))));
    assert_eq!(large.file, plain.file);
    assert!(large.diagnostics.is_empty());
}

#[test]
fn a_mistake_hides_no_other() {
    let text = VALID
        .replace("w1 = -3", "w1 = -")
        .replace("abs(α - 2)", "abs(α 2)")
        .replace("forward; gradient", "forwrad; gradient");
    assert_eq!(read(&text), 3);
}

#[test]
fn nesting_of_any_kind_is_refused() {
    let deep = |open: &str, middle: &str, close: &str| {
        format!("z = {}{middle}{}\nforward\n", open.repeat(200_000), close.repeat(200_000))
    };
    for text in [
        deep("(", "x", ")"),
        deep("-", "x", ""),
        deep("x^", "x", ""),
        deep("f(", "x", ")"),
        deep("h[", "x", "]"),
        deep("-(2^", "x", ")"),
        deep("(", "", ""),
        deep("", "", ")"),
        deep("[(", "x", ")"),
    ] {
        assert_eq!(read_quickly(&text), 1, "{}", &text[..20]);
    }
    let blocks = format!("{}{}", "part \"a\" {\n".repeat(200_000), "}\n".repeat(200_000));
    assert_eq!(read_quickly(&blocks), 1);
    assert_eq!(read_quickly(&"part \"a\" {".repeat(200_000)), 1);
    let prose = format!("text \"${}x{}$\"", "(".repeat(200_000), ")".repeat(200_000));
    assert_eq!(read_quickly(&prose), 1);
}

#[test]
fn the_deepest_nesting_allowed_is_read() {
    // On a test's thread of 2 MiB, without optimisation.
    for (open, close) in [("(", ")"), ("-", ""), ("x^", ""), ("f(", ")"), ("h[", "]")] {
        let text = format!("z = {}x{}\n", open.repeat(255), close.repeat(255));
        assert_eq!(read(&text), 0, "{open}");
        let text = format!("z = {}x{}\n", open.repeat(256), close.repeat(256));
        assert_eq!(read(&text), 1, "{open}");
    }
    let widest = format!("z = {}x{}\n", "1 + 2 * -f(".repeat(250), ")".repeat(250));
    assert_eq!(read(&widest), 1);
    // Few brackets, but each holds a sum of products: it is the tree that counts.
    let wide = format!("{}x{}", "(1 + 2 * ".repeat(100), ")".repeat(100));
    for text in [
        format!("z = {wide}"),
        format!("h[{wide}] = 1"),
        format!("update sgd(rate = {wide})"),
        format!("gradient h[{wide}]"),
        format!("text \"${wide}$\""),
        format!("for t in 1..{wide} {{ }}"),
    ] {
        assert_eq!(read(&text), 1, "{text}");
        assert!(parse(&Source::new("deep", text)).file.statements.is_empty());
    }
    let title = parse(&Source::new("deep", format!("part \"${wide}$\" {{ }}")));
    assert_eq!(print(&title.file), "part \"\" {\n}\n");
    let blocks = format!("{}{}", "part \"a\" {\n".repeat(256), "}\n".repeat(256));
    assert_eq!(read(&blocks), 0);
}

#[test]
fn long_files_take_linear_time() {
    let fill = |piece: &str| piece.repeat(200_000 / piece.len());
    for piece in [
        "(",
        ")",
        "[",
        "{",
        "}",
        "\"",
        "\"\"\"",
        "\"\n",
        "(\n",
        "{\n",
        "#",
        "\\",
        "$",
        "a",
        "1",
        "-",
        "^",
        "a\n",
        "a = 1\n",
        "a=(\n",
        "a = 1 +\n",
        "x,\n",
        "a[",
        "a[1]\n",
        "f(a = ",
        "= ",
        "1..",
        "text \"$\"\n",
        "\n",
        " ",
        "part \"a\" {}\n",
        "display a = \"\n",
        "data (a -> b) {",
        "data (a -> b) {\n",
        "data (a -> b) { 1 -> 2 }\n",
        "data (a -> b) {\n-1 -> 1\n}\n",
        "data (a, ",
        "1 -> ",
        "-> ",
        "each {",
        "start v[",
        "given grad(",
        "é",
        "\u{0301}",
        ";",
        "input a,",
        "a = x + ",
    ] {
        read_quickly(&fill(piece));
    }
    let largest = "a = 1\n".repeat(MAX_BYTES / 6);
    assert_eq!(parse(&Source::new("largest", largest)).diagnostics.len(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(source) = Source::from_bytes("any", bytes) {
            read(source.text());
        }
    }

    #[test]
    fn no_characters_panic(text in "\\PC{0,100}") {
        read(&text);
    }

    #[test]
    fn no_words_of_the_language_panic(words in proptest::collection::vec(proptest::sample::select(vec![
        "title", "param", "loss", "part", "question", "answer", "for", "in", "repeat", "update", "by", "gradient",
        "convention", "display", "def", "x", "relu", "where", "relu'", "1", "0.5", "1e3", "..", "(", ")", "[", "]", "{",
        "}", "\"", "\"a\"", "\"\"\"", "$", "{=", "=", "==", "<", "+", "-", "*", "/", "^", ",", ";", "\n", "\n", "\r\n",
        " ", "#", "é", "points", "pass", "\\", "all", "−", "data", "(a -> b)", "->", "given", "grad", "of", "activation", "start", "digits",
        "significant", "numbers", "decimals", "on", "symbols", "partial", "set", "reset", "reminder", "each",
    ]), 0..40), blanks in any::<bool>()) {
        read(&words.join(if blanks { " " } else { "" }));
    }

    #[test]
    fn no_mutation_panics(
        changes in proptest::collection::vec((0..VALID.len(), 0_usize..30, "[ -~\n]{0,3}"), 1..4),
    ) {
        let mut text = VALID.to_owned();
        for (at, length, inserted) in changes {
            let mut start = at.min(text.len());
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(start) { start -= 1; }
            while !text.is_char_boundary(end) { end -= 1; }
            text.replace_range(start..end.max(start), &inserted);
        }
        read(&text);
    }
}
