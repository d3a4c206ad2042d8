//! The one persisted event type.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Chained, Channel, Day, Decision, Digest, FailureAction, Name, OverrideId, RunId, SafeText, Seq, TaskId, Timestamp,
};
use crate::Code;
use crate::authority::{Custody, PersonName};
use crate::shadow::ShadowDigest;

/// One event at its place in the log of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The place in the log, from 0, without gaps.
    pub seq: Seq,
    /// When it was written, by the wall clock.
    pub time: Timestamp,
    /// Milliseconds since the run began, by a clock that never goes back.
    pub elapsed_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Chained for Entry {
    fn seq(&self) -> Seq {
        self.seq
    }
}

/// What can happen in a run. All text in it is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Event {
    /// The run began; no process yet.
    #[serde(rename = "run.started")]
    RunStarted(Box<RunStarted>),
    /// The child runs.
    #[serde(rename = "process.started")]
    ProcessStarted {
        /// Its process id.
        pid: u32,
    },
    /// Cleared output was written to the frames. Neighbouring writes are told as one.
    #[serde(rename = "output")]
    Output {
        /// The stream.
        channel: Channel,
        /// Where it begins in the cleared stream, in bytes.
        offset: u64,
        /// How many bytes.
        len: u64,
    },
    /// The guard decided about a finding.
    #[serde(rename = "guard.decision")]
    GuardDecision(Box<Decision>),
    /// Other overrides hold from here on, or others are refused.
    #[serde(rename = "overrides.changed")]
    OverridesChanged(Box<OverridesChanged>),
    /// A mark in the input changed the output.
    #[serde(rename = "guard.mark")]
    GuardMark(Mark),
    /// A plugin failed on a suspect, and its failure action was taken.
    #[serde(rename = "guest.failed")]
    GuestFailed(GuestFailed),
    /// A new segment of frames takes the output of its channel.
    #[serde(rename = "segment.opened")]
    SegmentOpened {
        /// The stream.
        channel: Channel,
        /// The segment's number in its channel, from 0.
        segment: u32,
        /// Where it begins in the cleared stream, in bytes.
        offset: u64,
    },
    /// A segment of frames is complete and will not change.
    #[serde(rename = "segment.closed")]
    SegmentClosed {
        /// The stream.
        channel: Channel,
        /// The segment's number in its channel.
        segment: u32,
        /// Where it begins in the cleared stream, in bytes.
        offset: u64,
        /// How many bytes it holds.
        len: u64,
        /// Digest of its bytes.
        sha256: Digest,
    },
    /// A closed segment from the middle was removed, since the frames reached their bound.
    #[serde(rename = "segment.dropped")]
    SegmentDropped {
        /// The stream.
        channel: Channel,
        /// The segment's number in its channel.
        segment: u32,
        /// Where it began in the cleared stream, in bytes.
        offset: u64,
        /// How many bytes it held.
        len: u64,
    },
    /// The record is cut: from here on output was shown but not recorded.
    #[serde(rename = "record.cut")]
    RecordCut {
        /// Why.
        reason: CutReason,
    },
    /// Processes that the child left behind were ended.
    #[serde(rename = "leftover.ended")]
    LeftoverEnded {
        /// How many.
        count: u32,
        /// With which signal.
        signal: i32,
    },
    /// The child ended.
    #[serde(rename = "process.exited")]
    ProcessExited(ProcessExited),
    /// The run ended after its child had been started or refused.
    #[serde(rename = "run.completed")]
    RunCompleted(Box<RunCompleted>),
    /// The run could not be carried out.
    #[serde(rename = "run.failed")]
    RunFailed(Box<RunFailed>),
}

/// The version of the events, told in the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum EventSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.event/v1")]
    V1,
}

/// How the run began, and everything a decision can depend on besides the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunStarted {
    /// The version of the events.
    pub schema: EventSchema,
    /// The task that this run belongs to.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// The command, quoted for a shell, as the guard cleared it.
    pub command: SafeText,
    /// The working directory, as the guard cleared it.
    pub cwd: SafeText,
    /// How the child's streams are connected.
    pub mode: Mode,
    /// The version of the host.
    pub host_version: SafeText,
    /// Process id of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_pid: Option<u32>,
    /// The plugins in force.
    pub plugins: Vec<PluginRef>,
    /// Digest of the guard policy: its component, its merged settings, and what the operator lays over it.
    pub policy_digest: Digest,
    /// Why the run could start under this policy; none in records from before approvals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_approval: Option<PolicyApproval>,
    /// Versions that are in force in another plugin's place because the configuration says so, and not because a gate let them through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unpromoted: Vec<Name>,
    /// Digest of all settings that can change a decision.
    pub settings_digest: Digest,
    /// The day that detectors were told.
    pub as_of: Day,
    /// What the session is called, as the guard cleared it.
    pub labels: BTreeMap<SafeText, SafeText>,
}

/// Who vouches for a guard policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum PolicyApproval {
    /// It is the binary's own, with its own settings, or stricter.
    BuiltIn,
    /// A person approved it.
    Person {
        /// Who.
        by: PersonName,
        /// When.
        at: Timestamp,
        /// How the key that signed was kept.
        custody: Custody,
        /// Digest of the bytes that were signed.
        document: Digest,
    },
    /// Nobody does: the configuration says that this host is for trying.
    Trying,
}

/// How the child's streams are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A terminal.
    Pty,
    /// Pipes, with standard output and error apart.
    Pipe,
}

/// A plugin in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PluginRef {
    /// What it is called in the configuration.
    pub name: Name,
    /// What it does.
    pub kind: PluginKind,
    /// Its own version.
    pub version: SafeText,
    /// Digest of its component.
    pub digest: Digest,
    /// The WIT package and version that it was linked to.
    pub wit: SafeText,
}

/// What a plugin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PluginKind {
    /// Confirms suspects.
    Detector,
    /// Decides about findings.
    GuardPolicy,
}

/// The overrides of a run, from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OverridesChanged {
    /// Those that hold.
    pub in_force: Vec<OverrideInForce>,
    /// Those that don't, though somebody put them there for this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<OverrideRefused>,
}

/// An override that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OverrideInForce {
    /// Which it is.
    pub id: OverrideId,
    /// The plugin whose rule it is, as configured.
    pub plugin: Name,
    /// The rule.
    pub rule: Name,
    /// Who granted it.
    pub by: PersonName,
    /// How the key that signed was kept.
    pub custody: Custody,
    /// Until when.
    pub until: Timestamp,
    /// Why, in that person's words, as the guard cleared them.
    pub why: SafeText,
}

/// An override that changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OverrideRefused {
    /// Which it is, where its file could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<OverrideId>,
    /// The stable code of the reason.
    pub code: Code,
}

/// A mark that changed the output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// Which mark.
    pub kind: MarkKind,
    /// The stream.
    pub channel: Channel,
    /// Where it stands in the raw stream, in bytes.
    pub offset: u64,
    /// How many held bytes were masked.
    pub masked: u64,
    /// How many held bytes were released.
    pub released: u64,
}

/// An event in the input that isn't a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MarkKind {
    /// The input paused.
    Idle,
    /// The input paused for long.
    Stall,
    /// The terminal changed its size.
    Resize,
    /// No bytes follow.
    End,
}

/// A plugin's failure on one suspect, or as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuestFailed {
    /// The plugin, as configured.
    pub plugin: Name,
    /// How it failed.
    pub kind: FailureKind,
    /// What was done on the suspect's native extent.
    pub action: FailureAction,
    /// The rule of the suspect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Name>,
    /// A code from the plugin's own registry, where it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<u16>,
}

/// How a plugin failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// It trapped.
    Trap,
    /// It ran past its deadline.
    Timeout,
    /// It wanted more memory than its limit.
    OutOfMemory,
    /// It answered something that can't be.
    BadAnswer,
    /// It isn't there.
    Missing,
    /// It failed so often that it is no longer called.
    CircuitOpen,
}

/// Why a record is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CutReason {
    /// No space, or no quota, is left.
    DiskFull,
    /// The file reached the largest size allowed.
    FileTooLarge,
    /// The folder can no longer be written.
    ReadOnly,
    /// Another error of the file system.
    Io,
}

/// How the child ended: a code, or a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessExited {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunCompleted {
    /// What became of it.
    pub outcome: Outcome,
    /// The exit code that the host gave to its caller.
    pub exit_code: u8,
    /// Whose code that is.
    pub whose: Whose,
    /// Bytes of each channel.
    pub totals: BTreeMap<Channel, ChannelTotals>,
    /// Bytes of standard input that were forwarded. They are never recorded.
    pub stdin_bytes: u64,
    /// What was shown but not recorded.
    #[serde(default, skip_serializing_if = "Loss::is_none")]
    pub lost: Loss,
    /// What the run used, where it could be measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// What candidates would have decided, where any was on trial: the run's `shadow.jsonl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowDigest>,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The child ended by itself, whatever its code.
    Completed,
    /// The guard ended it, or refused to start it.
    Blocked,
    /// The host ended it, because it was told to.
    Killed,
    /// The host failed after the start.
    Failed,
}

/// Whose an exit code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// The child's own, or 128 and the signal that ended it.
    Child,
    /// The guard's: blocked, or asked for by `--fail-on`.
    Guard,
    /// The host's.
    Host,
    /// By the custom of shells: not found, not executable, output closed.
    Shell,
}

/// Bytes of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ChannelTotals {
    /// Bytes that the child wrote.
    pub raw: u64,
    /// Bytes that the guard let out.
    pub cleared: u64,
}

/// What was shown but not recorded, because the record was cut.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Loss {
    /// Events.
    pub events: u64,
    /// Cleared bytes of each channel.
    pub bytes: BTreeMap<Channel, u64>,
}

impl Loss {
    /// Whether nothing was lost.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.events == 0 && self.bytes.is_empty()
    }
}

/// What a run used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Resources {
    /// Most memory that the host held, in KiB.
    pub host_peak_kib: u64,
    /// Time of the host's processors, in milliseconds.
    pub host_cpu_ms: u64,
    /// Time of processors that the child and its own used, in milliseconds.
    pub child_cpu_ms: u64,
}

/// Why the run could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunFailed {
    /// The stable code of the error.
    pub code: Code,
    /// What happened, in the host's words.
    pub message: SafeText,
    /// The exit code that the host gave to its caller.
    pub exit_code: u8,
    /// Whose code that is.
    pub whose: Whose,
    /// What was shown but not recorded.
    #[serde(default, skip_serializing_if = "Loss::is_none")]
    pub lost: Loss,
    /// What candidates would have decided, where any was on trial: the run's `shadow.jsonl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowDigest>,
}

impl Event {
    /// Whether nothing may follow it.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::RunCompleted(_) | Self::RunFailed(_))
    }
}
