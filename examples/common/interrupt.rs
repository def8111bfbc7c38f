//! Ctrl-C: a program that works on files ends between two of them, and says what was done.

use std::sync::atomic::{AtomicBool, Ordering};

static HAS_COME: AtomicBool = AtomicBool::new(false);

/// The exit status of a program that was interrupted, as shells have it.
pub(crate) const STATUS: u8 = 130;

/// Whether the user wants the program to end.
pub(crate) fn has_come() -> bool {
    HAS_COME.load(Ordering::Relaxed)
}

/// Waits for Ctrl-C from now on; a second one ends the program at once. To be called before other threads are started.
#[cfg(unix)]
pub(crate) fn listen() {
    use nix::sys::signal::{SigSet, Signal};

    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    if signals.thread_block().is_err() {
        return;
    }
    std::thread::spawn(move || {
        while signals.wait().is_ok() {
            if HAS_COME.swap(true, Ordering::Relaxed) {
                std::process::exit(STATUS.into());
            }
        }
    });
}

/// Ctrl-C ends the program at once: no file is left half.
#[cfg(not(unix))]
pub(crate) fn listen() {}
