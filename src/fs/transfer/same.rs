//! When a file is what an object is, as far as can be seen.

use std::io::{self, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use md5::{Digest, Md5};

use super::item::Item;
use crate::kind::FileKind;
use crate::objects::{Limits, each_chunk, hex};

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

/// Whether a file has the time of an object, as [`time_for`] gives it: to the nanosecond, as a file that is written in the
/// same second is another one.
fn has_time_of(file: &Item, object: &Item, window: Duration) -> bool {
    let (Some(file), Some(object)) = (file.modified, object.modified.map(time_for)) else { return false };
    let apart = file.duration_since(object).unwrap_or_else(|earlier| earlier.duration());
    apart <= window
}

/// The time that a file gets of an object: in whole seconds, as listings tell times more finely than answers to requests
/// for one object.
pub(super) fn time_for(modified: SystemTime) -> SystemTime {
    match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => UNIX_EPOCH + Duration::from_secs(after.as_secs()),
        Err(_) => modified,
    }
}

/// Whether a source was changed after what is at the target.
pub(super) fn is_newer(source: &Item, target: &Item, window: Duration) -> bool {
    let (Some(new), Some(old)) = (source.modified, target.modified) else { return source.modified.is_some() };
    let is_later = time_for(new) > time_for(old);
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
    let mut digest = Md5::new();
    let count = each_chunk(&mut content.take(size), |chunk| {
        digest.update(chunk);
        Ok(())
    })?;
    Ok((count == size).then(|| digest.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(size: u64, modified: u64, changed: u64) -> Item {
        let [modified, changed] = [modified, changed].map(|time| Some(UNIX_EPOCH + Duration::from_millis(time)));
        Item { key: "a".into(), kind: FileKind::File, size, modified, changed, tag: None }
    }

    fn object(size: u64, modified: u64, tag: &str) -> Item {
        Item { tag: Some(tag.into()), changed: None, ..file(size, modified, 0) }
    }

    #[track_caller]
    fn is(source: Item, target: Item, likeness: Likeness) {
        assert_eq!(compare(&source, &target, Duration::ZERO), likeness, "{source:?} {target:?}");
    }

    #[test]
    fn a_file_is_what_was_put_if_it_was_not_touched_since() {
        is(file(1, 5_000, 5_000), object(1, 7_000, "t"), Likeness::Same);
        // Within the rounding of the store, and later.
        is(file(1, 6_000, 5_000), object(1, 7_000, "t"), Likeness::Unknown);
        is(file(1, 5_000, 6_000), object(1, 7_000, "t"), Likeness::Unknown);
        is(file(1, 5_000, 9_000), object(1, 7_000, "t"), Likeness::Unknown);
        is(file(2, 5_000, 5_000), object(1, 7_000, "t"), Likeness::Different);
        let untold = Item { modified: None, ..file(1, 0, 0) };
        is(untold, object(1, 7_000, "t"), Likeness::Unknown);
        let without_change = Item { changed: None, ..file(1, 5_000, 0) };
        is(without_change, object(1, 7_000, "t"), Likeness::Same);
    }

    #[test]
    fn a_file_is_what_was_fetched_if_it_has_its_time() {
        is(object(1, 7_000, "t"), file(1, 7_000, 9_000), Likeness::Same);
        is(object(1, 7_123, "t"), file(1, 7_000, 9_000), Likeness::Same);
        is(object(1, 7_000, "t"), file(1, 8_000, 9_000), Likeness::Unknown);
        // Written in the same second.
        is(object(1, 7_000, "t"), file(1, 7_500, 7_500), Likeness::Unknown);
        is(object(1, 7_500, "t"), file(1, 7_500, 7_500), Likeness::Unknown);
        is(object(1, 7_000, "t"), file(2, 7_000, 9_000), Likeness::Different);
        let link = Item { kind: FileKind::Symlink, ..file(1, 7_000, 9_000) };
        is(object(1, 7_000, "t"), link, Likeness::Different);
        let compare = |old| compare(&object(1, 7_000, "t"), &file(1, old, 0), Duration::from_secs(2));
        assert_eq!((compare(9_000), compare(10_000)), (Likeness::Same, Likeness::Unknown));
    }

    #[test]
    fn objects_are_the_same_by_their_tags() {
        is(object(1, 1, "t"), object(1, 9, "t"), Likeness::Same);
        is(object(1, 1, "t"), object(1, 1, "u"), Likeness::Different);
        is(object(1, 1, "t"), object(2, 1, "t"), Likeness::Different);
    }

    #[test]
    fn a_tag_is_compared_with_content_as_it_was_put() {
        let limits = Limits { part_size: 4, ..Limits::default() };
        let has =
            |content: &str, tag: &str| has_tag(&mut content.as_bytes(), content.len() as u64, tag, &limits).unwrap();
        // By `md5sum`; for parts, that of the digests of `abcd` and `ef`.
        let parts = {
            let all = [Md5::digest("abcd"), Md5::digest("ef")].concat();
            format!("{}-2", hex(&Md5::digest(all)))
        };
        for (content, tag, expected) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e", true),
            ("abcd", "e2fc714c4727ee9395f324cd2e7f331f", true),
            ("abce", "e2fc714c4727ee9395f324cd2e7f331f", false),
            ("abcdef", &parts, true),
            ("abcdeg", &parts, false),
            ("abcdefghi", &parts, false),
            ("abcd", "e2fc714c4727ee9395f324cd2e7f331f-1", false),
            ("abcd", "opaque", false),
            ("abcd", "opaque-1", false),
            ("abcd", "", false),
        ] {
            assert_eq!(has(content, tag), expected, "{content} {tag}");
        }
        // A file that has become shorter.
        let shorter = has_tag(&mut &b"abc"[..], 4, "e2fc714c4727ee9395f324cd2e7f331f", &limits);
        assert!(!shorter.unwrap());
    }
}
