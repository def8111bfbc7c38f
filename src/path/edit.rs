//! Paths with another name or suffix, or without `..`.

use std::borrow::Cow;

use super::{Path, PathBuf};
use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Rules, Split};

/// # Changing name, stem and suffix
impl<F: Flavour> Path<F> {
    /// Returns the path with another name.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert_eq!(PosixPath::parse("a/b.txt").with_name("c.md")?, "a/c.md");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path has no name; the new name is
    /// empty, is `.` or contains a separator. `..` is accepted, as in pathlib.
    #[doc(alias = "with_file_name")]
    pub fn with_name(&self, name: impl AsRef<str>) -> Result<PathBuf<F>> {
        let name = name.as_ref();
        let new = one_part::<F>(name).and_then(|name| renamed(self, name, ""));
        new.map_err(|reason| refused(Op::WithName, self, name, reason))
    }

    /// Returns the path with another stem and the same last suffix.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert_eq!(PosixPath::parse("a/b.txt").with_stem("c")?, "a/c.txt");
    /// assert_eq!(PosixPath::parse("b.tar.gz").with_stem("c")?, "c.gz");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path has no name; the stem is empty;
    /// the new name is `.` or contains a separator.
    #[doc(alias = "with_file_stem")]
    pub fn with_stem(&self, stem: impl AsRef<str>) -> Result<PathBuf<F>> {
        let stem = stem.as_ref();
        let new = one_part::<F>(stem).and_then(|stem| match self.suffix() {
            "" => renamed(self, stem, ""),
            _ if stem.is_empty() => Err("a stem must not be empty"),
            suffix => renamed(self, stem, suffix),
        });
        new.map_err(|reason| refused(Op::WithStem, self, stem, reason))
    }

    /// Returns the path with another last suffix. Adds one if the name has none; removes it if `suffix` is empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert_eq!(PosixPath::parse("a/b.txt").with_suffix(".md")?, "a/b.md");
    /// assert_eq!(PosixPath::parse("a/b.tar.gz").with_suffix("")?, "a/b.tar");
    /// assert_eq!(PosixPath::parse("a/b").with_suffix(".md")?, "a/b.md");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path has no name; the suffix is not
    /// empty and does not start with a dot, or contains a separator.
    #[doc(alias = "with_extension")]
    pub fn with_suffix(&self, suffix: impl AsRef<str>) -> Result<PathBuf<F>> {
        suffixed(self, self.suffix().len(), suffix.as_ref())
    }

    /// Returns the path with one more suffix.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert_eq!(PosixPath::parse("a/b.txt").add_suffix(".gz")?, "a/b.txt.gz");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`with_suffix`](Path::with_suffix).
    #[doc(alias = "with_added_extension")]
    pub fn add_suffix(&self, suffix: impl AsRef<str>) -> Result<PathBuf<F>> {
        suffixed(self, 0, suffix.as_ref())
    }
}

/// # Removing `..`
impl<F: Flavour> Path<F> {
    /// Returns the path with each `..` and the part before it removed. The disk is not asked.
    ///
    /// A `..` at the start of a relative path is kept; one after a root is removed. The anchor never changes.
    ///
    /// **If a part is a link, the result is another file**: `link/../a` is not `a`, because `..` leads to the parent of the
    /// link's target. For existing files, use [`resolve`](Path::resolve).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// assert_eq!(PosixPath::parse("a/b/../c").normalize(), "a/c");
    /// assert_eq!(PosixPath::parse("../a/..").normalize(), "..");
    /// assert_eq!(PosixPath::parse("/../a").normalize(), "/a");
    /// assert_eq!(WindowsPath::parse("c:../a").normalize(), r"c:..\a");
    /// ```
    #[doc(alias = "normpath")]
    #[doc(alias = "normalize_lexically")]
    #[doc(alias = "clean")]
    #[must_use]
    pub fn normalize(&self) -> PathBuf<F> {
        let Split { root, tail, .. } = self.split();
        if !tail.split(F::SEPARATOR).any(|part| part == "..") {
            return self.to_path_buf();
        }
        let mut kept = Vec::new();
        for part in tail.split(F::SEPARATOR) {
            match kept.last() {
                None if part == ".." && !root.is_empty() => {}
                Some(&last) if part == ".." && last != ".." => _ = kept.pop(),
                _ => kept.push(part),
            }
        }
        let mut separator = [0; 4];
        let tail = kept.join(F::SEPARATOR.encode_utf8(&mut separator));
        let anchor = self.anchor();
        let text = if anchor.is_empty() { relative::<F>(tail) } else { [anchor, &tail].concat() };
        PathBuf::from_normal(text)
    }
}

/// The path with the name that `stem` and `suffix` make, or the reason why there is none.
fn renamed<F: Flavour>(path: &Path<F>, stem: &str, suffix: &str) -> Result<PathBuf<F>, &'static str> {
    let (text, start) = (path.as_str(), path.name_start());
    if start == text.len() {
        return Err("the path has no name");
    }
    if stem.is_empty() && suffix.is_empty() {
        return Err("a name must not be empty");
    }
    if matches!((stem, suffix), (".", "") | ("", ".")) {
        return Err("`.` is not a name");
    }
    let new = match &text[..start] {
        // Alone, a name that looks like a drive on Windows is protected by `.\`, and one that does not is not.
        "" | r".\" => relative::<F>(concat([stem, suffix])),
        parent => concat([parent, stem, suffix]),
    };
    Ok(PathBuf::from_normal(new))
}

/// Text for a name, if it holds no separator, which is a character of one byte in every flavour.
fn one_part<F: Flavour>(text: &str) -> Result<&str, &'static str> {
    match text.bytes().any(|byte| F::Rules::is_separator(byte.into())) {
        true => Err("a name must not contain a separator"),
        false => Ok(text),
    }
}

/// The path with `suffix` instead of the last `old_len` bytes of its name.
fn suffixed<F: Flavour>(path: &Path<F>, old_len: usize, suffix: &str) -> Result<PathBuf<F>> {
    let text = path.as_str();
    let new = match suffix {
        _ if F::Rules::has_no_tail(text) => Err("the path has no name"),
        "" => Ok(suffix),
        _ if !suffix.starts_with('.') => Err("a suffix begins with a dot"),
        _ => one_part::<F>(suffix),
    };
    match new {
        // What comes before a suffix is a name, and stays one whatever follows it.
        Ok(suffix) => Ok(PathBuf::from_normal(concat([&text[..text.len() - old_len], suffix]))),
        Err(reason) => Err(refused(Op::WithSuffix, path, suffix, reason)),
    }
}

/// The texts as one. The standard library's `concat` takes a third longer for a few short ones.
#[inline]
fn concat<const COUNT: usize>(texts: [&str; COUNT]) -> String {
    let mut whole = String::with_capacity(texts.iter().map(|text| text.len()).sum());
    texts.iter().for_each(|text| whole.push_str(text));
    whole
}

/// [`Rules::relative`] for text that may be kept.
pub(super) fn relative<F: Flavour>(tail: String) -> String {
    match F::Rules::relative(&tail) {
        Cow::Borrowed(text) if text.len() == tail.len() => tail,
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

#[cold]
fn refused<F: Flavour>(op: Op, path: &Path<F>, new: &str, reason: &'static str) -> Error {
    Error::text(op, path.as_str(), reason).with_second(new)
}
