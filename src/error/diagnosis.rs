//! What a reader of an error wants to know next: what is missing on the way, and what may not be done there.
//!
//! The system is asked when the error is printed for its reader. What it says is about that moment.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};

use super::similar_names::{is_mark, most_alike};
use super::{Error, Op};
use crate::printable::printable;
use crate::report::RawPath;
use crate::sys::{self, Ground, OsPath};

/// The hints, one a line.
pub(super) fn lines(error: &Error) -> Vec<String> {
    if error.kind() == ErrorKind::AlreadyExists {
        let (ground, name) = new_name(error);
        return taken(ground, name);
    }
    if let Some(line) = unsuitable(error) {
        return vec![line];
    }
    const EXPLAINED: [ErrorKind; 5] = [
        ErrorKind::NotFound,
        ErrorKind::NotADirectory,
        ErrorKind::PermissionDenied,
        ErrorKind::ResourceBusy,
        ErrorKind::InvalidFilename,
    ];
    let is_loop = error.io_error().is_some_and(sys::is_loop);
    if !is_loop && !EXPLAINED.contains(&error.kind()) {
        return Vec::new();
    }
    let ([first_role, second_role], [ground, second_ground]) = (roles(error.op()), &error.0.grounds);
    let is_only = second_role == Role::None;
    let first = Subject { ground, path: error.path().as_std_path(), role: first_role, is_only };
    let second = error.second_path().map(RawPath::as_std_path);
    let second = second.map(|path| Subject { ground: second_ground, path, role: second_role, is_only });
    let subjects = [Some(first), second].into_iter().flatten().filter(|subject| subject.role != Role::None);
    subjects.map(|subject| subject.lines(error.kind())).find(|lines| !lines.is_empty()).unwrap_or_default()
}

/// The hint for a target that is the directory to put something in, as other libraries take it.
pub(super) fn into_directory(error: &Error) -> Option<String> {
    let remedy = match (error.op(), error.kind()) {
        (Op::Copy, ErrorKind::AlreadyExists) => "`copy_into` copies into it",
        (Op::Move, ErrorKind::AlreadyExists) => "`move_into` moves into it",
        _ => return None,
    };
    let (ground, target) = new_name(error);
    let is_dir = ground.is_dir(here(target)).unwrap_or(false);
    is_dir.then(|| format!("{} is a directory: {remedy}", named(ground, target)))
}

/// The path that an operation gives to something, of those that need it to be free, and where it begins.
fn new_name(error: &Error) -> (&Ground, &OsPath) {
    let [ground, second_ground] = &error.0.grounds;
    match (error.op(), error.second_path()) {
        (Op::Symlink | Op::Hardlink, _) | (_, None) => (ground, error.path().as_std_path()),
        (_, Some(second)) => (second_ground, second.as_std_path()),
    }
}

/// The hint for a name that is taken although nothing seems to be there.
fn taken(ground: &Ground, path: &OsPath) -> Vec<String> {
    if !ground.is_link(path).unwrap_or(false) {
        return Vec::new();
    }
    match ground.is_dir(path) {
        Ok(_) => Vec::new(),
        Err(cause) if cause.kind() == ErrorKind::NotFound => vec![leads_to_nothing(ground, path)],
        Err(cause) => vec![cannot_be_followed(ground, path, &cause)],
    }
}

/// The hint for a path that is there and cannot be used like this, if the cause does not say so or not of which path.
fn unsuitable(error: &Error) -> Option<String> {
    let [ground, second_ground] = &error.0.grounds;
    let path = error.path().as_std_path();
    let second = error.second_path().map_or(path, RawPath::as_std_path);
    match (error.op(), error.kind()) {
        (Op::Readlink, ErrorKind::InvalidInput) if matches!(ground.is_link(path), Ok(false)) => {
            Some(format!("{} is not a symbolic link", named(ground, path)))
        }
        (Op::Rename | Op::Replace, ErrorKind::InvalidInput) if second != path && second.starts_with(path) => {
            Some(format!("{} is inside {}", named(second_ground, second), named(ground, path)))
        }
        (Op::Hardlink, ErrorKind::PermissionDenied) if matches!(second_ground.is_dir(second), Ok(true)) => {
            Some(format!("{} is a directory", named(second_ground, second)))
        }
        (Op::Rmdir | Op::Rmtree, ErrorKind::NotADirectory) if matches!(ground.is_link(path), Ok(true)) => {
            Some(format!("{} is a symbolic link", named(ground, path)))
        }
        (Op::Mirror, ErrorKind::NotADirectory) if matches!(ground.is_dir(path), Ok(false)) => {
            Some(format!("{} is not a directory", named(ground, path)))
        }
        _ => None,
    }
}

fn leads_to_nothing(ground: &Ground, link: &OsPath) -> String {
    format!("{} is a link that leads to nothing", named(ground, link))
}

fn cannot_be_followed(ground: &Ground, link: &OsPath, cause: &io::Error) -> String {
    format!("{} is a link that cannot be followed: {cause}", named(ground, link))
}

/// A path of an operation.
struct Subject<'a> {
    ground: &'a Ground,
    path: &'a OsPath,
    role: Role,
    /// The operation has no other, so that the error says which does not exist.
    is_only: bool,
}

/// What an operation does with one of its paths.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It asks the system nothing about it.
    None,
    /// It reads what is there.
    Content,
    /// It writes the file, which need not exist.
    Written,
    /// It opens the file, to read it or to write it.
    Opened,
    /// It changes what only the owner may.
    Owned,
    /// It makes something in it.
    Directory,
    /// It gives or takes away the name of what is there.
    Named,
    /// It gives the name to something.
    Name,
    /// It needs what is there for something else.
    Other,
}

/// What an operation does with its path, and with the second one, which may be a text of another kind.
fn roles(op: Op) -> [Role; 2] {
    match op {
        Op::Home | Op::Cwd | Op::Expand | Op::Which => [Role::None, Role::None],
        Op::Read | Op::List | Op::ClearDir | Op::TreeSize => [Role::Content, Role::None],
        Op::Open => [Role::Opened, Role::None],
        Op::Chmod => [Role::Owned, Role::None],
        Op::Copy | Op::Mirror => [Role::Content, Role::Name],
        Op::Write | Op::Touch => [Role::Written, Role::None],
        Op::TempDir | Op::TempFile => [Role::Directory, Role::None],
        Op::Unlink | Op::Rmdir | Op::Rmtree | Op::Remove => [Role::Named, Role::None],
        Op::Rename | Op::Replace | Op::Move => [Role::Named, Role::Name],
        Op::Mkdir | Op::Symlink => [Role::Name, Role::None],
        Op::Hardlink => [Role::Name, Role::Other],
        _ => [Role::Other, Role::None],
    }
}

impl Subject<'_> {
    fn lines(&self, kind: ErrorKind) -> Vec<String> {
        if kind == ErrorKind::InvalidFilename {
            return self.too_long().into_iter().collect();
        }
        let is_dir = |path| self.ground.is_dir(here(path));
        let ancestors: Vec<_> = self.path.ancestors().collect();
        // In halves: there may be thousands, and to ask for one takes as long as it has parts.
        let first_there = ancestors.partition_point(|path| is_dir(path).is_err());
        let Some(below) = first_there.checked_sub(1) else { return self.forbidden(kind) };
        let (at, Some(&there)) = (ancestors[below], ancestors.get(first_there)) else { return Vec::new() };
        match (is_dir(at), is_dir(there)) {
            (Err(cause), Ok(is_dir)) => self.missing(&Ancestor { path: there, is_dir }, at, &cause, kind),
            // Something has changed since.
            _ => Vec::new(),
        }
    }

    /// What of the path is too long.
    fn too_long(&self) -> Option<String> {
        match sys::long_name(self.path) {
            Some(name) => Some(format!("`{}` is too long for a name", shown(&name.to_string_lossy()))),
            None if self.path.as_os_str().len() > sys::LONGEST_PATH && *self.ground == Ground::Working => {
                Some("the path as a whole is too long for the system: a `Root` takes it in steps".to_owned())
            }
            None => None,
        }
    }

    /// The hints if something has the path.
    fn forbidden(&self, kind: ErrorKind) -> Vec<String> {
        match kind {
            ErrorKind::PermissionDenied => self.protected().or_else(|| self.not_permitted()).into_iter().collect(),
            ErrorKind::ResourceBusy if self.role == Role::Named && self.ground.is_mount(here(self.path)) => {
                vec![format!("something is mounted at {}", self.named(self.path))]
            }
            _ => Vec::new(),
        }
    }

    /// What keeps everybody from changing something.
    fn protected(&self) -> Option<String> {
        let changed: &[&OsPath] = match self.role {
            Role::Written | Role::Named => &[self.path, self.parent()],
            Role::Opened => &[self.opened()],
            Role::Name => &[self.parent()],
            Role::Directory | Role::Owned | Role::Other => &[self.path],
            Role::Content | Role::None => &[],
        };
        changed.iter().find_map(|path| Some(format!("{} {}", self.named(path), self.ground.protection(here(path))?)))
    }

    /// What this user may not do.
    fn not_permitted(&self) -> Option<String> {
        match self.role {
            Role::Content if self.ground.may_not_read(here(self.path)) => Some(self.no_permission("read", self.path)),
            Role::Written if self.ground.may_not_write(here(self.path)) => Some(self.no_permission("write", self.path)),
            Role::Opened => self.not_opened(),
            Role::Owned if self.ground.has_another_owner(here(self.path)) => {
                Some(format!("{} has another owner, and only owners may change modes", self.named(self.path)))
            }
            Role::Directory if self.ground.may_not_write(here(self.path)) => {
                Some(self.no_permission("change", self.path))
            }
            Role::Written | Role::Named | Role::Name if self.ground.may_not_write(here(self.parent())) => {
                Some(self.no_permission("change", self.parent()))
            }
            Role::Named if self.ground.is_kept_by_owner(here(self.path)) => {
                let [path, parent] = [self.path, self.parent()].map(|path| self.named(path));
                Some(format!("{path} has another owner, and in {parent} only owners may remove and rename"))
            }
            _ => None,
        }
    }

    /// What keeps this user from opening the file; which of it was asked for, the error does not say.
    fn not_opened(&self) -> Option<String> {
        let path = self.opened();
        let is_new = path != self.path;
        let verb = match (self.ground.may_not_read(here(path)), self.ground.may_not_write(here(path))) {
            (_, true) if is_new => "change",
            (true, true) => "read or write",
            (true, false) if !is_new => "read",
            (false, true) => "write",
            _ => return None,
        };
        Some(self.no_permission(verb, path))
    }

    fn no_permission(&self, verb: &str, path: &OsPath) -> String {
        format!("no permission to {verb} {}", self.named(path))
    }

    /// What opening is about: the file, or the directory that would get it.
    fn opened(&self) -> &OsPath {
        if self.ground.is_dir(here(self.path)).is_ok() { self.path } else { self.parent() }
    }

    fn parent(&self) -> &OsPath {
        self.path.parent().unwrap_or(self.path)
    }

    /// The hints if `there` is the last existing ancestor, and `at` fails below it.
    fn missing(&self, there: &Ancestor<'_>, at: &OsPath, cause: &io::Error, kind: ErrorKind) -> Vec<String> {
        let is_link = self.ground.is_link(at).is_ok();
        let may_be_missing = at == self.path && matches!(self.role, Role::Written | Role::Name);
        let may_be_made = at == self.path && self.role == Role::Opened;
        // What has changed since the error came up does not explain it.
        match (kind, cause.kind()) {
            (ErrorKind::PermissionDenied, ErrorKind::PermissionDenied) if is_link => {
                vec![cannot_be_followed(self.ground, at, cause)]
            }
            (ErrorKind::PermissionDenied, ErrorKind::PermissionDenied) => {
                vec![self.no_permission("search", there.path)]
            }
            (ErrorKind::PermissionDenied, _) if may_be_missing || may_be_made => self.forbidden(kind),
            (ErrorKind::PermissionDenied, _) | (_, ErrorKind::PermissionDenied) => Vec::new(),
            _ if !there.is_dir => vec![format!("{} is not a directory", self.named(there.path))],
            (_, ErrorKind::NotFound) if is_link => vec![leads_to_nothing(self.ground, at)],
            // Of the path itself the error says so.
            _ if is_link && sys::is_loop(cause) && at != self.path => vec![cannot_be_followed(self.ground, at, cause)],
            (_, ErrorKind::NotFound) if self.starts_nowhere(there.path) => {
                vec!["the working directory was removed".to_owned()]
            }
            (_, ErrorKind::NotFound) if may_be_missing => Vec::new(),
            (_, ErrorKind::NotFound) => self.not_there(there.path, at),
            _ => Vec::new(),
        }
    }

    /// Whether the path begins in a working directory that is no longer there. One that was removed is still a directory.
    fn starts_nowhere(&self, there: &OsPath) -> bool {
        let was_removed = || sys::working_dir().is_err_and(|cause| cause.kind() == ErrorKind::NotFound);
        there.as_os_str().is_empty() && *self.ground == Ground::Working && was_removed()
    }

    fn not_there(&self, there: &OsPath, at: &OsPath) -> Vec<String> {
        const MOST_NAMES: usize = 4_096;
        let wanted = at.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        let names = self.ground.names(here(there), MOST_NAMES).unwrap_or_default();
        let alike = most_alike(&wanted, names.iter().map(|name| name.to_string_lossy().into_owned()));
        let mut lines = Vec::new();
        if there.as_os_str().is_empty() {
            lines.push(format!("{} does not exist in {}", self.named(at), self.named(there)));
        } else if !alike.is_empty() || at != self.path || !self.is_only {
            lines.push(format!("{} does not exist", self.named(at)));
        }
        if !alike.is_empty() {
            let alike: Vec<_> = alike.iter().map(|name| format!("`{}`", shown(name))).collect();
            lines.push(format!("similar names there: {}", alike.join(", ")));
        }
        lines
    }

    fn named(&self, path: &OsPath) -> String {
        named(self.ground, path)
    }
}

/// What is there above a path that fails.
struct Ancestor<'a> {
    path: &'a OsPath,
    is_dir: bool,
}

/// What the system takes for the directory above a name.
fn here(path: &OsPath) -> &OsPath {
    if path.as_os_str().is_empty() { OsPath::new(".") } else { path }
}

fn named(ground: &Ground, path: &OsPath) -> String {
    if !path.as_os_str().is_empty() {
        return format!("`{}`", shown(&path.to_string_lossy()));
    }
    match (ground, sys::working_dir()) {
        (Ground::Working, Ok(directory)) => format!("the working directory `{}`", shown(&directory.to_string_lossy())),
        (Ground::Working, Err(_)) => "the working directory".to_owned(),
        _ => "the root".to_owned(),
    }
}

/// A text for a message, in which an accent that is composed can be told from a letter that has one.
fn shown(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    if !text.contains(is_mark) {
        return text;
    }
    let escape = |character: char| match is_mark(character) {
        true => character.escape_unicode().to_string(),
        false => character.to_string(),
    };
    text.chars().map(escape).collect()
}
