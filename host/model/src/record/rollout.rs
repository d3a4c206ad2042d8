//! Roll-outs of a task: the folds of what its log says of candidates.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Head, Name, SafeText, TaskEntry, TaskEvent, TaskId, Timestamp};
use crate::authority::{
    Approval, GateReport, Incident, Phase, PhaseResults, Promotion, Sample, Signed, Subject, Version,
};

/// A candidate was moved on, or back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RolloutMoved {
    /// The candidate.
    pub candidate: Version,
    /// What is or was in force in its place.
    pub incumbent: Version,
    /// The phase that ended.
    pub from: Phase,
    /// The phase that begins.
    pub to: Phase,
    /// When the phase that ended had begun, where records tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<Timestamp>,
    /// What came of it.
    pub results: PhaseResults,
    /// The evidence, where the gate was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<GateReport>,
    /// The promotion, signed; none where it went back, for which nobody's signature is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Signed<Promotion>>,
    /// Who moved it, as they called themselves; the host where it did so by itself.
    pub by: SafeText,
    /// Why, as the guard cleared it.
    pub why: SafeText,
}

/// `.runs/<task>/manifest.json`: the roll-outs of a task. It is only ever made by applying the task's events in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskRollouts {
    /// The version of this form.
    pub schema: TaskManifestSchema,
    /// The task.
    pub task: TaskId,
    /// The last entry of the task's log about a roll-out; none before the first.
    pub log: Option<Head>,
    /// The roll-outs, by the candidate's name.
    pub rollouts: BTreeMap<Name, Rollout>,
}

/// The version of a task's manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum TaskManifestSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.task-manifest/v1")]
    V1,
}

/// One candidate's way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Rollout {
    /// Where it is; none before it was moved.
    pub phase: Option<Phase>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The phases that ended, with their times and results, the oldest first.
    pub phases: Vec<EndedPhase>,
    /// What was drawn to be labelled.
    pub samples: Vec<Sample>,
    /// When it went back by itself.
    pub incidents: Vec<(Timestamp, Incident)>,
}

/// A phase that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndedPhase {
    /// When it ended.
    pub ended: Timestamp,
    /// How, and what came of it.
    #[serde(flatten)]
    pub moved: RolloutMoved,
}

impl TaskRollouts {
    /// Before the first event.
    #[must_use]
    pub fn new(task: TaskId) -> Self {
        Self {
            schema: TaskManifestSchema::V1,
            task,
            log: None,
            rollouts: BTreeMap::new(),
        }
    }

    /// Takes the next event into account.
    pub fn apply(&mut self, entry: &TaskEntry, head: Head) {
        match &entry.event {
            TaskEvent::RunOpened { .. } | TaskEvent::RunClosed(_) => return,
            TaskEvent::ApprovalRecorded { .. } => {}
            TaskEvent::SampleDrawn(sample) => self.of(&sample.draw.candidate).samples.push(sample.as_ref().clone()),
            TaskEvent::RolloutMoved(moved) => {
                let rollout = self.of(&moved.candidate);
                rollout.phases.push(EndedPhase {
                    ended: entry.time,
                    moved: moved.as_ref().clone(),
                });
                rollout.phase = Some(moved.to);
                rollout.since = Some(entry.time);
            }
            TaskEvent::IncidentRecorded(incident) => {
                let told = (entry.time, incident.as_ref().clone());
                self.of(&incident.candidate).incidents.push(told);
            }
        }
        self.log = Some(head);
    }

    fn of(&mut self, candidate: &Version) -> &mut Rollout {
        self.rollouts.entry(candidate.name.clone()).or_default()
    }
}

/// `.runs/<task>/approvals/latest.json`: the last approval of each person for each promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approvals {
    /// The version of this form.
    pub schema: ApprovalsSchema,
    /// The task.
    pub task: TaskId,
    /// What was signed. Whoever reads this checks each signature; where the file lies is no reason to believe it.
    pub approvals: Vec<Signed<Approval>>,
}

/// The version of the approvals of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ApprovalsSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.approvals/v1")]
    V1,
}

impl Approvals {
    /// Before the first event.
    #[must_use]
    pub fn new(task: TaskId) -> Self {
        Self {
            schema: ApprovalsSchema::V1,
            task,
            approvals: Vec::new(),
        }
    }

    /// Takes the next event into account.
    pub fn apply(&mut self, entry: &TaskEntry) {
        let TaskEvent::ApprovalRecorded { approval } = &entry.event else {
            return;
        };
        let same = |other: &Signed<Approval>| {
            let (one, other): (&Subject, &Subject) = (&approval.statement.subject, &other.statement.subject);
            one == other
        };
        self.approvals
            .retain(|other| !(same(other) && other.statement.by == approval.statement.by));
        self.approvals.push(approval.as_ref().clone());
    }
}
