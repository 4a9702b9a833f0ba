//! Expressions as text.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

use super::Printer;
use crate::exact::Relation;
use crate::syntax::ast::{Argument, Call, Expr, ExprKind, Name, NumberLiteral, Range};

/// How tightly an expression holds together, as in the grammar's table of operators.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Comparison,
    Sum,
    Product,
    Negation,
    Power,
    Atom,
}

fn level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::Comparison { .. } => Level::Comparison,
        ExprKind::Sum(_) => Level::Sum,
        ExprKind::Product(_) => Level::Product,
        ExprKind::Negation(_) => Level::Negation,
        ExprKind::Power { .. } => Level::Power,
        ExprKind::Number(_) | ExprKind::Name(_) | ExprKind::Call(_) | ExprKind::Group(_) => {
            Level::Atom
        }
    }
}

impl Printer {
    pub(super) fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Number(number) => self.number(number),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Call(call) => self.call(call),
            ExprKind::Group(inner) => {
                self.word("(");
                self.expression(inner);
                self.word(")");
            }
            ExprKind::Negation(operand) => {
                self.word("-");
                self.operand(operand, Level::Negation);
            }
            ExprKind::Sum(terms) => {
                for (position, term) in terms.iter().enumerate() {
                    match (position, term.minus) {
                        (0, false) => {}
                        (0, true) => self.word("-"),
                        (_, false) => self.word(" + "),
                        (_, true) => self.word(" - "),
                    }
                    self.operand(&term.expr, Level::Product);
                }
            }
            ExprKind::Product(factors) => {
                for (position, factor) in factors.iter().enumerate() {
                    match (position, factor.divides) {
                        (0, false) => {}
                        (0, true) => self.word("1 / "),
                        (_, false) => self.word(" * "),
                        (_, true) => self.word(" / "),
                    }
                    self.operand(&factor.expr, Level::Negation);
                }
            }
            ExprKind::Power { base, exponent } => {
                self.operand(base, Level::Atom);
                self.word("^");
                self.operand(exponent, Level::Negation);
            }
            ExprKind::Comparison { left, relation, right } => {
                self.comparison(left, relation_sign(*relation), right);
            }
        }
    }

    pub(super) fn comparison(&mut self, left: &Expr, sign: &str, right: &Expr) {
        self.operand(left, Level::Sum);
        self.word(" ");
        self.word(sign);
        self.word(" ");
        self.operand(right, Level::Sum);
    }

    /// An operand where anything looser than `tightest` would be read otherwise.
    fn operand(&mut self, expr: &Expr, loosest: Level) {
        if level(expr) < loosest {
            self.word("(");
            self.expression(expr);
            self.word(")");
        } else {
            self.expression(expr);
        }
    }

    pub(super) fn name(&mut self, name: &Name) {
        self.word(&name.ident.text);
        if !name.indices.is_empty() {
            self.word("[");
            self.list(&name.indices, Self::expression);
            self.word("]");
        }
    }

    pub(super) fn call(&mut self, call: &Call) {
        self.word(&call.function.text);
        self.word("(");
        self.list(&call.arguments, Self::argument);
        self.word(")");
    }

    fn argument(&mut self, argument: &Argument) {
        if let Some(name) = &argument.name {
            self.word(&name.text);
            self.word(" = ");
        }
        self.expression(&argument.value);
    }

    pub(super) fn range(&mut self, range: &Range) {
        self.expression(&range.first);
        self.word("..");
        self.expression(&range.last);
    }

    fn number(&mut self, number: &NumberLiteral) {
        let (numerator, denominator) = (number.value.numerator(), number.value.denominator());
        if number.decimal {
            self.word(&decimal(numerator, denominator));
        } else {
            self.display(&number.value);
        }
    }
}

fn relation_sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
        Relation::Equal => "==",
        Relation::NotEqual => "!=",
    }
}

/// A fraction whose denominator divides a power of ten, as a literal with a decimal point or an exponent.
fn decimal(numerator: BigInt, mut denominator: BigInt) -> String {
    /// The most zeros that are written out.
    const ZEROS: usize = 20;
    let two = BigInt::from(2);
    let five = BigInt::from(5);
    let twos = divide_out(&mut denominator, &two);
    let fives = divide_out(&mut denominator, &five);
    let most = twos.max(fives);
    let places = most as usize;
    let scale = two.pow(most - twos) * five.pow(most - fives);
    let digits = (numerator * scale).to_string();
    if places == 0 {
        let significant = digits.trim_end_matches('0').len();
        let zeros = digits.len() - significant;
        return if zeros > ZEROS && significant > 0 {
            format!("{}e{zeros}", &digits[..significant])
        } else {
            format!("{digits}.0")
        };
    }
    match digits.len().checked_sub(places) {
        Some(whole) if whole > 0 => format!("{}.{}", &digits[..whole], &digits[whole..]),
        _ if places - digits.len() <= ZEROS => format!("0.{digits:0>places$}"),
        _ => format!("{digits}e-{places}"),
    }
}

/// Divides `number` by `prime` as often as it goes; says how often.
fn divide_out(number: &mut BigInt, prime: &BigInt) -> u32 {
    let mut times = 0;
    while !number.is_zero() && !number.is_one() {
        let (quotient, rest) = number.div_rem(prime);
        if !rest.is_zero() {
            break;
        }
        *number = quotient;
        times += 1;
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let decimal = |numerator: i64, denominator: i64| {
            decimal(BigInt::from(numerator), BigInt::from(denominator))
        };
        assert_eq!(decimal(3, 20), "0.15");
        assert_eq!(decimal(2, 1), "2.0");
        assert_eq!(decimal(0, 1), "0.0");
        assert_eq!(decimal(25, 2), "12.5");
        assert_eq!(decimal(1, 1000), "0.001");
        assert_eq!(super::decimal(BigInt::from(10).pow(30), BigInt::one()), "1e30");
        assert_eq!(super::decimal(BigInt::from(3), BigInt::from(10).pow(30)), "3e-30");
    }
}
