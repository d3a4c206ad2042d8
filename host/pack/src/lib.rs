//! From rule files to detectors.
//!
//! A rule pack is TOML: who it is, what only stands where a secret would, and rules with their patterns and examples.
//! [`compile()`] holds every rule against its bounds and its examples, and makes the bytes that the rule engine
//! reads; [`embed()`] puts them beside the engine's code. Nothing here needs a compiler, and nothing runs a pattern
//! whose time isn't proportional to its text.

mod anchors;
mod compile;
mod corpus;
mod embed;
mod error;
mod examples;
mod extent;
mod generate;
mod go;
mod import;
mod pattern;
mod required;
mod source;
mod steps;
mod tables;
mod template;
#[cfg(test)]
mod tests;

pub use compile::{Compiled, Counts, compile, is_id};
pub use corpus::{Labelled, Written, corpus, secrets};
pub use embed::{EmbedError, embed};
pub use error::{PackError, Problem};
pub use import::{Imported, NotCarried, gitleaks};
pub use source::{SourceFile, files_of};
