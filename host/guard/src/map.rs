//! Where each byte of a view's text stands in the raw stream.

use std::collections::VecDeque;

/// From text positions to raw positions: a list of stretches without gaps, in the order of the text.
#[derive(Default)]
pub(crate) struct Map {
    stretches: VecDeque<Stretch>,
    /// A later text position may stand earlier in the raw stream, since something was copied.
    folded: bool,
}

/// Text bytes that stand in one place of the raw stream.
#[derive(Clone, Copy)]
struct Stretch {
    text: u64,
    len: u64,
    raw: u64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Text byte `i` is raw byte `i`, known when it came.
    Same,
    /// Text byte `i` is raw byte `i` again, known at `when`. What stands before `floor` was out by then.
    Copy { when: u64, floor: u64 },
    /// All of them stand for the `wide` raw bytes from `raw` on, known at `when`. What stands before `floor` was out by then.
    Group { when: u64, wide: u64, floor: u64 },
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
                Kind::Group { when, wide, floor } => {
                    self.group(text, len, (stretch.raw, wide), when.max(told), floor);
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
        self.stretches.push_back(Stretch { text, len, raw, kind });
    }

    fn index(&self, text: u64) -> usize {
        // Nearly all questions are about the last stretch.
        match self.stretches.back() {
            Some(last) if text >= last.text => self.stretches.len() - 1,
            Some(_) | None => self.search(text),
        }
    }

    fn search(&self, text: u64) -> usize {
        // What was decoded has a stretch for each byte.
        let first = self.stretches.front().map_or(0, |first| first.text);
        let bytewise = usize::try_from(text.saturating_sub(first)).unwrap_or(usize::MAX);
        let holds = |stretch: &Stretch| stretch.text == text && stretch.len > 0;
        if self.stretches.get(bytewise).is_some_and(holds) {
            return bytewise;
        }
        self.stretches
            .partition_point(|stretch| stretch.text + stretch.len <= text)
    }

    fn at(&self, text: u64) -> Option<&Stretch> {
        self.stretches
            .get(self.index(text))
            .filter(|stretch| text < stretch.text + stretch.len)
    }

    /// Where the text byte begins in the raw stream; `None` behind the end of the text.
    pub(crate) fn raw(&self, text: u64) -> Option<u64> {
        let stretch = self.at(text)?;
        Some(match stretch.kind {
            Kind::Same | Kind::Copy { .. } => stretch.raw + text.saturating_sub(stretch.text),
            Kind::Group { .. } => stretch.raw,
        })
    }

    /// Where each text byte from `text` on begins in the raw stream, for questions in the order of the text.
    pub(crate) fn raws(&self, text: u64) -> impl FnMut(u64) -> Option<u64> + '_ {
        let mut rest = self.stretches.iter().skip(self.index(text));
        let mut current = rest.next();
        move |text| {
            while current.is_some_and(|stretch| stretch.text + stretch.len <= text) {
                current = rest.next();
            }
            let stretch = current?;
            Some(match stretch.kind {
                Kind::Same | Kind::Copy { .. } => stretch.raw + text.saturating_sub(stretch.text),
                Kind::Group { .. } => stretch.raw,
            })
        }
    }

    /// Where what the text byte stands for ends in the raw stream.
    pub(crate) fn raw_end(&self, text: u64) -> Option<u64> {
        let stretch = self.at(text)?;
        Some(match stretch.kind {
            Kind::Same | Kind::Copy { .. } => stretch.raw + text.saturating_sub(stretch.text) + 1,
            Kind::Group { wide, .. } => stretch.raw + wide,
        })
    }

    /// The raw position whose byte made the text byte known.
    pub(crate) fn when(&self, text: u64) -> Option<u64> {
        let stretch = self.at(text)?;
        Some(match stretch.kind {
            Kind::Same => stretch.raw + text.saturating_sub(stretch.text),
            Kind::Copy { when, .. } | Kind::Group { when, .. } => when,
        })
    }

    /// What stands before this raw byte was out when the text byte was copied.
    pub(crate) fn floor(&self, text: u64) -> u64 {
        self.at(text).map_or(0, |stretch| match stretch.kind {
            Kind::Same => 0,
            Kind::Copy { floor, .. } | Kind::Group { floor, .. } => floor,
        })
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
                Kind::Same | Kind::Copy { .. } => Some(stretch.raw + text.saturating_sub(stretch.text)),
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
            let from = start.max(stretch.text) - stretch.text;
            let to = end.min(stretch.text + stretch.len) - stretch.text;
            if from >= to {
                continue;
            }
            let ((from, to), floor) = match stretch.kind {
                Kind::Same => ((stretch.raw + from, stretch.raw + to), 0),
                Kind::Copy { floor, .. } => ((stretch.raw + from, stretch.raw + to), floor),
                Kind::Group { wide, floor, .. } => ((stretch.raw, stretch.raw + wide), floor),
            };
            pieces.out += floor.clamp(from, to) - from;
            add(&mut pieces.all, from, to);
            add(&mut pieces.ranges, from.max(floor), to);
        }
        put_together(&mut pieces.all);
        put_together(&mut pieces.ranges);
        pieces
    }

    /// Forgets the text before `text`.
    pub(crate) fn forget(&mut self, text: u64) {
        while self
            .stretches
            .front()
            .is_some_and(|first| first.text + first.len <= text)
            && self.stretches.len() > 1
        {
            self.stretches.pop_front();
        }
        if self.folded {
            self.folded = self
                .stretches
                .iter()
                .any(|stretch| matches!(stretch.kind, Kind::Copy { .. }));
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
        for len in [1, 3] {
            let mut map = Map::default();
            (0..200).for_each(|stretch| map.group(7 + stretch * len, len, (1000 + 10 * stretch, 10), 0, 0));
            for text in 7..7 + 200 * len {
                assert_eq!(map.raw(text), Some(1000 + 10 * ((text - 7) / len)), "{text}");
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
