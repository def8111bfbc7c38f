//! Whether what is at the target is replaced.

use std::io::{self, ErrorKind};

use super::options::{Overwrite, Settings};
use super::times::{is_newer, is_same_time};
use crate::kind::FileKind;
use crate::sys::Facts;

/// Whether a file at the target is to be replaced by what has these facts.
pub(super) fn is_outdated(settings: &Settings, facts: &Facts, old: &Facts) -> bool {
    match settings.overwrite {
        Overwrite::Refuse | Overwrite::Skip => false,
        Overwrite::Always => true,
        Overwrite::IfNewer => is_newer(facts, old, settings.time_window),
        Overwrite::IfDifferent => is_different(settings, facts, old),
    }
}

/// Whether a file is not what another one is, as far as one can see without reading both.
pub(super) fn is_different(settings: &Settings, facts: &Facts, old: &Facts) -> bool {
    facts.kind != old.kind || facts.size != old.size || !is_same_time(facts, old, settings.time_window)
}

/// Refuses to put something else in the place of a pipe, socket or device: what was meant is to write to it, which a copy
/// never does.
pub(in crate::fs) fn refuse_special(kind: FileKind, old: FileKind) -> io::Result<()> {
    match (kind, old) {
        (FileKind::Other, _) | (_, FileKind::File | FileKind::Directory | FileKind::Symlink) => Ok(()),
        (_, FileKind::Other) => Err(io::Error::new(
            ErrorKind::InvalidInput,
            "the destination is a pipe, socket or device, which is not replaced by a file: remove it first",
        )),
    }
}

/// Whether one special file is of another kind than another, or stands for another device.
pub(super) fn is_other_special(facts: &Facts, old: &Facts) -> bool {
    const KIND: u32 = 0o170_000;
    facts.mode & KIND != old.mode & KIND || facts.device != old.device
}
