//! Tests of stores of objects: in memory, and through a connection.

#![allow(clippy::disallowed_methods, reason = "tests look at the disk through std, past the code under test")]

#[cfg(not(target_family = "wasm"))]
mod canned;
mod copy_laws;
mod copying;
#[cfg(not(target_family = "wasm"))]
mod credentials;
#[cfg(not(target_family = "wasm"))]
mod delaying_proxy;
#[cfg(not(target_family = "wasm"))]
mod distant;
mod files;
mod glob;
#[cfg(not(target_family = "wasm"))]
mod killed;
mod listing;
mod memory;
mod messages;
mod mirror;
mod moving;
mod parity;
mod removing;
mod requests;
#[cfg(not(target_family = "wasm"))]
mod secrets;
#[cfg(not(target_family = "wasm"))]
mod servers;
mod suite;
#[cfg(not(target_family = "wasm"))]
mod support;
#[cfg(not(target_family = "wasm"))]
mod tls;
#[cfg(not(target_family = "wasm"))]
mod tls_proxy;
mod tree;

/// The server of the crate's own tests.
#[cfg(not(target_family = "wasm"))]
#[path = "../../src/objects/client/canned.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod canned_server;

#[path = "../support"]
#[allow(dead_code, reason = "other tests use more of it")]
mod shared {
    pub(crate) mod laws;
    pub(crate) mod messages;
    pub(crate) mod source;
    pub(crate) mod util;
}
