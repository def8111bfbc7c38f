//! Removing many objects.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::key::xml_can_say;
use super::{MOST_KEYS, Objects};
use crate::tree::{in_threads, lock, thread_count};

/// What became of some keys.
pub(crate) enum Removed {
    /// So many are gone.
    Keys(u64),
    /// This one could not be removed.
    Failed(String, io::Error),
}

/// Removes objects in some threads, a thousand with one request. Whatever becomes of some, the others are tried; each is
/// told to `tell`, which returns whether to go on.
pub(crate) fn remove_all(
    store: &dyn Objects,
    threads: usize,
    keys: impl Iterator<Item = String> + Send,
    tell: impl Fn(Removed) -> bool + Sync,
) {
    let keys = Mutex::new(keys);
    let is_over = AtomicBool::new(false);
    let told = |removed| {
        if !tell(removed) {
            is_over.store(true, Ordering::Relaxed);
        }
    };
    in_threads(thread_count(threads), || {
        while !is_over.load(Ordering::Relaxed) {
            // The lock is held while a page is asked for: the next one is not known before.
            let batch: Vec<_> = lock(&keys).by_ref().take(MOST_KEYS).collect();
            if batch.is_empty() {
                return;
            }
            remove_batch(store, batch, told);
        }
    });
}

fn remove_batch(store: &dyn Objects, keys: Vec<String>, tell: impl Fn(Removed)) {
    let (together, alone): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| fits_in_xml(key));
    for key in alone {
        remove_one(store, key, &tell);
    }
    if together.len() <= 1 {
        // Not all stores have the request for several.
        return together.into_iter().for_each(|key| remove_one(store, key, &tell));
    }
    match store.delete_many(&together) {
        Ok(failed) => {
            tell(Removed::Keys((together.len() - failed.len()) as u64));
            failed.into_iter().for_each(|(key, error)| tell(Removed::Failed(key, error)));
        }
        Err(error) => {
            let (kind, text) = (error.kind(), error.to_string());
            together.into_iter().for_each(|key| tell(Removed::Failed(key, io::Error::new(kind, &*text))));
        }
    }
}

fn remove_one(store: &dyn Objects, key: String, tell: &impl Fn(Removed)) {
    tell(match store.delete(&key) {
        Ok(()) => Removed::Keys(1),
        Err(error) => Removed::Failed(key, error),
    });
}

/// Whether a list in XML, which the request for several has, can name a key. Nothing spells control characters there, and a
/// carriage return is read as another character.
fn fits_in_xml(key: &str) -> bool {
    xml_can_say(key) && !key.contains('\r')
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::sync::Arc;

    use super::super::hooked::{Call, Hooked};
    use super::super::{Condition, Keys, Limits};
    use super::*;

    fn store(hook: impl Fn(Call<'_>) -> io::Result<()> + Send + Sync + 'static, count: usize) -> Arc<Hooked> {
        let store = Arc::new(Hooked::new(Limits::default(), hook));
        for number in 0..count {
            store.memory.put(&format!("a/{number:05}"), b"", Condition::Always).unwrap();
        }
        store
    }

    fn keys(store: &Arc<Hooked>) -> impl Iterator<Item = String> + Send + use<> {
        Keys::new(store.clone(), "a/".to_owned()).map(|listed| listed.unwrap().key().to_owned())
    }

    /// How many keys are gone, and what was told of all others.
    fn removed(store: &Arc<Hooked>) -> (u64, Vec<String>) {
        let told = Mutex::new((0, Vec::new()));
        remove_all(&**store, 4, keys(store), |removed| {
            let mut told = lock(&told);
            match removed {
                Removed::Keys(count) => told.0 += count,
                Removed::Failed(key, error) => told.1.push(format!("{key}: {error}")),
            }
            true
        });
        told.into_inner().unwrap()
    }

    fn left(store: &Arc<Hooked>) -> usize {
        Keys::new(store.clone(), String::new()).count()
    }

    #[test]
    fn all_keys_are_removed_a_thousand_at_once() {
        for count in [0, 1, 2, 999, 1000, 1001, 2500] {
            let store = store(|_| Ok(()), count);
            let asked = store.memory.requests();
            assert_eq!(removed(&store), (count as u64, Vec::new()));
            let pages = count.div_ceil(1000).max(1) + count.div_ceil(1000);
            assert_eq!((store.memory.requests() - asked, left(&store)), (pages as u64, 0), "{count}");
        }
    }

    #[test]
    fn each_key_is_removed_or_told() {
        let hook = |(call, key): Call<'_>| match call {
            "delete_one" if key.ends_with("99") => Err(io::Error::new(ErrorKind::PermissionDenied, "locked")),
            "delete_many" if key == "a/01000" => Err(io::Error::new(ErrorKind::TimedOut, "no answer")),
            _ => Ok(()),
        };
        let store = store(hook, 2500);
        let (gone, told) = removed(&store);
        // Ten of the first thousand, all of the second, five of the rest.
        assert_eq!((gone, told.len(), left(&store)), (1485, 1015, 1015));
        assert_eq!(told.iter().filter(|text| text.ends_with(": locked")).count(), 15);
        assert_eq!(told.iter().filter(|text| text.ends_with(": no answer")).count(), 1000);
    }

    #[test]
    fn keys_that_no_list_can_name_are_removed_one_by_one() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let calls = asked.clone();
        let hook = move |(call, key): Call<'_>| {
            if call.starts_with("delete") {
                lock(&calls).push(format!("{call} {key:?}"));
            }
            Ok(())
        };
        let store = store(hook, 0);
        for key in ["a/\u{1}", "a/\r", "a/\u{ffff}", "a/\t\n", "a/\u{7f}", "a//"] {
            store.memory.put(key, b"", Condition::Always).unwrap();
        }
        assert_eq!((removed(&store), left(&store)), ((6, Vec::new()), 0));
        let mut calls = lock(&asked);
        calls.sort();
        let expected = [
            r#"delete "a/\r""#,
            r#"delete "a/\u{1}""#,
            r#"delete "a/\u{ffff}""#,
            r#"delete_many "a/\t\n""#,
            r#"delete_one "a//""#,
            r#"delete_one "a/\t\n""#,
            r#"delete_one "a/\u{7f}""#,
        ];
        assert_eq!(*calls, expected);
    }

    #[test]
    fn it_stops_when_it_is_told_to() {
        let store = store(|_| Ok(()), 20_000);
        remove_all(&*store, 4, keys(&store), |_| false);
        let left = left(&store);
        // What others had begun is done.
        assert!((16_000..20_000).contains(&left), "{left}");
    }
}
