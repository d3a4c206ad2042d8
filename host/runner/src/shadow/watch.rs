//! What a candidate does while it is on trial.

use std::collections::BTreeMap;
use std::time::Duration;

use cofferdam_engine::Incident;
use cofferdam_guard::{Ask, Cleared, Decision, MarkEffect, RuleRef};
use cofferdam_model::record as model;

use super::lane::Windows;
use crate::session::{Listener, failure_kind};

/// Everything that came of one item, to be put with the results at once.
#[derive(Default)]
pub(super) struct Watch {
    pub(super) decisions: Vec<Decision>,
    pub(super) windows: Windows,
    pub(super) took: Vec<Duration>,
    pub(super) failures: BTreeMap<model::FailureKind, u64>,
}

impl Watch {
    /// Counts a failure.
    pub(super) fn fail(&mut self, incident: &Incident) {
        *self.failures.entry(failure_kind(incident.kind)).or_default() += 1;
    }
}

impl Listener for Watch {
    /// Nobody sees what a candidate lets out.
    fn cleared(&mut self, _: Cleared) {}

    fn decision(&mut self, decision: Decision, _: u64) {
        self.decisions.push(decision);
    }

    /// What a mark did is seen in the bytes that come late.
    fn marked(&mut self, _: MarkEffect) {}

    fn incident(&mut self, incident: Incident) {
        self.fail(&incident);
    }

    /// Nothing that is on trial ends anything.
    fn blocked(&mut self, _: RuleRef) {}

    fn asked(&mut self, ask: &Ask) {
        for suspect in ask.suspects() {
            *self.windows.entry(suspect.rule).or_default() += 1;
        }
    }

    fn called(&mut self, detector: Option<u16>, _: usize, took: Duration) {
        if detector.is_some() {
            self.took.push(took);
        }
    }
}
