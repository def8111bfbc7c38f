//! What a file is: its kind and its facts. A link is one by its own attributes and tag, whatever it leads to.

use std::io;
use std::path::Path;

use super::kinds::{self, Link};
use crate::sys::edit_dir::Facts;
use crate::sys::{FileId, Links};

/// The system calls. Wine creates no links, so tests answer as Microsoft documents.
pub(super) trait AskingCalls {
    type File;

    /// `GetFileAttributesExW`, which opens nothing, and reports a link itself.
    fn attribute_data(&self, path: &Path) -> io::Result<AttributeData>;

    /// `CreateFileW` for the attributes only. With `FILE_FLAG_OPEN_REPARSE_POINT`, it opens a link itself.
    fn open(&self, path: &Path, links: Links) -> io::Result<Self::File>;

    /// `FileBasicInfo`
    fn basic_info(&self, file: &Self::File) -> io::Result<BasicInfo>;

    /// `FileStandardInfo`
    fn standard_info(&self, file: &Self::File) -> io::Result<StandardInfo>;

    /// `FileAttributeTagInfo`, which not every file system supports.
    fn reparse_tag(&self, file: &Self::File) -> io::Result<u32>;

    /// The numbers of the volume and of the file, if its file system has them.
    fn numbers(&self, file: &Self::File) -> io::Result<Option<FileId>>;

    /// The facts that the list of the directory has: the answer of std.
    fn listed(&self, path: &Path, links: Links) -> io::Result<Facts>;
}

/// `WIN32_FILE_ATTRIBUTE_DATA`
#[derive(Default)]
pub(super) struct AttributeData {
    pub(super) attributes: u32,
    pub(super) size: u64,
    pub(super) accessed: i64,
    pub(super) modified: i64,
}

/// `FILE_BASIC_INFO`
#[derive(Default)]
pub(super) struct BasicInfo {
    pub(super) attributes: u32,
    pub(super) accessed: i64,
    pub(super) modified: i64,
    pub(super) changed: i64,
}

/// `FILE_STANDARD_INFO`
#[derive(Default)]
pub(super) struct StandardInfo {
    pub(super) names: u32,
    pub(super) size: i64,
    pub(super) allocated: i64,
}

/// The facts of a file. They have its numbers only if it has several names, because those take longer than the rest under
/// Wine.
pub(super) fn facts(calls: &impl AskingCalls, path: &Path, links: Links) -> io::Result<Facts> {
    match calls.open(path, links).and_then(|file| facts_of(calls, &file)) {
        Ok(facts) => Ok(facts),
        // If even its attributes may not be read, std finds them in its directory.
        Err(_) => calls.listed(path, links),
    }
}

/// The same without numbers and the count of names, so that most files need not be opened.
pub(super) fn content_facts(calls: &impl AskingCalls, path: &Path, links: Links) -> io::Result<Facts> {
    match calls.attribute_data(path) {
        Ok(found) if !kinds::is_reparse_point(found.attributes) => Ok(unopened_facts(&found)),
        _ => facts(calls, path, links),
    }
}

fn unopened_facts(found: &AttributeData) -> Facts {
    Facts {
        kind: kinds::kind(found.attributes, 0),
        id: None,
        names: 1,
        size: found.size,
        allocated: found.size,
        mode: 0,
        owner: (0, 0),
        device: 0,
        accessed: kinds::time(found.accessed),
        modified: kinds::time(found.modified),
        changed: None,
    }
}

fn facts_of<C: AskingCalls>(calls: &C, file: &C::File) -> io::Result<Facts> {
    let (basic, standard) = (calls.basic_info(file)?, calls.standard_info(file)?);
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    let has_several_names = standard.names > 1 && basic.attributes & kinds::attribute::DIRECTORY == 0;
    Ok(Facts {
        kind: kinds::kind(basic.attributes, tag(calls, file, basic.attributes)?),
        id: if has_several_names { calls.numbers(file)? } else { None },
        names: standard.names.into(),
        size: bytes(standard.size),
        allocated: bytes(standard.allocated),
        mode: 0,
        owner: (0, 0),
        device: 0,
        accessed: kinds::time(basic.accessed),
        modified: kinds::time(basic.modified),
        changed: kinds::time(basic.changed),
    })
}

/// The kind of link at a path, if there is one.
pub(super) fn link_at(calls: &impl AskingCalls, path: &Path) -> io::Result<Option<Link>> {
    let file = calls.open(path, Links::Keep)?;
    let attributes = calls.basic_info(&file)?.attributes;
    Ok(kinds::link(attributes, tag(calls, &file, attributes)?))
}

fn tag<C: AskingCalls>(calls: &C, file: &C::File, attributes: u32) -> io::Result<u32> {
    if kinds::is_reparse_point(attributes) { calls.reparse_tag(file) } else { Ok(0) }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::ErrorKind;

    use super::*;
    use crate::kind::FileKind;
    use crate::sys;

    /// What is on a volume.
    struct Recorded {
        files: Vec<File>,
        /// The calls that were made.
        made: RefCell<Vec<&'static str>>,
    }

    #[derive(Clone, Copy)]
    struct File {
        path: &'static str,
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
    fn recorded() -> Recorded {
        let files = vec![
            plain("d", DIRECTORY),
            plain("d/f", FILE),
            link("to_file", FILE, SYMLINK, "d/f"),
            link("to_dir", DIRECTORY, SYMLINK, "d"),
            link("junction", DIRECTORY, MOUNT_POINT, "d"),
            link("volume", DIRECTORY, MOUNT_POINT, "d"),
            link("gone", DIRECTORY, MOUNT_POINT, "nothing"),
            link("round", DIRECTORY, MOUNT_POINT, "round"),
            link("twice", DIRECTORY, SYMLINK, "junction"),
            // It is opened as what it stands for, not as a link.
            link("cloud", DIRECTORY, ONE_DRIVE, ""),
            link("cloud/f", FILE, ONE_DRIVE, ""),
            link("wsl", FILE, WSL_LINK, "d/f"),
            File { fails: Some(ErrorKind::PermissionDenied), ..link("closed", DIRECTORY, MOUNT_POINT, "d") },
        ];
        Recorded { files, made: RefCell::default() }
    }

    impl Recorded {
        fn find(&self, path: &str) -> io::Result<File> {
            let file = self.files.iter().find(|file| file.path == path).copied();
            file.ok_or_else(|| ErrorKind::NotFound.into())
        }

        fn named(&self, call: &'static str, path: &Path) -> io::Result<File> {
            self.made.borrow_mut().push(call);
            self.find(path.to_str().unwrap())
        }

        /// What a link leads to, by at most 63 links: then the error is 1921 ("Symbolic Link Programming Considerations").
        fn followed(&self, mut file: File) -> io::Result<File> {
            for _ in 0..63 {
                if file.target.is_empty() {
                    return Ok(file);
                }
                file = self.find(file.target)?;
            }
            Err(sys::loop_error())
        }
    }

    impl AskingCalls for Recorded {
        type File = File;

        fn attribute_data(&self, path: &Path) -> io::Result<AttributeData> {
            let attributes = self.named("attributes", path)?.attributes;
            Ok(AttributeData { attributes, ..AttributeData::default() })
        }

        fn open(&self, path: &Path, links: Links) -> io::Result<File> {
            let file = self.named("open", path)?;
            match (file.fails, links) {
                (Some(kind), _) => Err(kind.into()),
                (None, Links::Keep) => Ok(file),
                (None, Links::Follow) => self.followed(file),
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

        fn numbers(&self, _: &File) -> io::Result<Option<FileId>> {
            unreachable!("none has several names")
        }

        fn listed(&self, path: &Path, links: Links) -> io::Result<Facts> {
            let file = self.named("list", path)?;
            let file = if links == Links::Keep { file } else { self.followed(file)? };
            let found = AttributeData { attributes: file.attributes, ..AttributeData::default() };
            Ok(Facts { kind: kinds::kind(file.attributes, file.tag), ..unopened_facts(&found) })
        }
    }

    const KEPT_AND_FOLLOWED: [Links; 2] = [Links::Keep, Links::Follow];

    /// Both ways to ask for the kind, which must agree.
    #[track_caller]
    fn kind(path: &str, links: Links) -> Result<FileKind, ErrorKind> {
        let path = Path::new(path);
        let answers = [facts, content_facts].map(|ask| ask(&recorded(), path, links));
        let [one, other] = answers.map(|facts| facts.map(|facts| facts.kind).map_err(|error| error.kind()));
        assert_eq!(one, other, "{path:?}");
        one
    }

    #[test]
    fn a_link_is_one_by_itself_and_leads_to_what_is_there() {
        use FileKind::{Directory, File, Symlink};

        let not_found = Err(ErrorKind::NotFound);
        let no_end = Err(sys::loop_error().kind());
        for (path, itself, followed, expected) in [
            ("d", Directory, Ok(Directory), None),
            ("d/f", File, Ok(File), None),
            ("to_file", Symlink, Ok(File), Some(Link::ToFile)),
            ("to_dir", Symlink, Ok(Directory), Some(Link::ToDirectory)),
            ("junction", Symlink, Ok(Directory), Some(Link::Junction)),
            ("volume", Symlink, Ok(Directory), Some(Link::Junction)),
            ("gone", Symlink, not_found, Some(Link::Junction)),
            ("round", Symlink, no_end, Some(Link::Junction)),
            ("twice", Symlink, Ok(Directory), Some(Link::ToDirectory)),
            ("cloud", Directory, Ok(Directory), None),
            ("cloud/f", File, Ok(File), None),
            ("wsl", Symlink, Ok(File), Some(Link::ToFile)),
        ] {
            assert_eq!(KEPT_AND_FOLLOWED.map(|links| kind(path, links)), [Ok(itself), followed], "{path}");
            assert_eq!(link_at(&recorded(), Path::new(path)).unwrap(), expected, "{path}");
        }
        assert_eq!(KEPT_AND_FOLLOWED.map(|links| kind("no", links)), [not_found; 2]);
    }

    /// Then the list of the directory still has them.
    #[test]
    fn a_link_whose_attributes_may_not_be_read_is_still_a_link() {
        assert_eq!(kind("closed", Links::Keep), Ok(FileKind::Symlink));
        let error = link_at(&recorded(), Path::new("closed")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    }

    /// A walk enters what is a directory by itself: each folder once, whatever leads back to it.
    #[test]
    fn a_walk_enters_no_link() {
        let is_entered = |file: &File| kind(file.path, Links::Keep) == Ok(FileKind::Directory);
        let entered: Vec<_> = recorded().files.iter().filter(|file| is_entered(file)).map(|file| file.path).collect();
        assert_eq!(entered, ["d", "cloud"]);
    }

    /// Not every file system knows tags, and most files are no reparse points.
    #[test]
    fn only_reparse_points_are_opened_and_asked_for_their_tag() {
        for (path, expected) in [
            ("d", &["attributes"][..]),
            ("d/f", &["attributes"]),
            ("junction", &["attributes", "open", "tag"]),
            ("cloud/f", &["attributes", "open", "tag"]),
            ("closed", &["attributes", "open", "list"]),
            ("no", &["attributes", "open", "list"]),
        ] {
            let calls = recorded();
            _ = content_facts(&calls, Path::new(path), Links::Keep);
            assert_eq!(*calls.made.borrow(), expected, "{path}");
        }
    }
}
