//! Real numbers beyond the rationals: exact closed forms with rigorous enclosures.
//!
//! A [`Real`] is a node of a shared graph that says how the number is made. Three things are known
//! about it: its form, for printing; its enclosure, an interval that is refined to any precision
//! when asked; and its fingerprint, which recognises zeros and hidden rationals. The constructors
//! use the last two to give back a rational wherever the value is one, so that a `Real` stands for
//! an irrational number as far as anyone can tell.

mod apply;
mod chain;
mod closed_form;
mod construct;
mod decide;
mod enclose;
mod error_function;
mod factor;
mod field;
mod fingerprint;
mod form;
mod functions;
#[cfg(test)]
mod identities;
mod interval;
mod logarithms;
mod power;
#[cfg(test)]
mod tests;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use closed_form::ClosedForm;
pub use construct::{MAX_ARGUMENT, MAX_HEIGHT};
pub use enclose::MAX_FORM_SIZE;
pub use form::Function;

pub(super) use apply::apply;
pub(super) use construct::{enclosed, negative, pi, product, quotient, sum};
pub(super) use decide::agree;
pub(super) use fingerprint::Fingerprint;
pub(super) use form::Node;
pub(super) use power::{integer_power, power};

/// An exact real number that is not known to be rational.
#[derive(Clone, Debug)]
pub(super) struct Real(Arc<Node>);

impl Real {
    pub(super) fn fingerprint(&self) -> &Fingerprint {
        &self.0.fingerprint
    }

    pub(super) fn into_node(self) -> Arc<Node> {
        self.0
    }
}

impl PartialEq for Real {
    /// Equality of value, as far as fingerprint and enclosure tell.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.fingerprint == other.0.fingerprint && self.seems_equal(other))
    }
}

impl Eq for Real {}

impl Hash for Real {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.fingerprint.hash(state);
    }
}
