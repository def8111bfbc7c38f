//! Equality, order and hash: by normal text, on Windows by folded text.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::{Path, PathBuf};
use crate::flavour::{Flavour, Rules};

/// Paths are equal if their text is; Windows paths if their text is equal in lower case.
///
/// # Examples
///
/// ```
/// use waypath::{PosixPath, WindowsPath};
///
/// assert_ne!(PosixPath::parse("A"), PosixPath::parse("a"));
/// assert_eq!(WindowsPath::parse("A"), WindowsPath::parse("a"));
/// ```
impl<F: Flavour> PartialEq for Path<F> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        F::Rules::text_eq(self.as_str(), other.as_str())
    }
}

impl<F: Flavour> Eq for Path<F> {}

/// Paths are ordered part by part, so a directory is directly followed by what is in it.
///
/// # Examples
///
/// ```
/// use waypath::path;
///
/// let mut paths = ["a-b", "a/b", "a"].map(path);
/// paths.sort();
/// assert_eq!(paths, ["a", "a/b", "a-b"]);
/// ```
impl<F: Flavour> Ord for Path<F> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        F::Rules::text_cmp(self.as_str(), other.as_str())
    }
}

impl<F: Flavour> PartialOrd for Path<F> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<F: Flavour> Hash for Path<F> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        F::Rules::text_hash(self.as_str(), state);
    }
}

impl<F: Flavour> PartialEq for PathBuf<F> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<F: Flavour> Eq for PathBuf<F> {}

impl<F: Flavour> Ord for PathBuf<F> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<F: Flavour> PartialOrd for PathBuf<F> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<F: Flavour> Hash for PathBuf<F> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

/// Compares two spellings of a path, in both directions.
macro_rules! compare {
    ($($left:ty, $right:ty;)*) => {$(
        impl<F: Flavour> PartialEq<$right> for $left {
            #[inline]
            fn eq(&self, other: &$right) -> bool {
                <Path<F> as PartialEq>::eq(self, other)
            }
        }

        impl<F: Flavour> PartialEq<$left> for $right {
            #[inline]
            fn eq(&self, other: &$left) -> bool {
                <Path<F> as PartialEq>::eq(self, other)
            }
        }

        impl<F: Flavour> PartialOrd<$right> for $left {
            #[inline]
            fn partial_cmp(&self, other: &$right) -> Option<Ordering> {
                Some(<Path<F> as Ord>::cmp(self, other))
            }
        }

        impl<F: Flavour> PartialOrd<$left> for $right {
            #[inline]
            fn partial_cmp(&self, other: &$left) -> Option<Ordering> {
                Some(<Path<F> as Ord>::cmp(self, other))
            }
        }
    )*};
}

compare! {
    PathBuf<F>, Path<F>;
    PathBuf<F>, &Path<F>;
    Cow<'_, Path<F>>, Path<F>;
    Cow<'_, Path<F>>, &Path<F>;
    Cow<'_, Path<F>>, PathBuf<F>;
}

/// Compares a path with the path that a text denotes, in both directions.
macro_rules! compare_text {
    ($($path:ty, $text:ty;)*) => {$(
        impl<F: Flavour> PartialEq<$text> for $path {
            #[inline]
            fn eq(&self, other: &$text) -> bool {
                <Path<F> as PartialEq>::eq(self, &Path::parse(other))
            }
        }

        impl<F: Flavour> PartialEq<$path> for $text {
            #[inline]
            fn eq(&self, other: &$path) -> bool {
                other == self
            }
        }

        impl<F: Flavour> PartialOrd<$text> for $path {
            #[inline]
            fn partial_cmp(&self, other: &$text) -> Option<Ordering> {
                Some(<Path<F> as Ord>::cmp(self, &Path::parse(other)))
            }
        }

        impl<F: Flavour> PartialOrd<$path> for $text {
            #[inline]
            fn partial_cmp(&self, other: &$path) -> Option<Ordering> {
                Some(<Path<F> as Ord>::cmp(&Path::parse(self), other))
            }
        }
    )*};
}

compare_text! {
    Path<F>, str;
    Path<F>, &str;
    Path<F>, String;
    &Path<F>, str;
    &Path<F>, String;
    PathBuf<F>, str;
    PathBuf<F>, &str;
    PathBuf<F>, String;
}

/// # Natural order
impl<F: Flavour> Path<F> {
    /// Compares paths part by part, and numbers in them by value: `page9` comes before `page10`.
    ///
    /// A number is a sequence of the digits 0 to 9, of any length. Numbers of the same value, such as `7` and `007`, only
    /// decide if nothing else differs, so this is a total order.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::path;
    ///
    /// let mut pages = ["page10", "page9", "page1/b"].map(path);
    /// pages.sort_by(|left, right| left.natural_cmp(right));
    /// assert_eq!(pages, ["page1/b", "page9", "page10"]);
    /// ```
    #[must_use]
    pub fn natural_cmp(&self, other: &Self) -> Ordering {
        F::Rules::text_natural_cmp(self.as_str(), other.as_str()).then_with(|| self.cmp(other))
    }
}
