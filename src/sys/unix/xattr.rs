//! Extended attributes on Unix. On Linux, access control lists are among them.

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use here::RIGHTS;
pub(super) use here::{copy, differ, has_default_list, has_list, own_mode, remove_lists};

/// How to treat access control lists. They are permissions, so they are copied with the mode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// The copy gets those of the original.
    Copied,
    /// The copy gets none.
    Without,
    /// They stay as they are.
    Left,
}

/// The result of copying access control lists.
#[derive(Clone, Copy)]
pub(super) struct Given {
    /// The mode to set. If the copy does not get the list of the original, the mask of that list is removed from it.
    pub(super) mode: u32,
    /// Whether the mode that the system shows may have changed: a list was set or removed, or the file was made writable.
    pub(super) has_changed_mode: bool,
}

/// Attributes that a copy may have and its original may not. They are removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Surplus {
    /// It is new, and its directory gives no lists.
    Nothing,
    /// It is new, and has the lists that its directory gives.
    Lists,
    /// It was there before.
    Anything,
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod here {
    use std::ffi::CStr;

    use rustix::io::{Errno, Result};

    use super::{Given, Lists, Surplus};
    use crate::kind::FileKind;
    use crate::report::Attribute;
    use crate::sys::edit_dir::{Attributes, Losses};
    use crate::sys::unix::facts::mode_of;
    use crate::sys::unix::give_attributes::Giver;
    use crate::sys::unix::handle::Handle;

    /// The attribute that holds the access control list of a file.
    pub(in crate::sys::unix) const RIGHTS: &CStr = c"system.posix_acl_access";

    /// The attribute that holds the list which a directory gives to new files in it.
    const DEFAULT_RIGHTS: &CStr = c"system.posix_acl_default";

    /// The error of an attribute that is not there.
    #[cfg(target_vendor = "apple")]
    const ABSENT: Errno = Errno::NOATTR;
    #[cfg(not(target_vendor = "apple"))]
    const ABSENT: Errno = Errno::NODATA;

    /// These are valid for one content. The system removes them when it changes.
    const OF_CONTENT: [&CStr; 3] = [c"security.capability", c"security.ima", c"security.evm"];

    /// The bits of a mode for the group.
    const GROUP: u32 = 0o070;

    /// Gives a file the extended attributes of another one.
    pub(in crate::sys::unix) fn copy(
        from: &Giver<'_>,
        to: &Handle<'_>,
        surplus: Surplus,
        losses: &mut Losses,
    ) -> Given {
        let Giver { handle, lists, attributes: Attributes { xattrs, .. }, .. } = *from;
        let mut given = Given { mode: from.facts.mode, has_changed_mode: false };
        if lists == Lists::Without && surplus != Surplus::Nothing {
            given.has_changed_mode = remove_list(to, RIGHTS, losses);
        }
        if lists != Lists::Copied && !xattrs {
            return given;
        }
        let names = match listed(&handle) {
            Ok(names) => names,
            Err(errno) => {
                losses.add(Attribute::Xattrs, errno);
                given.mode = own_mode(&handle, given.mode, losses);
                if lists == Lists::Copied && surplus != Surplus::Nothing {
                    given.has_changed_mode = remove_list(to, RIGHTS, losses);
                }
                return given;
            }
        };
        // If the attributes cannot be listed, there may be any.
        let present = if surplus == Surplus::Anything { listed(to).ok() } else { None };
        let mut copying = Copying { from: &handle, to, surplus, present, widened: None, losses };
        if xattrs {
            copying.others(&names, from.has_same_content);
        }
        if lists == Lists::Copied {
            copying.lists(&names, from.facts.kind, &mut given);
        }
        if let Some(before) = copying.widened {
            // The final mode is set later.
            _ = to.set_mode(before);
            given.has_changed_mode = true;
        }
        given
    }

    struct Copying<'a, 'h> {
        from: &'a Handle<'h>,
        to: &'a Handle<'h>,
        surplus: Surplus,
        /// The attributes that the copy had, if it existed before and they can be listed.
        present: Option<Names>,
        /// The mode that it had, if it had to be made writable.
        widened: Option<u32>,
        losses: &'a mut Losses,
    }

    impl Copying<'_, '_> {
        fn others(&mut self, names: &Names, has_same_content: bool) {
            let is_kept = |name: &&CStr| has_same_content || !OF_CONTENT.contains(name);
            for name in names.iter().filter(|name| !is_list(name)).filter(is_kept) {
                let copied = value(self.from, name).and_then(|value| self.change(|to| to.set_xattr(name, &value)));
                self.enter(name, copied);
            }
            let Some(present) = self.present.take() else { return };
            for name in present.iter().filter(|name| is_ours(name) && !names.iter().any(|other| other == *name)) {
                let removed = self.change(|to| to.remove_xattr(name));
                self.enter(name, removed);
            }
            self.present = Some(present);
        }

        /// Both lists. Only directories have the default one.
        fn lists(&mut self, names: &Names, kind: FileKind, given: &mut Given) {
            let lists = if kind == FileKind::Directory { &[DEFAULT_RIGHTS, RIGHTS][..] } else { &[RIGHTS] };
            for &name in lists {
                let wanted = names.iter().any(|other| other == name).then(|| value(self.from, name));
                let set = match &wanted {
                    Some(Ok(list)) => self.to.set_xattr(name, list),
                    Some(Err(errno)) => Err(*errno),
                    None => Ok(()),
                };
                given.has_changed_mode |= wanted.is_some() && set.is_ok();
                let is_gone = matches!(wanted, Some(Err(ABSENT)));
                if let (Err(errno), false) = (set, is_gone) {
                    self.losses.add(of_list(name), errno);
                    if name == RIGHTS {
                        let list = wanted.as_ref().and_then(|list| list.as_deref().ok()).unwrap_or_default();
                        given.mode = narrowed(given.mode, group_bits(list));
                    }
                }
                if (wanted.is_none() || set.is_err()) && self.may_have(name) {
                    given.has_changed_mode |= remove_list(self.to, name, self.losses);
                }
            }
        }

        /// Whether the copy may have a list that this code did not give it.
        fn may_have(&self, list: &CStr) -> bool {
            match &self.present {
                Some(present) => present.iter().any(|name| name == list),
                None => self.surplus != Surplus::Nothing,
            }
        }

        /// Does something that requires permission to write, which even the owner may not have.
        fn change(&mut self, change: impl Fn(&Handle<'_>) -> Result<()>) -> Result<()> {
            match change(self.to) {
                Err(Errno::ACCESS) if self.widened.is_none() => {}
                result => return result,
            }
            let mode = mode_of(&self.to.stat()?);
            self.to.set_mode(mode | 0o200).map_err(|_| Errno::ACCESS)?;
            self.widened = Some(mode);
            change(self.to)
        }

        fn enter(&mut self, name: &CStr, result: Result<()>) {
            match result {
                // It has just been removed.
                Ok(()) | Err(ABSENT) => {}
                Err(errno) if is_the_systems(name, errno) => {}
                Err(errno) => self.losses.add(named(name), errno),
            }
        }
    }

    /// The mode without what only an access control list adds to it: the system shows the list's mask in place of the
    /// group bits.
    pub(in crate::sys::unix) fn own_mode(of: &Handle<'_>, mode: u32, losses: &mut Losses) -> u32 {
        if mode & GROUP == 0 {
            return mode;
        }
        let list = match has_list(of) {
            Ok(false) => return mode,
            Ok(true) => value(of, RIGHTS),
            Err(errno) => Err(errno),
        };
        let own_bits = list.map_or_else(
            |errno| {
                losses.add(Attribute::AccessList, errno);
                0
            },
            |list| group_bits(&list),
        );
        narrowed(mode, own_bits)
    }

    /// The mode with no more group bits than these.
    fn narrowed(mode: u32, group_bits: u32) -> u32 {
        mode & (!GROUP | group_bits)
    }

    /// Removes both lists that a new directory got from the one above.
    pub(in crate::sys::unix) fn remove_lists(from: &Handle<'_>) -> Losses {
        let mut losses = Losses::default();
        for name in [DEFAULT_RIGHTS, RIGHTS] {
            remove_list(from, name, &mut losses);
        }
        losses
    }

    /// Removes a list, if there is one. Returns whether the system reports success, which some do even if there is none.
    fn remove_list(to: &Handle<'_>, name: &CStr, losses: &mut Losses) -> bool {
        let removed = to.remove_xattr(name);
        match removed {
            Ok(()) | Err(ABSENT | Errno::NOTSUP | Errno::NOSYS | Errno::INVAL) => {}
            Err(errno) => losses.add(of_list(name), errno),
        }
        removed.is_ok()
    }

    /// The permissions of the owning group in a list of the kernel's form: a version, then entries of a tag (2 bytes), permissions
    /// (2) and an id (4). A list that cannot be parsed gives none.
    fn group_bits(list: &[u8]) -> u32 {
        const OWNING_GROUP: u16 = 0x04;
        let number = |entry: &[u8], at: usize| u16::from_le_bytes([entry[at], entry[at + 1]]);
        let entries = list.get(4..).unwrap_or_default().chunks_exact(8);
        let mut own = entries.filter(|entry| number(entry, 0) == OWNING_GROUP);
        own.next().map_or(0, |entry| u32::from(number(entry, 2) & 0o7) << 3)
    }

    /// Whether a directory gives access control lists to new files in it.
    pub(in crate::sys::unix) fn has_default_list(dir: &Handle<'_>) -> bool {
        // If it is not known, it may be so.
        has(dir, DEFAULT_RIGHTS).unwrap_or(true)
    }

    /// Whether a file has an access control list.
    pub(in crate::sys::unix) fn has_list(file: &Handle<'_>) -> Result<bool> {
        has(file, RIGHTS)
    }

    fn has(of: &Handle<'_>, list: &CStr) -> Result<bool> {
        match of.xattr(list, &mut []) {
            Err(ABSENT | Errno::NOTSUP | Errno::NOSYS) => Ok(false),
            result => result.map(|_| true),
        }
    }

    /// Whether a copy has other attributes than [`copy`] would give it, of those that a user can set.
    pub(in crate::sys::unix) fn differ(from: &Giver<'_>, to: &Handle<'_>) -> Result<bool> {
        let is_wanted = |name: &&CStr| match is_list(name) {
            true => from.lists == Lists::Copied,
            false => from.attributes.xattrs && is_ours(name),
        };
        let (from_names, to_names) = (listed(&from.handle)?, listed(to)?);
        let mut names: [Vec<_>; 2] = [&from_names, &to_names].map(|names| names.iter().filter(is_wanted).collect());
        names.iter_mut().for_each(|names| names.sort_unstable());
        if names[0] != names[1] {
            return Ok(true);
        }
        let differs =
            |name: &&CStr| !matches!((value(&from.handle, name), value(to, name)), (Ok(old), Ok(new)) if old == new);
        Ok(names[0].iter().any(differs))
    }

    /// Whether an attribute is one that the system sets by itself, or that this user cannot set. Then it is not reported as
    /// lost.
    fn is_the_systems(name: &CStr, errno: Errno) -> bool {
        let is_given_out = begins_with_one_of(name, &["security.", "system.", "com.apple."]);
        let is_for_administrators = is_for_administrators(name);
        match errno {
            Errno::PERM | Errno::ACCESS => is_given_out || is_for_administrators,
            Errno::NOTSUP | Errno::INVAL => is_given_out && !is_for_administrators,
            _ => false,
        }
    }

    /// The names of attributes, each with a NUL after it.
    struct Names(Vec<u8>);

    impl Names {
        fn iter(&self) -> impl Iterator<Item = &CStr> {
            let names = self.0.split_inclusive(|&byte| byte == 0);
            names.filter_map(|name| CStr::from_bytes_with_nul(name).ok()).filter(|name| !name.is_empty())
        }
    }

    fn listed(of: &Handle<'_>) -> Result<Names> {
        match grown(|buffer| of.list_xattrs(buffer)) {
            Err(Errno::NOTSUP | Errno::NOSYS) => Ok(Names(Vec::new())),
            names => names.map(Names),
        }
    }

    fn value(of: &Handle<'_>, name: &CStr) -> Result<Vec<u8>> {
        grown(|buffer| of.xattr(name, buffer))
    }

    fn is_list(name: &CStr) -> bool {
        name == RIGHTS || name == DEFAULT_RIGHTS
    }

    /// Whether an attribute is set by users or administrators, and not by the system itself.
    fn is_ours(name: &CStr) -> bool {
        is_for_administrators(name) || begins_with_one_of(name, &["user."])
    }

    /// Whether only administrators set an attribute.
    fn is_for_administrators(name: &CStr) -> bool {
        name == c"security.capability" || begins_with_one_of(name, &["trusted."])
    }

    fn begins_with_one_of(name: &CStr, prefixes: &[&str]) -> bool {
        prefixes.iter().any(|prefix| name.to_bytes().starts_with(prefix.as_bytes()))
    }

    fn of_list(name: &CStr) -> Attribute {
        if name == RIGHTS { Attribute::AccessList } else { Attribute::DefaultAccessList }
    }

    fn named(name: &CStr) -> Attribute {
        Attribute::Xattr(name.to_string_lossy().into_owned())
    }

    /// The result of a call that fills a buffer. The buffer grows until it is large enough.
    fn grown(call: impl Fn(&mut [u8]) -> Result<usize>) -> Result<Vec<u8>> {
        const MOST: usize = 1 << 26;
        let mut buffer = vec![0; 1024];
        loop {
            match call(&mut buffer) {
                Err(Errno::RANGE) if buffer.len() < MOST => buffer.resize(buffer.len() * 8, 0),
                Err(errno) => return Err(errno),
                Ok(length) => {
                    buffer.truncate(length);
                    return Ok(buffer);
                }
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_the_system_gives_out_is_no_loss_where_users_have_no_say() {
            const REFUSED: [Errno; 2] = [Errno::PERM, Errno::ACCESS];
            const UNKNOWN: [Errno; 2] = [Errno::NOTSUP, Errno::INVAL];
            for (name, is_refused, is_unknown) in [
                (c"security.selinux", true, true),
                (c"system.nfs4_acl", true, true),
                (c"com.apple.provenance", true, true),
                // Administrators set these; other users are refused.
                (c"security.capability", true, false),
                (c"trusted.overlay", true, false),
                (c"user.mime_type", false, false),
                (c"user.security.", false, false),
            ] {
                let shown = name.to_string_lossy();
                assert_eq!(REFUSED.map(|errno| is_the_systems(name, errno)), [is_refused; 2], "{shown}");
                assert_eq!(UNKNOWN.map(|errno| is_the_systems(name, errno)), [is_unknown; 2], "{shown}");
                let others = [Errno::IO, Errno::NOSPC, Errno::DQUOT];
                assert_eq!(others.map(|errno| is_the_systems(name, errno)), [false; 3], "{shown}");
            }
        }

        #[test]
        fn what_users_and_administrators_give_is_copied() {
            for (name, is_copied) in [
                (c"user.mime_type", true),
                (c"trusted.overlay", true),
                (c"security.capability", true),
                (c"security.selinux", false),
                (c"system.posix_acl_access", false),
                (c"security.user.", false),
            ] {
                assert_eq!(is_ours(name), is_copied, "{name:?}");
            }
        }

        #[test]
        fn a_list_gives_the_owning_group_what_its_entry_says() {
            // Of the owner, a named user, the owning group, the mask, and others.
            let list = |entries: &[(u8, u8)]| {
                let entry = |&(tag, rights): &(u8, u8)| [tag, 0, rights, 0, 255, 255, 255, 255];
                [vec![2, 0, 0, 0], entries.iter().flat_map(entry).collect()].concat()
            };
            for (entries, bits) in [
                (&[(0x01, 7), (0x02, 7), (0x04, 5), (0x10, 7), (0x20, 4)][..], 0o050),
                (&[(0x01, 7), (0x04, 0), (0x10, 7), (0x20, 4)], 0),
                (&[(0x01, 7), (0x20, 4)], 0),
            ] {
                assert_eq!(group_bits(&list(entries)), bits, "{entries:?}");
            }
            assert_eq!((group_bits(b""), group_bits(&[2, 0, 0, 0, 4, 0, 7])), (0, 0), "they cannot be read");
            for (mode, own, narrowed_mode) in [(0o775, 0o050, 0o755), (0o2570, 0, 0o2500), (0o604, 0o070, 0o604)] {
                assert_eq!(narrowed(mode, own), narrowed_mode, "{mode:o} {own:o}");
            }
        }
    }
}

/// rustix has none here.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod here {
    use rustix::io::Result;

    use super::{Given, Surplus};
    use crate::sys::edit_dir::Losses;
    use crate::sys::unix::give_attributes::Giver;
    use crate::sys::unix::handle::Handle;

    pub(in crate::sys::unix) fn copy(from: &Giver<'_>, _: &Handle<'_>, _: Surplus, _: &mut Losses) -> Given {
        Given { mode: from.facts.mode, has_changed_mode: false }
    }

    pub(in crate::sys::unix) fn own_mode(_: &Handle<'_>, mode: u32, _: &mut Losses) -> u32 {
        mode
    }

    pub(in crate::sys::unix) fn remove_lists(_: &Handle<'_>) -> Losses {
        Losses::default()
    }

    pub(in crate::sys::unix) fn has_default_list(_: &Handle<'_>) -> bool {
        false
    }

    #[allow(clippy::unnecessary_wraps, reason = "as elsewhere")]
    pub(in crate::sys::unix) fn has_list(_: &Handle<'_>) -> Result<bool> {
        Ok(false)
    }

    #[allow(clippy::unnecessary_wraps, reason = "as elsewhere")]
    pub(in crate::sys::unix) fn differ(_: &Giver<'_>, _: &Handle<'_>) -> Result<bool> {
        Ok(false)
    }
}
