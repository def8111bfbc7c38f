//! Verbs on paths below a root: each path is looked up from the open root, and then a verb is used on a name in an open
//! directory.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use super::Seen;
#[cfg(feature = "remote-no-tls")]
use super::beneath::LinkRule;
use super::beneath::{self, Arrival, Escape, Missing, Rules};
use super::directory::{Access, Links};
use super::edit_dir::Existing;
use super::trail::Trail;
use super::verbs::{Found, Lookup, Opened, Opening, Verbs};
use crate::kind::{FileKind, Special};

/// An open directory that paths do not leave.
#[derive(Debug)]
pub(crate) struct Root<D> {
    dir: D,
    rules: Rules,
    limits: Limits,
    engine: Engine,
}

/// What is refused below a root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) read_only: bool,
    /// Whether pipes, sockets and devices are opened.
    pub(crate) special: bool,
}

/// How paths are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// By one call of the system, if it has one.
    Kernel,
    /// By this program, part by part.
    Walk,
}

impl<D: Verbs> Root<D> {
    pub(crate) fn open(path: &Path, rules: Rules, limits: Limits) -> io::Result<Self> {
        Ok(Self::new(D::open_root(path)?, rules, limits))
    }

    pub(crate) fn new(dir: D, rules: Rules, limits: Limits) -> Self {
        Self { dir, rules, limits, engine: Engine::Kernel }
    }

    /// Opens a directory below this root as a root.
    pub(crate) fn open_root(&self, path: &Path) -> io::Result<Self> {
        let dir = self.enter(path)?;
        Ok(Self { dir: dir.map_or_else(|| self.dir.try_clone(), Ok)?, ..*self })
    }

    /// The same root, in which no link is followed.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn refusing_links(self) -> Self {
        Self { rules: Rules { links: LinkRule::Refuse, ..self.rules }, ..self }
    }

    /// The root itself, open to look up names in it.
    pub(super) fn dir(&self) -> &D {
        &self.dir
    }

    pub(crate) fn is_race_free() -> bool {
        D::IS_RACE_FREE
    }

    /// The same root, with another way to look up paths.
    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn by(self, engine: Engine) -> Self {
        Self { engine, ..self }
    }
}

/// Questions.
impl<D: Verbs> Root<D> {
    pub(crate) fn stat(&self, path: &Path) -> io::Result<Seen> {
        self.see(path, Links::Follow)
    }

    pub(crate) fn lstat(&self, path: &Path) -> io::Result<Seen> {
        self.see(path, Links::Keep)
    }

    fn see(&self, path: &Path, links: Links) -> io::Result<Seen> {
        match self.ask_kernel(path, Lookup::See(links)) {
            Some(Ok(Found::Seen(seen))) => Ok(seen),
            Some(Err(cause)) => Err(cause),
            _ => self.with_name(path, links, |dir, name| dir.see(name)),
        }
    }

    pub(crate) fn file_id(&self, path: &Path) -> io::Result<D::Id> {
        self.with_name(path, Links::Follow, |dir, name| dir.id_in(name))
    }

    pub(crate) fn is_mount(&self, path: &Path) -> io::Result<bool> {
        self.with_name(path, Links::Keep, |dir, name| dir.is_mount(name))
    }

    pub(crate) fn is_junction(&self, path: &Path) -> io::Result<bool> {
        self.with_name(path, Links::Keep, |dir, name| dir.is_junction(name))
    }

    pub(crate) fn is_executable(&self, path: &Path) -> bool {
        self.with_name(path, Links::Follow, |dir, name| Ok(dir.is_executable(name))).unwrap_or(false)
    }

    pub(crate) fn read_link(&self, path: &Path) -> io::Result<OsString> {
        self.with_name(path, Links::Keep, |dir, name| dir.read_link(name))
    }

    /// The path from the root to the same file without links and `..`.
    pub(crate) fn resolve_strict(&self, path: &Path) -> io::Result<PathBuf> {
        let Arrival { dir, name, must_be_dir, above } = self.walk(path, Links::Follow, Missing::Refuse)?;
        let kind = dir.as_ref().unwrap_or(&self.dir).kind_in(&name, Links::Keep)?;
        if must_be_dir && kind != FileKind::Directory {
            return Err(ErrorKind::NotADirectory.into());
        }
        Ok(beyond(above, &name))
    }

    /// The same as far as the path exists, followed by the rest.
    pub(crate) fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let Arrival { name, above, .. } = self.walk(path, Links::Follow, Missing::Keep)?;
        Ok(beyond(above, &name))
    }
}

/// Content.
impl<D: Verbs> Root<D> {
    pub(crate) fn open_file(&self, path: &Path, opening: Opening) -> io::Result<File> {
        D::waiting(self.opened(path, opening)?, opening)
    }

    /// Opens a file. Fails for what this root does not open.
    fn opened(&self, path: &Path, opening: Opening) -> io::Result<Opened> {
        if opening != Opening::Read {
            self.check_may_change()?;
        }
        let opened = match self.ask_kernel(path, Lookup::File(opening)) {
            Some(Ok(Found::File(opened))) => opened,
            Some(Err(cause)) => return Err(self.explain_special(path, cause)),
            _ => self
                .with_name(path, Links::Follow, |dir, name| dir.open_file(name, opening))
                .map_err(|cause| self.explain_special(path, cause))?,
        };
        match opened.special {
            Some(special) if !self.limits.special => Err(refusal(special)),
            _ => Ok(opened),
        }
    }

    /// The error for a pipe or socket that the system did not open: says what it is.
    fn explain_special(&self, path: &Path, cause: io::Error) -> io::Error {
        if self.limits.special || cause.kind() == ErrorKind::NotFound || Escape::is_cause(&cause) {
            return cause;
        }
        self.stat(path).ok().and_then(|seen| seen.special).map_or(cause, refusal)
    }

    pub(crate) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        D::read_all(self.opened(path, Opening::Read)?)
    }

    pub(crate) fn read_text(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?)
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8"))
    }

    pub(crate) fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.open_file(path, Opening::Overwrite)?.write_all(content)
    }

    pub(crate) fn append(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.open_file(path, Opening::Append)?.write_all(content)
    }

    /// Finds the regular file, or the free name, for new content.
    pub(crate) fn atomic_target(&self, path: &Path) -> io::Result<D::AtomicTarget> {
        const TRIES: usize = 16;
        for _ in 0..TRIES {
            if let Some(file) = self.change(path, Links::Follow, |dir, name| dir.atomic_target(name))? {
                return Ok(file);
            }
        }
        Err(io::Error::other("the file keeps changing"))
    }

    /// Finds a name for a new file. Fails if the name is taken.
    pub(crate) fn free_target(&self, path: &Path) -> io::Result<D::AtomicTarget> {
        self.change(path, Links::Keep, |dir, name| dir.free_target(name))
    }
}

/// Names.
impl<D: Verbs> Root<D> {
    pub(crate) fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.change(path, Links::Keep, |dir, name| dir.create_dir(name))
    }

    pub(crate) fn create_new(&self, path: &Path, mode: u32) -> io::Result<File> {
        self.change(path, Links::Keep, |dir, name| dir.create_new(name, mode))
    }

    /// Creates an empty file, unless the name is taken.
    pub(crate) fn create_if_missing(&self, path: &Path, mode: u32) -> io::Result<()> {
        self.change(path, Links::Follow, |dir, name| match dir.create_new(name, mode) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
            made => made.map(drop),
        })
    }

    pub(crate) fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.change(path, Links::Keep, |dir, name| dir.remove_dir(name))
    }

    pub(crate) fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.change(path, Links::Keep, |dir, name| dir.remove_file(name))
    }

    pub(crate) fn symlink(&self, target: &Path, link: &Path) -> io::Result<()> {
        self.change(link, Links::Keep, |dir, name| dir.symlink(name, target))
    }

    /// Creates a symbolic link, and replaces what has the name.
    pub(crate) fn symlink_replace(&self, target: &Path, link: &Path) -> io::Result<()> {
        self.change(link, Links::Keep, |dir, name| {
            let temporary = super::temporary_name();
            dir.symlink(&temporary, target)?;
            dir.rename(&temporary, dir, name, Existing::Replace).inspect_err(|_| _ = dir.remove_file(&temporary))
        })
    }

    /// Creates a hard link to a file below another root, or this one. A symbolic link there is not followed.
    pub(crate) fn hard_link(&self, target: (&Self, &Path), link: &Path) -> io::Result<()> {
        let (root, target) = target;
        root.with_name(target, Links::Keep, |from, old| {
            self.change(link, Links::Keep, |dir, name| dir.make_hard_link(name, from, Path::new(old), Existing::Fail))
        })
    }

    /// Renames, to a path below another root, or this one.
    pub(crate) fn rename(&self, path: &Path, to: (&Self, &Path), existing: Existing) -> io::Result<()> {
        let (root, target) = to;
        self.change(path, Links::Keep, |from, old| {
            root.change(target, Links::Keep, |dir, new| from.rename(old, dir, new, existing))
        })
    }
}

/// Attributes.
impl<D: Verbs> Root<D> {
    /// Sets the permissions of a file to those that a function makes of the old ones.
    pub(crate) fn change_mode(&self, path: &Path, new: impl Fn(&Seen) -> u32) -> io::Result<()> {
        self.change(path, Links::Follow, |dir, name| dir.set_permission_bits(name, new(&dir.see(name)?)))
    }

    pub(crate) fn set_times(
        &self,
        path: &Path,
        accessed: Option<SystemTime>,
        modified: Option<SystemTime>,
    ) -> io::Result<()> {
        self.change(path, Links::Follow, |dir, name| dir.set_times(name, accessed, modified))
    }

    pub(crate) fn set_times_to_now(&self, path: &Path) -> io::Result<()> {
        self.change(path, Links::Follow, |dir, name| dir.set_times_to_now(name))
    }
}

/// Directories to work in.
impl<D: Verbs> Root<D> {
    /// Opens the parent directory of a path, to change it, and returns the name, which is `.` for a path without one.
    pub(crate) fn parent(&self, path: &Path) -> io::Result<(D, OsString)> {
        self.check_may_change()?;
        let (dir, name) = self.locate(path, Links::Keep)?;
        Ok((self.reopen(dir.as_ref(), Access::Edit)?, name))
    }

    /// Opens the parent directory of a path, to read it.
    pub(crate) fn name(&self, path: &Path) -> io::Result<(D, OsString)> {
        let (dir, name) = self.locate(path, Links::Keep)?;
        Ok((self.reopen(dir.as_ref(), Access::Search)?, name))
    }

    /// Opens a directory whose contents are to be removed.
    pub(crate) fn open_to_clear(&self, path: &Path) -> io::Result<D> {
        self.check_may_change()?;
        self.open_dir(path, Access::Read)
    }

    /// Finds the last name of a path, or of the target of its links, or `.` for a path without one. Returns the directory, open
    /// to change it, its path from the root, and the name.
    pub(super) fn find(&self, path: &Path, links: Links) -> io::Result<(D, PathBuf, OsString)> {
        let (dir, name, above) = match links {
            Links::Keep => {
                let (dir, name) = self.locate(path, links)?;
                let above = if name == "." { path } else { split_name(path).0 };
                (dir, name, above.to_owned())
            }
            Links::Follow => {
                let Arrival { dir, name, must_be_dir, above } = self.walk(path, links, Missing::Refuse)?;
                match must_be_dir && name != "." {
                    true => (Some(self.open_name(dir.as_ref(), &name)?), ".".into(), above.join(name)),
                    false => (dir, name, above),
                }
            }
        };
        Ok((self.reopen(dir.as_ref(), Access::Edit)?, above, name))
    }

    /// Opens a directory by its name in another, or in the root, to look up names in it.
    fn open_name(&self, dir: Option<&D>, name: &OsStr) -> io::Result<D> {
        dir.unwrap_or(&self.dir).open_in_for(Access::Search, name, Links::Keep)
    }

    /// Opens the directory to which a path leads, unless its last name is a link that is to be kept.
    fn open_dir_for(&self, path: &Path, access: Access, links: Links) -> io::Result<D> {
        if links == Links::Follow {
            return self.open_dir(path, access);
        }
        let (dir, name) = self.locate(path, links)?;
        let dir = dir.as_ref().unwrap_or(&self.dir).open_in_for(access, &name, Links::Keep)?;
        self.check_file_system(&dir, || path.to_owned())?;
        Ok(dir)
    }

    /// Fails for an open directory on another file system, if the rules forbid that.
    fn check_file_system(&self, dir: &D, path: impl FnOnce() -> PathBuf) -> io::Result<()> {
        beneath::check_file_system(&self.dir, dir, self.rules, path)
    }

    /// Opens the directory to which a path leads.
    pub(crate) fn open_dir(&self, path: &Path, access: Access) -> io::Result<D> {
        let dir = self.enter(path)?;
        self.reopen(dir.as_ref(), access)
    }

    /// Reopens a directory that is open to look up names only; `None` is the root.
    fn reopen(&self, dir: Option<&D>, access: Access) -> io::Result<D> {
        dir.unwrap_or(&self.dir).open_in_for(access, OsStr::new("."), Links::Keep)
    }
}

/// Names in an open directory that was reached by a path from the root. A single name is used in that directory, unless a
/// link is to be followed. Everything else is looked up from the root, because only the root knows what leads out.
impl<D: Verbs> Root<D> {
    /// Opens the directory with a name in `dir`; `at` is its path from the root.
    pub(super) fn open_from(&self, dir: &D, name: &OsStr, at: &Trail, access: Access, links: Links) -> io::Result<D> {
        if links == Links::Follow || !is_single(name) {
            return self.open_dir_for(&at.path(), access, links);
        }
        let dir = dir.open_in_for(access, name, links)?;
        self.check_file_system(&dir, || at.path())?;
        Ok(dir)
    }

    /// The kind of the file with a name in `dir`, whose path from the root is `at`.
    pub(super) fn kind_from(&self, dir: &D, at: &Trail, name: &OsStr, links: Links) -> io::Result<FileKind> {
        match links {
            Links::Follow => Ok(self.stat(&at.child(name).path())?.kind),
            Links::Keep if is_single(name) => dir.kind_in(name, links),
            Links::Keep => Ok(self.lstat(&at.child(name).path())?.kind),
        }
    }
}

/// Looking up.
impl<D: Verbs> Root<D> {
    pub(super) fn check_may_change(&self) -> io::Result<()> {
        match self.limits.read_only {
            true => Err(io::Error::new(ErrorKind::ReadOnlyFilesystem, "the root was opened read-only")),
            false => Ok(()),
        }
    }

    /// Does something that changes or creates a name.
    fn change<T>(&self, path: &Path, links: Links, verb: impl FnMut(&D, &OsStr) -> io::Result<T>) -> io::Result<T> {
        self.check_may_change()?;
        self.with_name(path, links, verb)
    }

    /// Does something with the last name of a path, or of the target of its links, in its open directory.
    pub(super) fn with_name<T>(
        &self,
        path: &Path,
        links: Links,
        mut verb: impl FnMut(&D, &OsStr) -> io::Result<T>,
    ) -> io::Result<T> {
        const TRIES: usize = 32;
        for _ in 0..TRIES {
            let (dir, name) = self.locate(path, links)?;
            let dir = dir.as_ref().unwrap_or(&self.dir);
            match verb(dir, &name) {
                // It has become a link meanwhile.
                Err(cause) if links == Links::Follow && is_link(dir, &name) => drop(cause),
                done => return done,
            }
        }
        Err(super::loop_error())
    }

    /// Finds the directory, `None` for the root, and the last name in it, which is not followed.
    fn locate(&self, path: &Path, links: Links) -> io::Result<(Option<D>, OsString)> {
        if let Some(located) = self.locate_at_once(path, links) {
            return located;
        }
        let Arrival { dir, name, must_be_dir, .. } = self.walk(path, links, Missing::Refuse)?;
        if must_be_dir && name != "." {
            return Ok((Some(self.open_name(dir.as_ref(), &name)?), ".".into()));
        }
        Ok((dir, name))
    }

    /// Does the same with one call for the directory, unless the last name is a link to be followed.
    fn locate_at_once(&self, path: &Path, links: Links) -> Option<io::Result<(Option<D>, OsString)>> {
        let is_for_the_walk = self.engine == Engine::Walk || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if is_for_the_walk || D::check_names(path).is_err() {
            return None;
        }
        let (above, name) = split_name(path);
        let dir = match self.enter_at_once(above)? {
            Ok(dir) => dir,
            Err(cause) => return Some(Err(cause)),
        };
        let Some(name) = name else { return Some(Ok((dir, ".".into()))) };
        if links == Links::Follow && is_link(dir.as_ref().unwrap_or(&self.dir), name) {
            return None;
        }
        Some(Ok((dir, name.to_owned())))
    }

    /// Opens the directory to which a path leads; `None` for the root itself.
    fn enter(&self, path: &Path) -> io::Result<Option<D>> {
        if let Some(dir) = self.enter_at_once(path) {
            return dir;
        }
        let Arrival { dir, name, .. } = self.walk(path, Links::Follow, Missing::Refuse)?;
        match name == "." {
            true => Ok(dir),
            false => self.open_name(dir.as_ref(), &name).map(Some),
        }
    }

    fn enter_at_once(&self, path: &Path) -> Option<io::Result<Option<D>>> {
        if path.as_os_str().is_empty() || path.as_os_str() == "." {
            return Some(Ok(None));
        }
        match self.ask_kernel(path, Lookup::Directory)? {
            Ok(Found::Directory(dir)) => Some(Ok(Some(dir))),
            Ok(_) => None,
            Err(cause) => Some(Err(cause)),
        }
    }

    fn ask_kernel(&self, path: &Path, lookup: Lookup) -> Option<io::Result<Found<D>>> {
        if self.engine == Engine::Walk {
            return None;
        }
        Some(match self.dir.ask_kernel(path, self.rules, lookup)? {
            Err(cause) if is_refusal(&cause) => Err(self.explain(path, lookup, cause)),
            found => found,
        })
    }

    /// Explains an error of the kernel, which is only a number: the walk knows which part it is about.
    fn explain(&self, path: &Path, lookup: Lookup, cause: io::Error) -> io::Error {
        let links = if lookup == Lookup::See(Links::Keep) { Links::Keep } else { Links::Follow };
        match self.walk(path, links, Missing::Refuse) {
            Err(known) if Escape::is_cause(&known) => known,
            _ if cause.kind() == ErrorKind::CrossesDevices => Escape::unexplained(),
            _ => cause,
        }
    }

    fn walk(&self, path: &Path, links: Links, missing: Missing) -> io::Result<Arrival<D>> {
        beneath::walk(&self.dir, path, self.rules, links, missing)
    }
}

pub(super) fn is_link(dir: &impl Verbs, name: &OsStr) -> bool {
    dir.kind_in(name, Links::Keep).is_ok_and(|kind| kind == FileKind::Symlink)
}

/// Whether a name is a single part, or `.`. It is asked for each directory of a listing, and nearly all names are plain.
pub(super) fn is_single(name: &OsStr) -> bool {
    let is_special = |byte: &u8| matches!(byte, b'/' | b'\\' | b':' | b'.');
    if !name.is_empty() && !name.as_encoded_bytes().iter().any(is_special) {
        return true;
    }
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_) | Component::CurDir), None))
}

/// Whether a lookup may have failed because of the rules.
fn is_refusal(cause: &io::Error) -> bool {
    cause.kind() == ErrorKind::CrossesDevices || super::is_loop(cause)
}

/// The directory of a path and its last name, if it ends in one.
fn split_name(path: &Path) -> (&Path, Option<&OsStr>) {
    match path.components().next_back() {
        Some(Component::Normal(name)) => (path.parent().unwrap_or(Path::new("")), Some(name)),
        _ => (path, None),
    }
}

/// A name in a directory; `.` is the directory.
fn beyond(mut above: PathBuf, name: &OsStr) -> PathBuf {
    if name != "." {
        above.push(name);
    }
    if above.as_os_str().is_empty() { PathBuf::from(".") } else { above }
}

/// The error for something that is not a file and is not opened.
fn refusal(special: Special) -> io::Error {
    let what = match special {
        Special::Fifo => "a pipe",
        Special::Socket => "a socket",
        Special::BlockDevice | Special::CharDevice => "a device",
    };
    io::Error::new(ErrorKind::InvalidInput, format!("it is {what}, which this root does not open"))
}

#[cfg(all(test, target_os = "linux"))]
mod backend_tests;
