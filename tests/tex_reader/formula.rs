//! Formulas: tokens, and a parser that evaluates as it reads.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{One, Pow, Signed, Zero};

/// What a name on the sheet stands for.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) number: BigRational,
    /// Known from a rounded figure only.
    pub(crate) is_rounded: bool,
}

/// The names known so far, by their LaTeX text.
pub(crate) type Names = BTreeMap<String, Value>;

/// The result of reading a formula.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) number: BigRational,
    /// Some name in it is known from a rounded figure only.
    pub(crate) is_rounded: bool,
}

/// Splits LaTeX mathematics into commands, numbers, letters and marks; spaces and spacing commands go.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        let c = chars[at];
        at += 1;
        if c == '\\' {
            if chars.get(at).is_some_and(char::is_ascii_alphabetic) {
                while chars.get(at).is_some_and(char::is_ascii_alphabetic) {
                    at += 1;
                }
            } else {
                at += 1;
            }
        } else if c.is_ascii_digit() {
            while chars.get(at).is_some_and(|c| c.is_ascii_digit() || *c == '.') {
                at += 1;
            }
        }
        let token: String = chars[start..at.min(chars.len())].iter().collect();
        let is_space = matches!(
            token.as_str(),
            r"\,"
                | r"\;"
                | r"\quad"
                | r"\qquad"
                | r"\left"
                | r"\right"
                | r"\biggl"
                | r"\biggr"
                | "&"
        );
        if !is_space && !token.trim().is_empty() {
            tokens.push(token);
        }
    }
    tokens
}

/// The exact number that digits show.
pub(crate) fn number(digits: &str) -> BigRational {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = num_bigint::BigInt::from(10).pow(fraction.len());
    let all: num_bigint::BigInt = format!("{whole}{fraction}").parse().expect("digits");
    BigRational::new(all, scale)
}

/// Evaluates a formula.
pub(crate) fn evaluate(text: &str, names: &Names) -> Result<Reading, String> {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, at: 0, names, is_rounded: false };
    let number = reader.sum()?;
    if reader.at < tokens.len() {
        return Err(format!("`{}` cannot be read in {text}", tokens[reader.at]));
    }
    Ok(Reading { number, is_rounded: reader.is_rounded })
}

/// The text of a lone symbol, as names are keyed by.
pub(crate) fn symbol(text: &str) -> Option<String> {
    let tokens = tokens(text);
    let names = Names::new();
    let mut reader = Reader { tokens: &tokens, at: 0, names: &names, is_rounded: false };
    let name = reader.name()?;
    (reader.at == tokens.len()).then_some(name)
}

struct Reader<'t> {
    tokens: &'t [String],
    at: usize,
    names: &'t Names,
    is_rounded: bool,
}

impl Reader<'_> {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.peek() == token;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) {
            return Ok(());
        }
        Err(format!("`{token}` expected before `{}`", self.tokens[self.at..].join(" ")))
    }

    fn sum(&mut self) -> Result<BigRational, String> {
        let mut total = if self.take("-") { -self.product()? } else { self.product()? };
        loop {
            if self.take("+") {
                total += self.product()?;
            } else if self.take("-") {
                total -= self.product()?;
            } else {
                return Ok(total);
            }
        }
    }

    fn product(&mut self) -> Result<BigRational, String> {
        let mut total = self.power()?;
        loop {
            self.take(r"\cdot");
            match self.peek() {
                "" | "+" | "-" | ")" | "}" | "," | "=" | "<" | ">" | r"\rvert" | r"\le"
                | r"\ge" | r"\ne" | r"\approx" | r"\\" | r"\end" => return Ok(total),
                _ => total *= self.power()?,
            }
        }
    }

    fn power(&mut self) -> Result<BigRational, String> {
        let base = self.atom()?;
        if !self.take("^") {
            return Ok(base);
        }
        let exponent = if self.take("{") {
            let exponent = self.sum()?;
            self.expect("}")?;
            exponent
        } else {
            self.digit_script()?
        };
        let exponent: i32 =
            exponent.to_integer().try_into().map_err(|_| "a huge exponent".to_owned())?;
        if base.is_zero() && exponent < 0 {
            return Err("a negative power of 0".to_owned());
        }
        Ok(base.pow(exponent))
    }

    /// `^2` without braces takes one digit, as TeX does.
    fn digit_script(&mut self) -> Result<BigRational, String> {
        let token = self.peek().to_owned();
        if token.len() != 1 || !token.chars().all(|c| c.is_ascii_digit()) {
            return Err(format!("`{token}` as an exponent"));
        }
        self.at += 1;
        Ok(number(&token))
    }

    fn group(&mut self) -> Result<BigRational, String> {
        self.expect("{")?;
        let inner = self.sum()?;
        self.expect("}")?;
        Ok(inner)
    }

    fn arguments(&mut self) -> Result<Vec<BigRational>, String> {
        self.expect("(")?;
        let mut arguments = vec![self.bound()?];
        while self.take(",") {
            arguments.push(self.bound()?);
        }
        self.expect(")")?;
        Ok(arguments)
    }

    /// An argument, perhaps ±∞, which stands here as a very large number.
    fn bound(&mut self) -> Result<BigRational, String> {
        let huge = BigRational::from(num_bigint::BigInt::from(10).pow(30_u32));
        if self.take(r"\infty") {
            return Ok(huge);
        }
        if self.peek() == "-" && self.tokens.get(self.at + 1).is_some_and(|t| t == r"\infty") {
            self.at += 2;
            return Ok(-huge);
        }
        self.sum()
    }

    fn atom(&mut self) -> Result<BigRational, String> {
        let token = self.peek().to_owned();
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            self.at += 1;
            return Ok(number(&token));
        }
        match token.as_str() {
            "(" => {
                self.at += 1;
                let inner = self.sum()?;
                self.expect(")")?;
                Ok(inner)
            }
            "{" => self.group(),
            r"\frac" => {
                self.at += 1;
                let (top, bottom) = (self.group()?, self.group()?);
                if bottom.is_zero() {
                    return Err("a zero below a fraction line".to_owned());
                }
                Ok(top / bottom)
            }
            r"\answer" => {
                self.at += 1;
                self.group()
            }
            r"\lvert" => {
                self.at += 1;
                let inner = self.sum()?;
                self.expect(r"\rvert")?;
                Ok(inner.abs())
            }
            r"\relu" | r"\max" | r"\min" | r"\operatorname" => self.function(),
            r"\begin" => self.cases(),
            "" => Err("the formula ends too early".to_owned()),
            _ => {
                let start = self.at;
                let name =
                    self.name().ok_or_else(|| format!("`{token}` begins no part of a formula"))?;
                if self.at == start {
                    return Err(format!("`{token}` cannot be read"));
                }
                let value =
                    self.names.get(&name).ok_or_else(|| format!("`{name}` has no value yet"))?;
                self.is_rounded |= value.is_rounded;
                Ok(value.number.clone())
            }
        }
    }

    fn function(&mut self) -> Result<BigRational, String> {
        let mut name = self.peek().trim_start_matches('\\').to_owned();
        self.at += 1;
        if name == "operatorname" {
            self.expect("{")?;
            name.clear();
            while !self.take("}") {
                name.push_str(self.peek());
                self.at += 1;
            }
        }
        let mut subscript = BigRational::one();
        if self.take("_") {
            subscript = if self.take("{") {
                let inner = self.sum()?;
                self.expect("}")?;
                inner
            } else {
                self.digit_script()?
            };
        }
        let arguments = self.arguments()?;
        let z = arguments[0].clone();
        let zero = BigRational::zero();
        let half = BigRational::new(1.into(), 2.into());
        let integer = |value: i64| BigRational::from(num_bigint::BigInt::from(value));
        Ok(match name.as_str() {
            "relu" => z.max(zero),
            "max" => arguments.into_iter().max().unwrap_or_default(),
            "min" => arguments.into_iter().min().unwrap_or_default(),
            "LeakyReLU" if z.is_negative() => subscript * z,
            "LeakyReLU" => z,
            "ReLU6" => z.max(zero).min(integer(6)),
            "HardSigmoid" => (z / integer(6) + half).max(zero).min(integer(1)),
            "clip" => z.max(arguments[1].clone()).min(arguments[2].clone()),
            "sign" => z.signum(),
            "step" => integer(i64::from(!z.is_negative())),
            "Huber" if z.abs() <= subscript => half * &z * &z,
            "Huber" => &subscript * (z.abs() - half * &subscript),
            "SmoothL1" if z.abs() < subscript => half * &z * &z / subscript,
            "SmoothL1" => z.abs() - half * subscript,
            other => return Err(format!("the function `{other}` is not known to the reader")),
        })
    }

    /// The first row whose conditions all hold.
    fn cases(&mut self) -> Result<BigRational, String> {
        for token in [r"\begin", "{", "c", "a", "s", "e", "s", "}"] {
            self.expect(token)?;
        }
        let mut chosen = None;
        while self.peek() != r"\end" {
            let value = self.sum()?;
            self.expect(",")?;
            let mut holds = self.take(r"\otherwise");
            if !holds {
                holds = self.condition()?;
                while self.take(",") {
                    holds &= self.condition()?;
                }
            }
            if holds && chosen.is_none() {
                chosen = Some(value);
            }
            self.take(r"\\");
        }
        for token in [r"\end", "{", "c", "a", "s", "e", "s", "}"] {
            self.expect(token)?;
        }
        chosen.ok_or_else(|| "no case holds".to_owned())
    }

    fn condition(&mut self) -> Result<bool, String> {
        let left = self.sum()?;
        let relation = self.peek().to_owned();
        self.at += 1;
        let right = self.sum()?;
        compare(&left, &relation, &right)
    }

    /// A symbol with its scripts, or a derivative, by its text.
    fn name(&mut self) -> Option<String> {
        let token = self.peek().to_owned();
        let mut name = token.clone();
        self.at += 1;
        match token.as_str() {
            r"\pdv" => {
                name.push_str(&self.raw_group()?);
                name.push_str(&self.raw_group()?);
                return Some(name);
            }
            r"\hat" | r"\bar" | r"\tilde" | r"\dot" | r"\mathrm" | r"\text" | r"\directpart"
            | r"\mathbf" => name.push_str(&self.raw_group()?),
            command if command.starts_with('\\') && command.len() > 1 => {}
            letter if letter.chars().all(char::is_alphabetic) && !letter.is_empty() => {}
            _ => {
                self.at -= 1;
                return None;
            }
        }
        while self.take("'") {
            name.push('\'');
        }
        if self.take("_") {
            name.push('_');
            if self.peek() == "{" {
                name.push_str(&self.raw_group()?);
            } else {
                // Without braces TeX takes one letter or digit; a longer number would be a slip.
                let script = self.peek().to_owned();
                if script.chars().count() != 1 {
                    return None;
                }
                name.push_str(&script);
                self.at += 1;
            }
        }
        Some(name)
    }

    /// A group as text.
    fn raw_group(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut depth = 0;
        loop {
            let token = self.tokens.get(self.at)?;
            self.at += 1;
            text.push_str(token);
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(text);
            }
        }
    }
}

/// Whether a printed comparison is true.
pub(crate) fn compare(
    left: &BigRational,
    relation: &str,
    right: &BigRational,
) -> Result<bool, String> {
    Ok(match relation {
        "<" => left < right,
        ">" => left > right,
        r"\le" => left <= right,
        r"\ge" => left >= right,
        "=" => left == right,
        r"\ne" => left != right,
        other => return Err(format!("`{other}` is no comparison")),
    })
}
