//! A tree as source code makes it: `source`.

use rustix::fs::{Mode, mkdir};

use crate::Random;

/// What a part of a source tree is made of.
#[derive(Clone, Copy)]
enum Language {
    Rust,
    C,
    Python,
    JavaScript,
    Text,
}

/// A tree that grows.
struct Source<'a> {
    random: Random,
    /// Makes a file.
    file: &'a mut dyn FnMut(&str),
}

/// About 100,000 files in about 12,000 directories.
pub fn source(root: &str, divisor: usize, file: &mut dyn FnMut(&str)) {
    make_dir(root);
    let mut source = Source { random: Random(11), file };
    ["README.md", "LICENSE", "Cargo.toml", "package.json", ".gitignore"]
        .iter()
        .for_each(|name| (source.file)(&format!("{root}/{name}")));
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
        source.grow(&format!("{root}/{name}"), language, dirs / divisor);
    }
    source.crates(&format!("{root}/crates"), (200 / divisor).max(4));
    source.node_modules(&format!("{root}/node_modules"), (550 / divisor).max(4));
}

impl Source<'_> {
    /// Makes a directory with files and with `dirs - 1` directories below it.
    fn grow(&mut self, dir: &str, language: Language, dirs: usize) {
        make_dir(dir);
        self.fill(dir, language);
        let mut left = dirs.saturating_sub(1);
        let mut at = 0;
        while left > 0 {
            let part = 1 + self.random.below(left.min(dirs / 2 + 1));
            let name = if at == 0 && matches!(language, Language::Rust) { "imp" } else { self.word() };
            self.grow(&format!("{dir}/{name}{at}"), language, part);
            left -= part;
            at += 1;
        }
    }

    /// Makes some files, eight in the mean.
    fn fill(&mut self, dir: &str, language: Language) {
        let usual: &[&str] = match language {
            Language::Rust => &["mod.rs"],
            Language::C => &["Makefile"],
            Language::Python => &["__init__.py"],
            Language::JavaScript => &["index.js"],
            Language::Text => &["index.md"],
        };
        usual.iter().for_each(|name| (self.file)(&format!("{dir}/{name}")));
        for at in 0..1 + self.random.below(13) {
            let [word, other] = [self.word(), self.word()];
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
            (self.file)(&format!("{dir}/{name}"));
        }
    }

    /// Packages of Rust, one of them `core`; some of the folders are no package.
    fn crates(&mut self, dir: &str, count: usize) {
        make_dir(dir);
        for at in 0..count {
            let name = if at == 0 { "core".to_owned() } else { format!("{}-{}{at}", self.word(), self.word()) };
            let package = format!("{dir}/{name}");
            make_dir(&package);
            if at % 5 != 4 {
                (self.file)(&format!("{package}/Cargo.toml"));
            }
            (self.file)(&format!("{package}/README.md"));
            let dirs = 1 + self.random.below(13);
            self.grow(&format!("{package}/src"), Language::Rust, dirs);
            (self.file)(&format!("{package}/src/lib.rs"));
        }
    }

    /// Packages of JavaScript, some with packages of their own.
    fn node_modules(&mut self, dir: &str, count: usize) {
        make_dir(dir);
        for at in 0..count {
            let package = format!("{dir}/{}-{}{at}", self.word(), self.word());
            make_dir(&package);
            ["package.json", "README.md", "LICENSE", "index.js"]
                .iter()
                .for_each(|name| (self.file)(&format!("{package}/{name}")));
            for part in ["lib", "dist"] {
                let dirs = 1 + self.random.below(5);
                self.grow(&format!("{package}/{part}"), Language::JavaScript, dirs);
            }
            if count > 2 && at % 8 == 3 {
                self.node_modules(&format!("{package}/node_modules"), 2);
            }
        }
    }

    fn word(&mut self) -> &'static str {
        word(&mut self.random)
    }
}

fn make_dir(path: &str) {
    mkdir(path, Mode::from_raw_mode(0o755)).unwrap();
}

/// What a name is made of.
pub fn word(random: &mut Random) -> &'static str {
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
