//! The line that is written over: what an edit changes is read again around the cursor.

use super::{REACH_OPEN, Sight, Tier};
use crate::projection::credit::Credit;
use crate::projection::line::Line;
use crate::projection::rows::{ends_line, skip};
use crate::projection::{Feed, Pause};
use crate::view::{PLAIN, SEEN, View};

/// How many cells before an edit are read again while no suspect is open.
const REACH: usize = 160;

/// A line that is written over.
pub(super) struct Edited {
    pub(super) line: Line,
    /// Something was written since the last edit.
    pub(super) written: bool,
    /// What is written now begins at the line's beginning: the plain text has it, and it need not be read twice.
    pub(super) fresh: bool,
}

impl Edited {
    /// Reads so many cells before the cursor again, or all that there are. Answers whether there is credit for them.
    fn read_again(&self, reach: usize, at: u64, credit: &mut Credit, feed: &mut Feed<'_>) -> bool {
        let cursor = self.line.cursor();
        let from = cursor.saturating_sub(reach);
        let is_paid = credit.spend(cursor - from, at);
        if is_paid {
            let seen = &mut feed.views[SEEN.0 as usize];
            seen.boundary(at);
            seen.again(from);
            self.line.copy(from, cursor, seen, at, feed.emitted);
        }
        is_paid
    }
}

impl Sight {
    /// Ends what is being read, changes the line, and reads on from the cursor.
    pub(super) fn edit(&mut self, at: u64, feed: &mut Feed<'_>, change: impl FnOnce(&mut Line)) -> Result<(), Pause> {
        feed.settled_at(at)?;
        self.close(at, feed)?;
        if matches!(self.tier, Tier::Plain) {
            self.tier = Tier::Line(Edited {
                line: Line::so_far(&feed.views[PLAIN.0 as usize]),
                written: false,
                fresh: false,
            });
            self.joined = false;
        }
        let Tier::Line(edited) = &mut self.tier else {
            return Ok(());
        };
        change(&mut edited.line);
        edited.written = false;
        let cursor = edited.line.cursor();
        edited.fresh = cursor == 0;
        if edited.fresh {
            return Ok(());
        }
        let reach = if feed.is_followed() { REACH_OPEN } else { REACH };
        edited.read_again(reach, at, &mut self.credit, feed);
        feed.views[SEEN.0 as usize].joint();
        Ok(())
    }

    /// Puts the cursor elsewhere in its line.
    pub(super) fn go(&mut self, at: u64, feed: &mut Feed<'_>, to: impl FnOnce(usize) -> usize) -> Result<(), Pause> {
        let mut blanks = 0;
        self.edit(at, feed, |line| {
            let from = line.cursor();
            let is_last = line.written(from) == 0;
            line.go(to(from));
            if is_last {
                blanks = line.cursor().saturating_sub(from);
            }
        })?;
        skip(&mut feed.views[PLAIN.0 as usize], blanks, &mut self.credit, at);
        Ok(())
    }

    /// Whether nothing stands on the line yet, and the cursor is at its beginning.
    pub(in crate::projection) fn is_new_line(&self, plain: &View) -> bool {
        match &self.tier {
            Tier::Plain => plain.text.end() == 0 || ends_line(plain),
            Tier::Line(edited) => edited.line.cursor() == 0 && edited.line.written(0) == 0,
            Tier::Screen(_) => false,
        }
    }

    /// Whether the cursor stands at the beginning of a line that was written over, and nothing was written since it
    /// came there.
    pub(super) fn is_at_rest(&self) -> bool {
        matches!(&self.tier, Tier::Line(edited) if edited.fresh && !edited.written && edited.line.cursor() == 0)
    }

    /// The line ends. Where it fills the width up to its last row, it is put together with the next.
    pub(super) fn join_edited(&mut self, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        let Tier::Line(edited) = &mut self.tier else {
            return Ok(());
        };
        let cursor = edited.line.cursor();
        let columns = usize::try_from(self.columns).unwrap_or(0);
        let full = columns > 0 && cursor > 0 && cursor.is_multiple_of(columns) && edited.line.written(cursor) == 0;
        if !full || self.joined || self.begun {
            return Ok(());
        }
        feed.settled_at(at)?;
        if edited.read_again(REACH_OPEN, at, &mut self.credit, feed) {
            feed.views[SEEN.0 as usize].joint();
            self.joined = true;
        }
        Ok(())
    }

    /// Ends what is being read: what stands behind the cursor is seen with it.
    pub(super) fn close(&mut self, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        let Tier::Line(edited) = &mut self.tier else {
            if self.joined {
                feed.views[SEEN.0 as usize].boundary(at);
                self.joined = false;
            }
            return Ok(());
        };
        let cursor = edited.line.cursor();
        let rest = if edited.written { edited.line.written(cursor) } else { 0 };
        let again = rest + if edited.fresh { cursor } else { 0 };
        if rest > 0 {
            feed.settled_at(at)?;
        }
        let seen = &mut feed.views[SEEN.0 as usize];
        if rest > 0 && self.credit.spend(again, at) {
            if edited.fresh {
                seen.boundary(at);
                seen.again(0);
                edited.line.copy(0, cursor, seen, at, feed.emitted);
            }
            seen.joint();
            edited.line.copy(cursor, cursor + rest, seen, at, feed.emitted);
        }
        seen.boundary(at);
        edited.written = false;
        self.joined = false;
        Ok(())
    }
}
