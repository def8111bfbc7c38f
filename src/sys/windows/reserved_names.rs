//! Names that Windows reinterprets: it opens devices, drops dots and spaces at the end, and reads the text after a colon as
//! the name of a stream.

use crate::flavour::{Misreading, Rules, Split, Windows};
use crate::printable::printable;

/// The purpose of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read something. A stream can be read, and is what is meant.
    Read,
    /// To create, change or remove something.
    Change,
}

/// How Windows reinterprets a path, in words. Returns nothing if it reads the path as it is written.
///
/// Verbatim paths (`\\?\`) and paths of devices (`\\.\`) are never reinterpreted.
pub(super) fn misread(path: &str, purpose: Purpose) -> Option<String> {
    let path = Windows::normal(path);
    let Split { drive, tail, .. } = Windows::split(&path);
    if is_taken_literally(drive) {
        return None;
    }
    tail.split('\\').filter(|name| *name != "..").find_map(|name| {
        let mut found = Misreading::all_of(name);
        let misreading = found.find(|found| *found != Misreading::Stream || purpose == Purpose::Change)?;
        Some(format!("`{}`: {misreading}", printable(name)))
    })
}

/// Whether a name in a directory needs a verbatim path.
pub(super) fn needs_verbatim(name: &str) -> bool {
    // The prefix keeps `a:` from being read as a drive.
    misread(&format!(r".\{name}"), Purpose::Change).is_some()
}

fn is_taken_literally(drive: &str) -> bool {
    drive.starts_with(r"\\?\") || drive.starts_with(r"\\.\")
}

#[cfg(test)]
mod tests {
    use super::{Purpose, misread, needs_verbatim};

    #[test]
    fn names_that_windows_misreads_are_found() {
        for path in
            ["nul", "NUL", "nul.txt", r"a\COM1", "c:con", r"d\aux .c", "a.", r"a \b", "a. .", r"c:\x\...", "CONIN$"]
                .into_iter()
                .chain(["nul:", r"a\nul:x", r".\com1:", r"c:\aux:x", r"d\con .x:y"])
        {
            assert!(misread(path, Purpose::Change).is_some(), "{path}");
            assert!(misread(path, Purpose::Read).is_some(), "{path}");
        }
        for stream in [r"c:\a:b", "file:stream", r".\a:b", r"d\f:s:$DATA"] {
            assert!(misread(stream, Purpose::Change).is_some(), "{stream}");
            assert_eq!(misread(stream, Purpose::Read), None, "{stream}");
        }
    }

    #[test]
    fn others_are_the_systems_to_judge() {
        let plain =
            ["", ".", "..", r"..\a", "null", "com", "a.b", ".hidden", "c:", r"c:\", r"\\server\share\a", "a?", "é"];
        let literal = [r"\\?\C:\nul", r"\\?\C:\a.", r"\\.\NUL", r"\\.\COM1"];
        for path in plain.into_iter().chain(literal) {
            assert_eq!(misread(path, Purpose::Change), None, "{path}");
        }
    }

    #[test]
    fn the_message_names_the_part() {
        let said = misread(r"c:\logs\nul.txt", Purpose::Change).unwrap();
        assert_eq!(said, "`nul.txt`: Windows opens a device under this name");
    }

    #[test]
    fn a_name_alone_is_judged_as_one() {
        for name in ["nul", "a.", "a ", "a:", "a:b"] {
            assert!(needs_verbatim(name), "{name}");
        }
        for name in ["a", "a.b", "..", r"a\..\b", ""] {
            assert!(!needs_verbatim(name), "{name}");
        }
    }
}
