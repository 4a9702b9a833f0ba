//! What each fault says to people: the sentence, the words at the place, the mend.

use super::{Arity, CheckError, CheckWarning, Place, evaluation_help, evaluation_sentence};
use crate::diagnostic::Explain;

fn did_you_mean(nearest: Option<&String>) -> Option<String> {
    nearest.map(|name| format!("did you mean `{name}`?"))
}

pub(super) fn listed(words: &[String], last_word: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {last_word} {last}", rest.join(", ")),
    }
}

/// `a`, `b` and `c`; of many the first.
fn first_few(names: &[String]) -> String {
    const MOST: usize = 4;
    if names.len() <= MOST {
        return listed(names, "and");
    }
    let (named, others) = names.split_at(MOST - 1);
    let named: Vec<String> = named.iter().map(|name| format!("`{name}`")).collect();
    format!("{} and {} others", named.join(", "), grouped(others.len()))
}

/// The names along a path; of a long one both ends.
fn along(path: &[String]) -> String {
    const LONGEST: usize = 10;
    const ARROW: &str = " \u{2192} ";
    if path.len() <= LONGEST {
        return path.join(ARROW);
    }
    let (head, tail) = (&path[..LONGEST / 2], &path[path.len() - LONGEST / 2 + 1..]);
    format!("{}{ARROW}\u{2026}{ARROW}{}", head.join(ARROW), tail.join(ARROW))
}

/// 1,000,000
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("{count} {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

impl Arity {
    fn in_words(self) -> String {
        match self.at_most {
            Some(most) if most == self.at_least => counted(most, "argument"),
            Some(most) if most == self.at_least + 1 => {
                format!("{} or {}", self.at_least, counted(most, "argument"))
            }
            Some(most) => format!("{} to {}", self.at_least, counted(most, "argument")),
            None => format!("at least {}", counted(self.at_least, "argument")),
        }
    }
}

impl Place {
    fn in_words(self) -> &'static str {
        match self {
            Self::Part => "a part",
            Self::Repeat => "`repeat`",
            Self::For => "a `for` loop",
            Self::Each => "`each`",
        }
    }
}

impl CheckError {
    /// What is wrong with a name.
    fn sentence_about_names(&self) -> Option<String> {
        Some(match self {
            Self::UnknownName { name, .. } => format!("unknown name `{name}`"),
            Self::UsedBeforeDefinition { name } => {
                format!("`{name}` is used before it is defined")
            }
            Self::CalledBeforeDefinition { name } => {
                format!("the function `{name}` is used before it is defined")
            }
            Self::Cycle { path } => match &path[..] {
                [own, other] if own == other => format!("`{own}` is used in its own definition"),
                _ => format!("these nodes need each other: {}", along(path)),
            },
            Self::AssignedTwice { name, again: true, .. } => {
                format!("the loop gives `{name}` more than once")
            }
            Self::AssignedTwice { name, .. } => format!("`{name}` is given a second time"),
            Self::SymbolNeedsNumber { name, what } => {
                format!("{what} must be a number, and `{name}` has none: it stays a symbol")
            }
            Self::FamilyAndSingle { name, .. } => {
                format!("`{name}` is used both with and without an index")
            }
            Self::FamilyWithoutIndex { name, .. } => {
                format!("`{name}` is a family of indexed names and needs an index here")
            }
            Self::SingleWithIndex { name, .. } => format!("`{name}` has no members to index"),
            Self::LoopNumberTaken { name, first: Some(_) } => {
                format!("`{name}` names something already, so no loop can count with it")
            }
            Self::LoopNumberTaken { name, .. } => {
                format!("the loop around this one counts with `{name}` already")
            }
            Self::LoopNumberAssigned { name } => {
                format!("`{name}` is the number of a loop around this and cannot be given")
            }
            Self::NamedTwice { name } => format!("`{name}` is named twice here"),
            Self::NotAParameter { name, is } => {
                format!("`{name}` is {is} and not a parameter")
            }
            _ => return None,
        })
    }

    /// What is wrong with a function, its arguments or its convention.
    fn sentence_about_functions(&self) -> Option<String> {
        Some(match self {
            Self::UnknownFunction { name, .. } => format!("unknown function `{name}`"),
            Self::VariableCalled { name } => format!("`{name}` is no function"),
            Self::FunctionWithoutArguments { name, .. } => {
                format!("`{name}` is a function and needs its arguments")
            }
            Self::WrongArity { function, arity, given, .. } => {
                format!("`{function}` takes {}, not {given}", arity.in_words())
            }
            Self::UnknownOption { owner, option, .. } => {
                format!("`{owner}` has no option `{option}`")
            }
            Self::ArgumentByName { function, .. } => {
                format!("`{function}` takes its arguments by their places")
            }
            Self::OptionTwice { option } => format!("`{option}` is given twice"),
            Self::MissingOption { owner, option } => format!("`{owner}` needs `{option}`"),
            Self::OptionsOnly { owner, .. } => format!("`{owner}` takes its options by name"),
            Self::UnknownWord { option, .. } => format!("`{option}` cannot have this value"),
            Self::GradientOfExpression => "`grad` takes the name of one leaf or node".to_owned(),
            Self::FunctionTwice { name, first: None } => {
                format!("`{name}` is a function of the language already")
            }
            Self::FunctionTwice { name, .. } => format!("the function `{name}` exists already"),
            Self::RecursiveFunction { path } => match &path[..] {
                [own, other] if own == other => format!("the function `{own}` calls itself"),
                _ => format!("these functions call each other: {}", along(path)),
            },
            Self::ParameterTwice { name } => format!("the parameter `{name}` is named twice"),
            Self::UnknownConvention { function, place, known } if known.is_empty() => {
                format!("`{function}` has no kink, so `{function}'({place})` needs no convention")
            }
            Self::UnknownConvention { function, place, .. } => {
                format!("`{function}` has no kink at `{place}`")
            }
            Self::ConventionOfDefinition { function } => {
                format!("`{function}` is made of other functions and has no convention of its own")
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
            Self::UnknownOptimiser { name, .. } => format!("unknown optimiser `{name}`"),
            _ => return None,
        })
    }

    /// What is wrong with an expression or its value.
    fn sentence_about_values(&self) -> Option<String> {
        Some(match self {
            Self::ConditionExpected => "a comparison is needed here".to_owned(),
            Self::ComparisonMisplaced => {
                "a comparison cannot stand where a number is needed".to_owned()
            }
            Self::InfinityMisplaced => "`inf` can only be a bound of `clip`".to_owned(),
            Self::NotConstant { name, is, what } => {
                format!("{what} must be constant, and `{name}` is {is}")
            }
            Self::NotConstantInFunction { name, is, .. } => {
                format!("a `def` cannot use `{name}`, which is {is}")
            }
            Self::NotConstantInActivation { name, is } => {
                format!("an `activation` cannot use `{name}`, which is {is}")
            }
            Self::PrimedActivation { name } => {
                format!("`{name}` would be read as a derivative")
            }
            Self::NotAnInteger { what, value } => {
                format!("{what} must be an integer, and this is {value}")
            }
            Self::IntegerTooLarge { what } => format!("{what} is far too large"),
            Self::Evaluation { error, subject } => evaluation_sentence(error, subject.as_deref()),
            Self::ThresholdNotPositive { option, value } => {
                format!("`{option}` must be positive, and this is {value}")
            }
            Self::ExpressionTooLarge { limit } => {
                let limit = grouped(*limit);
                format!("this expression has more than {limit} parts, its functions written out")
            }
            Self::ExpressionTooDeep { limit } => format!(
                "this expression nests more than {limit} levels deep, its functions written out"
            ),
            Self::RangeReversed { first, last } => {
                format!("the range runs backwards from {first} to {last}")
            }
            Self::RepeatCount { count } => format!("nothing can be repeated {count} times"),
            _ => return None,
        })
    }

    /// What is wrong with the whole, with a task or with a text.
    fn sentence_about_the_sheet(&self) -> Option<String> {
        Some(match self {
            Self::TooManyParts { limit } => {
                let limit = grouped(*limit);
                format!("the expressions up to here have more than {limit} parts, all written out")
            }
            Self::TooMuchText { limit } => {
                let limit = grouped(*limit);
                format!("the texts up to here have more than {limit} bytes, `repeat`s written out")
            }
            Self::TooManyStatements { limit } => {
                let limit = grouped(*limit);
                format!("the `for` loops of a file make at most {limit} statements")
            }
            Self::TooManyTasks { limit } => {
                let limit = grouped(*limit);
                format!("the `repeat`s of a file make at most {limit} tasks")
            }
            Self::TooManyTerms { limit } => {
                let limit = grouped(*limit);
                format!("the tasks up to here make more than the {limit} terms of a sheet")
            }
            Self::NoObjective => "there is no loss to differentiate".to_owned(),
            Self::TwoObjectives { again: true, .. } => "the loop gives the loss again".to_owned(),
            Self::TwoObjectives { .. } => "a file has one loss, and this is a second".to_owned(),
            Self::ObjectiveIndependent { name } => {
                format!("`{name}` depends on no parameter")
            }
            Self::NoParameters => "there is no parameter whose gradient could be taken".to_owned(),
            Self::TaskOutsidePart { task, .. } => format!("`{task}` stands outside a part"),
            Self::Misplaced { statement, place } => {
                format!("{statement} cannot stand inside {}", place.in_words())
            }
            Self::StaleGradient => {
                "this gradient belongs to a forward pass whose values have changed since".to_owned()
            }
            Self::StaleUpdate { name } => {
                format!("`{name}` has changed already since the last forward pass")
            }
            Self::Display { reason } => reason.clone(),
            Self::DisplayTwice { name, .. } => format!("`{name}` has a display already"),
            Self::UnknownLanguage { language, .. } => {
                format!("there is no prose in the language `{language}`")
            }
            Self::MetadataTwice { field, .. } => format!("`{field}` is given a second time"),
            Self::ValueInHead => {
                "a computed value cannot stand in the head of the sheet".to_owned()
            }
            Self::UnknownPass { pass, passes } => match passes {
                0 => format!("there is no pass {pass}: no forward pass stands before this"),
                1 => format!("there is no pass {pass}: one forward pass stands before this"),
                _ => format!("there is no pass {pass}: {passes} forward passes stand before this"),
            },
            Self::NothingToSolve => "there is nothing to solve in this file".to_owned(),
            Self::TooManyErrors { limit } => {
                format!("more than {limit} errors: the rest is not listed")
            }
            _ => return None,
        })
    }

    /// How to mend a name.
    fn help_with_names(&self) -> Option<String> {
        Some(match self {
            Self::UnknownName { nearest, .. } | Self::UnknownFunction { nearest, .. } => {
                return did_you_mean(nearest.as_ref());
            }
            Self::UsedBeforeDefinition { name } | Self::CalledBeforeDefinition { name } => {
                format!("move the definition of `{name}` above this line")
            }
            Self::Cycle { .. } => {
                "a network has no cycles: unroll it with indexed names, as in h[t] = u * h[t-1]"
                    .to_owned()
            }
            Self::AssignedTwice { name, again: true, .. } if name.ends_with(']') => {
                "let its index follow the loop's number".to_owned()
            }
            Self::AssignedTwice { name, again: true, .. } => {
                format!("give it the loop's number as an index, as in `{name}[t] = \u{2026}`")
            }
            Self::SymbolNeedsNumber { name, .. } => {
                format!("give it a value where it is declared: `{name} = 1/2`, say")
            }
            Self::AssignedTwice { .. }
            | Self::FunctionTwice { .. }
            | Self::PrimedActivation { .. } => "choose another name".to_owned(),
            Self::FamilyAndSingle { .. } => {
                "a name is a family or a single thing, never both: rename one".to_owned()
            }
            Self::FamilyWithoutIndex { example, .. } => format!("write `{example}`, say"),
            Self::SingleWithIndex { name, .. } => format!("write `{name}`"),
            Self::LoopNumberTaken { .. } | Self::LoopNumberAssigned { .. } => {
                "choose another name for the loop's number".to_owned()
            }
            Self::NotAParameter { .. } => "only what `param` declares is trained".to_owned(),
            Self::NamedTwice { .. }
            | Self::OptionTwice { .. }
            | Self::ConventionTwice { .. }
            | Self::MetadataTwice { .. }
            | Self::DisplayTwice { .. } => "leave one of them out".to_owned(),
            _ => return None,
        })
    }

    /// How to mend a call, a convention or a value.
    fn help_with_values(&self) -> Option<String> {
        Some(match self {
            Self::WrongArity { signature, .. }
            | Self::ArgumentByName { signature, .. }
            | Self::FunctionWithoutArguments { signature, .. } => {
                format!("it is `{signature}`")
            }
            Self::VariableCalled { name } => format!("write `{name} * (\u{2026})` for the product"),
            Self::UnknownOption { nearest, signature, .. } => {
                return did_you_mean(nearest.as_ref())
                    .or_else(|| Some(format!("it is `{signature}`")));
            }
            Self::UnknownOptimiser { nearest, known, .. } => {
                return did_you_mean(nearest.as_ref())
                    .or_else(|| Some(format!("there is {}", listed(known, "and"))));
            }
            Self::UnknownConvention { function, known, .. } if !known.is_empty() => {
                let places: Vec<String> =
                    known.iter().map(|place| format!("{function}'({place})")).collect();
                format!("write {}", listed(&places, "or"))
            }
            Self::UnknownConvention { .. } => "leave it out".to_owned(),
            Self::ConventionOfDefinition { .. } => {
                "state it for the functions that it is made of, as in `convention relu'(0) = 1`"
                    .to_owned()
            }
            Self::ConventionValue { function, place, tie: true } => {
                format!("write `convention {function}'({place}) = first`")
            }
            Self::ConventionValue { function, place, .. } => {
                format!("write `convention {function}'({place}) = 1`, say")
            }
            Self::UnknownWord { known, .. } => format!("it can be {}", listed(known, "or")),
            Self::UnknownLanguage { known, .. } => format!("there is {}", listed(known, "and")),
            Self::OptionsOnly { example, .. } => format!("write `{example}`"),
            Self::MissingOption { owner, option } => {
                format!("write `{owner}({option} = 0.1)`, say")
            }
            Self::GradientOfExpression => "write `grad(w0)`, say".to_owned(),
            Self::ConditionExpected => "write `where(z > 0, a, b)`, say".to_owned(),
            Self::ComparisonMisplaced => {
                "use `where(a > b, 1, 0)` to turn it into a number".to_owned()
            }
            Self::NotConstant { .. } => {
                "only numbers and names declared with `const` can stand here".to_owned()
            }
            Self::NotConstantInFunction { signature, .. } => {
                format!("make it a parameter of the function: `def {signature} = \u{2026}`")
            }
            Self::NotConstantInActivation { .. } => {
                "it may use its own parameter and what `const` declares; make a `def` of it, or declare a `const`"
                    .to_owned()
            }
            Self::Evaluation { error, .. } => return evaluation_help(error),
            Self::RecursiveFunction { .. } => "a function may use earlier functions alone".to_owned(),
            Self::ExpressionTooLarge { .. } | Self::ExpressionTooDeep { .. } => {
                "give its parts names of their own, as nodes".to_owned()
            }
            Self::RangeReversed { first, last } => format!("write `{last}..{first}`"),
            Self::RepeatCount { .. } => "leave the `repeat` out, or repeat once or more".to_owned(),
            _ => return None,
        })
    }

    /// How to mend the whole, a task or a text.
    fn help_with_the_sheet(&self) -> Option<String> {
        Some(match self {
            Self::TooManyParts { .. } => "make the expressions or the loops shorter".to_owned(),
            Self::TooMuchText { .. }
            | Self::TooManyStatements { .. }
            | Self::TooManyTasks { .. } => "repeat less often".to_owned(),
            Self::TooManyTerms { .. } => {
                "ask for less, make products and functions shorter, or the network smaller"
                    .to_owned()
            }
            Self::NoObjective => {
                "name the scalar to differentiate, as in `loss L = (y - yhat)^2`".to_owned()
            }
            Self::TwoObjectives { again: true, .. } => "move it out of the loop".to_owned(),
            Self::TwoObjectives { .. } => {
                "make the others plain nodes and add them up in one loss".to_owned()
            }
            Self::ObjectiveIndependent { .. } => {
                "no gradient can move it: use a parameter on the way to it".to_owned()
            }
            Self::NoParameters => {
                "declare what is trained, as in `param w = 1/2`, or name inputs in `gradient`"
                    .to_owned()
            }
            Self::TaskOutsidePart { example, .. } => {
                format!("write `part \"\u{2026}\" {{ {example} }}`")
            }
            Self::Misplaced { place: Place::For, .. } => {
                "a loop repeats declarations and nodes alone: move it out".to_owned()
            }
            Self::Misplaced { place: Place::Each, .. } => {
                "an `each` holds tasks, `text` and `note`: move it out".to_owned()
            }
            Self::Misplaced { place: Place::Repeat, .. } => {
                "a `repeat` holds tasks, `text` and `note`: move it out".to_owned()
            }
            Self::Misplaced { place: Place::Part, .. } => {
                "a part holds tasks, questions and parts: move it above the parts".to_owned()
            }
            Self::StaleGradient | Self::StaleUpdate { .. } => {
                "put a `forward` before it".to_owned()
            }
            Self::Display { .. } => {
                "it can be a letter or word with scripts and accents: `W_0`, `\\hat{y}`, `\\mathbf{x}`"
                    .to_owned()
            }
            Self::ValueInHead => "print it in a `text` or `note`".to_owned(),
            Self::UnknownPass { passes: 0, .. } => {
                "move it behind a `forward`, or leave `in pass` out".to_owned()
            }
            Self::NothingToSolve => {
                "`nablatex new NAME` writes an exercise to start from".to_owned()
            }
            _ => return None,
        })
    }
}

impl Explain for CheckError {
    fn sentence(&self) -> String {
        self.sentence_about_names()
            .or_else(|| self.sentence_about_functions())
            .or_else(|| self.sentence_about_values())
            .or_else(|| self.sentence_about_training())
            .or_else(|| self.sentence_about_the_sheet())
            .unwrap_or_default()
    }

    fn label(&self) -> Option<String> {
        Some(
            match self {
                Self::UnknownName { .. } => "not declared anywhere",
                Self::UsedBeforeDefinition { .. } | Self::CalledBeforeDefinition { .. } => {
                    "defined further down"
                }
                Self::AssignedTwice { again: false, .. } => "already has a value",
                Self::StaleGradient | Self::StaleUpdate { .. } => {
                    "no `forward` since the values changed"
                }
                _ => return None,
            }
            .to_owned(),
        )
    }

    fn help(&self) -> Option<String> {
        self.help_with_names()
            .or_else(|| self.help_with_values())
            .or_else(|| self.help_with_training())
            .or_else(|| self.help_with_the_sheet())
    }
}

impl Explain for CheckWarning {
    fn sentence(&self) -> String {
        match self {
            Self::UnusedNode { name } => format!("nothing uses the node `{name}`"),
            Self::LookAlike { names, .. } => {
                format!("{} look the same on the page", first_few(names))
            }
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::UnusedNode { .. } => None,
            Self::LookAlike { styled, is_displayed: true, .. } => {
                Some(format!("let `display {styled}` show something else"))
            }
            Self::LookAlike { styled, .. } => {
                Some(format!("`display {styled} = \"\u{2026}\"` gives it another look"))
            }
        }
    }
}
