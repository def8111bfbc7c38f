//! The integration tests: one binary, a module for each subject.

mod conformance;
mod path;
mod reference;
