//! The screen tier: what is written between two movements of the cursor is a stroke, and is read together with what
//! stands before and behind it in its row.

use super::control::{State, Told};
use super::credit::Credit;
use super::line::{Run, char_len};
use super::sight::plain_and_seen;
use super::{Feed, Pause};
use crate::output::Size;
use crate::screen::{Cell, Screen};
use crate::view::View;

/// How many cells of rows that go on in one another are read again while a suspect is open: a key of 4096 bits on one
/// line of a file has fewer.
const REACH_OPEN: usize = 4096;
/// How many times as much as its cells it costs to read rows again beyond the one above: programs that draw a line row
/// by row do so a few dozen times, and one that moves the cursor about in it without end does nothing else.
const FAR: usize = 4;

/// The screen, and whether a stroke is being written.
pub(super) struct Strokes {
    screen: Screen,
    open: bool,
    /// Only controls have come since all before was settled and calm.
    still: bool,
    /// The row that the stroke filled, counted on over what was scrolled: what is written next where the row below
    /// begins goes on with it, however the cursor comes there.
    full: Option<u64>,
    /// What was read of a row last, kept for its room.
    cells: Vec<Cell>,
}

impl Strokes {
    /// A blank screen.
    pub(super) fn new(size: Size) -> Self {
        Self {
            screen: Screen::new(size.columns, size.rows),
            open: false,
            still: false,
            full: None,
            cells: Vec::new(),
        }
    }

    /// Takes in what was written before the program came to the screen, or since it left it. `from` is where the
    /// bytes begin.
    pub(super) fn replay(&mut self, bytes: &[u8], from: u64) {
        let screen = &mut self.screen;
        (self.open, self.still, self.full) = (false, false, None);
        let mut state = State::Ground;
        let mut began = 0;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if state == State::Ground {
                if byte == 0x1B {
                    state = State::Escape;
                    began = at;
                    at += 1;
                } else if byte < 0x20 || byte == 0x7F {
                    screen.control(&[byte]);
                    at += 1;
                } else {
                    let len = char_len(&bytes[at..]);
                    screen.print(char_at(&bytes[at..at + len]), from + at as u64);
                    at += len;
                }
                continue;
            }
            match state.take(byte) {
                Told::Last => {
                    screen.control(&bytes[began..=at]);
                    at += 1;
                }
                Told::Anew => {
                    began = at;
                    at += 1;
                }
                Told::Inside | Told::Payload | Told::Acts => at += 1,
                Told::Broken => {}
            }
        }
    }

    /// What has come is about to be searched.
    pub(super) fn settle(&mut self) {
        self.still = false;
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.screen.resize(size.columns, size.rows);
        // Rows have other ends now: nothing goes on with it.
        self.full = self.full.map(|_| u64::MAX - 1);
    }

    pub(super) fn is_alternate(&self) -> bool {
        self.screen.is_alternate()
    }

    /// The cursor is on a new line below everything, as where lines are only written on.
    pub(super) fn is_over(&self) -> bool {
        let (row, column) = self.screen.cursor();
        !self.screen.is_alternate() && column == 0 && self.screen.blank_from(row)
    }

    /// The row and the column of the cursor, the row counted on over what was scrolled.
    pub(super) fn cursor(&self) -> (u64, u16) {
        (self.screen.scrolled_row(), self.screen.cursor().1)
    }

    /// How many cells stand before the cursor in its row.
    pub(super) fn column(&self) -> u64 {
        u64::from(self.screen.cursor().1)
    }

    /// How many blanks a cursor went over that stayed in its row; 0 where it went back, or over anything else.
    pub(super) fn blanks(&mut self, from: (u64, u16), to: (u64, u16)) -> usize {
        if from.0 != to.0 || from.1 >= to.1 {
            return 0;
        }
        let mut over = std::mem::take(&mut self.cells);
        over.clear();
        let (row, _) = self.screen.cursor();
        self.screen.add_row(row, from.1..to.1, &mut over);
        let is_blank = over.iter().all(|cell| cell.raw.is_none() || cell.c == ' ');
        self.cells = over;
        if is_blank { usize::from(to.1 - from.1) } else { 0 }
    }

    /// A blank that is read by nobody, and the way back over it.
    pub(super) fn wrap(&mut self, at: u64) {
        self.screen.print_ascii(b" ", at);
        self.screen.control(b"\x08");
    }

    /// Text without line feeds.
    pub(super) fn write(
        &mut self,
        text: &[u8],
        at: u64,
        credit: &mut Credit,
        feed: &mut Feed<'_>,
    ) -> Result<(), Pause> {
        // What nothing holds is read apart: a word begins where the row does.
        let goes_on = self.is_full() && feed.is_followed();
        if !self.open || (self.full.is_some() && !goes_on) {
            if self.still {
                feed.pass(at);
            } else {
                feed.settled_at(at)?;
            }
            self.let_go(at, feed);
            self.begin(1, at, credit, feed);
        } else if goes_on {
            self.screen.join();
            self.full = None;
            plain_and_seen(feed.views).1.joint();
        }
        self.still = false;
        let (_, seen) = plain_and_seen(feed.views);
        seen.same(text, at);
        let mut read = 0;
        while read < text.len() {
            let ascii = text[read..]
                .iter()
                .take_while(|byte| (0x20..0x7F).contains(*byte))
                .count();
            let place = at + read as u64;
            if ascii > 0 {
                self.screen.print_ascii(&text[read..read + ascii], place);
                read += ascii;
            } else if text[read] < 0x20 {
                self.screen.control(&text[read..=read]);
                read += 1;
            } else {
                let len = char_len(&text[read..]);
                self.screen.print(char_at(&text[read..read + len]), place);
                read += len;
            }
        }
        Ok(())
    }

    /// A control that moves the cursor, or changes what stands on the screen.
    pub(super) fn control(
        &mut self,
        sequence: &[u8],
        at: u64,
        credit: &mut Credit,
        feed: &mut Feed<'_>,
    ) -> Result<(), Pause> {
        if self.still {
            feed.pass(at);
        } else {
            feed.settled_at(at)?;
            self.still = feed.calm_at(at);
        }
        let full = self.fills_row();
        let (before, _) = self.screen.cursor();
        let live = feed.is_followed();
        let waits = self.full.is_some() || (self.open && full && live && !self.screen.wraps(before));
        if waits {
            self.full = self.full.or(Some(self.screen.scrolled_row()));
            self.screen.control(sequence);
            return Ok(());
        }
        if self.open {
            let (_, seen) = plain_and_seen(feed.views);
            let rest = self.rest();
            if !rest.is_empty() {
                // A stroke and what stands behind it may be something together.
                self.still = false;
                if credit.spend(rest.len(), at) {
                    seen.joint();
                    copy(&rest, seen, at, feed.emitted);
                }
            }
            seen.boundary(at);
            self.cells = rest;
            self.open = false;
        }
        if live && full {
            // What stands in the row below may be written over.
            self.begin_before((before + 1, 0), self.rows_open(), at, credit, feed);
            self.full = Some(self.screen.scrolled_row());
            self.screen.control(sequence);
            return Ok(());
        }
        self.screen.control(sequence);
        let (row, column) = self.screen.cursor();
        // A row that the one above goes on in is read with it, from its first cell on.
        let goes_on = column > 0 || (row > 0 && self.screen.wraps(row - 1));
        if live && row == before && goes_on {
            // What a suspect holds is read on from where the cursor is, before it is let go.
            self.begin(self.rows_open(), at, credit, feed);
        }
        Ok(())
    }

    /// Ends the reading of a row that was filled, and that nothing went on with.
    pub(super) fn let_go(&mut self, at: u64, feed: &mut Feed<'_>) {
        if self.full.take().is_some() {
            plain_and_seen(feed.views).1.boundary(at);
            self.open = false;
        }
    }

    /// Whether the line that comes next goes on with what is read.
    pub(super) fn is_full(&self) -> bool {
        self.full.is_some_and(|row| self.cursor() == (row + 1, 0))
    }

    /// Whether the last cell of the cursor's row was written last, and holds something.
    fn fills_row(&mut self) -> bool {
        let (row, column) = self.screen.cursor();
        let columns = self.screen.columns();
        if column < columns {
            return false;
        }
        let mut last = std::mem::take(&mut self.cells);
        last.clear();
        self.screen.add_row(row, columns - 1..columns, &mut last);
        let is_written = last.iter().any(|cell| cell.raw.is_some() && cell.c != ' ');
        self.cells = last;
        is_written
    }

    /// How many rows are read again while a suspect is open: it may have begun many rows above.
    fn rows_open(&self) -> usize {
        (REACH_OPEN / usize::from(self.screen.columns()).max(1)).max(1)
    }

    /// A control that changes how things look or are written from now on.
    pub(super) fn style(&mut self, sequence: &[u8]) {
        // Most are colours, which a screen without any knows nothing of.
        if !sequence.ends_with(b"m") {
            self.screen.control(sequence);
        }
    }

    /// Reads what stands before the cursor, in its row and in those above that go on in it: so many at most, or the one
    /// above where there is no more credit than for that.
    fn begin(&mut self, rows: usize, at: u64, credit: &mut Credit, feed: &mut Feed<'_>) {
        self.begin_before(self.screen.cursor(), rows, at, credit, feed);
    }

    /// The same before another place.
    fn begin_before(
        &mut self,
        (row, column): (u16, u16),
        rows: usize,
        at: u64,
        credit: &mut Credit,
        feed: &mut Feed<'_>,
    ) {
        let mut cells = std::mem::take(&mut self.cells);
        cells.clear();
        let above = self.rows_above(row, rows);
        let far = above > 1;
        let mut last = 0;
        for above in (row - above)..row {
            last = cells.len();
            self.screen.add_row(above, 0..u16::MAX, &mut cells);
        }
        if column > 0 {
            self.screen.add_row(row, 0..column, &mut cells);
        }
        let is_paid = far && credit.spend_spare(cells.len() * FAR, at);
        if !is_paid {
            cells.drain(..last);
        }
        let blank = cells.iter().take_while(|cell| cell.raw.is_none()).count();
        let before = &cells[blank..];
        let (_, seen) = plain_and_seen(feed.views);
        seen.boundary(at);
        if is_paid || credit.spend(before.len(), at) {
            copy(before, seen, at, feed.emitted);
        }
        if !before.is_empty() {
            seen.joint();
        }
        self.cells = cells;
        self.open = true;
    }

    /// How many rows above this one go on in it, so many at most.
    fn rows_above(&self, row: u16, most: usize) -> u16 {
        let above = (0..row).rev().take(most).take_while(|row| self.screen.wraps(*row));
        row - above.last().unwrap_or(row)
    }

    /// What stands behind the cursor, up to the last cell that holds anything.
    fn rest(&mut self) -> Vec<Cell> {
        let (row, column) = self.screen.cursor();
        let mut rest = std::mem::take(&mut self.cells);
        rest.clear();
        self.screen.add_row(row, column..u16::MAX, &mut rest);
        if self.screen.wraps(row) {
            self.screen.add_row(row + 1, 0..u16::MAX, &mut rest);
        }
        let written = rest
            .iter()
            .rposition(|cell| cell.raw.is_some())
            .map_or(0, |last| last + 1);
        rest.truncate(written);
        rest
    }
}

fn char_at(bytes: &[u8]) -> char {
    let text = std::str::from_utf8(bytes).ok();
    text.and_then(|text| text.chars().next())
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Copies cells into the view, those that stand behind one another in the raw stream together.
fn copy(cells: &[Cell], seen: &mut View, when: u64, floor: u64) {
    let mut run = Run::new(when, floor);
    for cell in cells {
        match cell.raw {
            Some(raw) if cell.c != char::REPLACEMENT_CHARACTER && cell.c.len_utf8() == usize::from(cell.len) => {
                let mut bytes = [0; 4];
                run.push(cell.c.encode_utf8(&mut bytes).as_bytes(), raw, seen);
            }
            Some(_) | None => {
                run.end(seen);
                seen.mark(b' ', when);
            }
        }
    }
    run.end(seen);
}
