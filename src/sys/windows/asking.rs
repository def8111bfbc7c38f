//! What a file is: its kind, its facts and its identity. A link is one by its own attributes and tag, whatever it leads to.

use std::io;
use std::path::{Path, PathBuf};

use super::identity::{Id, Numbers};
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

    /// `FileIdInfo`: the numbers of the volume and of the file, on file systems with 128-bit numbers.
    fn long_number(&self, file: &Self::File) -> io::Result<FileId>;

    /// `GetFileInformationByHandle`: the same with 64 bits. The number of the file is 0 if the file system has none.
    fn short_number(&self, file: &Self::File) -> io::Result<FileId>;

    /// `GetFinalPathNameByHandleW`
    fn final_path(&self, file: &Self::File) -> io::Result<PathBuf>;

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

pub(super) fn unopened_facts(found: &AttributeData) -> Facts {
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
        id: if has_several_names { numbers(calls, file)? } else { None },
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

/// The identity of a file.
pub(super) fn id(calls: &impl AskingCalls, path: &Path, links: Links) -> io::Result<Id> {
    let file = calls.open(path, links)?;
    let names = calls.standard_info(&file)?.names.into();
    let (volume, number) = volume_and_number(calls, &file)?;
    Ok(Id::new(&Numbers { volume, file: number, names }, || calls.final_path(&file).ok()))
}

/// The numbers of the volume and of the file, if its file system has them.
pub(super) fn numbers<C: AskingCalls>(calls: &C, file: &C::File) -> io::Result<Option<FileId>> {
    Ok(Some(volume_and_number(calls, file)?).filter(|(_, number)| *number != 0))
}

/// Some file systems with 64-bit numbers, such as FAT, support no other call.
fn volume_and_number<C: AskingCalls>(calls: &C, file: &C::File) -> io::Result<FileId> {
    calls.long_number(file).or_else(|_| calls.short_number(file))
}

fn tag<C: AskingCalls>(calls: &C, file: &C::File, attributes: u32) -> io::Result<u32> {
    if kinds::is_reparse_point(attributes) { calls.reparse_tag(file) } else { Ok(0) }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;
    use crate::kind::FileKind;
    use crate::sys;
    use crate::sys::windows::identity;
    use crate::sys::windows::recorded::recorded;

    /// The path of a file on the first volume.
    fn at(path: &str) -> PathBuf {
        Path::new("c").join(path)
    }

    const KEPT_AND_FOLLOWED: [Links; 2] = [Links::Keep, Links::Follow];

    /// Both ways to ask for the kind, which must agree.
    #[track_caller]
    fn kind(path: &str, links: Links) -> Result<FileKind, ErrorKind> {
        let path = &at(path);
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
            ("wsl", Symlink, Err(ErrorKind::Other), Some(Link::ToFile)),
        ] {
            assert_eq!(KEPT_AND_FOLLOWED.map(|links| kind(path, links)), [Ok(itself), followed], "{path}");
            assert_eq!(link_at(&recorded(), &at(path)).unwrap(), expected, "{path}");
        }
        assert_eq!(KEPT_AND_FOLLOWED.map(|links| kind("no", links)), [not_found; 2]);
    }

    /// Then the list of the directory still has them.
    #[test]
    fn a_link_whose_attributes_may_not_be_read_is_still_a_link() {
        assert_eq!(kind("closed", Links::Keep), Ok(FileKind::Symlink));
        let error = link_at(&recorded(), &at("closed")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
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
            _ = content_facts(&calls, &at(path), Links::Keep);
            assert_eq!(*calls.made.borrow(), expected, "{path}");
        }
    }

    /// FAT supports the call with 64 bits only, and some file systems number no files. Then the path tells files apart, and
    /// the volume is still known.
    #[test]
    fn a_file_has_an_identity_without_a_number_of_its_own() {
        let id = |path: &str, links| id(&recorded(), Path::new(path), links).unwrap();
        for (path, other) in [("c/to_dir", "c/d"), ("c/junction/f", "c/d/f"), ("c/volume", "e"), ("c/volume/g", "e/g")]
        {
            assert_eq!(id(path, Links::Follow), id(other, Links::Follow), "{path}");
        }
        assert_ne!(id("c/to_dir", Links::Keep), id("c/d", Links::Keep));
        assert_ne!(id("e", Links::Keep), id("e/g", Links::Keep));
        assert!(identity::is_same_device(&id("e", Links::Keep), &id("e/g", Links::Keep)));
        assert!(!identity::is_same_device(&id("c", Links::Keep), &id("e", Links::Keep)));

        let number = |path| numbers(&recorded(), &recorded().open(Path::new(path), Links::Keep).unwrap()).unwrap();
        assert_eq!(number("c").map(|(volume, _)| volume), Some(0xc));
        assert_eq!(number("e"), None);
    }
}
