//! The exercises that every benchmark solves.

use std::fmt::Write as _;

/// The exercise of `examples/exercise2.nabla`: four weights, a skip connection, one update, two passes.
pub(crate) const SEED: &str = include_str!("../../examples/exercise2.nabla");

/// A chain of `n` nodes `h[t] = relu(w[t] * h[t-1] + v[t] * h[t-2])`: every node feeds two others, and
/// every weight is a parameter whose gradient is asked for.
///
/// The weights are 0, 1 and -1, drawn so that all values are 0 or 1 and all gradients 0 or 1 in size,
/// however long the chain: what is measured is the work on the network and not on long numbers. About a
/// third of the units are off or exactly at their kink.
pub(crate) fn chain(n: usize) -> String {
    let mut text = String::from("title \"A chain with skips\"\nconst h[-1] = 1, h[0] = 1\n");
    for (t, (w, v)) in (1..).zip(weights(n)) {
        let _ = writeln!(text, "param w[{t}] = {w}, v[{t}] = {v}");
    }
    let _ = write!(
        text,
        "for t in 1..{n} {{\n  h[t] = relu(w[t] * h[t-1] + v[t] * h[t-2])\n}}\nloss L = h[{n}]\n"
    );
    text
}

/// The weights of a chain; `benches/peers/sympy_seed.py` draws the same.
fn weights(n: usize) -> Vec<(i32, i32)> {
    let mut state: u32 = 1;
    let mut values = (1, 1);
    let mut weights = Vec::with_capacity(n);
    for t in 1..=n {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        let choices: &[(i32, i32)] = match values {
            // The last unit is on, and two units off in a row would silence the rest.
            (1, 1) if t == n => &[(1, 0), (0, 1)],
            (1, 0) if t == n => &[(1, 0)],
            (1, 1) => &[(1, 0), (0, 1), (1, -1), (-1, 0), (0, 1)],
            (1, 0) => &[(1, 0), (-1, 0), (1, 0)],
            _ => &[(0, 1)],
        };
        let (w, v) = choices[(state >> 16) as usize % choices.len()];
        values = ((w * values.0 + v * values.1).max(0), values.0);
        weights.push((w, v));
    }
    weights
}
