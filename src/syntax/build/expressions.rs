//! Expressions: the operators grouped by precedence, sums and products flat.

use pest::iterators::{Pair, Pairs};

use super::Builder;
use crate::exact::{Rational, Relation};
use crate::source::Span;
use crate::syntax::ast::{
    Argument, Call, Expr, ExprKind, Factor, Ident, MAX_DEPTH, Name, NumberLiteral, Term,
};
use crate::syntax::error::{MAX_DIGITS, MAX_EXPONENT, SyntaxErrorKind};
use crate::syntax::grammar::{PRECEDENCE, Rule};
use crate::syntax::words;

/// Where an expression stands, for what may stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A comparison may stand here.
    Condition,
    Value,
}

/// Whether a tree over `nesting` brackets, minuses and powers may be deeper than [`MAX_DEPTH`]: between
/// two of them stand at most a comparison, a sum, a product and a name or call.
pub(super) fn may_be_too_deep(nesting: usize) -> bool {
    5 * (nesting + 1) > MAX_DEPTH
}

impl Builder<'_> {
    /// An expression in a place that takes no comparison.
    pub(super) fn expression(&mut self, pair: Pair<'_, Rule>) -> Expr {
        self.checked(pair, Place::Value)
    }

    /// An expression or a comparison.
    pub(super) fn expression_with_comparison(&mut self, pair: Pair<'_, Rule>) -> Expr {
        self.checked(pair, Place::Condition)
    }

    /// `left = right` in prose.
    pub(in crate::syntax) fn equation(&mut self, left: Expr, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        if matches!(left.kind, ExprKind::Comparison { .. }) {
            self.report(span, SyntaxErrorKind::ChainedComparison);
        }
        comparison(left, Relation::Equal, right)
    }

    fn checked(&mut self, pair: Pair<'_, Rule>, place: Place) -> Expr {
        let expr = self.grouped(pair, place);
        self.check_depth(&expr);
        expr
    }

    /// Reports an expression that is deeper than [`MAX_DEPTH`]: its statement is lost then.
    pub(super) fn check_depth(&mut self, expr: &Expr) {
        if self.measures_depth && depth(expr) > MAX_DEPTH {
            self.report(expr.span, SyntaxErrorKind::TooDeep);
        }
    }

    fn grouped(&mut self, pair: Pair<'_, Rule>, place: Place) -> Expr {
        let pairs = pair.into_inner();
        let expr = self.operators(pairs, place);
        if place == Place::Value && matches!(expr.kind, ExprKind::Comparison { .. }) {
            self.report(expr.span, SyntaxErrorKind::MisplacedComparison);
        }
        expr
    }

    fn operators(&mut self, pairs: Pairs<'_, Rule>, place: Place) -> Expr {
        // The closures share the builder one after the other, never at once.
        let builder = std::cell::RefCell::new(self);
        PRECEDENCE
            .map_primary(|pair| builder.borrow_mut().primary(pair, place))
            .map_prefix(|operator, operand| {
                let span = builder.borrow().span(&operator).to(operand.span);
                Expr { span, kind: ExprKind::Negation(Box::new(operand)) }
            })
            .map_postfix(|operand, postfix| builder.borrow_mut().postfix(operand, postfix))
            .map_infix(|left, operator, right| builder.borrow_mut().infix(left, &operator, right))
            .parse(pairs)
    }

    fn primary(&mut self, pair: Pair<'_, Rule>, place: Place) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::number => ExprKind::Number(self.number(&pair)),
            Rule::group => {
                let inner = pair.into_inner().next().expect("a group holds an expression");
                ExprKind::Group(Box::new(self.grouped(inner, place)))
            }
            _ => {
                let ident = self.word(&pair);
                if words::is_keyword(&ident.text) {
                    self.report(span, SyntaxErrorKind::Reserved { word: ident.text.clone() });
                }
                ExprKind::Name(Name { span, ident, indices: Vec::new() })
            }
        };
        Expr { span, kind }
    }

    /// A call's arguments or a name's indices.
    fn postfix(&mut self, operand: Expr, postfix: Pair<'_, Rule>) -> Expr {
        let span = operand.span.to(self.span(&postfix));
        let ExprKind::Name(Name { ident, .. }) = operand.kind else {
            unreachable!("the grammar has arguments and indices after identifiers only")
        };
        let kind = if postfix.as_rule() == Rule::indices {
            ExprKind::Name(Name { span, ident, indices: self.expressions(postfix) })
        } else {
            ExprKind::Call(self.call(ident, postfix))
        };
        Expr { span, kind }
    }

    /// The expressions that `pair` is a list of.
    fn expressions(&mut self, pair: Pair<'_, Rule>) -> Vec<Expr> {
        pair.into_inner().map(|pair| self.grouped(pair, Place::Value)).collect()
    }

    /// A call of `function` with the pair of its arguments.
    pub(super) fn call(&mut self, function: Ident, arguments: Pair<'_, Rule>) -> Call {
        let span = function.span.to(self.span(&arguments));
        let conditional = function.text == "where";
        let arguments = arguments
            .into_inner()
            .enumerate()
            .map(|(position, pair)| {
                let place =
                    if conditional && position == 0 { Place::Condition } else { Place::Value };
                self.argument(pair, place)
            })
            .collect();
        Call { span, function, arguments }
    }

    fn argument(&mut self, pair: Pair<'_, Rule>, place: Place) -> Argument {
        let mut inner = pair.into_inner();
        let first = inner.next().expect("an argument has a value");
        let Some(value) = inner.next() else {
            return Argument { name: None, value: self.grouped(first, place) };
        };
        let option = self.grouped(first, Place::Value);
        let value = self.grouped(value, place);
        match option.kind {
            ExprKind::Name(Name { ident, indices, .. }) if indices.is_empty() => {
                Argument { name: Some(ident), value }
            }
            _ => {
                self.report(option.span, SyntaxErrorKind::OptionName);
                Argument { name: None, value }
            }
        }
    }

    fn infix(&mut self, left: Expr, operator: &Pair<'_, Rule>, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        let kind = match operator.as_rule() {
            Rule::add | Rule::subtract => {
                let term = Term { minus: operator.as_rule() == Rule::subtract, expr: right };
                let mut terms = match left.kind {
                    ExprKind::Sum(terms) => terms,
                    _ => vec![Term { minus: false, expr: left }],
                };
                terms.push(term);
                ExprKind::Sum(terms)
            }
            Rule::multiply | Rule::divide => {
                let factor = Factor { divides: operator.as_rule() == Rule::divide, expr: right };
                let mut factors = match left.kind {
                    ExprKind::Product(factors) => factors,
                    _ => vec![Factor { divides: false, expr: left }],
                };
                factors.push(factor);
                ExprKind::Product(factors)
            }
            Rule::power => ExprKind::Power { base: Box::new(left), exponent: Box::new(right) },
            _ => {
                if matches!(left.kind, ExprKind::Comparison { .. }) {
                    self.report(span, SyntaxErrorKind::ChainedComparison);
                }
                return comparison(left, relation(operator.as_str()), right);
            }
        };
        Expr { span, kind }
    }

    pub(super) fn number(&mut self, pair: &Pair<'_, Rule>) -> NumberLiteral {
        let text = pair.as_str();
        let decimal = text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        let value = self.decimal(text, self.span(pair));
        NumberLiteral { value, decimal }
    }

    fn decimal(&mut self, text: &str, span: Span) -> Rational {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
        if digits > MAX_DIGITS {
            self.report(span, SyntaxErrorKind::NumberTooLong { digits });
            return Rational::from(0);
        }
        let exponent = exponent.trim_start_matches(['+', '-']).replace('_', "");
        if exponent.parse::<u32>().map_or(true, |exponent| exponent > MAX_EXPONENT) {
            self.report(span, SyntaxErrorKind::ExponentTooLarge);
            return Rational::from(0);
        }
        let value = if text.contains('_') {
            Rational::parse_decimal(&text.replace('_', ""))
        } else {
            Rational::parse_decimal(text)
        };
        value.expect("the grammar's numbers are decimals")
    }
}

fn comparison(left: Expr, relation: Relation, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    let (left, right) = (Box::new(left), Box::new(right));
    Expr { span, kind: ExprKind::Comparison { left, relation, right } }
}

fn relation(symbol: &str) -> Relation {
    match symbol {
        "<" => Relation::Less,
        "<=" => Relation::LessOrEqual,
        ">" => Relation::Greater,
        ">=" => Relation::GreaterOrEqual,
        "!=" => Relation::NotEqual,
        _ => Relation::Equal,
    }
}

/// The levels of a tree.
fn depth(expr: &Expr) -> usize {
    let deepest =
        |expressions: &mut dyn Iterator<Item = &Expr>| expressions.map(depth).max().unwrap_or(0);
    1 + match &expr.kind {
        ExprKind::Number(_) => 0,
        ExprKind::Name(name) => deepest(&mut name.indices.iter()),
        ExprKind::Call(call) => deepest(&mut call.arguments.iter().map(|argument| &argument.value)),
        ExprKind::Negation(operand) | ExprKind::Group(operand) => depth(operand),
        ExprKind::Sum(terms) => deepest(&mut terms.iter().map(|term| &term.expr)),
        ExprKind::Product(factors) => deepest(&mut factors.iter().map(|factor| &factor.expr)),
        ExprKind::Power { base, exponent } => depth(base).max(depth(exponent)),
        ExprKind::Comparison { left, right, .. } => depth(left).max(depth(right)),
    }
}
