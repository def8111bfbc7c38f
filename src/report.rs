//! Reports and progress of operations on trees.

mod attribute;
mod raw_path;

use std::fmt;
use std::io;

use crate::kind::FileKind;
pub use attribute::Attribute;
pub use raw_path::RawPath;

/// The result of copying, moving or removing; of a [dry run](crate::CopyOptions::dry_run), what would be done.
///
/// It prints the steps of a dry run, then a line of totals.
///
/// Paths in a report are [`RawPath`]s, as a name in a tree need not be UTF-8, and a report leaves none out.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// let site = &base / "site";
/// (&site / "css").mkdir_all()?;
/// (&site / "index.html").write_text("<p>hello")?;
///
/// let report = waypath::CopyOptions::new().copy(&site, &base / "backup")?;
/// assert_eq!((report.files, report.directories, report.bytes), (1, 2, 8));
/// assert_eq!(report.to_string(), "1 file, 2 directories, 8 bytes");
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Regular files copied, moved or removed.
    pub files: u64,
    /// Directories created, moved or removed.
    pub directories: u64,
    /// Symbolic links created, moved or removed.
    pub links: u64,
    /// Pipes, sockets and devices created, moved or removed.
    pub specials: u64,
    /// Hard links created to files that had been copied already.
    pub hard_links: u64,
    /// Bytes copied: the sizes of all files, including holes. What is removed is not measured.
    pub bytes: u64,
    /// Number of files that share their content with the original until one is changed, so nothing was copied.
    pub shared: u64,
    /// Number of files that the system copied by itself. All others were read and written.
    pub by_system: u64,
    /// Files that existed already and were not replaced; see [`Overwrite`](crate::Overwrite).
    pub unchanged: u64,
    /// Number of files, links and directories at the destination whose attributes were updated, and nothing else. Files and
    /// links among them are also counted as unchanged.
    pub updated: u64,
    /// Number of files, links and directories that a [mirror](crate::MirrorOptions::delete) removed at the destination.
    pub removed: u64,
    /// What was skipped, and why.
    pub skipped: Vec<Skipped>,
    /// Attributes that could not be preserved, and why: the first hundred. With
    /// [`CopyOptions::strict`](crate::CopyOptions::strict), each of them is an error instead.
    pub not_kept: Vec<NotKept>,
    /// Number of all attributes that could not be preserved.
    pub not_kept_count: u64,
    /// Everything that would be done, in the order of paths, if it was a dry run; what a
    /// [mirror](crate::MirrorOptions) removes comes first, and the content of a directory before the directory.
    pub steps: Vec<PlanStep>,
}

/// Something that was skipped; see [`Report::skipped`].
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// # (&base / "site").mkdir()?;
/// use waypath::{CopyOptions, SkipReason};
///
/// (&base / "site/a.tmp").touch()?;
/// let report = CopyOptions::new().exclude("*.tmp").copy(&base / "site", &base / "backup")?;
/// let skipped = &report.skipped[0];
/// assert_eq!(skipped.reason, SkipReason::Excluded);
/// assert!(skipped.path.to_string().ends_with("a.tmp"));
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Skipped {
    /// The path of what was skipped.
    pub path: RawPath,
    /// The reason.
    pub reason: SkipReason,
}

/// Why something was skipped.
///
/// # Examples
///
/// ```
/// assert_eq!(waypath::SkipReason::Special.to_string(), "a pipe, socket or device");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// It is a pipe, a socket or a device; see [`Specials::Skip`](crate::Specials::Skip).
    Special,
    /// A pattern of [`exclude`](crate::CopyOptions::exclude) matches it, or a closure of [`prune`](crate::CopyOptions::prune)
    /// returned `true`.
    Excluded,
    /// Git ignores it, and [`gitignore`](crate::CopyOptions::gitignore) leaves that out.
    Ignored,
    /// It is a symbolic link, which an object store has no place for; see [`Symlinks::Follow`](crate::Symlinks::Follow).
    Symlink,
    /// It is a directory without files in it, which an object store has no place for.
    EmptyDirectory,
    /// It is on another file system, and [`same_file_system`](crate::CopyOptions::same_file_system) leaves that out. A
    /// copy has the directory itself, with nothing in it.
    OtherFileSystem,
}

/// An attribute of the original that could not be preserved; see [`Report::not_kept`].
///
/// Attributes that the system assigns itself are not listed, nor those that only an administrator may set.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// # (&base / "a").touch()?;
/// let report = waypath::CopyOptions::archive().copy(&base / "a", &base / "b")?;
/// for lost in report.not_kept {
///     println!("{lost}");
/// }
/// assert_eq!(report.not_kept_count, 0); // between directories of one file system
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct NotKept {
    /// The path of the copy.
    pub path: RawPath,
    /// The attribute that it does not have.
    pub what: Attribute,
    /// The system's reason.
    pub reason: String,
    /// The kind of the system's error.
    pub kind: io::ErrorKind,
}

/// A step of a plan; see [`Report::steps`].
///
/// # Examples
///
/// ```
/// use waypath::{PlanAction, CopyOptions};
/// # let base = waypath::TempDir::new()?;
/// # (&base / "a").touch()?;
///
/// let plan = CopyOptions::new().dry_run(true).copy(&base / "a", &base / "b")?;
/// assert_eq!(plan.steps[0].action, PlanAction::Copy);
/// assert_eq!(plan.steps[0].path, &base / "b");
/// println!("{}", plan.steps[0]); // copy to `/tmp/…/b`
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PlanStep {
    /// The action.
    pub action: PlanAction,
    /// The path of the action; for a copy, the destination.
    pub path: RawPath,
}

/// The action of a [`PlanStep`].
///
/// # Examples
///
/// ```
/// assert_eq!(waypath::PlanAction::MakeDirectory.to_string(), "make directory");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlanAction {
    /// Create a directory.
    MakeDirectory,
    /// Copy a file to a new path.
    Copy,
    /// Copy a file over another.
    Replace,
    /// Create a symbolic link.
    Link,
    /// Create a hard link to a file that was copied already.
    HardLink,
    /// Create a pipe, socket or device.
    MakeSpecial,
    /// Update the attributes of an existing file, and nothing else.
    SetAttributes,
    /// Rename it.
    Rename,
    /// Remove a file, a link, or anything else that is not a directory.
    Remove,
    /// Remove a directory, which is empty by then.
    RemoveDirectory,
}

/// The progress of an operation; passed to the closure of [`CopyOptions::progress`](crate::CopyOptions::progress) and
/// [`RemoveOptions::progress`](crate::RemoveOptions::progress).
///
/// # Examples
///
/// ```
/// use std::ops::ControlFlow;
/// use waypath::CopyOptions;
/// # let base = waypath::TempDir::new()?;
///
/// (&base / "a").write_text("four")?;
/// let mut last = String::new();
/// let options = CopyOptions::new().progress(|progress| {
///     println!("{} files, now {}", progress.files, progress.path);
///     last = format!("{} bytes", progress.bytes);
///     ControlFlow::Continue(())
/// });
/// options.copy(&base / "a", &base / "b")?;
/// # drop(options);
/// assert_eq!(last, "4 bytes");
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TreeProgress<'a> {
    /// Number of files, links and special files that are done.
    pub files: u64,
    /// Number of bytes copied, including those of a file that is not complete.
    pub bytes: u64,
    /// The path of the current file, or of the one just done.
    pub path: &'a RawPath,
}

/// The progress of a mirror; passed to the closure of [`MirrorOptions::progress`](crate::MirrorOptions::progress).
///
/// Each stage counts from zero. The closure is called when removing and copying begin, before anything is done.
///
/// # Examples
///
/// See [`MirrorOptions::progress`](crate::MirrorOptions::progress).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MirrorProgress<'a> {
    /// The current stage.
    pub stage: MirrorStage,
    /// Number of files, links and special files that were looked at, removed or copied in this stage; of those looked at and
    /// removed, directories too.
    pub files: u64,
    /// Number of bytes copied, including those of a file that is not complete.
    pub bytes: u64,
    /// How many files this stage is going to remove or copy; 0 while that is not known.
    pub total_files: u64,
    /// How many bytes this stage is going to copy; 0 while that is not known.
    pub total_bytes: u64,
    /// All that is to be done, without steps, once that is known.
    pub plan: Option<&'a Report>,
    /// The path of the current file, or of the one just done.
    pub path: &'a RawPath,
}

/// A stage of a mirror.
///
/// # Examples
///
/// See [`MirrorOptions::progress`](crate::MirrorOptions::progress).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MirrorStage {
    /// Comparing both trees.
    Planning,
    /// Removing what the source does not have.
    Removing,
    /// Copying what is missing or different.
    Copying,
}

impl Report {
    /// The number of things of a kind.
    pub(crate) fn count(&mut self, kind: FileKind) -> &mut u64 {
        match kind {
            FileKind::File => &mut self.files,
            FileKind::Directory => &mut self.directories,
            FileKind::Symlink => &mut self.links,
            FileKind::Other => &mut self.specials,
        }
    }

    /// How many of what was not kept a report keeps.
    const MOST_NOT_KEPT: usize = 100;

    /// Adds what a copy does not have.
    pub(crate) fn add_not_kept(&mut self, not_kept: impl IntoIterator<Item = NotKept>) {
        for lost in not_kept {
            self.not_kept_count += 1;
            if self.not_kept.len() < Self::MOST_NOT_KEPT {
                self.not_kept.push(lost);
            }
        }
    }

    /// Adds what another thread did.
    pub(crate) fn add(&mut self, other: Self) {
        self.files += other.files;
        self.directories += other.directories;
        self.links += other.links;
        self.specials += other.specials;
        self.hard_links += other.hard_links;
        self.bytes += other.bytes;
        self.shared += other.shared;
        self.by_system += other.by_system;
        self.unchanged += other.unchanged;
        self.updated += other.updated;
        self.removed += other.removed;
        self.skipped.extend(other.skipped);
        self.not_kept_count += other.not_kept_count.saturating_sub(other.not_kept.len() as u64);
        self.add_not_kept(other.not_kept);
        self.steps.extend(other.steps);
    }

    /// What of this has been removed, where the other is what is left of it.
    pub(crate) fn without(&self, left: &Self) -> Self {
        Self {
            files: self.files.saturating_sub(left.files),
            directories: self.directories.saturating_sub(left.directories),
            links: self.links.saturating_sub(left.links),
            specials: self.specials.saturating_sub(left.specials),
            ..Self::default()
        }
    }

    /// Brings what came in no order into the order of paths.
    pub(crate) fn sort(&mut self) {
        self.skipped.sort_by(|left, right| left.path.cmp(&right.path));
        self.not_kept.sort_by(|left, right| left.path.cmp(&right.path));
        self.steps.sort_by(|left, right| left.path.cmp(&right.path));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        let counts = [
            (self.files, "file", "files"),
            (self.directories, "directory", "directories"),
            (self.links, "link", "links"),
            (self.specials, "special file", "special files"),
            (self.hard_links, "hard link", "hard links"),
            (self.bytes, "byte", "bytes"),
        ];
        let counts = counts.iter().filter(|(count, ..)| *count > 0);
        let mut parts: Vec<_> =
            counts.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect();
        if self.unchanged > 0 {
            parts.push(format!("{} unchanged", self.unchanged));
        }
        if self.updated > 0 {
            parts.push(format!("{} with new attributes", self.updated));
        }
        if self.removed > 0 {
            parts.push(format!("{} removed", self.removed));
        }
        if !self.skipped.is_empty() {
            parts.push(format!("{} skipped", self.skipped.len()));
        }
        if self.not_kept_count > 0 {
            let attributes = if self.not_kept_count == 1 { "attribute" } else { "attributes" };
            parts.push(format!("{} {attributes} not kept", self.not_kept_count));
        }
        if parts.is_empty() { f.write_str("nothing") } else { f.write_str(&parts.join(", ")) }
    }
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, what, reason, .. } = self;
        write!(f, "`{}`: {what} not kept: {reason}", path.printable())
    }
}

impl fmt::Display for PlanStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, path } = self;
        write!(f, "{action} `{}`", path.printable())
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, reason } = self;
        write!(f, "`{}`: {reason}", path.printable())
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Special => "a pipe, socket or device",
            Self::Excluded => "excluded",
            Self::Ignored => "ignored by git",
            Self::Symlink => "a symbolic link",
            Self::EmptyDirectory => "a directory without files",
            Self::OtherFileSystem => "on another file system",
        })
    }
}

impl fmt::Display for PlanAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MakeDirectory => "make directory",
            Self::Copy => "copy to",
            Self::Replace => "copy over",
            Self::Link => "make link",
            Self::HardLink => "make hard link",
            Self::MakeSpecial => "make special file",
            Self::SetAttributes => "set attributes of",
            Self::Rename => "rename to",
            Self::Remove => "remove",
            Self::RemoveDirectory => "remove directory",
        })
    }
}
