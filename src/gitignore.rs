//! What git ignores: the rules that hold in a directory, from the files that have them.
//!
//! ```text
//! Ignored: a directory, and the layers of rules above it
//!  ├─ rules: the lines of a file       glob: how a line matches, as in git
//!  └─ config: where the user's own file is
//! ```

mod config;
mod glob;
mod rules;
mod way;

pub(crate) use way::{IgnoredTree, IgnoredWay};

use std::cell::LazyCell;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use crate::flavour::{Flavour, Native};
use crate::kind::FileKind;
use crate::sys::{self, Access, BasedPath, Directory, EditDir, Escape, Links, OsPath, OsPathBuf};
use rules::{Rules, Verdict, folded};

/// A file that could not be read, and why. The path may be relative to the directory that was asked about.
pub(crate) type Failure = (OsPathBuf, io::Error);

/// What is ignored in a directory.
///
/// It does not have the path of the directory, as a tree may be deep: who goes through it has that anyway.
#[derive(Clone)]
pub(crate) struct Ignored {
    layers: Option<Arc<Layer>>,
    top: Arc<Top>,
}

/// What is the same for all directories of a listing.
struct Top {
    /// The path of the start from the topmost directory that has rules, with `/` after each part.
    start: Vec<u8>,
    /// The rules of the user, for all repositories.
    user: Rules,
}

/// The rules in one directory.
struct Layer {
    above: Option<Arc<Layer>>,
    /// The length of the path of this directory, from the topmost one.
    len: usize,
    /// Of `.ignore`, which other tools read, not git.
    other: Rules,
    /// Of `.gitignore`.
    git: Rules,
    /// Of `.git/info/exclude`, if a repository begins here.
    repository: Option<Rules>,
}

/// Layers are dropped one after the other: each within the one below would take a stack as deep as the tree.
impl Drop for Layer {
    fn drop(&mut self) {
        let mut above = self.above.take();
        while let Some(mut layer) = above.and_then(Arc::into_inner) {
            above = layer.above.take();
        }
    }
}

impl Ignored {
    /// What is ignored in the directory where a listing begins: by the rules in it, in those above up to the root of the
    /// repository, and by those of the user.
    ///
    /// A start in an open directory has none above but those that its path names: nothing is looked up beyond.
    pub(crate) fn start<D: Directory>(base: Option<&D>, start: &OsPath) -> (Self, Vec<Failure>) {
        let Some(base) = base else {
            let start = sys::resolve(start).unwrap_or_else(|_| start.to_owned());
            return Self::begin(&start, Settings::Read, &|path| D::open_for(Access::Search, path));
        };
        Self::begin(start, Settings::Skip, &|path| base.open_in_for(Access::Search, path.as_os_str(), Links::Follow))
    }

    /// The same where a copy begins. Below a root, nothing above that is asked.
    pub(crate) fn start_of_copy<D: EditDir>(start: BasedPath<'_, D>) -> (Self, Vec<Failure>) {
        let settings = if start.base.root_address().is_some() { Settings::Skip } else { Settings::Read };
        let real = start.resolve().unwrap_or_else(|_| start.path.to_owned());
        Self::begin(&real, settings, &|path| start.base.open_dir(path, Access::Search))
    }

    fn begin<D: Directory>(start: &OsPath, settings: Settings, open: Open<'_, D>) -> (Self, Vec<Failure>) {
        let is_way_down = start.iter().all(|part| part != "..");
        let above = start.ancestors().take(if is_way_down { usize::MAX } else { 1 });
        let git_dir = |above: &OsPath| Some(above.join(git_dir_in(&open(above).ok()?)?));
        let found = above.filter_map(|above| Some((above, git_dir(above)?))).next();
        let (root, git_dir) = found.map_or((start, None), |(root, git_dir)| (root, Some(git_dir)));
        let mut failures = Vec::new();
        let config = git_dir.filter(|_| settings == Settings::Read).map(|dir| dir.join("config"));
        let user = config::user_rules(config.as_deref(), &mut failures);
        let mut directory = root.to_owned();
        let (mut layers, mut way) = (layers_of(None, 0, (root, open(root)), &mut failures), Vec::new());
        for part in start.strip_prefix(root).unwrap_or(OsPath::new("")).iter() {
            directory.push(part);
            way.extend_from_slice(&folded(part.as_encoded_bytes()));
            way.push(b'/');
            layers = layers_of(layers, way.len(), (&directory, open(&directory)), &mut failures);
        }
        (Self { layers, top: Arc::new(Top { start: way, user }) }, failures)
    }

    /// What is ignored in a directory of this one, which is open. The length is that of its path from the start, with a
    /// separator at the end.
    pub(crate) fn enter<D: Directory>(&self, len: usize, dir: &D) -> (Self, Vec<Failure>) {
        let mut failures = Vec::new();
        let layers = with_rules(self.layers.clone(), self.top.start.len() + len, dir, &mut failures);
        (Self { layers, top: self.top.clone() }, failures)
    }

    /// Whether a name in this directory is ignored. That of the repository itself always is. The path of the directory is
    /// relative to the start, with a separator after each part.
    pub(crate) fn ignores(&self, directory: &[u8], name: &OsStr, is_directory: bool) -> bool {
        if name == ".git" || name == ".." {
            return name == ".git";
        }
        let name = folded(name.as_encoded_bytes());
        let path = LazyCell::new(|| {
            let directory = with_slashes(&folded(directory));
            [&*self.top.start, &directory, &name].concat()
        });
        let of = |rules: &Rules, len: usize| rules.verdict(&name, is_directory, || &path[len..]);
        self.verdict(of) == Some(Verdict::Ignored)
    }

    /// What the first says that says anything, of the rules in files and the lengths of their directories' paths.
    fn verdict(&self, of: impl Fn(&Rules, usize) -> Option<Verdict>) -> Option<Verdict> {
        if let Some(verdict) = self.layers().find_map(|layer| of(&layer.other, layer.len)) {
            return Some(verdict);
        }
        for layer in self.layers() {
            if let Some(verdict) = of(&layer.git, layer.len) {
                return Some(verdict);
            }
            if let Some(rules) = &layer.repository {
                return of(rules, layer.len).or_else(|| of(&self.top.user, layer.len));
            }
        }
        of(&self.top.user, 0)
    }

    /// The layers of rules, from this directory up.
    fn layers(&self) -> impl Iterator<Item = &Layer> {
        std::iter::successors(self.layers.as_deref(), |layer| layer.above.as_deref())
    }
}

type Layers = Option<Arc<Layer>>;

/// Opens the directory at a path.
type Open<'o, D> = &'o dyn Fn(&OsPath) -> io::Result<D>;

/// What to do with the settings of a repository, which may name a file with more rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settings {
    Read,
    /// Whoever wrote them is not trusted, and they may name a file outside of the root.
    Skip,
}

/// Adds the rules that the directory at a path has.
fn layers_of<D: Directory>(
    above: Layers,
    len: usize,
    (directory, opened): (&OsPath, io::Result<D>),
    failures: &mut Vec<Failure>,
) -> Layers {
    // If it cannot be opened, the listing has the error, should it go there.
    let Ok(dir) = opened else { return above };
    let known = failures.len();
    let layers = with_rules(above, len, &dir, failures);
    failures[known..].iter_mut().for_each(|(path, _)| *path = directory.join(&*path));
    layers
}

/// Adds the rules that an open directory has.
fn with_rules<D: Directory>(above: Layers, len: usize, dir: &D, failures: &mut Vec<Failure>) -> Layers {
    let mut read = |name: &OsPath, links| match dir.read_file(name.as_os_str(), links) {
        Ok(content) => Rules::parse(&content),
        Err(cause) if is_absent(&cause) => Rules::default(),
        Err(cause) => {
            failures.push((name.to_owned(), cause));
            Rules::default()
        }
    };
    let other = read(OsPath::new(".ignore"), Links::Follow);
    // git reads it only if it is not a link.
    let git = read(OsPath::new(".gitignore"), Links::Keep);
    let repository = git_dir_in(dir).map(|git_dir| match dir.kind_in(git_dir.as_os_str(), Links::Follow) {
        // A root has the worktree, and not its repository.
        Err(cause) if Escape::is_cause(&cause) => Rules::default(),
        _ => read(&git_dir.join("info/exclude"), Links::Follow),
    });
    if other.is_empty() && git.is_empty() && repository.is_none() {
        return above;
    }
    Some(Arc::new(Layer { above, len, other, git, repository }))
}

/// A path as rules have it.
fn with_slashes(path: &[u8]) -> Vec<u8> {
    path.iter().map(|&byte| if char::from(byte) == Native::SEPARATOR { b'/' } else { byte }).collect()
}

/// Whether an error says that there is no such file.
fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The directory with the settings of the repository that begins in an open directory, if one does: its path from there.
/// In a worktree or a submodule, `.git` is a file that says where that is.
fn git_dir_in<D: Directory>(dir: &D) -> Option<OsPathBuf> {
    let git = OsPath::new(".git");
    match dir.kind_in(git.as_os_str(), Links::Follow).ok()? {
        FileKind::Directory => {
            let head = dir.kind_in(OsStr::new(".git/HEAD"), Links::Keep);
            head.is_ok().then(|| git.to_owned())
        }
        FileKind::File => {
            let content = dir.read_file(git.as_os_str(), Links::Follow).ok()?;
            let git_dir = OsPathBuf::from(str::from_utf8(&content).ok()?.strip_prefix("gitdir:")?.trim());
            let common = dir.read_file(git_dir.join("commondir").as_os_str(), Links::Follow);
            let common = common.ok().and_then(|content| String::from_utf8(content).ok());
            Some(common.map_or_else(|| git_dir.clone(), |common| git_dir.join(common.trim())))
        }
        _ => None,
    }
}
