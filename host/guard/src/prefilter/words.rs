//! Words of two and three bytes.

use super::Literals;
use super::filter::Filter;
use super::index::ANY_CASE;
use super::short::{Short, is_there};
use crate::set::ByteSet;

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
    pub(super) fn new(mut all: Vec<Short>, literals: &Literals) -> Self {
        let mut threes = Vec::new();
        for short in &all {
            let literal = literals.get(short.literal());
            let mut put = |third: u8| {
                let three = [literal.bytes[0], literal.bytes[1], third, 0, 0, 0, 0, 0];
                threes.push(u64::from_le_bytes(three) | ANY_CASE);
            };
            match (literal.bytes, literal.followers.first()) {
                ([_, _, third, ..], _) => put(*third),
                (_, followers) => {
                    let anything = ByteSet::from_words([u64::MAX; 4]);
                    let followers = followers.unwrap_or(&anything);
                    (0..=u8::MAX).filter(|byte| followers.has(*byte)).for_each(put);
                }
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

    /// Whether one may begin with eight bytes.
    #[inline(always)]
    pub(super) fn may_have(&self, eight: u64) -> bool {
        self.threes.may_have::<3>(eight | ANY_CASE)
    }

    /// Calls `tell` with those that begin at `place`.
    #[inline(never)]
    pub(super) fn look(&self, text: &[u8], place: usize, literals: &Literals, tell: &mut impl FnMut(u32, usize, usize)) {
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
