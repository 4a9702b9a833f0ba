//! The worked example of `docs/adding-an-operator.md`, compiled and tried from outside.

use std::cmp::Ordering;

use nablatex::exact::Number;
use nablatex::expr::{
    Conventions, Dual, EvaluationError, Expr, Notation, Parameter, ParameterKind, Quantity, Scalar,
    ScalarOperator, Term, VariableId, call, differentiate, evaluate, power, quotient, sum,
};
use nablatex::ops;

use crate::blocks::blocks;
use crate::documents;

const fn required(name: &'static str) -> Parameter {
    Parameter { name, kind: ParameterKind::Required }
}

// From here to the end of the `impl` the document shows this text.

/// z / (1 + |z|)
pub(super) struct Softsign;

impl ScalarOperator for Softsign {
    const NAME: &'static str = "softsign";
    const SUMMARY: &'static str = "z / (1 + |z|)";
    const EXAMPLE: &'static str = "softsign(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function { name: "softsign", subscript: None, arguments: arguments.to_vec() }
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        let size = absolute(arguments[0].clone());
        let below = sum(vec![
            Term { minus: false, expr: Expr::from(1) },
            Term { minus: false, expr: size },
        ]);
        quotient(Expr::from(1), power(below, Expr::from(2)))
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let z = &arguments[0];
        let size = if z.value().sign()? == Ordering::Less { z.neg() } else { z.clone() };
        z.div(&S::constant(Number::one()).add(&size)?)
    }
}

/// |z| as an expression; in `src/ops` it is `call(&super::signs::Abs, vec![z])`.
fn absolute(z: Expr) -> Expr {
    ops::find("abs").map_or(Expr::from(0), |abs| abs.build(vec![z]))
}

#[test]
fn the_document_shows_this_operator() {
    let (_, document) =
        documents().into_iter().find(|(name, _)| name == "docs/adding-an-operator.md").unwrap();
    let own = include_str!("softsign.rs").replace("\r\n", "\n");
    let shown = blocks(&document).into_iter().find(|block| block.kind == "rust").unwrap().text;
    let shown = shown.replace(
        "call(&super::signs::Abs, vec![arguments[0].clone()])",
        "absolute(arguments[0].clone())",
    );
    assert!(
        own.contains(shown.trim()),
        "the document shows another operator than tests/docs/softsign.rs"
    );
}

#[test]
fn its_partial_is_what_its_rule_gives() {
    let z = VariableId(0);
    let conventions = Conventions::default();
    let applied = call(&Softsign, vec![z.into()]);
    let partial = differentiate(&applied, Quantity::Variable(z), &conventions);
    for value in [-3, -1, 0, 1, 4] {
        let value = Number::from(value);
        let by_rule =
            evaluate(&applied, &|_| Some(Dual::new(value.clone(), Number::one())), &conventions);
        let by_partial = evaluate(&partial, &|_| Some(value.clone()), &conventions);
        assert_eq!(by_rule.map(|dual| dual.tangent), by_partial, "{value}");
    }
}
