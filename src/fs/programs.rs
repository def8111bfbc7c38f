//! Programs: what can be run, and where it is.

use std::io::{self, ErrorKind};

use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Native, Rules};
use crate::path::{Path, PathBuf, path};
use crate::sys;

/// # Programs
impl Path {
    /// Checks whether this is a file that the current user may run, or a link to one.
    ///
    /// Whether running it works is another question: it may be for another processor, or a script whose interpreter is
    /// missing.
    ///
    /// # Examples
    ///
    /// ```
    /// let program: waypath::PathBuf = std::env::current_exe()?.try_into()?;
    /// assert!(program.is_executable());
    /// assert!(!program.parent().is_executable());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix the permissions decide, as for `test -x`. On Windows it is the suffix, which must be one of those in the
    /// environment variable `PATHEXT`. On WASI, nothing can be run.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        sys::is_executable(self.as_ref())
    }

    /// Returns the absolute path of a program, found as a shell finds it: the first file with this name in the directories of
    /// `PATH` that the current user may [run](Path::is_executable).
    ///
    /// A name with a separator is not looked up in `PATH`: it is a path from the working directory. An empty part of `PATH`
    /// stands for the working directory.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use waypath::Path;
    ///
    /// # if cfg!(unix) {
    /// let shell = Path::which("sh")?;
    /// assert!(shell.is_absolute() && shell.is_executable());
    /// # }
    /// assert_eq!(Path::which("no-such-program").unwrap_err().kind(), ErrorKind::NotFound);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): there is no such program.
    /// - Its path is not UTF-8.
    /// - Those of [`cwd`](Path::cwd), if the program is found by a relative path.
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix, `/bin` and `/usr/bin` are searched if `PATH` is not set.
    ///
    /// On Windows, a name without one of the suffixes in `PATHEXT` is looked for with each of them. The working
    /// directory is searched only if `PATH` has it, as [`std::process::Command`] does it.
    ///
    /// # Security
    ///
    /// Whoever can change the environment or a directory of `PATH` decides what is found.
    pub fn which(name: impl AsRef<str>) -> Result<PathBuf> {
        let name = name.as_ref();
        let is_plain = *path(name).name() == *name && !name.is_empty();
        let reason = if is_plain { "no directory in `PATH` has it" } else { "no file that can be run has this path" };
        let not_found = || Error::new(Op::Which, name, io::Error::new(ErrorKind::NotFound, reason));
        if name.ends_with(<Native as Flavour>::Rules::is_separator) {
            return Err(not_found());
        }
        let directories = if is_plain { sys::search_path() } else { vec![sys::OsPathBuf::new()] };
        let names = sys::program_names(name);
        let mut candidates = directories.iter().flat_map(|directory| names.iter().map(|name| directory.join(name)));
        let program = candidates.find(|candidate| sys::is_executable(candidate)).ok_or_else(not_found)?;
        PathBuf::try_from(program)?.absolute()
    }
}
