//! Who is told what comes of a guarded stream.

use std::time::Duration;

use cofferdam_engine::Incident;
use cofferdam_guard::{Ask, Cleared, Consult, Decision, MarkEffect, RuleRef, Verdicts};

/// What comes of a guarded stream, in its order.
pub(crate) trait Listener {
    /// These bytes are free.
    fn cleared(&mut self, cleared: Cleared);
    /// The guard decided; it took so many microseconds since the asking.
    fn decision(&mut self, decision: Decision, micros: u64);
    /// A mark changed the output.
    fn marked(&mut self, effect: MarkEffect);
    /// A plugin failed.
    fn incident(&mut self, incident: Incident);
    /// The session is blocked.
    fn blocked(&mut self, rule: RuleRef);
    /// A detector is asked.
    fn asked(&mut self, _ask: &Ask) {}
    /// The policy was asked, and this is what will be done.
    fn consulted(&mut self, _consult: &Consult, _verdicts: &Verdicts) {}
    /// A guest answered about so many suspects or findings: the detector of this index, or the policy.
    fn called(&mut self, _detector: Option<u16>, _parts: usize, _took: Duration) {}
}
