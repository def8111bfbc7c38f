//! A way through a whole tree, for those who change it: by the system's own names, UTF-8 or not, and with
//! the directory at hand in which each is found.
//!
//! A listing says what is wanted and in which order; this leaves nothing out and
//! has no order. Both go down by the same [`Descent`].

use std::ffi::{OsStr, OsString};
use std::io;

use super::descent::Descent;
use crate::kind::FileKind;
use crate::sys::{self, Directory, Links, OsPath, OsPathBuf, Rest};

/// A traversal on its way.
pub(crate) struct Traversal<D: Directory> {
    descent: Descent<D>,
    buffer: D::Buffer,
    /// The directories from the start to the current one.
    levels: Vec<Unvisited>,
    /// Where the current directory is, from the start of the whole traversal.
    path: OsPathBuf,
}

/// What is still to be visited in a directory.
#[derive(Default)]
struct Unvisited {
    /// Whether there is more to be read.
    is_unread: bool,
    /// The directories in it that are still to be visited.
    directories: Vec<OsString>,
    /// The length of the path of the directory above.
    above_len: usize,
}

/// What comes next.
pub(crate) enum Next {
    /// A directory in the current one, to [`enter`](Traversal::enter) or not.
    Directory(OsString),
    /// All in the current directory was visited: [`leave`](Traversal::leave) it.
    End,
}

/// A whole tree, or some of the directories in one, for another traversal.
pub(crate) struct TraversalPart<D> {
    dir: D,
    path: OsPathBuf,
    unvisited: Unvisited,
}

impl<D> TraversalPart<D> {
    /// Everything in a directory, which was not read yet.
    pub(crate) fn whole(dir: D) -> Self {
        Self { dir, path: OsPathBuf::new(), unvisited: Unvisited { is_unread: true, ..Unvisited::default() } }
    }

    /// The directory in which they are.
    pub(crate) fn dir(&self) -> &D {
        &self.dir
    }

    /// Where that is, from the start of the whole traversal.
    pub(crate) fn path(&self) -> &OsPath {
        &self.path
    }
}

impl<D: Directory<Inner = D>> Traversal<D> {
    /// Begins in a directory. At most `most_open` directories stay open.
    pub(crate) fn new(start: D, most_open: usize) -> Self {
        Self::resume(TraversalPart::whole(start), most_open)
    }

    /// Goes on with a part of another traversal.
    pub(crate) fn resume(part: TraversalPart<D>, most_open: usize) -> Self {
        let TraversalPart { dir, path, unvisited } = part;
        let mut descent = Descent::new(most_open);
        descent.begin(dir);
        Self { descent, buffer: D::Buffer::default(), levels: vec![unvisited], path }
    }

    /// Takes back what was given away from a level but not taken by another thread.
    pub(crate) fn take_back(&mut self, at: usize, part: TraversalPart<D>) {
        self.levels[at].directories.extend(part.unvisited.directories);
    }

    /// Goes on. `leaf` is called with each name that is not a directory, and with the inode number that the
    /// [directory](Directory::read) has for it; when it says `true`, the name is a directory after all. An error is one of
    /// reading the current directory, whose rest is then left out.
    pub(crate) fn step(
        &mut self,
        mut leaf: impl FnMut(&D, &OsPath, &OsStr, io::Result<FileKind>, Option<u64>) -> bool,
    ) -> io::Result<Next> {
        let Self { descent, buffer, levels, path } = self;
        let level = levels.last_mut().expect("BUG: the traversal is over");
        while level.is_unread {
            level.is_unread = false;
            let Unvisited { directories, .. } = level;
            let rest = descent.read(buffer, |dir, name, kind, number| {
                if matches!(kind, Ok(FileKind::Directory)) || leaf(dir, path, name, kind, number) {
                    directories.push(name.to_owned());
                }
            })?;
            level.is_unread = rest == Rest::More;
        }
        Ok(level.directories.pop().map_or(Next::End, Next::Directory))
    }

    /// Goes into a directory of the current one.
    pub(crate) fn enter(&mut self, name: &OsStr, links: Links) -> io::Result<()> {
        self.descent.enter(name, links)?;
        let above_len = self.path.as_os_str().len();
        self.levels.push(Unvisited { is_unread: true, above_len, ..Unvisited::default() });
        self.path.push(name);
        Ok(())
    }

    /// Closes the directories that can be opened again.
    pub(crate) fn make_room(&mut self) {
        self.descent.make_room();
    }

    /// Visits nothing in the current directory, which was not read yet.
    pub(crate) fn skip_rest(&mut self) {
        let level = self.levels.last_mut().expect("BUG: the traversal is over");
        level.is_unread = false;
    }

    /// Whether a directory that was listed in the current one, and could not be entered for this reason, has
    /// really gone. The error alone does not say so.
    pub(crate) fn has_vanished(&mut self, name: &OsStr, cause: &io::Error) -> bool {
        let is_gone = |cause: &io::Error| cause.kind() == io::ErrorKind::NotFound;
        is_gone(cause) && self.descent.kind(name, Links::Keep).is_err_and(|cause| is_gone(&cause))
    }

    /// Goes back to the directory above.
    pub(crate) fn leave(&mut self) {
        self.descent.leave();
        let level = self.levels.pop().expect("BUG: the traversal is over");
        sys::truncate_path(&mut self.path, level.above_len);
    }

    /// How many directories the traversal is in: 0 when it is over.
    pub(crate) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The current directory.
    pub(crate) fn dir(&mut self) -> io::Result<&D> {
        self.descent.reopened()
    }

    /// Where the current directory is, from the start of the whole traversal.
    pub(crate) fn path(&self) -> &OsPath {
        &self.path
    }

    /// What tells the current directory from others.
    pub(crate) fn current_id(&mut self) -> io::Result<&D::Id> {
        self.descent.id(self.levels.len() - 1)
    }

    /// Gives away about half of the directories that are still to be visited in the highest open one
    /// that has enough, and says at which level that is; `may_give` says where that is possible.
    pub(crate) fn split(&mut self, mut may_give: impl FnMut(usize) -> bool) -> Option<(usize, TraversalPart<D>)> {
        let last = self.levels.len() - 1;
        let (at, share, dir) = self.descent.open_levels().iter().find_map(|&at| {
            let count = self.levels[at].directories.len();
            // What is given must leave something to do here.
            let share = if at < last { count.div_ceil(2) } else { count / 2 };
            let can_give = share > 0 && may_give(at);
            can_give.then(|| Some((at, share, self.descent.try_clone(at)?))).flatten()
        })?;
        let path = self.path.ancestors().nth(last - at)?.to_owned();
        let directories = self.levels[at].directories.drain(..share).collect();
        Some((at, TraversalPart { dir, path, unvisited: Unvisited { directories, ..Unvisited::default() } }))
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::disallowed_methods, reason = "the trees are made by std")]
mod tests {
    use std::fs;

    use super::*;
    use crate::sys::Dir;

    /// A traversal of a directory with this number of directories, each of which has `sub`.
    fn traversal(directories: usize) -> (tempfile::TempDir, Traversal<Dir>) {
        let place = tempfile::tempdir().unwrap();
        (0..directories).for_each(|at| fs::create_dir_all(place.path().join(format!("{at}/sub"))).unwrap());
        let traversal = Traversal::new(Dir::open(place.path()).unwrap(), 16);
        (place, traversal)
    }

    fn next(traversal: &mut Traversal<Dir>) -> Option<OsString> {
        match traversal.step(|_, _, _, _, _| false).unwrap() {
            Next::Directory(name) => Some(name),
            Next::End => None,
        }
    }

    fn rest(traversal: &mut Traversal<Dir>) -> Vec<OsString> {
        let mut names: Vec<_> = std::iter::from_fn(|| next(traversal)).collect();
        names.sort();
        names
    }

    #[test]
    fn half_is_given_away_and_something_is_left_to_do() {
        // Of those that are left when the traversal has come to one, and when it has gone into that.
        for (directories, given, given_within) in [(1, 0, 0), (2, 0, 1), (3, 1, 1), (4, 1, 2), (5, 2, 2), (6, 2, 3)] {
            for (goes_in, given) in [(false, given), (true, given_within)] {
                let (_place, mut traversal) = traversal(directories);
                let first = next(&mut traversal).unwrap();
                if goes_in {
                    traversal.enter(&first, Links::Keep).unwrap();
                }
                let part = traversal.split(|level| level == 0);
                assert_eq!(
                    part.as_ref().map_or(0, |(_, part)| part.unvisited.directories.len()),
                    given,
                    "{directories} {goes_in}"
                );
                let mut seen = vec![first];
                if let Some((at, part)) = part {
                    assert_eq!((at, part.path()), (0, OsPath::new("")));
                    seen.extend(rest(&mut Traversal::resume(part, 16)));
                }
                if goes_in {
                    assert_eq!((rest(&mut traversal), traversal.path().iter().count()), (vec!["sub".into()], 1));
                    traversal.leave();
                }
                seen.extend(rest(&mut traversal));
                seen.sort();
                assert!(seen.iter().eq(&(0..directories).map(|at| OsString::from(at.to_string())).collect::<Vec<_>>()));
            }
        }
    }

    #[test]
    fn what_may_not_be_given_away_and_what_nobody_wants_is_visited_here() {
        let (_place, mut traversal) = traversal(5);
        let first = next(&mut traversal).unwrap();
        assert!(traversal.split(|_| false).is_none());
        let (at, part) = traversal.split(|_| true).unwrap();
        traversal.take_back(at, part);
        assert_eq!(rest(&mut traversal).len(), 4, "after {first:?}");
    }

    #[test]
    fn a_part_knows_where_it_is() {
        let (place, _) = traversal(1);
        ["0/a", "0/b", "0/c", "0/a/deep"].iter().for_each(|name| _ = fs::create_dir(place.path().join(name)));
        let mut traversal = Traversal::new(Dir::open(place.path()).unwrap(), 16);
        next(&mut traversal).unwrap();
        traversal.enter(OsStr::new("0"), Links::Keep).unwrap();
        let name = next(&mut traversal).unwrap();
        traversal.enter(&name, Links::Keep).unwrap();
        let (at, part) = traversal.split(|_| true).unwrap();
        assert_eq!((at, part.path(), part.unvisited.directories.len()), (1, OsPath::new("0"), 2));
        assert_eq!(part.dir().id().unwrap(), Dir::open(&place.path().join("0")).unwrap().id().unwrap());
    }
}
