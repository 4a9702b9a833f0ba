//! Exercises beyond the rationals, in process: Mazur's network, chains of sigmoids, long training.
//!
//! `cargo bench --bench reals` prints the throughput in nodes and in updates a second, which stays level if
//! the cost is linear.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a benchmark may fail loudly")]

use std::fmt::Write as _;

use divan::{Bencher, black_box, counter::ItemsCount};
use nablatex::{Source, render, solve};

const MAZUR: &str = include_str!("../tests/corpus/mazur.nabla");

fn main() {
    divan::main();
}

fn to_tex(source: &Source) -> String {
    let solved = solve(black_box(source)).unwrap();
    render::tex(&solved.solution, &render::Options::default()).unwrap()
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn mazur(bencher: Bencher) {
    let source = Source::new("mazur.nabla", MAZUR);
    bencher.bench(|| to_tex(&source));
}

/// `h[t] = sigmoid(w[t] * h[t-1])`, the gradient by every weight.
#[divan::bench(args = [100, 1_000], sample_count = 2, sample_size = 1)]
fn chain_of_sigmoids(bencher: Bencher, n: usize) {
    let mut text = String::from("input h[0] = 0.5\ntarget y = 1\n");
    let _ = write!(
        text,
        "for t in 1..{n} {{ param w[t] = 0.9; h[t] = sigmoid(w[t] * h[t-1]) }}\n\
         loss L = (h[{n}] - y)^2\npart \"All gradients\" {{ forward; gradient all }}\n"
    );
    let source = Source::new("chain.nabla", text);
    bencher.counter(ItemsCount::new(n)).bench(|| to_tex(&source));
}

/// Two units trained on four examples, one after the other, to four digits.
#[divan::bench(args = [40, 200, 1_000], sample_count = 1, sample_size = 1)]
fn updates(bencher: Bencher, n: usize) {
    let text = format!(
        "data (x -> t) {{ 0.1 -> 0.3; 0.5 -> 0.9; 0.9 -> 0.2; 1.3 -> 0.7 }}\n\
         param w = 0.4, b = 0.1, v = 0.7, c = 0.2\nh = tanh(w * x + b)\ny = sigmoid(v * h + c)\n\
         loss E = 1/2 * (y - t)^2\ndigits 4\n\
         part \"Training\" {{ repeat {} {{ each {{ forward; update sgd(rate = 0.5) }} }} }}\n",
        n / 4
    );
    let source = Source::new("training.nabla", text);
    bencher.counter(ItemsCount::new(n)).bench(|| to_tex(&source));
}

/// Fractions that would double in length with every step, were they not given up for bounds in time.
#[divan::bench(args = [100, 1_000], sample_count = 1, sample_size = 1)]
fn updates_of_a_polynomial(bencher: Bencher, n: usize) {
    let text = format!(
        "param x = 0.3\nloss f = (x^2 - 2)^2 + x\ndigits 4\n\
         part \"Descent\" {{ repeat {n} {{ forward; update sgd(rate = 0.01) }} }}\n"
    );
    let source = Source::new("descent.nabla", text);
    bencher.counter(ItemsCount::new(n)).bench(|| to_tex(&source));
}
