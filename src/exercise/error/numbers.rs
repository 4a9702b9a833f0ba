//! Words for numbers that do not exist: the same whether a constant, a node or a derivative has none.

use crate::exact::ArithmeticError;
use crate::expr::{Domain, EvaluationError, Expr, Question};

/// One sentence for a number that does not exist. `subject` is the part at fault in the language's syntax.
pub(crate) fn evaluation_sentence(error: &EvaluationError, subject: Option<&str>) -> String {
    // A literal 0 speaks for itself.
    let part = subject.filter(|part| *part != "0");
    match error {
        EvaluationError::ZeroDenominator { .. } => match part {
            Some(part) => format!("division by zero: `{part}` is 0 here"),
            None => "division by zero".to_owned(),
        },
        EvaluationError::ZeroToNegativePower { .. } => match part {
            Some(part) => format!("a negative power of zero: `{part}` is 0 here"),
            None => "0 has no negative powers".to_owned(),
        },
        EvaluationError::Domain { domain: Domain::HingeTarget, .. } => match subject {
            Some(part) if part.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                format!("the target of `hinge` must be -1 or 1, and this is {part}")
            }
            Some(part) => {
                format!("the target of `hinge` must be -1 or 1, and `{part}` is neither here")
            }
            None => "the target of `hinge` must be -1 or 1".to_owned(),
        },
        EvaluationError::Domain { domain: Domain::ClipBounds, .. } => {
            "the lower bound of `clip` is above its upper bound here".to_owned()
        }
        EvaluationError::Domain { operator, domain: Domain::Positive, .. } => match part {
            Some(part) => {
                format!("`{operator}` needs a positive number, and `{part}` is not positive here")
            }
            None => format!("`{operator}` needs a positive number"),
        },
        EvaluationError::Domain { operator, domain: Domain::NotNegative, .. } => match part {
            Some(part) => {
                format!(
                    "`{operator}` needs a number that is not negative, and `{part}` is negative here"
                )
            }
            None => format!("`{operator}` needs a number that is not negative"),
        },
        EvaluationError::Domain { domain: Domain::Probability, .. } => match part {
            Some(part) => {
                format!("`bce` needs a probability, and `{part}` does not lie between 0 and 1 here")
            }
            None => "`bce` needs a probability between 0 and 1".to_owned(),
        },
        EvaluationError::Domain { domain: Domain::CertainlyZero, .. } => {
            infinite_entropy(part, "0")
        }
        EvaluationError::Domain { domain: Domain::CertainlyOne, .. } => infinite_entropy(part, "1"),
        EvaluationError::Domain { domain: Domain::RealPower, .. } => match part {
            Some(part) => format!(
                "a negative number has no such power: `{part}` is negative here, and the exponent is not an integer"
            ),
            None => "a negative number has no power whose exponent is not an integer".to_owned(),
        },
        EvaluationError::Arithmetic(ArithmeticError::TooLarge { bits, limit }) => format!(
            "this number is too large: it has {bits} bits or more, and {limit} is the limit"
        ),
        EvaluationError::Arithmetic(ArithmeticError::DivisionByZero) => {
            "division by zero".to_owned()
        }
        EvaluationError::Arithmetic(error) => error.to_string(),
        EvaluationError::Undecidable { question, sides, .. } => undecided(*question, sides, part),
        EvaluationError::Unknown(_) => "a name here has no value".to_owned(),
    }
}

fn infinite_entropy(part: Option<&str>, certain: &str) -> String {
    let probability = match part.filter(|part| *part != certain) {
        Some(part) => format!("`{part}`"),
        None => "the probability".to_owned(),
    };
    format!("`bce` is infinite here: {probability} is {certain}, and the target is not")
}

/// Whether this is p(1 − p), by which the derivative of `bce` is divided.
fn is_spread(denominator: &Expr) -> bool {
    let Expr::Product(factors) = denominator else { return false };
    let [p, Expr::Sum(terms)] = &factors[..] else { return false };
    let [one, other] = &terms[..] else { return false };
    one.expr.is_integer(1) && !one.minus && other.minus && other.expr == *p
}

fn undecided(question: Question, [left, right]: &[String; 2], part: Option<&str>) -> String {
    let what = match (question, part) {
        (Question::Branch, Some(part)) => format!("which branch of `{part}` holds"),
        (Question::Branch, None) => "which branch holds here".to_owned(),
        (Question::Call(operator), Some(part)) => format!("`{operator}` of `{part}`"),
        (Question::Call(operator), None) => format!("`{operator}`"),
        (Question::Zero, Some(part)) => format!("division by `{part}`"),
        (Question::Zero, None) => "division".to_owned(),
    };
    format!("{what} cannot be decided: `{left}` and `{right}` cannot be told apart")
}

/// How to mend it.
pub(crate) fn evaluation_help(error: &EvaluationError) -> Option<String> {
    Some(
        match error {
            EvaluationError::ZeroDenominator { denominator } if is_spread(denominator) => {
                "at a probability of 0 or 1 the derivative of `bce` is infinite or 0/0: choose one between"
            }
            EvaluationError::ZeroDenominator { .. }
            | EvaluationError::ZeroToNegativePower { .. } => "change a value so that it is not 0",
            EvaluationError::Domain { domain: Domain::ClipBounds, .. } => {
                "the order is clip(z, lo, hi)"
            }
            EvaluationError::Domain { domain: Domain::HingeTarget, .. } => {
                "`hinge(score, y)` takes the target second"
            }
            EvaluationError::Arithmetic(
                ArithmeticError::TooLarge { .. } | ArithmeticError::ArgumentTooLarge { .. },
            ) => "choose simpler numbers, smaller powers or fewer steps",
            EvaluationError::Undecidable { bits, .. } => {
                return Some(format!(
                    "the two agree in {bits} bits, and are most likely equal for a reason that this program does not know: change a value, or write their common value"
                ));
            }
            EvaluationError::Domain {
                domain: Domain::Probability | Domain::CertainlyZero | Domain::CertainlyOne,
                ..
            } => {
                "the probability is often a `sigmoid`; for a score there is `bce_with_logits`"
            }
            _ => return None,
        }
        .to_owned(),
    )
}
