//! Real paths, of any length.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;

use super::facts;
use super::place::{Place, Way};
use crate::kind::FileKind;
use crate::sys::directory::Links;
use crate::sys::resolve::{Node, Trouble, follow};

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
    let mut way = Way::from(CWD);
    follow(start, path, trouble, |path| look(way.to(path.as_os_str())?))
}

/// What a name stands for.
pub(super) fn look(place: Place<'_>) -> io::Result<Node> {
    Ok(match facts::kind(&place.stat(Links::Keep)?) {
        FileKind::Symlink => Node::Link(place.read_link()?.into()),
        FileKind::Directory => Node::Directory,
        _ => Node::Other,
    })
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
