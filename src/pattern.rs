//! Patterns: pathlib's glob language, compiled once, for matching and for walking.

mod automaton;
mod base;
mod braces;
mod branches;
mod characters;
mod fold;
mod gate;
#[cfg(feature = "globset")]
mod globs;
mod matcher;
#[cfg(not(feature = "globset"))]
mod no_globs;
#[cfg(not(feature = "globset"))]
use no_globs as globs;
mod normal;
mod parse;
mod parts;
mod places;
mod run;
mod scan;
mod search;
mod set;
mod sieve;
mod tokens;

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZero;
use std::str::FromStr;
use std::sync::Arc;

pub use set::{PatternSet, PatternSetBuilder};

pub(crate) use automaton::Automaton;
pub(crate) use branches::{Branch, Exit, Part};
use sieve::Mark;
pub(crate) use sieve::Sieve;
pub(crate) use tokens::Segment;

use crate::flavour::{Flavour, Native, Rules, Split};
use crate::path::{AsPath, Path, PathBuf};
use gate::{Bits, Ends, Gate};
use matcher::Whole;
use parse::has_wildcard;
pub(crate) use tokens::Case;

/// A compiled glob pattern: one language for matching paths and for walking directories.
///
/// | in a pattern | matches |
/// | --- | --- |
/// | `**` as a whole part | any number of parts, or none |
/// | `*` as a whole part | exactly one part |
/// | `*` in a part | any characters, or none |
/// | `?` | one character |
/// | `[abc]`, `[a-z]` | one of these characters |
/// | `[!abc]`, `[!a-z]` | one other character |
/// | `[*]`, `[?]`, `[[]` | `*`, `?`, `[` |
/// | `{a,b}` | `a` or `b`; each may be any pattern, or empty |
/// | `[{]`, `[}]`, `[,]` | `{`, `}`, `,` |
///
/// This is the language of Python's pathlib, with alternatives as in shells. They may nest, and contain
/// separators and `**`: `{src,tests/{it,unit}}/**`. Braces that are not closed, or have no comma directly in them,
/// are literal, as in `{x}`, `{}` and `a{b`. A class is read before braces: `[{,}]` is one of three characters.
///
/// A character is a Unicode character, never a byte. Names that
/// begin with a dot are like any others. A `[` that is not closed is literal, and so is `^`, which
/// negates nothing. There is no escape character; on Windows `\` is a separator, as `/` is. No
/// wildcard matches a separator, not even a class such as `[!b]`, which does so in CPython.
///
/// A pattern is in normal form, as a path is, and so is each alternative: `./`, doubled separators and a trailing separator
/// are ignored, except in listings, where a trailing separator matches directories only.
///
/// Case matters as it does for paths of the flavour, unless you set [`case_sensitive`](Pattern::case_sensitive).
///
/// Patterns are equal if their texts are, and both treat case in the same way.
///
/// Compiling takes time and memory in proportion to the text, however many combinations of alternatives there are.
/// Matching takes at most the product of both lengths, and that only for patterns such as `*a?a?a?b*`,
/// `{a,}{a,}{a,}` and `**/?/?/a/**/b`.
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
    /// Shared by all clones: listings and sets clone each pattern that they are given.
    inner: Arc<Inner<F>>,
}

struct Inner<F> {
    text: String,
    /// Whether it was made of a path.
    is_literal: bool,
    /// `None` follows the flavour.
    case: Option<Case>,
    /// The length of every match, if the pattern is a text without wildcards.
    len: Option<NonZero<usize>>,
    /// How the last name of every match ends.
    name_end: Bits,
    form: Form<F>,
}

/// How the parts of a pattern's text are read: those of two patterns mean the same if the text and this are equal.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Reading {
    is_literal: bool,
    case: Option<Case>,
}

/// A pattern, compiled.
pub(crate) enum Form<F> {
    Plain(Plain<F>),
    /// With alternatives.
    Branched(Arc<Automaton>),
}

/// A pattern without alternatives, compiled.
pub(crate) struct Plain<F> {
    path: PathBuf<F>,
    /// What `full_match` compares: the parts of the text, with those of the anchor.
    whole: Whole,
    /// What `matches` compares: the anchor as one part, and the parts after it.
    anchor: Box<[Segment]>,
    tail: Arc<[Segment]>,
    /// Whether the text ended in a separator, or was empty.
    only_directories: bool,
    /// Whether it has a part `..`.
    leads_up: bool,
}

/// Making patterns of this system.
impl Pattern {
    /// Compiles a pattern. Every text is a pattern, so this cannot fail.
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
    ///
    /// let sources = Pattern::new("{src,tests}/**/*.{c,h}");
    /// assert!(sources.full_match("tests/unit/a.h"));
    /// assert!(!sources.full_match("docs/a.h"));
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::parse(text)
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
        let form = Form::new(text, default_case::<F>());
        Self::of(text.to_owned(), Reading::default(), form)
    }

    /// Returns a pattern that matches exactly this path.
    ///
    /// Wildcards, braces and commas in its text are put in brackets, so the text can also be a part of another pattern, even
    /// inside braces. A Windows drive letter is not, nor is the `?` at the start of `\\?\C:\`, because in brackets they would
    /// be no drive and no device. The same goes for a letter that only looks like a drive, as in `.\*:`.
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
    ///
    /// let either = format!("{{{draft},*.txt}}");
    /// assert!(Pattern::new(&either).full_match("draft [1].md"));
    /// ```
    #[doc(alias = "escape")]
    #[must_use]
    pub fn literal(path: &Path<F>) -> Self {
        let form = Form::Plain(Plain::literal(path, default_case::<F>()));
        Self::of(escape(path), Reading { is_literal: true, case: None }, form)
    }

    /// Returns the same pattern with case that matters (`true`) or is ignored (`false`), whatever the flavour's rule is.
    ///
    /// Case is folded as Python's `re.IGNORECASE` does: one character at a time, so that `ß` does not match `ss`.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Pattern, Posix, Windows};
    ///
    /// let pattern = Pattern::<Posix>::parse("*.txt");
    /// assert!(!pattern.full_match("A.TXT"));
    /// assert!(pattern.case_sensitive(false).full_match("A.TXT"));
    ///
    /// let pattern = Pattern::<Windows>::parse("*.txt");
    /// assert!(pattern.full_match("A.TXT"));
    /// assert!(!pattern.case_sensitive(true).full_match("A.TXT"));
    /// ```
    #[doc(alias = "case_insensitive")]
    #[doc(alias = "ignore_case")]
    #[must_use]
    pub fn case_sensitive(self, sensitive: bool) -> Self {
        self.with_case(if sensitive { Case::Sensitive } else { Case::Insensitive })
    }

    fn with_case(self, case: Case) -> Self {
        let Inner { text, is_literal, form, .. } = &*self.inner;
        let form = match form {
            Form::Plain(plain) if *is_literal => Form::Plain(Plain::literal(&plain.path, case)),
            _ => Form::new(text, case),
        };
        Self::of(text.clone(), Reading { is_literal: *is_literal, case: Some(case) }, form)
    }

    fn of(text: String, reading: Reading, form: Form<F>) -> Self {
        let name_end = form.gate().end().before(F::Rules::SEPARATOR);
        let Reading { is_literal, case } = reading;
        Self { inner: Arc::new(Inner { text, is_literal, case, len: form.len(), name_end, form }) }
    }
}

fn default_case<F: Flavour>() -> Case {
    if F::Rules::CASE_SENSITIVE { Case::Sensitive } else { Case::Insensitive }
}

/// Matching.
impl<F: Flavour> Pattern<F> {
    /// Checks whether the pattern matches the whole path.
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
        let is_refused = match path.as_normal_path() {
            Some(path) => self.refuses(path),
            None => self.refuses_end(path.as_path_text()),
        };
        !is_refused && self.matches_whole(&path)
    }

    /// The same for a path that a quick look does not refuse, which is rare: a function of its own, so that `full_match` is
    /// small enough to be inlined.
    #[inline(never)]
    fn matches_whole(&self, path: &impl AsPath<F>) -> bool {
        let path = path.to_path();
        match &self.inner.form {
            Form::Plain(plain) if self.inner.is_literal && self.inner.case.is_none() => *path == *plain.path,
            Form::Plain(plain) => plain.whole.matches::<F>(whole_text(&path)),
            Form::Branched(automaton) => automaton.matches_whole(whole_text(&path), F::Rules::SEPARATOR),
        }
    }

    /// Checks whether the pattern matches the path. A relative pattern matches its last parts.
    ///
    /// Here `**` matches one part, as `*` does. The empty pattern matches nothing.
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
        let path = path.to_path();
        match &self.inner.form {
            Form::Plain(plain) => plain.matches(&path),
            Form::Branched(automaton) => matches_branched(automaton, &path),
        }
    }

    /// Returns the text of the pattern.
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
        &self.inner.text
    }

    /// The compiled pattern.
    pub(crate) fn form(&self) -> &Form<F> {
        &self.inner.form
    }

    /// The case that was asked for, or the flavour's.
    pub(crate) fn case(&self) -> Case {
        self.inner.case.unwrap_or(default_case::<F>())
    }

    /// Whether the length or the end of a path rules out a match. The length is compared first, as the text of most paths
    /// is not read then.
    #[inline]
    fn refuses(&self, path: &Path<F>) -> bool {
        let text = path.as_str();
        self.inner.len.is_some_and(|len| len.get() != text.len())
            || !self.inner.name_end.lets(Ends::of(text.as_bytes()).end)
    }

    /// The same for text of which the normal form is not known, because to normalize it takes longer than most matching. In a
    /// POSIX path, the last name stays the same, unless it may be a `.`. The few other characters up to the separator are not
    /// told apart.
    #[inline]
    fn refuses_end(&self, text: &str) -> bool {
        let end = Ends::of(text.as_bytes()).end;
        F::SEPARATOR == '/' && !self.inner.name_end.lets(end) && end as u8 > b'/'
    }

    /// How every path that matches begins and ends.
    fn gate(&self) -> Gate {
        self.inner.form.gate()
    }

    /// A text by which paths that match can be found, if they do not begin or end with one.
    fn mark(&self) -> Mark<'_> {
        match &self.inner.form {
            Form::Plain(plain) => plain.whole.mark(),
            Form::Branched(_) => Mark::None,
        }
    }

    /// How the parts of its text are read.
    pub(crate) fn reading(&self) -> Reading {
        Reading { is_literal: self.inner.is_literal, case: self.inner.case }
    }

    /// Whether names are looked up rather than listed: not if case was set.
    pub(crate) fn looks_up_names(&self) -> bool {
        self.inner.case.is_none()
    }

    /// Whether a listing looks up this part of the pattern by its name, instead of listing a directory.
    pub(crate) fn looks_up(&self, part: &str) -> bool {
        part == ".." || self.looks_up_names() && (self.inner.is_literal || !has_wildcard(part))
    }

    /// Whether it matches relative paths only.
    pub(crate) fn is_relative(&self) -> bool {
        match &self.inner.form {
            Form::Plain(plain) => plain.anchor.is_empty(),
            Form::Branched(automaton) => automaton.is_relative(),
        }
    }

    /// Whether it, or an alternative, has no parts.
    pub(crate) fn may_be_empty(&self) -> bool {
        match &self.inner.form {
            Form::Plain(plain) => plain.tail.is_empty(),
            Form::Branched(automaton) => automaton.empty_ends().next().is_some(),
        }
    }

    /// Whether it, or an alternative, has a part `..`.
    pub(crate) fn leads_up(&self) -> bool {
        match &self.inner.form {
            Form::Plain(plain) => plain.leads_up,
            Form::Branched(automaton) => automaton.leads_up(),
        }
    }
}

impl<F: Flavour> Form<F> {
    /// How every path that matches begins and ends.
    fn gate(&self) -> Gate {
        match self {
            Self::Plain(plain) => plain.whole.gate(),
            Self::Branched(automaton) => automaton.gate(),
        }
    }

    /// The length of every match, if there is only one, which is not the empty path.
    fn len(&self) -> Option<NonZero<usize>> {
        match self {
            Self::Plain(plain) => NonZero::new(plain.whole.text()?.len()),
            Self::Branched(_) => None,
        }
    }

    fn new(text: &str, case: Case) -> Self {
        match braces::alternatives(text, F::Rules::is_separator) {
            None => Self::Plain(Plain::new(text, case)),
            Some(items) => {
                let rules =
                    normal::Rules { separator: F::SEPARATOR, has_drives: F::SEPARATOR == '\\' && text.contains(':') };
                Self::Branched(Arc::new(Automaton::new(items, case, rules)))
            }
        }
    }
}

/// Whether an alternative matches the last parts of a path.
fn matches_branched<F: Flavour>(automaton: &Automaton, path: &Path<F>) -> bool {
    let separator = F::Rules::SEPARATOR;
    let (text, anchor) = (whole_text(path), path.anchor());
    let tail = F::Rules::split(path.as_str()).tail;
    let is_drive = !anchor.is_empty() && !anchor.contains(F::SEPARATOR);
    if is_drive && !tail.is_empty() {
        // The drive and the name after it are two parts, with no separator between them.
        let parts = [anchor, F::SEPARATOR.encode_utf8(&mut [0; 4]), tail].concat();
        return automaton.matches_last(text, separator, Some(anchor.len()), text.len() - tail.len())
            || automaton.matches_last(&parts, separator, None, 0);
    }
    let tail_start = if is_drive { 0 } else { text.len() - tail.len() };
    automaton.matches_last(text, separator, Some(anchor.len()), tail_start)
}

/// The path as `full_match` compares it: the empty path is `""`.
fn whole_text<F: Flavour>(path: &Path<F>) -> &str {
    match path.as_str() {
        "." => "",
        text => text,
    }
}

/// What a Windows path starts with that is passed to the system as it is.
const DEVICE: &str = r"\\?\";

/// The path with each special character in brackets, except where they would change what the text before it is.
fn escape<F: Flavour>(path: &Path<F>) -> String {
    let (kept, rest) = path.as_str().split_at(kept_len(path));
    let mut escaped = kept.to_owned();
    for character in rest.chars() {
        match character {
            '*' | '?' | '[' | '{' | '}' | ',' => escaped.extend(['[', character, ']']),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The length of the start that brackets would make something else: a drive letter, the `?` of a device, and the guard
/// `.\` with what looks like a drive letter after it. pathlib takes a share of the server `?.` for a device as well, which
/// shows if there is no root.
fn kept_len<F: Flavour>(path: &Path<F>) -> usize {
    let Split { drive, root, tail } = F::Rules::split(path.as_str());
    let guard_len = path.as_str().len() - drive.len() - root.len() - tail.len();
    if guard_len > 0 {
        return guard_len + tail.chars().next().map_or(0, char::len_utf8);
    }
    let is_server_a_device = root.is_empty() && drive.starts_with(r"\\?.\");
    if drive.starts_with(DEVICE) {
        DEVICE.len()
    } else if is_server_a_device {
        r"\\?.\".len()
    } else if drive.starts_with(r"\\") {
        0
    } else {
        drive.len()
    }
}

impl<F: Flavour> Plain<F> {
    fn new(text: &str, case: Case) -> Self {
        let mut plain = Self::compile(PathBuf::parse(text), |text| parse::segment(text, case));
        plain.only_directories = text.is_empty() || text.ends_with(F::Rules::is_separator);
        plain
    }

    fn literal(path: &Path<F>, case: Case) -> Self {
        Self::compile(path.to_path_buf(), |name| parse::literal(name, case))
    }

    fn compile(path: PathBuf<F>, segment: impl Fn(&str) -> Segment) -> Self {
        let segments = |text: &str| text.split(F::SEPARATOR).map(&segment).collect::<Vec<_>>();
        let anchor = path.anchor();
        let tail: Arc<[_]> = path.parts().skip(usize::from(!anchor.is_empty())).map(&segment).collect();
        let repeats = |pair: &[Segment]| matches!(pair, [Segment::AnyPath, Segment::AnyPath]);
        // The whole path has the same parts as the tail, unless there is an anchor, the `.` of the empty path or before a
        // name that looks like a drive, or a run of `**`, which matches what one `**` does.
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
            leads_up: path.parts().any(|part| part == ".."),
            path,
        }
    }

    fn matches(&self, path: &Path<F>) -> bool {
        let mut parts = path.parts().rev();
        if self.tail.is_empty() && self.anchor.is_empty() {
            return false;
        }
        // The path's anchor is one of its parts. If it contains a separator, no segment matches it.
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

    /// The parts after the anchor.
    pub(crate) fn tail(&self) -> &[Segment] {
        &self.tail
    }

    pub(crate) fn only_directories(&self) -> bool {
        self.only_directories
    }
}

/// # Matching patterns
///
/// The path is matched as text, without asking the disk.
impl<F: Flavour> Path<F> {
    /// Checks whether a pattern matches the whole path; see [`Pattern`] for the language.
    ///
    /// To match many paths with one pattern, compile it once.
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

    /// Checks whether a pattern matches the path. A relative pattern matches its last parts.
    ///
    /// As in pathlib, `**` matches one part here, as `*` does. The empty pattern matches nothing; pathlib raises an exception
    /// for it.
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

/// Values that can be used as a [`Pattern`]: text, or a pattern.
///
/// # Examples
///
/// ```
/// use waypath::{Pattern, path};
///
/// let sources = Pattern::new("*.{rs,toml}");
/// assert!(path("a.rs").full_match(&sources));
/// assert!(path("a.rs").full_match("*.{rs,toml}"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a pattern of flavour `{F}`",
    label = "expected text or a `Pattern<{F}>`",
    note = "to match a path literally, use `Pattern::literal(path)`"
)]
pub trait IntoPattern<F: Flavour = Native> {
    /// What [`into_pattern`](IntoPattern::into_pattern) returns: a pattern, or a reference to one.
    type Pattern: Borrow<Pattern<F>>;

    /// Compiles the pattern, unless it is compiled already.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Borrow;
    /// use waypath::{IntoPattern, Path, Pattern};
    ///
    /// fn count(paths: &[&Path], pattern: impl IntoPattern) -> usize {
    ///     let pattern = pattern.into_pattern(); // once for all paths
    ///     let pattern: &Pattern = pattern.borrow();
    ///     paths.iter().filter(|path| pattern.full_match(path)).count()
    /// }
    /// assert_eq!(count(&[&Path::parse("a.rs"), &Path::parse("a.md")], "*.rs"), 1);
    /// ```
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

/// Compares the texts, and how case is treated. A literal pattern whose drive has wildcards, which cannot be escaped, is
/// equal only to other literal ones.
impl<F: Flavour> PartialEq for Pattern<F> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<F: Flavour> Eq for Pattern<F> {}

impl<F: Flavour> Hash for Pattern<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl<F: Flavour> Pattern<F> {
    fn key(&self) -> (&str, Case, bool) {
        let has_literal_drive = match &self.inner.form {
            Form::Plain(plain) => self.inner.is_literal && has_wildcard(plain.path.drive()),
            Form::Branched(_) => false,
        };
        (&self.inner.text, self.case(), has_literal_drive)
    }
}

impl<F: Flavour> fmt::Display for Pattern<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner.text, f)
    }
}

impl<F: Flavour> fmt::Debug for Pattern<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern")
            .field("text", &self.inner.text)
            .field("case", &self.inner.case)
            .finish_non_exhaustive()
    }
}

/// Numbers below others, for tests: the same ones each time.
#[cfg(test)]
fn random() -> impl FnMut(usize) -> usize {
    let mut random = 1_u64;
    move |below| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) as usize % below
    }
}
