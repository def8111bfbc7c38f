//! The floors: what copying and removing must ask of the system, and no more.
//!
//! Everything is relative to open directories, and types come from the directories. One buffer is read into,
//! another one has the content of a file. They fail where anything is unusual: every directory has the
//! permissions 755, and nothing but files is in them.

use std::ffi::{CStr, CString};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, RawDir, RenameFlags, fstat, linkat, mkdirat, openat, renameat_with, unlinkat,
};
use rustix::io::{read, write};

use common::share::Shared;

/// When a copy gets its name.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Naming {
    /// With its first byte.
    AtOnce,
    /// With its last. Before, it has a temporary one.
    Renamed,
    /// With its last. Before, it has none.
    Linked,
}

/// Copies a tree to a path that is free. A file takes seven calls: two to open, one to know its size and
/// permissions, one to read and one to write, two to close.
pub(crate) fn copy(from: &str, to: &str, naming: Naming) {
    let [from, to] = [from, to].map(|path| CString::new(path).unwrap());
    mkdirat(CWD, &to, DIRECTORY_MODE).unwrap();
    let mut copy = Copy { naming, names: Vec::with_capacity(NAMES), content: vec![0; CONTENT] };
    copy.directory(&open_dir(CWD, &from), &open_dir(CWD, &to));
}

const NAMES: usize = 32 * 1024;
const CONTENT: usize = 128 * 1024;
const DIRECTORY_MODE: Mode = Mode::from_raw_mode(0o755);

/// Nobody else makes names in the tree.
const TEMPORARY: &CStr = c".temporary";

struct Copy {
    naming: Naming,
    names: Vec<u8>,
    content: Vec<u8>,
}

impl Copy {
    fn directory(&mut self, from: &OwnedFd, to: &OwnedFd) {
        let Self { naming, names, content } = self;
        let mut directories = Vec::new();
        list(from, names, |name, kind| match kind {
            FileType::Directory => directories.extend(name.to_bytes_with_nul()),
            _ => file(from, to, name, *naming, content),
        });
        for name in each(&directories) {
            mkdirat(to, name, DIRECTORY_MODE).unwrap();
            self.directory(&open_dir(from, name), &open_dir(to, name));
        }
    }
}

fn file(from: &OwnedFd, to: &OwnedFd, name: &CStr, naming: Naming, content: &mut [u8]) {
    let source = openat(from, name, OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()).unwrap();
    let stat = fstat(&source).unwrap();
    let (first_name, flags) = match naming {
        Naming::AtOnce => (name, OFlags::CREATE | OFlags::EXCL),
        Naming::Renamed => (TEMPORARY, OFlags::CREATE | OFlags::EXCL),
        Naming::Linked => (c".", OFlags::TMPFILE),
    };
    let flags = flags | OFlags::WRONLY | OFlags::CLOEXEC;
    let target = openat(to, first_name, flags, Mode::from_raw_mode(stat.st_mode)).unwrap();
    let mut left = stat.st_size as usize;
    while left > 0 {
        let count = read(&source, &mut *content).unwrap();
        assert_eq!(write(&target, &content[..count]).unwrap(), count);
        left -= count;
    }
    match naming {
        Naming::AtOnce => {}
        Naming::Renamed => renameat_with(to, TEMPORARY, to, name, RenameFlags::NOREPLACE).unwrap(),
        Naming::Linked => linkat(&target, c"", to, name, AtFlags::EMPTY_PATH).unwrap(),
    }
}

/// Removes a tree.
pub(crate) fn remove(path: &str) {
    let path = CString::new(path).unwrap();
    empty(&open_dir(CWD, &path), &mut Vec::with_capacity(NAMES));
    unlinkat(CWD, &path, AtFlags::REMOVEDIR).unwrap();
}

/// Removes what is in a directory.
fn empty(dir: &OwnedFd, buffer: &mut Vec<u8>) {
    let directories = remove_files(dir, buffer);
    for name in each(&directories) {
        empty(&open_dir(dir, name), buffer);
        unlinkat(dir, name, AtFlags::REMOVEDIR).unwrap();
    }
}

/// Removes what is no directory; the names of those that are.
fn remove_files(dir: &OwnedFd, buffer: &mut Vec<u8>) -> Vec<u8> {
    let mut directories = Vec::new();
    list(dir, buffer, |name, kind| match kind {
        FileType::Directory => directories.extend(name.to_bytes_with_nul()),
        _ => unlinkat(dir, name, AtFlags::empty()).unwrap(),
    });
    directories
}

/// Removes a tree in several threads, each with a stack of directories of its own.
pub(crate) fn remove_in_threads(path: &str, threads: usize) {
    let first = Found { parent: None, name: CString::new(path).unwrap() };
    Shared::run(first, threads, |shared| {
        let mut buffer = Vec::with_capacity(NAMES);
        while let Some(found) = shared.take() {
            let mut stack = vec![found];
            while let Some(found) = stack.pop() {
                let open = Arc::new(found.open());
                let directories = remove_files(&open.dir, &mut buffer);
                let found = |name: &CStr| Found { parent: Some(open.clone()), name: name.to_owned() };
                stack.extend(each(&directories).map(found));
                if shared.is_hungry() && stack.len() > 1 {
                    shared.put(stack.remove(0));
                }
            }
        }
    });
}

/// A directory that is to be removed.
struct Found {
    parent: Option<Arc<Open>>,
    name: CString,
}

/// One that is being removed: it goes when nobody has anything to do in it.
struct Open {
    dir: OwnedFd,
    found: Found,
}

impl Found {
    fn open(self) -> Open {
        let dir = match &self.parent {
            Some(parent) => open_dir(&parent.dir, &self.name),
            None => open_dir(CWD, &self.name),
        };
        Open { dir, found: self }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let name = &self.found.name;
        match &self.found.parent {
            Some(parent) => unlinkat(&parent.dir, name, AtFlags::REMOVEDIR).unwrap(),
            None => unlinkat(CWD, name, AtFlags::REMOVEDIR).unwrap(),
        }
    }
}

fn open_dir(parent: impl std::os::fd::AsFd, name: &CStr) -> OwnedFd {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    openat(parent, name, flags, Mode::empty()).unwrap()
}

fn list(dir: &OwnedFd, buffer: &mut Vec<u8>, mut found: impl FnMut(&CStr, FileType)) {
    let mut entries = RawDir::new(dir, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        let entry = entry.unwrap();
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            found(entry.file_name(), entry.file_type());
        }
    }
}

fn each(names: &[u8]) -> impl Iterator<Item = &CStr> {
    names.split_inclusive(|&byte| byte == 0).map(|name| CStr::from_bytes_with_nul(name).expect("each has its NUL"))
}
