//! The operators, one struct each, and the registry that lists them.
//!
//! To add one, write its struct in the file of its family with its tests beneath it, and add a line to
//! `REGISTRY`. The checker's knowledge, "did you mean", the operator reference and the registry-wide
//! tests follow from there.
//!
//! | file | operators |
//! | --- | --- |
//! | `rectifiers.rs` | relu, leaky_relu, relu6, clip, hard_sigmoid |
//! | `signs.rs` | abs, sign, step |
//! | `extrema.rs` | max, min |
//! | `forms.rs` | square, where: sugar for forms that the tree has |
//! | `losses.rs` | mse, l1, huber, smooth_l1, hinge |

mod extrema;
mod forms;
mod losses;
mod piecewise;
mod rectifiers;
#[cfg(test)]
mod registry_tests;
mod signs;

use crate::expr::Function;

/// Every function that a file can call, in the order of the reference.
static REGISTRY: &[&dyn Function] = &[
    &rectifiers::Relu,
    &rectifiers::LeakyRelu,
    &rectifiers::Relu6,
    &rectifiers::Clip,
    &rectifiers::HardSigmoid,
    &signs::Abs,
    &signs::Sign,
    &signs::Step,
    &extrema::Max,
    &extrema::Min,
    &forms::Square,
    &forms::Where,
    &losses::Mse,
    &losses::L1,
    &losses::Huber,
    &losses::SmoothL1,
    &losses::Hinge,
];

/// Every function, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static dyn Function> {
    REGISTRY.iter().copied()
}

/// The function of that name or alias.
pub fn find(name: &str) -> Option<&'static dyn Function> {
    all().find(|function| function.name() == name || function.aliases().contains(&name))
}

/// Every name and alias, for "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    all().flat_map(|function| {
        std::iter::once(function.name()).chain(function.aliases().iter().copied())
    })
}
