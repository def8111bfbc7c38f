//! What does it cost to copy or remove a tree? Beside std, fs_extra, remove_dir_all, `cp` and `rm`, and beside
//! *floors*: the system calls that nobody can do without, and no more than they need.
//!
//! In `benches/`, `cargo bench --bench trees` measures every contender with criterion, for the record, and then all
//! of them in turn, round by round, and prints the table of that: on a busy machine only the ratios
//! within a round mean something. `-- --table` prints the table only, `-- --table copy` the part that
//! has `copy` in its name; `-- --table --whole` takes the whole of `source`, 100,000 files, instead of a
//! fifth. `-- --test` proves everything, on a small tree, and times nothing.
//!
//! The trees are in memory, in `/dev/shm`, so that no time goes to a disk. The variable `WAYPATH_BENCH_DIR` names
//! another folder for them. They are removed in the end.
//!
//! Before anything is timed, every contender has to do the same: of a copy, all paths, kinds, permissions
//! and contents are compared with the floor's; of a tree that was removed, nothing may be left. What a
//! contender needs to be there, or not to be there, is seen to before each pass, while no clock runs.
//!
//! The floor of copying gives a file its name at once, as std and `cp` do, so that a copy that fails leaves a
//! part of the file under that name. Ours have no name until they are complete, or a temporary one if the file system has
//! no files without names. Two more floors show the least that this costs: they do the same as the first, and give each
//! file its name last.

#[cfg(target_os = "linux")]
mod linux;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("the floors are made of Linux's system calls: nothing to compare with on this system");
}
