//! Many patterns at once: what to take and what to leave out.

use std::borrow::{Borrow, Cow};
use std::fmt;

use globset::{Glob, GlobBuilder, GlobSet};

use super::parse::{Lexeme, lexemes};
use super::tokens::Case;
use super::{Form, IntoPattern, Pattern, Plain, whole_text};
use crate::flavour::{Flavour, Native};
use crate::path::{AsPath, Path};

/// A set of patterns that a path is matched with in one go: patterns to include, and patterns to
/// exclude.
///
/// A path is in the set when an include matches it, or there is no include, and no exclude does.
/// Patterns match as [`Pattern::full_match`] does.
///
/// Underneath, a [`globset::GlobSet`] finds the patterns that may match, all of them in one pass
/// over the path, and those are then asked themselves; so the set answers as its patterns would,
/// to the letter.
///
/// # Examples
///
/// ```
/// use waypath::PatternSet;
///
/// let sources = PatternSet::builder()
///     .include("**/*.rs")
///     .include("**/*.toml")
///     .exclude("target/**")
///     .build();
/// assert!(sources.is_match("src/lib.rs"));
/// assert!(!sources.is_match("target/debug/build.rs"));
///
/// assert_eq!(sources.includes("Cargo.toml")[0].as_str(), "**/*.toml");
/// ```
#[derive(Clone)]
pub struct PatternSet<F = Native> {
    includes: Group<F>,
    excludes: Group<F>,
}

/// Collects the patterns of a [`PatternSet`].
///
/// # Examples
///
/// ```
/// use waypath::{PatternSetBuilder, Windows};
///
/// let builder = PatternSetBuilder::<Windows>::default().include("**/*.rs");
/// assert!(builder.build().is_match("src/LIB.RS"));
/// ```
#[derive(Clone)]
#[must_use = "`build` makes the set"]
pub struct PatternSetBuilder<F = Native> {
    includes: Vec<Pattern<F>>,
    excludes: Vec<Pattern<F>>,
}

impl PatternSet {
    /// Begins a set of patterns of this system; for another flavour, begin with
    /// `PatternSetBuilder::default()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PatternSet;
    ///
    /// let everything_else = PatternSet::builder().exclude("**/*.bak").build();
    /// assert!(everything_else.is_match("a.txt"));
    /// ```
    pub fn builder() -> PatternSetBuilder {
        PatternSetBuilder::default()
    }
}

impl<F: Flavour> PatternSet<F> {
    /// Whether a path is in the set.
    ///
    /// # Examples
    ///
    /// See the [type](PatternSet).
    #[must_use]
    pub fn is_match(&self, path: impl AsPath<F>) -> bool {
        let path = path.to_path();
        (self.includes.patterns.is_empty() || self.includes.is_match(&path)) && !self.excludes.is_match(&path)
    }

    /// Returns the includes that match a path, in the order in which they were added; whether an
    /// exclude matches too does not matter.
    ///
    /// # Examples
    ///
    /// See the [type](PatternSet).
    #[must_use]
    pub fn includes(&self, path: impl AsPath<F>) -> Vec<&Pattern<F>> {
        self.includes.matching(&path.to_path())
    }

    /// Returns the excludes that match a path, in the order in which they were added.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PatternSet;
    ///
    /// let set = PatternSet::builder().exclude("*.bak").exclude("a*").build();
    /// assert_eq!(set.excludes("a.bak").len(), 2);
    /// ```
    #[must_use]
    pub fn excludes(&self, path: impl AsPath<F>) -> Vec<&Pattern<F>> {
        self.excludes.matching(&path.to_path())
    }

    /// The patterns to include.
    pub(crate) fn include_patterns(&self) -> &[Pattern<F>] {
        &self.includes.patterns
    }

    /// The patterns to exclude.
    pub(crate) fn exclude_patterns(&self) -> &[Pattern<F>] {
        &self.excludes.patterns
    }
}

/// The set without patterns, which has every path in it.
impl<F: Flavour> Default for PatternSet<F> {
    fn default() -> Self {
        PatternSetBuilder::default().build()
    }
}

/// Of patterns to include.
///
/// # Examples
///
/// ```
/// use waypath::PatternSet;
///
/// let sources: PatternSet = ["**/*.{rs,toml}", "README.md"].into_iter().collect();
/// assert!(sources.is_match("src/lib.rs"));
/// assert!(!sources.is_match("LICENSE"));
/// ```
impl<F: Flavour, P: IntoPattern<F>> FromIterator<P> for PatternSet<F> {
    fn from_iter<I: IntoIterator<Item = P>>(patterns: I) -> Self {
        patterns.into_iter().fold(PatternSetBuilder::default(), PatternSetBuilder::include).build()
    }
}

impl<F> Default for PatternSetBuilder<F> {
    fn default() -> Self {
        Self { includes: Vec::new(), excludes: Vec::new() }
    }
}

impl<F: Flavour> PatternSetBuilder<F> {
    /// Adds a pattern whose matches are to be in the set.
    ///
    /// # Examples
    ///
    /// See [`PatternSet`].
    pub fn include(mut self, pattern: impl IntoPattern<F>) -> Self {
        self.includes.push(pattern.into_pattern().borrow().clone());
        self
    }

    /// Adds a pattern whose matches are not to be in the set, whatever else matches them.
    ///
    /// # Examples
    ///
    /// See [`PatternSet`].
    pub fn exclude(mut self, pattern: impl IntoPattern<F>) -> Self {
        self.excludes.push(pattern.into_pattern().borrow().clone());
        self
    }

    /// Compiles the set.
    ///
    /// # Examples
    ///
    /// See [`PatternSet`].
    #[must_use]
    pub fn build(self) -> PatternSet<F> {
        PatternSet { includes: Group::new(self.includes), excludes: Group::new(self.excludes) }
    }
}

/// Patterns of which any may match.
#[derive(Clone)]
struct Group<F> {
    patterns: Vec<Pattern<F>>,
    /// Finds the patterns that may match; `None` where it could not be built.
    sieve: Option<GlobSet>,
    /// The pattern behind each glob of the sieve.
    origins: Vec<usize>,
    /// The patterns that are not in it: long ones, and those with alternatives.
    long: Vec<usize>,
}

/// The longest pattern, in bytes, for the sieve, which may take the product of its length and a path's: for much
/// longer ones, minutes.
const LONGEST: usize = 1000;

impl<F: Flavour> Group<F> {
    fn new(patterns: Vec<Pattern<F>>) -> Self {
        let mut globs = Vec::new();
        let mut origins = Vec::new();
        let mut long = Vec::new();
        for (origin, pattern) in patterns.iter().enumerate() {
            match &pattern.form {
                Form::Plain(plain) if plain.path.as_str().len() <= LONGEST => {
                    globs.push(sieve_glob(pattern, plain));
                    origins.push(origin);
                }
                _ => long.push(origin),
            }
        }
        let sieve = globs.into_iter().collect::<Result<Vec<_>, _>>().and_then(GlobSet::new).ok();
        Self { patterns, sieve, origins, long }
    }

    fn is_match(&self, path: &Path<F>) -> bool {
        self.candidates(path).into_iter().any(|at| self.patterns[at].full_match(path))
    }

    fn matching(&self, path: &Path<F>) -> Vec<&Pattern<F>> {
        let candidates = self.candidates(path).into_iter().map(|at| &self.patterns[at]);
        candidates.filter(|pattern| pattern.full_match(path)).collect()
    }

    /// The patterns that may match a path; no other does.
    ///
    /// globset matches bytes, reads `\` as a separator on Windows, and takes a path that ends in
    /// `..` for one without a name: where that could make a difference, all patterns are candidates.
    fn candidates(&self, path: &Path<F>) -> Vec<usize> {
        let text = match F::SEPARATOR {
            '/' => Cow::Borrowed(whole_text(path)),
            separator => Cow::Owned(whole_text(path).replace(separator, "/")),
        };
        match &self.sieve {
            Some(sieve) if text.is_ascii() && !text.contains('\\') && path.name() != ".." => {
                let mut found: Vec<_> = sieve.matches(&*text).into_iter().map(|glob| self.origins[glob]).collect();
                found.extend(&self.long);
                found.sort_unstable();
                found.dedup();
                found
            }
            _ => (0..self.patterns.len()).collect(),
        }
    }
}

/// A glob that matches every path of ASCII characters that the pattern matches, and few others.
fn sieve_glob<F: Flavour>(pattern: &Pattern<F>, plain: &Plain<F>) -> Result<Glob, globset::Error> {
    let fold = pattern.case() == Case::Insensitive;
    let mut parts: Vec<_> = whole_text(&plain.path).split(F::SEPARATOR).collect();
    if !pattern.is_literal {
        parts.dedup_by(|next, part| *next == "**" && *part == "**");
    }
    let glob = |part: &&str| if pattern.is_literal { escaped(part) } else { translated(part) };
    let glob = parts.iter().map(glob).collect::<Vec<_>>().join("/");
    GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).case_insensitive(fold).build()
}

/// A name as a glob.
fn escaped(name: &str) -> String {
    name.chars().flat_map(literal).collect()
}

/// A segment of a pattern as a glob. A class becomes `?`, which matches more.
fn translated(segment: &str) -> String {
    if segment == "**" {
        return segment.to_owned();
    }
    let mut glob = String::new();
    for lexeme in lexemes(segment) {
        match lexeme {
            Lexeme::Star(_) => glob.push('*'),
            Lexeme::Any | Lexeme::Class(_) => glob.push('?'),
            Lexeme::Literal(character) => glob.extend(literal(character)),
        }
    }
    glob
}

/// A character that matches itself; one beyond ASCII may match an ASCII one when case is folded.
fn literal(character: char) -> impl Iterator<Item = char> {
    let escape = (character.is_ascii_punctuation()).then_some('\\');
    escape.into_iter().chain([if character.is_ascii() { character } else { '?' }])
}

impl<F: Flavour> fmt::Debug for PatternSet<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatternSet")
            .field("includes", &self.includes.patterns)
            .field("excludes", &self.excludes.patterns)
            .finish()
    }
}

impl<F: Flavour> fmt::Debug for PatternSetBuilder<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatternSetBuilder").field("includes", &self.includes).field("excludes", &self.excludes).finish()
    }
}
