//! Files, directories and links on the disk.

mod atomic;
mod atomic_file;
mod copy;
mod failed_reports;
mod files;
mod free_name;
#[cfg(unix)]
mod links;
mod mirror;
mod mode;
#[cfg(not(target_family = "wasm"))]
mod programs;
mod prune;
#[cfg(target_os = "linux")]
mod remove;
mod size;
mod temp;
mod verbs;
