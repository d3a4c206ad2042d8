//! Literals that a text begins with, where it begins with a letter that may belong to an escape: no other place of
//! such a text counts, and it is looked at again whenever something comes behind it.

use super::mark::Mark;
use super::rarity::Rarity;
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
    told: Told,
}

/// Whether a search tells of a literal where what may not follow it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Always,
    Never,
    /// That hangs on which of its windows the sieve has.
    Perhaps,
}

impl First {
    /// Of all literals, of which those that `short` tells are looked for with what may follow them.
    pub(super) fn new(literals: &Literals, short: impl Fn(u32) -> bool) -> Self {
        let rarity = Rarity::new();
        let mut first = Self {
            long: Vec::new(),
            short: Vec::new(),
        };
        for (index, literal) in (0..).zip(literals.iter()) {
            if !LETTERS.contains(&literal.bytes[0].to_ascii_lowercase()) {
                continue;
            }
            let told = if short(index) {
                Told::Never
            } else if literal.followers.is_empty() || Mark::of(literal, &rarity).is_some() {
                Told::Always
            } else {
                Told::Perhaps
            };
            let entry = Entry { literal: index, told };
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

    /// Which of them a search of the text would tell of that begin with it, and where they end; `None` where only
    /// that search tells.
    pub(super) fn look(&self, text: &[u8], literals: &Literals) -> Option<Vec<(u32, usize)>> {
        let mut found = Vec::new();
        let four = folded(padded(text));
        let from = self.long.partition_point(|(own, _)| *own < four);
        let long = self.long[from..].iter().take_while(|(own, _)| *own == four);
        let short = self.short.iter().filter(|(own, mask, _)| four & mask == *own);
        for Entry { literal, told } in long.map(|(_, entry)| entry).chain(short.map(|(_, _, entry)| entry)) {
            let of = literals.get(*literal);
            let Some((own, rest)) = text.split_at_checked(of.bytes.len()).filter(|(own, _)| of.is(own)) else {
                continue;
            };
            match told {
                Told::Always => {}
                Told::Never | Told::Perhaps if may_follow(of.followers, rest) => {}
                Told::Never => continue,
                Told::Perhaps => return None,
            }
            found.push((*literal, own.len()));
        }
        Some(found)
    }
}

/// The same for letters of either case.
fn folded(four: [u8; 4]) -> u32 {
    u32::from_le_bytes(four) | 0x2020_2020
}
