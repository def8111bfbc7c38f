//! A file's content, replaced in one step, over std: the path is followed anew by each call.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::Metadata;
use super::attr::is_readonly;
use crate::sys::edit_dir::{Existing, parent_of, temporary_name};
use crate::sys::paths::{self, lstat};

/// Where a path leads, and the regular file that is there, if one is.
pub(crate) struct AtomicTarget {
    path: PathBuf,
    old: Option<Metadata>,
    existing: Existing,
}

impl AtomicTarget {
    /// Finds what a path leads to, links followed. Anything but a regular file is refused.
    pub(crate) fn find(path: &Path) -> io::Result<Self> {
        const MOST_LINKS: usize = 40;
        paths::check(path)?;
        let mut path = path.to_owned();
        let leads_to = |path, old| Ok(Self { path, old, existing: Existing::Replace });
        for _ in 0..MOST_LINKS {
            match lstat(&path) {
                Ok(found) if found.is_symlink() => path = parent_of(&path).join(paths::read_link(&path)?),
                Ok(found) if found.is_file() => return leads_to(path, Some(found)),
                Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
                Ok(_) => return Err(refuse_special("no regular file")),
                Err(error) if error.kind() == ErrorKind::NotFound => return leads_to(path, None),
                Err(error) => return Err(error),
            }
        }
        Err(paths::loop_error())
    }

    /// Finds the name that a path has for a new file. Fails if something has it.
    pub(crate) fn find_free(path: &Path) -> io::Result<Self> {
        paths::check(path)?;
        match lstat(path) {
            Ok(_) => Err(paths::taken_error()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Self { path: path.to_owned(), old: None, existing: Existing::Fail })
            }
            Err(error) => Err(error),
        }
    }

    /// The content, or `None` if there is no file yet.
    pub(crate) fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.old.as_ref().map(|_| fs::read(&self.path)).transpose()
    }

    /// Puts a file with this content in the place of the old one, whose permissions it gets, as far as std
    /// knows any.
    pub(crate) fn write(self, content: &[u8]) -> io::Result<()> {
        let draft = self.begin()?;
        draft.file().write_all(content)?;
        draft.commit()
    }

    /// Begins a file that will get the name.
    pub(crate) fn begin(self) -> io::Result<Draft> {
        if self.old.as_ref().is_some_and(is_readonly) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let (temporary, file) = self.temporary().map_err(|error| paths::explained(&self.path, error))?;
        Ok(Draft { file, temporary, target: self })
    }

    /// Creates a file with a new name in the directory of the old one.
    fn temporary(&self) -> io::Result<(Temporary, File)> {
        let mut name = OsString::from(format!(".{}", front_of_name(&self.path)));
        name.push(temporary_name());
        let path = paths::child(parent_of(&self.path), &name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        if self.old.is_some() {
            // Nobody else may read it before it has the permissions of the old one.
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let file = options.open(&path)?;
        Ok((Temporary { path, has_its_name: false }, file))
    }
}

/// A new file that is open for reading and writing. If it is dropped, nothing is left of it.
pub(crate) struct Draft {
    /// Closed first: Windows removes no file that is open.
    file: File,
    temporary: Temporary,
    target: AtomicTarget,
}

impl Draft {
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name, when its content is on the disk.
    pub(crate) fn commit(self) -> io::Result<()> {
        self.file.sync_all()?;
        let parent = parent_of(&self.target.path).to_owned();
        self.take_name()?;
        sync_dir(&parent)
    }

    /// Gives the file its name, and does not wait until its content is on the disk.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn commit_unsynced(self) -> io::Result<()> {
        self.take_name()
    }

    fn take_name(self) -> io::Result<()> {
        // In this order, the file is closed first if this fails.
        let Self { target, mut temporary, file } = self;
        if let Some(old) = &target.old
            && !cfg!(target_family = "wasm")
        {
            file.set_permissions(old.permissions())?;
        }
        drop(file);
        match target.existing {
            Existing::Replace => paths::rename(&temporary.path, &target.path)?,
            Existing::Fail => paths::give_name(&temporary.path, &target.path)?,
        }
        temporary.has_its_name = true;
        Ok(())
    }
}

/// A file that is removed unless it got its name.
struct Temporary {
    path: PathBuf,
    has_its_name: bool,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.has_its_name {
            _ = paths::remove_file(&self.path);
        }
    }
}

/// The error that says that something is refused that could be a file.
pub(crate) fn refuse_special(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, format!("it is {what}, which has no content to replace"))
}

/// As much of the name as leaves room for more.
fn front_of_name(path: &Path) -> String {
    const MOST: usize = 16;
    path.file_name().unwrap_or_default().to_string_lossy().chars().take(MOST).collect()
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

/// std opens no directories here.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}
