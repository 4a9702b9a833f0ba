//! "Did you mean": the nearest of the known words, if one is near.

/// The candidate that `name` is most likely a slip of, if any is near enough; the first of equals.
///
/// Near is one slip of the hand (a letter wrong, left out, added, or two swapped) in a short word, two in a
/// word of five letters, and one more for every three further. Capitals count for nothing: `ReLU` is `relu`.
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
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len() <= 4 * (2 * length + 1))
        .filter_map(|candidate| {
            let other = candidate.chars().count();
            let allowed = (length.min(other) + 1) / 3;
            if length.abs_diff(other) > allowed {
                return None;
            }
            let distance = strsim::osa_distance(&lower, &candidate.to_lowercase());
            (distance <= allowed).then_some((distance, candidate))
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
        assert_eq!(nearest("vary", ["part", "param"]), None);
        assert_eq!(nearest(&"r".repeat(1000), known), None);
    }
}
