//! Paths in stores of objects as sides of copies, moves and mirrors.

use std::borrow::Cow;

#[cfg(not(target_family = "wasm"))]
use super::Bucket;
use super::{Memory, ObjectStore, RemoteEntry};
use crate::at::At;
use crate::error::Result;
use crate::fs::{CopyOptions, MirrorOptions, ObjectPath, Side, SidePath, sealed_side, sides};
use crate::report::Report;

/// # Copying, moving and mirroring
///
/// The other side may be on a disk, below a [`Root`](crate::Root), or in this store or another one. [`Path::copy`](crate::Path::copy)
/// and the others take a path in a store as their target. What is as between two disks is described there; this is not:
///
/// - **Threads**: as many as the store takes side by side, 16 by default, unless [`threads`](CopyOptions::threads) says otherwise.
/// - **When a file counts as unchanged** is in the guide [Object stores](crate::docs::object_stores). Of changes that keep the
///   length, it does not see: one to a file within the time by which the clock of the store is ahead, after the file was put; one
///   to a file that got the time of its object again; one to an object within a second after it was fetched.
/// - **What a store has no place for** is in the [report](Report): symbolic links and directories without files are
///   [skipped](Report::skipped); permissions that differ from those of a new file, and hard links, are
///   [not kept](Report::not_kept). Times, owners and extended attributes are never kept, and not listed.
///   A file that comes to a disk gets the time of its object.
/// - **A tree is merged into a prefix**: a file `x` and a directory `x` can both be in a store.
/// - **A mirror removes last**, and only if nothing failed. What it removes is remembered until then; otherwise memory does
///   not grow with the number of files, but each thread that puts a large file has up to five parts of 8 MiB. With [`progress`](MirrorOptions::progress), both sides are listed twice.
/// - **Cancelled** copies leave whole objects and whole files. What was copied stays, even if a move fails.
///
/// In reports, errors and what is passed to closures, a path in a store is its [URI](At::uri).
impl<S: ObjectStore> At<S> {
    /// Copies this file, or this directory and everything in it. Fails if the target exists. Returns the target.
    ///
    /// An object becomes a file that appears when it is complete, with the time of the object. If a file and a directory
    /// have this path, the file is copied.
    ///
    /// To a disk, two requests for a file; for a directory, one that looks for a file, one for each thousand keys and one for
    /// each file. To a store, one more that looks at the target. Within a store, the server copies.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "site").mkdir()?;
    /// # (&base / "site/index.html").write_text("<p>hello")?;
    /// let store = waypath::Memory::new();
    /// (&base / "site").copy(&store / "site")?;
    ///
    /// (&store / "site").copy(&base / "backup")?;
    /// assert_eq!((&base / "backup/index.html").read_text()?, "<p>hello");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is here.
    /// - [`AlreadyExists`](std::io::ErrorKind::AlreadyExists): the target exists.
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): this path or the target is not a key; or the target is in this
    ///   directory.
    /// - Those of the requests. In a tree, everything that can be copied is, and the error [lists](crate::Error::failures) what
    ///   failed, including keys that this system has no file name for.
    pub fn copy<T: Side>(&self, target: T) -> Result<T::Owned> {
        CopyOptions::new().copy_to(self.side(), target)
    }

    /// Copies this file or directory into a directory, under its own name: see [`copy`](At#method.copy-1), which lists the requests.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "photo.txt").write_text("a lake")?;
    /// let copy = (&store / "photo.txt").copy_into(&store / "2026")?;
    /// assert_eq!(copy, &store / "2026/photo.txt");
    /// assert_eq!(copy.read_text()?, "a lake");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`copy`](At#method.copy-1), and [`InvalidInput`](std::io::ErrorKind::InvalidInput): this is the store itself, which has
    /// no name.
    pub fn copy_into<T: Side>(&self, directory: T) -> Result<T::Owned> {
        CopyOptions::new().copy_to_directory(self.side(), directory)
    }

    /// Moves this file, or this directory and everything in it; not atomic. Fails if the target exists. Returns the target.
    ///
    /// Everything is [copied](At#method.copy-1) and checked. Only then, and if nothing failed, what was copied is removed, unless
    /// it was changed meanwhile: that stays, and is one of the error's [failures](crate::Error::failures). Who looks in between
    /// sees both. An object is compared and removed with two requests, so a change between both is lost.
    ///
    /// Requests as for [`copy`](At#method.copy-1); then two more for a file, and for a directory two for each thousand keys. One for
    /// each file that goes to a store, which checks it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "photo.txt").write_text("a lake")?;
    /// let store = waypath::Memory::new();
    /// let photo = (&base / "photo.txt").move_to(&store / "photo.txt")?;
    /// assert!(!(&base / "photo.txt").exists());
    ///
    /// photo.move_to(&base / "again.txt")?;
    /// assert_eq!((&base / "again.txt").read_text()?, "a lake");
    /// assert!(photo.copy(&base / "gone").is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`copy`](At#method.copy-1). If the copy is complete and something here could not be removed, the error says so.
    pub fn move_to<T: Side>(&self, target: T) -> Result<T::Owned> {
        CopyOptions::new().moved_to(self.side(), target)
    }

    /// Moves this file or directory into a directory, under its own name: see [`move_to`](At#method.move_to-1), which lists
    /// the requests.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "photo.txt").write_text("a lake")?;
    /// let moved = (&store / "photo.txt").move_into(&store / "2026")?;
    /// assert_eq!(moved, &store / "2026/photo.txt");
    /// assert!(moved.exists()? && !(&store / "photo.txt").exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`move_to`](At#method.move_to-1), and [`InvalidInput`](std::io::ErrorKind::InvalidInput): this is the store itself,
    /// which has no name.
    pub fn move_into<T: Side>(&self, directory: T) -> Result<T::Owned> {
        CopyOptions::new().moved_to_directory(self.side(), directory)
    }

    /// Makes a directory like this one: what is missing there is copied, what differs is replaced, and what is only there
    /// stays. See [`MirrorOptions`] to remove that.
    ///
    /// One request for each thousand keys on each side that is in a store, and one for each file that is copied.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "photos").mkdir()?;
    /// # (&base / "photos/lake.txt").write_text("a lake")?;
    /// let store = waypath::Memory::new();
    /// (&base / "photos").mirror_to(&store / "photos")?;
    ///
    /// assert_eq!((&store / "photos").mirror_to(&base / "backup")?.files, 1);
    /// assert_eq!((&store / "photos").mirror_to(&base / "backup")?.files, 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`MirrorOptions::mirror`].
    pub fn mirror_to(&self, target: impl Side) -> Result<Report> {
        MirrorOptions::new().mirror_between(&self.side(), &target.side())
    }

    fn side_path(&self) -> SidePath<'_> {
        SidePath::Object(ObjectPath { path: Cow::Borrowed(&self.path), store: &self.handle.0 })
    }
}

sides! {
    [S: ObjectStore] At<S>, S: at => at;
    [S: ObjectStore] &At<S>, S: at => at;
    [S: ObjectStore] RemoteEntry<S>, S: entry => entry.path();
    [S: ObjectStore] &RemoteEntry<S>, S: entry => entry.path();
    [] Memory, Memory: store => store;
    [] &Memory, Memory: store => store;
}

#[cfg(not(target_family = "wasm"))]
sides! {
    [] Bucket, Bucket: bucket => bucket;
    [] &Bucket, Bucket: bucket => bucket;
}
