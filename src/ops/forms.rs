//! Functions that stand for forms the expression tree has already.

use super::piecewise::{otherwise, required};
use crate::expr::{
    Case, Conventions, EvaluationError, Expr, Function, Notation, Parameter, ParameterKind, Scalar,
    ScalarOperator, power,
};

/// z²
pub(super) struct Square;

impl Function for Square {
    fn name(&self) -> &'static str {
        "square"
    }
    fn summary(&self) -> &'static str {
        "the square"
    }
    fn example(&self) -> &'static str {
        "square(a)"
    }
    fn parameters(&self) -> &'static [Parameter] {
        const { &[required("z")] }
    }
    fn build(&'static self, mut arguments: Vec<Expr>) -> Expr {
        power(arguments.swap_remove(0), Expr::from(2))
    }
}

/// a where the condition holds, else b. The condition has no derivative; the taken branch has.
pub(super) struct Where;

impl Function for Where {
    fn name(&self) -> &'static str {
        "where"
    }
    fn summary(&self) -> &'static str {
        "a where the condition holds, else b"
    }
    fn example(&self) -> &'static str {
        "where(a > 0, b, c)"
    }
    fn parameters(&self) -> &'static [Parameter] {
        const {
            &[
                Parameter { name: "condition", kind: ParameterKind::Condition },
                required("a"),
                required("b"),
            ]
        }
    }

    /// The condition arrives as the case distinction that is 1 where it holds.
    fn build(&'static self, arguments: Vec<Expr>) -> Expr {
        let mut arguments = arguments.into_iter();
        let conditions = match arguments.next() {
            Some(Expr::Cases(indicator)) => {
                indicator.into_iter().next().map(|case| case.conditions).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let mut branch = || arguments.next().unwrap_or(Expr::from(0));
        let taken = Case { value: branch(), conditions, kink: None };
        Expr::Cases(vec![taken, otherwise(branch())])
    }
}

/// The value of its argument, held fixed: it has no derivative.
pub(super) struct Detach;

impl ScalarOperator for Detach {
    const NAME: &'static str = "detach";
    const SUMMARY: &'static str = "the value, held fixed in every derivative";
    const EXAMPLE: &'static str = "detach(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const HOLDS_FIXED: bool = true;

    fn notation(&self, arguments: &[Expr]) -> Notation {
        super::elementary::named("detach", arguments)
    }

    fn partial(&self, _arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        Expr::from(0)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        Ok(S::constant(arguments[0].value().clone()))
    }
}
