//! A formula as pieces that cannot be broken, with the places where a line may end between them.

use super::symbols::{digits_width, ends_in_command, symbol, symbol_width, word_width};
use super::{EM, Width, condition};
use crate::notation::{Math, MathCase};

/// Space around a binary sign.
const BINARY_SPACE: Width = 444;
const PLUS: Width = 780;
const DOT: Width = 280;
/// A parenthesis beside letters, and one beside fractions.
const PARENTHESIS: Width = 390;
const TALL_PARENTHESIS: Width = 740;
/// What the ends of a fraction line add.
const FRACTION_EDGES: Width = 260;

/// A run of LaTeX that stays on one line.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) text: Text,
    pub(super) width: Width,
    /// A line may end before this piece; how deep in parentheses that is.
    pub(super) break_depth: Option<u16>,
}

/// What a piece says; a delimiter's size depends on whether its partner is on the same line.
#[derive(Clone, Debug)]
pub(super) enum Text {
    Plain(String),
    /// An opening or closing delimiter, with the number of its pair.
    Delimiter {
        pair: usize,
        opens: bool,
        kind: Delimiter,
        is_tall: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Parenthesis,
    Bar,
}

/// A formula in pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    pub(super) pieces: Vec<Piece>,
    pairs: usize,
    depth: u16,
}

/// The width of a formula on one line.
pub fn width(math: &Math) -> Width {
    Pieces::of(math).width()
}

impl Pieces {
    pub(super) fn of(math: &Math) -> Self {
        let mut pieces = Self::default();
        pieces.write(math);
        pieces
    }

    /// The same, with fractions too wide for `limit` written with a slash, so that they can break.
    pub(super) fn breakable(math: &Math, limit: Width) -> Self {
        let flattened = flatten_wide_fractions(math, limit);
        Self::of(&flattened)
    }

    pub(super) fn width(&self) -> Width {
        self.pieces.iter().map(|piece| piece.width).sum()
    }

    /// All on one line.
    pub(super) fn joined(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            push_piece(&mut out, piece, false);
        }
        out
    }

    fn push(&mut self, text: &str, width: Width) {
        // Pieces without a break between them are one.
        if let Some(last) = self.pieces.last_mut()
            && let Text::Plain(before) = &mut last.text
        {
            join(before, text);
            last.width += width;
            return;
        }
        self.pieces.push(Piece { text: Text::Plain(text.to_owned()), width, break_depth: None });
    }

    fn push_breakable(&mut self, text: &str, width: Width) {
        let break_depth = Some(self.depth);
        self.pieces.push(Piece { text: Text::Plain(text.to_owned()), width, break_depth });
    }

    fn write(&mut self, math: &Math) {
        match math {
            Math::Symbol(name) => self.push(&symbol(name), symbol_width(name)),
            Math::Digits(digits) => self.push(digits, digits_width(digits)),
            Math::Infinity => self.push(r"\infty", EM),
            Math::Minus(inner) => {
                self.push("-", PLUS);
                self.write(inner);
            }
            Math::Sum(terms) => {
                for (position, (minus, term)) in terms.iter().enumerate() {
                    match (position, minus) {
                        (0, false) => {}
                        (0, true) => self.push("-", PLUS),
                        (_, true) => self.push_breakable(" - ", PLUS + BINARY_SPACE),
                        (_, false) => self.push_breakable(" + ", PLUS + BINARY_SPACE),
                    }
                    self.write(term);
                }
            }
            Math::Product(factors) => self.write_product(factors),
            Math::Fraction(numerator, denominator) => {
                let (top, bottom) = (Self::of(numerator), Self::of(denominator));
                let text = format!(r"\frac{{{}}}{{{}}}", top.joined(), bottom.joined());
                self.push(&text, top.width().max(bottom.width()) + FRACTION_EDGES);
            }
            Math::Power(base, exponent) => {
                self.write(base);
                let exponent = Self::of(exponent);
                self.push_script('^', &exponent);
            }
            Math::Apply { name, subscript, arguments } => {
                self.push(&operator_name(name), word_width(name) + EM / 6);
                if let Some(subscript) = subscript {
                    self.push_script('_', &Self::of(subscript));
                }
                let is_tall = arguments.iter().any(Math::is_tall);
                self.delimited(Delimiter::Parenthesis, is_tall, |pieces| {
                    for (position, argument) in arguments.iter().enumerate() {
                        if position > 0 {
                            pieces.push(", ", 450);
                            pieces.push_breakable("", 0);
                        }
                        pieces.write(argument);
                    }
                });
            }
            Math::Absolute(inner) => {
                self.delimited(Delimiter::Bar, inner.is_tall(), |pieces| pieces.write(inner));
            }
            Math::Root(inner) => {
                let inner = Self::of(inner);
                self.push(&format!(r"\sqrt{{{}}}", inner.joined()), inner.width() + EM);
            }
            Math::Parentheses(inner) => {
                self.delimited(Delimiter::Parenthesis, inner.is_tall(), |pieces| {
                    pieces.write(inner);
                });
            }
            Math::Cases(rows) => {
                let (text, width) = cases(rows);
                self.push(&text, width);
            }
            Math::Derivative { of, by, is_direct } => {
                let wider = symbol_width(of).max(symbol_width(by)) + 540 + FRACTION_EDGES;
                let pdv = format!(r"\pdv{{{}}}{{{}}}", symbol(of), symbol(by));
                if *is_direct {
                    self.push(&format!(r"\directpart{{{pdv}}}"), wider + 2800);
                } else {
                    self.push(&pdv, wider);
                }
            }
        }
    }

    /// A script stays with what it is set on.
    fn push_script(&mut self, mark: char, script: &Self) {
        let mut text = String::from(mark);
        super::symbols::push_script(&mut text, |out| out.push_str(&script.joined()));
        let width = script.width() * 72 / 100 + 50;
        match self.pieces.last_mut() {
            Some(Piece { text: Text::Plain(before), width: total, .. }) => {
                before.push_str(&text);
                *total += width;
            }
            _ => self.pieces.push(Piece { text: Text::Plain(text), width, break_depth: None }),
        }
    }

    fn delimited(&mut self, kind: Delimiter, is_tall: bool, write: impl FnOnce(&mut Self)) {
        let pair = self.pairs;
        self.pairs += 1;
        let width = match (kind, is_tall) {
            (Delimiter::Bar, _) => 340,
            (Delimiter::Parenthesis, false) => PARENTHESIS,
            (Delimiter::Parenthesis, true) => TALL_PARENTHESIS,
        };
        let delimiter = |opens| Piece {
            text: Text::Delimiter { pair, opens, kind, is_tall },
            width,
            break_depth: None,
        };
        self.pieces.push(delimiter(true));
        self.depth += 1;
        write(self);
        self.depth -= 1;
        self.pieces.push(delimiter(false));
    }

    fn write_product(&mut self, factors: &[Math]) {
        for (position, factor) in factors.iter().enumerate() {
            if position > 0 {
                match between(&factors[position - 1], factor) {
                    Joint::Dot => {
                        // Breaking a product is worse than breaking a sum at the same depth.
                        self.depth += 1;
                        self.push_breakable(r"\cdot ", DOT + BINARY_SPACE);
                        self.depth -= 1;
                    }
                    Joint::Thin => self.push(r"\,", EM / 6),
                    Joint::Nothing => {}
                }
            }
            self.write(factor);
        }
    }
}

/// What stands between two factors.
enum Joint {
    Dot,
    Thin,
    Nothing,
}

fn between(left: &Math, right: &Math) -> Joint {
    let is_number = |math: &Math| match math {
        Math::Digits(_) => true,
        Math::Fraction(top, bottom) => {
            matches!((&**top, &**bottom), (Math::Digits(_), Math::Digits(_)))
        }
        Math::Minus(inner) => matches!(&**inner, Math::Digits(_) | Math::Fraction(..)),
        _ => false,
    };
    let letter = |math: &Math| match math {
        Math::Symbol(name) => Some(!name.is_word()),
        Math::Power(base, _) => match &**base {
            Math::Symbol(name) => Some(!name.is_word()),
            _ => None,
        },
        _ => None,
    };
    let unsigned = match left {
        Math::Minus(inner) => inner,
        other => other,
    };
    let follows_number = |right: &Math| {
        letter(right).is_some()
            || matches!(
                right,
                Math::Parentheses(_) | Math::Apply { .. } | Math::Absolute(_) | Math::Root(_)
            )
            || matches!(right, Math::Power(base, _) if matches!(**base, Math::Parentheses(_)))
    };
    if is_number(left) {
        let before_number = matches!(right, Math::Parentheses(inner) if inner.begins_with_minus());
        return if follows_number(right) && !before_number { Joint::Nothing } else { Joint::Dot };
    }
    match (letter(unsigned), right) {
        (Some(true), right) if letter(right) == Some(true) => Joint::Nothing,
        // A letter before a parenthesis would read as a function unless it is a sum.
        (Some(true), Math::Parentheses(inner)) if matches!(**inner, Math::Sum(_)) => Joint::Thin,
        (Some(true), Math::Derivative { .. }) => Joint::Thin,
        (None, Math::Parentheses(inner))
            if matches!(unsigned, Math::Fraction(..)) && matches!(**inner, Math::Sum(_)) =>
        {
            Joint::Nothing
        }
        _ => Joint::Dot,
    }
}

fn operator_name(name: &str) -> String {
    match name {
        "max" | "min" | "exp" | "ln" | "sin" | "cos" | "tan" | "tanh" => format!("\\{name}"),
        "log" | "sigma" | "Phi" | "varphi" => format!("\\{name}"),
        "ReLU" => r"\relu".to_owned(),
        _ => format!(r"\operatorname{{{name}}}"),
    }
}

fn cases(rows: &[MathCase]) -> (String, Width) {
    let mut text = String::from(r"\begin{cases}");
    let (mut values, mut conditions) = (0, 0);
    for (position, row) in rows.iter().enumerate() {
        if position > 0 {
            text.push_str(r"\\ ");
        } else {
            text.push(' ');
        }
        let value = Pieces::of(&row.value);
        values = values.max(value.width());
        text.push_str(&value.joined());
        text.push_str(", & ");
        let shown: Vec<String> = row.conditions.iter().map(condition).collect();
        if shown.is_empty() {
            text.push_str(r"\otherwise");
            conditions = conditions.max(4500);
        } else {
            text.push_str(&shown.join(r",\; "));
            let width = row
                .conditions
                .iter()
                .map(|c| Pieces::of(&c.left).width() + Pieces::of(&c.right).width() + 1800)
                .sum::<Width>();
            conditions = conditions.max(width);
        }
        text.push(' ');
    }
    text.push_str(r"\end{cases}");
    (text, values + conditions + 2600)
}

/// Fractions wider than `limit` become (numerator)/(denominator).
fn flatten_wide_fractions(math: &Math, limit: Width) -> Math {
    let recurse = |inner: &Math| flatten_wide_fractions(inner, limit);
    let boxed = |inner: &Math| Box::new(flatten_wide_fractions(inner, limit));
    match math {
        Math::Fraction(top, bottom) if width(math) > limit => {
            let part = |inner: &Math| {
                let flat = recurse(inner);
                if matches!(flat, Math::Symbol(_) | Math::Digits(_)) {
                    flat
                } else {
                    flat.parenthesised()
                }
            };
            let reciprocal = Math::Power(
                Box::new(part(bottom)),
                Box::new(Math::Minus(Box::new(Math::Digits("1".to_owned())))),
            );
            Math::Product(vec![part(top), reciprocal])
        }
        Math::Minus(inner) => Math::Minus(boxed(inner)),
        Math::Absolute(inner) => Math::Absolute(boxed(inner)),
        Math::Root(inner) => Math::Root(boxed(inner)),
        Math::Parentheses(inner) => Math::Parentheses(boxed(inner)),
        Math::Power(base, exponent) => Math::Power(boxed(base), exponent.clone()),
        Math::Sum(terms) => {
            Math::Sum(terms.iter().map(|(minus, term)| (*minus, recurse(term))).collect())
        }
        Math::Product(factors) => Math::Product(factors.iter().map(recurse).collect()),
        Math::Apply { name, subscript, arguments } => Math::Apply {
            name,
            subscript: subscript.clone(),
            arguments: arguments.iter().map(recurse).collect(),
        },
        other => other.clone(),
    }
}

/// Appends text so that a command's name and a letter do not run together.
fn join(out: &mut String, text: &str) {
    let after_command = text.starts_with(|c: char| c.is_ascii_alphabetic()) && ends_in_command(out);
    // Factors side by side are easier to read in the source with a space between.
    let after_factor = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '\\')
        && out.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '}');
    if after_command || after_factor {
        out.push(' ');
    }
    out.push_str(text);
}

/// Appends a piece; `is_split` says that its delimiter's partner stands on another line.
pub(super) fn push_piece(out: &mut String, piece: &Piece, is_split: bool) {
    match &piece.text {
        Text::Plain(text) => join(out, text),
        Text::Delimiter { opens, kind, is_tall, .. } => {
            let mark = match (kind, opens) {
                (Delimiter::Parenthesis, true) => "(",
                (Delimiter::Parenthesis, false) => ")",
                (Delimiter::Bar, true) => r"\lvert",
                (Delimiter::Bar, false) => r"\rvert",
            };
            let size = match (is_tall, is_split, opens) {
                (false, ..) => "",
                (true, false, true) => r"\left",
                (true, false, false) => r"\right",
                (true, true, true) => r"\biggl",
                (true, true, false) => r"\biggr",
            };
            out.push_str(size);
            out.push_str(mark);
        }
    }
}
