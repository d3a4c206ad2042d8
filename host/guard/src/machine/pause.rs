//! What is masked where the input pauses.

use super::Guard;
use crate::map::put_together;
use crate::rule::{Rule, Severity};
use crate::view::View;

/// Whether masks stand for what a rule's suspects hold, and not what they hold itself.
pub(super) fn is_strict(rule: &Rule) -> bool {
    rule.hold && rule.severity <= Severity::P1
}

impl Guard {
    /// What strict suspects hold of what stands before `whole`: all from where the first of them begins, but of what
    /// events carry in pieces the pieces alone, lest their frames be lost to who reads them. Where a model thinks for
    /// a moment, its last word or number is shown, though a literal might follow that it leads.
    pub(super) fn held_pieces(&self, whole: u64) -> Vec<(u64, u64)> {
        let around = self.hold_in(|view| !self.is_of_events(view), true, is_strict);
        let around = around.map_or(whole, |from| from.min(whole));
        let mut held = vec![(around, whole)];
        for view in self.views.iter().filter(|view| self.is_of_events(view)) {
            let hold = self.suspects_hold(view, true, is_strict);
            let pieces = hold.map(|hold| view.map.pieces(hold, view.text.end()).ranges);
            let pieces = pieces.unwrap_or_default().into_iter();
            held.extend(pieces.map(|(from, to)| (from.max(view.floor), to.min(around))));
        }
        held.retain(|(from, to)| from < to);
        // Two views may hold the same.
        put_together(&mut held);
        held
    }

    /// Whether it is put together from what events carry in pieces, or read from such a text.
    fn is_of_events(&self, view: &View) -> bool {
        let outermost = self.view(self.outermost(view.id));
        let source = outermost.and_then(|view| view.source.as_deref());
        source.map_or(view.id, |source| source.parent).is_of_events()
    }
}
