//! A path that need not be UTF-8.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::printable::printable;

/// A path as the system has it, which need not be UTF-8.
///
/// What happens in a tree is [reported](crate::Report) with such paths, as any name can be in a tree and a report leaves none
/// out. It prints as a [`Path`](crate::Path) does, with U+FFFD (`�`) for what is not UTF-8. To go on with it:
///
/// - [`to_path`](RawPath::to_path) returns the [`Path`](crate::Path), or an error if it is not UTF-8.
/// - [`as_std_path`](RawPath::as_std_path) returns all of it, as std's functions take it.
///
/// # Examples
///
/// ```
/// use waypath::CopyOptions;
/// # let base = waypath::TempDir::new()?;
/// # (&base / "a").touch()?;
///
/// let plan = CopyOptions::new().dry_run(true).copy(&base / "a", &base / "b")?;
/// let path = &plan.steps[0].path;
/// println!("{path}");
/// assert_eq!(path, &(&base / "b"));
/// assert_eq!(path.to_path()?.name(), "b");
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawPath(PathBuf);

impl RawPath {
    /// Returns all of the path as std has it, including what is not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RawPath;
    ///
    /// let path = RawPath::from("a/b");
    /// assert_eq!(path.as_std_path().file_name().unwrap(), "b");
    /// ```
    #[must_use]
    pub fn as_std_path(&self) -> &Path {
        &self.0
    }

    /// Returns the path as text that is safe to print on a terminal: characters that it would act on are escaped, as by
    /// [`Path::printable`](crate::Path::printable).
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(waypath::RawPath::from("two\nlines").printable(), r"two\nlines");
    /// ```
    #[must_use]
    pub fn printable(&self) -> Cow<'_, str> {
        match self.0.to_string_lossy() {
            Cow::Borrowed(text) => printable(text),
            Cow::Owned(text) => Cow::Owned(printable(&text).into_owned()),
        }
    }

    /// Returns the path as text, with U+FFFD for what is not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(waypath::RawPath::from("a").to_string_lossy(), "a");
    /// ```
    #[must_use]
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        self.0.to_string_lossy()
    }
}

impl From<PathBuf> for RawPath {
    fn from(path: PathBuf) -> Self {
        Self(path)
    }
}

impl From<RawPath> for PathBuf {
    fn from(path: RawPath) -> Self {
        path.0
    }
}

/// What std takes for a path.
macro_rules! from_text {
    ($($text:ty),*) => {$(
        impl From<$text> for RawPath {
            fn from(path: $text) -> Self {
                Self(path.into())
            }
        }
    )*};
}

from_text!(&str, String, &Path, &PathBuf, &OsStr, OsString);

impl AsRef<Path> for RawPath {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<OsStr> for RawPath {
    fn as_ref(&self) -> &OsStr {
        self.0.as_os_str()
    }
}

/// Compares with a path of std or its text, in both orders.
macro_rules! compare {
    ($($path:ty),*) => {$(
        impl PartialEq<$path> for RawPath {
            fn eq(&self, other: &$path) -> bool {
                self.0 == *Path::new(other)
            }
        }

        impl PartialEq<RawPath> for $path {
            fn eq(&self, other: &RawPath) -> bool {
                other == self
            }
        }
    )*};
}

compare!(Path, &Path, PathBuf, str, &str, String);

impl fmt::Display for RawPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

impl fmt::Debug for RawPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
