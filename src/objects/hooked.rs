//! A store for tests, in which others get a turn just before each request: what they do then is what races do now and
//! then, and an error that they return is the request's.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use super::{
    Condition, Content, Limits, MOST_KEYS, MemoryStore, Meta, Object, Objects, Page, PageRequest, PageStart, Upload,
    UploadOf,
};

/// A request, and the key or the prefix that it is for.
pub(crate) type Call<'a> = (&'static str, &'a str);

type Hook = Box<dyn Fn(Call<'_>) -> io::Result<()> + Send + Sync>;

type List = Box<dyn Fn(&PageRequest<'_>) -> Page + Send + Sync>;

/// What keys are sorted by.
type SortKey = fn(&str) -> Vec<u8>;

/// A store in memory, with a hook.
pub(crate) struct Hooked {
    pub(crate) memory: MemoryStore,
    hook: Hook,
    torn_after: Option<usize>,
    /// What answers instead of the memory.
    list: Option<List>,
    sort_key: Option<SortKey>,
}

/// Content that breaks off after this number of bytes, as when a connection breaks.
struct Torn(Box<dyn Read + Send>, usize);

impl Read for Torn {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.1);
        match self.0.read(&mut buffer[..most])? {
            0 if !buffer.is_empty() => Err(ErrorKind::ConnectionReset.into()),
            count => {
                self.1 -= count;
                Ok(count)
            }
        }
    }
}

impl Hooked {
    pub(crate) fn new(limits: Limits, hook: impl Fn(Call<'_>) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self {
            memory: MemoryStore::with_limits(limits),
            hook: Box::new(hook),
            torn_after: None,
            list: None,
            sort_key: None,
        }
    }

    /// With pages of keys that are not in memory.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_list(self, list: impl Fn(&PageRequest<'_>) -> Page + Send + Sync + 'static) -> Self {
        Self { list: Some(Box::new(list)), ..self }
    }

    /// With content that breaks off after this number of bytes.
    pub(crate) fn torn_after(self, torn_after: Option<usize>) -> Self {
        Self { torn_after, ..self }
    }

    /// Which lists keys in another order than that of their bytes.
    pub(crate) fn sorted_by(self, sort_key: SortKey) -> Self {
        Self { sort_key: Some(sort_key), ..self }
    }

    fn sorted_page(&self, sort_key: SortKey, page: &PageRequest<'_>) -> io::Result<Page> {
        let mut keys = self.all(page.prefix)?;
        keys.sort_by_key(|object| sort_key(&object.key));
        if let PageStart::After(key) | PageStart::Next(key) = page.start {
            keys.retain(|object| sort_key(&object.key) > sort_key(key));
        }
        let most = page.most.min(self.limits().most_listed);
        let mut found = Page::default();
        let mut last = String::new();
        for object in keys {
            let common = object.key[page.prefix.len()..].find('/').filter(|_| page.one_level);
            let common = common.map(|at| object.key[..=page.prefix.len() + at].to_owned());
            if common.is_some() && found.prefixes.last() == common.as_ref() {
                last = object.key;
                continue;
            }
            if found.objects.len() + found.prefixes.len() == most {
                found.next = Some(last);
                break;
            }
            last.clone_from(&object.key);
            match common {
                Some(common) => found.prefixes.push(common),
                None => found.objects.push(object),
            }
        }
        Ok(found)
    }

    /// All objects with a prefix.
    fn all(&self, prefix: &str) -> io::Result<Vec<Object>> {
        let mut all = Vec::new();
        let mut last = None;
        loop {
            let start = last.as_deref().map_or(PageStart::Start, PageStart::Next);
            let Page { objects, next, .. } =
                self.memory.list(&PageRequest { prefix, one_level: false, start, most: MOST_KEYS })?;
            all.extend(objects);
            last = next;
            if last.is_none() {
                return Ok(all);
            }
        }
    }

    /// The store, after a turn of others.
    fn at(&self, call: &'static str, key: &str) -> io::Result<&MemoryStore> {
        (self.hook)((call, key)).map(|()| &self.memory)
    }
}

impl Objects for Hooked {
    fn uri(&self, key: &str) -> String {
        self.memory.uri(key)
    }

    fn limits(&self) -> &Limits {
        self.memory.limits()
    }

    fn is_beside(&self, other: &dyn Objects) -> bool {
        std::ptr::addr_eq(self, other)
    }

    fn list(&self, page: &PageRequest<'_>) -> io::Result<Page> {
        let memory = self.at("list", page.prefix)?;
        if let Some(sort_key) = self.sort_key {
            return self.sorted_page(sort_key, page);
        }
        self.list.as_ref().map_or_else(|| memory.list(page), |list| Ok(list(page)))
    }

    fn head(&self, key: &str) -> io::Result<Meta> {
        self.at("head", key)?.head(key)
    }

    fn get(&self, key: &str, range: Option<Range<u64>>, tag: Option<&str>) -> io::Result<Content> {
        let Content { meta, body } = self.at("get", key)?.get(key, range, tag)?;
        let body = match self.torn_after {
            Some(count) => Box::new(Torn(body, count)),
            None => body,
        };
        Ok(Content { meta, body })
    }

    fn put(&self, key: &str, body: &[u8], condition: Condition<'_>) -> io::Result<String> {
        self.at("put", key)?.put(key, body, condition)
    }

    fn copy(&self, from: &str, to: &str, condition: Condition<'_>) -> io::Result<String> {
        self.at("copy", to)?.copy(from, to, condition)
    }

    fn delete(&self, key: &str) -> io::Result<()> {
        self.at("delete", key)?.delete(key)
    }

    /// A key that the hook fails for as `delete_one` is one that could not be removed.
    fn delete_many(&self, keys: &[String]) -> io::Result<Vec<(String, io::Error)>> {
        let store = self.at("delete_many", &keys[0])?;
        let (mut gone, mut failed) = (Vec::new(), Vec::new());
        for key in keys {
            match self.at("delete_one", key) {
                Ok(_) => gone.push(key.clone()),
                Err(error) => failed.push((key.clone(), error)),
            }
        }
        failed.extend(store.delete_many(&gone)?);
        Ok(failed)
    }

    fn begin_upload(&self, key: &str) -> io::Result<String> {
        self.at("begin_upload", key)?.begin_upload(key)
    }

    fn put_part(&self, upload: UploadOf<'_>, number: u32, body: &[u8]) -> io::Result<String> {
        self.at("put_part", upload.key)?.put_part(upload, number, body)
    }

    fn copy_part(&self, upload: UploadOf<'_>, number: u32, from: &str, range: Range<u64>) -> io::Result<String> {
        self.at("copy_part", upload.key)?.copy_part(upload, number, from, range)
    }

    fn finish_upload(&self, upload: UploadOf<'_>, tags: &[String], condition: Condition<'_>) -> io::Result<String> {
        self.at("finish_upload", upload.key)?.finish_upload(upload, tags, condition)
    }

    fn abort_upload(&self, upload: UploadOf<'_>) -> io::Result<()> {
        self.at("abort_upload", upload.key)?.abort_upload(upload)
    }

    fn uploads(&self, prefix: &str) -> io::Result<Vec<Upload>> {
        self.at("uploads", prefix)?.uploads(prefix)
    }
}
