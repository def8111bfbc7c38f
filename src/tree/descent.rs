//! A way down a tree: directories opened one in the other, of which only a few stay open.
//!
//! A directory that was closed to save its descriptor is opened again by going down by name from the
//! nearest one above that is open. That may lead elsewhere by then: device and inode tell. (`..` is
//! not taken: it needs more permission, and leads elsewhere once a directory was moved.)

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::sync::Arc;

use crate::kind::FileKind;
use crate::sys::{self, Access, Directory, Links, OsPath, Rest};

/// How many directories of a way are open at a time, as a rule.
pub(crate) const MOST_OPEN: usize = 16;

/// How many directories of each of several ways at once are open at a time: they share what the process may have.
pub(crate) fn most_open(ways: usize) -> usize {
    /// Whatever else the program has open.
    const OTHERS: usize = 6;
    (sys::most_descriptors().saturating_sub(OTHERS) / ways).clamp(FEWEST_OPEN, MOST_OPEN)
}

/// With fewer, going back up takes long.
const FEWEST_OPEN: usize = 3;

/// How many of them may be read in part: those cannot be closed, as they would begin anew.
const MOST_UNREAD: usize = 4;

pub(crate) struct Descent<D: Directory> {
    /// The way, followed by levels that were left, whose memory is used again.
    levels: Vec<Level<D>>,
    depth: usize,
    /// The levels that are open, in order. The first always is.
    open: Vec<usize>,
    most_open: usize,
    unread: usize,
    /// Where paths begin, if not at the working directory.
    base: Option<Arc<D>>,
}

struct Level<D: Directory> {
    /// Its name in the level above; the first one's does not matter.
    name: OsString,
    links: Links,
    access: Access,
    dir: Option<D>,
    /// Known of every level that is not open.
    id: Option<D::Id>,
    is_unread: bool,
}

impl<D: Directory> Descent<D> {
    pub(crate) fn new(most_open: usize) -> Self {
        Self { levels: Vec::new(), depth: 0, open: Vec::new(), most_open, unread: 0, base: None }
    }

    /// Lets paths begin in an open directory, if there is one.
    pub(crate) fn begin_below(&mut self, base: Option<Arc<D>>) {
        self.base = base;
    }

    /// The open directory in which paths begin, if not in the working directory.
    pub(crate) fn base(&self) -> Option<&D> {
        self.base.as_deref()
    }

    /// Opens a directory of the current one, and closes it again.
    pub(crate) fn try_open(&mut self, name: &OsStr) -> io::Result<()> {
        self.reopen()?;
        self.opened(name, Links::Follow, Access::Read).map(drop)
    }

    /// How many directories the way leads through.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Goes into a directory of the current one; at the beginning, into the one with this path.
    pub(crate) fn enter(&mut self, name: &OsStr, links: Links) -> io::Result<()> {
        self.enter_for(Access::Read, name, links)
    }

    /// The same, with the access that is needed there.
    pub(crate) fn enter_for(&mut self, access: Access, name: &OsStr, links: Links) -> io::Result<()> {
        self.reopen()?;
        let dir = self.opened(name, links, access)?;
        self.push(dir, name, links, access);
        Ok(())
    }

    /// Goes into an open directory, which begins the way.
    pub(crate) fn begin(&mut self, dir: D) {
        self.push(dir, OsStr::new(""), Links::Follow, Access::Read);
    }

    /// Begins another way, which leads through an open directory.
    pub(crate) fn begin_anew(&mut self, dir: D) {
        *self = Self { base: self.base.take(), ..Self::new(self.most_open) };
        self.begin(dir);
    }

    /// Goes back to the directory above.
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
        let level = &mut self.levels[self.depth];
        self.unread -= usize::from(level.is_unread);
        level.is_unread = false;
        if level.dir.take().is_some() {
            self.open.pop();
        }
    }

    /// [Reads](Directory::read) on in the current directory, which stays open until it was read to the end.
    pub(crate) fn read(
        &mut self,
        buffer: &mut D::Buffer,
        each: impl FnMut(&D::Inner, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        let level = &mut self.levels[self.depth - 1];
        let rest = level.dir.as_mut().map_or(Ok(Rest::Nothing), |dir| dir.read(buffer, each));
        self.unread -= usize::from(level.is_unread);
        level.is_unread = matches!(rest, Ok(Rest::More));
        self.unread += usize::from(level.is_unread);
        rest
    }

    /// Whether the current directory must be read to the end before going into another.
    pub(crate) fn must_read_on(&self) -> bool {
        self.unread > MOST_UNREAD
    }

    /// What has a name in the current directory; at the beginning, what has this path.
    pub(crate) fn kind(&mut self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        self.reopen()?;
        match self.current().or(self.base.as_deref()) {
            Some(dir) => dir.kind_in(name, links),
            None => D::kind(OsPath::new(name), links),
        }
    }

    /// What tells the directory at a level from others.
    pub(crate) fn id(&mut self, level: usize) -> io::Result<&D::Id> {
        let Level { dir, id, .. } = &mut self.levels[level];
        match (dir, id) {
            (_, Some(id)) => Ok(id),
            (Some(dir), id) => Ok(id.insert(dir.id()?)),
            (None, None) => unreachable!("BUG: a level is neither open nor known"),
        }
    }

    /// The levels that are open, from the first to the last.
    pub(crate) fn open_levels(&self) -> &[usize] {
        &self.open
    }

    /// The directory at an open level once more, for another way that begins there.
    pub(crate) fn try_clone(&self, level: usize) -> Option<D> {
        self.levels[level].dir.as_ref()?.try_clone().ok()
    }

    /// The current directory, which is open then.
    pub(crate) fn reopened(&mut self) -> io::Result<&D> {
        self.reopen()?;
        Ok(self.current().expect("BUG: no way has begun"))
    }

    fn current(&self) -> Option<&D> {
        self.levels[self.depth.checked_sub(1)?].dir.as_ref()
    }

    fn push(&mut self, dir: D, name: &OsStr, links: Links, access: Access) {
        if self.depth == self.levels.len() {
            self.levels.push(Level { name: OsString::new(), links, access, dir: None, id: None, is_unread: false });
        }
        let level = &mut self.levels[self.depth];
        level.name.clear();
        level.name.push(name);
        level.links = links;
        level.access = access;
        level.dir = Some(dir);
        level.id = None;
        self.open.push(self.depth);
        self.depth += 1;
    }

    /// Opens the current directory if it was closed.
    #[inline]
    fn reopen(&mut self) -> io::Result<()> {
        match self.open.last() {
            Some(&last) if last + 1 < self.depth => self.reopen_from_above(),
            _ => Ok(()),
        }
    }

    /// Opens the directories below the last one that is open.
    fn reopen_from_above(&mut self) -> io::Result<()> {
        while let Some(&above) = self.open.last()
            && above + 1 < self.depth
        {
            let at = above + 1;
            let dir = self.opened_again(above)?;
            if Some(dir.id()?) != self.levels[at].id {
                return Err(io::Error::new(ErrorKind::NotFound, "it was moved while it was listed"));
            }
            self.levels[at].dir = Some(dir);
            self.open.push(at);
        }
        Ok(())
    }

    /// Opens the level below an open one.
    fn opened_again(&mut self, above: usize) -> io::Result<D> {
        let name = std::mem::take(&mut self.levels[above + 1].name);
        let Level { links, access, .. } = self.levels[above + 1];
        let result = self.opened(&name, links, access);
        self.levels[above + 1].name = name;
        result
    }

    /// Opens a directory below the last open level, or the first one. Where the system has no descriptor left, this
    /// way gets along with fewer from then on.
    fn opened(&mut self, name: &OsStr, links: Links, access: Access) -> io::Result<D> {
        while self.open.len() >= self.most_open && self.close_one()? {}
        loop {
            let parent = self.open.last().map_or(self.base.as_deref(), |&last| self.levels[last].dir.as_ref());
            let result = match parent {
                Some(parent) => parent.open_in_for(access, name, links),
                None => D::open_for(access, OsPath::new(name)),
            };
            match result {
                Err(error) if sys::is_out_of_descriptors(&error) => {
                    if !self.close_one()? {
                        return Err(error);
                    }
                    self.most_open = self.open.len() + 1;
                }
                result => return result,
            }
        }
    }

    /// Closes what can be closed, as something else needs descriptors, and gets along with fewer from then on: not at
    /// once with the fewest, as the way back up would be long each time.
    pub(crate) fn make_room(&mut self) {
        self.most_open = (self.open.len() * 3 / 4).max(FEWEST_OPEN);
        while self.close_one().unwrap_or(false) {}
    }

    /// Closes the level that will be missed least, if one can be closed.
    ///
    /// To come back up through a way of any length at little cost, what stays open has to lie the
    /// closer together the nearer it is to the end: the gap that closing leaves is measured by its
    /// distance from there.
    fn close_one(&mut self) -> io::Result<bool> {
        let Some(&end) = self.open.last() else { return Ok(false) };
        let gap = |at: usize| (self.open[at + 1] - self.open[at - 1]) as f64 / (end - self.open[at]) as f64;
        let inner = 1..self.open.len() - 1;
        let closable = inner.filter(|&at| !self.levels[self.open[at]].is_unread);
        let Some(at) = closable.min_by(|&left, &right| gap(left).total_cmp(&gap(right))) else { return Ok(false) };
        let level = self.open[at];
        self.id(level)?;
        self.levels[level].dir = None;
        self.open.remove(at);
        Ok(true)
    }
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "the trees are made by std")]
mod tests {
    use super::*;
    use crate::sys::hooked::{Hooked, hooked};

    /// Out of descriptors, another directory is closed and it is tried again: for no other error.
    #[test]
    fn a_directory_that_cannot_be_opened_is_tried_once() {
        use std::cell::Cell;
        use std::rc::Rc;

        use rustix::io::Errno;

        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(place.path().join("d/d/d/d/d")).unwrap();
        for (errno, tries) in [(Errno::NOENT, 1), (Errno::ACCESS, 1), (Errno::MFILE, 4)] {
            let mut descent = Descent::<Hooked<sys::Dir>>::new(16);
            descent.begin(Directory::open(place.path()).unwrap());
            (0..4).for_each(|_| descent.enter(OsStr::new("d"), Links::Keep).unwrap());
            let count = Rc::new(Cell::new(0));
            let counted = count.clone();
            let fails = move |_: crate::sys::hooked::Call<'_>| {
                counted.set(counted.get() + 1);
                Err(errno.into())
            };
            let error = hooked(fails, || descent.enter(OsStr::new("d"), Links::Keep)).unwrap_err();
            assert_eq!((error.raw_os_error(), count.get()), (Some(errno.raw_os_error()), tries));
            // It is where it was.
            assert_eq!(descent.depth(), 5);
            descent.enter(OsStr::new("d"), Links::Keep).unwrap();
        }
    }

    /// After the system ran out of descriptors, the way back up is not taken from the start for each directory.
    #[test]
    fn the_way_back_is_short_with_fewer_descriptors() {
        use std::cell::Cell;
        use std::rc::Rc;

        const LEVELS: usize = 300;
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(place.path().join("d/".repeat(LEVELS))).unwrap();
        let mut descent = Descent::<Hooked<sys::Dir>>::new(10);
        descent.begin(Directory::open(place.path()).unwrap());
        (0..LEVELS / 2).for_each(|_| descent.enter(OsStr::new("d"), Links::Keep).unwrap());
        descent.make_room();
        (0..LEVELS / 2).for_each(|_| descent.enter(OsStr::new("d"), Links::Keep).unwrap());
        let count = Rc::new(Cell::new(0));
        let counted = count.clone();
        let counts = move |_: crate::sys::hooked::Call<'_>| {
            counted.set(counted.get() + 1);
            Ok(())
        };
        hooked(counts, || {
            for _ in 0..LEVELS {
                descent.leave();
                descent.reopened().unwrap();
            }
        });
        assert!(count.get() < 10 * LEVELS, "{} calls", count.get());
    }
}
