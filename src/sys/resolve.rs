//! Resolving a path to one without links and `..`, part by part, for every back end.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// What a name stands for.
pub(super) enum Node {
    /// With its target.
    Link(PathBuf),
    Directory,
    Other,
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

/// Follows `path` from `here`, which has no links and may be empty, and calls `look` for each name.
///
/// Each link is followed once. If it comes up again, the path to its target is known; if it does so before that, links lead
/// in a circle.
pub(super) fn follow(
    mut here: PathBuf,
    path: &Path,
    trouble: Trouble,
    mut look: impl FnMut(&Path) -> io::Result<Node>,
) -> io::Result<PathBuf> {
    if path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "a name holds NUL"));
    }
    here.reserve(path.as_os_str().len() + 1);
    let mut parts = Vec::new();
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
        let target = match look(&here) {
            Ok(Node::Directory) => continue,
            Ok(Node::Other) if trouble != Trouble::Keep && go_on(&parts) => {
                return Err(ErrorKind::NotADirectory.into());
            }
            Ok(Node::Other) => continue,
            Err(error) => match trouble {
                Trouble::Keep => continue,
                Trouble::KeepMissingName if error.kind() == ErrorKind::NotFound && !go_on(&parts) => continue,
                _ => return Err(error),
            },
            Ok(Node::Link(target)) => target,
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

/// Whether a remaining part requires a directory.
fn go_on(parts: &[Part<'_>]) -> bool {
    parts.iter().any(|part| !matches!(part, Part::TargetEnds(_)))
}
