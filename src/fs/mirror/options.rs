//! How a tree is mirrored.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::fs::copy::{CopyOptions, Overwrite, Symlinks};
use crate::pattern::Pattern;
use crate::report::{MirrorProgress, MirrorStage, Report, TreeProgress};
use crate::walk::{Entry, IntoPatterns, Prunes, Pruning};

/// How a directory is made like another one: see [`mirror`](Self::mirror).
///
/// # Examples
///
/// ```
/// use waypath::MirrorOptions;
///
/// # let base = waypath::TempDir::new()?;
/// # let (photos, backup) = (&base / "photos", &base / "backup");
/// # (&photos / "2026").mkdir_all()?;
/// # (&photos / "2026/a.jpg").write_text("new")?;
/// # (&photos / "2026/.thumbs").mkdir()?;
/// # (&backup / "2025").mkdir_all()?;
/// # (&backup / "2025/old.jpg").write_text("old")?;
/// let options = MirrorOptions::new().delete(true).exclude("**/.thumbs");
///
/// let plan = options.clone().dry_run(true).mirror(&photos, &backup)?;
/// println!("{plan}");
/// assert_eq!((plan.files, plan.removed), (1, 2));
///
/// let report = options.mirror(&photos, &backup)?;
/// assert_eq!((report.files, report.removed), (1, 2));
/// assert!((&backup / "2026/a.jpg").exists() && !(&backup / "2025").exists());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is mirrored until `mirror` is called"]
pub struct MirrorOptions<'p> {
    pub(in crate::fs) delete: bool,
    pub(in crate::fs) excluded: Vec<Pattern>,
    pub(in crate::fs) threads: Option<usize>,
    pub(in crate::fs) time_window: Duration,
    pub(in crate::fs) sync: bool,
    pub(in crate::fs) dry_run: bool,
    pub(in crate::fs) pruning: Pruning<'p>,
    pub(in crate::fs) gitignore: bool,
    pub(in crate::fs) same_file_system: bool,
    pub(in crate::fs) empty_dirs: bool,
    pub(in crate::fs) told: Option<Arc<Told<'p>>>,
}

type Closure<'p> = dyn FnMut(&MirrorProgress<'_>) -> ControlFlow<()> + Send + 'p;

/// What is told how far it is.
pub(in crate::fs) struct Told<'p> {
    closure: Mutex<Box<Closure<'p>>>,
}

impl<'p> MirrorOptions<'p> {
    /// Returns the options of [`Path::mirror_to`](crate::Path::mirror_to): nothing is removed, nothing left out, one thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// # backup.mkdir()?;
    /// (&photos / "a.jpg").write_text("new")?;
    /// (&backup / "old.jpg").write_text("old")?;
    /// let report = MirrorOptions::new().mirror(&photos, &backup)?;
    /// assert_eq!((report.files, report.removed), (1, 0));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn new() -> Self {
        Self {
            delete: false,
            excluded: Vec::new(),
            threads: None,
            time_window: Duration::ZERO,
            sync: false,
            dry_run: false,
            pruning: Pruning::default(),
            gitignore: false,
            same_file_system: false,
            empty_dirs: false,
            told: None,
        }
    }

    /// Whether to remove what the destination has and the source does not. Off by default.
    ///
    /// This also removes what a copy cannot replace: a directory if the source has a file of that name, a file if it has a
    /// directory, a pipe or device if it has something else. Without this option these are errors.
    ///
    /// **Nothing is removed unless all of the source and of the destination could be read**: what cannot be read might be
    /// there. Everything else is copied anyway.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// # backup.mkdir()?;
    /// (&backup / "old.jpg").write_text("old")?;
    /// MirrorOptions::new().mirror(&photos, &backup)?;
    /// assert!((&backup / "old.jpg").exists());
    /// MirrorOptions::new().delete(true).mirror(&photos, &backup)?;
    /// assert!(!(&backup / "old.jpg").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn delete(self, delete: bool) -> Self {
        Self { delete, ..self }
    }

    /// Leaves out what one of these patterns matches, with everything below it: it is neither copied nor removed. A
    /// directory that holds such a thing is not removed either.
    ///
    /// Patterns are relative to the source and to the destination. Called several times, all of them apply.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (code, backup) = (&base / "code", &base / "backup");
    /// # (&code / "app/target").mkdir_all()?;
    /// # (&code / "app/main.rs").touch()?;
    /// MirrorOptions::new().exclude(["**/target", "**/*.tmp"]).mirror(&code, &backup)?;
    /// assert!((&backup / "app/main.rs").exists() && !(&backup / "app/target").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn exclude(mut self, patterns: impl IntoPatterns) -> Self {
        self.excluded.extend(patterns.into_patterns());
        self
    }

    /// Leaves out each entry for which the closure returns `true`, with everything below it, as [`exclude`](Self::exclude)
    /// does. Can be called several times.
    ///
    /// It is called with entries of the source and, with [`delete`](Self::delete), of the destination: if it returns `true` for
    /// one in either tree, that is neither copied nor removed. With several threads, one at a time
    /// calls it. It is not called for names that are not UTF-8, which are mirrored.
    ///
    /// In a tree below a [`Root`](crate::Root), the path of the entry begins at the root, **but its methods that look at
    /// the disk begin at the working directory**: to look at a file, join the path to the root first.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// # (&photos / "a.jpg").write_text("small")?;
    /// # (&photos / "a.mov").write_text("a long film")?;
    /// let is_large = |size: u64| size > 10;
    /// let options = MirrorOptions::new().prune(|entry| entry.is_file() && entry.size().is_ok_and(is_large));
    /// options.mirror(&photos, &backup)?;
    /// assert!((&backup / "a.jpg").exists() && !(&backup / "a.mov").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn prune(mut self, leaves_out: impl FnMut(&Entry) -> bool + Send + 'p) -> Self {
        self.pruning.add(leaves_out);
        self
    }

    /// Whether to leave out what git would ignore in the source, and `.git`: it is neither copied nor removed. The default
    /// is `false`. [`Walk::gitignore`](crate::Walk::gitignore) lists the files whose rules apply.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (code, backup) = (&base / "code", &base / "backup");
    /// # (&code / "target").mkdir_all()?;
    /// (&code / ".gitignore").write_text("/target\n")?;
    /// MirrorOptions::new().gitignore(true).mirror(&code, &backup)?;
    /// assert!((&backup / ".gitignore").exists() && !(&backup / "target").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn gitignore(self, leave_out: bool) -> Self {
        Self { gitignore: leave_out, ..self }
    }

    /// Whether to stay on the file systems of the source and of the destination. The default is `false`.
    ///
    /// A directory on which another file system is mounted is made at the destination, but not filled, and
    /// [reported](Report::skipped). Nothing is removed from it, nor from a mounted file system at the destination.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// (&photos / "2026").mkdir()?;
    /// let report = MirrorOptions::new().same_file_system(true).mirror(&photos, &backup)?;
    /// assert!((&backup / "2026").is_dir());
    /// assert!(report.skipped.is_empty()); // nothing is mounted below `photos`
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, a folder on which a volume is mounted is a junction, which no mirror follows anyway.
    #[doc(alias = "one_file_system")]
    pub fn same_file_system(self, stay: bool) -> Self {
        Self { same_file_system: stay, ..self }
    }

    /// Whether a directory without files gets a marker in an object store, a key that ends in `/`, so that it exists there.
    /// The default is `false`: it is skipped and [reported](Report::skipped). On disks, mirrors always have it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "remote-no-tls")] {
    /// use waypath::{MirrorOptions, Memory};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let (site, store) = (&base / "site", Memory::new());
    /// (&site / "uploads").mkdir_all()?;
    /// let report = MirrorOptions::new().preserve_empty_dirs(true).mirror(&site, &store / "site")?;
    /// assert!(report.skipped.is_empty() && (&store / "site/uploads").is_dir()?);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn preserve_empty_dirs(self, keep: bool) -> Self {
        Self { empty_dirs: keep, ..self }
    }

    /// Number of threads that copy; 0 means 1. The default is 1, or what a store of objects takes side by side if one is on
    /// either side.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// (&photos / "2026").mkdir()?;
    /// (&photos / "2026/a.jpg").write_text("1234")?;
    /// (&photos / "2026/b.jpg").write_text("12")?;
    /// let report = MirrorOptions::new().threads(4).mirror(&photos, &backup)?;
    /// assert_eq!((report.files, report.bytes), (2, 6));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn threads(self, count: usize) -> Self {
        Self { threads: Some(count), ..self }
    }

    /// Takes times for equal that differ by no more than this, as [`CopyOptions::time_window`] does it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use waypath::{MirrorOptions, TouchOptions};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// # backup.mkdir()?;
    /// let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    /// for (folder, time) in [(&photos, time), (&backup, time + Duration::from_secs(1))] {
    ///     (folder / "a.jpg").write_text("same")?;
    ///     TouchOptions::new().modified(time).touch(folder / "a.jpg")?;
    /// }
    /// let options = MirrorOptions::new().dry_run(true);
    /// assert_eq!(options.mirror(&photos, &backup)?.files, 1);
    /// assert_eq!(options.time_window(Duration::from_secs(2)).mirror(&photos, &backup)?.files, 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn time_window(self, window: Duration) -> Self {
        Self { time_window: window, ..self }
    }

    /// Whether to fsync each file before it appears under its name; see [`CopyOptions::sync`].
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// (&photos / "a.jpg").write_text("new")?;
    /// MirrorOptions::new().sync(true).mirror(&photos, &backup)?;
    /// assert_eq!((&backup / "a.jpg").read_text()?, "new"); // also after a power failure
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn sync(self, sync: bool) -> Self {
        Self { sync, ..self }
    }

    /// Whether to change nothing, and return the plan: what would be done is in [`Report::steps`], removals first.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::MirrorOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// (&photos / "a.jpg").write_text("new")?;
    /// let plan = MirrorOptions::new().dry_run(true).mirror(&photos, &backup)?;
    /// assert_eq!((plan.files, plan.bytes), (1, 3));
    /// assert!(!backup.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn dry_run(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    /// Calls a closure with how far it is: while both trees are compared, while files are removed, and while they are
    /// copied. If it breaks, the operation ends with [`Interrupted`](std::io::ErrorKind::Interrupted).
    ///
    /// With this, the source is read twice: the totals must be known first.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use waypath::{MirrorOptions, MirrorStage};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let (photos, backup) = (&base / "photos", &base / "backup");
    /// # photos.mkdir()?;
    /// # (&photos / "a").write_text("1234")?;
    /// # (&photos / "b").write_text("12")?;
    /// let mut last = String::new();
    /// let options = MirrorOptions::new().progress(|progress| {
    ///     last = match progress.stage {
    ///         MirrorStage::Planning => format!("{} looked at", progress.files),
    ///         MirrorStage::Removing => format!("{} of {} removed", progress.files, progress.total_files),
    ///         _ => format!("{} of {} bytes", progress.bytes, progress.total_bytes),
    ///     };
    ///     ControlFlow::Continue(())
    /// });
    /// options.mirror(&photos, &backup)?;
    /// # drop(options);
    /// assert_eq!(last, "6 of 6 bytes");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn progress(self, on_progress: impl FnMut(&MirrorProgress<'_>) -> ControlFlow<()> + Send + 'p) -> Self {
        Self { told: Some(Arc::new(Told { closure: Mutex::new(Box::new(on_progress)) })), ..self }
    }

    /// How files are copied.
    pub(in crate::fs) fn copying(&self) -> CopyOptions<'_> {
        let options = CopyOptions::archive()
            .symlinks(Symlinks::KeepInside)
            .overwrite(Overwrite::IfDifferent)
            .exclude(&self.excluded)
            .time_window(self.time_window)
            .gitignore(self.gitignore)
            .same_file_system(self.same_file_system)
            .preserve_empty_dirs(self.empty_dirs)
            .sync(self.sync);
        let options = match self.threads {
            Some(count) => options.threads(count),
            None => options,
        };
        if self.pruning.is_none() { options } else { options.prune(|entry| self.pruning.prunes(entry)) }
    }
}

impl Default for MirrorOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// A stage of a mirror, which tells its progress to the closure, and notes if that breaks.
#[derive(Clone, Copy)]
pub(in crate::fs) struct Stage<'a> {
    pub(in crate::fs) stage: MirrorStage,
    /// What is planned, once that is known.
    pub(in crate::fs) plan: Option<&'a Report>,
    /// How many files were looked at before, in the same stage.
    pub(in crate::fs) before: u64,
    pub(in crate::fs) is_stopped: &'a AtomicBool,
}

impl Stage<'_> {
    pub(in crate::fs) fn tell(&self, told: &Told<'_>, progress: &TreeProgress<'_>) -> ControlFlow<()> {
        let (total_files, total_bytes) = match (self.stage, self.plan) {
            (MirrorStage::Removing, Some(plan)) => (plan.removed, 0),
            (MirrorStage::Copying, Some(plan)) => {
                (plan.files + plan.links + plan.specials + plan.hard_links, plan.bytes)
            }
            _ => (0, 0),
        };
        let &TreeProgress { files, bytes, path } = progress;
        let Self { stage, plan, before, .. } = *self;
        let progress = MirrorProgress { stage, files: before + files, bytes, total_files, total_bytes, plan, path };
        let flow = told.closure.lock().unwrap_or_else(PoisonError::into_inner)(&progress);
        if flow.is_break() {
            self.is_stopped.store(true, Ordering::Relaxed);
        }
        flow
    }
}

impl fmt::Debug for MirrorOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { delete, excluded, threads, time_window, sync, dry_run, gitignore, same_file_system, .. } = self;
        f.debug_struct("MirrorOptions")
            .field("delete", delete)
            .field("excluded", excluded)
            .field("gitignore", gitignore)
            .field("same_file_system", same_file_system)
            .field("empty_dirs", &self.empty_dirs)
            .field("threads", &threads.unwrap_or(1))
            .field("time_window", time_window)
            .field("sync", sync)
            .field("dry_run", dry_run)
            .finish_non_exhaustive()
    }
}
