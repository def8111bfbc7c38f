//! What copying, moving and the like do by pathlib's rules and by ours, as simply as can be.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};

use rustix::io::Errno;
use serde_json::{Map, Value, json};
use waypath::{Path, PathBuf};

use super::{World, errno_of};

/// A question about copying or moving.
pub(super) struct Transfer {
    from: PathBuf,
    to: PathBuf,
    is_move: bool,
    /// Whether a link is copied as what it leads to.
    follows: bool,
    /// Whether a name was asked for that there is not.
    is_nameless: bool,
}

impl Transfer {
    pub(super) fn new(world: &World, question: &Map<String, Value>) -> Self {
        let (op, from) = (question["op"].as_str().unwrap(), world.path(question["self"].as_str().unwrap()));
        let to = world.path(question["args"][0].as_str().unwrap());
        let into = op.ends_with("_into");
        let to = if into { &to / from.name() } else { to };
        let is_move = op.starts_with("move");
        let follows = !is_move && question["kw"]["follow_symlinks"] == json!(true);
        let is_nameless = into && from.name().is_empty();
        Self { from, to, is_move, follows, is_nameless }
    }

    /// pathlib compares files before it moves, and only texts before it copies; it replaces what the system lets it.
    pub(super) fn as_pathlib(&self, world: &World) -> Value {
        if self.is_nameless {
            return json!({ "error": "ValueError" });
        }
        let result = match self.is_move {
            true if is_same(&self.from, &self.to, Links::Follow) => Err(Errno::INVAL.into()),
            true => fs::rename(self.from.as_str(), self.to.as_str()),
            false if self.from == self.to || self.to.parents().any(|above| *above == *self.from) => {
                Err(Errno::INVAL.into())
            }
            false if self.rounds().is_some() => return json!({ "error": "RecursionError" }),
            false => copy(&self.from, &self.to, self.follows),
        };
        self.told(world, result)
    }

    /// How the copy goes on without end, if pathlib lists a directory of the source when the copy is in it already.
    fn rounds(&self) -> Option<Rounds> {
        let real = |path: &Path| PathBuf::try_from(fs::canonicalize(path.as_str()).ok()?).ok();
        let (source, target) = (real(&self.from)?, real(&directory_of(&self.to))? / self.to.name());
        let way = target.relative_to(&source).ok()?.to_owned();
        let is_listed_late = self.follows && way.parts().count() > 1 && Links::Keep.metadata(&self.to).is_err();
        is_listed_late.then_some(Rounds { source, target, way })
    }

    /// What pathlib made of the tree, without what is right of a copy that went on until Python ended it.
    ///
    /// How far it goes, and which files it comes to, depends on Python's stack and the order of names.
    pub(super) fn without_rounds(&self, world: &World, diff: &Value) -> Value {
        /// At least so many rounds are no copy by chance.
        const MANY: usize = 100;
        let (Some(rounds), Some(added)) = (self.rounds(), diff["add"].as_array()) else { return diff.clone() };
        let rounds_of: Vec<_> = added.iter().map(|entry| rounds.of_copy(world, entry)).collect();
        if rounds_of.iter().max() < Some(&Some(MANY)) {
            return diff.clone();
        }
        let others = added.iter().zip(rounds_of).filter(|(_, rounds)| rounds.is_none());
        json!({ "add": others.map(|(entry, _)| entry).collect::<Vec<_>>(), "del": diff["del"] })
    }

    /// We refuse what would lose something, and then do the same.
    pub(super) fn as_we(&self, world: &World) -> Value {
        match self.refusal() {
            Ok(Some(reason)) => json!({ "error": reason }),
            Ok(None) if self.is_move => self.told(world, fs::rename(self.from.as_str(), self.to.as_str())),
            Ok(None) => self.told(world, copy(&self.from, &self.to, self.follows)),
            Err(error) => json!({ "error": errno_of(&error) }),
        }
    }

    fn told(&self, world: &World, result: io::Result<()>) -> Value {
        match result {
            Ok(()) => json!(world.recorded(self.to.as_str())),
            Err(error) => json!({ "error": errno_of(&error) }),
        }
    }

    /// Why we do nothing: what cannot be found, then what is the same, then what is inside, then what is taken.
    fn refusal(&self) -> io::Result<Option<&'static str>> {
        let has_name = |path: &Path| !matches!(path.name(), "" | "..");
        if self.is_nameless || self.is_move && !(has_name(&self.from) && has_name(&self.to)) {
            return Ok(Some("ValueError"));
        }
        // Both directories are opened.
        for path in [&self.from, &self.to] {
            fs::read_dir(directory_of(path).as_str())?;
        }
        let links = if self.follows { Links::Follow } else { Links::Keep };
        let source = links.metadata(&self.from)?;
        let is_same_file = is_same(&self.from, &self.to, Links::Follow)
            && !(source.is_symlink() && Links::Keep.metadata(&self.to).is_ok_and(|target| target.is_symlink()));
        if is_same(&self.from, &self.to, Links::Keep) || is_same_file {
            return Ok(Some("ValueError"));
        }
        let real = |path: &Path| fs::canonicalize(path.as_str());
        if source.is_dir() && real(&directory_of(&self.to))?.starts_with(real(&self.from)?) {
            return Ok(Some("ValueError"));
        }
        Ok(Links::Keep.metadata(&self.to).is_ok().then_some("EEXIST"))
    }
}

/// A copy that lies in its source, by paths without links.
struct Rounds {
    source: PathBuf,
    target: PathBuf,
    /// From the source to the target.
    way: PathBuf,
}

impl Rounds {
    /// In which round an entry was copied; `None` if it is not what is in the source.
    fn of_copy(&self, world: &World, entry: &Value) -> Option<usize> {
        let path = world.path(&format!("@ROOT/{}", entry[1].as_str()?));
        let mut copied = path.relative_to(&self.target).ok()?.to_owned();
        let mut rounds = 0;
        while let Ok(rest) = copied.relative_to(&self.way).map(|rest| rest.to_owned()) {
            copied = rest;
            rounds += 1;
        }
        let original = &self.source / copied;
        let is_right = match entry[0].as_str()? {
            "dir" => original.is_dir(),
            "file" => fs::read_to_string(original.as_str()).ok().as_deref() == entry[2].as_str(),
            _ => false,
        };
        is_right.then_some(rounds)
    }
}

#[derive(Clone, Copy)]
enum Links {
    Follow,
    Keep,
}

impl Links {
    fn metadata(self, path: &Path) -> io::Result<fs::Metadata> {
        match self {
            Self::Follow => fs::metadata(path.as_str()),
            Self::Keep => fs::symlink_metadata(path.as_str()),
        }
    }
}

/// The directory in which a path has its name; itself, if it has none.
fn directory_of(path: &Path) -> PathBuf {
    if matches!(path.name(), "" | "..") { path.to_owned() } else { path.parent().to_owned() }
}

fn is_same(left: &Path, right: &Path, links: Links) -> bool {
    let id = |path| links.metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
    id(left).is_some() && id(left) == id(right)
}

fn copy(from: &Path, to: &Path, follows: bool) -> io::Result<()> {
    if !follows && Links::Keep.metadata(from).is_ok_and(|metadata| metadata.is_symlink()) {
        return symlink(fs::read_link(from.as_str())?, to.as_str());
    }
    if !Links::Follow.metadata(from).is_ok_and(|metadata| metadata.is_dir()) {
        if is_same(from, to, Links::Follow) {
            return Err(Errno::INVAL.into());
        }
        return fs::write(to.as_str(), fs::read(from.as_str())?);
    }
    let children: Vec<_> = fs::read_dir(from.as_str())?.collect::<io::Result<_>>()?;
    fs::create_dir(to.as_str())?;
    for child in children {
        let name = child.file_name().into_string().unwrap();
        copy(&(from / &name), &(to / &name), follows)?;
    }
    Ok(())
}

/// What an operation of the system tells, which gives this on success.
pub(super) fn told(result: io::Result<()>, on_success: Value) -> Value {
    match result {
        Ok(()) => on_success,
        Err(error) => json!({ "error": errno_of(&error) }),
    }
}
