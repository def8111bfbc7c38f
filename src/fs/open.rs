//! Opening files.

use std::fs::{File, OpenOptions};

use crate::error::{Error, Op, Result};
use crate::path::Path;
use crate::sys;

/// # Opening files
///
/// What is opened is a [`File`] of std.
impl Path {
    /// Opens the file for reading.
    ///
    /// Reads are not buffered: wrap the file in a [`BufReader`](std::io::BufReader) to read lines.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{BufRead, BufReader};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let log = &base / "log";
    /// log.write_text("one\ntwo\n")?;
    /// let lines = BufReader::new(log.open()?).lines();
    /// assert_eq!(lines.count(), 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is there.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to read the file; or it is a directory, on
    ///   Windows. On Unix a directory can be opened, but not read.
    pub fn open(&self) -> Result<File> {
        self.open_with(OpenOptions::new().read(true))
    }

    /// Opens the file for writing, and creates it if it does not exist. **Its content is deleted.**
    ///
    /// To keep the content, or to fail if the file exists, use [`open_with`](Path::open_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{BufWriter, Write};
    /// use waypath::IoResultExt;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let table = &base / "table.csv";
    /// let mut lines = BufWriter::new(table.create()?);
    /// for number in 0..3 {
    ///     writeln!(lines, "{number},{}", number * number).at(&table)?;    // An error of a `File` has no path.
    /// }
    /// lines.flush().at(&table)?;
    /// assert_eq!(table.read_text()?, "0,0\n1,1\n2,4\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the parent does not exist.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to write the file.
    /// - [`IsADirectory`](std::io::ErrorKind::IsADirectory): it is a directory
    ///   ([`PermissionDenied`](std::io::ErrorKind::PermissionDenied) on Windows).
    pub fn create(&self) -> Result<File> {
        sys::create(self.as_ref()).map_err(|cause| Error::new(Op::Open, self, cause))
    }

    /// Opens the file with std's [`OpenOptions`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::fs::OpenOptions;
    /// use std::io::ErrorKind;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let lock = &base / "lock";
    /// let new = OpenOptions::new().write(true).create_new(true).to_owned();
    /// lock.open_with(&new)?;
    /// assert_eq!(lock.open_with(&new).unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those that [`std::fs::OpenOptions::open`] lists.
    #[doc(alias = "OpenOptions")]
    pub fn open_with(&self, options: &OpenOptions) -> Result<File> {
        sys::open(self.as_ref(), options).map_err(|cause| Error::new(Op::Open, self, cause))
    }
}
