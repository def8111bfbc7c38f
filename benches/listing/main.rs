//! What does a listing cost? Beside walkdir, ignore, jwalk, std, the glob crates, fd and find, and
//! beside a *floor*: the system calls that nobody can do without, and no more than they need.
//!
//! In `benches/`, `cargo bench --bench listing` measures every contender with criterion, for the record, and then all
//! of them in turn, round by round, and prints the table of that: on a busy machine only the ratios
//! within a round mean something. `-- --table` prints the table only, `-- --table 'walk source'` the
//! parts that have `walk source` in their name, `-- --table --million walk` has a directory of a million
//! files too, and `-- --test` proves everything, on small trees, and times nothing.
//!
//! Before anything is timed, the entries of every contender are compared with the floor's. While the
//! clock runs, each contender shows the full path of every entry, and its kind if it knows that, to
//! `black_box`, and does nothing else with it.
//!
//! The trees are made anew for each run, where cargo keeps what it builds, and are removed behind it.

#[cfg(target_os = "linux")]
mod linux;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("the floor is made of Linux's system calls: nothing to compare with on this system");
}
