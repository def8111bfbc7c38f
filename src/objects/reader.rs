//! Content of an object, read from anywhere in it, through connections that break.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::{Content, Meta, Objects, Stale};

/// How often a read is tried again without a byte that came.
const MOST_TRIES: u32 = 5;

/// How far ahead a place may be for the bytes before it to be read and thrown away: a request of its own takes longer.
const SHORT_WAY: u64 = 256 << 10;

/// The content of an object as it was when this was opened.
///
/// It is asked for once, and again after a seek, or from where a connection broke. If the object is another one by then, that
/// is [`Stale`].
pub(crate) struct ObjectReader {
    store: Arc<dyn Objects>,
    key: String,
    meta: Meta,
    /// Of the next byte that is read; it may be beyond the end.
    position: u64,
    body: Option<Body>,
}

/// What comes from the store, up to the end of the object.
struct Body {
    content: Box<dyn Read + Send>,
    position: u64,
}

impl ObjectReader {
    /// Asks for the whole object.
    pub(crate) fn open(store: &Arc<dyn Objects>, key: &str) -> io::Result<Self> {
        let Content { meta, body: content } = store.get(key, None, None)?;
        let body = Some(Body { content, position: 0 });
        Ok(Self { store: store.clone(), key: key.to_owned(), meta, position: 0, body })
    }

    /// What the store said of the object.
    pub(crate) fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Reads what is left.
    pub(crate) fn read_all(&mut self) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        all.try_reserve_exact(self.left().try_into().unwrap_or(usize::MAX))?;
        self.read_to_end(&mut all)?;
        Ok(all)
    }

    fn left(&self) -> u64 {
        self.meta.size.saturating_sub(self.position)
    }

    /// Sees to a body that leads to this position, from the store if there is none. The store has its own tries.
    fn ask_if_needed(&mut self) -> io::Result<()> {
        let position = self.position;
        let leads_here = |body: &Body| (body.position..=body.position.saturating_add(SHORT_WAY)).contains(&position);
        if !self.body.as_ref().is_some_and(leads_here) {
            // The connection is closed before another is needed.
            self.body = None;
            let content = ask(&*self.store, &self.key, &self.meta, position)?;
            self.body = Some(Body { content, position });
        }
        Ok(())
    }

    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(body) = &mut self.body else { return Err(ErrorKind::UnexpectedEof.into()) };
        let ahead = self.position - body.position;
        if io::copy(&mut (&mut body.content).take(ahead), &mut io::sink())? < ahead {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let count = body.content.read(buffer)?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.position += count as u64;
        body.position = self.position;
        Ok(count)
    }
}

/// Asks for the content from a position on.
fn ask(store: &dyn Objects, key: &str, meta: &Meta, position: u64) -> io::Result<Box<dyn Read + Send>> {
    match store.get(key, Some(position..meta.size), Some(&meta.tag)) {
        Ok(content) => Ok(content.body),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Stale::error()),
        Err(error) => Err(error),
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.left().try_into().unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let mut tries = 1;
        loop {
            self.ask_if_needed()?;
            match self.read_body(&mut buffer[..most]) {
                Err(_) if tries < MOST_TRIES => self.body = None,
                result => return result.inspect_err(|_| self.body = None),
            }
            tries += 1;
        }
    }
}

/// Makes no request.
impl Seek for ObjectReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.meta.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let before = || io::Error::new(ErrorKind::InvalidInput, "invalid seek to a negative or overflowing position");
        self.position = position.ok_or_else(before)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::hooked::Hooked;
    use super::super::{Condition, Limits};
    use super::*;

    /// A store with an object `a`, and the number of requests for its content. Each answer breaks off after `torn_after`
    /// bytes.
    fn store(content: &[u8], torn_after: Option<usize>) -> (Arc<Hooked>, Arc<dyn Objects>, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let hook = move |(call, _): (&'static str, &str)| {
            counted.fetch_add(usize::from(call == "get"), Ordering::SeqCst);
            Ok(())
        };
        let hooked = Arc::new(Hooked::new(Limits::default(), hook).torn_after(torn_after));
        hooked.put("a", content, Condition::Always).unwrap();
        (hooked.clone(), hooked, count)
    }

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|at| (at * 31 % 251) as u8).collect()
    }

    fn read(reader: &mut ObjectReader, count: usize) -> Vec<u8> {
        let mut some = vec![0; count];
        reader.read_exact(&mut some).unwrap();
        some
    }

    #[test]
    fn everything_is_one_request() {
        for size in [0, 1, 100_000] {
            let (_, store, count) = store(&bytes(size), None);
            let mut reader = ObjectReader::open(&store, "a").unwrap();
            assert_eq!((reader.read_all().unwrap(), reader.read_all().unwrap()), (bytes(size), Vec::new()));
            assert_eq!((reader.meta().size, count.load(Ordering::SeqCst)), (size as u64, 1));
        }
    }

    #[test]
    fn a_seek_costs_a_request_only_when_something_is_read_that_is_not_near() {
        let content = bytes(3 << 20);
        let (_, store, count) = store(&content, None);
        let mut reader = ObjectReader::open(&store, "a").unwrap();
        let rows = [
            (SeekFrom::Start(0), 0, 1),
            (SeekFrom::Current(1000), 1010, 1),
            (SeekFrom::Start(2 << 20), 2 << 20, 2),
            (SeekFrom::Current(100 << 10), (2 << 20) + 10 + (100 << 10), 2),
            (SeekFrom::Start(5), 5, 3),
            (SeekFrom::Current(-10), 5, 4),
            (SeekFrom::End(-10), (3 << 20) - 10, 5),
        ];
        for (seek, at, requests) in rows {
            // To and fro, which costs nothing.
            let now = reader.stream_position().unwrap();
            reader.seek(SeekFrom::End(-1)).unwrap();
            reader.seek(SeekFrom::Start(now)).unwrap();
            assert_eq!(reader.seek(seek).unwrap(), at as u64, "{seek:?}");
            assert_eq!(read(&mut reader, 10), content[at..at + 10], "{seek:?}");
            assert_eq!(count.load(Ordering::SeqCst), requests, "{seek:?}");
        }
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
        assert_eq!(reader.seek(SeekFrom::End(1000)).unwrap(), content.len() as u64 + 1000);
        assert_eq!((reader.read(&mut [0]).unwrap(), reader.read_all().unwrap()), (0, Vec::new()), "beyond the end");
        assert_eq!(reader.seek(SeekFrom::Current(i64::MIN)).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(count.load(Ordering::SeqCst), 5);
    }

    #[test]
    fn a_torn_body_goes_on_where_it_broke() {
        let (_, store, count) = store(&bytes(1000), Some(300));
        assert_eq!(ObjectReader::open(&store, "a").unwrap().read_all().unwrap(), bytes(1000));
        assert_eq!(count.load(Ordering::SeqCst), 4);
    }

    #[test]
    fn a_body_that_never_comes_is_an_error_after_a_few_tries() {
        let (_, store, count) = store(&bytes(1000), Some(0));
        let mut reader = ObjectReader::open(&store, "a").unwrap();
        assert_eq!(reader.read_all().unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(count.load(Ordering::SeqCst), MOST_TRIES as usize);
    }

    #[test]
    fn an_object_that_changes_meanwhile_is_not_mixed_with_another() {
        type Change = fn(&Hooked);
        let changes: [(Change, bool); 3] = [
            (|store| _ = store.put("a", &bytes(1001), Condition::Always).unwrap(), true),
            (|store| store.delete("a").unwrap(), true),
            // The same content, put again.
            (|store| _ = store.put("a", &bytes(1000), Condition::Always).unwrap(), false),
        ];
        for (change, is_stale) in changes {
            let (hooked, store, _) = store(&bytes(1000), Some(300));
            let mut reader = ObjectReader::open(&store, "a").unwrap();
            let first = read(&mut reader, 300);
            change(&hooked);
            match reader.read_all() {
                Ok(rest) => assert!(!is_stale && [first, rest].concat() == bytes(1000)),
                Err(error) => assert!(is_stale && Stale::is_cause(&error), "{error:?}"),
            }
        }
    }

    #[test]
    fn what_the_store_refuses_is_not_tried_again() {
        let asked = Arc::new(Mutex::new(0));
        let count = asked.clone();
        let hook = move |(call, _): (&'static str, &str)| {
            *count.lock().unwrap() += usize::from(call == "get");
            if *count.lock().unwrap() > 1 { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) }
        };
        let store: Arc<dyn Objects> = Arc::new(Hooked::new(Limits::default(), hook).torn_after(Some(10)));
        store.put("a", &bytes(100), Condition::Always).unwrap();
        let error = ObjectReader::open(&store, "a").unwrap().read_all().unwrap_err();
        assert_eq!((error.kind(), *asked.lock().unwrap()), (ErrorKind::PermissionDenied, 2));
    }
}
