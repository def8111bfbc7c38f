//! Copying, moving and removing trees: nothing is lost.
//!
//! Races run for a second each, or for twenty with `WAYPATH_LONG=1`, which also gives the laws more cases.

#[cfg(target_os = "linux")]
mod attributes;
#[cfg(target_os = "linux")]
mod content;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod fidelity;
#[cfg(target_os = "linux")]
mod hard_links;
#[cfg(target_os = "linux")]
mod laws;
#[cfg(target_os = "linux")]
mod moving;
#[cfg(target_os = "linux")]
mod named;
#[cfg(target_os = "linux")]
mod not_kept;
#[cfg(target_os = "linux")]
mod one_file_system;
mod overwrite;
#[cfg(target_os = "linux")]
mod plans;
#[cfg(target_os = "linux")]
mod races;
mod refused;
#[cfg(target_os = "linux")]
mod removing;
mod reports;
#[cfg(target_os = "linux")]
mod spellings;
#[cfg(target_os = "linux")]
mod threads;
#[cfg(target_os = "linux")]
mod times;

use waypath::Overwrite;

const OVERWRITES: [Overwrite; 4] = [Overwrite::Refuse, Overwrite::Always, Overwrite::IfNewer, Overwrite::IfDifferent];
