//! Names that nobody is expected to have.

use std::ffi::OsString;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// How many names are tried: if all are taken, something else is wrong.
const TRIES: usize = 1 << 16;

/// Sixteen digits. The system's randomness is the key of the hash, so that other programs cannot guess them.
fn random_digits() -> String {
    format!("{:016x}", RandomState::new().hash_one(0))
}

/// A name for what gets its own name later: a dot, sixteen random digits, `.waypath-tmp`.
pub(crate) fn temporary_name() -> OsString {
    format!(".{}.waypath-tmp", random_digits()).into()
}

/// Creates something in a directory under a name with a prefix, random digits and a suffix. If the name is taken, it tries
/// another one.
pub(crate) fn make_named<T>(
    dir: &Path,
    prefix: &str,
    suffix: &str,
    mut make: impl FnMut(&Path) -> io::Result<T>,
) -> io::Result<(T, PathBuf)> {
    for _ in 0..TRIES {
        let path = dir.join(format!("{prefix}{}{suffix}", random_digits()));
        match make(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return Ok((made?, path)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_not_tried_again() {
        let mut tried = Vec::new();
        let made = make_named(Path::new("dir"), "before-", "-after", |path| {
            tried.push(path.to_owned());
            if tried.len() < 100 { Err(ErrorKind::AlreadyExists.into()) } else { Ok("made") }
        });
        assert_eq!(made.unwrap(), ("made", tried[99].clone()));
        for path in &tried {
            let name = path.strip_prefix("dir").unwrap().to_str().unwrap();
            let digits = name.strip_prefix("before-").and_then(|name| name.strip_suffix("-after")).unwrap();
            assert!(digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()), "{name}");
        }
        tried.sort();
        tried.dedup();
        assert_eq!(tried.len(), 100);
    }

    #[test]
    fn another_error_ends_it_and_so_do_too_many_names() {
        for (kind, expected) in [(ErrorKind::PermissionDenied, 1), (ErrorKind::AlreadyExists, TRIES)] {
            let mut tries = 0;
            let made = make_named(Path::new("dir"), "", "", |_| {
                tries += 1;
                Err::<(), _>(kind.into())
            });
            assert_eq!((made.unwrap_err().kind(), tries), (kind, expected));
        }
    }
}
