//! The trees that are listed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::os::fd::OwnedFd;

use rustix::fs::{CWD, FileType, Mode, OFlags, mkdir, mkdirat, mknodat, openat, symlink, sync};
use waypath::TempDir;

use common::Random;
use common::source::{source, word};

/// A file in `source`, four levels down.
pub(crate) const LITERAL: &str = "crates/core/src/lib.rs";

const LEVELS: usize = 2_000;
const LEVEL: &str = "level";

/// Where trees are made when they are needed; removed with all of them.
pub(crate) struct Trees {
    dir: TempDir,
    made: RefCell<BTreeSet<&'static str>>,
    /// By how much they are smaller where nothing is measured.
    divisor: usize,
}

impl Trees {
    pub(crate) fn new(small: bool) -> Self {
        let dir = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        Self { dir, made: RefCell::default(), divisor: if small { 100 } else { 1 } }
    }

    /// The path of a tree.
    pub(crate) fn make(&self, name: &'static str) -> String {
        let root = format!("{}/{name}", self.dir);
        if self.made.borrow_mut().insert(name) {
            if name != "source" {
                make_dir(&root);
            }
            match name {
                "source" => source(&root, self.divisor, &mut make_file),
                "wide" => wide(&root, 200_000 / self.divisor),
                "million" => wide(&root, 1_000_000 / self.divisor),
                "deep" => deep(&root),
                "mixed" => mixed(&root, 200 / self.divisor),
                _ => panic!("there is no tree {name}"),
            }
            // Nothing is to be written while the clock runs.
            if self.divisor == 1 {
                sync();
            }
        }
        root
    }
}

fn make_dir(path: &str) {
    mkdir(path, Mode::RWXU).unwrap();
}

fn make_file(path: &str) {
    make(path, FileType::RegularFile);
}

fn make(path: &str, kind: FileType) {
    mknodat(CWD, path, kind, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

/// Many files in one directory.
fn wide(root: &str, files: usize) {
    let mut random = Random(13);
    for at in 0..files {
        make_file(&format!("{root}/{}_{at}.{}", word(&mut random), random.of(&["rs", "txt", "jpeg", "o"])));
    }
}

/// Paths that are longer than the system takes, with two files in each directory.
fn deep(root: &str) {
    let mut dir = open(root);
    for _ in 0..LEVELS {
        mkdirat(&dir, LEVEL, Mode::RWXU).unwrap();
        ["mod.rs", "notes.txt"]
            .iter()
            .for_each(|&name| mknodat(&dir, name, FileType::RegularFile, Mode::RUSR, 0).unwrap());
        dir = open_at(&dir, LEVEL);
    }
}

fn open(path: &str) -> OwnedFd {
    openat(CWD, path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).unwrap()
}

fn open_at(dir: &OwnedFd, name: &str) -> OwnedFd {
    openat(dir, name, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).unwrap()
}

/// Directories with links, hidden and special files, and names of many scripts.
fn mixed(root: &str, dirs: usize) {
    let scripts = ["Übersicht", "данные", "日本語", "crab🦀", "e\u{301}te\u{301}", "مرحبا", "two words", "two\nlines"];
    for at in 0..dirs.max(4) {
        let dir = match at % 4 {
            0 => format!("{root}/.hidden{at}"),
            1 => format!("{root}/{}{at}", scripts[at / 4 % scripts.len()]),
            _ => format!("{root}/plain{at}"),
        };
        make_dir(&dir);
        for name in scripts {
            make_file(&format!("{dir}/{name}.txt"));
            make_file(&format!("{dir}/.{name}"));
            make_dir(&format!("{dir}/{name}"));
            make_file(&format!("{dir}/{name}/{name}.[x]*"));
        }
        for (target, link) in
            [("..", "up"), (scripts[0], "to a directory"), (".Übersicht", "to a file"), ("-", "to nothing")]
        {
            symlink(target, format!("{dir}/{link}")).unwrap();
        }
        make(&format!("{dir}/pipe"), FileType::Fifo);
    }
}
