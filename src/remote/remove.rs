//! Removing files and trees from a store.

use std::borrow::Cow;
use std::io::ErrorKind;

use super::ObjectStore;
use crate::at::At;
use crate::error::{Op, Result};
use crate::fs::{ObjectPath, RemoveOptions};
use crate::report::Report;

/// # Removing from a store
///
/// Directories are not removed: one is gone when no key is below it.
impl<S: ObjectStore> At<S> {
    /// Removes this file. A directory of the same name stays.
    ///
    /// The store is asked whether the file exists, because it does not say so when it removes one.
    ///
    /// Two requests; one if nothing is there.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// let store = waypath::Memory::new();
    /// let file = &store / "a/b";
    /// file.write_text("")?;
    /// file.unlink()?;
    /// assert!(!(&store / "a").exists()?);
    /// assert_eq!(file.unlink().unwrap_err().kind(), ErrorKind::NotFound);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): no file is there; a directory may be.
    /// - [`IsADirectory`](ErrorKind::IsADirectory): it is the store itself.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the store refuses to remove the file.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the path is no key; see [`exists`](At#method.exists-1).
    #[doc(alias = "remove_file")]
    pub fn unlink(&self) -> Result<()> {
        self.ask(Op::Unlink, |store, key| {
            store.head(key)?;
            store.delete(key)
        })
    }

    /// Removes this file if it exists; returns whether it did.
    ///
    /// Two requests; one if nothing is there.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a").write_text("")?;
    /// assert!((&store / "a").unlink_if_exists()?);
    /// assert!(!(&store / "a").unlink_if_exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`unlink`](At#method.unlink-1), except for [`NotFound`](ErrorKind::NotFound).
    pub fn unlink_if_exists(&self) -> Result<bool> {
        match self.unlink() {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes everything below this directory, and its marker. A file of the same name stays.
    ///
    /// Keys that are no paths, such as `logs//a`, are removed too; keys that only begin alike, such as `logs-old/a`, are not.
    /// Everything that can be removed is, and the error [lists](crate::Error::failures) what failed. What others write meanwhile
    /// is removed or stays.
    ///
    /// **It cannot be undone, and it is not atomic.** To empty a whole store, use [`clear_dir`](At#method.clear_dir-1).
    ///
    /// Two requests for a thousand keys, one to list them and one to remove them; several are made side by side.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "logs/2026/a").write_text("")?;
    /// (&store / "logs-old/a").write_text("")?;
    /// (&store / "logs").rmtree()?;
    /// assert!(!(&store / "logs").exists()?);
    /// assert!((&store / "logs-old/a").exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): nothing is there.
    /// - [`NotADirectory`](ErrorKind::NotADirectory): it is a file only.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): it is the store itself, or the path is no key; see [`exists`](At#method.exists-1).
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied) and others: something could not be listed or removed.
    #[doc(alias = "remove_dir_all")]
    pub fn rmtree(&self) -> Result<()> {
        self.rmtree_with(&RemoveOptions::new()).map(drop)
    }

    /// Does the same with options, and returns a report: see [`RemoveOptions`].
    ///
    /// The report counts keys as files and names them with their store. Without [`threads`](RemoveOptions::threads), as many
    /// are used as the store takes. [`progress`](RemoveOptions::progress) is called after each request, with the path of the
    /// directory. Options about modes and file systems have no effect.
    ///
    /// Requests as for [`rmtree`](At#method.rmtree-1).
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "site/index.html").write_text("")?;
    /// (&store / "site/CNAME").write_text("")?;
    /// let options = waypath::RemoveOptions::new().exclude("CNAME");
    ///
    /// let plan = (&store / "site").rmtree_with(&options.clone().dry_run(true))?;
    /// assert_eq!(plan.steps[0].to_string(), "remove `memory://site/index.html`");
    /// let report = (&store / "site").rmtree_with(&options)?;
    /// assert_eq!((report.files, report.skipped.len()), (1, 1));
    /// assert!((&store / "site/CNAME").exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](At#method.rmtree-1), and those of [`RemoveOptions`].
    pub fn rmtree_with(&self, options: &RemoveOptions<'_>) -> Result<Report> {
        self.removed(Op::Rmtree, options)
    }

    /// Removes whatever is there: a file, everything below a directory, or both. Does nothing if nothing is there.
    ///
    /// One request more than [`rmtree`](At#method.rmtree-1), to ask for the file; two in all if nothing is there.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "x").write_text("a file")?;
    /// (&store / "x/y").write_text("a file in a directory")?;
    /// (&store / "x").remove()?;
    /// (&store / "x").remove()?;
    /// assert!(!(&store / "x").exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`rmtree`](At#method.rmtree-1), except for the first two.
    pub fn remove(&self) -> Result<()> {
        self.remove_with(&RemoveOptions::new()).map(drop)
    }

    /// Does the same with options, and returns a report: see [`rmtree_with`](At#method.rmtree_with-1).
    ///
    /// Requests as for [`remove`](At#method.remove-1).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    ///
    /// # let store = waypath::Memory::new();
    /// (&store / "a/b").write_text("")?;
    /// let plan = (&store / "a").remove_with(&RemoveOptions::new().dry_run(true))?;
    /// assert_eq!(plan.steps[0].to_string(), "remove `memory://a/b`");
    /// assert!((&store / "a/b").exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`remove`](At#method.remove-1), and those of [`RemoveOptions`].
    pub fn remove_with(&self, options: &RemoveOptions<'_>) -> Result<Report> {
        self.removed(Op::Remove, options)
    }

    /// Removes everything below this directory, but not its marker, if it has one. It may be the store itself.
    ///
    /// Requests as for [`rmtree`](At#method.rmtree-1).
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "a/b").write_text("")?;
    /// store.clear_dir()?;
    /// assert!(!(&store / "a").exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](At#method.rmtree-1), except that it may be the store itself.
    #[doc(alias = "empty_dir")]
    pub fn clear_dir(&self) -> Result<()> {
        self.clear_dir_with(&RemoveOptions::new()).map(drop)
    }

    /// Does the same with options, and returns a report: see [`rmtree_with`](At#method.rmtree_with-1).
    ///
    /// Requests as for [`rmtree`](At#method.rmtree-1).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    ///
    /// # let store = waypath::Memory::new();
    /// (&store / "keep").write_text("")?;
    /// (&store / "a/b").write_text("")?;
    /// let report = store.clear_dir_with(&RemoveOptions::new().exclude("keep"))?;
    /// assert_eq!((report.files, report.skipped.len()), (1, 1));
    /// assert_eq!(store.iterdir().paths()?, [&store / "keep"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`clear_dir`](At#method.clear_dir-1), and those of [`RemoveOptions`].
    pub fn clear_dir_with(&self, options: &RemoveOptions<'_>) -> Result<Report> {
        self.removed(Op::ClearDir, options)
    }

    fn removed(&self, op: Op, options: &RemoveOptions<'_>) -> Result<Report> {
        options.run_in_store(op, &ObjectPath { path: Cow::Borrowed(&self.path), store: &self.handle.0 })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::super::{Memory, ObjectsHandle};
    use super::*;
    use crate::objects::hooked::{Call, Hooked};
    use crate::objects::{Condition, Keys, Limits, Objects as _};
    use crate::path::PathBuf;

    /// Keys that no path spells are among them.
    const KEYS: [&str; 13] = [
        "logs",
        "logs!",
        "logs-old/a",
        "logs.txt",
        "logs/",
        "logs//",
        "logs//a",
        "logs/../a",
        "logs/./a",
        "logs/\u{1}",
        "logs/a",
        "logs/b/",
        "logs0",
    ];

    fn store(hook: impl Fn(Call<'_>) -> io::Result<()> + Send + Sync + 'static) -> Arc<Hooked> {
        let store = Hooked::new(Limits::default(), hook);
        for key in KEYS {
            store.memory.put(key, b"", Condition::Always).unwrap();
        }
        Arc::new(store)
    }

    fn at(store: &Arc<Hooked>, path: &str) -> At<Memory> {
        At { handle: ObjectsHandle(store.clone()), path: PathBuf::parse(path) }
    }

    fn left(store: &Arc<Hooked>) -> Vec<String> {
        Keys::new(store.clone(), String::new()).map(|listed| listed.unwrap().key().to_owned()).collect()
    }

    #[test]
    fn nothing_is_left_below_a_directory_and_nothing_else_is_touched() {
        type Verb = fn(&At<Memory>) -> Result<()>;
        let beside = ["logs!", "logs-old/a", "logs.txt", "logs0"];
        let rows: [(Verb, &[&str]); 3] = [
            (At::<Memory>::rmtree, &["logs"]),
            (At::<Memory>::remove, &[]),
            (At::<Memory>::clear_dir, &["logs", "logs/"]),
        ];
        for (verb, stays) in rows {
            let store = store(|_| Ok(()));
            verb(&at(&store, "logs")).unwrap();
            let mut expected = [&beside, stays].concat();
            expected.sort_unstable();
            assert_eq!(left(&store), expected);
        }
    }

    #[test]
    fn a_store_is_emptied_and_may_be_empty() {
        let store = store(|_| Ok(()));
        at(&store, ".").clear_dir().unwrap();
        at(&store, ".").clear_dir().unwrap();
        assert_eq!(left(&store), Vec::<String>::new());
        assert_eq!(at(&store, "logs").clear_dir().unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn what_is_no_directory_is_told_apart() {
        let store = store(|_| Ok(()));
        for (path, kind) in [("logs.txt", ErrorKind::NotADirectory), ("no", ErrorKind::NotFound)] {
            assert_eq!(at(&store, path).rmtree().unwrap_err().kind(), kind);
            assert_eq!(at(&store, path).clear_dir().unwrap_err().kind(), kind);
        }
        at(&store, "no").remove().unwrap();
        assert_eq!(left(&store).len(), KEYS.len());
        at(&store, "logs/b").clear_dir().unwrap();
        assert_eq!(left(&store).len(), KEYS.len(), "a marked directory may be empty");
    }

    #[test]
    fn each_failure_has_its_key_and_what_was_removed_is_reported() {
        let store = store(|(call, key)| match call {
            "delete_one" if key == "logs//a" => Err(io::Error::new(ErrorKind::PermissionDenied, "locked")),
            "delete" if key == "logs/\u{1}" => Err(io::Error::new(ErrorKind::PermissionDenied, "locked")),
            _ => Ok(()),
        });
        let error = at(&store, "logs").rmtree().unwrap_err();
        assert_eq!((error.op(), error.kind(), error.failure_count()), (Op::Rmtree, ErrorKind::PermissionDenied, 2));
        let mut failures: Vec<_> = error.failures().iter().map(ToString::to_string).collect();
        failures.sort();
        assert_eq!(
            failures,
            [r"cannot remove file `memory://logs//a`: locked", r"cannot remove file `memory://logs/\u{1}`: locked"]
        );
        assert_eq!(error.report().unwrap().files, 6);
        assert_eq!(left(&store).iter().filter(|key| key.starts_with("logs/")).count(), 2);
    }

    #[test]
    fn a_listing_that_fails_is_the_failure() {
        let store = store(|(call, _)| if call == "list" { Err(ErrorKind::TimedOut.into()) } else { Ok(()) });
        let error = at(&store, "logs").rmtree().unwrap_err();
        assert_eq!(error.to_string(), "cannot remove directory tree `memory://logs`: timed out");
    }

    #[test]
    fn what_others_remove_meanwhile_is_no_failure_and_what_they_write_is_removed_or_stays() {
        let count = 3000;
        let writer = Arc::new(std::sync::OnceLock::<Arc<Hooked>>::new());
        let others = writer.clone();
        let store = store(move |(call, key)| {
            if let (Some(store), "delete_many") = (others.get(), call) {
                store.memory.delete(key).unwrap();
                // One where the listing has been, and one where it is still to come.
                store.memory.put("logs/0", b"", Condition::Always).unwrap();
                store.memory.put("logs/z", b"", Condition::Always).unwrap();
            }
            Ok(())
        });
        for number in 0..count {
            store.memory.put(&format!("logs/n{number}"), b"", Condition::Always).unwrap();
        }
        _ = writer.set(store.clone());
        at(&store, "logs").rmtree().unwrap();
        let left: Vec<_> = left(&store).into_iter().filter(|key| key.starts_with("logs/")).collect();
        assert!(left.iter().all(|key| key == "logs/0" || key == "logs/z"), "{left:?}");
    }
}
