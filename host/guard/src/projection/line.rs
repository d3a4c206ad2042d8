//! The line that is being written, cell by cell, once something on it was written over.

use unicode_width::UnicodeWidthChar;

use crate::view::View;

/// The most cells of a line that are kept; what is written beyond is not put together with what stands before.
const LONGEST: usize = 8192;

/// The cells of a line, and where the cursor is.
#[derive(Default)]
pub(super) struct Line {
    cells: Vec<Cell>,
    cursor: usize,
}

/// What stands in one cell.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Cell {
    bytes: [u8; 4],
    /// How many bytes its character has; 0 for the second cell of a wide one.
    len: u8,
    /// Where the character begins in the raw stream; `None` for a blank that nobody wrote.
    raw: Option<u64>,
}

const BLANK: Cell = Cell {
    bytes: [b' ', 0, 0, 0],
    len: 1,
    raw: None,
};

impl Line {
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts the cursor to a cell.
    pub(super) fn go(&mut self, column: usize) {
        self.cursor = column.min(LONGEST);
    }

    /// Writes text, of whole characters, at the cursor. `raw` tells where each byte of it stands.
    pub(super) fn write(&mut self, text: &[u8], mut raw: impl FnMut(usize) -> Option<u64>) {
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
            let mut bytes = [0; 4];
            bytes[..len].copy_from_slice(&text[at..at + len]);
            let cell = Cell {
                bytes,
                len: u8::try_from(len).expect("a character has four bytes at most"),
                raw: raw(at),
            };
            match text[at] {
                b'\t' => {
                    let to = (self.cursor / 8 + 1) * 8;
                    self.put(cell, 0);
                    self.go(to);
                }
                0..0x80 => {}
                0x80.. => {
                    let width = std::str::from_utf8(&text[at..at + len])
                        .ok()
                        .and_then(|text| text.chars().next())
                        .and_then(UnicodeWidthChar::width);
                    self.put(cell, width.unwrap_or(1));
                }
            }
            at += len;
        }
    }

    fn put_ascii(&mut self, text: &[u8], mut raw: impl FnMut(usize) -> Option<u64>) {
        let text = &text[..text.len().min(LONGEST.saturating_sub(self.cursor))];
        let mut cells = text.iter().enumerate().map(|(index, byte)| Cell {
            bytes: [*byte, 0, 0, 0],
            len: 1,
            raw: raw(index),
        });
        if self.cells.len() < self.cursor && !text.is_empty() {
            self.cells.resize(self.cursor, BLANK);
        }
        for (cell, new) in self.cells.iter_mut().skip(self.cursor).zip(cells.by_ref()) {
            *cell = new;
        }
        self.cells.extend(cells);
        self.cursor += text.len();
    }

    fn put(&mut self, cell: Cell, width: usize) {
        if width == 0 {
            // A tab moves without erasing, but where nothing stands yet it is itself what stands there.
            if cell.bytes[0] == b'\t' && self.cursor >= self.cells.len() && self.cursor < LONGEST {
                self.cells.resize(self.cursor, BLANK);
                self.cells.push(cell);
            }
            return;
        }
        for column in 0..width {
            if self.cursor >= LONGEST {
                return;
            }
            if self.cells.len() <= self.cursor {
                self.cells.resize(self.cursor + 1, BLANK);
            }
            self.cells[self.cursor] = if column == 0 { cell } else { Cell { len: 0, ..cell } };
            self.cursor += 1;
        }
    }

    /// Blanks the cells from one to another.
    pub(super) fn erase(&mut self, from: usize, to: usize) {
        let to = to.min(self.cells.len());
        if from < to {
            self.cells[from..to].fill(BLANK);
            while self.cells.last() == Some(&BLANK) {
                self.cells.pop();
            }
        }
    }

    /// Takes out cells at the cursor.
    pub(super) fn delete(&mut self, count: usize) {
        let from = self.cursor.min(self.cells.len());
        let to = (from + count).min(self.cells.len());
        self.cells.drain(from..to);
    }

    /// Puts in blanks at the cursor.
    pub(super) fn insert(&mut self, count: usize) {
        if self.cursor < self.cells.len() {
            let count = count.min(LONGEST - self.cells.len().min(LONGEST));
            self.cells
                .splice(self.cursor..self.cursor, std::iter::repeat_n(BLANK, count));
        }
    }

    /// How many cells from one to another hold anything, trailing blanks left out.
    pub(super) fn written(&self, from: usize) -> usize {
        let rest = self.cells.get(from..).unwrap_or_default();
        rest.iter()
            .rposition(|cell| !(cell.len == 1 && cell.bytes[0] == b' '))
            .map_or(0, |last| last + 1)
    }

    /// Copies the cells from one to another into a view.
    pub(super) fn copy(&self, from: usize, to: usize, view: &mut View, when: u64, floor: u64) {
        let padding = to.saturating_sub(self.cells.len().max(from));
        let mut run = Run::new(when, floor);
        for cell in self.cells.get(from..to.min(self.cells.len())).unwrap_or_default() {
            let bytes = &cell.bytes[..usize::from(cell.len)];
            match cell.raw {
                Some(raw) if !bytes.is_empty() => run.push(bytes, raw, view),
                Some(_) => {}
                None => {
                    run.end(view);
                    view.mark(b' ', when);
                }
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

#[cfg(test)]
mod tests {
    use super::Line;

    fn text(line: &Line) -> String {
        let cells = line.cells.iter().flat_map(|cell| &cell.bytes[..usize::from(cell.len)]);
        String::from_utf8_lossy(&cells.copied().collect::<Vec<_>>()).into_owned()
    }

    fn write(line: &mut Line, text: &str) {
        line.write(text.as_bytes(), |at| Some(at as u64));
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
