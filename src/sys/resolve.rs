//! From a path to the one that leads there with no link and no `..`: the steps, for every back end.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// What a name stands for.
pub(super) enum Found {
    /// With its target.
    Link(PathBuf),
    Directory,
    Other,
}

/// What becomes of a part that cannot be looked at, and of a link that leads back to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    Refuse,
    /// It stays as it is, and so does what comes behind it.
    Keep,
}

/// What is still to be gone through.
enum Step {
    /// A prefix of Windows, or the root: it replaces all so far.
    Anchor(OsString),
    Name(OsString),
    Up,
    /// A separator at the end of a link's target: only a directory may be here.
    IntoDirectory,
    /// All that came from the target of this link is done.
    TargetEnds(PathBuf),
}

/// Goes on from `here`, which has no links, along `path`, and asks `look` what each name stands for.
///
/// A link is gone through once: where it comes up again, the path to its target is known. Where it comes
/// up before that, links lead in a circle.
pub(super) fn follow(
    mut here: PathBuf,
    path: &Path,
    trouble: Trouble,
    mut look: impl FnMut(&Path) -> io::Result<Found>,
) -> io::Result<PathBuf> {
    if path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "a name holds NUL"));
    }
    let mut steps = Vec::new();
    push_steps(&mut steps, path);
    let mut targets = HashMap::<PathBuf, Option<PathBuf>>::new();
    while let Some(step) = steps.pop() {
        let name = match step {
            Step::Name(name) => name,
            Step::Up => {
                here.pop();
                continue;
            }
            Step::Anchor(anchor) => {
                here.push(anchor);
                continue;
            }
            Step::IntoDirectory => continue,
            Step::TargetEnds(link) => {
                targets.insert(link, Some(here.clone()));
                continue;
            }
        };
        here.push(name);
        let target = match look(&here) {
            Ok(Found::Directory) => continue,
            Ok(Found::Other) if trouble == Trouble::Refuse && go_on(&steps) => {
                return Err(ErrorKind::NotADirectory.into());
            }
            Ok(Found::Other) => continue,
            Err(error) if trouble == Trouble::Refuse => return Err(error),
            Err(_) => continue,
            Ok(Found::Link(target)) => target,
        };
        match targets.get(&here) {
            Some(Some(known)) => here.clone_from(known),
            Some(None) if trouble == Trouble::Refuse => return Err(super::loop_error()),
            Some(None) => {}
            None => {
                targets.insert(here.clone(), None);
                steps.push(Step::TargetEnds(here.clone()));
                here.pop();
                push_steps(&mut steps, &target);
            }
        }
    }
    Ok(here)
}

/// Puts the steps of a path on top, the first one topmost.
fn push_steps(steps: &mut Vec<Step>, path: &Path) {
    let ends_in_separator = [&b"/"[..], b"/."].iter().any(|end| path.as_os_str().as_encoded_bytes().ends_with(end));
    if ends_in_separator {
        steps.push(Step::IntoDirectory);
    }
    let start = steps.len();
    steps.extend(path.components().filter_map(|component| match component {
        Component::Prefix(_) | Component::RootDir => Some(Step::Anchor(component.as_os_str().to_owned())),
        Component::Normal(name) => Some(Step::Name(name.to_owned())),
        Component::ParentDir => Some(Step::Up),
        Component::CurDir => None,
    }));
    steps[start..].reverse();
}

/// Whether anything is to come that only a directory has.
fn go_on(steps: &[Step]) -> bool {
    steps.iter().any(|step| !matches!(step, Step::TargetEnds(_)))
}
