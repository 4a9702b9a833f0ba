//! What can go wrong when numbers are computed.

use std::error::Error;
use std::fmt;

/// Why an operation on numbers has no result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticError {
    /// A quotient whose divisor is 0.
    DivisionByZero,
    /// A negative power of 0.
    ZeroToNegativePower,
    /// A value, or a decimal, that would be larger than this program is willing to write down.
    TooLarge {
        /// The size it would have at least: bits of its numerator plus bits of its denominator.
        bits: u64,
        /// The limit that it passes.
        limit: u64,
    },
}

impl fmt::Display for ArithmeticError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DivisionByZero => write!(formatter, "division by 0"),
            Self::ZeroToNegativePower => write!(formatter, "0 to a negative power"),
            Self::TooLarge { bits, limit } => {
                write!(
                    formatter,
                    "a number of {bits} bits or more, where {limit} is the limit"
                )
            }
        }
    }
}

impl Error for ArithmeticError {}

#[cfg(test)]
mod tests {
    use super::ArithmeticError;

    #[test]
    fn reads_as_a_clause_of_a_sentence() {
        let too_large = ArithmeticError::TooLarge {
            bits: 70_000,
            limit: 65_536,
        };
        assert_eq!(
            too_large.to_string(),
            "a number of 70000 bits or more, where 65536 is the limit"
        );
        assert_eq!(ArithmeticError::DivisionByZero.to_string(), "division by 0");
    }
}
