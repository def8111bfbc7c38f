//! Files in a store that are read bit by bit.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::ObjectStore;
use crate::at::At;
use crate::error::{Error, Op, Result};
use crate::objects::ObjectReader;

/// Holds what the connection has while the caller reads in small pieces.
const BUFFER: usize = 64 << 10;

/// A file in a store, open for reading: [`At::open`](At#method.open-1) opens one.
///
/// It is buffered, so [`lines`](BufRead::lines) needs no [`BufReader`]. It shows the file as it was when it was opened: if the
/// connection breaks, reading goes on from there, and fails with a [conflict](Error::is_conflict) if the file was replaced by
/// then. [`Seek`] makes no request; the next read makes one for everything from there on, unless the place is less than
/// 256 KiB ahead. Errors name the path.
///
/// # Examples
///
/// ```
/// use std::io::{BufRead, Read, Seek, SeekFrom};
///
/// let store = waypath::Memory::new();
/// (&store / "table.csv").write_text("0,0\n1,1\n2,4\n")?;
///
/// let mut table = (&store / "table.csv").open()?;
/// assert_eq!(table.by_ref().lines().count(), 3);
/// table.seek(SeekFrom::End(-4))?;
/// assert_eq!(std::io::read_to_string(table)?, "2,4\n");
/// # Ok::<(), waypath::Error>(())
/// ```
pub struct RemoteReader {
    uri: String,
    reader: BufReader<ObjectReader>,
}

/// # Reading a file from a store bit by bit
impl<S: ObjectStore> At<S> {
    /// Opens this file for reading.
    ///
    /// One request, and one more for each read after a [seek](RemoteReader) and each time the connection breaks.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Read;
    ///
    /// let store = waypath::Memory::new();
    /// (&store / "a").write_text("all of it")?;
    /// let mut start = String::new();
    /// (&store / "a").open()?.take(3).read_to_string(&mut start)?;
    /// assert_eq!((start.as_str(), store.request_count()), ("all", 2));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`read_bytes`](At#method.read_bytes-1).
    pub fn open(&self) -> Result<RemoteReader> {
        let reader = self.ask(Op::Open, ObjectReader::open)?;
        Ok(RemoteReader { uri: self.uri(), reader: BufReader::with_capacity(BUFFER, reader) })
    }
}

impl RemoteReader {
    /// Returns the size of the file in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a").write_text("four")?;
    /// let file = (&store / "a").open()?;
    /// assert_eq!(file.size(), 4);
    /// assert_eq!(store.request_count(), 2); // one to write, one to open
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "len")]
    #[must_use]
    pub fn size(&self) -> u64 {
        self.reader.get_ref().meta().size
    }

    /// Returns the [ETag](At::etag) of the file that is read, for [`write_if_match`](At::write_if_match).
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// let counter = &store / "counter";
    /// counter.write_text("1")?;
    ///
    /// let file = counter.open()?;
    /// let etag = file.etag().to_owned();
    /// let count: u32 = std::io::read_to_string(file)?.parse().unwrap();
    /// counter.write_if_match(etag, (count + 1).to_string())?;
    /// assert_eq!(counter.read_text()?, "2");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.reader.get_ref().meta().tag
    }
}

fn failed(uri: &str) -> impl FnOnce(io::Error) -> io::Error + '_ {
    move |cause| Error::located(Op::Read, uri, cause).into()
}

impl Read for RemoteReader {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.reader.read(bytes).map_err(failed(&self.uri))
    }
}

impl BufRead for RemoteReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf().map_err(failed(&self.uri))
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
    }
}

impl Seek for RemoteReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // `BufReader` drops what it has read, except in this method.
        match self.offset(to)? {
            Some(offset) => self.reader.seek_relative(offset),
            None => self.reader.seek(to).map(drop),
        }
        .map_err(failed(&self.uri))?;
        self.stream_position()
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        self.reader.stream_position().map_err(failed(&self.uri))
    }
}

impl RemoteReader {
    /// How far a place is from here; `None` if a number cannot hold it.
    fn offset(&mut self, to: SeekFrom) -> io::Result<Option<i64>> {
        let here = i128::from(self.stream_position()?);
        let offset = match to {
            SeekFrom::Start(place) => i128::from(place) - here,
            SeekFrom::End(offset) => i128::from(self.size()) + i128::from(offset) - here,
            SeekFrom::Current(offset) => i128::from(offset),
        };
        Ok(offset.try_into().ok())
    }
}

impl fmt::Debug for RemoteReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoteReader").field(&self.uri).finish()
    }
}
