//! What each kind of place does with a deed.

use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::{Duration, SystemTime};

#[cfg(not(target_family = "wasm"))]
use waypath::Bucket;
use waypath::{At, CopyOptions, Error, FileKind, Memory, MirrorOptions, Overwrite, PathBuf, RootPath};

use super::{Answer, Deed};

pub(super) trait Words {
    fn act(&mut self, deed: Deed) -> Answer;
}

/// What a method returned, as text.
trait Said {
    fn said(self) -> Answer;
}

impl Said for () {
    fn said(self) -> Answer {
        Ok(String::new())
    }
}

impl Said for bool {
    fn said(self) -> Answer {
        Ok(self.to_string())
    }
}

impl Said for u64 {
    fn said(self) -> Answer {
        Ok(self.to_string())
    }
}

impl Said for String {
    fn said(self) -> Answer {
        Ok(self)
    }
}

impl Said for Vec<String> {
    fn said(self) -> Answer {
        Ok(format!("{self:?}"))
    }
}

impl Said for Vec<u8> {
    fn said(self) -> Answer {
        Ok(format!("{self:?}"))
    }
}

impl<T: Said, E: Into<Error>> Said for Result<T, E> {
    /// A store does not ask what else is there when there is no file, so all that is no file is not found.
    fn said(self) -> Answer {
        self.map_err(|error| match error.into().kind() {
            ErrorKind::IsADirectory | ErrorKind::NotADirectory => ErrorKind::NotFound,
            // Of a directory, on Windows.
            ErrorKind::PermissionDenied => ErrorKind::NotFound,
            // Of a directory, on WASI, where one can be opened as a file.
            ErrorKind::NotSeekable => ErrorKind::NotFound,
            kind if cfg!(target_family = "wasm") && format!("{kind:?}") == "Uncategorized" => ErrorKind::NotFound,
            kind => kind,
        })?
        .said()
    }
}

fn stat_of(kind: FileKind, size: u64, modified: Option<SystemTime>) -> String {
    if kind == FileKind::Directory {
        // A disk knows more of it.
        return kind.to_string();
    }
    let is_recent = modified.is_some_and(|time| {
        let age = time.elapsed().unwrap_or_else(|ahead| ahead.duration());
        age < Duration::from_secs(24 * 60 * 60)
    });
    format!("{kind}, {size} bytes, {}", if is_recent { "a recent time" } else { "another time" })
}

/// What a listing has, as paths from the start, in the order of their parts: a store has the order of keys.
macro_rules! listed {
    ($start:expr, $walk:expr) => {
        $walk
            .map(|entry| {
                let entry = entry?;
                let path = entry.path().relative_to($start)?.as_posix().into_owned();
                Ok(if entry.is_dir() { format!("{path}/") } else { format!("{path} {}", entry.path().size()?) })
            })
            .collect::<Result<Vec<_>, Error>>()
            .map(in_order)
            .said()
    };
}

pub(super) fn in_order(mut lines: Vec<String>) -> String {
    lines.sort_by(|one, other| one.split('/').cmp(other.split('/')));
    lines.join(" ")
}

/// A store that has no match is not asked whether the directory is there.
fn nothing_in_nothing(answer: Answer) -> Answer {
    match answer {
        Err(ErrorKind::NotFound) => Ok(String::new()),
        answer => answer,
    }
}

/// The words that are the same everywhere. Before something is written, `$before` is done with its path; after something is
/// removed, `$after`.
macro_rules! act {
    ($start:expr, $deed:expr, $before:expr, $after:expr, $create:ident) => {{
        let (start, deed) = ($start, $deed);
        let at = |name: &str| start.join(name);
        let new = |name: &str| {
            let path = at(name);
            $before(&path);
            path
        };
        let answer = match deed {
            Deed::WriteText(name, text) => new(name).write_text(text).said(),
            Deed::WriteBytes(name, text) => new(name).write_bytes(text).said(),
            Deed::WriteNew(name, text) => new(name).write_new(text).said(),
            Deed::Create(name, text) => (|| {
                let mut file = new(name).$create()?;
                file.write_all(text.as_bytes())?;
                file.commit().map(drop)
            })()
            .said(),
            Deed::CreateAndDrop(name, text) => {
                new(name).$create().and_then(|mut file| Ok(file.write_all(text.as_bytes())?)).said()
            }
            Deed::ReadText(name) => at(name).read_text().said(),
            Deed::ReadLines(name) => at(name).read_lines().said(),
            Deed::ReadBytes(name) => at(name).read_bytes().said(),
            Deed::ReadSome(name, from, count) => (|| {
                let mut file = at(name).open()?;
                file.seek(SeekFrom::Start(from))?;
                Ok::<_, Error>(std::io::read_to_string(file.take(count))?)
            })()
            .said(),
            Deed::Exists(name) => at(name).exists().said(),
            Deed::IsFile(name) => at(name).is_file().said(),
            Deed::IsDir(name) => at(name).is_dir().said(),
            Deed::Stat(name) => at(name).stat().map(|stat| stat_of(stat.kind(), stat.size(), stat.modified())).said(),
            Deed::Size(name) => at(name).size().said(),
            Deed::Unlink(name) => at(name).unlink().said(),
            Deed::UnlinkIfExists(name) => at(name).unlink_if_exists().said(),
            Deed::Rmtree(name) => at(name).rmtree().said(),
            Deed::Remove(name) => at(name).remove().said(),
            Deed::ClearDir(name) => at(name).clear_dir().said(),
            Deed::Copy(from, to) => at(from).copy(new(to)).map(drop).said(),
            Deed::CopyOver(from, to) => {
                CopyOptions::new().overwrite(Overwrite::Always).copy(at(from), new(to)).map(drop).said()
            }
            Deed::MoveTo(from, to) => at(from).move_to(new(to)).map(drop).said(),
            Deed::Iterdir(name) => listed!(start, at(name).iterdir()),
            Deed::Walk(name) => listed!(start, at(name).walk()),
            Deed::Glob(name, pattern) => nothing_in_nothing(
                at(name).glob(pattern).map_err(|error| error.kind()).and_then(|walk| listed!(start, walk)),
            ),
            Deed::Rglob(name, pattern) => nothing_in_nothing(
                at(name).rglob(pattern).map_err(|error| error.kind()).and_then(|walk| listed!(start, walk)),
            ),
            Deed::IsEmptyDir(name) => at(name).is_empty_dir().said(),
            Deed::Mirror(from, to) => MirrorOptions::new().delete(true).mirror(at(from), new(to)).map(drop).said(),
        };
        $after(start);
        answer
    }};
}

macro_rules! stores {
    ($($store:ty),*) => {$(
        impl Words for At<$store> {
            fn act(&mut self, deed: Deed) -> Answer {
                act!(&*self, deed, |_: &Self| {}, |_: &Self| {}, create)
            }
        }
    )*};
}

stores!(Memory);
#[cfg(not(target_family = "wasm"))]
stores!(Bucket);

macro_rules! disks {
    ($($place:ty),*) => {$(
        impl Words for $place {
            fn act(&mut self, deed: Deed) -> Answer {
                act!(&*self, deed, |path: &Self| path.mkdir_parent().unwrap(), |start: &Self| {
                    let directories = start.walk().only(FileKind::Directory).contents_first(true);
                    for directory in directories {
                        // All but the empty ones stay.
                        _ = directory.unwrap().rmdir();
                    }
                }, create_atomic)
            }
        }
    )*};
}

disks!(PathBuf, RootPath);
