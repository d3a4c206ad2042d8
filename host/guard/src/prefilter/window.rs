//! Which four bytes in and around a literal stand for it.

use super::literals::Literal;
use super::rarity::{Rarity, share};
use super::shelf::{Kind, Probe};
use super::sieve::{Fourth, Sieve};
use super::twos::Twos;
use crate::set::ByteSet;

/// Four bytes in and around a literal.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// Where they begin, counted from the literal's first byte: -1 at least.
    offset: i8,
}

/// The fewest bytes of a literal that enters the sieve.
pub(super) const SHORTEST: usize = 4;
/// Windows of which more of ordinary text is are not worth it.
const COMMON: f32 = 1.0 / 256.0;
/// A window enters the sieve with at most so many threes of bytes.
const THREES: usize = 4096;
/// What one bit more in the sieve lets through by chance.
const CHANCE: f32 = 1.0 / 2_097_152.0;
/// How much of what a pair of bytes lets through is let through by the other two pairs as well.
const LET_THROUGH: f32 = 1.0 / 64.0;
const ALL: ByteSet = ByteSet::from_words([u64::MAX; 4]);

/// The best windows at even and odd offsets, one of which stands at an even place of a text wherever the literal is;
/// `None` where either is too common, or the literal so short that its windows would be.
pub(super) fn pair(literal: Literal<'_>, rarity: &mut Rarity) -> Option<[Window; 2]> {
    let bytes = literal.bytes;
    if bytes.len() < SHORTEST {
        return None;
    }
    if bytes.len() > 4 {
        // What is the rarest, and the earliest of those, as one number: thousands are compared, and each is a
        // surprise to a branch.
        let mut best = [0xFF, 0xFE];
        rarity.each_four(bytes, |offset, four, halvings| {
            let mut rare = halvings + 8;
            if literal.any_case {
                // Each letter of any case doubles what enters the sieve.
                let letters = four.iter().map(|byte| u32::from(byte.is_ascii_alphabetic()));
                rare = rare.saturating_sub(letters.sum());
            }
            let best = &mut best[usize::from(offset & 1)];
            *best = (rare << 8 | u32::from(u8::MAX - offset)).max(*best);
        });
        let window = |best: u32| Window {
            offset: i8::try_from(0xFF - (best & 0xFF)).expect("a literal has 64 bytes at most"),
        };
        return Some(best.map(window));
    }
    let length = i8::try_from(bytes.len()).expect("it is short");
    let mut best = |first: i8| {
        let windows = (first..length).step_by(2).map(|offset| Window { offset });
        let rated = windows.filter_map(|window| Some((window.cost(literal, rarity)?, window)));
        let best = rated.min_by(|one, other| one.0.total_cmp(&other.0));
        best.filter(|(cost, _)| *cost < COMMON).map(|(_, window)| window)
    };
    Some([best(0)?, best(-1)?])
}

/// The best window of a literal that has four bytes of its own, where every place of a text is looked at: a rare one,
/// of whose pairs of bytes few let more of a text through than `twos` do already.
pub(super) fn single(literal: Literal<'_>, rarity: &Rarity, twos: &[Twos; 3]) -> Window {
    let mut best = (f32::INFINITY, 0);
    rarity.each_four(literal.bytes, |offset, four, halvings| {
        let pairs = twos.iter().zip(four.array_windows());
        let new = pairs.filter(|(twos, [first, second])| !twos.may_have(*first, *second));
        let more: f32 = new.map(|(_, [first, second])| Rarity::of_two(*first, *second)).sum();
        let cost = share(halvings) + more * LET_THROUGH;
        if cost < best.0 {
            best = (cost, offset);
        }
    });
    Window {
        offset: i8::try_from(best.1).expect("a literal has 64 bytes at most"),
    }
}

/// What stands at one place of a window.
enum Place {
    /// A byte of the literal.
    Own(u8),
    /// A byte beside it.
    Beside(ByteSet),
}

impl Window {
    fn place(self, literal: Literal<'_>, place: u8) -> Place {
        let bytes = literal.bytes;
        let Ok(at) = usize::try_from(i16::from(self.offset) + i16::from(place)) else {
            return Place::Beside(ALL);
        };
        match bytes.get(at) {
            Some(byte) => Place::Own(*byte),
            None => Place::Beside(literal.follower(at - bytes.len())),
        }
    }

    /// The share of ordinary text that it lets through, by itself and by chance, or `None` where the sieve can't hold
    /// it.
    fn cost(self, literal: Literal<'_>, rarity: &mut Rarity) -> Option<f32> {
        let mut share = 1.0;
        let mut threes = 1;
        let mut before = None;
        for place in 0..4 {
            let (size, part, own) = match self.place(literal, place) {
                Place::Own(byte) => {
                    let size = if literal.any_case && byte.is_ascii_alphabetic() {
                        2
                    } else {
                        1
                    };
                    let part = before.map_or_else(|| rarity.alone(byte), |before| Rarity::behind(before, byte));
                    (size, part, Some(byte))
                }
                Place::Beside(set) if set == ALL => (256, 1.0, None),
                Place::Beside(set) => {
                    let (size, part) = rarity.of_set(&set);
                    (size, part, None)
                }
            };
            share *= if place < 3 { part } else { part.max(0.25) };
            before = own;
            threes *= if place < 3 { size } else { size.min(4) };
        }
        if let Some(known) = self.own(literal).and_then(|four| rarity.of_four(four)) {
            share = share.max(known);
        }
        (threes <= 4 * THREES).then_some(share + threes as f32 * CHANCE)
    }

    /// Lets all that it can be through the sieve.
    pub(super) fn enter(self, literal: Literal<'_>, sieve: &mut Sieve) {
        let kind = Kind::new(self.offset, literal.bytes.len()).bit();
        if let Some([a, b, c, d]) = self.own(literal) {
            let fourth = Fourth::either(d, literal.any_case);
            let cases = |byte: u8| {
                let other = (literal.any_case && byte.is_ascii_alphabetic()).then_some(byte ^ 0x20);
                std::iter::once(byte).chain(other)
            };
            for a in cases(a) {
                for b in cases(b) {
                    cases(c).for_each(|c| sieve.add([a, b, c], fourth, kind));
                }
            }
            return;
        }
        let mut lists = [[0; 256]; 3];
        let mut lengths = [0; 3];
        for (place, (list, length)) in (0..).zip(lists.iter_mut().zip(&mut lengths)) {
            let mut push = |byte| {
                list[*length] = byte;
                *length += 1;
            };
            match self.place(literal, place) {
                Place::Own(byte) if literal.any_case && byte.is_ascii_alphabetic() => {
                    [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]
                        .into_iter()
                        .for_each(push);
                }
                Place::Own(byte) => push(byte),
                Place::Beside(set) => (0..=u8::MAX).filter(|byte| set.has(*byte)).for_each(push),
            }
        }
        let fourth = match self.place(literal, 3) {
            Place::Own(byte) => Fourth::either(byte, literal.any_case),
            Place::Beside(set) => Fourth::of(&set),
        };
        for a in &lists[0][..lengths[0]] {
            for b in &lists[1][..lengths[1]] {
                for c in &lists[2][..lengths[2]] {
                    sieve.add([*a, *b, *c], fourth, kind);
                }
            }
        }
    }

    /// Its bytes, if all of them are the literal's own.
    fn own(self, literal: Literal<'_>) -> Option<[u8; 4]> {
        let offset = usize::try_from(self.offset).ok()?;
        literal.bytes.get(offset..)?.first_chunk().copied()
    }

    /// How the literal is found from it.
    pub(super) fn probe(self, index: u32, literal: Literal<'_>) -> Probe {
        Probe::new(index, literal.bytes, self.offset)
    }
}
