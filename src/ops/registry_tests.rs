//! What holds of every function in the registry.

use super::{all, find, names};
use crate::exact::{Number, Rational};
use crate::expr::{
    Case, Condition, ConventionValue, Conventions, Dual, EvaluationError, Expr, Function, Kink,
    ParameterKind, Quantity, TieRule, VariableId, differentiate, evaluate,
};
use crate::{Solution, Source, render, solve};

fn number(numerator: i64, denominator: i64) -> Number {
    Rational::new(numerator, denominator).expect("a denominator").into()
}

fn variable(position: usize) -> Quantity {
    Quantity::Variable(VariableId(u32::try_from(position).expect("a few variables")))
}

/// Negative, zero, positive, and the ends of `relu6` and `hard_sigmoid`, each of them twice in some points.
fn grid() -> Vec<Number> {
    let integers = [-4, -3, -1, 0, 1, 3, 6, 7].map(Number::from);
    [number(-1, 2), number(1, 3)].into_iter().chain(integers).collect()
}

/// The function over variables, one an argument, and how many there are. A condition compares the first
/// two of its own; a threshold is 1.
fn applied(function: &'static dyn Function) -> (Expr, usize) {
    let mut count = 0;
    let mut next = || {
        count += 1;
        Expr::Quantity(variable(count - 1))
    };
    let mut arguments = Vec::new();
    for parameter in function.parameters() {
        match parameter.kind {
            ParameterKind::Required | ParameterKind::Optional(_) | ParameterKind::Bound => {
                arguments.push(next());
            }
            ParameterKind::Variadic { at_least } => {
                arguments.extend((0..=at_least).map(|_| next()));
            }
            ParameterKind::Condition => {
                let condition = Condition {
                    left: next(),
                    relation: crate::exact::Relation::GreaterOrEqual,
                    right: next(),
                };
                arguments.push(Expr::Cases(vec![Case {
                    value: Expr::from(1),
                    conditions: vec![condition],
                    kink: None,
                }]));
            }
            ParameterKind::Threshold(_) => arguments.push(Expr::from(1)),
            ParameterKind::Word(_) => {}
        }
    }
    (function.build(arguments), count)
}

/// Nothing stated; then for each function a slope of its own at every kink, and `first` at every tie.
fn conventions() -> Vec<Conventions> {
    let mut all_stated = vec![Conventions::default()];
    for (slope, rule) in [(number(1, 3), TieRule::First), (Number::from(-2), TieRule::Share)] {
        let mut stated = Conventions::default();
        for function in all() {
            for place in function.kinks() {
                let value = if *place == "tie" {
                    ConventionValue::Tie(rule)
                } else {
                    ConventionValue::Slope(slope.clone())
                };
                assert!(stated.state(Kink { operator: function.name(), place }, value));
            }
        }
        all_stated.push(stated);
    }
    all_stated
}

/// Every point of the grid with so many coordinates.
fn points(count: usize) -> Vec<Vec<Number>> {
    let mut points = vec![Vec::new()];
    for _ in 0..count {
        points = points
            .into_iter()
            .flat_map(|point: Vec<Number>| {
                grid().into_iter().map(move |value| {
                    let mut longer = point.clone();
                    longer.push(value);
                    longer
                })
            })
            .collect();
    }
    points
}

fn position(quantity: Quantity) -> usize {
    match quantity {
        Quantity::Variable(variable) => variable.index(),
        other => panic!("{other:?} is no variable"),
    }
}

/// Whether two numbers are one, whatever their forms.
fn same(a: &Number, b: &Number) -> bool {
    a.compare(b).expect("a decision").is_eq()
}

fn value_at(
    expr: &Expr,
    point: &[Number],
    conventions: &Conventions,
) -> Result<Number, EvaluationError> {
    evaluate(expr, &|quantity| Some(point[position(quantity)].clone()), conventions)
}

fn dual_at(
    expr: &Expr,
    point: &[Number],
    by: usize,
    conventions: &Conventions,
) -> Result<Dual, EvaluationError> {
    let value_of = |quantity| {
        let own = position(quantity);
        Some(Dual::new(point[own].clone(), Number::from(i64::from(own == by))))
    };
    evaluate(expr, &value_of, conventions)
}

#[test]
fn names_and_aliases_are_unique() {
    let mut seen: Vec<&str> = names().collect();
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
    for name in names() {
        let found = find(name).expect("a function of that name");
        assert!(found.name() == name || found.aliases().contains(&name));
    }
    assert!(find("no such function").is_none());
}

#[test]
fn everything_is_documented() {
    for function in all() {
        let name = function.name();
        assert!(!function.summary().trim().is_empty(), "{name} has no summary");
        assert!(!function.summary().ends_with('.'), "{name}: a summary is no sentence");
        assert!(!function.summary().contains('\n'), "{name}: a summary is one line");
        assert!(function.example().starts_with(&format!("{name}(")), "{name} has no example");
        let mut parameters: Vec<&str> = function.parameters().iter().map(|p| p.name).collect();
        parameters.sort_unstable();
        parameters.dedup();
        assert_eq!(parameters.len(), function.parameters().len(), "parameters of {name}");
        for (position, parameter) in function.parameters().iter().enumerate() {
            let last = position + 1 == function.parameters().len();
            assert!(last || !matches!(parameter.kind, ParameterKind::Variadic { .. }), "{name}");
        }
    }
}

fn solved(text: &str) -> Solution {
    match solve(&Source::new("registry", text)) {
        Ok(solved) => solved.solution,
        Err(diagnostics) => panic!("{text}{diagnostics:?}"),
    }
}

#[test]
fn every_example_is_solved_and_typeset() {
    for function in all() {
        let example = function.example();
        let solution =
            solved(&format!("param a = 1/3, b = 1/5, c = 1/7\nloss L = a * {example}\n"));
        let sheet = render::tex(&solution, &render::Options::default()).expect("a sheet");
        assert!(sheet.contains(r"\pdv{L}{a}"), "{example}");
        let json = render::json(&solution, &render::Options::default()).expect("a result");
        assert!(json.contains("\"gradients\""), "{example}");
    }
}

#[test]
fn partials_are_the_derivatives_of_the_rule_everywhere() {
    for function in all() {
        let (expr, count) = applied(function);
        let mut compared = 0;
        for conventions in conventions() {
            let partials: Vec<Expr> =
                (0..count).map(|by| differentiate(&expr, variable(by), &conventions)).collect();
            for point in points(count) {
                let place = || format!("{} at {point:?} by {conventions:?}", function.name());
                let Ok(value) = value_at(&expr, &point, &conventions) else {
                    let dual = dual_at(&expr, &point, 0, &conventions);
                    assert!(dual.is_err(), "{}", place());
                    continue;
                };
                for (by, partial) in partials.iter().enumerate() {
                    // Where a derivative does not exist, its form says so: sqrt at 0.
                    let slope = value_at(partial, &point, &conventions);
                    let Ok(dual) = dual_at(&expr, &point, by, &conventions) else {
                        assert!(slope.is_err(), "∂/∂{by} of {}", place());
                        continue;
                    };
                    assert_eq!(dual.value, value, "{}", place());
                    let Ok(slope) = slope else { continue };
                    assert!(same(&slope, &dual.tangent), "∂/∂{by} of {}", place());
                    compared += 1;
                }
            }
        }
        assert!(compared >= 15, "{}: {compared}", function.name());
    }
}

/// What a reminder says of a function is what the function computes.
#[test]
fn meanings_are_the_rules() {
    let mut compared = 0;
    for function in all() {
        let (expr, count) = applied(function);
        let Expr::Call { operator, arguments } = &expr else { continue };
        let Some(meaning) = operator.meaning(arguments) else { continue };
        for conventions in conventions() {
            for point in points(count) {
                let Ok(value) = value_at(&expr, &point, &conventions) else { continue };
                let Ok(meant) = value_at(&meaning, &point, &conventions) else { continue };
                assert!(same(&meant, &value), "{} at {point:?}", function.name());
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

/// Both arguments move at once: the chain rule over an operator's partials.
#[test]
fn the_derivative_along_a_line_is_that_of_the_rule() {
    for function in all() {
        let (expr, count) = applied(function);
        // Every argument becomes a multiple of one variable.
        let along = crate::expr::map_quantities(&expr, &|quantity| {
            let factor = i64::try_from(position(quantity)).expect("a few variables") - 1;
            Expr::Product(vec![Expr::from(factor), Expr::Quantity(variable(0))])
        });
        for conventions in conventions() {
            let derivative = differentiate(&along, variable(0), &conventions);
            for point in points(1) {
                let Ok(dual) = dual_at(&along, &point, 0, &conventions) else { continue };
                let Ok(slope) = value_at(&derivative, &point, &conventions) else { continue };
                assert!(same(&slope, &dual.tangent), "{} of {count}: {point:?}", function.name());
            }
        }
    }
}

/// The table of the language reference: the value of a derivative where it does not exist, and what changes
/// it.
#[test]
fn kinks_have_the_values_of_the_table() {
    for (conventions, leaves, call, expected) in [
        ("", "a = 0", "relu(a)", "0"),
        ("", "a = 0", "max(0, a)", "0"),
        ("", "a = 0", "max(a, 0)", "0"),
        ("", "a = 0", "abs(a)", "0"),
        ("", "a = 2", "l1(a, 2)", "0"),
        ("", "a = 2", "l1(2, a)", "0"),
        ("", "a = 1", "hinge(a, 1)", "0"),
        ("", "a = -1", "hinge(a, -1)", "0"),
        ("", "a = 0", "sign(a)", "0"),
        ("", "a = 0", "step(a)", "0"),
        ("", "a = 0", "leaky_relu(a)", "1/100"),
        ("", "a = 0", "leaky_relu(a, 1/4)", "1/4"),
        ("", "a = 0", "clip(a, 0, 1)", "0"),
        ("", "a = 1", "clip(a, 0, 1)", "0"),
        ("", "a = 1", "clip(a, 1, inf)", "0"),
        ("", "a = 1", "clip(a, -inf, 1)", "0"),
        ("", "a = 0", "relu6(a)", "0"),
        ("", "a = 6", "relu6(a)", "0"),
        ("", "a = -3", "hard_sigmoid(a)", "0"),
        ("", "a = 3", "hard_sigmoid(a)", "0"),
        ("", "a = 2", "max(a, 2)", "1/2"),
        ("", "a = 2", "max(2, 1, a, 2)", "1/3"),
        ("", "a = 2", "min(a, 2, 3)", "1/2"),
        ("", "a = 0", "where(a > 0, 5 * a, 7 * a)", "7"),
        ("", "a = 0", "where(a >= 0, 5 * a, 7 * a)", "5"),
        ("relu'(0) = 1", "a = 0", "relu(a)", "1"),
        ("relu'(0) = 1", "a = 0", "max(0, a)", "1"),
        ("relu'(0) = 1/3", "a = 0", "max(a, 0)", "1/3"),
        ("abs'(0) = -1", "a = 0", "abs(a)", "-1"),
        ("l1'(0) = 1", "a = 2", "l1(a, 2)", "1"),
        ("l1'(0) = 1", "a = 2", "l1(2, a)", "-1"),
        ("hinge'(0) = 1", "a = 1", "hinge(a, 1)", "-1"),
        ("hinge'(0) = 1", "a = -1", "hinge(a, -1)", "1"),
        ("sign'(0) = 3", "a = 0", "sign(a)", "3"),
        ("step'(0) = 2", "a = 0", "step(a)", "2"),
        ("leaky_relu'(0) = 1", "a = 0", "leaky_relu(a)", "1"),
        ("clip'(lo) = 1", "a = 0", "clip(a, 0, 1)", "1"),
        ("clip'(lo) = 1", "a = 1", "clip(a, 0, 1)", "0"),
        ("clip'(hi) = 1", "a = 1", "clip(a, 0, 1)", "1"),
        ("clip'(lo) = 1, clip'(hi) = 1", "a = 6", "relu6(a)", "1"),
        ("clip'(hi) = 1, relu6'(hi) = 0", "a = 6", "relu6(a)", "0"),
        ("clip'(lo) = 1", "a = -3", "hard_sigmoid(a)", "1/6"),
        ("max'(tie) = first", "a = 2", "max(a, 2)", "1"),
        ("max'(tie) = first", "a = 2", "max(2, a)", "0"),
        ("max'(tie) = first", "a = 2", "max(1, a, 2)", "1"),
        ("max'(tie) = first", "a = 2", "max(1, 2, a)", "0"),
        ("max'(tie) = share", "a = 2", "max(a, 2)", "1/2"),
        ("max'(tie) = first", "a = 2", "min(a, 2)", "1/2"),
        ("min'(tie) = first", "a = 2", "min(a, 2)", "1"),
    ] {
        let stated = if conventions.is_empty() {
            String::new()
        } else {
            format!("convention {conventions}\n")
        };
        let text = format!("{stated}param {leaves}\nz = {call}\nloss L = z\n");
        let solution = solved(&text);
        let adjoint = solution.passes[0].adjoints[0].as_ref().expect("a derivative");
        assert_eq!(adjoint.to_string(), expected, "{text}");
    }
}
