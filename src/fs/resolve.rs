//! Absolute paths, and paths without links.

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, OsPath, OsPathBuf};

/// # Absolute paths, and paths without links
impl Path {
    /// Returns the absolute path: the [working directory](Path::cwd) joined with this path. Links and `..` are kept; the disk
    /// is not asked.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Path, path};
    ///
    /// assert_eq!(path("a/../b").absolute()?, Path::cwd()? / "a/../b");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`cwd`](Path::cwd). An absolute path never fails.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, each drive has a working directory of its own, and `c:a` is relative to that of `c:`.
    #[doc(alias = "abspath")]
    pub fn absolute(&self) -> Result<PathBuf> {
        let drive = self.drive();
        if self.is_absolute() {
            Ok(self.to_path_buf())
        } else if drive.is_empty() {
            Ok(Self::cwd()?.join(self))
        } else {
            let start = sys::working_dir_on(drive.as_ref()).map_err(|cause| Error::new(Op::Cwd, drive, cause))?;
            Ok(PathBuf::try_from(start)?.join(self))
        }
    }

    /// Returns the absolute path without links and `..`. The file need not exist.
    ///
    /// A link is followed before the `..` that comes after it, as by the system, and unlike by [`normalize`](Path::normalize).
    /// Parts that do not exist or cannot be read are kept as they are, and so are loops of links. If that must be
    /// an error, use [`resolve_strict`](Path::resolve_strict).
    ///
    /// The result can be outdated at once, if another program changes links.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let base = base.resolve()?;
    /// let path = &base / "no" / ".." / "such";
    /// assert_eq!(path.resolve()?, &base / "such");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the path is relative, and the working directory was
    ///   removed.
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path contains NUL; or the result is not UTF-8,
    ///   which is an error of [`Op::Convert`] with the raw path.
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix, paths that are longer than `PATH_MAX` are resolved as well. On Windows, `..` is applied before links, as by
    /// the system; names are spelled as their directories spell them; and the result has the prefix `\\?\` only if this path
    /// has it, or if it would mean something else without.
    #[doc(alias = "realpath")]
    pub fn resolve(&self) -> Result<PathBuf> {
        self.resolve_by(sys::resolve)
    }

    /// Returns the absolute path without links and `..`. Fails if the file does not exist.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").mkdir()?;
    /// assert_eq!((&base / "a/..").resolve_strict()?, base.resolve()?);
    /// assert!((&base / "no").resolve_strict().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`resolve`](Path::resolve), and
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is there, or a link is dangling.
    /// - [`NotADirectory`](std::io::ErrorKind::NotADirectory): one of the parents is a file.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to search a directory of the path.
    /// - `FilesystemLoop` (not yet stable in Rust): a loop of links.
    #[doc(alias = "canonicalize")]
    pub fn resolve_strict(&self) -> Result<PathBuf> {
        self.resolve_by(sys::resolve_strict)
    }

    fn resolve_by(&self, verb: fn(&OsPath) -> std::io::Result<OsPathBuf>) -> Result<PathBuf> {
        let real = verb(self.as_ref()).map_err(|cause| Error::new(Op::Resolve, self, cause))?;
        let real = PathBuf::try_from(real)?;
        Ok(if self.is_verbatim() { real } else { real.without_verbatim() })
    }

    /// Checks whether both paths are the same file, by links, hard links or different spellings.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "file";
    /// file.touch()?;
    /// (&base / "d").mkdir()?;
    /// assert!(file.samefile(&base / "d/../file")?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](Path::stat), for both paths.
    #[doc(alias = "is_same_file")]
    pub fn samefile(&self, other: impl AsPath) -> Result<bool> {
        let other = &*other.to_path();
        let id = |path: &Self| sys::file_id(path.as_ref()).map_err(|cause| Error::new(Op::Stat, path, cause));
        Ok(id(self)? == id(other)?)
    }
}
