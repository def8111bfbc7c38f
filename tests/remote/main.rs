//! Tests of stores of objects: in memory, and through a connection.

#![allow(clippy::disallowed_methods, reason = "tests look at the disk through std, past the code under test")]

mod copy_laws;
mod copying;
mod files;
mod glob;
mod listing;
mod memory;
mod messages;
mod mirror;
mod moving;
mod parity;
mod removing;
mod requests;
mod suite;
mod tree;

#[path = "../support"]
#[allow(dead_code, reason = "other tests use more of it")]
mod shared {
    pub(crate) mod messages;
    pub(crate) mod source;
    pub(crate) mod util;
}
