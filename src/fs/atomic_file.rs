//! Files that are written bit by bit and get their names when they are whole.

use std::fmt;
use std::fs::File;
use std::io;

use super::opened::reads_and_writes;
use crate::error::{Error, Op, Result};
use crate::path::{Path, PathBuf};
use crate::sys::{self, Ground};

/// A file that is being written and is not there yet: [`commit`](Self::commit) makes it appear under its name, in
/// one step; dropping it leaves everything as it was.
///
/// [`create_atomic`](Path::create_atomic) and [`create_new_atomic`](Path::create_new_atomic) begin one. It can be written,
/// read and sought like a [`File`]; the errors of these name the path. Writes are not buffered: wrap it in a
/// [`BufWriter`](io::BufWriter) for small ones.
///
/// # Examples
///
/// ```
/// use std::io::{BufWriter, Write};
///
/// # let base = waypath::TempDir::new()?;
/// let table = &base / "table.csv";
/// let mut lines = BufWriter::new(table.create_atomic()?);
/// for number in 0..3 {
///     writeln!(lines, "{number},{}", number * number)?;
/// }
/// assert!(!table.exists());
/// lines.into_inner()?.commit()?;
/// assert_eq!(table.read_text()?, "0,0\n1,1\n2,4\n");
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "the file is discarded when this is dropped; `commit` gives it its name"]
pub struct AtomicFile {
    path: PathBuf,
    draft: sys::Draft,
    ground: Ground,
}

/// # Writing a file atomically, bit by bit
impl Path {
    /// Begins a file that will replace the one at this path, or be made there, when it is
    /// [committed](AtomicFile::commit).
    ///
    /// It is [`write_atomic`](Path::write_atomic) for content that is produced bit by bit: the same temporary file, and
    /// for each case in the table there the same outcome. What would be refused is refused here, before anything is
    /// written, as far as it can be known. Mode, owner, group and attributes are those that the old file has now.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let report = &base / "report.txt";
    /// report.write_text("old")?;
    ///
    /// let mut new = report.create_atomic()?;
    /// new.write_all(b"half of")?;
    /// drop(new);
    /// assert_eq!(report.read_text()?, "old");
    ///
    /// let mut new = report.create_atomic()?;
    /// new.write_all(b"all of it")?;
    /// new.commit()?;
    /// assert_eq!(report.read_text()?, "all of it");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write_atomic`](Path::write_atomic).
    pub fn create_atomic(&self) -> Result<AtomicFile> {
        begin(self, sys::AtomicTarget::find)
    }

    /// Begins a file that will be made at this path when it is [committed](AtomicFile::commit), unless something has the
    /// name by then.
    ///
    /// Unlike with [`write_new`](Path::write_new), nobody sees the file before it is complete; of several programs that do
    /// this at the same time, the first to commit succeeds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{ErrorKind, Write};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let backup = &base / "backup.tar";
    /// let mut new = backup.create_new_atomic()?;
    /// new.write_all(b"ours")?;
    /// backup.write_text("made meanwhile")?;
    /// assert_eq!(new.commit().unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// assert_eq!(backup.read_text()?, "made meanwhile");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](io::ErrorKind::AlreadyExists): something has this name, even a symbolic link that leads nowhere.
    /// - [`NotFound`](io::ErrorKind::NotFound): the parent does not exist.
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied): the directory may not be changed.
    ///
    /// # Platform-specific behavior
    ///
    /// The name is given in one step on Linux, macOS and Windows. Elsewhere, on file systems without hard links, a file
    /// that appears at the same moment may be replaced, as with [`rename`](Path::rename).
    pub fn create_new_atomic(&self) -> Result<AtomicFile> {
        begin(self, sys::AtomicTarget::find_free)
    }
}

fn begin(path: &Path, find: fn(&sys::OsPath) -> io::Result<sys::AtomicTarget>) -> Result<AtomicFile> {
    AtomicFile::begin(path, find(path.as_ref()), Ground::Working)
}

impl AtomicFile {
    pub(crate) fn begin(path: &Path, target: io::Result<sys::AtomicTarget>, ground: Ground) -> Result<Self> {
        match target.and_then(sys::AtomicTarget::begin) {
            Ok(draft) => Ok(Self { path: path.to_path_buf(), draft, ground }),
            Err(cause) => Err(Error::new(Op::Write, path, cause).on_ground(&ground)),
        }
    }

    fn failed(&self, op: Op, cause: io::Error) -> Error {
        Error::new(op, &self.path, cause).on_ground(&self.ground)
    }

    /// Flushes the content to the disk and gives the file its name.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Seek, SeekFrom, Write};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let table = &base / "table.bin";
    /// let mut file = table.create_atomic()?;
    /// file.write_all(b"????rows")?;
    /// file.seek(SeekFrom::Start(0))?;
    /// file.write_all(b"0004")?;
    /// file.commit()?;
    /// assert_eq!(table.read_text()?, "0004rows");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](io::ErrorKind::AlreadyExists): it was begun with
    ///   [`create_new_atomic`](Path::create_new_atomic), and something has the name.
    /// - Those of [`write_atomic`](Path::write_atomic). Unless it is the directory that cannot be flushed, everything is
    ///   as it was.
    pub fn commit(self) -> Result<()> {
        let Self { path, draft, ground } = self;
        draft.commit().map_err(|cause| Error::new(Op::Write, &path, cause).on_ground(&ground))
    }

    /// Returns the path that the file will have. For a file below a [`Root`](crate::Root), it begins there.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = (&base / "a").create_atomic()?;
    /// assert_eq!(file.path(), &base / "a");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the open file, for what only std's file can do, such as setting its length.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let disk = &base / "disk.img";
    /// let file = disk.create_atomic()?;
    /// file.as_file().set_len(1_000_000)?;
    /// file.commit()?;
    /// assert_eq!(disk.stat()?.size(), 1_000_000);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn as_file(&self) -> &File {
        self.draft.file()
    }
}

reads_and_writes!(AtomicFile);

impl fmt::Debug for AtomicFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AtomicFile").field(&self.path).finish()
    }
}
