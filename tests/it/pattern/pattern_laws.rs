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
    matches_are_below_the_base((prop_oneof![pattern_and_path(), (branched_pattern(), short_path())], short_path()));
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
    let letter = bare_letter(&path).and_then(|at| path.as_str()[at..].chars().next());
    // In `[:]` the letter begins a class.
    let mut names = escaped.as_str().trim_start_matches(r".\").split('\\');
    if letter == Some('[') && names.next().is_some_and(|name| name.contains(']')) {
        return;
    }
    assert!(escaped.full_match(&path));
    let is_match = escaped.clone().case_sensitive(true).full_match(&other);
    assert_eq!(is_match, is_like(path.as_str(), bare_wildcard(&path), other.as_str()), "{escaped:?} {other:?}");
    // Nor is it a brace or comma in a group.
    if letter.is_some_and(|letter| "[{},".contains(letter)) {
        return;
    }
    let elsewhere = PathBuf::<F>::parse("elsewhere");
    let either = Pattern::<F>::parse(&format!("{{{escaped},elsewhere}}"));
    assert!(either.full_match(&path) && either.full_match(&elsewhere), "{either:?}");
}

/// Where a letter stands that is a drive, or would be one without the guard `.\`. It is not put in brackets.
fn bare_letter<F: Flavour>(path: &Path<F>) -> Option<usize> {
    let at = if path.as_str().starts_with(r".\") { 2 } else { 0 };
    let is_letter = F::SEPARATOR == '\\' && path.as_str()[at..].chars().nth(1) == Some(':');
    is_letter.then_some(at)
}

/// Where a wildcard stands that is not put in brackets: such a letter, or the `?` of a device.
fn bare_wildcard<F: Flavour>(path: &Path<F>) -> Option<usize> {
    let is_device = path.drive().starts_with(r"\\?\") || path.drive().starts_with(r"\\?.\") && path.root().is_empty();
    let letter = bare_letter(path).filter(|&at| path.as_str()[at..].starts_with(['*', '?']));
    letter.or(is_device.then_some(2))
}

/// Whether a text is another, except for what a wildcard in it stands for.
fn is_like(text: &str, wildcard: Option<usize>, other: &str) -> bool {
    let Some(at) = wildcard else { return text == other };
    let between = other.strip_prefix(&text[..at]).and_then(|rest| rest.strip_suffix(&text[at + 1..]));
    let is_any = text[at..].starts_with('*');
    between.is_some_and(|between| !between.contains('\\') && (is_any || between.chars().count() == 1))
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
    let is_separator = |c| c == '/' || c == F::SEPARATOR;
    let Some(alternatives) = reference::alternatives(&pattern, is_separator, 200) else { return };
    // Known to differ: at the start of a Windows pattern, `[:` is a drive, but in one with groups the start of a class.
    let begins_with_bracket =
        |text: &String| PathBuf::<F>::parse(text).as_str().trim_start_matches(r".\").starts_with("[:");
    if F::SEPARATOR == '\\' && alternatives.iter().any(begins_with_bracket) {
        return;
    }
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

fn matches_are_below_the_base<F: Flavour>(((pattern, path), below): ((String, String), String)) {
    let mut pattern = Pattern::<F>::parse(&pattern);
    let (path, below) = (PathBuf::<F>::parse(&path), PathBuf::<F>::parse(&below));
    // For patterns `ſ` is an `s`, and for paths it is not.
    if !pattern.as_str().is_ascii() || !path.as_str().is_ascii() {
        pattern = pattern.case_sensitive(true);
    }
    let (directory, rest) = pattern.base();
    assert_eq!(rest.base().0.as_str(), ".", "{pattern:?}");
    // The last part belongs to the rest.
    assert!(PathBuf::<F>::parse(rest.as_str()) != "." || PathBuf::<F>::parse(pattern.as_str()).name().is_empty());
    if directory == "." {
        assert_eq!(rest.full_match(&path), pattern.full_match(&path), "{pattern:?} {path:?}");
        return;
    }
    // In `/**` and `\\?\a` a wildcard can stand for a part of another anchor.
    if pattern.full_match(&path) && path.anchor() == directory.anchor() {
        assert!(path.is_relative_to(&directory), "{pattern:?} {path:?}");
        // `a/**` matches `a`, too, which has no part for `**`, and `c:*` matches `c:`.
        let is_below = path.relative_to(&directory).map_or(true, |below| below == "." || rest.full_match(below));
        assert!(is_below, "{pattern:?} {path:?}");
    }
    // The `.` of `.\c:` is a part to a pattern, and none below a directory.
    let is_plain = below.anchor().is_empty() && !below.as_str().starts_with('.');
    // In `c:**` the stars are a part below the directory, and none of the whole text.
    let is_glued = directory.as_str() == directory.drive() && rest.as_str().contains("**");
    if is_plain && !is_glued && rest.full_match(&below) && directory.join("x").parent() == &*directory {
        assert!(pattern.full_match(directory.join(&below)), "{pattern:?} {below:?}");
    }
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
