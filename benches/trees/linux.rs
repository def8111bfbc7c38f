//! Who competes in what, and the goals.

mod floor;
mod peers;
mod place;

use std::cell::LazyCell;
use std::sync::Arc;

use waypath::{CopyOptions, RemoveOptions, Root};

use common::contest::{Contender, FLOOR, Goal, Row, hold};
use place::{Copied, Left, Place};

/// As many as the machine surely has, for everybody who takes a number.
const THREADS: usize = 2;

const ROUNDS: usize = 15;

/// Those whom ours are to be measured by, beside the floor.
const OURS: &str = "ours";
const STD: &str = "std";
const PARALLEL: &str = "remove_dir_all, 2 threads";

pub(crate) fn main() {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let filter = common::filter();
    let divisor = match () {
        () if asked("--test") => 100,
        () if asked("--whole") => 1,
        () => 5,
    };
    let place = LazyCell::new(|| Arc::new(Place::source(divisor)));
    // With rayon's own number of threads, all cores would compete with two.
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global().unwrap();
    if "copy source".contains(&filter) {
        hold(&[Row::new("copy source".to_owned(), copiers(&place))], ROUNDS);
    }
    if "copy deep".contains(&filter) {
        hold(&[Row::new("copy deep".to_owned(), deep_copiers(&Arc::new(Place::deep())))], ROUNDS);
    }
    if "remove source".contains(&filter) {
        hold(&[Row::new("remove source".to_owned(), removers(&place))], ROUNDS);
    }
}

fn at_most(most: f64, than: &'static str) -> Goal {
    Goal { than, most }
}

/// Everybody who copies a whole tree. The floor is first.
fn copiers(place: &Arc<Place>) -> Vec<Contender<Copied>> {
    let ours = |options: CopyOptions<'static>| move |from: &str, to: &str| _ = options.copy(from, to).unwrap();
    let mut copiers = vec![
        place.copier("floor", |from, to| floor::copy(from, to, floor::Naming::AtOnce)),
        place.copier("floor, temporary names", |from, to| floor::copy(from, to, floor::Naming::Renamed)),
        place.copier("floor, no names before", |from, to| floor::copy(from, to, floor::Naming::Linked)),
        place.copier(OURS, ours(CopyOptions::new())).ours([at_most(1.0, STD)]),
        place.copier("ours, in a root", copied_in_root).ours([at_most(1.05, OURS)]),
        place
            .copier("ours, 2 threads", ours(CopyOptions::new().threads(THREADS)))
            .in_threads()
            .ours([at_most(1.0 / 1.7, STD)]),
        place.copier("ours, archive", ours(CopyOptions::archive())).ours([]),
        place.copier(STD, |from, to| peers::std_copy(from.as_ref(), to.as_ref())),
        place.copier("fs_extra", peers::fs_extra),
    ];
    for options in ["-r", "-a"] {
        let copier = place.copier(&format!("cp {options}"), move |from, to| peers::run("cp", &[options, from, to]));
        copiers.push(copier.in_a_process());
    }
    copiers
}

/// Those who copy a deep tree, in which each step down costs as much as a file. The floor is first.
fn deep_copiers(place: &Arc<Place>) -> Vec<Contender<Copied>> {
    vec![
        place.copier("floor", |from, to| floor::copy(from, to, floor::Naming::AtOnce)),
        place.copier(OURS, |from, to| _ = CopyOptions::new().copy(from, to).unwrap()).ours([]),
        place.copier("ours, in a root", copied_in_root).ours([at_most(1.05, OURS)]),
    ]
}

/// Copies a tree below a root, which is the directory that both are in.
fn copied_in_root(from: &str, to: &str) {
    let (parent, from) = from.rsplit_once('/').unwrap();
    let root = Root::open(parent).unwrap();
    (&root / from).copy(&root / to.strip_prefix(parent).unwrap().trim_start_matches('/')).unwrap();
}

/// Removes a tree below a root, which is the directory that it is in.
fn removed_in_root(path: &str) {
    let (parent, name) = path.rsplit_once('/').unwrap();
    (&Root::open(parent).unwrap() / name).rmtree().unwrap();
}

/// Everybody who removes a whole tree. The floor is first.
fn removers(place: &Arc<Place>) -> Vec<Contender<Left>> {
    let ours = |options: RemoveOptions<'static>| move |path: &str| _ = options.rmtree(path).unwrap();
    vec![
        place.remover("floor", floor::remove),
        place.remover("floor, 2 threads", |path| floor::remove_in_threads(path, THREADS)).in_threads(),
        place.remover(OURS, ours(RemoveOptions::new())).ours([at_most(1.05, FLOOR)]),
        place.remover("ours, in a root", removed_in_root).ours([at_most(1.05, OURS)]),
        place
            .remover("ours, 2 threads", ours(RemoveOptions::new().threads(THREADS)))
            .in_threads()
            .ours([at_most(0.75, FLOOR), at_most(1.0, PARALLEL)]),
        place.remover("std", peers::std_remove),
        place.remover("cap-std", peers::cap_std_remove),
        place.remover("remove_dir_all", |path| peers::remove_dir_all(path, 1)),
        place.remover(PARALLEL, |path| peers::remove_dir_all(path, THREADS)).in_threads(),
        place.remover("rm -rf", |path| peers::run("rm", &["-rf", path])).in_a_process(),
    ]
}
