//! The integration tests: one binary, a module for each subject.

mod conformance;
#[cfg(target_os = "linux")]
mod fs_conformance;
