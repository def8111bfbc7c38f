//! Temporary names for files that are not complete yet.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use super::place::Place;
use crate::sys::edit_dir::{Existing, temporary_name};

/// A file under a temporary name. It is removed unless it gets its own name.
pub(super) struct Temporary<D: AsFd> {
    dir: D,
    name: Option<OsString>,
}

impl<D: AsFd> Temporary<D> {
    /// Creates something under a new name. If the name is taken, it tries another one.
    pub(super) fn make<T>(
        dir: D,
        mut new_name: impl FnMut() -> OsString,
        make: impl Fn(Place<'_>) -> io::Result<T>,
    ) -> io::Result<(T, Self)> {
        const TRIES: usize = 1_000;
        for _ in 0..TRIES {
            let name = new_name();
            match make(Place::new(&dir, &name)) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return Ok((made?, Self { dir, name: Some(name) })),
            }
        }
        Err(super::taken_error())
    }

    /// Gives it its name. Returns the temporary one, which is free again.
    pub(super) fn become_permanent(mut self, new: Place<'_>, existing: Existing) -> io::Result<OsString> {
        super::rename_at(self.place(), new, existing)?;
        Ok(self.name.take().expect("BUG: it has its name already"))
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place::new(&self.dir, self.name.as_deref().expect("BUG: it has its name already"))
    }
}

impl<D: AsFd> Drop for Temporary<D> {
    fn drop(&mut self) {
        if self.name.is_some() {
            _ = self.place().remove_file();
        }
    }
}

/// A temporary name that contains the final one: `.NAME.0123456789abcdef.waypath-tmp`. A long name is shortened, because
/// some file systems allow only 143 bytes.
pub(super) fn temporary_name_for(target: &OsStr) -> OsString {
    const MOST: usize = 64;
    let target = target.as_bytes();
    let is_inside_character = |&at: &usize| target.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    let end = (0..=target.len().min(MOST)).rev().find(|at| !is_inside_character(at)).unwrap_or(0);
    OsString::from_vec([b".", &target[..end], temporary_name().as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::temporary_name_for;

    #[test]
    fn temporary_names_fit_and_are_cut_between_characters() {
        for (name, front) in [("a.txt", "a.txt"), (&*"x".repeat(255), &*"x".repeat(64)), ("", "")] {
            let temporary = temporary_name_for(name.as_ref()).into_string().unwrap();
            assert!(temporary.starts_with(&format!(".{front}.")) && temporary.ends_with(".waypath-tmp"), "{temporary}");
        }
        for character in ["é", "€", "𝄞"] {
            for shift in 0..4 {
                let name = "x".repeat(shift) + &character.repeat(60);
                let temporary = temporary_name_for(name.as_ref()).into_string().expect("it is cut between characters");
                assert!(temporary.len() < 100 && temporary.contains(character));
            }
        }
        assert_ne!(temporary_name_for("x".as_ref()), temporary_name_for("x".as_ref()));
    }
}
