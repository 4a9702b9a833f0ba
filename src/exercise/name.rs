//! Names of leaves and nodes.

use std::fmt;
use std::sync::Arc;

/// A name with its indices in place: `w0`, `h[2]`, `w[2,1]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// What stands before the bracket, primes included.
    pub base: Arc<str>,
    /// Empty for a plain name.
    pub indices: Vec<i64>,
}

impl Name {
    /// A name without an index.
    pub fn plain(base: impl Into<Arc<str>>) -> Self {
        Self { base: base.into(), indices: Vec::new() }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.base)?;
        for (position, index) in self.indices.iter().enumerate() {
            formatter.write_str(if position == 0 { "[" } else { "," })?;
            write!(formatter, "{index}")?;
        }
        if self.indices.is_empty() { Ok(()) } else { formatter.write_str("]") }
    }
}
