//! What can be wrong with an exercise whose syntax is right.
#![expect(missing_docs, reason = "each variant is documented; its fields are what their names say")]

use crate::diagnostic::Explain;
use crate::expr::{Domain, EvaluationError};
use crate::source::Span;

/// A fault of an exercise.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckError {
    /// A name that no declaration or node gives.
    UnknownName { name: String, nearest: Option<String> },
    /// A name that a later statement gives.
    UsedBeforeDefinition { name: String },
    /// Nodes that need each other; the path returns to its first name.
    Cycle { path: Vec<String> },
    /// A name given twice.
    AssignedTwice { name: String, first: Span },
    /// A leaf without a value.
    LeafWithoutValue { name: String, role: &'static str },
    /// A name that is a family of indexed members and a single thing at once.
    FamilyAndSingle { name: String, first: Span },
    /// A family's name without an index where one thing is needed.
    FamilyWithoutIndex { name: String, example: String },
    /// A function that does not exist.
    UnknownFunction { name: String, nearest: Option<String> },
    /// A function with the wrong number of arguments.
    WrongArity { function: String, signature: String, given: usize },
    /// An option that a function or optimiser does not have.
    UnknownOption { owner: String, option: String, nearest: Option<String>, known: Vec<String> },
    /// An option or argument given twice.
    OptionTwice { option: String },
    /// An option that must be given.
    MissingOption { owner: String, option: String },
    /// Positional arguments where only options may stand.
    OptionsOnly { owner: String, example: String },
    /// A word that is none of an option's.
    UnknownWord { option: String, known: Vec<String> },
    /// Something other than a comparison as the condition of `where`.
    ConditionExpected,
    /// A comparison where a number is needed.
    ComparisonMisplaced,
    /// `inf` anywhere but as a bound of `clip`.
    InfinityMisplaced,
    /// A value that must be constant and depends on something that is not.
    NotConstant { name: String, what: &'static str },
    /// A constant that must be an integer.
    NotAnInteger { what: &'static str, value: String },
    /// An exponent that is no constant integer.
    NonIntegerExponent { value: Option<String> },
    /// A number that does not exist, or is too large.
    Evaluation { error: EvaluationError, subject: Option<String> },
    /// A threshold that is not positive.
    ThresholdNotPositive { option: &'static str, value: String },
    /// An expression with too many parts once its functions are inlined.
    ExpressionTooLarge { limit: usize },
    /// An expression nested too deeply once its functions are inlined.
    ExpressionTooDeep { limit: usize },
    /// Derivatives that would take too long.
    NetworkTooLarge,
    /// More repetitions than a file may have.
    TooManyRepetitions { limit: usize },
    /// A range that runs backwards.
    RangeReversed { first: i64, last: i64 },
    /// `repeat` less than once.
    RepeatCount { count: i64 },
    /// A gradient is asked for and there is nothing to differentiate.
    NoObjective,
    /// A second `loss` or `maximize`.
    TwoObjectives { first: Span },
    /// The objective depends on no parameter.
    ObjectiveIndependent { name: String },
    /// Every parameter's gradient is asked for and there is no parameter.
    NoParameters,
    /// `def` of a name that exists already.
    FunctionTwice { name: String },
    /// A function that calls itself.
    RecursiveFunction { name: String },
    /// A function's parameter named twice.
    ParameterTwice { name: String },
    /// A convention for a place where the derivative exists.
    UnknownConvention { function: String, place: String, known: Vec<String> },
    /// A convention of the wrong kind.
    ConventionValue { function: String, place: String, tie: bool },
    /// A convention stated twice.
    ConventionTwice { function: String, place: String },
    /// A task outside a part.
    TaskOutsidePart { task: &'static str },
    /// A statement where it cannot stand.
    Misplaced { statement: &'static str, place: &'static str },
    /// An optimiser that does not exist.
    UnknownOptimiser { name: String, nearest: Option<String>, known: Vec<String> },
    /// A gradient after an update, with no forward pass between.
    StaleGradient,
    /// A second update of a parameter with no forward pass between.
    StaleUpdate { name: String },
    /// `update` of something that is no parameter.
    NotAParameter { name: String },
    /// A name listed twice in one task.
    NamedTwice { name: String },
    /// A `display` text outside the checked subset.
    Display { reason: String },
    /// A `lang` that has no prose.
    UnknownLanguage { language: String, known: Vec<String> },
    /// A field of the head given twice.
    MetadataTwice { field: &'static str },
    /// A pass that the tasks before do not make.
    UnknownPass { pass: i64, passes: usize },
    /// A file with nothing in it to solve.
    NothingToSolve,
}

fn did_you_mean(nearest: Option<&String>) -> Option<String> {
    nearest.map(|name| format!("did you mean `{name}`?"))
}

fn listed(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// One sentence for a number that does not exist. `subject` is the part at fault in the language's syntax.
pub(crate) fn evaluation_sentence(error: &EvaluationError, subject: Option<&str>) -> String {
    let named = |text: &str| subject.map_or_else(String::new, |part| format!("{text}`{part}`"));
    match error {
        EvaluationError::ZeroDenominator { .. } => match subject {
            Some(part) => format!("division by zero: `{part}` is 0 here"),
            None => "division by zero".to_owned(),
        },
        EvaluationError::ZeroToNegativePower { .. } => match subject {
            Some(part) => format!("a negative power of zero: `{part}` is 0 here"),
            None => "a negative power of zero".to_owned(),
        },
        EvaluationError::Exponent { value } => {
            format!("the exponent {value} is not an integer of reasonable size")
        }
        EvaluationError::Domain { domain: Domain::HingeTarget, .. } => {
            "the target of `hinge` is -1 or 1, and here it is neither".to_owned()
        }
        EvaluationError::Domain { domain: Domain::ClipBounds, .. } => {
            "the lower bound of `clip` is above its upper bound here".to_owned()
        }
        EvaluationError::Arithmetic(error) => format!("{error}{}", named(" in ")),
        EvaluationError::Unknown(_) => "a name here has no value".to_owned(),
    }
}

impl CheckError {
    /// Other places that matter, each with its words.
    pub fn related(&self) -> Vec<(Span, String)> {
        match self {
            Self::AssignedTwice { first, .. } | Self::FamilyAndSingle { first, .. } => {
                vec![(*first, "first given here".to_owned())]
            }
            Self::TwoObjectives { first } => vec![(*first, "the first stands here".to_owned())],
            _ => Vec::new(),
        }
    }
}

impl Explain for CheckError {
    fn sentence(&self) -> String {
        match self {
            Self::UnknownName { name, .. } => format!("unknown name `{name}`"),
            Self::UsedBeforeDefinition { name } => {
                format!("`{name}` is used before it is defined")
            }
            Self::Cycle { path } => match &path[..] {
                [own, other] if own == other => format!("`{own}` is used in its own definition"),
                _ => format!("these nodes need each other: {}", path.join(" \u{2192} ")),
            },
            Self::AssignedTwice { name, .. } => format!("`{name}` is given a second time"),
            Self::LeafWithoutValue { name, role } => format!("the {role} `{name}` has no value"),
            Self::FamilyAndSingle { name, .. } => {
                format!("`{name}` is used both with and without an index")
            }
            Self::FamilyWithoutIndex { name, .. } => {
                format!("`{name}` is a family of indexed names and needs an index here")
            }
            Self::UnknownFunction { name, .. } => format!("unknown function `{name}`"),
            Self::WrongArity { function, given, .. } => {
                let noun = if *given == 1 { "argument" } else { "arguments" };
                format!("`{function}` cannot take {given} {noun}")
            }
            Self::UnknownOption { owner, option, .. } => {
                format!("`{owner}` has no option `{option}`")
            }
            Self::OptionTwice { option } => format!("`{option}` is given twice"),
            Self::MissingOption { owner, option } => format!("`{owner}` needs `{option}`"),
            Self::OptionsOnly { owner, .. } => format!("`{owner}` takes its options by name"),
            Self::UnknownWord { option, .. } => format!("`{option}` cannot have this value"),
            Self::ConditionExpected => "a comparison is needed here".to_owned(),
            Self::ComparisonMisplaced => {
                "a comparison cannot stand where a number is needed".to_owned()
            }
            Self::InfinityMisplaced => "`inf` can only be a bound of `clip`".to_owned(),
            Self::NotConstant { name, what } => {
                format!("{what} must be constant, and `{name}` is not")
            }
            Self::NotAnInteger { what, value } => {
                format!("{what} must be an integer, and this is {value}")
            }
            Self::NonIntegerExponent { value } => match value {
                Some(value) => format!("the exponent must be an integer, and this is {value}"),
                None => "the exponent must be a constant integer".to_owned(),
            },
            Self::Evaluation { error, subject } => evaluation_sentence(error, subject.as_deref()),
            Self::ThresholdNotPositive { option, value } => {
                format!("`{option}` must be positive, and this is {value}")
            }
            Self::ExpressionTooLarge { limit } => {
                format!("this expression has more than {limit} parts")
            }
            Self::ExpressionTooDeep { limit } => {
                format!("this expression is nested more than {limit} levels deep")
            }
            Self::NetworkTooLarge => "this network is too large to differentiate".to_owned(),
            Self::TooManyRepetitions { limit } => {
                format!("this repeats more often than the {limit} times that a file may have")
            }
            Self::RangeReversed { first, last } => {
                format!("the range runs backwards from {first} to {last}")
            }
            Self::RepeatCount { count } => format!("nothing can be repeated {count} times"),
            Self::NoObjective => "there is no loss to differentiate".to_owned(),
            Self::TwoObjectives { .. } => "a file has one loss, and this is a second".to_owned(),
            Self::ObjectiveIndependent { name } => {
                format!("`{name}` depends on no parameter")
            }
            Self::NoParameters => "there is no parameter whose gradient could be taken".to_owned(),
            Self::FunctionTwice { name } => format!("there is a function `{name}` already"),
            Self::RecursiveFunction { name } => format!("the function `{name}` calls itself"),
            Self::ParameterTwice { name } => format!("the parameter `{name}` is named twice"),
            Self::UnknownConvention { function, place, known } if known.is_empty() => {
                format!("`{function}` has no kink, so `{function}'({place})` needs no convention")
            }
            Self::UnknownConvention { function, place, .. } => {
                format!("`{function}` has no kink at `{place}`")
            }
            Self::ConventionValue { function, place, tie: true } => {
                format!("`{function}'({place})` is `first` or `share`")
            }
            Self::ConventionValue { function, place, .. } => {
                format!("`{function}'({place})` must be a number")
            }
            Self::ConventionTwice { function, place } => {
                format!("the convention for `{function}'({place})` is stated twice")
            }
            Self::TaskOutsidePart { task } => format!("`{task}` stands outside a part"),
            Self::Misplaced { statement, place } => {
                format!("`{statement}` cannot stand inside {place}")
            }
            Self::UnknownOptimiser { name, .. } => format!("unknown optimiser `{name}`"),
            Self::StaleGradient => {
                "this gradient belongs to a forward pass that an update has made stale".to_owned()
            }
            Self::StaleUpdate { name } => {
                format!("`{name}` was updated already since the last forward pass")
            }
            Self::NotAParameter { name } => format!("`{name}` is not a parameter"),
            Self::NamedTwice { name } => format!("`{name}` is named twice here"),
            Self::Display { reason } => reason.clone(),
            Self::UnknownLanguage { language, .. } => {
                format!("there is no prose in the language `{language}`")
            }
            Self::MetadataTwice { field } => format!("`{field}` is given a second time"),
            Self::UnknownPass { pass, passes } => match passes {
                0 => format!("there is no pass {pass}: no forward pass stands before this"),
                1 => format!("there is no pass {pass}: one forward pass stands before this"),
                _ => format!("there is no pass {pass}: {passes} forward passes stand before this"),
            },
            Self::NothingToSolve => "there is nothing to solve in this file".to_owned(),
        }
    }

    fn label(&self) -> Option<String> {
        Some(
            match self {
                Self::UnknownName { .. } => "not declared anywhere",
                Self::UsedBeforeDefinition { .. } => "defined further down",
                Self::AssignedTwice { .. } => "already has a value",
                Self::LeafWithoutValue { .. } => "a value is missing",
                Self::WrongArity { signature, .. } => return Some(signature.clone()),
                Self::StaleGradient | Self::StaleUpdate { .. } => "no `forward` since the update",
                _ => return None,
            }
            .to_owned(),
        )
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::UnknownName { nearest, .. } | Self::UnknownFunction { nearest, .. } => {
                did_you_mean(nearest.as_ref())
            }
            Self::UnknownOption { nearest, known, .. }
            | Self::UnknownOptimiser { nearest, known, .. } => {
                did_you_mean(nearest.as_ref()).or_else(|| Some(format!("known: {}", listed(known))))
            }
            Self::UnknownConvention { function, known, .. } if !known.is_empty() => {
                let places: Vec<String> =
                    known.iter().map(|place| format!("{function}'({place})")).collect();
                Some(format!("known: {}", listed(&places)))
            }
            Self::UsedBeforeDefinition { name } => {
                Some(format!("move the definition of `{name}` above this line"))
            }
            Self::Cycle { .. } => Some(
                "a network has no cycles: unroll it with indexed names, as in h[t] = u * h[t-1]"
                    .to_owned(),
            ),
            Self::AssignedTwice { .. } => Some("choose another name".to_owned()),
            Self::LeafWithoutValue { name, .. } => Some(format!("write `{name} = 1/2`, say")),
            Self::FamilyAndSingle { .. } => {
                Some("a name is a family or a single thing, never both: rename one".to_owned())
            }
            Self::FamilyWithoutIndex { example, .. } => Some(format!("write `{example}`, say")),
            Self::UnknownWord { known, .. } | Self::UnknownLanguage { known, .. } => {
                Some(format!("known: {}", listed(known)))
            }
            Self::OptionsOnly { example, .. } => Some(format!("write `{example}`")),
            Self::MissingOption { owner, option } => {
                Some(format!("write `{owner}({option} = 0.1)`, say"))
            }
            Self::ConditionExpected => Some("write `where(z > 0, a, b)`, say".to_owned()),
            Self::ComparisonMisplaced => {
                Some("use `where(a > b, 1, 0)` to turn it into a number".to_owned())
            }
            Self::NonIntegerExponent { .. } => {
                Some("an exponent is an integer such as 2 or -1".to_owned())
            }
            Self::RangeReversed { first, last } => Some(format!("write `{last}..{first}`")),
            Self::NoObjective => {
                Some("name the scalar to differentiate, as in `loss L = (y - yhat)^2`".to_owned())
            }
            Self::TwoObjectives { .. } => {
                Some("make the others plain nodes and add them up in one loss".to_owned())
            }
            Self::ObjectiveIndependent { .. } => {
                Some("no gradient can move it: use a parameter on the way to it".to_owned())
            }
            Self::NoParameters => Some(
                "declare what is trained, as in `param w = 1/2`, or name inputs in `gradient`"
                    .to_owned(),
            ),
            Self::RecursiveFunction { .. } => {
                Some("a `def` may use earlier functions alone".to_owned())
            }
            Self::ConventionValue { function, place, tie: true } => {
                Some(format!("write `convention {function}'({place}) = first`"))
            }
            Self::TaskOutsidePart { task } => {
                Some(format!("write `part \"\u{2026}\" {{ {task} }}`"))
            }
            Self::StaleGradient | Self::StaleUpdate { .. } => {
                Some("put a `forward` before it".to_owned())
            }
            Self::NotAParameter { .. } => Some("only what `param` declares is trained".to_owned()),
            Self::ExpressionTooLarge { .. } | Self::ExpressionTooDeep { .. } => {
                Some("give its parts names of their own".to_owned())
            }
            Self::Evaluation { error: EvaluationError::Arithmetic(_), .. } => None,
            Self::NothingToSolve => {
                Some("`nablatex new NAME` writes an exercise to start from".to_owned())
            }
            _ => None,
        }
    }
}

/// Something in an exercise that may not be meant.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckWarning {
    /// A node that nothing uses.
    UnusedNode { name: String },
}

impl Explain for CheckWarning {
    fn sentence(&self) -> String {
        match self {
            Self::UnusedNode { name } => format!("nothing uses the node `{name}`"),
        }
    }
}
