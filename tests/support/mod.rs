//! What tests of several subjects share.

pub(crate) mod answers;
pub(crate) mod clock;
#[cfg(target_os = "linux")]
pub(crate) mod ends;
pub(crate) mod laws;
#[cfg(target_os = "linux")]
pub(crate) mod messages;
#[cfg(target_os = "linux")]
pub(crate) mod mounts;
pub(crate) mod random;
#[cfg(target_os = "linux")]
pub(crate) mod snapshot;
pub(crate) mod source;
pub(crate) mod texts;
pub(crate) mod util;
