//! What does it cost to open, read and resolve paths below a root? Beside *floors*, the calls that nobody can do
//! without, and beside std by absolute path, which promises nothing, and cap-std, which promises the same.
//!
//! In `benches/`, `cargo bench --bench root -- --table` measures all in turn, round by round, and prints the table;
//! without `--table`, each by itself with criterion first. `-- --test` proves everything and times nothing.
//!
//! Opening is measured at 1, 3 and 8 parts. Who opens a file below a root must look at what was opened, as it may be a
//! pipe or a device: that is the second floor. `resolve` is what shows the walk, part by part, that takes the place of
//! the kernel's lookup where there is none.
//!
//! Trees below a root are measured beside those elsewhere: `ours, in a root` in the benches `listing` and `trees`.

#[cfg(target_os = "linux")]
mod linux;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("the floors are made of Linux's system calls: nothing to compare with on this system");
}
