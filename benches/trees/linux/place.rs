//! Where trees are copied and removed, and the proof of what became of them.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{CWD, Mode, OFlags, mkdir, openat};
use rustix::process::umask;
use waypath::TempDir;

use super::floor;
use common::Random;
use common::contest::{Contender, Deed};
use common::source::source;

/// A folder with a tree, and room for another.
pub(crate) struct Place {
    dir: TempDir,
    source: String,
    sums: Copied,
}

impl Place {
    /// Makes the tree `source`, by so much smaller than it could be.
    pub(crate) fn source(divisor: usize) -> Self {
        Self::new("source", |path, file| source(path, divisor, file))
    }

    /// Makes directories in one another, with two files in each: as deep as paths and the floor's descriptors go.
    pub(crate) fn deep() -> Self {
        const LEVELS: usize = 400;
        Self::new("deep", |path, file| {
            let mut path = path.to_owned();
            for _ in 0..LEVELS {
                mkdir(&path, Mode::from_raw_mode(0o755)).unwrap();
                ["mod.rs", "notes.txt"].iter().for_each(|name| file(&format!("{path}/{name}")));
                path += "/level";
            }
        })
    }

    fn new(name: &str, make: impl FnOnce(&str, &mut dyn FnMut(&str))) -> Self {
        // Permissions are those of the tree, whoever makes them and whoever runs this.
        umask(Mode::from_raw_mode(0o022));
        let dir = match std::env::var("WAYPATH_BENCH_DIR") {
            Ok(dir) => TempDir::new_in(dir),
            Err(_) => TempDir::new_in("/dev/shm").or_else(|_| TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))),
        };
        let dir = dir.unwrap();
        let path = format!("{dir}/{name}");
        let mut contents = Contents::new();
        make(&path, &mut |file| contents.write(file));
        let sums = Copied::of(&path);
        assert_eq!(sums.bytes, contents.written);
        eprintln!("{name}, in {dir}: {} entries, {} MB", sums.count, sums.bytes / 1_000_000);
        Self { dir, source: path, sums }
    }

    /// Where a copy goes, and where a tree stands that is to be removed.
    fn target(&self) -> String {
        format!("{}/target", self.dir)
    }

    /// Makes room for a copy.
    fn clear(&self) {
        if <waypath::Path>::parse(&self.target()).lstat().is_ok() {
            floor::remove(&self.target());
        }
    }

    /// Makes a tree that is to be removed.
    fn fill(&self) {
        self.clear();
        floor::copy(&self.source, &self.target(), floor::Naming::AtOnce);
    }

    /// Somebody who copies the tree.
    pub(crate) fn copier(
        self: &Arc<Self>,
        who: &str,
        copy: impl Fn(&str, &str) + Clone + Send + Sync + 'static,
    ) -> Contender<Copied> {
        let [first, proved, timed] = [(); 3].map(|()| self.clone());
        let proof = copy.clone();
        let pass = move || copy(&timed.source, &timed.target());
        let proof = move || {
            proved.clear();
            proof(&proved.source, &proved.target());
            Copied::of(&proved.target())
        };
        Contender::new(who, pass, proof).prepared(move || first.clear())
    }

    /// Somebody who removes a copy of the tree.
    pub(crate) fn remover(
        self: &Arc<Self>,
        who: &str,
        remove: impl Fn(&str) + Clone + Send + Sync + 'static,
    ) -> Contender<Left> {
        let [first, proved, timed] = [(); 3].map(|()| self.clone());
        let proof = remove.clone();
        let pass = move || remove(&timed.target());
        let proof = move || {
            proved.fill();
            proof(&proved.target());
            let left = match <waypath::Path>::parse(&proved.target()).lstat() {
                Ok(_) => Copied::of(&proved.target()).count + 1,
                Err(_) => 0,
            };
            Left { entries: proved.sums.count + 1, left }
        };
        Contender::new(who, pass, proof).prepared(move || first.fill())
    }
}

/// What files are filled with.
struct Contents {
    random: Random,
    /// From which every file gets another part.
    bytes: Vec<u8>,
    written: u64,
}

impl Contents {
    const LONGEST: usize = 256 * 1024;

    fn new() -> Self {
        let mut random = Random(19);
        let bytes = (0..2 * Self::LONGEST).map(|_| random.below(256) as u8).collect();
        Self { random, bytes, written: 0 }
    }

    /// Makes a file; one in thirty is a program.
    fn write(&mut self, path: &str) {
        let (size, start) = (self.size(), self.random.below(Self::LONGEST));
        let mode = if self.random.below(30) == 0 { 0o755 } else { 0o644 };
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = openat(CWD, path, flags, Mode::from_raw_mode(mode)).unwrap();
        std::fs::File::from(file).write_all(&self.bytes[start..start + size]).unwrap();
        self.written += size as u64;
    }

    /// As sizes are in source trees: half are below 2.2 KB, two thirds between 0.8 and 6 KB; one in 200 is
    /// empty, and one in 500 has about 100 KB.
    fn size(&mut self) -> usize {
        match self.random.below(1_000) {
            0..2 => 64 * 1024 + self.random.below(72 * 1024),
            2..7 => 0,
            _ => {
                // The sum of twelve has a deviation of one, and very nearly a normal distribution.
                let sum: usize = (0..12).map(|_| self.random.below(1_000)).sum();
                let deviations = sum as f64 / 1_000.0 - 6.0;
                ((2_200.0 * deviations.exp()) as usize).min(Self::LONGEST)
            }
        }
    }
}

/// The sums over a tree, in whatever order it is listed.
#[derive(Default, PartialEq)]
pub(crate) struct Copied {
    count: u64,
    bytes: u64,
    /// Of paths, kinds, permissions and contents.
    all: u64,
    /// Of paths and contents.
    contents: u64,
}

impl Copied {
    /// What is below a directory, and its own permissions.
    fn of(root: &str) -> Self {
        let mut sums = Self::default();
        sums.add(Path::new(root), Path::new(""));
        sums.count -= 1;
        sums
    }

    #[allow(clippy::disallowed_methods, reason = "what ours do is proved by others")]
    fn add(&mut self, root: &Path, relative: &Path) {
        let path = root.join(relative);
        let stat = path.symlink_metadata().unwrap();
        let kind = stat.file_type();
        let content = match () {
            () if kind.is_file() => std::fs::read(&path).unwrap(),
            () if kind.is_symlink() => std::fs::read_link(&path).unwrap().as_os_str().as_bytes().to_vec(),
            () => Vec::new(),
        };
        let letter = [kind.is_dir(), kind.is_file(), kind.is_symlink()];
        let name = relative.as_os_str().as_bytes();
        self.count += 1;
        self.bytes += content.len() as u64;
        self.contents = self.contents.wrapping_add(hash((name, &content)));
        self.all = self.all.wrapping_add(hash((name, letter, stat.permissions().mode(), &content)));
        if kind.is_dir() {
            for entry in path.read_dir().unwrap() {
                self.add(root, &relative.join(entry.unwrap().file_name()));
            }
        }
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Deed for Copied {
    fn entries(&self) -> u64 {
        self.count
    }

    fn flaw(&self, floor: &Self) -> String {
        match self.count {
            count if count < floor.count => format!("incomplete: {count} of {}", floor.count),
            count if count > floor.count => format!("too many: {count} for {}", floor.count),
            _ if self.contents != floor.contents => "different: other paths or contents".to_owned(),
            _ if self != floor => "different: other kinds or permissions".to_owned(),
            _ => String::new(),
        }
    }
}

/// What is left of a tree.
pub(crate) struct Left {
    entries: u64,
    left: u64,
}

impl Deed for Left {
    fn entries(&self) -> u64 {
        self.entries
    }

    fn flaw(&self, floor: &Self) -> String {
        assert_eq!(floor.left, 0, "the floor removes everything");
        match self.left {
            0 => String::new(),
            left => format!("incomplete: {left} of {} are left", self.entries),
        }
    }
}
