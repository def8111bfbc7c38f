//! Giving one file the attributes of another. It never gets more permissions than that one has, and what cannot be given
//! is reported.

use std::io::{self, ErrorKind};

use rustix::fs::{Gid, Stat, Timestamps, Uid};
use rustix::io::Result;

use super::attr::timespec;
use super::facts::mode_of;
use super::handle::Handle;
use super::xattr::{self, Given, Lists, Surplus};
use crate::kind::FileKind;
use crate::report::Attribute;
use crate::sys::edit_dir::{Attributes, Facts, Losses};

/// The bits of a mode that let a program run as the owner or group of its file.
const SET_ID: u32 = 0o6000;

/// A file, and which of its attributes to give to another one.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android", target_vendor = "apple")),
    allow(dead_code, reason = "rustix has no extended attributes there")
)]
pub(super) struct Giver<'a> {
    pub(super) handle: Handle<'a>,
    /// Its facts. The mode is the one to give, see [`permitted`].
    pub(super) facts: &'a Facts,
    pub(super) attributes: Attributes,
    pub(super) lists: Lists,
    pub(super) has_same_content: bool,
}

/// The facts of a file with the permissions that a copy may have: without its access control list, it must not get
/// the list's mask, which the system shows as the mode's group bits.
pub(super) fn permitted(of: &Handle<'_>, facts: &Facts, attributes: Attributes, losses: &mut Losses) -> Facts {
    let mode = match attributes.mode && !attributes.xattrs && facts.kind != FileKind::Symlink {
        true => xattr::own_mode(of, facts.mode, losses),
        false => facts.mode,
    };
    Facts { mode, ..facts.clone() }
}

/// Gives attributes to another file.
pub(super) fn give(from: &Giver<'_>, to: &Handle<'_>, surplus: Surplus, losses: &mut Losses) -> Result<()> {
    let Giver { facts, attributes, .. } = *from;
    let has_mode = attributes.mode && facts.kind != FileKind::Symlink;
    let mut now = None;
    if has_mode || attributes.owner {
        now = Some(to.stat()?);
    }
    if attributes.owner
        && let Some(now) = &mut now
        && owner_of(now) != facts.owner
    {
        give_owner(facts.owner, to, now, losses)?;
    }
    let given = xattr::copy(from, to, surplus, losses);
    if has_mode && let Some(now) = now {
        // Changing the owner clears some bits, and setting a list changes others.
        give_mode(given, from, to, &now, losses)?;
    }
    if attributes.times
        && let Err(errno) = to.set_times(&times(facts))
    {
        losses.add(Attribute::Times, errno);
    }
    Ok(())
}

/// Whether the attributes of a file with these facts differ from those that another one would give it. Times are not
/// compared.
pub(super) fn differ(from: &Giver<'_>, to: &Handle<'_>, now: &Facts) -> Result<bool> {
    let Giver { facts, attributes, .. } = *from;
    if attributes.owner && now.owner != facts.owner && may_give(facts.owner, now.owner) {
        return Ok(true);
    }
    let bits = kept_bits(from, now.owner);
    if attributes.mode && facts.kind != FileKind::Symlink && now.mode & bits != facts.mode & bits {
        return Ok(true);
    }
    xattr::differ(from, to)
}

impl<'a> Giver<'a> {
    /// The original of a copy with the same content.
    pub(super) fn original(handle: Handle<'a>, facts: &'a Facts, attributes: Attributes) -> Self {
        let lists = match attributes {
            Attributes { mode: true, xattrs: true, .. } => Lists::Copied,
            Attributes { mode: true, .. } => Lists::Without,
            _ => Lists::Left,
        };
        Self { handle, facts, attributes, lists, has_same_content: true }
    }

    /// A file that is replaced. The copy keeps those of its attributes that it does not get from the original.
    pub(super) fn replaced(handle: Handle<'a>, facts: &'a Facts, copied: Attributes) -> Self {
        let Attributes { mode, xattrs, owner, .. } = copied;
        let attributes = Attributes { mode: !mode, xattrs: !xattrs, owner: !owner, times: false };
        let lists = if mode { Lists::Left } else { Lists::Copied };
        Self { handle, facts, attributes, lists, has_same_content: false }
    }
}

/// The bits of a mode that a copy with this owner may have: set-user-ID and set-group-ID depend on the owner. The sticky bit
/// is always kept.
fn kept_bits(from: &Giver<'_>, owner: (u32, u32)) -> u32 {
    let is_same_owner = from.attributes.owner && owner == from.facts.owner;
    match from.facts.kind {
        _ if is_same_owner => 0o7777,
        FileKind::Directory => 0o1777,
        _ => 0o777,
    }
}

fn give_mode(given: Given, from: &Giver<'_>, to: &Handle<'_>, now: &Stat, losses: &mut Losses) -> Result<()> {
    let Given { mode, has_changed_mode } = given;
    let bits = kept_bits(from, owner_of(now));
    let mut wanted = mode & bits;
    if from.attributes.owner && mode & SET_ID & !bits != 0 {
        losses.add(Attribute::Mode, refusal("setuid and setgid are kept only with the owner and the group"));
    }
    if from.facts.kind == FileKind::Directory {
        // The set-group-ID bit of a directory is inherited from the one above: new files get its group.
        wanted |= mode_of(now) & 0o2000 & !bits;
    }
    if mode_of(now) == wanted && !has_changed_mode {
        return Ok(());
    }
    match to.set_mode(wanted) {
        Ok(()) if mode_of(&to.stat()?) == wanted => {}
        Ok(()) => losses.add(Attribute::Mode, unsupported("the file system keeps another mode")),
        Err(_) if mode_of(&to.stat()?) == wanted => {}
        Err(errno) => losses.add(Attribute::Mode, errno),
    }
    Ok(())
}

/// Gives owner and group, or only one of them if the other is refused. Some systems refuse a number that they do not know
/// (EINVAL), as in a container. That is treated like a refusal to give a file away (EPERM).
fn give_owner((user, group): (u32, u32), to: &Handle<'_>, now: &mut Stat, losses: &mut Losses) -> Result<()> {
    let (uid, gid) = (Some(Uid::from_raw(user)), Some(Gid::from_raw(group)));
    let mut refused = [None; 2];
    if let Err(errno) = to.set_owner(uid, gid) {
        refused = [Some(errno); 2];
        if now.st_uid != user && now.st_gid != group {
            // The group first, because only the owner may change it.
            refused[1] = to.set_owner(None, gid).err();
            refused[0] = to.set_owner(uid, None).err();
        }
    }
    *now = to.stat()?;
    for (is_kept, what, refused) in
        [(now.st_uid == user, Attribute::Owner, refused[0]), (now.st_gid == group, Attribute::Group, refused[1])]
    {
        match refused {
            _ if is_kept => {}
            Some(errno) => losses.add(what, errno),
            None => losses.add(what, unsupported("the file system keeps another one")),
        }
    }
    Ok(())
}

/// Whether this user may give a file another owner or group, of those that differ.
fn may_give((user, group): (u32, u32), now: (u32, u32)) -> bool {
    let is_member = || {
        let own = nix::unistd::getegid().as_raw() == group;
        own || rustix::process::getgroups().is_ok_and(|groups| groups.contains(&Gid::from_raw(group)))
    };
    let is_root = nix::unistd::geteuid().is_root();
    is_root || now.0 == user && is_member()
}

fn owner_of(found: &Stat) -> (u32, u32) {
    (found.st_uid, found.st_gid)
}

pub(super) fn times(facts: &Facts) -> Timestamps {
    Timestamps { last_access: timespec(facts.accessed), last_modification: timespec(facts.modified) }
}

fn unsupported(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::Unsupported, reason)
}

fn refusal(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::PermissionDenied, reason)
}
