//! Tokens to formulas. What mathematics would not read in one way is refused: a sign after a sign, a number
//! beside a number, a letter that opens a parenthesis like a function.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};

use super::Problem;
use super::lexer::{Kind, Token, group_end};
use super::tree::{Chain, Link, Numeral, Relation, Row, Tree};

/// The names that can be read: each as it is written, by its first token.
#[derive(Clone, Debug, Default)]
pub struct Symbols<'t> {
    by_first: BTreeMap<Kind<'t>, Vec<(Vec<Kind<'t>>, usize)>>,
    pub count: usize,
    /// Functions that the sheet defines: how each is written, its argument and what it is.
    pub functions: Vec<(Vec<Kind<'t>>, usize, Tree)>,
}

impl<'t> Symbols<'t> {
    /// Adds a name and returns its number; the number of the present owner of the same look otherwise.
    pub fn add(&mut self, written: &[Kind<'t>]) -> Result<usize, usize> {
        let Some(first) = written.first() else { return Err(usize::MAX) };
        if let Some(owner) = self.find(written) {
            return Err(owner);
        }
        let number = self.count;
        self.count += 1;
        self.by_first.entry(*first).or_default().push((written.to_vec(), number));
        Ok(number)
    }

    /// The number of a name.
    pub fn find(&self, written: &[Kind<'t>]) -> Option<usize> {
        let same = self.by_first.get(written.first()?)?;
        same.iter().find(|(own, _)| own == written).map(|(_, number)| *number)
    }

    /// How a name is written.
    pub fn written(&self, number: usize) -> Vec<Kind<'t>> {
        let mut all = self.by_first.values().flatten();
        all.find(|(_, own)| *own == number).map(|(own, _)| own.clone()).unwrap_or_default()
    }

    /// The longest name that stands at the front, with its length.
    fn at_front(&self, tokens: &[Token<'t>]) -> Option<(usize, usize)> {
        let candidates = self.by_first.get(&tokens.first()?.kind)?;
        let fits = |written: &[Kind<'t>]| {
            written.len() <= tokens.len()
                && written.iter().zip(tokens).all(|(own, token)| *own == token.kind)
        };
        candidates
            .iter()
            .filter(|(written, _)| fits(written))
            .max_by_key(|(written, _)| written.len())
            .map(|(written, number)| (*number, written.len()))
    }
}

/// Reads a formula or chain from tokens.
pub struct Parser<'p, 't> {
    tokens: &'p [Token<'t>],
    at: usize,
    symbols: &'p Symbols<'t>,
    /// Whether names may stand that are not the exercise's.
    allows_free: bool,
    answers: usize,
}

type Read<T> = Result<T, Problem>;

impl<'p, 't> Parser<'p, 't> {
    pub fn new(tokens: &'p [Token<'t>], symbols: &'p Symbols<'t>, allows_free: bool) -> Self {
        Self { tokens, at: 0, symbols, allows_free, answers: 0 }
    }

    /// All tokens as one chain.
    pub fn whole_chain(mut self) -> Read<Chain> {
        let chain = self.chain()?;
        if self.peek().is_some() {
            return Err(self.problem("something that is no formula follows"));
        }
        Ok(chain)
    }

    /// All tokens as conditions: chains with commas, "and" or other words between and after them.
    pub fn conditions(mut self) -> Read<Vec<Chain>> {
        let mut chains = Vec::new();
        while self.peek().is_some() {
            chains.push(self.chain()?);
            while matches!(self.peek(), Some(Kind::Sign(',') | Kind::Text(_))) {
                self.at += 1;
            }
        }
        Ok(chains)
    }

    /// The next token; thin spaces are skipped.
    fn peek(&mut self) -> Option<Kind<'t>> {
        while matches!(self.tokens.get(self.at), Some(Token { kind: Kind::Thin, .. })) {
            self.at += 1;
        }
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |token| token.line)
    }

    fn problem(&self, message: &str) -> Problem {
        let found = self.tokens.get(self.at).map(|token| token.kind);
        Problem::new(self.line(), format!("{message}: at {found:?}"))
    }

    fn expect(&mut self, sign: char) -> Read<()> {
        if self.peek() == Some(Kind::Sign(sign)) {
            self.at += 1;
            return Ok(());
        }
        Err(self.problem(&format!("no `{sign}`")))
    }

    fn relation(&mut self) -> Option<Relation> {
        Some(match self.peek()? {
            Kind::Sign('=') => Relation::Equal,
            Kind::Sign('<') => Relation::Less,
            Kind::Sign('>') => Relation::Greater,
            Kind::Command("approx") => Relation::Approximate,
            Kind::Command("leftarrow" | "gets") => Relation::Becomes,
            Kind::Command("ne" | "neq") => Relation::NotEqual,
            Kind::Command("le" | "leq") => Relation::LessOrEqual,
            Kind::Command("ge" | "geq") => Relation::GreaterOrEqual,
            _ => return None,
        })
    }

    fn chain(&mut self) -> Read<Chain> {
        // A figure of its own may be said to be rounded: ≈ 0.33.
        let first =
            if self.peek() == Some(Kind::Command("approx")) { Tree::Infinity } else { self.sum()? };
        let mut links = Vec::new();
        while let Some(relation) = self.relation() {
            let line = self.line();
            self.at += 1;
            let answers = self.answers;
            let form = self.sum()?;
            links.push(Link { relation, form, line, is_answer: self.answers > answers });
        }
        Ok(Chain { first, links })
    }

    fn sum(&mut self) -> Read<Tree> {
        let mut terms = Vec::new();
        let mut minus = self.peek() == Some(Kind::Sign('-'));
        let leads = minus;
        loop {
            if minus || !terms.is_empty() {
                self.at += 1;
            }
            if let Some(Kind::Sign('-' | '+')) = self.peek() {
                return Err(self.problem("a sign after a sign"));
            }
            terms.push((minus, self.term()?));
            match self.peek() {
                Some(Kind::Sign('+')) => minus = false,
                Some(Kind::Sign('-')) => minus = true,
                _ => break,
            }
        }
        if terms.len() > 1 {
            return Ok(Tree::Sum(terms));
        }
        let Some((_, term)) = terms.pop() else { return Err(self.problem("an empty formula")) };
        if !leads {
            return Ok(term);
        }
        if matches!(&term, Tree::Number(numeral) if numeral.value.is_zero()) {
            return Err(self.problem("minus zero"));
        }
        Ok(Tree::Minus(Box::new(term)))
    }

    fn term(&mut self) -> Read<Tree> {
        let mut factors = vec![self.factor()?];
        loop {
            match self.peek() {
                Some(Kind::Command("cdot")) => {
                    self.at += 1;
                    if matches!(self.peek(), Some(Kind::Sign('-' | '+'))) {
                        return Err(self.problem("a sign after a dot"));
                    }
                }
                Some(next) if self.begins_factor(next) => {
                    let has_space = self.at > 0 && self.tokens[self.at - 1].kind == Kind::Thin;
                    self.check_juxtaposition(&factors, next, has_space)?;
                }
                _ => break,
            }
            factors.push(self.factor()?);
        }
        Ok(product(factors))
    }

    fn begins_factor(&self, next: Kind<'t>) -> bool {
        match next {
            Kind::Letter(_)
            | Kind::Number(_)
            | Kind::Function(_)
            | Kind::Begin("cases")
            | Kind::Text(_) => {
                !matches!(next, Kind::Text(_))
                    || self.symbols.at_front(&self.tokens[self.at..]).is_some()
            }
            Kind::Sign(sign) => matches!(sign, '(' | '{'),
            Kind::Command(name) => !matches!(
                name,
                "cdot"
                    | "rvert"
                    | "approx"
                    | "leftarrow"
                    | "gets"
                    | "ne"
                    | "neq"
                    | "le"
                    | "leq"
                    | "ge"
                    | "geq"
                    | "otherwise"
            ),
            _ => false,
        }
    }

    fn check_juxtaposition(&self, factors: &[Tree], next: Kind<'t>, has_space: bool) -> Read<()> {
        let last = factors.last();
        let is_number = matches!(last, Some(Tree::Number(_)));
        let is_fraction = matches!(last, Some(Tree::Quotient(..)));
        let opens_number = matches!(next, Kind::Number(_) | Kind::Command("frac"));
        if (is_number || is_fraction) && opens_number {
            return Err(self.problem("a number beside a number"));
        }
        if matches!(last, Some(Tree::Symbol(_) | Tree::Free(_)))
            && next == Kind::Sign('(')
            && !has_space
            // Prose names short products without a space.
            && !self.allows_free
        {
            return Err(self.problem("a letter opens a parenthesis like a function"));
        }
        if matches!(next, Kind::Number(_)) {
            return Err(self.problem("a number stands right behind a factor"));
        }
        Ok(())
    }

    fn factor(&mut self) -> Read<Tree> {
        let base = self.base()?;
        if self.peek() == Some(Kind::Sign('^')) {
            self.at += 1;
            let exponent = self.script()?;
            if self.peek() == Some(Kind::Sign('^')) {
                return Err(self.problem("a double superscript"));
            }
            return Ok(Tree::Power(Box::new(base), Box::new(exponent)));
        }
        Ok(base)
    }

    /// What stands after `^` or `_`.
    fn script(&mut self) -> Read<Tree> {
        match self.peek() {
            Some(Kind::Sign('{')) => self.group(),
            _ => self.base(),
        }
    }

    /// A formula in braces.
    fn group(&mut self) -> Read<Tree> {
        self.expect('{')?;
        let inner = self.sum()?;
        self.expect('}')?;
        Ok(inner)
    }

    fn base(&mut self) -> Read<Tree> {
        let Some(next) = self.peek() else { return Err(self.problem("the formula ends here")) };
        if let Some(own) = self.own_function()? {
            return Ok(own);
        }
        if let Some((symbol, length)) = self.symbols.at_front(&self.tokens[self.at..]) {
            self.at += length;
            if let Some(Token { kind: Kind::Sign('_' | '\''), .. }) = self.tokens.get(self.at) {
                return Err(self.problem("an unknown name"));
            }
            return Ok(Tree::Symbol(symbol));
        }
        match next {
            Kind::Number(text) => {
                self.at += 1;
                Ok(Tree::Number(numeral(text)))
            }
            Kind::Sign('(') => {
                self.at += 1;
                let inner = self.sum()?;
                self.expect(')')?;
                Ok(inner)
            }
            Kind::Sign('{') => self.group(),
            Kind::Function(name) => self.call(name),
            Kind::Command(name @ ("sigma" | "Phi" | "varphi")) if self.opens_call() => {
                self.call(name)
            }
            Kind::Command("sqrt") => {
                self.at += 1;
                let arguments = vec![self.group()?];
                Ok(Tree::Call { function: "sqrt".to_owned(), subscript: None, arguments })
            }
            Kind::Begin("cases") => self.cases(),
            Kind::Command("infty") => {
                self.at += 1;
                Ok(Tree::Infinity)
            }
            Kind::Command("frac") => {
                self.at += 1;
                let numerator = self.group()?;
                let denominator = self.group()?;
                Ok(Tree::Quotient(Box::new(numerator), Box::new(denominator)))
            }
            Kind::Command("answer") => {
                self.at += 1;
                self.answers += 1;
                self.group()
            }
            Kind::Command("lvert") => {
                self.at += 1;
                let inner = self.sum()?;
                if self.peek() != Some(Kind::Command("rvert")) {
                    return Err(self.problem("an absolute value without its end"));
                }
                self.at += 1;
                Ok(Tree::Absolute(Box::new(inner)))
            }
            Kind::Command("pdv") => self.derivative(false),
            Kind::Command("directpart") => {
                self.at += 1;
                self.expect('{')?;
                let inner = self.derivative(true)?;
                self.expect('}')?;
                Ok(inner)
            }
            _ if self.allows_free => self.free(),
            _ => Err(self.problem("no formula, or an unknown name")),
        }
    }

    /// A function that the sheet defines, as what it stands for.
    fn own_function(&mut self) -> Read<Option<Tree>> {
        let rest = &self.tokens[self.at..];
        let found = self.symbols.functions.iter().find(|(written, ..)| {
            written.len() < rest.len()
                && written.iter().zip(rest).all(|(own, token)| *own == token.kind)
                && rest[written.len()].kind == Kind::Sign('(')
        });
        let Some((written, argument, body)) = found else { return Ok(None) };
        self.at += written.len();
        self.expect('(')?;
        let inner = self.sum()?;
        self.expect(')')?;
        Ok(Some(body.replace(&BTreeMap::from([(*argument, inner)]))))
    }

    /// A letter right before a parenthesis is a function's, where no name of the exercise is written so.
    fn opens_call(&self) -> bool {
        matches!(self.tokens.get(self.at + 1), Some(Token { kind: Kind::Sign('('), .. }))
    }

    fn derivative(&mut self, is_direct: bool) -> Read<Tree> {
        if self.peek() != Some(Kind::Command("pdv")) {
            return Err(self.problem("no derivative"));
        }
        self.at += 1;
        let of = self.lone_symbol()?;
        let by = self.lone_symbol()?;
        Ok(Tree::Derivative { of, by, is_direct })
    }

    fn lone_symbol(&mut self) -> Read<usize> {
        match self.group()? {
            Tree::Symbol(symbol) => Ok(symbol),
            _ => Err(self.problem("a derivative of or by something that is no name")),
        }
    }

    fn call(&mut self, name: &str) -> Read<Tree> {
        self.at += 1;
        let mut subscript = None;
        if self.peek() == Some(Kind::Sign('_')) {
            self.at += 1;
            subscript = Some(Box::new(self.script()?));
        }
        self.expect('(')?;
        let mut arguments = vec![self.sum()?];
        while self.peek() == Some(Kind::Sign(',')) {
            self.at += 1;
            arguments.push(self.sum()?);
        }
        self.expect(')')?;
        Ok(Tree::Call { function: name.to_owned(), subscript, arguments })
    }

    fn cases(&mut self) -> Read<Tree> {
        self.at += 1;
        let mut rows = Vec::new();
        while self.peek() != Some(Kind::End("cases")) {
            let value = self.sum()?;
            if self.peek() == Some(Kind::Sign(',')) {
                self.at += 1;
            }
            self.expect('&')?;
            let mut conditions = Vec::new();
            if matches!(self.peek(), Some(Kind::Command("otherwise") | Kind::Text("otherwise"))) {
                self.at += 1;
            } else {
                conditions.push(self.chain()?);
                while matches!(self.peek(), Some(Kind::Sign(',') | Kind::Text(_))) {
                    self.at += 1;
                    conditions.push(self.chain()?);
                }
            }
            rows.push(Row { value, conditions });
            if self.peek() == Some(Kind::Break) {
                self.at += 1;
            }
        }
        self.at += 1;
        Ok(Tree::Cases(rows))
    }

    /// A name that is not the exercise's: a letter, command or word with scripts and primes.
    fn free(&mut self) -> Read<Tree> {
        let start = self.at;
        match self.peek() {
            Some(Kind::Letter(_) | Kind::Text(_)) => self.at += 1,
            Some(Kind::Command(_)) => {
                self.at += 1;
                if self.peek() == Some(Kind::Sign('{')) {
                    self.at = group_end(self.tokens, self.at)?;
                }
            }
            _ => return Err(self.problem("no formula")),
        }
        while self.peek() == Some(Kind::Sign('\'')) {
            self.at += 1;
        }
        if self.peek() == Some(Kind::Sign('_')) {
            self.at += 1;
            self.at = match self.peek() {
                Some(Kind::Sign('{')) => group_end(self.tokens, self.at)?,
                _ => self.at + 1,
            };
        }
        let written: Vec<String> =
            self.tokens[start..self.at].iter().map(|token| format!("{:?}", token.kind)).collect();
        Ok(Tree::Free(written.concat()))
    }
}

/// A number as it is printed.
pub fn numeral(text: &str) -> Numeral {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let value: BigInt = digits.parse().unwrap_or_default();
    let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    Numeral {
        value: BigRational::from(value) * power_of_ten(-places),
        last_place: -places,
        significant: digits.trim_start_matches('0').len(),
    }
}

/// 10 to a whole power.
pub fn power_of_ten(exponent: i64) -> BigRational {
    let power = BigRational::from(Pow::pow(BigInt::from(10), exponent.unsigned_abs()));
    if exponent < 0 { power.recip() } else { power }
}

/// The product of factors; a number before a power of ten is one number.
fn product(factors: Vec<Tree>) -> Tree {
    let mut joined: Vec<Tree> = Vec::with_capacity(factors.len());
    for factor in factors {
        let exponent = power_of_ten_exponent(&factor);
        if let (Some(exponent), Some(Tree::Number(mantissa))) = (exponent, joined.last_mut())
            && (BigRational::one()..BigRational::from(BigInt::from(10)))
                .contains(&mantissa.value.abs())
        {
            mantissa.value *= power_of_ten(exponent);
            mantissa.last_place += exponent;
            continue;
        }
        joined.push(factor);
    }
    if joined.len() == 1
        && let Some(only) = joined.pop()
    {
        return only;
    }
    Tree::Product(joined)
}

fn power_of_ten_exponent(factor: &Tree) -> Option<i64> {
    let Tree::Power(base, exponent) = factor else { return None };
    let Tree::Number(base) = &**base else { return None };
    if base.value != BigRational::from(BigInt::from(10)) {
        return None;
    }
    match &**exponent {
        Tree::Number(exponent) => exponent.value.to_i64(),
        Tree::Minus(inner) => match &**inner {
            Tree::Number(exponent) => exponent.value.to_i64().map(|exponent| -exponent),
            _ => None,
        },
        _ => None,
    }
}
