//! Options for copying and moving.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::removed::Removed;
use crate::pattern::Pattern;
use crate::report::{RawPath, TreeProgress};
use crate::sys::Attributes;
use crate::tree::OnProgress;
use crate::walk::{Entry, IntoPatterns, Pruning};

/// Options for copying and moving: set them, then call [`copy`](CopyOptions::copy) or [`move_to`](CopyOptions::move_to).
///
/// By default, content and permissions are copied, links in a tree stay links, and nothing is overwritten.
///
/// # Examples
///
/// ```
/// use waypath::{CopyOptions, Overwrite};
/// # let base = waypath::TempDir::new()?;
/// let (site, backup) = (&base / "site", &base / "backup");
/// site.mkdir()?;
/// (&site / "index.html").write_text("one")?;
///
/// let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent).exclude("**/*.tmp");
/// assert_eq!(options.copy(&site, &backup)?.files, 1);
/// assert_eq!(options.copy(&site, &backup)?.unchanged, 1);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing is copied until it is told what"]
pub struct CopyOptions<'p> {
    pub(in crate::fs) settings: Settings,
    pub(in crate::fs) on_progress: Option<OnProgress<'p>>,
    pub(in crate::fs) pruning: Pruning<'p>,
}

/// The options in the form in which copying reads them.
#[derive(Clone)]
pub(in crate::fs) struct Settings {
    pub(in crate::fs) overwrite: Overwrite,
    pub(in crate::fs) time_window: Duration,
    pub(in crate::fs) symlinks: Symlinks,
    pub(in crate::fs) specials: Specials,
    pub(in crate::fs) attributes: Attributes,
    /// Those that are not to be kept, by the word of the caller: a move keeps all others.
    pub(in crate::fs) unwanted: Attributes,
    pub(in crate::fs) strict: bool,
    pub(in crate::fs) hard_links: bool,
    pub(in crate::fs) empty_dirs: bool,
    pub(in crate::fs) excluded: Vec<Pattern>,
    pub(in crate::fs) gitignore: bool,
    pub(in crate::fs) same_file_system: bool,
    pub(in crate::fs) threads: Option<usize>,
    pub(in crate::fs) sync: bool,
    pub(in crate::fs) dry_run: bool,
    /// Of a dry run: whether it keeps its steps, and whether it tells what it looks at as its progress.
    pub(in crate::fs) keeps_steps: bool,
    pub(in crate::fs) tells_looks: bool,
    /// What a dry run takes for removed.
    pub(in crate::fs) removed: Arc<Removed>,
    pub(in crate::fs) merge: bool,
    /// Whether directories that are there are made writable while something is copied into them, if they get the
    /// permissions of their originals in the end.
    pub(in crate::fs) opens_up: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            overwrite: Overwrite::default(),
            time_window: Duration::ZERO,
            symlinks: Symlinks::default(),
            specials: Specials::default(),
            attributes: Attributes { mode: true, ..Attributes::default() },
            unwanted: Attributes::default(),
            strict: false,
            hard_links: false,
            empty_dirs: false,
            excluded: Vec::new(),
            gitignore: false,
            same_file_system: false,
            threads: None,
            sync: false,
            dry_run: false,
            keeps_steps: true,
            tells_looks: false,
            removed: Arc::default(),
            merge: false,
            opens_up: false,
        }
    }
}

impl Settings {
    fn keep(&mut self, keep: bool, attribute: impl Fn(&mut Attributes) -> &mut bool) {
        *attribute(&mut self.attributes) = keep;
        *attribute(&mut self.unwanted) = !keep;
    }

    /// What is kept of something that is moved: everything but what the caller does not want.
    pub(super) fn attributes_of_moved(&self) -> Attributes {
        let Attributes { mode, times, xattrs, owner } = self.unwanted;
        Attributes { mode: !mode, times: !times, xattrs: !xattrs, owner: !owner }
    }
}

/// What to do if the destination exists.
///
/// A file or link is replaced atomically: at any time, it is the old file or the complete new one. A directory is never
/// replaced: the copy is merged into it, and its other entries stay.
///
/// A link that is copied as a link replaces the link that was named, never the file that it points to. The content of a file
/// goes through a link at the destination, as when a program writes to that path:
///
/// | destination | a file is copied | a link is copied as a link | a directory is copied |
/// | --- | --- | --- | --- |
/// | nothing | created | created | created |
/// | a file | replaced | replaced | [`NotADirectory`] |
/// | a directory | [`IsADirectory`] | [`IsADirectory`] | merged |
/// | a link to a file | the file is replaced | the link is replaced | [`NotADirectory`] |
/// | a link to a directory | [`IsADirectory`] | the link is replaced | merged into that directory |
/// | a dangling link | its target is created | the link is replaced | [`NotADirectory`] |
/// | a pipe, socket or device | [`InvalidInput`] | [`InvalidInput`] | [`NotADirectory`] |
///
/// This is what `cp -P` and pathlib do with files and links; `cp` refuses a link to nothing, and waits for a pipe. A
/// pipe, socket or device that is [made again](Specials::Recreate) replaces what was named, as a link does, and also
/// another of its kind. All this is about the path that was given: **inside a tree, no link at the destination is
/// followed**; a file replaces it.
/// With [`Refuse`](Overwrite::Refuse), everything but the first row is [`AlreadyExists`]. With [`Skip`](Overwrite::Skip),
/// a file or link leaves whatever has its name, and a directory is merged into a directory.
///
/// A move replaces what was named, on the same device and to another one: it never goes through a link at the destination.
/// A directory replaces an empty directory only, unless [`merge`](CopyOptions::merge) is set. This is what `mv -T` does.
///
/// What a copy does not get from its original, it keeps of the file that it replaces, as with
/// [`write_atomic`](crate::Path::write_atomic): the owner and the group, extended attributes, and without
/// [`preserve_mode`](CopyOptions::preserve_mode) the permissions. Another user's file stays theirs if this user may give files away;
/// otherwise the copy belongs to this user, and the report [lists](crate::Report::not_kept) the owner, or with
/// [`strict`](CopyOptions::strict) nothing is replaced. Unlike `cp`, which writes into the old file, this needs the
/// permission to change the directory.
///
/// **What a copy has made itself is never overwritten by the same copy.** If the destination ignores case, and `README` and
/// `readme` are in one directory, the second is a failure ([`AlreadyExists`]) that names both.
///
/// [`AlreadyExists`]: std::io::ErrorKind::AlreadyExists
/// [`InvalidInput`]: std::io::ErrorKind::InvalidInput
/// [`IsADirectory`]: std::io::ErrorKind::IsADirectory
/// [`NotADirectory`]: std::io::ErrorKind::NotADirectory
///
/// # Examples
///
/// ```
/// use waypath::{CopyOptions, Overwrite};
/// # let base = waypath::TempDir::new()?;
/// let (a, b) = (&base / "a", &base / "b");
/// a.write_text("new")?;
/// b.write_text("old")?;
///
/// assert!(a.copy(&b).is_err());
/// CopyOptions::new().overwrite(Overwrite::Always).copy(&a, &b)?;
/// assert_eq!(b.read_text()?, "new");
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overwrite {
    /// Fails if anything has the name, even a directory or a dangling link.
    #[default]
    Refuse,
    /// Leaves it, and counts it as [unchanged](crate::Report::unchanged); `cp -n`. Directories are merged: what is missing
    /// in them is added.
    Skip,
    /// Replaces it.
    Always,
    /// Replaces it if it was last changed before the original was. The times of a file that was copied
    /// without [`preserve_times`](CopyOptions::preserve_times) are those of the copying.
    IfNewer,
    /// Replaces it if its kind, length or time of the last change differs; a link, if its target does. Keep
    /// [`preserve_times`](CopyOptions::preserve_times) too, as [`archive`](CopyOptions::archive) does, or everything differs.
    ///
    /// Times are compared as coarsely as the file system of the destination keeps them.
    IfDifferent,
}

/// What to do with symbolic links.
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] {
/// use waypath::{CopyOptions, Symlinks};
/// # let base = waypath::TempDir::new()?;
/// # (&base / "site").mkdir()?;
/// # (&base / "site" / "page").write_text("text")?;
/// # std::os::unix::fs::symlink("page", &base / "site" / "link").unwrap();
/// // `link` is a link to `page`.
/// assert_eq!(CopyOptions::new().copy(&base / "site", &base / "a")?.links, 1);
/// let options = CopyOptions::new().symlinks(Symlinks::Follow);
/// assert_eq!(options.copy(&base / "site", &base / "b")?.files, 2);
/// # }
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Symlinks {
    /// The path to copy is followed if it is a link, as by everything that reads a path; links in a tree are
    /// copied as links. `cp -H`.
    #[default]
    KeepInside,
    /// Copies links as links, including the path to copy. `cp -P`.
    Keep,
    /// What links lead to is copied, files and directories alike; one that leads nowhere, or back to a
    /// directory above, is an error. `cp -L`, and pathlib's default.
    Follow,
}

/// What to do with pipes, sockets and devices in a tree. They are never opened.
///
/// # Examples
///
/// ```
/// use waypath::{CopyOptions, Specials};
/// # let base = waypath::TempDir::new()?;
/// # (&base / "a").mkdir()?;
/// let report = CopyOptions::new().specials(Specials::Refuse).copy(&base / "a", &base / "b")?;
/// assert!(report.skipped.is_empty());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Specials {
    /// Skips them, and [reports](crate::Report::skipped) that. Copying one by its own path is an error.
    #[default]
    Skip,
    /// Creates the same kind of file. Devices need administrator rights.
    Recreate,
    /// Each one is an error.
    Refuse,
}

/// # What is copied
impl<'p> CopyOptions<'p> {
    /// Returns the default options: content and permissions, one thread, links in a tree stay links, nothing is overwritten.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").write_text("text")?;
    /// let report = waypath::CopyOptions::new().copy(&base / "a", &base / "b")?;
    /// assert_eq!((report.files, report.bytes), (1, 4));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns options that preserve everything: permissions, times, extended attributes, owner, hard links, links and special
    /// files. `cp -a`.
    ///
    /// A directory that is at the destination already may be read-only: as with `rsync -a`, it is writable for its owner while
    /// something is copied into it, and in the end it has the permissions of its original.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// waypath::CopyOptions::archive().copy(&base / "a", &base / "b")?;
    /// assert_eq!((&base / "a").stat()?.modified(), (&base / "b").stat()?.modified());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On macOS, files above 128 KiB share their content with the original until one is changed, where the file
    /// system can do that (`clonefile(2)`); access control lists and flags are then kept, too.
    pub fn archive() -> Self {
        let attributes = Attributes { mode: true, times: true, xattrs: true, owner: true };
        let settings = Settings {
            attributes,
            hard_links: true,
            symlinks: Symlinks::Keep,
            specials: Specials::Recreate,
            opens_up: true,
            ..Settings::default()
        };
        Self { settings, on_progress: None, pruning: Pruning::default() }
    }

    fn with(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(&mut self.settings);
        self
    }

    /// What to do if the destination exists. The default is an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{CopyOptions, Overwrite};
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").write_text("new")?;
    /// # (&base / "b").write_text("old")?;
    /// CopyOptions::new().overwrite(Overwrite::Always).copy(&base / "a", &base / "b")?;
    /// assert_eq!((&base / "b").read_text()?, "new");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn overwrite(self, overwrite: Overwrite) -> Self {
        self.with(|settings| settings.overwrite = overwrite)
    }

    /// Largest difference between two times of the last change that still counts as none, for
    /// [`IfNewer`](Overwrite::IfNewer) and [`IfDifferent`](Overwrite::IfDifferent): by default zero.
    ///
    /// Times are always compared as coarsely as the file system of the destination keeps them, as far as the times of the
    /// files there show it. A window helps where they do not, or where two clocks differ.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{CopyOptions, Overwrite};
    /// # let base = waypath::TempDir::new()?;
    /// # let (a, b) = (&base / "a", &base / "b");
    /// a.write_text("four")?;
    /// b.write_text("nine")?;
    /// let options = CopyOptions::new().overwrite(Overwrite::IfDifferent);
    /// // As they were made within an hour, they count as the same.
    /// assert_eq!(options.time_window(Duration::from_secs(3600)).copy(&a, &b)?.unchanged, 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "modify_window")]
    pub fn time_window(self, window: Duration) -> Self {
        self.with(|settings| settings.time_window = window)
    }

    /// What to do with symbolic links. By default, those in a tree are copied as links.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{CopyOptions, Symlinks};
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").mkdir()?;
    /// # #[cfg(unix)] {
    /// (&base / "a/text").write_text("text")?;
    /// (&base / "a/link").symlink_to("text")?;
    /// CopyOptions::new().symlinks(Symlinks::Follow).copy(&base / "a", &base / "b")?;
    /// assert!(!(&base / "b/link").is_symlink());
    /// assert_eq!((&base / "b/link").read_text()?, "text");
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "follow_symlinks")]
    pub fn symlinks(self, symlinks: Symlinks) -> Self {
        self.with(|settings| settings.symlinks = symlinks)
    }

    /// What to do with pipes, sockets and devices. By default, they are skipped and reported.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{CopyOptions, Specials};
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").mkdir()?;
    /// # #[cfg(unix)] {
    /// let socket = std::os::unix::net::UnixListener::bind(&base / "a/socket").unwrap();
    /// let report = CopyOptions::new().copy(&base / "a", &base / "b")?;
    /// assert_eq!((report.specials, report.skipped.len()), (0, 1));
    ///
    /// let report = CopyOptions::new().specials(Specials::Recreate).copy(&base / "a", &base / "c")?;
    /// assert_eq!((report.specials, report.skipped.len()), (1, 0));
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn specials(self, specials: Specials) -> Self {
        self.with(|settings| settings.specials = specials)
    }

    /// Whether to preserve permissions. The default is `true`. With `false`, a copy has those of a new file.
    ///
    /// A copy is never more permissive than the original:
    ///
    /// - `setuid`, `setgid` and the sticky bit of a file are preserved only with the [owner](CopyOptions::preserve_owner). A sticky
    ///   directory stays sticky.
    /// - Access control lists are preserved with [`preserve_xattrs`](CopyOptions::preserve_xattrs). Without its list, a copy gives the group
    ///   what the list gave to the owning group; and it does not get the default list of the directory it is in.
    /// - While something is copied into a new directory, only its owner may use it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// # #[cfg(unix)] {
    /// (&base / "a").chmod("+x")?;
    /// waypath::CopyOptions::new().preserve_mode(false).copy(&base / "a", &base / "b")?;
    /// assert!((&base / "a").is_executable() && !(&base / "b").is_executable());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, the attributes of files and directories: read-only, hidden, system.
    #[doc(alias = "permissions")]
    pub fn preserve_mode(self, keep: bool) -> Self {
        self.with(|settings| settings.keep(keep, |attributes| &mut attributes.mode))
    }

    /// Whether to preserve the times of the original, to the nanosecond. The default is `false`.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// waypath::CopyOptions::new().preserve_times(true).copy(&base / "a", &base / "b")?;
    /// assert_eq!((&base / "a").stat()?.modified(), (&base / "b").stat()?.modified());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    #[doc(alias = "preserve_metadata")]
    pub fn preserve_times(self, keep: bool) -> Self {
        self.with(|settings| settings.keep(keep, |attributes| &mut attributes.times))
    }

    /// Whether to preserve extended attributes. The default is `false`. Together with [`preserve_mode`](CopyOptions::preserve_mode), this includes
    /// access control lists.
    ///
    /// Attributes that the system assigns itself, such as labels of security modules, are not copied if they cannot be
    /// set, and neither are those that only an administrator may set. Every other one that cannot be preserved is
    /// [reported](crate::Report::not_kept).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// let report = waypath::CopyOptions::new().preserve_xattrs(true).copy(&base / "a", &base / "b")?;
    /// assert!(report.not_kept.is_empty());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix only.
    pub fn preserve_xattrs(self, keep: bool) -> Self {
        self.with(|settings| settings.keep(keep, |attributes| &mut attributes.xattrs))
    }

    /// Whether to preserve the owner and the group. The default is `false`. Usually only root can; what cannot be
    /// preserved is [reported](crate::Report::not_kept).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// waypath::CopyOptions::new().preserve_owner(true).copy(&base / "a", &base / "b")?;
    /// assert_eq!((&base / "b").stat()?.uid(), (&base / "a").stat()?.uid());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix only.
    pub fn preserve_owner(self, keep: bool) -> Self {
        self.with(|settings| settings.keep(keep, |attributes| &mut attributes.owner))
    }

    /// Whether to fail if an attribute cannot be preserved. The default is `false`, and the report then
    /// [lists](crate::Report::not_kept) it.
    ///
    /// If so, no file, link or special file appears under its name without the attribute. A directory is made before what
    /// is in it: it stays, and is one of the error's failures.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// let report = waypath::CopyOptions::archive().strict(true).copy(&base / "a", &base / "b")?;
    /// assert!(report.not_kept.is_empty());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn strict(self, strict: bool) -> Self {
        self.with(|settings| settings.strict = strict)
    }

    /// Whether to preserve hard links: a file, symbolic link or special file with several names in the tree is one
    /// in the copy. By default, each name becomes a file of its own.
    ///
    /// Each name still obeys [`overwrite`](CopyOptions::overwrite). A file system without hard links gets copies,
    /// which the report [lists](crate::Report::not_kept).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").mkdir()?;
    /// (&base / "a" / "one").touch()?;
    /// (&base / "a" / "two").hardlink_to(&base / "a" / "one")?;
    /// waypath::CopyOptions::new().preserve_hard_links(true).copy(&base / "a", &base / "b")?;
    /// # #[cfg(unix)]
    /// assert!((&base / "b" / "one").samefile(&base / "b" / "two")?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix only.
    pub fn preserve_hard_links(self, keep: bool) -> Self {
        self.with(|settings| settings.hard_links = keep)
    }

    /// Whether a directory without files gets a marker in an object store, a key that ends in `/`, so that it exists there.
    /// The default is `false`: it is skipped and [reported](crate::Report::skipped). On disks, copies always have it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "remote-no-tls")] {
    /// use waypath::{CopyOptions, Memory};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let (site, store) = (&base / "site", Memory::new());
    /// (&site / "uploads").mkdir_all()?;
    /// let report = CopyOptions::new().preserve_empty_dirs(true).copy(&site, &store / "site")?;
    /// assert!(report.skipped.is_empty() && (&store / "site/uploads").is_dir()?);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn preserve_empty_dirs(self, keep: bool) -> Self {
        self.with(|settings| settings.empty_dirs = keep)
    }

    /// Excludes what one of the patterns matches, and everything below it. The [report](crate::Report::skipped)
    /// lists what was excluded. Can be called several times.
    ///
    /// Patterns are relative to the directory that is copied, and exclude exactly what they exclude in
    /// [`Walk::exclude`](crate::Walk::exclude), which has the rules. A pattern that could not exclude anything, such as an
    /// absolute one, is an error, and nothing is copied. With [`Symlinks::Follow`], a link to a directory is a directory.
    /// A move ignores this option.
    ///
    /// The destination may be inside the source if a pattern leaves it out, or a directory on the way to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "target").mkdir_all()?;
    /// let report = CopyOptions::new().exclude("**/target").copy(&base / "a", &base / "b")?;
    /// assert_eq!((report.directories, report.skipped.len()), (1, 1));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "ignore")]
    pub fn exclude(self, patterns: impl IntoPatterns) -> Self {
        self.with(|settings| settings.excluded.extend(patterns.into_patterns()))
    }

    /// Whether to leave out what git ignores, and `.git` itself. The default is `false`.
    ///
    /// [`Walk::gitignore`](crate::Walk::gitignore) says which rules count. What is left out is
    /// [reported](crate::Report::skipped). A file with rules that cannot be read is a failure with
    /// [`Op::Read`](crate::Op::Read); everything that its rules might have left out is copied. A move ignores this option.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// let project = &base / "project";
    /// (&project / "target" / "debug").mkdir_all()?;
    /// (&project / ".gitignore").write_text("target/\n")?;
    ///
    /// CopyOptions::new().gitignore(true).copy(&project, &base / "export")?;
    /// assert!((&base / "export" / ".gitignore").exists());
    /// assert!(!(&base / "export" / "target").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn gitignore(self, leave_out: bool) -> Self {
        self.with(|settings| settings.gitignore = leave_out)
    }

    /// Leaves out each entry of the source for which the closure returns `true`, and everything below it. The
    /// [report](crate::Report::skipped) lists what was left out. Can be called several times.
    ///
    /// This is [`Walk::prune`](crate::Walk::prune) for copies. With several threads, one at a time calls the closure; with
    /// [`Symlinks::Follow`], it is called again with a link that leads to a directory, then as a directory. It is not called
    /// for names that are not UTF-8, which are copied. A move ignores this option.
    ///
    /// In a tree below a [`Root`](crate::Root), the path of the entry begins at the root, **but its methods that look at
    /// the disk begin at the working directory**: to look at a file, join the path to the root first.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").mkdir()?;
    /// (&base / "a" / "small").write_text("four")?;
    /// (&base / "a" / "large").write_text("x".repeat(5000))?;
    /// let options = CopyOptions::new().prune(|entry| entry.is_file() && entry.size().is_ok_and(|size| size > 4096));
    /// options.copy(&base / "a", &base / "b")?;
    /// assert!((&base / "b" / "small").exists() && !(&base / "b" / "large").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn prune(mut self, leaves_out: impl FnMut(&Entry) -> bool + Send + 'p) -> Self {
        self.pruning.add(leaves_out);
        self
    }

    /// Whether to stay on the file system of the source. The default is `false`. A mount point is created as an empty
    /// directory, and [reported](crate::Report::skipped). `cp -x`. A move ignores this option.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").mkdir()?;
    /// let report = waypath::CopyOptions::new().same_file_system(true).copy(&base / "a", &base / "b")?;
    /// assert!(report.skipped.is_empty(), "nothing is mounted in it");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "one_file_system")]
    pub fn same_file_system(self, stay: bool) -> Self {
        self.with(|settings| settings.same_file_system = stay)
    }
}

/// # How it is copied
impl<'p> CopyOptions<'p> {
    /// Whether a move may merge a directory into an existing one that is not empty. The default is `false`, an error. A copy always
    /// merges, unless nothing may be overwritten.
    ///
    /// Each file obeys [`overwrite`](CopyOptions::overwrite). On the same device everything is renamed, whole directories
    /// where the target has none of that name. To another device everything is copied, and then what was copied is
    /// removed here. What is not moved stays, with the directories above it.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// let (new, old) = (&base / "new", &base / "old");
    /// new.mkdir()?;
    /// (&new / "b").touch()?;
    /// old.mkdir()?;
    /// (&old / "a").touch()?;
    ///
    /// assert!(CopyOptions::new().move_to(&new, &old).is_err());
    /// CopyOptions::new().merge(true).move_to(&new, &old)?;
    /// assert!((&old / "a").exists() && (&old / "b").exists() && !new.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn merge(self, merge: bool) -> Self {
        self.with(|settings| settings.merge = merge)
    }

    /// Number of threads to use; 0 means 1, and no more than 256 are started. The default is 1, or what a store of objects takes
    /// side by side if one is on either side.
    /// A bucket takes no more requests at a time than it was opened for, however many threads there are.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a/b/c").mkdir_all()?;
    /// let report = waypath::CopyOptions::new().threads(4).copy(&base / "a", &base / "b")?;
    /// assert_eq!(report.directories, 3);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn threads(self, count: usize) -> Self {
        self.with(|settings| settings.threads = Some(count))
    }

    /// Whether to fsync each file before it appears under its name. The default is `false`, because it is slow. A move to another
    /// file system always does.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").write_text("text")?;
    /// waypath::CopyOptions::new().sync(true).copy(&base / "a", &base / "b")?;
    /// assert_eq!((&base / "b").read_text()?, "text"); // also after a crash
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn sync(self, wait: bool) -> Self {
        self.with(|settings| settings.sync = wait)
    }

    /// Whether to only report what would be done, as the [steps](crate::Report::steps) of the report. Nothing is written; what
    /// would fail, fails.
    ///
    /// The plan is what then happens, unless something changes in between or shows only when it is done: that a file
    /// cannot be read, that the disk is full, that an attribute cannot be kept, how long a file is whose content is made as
    /// it is read. The plan of a move to another device has the steps of the copy, but not the removal that follows.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").write_text("four")?;
    /// let plan = CopyOptions::new().dry_run(true).copy(&base / "a", &base / "b")?;
    /// assert!(plan.to_string().ends_with("b`\n1 file, 4 bytes"));
    /// assert!(!(&base / "b").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn dry_run(self, only_tell: bool) -> Self {
        self.with(|settings| settings.dry_run = only_tell)
    }

    /// In a dry run, treats these paths, relative to the destination, as if they did not exist.
    ///
    /// For a program that removes something before it copies: the plan is then what the copy will do. Nothing else
    /// is changed by it, and a copy that is not a dry run ignores it.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{CopyOptions, Overwrite};
    /// # let base = waypath::TempDir::new()?;
    /// let (a, b) = (&base / "a", &base / "b");
    /// (&a / "x").mkdir_all()?;
    /// b.mkdir()?;
    /// (&b / "x").write_text("a file, where `a` has a directory")?;
    ///
    /// let options = CopyOptions::new().overwrite(Overwrite::IfDifferent).dry_run(true);
    /// assert!(options.copy(&a, &b).is_err());
    /// assert_eq!(options.assume_removed(["x"]).copy(&a, &b)?.directories, 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn assume_removed<P: Into<RawPath>>(self, paths: impl IntoIterator<Item = P>) -> Self {
        self.with(|settings| settings.removed = Arc::new(paths.into_iter().map(|path| path.into().into()).collect()))
    }

    /// Plans, and tells what is looked at as progress; keeps steps only if that is wanted, as they take memory for each file.
    pub(in crate::fs) fn planning(self, removed: Removed, keeps_steps: bool) -> Self {
        let plan = |settings: &mut Settings| {
            (settings.dry_run, settings.tells_looks, settings.keeps_steps) = (true, true, keeps_steps);
            settings.removed = Arc::new(removed);
        };
        self.with(plan)
    }

    /// Calls a closure with each file that is copied, and within large ones; when it breaks, the
    /// operation fails with [`Interrupted`](std::io::ErrorKind::Interrupted).
    ///
    /// What is there by then is whole: a file that was not complete is not there. The closure may borrow: options that
    /// have one live no longer than what it borrows, and others are `CopyOptions<'static>`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use waypath::CopyOptions;
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").mkdir()?;
    ///
    /// (&base / "a/one").write_text("1234")?;
    /// (&base / "a/two").write_text("12")?;
    /// let mut last = String::new();
    /// let options = CopyOptions::new().progress(|progress| {
    ///     last = format!("{} files, {} bytes", progress.files, progress.bytes);
    ///     ControlFlow::Continue(())
    /// });
    /// options.copy(&base / "a", &base / "b")?;
    /// # drop(options);
    /// assert_eq!(last, "2 files, 6 bytes");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn progress(self, on_progress: impl FnMut(&TreeProgress<'_>) -> ControlFlow<()> + Send + 'p) -> Self {
        Self { on_progress: Some(OnProgress::new(on_progress)), ..self }
    }
}

impl fmt::Debug for CopyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { overwrite, symlinks, specials, attributes, hard_links, excluded, .. } = &self.settings;
        let Settings { strict, threads, sync, dry_run, time_window, same_file_system, .. } = &self.settings;
        f.debug_struct("CopyOptions")
            .field("overwrite", overwrite)
            .field("time_window", time_window)
            .field("symlinks", symlinks)
            .field("specials", specials)
            .field("attributes", attributes)
            .field("strict", strict)
            .field("hard_links", hard_links)
            .field("empty_dirs", &self.settings.empty_dirs)
            .field("excluded", excluded)
            .field("gitignore", &self.settings.gitignore)
            .field("same_file_system", same_file_system)
            .field("threads", &threads.unwrap_or(1))
            .field("sync", sync)
            .field("dry_run", dry_run)
            .field("merge", &self.settings.merge)
            .finish_non_exhaustive()
    }
}
