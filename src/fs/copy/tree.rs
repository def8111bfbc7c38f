//! How a tree is copied: down the source and down the target at once, both by open directories.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::context::Copy;
use super::one::{Copier, Made, TargetDir, became_directory, into_itself};
use super::put_off::Directory;
use super::used_names::{self, Names};
use crate::error::{Error, Op};
use crate::kind::FileKind;
use crate::report::SkipReason;
use crate::sys::{self, EditDir, Finishing, Links, OsPath, OsPathBuf};
use crate::tree::{Descent, Next, Pool, Traversal, TraversalPart, path_of};

/// Something that one thread copies.
pub(super) struct Job<'c, 'a, D: EditDir> {
    pub(super) part: TraversalPart<D>,
    /// The directory for it; none in a dry run, where it is not there.
    pub(super) target: Option<D>,
    pub(super) finishing: Finishing,
    /// The names that are used there.
    pub(super) names: Option<Arc<Names>>,
    /// The directories from the first one to here, where links may lead back.
    pub(super) above: Vec<Above<D>>,
    /// What is to be done when all parts of the directory are.
    pub(super) finish: Option<Arc<Finish<'c, 'a, D>>>,
}

/// The identity of a directory on the way, and that of its copy, if there is one.
pub(super) struct Above<D: EditDir> {
    pub(super) source: D::Id,
    pub(super) target: Option<D::Id>,
}

impl<D: EditDir> Clone for Above<D> {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), target: self.target.clone() }
    }
}

/// Gives a directory its attributes when the last of those who copy into it is done.
pub(super) struct Finish<'c, 'a, D: EditDir> {
    copy: &'c Copy<'a, D>,
    source: D,
    target: D,
    path: OsPathBuf,
    finishing: Finishing,
    /// Whether names of the directory are put off, and its attributes too.
    is_put_off: bool,
}

impl<D: EditDir> Drop for Finish<'_, '_, D> {
    fn drop(&mut self) {
        if !self.is_put_off {
            self.copy.finish(&self.source, &self.target, &self.path, &self.finishing);
        }
    }
}

/// A thread that goes down both trees and copies what it finds.
pub(super) struct Worker<'c, 'a, D: EditDir> {
    copy: &'c Copy<'a, D>,
    copier: Copier<'c, 'a, D>,
    target: TargetTree<'c, 'a, D>,
    /// The directories above, where links may lead back.
    above: Vec<Above<D>>,
    most_open: usize,
    /// What was met when no descriptor was left, in the current directory.
    waiting: Vec<(OsString, FileKind)>,
}

/// The way down the target.
struct TargetTree<'c, 'a, D: EditDir> {
    descent: Descent<D>,
    /// How many of the last directories are not there, in a dry run.
    absent: usize,
    levels: Vec<Level<'c, 'a, D>>,
}

struct Level<'c, 'a, D: EditDir> {
    finishing: Finishing,
    names: Option<Arc<Names>>,
    /// Whether names of the directory are put off, and its attributes too.
    is_put_off: bool,
    finish: Option<Arc<Finish<'c, 'a, D>>>,
}

impl<D: EditDir> TargetTree<'_, '_, D> {
    /// The directory into which is copied now.
    fn current(&mut self) -> io::Result<TargetDir<'_, D>> {
        let level = self.levels.last();
        let is_fresh = level.is_some_and(|level| level.finishing.is_new);
        let names = level.and_then(|level| level.names.as_deref());
        let dir = if self.absent > 0 { None } else { Some(self.descent.reopened()?) };
        Ok(TargetDir { dir, is_fresh, names })
    }

    /// The identities of the current directories: of the source, and of the target, if there is one.
    fn ids(&mut self, traversal: &mut Traversal<D>) -> io::Result<(D::Id, Option<D::Id>)> {
        Ok((traversal.current_id()?.clone(), self.current()?.dir.map(D::id).transpose()?))
    }

    /// The identity of the current directory of the target. Fails if that is the source itself.
    fn id_other_than(&mut self, source: &D::Id) -> io::Result<Option<D::Id>> {
        match self.current()?.dir.map(D::id).transpose()? {
            Some(id) if id == *source => Err(into_itself()),
            id => Ok(id),
        }
    }

    /// Says why a name is taken in the current directory, if it is another name of the source that takes it.
    fn explained(&mut self, cause: io::Error, source: &D, name: &OsStr) -> io::Error {
        if cause.kind() != ErrorKind::AlreadyExists {
            return cause;
        }
        match self.current() {
            Ok(TargetDir { dir: Some(dir), is_fresh: true, .. }) if !used_names::takes_for_another(dir, name) => cause,
            _ => used_names::explained(cause, source, name),
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

impl<'c, 'a, D: EditDir> Worker<'c, 'a, D> {
    pub(super) fn new(copy: &'c Copy<'a, D>, most_open: usize) -> Self {
        let target = TargetTree { descent: Descent::new(most_open), absent: 0, levels: Vec::new() };
        Self { copy, copier: Copier::new(copy, false), target, above: Vec::new(), most_open, waiting: Vec::new() }
    }

    pub(super) fn traverse(&mut self, job: Job<'c, 'a, D>, pool: &Pool<Job<'c, 'a, D>>) {
        let Job { part, target, finishing, names, above, finish } = job;
        let mut descent = Descent::new(self.most_open);
        let absent = usize::from(target.is_none());
        target.into_iter().for_each(|target| descent.begin(target));
        let level = Level { finishing, names, is_put_off: false, finish };
        self.target = TargetTree { descent, absent, levels: vec![level] };
        self.above = above;
        let mut traversal = Traversal::resume(part, self.most_open);
        if traversal.path().as_os_str().is_empty() {
            self.visit_planned_target(&mut traversal);
        }
        let mut way = Way { worker: self, traversal };
        way.follow(pool);
    }

    /// Notes the names of the current directory that are put off, which were all met in one step.
    fn put_off(&mut self, traversal: &mut Traversal<D>) {
        let names = std::mem::take(&mut self.copier.put_off);
        if names.as_os_str().is_empty() {
            return;
        }
        let path = traversal.path().to_owned();
        match self.target.ids(traversal) {
            Ok((source, target)) => {
                let level = self.target.levels.last_mut().expect("BUG: the traversal is over");
                level.is_put_off = true;
                let (finishing, used) = (level.finishing, level.names.clone());
                self.copy.put_off.add(Directory { path, source, target, finishing, used, names });
            }
            Err(cause) => self.copy.fail(&path, OsStr::new(""), cause),
        }
    }

    /// Gives some of what is left to do to another thread.
    fn split(&mut self, traversal: &mut Traversal<D>, pool: &Pool<Job<'c, 'a, D>>) {
        let mut target = None;
        let can_give = |level: usize| {
            target = self.target.descent.try_clone(level);
            target.is_some()
        };
        let Some((at, part)) = traversal.split(can_give) else { return };
        let Some(finish) = self.finish(at, &part, target.as_ref()) else { return traversal.take_back(at, part) };
        let below = self.target.levels.len() - 1 - at;
        let above = self.above[..self.above.len().saturating_sub(below)].to_vec();
        let Level { finishing, ref names, .. } = self.target.levels[at];
        let names = names.clone();
        pool.give(Job { part, target, finishing, names, above, finish: Some(finish) });
    }

    /// What is to be done when all parts of the directory at a level are.
    fn finish(&mut self, at: usize, part: &TraversalPart<D>, target: Option<&D>) -> Option<Arc<Finish<'c, 'a, D>>> {
        let copy = self.copy;
        let Level { finish, finishing, is_put_off, .. } = &mut self.target.levels[at];
        if finish.is_none()
            && let Some(target) = target.and_then(|target| target.try_clone().ok())
            && let Ok(source) = part.dir().try_clone()
        {
            let (path, finishing, is_put_off) = (part.path().to_owned(), *finishing, *is_put_off);
            *finish = Some(Arc::new(Finish { copy, source, target, path, finishing, is_put_off }));
        }
        finish.clone()
    }

    /// Copies a directory of the current one: makes it, and goes into both.
    fn enter(&mut self, traversal: &mut Traversal<D>, name: &OsStr) -> io::Result<()> {
        if self.copier.is_excluded(traversal.path(), name, FileKind::Directory) {
            return Ok(());
        }
        let links = self.copy.links();
        match traversal.enter(name, links) {
            Err(cause) if sys::is_out_of_descriptors(&cause) => {
                self.make_room(traversal);
                traversal.enter(name, links)?;
            }
            result => result?,
        }
        if let Err(cause) = self.enter_target(traversal, name) {
            traversal.leave();
            return Err(cause);
        }
        Ok(())
    }

    fn enter_target(&mut self, traversal: &mut Traversal<D>, name: &OsStr) -> io::Result<()> {
        let source = traversal.current_id()?.clone();
        if self.above.iter().any(|above| above.source == source) {
            return Err(sys::loop_error());
        }
        let is_target = self.copy.target_id.as_ref() == Some(&source);
        if is_target || self.above.iter().any(|above| above.target.as_ref() == Some(&source)) {
            return Err(into_itself());
        }
        let is_elsewhere = self.copy.settings.same_file_system
            && self.copy.source_id.as_ref().is_some_and(|start| !D::is_same_device(start, &source));
        let parent = traversal.path().parent().unwrap_or(OsPath::new("")).to_owned();
        self.copier.record(|manifest, above| manifest.copied_directory(above, name, &source));
        let made = self.copier.made_dir(&self.target.current()?.target(&parent, name), traversal.dir()?)?;
        if let Err(cause) = self.go_into(traversal, &made, name, source) {
            if let (Made::New(_), Ok(TargetDir { dir: Some(dir), .. })) = (&made, self.target.current()) {
                self.copier.unmake_dir(dir, name);
            }
            return Err(cause);
        }
        let finishing = made.finishing(self.copy.settings);
        let names = self.copy.names(finishing.is_new);
        self.target.levels.push(Level { finishing, names, is_put_off: false, finish: None });
        if is_elsewhere {
            self.copier.skip(traversal.path(), OsStr::new(""), SkipReason::OtherFileSystem);
            traversal.skip_rest();
        } else {
            self.visit_planned_target(traversal);
        }
        Ok(())
    }

    /// Goes into a directory of the target, for a source.
    fn go_into(&mut self, traversal: &mut Traversal<D>, made: &Made, name: &OsStr, source: D::Id) -> io::Result<()> {
        match made.access() {
            Some(access) => match self.target.descent.enter_for(access, name, Links::Keep) {
                Err(cause) if sys::is_out_of_descriptors(&cause) => {
                    self.make_room(traversal);
                    self.target.descent.enter_for(access, name, Links::Keep)?;
                }
                result => result?,
            },
            None => self.target.absent += 1,
        }
        let entered = self.entered(made, source);
        if entered.is_err() {
            self.target.leave();
        }
        entered
    }

    /// Notes what is to be known of a directory of the target that was gone into.
    fn entered(&mut self, made: &Made, source: D::Id) -> io::Result<()> {
        if let Made::Merged = made
            && let Some(dir) = self.target.current()?.dir
        {
            self.copy.note_file_system(dir)?;
        }
        if self.copy.links() == Links::Follow {
            let target = self.target.id_other_than(&source)?;
            self.above.push(Above { source, target });
        }
        Ok(())
    }

    /// In a dry run, reports a target that would be made in the current directory of the source: a run would meet it there.
    fn visit_planned_target(&mut self, traversal: &mut Traversal<D>) {
        let Some((parent, name)) = &self.copy.place else { return };
        if traversal.current_id().is_ok_and(|id| id == parent)
            && !self.copier.is_excluded(traversal.path(), name, FileKind::Directory)
        {
            self.copy.fail(traversal.path(), name, into_itself());
        }
    }

    /// Completes the current directory, and goes back to the one above, or to the end.
    fn leave(&mut self, traversal: &mut Traversal<D>) {
        let target = &mut self.target;
        let level = target.levels.pop().expect("BUG: left too often");
        if level.finish.is_none() && !level.is_put_off && !self.copy.settings.dry_run {
            let path = traversal.path().to_owned();
            match traversal.dir().and_then(|source| Ok((source, target.descent.reopened()?))) {
                Ok((source, target)) => self.copy.finish(source, target, &path, &level.finishing),
                Err(cause) => self.copy.fail(&path, OsStr::new(""), cause),
            }
        }
        if target.levels.is_empty() {
            return;
        }
        traversal.leave();
        target.leave();
        if self.copy.links() == Links::Follow {
            self.above.pop();
        }
    }

    /// Copies something other than a directory. Returns whether it is a directory after all.
    fn leaf(&mut self, dir: &D, path: &OsPath, name: &OsStr, kind: io::Result<FileKind>, number: Option<u64>) -> bool {
        let named_kind = kind.as_ref().map_or(FileKind::Other, |kind| *kind);
        if self.copy.account.is_over() || self.copier.is_excluded(path, name, named_kind) {
            return false;
        }
        if self.copy.settings.tells_looks {
            self.copy.account.progress(1, 0, || path_of(self.copy.from.path, path, name));
        }
        let done = kind.and_then(|kind| {
            let unchanged = self.copier.report.unchanged;
            match self.copy_leaf(dir, path, name, kind, number) {
                Err(cause) if sys::is_out_of_descriptors(&cause) => {
                    self.copier.report.unchanged = unchanged;
                    self.waiting.push((name.to_owned(), kind));
                    Ok(false)
                }
                done => done,
            }
        });
        done.unwrap_or_else(|cause| {
            self.leaf_failed(dir, path, name, cause);
            false
        })
    }

    fn leaf_failed(&mut self, dir: &D, path: &OsPath, name: &OsStr, cause: io::Error) {
        self.copier.record(|manifest, source| manifest.left(source, name));
        self.copy.fail(path, name, self.target.explained(cause, dir, name));
    }

    /// Copies what waits for descriptors.
    fn copy_waiting(&mut self, traversal: &mut Traversal<D>) {
        if self.waiting.is_empty() {
            return;
        }
        self.make_room(traversal);
        let path = traversal.path().to_owned();
        for (name, kind) in std::mem::take(&mut self.waiting) {
            if self.copy.account.is_over() {
                break;
            }
            let dir = match traversal.dir() {
                Ok(dir) => dir,
                Err(cause) => {
                    self.copy.fail(&path, &name, cause);
                    continue;
                }
            };
            match self.copy_leaf(dir, &path, &name, kind, None) {
                Ok(false) => {}
                Ok(true) => self.leaf_failed(dir, &path, &name, became_directory()),
                Err(cause) => self.leaf_failed(dir, &path, &name, cause),
            }
        }
    }

    /// Closes what is open only to save time, as there is no descriptor left.
    fn make_room(&mut self, traversal: &mut Traversal<D>) {
        self.copy.hard_links.make_room();
        self.target.descent.make_room();
        traversal.make_room();
    }

    fn copy_leaf(
        &mut self,
        dir: &D,
        path: &OsPath,
        name: &OsStr,
        kind: FileKind,
        number: Option<u64>,
    ) -> io::Result<bool> {
        let Self { copy, copier, target, .. } = self;
        let into = target.current()?;
        let target = into.target(path, name);
        if kind == FileKind::File && copier.linked_by_number(dir, &target, number)? {
            return Ok(false);
        }
        copier.any(dir, name, &target, kind, copy.links())
    }
}

/// A worker's way through a part of the source. However it ends, every directory on it gets its attributes: until then
/// it is for its owner only.
struct Way<'w, 'c, 'a, D: EditDir> {
    worker: &'w mut Worker<'c, 'a, D>,
    traversal: Traversal<D>,
}

impl<'c, 'a, D: EditDir> Way<'_, 'c, 'a, D> {
    fn follow(&mut self, pool: &Pool<Job<'c, 'a, D>>) {
        let Self { worker, traversal } = self;
        let copy = worker.copy;
        // The pool is over if another thread panics.
        while !worker.target.levels.is_empty() && !copy.account.is_over() && !pool.is_over() {
            let begun = worker.copier.begin(|| traversal.current_id().cloned());
            let step = begun.and_then(|()| {
                traversal.step(|dir, path, name, kind, number| worker.leaf(dir, path, name, kind, number))
            });
            worker.copy_waiting(traversal);
            worker.put_off(traversal);
            match step {
                Ok(Next::Directory(name)) => {
                    if let Err(cause) = worker.enter(traversal, &name) {
                        let cause = match traversal.dir() {
                            Ok(source) => worker.target.explained(cause, source, &name),
                            Err(_) => cause,
                        };
                        worker.copier.record(|manifest, source| manifest.left(source, &name));
                        copy.fail(traversal.path(), &name, cause);
                    }
                }
                Ok(Next::End) => worker.leave(traversal),
                Err(cause) => {
                    copy.account.fail(Error::new(
                        Op::List,
                        path_of(copy.from.path, traversal.path(), OsStr::new("")),
                        cause,
                    ));
                }
            }
            if pool.is_hungry() {
                worker.split(traversal, pool);
            }
        }
    }
}

impl<D: EditDir> Drop for Way<'_, '_, '_, D> {
    fn drop(&mut self) {
        while !self.worker.target.levels.is_empty() {
            self.worker.leave(&mut self.traversal);
        }
    }
}
