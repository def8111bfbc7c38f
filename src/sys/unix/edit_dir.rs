//! Changing open directories on Unix: everything is relative to a descriptor, and no link is followed.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::Ordering;

use rustix::fs::{Mode, fchmod, fstat};
use rustix::io::{Errno, Result, retry_on_intr};

use super::attr::is_mount_root;
use super::copy::{self, Scratch};
use super::dir::{Dir, sync_dir};
use super::facts::{facts_of, id_of, mode_of};
use super::give_attributes::{self, Giver, permitted};
use super::handle::Handle;
use super::opening::open_to_read;
use super::place::{Place, Way};
use super::rename_at;
use super::temporary::Temporary;
use super::unnamed;
use super::xattr::{self, Surplus};
use crate::kind::FileKind;
use crate::report::Attribute;
use crate::sys::directory::{Directory, Links};
use crate::sys::edit_dir::{
    Attributes, CopiedFile, Copying, EditDir, Existing, Facts, Finishing, Losses, Needed, Original, temporary_name,
};

impl EditDir for Dir {
    type Source = File;

    type Scratch = Scratch;

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts> {
        Ok(facts_of(&self.at(name).stat(links)?))
    }

    fn id_in(&self, name: &OsStr) -> io::Result<(u64, u64)> {
        Ok(id_of(&self.at(name).stat(Links::Keep)?))
    }

    fn is_mount_root(&self) -> io::Result<bool> {
        Ok(is_mount_root(self.at(OsStr::new("")))?.unwrap_or(false))
    }

    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool {
        let Ok(own) = self.facts_in(name, links) else { return false };
        other.facts_in(other_name, links).is_ok_and(|others| others.id == own.id)
    }

    fn lies_in(&self, id: &(u64, u64)) -> io::Result<bool> {
        // Directories above may not be readable, so they are only looked at. Beyond the longest path, it goes on
        // from an open directory.
        const MOST_UP: usize = 1000;
        let (mut dir, mut own) = (self.try_clone()?, self.id()?);
        let mut up = String::new();
        while own != *id {
            if up.len() > MOST_UP {
                dir = dir.open_in(OsStr::new(&up), Links::Keep)?;
                up.clear();
            }
            up.push_str("../");
            let above = id_of(&dir.at(OsStr::new(&up)).stat(Links::Follow)?);
            if above == own {
                return Ok(false);
            }
            own = above;
        }
        Ok(true)
    }

    fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(self.at(name).remove_file()?)
    }

    fn remove_one_name(&self, name: &OsStr) -> io::Result<Option<Facts>> {
        let place = self.at(name);
        // A held file can be looked at without its name.
        let held = place.hold()?;
        place.remove_file()?;
        Ok(held.map(|file| retry_on_intr(|| fstat(&file))).transpose()?.as_ref().map(facts_of))
    }

    fn remove_dir(&self, name: &OsStr) -> io::Result<()> {
        Ok(self.at(name).remove_dir()?)
    }

    const REMOVES_TREES: bool = false;

    fn remove_tree(&self, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn make_dir(
        &self,
        name: &OsStr,
        like: &Self,
        attributes: Attributes,
        scratch: &mut Scratch,
    ) -> io::Result<Option<u32>> {
        if !attributes.mode {
            self.at(name).make_dir(0o777)?;
            return self.opened_up(name, scratch).inspect_err(|_| _ = self.remove_dir(name));
        }
        self.learn_of_modes(scratch);
        if !scratch.dirs_keep_their_mode {
            self.at(name).make_dir(PRIVATE)?;
            if self.made_private(name, scratch).inspect_err(|_| _ = self.remove_dir(name))? {
                return Ok(None);
            }
            self.remove_dir(name)?;
        }
        self.at(name).make_dir(like.mode_to_begin_with()?)?;
        self.take_lists(name).inspect_err(|_| _ = self.remove_dir(name))?;
        Ok(None)
    }

    fn open_up(&self) -> io::Result<()> {
        Ok(open_up(&self.fd)?)
    }

    fn open_up_in(&self, name: &OsStr) -> io::Result<()> {
        Ok(open_up_in(self.at(name))?)
    }

    fn make_link(
        &self,
        name: &OsStr,
        target: &Path,
        like: &Original<'_, Self>,
        copying: &Copying,
    ) -> io::Result<Losses> {
        self.make_complete(name, like, copying, |new| Ok(new.make_symlink(target.as_os_str())?))
    }

    fn read_link(&self, name: &OsStr) -> io::Result<OsString> {
        Ok(self.at(name).read_link()?)
    }

    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, existing: Existing) -> io::Result<()> {
        let mut way = Way::from(from.fd.as_fd());
        let old = way.to(old.as_os_str())?;
        self.link(name, existing, |new| Ok(old.hard_link(new)?))
    }

    type Held = OwnedFd;

    fn hold(&self, name: &OsStr) -> io::Result<(Option<OwnedFd>, Facts)> {
        let Some(held) = self.at(name).hold()? else {
            return Ok((None, self.facts_in(name, Links::Keep)?));
        };
        let facts = facts_of(&retry_on_intr(|| fstat(&held))?);
        Ok((Some(held), facts))
    }

    fn make_hard_link_to(&self, held: &OwnedFd, name: &OsStr, existing: Existing) -> io::Result<()> {
        self.link(name, existing, |new| match unnamed::give_name(held, new) {
            Err(unnamed::UNABLE) => Err(io::ErrorKind::Unsupported.into()),
            result => Ok(result?),
        })
    }

    fn make_special(&self, name: &OsStr, like: &Original<'_, Self>, copying: &Copying) -> io::Result<Losses> {
        self.make_complete(name, like, copying, |new| make_special(new, like.facts, copying.attributes))
    }

    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, existing: Existing) -> io::Result<()> {
        rename_at(self.at(name), to.at(new), existing)
    }

    fn open_source(&self, name: &OsStr, links: Links, _: Needed) -> io::Result<(File, Facts)> {
        let file = open_to_read(self.at(name), links)?;
        let facts = facts_of(&retry_on_intr(|| fstat(&file))?);
        Ok((file, facts))
    }

    #[cfg(feature = "remote-no-tls")]
    fn content_of(source: File) -> io::Result<File> {
        Ok(source)
    }

    fn copy_file(
        &self,
        name: &OsStr,
        source: &File,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<CopiedFile>> {
        #[cfg(target_vendor = "apple")]
        if let Some(clone) = self.temporary_clone(source, facts, copying, scratch)? {
            if !goes_on(facts.size) {
                return Ok(None);
            }
            scratch.name = Some(clone.become_permanent(self.at(name), copying.existing)?);
            return Ok(Some(CopiedFile { means: crate::sys::Means::Shared, losses: Losses::default() }));
        }
        let (mut losses, stated) = (Losses::default(), facts);
        let facts = &permitted(&Handle::Open(source.as_fd()), stated, copying.attributes, &mut losses);
        let replaced = self.replaced_file(name, copying);
        let kept = replaced.as_ref().map(|facts| Giver::replaced(self.named(name), facts, copying.attributes));
        let mut is_first = true;
        loop {
            let (file, temporary) = self.temporary_file(facts, copying, replaced.is_some(), scratch)?;
            // What is copied again is not counted again.
            let mut goes_on = |count| goes_on(if is_first { count } else { 0 });
            let Some(means) = copy::content(source, facts, &file, scratch, &mut goes_on)? else { return Ok(None) };
            self.complete_file(&file, (source, facts), copying.attributes, kept, &mut losses)?;
            if copying.strict && !losses.is_empty() {
                return losses.refused().map(|()| None);
            }
            if copying.sync {
                file.sync_all()?;
            }
            if let Some(temporary) = temporary {
                copy::close(file)?;
                scratch.name = Some(temporary.become_permanent(self.at(name), copying.existing)?);
                return Ok(Some(CopiedFile { means, losses }));
            }
            match unnamed::give_name(&file, self.at(name)) {
                Err(unnamed::UNABLE) => {}
                result => return Ok(result.map(|()| Some(CopiedFile { means, losses }))?),
            }
            // It tries again, under a temporary name, and what cannot be known of the original is lost again.
            (scratch.cannot_name, losses, is_first) = (true, Losses::default(), false);
            _ = permitted(&Handle::Open(source.as_fd()), stated, copying.attributes, &mut losses);
            rustix::fs::seek(source, rustix::fs::SeekFrom::Start(0))?;
        }
    }

    fn copy_attributes(&self, from: &Self, finishing: &Finishing) -> io::Result<Losses> {
        let Finishing { attributes, is_new, mode } = *finishing;
        let (source, copy) = (from.handle(), self.handle());
        let mut losses = Losses::default();
        let facts = facts_of(&source.stat()?);
        let facts = permitted(&source, &facts, attributes, &mut losses);
        let giver = Giver::original(source, &facts, attributes);
        let surplus = match is_new {
            // If it gets the mode, the lists from the directory above are removed already.
            true if attributes.mode => Surplus::Nothing,
            true => Surplus::Lists,
            false => Surplus::Anything,
        };
        give_attributes::give(&giver, &copy, surplus, &mut losses)?;
        if let Some(Err(errno)) = mode.map(|mode| copy.set_mode(mode)) {
            losses.add(Attribute::Mode, errno);
        }
        Ok(losses)
    }

    fn differs(
        &self,
        name: &OsStr,
        now: &Facts,
        like: &Original<'_, Self>,
        attributes: Attributes,
    ) -> io::Result<bool> {
        let source = like.handle();
        let facts = permitted(&source, like.facts, attributes, &mut Losses::default());
        let giver = Giver::original(source, &facts, attributes);
        Ok(give_attributes::differ(&giver, &self.named(name), now)?)
    }

    fn update(&self, name: &OsStr, like: &Original<'_, Self>, attributes: Attributes) -> io::Result<Losses> {
        dress(self.at(name), like, attributes, Surplus::Anything)
    }

    fn sync(&self) -> io::Result<()> {
        sync_dir(&self.fd)
    }

    const SYNCS_FILE_SYSTEM: bool = cfg!(any(target_os = "linux", target_os = "android"));

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn sync_file_system(&self) -> io::Result<()> {
        match retry_on_intr(|| rustix::fs::syncfs(&self.fd)) {
            // A filter of system calls: what is done for all file systems is done for this one, too.
            Err(Errno::NOSYS | Errno::PERM) => rustix::fs::sync(),
            result => result?,
        }
        Ok(())
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn sync_file_system(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Copying files.
impl Dir {
    fn temporary<T>(
        &self,
        scratch: &mut Scratch,
        make: impl Fn(Place<'_>) -> io::Result<T>,
    ) -> io::Result<(T, Temporary<&OwnedFd>)> {
        Temporary::make(&self.fd, || scratch.name.take().unwrap_or_else(temporary_name), make)
    }

    /// Creates a file that is not complete: without a name if that is possible, else under a temporary one. A file that
    /// replaces another needs a temporary name in any case.
    fn temporary_file(
        &self,
        facts: &Facts,
        copying: &Copying,
        gets_old_mode: bool,
        scratch: &mut Scratch,
    ) -> io::Result<(File, Option<Temporary<&OwnedFd>>)> {
        let final_mode = Mode::from_raw_mode((facts.mode & 0o777) as _);
        // If the mode is not copied, it is that of a new file. Older systems do not apply the umask to a file without a
        // name.
        if copying.attributes.mode && copying.existing == Existing::Fail && !scratch.cannot_name {
            // Nobody can open it before it has a name, and then it has all other attributes.
            if let Some(file) = unnamed::create(self.at(OsStr::new(".")), final_mode)? {
                return Ok((file, None));
            }
            scratch.cannot_name = true;
        }
        let mode = match copying.attributes {
            Attributes { mode: false, .. } if !gets_old_mode => Mode::from_raw_mode(0o666),
            attributes if is_made_with_mode(attributes) => final_mode,
            _ => Mode::RUSR | Mode::WUSR,
        };
        let (file, temporary) = self.temporary(scratch, |new| Ok(File::from(new.create_new(mode)?)))?;
        Ok((file, Some(temporary)))
    }

    /// Copies a file completely by one call, if it is worth it and if the copy is to have all attributes.
    #[cfg(target_vendor = "apple")]
    fn temporary_clone(
        &self,
        source: &File,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Scratch,
    ) -> io::Result<Option<Temporary<&OwnedFd>>> {
        let Attributes { mode, times, xattrs, owner } = copying.attributes;
        let is_like_clone = mode && times && xattrs && facts.mode & 0o7000 == 0 && !copying.sync;
        if !is_like_clone || facts.size <= Scratch::BUFFER as u64 || scratch.cannot_share {
            return Ok(None);
        }
        let made = self.temporary(scratch, |new| copy::clone(source, new, owner));
        scratch.cannot_share = made.is_err();
        Ok(made.ok().map(|((), clone)| clone))
    }

    /// Gives a file the attributes of the original, and of the file that it replaces.
    fn complete_file(
        &self,
        file: &File,
        (source, facts): (&File, &Facts),
        attributes: Attributes,
        kept: Option<Giver<'_>>,
        losses: &mut Losses,
    ) -> io::Result<()> {
        let copy = Handle::Open(file.as_fd());
        let surplus = self.surplus_of_new();
        // The mode is given last, because giving other attributes can change it.
        let (first, last) = if attributes.mode { (kept, None) } else { (None, kept) };
        if let Some(giver) = first {
            give_attributes::give(&giver, &copy, Surplus::Nothing, losses)?;
        }
        let has_mode = surplus == Surplus::Nothing && self.gives_mode(file, facts, attributes)?;
        let given = Attributes { mode: attributes.mode && !has_mode, ..attributes };
        let handle = Handle::Open(source.as_fd());
        let giver = Giver { attributes: given, ..Giver::original(handle, facts, attributes) };
        give_attributes::give(&giver, &copy, surplus, losses)?;
        if let Some(giver) = last {
            give_attributes::give(&giver, &copy, surplus, losses)?;
        }
        Ok(())
    }

    /// The file with a name, if a copy that replaces it keeps attributes of it.
    fn replaced_file(&self, name: &OsStr, copying: &Copying) -> Option<Facts> {
        let Attributes { mode, xattrs, owner, .. } = copying.attributes;
        if copying.existing == Existing::Fail || mode && xattrs && owner {
            return None;
        }
        let facts = self.facts_in(name, Links::Keep).ok().filter(|facts| facts.kind == FileKind::File)?;
        // The set-user-ID and set-group-ID bits were not meant for this content.
        Some(Facts { mode: facts.mode & !0o7000, ..facts })
    }

    /// What a new file or directory in this one gets from it.
    fn surplus_of_new(&self) -> Surplus {
        let gives_lists = self.gifts().lists.get_or_init(|| xattr::has_default_list(&self.handle()));
        if *gives_lists { Surplus::Lists } else { Surplus::Nothing }
    }

    /// Whether a file that was created with its final mode really has it. If one file kept its permissions, so does the next.
    fn gives_mode(&self, file: &File, facts: &Facts, attributes: Attributes) -> io::Result<bool> {
        let mode = facts.mode & 0o777;
        if !is_made_with_mode(attributes) {
            return Ok(false);
        }
        let given = &self.gifts().permissions;
        if given.load(Ordering::Relaxed) & mode == mode {
            return Ok(true);
        }
        let has_mode = mode_of(&retry_on_intr(|| fstat(file))?) == mode;
        if has_mode {
            given.fetch_or(mode, Ordering::Relaxed);
        }
        Ok(has_mode)
    }
}

const STICKY: u32 = 0o1000;

/// Changes the mode of a directory. Returns whether the file system really did it, and does not only report success.
fn is_changed(dir: &Dir, mode: u32) -> bool {
    let handle = dir.handle();
    handle.set_mode(mode).is_ok() && handle.stat().is_ok_and(|found| mode_of(&found) == mode)
}

/// The mode of a directory that only its owner may look into.
const PRIVATE: u32 = 0o700;

/// Making directories.
impl Dir {
    /// The mode with which a copy of this directory is created if modes cannot be changed later.
    fn mode_to_begin_with(&self) -> io::Result<u32> {
        let mode = mode_of(&self.handle().stat()?) & 0o1777;
        Ok(xattr::own_mode(&self.handle(), mode, &mut Losses::default()) | PRIVATE)
    }

    /// Gives the owner of a new directory all permissions, if the umask or the directory above took some. Returns the mode that
    /// it had.
    fn opened_up(&self, name: &OsStr, scratch: &mut Scratch) -> io::Result<Option<u32>> {
        if scratch.dirs_have_their_bits && self.surplus_of_new() == Surplus::Nothing {
            return Ok(None);
        }
        let mode = mode_of(&self.at(name).stat(Links::Keep)?);
        if mode & PRIVATE == PRIVATE {
            scratch.dirs_have_their_bits = true;
            return Ok(None);
        }
        self.at(name).set_mode(mode | PRIVATE, Links::Keep)?;
        Ok(Some(mode))
    }

    /// Finds out, before the first directory is created, whether modes can be changed here. If not, directories are created
    /// with their final mode. The test uses a directory with a temporary name, so that other threads never see a name come
    /// and go. If it cannot be created, neither can the others, and they report why.
    fn learn_of_modes(&self, scratch: &mut Scratch) {
        if scratch.knows_of_dirs {
            return;
        }
        scratch.knows_of_dirs = true;
        let name = temporary_name();
        if self.at(&name).make_dir(PRIVATE).is_ok() {
            _ = self.made_private(&name, scratch);
            _ = self.remove_dir(&name);
        }
    }

    /// Gives the owner of a new directory all permissions, and nobody else. Returns whether that was possible: some file
    /// systems do not allow changing modes.
    fn made_private(&self, name: &OsStr, scratch: &mut Scratch) -> io::Result<bool> {
        self.take_lists(name)?;
        if scratch.dirs_have_their_bits && self.surplus_of_new() == Surplus::Nothing {
            return Ok(true);
        }
        let mode = mode_of(&self.at(name).stat(Links::Keep)?);
        scratch.dirs_have_their_bits = mode & PRIVATE == PRIVATE;
        // Bits other than permissions, which come from the directory above, stay.
        let private = mode & 0o7000 | PRIVATE;
        let is_set = match self.open_in(name, Links::Keep) {
            // This call gives it its mode in the end. Whether it works is tested here, with a harmless bit.
            Ok(dir) => is_changed(&dir, private ^ STICKY) && is_changed(&dir, private),
            Err(_) => self.named(name).set_mode(private).is_ok(),
        };
        scratch.dirs_keep_their_mode = !is_set;
        Ok(is_set)
    }

    /// Removes the access control lists that a new directory got from this one.
    fn take_lists(&self, name: &OsStr) -> io::Result<()> {
        match self.surplus_of_new() {
            Surplus::Lists => xattr::remove_lists(&self.named(name)).refused(),
            _ => Ok(()),
        }
    }
}

/// Creating files that have a name from the start.
impl Dir {
    /// Creates a hard link: under a temporary name first if it replaces something.
    fn link(&self, name: &OsStr, existing: Existing, make: impl Fn(Place<'_>) -> io::Result<()>) -> io::Result<()> {
        match make(self.at(name)) {
            Err(error) if existing == Existing::Replace && error.kind() == io::ErrorKind::AlreadyExists => {}
            result => return result,
        }
        let ((), temporary) = Temporary::make(&self.fd, temporary_name, make)?;
        let temporary = temporary.become_permanent(self.at(name), existing)?;
        // Renaming does nothing if both are names of the same file, which another program may have created.
        _ = self.at(&temporary).remove_file();
        Ok(())
    }

    /// Creates a link or special file with the attributes of another one. It gets its name after them if it replaces something,
    /// or must not be visible without them.
    fn make_complete(
        &self,
        name: &OsStr,
        like: &Original<'_, Self>,
        copying: &Copying,
        make: impl Fn(Place<'_>) -> io::Result<()>,
    ) -> io::Result<Losses> {
        let Copying { attributes, existing, strict, .. } = *copying;
        let surplus = self.surplus_of_new();
        if !strict {
            match make(self.at(name)) {
                Err(error) if existing == Existing::Replace && error.kind() == io::ErrorKind::AlreadyExists => {}
                result => {
                    result?;
                    return dress(self.at(name), like, attributes, surplus).inspect_err(|_| _ = self.remove_file(name));
                }
            }
        }
        let ((), temporary) = Temporary::make(&self.fd, temporary_name, make)?;
        let losses = dress(temporary.place(), like, attributes, surplus)?;
        if strict && !losses.is_empty() {
            return losses.refused().map(|()| Losses::default());
        }
        temporary.become_permanent(self.at(name), existing)?;
        Ok(losses)
    }

    fn handle(&self) -> Handle<'_> {
        Handle::Open(self.fd.as_fd())
    }

    fn named<'n>(&'n self, name: &'n OsStr) -> Handle<'n> {
        Handle::Named(self.at(name), Links::Keep)
    }
}

/// Gives a file the attributes of another one.
fn dress(place: Place<'_>, like: &Original<'_, Dir>, attributes: Attributes, surplus: Surplus) -> io::Result<Losses> {
    let mut losses = Losses::default();
    let source = like.handle();
    let facts = permitted(&source, like.facts, attributes, &mut losses);
    let giver = Giver::original(source, &facts, attributes);
    give_attributes::give(&giver, &Handle::Named(place, Links::Keep), surplus, &mut losses)?;
    Ok(losses)
}

impl Original<'_, Dir> {
    fn handle(&self) -> Handle<'_> {
        match self.file {
            Some(file) => Handle::Open(file.as_fd()),
            None => Handle::Named(self.dir.at(self.name), self.links),
        }
    }
}

/// Whether a file is created with its final mode.
fn is_made_with_mode(attributes: Attributes) -> bool {
    attributes.mode && !attributes.owner && !attributes.xattrs
}

/// Creates a pipe, socket or device. If it is to get the mode of another one, it is private until then.
#[cfg(not(target_vendor = "apple"))]
fn make_special(place: Place<'_>, like: &Facts, attributes: Attributes) -> io::Result<()> {
    let kind = rustix::fs::FileType::from_raw_mode(like.mode as _);
    let mode = Mode::from_raw_mode(if attributes.mode { 0o600 } else { 0o666 });
    Ok(retry_on_intr(|| rustix::fs::mknodat(place.dir, place.name, kind, mode, like.device as _))?)
}

#[cfg(target_vendor = "apple")]
fn make_special(_: Place<'_>, _: &Facts, _: Attributes) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives the owner of a directory all permissions, and leaves those of others as they are.
fn open_up(directory: impl AsFd) -> Result<()> {
    let mode = mode_of(&retry_on_intr(|| fstat(&directory))?) | PRIVATE;
    match retry_on_intr(|| fchmod(&directory, Mode::from_raw_mode(mode as _))) {
        // The directory is open to look up names only.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        Err(Errno::BADF) => super::place::set_mode_of(&directory, mode),
        result => result,
    }
}

/// The same for one that need not be readable.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn open_up_in(place: Place<'_>) -> Result<()> {
    open_up(place.open_dir(super::place::SEARCH, Links::Keep)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open_up_in(place: Place<'_>) -> Result<()> {
    match facts_of(&place.stat(Links::Keep)?) {
        Facts { kind: FileKind::Directory, mode, .. } => place.set_mode(mode & 0o7777 | PRIVATE, Links::Keep),
        _ => Err(Errno::NOTDIR),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::sys::directory::Access;

    #[test]
    fn a_file_is_made_with_its_mode_only_if_nothing_else_depends_on_it() {
        for (mode, xattrs, owner, is_made_with_it) in [
            (true, false, false, true),
            (true, true, false, false),
            (true, false, true, false),
            (false, false, false, false),
            (false, true, true, false),
        ] {
            let attributes = Attributes { mode, times: true, xattrs, owner };
            assert_eq!(is_made_with_mode(attributes), is_made_with_it, "{attributes:?}");
        }
    }

    #[test]
    fn opening_up_gives_the_owner_all_rights_and_nobody_any_other() {
        let place = tempfile::tempdir().unwrap();
        let (path, dir) = (place.path().join("d"), Dir::open(place.path()).unwrap());
        fs::create_dir(&path).unwrap();
        let below = Dir::open_for(Access::Search, &path).unwrap();
        for (old, new) in [(0, 0o700), (0o055, 0o755), (0o1500, 0o1700), (0o700, 0o700)] {
            let ways: [&dyn Fn() -> io::Result<()>; 2] = [&|| below.open_up(), &|| dir.open_up_in(OsStr::new("d"))];
            for (at, open_up) in ways.iter().enumerate() {
                fs::set_permissions(&path, Permissions::from_mode(old)).unwrap();
                open_up().unwrap();
                let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
                assert_eq!(mode, new, "{old:o}, way {at}");
            }
        }
        fs::write(place.path().join("f"), "").unwrap();
        assert_eq!(dir.open_up_in(OsStr::new("f")).unwrap_err().kind(), io::ErrorKind::NotADirectory);
    }
}
