//! A new file that is being written. It gets its name when it is complete.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::fs::{Mode, SeekFrom, fstat, seek};
use rustix::io::{Errno, retry_on_intr};

use super::AtomicTarget;
use crate::sys::edit_dir::Existing;
use crate::sys::unix::copy::{self, Scratch};
use crate::sys::unix::dir::sync_dir;
use crate::sys::unix::facts::facts_of;
use crate::sys::unix::place::Place;
use crate::sys::unix::temporary::{Temporary, temporary_name_for};
use crate::sys::unix::{is_one_of, unnamed};

/// A new file that is open for reading and writing. If it is dropped, it is removed.
pub(crate) struct Draft {
    target: AtomicTarget,
    file: File,
    /// Its temporary name, if it has one.
    temporary: Option<NamedDraft>,
}

type NamedDraft = Temporary<Arc<OwnedFd>>;

impl Draft {
    /// Creates a file without a name, if the system and the file system support that.
    pub(super) fn begin(target: AtomicTarget) -> io::Result<Self> {
        let here = Place::new(&target.dir, OsStr::new("."));
        match unnamed::create(here, unnamed_mode(&target))? {
            Some(file) if target.old.is_some() || unnamed::has_umask(&file)? => {
                Ok(Self { target, file, temporary: None })
            }
            _ => Self::begin_named(target),
        }
    }

    /// Creates a file under a temporary name.
    pub(super) fn begin_named(target: AtomicTarget) -> io::Result<Self> {
        let (file, temporary) = create_named(&target)?;
        Ok(Self { target, file, temporary: Some(temporary) })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Flushes the content to the disk, and gives the file its name.
    pub(crate) fn commit(mut self) -> io::Result<()> {
        self.target.finish(&self.file)?;
        self.take_name()?;
        sync_dir(&self.target.dir)
    }

    /// Gives the file its name, without flushing its content to the disk.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn commit_unsynced(mut self) -> io::Result<()> {
        self.target.lend(&self.file)?;
        self.take_name()
    }

    fn take_name(&mut self) -> io::Result<()> {
        match self.temporary.take() {
            Some(temporary) => give_name_of(&self.target, temporary),
            None => self.give_name(),
        }
    }

    /// Gives a name to a file without one.
    fn give_name(&self) -> io::Result<()> {
        let target = &self.target;
        if target.old.is_none() {
            match unnamed::give_name(&self.file, target.place()) {
                // Another program has just created one, which is replaced.
                Err(Errno::EXIST) if target.existing == Existing::Replace => {}
                Err(unnamed::UNABLE) => return self.give_name_to_copy(),
                result => return Ok(result?),
            }
        }
        match temporary(target, |new| Ok(unnamed::give_name(&self.file, new)?)) {
            Err(error) if is_one_of(&error, &[unnamed::UNABLE]) => self.give_name_to_copy(),
            made => give_name_of(target, made?.1),
        }
    }

    /// Gives the name to a copy of the file, as the file itself cannot get one.
    fn give_name_to_copy(&self) -> io::Result<()> {
        let (copy, temporary) = create_named(&self.target)?;
        retry_on_intr(|| seek(&self.file, SeekFrom::Start(0)))?;
        let facts = facts_of(&retry_on_intr(|| fstat(&self.file))?);
        copy::content(&self.file, &facts, &copy, &mut Scratch::default(), &mut |_| true)?;
        self.target.finish(&copy)?;
        give_name_of(&self.target, temporary)
    }
}

fn create_named(target: &AtomicTarget) -> io::Result<(File, NamedDraft)> {
    temporary(target, |new| Ok(File::from(new.create_new(first_mode(target))?)))
}

fn temporary<T>(target: &AtomicTarget, make: impl Fn(Place<'_>) -> io::Result<T>) -> io::Result<(T, NamedDraft)> {
    Temporary::make(Arc::clone(&target.dir), || temporary_name_for(&target.name), make)
}

/// Renames a temporary file to the name of the target.
fn give_name_of(target: &AtomicTarget, temporary: NamedDraft) -> io::Result<()> {
    let named = temporary.become_permanent(target.place(), target.existing);
    named.map(drop).map_err(|error| target.why_not_replaced(error))
}

/// Nobody can open a file without a name: it can have the mode of the old one from the beginning.
fn unnamed_mode(target: &AtomicTarget) -> Mode {
    target.old.as_ref().map_or_else(|| first_mode(target), |old| Mode::from_raw_mode(old.found.st_mode & 0o777))
}

/// The system applies the umask or the directory's default list to a new file. A file that replaces another is private until
/// it has that one's mode.
fn first_mode(target: &AtomicTarget) -> Mode {
    let private = Mode::RUSR | Mode::WUSR;
    if target.old.is_some() { private } else { private | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH }
}
