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
    braces_are_their_alternatives((vec(text(), 1..4), pattern_and_path()));
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
        Case::Sensitive => Pattern::parse(pattern).case_sensitive(),
        Case::Insensitive => Pattern::parse(pattern).case_insensitive(),
    }
}

fn matching_is_as_the_reference_has_it<F: Flavour>(pairs: Vec<(String, String)>) {
    for (pattern, path) in &pairs {
        assert_matches_as_reference::<F>(pattern, path);
        assert_matches_as_reference::<F>(pattern, &pairs[0].1);
    }
}

fn assert_matches_as_reference<F: Flavour>(pattern: &str, text: &str) {
    let (pattern_path, path) = (PathBuf::<F>::parse(pattern), PathBuf::<F>::parse(text));
    for case in CASES {
        let ignore_case = case == Case::Insensitive || case == Case::OfFlavour && F::SEPARATOR == '\\';
        let rules = Rules { separator: F::SEPARATOR, classes_match_separators: false, ignore_case };
        let pattern = compiled::<F>(pattern, case);
        let whole = reference::full_match(rules, &pattern_path, &path);
        assert_eq!(pattern.full_match(&path), whole, "{pattern:?} {path:?} {case:?}");
        let end = reference::matches(rules, &pattern_path, &path).unwrap_or(false);
        assert_eq!(pattern.matches(&path), end, "matches: {pattern:?} {path:?} {case:?}");
    }
}

fn a_literal_matches_its_path_only<F: Flavour>((path, other): (String, String)) {
    let (path, other) = (PathBuf::<F>::parse(&path), PathBuf::<F>::parse(&other));
    let literal = Pattern::literal(&path);
    assert!(literal.full_match(&path));
    assert_eq!(literal.full_match(&other), path == other);
    assert!(literal.clone().case_insensitive().full_match(&path));
    assert_eq!(literal.case_sensitive().full_match(&other), path.as_str() == other.as_str());
}

fn an_escaped_path_matches_itself_only<F: Flavour>((path, other): (String, String)) {
    let (path, other) = (PathBuf::<F>::parse(&path), PathBuf::<F>::parse(&other));
    let escaped = Pattern::<F>::parse(Pattern::literal(&path).as_str());
    // What stands in brackets is no drive, so that the `.\` falls away that a path such as `.\*:`
    // has; and wildcards in a drive cannot be escaped: `[*]:` is none.
    let loses_guard = path.as_str().starts_with(r".\")
        && F::SEPARATOR == '\\'
        && path.parts().next().is_some_and(|name| name.starts_with(['*', '?', '[']));
    if !loses_guard && !path.drive().contains('[') {
        assert!(escaped.full_match(&path));
    }
    if !loses_guard && !path.drive().contains(['*', '?', '[']) {
        assert_eq!(escaped.case_sensitive().full_match(&other), path.as_str() == other.as_str());
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

fn braces_are_their_alternatives<F: Flavour>((alternatives, (start, path)): (Vec<String>, (String, String))) {
    let is_plain = |text: &String| !text.contains(['{', '}', ',', '[']);
    if !alternatives.iter().all(is_plain) || !is_plain(&start) {
        return;
    }
    let braces = Pattern::<F>::parse_with_braces(&format!("{start}{{{}}}", alternatives.join(","))).unwrap();
    let path = PathBuf::<F>::parse(&path);
    for path in [path.clone(), path / &alternatives[0], PathBuf::parse(&format!("{start}{}", alternatives[0]))] {
        let plain = |answer: fn(&Pattern<F>, &Path<F>) -> bool| {
            alternatives.iter().any(|end| answer(&Pattern::parse(&format!("{start}{end}")), &path))
        };
        assert_eq!(braces.full_match(&path), plain(|pattern, path| pattern.full_match(path)));
        assert_eq!(braces.matches(&path), plain(|pattern, path| pattern.matches(path)));
    }
}

fn case_is_the_flavours<F: Flavour>(((pattern, path), last): ((String, String), bool)) {
    let own = if F::SEPARATOR == '\\' { Case::Insensitive } else { Case::Sensitive };
    // What was chosen last counts.
    let other = compiled::<F>(&pattern, if last { Case::Sensitive } else { Case::Insensitive });
    let chosen = if own == Case::Insensitive { other.case_insensitive() } else { other.case_sensitive() };
    assert_eq!(chosen.full_match(&*path), compiled::<F>(&pattern, Case::OfFlavour).full_match(&*path));
    assert_eq!(chosen.matches(&*path), compiled::<F>(&pattern, Case::OfFlavour).matches(&*path));
    assert_eq!(chosen.as_str(), pattern);
}
