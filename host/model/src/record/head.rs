//! Heads of closed logs, kept away from the records.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Chained, Head, RunId, Seq, TaskId, Timestamp};

/// The head of a closed run's log, as the state folder keeps it: a chain alone shows neither a cut tail nor a rewrite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeadEntry {
    /// The place in the log of heads.
    pub seq: Seq,
    /// When the run was closed.
    pub time: Timestamp,
    /// The task.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// The last entry of the run's log.
    pub head: Head,
}

impl Chained for HeadEntry {
    fn seq(&self) -> Seq {
        self.seq
    }
}
