//! Names that look like a wanted one: mistyped, in another case, composed otherwise, without their suffix.

use std::cmp::Reverse;
use std::mem;

/// As many edits as a long name may differ by.
const MOST_EDITS: usize = 3;

/// What an edit costs. Less than one is a letter in place of the same one with an accent, or of any that has one.
const EDIT: usize = 2;

/// The three names that are most alike, the best first.
pub(super) fn most_alike(wanted: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    const MOST: usize = 3;
    let folded = fold(wanted);
    let mut alike: Vec<_> = names
        .filter(|name| name != wanted)
        .filter_map(|name| Some((cost(&folded, &fold(&name))?, Reverse(common_front(wanted, &name)), name)))
        .collect();
    alike.sort_unstable();
    alike.into_iter().take(MOST).map(|(_, _, name)| name).collect()
}

/// Whether a character is a mark on the one before, as an accent that is composed.
pub(super) fn is_mark(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

fn fold(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).filter(|&character| !is_mark(character)).collect()
}

fn common_front(left: &str, right: &str) -> usize {
    left.chars().zip(right.chars()).take_while(|(left, right)| left == right).count()
}

/// How far one is from the other, if they are alike.
fn cost(wanted: &[char], name: &[char]) -> Option<usize> {
    let edits = if wanted.len() < 2 { 0 } else { (wanted.len() / 3).clamp(1, MOST_EDITS) };
    // At least as much as an accent costs.
    let most = (edits * EDIT).max(1);
    let is_front =
        |front: &[char], whole: &[char]| !front.is_empty() && whole.starts_with(front) && whole[front.len()] == '.';
    let lacks_suffix =
        (wanted.len() < name.len() && is_front(wanted, name)) || (name.len() < wanted.len() && is_front(name, wanted));
    let edited = edit_cost(wanted, name, most);
    if lacks_suffix { Some(edited.map_or(EDIT * 2, |cost| cost.min(EDIT * 2))) } else { edited }
}

/// The least cost of edits that lead from one to the other: a letter more, less, another, or two that change
/// places. `None` if that is more than `most`.
fn edit_cost(from: &[char], to: &[char], most: usize) -> Option<usize> {
    const TOO_MUCH: usize = usize::MAX / 2;
    let reach = most / EDIT;
    if from.len().abs_diff(to.len()) > reach {
        return None;
    }
    // Only what is at most so far from the diagonal can be cheap enough.
    let mut before = vec![TOO_MUCH; to.len() + 1];
    let mut above: Vec<usize> = (0..=to.len()).map(|at| at * EDIT).collect();
    let mut row = vec![TOO_MUCH; to.len() + 1];
    for at in 1..=from.len() {
        let (start, end) = (at.saturating_sub(reach), (at + reach).min(to.len()));
        if start > 0 {
            row[start - 1] = TOO_MUCH;
        }
        if end < to.len() {
            row[end + 1] = TOO_MUCH;
        }
        for place in start..=end {
            if place == 0 {
                row[0] = at * EDIT;
                continue;
            }
            let (left, right) = (from[at - 1], to[place - 1]);
            let mut cost =
                (above[place - 1] + other_cost(left, right)).min(above[place] + EDIT).min(row[place - 1] + EDIT);
            if at > 1 && place > 1 && left == to[place - 2] && right == from[at - 2] {
                cost = cost.min(before[place - 2] + EDIT);
            }
            row[place] = cost;
        }
        if row[start..=end].iter().all(|&cost| cost > most) {
            return None;
        }
        mem::swap(&mut before, &mut above);
        mem::swap(&mut above, &mut row);
    }
    Some(above[to.len()]).filter(|&cost| cost <= most)
}

/// What it costs to take one letter for another.
fn other_cost(left: char, right: char) -> usize {
    let is_accented =
        |letter: char| letter.is_alphabetic() && matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let could_be = |plain: char, other: char| plain.is_ascii_alphabetic() && is_accented(other);
    match left == right {
        true => 0,
        false if could_be(left, right) || could_be(right, left) => 1,
        false => EDIT,
    }
}

#[cfg(test)]
mod tests {
    use super::most_alike;

    #[track_caller]
    fn finds<const N: usize>(wanted: &str, names: &str, expected: [&str; N]) {
        let names = names.split_whitespace().map(str::to_owned);
        assert_eq!(most_alike(wanted, names), expected, "{wanted}");
    }

    #[test]
    fn names_are_alike_by_a_few_edits() {
        finds("notes", "nots notess xnotes nodes ntoes quite", ["notess", "nots", "nodes"]);
        finds("readme", "raedme readem rdm readmeee", ["readem", "raedme", "readmeee"]);
        finds("photographs", "fotographs photograph hotographs geographs", ["photograph", "hotographs", "fotographs"]);
        finds("2026", "2025 2062 1999 20261", ["20261", "2025", "2062"]);
        finds("ab", "ac xb ba a abc cd xyz", ["abc", "a", "ac"]);
        finds("same", "same", []);
        finds("notes", "", []);
        finds("", "a ab", []);
    }

    #[test]
    fn short_names_are_alike_but_for_case() {
        finds("x", "y X xy", ["X"]);
        finds("README", "readme Readme reader", ["Readme", "readme", "reader"]);
        finds("İ", "i", ["i"]);
    }

    #[test]
    fn accents_make_names_alike() {
        // Composed, decomposed, and left out.
        finds("caf\u{e9}.txt", "cafe\u{301}.txt cafe.txt coffee.txt", ["cafe.txt", "cafe\u{301}.txt"]);
        finds("cafe\u{301}.txt", "caf\u{e9}.txt CAFE.TXT", ["CAFE.TXT", "caf\u{e9}.txt"]);
        finds("e\u{301}", "\u{e9}", ["\u{e9}"]);
        finds("日本語", "abc", []);
    }

    #[test]
    fn a_suffix_may_be_missing_or_wrong() {
        finds("notes", "notes.txt notesy.txt notes.", ["notes.", "notes.txt"]);
        finds("data.json", "data data.json.gz data.toml d", ["data.json.gz", "data"]);
        finds("config.yaml", "config.yml config.toml config.json", ["config.yml", "config.toml"]);
    }

    #[test]
    fn long_names_do_not_take_long() {
        let long = "a".repeat(255);
        let names = (0..2_000).map(|at| format!("{}b{at:04}", "a".repeat(250)));
        assert!(most_alike(&long, names).is_empty());
    }
}
