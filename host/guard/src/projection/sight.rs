//! What a reader sees: the line that is written over, wrapped lines as one, and the screen once it is moved over
//! freely.
//!
//! As long as a line is only written on, the plain text says all of it, and nothing is done here.

mod edited;
mod screen;

use self::edited::Edited;
use self::screen::Left;
use super::control::{Effect, Part};
use super::credit::Credit;
use super::line::line_start;
use super::rows::{begins_text, is_next_row, skip};
use super::strokes::Strokes;
use super::width::{ascii_cells, cells};
use super::{Feed, LINE, Pause};
use crate::output::{Outlet, Size};
use crate::view::{PLAIN, SEEN, View};

/// How many cells are read again while a suspect is open, or where a line is put together with the next.
const REACH_OPEN: usize = 1024;
/// Texts up to this length, as between two colours, are counted before a line's end is looked for.
const SHORT: usize = 24;

/// The tiers.
pub(super) struct Sight {
    tier: Tier,
    size: Size,
    /// Lines that fill the terminal's width are put together; 0 where there is no terminal.
    columns: u64,
    /// Cells of the line so far, counted where lines are put together.
    cells: u64,
    /// The line goes on in the next, and the view of what is seen follows.
    joined: bool,
    /// A blank begins the next row, and the cursor is about to go back over it.
    blank: bool,
    /// Nothing was written in the row since that was done: a line's end there is no full row's.
    begun: bool,
    credit: Credit,
    /// A control of a screen left the cursor where it was, as where a row's end is cleared: what is written in the
    /// row behind it is read apart.
    parts: bool,
    /// The screen that was left last, while a program that comes back could still find it so.
    left: Option<Left>,
}

/// How what comes is read.
enum Tier {
    /// The line is only written on.
    Plain,
    /// Something on the line was written over.
    Line(Edited),
    /// The cursor moves freely.
    Screen(Box<Strokes>),
}

impl Sight {
    pub(super) fn new(outlet: Outlet, size: Size) -> Self {
        let mut sight = Self {
            tier: Tier::Plain,
            size,
            columns: 0,
            cells: 0,
            joined: false,
            blank: false,
            begun: false,
            credit: Credit::whole(),
            parts: false,
            left: None,
        };
        if outlet == Outlet::Terminal {
            sight.columns = u64::from(size.columns);
        }
        sight
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        if self.columns > 0 {
            self.columns = u64::from(size.columns);
        }
        match &mut self.tier {
            Tier::Screen(strokes) => strokes.resize(size),
            // What was written since it was left is of the other size, and programs draw anew after another one.
            Tier::Plain | Tier::Line(_) => self.left = None,
        }
    }

    /// What has come is about to be searched: what is found may be followed from then on.
    pub(super) fn settle(&mut self) {
        match &mut self.tier {
            Tier::Screen(strokes) => strokes.settle(),
            Tier::Plain | Tier::Line(_) => {}
        }
    }

    /// Takes text of whole characters in, and those returns before its line feeds that do nothing else. Answers how
    /// many bytes of it; 0 where what comes next has to be known.
    pub(super) fn text(&mut self, text: &[u8], at: u64, feed: &mut Feed<'_>) -> Result<usize, Pause> {
        let text = self.upto_return(text);
        let Some(front) = self.before_blank(text) else {
            return self.characters(text, at, feed);
        };
        match feed.raw.get(at + text.len() as u64) {
            None if !feed.ended && front.is_empty() => Ok(0),
            None if !feed.ended => self.characters(front, at, feed),
            // A line that is over returns as well: only what a suspect may go on with is read without the blank.
            Some(next @ (0x08 | b'\r')) => {
                if next == b'\r' {
                    if !front.is_empty() {
                        return self.characters(front, at, feed);
                    }
                    feed.settled_at(at)?;
                    if !feed.is_followed() {
                        return self.characters(text, at, feed);
                    }
                }
                let read = match front {
                    [] => 0,
                    front => self.characters(front, at, feed)?,
                };
                if read < front.len() {
                    return Ok(read);
                }
                self.pass_blank(at + read as u64);
                Ok(read + 1)
            }
            Some(_) | None => self.characters(text, at, feed),
        }
    }

    /// The text up to the first return that may do more than to end a line, where the line isn't only written on or may
    /// fill its row, or up to the first row that is full. What is looked at is read at once, so no part of the text is
    /// looked at twice.
    fn upto_return<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        if !matches!(self.tier, Tier::Plain) || self.joined {
            return &text[..memchr::memchr(b'\r', text).unwrap_or(text.len())];
        }
        if self.columns == 0 {
            return text;
        }
        let (mut line, mut before) = (0, self.cells);
        for end in memchr::memchr2_iter(b'\r', b'\n', text) {
            // A line has no more cells than bytes.
            let may_be_full = end > 0 && before + (end - line) as u64 >= self.columns;
            let is_return = text[end] == b'\r';
            if may_be_full && (is_return || (before + cells(&text[line..end])).is_multiple_of(self.columns)) {
                return &text[..end];
            }
            if !is_return {
                (line, before) = (end + 1, 0);
            }
        }
        text
    }

    /// What stands before a blank that begins a row behind a full one. Programs write it, and go back over it or return
    /// to where the row begins, to have the terminal wrap: the line goes on where the blank stands, and nothing was written over.
    fn before_blank<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let [front @ .., b' '] = text else { return None };
        if self.columns == 0 {
            return None;
        }
        let (column, row) = match memchr::memrchr(b'\n', front) {
            Some(at) => (0, &front[at + 1..]),
            None => (self.column(), front),
        };
        let column = column + cells(row);
        (column > 0 && column.is_multiple_of(self.columns)).then_some(front)
    }

    pub(super) fn is_screen(&self) -> bool {
        matches!(self.tier, Tier::Screen(_))
    }

    /// How many cells stand before the cursor in its line, or in its row.
    fn column(&self) -> u64 {
        match &self.tier {
            Tier::Plain => self.cells,
            Tier::Line(edited) => edited.line.cursor() as u64,
            Tier::Screen(strokes) => strokes.column(),
        }
    }

    /// Whether the line that is written goes on from rows above.
    pub(super) fn is_wrapped(&self) -> bool {
        self.columns > 0 && !self.is_screen() && self.column() > self.columns
    }

    /// Passes over such a blank, which no view has, and over the way back.
    fn pass_blank(&mut self, at: u64) {
        if let Tier::Screen(strokes) = &mut self.tier {
            strokes.wrap(at);
        }
        self.blank = true;
        self.begun = true;
    }

    /// Whether the cursor goes back over such a blank: that was done with it.
    pub(super) fn is_back_over_blank(&mut self) -> bool {
        std::mem::take(&mut self.blank)
    }

    fn characters(&mut self, text: &[u8], at: u64, feed: &mut Feed<'_>) -> Result<usize, Pause> {
        self.begun &= text.first() == Some(&b'\n');
        if matches!(self.tier, Tier::Plain) && self.columns == 0 {
            feed.views[PLAIN.0 as usize].same(text, at);
            return Ok(text.len());
        }
        let mut read = self.plain_lines(text, at, feed);
        while read < text.len() {
            let rest = &text[read..];
            let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let place = at + read as u64;
            let step = if rest[0] == b'\r' {
                // This one does more than to end a line that is only written on.
                break;
            } else if length == 0 {
                self.line_feed(place, feed).map(|()| 1)
            } else {
                self.write(&rest[..length], place, feed).map(|()| length)
            };
            match step {
                Ok(taken) => read += taken,
                Err(pause) if read == 0 => return Err(pause),
                Err(Pause) => return Ok(read),
            }
            if matches!(self.tier, Tier::Plain) && self.columns == 0 {
                break;
            }
        }
        Ok(read)
    }

    /// Takes in text that is only written on, as far as no line is put together with the next. Answers how many bytes.
    fn plain_lines(&mut self, text: &[u8], at: u64, feed: &mut Feed<'_>) -> usize {
        if !matches!(self.tier, Tier::Plain) || self.joined {
            return 0;
        }
        if text.len() <= SHORT
            && let Some(cells) = ascii_cells(text)
        {
            self.cells += cells;
            feed.views[PLAIN.0 as usize].same(text, at);
            return text.len();
        }
        let mut read = 0;
        while read < text.len() {
            let rest = &text[read..];
            let Some(line_end) = memchr::memchr(b'\n', rest) else {
                self.cells += cells(rest);
                read = text.len();
                break;
            };
            // A line of fewer bytes than there are columns doesn't fill them.
            if self.cells + line_end as u64 >= self.columns {
                let cells = self.cells + cells(&rest[..line_end]);
                if cells >= self.columns && cells.is_multiple_of(self.columns) {
                    break;
                }
            }
            self.cells = 0;
            read += line_end + 1;
        }
        feed.views[PLAIN.0 as usize].same(&text[..read], at);
        read
    }

    /// Text without line feeds.
    fn write(&mut self, text: &[u8], at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        match &mut self.tier {
            Tier::Plain => {
                self.cells += cells(text);
                if self.joined {
                    feed.views[SEEN.0 as usize].same(text, at);
                }
            }
            Tier::Line(edited) => {
                edited.line.write(text, |index| at + index as u64);
                edited.written = true;
                if !edited.fresh {
                    feed.views[SEEN.0 as usize].same(text, at);
                }
            }
            Tier::Screen(strokes) => {
                strokes.write(text, at, &mut self.credit, feed)?;
                if std::mem::take(&mut self.parts) {
                    feed.views[PLAIN.0 as usize].boundary(at);
                }
            }
        }
        feed.views[PLAIN.0 as usize].same(text, at);
        Ok(())
    }

    fn line_feed(&mut self, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        match &mut self.tier {
            Tier::Plain => {
                self.join(at, feed)?;
                self.cells = 0;
            }
            Tier::Line(_) => {
                self.join_edited(at, feed)?;
                if !self.joined {
                    self.close(at, feed)?;
                }
                self.tier = Tier::Plain;
                self.cells = 0;
            }
            Tier::Screen(strokes) => {
                strokes.control(b"\n", at, &mut self.credit, feed)?;
                self.parts = false;
                if strokes.is_over() {
                    // What filled the row above goes on in the line that comes.
                    self.joined = strokes.is_full();
                    if self.joined {
                        feed.views[SEEN.0 as usize].joint();
                    } else {
                        strokes.let_go(at, feed);
                    }
                    self.leave_screen(at);
                }
            }
        }
        self.begun = false;
        feed.views[PLAIN.0 as usize].same(b"\n", at);
        Ok(())
    }

    /// A carriage return comes, and it is not known yet whether a line feed follows.
    pub(super) fn before_return(&mut self, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        match &self.tier {
            Tier::Plain if self.columns > 0 => self.join(at, feed),
            Tier::Line(_) => self.join_edited(at, feed),
            Tier::Plain | Tier::Screen(_) => Ok(()),
        }
    }

    /// The line ends. Where it fills the width it is put together with the next.
    fn join(&mut self, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        let full = self.columns > 0 && self.cells > 0 && self.cells.is_multiple_of(self.columns) && !self.begun;
        if full && !self.joined {
            feed.settled_at(at)?;
            let (plain, seen) = plain_and_seen(feed.views);
            let end = plain.text.end();
            let from = line_start(plain.text.slice(end.saturating_sub(LINE), end), end);
            let text = plain.text.slice(from.max(end.saturating_sub(REACH_OPEN as u64)), end);
            if self.credit.spend(text.len(), at) {
                seen.boundary(at);
                let from = end - text.len() as u64;
                let mut raws = plain.map.raws(from);
                for (place, byte) in (from..).zip(text) {
                    if let Some(raw) = raws(place) {
                        seen.copy(&[*byte], raw, at, feed.emitted);
                    }
                }
                seen.joint();
                self.joined = true;
            }
        } else if full {
            // What stands here does not follow in the raw stream either.
            feed.views[SEEN.0 as usize].joint();
        } else if self.joined && self.cells > 0 {
            feed.views[SEEN.0 as usize].boundary(at);
            self.joined = false;
        }
        if full {
            // The line feed that follows a carriage return finds no cells.
            self.cells = 0;
        }
        Ok(())
    }

    /// The cursor goes to the beginning of its line.
    pub(super) fn carriage_return(&mut self, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        if let Tier::Screen(strokes) = &mut self.tier {
            return strokes.control(b"\r", at, &mut self.credit, feed);
        }
        let columns = usize::try_from(self.columns).unwrap_or(0);
        self.edit(at, feed, |line| {
            let row = line.cursor().saturating_sub(1).checked_div(columns).unwrap_or(0);
            line.go(row * columns);
        })
    }

    /// A control that changes what is seen.
    pub(super) fn effect(
        &mut self,
        effect: Effect,
        sequence: &[u8],
        at: u64,
        feed: &mut Feed<'_>,
    ) -> Result<(), Pause> {
        if let Tier::Screen(strokes) = &mut self.tier {
            let (was_alternate, from) = (strokes.is_alternate(), strokes.cursor());
            strokes.control(sequence, at, &mut self.credit, feed)?;
            let plain = &mut feed.views[PLAIN.0 as usize];
            let is_alternate = strokes.is_alternate();
            if was_alternate == is_alternate {
                let to = strokes.cursor();
                let parted = std::mem::take(&mut self.parts);
                let goes_back = to.0 == from.0 && to.1 < from.1;
                if is_next_row(from, to) {
                    plain.mark(b'\n', at);
                } else if to == from || goes_back {
                    // What is written there is read apart, unless the row has begun with nothing: the next one parts
                    // of itself.
                    self.parts = parted || !begins_text(plain);
                } else {
                    let blanks = if parted { 0 } else { strokes.blanks(from, to) };
                    skip(plain, blanks, &mut self.credit, at);
                }
            } else {
                plain.boundary(at);
                strokes.let_go(at, feed);
            }
            if was_alternate && !is_alternate {
                self.leave_screen(at);
            }
            return Ok(());
        }
        let cells = |count: u32| count as usize;
        match effect {
            Effect::None => return Ok(()),
            // Where nothing is, nothing goes, and the cursor stays.
            Effect::Erase(_)
            | Effect::EraseCells(_)
            | Effect::Delete(_)
            | Effect::Insert(_)
            | Effect::Back(_)
            | Effect::Column(0)
                if self.is_new_line(&feed.views[PLAIN.0 as usize]) =>
            {
                return Ok(());
            }
            Effect::Erase(Part::Rest) => {
                // At the end of what is written there is nothing to erase.
                let nothing = match &self.tier {
                    Tier::Plain => true,
                    Tier::Line(edited) => edited.line.written(edited.line.cursor()) == 0,
                    Tier::Screen(_) => false,
                };
                if nothing {
                    return Ok(());
                }
                self.edit(at, feed, |line| line.erase(line.cursor(), usize::MAX))?;
            }
            // Farther back than the line's beginning there is nothing.
            Effect::Back(_) if self.is_at_rest() => {}
            Effect::Back(count) => self.edit(at, feed, |line| line.go(line.cursor().saturating_sub(cells(count))))?,
            Effect::Forward(count) => return self.go(at, feed, |cursor| cursor + cells(count)),
            Effect::Column(column) => return self.go(at, feed, |_| cells(column)),
            Effect::Erase(Part::Beginning) => self.edit(at, feed, |line| line.erase(0, line.cursor() + 1))?,
            Effect::Erase(Part::All) => self.edit(at, feed, |line| line.erase(0, usize::MAX))?,
            Effect::EraseCells(count) => {
                self.edit(at, feed, |line| line.erase(line.cursor(), line.cursor() + cells(count)))?;
            }
            Effect::Delete(count) => self.edit(at, feed, |line| line.delete(cells(count)))?,
            Effect::Insert(count) => self.edit(at, feed, |line| line.insert(cells(count)))?,
            Effect::Screen => return self.enter_screen(sequence, at, feed),
        }
        feed.views[PLAIN.0 as usize].boundary(at);
        Ok(())
    }

    /// A control that moves nothing and takes nothing away, but that a screen may have to know of, or that changes the
    /// colour of what comes next.
    pub(super) fn style(&mut self, sequence: &[u8], feed: &mut Feed<'_>) {
        if sequence.last() == Some(&b'm') {
            feed.views[PLAIN.0 as usize].colour(sequence);
        }
        match &mut self.tier {
            Tier::Screen(strokes) => strokes.style(sequence),
            Tier::Plain | Tier::Line(_) => {}
        }
    }
}

pub(super) fn plain_and_seen(views: &mut [Box<View>]) -> (&mut View, &mut View) {
    let (plain, seen) = views.split_at_mut(SEEN.0 as usize);
    (&mut plain[0], &mut seen[0])
}
