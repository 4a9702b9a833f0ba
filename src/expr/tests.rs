//! Expressions as a file writes them, in and out: derivatives in the form a textbook has, the text of an
//! expression, and numbers in place.

use super::{
    Conventions, Expr, Names, Quantity, Term, VariableId, differentiate, evaluate, map_quantities,
    negate, power, product, quotient, reduce_members, sum, to_text,
};
use crate::exact::{Number, Rational};
use crate::exercise::{Exercise, check};
use crate::source::Source;
use crate::syntax::parse;

/// Leaves w, v, x, y, t with the values 2, 3, −1, 0, 1/2, and a node that is `text`.
fn exercise(text: &str) -> Exercise {
    let leaves = "param w = 2, v = 3, x = -1, y = 0, t = 1/2\n";
    let file = format!("{leaves}node = {text}\nloss L = node + w\n");
    match check(&parse(&Source::new("expression", file.as_str()))) {
        Ok((exercise, _)) => exercise,
        Err(diagnostics) => panic!("{file}{diagnostics:?}"),
    }
}

const NODE: VariableId = VariableId(5);

fn read(text: &str) -> (Expr, Exercise) {
    let exercise = exercise(text);
    let expr = exercise.network.definition(NODE).cloned().expect("a node");
    (expr, exercise)
}

fn named(exercise: &Exercise, name: &str) -> Quantity {
    let network = &exercise.network;
    let variable = network.ids().find(|id| network[*id].name.to_string() == name);
    Quantity::Variable(variable.expect("a leaf"))
}

fn value_of(quantity: Quantity) -> Option<Number> {
    let Quantity::Variable(variable) = quantity else { return None };
    let half = Rational::new(1, 2).map(Number::from);
    [Some(2), Some(3), Some(-1), Some(0)]
        .get(variable.index())
        .map_or(half, |integer| integer.map(Number::from))
}

#[track_caller]
fn assert_derivative(text: &str, by: &str, expected: &str) {
    let (expr, exercise) = read(text);
    let derivative = differentiate(&expr, named(&exercise, by), &exercise.conventions);
    assert_eq!(to_text(&derivative, &exercise), expected, "∂/∂{by} {text}");
}

#[test]
fn derivatives_have_the_form_of_a_textbook() {
    for (text, by, expected) in [
        // Constants and sums.
        ("v", "w", "0"),
        ("w", "w", "1"),
        ("-w", "w", "-1"),
        ("w + v", "w", "1"),
        ("v - w", "w", "-1"),
        ("w + w + 1", "w", "2"),
        ("w - w", "w", "0"),
        ("v + w - (w - v)", "w", "0"),
        ("3 * w + v - w", "w", "2"),
        // Products.
        ("w * x", "w", "x"),
        ("x * w", "w", "x"),
        ("2 * w", "w", "2"),
        ("1/2 * w", "w", "1/2"),
        ("w * 3 * x", "w", "3 * x"),
        ("-w * x", "w", "-x"),
        ("w * -x", "w", "-x"),
        ("w * -1 * x", "w", "-x"),
        ("w * w", "w", "2 * w"),
        ("w * w * w", "w", "3 * w^2"),
        ("3 * w * w", "w", "6 * w"),
        ("w * v * w", "w", "2 * v * w"),
        ("w * (-w)", "w", "-(2 * w)"),
        ("w * (w + v)", "w", "2 * w + v"),
        ("(w + 1) * (w - 1)", "w", "2 * w"),
        ("w * x + v * w", "w", "x + v"),
        // Powers.
        ("w^2", "w", "2 * w"),
        ("w^3", "w", "3 * w^2"),
        ("w^1", "w", "1"),
        ("w^0", "w", "0"),
        ("w^-1", "w", "-w^(-2)"),
        ("w^-2", "w", "-(2 * w^(-3))"),
        ("(-w)^2", "w", "2 * w"),
        ("(w * x + v)^2", "w", "2 * (w * x + v) * x"),
        ("(w^2)^3", "w", "6 * w^5"),
        // Losses.
        ("(w - t)^2", "w", "2 * (w - t)"),
        ("(t - w)^2", "w", "-(2 * (t - w))"),
        ("1/2 * (t - w)^2", "w", "-(t - w)"),
        ("1/2 * (w - t)^2", "w", "w - t"),
        ("0.5 * (t - w)^2", "w", "-(t - w)"),
        ("(t - w)^2 / 2", "w", "-(t - w)"),
        ("mse(w, t)", "w", "2 * (w - t)"),
        ("mse(t, w)", "w", "-(2 * (t - w))"),
        ("square(w - t)", "w", "2 * (w - t)"),
        ("1/10 * w^2", "w", "1/5 * w"),
        ("6 * w - w^2", "w", "6 - 2 * w"),
        // Quotients.
        ("w / 2", "w", "1/2"),
        ("w / v", "w", "1 / v"),
        ("-w / v", "w", "-(1 / v)"),
        ("x * w / v", "w", "x / v"),
        ("v / w", "w", "-(v / w^2)"),
        ("1 / w", "w", "-(1 / w^2)"),
        ("10 / w", "w", "-(10 / w^2)"),
        ("w^2 / 2", "w", "w"),
        ("w^2 / 3", "w", "2 * w / 3"),
        ("w / (w + v)", "w", "v / (w + v)^2"),
        ("1 / (w - t)^2", "w", "-(2 / (w - t)^3)"),
        // Case distinctions.
        ("relu(w)", "w", "where(w > 0, 1, where(w == 0, 0, where(w < 0, 0, 0)))"),
        ("where(v > 0, w, 2 * w)", "w", "where(v > 0, 1, 2)"),
        ("where(v > 0, w, v + w)", "w", "1"),
        ("where(w > 0, v, x)", "w", "0"),
        ("step(v * w)", "v", "0"),
    ] {
        assert_derivative(text, by, expected);
    }
}

/// The form is the derivative: at other values it equals the dual number.
#[test]
fn no_form_has_factors_of_one_or_terms_of_zero() {
    for text in [
        "w * x + v",
        "relu(w * x + v) * t",
        "max(w, v, x) * w",
        "(w + v) / (w - x) * w^2",
        "abs(w * w - v) + l1(w, t) + huber(w * x, v)",
        "clip(w * x, v, t) * -w",
        "leaky_relu(w * x) - leaky_relu(v, w)",
        "hinge(w * x, 1) / w",
    ] {
        let (expr, exercise) = read(text);
        for by in ["w", "v", "x", "t"] {
            let derivative = differentiate(&expr, named(&exercise, by), &exercise.conventions);
            let text = format!("({})", to_text(&derivative, &exercise));
            for idle in [" * 1)", " * 1 ", "(1 * ", " 1 * ", " + 0)", "(0 + ", "- 0)", "--", "- -"]
            {
                assert!(!text.contains(idle), "`{idle}` in {text}");
            }
        }
    }
}

/// The text of an expression is read as the same expression, or as one with the same text and value.
#[test]
fn a_text_is_read_as_what_it_was_written_from() {
    for text in [
        "w",
        "-w",
        "-2",
        "1/2",
        "-1/2 * w",
        "w + v - x",
        "w - (v - x)",
        "w - (-v)",
        "w + (-1/2 * v)",
        "-(w + v)",
        "-(w * v)",
        "-w * v",
        "w * (v + x)",
        "w * (-v)",
        "w / v / x",
        "w / (v * x)",
        "w / (1/2)",
        "(w + v)^2",
        "(-w)^2",
        "-w^2",
        "(1/2)^3",
        "w^(-1)",
        "(w^2)^3",
        "relu(w - v)",
        "max(0, w)",
        "max(w, 0)",
        "max(w, v, x)",
        "clip(w, -1, 1)",
        "clip(w, 0, inf)",
        "clip(w, -inf, v)",
        "leaky_relu(w, 1/100)",
        "huber(w, v, 1)",
        "hinge(w, -1)",
        "where(w > v, x, t)",
        "where(w == v, where(x != 0, 1, 2), 3) * t",
    ] {
        let (expr, exercise) = read(text);
        let written = to_text(&expr, &exercise);
        assert_eq!(written, text);
        let (again, _) = read(&written);
        assert_eq!(again, expr, "{text}");
    }
}

/// Derivatives are texts of the language as well: clips nest what other functions say in one comparison.
#[test]
fn the_text_of_a_derivative_has_its_value() {
    for text in [
        "clip(w, 1, 3) * v",
        "relu(w) * abs(x)",
        "max(0, w * v)",
        "min(w, v) / x",
        "leaky_relu(x * w)",
    ] {
        let (expr, exercise) = read(text);
        for by in ["w", "x"] {
            let derivative = differentiate(&expr, named(&exercise, by), &exercise.conventions);
            let (again, _) = read(&to_text(&derivative, &exercise));
            let conventions = Conventions::default();
            let value = |expr: &Expr| evaluate(expr, &value_of, &conventions);
            assert_eq!(value(&again), value(&derivative), "∂/∂{by} {text}");
        }
    }
}

/// `text` with numbers in place, and the line after it.
fn substituted(text: &str) -> (String, Option<String>) {
    let (expr, exercise) = read(text);
    let in_place = |quantity| Expr::number(value_of(quantity).expect("a leaf"));
    let numbers = map_quantities(&expr, &in_place);
    let reduced = reduce_members(&numbers, &exercise.conventions).expect("a value");
    (to_text(&numbers, &exercise), reduced.map(|reduced| to_text(&reduced, &exercise)))
}

#[test]
fn numbers_stand_where_names_stood() {
    for (text, numbers, reduced) in [
        ("w * v", "2 * 3", None),
        ("w * v + x", "2 * 3 + (-1)", Some("6 - 1")),
        ("w - x", "2 - (-1)", None),
        ("w * x", "2 * (-1)", None),
        ("w * (v + x)", "2 * (3 + (-1))", Some("2 * 2")),
        ("(w - v)^2", "(2 - 3)^2", Some("(-1)^2")),
        ("-(w * v + x)", "-(2 * 3 + (-1))", Some("-(6 - 1)")),
        ("relu(w * x)", "relu(2 * (-1))", Some("relu(-2)")),
        ("w / (v + x)", "2 / (3 + (-1))", Some("2 / 2")),
        // −0 does not exist.
        ("-y", "0", None),
        ("-y * w", "0 * 2", None),
        ("-(y * w)", "0 * 2", None),
        ("w * -y", "2 * 0", None),
        ("-y + w", "0 + 2", None),
        ("-y^2 + w", "0^2 + 2", Some("0 + 2")),
        ("w - y", "2 - 0", None),
        ("-(y * w) - w", "0 * 2 - 2", Some("0 - 2")),
    ] {
        let expected = (numbers.to_owned(), reduced.map(str::to_owned));
        assert_eq!(substituted(text), expected, "{text}");
    }
}

struct Letters;

impl Names for Letters {
    fn name(&self, quantity: Quantity) -> String {
        match quantity {
            Quantity::Variable(variable) => ["a", "b", "c"][variable.index()].to_owned(),
            other => format!("{other:?}"),
        }
    }
}

fn letters() -> [Expr; 3] {
    [0, 1, 2].map(|position| VariableId(position).into())
}

fn fraction(numerator: i64, denominator: i64) -> Expr {
    Expr::number(Rational::new(numerator, denominator).expect("a denominator").into())
}

#[test]
fn the_constructors_simplify_as_a_teacher_would() {
    let [a, b, c] = letters();
    let term = |minus, expr: &Expr| Term { minus, expr: expr.clone() };
    let times = |factors: &[&Expr]| product(factors.iter().map(|f| (*f).clone()).collect());
    let (one, two, zero) = (Expr::from(1), Expr::from(2), Expr::from(0));
    for (built, expected) in [
        (times(&[]), "1"),
        (times(&[&one, &a]), "a"),
        (times(&[&a, &zero, &b]), "0"),
        (times(&[&a, &two, &b, &fraction(1, 2)]), "a * b"),
        (times(&[&a, &b, &a]), "a^2 * b"),
        (times(&[&negate(a.clone()), &negate(b.clone())]), "a * b"),
        (times(&[&a, &negate(times(&[&two, &b]))]), "-(2 * a * b)"),
        (negate(negate(a.clone())), "a"),
        (negate(zero.clone()), "0"),
        (sum(vec![]), "0"),
        (sum(vec![term(true, &a)]), "-a"),
        (sum(vec![term(false, &a), term(true, &a)]), "0"),
        (sum(vec![term(false, &zero), term(false, &b)]), "b"),
        (sum(vec![term(false, &a), term(true, &negate(b.clone()))]), "a + b"),
        (sum(vec![term(false, &times(&[&a, &b])), term(false, &times(&[&b, &a]))]), "2 * a * b"),
        (
            sum(vec![term(false, &times(&[&a, &b])), term(true, &times(&[&b, &a, &c]))]),
            "a * b - b * a * c",
        ),
        (
            sum(vec![term(true, &sum(vec![term(false, &a), term(true, &b)])), term(false, &c)]),
            "-a + b + c",
        ),
        (quotient(a.clone(), one.clone()), "a"),
        (quotient(zero.clone(), a.clone()), "0"),
        (quotient(negate(a.clone()), negate(b.clone())), "a / b"),
        (quotient(times(&[&fraction(2, 1), &a]), times(&[&fraction(4, 1), &b])), "a / (2 * b)"),
        (quotient(a.clone(), fraction(1, 2)), "2 * a"),
        (quotient(a.clone(), fraction(-2, 1)), "-(a / 2)"),
        (power(a.clone(), zero), "1"),
        (power(a.clone(), one), "a"),
        (power(power(a.clone(), two.clone()), Expr::from(3)), "a^6"),
        (power(negate(a), two), "(-a)^2"),
    ] {
        assert_eq!(to_text(&built, &Letters), expected);
    }
}
