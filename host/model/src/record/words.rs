//! Words that guards, policies and records share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad it is when a finding of this kind gets out. P0 gives access by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Gives access by itself.
    P0,
    /// Harms a person or gives access together with something else.
    P1,
    /// Names a person or a place.
    P2,
    /// Worth counting.
    P3,
}

/// What was done with a finding, from the mildest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Shown as it is, and counted.
    Allow,
    /// Replaced by a marker.
    Redact,
    /// Replaced by a mask of as many cells.
    RedactMask,
    /// Taken out from the first byte not yet released to the line's end.
    WithholdLine,
    /// The session was ended.
    Block,
}

/// What the host does on the native extent of a suspect when its guard fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailureAction {
    /// The extent is let through.
    Pass,
    /// The extent is taken out.
    Withhold,
    /// The session is ended.
    Block,
}
