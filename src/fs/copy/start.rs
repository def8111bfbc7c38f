//! What a copy refuses, and how it begins: with one file, or with the threads of a tree.

use std::io::{self, ErrorKind};

use super::context::Copy;
use super::late_names::copy_late_names;
use super::one::{Copier, Made, TargetDir, became_directory, is_special};
use super::options::{Overwrite, Specials};
use super::tree::{Above, Job, Worker};
use crate::kind::FileKind;
use crate::sys::{EditDir, Facts, Finishing, Links, Location, OsPath};
use crate::tree::{Pool, TraversalPart, in_threads, most_open, thread_count};

impl<'a, D: EditDir> Copy<'a, D> {
    /// Copies the first path to the second.
    pub(super) fn run(&mut self) -> io::Result<()> {
        let (from, to) = (self.from.find(self.first_links())?, self.to.find_to_change()?);
        let facts = facts_of(&from)?;
        match self.followed_target(facts.kind, &to)? {
            Some(real) => self.copy(&from, &facts, &real),
            None => self.copy(&from, &facts, &to),
        }
    }

    /// Copies what has a name in one directory to a name in another; the names are those of the two paths.
    pub(super) fn run_between(&mut self, from: &Location<'_, D>, to: &Location<'_, D>) -> io::Result<()> {
        self.copy(from, &facts_of(from)?, to)
    }

    /// Where the copy goes if the target is a link that is followed: content goes where a program that writes to the path
    /// would write it, but a link, pipe or device takes the name itself.
    fn followed_target(&self, kind: FileKind, to: &Location<'_, D>) -> io::Result<Option<Location<'static, D>>> {
        let is_followed = matches!(kind, FileKind::File | FileKind::Directory);
        let stays = matches!(self.settings.overwrite, Overwrite::Refuse | Overwrite::Skip);
        if stays || !is_followed || !matches!(to.kind(), Ok(FileKind::Symlink)) {
            return Ok(None);
        }
        match self.to.base.find_behind_link(self.to.path) {
            // As the system makes a file through a link that leads nowhere, but no directory.
            Ok(real) if kind == FileKind::Directory && is_free(&real) => Ok(None),
            Err(error) if kind == FileKind::Directory && error.kind() == ErrorKind::NotFound => Ok(None),
            real => real.map(Some),
        }
    }

    fn copy(&mut self, from: &Location<'_, D>, facts: &Facts, to: &Location<'_, D>) -> io::Result<()> {
        let is_free = is_free(to);
        if !is_free {
            Self::refuse_same(from, to, facts)?;
        }
        if Self::lies_inside(from, to, facts)? && !self.leaves_target_out()? {
            return Err(lies_in_source());
        }
        match facts.kind {
            FileKind::Directory => self.tree(from.open()?, to),
            FileKind::Other if self.settings.specials != Specials::Recreate => Err(is_special()),
            kind => {
                // What takes the name meanwhile is refused when the copy gets it.
                let is_fresh = is_free && self.settings.overwrite == Overwrite::Refuse;
                let into = TargetDir { is_fresh, ..TargetDir::of_start(&to.dir) };
                let target = into.target(OsPath::new(""), &to.name);
                let mut copier = Copier::of_start(self);
                copier.begin(|| from.dir.id())?;
                match copier.any(&from.dir, &from.name, &target, kind, from.links)? {
                    false => Ok(()),
                    true => Err(became_directory()),
                }
            }
        }
    }

    /// Refuses what would destroy the source, or never end, before anything is written.
    pub(super) fn refuse(from: &Location<'_, D>, to: &Location<'_, D>, facts: &Facts) -> io::Result<()> {
        if !is_free(to) {
            Self::refuse_same(from, to, facts)?;
        }
        if Self::lies_inside(from, to, facts)? { Err(lies_in_source()) } else { Ok(()) }
    }

    fn refuse_same(from: &Location<'_, D>, to: &Location<'_, D>, facts: &Facts) -> io::Result<()> {
        match Self::is_same(from, to, facts) {
            true => Err(io::Error::new(ErrorKind::InvalidInput, "they are the same file")),
            false => Ok(()),
        }
    }

    /// Whether the target lies in a directory that is copied.
    fn lies_inside(from: &Location<'_, D>, to: &Location<'_, D>, facts: &Facts) -> io::Result<bool> {
        Ok(facts.kind == FileKind::Directory && to.dir.lies_in(&from.open()?.id()?)?)
    }

    /// Whether patterns leave out the target, or a directory on the way from the source to it, as far as paths tell the way.
    fn leaves_target_out(&self) -> io::Result<bool> {
        if !self.from.has_base_of(self.to) {
            return Ok(false);
        }
        let (from, to) = (self.from.resolve()?, self.to.resolve()?);
        let Ok(way) = to.strip_prefix(&from) else { return Ok(false) };
        let mut exclusion = self.exclusion.way(self.from.path);
        let is_left_out = |at: &OsPath| {
            let parent = at.parent().unwrap_or(OsPath::new(""));
            at.file_name().is_some_and(|name| exclusion.matches(parent, name, true))
        };
        Ok(way.ancestors().any(is_left_out))
    }

    /// Whether both are the same file. Two links may lead to one, if it is they that are copied.
    fn is_same(from: &Location<'_, D>, to: &Location<'_, D>, facts: &Facts) -> bool {
        let is_same = |links| to.dir.is_same(&to.name, &from.dir, &from.name, links);
        let target_is_link = || matches!(to.kind(), Ok(FileKind::Symlink));
        is_same(Links::Keep) || is_same(Links::Follow) && !(facts.kind == FileKind::Symlink && target_is_link())
    }

    fn tree(&mut self, source: D, to: &Location<'_, D>) -> io::Result<()> {
        let root = self.root(&source, to)?;
        self.content(source, root)
    }

    /// Makes the directory for a tree, unless there is one.
    pub(super) fn root(&mut self, source: &D, to: &Location<'_, D>) -> io::Result<Root<D>> {
        let into = TargetDir::of_start(&to.dir);
        let made = Copier::of_start(self).made_dir(&into.target(OsPath::new(""), &to.name), source)?;
        let opened = self.opened(source, to, &made);
        if let (Err(_), Made::New(_)) = (&opened, &made) {
            // It is empty, and nobody would give it its attributes.
            _ = to.dir.remove_dir(&to.name);
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
        let pool = Pool::new(Job { part: TraversalPart::whole(source), target, finishing, names, above, finish: None });
        let threads = if self.settings.dry_run { 1 } else { thread_count(self.settings.threads.unwrap_or(1)) };
        // A way down the source and one down the target, and the files that are copied.
        let (this, most_open) = (&*self, most_open(2 * threads + 1));
        in_threads(threads, || this.work(&pool, most_open));
        start.map_or(Ok(()), |start| copy_late_names(self, &start))
    }

    /// Opens the target of a tree, and notes what is to be known of it.
    fn opened(&mut self, source: &D, to: &Location<'_, D>, made: &Made) -> io::Result<(Option<D>, Vec<Above<D>>)> {
        let open = |access| to.dir.open_in_for(access, &to.name, Links::Keep);
        let target = made.access().map(open).transpose()?;
        if self.settings.hard_links {
            self.target = target.as_ref().map(D::try_clone).transpose()?;
        }
        self.target_id = target.as_ref().map(D::id).transpose()?;
        if let Some(target) = &target {
            self.note_file_system(target)?;
        }
        self.source_id = Some(source.id()?);
        if self.settings.dry_run {
            if target.is_none() {
                self.place = Some((to.dir.id()?, to.name.clone().into_owned()));
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
}

pub(super) fn facts_of<D: EditDir>(place: &Location<'_, D>) -> io::Result<Facts> {
    place.dir.facts_in(&place.name, place.links)
}

/// Whether nothing has the name.
fn is_free<D: EditDir>(place: &Location<'_, D>) -> bool {
    matches!(place.kind(), Err(error) if error.kind() == ErrorKind::NotFound)
}

fn lies_in_source() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "the destination is inside the source")
}

/// The directory for a copied tree.
pub(super) struct Root<D: EditDir> {
    /// None in a dry run, if it is not there.
    pub(super) dir: Option<D>,
    above: Vec<Above<D>>,
    finishing: Finishing,
}
