//! What reviewers said of places, in a chained log of each task.

use std::collections::BTreeMap;
use std::path::Path;

use cofferdam_model::record::{Digest, Genesis, RunId, SafeText, TaskId};
use cofferdam_model::shadow::{LabelEntry, LabelSchema};

use crate::record::{Layout, RecordError, RunClock, append_shared, replay_shared};

const FILE: &str = "shadow-labels.jsonl";

/// The last verdict on each place of a task's runs.
pub type Labels = BTreeMap<(RunId, u32), LabelEntry>;

/// A verdict on a place.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The run.
    pub run: RunId,
    /// The place's number in it.
    pub place: u32,
    /// Digest of the place's line.
    pub line: Digest,
    /// Whether there is something that must be taken out.
    pub verdict: bool,
    /// Who says so.
    pub by: SafeText,
    /// Why.
    pub why: SafeText,
}

/// Records a verdict.
///
/// # Errors
/// The task's log of labels can't be written, or was changed by others.
pub fn label(base: &Path, task: &TaskId, told: Verdict) -> Result<LabelEntry, RecordError> {
    let path = Layout::new(base).task(task).join(FILE);
    let time = RunClock::start().now().time;
    append_shared(&path, FILE, Genesis::labels(task), |seq| LabelEntry {
        seq,
        schema: LabelSchema::V1,
        time,
        run: told.run,
        place: told.place,
        line: told.line,
        verdict: told.verdict,
        by: told.by,
        why: told.why,
    })
}

/// All verdicts of a task, of which the last on a place counts.
///
/// # Errors
/// The log can't be read, or was changed by others.
pub fn labels(base: &Path, task: &TaskId) -> Result<Labels, RecordError> {
    let path = Layout::new(base).task(task).join(FILE);
    let mut labels = Labels::new();
    replay_shared(&path, FILE, Genesis::labels(task), |entry: LabelEntry| {
        labels.insert((entry.run, entry.place), entry);
    })?;
    Ok(labels)
}
