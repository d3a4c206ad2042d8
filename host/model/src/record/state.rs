//! `out/<task>/state.json`: where the output of a task's runs can be read.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::task::FrameTotals;
use super::{Channel, Head, Outcome, RunId, TaskEntry, TaskEvent, TaskId, Timestamp};

/// How many runs the state tells of; older ones are found by listing the records.
const KEPT: usize = 256;

/// Handles, offsets and artefacts of a task. It is only ever made by applying the task's events in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "State")]
pub struct State<H = Handle> {
    /// The version of this form.
    pub schema: StateSchema,
    /// The task.
    pub task: TaskId,
    /// The last entry of the task's log that is counted; none before the first.
    pub log: Option<Head>,
    /// When that was written.
    pub updated: Timestamp,
    /// One handle for each of the newest 256 runs.
    pub handles: BTreeMap<RunId, H>,
}

/// The version of the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum StateSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.state/v1")]
    V1,
}

/// What is known of one run's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Handle {
    /// What became of the run; none while it goes on or when it was interrupted.
    pub outcome: Option<Outcome>,
    /// Where each channel's record ends and how much of its middle was dropped; filled when the run ends.
    pub offsets: BTreeMap<Channel, FrameTotals>,
    /// Files and folders of the run, beneath the folder that holds `.runs`.
    pub artefacts: Vec<Artefact>,
}

impl Handle {
    /// That of a run that has just begun.
    fn opened(task: &TaskId, run: RunId) -> Self {
        let at = |kind, name: &str| Artefact {
            kind,
            path: format!(".runs/{task}/cli/{run}/{name}"),
        };
        Self {
            outcome: None,
            offsets: BTreeMap::new(),
            artefacts: vec![
                at(ArtefactKind::Manifest, "manifest.json"),
                at(ArtefactKind::Events, "events.jsonl"),
                at(ArtefactKind::Frames, "frames"),
            ],
        }
    }
}

/// A handle as it is written. Each run begins and ends with a state of 256 of them, and has to do with one alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WrittenHandle(Box<RawValue>);

impl WrittenHandle {
    /// The most bytes of one that a host writes.
    const LONGEST: usize = 4096;

    /// Whether it may be one that a host wrote: short, on one line, and with what each begins with. Anybody may write into the file.
    fn is_plausible(&self) -> bool {
        let text = self.0.get();
        text.len() <= Self::LONGEST && text.starts_with(r#"{"outcome":"#) && !text.contains('\n')
    }
}

impl State<WrittenHandle> {
    /// Whether all handles may be such as a host writes. A state of which that can't be said is made again from the log.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.handles.len() <= KEPT && self.handles.values().all(WrittenHandle::is_plausible)
    }
}

impl From<Handle> for WrittenHandle {
    fn from(handle: Handle) -> Self {
        Self(serde_json::value::to_raw_value(&handle).expect("a handle has names, numbers and nothing else"))
    }
}

/// A file or folder that a run made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Artefact {
    /// What it is.
    pub kind: ArtefactKind,
    /// Where it is, with `/` between folders.
    pub path: String,
}

/// What an artefact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ArtefactKind {
    /// The fold of the run.
    Manifest,
    /// The log of the run.
    Events,
    /// The cleared output.
    Frames,
}

impl<H: From<Handle>> State<H> {
    /// A task with no events.
    #[must_use]
    pub fn new(task: TaskId) -> Self {
        Self {
            schema: StateSchema::V1,
            task,
            log: None,
            updated: Timestamp::default(),
            handles: BTreeMap::new(),
        }
    }

    /// Takes the next event into account, which is the log's `head`.
    pub fn apply(&mut self, entry: &TaskEntry, head: Head) {
        self.log = Some(head);
        self.updated = entry.time;
        match &entry.event {
            TaskEvent::RunOpened { run, .. } => {
                self.handles.insert(*run, Handle::opened(&self.task, *run).into());
                while self.handles.len() > KEPT {
                    self.handles.pop_first();
                }
            }
            TaskEvent::ApprovalRecorded { .. }
            | TaskEvent::SampleDrawn(_)
            | TaskEvent::RolloutMoved(_)
            | TaskEvent::IncidentRecorded(_) => {}
            TaskEvent::RunClosed(closed) => {
                if let Some(handle) = self.handles.get_mut(&closed.run) {
                    let closed = Handle {
                        outcome: Some(closed.outcome),
                        offsets: closed.frames.clone(),
                        ..Handle::opened(&self.task, closed.run)
                    };
                    *handle = closed.into();
                }
            }
        }
    }
}
