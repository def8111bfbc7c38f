//! A target on disk: one file, or a tree below a directory that nothing leads out of.

use std::io::{self, ErrorKind, Read, Write as _};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use super::disk_listing::OpenFile;
use super::item::Item;
use crate::fs::side::DiskPath;
use crate::kind::FileKind;
use crate::objects::each_chunk;
use crate::path::PathBuf;
use crate::sys::{self, BasedPath, Existing, Links, Located, Opening, OsPath, Rules};

type Root = sys::Root<sys::Dir>;

/// A target, and the directory of a tree, once it is there.
pub(super) struct DiskTarget<'a> {
    path: &'a DiskPath<'a>,
    tree: OnceLock<Arc<Root>>,
}

/// What became of the content of a file.
pub(super) struct Written {
    pub(super) bytes: u64,
    /// Why it does not have the time of the object.
    pub(super) untimed: Option<io::Error>,
}

impl<'a> DiskTarget<'a> {
    pub(super) fn new(path: &'a DiskPath<'a>) -> Self {
        Self { path, tree: OnceLock::new() }
    }

    pub(super) fn path(&self) -> &'a OsPath {
        self.path.os_path()
    }

    fn based(&self) -> BasedPath<'_, Located<sys::Dir>> {
        self.path.below_root()
    }

    /// What is at the path itself, if anything is. Its parent must be there.
    pub(super) fn old(&self, links: Links) -> io::Result<Option<Item>> {
        let based = self.based();
        based.base.check_may_change()?;
        let place = based.find(links)?;
        match sys::EditDir::facts_in(&place.dir, &place.name, place.links) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            facts => Ok(Some(Item::on_disk(String::new(), &facts?))),
        }
    }

    /// Makes the directory for a tree.
    pub(super) fn make(&self) -> io::Result<()> {
        match self.path.root {
            Some(root) => root.create_dir(self.path.os_path()),
            None => sys::create_dir(self.path.os_path()),
        }
    }

    /// Opens the directory for a tree: below it, no link is followed.
    pub(super) fn open(&self) -> io::Result<()> {
        let path = self.path.os_path();
        let root = match self.path.root {
            Some(root) => root.open_root(path)?,
            None => Root::open(path, Rules::default(), sys::Limits::default())?,
        };
        _ = self.tree.set(Arc::new(root.refusing_links()));
        Ok(())
    }

    /// The directory of a tree; in a dry run, it may not be there.
    pub(super) fn tree(&self) -> Option<&Arc<Root>> {
        self.tree.get()
    }

    /// What has the name of a key, if anything has.
    pub(super) fn kind(&self, key: &str) -> io::Result<Option<FileKind>> {
        let Some(tree) = self.tree() else { return Ok(None) };
        match tree.lstat(os_path(key)) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            seen => Ok(Some(seen?.kind)),
        }
    }

    pub(super) fn make_dir(&self, key: &str) -> io::Result<()> {
        self.tree().map_or(Ok(()), |tree| tree.create_dir(os_path(key)))
    }

    /// Opens what has the name of a key, to be read.
    pub(super) fn read(&self, key: &str) -> io::Result<impl Read + use<>> {
        if let Some(tree) = self.tree() {
            return tree.open_file(os_path(key), Opening::Read);
        }
        let place = self.based().find(Links::Follow)?;
        OpenFile::open(&place.dir, &place.name, place.links).map(|open| open.file)
    }

    pub(super) fn set_time(&self, key: &str, time: SystemTime) -> io::Result<()> {
        match (self.tree(), self.path.root) {
            (Some(tree), _) => tree.set_times(os_path(key), None, Some(time)),
            (None, Some(root)) => root.set_times(self.path.os_path(), None, Some(time)),
            (None, None) => sys::set_times(self.path.os_path(), None, Some(time)),
        }
    }

    pub(super) fn remove(&self, item: &Item) -> io::Result<()> {
        let Some(tree) = self.tree() else { return Ok(()) };
        let path = os_path(&item.key);
        let removed = if item.is_directory() { tree.remove_dir(path) } else { tree.remove_file(path) };
        match removed {
            // As was wanted.
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Begins a file, which gets its name when it is whole. In a tree, what replaces a link takes its name.
    pub(super) fn begin(&self, key: &str, old: Option<&Item>) -> io::Result<sys::Draft> {
        let existing = if old.is_some() { Existing::Replace } else { Existing::Fail };
        let target = match (self.tree(), self.path.root, existing) {
            (Some(tree), _, Existing::Replace) if old.is_some_and(|old| old.kind == FileKind::Symlink) => {
                tree.remove_file(os_path(key))?;
                tree.free_target(os_path(key))
            }
            (Some(tree), _, Existing::Replace) => tree.atomic_target(os_path(key)),
            (Some(tree), _, Existing::Fail) => tree.free_target(os_path(key)),
            (None, Some(root), Existing::Replace) => root.atomic_target(self.path.os_path()),
            (None, Some(root), Existing::Fail) => root.free_target(self.path.os_path()),
            (None, None, Existing::Replace) => sys::AtomicTarget::find(self.path.os_path()),
            (None, None, Existing::Fail) => sys::AtomicTarget::find_free(self.path.os_path()),
        };
        target?.begin()
    }
}

/// Fills a file with all that a reader has, and gives it its time and its name.
pub(super) fn write(
    draft: sys::Draft,
    content: &mut dyn Read,
    time: SystemTime,
    is_synced: Sync,
    mut on_progress: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<Written> {
    let bytes = each_chunk(content, |chunk| {
        draft.file().write_all(chunk)?;
        on_progress(chunk.len() as u64)
    })?;
    let untimed = draft.file().set_modified(time).err();
    match is_synced {
        Sync::Before => draft.commit()?,
        Sync::Never => draft.commit_unsynced()?,
    }
    Ok(Written { bytes, untimed })
}

/// When the content of a file is on the disk for certain.
#[derive(Clone, Copy)]
pub(super) enum Sync {
    /// Before it gets its name.
    Before,
    /// When the system writes it.
    Never,
}

/// The path of a key below the directory of a tree.
fn os_path(key: &str) -> &OsPath {
    OsPath::new(key.strip_suffix('/').unwrap_or(key))
}

/// Refuses a name in a store that means something else on this system.
pub(super) fn check_name(name: &str) -> io::Result<()> {
    let path: PathBuf = PathBuf::parse(name);
    match path.as_str() == name && path.name() == name {
        true => Ok(()),
        false => Err(io::Error::new(ErrorKind::InvalidFilename, "this system has no file with such a name")),
    }
}
