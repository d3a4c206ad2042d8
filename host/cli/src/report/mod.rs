//! What a person or a program sees: of a session while it goes on, and of an evaluation.

pub(crate) mod eval;
mod json;
mod plain;

pub(crate) use json::JsonReporter;
pub(crate) use plain::{PlainReporter, Verbosity};
