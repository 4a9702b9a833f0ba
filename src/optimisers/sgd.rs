//! Gradient descent with a fixed learning rate.

use super::{Direction, Optimiser, OptimiserOption};
use crate::expr::{Expr, Quantity, Setting, Term, VariableId};

/// w ← w − η ∂L/∂w
pub(super) struct Sgd;

impl Optimiser for Sgd {
    fn name(&self) -> &'static str {
        "sgd"
    }

    fn summary(&self) -> &'static str {
        "gradient descent: w - rate * gradient"
    }

    fn options(&self) -> &'static [OptimiserOption] {
        &[OptimiserOption { name: "rate", setting: Setting::LearningRate }]
    }

    fn updated(&self, parameter: VariableId, direction: Direction) -> Expr {
        let step = Expr::Product(vec![
            Quantity::Setting(Setting::LearningRate).into(),
            Quantity::Adjoint(parameter).into(),
        ]);
        Expr::Sum(vec![
            Term { minus: false, expr: parameter.into() },
            Term { minus: direction == Direction::Descend, expr: step },
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Number, Rational};
    use crate::expr::{Conventions, evaluate};

    fn step(direction: Direction) -> Number {
        let weight = VariableId(0);
        let value_of = |quantity| {
            Some(match quantity {
                Quantity::Variable(_) => Number::from(3),
                Quantity::Adjoint(_) => Number::from(4),
                _ => Number::from(Rational::new(1, 2)?),
            })
        };
        evaluate(&Sgd.updated(weight, direction), &value_of, &Conventions::default()).unwrap()
    }

    #[test]
    fn descends_against_and_ascends_along_the_gradient() {
        assert_eq!(step(Direction::Descend), Number::from(1));
        assert_eq!(step(Direction::Ascend), Number::from(5));
    }
}
