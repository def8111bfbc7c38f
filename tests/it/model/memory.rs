//! A tree in memory: what the operations are to do, told without a disk.
//!
//! Where several things are wrong, the first one counts that a system finds on its way: the directories that the
//! paths lead through, one after the other, then what has the names.

use std::collections::BTreeMap;
use std::io::ErrorKind::{
    AlreadyExists, DirectoryNotEmpty, InvalidInput, IsADirectory, NotADirectory, NotFound, Other,
};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{Answer, Count, Deed, Failure, Outcome, names_in};

/// A file with its text, or a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    File(String),
    Directory(Entries),
}

type Entries = BTreeMap<String, Node>;

type Found<T> = Result<T, ErrorKind>;

impl Node {
    pub(super) fn empty() -> Self {
        Self::Directory(Entries::new())
    }

    /// The tree that is on the disk, as std sees it.
    pub(super) fn on_disk(path: &Path) -> io::Result<Self> {
        if !std::fs::symlink_metadata(path)?.is_dir() {
            return std::fs::read_to_string(path).map(Self::File);
        }
        let mut entries = Entries::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            entries.insert(entry.file_name().into_string().unwrap(), Self::on_disk(&entry.path())?);
        }
        Ok(Self::Directory(entries))
    }

    /// Does it, if that is possible; nothing is changed otherwise, but by what copies one tree over another.
    pub(super) fn perform(&mut self, deed: &Deed) -> Outcome {
        let done = |found: Found<()>| found.map(|()| Answer::Done);
        let outcome = match *deed {
            Deed::Mkdir(at) => done(self.mkdir(at)),
            Deed::MkdirAll(at) => done(self.mkdir_all(names_in(at))),
            Deed::Rmdir(at) => done(self.rmdir(at)),
            Deed::Touch(at) => done(self.touch(at)),
            Deed::WriteText(at, text) | Deed::WriteAtomic(at, text) => {
                done(self.file(at).map(|old| text.clone_into(old)))
            }
            Deed::AppendText(at, text) => done(self.file(at).map(|old| old.push_str(text))),
            Deed::ReadText(at) => self.read(at).map(Answer::Text),
            Deed::Unlink(at) => done(self.unlink(at)),
            Deed::UnlinkIfExists(at) => match self.unlink(at) {
                Err(NotFound) => Ok(Answer::YesOrNo(false)),
                result => result.map(|()| Answer::YesOrNo(true)),
            },
            Deed::Rename(from, to) => done(self.rename(from, to)),
            Deed::Replace(from, to) => done(self.replace(from, to)),
            Deed::MoveTo(from, to) => self.move_to(from, to).map(Answer::Count),
            Deed::Copy(from, to) => self.copy(from, to).map(Answer::Count),
            Deed::CopyOver(from, to) => return self.copy_over(from, to),
            Deed::Rmtree(at) => self.rmtree(at).map(Answer::Count),
            Deed::Remove(at) => self.remove(at).map(Answer::Count),
            Deed::ClearDir(at) => self.clear_dir(at).map(Answer::Count),
            Deed::Iterdir(at) => self.list(at, "*"),
            Deed::Walk(at) => self.list(at, "**/*"),
            Deed::Glob(at, pattern) => self.list(at, pattern),
            Deed::Rglob(at, pattern) => self.list(at, &format!("**/{pattern}")),
            Deed::Exists(at) => Ok(Answer::YesOrNo(self.at(at).is_ok())),
            Deed::IsFile(at) => Ok(Answer::YesOrNo(matches!(self.at(at), Ok(Self::File(_))))),
            Deed::IsDir(at) => Ok(Answer::YesOrNo(matches!(self.at(at), Ok(Self::Directory(_))))),
            Deed::Size(at) => self.at(at).map(|node| match node {
                Self::File(text) => Answer::Size(text.len() as u64),
                Self::Directory(_) => Answer::Size(0),
            }),
        };
        outcome.map_err(|kind| Failure::single(kind, deed.path()))
    }

    /// Whether the order in which a system lists a directory would decide what comes out: a tree is copied over one
    /// that it lies in, and what is copied goes to where it is copied from.
    pub(super) fn is_undecided(&self, deed: &Deed) -> bool {
        let Deed::CopyOver(from, to) = *deed else { return false };
        let Some(next) = names_in(from).strip_prefix(&names_in(to)[..]).and_then(|below| below.first().copied()) else {
            return false;
        };
        matches!(self.at(from), Ok(Self::Directory(entries)) if entries.contains_key(next))
    }

    fn mkdir(&mut self, at: &str) -> Found<()> {
        let (entries, name) = self.place(at)?;
        free(entries, name)?;
        entries.insert(name.to_owned(), Self::empty());
        Ok(())
    }

    fn mkdir_all(&mut self, names: Vec<&str>) -> Found<()> {
        let mut node = self;
        for (above, name) in names.iter().enumerate() {
            let Self::Directory(entries) = node else { return Err(NotADirectory) };
            node = entries.entry((*name).to_owned()).or_insert_with(Self::empty);
            if above + 1 == names.len() && matches!(node, Self::File(_)) {
                return Err(AlreadyExists);
            }
        }
        Ok(())
    }

    fn rmdir(&mut self, at: &str) -> Found<()> {
        match self.at(at)? {
            Self::File(_) => Err(NotADirectory),
            Self::Directory(entries) if !entries.is_empty() => Err(DirectoryNotEmpty),
            Self::Directory(_) => self.take(at).map(drop),
        }
    }

    fn touch(&mut self, at: &str) -> Found<()> {
        match self.file(at) {
            Err(IsADirectory) => Ok(()),
            result => result.map(drop),
        }
    }

    fn read(&self, at: &str) -> Found<String> {
        match self.at(at)? {
            Self::File(text) => Ok(text.clone()),
            Self::Directory(_) => Err(IsADirectory),
        }
    }

    fn unlink(&mut self, at: &str) -> Found<()> {
        match self.at(at)? {
            Self::File(_) => self.take(at).map(drop),
            Self::Directory(_) => Err(IsADirectory),
        }
    }

    fn rename(&mut self, from: &str, to: &str) -> Found<()> {
        self.place(from)?;
        self.place(to)?;
        self.at(from)?;
        let (entries, name) = self.place(to)?;
        free(entries, name)?;
        refuse_into_itself(from, to)?;
        self.relocate(from, to)
    }

    fn replace(&mut self, from: &str, to: &str) -> Found<()> {
        self.place(from)?;
        self.place(to)?;
        let old = self.at(from)?;
        refuse_into_itself(from, to)?;
        match (old, self.at(to)) {
            _ if from == to => return Ok(()),
            (_, Ok(Self::Directory(_))) if is_below(from, to) => return Err(DirectoryNotEmpty),
            (Self::File(_), Ok(Self::Directory(_))) => return Err(IsADirectory),
            (Self::Directory(_), Ok(Self::File(_))) => return Err(NotADirectory),
            (_, Ok(Self::Directory(entries))) if !entries.is_empty() => return Err(DirectoryNotEmpty),
            _ => {}
        }
        self.relocate(from, to)
    }

    fn move_to(&mut self, from: &str, to: &str) -> Found<Count> {
        let node = self.checked(from, to)?;
        let (entries, name) = self.place(to)?;
        free(entries, name)?;
        self.relocate(from, to)?;
        Ok(match node {
            Self::File(_) => Count { files: 1, ..Count::default() },
            // In one step: nobody has looked into it.
            Self::Directory(_) => Count { directories: 1, ..Count::default() },
        })
    }

    fn copy(&mut self, from: &str, to: &str) -> Found<Count> {
        let node = self.checked(from, to)?;
        let (entries, name) = self.place(to)?;
        free(entries, name)?;
        let count = node.count();
        entries.insert(name.to_owned(), node);
        Ok(count)
    }

    /// Copies; what has the name of something is replaced, and a directory takes up what is in another. What cannot
    /// be copied is left out, and the rest goes on.
    fn copy_over(&mut self, from: &str, to: &str) -> Outcome {
        let single = |kind| Failure::single(kind, from);
        let node = self.checked(from, to).map_err(single)?;
        let (entries, name) = self.place(to).map_err(single)?;
        let (mut count, mut each) = (Count::default(), Vec::new());
        copy_over(&node, from, entries, name, &mut count, &mut each);
        let Some(&(_, first)) = each.first() else { return Ok(Answer::Count(count)) };
        let kind = if each.iter().all(|&(_, kind)| kind == first) { first } else { Other };
        Err(Failure { kind, each, done: count })
    }

    /// What is to be copied or moved, unless something is in the way at once.
    fn checked(&mut self, from: &str, to: &str) -> Found<Self> {
        // The start of all has no place.
        if !from.is_empty() {
            self.place(from)?;
        }
        self.place(to)?;
        let node = self.at(from)?.clone();
        if from == to {
            return Err(InvalidInput);
        }
        refuse_into_itself(from, to)?;
        Ok(node)
    }

    fn rmtree(&mut self, at: &str) -> Found<Count> {
        match self.at(at)? {
            Self::File(_) => Err(NotADirectory),
            Self::Directory(_) => self.take(at).map(|node| node.count().without_bytes()),
        }
    }

    fn remove(&mut self, at: &str) -> Found<Count> {
        match self.take(at) {
            Err(NotFound | NotADirectory) => Ok(Count::default()),
            result => result.map(|node| node.count().without_bytes()),
        }
    }

    fn clear_dir(&mut self, at: &str) -> Found<Count> {
        let entries = self.directory(&names_in(at))?;
        let count = Self::Directory(std::mem::take(entries)).count().without_bytes();
        Ok(Count { directories: count.directories - 1, ..count })
    }

    /// What is below a directory and matches a pattern, in order.
    fn list(&self, at: &str, pattern: &str) -> Found<Answer> {
        let Self::Directory(_) = self.at(at)? else { return Err(NotADirectory) };
        let start = names_in(at);
        let mut found = Vec::new();
        self.at(at)?.each(&mut start.clone(), &mut |path, node| {
            let is_directory = matches!(node, Self::Directory(_));
            let (parts, wants_directory) = match pattern.strip_suffix('/') {
                Some(pattern) => (names_in(pattern), true),
                None => (names_in(pattern), false),
            };
            if (is_directory || !wants_directory) && matches(&parts, &path[start.len()..], is_directory) {
                found.push(path.join("/") + if is_directory { "/" } else { "" });
            }
        });
        Ok(Answer::Listed(found))
    }

    /// Calls a function with everything here and below, and its path.
    fn each<'a>(&'a self, path: &mut Vec<&'a str>, visit: &mut impl FnMut(&[&str], &Self)) {
        visit(path, self);
        let Self::Directory(entries) = self else { return };
        for (name, node) in entries {
            path.push(name);
            node.each(path, visit);
            path.pop();
        }
    }

    /// What is at a path.
    fn at(&self, path: &str) -> Found<&Self> {
        names_in(path).into_iter().try_fold(self, |node, name| match node {
            Self::File(_) => Err(NotADirectory),
            Self::Directory(entries) => entries.get(name).ok_or(NotFound),
        })
    }

    /// The directory at a path.
    fn directory(&mut self, names: &[&str]) -> Found<&mut Entries> {
        match (self, names) {
            (Self::File(_), _) => Err(NotADirectory),
            (Self::Directory(entries), []) => Ok(entries),
            (Self::Directory(entries), [name, below @ ..]) => entries.get_mut(*name).ok_or(NotFound)?.directory(below),
        }
    }

    /// The directory in which a path has a name, and the name.
    fn place<'a>(&mut self, at: &'a str) -> Found<(&mut Entries, &'a str)> {
        let mut names = names_in(at);
        let name = names.pop().expect("the start of all is not changed");
        Ok((self.directory(&names)?, name))
    }

    /// The text of a file, which is made if there is none.
    fn file(&mut self, at: &str) -> Found<&mut String> {
        let (entries, name) = self.place(at)?;
        match entries.entry(name.to_owned()).or_insert_with(|| Self::File(String::new())) {
            Self::File(text) => Ok(text),
            Self::Directory(_) => Err(IsADirectory),
        }
    }

    fn take(&mut self, at: &str) -> Found<Self> {
        let (entries, name) = self.place(at)?;
        entries.remove(name).ok_or(NotFound)
    }

    fn relocate(&mut self, from: &str, to: &str) -> Found<()> {
        let node = self.take(from)?;
        let (entries, name) = self.place(to)?;
        entries.insert(name.to_owned(), node);
        Ok(())
    }

    fn count(&self) -> Count {
        match self {
            Self::File(text) => Count { files: 1, directories: 0, bytes: text.len() as u64 },
            Self::Directory(entries) => {
                let own = Count { directories: 1, ..Count::default() };
                entries.values().map(Self::count).fold(own, |sum, count| Count {
                    files: sum.files + count.files,
                    directories: sum.directories + count.directories,
                    bytes: sum.bytes + count.bytes,
                })
            }
        }
    }
}

impl Count {
    /// What removing counts.
    fn without_bytes(self) -> Self {
        Self { bytes: 0, ..self }
    }
}

fn copy_over(
    node: &Node,
    from: &str,
    entries: &mut Entries,
    name: &str,
    count: &mut Count,
    each: &mut Vec<(String, ErrorKind)>,
) {
    match (node, entries.get_mut(name)) {
        (Node::File(_), Some(Node::Directory(_))) => each.push((from.to_owned(), IsADirectory)),
        (Node::Directory(_), Some(Node::File(_))) => each.push((from.to_owned(), NotADirectory)),
        (Node::File(text), _) => {
            count.files += 1;
            count.bytes += text.len() as u64;
            entries.insert(name.to_owned(), node.clone());
        }
        (Node::Directory(_), None) => {
            count.directories += 1;
            entries.insert(name.to_owned(), Node::empty());
            copy_over(node, from, entries, name, count, each);
        }
        (Node::Directory(below), Some(Node::Directory(entries))) => {
            for (name, node) in below {
                let from = if from.is_empty() { name.clone() } else { format!("{from}/{name}") };
                copy_over(node, &from, entries, name, count, each);
            }
        }
    }
}

fn free(entries: &Entries, name: &str) -> Found<()> {
    if entries.contains_key(name) { Err(AlreadyExists) } else { Ok(()) }
}

fn refuse_into_itself(from: &str, to: &str) -> Found<()> {
    if is_below(to, from) { Err(InvalidInput) } else { Ok(()) }
}

fn is_below(path: &str, above: &str) -> bool {
    path != above && names_in(path).starts_with(&names_in(above))
}

/// Whether a path matches a pattern: names, `*`, classes of one character, and `**`, which takes no file for a
/// directory.
fn matches(pattern: &[&str], path: &[&str], is_directory: bool) -> bool {
    match (pattern, path) {
        ([], path) => path.is_empty(),
        (["**"], []) => is_directory,
        (["**", rest @ ..], _) => (0..=path.len()).any(|taken| match rest {
            [] => true,
            _ => matches(rest, &path[taken..], is_directory),
        }),
        ([part, rest @ ..], [name, below @ ..]) => matches_name(part, name) && matches(rest, below, is_directory),
        (_, []) => false,
    }
}

fn matches_name(part: &str, name: &str) -> bool {
    match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
        Some(class) => match class.strip_prefix('!') {
            Some(others) => !others.contains(name),
            None => class.contains(name),
        },
        None => part == "*" || part == "?" || part == name,
    }
}
