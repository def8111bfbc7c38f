//! What needs a process: the example programs, patterns in bash, listings with limits and faults of the system, files that are
//! replaced, and trees that are copied, by programs that fail or are killed.
//!
//! Not modules of `it`: cargo builds examples when all tests are run, and not when one is named.

#![allow(clippy::disallowed_methods, reason = "tests look at the disk through std, past the code under test")]

use std::path::PathBuf;

#[cfg(target_os = "linux")]
mod anew;
#[cfg(target_os = "linux")]
mod atomic;
#[cfg(target_os = "linux")]
mod bash;
#[cfg(target_os = "linux")]
mod compile_errors;
#[cfg(target_os = "linux")]
mod descriptors;
mod dups;
#[cfg(target_os = "linux")]
#[path = "../support/ends.rs"]
mod ends;
#[cfg(target_os = "linux")]
mod failing_calls;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod few_calls;
#[cfg(target_os = "linux")]
mod file_systems;
mod find;
#[cfg(target_os = "linux")]
mod hard_links;
mod mirror;
mod prune;
#[cfg(target_os = "linux")]
#[path = "../support/random.rs"]
mod random;
#[cfg(target_os = "linux")]
mod refused_calls;
mod rename;
#[cfg(target_os = "linux")]
mod root;
#[cfg(target_os = "linux")]
mod scene;
#[cfg(target_os = "linux")]
#[path = "../support/snapshot.rs"]
mod snapshot;
#[cfg(target_os = "linux")]
mod terminal;
mod tidy;
#[cfg(target_os = "linux")]
mod told;
#[cfg(target_os = "linux")]
mod trees;
mod unpack;

/// The path of an example, which stands beside the directory of the tests.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(|deps| deps.parent()).unwrap();
    let program = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(program.is_file(), "{program:?} is not built: run `cargo build --example {name}`");
    program
}

/// Whether tests may take minutes.
#[cfg(target_os = "linux")]
fn is_long() -> bool {
    std::env::var_os("WAYPATH_LONG").is_some()
}

/// Runs a copy of a program, made just now. Between fork and exec, a process that another thread starts has it open for
/// writing, so that it cannot be run.
#[cfg(target_os = "linux")]
fn output_of_copy(program: &mut std::process::Command) -> std::process::Output {
    loop {
        match program.output() {
            Err(busy) if busy.kind() == std::io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            output => return output.unwrap(),
        }
    }
}

/// Sends SIGINT to a program that waits for the reader of its output, and returns when it has noticed: it has ended, or the
/// signal is delivered and all its threads are waiting again.
#[cfg(target_os = "linux")]
fn interrupt(child: &std::process::Child) {
    use nix::sys::signal::{Signal, kill};

    const SIGINT_BIT: u64 = 1 << (Signal::SIGINT as u32 - 1);
    kill(nix::unistd::Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    let all_threads = |is_so: fn(&str, &str) -> bool| {
        let threads = std::fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
        threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("status"))).all(|status| {
            // A thread that has ended since it was listed has none.
            let Ok(status) = status else { return true };
            let field = |name| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
            let has_ended = field("State:").starts_with('Z');
            has_ended || is_so(field("State:"), field("ShdPnd:"))
        })
    };
    while !all_threads(|_, pending| u64::from_str_radix(pending, 16).unwrap() & SIGINT_BIT == 0) {
        std::thread::yield_now();
    }
    while !all_threads(|state, _| state.starts_with('S')) {
        std::thread::yield_now();
    }
}
