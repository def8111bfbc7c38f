//! Characters that are one when case does not matter.
//!
//! The rule is that of Python's `re.IGNORECASE`: two characters are the same when their lower-case
//! characters are, or when those have the same upper case. So `k` is the Kelvin sign and `s` the
//! long s, while `ß` is `ẞ` but never `ss`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Whether two characters differ in case at most.
#[inline]
pub(super) fn same(left: char, right: char) -> bool {
    if left == right {
        return true;
    }
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(&right);
    }
    let (left, right) = (lower(left), lower(right));
    left == right || left.to_uppercase().eq(right.to_uppercase())
}

/// The other characters that are the [`same`] as this one.
pub(super) fn variants(character: char) -> &'static [(char, char)] {
    static PAIRS: OnceLock<Box<[(char, char)]>> = OnceLock::new();
    let pairs = PAIRS.get_or_init(all_pairs);
    let start = pairs.partition_point(|&(from, _)| from < character);
    let length = pairs[start..].partition_point(|&(from, _)| from == character);
    &pairs[start..start + length]
}

/// Each character with each other one that is the same, sorted.
fn all_pairs() -> Box<[(char, char)]> {
    let mut groups: HashMap<String, Vec<char>> = HashMap::new();
    for character in '\0'..=char::MAX {
        if character.is_alphabetic() || character.is_lowercase() || character.is_uppercase() {
            groups.entry(lower(character).to_uppercase().collect()).or_default().push(character);
        }
    }
    let mut pairs = Vec::new();
    for group in groups.values().filter(|group| group.len() > 1) {
        for &from in group {
            pairs.extend(group.iter().filter(|&&to| to != from).map(|&to| (from, to)));
        }
    }
    pairs.sort_unstable();
    pairs.into()
}

/// The lower-case character of one character. Only `İ` has two, and counts as `i`.
fn lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ if character == 'İ' => 'i',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::{same, variants};

    #[test]
    fn sameness_is_pythons() {
        for (left, right) in [('a', 'A'), ('k', '\u{212a}'), ('s', 'ſ'), ('i', 'İ'), ('ı', 'I'), ('ß', 'ẞ'), ('σ', 'ς')]
        {
            assert!(same(left, right) && same(right, left), "{left} {right}");
            assert!(variants(left).contains(&(left, right)), "{left} {right}");
        }
        assert!(!same('a', 'b') && !same('é', 'e') && !same('[', '{'));
        assert!(variants('1').is_empty());
    }
}
