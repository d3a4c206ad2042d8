//! The lines of `shadow.jsonl`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ShadowCoverage, ShadowPlace};
use crate::Code;
use crate::authority::Version;
use crate::record::{Digest, Name, PluginKind, RunId, SafeText, TaskId};

/// One line of a run's `shadow.jsonl`. The first one is `shadow.begun`; the last ones are `shadow.coverage`, one for each candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ShadowLine {
    /// Who was on trial.
    #[serde(rename = "shadow.begun")]
    Begun(Box<ShadowBegun>),
    /// A place where the candidate or the guard in force saw something.
    #[serde(rename = "shadow.place")]
    Place(Box<ShadowPlace>),
    /// How much a candidate saw, and what it cost.
    #[serde(rename = "shadow.coverage")]
    Coverage(Box<ShadowCoverage>),
}

/// The version of `shadow.jsonl`, told in its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ShadowSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.shadow/v1")]
    V1,
}

/// Who was on trial in a run, and under which bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShadowBegun {
    /// The version of this form.
    pub schema: ShadowSchema,
    /// The task.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// The version of the host.
    pub host_version: SafeText,
    /// The most bytes that wait for one candidate.
    pub ring_bytes: u64,
    /// How long candidates may go on after the run's end, in milliseconds.
    pub drain_ms: u64,
    /// The candidates, by name.
    pub candidates: Vec<Candidate>,
}

/// A plugin or a policy on trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// What it is called in the configuration; `policy.candidate` for the policy.
    pub name: Name,
    /// What it does.
    pub kind: PluginKind,
    /// Its own version, once it was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<SafeText>,
    /// Digest of its component, once it was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Digest of its settings.
    pub settings_digest: Digest,
    /// What it is compared with; none where nothing in force stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incumbent: Option<Incumbent>,
    /// Whether it ran.
    #[serde(flatten)]
    pub state: CandidateState,
}

/// The guard in force in whose place a candidate would stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Incumbent {
    /// What it is called in the configuration.
    pub name: Name,
    /// Its own version.
    pub version: SafeText,
    /// Digest of its component.
    pub digest: Digest,
    /// Digest of its settings.
    pub settings_digest: Digest,
}

impl Candidate {
    /// Whether it is this component with these settings, whatever it is called.
    #[must_use]
    pub fn is(&self, version: &Version) -> bool {
        self.digest == Some(version.digest) && self.settings_digest == version.settings
    }
}

impl Incumbent {
    /// Whether it is this component with these settings, whatever it is called.
    #[must_use]
    pub fn is(&self, version: &Version) -> bool {
        (self.digest, self.settings_digest) == (version.digest, version.settings)
    }
}

/// Whether a candidate ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum CandidateState {
    /// It was loaded, and looked at what its coverage says.
    Ran,
    /// It could not be loaded.
    Refused {
        /// The stable code of why.
        code: Code,
    },
    /// It was not loaded yet when the run was over.
    Late,
}

/// What the closing entry of a run says of its `shadow.jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShadowDigest {
    /// How many bytes the file has.
    pub len: u64,
    /// Digest of its bytes.
    pub sha256: Digest,
}
