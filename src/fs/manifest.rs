//! The manifest of a move to another device: what was copied, so that nothing else is removed.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::sync::Mutex;
use std::time::SystemTime;

use crate::kind::FileKind;
use crate::sys::{EditDir, Facts, FileId, Links};
use crate::tree::lock;

/// What was copied, by the directory it was found in and its name there.
///
/// It lives from the first file copied to the last one removed, and takes about 150 bytes and the length of its name
/// for each file.
pub(super) struct Manifest<D: EditDir> {
    directories: Mutex<HashMap<D::Id, Names<D>>>,
    /// The state of files with several names, by device and inode. It is that of the first name copied, as the
    /// other names become hard links to that copy.
    shared: Mutex<HashMap<FileId, State>>,
}

type Names<D> = HashMap<OsString, Entry<D>>;

enum Entry<D: EditDir> {
    File(State),
    Directory(D::Id),
    /// It was not copied and stays: the options say so, or it failed.
    Left,
}

/// What changes when a file does.
#[derive(Clone, Copy, PartialEq)]
struct State {
    kind: FileKind,
    id: Option<FileId>,
    size: u64,
    modified: Option<SystemTime>,
    /// The time of the last change of content or attributes, which no program can set.
    changed: Option<SystemTime>,
}

/// What became of a name.
pub(super) enum Fate {
    Removed(FileKind),
    /// It is a directory.
    Directory,
    /// It stays, as the options say.
    Left,
}

impl State {
    fn of(facts: &Facts) -> Self {
        let Facts { kind, id, size, modified, changed, .. } = *facts;
        Self { kind, id, size, modified, changed }
    }

    /// Whether nothing but attributes, or the number of names, has changed.
    fn has_content_of(&self, other: &Self) -> bool {
        *self == Self { changed: self.changed, ..*other }
    }

    /// Whether nothing has changed, as far as the system says.
    fn is_that_of(&self, facts: &Facts) -> bool {
        let now = Self::of(facts);
        self.has_content_of(&now) && (self.changed.is_none() || self.changed == now.changed)
    }
}

impl<D: EditDir> Manifest<D> {
    pub(super) fn new() -> Self {
        Self { directories: Mutex::default(), shared: Mutex::default() }
    }

    /// Records the state of a file that is going to be read.
    pub(super) fn reading(&self, facts: &Facts) {
        if let (true, Some(id)) = (facts.names > 1, facts.id) {
            lock(&self.shared).entry(id).or_insert(State::of(facts));
        }
    }

    /// Records what was copied. The facts are those from before it was read.
    pub(super) fn copied(&self, directory: &D::Id, name: &OsStr, facts: &Facts) {
        self.record(directory, name, Entry::File(State::of(facts)));
    }

    /// Records a directory of which there is a copy.
    pub(super) fn copied_directory(&self, directory: &D::Id, name: &OsStr, id: &D::Id) {
        self.record(directory, name, Entry::Directory(id.clone()));
    }

    /// Records what was not copied and is to stay.
    pub(super) fn left(&self, directory: &D::Id, name: &OsStr) {
        self.record(directory, name, Entry::Left);
    }

    fn record(&self, directory: &D::Id, name: &OsStr, entry: Entry<D>) {
        let mut directories = lock(&self.directories);
        match directories.get_mut(directory) {
            Some(names) => drop(names.insert(name.to_owned(), entry)),
            None => drop(directories.insert(directory.clone(), HashMap::from([(name.to_owned(), entry)]))),
        }
    }

    /// Removes a name from an open directory if what has it was copied and is unchanged.
    pub(super) fn remove(&self, directory: &D::Id, dir: &D, name: &OsStr) -> io::Result<Fate> {
        let facts = dir.facts_in(name, Links::Keep)?;
        if facts.kind == FileKind::Directory {
            return Ok(Fate::Directory);
        }
        let facts = dir.with_number(name, facts);
        let state = match lock(&self.directories).get(directory).and_then(|names| names.get(name)) {
            Some(Entry::File(state)) => *state,
            Some(Entry::Directory(_)) => return Err(stays(CHANGED)),
            Some(Entry::Left) => return Ok(Fate::Left),
            None => return Err(stays(APPEARED)),
        };
        let mut shared = lock(&self.shared);
        match facts.id.and_then(|id| shared.get_mut(&id)) {
            Some(shared) if state.has_content_of(shared) && shared.is_that_of(&facts) => {
                remove_one_name(dir, name, shared)?;
            }
            None if state.is_that_of(&facts) => dir.remove_file(name)?,
            _ => return Err(stays(CHANGED)),
        }
        Ok(Fate::Removed(facts.kind))
    }

    /// Checks that a directory is the one that was copied; returns whether it is to be emptied.
    pub(super) fn is_copied_directory(&self, directory: &D::Id, name: &OsStr, id: &D::Id) -> io::Result<bool> {
        match lock(&self.directories).get(directory).and_then(|names| names.get(name)) {
            Some(Entry::Directory(copied)) if copied == id => Ok(true),
            Some(Entry::Left) => Ok(false),
            Some(_) => Err(stays(ANOTHER_DIRECTORY)),
            None => Err(stays(APPEARED)),
        }
    }
}

/// Removes one name of a file with several. The system counts that as a change of the file, which is no reason to keep
/// the others.
fn remove_one_name<D: EditDir>(dir: &D, name: &OsStr, state: &mut State) -> io::Result<()> {
    match dir.remove_one_name(name)? {
        Some(facts) if state.has_content_of(&State::of(&facts)) => *state = State::of(&facts),
        // It was changed again.
        Some(_) => {}
        None => state.changed = None,
    }
    Ok(())
}

pub(super) const CHANGED: &str = "it was changed while it was copied";
pub(super) const APPEARED: &str = "it appeared while the directory was copied";
pub(super) const ANOTHER_DIRECTORY: &str = "it is no longer the directory that was copied";

/// The error that says why something is not removed.
pub(super) fn stays(reason: &'static str) -> io::Error {
    io::Error::other(reason)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn time(seconds: u64) -> Option<SystemTime> {
        Some(UNIX_EPOCH + Duration::from_secs(seconds))
    }

    fn facts() -> Facts {
        let [accessed, modified, changed] = [1, 2, 3].map(time);
        let (kind, id, names, size, allocated) = (FileKind::File, Some((1, 2)), 1, 5, 4096);
        Facts { kind, id, names, size, allocated, mode: 0o644, owner: (1, 2), device: 0, accessed, modified, changed }
    }

    fn changed_by(change: fn(&mut Facts)) -> Facts {
        let mut changed = facts();
        change(&mut changed);
        changed
    }

    /// One is enough for a file to stay.
    #[test]
    fn each_fact_that_tells_a_change_is_compared() {
        let state = State::of(&facts());
        assert!(state.is_that_of(&facts()));
        let changes: [fn(&mut Facts); 6] = [
            |facts| facts.kind = FileKind::Symlink,
            |facts| facts.id = Some((1, 3)),
            |facts| facts.id = Some((2, 2)),
            |facts| facts.size = 6,
            |facts| facts.modified = time(9),
            |facts| facts.modified = None,
        ];
        for change in changes {
            let changed = changed_by(change);
            assert!(!state.is_that_of(&changed) && !state.has_content_of(&State::of(&changed)), "{changed:?}");
        }
        let changed = changed_by(|facts| facts.changed = time(9));
        assert!(!state.is_that_of(&changed) && state.has_content_of(&State::of(&changed)));
    }

    #[test]
    fn what_says_nothing_of_the_content_is_not_compared() {
        let state = State::of(&facts());
        let changes: [fn(&mut Facts); 3] =
            [|facts| facts.accessed = time(9), |facts| facts.names = 2, |facts| facts.allocated = 0];
        changes.map(changed_by).iter().for_each(|changed| assert!(state.is_that_of(changed), "{changed:?}"));
        // Some systems do not tell the time of the last change.
        let state = State { changed: None, ..state };
        assert!(state.is_that_of(&facts()));
    }

    /// Where names of a file are copied one by one, it can change between two of them, and change back.
    #[cfg(unix)]
    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test makes its files with std")]
    fn a_name_whose_copy_is_of_another_state_stays() {
        use crate::sys::{Dir, Directory as _};

        let place = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(OsStr::new);
        std::fs::write(place.path().join(one), "content").unwrap();
        std::fs::hard_link(place.path().join(one), place.path().join(two)).unwrap();
        let dir = Dir::open(place.path()).unwrap();
        let (id, now) = (dir.id().unwrap(), dir.facts_in(one, Links::Keep).unwrap());
        let manifest = Manifest::<Dir>::new();
        manifest.reading(&now);
        manifest.copied(&id, one, &now);
        manifest.copied(&id, two, &Facts { size: now.size + 1, ..now });
        let Err(error) = manifest.remove(&id, &dir, two) else { panic!("it was removed") };
        assert_eq!(error.to_string(), CHANGED);
        assert!(matches!(manifest.remove(&id, &dir, one), Ok(Fate::Removed(FileKind::File))));
        assert!(!place.path().join(one).exists() && place.path().join(two).exists());
    }
}
