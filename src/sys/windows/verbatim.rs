//! Absolute paths, and verbatim paths, which begin with `\\?\` and which Windows does not parse.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{self, Component, Path, PathBuf, Prefix};

use super::reserved_names::needs_verbatim;
use crate::flavour::{Rules as _, Windows};
use crate::sys::resolve::push_name;

/// The path of a name in a directory: a verbatim one if Windows would misread the name.
///
/// It does not use the real path of the directory, because not every volume can report it.
pub(in crate::sys) fn child(dir: &Path, name: &OsStr) -> PathBuf {
    if !needs_verbatim(&name.to_string_lossy()) {
        return dir.join(name);
    }
    let mut path = verbatim(dir).unwrap_or_else(|_| dir.to_owned());
    push_name(&mut path, name);
    path
}

/// A path for calls of the system: verbatim if it is too long for them otherwise. std does this by itself.
pub(super) fn system_path(path: &Path) -> io::Result<PathBuf> {
    /// Less than the 260 units of `MAX_PATH`, because a directory has to leave room for a name of 12.
    const LONGEST: usize = 247;
    match path.is_absolute() && path.as_os_str().len() < LONGEST {
        true => Ok(path.to_owned()),
        false => verbatim(path),
    }
}

/// The absolute path, with each name as it is written. The system would drop dots and spaces at the end of a name, and turn
/// the name of a device into the path of the device.
pub(in crate::sys) fn absolute(path: &Path) -> io::Result<PathBuf> {
    let is_misread = |name: &OsStr| needs_verbatim(&name.to_string_lossy());
    if !path.components().any(|part| matches!(part, Component::Normal(name) if is_misread(name))) {
        return path::absolute(path);
    }
    let is_anchor = |part: &Component<'_>| matches!(part, Component::Prefix(_) | Component::RootDir);
    let anchor: PathBuf = path.components().take_while(is_anchor).collect();
    let mut absolute = path::absolute(if anchor.as_os_str().is_empty() { Path::new(".") } else { &anchor })?;
    for part in path.components() {
        match part {
            Component::Normal(name) => push_name(&mut absolute, name),
            Component::ParentDir => _ = absolute.pop(),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    Ok(absolute)
}

/// Whether an absolute path has no names. For std, `\\server` is a name in the root of the current drive.
pub(in crate::sys) fn is_anchor(path: &Path) -> bool {
    Windows::split(&Windows::normal(&path.to_string_lossy())).tail.is_empty()
}

/// The absolute path with the prefix `\\?\`. The path of a device keeps its own prefix.
pub(super) fn verbatim(path: &Path) -> io::Result<PathBuf> {
    let absolute = path::absolute(path)?;
    let Some(Component::Prefix(prefix)) = absolute.components().next() else { return Ok(absolute) };
    let text = absolute.as_os_str();
    Ok(match prefix.kind() {
        Prefix::Disk(_) => with_prefix(r"\\?\", text, 0),
        Prefix::UNC(..) => with_prefix(r"\\?\UNC\", text, 2),
        _ => absolute,
    })
}

pub(super) fn is_verbatim(path: &Path) -> bool {
    matches!(path.components().next(), Some(Component::Prefix(prefix)) if prefix.kind().is_verbatim())
}

/// The path without the prefix, if it means the same then.
pub(super) fn without_prefix(path: PathBuf) -> PathBuf {
    path.to_str().and_then(Windows::without_verbatim).map_or(path, PathBuf::from)
}

/// Replaces the first units of a text by a prefix.
fn with_prefix(prefix: &str, text: &OsStr, skipped: usize) -> PathBuf {
    use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
    let units: Vec<u16> = prefix.encode_utf16().chain(text.encode_wide().skip(skipped)).collect();
    OsString::from_wide(&units).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_path_has_its_verbatim_one() {
        for (path, expected) in [
            (r"C:\a\b", r"\\?\C:\a\b"),
            (r"C:/a/./b/../c", r"\\?\C:\a\c"),
            (r"\\server\share\a", r"\\?\UNC\server\share\a"),
            (r"\\?\C:\a.", r"\\?\C:\a."),
            (r"\\.\COM1", r"\\.\COM1"),
        ] {
            assert_eq!(verbatim(Path::new(path)).unwrap().as_os_str(), expected, "{path}");
        }
        assert!(verbatim(Path::new("a")).unwrap().as_os_str().to_string_lossy().starts_with(r"\\?\"));
    }

    #[test]
    fn names_stay_as_they_are_written() {
        let absolute = |path: &str| absolute(Path::new(path)).unwrap();
        for (path, expected) in [
            (r"C:\t\a.\b", r"C:\t\a.\b"),
            (r"C:\t\..\a \.\b", r"C:\a \b"),
            (r"C:\..\..\a.", r"C:\a."),
            (r"\\server\share\a.", r"\\server\share\a."),
            (r"\\?\C:\t\a.", r"\\?\C:\t\a."),
            (r"C:\t\nul:x", r"C:\t\nul:x"),
            (r"C:\t\f:s", r"C:\t\f:s"),
            (r"C:\t\z:\etc", r"C:\t\z:\etc"),
            (r"\\server", r"\\server"),
        ] {
            assert_eq!(absolute(path).as_os_str(), expected, "{path}");
        }
        let here = std::env::current_dir().unwrap();
        for (path, expected) in [("prn", "prn"), ("a.", "a."), (r"b\..\a ", "a "), (r".\c:x", "c:x")] {
            let mut place = here.clone();
            push_name(&mut place, OsStr::new(expected));
            assert_eq!(absolute(path).as_os_str(), place.as_os_str(), "{path}");
        }
    }

    #[test]
    fn a_server_without_a_share_is_no_name() {
        for path in [r"\\server", r"\\server\share", r"C:\", r"\\.\prn", r"\\?\C:\"] {
            assert!(is_anchor(Path::new(path)), "{path}");
        }
        for path in [r"C:\a", r"\\server\share\a", r"\\?\C:\a"] {
            assert!(!is_anchor(Path::new(path)), "{path}");
        }
    }

    /// No volume is asked, because some cannot report the real path of a directory.
    #[test]
    fn a_name_that_is_misread_makes_a_path_verbatim() {
        let child = |dir: &str, name: &str| child(Path::new(dir), OsStr::new(name)).into_os_string();
        assert_eq!(child(r"Q:\no such", "a"), r"Q:\no such\a");
        for name in ["a.", "a ", "nul", "f:s", "z:"] {
            assert_eq!(child(r"Q:\no such", name), OsString::from(format!(r"\\?\Q:\no such\{name}")));
            assert_eq!(child(r"\\s\share\d", name), OsString::from(format!(r"\\?\UNC\s\share\d\{name}")));
        }
        assert_eq!(child(r"\\?\C:\d.", "a"), r"\\?\C:\d.\a");
        assert_eq!(child("c:", "a"), "c:a");
        assert_eq!(child("", "a"), "a");
        assert_eq!(child(r"\\?\C:\d", "."), r"\\?\C:\d");
        assert_eq!(child(r"\\?\C:\d", r"a\..\b"), r"\\?\C:\d\b");
    }
}
