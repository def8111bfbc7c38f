//! Patterns against bash, which finds the same in a tree (`globstar`, `dotglob`).
//!
//! Where the two differ on purpose, [`DIFFERENCES`] has both answers; such patterns are not generated.

use std::collections::BTreeSet;
use std::process::Command;

use waypath::{Path, PathBuf, TempDir};

use crate::random::Random;

/// Patterns, what they match here, and what in bash.
const DIFFERENCES: &[(&str, &[&str], &[&str])] = &[
    // Here a class is read before braces.
    ("{[,b]c,d}", &["bc", "d"], &["d"]),
    // Bash takes any closing brace after a comma, if the first that closes has none before it.
    ("{a},b}", &[], &["b"]),
    // Bash has ranges.
    ("{a..c}", &[], &["a", "b", "c"]),
    // In bash, `**` takes nothing only if one separator follows.
    ("**//a", &["a"], &[]),
];

#[test]
fn bash_finds_the_same() {
    const PATTERNS: usize = 2_000;

    let tree = tree();
    let mut random = Random(13);
    let mut candidates = BTreeSet::new();
    while candidates.len() < PATTERNS + 400 {
        let pattern = pattern(&mut random, 2);
        if is_comparable(&pattern) && tree.glob(&pattern).is_ok() {
            candidates.insert(pattern);
        }
    }
    let candidates: Vec<_> = candidates.into_iter().collect();
    let written_out = words_of_bash(&tree, &candidates, "set -f");
    let pairs = candidates.into_iter().zip(written_out);
    let is_odd = |words: &[String]| words.iter().any(|word| word.contains("**//"));
    let patterns: Vec<_> =
        pairs.filter(|(_, words)| !is_odd(words)).map(|(pattern, _)| pattern).take(PATTERNS).collect();
    assert_eq!(patterns.len(), PATTERNS);
    assert!(patterns.iter().filter(|pattern| pattern.contains(',')).count() > PATTERNS / 2);
    let (mut found, mut matching) = (found_by_bash(&tree, &patterns), 0);
    for (pattern, bash) in patterns.iter().zip(&mut found) {
        let ours = found_by_us(&tree, pattern);
        matching += usize::from(!ours.is_empty());
        assert_eq!(ours, *bash, "{pattern}");
    }
    assert!(matching > PATTERNS / 5, "{matching}");
}

#[test]
fn differences_from_bash_are_those_that_are_listed() {
    let tree = TempDir::new().unwrap();
    ["a", "b", "c", "d", "bc"].iter().for_each(|name| (&tree / name).touch().unwrap());
    let patterns: Vec<_> = DIFFERENCES.iter().map(|(pattern, ..)| (*pattern).to_owned()).collect();
    for ((pattern, ours, bash), found) in DIFFERENCES.iter().zip(found_by_bash(&tree, &patterns)) {
        let set = |names: &[&str]| names.iter().map(|&name| PathBuf::from(name)).collect::<BTreeSet<_>>();
        assert_eq!(found_by_us(&tree, pattern), set(ours), "{pattern}");
        assert_eq!(found, set(bash), "{pattern} in bash");
    }
}

fn tree() -> TempDir {
    let tree = TempDir::new().unwrap();
    for name in ["a", "b", "ab", "ba", "aab", ".a", "a.b", "c{a}", "{a", "b}", "a,b", "{}", "[a", "c"] {
        (&tree / "files" / name).parent().mkdir_all().unwrap();
        (&tree / "files" / name).touch().unwrap();
    }
    for directory in ["a/b/c", "a/a", "b/a/b", "b/c", "ab/a", ".h/a", "c/{b}/a", "a.b/c"] {
        (&tree / directory).mkdir_all().unwrap();
    }
    for file in ["a/b/c/a", "a/b/ab", "b/a/b/c", "b/b", "ab/b", ".h/b", "c/b", "c/a,b", "aa", "bb", "{a,b}"] {
        (&tree / file).touch().unwrap();
    }
    tree
}

fn found_by_us(tree: &Path, pattern: &str) -> BTreeSet<PathBuf> {
    let found = tree.glob(pattern).unwrap().map(|entry| entry.unwrap().relative_to(tree).unwrap().to_path_buf());
    found.filter(|path| path != ".").collect()
}

/// What bash makes of each pattern, as far as it is there.
fn found_by_bash(tree: &Path, patterns: &[String]) -> Vec<BTreeSet<PathBuf>> {
    let is_there = |word: &String| std::fs::symlink_metadata(std::path::Path::new(tree.as_str()).join(word)).is_ok();
    let paths =
        |words: Vec<String>| words.into_iter().filter(is_there).map(PathBuf::from).filter(|path| path != ".").collect();
    words_of_bash(tree, patterns, "shopt -s globstar extglob dotglob nullglob").into_iter().map(paths).collect()
}

/// The words that bash makes of each pattern.
fn words_of_bash(tree: &Path, patterns: &[String], setting: &str) -> Vec<Vec<String>> {
    let commands = patterns.iter().map(|pattern| format!("words {pattern}\n"));
    let script = format!("{setting}\nwords() {{ printf '%s\\n' \"$@\" END; }}\n{}", commands.collect::<String>());
    let output = Command::new("bash").arg("-c").arg(script).current_dir(tree.as_str()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines = std::str::from_utf8(&output.stdout).unwrap().lines().map(str::to_owned);
    patterns.iter().map(|_| lines.by_ref().take_while(|line| line != "END").collect()).collect()
}

/// Whether bash reads a pattern by the same rules.
fn is_comparable(pattern: &str) -> bool {
    let names_itself = pattern.split(['/', '{', '}', ',']).any(|part| part.starts_with('.') && part.len() < 3);
    let has_range = pattern.contains("..");
    // A closing brace that nothing opened may be taken for one, far before it.
    let mut depth = 0_i32;
    let is_closed_too_often = pattern.chars().any(|character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        depth < 0
    });
    !names_itself && !has_range && !is_closed_too_often && !pattern.starts_with('/')
}

/// A pattern of pieces that bash has, too.
fn pattern(random: &mut Random, depth: usize) -> String {
    let pieces =
        ["a", "b", "a", "b", "*", "*", "**/", "?", "[ab]", "[!a]", "/**", "/", "/", "c", "a.b", "{", "}", ",", ""];
    let mut text = String::new();
    for _ in 0..1 + random.below(3) {
        match random.below(3) {
            0 if depth > 0 => {
                let alternatives: Vec<_> = (0..1 + random.below(4)).map(|_| pattern(random, depth - 1)).collect();
                text += &format!("{{{}}}", alternatives.join(","));
            }
            _ => text += pieces[random.below(pieces.len())],
        }
    }
    text
}
