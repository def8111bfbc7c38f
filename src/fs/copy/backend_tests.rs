//! Several back ends, one truth: what is copied, moved and removed over std alone, and below a root, is what it is over
//! descriptors.

#![allow(clippy::disallowed_methods, reason = "the trees are made by std")]

use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::context::Copy;
use super::options::{CopyOptions, Overwrite, Settings, Symlinks};
use crate::error::{Error, Op, Result};
use crate::fs::remove::{Removal, RemovalSettings};
use crate::report::Report;
use crate::sys::{
    self, Ambient, Base, BasedPath, BesideRoot, EditDir, Limits, Located, PortableDir, Root, Rules, Verbs,
};
use crate::tree::Account;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn both_back_ends_do_the_same(new in tree(), old in tree(), wish in wish()) {
        let by_descriptors = done::<sys::Dir>(&new, &old, &wish, &ambient);
        let over_std = done::<PortableDir>(&new, &old, &wish, &ambient);
        prop_assert_eq!(by_descriptors, over_std, "{:?}", wish);
    }

    /// The trees have links to all that is in the root, and to nothing outside.
    #[test]
    fn below_a_root_and_across_its_border_the_same_is_done(new in tree(), old in tree(), wish in wish()) {
        let plain = done::<sys::Dir>(&new, &old, &wish, &ambient);
        for sides in [[Side::Below; 2], [Side::Below, Side::Beside], [Side::Beside, Side::Below]] {
            let located = done::<Located<sys::Dir>>(&new, &old, &wish, &|base| in_root(base, sides));
            prop_assert_eq!(&plain, &located, "{:?} {:?}", wish, sides);
        }
        let over_std = done::<Located<PortableDir>>(&new, &old, &wish, &|base| in_root(base, [Side::Below; 2]));
        prop_assert_eq!(&plain, &over_std, "{:?}", wish);
    }
}

/// Each case is two trees on the disk, twice: an eighth of the usual number will do.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases / 8, failure_persistence: None, ..config }
}

#[derive(Clone, Debug)]
struct Node {
    what: What,
    mode: u32,
    modified: u64,
}

#[derive(Clone, Debug)]
enum What {
    File(usize),
    Directory,
    Link(&'static str),
    /// One more name of what is called `a`.
    SecondName,
}

fn tree() -> impl Strategy<Value = Vec<(String, Node)>> {
    let link = select(&["a", "..", "../b", "no", "a/b"][..]);
    let what = prop_oneof![
        6 => select(&[0, 3, 5_000, 200_000][..]).prop_map(What::File),
        5 => Just(What::Directory),
        2 => link.prop_map(What::Link),
        1 => Just(What::SecondName),
    ];
    // All may be read and written by their owner: whoever runs this.
    let node = (what, select(&[0o600, 0o644, 0o755, 0o777][..]), 0_u64..3);
    let node = node.prop_map(|(what, mode, modified)| Node { what, mode: mode | 0o700, modified });
    let name = select(&["a", "a", "b", "c", "\u{e4}"][..]);
    vec((vec(name, 1..=4).prop_map(|names| names.join("/")), node), 0..=14)
}

fn build(plan: &[(String, Node)], base: &Path) {
    fs::create_dir(base).unwrap();
    let mut made = Vec::new();
    for (path, node) in plan {
        let at = base.join(path);
        if at.ancestors().skip(1).any(Path::is_symlink) {
            // It would be made somewhere else.
            continue;
        }
        // All that can go wrong is that something is in the way.
        _ = at.parent().map(fs::create_dir_all);
        let done = match node.what {
            What::File(length) => {
                let file = File::options().write(true).create_new(true).open(&at);
                file.and_then(|mut file| std::io::Write::write_all(&mut file, &vec![b'x'; length]))
            }
            What::Directory => fs::create_dir(&at),
            What::Link(target) => symlink(target, &at),
            What::SecondName => fs::hard_link(base.join("a"), &at),
        };
        if done.is_ok() && !at.is_symlink() {
            made.push((at, node));
        }
    }
    // Those that were made on the way to others, too: two trees are made in one tick of the clock, or are not.
    set_times_of_directories(base);
    for (at, node) in made.into_iter().rev() {
        fs::set_permissions(&at, Permissions::from_mode(node.mode)).unwrap();
        set_times(&at, node.modified);
    }
}

/// A time that `state` does not tell: what a back end does on its way may change it.
const UNTOLD: u64 = 1_000;

fn set_times_of_directories(directory: &Path) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            set_times_of_directories(&entry.path());
        }
    }
    set_times(directory, UNTOLD);
}

fn set_times(path: &Path, modified: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000 + modified, 5);
    let times = FileTimes::new().set_modified(time).set_accessed(time);
    File::open(path).unwrap().set_times(times).unwrap();
}

/// What is asked for, in words that can be printed.
#[derive(Clone, Debug)]
struct Wish {
    overwrite: Overwrite,
    symlinks: Symlinks,
    times: bool,
    hard_links: bool,
    merges: bool,
    excludes: bool,
    dry_run: bool,
    threads: usize,
}

fn wish() -> impl Strategy<Value = Wish> {
    let overwrite = select(&[Overwrite::Refuse, Overwrite::Always, Overwrite::IfNewer, Overwrite::IfDifferent][..]);
    let symlinks = select(&[Symlinks::KeepInside, Symlinks::Keep, Symlinks::Follow][..]);
    // That std copies modes, too, cannot be helped.
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (overwrite, symlinks, switches, 1_usize..3).prop_map(|(overwrite, symlinks, switches, threads)| {
        let (times, hard_links, merges, excludes, dry_run) = switches;
        Wish { overwrite, symlinks, times, hard_links, merges, excludes, dry_run, threads }
    })
}

impl Wish {
    fn settings(&self) -> Settings {
        let mut options = CopyOptions::new().overwrite(self.overwrite).symlinks(self.symlinks);
        options = options
            .preserve_times(self.times)
            .preserve_hard_links(self.hard_links)
            .threads(self.threads)
            .dry_run(self.dry_run);
        if self.excludes {
            options = options.exclude("**/c");
        }
        options.settings
    }
}

type Seen = BTreeMap<PathBuf, String>;

/// What an operation said, in a form that does not depend on where the tree is.
type Said = std::result::Result<String, Vec<(PathBuf, ErrorKind)>>;

/// Where the paths of a source and of a target begin, and how they are spelled from there.
struct Ends<D> {
    bases: [Box<dyn Base<D>>; 2],
    starts: [PathBuf; 2],
}

fn ambient<D: EditDir>(base: &Path) -> Ends<D> {
    Ends { bases: [Box::new(Ambient), Box::new(Ambient)], starts: [base.to_owned(), base.to_owned()] }
}

#[derive(Clone, Copy, Debug)]
enum Side {
    Below,
    Beside,
}

fn in_root<D: Verbs + 'static>(base: &Path, sides: [Side; 2]) -> Ends<Located<D>> {
    let root = Arc::new(Root::<D>::open(base, Rules::default(), Limits::default()).unwrap());
    let end = |side| -> (Box<dyn Base<Located<D>>>, PathBuf) {
        match side {
            Side::Below => (Box::new(root.clone()), PathBuf::new()),
            Side::Beside => (Box::new(BesideRoot), base.to_owned()),
        }
    };
    let [(from, from_start), (to, to_start)] = sides.map(end);
    Ends { bases: [from, to], starts: [from_start, to_start] }
}

/// Everything that a back end does with two trees: what it said and left, after each step.
fn done<D: EditDir>(
    new: &[(String, Node)],
    old: &[(String, Node)],
    wish: &Wish,
    ends: &dyn Fn(&Path) -> Ends<D>,
) -> Vec<(Said, Seen)> {
    let place = tempfile::tempdir().unwrap();
    let base = place.path();
    build(new, &base.join("from"));
    if wish.merges {
        build(old, &base.join("to"));
    }
    let Ends { bases, starts } = ends(base);
    let [from, to, moved_to] = [(0, "from"), (1, "to"), (1, "moved")].map(|(end, name)| starts[end].join(name));
    let based = |end: usize, path| BasedPath { base: &*bases[end], path };
    let settings = wish.settings();
    let mut seen = Vec::new();
    let account = Account::new(None);
    let copied = Copy::new(Op::Copy, &settings, based(0, &from), based(1, &to), &account).run();
    seen.push((said(closed(copied, account, &from), base), state(base)));

    let account = Account::new(None);
    let settings = CopyOptions::new().settings;
    let moved = super::move_to::move_to(&settings, based(0, &from), based(1, &moved_to), &account);
    seen.push((said(closed(moved, account, &from), base), state(base)));

    let settings = RemovalSettings { threads: wish.threads, dry_run: wish.dry_run, ..RemovalSettings::default() };
    for path in [&moved_to, &to] {
        let account = Account::new(None);
        let removed = removed(&Removal::new(path, settings, &account), based(1, path));
        seen.push((said(closed(removed, account, path), base), state(base)));
    }
    seen
}

fn removed<D: EditDir>(removal: &Removal<'_, D>, path: BasedPath<'_, D>) -> std::io::Result<()> {
    let place = path.find_to_change()?;
    removal.remove_dir(&place.dir, &place.name)
}

fn closed(result: std::io::Result<()>, account: Account<'_>, path: &Path) -> Result<Report> {
    result.map_err(|cause| Error::new(Op::Copy, path, cause))?;
    account.close(Op::Copy, path, None)
}

fn said(result: Result<Report>, base: &Path) -> Said {
    match result {
        // How it was copied may differ.
        Ok(report) => Ok(report.to_string().replace(&format!("{}/", base.to_str().unwrap()), "")),
        Err(error) => {
            let of = |error: &Error| {
                let path = error.path().as_std_path();
                (path.strip_prefix(base).unwrap_or(path).to_owned(), error.kind())
            };
            Err(error.failures().iter().map(of).collect())
        }
    }
}

/// What is there: kinds, content, and what is kept of the rest.
fn state(base: &Path) -> Seen {
    let mut seen = Seen::new();
    let mut left = vec![base.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let found = fs::symlink_metadata(&path).unwrap();
            let mode = if found.is_symlink() { 0 } else { found.mode() };
            // Of those that were given to it; others are those of the copying, and std gives links none.
            let is_old = found.mtime() < 1_000_000_100 && !found.is_symlink();
            let modified = is_old.then(|| (found.mtime(), found.mtime_nsec()));
            let names = if found.is_dir() { 0 } else { found.nlink() };
            let content = if found.is_file() { fs::read(&path).unwrap().len() } else { 0 };
            let target = fs::read_link(&path).ok();
            if found.is_dir() {
                left.push(path.clone());
            }
            let line = format!("{mode:o} {modified:?} {names} {content} {target:?}");
            seen.insert(path.strip_prefix(base).unwrap().to_owned(), line);
        }
    }
    seen
}
