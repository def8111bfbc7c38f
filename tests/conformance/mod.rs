//! Answers of CPython's pathlib, and pathlib's rules written down a second time.

mod os_path;
pub(crate) mod reference;

#[cfg(target_os = "linux")]
mod fs_vectors;
mod pure_vectors;
mod truth_table;
