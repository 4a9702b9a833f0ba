//! The words of the language.

/// The words that begin a statement or task, in the order of the reference.
pub(crate) const STATEMENT_WORDS: [&str; 35] = [
    "title",
    "author",
    "course",
    "date",
    "lang",
    "input",
    "target",
    "param",
    "const",
    "data",
    "loss",
    "maximize",
    "given",
    "def",
    "activation",
    "for",
    "convention",
    "display",
    "start",
    "digits",
    "numbers",
    "reminder",
    "part",
    "question",
    "answer",
    "text",
    "note",
    "forward",
    "gradient",
    "partial",
    "update",
    "set",
    "reset",
    "repeat",
    "each",
];

/// Whether `word` begins a statement or task.
pub(crate) fn is_statement_word(word: &str) -> bool {
    // A `match` compares by length first: this is asked for every line.
    matches!(
        word,
        "title"
            | "author"
            | "course"
            | "date"
            | "lang"
            | "input"
            | "target"
            | "param"
            | "const"
            | "data"
            | "loss"
            | "maximize"
            | "given"
            | "def"
            | "activation"
            | "for"
            | "convention"
            | "display"
            | "start"
            | "digits"
            | "numbers"
            | "reminder"
            | "part"
            | "question"
            | "answer"
            | "text"
            | "note"
            | "forward"
            | "gradient"
            | "partial"
            | "update"
            | "set"
            | "reset"
            | "repeat"
            | "each"
    )
}

/// Whether a block follows the statement that `word` begins.
pub(crate) fn has_block(word: &str) -> bool {
    matches!(word, "part" | "question" | "for" | "repeat" | "each") || has_rows(word)
}

/// Whether the block of the statement that `word` begins holds rows and not statements.
pub(crate) fn has_rows(word: &str) -> bool {
    word == "data"
}

/// Whether a name and its value follow in the statement that `word` begins.
pub(crate) fn declares(word: &str) -> bool {
    matches!(word, "input" | "target" | "param" | "const" | "loss" | "maximize")
}

/// Whether `word` names a number of its own: it may stand in an expression but cannot be assigned.
pub(crate) fn is_named_number(word: &str) -> bool {
    matches!(word, "pi" | "inf")
}

/// Whether `word` can stand for no value: a statement word, or a word between expressions.
pub(crate) fn is_keyword(word: &str) -> bool {
    matches!(word, "in" | "and" | "or" | "not") || is_statement_word(word)
}

/// Whether `word` cannot name anything.
pub(crate) fn is_reserved(word: &str) -> bool {
    is_keyword(word) || is_named_number(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_and_predicate_agree() {
        assert!(STATEMENT_WORDS.iter().all(|word| is_statement_word(word)));
        assert!(!is_statement_word("vary"));
    }
}
