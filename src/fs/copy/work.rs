//! How a tree is copied: down the source and down the target at once, both by open directories.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::options::{Overwrite, Settings, Specials, Symlinks};
use crate::error::{Error, Op};
use crate::fs::FileKind;
use crate::fs::bulk::{Account, path_of};
use crate::fs::report::{Action, Report, SkipReason, Skipped, Step};
use crate::sys::{self, Copying, Editable, Facts, Links, Means};
use crate::walk::{self, Descent, Pool, Tour, TourPart, in_threads, lock, most_open};

/// The copying of one path to another.
pub(super) struct Copy<'a, D: Editable> {
    pub(super) op: Op,
    pub(super) settings: &'a Settings,
    pub(super) from: &'a Path,
    pub(super) to: &'a Path,
    pub(super) account: &'a Account,
    /// The copies of files that have several names.
    copied: Mutex<HashMap<(u64, u64), Copied>>,
    /// The target of a tree, for those.
    target: Option<D>,
    /// What tells it from others, as a way into it must not be followed: that never ends.
    target_id: Option<D::Id>,
}

/// A copy that can get more names.
struct Copied {
    /// Where it is below the target.
    path: PathBuf,
    id: Option<(u64, u64)>,
}

impl<'a, D: Editable> Copy<'a, D> {
    pub(super) fn new(op: Op, settings: &'a Settings, from: &'a Path, to: &'a Path, account: &'a Account) -> Self {
        Self { op, settings, from, to, account, copied: Mutex::default(), target: None, target_id: None }
    }

    /// Copies what has a name in one directory to a name in another; the names are those of the two paths.
    pub(super) fn run(&mut self, from: &Place<'_, D>, to: &Place<'_, D>) -> io::Result<()> {
        let facts = from.facts(self.first_links())?;
        Self::refuse(from, to, &facts, self.first_links())?;
        match facts.kind {
            FileKind::Directory => self.tree(from.open(self.first_links())?, to),
            FileKind::Other if self.settings.specials != Specials::Recreate => Err(is_special()),
            kind => {
                let target = Target { dir: Some(&to.dir), is_fresh: false };
                let links = self.first_links();
                match Copier::of_start(self).any(
                    &from.dir,
                    &target,
                    (from.name, to.name),
                    Path::new(""),
                    kind,
                    links,
                )? {
                    false => Ok(()),
                    true => Err(io::Error::new(ErrorKind::IsADirectory, "it has become a directory")),
                }
            }
        }
    }

    /// What becomes of a link whose path was given.
    fn first_links(&self) -> Links {
        if self.settings.symlinks == Symlinks::Keep { Links::Keep } else { Links::Follow }
    }

    /// What becomes of links in a tree.
    fn links(&self) -> Links {
        if self.settings.symlinks == Symlinks::Follow { Links::Follow } else { Links::Keep }
    }

    /// Refuses what would destroy the source, or never end, before anything is written.
    pub(super) fn refuse(from: &Place<'_, D>, to: &Place<'_, D>, facts: &Facts, links: Links) -> io::Result<()> {
        if to.dir.is_same(to.name, &from.dir, from.name) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "they are the same file"));
        }
        if facts.kind == FileKind::Directory && to.dir.lies_in(&from.open(links)?.id()?)? {
            return Err(io::Error::new(ErrorKind::InvalidInput, "the second lies in the first"));
        }
        Ok(())
    }

    fn tree(&mut self, source: D, to: &Place<'_, D>) -> io::Result<()> {
        let target = Target { dir: Some(&to.dir), is_fresh: false };
        let target = Copier::of_start(self).made_dir(&target, to.name, Path::new(""))?;
        let (target, is_fresh) = match target {
            Made::New => (Some(to.dir.open_in(to.name, Links::Keep)?), true),
            Made::Merged => (Some(to.dir.open_in(to.name, Links::Keep)?), false),
            Made::OnlyTold => (None, true),
        };
        if self.settings.hard_links {
            self.target = target.as_ref().map(D::try_clone).transpose()?;
        }
        self.target_id = target.as_ref().map(D::id).transpose()?;
        let above = match self.links() {
            Links::Follow => vec![Above { source: source.id()?, target: self.target_id.clone() }],
            Links::Keep => Vec::new(),
        };
        let pool = Pool::new(Job { tour: Work::Everything(source), target, is_fresh, above, finish: None });
        let threads = if self.settings.dry_run { 1 } else { self.settings.threads.max(1) };
        // A way down the source and one down the target, and the files that are copied.
        let (this, most_open) = (&*self, most_open(2 * threads + 1));
        in_threads(threads, || this.work(&pool, most_open));
        Ok(())
    }

    /// What one of several threads does.
    fn work<'c>(&'c self, pool: &Pool<Job<'c, 'a, D>>, most_open: usize) {
        let mut worker = Worker::new(self, most_open);
        while let Some((job, working)) = pool.take() {
            worker.tour(job, pool);
            if self.account.is_over() {
                return;
            }
            working.done();
        }
    }

    fn is_excluded(&self, directory: &Path, name: &OsStr, is_dir: bool) -> bool {
        let excluded = &self.settings.excluded;
        if excluded.is_empty() {
            return false;
        }
        let path = directory.join(name);
        let text = path.to_string_lossy();
        let path = <crate::path::Path>::parse(&text);
        excluded.iter().any(|pattern| pattern.leaves_out(&path, is_dir))
    }

    fn fail(&self, directory: &Path, name: &OsStr, cause: io::Error) {
        // Everything else would fail for the same reason.
        if matches!(cause.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem) {
            self.account.give_up();
        }
        let (from, to) = (path_of(self.from, directory, name), path_of(self.to, directory, name));
        self.account.fail(Error::new(self.op, from, cause).with_second(to));
    }
}

/// A name in an open directory.
pub(super) struct Place<'a, D> {
    pub(super) dir: D,
    pub(super) name: &'a OsStr,
}

impl<'a, D: Editable> Place<'a, D> {
    /// The place that a path leads to. What has no name of its own is found as `.`, in itself.
    pub(super) fn of(path: &'a Path) -> io::Result<Self> {
        match path.file_name() {
            Some(name) => Ok(Self { dir: D::open_parent(path)?, name }),
            None => Ok(Self { dir: D::open(path)?, name: OsStr::new(".") }),
        }
    }

    pub(super) fn facts(&self, links: Links) -> io::Result<Facts> {
        self.dir.facts_in(self.name, links)
    }

    fn open(&self, links: Links) -> io::Result<D> {
        self.dir.open_in(self.name, links)
    }
}

/// Something that one thread copies.
struct Job<'c, 'a, D: Editable> {
    tour: Work<D>,
    /// The directory for it; none in a dry run, where it is not there.
    target: Option<D>,
    is_fresh: bool,
    /// The directories from the first one to here, where links may lead back.
    above: Vec<Above<D>>,
    /// What is to be done when all parts of the directory are.
    finish: Option<Arc<Finish<'c, 'a, D>>>,
}

/// What tells a directory on the way from others, and its copy, if there is one.
struct Above<D: Editable> {
    source: D::Id,
    target: Option<D::Id>,
}

impl<D: Editable> Clone for Above<D> {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), target: self.target.clone() }
    }
}

enum Work<D: Editable> {
    Everything(D),
    Part(TourPart<D>),
}

/// Gives a directory its attributes when the last of those who copy into it is done.
struct Finish<'c, 'a, D: Editable> {
    copy: &'c Copy<'a, D>,
    source: D,
    target: D,
    path: PathBuf,
}

impl<D: Editable> Drop for Finish<'_, '_, D> {
    fn drop(&mut self) {
        if let Err(cause) = self.target.copy_attributes(&self.source, self.copy.settings.attributes) {
            self.copy.fail(&self.path, OsStr::new(""), cause);
        }
    }
}

/// The directory into which something is copied.
struct Target<'d, D> {
    /// None in a dry run, where it is not there.
    dir: Option<&'d D>,
    /// Whether it was made just now, so that nothing is in it.
    is_fresh: bool,
}

/// What became of a directory that is to be made.
enum Made {
    New,
    /// It was there.
    Merged,
    /// It is not there, and this is a dry run.
    OnlyTold,
}

/// What a step finds at the target.
enum Found {
    Nothing,
    /// Something that is to be replaced.
    Old,
    /// What stays as it is.
    Unchanged,
}

/// One who goes down both trees, and has copied what is found.
struct Worker<'c, 'a, D: Editable> {
    copy: &'c Copy<'a, D>,
    copier: Copier<'c, 'a, D>,
    target: TargetTree<'c, 'a, D>,
    /// The directories above, where links may lead back.
    above: Vec<Above<D>>,
    most_open: usize,
}

/// The way down the target.
struct TargetTree<'c, 'a, D: Editable> {
    descent: Descent<D>,
    /// How many of the last directories are not there, in a dry run.
    absent: usize,
    levels: Vec<Level<'c, 'a, D>>,
}

struct Level<'c, 'a, D: Editable> {
    is_fresh: bool,
    finish: Option<Arc<Finish<'c, 'a, D>>>,
}

impl<D: Editable> TargetTree<'_, '_, D> {
    /// The directory into which is copied now.
    fn current(&mut self) -> io::Result<Target<'_, D>> {
        let is_fresh = self.levels.last().is_some_and(|level| level.is_fresh);
        let dir = if self.absent > 0 { None } else { Some(self.descent.reopened()?) };
        Ok(Target { dir, is_fresh })
    }

    /// What tells that directory from others, unless it is the one whose copy it is to be.
    fn id_other_than(&mut self, source: &D::Id) -> io::Result<Option<D::Id>> {
        match self.current()?.dir.map(D::id).transpose()? {
            Some(id) if id == *source => Err(into_itself()),
            id => Ok(id),
        }
    }

    /// Goes back to the directory above.
    fn leave(&mut self) {
        match self.absent {
            0 => self.descent.leave(),
            _ => self.absent -= 1,
        }
    }
}

/// One who copies single things, and keeps an account of it.
struct Copier<'c, 'a, D: Editable> {
    copy: &'c Copy<'a, D>,
    /// Whether it copies the start itself, whose names are in its paths.
    is_start: bool,
    scratch: D::Scratch,
    report: Report,
}

impl<'c, 'a, D: Editable> Worker<'c, 'a, D> {
    fn new(copy: &'c Copy<'a, D>, most_open: usize) -> Self {
        let target = TargetTree { descent: Descent::new(most_open), absent: 0, levels: Vec::new() };
        Self { copy, copier: Copier::new(copy, false), target, above: Vec::new(), most_open }
    }

    fn tour(&mut self, job: Job<'c, 'a, D>, pool: &Pool<Job<'c, 'a, D>>) {
        let Job { tour, target, is_fresh, above, finish } = job;
        let mut descent = Descent::new(self.most_open);
        let absent = usize::from(target.is_none());
        target.into_iter().for_each(|target| descent.begin(target));
        self.target = TargetTree { descent, absent, levels: vec![Level { is_fresh, finish }] };
        self.above = above;
        let mut tour = match tour {
            Work::Everything(dir) => Tour::new(dir, self.most_open),
            Work::Part(part) => Tour::resume(part, self.most_open),
        };
        while !self.target.levels.is_empty() && !self.copy.account.is_over() {
            match tour.step(|dir, path, name, kind| self.leaf(dir, path, name, kind)) {
                Ok(walk::Step::Directory(name)) => {
                    if let Err(cause) = self.enter(&mut tour, &name) {
                        self.copy.fail(tour.path(), &name, cause);
                    }
                }
                Ok(walk::Step::End) => self.leave(&mut tour),
                Err(cause) => self.copy.account.fail(Error::new(
                    Op::List,
                    path_of(self.copy.from, tour.path(), OsStr::new("")),
                    cause,
                )),
            }
            if pool.is_hungry() {
                self.split(&mut tour, pool);
            }
        }
    }

    /// Gives some of what is left to do to another thread.
    fn split(&mut self, tour: &mut Tour<D>, pool: &Pool<Job<'c, 'a, D>>) {
        let mut target = None;
        let can_give = |level: usize| {
            target = self.target.descent.try_clone(level);
            target.is_some()
        };
        let Some((at, part)) = tour.split(can_give) else { return };
        let Some(finish) = self.finish(at, &part, target.as_ref()) else { return tour.take_back(at, part) };
        let below = self.target.levels.len() - 1 - at;
        let above = self.above[..self.above.len().saturating_sub(below)].to_vec();
        let is_fresh = self.target.levels[at].is_fresh;
        pool.give(Job { tour: Work::Part(part), target, is_fresh, above, finish: Some(finish) });
    }

    /// What is to be done when all parts of the directory at a level are.
    fn finish(&mut self, at: usize, part: &TourPart<D>, target: Option<&D>) -> Option<Arc<Finish<'c, 'a, D>>> {
        let copy = self.copy;
        let finish = &mut self.target.levels[at].finish;
        if finish.is_none()
            && let Some(target) = target.and_then(|target| target.try_clone().ok())
            && let Ok(source) = part.dir().try_clone()
        {
            *finish = Some(Arc::new(Finish { copy, source, target, path: part.path().to_owned() }));
        }
        finish.clone()
    }

    /// Copies a directory of the current one: makes it, and goes into both.
    fn enter(&mut self, tour: &mut Tour<D>, name: &OsStr) -> io::Result<()> {
        if self.copier.is_excluded(tour.path(), name, true) {
            return Ok(());
        }
        let links = self.copy.links();
        tour.enter(name, links)?;
        if let Err(cause) = self.enter_target(tour, name) {
            tour.leave();
            return Err(cause);
        }
        Ok(())
    }

    fn enter_target(&mut self, tour: &mut Tour<D>, name: &OsStr) -> io::Result<()> {
        let source = tour.current_id()?.clone();
        if self.above.iter().any(|above| above.source == source) {
            return Err(sys::loop_error());
        }
        let is_target = self.copy.target_id.as_ref() == Some(&source);
        if is_target || self.above.iter().any(|above| above.target.as_ref() == Some(&source)) {
            return Err(into_itself());
        }
        let parent = tour.path().parent().unwrap_or(Path::new(""));
        let made = self.copier.made_dir(&self.target.current()?, name, parent)?;
        match made {
            Made::New | Made::Merged => self.target.descent.enter(name, Links::Keep)?,
            Made::OnlyTold => self.target.absent += 1,
        }
        if self.copy.links() == Links::Follow {
            match self.target.id_other_than(&source) {
                Ok(target) => self.above.push(Above { source, target }),
                Err(cause) => {
                    self.target.leave();
                    return Err(cause);
                }
            }
        }
        let is_fresh = !matches!(made, Made::Merged);
        self.target.levels.push(Level { is_fresh, finish: None });
        Ok(())
    }

    /// Completes the current directory, and goes back to the one above, or to the end.
    fn leave(&mut self, tour: &mut Tour<D>) {
        let target = &mut self.target;
        let level = target.levels.pop().expect("BUG: left too often");
        if level.finish.is_none() && target.absent == 0 && !self.copy.settings.dry_run {
            let attributes = self.copy.settings.attributes;
            let done = tour.dir().and_then(|source| target.descent.reopened()?.copy_attributes(source, attributes));
            if let Err(cause) = done {
                self.copy.fail(tour.path(), OsStr::new(""), cause);
            }
        }
        if target.levels.is_empty() {
            return;
        }
        tour.leave();
        target.leave();
        if self.copy.links() == Links::Follow {
            self.above.pop();
        }
    }

    /// Copies what is no directory in the current one; whether it leads to one after all.
    fn leaf(&mut self, dir: &D, path: &Path, name: &OsStr, kind: io::Result<FileKind>) -> bool {
        let Self { copy, copier, target, .. } = self;
        if copy.account.is_over() || copier.is_excluded(path, name, false) {
            return false;
        }
        let done = kind.and_then(|kind| copier.any(dir, &target.current()?, (name, name), path, kind, copy.links()));
        done.unwrap_or_else(|cause| {
            copy.fail(path, name, cause);
            false
        })
    }
}

impl<'c, 'a, D: Editable> Copier<'c, 'a, D> {
    fn new(copy: &'c Copy<'a, D>, is_start: bool) -> Self {
        Self { copy, is_start, scratch: D::Scratch::default(), report: Report::default() }
    }

    fn of_start(copy: &'c Copy<'a, D>) -> Self {
        Self::new(copy, true)
    }

    /// Makes a directory, unless there is one.
    fn made_dir(&mut self, target: &Target<'_, D>, name: &OsStr, parent: &Path) -> io::Result<Made> {
        let Settings { dry_run, overwrite, attributes, .. } = *self.copy.settings;
        let found = match target.dir {
            Some(dir) if !dry_run => match dir.make_dir(name, attributes.mode) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Some(dir.facts_in(name, Links::Keep)?),
                result => result.map(|()| None)?,
            },
            Some(dir) => present(dir.facts_in(name, Links::Keep))?,
            None => None,
        };
        match found {
            Some(_) if overwrite == Overwrite::Refuse => return Err(sys::taken_error()),
            Some(facts) if facts.kind != FileKind::Directory => {
                return Err(io::Error::new(ErrorKind::NotADirectory, "a directory replaces no file"));
            }
            Some(_) => return Ok(Made::Merged),
            None => {}
        }
        self.report.directories += 1;
        self.tell(Action::MakeDirectory, parent, name);
        Ok(if dry_run { Made::OnlyTold } else { Made::New })
    }

    /// Copies what is no directory; whether it is one after all.
    fn any(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        names: (&OsStr, &OsStr),
        path: &Path,
        kind: FileKind,
        links: Links,
    ) -> io::Result<bool> {
        match kind {
            FileKind::Symlink if links == Links::Keep => self.link(dir, target, names, path)?,
            // What it leads to.
            FileKind::Symlink => match dir.facts_in(names.0, Links::Follow)?.kind {
                FileKind::Directory => return Ok(true),
                FileKind::Symlink => return Err(sys::loop_error()),
                kind => return self.any(dir, target, names, path, kind, links),
            },
            FileKind::Directory => return Ok(true),
            FileKind::File => return self.file(dir, target, names, path, links),
            FileKind::Other => self.special(target, names, path, &dir.facts_in(names.0, links)?)?,
        }
        Ok(false)
    }

    fn file(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        (name, new): (&OsStr, &OsStr),
        path: &Path,
        links: Links,
    ) -> io::Result<bool> {
        let (source, facts) = match dir.open_source(name, links) {
            // It was a file when its directory was read.
            Err(error) if sys::is_loop(&error) && links == Links::Keep => {
                self.link(dir, target, (name, new), path)?;
                return Ok(false);
            }
            result => result?,
        };
        match facts.kind {
            FileKind::File => {}
            FileKind::Directory => return Ok(true),
            // It was a file when its directory was read.
            FileKind::Symlink => return self.link(dir, target, (name, new), path).map(|()| false),
            FileKind::Other => return self.special(target, (name, new), path, &facts).map(|()| false),
        }
        let copy = self.copy;
        let several = (copy.settings.hard_links && facts.names > 1).then_some(facts.id).flatten();
        let mut copied = several.map(|_| lock(&copy.copied));
        if let (Some(id), Some(copied)) = (several, &copied)
            && let Some(first) = copied.get(&id)
            && self.hard_link(target, new, path, first)?
        {
            return Ok(false);
        }
        if self.copied(target, new, path, &source, &facts)?
            && let (Some(id), Some(copied)) = (several, &mut copied)
        {
            let copy = target.dir.map(|dir| present(dir.facts_in(new, Links::Keep))).transpose()?.flatten();
            copied.insert(id, Copied { path: path.join(new), id: copy.and_then(|copy| copy.id) });
        }
        Ok(false)
    }

    /// Copies an open file, unless what is there stays; whether there is a copy now.
    fn copied(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &Path,
        source: &D::Source,
        facts: &Facts,
    ) -> io::Result<bool> {
        let replace = match self.found(target, name, |old| is_outdated(self.copy.settings, facts, old))? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged => return Ok(true),
        };
        if let Some(dir) = target.dir.filter(|_| !self.copy.settings.dry_run) {
            let Settings { attributes, sync, .. } = *self.copy.settings;
            let copying = Copying { attributes, replace, sync };
            let (copy, mut bytes) = (self.copy, 0);
            let mut goes_on = |count| {
                bytes += count;
                copy.account.progress(0, count, || path_of(copy.from, path, name))
            };
            let Some(means) = dir.copy_file(name, source, facts, &copying, &mut self.scratch, &mut goes_on)? else {
                return Ok(false);
            };
            self.report.bytes += bytes;
            self.report.shared += u64::from(means == Means::Shared);
            self.report.by_system += u64::from(means == Means::BySystem);
        } else {
            self.report.bytes += facts.size;
        }
        self.report.files += 1;
        self.tell(if replace { Action::Replace } else { Action::Copy }, path, name);
        Ok(true)
    }

    /// Gives a file that was copied before another name; whether that worked.
    fn hard_link(&mut self, target: &Target<'_, D>, name: &OsStr, path: &Path, first: &Copied) -> io::Result<bool> {
        // One that looks the same has to become the same.
        let replace = match self.found(target, name, |old| old.id.is_none() || old.id != first.id)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged => return Ok(true),
        };
        if let (Some(dir), Some(root), false) = (target.dir, &self.copy.target, self.copy.settings.dry_run) {
            match dir.make_hard_link(name, root, &first.path, replace) {
                Err(error) if cannot_have_names(&error) => return Ok(false),
                result => result?,
            }
            if dir.facts_in(name, Links::Keep)?.id != first.id {
                // Somebody has put another file there.
                dir.remove_file(name)?;
                return Ok(false);
            }
        }
        self.report.hard_links += 1;
        self.tell(Action::HardLink, path, name);
        Ok(true)
    }

    fn link(&mut self, dir: &D, target: &Target<'_, D>, (name, new): (&OsStr, &OsStr), path: &Path) -> io::Result<()> {
        let leads_to = dir.read_link(name)?;
        let facts = dir.facts_in(name, Links::Keep)?;
        let settings = self.copy.settings;
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => {
                let old_target = target.dir.and_then(|dir| dir.read_link(new).ok());
                old_target.is_none_or(|old| old != leads_to)
            }
            _ => is_outdated(settings, &facts, old),
        };
        let replace = match self.found(target, new, is_outdated)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged => return Ok(()),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            dir.make_link(new, Path::new(&leads_to), replace)?;
            dir.copy_link_attributes(new, &facts, settings.attributes)?;
        }
        self.report.links += 1;
        self.tell(Action::Link, path, new);
        Ok(())
    }

    fn special(
        &mut self,
        target: &Target<'_, D>,
        (name, new): (&OsStr, &OsStr),
        path: &Path,
        facts: &Facts,
    ) -> io::Result<()> {
        let settings = self.copy.settings;
        match settings.specials {
            Specials::Refuse => return Err(is_special()),
            Specials::Skip => {
                self.skip(path, name, SkipReason::Special);
                return Ok(());
            }
            Specials::Recreate => {}
        }
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => old.mode != facts.mode || old.device != facts.device,
            _ => is_outdated(settings, facts, old),
        };
        let replace = match self.found(target, new, is_outdated)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged => return Ok(()),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            dir.make_special(new, facts, replace)?;
            dir.copy_link_attributes(new, facts, settings.attributes)?;
        }
        self.report.specials += 1;
        self.tell(Action::MakeSpecial, path, new);
        Ok(())
    }

    /// What has a name at the target, as far as that matters.
    fn found(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        is_outdated: impl FnOnce(&Facts) -> bool,
    ) -> io::Result<Found> {
        let Some(dir) = target.dir.filter(|_| !target.is_fresh) else { return Ok(Found::Nothing) };
        match present(dir.facts_in(name, Links::Keep))? {
            None => Ok(Found::Nothing),
            Some(_) if self.copy.settings.overwrite == Overwrite::Refuse => Err(sys::taken_error()),
            Some(old) if old.kind == FileKind::Directory => {
                Err(io::Error::new(ErrorKind::IsADirectory, "a directory is not replaced"))
            }
            Some(old) if is_outdated(&old) => Ok(Found::Old),
            Some(_) => {
                self.report.unchanged += 1;
                Ok(Found::Unchanged)
            }
        }
    }

    /// Whether a pattern leaves something out, which is then on the account.
    fn is_excluded(&mut self, path: &Path, name: &OsStr, is_dir: bool) -> bool {
        let is_excluded = self.copy.is_excluded(path, name, is_dir);
        if is_excluded {
            self.skip(path, name, SkipReason::Excluded);
        }
        is_excluded
    }

    fn skip(&mut self, path: &Path, name: &OsStr, reason: SkipReason) {
        self.report.skipped.push(Skipped { path: path_of(self.copy.from, path, name), reason });
    }

    /// Tells what was done, or is to be done.
    fn tell(&mut self, action: Action, path: &Path, name: &OsStr) {
        let Copy { settings, from, to, account, .. } = self.copy;
        // The name of the start is in its path.
        let name = if self.is_start { OsStr::new("") } else { name };
        if settings.dry_run {
            self.report.steps.push(Step { action, path: path_of(to, path, name) });
        } else if action != Action::MakeDirectory {
            account.progress(1, 0, || path_of(from, path, name));
        }
    }
}

impl<D: Editable> Drop for Copier<'_, '_, D> {
    fn drop(&mut self) {
        self.copy.account.add(std::mem::take(&mut self.report));
    }
}

/// Whether an error says that a file cannot have one more name there: its path is too long, it is gone, it has too many,
/// or the file system has no such names.
fn cannot_have_names(error: &io::Error) -> bool {
    use ErrorKind::{CrossesDevices, InvalidFilename, NotFound, PermissionDenied, TooManyLinks, Unsupported};
    matches!(error.kind(), CrossesDevices | InvalidFilename | NotFound | PermissionDenied | TooManyLinks | Unsupported)
}

/// Whether a file at the target is to be replaced by what has these facts.
pub(super) fn is_outdated(settings: &Settings, facts: &Facts, old: &Facts) -> bool {
    match settings.overwrite {
        Overwrite::Refuse => false,
        Overwrite::Always => true,
        Overwrite::IfNewer => facts.modified > old.modified,
        Overwrite::IfDifferent => facts.kind != old.kind || facts.size != old.size || facts.modified != old.modified,
    }
}

/// What is there, if anything is.
fn present(found: io::Result<Facts>) -> io::Result<Option<Facts>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

fn into_itself() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is what is copied to")
}

fn is_special() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "it is a pipe, a socket or a device")
}
