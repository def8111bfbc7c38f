//! The others: std, crates and processes.

use std::path::Path;
use std::process::{Command, Stdio};

/// What one writes who has no crate for it.
#[allow(clippy::disallowed_methods, reason = "it is std that is to be measured")]
pub(crate) fn std_copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type().unwrap().is_dir() {
            true => std_copy(&from, &to),
            false => _ = std::fs::copy(&from, &to).unwrap(),
        }
    }
}

pub(crate) fn fs_extra(from: &str, to: &str) {
    fs_extra::dir::copy(from, to, &fs_extra::dir::CopyOptions::new().copy_inside(true)).unwrap();
}

#[allow(clippy::disallowed_methods, reason = "it is std that is to be measured")]
pub(crate) fn std_remove(path: &str) {
    std::fs::remove_dir_all(path).unwrap();
}

/// In the directory that the tree is in, which is not left.
pub(crate) fn cap_std_remove(path: &str) {
    let (parent, name) = path.rsplit_once('/').unwrap();
    let dir = cap_std::fs::Dir::open_ambient_dir(parent, cap_std::ambient_authority()).unwrap();
    dir.remove_dir_all(name).unwrap();
}

/// More threads than one are as many as rayon has.
pub(crate) fn remove_dir_all(path: &str, threads: usize) {
    let builder = remove_dir_all::RemoverBuilder::new();
    let builder = if threads == 1 { builder.serial() } else { builder.parallel() };
    builder.build().remove_dir_all(path).unwrap();
}

/// Runs a program to its end.
pub(crate) fn run(program: &str, args: &[&str]) {
    let status = Command::new(program).args(args).stdin(Stdio::null()).status().unwrap();
    assert!(status.success(), "{program}: {status}");
}
