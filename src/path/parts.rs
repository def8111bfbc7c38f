//! Questions about a path: its parts, its name, its parents.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::Path;
use crate::flavour::{Flavour, Rules, Split, first_byte, last_byte};

/// # Parts
///
/// What a path consists of: `c:\` is drive and root, `a.tar.gz` a name with stem and suffix.
impl<F: Flavour> Path<F> {
    /// Returns the parts of the path. The first one is the anchor, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// let parts = |text| PosixPath::parse(text).parts().map(String::from).collect::<Vec<_>>();
    /// assert_eq!(parts("/usr/lib"), ["/", "usr", "lib"]);
    /// assert_eq!(parts("../a"), ["..", "a"]);
    /// assert!(parts(".").is_empty());
    ///
    /// let path = WindowsPath::parse("c:/a");
    /// assert_eq!(path.parts().collect::<Vec<_>>(), [r"c:\", "a"]);
    /// ```
    #[doc(alias = "components")]
    #[doc(alias = "iter")]
    pub fn parts(&self) -> Parts<'_, F> {
        let anchor = self.anchor();
        Parts { anchor: (!anchor.is_empty()).then_some(anchor), tail: self.split().tail, flavour: PhantomData }
    }

    /// The last parts, as a relative path: all of them, if there are no more.
    pub(crate) fn last_parts(&self, count: usize) -> &Self {
        let tail = self.split().tail;
        Self::from_normal(match count.checked_sub(1) {
            None => ".",
            Some(before) => match tail.rmatch_indices(F::SEPARATOR).nth(before) {
                Some((at, _)) => &tail[at + 1..],
                None => tail,
            },
        })
    }

    /// Returns the drive, share or device: `c:`, `\\server\share`, `\\.\COM1`. `""` if there is none, and for POSIX paths.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::WindowsPath;
    ///
    /// assert_eq!(WindowsPath::parse("c:/a").drive(), "c:");
    /// assert_eq!(WindowsPath::parse("//host/share/a").drive(), r"\\host\share");
    /// assert_eq!(WindowsPath::parse("/a").drive(), "");
    /// ```
    #[doc(alias = "prefix")]
    #[must_use]
    pub fn drive(&self) -> &str {
        self.split().drive
    }

    /// Returns the root: `/` or `//` for POSIX paths, `\` for Windows paths. `""` if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// assert_eq!(PosixPath::parse("/a").root(), "/");
    /// assert_eq!(WindowsPath::parse("c:/a").root(), r"\");
    /// assert_eq!(WindowsPath::parse("c:a").root(), "");
    /// ```
    #[must_use]
    pub fn root(&self) -> &str {
        self.split().root
    }

    /// Returns drive and root together.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// assert_eq!(WindowsPath::parse("c:/a").anchor(), r"c:\");
    /// assert_eq!(WindowsPath::parse("c:a").anchor(), "c:");
    /// assert_eq!(PosixPath::parse("a").anchor(), "");
    /// ```
    #[must_use]
    pub fn anchor(&self) -> &str {
        &self.as_str()[..self.anchor_len()]
    }

    /// Checks whether the path is absolute: it has a root and, on Windows, a drive.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// assert!(PosixPath::parse("/a").is_absolute());
    /// assert!(WindowsPath::parse("c:/a").is_absolute());
    /// assert!(!WindowsPath::parse("/a").is_absolute()); // on which drive?
    /// assert!(!WindowsPath::parse("c:a").is_absolute()); // in which folder of that drive?
    /// ```
    #[must_use]
    pub fn is_absolute(&self) -> bool {
        F::Rules::is_absolute(self.as_str())
    }

    /// Checks whether Windows rejects or reinterprets a name in this Windows path. `false` for every POSIX path.
    ///
    /// Reserved are device names such as `NUL` and `com1.txt`, names with characters such as `?`, and names that end in a dot
    /// or space, as in Python's `os.path.isreserved`. Drives and shares are not checked.
    /// [`portability`](Path::portability) reports what is wrong, for POSIX paths as well.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::WindowsPath;
    ///
    /// assert!(WindowsPath::parse("logs/nul.txt").is_reserved());
    /// assert!(WindowsPath::parse("report. ").is_reserved());
    /// assert!(!WindowsPath::parse("c:/null.txt").is_reserved());
    /// ```
    #[doc(alias = "isreserved")]
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        // The protecting `.\` stands before a name with a colon, which is reserved itself.
        self.split().tail.split(F::SEPARATOR).any(F::Rules::is_reserved_name)
    }

    #[inline]
    pub(super) fn split(&self) -> Split<'_> {
        F::Rules::split(self.as_str())
    }

    #[inline]
    pub(super) fn name_start(&self) -> usize {
        F::Rules::name_start(self.as_str())
    }

    #[inline]
    pub(super) fn anchor_len(&self) -> usize {
        F::Rules::anchor_len(self.as_str())
    }
}

/// # Name, stem and suffix
impl<F: Flavour> Path<F> {
    /// Returns the last part. `""` for the empty path and for an anchor.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert_eq!(PosixPath::parse("a/b.txt").name(), "b.txt");
    /// assert_eq!(PosixPath::parse("a/..").name(), "..");
    /// assert_eq!(PosixPath::parse("/").name(), "");
    /// ```
    #[doc(alias = "file_name")]
    #[doc(alias = "basename")]
    #[inline]
    #[must_use]
    pub fn name(&self) -> &str {
        &self.as_str()[self.name_start()..]
    }

    /// Returns the name without its last [`suffix`](Path::suffix).
    ///
    /// `p.stem()` followed by `p.suffix()` is `p.name()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert_eq!(PosixPath::parse("a/b.tar.gz").stem(), "b.tar");
    /// assert_eq!(PosixPath::parse("a/.profile").stem(), ".profile");
    /// ```
    #[doc(alias = "file_stem")]
    #[must_use]
    pub fn stem(&self) -> &str {
        split_suffix(self.name()).0
    }

    /// Returns the suffix of the name, with its dot. `""` if there is none.
    ///
    /// Leading dots do not start a suffix. A trailing dot is a suffix.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let suffix = |text| PosixPath::parse(text).suffix().to_owned();
    /// assert_eq!(suffix("a/b.tar.gz"), ".gz");
    /// assert_eq!(suffix(".profile"), "");
    /// assert_eq!(suffix("b."), ".");
    /// ```
    #[doc(alias = "extension")]
    #[must_use]
    pub fn suffix(&self) -> &str {
        split_suffix(self.name()).1
    }

    /// Returns all suffixes of the name, each with its dot.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let archive = PosixPath::parse("site.tar.gz");
    /// assert_eq!(archive.suffixes().collect::<Vec<_>>(), [".tar", ".gz"]);
    /// ```
    ///
    /// Everything after a dot counts:
    ///
    /// ```
    /// # use waypath::PosixPath;
    /// let talk = PosixPath::parse("Mr. Smith.pdf");
    /// assert_eq!(talk.suffixes().collect::<Vec<_>>(), [". Smith", ".pdf"]);
    /// ```
    pub fn suffixes(&self) -> Suffixes<'_> {
        let name = self.name().trim_start_matches('.');
        Suffixes { rest: &name[name.find('.').unwrap_or(name.len())..] }
    }
}

/// # Parents
impl<F: Flavour> Path<F> {
    /// Returns the path without its last part. An anchor and the empty path are their own parents.
    ///
    /// This is about text. If the last part is `..` or a link, the directory that contains the file is another one.
    ///
    /// `p.parent() / p.name()` is `p`, except for paths without a name and, on Windows, names that look like a path on a drive
    /// (`c:b`); [`with_name`](Path::with_name) handles those.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let parent = |text| PosixPath::parse(text).parent().to_path_buf();
    /// assert_eq!(parent("a/b"), "a");
    /// assert_eq!(parent("a"), ".");
    /// assert_eq!(parent("/"), "/");
    /// assert_eq!(parent("a/.."), "a"); // not where `a/../..` is
    /// ```
    #[doc(alias = "dirname")]
    #[inline]
    #[must_use]
    pub fn parent(&self) -> &Self {
        let text = self.as_str();
        match self.name_start() {
            start if start == text.len() => self,
            start if F::Rules::is_anchor_shorter(text, start) => Self::from_normal(&text[..start - 1]),
            0 => Self::from_normal("."),
            start => Self::from_normal(&text[..start]),
        }
    }

    /// Returns the ancestors, nearest first: [`parent`](Path::parent), its parent, and so on to the anchor or `.`. The path
    /// itself is not included.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let path = PosixPath::parse("/usr/lib/x");
    /// assert!(path.parents().eq(["/usr/lib", "/usr", "/"]));
    /// assert_eq!(PosixPath::parse("a/b").parents().last().unwrap(), ".");
    /// ```
    #[doc(alias = "ancestors")]
    pub fn parents(&self) -> Parents<'_, F> {
        Parents { path: self }
    }
}

/// A name in front of and from its last dot, leading dots not counted.
#[inline]
pub(super) fn split_suffix(name: &str) -> (&str, &str) {
    match last_byte(name, b'.') {
        Some(dot) if name.as_bytes()[..dot].iter().any(|&byte| byte != b'.') => name.split_at(dot),
        _ => (name, ""),
    }
}

/// An iterator of the parts of a path; see [`Path::parts`].
///
/// # Examples
///
/// ```
/// use waypath::PosixPath;
///
/// assert_eq!(PosixPath::parse("/a/b").parts().rev().next(), Some("b"));
/// ```
#[must_use = "iterators are lazy"]
pub struct Parts<'a, F = crate::flavour::Native> {
    anchor: Option<&'a str>,
    tail: &'a str,
    flavour: PhantomData<F>,
}

impl<'a, F> Parts<'a, F> {
    /// The text of the parts that are left, an anchor aside.
    pub(crate) fn rest(&self) -> &'a str {
        self.tail
    }
}

impl<'a, F: Flavour> Iterator for Parts<'a, F> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        if let Some(anchor) = self.anchor.take() {
            return Some(anchor);
        }
        if self.tail.is_empty() {
            return None;
        }
        let (part, rest) = match first_byte(self.tail, F::Rules::SEPARATOR) {
            Some(end) => (&self.tail[..end], &self.tail[end + 1..]),
            None => (self.tail, ""),
        };
        self.tail = rest;
        Some(part)
    }
}

impl<F: Flavour> DoubleEndedIterator for Parts<'_, F> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.tail.is_empty() {
            return self.anchor.take();
        }
        let (rest, part) = match last_byte(self.tail, F::Rules::SEPARATOR) {
            Some(at) => (&self.tail[..at], &self.tail[at + 1..]),
            None => ("", self.tail),
        };
        self.tail = rest;
        Some(part)
    }
}

impl<F: Flavour> FusedIterator for Parts<'_, F> {}

impl<F> Clone for Parts<'_, F> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<F: Flavour> fmt::Debug for Parts<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// An iterator of the suffixes of a name; see [`Path::suffixes`].
///
/// # Examples
///
/// ```
/// use waypath::PosixPath;
///
/// assert_eq!(PosixPath::parse("a.tar.gz").suffixes().count(), 2);
/// ```
#[derive(Clone)]
#[must_use = "iterators are lazy"]
pub struct Suffixes<'a> {
    /// Empty, or from a dot on.
    rest: &'a str,
}

impl<'a> Iterator for Suffixes<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let after_dot = self.rest.get(1..)?;
        let end = after_dot.find('.').map_or(self.rest.len(), |dot| dot + 1);
        let (suffix, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(suffix)
    }
}

impl DoubleEndedIterator for Suffixes<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (rest, suffix) = self.rest.split_at(self.rest.rfind('.')?);
        self.rest = rest;
        Some(suffix)
    }
}

impl FusedIterator for Suffixes<'_> {}

impl fmt::Debug for Suffixes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// An iterator of the ancestors of a path, nearest first; see [`Path::parents`].
///
/// # Examples
///
/// ```
/// use waypath::PosixPath;
///
/// assert_eq!(PosixPath::parse("/a/b").parents().nth(1).unwrap(), "/");
/// ```
#[must_use = "iterators are lazy"]
pub struct Parents<'a, F = crate::flavour::Native> {
    /// The path whose parent comes next.
    path: &'a Path<F>,
}

impl<'a, F: Flavour> Iterator for Parents<'a, F> {
    type Item = &'a Path<F>;

    #[inline]
    fn next(&mut self) -> Option<&'a Path<F>> {
        if F::Rules::has_no_tail(self.path.as_str()) {
            return None;
        }
        self.path = self.path.parent();
        Some(self.path)
    }
}

impl<F: Flavour> FusedIterator for Parents<'_, F> {}

impl<F> Clone for Parents<'_, F> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<F: Flavour> fmt::Debug for Parents<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
