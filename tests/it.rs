//! The integration tests: one binary, a module for each subject.

mod answers;
mod conformance;
mod laws;
mod path;
mod pattern;
mod pattern_laws;
mod reference;
mod texts;
mod truth_table;
