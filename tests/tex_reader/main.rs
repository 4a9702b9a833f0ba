//! An independent reader of the produced LaTeX: it evaluates both sides of every printed `=` and `≈`.
//!
//! It shares no code with `src/notation` or `src/expr`: it reads the text that a person reads, line by line,
//! and knows of the exercise only what the sheet says.

#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files")]

mod formula;
mod sheet;

use std::fmt::Write as _;

use nablatex::render::{Detail, Numbers, Options, tex};
use nablatex::{Source, solve};

/// Reads one sheet; returns how many relations were evaluated.
fn read(name: &str, text: &str, options: &Options) -> usize {
    let solved = solve(&Source::new(name, text))
        .unwrap_or_else(|errors| panic!("{name} does not solve: {errors:?}\n{text}"));
    let page = tex(&solved.solution, options).expect("the sheet can be written");
    no_slips(name, &page);
    match sheet::check(&page, options.detail == Detail::Brief) {
        Ok(count) => count,
        Err(error) => panic!("{name}: {error}\n{text}\n{page}"),
    }
}

/// Typographical slips that no sheet may have.
fn no_slips(name: &str, page: &str) {
    let body = page.split(r"\begin{document}").nth(1).unwrap_or(page);
    for line in body.lines().filter(|line| line.contains('&') || line.contains('$')) {
        for slip in ["+ -", "- -", "+ +", "--", r"\cdot -", r"\cdot +", "=-0 ", "= -0 ", "{}{}"] {
            assert!(!line.contains(slip) || line.contains("---"), "{name}: `{slip}` in {line}");
        }
    }
    let depth = page.chars().fold(0_i64, |depth, c| match c {
        '{' => depth + 1,
        '}' => depth - 1,
        _ => depth,
    });
    assert_eq!(depth, 0, "{name}: braces");
}

fn every_option() -> Vec<Options> {
    let mut all = vec![Options::default()];
    for numbers in [Numbers::Fraction, Numbers::Decimal] {
        all.push(Options { numbers, ..Options::default() });
    }
    all.push(Options { numbers: Numbers::Decimal, digits: Some(3), ..Options::default() });
    all.push(Options { numbers: Numbers::Decimal, decimals: Some(4), ..Options::default() });
    all.push(Options { detail: Detail::Brief, fragment: true, ..Options::default() });
    all
}

fn files(folder: &str) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "nabla"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("it can be read");
            (path.display().to_string(), text)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_printed_equality_of_the_examples_holds() {
    for (name, text) in files("examples").into_iter().chain(files("tests/corpus")) {
        for options in every_option() {
            let count = read(&name, &text, &options);
            assert!(count > 3, "{name}: only {count} relations were read");
        }
    }
}

/// A small generator of numbers, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        // Knuth's MMIX generator.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// An expression over the names so far.
fn expression(dice: &mut Dice, names: &[String], depth: usize, decimals: bool) -> String {
    if depth == 0 || dice.roll(4) == 0 {
        let literal = if decimals {
            dice.pick(&["0.5", "2", "0.25", "1.2", "0"])
        } else {
            dice.pick(&["1/2", "2", "3", "2/3", "0"])
        };
        return match dice.roll(4) {
            0 => literal.to_owned(),
            _ => names[dice.roll(names.len())].clone(),
        };
    }
    let mut part = || expression(dice, names, depth - 1, decimals);
    let (a, b, c) = (part(), part(), part());
    match dice.roll(18) {
        0..=2 => format!("{a} + {b} * {c}"),
        3 => format!("{a} - ({b} - {c})"),
        4 | 5 => format!("{a} * ({b} + {c})"),
        6 => format!("-({a}) * {b}"),
        7 => format!("({a} + {b})^2"),
        8 => format!("({a})^3 - {b}"),
        9 => format!("({a}) / (({b})^2 + 1)"),
        10 => format!("relu({a})"),
        11 => format!("abs({a} - {b})"),
        12 => format!("max({a}, {b})"),
        13 => format!("min({a}, {b}) + {c}"),
        14 => format!("where({a} > {b}, {c}, {a})"),
        15 => format!("leaky_relu({a} - {b}, 0.1)"),
        16 => format!("clip({a}, -1, 2) * {b}"),
        _ => format!("huber({a}, {b}) + ({c})"),
    }
}

fn network(seed: u64) -> String {
    let mut dice = Dice(seed);
    let decimals = seed.is_multiple_of(3);
    let values = if decimals {
        ["0.5", "-1.25", "2", "-0.3", "0", "1.5"]
    } else {
        ["1/2", "-2/3", "2", "-1", "0", "3/4"]
    };
    let mut text = String::new();
    let mut names: Vec<String> = Vec::new();
    for (word, leaves) in
        [("input", ["x", "xhat"]), ("param", ["w1", "averylongweight"]), ("param", ["v", "beta"])]
    {
        for leaf in leaves {
            let _ = writeln!(text, "{word} {leaf} = {}", dice.pick(&values));
            names.push(leaf.to_owned());
        }
    }
    for node in 0..2 + dice.roll(5) {
        let body = expression(&mut dice, &names, 2, decimals);
        let _ = writeln!(text, "n{node} = {body}");
        names.push(format!("n{node}"));
    }
    let last = names.len() - 1;
    let _ = writeln!(text, "loss L = ({} - v)^2 + w1 * {}", names[last], names[last / 2]);
    text.push_str(
        "part \"All\" {\nforward\ngradient all\nupdate sgd(rate = 1/2)\nforward\ngradient w1\n}\n",
    );
    text
}

#[test]
fn every_printed_equality_of_random_networks_holds() {
    let mut read_in_all = 0;
    for seed in 0..400 {
        let text = network(seed);
        if solve(&Source::new("random", &text)).is_err() {
            continue;
        }
        let options = &every_option()[usize::try_from(seed).unwrap_or(0) % 6];
        read_in_all += read("random", &text, options);
    }
    assert!(read_in_all > 4_000, "only {read_in_all} relations were read");
}

#[test]
fn long_forms_are_read_across_their_lines() {
    let names: Vec<String> =
        (0..24_u8).map(|i| format!("averylongname{}", char::from(b'a' + i))).collect();
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let _ = writeln!(text, "param {name} = -{}/{}", index + 1, index + 3);
    }
    let total = names.join(" + ");
    let _ = writeln!(text, "s = relu({total})");
    let _ = writeln!(text, "p = {}", names[..12].join(" * "));
    let _ = writeln!(text, "q = ({total}) / (1 + ({total})^2)");
    let _ = writeln!(text, "loss L = (s - p)^2 + q + abs({total} - p)");
    assert!(read("long", &text, &Options::default()) > 50);
}

#[test]
fn a_false_equality_is_noticed() {
    let text = "input x = 2\nparam w = 1/2\nz = w * x + 1/3\nloss L = z^2\n";
    let solved = solve(&Source::new("true", text)).expect("it solves");
    let page = tex(&solved.solution, &Options::default()).expect("it is written");
    assert!(sheet::check(&page, false).is_ok());
    for (right, wrong) in [
        (r"\frac{1}{2} \cdot 2", r"\frac{1}{2} \cdot 3"),
        (r"\frac{16}{9}", r"\frac{17}{9}"),
        (r"w x + \frac{1}{3}", r"w x - \frac{1}{3}"),
    ] {
        assert!(page.contains(right), "{right} in {page}");
        assert!(sheet::check(&page.replace(right, wrong), false).is_err(), "{wrong}");
    }
}
