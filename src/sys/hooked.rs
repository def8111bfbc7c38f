//! A back end for tests with a hook that runs just before each call. The hook can change the disk, as another program might
//! in a race, or return an error, which is then the call's.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use super::directory::{Access, Directory, Links, Rest};
use super::edit_dir::{Attributes, CopiedFile, Copying, EditDir, Existing, Facts, Finishing, Losses, Needed, Original};
use crate::kind::FileKind;

/// A call, and its name argument.
pub(crate) type Call<'a> = (&'static str, &'a str);

type Hook = Box<dyn FnMut(Call<'_>) -> io::Result<()>>;

thread_local! {
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Does some work with a hook, which is called before each call of this thread to a [`Hooked`] back end.
pub(crate) fn hooked<R>(hook: impl FnMut(Call<'_>) -> io::Result<()> + 'static, work: impl FnOnce() -> R) -> R {
    HOOK.set(Some(Box::new(hook)));
    let done = work();
    HOOK.set(None);
    done
}

fn before(call: &'static str, name: &OsStr) -> io::Result<()> {
    HOOK.with_borrow_mut(|hook| hook.as_mut().map_or(Ok(()), |hook| hook((call, &name.to_string_lossy()))))
}

/// Another back end, with a hook.
pub(crate) struct Hooked<D>(D);

fn original<'a, D: EditDir>(of: &Original<'a, Hooked<D>>) -> Original<'a, D> {
    let Original { dir, name, links, file, facts } = *of;
    Original { dir: &dir.0, name, links, file, facts }
}

impl<D: Directory> Directory for Hooked<D> {
    type Id = D::Id;
    type Buffer = D::Buffer;

    type Inner = Self;

    fn open_for(access: Access, path: &Path) -> io::Result<Self> {
        D::open_for(access, path).map(Self)
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        before("open", name)?;
        self.0.open_in_for(access, name, links).map(Self)
    }

    fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    fn id(&self) -> io::Result<Self::Id> {
        self.0.id()
    }

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool {
        D::is_same_device(left, right)
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        D::kind(path, links)
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        before("kind", name)?;
        self.0.kind_in(name, links)
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        self.0.read_file(name, links)
    }

    fn read(
        &mut self,
        buffer: &mut Self::Buffer,
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        before("read", OsStr::new(""))?;
        let mut found = Vec::new();
        let read = self.0.read(buffer, |_, name, kind, number| found.push((name.to_owned(), kind, number)));
        found.into_iter().for_each(|(name, kind, number)| each(self, &name, kind, number));
        read
    }
}

impl<D: EditDir> EditDir for Hooked<D> {
    type Source = D::Source;
    type Scratch = D::Scratch;
    type Held = D::Held;
    const REMOVES_TREES: bool = D::REMOVES_TREES;
    const SYNCS_FILE_SYSTEM: bool = D::SYNCS_FILE_SYSTEM;

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts> {
        before("facts", name)?;
        self.0.facts_in(name, links)
    }

    fn id_in(&self, name: &OsStr) -> io::Result<Self::Id> {
        before("id", name)?;
        self.0.id_in(name)
    }

    fn is_mount_root(&self) -> io::Result<bool> {
        self.0.is_mount_root()
    }

    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool {
        self.0.is_same(name, &other.0, other_name, links)
    }

    fn lies_in(&self, id: &Self::Id) -> io::Result<bool> {
        self.0.lies_in(id)
    }

    fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        before("remove file", name)?;
        self.0.remove_file(name)
    }

    fn remove_one_name(&self, name: &OsStr) -> io::Result<Option<Facts>> {
        before("remove file", name)?;
        self.0.remove_one_name(name)
    }

    fn remove_dir(&self, name: &OsStr) -> io::Result<()> {
        before("remove directory", name)?;
        self.0.remove_dir(name)
    }

    fn remove_tree(&self, name: &OsStr) -> io::Result<()> {
        before("remove tree", name)?;
        self.0.remove_tree(name)
    }

    fn make_dir(
        &self,
        name: &OsStr,
        like: &Self,
        attributes: Attributes,
        scratch: &mut D::Scratch,
    ) -> io::Result<Option<u32>> {
        before("make directory", name)?;
        self.0.make_dir(name, &like.0, attributes, scratch)
    }

    fn open_up(&self) -> io::Result<()> {
        before("open up", OsStr::new(""))?;
        self.0.open_up()
    }

    fn open_up_in(&self, name: &OsStr) -> io::Result<()> {
        before("open up", name)?;
        self.0.open_up_in(name)
    }

    fn make_link(
        &self,
        name: &OsStr,
        target: &Path,
        like: &Original<'_, Self>,
        copying: &Copying,
    ) -> io::Result<Losses> {
        before("make link", name)?;
        self.0.make_link(name, target, &original(like), copying)
    }

    fn read_link(&self, name: &OsStr) -> io::Result<OsString> {
        before("read link", name)?;
        self.0.read_link(name)
    }

    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, existing: Existing) -> io::Result<()> {
        before("make hard link", name)?;
        self.0.make_hard_link(name, &from.0, old, existing)
    }

    fn hold(&self, name: &OsStr) -> io::Result<(Option<D::Held>, Facts)> {
        before("hold", name)?;
        self.0.hold(name)
    }

    fn make_hard_link_to(&self, held: &D::Held, name: &OsStr, existing: Existing) -> io::Result<()> {
        before("make hard link", name)?;
        self.0.make_hard_link_to(held, name, existing)
    }

    fn make_special(&self, name: &OsStr, like: &Original<'_, Self>, copying: &Copying) -> io::Result<Losses> {
        before("make special", name)?;
        self.0.make_special(name, &original(like), copying)
    }

    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, existing: Existing) -> io::Result<()> {
        before("rename", name)?;
        self.0.rename(name, &to.0, new, existing)
    }

    fn open_source(&self, name: &OsStr, links: Links, needed: Needed) -> io::Result<(D::Source, Facts)> {
        before("open source", name)?;
        self.0.open_source(name, links, needed)
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
        before("copy file", name)?;
        self.0.copy_file(name, source, facts, copying, scratch, goes_on)
    }

    fn copy_attributes(&self, from: &Self, finishing: &Finishing) -> io::Result<Losses> {
        self.0.copy_attributes(&from.0, finishing)
    }

    fn differs(
        &self,
        name: &OsStr,
        now: &Facts,
        like: &Original<'_, Self>,
        attributes: Attributes,
    ) -> io::Result<bool> {
        self.0.differs(name, now, &original(like), attributes)
    }

    fn update(&self, name: &OsStr, like: &Original<'_, Self>, attributes: Attributes) -> io::Result<Losses> {
        before("update", name)?;
        self.0.update(name, &original(like), attributes)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn sync_file_system(&self) -> io::Result<()> {
        self.0.sync_file_system()
    }
}
