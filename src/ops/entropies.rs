//! Cross entropies of a probability or a score and a target.

use super::activations::{Sigmoid, Softplus};
use super::elementary::{Exp, Log};
use super::losses::REDUCTION;
use super::piecewise::required;
use crate::exact::{Function as Elementary, Number};
use crate::expr::{
    Conventions, Domain, EvaluationError, Expr, Notation, Operator, Parameter, Scalar,
    ScalarOperator, Term, call, negate, quotient,
};

fn term(minus: bool, expr: Expr) -> Term {
    Term { minus, expr }
}

/// 1 − e, as it is written.
fn one_minus(expr: &Expr) -> Expr {
    Expr::Sum(vec![term(false, Expr::from(1)), term(true, expr.clone())])
}

/// −(y ln p + (1 − y) ln(1 − p)), with 0·ln 0 = 0.
pub(super) struct Bce;

impl ScalarOperator for Bce {
    const NAME: &'static str = "bce";
    const SUMMARY: &'static str =
        "binary cross entropy -(y * log(p) + (1 - y) * log(1 - p)) of a probability p";
    const EXAMPLE: &'static str = "bce(1/3, 1)";
    const PARAMETERS: &'static [Parameter] = &[required("p"), required("y"), REDUCTION];
    const DOMAIN: Option<Domain> = Some(Domain::Probability);

    fn notation(&self, arguments: &[Expr]) -> Notation {
        let (p, y) = (&arguments[0], &arguments[1]);
        let share = |weight: Expr, p: Expr| Expr::Product(vec![weight, call(&Log, vec![p])]);
        Notation::Expression(Expr::Negation(Box::new(Expr::Sum(vec![
            term(false, share(y.clone(), p.clone())),
            term(false, share(one_minus(y), one_minus(p))),
        ]))))
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        match ScalarOperator::notation(self, arguments) {
            Notation::Expression(expression) => Some(expression),
            _ => None,
        }
    }

    /// (p − y)/(p(1 − p)), which is −1/p for a label of 1 and 1/(1 − p) for one of 0, also at p = y where
    /// the fraction is 0/0; by y, ln(1 − p) − ln p.
    fn partial(&self, arguments: &[Expr], index: usize, _conventions: &Conventions) -> Expr {
        let (p, y) = (&arguments[0], &arguments[1]);
        if index == 0 && y.is_integer(1) {
            return negate(quotient(Expr::from(1), p.clone()));
        }
        if index == 0 && y.is_integer(0) {
            return quotient(Expr::from(1), one_minus(p));
        }
        if index == 0 {
            return quotient(
                Expr::Sum(vec![term(false, p.clone()), term(true, y.clone())]),
                Expr::Product(vec![p.clone(), one_minus(p)]),
            );
        }
        Expr::Sum(vec![
            term(false, call(&Log, vec![one_minus(p)])),
            term(true, call(&Log, vec![p.clone()])),
        ])
    }

    /// Of a sigmoid, σ(z) − y: its slope p(1 − p) is what the partial divides by.
    fn joint_partial(
        &self,
        arguments: &[Expr],
        index: usize,
        inner: &dyn Operator,
    ) -> Option<Expr> {
        let (p, y) = (&arguments[0], &arguments[1]);
        (index == 0 && inner.name() == Sigmoid::NAME)
            .then(|| Expr::Sum(vec![term(false, p.clone()), term(true, y.clone())]))
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let one = S::constant(Number::one());
        let (p, y) = (&arguments[0], &arguments[1]);
        let mut total = S::constant(Number::zero());
        let terms = [
            (y.clone(), p.clone(), Domain::CertainlyZero),
            (one.sub(y)?, one.sub(p)?, Domain::CertainlyOne),
        ];
        for (weight, p, certainty) in terms {
            // 0·ln 0 = 0; elsewhere the logarithm counts even with weight 0, for the slope by y.
            let sign = p.value().sign()?;
            if sign.is_eq() && weight.value().is_zero()? {
                continue;
            }
            if sign.is_le() {
                let domain = if sign.is_eq() { certainty } else { Domain::Probability };
                return Err(EvaluationError::Domain { operator: "bce", domain, argument: None });
            }
            total = total.add(&weight.mul(&p.apply(Elementary::Ln)?)?)?;
        }
        Ok(total.neg())
    }
}

/// ln(1 + e^z) − yz, which is bce(σ(z), y).
pub(super) struct BceWithLogits;

impl ScalarOperator for BceWithLogits {
    const NAME: &'static str = "bce_with_logits";
    const SUMMARY: &'static str = "binary cross entropy log(1 + exp(z)) - y * z of a score z";
    const EXAMPLE: &'static str = "bce_with_logits(a, 1)";
    const PARAMETERS: &'static [Parameter] = &[required("z"), required("y"), REDUCTION];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        let (z, y) = (&arguments[0], &arguments[1]);
        Notation::Expression(Expr::Sum(vec![
            term(false, call(&Softplus, vec![z.clone()])),
            term(true, Expr::Product(vec![y.clone(), z.clone()])),
        ]))
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, y) = (&arguments[0], &arguments[1]);
        let exponential = call(&Exp, vec![z.clone()]);
        let above = Expr::Sum(vec![term(false, Expr::from(1)), term(false, exponential)]);
        Some(Expr::Sum(vec![
            term(false, call(&Log, vec![above])),
            term(true, Expr::Product(vec![y.clone(), z.clone()])),
        ]))
    }

    /// σ(z) − y; by y, −z.
    fn partial(&self, arguments: &[Expr], index: usize, _conventions: &Conventions) -> Expr {
        let (z, y) = (&arguments[0], &arguments[1]);
        if index == 1 {
            return negate(z.clone());
        }
        Expr::Sum(vec![term(false, call(&Sigmoid, vec![z.clone()])), term(true, y.clone())])
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let (z, y) = (&arguments[0], &arguments[1]);
        z.apply(Elementary::Softplus)?.sub(&y.mul(z)?)
    }
}
