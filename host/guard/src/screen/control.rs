//! Controls: what moves the cursor, erases, shifts, scrolls and switches.

use super::line::Slot;
use super::params::Params;
use super::tabs::Tabs;
use super::{Cursor, Modes, Moved, Saved, Screen};

const ESC: u8 = 0x1b;

impl Screen {
    /// Carries out one whole control: a byte, or an escape sequence from its ESC to its final byte. What isn't known
    /// does nothing, here as in terminals.
    pub(crate) fn control(&mut self, sequence: &[u8]) -> Moved {
        let before = self.cursor;
        self.changed = false;
        match sequence {
            [ESC, b'[', body @ ..] => {
                // Terminals carry out a control within a sequence at once.
                body.iter()
                    .filter(|byte| **byte < 0x20)
                    .for_each(|byte| self.byte(*byte));
                if let Some(params) = Params::read(body) {
                    self.sequence(&params);
                }
            }
            [ESC, b'#', b'8'] => self.pattern(),
            [ESC, last] => self.escape(*last),
            [byte] => self.byte(*byte),
            // Strings, such as titles, and character sets.
            _ => {}
        }
        if self.changed || self.cursor != before {
            Moved::Yes
        } else {
            Moved::No
        }
    }

    fn byte(&mut self, byte: u8) {
        match byte {
            0x08 => self.left(1),
            b'\t' => self.cursor.column = self.tabs.after(self.cursor.column),
            b'\n' | 0x0b | 0x0c => {
                self.line_feed();
                if self.modes.newline {
                    self.column(0);
                }
            }
            b'\r' => self.column(0),
            _ => {}
        }
    }

    fn escape(&mut self, last: u8) {
        match last {
            b'7' => self.save(),
            b'8' => self.restore(),
            b'D' => {
                self.line_feed();
            }
            b'E' => {
                self.line_feed();
                self.column(0);
            }
            b'H' => self.tabs.set(self.cursor.column, true),
            b'M' => self.reverse_feed(),
            b'c' => {
                *self = Self::new(self.columns, self.rows);
                self.changed = true;
            }
            _ => {}
        }
    }

    fn sequence(&mut self, params: &Params) {
        let n = params.count(0);
        match (params.private, params.intermediate, params.last) {
            (None, None, b'@') => self.edit(|line, at, columns| line.insert(at, n.into(), columns)),
            (None, None, b'A') => self.up(n),
            (None, None, b'B' | b'e') => self.down(n),
            (None, None, b'C' | b'a') => self.column(self.cursor.column.saturating_add(n)),
            (None, None, b'D') => self.left(n),
            (None, None, b'E') => {
                self.down(n);
                self.column(0);
            }
            (None, None, b'F') => {
                self.up(n);
                self.column(0);
            }
            (None, None, b'G' | b'`') => self.column(n - 1),
            (None, None, b'H' | b'f') => {
                self.row_from_origin(n - 1);
                self.column(params.count(1) - 1);
            }
            (None, None, b'I') => self.tab(n),
            (None | Some(b'?'), None, b'J') => self.erase_rows(params.get(0)),
            (None | Some(b'?'), None, b'K') => self.erase_line(params.get(0)),
            (None, None, b'L') => self.shift_rows(n, true),
            (None, None, b'M') => self.shift_rows(n, false),
            (None, None, b'P') => self.edit(|line, at, columns| line.delete(at, n.into(), columns)),
            (None, None, b'S') => self.scroll(n, false),
            // With five parameters it asks for mouse tracking.
            (None, None, b'T') if params.all().count() != 5 => self.scroll(n, true),
            (None, None, b'X') => {
                self.edit(|line, at, columns| line.erase(at, columns.min(at + usize::from(n)), columns));
            }
            (None, None, b'Z') => self.tab_back(n),
            (None, None, b'b') => self.repeat(n),
            (None, None, b'd') => self.row_from_origin(n - 1),
            (None, None, b'g') => match params.get(0) {
                0 => self.tabs.set(self.cursor.column, false),
                3 => self.tabs.clear(),
                _ => {}
            },
            (Some(b'?'), None, b'W') if params.get(0) == 5 => self.tabs = Tabs::new(self.columns),
            (None, None, b'h' | b'l') => params.all().for_each(|mode| self.mode(mode, params.last == b'h')),
            (Some(b'?'), None, b'h' | b'l') => {
                params
                    .all()
                    .for_each(|mode| self.private_mode(mode, params.last == b'h'));
            }
            (None, Some(b'!'), b'p') => {
                self.modes = Modes::INITIAL;
                (self.top, self.bottom) = (0, self.rows);
                self.shown.saved = Saved::default();
            }
            (None, None, b'r') => self.region(n, params.get(1)),
            (None, None, b's') => self.save(),
            (None, None, b'u') => self.restore(),
            _ => {}
        }
    }

    fn mode(&mut self, mode: u16, on: bool) {
        match mode {
            4 => self.modes.insert = on,
            20 => self.modes.newline = on,
            _ => {}
        }
    }

    fn private_mode(&mut self, mode: u16, on: bool) {
        match mode {
            6 => {
                self.modes.origin = on;
                self.home();
            }
            7 => self.modes.wrap = on,
            47 => self.switch(on),
            1047 => {
                if !on && self.is_alternate {
                    self.changed |= self.shown.grid.clear(0, self.rows);
                }
                self.switch(on);
            }
            1048 if on => self.save(),
            1048 => self.restore(),
            1049 if on => {
                self.save();
                self.switch(true);
                self.changed |= self.shown.grid.clear(0, self.rows);
            }
            1049 => {
                self.switch(false);
                self.restore();
            }
            _ => {}
        }
    }

    fn switch(&mut self, alternate: bool) {
        if self.is_alternate != alternate {
            std::mem::swap(&mut self.shown, &mut self.hidden);
            self.is_alternate = alternate;
            self.changed = true;
        }
    }

    fn save(&mut self) {
        self.shown.saved = Saved {
            cursor: self.cursor,
            origin: self.modes.origin,
        };
    }

    fn restore(&mut self) {
        let Saved { cursor, origin } = self.shown.saved;
        (self.cursor, self.modes.origin) = (cursor, origin);
    }

    fn column(&mut self, column: u16) {
        self.cursor.column = column.min(self.columns - 1);
        self.cursor.pending = false;
    }

    fn left(&mut self, count: u16) {
        self.column(self.cursor.column.saturating_sub(count));
    }

    /// Goes up, not out of the rows that scroll.
    fn up(&mut self, count: u16) {
        let limit = if self.cursor.row < self.top { 0 } else { self.top };
        self.cursor.row = self.cursor.row.saturating_sub(count).max(limit);
        self.cursor.pending = false;
    }

    /// Goes down, not out of the rows that scroll.
    fn down(&mut self, count: u16) {
        let limit = if self.cursor.row < self.bottom {
            self.bottom
        } else {
            self.rows
        };
        self.cursor.row = self.cursor.row.saturating_add(count).min(limit - 1);
        self.cursor.pending = false;
    }

    fn row_from_origin(&mut self, row: u16) {
        let (first, end) = if self.modes.origin {
            (self.top, self.bottom)
        } else {
            (0, self.rows)
        };
        self.cursor.row = row.saturating_add(first).min(end - 1);
        self.cursor.pending = false;
    }

    fn home(&mut self) {
        self.row_from_origin(0);
        self.column(0);
    }

    fn tab(&mut self, count: u16) {
        for _ in 0..count {
            if self.cursor.column + 1 == self.columns {
                break;
            }
            self.cursor.column = self.tabs.after(self.cursor.column);
        }
    }

    fn tab_back(&mut self, count: u16) {
        for _ in 0..count {
            if self.cursor.column == 0 {
                break;
            }
            self.column(self.tabs.before(self.cursor.column));
        }
    }

    fn reverse_feed(&mut self) {
        if self.cursor.row == self.top {
            self.scroll(1, true);
        } else {
            self.cursor.row = self.cursor.row.saturating_sub(1);
        }
    }

    fn scroll(&mut self, count: u16, down: bool) {
        let rows = u64::from(count);
        self.scrolled = if down {
            self.scrolled.saturating_sub(rows)
        } else {
            self.scrolled + rows
        };
        self.turn(self.top, count, down);
    }

    /// Inserts or deletes lines at the cursor.
    fn shift_rows(&mut self, count: u16, down: bool) {
        if (self.top..self.bottom).contains(&self.cursor.row) {
            self.turn(self.cursor.row, count, down);
        }
    }

    fn turn(&mut self, top: u16, count: u16, down: bool) {
        if down {
            self.shown.grid.scroll_down(top, self.bottom, count);
        } else {
            self.shown.grid.scroll_up(top, self.bottom, count);
        }
        self.changed = true;
    }

    fn region(&mut self, top: u16, bottom: u16) {
        let bottom = if bottom == 0 { self.rows } else { bottom.min(self.rows) };
        // A region has at least two rows, but for the whole of a screen that has one.
        if top < bottom || (top == 1 && bottom == self.rows) {
            (self.top, self.bottom) = (top - 1, bottom);
            self.home();
        }
    }

    fn erase_rows(&mut self, what: u16) {
        let row = self.cursor.row;
        match what {
            0 => {
                self.erase_line(0);
                self.changed |= self.shown.grid.clear(row + 1, self.rows);
            }
            1 => {
                self.erase_line(1);
                self.changed |= self.shown.grid.clear(0, row);
            }
            2 => self.changed |= self.shown.grid.clear(0, self.rows),
            _ => {}
        }
    }

    fn erase_line(&mut self, what: u16) {
        match what {
            // The cursor stands after the last column: nothing is to the right of it.
            0 if self.cursor.pending => {}
            0 => self.edit(|line, at, columns| line.erase(at, columns, columns)),
            1 => self.edit(|line, at, columns| line.erase(0, at + 1, columns)),
            2 => self.edit(|line, _, _| line.clear()),
            _ => {}
        }
    }

    /// Changes the cursor's line; `change` is given the cursor's column and how many there are.
    fn edit(&mut self, change: impl FnOnce(&mut super::line::Line, usize, usize) -> bool) {
        let (at, columns) = (self.cursor.column.into(), self.columns.into());
        self.changed |= change(self.shown.grid.line_mut(self.cursor.row), at, columns);
    }

    /// Fills the screen with the test pattern.
    fn pattern(&mut self) {
        self.shown.grid.fill(Slot::PATTERN);
        (self.top, self.bottom) = (0, self.rows);
        self.modes.origin = false;
        self.cursor = Cursor::default();
        self.changed = true;
    }

    /// Prints the last character again, with no more work than the screen has cells however often that is asked for.
    fn repeat(&mut self, count: u16) {
        let Some((c, raw)) = self.last else { return };
        let width = if c.is_ascii() || self.columns == 1 {
            1
        } else {
            c.width_in_columns()
        };
        let a_line = u32::from((self.columns / width).max(1));
        // Once all lines are full, another full line changes nothing. Wide characters may leave the last column as it
        // was: those lines have to scroll out first.
        let lines = u32::from(self.rows) * u32::from(width) + 2;
        let enough = a_line * lines;
        let mut left = u32::from(count);
        if left > enough {
            left = enough + (left - enough) % a_line;
        }
        self.changed = true;
        while left > 0 {
            if width == 1 && self.modes.wrap && left >= a_line && (self.cursor.pending || self.cursor.column == 0) {
                self.begin();
                self.shown.grid.line_mut(self.cursor.row).fill(Slot::new(c, raw));
                self.advance(self.columns.into());
                left -= a_line;
            } else {
                self.put(Slot::new(c, raw), width == 2);
                left -= 1;
            }
        }
    }
}

/// How many columns a character that was printed takes.
trait Columns {
    fn width_in_columns(self) -> u16;
}

impl Columns for char {
    fn width_in_columns(self) -> u16 {
        use unicode_width::UnicodeWidthChar as _;
        if self.width().unwrap_or(1) > 1 { 2 } else { 1 }
    }
}
