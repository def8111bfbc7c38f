//! Raw paths, which need not be UTF-8, from and to paths of this crate.

use std::ffi::OsString;

use super::{Path, PathBuf};
use crate::error::{Error, Result};
use crate::report::RawPath;

/// Going on with a path that need not be UTF-8.
impl RawPath {
    /// Returns the path as one of this crate.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{RawPath, path};
    ///
    /// assert_eq!(RawPath::from("a/b").to_path()?, path("a/b"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): it is not UTF-8.
    pub fn to_path(&self) -> Result<PathBuf> {
        self.as_std_path().try_into()
    }
}

impl TryFrom<&RawPath> for PathBuf {
    type Error = Error;

    fn try_from(path: &RawPath) -> Result<Self> {
        path.to_path()
    }
}

impl TryFrom<RawPath> for PathBuf {
    type Error = Error;

    fn try_from(path: RawPath) -> Result<Self> {
        path.to_path()
    }
}

impl From<PathBuf> for RawPath {
    fn from(path: PathBuf) -> Self {
        OsString::from(path).into()
    }
}

impl From<&Path> for RawPath {
    fn from(path: &Path) -> Self {
        path.as_std_path().into()
    }
}

impl From<&PathBuf> for RawPath {
    fn from(path: &PathBuf) -> Self {
        path.as_std_path().into()
    }
}

/// Compares a raw path with one of this crate, in both orders. They are equal if the raw one is UTF-8 and the paths are.
macro_rules! compare_raw {
    ($($path:ty),*) => {$(
        impl PartialEq<$path> for RawPath {
            fn eq(&self, other: &$path) -> bool {
                self.to_path().is_ok_and(|path| path == *other)
            }
        }

        impl PartialEq<RawPath> for $path {
            fn eq(&self, other: &RawPath) -> bool {
                other == self
            }
        }
    )*};
}

compare_raw!(Path, &Path, PathBuf);
