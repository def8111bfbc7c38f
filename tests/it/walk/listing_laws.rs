//! Laws of listings: whatever the tree and the options, what is listed is what a plain search of the
//! tree finds, which goes through all of it by std and filters afterwards.
//!
//! `PROPTEST_CASES=10000` tries harder.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::slice;
use std::sync::Mutex;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use waypath::{Entry, FileKind, Op, Path, PathBuf, Pattern, PatternSet, Result, Walk, path};

use crate::conformance::reference;
use crate::support::laws::config;
use crate::support::util::{Tree, symlink};

proptest! {
    // Each case is a tree on the disk, with several questions about it.
    #![proptest_config(config(4))]

    #[test]
    fn options_choose_among_all_that_is_there(world in world(), wishes in vec(wish(), 4)) {
        let world = World::new(&world);
        for wish in &wishes {
            world.check(wish);
        }
    }

    #[test]
    fn links_are_followed_but_not_back(world in world_of(FEW), patterns in vec(simple_pattern(), 8)) {
        let world = World::new(&world);
        for pattern in patterns {
            world.check(&Wish { follow: true, ..Wish::plain(Target::Glob(vec![pattern])) });
        }
    }

    #[test]
    fn a_glob_finds_what_pathlib_finds(world in world(), patterns in vec(pattern(), 8)) {
        let world = World::new(&world);
        for pattern in patterns {
            let mut search = Search::new(&world);
            search.expand(&[], &parts(&pattern));
            if search.gave_up() {
                continue;
            }
            let expected: Vec<_> = search.found.iter().filter(|names| !is_raw(names)).map(|names| joined(names)).collect();
            let found: Vec<_> = world.start.glob(&pattern).unwrap().filter_map(Result::ok).collect();
            assert!(found.is_sorted_by(|left, right| left < right), "{pattern:?}");
            // The same from anywhere, and with a `.` at the end, which is no part.
            let start = Pattern::literal(&world.start);
            let ends: &[&str] = if pattern.ends_with('/') { &[""] } else { &["", "/."] };
            for end in ends {
                let whole = format!("{start}/./{pattern}{end}");
                let from_anywhere: Vec<_> = waypath::glob(&whole).unwrap().filter_map(Result::ok).collect();
                assert_eq!(from_anywhere, found, "{whole:?}");
            }
            let found: BTreeSet<_> = found.iter().map(|entry| world.relative(entry)).collect();
            assert_eq!(found, BTreeSet::from_iter(expected), "{pattern:?}");
        }
    }

    /// Alternatives find what the patterns find that they stand for, given one by one; and leave out the same.
    #[test]
    fn alternatives_find_what_each_of_them_finds(world in world(), patterns in vec(branched_pattern(), 8)) {
        let world = World::new(&world);
        for pattern in patterns {
            let Some(alternatives) = reference::alternatives(&pattern, std::path::is_separator, 3_000) else { continue };
            // Many names are searched and few are looked up, so that only the former meet one that is not UTF-8.
            let is_met = |item: &Result<Entry>| item.as_ref().map_or_else(|error| error.op() != Op::Convert, |_| true);
            // Where case does not matter, what is looked up has the spelling of one of the patterns.
            let spelled = |text: String| if cfg!(windows) { text.to_lowercase() } else { text };
            let names = |walk: Result<Walk<'_>>| -> Option<Vec<_>> {
                walk.ok().map(|walk| walk.filter(is_met).map(item_text).map(spelled).collect())
            };
            let both = |list: &dyn Fn(&[String]) -> Result<Walk<'_>>| {
                let [branched, plain] = [slice::from_ref(&pattern), &alternatives[..]].map(|patterns| names(list(patterns)));
                assert_eq!(branched, plain, "{pattern:?} {alternatives:?}");
            };
            both(&|patterns| world.start.glob(patterns));
            both(&|patterns| world.start.rglob(patterns));
            both(&|patterns| Ok(world.start.glob(patterns)?.case_sensitive(false)));
            both(&|patterns| Ok(world.start.glob(patterns)?.follow_symlinks(true)));
            both(&|patterns| world.start.glob_set(&patterns.iter().collect()));
            // A refusal names the pattern, which is not the same one.
            let is_refused = |pattern: &String| {
                let first = world.start.walk().exclude(pattern).next();
                first.and_then(Result::err).is_some_and(|error| error.op() == Op::Pattern)
            };
            match alternatives.iter().any(is_refused) {
                true => assert!(is_refused(&pattern), "{pattern:?} {alternatives:?}"),
                false => both(&|patterns| Ok(world.start.walk().exclude(patterns))),
            }
        }
    }

    #[test]
    fn a_glob_finds_what_the_pattern_matches(world in tree_without_links(), patterns in vec(pattern(), 8)) {
        let world = World::new(&world);
        let all: Vec<_> = world.start.walk().map(Result::unwrap).collect();
        for text in patterns.into_iter().filter(|pattern| !pattern.contains("..")) {
            let pattern = Pattern::new(&text);
            // By a `**` at the end, globbing means what is above, too.
            let above = above_any_path(&text).map(Pattern::new);
            let matches = |entry: &&Entry| {
                let relative = world.relative(entry);
                let matches_above = || above.as_ref().is_some_and(|above| entry.is_dir() && above.full_match(&relative));
                (pattern.full_match(&relative) || matches_above()) && (entry.is_dir() || !text.ends_with('/'))
            };
            let expected: Vec<_> = all.iter().filter(matches).cloned().collect();
            let found: Result<Vec<_>> = world.start.glob(&pattern).unwrap().min_depth(1).collect();
            assert_eq!(found.unwrap(), expected, "{text:?}");
        }
    }
}

/// What stands before a `**` at the end of a pattern, or several, if there is one.
fn above_any_path(pattern: &str) -> Option<&str> {
    let above =
        pattern.trim_end_matches('/').strip_suffix("**").filter(|above| above.is_empty() || above.ends_with('/'))?;
    above_any_path(above).or(Some(above))
}

/// What a tree holds: paths, made one after the other where that can be done.
type Plan = Vec<(Vec<&'static str>, Node)>;

#[derive(Clone, Copy, Debug)]
enum Node {
    File,
    Directory,
    Link(&'static str),
    /// A directory with a file in it, whose own name is not UTF-8.
    Raw,
}

/// Names that sort, match and hide in ways of their own, a few of them often.
#[cfg(unix)]
const NAMES: &[&str] = &[
    "a", "a", "a", "b", "b", "b", "c", ".h", ".h", "a-b", "a.b", "B", "é", "p9", "p10", "p010", "[a]", "*", "**",
    "a\n", "\\",
];
#[cfg(not(unix))]
const NAMES: &[&str] =
    &["a", "a", "a", "b", "b", "b", "c", ".h", ".h", "a-b", "a.b", "B", "é", "p9", "p10", "p010", "[a]", "!a"];

fn name() -> impl Strategy<Value = &'static str> {
    select(NAMES)
}

/// A few names, which patterns and links meet often.
const FEW: &[&str] = &["a", "b", "l"];

fn world() -> impl Strategy<Value = Plan> {
    prop_oneof![world_of(NAMES), world_of(FEW)]
}

fn world_of(names: &'static [&'static str]) -> impl Strategy<Value = Plan> {
    let targets = &["a", "b", "a/b", "../a", ".", "..", "..", "../..", "no", "l", ".h"][..];
    let link = (vec(select(FEW), 1..=3), select(targets).prop_map(Node::Link));
    // Few links: with each, the ways through a tree multiply.
    let links = vec((any::<prop::sample::Index>(), link), 0..=4);
    let nodes = vec((vec(select(names), 1..=5), plain_node()), 0..=32);
    let raw = vec(vec(select(names), 0..=3), 0..=1);
    (nodes, links, raw).prop_map(|(mut plan, links, raw)| {
        if cfg!(unix) {
            plan.extend(raw.into_iter().map(|path| (path, Node::Raw)));
            links.into_iter().for_each(|(at, link)| plan.insert(at.index(plan.len() + 1), link));
        }
        plan
    })
}

fn tree_without_links() -> impl Strategy<Value = Plan> {
    vec((vec(name(), 1..=5), plain_node()), 0..=40)
}

fn plain_node() -> impl Strategy<Value = Node> {
    prop_oneof![2 => Just(Node::File), 1 => Just(Node::Directory)]
}

/// Windows, and Node for WASI, take `..` from a path's text before they look at the disk, so that `no\..` is there; a
/// search sees that `no` is not.
const UP: &str = if cfg!(any(windows, target_family = "wasm")) { "no" } else { ".." };

fn part() -> impl Strategy<Value = &'static str> {
    let wild = ["*", "*", "**", "**", "?", "[ab]", "a*", "*b", "[!a]", ".*", "*.*", "[[]*", "p[0-9]*", "[*]"];
    prop_oneof![4 => select(wild.to_vec()), 3 => name(), 1 => select(&["A", "no", UP][..])]
}

fn simple_part() -> impl Strategy<Value = &'static str> {
    prop_oneof![2 => select(FEW), 2 => select(&["*", "**"][..]), 1 => select(&[UP, "[ab]"][..])]
}

/// A pattern. None leads far up: what lies around the tree is no part of the world.
fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![pattern_of(part()), simple_pattern()]
}

fn simple_pattern() -> impl Strategy<Value = String> {
    pattern_of(simple_part())
}

fn pattern_of(part: impl Strategy<Value = &'static str>) -> impl Strategy<Value = String> {
    let text = |(parts, slash): (Vec<&str>, bool)| parts.join("/") + if slash { "/" } else { "" };
    let is_near = |parts: &Vec<&str>| parts.iter().filter(|part| **part == "..").count() <= 2;
    (vec(part, 1..=4).prop_filter("far up", is_near), prop::bool::weighted(0.2)).prop_map(text)
}

/// Patterns with alternatives, few or many, in which names that are there occur.
fn branched_pattern() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => part().prop_map(str::to_owned),
        3 => select(&["a", "b", "c", ".h", "", "/", "/", "*", "**/", "/**", "*/", "[ab]", ".", "../"][..]).prop_map(str::to_owned),
    ];
    let groups = leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 2..4).prop_map(|alternatives| format!("{{{}}}", alternatives.join(","))),
            1 => vec(inner.clone(), 2..3).prop_map(|pieces| pieces.join("/")),
            1 => vec(inner, 2..3).prop_map(|pieces| pieces.concat()),
        ]
    });
    let many = select(&["{a,b,}{a,b,-}{a,b,.}{a,b,}{b,}{,c}", "{a,b/}{a,*,/}{a,b,**/}{a/,b}{b,}{,c}{,/}"][..]);
    let is_near = |pattern: &String| pattern.matches("..").count() <= 2;
    prop_oneof![8 => groups, 1 => many.prop_map(str::to_owned)].prop_filter("far up", is_near)
}

/// An entry or an error, as text.
fn item_text(item: Result<Entry>) -> String {
    match item {
        Ok(entry) => format!("{entry:?}"),
        Err(error) => error.to_string(),
    }
}

fn patterns(most: usize) -> impl Strategy<Value = Vec<String>> {
    vec(pattern(), 0..=most)
}

/// A tree on the disk.
struct World {
    /// Holds the start, some directories further down.
    _tree: Tree,
    start: PathBuf,
}

impl World {
    fn new(plan: &Plan) -> Self {
        let tree = Tree::new([]);
        let start = tree.at("u/v/w/x/y/start");
        start.mkdir_all().unwrap();
        let world = Self { _tree: tree, start };
        for (names, node) in plan {
            world.make(names, *node);
        }
        world
    }

    /// Makes a node, unless something is in its way.
    fn make(&self, names: &[&str], node: Node) {
        let at = self.at(names);
        let (above, names) = match node {
            Node::Raw => (names, names),
            _ => (&names[..names.len() - 1], names),
        };
        let is_free = |end: usize| fs::symlink_metadata(self.at(&names[..end])).map_or(true, |found| found.is_dir());
        if !(1..=above.len()).all(is_free) || !matches!(node, Node::Raw) && fs::symlink_metadata(&at).is_ok() {
            return;
        }
        fs::create_dir_all(self.at(above)).unwrap();
        match node {
            Node::File => fs::write(&at, "").unwrap(),
            Node::Directory => fs::create_dir(&at).unwrap(),
            Node::Link(target) => symlink(target, &PathBuf::try_from(&at).unwrap()),
            Node::Raw => make_raw(&at),
        }
    }

    /// The path of names, of which [`RAW`] is one that is not UTF-8.
    fn at<S: AsRef<str>>(&self, names: &[S]) -> std::path::PathBuf {
        let start = std::path::PathBuf::from(self.start.as_str());
        names.iter().fold(start, |path, name| match name.as_ref() {
            RAW => path.join(raw_name()),
            name => path.join(name),
        })
    }

    fn relative(&self, entry: &Path) -> PathBuf {
        entry.relative_to(&self.start).unwrap().to_owned()
    }

    fn item(&self, found: std::result::Result<&Entry, &waypath::Error>) -> Item {
        match found {
            Ok(entry) => Item { path: self.relative(entry), what: Ok(entry.kind()), depth: entry.depth() },
            Err(error) => {
                let path = error.path().as_std_path().strip_prefix(self.start.as_str()).unwrap().to_string_lossy();
                let path = PathBuf::parse(&path);
                Item { depth: path.parts().count(), path, what: Err(error.op()) }
            }
        }
    }
}

/// How a name that is not UTF-8 is shown, and matched.
const RAW: &str = "b\u{fffd}";

#[cfg(unix)]
fn raw_name() -> &'static std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(b"b\xff")
}

#[cfg(not(unix))]
fn raw_name() -> &'static std::ffi::OsStr {
    std::ffi::OsStr::new(RAW)
}

/// Whether a path, or one above it, is not UTF-8.
fn is_raw(names: &[String]) -> bool {
    names.iter().any(|name| name == RAW)
}

#[cfg(unix)]
fn make_raw(directory: &std::path::Path) {
    let raw = directory.join(raw_name());
    // Some systems refuse such names.
    if fs::create_dir(&raw).is_ok() {
        fs::write(raw.join("inside"), "").unwrap();
    }
}

#[cfg(not(unix))]
fn make_raw(_: &std::path::Path) {}

/// What a listing gives.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    path: PathBuf,
    what: std::result::Result<FileKind, Op>,
    depth: usize,
}

impl Item {
    fn key(&self) -> (&Path, bool, String) {
        (&self.path, self.what.is_err(), format!("{:?} {}", self.what, self.depth))
    }
}

/// What is listed, and how.
#[derive(Clone, Debug)]
struct Wish {
    target: Target,
    min_depth: usize,
    max_depth: usize,
    hidden: bool,
    exclude: Vec<String>,
    prune: Option<&'static str>,
    follow: bool,
    same_file_system: bool,
    case_sensitive: Option<bool>,
    kinds: Vec<FileKind>,
    order: Order,
    contents_first: bool,
    threads: usize,
}

#[derive(Clone, Debug)]
enum Target {
    Iterdir,
    Walk,
    Glob(Vec<String>),
    Rglob(Vec<String>),
    Set { includes: Vec<String>, excludes: Vec<String> },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Sorted,
    Unsorted,
    Natural,
    Reversed,
}

impl Order {
    fn compare(self, left: &Path, right: &Path) -> Ordering {
        match self {
            Self::Natural => left.natural_cmp(right),
            Self::Reversed => right.cmp(left),
            _ => left.cmp(right),
        }
    }
}

fn wish() -> impl Strategy<Value = Wish> {
    let target = prop_oneof![
        1 => Just(Target::Iterdir),
        3 => Just(Target::Walk),
        6 => patterns(3).prop_map(Target::Glob),
        2 => patterns(2).prop_map(Target::Rglob),
        2 => (patterns(2), patterns(2)).prop_map(|(includes, excludes)| Target::Set { includes, excludes }),
    ];
    let kinds = select(&[FileKind::File, FileKind::Directory, FileKind::Symlink][..]);
    let kinds = prop_oneof![2 => Just(vec![]), 1 => vec(kinds, 0..=2)];
    let order = select(&[Order::Sorted, Order::Unsorted, Order::Natural, Order::Reversed][..]);
    let max_depth = prop_oneof![3 => Just(usize::MAX), 1 => 0..4_usize];
    let min_depth = prop_oneof![3 => Just(0), 1 => 0..4_usize];
    let exclude = prop_oneof![2 => Just(vec![]), 1 => patterns(3)];
    let prune = option::weighted(0.2, select(FEW));
    (
        (target, min_depth, max_depth, any::<bool>(), exclude, prune, prop::bool::weighted(0.4)),
        (any::<bool>(), option::weighted(0.3, any::<bool>()), kinds, order, any::<bool>(), 1..=3_usize),
    )
        .prop_map(
            |(
                (target, min_depth, max_depth, hidden, exclude, prune, follow),
                (same, case, kinds, order, contents_first, threads),
            )| Wish {
                target,
                min_depth,
                max_depth,
                hidden,
                exclude,
                prune,
                follow,
                same_file_system: same,
                case_sensitive: case,
                kinds,
                order,
                contents_first,
                threads,
            },
        )
}

impl Wish {
    /// Without options.
    fn plain(target: Target) -> Self {
        Self {
            target,
            min_depth: 0,
            max_depth: usize::MAX,
            hidden: true,
            exclude: Vec::new(),
            prune: None,
            follow: false,
            same_file_system: false,
            case_sensitive: None,
            kinds: Vec::new(),
            order: Order::Sorted,
            contents_first: false,
            threads: 2,
        }
    }

    fn walk(&self, start: &Path) -> Walk<'static> {
        let mut walk = match &self.target {
            Target::Iterdir => start.iterdir(),
            Target::Walk => start.walk(),
            Target::Glob(patterns) => start.glob(patterns).unwrap(),
            Target::Rglob(patterns) => start.rglob(patterns).unwrap(),
            Target::Set { includes, excludes } => start.glob_set(&set(includes, excludes)).unwrap(),
        };
        walk = walk.min_depth(self.min_depth).max_depth(self.max_depth).hidden(self.hidden).exclude(&self.exclude);
        if let Some(name) = self.prune {
            walk = walk.prune(move |entry| path(entry.name()) == name);
        }
        if self.follow {
            walk = walk.follow_symlinks(true);
        }
        if self.same_file_system {
            walk = walk.same_file_system(true);
        }
        if let Some(case) = self.case_sensitive {
            walk = walk.case_sensitive(case);
        }
        walk = self.kinds.iter().fold(walk, |walk, kind| walk.only(*kind));
        walk = match self.order {
            Order::Sorted => walk,
            Order::Unsorted => walk.unsorted(true),
            order => walk.sorted_by(move |left, right| order.compare(left, right)),
        };
        if self.contents_first { walk.contents_first(true) } else { walk }
    }

    fn in_case(&self, pattern: &str) -> Pattern {
        let pattern = Pattern::new(pattern);
        match self.case_sensitive {
            None => pattern,
            Some(true) => pattern.case_sensitive(true),
            Some(false) => pattern.case_sensitive(false),
        }
    }

    /// Whether it has an exclude that could exclude nothing: one that leads up, where no pattern does.
    fn is_refused(&self) -> bool {
        let leads_up = |pattern: &String| parts(pattern).contains(&"..");
        let is_up = match &self.target {
            Target::Iterdir | Target::Walk => false,
            Target::Glob(patterns) | Target::Rglob(patterns) => patterns.iter().any(leads_up),
            Target::Set { includes, .. } => includes.iter().any(leads_up),
        };
        !is_up && self.exclude.iter().any(leads_up)
    }

    /// The patterns that are searched for, part by part.
    fn searched(&self) -> Vec<Vec<&str>> {
        match &self.target {
            Target::Iterdir => vec![vec!["*"]],
            Target::Walk => vec![vec!["**", "*"]],
            Target::Glob(patterns) => patterns.iter().map(|pattern| parts(pattern)).collect(),
            Target::Rglob(patterns) => patterns.iter().map(|pattern| [vec!["**"], parts(pattern)].concat()).collect(),
            Target::Set { includes, .. } if includes.is_empty() => vec![vec!["**", "*"]],
            Target::Set { includes, .. } => includes.iter().map(|pattern| full_match_parts(pattern)).collect(),
        }
    }
}

fn set(includes: &[String], excludes: &[String]) -> PatternSet {
    let builder = includes.iter().fold(PatternSet::builder(), |builder, pattern| builder.include(pattern));
    excludes.iter().fold(builder, |builder, pattern| builder.exclude(pattern)).build()
}

/// The parts of a pattern; the last one is empty where it asks for directories.
fn parts(pattern: &str) -> Vec<&str> {
    pattern.split('/').collect()
}

/// The parts of a pattern to search for, so that what it matches is found: a `**` at the end takes at
/// least one part, and a separator there says nothing.
fn full_match_parts(pattern: &str) -> Vec<&str> {
    let mut parts = parts(pattern.trim_end_matches('/'));
    if parts.last() == Some(&"**") {
        parts.push("*");
    }
    parts
}

fn joined(names: &[String]) -> PathBuf {
    PathBuf::parse(&names.join("/"))
}

/// Expands patterns part by part, as pathlib does.
struct Search<'a> {
    world: &'a World,
    follow: bool,
    case_sensitive: Option<bool>,
    found: BTreeSet<Vec<String>>,
    /// The directories that were searched.
    read: BTreeSet<Vec<String>>,
    /// The links that were not followed.
    loops: BTreeSet<Vec<String>>,
    done: BTreeSet<(Vec<String>, Vec<String>)>,
}

impl<'a> Search<'a> {
    /// Beyond so many steps, links have made too much of a tree.
    const MOST: usize = 3000;

    fn new(world: &'a World) -> Self {
        let [found, read, loops] = [const { BTreeSet::new() }; 3];
        Self { world, follow: false, case_sensitive: None, found, read, loops, done: BTreeSet::new() }
    }

    /// Whether it took too many steps, so that not all was found.
    fn gave_up(&self) -> bool {
        self.done.len() > Self::MOST
    }

    fn expand(&mut self, at: &[String], parts: &[&str]) {
        let step = (at.to_vec(), parts.iter().map(|&part| part.to_owned()).collect());
        if self.gave_up() || !self.done.insert(step) {
            return;
        }
        match parts {
            [] if self.exists(at) => _ = self.found.insert(at.to_vec()),
            [""] if self.is_dir(at) => _ = self.found.insert(at.to_vec()),
            [] | [""] => {}
            ["**", "**", ..] => self.expand(at, &parts[1..]),
            ["**", rest @ ..] => self.recurse(at, parts, rest),
            [part, rest @ ..] if self.is_searched(part) => {
                for (child, _) in self.list(at) {
                    let name = child.last().unwrap();
                    if self.matches(part, name) && (rest.is_empty() || self.is_dir(&child)) {
                        self.expand(&child, rest);
                    }
                }
            }
            [part, rest @ ..] => self.expand(&[at, &[(*part).to_owned()]].concat(), rest),
        }
    }

    /// Expands `**` and the parts behind it.
    fn recurse(&mut self, at: &[String], parts: &[&str], rest: &[&str]) {
        if !self.is_dir(at) {
            return;
        }
        self.expand(at, rest);
        for (child, kind) in self.list(at) {
            let is_link = kind == FileKind::Symlink;
            let goes_in = kind == FileKind::Directory || is_link && self.follow && self.is_dir(&child);
            if goes_in && is_link && self.leads_back(&child) {
                self.loops.insert(child.clone());
                if let [] | [""] = rest {
                    self.expand(&child, rest);
                }
            } else if goes_in {
                self.expand(&child, parts);
            } else if rest.is_empty() {
                self.expand(&child, rest);
            }
        }
    }

    fn is_searched(&self, part: &str) -> bool {
        part != ".." && (self.case_sensitive.is_some() || part.contains(['*', '?', '[']))
    }

    fn matches(&self, part: &str, name: &str) -> bool {
        matches(part, name, self.case_sensitive)
    }

    /// Lists a directory.
    fn list(&mut self, at: &[String]) -> Vec<(Vec<String>, FileKind)> {
        let Ok(entries) = fs::read_dir(self.world.at(at)) else { return Vec::new() };
        self.read.insert(at.to_vec());
        let child = |entry: fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            ([at, &[name]].concat(), kind(entry.file_type().unwrap()))
        };
        entries.map(|entry| child(entry.unwrap())).collect()
    }

    fn exists(&self, at: &[String]) -> bool {
        fs::symlink_metadata(self.world.at(at)).is_ok()
    }

    fn is_dir(&self, at: &[String]) -> bool {
        fs::metadata(self.world.at(at)).is_ok_and(|found| found.is_dir())
    }

    /// Whether something is a directory on the way to it, which no `..` of the pattern has left.
    fn leads_back(&self, at: &[String]) -> bool {
        let real = |names: &[String]| fs::canonicalize(self.world.at(names)).unwrap();
        (0..at.len()).any(|end| is_way_down(&at[end..]) && real(&at[..end]) == real(at))
    }
}

/// Whether each of these parts leads to something below where they begin.
fn is_way_down(parts: &[String]) -> bool {
    let down = |depth: usize, part: &String| if part == ".." { depth.checked_sub(1) } else { Some(depth + 1) };
    parts.iter().try_fold(0, down).is_some()
}

fn kind(kind: fs::FileType) -> FileKind {
    match kind {
        kind if kind.is_symlink() => FileKind::Symlink,
        kind if kind.is_dir() => FileKind::Directory,
        _ => FileKind::File,
    }
}

/// Whether a part of a pattern matches a name.
fn matches(part: &str, name: &str, case_sensitive: Option<bool>) -> bool {
    match case_sensitive {
        _ if part == "*" => true,
        None if !part.contains(['*', '?', '[']) => path(part) == name,
        None => Pattern::new(part).full_match(name),
        Some(true) => Pattern::new(part).case_sensitive(true).full_match(name),
        Some(false) => Pattern::new(part).case_sensitive(false).full_match(name),
    }
}

/// How a pattern fits a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    No,
    /// If it is a directory.
    Directory,
    Yes,
}

/// How the parts of a pattern fit names, where `**` takes any number of them.
fn fit(parts: &[&str], names: &[String], case: Option<bool>) -> Fit {
    match (parts, names) {
        ([], []) => Fit::Yes,
        ([""], []) => Fit::Directory,
        (["**"], []) => Fit::Directory,
        (["**", rest @ ..], []) => fit(rest, names, case),
        (["**", rest @ ..], [_, below @ ..]) => fit(rest, names, case).max(fit(parts, below, case)),
        ([part, rest @ ..], [name, below @ ..]) if matches(part, name, case) => fit(rest, below, case),
        _ => Fit::No,
    }
}

/// What the reference lists.
impl World {
    /// All that is listed, in no order; nothing where that would be too much.
    fn expected(&self, wish: &Wish) -> Option<Vec<Item>> {
        let mut search = Search::new(self);
        (search.follow, search.case_sensitive) = (wish.follow, wish.case_sensitive);
        for parts in wish.searched() {
            search.expand(&[], &parts);
        }
        if search.gave_up() {
            return None;
        }
        let entries = search.found.iter().filter_map(|names| self.entry(wish, names));
        let loops =
            search.loops.iter().filter(|names| self.is_entered(wish, names)).map(|names| failure(names, Op::Follow));
        let raw =
            search.read.iter().filter(|names| self.is_entered(wish, names)).filter_map(|names| self.raw(wish, names));
        let mut items: Vec<_> = entries.chain(loops).chain(raw).collect();
        items.sort_by(|left, right| left.key().cmp(&right.key()));
        items.dedup_by(|left, right| left.key() == right.key());
        Some(items)
    }

    /// What is listed of a path that was found.
    fn entry(&self, wish: &Wish, names: &[String]) -> Option<Item> {
        let depth = names.len();
        let kind = kind(fs::symlink_metadata(self.at(names)).unwrap().file_type());
        let is_in_set = match &wish.target {
            Target::Set { excludes, .. } => {
                !excludes.iter().any(|pattern| wish.in_case(pattern).full_match(joined(names)))
            }
            _ => true,
        };
        let is_listed = (wish.min_depth..=wish.max_depth).contains(&depth)
            && (wish.kinds.is_empty() || wish.kinds.contains(&kind))
            && is_in_set
            && (1..=depth).all(|end| !is_left_out(wish, &names[..end]))
            && !is_excluded(wish, names, kind == FileKind::Directory)
            // Whatever was looked for, such a name is accounted for where its directory is read.
            && names.last().is_none_or(|name| name != RAW);
        let what = if is_raw(names) { Err(Op::Convert) } else { Ok(kind) };
        is_listed.then(|| Item { path: joined(names), what, depth })
    }

    /// Whether the listing goes into a directory that the search went into.
    fn is_entered(&self, wish: &Wish, names: &[String]) -> bool {
        names.len() < wish.max_depth
            && (1..=names.len()).all(|end| !is_left_out(wish, &names[..end]))
            && (names.is_empty() || !is_excluded(wish, names, true) && !is_excluded_below(wish, names))
    }

    /// The names in a directory that are not UTF-8.
    fn raw(&self, wish: &Wish, names: &[String]) -> Option<Item> {
        let raw = [names, &[RAW.to_owned()]].concat();
        let is_in_set = match &wish.target {
            Target::Set { excludes, .. } => {
                !excludes.iter().any(|pattern| wish.in_case(pattern).full_match(joined(&raw)))
            }
            _ => true,
        };
        let is_there = cfg!(unix) && fs::symlink_metadata(self.at(&raw)).is_ok();
        (is_there && is_in_set && !is_excluded(wish, &raw, true)).then(|| failure(&raw, Op::Convert))
    }
}

fn failure(names: &[String], op: Op) -> Item {
    Item { path: joined(names), what: Err(op), depth: names.len() }
}

/// Whether a name is hidden or pruned; no closure is asked about what is not UTF-8.
fn is_left_out(wish: &Wish, names: &[String]) -> bool {
    let name = names.last().unwrap();
    !wish.hidden && name.starts_with('.') && name != ".."
        || !is_raw(names) && wish.prune.is_some_and(|pruned| path(name) == pruned)
}

/// Whether a pattern leaves out a path or a directory above it.
fn is_excluded(wish: &Wish, names: &[String], is_directory: bool) -> bool {
    !names.is_empty()
        && wish.exclude.iter().any(|pattern| {
            (0..=names.len()).any(|end| match fit(&parts(pattern), &names[..end], wish.case_sensitive) {
                Fit::No => false,
                Fit::Directory => end < names.len() || is_directory,
                Fit::Yes => true,
            })
        })
}

/// Whether a pattern that ends in `**` leaves out all that is below a directory.
fn is_excluded_below(wish: &Wish, names: &[String]) -> bool {
    let child = [names, &["\u{fffd}".to_owned()]].concat();
    let excludes = match &wish.target {
        Target::Set { excludes, .. } => excludes,
        _ => &vec![],
    };
    // One that ends in a separator leaves out directories only: what else is below stays.
    let of_all_kinds = wish.exclude.iter().filter(|pattern| !pattern.ends_with('/'));
    of_all_kinds.chain(excludes).any(|pattern| {
        let parts = full_match_parts(pattern);
        parts.ends_with(&["**", "*"]) && fit(&parts, &child, wish.case_sensitive) == Fit::Yes
    })
}

/// Brings items into order: siblings as asked for, directories before or behind their contents, errors
/// where their path would stand.
fn arranged(items: &[Item], order: Order, contents_first: bool) -> Vec<Item> {
    let mut arranged = Vec::new();
    arrange(items.iter().collect(), 0, order, contents_first, &mut arranged);
    arranged
}

/// Adds what has a path of so many parts, and what is below.
fn arrange(items: Vec<&Item>, depth: usize, order: Order, contents_first: bool, arranged: &mut Vec<Item>) {
    let (own, below): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.path.parts().count() == depth);
    // The error of a name that is not UTF-8, or is below one, stands for its entry.
    let (entry, errors): (Vec<_>, Vec<_>) =
        own.into_iter().partition(|item| item.what.is_ok() || item.what == Err(Op::Convert));
    let (before, behind) = if contents_first { (vec![], entry) } else { (entry, vec![]) };
    let mut groups = BTreeMap::<PathBuf, Vec<&Item>>::new();
    for item in below {
        groups.entry(PathBuf::parse(item.path.parts().nth(depth).unwrap())).or_default().push(item);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    let is_last = |name: &Path| order != Order::Sorted && name.as_str() == RAW;
    groups.sort_by(|(left, _), (right, _)| is_last(left).cmp(&is_last(right)).then_with(|| order.compare(left, right)));
    arranged.extend(before.into_iter().chain(errors).cloned());
    for (name, group) in groups {
        // There are no entries below that a closure could put in order.
        let order = if name.as_str() == RAW && order != Order::Unsorted { Order::Sorted } else { order };
        arrange(group, depth + 1, order, contents_first, arranged);
    }
    arranged.extend(behind.into_iter().cloned());
}

/// Comparing.
impl World {
    /// Checks that a listing gives what it should, whichever way it is asked.
    fn check(&self, wish: &Wish) {
        if wish.is_refused() {
            let items: Vec<_> = wish.walk(&self.start).collect();
            assert!(matches!(&items[..], [Err(error)] if error.op() == Op::Pattern), "{wish:?}: {items:?}");
            return;
        }
        let Some(expected) = self.expected(wish) else { return };
        let iterated: Vec<_> = wish.walk(&self.start).map(|found| self.item(found.as_ref())).collect();
        let mut visited = Vec::new();
        let flow = wish.walk(&self.start).visit(|found| {
            visited.push(self.item(found.as_ref().copied()));
            ControlFlow::<()>::Continue(())
        });
        assert!(flow.is_continue());
        if wish.order == Order::Unsorted {
            assert_same(wish, &visited, &expected);
            assert_together(wish, &visited);
        } else {
            let expected = arranged(&expected, wish.order, wish.contents_first);
            assert_eq!(shown(&visited), shown(&expected), "{wish:?}");
        }
        assert_eq!(iterated, visited);
        self.check_threads(wish, &expected);
    }

    fn check_threads(&self, wish: &Wish, expected: &[Item]) {
        let seen = Mutex::new(Vec::new());
        let flow = wish.walk(&self.start).threads(wish.threads).par_visit(|found| {
            seen.lock().unwrap().push(self.item(found.as_ref().copied()));
            ControlFlow::<()>::Continue(())
        });
        assert!(flow.is_continue());
        let seen = seen.into_inner().unwrap();
        assert_same(wish, &seen, expected);
        assert_before_contents(wish, &seen);
        let streamed = wish.walk(&self.start).unsorted(true).threads(wish.threads);
        let streamed: Vec<_> = streamed.map(|found| self.item(found.as_ref())).collect();
        assert_same(wish, &streamed, expected);
    }
}

/// Items as text. On Windows, one spelling of a path is as good as another.
fn shown(items: &[Item]) -> Vec<String> {
    let spelled = |path: &Path| if cfg!(windows) { path.as_str().to_lowercase() } else { path.as_str().to_owned() };
    items.iter().map(|Item { path, what, depth }| format!("{depth} {what:?} {:?}", spelled(path))).collect()
}

/// Checks that the same was found, in whatever order.
#[track_caller]
fn assert_same(wish: &Wish, found: &[Item], expected: &[Item]) {
    let mut found = found.to_vec();
    found.sort_by(|left, right| left.key().cmp(&right.key()));
    assert_eq!(shown(&found), shown(expected), "{wish:?}");
}

/// Checks that each directory comes directly before or behind what is in it.
#[track_caller]
fn assert_together(wish: &Wish, found: &[Item]) {
    for (at, contents) in contents(found) {
        let count = contents.len();
        let expected = if wish.contents_first { at - count..at } else { at + 1..at + 1 + count };
        assert!(contents.into_iter().eq(expected), "{wish:?} {at} {:#?}", shown(found));
    }
}

/// Checks that each directory comes somewhere before or behind what is in it.
#[track_caller]
fn assert_before_contents(wish: &Wish, found: &[Item]) {
    for (at, contents) in contents(found) {
        assert!(contents.iter().all(|&other| (other < at) == wish.contents_first), "{wish:?} {at} {:#?}", shown(found));
    }
}

/// The entries, each with what is in it, by their places in a listing.
fn contents(found: &[Item]) -> impl Iterator<Item = (usize, Vec<usize>)> {
    let is_in = |outer: &Item, inner: &Item| match inner.path == outer.path {
        true => inner.what.is_err(),
        false => inner.path.is_relative_to(&outer.path),
    };
    let entries = found.iter().enumerate().filter(|(_, item)| item.what.is_ok());
    entries.map(move |(at, outer)| (at, (0..found.len()).filter(|&inner| is_in(outer, &found[inner])).collect()))
}

/// Rare among random ones: the directory to which the link leads was only looked up.
#[cfg(unix)]
#[test]
fn a_link_back_to_the_start_is_known_below_a_literal_part() {
    let world = World::new(&vec![(vec!["a", "m"], Node::Link("..")), (vec!["a", "f"], Node::File)]);
    world.check(&Wish { follow: true, ..Wish::plain(Target::Glob(vec!["a/**".to_owned()])) });
}

/// Rare among random ones: a directory that is left out itself, and nothing below it.
#[cfg(unix)]
#[test]
fn what_is_below_an_excluded_name_that_is_not_utf8_is_accounted_for() {
    let world = World::new(&vec![(vec![], Node::Raw), (vec!["a"], Node::Raw)]);
    let text = |patterns: &[&str]| patterns.iter().map(|&pattern| pattern.to_owned()).collect();
    for excludes in [&["*"][..], &["*", "**/b/b"], &["*/*"], &["b*"], &["a/**"]] {
        for order in [Order::Sorted, Order::Unsorted, Order::Reversed] {
            let target = Target::Set { includes: text(&["**/**"]), excludes: text(excludes) };
            world.check(&Wish { order, ..Wish::plain(target) });
        }
    }
}
