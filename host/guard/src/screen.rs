//! A model of a terminal's screen that knows, for each cell, which bytes of the stream put its character there.
//!
//! It does what the common terminals agree on; where they differ it does what most do, as docs/architecture.md lists.
//! It keeps no colours, no titles and no glyphs of other character sets: only where text is. It never fails, and
//! holds no more than two screens of cells.

mod control;
mod grid;
mod line;
mod params;
mod tabs;
#[cfg(test)]
mod tests;

use std::ops::Range;

use grid::Grid;
use line::Slot;
use tabs::Tabs;
use unicode_width::UnicodeWidthChar as _;

/// More columns or rows than this are not modelled.
const LARGEST: u16 = 1000;

/// A grid of rows and columns, both counted from 0.
pub(crate) struct Screen {
    columns: u16,
    rows: u16,
    shown: Face,
    /// The screen that isn't shown: the alternate one, or the primary one while that is.
    hidden: Face,
    is_alternate: bool,
    cursor: Cursor,
    /// The rows that scroll: from `top` to before `bottom`.
    top: u16,
    bottom: u16,
    modes: Modes,
    tabs: Tabs,
    /// The last character printed, which a sequence may ask to be repeated.
    last: Option<(char, u64)>,
    /// The control being carried out changed what some cell shows.
    changed: bool,
    /// By how many rows more what is shown was moved up than down, from a number on that leaves room for either.
    scrolled: u64,
}

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) c: char,
    /// The offset of the character's first byte in the stream; none for a cell that is blank or shows the test pattern.
    /// A repeated character has the bytes of the one that it repeats.
    pub(crate) raw: Option<u64>,
    /// How many bytes the character takes in UTF-8, 1 to 4.
    pub(crate) len: u8,
}

impl Cell {
    fn of(slot: Slot) -> Self {
        let c = slot.character();
        Self {
            c,
            raw: slot.raw(),
            len: c.len_utf8() as u8,
        }
    }
}

/// Whether a control moved the cursor or changed what some cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    No,
    Yes,
}

/// One of the two screens.
struct Face {
    grid: Grid,
    saved: Saved,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Cursor {
    row: u16,
    column: u16,
    /// The last column was written: the next character goes to the next line.
    pending: bool,
}

/// What saving the cursor keeps.
#[derive(Clone, Copy, Default)]
struct Saved {
    cursor: Cursor,
    origin: bool,
}

struct Modes {
    /// Positions count from the top of the rows that scroll.
    origin: bool,
    /// Characters push the rest of the line to the right.
    insert: bool,
    /// Characters after the last column go to the next line.
    wrap: bool,
    /// A line feed returns the carriage too.
    newline: bool,
}

impl Modes {
    const INITIAL: Self = Self {
        origin: false,
        insert: false,
        wrap: true,
        newline: false,
    };
}

impl Screen {
    /// A blank screen of 1 to 1000 columns and rows.
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let (columns, rows) = (columns.clamp(1, LARGEST), rows.clamp(1, LARGEST));
        let face = || Face {
            grid: Grid::new(columns, rows),
            saved: Saved::default(),
        };
        Self {
            columns,
            rows,
            shown: face(),
            hidden: face(),
            is_alternate: false,
            cursor: Cursor::default(),
            top: 0,
            bottom: rows,
            modes: Modes::INITIAL,
            tabs: Tabs::new(columns),
            last: None,
            changed: false,
            scrolled: 1 << 32,
        }
    }

    /// Takes another size, again of 1 to 1000. Lines aren't wrapped anew: what is over the right end is lost, and
    /// rows go over the top only as far as the cursor needs it.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let (columns, rows) = (columns.clamp(1, LARGEST), rows.clamp(1, LARGEST));
        if (columns, rows) == (self.columns, self.rows) {
            return;
        }
        let lost = |row: u16| (row + 1).saturating_sub(rows);
        let fit = |cursor: &mut Cursor, lost: u16| {
            cursor.row = cursor.row.saturating_sub(lost).min(rows - 1);
            cursor.pending &= cursor.column + 1 == columns;
            cursor.column = cursor.column.min(columns - 1);
        };
        let (shown, hidden) = (lost(self.cursor.row), lost(self.hidden.saved.cursor.row));
        for (face, lost) in [(&mut self.shown, shown), (&mut self.hidden, hidden)] {
            face.grid.resize(columns, rows, lost);
            fit(&mut face.saved.cursor, lost);
        }
        fit(&mut self.cursor, shown);
        (self.columns, self.rows) = (columns, rows);
        (self.top, self.bottom) = (0, rows);
        self.tabs.resize(columns);
    }

    /// Shows a character whose bytes begin at `raw`. One without a width shows in no cell of its own and is left out.
    pub(crate) fn print(&mut self, c: char, raw: u64) {
        let width = c.width().unwrap_or(0);
        if width > 0 {
            self.last = Some((c, raw));
            self.put(Slot::new(c, raw), width > 1 && self.columns > 1);
        }
    }

    /// Shows printable ASCII; `raw` is where its first byte is.
    pub(crate) fn print_ascii(&mut self, text: &[u8], raw: u64) {
        let (mut text, mut raw) = (text, raw);
        while let Some(&last) = text.last() {
            if self.cursor.pending && !self.modes.wrap {
                raw = raw.saturating_add(text.len() as u64 - 1);
                text = &text[text.len() - 1..];
            }
            let room = usize::from(self.begin());
            let (head, rest) = text.split_at(room.min(text.len()));
            let (at, columns) = (usize::from(self.cursor.column), usize::from(self.columns));
            let line = self.shown.grid.line_mut(self.cursor.row);
            if self.modes.insert && head.len() < room {
                line.insert(at, head.len(), columns);
            }
            line.write_ascii(at, head, raw, columns);
            self.advance(head.len());
            raw = raw.saturating_add(head.len() as u64);
            self.last = Some((char::from(last), raw.saturating_sub(1)));
            text = rest;
        }
    }

    /// The row and the column that the cursor is in; the column is the number of columns where the next character
    /// goes to the next line.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        (self.cursor.row, self.cursor.column + u16::from(self.cursor.pending))
    }

    /// The row that the cursor is in, counted on over what was scrolled: the next line stands in the next row,
    /// whether or not what stands above was moved up for it.
    pub(crate) fn scrolled_row(&self) -> u64 {
        self.scrolled + u64::from(self.cursor.row)
    }

    pub(crate) fn is_alternate(&self) -> bool {
        self.is_alternate
    }

    /// Whether a row goes on in the next, as text ran over its end.
    pub(crate) fn wraps(&self, row: u16) -> bool {
        self.shown.grid.line(row).is_some_and(|line| line.wraps)
    }

    /// The row above the cursor's goes on in it.
    pub(crate) fn join(&mut self) {
        if let Some(above) = self.cursor.row.checked_sub(1) {
            self.shown.grid.line_mut(above).wraps = true;
        }
    }

    /// How many columns there are.
    pub(crate) fn columns(&self) -> u16 {
        self.columns
    }

    /// The characters of a row, up to the last cell that isn't blank: one item for each, whether it takes one column or
    /// two.
    #[cfg(test)]
    pub(crate) fn row(&self, row: u16) -> impl Iterator<Item = Cell> + '_ {
        let slots = self
            .shown
            .grid
            .line(row)
            .into_iter()
            .flat_map(|line| line.slots(self.columns.into()));
        slots.filter(|slot| slot.shows()).map(Cell::of)
    }

    /// Adds the characters of a row that begin in these columns, as far as it isn't blank.
    pub(crate) fn add_row(&self, row: u16, columns: Range<u16>, into: &mut Vec<Cell>) {
        let Some(line) = self.shown.grid.line(row) else { return };
        let (held, ground) = line.cells();
        let (from, to) = (usize::from(columns.start), usize::from(columns.end.min(self.columns)));
        let part = held.get(from..to.min(held.len())).unwrap_or_default();
        into.reserve(part.len());
        into.extend(part.iter().filter(|slot| slot.shows()).copied().map(Cell::of));
        if let Some(ground) = ground {
            let rest = to.saturating_sub(held.len().max(from));
            into.extend(std::iter::repeat_n(Cell::of(ground), rest));
        }
    }

    /// Whether this row and all below are blank.
    pub(crate) fn blank_from(&self, row: u16) -> bool {
        (row..self.rows).all(|row| self.shown.grid.line(row).is_none_or(line::Line::is_blank))
    }

    /// Puts a character at the cursor.
    fn put(&mut self, slot: Slot, wide: bool) {
        let mut room = self.begin();
        if wide && room < 2 {
            if !self.modes.wrap {
                // There is no room for it, nor will there be: terminals don't show it.
                self.cursor.pending = true;
                return;
            }
            // What stands in the last column stays.
            self.wrap();
            room = self.columns;
        }
        let width = 1 + usize::from(wide);
        let (at, columns) = (self.cursor.column.into(), usize::from(self.columns));
        let line = self.shown.grid.line_mut(self.cursor.row);
        if self.modes.insert && width < usize::from(room) {
            line.insert(at, width, columns);
        }
        if wide {
            line.write_wide(at, slot, columns);
        } else {
            line.write(at, slot, columns);
        }
        self.advance(width);
    }

    /// Goes to the next line where the last character asked for it. Gives the columns that are left, at least 1.
    fn begin(&mut self) -> u16 {
        if self.cursor.pending && self.modes.wrap {
            self.wrap();
        }
        self.columns - self.cursor.column
    }

    /// Moves the cursor over what was written, no farther than the end of the line.
    fn advance(&mut self, width: usize) {
        let room = self.columns - self.cursor.column;
        match u16::try_from(width) {
            Ok(width) if width < room => {
                self.cursor.column += width;
                self.cursor.pending = false;
            }
            Ok(_) | Err(_) => {
                self.cursor.column = self.columns - 1;
                self.cursor.pending = true;
            }
        }
    }

    /// Goes on in the next line, and marks the one that it comes from.
    fn wrap(&mut self) {
        let row = self.cursor.row;
        let scrolled = self.line_feed();
        (self.cursor.column, self.cursor.pending) = (0, false);
        let stays_above = if scrolled {
            self.bottom - self.top > 1
        } else {
            self.cursor.row > row
        };
        if stays_above {
            self.shown.grid.line_mut(self.cursor.row - 1).wraps = true;
        }
    }

    /// Goes one row down, and tells whether the rows scrolled for it.
    fn line_feed(&mut self) -> bool {
        if self.cursor.row + 1 == self.bottom {
            self.shown.grid.scroll_up(self.top, self.bottom, 1);
            self.changed = true;
            self.scrolled += 1;
            return true;
        }
        self.cursor.row = (self.cursor.row + 1).min(self.rows - 1);
        false
    }
}
