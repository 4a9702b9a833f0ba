#!/usr/bin/env python3
"""Values and derivatives of the functions beyond the rationals, from outside: writes
stage2_functions.json beside it.

Each function is written here from PyTorch's documentation (torch.nn: Sigmoid, Tanh, Softplus, ELU, SiLU,
GELU, BCELoss, BCEWithLogitsLoss; torch: exp, log, log2, log10, sqrt, sin, cos, tan, pow, Tensor.detach), as a
value over mpmath numbers alone. No rule of differentiation stands here: a derivative is the central difference
quotient with a step of 10^-700 times the argument and an error of some 10^-1400, of which 50 digits are kept.
The only exceptions are `elu` at 0, where two pieces meet and the language reference has the derivative alpha,
and where a derivative does not exist or is infinite, which is null.

What is a fraction stands as one, "3/4"; what is not, as 50 significant digits, "7.5…e-1". Which of them it is,
is seen in the digits: a number that agrees with a fraction of at most 250 digits in 1100 digits is taken to be
it. (Of all irrational numbers, one in 10^600 does so.) Arguments so large that a value comes this near to a
fraction, as sigmoid does to 1, say by `far` how many digits more are needed; where that is many, the value may
be one that an exercise refuses to write out.

Needs mpmath, and gmpy2 for speed: pip install mpmath gmpy2. Run: python3 tests/oracles/stage2_functions.py
The table is frozen: whoever adds a case runs this script and reviews the difference.
"""

import json
import pathlib
import random
from fractions import Fraction as Q

import mpmath
from mpmath import mp, mpf

DIGITS = 50
draw = random.Random(20240229)


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def softplus(z):
    return mp.log(1 + mp.exp(z))


def silu(z):
    return z / (1 + mp.exp(-z))


def gelu(z):
    return z * mp.erfc(-z / mp.sqrt(2)) / 2


def elu(z, alpha=mpf(1)):
    return z if z > 0 else alpha * (mp.exp(z) - 1)


def weighted_log(weight, p):
    return mpf(0) if weight == 0 and p == 0 else weight * mp.log(p)


def bce(p, y):
    return -(weighted_log(y, p) + weighted_log(1 - y, 1 - p))


def bce_with_logits(z, y):
    return softplus(z) - y * z


def power(base, exponent):
    """Of a negative base with an integer exponent, too."""
    if base == 0 or exponent == mp.floor(exponent):
        return mp.mpf(base) ** int(exponent)
    return mp.exp(exponent * mp.log(base))


def fraction(most, positive=False):
    """A random fraction of magnitude up to about `most`."""
    below = draw.choice([3, 7, 10, 16, 25, 97, 360, 1000])
    value = Q(draw.randint(1, most * below), below)
    return value if positive or draw.random() < 0.5 else -value


def fractions(count, most, positive=False):
    return [(fraction(most, positive),) for _ in range(count)]


def unit():
    """A random fraction between 0 and 1."""
    below = draw.randint(3, 400)
    return Q(draw.randint(1, below - 1), below)


def ten(exponent):
    return Q(10) ** exponent


def both(*values):
    return [(sign * Q(value),) for value in values for sign in (1, -1)]


def single(*values):
    return [(Q(value),) for value in values]


TINY = both(ten(-6), ten(-30), ten(-100))
ORDINARY = both(Q(1, 2), 1, 2, Q(1, 3), Q(13, 3))
POSITIVE = single(Q(1, 2), 1, 2, 10, Q(1, 1024), 1000, Q(9, 4), Q(2, 3), 1 + ten(-40), 1 - ten(-40))
EXTREME = single(ten(-6), ten(-100), ten(30), ten(100), Q(10**6, 7))
SATURATED = both(20, 100, 700)
NEAR_POLE = single(*(Q(int(mpf(10) ** d * mp.pi / 2), 10**d) for d in (5, 14)))
PROBABILITIES = [(unit(), y) for y in (Q(0), Q(1)) for _ in range(4)] + [(unit(), unit()) for _ in range(8)]
NEAR_ENDS = [
    (p, Q(y))
    for p in (ten(-6), ten(-40), 1 - ten(-6), 1 - ten(-40), Q(1, 2))
    for y in (0, 1, Q(1, 3))
]
SCORES = [(fraction(9), y) for y in (Q(0), Q(1)) for _ in range(4)] + [(fraction(9), unit()) for _ in range(8)]
FAR_LOGITS = single(0, 40, -40, 700, -700, ten(-30))
FAR_SCORES = [(z, Q(y)) for (z,) in FAR_LOGITS for y in (0, 1, Q(2, 7))]


def pairs(count, most):
    return [(fraction(most, positive=True), fraction(4)) for _ in range(count)]


# The call in the language; the function of its letters; points. The letters are a, b.
FUNCTIONS = [
    ("exp(a)", mp.exp, [(Q(0),), *ORDINARY, *fractions(10, 9), *TINY, *SATURATED, *both(Q(20000, 7))]),
    ("log(a)", mp.log, POSITIVE + fractions(10, 40, positive=True) + EXTREME),
    ("ln(a)", mp.log, fractions(3, 40, positive=True)),
    ("log(1 + a)", lambda a: mp.log(1 + a), both(ten(-40), ten(-100)) + fractions(3, 5, positive=True)),
    ("log2(a)", lambda a: mp.log(a) / mp.log(2), POSITIVE + fractions(8, 40, positive=True) + EXTREME),
    ("log10(a)", lambda a: mp.log(a) / mp.log(10), POSITIVE + fractions(8, 40, positive=True) + EXTREME),
    ("sqrt(a)", mp.sqrt, POSITIVE + fractions(8, 40, positive=True) + EXTREME),
    ("sin(a)", mp.sin, [(Q(0),), *ORDINARY, *fractions(8, 9), *TINY, *both(100, ten(6)), *NEAR_POLE]),
    ("cos(a)", mp.cos, [(Q(0),), *ORDINARY, *fractions(8, 9), *TINY, *both(100, ten(6)), *NEAR_POLE]),
    ("tan(a)", mp.tan, [(Q(0),), *ORDINARY, *fractions(8, 9), *TINY, *both(100, ten(6)), *NEAR_POLE]),
    ("sigmoid(a)", sigmoid, [(Q(0),), *ORDINARY, *fractions(10, 9), *TINY, *SATURATED]),
    ("tanh(a)", mp.tanh, [(Q(0),), *ORDINARY, *fractions(10, 9), *TINY, *SATURATED]),
    ("softplus(a)", softplus, [(Q(0),), *ORDINARY, *fractions(10, 9), *TINY, *SATURATED]),
    ("silu(a)", silu, [(Q(0),), *ORDINARY, *fractions(10, 9), *TINY, *SATURATED]),
    ("gelu(a)", gelu, [(Q(0),), *ORDINARY, *fractions(10, 4), *TINY, *both(6, 10, 20, 40)]),
    ("elu(a)", elu, [(Q(0),), *ORDINARY, *fractions(10, 9), *TINY, *SATURATED]),
    (
        "elu(a, b)",
        elu,
        [(z, alpha) for z in (Q(0), ten(-40), -ten(-40), Q(-3), Q(2)) for alpha in (Q(1), Q(2), Q(1, 3), Q(-1, 2))]
        + [(fraction(5), fraction(3)) for _ in range(8)],
    ),
    ("elu(a, alpha = 3/2)", lambda a: elu(a, mpf(3) / 2), fractions(4, 5)),
    ("bce(a, b)", bce, PROBABILITIES + NEAR_ENDS),
    ("bce(sigmoid(a), b)", lambda a, b: bce(sigmoid(a), b), SCORES[::4] + [(Q(40), Q(1))]),
    ("bce(sigmoid(a), 1)", lambda a: bce(sigmoid(a), mpf(1)), FAR_LOGITS + fractions(3, 9)),
    ("bce(sigmoid(a), 0)", lambda a: bce(sigmoid(a), mpf(0)), FAR_LOGITS + fractions(3, 9)),
    ("bce(sigmoid(a), 2/7)", lambda a: bce(sigmoid(a), mpf(2) / 7), FAR_LOGITS + fractions(3, 9)),
    ("bce(a, 1)", lambda a: bce(a, mpf(1)), [(unit(),) for _ in range(3)]),
    ("bce(a, 0, reduction = sum)", lambda a: bce(a, mpf(0)), [(unit(),) for _ in range(3)]),
    ("bce_with_logits(a, b)", bce_with_logits, SCORES + FAR_SCORES),
    # Powers, the exponent fixed or moving.
    ("a ^ (1/3)", lambda a: power(a, mpf(1) / 3), single(8, Q(1, 27), 2, 10, ten(-60)) + fractions(4, 9, positive=True)),
    ("a ^ (-3/2)", lambda a: power(a, mpf(-3) / 2), single(4, Q(9, 4), 2, ten(-20)) + fractions(4, 9, positive=True)),
    ("a ^ (1 + 1/10^6)", lambda a: power(a, 1 + mpf(10) ** -6), single(1, 2, ten(-30), 1 + ten(-30)) + fractions(4, 9, positive=True)),
    ("a ^ (1 + 1/10^6) - a", lambda a: power(a, 1 + mpf(10) ** -6) - a, single(2, 1 + ten(-30)) + fractions(2, 9, positive=True)),
    ("2 ^ a", lambda a: power(mpf(2), a), ORDINARY + fractions(4, 9) + TINY + both(700)),
    ("(1/3) ^ a", lambda a: power(mpf(1) / 3, a), ORDINARY + fractions(4, 9)),
    ("a ^ b", power, pairs(16, 9) + [(Q(x), Q(y)) for x in (1, 4, Q(1, 9)) for y in (0, Q(1, 2), -2, 1 + ten(-6))]),
    ("a ^ b", power, [(Q(x), Q(y)) for x in (-2, Q(-1, 3)) for y in (0, 1, 2, 3, -1, -2)]),
    ("a ^ b", power, [(ten(-40), Q(1, 7)), (ten(40), Q(-5, 3)), (1 + ten(-40), 10**5 + Q(1, 3)), (Q(7, 5), ten(-40)), (Q(0), Q(2))]),
    ("a ^ a", lambda a: power(a, a), single(1, 2, Q(1, 4)) + fractions(4, 6, positive=True)),
    ("sqrt(a) ^ b", lambda a, b: power(mp.sqrt(a), b), pairs(4, 9) + [(Q(2), Q(2)), (Q(2), Q(3)), (Q(3), Q(4))]),
    # Composites that are rational, or whose leading digits cancel.
    ("exp(log(a))", lambda a: a, fractions(3, 9, positive=True)),
    ("log(exp(a))", lambda a: a, fractions(3, 9)),
    ("exp(a) * exp(-a)", lambda a: mp.exp(a) * mp.exp(-a), fractions(2, 9)),
    ("sqrt(a)^2", lambda a: a, fractions(2, 9, positive=True)),
    ("sin(a)^2 + cos(a)^2", lambda a: mp.sin(a) ** 2 + mp.cos(a) ** 2, fractions(2, 9)),
    ("sigmoid(log(a))", lambda a: a / (1 + a), fractions(3, 9, positive=True)),
    ("tanh(log(a))", lambda a: (a * a - 1) / (a * a + 1), fractions(3, 9, positive=True)),
    ("softplus(log(a))", lambda a: mp.log(1 + a), fractions(3, 9, positive=True)),
    ("exp(a) - 1 - a", lambda a: mp.exp(a) - 1 - a, single(ten(-10), -ten(-10), ten(-60))),
    ("1 - cos(a)", lambda a: 1 - mp.cos(a), single(ten(-30), ten(-100))),
    ("1 - sigmoid(a)", lambda a: 1 - sigmoid(a), single(40, 400)),
    ("1 - tanh(a)", lambda a: 1 - mp.tanh(a), single(20, 200)),
    ("softplus(a) - a", lambda a: softplus(a) - a, single(50, 300)),
    ("tanh(sin(a) * exp(b))", lambda a, b: mp.tanh(mp.sin(a) * mp.exp(b)), [(fraction(3), fraction(1)) for _ in range(5)]),
    ("sqrt(a^2 + b^2)", lambda a, b: mp.sqrt(a * a + b * b), [(Q(3), Q(4)), (fraction(3), fraction(5))]),
    ("silu(gelu(a) + softplus(b))", lambda a, b: silu(gelu(a) + softplus(b)), [(fraction(2), fraction(2)) for _ in range(3)]),
]

# A value that comes as near to a fraction as e^-z does to 0, with the digits that tells them apart.
FAR = [
    ("exp(a)", mp.exp, both(Q(10**6, 7)), 62100),
    ("sigmoid(a)", sigmoid, both(Q(20000, 7)), 1300),
    ("tanh(a)", mp.tanh, both(Q(-20000, 7)), 2600),
    ("softplus(a)", softplus, both(Q(20000, 7)), 1300),
    ("silu(a)", silu, both(Q(20000, 7)), 1300),
    ("elu(a)", elu, both(Q(20000, 7)), 1300),
    ("sigmoid(a)", sigmoid, both(Q(10**6, 7)), 62100),
    ("tanh(a)", mp.tanh, both(Q(10**5, 7)), 12500),
    ("softplus(a)", softplus, both(Q(10**6, 7)), 62100),
    ("silu(a)", silu, both(Q(10**5, 7)), 6300),
    ("bce_with_logits(a, b)", bce_with_logits, [(Q(10**5, 7), Q(1)), (Q(-(10**5), 7), Q(1, 3))], 6300),
]

# Held fixed in every derivative: the letters after the function's own are their values at the point.
HELD = [
    ("detach(a)", lambda a, held: held, fractions(2, 9)),
    ("detach(a) * a", lambda a, held: held * a, fractions(2, 9)),
    ("exp(detach(a) * a)", lambda a, held: mp.exp(held * a), fractions(2, 3)),
]


def real(value):
    return mpf(value.numerator) / value.denominator


def convergent(value, far):
    """The fraction that a positive number is taken to be, if any."""
    above, below, rest = (1, 0), (0, 1), value
    while True:
        whole = int(mp.floor(rest))
        above = (whole * above[0] + above[1], above[0])
        below = (whole * below[0] + below[1], below[0])
        if max(above[0], below[0]) > 10**250:
            return None
        if abs(value * below[0] - above[0]) <= value * below[0] * mpf(10) ** -(1100 + far):
            return Q(above[0], below[0])
        rest = 1 / (rest - whole)


def written(value, scale, far):
    """The fraction or the 50 digits of a number that was computed from numbers of that scale."""
    if value == 0 or abs(value) < scale * mpf(10) ** -(2000 + far):
        return "0"
    near = convergent(abs(value), far)
    if near is not None:
        return str(near if value > 0 else -near)
    return mpmath.nstr(value, DIGITS, strip_zeros=False, min_fixed=1, max_fixed=0, show_zero_exponent=True)


def quotient(function, point, index, far):
    size = abs(point[index]) or Q(1)
    step = size * ten(-(700 + far))
    moved = [
        [real(value + by * (position == index)) for position, value in enumerate(point)]
        for by in (step, -step)
    ]
    above, below = (function(*place) for place in moved)
    return (above - below) / (2 * real(step)), max(abs(above), abs(below)) / real(size)


def derivative(call, function, point, index, far):
    if call.startswith("elu") and point[0] == 0:
        alpha = point[1] if len(point) > 1 else Q(1)
        return str(alpha if index == 0 else Q(0))
    if call == "a ^ b" and index == 1 and point[0] <= 0:
        return None
    return written(*quotient(function, point, index, far), far)


def entry(call, function, point, far=0, held=()):
    mp.dps = 4000 + 3 * far
    fixed = [real(value) for value in held]
    own = lambda *letters: function(*letters, *fixed)
    value = own(*(real(value) for value in point))
    return {
        "call": call,
        "at": [str(value) for value in point],
        "value": written(value, mpf(0), far),
        "derivatives": [derivative(call, own, point, index, far) for index in range(len(point))],
        **({"far": True} if far > 2000 else {}),
    }


def main():
    entries = [entry(call, f, point) for call, f, points in FUNCTIONS for point in points]
    entries += [entry(call, f, point, far) for call, f, points, far in FAR for point in points]
    entries += [entry(call, f, point, held=point) for call, f, points in HELD for point in points]
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
