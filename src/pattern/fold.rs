//! Characters that are equal when case is ignored.
//!
//! The rule is that of Python's `re.IGNORECASE`: two characters are the same if their lower-case characters are, or
//! if those have the same upper case. So `k` equals the Kelvin sign, `s` the long s, and `ß` equals `ẞ` but never `ss`.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// Whether two characters are equal, apart from their case.
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

/// Whether one of the other ASCII characters that are the [`same`] as this one is wanted.
#[inline]
pub(super) fn any_ascii_variant(character: char, mut is_wanted: impl FnMut(char) -> bool) -> bool {
    let swap = |letter: char| {
        if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
    };
    match character {
        _ if character.is_ascii() => character.is_ascii_alphabetic() && is_wanted(swap(character)),
        _ => BEYOND_ASCII
            .iter()
            .any(|&(other, letter)| other == character && (is_wanted(letter) || is_wanted(swap(letter)))),
    }
}

/// Whether one of the other characters that are the [`same`] as this one is wanted.
pub(super) fn any_variant(character: char, mut is_wanted: impl FnMut(char) -> bool) -> bool {
    if character.is_ascii() {
        let letter = character.to_ascii_lowercase();
        return any_ascii_variant(character, &mut is_wanted)
            || BEYOND_ASCII.iter().any(|&(other, ascii)| ascii == letter && is_wanted(other));
    }
    variants(character).iter().any(|&(_, variant)| is_wanted(variant))
}

/// The characters beyond ASCII that are the same as an ASCII letter.
const BEYOND_ASCII: [(char, char); 4] = [('İ', 'i'), ('ı', 'i'), ('ſ', 's'), ('\u{212a}', 'k')];

/// The other characters that are the [`same`] as one beyond ASCII.
fn variants(character: char) -> &'static [(char, char)] {
    static PAIRS: OnceLock<Box<[(char, char)]>> = OnceLock::new();
    let pairs = PAIRS.get_or_init(|| all_pairs(CASED.into_iter().flatten()));
    let start = pairs.partition_point(|&(from, _)| from < character);
    let length = pairs[start..].partition_point(|&(from, _)| from == character);
    &pairs[start..start + length]
}

/// The ranges that have letters with case. Ideographs, syllables, private characters and all planes after the second have
/// none. Looking at all of Unicode would take a hundred times as long.
const CASED: [RangeInclusive<char>; 6] = [
    '\0'..='\u{33ff}',
    '\u{a640}'..='\u{abff}',
    '\u{fb00}'..='\u{ffff}',
    '\u{10000}'..='\u{11fff}',
    '\u{16a40}'..='\u{16fff}',
    '\u{1d000}'..='\u{1ffff}',
];

/// Pairs of different characters that are the same, sorted.
fn all_pairs(characters: impl Iterator<Item = char>) -> Box<[(char, char)]> {
    let mut groups: HashMap<String, Vec<char>> = HashMap::new();
    let has_case = |&character: &char| lower(character) != character || !character.to_uppercase().eq([character]);
    for character in characters.filter(has_case) {
        groups.entry(lower(character).to_uppercase().collect()).or_default().push(character);
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

/// The lower-case form of a character. Only that of `İ` has two characters; it counts as `i`.
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
    use std::collections::HashMap;

    use super::{BEYOND_ASCII, CASED, all_pairs, any_ascii_variant, any_variant, lower, same};

    #[test]
    fn sameness_is_pythons() {
        for (left, right) in [('a', 'A'), ('k', '\u{212a}'), ('s', 'ſ'), ('i', 'İ'), ('ı', 'I'), ('ß', 'ẞ'), ('σ', 'ς')]
        {
            assert!(same(left, right) && same(right, left), "{left} {right}");
            assert!(any_variant(left, |variant| variant == right), "{left} {right}");
        }
        assert!(!same('a', 'b') && !same('é', 'e') && !same('[', '{'));
        assert!(!any_variant('1', |_| true) && !any_variant('日', |_| true) && any_variant('é', |_| true));
    }

    /// All of Unicode in groups of characters that are the same, made without `CASED`.
    fn groups() -> impl Iterator<Item = Vec<char>> {
        let mut groups: HashMap<[char; 3], (char, Vec<char>)> = HashMap::new();
        for character in '\0'..=char::MAX {
            let mut upper = ['\0'; 3];
            upper.iter_mut().zip(lower(character).to_uppercase()).for_each(|(place, upper)| *place = upper);
            groups.entry(upper).and_modify(|group| group.1.push(character)).or_insert((character, Vec::new()));
        }
        let groups = groups.into_values().filter(|(_, others)| !others.is_empty());
        groups.map(|(first, others)| [vec![first], others].concat())
    }

    #[test]
    fn the_pairs_are_those_of_all_characters() {
        let mut expected = Vec::new();
        for group in groups() {
            let pairs = group.iter().flat_map(|&from| group.iter().map(move |&to| (from, to)));
            expected.extend(pairs.filter(|(from, to)| from != to));
        }
        expected.sort_unstable();
        assert!(expected.len() > 2_000);
        assert!(
            *all_pairs(CASED.into_iter().flatten()) == *expected,
            "a letter with case is not where it is looked for"
        );

        let mut beyond: Vec<_> =
            expected.iter().copied().filter(|(from, to)| !from.is_ascii() && to.is_ascii_lowercase()).collect();
        beyond.sort_unstable();
        assert_eq!(beyond, BEYOND_ASCII);
        for (at, &(from, to)) in expected.iter().enumerate() {
            assert!(same(from, to) && any_variant(from, |variant| variant == to), "{from} {to}");
            assert_eq!(any_ascii_variant(from, |variant| variant == to), to.is_ascii(), "{from} {to}");
            assert!(!same(from, expected[(at + 1_000) % expected.len()].0), "{from}");
        }
    }
}
