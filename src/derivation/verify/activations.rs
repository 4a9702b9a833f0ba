//! What the sheet states of the functions that keep their names, against dual numbers at some places.

use super::probes::on_a_boundary;
use super::{Fault, VerificationError, Verifier, same};
use crate::derivation::{StatedActivation, activations};
use crate::exact::{Number, Rational};
use crate::expr::{Dual, Quantity, evaluate};

/// What the parameter takes, in thirds: around 0 and 1, where functions have their corners, and far out.
const PARAMETER_THIRDS: [i64; 7] = [-19, -7, -1, 1, 2, 5, 29];

impl Verifier<'_> {
    /// Every function that the network uses is stated, as the file defines it and with its derivative.
    pub(super) fn stated(&self) -> Result<(), VerificationError> {
        let used = activations::used(&self.solution.exercise);
        let stated = &self.solution.activations;
        for (position, function) in used.iter().enumerate() {
            let fault = match stated.get(position) {
                Some(own) if own.function != *function => Some(Fault::Target),
                Some(own) if own.definition != *function.body() => Some(Fault::Forms),
                Some(own) if !self.is_derivative(own) => Some(Fault::Gradient),
                Some(_) => None,
                None => Some(Fault::Premise),
            };
            if let Some(fault) = fault {
                return Err(VerificationError {
                    pass: 1,
                    quantity: function.text().to_owned(),
                    fault,
                });
            }
        }
        match stated.get(used.len()) {
            None => Ok(()),
            Some(further) => {
                let quantity = further.function.text().to_owned();
                Err(VerificationError { pass: 1, quantity, fault: Fault::Target })
            }
        }
    }

    /// Whether the derivative agrees with forward mode over the definition, wherever both exist.
    fn is_derivative(&self, stated: &StatedActivation) -> bool {
        let declared = Self::declared(self.network);
        let parameter = stated.function.parameter();
        PARAMETER_THIRDS.iter().all(|thirds| {
            let Some(place) = Rational::new(*thirds, 3).map(Number::from) else { return true };
            let value_of = |quantity| match quantity {
                own if own == parameter => Some(place.clone()),
                // A constant that stays a letter may be any number.
                Quantity::Variable(constant) => declared[constant.index()]
                    .clone()
                    .or_else(|| Rational::new(2 * i64::from(constant.0) + 7, 5).map(Number::from)),
                _ => None,
            };
            let moving = |quantity| {
                let moves = i64::from(quantity == parameter);
                Some(Dual::new(value_of(quantity)?, Number::from(moves)))
            };
            // At a boundary the convention rules, of which the sheet states what the file does.
            let side = |expr: &_| evaluate::<Number>(expr, &value_of, self.conventions).ok();
            if on_a_boundary(&stated.derivative, &side) {
                return true;
            }
            let by_duals = evaluate::<Dual>(stated.function.body(), &moving, self.conventions);
            let by_form = evaluate::<Number>(&stated.derivative, &value_of, self.conventions);
            match (by_duals, by_form) {
                (Ok(dual), Ok(form)) => same(Some(&dual.tangent), Some(&form)),
                _ => true,
            }
        })
    }
}
