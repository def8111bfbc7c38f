//! Both engines and the portable back end against the kernel, asked by itself: all must find the same, or fail alike.

#![allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, symlink};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

use super::*;
use crate::sys::beneath::LinkRule;
use crate::sys::{Dir, PortableDir};

const RULES: [(LinkRule, ResolveFlags); 3] = [
    (LinkRule::Inside, ResolveFlags::BENEATH),
    (LinkRule::FromRoot, ResolveFlags::IN_ROOT),
    (LinkRule::Refuse, ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS)),
];

/// What a lookup ends in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Device and inode.
    Found(u64, u64),
    Missing,
    NotADirectory,
    LeadsOut,
    /// Too many links, or one that is refused.
    Loop,
    Other(String),
}

fn end_of_errno(errno: Errno) -> End {
    match errno {
        Errno::NOENT => End::Missing,
        Errno::NOTDIR => End::NotADirectory,
        Errno::XDEV => End::LeadsOut,
        Errno::LOOP => End::Loop,
        _ => End::Other(errno.to_string()),
    }
}

fn end(found: io::Result<Seen>) -> End {
    let error = match found {
        Ok(seen) => {
            let inode = seen.inode.unwrap();
            return End::Found(inode.device, inode.number);
        }
        Err(error) => error,
    };
    let text = error.to_string();
    match error.kind() {
        _ if text.contains("refuses links") || text.contains("only the kernel") => End::Loop,
        _ if Escape::is_cause(&error) => End::LeadsOut,
        ErrorKind::NotFound => End::Missing,
        ErrorKind::NotADirectory => End::NotADirectory,
        _ if crate::sys::is_loop(&error) => End::Loop,
        _ => End::Other(text),
    }
}

/// The kernel's own answer, and the path that it gives to what it found.
fn oracle(root: &Path, path: &Path, resolve: ResolveFlags, links: Links) -> (End, Option<PathBuf>) {
    let dir = File::open(root).unwrap();
    let no_follow = if links == Links::Keep { OFlags::NOFOLLOW } else { OFlags::empty() };
    let resolve = resolve | ResolveFlags::NO_MAGICLINKS;
    let ask = || openat2(&dir, path, OFlags::PATH | OFlags::CLOEXEC | no_follow, Mode::empty(), resolve);
    // It asks to be called again if anything was renamed meanwhile, by any program.
    match std::iter::repeat_with(ask).find(|found| found.as_ref().err() != Some(&Errno::AGAIN)).unwrap() {
        Ok(found) => {
            let real = fs::read_link(format!("/proc/self/fd/{}", found.as_raw_fd())).unwrap();
            let found = File::from(found).metadata().unwrap();
            (End::Found(found.dev(), found.ino()), Some(real))
        }
        Err(errno) => (end_of_errno(errno), None),
    }
}

/// The same root by everybody who can look up paths.
struct Everybody {
    kernel: Root<Dir>,
    walk: Root<Dir>,
    portable: Root<PortableDir>,
}

impl Everybody {
    fn open(root: &Path, links: LinkRule) -> Self {
        let rules = Rules { links, same_file_system: false };
        let unix = || Root::<Dir>::open(root, rules, Limits::default()).unwrap();
        let portable = Root::<PortableDir>::open(root, rules, Limits::default()).unwrap();
        Self { kernel: unix(), walk: unix().by(Engine::Walk), portable }
    }

    #[track_caller]
    fn look_up(&self, path: &Path, expected: &End, links: Links) {
        let found = [
            ("kernel", end(self.kernel.see(path, links))),
            ("walk", end(self.walk.see(path, links))),
            ("portable", end(self.portable.see(path, links))),
        ];
        for (who, found) in found {
            assert_eq!(found, *expected, "{who}: {path:?}");
        }
    }
}

/// Checks one path with every rule, and counts what came of it.
#[track_caller]
fn check(root: &Path, path: &Path, counts: &mut BTreeMap<String, usize>) {
    for (links, resolve) in RULES {
        let everybody = Everybody::open(root, links);
        check_by(&everybody, root, path, resolve, counts);
    }
}

#[track_caller]
fn check_by(
    everybody: &Everybody,
    root: &Path,
    path: &Path,
    resolve: ResolveFlags,
    counts: &mut BTreeMap<String, usize>,
) {
    for links in [Links::Follow, Links::Keep] {
        let (expected, real) = oracle(root, path, resolve, links);
        everybody.look_up(path, &expected, links);
        let kind = format!("{expected:?}").split('(').next().unwrap().to_owned();
        *counts.entry(kind).or_default() += 1;
        if links == Links::Follow
            && let Some(real) = real
        {
            let below = real.strip_prefix(root.canonicalize().unwrap()).unwrap();
            let below = if below.as_os_str().is_empty() { Path::new(".") } else { below };
            assert_eq!(everybody.walk.resolve_strict(path).unwrap(), below, "{path:?}");
            assert_eq!(everybody.walk.resolve(path).unwrap(), below, "{path:?}");
        }
    }
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const NAMES: [&str; 9] = ["a", "b", "c", "f", "l", "m", "n", "o", "no"];

fn target(random: &mut Random, root: &Path) -> String {
    let name = root.file_name().unwrap().to_str().unwrap();
    let parts = ["a", "b", "c", "f", "l", "m", "n", "o", "..", "..", ".", "", name];
    let count = random.below(4) + 1;
    let text = (0..count).map(|_| random.pick(&parts)).collect::<Vec<_>>().join("/");
    match random.below(12) {
        0 => format!("/{text}"),
        1 => format!("{}/{text}", root.display()),
        2 | 3 => format!("{text}/"),
        4 => format!("{text}/."),
        _ if text.is_empty() => ".".to_owned(),
        _ => text,
    }
}

fn grow(random: &mut Random, root: &Path, dir: &Path, depth: usize) {
    fs::write(dir.join("f"), "inside").unwrap();
    for link in ["l", "m", "n", "o"] {
        symlink(target(random, root), dir.join(link)).unwrap();
    }
    for name in ["a", "b", "c"] {
        if depth > 0 && random.below(3) > 0 {
            fs::create_dir(dir.join(name)).unwrap();
            grow(random, root, &dir.join(name), depth - 1);
        }
    }
}

#[test]
fn everybody_finds_what_the_kernel_finds() {
    let is_long = std::env::var_os("WAYPATH_LONG").is_some();
    let (trees, lookups) = if is_long { (40, 420) } else { (8, 60) };
    let mut random = Random(0x5eed_cafe_f00d_d00d);
    let mut counts = BTreeMap::new();
    for _ in 0..trees {
        let place = tempfile::tempdir().unwrap();
        // Outside is much the same, so that whatever leaves the root finds something.
        grow(&mut random, place.path(), place.path(), 0);
        let root = place.path().join("a");
        fs::create_dir(&root).unwrap();
        grow(&mut random, &root, &root, 3);
        for (links, resolve) in RULES {
            let everybody = Everybody::open(&root, links);
            for _ in 0..lookups {
                let count = random.below(6) + 1;
                let part = |random: &mut Random| if random.below(5) == 0 { ".." } else { random.pick(&NAMES) };
                let path: PathBuf = (0..count).map(|_| part(&mut random)).collect();
                check_by(&everybody, &root, &path, resolve, &mut counts);
            }
        }
    }
    // Each way to end is in it, often enough to mean something.
    for kind in ["Found", "Missing", "NotADirectory", "LeadsOut", "Loop"] {
        assert!(counts.get(kind).is_some_and(|&count| count > trees * lookups / 20), "{kind}: {counts:?}");
    }
    assert!(!counts.contains_key("Other"), "{counts:?}");
}

/// Layouts that others fell for: of Go's `os.Root`, of cap-std, and of the kernel's own tests.
#[test]
fn everybody_finds_what_the_kernel_finds_in_known_layouts() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("root");
    fs::create_dir_all(root.join("a/b/c")).unwrap();
    fs::write(place.path().join("secret"), "outside").unwrap();
    fs::write(root.join("a/f"), "inside").unwrap();
    let links = [
        ("to_dir", "a"),
        ("to_dir_slash", "a/"),
        ("to_dir_dot", "a/."),
        ("to_file", "a/f"),
        ("to_file_slash", "a/f/"),
        ("to_file_dot", "a/f/."),
        ("to_link", "to_dir"),
        ("to_link_slash", "to_dir/"),
        ("to_self", "to_self"),
        ("to_self_slash", "to_self/"),
        ("to_here", "."),
        ("to_nothing", "nothing"),
        ("to_nothing_slash", "nothing/"),
        ("out", "../secret"),
        ("out_dir", ".."),
        ("out_slash", "../"),
        ("out_and_back", "../root/a"),
        ("down_and_up", "a/b/../../a/f"),
        ("down_and_out", "a/../../secret"),
        ("absolute", "/etc/passwd"),
        ("absolute_root", "/"),
        ("proc", "/proc/self/root"),
        ("a/up", ".."),
        ("a/up_twice", "../.."),
        ("a/b/up", "../up"),
        ("a/b/c/far", "../../../to_link/b/up/a/f"),
    ];
    for (link, target) in links {
        symlink(target, root.join(link)).unwrap();
    }
    let mut counts = BTreeMap::new();
    let names = links.iter().map(|(link, _)| *link).chain(["a", "a/f", "a/b", "nothing", ".", "..", "/", "/etc"]);
    for name in names {
        for more in ["", "/..", "/../..", "/f", "/b/c", "/../root", "/../secret", "/up", "/b/../f"] {
            let path = match name.strip_suffix('/') {
                Some(front) => format!("{front}{}", if more.is_empty() { "/" } else { more }),
                None => format!("{name}{more}"),
            };
            check(&root, Path::new(&path), &mut counts);
        }
    }
    assert!(counts["LeadsOut"] > 100 && counts["Loop"] > 50 && counts["Found"] > 200, "{counts:?}");
}

#[test]
fn forty_links_are_followed_and_no_more() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("0"), "").unwrap();
    (1..=42).for_each(|count| symlink((count - 1).to_string(), root.path().join(count.to_string())).unwrap());
    fs::create_dir(root.path().join("d")).unwrap();
    symlink(".", root.path().join("d/l")).unwrap();
    let mut counts = BTreeMap::new();
    for count in [1, 39, 40, 41, 42] {
        check(root.path(), Path::new(&count.to_string()), &mut counts);
        check(root.path(), Path::new(&format!("d{}", "/l".repeat(count))), &mut counts);
    }
    assert!(counts["Loop"] > 10 && counts["Found"] > 10, "{counts:?}");
}

/// Links of /proc are no text: nobody follows them, although they stay below `/`.
#[test]
fn magic_links_are_not_followed() {
    let mut counts = BTreeMap::new();
    for path in
        ["self/root", "self/cwd", "self/exe", "self/fd/0", "self/ns/mnt", "self/status", "mounts", "self/root/proc"]
    {
        for (links, resolve) in [RULES[0], RULES[1]] {
            let (expected, _) = oracle(Path::new("/proc"), Path::new(path), resolve, Links::Follow);
            let everybody = Everybody::open(Path::new("/proc"), links);
            let found = [&everybody.kernel, &everybody.walk].map(|root| end(root.stat(Path::new(path))));
            assert_eq!(
                found.map(|end| format!("{end:?}").split('(').next().unwrap().to_owned()),
                [(); 2].map(|()| format!("{expected:?}").split('(').next().unwrap().to_owned()),
                "{path}"
            );
            *counts.entry(matches!(expected, End::Loop)).or_insert(0) += 1;
        }
    }
    assert!(counts[&true] > 8 && counts[&false] >= 4, "{counts:?}");
}
