//! Copying, moving and mirroring between disks and stores of objects, and among stores.

use super::copy::CopyOptions;
use super::mirror::MirrorOptions;
use super::side::{DiskPath, ObjectPath};
use crate::error::Result;
use crate::report::Report;

/// Both sides, of which at least one is in a store of objects.
pub(super) enum Transfer<'a> {
    Up { from: &'a DiskPath<'a>, to: &'a ObjectPath<'a> },
    Down { from: &'a ObjectPath<'a>, to: &'a DiskPath<'a> },
    Across { from: &'a ObjectPath<'a>, to: &'a ObjectPath<'a> },
}

impl Transfer<'_> {
    pub(super) fn copy(&self, _options: &CopyOptions<'_>) -> Result<Report> {
        todo!()
    }

    pub(super) fn move_to(&self, _options: &CopyOptions<'_>) -> Result<Report> {
        todo!()
    }

    pub(super) fn mirror(&self, _options: &MirrorOptions<'_>) -> Result<Report> {
        todo!()
    }
}
