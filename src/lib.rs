//! Worked solutions for neural-network gradient exercises.

pub mod exact;
