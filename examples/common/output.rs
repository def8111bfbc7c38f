//! What the examples print: lines on standard output, complaints on standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

/// Prints a line. A reader who has gone, as in `find | head`, is no reason to stop; a full disk is.
pub(crate) fn say(line: impl Display) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("cannot write to the standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Prints what went wrong, if anybody can still be told; the exit status says it in any case.
pub(crate) fn complain(program: &str, error: impl Display) {
    _ = writeln!(io::stderr(), "{program}: {error}");
}

/// How many characters a line of the terminal takes.
#[cfg(unix)]
#[allow(dead_code, reason = "not every example shows its progress")]
pub(crate) fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(io::stderr());
    size.ok().map_or(80, |size| usize::from(size.ws_col)).max(20)
}

#[cfg(not(unix))]
#[allow(dead_code, reason = "not every example shows its progress")]
pub(crate) fn width() -> usize {
    80
}
