//! Mathematics as tokens. What only sizes a delimiter or leaves space is dropped.

use super::Problem;

/// A token with the line it stands on.
#[derive(Clone, Copy, Debug)]
pub struct Token<'t> {
    pub kind: Kind<'t>,
    pub line: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind<'t> {
    /// `\name`, without the backslash.
    Command(&'t str),
    /// An upright function name: what `\operatorname` holds, and `\max`, `\ln`, `\relu`.
    Function(&'t str),
    /// What `\text` holds.
    Text(&'t str),
    /// What `\intertext` holds.
    Prose(&'t str),
    /// `\begin{name}`
    Begin(&'t str),
    /// `\end{name}`
    End(&'t str),
    Letter(char),
    /// Digits, perhaps with a point.
    Number(&'t str),
    /// Anything else that is one character.
    Sign(char),
    /// `\,`
    Thin,
    /// `\\`
    Break,
}

/// Commands that only set a size or leave space.
const SILENT: &[&str] = &[
    "left",
    "right",
    "middle",
    "bigl",
    "bigr",
    "Bigl",
    "Bigr",
    "biggl",
    "biggr",
    "Biggl",
    "Biggr",
    "big",
    "Big",
    "bigg",
    "Bigg",
    ";",
    ":",
    "!",
    " ",
    "quad",
    "qquad",
    "displaystyle",
    "dfrac",
    "nobreak",
    "allowbreak",
];

/// The tokens of a text whose first line has the number `line`.
pub fn tokens(text: &str, line: usize) -> Result<Vec<Token<'_>>, Problem> {
    let mut lexer = Lexer { text, at: 0, line, tokens: Vec::new() };
    while lexer.at < text.len() {
        lexer.step()?;
    }
    Ok(without_needless_braces(&lexer.tokens))
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    tokens: Vec<Token<'t>>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind<'t>) {
        self.tokens.push(Token { kind, line: self.line });
    }

    fn follows_script_mark(&self) -> bool {
        matches!(self.tokens.last(), Some(Token { kind: Kind::Sign('_' | '^'), .. }))
    }

    fn step(&mut self) -> Result<(), Problem> {
        let Some(next) = self.rest().chars().next() else { return Ok(()) };
        match next {
            '\n' => {
                self.line += 1;
                self.at += 1;
            }
            c if c.is_whitespace() => self.at += c.len_utf8(),
            '%' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
            '\\' => self.command()?,
            c if c.is_ascii_digit() => {
                let length =
                    if self.follows_script_mark() { 1 } else { numeral_length(self.rest()) };
                self.push(Kind::Number(&self.rest()[..length]));
                self.at += length;
            }
            c if c.is_alphabetic() => {
                self.push(Kind::Letter(c));
                self.at += c.len_utf8();
            }
            c => {
                self.push(Kind::Sign(c));
                self.at += c.len_utf8();
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<(), Problem> {
        let after = &self.rest()[1..];
        let letters =
            after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let length =
            if letters > 0 { letters } else { after.chars().next().map_or(0, char::len_utf8) };
        let name = &after[..length];
        self.at += 1 + length;
        match name {
            "\\" => self.push(Kind::Break),
            "," => self.push(Kind::Thin),
            "begin" => {
                let name = self.braced()?;
                self.push(Kind::Begin(name));
            }
            "end" => {
                let name = self.braced()?;
                self.push(Kind::End(name));
            }
            "text" => {
                let text = self.braced()?;
                self.push(Kind::Text(text));
            }
            "intertext" | "shortintertext" => {
                let line = self.line;
                let text = self.braced()?;
                self.tokens.push(Token { kind: Kind::Prose(text), line });
            }
            "operatorname" => {
                let name = self.braced()?;
                self.push(Kind::Function(name));
            }
            "max" | "min" | "exp" | "ln" | "log" | "sin" | "cos" | "tan" | "tanh" => {
                self.push(Kind::Function(name));
            }
            "relu" => self.push(Kind::Function("ReLU")),
            "MoveEqLeft" => {
                if self.rest().starts_with('[') {
                    self.at += self.rest().find(']').map_or(0, |end| end + 1);
                }
            }
            name if SILENT.contains(&name) => {
                // A delimiter of no size is none.
                if matches!(name, "left" | "right" | "biggl" | "biggr")
                    && self.rest().starts_with('.')
                {
                    self.at += 1;
                }
            }
            name => self.push(Kind::Command(name)),
        }
        Ok(())
    }

    /// What the braces that follow hold.
    fn braced(&mut self) -> Result<&'t str, Problem> {
        let rest = self.rest();
        let problem = |message: &str| Problem::new(self.line, message);
        if !rest.starts_with('{') {
            return Err(problem("a command without its braces"));
        }
        let mut depth = 0;
        let mut escaped = false;
        for (position, c) in rest.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        let inner = &rest[1..position];
                        self.line += inner.matches('\n').count();
                        self.at += position + 1;
                        return Ok(inner);
                    }
                }
                _ => {}
            }
        }
        Err(problem("a brace without its partner"))
    }
}

/// The length of digits, perhaps with a point and more digits.
fn numeral_length(text: &str) -> usize {
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = digits(text);
    match text[whole..].strip_prefix('.') {
        Some(fraction) if digits(fraction) > 0 => whole + 1 + digits(fraction),
        _ => whole,
    }
}

/// `_{1}` and `_1` are the same.
fn without_needless_braces<'t>(tokens: &[Token<'t>]) -> Vec<Token<'t>> {
    let mut kept: Vec<Token<'t>> = Vec::with_capacity(tokens.len());
    let mut position = 0;
    while position < tokens.len() {
        kept.push(tokens[position]);
        position += 1;
        let is_script = matches!(tokens[position - 1].kind, Kind::Sign('_' | '^'));
        let is_single = |inner: Kind<'_>| match inner {
            Kind::Number(digits) => digits.len() == 1,
            Kind::Letter(_) | Kind::Command(_) => true,
            _ => false,
        };
        if is_script
            && let Some([open, inner, close]) = tokens.get(position..position + 3)
            && open.kind == Kind::Sign('{')
            && close.kind == Kind::Sign('}')
            && is_single(inner.kind)
        {
            kept.push(*inner);
            position += 3;
        }
    }
    kept
}

/// The position after the group that opens at `open`, whose token is `{`.
pub fn group_end(tokens: &[Token<'_>], open: usize) -> Result<usize, Problem> {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Sign('{') => depth += 1,
            Kind::Sign('}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(position + 1);
                }
            }
            _ => {}
        }
    }
    Err(Problem::new(tokens[open.min(tokens.len() - 1)].line, "a brace without its partner"))
}
