//! What a person or a program sees: of a session while it goes on, of an evaluation, and of candidates in shadow.

mod chart;
pub(crate) mod eval;
mod html;
mod json;
mod modes;
mod overlaps;
mod plain;
pub(crate) mod run;
pub(crate) mod shadow;
mod table;
pub(crate) mod words;

pub(crate) use json::JsonReporter;
pub(crate) use plain::{PlainReporter, Repeats, Verbosity, line};
