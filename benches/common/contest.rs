//! Contenders, the proof that they do the same, and the table.

use std::fmt::Write as _;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use criterion::SamplingMode;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use crate::Random;

/// Less than this is repeated: the clock of the CPU has microseconds.
const SHORTEST: Duration = Duration::from_millis(5);

/// Who takes longer for a proof is taken to hang: some peer did once, in a run that nobody saw.
const LONGEST: Duration = Duration::from_secs(120);

/// What a contender did, in a form that can be compared.
pub trait Deed: Send + 'static {
    /// How many entries it was about.
    fn entries(&self) -> u64;

    /// What is wrong with it, if the floor's is right; nothing if nothing is.
    fn flaw(&self, floor: &Self) -> String;
}

/// Somebody who can do the job.
pub struct Contender<D> {
    who: String,
    /// What must be done before each pass, and is not measured.
    prepare: Option<Box<dyn Fn()>>,
    /// Does it once, for the clock.
    pass: Box<dyn Fn()>,
    proof: Arc<dyn Fn() -> D + Send + Sync>,
    clock: Clock,
    /// Whether its memory is ours to measure.
    is_here: bool,
    is_ours: bool,
    goals: Vec<Goal>,
}

/// How many times as long as another contender somebody may take.
#[derive(Clone, Copy)]
pub struct Goal {
    pub than: &'static str,
    pub most: f64,
}

/// What counts: the time of the CPU where there is one thread, and where there are more the time
/// until all is done.
#[derive(Clone, Copy)]
enum Clock {
    Cpu,
    Wall,
}

impl<D: Deed> Contender<D> {
    pub fn new(
        who: impl Into<String>,
        pass: impl Fn() + 'static,
        proof: impl Fn() -> D + Send + Sync + 'static,
    ) -> Self {
        Self {
            who: who.into(),
            prepare: None,
            pass: Box::new(pass),
            proof: Arc::new(proof),
            clock: Clock::Cpu,
            is_here: true,
            is_ours: false,
            goals: Vec::new(),
        }
    }

    /// Does something before each pass, while no clock runs.
    pub fn prepared(self, prepare: impl Fn() + 'static) -> Self {
        Self { prepare: Some(Box::new(prepare)), ..self }
    }

    /// One of ours.
    pub fn ours(self, goals: impl IntoIterator<Item = Goal>) -> Self {
        Self { goals: goals.into_iter().collect(), is_ours: true, ..self }
    }

    pub fn in_threads(self) -> Self {
        Self { clock: Clock::Wall, is_here: false, ..self }
    }

    pub fn in_a_process(self) -> Self {
        Self { is_here: false, ..self }
    }

    /// What it does; nothing, if it does not come to an end.
    fn deed(&self) -> Option<D> {
        let (proof, (done, deed)) = (self.proof.clone(), mpsc::channel());
        // Nobody receives what comes too late.
        thread::spawn(move || _ = done.send(proof()));
        match deed.recv_timeout(LONGEST) {
            Ok(deed) => Some(deed),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{} panicked", self.who),
        }
    }

    fn prepare(&self) {
        if let Some(prepare) = &self.prepare {
            prepare();
        }
    }

    /// The most memory that it has at a time.
    fn peak(&self) -> Option<u64> {
        self.is_here.then(|| {
            self.prepare();
            allocation_counter::measure(&self.pass).bytes_max
        })
    }

    /// How often it has to be repeated for the clock. What needs to be prepared is done once.
    fn repeats(&self) -> u32 {
        self.prepare();
        (self.pass)();
        match self.prepare {
            Some(_) => 1,
            None => (SHORTEST.as_secs_f64() / self.cost(1).wall).ceil().clamp(1.0, 10_000.0) as u32,
        }
    }

    fn cost(&self, repeats: u32) -> Cost {
        self.prepare();
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
pub struct Row<D> {
    name: String,
    contenders: Vec<Contender<D>>,
    /// How many entries there are.
    entries: u64,
    /// What was found to be wrong with each contender's deed.
    flaws: Vec<String>,
}

impl<D: Deed> Row<D> {
    /// Proves what everybody does. Peers may fail, and are still timed if they come to an end; ours may
    /// not.
    pub fn new(name: String, contenders: Vec<Contender<D>>) -> Self {
        let floor = contenders[0].deed().expect("the floor comes to an end");
        assert!(floor.entries() > 0, "{name}: there is something to be done");
        let mut row = Self { name, contenders: Vec::new(), entries: floor.entries(), flaws: Vec::new() };
        for contender in contenders {
            let deed = contender.deed();
            let flaw = deed.as_ref().map_or("endless".to_owned(), |deed| deed.flaw(&floor));
            assert!(!contender.is_ours || flaw.is_empty(), "{}: {} is {flaw}", row.name, contender.who);
            match deed {
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
    /// the one before left, and compares them within each round: with the floor, and with everybody
    /// else for whom there is a goal.
    pub fn table(&self, rounds: usize) -> String {
        let costs = self.costs(rounds);
        let references = self.references();
        let mut heads = vec!["CPU ms".to_owned(), "wall ms".to_owned()];
        for (who, _) in &references {
            heads.extend([format!("/{who}"), "goal".to_owned()]);
        }
        heads.push("peak KiB".to_owned());
        let mut table = format!("{}: {} entries\n", self.name, self.entries);
        let widths: Vec<_> = heads.iter().map(|head| head.len().max(11)).collect();
        let mut line = |who: &str, cells: &[String], remark: &str| {
            let mut line = format!("  {who:<36}");
            cells.iter().zip(&widths).for_each(|(cell, width)| write!(line, " {cell:>width$}").unwrap());
            writeln!(table, "{}", format!("{line}  {remark}").trim_end()).unwrap();
        };
        line("", &heads, "");
        for (at, contender) in self.contenders.iter().enumerate() {
            let clock = contender.clock;
            let mut cells =
                [Clock::Cpu, Clock::Wall].map(|clock| format!("{:.4}", 1e3 * median_of(&costs[at], clock))).to_vec();
            let mut is_met = true;
            for &(who, reference) in &references {
                let ratio =
                    median(costs[at].iter().zip(&costs[reference]).map(|(own, its)| own.on(clock) / its.on(clock)));
                let goal = contender.goals.iter().find(|goal| goal.than == who);
                is_met &= goal.is_none_or(|goal| ratio <= goal.most);
                cells.push(format!("{ratio:.2}{}", if matches!(clock, Clock::Wall) { " wall" } else { "     " }));
                cells.push(goal.map(|goal| format!("{:.2}", goal.most)).unwrap_or_default());
            }
            cells.push(contender.peak().map(|bytes| bytes.div_ceil(1024).to_string()).unwrap_or_default());
            let verdict = match contender.goals.is_empty() {
                true => "",
                false if is_met => "met",
                false => "missed",
            };
            line(&contender.who, &cells, &format!("{verdict}{}", self.flaws[at]));
        }
        table.push('\n');
        table
    }

    /// What everybody takes in each round.
    fn costs(&self, rounds: usize) -> Vec<Vec<Cost>> {
        let count = self.contenders.len();
        let mut costs = vec![Vec::new(); count];
        allocation_counter::opt_out(|| {
            let repeats: Vec<_> = self.contenders.iter().map(Contender::repeats).collect();
            let (mut random, mut order) = (Random(17), Vec::from_iter(0..count));
            for _ in 0..rounds {
                (1..count).for_each(|at| order.swap(at, random.below(at + 1)));
                for &at in &order {
                    costs[at].push(self.contenders[at].cost(repeats[at]));
                }
            }
        });
        costs
    }

    /// With whom everybody is compared.
    fn references(&self) -> Vec<(&'static str, usize)> {
        let mut references = vec![(FLOOR, 0)];
        for goal in self.contenders.iter().flat_map(|contender| &contender.goals) {
            let at = self.contenders.iter().position(|contender| contender.who == goal.than);
            if let Some(at) = at
                && references.iter().all(|&(who, _)| who != goal.than)
            {
                references.push((goal.than, at));
            }
        }
        references
    }

    /// Measures every contender by itself, for the record.
    pub fn record(&self, criterion: &mut criterion::Criterion) {
        let mut group = criterion.benchmark_group(&self.name);
        for contender in &self.contenders {
            if contender.prepare.is_some() {
                group.sampling_mode(SamplingMode::Flat);
            }
            group.bench_function(&contender.who, |bencher| {
                allocation_counter::opt_out(|| match contender.prepare {
                    None => bencher.iter(&contender.pass),
                    Some(_) => bencher
                        .iter_custom(|count| (0..count).map(|_| Duration::from_secs_f64(contender.cost(1).wall)).sum()),
                })
            });
        }
        group.finish();
    }
}

/// What goals call the first contender.
pub const FLOOR: &str = "floor";

/// Says how rows are measured that were asked for: only proved, or in turn, or first by themselves, too.
pub fn hold<D: Deed>(rows: &[Row<D>], rounds: usize) {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    if asked("--test") {
        return;
    }
    if !asked("--table") {
        let mut criterion = crate::criterion();
        rows.iter().for_each(|row| row.record(&mut criterion));
        criterion.final_summary();
    }
    rows.iter().for_each(|row| print!("{}", row.table(rounds)));
}

fn median_of(costs: &[Cost], clock: Clock) -> f64 {
    median(costs.iter().map(|cost| cost.on(clock)))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
