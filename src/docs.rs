//! Guides: one page for each question that is larger than a method.
//!
//! | you want to | read |
//! | --- | --- |
//! | translate a Python script | [Coming from pathlib](from_pathlib), [from os.path, shutil and glob](from_os_path) |
//! | replace `std::path`, walkdir, glob, tempfile, fs_extra, … | [Coming from std](from_std) |
//! | write a glob pattern | [Patterns](patterns) |
//! | copy, move or remove trees without losing anything | [Copying and moving safely](copying) |
//! | know what an error says, and which `Result` to return | [Errors](errors) |
//! | take paths in your own functions | [Writing functions that take paths](functions) |
//! | use names that somebody else has chosen | [Untrusted names](untrusted_names) |
#![cfg_attr(
    feature = "remote-no-tls",
    doc = "| read and write files in object stores | [Object stores](object_stores) |"
)]
//! | write a small tool or a script | [Scripting](scripting) |
//! | call this from async code | [With tokio](tokio) |
//! | know how fast it is | [Performance](performance) |
//! | know what differs between systems | [Platforms](platforms) |
//! | work on the crate | [Contributing](contributing) |

#[cfg(doc)]
use crate::*;

#[doc = include_str!("docs/from_pathlib.md")]
pub mod from_pathlib {}

#[doc = include_str!("docs/from_os_path.md")]
pub mod from_os_path {}

#[doc = include_str!("docs/from_std.md")]
pub mod from_std {}

#[doc = include_str!("docs/patterns.md")]
pub mod patterns {}

#[doc = include_str!("docs/copying.md")]
pub mod copying {}

#[doc = include_str!("docs/errors.md")]
pub mod errors {}

#[doc = include_str!("docs/functions.md")]
pub mod functions {}

#[doc = include_str!("docs/untrusted_names.md")]
pub mod untrusted_names {}

#[cfg(feature = "remote-no-tls")]
#[doc = include_str!("docs/object_stores.md")]
pub mod object_stores {}

#[doc = include_str!("docs/scripting.md")]
pub mod scripting {}

#[doc = include_str!("docs/tokio.md")]
pub mod tokio {}

#[doc = include_str!("docs/performance.md")]
pub mod performance {}

#[doc = include_str!("docs/platforms.md")]
pub mod platforms {}

#[doc = include_str!("docs/contributing.md")]
pub mod contributing {}
