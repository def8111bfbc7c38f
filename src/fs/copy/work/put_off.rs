//! Names that are put off until everything else is copied: new names of files with several names.
//!
//! Another name of such a file may be at the target, unchanged, and may not have been met yet. In the end it is known
//! whether there is one, and a hard link to it is made. So what is copied does not depend on the order of names.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::Copy;
use super::names::{self, Names};
use super::single::{Copier, Target};
use crate::fs::copy::options::Settings;
use crate::sys::{Editable, Finishing, Links, OsPath, OsPathBuf};
use crate::tree::{Descent, lock, most_open};

/// How many bytes of names are put off at most. What is beyond is copied at once.
const MOST: usize = 32 << 20;

/// What is put off, directory by directory.
pub(super) struct PutOff<D: Editable> {
    directories: Mutex<Vec<Directory<D>>>,
    size: AtomicUsize,
}

/// A directory with names that are put off. It gets its attributes after them.
pub(super) struct Directory<D: Editable> {
    /// Where it is below the start.
    pub(super) path: OsPathBuf,
    pub(super) source: D::Id,
    /// `None` in a dry run, if it is not there.
    pub(super) target: Option<D::Id>,
    pub(super) finishing: Finishing,
    /// The names used there so far.
    pub(super) used: Option<Arc<Names>>,
    /// The names, each a part of this: that takes the least memory.
    pub(super) names: OsPathBuf,
}

impl<D: Editable> PutOff<D> {
    pub(super) fn new() -> Self {
        Self { directories: Mutex::default(), size: AtomicUsize::new(0) }
    }

    /// Whether one more name can be put off.
    pub(super) fn takes(&self, name: &OsStr) -> bool {
        self.size.fetch_add(name.len() + 1, Ordering::Relaxed) < MOST
    }

    pub(super) fn add(&self, directory: Directory<D>) {
        lock(&self.directories).push(directory);
    }

    /// Does what was put off, in the order of paths.
    pub(super) fn run(&self, copy: &Copy<'_, D>, source: &D, target: Option<&D>) -> io::Result<()> {
        let mut directories = std::mem::take(&mut *lock(&self.directories));
        if directories.is_empty() {
            return Ok(());
        }
        directories.sort_by(|left, right| left.path.cmp(&right.path));
        let mut way = Way::new(copy, source.try_clone()?, target.map(D::try_clone).transpose()?);
        let mut copier = Copier::new(copy, false);
        copier.puts_off = false;
        for directory in &directories {
            if let Err(cause) = way.lead_to(directory).and_then(|()| way.complete(directory, &mut copier)) {
                copy.fail(&directory.path, OsStr::new(""), cause);
            }
        }
        Ok(())
    }
}

/// A way down the source and down the target at once.
struct Way<'c, 'a, D: Editable> {
    copy: &'c Copy<'a, D>,
    source: Descent<D>,
    target: Descent<D>,
    /// How many of the last directories are not at the target, in a dry run.
    absent: usize,
    path: OsPathBuf,
}

impl<'c, 'a, D: Editable> Way<'c, 'a, D> {
    fn new(copy: &'c Copy<'a, D>, source: D, target: Option<D>) -> Self {
        let most_open = most_open(3);
        let mut way = Self {
            copy,
            source: Descent::new(most_open),
            target: Descent::new(most_open),
            absent: usize::from(target.is_none()),
            path: OsPathBuf::new(),
        };
        way.source.begin(source);
        target.into_iter().for_each(|target| way.target.begin(target));
        way
    }

    /// Goes to a directory, which must be the one that was met before.
    fn lead_to(&mut self, directory: &Directory<D>) -> io::Result<()> {
        while !directory.path.starts_with(&self.path) {
            self.leave();
        }
        let rest = directory.path.strip_prefix(&self.path).expect("BUG: it is above").to_owned();
        rest.iter().try_for_each(|name| self.enter(name))?;
        let source = self.source.reopened()?.id()?;
        let target = if self.absent > 0 { None } else { Some(self.target.reopened()?.id()?) };
        if source != directory.source || target != directory.target {
            return Err(io::Error::new(ErrorKind::NotFound, "it was moved while it was copied"));
        }
        Ok(())
    }

    fn enter(&mut self, name: &OsStr) -> io::Result<()> {
        let Settings { dry_run, removed, .. } = self.copy.settings;
        self.source.enter(name, self.copy.links())?;
        if self.absent > 0 || *dry_run && removed.has(&self.path, name) {
            self.absent += 1;
        } else {
            match self.target.enter(name, Links::Keep) {
                Err(error) if error.kind() == ErrorKind::NotFound && *dry_run => self.absent = 1,
                Err(error) => {
                    self.source.leave();
                    return Err(error);
                }
                Ok(()) => {}
            }
        }
        self.path.push(name);
        Ok(())
    }

    fn leave(&mut self) {
        self.source.leave();
        match self.absent {
            0 => self.target.leave(),
            _ => self.absent -= 1,
        }
        self.path.pop();
    }

    /// Copies the names of the directory to which the way leads, and gives it its attributes.
    fn complete(&mut self, directory: &Directory<D>, copier: &mut Copier<'c, 'a, D>) -> io::Result<()> {
        let Self { copy, source, target, absent, .. } = self;
        let dir = source.reopened()?;
        let target = if *absent > 0 { None } else { Some(target.reopened()?) };
        let into = Target { dir: target, is_fresh: directory.finishing.is_new, names: directory.used.as_deref() };
        copier.begin(|| Ok(directory.source.clone()))?;
        for name in directory.names.iter() {
            if copy.account.is_over() {
                break;
            }
            if let Err(cause) = copied(copy, dir, &into, name, &directory.path, copier) {
                let cause = match cause.kind() {
                    ErrorKind::AlreadyExists => names::explained(cause, dir, name),
                    _ => cause,
                };
                copy.fail(&directory.path, name, cause);
            }
        }
        if let Some(target) = target.filter(|_| !copy.settings.dry_run) {
            copy.finish(dir, target, &directory.path, &directory.finishing);
        }
        Ok(())
    }
}

/// Makes a hard link for a name that was put off, or a copy.
fn copied<'c, 'a, D: Editable>(
    copy: &'c Copy<'a, D>,
    dir: &D,
    target: &Target<'_, D>,
    name: &OsStr,
    path: &OsPath,
    copier: &mut Copier<'c, 'a, D>,
) -> io::Result<()> {
    if copier.linked(dir, target, name, path)? {
        return Ok(());
    }
    let kind = dir.kind_in(name, Links::Keep)?;
    match copier.any(dir, target, (name, name), path, kind, copy.links())? {
        false => Ok(()),
        true => Err(io::Error::new(ErrorKind::IsADirectory, "it has become a directory")),
    }
}
