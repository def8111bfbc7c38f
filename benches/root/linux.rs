//! Who competes in what, and the goals.

#![allow(clippy::disallowed_methods, reason = "std is one of those who compete")]

use std::ffi::OsString;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;
use std::sync::Arc;

use rustix::buffer::spare_capacity;
use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fcntl_setfl, fstat, openat, openat2, readlinkat};
use rustix::io::read;
use waypath::{Root, RootPath, TempDir};

use common::contest::{self, Deed, FLOOR, Goal, Row, hold};

const ROUNDS: usize = 41;

/// How many parts the paths have.
const PARTS: [usize; 3] = [1, 3, 8];

/// The other floors, and those whom ours are to be measured by beside them.
const CHECKED: &str = "openat, fstat";
/// The calls that a root needs. `openat2` finds the file without waiting for a pipe, `fstat` shows that it is none, and `fcntl`
/// sets it to block, because even a regular file such as `/proc/kmsg` has no content at times.
const CALLS: &str = "openat2, fstat, fcntl";
const STD: &str = "std, absolute path";

/// As much as half of the files of a source tree have at most.
const SIZE: usize = 2_200;

pub(crate) fn main() {
    let filter = common::filter();
    let mut rows = Vec::new();
    for parts in PARTS {
        let place = Arc::new(Place::new(parts));
        for (what, contenders) in
            [("open", openers as fn(&Arc<Place>) -> Vec<Contender>), ("read", readers), ("resolve", resolvers)]
        {
            let name = format!("{what} at {parts} parts");
            if name.contains(&filter) {
                rows.push(Row::new(name, contenders(&place)));
            }
        }
    }
    hold(&rows, ROUNDS);
}

/// A root with a file, and the ways to it.
struct Place {
    base: TempDir,
    dir: OwnedFd,
    cap: cap_std::fs::Dir,
    at: RootPath,
    relative: String,
    absolute: PathBuf,
}

impl Place {
    fn new(parts: usize) -> Self {
        let base = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        let relative = format!("{}file", "directory/".repeat(parts - 1));
        let root = Root::open(&base).unwrap();
        let at = root.join(&*relative);
        at.parent().mkdir_all().unwrap();
        at.write_text("x".repeat(SIZE)).unwrap();
        let dir =
            openat(CWD, base.as_str(), OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let cap = cap_std::fs::Dir::open_ambient_dir(base.as_str(), cap_std::ambient_authority()).unwrap();
        let absolute = PathBuf::from((&base / &*relative).as_str());
        Self { base, dir, cap, at, relative, absolute }
    }

    fn open(&self) -> OwnedFd {
        openat(&self.dir, &*self.relative, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).unwrap()
    }

    fn open_regular(&self) -> (OwnedFd, usize) {
        let file = self.open();
        let found = fstat(&file).unwrap();
        assert_eq!(FileType::from_raw_mode(found.st_mode), FileType::RegularFile);
        (file, found.st_size as usize)
    }

    fn open_as_a_root(&self) -> OwnedFd {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let file = openat2(&self.dir, &*self.relative, flags, Mode::empty(), resolve).unwrap();
        assert_eq!(FileType::from_raw_mode(fstat(&file).unwrap().st_mode), FileType::RegularFile);
        fcntl_setfl(&file, OFlags::empty()).unwrap();
        file
    }

    /// Reads as much as there is, and once more, to see that it is all.
    fn read(&self) -> Vec<u8> {
        let (file, size) = self.open_regular();
        let mut content = Vec::with_capacity(size + 1);
        while read(&file, spare_capacity(&mut content)).unwrap() > 0 {}
        content
    }

    /// The kernel's own answer.
    fn resolve(&self) -> PathBuf {
        let file = openat(&self.dir, &*self.relative, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let link = format!("/proc/self/fd/{}", file.as_raw_fd());
        OsString::from_vec(readlinkat(CWD, link, Vec::new()).unwrap().into_bytes()).into()
    }
}

/// What somebody came to: the content of what was opened or read, or a path below the root.
#[derive(PartialEq)]
struct Reached(Vec<u8>);

impl Reached {
    fn of(mut file: impl Read) -> Self {
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        Self(content)
    }
}

impl Deed for Reached {
    fn entries(&self) -> u64 {
        1
    }

    fn flaw(&self, floor: &Self) -> String {
        assert!(!floor.0.is_empty(), "the floor comes to something");
        if self == floor { String::new() } else { "different: something else was reached".to_owned() }
    }
}

type Contender = contest::Contender<Reached>;

/// Somebody who comes to something; what it is shows when the clock stands still.
fn contender<T: 'static>(
    who: &str,
    place: &Arc<Place>,
    deed: impl Fn(&Place) -> T + Clone + Send + Sync + 'static,
    reached: fn(&Place, T) -> Reached,
) -> Contender {
    let (timed, proved, proof) = (place.clone(), place.clone(), deed.clone());
    Contender::new(who, move || drop(black_box(deed(&timed))), move || reached(&proved, proof(&proved)))
}

fn at_most(most: f64, than: &'static str) -> Goal {
    Goal { than, most }
}

/// Everybody who opens a file. The floor is first.
fn openers(place: &Arc<Place>) -> Vec<Contender> {
    let content = |_: &Place, file: File| Reached::of(file);
    vec![
        contender(FLOOR, place, |place| File::from(place.open()), content),
        contender(CHECKED, place, |place| File::from(place.open_regular().0), content),
        contender(CALLS, place, |place| File::from(place.open_as_a_root()), content),
        contender("ours", place, |place| place.at.open().unwrap(), content).ours([
            at_most(1.2, CHECKED),
            at_most(1.05, CALLS),
            at_most(1.0, STD),
        ]),
        contender(STD, place, |place| File::open(&place.absolute).unwrap(), content),
        contender("cap-std", place, |place| place.cap.open(&place.relative).unwrap(), |_, file| Reached::of(file)),
    ]
}

/// Everybody who reads a file. The floor is first.
fn readers(place: &Arc<Place>) -> Vec<Contender> {
    let content = |_: &Place, content: Vec<u8>| Reached(content);
    vec![
        contender(FLOOR, place, Place::read, content),
        contender("ours", place, |place| place.at.read_bytes().unwrap(), content)
            .ours([at_most(1.2, FLOOR), at_most(1.0, STD)]),
        contender(STD, place, |place| std::fs::read(&place.absolute).unwrap(), content),
        contender("cap-std", place, |place| place.cap.read(&place.relative).unwrap(), content),
    ]
}

/// Everybody who finds out where a path leads, below the root. The floor is first.
fn resolvers(place: &Arc<Place>) -> Vec<Contender> {
    let below = |place: &Place, path: PathBuf| {
        let path = path.strip_prefix(place.base.as_str()).unwrap_or(&path);
        Reached(path.as_os_str().as_bytes().to_owned())
    };
    vec![
        contender(FLOOR, place, Place::resolve, below),
        contender(
            "ours, part by part",
            place,
            |place| place.at.resolve_strict().unwrap(),
            |_, path| Reached(path.as_str().as_bytes().to_owned()),
        )
        .ours([]),
        contender(STD, place, |place| place.absolute.canonicalize().unwrap(), below),
        contender("cap-std", place, |place| place.cap.canonicalize(&place.relative).unwrap(), below),
    ]
}
