//! The native search for all literals of all rules at once.
//!
//! Most literals stand only where a text has a mark: names and words where a word begins, forms in base64 around a
//! capital. Those places alone are looked up for them. For the others every position of the text, or every second
//! one, is held against a table, the sieve, which knows four bytes of each literal, or four at an even and four at an
//! odd place: those that stand least often in ordinary text. What either lets through is looked up and compared in
//! full. Shorter literals would let too much through: they are found by their shapes, which hold what may follow
//! them.

use crate::coding::{Coding, introduces};
use crate::set::ByteSet;

mod beginnings;
mod filter;
mod first;
mod index;
mod literals;
mod mark;
mod marked;
mod merge;
mod places;
mod rarity;
mod shapes;
mod shelf;
mod short;
mod sieve;
#[cfg(test)]
mod tests;
mod twos;
mod window;
mod words;

use std::sync::OnceLock;

use first::First;
pub(crate) use literals::{Behind, Draft, LONGEST, Literal, Literals, Stands};
use mark::Mark;
use marked::Marked;
use rarity::Rarity;
use shelf::Shelf;
use short::Shorts;
use sieve::Sieve;

/// Whether this text may stand behind a literal with these followers, as far as it has come.
fn may_follow(followers: &[ByteSet], text: &[u8]) -> bool {
    for (set, byte) in followers.iter().zip(text) {
        if !set.has(*byte) {
            return false;
        }
        if introduces(*byte) {
            return true;
        }
    }
    true
}

/// What wants to know of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// An anchor of a rule, by index into the flat list of rules.
    Rule {
        /// Index of the rule.
        rule: u32,
        /// Index of the anchor in the rule.
        anchor: u16,
    },
    /// The form that some literal has in an encoding.
    Coding(Coding),
}

/// The compiled search.
pub(crate) struct Prefilter {
    literals: Literals,
    sieve: Sieve,
    shelf: Shelf,
    shorts: Shorts,
    marked: Marked,
    /// Few texts ask for it.
    first: OnceLock<First>,
}

impl Prefilter {
    /// Compiles the literals, which are all of 1 to 64 bytes.
    pub(crate) fn new(literals: Literals) -> Self {
        let mut rarity = Rarity::new();
        let mut sieve = Sieve::new();
        let mut probes = Vec::new();
        let mut singles = Vec::new();
        let mut shorts = Vec::new();
        let mut marks = marked::Draft::default();
        let everywhere = sieve.twos().is_some();
        for (index, literal) in (0_u32..).zip(literals.iter()) {
            if let Some(mark) = Mark::of(literal, &rarity) {
                marks.add(mark, index, &literals);
            } else if everywhere && literal.bytes.len() > window::SHORTEST {
                singles.push(index);
            } else if let Some(windows) = window::pair(literal, &mut rarity) {
                if everywhere {
                    singles.push(index);
                    continue;
                }
                for window in windows {
                    window.enter(literal, &mut sieve);
                    probes.push(window.probe(index, literal));
                }
            } else {
                shorts.push(index);
            }
        }
        // Short ones have the least choice.
        singles.sort_by_key(|index| literals.get(*index).bytes.len());
        for index in singles {
            let literal = literals.get(index);
            let window = window::single(literal, &rarity, sieve.twos().expect("there are none without it"));
            window.enter(literal, &mut sieve);
            probes.push(window.probe(index, literal));
        }
        Self {
            sieve,
            shelf: Shelf::new(&probes),
            shorts: Shorts::new(&shorts, &literals, &rarity),
            marked: marks.finish(&literals),
            first: OnceLock::new(),
            literals,
        }
    }

    /// What is searched for.
    pub(crate) fn literals(&self) -> &Literals {
        &self.literals
    }

    /// Calls `hit` with the owners of every literal in `text` and the place where it begins and ends, unless it ends
    /// at or before `from`. A literal that can't be followed by what follows it, or that counts elsewhere, may be
    /// left out.
    pub(crate) fn search(&self, text: &[u8], from: usize, mut hit: impl FnMut(&[Owner], usize, usize)) {
        let mut tell = |literal: u32, start: usize, end: usize| {
            if end > from {
                hit(self.literals.owners(literal), start, end);
            }
        };
        self.marked.search(text, &self.literals, &mut tell);
        self.shorts.search(text, &self.literals, &mut tell);
        if !self.shelf.is_empty() {
            self.sieve
                .search(text, |place, kinds| self.look(text, place, kinds, &mut tell));
        }
    }

    /// The same as [`Prefilter::search`] of a text in which none but literals of a single byte end, and those where
    /// `is_one` says so.
    pub(crate) fn search_ones(
        &self,
        text: &[u8],
        from: usize,
        is_one: impl Fn(u8) -> bool,
        mut hit: impl FnMut(&[Owner], usize, usize),
    ) {
        let mut tell = |literal: u32, start: usize, end: usize| hit(self.literals.owners(literal), start, end);
        for (place, byte) in text.iter().enumerate().skip(from) {
            if is_one(*byte) {
                self.shorts.at(text, place, &self.literals, &mut tell);
            }
        }
    }

    /// The same as [`Prefilter::search`], for what begins with the text's first byte, which is one of
    /// [`crate::coding::LETTERS`].
    pub(crate) fn search_first(&self, text: &[u8], from: usize, mut hit: impl FnMut(&[Owner], usize)) {
        let is_short = |literal| self.shorts.has(literal) || self.marked.has_word(literal);
        let first = self.first.get_or_init(|| First::new(&self.literals, is_short));
        let Some(found) = first.look(text, &self.literals) else {
            return self.search(text, from, |owners, start, end| {
                if start == 0 {
                    hit(owners, end);
                }
            });
        };
        for (literal, end) in found.into_iter().filter(|(_, end)| *end > from) {
            hit(self.literals.owners(literal), end);
        }
    }

    /// Whether a literal that counts where a word begins may begin with the first of these bytes.
    pub(crate) fn may_begin_word(&self, eight: u64) -> bool {
        self.marked.may_begin_word(eight)
    }

    /// Tells of every literal that has a window of one of these kinds at `place`.
    #[inline(never)]
    fn look(&self, text: &[u8], place: usize, kinds: u8, tell: &mut impl FnMut(u32, usize, usize)) {
        self.shelf.search(text, (place, kinds), &self.literals, tell);
    }
}
