//! What can go wrong while a sound exercise is computed.

use crate::diagnostic::Explain;
use crate::exercise::{evaluation_help, evaluation_sentence};
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
        /// The node, where its right-hand side may be that of several, in a loop.
        member: Option<String>,
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
    /// A derivative of the objective is too large.
    Adjoint {
        /// Why.
        error: EvaluationError,
        /// The objective.
        of: String,
        /// The leaf or node by which.
        by: String,
    },
    /// A new parameter value is too large.
    Update {
        /// Why.
        error: EvaluationError,
        /// The parameter.
        parameter: String,
    },
    /// More paths than the options allow.
    TooManyPaths {
        /// How many there are.
        paths: String,
        /// The objective.
        of: String,
        /// The name.
        by: String,
        /// How many may be.
        limit: u32,
    },
    /// An optimiser that needs numbers, and a parameter or gradient that has none.
    StateOfSymbol {
        /// The optimiser.
        optimiser: &'static str,
        /// The parameter.
        parameter: String,
    },
    /// A mean over the rows of a mini-batch is too large.
    Batch {
        /// Why.
        error: EvaluationError,
    },
    /// The numbers of the sheet have too many digits together.
    TooManyDigits {
        /// The limit, in bits.
        limit: u64,
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
        error.part().map(|part| to_text(part, names))
    }
}

impl Explain for DerivationError {
    fn sentence(&self) -> String {
        match self {
            Self::Value { error, subject, member, pass } => {
                let mut sentence = evaluation_sentence(error, subject.as_deref());
                if let Some(member) = member {
                    sentence += &format!(", in `{member}`");
                }
                if *pass > 1 {
                    sentence += &format!(", in forward pass {pass}");
                }
                sentence
            }
            Self::Derivative { error, subject, node, by } => format!(
                "the derivative of `{node}` by `{by}` cannot be computed: {}",
                evaluation_sentence(error, subject.as_deref())
            ),
            Self::Adjoint { error, of, by } => format!(
                "the derivative of `{of}` by `{by}` cannot be computed: {}",
                evaluation_sentence(error, None)
            ),
            Self::Update { error, parameter } => format!(
                "the new value of `{parameter}` cannot be computed: {}",
                evaluation_sentence(error, None)
            ),
            Self::TooManyPaths { paths, of, by, limit } => format!(
                "{paths} paths lead from `{of}` to `{by}`, and at most {limit} are written out"
            ),
            Self::StateOfSymbol { optimiser, parameter } => format!(
                "`{optimiser}` needs numbers here, and the gradient of `{parameter}` has none: it stays in symbols"
            ),
            Self::Batch { error } => format!(
                "a mean over this batch cannot be computed: {}",
                evaluation_sentence(error, None)
            ),
            Self::Prose { error, subject } => evaluation_sentence(error, subject.as_deref()),
            Self::TooManyDigits { limit } => {
                format!(
                    "the numbers up to here are too long: they have more than {limit} bits together"
                )
            }
            Self::Unverified { detail } => {
                format!("the solution failed its own verification and is withheld: {detail}")
            }
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Value { error, .. }
            | Self::Derivative { error, .. }
            | Self::Adjoint { error, .. }
            | Self::Update { error, .. }
            | Self::Batch { error }
            | Self::Prose { error, .. } => evaluation_help(error),
            Self::TooManyPaths { .. } => {
                Some("allow more with `--paths`, or leave `--expand` out".to_owned())
            }
            Self::StateOfSymbol { .. } => {
                Some("give the symbols values, or use a plain `sgd(rate = \u{2026})`".to_owned())
            }
            Self::TooManyDigits { .. } => {
                Some("choose simpler numbers, fewer steps or a smaller network".to_owned())
            }
            Self::Unverified { .. } => {
                Some("this is a fault of nablatex: please report it with the file".to_owned())
            }
        }
    }
}
