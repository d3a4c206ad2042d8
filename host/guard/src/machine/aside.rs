//! Readings that are done with, while what has come is read on: they stay until bytes are let out, since what comes near may be read
//! on in them, but nothing is to be done in them.

use super::Guard;
use super::open::FIRST_READING;
use crate::coding::Source;
use crate::view::{PAYLOAD, View};

impl Guard {
    /// Puts aside the readings in which nothing is to be done.
    pub(super) fn put_aside(&mut self) {
        if self.views.len() == FIRST_READING || !self.swallows.is_empty() || self.is_nested() {
            return;
        }
        self.aside
            .extend(self.views.extract_if(FIRST_READING.., |view| is_spent(view)));
    }

    /// Puts them back where they were: readings stand in the order in which they were opened.
    pub(super) fn put_back(&mut self) {
        if !self.aside.is_empty() {
            self.views.append(&mut self.aside);
            self.views.sort_by_key(|view| view.id);
        }
    }

    /// Whether more has to come until it is told of some reading whether an escape opened it.
    pub(super) fn is_unsure(&self) -> bool {
        let mut readings = self.views[FIRST_READING..].iter();
        readings.any(|view| view.source.as_ref().is_some_and(Source::is_unsure))
    }

    /// Whether nothing more is done in a reading, nor in any that is read from it. It holds nothing any more: how far it was read
    /// beyond where it was done with hangs on how the stream is cut.
    pub(super) fn is_done_with(&self, view: &View) -> bool {
        let goes_on = || self.swallows.iter().any(|swallow| swallow.view == view.id);
        let from_this = |other: &&View| other.source.as_ref().is_some_and(|source| source.parent == view.id);
        let is_read = || {
            let mut others = self.views[FIRST_READING..].iter().filter(from_this);
            others.any(|other| other.closed.is_none() && !self.is_done_with(other))
        };
        is_spent(view) && !goes_on() && !is_read()
    }

    /// Whether a reading is read from another one.
    pub(super) fn is_nested(&self) -> bool {
        let mut sources = self.views[FIRST_READING..]
            .iter()
            .filter_map(|view| view.source.as_ref());
        sources.any(|source| source.parent > PAYLOAD)
    }
}

/// Whether nothing more is done in a reading, unless another one is read from it.
pub(super) fn is_spent(view: &View) -> bool {
    let spent = |source: &Source| source.is_spent(view) && !source.is_unsure();
    view.lives.is_empty() && view.scanner.searched() == view.text.end() && view.source.as_ref().is_some_and(spent)
}
