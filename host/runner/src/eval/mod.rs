//! Evaluation: guards against texts that people labelled, and against text that holds no secret.
//!
//! An [`Evaluator`] is given texts one by one and keeps counts alone, so that a corpus may be of any length. Reading
//! files is the caller's; nothing here prints, and nothing that comes out holds a byte of a text.

mod clean;
mod cuts;
mod evaluator;
mod example;
mod latency;
mod names;
mod rules;
mod spans;
mod twins;
mod versus;

pub use evaluator::{Evaluator, Versus};
pub use example::{Example, LONGEST_NAME, LineError, Place};
