//! Whether a file has a content already, in as few calls as possible.

use std::fs::File;
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::io::{pread, retry_on_intr};

use super::facts::kind;
use super::opening::open_to_read;
use super::place::Place;
use crate::kind::FileKind;
use crate::sys::directory::Links;

/// Whether a path certainly leads to a regular file with this content. `false` means that this was not found out.
pub(crate) fn has_content(path: &Path, content: &[u8]) -> bool {
    let place = Place::of(path);
    // Not everything may be opened: opening a pipe lets the program go on that waits to write to it.
    let may_have_it = place
        .stat(Links::Follow)
        .is_ok_and(|stat| kind(&stat) == FileKind::File && stat.st_size as u64 == content.len() as u64);
    may_have_it && open_to_read(place, Links::Follow).is_ok_and(|file| reads_as(&file, content))
}

/// Whether a file has this content. A pipe that took its place meanwhile has none, and loses none: nothing is read at a
/// position there.
fn reads_as(file: &File, content: &[u8]) -> bool {
    const MOST: usize = 64 * 1024;

    // One byte more than there should be, so that the end is seen with the last part.
    let mut part = Vec::with_capacity(MOST.min(content.len() + 1));
    let mut rest = content;
    while retry_on_intr(|| pread(file, spare_capacity(&mut part), (content.len() - rest.len()) as u64)).is_ok() {
        match rest.strip_prefix(&*part) {
            Some([]) if part.len() < part.capacity() => return true,
            Some(left) if !part.is_empty() => rest = left,
            _ => return false,
        }
        part.clear();
    }
    false
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests make their files with std")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_same_content_is_known_whatever_its_length() {
        let place = tempfile::tempdir().unwrap();
        let (path, link) = (place.path().join("file"), place.path().join("link"));
        symlink("file", &link).unwrap();
        for length in [0, 1, 4096, 65535, 65536, 65537, 200_000] {
            let content = "x".repeat(length);
            fs::write(&path, &content).unwrap();
            assert!(has_content(&path, content.as_bytes()) && has_content(&link, content.as_bytes()), "{length}");
            let other = format!("{}y", &content[..length.saturating_sub(1)]);
            let longer = format!("{content}x");
            for wrong in [other, longer, content[..length / 2].to_owned()] {
                assert!(wrong == content || !has_content(&path, wrong.as_bytes()), "{length} {}", wrong.len());
            }
        }
        assert!(!has_content(place.path(), b"") && !has_content(&place.path().join("none"), b""));
    }

    /// A program that waits to write to the pipe goes on waiting.
    #[test]
    fn a_pipe_has_no_content() {
        let place = tempfile::tempdir().unwrap();
        let pipe = place.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| File::options().write(true).open(&pipe).map(drop));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!has_content(&pipe, b""));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!writing.is_finished());
            drop(File::open(&pipe).unwrap());
            writing.join().unwrap().unwrap();
        });
    }

    /// As one would be found that took the place of a file between two calls.
    #[test]
    fn a_pipe_that_is_open_has_no_content_and_loses_none() {
        use std::io::{Read as _, Write as _};

        let (mut reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(b"content").unwrap();
        let pipe = File::from(std::os::fd::OwnedFd::from(reader.try_clone().unwrap()));
        assert!(!reads_as(&pipe, b"content") && !reads_as(&pipe, b""));
        drop(writer);
        let mut content = String::new();
        reader.read_to_string(&mut content).unwrap();
        assert_eq!(content, "content");
    }

    /// Files whose content the system makes while they are read have no size.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_size_of_nothing_is_not_believed() {
        assert!(!has_content(Path::new("/proc/self/status"), b""));
    }
}
