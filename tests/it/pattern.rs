//! Patterns, and the sets of them.

mod language;
mod pattern_laws;
