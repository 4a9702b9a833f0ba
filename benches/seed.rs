//! The seed exercise in process: the whole way, and each stage of it by itself.
//!
//! `cargo bench --bench seed`
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a benchmark may fail loudly")]

use divan::{Bencher, black_box};
use nablatex::{Source, derivation, exercise, render, solve, syntax};

#[path = "support/mod.rs"]
#[allow(dead_code, reason = "the other benchmarks use the rest")]
mod support;

fn main() {
    divan::main();
}

fn source() -> Source {
    Source::new("exercise2.nabla", support::SEED)
}

/// From the text to the LaTeX document.
#[divan::bench]
fn text_to_tex(bencher: Bencher) {
    let source = source();
    bencher.bench(|| {
        let solved = solve(black_box(&source)).unwrap();
        render::tex(&solved.solution, &render::Options::default()).unwrap()
    });
}

/// From the text to the JSON result.
#[divan::bench]
fn text_to_json(bencher: Bencher) {
    let source = source();
    bencher.bench(|| {
        let solved = solve(black_box(&source)).unwrap();
        render::json(&solved.solution, &render::Options::default()).unwrap()
    });
}

#[divan::bench]
fn stage_1_parse(bencher: Bencher) {
    let source = source();
    bencher.bench(|| syntax::parse(black_box(&source)));
}

#[divan::bench]
fn stage_2_check(bencher: Bencher) {
    let parsed = syntax::parse(&source());
    bencher.bench(|| exercise::check(black_box(&parsed)).unwrap());
}

/// The derivation, its verification included: nothing leaves the library unverified.
#[divan::bench]
fn stage_3_derive_and_verify(bencher: Bencher) {
    let (exercise, _) = exercise::check(&syntax::parse(&source())).unwrap();
    bencher.with_inputs(|| exercise.clone()).bench_values(|exercise| {
        derivation::derive(exercise, derivation::Options::default()).unwrap()
    });
}

/// The verification alone: its share of the stage before.
#[divan::bench]
fn stage_3_verify_alone(bencher: Bencher) {
    let solved = solve(&source()).unwrap();
    bencher.bench(|| derivation::verify(black_box(&solved.solution)).unwrap());
}

#[divan::bench]
fn stage_4_render_tex(bencher: Bencher) {
    let solved = solve(&source()).unwrap();
    bencher
        .bench(|| render::tex(black_box(&solved.solution), &render::Options::default()).unwrap());
}

#[divan::bench]
fn stage_4_render_json(bencher: Bencher) {
    let solved = solve(&source()).unwrap();
    bencher
        .bench(|| render::json(black_box(&solved.solution), &render::Options::default()).unwrap());
}
