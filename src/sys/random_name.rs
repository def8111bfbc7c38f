//! Creating something under a random name that is not taken.

use std::io;
use std::path::{Path, PathBuf};

/// Number of random characters in a name.
const RANDOM: usize = 16;

/// Creates something in a directory under a name with a prefix, random characters and a suffix. If the name is taken, it
/// tries another one.
pub(crate) fn make_named<T>(
    dir: &Path,
    prefix: &str,
    suffix: &str,
    make: impl FnMut(&Path) -> io::Result<T>,
) -> io::Result<(T, PathBuf)> {
    let mut names = tempfile::Builder::new();
    // The caller removes it, with code that handles any depth and any name.
    let made = names.prefix(prefix).suffix(suffix).rand_bytes(RANDOM).disable_cleanup(true).make_in(dir, make)?;
    let (made, path) = made.into_parts();
    Ok((made, path.to_path_buf()))
}
