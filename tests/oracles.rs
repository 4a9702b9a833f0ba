//! The functions against an outside oracle: values and derivatives that another program wrote down.
//!
//! `tests/oracles/stage1_functions.py` and `tests/oracles/stage2_functions.py` say where they come from.

use nablatex::exact::{ArithmeticError, Decimal, Number, Precision, Rational};
use nablatex::{Source, ops, solve};
use serde_json::{Value, json};

const LETTERS: [&str; 3] = ["a", "b", "c"];

/// The functions on rational numbers, and those beyond.
const TABLES: [&str; 2] =
    [include_str!("oracles/stage1_functions.json"), include_str!("oracles/stage2_functions.json")];

/// The significant digits of a number that is no fraction.
const DIGITS: u32 = 50;

/// Calls with a value or a derivative that is a fraction because exp undoes ln inside them, or because
/// ln(1 - sigmoid(x)) = -softplus(x).
const BEHIND_LOGARITHMS: [&str; 4] =
    ["sigmoid(log(a))", "tanh(log(a))", "softplus(log(a))", "bce(sigmoid(a), b)"];

fn entries(table: &str) -> Vec<Value> {
    let table: Value = serde_json::from_str(table).expect("JSON");
    table.as_array().expect("a list").clone()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn fraction(text: &str) -> Option<Rational> {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let parse = |part: &str| {
        let (is_negative, digits) =
            part.strip_prefix('-').map_or((false, part), |digits| (true, digits));
        let value = Rational::parse_decimal(digits)?;
        Some(if is_negative { -value } else { value })
    };
    parse(above)?.checked_div(&parse(below)?)
}

fn scientific(decimal: &Decimal) -> String {
    let (mantissa, exponent) = decimal.scientific();
    format!("{mantissa}e{exponent:+}")
}

/// How the number differs from what the table says: a fraction is that fraction, anything else is no
/// fraction and has these digits, unless it is so `far` from 1 that they may be refused.
fn difference(number: &Number, expected: &str, far: bool) -> Option<String> {
    if !expected.contains('e') {
        let is_it =
            number.as_rational().is_some_and(|own| Some(own) == fraction(expected).as_ref());
        return (!is_it).then(|| format!("{number} is not {expected}"));
    }
    if let Some(own) = number.as_rational() {
        return Some(format!("the fraction {own} is not {expected}"));
    }
    match number.decimal(Precision::Significant(DIGITS)) {
        Ok(decimal) => {
            let own = scientific(&decimal);
            (own != expected).then(|| format!("{own} is not {expected}"))
        }
        Err(ArithmeticError::TooLarge { .. } | ArithmeticError::Undecidable { .. }) if far => None,
        Err(error) => Some(format!("{error}; expected {expected}")),
    }
}

/// The exercise of an entry: a gradient by each argument of which the table has a derivative.
fn exercise(entry: &Value) -> String {
    let point = entry["at"].as_array().expect("a point");
    let leaves: Vec<String> = point
        .iter()
        .zip(LETTERS)
        .map(|(value, letter)| format!("{letter} = {}", text(value)))
        .collect();
    let derivatives = entry["derivatives"].as_array().expect("derivatives");
    // At a kink inside a composite, or where there is no derivative, the oracle has no word.
    let asked: Vec<&str> = LETTERS
        .into_iter()
        .zip(derivatives)
        .filter_map(|(letter, derivative)| derivative.as_str().map(|_| letter))
        .collect();
    let task = if asked.is_empty() {
        "forward".to_owned()
    } else {
        format!("gradient {}", asked.join(", "))
    };
    // A parameter more, so that a function that is constant here is no fault of the exercise.
    format!(
        "param {}, w = 1\nnode = {}\nloss L = node * w\npart \"\" {{ {task} }}\n",
        leaves.join(", "),
        text(&entry["call"])
    )
}

/// Every difference of one entry, and how many derivatives were compared.
fn compare(entry: &Value) -> (Vec<String>, usize) {
    let exercise = exercise(entry);
    let solution = match solve(&Source::new("oracle", exercise.as_str())) {
        Ok(solved) => solved.solution,
        Err(diagnostics) => return (vec![format!("{exercise}{diagnostics:?}")], 0),
    };
    let pass = &solution.passes[0];
    let of = |name: &str| {
        let network = &solution.exercise.network;
        network.ids().find(|id| network[*id].name.to_string() == name).expect("a name").index()
    };
    let far = entry["far"].as_bool().unwrap_or_default();
    let value = difference(&pass.values[of("node")], text(&entry["value"]), far);
    let mut differences: Vec<String> =
        value.into_iter().map(|difference| format!("{exercise}value: {difference}")).collect();
    let mut derivatives = 0;
    let expected = entry["derivatives"].as_array().expect("derivatives");
    for (letter, expected) in LETTERS.into_iter().zip(expected) {
        let Some(expected) = expected.as_str() else { continue };
        let derivative =
            pass.adjoints[of(letter)].as_ref().expect("a derivative that was asked for");
        if let Some(difference) = difference(derivative, expected, far) {
            differences.push(format!("{exercise}by {letter}: {difference}"));
        }
        derivatives += 1;
    }
    (differences, derivatives)
}

/// Compares the entries that are chosen by their call, and says how many derivatives there were.
fn compare_all(table: &str, chosen: impl Fn(&str) -> bool) -> usize {
    let mut differences = Vec::new();
    let mut derivatives = 0;
    for entry in entries(table).iter().filter(|entry| chosen(text(&entry["call"]))) {
        let (own, compared) = compare(entry);
        differences.extend(own);
        derivatives += compared;
    }
    assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences.join("\n"));
    derivatives
}

#[test]
fn values_and_derivatives_are_those_of_the_oracle() {
    for (table, at_least) in TABLES.into_iter().zip([900, 800]) {
        let derivatives = compare_all(table, |call| !BEHIND_LOGARITHMS.contains(&call));
        assert!(derivatives > at_least, "{derivatives}");
    }
}

#[test]
fn fractions_behind_logarithms_are_recognised() {
    for call in BEHIND_LOGARITHMS {
        assert!(compare_all(TABLES[1], |own| own == call) > 0, "{call} is in no table");
    }
}

/// Values and derivatives by hand that a table of decimals does not have.
#[test]
fn what_is_a_fraction_is_solved_as_one() {
    let entries = [
        json!({"call": "sigmoid(2 * log(a))", "at": ["3"], "value": "9/10", "derivatives": ["3/50"]}),
        json!({
            "call": "bce_with_logits(log(a), 1)", "at": ["3"], "derivatives": ["-1/12"],
            "value": "2.8768207245178092743921900599382743150350971089776e-1",
        }),
        json!({
            "call": "silu(log(a))", "at": ["3"],
            "value": "8.2395921650108226854643392769189427848561791836706e-1",
            "derivatives": ["3.1866326804175685571220282730765785654046815986392e-1"],
        }),
        json!({
            "call": "tanh(softplus(log(a)))", "at": ["2"], "value": "4/5", "derivatives": ["3/25"],
        }),
        json!({
            "call": "log(1 - sigmoid(a)) + softplus(a)", "at": ["1/2"], "value": "0",
            "derivatives": ["0"],
        }),
        // The kink's slope by convention.
        json!({
            "call": "abs(sigmoid(log(a)) - 3/4)", "at": ["3"], "value": "0", "derivatives": ["0"],
        }),
        // At the ends of its range bce has a slope to one side, where the label agrees.
        json!({"call": "bce(a, 1)", "at": ["1"], "value": "0", "derivatives": ["-1"]}),
        json!({"call": "bce(a, 0)", "at": ["0"], "value": "0", "derivatives": ["1"]}),
        json!({"call": "bce(a, 1)", "at": ["2/3"], "derivatives": ["-3/2"],
            "value": "4.0546510810816438197801311546434913657199042346249e-1"}),
    ];
    let differences: Vec<String> = entries.iter().flat_map(|entry| compare(entry).0).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Whether a call of that function stands in a text, and not one whose name ends like it.
fn calls(text: &str, function: &str) -> bool {
    text.match_indices(&format!("{function}(")).any(|(at, _)| {
        !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
    })
}

/// A function without an outside oracle is checked against nothing but itself.
#[test]
fn every_function_is_in_a_table() {
    let entries: Vec<Value> = TABLES.into_iter().flat_map(entries).collect();
    let of = |entry: &Value| text(&entry["call"]).to_owned();
    let called: Vec<String> = entries.iter().map(of).collect();
    let missing: Vec<&str> =
        ops::names().filter(|name| !called.iter().any(|call| calls(call, name))).collect();
    assert!(missing.is_empty(), "in no table of tests/oracles: {missing:?}");
    assert!(called.iter().any(|call| call == "a ^ b"), "powers are in no table");
}

/// Every optimiser and option against `PyTorch`'s parameters after each step, which are double precision:
/// `tests/oracles/optimisers.py` says where they come from, and where the rules differ.
#[test]
fn optimisers_step_as_pytorch_does() {
    let table: Vec<Value> = serde_json::from_str(include_str!("oracles/optimisers.json"))
        .expect("the table of optimisers");
    let tolerance = Rational::new(1, 10_i64.pow(13)).expect("a denominator");
    let mut compared = 0;
    for entry in &table {
        let name = text(&entry["name"]);
        let solution = match solve(&Source::new(name, text(&entry["exercise"]))) {
            Ok(solved) => solved.solution,
            Err(errors) => panic!("{name}: {errors:?}"),
        };
        let steps = entry["steps"].as_array().expect("steps");
        assert_eq!(solution.passes.len(), steps.len(), "{name}");
        for (number, (pass, step)) in solution.passes.iter().zip(steps).enumerate() {
            let mut updates: Vec<_> = pass.updates.iter().collect();
            updates.sort_by_key(|(parameter, _)| *parameter);
            for ((_, value), expected) in updates.iter().zip(step.as_array().expect("a step")) {
                let expected = Rational::parse_decimal(text(expected)).expect("a decimal");
                let ours = value.decimal(Precision::Significant(20)).expect("digits").value();
                let difference = &ours - &expected;
                let size = if difference.is_negative() { -&difference } else { difference };
                assert!(size < tolerance, "{name}, step {}: {ours} and {expected}", number + 1);
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}
