//! One line of a screen: which character each of its cells shows, and where its bytes began.

/// The offset of a cell that no byte of the stream put there.
const NOWHERE: u64 = u64::MAX;

/// What a cell is of the character it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// The left half of a wide one.
    Left,
    /// The right half of a wide one.
    Right,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    raw: u64,
    c: char,
    part: Part,
}

impl Slot {
    const BLANK: Self = Self {
        raw: NOWHERE,
        c: ' ',
        part: Part::Whole,
    };
    /// The test pattern's cell, which terminals fill the screen with on request.
    pub(super) const PATTERN: Self = Self {
        raw: NOWHERE,
        c: 'E',
        part: Part::Whole,
    };

    /// The cell of a character of one column whose bytes begin at `raw`.
    pub(super) fn new(c: char, raw: u64) -> Self {
        Self {
            raw,
            c,
            part: Part::Whole,
        }
    }

    pub(super) fn character(self) -> char {
        self.c
    }

    pub(super) fn raw(self) -> Option<u64> {
        (self.raw != NOWHERE).then_some(self.raw)
    }

    /// Whether the cell is more than the rest of a wide character.
    pub(super) fn shows(self) -> bool {
        self.part != Part::Right
    }
}

/// The cells of a line. Those after the last one held show `ground`, so that erasing or filling a whole line costs
/// nothing that grows with its width. While `ground` is blank, the last cell held isn't.
pub(super) struct Line {
    cells: Vec<Slot>,
    ground: Slot,
    /// The line goes on in the one below, as the cursor ran over its end.
    pub(super) wraps: bool,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            cells: Vec::new(),
            ground: Slot::BLANK,
            wraps: false,
        }
    }

    /// The cells up to the last that isn't blank.
    #[cfg(test)]
    pub(super) fn slots(&self, columns: usize) -> impl Iterator<Item = Slot> + '_ {
        let rest = if self.ground == Slot::BLANK {
            0
        } else {
            columns.saturating_sub(self.cells.len())
        };
        self.cells.iter().copied().chain(std::iter::repeat_n(self.ground, rest))
    }

    /// The cells held, and what all behind them show, unless they are blank.
    pub(super) fn cells(&self) -> (&[Slot], Option<Slot>) {
        (&self.cells, (self.ground != Slot::BLANK).then_some(self.ground))
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.is_empty() && self.ground == Slot::BLANK
    }

    /// Makes every cell blank, and tells whether one wasn't.
    pub(super) fn clear(&mut self) -> bool {
        let held = !self.is_blank();
        self.fill(Slot::BLANK);
        held
    }

    /// Makes every cell show the same.
    pub(super) fn fill(&mut self, slot: Slot) {
        self.cells.clear();
        self.ground = slot;
        self.wraps = false;
    }

    /// Writes one character of one column.
    pub(super) fn write(&mut self, at: usize, slot: Slot, columns: usize) {
        self.open(at, at + 1, columns);
        match self.cells.get_mut(at) {
            Some(cell) => *cell = slot,
            None => self.cells.push(slot),
        }
        self.trim();
    }

    /// Writes a character of two columns; `at + 1` is one of them.
    pub(super) fn write_wide(&mut self, at: usize, slot: Slot, columns: usize) {
        self.write(
            at,
            Slot {
                part: Part::Left,
                ..slot
            },
            columns,
        );
        // Written by hand, as a right half that is written over would take the left one with it.
        if self.cells.get(at + 2).is_some_and(|cell| cell.part == Part::Right) {
            self.cells[at + 2] = Slot::BLANK;
        }
        let right = Slot {
            part: Part::Right,
            ..slot
        };
        match self.cells.get_mut(at + 1) {
            Some(cell) => *cell = right,
            None => self.cells.push(right),
        }
        self.wraps &= at + 2 < columns;
        self.trim();
    }

    /// Writes a run of printable ASCII that ends within the line.
    pub(super) fn write_ascii(&mut self, at: usize, text: &[u8], raw: u64, columns: usize) {
        self.open(at, at + text.len(), columns);
        let slot = |(&byte, offset): (&u8, u64)| Slot::new(char::from(byte), raw.saturating_add(offset));
        let over = (self.cells.len() - at).min(text.len());
        let (written, added) = text.split_at(over);
        for (cell, new) in self.cells[at..at + over]
            .iter_mut()
            .zip(written.iter().zip(0..).map(slot))
        {
            *cell = new;
        }
        self.cells.extend(added.iter().zip(over as u64..).map(slot));
        self.trim();
    }

    /// Blanks `from..to`, and tells whether the line held anything from there on.
    pub(super) fn erase(&mut self, from: usize, to: usize, columns: usize) -> bool {
        self.level(columns);
        self.wraps &= to < columns;
        if from >= self.cells.len() || from >= to {
            return false;
        }
        self.sever(from, to);
        if to >= self.cells.len() {
            self.cells.truncate(from);
        } else {
            self.cells[from..to].fill(Slot::BLANK);
        }
        self.trim();
        true
    }

    /// Puts `count` blanks in at `at`; what goes over the end is lost. Tells whether anything was moved.
    pub(super) fn insert(&mut self, at: usize, count: usize, columns: usize) -> bool {
        self.level(columns);
        self.wraps = false;
        if at >= self.cells.len() {
            return false;
        }
        self.sever(at, at);
        let count = count.min(columns - at);
        self.cut(columns - count);
        let held = self.cells.len();
        self.cells.resize((held + count).max(at + count), Slot::BLANK);
        if at < held {
            self.cells.copy_within(at..held, at + count);
        }
        self.cells[at..at + count].fill(Slot::BLANK);
        self.trim();
        true
    }

    /// Takes `count` cells out at `at`; blanks come in at the end. Tells whether anything was moved.
    pub(super) fn delete(&mut self, at: usize, count: usize, columns: usize) -> bool {
        self.level(columns);
        self.wraps = false;
        if at >= self.cells.len() || count == 0 {
            return false;
        }
        let to = at.saturating_add(count);
        self.sever(at, to);
        let end = to.min(self.cells.len());
        self.cells.drain(at..end);
        self.trim();
        true
    }

    /// Makes the line fit another width; what is over the end is lost.
    pub(super) fn resize(&mut self, columns: usize, before: usize) {
        self.level(before);
        self.cut(columns);
        self.trim();
        if self.cells.capacity() > columns {
            self.cells.shrink_to(columns);
        }
    }

    /// Gets ready for a write to `from..to`: the cells before it exist, and no half of a wide character is left alone.
    fn open(&mut self, from: usize, to: usize, columns: usize) {
        self.level(columns);
        self.wraps &= to < columns;
        if self.cells.capacity() < columns {
            self.cells.reserve_exact(columns - self.cells.len());
        }
        if self.cells.len() < from {
            self.cells.resize(from, Slot::BLANK);
        }
        self.sever(from, to);
    }

    /// Blanks the halves of wide characters that lie across either end of `from..to`.
    fn sever(&mut self, from: usize, to: usize) {
        let is_right = |cells: &[Slot], at: usize| cells.get(at).is_some_and(|cell| cell.part == Part::Right);
        let (starts, ends) = (is_right(&self.cells, from), is_right(&self.cells, to));
        if starts && from > 0 {
            self.cells[from - 1] = Slot::BLANK;
        }
        if ends {
            self.cells[to] = Slot::BLANK;
        }
    }

    /// Shortens what is held, never to half a character.
    fn cut(&mut self, columns: usize) {
        if self.cells.len() > columns {
            self.sever(columns, columns);
            self.cells.truncate(columns);
        }
    }

    /// Writes the ground out where it isn't blank.
    fn level(&mut self, columns: usize) {
        if self.ground != Slot::BLANK {
            self.cells.reserve_exact(columns.saturating_sub(self.cells.len()));
            self.cells.resize(columns, self.ground);
            self.ground = Slot::BLANK;
        }
    }

    fn trim(&mut self) {
        while self.cells.last() == Some(&Slot::BLANK) {
            self.cells.pop();
        }
    }
}
