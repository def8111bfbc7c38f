//! The integration tests: one binary, a module for each subject.

#![allow(clippy::disallowed_methods, reason = "tests look at the disk through std, past the code under test")]

mod util;

mod conformance;
mod files;
#[cfg(target_os = "linux")]
mod fs_conformance;
mod listing;
