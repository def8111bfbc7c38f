//! Contenders, the proof that they give the same, and the table.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use waypath::FileKind;

use crate::common::Random;

const ROUNDS: usize = 21;

/// Less than this is repeated: the clock of the CPU has microseconds.
const SHORTEST: Duration = Duration::from_millis(5);

/// Who takes longer for a proof is taken to hang: some peer did once, in a run that nobody saw.
const LONGEST: Duration = Duration::from_secs(120);

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

/// Somebody who can do the job.
pub(crate) struct Contender {
    pub(crate) who: String,
    /// Does it once, for the clock.
    pub(crate) pass: Box<dyn Fn()>,
    proof: Arc<dyn Fn() -> Sums + Send + Sync>,
    clock: Clock,
    /// Whether its memory is ours to measure.
    is_here: bool,
    is_ours: bool,
    goal: Option<f64>,
}

/// What counts: the time of the CPU where there is one thread, and where there are more the time
/// until all is done.
#[derive(Clone, Copy)]
enum Clock {
    Cpu,
    Wall,
}

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

impl Contender {
    pub(crate) fn new(
        who: impl Into<String>,
        pass: impl Fn() + 'static,
        proof: impl Fn() -> Sums + Send + Sync + 'static,
    ) -> Self {
        Self {
            who: who.into(),
            pass: Box::new(pass),
            proof: Arc::new(proof),
            clock: Clock::Cpu,
            is_here: true,
            is_ours: false,
            goal: None,
        }
    }

    /// One of ours, and how many times the floor it may take.
    pub(crate) fn goal(self, goal: Option<f64>) -> Self {
        Self { goal, is_ours: true, ..self }
    }

    pub(crate) fn in_threads(self) -> Self {
        Self { clock: Clock::Wall, is_here: false, ..self }
    }

    pub(crate) fn in_a_process(self) -> Self {
        Self { is_here: false, ..self }
    }

    /// What it gives; nothing, if it does not come to an end.
    fn sums(&self) -> Option<Sums> {
        let (proof, (done, sums)) = (self.proof.clone(), mpsc::channel());
        // Nobody receives what comes too late.
        thread::spawn(move || _ = done.send(proof()));
        match sums.recv_timeout(LONGEST) {
            Ok(sums) => Some(sums),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{} panicked", self.who),
        }
    }

    /// The most memory that it has at a time.
    fn peak(&self) -> Option<u64> {
        self.is_here.then(|| allocation_counter::measure(&self.pass).bytes_max)
    }

    /// How often it has to be repeated for the clock.
    fn repeats(&self) -> u32 {
        (self.pass)();
        let cost = self.cost(1);
        (SHORTEST.as_secs_f64() / cost.wall).ceil().clamp(1.0, 10_000.0) as u32
    }

    fn cost(&self, repeats: u32) -> Cost {
        let (cpu, start) = (cpu_time(), Instant::now());
        for _ in 0..repeats {
            (self.pass)();
        }
        let repeats = f64::from(repeats);
        Cost { wall: start.elapsed().as_secs_f64() / repeats, cpu: (cpu_time() - cpu).as_secs_f64() / repeats }
    }
}

/// What all threads and the finished children have had of the CPU.
fn cpu_time() -> Duration {
    let times = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(|who| {
        let usage = getrusage(who).unwrap();
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds()
    });
    Duration::from_micros(times.iter().sum::<i64>().unsigned_abs())
}

/// Seconds for one pass.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
}

impl Cost {
    fn on(self, clock: Clock) -> f64 {
        match clock {
            Clock::Cpu => self.cpu,
            Clock::Wall => self.wall,
        }
    }
}

/// A job, and everybody who does it, the floor first.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) contenders: Vec<Contender>,
    /// How many entries there are.
    entries: u64,
    /// What was found to be wrong with each contender's entries.
    flaws: Vec<String>,
}

impl Row {
    /// Proves what everybody gives. Peers may fail, and are still timed if they come to an end; ours may
    /// not.
    pub(crate) fn new(name: String, contenders: Vec<Contender>) -> Self {
        let floor = contenders[0].sums().expect("the floor comes to an end");
        assert!(floor.count > 0, "{name}: there is something to be found");
        let mut row = Self { name, contenders: Vec::new(), entries: floor.count, flaws: Vec::new() };
        for contender in contenders {
            let sums = contender.sums();
            let flaw = sums.map_or("endless".to_owned(), |sums| flaw(sums, floor));
            assert!(!contender.is_ours || flaw.is_empty(), "{}: {} is {flaw}", row.name, contender.who);
            match sums {
                Some(_) => {
                    row.contenders.push(contender);
                    row.flaws.push(flaw);
                }
                None => eprintln!("{}: {} does not come to an end and is left out", row.name, contender.who),
            }
        }
        eprintln!("{}: {} contenders proved", row.name, row.contenders.len());
        row
    }

    /// Times everybody in turn, in another order in each round, as one has to pay for the caches that
    /// the one before left, and compares them within each round.
    pub(crate) fn table(&self) -> String {
        let count = self.contenders.len();
        let mut rounds = vec![Vec::new(); count];
        allocation_counter::opt_out(|| {
            let repeats: Vec<_> = self.contenders.iter().map(Contender::repeats).collect();
            let (mut random, mut order) = (Random(17), Vec::from_iter(0..count));
            for _ in 0..ROUNDS {
                (1..count).for_each(|at| order.swap(at, random.below(at + 1)));
                for &at in &order {
                    rounds[at].push(self.contenders[at].cost(repeats[at]));
                }
            }
        });
        let mut table = format!("{}: {} entries\n", self.name, self.entries);
        line(&mut table, "", ["CPU ms", "wall ms", "/floor", "goal", "peak KiB"], "");
        for (at, contender) in self.contenders.iter().enumerate() {
            let clock = contender.clock;
            let ratio = median(rounds[at].iter().zip(&rounds[0]).map(|(ours, floor)| ours.on(clock) / floor.on(clock)));
            let verdict = match contender.goal {
                Some(goal) if ratio > goal => "missed",
                Some(_) => "met",
                None => "",
            };
            line(
                &mut table,
                &contender.who,
                [
                    &format!("{:.4}", 1e3 * median(rounds[at].iter().map(|cost| cost.cpu))),
                    &format!("{:.4}", 1e3 * median(rounds[at].iter().map(|cost| cost.wall))),
                    &format!("{ratio:.2}{}", if matches!(clock, Clock::Wall) { " wall" } else { "     " }),
                    &contender.goal.map(|goal| format!("{goal:.2}")).unwrap_or_default(),
                    &contender.peak().map(|bytes| bytes.div_ceil(1024).to_string()).unwrap_or_default(),
                ],
                &format!("{verdict}{}", self.flaws[at]),
            );
        }
        table.push('\n');
        table
    }
}

/// What is wrong with a contender's entries.
fn flaw(sums: Sums, floor: Sums) -> String {
    let same_kinds = sums.kinds.is_none() || sums.kinds == floor.kinds;
    match sums.count {
        count if count < floor.count => format!("incomplete: {count} of {}", floor.count),
        count if count > floor.count => format!("too many: {count} for {}", floor.count),
        _ if sums.paths != floor.paths => "different: other paths".to_owned(),
        _ if !same_kinds => "different: other kinds".to_owned(),
        _ => String::new(),
    }
}

fn line(table: &mut String, who: &str, cells: [&str; 5], remark: &str) {
    let mut line = format!("  {who:<36}");
    cells.iter().for_each(|cell| write!(line, " {cell:>11}").unwrap());
    writeln!(table, "{}", format!("{line}  {remark}").trim_end()).unwrap();
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
