//! Resolving a path to one without links and `..`, part by part, for every back end.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::nul::check_nul;

/// How a back end looks at the names of a path.
pub(super) trait Names {
    /// The target of a link; nothing, if the path leads to something else.
    fn target(&mut self, path: &Path) -> io::Result<Option<PathBuf>>;

    /// Whether there is a directory, which is not a link.
    fn is_dir(&mut self, path: &Path) -> io::Result<bool>;
}

/// How to treat a part that cannot be looked at, and a link that leads back to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std refuses by itself"))]
pub(super) enum Trouble {
    Refuse,
    /// Only the last name may be missing.
    KeepMissingName,
    /// Keep it as it is, and everything after it.
    Keep,
}

/// How many parts most paths have at most.
const USUAL_DEPTH: usize = 16;

/// A remaining part.
enum Part<'p> {
    /// A prefix of Windows, or the root. It replaces everything before it.
    Anchor(Cow<'p, OsStr>),
    Name(Cow<'p, OsStr>),
    Up,
    /// A separator at the end of a link's target: only a directory may be here.
    IntoDirectory,
    /// The end of the target of this link.
    TargetEnds(PathBuf),
}

/// Follows `path` from `here`, which has no links and may be empty.
///
/// Each link is followed once. If it comes up again, the path to its target is known; if it does so before that, links lead
/// in a circle.
pub(super) fn follow(mut here: PathBuf, path: &Path, trouble: Trouble, names: &mut impl Names) -> io::Result<PathBuf> {
    check_nul(path)?;
    here.reserve(path.as_os_str().len() + 1);
    let mut parts = Vec::with_capacity(USUAL_DEPTH);
    push(&mut parts, path, Cow::Borrowed);
    let mut targets = HashMap::<PathBuf, Option<PathBuf>>::new();
    while let Some(part) = parts.pop() {
        let name = match part {
            Part::Name(name) => name,
            Part::Up => {
                go_up(&mut here);
                continue;
            }
            Part::Anchor(anchor) => {
                here.push(anchor);
                continue;
            }
            Part::IntoDirectory => continue,
            Part::TargetEnds(link) => {
                targets.insert(link, Some(here.clone()));
                continue;
            }
        };
        push_name(&mut here, &name);
        let target = match names.target(&here) {
            Ok(None) if trouble != Trouble::Keep && needs_directory(&parts) && !names.is_dir(&here)? => {
                return Err(ErrorKind::NotADirectory.into());
            }
            Ok(None) => continue,
            Err(error) => match trouble {
                Trouble::Keep => continue,
                Trouble::KeepMissingName if error.kind() == ErrorKind::NotFound && next(&parts).is_none() => continue,
                _ => return Err(error),
            },
            Ok(Some(target)) => target,
        };
        match targets.get(&here) {
            Some(Some(known)) => here.clone_from(known),
            Some(None) if trouble != Trouble::Keep => return Err(super::loop_error()),
            Some(None) => {}
            None => {
                targets.insert(here.clone(), None);
                parts.push(Part::TargetEnds(here.clone()));
                here.pop();
                push(&mut parts, &target, |part| Cow::Owned(part.to_owned()));
            }
        }
    }
    Ok(here)
}

/// Adds a name to a path, even if the system would read it as something else, such as `z:` as a drive on Windows.
pub(super) fn push_name(path: &mut PathBuf, name: &OsStr) {
    // A separator, if one is missing.
    path.push("");
    path.as_mut_os_string().push(name);
}

/// Goes up from a directory that is not a link. Above the start of a relative path, `..` are added.
fn go_up(here: &mut PathBuf) {
    match here.components().next_back() {
        Some(Component::Normal(_)) => _ = here.pop(),
        None | Some(Component::ParentDir) => here.push(".."),
        _ => {}
    }
}

/// Pushes the parts of a path, the first one on top.
fn push<'t, 'p>(parts: &mut Vec<Part<'p>>, path: &'t Path, keep: impl Fn(&'t OsStr) -> Cow<'p, OsStr>) {
    let ends_in_separator = [&b"/"[..], b"/."].iter().any(|end| path.as_os_str().as_encoded_bytes().ends_with(end));
    if ends_in_separator {
        parts.push(Part::IntoDirectory);
    }
    let start = parts.len();
    parts.extend(path.components().filter_map(|component| match component {
        Component::Prefix(_) | Component::RootDir => Some(Part::Anchor(keep(component.as_os_str()))),
        Component::Normal(name) => Some(Part::Name(keep(name))),
        Component::ParentDir => Some(Part::Up),
        Component::CurDir => None,
    }));
    parts[start..].reverse();
}

/// The next part of a path.
fn next<'a, 'p>(parts: &'a [Part<'p>]) -> Option<&'a Part<'p>> {
    parts.iter().rev().find(|part| !matches!(part, Part::TargetEnds(_)))
}

/// Whether the next part is found in directories only, though nothing is looked up there.
fn needs_directory(parts: &[Part<'_>]) -> bool {
    matches!(next(parts), Some(Part::Up | Part::IntoDirectory))
}
