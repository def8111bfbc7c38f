//! Names that nobody has yet.

use std::io::{self, ErrorKind};

use crate::error::{Error, Op, Result};
use crate::path::{Path, PathBuf};
use crate::sys;

/// # Free names
impl Path {
    /// Returns this path if nothing is there, otherwise the first of `name (2).txt`, `name (3).txt`, … that is free.
    ///
    /// The number is put in front of the suffix; a suffix such as `.tar.gz` stays whole. A symbolic link that leads
    /// nowhere has its name.
    ///
    /// **Another program may take the name before you do.** To take it in one step, use [`at_free_name`](Path::at_free_name).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let report = &base / "report.pdf";
    /// assert_eq!(report.next_free_name()?, report);
    /// report.touch()?;
    /// assert_eq!(report.next_free_name()?, &base / "report (2).pdf");
    ///
    /// (&base / "site.tar.gz").touch()?;
    /// (&base / "site (2).tar.gz").touch()?;
    /// assert_eq!((&base / "site.tar.gz").next_free_name()?, &base / "site (3).tar.gz");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the path has no name that a number could be added to, as `/` has none.
    /// - [`InvalidFilename`](ErrorKind::InvalidFilename): with a number, the name is too long.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the directory may not be searched.
    pub fn next_free_name(&self) -> Result<PathBuf> {
        next_free(|number| numbered(self, number), |name| is_taken(name))
    }

    /// Does something that takes a new name, at this path or at the first of `name (2).txt`, `name (3).txt`, … that is
    /// free: a function is called with one path after another until it no longer fails with
    /// [`AlreadyExists`](ErrorKind::AlreadyExists).
    ///
    /// With a verb that refuses a taken name ([`write_new`](Path::write_new), [`mkdir`](Path::mkdir), [`copy`](Path::copy),
    /// [`rename`](Path::rename), [`move_to`](Path::move_to), [`TempFile::persist`](crate::TempFile::persist), …) nothing is
    /// overwritten, whatever other programs do at the same time. The names are those of
    /// [`next_free_name`](Path::next_free_name).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let inbox = &base / "inbox";
    /// inbox.mkdir()?;
    /// for (letter, text) in [("a", "first"), ("b", "second")] {
    ///     let letter = &base / letter;
    ///     letter.write_text(text)?;
    ///     (&inbox / "letter.txt").at_free_name(|free| letter.move_to(free))?;
    /// }
    /// assert_eq!((&inbox / "letter (2).txt").read_text()?, "second");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - That of the function, if it is not that the name is taken.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the path has no name that a number could be added to.
    pub fn at_free_name<T>(&self, mut take: impl FnMut(&Self) -> Result<T>) -> Result<T> {
        at_free(|number| numbered(self, number), |name| is_taken(name), |name| take(name))
    }
}

/// The first of several names that nobody has.
pub(crate) fn next_free<P>(numbered: impl Fn(u64) -> Result<P>, is_taken: impl Fn(&P) -> Result<bool>) -> Result<P> {
    let mut number = 1;
    loop {
        let name = numbered(number)?;
        if !is_taken(&name)? {
            return Ok(name);
        }
        number += 1;
    }
}

/// Tries one name after another, until one is not taken.
pub(crate) fn at_free<P, T>(
    numbered: impl Fn(u64) -> Result<P>,
    is_taken: impl Fn(&P) -> Result<bool>,
    mut take: impl FnMut(&P) -> Result<T>,
) -> Result<T> {
    /// How often something that was in the way may have gone when it is looked at.
    const TRIES: usize = 16;
    let (mut number, mut tries) = (1, TRIES);
    loop {
        let name = numbered(number)?;
        match take(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => match is_taken(&name)? {
                true => number += 1,
                false if tries > 0 => tries -= 1,
                // It is something else that exists already.
                false => return Err(error),
            },
            result => return result,
        }
    }
}

fn is_taken(path: &Path) -> Result<bool> {
    found_name(sys::lstat(path.as_ref())).map_err(|cause| Error::new(Op::Stat, path, cause))
}

/// Whether something has a name that was looked at. One below a file is no name that could be had.
pub(crate) fn found_name<T>(found: io::Result<T>) -> io::Result<bool> {
    match found {
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(false),
        found => found.map(|_| true),
    }
}

/// The path with a number after its stem, unless it is the first. The stem of an archive is without `.tar`.
pub(crate) fn numbered(path: &Path, number: u64) -> Result<PathBuf> {
    if number == 1 {
        return Ok(path.to_path_buf());
    }
    match path.stem().strip_suffix(".tar") {
        Some(stem) if !stem.is_empty() && !path.suffix().is_empty() => path.with_stem(format!("{stem} ({number}).tar")),
        _ => path.with_stem(format!("{} ({number})", path.stem())),
    }
}
