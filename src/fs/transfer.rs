//! Copying, moving and mirroring between disks and stores of objects, and among stores.
//!
//! ```text
//! Transfer: what is done, and what is refused
//!  ├─ listings of both sides, in the order of keys     disk_listing, store_listing: filter, item
//!  ├─ Comparison: what each item of the source needs   same: when a file is what an object is
//!  ├─ Run: does it, in threads                         perform, disk, delete
//!  └─ Record: what a move may remove
//! ```

mod comparison;
mod delete;
mod disk;
mod disk_listing;
mod filter;
mod item;
mod mirror;
mod move_to;
mod order;
mod perform;
mod record;
mod remove;
mod run;
mod same;
mod start;
mod store_listing;
#[cfg(test)]
mod transfer_tests;

use std::io::{self, ErrorKind};

use super::copy::{CopyOptions, Overwrite, Settings, Symlinks};
use super::mirror::MirrorOptions;
use super::side::{DiskPath, ObjectPath};
use crate::error::{Error, Op, Result};
use crate::gitignore::IgnoredTree;
use crate::kind::FileKind;
use crate::objects::{Meta, Object, PageRequest, PageStart, find, not_found};
use crate::report::{PlanAction, Report};
use crate::sys::{self, BasedPath, EditDir, Links, Location, OsPath};
use crate::tree::{Account, thread_count};
use crate::walk::{Exclusion, Prunes, refuse_useless};
use comparison::{Comparison, Source, file_in_the_way, is_special};
use delete::Strays;
use disk::DiskTarget;
use disk_listing::{Dir, DiskListing, OpenFile};
use filter::Rules;
use item::{Item, Listing, Nothing};
use record::Record;
pub(super) use remove::remove_from_store;
use run::{Job, Run, Target};
use start::{Keys, Start};
use store_listing::StoreListing;

/// Both sides, of which at least one is in a store of objects.
pub(super) enum Transfer<'a> {
    Up { from: &'a DiskPath<'a>, to: &'a ObjectPath<'a> },
    Down { from: &'a ObjectPath<'a>, to: &'a DiskPath<'a> },
    Across { from: &'a ObjectPath<'a>, to: &'a ObjectPath<'a> },
}

/// What is to be done.
#[derive(Clone, Copy)]
struct Order<'a> {
    op: Op,
    settings: &'a Settings,
    pruning: &'a dyn Prunes,
    account: &'a Account<'a>,
    /// Removes what is only at the target, if that is wanted.
    remover: Option<Remover<'a>>,
    record: Option<&'a Record>,
}

type Remover<'a> = &'a dyn Fn(&Run<'_>, &Strays);

/// Both sides, as they are looked up.
struct Ends<'a> {
    source: Origin<'a>,
    target: Destination<'a>,
}

enum Origin<'a> {
    Disk(&'a DiskPath<'a>),
    Store(Keys<'a>),
}

enum Destination<'a> {
    Disk(DiskTarget<'a>),
    Store(Keys<'a>),
}

impl Transfer<'_> {
    pub(super) fn copy(&self, options: &CopyOptions<'_>) -> Result<Report> {
        options.settings.excluded.iter().try_for_each(refuse_useless)?;
        let ends = self.ends(Op::Copy)?;
        let account = Account::new(options.on_progress.as_ref());
        let order = Order {
            op: Op::Copy,
            settings: &options.settings,
            pruning: &options.pruning,
            account: &account,
            remover: None,
            record: None,
        };
        ends.carry_out(&order)?;
        ends.close(Op::Copy, account)
    }

    pub(super) fn move_to(&self, options: &CopyOptions<'_>) -> Result<Report> {
        options.settings.excluded.iter().try_for_each(refuse_useless)?;
        self.ends(Op::Move)?.move_to(options)
    }

    pub(super) fn mirror(&self, options: &MirrorOptions<'_>) -> Result<Report> {
        self.ends(Op::Mirror)?.mirror(options)
    }

    fn ends(&self, op: Op) -> Result<Ends<'_>> {
        let (source, target) = match self {
            Self::Up { from, to } => (Origin::Disk(from), Destination::Store(Keys::of(op, to)?)),
            Self::Down { from, to } => (Origin::Store(Keys::of(op, from)?), Destination::Disk(DiskTarget::new(to))),
            Self::Across { from, to } => (Origin::Store(Keys::of(op, from)?), Destination::Store(Keys::of(op, to)?)),
        };
        Ok(Ends { source, target })
    }
}

impl Ends<'_> {
    fn from(&self) -> Start<'_> {
        match &self.source {
            Origin::Disk(path) => Start::Disk(path.os_path()),
            Origin::Store(keys) => Start::Store(keys),
        }
    }

    fn to(&self) -> Target<'_> {
        match &self.target {
            Destination::Disk(disk) => Target::Disk(disk),
            Destination::Store(keys) => Target::Store(keys),
        }
    }

    fn error(&self, op: Op, cause: io::Error) -> Error {
        Error::located(op, self.from().path(""), cause).with_second(self.to().start().path(""))
    }

    fn close(&self, op: Op, account: Account<'_>) -> Result<Report> {
        account.close(op, &self.from().path(""), Some(&self.to().start().path("")))
    }

    /// Does what is to be done; what fails on the way is in the account.
    fn carry_out(&self, order: &Order<'_>) -> Result<()> {
        self.begin(order).map_err(|cause| order.account.end(self.error(order.op, cause)))
    }

    fn begin(&self, order: &Order<'_>) -> io::Result<()> {
        let run = self.run(order);
        self.refuse(&run)?;
        match &self.source {
            Origin::Disk(path) => self.begin_on_disk(order, &run, path.below_root()),
            Origin::Store(keys) => self.begin_in_store(order, &run, keys),
        }
    }

    fn run<'r>(&'r self, order: &Order<'r>) -> Run<'r> {
        let limits = [self.from(), self.to().start()].into_iter().filter_map(|start| match start {
            Start::Store(keys) => Some(keys.store.limits().threads),
            Start::Disk(_) => None,
        });
        let threads = order.settings.threads.or_else(|| limits.max()).unwrap_or(1);
        Run {
            op: order.op,
            settings: order.settings,
            from: self.from(),
            to: self.to(),
            deletes: order.remover.is_some(),
            threads: thread_count(threads),
            account: order.account,
            usual_mode: 0o666 & !sys::umask(),
            record: order.record,
        }
    }

    /// Refuses what would destroy the source or never end, and what cannot be kept.
    fn refuse(&self, run: &Run<'_>) -> io::Result<()> {
        let invalid = |reason: &'static str| Err(io::Error::new(ErrorKind::InvalidInput, reason));
        let attributes = run.settings.attributes;
        if run.settings.strict && (attributes.times || attributes.xattrs || attributes.owner) {
            let reason = "an object has no place for times, extended attributes and owners, and the copy is strict";
            return Err(io::Error::new(ErrorKind::Unsupported, reason));
        }
        let (Origin::Store(from), Destination::Store(to)) = (&self.source, &self.target) else { return Ok(()) };
        if !from.is_in_store_of(to) {
            Ok(())
        } else if from.key == to.key {
            invalid("they are the same file")
        } else if from.holds(to) {
            invalid("the destination is inside the source")
        } else if run.deletes && to.holds(from) {
            invalid("the source is inside the destination, and would be removed")
        } else {
            Ok(())
        }
    }

    fn begin_on_disk(&self, order: &Order<'_>, run: &Run<'_>, path: BasedPath<'_, Dir>) -> io::Result<()> {
        let is_kept = run.settings.symlinks == Symlinks::Keep || run.op == Op::Move;
        let place = path.find(if is_kept { Links::Keep } else { Links::Follow })?;
        let facts = place.dir.facts_in(&place.name, place.links)?;
        match facts.kind {
            FileKind::Directory => {
                let rules = self.rules(order, Some(path));
                let links = if run.settings.symlinks == Symlinks::Follow { Links::Follow } else { Links::Keep };
                let listing = DiskListing::new(run.from, place.open()?, links, rules.way(path.path));
                let listing = self.on_file_systems(run, listing)?.begin()?;
                self.tree(order, run, &rules, Source::Disk(listing))
            }
            _ if run.op == Op::Mirror => Err(ErrorKind::NotADirectory.into()),
            FileKind::File => self.file_on_disk(run, &place),
            FileKind::Symlink => Err(io::Error::new(
                ErrorKind::Unsupported,
                "it is a symbolic link, which an object store has no place for",
            )),
            FileKind::Other => Err(is_special()),
        }
    }

    fn file_on_disk(&self, run: &Run<'_>, place: &Location<'_, Dir>) -> io::Result<()> {
        let file = OpenFile::open(&place.dir, &place.name, place.links)?.identified(&place.dir, &place.name)?;
        self.file(run, Item::on_disk(String::new(), &file.facts), Some(file))
    }

    fn begin_in_store(&self, order: &Order<'_>, run: &Run<'_>, keys: &Keys<'_>) -> io::Result<()> {
        if run.op != Op::Mirror
            && !keys.key.is_empty()
            && let Some(meta) = find(&**keys.store, keys.key)?
        {
            return self.file(run, object(keys, meta), None);
        }
        let rules = self.rules(order, None);
        let mut listing = StoreListing::new(keys, rules.way(OsPath::new(keys.key)));
        if !listing.begin()? && !keys.key.is_empty() {
            return Err(not_found());
        }
        self.tree(order, run, &rules, Source::Store(listing))
    }

    fn rules<'r>(&'r self, order: &Order<'r>, disk: Option<BasedPath<'r, Dir>>) -> Rules<'r> {
        Rules {
            exclusion: Exclusion::new(&order.settings.excluded).with_pruning(order.pruning),
            ignored: disk.filter(|_| order.settings.gitignore).map(IgnoredTree::new),
            account: order.account,
        }
    }

    fn on_file_systems<'l>(&self, run: &Run<'_>, listing: DiskListing<'l>) -> io::Result<DiskListing<'l>> {
        if run.settings.same_file_system { listing.on_same_file_system() } else { Ok(listing) }
    }

    /// Transfers one file, which has the path of the source.
    fn file(&self, run: &Run<'_>, item: Item, file: Option<OpenFile>) -> io::Result<()> {
        let stays = matches!(run.settings.overwrite, Overwrite::Refuse | Overwrite::Skip);
        let old = match run.to {
            Target::Disk(disk) => disk.old(if stays { Links::Keep } else { Links::Follow })?,
            Target::Store(keys) if keys.key.is_empty() => {
                return Err(io::Error::new(ErrorKind::InvalidInput, "the path must end in a name"));
            }
            // It is replaced, whatever it is.
            Target::Store(_) if run.settings.overwrite == Overwrite::Always && !run.settings.dry_run => None,
            Target::Store(keys) => find(&**keys.store, keys.key)?.map(|meta| object(keys, meta)),
        };
        match run.task(&item, old.as_ref())? {
            Some(task) => run.performed(Job { item, old, task, file }),
            None => Ok(()),
        }
    }

    fn tree<'r>(
        &'r self,
        order: &Order<'_>,
        run: &'r Run<'r>,
        rules: &'r Rules<'r>,
        source: Source<'r>,
    ) -> io::Result<()> {
        let is_new = run.settings.overwrite == Overwrite::Refuse && !run.settings.merge && run.op != Op::Mirror;
        let has_marker = matches!(&source, Source::Store(listing) if listing.is_marked());
        let mut is_marked = false;
        let target: Box<dyn Listing + Send + 'r> = match run.to {
            Target::Store(keys) if is_new => {
                refuse_taken(keys)?;
                Box::new(Nothing)
            }
            Target::Store(keys) => {
                let mut listing = StoreListing::new(keys, rules.way(OsPath::new(keys.key)));
                listing.begin()?;
                is_marked = listing.is_marked();
                Box::new(listing)
            }
            Target::Disk(disk) => self.tree_on_disk(run, rules, disk, is_new)?,
        };
        if has_marker && !is_marked {
            run.mark()?;
        }
        let mut comparison = Comparison::new(run, source, target);
        match order.remover {
            Some(remover) => run.run_and_remove(comparison, |strays| remover(run, strays)),
            None => run.run(&mut comparison),
        }
        Ok(())
    }

    /// Makes or opens the directory for a tree, and lists what is in it.
    fn tree_on_disk<'r>(
        &'r self,
        run: &Run<'_>,
        rules: &'r Rules<'r>,
        disk: &'r DiskTarget<'r>,
        is_new: bool,
    ) -> io::Result<Box<dyn Listing + Send + 'r>> {
        let stays = run.op != Op::Mirror && matches!(run.settings.overwrite, Overwrite::Refuse | Overwrite::Skip);
        match disk.old(if stays { Links::Keep } else { Links::Follow })? {
            None => {
                if !run.settings.dry_run {
                    disk.make()?;
                    disk.open()?;
                }
                run.made(PlanAction::MakeDirectory, "", Report { directories: 1, ..Report::default() });
                Ok(Box::new(Nothing))
            }
            Some(_) if is_new => Err(sys::taken_error()),
            Some(old) if old.is_directory() => {
                disk.open()?;
                let Some(tree) = disk.tree() else { unreachable!("BUG: it was opened") };
                let dir = BasedPath { base: tree, path: OsPath::new(".") }.open_dir()?;
                let listing = DiskListing::new(Start::Disk(disk.path()), dir, Links::Keep, rules.way(disk.path()));
                Ok(Box::new(self.on_file_systems(run, listing)?.begin()?))
            }
            Some(_) => Err(file_in_the_way()),
        }
    }
}

/// Refuses a directory in a store that is there.
fn refuse_taken(keys: &Keys<'_>) -> io::Result<()> {
    let first = PageRequest { prefix: &keys.prefix, one_level: false, start: PageStart::Start, most: 1 };
    if keys.store.list(&first)?.objects.is_empty() { Ok(()) } else { Err(sys::taken_error()) }
}

/// The object that has the key of a start.
fn object(keys: &Keys<'_>, meta: Meta) -> Item {
    Item::object(String::new(), FileKind::File, Object { key: keys.key.to_owned(), meta })
}
