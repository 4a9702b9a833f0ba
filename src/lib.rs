//! Worked solutions for neural-network gradient exercises.
