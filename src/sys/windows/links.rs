//! Creates and removes links. Windows has three kinds of them.

use std::io::{self, ErrorKind};
use std::path::Path;

use super::kinds::Link;
use crate::kind::FileKind;
use crate::sys;

/// The system calls. Wine cannot create links, so tests answer as Microsoft documents.
pub(super) trait LinkCalls {
    /// Whether a directory is at a path. Follows links.
    fn is_dir(&self, path: &Path) -> bool;

    /// The kind of the file at a path, if one exists. Does not follow a link.
    fn kind(&self, path: &Path) -> Option<FileKind>;

    /// `CreateSymbolicLinkW`, which needs a privilege or developer mode. A link to a directory has its own flag.
    fn symlink_file(&self, target: &Path, link: &Path) -> io::Result<()>;
    fn symlink_dir(&self, target: &Path, link: &Path) -> io::Result<()>;

    /// Creates a directory, and turns it into a junction with `FSCTL_SET_REPARSE_POINT`.
    fn junction(&self, target: &Path, link: &Path) -> io::Result<()>;

    /// `RemoveDirectoryW`, which also removes junctions and symbolic links to directories.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;

    /// `DeleteFileW`, which refuses those.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
}

/// Creates a symbolic link. It is a link to a directory if the target is one now, and otherwise a link to a file.
pub(super) fn make(calls: &impl LinkCalls, target: &Path, link: &Path) -> io::Result<()> {
    let from_link = link.parent().unwrap_or(Path::new("")).join(target);
    let kind = if calls.is_dir(&from_link) { Link::ToDirectory } else { Link::ToFile };
    make_of_kind(calls, kind, target, link)
}

/// Creates a link of this kind. It does not matter what is at the target now.
pub(super) fn make_of_kind(calls: &impl LinkCalls, kind: Link, target: &Path, link: &Path) -> io::Result<()> {
    match kind {
        Link::ToFile => calls.symlink_file(target, link),
        Link::ToDirectory => calls.symlink_dir(target, link),
        Link::Junction => make_junction(calls, target, link),
    }
}

fn make_junction(calls: &impl LinkCalls, target: &Path, link: &Path) -> io::Result<()> {
    if calls.kind(link).is_some() {
        return Err(sys::taken_error());
    }
    calls.junction(target, link).inspect_err(|error| {
        // A failure leaves an empty directory; but if the name was taken meanwhile, the directory is another program's.
        if error.kind() != ErrorKind::AlreadyExists {
            _ = calls.remove_dir(link);
        }
    })
}

/// Removes a file or a link of any kind, but not a directory.
pub(super) fn remove(calls: &impl LinkCalls, path: &Path) -> io::Result<()> {
    let error = match calls.remove_file(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => error,
        result => return result,
    };
    match calls.kind(path) {
        Some(FileKind::Symlink) => calls.remove_dir(path).map_err(|_| error),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Records which changes are asked for, and answers each in the same way.
    #[derive(Default)]
    struct Recorded {
        directory: Option<&'static str>,
        found: Option<FileKind>,
        fails: Option<ErrorKind>,
        removes_file: Option<ErrorKind>,
        made: RefCell<Vec<String>>,
    }

    impl Recorded {
        fn change(&self, call: &str, link: &Path) -> io::Result<()> {
            self.made.borrow_mut().push(format!("{call} {}", link.display()));
            self.fails.map_or(Ok(()), |kind| Err(kind.into()))
        }
    }

    impl LinkCalls for Recorded {
        fn is_dir(&self, path: &Path) -> bool {
            self.directory.is_some_and(|directory| path == Path::new(directory))
        }

        fn kind(&self, _: &Path) -> Option<FileKind> {
            self.found
        }

        fn symlink_file(&self, _: &Path, link: &Path) -> io::Result<()> {
            self.change("file", link)
        }

        fn symlink_dir(&self, _: &Path, link: &Path) -> io::Result<()> {
            self.change("directory", link)
        }

        fn junction(&self, _: &Path, link: &Path) -> io::Result<()> {
            self.change("junction", link)
        }

        fn remove_dir(&self, path: &Path) -> io::Result<()> {
            self.change("remove", path)
        }

        fn remove_file(&self, path: &Path) -> io::Result<()> {
            self.made.borrow_mut().push(format!("delete {}", path.display()));
            self.removes_file.map_or(Ok(()), |kind| Err(kind.into()))
        }
    }

    type Answer = (Vec<String>, Result<(), ErrorKind>);

    fn answer(calls: Recorded, deed: impl Fn(&Recorded) -> io::Result<()>) -> Answer {
        let result = deed(&calls).map_err(|error| error.kind());
        (calls.made.into_inner(), result)
    }

    fn made(directory: Option<&'static str>, target: &str, link: &str) -> Answer {
        let calls = Recorded { directory, ..Recorded::default() };
        answer(calls, |calls| make(calls, Path::new(target), Path::new(link)))
    }

    fn of_kind(kind: Link, calls: Recorded) -> Answer {
        answer(calls, |calls| make_of_kind(calls, kind, Path::new("target"), Path::new("d/l")))
    }

    fn calls(calls: &[&str]) -> Vec<String> {
        calls.iter().map(|&call| call.to_owned()).collect()
    }

    #[test]
    fn the_target_seen_from_the_link_decides() {
        for (directory, target, link, expected) in [
            (Some("t"), "t", "l", "directory l"),
            (Some("d/t"), "t", "d/l", "directory d/l"),
            // It is one when seen from the working directory.
            (Some("t"), "t", "d/l", "file d/l"),
            (Some("d/../t"), "../t", "d/l", "directory d/l"),
            (Some("/t"), "/t", "d/l", "directory d/l"),
            (None, "nothing", "l", "file l"),
        ] {
            assert_eq!(made(directory, target, link), (calls(&[expected]), Ok(())), "{target} {link}");
        }
    }

    #[test]
    fn a_copied_link_is_of_the_kind_of_the_original() {
        for (kind, expected) in
            [(Link::ToFile, "file d/l"), (Link::ToDirectory, "directory d/l"), (Link::Junction, "junction d/l")]
        {
            for directory in [None, Some("target"), Some("d/target")] {
                let system = Recorded { directory, ..Recorded::default() };
                assert_eq!(of_kind(kind, system), (calls(&[expected]), Ok(())), "{kind:?} {directory:?}");
            }
        }
    }

    /// Error 1314, without the privilege and developer mode. No other kind of link is tried instead.
    #[test]
    fn a_symbolic_link_that_is_not_permitted_is_an_error() {
        for (kind, expected) in [(Link::ToFile, "file d/l"), (Link::ToDirectory, "directory d/l")] {
            let system = Recorded { fails: Some(ErrorKind::PermissionDenied), ..Recorded::default() };
            assert_eq!(of_kind(kind, system), (calls(&[expected]), Err(ErrorKind::PermissionDenied)));
        }
    }

    /// On a file system without reparse points, the directory is removed again.
    #[test]
    fn a_junction_that_cannot_be_made_leaves_nothing() {
        let fails = |kind| Recorded { fails: Some(kind), ..Recorded::default() };
        let denied = (calls(&["junction d/l", "remove d/l"]), Err(ErrorKind::Unsupported));
        assert_eq!(of_kind(Link::Junction, fails(ErrorKind::Unsupported)), denied);

        let meanwhile = (calls(&["junction d/l"]), Err(ErrorKind::AlreadyExists));
        assert_eq!(of_kind(Link::Junction, fails(ErrorKind::AlreadyExists)), meanwhile);

        for kind in [FileKind::File, FileKind::Directory, FileKind::Symlink] {
            let taken = Recorded { found: Some(kind), ..Recorded::default() };
            assert_eq!(of_kind(Link::Junction, taken), (Vec::new(), Err(ErrorKind::AlreadyExists)));
        }
    }

    /// Error 5 of `DeleteFileW` can mean that, a file that may not be removed, or a directory.
    #[test]
    fn a_link_to_a_directory_is_removed_as_a_directory() {
        const DENIED: Option<ErrorKind> = Some(ErrorKind::PermissionDenied);
        const ABSENT: Option<ErrorKind> = Some(ErrorKind::NotFound);
        let removed = |found, removes_file, fails| {
            let system = Recorded { found, removes_file, fails, ..Recorded::default() };
            answer(system, |calls| remove(calls, Path::new("l")))
        };
        let [file, directory, link] = [FileKind::File, FileKind::Directory, FileKind::Symlink].map(Some);
        assert_eq!(removed(link, DENIED, None), (calls(&["delete l", "remove l"]), Ok(())));
        // Another program may have replaced it with a directory that is not empty.
        let not_empty = Some(ErrorKind::DirectoryNotEmpty);
        let refused = Err(ErrorKind::PermissionDenied);
        assert_eq!(removed(link, DENIED, not_empty), (calls(&["delete l", "remove l"]), refused));
        for found in [file, directory, None] {
            assert_eq!(removed(found, DENIED, None), (calls(&["delete l"]), refused), "{found:?}");
        }
        for found in [file, link] {
            assert_eq!(removed(found, None, None), (calls(&["delete l"]), Ok(())));
            assert_eq!(removed(found, ABSENT, None), (calls(&["delete l"]), Err(ErrorKind::NotFound)));
        }
    }
}
