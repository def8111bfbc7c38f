//! Temporary files and directories: under names that nobody has, and removed when they are dropped.

mod dir;
mod file;
mod options;

pub use dir::TempDir;
pub use file::TempFile;
pub use options::TempOptions;
