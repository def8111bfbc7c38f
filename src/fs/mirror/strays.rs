//! What the destination has and the source does not: found, or removed.
//!
//! Both trees are gone down at once, by open directories. Whether the source has something is asked of the source's own
//! directory, so that no link on the way to it is followed, and nothing is kept of what was asked.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};

use crate::error::{Error, Op};
use crate::gitignore::Ignored;
use crate::kind::FileKind;
use crate::report::{PlanAction, PlanStep};
use crate::sys::{self, BasedPath, EditDir, Links, OsPath, OsPathBuf};
use crate::tree::{Account, Descent, MOST_OPEN, Next, Traversal, path_of};
use crate::walk::{Exclusion, ExclusionWay};

/// What to do with the strays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Count them.
    Count,
    /// Count them, and keep the steps of a plan.
    Plan,
    Remove,
}

/// What is neither copied nor removed.
pub(super) struct LeftOut<'a, D: EditDir> {
    pub(super) exclusion: &'a Exclusion<'a>,
    /// The source, if its rules of git apply.
    pub(super) gitignore: Option<BasedPath<'a, D>>,
    /// Whether what is below other file systems is left out, on both sides.
    pub(super) same_file_system: bool,
}

/// What was found or removed.
#[derive(Default)]
pub(super) struct Found {
    pub(super) count: u64,
    /// How many entries of the target were looked at.
    pub(super) looked_at: u64,
    /// Those that have the name of something that could not replace them.
    pub(super) obstacles: HashSet<OsPathBuf>,
    /// The directories with strays that have a source.
    pub(super) parents: HashSet<OsPathBuf>,
    pub(super) steps: Vec<PlanStep>,
}

/// The comparison of two directories, whose paths are for errors.
pub(super) struct Comparison<'a, D: EditDir> {
    source_path: &'a OsPath,
    target_path: &'a OsPath,
    purpose: Purpose,
    account: &'a Account<'a>,
    left_out: LeftOut<'a, D>,
    /// What is left out as it is in the target, and as it is in the source.
    in_target: ExclusionWay<'a>,
    in_source: ExclusionWay<'a>,
    /// What tells the file systems of both: of the source, then of the target.
    devices: Option<(D::Id, D::Id)>,
    /// The way down the source, as far as it has the directories of the target.
    source: Descent<D>,
    /// How many of the last directories it does not have.
    absent: usize,
    levels: Vec<Level>,
    found: Found,
}

/// A directory of the target on the way.
#[derive(Default)]
struct Level {
    /// What git ignores in it, by the rules of the source.
    ignored: Option<Ignored>,
    is_stray: bool,
    /// The source has something else under its name.
    is_obstacle: bool,
    /// Whether something in it is not removed.
    stays: bool,
}

impl<'a, D: EditDir> Comparison<'a, D> {
    pub(super) fn new(
        source_path: &'a OsPath,
        target_path: &'a OsPath,
        left_out: LeftOut<'a, D>,
        purpose: Purpose,
        account: &'a Account<'a>,
    ) -> Self {
        Self {
            source_path,
            target_path,
            purpose,
            account,
            in_target: left_out.exclusion.way(target_path),
            in_source: left_out.exclusion.way(source_path),
            left_out,
            devices: None,
            source: Descent::new(MOST_OPEN),
            absent: 0,
            levels: Vec::new(),
            found: Found::default(),
        }
    }

    /// Goes through both directories.
    pub(super) fn run(mut self, source: D, target: D) -> Found {
        if self.left_out.same_file_system {
            self.devices = source.id().ok().zip(target.id().ok());
        }
        self.source.begin(source);
        self.levels.push(Level { ignored: self.ignored_in_start(), ..Level::default() });
        let mut traversal = Traversal::new(target, MOST_OPEN);
        while !self.account.is_stopped() {
            match traversal.step(|dir, path, name, kind, _| self.leaf(dir, path, name, kind)) {
                Ok(Next::Directory(name)) => self.enter(&mut traversal, &name),
                Ok(Next::End) if traversal.depth() == 1 => break,
                Ok(Next::End) => self.leave(&mut traversal),
                Err(cause) => {
                    self.level().stays = true;
                    self.fail(Op::List, self.target_path, traversal.path(), OsStr::new(""), cause);
                }
            }
        }
        self.found
    }

    fn level(&mut self) -> &mut Level {
        self.levels.last_mut().expect("BUG: a traversal without a level")
    }

    /// Judges what is not a directory; returns whether it is one after all.
    fn leaf(&mut self, dir: &D, path: &OsPath, name: &OsStr, kind: io::Result<FileKind>) -> bool {
        if self.account.is_stopped() {
            return false;
        }
        if matches!(kind, Ok(FileKind::Directory)) || kind.is_err() && is_directory(dir, name) {
            return true;
        }
        self.tell(path, name);
        let kind = kind.unwrap_or(FileKind::Other);
        if self.is_left_out(path, name, kind) {
            self.level().stays = true;
            return false;
        }
        match self.original(name) {
            Ok(Some(original)) if self.is_left_out_of_source(path, name, original, kind) => self.level().stays = true,
            Ok(original) if original.is_some_and(|original| replaces(original, kind)) => {}
            Ok(original) => match self.removed(dir, || dir.remove_file(name)) {
                Ok(()) => self.count(path, name, PlanAction::Remove, original.is_some()),
                Err(_) if is_directory(dir, name) => return true,
                Err(cause) => {
                    self.level().stays = true;
                    self.fail(Op::Unlink, self.target_path, path, name, cause);
                }
            },
            Err(cause) => {
                self.level().stays = true;
                self.fail(Op::Stat, self.source_path, path, name, cause);
            }
        }
        false
    }

    /// Goes into a directory of the target, and into that of the source if it has one.
    fn enter(&mut self, traversal: &mut Traversal<D>, name: &OsStr) {
        self.tell(traversal.path(), name);
        if self.is_left_out(traversal.path(), name, FileKind::Directory) {
            self.level().stays = true;
            return;
        }
        let original = match self.original(name) {
            Ok(Some(original)) if self.is_left_out_of_source(traversal.path(), name, original, FileKind::Directory) => {
                self.level().stays = true;
                return;
            }
            Ok(original) => original,
            Err(cause) => {
                self.level().stays = true;
                return self.fail(Op::Stat, self.source_path, traversal.path(), name, cause);
            }
        };
        if let Err(cause) = traversal.enter(name, Links::Keep) {
            if !traversal.has_vanished(name, &cause) {
                self.level().stays = true;
                self.fail(Op::List, self.target_path, traversal.path(), name, cause);
            }
            return;
        }
        if original != Some(FileKind::Directory) {
            if self.is_elsewhere(traversal, false) {
                traversal.leave();
                self.level().stays = true;
                return;
            }
            self.absent += 1;
            let ignored = self.level().ignored.clone();
            self.levels.push(Level { ignored, is_stray: true, is_obstacle: original.is_some(), stays: false });
        } else if let Err(cause) = self.source.enter(name, Links::Keep) {
            traversal.leave();
            self.fail(Op::List, self.source_path, traversal.path(), name, cause);
        } else if self.is_elsewhere(traversal, true) {
            self.source.leave();
            traversal.leave();
        } else {
            let ignored = self.ignored_in(traversal.path());
            self.levels.push(Level { ignored, ..Level::default() });
        }
    }

    /// Whether the current directory of the target, or its original, is on another file system, and that matters.
    fn is_elsewhere(&mut self, traversal: &mut Traversal<D>, has_original: bool) -> bool {
        let Some((source, target)) = &self.devices else { return false };
        let is_on = |device: &D::Id, id: io::Result<&D::Id>| id.is_ok_and(|id| D::is_same_device(device, id));
        let last = self.source.depth() - 1;
        !is_on(target, traversal.current_id()) || has_original && !is_on(source, self.source.id(last))
    }

    /// Whether something is left out as it is in the target.
    fn is_left_out(&mut self, path: &OsPath, name: &OsStr, kind: FileKind) -> bool {
        self.in_target.leaves_out(path, name, kind) || self.is_ignored(path, name, kind)
    }

    /// Whether its original is left out, of which the same is known if it is of the same kind, except by closures.
    fn is_left_out_of_source(&mut self, path: &OsPath, name: &OsStr, original: FileKind, kind: FileKind) -> bool {
        if original == kind && !self.left_out.exclusion.has_closures() {
            return false;
        }
        self.in_source.leaves_out(path, name, original) || self.is_ignored(path, name, original)
    }

    fn is_ignored(&mut self, path: &OsPath, name: &OsStr, kind: FileKind) -> bool {
        let Some(ignored) = &self.level().ignored else { return false };
        ignored.ignores(&with_separator(path), name, kind == FileKind::Directory)
    }

    fn ignored_in_start(&self) -> Option<Ignored> {
        let (ignored, failures) = Ignored::start_of_copy(self.left_out.gitignore?);
        failures.into_iter().for_each(|(file, cause)| self.account.fail(Error::new(Op::Read, file, cause)));
        Some(ignored)
    }

    /// What git ignores in the current directory of the source, whose path is relative to the start.
    fn ignored_in(&mut self, path: &OsPath) -> Option<Ignored> {
        let above = self.level().ignored.clone()?;
        let entered = self.source.reopened().map(|dir| above.enter(with_separator(path).len(), dir));
        let (ignored, failures) = entered.unwrap_or_else(|cause| (above, vec![(OsPathBuf::new(), cause)]));
        for (file, cause) in failures {
            self.fail(Op::Read, self.source_path, path, file.as_os_str(), cause);
        }
        Some(ignored)
    }

    /// Goes back to the directory above, and removes the one that was left if it is a stray.
    fn leave(&mut self, traversal: &mut Traversal<D>) {
        let name = traversal.path().file_name().map(OsString::from).expect("BUG: a directory without a name");
        let level = self.levels.pop().expect("BUG: a traversal without a level");
        traversal.leave();
        if !level.is_stray {
            return self.source.leave();
        }
        self.absent -= 1;
        if level.stays {
            self.level().stays = true;
            return;
        }
        match traversal.dir().and_then(|dir| self.removed(dir, || dir.remove_dir(&name))) {
            Ok(()) => self.count(traversal.path(), &name, PlanAction::RemoveDirectory, level.is_obstacle),
            Err(cause) => {
                self.level().stays = true;
                self.fail(Op::Rmdir, self.target_path, traversal.path(), &name, cause);
            }
        }
    }

    /// What the source has under a name of the current directory, if it has something.
    fn original(&mut self, name: &OsStr) -> io::Result<Option<FileKind>> {
        if self.absent > 0 {
            return Ok(None);
        }
        match self.source.kind(name, Links::Keep) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            kind => kind.map(Some),
        }
    }

    /// Removes something of a directory if that is the purpose; makes the directory writable if permissions are in the way.
    /// The copying that follows gives it those of its original.
    fn removed(&self, dir: &D, remove: impl Fn() -> io::Result<()>) -> io::Result<()> {
        if self.purpose != Purpose::Remove {
            return Ok(());
        }
        let may_open_up =
            |cause: &io::Error| cause.kind() == ErrorKind::PermissionDenied && !sys::ignores_permissions();
        let removed = match remove() {
            Err(cause) if may_open_up(&cause) && dir.open_up().is_ok() => remove(),
            result => result,
        };
        match removed {
            // What others have removed is gone, as was wanted.
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    fn count(&mut self, path: &OsPath, name: &OsStr, action: PlanAction, is_obstacle: bool) {
        self.found.count += 1;
        match self.purpose {
            Purpose::Remove => _ = self.account.progress(1, 0, || path_of(self.target_path, path, name)),
            Purpose::Plan => {
                self.found.steps.push(PlanStep { action, path: path_of(self.target_path, path, name).into() });
            }
            Purpose::Count => {}
        }
        if is_obstacle {
            self.found.obstacles.insert(path.join(name));
        }
        if self.absent == 0 && !self.found.parents.contains(path) {
            self.found.parents.insert(path.to_owned());
        }
    }

    /// Reports that planning goes on.
    fn tell(&mut self, path: &OsPath, name: &OsStr) {
        self.found.looked_at += 1;
        if self.purpose != Purpose::Remove {
            self.account.progress(1, 0, || path_of(self.target_path, path, name));
        }
    }

    fn fail(&self, op: Op, start: &OsPath, path: &OsPath, name: &OsStr, cause: io::Error) {
        self.account.fail(Error::new(op, path_of(start, path, name), cause));
    }
}

/// The text of a path with a separator after each part, as [`Ignored`] takes it.
fn with_separator(path: &OsPath) -> Vec<u8> {
    let mut text = path.as_os_str().as_encoded_bytes().to_vec();
    if !text.is_empty() {
        text.push(b'/');
    }
    text
}

fn is_directory<D: EditDir>(dir: &D, name: &OsStr) -> bool {
    matches!(dir.kind_in(name, Links::Keep), Ok(FileKind::Directory))
}

/// Whether a copy can put something in the place of something else: neither directories for other things, nor other
/// things for directories, pipes, sockets and devices.
fn replaces(original: FileKind, old: FileKind) -> bool {
    original == old || original != FileKind::Directory && matches!(old, FileKind::File | FileKind::Symlink)
}
