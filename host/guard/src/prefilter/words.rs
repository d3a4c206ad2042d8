//! Words of two and three bytes.

use super::Literals;
use super::beginnings::{ANY_CASE, Beginnings, Fourths};
use super::filter::Filter;
use super::short::{Short, is_there};

const BUCKETS: usize = 256;

/// Literals that are found where a word begins.
pub(super) struct Words {
    /// Three bytes: a literal's own, and what may follow one of two.
    threes: Filter,
    /// By the hash of the first two bytes.
    all: Vec<Short>,
    begins: Box<[u32; BUCKETS + 1]>,
}

impl Words {
    /// Adds to `beginnings` what they begin with, and what may follow them.
    pub(super) fn new(mut all: Vec<Short>, literals: &Literals, beginnings: &mut Beginnings) -> Self {
        let mut threes = Vec::new();
        for short in &all {
            let literal = literals.get(short.literal());
            let mut put = |three: [u8; 3], fourths: Fourths| {
                beginnings.insert(three, fourths);
                let [a, b, c] = three;
                threes.push(u64::from_le_bytes([a, b, c, 0, 0, 0, 0, 0]) | u64::from(ANY_CASE));
            };
            match *literal.bytes {
                [a, b, c, ..] => put([a, b, c], Fourths::of(&literal.follower(0))),
                [a, b] => {
                    let (thirds, fourths) = (literal.follower(0), Fourths::of(&literal.follower(1)));
                    for third in (0..=u8::MAX).filter(|third| thirds.has(*third)) {
                        put([a, b, third], fourths);
                    }
                }
                // They have two bytes at least.
                [_] | [] => {}
            }
        }
        // Letters of both cases are the same, and literals share their beginnings.
        let mut filter = Filter::with_room(threes.len() / 4);
        threes.iter().for_each(|three| filter.insert::<3>(*three));
        all.sort_by_key(|short| bucket(short.two()));
        let begin = |of: usize| all.partition_point(|short| bucket(short.two()) < of);
        let begins = std::array::from_fn(|of| u32::try_from(begin(of)).expect("there are fewer than 2^32"));
        Self {
            threes: filter,
            begins: Box::new(begins),
            all,
        }
    }

    /// Whether this literal is one of them.
    pub(super) fn has(&self, literal: u32) -> bool {
        self.all.iter().any(|short| short.literal() == literal)
    }

    /// Calls `tell` with those that begin with these eight bytes at `place`.
    #[inline(always)]
    pub(super) fn search(
        &self,
        text: &[u8],
        (place, eight): (usize, u64),
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        if self.may_have(eight) {
            self.look(text, place, literals, tell);
        }
    }

    /// Whether one of them may begin with the first of these eight bytes.
    #[inline(always)]
    pub(super) fn may_have(&self, eight: u64) -> bool {
        self.threes.may_have::<3>(eight | u64::from(ANY_CASE))
    }

    /// Calls `tell` with those that begin at `place`.
    #[inline(never)]
    pub(super) fn look(
        &self,
        text: &[u8],
        place: usize,
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        let Some(two) = text[place..].first_chunk() else { return };
        let bucket = bucket(u16::from_le_bytes(*two));
        let (from, to) = (self.begins[bucket] as usize, self.begins[bucket + 1] as usize);
        is_there(&self.all[from..to], text, place, literals, tell);
    }
}

/// Of two bytes in any case.
#[inline(always)]
fn bucket(two: u16) -> usize {
    usize::from((two | 0x2020).wrapping_mul(0x9E3B) >> 8)
}
