//! Files in a store that are written bit by bit.

use std::fmt;
use std::io::{self, Write};

use super::ObjectStore;
use super::content::check_free;
use crate::at::At;
use crate::error::{Error, Op, Result};
use crate::objects::{Condition, ObjectWriter};

/// A file that is being written to a store and is not there yet: [`commit`](Self::commit) makes it appear, in one step;
/// dropping it leaves everything as it was.
///
/// [`create`](At#method.create-1) and [`create_new`](At::create_new) begin one. Writes are collected in memory until there is a part
/// of 8 MiB. Four parts are sent at a time, each from a thread of its own, while the next one is filled: at most 40 MiB are in
/// memory. An object has at most 10,000 parts, which are 78 GiB.
///
/// Dropping it waits for the parts on their way, and removes them from the store.
///
/// # Examples
///
/// ```
/// use std::io::Write;
///
/// let store = waypath::Memory::new();
/// let table = &store / "table.csv";
/// let mut lines = table.create()?;
/// for number in 0..3 {
///     writeln!(lines, "{number},{}", number * number)?;
/// }
/// assert!(!table.exists()?);
/// lines.commit()?;
/// assert_eq!(table.read_text()?, "0,0\n1,1\n2,4\n");
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "the file is discarded when this is dropped; `commit` makes it"]
pub struct RemoteWriter {
    uri: String,
    writer: ObjectWriter,
    condition: Condition<'static>,
}

/// # Writing a file to a store bit by bit
impl<S: ObjectStore> At<S> {
    /// Begins a file that will replace the one at this path, or be made there, when it is
    /// [committed](RemoteWriter::commit).
    ///
    /// No request. Committing takes one if the content fits in a part; otherwise there is one for each part, and two.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// let store = waypath::Memory::new();
    /// let report = &store / "report.txt";
    /// report.write_text("old")?;
    ///
    /// let mut new = report.create()?;
    /// new.write_all(b"half of")?;
    /// drop(new);
    /// assert_eq!(report.read_text()?, "old");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IsADirectory`](io::ErrorKind::IsADirectory): it is the store itself. [`InvalidInput`](io::ErrorKind::InvalidInput):
    /// the path is no key; see [`exists`](At#method.exists-1).
    #[doc(alias = "create_atomic")]
    pub fn create(&self) -> Result<RemoteWriter> {
        self.ask(Op::Open, |store, key| Ok(self.writer(ObjectWriter::new(store, key, None), Condition::Always)))
    }

    /// Begins a file that will be made at this path when it is [committed](RemoteWriter::commit), unless a file is there by
    /// then.
    ///
    /// The store is asked now, and told to refuse then: see [`write_new`](At#method.write_new-1) for stores that ignore that.
    ///
    /// One request, and those of [`create`](At#method.create-1).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{ErrorKind, Write};
    ///
    /// let store = waypath::Memory::new();
    /// let backup = &store / "backup.tar";
    /// let mut new = backup.create_new()?;
    /// new.write_all(b"ours")?;
    /// backup.write_text("made meanwhile")?;
    /// assert_eq!(new.commit().unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// assert_eq!(backup.read_text()?, "made meanwhile");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists): the file exists. As for [`create`](At#method.create-1).
    #[doc(alias = "create_new_atomic")]
    pub fn create_new(&self) -> Result<RemoteWriter> {
        self.ask(Op::Open, |store, key| {
            check_free(store, key)?;
            Ok(self.writer(ObjectWriter::new(store, key, None), Condition::IfFree))
        })
    }

    fn writer(&self, writer: ObjectWriter, condition: Condition<'static>) -> RemoteWriter {
        RemoteWriter { uri: self.uri(), writer, condition }
    }
}

impl RemoteWriter {
    /// Sends what is left, and makes the file. Returns its [ETag](At::etag).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// # let store = waypath::Memory::new();
    /// let mut file = (&store / "a").create()?;
    /// file.write_all(b"four")?;
    /// let etag = file.commit()?;
    /// assert_eq!((&store / "a").etag()?, etag);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](io::ErrorKind::AlreadyExists): it was begun with [`create_new`](At::create_new), and a file is
    ///   there.
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied): the store refuses to write the file.
    /// - That of an earlier write, if it was not heeded: a file never lacks a part.
    pub fn commit(self) -> Result<String> {
        let Self { uri, writer, condition } = self;
        writer.finish(condition).map_err(|cause| Error::located(Op::Write, uri, cause))
    }
}

impl Write for RemoteWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes).map_err(|cause| Error::located(Op::Write, &self.uri, cause).into())
    }

    /// Does nothing: the store takes whole parts only.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for RemoteWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoteWriter").field(&self.uri).finish()
    }
}
