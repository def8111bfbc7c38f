//! Changing directories over std alone: by their paths.
//!
//! So changes that another program makes to the names above at the wrong moment are not noticed. Trees are removed by std,
//! which does notice.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::attr::is_readonly;
use super::dir::Dir;
use super::facts::facts_of;
use crate::kind::FileKind;
use crate::report::Attribute;
use crate::sys::directory::{Access, Directory, Links};
use crate::sys::edit_dir::{
    Attributes, CopiedFile, Copying, EditDir, Existing, Facts, Finishing, Losses, Means, Needed, Original, parent_of,
    temporary_name,
};
use crate::sys::paths::{self, lstat, stat};

impl EditDir for Dir {
    type Source = PathBuf;

    /// A temporary name that is not taken.
    type Scratch = Option<OsString>;

    fn open_parent(path: &Path) -> io::Result<Self> {
        paths::check(path)?;
        Self::open_for(Access::Edit, parent_of(path))
    }

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts> {
        paths::facts(&self.child(name), links)
    }

    fn with_number(&self, name: &OsStr, facts: Facts) -> Facts {
        match facts.id {
            Some(_) => facts,
            None => Facts { id: paths::number(&self.child(name)), ..facts },
        }
    }

    fn id_in(&self, name: &OsStr) -> io::Result<Self::Id> {
        paths::own_id(&self.child(name))
    }

    /// std cannot tell.
    fn is_mount_root(&self) -> io::Result<bool> {
        Ok(false)
    }

    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool {
        let id_of = if links == Links::Follow { paths::file_id } else { paths::own_id };
        let id = |dir: &Self, name: &OsStr| id_of(&dir.child(name));
        matches!((id(self, name), id(other, other_name)), (Ok(own), Ok(others)) if own == others)
    }

    fn lies_in(&self, id: &Self::Id) -> io::Result<bool> {
        // A directory that cannot be looked at is another one: this one is open.
        let is_it = |above: &Path| Self::at(above.to_owned()).id().is_ok_and(|found| found == *id);
        Ok(paths::real_path(&self.path)?.ancestors().any(is_it))
    }

    fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        paths::remove_one_file(&self.child(name))
    }

    fn remove_one_name(&self, name: &OsStr) -> io::Result<Option<Facts>> {
        self.remove_file(name).map(|()| None)
    }

    fn remove_dir(&self, name: &OsStr) -> io::Result<()> {
        paths::remove_one_dir(&self.child(name))
    }

    /// std does not follow a directory that becomes a link.
    const REMOVES_TREES: bool = true;

    fn remove_tree(&self, name: &OsStr) -> io::Result<()> {
        paths::remove_tree(&self.child(name))
    }

    fn make_dir(&self, name: &OsStr, _: &Self, _: Attributes, _: &mut Self::Scratch) -> io::Result<Option<u32>> {
        paths::create_dir(&self.child(name)).map(|()| None)
    }

    /// The permissions that std supports do not get in the way.
    fn open_up(&self) -> io::Result<()> {
        Ok(())
    }

    fn open_up_in(&self, _: &OsStr) -> io::Result<()> {
        Ok(())
    }

    /// std gives links no attributes.
    fn make_link(
        &self,
        name: &OsStr,
        target: &Path,
        like: &Original<'_, Self>,
        copying: &Copying,
    ) -> io::Result<Losses> {
        let like = like.dir.child(like.name);
        self.make(name, copying.existing, |path| paths::symlink_like(target, path, &like))?;
        Ok(Losses::default())
    }

    fn read_link(&self, name: &OsStr) -> io::Result<OsString> {
        Ok(paths::read_link(&self.child(name))?.into())
    }

    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, existing: Existing) -> io::Result<()> {
        self.make(name, existing, |path| paths::hard_link(&from.path.join(old), path))
    }

    /// std creates hard links to paths only.
    type Held = Infallible;

    fn hold(&self, name: &OsStr) -> io::Result<(Option<Infallible>, Facts)> {
        Ok((None, self.with_number(name, self.facts_in(name, Links::Keep)?)))
    }

    fn make_hard_link_to(&self, held: &Infallible, _: &OsStr, _: Existing) -> io::Result<()> {
        match *held {}
    }

    fn make_special(&self, _: &OsStr, _: &Original<'_, Self>, _: &Copying) -> io::Result<Losses> {
        Err(ErrorKind::Unsupported.into())
    }

    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, existing: Existing) -> io::Result<()> {
        let (old, new) = (self.child(name), to.child(new));
        match existing {
            Existing::Replace => paths::rename(&old, &new),
            Existing::Fail => paths::rename_new(&old, &new),
        }
    }

    fn open_source(&self, name: &OsStr, links: Links, needed: Needed) -> io::Result<(PathBuf, Facts)> {
        let path = self.child(name);
        let facts = match needed {
            Needed::Content => paths::content_facts(&path, links)?,
            Needed::All => paths::facts(&path, links)?,
        };
        Ok((path, facts))
    }

    #[cfg(feature = "remote-no-tls")]
    fn content_of(source: PathBuf) -> io::Result<std::fs::File> {
        std::fs::File::open(source)
    }

    fn copy_file(
        &self,
        name: &OsStr,
        source: &PathBuf,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Self::Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<CopiedFile>> {
        let temporary = scratch.take().unwrap_or_else(temporary_name);
        let path = self.path.join(&temporary);
        let made = complete_copy(source, facts, &path, copying).and_then(|(bytes, losses)| {
            if copying.strict && !losses.is_empty() {
                return losses.refused().map(|()| None);
            }
            if !goes_on(bytes) {
                return Ok(None);
            }
            match copying.existing {
                Existing::Replace => paths::rename(&path, &self.child(name))?,
                Existing::Fail => paths::give_name(&path, &self.child(name))?,
            }
            Ok(Some(CopiedFile { means: Means::BySystem, losses }))
        });
        match made {
            Ok(Some(_)) => *scratch = Some(temporary),
            _ => _ = paths::remove_one_file(&path),
        }
        made
    }

    fn copy_attributes(&self, from: &Self, finishing: &Finishing) -> io::Result<Losses> {
        let mut losses = Losses::default();
        let Attributes { mode, times, .. } = finishing.attributes;
        if mode && cfg!(any(unix, windows)) && !paths::have_same_permissions(&from.path, &self.path) {
            losses.of(Attribute::Mode, fs::set_permissions(&self.path, stat(&from.path)?.permissions()));
        }
        // On other systems, std opens no directories to set their times.
        if times && cfg!(any(unix, windows)) {
            let found = stat(&from.path)?;
            let open = if cfg!(unix) { |path: &Path| File::open(path) } else { paths::open_to_set_times };
            losses.of(Attribute::Times, open(&self.path).and_then(|file| set_times(&file, &facts_of(&found))));
        }
        Ok(losses)
    }

    /// Compares the mode, as far as std supports it.
    fn differs(&self, name: &OsStr, _: &Facts, like: &Original<'_, Self>, attributes: Attributes) -> io::Result<bool> {
        if !attributes.mode || like.facts.kind == FileKind::Symlink {
            return Ok(false);
        }
        Ok(lstat(&self.child(name))?.permissions() != lstat(&like.dir.child(like.name))?.permissions())
    }

    fn update(&self, name: &OsStr, like: &Original<'_, Self>, attributes: Attributes) -> io::Result<Losses> {
        let mut losses = Losses::default();
        if like.facts.kind == FileKind::Symlink {
            return Ok(losses);
        }
        let path = self.child(name);
        if attributes.times {
            let set = paths::open_to_set_times(&path).and_then(|file| set_times(&file, like.facts));
            losses.of(Attribute::Times, set);
        }
        if attributes.mode {
            let permissions = lstat(&like.dir.child(like.name))?.permissions();
            losses.of(Attribute::Mode, fs::set_permissions(&path, permissions));
        }
        Ok(losses)
    }

    fn sync(&self) -> io::Result<()> {
        if cfg!(unix) { File::open(&self.path)?.sync_all() } else { Ok(()) }
    }

    const SYNCS_FILE_SYSTEM: bool = false;

    fn sync_file_system(&self) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }
}

impl Dir {
    /// Creates something that has a name from the start: under a temporary name first if it replaces something.
    fn make(&self, name: &OsStr, existing: Existing, make: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
        let path = self.child(name);
        match make(&path) {
            Err(error) if existing == Existing::Replace && error.kind() == ErrorKind::AlreadyExists => {}
            result => return result,
        }
        let temporary = self.path.join(temporary_name());
        make(&temporary)?;
        let renamed = paths::rename(&temporary, &path);
        // Renaming does nothing if both are names of the same file, which another program may have created.
        _ = paths::remove_file(&temporary);
        renamed
    }
}

/// Copies a file completely, and returns its length.
fn complete_copy(from: &Path, facts: &Facts, to: &Path, copying: &Copying) -> io::Result<(u64, Losses)> {
    // Under Wine it is always 0, because Wine reports no progress to std.
    let bytes = match fs::copy(from, to)? {
        0 => facts.size,
        bytes => bytes,
    };
    let mut losses = Losses::default();
    let Attributes { mode, times, xattrs, .. } = copying.attributes;
    if xattrs {
        for lost in paths::lost_by_copying(from, to) {
            losses.add(lost, ErrorKind::Unsupported);
        }
    }
    if mode && !times && !copying.sync {
        return Ok((bytes, losses));
    }
    // On Windows, a file need not be writable for that.
    if mode
        && times
        && !copying.sync
        && let Ok(file) = paths::open_to_set_times(to)
    {
        losses.of(Attribute::Times, set_times(&file, facts));
        return Ok((bytes, losses));
    }
    let copy = stat(to)?;
    let permissions = copy.permissions();
    // To set the times, it has to be opened for writing.
    let is_closed = is_readonly(&copy) && (times || copying.sync || !mode);
    if is_closed {
        let mut writable = permissions.clone();
        #[allow(clippy::permissions_set_readonly_false, reason = "on Unix, the other back end is used")]
        writable.set_readonly(false);
        fs::set_permissions(to, writable)?;
    }
    if times || copying.sync {
        let file = OpenOptions::new().write(true).open(to)?;
        if times {
            losses.of(Attribute::Times, set_times(&file, facts));
        }
        if copying.sync {
            file.sync_all()?;
        }
    }
    if is_closed && mode {
        losses.of(Attribute::Mode, fs::set_permissions(to, permissions));
    }
    Ok((bytes, losses))
}

fn set_times(file: &File, facts: &Facts) -> io::Result<()> {
    let mut times = FileTimes::new();
    if let Some(accessed) = facts.accessed {
        times = times.set_accessed(accessed);
    }
    if let Some(modified) = facts.modified {
        times = times.set_modified(modified);
    }
    file.set_times(times)
}
