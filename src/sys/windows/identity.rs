//! The identity of files: more than a number, because some file systems give none, or the same one to several files.

use std::path::PathBuf;

use crate::sys::FileNumber;

/// The identity of an existing file. It is the same for all names of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id {
    pub(super) volume: u64,
    /// 0 if the file system numbers no files.
    number: FileNumber,
    /// Its path, if it has only one name: then another path is another file, even if the numbers are equal. Shared folders of
    /// virtual machines have such numbers, and so does ReFS if only 64 bits are asked for.
    place: Option<PathBuf>,
}

/// The numbers that the system reports of a file.
pub(super) struct Numbers {
    pub(super) volume: u64,
    pub(super) file: FileNumber,
    /// The number of names of the file.
    pub(super) names: u64,
}

impl Id {
    /// The place is the real path, if the system can report it.
    pub(super) fn new(numbers: &Numbers, place: impl FnOnce() -> Option<PathBuf>) -> Self {
        let Numbers { volume, file, names } = *numbers;
        let has_one_name = names <= 1 || file == 0;
        Self { volume, number: file, place: if has_one_name { place() } else { None } }
    }
}

pub(crate) fn is_same_device(left: &Id, right: &Id) -> bool {
    left.volume == right.volume
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(volume: u64, file: FileNumber, names: u64, place: &str) -> Id {
        Id::new(&Numbers { volume, file, names }, || Some(place.into()))
    }

    #[test]
    fn names_of_one_file_are_one() {
        assert_eq!(id(1, 7, 2, "a"), id(1, 7, 2, "b"));
        assert_eq!(id(1, 7, 1, "a"), id(1, 7, 1, "a"));
        assert_ne!(id(1, 7, 2, "a"), id(1, 8, 2, "b"));
        assert_ne!(id(1, 7, 2, "a"), id(2, 7, 2, "b"));
    }

    #[test]
    fn numbers_that_repeat_or_are_missing_make_no_identity() {
        assert_ne!(id(1, 7, 1, "a"), id(1, 7, 1, "b"));
        assert_ne!(id(1, 0, 2, "a"), id(1, 0, 2, "b"));
        assert_eq!(id(1, 0, 2, "a"), id(1, 0, 2, "a"));
    }

    #[test]
    fn only_all_bits_of_a_number_tell_files_apart() {
        assert_ne!(id(1, 7, 2, "a"), id(1, 7 | 1 << (FileNumber::BITS - 1), 2, "a"));
    }

    #[test]
    fn a_volume_that_tells_no_places_has_numbers() {
        let id = |file| Id::new(&Numbers { volume: 1, file, names: 1 }, || None);
        assert!(id(7) == id(7) && id(7) != id(8));
    }

    #[test]
    fn devices_are_volumes() {
        assert!(is_same_device(&id(1, 7, 1, "a"), &id(1, 8, 1, "b")));
        assert!(!is_same_device(&id(1, 7, 2, "a"), &id(2, 7, 2, "a")));
    }
}
