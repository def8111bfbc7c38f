//! Removing trees.

#[cfg(all(test, target_os = "linux"))]
mod race_tests;
mod tree;

use std::fmt;
use std::io;
use std::ops::ControlFlow;

#[cfg(feature = "remote-no-tls")]
use super::side::ObjectPath;
#[cfg(feature = "remote-no-tls")]
use super::transfer::remove_from_store;
use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path};
use crate::pattern::Pattern;
use crate::report::{Report, TreeProgress};
use crate::sys;
use crate::tree::{Account, OnProgress};
use crate::walk::{Entry, Exclusion, IntoPatterns, Pruning, refuse_useless};
pub(super) use tree::{Removal, Settings as RemovalSettings};

/// # Removing trees
///
/// [`RemoveOptions`] has excludes, dry runs, threads and progress.
impl Path {
    /// Removes this directory and everything in it.
    ///
    /// **Links are removed, never followed**, even if another program replaces a directory with a link at that moment. Everything
    /// that can be removed is, and the error [lists](Error::failures) what failed. Any depth, any length of path, and names that
    /// are not UTF-8 are supported.
    ///
    /// For threads, excludes, a report or progress, use [`RemoveOptions`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let cache = &base / "cache";
    /// (&cache / "a" / "b").mkdir_all()?;
    /// (&cache / "a" / "f").touch()?;
    /// cache.rmtree()?;
    /// assert!(!cache.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): nothing is there.
    /// - [`NotADirectory`](io::ErrorKind::NotADirectory): it is a file, or a link, even one to a directory.
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): the path is a root, `.` or `..`, or ends in `..`.
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied) and others: something in it could not be removed.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, std removes the tree, just as safely. If something in it is open in another program, everything else
    /// is removed, from directories that are held open. What is left then is tried once more, by path, to report each
    /// failure: a directory that becomes a link at that moment could be followed.
    ///
    /// # Security
    ///
    /// On Unix, every directory is opened relative to its parent, without following links, and everything is removed relative
    /// to an open directory.
    #[doc(alias = "remove_dir_all")]
    pub fn rmtree(&self) -> Result<()> {
        RemoveOptions::new().rmtree(self).map(drop)
    }

    /// Removes whatever is there: a file, a link, or a directory [and everything in it](Path::rmtree). Does nothing if nothing is
    /// there. [`RemoveOptions::remove`] returns a report.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let output = &base / "out";
    /// (&output / "deep").mkdir_all()?;
    /// output.remove()?;
    /// output.write_text("now a file")?;
    /// output.remove()?;
    /// output.remove()?;
    /// assert!(!output.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`rmtree`](Path::rmtree), except for the first two, and of [`unlink`](Path::unlink).
    pub fn remove(&self) -> Result<()> {
        RemoveOptions::new().remove(self).map(drop)
    }

    /// Removes everything in this directory, but not the directory itself. Follows a link to a directory.
    ///
    /// A root, `.` and `..` are rejected: name the directory, or [`resolve`](Path::resolve) it first.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let output = &base / "out";
    /// (&output / "deep").mkdir_all()?;
    /// output.clear_dir()?;
    /// assert_eq!(output.iterdir().count(), 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound), [`NotADirectory`](io::ErrorKind::NotADirectory): it is not a directory.
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): the path is a root, `.` or `..`, or ends in `..`.
    /// - Those of [`rmtree`](Path::rmtree) for its contents.
    #[doc(alias = "empty_dir")]
    #[doc(alias = "remove_dir_contents")]
    pub fn clear_dir(&self) -> Result<()> {
        RemoveOptions::new().clear_dir(self).map(drop)
    }
}

/// Options for removing: set them, then call [`rmtree`](RemoveOptions::rmtree), [`remove`](RemoveOptions::remove) or
/// [`clear_dir`](RemoveOptions::clear_dir).
///
/// There is no `gitignore`, which listings and copies have: the files that git ignores are usually those to remove, and
/// `git clean` does that.
///
/// # Examples
///
/// ```
/// use waypath::RemoveOptions;
/// # let base = waypath::TempDir::new()?;
/// let target = &base / "target";
/// (&target / "debug").mkdir_all()?;
///
/// let plan = RemoveOptions::new().dry_run(true).rmtree(&target)?;
/// assert_eq!(plan.directories, 2);
/// RemoveOptions::new().threads(2).rmtree(&target)?;
/// assert!(!target.exists());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing is removed until it is told what"]
pub struct RemoveOptions<'p> {
    settings: RemovalSettings,
    excluded: Vec<Pattern>,
    pruning: Pruning<'p>,
    on_progress: Option<OnProgress<'p>>,
}

impl<'p> RemoveOptions<'p> {
    /// Returns the default options: one thread, no progress.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").mkdir()?;
    /// let report = waypath::RemoveOptions::new().rmtree(&base / "a")?;
    /// assert_eq!(report.directories, 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, set: impl FnOnce(&mut RemovalSettings)) -> Self {
        set(&mut self.settings);
        self
    }

    /// Number of threads to use; 0 means 1, and no more than 256 are started.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a/b").mkdir_all()?;
    /// let report = waypath::RemoveOptions::new().threads(4).rmtree(&base / "a")?;
    /// assert_eq!(report.directories, 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, where std removes the tree, one thread does it.
    pub fn threads(self, count: usize) -> Self {
        self.with(|settings| settings.threads = count)
    }

    /// Whether to only report what would be removed, as the [steps](Report::steps) of the report. The default is `false`.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").touch()?;
    /// let plan = RemoveOptions::new().dry_run(true).remove(&base / "a")?;
    /// assert!(plan.to_string().starts_with("remove `"));
    /// assert!((&base / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn dry_run(self, only_tell: bool) -> Self {
        self.with(|settings| settings.dry_run = only_tell)
    }

    /// Whether to make directories writable if that is needed to remove something. The default is `false`.
    ///
    /// If something cannot be listed or removed for lack of permission, its directory gets the permissions `u+rwx`, and it is tried
    /// again. A directory that stays, because something in it stays, keeps these permissions. [`TempDir`](crate::TempDir) is
    /// removed in this way.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    /// # let base = waypath::TempDir::new()?;
    /// let cache = &base / "cache";
    /// (&cache / "module").mkdir_all()?;
    /// # #[cfg(unix)]
    /// (&cache / "module").chmod("a-w")?;
    /// RemoveOptions::new().make_writable(true).rmtree(&cache)?;
    /// assert!(!cache.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, read-only files and directories are always removed.
    pub fn make_writable(self, make_writable: bool) -> Self {
        self.with(|settings| settings.make_writable = make_writable)
    }

    /// Whether to stay on the file system of the start. The default is `false`: **file systems that are mounted inside are emptied
    /// as well**, and only the mount points stay, as failures ([`ResourceBusy`](io::ErrorKind::ResourceBusy)).
    ///
    /// With `true`, a mount point is not entered, but [reported](Report::skipped); it stays, with its parents.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").mkdir()?;
    /// let report = RemoveOptions::new().same_file_system(true).rmtree(&base / "a")?;
    /// assert!(report.skipped.is_empty());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Linux, a part of the same file system that is mounted inside (a bind mount) is not entered either.
    #[doc(alias = "one_file_system")]
    pub fn same_file_system(self, stay: bool) -> Self {
        self.with(|settings| settings.same_file_system = stay)
    }

    /// Keeps what one of the patterns matches, with everything below it and the directories above it. The
    /// [report](Report::skipped) lists what was kept. Can be called several times.
    ///
    /// Patterns are relative to the directory that is removed or cleared, and exclude exactly what they exclude in
    /// [`Walk::exclude`](crate::Walk::exclude), which has the rules. A pattern that could not exclude anything, such as an
    /// absolute one, is an error, and nothing is removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    /// # let base = waypath::TempDir::new()?;
    /// let site = &base / "site";
    /// (&site / "css").mkdir_all()?;
    /// (&site / "CNAME").write_text("example.org")?;
    /// RemoveOptions::new().exclude(["CNAME", ".git"]).clear_dir(&site)?;
    /// assert_eq!(site.iterdir().paths()?, [&site / "CNAME"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn exclude(mut self, patterns: impl IntoPatterns) -> Self {
        self.excluded.extend(patterns.into_patterns());
        self
    }

    /// Keeps each entry for which the closure returns `true`, with everything below it and the directories above it. The
    /// [report](Report::skipped) lists what was kept. Can be called several times.
    ///
    /// This is [`Walk::prune`](crate::Walk::prune) for removals. With several threads, one at a time calls the closure, and
    /// may call it again with the same entry. It is not called for names that are not UTF-8, which are removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::RemoveOptions;
    /// # let base = waypath::TempDir::new()?;
    /// let cache = &base / "cache";
    /// (&cache / "a").mkdir_all()?;
    /// (&cache / "a" / "new").touch()?;
    ///
    /// let hour = Duration::from_secs(3600);
    /// let is_new = |age: Option<Duration>| age.is_some_and(|age| age < hour);
    /// let options = RemoveOptions::new().prune(|entry| {
    ///     let modified = entry.lstat().ok().and_then(|stat| stat.modified());
    ///     entry.is_file() && is_new(modified.and_then(|time| time.elapsed().ok()))
    /// });
    /// assert_eq!(options.clear_dir(&cache)?.skipped.len(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn prune(mut self, leaves_out: impl FnMut(&Entry) -> bool + Send + 'p) -> Self {
        self.pruning.add(leaves_out);
        self
    }

    /// Calls a closure with each file and directory that is removed. If it breaks, the rest stays, and the operation fails with
    /// [`Interrupted`](io::ErrorKind::Interrupted).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use waypath::RemoveOptions;
    /// # let base = waypath::TempDir::new()?;
    ///
    /// for name in ["one", "two"] {
    ///     (&base / name).touch()?;
    /// }
    /// let mut removed = 0;
    /// let options = RemoveOptions::new().progress(|progress| {
    ///     removed = progress.files;
    ///     ControlFlow::Continue(())
    /// });
    /// options.clear_dir(&base)?;
    /// # drop(options);
    /// assert_eq!(removed, 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, where std removes the tree in one go, it is called once, when all is gone, and cannot stop it;
    /// [`clear_dir`](RemoveOptions::clear_dir) goes step by step even there.
    pub fn progress(self, on_progress: impl FnMut(&TreeProgress<'_>) -> ControlFlow<()> + Send + 'p) -> Self {
        Self { on_progress: Some(OnProgress::new(on_progress)), ..self }
    }

    /// Removes as [`Path::rmtree`] does, with these options. Returns a report.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").mkdir()?;
    /// let report = waypath::RemoveOptions::new().rmtree(&base / "a")?;
    /// assert_eq!(report.directories, 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Path::rmtree`].
    pub fn rmtree(&self, path: impl AsPath) -> Result<Report> {
        self.run_at(Op::Rmtree, &path.to_path())
    }

    /// Removes as [`Path::remove`] does, with these options. Returns a report.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").touch()?;
    /// let report = waypath::RemoveOptions::new().remove(&base / "a")?;
    /// assert_eq!(report.files, 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Path::remove`].
    pub fn remove(&self, path: impl AsPath) -> Result<Report> {
        self.run_at(Op::Remove, &path.to_path())
    }

    /// Removes as [`Path::clear_dir`] does, with these options. Returns a report.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a/b").mkdir_all()?;
    /// let report = waypath::RemoveOptions::new().clear_dir(&base)?;
    /// assert_eq!(report.directories, 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Path::clear_dir`].
    pub fn clear_dir(&self, path: impl AsPath) -> Result<Report> {
        self.run_at(Op::ClearDir, &path.to_path())
    }

    /// Not generic, so that all of this is compiled with this crate, once.
    fn run_at(&self, op: Op, path: &Path) -> Result<Report> {
        self.run(op, path, |work| match op {
            Op::ClearDir => work.clear_dir(),
            Op::Remove => work.remove(),
            _ => work.rmtree(),
        })
    }

    /// Removes what is below a root.
    pub(crate) fn run_below(&self, op: Op, root: &sys::Root<sys::Dir>, path: &Path) -> Result<Report> {
        self.run(op, path, |work| match op {
            Op::ClearDir => root.open_to_clear(path.as_ref()).map(|dir| work.clear(dir)),
            _ => match root.parent(path.as_ref()) {
                Err(error) if op == Op::Remove && error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
                Ok((_, name)) if name == "." => Err(tree::no_name()),
                Ok((parent, name)) if op == Op::Remove => work.remove_name(&parent, &name),
                Ok((parent, name)) => work.remove_dir(&parent, &name),
            },
        })
    }

    /// Removes what is in a store of objects.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn run_in_store(&self, op: Op, path: &ObjectPath<'_>) -> Result<Report> {
        self.excluded.iter().try_for_each(refuse_useless)?;
        let account = Account::new(self.on_progress.as_ref());
        let exclusion = Exclusion::new(&self.excluded).with_pruning(&self.pruning);
        remove_from_store(op, path, self.settings, exclusion, &account).map_err(|error| account.end(error))?;
        let uri = path.store.uri(if path.path.as_str() == "." { "" } else { path.path.as_str() });
        account.close(op, uri.as_ref(), None).map_err(Error::into_located)
    }

    fn run(&self, op: Op, path: &Path, verb: impl FnOnce(&Removal<'_, sys::Dir>) -> io::Result<()>) -> Result<Report> {
        self.excluded.iter().try_for_each(refuse_useless)?;
        let account = Account::new(self.on_progress.as_ref());
        let exclusion = Exclusion::new(&self.excluded).with_pruning(&self.pruning);
        let removal = Removal::new(path.as_ref(), self.settings, &account).with_exclusion(exclusion);
        verb(&removal).map_err(|cause| account.end(Error::new(op, path, cause)))?;
        account.close(op, path.as_ref(), None)
    }
}

impl fmt::Debug for RemoveOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RemovalSettings { threads, dry_run, make_writable, same_file_system } = &self.settings;
        f.debug_struct("RemoveOptions")
            .field("threads", threads)
            .field("dry_run", dry_run)
            .field("make_writable", make_writable)
            .field("same_file_system", same_file_system)
            .field("excluded", &self.excluded)
            .finish_non_exhaustive()
    }
}
