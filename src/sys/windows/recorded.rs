//! A disk as Windows reports it, for tests on every system: Wine makes no links.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::asking::{self, AskingCalls, AttributeData, BasicInfo, StandardInfo};
use super::identity::{self, Id};
use super::kinds;
use crate::kind::FileKind;
use crate::sys::edit_dir::Facts;
use crate::sys::portable::Paths;
use crate::sys::{self, FileId, Links};

/// Two volumes, `c` and `e`, and the calls that were made.
pub(super) struct Recorded {
    pub(super) files: Vec<File>,
    pub(super) made: RefCell<Vec<&'static str>>,
}

#[derive(Clone, Copy)]
pub(super) struct File {
    /// Its path. The first part is the volume.
    pub(super) path: &'static str,
    attributes: u32,
    tag: u32,
    /// Where a link leads.
    target: &'static str,
    /// Opening it fails in this way.
    fails: Option<ErrorKind>,
}

const SYMLINK: u32 = 0xa000_000c;
const MOUNT_POINT: u32 = 0xa000_0003;
const ONE_DRIVE: u32 = 0x9000_001a;
const WSL_LINK: u32 = 0xa000_001d;
const FILE: u32 = 0x20;
const DIRECTORY: u32 = 0x10;
const REPARSE_POINT: u32 = 0x400;

const fn plain(path: &'static str, attributes: u32) -> File {
    File { path, attributes, tag: 0, target: "", fails: None }
}

const fn link(path: &'static str, attributes: u32, tag: u32, target: &'static str) -> File {
    File { path, attributes: attributes | REPARSE_POINT, tag, target, fails: None }
}

/// Links of all kinds, and what only looks like one.
pub(super) fn recorded() -> Recorded {
    let files = vec![
        plain("c", DIRECTORY),
        plain("c/d", DIRECTORY),
        plain("c/d/f", FILE),
        link("c/d/up", DIRECTORY, MOUNT_POINT, "c"),
        link("c/to_file", FILE, SYMLINK, "c/d/f"),
        link("c/to_dir", DIRECTORY, SYMLINK, "c/d"),
        link("c/junction", DIRECTORY, MOUNT_POINT, "c/d"),
        link("c/volume", DIRECTORY, MOUNT_POINT, "e"),
        link("c/gone", DIRECTORY, MOUNT_POINT, "c/nothing"),
        link("c/round", DIRECTORY, MOUNT_POINT, "c/round"),
        link("c/twice", DIRECTORY, SYMLINK, "c/junction"),
        // It is opened as what it stands for, not as a link.
        link("c/cloud", DIRECTORY, ONE_DRIVE, ""),
        link("c/cloud/f", FILE, ONE_DRIVE, ""),
        link("c/wsl", FILE, WSL_LINK, "c/d/f"),
        File { fails: Some(ErrorKind::PermissionDenied), ..link("c/closed", DIRECTORY, MOUNT_POINT, "c/d") },
        plain("e", DIRECTORY),
        plain("e/g", FILE),
    ];
    Recorded { files, made: RefCell::default() }
}

impl Recorded {
    /// What has a path. Links on the way to it are followed, at most 63: then the error is 1921 ("Symbolic Link Programming
    /// Considerations").
    fn find(&self, path: &Path, links: Links) -> io::Result<File> {
        self.find_by(path, links, &mut 63)
    }

    fn find_by(&self, path: &Path, links: Links, links_left: &mut usize) -> io::Result<File> {
        let mut names = path.components().filter(|part| matches!(part, Component::Normal(_))).peekable();
        let mut here = PathBuf::new();
        while let Some(name) = names.next() {
            let file = self.at(&here.join(name))?;
            let is_followed = !file.target.is_empty() && (names.peek().is_some() || links == Links::Follow);
            if is_followed && file.tag == WSL_LINK {
                return Err(io::Error::other("error 1920: only WSL follows its links"));
            }
            if is_followed {
                *links_left = links_left.checked_sub(1).ok_or_else(sys::loop_error)?;
                here = self.find_by(Path::new(file.target), Links::Follow, links_left)?.path.into();
            } else {
                here = file.path.into();
            }
        }
        self.at(&here)
    }

    fn at(&self, path: &Path) -> io::Result<File> {
        let file = self.files.iter().find(|file| Path::new(file.path) == path).copied();
        file.ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn named(&self, call: &'static str, path: &Path, links: Links) -> io::Result<File> {
        self.made.borrow_mut().push(call);
        self.find(path, links)
    }
}

impl AskingCalls for Recorded {
    type File = File;

    fn attribute_data(&self, path: &Path) -> io::Result<AttributeData> {
        let attributes = self.named("attributes", path, Links::Keep)?.attributes;
        Ok(AttributeData { attributes, ..AttributeData::default() })
    }

    fn open(&self, path: &Path, links: Links) -> io::Result<File> {
        let itself = self.named("open", path, Links::Keep)?;
        match itself.fails {
            Some(kind) => Err(kind.into()),
            None => self.find(path, links),
        }
    }

    fn basic_info(&self, file: &File) -> io::Result<BasicInfo> {
        Ok(BasicInfo { attributes: file.attributes, ..BasicInfo::default() })
    }

    fn standard_info(&self, _: &File) -> io::Result<StandardInfo> {
        Ok(StandardInfo { names: 1, ..StandardInfo::default() })
    }

    fn reparse_tag(&self, file: &File) -> io::Result<u32> {
        self.made.borrow_mut().push("tag");
        Ok(file.tag)
    }

    /// `ERROR_INVALID_PARAMETER`, as on FAT.
    fn long_number(&self, _: &File) -> io::Result<FileId> {
        self.made.borrow_mut().push("long number");
        Err(ErrorKind::InvalidInput.into())
    }

    /// The file system `e` numbers no files.
    fn short_number(&self, file: &File) -> io::Result<FileId> {
        self.made.borrow_mut().push("short number");
        let number = self.files.iter().position(|other| other.path == file.path).unwrap() + 1;
        Ok(if file.path.starts_with('c') { (0xc, number as _) } else { (0xe, 0) })
    }

    fn final_path(&self, file: &File) -> io::Result<PathBuf> {
        Ok(file.path.into())
    }

    fn listed(&self, path: &Path, links: Links) -> io::Result<Facts> {
        let file = self.named("list", path, links)?;
        let found = AttributeData { attributes: file.attributes, ..AttributeData::default() };
        Ok(Facts { kind: kinds::kind(file.attributes, file.tag), ..asking::unopened_facts(&found) })
    }
}

/// The same disk for directories that are listed.
pub(crate) struct RecordedPaths;

impl Paths for RecordedPaths {
    type Id = Id;
    type Entries = std::vec::IntoIter<io::Result<(OsString, io::Result<FileKind>)>>;

    /// `FindFirstFileW` has the attributes and the tag of each name.
    fn read_dir(path: &Path) -> io::Result<Self::Entries> {
        let recorded = recorded();
        let dir = recorded.open(path, Links::Follow)?;
        if dir.attributes & DIRECTORY == 0 {
            return Err(ErrorKind::NotADirectory.into());
        }
        let files = recorded.files.iter().filter(|file| Path::new(file.path).parent() == Some(Path::new(dir.path)));
        let entry = |file: &File| {
            let name = Path::new(file.path).file_name().unwrap().to_owned();
            Ok((name, Ok(kinds::kind(file.attributes, file.tag))))
        };
        Ok(files.map(entry).collect::<Vec<_>>().into_iter())
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        Ok(asking::content_facts(&recorded(), path, links)?.kind)
    }

    fn file_id(path: &Path) -> io::Result<Id> {
        asking::id(&recorded(), path, Links::Follow)
    }

    fn is_same_device(left: &Id, right: &Id) -> bool {
        identity::is_same_device(left, right)
    }
}
