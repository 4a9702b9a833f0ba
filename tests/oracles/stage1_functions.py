#!/usr/bin/env python3
"""Values and derivatives of the scalar functions, from outside: writes stage1_functions.json beside it.

Each function is written here from PyTorch's documentation (torch.nn and torch.nn.functional: ReLU,
LeakyReLU, ReLU6, Hardsigmoid, L1Loss, MSELoss, HuberLoss, SmoothL1Loss; torch: abs, sign, clamp, maximum,
minimum, square, where) or from the language reference (step, hinge), as values over exact fractions alone.

A derivative is the central difference quotient, which is exact: every function here is a polynomial of
degree two at most on each side of a kink, and the quotient's points lie on one side. Where the one-sided
quotients differ there is a kink, and the derivative is the default of the language reference's table, which
is what PyTorch's autograd gives: 0 for relu, abs, sign, clamp's open ends as the table states them, the
negative slope for leaky_relu, and equal shares at a tie of maximum and minimum.

Run: python3 tests/oracles/stage1_functions.py
"""

import itertools
import json
import pathlib
from fractions import Fraction as Q

H = Q(1, 10**9)


def clip(z, lo, hi):
    return min(max(z, lo), hi)


def huber(a, b, delta):
    e = abs(a - b)
    return e * e / 2 if e <= delta else delta * (e - delta / 2)


def smooth_l1(a, b, beta):
    e = abs(a - b)
    return e * e / (2 * beta) if e < beta else e - beta / 2


def sign(z):
    return Q((z > 0) - (z < 0))


# call in the language, function of a, b and c, how many of these it uses, grid, default at a kink
# (a function of the point and of the argument's index).
POINTS = [Q(-4), Q(-3), Q(-1), Q(-1, 2), Q(0), Q(1, 3), Q(1), Q(2), Q(6), Q(7)]
FEW = [Q(-2), Q(-1), Q(0), Q(1, 2), Q(1)]
zero = lambda point, index: Q(0)


def share(point, index, extreme):
    best = extreme(point)
    tied = sum(value == best for value in point)
    return Q(1, tied) if point[index] == best else Q(0)


FUNCTIONS = [
    ("relu(a)", lambda a: max(a, Q(0)), 1, POINTS, zero),
    ("max(0, a)", lambda a: max(a, Q(0)), 1, POINTS, zero),
    ("max(a, 0)", lambda a: max(a, Q(0)), 1, POINTS, zero),
    ("leaky_relu(a)", lambda a: a if a > 0 else a / 100, 1, POINTS, lambda p, i: Q(1, 100)),
    ("leaky_relu(a, 1/4)", lambda a: a if a > 0 else a / 4, 1, POINTS, lambda p, i: Q(1, 4)),
    ("leaky_relu(a, slope = -2)", lambda a: a if a > 0 else -2 * a, 1, POINTS, lambda p, i: Q(-2)),
    ("relu6(a)", lambda a: clip(a, Q(0), Q(6)), 1, POINTS, zero),
    ("clip(a, -1, 2)", lambda a: clip(a, Q(-1), Q(2)), 1, POINTS, zero),
    ("clip(a, -inf, 2)", lambda a: min(a, Q(2)), 1, POINTS, zero),
    ("clip(a, -1/2, inf)", lambda a: max(a, Q(-1, 2)), 1, POINTS, zero),
    ("hard_sigmoid(a)", lambda a: clip(a / 6 + Q(1, 2), Q(0), Q(1)), 1, [*POINTS, Q(3)], zero),
    ("abs(a)", abs, 1, POINTS, zero),
    ("sign(a)", sign, 1, POINTS, zero),
    ("step(a)", lambda a: Q(a >= 0), 1, POINTS, zero),
    ("square(a)", lambda a: a * a, 1, POINTS, zero),
    ("max(a, b)", max, 2, FEW, lambda p, i: share(p, i, max)),
    ("min(a, b)", min, 2, FEW, lambda p, i: share(p, i, min)),
    ("max(a, b, c)", max, 3, FEW, lambda p, i: share(p, i, max)),
    ("min(a, b, c)", min, 3, FEW, lambda p, i: share(p, i, min)),
    ("where(a > b, a * a, 3 * a - b)", lambda a, b: a * a if a > b else 3 * a - b, 2, FEW, None),
    ("where(a <= 0, a + b, a * b)", lambda a, b: a + b if a <= 0 else a * b, 2, FEW, None),
    ("mse(a, b)", lambda a, b: (a - b) ** 2, 2, FEW, zero),
    ("mse(a, b, reduction = sum)", lambda a, b: (a - b) ** 2, 2, FEW, zero),
    ("l1(a, b)", lambda a, b: abs(a - b), 2, FEW, zero),
    ("huber(a, b)", lambda a, b: huber(a, b, Q(1)), 2, FEW, zero),
    ("huber(a, b, delta = 1/2)", lambda a, b: huber(a, b, Q(1, 2)), 2, FEW, zero),
    ("smooth_l1(a, b)", lambda a, b: smooth_l1(a, b, Q(1)), 2, FEW, zero),
    ("smooth_l1(a, b, beta = 2)", lambda a, b: smooth_l1(a, b, Q(2)), 2, FEW, zero),
    ("hinge(a, 1)", lambda a: max(Q(0), 1 - a), 1, POINTS, zero),
    ("hinge(a, -1)", lambda a: max(Q(0), 1 + a), 1, POINTS, zero),
    ("huber(relu(a), b) + abs(a)", lambda a, b: huber(max(a, Q(0)), b, Q(1)) + abs(a), 2, FEW, None),
]


def moved(point, index, by):
    return [value + by * (position == index) for position, value in enumerate(point)]


def derivative(function, point, index, default):
    here = function(*point)
    above = (function(*moved(point, index, H)) - here) / H
    below = (here - function(*moved(point, index, -H))) / H
    if abs(above) < 10**6 and abs(above - below) < Q(1, 10**4):
        # Degree two and no more: the quotient at half the distance is the same.
        wide, narrow = (
            (function(*moved(point, index, h)) - function(*moved(point, index, -h))) / (2 * h)
            for h in (H, H / 2)
        )
        if wide == narrow:
            return wide
        # The second derivative jumps: the quotient is d + c·h, and two of them give d.
        return 2 * narrow - wide
    return None if default is None else default(point, index)


def main():
    entries = []
    for call, function, arity, grid, default in FUNCTIONS:
        for point in itertools.product(grid, repeat=arity):
            point = list(point)
            entry = {
                "call": call,
                "at": [str(value) for value in point],
                "value": str(Q(function(*point))),
                "derivatives": [],
            }
            for index in range(arity):
                slope = derivative(function, point, index, default)
                entry["derivatives"].append(None if slope is None else str(slope))
            entries.append(entry)
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
