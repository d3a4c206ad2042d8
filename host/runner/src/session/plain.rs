//! Guarding a text that is no stream: a command, a folder, a label.

use std::sync::Arc;
use std::time::Duration;

use cofferdam_engine::Incident;
use cofferdam_guard::{Cleared, Decision, MarkEffect, MarkKind, Outlet, Raw, RuleRef, Size};
use cofferdam_model::record::Overridden;

use super::desk::Desk;
use super::guards::Guards;
use super::listener::Listener;

/// The number under which detectors see what is no stream of the session.
pub(super) const META: u8 = 3;

/// What the guard lets out of a text. What a detector or the policy fails on is withheld, as in a stream.
pub fn clear_text(guards: &Arc<Guards>, text: Vec<u8>) -> Cleared {
    guard_text(guards, text).cleared
}

/// What became of a text.
#[derive(Default)]
pub(super) struct Plain {
    /// What the guard lets out of it.
    pub(super) cleared: Cleared,
    /// What it decided, and how many microseconds each took.
    pub(super) decisions: Vec<(Decision, u64)>,
    /// The failures of plugins.
    pub(super) incidents: Vec<Incident>,
    /// A finding in it ends the session.
    pub(super) blocked: bool,
}

/// Guards a text, and tells all that was decided.
pub(super) fn guard_text(guards: &Arc<Guards>, text: Vec<u8>) -> Plain {
    let mut guard = guards.guard(META, Outlet::Pipe, Size::default());
    let mut plain = Plain::default();
    let mut desk = Desk::new(Arc::clone(guards));
    guard.push(Duration::ZERO, Raw::from_vec(text));
    desk.serve(&mut guard, Duration::ZERO, &mut plain);
    guard.mark(MarkKind::End);
    desk.serve(&mut guard, Duration::ZERO, &mut plain);
    plain
}

impl Listener for Plain {
    fn cleared(&mut self, cleared: Cleared) {
        self.cleared.append(cleared);
    }

    fn decision(&mut self, decision: Decision, micros: u64, _: Option<Overridden>) {
        self.decisions.push((decision, micros));
    }

    /// Only time makes marks, and a text that is there as a whole has none.
    fn marked(&mut self, _: MarkEffect) {}

    fn incident(&mut self, incident: Incident) {
        self.incidents.push(incident);
    }

    fn blocked(&mut self, _: RuleRef) {
        self.blocked = true;
    }
}
