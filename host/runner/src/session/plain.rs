//! Guarding a text that is no stream: a command, a folder, a label.

use std::sync::Arc;
use std::time::Duration;

use cofferdam_engine::Incident;
use cofferdam_guard::{Cleared, Decision, MarkEffect, MarkKind, Outlet, Raw, RuleRef};

use super::desk::Desk;
use super::guards::Guards;
use super::listener::Listener;

/// The number under which detectors see what is no stream of the session.
pub(super) const META: u8 = 3;

/// What the guard lets out of a text. What a detector or the policy fails on is withheld, as in a stream.
pub fn clear_text(guards: &Arc<Guards>, text: Vec<u8>) -> Cleared {
    let mut guard = guards.guard(META, Outlet::Pipe);
    let mut gathered = Gathered::default();
    let mut desk = Desk::new(Arc::clone(guards));
    guard.push(Duration::ZERO, Raw::from_vec(text));
    desk.serve(&mut guard, Duration::ZERO, &mut gathered);
    guard.mark(MarkKind::End);
    desk.serve(&mut guard, Duration::ZERO, &mut gathered);
    gathered.0
}

#[derive(Default)]
struct Gathered(Cleared);

impl Listener for Gathered {
    fn cleared(&mut self, cleared: Cleared) {
        self.0.append(cleared);
    }

    fn decision(&mut self, _: Decision, _: u64) {}

    fn marked(&mut self, _: MarkEffect) {}

    fn incident(&mut self, _: Incident) {}

    fn blocked(&mut self, _: RuleRef) {}
}
