//! The house: which room of `src` may import from which, and that files are `sys`'s business alone.

use std::collections::BTreeSet;
use std::fmt;

use crate::support::source::{Source, Token, sources};

/// The rooms from the ground up, each with the rooms that it imports from. They all stand above it in this table.
const ROOMS: Table = &[
    ("printable", &[]),
    ("kind", &[]),
    ("size", &[]),
    ("flavour", &[]),
    ("report", &["kind", "printable"]),
    ("sys", &["flavour", "kind", "printable", "report"]),
    ("error", &["printable", "report", "sys"]),
    ("path", &["error", "flavour", "printable", "report"]),
    ("pattern", &["flavour", "path"]),
    ("tree", &["error", "kind", "report", "sys"]),
    ("gitignore", &["flavour", "kind", "sys"]),
    ("walk", &["error", "flavour", "gitignore", "kind", "path", "pattern", "printable", "sys", "tree"]),
    ("docs", &[]),
    ("objects", &["flavour", "path", "printable", "sys", "tree"]),
    (
        "fs",
        &[
            "error",
            "flavour",
            "gitignore",
            "kind",
            "objects",
            "path",
            "pattern",
            "printable",
            "report",
            "sys",
            "tree",
            "walk",
        ],
    ),
    ("proptest", &["flavour", "path"]),
    ("at", &["error", "flavour", "path", "pattern"]),
    (
        "remote",
        &["at", "error", "flavour", "fs", "kind", "objects", "path", "pattern", "report", "sys", "tree", "walk"],
    ),
    ("root", &["at", "error", "flavour", "fs", "kind", "path", "pattern", "report", "sys", "walk"]),
    ("serde", &["flavour", "fs", "kind", "path", "pattern", "report", "root", "size"]),
];

/// The files of rooms, in the same way.
const FILES: &[(&[&str], Table)] = &[
    (
        &["pattern"],
        &[
            ("fold", &[]),
            ("tokens", &["fold"]),
            ("gate", &[]),
            ("sieve", &["gate"]),
            ("places", &[]),
            ("characters", &["fold", "places", "tokens"]),
            ("parts", &["places", "tokens"]),
            ("scan", &["characters", "places", "tokens"]),
            ("search", &["scan", "tokens"]),
            ("parse", &["tokens"]),
            ("braces", &["parse"]),
            ("normal", &["parse", "tokens"]),
            ("automaton", &["braces", "gate", "normal", "tokens"]),
            ("run", &["automaton", "gate", "normal", "places", "scan", "tokens"]),
            ("branches", &["automaton", "normal", "parse", "scan", "tokens"]),
            ("matcher", &["gate", "parts", "search", "sieve", "tokens"]),
            ("base", &["parse", "tokens"]),
            ("globs", &["parse", "tokens"]),
            ("no_globs", &[]),
            ("set", &["globs", "sieve"]),
        ],
    ),
    (&["gitignore"], &[("glob", &[]), ("rules", &["glob"]), ("config", &["rules"]), ("way", &[])]),
    (&["tree"], &[("account", &[]), ("pool", &[]), ("descent", &[]), ("traversal", &["descent"])]),
    (
        &["walk"],
        &[
            ("entry", &[]),
            ("patterns", &[]),
            ("plan", &[]),
            ("exclude", &["plan"]),
            ("search", &["exclude", "plan"]),
            ("options", &["search"]),
            ("pending", &["plan"]),
            ("judge", &["exclude", "pending", "plan", "search"]),
            ("lister", &["judge", "pending", "plan", "search"]),
            ("threads", &["lister", "search"]),
            ("closures", &["lister", "threads"]),
            ("stream", &["lister", "search", "threads"]),
            ("listing", &["closures", "lister", "search", "stream", "threads"]),
            ("printed", &["closures", "lister", "listing", "search"]),
        ],
    ),
    (
        &["fs", "copy"],
        &[
            ("hard_links", &[]),
            ("removed", &[]),
            ("times", &[]),
            ("used_names", &[]),
            ("options", &["removed"]),
            ("at_once", &["options"]),
            ("put_off", &["used_names"]),
            ("context", &["hard_links", "options", "put_off", "used_names"]),
            ("policy", &["options", "times"]),
            ("one", &["context", "hard_links", "options", "policy", "times", "used_names"]),
            ("late_names", &["context", "one", "options", "put_off", "used_names"]),
            ("tree", &["context", "one", "put_off", "used_names"]),
            ("start", &["context", "late_names", "one", "options", "tree"]),
            ("move_to", &["context", "options", "policy", "start"]),
        ],
    ),
];

/// The files outside `sys` that name `std::path` or `std::fs`, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("src/fs/atomic_file.rs", "the open file is std's"),
    ("src/fs/content.rs", "an open file is std's"),
    ("src/fs/open.rs", "an open file is std's"),
    ("src/fs/temp/file.rs", "the open file is std's"),
    ("src/fs/transfer/disk_listing.rs", "an open file is std's"),
    ("src/path/convert.rs", "conversions from and to std's paths"),
    ("src/report/raw_path.rs", "a raw path is std's inside, as it need not be UTF-8"),
    ("src/root/content.rs", "an open file is std's"),
];

type Table = &'static [(&'static str, &'static [&'static str])];

/// All tables, each with the module whose children are its rows.
fn tables() -> impl Iterator<Item = (&'static [&'static str], Table)> {
    [(&[][..], ROOMS)].into_iter().chain(FILES.iter().copied())
}

#[test]
fn rooms_import_from_those_below_only() {
    let sources = sources();
    let found: Vec<_> = tables().flat_map(|(parent, table)| violations(&sources, parent, table)).collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_tables_look_down_and_allow_nothing_that_is_not_used() {
    let sources = sources();
    for (parent, table) in tables() {
        let used = imports(&sources, parent);
        for (at, (room, allowed)) in table.iter().enumerate() {
            for below in *allowed {
                assert!(table[..at].iter().any(|(name, _)| name == below), "`{below}` is not below `{room}`");
                assert!(used.iter().any(|it| it.from == *room && it.to == *below), "`{room}` does not use `{below}`");
            }
        }
    }
}

#[test]
fn every_file_has_a_row() {
    let sources = sources();
    for (parent, table) in tables() {
        let files: BTreeSet<_> = sources.iter().filter_map(|source| child(parent, &source.module)).collect();
        let rows: BTreeSet<_> = table.iter().map(|(row, _)| (*row).to_owned()).collect();
        assert_eq!(files, rows, "{parent:?}");
    }
}

#[test]
fn only_sys_names_the_paths_and_files_of_std() {
    let sources = sources();
    let naming: BTreeSet<_> = sources
        .iter()
        .filter(|source| source.module.first().is_none_or(|room| room != "sys"))
        .filter(|source| source.paths().any(|path| is_about_files(&path)))
        .map(|source| &*source.file)
        .collect();
    assert_eq!(naming, EXCEPTIONS.iter().map(|(file, _)| *file).collect());
}

fn is_about_files(path: &Import) -> bool {
    let names: Vec<_> = path.path.iter().map(String::as_str).collect();
    matches!(names[..], ["std", "path" | "fs", ..])
}

/// The table is worth what its test sees.
#[test]
fn a_forbidden_import_is_seen_wherever_it_stands() {
    let forbidden = [
        "use crate::fs::Mode;",
        "use crate::{\n    error::Error,\n    fs::{Mode, TempDir},\n};",
        "fn f() -> crate::fs::Mode { todo!() }",
        "fn f() { g(crate::fs::mode) }",
        "mod inner { use super::super::super::fs::Mode; }",
        "use super::super::fs as other;",
        "use super::super::{self as root, fs};",
        "macro_rules! m { () => { $crate::fs::Mode } }",
        "const C: char = '\"'; use crate::fs::Mode; const D: char = '\"';",
        "fn f<'a>(_: &'a str) { crate::fs::g() }",
        r##"const R: &str = r#"" "#; use crate::fs::Mode;"##,
        "#[cfg(any(windows, test))]\nuse crate::fs::Mode;",
        "#[cfg(test)]\nmod tests { fn f() { {} } }\nuse crate::fs::Mode;",
    ];
    for text in forbidden {
        let source = Source::new("src/walk/lister.rs", text);
        let found = violations(&[source], &[], ROOMS);
        assert!(
            !found.is_empty()
                && found.iter().all(|it| it.starts_with("`walk` may not import from `fs`: src/walk/lister.rs:")),
            "{text}\n{found:?}"
        );
    }
}

#[test]
fn what_imports_nothing_is_not_taken_for_it() {
    let harmless = [
        "// use crate::fs::Mode;",
        "/* /* crate::fs::Mode */ crate::fs::Mode */",
        "/// [`Mode`](crate::fs::Mode)\nstruct S;",
        "const T: &str = \"crate::fs::Mode\";",
        "#[cfg(test)]\nmod tests { use crate::fs::Mode; fn f() { {} } }",
        "#[cfg(test)]\n#[allow(dead_code)]\nuse crate::fs::Mode;",
        "#[cfg(all(test, unix))]\nfn f() { crate::fs::g() }",
        "use super::plan::fs;",
        "use rustix::fs::Mode;",
        "pub(crate) fn fs() {} pub(in crate::walk) fn g() {}",
    ];
    for text in harmless {
        assert_eq!(violations(&[Source::new("src/walk/lister.rs", text)], &[], ROOMS), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn names_at_the_root_are_nobodys_room() {
    let found = violations(&[Source::new("src/walk.rs", "use crate::PathBuf;")], &[], ROOMS);
    assert_eq!(found, ["`walk` may not import from `PathBuf`: src/walk.rs:1"]);
}

/// The imports among the modules in a parent that its table does not allow.
fn violations(sources: &[Source], parent: &[&str], table: Table) -> Vec<String> {
    let is_allowed = |it: &Edge| {
        let row = table.iter().find(|(room, _)| *room == it.from);
        row.is_some_and(|(_, allowed)| allowed.contains(&&*it.to))
    };
    imports(sources, parent).iter().filter(|it| !is_allowed(it)).map(Edge::to_string).collect()
}

/// An import from one module in another.
struct Edge {
    from: String,
    to: String,
    place: String,
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, place } = self;
        write!(f, "`{from}` may not import from `{to}`: {place}")
    }
}

/// The imports among the modules in a parent. What the parent itself has and imports is not among them; nor, of the
/// crate, `lib.rs`.
fn imports(sources: &[Source], parent: &[&str]) -> Vec<Edge> {
    let is_module = |name: &String| sources.iter().any(|it| child(parent, &it.module).as_ref() == Some(name));
    let mut edges = Vec::new();
    for source in sources {
        let Some(from) = child(parent, &source.module) else { continue };
        for Import { path, line } in source.paths().filter(|import| import.is_of_the_crate()) {
            if let Some(to) = child(parent, &path[1..]).filter(|to| *to != from && (parent.is_empty() || is_module(to)))
            {
                edges.push(Edge { from: from.clone(), to, place: format!("{}:{line}", source.file) });
            }
        }
    }
    edges
}

/// The child of a module in which a path lies.
fn child(parent: &[&str], path: &[String]) -> Option<String> {
    let is_inside = path.len() > parent.len() && path.iter().zip(parent).all(|(left, right)| left == right);
    is_inside.then(|| path[parent.len()].clone())
}

/// A path in a source: from `crate` on, or from `std`.
struct Import {
    path: Vec<String>,
    line: usize,
}

impl Import {
    fn is_of_the_crate(&self) -> bool {
        self.path[0] == "crate"
    }
}

/// The imports of a source.
impl Source {
    /// The paths that begin with `crate`, `super` or `std`, in `use` items and elsewhere.
    fn paths(&self) -> impl Iterator<Item = Import> {
        let mut found = Vec::new();
        // The modules that are written in the file itself, with the depth of their braces.
        let mut inner: Vec<(usize, String)> = Vec::new();
        let mut depth = 0;
        for at in 0..self.tokens.len() {
            match (&*self.tokens[at].text, &self.tokens[at..]) {
                ("{", _) => depth += 1,
                ("}", _) => {
                    depth -= 1;
                    inner.pop_if(|(outer, _)| *outer == depth);
                }
                ("mod", [_, name, brace, ..]) if brace.text == "{" => inner.push((depth, name.text.clone())),
                ("crate" | "super" | "std", _) if !self.is_inside_path(at) => {
                    let mut base =
                        ["crate".to_owned()].into_iter().chain(self.module.iter().cloned()).collect::<Vec<_>>();
                    base.extend(inner.iter().map(|(_, name)| name.clone()));
                    let mut paths = Vec::new();
                    read_tree(&self.tokens, at, &base, &mut paths);
                    let line = self.tokens[at].line;
                    found.extend(paths.into_iter().map(|path| Import { path, line }));
                }
                _ => {}
            }
        }
        found.into_iter()
    }

    /// Whether the token before belongs to the same path, or the token says how far a name is visible.
    fn is_inside_path(&self, at: usize) -> bool {
        let before = |count: usize| at.checked_sub(count).map(|at| &*self.tokens[at].text);
        let is_visibility = before(2) == Some("pub") || before(1) == Some("in") && before(3) == Some("pub");
        before(1) == Some("::") || is_visibility
    }
}

/// Reads a path, or a tree of paths as `use` has it; gives the place behind it.
fn read_tree(tokens: &[Token], mut at: usize, base: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = base.to_vec();
    loop {
        match &*tokens[at].text {
            "crate" => path = vec!["crate".to_owned()],
            "std" if path == base => path = vec!["std".to_owned()],
            "super" => _ = path.pop(),
            "self" | "*" => {}
            "{" => {
                at += 1;
                while tokens[at].text != "}" {
                    at = read_tree(tokens, at, &path, found);
                    if tokens[at].text == "as" {
                        at += 2;
                    }
                    at += usize::from(tokens[at].text == ",");
                }
                return at + 1;
            }
            name => path.push(name.to_owned()),
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text != "::") {
            found.push(path);
            return at;
        }
        at += 1;
    }
}
