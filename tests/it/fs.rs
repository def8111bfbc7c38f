//! Files, directories and links on the disk.

mod atomic;
mod atomic_file;
mod copy;
mod failed_reports;
mod files;
#[cfg(unix)]
mod links;
mod mode;
#[cfg(target_os = "linux")]
mod remove;
mod size;
mod temp;
mod verbs;
