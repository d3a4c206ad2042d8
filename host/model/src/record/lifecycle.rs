//! The lifecycle of a run: one pure function, for live runs and for their records alike.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Channel, Event, Seq};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lifecycle {
    /// Nothing has happened.
    Empty,
    /// The run began; no process yet.
    Started,
    /// The child runs.
    Running,
    /// The child ended; its last output may still come.
    Exited,
    /// The run ended after its child had been started or refused. Terminal.
    Completed,
    /// The run could not be carried out. Terminal.
    Failed,
}

/// An event that can't happen where the run stands. Live, it is a fault of the host; in a record, a sign of tampering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IllegalEvent {
    /// The event doesn't follow from the state.
    #[error("`{event}` cannot follow while the run is {state:?}")]
    State {
        /// Where the run stood.
        state: Lifecycle,
        /// The event's type.
        event: &'static str,
    },
    /// The event isn't at its place.
    #[error("expected entry {expected}")]
    Place {
        /// The place that is next.
        expected: Seq,
    },
    /// Output or a segment doesn't begin where the one before ended.
    #[error("the frames of {channel} do not follow one another")]
    Frames {
        /// The channel.
        channel: Channel,
    },
}

impl Lifecycle {
    /// Where the run stands after `event`.
    ///
    /// # Errors
    /// The event can't happen here. Nothing can follow a terminal state.
    pub fn next(self, event: &Event) -> Result<Self, IllegalEvent> {
        use Lifecycle::{Completed, Empty, Exited, Failed, Running, Started};
        let illegal = Err(IllegalEvent::State {
            state: self,
            event: event.kind(),
        });
        match (self, event) {
            (Empty, Event::RunStarted(_)) => Ok(Started),
            (Started, Event::ProcessStarted { .. }) => Ok(Running),
            (Running, Event::ProcessExited(_)) => Ok(Exited),
            (Started | Running | Exited, Event::RunCompleted(_)) => Ok(Completed),
            (Started | Running | Exited, Event::RunFailed(_)) => Ok(Failed),
            // The arguments are guarded before there is a process, so decisions may come before it.
            (
                Started | Running | Exited,
                Event::GuardDecision(_)
                | Event::OverridesChanged(_)
                | Event::GuardMark(_)
                | Event::GuestFailed(_)
                | Event::RecordCut { .. },
            )
            | (
                Running | Exited,
                Event::Output { .. }
                | Event::SegmentOpened { .. }
                | Event::SegmentClosed { .. }
                | Event::SegmentDropped { .. }
                | Event::LeftoverEnded { .. },
            ) => Ok(self),
            (Empty | Started | Running | Exited | Completed | Failed, _) => illegal,
        }
    }

    /// Whether nothing can follow.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

impl Event {
    /// The event's type on the wire.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RunStarted(_) => "run.started",
            Self::ProcessStarted { .. } => "process.started",
            Self::Output { .. } => "output",
            Self::GuardDecision(_) => "guard.decision",
            Self::OverridesChanged(_) => "overrides.changed",
            Self::GuardMark(_) => "guard.mark",
            Self::GuestFailed(_) => "guest.failed",
            Self::SegmentOpened { .. } => "segment.opened",
            Self::SegmentClosed { .. } => "segment.closed",
            Self::SegmentDropped { .. } => "segment.dropped",
            Self::RecordCut { .. } => "record.cut",
            Self::LeftoverEnded { .. } => "leftover.ended",
            Self::ProcessExited(_) => "process.exited",
            Self::RunCompleted(_) => "run.completed",
            Self::RunFailed(_) => "run.failed",
        }
    }
}

#[cfg(test)]
#[path = "lifecycle_tests.rs"]
mod tests;
