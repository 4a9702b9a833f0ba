//! A formula as pieces that cannot be broken, with the places where a line may end between them.

use std::sync::Arc;

use super::symbols::{digits_width, ends_in_command, symbol_width, word_width, write_atoms};
use super::{EM, Width, relation};
use crate::notation::{Math, MathCase, MathCondition, Symbol};

/// Space around a binary sign.
const BINARY_SPACE: Width = 444;
const PLUS: Width = 780;
const DOT: Width = 280;
/// A parenthesis beside letters, and one beside fractions.
const PARENTHESIS: Width = 390;
const TALL_PARENTHESIS: Width = 740;
/// A break after an opening parenthesis, or where factors stand side by side: deeper than any other, so
/// that it is taken only where a line has no other.
pub(super) const LAST_RESORT: u16 = u16::MAX;
/// What the ends of a fraction line add.
const FRACTION_EDGES: Width = 260;

/// A run of LaTeX that stays on one line: it reaches up to where the next piece begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Where its text begins.
    pub(super) start: usize,
    pub(super) width: Width,
    /// A line may end before this piece; how deep in parentheses that is.
    pub(super) break_depth: Option<u16>,
    /// It stands beside a factor without a sign: where it begins a line, a dot says that it is one.
    pub(super) joins_factor: bool,
    /// It is a delimiter, whose size depends on whether its partner is on the same line.
    pub(super) delimiter: Option<Delimiter>,
}

/// An opening or closing delimiter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delimiter {
    /// The number of its pair.
    pub(super) pair: usize,
    opens: bool,
    kind: DelimiterKind,
    is_tall: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DelimiterKind {
    Parenthesis,
    Bar,
}

/// A formula in pieces.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// All on one line.
    pub(super) text: String,
    pub(super) pieces: Vec<Piece>,
    pairs: usize,
    depth: u16,
    /// How many fractions, scripts and cases we are in: nothing breaks within them.
    solid: u16,
    /// The width so far within the innermost of those.
    solid_width: Width,
    /// Where a name is written before it is joined to the text.
    scratch: String,
}

/// The width of a formula on one line.
pub fn width(math: &Math) -> Width {
    Pieces::of(math).width()
}

impl Pieces {
    /// The formula, written once: its lines are laid out from this.
    pub fn of(math: &Math) -> Self {
        let mut pieces = Self {
            text: String::with_capacity(96),
            pieces: Vec::with_capacity(4),
            ..Self::default()
        };
        pieces.write(math);
        pieces
    }

    /// The same, with fractions too wide for `limit` written with a slash, so that they can break.
    pub(super) fn breakable(math: &Math, limit: Width) -> Self {
        let flattened = flatten_wide_fractions(math, limit);
        Self::of(&flattened)
    }

    /// The width of the widest part that no line can break.
    pub fn widest_run(&self) -> Width {
        let (mut widest, mut run) = (0, 0);
        for piece in &self.pieces {
            if piece.break_depth.is_some() {
                run = 0;
            }
            run += piece.width;
            widest = widest.max(run);
        }
        widest
    }

    pub(super) fn width(&self) -> Width {
        self.pieces.iter().map(|piece| piece.width).sum()
    }

    /// The text of the piece at `position`; `is_split` says that its delimiter's partner stands on
    /// another line.
    pub(super) fn push_piece(&self, out: &mut String, position: usize, is_split: bool) {
        let piece = &self.pieces[position];
        match &piece.delimiter {
            Some(delimiter) if is_split => delimiter.write(out, true),
            _ => {
                let end = self.pieces.get(position + 1).map_or(self.text.len(), |next| next.start);
                out.push_str(&self.text[piece.start..end]);
            }
        }
    }

    fn begin(&mut self, break_depth: Option<u16>, delimiter: Option<Delimiter>) {
        let start = self.text.len();
        self.pieces.push(Piece { start, width: 0, break_depth, joins_factor: false, delimiter });
    }

    /// Text and width join the present piece.
    fn push(&mut self, text: &str, width: Width) {
        self.continue_piece();
        join(&mut self.text, text);
        self.widen(width);
    }

    /// Pieces without a break between them are one; a delimiter is one of its own.
    fn continue_piece(&mut self) {
        if self.solid > 0 {
            return;
        }
        match self.pieces.last().map(|last| last.delimiter) {
            Some(None) => {}
            Some(Some(Delimiter { opens: true, .. })) => self.begin(Some(LAST_RESORT), None),
            Some(Some(_)) | None => self.begin(None, None),
        }
    }

    /// A factor that follows without a sign begins a piece.
    fn join_factor(&mut self) {
        if self.solid == 0 {
            self.begin(Some(LAST_RESORT), None);
            if let Some(last) = self.pieces.last_mut() {
                last.joins_factor = true;
            }
        }
    }

    fn widen(&mut self, width: Width) {
        if self.solid > 0 {
            self.solid_width += width;
        } else if let Some(last) = self.pieces.last_mut() {
            last.width += width;
        }
    }

    fn push_breakable(&mut self, text: &str, width: Width) {
        if self.solid == 0 {
            self.begin(Some(self.depth), None);
        }
        join(&mut self.text, text);
        self.widen(width);
    }

    fn push_symbol(&mut self, name: &Symbol) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        write_atoms(&mut scratch, &name.atoms);
        self.push(&scratch, symbol_width(name));
        self.scratch = scratch;
    }

    /// Writes something that cannot be broken; its width is returned and counted by the caller.
    fn solid(&mut self, write: impl FnOnce(&mut Self)) -> Width {
        let outer = std::mem::take(&mut self.solid_width);
        self.solid += 1;
        write(self);
        self.solid -= 1;
        std::mem::replace(&mut self.solid_width, outer)
    }

    fn write(&mut self, math: &Math) {
        match math {
            Math::Symbol(name) => self.push_symbol(name),
            Math::Digits(digits) => {
                let width = digits_width(digits);
                match digits.split_once(',') {
                    // In braces: TeX would put space after the comma of a list.
                    Some((whole, decimals)) => {
                        self.push(whole, width);
                        self.text.push_str("{,}");
                        self.text.push_str(decimals);
                    }
                    None => self.push(digits, width),
                }
            }
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
                self.push(r"\frac{", 0);
                let top = self.solid(|pieces| pieces.write(numerator));
                self.text.push_str("}{");
                let bottom = self.solid(|pieces| pieces.write(denominator));
                self.text.push('}');
                self.widen(top.max(bottom) + FRACTION_EDGES);
            }
            Math::Power(base, exponent) => {
                self.write(base);
                self.push_script('^', exponent);
            }
            Math::Apply { name, subscript, arguments } => {
                self.push_operator_name(name);
                if let Some(subscript) = subscript {
                    self.push_script('_', subscript);
                }
                let is_tall = arguments.iter().any(Math::is_tall);
                self.delimited(DelimiterKind::Parenthesis, is_tall, |pieces| {
                    let mut has_comma = false;
                    for (position, argument) in arguments.iter().enumerate() {
                        if position > 0 {
                            if has_comma {
                                pieces.push(r",\; ", 730);
                            } else {
                                pieces.push(", ", 450);
                            }
                            pieces.push_breakable("", 0);
                        }
                        let start = pieces.text.len();
                        pieces.write(argument);
                        // After decimals with a comma, that of the list needs more space to be told apart.
                        has_comma = pieces.text[start..].contains("{,}");
                    }
                });
            }
            Math::Named { name, argument } => {
                self.push_symbol(name);
                self.delimited(DelimiterKind::Parenthesis, argument.is_tall(), |pieces| {
                    pieces.write(argument);
                });
            }
            Math::Absolute(inner) => {
                self.delimited(DelimiterKind::Bar, inner.is_tall(), |pieces| pieces.write(inner));
            }
            Math::Root(inner) => {
                self.push(r"\sqrt{", 0);
                let inner = self.solid(|pieces| pieces.write(inner));
                self.text.push('}');
                self.widen(inner + EM);
            }
            Math::Parentheses(inner) => {
                self.delimited(DelimiterKind::Parenthesis, inner.is_tall(), |pieces| {
                    pieces.write(inner);
                });
            }
            Math::Cases(rows) => self.write_cases(rows),
            Math::Derivative { of, by, is_direct } => {
                let wider = symbol_width(of).max(symbol_width(by)) + 540 + FRACTION_EDGES;
                let (open, close, more) = if *is_direct {
                    (r"\directpart{\pdv{", "}}", 2800)
                } else {
                    (r"\pdv{", "}", 0)
                };
                self.push(open, wider + more);
                write_atoms(&mut self.text, &of.atoms);
                self.text.push_str("}{");
                write_atoms(&mut self.text, &by.atoms);
                self.text.push_str(close);
            }
        }
    }

    fn push_operator_name(&mut self, name: &str) {
        let width = word_width(name) + EM / 6;
        match name {
            "max" => self.push(r"\max", width),
            "min" => self.push(r"\min", width),
            "exp" => self.push(r"\exp", width),
            "ln" => self.push(r"\ln", width),
            "log" => self.push(r"\log", width),
            "sin" => self.push(r"\sin", width),
            "cos" => self.push(r"\cos", width),
            "tan" => self.push(r"\tan", width),
            "tanh" => self.push(r"\tanh", width),
            "sigma" => self.push(r"\sigma", EM * 3 / 5),
            "Phi" => self.push(r"\Phi", EM * 3 / 4),
            "varphi" => self.push(r"\varphi", EM * 3 / 4),
            "ReLU" => self.push(r"\relu", width),
            _ => {
                self.push(r"\operatorname{", width);
                self.text.push_str(name);
                self.text.push('}');
            }
        }
    }

    /// A script stays with what it is set on.
    fn push_script(&mut self, mark: char, script: &Math) {
        self.continue_piece();
        self.text.push(mark);
        self.text.push('{');
        let start = self.text.len();
        let width = self.solid(|pieces| pieces.write(script));
        if self.text.len() == start + 1 {
            // A single letter or digit needs no braces.
            self.text.remove(start - 1);
        } else {
            self.text.push('}');
        }
        self.widen(width * 72 / 100 + 50);
    }

    fn write_cases(&mut self, rows: &[MathCase]) {
        self.push(r"\begin{cases}", 0);
        let (mut values, mut conditions) = (0, 0);
        for (position, row) in rows.iter().enumerate() {
            self.text.push_str(if position > 0 { r"\\ " } else { " " });
            values = values.max(self.solid(|pieces| pieces.write(&row.value)));
            self.text.push_str(", & ");
            if row.conditions.is_empty() {
                self.text.push_str(r"\otherwise");
                conditions = conditions.max(4500);
            }
            let mut width = 0;
            for (position, condition) in row.conditions.iter().enumerate() {
                if position > 0 {
                    self.text.push_str(r",\; ");
                }
                width += 1800 + self.solid(|pieces| pieces.write_condition(condition));
            }
            conditions = conditions.max(width);
            self.text.push(' ');
        }
        self.text.push_str(r"\end{cases}");
        self.widen(values + conditions + 2600);
    }

    /// A comparison, in a place where nothing breaks; the sign's own width is not counted.
    pub(super) fn write_condition(&mut self, condition: &MathCondition) {
        self.write(&condition.left);
        self.text.push(' ');
        self.text.push_str(relation(condition.relation));
        self.text.push(' ');
        self.write(&condition.right);
    }

    fn delimited(&mut self, kind: DelimiterKind, is_tall: bool, write: impl FnOnce(&mut Self)) {
        let pair = self.pairs;
        self.pairs += 1;
        let width = match (kind, is_tall) {
            (DelimiterKind::Bar, _) => 340,
            (DelimiterKind::Parenthesis, false) => PARENTHESIS,
            (DelimiterKind::Parenthesis, true) => TALL_PARENTHESIS,
        };
        self.push_delimiter(Delimiter { pair, opens: true, kind, is_tall }, width);
        self.depth += 1;
        write(self);
        self.depth -= 1;
        self.push_delimiter(Delimiter { pair, opens: false, kind, is_tall }, width);
    }

    fn push_delimiter(&mut self, delimiter: Delimiter, width: Width) {
        if self.solid == 0 {
            self.begin(None, Some(delimiter));
        }
        delimiter.write(&mut self.text, false);
        self.widen(width);
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
                    Joint::Thin => {
                        self.push(r"\,", EM / 6);
                        self.join_factor();
                    }
                    Joint::Nothing => self.join_factor(),
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
        letter(right) == Some(true)
            || matches!(
                right,
                Math::Parentheses(_)
                    | Math::Apply { .. }
                    | Math::Named { .. }
                    | Math::Absolute(_)
                    | Math::Root(_)
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
        Math::Named { name, argument } => {
            Math::Named { name: Arc::clone(name), argument: boxed(argument) }
        }
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

impl Delimiter {
    /// `is_split` says that its partner stands on another line.
    fn write(self, out: &mut String, is_split: bool) {
        let size = match (self.is_tall, is_split, self.opens) {
            (false, ..) => "",
            (true, false, true) => r"\left",
            (true, false, false) => r"\right",
            (true, true, true) => r"\biggl",
            (true, true, false) => r"\biggr",
        };
        out.push_str(size);
        out.push_str(match (self.kind, self.opens) {
            (DelimiterKind::Parenthesis, true) => "(",
            (DelimiterKind::Parenthesis, false) => ")",
            (DelimiterKind::Bar, true) => r"\lvert",
            (DelimiterKind::Bar, false) => r"\rvert",
        });
    }
}
