//! The pest grammar and the precedence of the operators.

use pest::pratt_parser::{Assoc, ConstPrattParser, Op};
use pest::pratt_precedence;
use pest_derive::Parser;

/// Reads by `grammar/nabla.pest`.
#[derive(Parser)]
#[grammar = "../grammar/nabla.pest"]
pub(super) struct Grammar;

/// The operators from loosest to tightest. Unary minus stands between the products and the powers:
/// `-x^2` is −(x²), `-a * b` is (−a)·b. Calls and indices bind tightest.
pub(super) const PRECEDENCE: ConstPrattParser<Rule, 9> =
    ConstPrattParser::new_const(pratt_precedence![
        Op::infix(Rule::relation, Assoc::Left),
        Op::infix(Rule::add, Assoc::Left) | Op::infix(Rule::subtract, Assoc::Left),
        Op::infix(Rule::multiply, Assoc::Left) | Op::infix(Rule::divide, Assoc::Left),
        Op::prefix(Rule::negate),
        Op::infix(Rule::power, Assoc::Right),
        Op::postfix(Rule::arguments) | Op::postfix(Rule::indices),
    ]);
