//! Objects that are put in parts: those too large for one request, and those that are written bit by bit.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::{Condition, Limits, Objects, UploadOf, each_chunk};

/// How many parts of one object are on their way at once. With the part that is being filled, this is all that is in memory.
pub(crate) const PARTS_AT_ONCE: usize = 4;

/// Content that becomes an object when it is [finished](Self::finish): with one request if it fits in a part, in parts
/// otherwise. Dropped before, nothing is there, and the parts are removed.
pub(crate) struct ObjectWriter {
    store: Arc<dyn Objects>,
    key: String,
    part_size: usize,
    part: Vec<u8>,
    upload: Option<PartUpload>,
}

impl ObjectWriter {
    /// Begins an object; no request is made before there is more than a part. With its size, if that is known, parts are as
    /// large as [`Limits::part_size_of`] says.
    pub(crate) fn new(store: &Arc<dyn Objects>, key: &str, size: Option<u64>) -> Self {
        let part_size = store.limits().part_size_of(size.unwrap_or(0)) as usize;
        Self { store: store.clone(), key: key.to_owned(), part_size, part: Vec::new(), upload: None }
    }

    /// How many bytes the store has for certain. What is put with one request counts when that is done.
    pub(crate) fn bytes_put(&self) -> u64 {
        self.upload.as_ref().map_or(0, |upload| upload.bytes_put)
    }

    /// Sends what is left of an object in parts, and waits for the oldest part on its way; `false` if there is none.
    fn wait_for_part(&mut self) -> io::Result<bool> {
        if self.upload.is_some() && !self.part.is_empty() {
            self.put_part()?;
        }
        match &mut self.upload {
            Some(upload) if !upload.on_their_way.is_empty() => {
                upload.wait_for_all_but(upload.on_their_way.len() - 1).map(|()| true)
            }
            _ => Ok(false),
        }
    }

    /// Makes the object; returns its tag.
    pub(crate) fn finish(mut self, condition: Condition<'_>) -> io::Result<String> {
        if self.upload.is_none() {
            return self.store.put(&self.key, &self.part, condition);
        }
        if !self.part.is_empty() {
            self.put_part()?;
        }
        match self.upload {
            Some(upload) => upload.finish(condition),
            None => unreachable!("BUG: an upload in parts is not forgotten"),
        }
    }

    /// Grows as a `Vec` does, but never beyond a part.
    fn make_room(&mut self, count: usize) {
        let needed = self.part.len() + count;
        if needed > self.part.capacity() {
            let capacity = needed.max(2 * self.part.capacity()).min(self.part_size);
            self.part.reserve_exact(capacity - self.part.len());
        }
    }

    /// Sends the part, and begins another.
    fn put_part(&mut self) -> io::Result<()> {
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(PartUpload::begin(&self.store, &self.key)?),
        };
        let part = std::mem::take(&mut self.part);
        upload.start(part.len() as u64, move |store, upload, number| store.put_part(upload, number, &part))
    }
}

impl Write for ObjectWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        // A full part waits for what follows: without anything it is the whole object, or the last part.
        if self.part.len() == self.part_size {
            self.put_part()?;
        }
        let count = bytes.len().min(self.part_size - self.part.len());
        self.make_room(count);
        self.part.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    /// Does nothing: a part must be full before it is sent.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts what a reader has under a key; returns the tag. `on_progress` gets the number of bytes that came to the store since it was called
/// last, and can cancel by an error until all of them did; then, as after any other failure, nothing is there.
pub(crate) fn put_all(
    store: &Arc<dyn Objects>,
    key: &str,
    (content, size): (&mut dyn Read, Option<u64>),
    condition: Condition<'_>,
    mut on_progress: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<String> {
    let mut writer = ObjectWriter::new(store, key, size);
    let mut told = 0;
    let mut tell = |put: u64| {
        let new = put - std::mem::replace(&mut told, put);
        if new > 0 { on_progress(new) } else { Ok(()) }
    };
    let size = each_chunk(content, |chunk| {
        writer.write_all(chunk)?;
        tell(writer.bytes_put())
    })?;
    while writer.wait_for_part()? {
        tell(writer.bytes_put())?;
    }
    let tag = writer.finish(condition)?;
    // It is too late to cancel.
    _ = tell(size);
    Ok(tag)
}

/// Puts bytes under a key; returns the tag.
pub(crate) fn put_bytes(
    store: &Arc<dyn Objects>,
    key: &str,
    bytes: &[u8],
    condition: Condition<'_>,
) -> io::Result<String> {
    let size = bytes.len() as u64;
    if size <= store.limits().part_size {
        // Without a copy of them.
        return store.put(key, bytes, condition);
    }
    let mut writer = ObjectWriter::new(store, key, Some(size));
    writer.write_all(bytes)?;
    writer.finish(condition)
}

/// Copies an object inside its store, whatever its size: with one request if the store can, in parts otherwise.
pub(crate) fn copy_all(
    store: &Arc<dyn Objects>,
    (from, size): (&str, u64),
    to: &str,
    condition: Condition<'_>,
) -> io::Result<String> {
    let most = store.limits().most_copied_at_once;
    if size <= most {
        return store.copy(from, to, condition);
    }
    let mut upload = PartUpload::begin(store, to)?;
    for Range { start, end } in ranges(size, most) {
        let from = from.to_owned();
        upload.start(end - start, move |store, upload, number| store.copy_part(upload, number, &from, start..end))?;
    }
    upload.finish(condition)
}

/// The ranges of the parts of an object of this size.
fn ranges(size: u64, part_size: u64) -> impl Iterator<Item = Range<u64>> {
    (0..size.div_ceil(part_size)).map(move |at| at * part_size..((at + 1) * part_size).min(size))
}

/// An upload that was begun. Unless it is finished, it is aborted.
///
/// Each part has a thread of its own, not one of a scope: who writes bit by bit comes and goes. No more than
/// [`PARTS_AT_ONCE`] are there, and none outlives this.
struct PartUpload {
    target: Arc<Target>,
    /// The oldest first, so that tags come in order.
    on_their_way: VecDeque<(u64, JoinHandle<io::Result<String>>)>,
    tags: Vec<String>,
    bytes_put: u64,
    state: State,
}

struct Target {
    store: Arc<dyn Objects>,
    key: String,
    id: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A part is missing.
    Failed,
    Finished,
}

impl Target {
    fn upload(&self) -> UploadOf<'_> {
        UploadOf { key: &self.key, id: &self.id }
    }
}

impl PartUpload {
    fn begin(store: &Arc<dyn Objects>, key: &str) -> io::Result<Self> {
        let id = store.begin_upload(key)?;
        let target = Target { store: store.clone(), key: key.to_owned(), id };
        Ok(Self {
            target: Arc::new(target),
            on_their_way: VecDeque::new(),
            tags: Vec::new(),
            bytes_put: 0,
            state: State::Open,
        })
    }

    /// Starts to put the next part, once no more than a few are on their way.
    fn start(
        &mut self,
        size: u64,
        put: impl Fn(&dyn Objects, UploadOf<'_>, u32) -> io::Result<String> + Send + Sync + 'static,
    ) -> io::Result<()> {
        self.wait_for_all_but(self.most_at_once() - 1)?;
        let number = self.tags.len() + self.on_their_way.len() + 1;
        if number as u64 > Limits::MOST_PARTS {
            return self.fail(io::Error::new(ErrorKind::FileTooLarge, "an object has at most 10,000 parts"));
        }
        let target = self.target.clone();
        let put = Arc::new(move || put(&*target.store, target.upload(), number as u32));
        let here = put.clone();
        match thread::Builder::new().spawn(move || put()) {
            Ok(thread) => self.on_their_way.push_back((size, thread)),
            // As on WASI, which has no threads.
            Err(_) => {
                self.wait_for_all_but(0)?;
                self.keep(size, here())?;
            }
        }
        Ok(())
    }

    fn most_at_once(&self) -> usize {
        self.target.store.limits().threads.clamp(1, PARTS_AT_ONCE)
    }

    /// Waits until no more parts than this are on their way.
    fn wait_for_all_but(&mut self, count: usize) -> io::Result<()> {
        if self.state == State::Failed {
            return Err(io::Error::other("an earlier part of the object could not be put"));
        }
        while self.on_their_way.len() > count {
            let Some((size, thread)) = self.on_their_way.pop_front() else { break };
            let result = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            self.keep(size, result)?;
        }
        Ok(())
    }

    fn keep(&mut self, size: u64, tag: io::Result<String>) -> io::Result<()> {
        match tag {
            Ok(tag) => self.tags.push(tag),
            Err(error) => return self.fail(error),
        }
        self.bytes_put += size;
        Ok(())
    }

    fn fail<T>(&mut self, error: io::Error) -> io::Result<T> {
        self.state = State::Failed;
        Err(error)
    }

    fn finish(mut self, condition: Condition<'_>) -> io::Result<String> {
        self.wait_for_all_but(0)?;
        let tag = self.target.store.finish_upload(self.target.upload(), &self.tags, condition)?;
        self.state = State::Finished;
        Ok(tag)
    }
}

impl Drop for PartUpload {
    fn drop(&mut self) {
        // A part that arrives after the upload is aborted would stay.
        for (_, thread) in self.on_their_way.drain(..) {
            _ = thread.join();
        }
        if self.state != State::Finished {
            // If that fails, `unfinished_uploads` lists it.
            _ = self.target.store.abort_upload(self.target.upload());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::hooked::{Call, Hooked};
    use super::*;

    const PART: u64 = 100;

    fn store(hook: impl Fn(Call<'_>) -> io::Result<()> + Send + Sync + 'static) -> Arc<dyn Objects> {
        let limits = Limits { part_size: PART, most_copied_at_once: PART, ..Limits::default() };
        Arc::new(Hooked::new(limits, hook))
    }

    /// A store, and the calls that were made of it.
    fn listening() -> (Arc<dyn Objects>, Arc<Mutex<Vec<String>>>) {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let all = calls.clone();
        let store = store(move |(call, key)| {
            all.lock().unwrap().push(format!("{call} {key}"));
            Ok(())
        });
        (store, calls)
    }

    fn bytes(count: u64) -> Vec<u8> {
        (0..count).map(|at| (at * 31 % 251) as u8).collect()
    }

    fn put(store: &Arc<dyn Objects>, content: &[u8], condition: Condition<'_>) -> io::Result<String> {
        put_all(store, "a", (&mut &content[..], None), condition, |_| Ok(()))
    }

    fn get(store: &Arc<dyn Objects>, key: &str) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        store.get(key, None, None)?.body.read_to_end(&mut all)?;
        Ok(all)
    }

    fn unfinished(store: &Arc<dyn Objects>) -> usize {
        store.uploads("").unwrap().len()
    }

    #[test]
    fn what_fits_in_a_part_is_one_request_and_all_else_is_in_parts() {
        let rows = [(0, 0), (1, 0), (99, 0), (100, 0), (101, 2), (200, 2), (201, 3), (1000, 10)];
        for (size, parts) in rows {
            let (store, calls) = listening();
            let tag = put(&store, &bytes(size), Condition::Always).unwrap();
            let mut calls = std::mem::take(&mut *calls.lock().unwrap());
            calls.sort();
            let mut expected = vec!["put a".to_owned()];
            if parts > 0 {
                expected = vec!["begin_upload a".to_owned(), "finish_upload a".to_owned()];
                expected.extend((0..parts).map(|_| "put_part a".to_owned()));
            }
            assert_eq!(calls, expected, "{size}");
            assert_eq!(get(&store, "a").unwrap(), bytes(size));
            assert_eq!((store.head("a").unwrap().tag, unfinished(&store)), (tag, 0));
        }
    }

    #[test]
    fn content_is_the_same_however_it_is_cut() {
        let (content, (store, _)) = (bytes(1234), listening());
        for cut in [1, 7, 99, 100, 101, 1234] {
            let mut writer = ObjectWriter::new(&store, "a", None);
            for piece in content.chunks(cut) {
                writer.write_all(piece).unwrap();
                assert!(writer.part.capacity() <= PART as usize);
            }
            writer.finish(Condition::Always).unwrap();
            assert_eq!(get(&store, "a").unwrap(), content, "{cut}");
        }
    }

    #[test]
    fn a_few_parts_are_on_their_way_at_once_and_no_more() {
        let now = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let (seen, all) = (now.clone(), most.clone());
        let store = store(move |(call, _)| {
            if call == "put_part" {
                all.fetch_max(seen.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
                // Until others are there, or nobody else comes: the last parts are fewer.
                while all.load(Ordering::SeqCst) < 2 && std::time::Instant::now() < end && !cfg!(target_family = "wasm")
                {
                    thread::yield_now();
                }
                seen.fetch_sub(1, Ordering::SeqCst);
            }
            Ok(())
        });
        put(&store, &bytes(20 * PART), Condition::Always).unwrap();
        let most = most.load(Ordering::SeqCst);
        assert!(most <= PARTS_AT_ONCE && (most > 1 || cfg!(target_family = "wasm")), "{most}");
        assert_eq!(now.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_failure_anywhere_leaves_nothing_and_what_was_there_before() {
        for failing in ["begin_upload", "put_part", "finish_upload"] {
            let count = AtomicUsize::new(0);
            let store = store(move |(call, _)| {
                // The third part, of eight.
                let is_it = call == failing && (call != "put_part" || count.fetch_add(1, Ordering::SeqCst) == 2);
                if is_it { Err(io::Error::new(ErrorKind::TimedOut, call)) } else { Ok(()) }
            });
            store.put("a", b"old", Condition::Always).unwrap();
            let error = put(&store, &bytes(8 * PART), Condition::Always).unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::TimedOut, failing));
            assert_eq!((get(&store, "a").unwrap().as_slice(), unfinished(&store)), (&b"old"[..], 0));
        }
    }

    #[test]
    fn an_object_never_lacks_a_part_that_failed() {
        let store = store(|(call, _)| if call == "put_part" { Err(ErrorKind::TimedOut.into()) } else { Ok(()) });
        let mut writer = ObjectWriter::new(&store, "a", None);
        // Whoever does not heed errors, and goes on.
        for _ in 0..20 {
            _ = writer.write(&bytes(PART));
        }
        assert!(writer.finish(Condition::Always).is_err());
        assert_eq!((get(&store, "a").unwrap_err().kind(), unfinished(&store)), (ErrorKind::NotFound, 0));
    }

    #[test]
    fn a_writer_that_is_dropped_leaves_nothing() {
        let (store, calls) = listening();
        let mut writer = ObjectWriter::new(&store, "a", None);
        writer.write_all(&bytes(50)).unwrap();
        drop(writer);
        assert_eq!(*calls.lock().unwrap(), Vec::<String>::new(), "nothing was asked");

        let mut writer = ObjectWriter::new(&store, "a", None);
        writer.write_all(&bytes(1050)).unwrap();
        assert_eq!(unfinished(&store), 1);
        drop(writer);
        assert_eq!((get(&store, "a").unwrap_err().kind(), unfinished(&store)), (ErrorKind::NotFound, 0));
    }

    #[test]
    #[cfg(not(target_family = "wasm"))]
    fn a_panic_in_a_part_goes_on_in_the_caller_and_leaves_nothing() {
        let store = store(|(call, _)| if call == "put_part" { panic!("in a part") } else { Ok(()) });
        let put = || put(&store, &bytes(8 * PART), Condition::Always);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(put)).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"in a part"));
        assert_eq!(unfinished(&store), 0);
    }

    #[test]
    fn conditions_hold_when_the_object_is_made() {
        for size in [10, 3 * PART] {
            let (store, _) = listening();
            let first = put(&store, &bytes(size), Condition::IfFree).unwrap();
            assert_eq!(put(&store, b"other", Condition::IfFree).unwrap_err().kind(), ErrorKind::AlreadyExists);
            let second = put(&store, &bytes(size + 1), Condition::IfTag(&first)).unwrap();
            let error = put(&store, &bytes(size), Condition::IfTag(&first)).unwrap_err();
            assert!(super::super::Stale::is_cause(&error));
            assert_eq!((store.head("a").unwrap().tag, unfinished(&store)), (second, 0));
        }
    }

    #[test]
    fn progress_is_the_size_at_the_end_and_can_cancel() {
        let (store, _) = listening();
        for size in [0, 10, 100, 12_345] {
            let mut total = 0;
            let content = bytes(size);
            let on_progress = |put| {
                total += put;
                Ok(())
            };
            put_all(&store, "a", (&mut &content[..], Some(size)), Condition::Always, on_progress).unwrap();
            assert_eq!(total, size);
        }
        let content = bytes(12_345);
        // One more than the size of a buffer, so that it is asked before the end.
        let mut content = content.repeat(40);
        content.truncate(400_000);
        let cancel = |_| Err(ErrorKind::Interrupted.into());
        let error = put_all(&store, "b", (&mut &content[..], None), Condition::Always, cancel).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!((get(&store, "b").unwrap_err().kind(), unfinished(&store)), (ErrorKind::NotFound, 0));
    }

    #[test]
    fn an_object_has_no_more_parts_than_stores_take() {
        let store: Arc<dyn Objects> = Arc::new(Hooked::new(Limits { part_size: 1, ..Limits::default() }, |_| Ok(())));
        assert!(put(&store, &bytes(10_000), Condition::Always).unwrap().ends_with("-10000"));
        let error = put(&store, &bytes(10_001), Condition::Always).unwrap_err();
        assert_eq!((error.kind(), unfinished(&store)), (ErrorKind::FileTooLarge, 0));
        let content = bytes(10_001);
        let tag = put_all(&store, "a", (&mut &content[..], Some(10_001)), Condition::Always, |_| Ok(()));
        assert!(tag.unwrap().ends_with("-5001"), "with its size known, parts are larger");
    }

    #[test]
    fn bytes_are_put_as_what_is_read_is() {
        for size in [0, PART, PART + 1, 1234] {
            let (store, calls) = listening();
            let tag = put_bytes(&store, "a", &bytes(size), Condition::Always).unwrap();
            let requests = calls.lock().unwrap().len();
            assert_eq!(put(&store, &bytes(size), Condition::IfTag(&tag)).unwrap(), tag);
            assert_eq!((get(&store, "a").unwrap(), calls.lock().unwrap().len()), (bytes(size), 2 * requests + 1));
        }
    }

    #[test]
    fn copies_are_one_request_or_in_parts() {
        for size in [0, PART, PART + 1, 7 * PART] {
            let (store, calls) = listening();
            put(&store, &bytes(size), Condition::Always).unwrap();
            calls.lock().unwrap().clear();
            copy_all(&store, ("a", size), "b", Condition::IfFree).unwrap();
            let calls: BTreeSet<_> = calls.lock().unwrap().drain(..).collect();
            let expected: &[&str] =
                if size > PART { &["begin_upload b", "copy_part b", "finish_upload b"] } else { &["copy b"] };
            assert!(calls.iter().map(String::as_str).eq(expected.iter().copied()), "{calls:?}");
            assert_eq!(get(&store, "b").unwrap(), bytes(size));
            let error = copy_all(&store, ("a", size), "b", Condition::IfFree).unwrap_err();
            assert_eq!((error.kind(), unfinished(&store)), (ErrorKind::AlreadyExists, 0));
        }
    }
}
