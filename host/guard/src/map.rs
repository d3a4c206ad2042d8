//! Where each byte of a view's text stands in the raw stream.

mod stretch;

use std::collections::VecDeque;

use self::stretch::{Cells, Kind, Stretch};

/// How many stretches more there is room for where text is decoded.
const ROOM: usize = 60;

/// From text positions to raw positions: a list of stretches without gaps, in the order of the text.
#[derive(Default)]
pub(crate) struct Map {
    stretches: VecDeque<Stretch>,
    /// A later text position may stand earlier in the raw stream, since something was copied.
    folded: bool,
    /// How many stretches are copies.
    copies: usize,
    cells: Cells,
}

/// Raw bytes to be taken out, and how many of a finding's bytes can't be any more.
#[derive(Default)]
pub(crate) struct Pieces {
    /// Sorted, apart from each other, and not empty.
    pub(crate) ranges: Vec<(u64, u64)>,
    /// How many raw bytes were out when they were copied.
    pub(crate) out: u64,
    /// All that the text stands for, out or not, in the same manner.
    pub(crate) all: Vec<(u64, u64)>,
}

/// Where text bytes stand in the raw stream, from the first to the last of them.
pub(crate) struct Spread {
    /// Where the first begins, and the last ends.
    pub(crate) raw: u64,
    pub(crate) end: u64,
    /// When the last was known.
    pub(crate) when: u64,
    /// What stands before this raw byte was out when they were copied.
    pub(crate) floor: u64,
}

impl Map {
    /// The next `len` text bytes, from `text` on, are raw bytes from `raw` on.
    #[inline]
    pub(crate) fn same(&mut self, text: u64, raw: u64, len: u64) {
        self.push(text, raw, len, Kind::Same);
    }

    /// The next text bytes are a copy of raw bytes.
    pub(crate) fn copy(&mut self, text: u64, raw: u64, len: u64, when: u64, floor: u64) {
        self.folded = true;
        self.push(text, raw, len, Kind::Copy { when, floor });
    }

    /// The next text bytes are copies of raw bytes, each of which stands at a place of its own.
    pub(crate) fn cells(&mut self, text: u64, raws: &[u64], when: u64, floor: u64) {
        if raws.is_empty() {
            return;
        }
        self.folded = true;
        let first = self.cells.add(raws);
        // The places of what was told last stand before these.
        self.push(text, first, raws.len() as u64, Kind::Cells { when, floor });
    }

    /// The next `len` text bytes stand for `wide` raw bytes; for none where nothing of the raw stream may be taken
    /// out for them.
    pub(crate) fn group(&mut self, text: u64, len: u64, (raw, wide): (u64, u64), when: u64, floor: u64) {
        let stretch = Stretch {
            text,
            len,
            raw,
            kind: Kind::Group { when, wide, floor },
        };
        self.stretches.push_back(stretch);
    }

    /// The next `len` text bytes, from `text` on, are made of bits of raw bytes that stand side by side from `raw`
    /// on, of which each holds six: each text byte is made of `bits` of them, and lies in two raw bytes. The first
    /// `bit` of them belong to none.
    pub(crate) fn coded(&mut self, text: u64, len: u64, raw: u64, (bits, bit): (u8, u8)) {
        if let Some(last) = self.stretches.back_mut()
            && matches!(last.kind, Kind::Coded { bits: same, .. } if same == bits)
            && (last.raw(text, &self.cells), last.bit(text)) == (raw, bit)
        {
            last.len += len;
            return;
        }
        let kind = Kind::Coded { bits, bit };
        self.stretches.push_back(Stretch { text, len, raw, kind });
    }

    /// Where a text byte stands in the raw stream, and up to which text byte those that follow it stand behind it
    /// there, known as they came.
    pub(crate) fn by_itself(&self, text: u64) -> Option<(u64, u64)> {
        let stretch = self.at(text)?;
        (stretch.kind == Kind::Same).then(|| (stretch.raw(text, &self.cells), stretch.text + stretch.len))
    }

    /// Makes room for what the text from `start` to `end` of another map is read as, so that it doesn't grow step by
    /// step.
    pub(crate) fn reserve(&mut self, other: &Map, (start, end): (u64, u64)) {
        let stretches = other.index(end).saturating_sub(other.index(start));
        self.stretches.reserve(stretches + ROOM);
    }

    /// The next text bytes, from `at` on, are those of another text from `start` to `end`, none of them known before
    /// `told`.
    pub(crate) fn extend(&mut self, other: &Map, (start, end): (u64, u64), at: u64, told: u64) {
        for stretch in other.stretches.iter().skip(other.index(start)) {
            if stretch.text >= end {
                break;
            }
            let from = start.max(stretch.text);
            let to = end.min(stretch.text + stretch.len);
            if from >= to {
                continue;
            }
            let (text, len, skip) = (at + (from - start), to - from, from - stretch.text);
            match stretch.kind {
                Kind::Same => {
                    let raw = stretch.raw + skip;
                    let before = told.clamp(raw, raw + len) - raw;
                    if before > 0 {
                        self.copy(text, raw, before, told, 0);
                    }
                    if before < len {
                        self.same(text + before, raw + before, len - before);
                    }
                }
                Kind::Copy { when, floor } => self.copy(text, stretch.raw + skip, len, when.max(told), floor),
                Kind::Cells { when, floor } => {
                    for (text, raw) in (text..).zip(other.cells.some(stretch.raw + skip, len)) {
                        self.copy(text, *raw, 1, when.max(told), floor);
                    }
                }
                Kind::Group { when, wide, floor } => {
                    self.group(text, len, (stretch.raw, wide), when.max(told), floor);
                }
                Kind::Coded { bits, .. } => {
                    let raw = |byte: u64| stretch.raw(byte, &other.cells);
                    let early = |byte: &u64| stretch.when(*byte, &other.cells) < told;
                    let before = (from..to).take_while(early).count() as u64;
                    for byte in 0..before {
                        self.group(text + byte, 1, (raw(from + byte), 2), told, 0);
                    }
                    if before < len {
                        let bit = stretch.bit(from + before);
                        self.coded(text + before, len - before, raw(from + before), (bits, bit));
                    }
                }
            }
        }
    }

    #[inline]
    fn push(&mut self, text: u64, raw: u64, len: u64, kind: Kind) {
        if let Some(last) = self.stretches.back_mut()
            && last.kind == kind
            && last.raw + last.len == raw
        {
            last.len += len;
            return;
        }
        let stretch = Stretch { text, len, raw, kind };
        self.copies += usize::from(stretch.is_copy());
        self.stretches.push_back(stretch);
    }

    fn index(&self, text: u64) -> usize {
        // Nearly all questions are about the last stretch.
        match self.stretches.back() {
            Some(last) if text >= last.text => self.stretches.len() - 1,
            Some(_) | None => self.search(text),
        }
    }

    /// The first stretch that ends behind a text byte. What was decoded has stretches that are nearly alike, so the
    /// search begins where the byte would stand if they were, and goes out from there in steps that grow.
    fn search(&self, text: u64) -> usize {
        let ends_before = |index: usize| {
            let stretch = &self.stretches[index];
            stretch.text + stretch.len <= text
        };
        let count = self.stretches.len();
        let (Some(first), Some(last)) = (self.stretches.front(), self.stretches.back()) else {
            return 0;
        };
        let place = text.saturating_sub(first.text).saturating_mul(count as u64);
        let guess = place / (last.text + last.len - first.text).max(1);
        let guess = usize::try_from(guess).unwrap_or(count).min(count - 1);
        let (mut low, mut high, mut step) = (0, count, 1);
        if ends_before(guess) {
            low = guess + 1;
            while low + step < count {
                if !ends_before(low + step) {
                    high = low + step;
                    break;
                }
                low += step + 1;
                step *= 2;
            }
        } else {
            high = guess;
            while high >= step {
                if ends_before(high - step) {
                    low = high - step + 1;
                    break;
                }
                high -= step;
                step *= 2;
            }
        }
        while low < high {
            let middle = usize::midpoint(low, high);
            if ends_before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn at(&self, text: u64) -> Option<&Stretch> {
        self.stretches
            .get(self.index(text))
            .filter(|stretch| text < stretch.text + stretch.len)
    }

    /// Where the text byte begins in the raw stream; `None` behind the end of the text.
    pub(crate) fn raw(&self, text: u64) -> Option<u64> {
        Some(self.at(text)?.raw(text, &self.cells))
    }

    /// Where each text byte from `text` on begins in the raw stream, for questions in the order of the text.
    pub(crate) fn raws(&self, text: u64) -> impl FnMut(u64) -> Option<u64> + '_ {
        let mut rest = self.stretches.iter().skip(self.index(text));
        let mut current = rest.next();
        move |text| {
            while current.is_some_and(|stretch| stretch.text + stretch.len <= text) {
                current = rest.next();
            }
            Some(current?.raw(text, &self.cells))
        }
    }

    /// Where what the text byte stands for ends in the raw stream.
    pub(crate) fn raw_end(&self, text: u64) -> Option<u64> {
        Some(self.at(text)?.raw_end(text, &self.cells))
    }

    /// The raw position whose byte made the text byte known.
    pub(crate) fn when(&self, text: u64) -> Option<u64> {
        Some(self.at(text)?.when(text, &self.cells))
    }

    /// Where the text bytes from `first` to `last` stand, as far as they have come.
    pub(crate) fn spread(&self, first: u64, last: u64) -> Spread {
        let begins = self.at(first);
        let same = begins.filter(|stretch| last < stretch.text + stretch.len);
        let ends = same.or_else(|| self.at(last));
        let raw = begins.map_or(0, |stretch| stretch.raw(first, &self.cells));
        Spread {
            raw,
            end: ends.map_or(raw, |stretch| stretch.raw_end(last, &self.cells)),
            when: ends.map_or(raw, |stretch| stretch.when(last, &self.cells)),
            floor: begins.into_iter().chain(ends).map(Stretch::floor).max().unwrap_or(0),
        }
    }

    /// The first raw byte that the text from `text` on stands for; `None` behind the end of the text.
    pub(crate) fn first_raw(&self, text: u64) -> Option<u64> {
        if !self.folded {
            return self.raw(text);
        }
        self.at(text)?;
        let from = self.index(text);
        let stretches = self.stretches.iter().skip(from);
        stretches
            .filter_map(|stretch| match stretch.kind {
                Kind::Same | Kind::Copy { .. } | Kind::Coded { .. } => Some(stretch.raw(text, &self.cells)),
                Kind::Cells { .. } => {
                    let skip = usize::try_from(text.saturating_sub(stretch.text)).unwrap_or(usize::MAX);
                    let raws = self.cells.some(stretch.raw, stretch.len);
                    raws.iter().skip(skip).copied().min()
                }
                Kind::Group { wide, .. } => (wide > 0).then_some(stretch.raw),
            })
            .min()
    }

    /// The raw bytes that the text from `start` to `end` stands for.
    pub(crate) fn pieces(&self, start: u64, end: u64) -> Pieces {
        let mut pieces = Pieces::default();
        if start >= end {
            return pieces;
        }
        for stretch in self.stretches.iter().skip(self.index(start)) {
            if stretch.text >= end {
                break;
            }
            let first = start.max(stretch.text);
            let last = end.min(stretch.text + stretch.len);
            if first >= last {
                continue;
            }
            let floor = stretch.floor();
            let mut take = |from: u64, to: u64| {
                pieces.out += floor.clamp(from, to) - from;
                add(&mut pieces.all, from, to);
                add(&mut pieces.ranges, from.max(floor), to);
            };
            match stretch.kind {
                Kind::Cells { .. } => {
                    let raws = self.cells.some(stretch.raw + (first - stretch.text), last - first);
                    let beside = raws.chunk_by(|raw, next| raw + 1 == *next);
                    beside.for_each(|raws| take(raws[0], raws[0] + raws.len() as u64));
                }
                Kind::Same | Kind::Copy { .. } | Kind::Group { .. } | Kind::Coded { .. } => {
                    take(stretch.raw(first, &self.cells), stretch.raw_end(last - 1, &self.cells));
                }
            }
        }
        put_together(&mut pieces.all);
        put_together(&mut pieces.ranges);
        pieces
    }

    /// Forgets the text before `text`.
    pub(crate) fn forget(&mut self, text: u64) {
        let is_before = |first: &mut Stretch| first.text + first.len <= text;
        let mut cells = self.cells.base;
        while self.stretches.len() > 1
            && let Some(first) = self.stretches.pop_front_if(is_before)
        {
            self.copies -= usize::from(first.is_copy());
            if let Kind::Cells { .. } = first.kind {
                cells = first.raw + first.len;
            }
        }
        self.cells.forget(cells);
        if self.folded {
            self.folded = self.copies > 0;
        }
    }
}

/// Adds a stretch of raw bytes, unless it is empty; most go on from the last one.
fn add(ranges: &mut Vec<(u64, u64)>, from: u64, to: u64) {
    if from >= to {
        return;
    }
    match ranges.last_mut() {
        Some(last) if last.1 >= from && last.0 <= from => last.1 = last.1.max(to),
        Some(_) | None => ranges.push((from, to)),
    }
}

/// Sorts stretches, and makes one of those that meet.
pub(crate) fn put_together(ranges: &mut Vec<(u64, u64)>) {
    ranges.sort_unstable();
    ranges.dedup_by(|next, last| {
        let meet = next.0 <= last.1;
        if meet {
            last.1 = last.1.max(next.1);
        }
        meet
    });
}

#[cfg(test)]
mod tests;
