//! What does it cost to match a pattern, or many? Beside globset, wax, glob and fast-glob, and beside a *floor*:
//! compares written by hand for the one pattern.
//!
//! In `benches/`, `cargo bench --bench patterns` prints the table; `-- WORD` prints the rows that have the word in
//! their name. Each contender is asked about every path, and all must give the same answers before anything is timed.
//! All are timed in turn, round by round, and compared within a round.

use std::collections::HashMap;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Instant;

use common::Random;
use wax::Program as _;
use waypath::{Path, Pattern, PatternSet, TempDir};

const ROUNDS: usize = 41;
const PEERS: [&str; 4] = ["globset", "wax", "glob", "fast-glob"];

fn main() {
    if cfg!(windows) {
        println!("the contenders agree about POSIX paths only: nothing to compare on this system");
        return;
    }
    let filter = common::filter();
    let paths = Vec::leak(paths());
    let mut rows = pattern_rows(paths);
    rows.extend([set_row(paths, 102), set_row(paths, 2_000), which_row(paths, 102), which_row(paths, 2_000)]);
    rows.retain(|row| row.name.contains(&filter));
    println!(
        "{:<44} {:>9} {:>9} {:>11} {:>8}  {}",
        "row",
        "ours ns",
        "floor ns",
        "ours/floor",
        "allocs",
        PEERS.map(|peer| format!("{:>14}", format!("{peer}/ours"))).concat()
    );
    for row in &rows {
        row.print();
    }
    if "exclude while walking".contains(&filter) {
        print_exclusion();
    }
}

/// Who answers, and what they do.
type Contender = (&'static str, Box<dyn Fn()>);

/// A question that is asked about every path, and everybody who answers it.
struct Row {
    name: String,
    paths: &'static [&'static Path],
    answers: Vec<usize>,
    contenders: Vec<Contender>,
}

impl Row {
    fn new(name: impl Into<String>, paths: &'static [&'static Path]) -> Self {
        Self { name: name.into(), paths, answers: Vec::new(), contenders: Vec::new() }
    }

    /// Adds a contender, whose answers must be those of the ones before.
    fn with(mut self, who: &'static str, ask: impl Fn(&'static Path) -> usize + 'static) -> Self {
        let paths = self.paths;
        let answers: Vec<_> = paths.iter().map(|path| ask(path)).collect();
        if self.contenders.is_empty() {
            assert!(answers.iter().any(|&answer| answer > 0), "{}: nothing matches", self.name);
            self.answers = answers;
        } else {
            for (at, path) in paths.iter().enumerate() {
                assert_eq!(answers[at], self.answers[at], "{}: {who} about {path}", self.name);
            }
        }
        let pass = move || paths.iter().for_each(|path| _ = black_box(ask(black_box(path))));
        self.contenders.push((who, Box::new(pass)));
        self
    }

    fn print(&self) {
        let count = self.contenders.len();
        let timed = |at: usize| {
            let (who, pass) = &self.contenders[at % count];
            let start = Instant::now();
            pass();
            (*who, start.elapsed().as_secs_f64() * 1e9 / self.paths.len() as f64)
        };
        let mut rounds: Vec<HashMap<&str, f64>> = Vec::new();
        allocation_counter::opt_out(|| {
            rounds.extend((0..ROUNDS).map(|first| (first..first + count).map(timed).collect()));
        });
        let nanoseconds = |who| median(rounds.iter().map(|round| round.get(who).copied()));
        let ratio = |over, under| median(rounds.iter().map(|round| Some(round.get(over)? / round.get(under)?)));
        let ours = self.contenders.iter().find(|(who, _)| *who == "ours").expect("ours is in every row");
        let allocations = allocation_counter::measure(&ours.1).count_total as f64 / self.paths.len() as f64;
        println!(
            "{:<44} {:>9} {:>9} {:>11} {:>8.2}  {}",
            self.name,
            shown(nanoseconds("ours")),
            shown(nanoseconds("floor")),
            shown(ratio("ours", "floor")),
            allocations,
            PEERS.map(|peer| format!("{:>14}", shown(ratio(peer, "ours")))).concat()
        );
    }
}

fn median(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let mut values = values.collect::<Option<Vec<_>>>()?;
    values.sort_by(f64::total_cmp);
    Some(values[values.len() / 2])
}

fn shown(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.2}")).unwrap_or_default()
}

fn name(text: &str) -> &str {
    text.rsplit_once('/').map_or(text, |(_, name)| name)
}

fn pattern_rows(paths: &'static [&'static Path]) -> Vec<Row> {
    let literal = paths.iter().find(|path| path.parts().count() == 4).expect("there are such paths").as_str();
    // A pattern is known at run time only, and so is what the floor compares with.
    let [rs, py, test, manifest, src, module] = black_box([".rs", ".py", "test_", "/Cargo.toml", "src/", "/mod.rs"]);
    let [modules, package, c, h, js, dts] = black_box(["node_modules/", "/package.json", ".c", ".h", ".js", ".d.ts"]);
    let [tests, literal_floor] = black_box(["tests/", literal]);
    let is_module =
        move |text: &str| text.strip_prefix(src).is_some_and(|rest| rest == "mod.rs" || rest.ends_with(module));
    vec![
        pattern_row(paths, "**/*.rs", move |text| text.ends_with(rs)),
        pattern_row(paths, "src/**/mod.rs", is_module),
        pattern_row(paths, "*/*/Cargo.toml", move |text| {
            let folders = text.strip_suffix(manifest).and_then(|folders| folders.split_once('/'));
            folders.is_some_and(|(first, second)| !first.is_empty() && !second.contains('/'))
        }),
        pattern_row(paths, "**/test_*.py", move |text| {
            text.ends_with(py) && name(text).strip_prefix(test).is_some_and(|rest| rest.ends_with(py))
        }),
        pattern_row(paths, "**/node_modules/**/package.json", move |text| {
            let folders = text.strip_suffix(package).map(|folders| &text[..folders.len() + 1]);
            folders.is_some_and(|folders| folders.starts_with(modules) || folders.contains("/node_modules/"))
        }),
        pattern_row(paths, literal, move |text| text == literal_floor),
        pattern_row(paths, "{src,tests}/**/*.{c,h}", move |text| {
            (text.ends_with(c) || text.ends_with(h)) && (text.starts_with(src) || text.starts_with(tests))
        }),
        pattern_row(paths, "**/*[0-9].{js,d.ts}", move |text| {
            let stem = text.strip_suffix(js).or_else(|| text.strip_suffix(dts));
            stem.is_some_and(|stem| stem.ends_with(|last: char| last.is_ascii_digit()))
        }),
        text_row(paths, "**/*.rs", move |text| text.ends_with(rs)),
    ]
}

fn pattern_row(paths: &'static [&'static Path], text: &'static str, floor: impl Fn(&str) -> bool + 'static) -> Row {
    let ours = Pattern::new(text);
    let globset = globset::GlobBuilder::new(text).literal_separator(true).build().unwrap().compile_matcher();
    let wax = wax::Glob::new(text).unwrap();
    let row = Row::new(text, paths)
        .with("ours", move |path| ours.full_match(path).into())
        .with("floor", move |path| floor(path.as_str()).into())
        .with("globset", move |path| globset.is_match(path.as_str()).into())
        .with("wax", move |path| wax.is_match(path.as_str()).into())
        .with("fast-glob", move |path| fast_glob::glob_match(text, path.as_str()).into());
    if text.contains('{') {
        return row;
    }
    let glob = glob::Pattern::new(text).unwrap();
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    row.with("glob", move |path| glob.matches_with(path.as_str(), options).into())
}

/// The same asked of text, which need not be in normal form.
fn text_row(paths: &'static [&'static Path], text: &'static str, floor: impl Fn(&str) -> bool + 'static) -> Row {
    let ours = Pattern::new(text);
    Row::new(format!("{text} of text"), paths)
        .with("ours", move |path| ours.full_match(path.as_str()).into())
        .with("floor", move |path| floor(path.as_str()).into())
}

/// Patterns as ignore files have them: most for a suffix, some for a name, a directory or a start.
fn patterns(count: usize) -> Vec<String> {
    let known = ["**/*.rs", "**/test_*.py", "src/**/mod.rs", "**/node_modules/**/*.json", "docs/*.md", "**/*[0-9].c"];
    let others = (known.len()..count).map(|at| match at % 6 {
        0 => format!("**/*.x{at}"),
        1 => format!("**/cache{at}/**/*"),
        2 => format!("build{at}/**/*.o"),
        3 => format!("**/name{at}.txt"),
        4 => format!("**/tmp{at}*"),
        _ => format!("lib{at}/*/*.so"),
    });
    known.map(str::to_owned).into_iter().chain(others).collect()
}

fn set_row(paths: &'static [&'static Path], count: usize) -> Row {
    let (ours, globset) = sets(count);
    Row::new(format!("{count} patterns, whether one matches"), paths)
        .with("ours", move |path| ours.is_match(path).into())
        .with("globset", move |path| globset.is_match(path.as_str()).into())
}

fn which_row(paths: &'static [&'static Path], count: usize) -> Row {
    let (ours, globset) = sets(count);
    Row::new(format!("{count} patterns, which of them match"), paths)
        .with("ours", move |path| ours.includes(path).len())
        .with("globset", move |path| globset.matches(path.as_str()).len())
}

fn sets(count: usize) -> (PatternSet, globset::GlobSet) {
    let patterns = patterns(count);
    let globs = patterns.iter().map(|text| globset::GlobBuilder::new(text).literal_separator(true).build().unwrap());
    (patterns.iter().collect(), globset::GlobSet::new(globs).unwrap())
}

/// Walks a tree with 5,000 patterns to exclude, and with none.
fn print_exclusion() {
    let tree = TempDir::new().unwrap();
    for directory in 0..200 {
        let directory = &tree / format!("dir{directory}");
        directory.mkdir().unwrap();
        (0..100).for_each(|file| (&directory / format!("file{file}.txt")).touch().unwrap());
    }
    let patterns: Vec<_> = patterns(5_000).iter().map(|text| Pattern::new(text)).collect();
    let walk = |patterns: &[Pattern]| {
        let start = Instant::now();
        let mut count = 0;
        let visited: ControlFlow<()> = tree.walk().unsorted(true).exclude(patterns).visit(|_| {
            count += 1;
            ControlFlow::Continue(())
        });
        assert!(visited.is_continue() && count == 20_200);
        start.elapsed().as_secs_f64()
    };
    let rounds: Vec<_> = (0..ROUNDS).map(|_| (walk(&patterns), walk(&[]))).collect();
    println!(
        "walk of 20,200 entries, excluding by 5,000 patterns: {} ms, with none {} ms, ratio {}",
        shown(median(rounds.iter().map(|(with, _)| Some(with * 1e3)))),
        shown(median(rounds.iter().map(|(_, none)| Some(none * 1e3)))),
        shown(median(rounds.iter().map(|(with, none)| Some(with / none))))
    );
}

/// Paths as projects and systems have them, leaked.
fn paths() -> Vec<&'static Path> {
    let starts = ["src", "tests", "crates/core", "docs", "packages/app/node_modules", "lib/python3.14", "/usr/share"];
    let folders = ["net", "http", "client", "parser", "utils", "core", "io", "v2", "models", "node_modules", "assets"];
    let stems = ["mod", "lib", "test_login", "index", "main", "README", "package", "Cargo", "chunk7", "page12", "x"];
    let suffixes = [".rs", ".py", ".c", ".h", ".js", ".d.ts", ".json", ".toml", ".md", ".txt", ".html", ""];
    let mut random = Random(1);
    let mut path = || {
        let mut text = random.of(&starts).to_owned();
        for _ in 0..random.below(5) {
            text = text + "/" + random.of(&folders);
        }
        text + "/" + random.of(&stems) + random.of(&suffixes)
    };
    let texts: Vec<&'static str> = (0..10_000).map(|_| &*String::leak(path())).collect();
    let normal = |text: &'static str| match Path::parse(text) {
        std::borrow::Cow::Borrowed(path) => path,
        std::borrow::Cow::Owned(path) => panic!("{text:?} is {path:?}"),
    };
    texts.into_iter().map(normal).collect()
}
