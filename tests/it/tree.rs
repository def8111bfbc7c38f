//! Going through trees, for copying and for removing: with threads, few descriptors, and somebody who changes the tree.
//!
//! Races run for a second each, or for twenty with `WAYPATH_LONG=1`.

mod descriptors;
mod races;
mod threads;
