//! What can go wrong while a sound exercise is computed.

use crate::diagnostic::Explain;
use crate::exercise::evaluation_sentence;
use crate::expr::{EvaluationError, Names, to_text};

/// A value or derivative that does not exist.
#[derive(Clone, Debug, PartialEq)]
pub enum DerivationError {
    /// A node has no value.
    Value {
        /// Why.
        error: EvaluationError,
        /// The part at fault, in the language's syntax.
        subject: Option<String>,
        /// The forward pass, from 1.
        pass: usize,
    },
    /// A derivative has no value.
    Derivative {
        /// Why.
        error: EvaluationError,
        /// The part at fault, in the language's syntax.
        subject: Option<String>,
        /// The node that is differentiated.
        node: String,
        /// The operand by which.
        by: String,
    },
    /// A new parameter value is too large.
    Update {
        /// Why.
        error: EvaluationError,
        /// The parameter.
        parameter: String,
    },
    /// A value in prose does not exist.
    Prose {
        /// Why.
        error: EvaluationError,
        /// The part at fault, in the language's syntax.
        subject: Option<String>,
    },
    /// The solution is not what a second computation gives: a fault of this program.
    Unverified {
        /// What does not agree.
        detail: String,
    },
}

impl DerivationError {
    /// The part of an expression that an error names, as text.
    pub(super) fn subject(error: &EvaluationError, names: &dyn Names) -> Option<String> {
        match error {
            EvaluationError::ZeroDenominator { denominator: part }
            | EvaluationError::ZeroToNegativePower { base: part } => Some(to_text(part, names)),
            _ => None,
        }
    }
}

impl Explain for DerivationError {
    fn sentence(&self) -> String {
        match self {
            Self::Value { error, subject, pass } => {
                let sentence = evaluation_sentence(error, subject.as_deref());
                if *pass > 1 { format!("{sentence} (in forward pass {pass})") } else { sentence }
            }
            Self::Derivative { error, subject, node, by } => format!(
                "the derivative of `{node}` by `{by}` does not exist: {}",
                evaluation_sentence(error, subject.as_deref())
            ),
            Self::Update { error, parameter } => format!(
                "the new value of `{parameter}` cannot be computed: {}",
                evaluation_sentence(error, None)
            ),
            Self::Prose { error, subject } => evaluation_sentence(error, subject.as_deref()),
            Self::Unverified { detail } => {
                format!("the solution failed its own verification and is withheld: {detail}")
            }
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Value { error, .. } | Self::Derivative { error, .. } => match error {
                EvaluationError::ZeroDenominator { .. }
                | EvaluationError::ZeroToNegativePower { .. } => {
                    Some("change a value so that it is not 0".to_owned())
                }
                EvaluationError::Domain { .. } => None,
                _ => Some("choose simpler numbers, fewer steps or smaller powers".to_owned()),
            },
            Self::Update { .. } => Some("choose simpler numbers, or fewer steps".to_owned()),
            Self::Prose { .. } => None,
            Self::Unverified { .. } => {
                Some("this is a fault of nablatex: please report it with the file".to_owned())
            }
        }
    }
}
