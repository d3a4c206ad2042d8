//! How seldom bytes stand in ordinary text.

use crate::set::ByteSet;

/// How seldom each printable byte stands behind each other, in halvings as a hexadecimal digit: lines from blank to `~`, one for
/// all other bytes, and one for what stands anywhere. Counted over build logs, JSON logs and source trees.
const PAIRS: &[u8; 97 * 97] = include_bytes!("pairs.txt");

/// Words whose parts are far more common than their pairs of letters.
const WORDS: &str = "password secret token keyring webhook discord com https http from auth user account access service \
     server client config value string return public private import export default example function require include \
     const static struct match error warning info debug trace install download version package build test check crate \
     source library object session cookie header content type application json name path file line data time date host \
     port status message request response method level thread module class this that with have will into about shared \
     api/ .com /api keys admin oauth openid connection database container image cluster deploy scan root user/ bin/ lib/ \
     usr/ tmp/ home/ true false null none some self super async await";

/// What is known of ordinary text.
pub(super) struct Rarity {
    /// Bits for hashes of the three-byte parts of the words.
    common: [u64; 128],
    /// The share of each byte.
    share: [f32; 256],
    /// The sets that have been asked about: rules share a few.
    sets: Vec<(ByteSet, usize, f32)>,
}

impl Rarity {
    pub(super) fn new() -> Self {
        let mut common = [0; 128];
        for [a, b, c] in WORDS
            .split_ascii_whitespace()
            .flat_map(|word| word.as_bytes().array_windows())
        {
            let place = place(*a, *b, *c);
            common[place / 64] |= 1 << (place % 64);
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

    /// Calls `each` with every four bytes in a row, where they begin, and how often they halve ordinary text; the more, the rarer
    /// they are.
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
            let place = place(four[0], four[1], four[2]);
            let known = self.common[place / 64] >> (place % 64) & 1;
            each(offset, *four, all >> known);
            (first, second) = (second, third);
        }
    }
}

/// The line and the column of a byte.
fn class(byte: u8) -> usize {
    const CLASSES: [u8; 256] = {
        let mut classes = [95; 256];
        let mut byte = b' ';
        while byte <= b'~' {
            classes[byte as usize] = byte - b' ';
            byte += 1;
        }
        classes
    };
    usize::from(CLASSES[usize::from(byte)])
}

/// A figure of the table.
fn level(line: usize, column: usize) -> u32 {
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
    u32::from(LEVELS[line][column])
}

fn share(halvings: u32) -> f32 {
    0.5_f32.powi(i32::try_from(halvings).unwrap_or(i32::MAX))
}

fn place(a: u8, b: u8, c: u8) -> usize {
    ((u32::from_le_bytes([a, b, c, 0]) | 0x2020_2020).wrapping_mul(0x9E37_79B1) >> 19) as usize
}
