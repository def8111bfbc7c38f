//! Stores of objects: what the verbs of `remote`, and copies between disk and store, stand on.
//!
//! One method of [`Objects`] is one request, so who reads a verb can count what it costs. Repeating a request, signing it
//! and knowing what a broken answer means is the store's business; what a key means as a path is [`key`]'s.

#[cfg(not(target_family = "wasm"))]
mod client;
#[cfg(not(target_family = "wasm"))]
mod credentials;
#[cfg(not(target_family = "wasm"))]
mod date;
mod hex;
#[cfg(test)]
pub(crate) mod hooked;
#[cfg(not(target_family = "wasm"))]
mod http;
mod key;
mod memory;
mod multipart;
mod pages;
mod reader;
mod remove;
#[cfg(not(target_family = "wasm"))]
mod tls;

use std::any::Any;
use std::io::{self, Read};
use std::ops::Range;
use std::time::SystemTime;

#[cfg(not(target_family = "wasm"))]
pub use client::Presign;
#[cfg(not(target_family = "wasm"))]
pub(crate) use client::{AddressStyle, Client, Endpoint, Retry, Settings};
#[cfg(not(target_family = "wasm"))]
pub(crate) use credentials::{Chain, Credentials, Environment, Profile, Provider, Source};
pub(crate) use hex::hex;
#[cfg(not(target_family = "wasm"))]
pub(crate) use http::Timeouts;
pub(crate) use key::{Misfit, key_of, late_prefix, part_at, path_of, prefix_of};
pub(crate) use memory::MemoryStore;
pub(crate) use multipart::{ObjectWriter, copy_all, put_all, put_bytes};
pub(crate) use pages::{Keys, Listed, Position};
pub(crate) use reader::ObjectReader;
pub(crate) use remove::{Removed, remove_all};
#[cfg(not(target_family = "wasm"))]
pub(crate) use tls::Roots;

/// Most keys that one page of a listing has, and one request deletes.
pub(crate) const MOST_KEYS: usize = 1000;

/// A store of objects: keys, with bytes under them. There are no directories.
pub(crate) trait Objects: Any + Send + Sync {
    /// How errors and people name what is under a key: `s3://bucket/key`. Never a URL, which is signed.
    fn uri(&self, key: &str) -> String;

    /// How much at once.
    fn limits(&self) -> &Limits;

    /// Whether another store is this one, in which [`copy`](Self::copy) can copy.
    fn is_beside(&self, other: &dyn Objects) -> bool;

    /// One page of the keys, in the order of their bytes.
    fn list(&self, page: &PageRequest<'_>) -> io::Result<Page>;

    /// What is known of the object with this key; [`NotFound`](io::ErrorKind::NotFound) without one.
    fn head(&self, key: &str) -> io::Result<Meta>;

    /// The content, or a range of it that begins inside. With a tag, [`Stale`] unless the object still has it.
    fn get(&self, key: &str, range: Option<Range<u64>>, tag: Option<&str>) -> io::Result<Content>;

    /// Puts an object under a key. It is there whole, or not at all. Returns its tag.
    fn put(&self, key: &str, body: &[u8], condition: Condition<'_>) -> io::Result<String>;

    /// Copies inside the store, at most [`Limits::most_copied_at_once`] bytes. Returns the tag of the copy.
    fn copy(&self, from: &str, to: &str, condition: Condition<'_>) -> io::Result<String>;

    /// Removes the object with this key; no error if there is none.
    fn delete(&self, key: &str) -> io::Result<()>;

    /// Removes at most [`MOST_KEYS`] objects. Returns those that could not be removed.
    fn delete_many(&self, keys: &[String]) -> io::Result<Vec<(String, io::Error)>>;

    /// Begins an object that is put in parts; returns the name of the upload.
    fn begin_upload(&self, key: &str) -> io::Result<String>;

    /// Puts a part, counted from 1. All but the last have at least [`Limits::part_size`] bytes. Returns its tag.
    fn put_part(&self, upload: UploadOf<'_>, number: u32, body: &[u8]) -> io::Result<String>;

    /// A part that is a range of an object in the store.
    fn copy_part(&self, upload: UploadOf<'_>, number: u32, from: &str, range: Range<u64>) -> io::Result<String>;

    /// Makes the object of its parts, whose tags are in order. Returns the tag of the object.
    fn finish_upload(&self, upload: UploadOf<'_>, tags: &[String], condition: Condition<'_>) -> io::Result<String>;

    /// Forgets the parts of an upload.
    fn abort_upload(&self, upload: UploadOf<'_>) -> io::Result<()>;

    /// Uploads below a prefix that were begun and neither finished nor aborted.
    fn uploads(&self, prefix: &str) -> io::Result<Vec<Upload>>;
}

/// How much a store takes at once.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// How many requests may be made side by side.
    pub(crate) threads: usize,
    /// The size of a part, and the largest object that is put with one request.
    pub(crate) part_size: u64,
    /// The largest object that one request copies.
    pub(crate) most_copied_at_once: u64,
    /// Most keys on one page of a listing.
    pub(crate) most_listed: usize,
}

impl Limits {
    /// Most parts of one object.
    const MOST_PARTS: u64 = 10_000;

    /// The size of the parts of an object with this many bytes: always the same, so that the tag of an object in parts can
    /// be computed from a file.
    pub(crate) fn part_size_of(&self, size: u64) -> u64 {
        self.part_size.max(size.div_ceil(Self::MOST_PARTS))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { threads: 16, part_size: 8 << 20, most_copied_at_once: 5 << 30, most_listed: MOST_KEYS }
    }
}

/// What is asked of a listing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRequest<'a> {
    pub(crate) prefix: &'a str,
    /// Whether keys with a `/` behind the prefix are put together to one prefix each.
    pub(crate) one_level: bool,
    pub(crate) start: PageStart<'a>,
    /// Most items, [`MOST_KEYS`] at most.
    pub(crate) most: usize,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PageStart<'a> {
    Start,
    /// Behind this key.
    After(&'a str),
    /// Where the page before ended.
    Next(&'a str),
}

/// A page of a listing. Objects and prefixes are each in order.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Object>,
    /// What keys have in common up to a `/`, which is part of it.
    pub(crate) prefixes: Vec<String>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) meta: Meta,
}

/// What is known of an object without its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Meta {
    pub(crate) size: u64,
    /// When it was put there, by the clock of the store.
    pub(crate) modified: SystemTime,
    /// What tells this content from any other under the key, without the quotation marks. Of an object that was put with
    /// one request it is the MD5 of the content in most stores.
    pub(crate) tag: String,
}

/// The content of an object on its way.
pub(crate) struct Content {
    /// Of the whole object.
    pub(crate) meta: Meta,
    /// What was asked for. It ends early only with an error.
    pub(crate) body: Box<dyn Read + Send>,
}

/// When something is put under a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition<'a> {
    Always,
    /// If nothing is there; [`AlreadyExists`](io::ErrorKind::AlreadyExists) otherwise.
    IfFree,
    /// If the object that is there has this tag; [`Stale`] otherwise.
    IfTag(&'a str),
}

/// An upload in parts, and its key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UploadOf<'a> {
    pub(crate) key: &'a str,
    pub(crate) id: &'a str,
}

/// An upload that was begun.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) begun: SystemTime,
}

/// What is known of the object with this key, if there is one.
pub(crate) fn find(store: &dyn Objects, key: &str) -> io::Result<Option<Meta>> {
    match store.head(key) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Reads content to its end, and shows each piece. Returns how many bytes there were.
pub(crate) fn each_chunk(content: &mut dyn Read, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<u64> {
    let (mut buffer, mut size) = (vec![0; 128 << 10], 0);
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(size),
            Ok(count) => {
                each(&buffer[..count])?;
                size += count as u64;
            }
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
}

/// The error of a key that nothing is under.
pub(crate) fn not_found() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "nothing is there")
}

/// The cause of an error: the object is not what it was when its tag was taken.
#[derive(Debug)]
pub(crate) struct Stale;

impl Stale {
    pub(crate) fn error() -> io::Error {
        io::Error::other(Self)
    }

    pub(crate) fn is_cause(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|cause| cause.is::<Self>())
    }
}

impl std::fmt::Display for Stale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the object was changed or removed meanwhile")
    }
}

impl std::error::Error for Stale {}
