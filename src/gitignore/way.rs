//! Going through a tree by paths: what is ignored in one directory after the other.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::{Failure, Ignored};
use crate::sys::{Access, BasedPath, EditDir, OsPath, OsPathBuf};

/// What is ignored in a tree that several threads go through.
pub(crate) struct IgnoredTree<'a, D: EditDir> {
    start: BasedPath<'a, D>,
    in_start: OnceLock<Ignored>,
    /// The files whose failures were told.
    failed: Mutex<HashSet<OsPathBuf>>,
}

/// The way of one thread.
#[derive(Default)]
pub(crate) struct IgnoredWay {
    /// The current directory, relative to the start.
    directory: OsPathBuf,
    /// The same, with `/` after each part.
    text: Vec<u8>,
    /// What is ignored in the start, and in each directory from there to the current one.
    levels: Vec<Ignored>,
}

impl<'a, D: EditDir> IgnoredTree<'a, D> {
    pub(crate) fn new(start: BasedPath<'a, D>) -> Self {
        Self { start, in_start: OnceLock::new(), failed: Mutex::default() }
    }

    /// Whether a name in a directory, whose path is relative to the start, is ignored. Files with rules that cannot be
    /// read are told once.
    pub(crate) fn ignores(
        &self,
        way: &mut IgnoredWay,
        directory: &OsPath,
        (name, is_directory): (&OsStr, bool),
        mut fail: impl FnMut(Failure),
    ) -> bool {
        let mut tell = |(path, cause): Failure| {
            if self.failed.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
                fail((path, cause));
            }
        };
        if way.levels.is_empty() {
            let in_start = self.in_start.get_or_init(|| {
                let (ignored, failures) = Ignored::start_of_copy(self.start);
                failures.into_iter().for_each(&mut tell);
                ignored
            });
            way.levels.push(in_start.clone());
        }
        if way.directory.as_os_str() != directory.as_os_str() {
            self.go_to(way, directory, &mut tell);
        }
        way.levels.last().expect("BUG: the start has a level").ignores(&way.text, name, is_directory)
    }

    fn go_to(&self, way: &mut IgnoredWay, directory: &OsPath, tell: &mut impl FnMut(Failure)) {
        let same = way.directory.iter().zip(directory).take_while(|(old, new)| old == new).count();
        way.levels.truncate(same + 1);
        let mut path = self.start.path.to_owned();
        way.text.clear();
        for (depth, part) in directory.iter().enumerate() {
            path.push(part);
            way.text.extend_from_slice(part.as_encoded_bytes());
            way.text.push(b'/');
            if depth < same {
                continue;
            }
            let above = way.levels.last().expect("BUG: the start has a level");
            let (ignored, failures) = match self.start.base.open_dir(&path, Access::Search) {
                Ok(dir) => above.enter(way.text.len(), &dir),
                Err(cause) => (above.clone(), vec![(OsPathBuf::new(), cause)]),
            };
            failures.into_iter().for_each(|(file, cause)| tell((path.join(file), cause)));
            way.levels.push(ignored);
        }
        directory.clone_into(&mut way.directory);
    }
}
