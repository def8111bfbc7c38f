//! What takes the entries that are listed: the clock's sink, and the one that proves that all are the same.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use waypath::FileKind;

use common::contest::{self, Deed};

/// What takes the entries.
pub(crate) trait Sink {
    /// The whole path, and the kind as the contender has it.
    fn entry(&self, path: &[u8], kind: impl Kind);
}

/// Takes entries while the clock runs.
pub(crate) struct Timed;

impl Sink for Timed {
    #[inline]
    fn entry(&self, path: &[u8], kind: impl Kind) {
        black_box((path, kind));
    }
}

/// Hands on what passes a test.
pub(crate) struct Tested<'a, S> {
    pub(crate) test: fn(&[u8]) -> bool,
    pub(crate) sink: &'a S,
}

impl<S: Sink> Sink for Tested<'_, S> {
    #[inline]
    fn entry(&self, path: &[u8], kind: impl Kind) {
        if (self.test)(path) {
            self.sink.entry(path, kind);
        }
    }
}

/// Adds up entries, in whatever order they come.
pub(crate) struct Proof<'a> {
    root: &'a str,
    count: AtomicU64,
    paths: AtomicU64,
    kinds: AtomicU64,
    unknown: AtomicU64,
}

/// The sums of a proof; of the kinds only where all are known.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Sums {
    count: u64,
    paths: u64,
    kinds: Option<u64>,
}

impl Deed for Sums {
    fn entries(&self) -> u64 {
        self.count
    }

    fn flaw(&self, floor: &Self) -> String {
        let same_kinds = self.kinds.is_none() || self.kinds == floor.kinds;
        match self.count {
            count if count < floor.count => format!("incomplete: {count} of {}", floor.count),
            count if count > floor.count => format!("too many: {count} for {}", floor.count),
            _ if self.paths != floor.paths => "different: other paths".to_owned(),
            _ if !same_kinds => "different: other kinds".to_owned(),
            _ => String::new(),
        }
    }
}

impl<'a> Proof<'a> {
    pub(crate) fn new(root: &'a str) -> Self {
        let zero = AtomicU64::default;
        Self { root, count: zero(), paths: zero(), kinds: zero(), unknown: zero() }
    }

    pub(crate) fn sums(&self) -> Sums {
        let [count, paths, kinds, unknown] =
            [&self.count, &self.paths, &self.kinds, &self.unknown].map(|sum| sum.load(Ordering::Relaxed));
        Sums { count, paths, kinds: (unknown == 0).then_some(kinds) }
    }
}

impl Sink for Proof<'_> {
    fn entry(&self, path: &[u8], kind: impl Kind) {
        let relative = path.strip_prefix(self.root.as_bytes()).and_then(|path| path.strip_prefix(b"/"));
        let relative = relative.unwrap_or_else(|| panic!("{:?} is below the root", path.escape_ascii().to_string()));
        let letter = kind.letter();
        let add = |sum: &AtomicU64, value| sum.fetch_add(value, Ordering::Relaxed);
        add(&self.count, 1);
        add(&self.paths, hash(relative, 0));
        match letter {
            Some(letter) => add(&self.kinds, hash(relative, letter)),
            None => add(&self.unknown, 1),
        };
    }
}

fn hash(path: &[u8], letter: u8) -> u64 {
    let mut hasher = DefaultHasher::new();
    (path, letter).hash(&mut hasher);
    hasher.finish()
}

/// What a contender says that an entry is.
pub(crate) trait Kind {
    /// As in what `ls -l` prints; nothing where the contender does not say.
    fn letter(self) -> Option<u8>;
}

impl Kind for () {
    fn letter(self) -> Option<u8> {
        None
    }
}

impl Kind for FileKind {
    fn letter(self) -> Option<u8> {
        Some(match self {
            Self::Directory => b'd',
            Self::Symlink => b'l',
            Self::File => b'-',
            _ => b'?',
        })
    }
}

impl Kind for std::fs::FileType {
    fn letter(self) -> Option<u8> {
        Some(match self {
            _ if self.is_dir() => b'd',
            _ if self.is_symlink() => b'l',
            _ if self.is_file() => b'-',
            _ => b'?',
        })
    }
}

impl Kind for rustix::fs::FileType {
    fn letter(self) -> Option<u8> {
        assert_ne!(self, Self::Unknown, "the floor is for file systems that tell types when they list");
        Some(match self {
            Self::Directory => b'd',
            Self::Symlink => b'l',
            Self::RegularFile => b'-',
            _ => b'?',
        })
    }
}

/// Somebody who lists what is wanted.
pub(crate) type Contender = contest::Contender<Sums>;

/// `contender!(who, root, |sink| call)`: the call is compiled for the clock and for the proof.
macro_rules! contender {
    ($who:expr, $root:ident, |$sink:ident| $call:expr) => {{
        let (here, there) = ($root.to_owned(), $root.to_owned());
        $crate::linux::measure::Contender::new(
            $who,
            move || {
                let ($root, $sink) = (&*here, &$crate::linux::measure::Timed);
                $call;
            },
            move || {
                let ($root, $sink) = (&*there, &$crate::linux::measure::Proof::new(&there));
                $call;
                $sink.sums()
            },
        )
    }};
}
pub(crate) use contender;
