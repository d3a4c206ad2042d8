//! Reading on: what came goes into the views, is searched, walked over and asked about; what nothing holds goes out.

use super::put_off::PutOff;
use super::swallow::Swallow;
use super::{Guard, Step, way};
use crate::bytes::Cleared;
use crate::follow::{Live, Settled};
use crate::output::{Outlet, Output};
use crate::projection::{HISTORY, LINE, Upto};
use crate::rule::{Extent, Rule};
use crate::view::{FIRST_READING, PLAIN, SEEN, View};

/// So many bytes of what is seen are kept before any are forgotten.
const SEEN_KEPT: u64 = 4096;

/// So many bytes are read before what nothing holds goes out, where each few have to be settled before more are read:
/// readings stay until then, and each that opens costs time by how many there are. A text that isn't interrupted goes
/// out as it is read.
const LET_OUT: u64 = 4 * 1024;

/// What was read and is not settled yet.
#[derive(Clone, Copy)]
pub(super) struct Read {
    /// How much had come, and whether the end had.
    end: u64,
    ended: bool,
    /// It stopped before the end.
    pub(super) paused: bool,
}

impl Guard {
    /// Reads on over what has come, and asks about what is settled. Nothing moves while an answer is out, so that the
    /// order of decisions is the order of the stream.
    pub(super) fn pump(&mut self) {
        self.read_on();
        self.put_back();
    }

    fn read_on(&mut self) {
        while matches!(self.step, Step::Feed) && self.gate.blocked().is_none() {
            let state = (self.raw.end(), self.ended);
            if let Some(read) = self.unsettled {
                let over = read.ended && !read.paused;
                let settled = self.settle(over);
                if !settled.is_empty() {
                    self.put_back();
                    // What is left to be let out, and to be read, is gone on with once they are answered.
                    self.ask(settled);
                    return;
                }
                self.swallow(over);
                // What was free once is as good as out.
                self.free = self.free.max(self.limit(over));
                self.unsettled = None;
                let much = self.projection.consumed() - self.released >= LET_OUT;
                if !read.paused || much || self.gate.block_at().is_some() {
                    self.put_back();
                    self.release(over);
                } else {
                    self.put_aside();
                    self.forget_seen();
                }
                if !read.paused && (read.end, read.ended) == state {
                    return;
                }
            }
            let calm = self.is_calm();
            let before = self.free.max(self.gate.emitted());
            let mut free = before;
            let upto = self
                .projection
                .read(&self.raw, &mut self.views, &mut free, self.ended, calm);
            if free > before {
                self.free = free;
            }
            self.events.read(&mut self.views);
            let (end, ended) = state;
            self.unsettled = Some(match upto {
                Upto::End => Read {
                    end,
                    ended,
                    paused: false,
                },
                Upto::Step => Read {
                    end: self.projection.consumed(),
                    ended: false,
                    paused: false,
                },
                Upto::Pause => Read {
                    end,
                    ended,
                    paused: true,
                },
            });
        }
    }

    /// Reads what waits for the rest of an escape, as it is read where other readings are open: it may hold what
    /// another encoding stands for before it.
    pub(super) fn read_waiting(&mut self) {
        let Some(waits) = self.waits.take() else { return };
        let left = self.open(PLAIN, vec![waits], false);
        debug_assert!(left.is_empty(), "nothing else is read where it waits");
        // Nothing is seen of a reading that is only perhaps opened, so nothing is to be asked.
        let mut settled = Vec::new();
        self.settle_due(false, &mut settled, &mut PutOff::default());
        debug_assert!(settled.is_empty(), "no escape is told of yet");
    }

    /// How far nothing holds what was read.
    fn limit(&self, over: bool) -> u64 {
        let consumed = self.projection.consumed();
        // Once the stream has ended, every suspect is settled, and what might have become one can't any more.
        let held = if over { None } else { self.hold(false, |rule| rule.hold) };
        // What an escape may go on with is held as its reading would hold it.
        let plain = &self.views[PLAIN.0 as usize].map;
        let waits = self.waits.and_then(|hit| plain.raw_end(hit.public.checked_sub(1)?));
        held.into_iter().chain(waits).min().unwrap_or(consumed).min(consumed)
    }

    /// Whether nothing of what was read is held or followed, and nothing that a control puts into the views could be.
    fn is_calm(&self) -> bool {
        let is_calm = |view: &View| view.lives.is_empty() && view.scanner.context().is_none();
        self.views.len() == FIRST_READING
            && self.views.iter().all(|view| is_calm(view))
            && self.swallows.is_empty()
            && self.waits.is_none()
            && self.free == self.projection.consumed()
            && self.gate.block_at().is_none()
            && !self.rules.around.ends_in_controls
    }

    /// Lets out what nothing holds.
    fn release(&mut self, over: bool) {
        let waits = self.outputs.pop_back_if(|last| matches!(last, Output::Cleared(_)));
        let before = match waits {
            Some(Output::Cleared(before)) => before,
            Some(_) | None => Cleared::default(),
        };
        let way = way(&self.rules, &self.raw, &self.projection);
        let mut cleared = self.gate.advance_behind(before, &way, self.free);
        if over {
            cleared.append(self.gate.close());
        }
        self.emit(cleared);
        self.released = self.projection.consumed();
        self.forget();
    }

    fn forget(&mut self) {
        if self.views.len() > FIRST_READING {
            self.forget_readings();
        }
        // In most streams, nothing ever comes in most views.
        for view in self.views.iter_mut().filter(|view| view.text.end() > 0) {
            let keep = if view.id == PLAIN {
                self.rules.around.look_back.max(LINE)
            } else {
                self.rules.around.look_back
            };
            let swallows = self.swallows.iter().filter(|swallow| swallow.view == view.id);
            view.forget(keep, swallows.map(Swallow::needs).min());
        }
        let views = self.views.iter().filter(|view| view.text.end() > 0);
        let bases = views.filter_map(|view| view.map.first_raw(view.text.base()));
        let emitted = self.gate.emitted();
        self.gate.forget(bases.min().unwrap_or(emitted).min(emitted));
        self.projection.forget(emitted);
        self.raw
            .forget(emitted.min(self.projection.consumed().saturating_sub(HISTORY)));
    }

    /// Forgets what edits have made be read again, as if the stream had been cut here: each byte that comes may bring
    /// more than a hundred of them.
    fn forget_seen(&mut self) {
        let seen = &mut self.views[SEEN.0 as usize];
        if seen.text.end() - seen.text.base() > SEEN_KEPT.max(4 * self.rules.around.look_back) {
            seen.forget(self.rules.around.look_back, None);
        }
    }

    /// The first raw byte that live suspects of the rules that `wanted` picks hold back.
    pub(super) fn hold(&self, idle: bool, wanted: impl Fn(&Rule) -> bool) -> Option<u64> {
        self.hold_in(|_| true, idle, wanted)
    }

    /// The same in some of the views.
    pub(super) fn hold_in(
        &self,
        of: impl Fn(&View) -> bool,
        idle: bool,
        wanted: impl Fn(&Rule) -> bool,
    ) -> Option<u64> {
        let consumed = self.projection.consumed();
        let views = || self.views.iter().map(|view| &**view).filter(|view| of(view));
        let waits = views().filter_map(|view| view.source.as_deref()?.waits());
        // What goes on beyond its window may stand in bytes that can't be read yet.
        let swallows = self.swallows.iter().filter_map(|swallow| {
            let view = self.view(swallow.view).filter(|view| of(view))?;
            swallow.hold(view, consumed, idle)
        });
        // Characters that only the next makes a byte of are not let out one by one, but for a pause.
        let undecided = views().filter_map(|view| view.undecided_byte().filter(|_| !idle && !self.is_done_with(view)));
        let held = |view: &View| {
            let hold = self.text_hold(view, idle, &wanted)?;
            Some(view.held_raw(hold, consumed))
        };
        views()
            .filter_map(held)
            .chain(waits)
            .chain(swallows)
            .chain(undecided)
            .min()
    }

    /// The first byte of a view's text that live suspects of the rules that `wanted` picks hold back.
    pub(super) fn text_hold(&self, view: &View, idle: bool, wanted: impl Fn(&Rule) -> bool) -> Option<u64> {
        if view.text.end() == 0 {
            return None;
        }
        // A reading's end is held only where it may begin a known value.
        let quiet = view.source.is_some() && view.lives.is_empty();
        if quiet && (self.rules.known.is_empty() || self.is_done_with(view)) {
            return None;
        }
        let tail = view.scanner.tail_hold(&self.rules, &view.text, idle, &wanted);
        // What begins later stands for later bytes, or for the same.
        self.suspects_hold(view, idle, wanted).into_iter().chain(tail).min()
    }

    /// The same without what may only become one.
    pub(super) fn suspects_hold(&self, view: &View, idle: bool, wanted: impl Fn(&Rule) -> bool) -> Option<u64> {
        let rule = |live: &Live| &self.rules.rules[live.rule as usize].rule;
        let hold = |live: &Live| {
            if idle {
                let terminal = self.settings.outlet == Outlet::Terminal;
                live.hold_paused(rule(live), &view.text, terminal)
            } else {
                live.hold()
            }
        };
        view.lives.iter().filter(|live| wanted(rule(live))).map(hold).min()
    }
}

/// Whether the guard answers for a suspect itself.
pub(super) fn is_native(settled: &Settled, rule: &Rule) -> bool {
    settled.live.is_crowd() || matches!(rule.extent, Extent::Known(_))
}
