//! What reviewers said of places.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{Chained, Digest, RunId, SafeText, Seq, Timestamp};

/// One line of a task's `shadow-labels.jsonl`: a reviewer's verdict on a place of a run. The last one on a place counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LabelEntry {
    /// The place in the log of labels.
    pub seq: Seq,
    /// The version of this form.
    pub schema: LabelSchema,
    /// When it was said.
    pub time: Timestamp,
    /// The run.
    pub run: RunId,
    /// The number of the place in the run's `shadow.jsonl`.
    pub place: u32,
    /// Digest of the place's line, without its newline: a verdict holds for what was reviewed and for nothing else.
    pub line: Digest,
    /// Whether there is something that must be taken out.
    pub verdict: bool,
    /// Who says so, as the guard cleared it.
    pub by: SafeText,
    /// Why, as the guard cleared it.
    pub why: SafeText,
}

/// The version of the labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum LabelSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.shadow-label/v1")]
    V1,
}

impl Chained for LabelEntry {
    fn seq(&self) -> Seq {
        self.seq
    }
}
