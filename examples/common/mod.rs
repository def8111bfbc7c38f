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

use clap::Parser;

/// Any error, or a text.
type Failure = Box<dyn Error + Send + Sync>;

/// The result of what ends a program if it fails.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Runs a program with its arguments, and returns its exit status.
pub(crate) fn run<A: Parser>(program: impl FnOnce(&A, &mut Failures) -> Outcome) -> ExitCode {
    let (args, mut failures) = (A::parse(), Failures::default());
    match program(&args, &mut failures) {
        Ok(()) if interrupt::has_come() => return ExitCode::from(interrupt::STATUS),
        Err(error) if !is_closed_pipe(&error) => failures.refuse(error),
        _ => {}
    }
    ExitCode::from(u8::from(failures.count() > 0))
}

/// Prints a line to standard output. If nobody reads it, the work goes on.
pub(crate) fn say(line: impl Display) -> Outcome {
    printed(writeln!(io::stdout(), "{line}")).or_else(|error| if is_closed_pipe(&error) { Ok(()) } else { Err(error) })
}

/// The result of printing to standard output. If nobody reads it, this ends the program, which is no failure.
pub(crate) fn printed(result: io::Result<()>) -> Outcome {
    let result = result.map_err(|error| (error.kind(), format!("cannot write to the standard output: {error}")));
    result.map_err(|(kind, message)| io::Error::new(kind, message).into())
}

fn is_closed_pipe(error: &Failure) -> bool {
    error.downcast_ref().is_some_and(|error: &io::Error| error.kind() == ErrorKind::BrokenPipe)
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
