//! Where each byte of a view's text stands in the raw stream.

mod stretch;

use std::collections::VecDeque;

use self::stretch::{Cells, Kind, Stretch};

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

    /// The next `len` text bytes stand for `wide` raw bytes; for none where nothing of the raw stream may be taken out for them.
    pub(crate) fn group(&mut self, text: u64, len: u64, (raw, wide): (u64, u64), when: u64, floor: u64) {
        let stretch = Stretch {
            text,
            len,
            raw,
            kind: Kind::Group { when, wide, floor },
        };
        self.stretches.push_back(stretch);
    }

    /// The next `len` text bytes, from `text` on, are made of bits of raw bytes that stand side by side from `raw` on, of which each holds
    /// six: each text byte is made of `bits` of them, and lies in two raw bytes. The first `bit` of them belong to none.
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

    /// Where a text byte stands in the raw stream, and up to which text byte those that follow it stand behind it there, known as they came.
    pub(crate) fn by_itself(&self, text: u64) -> Option<(u64, u64)> {
        let stretch = self.at(text)?;
        (stretch.kind == Kind::Same).then(|| (stretch.raw(text, &self.cells), stretch.text + stretch.len))
    }

    /// The next text bytes, from `at` on, are those of another text from `start` to `end`, none of them known before `told`.
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

    /// The first stretch that ends behind a text byte. What was decoded has stretches that are nearly alike, so the search begins where the
    /// byte would stand if they were, and goes out from there in steps that grow.
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

    /// What stands before this raw byte was out when the text byte was copied.
    pub(crate) fn floor(&self, text: u64) -> u64 {
        self.at(text).map_or(0, Stretch::floor)
    }

    /// The first raw byte that the text from `text` on stands for.
    pub(crate) fn first_raw(&self, text: u64) -> Option<u64> {
        if !self.folded {
            return self.raw(text);
        }
        let from = self.index(text);
        let stretches = self.stretches.iter().skip(from);
        stretches
            .filter_map(|stretch| match stretch.kind {
                Kind::Same | Kind::Copy { .. } | Kind::Coded { .. } => Some(stretch.raw(text, &self.cells)),
                Kind::Cells { .. } => {
                    let skip = text.saturating_sub(stretch.text);
                    let raws = self.cells.some(stretch.raw, stretch.len);
                    // What comes next would stand behind the last one.
                    let next = || raws.last().map(|last| last + (skip + 1 - stretch.len));
                    let behind = raws.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX));
                    behind.copied().min().or_else(next)
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
                    raws.iter().for_each(|raw| take(*raw, raw + 1));
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
fn put_together(ranges: &mut Vec<(u64, u64)>) {
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
mod tests {
    use super::Map;

    #[test]
    fn pieces_leave_out_what_stands_between() {
        let mut map = Map::default();
        map.same(0, 10, 4);
        map.same(4, 14, 2);
        map.same(6, 20, 4);
        map.group(10, 1, (30, 0), 30, 0);
        map.group(11, 1, (31, 3), 33, 0);
        assert_eq!(map.pieces(1, 12).ranges, [(11, 16), (20, 24), (31, 34)]);
        let mut raws = map.raws(1);
        assert!((1..13).all(|text| raws(text) == map.raw(text)));
        assert_eq!((map.raw(7), map.when(11), map.raw(12)), (Some(21), Some(33), None));
    }

    #[test]
    fn each_place_is_found_among_many() {
        for lens in [&[1][..], &[3], &[1, 2], &[50, 1, 1, 1], &[1, 1, 1, 90, 7]] {
            let mut map = Map::default();
            let mut expected = vec![None; 7];
            for (stretch, len) in (0..200).zip(lens.iter().cycle()) {
                let raw = 1000 + 10 * stretch;
                map.group(expected.len() as u64, *len, (raw, 10), 0, 0);
                expected.extend((0..*len).map(|_| Some(raw)));
            }
            expected.push(None);
            let forgotten = (expected.len() / 3) as u64;
            for from in [7, forgotten] {
                map.forget(from);
                for (text, raw) in (0..).zip(&expected).filter(|(text, _)| *text >= from) {
                    assert_eq!(map.raw(text), *raw, "{text} of {lens:?}");
                }
            }
        }
    }

    #[test]
    fn what_was_out_when_it_was_copied_stays_out() {
        let mut map = Map::default();
        map.copy(0, 5, 10, 40, 9);
        map.same(10, 40, 2);
        let pieces = map.pieces(2, 12);
        assert_eq!((pieces.ranges, pieces.out), (vec![(9, 15), (40, 42)], 2));
        assert_eq!(pieces.all, [(7, 15), (40, 42)]);
        assert_eq!(map.first_raw(1), Some(6));
        assert_eq!(map.first_raw(10), Some(40));
    }

    /// Cells are the same as a copy of each of them.
    #[test]
    fn cells_stand_where_each_does() {
        let raws = [9, 10, 11, 40, 41, 7, 30, 9];
        let (mut one, mut each) = (Map::default(), Map::default());
        for map in [&mut one, &mut each] {
            map.same(3, 50, 4);
        }
        one.cells(7, &raws[..5], 60, 10);
        one.cells(12, &raws[5..], 60, 10);
        for (text, raw) in (7..).zip(raws) {
            each.copy(text, raw, 1, 60, 10);
        }
        for behind in 15..18 {
            assert_eq!(one.first_raw(behind), each.first_raw(behind));
        }
        for map in [&mut one, &mut each] {
            map.same(15, 60, 4);
        }
        for forgotten in 3..16 {
            one.forget(forgotten);
            each.forget(forgotten);
            for start in forgotten..19 {
                assert_eq!(
                    (one.raw(start), one.raw_end(start), one.when(start), one.floor(start)),
                    (
                        each.raw(start),
                        each.raw_end(start),
                        each.when(start),
                        each.floor(start)
                    )
                );
                assert_eq!(one.first_raw(start), each.first_raw(start));
                for end in start + 1..19 {
                    let (mine, theirs) = (one.pieces(start, end), each.pieces(start, end));
                    assert_eq!(
                        (mine.ranges, mine.out, mine.all),
                        (theirs.ranges, theirs.out, theirs.all)
                    );
                    let (mut later, mut other) = (Map::default(), Map::default());
                    later.extend(&one, (start, end), 0, 55);
                    other.extend(&each, (start, end), 0, 55);
                    for text in 0..end - start {
                        assert_eq!((later.raw(text), later.when(text)), (other.raw(text), other.when(text)));
                    }
                }
            }
        }
    }

    /// A stretch of coded bytes is the same as one for each of them.
    #[test]
    fn coded_bytes_stand_where_each_does() {
        for (bits, bit) in [(8, 0), (8, 2), (8, 4), (12, 0)] {
            let (mut one, mut each) = (Map::default(), Map::default());
            one.coded(7, 20, 100, (bits, bit));
            one.coded(27, 10, one.raw(26).expect("it is there"), (8, 5));
            let whole = |text: u64| 100 + ((text - 7) * u64::from(bits) + u64::from(bit)) / 6;
            for text in 7..27 {
                each.group(text, 1, (whole(text), 2), whole(text) + 1, 0);
            }
            for start in 7..27 {
                assert_eq!(
                    (one.raw(start), one.raw_end(start)),
                    (each.raw(start), each.raw_end(start))
                );
                assert_eq!(
                    (one.when(start), one.first_raw(start)),
                    (each.when(start), each.first_raw(start))
                );
                for end in start + 1..27 {
                    assert_eq!(one.pieces(start, end).ranges, each.pieces(start, end).ranges);
                    for told in [0, 105, 110, 200] {
                        let (mut later, mut other) = (Map::default(), Map::default());
                        later.extend(&one, (start, end), 3, told);
                        other.extend(&each, (start, end), 3, told);
                        for text in 3..3 + end - start {
                            assert_eq!((later.raw(text), later.when(text)), (other.raw(text), other.when(text)));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_goes_on_is_one_stretch() {
        let mut map = Map::default();
        map.coded(0, 3, 10, (8, 0));
        map.coded(3, 2, 14, (8, 0));
        map.coded(5, 1, 16, (8, 4));
        assert_eq!(map.stretches.len(), 1);
        map.coded(6, 1, 18, (8, 2));
        assert_eq!(map.stretches.len(), 2);
    }

    #[test]
    fn what_is_told_late_was_not_known_before() {
        let mut map = Map::default();
        map.same(0, 5, 6);
        map.group(6, 2, (11, 3), 13, 0);
        let mut later = Map::default();
        later.extend(&map, (1, 8), 0, 8);
        let whens: Vec<_> = (0..7).filter_map(|text| later.when(text)).collect();
        assert_eq!(whens, [8, 8, 8, 9, 10, 13, 13]);
        assert_eq!(later.pieces(0, 7).ranges, [(6, 14)]);
    }
}
