//! What the examples share: how they report and how they end. None of them uses all of it.
//!
//! Results go to standard output, errors to standard error. The exit status is 0 if all went well, 1 if something failed,
//! 2 for bad arguments, and 130 after Ctrl-C. A reader who has gone, as in `find | head`, is no failure; a full disk is.

#![allow(dead_code, reason = "no example uses all of it")]

pub(crate) mod interrupt;
pub(crate) mod progress;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use std::process::{self, ExitCode};

/// The result of what ends a program if it fails.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Runs a program, and returns its exit status.
pub(crate) fn run(program: impl FnOnce(&mut Failures) -> Outcome) -> ExitCode {
    let mut failures = Failures::default();
    if let Err(error) = program(&mut failures) {
        failures.refuse(error);
    } else if interrupt::has_come() {
        return ExitCode::from(interrupt::STATUS);
    }
    ExitCode::from(u8::from(failures.0 > 0))
}

/// Prints a line to standard output.
pub(crate) fn say(line: impl Display) -> Outcome {
    written(writeln!(io::stdout(), "{line}"))
}

/// The result of writing to standard output.
pub(crate) fn written(result: io::Result<()>) -> Outcome {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| format!("cannot write to the standard output: {error}").into()),
    }
}

/// Prints an error, if anybody reads it; the exit status reports it in any case.
pub(crate) fn complain(error: impl Display) {
    _ = writeln!(io::stderr(), "{}: {error}", env!("CARGO_CRATE_NAME"));
}

/// The value of an argument. A bad one ends the program.
pub(crate) fn valid<T>(argument: Result<T, impl Display>) -> T {
    argument.unwrap_or_else(|error| {
        complain(error);
        process::exit(2)
    })
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Reports what fails, and counts it, so that a program can go on.
#[derive(Default)]
pub(crate) struct Failures(usize);

impl Failures {
    /// The value, if there is one.
    pub(crate) fn unless<T>(&mut self, result: waypath::Result<T>) -> Option<T> {
        result.map_err(|error| self.add(&error)).ok()
    }

    pub(crate) fn add(&mut self, error: &waypath::Error) {
        self.0 += error.failure_count();
        error.failures().iter().for_each(complain);
        let untold = error.failure_count() - error.failures().len();
        if untold > 0 {
            complain(format_args!("{untold} more failures"));
        }
    }

    pub(crate) fn refuse(&mut self, reason: impl Display) {
        self.0 += 1;
        complain(reason);
    }

    pub(crate) fn count(&self) -> usize {
        self.0
    }
}
