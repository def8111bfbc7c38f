//! The size of a tree.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};

use crate::error::{Error, Op, Result};
use crate::kind::FileKind;
use crate::path::Path;
use crate::sys::{self, Directory as _, EditDir, Facts, FileId, Links, OsPath};
use crate::tree::{Account, MOST_OPEN, Next, Traversal, path_of};

/// The size of a tree; see [`Path::tree_size`].
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// (&base / "a").write_text("four")?;
/// let size = base.tree_size()?;
/// assert_eq!((size.apparent, size.files, size.directories), (4, 1, 1));
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeSize {
    /// The sum of the sizes of all files, in bytes. Unlike with `du --apparent-size`, directories and links do not count.
    pub apparent: u64,
    /// The disk space that everything uses, in bytes, including directories and links; as `du` reports it. Usually more than
    /// [`apparent`](Self::apparent), because the last block of a file is not full; less if files are sparse or compressed.
    /// Content that several files share ([`Report::shared`](crate::Report::shared)) counts for each of them.
    pub allocated: u64,
    /// Number of regular files. A file with several hard links in the tree counts once.
    pub files: u64,
    /// Number of directories, including the first one.
    pub directories: u64,
    /// Number of symbolic links. One with several hard links counts once.
    pub links: u64,
    /// Number of pipes, sockets and devices. One with several hard links counts once.
    pub specials: u64,
}

/// # Measuring trees
impl Path {
    /// Measures this directory and everything in it, or this file: bytes, files and directories.
    ///
    /// **Links are not followed**, not even if this path is one: it measures what [`remove`](Path::remove) would remove. Any
    /// depth, any length of path, and names that are not UTF-8 are supported. A file with several hard links in the tree counts
    /// once; if it has another one outside, removing the tree does not free its space.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let cache = &base / "cache";
    /// (&cache / "deep").mkdir_all()?;
    /// (&cache / "deep" / "a").write_text("four")?;
    /// (&cache / "b").write_text("sixsix")?;
    ///
    /// let size = cache.tree_size()?;
    /// assert_eq!((size.apparent, size.files, size.directories), (10, 2, 2));
    /// assert_eq!((&cache / "b").tree_size()?.apparent, 6);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): nothing is here.
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied) and others: something could not be read, and the sum would be
    ///   wrong; the error [lists](Error::failures) what.
    ///
    /// # Platform-specific behavior
    ///
    /// On WASI, [`allocated`](TreeSize::allocated) is the sum of sizes, and each hard link counts.
    #[doc(alias = "du")]
    #[doc(alias = "dir_size")]
    pub fn tree_size(&self) -> Result<TreeSize> {
        measured(self, || {
            let start: &OsPath = self.as_ref();
            match start.file_name() {
                Some(name) => Ok((sys::Dir::open_parent(start)?, name.to_owned())),
                None => Ok((sys::Dir::open(start)?, ".".into())),
            }
        })
    }
}

/// The size of a name in an open directory; whatever could not be read is a failure.
pub(crate) fn measured(path: &Path, find: impl FnOnce() -> io::Result<(sys::Dir, OsString)>) -> Result<TreeSize> {
    let account = Account::new(None);
    let size = find().and_then(|(dir, name)| measure(path.as_ref(), &dir, &name, &account));
    let size = size.map_err(|cause| Error::new(Op::TreeSize, path, cause))?;
    account.close(Op::TreeSize, path.as_ref(), None)?;
    Ok(size)
}

fn measure<D: EditDir>(start: &OsPath, dir: &D, name: &OsStr, account: &Account<'_>) -> io::Result<TreeSize> {
    let facts = dir.facts_in(name, Links::Keep)?;
    let mut measure = Measure { start, account, size: TreeSize::default(), counted: HashSet::new() };
    measure.add(&facts);
    if facts.kind == FileKind::Directory {
        measure.traverse(Traversal::new(dir.open_in(name, Links::Keep)?, MOST_OPEN));
    }
    Ok(measure.size)
}

/// The measuring of one tree.
struct Measure<'a> {
    start: &'a OsPath,
    account: &'a Account<'a>,
    size: TreeSize,
    /// The files with several names that were counted.
    counted: HashSet<FileId>,
}

impl Measure<'_> {
    fn traverse<D: EditDir>(&mut self, mut traversal: Traversal<D>) {
        loop {
            match traversal.step(|dir, path, name, _, _| self.leaf(dir, path, name)) {
                Ok(Next::Directory(name)) => self.enter(&mut traversal, &name),
                Ok(Next::End) if traversal.depth() == 1 => return,
                Ok(Next::End) => traversal.leave(),
                Err(cause) => self.fail(traversal.path(), OsStr::new(""), cause),
            }
        }
    }

    /// Counts what is no directory; whether it is one after all.
    fn leaf<D: EditDir>(&mut self, dir: &D, path: &OsPath, name: &OsStr) -> bool {
        match dir.facts_in(name, Links::Keep) {
            Ok(facts) if facts.kind == FileKind::Directory => return true,
            Ok(facts) => self.add(&facts),
            Err(cause) => self.fail(path, name, cause),
        }
        false
    }

    /// Counts a directory of the current one, and goes into it.
    fn enter<D: EditDir>(&mut self, traversal: &mut Traversal<D>, name: &OsStr) {
        match traversal.dir().and_then(|dir| dir.facts_in(name, Links::Keep)) {
            Ok(facts) => self.add(&facts),
            Err(cause) => return self.fail(traversal.path(), name, cause),
        }
        if let Err(cause) = traversal.enter(name, Links::Keep)
            && !traversal.has_vanished(name, &cause)
        {
            self.report(traversal.path(), name, cause);
        }
    }

    fn add(&mut self, facts: &Facts) {
        let is_known =
            facts.kind != FileKind::Directory && facts.names > 1 && facts.id.is_some_and(|id| !self.counted.insert(id));
        if is_known {
            return;
        }
        self.size.allocated += facts.allocated;
        match facts.kind {
            FileKind::File => {
                self.size.files += 1;
                self.size.apparent += facts.size;
            }
            FileKind::Directory => self.size.directories += 1,
            FileKind::Symlink => self.size.links += 1,
            FileKind::Other => self.size.specials += 1,
        }
    }

    fn fail(&self, directory: &OsPath, name: &OsStr, cause: io::Error) {
        // What has gone in the meantime has no size.
        if cause.kind() != ErrorKind::NotFound {
            self.report(directory, name, cause);
        }
    }

    fn report(&self, directory: &OsPath, name: &OsStr, cause: io::Error) {
        let path = path_of(self.start, directory, name);
        self.account.fail(Error::new(Op::TreeSize, path, cause));
    }
}
