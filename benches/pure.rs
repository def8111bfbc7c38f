//! What does a pure operation cost? Over 10,000 paths, beside std, camino, typed-path and the glob
//! crates, and beside a *floor*: the least work that gives the answer for text known to be normal.
//!
//! In `benches/`, `cargo bench --bench pure` measures every contender with criterion, for the record, and then all
//! of them in turn, round by round, and prints the table of that: on a busy machine only the ratios
//! within a round mean something. `-- --table` prints the table only, `-- --table join` the rows
//! that have `join` in their name, and `-- --test` runs everything once.
//!
//! Before anything is timed, every contender's answers for every path are compared.
//!
//! Timings include the allocator and its counter, which is switched off while the clock runs but
//! costs about a nanosecond still; `realloc` is an allocation and a copy under it.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use common::Random;
use criterion::Throughput;
use typed_path::{Utf8Component as _, Utf8UnixPath, Utf8UnixPathBuf};
use wax::Program as _;
use waypath::{Path, PathBuf, Pattern, WindowsPath, WindowsPathBuf};

const ROUNDS: usize = 61;

const PATH_PEERS: [&str; 5] = ["std", "camino", "typed-path", "", ""];
const PATTERN_PEERS: [&str; 5] = ["globset", "set of one", "glob", "wax", "fast-glob"];

fn main() {
    if cfg!(windows) {
        println!("the contenders agree about POSIX paths only: nothing to compare on this system");
        return;
    }
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let filter = common::filter();
    let corpus = Corpus::new();
    let mut rows = path_rows(&corpus);
    rows.extend(pattern_rows(&corpus));
    rows.retain(|row| row.name.contains(&filter));
    for row in rows.iter().filter(|row| row.name.starts_with("join")) {
        assert_eq!(row.allocations(), 1.0, "{} allocates once", row.name);
    }
    if !asked("--table") {
        record(&rows);
    }
    if !asked("--test") {
        print!("{}", table(&rows));
    }
}

/// Measures every contender by itself.
fn record(rows: &[Row]) {
    let mut criterion = common::criterion();
    for row in rows {
        let mut group = criterion.benchmark_group(&row.name);
        group.throughput(Throughput::Elements(row.operations as u64));
        for contender in &row.contenders {
            group
                .bench_function(contender.who, |bencher| allocation_counter::opt_out(|| bencher.iter(&contender.pass)));
        }
        group.finish();
    }
    criterion.final_summary();
}

/// Measures all contenders in turn and compares them within each round.
fn table(rows: &[Row]) -> String {
    let mut table = String::new();
    let mut headed = None;
    for row in rows {
        let peers =
            if row.contenders.iter().any(|contender| contender.who == "std") { PATH_PEERS } else { PATTERN_PEERS };
        if headed.replace(peers) != Some(peers) {
            let peers = peers.map(|peer| if peer.is_empty() { String::new() } else { format!("{peer}/ours") });
            line(&mut table, ["operation", "ours ns", "floor ns", "ours/floor"], &peers, ["allocs", "Windows ns"]);
        }
        let rounds = row.rounds();
        let nanoseconds = |who| median(&rounds, |round| Some(round.get(who)? * 1e9 / row.operations as f64));
        let ratio = |over, under| median(&rounds, |round| Some(round.get(over)? / round.get(under)?));
        line(
            &mut table,
            [
                &row.name,
                &number(nanoseconds("ours"), 1),
                &number(nanoseconds("floor"), 1),
                &number(ratio("ours", "floor"), 2),
            ],
            &peers.map(|peer| number(ratio(peer, "ours"), 2)),
            [&number(Some(row.allocations()), 2), &number(nanoseconds("windows"), 1)],
        );
    }
    table
}

fn line(table: &mut String, [name, before @ ..]: [&str; 4], peers: &[String], after: [&str; 2]) {
    write!(table, "{name:<40}").unwrap();
    let cells = before.into_iter().chain(peers.iter().map(|peer| &**peer)).chain(after);
    cells.for_each(|cell| write!(table, " {cell:>15}").unwrap());
    table.push('\n');
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map(|value| format!("{value:.digits$}")).unwrap_or_default()
}

fn median(rounds: &[Round], value: impl Fn(&Round) -> Option<f64>) -> Option<f64> {
    let mut values = rounds.iter().map(value).collect::<Option<Vec<_>>>()?;
    values.sort_by(f64::total_cmp);
    Some(values[values.len() / 2])
}

/// What each contender took, in seconds.
type Round = HashMap<&'static str, f64>;

/// An operation, and everybody who offers it.
struct Row {
    name: String,
    operations: usize,
    /// What the first contender answered.
    answers: Vec<String>,
    contenders: Vec<Contender>,
}

struct Contender {
    who: &'static str,
    /// Asks about every path once.
    pass: Box<dyn Fn()>,
}

impl Row {
    fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), operations: 0, answers: Vec::new(), contenders: Vec::new() }
    }

    /// A row in which an item stands for many operations.
    fn of(mut self, operations: usize) -> Self {
        self.operations = operations;
        self
    }

    /// Adds a contender, whose answers must be those of the ones before.
    fn with<T: Copy, A: Answer>(self, who: &'static str, items: &'static [T], ask: impl Fn(T) -> A + 'static) -> Self {
        self.with_answers(who, items, ask, |answer| answer)
    }

    /// Adds our Windows paths, whose answers must be the same but for the drive and the separator.
    fn windows<T: Copy, A: Answer>(self, items: &'static [T], ask: impl Fn(T) -> A + 'static) -> Self {
        let posix = |text: String| text.replace("C:", "").replace('\\', "/");
        self.with_answers("windows", items, ask, posix)
    }

    fn with_answers<T: Copy, A: Answer>(
        mut self,
        who: &'static str,
        items: &'static [T],
        ask: impl Fn(T) -> A + 'static,
        translated: impl Fn(String) -> String,
    ) -> Self {
        let answers: Vec<_> = items.iter().map(|&item| translated(ask(item).text())).collect();
        if self.contenders.is_empty() {
            self.answers = answers;
            self.operations = self.operations.max(items.len());
        } else {
            assert_eq!(answers.len(), self.answers.len(), "{}: {who}", self.name);
            for (at, (answer, first)) in answers.iter().zip(&self.answers).enumerate() {
                assert_eq!(answer, first, "{}: {who} about path {at}", self.name);
            }
        }
        let pass = move || {
            for &item in items {
                black_box(ask(black_box(item)));
            }
        };
        self.contenders.push(Contender { who, pass: Box::new(pass) });
        self
    }

    /// How often ours allocates in one operation.
    fn allocations(&self) -> f64 {
        let ours = self.contenders.iter().find(|contender| contender.who == "ours").expect("ours is in every row");
        allocation_counter::measure(&ours.pass).count_total as f64 / self.operations as f64
    }

    /// Times everybody in turn, in another order in each round, as one has to pay for the caches that the one before
    /// left.
    fn rounds(&self) -> Vec<Round> {
        let timed = |contender: &Contender| {
            let start = Instant::now();
            (contender.pass)();
            (contender.who, start.elapsed().as_secs_f64())
        };
        let mut rounds = Vec::new();
        allocation_counter::opt_out(|| {
            let (mut random, mut order) = (Random(17), Vec::from_iter(&self.contenders));
            rounds.extend((0..ROUNDS).map(|_| -> Round {
                (1..order.len()).for_each(|at| order.swap(at, random.below(at + 1)));
                order.iter().copied().map(timed).collect()
            }));
        });
        rounds
    }
}

/// What a contender gives back, as text that can be compared with what another one gives back.
trait Answer {
    fn text(&self) -> String;
}

macro_rules! answer {
    ($($type:ty: $this:ident => $text:expr;)*) => {$(
        impl Answer for $type {
            fn text(&self) -> String {
                let $this = self;
                $text.to_owned()
            }
        }
    )*};
}

answer! {
    bool: this => this.to_string().as_str();
    usize: this => this.to_string().as_str();
    &str: this => **this;
    String: this => this.as_str();
    &Path: this => this.as_str();
    PathBuf: this => this.as_str();
    &WindowsPath: this => this.as_str();
    WindowsPathBuf: this => this.as_str();
    std::borrow::Cow<'_, Path>: this => this.as_str();
    std::borrow::Cow<'_, WindowsPath>: this => this.as_str();
    &OsStr: this => this.to_str().unwrap();
    &std::path::Path: this => this.to_str().unwrap();
    std::path::PathBuf: this => this.to_str().unwrap();
    &Utf8Path: this => this.as_str();
    Utf8PathBuf: this => this.as_str();
    &Utf8UnixPath: this => this.as_str();
    Utf8UnixPathBuf: this => this.as_str();
}

/// No answer is an empty one: where ours gives `""`, the peers give `None`.
impl<A: Answer> Answer for Option<A> {
    fn text(&self) -> String {
        self.as_ref().map(A::text).unwrap_or_default()
    }
}

impl<A: Answer, E: std::fmt::Debug> Answer for Result<A, E> {
    fn text(&self) -> String {
        self.as_ref().unwrap().text()
    }
}

/// Several answers: the parts of a path, or many paths in order.
impl<A: Answer> Answer for Vec<A> {
    fn text(&self) -> String {
        self.iter().fold(String::new(), |text, answer| text + &answer.text() + "\n")
    }
}

/// An extension as the peers give it, which is ours without its dot.
struct Extension<A>(Option<A>);

impl<A: Answer> Answer for Extension<A> {
    fn text(&self) -> String {
        self.0.as_ref().map(|extension| format!(".{}", extension.text())).unwrap_or_default()
    }
}

/// Paths as every contender likes them, all lying in the same memory.
struct Corpus {
    text: Texts,
    ours: Views<Path>,
    windows: Views<WindowsPath>,
    std: Views<std::path::Path>,
    camino: Views<Utf8Path>,
    typed: Views<Utf8UnixPath>,
}

/// The texts of a corpus. All are normal but those that say otherwise.
struct Texts {
    paths: Vec<&'static str>,
    /// The same paths in other memory.
    copies: Vec<&'static str>,
    /// For each path one that is not above it, mostly.
    strangers: Vec<&'static str>,
    /// For each path one that is above it.
    bases: Vec<&'static str>,
    /// For each path in turn itself and its neighbour in order, in other memory.
    neighbours: Vec<&'static str>,
    /// The paths with doubled separators, `.` parts and separators behind them.
    sloppy: Vec<&'static str>,
    /// For each path one to join to it.
    children: Vec<&'static str>,
}

struct Views<P: ?Sized + 'static> {
    paths: &'static [&'static P],
    copies: &'static [&'static P],
    /// Each path with its base.
    based: &'static [(&'static P, &'static P)],
    /// Each path in turn with its base and with a stranger.
    perhaps_based: &'static [(&'static P, &'static P)],
    /// Each path in turn with itself and with its neighbour.
    pairs: &'static [(&'static P, &'static P)],
    /// Each path with one to join to it.
    parents: &'static [(&'static P, &'static str)],
    places: &'static HashMap<&'static P, usize>,
    all: &'static [&'static [&'static P]],
}

impl<P: ?Sized + Eq + std::hash::Hash> Views<P> {
    fn new(texts: &Texts, view: impl Fn(&'static str) -> &'static P) -> Self {
        let viewed = |texts: &[&'static str]| texts.iter().map(|text| view(text)).collect::<Vec<_>>();
        let paths = leak(viewed(&texts.paths));
        let paired =
            |others: &[&'static P]| leak(paths.iter().copied().zip(others.iter().copied()).collect::<Vec<_>>());
        let bases = viewed(&texts.bases);
        let mut perhaps = viewed(&texts.strangers);
        perhaps.iter_mut().zip(&bases).step_by(2).for_each(|(perhaps, base)| *perhaps = base);
        Self {
            paths,
            copies: leak(viewed(&texts.copies)),
            based: paired(&bases),
            perhaps_based: paired(&perhaps),
            pairs: paired(&viewed(&texts.neighbours)),
            parents: leak(paths.iter().copied().zip(texts.children.iter().copied()).collect::<Vec<_>>()),
            places: Box::leak(Box::new(paths.iter().copied().zip(0..).collect())),
            all: leak(vec![paths]),
        }
    }
}

fn leak<T>(items: Vec<T>) -> &'static [T] {
    Vec::leak(items)
}

/// The same texts, in one new piece of memory.
fn laid_out(texts: &[impl AsRef<str>]) -> Vec<&'static str> {
    let mut rest: &str = String::leak(texts.iter().map(AsRef::as_ref).collect());
    let cut = |text: &_| {
        let (text, behind) = rest.split_at(AsRef::<str>::as_ref(text).len());
        rest = behind;
        text
    };
    texts.iter().map(cut).collect()
}

impl Corpus {
    fn new() -> Self {
        let texts = Texts::new(&realistic_paths());
        let windows = texts.for_windows();
        Self {
            ours: Views::new(&texts, |text| waypath_view(text)),
            windows: Views::new(&windows, |text| waypath_view(text)),
            std: Views::new(&texts, std::path::Path::new),
            camino: Views::new(&texts, Utf8Path::new),
            typed: Views::new(&texts, Utf8UnixPath::new),
            text: texts,
        }
    }
}

fn waypath_view<F: waypath::Flavour>(text: &'static str) -> &'static Path<F> {
    match Path::parse(text) {
        std::borrow::Cow::Borrowed(path) => path,
        std::borrow::Cow::Owned(path) => panic!("{text:?} is {path:?}"),
    }
}

impl Texts {
    fn new(paths: &[String]) -> Self {
        let mut random = Random(7);
        let bases: Vec<_> = paths.iter().map(|path| ancestor(path, &mut random)).collect();
        let strangers: Vec<_> = (0..paths.len()).map(|_| bases[random.below(bases.len())]).collect();
        let mut sorted: Vec<_> = paths.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let next: HashMap<_, _> = sorted.iter().zip(sorted[1..].iter().chain(&sorted[..1])).collect();
        let neighbours: Vec<_> =
            paths.iter().enumerate().map(|(at, path)| if at % 2 == 0 { path } else { *next[&&**path] }).collect();
        let sloppy: Vec<_> = paths.iter().map(|path| sloppy(path, &mut random)).collect();
        let children: Vec<_> = paths.iter().map(|_| child(&mut random)).collect();
        Self {
            paths: laid_out(paths),
            copies: laid_out(paths),
            strangers: laid_out(&strangers),
            bases: laid_out(&bases),
            neighbours: laid_out(&neighbours),
            sloppy: laid_out(&sloppy),
            children: laid_out(&children),
        }
    }

    /// The same paths for Windows, on a drive where they are absolute.
    fn for_windows(&self) -> Self {
        let translated = |texts: &[&str]| {
            let drive = |text: &str| if text.starts_with('/') { "C:" } else { "" };
            let texts: Vec<_> = texts.iter().map(|text| drive(text).to_owned() + &text.replace('/', "\\")).collect();
            laid_out(&texts)
        };
        Self {
            paths: translated(&self.paths),
            copies: translated(&self.copies),
            strangers: translated(&self.strangers),
            bases: translated(&self.bases),
            neighbours: translated(&self.neighbours),
            sloppy: translated(&self.sloppy),
            children: translated(&self.children),
        }
    }
}

/// Source trees and home folders: 10,000 different paths with two to ten parts and 20 to 90 bytes.
///
/// No name ends in a dot and none begins with two, for what is a suffix there is a matter of taste.
fn realistic_paths() -> Vec<String> {
    let mut random = Random(1);
    let mut seen = std::collections::HashSet::new();
    let mut paths = Vec::new();
    while paths.len() < 10_000 {
        let path = realistic_path(&mut random);
        if (20..=90).contains(&path.len()) && seen.insert(path.clone()) {
            paths.push(path);
        }
    }
    paths
}

fn realistic_path(random: &mut Random) -> String {
    const STARTS: [&str; 12] = [
        "src",
        "tests",
        "crates",
        "docs",
        "packages",
        "lib/python3.14",
        "/usr/share",
        "/usr/lib/x86_64-linux-gnu",
        "/home/ann",
        "/home/ann/.config",
        "/home/bob/Projects",
        "/var/lib",
    ];
    const FOLDERS: [&str; 24] = [
        "net",
        "http",
        "client",
        "server",
        "parser",
        "utils",
        "core",
        "internal",
        "io",
        "v2",
        "models",
        "migrations",
        "node_modules",
        "site-packages",
        ".git",
        ".cache",
        "assets",
        "Photos",
        "2026-01",
        "generated_code",
        "user-interface",
        "Größe",
        "x86_64",
        "My Documents",
    ];
    const STEMS: [&str; 16] = [
        "mod",
        "lib",
        "main",
        "index",
        "README",
        "test_parser",
        "test_client",
        "config",
        "IMG",
        "settings",
        "utils",
        "archive",
        ".hidden",
        "package",
        "jquery.min",
        "straße",
    ];
    const SUFFIXES: [&str; 14] =
        [".rs", ".rs", ".rs", ".py", ".py", ".tar.gz", ".md", ".toml", ".json", ".js", ".jpg", ".html", "", ".d.ts"];
    let number = random.below(1_000);
    match random.below(30) {
        0 => return format!("crates/{}-{number}/Cargo.toml", random.of(&FOLDERS)),
        1 => return format!("src/{}_{number}/mod.rs", random.of(&FOLDERS).to_lowercase()),
        _ => {}
    }
    let mut path = random.of(&STARTS).to_owned();
    for _ in 0..random.below(6) {
        path = path + "/" + random.of(&FOLDERS);
    }
    let stem = random.of(&STEMS);
    let number = if random.below(2) == 0 { String::new() } else { format!("_{number}") };
    path + "/" + stem + &number + random.of(&SUFFIXES)
}

/// The path without some of its last parts, at least one.
fn ancestor<'a>(path: &'a str, random: &mut Random) -> &'a str {
    let ends: Vec<_> = path.match_indices('/').map(|(at, _)| at).filter(|&at| at > 0).collect();
    &path[..ends[random.below(ends.len())]]
}

fn sloppy(path: &str, random: &mut Random) -> String {
    let separators = ["/", "/", "//", "/./"];
    let (first, rest) = path.split_at(1);
    let sloppy: String = rest.split('/').map(|part| part.to_owned() + random.of(&separators)).collect();
    first.to_owned() + &sloppy + if random.below(2) == 0 { "/" } else { "." }
}

fn child(random: &mut Random) -> &'static str {
    random.of(&[
        "lib.rs",
        "Cargo.toml",
        "src",
        "build/out",
        "a",
        "index.html",
        "assets/img/logo.png",
        "x y.txt",
        ".git",
    ])
}

fn path_rows(corpus: &Corpus) -> Vec<Row> {
    let Corpus { text, ours, windows, std, camino, typed } = corpus;
    let Texts { paths, .. } = text;
    let floor = Views::<str>::new(text, |text| text);
    let sloppy = leak(text.sloppy.clone());
    let sloppy_windows = leak(text.for_windows().sloppy);
    let normal_windows = leak(windows.paths.iter().map(|path| path.as_str()).collect::<Vec<_>>());
    vec![
        // The peers keep any text as it is: they do less here, and pay in every other row.
        Row::new("new, normal text")
            .with("ours", floor.paths, |text: &'static str| PathBuf::from(text))
            .with("floor", floor.paths, str::to_owned)
            .with("std", floor.paths, std::path::PathBuf::from)
            .with("camino", floor.paths, Utf8PathBuf::from)
            .with("typed-path", floor.paths, Utf8UnixPathBuf::from)
            .windows(normal_windows, WindowsPathBuf::parse),
        // Where the peers are to give normal text as well, `components` has to be collected.
        Row::new("borrow, normal text")
            .with("ours", floor.paths, |text| <Path>::parse(text))
            .with("floor", floor.paths, Checked::new)
            .with("std", floor.paths, |text| std::path::Path::new(text).components().collect::<std::path::PathBuf>())
            .with("camino", floor.paths, |text| Utf8Path::new(text).components().collect::<Utf8PathBuf>())
            .with("typed-path", floor.paths, |text| Utf8UnixPath::new(text).components().collect::<Utf8UnixPathBuf>())
            .windows(normal_windows, WindowsPath::parse),
        Row::new("new, not normal text")
            .with("ours", sloppy, |text: &'static str| PathBuf::from(text))
            .with("floor", sloppy, tidied)
            .with("std", sloppy, |text| std::path::Path::new(text).components().collect::<std::path::PathBuf>())
            .with("camino", sloppy, |text| Utf8Path::new(text).components().collect::<Utf8PathBuf>())
            .with("typed-path", sloppy, |text| Utf8UnixPath::new(text).components().collect::<Utf8UnixPathBuf>())
            .windows(sloppy_windows, WindowsPathBuf::parse),
        Row::new("join")
            .with("ours", ours.parents, |(path, child)| path.join(child))
            .with("floor", floor.parents, |(path, child)| joined(path, child))
            .with("std", std.parents, |(path, child)| path.join(child))
            .with("camino", camino.parents, |(path, child)| path.join(child))
            .with("typed-path", typed.parents, |(path, child)| path.join(child))
            .windows(windows.parents, |(path, child)| path.join(child)),
        Row::new("parent")
            .with("ours", ours.paths, |path| path.parent())
            .with("floor", floor.paths, |text| match separator(text) {
                Some(at) => &text[..at],
                None => ".",
            })
            .with("std", std.paths, |path| path.parent())
            .with("camino", camino.paths, |path| path.parent())
            .with("typed-path", typed.paths, |path| path.parent())
            .windows(windows.paths, |path| path.parent()),
        Row::new("name")
            .with("ours", ours.paths, |path| path.name())
            .with("floor", floor.paths, name)
            .with("std", std.paths, |path| path.file_name())
            .with("camino", camino.paths, |path| path.file_name())
            .with("typed-path", typed.paths, |path| path.file_name())
            .windows(windows.paths, |path| path.name()),
        Row::new("stem")
            .with("ours", ours.paths, |path| path.stem())
            .with("floor", floor.paths, |text| &name(text)[..suffix_at(name(text))])
            .with("std", std.paths, |path| path.file_stem())
            .with("camino", camino.paths, |path| path.file_stem())
            .with("typed-path", typed.paths, |path| path.file_stem())
            .windows(windows.paths, |path| path.stem()),
        Row::new("suffix")
            .with("ours", ours.paths, |path| path.suffix())
            .with("floor", floor.paths, |text| &name(text)[suffix_at(name(text))..])
            .with("std", std.paths, |path| Extension(path.extension()))
            .with("camino", camino.paths, |path| Extension(path.extension()))
            .with("typed-path", typed.paths, |path| Extension(path.extension()))
            .windows(windows.paths, |path| path.suffix()),
        Row::new("with_name")
            .with("ours", ours.paths, |path| path.with_name("other.txt"))
            .with("floor", floor.paths, |text| glued(&text[..separator(text).map_or(0, |at| at + 1)], "other.txt"))
            .with("std", std.paths, |path| path.with_file_name("other.txt"))
            .with("camino", camino.paths, |path| path.with_file_name("other.txt"))
            .with("typed-path", typed.paths, |path| path.with_file_name("other.txt"))
            .windows(windows.paths, |path| path.with_name("other.txt")),
        Row::new("with_suffix")
            .with("ours", ours.paths, |path| path.with_suffix(".bak"))
            .with("floor", floor.paths, |text| {
                let suffix_len = name(text).len() - suffix_at(name(text));
                glued(&text[..text.len() - suffix_len], ".bak")
            })
            .with("std", std.paths, |path| path.with_extension("bak"))
            .with("camino", camino.paths, |path| path.with_extension("bak"))
            .with("typed-path", typed.paths, |path| path.with_extension("bak"))
            .windows(windows.paths, |path| path.with_suffix(".bak")),
        Row::new("parts, all of a path")
            .with("ours", ours.paths, |path| each(path.parts()))
            .with("floor", floor.paths, |text| match text.strip_prefix('/') {
                Some(rest) => {
                    black_box(&text[..1]);
                    1 + each_part(rest)
                }
                None => each_part(text),
            })
            .with("std", std.paths, |path| each(path.components().map(|part| part.as_os_str())))
            .with("camino", camino.paths, |path| each(path.components().map(|part| part.as_str())))
            .with("typed-path", typed.paths, |path| each(path.components().map(|part| part.as_str())))
            .windows(windows.paths, |path| each(path.parts())),
        Row::new("parents, all of a path")
            .with("ours", ours.paths, |path| each(path.parents()))
            .with("floor", floor.paths, each_parent)
            .with("std", std.paths, |path| each(path.ancestors().skip(1)))
            .with("camino", camino.paths, |path| each(path.ancestors().skip(1)))
            .with("typed-path", typed.paths, |path| each(path.ancestors().skip(1)))
            .windows(windows.paths, |path| each(path.parents())),
        Row::new("relative_to")
            .with("ours", ours.based, |(path, base)| path.relative_to(base))
            .with("floor", floor.based, |(text, base)| behind(text, base))
            .with("std", std.based, |(path, base)| path.strip_prefix(base))
            .with("camino", camino.based, |(path, base)| path.strip_prefix(base))
            .with("typed-path", typed.based, |(path, base)| path.strip_prefix(base))
            .windows(windows.based, |(path, base)| path.relative_to(base)),
        Row::new("is_relative_to, half are")
            .with("ours", ours.perhaps_based, |(path, base)| path.is_relative_to(base))
            .with("floor", floor.perhaps_based, |(text, base)| behind(text, base).is_some())
            .with("std", std.perhaps_based, |(path, base)| path.starts_with(base))
            .with("camino", camino.perhaps_based, |(path, base)| path.starts_with(base))
            .with("typed-path", typed.perhaps_based, |(path, base)| path.starts_with(base))
            .windows(windows.perhaps_based, |(path, base)| path.is_relative_to(base)),
        Row::new("eq, half are")
            .with("ours", ours.pairs, |(left, right)| left == right)
            .with("floor", floor.pairs, |(left, right)| left == right)
            .with("std", std.pairs, |(left, right)| left == right)
            .with("camino", camino.pairs, |(left, right)| left == right)
            .with("typed-path", typed.pairs, |(left, right)| left == right)
            .windows(windows.pairs, |(left, right)| left == right),
        Row::new("hash")
            .with("ours", ours.paths, hashes())
            .with("floor", floor.paths, hashes())
            .with("std", std.paths, hashes())
            .with("camino", camino.paths, hashes())
            .with("typed-path", typed.paths, hashes())
            .windows(windows.paths, hashes()),
        Row::new("hash-map lookup")
            .with("ours", ours.copies, looks_up(ours.places))
            .with("floor", floor.copies, looks_up(floor.places))
            .with("std", std.copies, looks_up(std.places))
            .with("camino", camino.copies, looks_up(camino.places))
            .with("typed-path", typed.copies, looks_up(typed.places))
            .windows(windows.copies, looks_up(windows.places)),
        Row::new("sort, per path")
            .of(paths.len())
            .with("ours", ours.all, sorted)
            .with_answers("floor", text_in_order(paths), sorted, |text| text.replace('\0', "/"))
            .with("std", std.all, sorted)
            .with("camino", camino.all, sorted)
            .with("typed-path", typed.all, sorted),
    ]
}

/// Where the last separator is. By vectors, which takes half as long as one byte after the other.
fn separator(text: &str) -> Option<usize> {
    memchr::memrchr(b'/', text.as_bytes())
}

fn name(text: &str) -> &str {
    separator(text).map_or(text, |at| &text[at + 1..])
}

/// Where the suffix of a name begins, which is its end if it has none.
fn suffix_at(name: &str) -> usize {
    memchr::memrchr(b'.', name.as_bytes()).filter(|&dot| dot > 0).unwrap_or(name.len())
}

fn joined(base: &str, child: &str) -> String {
    let mut joined = String::with_capacity(base.len() + 1 + child.len());
    joined.push_str(base);
    joined.push('/');
    joined.push_str(child);
    joined
}

fn glued(start: &str, end: &str) -> String {
    let mut glued = String::with_capacity(start.len() + end.len());
    glued.push_str(start);
    glued.push_str(end);
    glued
}

fn behind<'a>(text: &'a str, base: &str) -> Option<&'a str> {
    text.strip_prefix(base)?.strip_prefix('/')
}

/// Text of which every byte was looked at once, since it may not be normal: no check does less.
struct Checked(&'static str);

impl Checked {
    fn new(text: &'static str) -> Self {
        black_box(text.is_ascii());
        Self(text)
    }
}

impl Answer for Checked {
    fn text(&self) -> String {
        self.0.to_owned()
    }
}

/// The text without what is not normal in it, of which there is something.
fn tidied(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    if text.starts_with('/') {
        tidied.push('/');
    }
    for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if !tidied.is_empty() && !tidied.ends_with('/') {
            tidied.push('/');
        }
        tidied.push_str(part);
    }
    tidied
}

/// Looks at each part; gives back how many there are.
fn each<T>(parts: impl Iterator<Item = T>) -> usize {
    parts.map(black_box).count()
}

fn each_part(text: &str) -> usize {
    let mut start = 0;
    let parts = memchr::memchr_iter(b'/', text.as_bytes()).chain([text.len()]);
    each(parts.map(|end| &text[std::mem::replace(&mut start, end + 1)..end]))
}

fn each_parent(text: &str) -> usize {
    let mut path = text;
    let parents = std::iter::from_fn(|| {
        path = match separator(path) {
            Some(0) if path.len() == 1 => return None,
            Some(0) => "/",
            Some(at) => &path[..at],
            None if path == "." => return None,
            None => ".",
        };
        Some(path)
    });
    each(parents)
}

/// A hash, which is everybody's own affair.
#[allow(dead_code)]
struct Hashed(u64);

impl Answer for Hashed {
    fn text(&self) -> String {
        String::new()
    }
}

fn hashes<P: ?Sized + std::hash::Hash>() -> impl Fn(&'static P) -> Hashed {
    let state = RandomState::new();
    move |path| Hashed(state.hash_one(path))
}

fn looks_up<P: ?Sized + Eq + std::hash::Hash>(
    places: &'static HashMap<&'static P, usize>,
) -> impl Fn(&'static P) -> usize {
    move |path| places[path]
}

fn sorted<P: ?Sized + Ord>(paths: &'static [&'static P]) -> Vec<&'static P> {
    let mut paths = paths.to_vec();
    paths.sort_unstable();
    paths
}

/// The texts so that they sort as paths do by bytes alone: with a separator that is below any other
/// byte.
fn text_in_order(texts: &[&'static str]) -> &'static [&'static [&'static str]] {
    let texts: Vec<_> = texts.iter().map(|text| text.replace('/', "\0")).collect();
    leak(vec![leak(laid_out(&texts))])
}

fn pattern_rows(corpus: &Corpus) -> Vec<Row> {
    let literal = *corpus.text.paths.iter().find(|path| path.ends_with("Cargo.toml")).expect("there are manifests");
    // A pattern is known at run time only, and so is what the floor compares with.
    let [rs, py, test, manifest, src, module] = black_box([".rs", ".py", "test_", "/Cargo.toml", "src/", "/mod.rs"]);
    vec![
        pattern_row(corpus, "**/*.rs", move |text| text.ends_with(rs)),
        pattern_row(corpus, "**/test_*.py", move |text| {
            text.ends_with(py) && name(text).strip_prefix(test).is_some_and(|rest| rest.ends_with(py))
        }),
        pattern_row(corpus, "*/*/Cargo.toml", move |text| {
            let folders = text.strip_suffix(manifest).and_then(|folders| folders.split_once('/'));
            folders.is_some_and(|(first, second)| !first.is_empty() && !second.contains('/'))
        }),
        pattern_row(corpus, "src/[a-m]*/mod.rs", move |text| {
            let folder = text.strip_prefix(src).and_then(|rest| rest.strip_suffix(module));
            folder.is_some_and(|folder| folder.starts_with(|c| matches!(c, 'a'..='m')) && !folder.contains('/'))
        }),
        pattern_row(corpus, literal, move |text| text == literal),
    ]
}

/// One compiled pattern asked about every path; fast-glob, which compiles nothing, reads it each time.
fn pattern_row(corpus: &Corpus, text: &'static str, floor: impl Fn(&'static str) -> bool + 'static) -> Row {
    let paths = leak(corpus.text.paths.clone());
    let matches = paths.iter().filter(|path| floor(path)).count();
    assert!(matches > 0, "no path matches {text}");
    let ours = <Pattern>::new(text);
    let windows = Pattern::<waypath::Windows>::parse(text);
    let glob = globset::GlobBuilder::new(text).literal_separator(true).build().unwrap();
    let matcher = glob.compile_matcher();
    let set = globset::GlobSet::new([glob]).unwrap();
    let plain = glob::Pattern::new(text).unwrap();
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    let wax = wax::Glob::new(text).unwrap();
    Row::new(format!("full_match {text}"))
        .with("ours", corpus.ours.paths, move |path| ours.full_match(path))
        .with("floor", paths, floor)
        .with("globset", corpus.std.paths, move |path| matcher.is_match(path))
        .with("set of one", corpus.std.paths, move |path| set.is_match(path))
        .with("glob", paths, move |path| plain.matches_with(path, options))
        .with("wax", paths, move |path| wax.is_match(path))
        .with("fast-glob", paths, move |path| fast_glob::glob_match(text, path))
        .windows(corpus.windows.paths, move |path| windows.full_match(path))
}
