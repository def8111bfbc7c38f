//! Looking up a path part by part, below a directory that it must not leave.
//!
//! Each part is looked up in the open directory of the part before it. The system follows no link: a link is replaced by its
//! text among the remaining parts. `..` goes back to the directory that was passed before. The system never sees it, so a
//! directory that is moved meanwhile does not lead elsewhere.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::directory::{Access, Links};
use super::nul::check_nul;
use super::verbs::Verbs;
use crate::kind::FileKind;
use crate::printable::printable;

/// How paths are followed below a root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) links: LinkRule,
    pub(crate) same_file_system: bool,
}

/// What to do with symbolic links on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LinkRule {
    /// Follow those that stay inside. None may be absolute.
    #[default]
    Inside,
    /// Follow them as if the root were `/`: nothing leads above it.
    FromRoot,
    Refuse,
}

/// Whether all of a path must exist.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// Only the last name may be missing.
    Refuse,
    /// Parts that do not exist, or cannot be searched, are kept as they are written.
    Keep,
}

/// Where a path leads: a name in an open directory.
pub(super) struct Arrival<D> {
    /// `None` for the root itself.
    pub(super) dir: Option<D>,
    /// A name that is not followed; `.` for the directory itself.
    pub(super) name: OsString,
    /// Whether the path requires a directory, as `a/` does.
    pub(super) must_be_dir: bool,
    /// The names that lead from the root to the directory. None of them is a link.
    pub(super) above: PathBuf,
}

/// The most links that one path may lead through. Linux has the same limit.
const MOST_LINKS: usize = 40;

/// Follows a path from the root.
pub(super) fn walk<D: Verbs>(
    root: &D,
    path: &Path,
    rules: Rules,
    last: Links,
    missing: Missing,
) -> io::Result<Arrival<D>> {
    check_nul(path)?;
    D::check_names(path)?;
    let mut walk = Walk { way: Way::new(root), parts: Vec::new(), rules, links: 0, missing: Vec::new() };
    walk.push(path, None, Cow::Borrowed);
    while let Some(Step { part, link }) = walk.parts.pop() {
        match part {
            Part::Anchor if rules.links == LinkRule::FromRoot => walk.go_to_root(),
            Part::Anchor => return Err(Escape::error(link.map_or(Reason::Absolute, Reason::leads_out))),
            Part::Up => walk.go_up(link)?,
            Part::IntoDirectory => {}
            Part::Name(name) if !walk.missing.is_empty() => walk.missing.push(name.into_owned()),
            Part::Name(name) if !walk.is_last() => walk.enter(name.into_owned(), missing)?,
            Part::Name(name) => {
                let must_be_dir = !walk.parts.is_empty();
                if !walk.goes_on_through(&name, last, missing)? {
                    return walk.arrive(name.into_owned(), must_be_dir);
                }
            }
        }
    }
    walk.arrive(".".into(), true)
}

struct Walk<'r, 'p, D> {
    way: Way<'r, D>,
    /// The remaining parts, the next one last.
    parts: Vec<Step<'p>>,
    rules: Rules,
    links: usize,
    /// Names that do not exist, below the directory that was reached.
    missing: Vec<OsString>,
}

/// A remaining part, and the link that it comes from.
struct Step<'p> {
    part: Part<'p>,
    link: Option<Rc<Link>>,
}

enum Part<'p> {
    Anchor,
    Name(Cow<'p, OsStr>),
    Up,
    /// A separator at the end: only a directory may be here. The system never sees it, because it would follow a link then.
    IntoDirectory,
}

#[derive(Debug)]
struct Link {
    path: PathBuf,
    target: PathBuf,
}

impl<'p, D: Verbs> Walk<'_, 'p, D> {
    fn push<'t>(&mut self, path: &'t Path, link: Option<&Rc<Link>>, keep: impl Fn(&'t OsStr) -> Cow<'p, OsStr>) {
        let step = |part| Step { part, link: link.cloned() };
        let ends_in_separator = [&b"/"[..], b"/."].iter().any(|end| path.as_os_str().as_encoded_bytes().ends_with(end));
        if ends_in_separator {
            self.parts.push(step(Part::IntoDirectory));
        }
        let start = self.parts.len();
        self.parts.extend(path.components().filter_map(|component| match component {
            Component::Prefix(_) | Component::RootDir => Some(step(Part::Anchor)),
            Component::Normal(name) => Some(step(Part::Name(keep(name)))),
            Component::ParentDir => Some(step(Part::Up)),
            Component::CurDir => None,
        }));
        self.parts[start..].reverse();
    }

    /// Whether no name and no `..` is left.
    fn is_last(&self) -> bool {
        self.parts.iter().all(|step| matches!(step.part, Part::IntoDirectory))
    }

    fn go_to_root(&mut self) {
        self.missing.clear();
        self.way.go_to_root();
    }

    fn go_up(&mut self, link: Option<Rc<Link>>) -> io::Result<()> {
        if self.missing.pop().is_some() || self.way.go_up()? || self.rules.links == LinkRule::FromRoot {
            return Ok(());
        }
        Err(Escape::error(link.map_or(Reason::Up, Reason::leads_out)))
    }

    /// Continues with the target of the last name, if that is a link to be followed.
    fn goes_on_through(&mut self, name: &OsStr, last: Links, missing: Missing) -> io::Result<bool> {
        let is_kept = last == Links::Keep && self.parts.is_empty();
        if is_kept {
            return Ok(false);
        }
        match self.way.here().kind_in(name, Links::Keep) {
            Ok(FileKind::Symlink) => self.follow(name, missing).map(|()| true),
            Ok(_) => Ok(false),
            Err(cause) if cause.kind() == ErrorKind::NotFound || missing == Missing::Keep => Ok(false),
            Err(cause) => Err(cause),
        }
    }

    fn enter(&mut self, name: OsString, missing: Missing) -> io::Result<()> {
        let here = self.way.here();
        let cause = match here.open_in_for(Access::Search, &name, Links::Keep) {
            Ok(dir) => {
                check_file_system(self.way.root, &dir, self.rules, || self.way.path_of(&name))?;
                self.way.enter(name, dir);
                return Ok(());
            }
            Err(cause) => cause,
        };
        match here.kind_in(&name, Links::Keep) {
            Ok(FileKind::Symlink) => self.follow(&name, missing),
            _ if missing == Missing::Keep => {
                self.missing.push(name);
                Ok(())
            }
            _ => Err(cause),
        }
    }

    fn follow(&mut self, name: &OsStr, missing: Missing) -> io::Result<()> {
        let here = self.way.here();
        let (path, target) = (self.way.path_of(name), PathBuf::from(here.read_link(name)?));
        if here.has_magic_links() {
            return Err(Escape::error(Reason::Magic(Link { path, target })));
        }
        if self.rules.links == LinkRule::Refuse {
            return Err(Escape::error(Reason::Refused(Link { path, target })));
        }
        self.links += 1;
        if self.links > MOST_LINKS {
            if missing == Missing::Keep {
                self.missing.push(name.to_owned());
                return Ok(());
            }
            return Err(super::loop_error());
        }
        let link = Rc::new(Link { path, target });
        self.push(&link.target, Some(&link), |part| Cow::Owned(part.to_owned()));
        Ok(())
    }

    /// Returns what was reached, unless it has been moved out of the root meanwhile.
    fn arrive(self, name: OsString, must_be_dir: bool) -> io::Result<Arrival<D>> {
        let Way { root, names, mut open } = self.way;
        let mut above: PathBuf = names.iter().collect();
        let dir = open.pop_back();
        if let Some(dir) = &dir
            && !dir.is_still_inside(root)?
        {
            return Err(Escape::error(Reason::MovedOut(above)));
        }
        above.extend(self.missing);
        Ok(Arrival { dir, name, must_be_dir, above })
    }
}

/// Fails for a directory on another file system than the root, if the rules forbid that.
pub(super) fn check_file_system<D: Verbs>(
    root: &D,
    dir: &D,
    rules: Rules,
    path: impl FnOnce() -> PathBuf,
) -> io::Result<()> {
    if !rules.same_file_system || !dir.is_mount_root()? && D::is_same_device(&root.id()?, &dir.id()?) {
        return Ok(());
    }
    Err(Escape::error(Reason::OtherFileSystem(path())))
}

/// The directories that were passed from the root. Only the last ones stay open, which limits the number of descriptors.
struct Way<'r, D> {
    root: &'r D,
    names: Vec<OsString>,
    open: VecDeque<D>,
}

impl<'r, D: Verbs> Way<'r, D> {
    const MOST_OPEN: usize = 16;

    fn new(root: &'r D) -> Self {
        Self { root, names: Vec::new(), open: VecDeque::new() }
    }

    fn here(&self) -> &D {
        self.open.back().unwrap_or(self.root)
    }

    fn path_of(&self, name: &OsStr) -> PathBuf {
        self.names.iter().map(OsString::as_os_str).chain([name]).collect()
    }

    fn enter(&mut self, name: OsString, dir: D) {
        self.names.push(name);
        self.open.push_back(dir);
        if self.open.len() > Self::MOST_OPEN {
            self.open.pop_front();
        }
    }

    fn go_to_root(&mut self) {
        self.names.clear();
        self.open.clear();
    }

    /// Goes back to the directory before. Returns `false` in the root.
    fn go_up(&mut self) -> io::Result<bool> {
        if self.names.pop().is_none() {
            return Ok(false);
        }
        self.open.pop_back();
        if self.open.is_empty() {
            self.open_again()?;
        }
        Ok(true)
    }

    /// Opens the directories from the root again. A name that has become a link meanwhile is not followed.
    fn open_again(&mut self) -> io::Result<()> {
        for name in std::mem::take(&mut self.names) {
            let dir = self.here().open_in_for(Access::Search, &name, Links::Keep)?;
            self.enter(name, dir);
        }
        Ok(())
    }
}

/// The reason why a root refuses a path: the cause of an error.
#[derive(Debug)]
pub(crate) struct Escape(Reason);

#[derive(Debug)]
enum Reason {
    Up,
    Absolute,
    LeadsOut(Link),
    Refused(Link),
    Magic(Link),
    OtherFileSystem(PathBuf),
    MovedOut(PathBuf),
    Unknown,
}

impl Reason {
    fn leads_out(link: Rc<Link>) -> Self {
        let Link { path, target } = &*link;
        Self::LeadsOut(Link { path: path.clone(), target: target.clone() })
    }
}

impl Escape {
    /// A refusal whose reason had gone by the time it was looked for.
    pub(super) fn unexplained() -> io::Error {
        Self::error(Reason::Unknown)
    }

    fn error(reason: Reason) -> io::Error {
        io::Error::new(ErrorKind::InvalidInput, Self(reason))
    }

    /// Whether an error is a refusal.
    pub(crate) fn is_cause(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|cause| cause.is::<Self>())
    }
}

impl fmt::Display for Escape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |path: &Path| format!("`{}`", printable(&path.to_string_lossy()));
        match &self.0 {
            Reason::Up => f.write_str("`..` leads above the root"),
            Reason::Absolute => f.write_str("an absolute path leads out of the root"),
            Reason::LeadsOut(Link { path, target }) => {
                write!(f, "the link {} leads out of the root, to {}", shown(path), shown(target))
            }
            Reason::Refused(Link { path, target }) => {
                write!(f, "{} is a link to {}, and this root refuses links", shown(path), shown(target))
            }
            Reason::Magic(Link { path, target }) => {
                write!(f, "{} is a link that only the kernel can follow, to {}", shown(path), shown(target))
            }
            Reason::OtherFileSystem(path) => write!(f, "{} is on another file system than the root", shown(path)),
            Reason::MovedOut(path) => write!(f, "{} has been moved out of the root", shown(path)),
            Reason::Unknown => f.write_str("the path leads out of the root"),
        }
    }
}

impl std::error::Error for Escape {}
