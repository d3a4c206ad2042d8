//! Shadow: candidates that run beside the guards in force, on the same stream, and change nothing.
//!
//! The session's thread hands what it read, and what was decided, to a bounded lane for each candidate, and never
//! waits for one. A thread of its own, at the lowest priority, loads the candidate with an engine of its own, guards
//! the same bytes with it, and compares. What a lane has no room for is dropped and counted.

mod compare;
mod file;
mod fold;
mod labels;
mod lane;
mod part;
mod plan;
mod replay;
mod report;
mod results;
mod seen;
mod spans;
mod tap;
mod watch;
mod worker;

pub use file::ShadowFile;
pub use labels::{Labels, Verdict, label, labels};
pub use plan::{CandidatePlan, IncumbentPlan, ShadowPlan};
pub use replay::{Replay, Replayed};
pub use report::{Query, report};
pub(crate) use tap::Tap;
