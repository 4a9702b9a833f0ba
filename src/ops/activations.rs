//! Smooth activations.

use super::elementary::{Exp, Log, named, one_half};
use super::piecewise::{required, slope_at};
use crate::exact::{Function as Elementary, Number, Relation};
use crate::expr::{
    Case, Conventions, EvaluationError, Expr, Kink, Notation, Parameter, ParameterKind, Scalar,
    ScalarOperator, Term, call, negate, power, product, quotient, sum,
};

fn plus(left: Expr, right: Expr) -> Expr {
    sum(vec![Term { minus: false, expr: left }, Term { minus: false, expr: right }])
}

/// 1 − e, as it is written.
fn one_minus(expr: Expr) -> Expr {
    Expr::Sum(vec![Term { minus: false, expr: Expr::from(1) }, Term { minus: true, expr }])
}

/// The logistic function σ(z) = 1/(1 + e^−z).
pub(super) struct Sigmoid;

impl ScalarOperator for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const SUMMARY: &'static str = "the logistic function 1/(1 + exp(-z))";
    const EXAMPLE: &'static str = "sigmoid(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("sigma", arguments)
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let falling = call(&Exp, vec![negate(arguments[0].clone())]);
        Some(quotient(Expr::from(1), plus(Expr::from(1), falling)))
    }

    /// σ′ = σ(1 − σ)
    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        let own = call(&Sigmoid, arguments.to_vec());
        Expr::Product(vec![own.clone(), one_minus(own)])
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Sigmoid)
    }
}

/// The hyperbolic tangent.
pub(super) struct Tanh;

impl ScalarOperator for Tanh {
    const NAME: &'static str = "tanh";
    const SUMMARY: &'static str = "the hyperbolic tangent";
    const EXAMPLE: &'static str = "tanh(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("tanh", arguments)
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let rising = call(&Exp, vec![arguments[0].clone()]);
        let falling = call(&Exp, vec![negate(arguments[0].clone())]);
        let difference = sum(vec![
            Term { minus: false, expr: rising.clone() },
            Term { minus: true, expr: falling.clone() },
        ]);
        Some(quotient(difference, plus(rising, falling)))
    }

    /// tanh′ = 1 − tanh²
    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        one_minus(power(call(&Tanh, arguments.to_vec()), Expr::from(2)))
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Tanh)
    }
}

/// ln(1 + e^z)
pub(super) struct Softplus;

impl ScalarOperator for Softplus {
    const NAME: &'static str = "softplus";
    const SUMMARY: &'static str = "log(1 + exp(z))";
    const EXAMPLE: &'static str = "softplus(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("softplus", arguments)
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let exponential = call(&Exp, vec![arguments[0].clone()]);
        Some(call(&Log, vec![plus(Expr::from(1), exponential)]))
    }

    /// softplus′ = σ
    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        call(&Sigmoid, arguments.to_vec())
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].apply(Elementary::Softplus)
    }
}

/// z·σ(z), also known as swish. Elfwing, Uchibe and Doya 2017.
pub(super) struct Silu;

impl ScalarOperator for Silu {
    const NAME: &'static str = "silu";
    const SUMMARY: &'static str = "z * sigmoid(z)";
    const EXAMPLE: &'static str = "silu(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("SiLU", arguments)
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        Some(product(vec![arguments[0].clone(), call(&Sigmoid, arguments.to_vec())]))
    }

    /// σ(z) + zσ(z)(1 − σ(z))
    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        let gate = call(&Sigmoid, arguments.to_vec());
        let rising =
            Expr::Product(vec![arguments[0].clone(), gate.clone(), one_minus(gate.clone())]);
        plus(gate, rising)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].mul(&arguments[0].apply(Elementary::Sigmoid)?)
    }
}

/// zΦ(z) with the normal distribution function Φ. Hendrycks and Gimpel 2016.
pub(super) struct Gelu;

/// Φ(z) = ½(1 + erf(z/√2)). It arises in derivatives alone.
struct NormalCdf;

/// φ(z) = e^(−z²/2)/√(2π). It arises in derivatives alone.
struct NormalDensity;

impl ScalarOperator for NormalCdf {
    const NAME: &'static str = "normal_cdf";
    const SUMMARY: &'static str = "the normal distribution function";
    const EXAMPLE: &'static str = "";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("Phi", arguments)
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        call(&NormalDensity, arguments.to_vec())
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let root = S::constant(Number::from(2)).apply(Elementary::Sqrt)?;
        let error = arguments[0].div(&root)?.apply(Elementary::Erf)?;
        let one = S::constant(Number::one());
        S::constant(one_half()).mul(&one.add(&error)?)
    }
}

impl ScalarOperator for NormalDensity {
    const NAME: &'static str = "normal_density";
    const SUMMARY: &'static str = "the normal density";
    const EXAMPLE: &'static str = "";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("varphi", arguments)
    }

    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        let own = call(&NormalDensity, arguments.to_vec());
        negate(product(vec![arguments[0].clone(), own]))
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        _conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let half = S::constant(one_half());
        let exponential = half.mul(&arguments[0].powi(2)?)?.neg().apply(Elementary::Exp)?;
        let scale = Number::from(2).mul(&Number::pi())?.apply(Elementary::Sqrt)?;
        exponential.div(&S::constant(scale))
    }
}

impl ScalarOperator for Gelu {
    const NAME: &'static str = "gelu";
    const SUMMARY: &'static str = "z times the normal distribution function of z";
    const EXAMPLE: &'static str = "gelu(a)";
    const PARAMETERS: &'static [Parameter] = &[required("z")];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        named("GELU", arguments)
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        Some(product(vec![arguments[0].clone(), call(&NormalCdf, arguments.to_vec())]))
    }

    /// Φ(z) + zφ(z)
    fn partial(&self, arguments: &[Expr], _index: usize, _conventions: &Conventions) -> Expr {
        let density = call(&NormalDensity, arguments.to_vec());
        let rising = product(vec![arguments[0].clone(), density]);
        plus(call(&NormalCdf, arguments.to_vec()), rising)
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        arguments[0].mul(&NormalCdf.rule(arguments, conventions)?)
    }
}

const ELU_AT_ZERO: Kink = Kink { operator: "elu", place: "0" };

/// z where z > 0, else α(e^z − 1). Clevert, Unterthiner and Hochreiter 2015.
pub(super) struct Elu;

impl Elu {
    /// z > 0 and z < 0 with their values, and at 0 the kink's.
    fn branches(z: &Expr, [above, at, below]: [Expr; 3]) -> Expr {
        let zero = Expr::from(0);
        Expr::Cases(vec![
            super::piecewise::case(above, z, Relation::Greater, &zero),
            Case {
                kink: Some(ELU_AT_ZERO),
                ..super::piecewise::case(at, z, Relation::Equal, &zero)
            },
            super::piecewise::case(below, z, Relation::Less, &zero),
        ])
    }
}

impl ScalarOperator for Elu {
    const NAME: &'static str = "elu";
    const SUMMARY: &'static str = "z where z > 0, else alpha * (exp(z) - 1)";
    const EXAMPLE: &'static str = "elu(a, alpha = 2)";
    const PARAMETERS: &'static [Parameter] =
        &[required("z"), Parameter { name: "alpha", kind: ParameterKind::Optional("1") }];
    const KINKS: &'static [&'static str] = &["0"];

    fn notation(&self, arguments: &[Expr]) -> Notation {
        Notation::Function {
            name: "ELU",
            subscript: if arguments[1].is_integer(1) { None } else { Some(arguments[1].clone()) },
            arguments: vec![arguments[0].clone()],
        }
    }

    fn meaning(&self, arguments: &[Expr]) -> Option<Expr> {
        let (z, alpha, zero) = (&arguments[0], &arguments[1], Expr::from(0));
        let below = Expr::Sum(vec![
            Term { minus: false, expr: call(&Exp, vec![z.clone()]) },
            Term { minus: true, expr: Expr::from(1) },
        ]);
        Some(Expr::Cases(vec![
            super::piecewise::case(z.clone(), z, Relation::Greater, &zero),
            super::piecewise::case(
                product(vec![alpha.clone(), below]),
                z,
                Relation::LessOrEqual,
                &zero,
            ),
        ]))
    }

    fn partial(&self, arguments: &[Expr], index: usize, conventions: &Conventions) -> Expr {
        let (z, alpha) = (&arguments[0], &arguments[1]);
        let exponential = call(&Exp, vec![z.clone()]);
        if index == 0 {
            let at = slope_at(ELU_AT_ZERO, conventions, alpha);
            let below = product(vec![alpha.clone(), exponential]);
            Self::branches(z, [Expr::from(1), at, below])
        } else {
            let below = Expr::Sum(vec![
                Term { minus: false, expr: exponential },
                Term { minus: true, expr: Expr::from(1) },
            ]);
            let zero = Expr::from(0);
            Expr::Cases(vec![
                super::piecewise::case(Expr::from(0), z, Relation::GreaterOrEqual, &zero),
                super::piecewise::case(below, z, Relation::Less, &zero),
            ])
        }
    }

    fn rule<S: Scalar>(
        &self,
        arguments: &[S],
        conventions: &Conventions,
    ) -> Result<S, EvaluationError> {
        let (z, alpha) = (&arguments[0], &arguments[1]);
        match z.value().sign()? {
            std::cmp::Ordering::Greater => Ok(z.clone()),
            std::cmp::Ordering::Less => {
                let one = S::constant(Number::one());
                alpha.mul(&z.apply(Elementary::Exp)?.sub(&one)?)
            }
            std::cmp::Ordering::Equal => {
                let slope = conventions.slope(ELU_AT_ZERO, alpha.value());
                S::at_kink(Number::zero(), &[(slope, z)])
            }
        }
    }
}
