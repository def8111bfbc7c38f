//! Copying what was [put off](super::put_off), when everything else is copied.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};

use super::context::Copy;
use super::one::{Copier, Target, TargetDir, became_directory};
use super::options::Settings;
use super::put_off::Directory;
use super::used_names;
use crate::sys::{EditDir, Links, OsPathBuf};
use crate::tree::{Descent, most_open};

/// Copies them below the directory where the copy started, in the order of paths.
pub(super) fn copy_late_names<D: EditDir>(copy: &Copy<'_, D>, source: &D) -> io::Result<()> {
    let directories = copy.put_off.take();
    if directories.is_empty() {
        return Ok(());
    }
    let target = copy.target.as_ref().map(D::try_clone).transpose()?;
    let mut way = Way::new(copy, source.try_clone()?, target);
    let mut copier = Copier::new(copy, false);
    copier.puts_off = false;
    for directory in &directories {
        if let Err(cause) = way.lead_to(directory).and_then(|()| way.complete(directory, &mut copier)) {
            copy.fail(&directory.path, OsStr::new(""), cause);
        }
    }
    Ok(())
}

/// A way down the source and down the target at once.
struct Way<'c, 'a, D: EditDir> {
    copy: &'c Copy<'a, D>,
    source: Descent<D>,
    target: Descent<D>,
    /// How many of the last directories are not at the target, in a dry run.
    absent: usize,
    path: OsPathBuf,
}

impl<'c, 'a, D: EditDir> Way<'c, 'a, D> {
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
        let into = TargetDir { dir: target, is_fresh: directory.finishing.is_new, names: directory.used.as_deref() };
        copier.begin(|| Ok(directory.source.clone()))?;
        for name in directory.names.iter() {
            if copy.account.is_over() {
                break;
            }
            if let Err(cause) = copied(copy, dir, name, &into.target(&directory.path, name), copier) {
                let cause = match cause.kind() {
                    ErrorKind::AlreadyExists => used_names::explained(cause, dir, name),
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
fn copied<'c, 'a, D: EditDir>(
    copy: &'c Copy<'a, D>,
    dir: &D,
    name: &OsStr,
    target: &Target<'_, D>,
    copier: &mut Copier<'c, 'a, D>,
) -> io::Result<()> {
    if copier.linked(dir, target)? {
        return Ok(());
    }
    let kind = dir.kind_in(name, Links::Keep)?;
    match copier.any(dir, name, target, kind, copy.links())? {
        false => Ok(()),
        true => Err(became_directory()),
    }
}
