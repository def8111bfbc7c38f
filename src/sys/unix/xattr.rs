//! Extended attributes on Unix, which hold lists of access rights, too.

use std::io;

use rustix::io::Errno;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use here::RIGHTS;
pub(super) use here::copy;

/// The error that says what cannot be kept of a file.
pub(super) fn cannot_keep(what: &str, errno: Errno) -> io::Error {
    let error = io::Error::from(errno);
    io::Error::new(error.kind(), format!("{what} cannot be kept: {error}"))
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod here {
    use std::io;
    use std::os::fd::AsFd;

    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
    use rustix::io::{Errno, retry_on_intr};

    use super::cannot_keep;

    pub(in crate::sys::unix) const RIGHTS: &[u8] = b"system.posix_acl_access";

    /// The error of an attribute that is not there.
    #[cfg(target_vendor = "apple")]
    const ABSENT: Errno = Errno::NOATTR;
    #[cfg(not(target_vendor = "apple"))]
    const ABSENT: Errno = Errno::NODATA;

    /// These hold for the content that they were made for: the system takes them away when it changes.
    const OF_CONTENT: [&[u8]; 3] = [b"security.capability", b"security.ima", b"security.evm"];

    /// Gives a file the attributes of another. Those that only the system or its administrator may set stay
    /// behind where they may not be set; those of the content, where that is not the same.
    pub(in crate::sys::unix) fn copy(from: impl AsFd, to: impl AsFd, has_same_content: bool) -> io::Result<()> {
        let names = match grown(|buffer| flistxattr(&from, buffer)) {
            Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(()),
            names => names?,
        };
        let is_kept = |name: &&[u8]| !name.is_empty() && (has_same_content || !OF_CONTENT.contains(name));
        let mut has_rights = false;
        for name in names.split(|&byte| byte == 0).filter(is_kept) {
            has_rights |= name == RIGHTS;
            let copied = grown(|buffer| fgetxattr(&from, name, buffer))
                .and_then(|value| retry_on_intr(|| fsetxattr(&to, name, &value, XattrFlags::empty())));
            match copied {
                // It has just been taken away.
                Err(ABSENT) => {}
                // The system's own, which it gives out itself.
                Err(Errno::NOTSUP | Errno::PERM | Errno::ACCESS | Errno::INVAL) if is_the_systems(name) => {}
                Err(errno) => {
                    let what = format!("its attribute `{}`", String::from_utf8_lossy(name).escape_debug());
                    return Err(cannot_keep(&what, errno));
                }
                Ok(()) => {}
            }
        }
        if !has_rights && cfg!(any(target_os = "linux", target_os = "android")) {
            // The new file has those that the directory gives to what is made in it.
            match retry_on_intr(|| fremovexattr(&to, RIGHTS)) {
                Err(ABSENT | Errno::NOTSUP | Errno::NOSYS) => {}
                result => result.map_err(|errno| cannot_keep("its access rights", errno))?,
            }
        }
        Ok(())
    }

    fn is_the_systems(name: &[u8]) -> bool {
        let theirs = [&b"security."[..], b"system.", b"trusted.", b"com.apple."];
        name != RIGHTS && theirs.iter().any(|prefix| name.starts_with(prefix))
    }

    /// What a call puts into a buffer, which is made larger until it fits.
    fn grown(call: impl Fn(&mut [u8]) -> rustix::io::Result<usize>) -> rustix::io::Result<Vec<u8>> {
        const MOST: usize = 1 << 26;
        let mut buffer = vec![0; 1024];
        loop {
            match retry_on_intr(|| call(&mut buffer)) {
                Err(Errno::RANGE) if buffer.len() < MOST => buffer.resize(buffer.len() * 8, 0),
                Err(errno) => return Err(errno),
                Ok(length) => {
                    buffer.truncate(length);
                    return Ok(buffer);
                }
            }
        }
    }
}

/// rustix has none here.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod here {
    use std::io;
    use std::os::fd::AsFd;

    #[allow(clippy::unnecessary_wraps, reason = "as elsewhere")]
    pub(in crate::sys::unix) fn copy(_: impl AsFd, _: impl AsFd, _: bool) -> io::Result<()> {
        Ok(())
    }
}
