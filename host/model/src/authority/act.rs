//! What was granted and what was taken back, as one log in the order in which it happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Draw, Phase, Version};
use crate::record::{Chained, Digest, OverrideId, Seq, Timestamp};

/// One act in the state folder's log of them. A signed document says what a person wanted; this log says that they still do. Each line
/// is chained to the one before, so that nothing in it can be left out, and its last line is named beside it, so that its end can't be
/// cut off unnoticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActEntry {
    /// The place in the log, from 0, without gaps.
    pub seq: Seq,
    /// When it was done.
    pub time: Timestamp,
    /// What was done.
    #[serde(flatten)]
    pub act: Act,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Act {
    /// An override was granted.
    #[serde(rename = "override.granted")]
    Granted {
        /// The override.
        id: OverrideId,
        /// Digest of its canonical bytes.
        of: Digest,
    },
    /// An override was taken back.
    #[serde(rename = "override.revoked")]
    Revoked {
        /// The override.
        id: OverrideId,
        /// Digest of its canonical bytes.
        of: Digest,
    },
    /// A plugin went from one phase to another. The newest act of a plugin says how far its promotion goes by now: not so far as it was
    /// signed for, where it was taken back since or another version took its place.
    #[serde(rename = "plugin.moved")]
    Moved {
        /// The plugin.
        candidate: Version,
        /// Digest of the canonical bytes of its promotion.
        promotion: Digest,
        /// Digest of the path of the lock that it is moved in: a plugin of another configuration may have the same name.
        lock: Digest,
        /// Where it is now.
        to: Phase,
    },
    /// Findings of a candidate were drawn. All that is needed to draw them again is here, so that a draw can't be taken away.
    #[serde(rename = "sample.drawn")]
    Drawn {
        /// The draw.
        draw: Box<Draw>,
        /// Digest of the path of the folder of the records that it was made from.
        base: Digest,
        /// Digest of what came out.
        sample: Digest,
    },
}

impl Chained for ActEntry {
    fn seq(&self) -> Seq {
        self.seq
    }
}
