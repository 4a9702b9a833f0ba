//! How deep an expression nests, counted before anything recurses over it.

/// Counts brackets, and the minuses and powers that nest without them: `--x`, `a^b^c`.
///
/// The count is at most the depth of the tree, and the tree is at most a few times as deep.
#[derive(Default)]
pub(super) struct Nesting {
    /// The chain lengths of the enclosing brackets.
    outer: Vec<usize>,
    /// Unary minuses and powers that the present operand stands in, this side of the bracket.
    chain: usize,
    depth: usize,
}

impl Nesting {
    /// The deepest that the expression `text` nests.
    pub(super) fn deepest(text: &str) -> usize {
        let mut nesting = Self::default();
        let mut deepest = 0;
        let mut after_operand = false;
        for byte in text.bytes() {
            match byte {
                b' ' => continue,
                b'(' | b'[' => nesting.open(),
                b')' | b']' => nesting.close(),
                b'^' => nesting.chain(),
                b'-' if !after_operand => nesting.chain(),
                b'+' | b'-' | b'*' | b'/' | b',' | b'=' | b'<' | b'>' => nesting.end_chain(),
                _ => {}
            }
            after_operand = !b"([^-+*/,=<>".contains(&byte);
            deepest = deepest.max(nesting.depth);
        }
        deepest
    }

    /// The present depth.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// An opening bracket.
    pub(super) fn open(&mut self) {
        self.outer.push(self.chain);
        self.chain = 0;
        self.depth += 1;
    }

    /// A closing bracket.
    pub(super) fn close(&mut self) {
        if let Some(chain) = self.outer.pop() {
            self.depth -= self.chain + 1;
            self.chain = chain;
        }
    }

    /// A unary minus or a power.
    pub(super) fn chain(&mut self) {
        self.chain += 1;
        self.depth += 1;
    }

    /// Anything that ends a chain: another operator, a comma.
    pub(super) fn end_chain(&mut self) {
        self.depth -= self.chain;
        self.chain = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Nesting;

    #[test]
    fn brackets_minuses_and_powers_nest() {
        assert_eq!(Nesting::deepest("a - b - c * d"), 0);
        assert_eq!(Nesting::deepest("--a"), 2);
        assert_eq!(Nesting::deepest("a^b^-c + d^e"), 3);
        assert_eq!(Nesting::deepest("f(-(a), (b))"), 3);
        assert_eq!(Nesting::deepest("))a(("), 2);
    }
}
