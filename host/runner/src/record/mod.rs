//! The recorder: a run's events and cleared output on disk, and the proof that nobody changed them since.
//!
//! What is acknowledged was written before, so it survives the host's own end. A log is a hash chain, a manifest its
//! fold, and the head of a closed log is kept in the user's state folder as well.

mod clear;
pub(crate) mod clock;
mod error;
pub(crate) mod files;
mod folds;
mod frames;
mod heads;
mod key;
mod layout;
mod list;
mod read;
mod recorder;
mod report;
mod run_log;
mod shared_log;
mod verify;
mod verify_frames;

#[cfg(test)]
mod tests;

pub use clear::{safe_bytes, safe_text};
pub use clock::{RunClock, new_override_id, new_run_id, random_digest};
pub use error::RecordError;
pub(crate) use folds::opened_runs;
pub use folds::{read_task, record_in_task};
pub use heads::heads_hold;
pub(crate) use heads::{closed as closed_heads, newest as newest_head};
pub use key::FingerprintKey;
pub use layout::Layout;
pub(crate) use list::tasks;
pub use list::{RunSummary, find, list};
pub use read::{read_log, read_output, read_shadow};
pub use recorder::RunRecorder;
pub use report::{Appended, Closing, Finished, Health, Options, Shown};
pub(crate) use shared_log::{SharedLog, append_shared, replay_shared};
pub use verify::{Place, Verdict, verify};
