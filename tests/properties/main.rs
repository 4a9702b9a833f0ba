//! Random networks: whatever is solved is what an evaluator of our own gets by forward mode, exactly, and
//! every view of it can be written.
//!
//! The networks are made as text ([`generate`]), and evaluated as the tree they were made from with dual
//! numbers over big rationals and narrow bounds ([`network`]), so that nothing of the library stands on both sides.

#![allow(clippy::disallowed_methods, reason = "the environment says how long to search")]

mod generate;
#[path = "../interval/mod.rs"]
mod interval;
mod network;

use std::cell::Cell;
use std::collections::BTreeSet;

use nablatex::render::{self, Detail, Numbers, Options};
use nablatex::{Solution, Source, solve};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, Zero};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value;

use generate::{Exercise, Kind, Task, exercise};
use interval::Interval;
use network::{Dual, evaluate};

/// Beyond this many characters a number is not computed a second time: our own numbers are slow.
const LONGEST: usize = 600;

/// Digits to which irrational results are compared.
const DIGITS: i64 = 60;

/// The same exercises on every run. `NABLATEX_CASES=20000` makes that many others.
fn runner(cases: u32) -> TestRunner {
    let asked = std::env::var("NABLATEX_CASES").ok().and_then(|cases| cases.parse().ok());
    TestRunner::new(ProptestConfig {
        cases: asked.unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 100,
        rng_seed: asked.map_or(RngSeed::Fixed(20_261_103), |_| RngSeed::Random),
        ..ProptestConfig::default()
    })
}

/// Fails with what is wrong, exercise included, without the decisions that made it.
fn report(result: Result<(), TestError<Vec<u16>>>) {
    if let Err(TestError::Fail(reason, _) | TestError::Abort(reason)) = result {
        panic!("{reason}");
    }
}

fn tape() -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), 0..700)
}

/// A forward pass as the tasks make it: the leaves' values and what was asked and updated on it.
struct ExpectedPass {
    leaves: Vec<Option<Interval>>,
    asked: BTreeSet<usize>,
    updates: Vec<(usize, Interval)>,
}

/// The tasks carried out by our own arithmetic.
struct Simulation<'e> {
    exercise: &'e Exercise,
    leaves: Vec<Option<Interval>>,
    passes: Vec<ExpectedPass>,
}

impl<'e> Simulation<'e> {
    /// `None` where our bounds do not decide a branch.
    fn of(exercise: &'e Exercise) -> Option<Self> {
        let leaves = exercise
            .variables
            .iter()
            .map(|variable| match &variable.kind {
                Kind::Leaf { value, .. } => Some(Interval::exact(value.clone())),
                Kind::Node(_) => None,
            })
            .collect();
        let mut simulation = Self { exercise, leaves, passes: Vec::new() };
        if let Some(tasks) = &exercise.tasks {
            simulation.run(tasks)?;
        } else {
            simulation.forward();
            let parameters = simulation.parameters();
            simulation.passes[0].asked.extend(parameters);
        }
        Some(simulation)
    }

    fn parameters(&self) -> Vec<usize> {
        let parameter = |position: &usize| {
            matches!(self.exercise.variables[*position].kind, Kind::Leaf { is_parameter: true, .. })
        };
        (0..self.exercise.variables.len()).filter(parameter).collect()
    }

    fn forward(&mut self) {
        let leaves = self.leaves.clone();
        self.passes.push(ExpectedPass { leaves, asked: BTreeSet::new(), updates: Vec::new() });
    }

    fn run(&mut self, tasks: &[Task]) -> Option<()> {
        for task in tasks {
            match task {
                Task::Forward => self.forward(),
                Task::Gradient(targets) => {
                    if self.passes.is_empty() {
                        self.forward();
                    }
                    let last = self.passes.len() - 1;
                    self.passes[last].asked.extend(targets);
                }
                Task::Update(some, rate) => {
                    if self.passes.is_empty() {
                        self.forward();
                    }
                    let moving = some.clone().unwrap_or_else(|| self.parameters());
                    let last = self.passes.len() - 1;
                    let rate = Interval::exact(rate.value());
                    let rate = if self.exercise.is_maximized { rate } else { rate.negate() };
                    for parameter in moving {
                        let slope =
                            derivative(self.exercise, &self.passes[last].leaves, parameter)?;
                        let old = self.leaves[parameter].clone().expect("a parameter's value");
                        let new = old.add(&rate.multiply(&slope));
                        self.leaves[parameter] = Some(new.clone());
                        let pass = &mut self.passes[last];
                        pass.asked.insert(parameter);
                        pass.updates.push((parameter, new));
                    }
                }
                Task::Repeat(count, body) => {
                    for _ in 0..*count {
                        self.run(body)?;
                    }
                }
            }
        }
        Some(())
    }
}

/// Every variable with its speed, where `pushed` moves at speed 1 beside what its operands give it.
fn run(
    exercise: &Exercise,
    leaves: &[Option<Interval>],
    pushed: Option<usize>,
) -> Option<Vec<Dual>> {
    let mut values: Vec<Dual> = Vec::with_capacity(leaves.len());
    for (position, variable) in exercise.variables.iter().enumerate() {
        let mut value = match &variable.kind {
            Kind::Leaf { .. } => Dual::constant(leaves[position].clone().expect("a leaf's value")),
            Kind::Node(tree) => evaluate(tree, &values, &exercise.conventions)?,
        };
        if pushed == Some(position) {
            value.speed = value.speed.add(&Interval::integer(1));
        }
        values.push(value);
    }
    Some(values)
}

/// The derivative of the objective by a leaf or node.
fn derivative(
    exercise: &Exercise,
    leaves: &[Option<Interval>],
    variable: usize,
) -> Option<Interval> {
    Some(run(exercise, leaves, Some(variable))?.swap_remove(exercise.objective).speed)
}

/// The derivative of a node's right-hand side by one of its operands, all others held fixed.
fn local_partial(exercise: &Exercise, values: &[Dual], of: usize, by: usize) -> Option<Interval> {
    let Kind::Node(tree) = &exercise.variables[of].kind else { panic!("a leaf has no partials") };
    let mut fixed: Vec<Dual> =
        values.iter().map(|value| Dual::constant(value.value.clone())).collect();
    fixed[by].speed = Interval::integer(1);
    Some(evaluate(tree, &fixed, &exercise.conventions)?.speed)
}

/// A decimal as a number, with a minus or without.
fn decimal(text: &str) -> BigRational {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().expect("digits");
    BigRational::new(digits, Pow::pow(BigInt::from(10), fraction.len()))
}

/// The value rounded to so many digits, a tie away from 0.
fn rounded(value: &BigRational, digits: i64) -> BigRational {
    if value.is_zero() {
        return BigRational::zero();
    }
    let ten = BigRational::from_integer(10.into());
    let length = |number: &BigInt| i64::try_from(number.to_string().len()).unwrap_or(i64::MAX);
    let magnitude = value.abs();
    let mut place = length(magnitude.numer()) - length(magnitude.denom());
    let power = |exponent: i64| Pow::pow(&ten, BigInt::from(exponent));
    if magnitude < power(place) {
        place -= 1;
    }
    let scale = power(digits - 1 - place);
    (value * &scale).round() / scale
}

/// Whether an entry says what our own value is: the rational itself, or else 60 digits of it.
fn is_entry(entry: &Value, own: &Interval) -> bool {
    if let Some(exact) = exact(entry) {
        return own.contains(&exact) && is_narrow(own);
    }
    own.as_exact().is_none() && is_decimal(entry, own, DIGITS)
}

/// The rational of an entry, if it is one.
fn exact(entry: &Value) -> Option<BigRational> {
    entry["exact"].as_str().and_then(|text| text.parse().ok())
}

/// Whether the decimal of an entry is our own value, rounded.
fn is_decimal(entry: &Value, own: &Interval, digits: i64) -> bool {
    let printed = decimal(entry["decimal"].as_str().expect("a decimal"));
    // Bounds do not show that a value is rational, least of all 0.
    let own = match exact(entry) {
        Some(exact) if own.contains(&exact) && is_narrow(own) => Interval::exact(exact),
        _ => own.clone(),
    };
    let [low, high] = [&own.low, &own.high].map(|bound| rounded(bound, digits));
    // A tie within the bounds leaves both sides open; beside 1 little is lost, and its digits are wide.
    is_narrow(&own) && (printed == low || printed == high || own.contains(&printed))
}

/// Whether our own bounds are close enough to speak of 60 digits.
fn is_narrow(own: &Interval) -> bool {
    let size = own.high.abs().max(BigRational::one());
    own.width() * Pow::pow(BigRational::from_integer(10.into()), BigInt::from(DIGITS)) <= size
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().expect("an object").iter()
}

fn fail(exercise: &Exercise, what: &str) -> TestCaseError {
    TestCaseError::fail(format!("{what}\n{}", exercise.text))
}

/// What our own arithmetic gets for one number of the machine-readable result.
type Check<'c> = &'c mut dyn FnMut(&str, &Value, &Interval) -> Result<(), TestCaseError>;

/// Goes through every number of the machine-readable result beside our own; false where our bounds do not
/// decide a branch or the numbers are too long.
fn compare(exercise: &Exercise, json: &str, check: Check<'_>) -> Result<bool, TestCaseError> {
    let result: Value = serde_json::from_str(json).expect("JSON");
    let passes = result["passes"].as_array().expect("passes");
    if json.lines().any(|line| line.contains("\"exact\"") && line.len() > LONGEST) {
        return Ok(false);
    }
    let Some(Simulation { passes: expected, .. }) = Simulation::of(exercise) else {
        return Ok(false);
    };
    prop_assert_eq!(passes.len(), expected.len());
    let position_of = |name: &str| {
        let found = exercise.variables.iter().position(|variable| variable.name == name);
        found.ok_or_else(|| fail(exercise, &format!("`{name}` is unknown")))
    };
    for (pass, expected) in passes.iter().zip(&expected) {
        let Some(values) = run(exercise, &expected.leaves, None) else { return Ok(false) };
        prop_assert_eq!(object(&pass["values"]).count(), values.len());
        for (name, entry) in object(&pass["values"]) {
            check(&format!("value of {name}"), entry, &values[position_of(name)?].value)?;
        }
        let mut missing = expected.asked.clone();
        for (name, entry) in object(&pass["gradients"]) {
            let position = position_of(name)?;
            missing.remove(&position);
            let Some(own) = derivative(exercise, &expected.leaves, position) else {
                return Ok(false);
            };
            check(&format!("gradient by {name}"), entry, &own)?;
        }
        prop_assert!(missing.is_empty(), "no gradient by {missing:?}\n{}", &exercise.text);
        for (node, operands) in object(&pass["partials"]) {
            for (operand, entry) in object(operands) {
                let (of, by) = (position_of(node)?, position_of(operand)?);
                let Some(own) = local_partial(exercise, &values, of, by) else {
                    return Ok(false);
                };
                check(&format!("partial of {node} by {operand}"), entry, &own)?;
            }
        }
        prop_assert_eq!(object(&pass["updates"]).count(), expected.updates.len());
        for (parameter, own) in &expected.updates {
            let name = &exercise.variables[*parameter].name;
            check(&format!("update of {name}"), &pass["updates"][name], own)?;
        }
    }
    Ok(true)
}

/// The result as JSON with so many digits; nothing where a number is too close to a rounded one to tell.
fn json(solution: &Solution, digits: i64) -> Option<String> {
    let digits = u32::try_from(digits).ok();
    match render::json(solution, &Options { digits, ..Options::default() }) {
        Ok(json) => Some(json),
        Err(error) if error.to_string().contains("bits do not decide") => None,
        Err(error) => panic!("{error}"),
    }
}

/// What is refused is refused for a reason that lies in the exercise, never for one in the program.
fn solved(exercise: &Exercise) -> Result<Option<Solution>, TestCaseError> {
    match solve(&Source::new("random.nabla", exercise.text.as_str())) {
        Ok(solved) => Ok(Some(solved.solution)),
        Err(diagnostics) => {
            const REASONS: [&str; 13] = [
                "division by zero",
                "division by 0",
                "a negative power of zero",
                "depends on no parameter",
                "lower bound of `clip`",
                "the target of `hinge`",
                "bits",
                "too large",
                "nothing uses",
                "used before",
                "0 has no negative powers",
                "of a number beyond",
                "bits do not decide",
            ];
            for diagnostic in diagnostics {
                if !REASONS.iter().any(|reason| diagnostic.sentence.contains(reason)) {
                    return Err(fail(exercise, &diagnostic.sentence));
                }
            }
            Ok(None)
        }
    }
}

/// Where the numbers are rational exactly, elsewhere to 60 digits.
#[test]
fn reverse_equals_forward_exactly() {
    let [all, sound, compared, irrational] = [const { Cell::new(0) }; 4];
    let count = |counter: &Cell<u32>| counter.set(counter.get() + 1);
    let result = runner(400).run(&tape(), |tape| {
        let exercise = exercise(&tape);
        count(&all);
        let Some(solution) = solved(&exercise)? else { return Ok(()) };
        count(&sound);
        let Some(json) = json(&solution, DIGITS) else { return Ok(()) };
        let mut is_rational = true;
        let is_compared = compare(&exercise, &json, &mut |what, entry, own| {
            is_rational &= own.as_exact().is_some();
            if is_entry(entry, own) {
                return Ok(());
            }
            Err(fail(&exercise, &format!("{what}: {entry}, not {}", own.show())))
        })?;
        if is_compared {
            count(&compared);
            if !is_rational {
                count(&irrational);
            }
        }
        Ok(())
    });
    report(result);
    // The generator is to be of use: much of what it makes can be solved, of either kind.
    let [all, sound, compared, irrational] =
        [all, sound, compared, irrational].map(Cell::into_inner);
    let rational = compared - irrational;
    assert!(sound * 5 > all * 2, "{sound} of {all} are sound");
    assert!(compared * 10 > sound * 9, "{compared} of {sound} were compared");
    assert!(rational * 3 > compared && irrational * 5 > compared, "{rational} and {irrational}");
}

/// Whatever was asked for in digits, a decimal is the value rounded once: ours has 96 digits and comes about by
/// forward mode.
#[test]
fn every_decimal_is_rounded_correctly() {
    let seen = Cell::new(0_usize);
    let result = runner(100).run(&tape(), |tape| {
        let exercise = exercise(&tape);
        let Some(solution) = solved(&exercise)? else { return Ok(()) };
        for digits in [1, 6, 17, 40] {
            let Some(json) = json(&solution, digits) else { return Ok(()) };
            compare(&exercise, &json, &mut |what, entry, own| {
                seen.set(seen.get() + 1);
                if is_decimal(entry, own, digits) {
                    return Ok(());
                }
                let message = format!("{what} to {digits} digits: {entry}, not {}", own.show());
                Err(fail(&exercise, &message))
            })?;
        }
        Ok(())
    });
    report(result);
    assert!(seen.get() > 2_000, "{}", seen.get());
}

/// Our own functions against tables that another program computed.
#[test]
fn our_functions_are_those_of_the_tables() {
    let mut count = 0;
    for row in include_str!("../oracles/real_functions.tsv").lines() {
        let [function, argument, expected] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let Ok(argument) = argument.parse::<BigRational>() else { continue };
        let Some(own) = interval::value(function, &Interval::exact(argument)) else { continue };
        let (mantissa, exponent) = expected.split_once('e').expect("an exponent");
        let exponent: i64 = exponent.parse().expect("an exponent");
        let ten = BigRational::from_integer(10.into());
        let unit = Pow::pow(&ten, BigInt::from(exponent));
        let expected = decimal(mantissa) * &unit;
        let error = unit / Pow::pow(ten, BigInt::from(48));
        assert!(own.meets(&Interval::around(&expected, &error)), "{row}: {}", own.show());
        assert!(is_narrow(&own), "{row}");
        count += 1;
    }
    assert!(count > 200, "{count}");
}

/// What no line of mathematics may hold: double signs, and a zero with a sign.
fn assert_clean(exercise: &Exercise, sheet: &str) -> Result<(), TestCaseError> {
    for line in sheet.lines() {
        let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        for ugly in ["--", "+-", "-+", "++", "\\cdot-"] {
            if bare.contains(ugly) {
                return Err(fail(exercise, &format!("`{ugly}` in {line}")));
            }
        }
        // A minus with a blank behind it subtracts.
        for (position, _) in line.match_indices("-0") {
            let next = line[position + 2..].chars().next();
            if !next.is_some_and(|next| next.is_ascii_digit() || next == '.') {
                return Err(fail(exercise, &format!("a negative zero in {line}")));
            }
        }
    }
    Ok(())
}

/// The sheet with each formula on one line and without blanks or sizes: how a formula breaks depends on what
/// stands around it. A formula that has to break may be written in another way too, with a power in place of
/// a fraction; `short` leaves those out.
fn unbroken(sheet: &str, short: bool) -> String {
    const LAYOUT: [&str; 12] = [
        "\\MoveEqLeft[1]",
        "\\quad",
        "\\left",
        "\\right",
        "\\biggl",
        "\\biggr",
        "\\Biggl",
        "\\Biggr",
        "\\bigl",
        "\\bigr",
        "\\Bigl",
        "\\Bigr",
    ];
    let mut formulas: Vec<(String, bool)> = Vec::new();
    for line in sheet.lines() {
        let mut line: String = line.split_whitespace().collect();
        for layout in LAYOUT {
            line = line.replace(layout, "");
        }
        // What ends a line of a display says nothing of the line.
        line.truncate(line.trim_end_matches('\\').len());
        // The sign at which the lines of a display are aligned, and not the one within its cases.
        let aligned = line.replace("&=", "=").replace("&\\approx", "\\approx");
        match formulas.last_mut() {
            Some((formula, broken)) if line.starts_with('&') => {
                formula.push_str(aligned.trim_start_matches('&'));
                *broken = true;
            }
            _ => formulas.push((aligned, false)),
        }
    }
    let kept = formulas.into_iter().filter(|(_, broken)| !(short && *broken));
    kept.map(|(formula, _)| formula + "\n").collect()
}

#[test]
fn every_view_can_be_written() {
    let result = runner(60).run(&tape(), |tape| {
        let exercise = exercise(&tape);
        let Some(solution) = solved(&exercise)? else { return Ok(()) };
        let plain = render::json(&solution, &Options::default()).expect("a result");
        let rotation = tape.len();
        for (position, numbers) in
            [Numbers::Auto, Numbers::Fraction, Numbers::Decimal].into_iter().enumerate()
        {
            let fragment = (rotation + position) % 2 == 0;
            let digits = [None, Some(1), Some(12)][(rotation + position) % 3];
            let decimals = [None, Some(0), Some(4)][(rotation / 3 + position) % 3];
            let options = |detail| Options {
                detail,
                numbers,
                digits,
                decimals,
                reminder: rotation % 2 == 1,
                fragment,
                preamble: fragment.then(|| "\\usepackage{course}".to_owned()),
            };
            let sheet = |detail| match render::tex(&solution, &options(detail)) {
                Ok(sheet) => Ok(sheet),
                Err(error) => Err(fail(&exercise, &error.to_string())),
            };
            let full = sheet(Detail::Full)?;
            let brief = sheet(Detail::Brief)?;
            assert_clean(&exercise, &full)?;
            assert_clean(&exercise, &plain)?;
            let (full, brief) = (unbroken(&full, false), unbroken(&brief, true));
            let lines: BTreeSet<&str> = full.lines().collect();
            for line in brief.lines() {
                prop_assert!(lines.contains(line), "`{line}` is in brief alone\n{}", exercise.text);
            }
            for detail in [Detail::Full, Detail::Brief] {
                let own = Options { digits: None, ..options(detail) };
                let json = render::json(&solution, &own).expect("a result");
                prop_assert!(json == plain, "options change the values\n{}", exercise.text);
            }
        }
        Ok(())
    });
    report(result);
}

/// The generator reaches what these tests are about.
#[test]
fn the_exercises_are_of_every_kind() {
    let texts: Vec<String> = {
        let mut runner = runner(0);
        let strategy = tape();
        (0..300)
            .map(|_| {
                let tree = strategy.new_tree(&mut runner).expect("a tape");
                exercise(&tree.current()).text
            })
            .collect()
    };
    for part in [
        "relu(",
        "leaky_relu(",
        "relu6(",
        "clip(",
        "hard_sigmoid(",
        "abs(",
        "sign(",
        "step(",
        "max(",
        "min(",
        "square(",
        "where(",
        "mse(",
        "l1(",
        "huber(",
        "smooth_l1(",
        "hinge(",
        "gate(",
        "exp(",
        "log(",
        "ln(",
        "log2(",
        "log10(",
        "sqrt(",
        "sin(",
        "cos(",
        "tan(",
        "sigmoid(",
        "tanh(",
        "softplus(",
        "silu(",
        "gelu(",
        "elu(",
        "bce(",
        "bce_with_logits(",
        "detach(",
        "^(0.50)",
        "^(1/2)",
        "^tanh(",
        "for t in",
        "maximize",
        "loss",
        "convention",
        "beyond",
        "update",
        "repeat",
        "^-1",
        "^0",
        " / ",
        "max(0, ",
        ", 0)",
        "inf)",
        "-inf",
        "'(tie) = first",
        "'(hi)",
        "by sgd",
    ] {
        assert!(texts.iter().any(|text| text.contains(part)), "`{part}` is never made");
    }
    assert!(texts.iter().any(|text| text.lines().count() > 60), "no large network");
}
