//! The integration tests: one binary, a module for each subject.

#![allow(clippy::disallowed_methods, reason = "tests look at the disk through std, past the code under test")]

mod answers;
mod clock;
mod os_path;
mod reference;
#[cfg(target_os = "linux")]
mod snapshot;
mod texts;
mod util;

mod atomic;
mod conformance;
mod diagnosis;
mod exclude_laws;
mod files;
#[cfg(target_os = "linux")]
mod fs_conformance;
#[cfg(unix)] // Other systems do not tell the time that a thread has used.
mod growth;
mod house;
mod laws;
#[cfg(unix)]
mod links;
mod listing;
#[cfg(target_os = "linux")]
mod listing_faults;
mod listing_laws;
mod mistakes;
mod mode;
mod model;
#[cfg(target_os = "linux")]
mod mounts;
mod path;
mod pattern;
mod pattern_laws;
#[cfg(unix)]
mod printable;
mod reports;
mod size;
mod tree;
mod trees;
mod truth_table;
mod verbs;
#[cfg(windows)]
mod windows;
