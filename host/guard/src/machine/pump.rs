//! Reading on: what came goes into the views, is searched, walked over and asked about; what nothing holds goes out.

use super::{Guard, Step, way};
use crate::follow::{Final, Live, Progress, Settled};
use crate::projection::{HISTORY, LINE};
use crate::rule::{Extent, Rule};
use crate::view::{PLAIN, View};

/// What was read and is not settled yet.
#[derive(Clone, Copy)]
pub(super) struct Read {
    /// How much had come, and whether the end had.
    end: u64,
    ended: bool,
    /// It stopped before the end.
    paused: bool,
}

impl Guard {
    /// Reads on over what has come, and asks about what is settled. Nothing moves while an answer is out, so that the order
    /// of decisions is the order of the stream.
    pub(super) fn pump(&mut self) {
        while matches!(self.step, Step::Feed) && self.gate.blocked().is_none() {
            let state = (self.raw.end(), self.ended);
            if let Some(read) = self.unsettled {
                let over = read.ended && !read.paused;
                let settled = self.settle(over);
                if !settled.is_empty() {
                    // What is left to be let out, and to be read, is gone on with once they are answered.
                    self.ask(settled);
                    return;
                }
                self.release(over);
                self.unsettled = None;
                if !read.paused && (read.end, read.ended) == state {
                    return;
                }
            }
            let paused = self
                .projection
                .read(&self.raw, &mut self.views, self.gate.emitted(), self.ended);
            let (end, ended) = state;
            self.unsettled = Some(Read { end, ended, paused });
        }
    }

    /// Searches all views, and walks on along their suspects. Answers those whose windows are final.
    fn settle(&mut self, over: bool) -> Vec<Settled> {
        let mut settled = Vec::new();
        let consumed = self.projection.consumed();
        for view in &mut self.views {
            let mut finals = Vec::new();
            let ended = over || view.closed.is_some();
            view.scanner
                .search(&self.rules, &view.text, ended, &mut view.lives, &mut finals);
            let mut open = Vec::with_capacity(view.lives.len());
            for mut live in view.lives.drain(..) {
                match live.walk(&self.rules, &view.text, ended) {
                    Progress::Open => open.push(live),
                    Progress::Dead => {}
                    Progress::Final(window) => {
                        let hold = live.hold();
                        finals.push(Final { live, window, hold });
                    }
                }
            }
            view.lives = open;
            settled.extend(finals.into_iter().filter_map(|found| settled_in(view, found, consumed)));
        }
        settled
    }

    /// Lets out what nothing holds.
    fn release(&mut self, over: bool) {
        self.swallow();
        let consumed = self.projection.consumed();
        // Once the stream has ended, every suspect is settled, and what might have become one can't any more.
        let held = if over { None } else { self.hold(false, |rule| rule.hold) };
        let limit = held.unwrap_or(consumed).min(consumed);
        let way = way(&self.rules, &self.raw, &self.projection);
        let mut cleared = self.gate.advance(&way, limit);
        if over {
            cleared.append(self.gate.close());
        }
        self.emit(cleared);
        self.forget();
    }

    fn forget(&mut self) {
        for view in &mut self.views {
            let keep = if view.id == PLAIN {
                self.rules.look_back.max(LINE)
            } else {
                self.rules.look_back
            };
            view.forget(keep);
        }
        let bases = self
            .views
            .iter()
            .filter_map(|view| view.map.first_raw(view.text.base()));
        let emitted = self.gate.emitted();
        self.gate.forget(bases.min().unwrap_or(emitted).min(emitted));
        self.projection.forget(emitted);
        self.raw
            .forget(emitted.min(self.projection.consumed().saturating_sub(HISTORY)));
    }

    /// The first raw byte that live suspects of the rules that `wanted` picks hold back.
    pub(super) fn hold(&self, idle: bool, wanted: impl Fn(&Rule) -> bool) -> Option<u64> {
        let consumed = self.projection.consumed();
        let rule = |live: &Live| &self.rules.rules[live.rule as usize].rule;
        let held = |view: &View| {
            let lives = view.lives.iter().filter(|live| wanted(rule(live))).map(Live::hold);
            let tail = view.scanner.tail_hold(&self.rules, &view.text, idle, &wanted);
            lives.chain(tail).map(|hold| view.held_raw(hold, consumed)).min()
        };
        self.views.iter().filter_map(held).min()
    }
}

/// What a view's suspect is to all of them; nothing where another view has the same.
fn settled_in(view: &View, found: Final, consumed: u64) -> Option<Settled> {
    let Final { live, window, hold } = found;
    if !view.is_own(live.at + 1, window.end) {
        return None;
    }
    Some(Settled {
        when: view.when(window.settled, consumed),
        raw: view.map.raw(live.at).unwrap_or(consumed),
        live,
        window,
        hold,
        view: view.id,
    })
}

/// Whether the guard answers for suspects of this rule itself.
pub(super) fn is_native(rule: &Rule) -> bool {
    matches!(rule.extent, Extent::Known(_))
}
