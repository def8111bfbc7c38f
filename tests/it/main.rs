//! The integration tests: one binary, whose modules stand as their subjects do in `src`.

#![allow(clippy::disallowed_methods, reason = "tests look at the disk through std, past the code under test")]

#[path = "../support/mod.rs"]
mod support;

#[path = "../conformance/mod.rs"]
mod conformance;
mod error;
mod first_tries;
mod fs;
#[cfg(unix)] // Other systems do not tell the time that a thread has used.
mod growth;
mod house;
mod mistakes;
mod model;
mod path;
mod pattern;
#[cfg(unix)]
mod printable;
#[cfg(feature = "proptest")]
mod proptest;
mod readme;
mod root;
#[cfg(feature = "serde")]
mod serde;
mod size;
#[cfg(target_os = "linux")]
mod tree;
mod walk;
#[cfg(windows)]
mod windows;
