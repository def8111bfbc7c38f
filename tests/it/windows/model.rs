//! Random operations against a model in memory, with what only Windows has: files that others hold, attributes, names
//! that are misread, and two drives.
//!
//! What succeeds has done all of it, what fails has changed nothing. A verb on files that nobody holds succeeds or fails
//! as the model says; beside a holder it may do either, as long as it is one of both.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;

use waypath::{CopyOptions, Error, Overwrite, PathBuf, Result, TempDir};

use super::holding::{SHARE_DELETE, SHARE_READ, SHARE_WRITE, hold};
use super::trees::on_other_drive;
use crate::support::random::Random;

const SEQUENCES: u64 = 24;
const OPERATIONS: usize = 40;

/// The last two are found only by verbatim paths: Windows would take the first of them for `a`.
const NAMES: [&str; 5] = ["a", "b", "c", "a.", "nul"];

/// A file: the drive that it is on, and its name.
type At = (usize, &'static str);

#[derive(Clone, Debug, PartialEq)]
struct Held {
    content: String,
    is_read_only: bool,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Write(At),
    WriteAtomic(At),
    Unlink(At),
    Rename(At, At),
    Replace(At, At),
    Copy(At, At),
    CopyOver(At, At),
    Move(At, At),
    ReadOnly(At),
    Writable(At),
    Stat(At),
    Hold(At, u32),
    Release(At),
    /// A verb by the name as it stands, which Windows would misread.
    Misread(At),
}

/// Deeds by the number of the sequence, which is the seed.
impl Random {
    fn at(&mut self) -> At {
        (self.below(2), NAMES[self.below(NAMES.len())])
    }

    fn deed(&mut self) -> Deed {
        let (one, two) = (self.at(), self.at());
        match self.below(20) {
            0..4 => Deed::Write(one),
            4 => Deed::WriteAtomic(one),
            5 => Deed::Unlink(one),
            6 | 7 => Deed::Rename(one, (one.0, two.1)),
            8 | 9 => Deed::Replace(one, (one.0, two.1)),
            10 => Deed::Copy(one, two),
            11 => Deed::CopyOver(one, two),
            12 | 13 => Deed::Move(one, two),
            14 => Deed::ReadOnly(one),
            15 => Deed::Writable(one),
            16 => Deed::Stat(one),
            17 => Deed::Hold(one, [SHARE_READ, SHARE_READ | SHARE_WRITE | SHARE_DELETE][self.below(2)]),
            18 => Deed::Release(one),
            _ => Deed::Misread((one.0, ["a.", "nul"][self.below(2)])),
        }
    }
}

/// Two directories on two drives, by verbatim paths, which mean what they say.
struct Disk {
    _places: [TempDir; 2],
    roots: [PathBuf; 2],
}

impl Disk {
    fn new(other: TempDir) -> Self {
        let places = [TempDir::new().unwrap(), other];
        let roots = places.each_ref().map(|place| PathBuf::parse(&format!(r"\\?\{}", place.resolve().unwrap())));
        Self { _places: places, roots }
    }

    fn path(&self, (drive, name): At) -> PathBuf {
        &self.roots[drive] / name
    }

    fn files(&self) -> BTreeMap<At, Held> {
        let mut files = BTreeMap::new();
        for (drive, root) in self.roots.iter().enumerate() {
            for entry in std::fs::read_dir(root.as_str()).unwrap() {
                let (name, path) = entry.map(|entry| (entry.file_name(), entry.path())).unwrap();
                let known = NAMES.into_iter().find(|known| name == *known);
                let name = known.unwrap_or_else(|| panic!("{} was left behind", path.display()));
                let is_read_only = std::fs::metadata(&path).unwrap().permissions().readonly();
                let content = std::fs::read_to_string(&path).unwrap();
                files.insert((drive, name), Held { content, is_read_only });
            }
        }
        files
    }
}

/// What the tree becomes, or why nothing is done.
fn expected(files: &BTreeMap<At, Held>, deed: Deed, text: &str) -> std::result::Result<BTreeMap<At, Held>, ErrorKind> {
    let mut after = files.clone();
    let old = |at: At| files.get(&at).cloned().ok_or(ErrorKind::NotFound);
    let new = || Held { content: text.to_owned(), is_read_only: false };
    match deed {
        Deed::Write(at) | Deed::WriteAtomic(at) => match files.get(&at) {
            Some(file) if file.is_read_only => return Err(ErrorKind::PermissionDenied),
            _ => _ = after.insert(at, new()),
        },
        Deed::Unlink(at) => _ = after.remove(&at).ok_or(ErrorKind::NotFound)?,
        Deed::Move(from, to) if from == to => {
            old(from)?;
            return Err(ErrorKind::InvalidInput);
        }
        Deed::Rename(from, to) | Deed::Move(from, to) => {
            let file = old(from)?;
            if files.contains_key(&to) {
                return Err(ErrorKind::AlreadyExists);
            }
            after.remove(&from);
            after.insert(to, file);
        }
        Deed::Replace(from, to) => {
            let file = old(from)?;
            after.remove(&from);
            after.insert(to, file);
        }
        Deed::Copy(from, to) | Deed::CopyOver(from, to) if from == to => {
            old(from)?;
            return Err(ErrorKind::InvalidInput);
        }
        Deed::Copy(from, to) => {
            let file = old(from)?;
            if after.insert(to, file).is_some() {
                return Err(ErrorKind::AlreadyExists);
            }
        }
        Deed::CopyOver(from, to) => _ = after.insert(to, old(from)?),
        Deed::ReadOnly(at) | Deed::Writable(at) => {
            after.get_mut(&at).ok_or(ErrorKind::NotFound)?.is_read_only = matches!(deed, Deed::ReadOnly(_));
        }
        Deed::Stat(at) => _ = old(at)?,
        Deed::Hold(..) | Deed::Release(_) => {}
        Deed::Misread(_) => return Err(ErrorKind::InvalidFilename),
    }
    Ok(after)
}

fn perform(disk: &Disk, deed: Deed, text: &str) -> Result<()> {
    let path = |at| disk.path(at);
    match deed {
        Deed::Write(at) => path(at).write_text(text),
        Deed::WriteAtomic(at) => path(at).write_atomic(text),
        Deed::Unlink(at) => path(at).unlink(),
        Deed::Rename(from, to) => path(from).rename(path(to)).map(drop),
        Deed::Replace(from, to) => path(from).replace(path(to)).map(drop),
        Deed::Copy(from, to) => path(from).copy(path(to)).map(drop),
        Deed::CopyOver(from, to) => {
            CopyOptions::new().overwrite(Overwrite::Always).copy(path(from), path(to)).map(drop)
        }
        Deed::Move(from, to) => path(from).move_to(path(to)).map(drop),
        Deed::ReadOnly(at) => path(at).chmod("a-w"),
        Deed::Writable(at) => path(at).chmod("u+w"),
        Deed::Stat(at) => path(at).stat().map(drop),
        Deed::Hold(..) | Deed::Release(_) => Ok(()),
        Deed::Misread((drive, name)) => {
            let plain = PathBuf::parse(disk.roots[drive].as_str().trim_start_matches(r"\\?\"));
            let misread = &plain / name;
            misread.write_text(text).and_then(|()| misread.unlink())
        }
    }
}

fn touched(deed: Deed) -> [Option<At>; 2] {
    match deed {
        Deed::Rename(from, to) | Deed::Replace(from, to) | Deed::Copy(from, to) => [Some(from), Some(to)],
        Deed::CopyOver(from, to) | Deed::Move(from, to) => [Some(from), Some(to)],
        Deed::Write(at) | Deed::WriteAtomic(at) | Deed::Unlink(at) | Deed::ReadOnly(at) => [Some(at), None],
        Deed::Writable(at) | Deed::Stat(at) | Deed::Hold(at, _) | Deed::Release(at) => [Some(at), None],
        Deed::Misread(_) => [None, None],
    }
}

/// Runs one sequence; returns how many of its operations failed, as they had to.
fn sequence(number: u64, other: TempDir) -> usize {
    let (disk, mut random) = (Disk::new(other), Random(number));
    let (mut files, mut held, mut log, mut failed) = (BTreeMap::new(), BTreeMap::<At, File>::new(), Vec::new(), 0);
    for at in 0..OPERATIONS {
        let (deed, text) = (random.deed(), format!("{number} {at}"));
        log.push(deed);
        match deed {
            Deed::Hold(at, shared) if files.contains_key(&at) && !held.contains_key(&at) => {
                held.insert(at, hold(&disk.path(at), shared));
            }
            Deed::Release(at) => drop(held.remove(&at)),
            _ => {}
        }
        let is_held = touched(deed).iter().flatten().any(|at| held.contains_key(at));
        let (result, expected) = (perform(&disk, deed, &text), expected(&files, deed, &text));
        failed += usize::from(result.is_err());
        if is_held {
            // Who holds a file does so by its name: what is there after it went is another one.
            touched(deed).iter().flatten().for_each(|at| drop(held.remove(at)));
        }
        let kind = result.as_ref().map_err(Error::kind).map(drop);
        let known = || format!("sequence {number}, {log:?}: {result:?}");
        match (&result, expected) {
            (Ok(()), Ok(after)) => files = after,
            (Err(_), _) if is_held => {}
            (_, expected) => assert_eq!(kind, expected.map(drop), "{}", known()),
        }
        assert_eq!(disk.files(), files, "{}", known());
    }
    drop(held);
    failed
}

#[test]
fn whatever_others_hold_all_or_nothing_is_done() {
    let Some(_) = on_other_drive() else { return };
    let failed: usize = std::thread::scope(|scope| {
        let sequences: Vec<_> =
            (1..=SEQUENCES).map(|number| scope.spawn(move || sequence(number, on_other_drive().unwrap()))).collect();
        sequences.into_iter().map(|sequence| sequence.join().unwrap()).sum()
    });
    let operations = OPERATIONS * usize::try_from(SEQUENCES).unwrap();
    println!(
        "model: {SEQUENCES} sequences, {operations} operations beside holders on two drives, {failed} refused as they had to be"
    );
    assert!(failed > operations / 10 && failed < operations, "{failed} of {operations}");
}
