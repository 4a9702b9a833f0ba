#!/usr/bin/env python3
"""Writes real_functions.tsv: values of elementary functions to 50 significant digits.

One line a value: the function's name, its rational argument, the value. Needs mpmath
(pip install mpmath); run it in this folder. The table is frozen: the tests read it, and whoever
adds a case runs this script and reviews the difference.
"""

from fractions import Fraction

import mpmath
from mpmath import mp, mpf

DIGITS = 50
# Enough for the cancellation of the composite functions below, of some 1200 bits.
mp.dps = 900

def sigmoid(x):
    return 1 / (1 + mp.exp(-x))

def softplus(x):
    return mp.log(1 + mp.exp(x))

FUNCTIONS = {
    "exp": mp.exp,
    "ln": mp.log,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": mp.log10,
    "sqrt": mp.sqrt,
    "sigmoid": sigmoid,
    "tanh": mp.tanh,
    "softplus": softplus,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "erf": mp.erf,
    # Composites whose leading digits cancel.
    "exp(x)-1-x": lambda x: mp.exp(x) - 1 - x,
    "ln(1+x)": lambda x: mp.log(1 + x),
    "1-cos": lambda x: 1 - mp.cos(x),
    "1-sigmoid": lambda x: 1 - sigmoid(x),
    "1-tanh": lambda x: 1 - mp.tanh(x),
    "x-sin": lambda x: x - mp.sin(x),
    "gelu": lambda x: x * (1 + mp.erf(x / mp.sqrt(2))) / 2,
    "x^(1/3)": lambda x: mp.power(x, mpf(1) / 3),
    "x^pi": lambda x: mp.power(x, mp.pi),
    "exp-exp(3/10)": lambda x: mp.exp(x) - mp.exp(mpf(3) / 10),
}

ORDINARY = ["1/2", "1", "2", "3", "7/10", "11/40", "1/7", "13/3", "10", "99/100", "22/7"]
TINY = ["1/1000000", "1/10^20", "1/10^100", "-1/10^20", "1/10^300"]
LARGE = ["20", "50", "100", "700", "12345/11"]


def signed(arguments):
    return arguments + ["-" + argument for argument in arguments if argument[0] != "-"]


def near_half_pi(multiple, digits):
    """The decimal of multiple * pi/2, cut after so many digits."""
    scaled = mp.floor(multiple * mp.pi / 2 * mpf(10) ** digits)
    return f"{int(scaled)}/10^{digits}"


CASES = {
    "exp": signed(ORDINARY + LARGE) + TINY + ["40000", "-40000"],
    "ln": ORDINARY + LARGE + ["1/1000000", "1/10^100", "10^30", "10^300", "1000001/1000000"],
    "log2": ["3", "10", "1/3", "1/10^20"],
    "log10": ["3", "2", "1/3", "5000"],
    "sqrt": ["2", "3", "1/2", "99", "10^31", "1/10^31", "123456789/1000", "2/3"],
    "sigmoid": signed(ORDINARY + LARGE) + TINY,
    "tanh": signed(ORDINARY + ["20", "50", "100"]) + TINY,
    "softplus": signed(ORDINARY + LARGE) + TINY,
    "erf": signed(ORDINARY[:-1] + ["1/100", "5", "6", "9/2", "15"]) + TINY,
    "exp(x)-1-x": ["1/10^10", "-1/10^10", "1/10^60"],
    "ln(1+x)": ["1/10^40", "-1/10^40", "1/10^120"],
    "1-cos": ["1/10^30", "1/10^100"],
    "1-sigmoid": ["40", "400"],
    "1-tanh": ["20", "200"],
    "x-sin": ["1/10^12", "1/10^50"],
    "gelu": ["1", "-1", "-10", "-20", "1/2", "-1/10^20", "20"],
    "x^(1/3)": ["2", "10", "1/7", "10^20"],
    "x^pi": ["2", "1/3", "10"],
    "exp-exp(3/10)": ["3000000000000000000000000000001/10^31", "29999/10^5"],
}
for name in ["sin", "cos", "tan"]:
    CASES[name] = signed(ORDINARY) + TINY + ["100", "1000000", "10^10"] + [
        near_half_pi(multiple, digits)
        for multiple in [1, 2, 3, 4, 7, 1000, 123456789]
        for digits in [5, 30, 45, 60, 150, 300]
    ]


def parse(text):
    value = Fraction(1)
    sign = -1 if text.startswith("-") else 1
    numerator, _, denominator = text.lstrip("-").partition("/")
    for part, exponent in [(numerator, 1), (denominator or "1", -1)]:
        base, _, power = part.partition("^")
        value *= Fraction(int(base) ** int(power or 1)) ** exponent
    return sign * value


def main():
    with open("real_functions.tsv", "w", encoding="ascii", newline="\n") as table:
        for name in FUNCTIONS:
            for text in CASES[name]:
                argument = parse(text)
                value = FUNCTIONS[name](mpf(argument.numerator) / mpf(argument.denominator))
                shown = "0e+0" if value == 0 else mpmath.nstr(
                    value, DIGITS, strip_zeros=False, min_fixed=1, max_fixed=0, show_zero_exponent=True
                )
                table.write(f"{name}\t{text}\t{shown}\n")


if __name__ == "__main__":
    main()
