//! Replacing a file's content in one step, relative to its directory, which is opened once.

mod draft;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, FileType, Mode, Stat, fstat};
use rustix::io::{Errno, retry_on_intr};

use super::attr::protection_of;
use super::dir::open_dir;
use super::facts::{facts_of, id_of};
use super::give_attributes::{self, Giver};
use super::handle::Handle;
use super::is_one_of;
use super::opening::{open_to_read, read_all};
use super::place::{Place, Way};
use super::xattr::{self, Surplus};
use crate::sys::directory::{Access, Links};
use crate::sys::edit_dir::{Attributes, Existing, Losses};
use crate::sys::portable::atomic::refuse_special;
use crate::sys::resolve::{Trouble, follow};

pub(crate) use draft::Draft;

/// A name in an open directory, and the regular file that has it, if one does.
pub(crate) struct AtomicTarget {
    dir: Arc<OwnedFd>,
    name: OsString,
    old: Option<Old>,
    existing: Existing,
}

struct Old {
    file: File,
    found: Stat,
}

impl AtomicTarget {
    /// Finds the file that a path leads to. Fails for anything except a regular file, without opening it.
    pub(crate) fn find(path: &Path) -> io::Result<Self> {
        const TRIES: usize = 16;
        for _ in 0..TRIES {
            if let Some(target) = Self::find_once(path)? {
                return Ok(target);
            }
        }
        Err(io::Error::other("the file keeps changing, or has no name any more"))
    }

    /// Returns `None` if something changed meanwhile.
    fn find_once(path: &Path) -> io::Result<Option<Self>> {
        let (mut dir, mut name) = open_parent(CWD, path)?;
        let mut found = look_at(&dir, &name, Links::Keep)?;
        if found.as_ref().is_some_and(is_link) {
            // The system follows the link first: it detects loops, links in /proc that do not lead where their text says,
            // and those of other users in /tmp that must not be followed.
            let reached = look_at(&dir, &name, Links::Follow)?;
            refuse_special_kind(reached.as_ref())?;
            (dir, name) = follow_link(&dir, &name)?;
            found = look_at(&dir, &name, Links::Keep)?;
            if reached.as_ref().map(id_of) != found.as_ref().map(id_of) {
                return Ok(None);
            }
        }
        Self::of(dir, name, found.as_ref())
    }

    /// Finds the file with a name in a directory. Returns `None` if it is a link, or changed meanwhile.
    pub(super) fn find_name(dir: OwnedFd, name: &OsStr) -> io::Result<Option<Self>> {
        let found = look_at(&dir, name, Links::Keep)?;
        if found.as_ref().is_some_and(is_link) {
            return Ok(None);
        }
        Self::of(dir, name.to_owned(), found.as_ref())
    }

    fn of(dir: OwnedFd, name: OsString, found: Option<&Stat>) -> io::Result<Option<Self>> {
        refuse_special_kind(found)?;
        let old = match found {
            None => None,
            Some(found) => match opened(&dir, &name, found)? {
                None => return Ok(None),
                old => old,
            },
        };
        Ok(Some(Self { dir: Arc::new(dir), name, old, existing: Existing::Replace }))
    }

    /// Finds the name for a new file. Fails if the name is taken.
    pub(crate) fn find_free(path: &Path) -> io::Result<Self> {
        let (dir, name) = match open_parent(CWD, path) {
            Err(error) if is_one_of(&error, &[Errno::ISDIR]) => return Err(Errno::EXIST.into()),
            found => found?,
        };
        Self::find_free_name(dir, name)
    }

    /// The same in an open directory.
    pub(super) fn find_free_name(dir: OwnedFd, name: OsString) -> io::Result<Self> {
        match look_at(&dir, &name, Links::Keep)? {
            Some(_) => Err(Errno::EXIST.into()),
            None => Ok(Self { dir: Arc::new(dir), name, old: None, existing: Existing::Fail }),
        }
    }

    fn place(&self) -> Place<'_> {
        Place::new(&self.dir, &self.name)
    }

    /// Reads the content, or returns `None` if there is no file yet. Works only once.
    pub(crate) fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(old) = &mut self.old else { return Ok(None) };
        read_all(&old.file, old.found.st_size.try_into().unwrap_or(0)).map(Some)
    }

    /// Replaces the file with one that has this content, and the mode, owner, group and extended attributes of the old one.
    pub(crate) fn write(self, content: &[u8]) -> io::Result<()> {
        let draft = self.begin()?;
        draft.file().write_all(content)?;
        draft.commit()
    }

    /// Creates a file that will get the name.
    pub(crate) fn begin(self) -> io::Result<Draft> {
        self.check_access()?;
        Draft::begin(self)
    }

    /// Fails for a file that may not be written. Replacing it would only need permission to change the directory.
    fn check_access(&self) -> io::Result<()> {
        if self.old.is_none() {
            return Ok(());
        }
        match self.place().check_access(rustix::fs::Access::WRITE_OK) {
            // The system cannot tell, or the file has just gone.
            Err(Errno::NOSYS | Errno::INVAL | Errno::NOENT) => Ok(()),
            Err(errno) => Err(self.why_not_replaced(errno.into())),
            Ok(()) => Ok(()),
        }
    }

    /// Gives a new file the attributes of the old one, and flushes it to the disk.
    fn finish(&self, file: &File) -> io::Result<()> {
        self.lend(file)?;
        file.sync_all()
    }

    fn lend(&self, file: &File) -> io::Result<()> {
        self.old.as_ref().map_or(Ok(()), |old| old.lend_to(file))
    }

    /// Explains why the system refuses to replace a file in a directory that may be changed.
    fn why_not_replaced(&self, error: io::Error) -> io::Error {
        let is_busy = is_one_of(&error, &[Errno::BUSY]);
        let reason = match is_one_of(&error, &[Errno::PERM]) {
            _ if is_busy => "another file is mounted on it, as containers do, so that it cannot be replaced: ",
            true if is_locked(self.place()) => {
                "it or its directory is append-only or immutable (see `lsattr`), so that it cannot be replaced: "
            }
            true if self.is_sticky() => {
                "its directory is sticky, so that only the owner of the file or of the directory may replace it: "
            }
            _ => return error,
        };
        let instead = if is_busy { "; `write_text` writes into it" } else { "" };
        io::Error::new(error.kind(), format!("{reason}{error}{instead}"))
    }

    fn is_sticky(&self) -> bool {
        retry_on_intr(|| fstat(&self.dir)).is_ok_and(|dir| Mode::from_raw_mode(dir.st_mode).contains(Mode::SVTX))
    }
}

impl Old {
    /// Gives a file this one's owner, group, extended attributes and mode.
    fn lend_to(&self, file: &File) -> io::Result<()> {
        let (old, new) = (Handle::Open(self.file.as_fd()), Handle::Open(file.as_fd()));
        let facts = facts_of(&self.found);
        let giver = Giver::replaced(old, &facts, Attributes::default());
        let mut losses = Losses::default();
        let surplus = if xattr::has_list(&new)? { Surplus::Lists } else { Surplus::Nothing };
        give_attributes::give(&giver, &new, surplus, &mut losses)?;
        losses.refused()
    }
}

/// Whether a file or its directory is append-only or immutable.
fn is_locked(place: Place<'_>) -> bool {
    let here = Place { name: OsStr::new(""), ..place };
    [place, here].into_iter().any(|place| protection_of(place).is_some())
}

/// Opens the parent directory of a path, which may be longer than the system allows. Returns the last name as well.
fn open_parent(start: impl AsFd, path: &Path) -> io::Result<(OwnedFd, OsString)> {
    let path = path.as_os_str().as_bytes();
    let (parent, name) = match path.iter().rposition(|&byte| byte == b'/') {
        Some(0) => (&b"/"[..], &path[1..]),
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (&b"."[..], path),
    };
    if let b"" | b"." | b".." = name {
        return Err(Errno::ISDIR.into());
    }
    let dir = open_dir(Way::from(start.as_fd()).to(OsStr::from_bytes(parent))?, Access::Edit, Links::Follow)?;
    Ok((dir, OsStr::from_bytes(name).to_owned()))
}

/// The same for the target of a link, as far as it exists.
fn follow_link(dir: &OwnedFd, name: &OsStr) -> io::Result<(OwnedFd, OsString)> {
    let mut way = Way::from(dir.as_fd());
    let real = follow(PathBuf::new(), Path::new(name), Trouble::KeepMissingName, &mut way)?;
    open_parent(dir, &real)
}

/// Opens the file that was looked at, unless something else has its name by now. That is neither followed nor waited for.
fn opened(dir: &OwnedFd, name: &OsStr, looked_at: &Stat) -> io::Result<Option<Old>> {
    let file = match open_to_read(Place::new(dir, name), Links::Keep) {
        Err(Errno::NOENT | Errno::LOOP | Errno::NXIO | Errno::AGAIN) => return Ok(None),
        file => file?,
    };
    let found = retry_on_intr(|| fstat(&file))?;
    Ok((id_of(&found) == id_of(looked_at)).then_some(Old { file, found }))
}

/// The metadata of the file with a name, if there is one.
fn look_at(dir: &OwnedFd, name: &OsStr, links: Links) -> io::Result<Option<Stat>> {
    match Place::new(dir, name).stat(links) {
        Err(Errno::NOENT) => Ok(None),
        found => Ok(Some(found?)),
    }
}

fn kind(found: &Stat) -> FileType {
    FileType::from_raw_mode(found.st_mode)
}

fn is_link(found: &Stat) -> bool {
    kind(found) == FileType::Symlink
}

fn refuse_special_kind(found: Option<&Stat>) -> io::Result<()> {
    match found.map(kind) {
        None | Some(FileType::RegularFile) => Ok(()),
        Some(FileType::Directory) => Err(Errno::ISDIR.into()),
        Some(FileType::Fifo) => Err(refuse_special("a pipe")),
        Some(FileType::Socket) => Err(refuse_special("a socket")),
        Some(FileType::BlockDevice | FileType::CharacterDevice) => Err(refuse_special("a device")),
        Some(_) => Err(refuse_special("an unknown kind of file")),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the test builds its files with std")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::time::Duration;

    use super::*;
    use crate::sys::portable;

    fn named(path: &Path) -> io::Result<()> {
        let draft = Draft::begin_named(AtomicTarget::find(path)?)?;
        draft.file().write_all(b"new")?;
        draft.commit()
    }

    fn portably(path: &Path) -> io::Result<()> {
        portable::AtomicTarget::find(path)?.write(b"new")
    }

    fn usual(path: &Path) -> io::Result<()> {
        AtomicTarget::find(path)?.write(b"new")
    }

    /// rustix has no call for that on every system.
    fn make_pipe(path: &std::path::Path) {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    /// With a temporary name, without one, and with std alone: the result is the same.
    #[test]
    fn all_ways_to_replace_a_file_do_the_same() {
        let layouts =
            ["nothing", "file", "link", "dangling link", "loop", "directory", "link to directory", "no parent"];
        for layout in layouts {
            let outcomes = [usual, named, portably].map(|write| {
                let place = tempfile::tempdir().unwrap();
                let (target, other) = (place.path().join("target"), place.path().join("other"));
                match layout {
                    "file" => fs::write(&target, "old").unwrap(),
                    "link" => {
                        fs::write(&other, "old").unwrap();
                        symlink("other", &target).unwrap();
                    }
                    "dangling link" => symlink("other", &target).unwrap(),
                    "loop" => symlink("target", &target).unwrap(),
                    "directory" => fs::create_dir(&target).unwrap(),
                    "link to directory" => symlink(".", &target).unwrap(),
                    _ => {}
                }
                for path in [&target, &other] {
                    if fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
                        fs::set_permissions(path, fs::Permissions::from_mode(0o751)).unwrap();
                    }
                }
                let path = if layout == "no parent" { target.join("no/x") } else { target };
                let is_written = write(&path).is_ok();
                let mut left: Vec<_> = fs::read_dir(place.path())
                    .unwrap()
                    .map(|entry| {
                        let entry = entry.unwrap();
                        let found = fs::symlink_metadata(entry.path()).unwrap();
                        (entry.file_name(), found.mode(), fs::read(entry.path()).ok())
                    })
                    .collect();
                left.sort();
                (is_written, left)
            });
            assert!(outcomes[0] == outcomes[1] && outcomes[1] == outcomes[2], "{layout}: {outcomes:?}");
            assert_eq!(outcomes[0].0, ["nothing", "file", "link", "dangling link"].contains(&layout), "{layout}");
        }
    }

    /// The kernel decides who is refused. This checks the explanation of the error.
    #[test]
    fn a_refusal_says_what_is_behind_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("f");
        fs::write(&path, "").unwrap();
        let said = |mode, errno: Errno| {
            fs::set_permissions(place.path(), fs::Permissions::from_mode(mode)).unwrap();
            let error = AtomicTarget::find(&path).unwrap().why_not_replaced(errno.into());
            assert_eq!(error.kind(), io::Error::from(errno).kind());
            error.to_string().split(": ").map(str::to_owned).collect::<Vec<_>>()
        };
        for (mode, errno, reason) in [
            (0o1777, Errno::PERM, Some("its directory is sticky")),
            (0o777, Errno::PERM, None),
            (0o1777, Errno::ACCESS, None),
            (0o1777, Errno::BUSY, Some("another file is mounted on it")),
        ] {
            let said = said(mode, errno);
            assert_eq!(said.len(), 1 + usize::from(reason.is_some()), "{said:?}");
            assert!(said[0].starts_with(reason.unwrap_or_default()), "{said:?}");
        }
    }

    /// What happens between the look at the target and the writing.
    #[test]
    fn what_another_makes_meanwhile_is_replaced_or_an_error() {
        let place = tempfile::tempdir().unwrap();
        let count = || fs::read_dir(place.path()).unwrap().count();
        let found = |name: &str| (place.path().join(name), AtomicTarget::find(&place.path().join(name)).unwrap());

        let (path, target) = found("made");
        fs::write(&path, "by another").unwrap();
        target.write(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");

        let (path, target) = found("made");
        fs::remove_file(&path).unwrap();
        target.write(b"newer").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"newer");

        let (path, target) = found("directory");
        fs::create_dir(&path).unwrap();
        assert_eq!(target.write(b"new").unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(count(), 2, "nothing is left over");

        // The directory may be elsewhere by then, and something else in its place.
        let (aside, front) = (place.path().join("aside"), place.path().join("directory"));
        let target = AtomicTarget::find(&front.join("file")).unwrap();
        fs::rename(&front, &aside).unwrap();
        symlink(".", &front).unwrap();
        target.write(b"new").unwrap();
        assert_eq!(fs::read(aside.join("file")).unwrap(), b"new");
        assert!(!place.path().join("file").exists());
    }

    /// Something else gets the name of a file, between the look at it and its opening.
    #[test]
    fn what_was_not_looked_at_is_neither_opened_nor_waited_for() {
        const END: Duration = Duration::from_secs(300);
        for swapped in ["nothing", "file", "link to it", "link to another", "directory", "pipe", "socket"] {
            let place = tempfile::tempdir().unwrap();
            let [path, aside, other] = ["file", "aside", "other"].map(|name| place.path().join(name));
            fs::write(&path, "old").unwrap();
            fs::write(&other, "other").unwrap();
            let (dir, name) = open_parent(CWD, &path).unwrap();
            let found = look_at(&dir, &name, Links::Keep).unwrap().unwrap();
            assert!(opened(&dir, &name, &found).unwrap().is_some(), "it is there");

            fs::rename(&path, &aside).unwrap();
            match swapped {
                "file" => fs::write(&path, "old").unwrap(),
                "link to it" => symlink("aside", &path).unwrap(),
                "link to another" => symlink("other", &path).unwrap(),
                "directory" => fs::create_dir(&path).unwrap(),
                "pipe" => make_pipe(&path),
                "socket" => drop(std::os::unix::net::UnixListener::bind(&path).unwrap()),
                _ => {}
            }
            let (answer, opening) = std::sync::mpsc::channel();
            std::thread::spawn(move || answer.send(opened(&dir, &name, &found).map(|old| old.is_none())));
            let is_refused = opening.recv_timeout(END).expect("it is not waited for");
            assert!(is_refused.unwrap(), "{swapped}");
        }
    }

    /// Something else that gets the name of a file, between its opening and its replacement, is not written to.
    #[test]
    fn what_a_link_made_meanwhile_leads_to_stays() {
        for swapped in ["link", "dangling link", "pipe", "file"] {
            let place = tempfile::tempdir().unwrap();
            let [path, other] = ["file", "other"].map(|name| place.path().join(name));
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
            fs::write(&other, "other").unwrap();
            let target = AtomicTarget::find(&path).unwrap();
            fs::remove_file(&path).unwrap();
            match swapped {
                "link" => symlink("other", &path).unwrap(),
                "dangling link" => symlink("nowhere", &path).unwrap(),
                "pipe" => make_pipe(&path),
                _ => fs::write(&path, "by another").unwrap(),
            }
            target.write(b"new").unwrap();
            let found = fs::symlink_metadata(&path).unwrap();
            assert!(found.is_file() && found.mode() & 0o7777 == 0o751, "{swapped}: {found:?}");
            assert_eq!(fs::read(&path).unwrap(), b"new", "{swapped}");
            assert_eq!(fs::read(&other).unwrap(), b"other", "{swapped}");
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2, "{swapped}");
        }
    }
}
