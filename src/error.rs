//! The one error: what was being done, to which path, and why it failed.

mod diagnosis;
mod similar_names;

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::sync::OnceLock;

use crate::report::{RawPath, Report};
use crate::sys::{self, Ground};

/// A `Result` with this crate's [`Error`].
///
/// # Examples
///
/// ```
/// fn first_line(path: &waypath::Path) -> waypath::Result<String> {
///     Ok(path.read_text()?.lines().next().unwrap_or_default().to_owned())
/// }
/// assert!(first_line(&waypath::path("no/such/file")).is_err());
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error: the operation that failed, its path, and the cause.
///
/// It prints as one line, including the cause; control characters in paths are [escaped](crate::Path::printable).
/// [`Debug`](#impl-Debug-for-Error), which a script's `main` prints, adds hints: what is missing, and similar names. The
/// cause is an error of the system ([`io_error`](Error::io_error)), or a mistake in the text of a path, pattern or URI, with the
/// kind [`InvalidInput`](io::ErrorKind::InvalidInput). An operation on a tree continues after a failure, and its error has all
/// [`failures`](Error::failures).
///
/// See the guide [Errors](crate::docs::errors) for which `Result` to return.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
/// use waypath::{Op, path};
///
/// let error = path("no/such/file").read_text().unwrap_err();
/// assert_eq!(error.op(), Op::Read);
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// assert_eq!(error.path(), &path("no/such/file"));
/// assert!(error.to_string().starts_with("cannot read `no"));
/// ```
///
/// `?` turns it into an [`io::Error`] of the same kind:
///
/// ```
/// fn notes() -> std::io::Result<String> {
///     Ok(waypath::path("no/such/file").read_text()?)
/// }
/// assert_eq!(notes().unwrap_err().kind(), std::io::ErrorKind::NotFound);
/// ```
#[doc(alias = "hint")]
#[doc(alias = "suggestion")]
pub struct Error(Box<Inner>);

struct Inner {
    op: Op,
    path: RawPath,
    second: Option<RawPath>,
    /// What was done all the same.
    report: Option<Report>,
    cause: Cause,
    /// Where its path begins, and where the second one does.
    grounds: [Ground; 2],
    /// What may help, once somebody has asked for it.
    diagnosis: OnceLock<Option<Diagnosis>>,
}

/// Lines that may help whoever reads the error.
#[derive(Debug)]
struct Diagnosis(Vec<String>);

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for Diagnosis {}

enum Cause {
    System(io::Error),
    Text { reason: Cow<'static, str>, position: Option<usize> },
    Several { failures: Vec<Error>, count: usize, kind: io::ErrorKind, outcome: Option<&'static str> },
}

/// The operation that failed with an [`Error`]. It prints as a name for logs: `mkdir`, `with_name`.
///
/// # Examples
///
/// ```
/// use waypath::{Op, path};
///
/// assert_eq!(path("a").with_name("").unwrap_err().op(), Op::WithName);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    /// Reading a system's path as UTF-8 text.
    Convert,
    /// Changing the name of a path.
    WithName,
    /// Changing the stem of a path.
    WithStem,
    /// Changing or adding a suffix.
    WithSuffix,
    /// Making a path relative to another.
    RelativeTo,
    /// Joining untrusted text.
    JoinInside,
    /// Converting a path to a URI.
    AsUri,
    /// Parsing a URI.
    FromUri,
    /// Compiling a pattern.
    Pattern,
    /// Finding the home directory.
    Home,
    /// Finding the working directory.
    Cwd,
    /// Expanding `~`.
    Expand,
    /// Reading metadata.
    Stat,
    /// Measuring a tree.
    TreeSize,
    /// Reading the owner.
    Owner,
    /// Reading the group.
    Group,
    /// Resolving links and `..`.
    Resolve,
    /// Reading the target of a link.
    Readlink,
    /// Looking for a name in a directory and its ancestors.
    FindUp,
    /// Looking for a program.
    Which,
    /// Listing a directory.
    List,
    /// Following a link in a listing that leads back to one of its parents.
    Follow,
    /// Creating a directory.
    Mkdir,
    /// Removing an empty directory.
    Rmdir,
    /// Removing a file or a link.
    Unlink,
    /// Removing a tree.
    Rmtree,
    /// Removing a file or a tree.
    Remove,
    /// Emptying a directory.
    ClearDir,
    /// Creating a symbolic link.
    Symlink,
    /// Creating a hard link.
    Hardlink,
    /// Creating a file or setting its times.
    Touch,
    /// Parsing a mode, such as `u+x`.
    Mode,
    /// Changing permissions.
    Chmod,
    /// Opening a file.
    Open,
    /// Opening a directory as a [`Root`](crate::Root).
    OpenRoot,
    /// Opening a bucket of an object store.
    OpenBucket,
    /// Making a URL with which others can read or write an object.
    Presign,
    /// Reading a file.
    Read,
    /// Writing a file.
    Write,
    /// Renaming, if the target does not exist.
    Rename,
    /// Renaming, replacing the target.
    Replace,
    /// Copying a file or directory.
    Copy,
    /// Moving a file or directory.
    Move,
    /// Making a directory like another one.
    Mirror,
    /// Creating a temporary directory.
    TempDir,
    /// Creating a temporary file.
    TempFile,
    /// Something outside of this crate: an [`io::Error`] that was converted into an [`Error`].
    Other,
}

impl Op {
    /// What could not be done: `{path}` stands for the path, `{second}` for the second one.
    fn phrase(self) -> &'static str {
        match self {
            Self::Convert => "read {path} as a path",
            Self::WithName => "change the name of {path} to {second}",
            Self::WithStem => "change the stem of {path} to {second}",
            Self::WithSuffix => "change the suffix of {path} to {second}",
            Self::RelativeTo => "express {path} relative to {second}",
            Self::JoinInside => "join {second} inside {path}",
            Self::AsUri => "write {path} as a URI",
            Self::FromUri => "read {path} as a file URI",
            Self::Pattern => "use the pattern {path}",
            Self::Home => "find the home directory",
            Self::Cwd => "find the working directory",
            Self::Expand => "expand {path}",
            Self::Stat => "look at {path}",
            Self::TreeSize => "measure {path}",
            Self::Owner => "find the owner of {path}",
            Self::Group => "find the group of {path}",
            Self::Resolve => "resolve {path}",
            Self::Readlink => "read the link {path}",
            Self::FindUp => "look in {path} and above for {second}",
            Self::Which => "find the program {path}",
            Self::List => "list {path}",
            Self::Follow => "follow the link {path} back to {second}",
            Self::Mkdir => "create directory {path}",
            Self::Rmdir => "remove directory {path}",
            Self::Unlink => "remove file {path}",
            Self::Rmtree => "remove directory tree {path}",
            Self::Remove => "remove {path}",
            Self::ClearDir => "clear directory {path}",
            Self::Symlink => "make {path} a link to {second}",
            Self::Hardlink => "make {path} a hard link to {second}",
            Self::Touch => "touch {path}",
            Self::Mode => "use the mode {path}",
            Self::Chmod => "change the mode of {path} to {second}",
            Self::Open => "open {path}",
            Self::OpenRoot => "open {path} as a root",
            Self::OpenBucket => "open the bucket {path}",
            Self::Presign => "make a URL for {path}",
            Self::Read => "read {path}",
            Self::Write => "write {path}",
            Self::Rename => "rename {path} to {second}",
            Self::Replace => "replace {second} with {path}",
            Self::Copy => "copy {path} to {second}",
            Self::Move => "move {path} to {second}",
            Self::Mirror => "mirror {path} to {second}",
            Self::TempDir => "create a temporary directory in {path}",
            Self::TempFile => "create a temporary file in {path}",
            Self::Other => "use {path}",
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        f.pad(&name)
    }
}

impl Inner {
    fn new(op: Op, path: OsString, cause: Cause) -> Self {
        Self {
            op,
            path: path.into(),
            second: None,
            report: None,
            cause,
            grounds: [Ground::Working, Ground::Working],
            diagnosis: OnceLock::new(),
        }
    }
}

impl Error {
    /// A failure of the system.
    pub(crate) fn new(op: Op, path: impl Into<OsString>, mut cause: io::Error) -> Self {
        let path = path.into();
        sys::explain_nul(&mut cause, path.as_ref());
        Self(Box::new(Inner::new(op, path, Cause::System(cause))))
    }

    /// A failure at a path that does not begin at the working directory: looking there would explain nothing.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn located(op: Op, path: impl Into<OsString>, cause: io::Error) -> Self {
        Self::new(op, path, cause).into_located()
    }

    /// The same failure, and each of several, as one of a path that does not begin at the working directory.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn into_located(self) -> Self {
        self.on_ground(&Ground::Unknown)
    }

    /// The same failure, and each of several, of paths that begin there.
    pub(crate) fn on_ground(mut self, ground: &Ground) -> Self {
        self.0.grounds = [ground.clone(), ground.clone()];
        if let Cause::Several { failures, .. } = &mut self.0.cause {
            *failures = std::mem::take(failures).into_iter().map(|failure| failure.on_ground(ground)).collect();
        }
        self
    }

    /// The same for the error of an operation between two sides: its second path begins on the other side than the first.
    /// Of a path alone it is not known which side it is on, unless both begin at the same place.
    pub(crate) fn between(mut self, from: &Ground, to: &Ground) -> Self {
        let is_known = self.0.second.is_some() || from == to;
        self.0.grounds = if is_known { [from.clone(), to.clone()] } else { [Ground::Unknown, Ground::Unknown] };
        if let Cause::Several { failures, .. } = &mut self.0.cause {
            *failures = std::mem::take(failures).into_iter().map(|failure| failure.between(from, to)).collect();
        }
        self
    }

    /// A failure that lies in the text.
    pub(crate) fn text(op: Op, path: impl Into<OsString>, reason: impl Into<Cow<'static, str>>) -> Self {
        let cause = Cause::Text { reason: reason.into(), position: None };
        Self(Box::new(Inner::new(op, path.into(), cause)))
    }

    /// A failure of what went on after each: `failures` are those that are kept, no more than
    /// [`MOST_FAILURES`](Self::MOST_FAILURES); `count` is how many there were, and `kind` the one of them all.
    pub(crate) fn failures_of(
        op: Op,
        path: impl Into<OsString>,
        failures: Vec<Self>,
        count: usize,
        kind: io::ErrorKind,
    ) -> Self {
        debug_assert!(failures.len() <= count.min(Self::MOST_FAILURES), "BUG: {} of {count}", failures.len());
        let cause = Cause::Several { failures, count, kind, outcome: None };
        Self(Box::new(Inner::new(op, path.into(), cause)))
    }

    /// The kind of two failures, or of two groups of them: what they have in common, or `Other`.
    pub(crate) fn common_kind(one: io::ErrorKind, other: io::ErrorKind) -> io::ErrorKind {
        if one == other { one } else { io::ErrorKind::Other }
    }

    /// How many failures an error keeps.
    pub(crate) const MOST_FAILURES: usize = 100;

    /// The same error, with the path or text that the operation had beside the first.
    pub(crate) fn with_second(mut self, second: impl Into<OsString>) -> Self {
        let second = second.into();
        if let Cause::System(cause) = &mut self.0.cause {
            sys::explain_nul(cause, second.as_ref());
        }
        self.0.second = Some(second.into());
        self
    }

    /// The same error, with what the operation achieved in spite of its failures, for the message.
    pub(crate) fn with_outcome(mut self, text: Option<&'static str>) -> Self {
        if let Cause::Several { outcome, .. } = &mut self.0.cause {
            *outcome = text;
        }
        self
    }

    /// The same error, with what was done all the same.
    pub(crate) fn with_report(mut self, report: Report) -> Self {
        self.0.report = Some(report);
        self
    }

    /// The error that ends an operation at once, with what was done before, if anything was.
    pub(crate) fn after(self, report: Report) -> Self {
        if report == Report::default() { self } else { self.with_report(report) }
    }

    /// The same error, with the place in the text where it lies.
    pub(crate) fn at(mut self, byte: usize) -> Self {
        if let Cause::Text { position, .. } = &mut self.0.cause {
            *position = Some(byte);
        }
        self
    }

    /// The same failure, as one of an operation that has the same paths.
    pub(crate) fn with_op(mut self, op: Op) -> Self {
        self.0.op = op;
        self
    }

    /// The same mistake in a text, come up in an operation on a path: the text is the second one there.
    pub(crate) fn in_operation(mut self, op: Op, path: impl Into<OsString>) -> Self {
        let text = std::mem::replace(&mut self.0.path, path.into().into());
        (self.0.op, self.0.second) = (op, Some(text));
        self
    }

    /// Returns the operation that failed.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Op, path};
    ///
    /// assert_eq!(path("no/such/dir").rmdir().unwrap_err().op(), Op::Rmdir);
    /// ```
    #[must_use]
    pub fn op(&self) -> Op {
        self.0.op
    }

    /// Returns the path of the operation; for a URI or a pattern, its text.
    ///
    /// It is a [`RawPath`] because it need not be UTF-8. [`RawPath::to_path`] returns it as a path of this crate.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = waypath::path("gone").read_text().unwrap_err();
    /// assert_eq!(error.path(), "gone");
    /// assert_eq!(error.path().to_path()?, waypath::path("gone"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> &RawPath {
        &self.0.path
    }

    /// Returns the second path of an operation that has two: the target of a move, the base of
    /// `relative_to`, the text joined by `join_inside`, the new name.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = waypath::path("gone").rename("elsewhere").unwrap_err();
    /// assert_eq!(error.second_path().unwrap(), "elsewhere");
    /// ```
    #[must_use]
    pub fn second_path(&self) -> Option<&RawPath> {
        self.0.second.as_ref()
    }

    /// Returns the byte offset of the mistake in the text of a [mode](crate::Mode).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Mode;
    ///
    /// let error = "u+x,g".parse::<Mode>().unwrap_err();
    /// assert_eq!(error.position(), Some(5));
    /// ```
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        match self.0.cause {
            Cause::Text { position, .. } => position,
            Cause::System(_) | Cause::Several { .. } => None,
        }
    }

    /// Returns the kind of the cause; [`InvalidInput`](io::ErrorKind::InvalidInput) for a mistake in a text. For several failures,
    /// it is the kind of all of them, or [`Other`](io::ErrorKind::Other) if they differ.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use waypath::path;
    ///
    /// assert_eq!(path("gone").read_text().unwrap_err().kind(), ErrorKind::NotFound);
    /// assert_eq!(path("a").relative_to("b").unwrap_err().kind(), ErrorKind::InvalidInput);
    /// ```
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        match &self.0.cause {
            Cause::System(cause) => sys::error_kind(cause),
            Cause::Text { .. } => io::ErrorKind::InvalidInput,
            Cause::Several { kind, .. } => *kind,
        }
    }

    /// Checks whether a [`Root`](crate::Root) refused the path: because a part of it leads out, is a link and the root
    /// refuses links, or is on another file system and the root stays on its own.
    ///
    /// The message says which part, and where a link leads to. If there are several [failures](Error::failures), ask each of them.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// let error = (&root / "../secret").read_text().unwrap_err();
    /// assert!(error.is_escape());
    /// assert_eq!(error.to_string(), "cannot read `../secret`: `..` leads above the root".replace('/', std::path::MAIN_SEPARATOR_STR));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_escape(&self) -> bool {
        self.io_error().is_some_and(sys::Escape::is_cause)
    }

    /// Returns the system's error, if there is one. With several failures, each of them has its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::path;
    ///
    /// assert!(path("gone").read_text().unwrap_err().io_error().is_some());
    /// assert!(path("a").relative_to("b").unwrap_err().io_error().is_none());
    /// ```
    #[must_use]
    pub fn io_error(&self) -> Option<&io::Error> {
        match &self.0.cause {
            Cause::System(cause) => Some(cause),
            Cause::Text { .. } | Cause::Several { .. } => None,
        }
    }

    /// Returns the failures of an operation that continues after a failure, such as removing a tree: the first hundred. For
    /// any other error, it is this error alone, so a loop over them misses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = waypath::path("gone").read_text().unwrap_err();
    /// for failure in error.failures() {
    ///     assert_eq!(failure.to_string(), error.to_string());
    /// }
    /// assert_eq!(error.failures().len(), 1);
    /// ```
    #[must_use]
    pub fn failures(&self) -> &[Self] {
        match &self.0.cause {
            Cause::Several { failures, .. } => failures,
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns the number of failures, including those beyond the first hundred.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = waypath::path("gone").read_text().unwrap_err();
    /// assert_eq!(error.failure_count(), 1);
    /// ```
    #[must_use]
    pub fn failure_count(&self) -> usize {
        match self.0.cause {
            Cause::Several { count, .. } => count,
            _ => 1,
        }
    }

    /// Returns the report of an operation on a tree: what was done in spite of the failures, or until it was cancelled. `None`
    /// for other operations, and if the operation could not begin.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use waypath::{CopyOptions, Specials};
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").mkdir()?;
    /// # (&base / "a" / "f").touch()?;
    /// # let _socket = std::os::unix::net::UnixListener::bind(&base / "a" / "socket").unwrap();
    /// // In `a` there are a file and a socket.
    /// let error = CopyOptions::new().specials(Specials::Refuse).copy(&base / "a", &base / "b").unwrap_err();
    /// assert_eq!((error.failure_count(), error.report().unwrap().files), (1, 1));
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        self.0.report.as_ref()
    }

    /// Takes the error of an operation on a tree apart: the failures that it has kept, how many there were, the kind of all
    /// of them, and what was done.
    pub(crate) fn into_parts(mut self) -> (Vec<Self>, usize, io::ErrorKind, Report) {
        let (kind, report) = (self.kind(), self.0.report.take().unwrap_or_default());
        match self.0.cause {
            Cause::Several { failures, count, .. } => (failures, count, kind, report),
            _ => (vec![self], 1, kind, report),
        }
    }

    /// Writes what could not be done, without the cause.
    fn write_task(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_bare() {
            return Ok(());
        }
        f.write_str("cannot ")?;
        for part in self.0.op.phrase().split(['{', '}']) {
            match part {
                "path" => write!(f, "`{}`", self.path().printable())?,
                "second" => write!(f, "`{}`", self.second_path().map_or_else(Cow::default, RawPath::printable))?,
                words => f.write_str(words)?,
            }
        }
        Ok(())
    }

    /// What may help: the system is asked once, and the answer kept.
    fn diagnosis(&self) -> Option<&Diagnosis> {
        let [only] = self.failures() else { return None };
        let is_whole = std::ptr::eq(only, self);
        let found = || {
            let mut lines = diagnosis::lines(only);
            lines.extend(is_whole.then(|| diagnosis::into_directory(self)).flatten());
            Some(lines).filter(|lines| !lines.is_empty()).map(Diagnosis)
        };
        self.0.diagnosis.get_or_init(found).as_ref()
    }

    /// Looks for what may help now: when the error is printed, something that it is about will be gone.
    pub(crate) fn diagnosed(self) -> Self {
        _ = self.diagnosis();
        self
    }

    /// Whether nothing but the cause is known.
    fn is_bare(&self) -> bool {
        self.0.op == Op::Other && self.0.path == ""
    }

    fn write_outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.cause {
            Cause::Several { outcome: Some(outcome), .. } => write!(f, ": {outcome}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_task(f)?;
        self.write_outcome(f)?;
        match &self.0.cause {
            Cause::System(cause) if self.is_bare() => write!(f, "{cause}"),
            Cause::System(cause) => write!(f, ": {cause}"),
            Cause::Text { reason, position: None } => write!(f, ": {reason}"),
            Cause::Text { reason, position: Some(byte) } => write!(f, ": {reason} at byte {byte}"),
            Cause::Several { failures, count, .. } => match (&failures[..], count) {
                ([], count) => write!(f, ": {count} failures"),
                ([only], 1) => write!(f, ": {only}"),
                ([first, ..], count) => write!(f, ": {count} failures, the first: {first}"),
            },
        }
    }
}

/// What a script's `main` prints: the line of [`Display`](fmt::Display), then hints.
///
/// If something does not exist, the hints are the first part of the path that does not exist, and up to three similar names
/// there. If something is not permitted, they are what cannot be searched, read or changed; if something is too long, they are
/// which name. If a copy or a move meets a directory, they name the method that goes into it. The system is only asked when the
/// error is printed like this; at most some thousand names are read. Each failure has a line.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// (&base / "notes/2026").mkdir_all()?;
/// let error = (&base / "nots/2026/trip.md").read_text().unwrap_err();
/// assert_eq!(
///     format!("{error:?}"),
///     format!("{error}\n  `{}` does not exist\n  similar names there: `notes`", &base / "nots")
/// );
/// # Ok::<(), waypath::Error>(())
/// ```
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Several { failures, count, .. } if *count > 1 => {
                self.write_task(f)?;
                self.write_outcome(f)?;
                write!(f, ": {count} failures")?;
                failures.iter().try_for_each(|failure| write!(f, "\n  {failure}"))?;
                match count - failures.len() {
                    0 => Ok(()),
                    rest => write!(f, "\n  and {rest} more"),
                }
            }
            _ => {
                fmt::Display::fmt(self, f)?;
                self.diagnosis().iter().flat_map(|found| &found.0).try_for_each(|line| write!(f, "\n  {line}"))
            }
        }
    }
}

impl std::error::Error for Error {
    /// What may help, as [`Debug`](#impl-Debug-for-Error) shows it, so that programs that print a chain of causes print it;
    /// otherwise the cause of the cause. The cause itself is in the message.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::error::Error;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "notes.md").touch()?;
    /// let error = (&base / "nots.md").read_text().unwrap_err();
    /// assert!(error.source().unwrap().to_string().ends_with("similar names there: `notes.md`"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.diagnosis() {
            Some(found) => Some(found),
            None => self.io_error().and_then(std::error::Error::source),
        }
    }
}

/// Keeps kind and message. This error becomes the inner error, which has the system's error number
/// ([`io_error`](Error::io_error)); `raw_os_error` of the outer one is `None`.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error)
    }
}

/// Lets `?` convert both kinds of errors in one function. [`at`](IoResultExt::at) adds the path.
///
/// An error of this crate that was converted to an [`io::Error`] is converted back.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use waypath::{Path, path};
///
/// fn save(file: &Path) -> waypath::Result<()> {
///     let mut file = file.create()?;
///     writeln!(file, "a line")?;
///     Ok(file.flush()?)
/// }
/// assert!(save(&path("no/such/file")).is_err());
/// ```
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) => Self::new(Op::Other, "", error),
        }
    }
}

/// Lets `?` get a writer back out of a [`BufWriter`](io::BufWriter).
///
/// # Examples
///
/// ```
/// use std::io::{BufWriter, Write};
///
/// # let base = waypath::TempDir::new()?;
/// let table = &base / "table.csv";
/// let mut lines = BufWriter::new(table.create_atomic()?);
/// writeln!(lines, "0,1")?;
/// lines.into_inner()?.commit()?;
/// assert_eq!(table.read_text()?, "0,1\n");
/// # Ok::<(), waypath::Error>(())
/// ```
impl<W> From<io::IntoInnerError<W>> for Error {
    fn from(error: io::IntoInnerError<W>) -> Self {
        Self::from(error.into_error())
    }
}

/// Adds the path to an [`io::Error`].
///
/// # Examples
///
/// ```
/// use std::io::{BufRead, BufReader};
/// use waypath::{IoResultExt, Path, path};
///
/// fn comments(file: &Path) -> waypath::Result<usize> {
///     let mut count = 0;
///     for line in BufReader::new(file.open()?).lines() {
///         count += usize::from(line.at(file)?.starts_with('#'));
///     }
///     Ok(count)
/// }
/// # let base = waypath::TempDir::new()?;
/// let file = &base / "list";
/// file.write_bytes(b"# first\n\xff\n")?;
/// let error = comments(&file).unwrap_err();
/// assert_eq!(error.to_string(), format!("cannot use `{file}`: stream did not contain valid UTF-8"));
/// # Ok::<(), waypath::Error>(())
/// ```
pub trait IoResultExt<T> {
    /// Converts an [`io::Error`] into an error of this crate, with its path.
    ///
    /// # Examples
    ///
    /// See [`IoResultExt`].
    ///
    /// # Errors
    ///
    /// The error of the result.
    fn at(self, path: impl AsRef<OsStr>) -> Result<T>;
}

impl<T> IoResultExt<T> for io::Result<T> {
    fn at(self, path: impl AsRef<OsStr>) -> Result<T> {
        self.map_err(|cause| {
            let mut error = Error::from(cause);
            if error.is_bare() {
                error.0.path = path.as_ref().into();
            }
            error
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::{Error, Op};

    fn failures(kinds: &[ErrorKind], count: usize) -> Error {
        let failure = |(at, &kind): (usize, &ErrorKind)| Error::new(Op::Unlink, format!("x/{at}"), kind.into());
        let kind = kinds.iter().copied().reduce(Error::common_kind).unwrap();
        Error::failures_of(Op::Rmtree, "x", kinds.iter().enumerate().map(failure).collect(), count, kind)
    }

    #[test]
    fn several_failures_are_one_line_or_one_each() {
        let denied = ErrorKind::PermissionDenied;
        let one = failures(&[denied], 1);
        assert_eq!(one.to_string(), "cannot remove directory tree `x`: cannot remove file `x/0`: permission denied");
        assert_eq!(format!("{one:?}"), one.to_string());

        let three = failures(&[denied, ErrorKind::ResourceBusy], 3);
        assert_eq!(
            three.to_string(),
            "cannot remove directory tree `x`: 3 failures, the first: cannot remove file `x/0`: permission denied"
        );
        assert_eq!(
            format!("{three:?}"),
            "cannot remove directory tree `x`: 3 failures\n  \
             cannot remove file `x/0`: permission denied\n  \
             cannot remove file `x/1`: resource busy\n  \
             and 1 more"
        );
    }

    #[test]
    fn several_failures_have_the_kind_of_all() {
        let denied = ErrorKind::PermissionDenied;
        let alike = failures(&[denied; 100], 200);
        assert_eq!((alike.kind(), alike.failures().len(), alike.failure_count()), (denied, 100, 200));
        assert!(format!("{alike:?}").ends_with("\n  and 100 more"));
        assert_eq!(std::io::Error::from(alike).kind(), denied);
        let different = failures(&[denied, denied, ErrorKind::NotFound], 3);
        assert_eq!((different.kind(), different.failure_count()), (ErrorKind::Other, 3));
        assert!(different.io_error().is_none() && different.position().is_none());
    }
}
