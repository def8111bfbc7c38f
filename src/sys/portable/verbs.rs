//! Verbs on names in a directory with std, by their paths. Each name is checked before, and is not followed if it is a link
//! then.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::SystemTime;

use super::atomic::AtomicTarget;
use super::dir::Dir;
use crate::sys::Seen;
use crate::sys::directory::{Access, Directory as _};
use crate::sys::paths;
use crate::sys::verbs::{Opened, Opening, Verbs};

impl Verbs for Dir {
    const IS_RACE_FREE: bool = false;

    /// Uses the real path, so that a link that is changed later does not matter.
    fn open_root(path: &Path) -> io::Result<Self> {
        Self::open_for(Access::Search, &paths::resolve(path)?)
    }

    fn is_still_inside(&self, _: &Self) -> io::Result<bool> {
        Ok(true)
    }

    fn check_names(path: &Path) -> io::Result<()> {
        paths::check(path)
    }

    fn see(&self, name: &OsStr) -> io::Result<Seen> {
        Ok(Seen::of(&paths::lstat(&self.child(name))?))
    }

    fn is_mount(&self, name: &OsStr) -> io::Result<bool> {
        paths::is_mount(&self.child(name))
    }

    fn is_junction(&self, name: &OsStr) -> io::Result<bool> {
        paths::is_junction(&self.child(name))
    }

    fn is_executable(&self, name: &OsStr) -> bool {
        let path = self.child(name);
        refuse_link(&path).is_ok() && paths::is_executable(&path)
    }

    fn open_file(&self, name: &OsStr, opening: Opening) -> io::Result<Opened> {
        let path = self.child(name);
        refuse_link(&path)?;
        let file = match opening {
            Opening::Read => paths::open(&path, OpenOptions::new().read(true)),
            Opening::Overwrite => paths::create(&path),
            Opening::Append => {
                paths::check(&path)?;
                paths::open(&path, OpenOptions::new().append(true).create(true))
            }
        }?;
        let found = file.metadata()?;
        Ok(Opened { special: paths::special(&found), size: found.len(), file })
    }

    fn create_dir(&self, name: &OsStr) -> io::Result<()> {
        paths::create_dir(&self.child(name))
    }

    fn create_new(&self, name: &OsStr, mode: u32) -> io::Result<File> {
        paths::create_new(&self.child(name), mode)
    }

    fn symlink(&self, name: &OsStr, target: &Path) -> io::Result<()> {
        paths::symlink(target, &self.child(name))
    }

    fn set_permission_bits(&self, name: &OsStr, bits: u32) -> io::Result<()> {
        let path = self.child(name);
        refuse_link(&path)?;
        paths::set_permission_bits(&path, bits)
    }

    fn set_times(&self, name: &OsStr, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()> {
        let path = self.child(name);
        refuse_link(&path)?;
        paths::set_times(&path, accessed, modified)
    }

    fn set_times_to_now(&self, name: &OsStr) -> io::Result<()> {
        let path = self.child(name);
        refuse_link(&path)?;
        paths::set_times_to_now(&path)
    }

    type AtomicTarget = AtomicTarget;

    fn atomic_target(&self, name: &OsStr) -> io::Result<Option<AtomicTarget>> {
        let path = self.child(name);
        match paths::lstat(&path) {
            Ok(found) if found.is_symlink() => Ok(None),
            _ => AtomicTarget::find(&path).map(Some),
        }
    }

    fn free_target(&self, name: &OsStr) -> io::Result<AtomicTarget> {
        AtomicTarget::find_free(&self.child(name))
    }
}

fn refuse_link(path: &Path) -> io::Result<()> {
    match paths::lstat(path) {
        Ok(found) if found.is_symlink() => Err(paths::loop_error()),
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}
