//! The words for faults of training: rows, batches, new values, optimisers, given gradients.

use super::CheckError;
use super::messages::{counted, listed};

impl CheckError {
    /// What is wrong with the tasks of training.
    pub(super) fn sentence_about_training(&self) -> Option<String> {
        Some(match self {
            Self::DataTwice { .. } => "`data` is given a second time".to_owned(),
            Self::DigitsRange { least, most } => {
                format!("the number of digits lies between {least} and {most}")
            }
            Self::GivenBesideObjective { .. } => {
                "a gradient cannot be given beside a loss".to_owned()
            }
            Self::GivenOfNode { name } => {
                format!("a given gradient is made of leaves, and `{name}` is a node")
            }
            Self::GivenNames { name } => {
                format!("these gradients belong to one loss, and `{name}` names another")
            }
            Self::SettingRange { option, range } => format!("`{option}` must be {range}"),
            Self::UnknownState { letter, .. } => format!("no optimiser remembers `{letter}`"),
            Self::StartTwice { name } => format!("`{name}` has a start already"),
            Self::DataWithoutRows => "this `data` has no rows".to_owned(),
            Self::RowLength { given, expected } => format!(
                "this row has {} on one side of the arrow for {}",
                counted(*given, "entry"),
                counted(*expected, "name")
            ),
            Self::ForwardWithoutRow => {
                "which row of `data` this pass is for is not said".to_owned()
            }
            Self::RowWithoutData => "`forward on` needs `data`, and there is none".to_owned(),
            Self::UnknownRow { row, rows } => {
                format!("there is no row {row}: `data` has {}", counted(*rows, "row"))
            }
            Self::EachWithoutData => "`each` needs `data`, and there is none".to_owned(),
            Self::LookAheadInBatch { name } => {
                format!("`{name}` takes its gradients ahead of one row, not of a batch")
            }
            Self::BatchSize { count } => format!("a batch of {count} rows is none"),
            Self::SetOfData { name } => {
                format!("`{name}` takes its values from the rows of `data` and cannot be set")
            }
            Self::SetOfNode { name, is } => format!("`{name}` is {is} and cannot be set"),
            Self::PartialOfLeaf { name, is } => {
                format!("`{name}` is {is} and has no partial derivatives")
            }
            Self::PartialByStranger { of, by, .. } => {
                format!("`{by}` does not stand in the right-hand side of `{of}`")
            }
            _ => return None,
        })
    }

    /// How to mend the tasks of training.
    pub(super) fn help_with_training(&self) -> Option<String> {
        Some(match self {
            Self::DataTwice { .. } => "put all rows into one `data`".to_owned(),
            Self::GivenBesideObjective { .. } => {
                "leave one of them out: a loss gives all gradients".to_owned()
            }
            Self::GivenNames { .. } => "give the loss one name".to_owned(),
            Self::UnknownState { known, .. } => format!("there is {}", listed(known, "and")),
            Self::StartTwice { .. } => "leave one of them out".to_owned(),
            Self::DataWithoutRows => "write `data (x -> t) { 0 -> 1 }`, say".to_owned(),
            Self::RowLength { .. } => {
                "entries stand in the order of the names, apart by commas".to_owned()
            }
            Self::ForwardWithoutRow => {
                "write `forward on 1`, or `each { forward }` for every row".to_owned()
            }
            Self::RowWithoutData | Self::EachWithoutData => {
                "give the rows, as in `data (x -> t) { 0 -> 1 }`".to_owned()
            }
            Self::UnknownRow { .. } => "rows are numbered from 1".to_owned(),
            Self::LookAheadInBatch { .. } => {
                "use it in `each { \u{2026} }`, or `sgd(\u{2026}, nesterov = yes)` here".to_owned()
            }
            Self::BatchSize { .. } => {
                "write `each 2 { … }` for batches of two, or `each all { … }`".to_owned()
            }
            Self::SetOfData { .. } => "add a row with that value".to_owned(),
            Self::SetOfNode { .. } => {
                "only inputs, targets, parameters and constants are set".to_owned()
            }
            Self::PartialOfLeaf { .. } => "`partial z by w` takes a node first".to_owned(),
            Self::PartialByStranger { of, operands, .. } if operands.is_empty() => {
                format!("`{of}` is a number")
            }
            Self::PartialByStranger { operands, .. } => {
                format!("there is {}", listed(operands, "and"))
            }
            _ => return None,
        })
    }
}
