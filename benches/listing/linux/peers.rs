//! The others: crates, std and processes. What they cannot read, they leave out.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use wax::walk::Entry as _;

use super::measure::{Contender, Proof, Sink, Sums};

#[allow(clippy::disallowed_methods, reason = "it is std that is to be measured")]
pub(crate) fn std(dir: &Path, sink: &impl Sink) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        sink.entry(bytes(&path), kind);
        if kind.is_dir() {
            std(&path, sink);
        }
    }
}

/// Below a directory that is not left.
pub(crate) fn cap_std(root: &str, sink: &impl Sink) {
    let start = cap_std::fs::Dir::open_ambient_dir(root, cap_std::ambient_authority()).unwrap();
    let mut open = vec![(start.entries().unwrap(), Path::new(root).to_owned())];
    while let Some((entries, directory)) = open.last_mut() {
        let Some(entry) = entries.next() else {
            open.pop();
            continue;
        };
        let entry = entry.unwrap();
        let (path, kind) = (directory.join(entry.file_name()), entry.file_type().unwrap());
        sink.entry(bytes(&path), ());
        if kind.is_dir() {
            open.push((entry.open_dir().unwrap().entries().unwrap(), path));
        }
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

pub(crate) fn walkdir_builder(root: &str) -> walkdir::WalkDir {
    walkdir::WalkDir::new(root).min_depth(1)
}

pub(crate) fn walkdir(walk: walkdir::WalkDir, sink: &impl Sink) {
    walk.into_iter().flatten().for_each(|entry| sink.entry(bytes(entry.path()), entry.file_type()));
}

pub(crate) fn jwalk(root: &str, parallelism: jwalk::Parallelism, sink: &impl Sink) {
    let walk = jwalk::WalkDir::new(root).min_depth(1).skip_hidden(false).parallelism(parallelism);
    walk.into_iter().flatten().for_each(|entry| sink.entry(bytes(&entry.path()), entry.file_type()));
}

pub(crate) fn ignore_builder(root: &str) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false);
    builder
}

pub(crate) fn overrides(root: &str, pattern: &str) -> Override {
    OverrideBuilder::new(root).add(pattern).unwrap().build().unwrap()
}

/// The entries below the start. The builder's overrides keep every directory, as one on the way.
pub(crate) fn ignore(builder: &WalkBuilder, wanted: fn(&DirEntry) -> bool, sink: &impl Sink) {
    let entries = builder.build().flatten().filter(wanted);
    entries.for_each(|entry| sink.entry(bytes(entry.path()), entry.file_type().unwrap()));
}

pub(crate) fn ignore_in_threads(builder: &WalkBuilder, wanted: fn(&DirEntry) -> bool, sink: &(impl Sink + Sync)) {
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            if let Some(entry) = entry.ok().filter(wanted) {
                sink.entry(bytes(entry.path()), entry.file_type().unwrap());
            }
            WalkState::Continue
        })
    });
}

pub(crate) fn is_below(entry: &DirEntry) -> bool {
    entry.depth() > 0
}

pub(crate) fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
}

pub(crate) fn glob(root: &str, patterns: &[&str], sink: &impl Sink) {
    let root = glob::Pattern::escape(root);
    for pattern in patterns {
        let paths = glob::glob(&format!("{root}/{pattern}")).unwrap();
        paths.flatten().for_each(|path| sink.entry(bytes(&path), ()));
    }
}

pub(crate) fn wax(root: &str, pattern: &str, sink: &impl Sink) {
    let glob = wax::Glob::new(pattern).unwrap();
    // `**/*` matches the start too.
    let entries = glob.walk(root).flatten().filter(|entry| entry.depth() > 0);
    entries.for_each(|entry| sink.entry(bytes(entry.path()), entry.file_type()));
}

pub(crate) fn globwalk(root: &str, pattern: &str, sink: &impl Sink) {
    let walk = globwalk::GlobWalkerBuilder::new(root, pattern).build().unwrap();
    walk.flatten().for_each(|entry| sink.entry(bytes(entry.path()), entry.file_type()));
}

pub(crate) fn find(root: &str) -> Option<Contender> {
    process("find", &["find"], &[root, "-mindepth", "1", "-print0"], root)
}

/// Debian gives it another name.
pub(crate) fn fd(root: &str, threads: usize) -> Option<Contender> {
    let who = if threads == 1 { "fd".to_owned() } else { format!("fd, {threads} threads") };
    let threads = format!("--threads={threads}");
    process(&who, &["fd", "fdfind"], &["--hidden", "--no-ignore", "--print0", &threads, ".", root], root)
}

/// A program that prints paths, under the first of its names that is installed.
fn process(who: &str, programs: &[&'static str], arguments: &[&str], root: &str) -> Option<Contender> {
    let is_installed = |program: &&str| Command::new(program).arg("--version").output().is_ok();
    let program = programs.iter().copied().find(is_installed)?;
    let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
    let command = move || {
        let mut command = Command::new(program);
        command.args(&arguments).stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    let (timed, root) = (command.clone(), root.to_owned());
    let pass = move || {
        timed().stdout(Stdio::null()).status().unwrap();
    };
    let proof = move || printed(&root, &command().stdout(Stdio::piped()).output().unwrap().stdout);
    Some(Contender::new(who, pass, proof).in_a_process())
}

/// The sums of paths with a NUL behind each, and perhaps a separator before that.
fn printed(root: &str, paths: &[u8]) -> Sums {
    let proof = Proof::new(root);
    let paths = paths.split(|&byte| byte == 0).filter(|path| !path.is_empty());
    paths.for_each(|path| proof.entry(path.strip_suffix(b"/").unwrap_or(path), ()));
    proof.sums()
}
