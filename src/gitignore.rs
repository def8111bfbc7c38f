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

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use crate::kind::FileKind;
use crate::sys::{self, Access, Directory, Links, OsPath, OsPathBuf};
use rules::{Rules, Verdict, folded};

/// A file that could not be read, and why. The path may be relative to the directory that was asked about.
pub(crate) type Failure = (OsPathBuf, io::Error);

/// What is ignored in a directory.
#[derive(Clone)]
pub(crate) struct Ignored {
    /// The path of the directory from the topmost that has rules, in the form in which rules match: with `/` after each
    /// part.
    path: Vec<u8>,
    layers: Option<Arc<Layer>>,
    /// The rules of the user, for all repositories.
    user: Arc<Rules>,
}

/// The rules in one directory.
struct Layer {
    above: Option<Arc<Layer>>,
    /// The length of the path of this directory in paths.
    len: usize,
    /// Of `.ignore`, which other tools read, not git.
    other: Rules,
    /// Of `.gitignore`.
    git: Rules,
    /// Of `.git/info/exclude`, if a repository begins here.
    repository: Option<Rules>,
}

impl Ignored {
    /// What is ignored in the directory where a listing begins: by the rules in it, in those above up to the root of the
    /// repository, and by those of the user.
    pub(crate) fn start<D: Directory>(start: &OsPath) -> (Self, Vec<Failure>) {
        let start = sys::resolve(start).unwrap_or_else(|_| start.to_owned());
        let git_dirs = start.ancestors().map(|above| (above, git_dir(above)));
        let (root, git_dir) = git_dirs.into_iter().find(|(_, found)| found.is_some()).unwrap_or((&start, None));
        let mut failures = Vec::new();
        let settings = git_dir.map(|dir| dir.join("config"));
        let user = Arc::new(config::user_rules(settings.as_deref(), &mut failures));
        let mut directory = root.to_owned();
        let mut ignored = Self { path: Vec::new(), layers: None, user }.opened::<D>(&directory, &mut failures);
        for part in start.strip_prefix(root).unwrap_or(OsPath::new("")).iter() {
            directory.push(part);
            ignored = ignored.below(part).opened::<D>(&directory, &mut failures);
        }
        (ignored, failures)
    }

    /// What is ignored in a directory of this one, which is open.
    pub(crate) fn enter<D: Directory>(&self, name: &OsStr, dir: &D) -> (Self, Vec<Failure>) {
        let mut failures = Vec::new();
        (self.below(name).with_rules(dir, &mut failures), failures)
    }

    /// Whether a name in this directory is ignored. That of the repository itself always is.
    pub(crate) fn ignores(&self, name: &OsStr, is_directory: bool) -> bool {
        if name == ".git" {
            return true;
        }
        let name = folded(name.as_encoded_bytes());
        let path = [&*self.path, &name].concat();
        self.verdict(&path, &name, is_directory) == Some(Verdict::Ignored)
    }

    fn verdict(&self, path: &[u8], name: &[u8], is_directory: bool) -> Option<Verdict> {
        let of = |rules: &Rules, len: usize| rules.verdict(&path[len..], name, is_directory);
        if let Some(verdict) = self.layers().find_map(|layer| of(&layer.other, layer.len)) {
            return Some(verdict);
        }
        for layer in self.layers() {
            if let Some(verdict) = of(&layer.git, layer.len) {
                return Some(verdict);
            }
            if let Some(rules) = &layer.repository {
                return of(rules, layer.len).or_else(|| of(&self.user, layer.len));
            }
        }
        of(&self.user, 0)
    }

    /// The layers of rules, from this directory up.
    fn layers(&self) -> impl Iterator<Item = &Layer> {
        std::iter::successors(self.layers.as_deref(), |layer| layer.above.as_deref())
    }

    /// The directory of this name, whose own rules are still to come.
    fn below(&self, name: &OsStr) -> Self {
        let path = [&*self.path, &folded(name.as_encoded_bytes()), b"/"].concat();
        Self { path, layers: self.layers.clone(), user: self.user.clone() }
    }

    fn opened<D: Directory>(self, directory: &OsPath, failures: &mut Vec<Failure>) -> Self {
        match D::open_for(Access::Search, directory) {
            Ok(dir) => {
                let known = failures.len();
                let ignored = self.with_rules(&dir, failures);
                failures[known..].iter_mut().for_each(|(path, _)| *path = directory.join(&*path));
                ignored
            }
            // The listing has the error, if it goes there.
            Err(_) => self,
        }
    }

    /// Adds the rules that a directory has.
    fn with_rules<D: Directory>(self, dir: &D, failures: &mut Vec<Failure>) -> Self {
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
        let repository = git_dir_in(dir).map(|git_dir| read(&git_dir.join("info/exclude"), Links::Follow));
        if other.is_empty() && git.is_empty() && repository.is_none() {
            return self;
        }
        let layer = Layer { above: self.layers, len: self.path.len(), other, git, repository };
        Self { layers: Some(Arc::new(layer)), ..self }
    }
}

/// Whether an error says that there is no such file.
fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The directory with the settings of the repository that begins in a directory, if one does.
fn git_dir(directory: &OsPath) -> Option<OsPathBuf> {
    let dir = sys::Dir::open_for(Access::Search, directory).ok()?;
    Some(directory.join(git_dir_in(&dir)?))
}

/// The same, by its path from there. In a worktree or a submodule, `.git` is a file that says where that is.
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
