//! When guards are made ready for long texts and for questions.

use std::time::{Duration, Instant};

use super::guards::Guards;

/// A command that ends before needs neither guests' code nor the whole search, unless it writes much: many do, and to
/// load both beside them made their end wait.
const COLD: Duration = Duration::from_millis(4);

/// Whether the guards of a session were made ready.
pub(super) struct Warmth {
    /// When they are at the latest; nothing once they were.
    due: Option<Instant>,
}

impl Warmth {
    /// For a command that starts now.
    pub(super) fn begin() -> Self {
        Self {
            due: Some(Instant::now() + COLD),
        }
    }

    /// When they are to be made ready, if they weren't.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Makes them ready where that is due. `length` is how many bytes came of a text that is about to be guarded.
    pub(super) fn keep(&mut self, guards: &Guards, length: usize) {
        let is_due = |due: Instant| !Guards::is_short(length) || due <= Instant::now();
        if self.due.is_some_and(is_due) {
            self.due = None;
            guards.prepare();
        }
    }
}
