//! Who competes in what, and the goals.

#![allow(clippy::disallowed_methods, reason = "std is the one to compare with")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path as StdPath;
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, copy_file_range, fstat, linkat, open, stat};
use waypath::{Path, PathBuf, TempDir};

use common::contest::{self, Deed, FLOOR, Goal, Row, hold};

const ROUNDS: usize = 41;

/// The calls that the promises of a copy need.
const NAMED_LAST: &str = "named last";

/// How many parts the paths have below the folder of the bench.
const PARTS: [usize; 2] = [1, 6];

/// How many files one pass makes, where each needs a name of its own.
const FILES: usize = 100;

/// As much as most files of a source tree have at most.
const SIZE: usize = 4096;

pub(crate) fn main() {
    let filter = common::filter();
    let mut rows = Vec::new();
    for parts in PARTS {
        let place = Arc::new(Place::new(parts));
        for (what, contenders) in [
            ("resolve", resolvers as fn(&Arc<Place>) -> Vec<Contender>),
            ("copy", copiers),
            ("move_to", movers),
            ("write_if_changed", writers_of_the_same),
            ("write_atomic", writers),
        ] {
            let name = format!("{what} at {parts} parts");
            if name.contains(&filter) {
                rows.push(Row::new(name, contenders(&place)));
            }
        }
    }
    hold(&rows, ROUNDS);
}

/// A folder with a file, and names beside it.
struct Place {
    _base: TempDir,
    file: PathBuf,
    /// A second one with the same content, for those who change it.
    changed: PathBuf,
    /// A folder for copies, whose names are made once.
    copies: PathBuf,
    names: Vec<PathBuf>,
    content: String,
}

impl Place {
    fn new(parts: usize) -> Self {
        let base = match std::env::var("WAYPATH_BENCH_DIR") {
            Ok(folder) => TempDir::new_in(folder).unwrap(),
            Err(_) => TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap(),
        };
        let folder = base.resolve().unwrap() / "folder/".repeat(parts - 1);
        let (file, changed, copies) = (&folder / "file", &folder / "changed", &folder / "copies");
        copies.mkdir_all().unwrap();
        let names = (0..FILES).map(|number| &copies / format!("copy {number}")).collect();
        let content = "x".repeat(SIZE);
        [&file, &changed].iter().for_each(|file| file.write_text(&content).unwrap());
        Self { _base: base, file, changed, copies, names, content }
    }

    /// Removes all copies.
    fn clear(&self) {
        self.copies.clear_dir().unwrap();
    }

    fn copy(&self, copy: impl Fn(&Path, &Path)) {
        self.names.iter().for_each(|name| copy(&self.file, name));
    }

    /// Renames a file to each name in turn, and back.
    fn rename(&self, rename: impl Fn(&Path, &Path)) {
        let ends = [&self.changed].into_iter().chain(&self.names).chain([&self.changed]);
        ends.clone().zip(ends.skip(1)).for_each(|(from, to)| rename(from, to));
    }

    /// What `copy` promises, by hand: what is no regular file is not opened, nothing is overwritten, and a copy has no name
    /// until it is complete and has the permissions of the original. (Access lists would give it others: here is none.)
    fn copy_by_hand(from: &Path, to: &Path) {
        let flags = OFlags::CLOEXEC;
        let is_file = |found: Stat| FileType::from_raw_mode(found.st_mode) == FileType::RegularFile;
        assert!(is_file(stat(from.as_str()).unwrap()));
        let source = open(from.as_str(), flags | OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty()).unwrap();
        let found = fstat(&source).unwrap();
        assert!(is_file(found));
        let mode = Mode::from_raw_mode(found.st_mode);
        let copy = open(to.parent().as_str(), flags | OFlags::RDWR | OFlags::TMPFILE, mode).unwrap();
        assert_eq!(fstat(&copy).unwrap().st_mode, found.st_mode);
        assert_eq!(copy_file_range(&source, None, &copy, None, SIZE).unwrap(), SIZE);
        linkat(&copy, c"", CWD, to.as_str(), AtFlags::EMPTY_PATH).unwrap();
    }

    /// What `write_atomic` promises, by hand, for a file that nobody else looks at.
    fn write_by_hand(&self) {
        let temporary = self.copies.as_std_path().join("temporary");
        let mut new = File::create_new(&temporary).unwrap();
        new.write_all(self.content.as_bytes()).unwrap();
        new.sync_all().unwrap();
        fs::rename(&temporary, &self.changed).unwrap();
        File::open(self.changed.parent().as_std_path()).unwrap().sync_all().unwrap();
    }
}

/// What somebody came to: a path, or all that is in the folder by then.
#[derive(PartialEq)]
struct Reached(Vec<(String, String)>);

impl Reached {
    fn folder(place: &Place) -> Self {
        let folder = place.file.parent();
        let files = folder.glob("**/*").unwrap().map(Result::unwrap).filter(|entry| entry.is_file());
        Self(files.map(|file| (file.to_string(), file.read_text().unwrap())).collect())
    }

    fn path(path: &StdPath) -> Self {
        Self(vec![(path.to_str().unwrap().to_owned(), String::new())])
    }
}

impl Deed for Reached {
    fn entries(&self) -> u64 {
        self.0.len() as u64
    }

    fn flaw(&self, floor: &Self) -> String {
        if self == floor { String::new() } else { "different: something else was reached".to_owned() }
    }
}

type Contender = contest::Contender<Reached>;

/// Somebody who does something in the folder.
fn contender(who: &str, place: &Arc<Place>, deed: fn(&Place)) -> Contender {
    let (timed, proved) = (place.clone(), place.clone());
    let proof = move || {
        proved.clear();
        deed(&proved);
        Reached::folder(&proved)
    };
    Contender::new(who, move || deed(&timed), proof)
}

fn at_most(most: f64) -> [Goal; 1] {
    [Goal { than: FLOOR, most }]
}

fn resolvers(place: &Arc<Place>) -> Vec<Contender> {
    let [one, two, three, four] = [(); 4].map(|()| place.clone());
    vec![
        Contender::new(
            FLOOR,
            move || drop(black_box(one.file.as_std_path().canonicalize().unwrap())),
            move || Reached::path(&two.file.as_std_path().canonicalize().unwrap()),
        ),
        Contender::new(
            "ours",
            move || drop(black_box(three.file.resolve().unwrap())),
            move || Reached::path(four.file.resolve().unwrap().as_std_path()),
        )
        .ours(at_most(1.0)),
    ]
}

fn copiers(place: &Arc<Place>) -> Vec<Contender> {
    let clear = || {
        let place = place.clone();
        move || place.clear()
    };
    let std_copy = |place: &Place| place.copy(|from, to| _ = fs::copy(from, to).unwrap());
    let copy_by_hand = |place: &Place| place.copy(Place::copy_by_hand);
    let own_copy = |place: &Place| place.copy(|from, to| _ = from.copy(to).unwrap());
    vec![
        contender(FLOOR, place, std_copy).prepared(clear()),
        contender(NAMED_LAST, place, copy_by_hand).prepared(clear()),
        contender("ours", place, own_copy)
            .prepared(clear())
            .ours([Goal { than: FLOOR, most: 1.0 }, Goal { than: NAMED_LAST, most: 1.2 }]),
    ]
}

fn movers(place: &Arc<Place>) -> Vec<Contender> {
    let std_rename = |place: &Place| place.rename(|from, to| fs::rename(from, to).unwrap());
    let own_move = |place: &Place| place.rename(|from, to| _ = from.move_to(to).unwrap());
    vec![contender(FLOOR, place, std_rename), contender("ours", place, own_move).ours([])]
}

fn writers_of_the_same(place: &Arc<Place>) -> Vec<Contender> {
    vec![
        contender(FLOOR, place, |place| assert!(fs::read(&place.file).unwrap() == place.content.as_bytes())),
        contender("ours", place, |place| assert!(!place.file.write_if_changed(&place.content).unwrap()))
            .ours(at_most(1.1)),
    ]
}

fn writers(place: &Arc<Place>) -> Vec<Contender> {
    vec![
        contender(FLOOR, place, Place::write_by_hand),
        contender("ours", place, |place| place.changed.write_atomic(&place.content).unwrap()).ours([]),
    ]
}
