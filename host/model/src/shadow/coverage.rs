//! How much a candidate saw of a run, and what it cost.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, PlaceClass, Times};
use crate::record::{FailureKind, Name, Severity};

/// What a candidate saw of a run. All that it did not see is counted, by rule of the guard in force: a rule of which anything was dropped
/// can't claim that nothing got looser.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ShadowCoverage {
    /// The candidate; none only in a sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Name>,
    /// Bytes that the child wrote while it was on trial.
    pub bytes: u64,
    /// Bytes of them that it never saw: the ring was full, or the run was over.
    pub dropped_bytes: u64,
    /// Bytes that it saw too soon after a gap to be held to what it said of them.
    pub unsure_bytes: u64,
    /// How often it had to begin anew behind a gap.
    pub gaps: u64,
    /// Windows that it was asked about; for a policy, findings.
    pub windows: u64,
    /// Windows that the guard in force was asked about where the candidate saw the stream.
    pub incumbent_windows: u64,
    /// Windows that the guard in force was asked about where the candidate did not.
    pub dropped_windows: u64,
    /// Places, by how the two differ.
    pub places: BTreeMap<PlaceClass, u64>,
    /// Places, by what that would have meant.
    pub effects: BTreeMap<Effect, u64>,
    /// Places that are counted here and have no line of their own, since there were too many.
    pub unlisted: u64,
    /// By rule, of the candidate and of the guard in force.
    pub rules: Vec<RuleCoverage>,
    /// How long calls into the candidate took.
    pub times: Times,
    /// How long calls into the guard in force took in the same run.
    pub incumbent_times: Times,
    /// The most memory that its instance held, in bytes.
    pub memory_bytes: u64,
    /// The most memory that the instance of the guard in force held, in bytes.
    pub incumbent_memory_bytes: u64,
    /// Time of a processor that the candidate's own thread used, in milliseconds.
    pub cpu_ms: u64,
    /// How often it failed, by kind.
    pub failures: BTreeMap<FailureKind, u64>,
}

/// One rule in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleCoverage {
    /// The rule.
    pub rule: Name,
    /// Its category.
    pub category: Name,
    /// The usual grade of its findings.
    pub severity: Severity,
    /// Windows of the candidate's rule.
    pub windows: u64,
    /// Windows of the rule of this name of the guard in force, where the candidate saw the stream.
    pub incumbent_windows: u64,
    /// Windows of that rule where the candidate did not.
    pub dropped_windows: u64,
    /// Findings of that rule so close to what was dropped that the candidate can't be held to them; older hosts didn't count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsure: Option<u64>,
    /// Places where this rule made a difference, or none, by effect. A place belongs to the rule of the guard in force, or else to
    /// the candidate's.
    pub effects: BTreeMap<Effect, u64>,
}

impl RuleCoverage {
    /// How many windows or findings of the guard in force the candidate can't be held to. Something gets looser only where the guard in
    /// force found something, and that was in one of its windows: where none was dropped, none got looser unseen.
    #[must_use]
    pub fn dropped(&self, run: &ShadowCoverage) -> u64 {
        let unsure = self.unsure.unwrap_or_else(|| u64::from(!run.is_whole()));
        self.dropped_windows + unsure
    }
}

impl ShadowCoverage {
    /// Whether it saw all of the stream, from its beginning to its end.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.dropped_bytes == 0 && self.unsure_bytes == 0 && self.dropped_windows == 0
    }
}
