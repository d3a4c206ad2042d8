//! Opening readings for what stands in an encoding, and dropping those that nothing opened after all.

use std::collections::BTreeSet;

use super::Guard;
use super::aside::{is_spent, place_of};
use super::put_off::PutOff;
use crate::coding::{Coding, DEPTH, OF_THE_STREAM, Opens, PACKED, READINGS, Source};
use crate::follow::Hit;
use crate::output::Outlet;
use crate::view::{FIRST_READING, PLAIN, View, ViewId};

impl Guard {
    /// Has an escape wait that ends what was read, and of which more has to tell whether it is any, if nothing else
    /// is read: what comes next is about to be read, and is nearly always the edit of a line, behind which a percent
    /// sign is one. So none is opened for it and dismissed.
    pub(super) fn wait(&mut self, codings: &mut Vec<Hit>, over: bool) {
        let text = &self.views[PLAIN.0 as usize].text;
        let opens = |hit: &Hit| hit.opener.map_or(Opens::Yes, |opener| opener.opens(text, over));
        if let Some(waits) = self.waits.take().filter(|hit| opens(hit) != Opens::No) {
            codings.insert(0, waits);
        }
        let goes_on = self.unsettled.is_some_and(|read| read.paused);
        let alone = self.views.len() == FIRST_READING && self.aside.is_empty() && self.swallows.is_empty();
        let searched = |hit: &Hit| hit.opener.is_some_and(|opener| opener.fits.is_none());
        if goes_on
            && alone
            && let [hit] = codings[..]
            && searched(&hit)
            && opens(&hit) == Opens::Perhaps
        {
            self.waits = Some(hit);
            codings.clear();
        }
    }

    /// The reading of the stream itself that this one is read from, over however many others.
    pub(super) fn outermost(&self, id: ViewId) -> ViewId {
        let source = |id: ViewId| self.view(id)?.source.as_ref();
        let outer = |id: &ViewId| Some(source(*id)?.parent).filter(|outer| source(*outer).is_some());
        std::iter::successors(Some(id), outer).last().unwrap_or(id)
    }

    /// Opens readings for what there was no room for until others were done with. Where the stream comes in pieces
    /// they make room as it comes, so how much comes at once may not decide what is read. Answers whether any could
    /// be opened, or is read on for it.
    pub(super) fn open_put_off(&mut self, put_off: &mut PutOff, over: bool) -> bool {
        let waiting = put_off.take_waiting();
        if waiting.iter().all(|(parent, _)| !parent.is_decoded()) && !waiting.is_empty() {
            self.put_aside();
        }
        for (parent, hits) in waiting {
            put_off.wait(parent, self.open(parent, hits, over));
        }
        self.views[FIRST_READING..].iter().any(|view| view.due)
    }

    /// Opens readings for what stands in an encoding. Answers what there is no room for.
    pub(super) fn open(&mut self, parent: ViewId, mut hits: Vec<Hit>, over: bool) -> Vec<Hit> {
        // One that was dismissed has nothing in it.
        let Some(index) = place_of(&self.views, parent) else {
            return Vec::new();
        };
        hits.append(&mut self.dismiss(index, over));
        if hits.is_empty() {
            return hits;
        }
        let mut left = Vec::new();
        // However many are read from other readings, there is room for what stands in the stream itself.
        let room = if self.views[index].source.is_some() {
            READINGS
        } else {
            READINGS + OF_THE_STREAM
        };
        let last = self.next_view;
        let mut own = self.places(index);
        // One in which nothing can be found any more is only there until bytes are let out. Most of what is found is
        // covered, so the others are counted only once something is to be opened; but of those that are read from
        // this view before any goes on for what it covers.
        let (of_this, mut busy) = (own.len(), None);
        let is_busy = |place: &&usize| !is_spent(&self.views[index + 1 + **place]);
        let own_busy = own.iter().filter(is_busy).count();
        #[cfg(test)]
        {
            self.looked_at += self.views.len() + self.views[index].readings.len() + hits.len() * (1 + own.len());
        }
        hits.sort_by_key(Hit::order);
        for (place, hit) in hits.iter().copied().enumerate() {
            let (before, rest) = self.views.split_at_mut(index + 1);
            let (outer, parent) = before.split_at_mut(index);
            let parent = &mut parent[0];
            let depth = parent.source.as_deref().map_or(0, |source| source.depth);
            if hit.coding == Coding::Packed {
                let holds = |place: &&usize| {
                    let source = rest[**place].source.as_deref_mut();
                    source.is_some_and(|source| source.holds_packed(hit, parent))
                };
                // How many begin in one another is told by the text alone, which how many readings are open is not.
                if own.iter().filter(holds).count() >= PACKED {
                    continue;
                }
            }
            let covered = own.iter().any(|place| {
                let View {
                    source,
                    floor,
                    closed,
                    due,
                    ..
                } = &mut *rest[*place];
                let source = source.as_deref_mut().filter(|_| closed.is_none());
                let covers = source.is_some_and(|source| source.covers(hit, parent, floor));
                // It may have been done with, and goes on for this.
                *due |= covers;
                covers
            });
            // With one escape left as it is, a text is read no deeper.
            let letter = hit.coding == Coding::Letter;
            let ended = parent.is_over(over);
            if covered || (depth >= DEPTH && !letter) || !hit.may_open(&parent.text, ended) {
                continue;
            }
            let busy = busy.get_or_insert_with(|| {
                let others = (index + 1..)
                    .zip(rest.iter())
                    .filter(|(place, _)| own[..of_this].binary_search(&(place - index - 1)).is_err());
                let others = (0..index).zip(outer.iter()).chain(others).chain([(index, &*parent)]);
                let others = others.filter(|(place, view)| *place >= FIRST_READING && !is_spent(view));
                own_busy + others.count()
            });
            if *busy >= room {
                left.push(hit);
                continue;
            }
            *busy += 1;
            self.next_view += 1;
            let typed = self.settings.outlet == Outlet::Terminal;
            let mut view = View::new(ViewId(self.next_view), &self.rules, typed);
            // What is in no escape was found where it stands, or was not.
            let escapes = letter || hit.coding == Coding::Escape;
            if escapes || (parent.has_joints() && hit.coding != Coding::Packed) {
                view = view.with_joints();
            }
            // All that one escape stopped goes on in one reading, however many began how far before it.
            let upto = farthest(&hits[place..]);
            let source = Source::open((hit, upto), parent, depth + u8::from(!letter), &mut view);
            view.source = Some(Box::new(source));
            own.push(rest.len());
            parent.readings.push(view.id);
            self.views.push(Box::new(view));
        }
        if self.next_view > last {
            self.read_on_for(parent);
        }
        left
    }

    /// Where among the views behind this one those are that are read from it.
    fn places(&self, index: usize) -> Vec<usize> {
        let (before, rest) = self.views.split_at(index + 1);
        let readings = before.iter().last().map_or(&[][..], |view| &view.readings);
        readings.iter().filter_map(|reading| place_of(rest, *reading)).collect()
    }

    /// Has this reading, and what it is read from, looked at: they may have stopped, and are read on for what is
    /// opened.
    fn read_on_for(&mut self, id: ViewId) {
        let mut next = Some(id);
        while let Some(place) = next.and_then(|id| place_of(&self.views, id)) {
            let view = &mut self.views[place];
            next = view.source.as_deref().map(|source| source.parent);
            view.due |= next.is_some();
        }
    }

    /// Drops the readings of this view that no escape opened after all, and what was read from them. Answers what
    /// else they would have had.
    fn dismiss(&mut self, index: usize, over: bool) -> Vec<Hit> {
        let own = self.places(index);
        let (before, rest) = self.views.split_at_mut(index + 1);
        let parent = &mut before[index];
        let ended = parent.is_over(over);
        let mut void = BTreeSet::new();
        let mut covered = Vec::new();
        for place in own {
            let view = &mut rest[place];
            let Some(source) = &mut view.source else { continue };
            let was_unsure = source.is_unsure();
            let dismissed = source.dismissed(parent, ended);
            // What is found in it may be told now.
            view.due |= was_unsure && !source.is_unsure();
            if let Some(dismissed) = dismissed {
                let counts = |hit: &Hit| hit.stopped().is_some() || hit.may_open(&parent.text, ended);
                covered.extend(dismissed.into_iter().filter(counts));
                void.insert(view.id);
            }
        }
        if !void.is_empty() {
            parent.readings.retain(|reading| !void.contains(reading));
            for view in rest {
                if view
                    .source
                    .as_deref()
                    .is_some_and(|source| void.contains(&source.parent))
                {
                    void.insert(view.id);
                }
            }
            self.views.retain(|view| !void.contains(&view.id));
        }
        covered
    }
}

/// Where the last suspect began that the same escape stopped as the first of these, which are in the order in which
/// they were told of. Those count as well for which it opens nothing: where less has come, that isn't told yet.
fn farthest(hits: &[Hit]) -> u64 {
    let Some(first) = hits.first() else { return 0 };
    hits.iter()
        .take_while(|hit| hit.told == first.told)
        .filter(|hit| hit.escape().is_some() && hit.escape() == first.escape())
        .map(|hit| hit.at)
        .fold(first.at, u64::max)
}
