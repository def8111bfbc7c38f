//! The path from a root to an open directory, kept part by part, so that a step down takes the same time at any depth.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The path from a root to an open directory; empty for the root itself. The parts are shared by the directories below.
#[derive(Clone, Default)]
pub(super) struct Trail(Option<Arc<Step>>);

struct Step {
    above: Trail,
    /// A single name, except in the first step, which is the path that an operation starts with.
    name: Box<Path>,
}

impl Trail {
    pub(super) fn of(path: &Path) -> Self {
        Self::default().child(path.as_os_str())
    }

    /// The path to a name in this directory.
    pub(super) fn child(&self, name: &OsStr) -> Self {
        if name == "." {
            return self.clone();
        }
        Self(Some(Arc::new(Step { above: self.clone(), name: Path::new(name).into() })))
    }

    /// The whole path. It is put together only if it is needed.
    pub(super) fn path(&self) -> PathBuf {
        let mut names: Vec<_> = self.steps().map(|step| &*step.name).collect();
        names.reverse();
        names.iter().collect()
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.0.as_deref(), |step| step.above.0.as_deref())
    }
}

/// Step by step, because each step that drops the one above would need as much stack as the path is deep.
impl Drop for Trail {
    fn drop(&mut self) {
        let mut last = self.0.take();
        while let Some(mut step) = last.and_then(Arc::into_inner) {
            last = step.above.0.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_is_the_path_to_a_directory() {
        let start = Trail::of(Path::new("a/b"));
        let below = ["c", ".", "d"].iter().fold(start.clone(), |trail, name| trail.child(OsStr::new(name)));
        let paths = [&Trail::default(), &start, &below, &start.child(OsStr::new("e"))].map(Trail::path);
        assert_eq!(paths, ["", "a/b", "a/b/c/d", "a/b/e"].map(PathBuf::from));
    }

    #[test]
    fn a_long_trail_needs_little_stack() {
        const LEVELS: usize = 200_000;
        let end = (0..LEVELS).fold(Trail::default(), |trail, _| trail.child(OsStr::new("d")));
        assert_eq!(end.path().components().count(), LEVELS);
        drop(end);
    }
}
