//! What is known of a failure of a guest: numbers and names of the host's own making, never a guest's text.

use cofferdam_guard::{BadAnswer, FailureKind};
use std::sync::Arc;

/// A call that failed. Each is worth a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The name that the configuration gives the plugin.
    pub plugin: Arc<str>,
    /// The kind of failure, which chooses the failure action.
    pub kind: FailureKind,
    /// More exactly what happened.
    pub detail: Detail,
    /// How many suspects, or findings for a policy, the call was about.
    pub count: u32,
    /// Whether they were asked about again, one by one: then this incident withheld nothing by itself.
    pub retried: bool,
    /// How long the call took, in microseconds.
    pub micros: u64,
}

/// How exactly a call failed. [`Display`](std::fmt::Display) gives a stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The guest trapped; the kind of trap.
    Trap(&'static str),
    /// The guest returned an error code of its own registry.
    Error(u16),
    /// It did not answer within its deadline.
    Deadline,
    /// It was refused memory, and gave up.
    Memory,
    /// What it returned can't be read: bad text, a bad tag, a list outside its memory or far too long.
    Unreadable,
    /// A detector's answer doesn't fit the question.
    Answer(BadAnswer),
    /// A policy gave more or fewer decisions than it was asked for, or a reason that it never declared.
    Decisions,
    /// A fresh instance was configured to something else than the first one.
    Unsteady,
    /// A fresh instance refused settings that the first one took.
    Refused,
    /// It can't be instantiated: the pool is used up, or the machine has no memory left.
    NoInstance,
    /// The host itself failed in the call.
    Host,
    /// It was not called: it failed too often.
    Circuit,
    /// It was not called: the time for all of this question was over.
    Budget,
}

impl std::fmt::Display for Detail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self {
            Self::Trap(name) => return write!(f, "trap-{name}"),
            Self::Error(code) => return write!(f, "error-{code}"),
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::Unreadable => "answer-unreadable",
            Self::Answer(BadAnswer::NoSuchSuspect) => "answer-no-such-suspect",
            Self::Answer(BadAnswer::Unsorted) => "answer-unsorted",
            Self::Answer(BadAnswer::TooMany) => "answer-too-many",
            Self::Answer(BadAnswer::OutsideWindow) => "answer-outside-window",
            Self::Answer(BadAnswer::Confidence) => "answer-confidence",
            Self::Answer(BadAnswer::UnknownFact) => "answer-unknown-fact",
            Self::Decisions => "answer-decisions",
            Self::Unsteady => "configured-differently",
            Self::Refused => "configure-refused",
            Self::NoInstance => "no-instance",
            Self::Host => "host",
            Self::Circuit => "circuit-open",
            Self::Budget => "out-of-time",
        };
        f.write_str(name)
    }
}

/// Why a call gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) detail: Detail,
}

impl From<Detail> for Failure {
    fn from(detail: Detail) -> Self {
        let kind = match detail {
            Detail::Trap(_) | Detail::Error(_) | Detail::Host => FailureKind::Trap,
            Detail::Deadline | Detail::Budget => FailureKind::Timeout,
            Detail::Memory => FailureKind::OutOfMemory,
            Detail::Unreadable | Detail::Answer(_) | Detail::Decisions | Detail::Unsteady => FailureKind::BadAnswer,
            Detail::Refused | Detail::NoInstance => FailureKind::Missing,
            Detail::Circuit => FailureKind::CircuitOpen,
        };
        Self { kind, detail }
    }
}
