//! The floor: what a listing must ask the system, and the least that can be done with the answers.
//!
//! Directories are opened relative to their parents, types come from the directories, nothing is
//! stated, and the empty read at the end of a directory is left out where the file system says that
//! the last entry was the last (ext4 does). One buffer is read into, one path grows and shrinks, and
//! nothing is allocated for an entry. It fails where anything is unusual.

use std::ffi::CStr;
use std::ops::Range;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, StatxFlags, openat, statat, statx};

use super::measure::Sink;
use common::share::Shared;

const BUFFER: usize = 32 * 1024;

/// Everything below the root.
pub(crate) fn walk(root: &str, sink: &impl Sink) {
    Descent::new(root).walk(open(root), &mut |path, kind| sink.entry(path, kind));
}

/// Everything below the root whose path passes a test.
pub(crate) fn walk_tested(root: &str, test: impl Fn(&[u8]) -> bool, sink: &impl Sink) {
    Descent::new(root).walk(open(root), &mut |path, kind| {
        if test(path) {
            sink.entry(path, kind);
        }
    });
}

/// Everything below some directories in the root whose name passes a test.
pub(crate) fn walk_below(root: &str, starts: &[&str], test: impl Fn(&[u8]) -> bool, sink: &impl Sink) {
    for start in starts {
        let start = format!("{root}/{start}");
        let mut descent = Descent::new(&start);
        descent.walk_wanted(open(&start), &|name, _| test(name), &mut |path, kind| sink.entry(path, kind));
    }
}

/// `*/*/name`.
pub(crate) fn two_down(root: &str, name: &CStr, sink: &impl Sink) {
    let mut buffer = Vec::with_capacity(BUFFER);
    let mut path = root.as_bytes().to_vec();
    let (mut firsts, mut seconds, mut probe) = (Vec::new(), Vec::new(), Vec::new());
    let root_dir = open(root);
    directories(&root_dir, &mut buffer, &mut firsts);
    for first in names(&firsts) {
        let dir = open_at(&root_dir, first);
        seconds.clear();
        directories(&dir, &mut buffer, &mut seconds);
        for second in names(&seconds) {
            probe.clear();
            probe.extend(second.to_bytes());
            probe.push(b'/');
            probe.extend(name.to_bytes_with_nul());
            let asked = CStr::from_bytes_with_nul(&probe).expect("it ends with the name");
            if let Ok(stat) = statat(&dir, asked, AtFlags::SYMLINK_NOFOLLOW) {
                path.truncate(root.len());
                [first, asked].into_iter().for_each(|part| push(&mut path, part.to_bytes()));
                sink.entry(&path, FileType::from_raw_mode(stat.st_mode));
            }
        }
    }
}

/// What has this path in the root.
pub(crate) fn one(root: &str, path: &str, sink: &impl Sink) {
    let mut joined = Vec::with_capacity(root.len() + path.len() + 2);
    joined.extend(root.as_bytes());
    push(&mut joined, path.as_bytes());
    joined.push(0);
    let asked = CStr::from_bytes_with_nul(&joined).expect("it was just ended");
    if let Ok(stat) = statx(CWD, asked, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::TYPE) {
        sink.entry(asked.to_bytes(), FileType::from_raw_mode(stat.stx_mode.into()));
    }
}

/// Everything below the root, in several threads.
pub(crate) fn walk_in_threads(root: &str, threads: usize, sink: &(impl Sink + Sync)) {
    let first = (open(root), root.as_bytes().to_vec());
    Shared::run(first, threads, |shared| {
        let mut descent = Descent::at(Vec::new());
        while let Some((dir, path)) = shared.take() {
            descent.path = path;
            let mut next = Some(dir);
            while let Some(dir) = next {
                descent.list(dir, &|_, _| true, &mut |path, kind| sink.entry(path, kind));
                if shared.is_hungry() {
                    descent.give().into_iter().for_each(|work| shared.put(work));
                }
                next = descent.next_dir();
            }
        }
    });
}

/// The name of a path.
pub(crate) fn name(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(path, |at| &path[at + 1..])
}

/// Whether some part of a path is this.
pub(crate) fn has_part(path: &[u8], part: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').any(|candidate| candidate == part)
}

fn push(path: &mut Vec<u8>, name: &[u8]) {
    path.push(b'/');
    path.extend(name);
}

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);

fn open(path: &str) -> OwnedFd {
    openat(CWD, path, DIRECTORY, Mode::empty()).unwrap()
}

fn open_at(dir: &OwnedFd, name: &CStr) -> OwnedFd {
    openat(dir, name, DIRECTORY, Mode::empty()).unwrap()
}

/// Reads a directory.
#[inline]
fn read(dir: &OwnedFd, buffer: &mut Vec<u8>, mut found: impl FnMut(&CStr, FileType)) {
    /// What ext4 puts into the last record.
    const END: u64 = i64::MAX as u64;
    let mut entries = RawDir::new(dir, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        let entry = entry.unwrap();
        let at_end = entry.next_entry_cookie() == END;
        let name = entry.file_name();
        if !matches!(name.to_bytes(), b"." | b"..") {
            found(name, entry.file_type());
        }
        if at_end && entries.is_buffer_empty() {
            break;
        }
    }
}

/// Appends the names of the directories in a directory, each with its NUL.
fn directories(dir: &OwnedFd, buffer: &mut Vec<u8>, names: &mut Vec<u8>) {
    read(dir, buffer, |name, kind| {
        if kind == FileType::Directory {
            names.extend(name.to_bytes_with_nul());
        }
    });
}

fn names(names: &[u8]) -> impl Iterator<Item = &CStr> {
    names.split_inclusive(|&byte| byte == 0).map(|name| CStr::from_bytes_with_nul(name).expect("each has its NUL"))
}

/// A walk on its way.
struct Descent {
    buffer: Vec<u8>,
    /// Begins with the path of every directory that is still open.
    path: Vec<u8>,
    open: Vec<Level>,
    /// The names of the directories found, each with its NUL: those of the deepest level last.
    names: Vec<u8>,
}

/// A directory of which directories are still to be listed.
struct Level {
    dir: OwnedFd,
    path_len: usize,
    /// Where these are among the names.
    left: Range<usize>,
    names_start: usize,
}

impl Descent {
    fn new(start: &str) -> Self {
        Self::at(start.as_bytes().to_vec())
    }

    fn at(path: Vec<u8>) -> Self {
        Self { buffer: Vec::with_capacity(BUFFER), path, open: Vec::new(), names: Vec::new() }
    }

    fn walk(&mut self, start: OwnedFd, found: &mut impl FnMut(&[u8], FileType)) {
        self.walk_wanted(start, &|_, _| true, found);
    }

    /// Makes paths of wanted entries only.
    fn walk_wanted(
        &mut self,
        start: OwnedFd,
        wanted: &impl Fn(&[u8], FileType) -> bool,
        found: &mut impl FnMut(&[u8], FileType),
    ) {
        let mut next = Some(start);
        while let Some(dir) = next {
            self.list(dir, wanted, found);
            next = self.next_dir();
        }
    }

    /// Lists the directory that has the path.
    #[inline]
    fn list(
        &mut self,
        dir: OwnedFd,
        wanted: &impl Fn(&[u8], FileType) -> bool,
        found: &mut impl FnMut(&[u8], FileType),
    ) {
        let Self { buffer, path, names, .. } = self;
        let names_start = names.len();
        let path_len = path.len();
        path.push(b'/');
        read(&dir, buffer, |name, kind| {
            if wanted(name.to_bytes(), kind) {
                path.truncate(path_len + 1);
                path.extend(name.to_bytes());
                found(path, kind);
            }
            if kind == FileType::Directory {
                names.extend(name.to_bytes_with_nul());
            }
        });
        path.truncate(path_len);
        if names.len() > names_start {
            self.open.push(Level { dir, path_len, left: names_start..names.len(), names_start });
        }
    }

    /// Opens the next directory, whose path is then the path. Its parent is closed if it was the last
    /// one there: a chain of directories, however long, has one open.
    fn next_dir(&mut self) -> Option<OwnedFd> {
        loop {
            let level = self.open.last_mut()?;
            let path_len = level.path_len;
            let opened = level.take(&self.names, |dir, name| {
                self.path.truncate(path_len);
                push(&mut self.path, name.to_bytes());
                open_at(dir, name)
            });
            if level.left.is_empty() {
                self.names.truncate(level.names_start);
                self.open.pop();
            }
            if opened.is_some() {
                return opened;
            }
        }
    }

    /// Opens a directory for somebody else: one as far up as there is, since much may be below it.
    fn give(&mut self) -> Option<Work> {
        let level = self.open.iter_mut().find(|level| !level.left.is_empty())?;
        let path_len = level.path_len;
        level.take(&self.names, |dir, name| {
            let mut path = self.path[..path_len].to_vec();
            push(&mut path, name.to_bytes());
            (open_at(dir, name), path)
        })
    }
}

impl Level {
    fn take<T>(&mut self, names: &[u8], use_it: impl FnOnce(&OwnedFd, &CStr) -> T) -> Option<T> {
        let name = CStr::from_bytes_until_nul(&names[self.left.clone()]).ok()?;
        self.left.start += name.count_bytes() + 1;
        Some(use_it(&self.dir, name))
    }
}

/// A directory to list and all below it, and its path.
type Work = (OwnedFd, Vec<u8>);
