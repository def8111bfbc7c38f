//! Replacing a file's content in one step, with std: each call follows the path again.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::Metadata;
use super::attr::is_readonly;
use crate::sys::edit_dir::{Existing, parent_of, temporary_name};
use crate::sys::paths::{self, lstat};

/// The target of a path, and the regular file there, if there is one.
pub(crate) struct AtomicTarget {
    path: PathBuf,
    old: Option<Metadata>,
    existing: Existing,
}

impl AtomicTarget {
    /// Finds the file that a path leads to. Fails for anything except a regular file.
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
                Ok(_) => return Err(refuse_special("an unknown kind of file")),
                Err(error) if error.kind() == ErrorKind::NotFound => return leads_to(path, None),
                Err(error) => return Err(error),
            }
        }
        Err(paths::loop_error())
    }

    /// Finds the name for a new file. Fails if the name is taken.
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

    /// Replaces the file with one that has this content, and the permissions of the old one as far as std supports them.
    pub(crate) fn write(self, content: &[u8]) -> io::Result<()> {
        let draft = self.begin()?;
        draft.file().write_all(content)?;
        draft.commit()
    }

    /// Creates a file that will get the name.
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
            // Other users must not read it before it has the permissions of the old one.
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let file = options.open(&path)?;
        Ok((Temporary { path, has_its_name: false }, file))
    }
}

/// A new file that is open for reading and writing. If it is dropped, it is removed.
pub(crate) struct Draft {
    /// Dropped first, because Windows removes no open file.
    file: File,
    temporary: Temporary,
    target: AtomicTarget,
}

impl Draft {
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Flushes the content to the disk, and gives the file its name.
    pub(crate) fn commit(self) -> io::Result<()> {
        self.file.sync_all()?;
        let parent = parent_of(&self.target.path).to_owned();
        self.take_name()?;
        sync_dir(&parent)
    }

    /// Gives the file its name, without flushing its content to the disk.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn commit_unsynced(self) -> io::Result<()> {
        self.take_name()
    }

    fn take_name(self) -> io::Result<()> {
        // In this order, the file is closed before it is removed on failure.
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

/// The error for something that is not a regular file.
pub(crate) fn refuse_special(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, format!("it is {what}, which has no content to replace"))
}

/// The start of the name, short enough to be extended.
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
