//! What literals end with: most short texts are told to complete none, without looking for any.

use crate::prefilter::Literal;
use crate::set::ByteSet;

/// How many words of 64 bits tell hashes apart, of three bytes and of four: 18 and 20 bits of each.
const THREE: usize = 1 << 12;
const FOUR: usize = 1 << 14;
/// How many bytes before a text count.
pub(crate) const BEFORE: usize = 5;

/// The last bytes of all literals, with what may follow the short ones.
pub(crate) struct Ends {
    /// A bit for each hash of three bytes: the last of a literal, or all of a literal of two and what may follow it.
    threes: Table<THREE>,
    /// The same of three bytes alone, of four, and of six in either case, as long as a literal is: asked only about
    /// what the first table knows. Words of ordinary text end as thousands of literals do, and few of those go on
    /// alike before that.
    shorts: Table<THREE>,
    fours: Table<FOUR>,
    sixes: Table<FOUR>,
    /// Both bytes of literals that have two, a word for each first one's high bits; asked only about the last bytes
    /// of a text.
    twos: Box<[ByteSet]>,
    /// The literals of a single byte, and what may follow each.
    ones: Box<[bool; 256]>,
    behind_ones: Vec<(u8, ByteSet)>,
}

/// Whether a literal ends in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum May {
    No,
    /// None but those of a single byte.
    Ones,
    Yes,
}

impl Ends {
    pub(crate) fn new<'a>(literals: impl Iterator<Item = Literal<'a>>) -> Self {
        let mut ends = Self {
            threes: Table::new(),
            shorts: Table::new(),
            fours: Table::new(),
            sixes: Table::new(),
            twos: vec![ByteSet::default(); 256].into_boxed_slice(),
            ones: Box::new([false; 256]),
            behind_ones: Vec::new(),
        };
        let all = ByteSet::from_words([u64::MAX; 4]);
        for literal in literals {
            let any_case = literal.any_case;
            let behind = literal.followers.first().unwrap_or(&all);
            match literal.bytes {
                [] => {}
                [one] => cases(*one, any_case).for_each(|one| {
                    ends.ones[usize::from(one)] = true;
                    ends.behind_ones.push((one, *behind));
                }),
                [first, second] => {
                    for (first, second) in pairs(*first, *second, any_case) {
                        ends.twos[usize::from(first)].insert(second);
                        let behind = (0..=u8::MAX).filter(|byte| behind.has(*byte));
                        behind.for_each(|byte| ends.add(None, [first, second, byte]));
                    }
                }
                [before @ .., first, second, third] => {
                    for (first, second) in pairs(*first, *second, any_case) {
                        for third in cases(*third, any_case) {
                            match before {
                                [] => ends.add(None, [first, second, third]),
                                [before] | [_, before] => cases(*before, any_case)
                                    .for_each(|before| ends.add(Some(before), [first, second, third])),
                                [..] => ends.threes.put(pushed_all(&[first, second, third])),
                            }
                        }
                    }
                    if before.len() > 2 {
                        ends.sixes.put(folded(pushed_all(literal.bytes)));
                    }
                }
            }
        }
        ends
    }

    fn add(&mut self, before: Option<u8>, three: [u8; 3]) {
        let three = pushed_all(&three);
        self.threes.put(three);
        match before {
            None => self.shorts.put(three),
            Some(before) => self.fours.put(u64::from(before) << 24 | three),
        }
    }

    /// Whether a literal that may be followed by what follows it ends with one of the bytes of `text`, which `before`
    /// stands before.
    pub(crate) fn may_end(&self, before: [u8; BEFORE], text: &[u8]) -> May {
        let Some(last) = text.last() else { return May::No };
        let mut eight = pushed_all(&before);
        let mut ones = false;
        for byte in text {
            eight = pushed(eight, *byte);
            let three = eight & LAST_THREE;
            ones |= self.ones[usize::from(*byte)];
            if self.threes.has(three)
                && (self.sixes.has(folded(eight)) || self.fours.has(eight & LAST_FOUR) || self.shorts.has(three))
            {
                return May::Yes;
            }
        }
        let [.., second_last, _] = eight.to_be_bytes();
        if self.twos[usize::from(second_last)].has(*last) {
            May::Yes
        } else if ones && self.may_be_one(text) {
            May::Ones
        } else {
            May::No
        }
    }

    /// Whether a byte is a literal.
    pub(crate) fn is_one(&self, byte: u8) -> bool {
        self.ones[usize::from(byte)]
    }

    fn may_be_one(&self, text: &[u8]) -> bool {
        let may = |(at, one): (usize, &u8)| {
            let of = self.behind_ones.iter().filter(|(of, _)| of == one);
            let next = text.get(at + 1);
            of.into_iter()
                .any(|(_, behind)| next.is_none_or(|next| behind.has(*next)))
        };
        text.iter().enumerate().any(may)
    }
}

/// A byte in any case that counts.
fn cases(byte: u8, any_case: bool) -> impl Iterator<Item = u8> {
    let other = (any_case && byte.is_ascii_alphabetic()).then_some(byte ^ 0x20);
    std::iter::once(byte).chain(other)
}

fn pairs(first: u8, second: u8, any_case: bool) -> impl Iterator<Item = (u8, u8)> {
    cases(first, any_case).flat_map(move |first| cases(second, any_case).map(move |second| (first, second)))
}

/// The last bytes read, another one taken in.
#[inline(always)]
fn pushed(bytes: u64, byte: u8) -> u64 {
    bytes << 8 | u64::from(byte)
}

fn pushed_all(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |last, byte| pushed(last, *byte))
}

const LAST_THREE: u64 = 0xFF_FFFF;
const LAST_FOUR: u64 = 0xFFFF_FFFF;

/// The last six, letters of either case the same.
#[inline(always)]
fn folded(bytes: u64) -> u64 {
    (bytes & 0xFFFF_FFFF_FFFF) | 0x2020_2020_2020
}

/// A bit for each hash.
struct Table<const WORDS: usize>(Box<[u64; WORDS]>);

impl<const WORDS: usize> Table<WORDS> {
    const SHIFT: u32 = 64 - 6 - WORDS.trailing_zeros();

    fn new() -> Self {
        let words = vec![0; WORDS].into_boxed_slice();
        Self(words.try_into().expect("the length is the type's"))
    }

    fn put(&mut self, bytes: u64) {
        let hash = Self::hash(bytes);
        self.0[hash >> 6] |= 1 << (hash & 63);
    }

    #[inline(always)]
    fn has(&self, bytes: u64) -> bool {
        let hash = Self::hash(bytes);
        // A hash has no more bits, which the compiler can't see.
        self.0[(hash >> 6) & (WORDS - 1)] >> (hash & 63) & 1 == 1
    }

    #[inline(always)]
    fn hash(bytes: u64) -> usize {
        (bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> Self::SHIFT) as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Ends, May};
    use crate::prefilter::{Draft, Literals, Owner, Prefilter, Stands};
    use crate::set::ByteSet;

    fn literals<'a>(all: impl IntoIterator<Item = (&'a str, bool, Vec<&'a str>)>) -> Literals {
        let mut draft = Draft::with_room(0);
        for (text, any_case, followers) in all {
            let followers: Vec<_> = followers.into_iter().map(|set| ByteSet::of(set.as_bytes())).collect();
            let behind = draft.behind(&followers);
            draft.add(
                text.as_bytes(),
                any_case,
                Stands::Anywhere,
                behind,
                Owner::Rule { rule: 0, anchor: 0 },
            );
        }
        draft.finish()
    }

    proptest! {
        #[test]
        fn what_is_found_is_never_missed(
            drawn in prop::collection::vec(("[ab%=]{1,8}", any::<bool>(), prop::collection::vec("[ab.]{1,2}", 0..3)), 1..4),
            text in "[abAB%=.]{5,20}", from in 5_usize..20,
        ) {
            let literals = literals(drawn.iter().map(|(text, any_case, followers)| {
                (&text[..], *any_case, followers.iter().map(|set| &set[..]).collect())
            }));
            let ends = Ends::new(literals.iter());
            let text = text.as_bytes();
            let from = from.min(text.len());
            let mut found = false;
            let prefilter = Prefilter::new(literals);
            prefilter.search(text, from, |_, _, _| found = true);
            let may = ends.may_end(*text[..from].last_chunk().expect("it is long enough"), &text[from..]);
            prop_assert!(!found || may != May::No);
            if may == May::Ones {
                let (mut all, mut ones) = (Vec::new(), Vec::new());
                prefilter.search(text, from, |_, start, end| all.push((start, end)));
                prefilter.search_ones(text, from, |byte| ends.is_one(byte), |_, start, end| ones.push((start, end)));
                all.sort_unstable();
                ones.sort_unstable();
                prop_assert_eq!(all, ones);
            }
        }
    }

    #[test]
    fn most_texts_end_none() {
        let literals = literals([
            ("token=", true, vec![]),
            ("%", false, vec!["234567"]),
            ("AD", false, vec!["0123456789"]),
        ]);
        let ends = Ends::new(literals.iter());
        let may_end = |text: &[u8]| ends.may_end(*b"     ", text);
        assert_eq!(may_end(b"Receiving objects:  93% (3706/3986) ADD"), May::No);
        for text in [&b"TokeN="[..], b"AD5", b"AD"] {
            assert_eq!(may_end(text), May::Yes);
        }
        for text in [&b"93%20"[..], b"93%"] {
            assert_eq!(may_end(text), May::Ones);
        }
    }
}
