//! A directory for a unit test.

#![allow(clippy::disallowed_methods, reason = "it is removed by std, past the code under test")]

use std::fs;
use std::path::{Path, PathBuf};

/// A new directory, which is removed with all that is in it when this is dropped.
pub(crate) struct TestDir(PathBuf);

impl TestDir {
    pub(crate) fn new() -> Self {
        Self::new_in(std::env::temp_dir())
    }

    pub(crate) fn new_in(parent: impl AsRef<Path>) -> Self {
        let make = |path: &Path| super::create_dir_with_mode(path, 0o700);
        Self(super::make_named(parent.as_ref(), ".waypath-test-", "", make).unwrap().1)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestDir {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
