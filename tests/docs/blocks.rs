//! The fenced blocks of a document.

/// A fenced block.
pub(crate) struct Block {
    /// The first word after the fence.
    pub(crate) kind: String,
    /// The second.
    pub(crate) file: Option<String>,
    pub(crate) text: String,
    /// The line of its fence, from 1.
    pub(crate) line: usize,
}

pub(crate) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    // A block in a list is indented.
    let mut indent = 0;
    for (index, line) in document.lines().enumerate() {
        let inner = line.trim_start();
        if open.is_none() {
            indent = line.len() - inner.len();
        }
        match (inner.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(words), None) => {
                let mut words = words.split_whitespace().map(str::to_owned);
                open = Some(Block {
                    kind: words.next().unwrap_or_default(),
                    file: words.next(),
                    text: String::new(),
                    line: index + 1,
                });
            }
            (None, Some(block)) => {
                block.text.push_str(line.get(indent..).unwrap_or_default());
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}
