//! A store in memory.

use std::collections::BTreeMap;
use std::io::{self, Cursor, ErrorKind};
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use md5::{Digest, Md5};

use super::hex::hex;
use super::{
    Condition, Content, Limits, Meta, Object, Objects, Page, PageRequest, PageStart, Stale, Upload, UploadOf, not_found,
};

/// A store in memory, which answers as S3 does, tags included.
#[derive(Default)]
pub(crate) struct MemoryStore {
    limits: Limits,
    state: Mutex<State>,
    requests: AtomicU64,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Stored>,
    uploads: BTreeMap<String, Begun>,
    /// How many uploads there ever were.
    begun: u64,
}

#[derive(Clone)]
struct Stored {
    bytes: Arc<[u8]>,
    meta: Meta,
}

struct Begun {
    key: String,
    time: SystemTime,
    parts: BTreeMap<u32, Stored>,
}

impl MemoryStore {
    #[cfg(test)]
    pub(crate) fn with_limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn request(&self) -> MutexGuard<'_, State> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn object(&self, key: &str) -> io::Result<&Stored> {
        self.objects.get(key).ok_or_else(not_found)
    }

    fn put(&mut self, key: &str, stored: Stored, condition: Condition<'_>) -> io::Result<String> {
        check(condition, self.objects.get(key))?;
        let tag = stored.meta.tag.clone();
        self.objects.insert(key.to_owned(), stored);
        Ok(tag)
    }

    fn upload(&mut self, upload: UploadOf<'_>) -> io::Result<&mut Begun> {
        let begun = self.uploads.get_mut(upload.id).filter(|begun| begun.key == upload.key);
        begun.ok_or_else(|| io::Error::new(ErrorKind::NotFound, "no such upload"))
    }
}

fn check(condition: Condition<'_>, stored: Option<&Stored>) -> io::Result<()> {
    match (condition, stored) {
        (Condition::IfFree, Some(_)) => Err(ErrorKind::AlreadyExists.into()),
        (Condition::IfTag(tag), stored) if stored.is_none_or(|stored| stored.meta.tag != tag) => Err(Stale::error()),
        _ => Ok(()),
    }
}

impl Stored {
    fn new(bytes: &[u8]) -> Self {
        Self::with_tag(bytes.into(), hex(&Md5::digest(bytes)))
    }

    fn with_tag(bytes: Arc<[u8]>, tag: String) -> Self {
        // As stores tell times: in whole seconds.
        let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        Self { meta: Meta { size: bytes.len() as u64, modified, tag }, bytes }
    }

    /// The content in parts, with the tag that such an object has in S3.
    fn of_parts(parts: &BTreeMap<u32, Self>) -> Self {
        let bytes: Vec<u8> = parts.values().flat_map(|part| part.bytes.iter().copied()).collect();
        let mut digest = Md5::new();
        parts.values().for_each(|part| digest.update(Md5::digest(&part.bytes)));
        Self::with_tag(bytes.into(), format!("{}-{}", hex(&digest.finalize()), parts.len()))
    }

    fn range(&self, range: Option<Range<u64>>) -> io::Result<&[u8]> {
        let Some(Range { start, end }) = range else { return Ok(&self.bytes) };
        let (start, end) = (start as usize, end.min(self.meta.size) as usize);
        self.bytes
            .get(start..end)
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the range begins behind the end"))
    }
}

impl Objects for MemoryStore {
    fn uri(&self, key: &str) -> String {
        format!("memory://{key}")
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn is_beside(&self, other: &dyn Objects) -> bool {
        std::ptr::addr_eq(self, other)
    }

    fn list(&self, page: &PageRequest<'_>) -> io::Result<Page> {
        let state = self.request();
        let mut found = Page::default();
        // A token is the last key or prefix of the page before.
        let start = match page.start {
            PageStart::After(key) | PageStart::Next(key) if key >= page.prefix => Excluded(key),
            _ => Included(page.prefix),
        };
        let most = page.most.min(self.limits.most_listed);
        let mut last: Option<&str> = None;
        for (key, stored) in state.objects.range::<str, _>((start, Unbounded)) {
            let Some(rest) = key.strip_prefix(page.prefix) else { break };
            let level = rest.find('/').filter(|_| page.one_level).map(|at| &key[..page.prefix.len() + at + 1]);
            let is_told = match (level, page.start) {
                (Some(level), _) if found.prefixes.last().is_some_and(|told| told == level) => true,
                (Some(level), PageStart::Next(before)) => level == before,
                _ => false,
            };
            if is_told {
                continue;
            }
            if found.objects.len() + found.prefixes.len() == most {
                found.next = last.map(str::to_owned);
                break;
            }
            last = Some(level.unwrap_or(key));
            match level {
                Some(level) => found.prefixes.push(level.to_owned()),
                None => found.objects.push(Object { key: key.clone(), meta: stored.meta.clone() }),
            }
        }
        Ok(found)
    }

    fn head(&self, key: &str) -> io::Result<Meta> {
        self.request().object(key).map(|stored| stored.meta.clone())
    }

    fn get(&self, key: &str, range: Option<Range<u64>>, tag: Option<&str>) -> io::Result<Content> {
        let stored = self.request().object(key)?.clone();
        check(tag.map_or(Condition::Always, Condition::IfTag), Some(&stored))?;
        let body = Cursor::new(stored.range(range)?.to_vec());
        Ok(Content { meta: stored.meta, body: Box::new(body) })
    }

    fn put(&self, key: &str, body: &[u8], condition: Condition<'_>) -> io::Result<String> {
        let stored = Stored::new(body);
        self.request().put(key, stored, condition)
    }

    fn copy(&self, from: &str, to: &str, condition: Condition<'_>) -> io::Result<String> {
        let mut state = self.request();
        let Stored { bytes, meta } = state.object(from)?.clone();
        state.put(to, Stored::with_tag(bytes, meta.tag), condition)
    }

    fn delete(&self, key: &str) -> io::Result<()> {
        self.request().objects.remove(key);
        Ok(())
    }

    fn delete_many(&self, keys: &[String]) -> io::Result<Vec<(String, io::Error)>> {
        let mut state = self.request();
        for key in keys {
            state.objects.remove(key);
        }
        Ok(Vec::new())
    }

    fn begin_upload(&self, key: &str) -> io::Result<String> {
        let mut state = self.request();
        state.begun += 1;
        let id = state.begun.to_string();
        state
            .uploads
            .insert(id.clone(), Begun { key: key.to_owned(), time: SystemTime::now(), parts: BTreeMap::new() });
        Ok(id)
    }

    fn put_part(&self, upload: UploadOf<'_>, number: u32, body: &[u8]) -> io::Result<String> {
        let stored = Stored::new(body);
        let tag = stored.meta.tag.clone();
        self.request().upload(upload)?.parts.insert(number, stored);
        Ok(tag)
    }

    fn copy_part(&self, upload: UploadOf<'_>, number: u32, from: &str, range: Range<u64>) -> io::Result<String> {
        let mut state = self.request();
        let stored = Stored::new(state.object(from)?.range(Some(range))?);
        let tag = stored.meta.tag.clone();
        state.upload(upload)?.parts.insert(number, stored);
        Ok(tag)
    }

    fn finish_upload(&self, upload: UploadOf<'_>, tags: &[String], condition: Condition<'_>) -> io::Result<String> {
        let mut state = self.request();
        let begun = state.upload(upload)?;
        if !begun.parts.values().map(|part| &part.meta.tag).eq(tags) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "the parts are not those that were put"));
        }
        let stored = Stored::of_parts(&begun.parts);
        let tag = state.put(upload.key, stored, condition)?;
        state.uploads.remove(upload.id);
        Ok(tag)
    }

    fn abort_upload(&self, upload: UploadOf<'_>) -> io::Result<()> {
        let mut state = self.request();
        state.upload(upload)?;
        state.uploads.remove(upload.id);
        Ok(())
    }

    fn uploads(&self, prefix: &str) -> io::Result<Vec<Upload>> {
        let state = self.request();
        let below = state.uploads.iter().filter(|(_, begun)| begun.key.starts_with(prefix));
        Ok(below.map(|(id, begun)| Upload { key: begun.key.clone(), id: id.clone(), begun: begun.time }).collect())
    }
}
