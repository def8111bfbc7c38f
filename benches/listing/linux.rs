//! Who competes in what, and the goals.

mod floor;
mod measure;
mod ours;
mod peers;
mod trees;

use measure::{Contender, contender};
use trees::Trees;

use common::contest::{FLOOR, Goal, Row, hold};

/// As many as the machine surely has, for everybody who takes a number.
const THREADS: usize = 2;

const ROUNDS: usize = 21;

const TREES: [&str; 5] = ["source", "wide", "deep", "mixed", "million"];

pub(crate) fn main() {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let filter = common::filter();
    let trees = Trees::new(asked("--test"));
    let mut rows = Vec::new();
    for tree in TREES.into_iter().filter(|&tree| tree != "million" || asked("--million")) {
        let name = format!("walk {tree}");
        if name.contains(&filter) {
            rows.push(Row::new(name, walkers(tree, trees.make(tree))));
        }
    }
    for glob in GLOBS {
        let name = format!("glob {}", glob.pattern);
        if name.contains(&filter) {
            rows.push(Row::new(name, glob.contenders(trees.make("source"))));
        }
    }
    hold(&rows, ROUNDS);
}

/// A listing without a root, by which the same is measured in one.
const VISIT: &str = "ours: visit, unsorted";

/// The goal of one of ours: how many times the floor it may take, if that matters.
fn at_most(most: impl Into<Option<f64>>) -> Option<Goal> {
    most.into().map(|most| Goal { than: FLOOR, most })
}

/// Everybody who lists a whole tree. The floor is first.
fn walkers(tree: &str, root: String) -> Vec<Contender> {
    let goals = |source, wide, deep| {
        at_most(match tree {
            "source" => source,
            "wide" | "million" => wide,
            "deep" => deep,
            _ => None,
        })
    };
    let (within, name) = ours::root_of(&root);
    let mut walkers = vec![
        contender!("floor", root, |sink| floor::walk(root, sink)),
        contender!("floor, 2 threads", root, |sink| floor::walk_in_threads(root, THREADS, sink)).in_threads(),
        contender!(VISIT, root, |sink| ours::visit(ours::walk(root).unsorted(true), sink)).ours(goals(
            Some(1.05),
            Some(1.08),
            Some(1.3),
        )),
        contender!("ours: visit", root, |sink| ours::visit(ours::walk(root), sink)).ours(goals(None, Some(1.5), None)),
        contender!("ours: iterator, unsorted", root, |sink| ours::iterate(ours::walk(root).unsorted(true), sink))
            .ours(goals(Some(1.12), None, None)),
        contender!("ours: visit, unsorted, in a root", name, |sink| ours::visit_in_root(
            (within / name).walk().unsorted(true),
            sink
        ))
        .ours([Goal { than: VISIT, most: 1.05 }]),
        contender!("ours: iterator", root, |sink| ours::iterate(ours::walk(root), sink)).ours(goals(
            Some(1.20),
            None,
            None,
        )),
        contender!("ours: iterator, in a root", name, |sink| ours::iterate_in_root((within / name).walk(), sink))
            .ours([Goal { than: "ours: iterator", most: 1.05 }]),
        contender!("ours: par_visit, 2 threads", root, |sink| {
            ours::par_visit(ours::walk(root).threads(THREADS), sink);
        })
        .in_threads()
        .ours(goals(Some(0.60), None, None)),
        contender!("ours: iterator, unsorted, 2 threads", root, |sink| {
            ours::iterate(ours::walk(root).unsorted(true).threads(THREADS), sink);
        })
        .in_threads()
        .ours(None),
        contender!("std: read_dir, recursive", root, |sink| peers::std(root.as_ref(), sink)),
        contender!("cap-std: entries", root, |sink| peers::cap_std(root, sink)),
        contender!("walkdir", root, |sink| peers::walkdir(peers::walkdir_builder(root), sink)),
        contender!("walkdir, sorted", root, |sink| {
            peers::walkdir(peers::walkdir_builder(root).sort_by_file_name(), sink);
        }),
        contender!("ignore", root, |sink| peers::ignore(&peers::ignore_builder(root), peers::is_below, sink)),
        contender!("ignore, 2 threads", root, |sink| {
            peers::ignore_in_threads(peers::ignore_builder(root).threads(THREADS), peers::is_below, sink);
        })
        .in_threads(),
        contender!("jwalk, serial", root, |sink| peers::jwalk(root, jwalk::Parallelism::Serial, sink)),
        contender!("jwalk, 2 threads", root, |sink| {
            peers::jwalk(root, jwalk::Parallelism::RayonNewPool(THREADS), sink);
        })
        .in_threads(),
        contender!("wax **/*", root, |sink| peers::wax(root, "**/*", sink)),
        contender!("globwalk **/*", root, |sink| peers::globwalk(root, "**/*", sink)),
    ];
    // It follows links, and would not come back from those that lead up.
    if tree != "mixed" {
        walkers.push(contender!("glob **/*", root, |sink| peers::glob(root, &["**/*"], sink)));
    }
    walkers.extend(peers::find(&root));
    walkers.extend(peers::fd(&root, 1));
    walkers.extend(peers::fd(&root, THREADS).map(Contender::in_threads));
    walkers
}

/// A pattern, and what the least is that somebody must do who knows it in advance.
struct Glob {
    pattern: &'static str,
    /// The same as several patterns, for those who know no braces.
    plain: &'static [&'static str],
    floor: Floor,
    goal: f64,
}

enum Floor {
    /// Every directory is listed, and every path is made and tested.
    Everywhere(fn(&[u8]) -> bool),
    /// These directories and all below them are listed, and the names tested.
    Below(&'static [&'static str], fn(&[u8]) -> bool),
    /// Two levels are listed, and one name asked for in each directory found.
    TwoDown(&'static std::ffi::CStr),
    /// One question about the joined path.
    One,
}

const GLOBS: [Glob; 7] = [
    Glob {
        pattern: "**/*.rs",
        plain: &["**/*.rs"],
        floor: Floor::Everywhere(|path| path.ends_with(b".rs")),
        goal: 1.10,
    },
    Glob {
        pattern: "**/test_*.py",
        plain: &["**/test_*.py"],
        floor: Floor::Everywhere(|path| path.ends_with(b".py") && floor::name(path).starts_with(b"test_")),
        goal: 1.10,
    },
    Glob {
        pattern: "**/node_modules/**/package.json",
        plain: &["**/node_modules/**/package.json"],
        floor: Floor::Everywhere(|path| path.ends_with(b"/package.json") && floor::has_part(path, b"node_modules")),
        goal: 1.10,
    },
    Glob {
        pattern: "src/**/mod.rs",
        plain: &["src/**/mod.rs"],
        floor: Floor::Below(&["src"], |name| name == b"mod.rs"),
        goal: 1.2,
    },
    Glob {
        pattern: "{a,b}/**/*.{c,h}",
        plain: &["a/**/*.c", "a/**/*.h", "b/**/*.c", "b/**/*.h"],
        floor: Floor::Below(&["a", "b"], |name| name.ends_with(b".c") || name.ends_with(b".h")),
        goal: 1.2,
    },
    Glob { pattern: "*/*/Cargo.toml", plain: &["*/*/Cargo.toml"], floor: Floor::TwoDown(c"Cargo.toml"), goal: 1.2 },
    Glob { pattern: trees::LITERAL, plain: &[trees::LITERAL], floor: Floor::One, goal: 3.0 },
];

impl Glob {
    /// Everybody who can search for the pattern. The floor is first.
    fn contenders(self, root: String) -> Vec<Contender> {
        let Self { pattern, plain, floor, goal } = self;
        // No thread is started to look up one name.
        let threads_goal = matches!(floor, Floor::One).then_some(goal);
        let mut contenders = floor.contenders(pattern, &root);
        let several =
            |who: &str| if plain.len() == 1 { who.to_owned() } else { format!("{who}, {} patterns", plain.len()) };
        contenders.extend([
            contender!("ours: visit, unsorted", root, |sink| ours::visit(
                ours::glob(root, pattern).unsorted(true),
                sink
            ))
            .ours(at_most(goal)),
            contender!("ours: iterator", root, |sink| ours::iterate(ours::glob(root, pattern), sink)).ours(None),
            contender!("ours: par_visit, 2 threads", root, |sink| {
                ours::par_visit(ours::glob(root, pattern).threads(THREADS), sink);
            })
            .in_threads()
            .ours(at_most(threads_goal)),
            contender!("ours: iterator, unsorted, 2 threads", root, |sink| {
                ours::iterate(ours::glob(root, pattern).unsorted(true).threads(THREADS), sink);
            })
            .in_threads()
            .ours(at_most(threads_goal)),
            contender!(several("glob"), root, |sink| peers::glob(root, plain, sink)),
            contender!("wax", root, |sink| peers::wax(root, pattern, sink)),
            contender!("globwalk", root, |sink| peers::globwalk(root, pattern, sink)),
            contender!("ignore, overrides", root, |sink| {
                peers::ignore(
                    peers::ignore_builder(root).overrides(peers::overrides(root, pattern)),
                    peers::is_file,
                    sink,
                );
            }),
            contender!("ignore, overrides, 2 threads", root, |sink| {
                let overrides = peers::overrides(root, pattern);
                peers::ignore_in_threads(
                    peers::ignore_builder(root).overrides(overrides).threads(THREADS),
                    peers::is_file,
                    sink,
                );
            })
            .in_threads(),
        ]);
        contenders
    }
}

impl Floor {
    fn contenders(self, pattern: &'static str, root: &str) -> Vec<Contender> {
        let root = root.to_owned();
        match self {
            Self::Everywhere(test) => vec![
                contender!("floor: list all, test paths", root, |sink| floor::walk_tested(root, test, sink)),
                contender!("floor, 2 threads", root, |sink| floor::walk_in_threads(
                    root,
                    THREADS,
                    &measure::Tested { test, sink }
                ))
                .in_threads(),
            ],
            Self::Below(starts, test) => {
                let who = format!("floor: list {}/**", starts.join("/** and "));
                vec![contender!(who, root, |sink| floor::walk_below(root, starts, test, sink))]
            }
            Self::TwoDown(name) => {
                vec![contender!("floor: list */*, stat", root, |sink| floor::two_down(root, name, sink))]
            }
            Self::One => vec![contender!("floor: statx", root, |sink| floor::one(root, pattern, sink))],
        }
    }
}
