//! Literals that a text begins with, where it begins with a letter that may belong to an escape: no other place of
//! such a text counts, and it is looked at again whenever something comes behind it.

use super::shelf::padded;
use super::{Literals, may_follow};
use crate::coding::LETTERS;

/// All literals that begin with such a letter, in either case.
pub(super) struct First {
    /// Those of four bytes and more, by their first four.
    long: Vec<(u32, Entry)>,
    /// The others, by their bytes, and which bits of four bytes these are.
    short: Vec<(u32, u32, Entry)>,
}

#[derive(Clone, Copy)]
struct Entry {
    literal: u32,
    /// It is told of only before what may follow it.
    followed: bool,
}

impl First {
    /// Of all literals, of which those that `followed` tells are searched for with what may follow them.
    pub(super) fn new(literals: &Literals, followed: impl Fn(u32) -> bool) -> Self {
        let mut first = Self {
            long: Vec::new(),
            short: Vec::new(),
        };
        for (index, literal) in (0..).zip(literals.iter()) {
            let begin = literal.bytes[0].to_ascii_lowercase();
            if !LETTERS.contains(&begin) {
                continue;
            }
            let entry = Entry {
                literal: index,
                followed: followed(index),
            };
            match literal.bytes.first_chunk() {
                Some(four) => first.long.push((folded(*four), entry)),
                None => {
                    let mask = !0 >> (32 - 8 * literal.bytes.len());
                    first.short.push((folded(padded(literal.bytes)) & mask, mask, entry));
                }
            }
        }
        first.long.sort_by_key(|(four, _)| *four);
        first
    }

    /// Calls `tell` with each that the text begins with, and where it ends.
    pub(super) fn look(&self, text: &[u8], literals: &Literals, mut tell: impl FnMut(u32, usize)) {
        let four = folded(padded(text));
        let from = self.long.partition_point(|(own, _)| *own < four);
        let long = self.long[from..].iter().take_while(|(own, _)| *own == four);
        let short = self.short.iter().filter(|(own, mask, _)| four & mask == *own);
        for entry in long.map(|(_, entry)| entry).chain(short.map(|(_, _, entry)| entry)) {
            let literal = literals.get(entry.literal);
            let Some((own, rest)) = text.split_at_checked(literal.bytes.len()) else {
                continue;
            };
            if literal.is(own) && (!entry.followed || may_follow(literal.followers, rest)) {
                tell(entry.literal, own.len());
            }
        }
    }
}

/// The same for letters of either case.
fn folded(four: [u8; 4]) -> u32 {
    u32::from_le_bytes(four) | 0x2020_2020
}
