//! Copying and moving below a root, out of it and into it.

use std::borrow::Cow;

use super::{Root, RootEntry, RootPath};
use crate::at::At;
use crate::error::Result;
use crate::fs::{CopyOptions, DiskPath, MirrorOptions, Side, SidePath, sealed_side, sides};
use crate::report::Report;

/// Copying and moving. The other side may be a path below this root, below another one, or a plain path.
///
/// Below a root, reports and errors have paths from there, and so has what is told to the closures of
/// [`progress`](CopyOptions::progress) and [`prune`](CopyOptions::prune).
impl RootPath {
    /// Copies this file, or this directory and everything in it. Fails if the target exists: see
    /// [`Path::copy`](crate::Path::copy).
    ///
    /// Links in a tree are copied as links, wherever they lead. With [`Symlinks::Follow`](crate::Symlinks::Follow), one that
    /// leads out of the root is a failure.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "uploads").mkdir()?;
    /// use waypath::Root;
    ///
    /// let uploads = Root::open(&base / "uploads")?;
    /// (&uploads / "2026").mkdir()?;
    /// (&uploads / "2026/photo.txt").write_text("a lake")?;
    ///
    /// let copy = (&uploads / "2026").copy(&uploads / "2026.old")?;
    /// assert_eq!((&copy / "photo.txt").read_text()?, "a lake");
    ///
    /// let backup = (&uploads / "2026").copy(&base / "backup")?;
    /// assert_eq!((&backup / "photo.txt").read_text()?, "a lake");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Path::copy`](crate::Path::copy), and an [escape](crate::Error::is_escape).
    pub fn copy<S: Side>(&self, target: S) -> Result<S::Owned> {
        CopyOptions::new().copy_to(self.side(), target)
    }

    /// Copies this file or directory into a directory, under its own name: see
    /// [`Path::copy_into`](crate::Path::copy_into).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "photo.txt").write_text("a lake")?;
    /// (&root / "2026").mkdir()?;
    /// let copy = (&root / "photo.txt").copy_into(&root / "2026")?;
    /// assert_eq!(copy, &root / "2026/photo.txt");
    /// assert_eq!(copy.read_text()?, "a lake");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`copy`](RootPath::copy), and [`InvalidInput`](std::io::ErrorKind::InvalidInput): this path ends in no name.
    pub fn copy_into<S: Side>(&self, directory: S) -> Result<S::Owned> {
        CopyOptions::new().copy_to_directory(self.side(), directory)
    }

    /// Moves this file, or this directory with everything in it, even to another file system. Fails if the target exists: see
    /// [`Path::move_to`](crate::Path::move_to).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "uploads").mkdir()?;
    /// use waypath::Root;
    ///
    /// let uploads = Root::open(&base / "uploads")?;
    /// (&uploads / "photo.txt").write_text("a lake")?;
    /// let moved = (&uploads / "photo.txt").move_to(&base / "photo.txt")?;
    /// assert!(moved.exists() && !(&uploads / "photo.txt").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Path::move_to`](crate::Path::move_to), and an [escape](crate::Error::is_escape).
    pub fn move_to<S: Side>(&self, target: S) -> Result<S::Owned> {
        CopyOptions::new().moved_to(self.side(), target)
    }

    /// Moves this file or directory into a directory, under its own name: see
    /// [`Path::move_into`](crate::Path::move_into).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "photo.txt").write_text("a lake")?;
    /// (&root / "2026").mkdir()?;
    /// let moved = (&root / "photo.txt").move_into(&root / "2026")?;
    /// assert_eq!(moved, &root / "2026/photo.txt");
    /// assert!(moved.exists() && !(&root / "photo.txt").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`move_to`](RootPath::move_to), and [`InvalidInput`](std::io::ErrorKind::InvalidInput): this path ends in no
    /// name.
    pub fn move_into<S: Side>(&self, directory: S) -> Result<S::Owned> {
        CopyOptions::new().moved_to_directory(self.side(), directory)
    }

    /// Makes a directory like this one: see [`Path::mirror_to`](crate::Path::mirror_to).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "uploads").mkdir()?;
    /// use waypath::Root;
    ///
    /// let uploads = Root::open(&base / "uploads")?;
    /// (&uploads / "photo.txt").write_text("a lake")?;
    /// assert_eq!(uploads.mirror_to(&base / "backup")?.files, 1);
    /// assert_eq!(uploads.mirror_to(&base / "backup")?.files, 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`MirrorOptions::mirror`], and an [escape](crate::Error::is_escape).
    pub fn mirror_to(&self, target: impl Side) -> Result<Report> {
        MirrorOptions::new().mirror_between(&self.side(), &target.side())
    }

    fn side_path(&self) -> SidePath<'_> {
        SidePath::Disk(DiskPath { path: Cow::Borrowed(&self.path), root: Some(&self.handle.0) })
    }
}

sides! {
    [] RootPath, Root: at => at;
    [] &RootPath, Root: at => at;
    [] Root, Root: root => &root.0;
    [] &Root, Root: root => &root.0;
    [] RootEntry, Root: entry => entry.path();
    [] &RootEntry, Root: entry => entry.path();
}
