//! Patterns: pathlib's glob language, compiled once, for matching and for walking.

mod braces;
mod fold;
mod matcher;
mod parse;
mod search;
mod set;
mod tokens;

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use set::{PatternSet, PatternSetBuilder};

pub(crate) use tokens::Segment;

use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Native, Rules};
use crate::path::{AsPath, Path, PathBuf};
use matcher::Whole;
use parse::has_wildcard;
use tokens::Case;

/// A compiled glob pattern: one language for matching paths and for walking directories.
///
/// | in a pattern | matches |
/// | --- | --- |
/// | `**` as a whole part | any number of parts, none too |
/// | `*` as a whole part | exactly one part |
/// | `*` in a part | any characters, none too |
/// | `?` | one character |
/// | `[abc]`, `[a-z]` | one of these characters |
/// | `[!abc]`, `[!a-z]` | one other character |
/// | `[*]`, `[?]`, `[[]` | `*`, `?`, `[` |
/// | `{a,b}`, with [`with_braces`](Pattern::with_braces) only | `a` or `b` |
///
/// This is Python's pathlib language. A character is a Unicode character, never a byte. Names that
/// begin with a dot are names like any other. A `[` that is not closed is itself, and so is `^`,
/// which negates nothing. There is no escape character; on Windows `\` separates, as `/` does. No
/// wildcard matches a separator, not even in a class, where CPython lets `[!b]` do so.
///
/// A pattern is a path, too: `./`, doubled separators and a trailing separator fall away, but for
/// walking, where a trailing separator asks for directories.
///
/// Case matters as it does for paths of the flavour, unless [`case_sensitive`](Pattern::case_sensitive)
/// or [`case_insensitive`](Pattern::case_insensitive) decide otherwise.
///
/// Time and memory are bounded, whatever the pattern: alternatives in braces are limited to 1,000, and
/// matching takes at most the product of both lengths, and that only for patterns such as `*a?a?a?b*`.
///
/// # Examples
///
/// ```
/// use waypath::{Pattern, path};
///
/// let tests = Pattern::new("**/test_*.py");
/// assert!(tests.full_match("test_a.py"));
/// assert!(tests.full_match(path("lib") / "x" / "test_b.py"));
/// assert!(!tests.full_match("lib/a.py"));
/// ```
#[derive(Clone)]
pub struct Pattern<F = Native> {
    text: String,
    /// Whether it was made of a path, which is then the only alternative's.
    is_literal: bool,
    /// `None` follows the flavour.
    case: Option<Case>,
    alternatives: Box<[Alternative<F>]>,
}

/// One plain pattern, compiled.
#[derive(Clone)]
pub(crate) struct Alternative<F> {
    path: PathBuf<F>,
    /// What `full_match` compares: the parts of the text, with those of the anchor.
    whole: Whole,
    /// What `matches` compares: the anchor as one part, and the parts behind it.
    anchor: Box<[Segment]>,
    tail: Arc<[Segment]>,
    /// Whether the text ended in a separator, or had nothing else to say.
    only_directories: bool,
}

/// Making patterns of this system.
impl Pattern {
    /// Compiles a pattern. Every text is one: there is nothing to fail.
    ///
    /// For another flavour, use [`parse`](Pattern::parse).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Pattern;
    ///
    /// let pattern = Pattern::new("src/**/*.rs");
    /// assert!(pattern.full_match("src/fs/dir.rs"));
    /// assert!(!pattern.full_match("src"));
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::parse(text)
    }

    /// Compiles a pattern in which `{a,b}` stands for `a` or `b`.
    ///
    /// Alternatives may nest, be empty and hold separators: `{src,tests/{it,unit}}/**`. In
    /// brackets, braces are themselves: `[{]`. For another flavour, use
    /// [`parse_with_braces`](Pattern::parse_with_braces).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Pattern;
    ///
    /// let sources = Pattern::with_braces("{src,tests}/**/*.{c,h}")?;
    /// assert!(sources.full_match("tests/unit/a.h"));
    /// assert!(!sources.full_match("docs/a.h"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a brace is not closed or not opened; there
    /// are more than 1,000 alternatives in all. [`position`](Error::position) says where.
    pub fn with_braces(text: &str) -> Result<Self> {
        Self::parse_with_braces(text)
    }
}

/// Making patterns.
impl<F: Flavour> Pattern<F> {
    /// Compiles a pattern for paths of any flavour; see [`new`](Pattern::new).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Pattern, Windows};
    ///
    /// assert!(Pattern::<Windows>::parse("c:/**/*.txt").full_match(r"C:\docs\a.txt"));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let alternatives = [Alternative::new(text, default_case::<F>())].into();
        Self { text: text.to_owned(), is_literal: false, case: None, alternatives }
    }

    /// Compiles a pattern with alternatives for paths of any flavour; see
    /// [`with_braces`](Pattern::with_braces).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Pattern, Posix};
    ///
    /// assert!(Pattern::<Posix>::parse_with_braces("*.{c,h}")?.full_match("a.h"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`with_braces`](Pattern::with_braces).
    pub fn parse_with_braces(text: &str) -> Result<Self> {
        let expanded = braces::expand(text, F::Rules::is_separator)
            .map_err(|mistake| Error::text(Op::Pattern, text, mistake.reason).at(mistake.at))?;
        let alternatives = expanded.iter().map(|text| Alternative::new(text, default_case::<F>())).collect();
        Ok(Self { text: text.to_owned(), is_literal: false, case: None, alternatives })
    }

    /// Returns the pattern that matches just this path.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Pattern, path};
    ///
    /// let draft = Pattern::literal(&path("draft [1].md"));
    /// assert!(draft.full_match("draft [1].md"));
    /// assert!(!draft.full_match("draft 1.md"));
    /// assert_eq!(draft.as_str(), "draft [[]1].md");
    /// ```
    #[doc(alias = "escape")]
    #[must_use]
    pub fn literal(path: &Path<F>) -> Self {
        let alternatives = [Alternative::literal(path, default_case::<F>())].into();
        Self { text: escape(path), is_literal: true, case: None, alternatives }
    }

    /// Returns the same pattern, for which `A` and `a` are two characters.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Pattern, Windows};
    ///
    /// let pattern = Pattern::<Windows>::parse("*.txt");
    /// assert!(pattern.full_match("A.TXT"));
    /// assert!(!pattern.case_sensitive().full_match("A.TXT"));
    /// ```
    #[must_use]
    pub fn case_sensitive(self) -> Self {
        self.with_case(Case::Sensitive)
    }

    /// Returns the same pattern, for which `A` and `a` are one character.
    ///
    /// Case is folded as Python's `re.IGNORECASE` does: one character at a time, so that `ß` does
    /// not match `ss`.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Pattern, Posix};
    ///
    /// let pattern = Pattern::<Posix>::parse("*.txt");
    /// assert!(!pattern.full_match("A.TXT"));
    /// assert!(pattern.case_insensitive().full_match("A.TXT"));
    /// ```
    #[must_use]
    pub fn case_insensitive(self) -> Self {
        self.with_case(Case::Insensitive)
    }

    fn with_case(mut self, case: Case) -> Self {
        self.case = Some(case);
        for alternative in &mut self.alternatives {
            let only_directories = alternative.only_directories;
            *alternative = match self.is_literal {
                true => Alternative::literal(&alternative.path, case),
                false => Alternative::new(alternative.path.as_str(), case),
            };
            alternative.only_directories = only_directories;
        }
        self
    }
}

fn default_case<F: Flavour>() -> Case {
    if F::Rules::CASE_SENSITIVE { Case::Sensitive } else { Case::Insensitive }
}

/// Matching.
impl<F: Flavour> Pattern<F> {
    /// Whether the pattern matches the whole path.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Pattern;
    ///
    /// assert!(Pattern::new("*.py").full_match("a.py"));
    /// assert!(!Pattern::new("*.py").full_match("lib/a.py"));
    /// assert!(Pattern::new("lib/**").full_match("lib/x/a.py"));
    /// ```
    #[inline]
    #[must_use]
    pub fn full_match(&self, path: impl AsPath<F>) -> bool {
        let path = path.as_path();
        if self.is_literal && self.case.is_none() {
            return *path == *self.alternatives[0].path;
        }
        let text = whole_text(&path);
        match &*self.alternatives {
            [only] => only.whole.matches::<F>(text),
            several => several.iter().any(|alternative| alternative.whole.matches::<F>(text)),
        }
    }

    /// Whether the pattern matches the path, a relative pattern its last parts.
    ///
    /// Here `**` is an ordinary `*`: one part. The empty pattern matches nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Pattern;
    ///
    /// assert!(Pattern::new("*.py").matches("lib/a.py"));
    /// assert!(Pattern::new("lib/*").matches("/usr/lib/a.py"));
    /// assert!(!Pattern::new("/*.py").matches("/usr/a.py"));
    /// ```
    #[must_use]
    pub fn matches(&self, path: impl AsPath<F>) -> bool {
        let path = path.as_path();
        self.alternatives.iter().any(|alternative| alternative.matches(&path))
    }

    /// Returns the text of the pattern; for a [`literal`](Pattern::literal) one the path with its
    /// wildcards in brackets, but for those in a Windows drive or device.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Pattern;
    ///
    /// assert_eq!(Pattern::new("a//*").as_str(), "a//*");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The plain patterns, any of which matches.
    pub(crate) fn alternatives(&self) -> &[Alternative<F>] {
        &self.alternatives
    }

    /// Whether a part of a path of the pattern is looked up by its name, not searched.
    pub(crate) fn looks_up(&self, part: &str) -> bool {
        part == ".." || self.case.is_none() && (self.is_literal || !has_wildcard(part))
    }
}

/// The path as `full_match` sees it: the empty path has no text.
fn whole_text<F: Flavour>(path: &Path<F>) -> &str {
    match path.as_str() {
        "." => "",
        text => text,
    }
}

/// The path with its wildcards in brackets, but for those of a drive letter or a device: there,
/// brackets would make it another drive.
fn escape<F: Flavour>(path: &Path<F>) -> String {
    let drive = path.drive();
    let is_share = drive.starts_with(r"\\") && !drive.starts_with(r"\\?\") && !drive.starts_with(r"\\.\");
    let (kept, rest) = path.as_str().split_at(if is_share { 0 } else { drive.len() });
    let mut escaped = kept.to_owned();
    for character in rest.chars() {
        match character {
            '*' | '?' | '[' => escaped.extend(['[', character, ']']),
            _ => escaped.push(character),
        }
    }
    escaped
}

impl<F: Flavour> Alternative<F> {
    fn new(text: &str, case: Case) -> Self {
        let mut alternative = Self::compile(PathBuf::parse(text), |text| parse::segment(text, case));
        alternative.only_directories = text.is_empty() || text.ends_with(F::Rules::is_separator);
        alternative
    }

    fn literal(path: &Path<F>, case: Case) -> Self {
        Self::compile(path.to_path_buf(), |name| parse::literal(name, case))
    }

    fn compile(path: PathBuf<F>, segment: impl Fn(&str) -> Segment) -> Self {
        let segments = |text: &str| text.split(F::SEPARATOR).map(&segment).collect::<Vec<_>>();
        let anchor = path.anchor();
        let tail: Arc<[_]> = path.parts().skip(usize::from(!anchor.is_empty())).map(&segment).collect();
        let repeats = |pair: &[Segment]| matches!(pair, [Segment::AnyPath, Segment::AnyPath]);
        // The same, but for an anchor, the `.` of the empty path or before a name that looks like a drive, and
        // runs of `**`, which match what one does.
        let is_tail = path.as_str().split(F::SEPARATOR).count() == tail.len() && anchor.is_empty();
        let whole = if is_tail && !tail.windows(2).any(repeats) {
            tail.clone()
        } else {
            let mut whole = segments(whole_text(&path));
            whole.dedup_by(|next, segment| matches!((next, segment), (Segment::AnyPath, Segment::AnyPath)));
            whole.into()
        };
        Self {
            whole: Whole::new::<F>(whole),
            anchor: if anchor.is_empty() { [].into() } else { segments(anchor).into() },
            tail,
            only_directories: false,
            path,
        }
    }

    fn matches(&self, path: &Path<F>) -> bool {
        let mut parts = path.parts().rev();
        if self.tail.is_empty() && self.anchor.is_empty() {
            return false;
        }
        // The path's anchor is a part, which no name matches where it holds a separator.
        let tail_fits = self.tail.iter().rev().all(|segment| match parts.next() {
            Some(part) => !part.contains(F::SEPARATOR) && segment.matches(part),
            None => false,
        });
        tail_fits
            && (self.anchor.is_empty()
                || parts.next().is_some_and(|part| self.is_anchor(part)) && parts.next().is_none())
    }

    /// Whether the pattern's anchor matches the first part of a path.
    fn is_anchor(&self, part: &str) -> bool {
        let mut names = part.split(F::SEPARATOR);
        self.anchor.iter().all(|segment| names.next().is_some_and(|name| segment.matches(name)))
            && names.next().is_none()
    }

    /// The normal pattern.
    pub(crate) fn path(&self) -> &Path<F> {
        &self.path
    }

    /// The parts behind the anchor.
    pub(crate) fn tail(&self) -> &[Segment] {
        &self.tail
    }

    /// Whether it can match what is below a directory.
    pub(crate) fn is_relative(&self) -> bool {
        self.path.anchor().is_empty()
    }

    pub(crate) fn only_directories(&self) -> bool {
        self.only_directories
    }
}

/// Matching.
impl<F: Flavour> Path<F> {
    /// Whether a pattern matches the whole path; see [`Pattern`] for the language.
    ///
    /// Where many paths are matched with one pattern, compile it once.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let path = PosixPath::parse("src/fs/dir.rs");
    /// assert!(path.full_match("src/**/*.rs"));
    /// assert!(!path.full_match("*.rs"));
    /// ```
    #[must_use]
    pub fn full_match(&self, pattern: impl IntoPattern<F>) -> bool {
        pattern.into_pattern().borrow().full_match(self)
    }

    /// Whether a pattern matches the path, a relative pattern its last parts.
    ///
    /// As in pathlib, `**` is an ordinary `*` here: one part. The empty pattern matches nothing,
    /// where pathlib raises an exception.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let path = PosixPath::parse("src/fs/dir.rs");
    /// assert!(path.matches("*.rs"));
    /// assert!(path.matches("fs/*"));
    /// assert!(!path.matches("src/*.rs"));
    /// ```
    #[doc(alias = "match")]
    #[must_use]
    pub fn matches(&self, pattern: impl IntoPattern<F>) -> bool {
        pattern.into_pattern().borrow().matches(self)
    }
}

/// Anything that denotes a [`Pattern`]: text, or a pattern.
///
/// # Examples
///
/// ```
/// use waypath::{Pattern, path};
///
/// let sources = Pattern::with_braces("*.{rs,toml}")?;
/// assert!(path("a.rs").full_match(&sources));
/// assert!(path("a.rs").full_match("*.rs"));
/// # Ok::<(), waypath::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not denote a pattern of flavour `{F}`",
    note = "a pattern is given as text or as a `Pattern<{F}>`; `Pattern::literal(path)` matches just a path"
)]
pub trait IntoPattern<F: Flavour = Native> {
    /// What [`into_pattern`](IntoPattern::into_pattern) gives: a pattern, or a loan of one.
    type Pattern: Borrow<Pattern<F>>;

    /// Compiles the pattern, unless it is compiled.
    fn into_pattern(self) -> Self::Pattern;
}

impl<F: Flavour> IntoPattern<F> for &Pattern<F> {
    type Pattern = Self;

    fn into_pattern(self) -> Self {
        self
    }
}

impl<F: Flavour> IntoPattern<F> for Pattern<F> {
    type Pattern = Self;

    fn into_pattern(self) -> Self {
        self
    }
}

macro_rules! text_into_pattern {
    ($($text:ty),*) => {$(
        impl<F: Flavour> IntoPattern<F> for $text {
            type Pattern = Pattern<F>;

            fn into_pattern(self) -> Pattern<F> {
                Pattern::parse(&self)
            }
        }
    )*};
}

text_into_pattern!(&str, &&str, &String, String, Cow<'_, str>);

impl<F: Flavour> FromStr for Pattern<F> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::parse(text))
    }
}

impl<F: Flavour> fmt::Display for Pattern<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text, f)
    }
}

impl<F: Flavour> fmt::Debug for Pattern<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern").field("text", &self.text).field("case", &self.case).finish_non_exhaustive()
    }
}
