//! Home, the working directory, the temporary directory, and variables in paths.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;

use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Native};
use crate::path::{Path, PathBuf, expand};
use crate::sys;

/// # Home, the working directory, and variables
impl Path {
    /// Returns the home directory of the current user: `$HOME` if it is set and not empty, or the entry in the user
    /// database; on Windows `%USERPROFILE%`, or what the system says.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use waypath::Path;
    ///
    /// let settings = Path::home()? / ".config" / "tool.toml";
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): there is neither.
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): it is not UTF-8.
    #[doc(alias = "home_dir")]
    pub fn home() -> Result<PathBuf> {
        home(Op::Home, "")
    }

    /// Returns the working directory, which relative paths are relative to.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Path;
    ///
    /// assert!(Path::cwd()?.is_absolute());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): it was removed.
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): it is not UTF-8.
    #[doc(alias = "current_dir")]
    #[doc(alias = "getcwd")]
    pub fn cwd() -> Result<PathBuf> {
        let directory = sys::working_dir().map_err(|cause| Error::new(Op::Cwd, "", cause))?;
        PathBuf::try_from(directory)
    }

    /// Returns the directory for temporary files: `$TMPDIR` if it is set and not empty, or `/tmp`; on Windows what the system
    /// says.
    ///
    /// Unlike Python's `gettempdir`, this does not check whether files can be created there.
    /// [`TempDir`](crate::TempDir) creates a directory in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Path;
    ///
    /// assert!(Path::temp_dir()?.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput): it is not UTF-8.
    #[doc(alias = "gettempdir")]
    pub fn temp_dir() -> Result<PathBuf> {
        PathBuf::try_from(sys::temp_dir())
    }

    /// Replaces a first part `~` or `~user` with that user's home directory. Other paths are returned unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Path, path};
    ///
    /// assert_eq!(path("a/~").expanduser()?, path("a/~"));
    /// # if Path::home().is_ok() {
    /// assert_eq!(path("~/notes").expanduser()?, Path::home()? / "notes");
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): there is no such user, or the user has no home directory.
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): the home directory is not UTF-8.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, the home of another user is assumed to be next to that of the current user, as in Python.
    pub fn expanduser(&self) -> Result<PathBuf> {
        let first = self.parts().next().unwrap_or_default();
        let Some(user) = first.strip_prefix('~').filter(|_| self.anchor().is_empty()) else {
            return Ok(self.to_path_buf());
        };
        let home = match user {
            "" => home(Op::Expand, self.as_str())?,
            _ => home_of(user, self)?,
        };
        Ok(home / self.relative_to_walk_up(first)?)
    }

    /// Replaces environment variables, `$NAME` and `${NAME}`, with their values. Unset variables are left as they are.
    ///
    /// A value may have several parts. An absolute one does not replace what precedes it: `a$HOME` is `a/home/me`. Values
    /// are not expanded again.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::path;
    ///
    /// # if cfg!(unix) && std::env::var_os("HOME").is_some_and(|home| home.to_str().is_some_and(|home| home.len() > 1)) {
    /// let home = std::env::var("HOME").unwrap();
    /// assert_eq!(path("$HOME/notes").expandvars()?, path(home) / "notes");
    /// # }
    /// assert_eq!(path("$no_such_variable/a").expandvars()?, path("$no_such_variable/a"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](io::ErrorKind::InvalidInput): a value is not UTF-8, which is an error of
    /// [`Op::Convert`] with the raw value.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, `%NAME%` is a variable as well, `%%` is `%`, `$$` is `$`, nothing is replaced between single quotes, and
    /// names may contain `-`; all as in Python.
    pub fn expandvars(&self) -> Result<PathBuf> {
        let value = |name: &str| match sys::variable(name).map(OsString::into_string) {
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(raw)) => Err(Error::text(Op::Convert, raw, "it is not UTF-8")),
            None => Ok(None),
        };
        match expand::<<Native as Flavour>::Rules, _>(self.as_str(), value)? {
            Cow::Borrowed(_) => Ok(self.to_path_buf()),
            Cow::Owned(text) => Ok(PathBuf::from(text)),
        }
    }
}

fn home(op: Op, path: &str) -> Result<PathBuf> {
    let unknown = || Error::new(op, path, io::Error::new(io::ErrorKind::NotFound, "no home directory is known"));
    PathBuf::try_from(sys::home_dir().ok_or_else(unknown)?)
}

fn home_of(user: &str, path: &Path) -> Result<PathBuf> {
    let failed = |cause| Error::new(Op::Expand, path, cause);
    match sys::home_dir_of(user).map_err(failed)? {
        Some(home) => PathBuf::try_from(home),
        None => Err(failed(io::Error::new(io::ErrorKind::NotFound, "no home directory of that user is known"))),
    }
}
