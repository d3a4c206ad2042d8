//! The line that is being written, cell by cell, once something on it was written over.

use unicode_width::UnicodeWidthChar;

use super::LINE;
use crate::view::View;

/// The most cells of a line that are kept; what is written beyond is not put together with what stands before.
const LONGEST: usize = 8192;

/// The cells of a line, and where the cursor is. What of a cell is read again behind each edit lies together with
/// that of its neighbours.
#[derive(Default)]
pub(super) struct Line {
    /// The first byte of each cell's character.
    first: Vec<u8>,
    /// The others.
    others: Vec<Others>,
    /// Where the character begins in the raw stream; [`NOWHERE`] for a blank that nobody wrote.
    raw: Vec<u64>,
    /// The cells before this one have a character of a single byte each, which somebody wrote.
    single: usize,
    cursor: usize,
}

/// What follows the first byte of a cell's character.
#[derive(Clone, Copy)]
struct Others {
    bytes: [u8; 3],
    /// How many bytes the character has; 0 for the second cell of a wide one.
    len: u8,
}

impl Others {
    const NONE: Self = Self { bytes: [0; 3], len: 1 };
}

/// The place of a blank that nobody wrote.
const NOWHERE: u64 = u64::MAX;

impl Line {
    /// The line so far, from the plain text.
    pub(super) fn so_far(plain: &View) -> Self {
        let end = plain.text.end();
        let from = line_start(plain.text.slice(end.saturating_sub(LINE), end), end);
        let mut line = Self::default();
        let mut raws = plain.map.raws(from);
        line.write(plain.text.slice(from, end), |index| {
            raws(from + index as u64).expect("all of the text stands somewhere")
        });
        line
    }

    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts the cursor to a cell.
    pub(super) fn go(&mut self, column: usize) {
        self.cursor = column.min(LONGEST);
    }

    /// Writes text, of whole characters, at the cursor. `raw` tells where each byte of it stands.
    pub(super) fn write(&mut self, text: &[u8], mut raw: impl FnMut(usize) -> u64) {
        let mut at = 0;
        while at < text.len() {
            let ascii = text[at..].iter().take_while(|byte| (0x20..0x7F).contains(*byte));
            let ascii = ascii.count();
            if ascii > 0 {
                self.put_ascii(&text[at..at + ascii], |index| raw(at + index));
                at += ascii;
                continue;
            }
            let len = char_len(&text[at..]);
            let char = &text[at..at + len];
            match text[at] {
                b'\t' => {
                    let to = (self.cursor / 8 + 1) * 8;
                    self.put(char, raw(at), 0);
                    self.go(to);
                }
                0..0x80 => {}
                0x80.. => {
                    let width = std::str::from_utf8(char)
                        .ok()
                        .and_then(|text| text.chars().next())
                        .and_then(UnicodeWidthChar::width);
                    self.put(char, raw(at), width.unwrap_or(1));
                }
            }
            at += len;
        }
    }

    fn put_ascii(&mut self, text: &[u8], mut raw: impl FnMut(usize) -> u64) {
        let text = &text[..text.len().min(LONGEST.saturating_sub(self.cursor))];
        if text.is_empty() {
            return;
        }
        self.fill(self.cursor);
        let over = text.len().min(self.first.len() - self.cursor);
        let (written, added) = text.split_at(over);
        let cells = self.cursor..self.cursor + over;
        self.first[cells.clone()].copy_from_slice(written);
        self.others[cells.clone()].fill(Others::NONE);
        for (index, place) in self.raw[cells].iter_mut().enumerate() {
            *place = raw(index);
        }
        self.first.extend_from_slice(added);
        self.others.resize(self.first.len(), Others::NONE);
        self.raw.extend((over..text.len()).map(raw));
        let end = self.cursor + text.len();
        if (self.cursor..end).contains(&self.single) {
            self.single = end;
        }
        self.cursor = end;
    }

    /// Puts a character of so many cells at the cursor.
    fn put(&mut self, char: &[u8], raw: u64, width: usize) {
        let mut others = Others {
            bytes: [0; 3],
            len: u8::try_from(char.len()).expect("a character has four bytes at most"),
        };
        others.bytes[..char.len() - 1].copy_from_slice(&char[1..]);
        if width == 0 {
            // A tab moves without erasing, but where nothing stands yet it is itself what stands there.
            if char[0] == b'\t' && self.cursor >= self.first.len() && self.cursor < LONGEST {
                self.fill(self.cursor);
                self.push(char[0], others, raw);
            }
            return;
        }
        for column in 0..width {
            if self.cursor >= LONGEST {
                return;
            }
            self.fill(self.cursor + 1);
            let len = if column == 0 { others.len } else { 0 };
            self.first[self.cursor] = char[0];
            self.others[self.cursor] = Others { len, ..others };
            self.raw[self.cursor] = raw;
            self.single = self.single.min(self.cursor);
            self.cursor += 1;
        }
    }

    fn push(&mut self, first: u8, others: Others, raw: u64) {
        self.first.push(first);
        self.others.push(others);
        self.raw.push(raw);
    }

    /// Has so many cells at least.
    fn fill(&mut self, cells: usize) {
        if self.first.len() < cells {
            self.first.resize(cells, b' ');
            self.others.resize(cells, Others::NONE);
            self.raw.resize(cells, NOWHERE);
        }
    }

    /// Blanks the cells from one to another.
    pub(super) fn erase(&mut self, from: usize, to: usize) {
        let to = to.min(self.first.len());
        if from < to {
            self.first[from..to].fill(b' ');
            self.others[from..to].fill(Others::NONE);
            self.raw[from..to].fill(NOWHERE);
            self.single = self.single.min(from);
            let kept = self.raw.iter().rposition(|raw| *raw != NOWHERE);
            self.truncate(kept.map_or(0, |last| last + 1));
        }
    }

    fn truncate(&mut self, cells: usize) {
        self.first.truncate(cells);
        self.others.truncate(cells);
        self.raw.truncate(cells);
    }

    /// Takes out cells at the cursor.
    pub(super) fn delete(&mut self, count: usize) {
        let from = self.cursor.min(self.first.len());
        let to = (from + count).min(self.first.len());
        self.first.drain(from..to);
        self.others.drain(from..to);
        self.raw.drain(from..to);
        self.single = self.single.min(from);
    }

    /// Puts in blanks at the cursor.
    pub(super) fn insert(&mut self, count: usize) {
        if self.cursor < self.first.len() {
            let count = count.min(LONGEST - self.first.len().min(LONGEST));
            let at = self.cursor..self.cursor;
            self.first.splice(at.clone(), std::iter::repeat_n(b' ', count));
            self.others.splice(at.clone(), std::iter::repeat_n(Others::NONE, count));
            self.raw.splice(at, std::iter::repeat_n(NOWHERE, count));
            self.single = self.single.min(self.cursor);
        }
    }

    /// How many cells from one to another hold anything, trailing blanks left out.
    pub(super) fn written(&self, from: usize) -> usize {
        let from = from.min(self.first.len());
        let mut cells = self.first[from..].iter().zip(&self.others[from..]);
        cells
            .rposition(|(first, others)| !(others.len == 1 && *first == b' '))
            .map_or(0, |last| last + 1)
    }

    /// Copies the cells from one to another into a view.
    pub(super) fn copy(&self, from: usize, to: usize, view: &mut View, when: u64, floor: u64) {
        let padding = to.saturating_sub(self.first.len().max(from));
        let to = to.min(self.first.len());
        let single = self.single.min(to);
        if from < single {
            view.cells(&self.first[from..single], &self.raw[from..single], when, floor);
        }
        let mut run = Run::new(when, floor);
        for cell in single.max(from)..to {
            let (raw, others) = (self.raw[cell], self.others[cell]);
            let [second, third, fourth] = others.bytes;
            let bytes = [self.first[cell], second, third, fourth];
            match (raw, &bytes[..usize::from(others.len)]) {
                (NOWHERE, _) => {
                    run.end(view);
                    view.mark(b' ', when);
                }
                (_, []) => {}
                (_, bytes) => run.push(bytes, raw, view),
            }
        }
        run.end(view);
        (0..padding.min(8)).for_each(|_| view.mark(b' ', when));
    }
}

/// Characters on their way into a view again.
pub(super) struct Run {
    bytes: [u8; Self::MOST],
    len: usize,
    /// Where those begin that stand behind one another in the raw stream, and where the first of them stands there.
    start: usize,
    raw: u64,
    when: u64,
    floor: u64,
}

impl Run {
    const MOST: usize = 128;

    pub(super) fn new(when: u64, floor: u64) -> Self {
        Self {
            bytes: [0; Self::MOST],
            len: 0,
            start: 0,
            raw: 0,
            when,
            floor,
        }
    }

    /// Takes a character in, whose bytes stand at `raw`.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8], raw: u64, view: &mut View) {
        if self.len + bytes.len() > Self::MOST {
            self.end(view);
        }
        if self.raw + (self.len - self.start) as u64 != raw {
            self.part(view);
            self.raw = raw;
        }
        let room = &mut self.bytes[self.len..];
        // Nearly all characters have a single byte.
        if let ([byte], [first, ..]) = (bytes, &mut *room) {
            *first = *byte;
        } else {
            room[..bytes.len()].copy_from_slice(bytes);
        }
        self.len += bytes.len();
    }

    /// What comes next stands elsewhere in the raw stream.
    fn part(&mut self, view: &mut View) {
        let Self {
            len,
            start,
            raw,
            when,
            floor,
            ..
        } = *self;
        if start < len {
            let text = view.text.end() + start as u64;
            view.map.copy(text, raw, (len - start) as u64, when, floor);
        }
        self.raw += (len - start) as u64;
        self.start = len;
    }

    /// Copies what there is into the view.
    pub(super) fn end(&mut self, view: &mut View) {
        self.part(view);
        view.text.push(&self.bytes[..self.len]);
        (self.len, self.start) = (0, 0);
    }
}

/// How many bytes the first character has; a byte that begins none stands alone.
pub(super) fn char_len(text: &[u8]) -> usize {
    let wanted = match text.first() {
        Some(0xC2..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF4) => 4,
        Some(_) | None => 1,
    };
    let whole = text.get(..wanted).is_some_and(|text| std::str::from_utf8(text).is_ok());
    if whole { wanted } else { 1 }
}

/// Where the last line of a text begins that ends at `end`.
pub(super) fn line_start(text: &[u8], end: u64) -> u64 {
    end - (text.len() - memchr::memrchr(b'\n', text).map_or(0, |at| at + 1)) as u64
}

#[cfg(test)]
mod tests {
    use super::Line;

    fn text(line: &Line) -> String {
        let cells = line.first.iter().zip(&line.others).flat_map(|(first, others)| {
            let [second, third, fourth] = others.bytes;
            [*first, second, third, fourth].into_iter().take(others.len.into())
        });
        String::from_utf8_lossy(&cells.collect::<Vec<_>>()).into_owned()
    }

    fn write(line: &mut Line, text: &str) {
        line.write(text.as_bytes(), |at| at as u64);
    }

    #[test]
    fn what_is_written_over_is_gone() {
        let mut line = Line::default();
        write(&mut line, "abc字\tx");
        line.go(1);
        write(&mut line, "Z");
        assert_eq!(text(&line), "aZc字\t  x");
        line.erase(3, usize::MAX);
        assert_eq!((text(&line).as_str(), line.written(0)), ("aZc", 3));
        line.go(1);
        line.delete(1);
        line.insert(2);
        assert_eq!(text(&line), "a  c");
        line.go(6);
        write(&mut line, "!");
        assert_eq!(text(&line), "a  c  !");
    }
}
