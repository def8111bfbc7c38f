//! Pages about the crate as a whole.

#[doc = include_str!("docs/contributing.md")]
pub mod contributing {}
