//! What literals end with: most short texts are told to complete none, without looking for any.

use crate::prefilter::Literals;
use crate::set::ByteSet;

/// How many bits of a hash count.
const BITS: u32 = 18;
/// How many bytes before a text count.
pub(crate) const BEFORE: usize = 3;

/// The last bytes of all literals, with what may follow the short ones.
pub(crate) struct Ends {
    /// A bit for each hash of three bytes: the last of a literal, or all of a literal of two and what may follow it.
    threes: Box<Table>,
    /// The same with what stands before those three, which may be anything where the literal is that short: asked only about what the
    /// first table knows.
    fours: Box<Table>,
    shorts: Box<Table>,
    /// Both bytes of literals that have two, a word for each first one's high bits; asked only about the last bytes of a text.
    twos: Box<[ByteSet]>,
    /// The literals of a single byte, and what may follow each.
    ones: Box<[bool; 256]>,
    behind_ones: Vec<(u8, ByteSet)>,
}

impl Ends {
    pub(crate) fn new(literals: &Literals) -> Self {
        let mut ends = Self {
            threes: empty(),
            fours: empty(),
            shorts: empty(),
            twos: vec![ByteSet::default(); 256].into_boxed_slice(),
            ones: Box::new([false; 256]),
            behind_ones: Vec::new(),
        };
        let all = ByteSet::from_words([u64::MAX; 4]);
        for literal in literals.iter() {
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
                            match before.last() {
                                None => ends.add(None, [first, second, third]),
                                Some(before) => cases(*before, any_case)
                                    .for_each(|before| ends.add(Some(before), [first, second, third])),
                            }
                        }
                    }
                }
            }
        }
        ends
    }

    fn add(&mut self, before: Option<u8>, three: [u8; 3]) {
        let three = three.into_iter().fold(0, pushed);
        put(&mut self.threes, three << 8);
        match before {
            None => put(&mut self.shorts, three << 8),
            Some(before) => put(&mut self.fours, u32::from(before) << 24 | three),
        }
    }

    /// Whether a literal that may be followed by what follows it ends with one of the bytes of `text`, which `before` stands before.
    pub(crate) fn may_end(&self, before: [u8; BEFORE], text: &[u8]) -> bool {
        let mut four = before.into_iter().fold(0, pushed);
        let mut may = false;
        let mut ones = false;
        for byte in text {
            four = pushed(four, *byte);
            let three = four << 8;
            may |= has(&self.threes, three) && (has(&self.fours, four) || has(&self.shorts, three));
            ones |= self.ones[usize::from(*byte)];
        }
        let [_, _, first, second] = four.to_be_bytes();
        may || (!text.is_empty() && self.twos[usize::from(first)].has(second)) || (ones && self.may_be_one(text))
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
#[inline]
fn pushed(bytes: u32, byte: u8) -> u32 {
    bytes << 8 | u32::from(byte)
}

/// A bit for each hash.
type Table = [u64; 1 << (BITS - 6)];

fn empty() -> Box<Table> {
    let table = vec![0; 1 << (BITS - 6)].into_boxed_slice();
    table.try_into().expect("the length is the type's")
}

fn put(table: &mut Table, bytes: u32) {
    let hash = hash(bytes);
    table[hash >> 6] |= 1 << (hash & 63);
}

#[inline]
fn has(table: &Table, bytes: u32) -> bool {
    let hash = hash(bytes);
    table[hash >> 6] >> (hash & 63) & 1 == 1
}

#[inline]
fn hash(bytes: u32) -> usize {
    (bytes.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Ends;
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
            drawn in prop::collection::vec(("[ab%=]{1,5}", any::<bool>(), prop::collection::vec("[ab.]{1,2}", 0..3)), 1..4),
            text in "[abAB%=.]{3,20}", from in 3_usize..20,
        ) {
            let literals = literals(drawn.iter().map(|(text, any_case, followers)| {
                (&text[..], *any_case, followers.iter().map(|set| &set[..]).collect())
            }));
            let ends = Ends::new(&literals);
            let text = text.as_bytes();
            let from = from.min(text.len());
            let mut found = false;
            Prefilter::new(literals).search(text, from, |_, _, _| found = true);
            prop_assert!(!found || ends.may_end([text[from - 3], text[from - 2], text[from - 1]], &text[from..]));
        }
    }

    #[test]
    fn most_texts_end_none() {
        let ends = Ends::new(&literals([
            ("token=", true, vec![]),
            ("%", false, vec!["234567"]),
            ("AD", false, vec!["0123456789"]),
        ]));
        let may_end = |text: &[u8]| ends.may_end(*b"   ", text);
        assert!(!may_end(b"Receiving objects:  93% (3706/3986) ADD"));
        for text in [&b"TokeN="[..], b"93%20", b"93%", b"AD5", b"AD"] {
            assert!(may_end(text));
        }
    }
}
