//! Where the cursor begins to move freely, and where that ends.

use super::{Sight, Tier};
use crate::projection::rows::is_next_row;
use crate::projection::strokes::Strokes;
use crate::projection::{Feed, HISTORY, Pause};
use crate::view::{PLAIN, SEEN};

/// The screen as it was left, and where that was: a program that comes back to it finds it so.
pub(super) struct Left {
    strokes: Box<Strokes>,
    at: u64,
}

impl Sight {
    pub(super) fn enter_screen(&mut self, sequence: &[u8], at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        feed.settled_at(at)?;
        if matches!(self.tier, Tier::Line(_)) {
            self.close(at, feed)?;
        }
        self.joined = false;
        feed.views[SEEN.0 as usize].boundary(at);
        // The sequence itself is carried out as a whole, behind what came before it.
        let begin = (at + 1).saturating_sub(sequence.len() as u64);
        let kept = at.saturating_sub(HISTORY).min(begin);
        let (strokes, from) = match self.left.take().filter(|left| left.at >= kept) {
            Some(left) => (Some(left.strokes), left.at.min(begin)),
            None => (None, kept),
        };
        // Screens that come and go without end begin empty.
        let history = usize::try_from(begin - from).unwrap_or(usize::MAX);
        let (strokes, from) = if self.credit.spend(history, at) {
            (strokes, from)
        } else {
            (None, begin)
        };
        let mut strokes = strokes.unwrap_or_else(|| Box::new(Strokes::new(self.size)));
        strokes.replay(feed.raw.slice(from, begin), from);
        let (was_alternate, before) = (strokes.is_alternate(), strokes.cursor());
        strokes.control(sequence, at, &mut self.credit, feed)?;
        let plain = &mut feed.views[PLAIN.0 as usize];
        if was_alternate == strokes.is_alternate() && is_next_row(before, strokes.cursor()) {
            plain.mark(b'\n', at);
        } else {
            plain.boundary(at);
        }
        self.tier = Tier::Screen(strokes);
        Ok(())
    }

    /// Lets go of a screen that was left too far before `position` to be found as it was.
    pub(in crate::projection) fn forget(&mut self, position: u64) {
        if self.left.as_ref().is_some_and(|left| left.at + HISTORY < position) {
            self.left = None;
        }
    }

    /// The control that ends at `at` ends what is written freely.
    pub(super) fn leave_screen(&mut self, at: u64) {
        if let Tier::Screen(strokes) = std::mem::replace(&mut self.tier, Tier::Plain) {
            self.left = Some(Left { strokes, at: at + 1 });
        }
        self.parts = false;
        self.cells = 0;
    }
}
