//! Exact numbers: rationals, real closed forms, and their correctly rounded decimals.
//!
//! No value here ever passes through floating point of a fixed size. Every operation that can fail
//! says so in its type, and every operation whose result could grow without bound is refused beyond
//! [`MAX_BITS`], [`MAX_ARGUMENT`] or [`MAX_FORM_SIZE`].

mod decimal;
mod error;
mod number;
mod rational;
mod real;
mod relation;

pub use decimal::{Decimal, Precision};
pub use error::ArithmeticError;
pub use number::{MAX_BITS, Number};
pub use rational::Rational;
pub use real::{ClosedForm, Function, MAX_ARGUMENT, MAX_FORM_SIZE, MAX_HEIGHT};
pub use relation::Relation;
