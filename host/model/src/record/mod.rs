//! Records: the words in which a run, a task and their folds are written down.
//!
//! [`Event`] is the only thing that is ever persisted about a run; [`Manifest`], [`Metrics`] and [`State`] are folds, and
//! [`JsonView`] renders the same events for `--json`. Everything here is pure: time, random bytes and cleared text are
//! arguments.

pub mod chain;
pub mod channel;
pub mod decision;
pub mod digest;
pub mod event;
pub mod external;
pub mod gather;
pub mod head;
pub mod ids;
pub mod lifecycle;
pub mod manifest;
pub mod metrics;
pub mod rollout;
pub mod safe;
#[cfg(test)]
mod samples;
pub mod state;
pub mod tally;
pub mod task;
pub mod time;
pub mod view;
pub mod words;

pub use chain::{BreakKind, ChainBreak, ChainReader, ChainWriter, Chained, Genesis, Head, Line, Sealed};
pub use channel::Channel;
pub use decision::{Decision, Fingerprint, FingerprintValue, LengthClass, Origin, Overridden};
pub use digest::Digest;
pub use event::{
    ChannelTotals, CutReason, Entry, Event, EventSchema, FailureKind, GuestFailed, Loss, Mark, MarkKind, Mode, Outcome,
    OverrideInForce, OverrideRefused, OverridesChanged, PluginKind, PluginRef, PolicyApproval, ProcessExited,
    Resources, RunCompleted, RunFailed, RunStarted, Whose,
};
pub use external::{External, ExternalKind, Item, ItemBody, ItemStatus, Usage};
pub use head::HeadEntry;
pub use ids::{IdError, KeyId, Name, OverrideId, RunId, Seq, TaskId};
pub use lifecycle::{IllegalEvent, Lifecycle};
pub use manifest::{ChannelState, Manifest, SegmentState};
pub use metrics::Metrics;
pub use rollout::{Approvals, Rollout, RolloutMoved, TaskRollouts};
pub use safe::{SafeBytes, SafeText};
pub use state::{State, WrittenHandle};
pub use tally::{Histogram, RuleTally, Tally};
pub use task::{RunEntry, TaskEntry, TaskEvent, TaskManifest};
pub use time::{Day, Timestamp};
pub use view::{JsonView, Stamp};
pub use words::{Action, FailureAction, Severity};

/// Gives a type that is written as text its serde and schema, from its `Display` and `FromStr`.
macro_rules! text_type {
    ($type:ident, $name:literal, $pattern:literal, $what:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(|_| serde::de::Error::custom(concat!("not ", $what)))
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "description": concat!("Is ", $what, ".") })
            }
        }
    };
}
pub(crate) use text_type;
