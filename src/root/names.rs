//! Names below a root: directories, links, renaming and removing single files.

use std::borrow::Borrow;
use std::io::ErrorKind;

use super::RootPath;
use crate::error::{Op, Result};
use crate::fs::{at_free, found_name, next_free, numbered};
use crate::path::{AsPath, PathBuf};
use crate::sys::{self, Existing};

/// Directories.
impl RootPath {
    /// Creates this directory; its parent must exist: see [`Path::mkdir`](crate::Path::mkdir).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").mkdir()?;
    /// assert!((&base / "a").is_dir());
    /// assert!((&root / "../b").mkdir().unwrap_err().is_escape());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): the parent does not exist.
    /// - [`AlreadyExists`](ErrorKind::AlreadyExists): something has this name.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): an [escape](crate::Error::is_escape).
    pub fn mkdir(&self) -> Result<()> {
        self.ask(Op::Mkdir, sys::Root::create_dir)
    }

    /// Creates this directory and all that are missing above it: see [`Path::mkdir_all`](crate::Path::mkdir_all).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a/b/c").mkdir_all()?;
    /// assert!((&root / "a/b/c").is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists): something on the way is not a directory. An
    /// [escape](crate::Error::is_escape).
    pub fn mkdir_all(&self) -> Result<()> {
        crate::fs::mkdir_all(self.clone(), Self::mkdir, Self::parent, Self::is_dir)
    }

    /// Creates the directory of this path, and all that are missing above it: see
    /// [`Path::mkdir_parent`](crate::Path::mkdir_parent).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let page = &root / "site/en/index.html";
    /// page.mkdir_parent()?;
    /// page.write_text("hello")?;
    /// assert!((&root / "site/en").is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`mkdir_all`](RootPath::mkdir_all).
    pub fn mkdir_parent(&self) -> Result<()> {
        self.parent().mkdir_all()
    }

    /// Removes this directory, which must be empty: see [`Path::rmdir`](crate::Path::rmdir).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// assert!((&root / "a").rmdir().is_err()); // it has something in it
    /// (&root / "a/b").rmdir()?;
    /// (&root / "a").rmdir()?;
    /// assert!(root.is_empty_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DirectoryNotEmpty`](ErrorKind::DirectoryNotEmpty), [`NotADirectory`](ErrorKind::NotADirectory),
    /// [`NotFound`](ErrorKind::NotFound), an [escape](crate::Error::is_escape).
    pub fn rmdir(&self) -> Result<()> {
        self.ask(Op::Rmdir, sys::Root::remove_dir)
    }
}

/// Files, whatever they are.
impl RootPath {
    /// Removes this file or link: see [`Path::unlink`](crate::Path::unlink).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// (&root / "a").unlink()?;
    /// assert!(!(&root / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound), [`IsADirectory`](ErrorKind::IsADirectory), an
    /// [escape](crate::Error::is_escape).
    pub fn unlink(&self) -> Result<()> {
        self.ask(Op::Unlink, sys::Root::remove_file)
    }

    /// Removes this file or link if it exists; returns whether it did: see
    /// [`Path::unlink_if_exists`](crate::Path::unlink_if_exists).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// assert!((&root / "a").unlink_if_exists()?);
    /// assert!(!(&root / "a").unlink_if_exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`unlink`](RootPath::unlink).
    pub fn unlink_if_exists(&self) -> Result<bool> {
        match self.unlink() {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Renames this file or directory. Fails if the target exists: see [`Path::rename`](crate::Path::rename).
    ///
    /// The target may be below another root.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a").write_text("")?;
    /// let renamed = (&root / "a").rename(&root / "b")?;
    /// assert!(renamed.is_file() && !(&root / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists): something has the new name. [`NotFound`](ErrorKind::NotFound). An
    /// [escape](crate::Error::is_escape).
    pub fn rename(&self, target: impl Borrow<Self>) -> Result<Self> {
        self.rename_as(Op::Rename, target.borrow(), Existing::Fail)
    }

    /// Renames this file or directory, and replaces what has the new name: see [`Path::replace`](crate::Path::replace).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "config").write_text("old")?;
    /// (&root / "config.new").write_text("new")?;
    /// (&root / "config.new").replace(&root / "config")?;
    /// assert_eq!((&root / "config").read_text()?, "new");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`rename`](RootPath::rename), but that only a directory that is not empty is in the way.
    pub fn replace(&self, target: impl Borrow<Self>) -> Result<Self> {
        self.rename_as(Op::Replace, target.borrow(), Existing::Replace)
    }

    fn rename_as(&self, op: Op, target: &Self, existing: Existing) -> Result<Self> {
        self.root()
            .rename(self.os_path(), (target.root(), target.os_path()), existing)
            .map(|()| target.clone())
            .map_err(|cause| self.failed(op, cause).with_second(&*target.path))
    }
}

/// Links.
impl RootPath {
    /// Makes this path a symbolic link with this text: see [`Path::symlink_to`](crate::Path::symlink_to).
    ///
    /// The text may be anything. It is when a link is followed that it must not lead out.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "a").write_text("four")?;
    /// (&root / "inside").symlink_to("a")?;
    /// assert_eq!((&root / "inside").read_text()?, "four");
    /// (&root / "outside").symlink_to("/etc/passwd")?;
    /// assert!((&root / "outside").read_text().unwrap_err().is_escape());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists), [`NotFound`](ErrorKind::NotFound), an
    /// [escape](crate::Error::is_escape).
    pub fn symlink_to(&self, target: impl AsPath) -> Result<()> {
        let target = &*target.to_path();
        self.ask(Op::Symlink, |root, path| root.symlink(target.as_ref(), path))
            .map_err(|error| error.with_second(target))
    }

    /// Makes this path a symbolic link, in place of what is there: see
    /// [`Path::symlink_replace`](crate::Path::symlink_replace).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "current").symlink_to("release-1")?;
    /// (&root / "current").symlink_replace("release-2")?;
    /// assert_eq!((&root / "current").readlink()?, "release-2");
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`symlink_to`](RootPath::symlink_to).
    pub fn symlink_replace(&self, target: impl AsPath) -> Result<()> {
        let target = &*target.to_path();
        self.ask(Op::Symlink, |root, path| root.symlink_replace(target.as_ref(), path))
            .map_err(|error| error.with_second(target))
    }

    /// Makes this path a hard link to a file below this root or another: see
    /// [`Path::hardlink_to`](crate::Path::hardlink_to).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "first").write_text("one file")?;
    /// (&root / "second").hardlink_to(&root / "first")?;
    /// (&root / "first").unlink()?;
    /// assert_eq!((&root / "second").read_text()?, "one file");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists), [`NotFound`](ErrorKind::NotFound), an
    /// [escape](crate::Error::is_escape).
    pub fn hardlink_to(&self, target: impl Borrow<Self>) -> Result<()> {
        let target = target.borrow();
        self.ask(Op::Hardlink, |root, path| root.hard_link((target.root(), target.os_path()), path))
            .map_err(|error| error.with_second(&*target.path))
    }

    /// Returns the text of this symbolic link: see [`Path::readlink`](crate::Path::readlink).
    ///
    /// It is text, which may lead anywhere.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "link").symlink_to("../anywhere")?;
    /// assert_eq!((&root / "link").readlink()?, "../anywhere");
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput): it is not a link; or an [escape](crate::Error::is_escape) before it.
    pub fn readlink(&self) -> Result<PathBuf> {
        PathBuf::try_from(self.ask(Op::Readlink, sys::Root::read_link)?)
    }
}

/// Names that nobody has yet.
impl RootPath {
    /// Returns this path if nothing is there, otherwise the first of `name (2).txt`, `name (3).txt`, … that is free: see
    /// [`Path::next_free_name`](crate::Path::next_free_name).
    ///
    /// **Another program may take the name before you do.** To take it in one step, use
    /// [`at_free_name`](RootPath::at_free_name).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "report.pdf").touch()?;
    /// assert_eq!((&root / "report.pdf").next_free_name()?, &root / "report (2).pdf");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Path::next_free_name`](crate::Path::next_free_name), and an [escape](crate::Error::is_escape).
    pub fn next_free_name(&self) -> Result<Self> {
        next_free(|number| self.numbered(number), Self::is_taken)
    }

    /// Does something that takes a new name, at this path or at the first of `name (2).txt`, `name (3).txt`, … that is
    /// free: see [`Path::at_free_name`](crate::Path::at_free_name).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// for upload in ["first", "second"] {
    ///     (&root / "photo.txt").at_free_name(|free| free.write_new(upload))?;
    /// }
    /// assert_eq!((&root / "photo (2).txt").read_text()?, "second");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - That of the function, if it is not that the name is taken.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the path has no name that a number could be added to.
    pub fn at_free_name<T>(&self, take: impl FnMut(&Self) -> Result<T>) -> Result<T> {
        at_free(|number| self.numbered(number), Self::is_taken, take)
    }

    fn numbered(&self, number: u64) -> Result<Self> {
        numbered(&self.path, number).map(|path| self.with_path(path)).map_err(|error| error.on_ground(&self.ground()))
    }

    fn is_taken(&self) -> Result<bool> {
        self.ask(Op::Stat, |root, path| found_name(root.lstat(path)))
    }
}
