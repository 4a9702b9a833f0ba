//! A skip chain of n nodes with 2n parameters, in process: whether the cost is linear in n.
//!
//! `cargo bench --bench chain` prints the throughput in nodes a second, which stays level if it is.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a benchmark may fail loudly")]

use divan::{Bencher, black_box, counter::ItemsCount};
use nablatex::{Source, derivation, exercise, render, solve, syntax};

#[path = "support/mod.rs"]
#[allow(dead_code, reason = "the other benchmarks use the rest")]
mod support;

const SHORT: [usize; 3] = [100, 1_000, 10_000];
const LONG: [usize; 1] = [100_000];

fn main() {
    divan::main();
}

fn source(n: usize) -> Source {
    Source::new("chain.nabla", support::chain(n))
}

fn whole(bencher: Bencher, n: usize) {
    let source = source(n);
    bencher.counter(ItemsCount::new(n)).bench(|| {
        let solved = solve(black_box(&source)).unwrap();
        render::tex(&solved.solution, &render::Options::default()).unwrap()
    });
}

/// From the text to the LaTeX document.
#[divan::bench(args = SHORT, sample_count = 5, sample_size = 1)]
fn text_to_tex(bencher: Bencher, n: usize) {
    whole(bencher, n);
}

/// The same for the longest chain, once.
#[divan::bench(args = LONG, sample_count = 1, sample_size = 1)]
fn text_to_tex_long(bencher: Bencher, n: usize) {
    whole(bencher, n);
}

#[divan::bench(args = SHORT, sample_count = 5, sample_size = 1)]
fn stage_1_parse(bencher: Bencher, n: usize) {
    let source = source(n);
    bencher.counter(ItemsCount::new(n)).bench(|| syntax::parse(black_box(&source)));
}

#[divan::bench(args = SHORT, sample_count = 5, sample_size = 1)]
fn stage_2_check(bencher: Bencher, n: usize) {
    let parsed = syntax::parse(&source(n));
    bencher.counter(ItemsCount::new(n)).bench(|| exercise::check(black_box(&parsed)).unwrap());
}

#[divan::bench(args = SHORT, sample_count = 5, sample_size = 1)]
fn stage_3_derive_and_verify(bencher: Bencher, n: usize) {
    let (exercise, _) = exercise::check(&syntax::parse(&source(n))).unwrap();
    bencher.counter(ItemsCount::new(n)).with_inputs(|| exercise.clone()).bench_values(|exercise| {
        derivation::derive(exercise, derivation::Options::default()).unwrap()
    });
}

#[divan::bench(args = SHORT, sample_count = 5, sample_size = 1)]
fn stage_3_verify_alone(bencher: Bencher, n: usize) {
    let solved = solve(&source(n)).unwrap();
    bencher
        .counter(ItemsCount::new(n))
        .bench(|| derivation::verify(black_box(&solved.solution)).unwrap());
}

#[divan::bench(args = SHORT, sample_count = 5, sample_size = 1)]
fn stage_4_render_tex(bencher: Bencher, n: usize) {
    let solved = solve(&source(n)).unwrap();
    bencher
        .counter(ItemsCount::new(n))
        .bench(|| render::tex(black_box(&solved.solution), &render::Options::default()).unwrap());
}
