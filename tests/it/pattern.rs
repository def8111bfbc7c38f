//! Patterns, and the sets of them.

mod guide;
mod language;
mod pattern_laws;
