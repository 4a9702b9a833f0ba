//! What can go wrong when numbers are computed.

use std::error::Error;
use std::fmt;

use super::{Function, MAX_ARGUMENT};

/// Why an operation on numbers has no result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticError {
    /// A quotient whose divisor is 0.
    DivisionByZero,
    /// A negative power of 0.
    ZeroToNegativePower,
    /// A power of a negative number whose exponent is not an integer.
    PowerOfNegative,
    /// A function at a place where it has no real value.
    OutOfDomain {
        /// The function.
        function: Function,
    },
    /// A value, or a decimal, that would be larger than this program is willing to write down.
    TooLarge {
        /// The size it would have at least: bits of its numerator plus bits of its denominator.
        bits: u64,
        /// The limit that it passes.
        limit: u64,
    },
    /// A function of an argument beyond ±[`MAX_ARGUMENT`].
    ArgumentTooLarge {
        /// The function.
        function: Function,
    },
    /// A closed form of more parts than one evaluation may visit.
    FormTooLarge {
        /// The limit that it passes.
        limit: usize,
    },
    /// A sign, a comparison or a digit that no computation up to a limit settled: most likely the
    /// two sides are equal for a reason that this program does not know.
    Undecidable {
        /// The number of bits with which the search ended.
        bits: usize,
        /// The two sides in words, where the question was how they compare.
        sides: Option<Box<[String; 2]>>,
    },
}

impl ArithmeticError {
    /// The same with the sides of an undecidable comparison.
    pub(super) fn between(self, compared: impl FnOnce() -> [String; 2]) -> Self {
        match self {
            Self::Undecidable { bits, .. } => {
                Self::Undecidable { bits, sides: Some(Box::new(compared())) }
            }
            other => other,
        }
    }
}

impl fmt::Display for ArithmeticError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DivisionByZero => write!(formatter, "division by 0"),
            Self::ZeroToNegativePower => write!(formatter, "0 to a negative power"),
            Self::PowerOfNegative => {
                write!(formatter, "a negative number to a power that is not an integer")
            }
            Self::OutOfDomain { function: Function::Sqrt } => {
                write!(formatter, "the square root of a negative number")
            }
            Self::OutOfDomain { function } => {
                write!(formatter, "{function} of a number that is not positive")
            }
            Self::TooLarge { bits, limit } => {
                write!(formatter, "a number of {bits} bits or more, where {limit} is the limit")
            }
            Self::ArgumentTooLarge { function } => {
                write!(formatter, "{function} of a number beyond ±{MAX_ARGUMENT}")
            }
            Self::FormTooLarge { limit } => {
                write!(formatter, "a closed form of more than {limit} parts")
            }
            Self::Undecidable { bits, sides: Some(sides) } => {
                let [left, right] = &**sides;
                write!(
                    formatter,
                    "a comparison of `{left}` with `{right}` that {bits} bits do not decide"
                )
            }
            Self::Undecidable { bits, sides: None } => {
                write!(formatter, "a comparison that {bits} bits do not decide")
            }
        }
    }
}

impl Error for ArithmeticError {}

#[cfg(test)]
mod tests {
    use super::{ArithmeticError, Function};

    #[test]
    fn reads_as_a_clause_of_a_sentence() {
        let too_large = ArithmeticError::TooLarge { bits: 70_000, limit: 65_536 };
        assert_eq!(
            too_large.to_string(),
            "a number of 70000 bits or more, where 65536 is the limit"
        );
        assert_eq!(ArithmeticError::DivisionByZero.to_string(), "division by 0");
        let logarithm = ArithmeticError::OutOfDomain { function: Function::Ln };
        assert_eq!(logarithm.to_string(), "ln of a number that is not positive");
        let comparison = ArithmeticError::Undecidable { bits: 64, sides: None };
        assert_eq!(comparison.to_string(), "a comparison that 64 bits do not decide");
        let comparison = comparison.between(|| ["pi".to_owned(), "3".to_owned()]);
        assert_eq!(
            comparison.to_string(),
            "a comparison of `pi` with `3` that 64 bits do not decide"
        );
        let exponential = ArithmeticError::ArgumentTooLarge { function: Function::Exp };
        assert_eq!(exponential.to_string(), "exp of a number beyond ±1048576");
    }
}
