//! Literals that can only stand where a text has a mark: at the beginning of a word, around a capital, or among
//! hexadecimal digits.
//!
//! Nearly all literals are forms of others in base64, and nearly all of those have a capital behind a small letter or
//! a digit, which one place in two hundred of ordinary text has. Names and words begin where words do. So only these
//! places are looked up.

use std::cell::Cell;

use super::Literals;
use super::beginnings::ANY_CASE;
use super::index::{Index, WINDOW};
use super::mark::Mark;
use super::places::{AHEAD, DIGITS, Marks, Masks, PIECE, Places, Room, eight, sift};
#[cfg(target_arch = "x86_64")]
use super::places::{wide, widest};
use super::shelf::{Probe, padded};
use super::short::Short;
use super::words::Words;
use crate::classes::BLOCK;

/// All literals that have a mark.
pub(super) struct Marked {
    starts: Index,
    /// By how many bytes of their windows stand before the capital.
    turns: [Index; WINDOW],
    capitals: Index,
    hexes: Index,
    words: Words,
    empty: bool,
}

/// The same while they come in.
#[derive(Default)]
pub(super) struct Draft {
    starts: Vec<Probe>,
    turns: [Vec<Probe>; WINDOW],
    capitals: Vec<Probe>,
    hexes: Vec<Probe>,
    words: Vec<Short>,
}

impl Draft {
    pub(super) fn add(&mut self, mark: Mark, index: u32, literals: &Literals) {
        let literal = literals.get(index);
        let (probes, offset) = match mark {
            Mark::Word => {
                self.words.push(Short::new(index, literal, literals.behind(index)));
                return;
            }
            Mark::Start => (&mut self.starts, 0),
            Mark::Turn { at, before } => (&mut self.turns[usize::from(before)], at),
            Mark::Capital(capital) => (&mut self.capitals, capital),
            Mark::Hex => (&mut self.hexes, 0),
        };
        let offset = i8::try_from(offset).expect("a literal has 64 bytes at most");
        probes.push(Probe::new(index, literal.bytes, offset));
    }

    pub(super) fn finish(self, literals: &Literals) -> Marked {
        let Self {
            starts,
            turns,
            capitals,
            hexes,
            words,
        } = self;
        let lists = [&starts, &capitals, &hexes];
        let empty = lists.into_iter().chain(&turns).all(Vec::is_empty) && words.is_empty();
        let mut starts = Index::new(&starts, literals, ANY_CASE);
        Marked {
            empty,
            turns: turns.map(|probes| Index::new(&probes, literals, 0)),
            capitals: Index::new(&capitals, literals, 0),
            hexes: Index::new(&hexes, literals, ANY_CASE),
            words: Words::new(words, literals, starts.beginnings_mut()),
            starts,
        }
    }
}

impl Marked {
    /// Whether a name or a word may begin with the first of these bytes.
    pub(super) fn may_begin_word(&self, eight: u64) -> bool {
        self.starts.beginnings().may_have(eight)
    }

    /// Whether this literal is a word of two or three bytes.
    pub(super) fn has_word(&self, literal: u32) -> bool {
        self.words.has(literal)
    }

    /// Calls `tell` with the literal, start and end of each occurrence.
    #[inline(always)]
    pub(super) fn search(&self, text: &[u8], literals: &Literals, tell: &mut impl FnMut(u32, usize, usize)) {
        if self.empty {
            return;
        }
        #[cfg(target_arch = "x86_64")]
        if crate::wide::has_512() {
            #[allow(
                unsafe_code,
                reason = "instructions that not every processor has can't be called otherwise"
            )]
            // SAFETY: the processor has all of them, as was just asked.
            unsafe {
                self.search_widest(text, literals, tell);
            }
            return;
        }
        #[cfg(target_arch = "x86_64")]
        if crate::wide::has_256() {
            #[allow(
                unsafe_code,
                reason = "instructions that not every processor has can't be called otherwise"
            )]
            // SAFETY: the processor has all three, as was just asked.
            unsafe {
                self.search_wide(text, literals, tell);
            }
            return;
        }
        self.search_with(text, Masks::of, one_by_one, literals, tell);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
    fn search_widest(&self, text: &[u8], literals: &Literals, tell: &mut impl FnMut(u32, usize, usize)) {
        let push = |found: &mut Found, marks: &Marks, at| {
            widest::push(&mut found.starts, marks.starts, at);
            widest::push(&mut found.turns, marks.turns, at);
            widest::push(&mut found.capitals, marks.capitals, at);
            if marks.hexes != 0 {
                widest::push(&mut found.hexes, marks.hexes, at);
            }
        };
        self.search_with(text, |block| widest::masks(block), push, literals, tell);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,popcnt")]
    fn search_wide(&self, text: &[u8], literals: &Literals, tell: &mut impl FnMut(u32, usize, usize)) {
        // A closure is compiled for this processor, as this function is; what is passed by its name isn't.
        let push = |found: &mut Found, marks: &Marks, at| one_by_one(found, marks, at);
        self.search_with(text, |block| wide::masks(block), push, literals, tell);
    }

    #[inline(always)]
    fn search_with(
        &self,
        text: &[u8],
        masks: impl Fn(&[u8; BLOCK]) -> Masks,
        push: impl Fn(&mut Found, &Marks, usize),
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        let mut found = Found::take();
        // What stands before the first ones isn't known.
        let mut before = Masks::LETTERS_MAY_BEGIN;
        let (blocks, rest) = text.as_chunks();
        let (mut base, mut at) = (0, 0);
        for block in blocks {
            let here = masks(block);
            push(&mut found, &here.marks(&before), at);
            before = here;
            at += BLOCK;
            if at == PIECE {
                self.look_at(text, base, &mut found, literals, tell);
                (base, at) = (base + PIECE, 0);
            }
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            push(&mut found, &masks(&block).marks(&before), at);
        }
        // What is left over of a short text is looked at together with the rest of it.
        if base < text.len() {
            self.look_at(text, base, &mut found, literals, tell);
        }
        found.put_back();
    }

    /// Looks up all places that were found in the piece that begins at `base`.
    #[inline(always)]
    fn look_at(
        &self,
        text: &[u8],
        base: usize,
        found: &mut Found,
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        match text[base..].first_chunk() {
            Some(piece) => self.look(text, (base, piece), found, literals, tell),
            None => {
                // What else the room holds is behind the last place and what is ahead of that.
                let mut piece = std::mem::take(&mut found.piece).unwrap_or_else(|| Box::new([0; PIECE + AHEAD]));
                let rest = &text[base..];
                piece[..rest.len()].copy_from_slice(rest);
                let end = (rest.len() + AHEAD).min(piece.len());
                piece[rest.len()..end].fill(0);
                self.look(text, (base, &piece), found, literals, tell);
                found.piece = Some(piece);
            }
        }
    }

    #[inline(never)]
    fn look(
        &self,
        text: &[u8],
        (base, piece): (usize, &[u8; PIECE + AHEAD]),
        found: &mut Found,
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        let Found {
            starts,
            turns,
            capitals,
            hexes,
            room,
            piece: _,
        } = found;
        let (starts, turns) = (starts.take(), turns.take());
        // What follows the last ones has not come yet.
        let last = text.len().saturating_sub(WINDOW - 1);
        let places = starts.iter().rev().map(|place| base + usize::from(*place));
        places
            .take_while(|place| *place >= last)
            .for_each(|place| self.words.look(text, place, literals, tell));
        let may = |eight| self.starts.may_have(eight) | self.words.may_have(eight);
        let kept = room.keep(piece, starts, self.starts.beginnings());
        sift(
            kept,
            |place| may(eight(piece, place)),
            |place| {
                let at = (base + usize::from(place), eight(piece, place));
                self.starts.search(text, at, literals, tell);
                if at.0 < last {
                    self.words.search(text, at, literals, tell);
                }
            },
        );
        let [turns_at, ..] = &self.turns;
        for (index, places) in [(turns_at, turns), (&self.capitals, capitals.take())] {
            let kept = room.keep(piece, places, index.beginnings());
            sift(
                kept,
                |place| index.may_have(eight(piece, place)),
                |place| {
                    index.look(text, base + usize::from(place), literals, tell);
                },
            );
        }
        // A window that begins before the capital may begin in the piece before.
        for (before, index) in (0..).zip(&self.turns).skip(1).filter(|(_, index)| !index.is_empty()) {
            for place in turns {
                let Some(at) = (base + usize::from(*place)).checked_sub(before) else {
                    continue;
                };
                let eight = u64::from_le_bytes(padded(&text[at..]));
                if index.beginnings().may_have(eight) {
                    index.search(text, (at, eight), literals, tell);
                }
            }
        }
        // Few places end so many digits, and where they begin may be in the piece before.
        for place in hexes.take() {
            if let Some(at) = (base + usize::from(*place)).checked_sub(DIGITS - 1) {
                self.hexes.look(text, at, literals, tell);
            }
        }
    }
}

/// The places of each mark in a piece of text.
#[derive(Default)]
struct Found {
    starts: Places,
    turns: Places,
    capitals: Places,
    hexes: Places,
    room: Room,
    /// Room for a short piece: to make it anew costs as much as to search one.
    piece: Option<Box<[u8; PIECE + AHEAD]>>,
}

thread_local! {
    /// Room for the places of one search. It is large, and many searches are of a few bytes.
    static FOUND: Cell<Option<Box<Found>>> = const { Cell::new(None) };
}

impl Found {
    /// Without any places.
    fn take() -> Box<Self> {
        FOUND.take().unwrap_or_default()
    }

    /// Keeps the room for the next search.
    fn put_back(self: Box<Self>) {
        FOUND.set(Some(self));
    }
}

/// Adds the places of 64 bytes that begin at `at` of the piece.
#[inline(always)]
fn one_by_one(found: &mut Found, marks: &Marks, at: usize) {
    found.starts.push::<12>(marks.starts, at);
    found.turns.push::<1>(marks.turns, at);
    found.capitals.push::<4>(marks.capitals, at);
    found.hexes.push::<1>(marks.hexes, at);
}
