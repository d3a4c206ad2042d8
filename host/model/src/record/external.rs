//! What `--json` shows: the names and fields of the codex command line where an event has a counterpart there, and
//! ours beside them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Action, Channel, CutReason, Decision, FailureAction, FailureKind, Name, Outcome, RunId, SafeText, Seq, TaskId,
    Timestamp, Whose,
};
use crate::Code;

/// One line of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct External {
    /// What is told.
    #[serde(flatten)]
    pub kind: ExternalKind,
    /// When it happened.
    pub time: Timestamp,
    /// The line's place in this stream, from 0, without gaps, so that a lost line can be seen.
    pub sequence: u64,
    /// The place in the run's log of the event that it tells of; none for output as it happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Seq>,
}

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ExternalKind {
    /// The stream began.
    #[serde(rename = "thread.started")]
    ThreadStarted {
        /// The run.
        thread_id: RunId,
        /// The task that it belongs to.
        task: TaskId,
    },
    /// The run began.
    #[serde(rename = "turn.started")]
    TurnStarted,
    /// Something that takes time began.
    #[serde(rename = "item.started")]
    ItemStarted {
        /// What.
        item: Item,
    },
    /// There is news of it.
    #[serde(rename = "item.updated")]
    ItemUpdated {
        /// Of what.
        item: Item,
    },
    /// It ended, or happened at once. Every item that starts is completed.
    #[serde(rename = "item.completed")]
    ItemCompleted {
        /// What.
        item: Item,
    },
    /// The child ended by itself, whatever its code.
    #[serde(rename = "turn.completed")]
    TurnCompleted {
        /// What the run used. A command uses no tokens, so none are claimed.
        usage: Usage,
        /// What became of the run.
        outcome: Outcome,
        /// The exit code that the host gives to its caller.
        exit_code: u8,
        /// Whose code that is.
        whose: Whose,
    },
    /// The run was blocked or killed, or failed.
    #[serde(rename = "turn.failed")]
    TurnFailed {
        /// Why.
        error: TurnError,
        /// What the run used until then.
        usage: Usage,
        /// What became of the run.
        outcome: Outcome,
        /// The exit code that the host gives to its caller.
        exit_code: u8,
        /// Whose code that is.
        whose: Whose,
    },
    /// The host failed; `turn.failed` follows.
    #[serde(rename = "error")]
    Error {
        /// What happened.
        message: SafeText,
        /// The stable code.
        code: Code,
    },
}

/// Why a run did not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TurnError {
    /// What happened.
    pub message: SafeText,
    /// The stable code; none where a signal sent to the host ended the run.
    pub code: Option<Code>,
}

/// What a run used. The field has the name that codex gives it; what it counts is ours, since a command has no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    /// Bytes of standard input that were forwarded.
    pub stdin_bytes: u64,
    /// Bytes that the child wrote.
    pub raw_bytes: u64,
    /// Bytes that the guard let out.
    pub cleared_bytes: u64,
    /// Milliseconds from the first event to the last.
    pub duration_ms: u64,
    /// Findings that were decided.
    pub decisions: u64,
}

/// Something that a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Which of them.
    pub id: ItemId,
    /// What it is.
    #[serde(flatten)]
    pub body: ItemBody,
}

/// The id of an item: `item_N`, from 0 in each stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub u64);

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item_{}", self.0)
    }
}

/// The text isn't `item_N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an item's id is item_N")]
pub struct ItemIdError;

impl std::str::FromStr for ItemId {
    type Err = ItemIdError;

    fn from_str(text: &str) -> Result<Self, ItemIdError> {
        let number = text
            .strip_prefix("item_")
            .and_then(|number| number.parse().ok())
            .ok_or(ItemIdError)?;
        Ok(Self(number))
    }
}

super::text_type!(ItemId, "ItemId", "^item_[0-9]+$", "the id of an item");

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ItemBody {
    /// The command of the run.
    CommandExecution(Box<CommandExecution>),
    /// A decision of the guard; it is only ever completed.
    GuardDecision(Box<Decision>),
    /// A fault that did not end the run; it is only ever completed.
    Error(ItemError),
}

/// The command of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandExecution {
    /// Quoted for a shell, as the guard cleared it.
    pub command: SafeText,
    /// All cleared output in the order in which it came, once the item is completed: at most 1 MiB, half from the
    /// beginning and half from the end, with a line between that counts the bytes left out. Empty before; the output
    /// so far is the sum of the deltas.
    pub aggregated_output: SafeText,
    /// The child's exit code, 128 and the signal that ended it, or the host's where no child ended. Null while running.
    pub exit_code: Option<i32>,
    /// How far it is.
    pub status: ItemStatus,
    /// Process id of the child, once it runs.
    pub pid: Option<u32>,
    /// Milliseconds from the item's start, once it is completed.
    pub duration_ms: Option<u64>,
    /// New output; in `item.updated` only.
    #[serde(flatten)]
    pub update: Option<Delta>,
}

/// New output of one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delta {
    /// The stream.
    pub channel: Channel,
    /// Where it begins in the cleared stream, in bytes.
    pub offset: u64,
    /// How many cleared bytes it stands for: more or fewer than the text has, where they weren't UTF-8.
    pub bytes: u64,
    /// The text, at most 64 KiB. What isn't UTF-8 is replaced.
    pub delta: SafeText,
}

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// It goes on.
    InProgress,
    /// The child ended with code 0.
    Completed,
    /// The child ended with another code, or was ended, or could not be started.
    Failed,
    /// The guard refused to start it.
    Declined,
}

/// A fault that did not end the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemError {
    /// What happened.
    pub message: SafeText,
    /// The stable code.
    pub code: Code,
    /// Where a plugin failed: which, how, and what was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest: Option<GuestFault>,
    /// Where the record is cut: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<CutReason>,
}

/// A plugin's failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuestFault {
    /// The plugin, as configured.
    pub plugin: Name,
    /// The rule of the suspect.
    pub rule: Option<Name>,
    /// How it failed.
    pub failure: FailureKind,
    /// What was done on the suspect's native extent.
    pub action: FailureAction,
}

impl Action {
    /// Whether bytes were taken out.
    #[must_use]
    pub fn takes_out(self) -> bool {
        match self {
            Self::Allow => false,
            Self::Redact | Self::RedactMask | Self::WithholdLine | Self::Block => true,
        }
    }
}
