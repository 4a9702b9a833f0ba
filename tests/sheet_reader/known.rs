//! What the machine-readable result says, to hold a sheet against.

use std::collections::BTreeMap;

use nablatex::Solution;
use nablatex::exercise::{Kind, Role, Sense};
use nablatex::render::{self, Options, RenderError};
use num_rational::BigRational;
use serde_json::Value as Json;

use super::parser::{numeral, power_of_ten};
use super::value::Value;

/// Digits that the result is asked for where it is irrational.
const DIGITS: u32 = 60;

/// The values of one forward pass, by the names of the file.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    pub values: BTreeMap<String, Value>,
    pub gradients: BTreeMap<String, Value>,
    pub partials: BTreeMap<(String, String), Value>,
    pub updates: BTreeMap<String, Value>,
    /// The row of the data, counted from 1.
    pub row: Option<u64>,
    /// The gradients of a batch that ends with this pass.
    pub batch: Option<BTreeMap<String, Value>>,
}

/// The optimiser's name and its settings.
#[derive(Clone, Debug, Default)]
pub struct Update {
    pub optimiser: String,
    pub settings: Vec<Value>,
}

/// Names in the order in which a sheet gives them, and values.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub nodes: Vec<String>,
    /// Inputs, targets, constants, parameters: those with values of their own.
    pub leaves: Vec<String>,
    /// Leaves that stay symbols.
    pub letters: Vec<String>,
    /// Leaves whose values are those of the data's rows.
    pub columns: Vec<String>,
    /// The quantity whose gradients at some nodes are given.
    pub is_given: bool,
    pub objective: Option<String>,
    pub is_maximized: bool,
    pub passes: Vec<Pass>,
    /// The updates in order.
    pub updates: Vec<Update>,
}

impl Known {
    /// # Errors
    /// Where no result can be written.
    pub fn of(solution: &Solution) -> Result<Self, RenderError> {
        let network = &solution.exercise.network;
        let name = |id| network[id].name.to_string();
        let mut leaves = Vec::new();
        let mut letters = Vec::new();
        let data = solution.exercise.data.as_ref();
        let in_data = data.map_or(&[][..], |data| &data.columns[..]);
        for role in [Role::Input, Role::Target, Role::Constant, Role::Parameter] {
            for leaf in network.leaves(role).filter(|leaf| !in_data.contains(leaf)) {
                let is_letter = matches!(
                    &network[leaf].kind,
                    Kind::Leaf { value, .. } if value.declared().is_none()
                );
                if is_letter { &mut letters } else { &mut leaves }.push(name(leaf));
            }
        }
        // Rates and the like stand behind what the network is made of.
        let is_setting =
            |letter: &String| network.ids().any(|id| name(id) == *letter && !network.is_used(id));
        letters.sort_by_key(is_setting);
        let options = Options { digits: Some(DIGITS), ..Options::default() };
        let text = render::json(solution, &options)?;
        let json: Json = serde_json::from_str(&text).expect("sound JSON");
        // A quantity whose gradients are given is none of the sheet's nodes.
        let given = network.objective().filter(|objective| objective.is_given);
        let is_node =
            |id| network.definition(id).is_some() && given.is_none_or(|given| given.variable != id);
        let nodes: Vec<String> = network.ids().filter(|id| is_node(*id)).map(name).collect();
        let passes = json["passes"].as_array().expect("passes");
        let passes = passes.iter().map(|json| pass(json, &nodes)).collect();
        let mut updates = Vec::new();
        collect_updates(&json["parts"], &mut updates);
        Ok(Self {
            nodes,
            leaves,
            letters,
            columns: in_data.iter().map(|column| name(*column)).collect(),
            is_given: network.objective().is_some_and(|objective| objective.is_given),
            is_maximized: network
                .objective()
                .is_some_and(|objective| objective.sense == Sense::Maximize),
            objective: network.objective().map(|objective| name(objective.variable)),
            passes,
            updates,
        })
    }
}

/// An exact rational, or the numbers that are rounded to the decimal.
fn number(json: &Json) -> Option<Value> {
    if let Some(exact) = json["exact"].as_str().and_then(|text| text.parse().ok()) {
        return Some(Value::exact(exact));
    }
    let decimal = json["decimal"].as_str()?;
    let (sign, digits) = decimal.strip_prefix('-').map_or((1, decimal), |rest| (-1, rest));
    let numeral = numeral(digits);
    let first_place = numeral.last_place + i64::try_from(numeral.significant).unwrap_or(0) - 1;
    let unit = power_of_ten(first_place + 1 - i64::from(DIGITS));
    let value = numeral.value * BigRational::from_integer(sign.into());
    Some(Value::around(&value, &(unit / num_bigint::BigInt::from(2))))
}

fn numbers(json: &Json) -> BTreeMap<String, Value> {
    let entries = json.as_object().into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), number(value)?))).collect()
}

fn pass(json: &Json, nodes: &[String]) -> Pass {
    let values = numbers(&json["values"]);
    let row = json["row"].as_u64();
    if nodes.iter().any(|node| !values.contains_key(node)) {
        return Pass { values, row, ..Pass::default() };
    }
    let mut partials = BTreeMap::new();
    for (of, operands) in json["partials"].as_object().into_iter().flatten() {
        for (by, value) in numbers(operands) {
            partials.insert((of.clone(), by), value);
        }
    }
    let gradients = numbers(&json["gradients"]);
    let is_batch = json["batch"].is_object();
    Pass {
        values,
        partials,
        updates: numbers(&json["updates"]),
        row,
        batch: is_batch.then(|| gradients.clone()),
        gradients: if is_batch { BTreeMap::new() } else { gradients },
    }
}

fn collect_updates(blocks: &Json, updates: &mut Vec<Update>) {
    for block in blocks.as_array().into_iter().flatten() {
        if block["kind"] == "update" {
            let own = block["settings"].as_object().into_iter().flatten();
            updates.push(Update {
                optimiser: block["optimiser"].as_str().unwrap_or_default().to_owned(),
                settings: own.filter_map(|(_, value)| number(value)).collect(),
            });
        }
        collect_updates(&block["items"], updates);
    }
}
