//! Values: exact, or between two bounds where figures were rounded.

use std::cmp::Ordering;

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::tree::Relation;

/// What a formula comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub low: BigRational,
    pub high: BigRational,
}

impl Value {
    pub fn exact(value: BigRational) -> Self {
        Self { high: value.clone(), low: value }
    }

    pub fn integer(value: i64) -> Self {
        Self::exact(BigRational::from_integer(value.into()))
    }

    pub fn around(value: &BigRational, radius: &BigRational) -> Self {
        Self { low: value - radius, high: value + radius }
    }

    pub fn as_exact(&self) -> Option<&BigRational> {
        (self.low == self.high).then_some(&self.low)
    }

    pub fn contains(&self, value: &BigRational) -> bool {
        self.low <= *value && *value <= self.high
    }

    pub fn hull(&self, other: &Self) -> Self {
        Self {
            low: self.low.clone().min(other.low.clone()),
            high: self.high.clone().max(other.high.clone()),
        }
    }

    pub fn negate(&self) -> Self {
        Self { low: -&self.high, high: -&self.low }
    }

    pub fn add(&self, other: &Self) -> Self {
        if let (Some(left), Some(right)) = (self.as_exact(), other.as_exact()) {
            return Self::exact(left + right);
        }
        Self { low: &self.low + &other.low, high: &self.high + &other.high }
    }

    pub fn subtract(&self, other: &Self) -> Self {
        self.add(&other.negate())
    }

    pub fn multiply(&self, other: &Self) -> Self {
        if let (Some(left), Some(right)) = (self.as_exact(), other.as_exact()) {
            return Self::exact(left * right);
        }
        let corners = [
            &self.low * &other.low,
            &self.low * &other.high,
            &self.high * &other.low,
            &self.high * &other.high,
        ];
        Self::spanning(&corners)
    }

    /// `None` where the divisor may be 0.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        if other.contains(&BigRational::zero()) {
            return None;
        }
        Some(self.multiply(&Self { low: other.high.recip(), high: other.low.recip() }))
    }

    /// `None` for a negative power of what may be 0.
    pub fn power(&self, exponent: i64) -> Option<Self> {
        if exponent < 0 {
            return Self::integer(1).divide(&self.power(-exponent)?);
        }
        let raise = |base: &BigRational| {
            let mut result = BigRational::one();
            for _ in 0..exponent {
                result *= base;
            }
            result
        };
        if let Some(base) = self.as_exact() {
            return Some(Self::exact(raise(base)));
        }
        let mut ends = vec![raise(&self.low), raise(&self.high)];
        if exponent % 2 == 0 && self.contains(&BigRational::zero()) {
            ends.push(BigRational::zero());
        }
        Some(Self::spanning(&ends))
    }

    pub fn absolute(&self) -> Self {
        self.negate().maximum(self)
    }

    pub fn maximum(&self, other: &Self) -> Self {
        Self {
            low: self.low.clone().max(other.low.clone()),
            high: self.high.clone().max(other.high.clone()),
        }
    }

    pub fn minimum(&self, other: &Self) -> Self {
        Self {
            low: self.low.clone().min(other.low.clone()),
            high: self.high.clone().min(other.high.clone()),
        }
    }

    fn spanning(values: &[BigRational]) -> Self {
        let low = values.iter().min().cloned().unwrap_or_default();
        let high = values.iter().max().cloned().unwrap_or_default();
        Self { low, high }
    }

    /// How this lies to the other, if the bounds decide it.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.high < other.low {
            Some(Ordering::Less)
        } else if self.low > other.high {
            Some(Ordering::Greater)
        } else if self.as_exact().is_some() && other.as_exact().is_some() {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    /// Whether the relation holds, if the bounds decide it.
    pub fn stands(&self, relation: Relation, other: &Self) -> Option<bool> {
        let order = self.compare(other);
        if let Some(order) = order {
            return Some(match relation {
                Relation::Equal | Relation::Becomes | Relation::Approximate => {
                    order == Ordering::Equal
                }
                Relation::NotEqual => order != Ordering::Equal,
                Relation::Less => order == Ordering::Less,
                Relation::LessOrEqual => order != Ordering::Greater,
                Relation::Greater => order == Ordering::Greater,
                Relation::GreaterOrEqual => order != Ordering::Less,
            });
        }
        match relation {
            // Bounds that touch decide the weak signs.
            Relation::LessOrEqual if self.high <= other.low => Some(true),
            Relation::GreaterOrEqual if self.low >= other.high => Some(true),
            _ => None,
        }
    }

    pub fn is_zero(&self) -> bool {
        self.low.is_zero() && self.high.is_zero()
    }

    /// For messages.
    pub fn show(&self) -> String {
        match self.as_exact() {
            Some(value) => value.to_string(),
            None => format!("[{}, {}]", decimals(&self.low), decimals(&self.high)),
        }
    }
}

/// Twelve decimals, for messages.
fn decimals(value: &BigRational) -> String {
    let scaled =
        (value * BigRational::from_integer(1_000_000_000_000_i64.into())).round().to_integer();
    let sign = if value.is_negative() { "-" } else { "" };
    let digits = format!("{:0>13}", scaled.magnitude().to_string());
    let (whole, fraction) = digits.split_at(digits.len() - 12);
    format!("{sign}{whole}.{fraction}")
}
