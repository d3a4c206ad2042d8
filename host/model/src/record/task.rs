//! The log of a task, and its fold.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rollout::RolloutMoved;
use super::{
    Chained, Channel, ChannelTotals, Head, IllegalEvent, Loss, Manifest, Outcome, Resources, RunId, SafeText, Seq,
    Tally, TaskId, Timestamp, Whose,
};

use crate::authority::{Approval, Incident, Sample, Signed};

/// One event at its place in the log of a task. Runs side by side append to it under a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskEntry {
    /// The place in the log, from 0, without gaps.
    pub seq: Seq,
    /// When it was written.
    pub time: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: TaskEvent,
}

impl Chained for TaskEntry {
    fn seq(&self) -> Seq {
        self.seq
    }
}

/// What can happen in a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum TaskEvent {
    /// A run began.
    #[serde(rename = "run.opened")]
    RunOpened {
        /// The version of the events.
        schema: TaskSchema,
        /// The task.
        task: TaskId,
        /// The run.
        run: RunId,
        /// Its command, as the guard cleared it.
        command: SafeText,
    },
    /// A run ended.
    #[serde(rename = "run.closed")]
    RunClosed(Box<RunClosed>),
    /// A person approved a promotion.
    #[serde(rename = "approval.recorded")]
    ApprovalRecorded {
        /// What they signed.
        approval: Box<Signed<Approval>>,
    },
    /// Findings of a candidate were drawn, to be labelled.
    #[serde(rename = "sample.drawn")]
    SampleDrawn(Box<Sample>),
    /// A candidate was moved on, or back.
    #[serde(rename = "rollout.moved")]
    RolloutMoved(Box<RolloutMoved>),
    /// A promoted plugin went back by itself.
    #[serde(rename = "incident.recorded")]
    IncidentRecorded(Box<Incident>),
}

impl TaskEvent {
    /// Whether it is about who decides, and not about runs.
    #[must_use]
    pub fn is_of_authority(&self) -> bool {
        match self {
            Self::RunOpened { .. } | Self::RunClosed(_) => false,
            Self::ApprovalRecorded { .. }
            | Self::SampleDrawn(_)
            | Self::RolloutMoved(_)
            | Self::IncidentRecorded(_) => true,
        }
    }
}

/// The version of a task's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum TaskSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.task-event/v1")]
    V1,
}

/// A run's end, with all that the folds of the task need of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunClosed {
    /// The run.
    pub run: RunId,
    /// The last entry of the run's log.
    pub head: Head,
    /// What became of it.
    pub outcome: Outcome,
    /// The exit code that the host gave to its caller.
    pub exit_code: u8,
    /// Whose code that is.
    pub whose: Whose,
    /// Milliseconds from its first event to its last.
    pub duration_ms: u64,
    /// Bytes of each channel.
    pub totals: BTreeMap<Channel, ChannelTotals>,
    /// Cleared bytes that the frames still hold and that they dropped, of each channel.
    pub frames: BTreeMap<Channel, FrameTotals>,
    /// Bytes of standard input that were forwarded.
    pub stdin_bytes: u64,
    /// What was shown but not recorded.
    #[serde(default, skip_serializing_if = "Loss::is_none")]
    pub lost: Loss,
    /// What the run used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// What the guard did.
    pub tally: Tally,
}

/// What frames hold of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FrameTotals {
    /// Cleared bytes that were recorded, dropped ones included: the offset at which the record ends.
    pub end: u64,
    /// Bytes dropped from the middle.
    pub dropped: u64,
}

impl RunClosed {
    /// The end of a run whose manifest is this and whose log ends with `head`; none while the run goes on.
    #[must_use]
    pub fn of(manifest: &Manifest, head: Head) -> Option<Self> {
        let (whose, lost) = match (&manifest.completed, &manifest.failed) {
            (Some(completed), _) => (completed.whose, completed.lost.clone()),
            (None, Some(failed)) => (failed.whose, failed.lost.clone()),
            (None, None) => return None,
        };
        let completed = manifest.completed.as_ref();
        let frames = |state: &super::ChannelState| FrameTotals {
            end: state.recorded,
            dropped: state.dropped_bytes,
        };
        Some(Self {
            run: manifest.run.run,
            head,
            outcome: manifest.outcome()?,
            exit_code: manifest.exit_code()?,
            whose,
            duration_ms: manifest.duration_ms,
            totals: completed.map(|completed| completed.totals.clone()).unwrap_or_default(),
            frames: manifest
                .channels
                .iter()
                .map(|(channel, state)| (*channel, frames(state)))
                .collect(),
            stdin_bytes: completed.map_or(0, |completed| completed.stdin_bytes),
            lost,
            resources: completed.and_then(|completed| completed.resources),
            tally: manifest.tally.clone(),
        })
    }
}

/// The fold of a task's events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskManifest {
    /// How many events it is the fold of.
    pub events: u64,
    /// The runs, oldest first.
    pub runs: BTreeMap<RunId, RunEntry>,
}

/// One run of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunEntry {
    /// Its command, as the guard cleared it.
    pub command: SafeText,
    /// When it began.
    pub opened: Timestamp,
    /// When it ended, and how.
    pub closed: Option<(Timestamp, Outcome, u8)>,
}

impl TaskManifest {
    /// Takes the next event into account.
    ///
    /// # Errors
    /// It isn't the next one, opens a run twice, or closes one that isn't open.
    pub fn apply(&mut self, entry: &TaskEntry) -> Result<(), IllegalEvent> {
        if entry.seq.0 != self.events {
            return Err(IllegalEvent::Place {
                expected: Seq(self.events),
            });
        }
        match &entry.event {
            TaskEvent::RunOpened { run, command, .. } => {
                if self.runs.contains_key(run) {
                    return Err(IllegalEvent::State {
                        state: super::Lifecycle::Started,
                        event: "run.opened",
                    });
                }
                let fresh = RunEntry {
                    command: command.clone(),
                    opened: entry.time,
                    closed: None,
                };
                self.runs.insert(*run, fresh);
            }
            TaskEvent::RunClosed(closed) => {
                let open = self.runs.get_mut(&closed.run).filter(|run| run.closed.is_none());
                let Some(run) = open else {
                    return Err(IllegalEvent::State {
                        state: super::Lifecycle::Completed,
                        event: "run.closed",
                    });
                };
                run.closed = Some((entry.time, closed.outcome, closed.exit_code));
            }
            TaskEvent::ApprovalRecorded { .. }
            | TaskEvent::SampleDrawn(_)
            | TaskEvent::RolloutMoved(_)
            | TaskEvent::IncidentRecorded(_) => {}
        }
        self.events += 1;
        Ok(())
    }
}
