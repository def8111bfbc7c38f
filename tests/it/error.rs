//! Errors: what they say.

mod diagnosis;
#[cfg(target_os = "linux")]
mod messages;
