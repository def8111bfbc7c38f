//! Two back ends, one truth: what is listed over std alone is what is listed over descriptors.

#![allow(clippy::disallowed_methods, reason = "the trees are made by std")]

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::closures::{Closures, Together};
use super::entry::Entry;
use super::listing::Listing;
use super::plan::Begins;
use super::search::{Options, Order, Scope, Search};
use super::threads;
use crate::error::Result;
use crate::fs::TempDir;
use crate::kind::FileKind;
use crate::path::PathBuf;
use crate::pattern::{Pattern, PatternSet};
use crate::sys::{self, Access, Directory, Links, PortableDir, Rest};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn both_back_ends_list_the_same(tree in tree(), wishes in vec(wish(), 6)) {
        let base = TempDir::new().unwrap();
        // Links lead out of it, but not far.
        let start = &base / "u/v/start";
        start.mkdir_all().unwrap();
        for (at, node) in &tree {
            node.make((&start / at).as_ref());
        }
        for wish in wishes {
            let search = Arc::new(Search::new(wish.options(start.clone())));
            prop_assert_eq!(listed::<sys::Dir>(&search), listed::<PortableDir>(&search), "{:?}", wish);
            prop_assert_eq!(shared::<sys::Dir>(&search), shared::<PortableDir>(&search), "{:?}", wish);
        }
    }
}

/// Each case is a tree on the disk, with several questions about it: a quarter of the usual number will do.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases / 4, failure_persistence: None, ..config }
}

#[derive(Clone, Debug)]
enum Node {
    File,
    Directory,
    Link(&'static str),
    Raw,
}

impl Node {
    /// Makes it, unless something is in the way.
    fn make(&self, at: &Path) {
        // All that can go wrong is that it is not there: both back ends see the same.
        _ = at.parent().map(fs::create_dir_all);
        _ = match self {
            Self::File => fs::OpenOptions::new().write(true).create_new(true).open(at).map(drop),
            Self::Directory => fs::create_dir(at),
            Self::Link(target) => symlink(target, at),
            Self::Raw => {
                fs::create_dir(at.with_file_name(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"b\xff")))
            }
        };
    }
}

fn tree() -> impl Strategy<Value = Vec<(String, Node)>> {
    let link = select(&["a", "b", ".", "..", "../a", "a/b", "no", "l"][..]).prop_map(Node::Link);
    let node = prop_oneof![6 => Just(Node::File), 6 => Just(Node::Directory), 1 => Just(Node::Raw), 2 => link];
    let name = select(&["a", "a", "b", "b", "c", ".h", "l", "a-b"][..]);
    vec((vec(name, 1..=5).prop_map(|names| names.join("/")), node), 0..=25)
}

/// What is asked for, in words that can be printed.
#[derive(Clone, Debug)]
struct Wish {
    target: &'static str,
    patterns: Vec<String>,
    excluded: Vec<String>,
    order: &'static str,
    depths: (usize, usize),
    kinds: Vec<FileKind>,
    hides: bool,
    prunes: bool,
    follows: bool,
    same_file_system: bool,
    contents_first: bool,
}

impl Wish {
    fn options(&self, start: PathBuf) -> Options {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect::<Vec<_>>();
        let target = match self.target {
            "iterdir" => Scope::Children,
            "glob" => Scope::Patterns(patterns(&self.patterns), Begins::AtStart),
            "rglob" => Scope::Patterns(patterns(&self.patterns), Begins::Anywhere),
            _ => {
                let builder =
                    patterns(&self.patterns).into_iter().fold(PatternSet::builder(), |set, one| set.include(one));
                Scope::Set(Box::new(
                    patterns(&self.excluded).into_iter().fold(builder, |set, one| set.exclude(one)).build(),
                ))
            }
        };
        let mut options = Options::new(start, target);
        options.excluded = patterns(&self.excluded);
        options.order = match self.order {
            "sorted" => Order::Sorted,
            "unsorted" => Order::Unsorted,
            _ => Order::SortedBy,
        };
        options.min_depth = self.depths.0;
        options.max_depth = Some(self.depths.1).filter(|&depth| depth < usize::MAX);
        options.kinds = self.kinds.clone();
        options.skips_hidden = self.hides;
        options.prunes = self.prunes;
        options.links = if self.follows { Links::Follow } else { Links::Keep };
        options.same_file_system = self.same_file_system;
        options.contents_first = self.contents_first;
        options
    }
}

fn wish() -> impl Strategy<Value = Wish> {
    let target = select(&["iterdir", "glob", "glob", "rglob", "set"][..]);
    let order = select(&["sorted", "unsorted", "reversed"][..]);
    let excluded = prop_oneof![2 => Just(vec![]), 1 => patterns()];
    let depths = (select(&[0, 0, 1, 2][..]), select(&[usize::MAX, usize::MAX, 0, 1, 3][..]));
    let kinds = prop_oneof![2 => Just(vec![]), 1 => Just(vec![FileKind::Directory])];
    (target, patterns(), excluded, order, depths, kinds, any::<[bool; 5]>()).prop_map(
        |(target, patterns, excluded, order, depths, kinds, is)| {
            let [hides, prunes, follows, same_file_system, contents_first] = is;
            Wish {
                target,
                patterns,
                excluded,
                order,
                depths,
                kinds,
                hides,
                prunes,
                follows,
                same_file_system,
                contents_first,
            }
        },
    )
}

fn patterns() -> impl Strategy<Value = Vec<String>> {
    let part = select(&["*", "*", "**", "**", "?", "a", "a", "b", "l", "no", "..", "[ab]", ".*"][..]);
    let is_near = |parts: &Vec<&str>| parts.iter().filter(|part| **part == "..").count() <= 1;
    let text = |(parts, slash): (Vec<&str>, bool)| parts.join("/") + if slash { "/" } else { "" };
    vec((vec(part, 1..=4).prop_filter("far up", is_near), prop::bool::weighted(0.2)).prop_map(text), 0..=3)
}

/// The closures of all listings here, which are asked where the options say so.
fn closures() -> Closures<'static> {
    let mut closures = Closures::default();
    closures.add_prune(|entry| entry.name() == "b");
    closures.set_compare(|left, right| right.cmp(left));
    closures
}

/// What a lister gives, one after the other, in the order of the system where none is asked for.
fn listed<D: Directory>(search: &Search) -> Vec<String> {
    let mut listing = Listing::<D>::new(search.options.clone());
    listing.closures = closures();
    let mut found = Vec::new();
    let _: ControlFlow<()> = listing.visit(|entry| {
        found.push(shown(entry));
        ControlFlow::Continue(())
    });
    found
}

/// What several threads give, sorted.
fn shared<D: Directory>(search: &Arc<Search>) -> Vec<String> {
    let (found, closures) = (Mutex::new(Vec::new()), Mutex::new(closures()));
    let visit = |entry: Result<&mut Entry>| {
        found.lock().unwrap().push(shown(entry));
        ControlFlow::Continue(())
    };
    _ = threads::run::<D, _>(None, search, || Together { closures: &closures, visit });
    let mut found = found.into_inner().unwrap();
    found.sort();
    found
}

fn shown(found: Result<&mut Entry>) -> String {
    match found {
        Ok(entry) => format!("{entry:?}"),
        Err(error) => format!("{:?} {:?} {:?} {:?}", error.op(), error.kind(), error.path(), error.second_path()),
    }
}

/// A directory that can be read once; then reading fails.
struct Brittle {
    dir: PortableDir,
    was_read: bool,
}

impl Brittle {
    fn new(dir: PortableDir) -> Self {
        Self { dir, was_read: false }
    }
}

impl Directory for Brittle {
    type Id = <PortableDir as Directory>::Id;
    type Buffer = <PortableDir as Directory>::Buffer;

    type Inner = Self;

    fn open_for(access: Access, path: &Path) -> io::Result<Self> {
        PortableDir::open_for(access, path).map(Self::new)
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        self.dir.open_in_for(access, name, links).map(Self::new)
    }

    fn try_clone(&self) -> io::Result<Self> {
        self.dir.try_clone().map(Self::new)
    }

    fn id(&self) -> io::Result<Self::Id> {
        self.dir.id()
    }

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool {
        PortableDir::is_same_device(left, right)
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        PortableDir::kind(path, links)
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        self.dir.kind_in(name, links)
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        self.dir.read_file(name, links)
    }

    fn read(
        &mut self,
        buffer: &mut Self::Buffer,
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        if std::mem::replace(&mut self.was_read, true) {
            return Err(io::Error::other("broken"));
        }
        let mut names = Vec::new();
        self.dir.read(buffer, |_, name, kind, _| names.push((name.to_owned(), kind)))?;
        names.into_iter().for_each(|(name, kind)| each(self, &name, kind, None));
        Ok(Rest::More)
    }
}

#[test]
fn a_directory_that_breaks_is_one_error_behind_what_was_read() {
    let base = TempDir::new().unwrap();
    (&base / "d").mkdir().unwrap();
    (&base / "d" / "f").touch().unwrap();
    for order in [Order::Sorted, Order::Unsorted] {
        let target = Scope::Patterns(vec![Pattern::new("*")], Begins::Anywhere);
        let options = Options { order, ..Options::new(base.to_path_buf(), target) };
        let found = listed::<Brittle>(&Search::new(options));
        let (errors, entries): (Vec<_>, Vec<_>) = found.into_iter().partition(|line| line.starts_with("List"));
        assert_eq!((entries.len(), errors.len()), (2, 2), "{entries:?} {errors:?}");
    }
}

/// A directory that is read by so many entries at a time, in which what is called `c` cannot be opened for one of
/// several reasons, and what is called `gone` has gone when it is looked at.
struct Sips<const ENTRIES: usize> {
    dir: PortableDir,
    unread: Option<VecDeque<(OsString, io::Result<FileKind>)>>,
}

impl<const ENTRIES: usize> Sips<ENTRIES> {
    fn new(dir: PortableDir) -> Self {
        Self { dir, unread: None }
    }

    /// Fails as the system might for a directory that is there.
    fn refuse(&self, name: &OsStr) -> io::Result<()> {
        let errors =
            [rustix::io::Errno::INVAL, rustix::io::Errno::NOENT, rustix::io::Errno::NOTDIR, rustix::io::Errno::IO];
        match name.to_str() {
            Some("c") => {
                let parts = self.dir.id().map_or(0, |(_, inode)| inode as usize);
                Err(errors[parts % errors.len()].into())
            }
            Some("gone") => Err(io::ErrorKind::NotFound.into()),
            _ => Ok(()),
        }
    }
}

impl<const ENTRIES: usize> Directory for Sips<ENTRIES> {
    type Id = <PortableDir as Directory>::Id;
    type Buffer = <PortableDir as Directory>::Buffer;

    type Inner = Self;

    fn open_for(access: Access, path: &Path) -> io::Result<Self> {
        PortableDir::open_for(access, path).map(Self::new)
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        self.refuse(name)?;
        self.dir.open_in_for(access, name, links).map(Self::new)
    }

    fn try_clone(&self) -> io::Result<Self> {
        self.dir.try_clone().map(Self::new)
    }

    fn id(&self) -> io::Result<Self::Id> {
        self.dir.id()
    }

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool {
        PortableDir::is_same_device(left, right)
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        PortableDir::kind(path, links)
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        match name == "gone" {
            true => Err(io::ErrorKind::NotFound.into()),
            false => self.dir.kind_in(name, links),
        }
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        self.dir.read_file(name, links)
    }

    fn read(
        &mut self,
        buffer: &mut Self::Buffer,
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        let mut unread = match self.unread.take() {
            Some(unread) => unread,
            None => {
                let mut names = VecDeque::new();
                while self.dir.read(buffer, |_, name, kind, _| names.push_back((name.to_owned(), kind)))? == Rest::More
                {
                }
                names
            }
        };
        for _ in 0..ENTRIES {
            match unread.pop_front() {
                Some((name, kind)) => each(self, &name, kind, None),
                None => return Ok(Rest::Nothing),
            }
        }
        self.unread = Some(unread);
        Ok(Rest::More)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn in_sips_the_same_is_listed(tree in deep_tree(), wishes in vec(wish(), 6)) {
        const ALL: usize = 1000;
        let base = TempDir::new().unwrap();
        let start = &base / "u/v/start";
        start.mkdir_all().unwrap();
        for (at, node) in &tree {
            node.make((&start / at).as_ref());
        }
        for wish in wishes {
            let search = Arc::new(Search::new(wish.options(start.clone())));
            let sorted = |mut lines: Vec<String>| {
                lines.sort();
                lines
            };
            let at_once = sorted(listed::<Sips<ALL>>(&search));
            prop_assert_eq!(&sorted(listed::<Sips<1>>(&search)), &at_once, "{:?}", wish);
            prop_assert_eq!(&shared::<Sips<1>>(&search), &at_once, "{:?}", wish);
        }
    }
}

/// As [`tree`], with more below one another.
fn deep_tree() -> impl Strategy<Value = Vec<(String, Node)>> {
    let link = select(&[".", "..", "../../a", "l"][..]).prop_map(Node::Link);
    let node = prop_oneof![6 => Just(Node::File), 6 => Just(Node::Directory), 1 => link];
    let name = select(&["a", "a", "a", "a", "b", "c", "l", "gone"][..]);
    vec((vec(name, 1..=9).prop_map(|names| names.join("/")), node), 0..=60)
}

/// A chain of directories, each with files, with a directory that cannot be opened and with one that vanishes.
fn chain_for_sips(levels: usize) -> (TempDir, PathBuf) {
    let base = TempDir::new().unwrap();
    let start = base.to_path_buf();
    let mut directory = start.clone();
    for _ in 0..levels {
        ["f1", "f2", "f3"].iter().for_each(|name| (&directory / *name).touch().unwrap());
        ["c", "gone", "next"].iter().for_each(|name| (&directory / *name).mkdir().unwrap());
        directory /= "next";
    }
    (base, start)
}

#[test]
fn an_entry_is_of_its_own_kind_after_others_were_read() {
    const LEVELS: usize = 12;
    let (_base, start) = chain_for_sips(LEVELS);
    for contents_first in [false, true] {
        let target = Scope::Patterns(vec![Pattern::new("*")], Begins::Anywhere);
        let options = Options { order: Order::Unsorted, contents_first, ..Options::new(start.clone(), target) };
        let search = Arc::new(Search::new(options));
        for found in [listed::<Sips<1>>(&search), shared::<Sips<1>>(&search), listed::<Sips<2>>(&search)] {
            let (errors, entries): (Vec<_>, Vec<_>) = found.into_iter().partition(|line| line.starts_with("List"));
            assert_eq!((entries.len(), errors.len()), (6 * LEVELS, LEVELS), "{errors:#?}");
            let is_right = |line: &&String| {
                line.contains("kind: File") == ["f1\"", "f2\"", "f3\""].iter().any(|name| line.contains(name))
            };
            assert_eq!(entries.iter().find(|line| !is_right(line)), None);
        }
    }
}

#[test]
fn a_listed_directory_that_cannot_be_opened_is_an_error_unless_it_has_gone() {
    let (_base, start) = chain_for_sips(1);
    for (pattern, errors) in [("**/*", 1), ("*/x", 1), ("*/*", 1), ("c/*", 1), ("gone/*", 0), ("no/*", 0), ("f1/*", 0)]
    {
        for order in [Order::Sorted, Order::Unsorted] {
            let target = Scope::Patterns(vec![Pattern::new(pattern)], Begins::AtStart);
            // So that each directory is entered by itself.
            let options = Options { order, same_file_system: true, ..Options::new(start.clone(), target) };
            let found = listed::<Sips<1000>>(&Search::new(options));
            assert_eq!(found.iter().filter(|line| line.starts_with("List")).count(), errors, "{pattern}: {found:?}");
        }
    }
}
