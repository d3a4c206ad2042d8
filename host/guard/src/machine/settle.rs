//! Looking at the views: what came is searched, walked over, and read with its encodings taken off, until nothing is
//! left to be looked at.

use super::Guard;
use super::aside::{is_spent, place_of};
use super::put_off::PutOff;
use crate::coding::{Coding, Fed, Source, Unread};
use crate::follow::{EndedBy, Final, Found, Hit, Live, Progress, Settled, Stop, Window};
use crate::marker::{self, Within};
use crate::rule::Extent;
use crate::ruleset::RuleSet;
use crate::stream::Stream;
use crate::view::{FIRST_READING, PLAIN, SEEN, View, ViewId};

impl Guard {
    /// Searches all views, and walks on along their suspects. Answers those whose windows are final.
    pub(super) fn settle(&mut self, over: bool) -> Vec<Settled> {
        let mut settled = Vec::new();
        let mut put_off = PutOff::default();
        let consumed = self.projection.consumed();
        self.views.iter_mut().for_each(|view| view.due = true);
        loop {
            self.settle_due(over, &mut settled, &mut put_off);
            if self.read_on_for_others() || self.open_put_off(&mut put_off, over) {
                continue;
            }
            let Some(next) = put_off.go_on(consumed) else {
                return settled;
            };
            // Something may be put off in a reading that stands aside.
            self.put_back();
            self.views[FIRST_READING..].iter_mut().for_each(|view| view.due = true);
            for (parent, hits) in next {
                put_off.wait(parent, self.open(parent, hits, over));
            }
        }
    }

    /// Searches the views that are due. `put_off` takes what there was no room to read.
    pub(super) fn settle_due(&mut self, over: bool, settled: &mut Vec<Settled>, put_off: &mut PutOff) {
        let consumed = self.projection.consumed();
        let mut unsure = self.is_unsure();
        let mut index = 0;
        while let Some(view) = self.views.get_mut(index) {
            index += 1;
            if !std::mem::take(&mut view.due) {
                continue;
            }
            #[cfg(test)]
            {
                self.looked_at += self.views.len();
            }
            let view = &self.views[index - 1];
            let id = view.id;
            let waits = id == PLAIN && self.waits.is_some();
            if (view.is_quiet(over) && !waits) || (!over && self.is_idle(view)) {
                continue;
            }
            let read_from = self.is_read_from(view);
            let before_this = state(view);
            let (before, rest) = self.views.split_at_mut(index - 1);
            let view = &mut rest[0];
            let mut found = Found::default();
            let mut stops = Vec::new();
            loop {
                let fed = feed(before, view, over, (read_from, put_off.upto()));
                // What is still to be read goes on behind the text, though nothing more comes.
                let over = view.is_over(over) && matches!(fed, Fed::All | Fed::End);
                search(&self.rules, view, over, &mut found);
                if !view.lives.is_empty() || !view.forked.is_empty() {
                    walk(&self.rules, view, over, &mut found.finals, &mut stops);
                }
                match fed {
                    // The text may end with its line, or go on in the next: both are asked about.
                    Fed::Line { short, told } => fork(&self.rules, view, (short, told), &mut found.finals),
                    Fed::More if !is_spent(view) => {}
                    Fed::More | Fed::Later | Fed::All | Fed::End => break,
                }
            }
            for found in found.finals {
                settled.extend(settled_in(&self.rules, view, found, consumed));
            }
            if !stops.is_empty() {
                keep_opening(&mut stops, &view.text, view.is_over(over));
            }
            let mut codings = found.codings;
            codings.append(&mut stops);
            let mut changed = state(view) != before_this;
            if id == PLAIN {
                self.wait(&mut codings, over);
            }
            // Lines that were written over are read as they are: what stood in them in an encoding was read as it came.
            let last = self.next_view;
            if id != SEEN && (!codings.is_empty() || (unsure && self.has_unsure(id))) {
                changed = true;
                self.put_back();
                let readings = self.views.len() - FIRST_READING;
                if let Some(view) = self.view(id) {
                    codings = put_off.now(view, readings, codings, consumed);
                }
                put_off.wait(id, self.open(id, codings, over));
                unsure = self.is_unsure();
            }
            if changed {
                self.read_on_from(id, over);
            }
            // What it is read from may have stopped, and is read on for what was opened before anything is let out.
            let next = if self.next_view > last { self.outermost(id) } else { id };
            self.drop_spent(settled, put_off);
            index = self.views.partition_point(|view| view.id < next);
        }
    }

    /// Has those readings looked at of which others want more than was read. Answers whether there are any.
    fn read_on_for_others(&mut self) -> bool {
        let mut any = false;
        for place in FIRST_READING..self.views.len() {
            let view = &self.views[place];
            let due = view.unread() == Unread::Wanted && self.is_read_from(view);
            self.views[place].due |= due;
            any |= due;
        }
        any
    }

    /// Has what is read from this view looked at.
    fn read_on_from(&mut self, id: ViewId, over: bool) {
        let Some(place) = place_of(&self.views, id) else { return };
        for at in 0..self.views[place].readings.len() {
            let reading = self.views[place].readings[at];
            if let Some(reading) = place_of(&self.views, reading) {
                self.views[reading].due |= over || !self.is_idle(&self.views[reading]);
            }
        }
    }
}

/// What readings that are decoded from a view hang on, but for how far its text goes back.
fn state(view: &View) -> impl PartialEq + use<> {
    let seen_from = view.source.as_deref().and_then(Source::seen_from);
    let behind = (view.undecided(), view.undecided_byte(), view.left);
    (view.text.end(), view.unread(), view.closed, behind, seen_from)
}

/// Reads on in the view that this one is decoded from.
fn feed(before: &[Box<View>], view: &mut View, over: bool, wanted: (bool, Option<u64>)) -> Fed {
    let Some(mut source) = view.source.take() else {
        return Fed::All;
    };
    let parent = place_of(before, source.parent).map(|place| &*before[place]);
    let fed = parent.map_or(Fed::End, |parent| {
        source.feed(parent, view, parent.is_over(over), wanted)
    });
    view.left = parent.and_then(|parent| source.next_in(parent));
    let waits_for = parent.filter(|parent| source.has_read(parent));
    view.behind = waits_for.and_then(View::undecided);
    view.behind_parting = waits_for.is_some_and(|parent| parent.undecided_byte().is_none());
    view.source = Some(source);
    fed
}

fn search(rules: &RuleSet, view: &mut View, over: bool, found: &mut Found) {
    let ended = over || view.closed.is_some();
    let (source, map) = (view.source.as_deref(), &view.map);
    let told = |end: u64| map.when(end.saturating_sub(1)).unwrap_or(u64::MAX);
    let counts = |at: u64, end: u64| source.is_none_or(|source| source.counts(at, || told(end)));
    let mut codings = Vec::new();
    if view.has_letters() {
        let letters = view.letters(view.scanner.may_begin(rules));
        view.scanner
            .search_letters(rules, &view.text, letters, counts, &mut codings);
    }
    let colours: Vec<_> = view.colours(view.scanner.parted_from(rules)).collect();
    view.scanner.search_parted(rules, &view.text, colours);
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
    let mut behind = Vec::new();
    let is_plain = view.id == PLAIN;
    // What was written over is read as it stands, so nothing is opened where something stops in it.
    let is_seen = view.id == SEEN;
    'lives: for mut live in std::mem::take(&mut view.lives) {
        loop {
            let before = (!is_open).then(|| live.clone());
            {
                let mut colours = view.colours(live.walked()).peekable();
                if colours.peek().is_some() {
                    behind.extend(live.part(rules, &view.text, colours));
                }
            }
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
                    Within::Yes => continue 'lives,
                    Within::Perhaps if !ended => progress = Progress::Open,
                    Within::Perhaps => {}
                }
            }
            if progress == Progress::Open {
                if !is_seen && let Some(passed) = live.passes(rules, &view.text, ended) {
                    stops.extend(stop(rules, &live, passed, None));
                }
                open.push(live);
                continue 'lives;
            }
            if let Some(again) = &mut view.scanner.again
                && !ended
            {
                let window = match progress {
                    Progress::Final(window) => Some(window),
                    Progress::Open | Progress::Dead => None,
                };
                again.end(rules, &live, window, &view.text);
            }
            if !(live.stop_told || is_seen) {
                live.stops(rules, &view.text, ended, |place| {
                    stops.extend(stop(rules, &live, place, last));
                });
            }
            // What it stopped at opens a reading at once, beside the others that stopped there.
            if let Some(mut before) = waits {
                before.stop_told = true;
                open.push(before);
                continue 'lives;
            }
            if let Progress::Final(window) = progress {
                let hold = live.hold();
                for (live, end) in live.ended_parts() {
                    finals.push(Final {
                        live,
                        window: Window {
                            end,
                            ended_by: EndedBy::Stream,
                            ..window
                        },
                        hold,
                        ends_by: None,
                    });
                }
                finals.push(Final {
                    live,
                    window,
                    hold,
                    ends_by: None,
                });
                continue 'lives;
            }
            if !(is_plain && live.looks_for_lines(rules, &view.text)) {
                continue 'lives;
            }
        }
    }
    // What begins behind a colour is a part itself, and has no more of them.
    if !behind.is_empty() {
        view.lives = behind;
        walk(rules, view, over, finals, stops);
        open.append(&mut view.lives);
    }
    view.lives = open;
}

/// What goes on behind an escape where a suspect stopped, or that it walked over.
fn stop(rules: &RuleSet, live: &Live, stop: Stop, last: Option<u64>) -> Option<Hit> {
    // What ended before the byte behind it came didn't stop at it.
    let at = stop.opener.at;
    if last.is_some_and(|last| last < at) {
        return None;
    }
    Some(Hit {
        coding: Coding::Escape,
        at: live.at,
        end: live.at + live.literal(rules).max(1),
        public: live.hold().min(at),
        told: stop.told.unwrap_or(last.unwrap_or(live.seen()).max(at) + 1),
        opener: Some(stop.opener),
        whole: false,
    })
}

/// Drops the suspects that stopped where no reading opens for any of them: most stop at the quote behind a value.
/// Beside one that may open it, all count that stopped there and are told of by the same byte.
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

/// Takes the suspects' windows as if the text ended here, as the raw byte `told` tells, while they go on. `short`
/// says that this line is shorter than the one before.
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

/// Whether a view tells of a suspect: another one may have the same. What goes on behind the window is a part of what
/// is told.
fn is_told(rules: &RuleSet, view: &View, live: &Live, window: Window) -> bool {
    let end = window.end + u64::from(window.ended_by.is_cut());
    // What events carry in pieces may meet in what stands before a literal as well.
    let first = if view.id.is_of_events() {
        live.at.min(window.start)
    } else {
        live.at
    };
    view.is_own(first + 1, end) && !view.is_weak(live.at, live.at + live.literal(rules))
}

/// The window up to where a shell's next word begins, if there is enough in it without that: parts of a string in C or
/// Python stand so too, but a secret is cut where neither is one by itself.
fn in_word(rules: &RuleSet, view: &View, live: &Live, window: Window) -> Window {
    let Extent::Span(span) = &rules.rules[live.rule as usize].rule.extent else {
        return window;
    };
    let enough = window.start + u64::from(span.at_least);
    match view.word_among(enough..window.end) {
        Some(end) => Window {
            end,
            ended_by: EndedBy::Text,
            ..window
        },
        None => window,
    }
}

/// What a view's suspect is to all of them; nothing where another view has the same.
fn settled_in(rules: &RuleSet, view: &View, found: Final, consumed: u64) -> Option<Settled> {
    let Final {
        live,
        window,
        hold,
        ends_by,
    } = found;
    let window = in_word(rules, view, &live, window);
    if !is_told(rules, view, &live, window) {
        return None;
    }
    let seen_from = view.source.as_deref().and_then(Source::seen_from).unwrap_or(0);
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
