//! Exact numbers: rationals, and their correctly rounded decimals.
//!
//! No value here ever passes through floating point. Every operation that can fail says so in its
//! type, and every operation whose result could grow without bound is refused beyond [`MAX_BITS`].

mod decimal;
mod error;
mod number;
mod rational;
mod relation;

pub use decimal::{Decimal, Precision};
pub use error::ArithmeticError;
pub use number::{MAX_BITS, Number};
pub use rational::Rational;
pub use relation::Relation;
