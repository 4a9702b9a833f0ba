//! Exact numbers: rationals, and their decimals.
