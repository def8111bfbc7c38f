//! Errors: what they say.

mod diagnosis;
