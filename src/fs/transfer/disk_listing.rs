//! A tree on disk, in the order of keys: by open directories, so that what is swapped meanwhile leads nowhere else.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind};

use super::filter::Filter;
use super::item::{Found, Item, Listing, split};
use super::start::Start;
use crate::error::{Error, Op};
use crate::kind::FileKind;
use crate::report::SkipReason;
use crate::sys::{self, Directory, EditDir, Facts, Links, Located, Needed, OsPath, Rest};
use crate::tree::{Descent, MOST_OPEN, path_of};

pub(super) type Dir = Located<sys::Dir>;

/// What tells a directory from others.
pub(super) type DirId = <Dir as Directory>::Id;

/// A listing of a tree. It keeps the names of the directories from the start to the current one.
pub(super) struct DiskListing<'a> {
    start: Start<'a>,
    descent: Descent<Dir>,
    buffer: <Dir as Directory>::Buffer,
    levels: Vec<Level>,
    /// The key of the current directory.
    key: String,
    filter: Filter<'a>,
    links: Links,
    /// The start, if what is on other file systems is left out.
    device: Option<DirId>,
}

struct Level {
    /// What is still to come, the next one last.
    names: Vec<(OsString, io::Result<FileKind>)>,
    /// The length of the key of the directory above.
    above_len: usize,
    /// Whether a file was found in it, or below.
    holds_files: bool,
}

impl<'a> DiskListing<'a> {
    pub(super) fn new(start: Start<'a>, dir: Dir, links: Links, filter: Filter<'a>) -> Self {
        let mut descent = Descent::new(MOST_OPEN);
        descent.begin(dir);
        let (buffer, key) = Default::default();
        Self { start, descent, buffer, levels: Vec::new(), key, filter, links, device: None }
    }

    /// Leaves out what is on other file systems than the start.
    pub(super) fn on_same_file_system(mut self) -> io::Result<Self> {
        self.device = Some(self.descent.reopened()?.id()?);
        Ok(self)
    }

    /// Reads the start.
    pub(super) fn begin(mut self) -> io::Result<Self> {
        self.read(0)?;
        Ok(self)
    }

    /// Opens the file that was found last.
    pub(super) fn open(&mut self, key: &str) -> io::Result<OpenFile> {
        let (_, name) = split(key);
        OpenFile::open(self.descent.reopened()?, OsStr::new(name), self.links)
    }

    /// Opens it to be recorded as copied.
    pub(super) fn open_identified(&mut self, key: &str) -> io::Result<OpenFile> {
        let file = self.open(key)?;
        file.identified(self.descent.reopened()?, OsStr::new(split(key).1))
    }

    /// What tells the current directory from others.
    pub(super) fn directory(&mut self) -> io::Result<DirId> {
        let last = self.descent.depth() - 1;
        self.descent.id(last).cloned()
    }

    /// The same of the directory that was entered just now, behind that of the one it is in.
    pub(super) fn entered(&mut self) -> io::Result<(DirId, DirId)> {
        let above = self.descent.depth() - 2;
        Ok((self.descent.id(above).cloned()?, self.directory()?))
    }

    /// Reads the current directory.
    fn read(&mut self, above_len: usize) -> io::Result<()> {
        let (links, mut names) = (self.links, Vec::new());
        loop {
            let rest = self.descent.read(&mut self.buffer, |dir, name, kind, _| {
                let kind = match kind {
                    Ok(FileKind::Symlink) if links == Links::Follow => dir.kind_in(name, links),
                    Ok(kind) => Ok(kind),
                    Err(_) => dir.kind_in(name, links),
                };
                names.push((name.to_owned(), kind));
            })?;
            if rest == Rest::Nothing {
                break;
            }
        }
        names.sort_by(|left, right| in_key(right).cmp(in_key(left)));
        self.levels.push(Level { names, above_len, holds_files: false });
        Ok(())
    }

    fn found(&mut self, name: &OsStr, kind: io::Result<FileKind>) -> Option<Found> {
        let Some(text) = name.to_str() else {
            let reason = io::Error::new(ErrorKind::InvalidData, "a key is UTF-8, and this name is not");
            return Some(self.failed(Op::Convert, name, reason));
        };
        let kind = match kind {
            Ok(kind) => kind,
            Err(cause) if cause.kind() == ErrorKind::NotFound && self.links == Links::Keep => return None,
            Err(cause) => return Some(self.failed(Op::Stat, name, cause)),
        };
        let is_directory = kind == FileKind::Directory;
        let key = format!("{}{text}{}", self.key, if is_directory { "/" } else { "" });
        if let Some(reason) = self.filter.leaves_out(&key, kind) {
            return Some(Found::Left(key, reason));
        }
        if is_directory {
            return Some(self.enter(name, key));
        }
        let links = if kind == FileKind::File { self.links } else { Links::Keep };
        match self.descent.reopened().and_then(|dir| dir.facts_in(name, links)) {
            Ok(facts) => {
                let level = self.levels.last_mut().expect("BUG: a name without a directory");
                level.holds_files |= facts.kind == FileKind::File;
                Some(Found::Item(Item::on_disk(key, &facts)))
            }
            // It was removed since the directory was read.
            Err(cause) if cause.kind() == ErrorKind::NotFound => None,
            Err(cause) => Some(self.failed(Op::Stat, name, cause)),
        }
    }

    fn enter(&mut self, name: &OsStr, key: String) -> Found {
        if let Err(cause) = self.descent.enter(name, self.links) {
            return self.failed(Op::List, name, cause);
        }
        match self.check_entered() {
            Ok(None) => {}
            Ok(Some(reason)) => {
                self.descent.leave();
                return Found::Left(key, reason);
            }
            Err(cause) => {
                self.descent.leave();
                return self.failed(Op::List, name, cause);
            }
        }
        if let Err(cause) = self.read(self.key.len()) {
            self.descent.leave();
            return self.failed(Op::List, name, cause);
        }
        self.key.clone_from(&key);
        Found::Item(Item::directory(key))
    }

    /// Whether the directory that was entered is left out; an error if a link led back into one above.
    fn check_entered(&mut self) -> io::Result<Option<SkipReason>> {
        let last = self.descent.depth() - 1;
        let id = self.directory()?;
        if self.device.as_ref().is_some_and(|start| !Dir::is_same_device(start, &id)) {
            return Ok(Some(SkipReason::OtherFileSystem));
        }
        if self.links == Links::Follow {
            for above in 0..last {
                if *self.descent.id(above)? == id {
                    return Err(sys::loop_error());
                }
            }
        }
        Ok(None)
    }

    /// Goes back to the directory above; tells if there was no file in the one that was left.
    fn leave(&mut self) -> Option<Found> {
        let level = self.levels.pop()?;
        self.descent.leave();
        let above = self.key[..level.above_len].to_owned();
        let key = std::mem::replace(&mut self.key, above);
        if let Some(above) = self.levels.last_mut() {
            above.holds_files |= level.holds_files;
        }
        (!level.holds_files).then_some(Found::Empty(key))
    }

    fn failed(&self, op: Op, name: &OsStr, cause: io::Error) -> Found {
        // Its name need not be UTF-8.
        let directory = self.start.path(&self.key);
        Found::Failed(Error::located(op, path_of(&directory, OsPath::new(""), name), cause))
    }
}

impl Listing for DiskListing<'_> {
    fn next(&mut self) -> Option<Found> {
        loop {
            let found = match self.levels.last_mut()?.names.pop() {
                Some((name, kind)) => self.found(&name, kind),
                None => self.leave(),
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

/// A regular file that is open to be read.
pub(super) struct OpenFile {
    pub(super) file: File,
    pub(super) facts: Facts,
    /// The directory that it was found in, if what is copied is recorded.
    pub(super) directory: Option<DirId>,
}

impl OpenFile {
    /// Opens a regular file, and nothing else.
    pub(super) fn open(dir: &Dir, name: &OsStr, links: Links) -> io::Result<Self> {
        let (source, facts) = dir.open_source(name, links, Needed::All)?;
        match facts.kind {
            FileKind::File => Ok(Self { file: Dir::content_of(source)?, facts, directory: None }),
            _ => Err(io::Error::new(ErrorKind::InvalidInput, "it is no longer a regular file")),
        }
    }

    /// The same with all that tells it from others, to be recorded.
    pub(super) fn identified(self, dir: &Dir, name: &OsStr) -> io::Result<Self> {
        Ok(Self { facts: dir.with_number(name, self.facts), directory: Some(dir.id()?), ..self })
    }
}

/// A name as it stands in keys, where a `/` follows that of a directory.
fn in_key((name, kind): &(OsString, io::Result<FileKind>)) -> impl Iterator<Item = u8> {
    let end: &[u8] = if matches!(kind, Ok(FileKind::Directory)) { b"/" } else { b"" };
    name.as_encoded_bytes().iter().chain(end).copied()
}
