//! The table of sharing: each verb beside each way in which another program may have the file open.
//!
//! A verb does all of it, or refuses and changes nothing, within the documented time; a question always has its answer.

use std::env;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use waypath::{CopyOptions, Overwrite, Path, Result};

use super::holding::{Running, SHARE_DELETE, SHARE_READ, SHARE_WRITE, hold, run};
use crate::support::util::Tree;

/// How another program has `f` open.
const HOLDINGS: [(&str, Holding); 10] = [
    ("free", Holding::Free),
    ("alone", Holding::Open(0)),
    ("r", Holding::Open(SHARE_READ)),
    ("w", Holding::Open(SHARE_WRITE)),
    ("rw", Holding::Open(SHARE_READ | SHARE_WRITE)),
    ("d", Holding::Open(SHARE_DELETE)),
    ("rd", Holding::Open(SHARE_READ | SHARE_DELETE)),
    ("rwd", Holding::Open(SHARE_READ | SHARE_WRITE | SHARE_DELETE)),
    ("deleted", Holding::Deleted),
    ("mapped", Holding::Mapped),
];

/// The last of them.
const MAPPED: usize = 9;

#[derive(Clone, Copy)]
enum Holding {
    Free,
    /// With what others may do meanwhile.
    Open(u32),
    /// Removed while it is open, so that it goes when it is closed.
    Deleted,
    /// Mapped: it is a running program.
    Mapped,
}

enum Held {
    No,
    Open { _file: File },
    Mapped { _program: Running },
}

impl Holding {
    fn take(self, path: &Path) -> Held {
        match self {
            Self::Free => Held::No,
            Self::Open(shared) => Held::Open { _file: hold(path, shared) },
            Self::Deleted => {
                let held = hold(path, SHARE_READ | SHARE_WRITE | SHARE_DELETE);
                fs::remove_file(path.as_str()).unwrap();
                Held::Open { _file: held }
            }
            Self::Mapped => Held::Mapped { _program: run(path) },
        }
    }
}

/// Replaces the program with its former text, so that trees can be compared.
fn put_text_back(tree: &Tree) {
    let size = fs::metadata(env::current_exe().unwrap()).unwrap().len();
    for entry in tree.walk() {
        let entry = entry.unwrap();
        if entry.is_file() && entry.size().unwrap() == size {
            fs::write(entry.as_str(), "f").unwrap();
        }
    }
}

type Verb = fn(&Tree) -> Result<()>;

/// What a verb does to `d/f`, and what the tree is if it was done. Beside it is `g`.
const VERBS: [(&str, Verb, &[&str]); 11] = [
    ("read", |tree| tree.at("d/f").read_bytes().map(drop), BEFORE),
    ("stat", |tree| tree.at("d/f").stat().map(drop), BEFORE),
    ("is_junction", |tree| tree.at("d/f").try_exists().map(|_| assert!(!tree.at("d/f").is_junction())), BEFORE),
    ("rename", |tree| tree.at("d/f").rename(tree.at("new")).map(drop), &["d/", "g", "new: f"]),
    ("replace", |tree| tree.at("g").replace(tree.at("d/f")).map(drop), &["d/", "d/f: g"]),
    ("unlink", |tree| tree.at("d/f").unlink(), &["d/", "g"]),
    ("rmtree", |tree| tree.at("d").rmtree().map(drop), &["g"]),
    ("copy onto", |tree| overwriting().copy(tree.at("g"), tree.at("d/f")).map(drop), &["d/", "d/f: g", "g"]),
    ("copy from", |tree| tree.at("d/f").copy(tree.at("new")).map(drop), &["d/", "d/f", "g", "new: f"]),
    ("write_atomic", |tree| tree.at("d/f").write_atomic("new"), &["d/", "d/f: new", "g"]),
    ("move", |tree| tree.at("d").move_to(tree.at("new")).map(drop), &["g", "new/", "new/f"]),
];

const BEFORE: &[&str] = &["d/", "d/f", "g"];

/// For verbs that wait: ten pauses, of 1, 2, 4, … ms.
const WAITED: Duration = Duration::from_millis(1000);

fn overwriting() -> CopyOptions<'static> {
    CopyOptions::new().overwrite(Overwrite::Always)
}

/// What a verb made of a file that was held.
struct Outcome {
    shown: String,
    is_whole: bool,
}

fn outcome((name, verb, after): (&str, Verb, &[&str]), holding: Holding) -> Outcome {
    let tree = Tree::new(["d/f", "g"]);
    let held = holding.take(&tree.at("d/f"));
    let start = Instant::now();
    let result = verb(&tree);
    let time = start.elapsed();
    drop(held);
    if matches!(holding, Holding::Mapped) {
        put_text_back(&tree);
    }
    let lines = tree.lines();
    let (shown, expected) = match result {
        // It has not waited, since nobody lets go meanwhile: a long time is that of a slow machine.
        Ok(()) => ("done".to_owned(), after),
        Err(error) => (short(error.kind()) + if time >= WAITED { ", waited" } else { "" }, BEFORE),
    };
    Outcome { shown, is_whole: lines == expected || is_gone(holding, name, &lines) }
}

/// What was deleted while it was open may be gone now, whatever was done. Wine takes away the name of a removed file when
/// it is closed: then its directory is left of a tree.
fn is_gone(holding: Holding, name: &str, lines: &[String]) -> bool {
    match holding {
        Holding::Deleted => lines.iter().any(|line| line == "g" || line.ends_with(": g")),
        Holding::Open(shared) => name == "rmtree" && shared & SHARE_DELETE != 0 && lines == ["d/", "g"],
        Holding::Free | Holding::Mapped => false,
    }
}

fn short(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::ResourceBusy => "busy".to_owned(),
        ErrorKind::PermissionDenied => "denied".to_owned(),
        ErrorKind::DirectoryNotEmpty => "not empty".to_owned(),
        kind => format!("{kind:?}"),
    }
}

#[test]
fn verbs_do_all_or_nothing_however_others_hold_the_file() {
    let mut rows = Vec::new();
    let (mut done, mut refused, mut torn) = (0, 0, Vec::new());
    // The verbs wait side by side.
    let outcomes: Vec<Vec<Outcome>> = std::thread::scope(|scope| {
        let rows = VERBS.map(|verb| scope.spawn(move || HOLDINGS.map(|(_, holding)| outcome(verb, holding)).into()));
        rows.into_iter().map(|row| row.join().unwrap()).collect()
    });
    for ((name, ..), outcomes) in VERBS.iter().zip(outcomes) {
        let mut row = format!("{name:12}");
        for ((holding, _), outcome) in HOLDINGS.iter().zip(&outcomes) {
            row += &format!(" | {:14}", outcome.shown);
            if outcome.shown == "done" {
                done += 1
            } else {
                refused += 1
            }
            if !outcome.is_whole {
                torn.push(format!("{name}, {holding}: {}", outcome.shown));
            }
        }
        rows.push(row);
        assert!(outcomes[0].shown == "done", "{name} of a file that is free: {}", outcomes[0].shown);
        if matches!(*name, "stat" | "is_junction") {
            assert!(outcomes[..8].iter().all(|outcome| outcome.shown == "done"), "{name}: nobody is in its way");
        }
        // A running program can be read and renamed, but not removed or replaced.
        let of_mapped = &outcomes[MAPPED].shown;
        match *name {
            "read" | "stat" | "is_junction" | "rename" | "move" | "copy from" => {
                assert_eq!(of_mapped, "done", "{name}")
            }
            _ => assert!(of_mapped.starts_with("denied"), "{name}: {of_mapped}"),
        }
        if matches!(*name, "rename" | "unlink") {
            // Those who share deletion are in nobody's way; the others are waited for.
            for (at, shared) in [(5, true), (6, true), (7, true), (1, false), (2, false), (3, false), (4, false)] {
                let expected = if shared { "done" } else { "busy, waited" };
                assert_eq!(outcomes[at].shown, expected, "{name}, {}", HOLDINGS[at].0);
            }
        }
    }
    println!("{:12} | {}", "held", HOLDINGS.map(|(name, _)| format!("{name:14}")).join(" | "));
    rows.iter().for_each(|row| println!("{row}"));
    println!(
        "sharing: {} rows, {} cases, {done} done, {refused} refused, {} torn",
        rows.len(),
        done + refused,
        torn.len()
    );
    assert!(torn.is_empty(), "{torn:#?}");
}
