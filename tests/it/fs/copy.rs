//! Copying and moving trees: nothing is lost.
//!
//! `WAYPATH_LONG=1` gives the laws more cases.

#[cfg(target_os = "linux")]
mod attributes;
#[cfg(target_os = "linux")]
mod content;
#[cfg(target_os = "linux")]
mod copy_laws;
#[cfg(target_os = "linux")]
mod fidelity;
#[cfg(target_os = "linux")]
mod hard_links;
#[cfg(target_os = "linux")]
mod move_to;
#[cfg(target_os = "linux")]
mod named;
#[cfg(target_os = "linux")]
mod not_kept;
#[cfg(target_os = "linux")]
mod one_file_system;
mod overwrite;
#[cfg(target_os = "linux")]
mod plans;
mod refused;
mod reports;
#[cfg(target_os = "linux")]
mod spellings;
#[cfg(target_os = "linux")]
mod times;

use waypath::Overwrite;

const OVERWRITES: [Overwrite; 4] = [Overwrite::Refuse, Overwrite::Always, Overwrite::IfNewer, Overwrite::IfDifferent];
