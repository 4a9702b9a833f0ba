//! Exercises that are hard on a page: each stresses one thing that a line can be too long for.

use std::fmt::Write as _;

/// A name of fifteen letters, the same for the same number.
fn long_name(number: usize) -> String {
    const STEMS: [&str; 5] = [
        "wavelengthratio",
        "temperatureloss",
        "hiddenactivatio",
        "normalisationsx",
        "quantumfluctuat",
    ];
    let mut name = STEMS[number % STEMS.len()].to_owned();
    if number >= STEMS.len() {
        let letter = |index: usize| char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
        name.truncate(13);
        name.push(letter(number / 26 + 16));
        name.push(letter(number));
    }
    name
}

/// `n` joined by `sign`, each made from its number.
fn joined(n: usize, sign: &str, part: impl Fn(usize) -> String) -> String {
    (0..n).map(part).collect::<Vec<_>>().join(sign)
}

/// Declarations of `n` weights and `n` inputs by index.
fn leaves(n: usize) -> String {
    let mut text = String::new();
    for i in 0..n {
        let (numerator, denominator) = (i % 7 + 1, i % 5 + 1);
        let sign = if i % 3 == 1 { "-" } else { "" };
        let _ = writeln!(text, "param w{i} = {sign}{numerator}/{denominator}");
        let _ = writeln!(text, "input x{i} = {}", i % 4 + 1);
    }
    text
}

/// `w0 * x0 + w1 * x1 + …`
fn weighted(n: usize) -> String {
    joined(n, " + ", |i| format!("w{i} * x{i}"))
}

/// A whole number of so many digits, without a pattern that could cancel.
fn digits(count: usize, seed: usize) -> String {
    let mut state = seed as u64 * 2_654_435_761 + 12_345;
    let mut text = String::new();
    for position in 0..count {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let digit = (state >> 33) % 10;
        let digit = if position == 0 || position + 1 == count { digit / 2 * 2 + 1 } else { digit };
        let _ = write!(text, "{}", digit % 10);
    }
    text
}

/// A fraction of two numbers of so many digits.
fn fraction(count: usize, seed: usize) -> String {
    format!("{}/{}", digits(count, seed), digits(count, seed + 1000))
}

fn sums() -> Vec<(&'static str, String)> {
    vec![
        (
            "sum of 20",
            format!("{}target y = 3\nz = {}\nloss L = (z - y)^2\n", leaves(20), weighted(20)),
        ),
        (
            "sum of 40",
            format!("{}target y = 3\nz = {}\nloss L = abs(z - y)\n", leaves(40), weighted(40)),
        ),
        ("sum of 20 decimals", {
            let mut text = String::new();
            for i in 0..20 {
                let _ = writeln!(
                    text,
                    "param w{i} = -0.{}\ninput x{i} = {}.{}",
                    digits(9, i),
                    i,
                    digits(8, i)
                );
            }
            let _ = writeln!(text, "z = {}\nloss L = z^2\n", weighted(20));
            text
        }),
        (
            "differences of quotients",
            format!(
                "{}z = {}\nloss L = z^2\n",
                leaves(20),
                joined(10, " - ", |i| format!("w{i} / (x{i} + 3) * (w{} - 2 / x{i})", i + 10))
            ),
        ),
        ("long names", {
            let mut text = String::new();
            for i in 0..20 {
                let _ = writeln!(text, "param {} = {}/7", long_name(i), i + 1);
            }
            let sum =
                joined(20, " + ", |i| format!("{} * {}", long_name(i), long_name((i + 7) % 20)));
            let _ = writeln!(text, "predictedoutcom = {sum}");
            let _ = writeln!(text, "loss squareddistance = (predictedoutcom - 3)^2");
            text
        }),
        ("long names in functions", {
            let mut text = String::new();
            for i in 0..8 {
                let _ = writeln!(text, "param {} = {}/7", long_name(i), i + 1);
            }
            let n = long_name;
            let _ = writeln!(
                text,
                "rectifiedoutput = relu({} * {} + {})\nmaximaloutcomes = max({}, {} * {}, {})\n\
                     absoluteoutcome = abs({} - {} * {})\nclippedoutcomes = clip({} * {}, {}, 5)\n\
                     loss squareddistance = rectifiedoutput * maximaloutcomes + absoluteoutcome * clippedoutcomes",
                n(0),
                n(1),
                n(2),
                n(3),
                n(4),
                n(5),
                n(6),
                n(7),
                n(0),
                n(1),
                n(2),
                n(3),
                n(4)
            );
            text
        }),
    ]
}

fn products() -> Vec<(&'static str, String)> {
    let factors = |n: usize| joined(n, " * ", |i| format!("w{i}"));
    vec![
        ("product of 12", format!("{}z = {}\nloss L = z\n", leaves(12), factors(12))),
        (
            "product of 12 sums",
            format!(
                "{}z = {}\nloss L = z\n",
                leaves(12),
                joined(12, " * ", |i| format!("(w{i} - x{i} + {i}/3)"))
            ),
        ),
        ("product of 32", format!("{}z = {}\nloss L = z\n", leaves(32), factors(32))),
        (
            "products of functions",
            format!(
                "{}z = {}\nloss L = z\n",
                leaves(12),
                joined(3, " + ", |i| format!(
                    "{}w{i}{}",
                    format!("{i}.5 * hard_sigmoid(").repeat(8),
                    ")".repeat(8)
                ))
            ),
        ),
        ("product of 12 long names", {
            let mut text = String::new();
            for i in 0..12 {
                let _ = writeln!(text, "param {} = {}/7", long_name(i), i + 2);
            }
            let _ = writeln!(text, "loss productofnumber = {}", joined(12, " * ", long_name));
            text
        }),
        (
            "product of 12 quotients",
            format!(
                "{}z = {}\nloss L = z\n",
                leaves(12),
                joined(12, " * ", |i| format!("(w{i} / (x{i} + 2))"))
            ),
        ),
        ("power of a sum of 20", format!("{}loss L = ({})^12\n", leaves(20), weighted(20))),
    ]
}

/// Functions whose derivative is a case distinction with wide conditions.
fn cases() -> Vec<(&'static str, String)> {
    let sum = weighted(20);
    let one = |name, value: &str| {
        (name, format!("{}target y = 3\nz = {value}\nloss L = (z - y)^2\n", leaves(20)))
    };
    let tens = |from: usize, to: usize| {
        (from..to).map(|i| format!("w{i} * x{i}")).collect::<Vec<_>>().join(" + ")
    };
    vec![
        one("relu of 20", &format!("relu({sum})")),
        one("abs of 20", &format!("abs({sum})")),
        one("max of two sums of 10", &format!("max({}, {})", tens(0, 10), tens(10, 20))),
        one(
            "max of 20 products",
            &format!("max({})", joined(20, ", ", |i| format!("w{i} * x{i}"))),
        ),
        one(
            "min of 20 products",
            &format!("min({})", joined(20, ", ", |i| format!("w{i} * x{i}"))),
        ),
        one("leaky relu of 20", &format!("leaky_relu({sum}, 0.1)")),
        one("relu6 of 20", &format!("relu6({sum})")),
        one("hard sigmoid of 20", &format!("hard_sigmoid({sum})")),
        one("clip of 20", &format!("clip({sum}, -2, 2)")),
        one(
            "clip between sums",
            &format!("clip(w0, {} - 1000, {} + 1000)", tens(1, 10), tens(10, 20)),
        ),
        one("huber of sums of 10", &format!("huber({}, {})", tens(0, 10), tens(10, 20))),
        one(
            "smooth l1 of sums of 10",
            &format!("smooth_l1({}, {}, beta = 2)", tens(0, 10), tens(10, 20)),
        ),
        one("hinge of 20", &format!("hinge({sum}, 1)")),
        one(
            "where with sums",
            &format!(
                "where({} > {}, {}, {})",
                tens(0, 10),
                tens(10, 20),
                tens(0, 10),
                tens(10, 20)
            ),
        ),
        one(
            "four relus in a node",
            &format!(
                "relu({}) + relu({}) * relu({}) - relu({})",
                tens(0, 5),
                tens(5, 10),
                tens(10, 15),
                tens(15, 20)
            ),
        ),
        one(
            "relu of 8 quotients",
            &format!("relu({})", joined(8, " + ", |i| format!("w{i} / (x{i} + w{})", i + 8))),
        ),
        one("abs of a power of a sum", &format!("abs(({})^3 - ({})^2)", tens(0, 10), tens(10, 20))),
        one("ten huber losses", &joined(10, " + ", |i| format!("huber(w{i}, x{i})"))),
        one(
            "huber of hubers",
            &format!("huber(huber({}, x0), huber({}, w0))", tens(0, 5), tens(5, 10)),
        ),
        one(
            "clips within clips",
            &format!(
                "clip({}, clip({}, -1, 1) - 90, clip({}, -2, 2) + 90)",
                tens(0, 8),
                tens(8, 14),
                tens(14, 20)
            ),
        ),
        one(
            "twenty choices between sums",
            &joined(20, " + ", |i| {
                format!(
                    "where(w{i} * x{i} + w{0} * x{0} + 1/{1} > 3 * w{i} * x{i} - 100, w{i}^2 * x{i}^3 + w{0} - {1}, w{0} * x{i})",
                    (i + 7) % 20,
                    i + 2
                )
            }),
        ),
        one("choices within choices", &{
            let mut text = "w0 * x0".to_owned();
            for i in 1..4 {
                text =
                    format!("where({} > {text}, {}, {text})", tens(i, i + 4), tens(i + 4, i + 7));
            }
            text
        }),
        one("square of relu of 20", &format!("relu({sum})^2 * w0")),
    ]
}

fn depth() -> Vec<(&'static str, String)> {
    let nested = |levels: usize, wrap: &dyn Fn(usize, &str) -> String| {
        let mut text = "w0".to_owned();
        for level in 0..levels {
            text = wrap(level, &text);
        }
        format!("{}loss L = {text}\n", leaves(levels.max(1)))
    };
    vec![
        ("nested relus", nested(8, &|i, inner| format!("relu(w{i} * {inner} + x{i})"))),
        ("continued fraction", nested(8, &|i, inner| format!("x{i} + w{i} / ({inner} + 9)"))),
        ("nested parentheses", nested(12, &|i, inner| format!("w{i} * (x{i} - {inner})"))),
        ("nested powers", nested(4, &|i, inner| format!("(w{i} - ({inner})^2)"))),
        ("nested minus", nested(10, &|i, inner| format!("-(x{i} - {inner})"))),
        ("nested maxima", nested(6, &|i, inner| format!("max(w{i}, x{i} - {inner})"))),
        (
            "quotient of sums of 20",
            format!(
                "{}z = ({}) / ({})\nloss L = z^2\n",
                leaves(20),
                weighted(20),
                joined(20, " + ", |i| format!("x{i}"))
            ),
        ),
        (
            "quotient of quotients of sums",
            format!(
                "{}z = (({}) / w0) / (({}) / x1)\nloss L = z^2\n",
                leaves(12),
                weighted(12),
                joined(12, " + ", |i| format!("x{i}^2"))
            ),
        ),
    ]
}

fn numbers() -> Vec<(&'static str, String)> {
    let pair = |a: &str, b: &str| {
        format!("param w = {a}, b = {b}\ninput x = 3\nz = w * x + b\nloss L = (z - 1)^2\nupdate_free = 1\n")
            .replace("update_free = 1\n", "")
    };
    let step =
        "part \"All\" {\n  forward\n  gradient all\n  update sgd(rate = 1/3)\n  forward\n}\n";
    vec![
        ("fractions of 30 digits", pair(&fraction(30, 1), &fraction(30, 2)) + step),
        ("fractions of 60 digits", pair(&fraction(60, 3), &fraction(60, 4)) + step),
        ("integers of 40 digits", pair(&digits(40, 5), &digits(40, 6)) + step),
        (
            "decimals of 40 digits",
            pair(&format!("0.{}", digits(40, 7)), &format!("-1.{}", digits(39, 8))) + step,
        ),
        ("tiny decimals", pair("1e-30", "-2.5e-29") + step),
        ("sum of fractions of 30 digits", {
            let mut text = String::new();
            for i in 0..20 {
                let _ = writeln!(text, "param w{i} = {}", fraction(30, i));
            }
            text + &format!("loss L = {}\n", joined(20, " + ", |i| format!("w{i}^2")))
        }),
        (
            "relu of fractions of 60 digits",
            format!(
                "param w = {}, b = -{}\nh = relu(w - b)\nloss L = abs(h - w) + max(w, b)\n",
                fraction(60, 9),
                fraction(60, 10)
            ),
        ),
        (
            "functions of fractions of 50 digits",
            format!(
                "param w = {}, b = -{}\nh = clip(hard_sigmoid(w * w * leaky_relu(-w, 3/2)), -1, 0.5 * relu6(-b))\n\
                 L1 = huber(h^3 * w^7, b^2, delta = {})\nloss L = (w * b)^5 + L1 * abs(h - w)\n",
                fraction(50, 20),
                fraction(50, 21),
                fraction(50, 22)
            ),
        ),
        (
            "choices of fractions of 50 digits",
            format!(
                "param w = {}, b = -{}\nh = where(w > {}, {} * w, b / {})\nloss L = h * w + clip(h, -{}, {})\n",
                fraction(50, 23),
                fraction(50, 24),
                fraction(50, 25),
                fraction(50, 26),
                digits(50, 27),
                fraction(50, 28),
                fraction(50, 29)
            ),
        ),
        (
            "rate of 60 digits",
            format!(
                "param w = 1/3\nloss L = w^2\npart \"All\" {{\n  forward\n  update sgd(rate = {})\n  forward\n}}\n",
                fraction(60, 11)
            ),
        ),
    ]
}

fn shapes() -> Vec<(&'static str, String)> {
    let consumers = |n: usize, name: &dyn Fn(usize) -> String, of: &str| {
        let mut text = format!("param {of} = 1/2\n");
        for i in 0..n {
            let _ = writeln!(text, "{} = {} * {of}", name(i), i + 1);
        }
        text + &format!("loss L = {}\n", joined(n, " + ", name))
    };
    let many = |n: usize, name: &dyn Fn(usize) -> String, value: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for i in 0..n {
            let _ = writeln!(text, "param {} = {}", name(i), value(i));
        }
        text + &format!(
            "loss L = {}\npart \"Step\" {{\n  forward\n  update sgd(rate = 1/2)\n  forward\n}}\n",
            joined(n, " + ", |i| format!("{}^2", name(i)))
        )
    };
    let half = |_: usize| "1/2".to_owned();
    vec![
        ("fan-out to 20", consumers(20, &|i| format!("z{i}"), "h")),
        ("fan-out to 20 long names", consumers(20, &|i| long_name(i + 5), "wavelengthratio")),
        ("40 parameters of one value", many(40, &|i| format!("w{i}"), &half)),
        ("40 parameters", many(40, &|i| format!("w{i}"), &|i| format!("{}/{}", i + 1, i + 3))),
        ("40 parameters with long names", many(40, &|i| long_name(i), &half)),
        ("30 parameters of 20 digits", many(30, &|i| format!("w{i}"), &|i| fraction(20, i))),
        ("indices", many(12, &|i| format!("weight[{},{},-{}]", 100 + i, 200 * i, i), &half)),
        (
            "identity chain",
            {
                let mut text = "param w = 1/2\nz0 = w\n".to_owned();
                for i in 1..12 {
                    let _ = writeln!(text, "z{i} = z{}", i - 1);
                }
                text + "loss L = z11^2\n"
            },
        ),
        (
            "30 updates",
            "input x = 1\ntarget y = 0.5\nparam w = 0.25, b = 1\nz = w * x + b\nloss L = (z - y)^2\n\
             part \"Thirty rounds\" {\n  repeat 30 {\n    forward\n    gradient w, b\n    update sgd(rate = 0.125)\n  }\n}\n"
                .to_owned(),
        ),
        (
            "two updates of 20 digits",
            format!(
                "param w = {}, b = {}\nloss L = w^2 + b^2\npart \"Two\" {{\n  repeat 2 {{\n    forward\n    gradient all\n    update sgd(rate = 1/7)\n  }}\n}}\n",
                fraction(20, 40),
                fraction(20, 41)
            ),
        ),
    ]
}

fn prose() -> Vec<(&'static str, String)> {
    let word = "Donaudampfschifffahrtsgesellschaftskapitaen";
    let network = "param w = 1/2\ninput x = 2\nz = w * x\nloss L = (z - 3)^2\n";
    let words = |n: usize| vec!["gradient descent with momentum"; n].join(" and ");
    let sum = joined(20, " + ", |i| format!("a{i} * b{i}"));
    vec![
        (
            "long titles",
            format!(
                "title \"{}\"\nauthor \"{}\"\ncourse \"{}\"\n{network}part \"{}\" (3 points) {{\n  forward\n}}\n",
                words(8),
                words(5),
                words(6),
                words(8)
            ),
        ),
        (
            "nested parts",
            format!(
                "{network}part \"{0}\" (10.5 points) {{\n  part \"{0}\" (5 points) {{\n    part \"{0}\" (2.5 points) {{\n      forward\n    }}\n    part \"B\" {{ gradient w }}\n  }}\n  part \"C\" (1 point) {{ gradient z }}\n}}\n",
                words(4)
            ),
        ),
        (
            "long words",
            format!(
                "title \"{word}\"\n{network}part \"{word} {word} {word}\" (3 points) {{\n  text \"{word} {word} {word} {word}.\"\n  forward\n}}\nquestion \"Why {word} and {word}?\" (2 points) {{\n  answer \"{word} {word}\"\n}}\nnote \"{word} {word} {word}\"\n"
            ),
        ),
        (
            "a word of 120 letters",
            format!("{network}text \"Before {} after.\"\n", "abcdefghij".repeat(12)),
        ),
        (
            "formulas in prose",
            format!(
                "{network}text \"Consider $ {sum} $ and $ ({sum})^2 / ({sum}) $, that is $ relu({sum}) > max({sum}, 1) $, at last {{= z / 7}} and ${}$.\"\n",
                fraction(60, 50)
            ),
        ),
        (
            "many words and formulas",
            format!(
                "{network}text \"{}\"\n",
                vec!["the weight $w * x^2 - 1/2$ of the network"; 30].join(", ")
            ),
        ),
    ]
}

/// Every torture with its name.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let mut all = sums();
    all.extend(products());
    all.extend(cases());
    all.extend(depth());
    all.extend(numbers());
    all.extend(shapes());
    all.extend(prose());
    all
}
