//! The line of a terminal that shows how far a program is.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use waypath::Size;

/// Shows nothing if standard error is not a terminal.
pub(crate) struct Progress {
    is_terminal: bool,
    /// When a line was last shown, and whether it still is.
    shown: (Instant, bool),
    /// When the work began.
    began: Option<Instant>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), shown: (Instant::now(), false), began: None }
    }

    /// Shows how many files and bytes are done, of how many, with the rate and the time left, counted from the first call.
    pub(crate) fn work(&mut self, files: [u64; 2], bytes: [u64; 2]) {
        let began = *self.began.get_or_insert_with(Instant::now);
        if self.is_due() {
            replace_line(&parts(files, bytes, began.elapsed().as_secs_f64()));
        }
    }

    pub(crate) fn note(&mut self, note: impl FnOnce() -> String) {
        if self.is_due() {
            replace_line(&[note()]);
        }
    }

    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown.1) {
            replace_line(&[]);
        }
    }

    fn is_due(&mut self) -> bool {
        let is_due = self.is_terminal && self.shown.0.elapsed() > Duration::from_millis(50);
        if is_due {
            self.shown = (Instant::now(), true);
        }
        is_due
    }
}

fn parts([files, all_files]: [u64; 2], [bytes, all_bytes]: [u64; 2], elapsed: f64) -> [String; 5] {
    // A file takes some time even if it is empty.
    let work = |files: u64, bytes: u64| files as f64 * 4096.0 + bytes as f64;
    let share = (work(files, bytes) / work(all_files, all_bytes).max(1.0)).clamp(1e-6, 1.0);
    let left = (elapsed * (1.0 - share) / share) as u64;
    [
        format!("{:3.0} %", share * 100.0),
        format!("{} of {}", Size(bytes), Size(all_bytes)),
        format!("{files} of {all_files} files"),
        format!("{}/s", Size((bytes as f64 / elapsed.max(0.001)) as u64)),
        format!("{}:{:02} left", left / 60, left % 60),
    ]
}

/// Replaces the line by as many parts as fit into it.
fn replace_line(parts: &[String]) {
    let width = width() - 1;
    let lines = (1..=parts.len()).map(|count| parts[..count].join(", "));
    let line = lines.take_while(|line| line.len() <= width).last().unwrap_or_default();
    // If the terminal was closed, the work goes on.
    _ = write!(io::stderr(), "\r{line:<width$}\r");
}

/// How many characters a line of the terminal has.
fn width() -> usize {
    #[cfg(unix)]
    if let Ok(size) = rustix::termios::tcgetwinsize(io::stderr()) {
        return usize::from(size.ws_col).max(20);
    }
    80
}
