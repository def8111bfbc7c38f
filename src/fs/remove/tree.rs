//! How a tree is removed: files as they are read, each directory on the way back up.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};

use crate::error::{Error, Op};
use crate::fs::manifest::{ANOTHER_DIRECTORY, Fate, Manifest, stays};
use crate::kind::FileKind;
use crate::report::{PlanAction, PlanStep, Report, SkipReason, Skipped};
use crate::sys::{self, EditDir, Links, OsPath, OsPathBuf};
use crate::tree::{
    Account, MOST_OPEN, Next, Pool, Traversal, TraversalPart, in_threads, most_open, path_of, thread_count,
};
use crate::walk::{Exclusion, ExclusionWay};

/// How often a directory that others fill is emptied.
const MOST_ROUNDS: u32 = 16;

/// How something is removed.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::fs) struct Settings {
    pub(in crate::fs) threads: usize,
    pub(in crate::fs) dry_run: bool,
    pub(in crate::fs) make_writable: bool,
    pub(in crate::fs) same_file_system: bool,
}

/// The removal of one path.
pub(in crate::fs) struct Removal<'a, D: EditDir> {
    start: &'a OsPath,
    settings: Settings,
    /// What may be removed, if that is not everything.
    manifest: Option<&'a Manifest<D>>,
    exclusion: Exclusion<'a>,
    account: &'a Account<'a>,
}

impl<'a, D: EditDir> Removal<'a, D> {
    pub(in crate::fs) fn new(start: &'a OsPath, settings: Settings, account: &'a Account<'a>) -> Self {
        Self { start, settings, manifest: None, exclusion: Exclusion::new(&[]), account }
    }

    /// Leaves what is excluded, and the directories that it is in.
    pub(in crate::fs) fn with_exclusion(self, exclusion: Exclusion<'a>) -> Self {
        Self { exclusion, ..self }
    }

    /// The removal of what was copied, and of nothing else.
    pub(in crate::fs) fn of_copied(
        start: &'a OsPath,
        manifest: &'a Manifest<D>,
        threads: usize,
        account: &'a Account<'a>,
    ) -> Self {
        let settings = Settings { threads, ..Settings::default() };
        Self { manifest: Some(manifest), ..Self::new(start, settings, account) }
    }

    /// Removes a directory that is open, and has a name in another one.
    pub(in crate::fs) fn remove_opened(&self, parent: &D, name: &OsStr, dir: &D) -> io::Result<()> {
        let id = dir.id()?;
        for _ in 0..MOST_ROUNDS {
            if self.empty(self.reopened(dir)?) || self.is_over() {
                return Ok(());
            }
            if parent.id_in(name)? != id {
                return Err(stays(ANOTHER_DIRECTORY));
            }
            match parent.remove_dir(name) {
                Err(error) if sys::error_kind(&error) == ErrorKind::DirectoryNotEmpty => {}
                result => return result,
            }
        }
        Err(ErrorKind::DirectoryNotEmpty.into())
    }

    /// Opens a directory once more. A copy of its descriptor will not do: that was read to its end.
    fn reopened(&self, dir: &D) -> io::Result<D> {
        let reopen = || dir.open_in(OsStr::new("."), Links::Keep);
        match reopen() {
            Err(error) if self.opens_up(&error) && dir.open_up().is_ok() => reopen(),
            result => result,
        }
    }

    /// Whether nothing more is to be removed.
    fn is_over(&self) -> bool {
        self.account.is_stopped() || self.account.has_failures()
    }

    pub(in crate::fs) fn rmtree(&self) -> io::Result<()> {
        let (parent, name) = self.parent()?;
        self.remove_dir(&parent, name)
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        match self.parent() {
            Err(error) if is_gone(&error) => Ok(()),
            result => result.and_then(|(parent, name)| self.remove_name(&parent, name)),
        }
    }

    /// Removes whatever has a name in a directory; nothing need have it.
    pub(super) fn remove_name(&self, parent: &D, name: &OsStr) -> io::Result<()> {
        match parent.facts_in(name, Links::Keep) {
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(error),
            Ok(facts) if facts.kind == FileKind::Directory => self.remove_dir(parent, name),
            Ok(facts) => {
                let mut worker = self.worker(Failures::Report);
                if !self.settings.dry_run {
                    parent.remove_file(name)?;
                }
                worker.removed(facts.kind, OsPath::new(""), OsStr::new(""));
                Ok(())
            }
        }
    }

    pub(super) fn clear_dir(&self) -> io::Result<()> {
        self.name()?;
        self.clear(D::open(self.start)?);
        Ok(())
    }

    /// Removes what is in an open directory. What stays is on the account.
    pub(super) fn clear(&self, dir: D) {
        self.empty(dir);
    }

    /// The directory that the path has a name in.
    fn parent(&self) -> io::Result<(D, &'a OsStr)> {
        let name = self.name()?;
        Ok((D::open_parent(self.start)?, name))
    }

    /// The last name of the path. What has none, such as a root or `..`, is more than anybody wants to remove.
    fn name(&self) -> io::Result<&'a OsStr> {
        self.start.file_name().ok_or_else(no_name)
    }

    /// Removes a directory that has a name in another one.
    pub(in crate::fs) fn remove_dir(&self, parent: &D, name: &OsStr) -> io::Result<()> {
        let Settings { dry_run, same_file_system, .. } = self.settings;
        let is_all = !same_file_system && self.exclusion.is_none();
        if D::REMOVES_TREES && !dry_run && is_all && self.remove_at_once(parent, name)? {
            return Ok(());
        }
        for round in 0.. {
            let something_stays = match self.open(parent, name) {
                Ok(dir) => self.empty(dir),
                // What may not be read may still be empty.
                Err(error) if error.kind() == ErrorKind::PermissionDenied && !dry_run => {
                    parent.remove_dir(name).map_err(|_| error)?;
                    break;
                }
                Err(error) if round > 0 && is_gone(&error) => break,
                Err(error) if sys::is_loop(&error) => return Err(ErrorKind::NotADirectory.into()),
                Err(error) => return Err(error),
            };
            if something_stays || self.is_over() {
                return Ok(());
            }
            match if dry_run { Ok(()) } else { parent.remove_dir(name) } {
                Err(error) if sys::error_kind(&error) == ErrorKind::DirectoryNotEmpty && round < MOST_ROUNDS => {}
                Err(error) if !is_gone(&error) => return Err(error),
                _ => break,
            }
        }
        self.worker(Failures::Report).removed(FileKind::Directory, OsPath::new(""), OsStr::new(""));
        Ok(())
    }

    fn open(&self, parent: &D, name: &OsStr) -> io::Result<D> {
        match parent.open_in(name, Links::Keep) {
            Err(error) if self.opens_up(&error) && parent.open_up_in(name).is_ok() => parent.open_in(name, Links::Keep),
            result => result,
        }
    }

    /// Whether directories are made writable after an error.
    fn opens_up(&self, error: &io::Error) -> bool {
        let Settings { make_writable, dry_run, .. } = self.settings;
        make_writable && !dry_run && error.kind() == ErrorKind::PermissionDenied
    }

    /// Lets the back end remove the tree; whether it could.
    fn remove_at_once(&self, parent: &D, name: &OsStr) -> io::Result<bool> {
        let mut report = self.count(parent.open_in(name, Links::Keep)?);
        for round in 0.. {
            match parent.remove_tree(name) {
                Ok(()) => break,
                Err(error) if round > 0 && error.kind() == ErrorKind::NotFound => break,
                // Others change it at this moment: this must not be the one who follows them by path.
                Err(error) if changes(&error) && round < MOST_ROUNDS => {}
                Err(error) if changes(&error) => return Err(error),
                Err(_) => {
                    // What is left is counted when it is removed.
                    if let Ok(dir) = parent.open_in(name, Links::Keep) {
                        self.account.add(report.without(&self.count(dir)));
                    }
                    return Ok(false);
                }
            }
        }
        report.directories += 1;
        self.account.removed_at_once(report, self.start);
        Ok(true)
    }

    /// How much is in a directory.
    fn count(&self, dir: D) -> Report {
        let counting = Removal::<D>::new(self.start, Settings { dry_run: true, ..Settings::default() }, self.account);
        let mut worker = counting.worker(Failures::Leave);
        worker.traverse(Traversal::new(dir, MOST_OPEN));
        Report { steps: Vec::new(), ..std::mem::take(&mut worker.report) }
    }

    /// Removes what is in a directory; returns whether something in it stays.
    ///
    /// With threads, first everything that any of them gets at; a directory from which one has given
    /// something away is not empty when it comes back to it. Then once more from the beginning, which
    /// removes what is left and says what cannot be removed.
    fn empty(&self, dir: D) -> bool {
        let threads = thread_count(self.settings.threads);
        if threads > 1
            && !self.settings.dry_run
            // Not a copy of the descriptor: that would be read to its end, too.
            && let Ok(same) = dir.open_in(OsStr::new("."), Links::Keep)
        {
            let (pool, most_open) = (Pool::new(TraversalPart::whole(same)), most_open(threads));
            in_threads(threads, || self.work(&pool, most_open));
        }
        self.worker(Failures::Report).traverse(Traversal::new(dir, MOST_OPEN))
    }

    /// What one of several threads does.
    fn work(&self, pool: &Pool<TraversalPart<D>>, most_open: usize) {
        let mut worker = self.worker(Failures::Leave);
        while let Some((part, working)) = pool.take() {
            worker.traverse_sharing(Traversal::resume(part, most_open), Some(pool));
            if self.account.is_stopped() {
                return;
            }
            working.done();
        }
    }

    fn worker(&self, failures: Failures) -> Worker<'_, D> {
        let exclusion = self.exclusion.way(self.start);
        Worker { removal: self, failures, exclusion, device: None, report: Report::default() }
    }
}

/// The error of a path that has no last name.
pub(super) fn no_name() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "the path must end in a name")
}

/// What to do with a failure, or with something that stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failures {
    Report,
    /// Leave it to be found and reported in a later pass.
    Leave,
}

/// One who removes, and keeps an account of it.
struct Worker<'a, D: EditDir> {
    removal: &'a Removal<'a, D>,
    failures: Failures,
    exclusion: ExclusionWay<'a>,
    /// A directory on the file system to keep to.
    device: Option<D::Id>,
    report: Report,
}

/// A directory on the way, while it is emptied.
#[derive(Clone, Copy, Default)]
struct Emptying {
    /// Whether something in it could not be removed, or is not to be.
    stays: bool,
    /// Whether something in it is another thread's.
    is_shared: bool,
    /// Whether its owner was given all rights to it.
    is_opened_up: bool,
    /// How often it was emptied before.
    rounds: u32,
}

impl<D: EditDir> Worker<'_, D> {
    /// Removes what is in a directory; returns whether something in it stays.
    fn traverse(&mut self, traversal: Traversal<D>) -> bool {
        self.traverse_sharing(traversal, None)
    }

    fn traverse_sharing(&mut self, mut traversal: Traversal<D>, pool: Option<&Pool<TraversalPart<D>>>) -> bool {
        let mut levels = vec![Emptying::default()];
        if self.removal.settings.same_file_system {
            self.device = traversal.current_id().ok().cloned();
        }
        loop {
            let level = levels.last_mut().expect("BUG: a traversal without a level");
            let step = self.manifest_key(&mut traversal).and_then(|directory| {
                traversal.step(|dir, path, name, kind, _| self.leaf(level, directory.as_ref(), dir, path, name, kind))
            });
            match step {
                _ if self.removal.account.is_stopped() => return true,
                Ok(Next::Directory(name)) => self.enter(&mut traversal, &mut levels, &name, 0),
                Ok(Next::End) if traversal.depth() == 1 => return level.stays,
                Ok(Next::End) => self.leave(&mut traversal, &mut levels),
                Err(cause) => {
                    level.stays = true;
                    self.fail(Op::List, traversal.path(), OsStr::new(""), cause);
                }
            }
            if let Some(pool) = pool
                && pool.is_hungry()
                && let Some((at, part)) = traversal.split(|_| true)
            {
                levels[at].is_shared = true;
                pool.give(part);
            }
        }
    }

    /// The current directory as the manifest knows it, if there is one.
    fn manifest_key(&self, traversal: &mut Traversal<D>) -> io::Result<Option<D::Id>> {
        self.removal.manifest.map(|_| traversal.current_id().cloned()).transpose()
    }

    /// Removes what is not a directory; returns whether it is one after all.
    #[inline]
    fn leaf(
        &mut self,
        level: &mut Emptying,
        directory: Option<&D::Id>,
        dir: &D,
        path: &OsPath,
        name: &OsStr,
        kind: io::Result<FileKind>,
    ) -> bool {
        let removal = self.removal;
        if removal.account.is_stopped() {
            return false;
        }
        let kind = kind.unwrap_or(FileKind::Other);
        if self.is_excluded(path, name, kind) {
            level.stays = true;
            return false;
        }
        let removed = match (removal.manifest, directory) {
            (Some(manifest), Some(directory)) => manifest.remove(directory, dir, name),
            _ if removal.settings.dry_run => Ok(Fate::Removed(kind)),
            _ => self.writable(level, dir, || dir.remove_file(name)).map(|()| Fate::Removed(kind)),
        };
        match removed {
            Ok(Fate::Removed(kind)) => self.removed(kind, path, name),
            Ok(Fate::Directory) => return true,
            Ok(Fate::Left) => level.stays = true,
            Err(cause) if is_gone(&cause) => {}
            Err(_) if dir.facts_in(name, Links::Keep).is_ok_and(|facts| facts.kind == FileKind::Directory) => {
                return true;
            }
            Err(cause) => {
                level.stays = true;
                self.fail(Op::Unlink, path, name, cause);
            }
        }
        false
    }

    /// Whether a pattern or a closure leaves something out, which is then reported.
    #[inline]
    fn is_excluded(&mut self, path: &OsPath, name: &OsStr, kind: FileKind) -> bool {
        let is_excluded = self.exclusion.leaves_out(path, name, kind);
        if is_excluded && self.failures == Failures::Report {
            let path = path_of(self.removal.start, path, name).into();
            self.report.skipped.push(Skipped { path, reason: SkipReason::Excluded });
        }
        is_excluded
    }

    /// Does something in a directory; once more with all rights to it, if directories are made writable.
    #[inline]
    fn writable<T>(&self, level: &mut Emptying, dir: &D, deed: impl Fn() -> io::Result<T>) -> io::Result<T> {
        match deed() {
            Err(error) if self.removal.opens_up(&error) && !level.is_opened_up => {
                level.is_opened_up = true;
                if dir.open_up().is_ok() { deed() } else { Err(error) }
            }
            result => result,
        }
    }

    /// Goes into a directory, or removes at once what has its name.
    fn enter(&mut self, traversal: &mut Traversal<D>, levels: &mut Vec<Emptying>, name: &OsStr, rounds: u32) {
        let level = levels.last_mut().expect("BUG: a traversal without a level");
        if self.is_excluded(traversal.path(), name, FileKind::Directory) {
            level.stays = true;
            return;
        }
        let above = match self.manifest_key(traversal) {
            Ok(above) => above,
            Err(cause) => {
                level.stays = true;
                return self.fail(Op::List, traversal.path(), name, cause);
            }
        };
        let Err(cause) = self.open(traversal, level, name) else {
            match self.is_to_be_emptied(traversal, above.as_ref(), name) {
                Ok(true) => return levels.push(Emptying { rounds, ..Emptying::default() }),
                Ok(false) => traversal.leave(),
                Err(cause) => {
                    traversal.leave();
                    self.fail(Op::Rmdir, traversal.path(), name, cause);
                }
            }
            level.stays = true;
            return;
        };
        if traversal.has_vanished(name, &cause) {
            return;
        }
        let is_link_by_now = sys::is_loop(&cause) || cause.kind() == ErrorKind::NotADirectory;
        let removed = match traversal.dir() {
            _ if self.removal.settings.dry_run || self.removal.manifest.is_some() => None,
            Ok(dir) if is_link_by_now => dir.remove_file(name).ok().map(|()| FileKind::Other),
            // What may not be read may still be empty.
            Ok(dir) => dir.remove_dir(name).ok().map(|()| FileKind::Directory),
            Err(_) => None,
        };
        match removed {
            Some(kind) => self.removed(kind, traversal.path(), name),
            None => {
                level.stays = true;
                self.fail(Op::List, traversal.path(), name, cause);
            }
        }
    }

    fn open(&self, traversal: &mut Traversal<D>, level: &mut Emptying, name: &OsStr) -> io::Result<()> {
        match traversal.enter(name, Links::Keep) {
            Err(error) if self.removal.opens_up(&error) => {
                let dir = traversal.dir()?;
                // One of both is in the way.
                self.writable(level, dir, || dir.open_up_in(name)).map_err(|_| error)?;
                traversal.enter(name, Links::Keep)
            }
            result => result,
        }
    }

    /// Whether the current directory, just entered, is one to be emptied.
    fn is_to_be_emptied(
        &mut self,
        traversal: &mut Traversal<D>,
        above: Option<&D::Id>,
        name: &OsStr,
    ) -> io::Result<bool> {
        if let (Some(manifest), Some(above)) = (self.removal.manifest, above) {
            return manifest.is_copied_directory(above, name, traversal.current_id()?);
        }
        let Some(device) = &self.device else { return Ok(true) };
        if D::is_same_device(device, traversal.current_id()?) && !traversal.dir()?.is_mount_root()? {
            return Ok(true);
        }
        if self.failures == Failures::Report {
            let path = path_of(self.removal.start, traversal.path(), OsStr::new(""));
            self.report.skipped.push(Skipped { path: path.into(), reason: SkipReason::OtherFileSystem });
        }
        Ok(false)
    }

    /// Removes a directory, which is empty if nothing went wrong.
    fn leave(&mut self, traversal: &mut Traversal<D>, levels: &mut Vec<Emptying>) {
        let name = traversal.path().file_name().map(OsString::from).expect("BUG: a directory without a name");
        let Emptying { stays, is_shared, rounds, .. } = levels.pop().expect("BUG: a traversal without a level");
        let id = self.manifest_key(traversal).ok().flatten();
        traversal.leave();
        let above = levels.last_mut().expect("BUG: left the first level");
        above.stays |= stays;
        above.is_shared |= is_shared;
        if stays {
            return;
        }
        match self.remove_left(traversal, above, &name, id) {
            Ok(()) => self.removed(FileKind::Directory, traversal.path(), &name),
            Err(cause) if is_gone(&cause) => {}
            Err(cause) if sys::error_kind(&cause) == ErrorKind::DirectoryNotEmpty && is_shared => {}
            Err(cause) if sys::error_kind(&cause) == ErrorKind::DirectoryNotEmpty && rounds < MOST_ROUNDS => {
                self.enter(traversal, levels, &name, rounds + 1);
            }
            Err(cause) => {
                above.stays = true;
                self.fail(Op::Rmdir, traversal.path(), &name, cause);
            }
        }
    }

    /// Removes the directory that was left: where there is a manifest, only the one that was emptied.
    fn remove_left(
        &self,
        traversal: &mut Traversal<D>,
        above: &mut Emptying,
        name: &OsStr,
        id: Option<D::Id>,
    ) -> io::Result<()> {
        if self.removal.settings.dry_run {
            return Ok(());
        }
        let dir = traversal.dir()?;
        if let Some(id) = id
            && dir.id_in(name)? != id
        {
            return Err(stays(ANOTHER_DIRECTORY));
        }
        self.writable(above, dir, || dir.remove_dir(name))
    }

    /// Keeps the account of what was removed.
    fn removed(&mut self, kind: FileKind, path: &OsPath, name: &OsStr) {
        *self.report.count(kind) += 1;
        let full = || path_of(self.removal.start, path, name);
        if self.removal.settings.dry_run {
            let action = if kind == FileKind::Directory { PlanAction::RemoveDirectory } else { PlanAction::Remove };
            self.report.steps.push(PlanStep { action, path: full().into() });
        } else {
            self.removal.account.progress(1, 0, full);
        }
    }

    fn fail(&self, op: Op, path: &OsPath, name: &OsStr, cause: io::Error) {
        if self.failures == Failures::Report {
            let path: OsPathBuf = path_of(self.removal.start, path, name);
            self.removal.account.fail(Error::new(op, path, cause));
        }
    }
}

impl<D: EditDir> Drop for Worker<'_, D> {
    fn drop(&mut self) {
        self.removal.account.add(std::mem::take(&mut self.report));
    }
}

/// Whether an error says that somebody else changes the tree that is removed.
fn changes(error: &io::Error) -> bool {
    is_gone(error)
        || sys::is_loop(error)
        || matches!(sys::error_kind(error), ErrorKind::DirectoryNotEmpty | ErrorKind::IsADirectory)
}

/// Whether an error says that nothing is there (any more).
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "the tests make their trees with std")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use rustix::fs::{CWD, RenameFlags, renameat_with};

    use super::*;
    use crate::sys::PortableDir;
    use crate::tree::StopByPanic;

    /// A race that has not got this far by then never will.
    const MOST_TIME: Duration = Duration::from_secs(300);

    /// How long the race runs, if enough has happened by then; 20 seconds with `WAYPATH_LONG=1`.
    fn race_time() -> Duration {
        Duration::from_millis(if std::env::var_os("WAYPATH_LONG").is_some() { 20_000 } else { 500 })
    }

    fn rmtree<D: EditDir>(path: &OsPath, threads: usize) -> crate::Result<Report> {
        let account = Account::new(None);
        Removal::<D>::new(path, Settings { threads, ..Settings::default() }, &account)
            .rmtree()
            .map_err(|cause| Error::new(Op::Rmtree, path, cause))?;
        account.close(Op::Rmtree, path, None)
    }

    /// Removes a tree over and over, while some of its directories are exchanged for links to one outside.
    fn race<D: EditDir>(name: &str) {
        let place = tempfile::tempdir().unwrap();
        let (tree, outside) = (place.path().join("tree"), place.path().join("outside"));
        let directories = ["d", "d/0", "d/1", "d/1/sub"];
        let links = directories.map(|name| place.path().join(name.replace('/', "-")));
        // Names that are in the tree, too.
        let make = |base: &OsPath| {
            for name in directories {
                fs::create_dir_all(base.join(name)).unwrap();
                (0..5).for_each(|at| fs::write(base.join(name).join(at.to_string() + "f"), "precious").unwrap());
            }
        };
        make(&outside);
        make(&outside.join("d/1/sub"));
        let count = || crate::path(outside.to_str().unwrap()).rglob("*").unwrap().count();
        let (before, is_over, quiet) = (count(), AtomicBool::new(false), Mutex::new(()));
        let (mut rounds, swapped) = (0, AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for (name, link) in directories.iter().zip(&links) {
                let at = tree.join(name);
                let (quiet, is_over, swapped) = (&quiet, &is_over, &swapped);
                scope.spawn(move || {
                    while !is_over.load(Ordering::Relaxed) {
                        let swapping = quiet.lock().unwrap();
                        let done = renameat_with(CWD, &at, CWD, link, RenameFlags::EXCHANGE);
                        swapped.fetch_add(usize::from(done.is_ok()), Ordering::Relaxed);
                        drop(swapping);
                        std::thread::yield_now();
                    }
                });
            }
            let _stop = StopByPanic(&is_over);
            let begin = Instant::now();
            let mut left = before;
            let is_enough = |rounds| rounds > 5 && swapped.load(Ordering::Relaxed) > rounds;
            while left == before && (begin.elapsed() < race_time() || !is_enough(rounds) && begin.elapsed() < MOST_TIME)
            {
                let preparing = quiet.lock().unwrap();
                _ = fs::remove_dir_all(&tree);
                make(&tree);
                for link in &links {
                    _ = fs::remove_dir_all(link);
                    _ = fs::remove_file(link);
                    symlink(&outside, link).unwrap();
                }
                drop(preparing);
                // What could not be removed is of no interest.
                _ = rmtree::<D>(&tree, 1 + rounds % 2);
                rounds += 1;
                left = count();
            }
            is_over.store(true, Ordering::Relaxed);
            assert_eq!(left, before, "{name}: something outside was removed in round {rounds}");
        });
        let swapped = swapped.into_inner();
        println!("race of {name}: {rounds} rounds, {swapped} swaps");
        assert!(rounds > 0 && swapped > 0, "{name}: nothing happened: {rounds} rounds, {swapped} swaps");
    }

    #[test]
    fn nothing_outside_is_removed_in_a_race() {
        race::<sys::Dir>("removing by descriptors");
        race::<PortableDir>("removing over std");
    }

    /// What others remove at the same moment is gone, as was wanted.
    fn gone<D: EditDir>() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("d/e")).unwrap();
        let account = Account::new(None);
        let removal = Removal::<D>::new(place.path(), Settings::default(), &account);
        let mut worker = removal.worker(Failures::Report);
        let (dir, mut levels) = (D::open(place.path()).unwrap(), vec![Emptying::default()]);

        let name = OsStr::new("gone");
        let is_directory = worker.leaf(&mut levels[0], None, &dir, OsPath::new(""), name, Ok(FileKind::File));
        assert!(!is_directory && !levels[0].stays, "a file");

        let mut traversal = Traversal::new(dir, MOST_OPEN);
        worker.enter(&mut traversal, &mut levels, OsStr::new("d"), 0);
        assert_eq!(levels.len(), 2);
        fs::remove_dir_all(place.path().join("d")).unwrap();
        worker.leave(&mut traversal, &mut levels);
        assert!(levels.len() == 1 && !levels[0].stays, "a directory");
        drop(worker);
        let report = account.close(Op::Rmtree, place.path(), None).unwrap();
        assert_eq!((report.files, report.directories), (0, 0), "others have removed it");
    }

    #[test]
    fn what_is_gone_already_is_no_failure() {
        gone::<sys::Dir>();
        gone::<PortableDir>();
    }

    /// What took the place of a directory just before its removal stays.
    fn replaced<D: EditDir>() {
        let place = tempfile::tempdir().unwrap();
        let paths = ["d", "other"].map(|name| place.path().join(name));
        paths.iter().for_each(|path| fs::create_dir(path).unwrap());
        let [own, other] = paths.each_ref().map(|path| D::open(path).unwrap().id().unwrap());
        let (account, manifest) = (Account::new(None), Manifest::new());
        let removal = Removal::of_copied(place.path(), &manifest, 1, &account);
        let (worker, mut traversal) =
            (removal.worker(Failures::Report), Traversal::new(D::open(place.path()).unwrap(), MOST_OPEN));
        let mut remove = |id| worker.remove_left(&mut traversal, &mut Emptying::default(), OsStr::new("d"), Some(id));
        assert_eq!(remove(other).unwrap_err().to_string(), ANOTHER_DIRECTORY);
        assert!(paths[0].is_dir());
        remove(own).unwrap();
        assert!(!paths[0].exists() && paths[1].is_dir());
    }

    #[test]
    fn only_the_directory_that_was_emptied_is_removed() {
        replaced::<sys::Dir>();
        replaced::<PortableDir>();
    }
}
