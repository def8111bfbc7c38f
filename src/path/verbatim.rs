//! Verbatim paths of Windows: those that the system takes as they are.

use super::{Path, PathBuf};
use crate::flavour::{Flavour, Rules};

impl<F: Flavour> Path<F> {
    /// Whether the path has the prefix `\\?\`.
    pub(crate) fn is_verbatim(&self) -> bool {
        self.drive().starts_with(r"\\?\")
    }
}

impl<F: Flavour> PathBuf<F> {
    /// The path without that prefix, unless it would mean something else.
    pub(crate) fn without_verbatim(self) -> Self {
        F::Rules::without_verbatim(self.as_str()).map_or(self, Self::from_normal)
    }
}

#[cfg(test)]
mod tests {
    use crate::path::{PosixPathBuf, WindowsPathBuf};

    #[track_caller]
    fn becomes(verbatim: &str, plain: &str) {
        assert_eq!(WindowsPathBuf::parse(verbatim).without_verbatim().as_str(), plain);
    }

    #[test]
    fn the_prefix_goes_where_it_is_needless() {
        becomes(r"\\?\C:\a\b", r"C:\a\b");
        becomes(r"\\?\C:\", r"C:\");
        becomes(r"\\?\UNC\server\share\a", r"\\server\share\a");
        becomes(r"\\?\unc\server\share", r"\\server\share\");
        becomes(r"C:\a", r"C:\a");
        for needed in [
            r"\\?\C:\a.",
            r"\\?\C:\con\b",
            r"\\?\C:\a \b",
            r"\\?\C:\a\..\b",
            r"\\?\C:",
            r"\\?\Volume{0}\a",
            r"\\.\COM1\",
        ] {
            becomes(needed, WindowsPathBuf::parse(needed).as_str());
        }
        let long = format!(r"C:\{}", r"name\".repeat(100));
        becomes(&format!(r"\\?\{long}"), long.trim_end_matches('\\'));
        assert_eq!(PosixPathBuf::parse(r"\\?\C:\a").without_verbatim().as_str(), r"\\?\C:\a");
    }
}
