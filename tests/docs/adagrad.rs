//! The worked example of `docs/adding-an-optimiser.md` is the code that it speaks of.

use crate::blocks::blocks;
use crate::documents;

#[test]
fn the_document_shows_this_optimiser() {
    let (_, document) =
        documents().into_iter().find(|(name, _)| name == "docs/adding-an-optimiser.md").unwrap();
    let own = include_str!("../../src/optimisers/adaptive.rs").replace("\r\n", "\n");
    let shown = blocks(&document).into_iter().find(|block| block.kind == "rust").unwrap().text;
    assert!(
        own.contains(shown.trim()),
        "the document shows another optimiser than src/optimisers/adaptive.rs"
    );
}
