//! Changing directories below a root: the open directory handles single names, and the root the rest.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use super::{Located, Within};
use crate::sys::directory::Links;
use crate::sys::edit_dir::{
    Attributes, CopiedFile, Copying, EditDir, Existing, Facts, Finishing, Losses, Needed, Original,
};
use crate::sys::verbs::Verbs;

/// Does something with an original, which may be the target of a link.
fn with_original<D: Verbs, T>(
    like: &Original<'_, Located<D>>,
    mut verb: impl FnMut(&Original<'_, D>) -> io::Result<T>,
) -> io::Result<T> {
    let Original { dir, name, links, file, facts } = *like;
    dir.at_name(name, links, |dir, name, links| verb(&Original { dir, name, links, file, facts }))
}

impl<D: Verbs> EditDir for Located<D> {
    type Source = D::Source;
    type Scratch = D::Scratch;
    type Held = D::Held;
    const REMOVES_TREES: bool = D::REMOVES_TREES;
    const SYNCS_FILE_SYSTEM: bool = D::SYNCS_FILE_SYSTEM;

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts> {
        self.at_name(name, links, |dir, name, links| dir.facts_in(name, links))
    }

    fn with_number(&self, name: &OsStr, facts: Facts) -> Facts {
        self.dir.with_number(name, facts)
    }

    fn id_in(&self, name: &OsStr) -> io::Result<D::Id> {
        self.dir.id_in(name)
    }

    fn is_mount_root(&self) -> io::Result<bool> {
        self.dir.is_mount_root()
    }

    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool {
        let is_same = self.at_name(name, links, |dir, name, links| {
            other.at_name(other_name, links, |other, other_name, others_links| {
                // Links of both are followed already, except those of plain paths.
                let links = if links == Links::Follow { links } else { others_links };
                Ok(dir.is_same(name, other, other_name, links))
            })
        });
        is_same.unwrap_or(false)
    }

    fn lies_in(&self, id: &D::Id) -> io::Result<bool> {
        self.dir.lies_in(id)
    }

    fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        self.dir.remove_file(name)
    }

    fn remove_one_name(&self, name: &OsStr) -> io::Result<Option<Facts>> {
        self.dir.remove_one_name(name)
    }

    fn remove_dir(&self, name: &OsStr) -> io::Result<()> {
        self.dir.remove_dir(name)
    }

    fn remove_tree(&self, name: &OsStr) -> io::Result<()> {
        self.dir.remove_tree(name)
    }

    fn make_dir(
        &self,
        name: &OsStr,
        like: &Self,
        attributes: Attributes,
        scratch: &mut D::Scratch,
    ) -> io::Result<Option<u32>> {
        self.dir.make_dir(name, &like.dir, attributes, scratch)
    }

    fn open_up(&self) -> io::Result<()> {
        self.dir.open_up()
    }

    fn open_up_in(&self, name: &OsStr) -> io::Result<()> {
        self.dir.open_up_in(name)
    }

    fn make_link(
        &self,
        name: &OsStr,
        target: &Path,
        like: &Original<'_, Self>,
        copying: &Copying,
    ) -> io::Result<Losses> {
        with_original(like, |like| self.dir.make_link(name, target, like, copying))
    }

    fn read_link(&self, name: &OsStr) -> io::Result<OsString> {
        self.dir.read_link(name)
    }

    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, existing: Existing) -> io::Result<()> {
        let Some(Within { root, at }) = &from.within else {
            return self.dir.make_hard_link(name, &from.dir, old, existing);
        };
        root.with_name(&at.path().join(old), Links::Keep, |from, old| {
            self.dir.make_hard_link(name, from, Path::new(old), existing)
        })
    }

    fn hold(&self, name: &OsStr) -> io::Result<(Option<D::Held>, Facts)> {
        self.dir.hold(name)
    }

    fn make_hard_link_to(&self, held: &D::Held, name: &OsStr, existing: Existing) -> io::Result<()> {
        self.dir.make_hard_link_to(held, name, existing)
    }

    fn make_special(&self, name: &OsStr, like: &Original<'_, Self>, copying: &Copying) -> io::Result<Losses> {
        with_original(like, |like| self.dir.make_special(name, like, copying))
    }

    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, existing: Existing) -> io::Result<()> {
        self.dir.rename(name, &to.dir, new, existing)
    }

    fn open_source(&self, name: &OsStr, links: Links, needed: Needed) -> io::Result<(D::Source, Facts)> {
        self.at_name(name, links, |dir, name, links| dir.open_source(name, links, needed))
    }

    #[cfg(feature = "remote-no-tls")]
    fn content_of(source: D::Source) -> io::Result<std::fs::File> {
        D::content_of(source)
    }

    fn copy_file(
        &self,
        name: &OsStr,
        source: &D::Source,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut D::Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<CopiedFile>> {
        self.dir.copy_file(name, source, facts, copying, scratch, goes_on)
    }

    fn copy_attributes(&self, from: &Self, finishing: &Finishing) -> io::Result<Losses> {
        self.dir.copy_attributes(&from.dir, finishing)
    }

    fn differs(
        &self,
        name: &OsStr,
        now: &Facts,
        like: &Original<'_, Self>,
        attributes: Attributes,
    ) -> io::Result<bool> {
        with_original(like, |like| self.dir.differs(name, now, like, attributes))
    }

    fn update(&self, name: &OsStr, like: &Original<'_, Self>, attributes: Attributes) -> io::Result<Losses> {
        with_original(like, |like| self.dir.update(name, like, attributes))
    }

    fn sync(&self) -> io::Result<()> {
        self.dir.sync()
    }

    fn sync_file_system(&self) -> io::Result<()> {
        self.dir.sync_file_system()
    }
}
