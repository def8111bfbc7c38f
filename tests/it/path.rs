//! Paths as text, in every flavour.

mod interface;
pub(crate) mod path_laws;
mod raw;
