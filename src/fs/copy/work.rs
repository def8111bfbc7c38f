//! The copying of one path to another: what it refuses, and how its threads begin.

mod attributes;
mod hard_links;
mod names;
mod put_off;
mod single;
mod tree;

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::sync::{Arc, OnceLock};

pub(super) use single::{is_outdated, refuse_special};

use super::options::{Overwrite, Settings, Specials, Symlinks};
use crate::error::{Error, Op};
use crate::fs::manifest::Manifest;
use crate::kind::FileKind;
use crate::sys::{self, Editable, Facts, Finishing, Links, OsPath, OsPathBuf};
use crate::tree::{Account, Pool, in_threads, most_open, path_of, thread_count};
use crate::walk::Exclusion;
use hard_links::HardLinks;
use names::Names;
use put_off::PutOff;
use single::{Copier, Made, Target, is_special};
use tree::{Above, Job, Work, Worker};

/// The copying of one path to another.
pub(super) struct Copy<'a, D: Editable> {
    pub(super) op: Op,
    pub(super) settings: &'a Settings,
    pub(super) from: &'a OsPath,
    pub(super) to: &'a OsPath,
    pub(super) account: &'a Account,
    hard_links: HardLinks<D>,
    put_off: PutOff<D>,
    /// Whether names of files with several names may have to be put off.
    puts_off: bool,
    /// Records what was copied, for a move.
    manifest: Option<&'a Manifest<D>>,
    /// The target of a tree, for those.
    target: Option<D>,
    /// What tells it from others, as a way into it must not be followed: that never ends.
    target_id: Option<D::Id>,
    /// The directory that is copied.
    source_id: Option<D::Id>,
    /// Its path without links, once a link was followed.
    real_target: OnceLock<Option<OsPathBuf>>,
    /// Of a dry run in which the target is not there: the directory and the name that it would have.
    place: Option<(D::Id, OsString)>,
    /// Of a dry run: the nearest directory that is there already.
    nearest: Option<D>,
    /// Whether that one seems to ignore case, once that was asked.
    ignores_case: OnceLock<bool>,
    exclusion: Exclusion,
}

impl<'a, D: Editable> Copy<'a, D> {
    pub(super) fn new(op: Op, settings: &'a Settings, from: &'a OsPath, to: &'a OsPath, account: &'a Account) -> Self {
        Self {
            op,
            settings,
            from,
            to,
            account,
            hard_links: HardLinks::new(),
            put_off: PutOff::new(),
            puts_off: false,
            manifest: None,
            target: None,
            target_id: None,
            source_id: None,
            real_target: OnceLock::new(),
            place: None,
            nearest: None,
            ignores_case: OnceLock::new(),
            exclusion: Exclusion::new(&settings.excluded),
        }
    }

    /// Records in a manifest what is copied.
    pub(super) fn with_manifest(self, manifest: &'a Manifest<D>) -> Self {
        Self { manifest: Some(manifest), ..self }
    }

    /// Copies the first path to the second.
    pub(super) fn run(&mut self) -> io::Result<()> {
        let (from, to) = (Place::of(self.from)?, Place::of(self.to)?);
        let facts = from.facts(self.first_links())?;
        match self.followed_target(facts.kind, &to)? {
            Some(real) => self.copy(&from, &facts, &Place::of(&real)?),
            None => self.copy(&from, &facts, &to),
        }
    }

    /// Copies what has a name in one directory to a name in another; the names are those of the two paths.
    pub(super) fn run_between(&mut self, from: &Place<'_, D>, to: &Place<'_, D>) -> io::Result<()> {
        self.copy(from, &from.facts(self.first_links())?, to)
    }

    /// Where the copy goes if the target is a link that is followed: content goes where a program that writes to the path
    /// would write it, but a link, pipe or device takes the name itself.
    fn followed_target(&self, kind: FileKind, to: &Place<'_, D>) -> io::Result<Option<OsPathBuf>> {
        let is_followed = matches!(kind, FileKind::File | FileKind::Directory);
        let is_link = || matches!(to.dir.kind_in(to.name, Links::Keep), Ok(FileKind::Symlink));
        if self.settings.overwrite == Overwrite::Refuse || !is_followed || !is_link() {
            return Ok(None);
        }
        let real = sys::resolve(self.to)?;
        match D::kind(&real, Links::Keep) {
            Ok(FileKind::Symlink) => Err(sys::loop_error()),
            // As the system makes a file through a link that leads nowhere, but no directory.
            Err(error) if error.kind() == ErrorKind::NotFound && kind == FileKind::Directory => Ok(None),
            _ => Ok(Some(real)),
        }
    }

    fn copy(&mut self, from: &Place<'_, D>, facts: &Facts, to: &Place<'_, D>) -> io::Result<()> {
        Self::refuse_same(from, to, facts)?;
        if Self::lies_inside(from, to, facts, self.first_links())? && !self.leaves_target_out()? {
            return Err(lies_in_source());
        }
        match facts.kind {
            FileKind::Directory => self.tree(from.open(self.first_links())?, to),
            FileKind::Other if self.settings.specials != Specials::Recreate => Err(is_special()),
            kind => {
                let target = Target::of_start(&to.dir);
                let links = self.first_links();
                let mut copier = Copier::of_start(self);
                copier.begin(|| from.dir.id())?;
                match copier.any(&from.dir, &target, (from.name, to.name), OsPath::new(""), kind, links)? {
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
        Self::refuse_same(from, to, facts)?;
        if Self::lies_inside(from, to, facts, links)? { Err(lies_in_source()) } else { Ok(()) }
    }

    fn refuse_same(from: &Place<'_, D>, to: &Place<'_, D>, facts: &Facts) -> io::Result<()> {
        match Self::is_same(from, to, facts) {
            true => Err(io::Error::new(ErrorKind::InvalidInput, "they are the same file")),
            false => Ok(()),
        }
    }

    /// Whether the target lies in a directory that is copied.
    fn lies_inside(from: &Place<'_, D>, to: &Place<'_, D>, facts: &Facts, links: Links) -> io::Result<bool> {
        Ok(facts.kind == FileKind::Directory && to.dir.lies_in(&from.open(links)?.id()?)?)
    }

    /// Whether patterns leave out the target, or a directory on the way from the source to it.
    fn leaves_target_out(&self) -> io::Result<bool> {
        let (from, to) = (sys::resolve(self.from)?, sys::resolve(self.to)?);
        let Ok(way) = to.strip_prefix(&from) else { return Ok(false) };
        let mut exclusion = self.exclusion.way();
        let is_left_out = |at: &OsPath| {
            let parent = at.parent().unwrap_or(OsPath::new(""));
            at.file_name().is_some_and(|name| exclusion.leaves_out(parent, name, true))
        };
        Ok(way.ancestors().any(is_left_out))
    }

    /// Whether a path of the source leads to the target or into it, also if that is not there yet.
    fn leads_into_target(&self, path: &OsPath, name: &OsStr) -> bool {
        let target = self.real_target.get_or_init(|| sys::resolve(self.to).ok());
        target.as_ref().is_some_and(|target| {
            sys::resolve(&path_of(self.from, path, name)).is_ok_and(|real| real.starts_with(target))
        })
    }

    /// Whether both are the same file. Two links may lead to one, if it is they that are copied.
    fn is_same(from: &Place<'_, D>, to: &Place<'_, D>, facts: &Facts) -> bool {
        let is_same = |links| to.dir.is_same(to.name, &from.dir, from.name, links);
        let target_is_link = || matches!(to.dir.kind_in(to.name, Links::Keep), Ok(FileKind::Symlink));
        is_same(Links::Keep) || is_same(Links::Follow) && !(facts.kind == FileKind::Symlink && target_is_link())
    }

    fn tree(&mut self, source: D, to: &Place<'_, D>) -> io::Result<()> {
        let root = self.root(&source, to)?;
        self.content(source, root)
    }

    /// Makes the directory for a tree, unless there is one.
    pub(super) fn root(&mut self, source: &D, to: &Place<'_, D>) -> io::Result<Root<D>> {
        let made = Copier::of_start(self).made_dir(&Target::of_start(&to.dir), to.name, OsPath::new(""), source)?;
        let opened = self.opened(source, to, &made);
        if let (Err(_), Made::New(_)) = (&opened, &made) {
            // It is empty, and nobody would give it its attributes.
            _ = to.dir.remove_dir(to.name);
        }
        let (dir, above) = opened?;
        Ok(Root { dir, above, finishing: made.finishing(self.settings) })
    }

    /// Copies what is in a directory to the one that was made for it.
    pub(super) fn content(&mut self, source: D, root: Root<D>) -> io::Result<()> {
        let Root { dir: target, above, finishing } = root;
        let names = self.names(finishing.is_new);
        self.puts_off = self.settings.hard_links
            && !finishing.is_new
            && !matches!(self.settings.overwrite, Overwrite::Refuse | Overwrite::Always);
        let start = if self.puts_off { Some(source.try_clone()?) } else { None };
        let pool = Pool::new(Job { work: Work::Everything(source), target, finishing, names, above, finish: None });
        let threads = if self.settings.dry_run { 1 } else { thread_count(self.settings.threads) };
        // A way down the source and one down the target, and the files that are copied.
        let (this, most_open) = (&*self, most_open(2 * threads + 1));
        in_threads(threads, || this.work(&pool, most_open));
        start.map_or(Ok(()), |start| self.put_off.run(self, &start, self.target.as_ref()))
    }

    /// Opens the target of a tree, and notes what is to be known of it.
    fn opened(&mut self, source: &D, to: &Place<'_, D>, made: &Made) -> io::Result<(Option<D>, Vec<Above<D>>)> {
        let target = match made {
            Made::New(_) | Made::Merged => Some(to.dir.open_in(to.name, Links::Keep)?),
            Made::OnlyTold => None,
        };
        if self.settings.hard_links {
            self.target = target.as_ref().map(D::try_clone).transpose()?;
        }
        self.target_id = target.as_ref().map(D::id).transpose()?;
        self.source_id = Some(source.id()?);
        if self.settings.dry_run {
            if target.is_none() {
                self.place = Some((to.dir.id()?, to.name.to_owned()));
            }
            self.nearest = Some(target.as_ref().unwrap_or(&to.dir).try_clone()?);
        }
        let above = match self.links() {
            Links::Follow => vec![Above { source: source.id()?, target: self.target_id.clone() }],
            Links::Keep => Vec::new(),
        };
        Ok((target, above))
    }

    /// What one of several threads does.
    fn work<'c>(&'c self, pool: &Pool<Job<'c, 'a, D>>, most_open: usize) {
        let mut worker = Worker::new(self, most_open);
        while let Some((job, working)) = pool.take() {
            worker.traverse(job, pool);
            if self.account.is_over() {
                return;
            }
            working.done();
        }
    }

    /// Where the names used in a directory are kept: nowhere, if nothing in it is taken for old.
    fn names(&self, is_fresh: bool) -> Option<Arc<Names>> {
        (!is_fresh || self.settings.dry_run).then(Arc::default)
    }

    /// Whether the target seems to ignore case, as far as a dry run can know.
    fn seems_to_ignore_case(&self) -> bool {
        *self.ignores_case.get_or_init(|| self.nearest.as_ref().is_some_and(names::seems_to_ignore_case))
    }

    fn fail(&self, directory: &OsPath, name: &OsStr, cause: io::Error) {
        // Everything else fails for the same reason: that is said once.
        let is_for_all =
            matches!(cause.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem);
        if is_for_all && !self.account.give_up() {
            return;
        }
        let (from, to) = (path_of(self.from, directory, name), path_of(self.to, directory, name));
        self.account.fail(Error::new(self.op, from, cause).with_second(to));
    }
}

fn lies_in_source() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "the destination is inside the source")
}

/// The directory for a copied tree.
pub(super) struct Root<D: Editable> {
    /// None in a dry run, if it is not there.
    pub(super) dir: Option<D>,
    above: Vec<Above<D>>,
    finishing: Finishing,
}

/// A name in an open directory.
pub(super) struct Place<'a, D> {
    pub(super) dir: D,
    pub(super) name: &'a OsStr,
}

impl<'a, D: Editable> Place<'a, D> {
    /// The place that a path leads to. What has no name of its own is found as `.`, in itself.
    pub(super) fn of(path: &'a OsPath) -> io::Result<Self> {
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
