//! Networks as these tests know them: their own tree, its text in the language, and its value with a
//! derivative. Nothing here uses the library's expressions.

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// A small number as a file writes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Literal {
    pub(crate) numerator: i64,
    pub(crate) denominator: i64,
    /// Written with a point. The denominator divides a power of ten then.
    pub(crate) decimal: bool,
}

impl Literal {
    pub(crate) fn value(self) -> BigRational {
        BigRational::new(self.numerator.into(), self.denominator.into())
    }

    /// The number where a declaration needs it.
    pub(crate) fn text(self) -> String {
        if !self.decimal {
            return if self.denominator == 1 {
                self.numerator.to_string()
            } else {
                format!("{}/{}", self.numerator, self.denominator)
            };
        }
        let hundredths = self.numerator * 100 / self.denominator;
        let sign = if hundredths < 0 { "-" } else { "" };
        let hundredths = hundredths.abs();
        format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// A right-hand side.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Number(Literal),
    /// By its position in the network, or a [`PREVIOUS`] or [`CURRENT`] of a family.
    Variable(usize),
    Negation(Box<Tree>),
    /// Terms, subtracted or not.
    Sum(Vec<(bool, Tree)>),
    /// Factors, divided by or not.
    Product(Vec<(bool, Tree)>),
    Power(Box<Tree>, i64),
    Call(&'static str, Vec<Tree>),
    /// `clip` with bounds that may be missing, that is, infinite.
    Clip(Box<Tree>, Option<Box<Tree>>, Option<Box<Tree>>),
    /// Sides, comparison, branches.
    Where(Box<[Tree; 2]>, &'static str, Box<[Tree; 2]>),
}

/// `h[t-1]` in the body of a family.
pub(crate) const PREVIOUS: usize = usize::MAX;
/// `x[t]` in the body of a family.
pub(crate) const CURRENT: usize = usize::MAX - 1;

impl Tree {
    /// The text, every composite operand in parentheses.
    pub(crate) fn text(&self, name: &dyn Fn(usize) -> String) -> String {
        let inner = |tree: &Self| match tree {
            Self::Variable(_) | Self::Call(..) | Self::Clip(..) | Self::Where(..) => {
                tree.text(name)
            }
            Self::Number(literal) if literal.numerator >= 0 && literal.denominator == 1 => {
                tree.text(name)
            }
            _ => format!("({})", tree.text(name)),
        };
        let list = |parts: &[(bool, Self)], plain: &str, inverse: &str, lone: &str| {
            let mut text = String::new();
            for (position, (inverted, part)) in parts.iter().enumerate() {
                text.push_str(match (position, inverted) {
                    (0, false) => "",
                    (0, true) => lone,
                    (_, false) => plain,
                    (_, true) => inverse,
                });
                text.push_str(&inner(part));
            }
            text
        };
        match self {
            Self::Number(literal) => literal.text(),
            Self::Variable(variable) => name(*variable),
            Self::Negation(operand) => format!("-{}", inner(operand)),
            Self::Sum(terms) => list(terms, " + ", " - ", "-"),
            Self::Product(factors) => list(factors, " * ", " / ", "1 / "),
            Self::Power(base, exponent) => format!("{}^{exponent}", inner(base)),
            Self::Call(function, arguments) => {
                let arguments: Vec<String> =
                    arguments.iter().map(|argument| argument.text(name)).collect();
                format!("{function}({})", arguments.join(", "))
            }
            Self::Clip(z, lo, hi) => {
                let bound = |bound: &Option<Box<Self>>, infinite: &str| {
                    bound.as_ref().map_or(infinite.to_owned(), |bound| bound.text(name))
                };
                format!("clip({}, {}, {})", z.text(name), bound(lo, "-inf"), bound(hi, "inf"))
            }
            Self::Where(sides, relation, branches) => format!(
                "where({} {relation} {}, {}, {})",
                sides[0].text(name),
                sides[1].text(name),
                branches[0].text(name),
                branches[1].text(name)
            ),
        }
    }

    /// The same with the placeholders of a family filled in.
    pub(crate) fn filled(&self, previous: usize, current: usize) -> Self {
        let all = |parts: &[Self]| -> Vec<Self> {
            parts.iter().map(|part| part.filled(previous, current)).collect()
        };
        let signed = |parts: &[(bool, Self)]| {
            parts.iter().map(|(sign, part)| (*sign, part.filled(previous, current))).collect()
        };
        let boxed = |part: &Self| Box::new(part.filled(previous, current));
        match self {
            Self::Variable(PREVIOUS) => Self::Variable(previous),
            Self::Variable(CURRENT) => Self::Variable(current),
            Self::Number(_) | Self::Variable(_) => self.clone(),
            Self::Negation(operand) => Self::Negation(boxed(operand)),
            Self::Sum(terms) => Self::Sum(signed(terms)),
            Self::Product(factors) => Self::Product(signed(factors)),
            Self::Power(base, exponent) => Self::Power(boxed(base), *exponent),
            Self::Call(function, arguments) => Self::Call(function, all(arguments)),
            Self::Clip(z, lo, hi) => {
                Self::Clip(boxed(z), lo.as_deref().map(boxed), hi.as_deref().map(boxed))
            }
            Self::Where(sides, relation, branches) => {
                let pair =
                    |pair: &[Self; 2]| Box::new([&pair[0], &pair[1]].map(|part| *boxed(part)));
                Self::Where(pair(sides), relation, pair(branches))
            }
        }
    }
}

/// What the file states for derivatives at kinks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conventions {
    /// `relu'(0)` and its like.
    pub(crate) slopes: Vec<(&'static str, &'static str, Literal)>,
    /// `max` or `min`, and whether the first takes it all.
    pub(crate) ties: Vec<(&'static str, bool)>,
}

impl Conventions {
    fn slope(&self, function: &str, place: &str) -> Option<BigRational> {
        self.slopes
            .iter()
            .find(|(own, at, _)| *own == function && *at == place)
            .map(|(_, _, slope)| slope.value())
    }

    /// The slope at an end of a clip; its forms have clip's unless their own is stated.
    fn end(&self, function: &str, place: &str) -> BigRational {
        self.slope(function, place)
            .or_else(|| self.slope("clip", place))
            .unwrap_or_else(BigRational::zero)
    }

    fn first_takes_all(&self, function: &str) -> bool {
        self.ties.iter().any(|(own, first)| *own == function && *first)
    }
}

/// A value and how fast it moves.
#[derive(Clone, Debug)]
pub(crate) struct Dual {
    pub(crate) value: BigRational,
    pub(crate) speed: BigRational,
}

impl Dual {
    pub(crate) fn constant(value: BigRational) -> Self {
        Self { value, speed: BigRational::zero() }
    }

    fn integer(value: i64) -> Self {
        Self::constant(BigRational::from_integer(value.into()))
    }

    fn plus(&self, other: &Self) -> Self {
        Self { value: &self.value + &other.value, speed: &self.speed + &other.speed }
    }

    fn minus(&self, other: &Self) -> Self {
        Self { value: &self.value - &other.value, speed: &self.speed - &other.speed }
    }

    fn times(&self, other: &Self) -> Self {
        let speed = &self.speed * &other.value + &self.value * &other.speed;
        Self { value: &self.value * &other.value, speed }
    }

    fn over(&self, other: &Self) -> Self {
        let value = &self.value / &other.value;
        let above = &self.speed * &other.value - &self.value * &other.speed;
        Self { value, speed: above / (&other.value * &other.value) }
    }

    /// Repeated multiplication, so that no rule for powers is needed.
    fn power(&self, exponent: i64) -> Self {
        let mut power = Self::integer(1);
        for _ in 0..exponent.abs() {
            power = power.times(self);
        }
        if exponent < 0 { Self::integer(1).over(&power) } else { power }
    }

    /// `value`, moving with `slope` times the speed of this.
    fn at_kink(&self, value: i64, slope: &BigRational) -> Self {
        Self { value: BigRational::from_integer(value.into()), speed: slope * &self.speed }
    }
}

/// The value and speed of a tree.
pub(crate) fn evaluate(tree: &Tree, values: &[Dual], conventions: &Conventions) -> Dual {
    let of = |tree: &Tree| evaluate(tree, values, conventions);
    match tree {
        Tree::Number(literal) => Dual::constant(literal.value()),
        Tree::Variable(variable) => values[*variable].clone(),
        Tree::Negation(operand) => Dual::integer(0).minus(&of(operand)),
        Tree::Sum(terms) => terms.iter().fold(Dual::integer(0), |total, (minus, term)| {
            if *minus { total.minus(&of(term)) } else { total.plus(&of(term)) }
        }),
        Tree::Product(factors) => {
            factors.iter().fold(Dual::integer(1), |total, (divides, part)| {
                if *divides { total.over(&of(part)) } else { total.times(&of(part)) }
            })
        }
        Tree::Power(base, exponent) => of(base).power(*exponent),
        Tree::Where(sides, relation, branches) => {
            let (left, right) = (of(&sides[0]).value, of(&sides[1]).value);
            let holds = match *relation {
                "<" => left < right,
                "<=" => left <= right,
                ">" => left > right,
                ">=" => left >= right,
                "==" => left == right,
                _ => left != right,
            };
            of(&branches[usize::from(!holds)])
        }
        Tree::Clip(z, lo, hi) => {
            let (lo, hi) = (lo.as_deref().map(of), hi.as_deref().map(of));
            clip(&of(z), lo.as_ref(), hi.as_ref(), "clip", conventions)
        }
        Tree::Call(function @ ("max" | "min"), arguments) => {
            if *function == "max"
                && let Some(z) = rectified(arguments)
            {
                return rectifier(&of(z), conventions);
            }
            let arguments: Vec<Dual> = arguments.iter().map(of).collect();
            extremum(function, &arguments, conventions)
        }
        Tree::Call(function, arguments) => {
            let arguments: Vec<Dual> = arguments.iter().map(of).collect();
            call(function, &arguments, conventions)
        }
    }
}

/// `z` of `max(0, z)` and `max(z, 0)`.
fn rectified(arguments: &[Tree]) -> Option<&Tree> {
    let is_zero = |tree: &Tree| matches!(tree, Tree::Number(literal) if literal.numerator == 0);
    match arguments {
        [zero, z] if is_zero(zero) => Some(z),
        [z, zero] if is_zero(zero) => Some(z),
        _ => None,
    }
}

fn rectifier(z: &Dual, conventions: &Conventions) -> Dual {
    if z.value.is_positive() {
        z.clone()
    } else if z.value.is_negative() {
        Dual::integer(0)
    } else {
        z.at_kink(0, &conventions.slope("relu", "0").unwrap_or_else(BigRational::zero))
    }
}

fn magnitude(z: &Dual, function: &str, conventions: &Conventions) -> Dual {
    if z.value.is_positive() {
        z.clone()
    } else if z.value.is_negative() {
        Dual::integer(0).minus(z)
    } else {
        z.at_kink(0, &conventions.slope(function, "0").unwrap_or_else(BigRational::zero))
    }
}

fn clip(
    z: &Dual,
    lo: Option<&Dual>,
    hi: Option<&Dual>,
    function: &str,
    conventions: &Conventions,
) -> Dual {
    let one = BigRational::one();
    let at_end = |bound: &Dual, place: &str| {
        let slope = conventions.end(function, place);
        let speed = &slope * &z.speed + (&one - &slope) * &bound.speed;
        Dual { value: bound.value.clone(), speed }
    };
    match (lo, hi) {
        (Some(lo), _) if z.value < lo.value => lo.clone(),
        (Some(lo), _) if z.value == lo.value => at_end(lo, "lo"),
        (_, Some(hi)) if z.value > hi.value => hi.clone(),
        (_, Some(hi)) if z.value == hi.value => at_end(hi, "hi"),
        _ => z.clone(),
    }
}

fn extremum(function: &str, arguments: &[Dual], conventions: &Conventions) -> Dual {
    let values = arguments.iter().map(|argument| &argument.value);
    let best = if function == "max" { values.max() } else { values.min() };
    let best = best.expect("two arguments at least").clone();
    let tied: Vec<&Dual> = arguments.iter().filter(|argument| argument.value == best).collect();
    if tied.len() == 1 || conventions.first_takes_all(function) {
        return tied[0].clone();
    }
    let total: BigRational = tied.iter().map(|tie| &tie.speed).sum();
    let count = BigRational::from_integer(tied.len().into());
    Dual { value: best, speed: total / count }
}

fn call(function: &str, arguments: &[Dual], conventions: &Conventions) -> Dual {
    let z = &arguments[0];
    let half = || Dual::constant(BigRational::new(1.into(), 2.into()));
    let jump = |[above, at, below]: [i64; 3]| {
        if z.value.is_positive() {
            Dual::integer(above)
        } else if z.value.is_negative() {
            Dual::integer(below)
        } else {
            z.at_kink(at, &conventions.slope(function, "0").unwrap_or_else(BigRational::zero))
        }
    };
    match function {
        "relu" => rectifier(z, conventions),
        "leaky_relu" => {
            let slope = arguments
                .get(1)
                .cloned()
                .unwrap_or_else(|| Dual::constant(BigRational::new(1.into(), 100.into())));
            if z.value.is_positive() {
                z.clone()
            } else if z.value.is_negative() {
                slope.times(z)
            } else {
                z.at_kink(0, &conventions.slope(function, "0").unwrap_or(slope.value))
            }
        }
        "relu6" => clip(z, Some(&Dual::integer(0)), Some(&Dual::integer(6)), function, conventions),
        "hard_sigmoid" => {
            let line = z.over(&Dual::integer(6)).plus(&half());
            clip(&line, Some(&Dual::integer(0)), Some(&Dual::integer(1)), function, conventions)
        }
        "abs" => magnitude(z, function, conventions),
        "sign" => jump([1, 0, -1]),
        "step" => jump([1, 1, 0]),
        "square" => z.times(z),
        "mse" => z.minus(&arguments[1]).power(2),
        "l1" => magnitude(&z.minus(&arguments[1]), function, conventions),
        "huber" | "smooth_l1" => {
            let threshold = arguments.get(2).cloned().unwrap_or_else(|| Dual::integer(1));
            let error = z.minus(&arguments[1]);
            let size = if error.value.is_negative() {
                Dual::integer(0).minus(&error)
            } else {
                error.clone()
            };
            let linear = size.minus(&half().times(&threshold));
            match (function, size.value <= threshold.value) {
                ("huber", true) => half().times(&error).times(&error),
                ("huber", false) => threshold.times(&linear),
                // At the threshold itself both pieces agree, derivative included.
                (_, true) => half().times(&error).times(&error).over(&threshold),
                (_, false) => linear,
            }
        }
        "hinge" => {
            let margin = Dual::integer(1).minus(&arguments[1].times(z));
            if margin.value.is_positive() {
                margin
            } else if margin.value.is_negative() {
                Dual::integer(0)
            } else {
                margin
                    .at_kink(0, &conventions.slope("hinge", "0").unwrap_or_else(BigRational::zero))
            }
        }
        // The functions that the files define themselves.
        "gate" => z.times(&arguments[1]).minus(&arguments[1]),
        other => panic!("`{other}` is not known here"),
    }
}
