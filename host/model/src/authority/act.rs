//! What was granted and what was taken back, as one log in the order in which it happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
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
    /// A promoted plugin was taken back. What was signed for it before puts it in force no longer.
    #[serde(rename = "plugin.demoted")]
    Demoted {
        /// The plugin.
        candidate: Version,
        /// Digest of the canonical bytes of the promotion that ends.
        promotion: Digest,
    },
}

impl Chained for ActEntry {
    fn seq(&self) -> Seq {
        self.seq
    }
}
