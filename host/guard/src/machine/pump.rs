//! Reading on: what came goes into the views, is searched, walked over and asked about; what nothing holds goes out.

use super::aside::is_spent;
use super::open::FIRST_READING;
use super::{Guard, Step, way};
use crate::coding::{Coding, Fed, Opener, Source, introduces};
use crate::follow::{Final, Found, Hit, Live, Progress, Settled, Window};
use crate::marker::{self, Within};
use crate::projection::{HISTORY, LINE, Upto};
use crate::rule::{Extent, Rule};
use crate::ruleset::RuleSet;
use crate::stream::Stream;
use crate::view::{PLAIN, SEEN, View, ViewId};

/// So many bytes of what is seen are kept before any are forgotten.
const SEEN_KEPT: u64 = 4096;

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
    /// Reads on over what has come, and asks about what is settled. Nothing moves while an answer is out, so that the order
    /// of decisions is the order of the stream.
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
                if !read.paused || self.gate.block_at().is_some() {
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

    /// Searches all views, and walks on along their suspects. Answers those whose windows are final.
    fn settle(&mut self, over: bool) -> Vec<Settled> {
        let mut settled = Vec::new();
        let mut put_off = Vec::new();
        let mut next = Some(0);
        while let Some(first) = next {
            self.settle_from(first, over, &mut settled, &mut put_off);
            next = self.open_put_off(&mut put_off, over);
        }
        settled
    }

    /// Searches the views from `first` on. `put_off` takes what there was no room to read.
    fn settle_from(
        &mut self,
        first: usize,
        over: bool,
        settled: &mut Vec<Settled>,
        put_off: &mut Vec<(ViewId, Vec<Hit>)>,
    ) {
        let consumed = self.projection.consumed();
        // From a reading that is done with another one may still be read.
        let mut nested = self.is_nested();
        let mut index = first;
        while index < self.views.len() {
            let (before, rest) = self.views.split_at_mut(index);
            let Some(view) = rest.first_mut() else { break };
            index += 1;
            let id = view.id;
            // A secret that goes on in it is read to its end.
            let goes_on = self.swallows.iter().any(|swallow| swallow.view == id);
            let waits = id == PLAIN && self.waits.is_some();
            if (view.is_quiet(over) && !waits) || (!over && !nested && !goes_on && is_spent(view)) {
                continue;
            }
            let from_this = |other: &View| {
                other.closed.is_none() && other.source.as_ref().is_some_and(|source| source.parent == id)
            };
            let read_from = goes_on || rest[1..].iter().any(from_this);
            let view = &mut rest[0];
            let mut found = Found::default();
            let mut stops = Vec::new();
            loop {
                let fed = feed(before, view, over, read_from);
                // What is still to be read goes on behind the text, though nothing more comes.
                let over = over && matches!(fed, Fed::All | Fed::End);
                search(&self.rules, view, over, &mut found);
                if !view.lives.is_empty() {
                    walk(&self.rules, view, over, &mut found.finals, &mut stops);
                }
                match fed {
                    // The text may end with its line, or go on in the next: both are asked about.
                    Fed::Line { short, told } => fork(&self.rules, view, (short, told), &mut found.finals),
                    Fed::More => {}
                    Fed::All | Fed::End => break,
                }
            }
            for found in found.finals {
                settled.extend(settled_in(&self.rules, view, found, consumed));
            }
            if !stops.is_empty() {
                keep_opening(&mut stops, &view.text, over || view.closed.is_some());
            }
            let mut codings = found.codings;
            codings.append(&mut stops);
            if id == PLAIN {
                self.wait(&mut codings, over);
            }
            // Lines that were written over are read as they are: what stood in them in an encoding was read as it came.
            if id != SEEN && (!codings.is_empty() || self.is_unsure()) {
                self.put_back();
                let place = |views: &[View], id: ViewId| views.iter().position(|view| view.id == id);
                index = place(&self.views, id).map_or(index, |place| place + 1);
                let last = self.next_view;
                let left = self.open(index - 1, codings, over);
                if !left.is_empty() {
                    put_off.push((id, left));
                }
                if self.next_view > last && index > FIRST_READING {
                    // What it is read from may have stopped, and is read on for it before anything is let out.
                    nested = true;
                    index = place(&self.views, self.outermost(id)).unwrap_or(index);
                }
            }
        }
    }

    /// Reads what waits for the rest of an escape, as it is read where other readings are open: it may hold what another encoding stands for
    /// before it.
    pub(super) fn read_waiting(&mut self) {
        let Some(waits) = self.waits.take() else { return };
        let plain = usize::try_from(PLAIN.0).expect("the first view");
        let first = self.views.len();
        let left = self.open(plain, vec![waits], false);
        debug_assert!(left.is_empty(), "nothing else is read where it waits");
        // Nothing is seen of a reading that is only perhaps opened, so nothing is to be asked.
        let mut settled = Vec::new();
        self.settle_from(first, false, &mut settled, &mut Vec::new());
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
            && self.views.iter().all(is_calm)
            && self.swallows.is_empty()
            && self.waits.is_none()
            && self.free == self.projection.consumed()
            && self.gate.block_at().is_none()
            && !self.rules.around.ends_in_controls
    }

    /// Lets out what nothing holds.
    fn release(&mut self, over: bool) {
        let way = way(&self.rules, &self.raw, &self.projection);
        let mut cleared = self.gate.advance(&way, self.free);
        if over {
            cleared.append(self.gate.close());
        }
        self.emit(cleared);
        self.forget();
    }

    fn forget(&mut self) {
        if self.views.len() > FIRST_READING {
            self.forget_readings();
        }
        for view in &mut self.views {
            let keep = if view.id == PLAIN {
                self.rules.around.look_back.max(LINE)
            } else {
                self.rules.around.look_back
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

    /// Forgets what edits have made be read again, as if the stream had been cut here: each byte that comes may bring more than a
    /// hundred of them.
    fn forget_seen(&mut self) {
        let seen = &mut self.views[SEEN.0 as usize];
        if seen.text.end() - seen.text.base() > SEEN_KEPT.max(4 * self.rules.around.look_back) {
            seen.forget(self.rules.around.look_back);
        }
    }

    /// Forgets the readings in which nothing can be found any more, and from which nothing is read.
    fn forget_readings(&mut self) {
        let parents: Vec<ViewId> = self
            .views
            .iter()
            .filter_map(|view| Some(view.source.as_ref()?.parent))
            .collect();
        let swallows = &self.swallows;
        self.views.retain(|view| {
            let spent = view.source.as_ref().is_some_and(|source| source.is_spent(view));
            let goes_on = swallows.iter().any(|swallow| swallow.view == view.id) || parents.contains(&view.id);
            !spent || goes_on || !view.lives.is_empty()
        });
    }

    /// The first raw byte that live suspects of the rules that `wanted` picks hold back.
    pub(super) fn hold(&self, idle: bool, wanted: impl Fn(&Rule) -> bool) -> Option<u64> {
        let consumed = self.projection.consumed();
        let rule = |live: &Live| &self.rules.rules[live.rule as usize].rule;
        let waits = self.views.iter().filter_map(|view| view.source.as_ref()?.waits());
        // What goes on beyond its window may stand in bytes that can't be read yet.
        let swallows = self
            .swallows
            .iter()
            .filter_map(|swallow| swallow.hold(self.view(swallow.view)?, consumed));
        // Characters that only the next makes a byte of are not let out one by one, but for a pause.
        let undecided = self
            .views
            .iter()
            .filter_map(|view| view.undecided_byte().filter(|_| !idle && !self.is_done_with(view)));
        let held = |view: &View| {
            if view.text.end() == 0 {
                return None;
            }
            // A reading's end is held only where it may begin a known value.
            let quiet = view.source.is_some() && view.lives.is_empty();
            if quiet && (self.rules.known.is_empty() || self.is_done_with(view)) {
                return None;
            }
            let lives = view.lives.iter().filter(|live| wanted(rule(live))).map(Live::hold);
            let tail = view.scanner.tail_hold(&self.rules, &view.text, idle, &wanted);
            lives.chain(tail).map(|hold| view.held_raw(hold, consumed)).min()
        };
        self.views
            .iter()
            .filter_map(held)
            .chain(waits)
            .chain(swallows)
            .chain(undecided)
            .min()
    }
}

/// Reads on in the view that this one is decoded from.
fn feed(before: &[View], view: &mut View, over: bool, read_from: bool) -> Fed {
    let Some(mut source) = view.source.take() else {
        return Fed::All;
    };
    let parent = before.iter().find(|parent| parent.id == source.parent);
    let fed = parent.map_or(Fed::End, |parent| {
        source.feed(parent, view, over || parent.closed.is_some(), read_from)
    });
    let waits_for = parent.filter(|parent| source.has_read(parent));
    view.behind = waits_for.and_then(View::undecided);
    view.behind_parting = waits_for.is_some_and(|parent| parent.undecided_byte().is_none());
    view.source = Some(source);
    fed
}

fn search(rules: &RuleSet, view: &mut View, over: bool, found: &mut Found) {
    let ended = over || view.closed.is_some();
    let (source, map) = (view.source.as_ref(), &view.map);
    let told = |end: u64| map.when(end.saturating_sub(1)).unwrap_or(u64::MAX);
    let counts = |at: u64, end: u64| source.is_none_or(|source| source.counts(at, || told(end)));
    let mut codings = Vec::new();
    if view.has_letters() {
        view.scanner
            .search_letters(rules, &view.text, view.letters(), counts, &mut codings);
    }
    view.scanner.search(rules, &view.text, ended, counts, found);
    found.codings.append(&mut codings);
    if view.lives.is_empty() {
        std::mem::swap(&mut view.lives, &mut found.lives);
    } else {
        view.lives.append(&mut found.lives);
    }
}

/// Walks along the suspects. `stops` takes where one stopped that may go on behind an escape.
fn walk(rules: &RuleSet, view: &mut View, over: bool, finals: &mut Vec<Final>, stops: &mut Vec<Hit>) {
    let ended = over || view.closed.is_some();
    // Nothing may be seen of a reading that no escape opens after all.
    let is_open = view.is_open();
    if is_open {
        finals.append(&mut view.forked);
    }
    // Most suspects come to an end at once.
    let mut open = Vec::new();
    for mut live in std::mem::take(&mut view.lives) {
        let before = (!is_open).then(|| live.clone());
        let mut progress = live.walk(rules, &view.text, ended);
        let last = match progress {
            Progress::Final(window) => Some(window.settled),
            Progress::Open | Progress::Dead => None,
        };
        let waits = before.filter(|_| match progress {
            Progress::Final(window) => is_told(rules, view, &live, window),
            Progress::Open | Progress::Dead => false,
        });
        if let Progress::Final(window) = &mut progress {
            match in_marker(rules, view, *window) {
                Within::No(told) => window.settled = window.settled.max(told),
                Within::Yes => continue,
                Within::Perhaps if !ended => progress = Progress::Open,
                Within::Perhaps => {}
            }
        }
        if progress == Progress::Open {
            open.push(live);
            continue;
        }
        if !live.stop_told {
            stops.extend(stop(rules, view, &live, last));
        }
        // What it stopped at opens a reading at once, beside the others that stopped there.
        if let Some(mut before) = waits {
            before.stop_told = true;
            open.push(before);
            continue;
        }
        if let Progress::Final(window) = progress {
            let hold = live.hold();
            finals.push(Final {
                live,
                window,
                hold,
                ends_by: None,
            });
        }
    }
    view.lives = open;
}

/// What goes on behind an escape where a suspect stopped, if it is one.
fn stop(rules: &RuleSet, view: &View, live: &Live, last: Option<u64>) -> Option<Hit> {
    // What ended before the byte behind it came didn't stop at it.
    let stop = live.stop().filter(|stop| last.is_none_or(|last| last >= *stop))?;
    view.text.get(stop).filter(|byte| introduces(*byte))?;
    let opener = Opener {
        at: stop,
        fits: Some(live.fitting(rules)),
    };
    Some(Hit {
        coding: Coding::Escape,
        at: live.at,
        end: live.at + live.literal(rules).max(1),
        public: live.hold().min(stop),
        told: last.unwrap_or(live.seen()).max(stop) + 1,
        opener: Some(opener),
        whole: false,
    })
}

/// Drops the suspects that stopped where no reading opens for any of them: most stop at the quote behind a value. Beside one that may open
/// it, all count that stopped there and are told of by the same byte.
fn keep_opening(stops: &mut Vec<Hit>, text: &Stream, ended: bool) {
    let opening = stops.iter().filter(|stop| stop.may_open(text, ended));
    let together = |stop: &Hit| (stop.told, stop.escape());
    let mut escapes: Vec<_> = opening.map(together).collect();
    escapes.sort_unstable();
    stops.retain(|stop| escapes.binary_search(&together(stop)).is_ok());
}

/// Whether a window lies in a marker that the guard has put there; if not, what byte of the text tells.
fn in_marker(rules: &RuleSet, view: &View, window: Window) -> Within<u64> {
    let from = window.start.saturating_sub(marker::BEFORE).max(view.text.base());
    let text = view.text.slice(from, window.end.max(window.start + marker::BEFORE));
    let place = |at: u64| usize::try_from(at - from).expect("a window is shorter than 4 GiB");
    marker::within(text, place(window.start), place(window.end), |id| rules.has_id(id)).at(from)
}

/// Takes the suspects' windows as if the text ended here, as the raw byte `told` tells, while they go on. `short` says that this line is shorter
/// than the one before.
fn fork(rules: &RuleSet, view: &mut View, (short, told): (bool, u64), finals: &mut Vec<Final>) {
    let is_open = view.is_open();
    for live in &mut view.lives {
        if let Some(mut fork) = live.fork(short)
            && let Progress::Final(window) = fork.walk(rules, &view.text, true)
        {
            let hold = fork.hold();
            let forked = Final {
                live: fork,
                window,
                hold,
                ends_by: Some(told),
            };
            // What is forked from goes on meanwhile, and holds as much.
            if is_open { &mut *finals } else { &mut view.forked }.push(forked);
        }
    }
}

/// Whether a view tells of a suspect: another one may have the same.
fn is_told(rules: &RuleSet, view: &View, live: &Live, window: Window) -> bool {
    view.is_own(live.at + 1, window.end) && !view.is_weak(live.at, live.at + live.literal(rules))
}

/// What a view's suspect is to all of them; nothing where another view has the same.
fn settled_in(rules: &RuleSet, view: &View, found: Final, consumed: u64) -> Option<Settled> {
    let Final {
        live,
        window,
        hold,
        ends_by,
    } = found;
    if !is_told(rules, view, &live, window) {
        return None;
    }
    let seen_from = view.source.as_ref().and_then(Source::seen_from).unwrap_or(0);
    Some(Settled {
        when: ends_by
            .unwrap_or_else(|| view.when(window.settled, consumed))
            .max(seen_from),
        raw: view.map.raw(live.at).unwrap_or(consumed),
        floor: view.floor,
        live,
        window,
        hold,
        view: view.id,
    })
}

/// Whether the guard answers for a suspect itself.
pub(super) fn is_native(settled: &Settled, rule: &Rule) -> bool {
    settled.live.is_crowd() || matches!(rule.extent, Extent::Known(_))
}
