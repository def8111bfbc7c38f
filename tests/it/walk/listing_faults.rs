//! Listings of what is odd, closed, or changes underneath; and what they leave open.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use waypath::{Entry, Error, Op, Path, PathBuf, Result, Walk, path};

use crate::support::ends::EndsWhenDropped;
use crate::support::util::{Tree, alone, as_nobody};

type Items = Vec<Result<Entry>>;

/// What a listing gives in each way in which it can be asked.
fn faces(walk: impl Fn() -> Walk<'static>) -> BTreeMap<&'static str, Items> {
    let visited = |walk: Walk<'_>| {
        let mut items = Items::new();
        _ = walk.visit(|item| {
            items.push(item.cloned());
            ControlFlow::<()>::Continue(())
        });
        items
    };
    let visited_in_threads = |walk: Walk<'_>| {
        let items = Mutex::new(Items::new());
        _ = walk.threads(2).par_visit(|item| {
            items.lock().unwrap().push(item.cloned());
            ControlFlow::<()>::Continue(())
        });
        items.into_inner().unwrap()
    };
    BTreeMap::from([
        ("iterator", walk().collect()),
        ("iterator, unsorted", walk().unsorted(true).collect()),
        ("iterator, contents first", walk().contents_first(true).collect()),
        ("iterator, in threads", walk().unsorted(true).threads(2).collect()),
        ("visitor", visited(walk())),
        ("visitor, unsorted", visited(walk().unsorted(true))),
        ("visitor, in threads", visited_in_threads(walk())),
    ])
}

/// The paths of the entries, and the operations and paths of the errors.
fn sorted(items: Items) -> (Vec<PathBuf>, Vec<(Op, std::path::PathBuf)>) {
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Ok(entry) => entries.push(entry.into_path()),
            Err(error) => errors.push((error.op(), error.path().as_std_path().to_owned())),
        }
    }
    entries.sort();
    errors.sort_by(|left, right| left.1.cmp(&right.1));
    (entries, errors)
}

#[test]
fn odd_names_are_all_accounted_for() {
    let long = "n".repeat(255);
    let texts =
        ["new\nline", "\u{1}\u{1b}[31m", "\t", " ", "-rf", "*[?]{a,b}", "\\", "~", "'\"", "...", "e\u{301}", &long];
    let not_texts: [&[u8]; 4] = [b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xe6\x97\xa5\xe6.txt"];
    let tree = Tree::new([]);
    texts.iter().for_each(|name| (&*tree / *name).touch().unwrap());
    let raw = |name: &[u8]| std::path::Path::new(tree.as_str()).join(OsStr::from_bytes(name));
    not_texts.iter().for_each(|name| fs::create_dir_all(raw(name).join("below")).unwrap());

    let mut expected: Vec<_> = texts.iter().map(|name| &*tree / *name).collect();
    expected.sort();
    let failures = |below: bool| {
        let raw = |name: &&[u8]| std::iter::once(raw(name)).chain(below.then(|| raw(name).join("below")));
        let mut failures: Vec<_> = not_texts.iter().flat_map(raw).map(|path| (Op::Convert, path)).collect();
        failures.sort_by(|left, right| left.1.cmp(&right.1));
        failures
    };
    let walks: [fn(&Tree) -> Walk<'static>; 3] =
        [|tree| tree.iterdir(), |tree| tree.walk(), |tree| tree.rglob("*").unwrap()];
    for (at, walk) in walks.iter().enumerate() {
        let goes_below = at > 0;
        for (face, items) in faces(|| walk(&tree)) {
            assert_eq!(items.len(), if goes_below { 20 } else { 16 }, "{face}");
            assert_eq!(sorted(items), (expected.clone(), failures(goes_below)), "{face}");
        }
    }
}

#[test]
fn closed_directories_are_reported_once_each_and_all_else_is_listed() {
    if !as_nobody("walk::listing_faults::closed_directories_are_reported_once_each_and_all_else_is_listed") {
        return;
    }
    let tree = Tree::new(["a/f", "closed/f", "names/f", "names/sub/f", "through/f", "through/sub/f", "z/sub/f"]);
    let mode = |name, mode| fs::set_permissions(tree.at(name).as_str(), fs::Permissions::from_mode(mode)).unwrap();
    let modes = [("closed", 0o000), ("names", 0o444), ("through", 0o111)];
    modes.iter().for_each(|&(name, closed)| mode(name, closed));

    let entries = ["a", "a/f", "closed", "names", "names/f", "names/sub", "through", "z", "z/sub", "z/sub/f"];
    let entries: Vec<_> = entries.iter().map(|name| tree.at(name)).collect();
    let failures = ["closed", "names/sub", "through"].map(|name| (Op::List, std::path::PathBuf::from(tree.at(name))));
    for (face, items) in faces(|| tree.walk()) {
        assert_eq!(sorted(items), (entries.clone(), failures.to_vec()), "{face}");
    }
    // What is known by its name needs no permission to read the directories above.
    let found: Vec<_> = tree.glob("through/sub/*").unwrap().map(|entry| entry.unwrap().into_path()).collect();
    assert_eq!(found, [tree.at("through/sub/f")]);
    modes.iter().for_each(|&(name, _)| mode(name, 0o755));
}

#[test]
fn what_is_looked_up_needs_no_permission_to_read_directories() {
    if !as_nobody("walk::listing_faults::what_is_looked_up_needs_no_permission_to_read_directories") {
        return;
    }
    let tree = Tree::new(["d/f", "d/sub/f", "d/sub/x", "open/f", "l => d"]);
    let mode = |name, mode| fs::set_permissions(tree.at(name).as_str(), fs::Permissions::from_mode(mode)).unwrap();
    mode("d/sub", 0o111);
    mode("d", 0o111);
    let options: [fn(Walk<'_>) -> Walk<'_>; 14] = [
        |walk| walk,
        |walk| walk.unsorted(true),
        |walk| walk.sorted_by(|left, right| left.cmp(right)),
        |walk| walk.follow_symlinks(true),
        |walk| walk.same_file_system(true),
        |walk| walk.visit_once(true),
        |walk| walk.contents_first(true),
        |walk| walk.exclude("**/x"),
        |walk| walk.exclude("no/").exclude("l/f/**"),
        |walk| walk.prune(|entry| entry.name() == "x"),
        |walk| walk.hidden(false).max_depth(3),
        |walk| walk.unsorted(true).threads(2),
        |walk| walk.follow_symlinks(true).same_file_system(true).sorted_by(|left, right| left.cmp(right)).exclude("no"),
        |walk| walk.prune(|_| false).follow_symlinks(true).contents_first(true),
    ];
    for (at, set) in options.iter().enumerate() {
        let found = |start: &str, patterns: &[&str]| sorted(set(tree.at(start).glob(patterns).unwrap()).collect());
        let paths = |names: &[&str]| names.iter().map(|name| tree.at(name)).collect::<Vec<_>>();
        let closed = |names: &[&str]| names.iter().map(|name| (Op::List, tree.at(name).into())).collect::<Vec<_>>();
        assert_eq!(found(".", &["d/f"]), (paths(&["d/f"]), vec![]), "{at}");
        assert_eq!(found(".", &["l/f"]), (paths(&["l/f"]), vec![]), "{at}");
        assert_eq!(found(".", &["d/sub/f", "d/no", "no/f"]), (paths(&["d/sub/f"]), vec![]), "{at}");
        assert_eq!(found("d", &["f", "sub/f"]), (paths(&["d/f", "d/sub/f"]), vec![]), "{at}");
        assert_eq!(found(".", &["d/f", "d/[x]"]), (paths(&["d/f"]), closed(&["d"])), "{at}");
        assert_eq!(found("d", &["f", "*"]), (paths(&["d/f"]), closed(&["d"])), "{at}");
        assert_eq!(found(".", &["*/f"]).0, paths(&["d/f", "l/f", "open/f"]), "{at}");
        assert_eq!(found(".", &["d/sub/f", "d/*"]), (paths(&["d/sub/f"]), closed(&["d"])), "{at}");
        assert_eq!(found(".", &["d/*/f"]), (vec![], closed(&["d"])), "{at}");
    }
    // What must be kept out is kept out though it is only looked up.
    let excluded = |exclude: &str| tree.glob(["d/f", "d/sub", "l"]).unwrap().exclude(exclude).count();
    assert_eq!(["d", "d/", "d/*", "d/**", "d/sub/", "d/f/", "l/", "no"].map(excluded), [1, 1, 1, 1, 2, 3, 3, 3]);
    mode("d", 0o755);
    mode("d/sub", 0o755);
}

/// Only a directory that was removed has nothing more in it when the system says that it is not there.
#[test]
fn what_the_system_does_not_find_while_it_reads_was_not_read() {
    let name = "walk::listing_faults::what_the_system_does_not_find_while_it_reads_was_not_read";
    if crate::support::util::with_faults(name, &["getdents64:error=ENOENT"]).is_none() {
        return;
    }
    let tree = Tree::new(["a"]);
    let items: Vec<_> = tree.iterdir().collect();
    assert_eq!(items.len(), 1);
    let error = items[0].as_ref().unwrap_err();
    assert_eq!((error.op(), error.kind()), (Op::List, std::io::ErrorKind::NotFound));
    let dir = tree.to_path_buf();
    std::mem::forget(tree);
    fs::remove_file(dir.join("a")).and_then(|()| fs::remove_dir(dir)).unwrap();
}

#[test]
fn a_link_back_to_the_working_directory_is_named() {
    if !alone("walk::listing_faults::a_link_back_to_the_working_directory_is_named") {
        return;
    }
    let tree = Tree::new(["deep/d/l => ../.."]);
    std::env::set_current_dir(tree.as_str()).unwrap();
    for walk in
        [path(".").walk().follow_symlinks(true), path(".").rglob("*").unwrap().follow_symlinks(true).unsorted(true)]
    {
        let error = walk.filter_map(Result::err).next().unwrap();
        assert_eq!((error.op(), error.path().as_std_path()), (Op::Follow, std::path::Path::new("deep/d/l")));
        assert_eq!(error.second_path().map(waypath::RawPath::as_std_path), Some(std::path::Path::new(".")));
    }
}

#[test]
fn a_listing_keeps_to_one_file_system() {
    let device = |path: &str| std::os::unix::fs::MetadataExt::dev(&fs::metadata(path).unwrap());
    if fs::metadata("/dev/shm").is_err() || device("/dev") == device("/dev/shm") || device("/") == device("/dev") {
        println!("nothing is mounted at /dev and /dev/shm: not tested");
        return;
    }
    let inside = tempfile::tempdir_in("/dev/shm").unwrap();
    fs::write(inside.path().join("f"), "").unwrap();
    let inside = inside.path().strip_prefix("/").unwrap().join("f");
    let inside = inside.to_str().unwrap();

    for (face, items) in faces(|| path("/dev").walk().same_file_system(true)) {
        let count = |is_one: fn(&Path) -> bool| items.iter().flatten().filter(|entry| is_one(entry)).count();
        assert_eq!(count(|path| path.as_str() == "/dev/shm"), 1, "{face}: where it is mounted");
        assert_eq!(count(|path| path.as_str() == "/dev/null"), 1, "{face}");
        assert_eq!(count(|path| path.as_str().starts_with("/dev/shm/")), 0, "{face}");
    }
    let found = |start: &str, pattern: &str| {
        let walk = || path(start).glob([pattern, "no"]).unwrap().same_file_system(true);
        let mut counts = faces(walk).into_values().collect::<Vec<_>>();
        counts.push(walk().exclude("no").collect());
        counts.push(walk().prune(|_| false).follow_symlinks(true).collect());
        counts.push(walk().sorted_by(|left, right| left.cmp(right)).collect());
        let counts: Vec<_> = counts.iter().map(|items| items.iter().flatten().count()).collect();
        assert!(counts.iter().all(|count| *count == counts[0]), "{start} {pattern}: {counts:?}");
        counts[0]
    };
    assert_eq!(path("/").glob(inside).unwrap().count(), 1);
    assert_eq!(
        (found("/", inside), found("/", "dev/shm/*"), found("/", "dev/shm"), found("/", "dev/null")),
        (0, 0, 0, 0)
    );
    assert_eq!((found("/", "dev"), found("/dev", "shm"), found("/dev", "null"), found("/dev", "shm/*")), (1, 1, 1, 0));
    assert!(found("/dev/shm", "*") > 0);
}

/// A chain of directories called `d`, with a `z` beside each, which comes later, and an `f` in that.
fn chain(levels: usize) -> Tree {
    let tree = Tree::new([]);
    tree.at(&"d/".repeat(levels)).mkdir_all().unwrap();
    for level in 0..levels {
        let beside = tree.at(&("d/".repeat(level) + "z"));
        beside.mkdir().unwrap();
        (beside / "f").touch().unwrap();
    }
    tree
}

/// Lists a chain, and at its end moves the directory at a level away and makes another chain there, with more in
/// it: the entries and the errors.
fn listed_while_moved(levels: usize, level: usize) -> (Vec<String>, Vec<Error>) {
    let down = |levels| "d/".repeat(levels);
    let tree = chain(levels);
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    _ = tree.walk().visit(|item| {
        match item {
            Ok(entry) => {
                if entry.depth() == levels && entry.name() == "d" {
                    tree.at(&down(level)).rename(tree.at("moved")).unwrap();
                    tree.at(&down(levels)).mkdir_all().unwrap();
                    (level..levels).for_each(|level| tree.at(&(down(level) + "z/f.decoy")).mkdir_all().unwrap());
                }
                entries.push(entry.relative_to(&*tree).unwrap().as_posix().into_owned());
            }
            Err(error) => errors.push(error),
        }
        ControlFlow::<()>::Continue(())
    });
    (entries, errors)
}

#[test]
fn a_directory_that_was_moved_does_not_lead_elsewhere() {
    const LEVELS: usize = 60;
    let mut missed = 0;
    for level in (1..LEVELS).step_by(6) {
        let (entries, errors) = listed_while_moved(LEVELS, level);
        assert!(errors.is_empty(), "{level}: {errors:?}");
        assert!(!entries.iter().any(|path| path.ends_with("decoy")), "{level}: {entries:?}");
        let count = |name| entries.iter().filter(|path| path.ends_with(name)).count();
        assert_eq!(count("d") + count("z"), 2 * LEVELS, "{level}: they were read on the way down");
        // Through an open directory, the way goes on to where it is now. What has to be opened again from
        // above it has vanished.
        assert!((level..=LEVELS).contains(&count("f")), "{level}: {entries:?}");
        missed += LEVELS - count("f");
    }
    assert!(missed > 0, "some were closed");
}

#[test]
fn listings_of_what_changes_give_the_rest_whole() {
    const STABLE: usize = 60;
    let tree = Tree::new([]);
    for at in 0..STABLE {
        tree.at(&format!("stable{}/sub", at % 6)).mkdir_all().unwrap();
        tree.at(&format!("stable{}/sub/file{at}", at % 6)).touch().unwrap();
    }
    let is_over = AtomicBool::new(false);
    let changes = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let at = |number: usize| tree.at(&format!("stable{}/changing{}", number % 6, number % 5));
            for round in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let name = at(round);
                // Whatever is there: some of these fail.
                let inside = (&name / "x" / "y").mkdir_all();
                _ = (&name / "x" / "file").touch();
                _ = name.rename(at(round * 7 + 1));
                _ = fs::remove_dir_all(name.as_str());
                _ = name.touch();
                _ = fs::remove_file(at(round + 2).as_str());
                changes.fetch_add(usize::from(inside.is_ok()), Ordering::Relaxed);
            }
        });
        let _end = EndsWhenDropped(&is_over);
        let (mut walks, mut mistakes) = (0, Vec::new());
        while walks < 200 || changes.load(Ordering::Relaxed) < 200 {
            for (face, items) in faces(|| if walks % 2 == 0 { tree.walk() } else { tree.walk().follow_symlinks(true) })
            {
                walks += 1;
                let (entries, _) = sorted(items);
                let stable =
                    entries.iter().filter(|path| path.name().starts_with("file") && path.parent().name() == "sub");
                if stable.count() != STABLE {
                    mistakes.push(format!("{face}: some are missing"));
                }
                if !entries.is_sorted_by(|left, right| left < right) {
                    mistakes.push(format!("{face}: some come twice"));
                }
            }
        }
        assert!(mistakes.is_empty(), "{mistakes:?}");
    });
}

/// How many descriptors this process has.
fn descriptors() -> usize {
    // One is that of this reading itself.
    fs::read_dir("/proc/self/fd").unwrap().count() - 1
}

#[test]
fn few_directories_are_open_and_none_is_left_so() {
    if !alone("walk::listing_faults::few_directories_are_open_and_none_is_left_so") {
        return;
    }
    const MOST: usize = 16;
    let tree = chain(100);
    let before = descriptors();

    let most = |walk: Walk<'_>| {
        let mut most = 0;
        _ = walk.visit(|_| {
            most = most.max(descriptors());
            ControlFlow::<()>::Continue(())
        });
        most - before
    };
    assert_eq!(most(tree.walk()), MOST);
    assert!(most(tree.walk().unsorted(true)) <= MOST);
    assert!(most(tree.glob("**/z/").unwrap().follow_symlinks(true)) <= MOST);
    assert_eq!(descriptors(), before, "after a whole listing");

    let mut walks =
        [tree.walk(), tree.walk().unsorted(true), tree.walk().unsorted(true).threads(3), tree.rglob("z").unwrap()];
    // All of them at once.
    for _ in 0..50 {
        assert!(walks.iter_mut().all(|walk| walk.next().unwrap().is_ok()));
    }
    assert!(descriptors() > before);
    drop(walks);
    assert_eq!(descriptors(), before, "after listings that were dropped");

    let is_deep = |entry: Result<&Entry>| match entry.unwrap().depth() {
        70.. => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    assert!(tree.walk().visit(is_deep).is_break() && tree.walk().threads(3).par_visit(is_deep).is_break());
    assert_eq!(descriptors(), before, "after a break");
}
