//! What the machine-readable result says, to hold a sheet against.

use std::collections::BTreeMap;

use nablatex::Solution;
use nablatex::exercise::{Role, Sense};
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
}

/// Names in the order in which a sheet gives them, and values.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub nodes: Vec<String>,
    /// Inputs, targets, constants, parameters.
    pub leaves: Vec<String>,
    pub objective: Option<String>,
    pub is_maximized: bool,
    pub passes: Vec<Pass>,
    /// The settings of each update in order.
    pub settings: Vec<Vec<Value>>,
}

impl Known {
    /// # Errors
    /// Where no result can be written.
    pub fn of(solution: &Solution) -> Result<Self, RenderError> {
        let network = &solution.exercise.network;
        let name = |id| network[id].name.to_string();
        let mut leaves = Vec::new();
        for role in [Role::Input, Role::Target, Role::Constant, Role::Parameter] {
            leaves.extend(network.leaves(role).map(name));
        }
        let options = Options { digits: Some(DIGITS), ..Options::default() };
        let text = render::json(solution, &options)?;
        let json: Json = serde_json::from_str(&text).expect("sound JSON");
        let passes = json["passes"].as_array().expect("passes").iter().map(pass).collect();
        let mut settings = Vec::new();
        collect_settings(&json["parts"], &mut settings);
        Ok(Self {
            nodes: network.ids().filter(|id| network.definition(*id).is_some()).map(name).collect(),
            leaves,
            is_maximized: network
                .objective()
                .is_some_and(|objective| objective.sense == Sense::Maximize),
            objective: network.objective().map(|objective| name(objective.variable)),
            passes,
            settings,
        })
    }
}

/// An exact rational, or the numbers that are rounded to the decimal.
fn number(json: &Json) -> Value {
    if let Some(exact) = json["exact"].as_str().and_then(|text| text.parse().ok()) {
        return Value::exact(exact);
    }
    let decimal = json["decimal"].as_str().expect("a decimal");
    let (sign, digits) = decimal.strip_prefix('-').map_or((1, decimal), |rest| (-1, rest));
    let numeral = numeral(digits);
    let first_place = numeral.last_place + i64::try_from(numeral.significant).unwrap_or(0) - 1;
    let unit = power_of_ten(first_place + 1 - i64::from(DIGITS));
    let value = numeral.value * BigRational::from_integer(sign.into());
    Value::around(&value, &(unit / num_bigint::BigInt::from(2)))
}

fn numbers(json: &Json) -> BTreeMap<String, Value> {
    let entries = json.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), number(value))).collect()
}

fn pass(json: &Json) -> Pass {
    let mut partials = BTreeMap::new();
    for (of, operands) in json["partials"].as_object().into_iter().flatten() {
        for (by, value) in numbers(operands) {
            partials.insert((of.clone(), by), value);
        }
    }
    Pass {
        values: numbers(&json["values"]),
        gradients: numbers(&json["gradients"]),
        partials,
        updates: numbers(&json["updates"]),
    }
}

fn collect_settings(blocks: &Json, settings: &mut Vec<Vec<Value>>) {
    for block in blocks.as_array().into_iter().flatten() {
        if block["kind"] == "update" {
            let own = block["settings"].as_object().into_iter().flatten();
            settings.push(own.map(|(_, value)| number(value)).collect());
        }
        collect_settings(&block["items"], settings);
    }
}
