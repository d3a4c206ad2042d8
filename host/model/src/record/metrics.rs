//! `metrics.json`: the fold of a task's log in numbers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Action, Chained, FailureKind, Head, Histogram, MarkKind, Name, Outcome, RuleTally, Severity, Tally, TaskEntry,
    TaskEvent, TaskId, Timestamp,
};

/// A task in numbers. It is only ever made by applying the task's events in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metrics {
    /// The version of this form.
    pub schema: MetricsSchema,
    /// The task.
    pub task: TaskId,
    /// The last entry of the task's log that is counted; none before the first.
    pub log: Option<Head>,
    /// When that was written.
    pub updated: Timestamp,
    /// Runs and their guards.
    pub instance_stats: InstanceStats,
    /// Decisions.
    pub privacy_events: PrivacyEvents,
    /// How long things took.
    pub latency: Latency,
    /// How much went through.
    pub throughput: Throughput,
    /// What it cost.
    pub resources: ResourceTotals,
}

/// The version of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum MetricsSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.metrics/v1")]
    V1,
}

/// Runs and their guards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceStats {
    /// Runs that began.
    pub opened: u64,
    /// Runs that ended, by what became of them.
    pub closed: BTreeMap<Outcome, u64>,
    /// Failures of plugins.
    pub guest_failures: BTreeMap<FailureKind, u64>,
    /// Processes that children left behind.
    pub leftovers: u64,
}

/// Decisions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrivacyEvents {
    /// All of them.
    pub total: u64,
    /// By action.
    pub by_action: BTreeMap<Action, u64>,
    /// By severity.
    pub by_severity: BTreeMap<Severity, u64>,
    /// By `plugin/rule`.
    pub by_rule: BTreeMap<Name, RuleTally>,
    /// Bytes that were already out.
    pub late_bytes: u64,
    /// Marks that changed an output.
    pub marks: BTreeMap<MarkKind, u64>,
    /// Bytes masked by marks.
    pub masked_bytes: u64,
}

/// How long things took.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Latency {
    /// Decisions, in microseconds.
    pub decision_micros: Histogram,
    /// Runs, in milliseconds.
    pub run_millis: Histogram,
}

/// How much went through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Throughput {
    /// Bytes that children wrote.
    pub raw_bytes: u64,
    /// Bytes that guards let out.
    pub cleared_bytes: u64,
    /// Bytes of standard input.
    pub stdin_bytes: u64,
    /// Raw bytes for each second that runs took, all runs together.
    pub raw_bytes_per_second: u64,
}

/// What it cost.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTotals {
    /// Most memory that a host held, in KiB.
    pub host_peak_kib: u64,
    /// Time of the hosts' processors, in milliseconds.
    pub host_cpu_ms: u64,
    /// Time of processors that children used, in milliseconds.
    pub child_cpu_ms: u64,
    /// Bytes of frames that are kept.
    pub frame_bytes: u64,
    /// Bytes of frames that were dropped at their bound.
    pub dropped_bytes: u64,
    /// Cleared bytes that were shown but not recorded.
    pub lost_bytes: u64,
}

impl Metrics {
    /// A task with no events.
    #[must_use]
    pub fn new(task: TaskId) -> Self {
        Self {
            schema: MetricsSchema::V1,
            task,
            log: None,
            updated: Timestamp::default(),
            instance_stats: InstanceStats::default(),
            privacy_events: PrivacyEvents::default(),
            latency: Latency::default(),
            throughput: Throughput::default(),
            resources: ResourceTotals::default(),
        }
    }

    /// Takes the next event into account, which is the log's `head`.
    pub fn apply(&mut self, entry: &TaskEntry, head: Head) {
        debug_assert_eq!(entry.seq(), head.seq, "the head is that of the entry");
        self.log = Some(head);
        self.updated = entry.time;
        match &entry.event {
            TaskEvent::RunOpened { .. } => self.instance_stats.opened += 1,
            TaskEvent::ApprovalRecorded { .. }
            | TaskEvent::SampleDrawn(_)
            | TaskEvent::RolloutMoved(_)
            | TaskEvent::IncidentRecorded(_) => {}
            TaskEvent::RunClosed(closed) => {
                *self.instance_stats.closed.entry(closed.outcome).or_default() += 1;
                self.guard(&closed.tally);
                self.latency.run_millis.add(closed.duration_ms);
                for totals in closed.totals.values() {
                    self.throughput.raw_bytes += totals.raw;
                    self.throughput.cleared_bytes += totals.cleared;
                }
                self.throughput.stdin_bytes += closed.stdin_bytes;
                let millis = self.latency.run_millis.sum.max(1);
                self.throughput.raw_bytes_per_second = self.throughput.raw_bytes.saturating_mul(1000) / millis;
                for frames in closed.frames.values() {
                    self.resources.frame_bytes += frames.end - frames.dropped.min(frames.end);
                    self.resources.dropped_bytes += frames.dropped;
                }
                self.resources.lost_bytes += closed.lost.bytes.values().sum::<u64>();
                if let Some(used) = closed.resources {
                    self.resources.host_peak_kib = self.resources.host_peak_kib.max(used.host_peak_kib);
                    self.resources.host_cpu_ms += used.host_cpu_ms;
                    self.resources.child_cpu_ms += used.child_cpu_ms;
                }
            }
        }
    }

    fn guard(&mut self, tally: &Tally) {
        let mut sum = Tally {
            decisions: self.privacy_events.total,
            by_action: std::mem::take(&mut self.privacy_events.by_action),
            by_severity: std::mem::take(&mut self.privacy_events.by_severity),
            by_rule: std::mem::take(&mut self.privacy_events.by_rule),
            late_bytes: self.privacy_events.late_bytes,
            decision_micros: std::mem::take(&mut self.latency.decision_micros),
            guest_failures: std::mem::take(&mut self.instance_stats.guest_failures),
            marks: std::mem::take(&mut self.privacy_events.marks),
            masked_bytes: self.privacy_events.masked_bytes,
            leftovers: self.instance_stats.leftovers,
        };
        sum.merge(tally);
        self.latency.decision_micros = sum.decision_micros;
        self.instance_stats.guest_failures = sum.guest_failures;
        self.instance_stats.leftovers = sum.leftovers;
        self.privacy_events = PrivacyEvents {
            total: sum.decisions,
            by_action: sum.by_action,
            by_severity: sum.by_severity,
            by_rule: sum.by_rule,
            late_bytes: sum.late_bytes,
            marks: sum.marks,
            masked_bytes: sum.masked_bytes,
        };
    }
}
