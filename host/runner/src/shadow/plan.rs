//! Who is on trial in a session.

use std::time::Duration;

use cofferdam_model::Code;
use cofferdam_model::record::{Digest, Name, PluginKind};

use crate::session::Guards;

/// The candidates of a session, and what they may use.
pub struct ShadowPlan {
    /// The most bytes that wait for one candidate.
    pub ring: usize,
    /// How much of a processor's time each candidate may use after the session's end.
    pub drain: Duration,
    /// How long the session's end waits for them at the most.
    pub patience: Duration,
    /// The candidates.
    pub candidates: Vec<CandidatePlan>,
    /// Whether a candidate is being compiled, which takes longer than anybody waits for it.
    pub compiling: fn() -> bool,
}

/// One candidate.
pub struct CandidatePlan {
    /// What it is called in the configuration.
    pub name: Name,
    /// What it does.
    pub kind: PluginKind,
    /// Digest of its settings.
    pub settings_digest: Digest,
    /// What it is compared with. For a policy, the one in force.
    pub incumbent: Option<IncumbentPlan>,
    /// Loads it: guards with this detector alone, or with this policy. Called on a thread of the candidate's own, so
    /// that neither reading nor compiling it makes the session wait.
    pub load: Box<dyn FnOnce() -> Result<Guards, Code> + Send>,
}

/// What a candidate is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncumbentPlan {
    /// What it is called in the configuration.
    pub name: Name,
    /// Digest of its settings.
    pub settings_digest: Digest,
}
