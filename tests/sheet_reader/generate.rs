//! Random exercises as text: numbers of every kind, formulas of every shape, several passes.

use std::fmt::Write as _;

/// A reproducible source of numbers. Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
/// generators".
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed);
        random.0 = random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        let mut text = (1 + self.below(9)).to_string();
        for _ in 1..count {
            let _ = write!(text, "{}", self.below(10));
        }
        text
    }
}

/// What the leaves' and nodes' names are made of; no two look alike.
const BASES: [&str; 14] = [
    "w",
    "x",
    "theta",
    "b",
    "u_in",
    "h",
    "wavelengthratio",
    "z",
    "dh",
    "ahat",
    "sigma",
    "net_o",
    "m_new",
    "E",
];

const SMALL: [&str; 20] = [
    "2", "-2", "3", "-3", "7", "1/2", "-1/2", "1/3", "-2/3", "3/4", "-7/5", "5/2", "0.5", "-0.25",
    "0.1", "-1.2", "0.05", "2.75", "-0.3", "10",
];

struct Generator {
    random: Random,
    names: Vec<String>,
    /// Names that no node uses yet.
    fresh: Vec<String>,
    text: String,
    /// Formulas have at most so many levels.
    depth: usize,
    /// Whether all values are rational.
    is_rational: bool,
}

/// The exercise of a seed.
pub fn exercise(seed: u64) -> String {
    let mut generator = Generator {
        random: Random::new(seed),
        names: Vec::new(),
        fresh: Vec::new(),
        text: String::new(),
        depth: 3,
        is_rational: seed.is_multiple_of(2),
    };
    generator.whole()
}

/// An exercise of many nodes over the same leaves that asks for its values alone.
pub fn formulas(seed: u64, count: usize) -> String {
    let mut generator = Generator {
        random: Random::new(seed),
        names: Vec::new(),
        fresh: Vec::new(),
        text: String::new(),
        depth: 3,
        is_rational: seed.is_multiple_of(2),
    };
    let leaves = 4 + generator.random.below(4);
    for number in 0..leaves {
        generator.leaf(number);
    }
    for number in 0..count {
        let formula = generator.formula(generator.depth);
        let _ = writeln!(generator.text, "f{number} = {formula}");
    }
    generator.text.push_str("part \"Values\" { forward }\n");
    generator.text
}

impl Generator {
    fn whole(&mut self) -> String {
        self.conventions();
        let leaves = 2 + self.random.below(5);
        for number in 0..leaves {
            self.leaf(number);
        }
        let nodes = self.random.below(7);
        for number in 0..nodes {
            let name = self.name(leaves + number);
            let depth = 1 + self.random.below(3);
            let mut formula =
                if self.random.one_in(10) { self.fresh_name() } else { self.formula(depth) };
            if self.random.one_in(2) {
                let other = self.fresh_name();
                formula = format!("{other} * ({formula})");
            }
            let _ = writeln!(self.text, "{name} = {formula}");
            self.names.push(name.clone());
            self.fresh.push(name);
        }
        self.objective();
        self.tasks();
        std::mem::take(&mut self.text)
    }

    fn conventions(&mut self) {
        for line in [
            "convention relu'(0) = 1",
            "convention relu'(0) = 1/2",
            "convention abs'(0) = 1",
            "convention max'(tie) = first",
            "convention min'(tie) = first",
            "convention clip'(lo) = 1, clip'(hi) = 1/2",
            "convention leaky_relu'(0) = 1",
            "convention hinge'(0) = 1",
        ] {
            let is_second = line.contains("1/2") && self.text.contains("relu'(0)");
            if !is_second && self.random.one_in(5) {
                let _ = writeln!(self.text, "{line}");
            }
        }
    }

    fn name(&mut self, number: usize) -> String {
        let base = BASES[number % BASES.len()];
        match (base, self.random.below(3)) {
            ("w" | "h", 0) => format!("{base}[{number}]"),
            ("wavelengthratio" | "E" | "m_new" | "ahat", _) if number < BASES.len() => {
                base.to_owned()
            }
            _ => format!("{base}{number}"),
        }
    }

    fn leaf(&mut self, number: usize) {
        let name = self.name(number);
        let role = match number {
            0 => "param",
            _ => self.random.pick(&["param", "param", "input", "target", "const"]),
        };
        let value = if self.random.one_in(25) {
            let count = 20 + self.random.below(41);
            let sign = if self.random.one_in(2) { "-" } else { "" };
            format!("{sign}{}/{}", self.random.digits(count), self.random.digits(count))
        } else {
            self.value()
        };
        let _ = writeln!(self.text, "{role} {name} = {value}");
        self.names.push(name.clone());
        self.fresh.push(name);
    }

    /// A number for a leaf: any.
    fn value(&mut self) -> String {
        match self.random.below(8) {
            0 => format!("{}0", self.sign()),
            1 => format!("{}{}", self.sign(), self.random.pick(&["1", "10", "100"])),
            2 if self.random.one_in(4) => {
                format!("{}{}e-{}", self.sign(), 1 + self.random.below(9), 5 + self.random.below(5))
            }
            _ => self.factor(),
        }
    }

    /// A number for a formula: neither 0 nor 1, which a product would parade.
    fn factor(&mut self) -> String {
        let sign = self.sign();
        match self.random.below(4) {
            0 => {
                let (numerator, denominator) =
                    (2 + self.random.below(30), 2 + self.random.below(10));
                if numerator % denominator == 0 {
                    format!("{sign}{numerator}")
                } else {
                    format!("{sign}{numerator}/{denominator}")
                }
            }
            1 => {
                let count = 1 + self.random.below(7);
                format!("{sign}0.{}", self.random.digits(count))
            }
            _ => (*self.random.pick(&SMALL)).to_owned(),
        }
    }

    fn sign(&mut self) -> &'static str {
        if self.random.one_in(2) { "-" } else { "" }
    }

    fn a_name(&mut self) -> String {
        let index = self.random.below(self.names.len());
        self.names[index].clone()
    }

    /// A name that has no consumer yet, most of the time.
    fn fresh_name(&mut self) -> String {
        if self.fresh.is_empty() || self.random.one_in(4) {
            return self.a_name();
        }
        let index = self.random.below(self.fresh.len());
        self.fresh.swap_remove(index)
    }

    fn positive(&mut self) -> String {
        (*self.random.pick(&["1", "2", "1/2", "0.5", "3/2", "0.75"])).to_owned()
    }

    /// A formula of at most so many levels, without parentheses around it.
    fn formula(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.random.below(6) {
                0 => self.factor(),
                1 => format!("-{}", self.a_name()),
                _ => self.fresh_name(),
            };
        }
        let below = depth - 1;
        let inner = |own: &mut Self| own.formula(below);
        if !self.is_rational && self.random.one_in(3) {
            return self.smooth(below);
        }
        match self.random.below(26) {
            0..=2 => {
                let terms = if self.random.one_in(12) {
                    20 + self.random.below(5)
                } else {
                    2 + self.random.below(3)
                };
                self.joined(terms, if terms > 5 { 1 } else { below }, &[" + ", " - "])
            }
            3..=5 => {
                let factors = if self.random.one_in(20) { 12 } else { 2 + self.random.below(2) };
                self.joined(factors, if factors > 5 { 0 } else { below }, &[" * "])
            }
            6 => format!("-({})", inner(self)),
            7 => format!("({}) / (({})^2 + 1)", inner(self), inner(self)),
            8 => format!("({}) / {}", inner(self), self.random.pick(&["1.7", "7/3", "0.9"])),
            9 => format!("({})^{}", inner(self), 2 + self.random.below(2)),
            10 => format!("(({})^2 + 2)^-1", inner(self)),
            11 => format!("{} / 3 * ({})", self.a_name(), inner(self)),
            12 => format!("relu({})", inner(self)),
            13 => format!("abs({})", inner(self)),
            14 => {
                let count = 2 + self.random.below(3);
                let arguments: Vec<String> = (0..count).map(|_| inner(self)).collect();
                format!("{}({})", self.random.pick(&["max", "min"]), arguments.join(", "))
            }
            15 => format!("leaky_relu({}, {})", inner(self), self.positive()),
            16 => format!("relu6({})", inner(self)),
            17 => format!("hard_sigmoid({})", inner(self)),
            18 => {
                let bounds = self
                    .random
                    .pick(&["-1, 1", "0, 3", "-inf, 2", "-1/2, inf", "-0.5, 0.5"])
                    .to_owned();
                format!("clip({}, {bounds})", inner(self))
            }
            19 => format!("huber({}, {}, delta = {})", inner(self), inner(self), self.positive()),
            20 => {
                format!("smooth_l1({}, {}, beta = {})", inner(self), inner(self), self.positive())
            }
            21 => format!("hinge({}, {})", inner(self), self.random.pick(&["1", "-1"])),
            22 => {
                let relation = *self.random.pick(&[">", ">=", "<", "<=", "==", "!="]);
                format!(
                    "where({} {relation} {}, {}, {})",
                    inner(self),
                    inner(self),
                    inner(self),
                    inner(self)
                )
            }
            23 => format!(
                "{}({}) * ({})",
                self.random.pick(&["sign", "step"]),
                inner(self),
                inner(self)
            ),
            24 => format!("{}({}, {})", self.random.pick(&["mse", "l1"]), inner(self), inner(self)),
            _ => format!("max(0, {})", inner(self)),
        }
    }

    /// A formula of small size: exponentials grow fast.
    fn tame(&mut self, depth: usize) -> String {
        let inner = self.formula(depth.saturating_sub(1));
        match self.random.below(6) {
            0 => format!("clip({inner}, -2, 2)"),
            1 => format!("sin({inner})"),
            2 => format!("tanh({inner})"),
            3 => format!("2 * ({inner}) / (({inner})^2 + 1)"),
            4 => self.factor(),
            _ => self.fresh_name(),
        }
    }

    fn positive_formula(&mut self, depth: usize) -> String {
        match self.random.below(6) {
            0 => format!("1 + abs({})", self.formula(depth)),
            1 => format!("exp({})", self.tame(depth)),
            2 => format!("sigmoid({})", self.tame(depth)),
            3 => self.positive(),
            _ => format!("({})^2 + {}", self.formula(depth), self.positive()),
        }
    }

    /// A formula whose value is irrational most of the time.
    fn smooth(&mut self, depth: usize) -> String {
        match self.random.below(14) {
            0 => {
                let function = *self.random.pick(&["log", "ln", "log2", "log10", "sqrt", "sqrt"]);
                format!("{function}({})", self.positive_formula(depth))
            }
            1 | 2 => {
                const FUNCTIONS: [&str; 4] = ["exp", "sin", "cos", "tan"];
                format!("{}({})", self.random.pick(&FUNCTIONS), self.tame(depth))
            }
            3..=5 => {
                const FUNCTIONS: [&str; 6] = ["sigmoid", "tanh", "softplus", "silu", "gelu", "elu"];
                format!("{}({})", self.random.pick(&FUNCTIONS), self.tame(depth))
            }
            6 => format!("sigmoid({})", self.formula(depth)),
            7 => format!("elu({}, alpha = {})", self.tame(depth), self.positive()),
            8 => {
                let target = *self.random.pick(&["0", "1", "1/2", "0.3"]);
                format!("bce(sigmoid({}), {target})", self.tame(depth))
            }
            9 => format!("bce_with_logits({}, {})", self.tame(depth), self.formula(depth)),
            10 => format!("detach({})", self.formula(depth)),
            11 => {
                let exponent = *self.random.pick(&["(1/2)", "(-1/3)", "0.5", "1.5", "(2/3)"]);
                format!("({})^{exponent}", self.positive_formula(depth))
            }
            12 => format!("({})^({})", self.positive_formula(depth), self.tame(depth)),
            _ => format!("{}^({})", self.random.pick(&["2", "(1/2)", "3"]), self.tame(depth)),
        }
    }

    /// Formulas with signs between, each in parentheses where it needs them and sometimes where not.
    fn joined(&mut self, count: usize, depth: usize, signs: &[&str]) -> String {
        let mut text = String::new();
        for position in 0..count {
            if position > 0 {
                let sign: &str = self.random.pick::<&str>(signs);
                text.push_str(sign);
            }
            let part = self.formula(depth);
            let is_plain = !part.contains([' ', '-', '/']);
            if is_plain {
                text.push_str(&part);
            } else {
                let _ = write!(text, "({part})");
            }
        }
        text
    }

    fn objective(&mut self) {
        let mut formula = self.formula(2);
        for name in std::mem::take(&mut self.fresh) {
            let sign = self.random.pick(&[" + ", " - "]);
            let _ = write!(formula, "{sign}{name}");
            if self.random.one_in(2) {
                let _ = write!(formula, " * {}", self.factor().replace('-', ""));
            }
        }
        let first = &self.names[0];
        let formula = if self.random.one_in(3) {
            format!("({formula})^2 + {first}")
        } else {
            format!("{formula} + {first}^2")
        };
        let keyword = if self.random.one_in(6) { "maximize" } else { "loss" };
        let _ = writeln!(self.text, "{keyword} L = {formula}");
    }

    fn tasks(&mut self) {
        let rate = *self.random.pick(&["1/2", "0.1", "1", "1/3", "0.05"]);
        let step = format!("  forward\n  gradient all\n  update sgd(rate = {rate})\n  forward\n");
        match self.random.below(6) {
            0 => {}
            1 => {
                let target = self.a_name();
                let _ =
                    write!(self.text, "part \"Some\" {{\n  forward\n  gradient {target}, L\n}}\n");
            }
            2 => {
                let _ = write!(
                    self.text,
                    "part \"No pass\" {{\n  gradient all\n  update sgd(rate = {rate})\n}}\n"
                );
            }
            3 => {
                let first = self.names[0].clone();
                let _ = write!(
                    self.text,
                    "part \"One\" {{\n  forward\n  update {first} by sgd(rate = {rate})\n  forward\n  gradient {first}\n}}\n"
                );
            }
            _ => {
                let _ = write!(self.text, "part \"Step\" {{\n{step}}}\n");
            }
        }
    }
}
