//! How seldom bytes stand in ordinary text.

use crate::set::ByteSet;

/// How seldom each printable byte stands behind each other, in halvings as a hexadecimal digit: lines from blank to
/// `~`, one for all other bytes, and one for what stands anywhere. Counted over build logs, JSON logs and source
/// trees.
const PAIRS: &[u8; 97 * 97] = include_bytes!("pairs.txt");

/// The fours of bytes that ordinary text is full of, with `_` for what a capital or control byte folds to there; each
/// line holds those of one share, from 2^-7 down to 2^-15. Counted, in any case, over build logs, JSON logs, source
/// trees, manuals and scripts, which weigh the same.
const FOURS: &[u8] = include_bytes!("fours.txt");
/// The share of the first line, in halvings.
const COMMONEST: u8 = 7;
/// No four of bytes that isn't listed has a greater share, in halvings.
const UNLISTED: u32 = 16;
/// How many fours are told apart: with so many, one in fourteen is taken for a more common one, which does no harm.
const PLACES: usize = 1 << 16;

/// What is known of ordinary text.
pub(super) struct Rarity {
    /// By hash: the share of a listed four in halvings, two to a byte; nothing where none is listed.
    common: Box<[u8; PLACES / 2]>,
    /// The share of each byte.
    share: [f32; 256],
    /// The sets that have been asked about: rules share a few.
    sets: Vec<(ByteSet, usize, f32)>,
}

impl Rarity {
    pub(super) fn new() -> Self {
        let mut common = Box::new([0; PLACES / 2]);
        for (halvings, line) in (COMMONEST..).zip(FOURS.split(|byte| *byte == b'\n')) {
            for four in line.as_chunks::<4>().0 {
                let place = place(*four);
                let both: &mut u8 = &mut common[place / 2];
                // The most common come first, and stay.
                if *both >> (place % 2 * 4) & 15 == 0 {
                    *both |= halvings << (place % 2 * 4);
                }
            }
        }
        let share = std::array::from_fn(|byte| share(level(96, class(byte.try_into().unwrap_or(0)))));
        Self {
            common,
            share,
            sets: Vec::new(),
        }
    }

    /// How much of ordinary text is this byte.
    pub(super) fn alone(&self, byte: u8) -> f32 {
        self.share[usize::from(byte)]
    }

    /// How many bytes a set has, and how much of ordinary text they are.
    pub(super) fn of_set(&mut self, set: &ByteSet) -> (usize, f32) {
        if let Some((_, size, share)) = self.sets.iter().find(|known| known.0 == *set) {
            return (*size, *share);
        }
        let bytes = (0..=u8::MAX).filter(|byte| set.has(*byte));
        let (size, share) = bytes.fold((0, 0.0), |(size, share), byte| (size + 1, share + self.alone(byte)));
        let share = f32::min(share, 1.0);
        self.sets.push((*set, size, share));
        (size, share)
    }

    /// How much of ordinary text is `next` where `byte` stands before it.
    pub(super) fn behind(byte: u8, next: u8) -> f32 {
        share(level(class(byte), class(next)))
    }

    /// How much of ordinary text is these two bytes, or other printed ones of which the lowest five bits are the same.
    pub(super) fn of_two(first: u8, second: u8) -> f32 {
        /// By the lowest five bits of both.
        const SHARES: [[f32; 32]; 32] = {
            let mut shares = [[0.0; 32]; 32];
            let mut first = b' ';
            while first <= b'~' {
                let mut second = b' ';
                while second <= b'~' {
                    let halvings = level(96, class(first)) + level(class(first), class(second));
                    shares[(first & 31) as usize][(second & 31) as usize] += 1.0 / (1_u64 << halvings) as f32;
                    second += 1;
                }
                first += 1;
            }
            shares
        };
        SHARES[usize::from(first & 31)][usize::from(second & 31)]
    }

    /// Calls `each` with every four bytes in a row, where they begin, and how often they halve ordinary text; the
    /// more, the rarer they are.
    pub(super) fn each_four(&self, bytes: &[u8], mut each: impl FnMut(u8, [u8; 4], u32)) {
        let [mut first, mut second] = [0; 2];
        let mut pairs = bytes
            .array_windows()
            .map(|[byte, next]| level(class(*byte), class(*next)));
        if let (Some(one), Some(other)) = (pairs.next(), pairs.next()) {
            (first, second) = (one, other);
        }
        for ((offset, four), third) in (0..).zip(bytes.array_windows()).zip(pairs) {
            // The sieve knows five bits of the fourth byte.
            let all = level(96, class(four[0])) + first + second + third.min(5);
            let halvings = match self.halvings(*four) {
                0 => all.max(UNLISTED),
                listed => listed,
            };
            each(offset, *four, halvings);
            (first, second) = (second, third);
        }
    }
}

impl Rarity {
    /// How much of ordinary text is these four bytes in any case, where they are listed.
    pub(super) fn of_four(&self, four: [u8; 4]) -> Option<f32> {
        let halvings = self.halvings(four);
        (halvings > 0).then(|| share(halvings))
    }

    /// The share of four bytes that are listed, in halvings; 0 where they aren't.
    fn halvings(&self, four: [u8; 4]) -> u32 {
        let place = place(four);
        u32::from(self.common[place / 2] >> (place % 2 * 4) & 15)
    }
}

/// The line and the column of a byte.
const fn class(byte: u8) -> usize {
    const CLASSES: [u8; 256] = {
        let mut classes = [95; 256];
        let mut byte = b' ';
        while byte <= b'~' {
            classes[byte as usize] = byte - b' ';
            byte += 1;
        }
        classes
    };
    CLASSES[byte as usize] as usize
}

/// A figure of the table.
const fn level(line: usize, column: usize) -> u32 {
    /// Each line of the table ends with a line feed.
    const LEVELS: [[u8; 128]; 97] = {
        let mut levels = [[0; 128]; 97];
        let mut at = 0;
        while at < PAIRS.len() {
            levels[at / 97][at % 97] = match PAIRS[at] {
                letter @ b'a'.. => letter - b'a' + 10,
                digit => digit & 15,
            };
            at += 1;
        }
        levels
    };
    LEVELS[line][column] as u32
}

pub(super) fn share(halvings: u32) -> f32 {
    0.5_f32.powi(i32::try_from(halvings).unwrap_or(i32::MAX))
}

/// The place of four bytes in any case.
fn place(four: [u8; 4]) -> usize {
    // An underscore folds to what no other printable byte does.
    ((u32::from_le_bytes(four) | 0x2020_2020).wrapping_mul(0x9E37_79B1) >> (32 - PLACES.trailing_zeros())) as usize
}
