//! Which four bytes in and around a literal stand for it.

use super::Pattern;
use super::rarity::Rarity;
use super::shelf::{Kind, Probe};
use super::sieve::{Fourth, Sieve};
use crate::coding::escapes;
use crate::set::ByteSet;

/// Four bytes in and around a literal.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// Where they begin, counted from the literal's first byte: -1 at least.
    offset: i8,
}

/// The fewest bytes of a literal that enters the sieve.
const SHORTEST: usize = 4;
/// Windows of which more of ordinary text is are not worth it.
const COMMON: f32 = 1.0 / 256.0;
/// A window enters the sieve with at most so many threes of bytes.
const THREES: usize = 4096;
/// What one bit more in the sieve lets through by chance.
const CHANCE: f32 = 1.0 / 2_097_152.0;
const ALL: ByteSet = ByteSet::from_words([u64::MAX; 4]);

/// The best windows at even and odd offsets, one of which stands at an even place of a text wherever the literal is; `None` where
/// either is too common, or the literal so short that its windows would be.
pub(super) fn pair(pattern: &Pattern, rarity: &mut Rarity) -> Option<[Window; 2]> {
    let bytes = &pattern.keyword.bytes;
    if bytes.len() < SHORTEST {
        return None;
    }
    if bytes.len() > 4 {
        let mut best = [(0, Window { offset: 0 }), (0, Window { offset: 1 })];
        for (offset, four) in (0_i8..).zip(bytes.array_windows()) {
            // Each letter of any case doubles what enters the sieve.
            let either = four
                .iter()
                .filter(|byte| pattern.keyword.any_case && byte.is_ascii_alphabetic());
            let rare = (rarity.halvings(*four) + 8).saturating_sub(u32::try_from(either.count()).unwrap_or(4));
            let best = &mut best[usize::from(offset.unsigned_abs() % 2)];
            if rare > best.0 {
                *best = (rare, Window { offset });
            }
        }
        return Some(best.map(|(_, window)| window));
    }
    let length = i8::try_from(bytes.len()).expect("it is short");
    let mut best = |first: i8| {
        let windows = (first..length).step_by(2).map(|offset| Window { offset });
        let rated = windows.filter_map(|window| Some((window.cost(pattern, rarity)?, window)));
        let best = rated.min_by(|one, other| one.0.total_cmp(&other.0));
        best.filter(|(cost, _)| *cost < COMMON).map(|(_, window)| window)
    };
    Some([best(0)?, best(-1)?])
}

/// What stands at one place of a window.
enum Place {
    /// A byte of the literal.
    Own(u8),
    /// A byte beside it.
    Beside(ByteSet),
}

impl Window {
    fn place(self, pattern: &Pattern, place: u8) -> Place {
        let bytes = &pattern.keyword.bytes;
        let Ok(at) = usize::try_from(i16::from(self.offset) + i16::from(place)) else {
            return Place::Beside(ALL);
        };
        match bytes.get(at) {
            Some(byte) => Place::Own(*byte),
            None => {
                let (before, rest) = pattern.followers.split_at_checked(at - bytes.len()).unwrap_or_default();
                let escapes = escapes();
                // Behind an escape anything may stand.
                let open = before.iter().any(|set| set.meets(&escapes));
                Place::Beside(rest.first().filter(|_| !open).copied().unwrap_or(ALL))
            }
        }
    }

    /// The share of ordinary text that it lets through, by itself and by chance, or `None` where the sieve can't hold it.
    fn cost(self, pattern: &Pattern, rarity: &mut Rarity) -> Option<f32> {
        let mut share = 1.0;
        let mut threes = 1;
        let mut before = None;
        for place in 0..4 {
            let (size, part, own) = match self.place(pattern, place) {
                Place::Own(byte) => {
                    let size = if pattern.keyword.any_case && byte.is_ascii_alphabetic() {
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
        (threes <= 4 * THREES).then_some(share + threes as f32 * CHANCE)
    }

    /// Lets all that it can be through the sieve.
    pub(super) fn enter(self, pattern: &Pattern, sieve: &mut Sieve) {
        let kind = self.kind(pattern).bit();
        let mut lists = [[0; 256]; 3];
        let mut lengths = [0; 3];
        for (place, (list, length)) in (0..).zip(lists.iter_mut().zip(&mut lengths)) {
            let mut push = |byte| {
                list[*length] = byte;
                *length += 1;
            };
            match self.place(pattern, place) {
                Place::Own(byte) if pattern.keyword.any_case && byte.is_ascii_alphabetic() => {
                    [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]
                        .into_iter()
                        .for_each(push);
                }
                Place::Own(byte) => push(byte),
                Place::Beside(set) => (0..=u8::MAX).filter(|byte| set.has(*byte)).for_each(push),
            }
        }
        let fourth = self.fourth(pattern);
        for a in &lists[0][..lengths[0]] {
            for b in &lists[1][..lengths[1]] {
                for c in &lists[2][..lengths[2]] {
                    sieve.add([*a, *b, *c], fourth, kind);
                }
            }
        }
    }

    fn fourth(self, pattern: &Pattern) -> Fourth {
        match self.place(pattern, 3) {
            Place::Own(byte) => {
                let mut fourth = Fourth::NONE;
                fourth.insert(byte);
                if pattern.keyword.any_case {
                    fourth.insert(byte.to_ascii_lowercase());
                    fourth.insert(byte.to_ascii_uppercase());
                }
                fourth
            }
            Place::Beside(set) => Fourth::of(&set),
        }
    }

    fn kind(self, pattern: &Pattern) -> Kind {
        Kind::new(self.offset, pattern.keyword.bytes.len())
    }

    /// How the literal is found from it.
    pub(super) fn probe(self, index: u32, pattern: &Pattern) -> Probe {
        let four = std::array::from_fn(|place| match self.place(pattern, u8::try_from(place).unwrap_or(3)) {
            Place::Own(byte) => byte,
            Place::Beside(_) => 0,
        });
        Probe::new(index, &pattern.keyword, self.offset, self.kind(pattern), four)
    }
}
