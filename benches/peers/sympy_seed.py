#!/usr/bin/env python3
"""What nablatex does for the seed exercise and for short chains, done with SymPy's `diff` and `latex`.

    python3 benches/peers/sympy_seed.py            whole run, once: seed
    python3 benches/peers/sympy_seed.py --time     seconds in process, one line a task: name, fastest, median

SymPy gets no explanation of the steps, no branches and no checks: it differentiates the loss by every
parameter, puts the numbers in, and prints formula and value as LaTeX. That is less than the sheet has.
"""

import statistics
import sys
import time

from sympy import Abs, Heaviside, Integer, Max, Rational, Symbol, diff, latex


def seed():
    """examples/exercise2.nabla: two passes, four gradients, one update."""
    x, y = Symbol("x", real=True), Symbol("y", real=True)
    w = [Symbol(f"w_{i}", real=True) for i in range(4)]
    z0 = w[0] * x
    h0 = Max(0, z0)
    z1 = w[1] * h0
    h1 = Max(0, z1)
    z2 = w[2] * h1 + w[3] * h0
    loss = Abs(y - z2)
    nodes = [z0, h0, z1, h1, z2, loss]
    at = {x: Integer(1), y: Integer(-3), **{symbol: Rational(1, 2) for symbol in w}}
    out = [latex(node) + " = " + latex(node.subs(at)) for node in nodes]
    gradient = {}
    for symbol in (w[2], w[3], w[1], w[0]):
        derivative = diff(loss, symbol)
        gradient[symbol] = derivative.subs(at).doit()
        out.append(latex(derivative) + " = " + latex(gradient[symbol]))
    assert [gradient[symbol] for symbol in w] == [Rational(3, 4), Rational(1, 4), Rational(1, 4), Rational(1, 2)]
    for symbol in w:
        at[symbol] = at[symbol] - gradient[symbol]
    out += [latex(node) + " = " + latex(node.subs(at)) for node in nodes]
    assert loss.subs(at) == 3
    return "\n".join(out)


def weights(n):
    """The weights of `chain` in benches/support/mod.rs."""
    state, values, drawn = 1, (1, 1), []
    for t in range(1, n + 1):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        if values == (1, 1):
            choices = [(1, 0), (0, 1)] if t == n else [(1, 0), (0, 1), (1, -1), (-1, 0), (0, 1)]
        elif values == (1, 0):
            choices = [(1, 0)] if t == n else [(1, 0), (-1, 0), (1, 0)]
        else:
            choices = [(0, 1)]
        w, v = choices[(state >> 16) % len(choices)]
        values = (max(w * values[0] + v * values[1], 0), values[0])
        drawn.append((w, v))
    return drawn


def chain(n):
    """The loss of a chain of n nodes by all its 2n weights, as one expression: SymPy has no nodes."""
    at, h, symbols = {}, [Integer(1), Integer(1)], []
    for t, (w, v) in enumerate(weights(n), 1):
        left, right = Symbol(f"w_{t}", real=True), Symbol(f"v_{t}", real=True)
        at[left], at[right] = Integer(w), Integer(v)
        symbols += [left, right]
        h.append(Max(0, left * h[-1] + right * h[-2]))
    loss = h[-1]
    out = [latex(loss) + " = " + latex(loss.subs(at))]
    for symbol in symbols:
        derivative = diff(loss, symbol)
        value = derivative.subs(at).subs(Heaviside(0), 0)
        out.append(latex(derivative) + " = " + latex(value))
    return "\n".join(out)


def seconds(task, samples):
    times = []
    for _ in range(samples):
        from sympy.core.cache import clear_cache

        clear_cache()
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return f"{min(times)} {statistics.median(times)}"


if __name__ == "__main__":
    if "--time" in sys.argv:
        print("seed", seconds(seed, 9), flush=True)
        for n in (2, 4, 6, 8):
            print(f"chain-{n}", seconds(lambda n=n: chain(n), 3), flush=True)
    else:
        print(seed())
