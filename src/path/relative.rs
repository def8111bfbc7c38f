//! Paths relative to others.

use std::borrow::Cow;

use super::{AsPath, Path, PathBuf, edit};
use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Rules};

/// # Relative paths
impl<F: Flavour> Path<F> {
    /// Returns this path relative to `base`: the parts after `base`.
    ///
    /// This is about text, part by part: `/foobar` is not below `/foo`, and `..` is a part like any other.
    ///
    /// `a.join(b).relative_to(a)` is `b` if `b` is relative and has no drive, and `a` is not the start of a Windows share
    /// (`\\server`).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// let path = PosixPath::parse("/srv/www/index.html");
    /// assert_eq!(path.relative_to("/srv")?, "www/index.html");
    /// assert_eq!(path.relative_to(&path)?, ".");
    /// assert!(path.relative_to("/sr").is_err());
    ///
    /// let path = WindowsPath::parse("C:/Users/Ann");
    /// assert_eq!(path.relative_to("c:/users")?, "Ann");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): `base` is neither this path nor one of its
    /// [`parents`](Path::parents); or the result would be a drive, such as `c:b` in the Windows path `a\c:b`, for which
    /// [`relative_to_walk_up`](Path::relative_to_walk_up) returns `.\c:b`.
    #[doc(alias = "strip_prefix")]
    pub fn relative_to(&self, base: impl AsPath<F>) -> Result<&Self> {
        const DRIVE: &str = "what is left would read as a drive; `relative_to_walk_up` gives it with `.\\` in front";

        let base = base.to_path();
        let Some(tail) = tail_behind(self, &base) else {
            return Err(unrelated(self, &base, "the first does not start with the second"));
        };
        match F::Rules::relative(tail) {
            Cow::Borrowed(text) => Ok(Self::from_normal(text)),
            Cow::Owned(_) => Err(stranger(self, &base, DRIVE)),
        }
    }

    /// Returns this path relative to `base`, with `..` for each part of `base` that has to be left.
    ///
    /// This is about text: if such a part is a link, the result leads elsewhere.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let image = PosixPath::parse("/www/img/a.png");
    /// assert_eq!(image.relative_to_walk_up("/www/blog/2026")?, "../../img/a.png");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the paths have different anchors; `base`
    /// contains a `..` that would have to be undone.
    #[doc(alias = "relpath")]
    #[doc(alias = "diff_paths")]
    pub fn relative_to_walk_up(&self, base: impl AsPath<F>) -> Result<PathBuf<F>> {
        let base = base.to_path();
        let Some(common) = common(self, &base) else {
            return Err(unrelated(self, &base, "they have different anchors"));
        };
        if common.base_rest.is_empty() {
            return Ok(PathBuf::from_normal(F::Rules::relative(common.rest).into_owned()));
        }
        let mut text = String::new();
        for part in common.base_rest.split(F::SEPARATOR) {
            if part == ".." {
                return Err(stranger(self, &base, "a `..` in the second cannot be walked back"));
            }
            if !text.is_empty() {
                text.push(F::SEPARATOR);
            }
            text.push_str("..");
        }
        if !common.rest.is_empty() {
            text.push(F::SEPARATOR);
            text.push_str(common.rest);
        }
        Ok(PathBuf::from_normal(edit::relative::<F>(text)))
    }

    /// Checks whether `base` is this path or one of its [`parents`](Path::parents).
    ///
    /// This is about text, and **not a security check**: `/srv/../etc` is relative to `/srv`. For untrusted text, use
    /// [`join_inside`](Path::join_inside).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert!(PosixPath::parse("/srv/www").is_relative_to("/srv"));
    /// assert!(!PosixPath::parse("/srv/www").is_relative_to("/sr"));
    /// assert!(PosixPath::parse("/srv/../etc").is_relative_to("/srv"));
    /// ```
    #[doc(alias = "starts_with")]
    #[must_use]
    pub fn is_relative_to(&self, base: impl AsPath<F>) -> bool {
        tail_behind(self, &base.to_path()).is_some()
    }

    /// Returns the longest path that both paths are relative to. `None` if their anchors differ; `.` if two relative paths have
    /// no part in common.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let path = PosixPath::parse("/usr/lib/x");
    /// assert_eq!(path.common_path("/usr/local").unwrap(), "/usr");
    /// assert_eq!(PosixPath::parse("a").common_path("b").unwrap(), ".");
    /// assert!(path.common_path("usr").is_none());
    /// ```
    #[doc(alias = "commonpath")]
    #[doc(alias = "common_prefix")]
    #[must_use]
    pub fn common_path(&self, other: impl AsPath<F>) -> Option<&Self> {
        let rest = common(self, &other.to_path())?.rest;
        let text = self.as_str();
        let end = text.len() - rest.len();
        if rest.is_empty() {
            Some(self)
        } else if end == self.anchor_len() && end > 0 {
            Some(Self::from_normal(&text[..end]))
        } else if rest.len() == self.split().tail.len() {
            Some(Self::from_normal("."))
        } else {
            Some(Self::from_normal(&text[..end - 1]))
        }
    }
}

/// What is left of `path` behind `base`, if `base` is `path` or one of its ancestors.
#[inline]
fn tail_behind<'a, F: Flavour>(path: &'a Path<F>, base: &Path<F>) -> Option<&'a str> {
    if F::Rules::has_no_tail(base.as_str()) {
        return F::Rules::text_eq(path.anchor(), base.anchor()).then_some(path.split().tail);
    }
    let rest = path.as_str().strip_prefix(base.as_str());
    match rest.and_then(|rest| if rest.is_empty() { Some(rest) } else { rest.strip_prefix(F::SEPARATOR) }) {
        None if !F::Rules::CASE_SENSITIVE => tail_behind_spelling(path, base),
        tail => tail,
    }
}

/// The same where case does not matter, and `base` may be spelled in another way than the start of `path`.
fn tail_behind_spelling<'a, F: Flavour>(path: &'a Path<F>, base: &Path<F>) -> Option<&'a str> {
    let text = path.as_str();
    let cut = same_parts_len(path, base);
    let (start, rest) = text.split_at_checked(cut)?;
    let rest = match rest.as_bytes() {
        [] => rest,
        [separator, ..] if *separator == F::Rules::SEPARATOR => &rest[1..],
        _ => return None,
    };
    // Anchor and all, since folding a letter may depend on its neighbours.
    F::Rules::text_eq(start, base.as_str()).then_some(rest)
}

/// How long the start of `path` is that can equal `base`. The anchors may be two spellings of one, and the tail is as
/// long as the base's where folding keeps lengths, else as long as that many parts.
fn same_parts_len<F: Flavour>(path: &Path<F>, base: &Path<F>) -> usize {
    let (tail, base_tail) = (path.split().tail, base.split().tail);
    let before = path.as_str().len() - tail.len();
    if tail.is_ascii() && base_tail.is_ascii() {
        return before + base_tail.len();
    }
    let further = base_tail.matches(F::SEPARATOR).count();
    before + tail.match_indices(F::SEPARATOR).nth(further).map_or(tail.len(), |(at, _)| at)
}

/// What two paths with one anchor have left behind their common parts.
struct Common<'a, 'b> {
    rest: &'a str,
    base_rest: &'b str,
}

fn common<'a, 'b, F: Flavour>(path: &'a Path<F>, base: &'b Path<F>) -> Option<Common<'a, 'b>> {
    if !F::Rules::text_eq(path.anchor(), base.anchor()) {
        return None;
    }
    let (tail, base_tail) = (path.split().tail, base.split().tail);
    let folded = F::Rules::fold(path.as_str());
    let base_folded = F::Rules::fold(base.as_str());
    let (before, parts) = cut_tail(path, &folded);
    let (base_before, base_parts) = cut_tail(base, &base_folded);
    let pairs = parts.split(F::SEPARATOR).zip(base_parts.split(F::SEPARATOR));
    let same = if before == base_before { pairs.take_while(|(part, base_part)| part == base_part).count() } else { 0 };
    Some(Common { rest: skip_parts::<F>(tail, same), base_rest: skip_parts::<F>(base_tail, same) })
}

/// What is before the tail of a folded path, which is the anchor or the `.\` that keeps a name from being one, and the tail.
/// Folding a letter may depend on its neighbours and may change its length, so the whole text is folded, and then cut.
fn cut_tail<'a, F: Flavour>(path: &Path<F>, folded: &'a str) -> (&'a str, &'a str) {
    let text = path.as_str();
    let before = &text[..text.len() - path.split().tail.len()];
    folded.split_at(F::Rules::fold(before).len())
}

fn skip_parts<F: Flavour>(tail: &str, count: usize) -> &str {
    match count.checked_sub(1) {
        None => tail,
        Some(before) => tail.match_indices(F::SEPARATOR).nth(before).map_or("", |(at, _)| &tail[at + 1..]),
    }
}

/// The error of paths that begin differently. If only one of them is absolute, that is the reason.
#[cold]
fn unrelated<F: Flavour>(path: &Path<F>, base: &Path<F>, reason: &'static str) -> Error {
    const MIXED: &str = "one of them is absolute, and the other is not";
    let is_mixed = path.is_absolute() != base.is_absolute();
    stranger(path, base, if is_mixed { MIXED } else { reason })
}

#[cold]
fn stranger<F: Flavour>(path: &Path<F>, base: &Path<F>, reason: &'static str) -> Error {
    Error::text(Op::RelativeTo, path.as_str(), reason).with_second(base.as_str())
}
