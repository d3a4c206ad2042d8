//! The native search for all literals of all rules at once.
//!
//! One pass hashes four case-folded bytes at each position into a table of bits; what the table lets through is looked up
//! and compared in full. The cost of a byte hardly depends on how many literals there are. A literal of fewer bytes enters
//! the table with each byte that may follow it; where that would be too many, it is searched for alone, which memchr does
//! many times faster.

use std::collections::HashMap;

use crate::rule::Keyword;
use crate::set::ByteSet;

mod short;

use short::Short;

/// A literal, and what wants to know of it.
pub(crate) struct Pattern {
    pub(crate) keyword: Keyword,
    pub(crate) owners: Vec<Owner>,
    /// What may stand behind it, byte by byte, for all owners together; all bytes where the list ends.
    pub(crate) followers: Vec<ByteSet>,
}

/// An anchor of a rule, by index into the flat list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) rule: u32,
    pub(crate) anchor: u16,
}

/// How many positions are looked at before the first branch.
const BLOCK: usize = 8;
/// Bits of the table: 32 KiB, which stays in the processor's nearest cache.
const TABLE_BITS: u32 = 18;

/// The compiled search.
pub(crate) struct Prefilter {
    patterns: Vec<Pattern>,
    table: Vec<u64>,
    /// The same keys under another hash, asked only about what the first table lets through.
    second: Vec<u64>,
    /// By folded bytes: the literals that hold these four, and those that are just these three, two or one.
    four: HashMap<u32, Vec<Probe>, Folded>,
    fewer: [HashMap<u32, Vec<Probe>, Folded>; 3],
    short: Vec<Short>,
    longest: usize,
}

/// A literal that may stand around a hit.
#[derive(Clone, Copy)]
struct Probe {
    pattern: u32,
    /// How many bytes of the literal stand before the hit.
    before: u8,
}

impl Prefilter {
    /// Compiles the literals, which are all of 1 to 64 bytes.
    pub(crate) fn new(patterns: Vec<Pattern>) -> Self {
        let longest = patterns
            .iter()
            .map(|pattern| pattern.keyword.bytes.len())
            .max()
            .unwrap_or(0);
        let mut prefilter = Self {
            table: vec![0; 1 << (TABLE_BITS - 6)],
            second: vec![0; 1 << (TABLE_BITS - 6)],
            four: HashMap::default(),
            fewer: Default::default(),
            short: Vec::new(),
            longest,
            patterns: Vec::new(),
        };
        for (index, pattern) in (0_u32..).zip(&patterns) {
            prefilter.add(index, pattern);
        }
        prefilter.patterns = patterns;
        prefilter
    }

    fn add(&mut self, index: u32, pattern: &Pattern) {
        let bytes = &pattern.keyword.bytes;
        if bytes.len() >= 4 {
            let before = rarest(bytes);
            let key = fold([bytes[before], bytes[before + 1], bytes[before + 2], bytes[before + 3]]);
            self.set(key);
            let before = u8::try_from(before).expect("a literal has 64 bytes at most");
            self.four.entry(key).or_default().push(Probe { pattern: index, before });
        } else if let Some(keys) = with_followers(bytes, &pattern.followers) {
            keys.into_iter().for_each(|key| self.set(key));
            let mut padded = [0; 4];
            padded[..bytes.len()].copy_from_slice(bytes);
            let probe = Probe {
                pattern: index,
                before: 0,
            };
            self.fewer[bytes.len() - 1].entry(fold(padded)).or_default().push(probe);
        } else {
            self.short.push(Short::new(index, &pattern.keyword));
        }
    }

    fn set(&mut self, key: u32) {
        let (first, second) = (hash(key), second_hash(key));
        self.table[(first >> 6) as usize] |= 1 << (first & 63);
        self.second[(second >> 6) as usize] |= 1 << (second & 63);
    }

    /// Length of the longest literal in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `hit` with the owners of every literal in `text` and the place where it begins and ends, unless it ends at or
    /// before `from`.
    pub(crate) fn search(&self, text: &[u8], from: usize, mut hit: impl FnMut(&[Owner], usize, usize)) {
        let mut tell = |pattern: u32, start: usize, end: usize| {
            if end > from {
                hit(&self.patterns[pattern as usize].owners, start, end);
            }
        };
        for short in &self.short {
            short.search(text, |start, end| tell(short.pattern(), start, end));
        }
        if self.four.is_empty() && self.fewer.iter().all(HashMap::is_empty) {
            return;
        }
        // A block of eight positions reads eleven bytes.
        let mut at = 0;
        while let Some(bytes) = text.get(at..at + BLOCK + 4) {
            let (head, tail) = bytes.split_at(8);
            let low = u64::from_le_bytes(head.try_into().expect("eight bytes"));
            let high = u64::from(u32::from_le_bytes(tail.try_into().expect("four bytes")));
            let mut places = self.may_begin(low, high);
            while places != 0 {
                self.look(text, at + places.trailing_zeros() as usize, true, &mut tell);
                places &= places - 1;
            }
            at += BLOCK;
        }
        for place in at..text.len() {
            // What may follow a short literal at the very end has not come yet, so the table can't tell.
            self.look(text, place, place + 4 <= text.len(), &mut tell);
        }
    }

    /// Which of eight positions the table lets through, as bits. `low` is eight bytes, `high` the four after them.
    #[inline(always)]
    fn may_begin(&self, low: u64, high: u64) -> u64 {
        let table: &[u64; 1 << (TABLE_BITS - 6)] = self.table[..].try_into().expect("the table has this size");
        let low = low | 0x2020_2020_2020_2020;
        let middle = (low >> 32) | ((high | 0x2020_2020) << 32);
        let bit = |key: u64| {
            #[allow(clippy::cast_possible_truncation, reason = "the key is the low four bytes")]
            let hash = hash(key as u32);
            (table[(hash >> 6) as usize] >> (hash & 63)) & 1
        };
        let first = bit(low) | bit(low >> 8) << 1 | bit(low >> 16) << 2 | bit(low >> 24) << 3;
        let second = bit(middle) | bit(middle >> 8) << 1 | bit(middle >> 16) << 2 | bit(middle >> 24) << 3;
        first | second << 4
    }

    /// Tells of every literal whose probe stands at `place`.
    fn look(&self, text: &[u8], place: usize, sift: bool, tell: &mut impl FnMut(u32, usize, usize)) {
        let byte = |offset: usize| text.get(place + offset).copied().unwrap_or(0);
        let key = fold([byte(0), byte(1), byte(2), byte(3)]);
        let hash = second_hash(key);
        if sift && (self.second[(hash >> 6) as usize] >> (hash & 63)) & 1 == 0 {
            return;
        }
        let fewer = self.fewer.iter().zip([0xFF_u32, 0xFFFF, 0x00FF_FFFF]);
        let fewer = fewer.filter_map(|(map, mask)| map.get(&((key & mask) | (0x2020_2020 & !mask))));
        for probe in self.four.get(&key).into_iter().chain(fewer).flatten() {
            let Keyword { bytes, any_case } = &self.patterns[probe.pattern as usize].keyword;
            let Some(start) = place.checked_sub(usize::from(probe.before)) else {
                continue;
            };
            let Some(found) = text.get(start..start + bytes.len()) else {
                continue;
            };
            if found == bytes || (*any_case && found.eq_ignore_ascii_case(bytes)) {
                tell(probe.pattern, start, start + bytes.len());
            }
        }
    }
}

/// A short literal enters the table with at most so many continuations.
const CONTINUATIONS: usize = 4096;

/// All keys that a literal of fewer than four bytes can begin, or `None` where they are too many.
fn with_followers(bytes: &[u8], followers: &[ByteSet]) -> Option<Vec<u32>> {
    let mut begun = vec![bytes.to_vec()];
    for place in 0..4 - bytes.len() {
        let may_follow = |byte: &u8| followers.get(place).is_none_or(|set| set.has(*byte));
        let next: Vec<u8> = (0..=u8::MAX).filter(may_follow).collect();
        if begun.len() * next.len() > CONTINUATIONS {
            return None;
        }
        begun = begun
            .iter()
            .flat_map(|begun| next.iter().map(|byte| begun.iter().copied().chain([*byte]).collect()))
            .collect();
    }
    Some(
        begun
            .iter()
            .map(|four| fold([four[0], four[1], four[2], four[3]]))
            .collect(),
    )
}

fn fold(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | 0x2020_2020
}

#[inline(always)]
fn hash(key: u32) -> u32 {
    key.wrapping_mul(0x9E37_79B1) >> (32 - TABLE_BITS)
}

#[inline(always)]
fn second_hash(key: u32) -> u32 {
    (key ^ (key >> 15)).wrapping_mul(0x85EB_CA6B) >> (32 - TABLE_BITS)
}

/// Where the four bytes of a literal begin that stand least often in ordinary text.
fn rarest(bytes: &[u8]) -> usize {
    let common = |byte: u8| match byte.to_ascii_lowercase() {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 5_u32,
        b'l' | b'c' | b'd' | b'u' | b'p' | b'm' | b'-' | b'=' | b'"' => 4,
        b'h' | b'f' | b'g' | b'b' | b'_' | b'.' | b'/' | b':' | b'0'..=b'1' => 3,
        b'y' | b'w' | b'v' | b'k' | b'x' | b'2'..=b'9' => 2,
        _ => 1,
    };
    let places = bytes
        .windows(4)
        .map(|four| four.iter().map(|byte| common(*byte)).sum::<u32>());
    places
        .enumerate()
        .min_by_key(|(_, common)| *common)
        .map_or(0, |(place, _)| place)
}

/// The keys are hashed well enough by one multiplication, and are never an enemy's.
#[derive(Clone, Copy, Default)]
struct Folded;

impl std::hash::BuildHasher for Folded {
    type Hasher = FoldedHasher;

    fn build_hasher(&self) -> FoldedHasher {
        FoldedHasher(0)
    }
}

struct FoldedHasher(u64);

impl std::hash::Hasher for FoldedHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = (self.0 ^ u64::from(key)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Owner, Pattern, Prefilter};
    use crate::rule::Keyword;
    use crate::set::ByteSet;

    fn pattern(index: usize, text: &str, any_case: bool, followers: &[&[u8]]) -> Pattern {
        let bytes = if any_case {
            text.to_ascii_lowercase()
        } else {
            text.to_owned()
        }
        .into_bytes();
        let rule = u32::try_from(index).expect("few");
        let followers = followers.iter().map(|set| ByteSet::of(set)).collect();
        Pattern {
            keyword: Keyword { bytes, any_case },
            owners: vec![Owner { rule, anchor: 0 }],
            followers,
        }
    }

    fn patterns() -> Vec<Pattern> {
        let words = [
            ("abab", false),
            ("ABAB", true),
            ("aba", false),
            ("b", false),
            ("ab", false),
            ("Ba", true),
            ("cabac", false),
        ];
        let mut all: Vec<_> = words
            .iter()
            .enumerate()
            .map(|(index, (text, any))| pattern(index, text, *any, &[]))
            .collect();
        all.push(pattern(all.len(), "AB", false, &[b"12", b"12"]));
        all.push(pattern(all.len(), "c", false, &[b"12", b"12", b"12"]));
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Every literal is told of wherever it stands; one with followers may be left out where they don't follow, but
        /// not where the text ends before them.
        #[test]
        fn it_finds_what_a_plain_search_finds(text in "[abcAB12. ]{0,60}", from in 0_usize..20) {
            let (text, from) = (text.as_bytes(), from.min(text.len()));
            let mut found = Vec::new();
            Prefilter::new(patterns()).search(text, from, |owners, start, end| found.push((owners[0].rule, start, end)));
            found.sort_unstable();
            found.dedup();
            let mut expected = Vec::new();
            for pattern in patterns() {
                let Keyword { bytes, any_case } = &pattern.keyword;
                for start in 0..text.len() {
                    let end = start + bytes.len();
                    let Some(here) = text.get(start..end) else { continue };
                    let same = if *any_case { here.eq_ignore_ascii_case(bytes) } else { here == bytes };
                    let mut followed = pattern.followers.iter().enumerate();
                    let fits = followed.all(|(place, set)| text.get(end + place).is_none_or(|byte| set.has(*byte)));
                    if same && fits && end > from {
                        expected.push((pattern.owners[0].rule, start, end));
                    }
                }
            }
            for hit in &expected {
                prop_assert!(found.contains(hit), "{hit:?} is missing");
            }
            for hit in &found {
                let pattern = &patterns()[hit.0 as usize];
                prop_assert!(expected.contains(hit) || !pattern.followers.is_empty(), "{hit:?} is not there");
            }
        }
    }
}
