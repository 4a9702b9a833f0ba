#!/usr/bin/env python3
"""Parameters after each step of PyTorch's optimisers: writes optimisers.json beside it.

Each entry has an exercise, the constructor it was compared with, and the parameters w1 and w2 after each of
the four steps, as float64 in the shortest form that reads back as the same number. PyTorch computes in
float64, so some 12 digits are to be compared, no more. Every option is given on both sides, since the defaults
differ: torch.optim has eps = 1e-8, alpha = 0.99 in RMSprop and weight_decay = 0.01 in AdamW; the language has
eps = 0, rho = 0.9.

Compared and found to be the same rule in PyTorch and in the language reference: SGD with dampening (the first
velocity is the gradient, undampened) and with nesterov; eps of Adagrad, RMSprop and Adam outside the root, and
in Adam beside the root of the corrected second moment; the largest second moment of amsgrad before its
correction; AdamW's decay before the step; maximize before weight decay. `momentum(rate, mu)`, the textbook's
velocity that carries the rate, has the iterates of SGD(momentum = mu) as long as the rate is fixed.

Left out, because the rules differ or only one side has them:
- clip_grad_norm_ where it clips: it divides by the norm plus 1e-6. In the entries marked "scaled by hand" the
  gradients are multiplied by min(1, clip_norm / norm), as the textbooks have it, before PyTorch's step; in the
  other entry the norm stays below the bound and clip_grad_norm_ itself is used.
- `nesterov(rate, mu)`, Sutskever's: PyTorch's nesterov = True keeps the parameters at the look-ahead.
- weight_decay of Adagrad, RMSprop and Adam, lr_decay of Adagrad, which the language does not have.
- A quotient 0/0 where eps is 0: a step of 0 in the language, not a number in PyTorch. No step here meets one.

Needs torch, the CPU build will do: pip install torch. Run: python3 tests/oracles/optimisers.py
The file is frozen: whoever adds a case runs this script and reviews the difference.
"""

import json
import pathlib
from fractions import Fraction

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

STEPS = 4


def tensor(value):
    return torch.tensor(value, dtype=torch.float64)


def logistic(w1, w2):
    scores = [(tensor(2.0) * w1 + w2, 1.0), (tensor(-1.0) * w1 + w2, 0.0)]
    return sum(binary_cross_entropy_with_logits(score, tensor(y)) for score, y in scores)


# Name, start, lines of the exercise, the same in PyTorch. All starts are exact in float64.
PROBLEMS = {
    "quadratic": (
        ("1", "-1/2"),
        "loss L = (w1 - 1/2 * w2 - 3)^2 + 1/4 * w2^2",
        lambda w1, w2: (w1 - w2 / 2 - 3) ** 2 + w2**2 / 4,
    ),
    "quartic": (
        ("-1/2", "3/4"),
        "loss L = (w1^2 - w2)^2 + 1/4 * (w1 - 1)^2",
        lambda w1, w2: (w1**2 - w2) ** 2 + (w1 - 1) ** 2 / 4,
    ),
    "logistic": (
        ("1/4", "-1/2"),
        "input x1 = 2, x2 = -1\nz1 = w1 * x1 + w2\nz2 = w1 * x2 + w2\n"
        "loss L = bce_with_logits(z1, 1) + bce_with_logits(z2, 0)",
        logistic,
    ),
}
# Its maximum is wanted.
CONCAVE = (
    ("1", "-1/2"),
    "maximize P = 1 - (w1 - 1/2 * w2 - 3)^2 - 1/4 * w2^2",
    lambda w1, w2: 1 - (w1 - w2 / 2 - 3) ** 2 - w2**2 / 4,
)

# The optimiser in the language; the class and its options in PyTorch.
OPTIMISERS = [
    ("sgd(rate = 0.1)", "SGD", {"lr": 0.1}),
    ("sgd(rate = 0.1, momentum = 0.9)", "SGD", {"lr": 0.1, "momentum": 0.9}),
    ("momentum(rate = 0.1, mu = 0.9)", "SGD", {"lr": 0.1, "momentum": 0.9}),
    (
        "sgd(rate = 0.1, momentum = 0.9, dampening = 0.5)",
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.5},
    ),
    ("sgd(rate = 0.1, momentum = 0.9, nesterov = yes)", "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("sgd(rate = 0.1, weight_decay = 0.05)", "SGD", {"lr": 0.1, "weight_decay": 0.05}),
    (
        "sgd(rate = 0.1, momentum = 0.5, dampening = 0.25, weight_decay = 0.05)",
        "SGD",
        {"lr": 0.1, "momentum": 0.5, "dampening": 0.25, "weight_decay": 0.05},
    ),
    (
        "sgd(rate = 0.1, momentum = 0.5, nesterov = yes, weight_decay = 0.05)",
        "SGD",
        {"lr": 0.1, "momentum": 0.5, "nesterov": True, "weight_decay": 0.05},
    ),
    ("adagrad(rate = 0.5)", "Adagrad", {"lr": 0.5, "eps": 0.0}),
    ("adagrad(rate = 0.5, initial = 0.25)", "Adagrad", {"lr": 0.5, "initial_accumulator_value": 0.25, "eps": 0.0}),
    (
        "adagrad(rate = 0.5, initial = 0.1, eps = 0.01)",
        "Adagrad",
        {"lr": 0.5, "initial_accumulator_value": 0.1, "eps": 0.01},
    ),
    ("rmsprop(rate = 0.1, rho = 0.9)", "RMSprop", {"lr": 0.1, "alpha": 0.9, "eps": 0.0}),
    ("rmsprop(rate = 0.1, rho = 0.99, eps = 1e-8)", "RMSprop", {"lr": 0.1, "alpha": 0.99, "eps": 1e-8}),
    ("rmsprop(rate = 0.1, rho = 0.9, eps = 0.01)", "RMSprop", {"lr": 0.1, "alpha": 0.9, "eps": 0.01}),
    (
        "rmsprop(rate = 0.01, rho = 0.9, eps = 1e-8, momentum = 0.9)",
        "RMSprop",
        {"lr": 0.01, "alpha": 0.9, "eps": 1e-8, "momentum": 0.9},
    ),
    (
        "rmsprop(rate = 0.1, rho = 0.9, eps = 0.01, centered = yes)",
        "RMSprop",
        {"lr": 0.1, "alpha": 0.9, "eps": 0.01, "centered": True},
    ),
    (
        "rmsprop(rate = 0.01, rho = 0.9, eps = 0.01, momentum = 0.5, centered = yes)",
        "RMSprop",
        {"lr": 0.01, "alpha": 0.9, "eps": 0.01, "momentum": 0.5, "centered": True},
    ),
    ("adam(rate = 0.1)", "Adam", {"lr": 0.1, "betas": (0.9, 0.999), "eps": 0.0}),
    ("adam(rate = 0.1, eps = 1e-8)", "Adam", {"lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8}),
    (
        "adam(rate = 0.1, beta1 = 0.5, beta2 = 0.75, eps = 0.01)",
        "Adam",
        {"lr": 0.1, "betas": (0.5, 0.75), "eps": 0.01},
    ),
    (
        "adam(rate = 1, beta1 = 0.5, beta2 = 0.5, eps = 0.01, amsgrad = yes)",
        "Adam",
        {"lr": 1.0, "betas": (0.5, 0.5), "eps": 0.01, "amsgrad": True},
    ),
    (
        "adamw(rate = 0.1, eps = 1e-8, weight_decay = 0.01)",
        "AdamW",
        {"lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01},
    ),
    (
        "adamw(rate = 1, beta1 = 0.5, beta2 = 0.5, eps = 0.01, amsgrad = yes, weight_decay = 0.1)",
        "AdamW",
        {"lr": 1.0, "betas": (0.5, 0.5), "eps": 0.01, "amsgrad": True, "weight_decay": 0.1},
    ),
]
ASCENDING = [
    ("sgd(rate = 0.1, momentum = 0.9, weight_decay = 0.05)", "SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}),
    ("adamw(rate = 0.1, eps = 0.01, weight_decay = 0.1)", "AdamW", {"lr": 0.1, "eps": 0.01, "weight_decay": 0.1}),
]


def clip_value(parameters):
    torch.nn.utils.clip_grad_value_(parameters, 0.75)


def unclipped_norm(parameters):
    norm = torch.nn.utils.clip_grad_norm_(parameters, 100.0)
    assert norm < 99


def scaled_norm(parameters):
    norm = torch.sqrt(sum(parameter.grad**2 for parameter in parameters))
    for parameter in parameters:
        parameter.grad *= torch.clamp(0.75 / norm, max=1.0)


# What is done to the gradients before the step, and how the entry says it.
CLIPPED = [
    ("clip_value = 0.75", clip_value, "clip_grad_value_(0.75)"),
    ("clip_norm = 100", unclipped_norm, "clip_grad_norm_(100), which does not clip"),
    ("clip_norm = 0.75", scaled_norm, "gradients scaled by hand to norm 0.75"),
]


def descend(start, loss, kind, options, clip=None):
    parameters = [tensor(value).requires_grad_() for value in start]
    optimiser = getattr(torch.optim, kind)(parameters, **options)
    steps = []
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss(*parameters).backward()
        if clip:
            clip(parameters)
        optimiser.step()
        steps.append([repr(parameter.item()) for parameter in parameters])
        assert all(torch.isfinite(parameter) for parameter in parameters), (kind, options)
    return steps


def entry(name, problem, update, kind, options, clip=None, note=None):
    start, lines, loss = problem
    exercise = (
        f"param w1 = {start[0]}, w2 = {start[1]}\n{lines}\n"
        f'part "" {{ repeat {STEPS} {{ forward; update {update} }} }}\n'
    )
    given = ", ".join(f"{key}={value!r}" for key, value in options.items())
    numbers = [float(Fraction(value)) for value in start]
    return {
        "name": f"{name}, {update}",
        "torch": f"torch.optim.{kind}({given})" + (f"; {note}" if note else ""),
        "exercise": exercise,
        "steps": descend(numbers, loss, kind, options, clip),
    }


def main():
    entries = [entry(name, problem, *rule) for name, problem in PROBLEMS.items() for rule in OPTIMISERS]
    for update, kind, options in ASCENDING:
        entries.append(entry("concave", CONCAVE, update, kind, {**options, "maximize": True}))
    for option, clip, note in CLIPPED:
        update = f"sgd(rate = 0.1, momentum = 0.5, weight_decay = 0.05, {option})"
        options = {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.05}
        entries.append(entry("quadratic", PROBLEMS["quadratic"], update, "SGD", options, clip, note))
        update = f"adam(rate = 0.1, eps = 1e-8, {option})"
        options = {"lr": 0.1, "eps": 1e-8}
        entries.append(entry("quadratic", PROBLEMS["quadratic"], update, "Adam", options, clip, note))
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
