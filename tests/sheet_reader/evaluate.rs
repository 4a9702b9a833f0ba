//! What a formula comes to, by the functions' definitions in the language reference.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::interval;
use super::parser::power_of_ten;
use super::rounding::Precision;
use super::tree::{Chain, Link, Numeral, Relation, Row, Tree};
use super::value::Value;

/// The values that names and derivatives have at one place of a sheet.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// By the number of the name.
    pub values: Vec<Option<Value>>,
    /// The derivatives of the objective.
    pub adjoints: BTreeMap<usize, Value>,
    /// Local partials: of, by.
    pub partials: BTreeMap<(usize, usize), Value>,
    pub objective: Option<usize>,
    /// Letters for parts that hold rounded figures: what they are is known within bounds.
    pub bounds: BTreeMap<usize, Value>,
}

/// Whether figures are taken as exact, or as rounded to what the sheet says.
pub type Figures = Option<Precision>;

/// Why a formula has no value.
pub type Fault = String;

impl Scope {
    pub fn value(&self, symbol: usize) -> Option<&Value> {
        self.values.get(symbol).and_then(Option::as_ref)
    }

    /// The value of a derivative.
    pub fn derivative(&self, of: usize, by: usize, is_direct: bool) -> Option<Value> {
        if Some(of) == self.objective && !is_direct {
            if of == by {
                return Some(Value::integer(1));
            }
            return self.adjoints.get(&by).cloned();
        }
        self.partials.get(&(of, by)).cloned()
    }

    /// What the formula comes to.
    pub fn evaluate(&self, tree: &Tree, figures: Figures) -> Result<Value, Fault> {
        let zero = Value::integer(0);
        Ok(match tree {
            Tree::Number(numeral) => figure(numeral, figures),
            Tree::Symbol(symbol) if self.bounds.contains_key(symbol) => self.bounds[symbol].clone(),
            Tree::Symbol(symbol) => {
                self.value(*symbol).cloned().ok_or("a name that has no value here")?
            }
            Tree::Free(name) => return Err(format!("the name {name} is not the exercise's")),
            Tree::Infinity => return Err("infinity has no value".to_owned()),
            Tree::Minus(inner) => self.evaluate(inner, figures)?.negate(),
            Tree::Sum(terms) => {
                let mut total = zero;
                for (minus, term) in terms {
                    let value = self.evaluate(term, figures)?;
                    total = if *minus { total.subtract(&value) } else { total.add(&value) };
                }
                total
            }
            Tree::Product(factors) => {
                let values = factors.iter().map(|factor| self.evaluate(factor, figures));
                product(values.collect())?
            }
            Tree::Quotient(numerator, denominator) => {
                let denominator = self.evaluate(denominator, figures)?;
                if denominator.is_zero() {
                    return Err("a division by zero".to_owned());
                }
                self.evaluate(numerator, figures)?
                    .divide(&denominator)
                    .ok_or("a division by what may be 0")?
            }
            Tree::Power(base, exponent) => {
                let exponent = self.evaluate(exponent, figures)?;
                self.evaluate(base, figures)?
                    .real_power(&exponent)
                    .ok_or("a power of what may be 0 or less")?
            }
            Tree::Absolute(inner) => self.evaluate(inner, figures)?.absolute(),
            Tree::Call { function, subscript, arguments } => {
                self.call(function, subscript.as_deref(), arguments, figures)?
            }
            Tree::Cases(rows) => self.cases(rows, figures)?.0,
            Tree::Derivative { of, by, is_direct } => self
                .derivative(*of, *by, *is_direct)
                .ok_or("a derivative that has no value here")?,
        })
    }

    fn call(
        &self,
        function: &str,
        subscript: Option<&Tree>,
        arguments: &[Tree],
        figures: Figures,
    ) -> Result<Value, Fault> {
        if function == "clip" {
            return self.clip(arguments, figures);
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.evaluate(argument, figures)?);
        }
        let parameter = match subscript {
            Some(subscript) => Some(self.evaluate(subscript, figures)?),
            None => None,
        };
        let zero = Value::integer(0);
        Ok(match (function, &values[..], parameter) {
            ("ReLU", [z], None) => z.maximum(&zero),
            ("max", [first, rest @ ..], None) => {
                rest.iter().fold(first.clone(), |best, value| best.maximum(value))
            }
            ("min", [first, rest @ ..], None) => {
                rest.iter().fold(first.clone(), |best, value| best.minimum(value))
            }
            ("ReLU6", [z], None) => z.maximum(&zero).minimum(&Value::integer(6)),
            ("HardSigmoid", [z], None) => {
                let sixth = z.divide(&Value::integer(6)).ok_or("six is zero")?;
                let half = Value::exact(BigRational::new(1.into(), 2.into()));
                sixth.add(&half).maximum(&zero).minimum(&Value::integer(1))
            }
            ("LeakyReLU", [z], Some(slope)) => {
                let below = slope.multiply(z);
                match z.stands(Relation::Greater, &zero) {
                    Some(true) => z.clone(),
                    Some(false) => below,
                    None => z.hull(&below),
                }
            }
            ("ties", [own, ..], None) => {
                let count = values.iter().filter(|value| *value == own).count();
                Value::integer(i64::try_from(count).unwrap_or(i64::MAX))
            }
            ("sign", [z], None) => stairs(z, [-1, 0, 1]),
            ("step", [z], None) => stairs(z, [0, 1, 1]),
            ("Huber", [error], Some(delta)) => {
                let half = Value::exact(BigRational::new(1.into(), 2.into()));
                let near = half.multiply(&error.power(2).ok_or("no square")?);
                let far = delta.multiply(&error.absolute().subtract(&half.multiply(&delta)));
                by_threshold(error, &delta, near, far)
            }
            ("SmoothL1", [error], Some(beta)) => {
                let half = Value::exact(BigRational::new(1.into(), 2.into()));
                let square = half.multiply(&error.power(2).ok_or("no square")?);
                let near = square.divide(&beta).ok_or("a threshold of zero")?;
                let far = error.absolute().subtract(&half.multiply(&beta));
                by_threshold(error, &beta, near, far)
            }
            ("detach", [z], None) => z.clone(),
            ("ELU", [z], alpha) => {
                let alpha = alpha.unwrap_or_else(|| Value::integer(1));
                let below = interval::value("exp", &z.minimum(&zero)).ok_or("too large")?;
                let below = alpha.multiply(&below.subtract(&Value::integer(1)));
                match z.sign() {
                    Some(Ordering::Less) => below,
                    Some(_) => z.clone(),
                    None => below.hull(&z.maximum(&zero)),
                }
            }
            (name, [z], base) => {
                let name = smooth(name, base.as_ref()).ok_or_else(|| unknown(name))?;
                match interval::value(name, z) {
                    Some(value) => value,
                    None if name == "ln" && z.is_zero() => return Err(LOGARITHM_OF_0.to_owned()),
                    None if z.as_exact().is_some() => {
                        return Err(format!("{name} of {}", z.show()));
                    }
                    None => return Err(format!("{name} of what may be 0 or less")),
                }
            }
            (name, ..) => return Err(unknown(name)),
        })
    }

    /// The bounds may be infinite.
    fn clip(&self, arguments: &[Tree], figures: Figures) -> Result<Value, Fault> {
        let [z, low, high] = arguments else { return Err("clip takes three arguments".to_owned()) };
        let mut value = self.evaluate(z, figures)?;
        let is_infinite = |bound: &Tree| match bound {
            Tree::Infinity => true,
            Tree::Minus(inner) => **inner == Tree::Infinity,
            _ => false,
        };
        if !is_infinite(low) {
            value = value.maximum(&self.evaluate(low, figures)?);
        }
        if !is_infinite(high) {
            value = value.minimum(&self.evaluate(high, figures)?);
        }
        Ok(value)
    }

    /// The value of a case distinction, and the row if it is decided. Rows that hold at once must agree.
    pub fn cases(&self, rows: &[Row], figures: Figures) -> Result<(Value, Option<usize>), Fault> {
        let mut open: Option<Value> = None;
        let mut taken: Option<(Value, usize)> = None;
        for (position, row) in rows.iter().enumerate() {
            let is_otherwise = row.conditions.is_empty();
            let holds = self.all_hold(&row.conditions, figures)?;
            if holds == Some(false) || (is_otherwise && taken.is_some()) {
                continue;
            }
            let value = self.evaluate(&row.value, figures)?;
            match (holds, &taken) {
                (Some(true), None) => taken = Some((value, position)),
                (Some(true), Some((first, _))) if !first.meets(&value) => {
                    return Err("two cases hold at once and differ".to_owned());
                }
                (None, _) => open = Some(open.map_or(value.clone(), |others| others.hull(&value))),
                _ => {}
            }
        }
        match (taken, open) {
            (Some((value, row)), None) => Ok((value, Some(row))),
            (Some((value, _)), Some(others)) => Ok((value.hull(&others), None)),
            (None, Some(others)) => Ok((others, None)),
            (None, None) => {
                let is_weak = |link: &Link| {
                    matches!(link.relation, Relation::LessOrEqual | Relation::GreaterOrEqual)
                };
                let conditions = rows.iter().flat_map(|row| &row.conditions);
                let has_weak = conditions.flat_map(|condition| &condition.links).any(is_weak);
                // Between < and > lies a kink, which a sheet need not show where it is not hit.
                Err(if has_weak { "cases with a gap" } else { "no case holds" }.to_owned())
            }
        }
    }

    fn all_hold(&self, conditions: &[Chain], figures: Figures) -> Result<Option<bool>, Fault> {
        let mut all = Some(true);
        for condition in conditions {
            match self.holds(condition, figures)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => all = None,
            }
        }
        Ok(all)
    }

    /// Whether every link of a chain of comparisons holds.
    fn holds(&self, chain: &Chain, figures: Figures) -> Result<Option<bool>, Fault> {
        let mut left = self.evaluate(&chain.first, figures)?;
        let mut all = Some(true);
        for (position, link) in chain.links.iter().enumerate() {
            let before = match position {
                0 => &chain.first,
                _ => &chain.links[position - 1].form,
            };
            let right = self.evaluate(&link.form, figures)?;
            // Bounds do not show that a number is equal to itself.
            let (left_side, right_side) = if *before == link.form {
                (Value::integer(0), Value::integer(0))
            } else {
                (left, right.clone())
            };
            match left_side.stands(link.relation, &right_side) {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => all = None,
            }
            left = right;
        }
        Ok(all)
    }
}

fn unknown(function: &str) -> Fault {
    format!("the function {function} is not known, or not of these arguments")
}

/// What the product has where one of its factors is 0: 0 · ln 0 = 0.
const LOGARITHM_OF_0: &str = "the logarithm of 0";

fn product(factors: Vec<Result<Value, Fault>>) -> Result<Value, Fault> {
    let is_zero = |factor: &Result<Value, Fault>| factor.as_ref().is_ok_and(Value::is_zero);
    let is_fault = |factor: &Result<Value, Fault>| factor == &Err(LOGARITHM_OF_0.to_owned());
    if factors.iter().any(is_zero) && factors.iter().any(is_fault) {
        return Ok(Value::integer(0));
    }
    let mut total = Value::integer(1);
    for factor in factors {
        total = total.multiply(&factor?);
    }
    Ok(total)
}

/// The function that has a derivative everywhere, by its printed name and base.
pub fn smooth(printed: &str, base: Option<&Value>) -> Option<&'static str> {
    if printed == "log" {
        let base = base?.as_exact()?;
        let is = |number: i64| *base == BigRational::from_integer(number.into());
        return if is(2) { Some("log2") } else { is(10).then_some("log10") };
    }
    if base.is_some() {
        return None;
    }
    Some(match printed {
        "exp" => "exp",
        "ln" => "ln",
        "sqrt" => "sqrt",
        "sin" => "sin",
        "cos" => "cos",
        "tan" => "tan",
        "tanh" => "tanh",
        "sigma" => "sigmoid",
        "softplus" => "softplus",
        "SiLU" => "silu",
        "GELU" => "gelu",
        "Phi" => "normal_cdf",
        "varphi" => "normal_density",
        _ => return None,
    })
}

/// Where the size of the error decides between two laws.
fn by_threshold(error: &Value, threshold: &Value, near: Value, far: Value) -> Value {
    match error.absolute().stands(Relation::LessOrEqual, threshold) {
        Some(true) => near,
        Some(false) => far,
        None => near.hull(&far),
    }
}

/// A constant below, at and above 0.
fn stairs(z: &Value, [below, at, above]: [i64; 3]) -> Value {
    let zero = BigRational::zero();
    let mut parts = Vec::new();
    if z.low < zero {
        parts.push(below);
    }
    if z.contains(&zero) {
        parts.push(at);
    }
    if z.high > zero {
        parts.push(above);
    }
    let low = parts.iter().copied().min().unwrap_or(at);
    let high = parts.iter().copied().max().unwrap_or(at);
    Value::integer(low).hull(&Value::integer(high))
}

/// A printed number: itself, or what rounds to it where figures are rounded.
fn figure(numeral: &Numeral, figures: Figures) -> Value {
    let Some(place) = figures.and_then(|precision| precision.rounded_place(numeral)) else {
        return Value::exact(numeral.value.clone());
    };
    let half = BigRational::new(1.into(), 2.into()) * power_of_ten(place);
    Value::around(&numeral.value, &half)
}
