//! Readings that are done with: they stay until bytes are let out, since what comes near may be read on in them, but
//! nothing is to be done in them.

use std::collections::BTreeMap;

use super::Guard;
use super::put_off::PutOff;
use crate::coding::{ANCHOR, Source};
use crate::follow::Settled;
use crate::view::{FIRST_READING, View, ViewId};

/// So many readings may be there before those are dropped that are done with, while what came at once is read.
pub(super) const MANY: usize = 32;

impl Guard {
    /// Puts aside the readings in which nothing is to be done.
    pub(super) fn put_aside(&mut self) {
        if self.views.len() == FIRST_READING || !self.swallows.is_empty() {
            return;
        }
        let kept = self.kept(|_| false);
        let mut kept = kept.iter();
        let done = |_: &mut Box<View>| kept.next().is_some_and(|kept| !kept);
        self.aside.extend(self.views.extract_if(FIRST_READING.., done));
    }

    /// Puts them back where they were: readings stand in the order in which they were opened.
    pub(super) fn put_back(&mut self) {
        if !self.aside.is_empty() {
            self.views.append(&mut self.aside);
            self.views.sort_by_key(|view| view.id);
        }
    }

    /// Forgets the readings in which nothing can be found any more, and from which nothing is read.
    pub(super) fn forget_readings(&mut self) {
        let kept = self.kept(|_| false);
        self.keep(&kept);
    }

    /// The same while what came at once is read, once there are many more than there is room for: each that opens
    /// costs time by how many there are. Those stay in which something was found, or is to be opened.
    pub(super) fn drop_spent(&mut self, settled: &[Settled], put_off: &PutOff) {
        if self.views.len() < self.many {
            return;
        }
        let mut wanted: Vec<_> = settled.iter().map(|settled| settled.view).collect();
        let first = put_off.first_in_each();
        wanted.extend(first.keys());
        wanted.sort_unstable();
        self.put_back();
        let kept = self.kept(|view| wanted.binary_search(&view.id).is_ok() || self.may_count(view, &first));
        self.keep(&kept);
    }

    /// Whether it is a compressed text in which another may be found to begin: how many begin in one another is
    /// counted.
    fn may_count(&self, view: &View, put_off: &BTreeMap<ViewId, u64>) -> bool {
        let Some(source) = &view.source else { return false };
        let searched = self.view(source.parent).map_or(0, |parent| parent.scanner.searched());
        // What is put off was found already.
        let from = put_off.get(&source.parent).copied().unwrap_or(searched);
        source.may_hold_packed(from.min(searched.saturating_sub(ANCHOR)))
    }

    /// Which readings something is to be done in, or is wanted of, or is read from.
    fn kept(&self, wanted: impl Fn(&View) -> bool) -> Vec<bool> {
        let readings = &self.views[FIRST_READING..];
        let mut kept = vec![false; readings.len()];
        for (place, view) in readings.iter().enumerate().rev() {
            kept[place] |= !is_spent(view) || self.goes_on(view) || wanted(view);
            let parent = view
                .source
                .as_deref()
                .filter(|_| kept[place])
                .map(|source| source.parent);
            if let Some(parent) = parent.and_then(|parent| place_of(readings, parent)) {
                kept[parent] = true;
            }
        }
        kept
    }

    /// Drops the readings that aren't kept.
    fn keep(&mut self, kept: &[bool]) {
        let mut kept = kept.iter();
        let dropped = |_: &mut Box<View>| kept.next().is_some_and(|kept| !kept);
        self.views.extract_if(FIRST_READING.., dropped).for_each(drop);
        let left: Vec<_> = self.views.iter().map(|view| view.id).collect();
        for view in &mut self.views {
            view.readings.retain(|reading| left.binary_search(reading).is_ok());
        }
        self.many = MANY.max(2 * left.len());
    }

    /// Whether more has to come until it is told of some reading whether an escape opened it.
    pub(super) fn is_unsure(&self) -> bool {
        let mut readings = self.views[FIRST_READING..].iter();
        readings.any(|view| view.source.as_deref().is_some_and(Source::is_unsure))
    }

    /// The same of those that are read from this view itself: they are none of what is put aside.
    pub(super) fn has_unsure(&self, id: ViewId) -> bool {
        let unsure = |view: &View| view.source.as_deref().is_some_and(Source::is_unsure);
        self.view(id).is_some_and(|view| self.readings(view).any(unsure))
    }

    /// Whether nothing more is done in a reading, nor in any that is read from it. It holds nothing any more: how far
    /// it was read beyond where it was done with hangs on how the stream is cut.
    pub(super) fn is_done_with(&self, view: &View) -> bool {
        is_spent(view) && !self.is_read_from(view)
    }

    /// Whether a text is read to its end for what goes on in it, or is read from it.
    pub(super) fn is_read_from(&self, view: &View) -> bool {
        let reads_on = |reading: &View| reading.closed.is_none() && !self.is_done_with(reading);
        self.goes_on(view) || self.readings(view).any(reads_on)
    }

    /// Whether nothing is to be done in a reading, nor in those that are read from it, though they have all of it.
    pub(super) fn is_idle(&self, view: &View) -> bool {
        is_spent(view) && !self.goes_on(view) && self.readings(view).all(|reading| self.is_idle(reading))
    }

    /// Whether a secret goes on in it.
    fn goes_on(&self, view: &View) -> bool {
        self.swallows.iter().any(|swallow| swallow.view == view.id)
    }

    /// What is read from it.
    fn readings(&self, view: &View) -> impl Iterator<Item = &View> {
        view.readings.iter().filter_map(|reading| self.view(*reading))
    }

    /// The view of this id, unless it is dropped or put aside.
    pub(super) fn view(&self, id: ViewId) -> Option<&View> {
        self.views.get(place_of(&self.views, id)?).map(|view| &**view)
    }
}

/// Where among these views the one of this id is.
pub(super) fn place_of(views: &[Box<View>], id: ViewId) -> Option<usize> {
    views.binary_search_by_key(&id, |view| view.id).ok()
}

/// Whether nothing more is done in a reading, unless another one is read from it.
pub(super) fn is_spent(view: &View) -> bool {
    let spent = |source: &Source| source.is_spent(view) && !source.is_unsure();
    let followed = view.lives.is_empty() && view.forked.is_empty();
    followed && view.scanner.searched() == view.text.end() && view.source.as_deref().is_some_and(spent)
}
