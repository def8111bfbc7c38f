//! The names that a copy has used in one directory. On a file system that ignores case, two names of the source can be
//! one at the target: the second must not replace the first, nor be merged into it.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};
use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard};

use crate::printable::printable;
use crate::sys::{Directory, Links, Rest};
use crate::tree::lock;

/// The names of one directory, for all threads that copy into it.
///
/// In a directory that the copy itself has made, nothing is ever taken for old, so that they need not be kept.
#[derive(Default)]
pub(super) struct Names(Mutex<Used>);

impl Names {
    /// Until it is dropped, no other thread uses a name here.
    pub(super) fn lock(&self) -> MutexGuard<'_, Used> {
        lock(&self.0)
    }
}

/// By the hash of the name without case, the hash of the name that was first.
#[derive(Default)]
pub(super) struct Used {
    first: HashMap<u64, u64, BuildHasherDefault<IsHash>>,
    hashes: RandomState,
    ignores_case: Option<bool>,
}

impl Used {
    /// Enters a name; returns whether one that differs in case only was entered before.
    pub(super) fn differs_in_case(&mut self, name: &OsStr) -> bool {
        let exact = self.hashes.hash_one(name);
        let folded = self.hash_folded(name.as_encoded_bytes());
        *self.first.entry(folded).or_insert(exact) != exact
    }

    fn hash_folded(&self, name: &[u8]) -> u64 {
        let mut short = [0; 255];
        match short.get_mut(..name.len()) {
            Some(short) if name.is_ascii() => {
                short.copy_from_slice(name);
                short.make_ascii_lowercase();
                self.hashes.hash_one(&*short)
            }
            _ => self.hashes.hash_one(folded(&String::from_utf8_lossy(name)).as_bytes()),
        }
    }

    /// Whether a directory, in which something has the name, takes this name for others.
    pub(super) fn ignores_case<D: Directory>(&mut self, dir: &D, name: &OsStr) -> io::Result<bool> {
        if self.ignores_case.is_none() {
            self.ignores_case = is_one_without_case(dir, name)?;
        }
        Ok(self.ignores_case == Some(true))
    }
}

/// Hashes what is a hash.
#[derive(Default)]
pub(super) struct IsHash(u64);

impl Hasher for IsHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("BUG: not a hash");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A name without case. Upper case first, as some letters become one only there.
fn folded(name: &str) -> String {
    name.to_uppercase().to_lowercase()
}

/// The same name with the other case of every letter, if that is another name.
fn swapped(name: &OsStr) -> Option<OsString> {
    let name = name.to_str()?;
    let swap = |character: char| match character.is_lowercase() {
        true => character.to_uppercase().collect::<String>(),
        false => character.to_lowercase().collect(),
    };
    let swapped: String = name.chars().map(swap).collect();
    (swapped != name).then(|| swapped.into())
}

/// Whether something that has a name in a directory has it under another spelling.
pub(super) fn takes_for_another<D: Directory>(dir: &D, name: &OsStr) -> bool {
    matches!(is_one_without_case(dir, name), Ok(Some(true)))
}

/// Whether a directory, in which something has a name, takes the name for one of another case: it finds both, and
/// lists one. Identities do not tell: some file systems give each spelling a number of its own.
fn is_one_without_case<D: Directory>(dir: &D, name: &OsStr) -> io::Result<Option<bool>> {
    let Some(other) = swapped(name) else { return Ok(None) };
    match dir.kind_in(&other, Links::Keep) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Some(false)),
        result => result?,
    };
    let mut listed = 0;
    each_name(dir, |found| {
        listed += usize::from(found == name || found == other);
        true
    })?;
    Ok(Some(listed < 2))
}

/// Whether a directory seems to ignore case, as far as the names in it show.
pub(super) fn seems_to_ignore_case<D: Directory>(dir: &D) -> bool {
    let mut example = None;
    let read = each_name(dir, |name| {
        example = swapped(name).is_some().then(|| name.to_owned());
        example.is_none()
    });
    read.is_ok() && example.is_some_and(|name| takes_for_another(dir, &name))
}

/// Says of a name that is taken at the target which other name of the source it is there, if that is why.
pub(super) fn explained<D: Directory>(cause: io::Error, source: &D, name: &OsStr) -> io::Error {
    let fold = |name: &OsStr| folded(&name.to_string_lossy());
    let (own, mut other) = (fold(name), None);
    let read = each_name(source, |found| {
        if found != name && fold(found) == own {
            other = Some(found.to_owned());
        }
        other.is_none()
    });
    match (read, other) {
        (Ok(()), Some(other)) => {
            let other = printable(&other.to_string_lossy()).into_owned();
            let message =
                format!("the destination ignores case, and `{other}` of the same directory has this name there");
            io::Error::new(ErrorKind::AlreadyExists, message)
        }
        _ => cause,
    }
}

/// Gives each name in a directory, until told to stop.
fn each_name<D: Directory>(dir: &D, mut goes_on: impl FnMut(&OsStr) -> bool) -> io::Result<()> {
    // The one at hand may be being read.
    let mut dir = dir.open_in(OsStr::new("."), Links::Keep)?;
    let (mut buffer, mut is_over) = (D::Buffer::default(), false);
    loop {
        let rest = dir.read(&mut buffer, |_, name, _, _| is_over = is_over || !goes_on(name))?;
        if is_over || rest == Rest::Nothing {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_without_case() {
        let mut used = Used::default();
        let long = "A".repeat(300);
        for (name, differs) in [
            ("README", false),
            ("README", false),
            ("readme", true),
            ("README2", false),
            ("\u{e4}", false),
            ("\u{c4}", true),
            ("\u{c4}", true),
            ("\u{e4}", false),
            ("stra\u{df}e", false),
            ("STRASSE", true),
            ("\u{3c3}", false),
            ("\u{3c2}", true),
            (&long, false),
            (&long.to_lowercase(), true),
        ] {
            assert_eq!(used.differs_in_case(OsStr::new(name)), differs, "{name}");
        }
    }

    #[test]
    fn every_letter_changes_its_case() {
        let swapped = |name: &str| swapped(OsStr::new(name)).map(|name| name.into_string().unwrap());
        assert_eq!(swapped("ReadMe.1"), Some("rEADmE.1".to_owned()));
        assert_eq!(swapped("\u{e4}"), Some("\u{c4}".to_owned()));
        assert_eq!(swapped("1.2-3"), None);
    }
}
