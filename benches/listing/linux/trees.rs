//! The trees that are listed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, mkdir, mkdirat, mknodat, openat, symlink, sync, unlinkat};
use waypath::TempDir;

use crate::common::Random;

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
            make_dir(&root);
            match name {
                "source" => source(&root, self.divisor),
                "wide" => wide(&root, 200_000 / self.divisor),
                "million" => wide(&root, 1_000_000 / self.divisor),
                "deep" => deep(&root),
                "mixed" => mixed(&root, 200 / self.divisor),
                _ => panic!("there is no tree {name}"),
            }
            // Nothing is to be written while the clock runs.
            sync();
        }
        root
    }
}

impl Drop for Trees {
    fn drop(&mut self) {
        if self.made.borrow().contains("deep") {
            remove_deep(&format!("{}/deep", self.dir));
        }
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

/// What a part of a source tree is made of.
#[derive(Clone, Copy)]
enum Language {
    Rust,
    C,
    Python,
    JavaScript,
    Text,
}

/// About 100,000 files in about 12,000 directories.
fn source(root: &str, divisor: usize) {
    let mut random = Random(11);
    ["README.md", "LICENSE", "Cargo.toml", "package.json", ".gitignore"]
        .iter()
        .for_each(|name| make_file(&format!("{root}/{name}")));
    let parts = [
        ("src", Language::Rust, 1_500),
        ("a", Language::C, 900),
        ("b", Language::C, 900),
        ("include", Language::C, 400),
        ("tests", Language::Python, 1_000),
        ("tools", Language::Python, 700),
        ("docs", Language::Text, 600),
        ("web", Language::JavaScript, 500),
    ];
    for (name, language, dirs) in parts {
        grow(&format!("{root}/{name}"), language, dirs / divisor, &mut random);
    }
    crates(&format!("{root}/crates"), (200 / divisor).max(4), &mut random);
    node_modules(&format!("{root}/node_modules"), (550 / divisor).max(4), &mut random);
}

/// Makes a directory with files and with `dirs - 1` directories below it.
fn grow(dir: &str, language: Language, dirs: usize, random: &mut Random) {
    make_dir(dir);
    fill(dir, language, random);
    let mut left = dirs.saturating_sub(1);
    let mut at = 0;
    while left > 0 {
        let part = 1 + random.below(left.min(dirs / 2 + 1));
        let name = if at == 0 && matches!(language, Language::Rust) { "imp" } else { word(random) };
        grow(&format!("{dir}/{name}{at}"), language, part, random);
        left -= part;
        at += 1;
    }
}

/// Makes some files, eight in the mean.
fn fill(dir: &str, language: Language, random: &mut Random) {
    let usual: &[&str] = match language {
        Language::Rust => &["mod.rs"],
        Language::C => &["Makefile"],
        Language::Python => &["__init__.py"],
        Language::JavaScript => &["index.js"],
        Language::Text => &["index.md"],
    };
    usual.iter().for_each(|name| make_file(&format!("{dir}/{name}")));
    for at in 0..1 + random.below(13) {
        let [word, other] = [word(random), word(random)];
        let name = match language {
            Language::Rust if at % 8 == 7 => format!("{word}_{at}.snap"),
            Language::Rust => format!("{word}_{other}{at}.rs"),
            Language::C if at % 3 == 0 => format!("{word}{at}.h"),
            Language::C if at % 7 == 4 => format!("{word}{at}.S"),
            Language::C => format!("{word}_{other}{at}.c"),
            Language::Python if at % 3 == 0 => format!("test_{word}_{at}.py"),
            Language::Python if at % 5 == 4 => format!("{word}{at}.json"),
            Language::Python => format!("{word}_{other}_{at}.py"),
            Language::JavaScript if at % 4 == 0 => format!("{word}-{other}{at}.d.ts"),
            Language::JavaScript if at % 4 == 1 => format!("{word}.{at}.js.map"),
            Language::JavaScript => format!("{word}-{other}{at}.js"),
            Language::Text => format!("{word} {other} {at}.md"),
        };
        make_file(&format!("{dir}/{name}"));
    }
}

/// Packages of Rust, one of them `core`; some of the folders are no package.
fn crates(dir: &str, count: usize, random: &mut Random) {
    make_dir(dir);
    for at in 0..count {
        let name = if at == 0 { "core".to_owned() } else { format!("{}-{}{at}", word(random), word(random)) };
        let package = format!("{dir}/{name}");
        make_dir(&package);
        if at % 5 != 4 {
            make_file(&format!("{package}/Cargo.toml"));
        }
        make_file(&format!("{package}/README.md"));
        let dirs = 1 + random.below(13);
        grow(&format!("{package}/src"), Language::Rust, dirs, random);
        make_file(&format!("{package}/src/lib.rs"));
    }
}

/// Packages of JavaScript, some with packages of their own.
fn node_modules(dir: &str, count: usize, random: &mut Random) {
    make_dir(dir);
    for at in 0..count {
        let package = format!("{dir}/{}-{}{at}", word(random), word(random));
        make_dir(&package);
        ["package.json", "README.md", "LICENSE", "index.js"]
            .iter()
            .for_each(|name| make_file(&format!("{package}/{name}")));
        for part in ["lib", "dist"] {
            let dirs = 1 + random.below(5);
            grow(&format!("{package}/{part}"), Language::JavaScript, dirs, random);
        }
        if count > 2 && at % 8 == 3 {
            node_modules(&format!("{package}/node_modules"), 2, random);
        }
    }
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

/// Removes what is below, with one directory open at a time: not everybody who removes trees can.
fn remove_deep(root: &str) {
    let mut dir = open(root);
    for _ in 0..LEVELS {
        dir = open_at(&dir, LEVEL);
    }
    for _ in 0..LEVELS {
        dir = open_at(&dir, "..");
        ["mod.rs", "notes.txt"].iter().for_each(|&name| unlinkat(&dir, name, AtFlags::empty()).unwrap());
        unlinkat(&dir, LEVEL, AtFlags::REMOVEDIR).unwrap();
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

/// What a name is made of.
fn word(random: &mut Random) -> &'static str {
    const WORDS: [&str; 24] = [
        "alloc",
        "buffer",
        "client",
        "config",
        "driver",
        "encoder",
        "error",
        "event",
        "format",
        "handler",
        "index",
        "io",
        "kernel",
        "layout",
        "message",
        "net",
        "parser",
        "queue",
        "render",
        "scheduler",
        "state",
        "token",
        "util",
        "visitor",
    ];
    random.of(&WORDS)
}
