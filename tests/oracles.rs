//! The functions against an outside oracle: values and derivatives that another program wrote down.
//!
//! `tests/oracles/stage1_functions.py` says where they come from.

use nablatex::exact::{Number, Rational};
use nablatex::{Source, solve};
use serde_json::Value;

const LETTERS: [&str; 3] = ["a", "b", "c"];

fn number(text: &str) -> Number {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let parse = |part: &str| part.parse::<i64>().expect("a machine integer");
    Number::from(Rational::new(parse(above), parse(below)).expect("a denominator"))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

#[test]
fn values_and_derivatives_are_those_of_the_oracle() {
    let frozen = include_str!("oracles/stage1_functions.json");
    let frozen: Value = serde_json::from_str(frozen).expect("JSON");
    let mut derivatives = 0;
    for entry in frozen.as_array().expect("a list") {
        let call = text(&entry["call"]);
        let point = entry["at"].as_array().expect("a point");
        let leaves: Vec<String> = point
            .iter()
            .zip(LETTERS)
            .map(|(value, letter)| format!("{letter} = {}", text(value)))
            .collect();
        // A parameter more, so that a function that is constant here is no fault of the exercise.
        let exercise = format!(
            "param {}, w = 1\nnode = {call}\nloss L = node * w\npart \"\" {{ gradient {} }}\n",
            leaves.join(", "),
            LETTERS[..point.len()].join(", ")
        );
        let solution = match solve(&Source::new("oracle", exercise.as_str())) {
            Ok(solved) => solved.solution,
            Err(diagnostics) => panic!("{exercise}{diagnostics:?}"),
        };
        let pass = &solution.passes[0];
        let of = |name: &str| {
            let network = &solution.exercise.network;
            network.ids().find(|id| network[*id].name.to_string() == name).expect("a name").index()
        };
        assert_eq!(pass.values[of("node")], number(text(&entry["value"])), "{exercise}");
        let expected = entry["derivatives"].as_array().expect("derivatives");
        for (letter, expected) in LETTERS.iter().zip(expected) {
            // At a kink inside a composite the oracle has no word.
            let Some(expected) = expected.as_str() else { continue };
            let derivative = pass.adjoints[of(letter)].clone();
            assert_eq!(derivative, Some(number(expected)), "by {letter}:\n{exercise}");
            derivatives += 1;
        }
    }
    assert!(derivatives > 900, "{derivatives}");
}
