//! A map from paths to texts: what every place is to be.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use waypath::PosixPathBuf;

use super::words::{Words, in_order};
use super::{Answer, Deed, Name};

#[derive(Default)]
pub(super) struct Model(BTreeMap<String, String>);

impl Model {
    fn text(&self, name: Name) -> Result<&String, ErrorKind> {
        self.0.get(name).ok_or(ErrorKind::NotFound)
    }

    fn is_below(directory: Name, path: &str) -> bool {
        directory == "." || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
    }

    fn is_dir(&self, name: Name) -> bool {
        self.0.keys().any(|path| Self::is_below(name, path))
    }

    fn write(&mut self, name: Name, text: &str) -> Answer {
        self.0.insert(name.to_owned(), text.to_owned());
        done()
    }

    fn unlink(&mut self, name: Name) -> Answer {
        self.0.remove(name).ok_or(ErrorKind::NotFound).and_then(|_| done())
    }

    /// Without anything below it, a directory is not there.
    fn clear(&mut self, name: Name) -> Answer {
        let before = self.0.len();
        self.0.retain(|path, _| !Self::is_below(name, path));
        if self.0.len() < before { done() } else { Err(ErrorKind::NotFound) }
    }

    /// What matches a pattern below a directory, the directories among them.
    fn list(&self, name: Name, pattern: &str) -> Answer {
        let mut lines = BTreeSet::new();
        for (path, text) in self.0.iter().filter(|(path, _)| Self::is_below(name, path)) {
            let below = path.strip_prefix(name).map_or(&**path, |below| below.trim_start_matches('/'));
            let ends = below.match_indices('/').map(|(end, _)| end).chain([below.len()]);
            for end in ends.filter(|end| PosixPathBuf::parse(&below[..*end]).full_match(pattern)) {
                let whole = &path[..path.len() - below.len() + end];
                lines.insert(if end < below.len() { format!("{whole}/") } else { format!("{whole} {}", text.len()) });
            }
        }
        Ok(in_order(lines.into_iter().collect()))
    }

    /// A file, or all files below a directory.
    fn copy(&mut self, from: Name, to: Name, existing: Existing) -> Answer {
        let copied = self.0.iter().filter_map(|(path, text)| {
            let rest = path.strip_prefix(from).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
            Some((format!("{to}{rest}"), text.clone()))
        });
        let copied: Vec<_> = copied.collect();
        let is_there = self.0.contains_key(to) || self.is_dir(to);
        match existing {
            _ if copied.is_empty() => Err(ErrorKind::NotFound),
            Existing::Fail if is_there => Err(ErrorKind::AlreadyExists),
            _ => {
                self.0.extend(copied);
                done()
            }
        }
    }
}

/// What a copy does with what is there.
enum Existing {
    Fail,
    Replace,
}

fn done() -> Answer {
    Ok(String::new())
}

impl Words for Model {
    fn act(&mut self, deed: Deed) -> Answer {
        match deed {
            Deed::WriteText(name, text) | Deed::WriteBytes(name, text) | Deed::Create(name, text) => {
                self.write(name, text)
            }
            Deed::WriteNew(name, _) if self.0.contains_key(name) => Err(ErrorKind::AlreadyExists),
            Deed::WriteNew(name, text) => self.write(name, text),
            Deed::CreateAndDrop(..) => done(),
            Deed::ReadText(name) => self.text(name).cloned(),
            Deed::ReadLines(name) => self.text(name).map(|text| format!("{:?}", text.lines().collect::<Vec<_>>())),
            Deed::ReadBytes(name) => self.text(name).map(|text| format!("{:?}", text.as_bytes())),
            Deed::ReadSome(name, from, count) => {
                let some = self.text(name)?.bytes().skip(from as usize).take(count as usize).collect();
                String::from_utf8(some).map_err(|_| ErrorKind::InvalidData)
            }
            Deed::Exists(name) => Ok((self.0.contains_key(name) || self.is_dir(name)).to_string()),
            Deed::IsFile(name) => Ok(self.0.contains_key(name).to_string()),
            Deed::IsDir(name) => Ok(self.is_dir(name).to_string()),
            Deed::Stat(name) if self.is_dir(name) => Ok("directory".to_owned()),
            Deed::Stat(name) => self.text(name).map(|text| format!("file, {} bytes, a recent time", text.len())),
            Deed::Size(name) => self.text(name).map(|text| text.len().to_string()),
            Deed::Unlink(name) => self.unlink(name),
            Deed::UnlinkIfExists(name) => Ok(self.0.remove(name).is_some().to_string()),
            Deed::Rmtree(name) | Deed::ClearDir(name) => self.clear(name),
            Deed::Copy(from, to) if from == to || Self::is_below(from, to) => Err(ErrorKind::InvalidInput),
            Deed::MoveTo(from, to) if from == to || Self::is_below(from, to) => Err(ErrorKind::InvalidInput),
            Deed::Copy(from, to) => self.copy(from, to, Existing::Fail),
            Deed::CopyOver(from, to) => self.copy(from, to, Existing::Replace),
            Deed::MoveTo(from, to) => {
                self.copy(from, to, Existing::Fail)?;
                self.act(Deed::Remove(from))
            }
            Deed::Iterdir(name) | Deed::Walk(name) if !self.is_dir(name) => Err(ErrorKind::NotFound),
            Deed::Iterdir(name) => self.list(name, "*"),
            Deed::Walk(name) => self.list(name, "**/*"),
            Deed::Glob(name, pattern) => self.list(name, pattern),
            Deed::Rglob(name, pattern) => self.list(name, &format!("**/{pattern}")),
            Deed::IsEmptyDir(_) => Ok("false".to_owned()),
            Deed::Mirror(from, _) if !self.is_dir(from) => Err(ErrorKind::NotFound),
            Deed::Mirror(from, to) => {
                self.act(Deed::Remove(to))?;
                self.copy(from, to, Existing::Fail)
            }
            Deed::Remove(name) => {
                self.0.retain(|path, _| path != name && !Self::is_below(name, path));
                done()
            }
        }
    }
}
