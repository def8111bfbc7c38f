//! What does one operation on one file cost, beside std's?
//!
//! In `benches/`, `cargo bench --bench files` measures every contender with criterion, for the record, and then all of
//! them in turn, round by round, and prints the table of that. `-- --table` prints the table only, `-- --table copy`
//! the part that has `copy` in its name. `-- --test` proves everything and times nothing.
//!
//! The files are in memory, in `/dev/shm`, so that no time goes to a disk. The variable `WAYPATH_BENCH_DIR` names
//! another folder for them.
//!
//! The floor is what one writes with std for the same job. It promises less: `std::fs::copy` and `std::fs::rename`
//! overwrite what has the name, and after a failure a part of a copy stays under its final name. So a second floor makes
//! the calls that the promises of a copy need. The floor of `write_atomic` does, too: a new file is written, flushed and
//! renamed, and its directory flushed.

#[cfg(target_os = "linux")]
mod linux;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("the clock and the memory are Linux's: nothing is measured on this system");
}
