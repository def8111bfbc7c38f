//! Laws of patterns, for every flavour.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use waypath::{Flavour, Native, Path, PathBuf, Pattern, PatternSetBuilder, Posix, Windows};

use crate::conformance::reference::{self, Rules};
use crate::path::path_laws::laws;
use crate::support::texts::{pattern_and_path, related_texts, text};

laws! {
    matching_is_as_the_reference_has_it(vec(pattern_and_path(), 3));
    a_literal_matches_its_path_only(related_texts());
    an_escaped_path_matches_itself_only(related_texts());
    sets_answer_as_their_patterns((vec((pattern_and_path(), kind()), 0..6), text()));
    branches_are_their_alternatives((branched_pattern(), vec(short_path(), 8)));
    case_is_the_flavours((pattern_and_path(), any::<bool>()));
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Case {
    OfFlavour,
    Sensitive,
    Insensitive,
}

const CASES: [Case; 3] = [Case::OfFlavour, Case::Sensitive, Case::Insensitive];

fn compiled<F: Flavour>(pattern: &str, case: Case) -> Pattern<F> {
    match case {
        Case::OfFlavour => Pattern::parse(pattern),
        Case::Sensitive => Pattern::parse(pattern).case_sensitive(true),
        Case::Insensitive => Pattern::parse(pattern).case_sensitive(false),
    }
}

fn matching_is_as_the_reference_has_it<F: Flavour>(pairs: Vec<(String, String)>) {
    for (pattern, path) in &pairs {
        assert_matches_as_reference::<F>(pattern, path);
        assert_matches_as_reference::<F>(pattern, &pairs[0].1);
    }
}

fn assert_matches_as_reference<F: Flavour>(pattern: &str, text: &str) {
    let is_separator = |c| c == '/' || c == F::SEPARATOR;
    match reference::alternatives(pattern, is_separator, 1) {
        Some(alternatives) if alternatives.len() == 1 => {}
        // Groups are the subject of another law.
        _ => return,
    }
    let (pattern_path, path) = (PathBuf::<F>::parse(pattern), PathBuf::<F>::parse(text));
    for case in CASES {
        let ignore_case = case == Case::Insensitive || case == Case::OfFlavour && F::SEPARATOR == '\\';
        let rules = Rules { separator: F::SEPARATOR, classes_match_separators: false, ignore_case };
        let pattern = compiled::<F>(pattern, case);
        let whole = reference::full_match(rules, &pattern_path, &path);
        assert_eq!(pattern.full_match(&path), whole, "{pattern:?} {path:?} {case:?}");
        assert_eq!(pattern.full_match(text), whole, "{pattern:?} {text:?} {case:?}");
        let end = reference::matches(rules, &pattern_path, &path).unwrap_or(false);
        assert_eq!(pattern.matches(&path), end, "matches: {pattern:?} {path:?} {case:?}");
    }
}

fn a_literal_matches_its_path_only<F: Flavour>((path, other): (String, String)) {
    let (path, other) = (PathBuf::<F>::parse(&path), PathBuf::<F>::parse(&other));
    let literal = Pattern::literal(&path);
    assert!(literal.full_match(&path));
    assert_eq!(literal.full_match(&other), path == other);
    assert!(literal.clone().case_sensitive(false).full_match(&path));
    assert_eq!(literal.case_sensitive(true).full_match(&other), path.as_str() == other.as_str());
}

fn an_escaped_path_matches_itself_only<F: Flavour>((path, other): (String, String)) {
    let (path, other) = (PathBuf::<F>::parse(&path), PathBuf::<F>::parse(&other));
    let escaped = Pattern::<F>::parse(Pattern::literal(&path).as_str());
    // What stands in brackets is no drive, so that the `.\` falls away that a path such as `.\*:`
    // has; and a drive letter stands as it is: `[*]:` is none.
    let loses_guard = path.as_str().starts_with(r".\")
        && F::SEPARATOR == '\\'
        && path.parts().next().is_some_and(|name| name.starts_with(['*', '?', '[', '{', '}', ',']));
    let letter = if path.drive().starts_with(r"\\") { "" } else { path.drive() };
    if loses_guard || letter.starts_with(['[', '{', '}', ',']) {
        return;
    }
    assert!(escaped.full_match(&path));
    let (text, elsewhere) = (escaped.as_str(), PathBuf::<F>::parse("elsewhere"));
    let either = Pattern::<F>::parse(&format!("{{{text},elsewhere}}"));
    assert!(either.full_match(&path) && either.full_match(&elsewhere), "{text:?}");
    // The `?` of a device is a wildcard in a pattern.
    if !letter.starts_with(['*', '?']) && !path.drive().starts_with(r"\\?") {
        assert_eq!(escaped.case_sensitive(true).full_match(&other), path.as_str() == other.as_str());
    }
}

/// Whether a pattern of a set includes, and how it takes case.
fn kind() -> impl Strategy<Value = (bool, Case)> {
    (any::<bool>(), select(&CASES[..]))
}

type Kinds = Vec<((String, String), (bool, Case))>;

fn sets_answer_as_their_patterns<F: Flavour>((patterns, other): (Kinds, String)) {
    let mut builder = PatternSetBuilder::<F>::default();
    let (mut includes, mut excludes) = (Vec::new(), Vec::new());
    for ((text, path), (is_included, case)) in &patterns {
        // A literal one now and then, made of a path rather than of a pattern.
        let pattern = if text.len() % 3 == 0 { Pattern::literal(&Path::parse(path)) } else { compiled(text, *case) };
        match is_included {
            true => builder = builder.include(&pattern),
            false => builder = builder.exclude(&pattern),
        }
        if *is_included { &mut includes } else { &mut excludes }.push(pattern);
    }
    let set = builder.build();
    for path in patterns.iter().map(|((_, path), _)| path).chain([&other]) {
        let path = PathBuf::<F>::parse(path);
        let matching = |patterns: &[Pattern<F>]| -> Vec<String> {
            patterns.iter().filter(|pattern| pattern.full_match(&path)).map(ToString::to_string).collect()
        };
        let texts = |patterns: Vec<&Pattern<F>>| patterns.into_iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts(set.includes(&path)), matching(&includes), "{path:?}");
        assert_eq!(texts(set.excludes(&path)), matching(&excludes), "{path:?}");
        let is_included = includes.is_empty() || !matching(&includes).is_empty();
        assert_eq!(set.is_match(&path), is_included && matching(&excludes).is_empty(), "{path:?}");
    }
}

/// What a pattern with alternatives answers, each of its alternatives would, and every asker gets the same answer.
fn branches_are_their_alternatives<F: Flavour>((pattern, paths): (String, Vec<String>)) {
    // Known to differ: at the start of a Windows pattern, `[:` is a drive, but in one with groups the start of a class.
    if F::SEPARATOR == '\\' && pattern.contains("[:") {
        return;
    }
    let is_separator = |c| c == '/' || c == F::SEPARATOR;
    let Some(alternatives) = reference::alternatives(&pattern, is_separator, 200) else { return };
    for case in CASES {
        let branched = compiled::<F>(&pattern, case);
        let plain: Vec<_> = alternatives.iter().map(|text| compiled::<F>(text, case)).collect();
        let set = PatternSetBuilder::<F>::default().include(&branched).build();
        for path in paths.iter().chain(&alternatives) {
            let path = PathBuf::<F>::parse(path);
            let whole = plain.iter().any(|pattern| pattern.full_match(&path));
            assert_eq!(branched.full_match(&path), whole, "{pattern:?} {path:?} {case:?} {alternatives:?}");
            assert_eq!(set.is_match(&path), whole, "{pattern:?} {path:?} in a set");
            let end = plain.iter().any(|pattern| pattern.matches(&path));
            assert_eq!(branched.matches(&path), end, "matches: {pattern:?} {path:?} {case:?} {alternatives:?}");
        }
    }
}

/// Patterns with groups, and paths that they often match.
pub(crate) fn branched_pattern() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => select(&["a", "b", "ab", "/", "/", "*", "**", "**/", "/**", "?", "[ab]", ".", "..", "./", "", "c:", ":"][..])
            .prop_map(str::to_owned),
        1 => select(&["{", "}", ",", "[", "]", "[,]", "[{]", "//", "//s/", "//?/", "unc", "\\", "é", "A"][..])
            .prop_map(str::to_owned),
    ];
    let sequence = vec(leaf, 0..4).prop_map(|pieces| pieces.concat());
    sequence.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 2..4).prop_map(|alternatives| format!("{{{}}}", alternatives.join(","))),
            2 => vec(inner, 1..4).prop_map(|pieces| pieces.concat()),
        ]
    })
}

fn short_path() -> impl Strategy<Value = String> {
    vec(select(&["a", "b", "ab", "/", "/", "a/b", "..", "c:", "//s/sh/", "é", "{", "A", "\\"][..]), 0..7)
        .prop_map(|pieces| pieces.concat())
}

fn case_is_the_flavours<F: Flavour>(((pattern, path), last): ((String, String), bool)) {
    let own = if F::SEPARATOR == '\\' { Case::Insensitive } else { Case::Sensitive };
    // What was chosen last counts.
    let other = compiled::<F>(&pattern, if last { Case::Sensitive } else { Case::Insensitive });
    let chosen = if own == Case::Insensitive { other.case_sensitive(false) } else { other.case_sensitive(true) };
    assert_eq!(chosen.full_match(&*path), compiled::<F>(&pattern, Case::OfFlavour).full_match(&*path));
    assert_eq!(chosen.matches(&*path), compiled::<F>(&pattern, Case::OfFlavour).matches(&*path));
    assert_eq!(chosen.as_str(), pattern);
}
