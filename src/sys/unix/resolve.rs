//! Real paths, of any length.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::io::Errno;

use super::facts;
use super::place::Way;
use crate::kind::FileKind;
use crate::sys::directory::Links;
use crate::sys::resolve::{Names, Trouble, follow};

/// Returns the path to the same file without links and `..`.
pub(crate) fn resolve_strict(path: &Path) -> io::Result<PathBuf> {
    resolve_with(path, Trouble::Refuse)
}

/// The same as far as the path exists, followed by the rest.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    resolve_with(path, Trouble::Keep)
}

fn resolve_with(path: &Path, trouble: Trouble) -> io::Result<PathBuf> {
    let start = if path.is_absolute() { PathBuf::new() } else { super::working_dir()? };
    #[cfg(target_os = "linux")]
    if super::openat2::is_without_links(path) {
        return follow(start, path, trouble, &mut NoLinks);
    }
    follow(start, path, trouble, &mut Way::from(CWD))
}

/// The names of a path of which that is known.
#[cfg(target_os = "linux")]
struct NoLinks;

#[cfg(target_os = "linux")]
impl Names for NoLinks {
    fn target(&mut self, _: &Path) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }

    fn is_dir(&mut self, _: &Path) -> io::Result<bool> {
        Ok(true)
    }
}

impl Names for Way<'_> {
    fn target(&mut self, path: &Path) -> io::Result<Option<PathBuf>> {
        match self.to(path.as_os_str())?.read_link() {
            // It is something else.
            Err(Errno::INVAL) => Ok(None),
            target => Ok(Some(target?.into())),
        }
    }

    fn is_dir(&mut self, path: &Path) -> io::Result<bool> {
        let stat = self.to(path.as_os_str())?.stat(Links::Keep)?;
        Ok(facts::kind(&stat) == FileKind::Directory)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the test builds its files with std")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use crate::sys::portable;

    /// Both back ends give the same, for every path of up to three names.
    #[test]
    fn paths_lead_to_the_same_in_both_back_ends() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir_all(at("d/e")).unwrap();
        fs::write(at("d/f"), "").unwrap();
        let links =
            [("l", "d/e"), ("d/up", ".."), ("d/e/far", "../../l/../f"), ("self", "self"), ("1", "2"), ("2", "1/x")];
        links.iter().for_each(|(link, target)| symlink(target, at(link)).unwrap());
        symlink(place.path(), at("d/root")).unwrap();
        symlink("nowhere/x", at("dangling")).unwrap();

        let names = ["d", "e", "f", "l", "up", "far", "self", "1", "root", "dangling", "no", "..", "."];
        let mut paths = vec![place.path().to_owned()];
        for from in [0, 1, 14] {
            let longer: Vec<_> = paths[from..].iter().flat_map(|path| names.map(|name| path.join(name))).collect();
            paths.extend(longer);
        }
        let mut failures = 0;
        for path in paths {
            assert_eq!(super::resolve(&path).unwrap(), portable::resolve(&path).unwrap(), "{path:?}");
            let strict = |resolved: std::io::Result<_>| resolved.map_err(|error| error.kind());
            let ours = strict(super::resolve_strict(&path));
            assert_eq!(ours, strict(portable::resolve_strict(&path)), "{path:?}");
            failures += usize::from(ours.is_err());
        }
        assert!(failures > 500, "{failures}");
    }
}
