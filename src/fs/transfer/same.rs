//! When a file is what an object is, as far as can be seen.

use std::io::{self, ErrorKind, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use md5::{Digest, Md5};

use super::item::Item;
use crate::kind::FileKind;
use crate::objects::Limits;

/// What two items are to each other, by what their listings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    Same,
    Different,
    /// Only the content of the file can say it, compared with the tag of the object.
    Unknown,
}

/// How coarse the time of an object is.
const ROUNDING: Duration = Duration::from_secs(1);

/// Compares a source with what is at the target. At least one of them is an object.
pub(super) fn compare(source: &Item, target: &Item, window: Duration) -> Likeness {
    let are_files = source.kind == FileKind::File && target.kind == FileKind::File;
    if !are_files && source.kind != FileKind::Other || source.kind != target.kind || source.size != target.size {
        return Likeness::Different;
    }
    match (&source.tag, &target.tag) {
        (Some(new), Some(old)) if new == old => Likeness::Same,
        (Some(_), Some(_)) => Likeness::Different,
        (None, _) if is_unchanged_since_put(source, target) => Likeness::Same,
        (Some(_), None) if has_time_of(target, source, window) => Likeness::Same,
        _ => Likeness::Unknown,
    }
}

/// Whether a file was last changed before the object was put.
fn is_unchanged_since_put(file: &Item, object: &Item) -> bool {
    let Some(put) = object.modified.and_then(|put| put.checked_sub(ROUNDING)) else { return false };
    file.modified.is_some_and(|time| time < put) && file.changed.is_none_or(|time| time < put)
}

/// Whether a file has the time of an object, as downloads give it.
fn has_time_of(file: &Item, object: &Item, window: Duration) -> bool {
    let (Some(file), Some(object)) = (file.modified, object.modified) else { return false };
    let apart = whole_seconds(file).abs_diff(whole_seconds(object));
    apart <= window.as_secs()
}

/// Listings tell times more finely than answers to requests for one object.
fn whole_seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_secs() as i64,
        Err(before) => -(before.duration().as_secs() as i64) - 1,
    }
}

/// Whether a source was changed after what is at the target.
pub(super) fn is_newer(source: &Item, target: &Item, window: Duration) -> bool {
    let (Some(new), Some(old)) = (source.modified, target.modified) else { return source.modified.is_some() };
    let is_later = whole_seconds(new) > whole_seconds(old);
    is_later && new.duration_since(old).is_ok_and(|apart| apart > window)
}

/// Whether content has the tag that an object with this content has when it was put by this crate: its MD5, or for one in
/// parts the MD5 of theirs. A tag that is none says nothing, and the answer is `false`.
pub(super) fn has_tag(content: &mut dyn Read, size: u64, tag: &str, limits: &Limits) -> io::Result<bool> {
    let part_size = limits.part_size_of(size);
    let (digest, parts) = match tag.split_once('-') {
        Some((digest, parts)) => (digest, parts.parse().ok()),
        None => (tag, None),
    };
    let is_expected = match parts {
        Some(parts) => size.div_ceil(part_size) == parts,
        None => digest == tag,
    };
    if !is_expected || !is_md5(digest) {
        return Ok(false);
    }
    let found = match parts {
        None => digest_of(content, size)?,
        Some(parts) => {
            let mut all = Md5::new();
            for part in 0..parts {
                let Some(digest) = digest_of(content, part_size.min(size - part * part_size))? else {
                    return Ok(false);
                };
                all.update(digest);
            }
            Some(all.finalize().into())
        }
    };
    Ok(found.is_some_and(|found| hex(&found) == digest))
}

/// Whether a tag can be compared with content.
pub(super) fn is_md5(digest: &str) -> bool {
    digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The MD5 of the next bytes; `None` if there are fewer.
fn digest_of(content: &mut dyn Read, size: u64) -> io::Result<Option<[u8; 16]>> {
    let (mut digest, mut buffer, mut left) = (Md5::new(), vec![0; 64 << 10], size);
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match content.read(&mut buffer[..most]) {
            Ok(0) => return Ok(None),
            Ok(count) => {
                digest.update(&buffer[..count]);
                left -= count as u64;
            }
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(Some(digest.finalize().into()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
