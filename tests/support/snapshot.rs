//! All that is in a tree, to be compared: kinds, content, modes, times, links, second names.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{lgetxattr, llistxattr};

/// What is in a tree, by the path from its start; the start is there too, as the empty path.
pub(crate) type Snapshot = BTreeMap<PathBuf, Node>;

/// Something in a tree. What a test leaves out of a comparison is set to its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) what: What,
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    /// Seconds and nanoseconds.
    pub(crate) modified: (i64, i64),
    pub(crate) xattrs: BTreeMap<OsString, Vec<u8>>,
    /// The first path in the tree of the same file, if it is not this one.
    pub(crate) same_as: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum What {
    #[default]
    Nothing,
    Directory,
    /// Length and a hash of the content.
    File(u64, u64),
    Link(PathBuf),
    /// The kind as the mode says it, and the device that it stands for.
    Special(u32, u64),
}

/// Takes it all in, which takes no notice of what cannot be read.
#[track_caller]
pub(crate) fn snapshot(start: impl AsRef<Path>) -> Snapshot {
    let start = start.as_ref();
    let (mut nodes, mut first, mut left) = (Snapshot::new(), HashMap::new(), vec![PathBuf::new()]);
    while let Some(path) = left.pop() {
        let at = if path == Path::new("") { start.to_owned() } else { start.join(&path) };
        let Ok(found) = fs::symlink_metadata(&at) else {
            assert_ne!(path, Path::new(""), "nothing is at {at:?}");
            continue;
        };
        let what = match found.file_type() {
            kind if kind.is_dir() => {
                let mut names: Vec<_> = fs::read_dir(&at).into_iter().flatten().map(|entry| entry.unwrap()).collect();
                names.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
                left.extend(names.iter().map(|entry| path.join(entry.file_name())));
                What::Directory
            }
            kind if kind.is_symlink() => match fs::read_link(&at) {
                Ok(target) => What::Link(target),
                // It is something else by now: once more, then.
                Err(_) => {
                    left.push(path);
                    continue;
                }
            },
            kind if kind.is_file() => What::File(found.len(), File::open(&at).map_or(0, hash)),
            _ => What::Special(found.mode() & 0o170_000, found.rdev()),
        };
        let same_as = match found.nlink() > 1 && !found.is_dir() {
            true => Some(first.entry((found.dev(), found.ino())).or_insert_with(|| path.clone()).clone()),
            false => None,
        };
        let node = Node {
            what,
            mode: found.mode() & 0o7777,
            owner: (found.uid(), found.gid()),
            modified: (found.mtime(), found.mtime_nsec()),
            xattrs: xattrs(&at),
            same_as: same_as.filter(|first| *first != path),
        };
        nodes.insert(path, node);
    }
    nodes
}

/// Of what is not zero, and where that is: most of a large file is nothing.
fn hash(mut file: File) -> u64 {
    const BLOCK: usize = 1 << 16;
    let nothing = vec![0; BLOCK];
    let (mut sum, mut at, mut buffer) = (0, 0, vec![0; BLOCK]);
    while let Ok(length @ 1..) = file.read(&mut buffer) {
        if buffer[..length] != nothing[..length] {
            sum = BuildHasherDefault::<DefaultHasher>::default().hash_one((sum, at, &buffer[..length]));
        }
        at += length;
    }
    sum
}

fn xattrs(at: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let mut names = [0; 4096];
    let length = llistxattr(at, &mut names).unwrap_or(0);
    let names = names[..length].split(|&byte| byte == 0).filter(|name| !name.is_empty());
    names
        .map(|name| {
            let mut value = [0; 4096];
            let length = lgetxattr(at, OsStr::from_bytes(name), &mut value).unwrap_or(0);
            (OsStr::from_bytes(name).to_owned(), value[..length].to_vec())
        })
        .collect()
}

/// The same with something left out or changed in every node.
pub(crate) fn but(mut nodes: Snapshot, change: impl Fn(&Path, &mut Node)) -> Snapshot {
    nodes.iter_mut().for_each(|(path, node)| change(path, node));
    nodes
}

/// Checks that two trees are the same, and says where they are not.
#[track_caller]
pub(crate) fn assert_same(left: &Snapshot, right: &Snapshot, context: impl std::fmt::Debug) {
    if left == right {
        return;
    }
    let mut differences = String::new();
    for path in left.keys().chain(right.keys().filter(|path| !left.contains_key(*path))) {
        if left.get(path) != right.get(path) {
            differences += &format!("\n{path:?}:\n   {:?}\n   {:?}", left.get(path), right.get(path));
        }
    }
    panic!("{context:?}: they differ: {differences}");
}
