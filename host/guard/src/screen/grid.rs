//! The lines of a screen, in an order that scrolling turns.

use super::line::{Line, Slot};

/// A screen's lines.
pub(super) struct Grid {
    lines: Vec<Line>,
    /// Which of `lines` each row shows: scrolling moves two bytes a row and no line.
    order: Vec<u16>,
    columns: usize,
}

impl Grid {
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        Self {
            lines: (0..rows).map(|_| Line::new()).collect(),
            order: (0..rows).collect(),
            columns: columns.into(),
        }
    }

    pub(super) fn line(&self, row: u16) -> Option<&Line> {
        let index = *self.order.get(usize::from(row))?;
        self.lines.get(usize::from(index))
    }

    /// The line of a row that is on the screen.
    pub(super) fn line_mut(&mut self, row: u16) -> &mut Line {
        &mut self.lines[usize::from(self.order[usize::from(row)])]
    }

    /// Makes the rows `from..to` blank, and tells whether one wasn't.
    pub(super) fn clear(&mut self, from: u16, to: u16) -> bool {
        let mut held = false;
        for row in from..to {
            held |= self.line_mut(row).clear();
        }
        held
    }

    pub(super) fn fill(&mut self, slot: Slot) {
        self.lines.iter_mut().for_each(|line| line.fill(slot));
    }

    /// Moves the rows of `top..bottom` up; blank ones come in below.
    pub(super) fn scroll_up(&mut self, top: u16, bottom: u16, count: u16) {
        let count = count.min(bottom - top);
        self.part(top, bottom);
        self.order[usize::from(top)..usize::from(bottom)].rotate_left(count.into());
        self.clear(bottom - count, bottom);
    }

    /// Moves the rows of `top..bottom` down; blank ones come in above.
    pub(super) fn scroll_down(&mut self, top: u16, bottom: u16, count: u16) {
        let count = count.min(bottom - top);
        self.part(top, bottom);
        self.order[usize::from(top)..usize::from(bottom)].rotate_right(count.into());
        self.clear(top, top + count);
        if count < bottom - top {
            self.line_mut(bottom - 1).wraps = false;
        }
    }

    /// Lines go on neither into a region that is about to move nor out of it.
    fn part(&mut self, top: u16, bottom: u16) {
        if top > 0 {
            self.line_mut(top - 1).wraps = false;
        }
        self.line_mut(bottom - 1).wraps = false;
    }

    /// Takes another size; `lost` rows go over the top, the rest is cut or added below.
    pub(super) fn resize(&mut self, columns: u16, rows: u16, lost: u16) {
        let before = std::mem::replace(&mut self.columns, columns.into());
        let mut taken: Vec<Option<Line>> = self.lines.drain(..).map(Some).collect();
        let kept = self
            .order
            .iter()
            .skip(lost.into())
            .filter_map(|&index| taken[usize::from(index)].take());
        self.lines = kept.take(rows.into()).collect();
        if self.columns != before {
            self.lines.iter_mut().for_each(|line| line.resize(self.columns, before));
        }
        self.lines.resize_with(rows.into(), Line::new);
        self.order = (0..rows).collect();
    }
}
