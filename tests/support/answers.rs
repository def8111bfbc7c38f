//! Every answer that a path gives.

use waypath::{Flavour, Path, PathBuf, Pattern, PatternSetBuilder};

/// The answers to all lexical questions about a path, beside another and with a pattern.
pub(crate) fn answers<F: Flavour>(path: &str, other: &str, pattern: &str) -> Vec<String> {
    let (this, that) = (PathBuf::<F>::parse(path), PathBuf::<F>::parse(other));
    let mut answers = alone(&this);
    answers.extend(beside(&this, &that, other));
    answers.extend(matched(&this, &that, pattern));
    answers.push(text(PathBuf::<F>::from_uri(other)));
    answers.push(text(PathBuf::<F>::from_uri(format!("file:{path}"))));
    answers
}

fn alone<F: Flavour>(path: &Path<F>) -> Vec<String> {
    vec![
        path.to_string(),
        path.as_posix().into_owned(),
        format!("{:?}", path.parts()),
        format!("{:?}", path.parts().rev().collect::<Vec<_>>()),
        path.drive().to_owned(),
        path.root().to_owned(),
        path.anchor().to_owned(),
        path.is_absolute().to_string(),
        path.is_reserved().to_string(),
        path.name().to_owned(),
        path.stem().to_owned(),
        path.suffix().to_owned(),
        format!("{:?}", path.suffixes()),
        path.parent().to_string(),
        format!("{:?}", path.parents()),
        path.normalize().to_string(),
        text(path.as_uri()),
        format!("{:?}", path.portability()),
        path.portability().iter().map(ToString::to_string).collect(),
    ]
}

fn beside<F: Flavour>(path: &Path<F>, other: &Path<F>, other_text: &str) -> Vec<String> {
    vec![
        path.join(other_text).to_string(),
        (other_text / path).to_string(),
        text(path.join_inside(other_text)),
        text(path.with_name(other_text)),
        text(path.with_stem(other_text)),
        text(path.with_suffix(other_text)),
        text(path.add_suffix(format!(".{other_text}"))),
        text(path.relative_to(other)),
        text(path.relative_to_walk_up(other)),
        path.is_relative_to(other).to_string(),
        format!("{:?}", path.common_path(other)),
        format!("{:?}", path.cmp(other)),
        (path == other).to_string(),
        (path == other_text).to_string(),
    ]
}

fn matched<F: Flavour>(path: &Path<F>, other: &Path<F>, pattern: &str) -> Vec<String> {
    let plain = Pattern::<F>::parse(pattern);
    let mut patterns = vec![
        plain.clone().case_sensitive(true),
        plain.clone().case_sensitive(false),
        plain,
        Pattern::literal(other),
        Pattern::parse(Pattern::literal(path).as_str()),
    ];
    let mut answers = Vec::new();
    patterns.push(Pattern::parse(&format!("{{{pattern},a}}")));
    let set = patterns
        .iter()
        .fold(PatternSetBuilder::default(), |set, pattern| set.include(pattern))
        .exclude(pattern)
        .build();
    for pattern in &patterns {
        answers.push(format!("{} {}", pattern.full_match(path), pattern.matches(path)));
    }
    answers.push(format!("{:?} {:?} {}", set.includes(path), set.excludes(path), set.is_match(path)));
    answers
}

/// The text of an answer, or of the error.
fn text<T: ToString, E: ToString>(answer: Result<T, E>) -> String {
    answer.map_or_else(|error| format!("error: {}", error.to_string()), |answer| answer.to_string())
}
