//! "Did you mean": the nearest of the known words, if one is near.

/// The candidate that `name` is most likely a slip of, if any is near enough; the first of equals.
///
/// Near is one slip of the hand (a letter wrong, left out, added, or two swapped) in a short word and one more for every four
/// letters, never so many that half of the word would change. Capitals count half: `ReLU` is `relu`.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = name.chars().count();
    // A name longer than any that people type is not a slip, and the distance is quadratic.
    if length > 64 {
        return None;
    }
    let lower = name.to_lowercase();
    let allowed = 1 + length / 4;
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len() <= 4 * (length + allowed))
        .filter_map(|candidate| {
            let distance = strsim::osa_distance(&lower, &candidate.to_lowercase());
            let shorter = length.min(candidate.chars().count());
            (distance <= allowed && 2 * distance <= shorter).then_some((distance, candidate))
        })
        .min_by_key(|(distance, candidate)| (*distance, *candidate != lower))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_words_are_proposed() {
        let known = ["relu", "abs", "leaky_relu", "gradient", "w0", "w1"];
        assert_eq!(nearest("rleu", known), Some("relu"));
        assert_eq!(nearest("ReLU", known), Some("relu"));
        assert_eq!(nearest("leakyrelu", known), Some("leaky_relu"));
        assert_eq!(nearest("gradeint", known), Some("gradient"));
        assert_eq!(nearest("w2", known), Some("w0"));
    }

    #[test]
    fn far_words_are_not() {
        let known = ["relu", "abs", "w"];
        assert_eq!(nearest("tanh", known), None);
        assert_eq!(nearest("q", known), None);
        assert_eq!(nearest("relu", known), None);
        assert_eq!(nearest(&"r".repeat(1000), known), None);
    }
}
