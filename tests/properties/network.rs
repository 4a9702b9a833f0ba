//! Networks as these tests know them: their own tree, its text in the language, and its value with a
//! derivative. Nothing here uses the library's expressions.

use std::cmp::Ordering;

use num_rational::BigRational;

use super::interval::{self, Interval};

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
    /// With an exponent that may be any number.
    RealPower(Box<[Tree; 2]>),
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
            Self::RealPower(parts) => format!("{}^{}", inner(&parts[0]), inner(&parts[1])),
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
            Self::RealPower(parts) => {
                Self::RealPower(Box::new([&parts[0], &parts[1]].map(|part| *boxed(part))))
            }
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
    fn slope(&self, function: &str, place: &str) -> Option<Interval> {
        self.slopes
            .iter()
            .find(|(own, at, _)| *own == function && *at == place)
            .map(|(_, _, slope)| Interval::exact(slope.value()))
    }

    /// The slope at an end of a clip; its forms have clip's unless their own is stated.
    fn end(&self, function: &str, place: &str) -> Interval {
        self.slope(function, place)
            .or_else(|| self.slope("clip", place))
            .unwrap_or_else(|| Interval::integer(0))
    }

    fn first_takes_all(&self, function: &str) -> bool {
        self.ties.iter().any(|(own, first)| *own == function && *first)
    }
}

/// A value and how fast it moves.
#[derive(Clone, Debug)]
pub(crate) struct Dual {
    pub(crate) value: Interval,
    pub(crate) speed: Interval,
}

impl Dual {
    pub(crate) fn constant(value: Interval) -> Self {
        Self { value, speed: Interval::integer(0) }
    }

    fn integer(value: i64) -> Self {
        Self::constant(Interval::integer(value))
    }

    fn half() -> Self {
        Self::constant(Interval::fraction(1, 2))
    }

    fn plus(&self, other: &Self) -> Self {
        Self { value: self.value.add(&other.value), speed: self.speed.add(&other.speed) }
    }

    fn minus(&self, other: &Self) -> Self {
        Self { value: self.value.subtract(&other.value), speed: self.speed.subtract(&other.speed) }
    }

    fn times(&self, other: &Self) -> Self {
        let speed = self.speed.multiply(&other.value).add(&self.value.multiply(&other.speed));
        Self { value: self.value.multiply(&other.value), speed }
    }

    fn over(&self, other: &Self) -> Option<Self> {
        let value = self.value.divide(&other.value)?;
        let above = self.speed.multiply(&other.value).subtract(&self.value.multiply(&other.speed));
        Some(Self { value, speed: above.divide(&other.value.power(2)?)? })
    }

    /// Repeated multiplication, so that no rule for powers is needed.
    fn power(&self, exponent: i64) -> Option<Self> {
        let mut power = Self::integer(1);
        for _ in 0..exponent.abs() {
            power = power.times(self);
        }
        if exponent < 0 { Self::integer(1).over(&power) } else { Some(power) }
    }

    /// e^(b ln a), so that no rule for powers is needed here either; whole exponents that do not move aside.
    fn real_power(&self, exponent: &Self) -> Option<Self> {
        let power = exponent.times(&self.smooth("ln")?).smooth("exp")?;
        // As narrow as may be: a root of a square is rational.
        Some(Self { value: self.value.real_power(&exponent.value)?, speed: power.speed })
    }

    /// A function that has a derivative everywhere.
    fn smooth(&self, function: &str) -> Option<Self> {
        let value = interval::value(function, &self.value)?;
        let speed = if self.speed.is_zero() {
            Interval::integer(0)
        } else {
            interval::slope(function, &self.value)?.multiply(&self.speed)
        };
        Some(Self { value, speed })
    }

    /// `value`, moving with `slope` times the speed of this.
    fn at_kink(&self, value: i64, slope: &Interval) -> Self {
        Self { value: Interval::integer(value), speed: slope.multiply(&self.speed) }
    }
}

/// How two values lie to each other. The same bounds are those of the same number.
fn order(left: &Interval, right: &Interval) -> Option<Ordering> {
    if left == right { Some(Ordering::Equal) } else { left.compare(right) }
}

/// The value and speed of a tree; `None` where bounds do not decide a branch.
pub(crate) fn evaluate(tree: &Tree, values: &[Dual], conventions: &Conventions) -> Option<Dual> {
    let of = |tree: &Tree| evaluate(tree, values, conventions);
    Some(match tree {
        Tree::Number(literal) => Dual::constant(Interval::exact(literal.value())),
        Tree::Variable(variable) => values[*variable].clone(),
        Tree::Negation(operand) => Dual::integer(0).minus(&of(operand)?),
        Tree::Sum(terms) => {
            let mut total = Dual::integer(0);
            for (minus, term) in terms {
                let term = of(term)?;
                total = if *minus { total.minus(&term) } else { total.plus(&term) };
            }
            total
        }
        Tree::Product(factors) => {
            let mut total = Dual::integer(1);
            for (divides, part) in factors {
                let part = of(part)?;
                total = if *divides { total.over(&part)? } else { total.times(&part) };
            }
            total
        }
        Tree::Power(base, exponent) => of(base)?.power(*exponent)?,
        Tree::RealPower(parts) => of(&parts[0])?.real_power(&of(&parts[1])?)?,
        Tree::Where(sides, relation, branches) => {
            let order = order(&of(&sides[0])?.value, &of(&sides[1])?.value)?;
            let holds = match *relation {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                ">=" => order.is_ge(),
                "==" => order.is_eq(),
                _ => order.is_ne(),
            };
            of(&branches[usize::from(!holds)])?
        }
        Tree::Clip(z, lo, hi) => {
            let bound = |bound: &Option<Box<Tree>>| match bound {
                Some(bound) => of(bound).map(Some),
                None => Some(None),
            };
            clip(&of(z)?, bound(lo)?.as_ref(), bound(hi)?.as_ref(), "clip", conventions)?
        }
        Tree::Call(function @ ("max" | "min"), arguments) => {
            if *function == "max"
                && let Some(z) = rectified(arguments)
            {
                return rectifier(&of(z)?, conventions);
            }
            let arguments: Vec<Dual> = arguments.iter().map(of).collect::<Option<_>>()?;
            extremum(function, &arguments, conventions)?
        }
        Tree::Call(function, arguments) => {
            let arguments: Vec<Dual> = arguments.iter().map(of).collect::<Option<_>>()?;
            call(function, &arguments, conventions)?
        }
    })
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

/// z above 0, `below` below it, and 0 at it with the stated slope.
fn bent(z: &Dual, below: Dual, function: &str, conventions: &Conventions) -> Option<Dual> {
    Some(match z.value.sign()? {
        Ordering::Greater => z.clone(),
        Ordering::Less => below,
        Ordering::Equal => {
            let slope = conventions.slope(function, "0");
            z.at_kink(0, &slope.unwrap_or_else(|| Interval::integer(0)))
        }
    })
}

fn rectifier(z: &Dual, conventions: &Conventions) -> Option<Dual> {
    bent(z, Dual::integer(0), "relu", conventions)
}

fn magnitude(z: &Dual, function: &str, conventions: &Conventions) -> Option<Dual> {
    bent(z, Dual::integer(0).minus(z), function, conventions)
}

fn clip(
    z: &Dual,
    lo: Option<&Dual>,
    hi: Option<&Dual>,
    function: &str,
    conventions: &Conventions,
) -> Option<Dual> {
    let one = Interval::integer(1);
    for (bound, place, beyond) in [(lo, "lo", Ordering::Less), (hi, "hi", Ordering::Greater)] {
        let Some(bound) = bound else { continue };
        let order = order(&z.value, &bound.value)?;
        if order == beyond {
            return Some(bound.clone());
        }
        if order == Ordering::Equal {
            let slope = conventions.end(function, place);
            let rest = one.subtract(&slope).multiply(&bound.speed);
            let speed = slope.multiply(&z.speed).add(&rest);
            return Some(Dual { value: bound.value.clone(), speed });
        }
    }
    Some(z.clone())
}

fn extremum(function: &str, arguments: &[Dual], conventions: &Conventions) -> Option<Dual> {
    let beyond = if function == "max" { Ordering::Greater } else { Ordering::Less };
    let mut tied: Vec<&Dual> = Vec::new();
    for argument in arguments {
        let order = match tied.first() {
            Some(best) => order(&argument.value, &best.value)?,
            None => beyond,
        };
        if order == beyond {
            tied.clear();
        }
        if order == beyond || order == Ordering::Equal {
            tied.push(argument);
        }
    }
    if tied.len() == 1 || conventions.first_takes_all(function) {
        return Some(tied[0].clone());
    }
    let total = tied.iter().fold(Interval::integer(0), |total, tie| total.add(&tie.speed));
    let count = Interval::integer(i64::try_from(tied.len()).ok()?);
    Some(Dual { value: tied[0].value.clone(), speed: total.divide(&count)? })
}

fn call(function: &str, arguments: &[Dual], conventions: &Conventions) -> Option<Dual> {
    let z = &arguments[0];
    let zero = || Interval::integer(0);
    let half = Dual::half;
    let jump = |[above, at, below]: [i64; 3]| {
        Some(match z.value.sign()? {
            Ordering::Greater => Dual::integer(above),
            Ordering::Less => Dual::integer(below),
            Ordering::Equal => {
                z.at_kink(at, &conventions.slope(function, "0").unwrap_or_else(zero))
            }
        })
    };
    Some(match function {
        "relu" => rectifier(z, conventions)?,
        "leaky_relu" => {
            let slope = arguments
                .get(1)
                .cloned()
                .unwrap_or_else(|| Dual::constant(Interval::fraction(1, 100)));
            match z.value.sign()? {
                Ordering::Greater => z.clone(),
                Ordering::Less => slope.times(z),
                Ordering::Equal => {
                    z.at_kink(0, &conventions.slope(function, "0").unwrap_or(slope.value))
                }
            }
        }
        "elu" => {
            let alpha = arguments.get(1).cloned().unwrap_or_else(|| Dual::integer(1));
            match z.value.sign()? {
                Ordering::Greater => z.clone(),
                Ordering::Less => alpha.times(&z.smooth("exp")?.minus(&Dual::integer(1))),
                Ordering::Equal => {
                    z.at_kink(0, &conventions.slope(function, "0").unwrap_or(alpha.value))
                }
            }
        }
        "relu6" => {
            let (lo, hi) = (Dual::integer(0), Dual::integer(6));
            clip(z, Some(&lo), Some(&hi), function, conventions)?
        }
        "hard_sigmoid" => {
            let line = z.over(&Dual::integer(6))?.plus(&half());
            let (lo, hi) = (Dual::integer(0), Dual::integer(1));
            clip(&line, Some(&lo), Some(&hi), function, conventions)?
        }
        "abs" => magnitude(z, function, conventions)?,
        "sign" => jump([1, 0, -1])?,
        "step" => jump([1, 1, 0])?,
        "square" => z.times(z),
        "mse" => z.minus(&arguments[1]).power(2)?,
        "l1" => magnitude(&z.minus(&arguments[1]), function, conventions)?,
        "huber" | "smooth_l1" => {
            let threshold = arguments.get(2).cloned().unwrap_or_else(|| Dual::integer(1));
            let error = z.minus(&arguments[1]);
            let size = if error.value.low < zero().low {
                Dual::integer(0).minus(&error)
            } else {
                error.clone()
            };
            let is_near = order(&error.value.absolute(), &threshold.value)?.is_le();
            let linear = size.minus(&half().times(&threshold));
            match (function, is_near) {
                ("huber", true) => half().times(&error).times(&error),
                ("huber", false) => threshold.times(&linear),
                // At the threshold itself both pieces agree, derivative included.
                (_, true) => half().times(&error).times(&error).over(&threshold)?,
                (_, false) => linear,
            }
        }
        "hinge" => {
            let margin = Dual::integer(1).minus(&arguments[1].times(z));
            bent(&margin, Dual::integer(0), "hinge", conventions)?
        }
        "bce" => {
            let one = Dual::integer(1);
            let y = &arguments[1];
            let right = y.times(&z.smooth("ln")?);
            let wrong = one.minus(y).times(&one.minus(z).smooth("ln")?);
            Dual::integer(0).minus(&right.plus(&wrong))
        }
        "bce_with_logits" => z.smooth("softplus")?.minus(&arguments[1].times(z)),
        "detach" => Dual::constant(z.value.clone()),
        // The functions that the files define themselves.
        "gate" => z.times(&arguments[1]).minus(&arguments[1]),
        "log" => z.smooth("ln")?,
        smooth => z.smooth(smooth)?,
    })
}
