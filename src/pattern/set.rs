//! Sets of patterns.

use std::borrow::Borrow;
use std::fmt;

use super::globs::Globs;
use super::sieve::Sieve;
use super::{IntoPattern, Pattern, whole_text};
use crate::flavour::{Flavour, Native, Rules};
use crate::path::{AsPath, Path};

/// A set of patterns that are matched at once: patterns to include, and patterns to exclude.
///
/// A path is in the set if an include matches it, or there are no includes, and no exclude matches it. Patterns match as in
/// [`Pattern::full_match`].
///
/// Only the patterns that can match, judged by the start and end of a path, are tried. The answers are those of the single
/// patterns.
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

/// A builder of a [`PatternSet`].
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
    /// Returns a builder for patterns of this system. For another flavour, use `PatternSetBuilder::default()`.
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
    /// Checks whether a path is in the set.
    ///
    /// # Examples
    ///
    /// See the [type](PatternSet).
    #[must_use]
    pub fn is_match(&self, path: impl AsPath<F>) -> bool {
        let path = path.to_path();
        (self.includes.patterns.is_empty() || self.includes.is_match(&path)) && !self.excludes.is_match(&path)
    }

    /// Returns the includes that match a path, in the order in which they were added, even if an exclude matches as well.
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
    /// Adds a pattern to include.
    ///
    /// # Examples
    ///
    /// See [`PatternSet`].
    pub fn include(mut self, pattern: impl IntoPattern<F>) -> Self {
        self.includes.push(pattern.into_pattern().borrow().clone());
        self
    }

    /// Adds a pattern to exclude. It takes precedence over every include.
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

/// Patterns, any of which may match.
#[derive(Clone)]
struct Group<F> {
    patterns: Vec<Pattern<F>>,
    /// Finds the patterns that may match by a text in them.
    sieve: Sieve,
    /// Finds those without such a text, if there are many.
    globs: Option<Globs>,
    /// The other patterns.
    rest: Vec<usize>,
}

impl<F: Flavour> Group<F> {
    fn new(patterns: Vec<Pattern<F>>) -> Self {
        let mut rest = Vec::new();
        let sieve = Sieve::new(patterns.iter().map(|pattern| (pattern.gate(), pattern.mark())), &mut rest);
        let globs = Globs::take(&patterns, &mut rest);
        Self { sieve, globs, rest, patterns }
    }

    fn is_match(&self, path: &Path<F>) -> bool {
        self.any_candidate(path, |at| self.patterns[at].full_match(path))
    }

    fn matching(&self, path: &Path<F>) -> Vec<&Pattern<F>> {
        let mut found = Vec::new();
        self.any_candidate(path, |at| {
            if self.patterns[at].full_match(path) {
                found.push(at);
            }
            false
        });
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|at| &self.patterns[at]).collect()
    }

    /// Whether `answer` is true of any pattern that may match. It may be called more than once for the same pattern.
    fn any_candidate(&self, path: &Path<F>, mut answer: impl FnMut(usize) -> bool) -> bool {
        self.sieve.any_of_path(whole_text(path), F::Rules::SEPARATOR, &mut answer)
            || self.rest.iter().any(|&at| answer(at))
            || self.globs.as_ref().is_some_and(|globs| globs.candidates(path).into_iter().any(answer))
    }
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
