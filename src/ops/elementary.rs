//! Elementary functions: exponential, logarithms, square root, trigonometry.

use super::piecewise::{required, slope_at};
use crate::exact::{Function as Elementary, Number, Rational};
use crate::expr::{
    Conventions, EvaluationError, Expr, Kink, Notation, Parameter, Scalar, ScalarOperator, Term,
    call, negate, power, product, quotient, sum,
};

/// An upright function name before its one argument.
pub(super) fn named(name: &'static str, arguments: &[Expr]) -> Notation {
    Notation::Function { name, subscript: None, arguments: vec![arguments[0].clone()] }
}

/// e^z
pub(super) struct Exp;

impl ScalarOperator for Exp {
    const NAME: &'static str = "exp";
    const SUMMARY: &'static str = "the exponential function";
    const EXAMPLE: &'static str = "exp(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("exp", arguments)
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        call(&Exp, arguments.to_vec())
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Exp)
    }
}

/// The natural logarithm. It prints as ln.
pub(super) struct Log;

impl ScalarOperator for Log {
    const NAME: &'static str = "log";
    const ALIASES: &'static [&'static str] = &["ln"];
    const SUMMARY: &'static str = "the natural logarithm, also `ln`";
    const EXAMPLE: &'static str = "log(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("ln", arguments)
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        quotient(Expr::from(1), arguments[0].clone())
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Ln)
    }
}

/// 1/(z ln base)
fn logarithm_partial(z: &Expr, base: i64) -> Expr {
    let scale = call(&Log, vec![Expr::from(base)]);
    quotient(Expr::from(1), product(vec![z.clone(), scale]))
}

/// The logarithm to base 2.
pub(super) struct Log2;

impl ScalarOperator for Log2 {
    const NAME: &'static str = "log2";
    const SUMMARY: &'static str = "the logarithm to base 2";
    const EXAMPLE: &'static str = "log2(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function {
            name: "log",
            subscript: Some(Expr::from(2)),
            arguments: arguments.to_vec(),
        }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        Some(quotient(call(&Log, arguments.to_vec()), call(&Log, vec![Expr::from(2)])))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        logarithm_partial(&arguments[0], 2)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Log2)
    }
}

/// The logarithm to base 10.
pub(super) struct Log10;

impl ScalarOperator for Log10 {
    const NAME: &'static str = "log10";
    const SUMMARY: &'static str = "the logarithm to base 10";
    const EXAMPLE: &'static str = "log10(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function {
            name: "log",
            subscript: Some(Expr::from(10)),
            arguments: arguments.to_vec(),
        }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        Some(quotient(call(&Log, arguments.to_vec()), call(&Log, vec![Expr::from(10)])))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        logarithm_partial(&arguments[0], 10)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Log10)
    }
}

const SQRT_AT_ZERO: Kink = Kink { operator: "sqrt", place: "0" };

/// √z. Its slope at 0 is infinite: an error, unless a convention fixes it.
pub(super) struct Sqrt;

impl ScalarOperator for Sqrt {
    const NAME: &'static str = "sqrt";
    const SUMMARY: &'static str = "the square root";
    const EXAMPLE: &'static str = "sqrt(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Root(arguments[0].clone())
    }

    fn partial(&self, arguments: &[Expr], _index: usize, conventions: &Conventions) -> Expr {
        let root = call(&Sqrt, arguments.to_vec());
        let slope = quotient(Expr::from(1), product(vec![Expr::from(2), root]));
        if conventions.get(SQRT_AT_ZERO).is_none() {
            return slope;
        }
        let at = slope_at(SQRT_AT_ZERO, conventions, &Expr::from(0));
        super::piecewise::beyond_kink(&arguments[0], slope, at, SQRT_AT_ZERO)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let z = &arguments[0];
        if conventions.get(SQRT_AT_ZERO).is_some() && z.value().is_zero()? {
            let slope = conventions.slope(SQRT_AT_ZERO, &Number::zero());
            return S::at_kink(Number::zero(), &[(slope, z)]);
        }
        z.apply(Elementary::Sqrt)
    }
}

/// A power whose exponent moves, which the language writes `a^b`; with a fixed exponent the tree has powers
/// of its own.
pub(super) struct Pow;

impl ScalarOperator for Pow {
    const NAME: &'static str = "^";
    const SUMMARY: &'static str = "a power";
    const EXAMPLE: &'static str = "a ^ b";
    const PARAMETERS: &'static [Parameter] = &[required("a"), required("b")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Power(arguments[0].clone(), arguments[1].clone())
    }

    fn partial(&self, arguments: &[Expr], index: usize, _conventions: &Conventions) -> Expr {
        let (base, exponent) = (&arguments[0], &arguments[1]);
        if index == 0 {
            let reduced = sum(vec![
                Term { minus: false, expr: exponent.clone() },
                Term { minus: true, expr: Expr::from(1) },
            ]);
            product(vec![exponent.clone(), call(&Pow, vec![base.clone(), reduced])])
        } else {
            product(vec![call(&Pow, arguments.to_vec()), call(&Log, vec![base.clone()])])
        }
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].powr(&arguments[1])
    }
}

/// The sine of an angle in radians.
pub(super) struct Sin;

impl ScalarOperator for Sin {
    const NAME: &'static str = "sin";
    const SUMMARY: &'static str = "the sine";
    const EXAMPLE: &'static str = "sin(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("sin", arguments)
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        call(&Cos, arguments.to_vec())
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Sin)
    }
}

/// The cosine of an angle in radians.
pub(super) struct Cos;

impl ScalarOperator for Cos {
    const NAME: &'static str = "cos";
    const SUMMARY: &'static str = "the cosine";
    const EXAMPLE: &'static str = "cos(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("cos", arguments)
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        negate(call(&Sin, arguments.to_vec()))
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Cos)
    }
}

/// The tangent of an angle in radians.
pub(super) struct Tan;

impl ScalarOperator for Tan {
    const NAME: &'static str = "tan";
    const SUMMARY: &'static str = "the tangent";
    const EXAMPLE: &'static str = "tan(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("tan", arguments)
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        Some(quotient(call(&Sin, arguments.to_vec()), call(&Cos, arguments.to_vec())))
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        let square = power(call(&Tan, arguments.to_vec()), Expr::from(2));
        sum(vec![Term { minus: false, expr: Expr::from(1) }, Term { minus: false, expr: square }])
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Tan)
    }
}

/// One half, exactly.
pub(super) fn one_half() -> Number {
    Number::from(Rational::new(1, 2).unwrap_or_default())
}
