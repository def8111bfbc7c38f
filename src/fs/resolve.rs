//! Where a path really leads.

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, OsPath, OsPathBuf};

/// Where a path really leads.
impl Path {
    /// Returns the path from the root, without looking at the disk: the [working directory](Path::cwd) and
    /// this path joined. `..` stays, and so do links.
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
    /// As for [`cwd`](Path::cwd); never for a path that is absolute.
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

    /// Returns the absolute path of the same file without links and `..`, whether the file exists or not.
    ///
    /// Each link is followed before the `..` behind it is taken, as the system does, and unlike
    /// [`normalize`](Path::normalize). What does not exist, or may not be looked at, stays as it is written,
    /// and so does a link that leads back to itself. Where that must be an error, use
    /// [`resolve_strict`](Path::resolve_strict).
    ///
    /// The result is true when it is made; who changes links can make it false at once.
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
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path holds NUL; or the result is not UTF-8,
    ///   which is an error of [`Op::Convert`] with the raw path.
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix, paths that are longer than the system takes are resolved, too. On Windows, `..` is taken
    /// before links, as the system does it there; names are given as their directories spell them; and the
    /// result has the prefix `\\?\` only if this path has it, or if it would mean something else without.
    #[doc(alias = "realpath")]
    pub fn resolve(&self) -> Result<PathBuf> {
        self.resolve_by(sys::resolve)
    }

    /// Returns the absolute path of the same file without links and `..`; an error if there is none.
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
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is there, or a link on the way leads nowhere.
    /// - [`NotADirectory`](std::io::ErrorKind::NotADirectory): a file stands where a directory should.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): a directory on the way may not be
    ///   searched.
    /// - `FilesystemLoop`, which Rust does not let be named yet: links lead in a circle.
    #[doc(alias = "canonicalize")]
    pub fn resolve_strict(&self) -> Result<PathBuf> {
        self.resolve_by(sys::resolve_strict)
    }

    fn resolve_by(&self, verb: fn(&OsPath) -> std::io::Result<OsPathBuf>) -> Result<PathBuf> {
        let real = verb(self.as_ref()).map_err(|cause| Error::new(Op::Resolve, self, cause))?;
        let real = PathBuf::try_from(real)?;
        Ok(if self.is_verbatim() { real } else { real.without_verbatim() })
    }

    /// Whether this path and another lead to one file, through links or by [another name](Path::hardlink_to)
    /// of it.
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
    /// As for [`stat`](Path::stat), of either.
    #[doc(alias = "is_same_file")]
    pub fn samefile(&self, other: impl AsPath) -> Result<bool> {
        let other = &*other.to_path();
        let id = |path: &Self| sys::file_id(path.as_ref()).map_err(|cause| Error::new(Op::Stat, path, cause));
        Ok(id(self)? == id(other)?)
    }
}
