//! Copying and moving files and trees.

mod at_once;
#[cfg(all(test, unix))]
mod backend_tests;
mod context;
mod hard_links;
mod late_names;
mod move_to;
mod one;
mod options;
mod policy;
mod put_off;
#[cfg(all(test, target_os = "linux"))]
mod race_tests;
mod removed;
mod start;
mod times;
mod tree;
mod used_names;

use std::io;

pub use options::{CopyOptions, Overwrite, Specials, Symlinks};

use super::side::{Side, SidePath, Sides};
use crate::error::{Error, Op, Result};
use crate::path::Path;
use crate::report::Report;
use crate::sys::{BasedPath, EditDir};
use crate::tree::Account;
use crate::walk::refuse_useless;
use context::Copy;
pub(super) use move_to::is_other_case;
#[cfg(feature = "remote-no-tls")]
pub(super) use options::Settings;
#[cfg(feature = "remote-no-tls")]
pub(super) use policy::refuse_special;
pub(super) use removed::Removed;

/// # Copying and moving
///
/// Files and trees. Nothing is overwritten; [`CopyOptions`] has other policies. See also the guide
/// [Copying and moving safely](crate::docs::copying).
impl Path {
    /// Copies this file, or this directory and everything in it. Fails if the target exists. Returns the target.
    ///
    /// Content and permissions are copied, and links in a tree stay links. [`CopyOptions`] has other ways, and returns a
    /// [report](Report). `target` is the path of the copy, not the directory to put it into; that is
    /// [`copy_into`](Path::copy_into).
    ///
    /// - A file appears **when it is complete**. Before, it has a temporary name in the same directory, `.*.waypath-tmp`, which is
    ///   only left if the program is killed.
    /// - In a tree, everything that can be copied is, and the error [lists](Error::failures) what failed. If the disk is full, the
    ///   copy ends at once.
    /// - If the file system can, both files share their content until one is changed. Sparse files stay sparse. Files in `/proc`
    ///   and `/sys`, whose size is not known before, are copied whole. What another program appends meanwhile may or may not be
    ///   copied.
    /// - A copy is never more permissive than the original; see [`CopyOptions::preserve_mode`]. A permission that cannot be set is
    ///   not an error: the report of [`CopyOptions::copy`] lists it.
    /// - Directories have stricter permissions while they are copied. They get their own ones however the copy ends.
    /// - Trees of any depth are copied, with a dozen file descriptors if there are no more. Several threads may need more.
    /// - Pipes, sockets and devices in a tree are never opened: they are left out, and
    ///   [reported](Report::skipped).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let site = &base / "site";
    /// (&site / "css").mkdir_all()?;
    /// (&site / "index.html").write_text("<p>hello")?;
    ///
    /// site.copy(&base / "backup")?;
    /// assert_eq!((&base / "backup" / "index.html").read_text()?, "<p>hello");
    /// assert!(site.copy(&base / "backup").is_err(), "nothing is overwritten");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): nothing is here, or the target's parent does not exist.
    /// - [`AlreadyExists`](io::ErrorKind::AlreadyExists): the target exists.
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): both are the same file, under whatever names; or the target
    ///   is inside this directory, by whatever path, and not [excluded](CopyOptions::exclude).
    /// - [`Unsupported`](io::ErrorKind::Unsupported): it is a pipe, a socket or a device.
    /// - [`StorageFull`](io::ErrorKind::StorageFull) and others.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, std copies each file, with what belongs to it, and names are those of paths: what
    /// another program does to the directories above at that moment is not noticed.
    ///
    /// # Security
    ///
    /// On Unix every directory of a tree is opened relative to the one above, without following links, and so is
    /// every file: what another program swaps for a link at that moment does not lead the copy to other files.
    #[doc(alias = "copytree")]
    #[doc(alias = "copyfile")]
    pub fn copy<S: Side>(&self, target: S) -> Result<S::Owned> {
        CopyOptions::new().copy_to(self.side(), target)
    }

    /// [Copies](Path::copy) this file or directory into a directory, under its own name. Returns the
    /// path of the copy.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let photo = &base / "photo.jpg";
    /// photo.touch()?;
    /// (&base / "album").mkdir()?;
    /// assert_eq!(photo.copy_into(&base / "album")?, &base / "album" / "photo.jpg");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`copy`](Path::copy); and [`InvalidInput`](io::ErrorKind::InvalidInput), where this path ends in
    /// no name.
    pub fn copy_into<S: Side>(&self, directory: S) -> Result<S::Owned> {
        CopyOptions::new().copy_to_directory(self.side(), directory)
    }

    /// Moves this file, or this directory with everything in it, even to another file system. Fails if the target exists. Returns
    /// the target.
    ///
    /// To overwrite, as pathlib's `move` does, use [`replace`](Path::replace) or [`CopyOptions::overwrite`].
    ///
    /// On the same file system, this is [`rename`](Path::rename). To another one:
    ///
    /// - Everything is copied, with all that [`CopyOptions::archive`] keeps, to a temporary name next to the target. When
    ///   the copy is complete and **flushed to the disk**, it is renamed to the target. Only then the original is removed:
    ///   moving never leaves you without a complete copy.
    /// - **Only what was copied, and is unchanged since, is removed**: from the directory that was opened to be copied,
    ///   even if another one has its path by now. A file that is changed, replaced or added meanwhile stays, with the
    ///   directories above it, and is one of the error's [failures](Error::failures). Not noticed is what a file system
    ///   does not record: two changes in the same tick of its clock.
    /// - If the copy fails, or is cancelled, or a closure panics, the copy is removed and the original is untouched.
    /// - Until the original is removed, about 150 bytes of memory are used for each file, to know what was copied.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let photo = &base / "photo.jpg";
    /// photo.touch()?;
    /// (&base / "photos").mkdir()?;
    /// let moved = photo.move_to(&base / "photos" / "photo.jpg")?;
    /// assert!(moved.exists() && !photo.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`copy`](Path::copy). If the copy is complete and something here could not be removed, the error says so,
    /// and its [failures](Error::failures) are what stays here, and why.
    #[doc(alias = "move")]
    pub fn move_to<S: Side>(&self, target: S) -> Result<S::Owned> {
        CopyOptions::new().moved_to(self.side(), target)
    }

    /// [Moves](Path::move_to) this file or directory into a directory, under its own name. Returns the new
    /// path.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let photo = &base / "photo.jpg";
    /// photo.touch()?;
    /// (&base / "album").mkdir()?;
    /// assert_eq!(photo.move_into(&base / "album")?, &base / "album" / "photo.jpg");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`move_to`](Path::move_to); and [`InvalidInput`](io::ErrorKind::InvalidInput), where this path ends
    /// in no name.
    pub fn move_into<S: Side>(&self, directory: S) -> Result<S::Owned> {
        CopyOptions::new().moved_to_directory(self.side(), directory)
    }
}

/// Copying and moving with these options.
impl CopyOptions<'_> {
    /// Copies as [`Path::copy`] does, with these options. Returns a report.
    ///
    /// [`Overwrite`] says what happens if the destination exists, and if it is a symbolic link.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").mkdir()?;
    /// let report = CopyOptions::new().threads(2).copy(&base / "a", &base / "b")?;
    /// assert_eq!(report.directories, 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Path::copy`]; and, where something may be replaced, [`IsADirectory`](io::ErrorKind::IsADirectory) and
    /// [`NotADirectory`](io::ErrorKind::NotADirectory), where one of both is a directory and the other is not. A pattern of
    /// [`exclude`](CopyOptions::exclude) that could not exclude anything is
    /// [`InvalidInput`](io::ErrorKind::InvalidInput), before anything is copied.
    pub fn copy(&self, from: impl Side, to: impl Side) -> Result<Report> {
        self.copy_between(&from.side(), &to.side())
    }

    /// Copies as [`Path::copy_into`] does, with these options. Returns a report.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{CopyOptions, Overwrite};
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// # (&base / "d").mkdir()?;
    /// CopyOptions::new().overwrite(Overwrite::Always).copy_into(&base / "a", &base / "d")?;
    /// assert!((&base / "d" / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`copy`](CopyOptions::copy) and [`Path::copy_into`].
    pub fn copy_into(&self, from: impl Side, directory: impl Side) -> Result<Report> {
        let (from, directory) = (from.side(), directory.side());
        self.copy_between(&from, &directory.child(from.name_in(Op::Copy, &directory)?))
    }

    /// Moves as [`Path::move_to`] does, with these options. Returns a report, in which a directory that was renamed counts as one.
    ///
    /// [`overwrite`](CopyOptions::overwrite) says what to do if the target exists. A directory replaces an empty one; it
    /// moves into one that is not empty only with [`merge`](CopyOptions::merge).
    ///
    /// To another device, all attributes are preserved except those that an option leaves out, such as `preserve_xattrs(false)`.
    /// What cannot be preserved there is [reported](Report::not_kept); with [`strict`](CopyOptions::strict) it is an error,
    /// and nothing is moved.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{CopyOptions, Overwrite};
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// # (&base / "b").touch()?;
    /// CopyOptions::new().overwrite(Overwrite::Always).move_to(&base / "a", &base / "b")?;
    /// assert!(!(&base / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Path::move_to`].
    pub fn move_to(&self, from: impl Side, to: impl Side) -> Result<Report> {
        self.move_between(&from.side(), &to.side())
    }

    /// Moves as [`Path::move_into`] does, with these options. Returns a report.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// # (&base / "d").mkdir()?;
    /// CopyOptions::new().move_into(&base / "a", &base / "d")?;
    /// assert!((&base / "d" / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`move_to`](CopyOptions::move_to) and [`Path::move_into`].
    pub fn move_into(&self, from: impl Side, directory: impl Side) -> Result<Report> {
        let (from, directory) = (from.side(), directory.side());
        self.move_between(&from, &directory.child(from.name_in(Op::Move, &directory)?))
    }
}

/// The same with the sides as they are looked up.
impl CopyOptions<'_> {
    pub(crate) fn copy_to<S: Side>(&self, from: SidePath<'_>, target: S) -> Result<S::Owned> {
        self.copy_between(&from, &target.side())?;
        Ok(target.owned(None))
    }

    pub(crate) fn copy_to_directory<S: Side>(&self, from: SidePath<'_>, directory: S) -> Result<S::Owned> {
        let into = directory.side();
        let name = from.name_in(Op::Copy, &into)?;
        self.copy_between(&from, &into.child(name))?;
        Ok(directory.owned(Some(name)))
    }

    pub(crate) fn moved_to<S: Side>(&self, from: SidePath<'_>, target: S) -> Result<S::Owned> {
        self.move_between(&from, &target.side())?;
        Ok(target.owned(None))
    }

    pub(crate) fn moved_to_directory<S: Side>(&self, from: SidePath<'_>, directory: S) -> Result<S::Owned> {
        let into = directory.side();
        let name = from.name_in(Op::Move, &into)?;
        self.move_between(&from, &into.child(name))?;
        Ok(directory.owned(Some(name)))
    }

    fn copy_between(&self, from: &SidePath<'_>, to: &SidePath<'_>) -> Result<Report> {
        match Sides::new(from, to) {
            Sides::Plain(from, to) => self.run(Op::Copy, from, to, |account| {
                match at_once::is_copied_at_once(&self.settings, from.path, to.path, account) {
                    true => Ok(()),
                    false => self.copy_in_dirs(from, to, account),
                }
            }),
            Sides::Located(source, target) => {
                self.copied(source, target).map_err(|error| error.between(&from.ground(), &to.ground()))
            }
            #[cfg(feature = "remote-no-tls")]
            Sides::Remote(transfer) => transfer.copy(self),
        }
    }

    fn move_between(&self, from: &SidePath<'_>, to: &SidePath<'_>) -> Result<Report> {
        match Sides::new(from, to) {
            Sides::Plain(from, to) => self.run(Op::Move, from, to, |account| {
                match move_to::is_moved_at_once(&self.settings, from.path, to.path, account) {
                    true => Ok(()),
                    false => move_to::move_to(&self.settings, from, to, account),
                }
            }),
            Sides::Located(source, target) => self
                .run(Op::Move, source, target, |account| move_to::move_to(&self.settings, source, target, account))
                .map_err(|error| error.between(&from.ground(), &to.ground())),
            #[cfg(feature = "remote-no-tls")]
            Sides::Remote(transfer) => transfer.move_to(self),
        }
    }

    pub(super) fn copied<D: EditDir>(&self, from: BasedPath<'_, D>, to: BasedPath<'_, D>) -> Result<Report> {
        self.run(Op::Copy, from, to, |account| self.copy_in_dirs(from, to, account))
    }

    fn copy_in_dirs<D: EditDir>(
        &self,
        from: BasedPath<'_, D>,
        to: BasedPath<'_, D>,
        account: &Account<'_>,
    ) -> io::Result<()> {
        Copy::new(Op::Copy, &self.settings, from, to, account).with_pruning(&self.pruning).run()
    }

    fn run<D: EditDir>(
        &self,
        op: Op,
        from: BasedPath<'_, D>,
        to: BasedPath<'_, D>,
        verb: impl FnOnce(&Account<'_>) -> io::Result<()>,
    ) -> Result<Report> {
        self.settings.excluded.iter().try_for_each(refuse_useless)?;
        let account = Account::new(self.on_progress.as_ref());
        verb(&account).map_err(|cause| account.end(Error::new(op, from.path, cause).with_second(to.path)))?;
        account.close(op, from.path, Some(to.path))
    }
}
