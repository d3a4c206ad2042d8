//! Where in a text a literal may stand that stands at marks only.

use super::beginnings::Beginnings;
use crate::classes::BLOCK;

/// The marks of 64 bytes, a bit for each.
pub(super) struct Marks {
    /// A letter that may begin a word, or a word of a name.
    pub(super) starts: u64,
    /// A capital.
    pub(super) capitals: u64,
    /// A capital behind a small letter or a digit: ordinary text has few, and base64 is full of them.
    pub(super) turns: u64,
    /// The last of three ASCII characters in hexadecimal digits.
    pub(super) hexes: u64,
}

/// How many digits stand before and at a place of [`Marks::hexes`].
pub(super) const DIGITS: usize = 6;

/// Places of a piece of text, collected before they are looked up: a loop over all of them has few surprises for the
/// processor, while one for each 64 bytes ends where nobody expects.
pub(super) struct Places {
    all: [u16; PIECE + BLOCK],
    length: usize,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: [0; PIECE + BLOCK],
            length: 0,
        }
    }
}

impl Places {
    /// Adds the places of marks in 64 bytes that begin at `at` of the piece. The first `USUAL` of them are written
    /// whether they are there or not, and the others one by one.
    #[inline(always)]
    pub(super) fn push<const USUAL: usize>(&mut self, mut bits: u64, at: usize) {
        let room = &mut self.all[self.length..][..BLOCK];
        let count = bits.count_ones() as usize;
        // Blocks begin at multiples of their length, so that a place's bits don't meet.
        let mut next = || {
            let place = bits.trailing_zeros() as u16 | at as u16;
            bits &= bits.wrapping_sub(1);
            place
        };
        room[..USUAL].iter_mut().for_each(|place| *place = next());
        if count > USUAL {
            room[USUAL..count].iter_mut().for_each(|place| *place = next());
        }
        self.length += count;
    }

    /// Takes all of them out.
    #[inline(always)]
    pub(super) fn take(&mut self) -> &[u16] {
        let length = std::mem::take(&mut self.length);
        &self.all[..length]
    }
}

/// Room for places of a piece that are looked at again.
pub(super) struct Room([u16; ROOM]);

impl Default for Room {
    fn default() -> Self {
        Self([0; ROOM])
    }
}

impl Room {
    /// Those of a piece's places at which something may begin.
    #[inline(always)]
    pub(super) fn keep(&mut self, piece: &[u8; PIECE + AHEAD], places: &[u16], beginnings: &Beginnings) -> &[u16] {
        let mut kept = 0;
        let may = |place| beginnings.may_have(eight(piece, place));
        sift(places, may, |place| {
            self.0[kept % ROOM] = place;
            kept += 1;
        });
        &self.0[..kept.min(ROOM)]
    }
}

/// Calls `each` with the places of which `may` says so. It is asked about 64 of them before any branch, and none of
/// its answers waits for another.
#[inline(always)]
pub(super) fn sift(places: &[u16], may: impl Fn(u16) -> bool, mut each: impl FnMut(u16)) {
    for some in places.chunks(64) {
        let mut left = 0;
        for (bit, place) in some.iter().enumerate() {
            left |= u64::from(may(*place)) << bit;
        }
        while left != 0 {
            each(some[left.trailing_zeros() as usize]);
            left &= left - 1;
        }
    }
}

/// The eight bytes at a place of a piece.
#[inline(always)]
pub(super) fn eight(piece: &[u8; PIECE + AHEAD], place: u16) -> u64 {
    let bytes = piece[usize::from(place) % PIECE..].first_chunk();
    u64::from_le_bytes(*bytes.expect("as many are ahead of a piece"))
}

/// How many bytes are ahead of a piece when its places are looked at.
pub(super) const AHEAD: usize = 7;
/// No piece has more places.
const ROOM: usize = PIECE;

/// How many bytes of a text are looked at before their places are.
pub(super) const PIECE: usize = 2048;

/// Which of 64 bytes are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masks {
    capitals: u64,
    smalls: u64,
    digits: u64,
    hexes: u64,
    /// The first digits of ASCII characters that are printed.
    highs: u64,
    backslashes: u64,
    percents: u64,
    equals: u64,
    /// Carets and bars.
    strokes: u64,
    dashes: u64,
    escapes: u64,
}

impl Masks {
    /// Before a text of which it isn't known what stands before: each of the first letters may begin a word.
    pub(super) const LETTERS_MAY_BEGIN: Self = Self {
        escapes: u64::MAX,
        ..Self::NOTHING
    };
    const NOTHING: Self = Self {
        capitals: 0,
        smalls: 0,
        digits: 0,
        hexes: 0,
        highs: 0,
        backslashes: 0,
        percents: 0,
        equals: 0,
        strokes: 0,
        dashes: 0,
        escapes: 0,
    };

    /// Looks at the bytes one by one.
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let mut masks = Self::NOTHING;
        for (bit, byte) in block.iter().enumerate() {
            let put = |mask: &mut u64, is: bool| *mask |= u64::from(is) << bit;
            put(&mut masks.capitals, byte.is_ascii_uppercase());
            put(&mut masks.smalls, byte.is_ascii_lowercase());
            put(&mut masks.digits, byte.is_ascii_digit());
            put(&mut masks.hexes, byte.is_ascii_hexdigit());
            put(&mut masks.highs, (b'2'..=b'7').contains(byte));
            put(&mut masks.backslashes, *byte == b'\\');
            put(&mut masks.percents, *byte == b'%');
            put(&mut masks.equals, *byte == b'=');
            put(&mut masks.strokes, matches!(byte, b'^' | b'|'));
            put(&mut masks.dashes, *byte == b'-');
            put(&mut masks.escapes, *byte == 0x1b);
        }
        masks
    }

    /// The marks of these bytes behind those.
    #[inline(always)]
    pub(super) fn marks(&self, before: &Self) -> Marks {
        /// The bits of so many bytes before.
        #[inline(always)]
        fn behind(before: u64, here: u64, bytes: u32) -> u64 {
            here << bytes | before >> (64 - bytes)
        }
        let small = behind(before.smalls, self.smalls, 1);
        let capital = behind(before.capitals, self.capitals, 1);
        let mut starts = !(small | capital) | small & self.capitals;
        // The last letter of an escape ends something else than the word that it looks like. Of `\x2e`, `\u002e`,
        // `%2e` and `%252e` it stands so far behind what begins them, and so does that of a control sequence: `\e[K`,
        // `\x1b[K`, `\u001b[K`, `%1B[K`, `%5BK`.
        if self.backslashes | before.backslashes | self.percents | before.percents != 0 {
            for bytes in [2, 4, 5, 6, 7, 8, 9] {
                starts |= behind(before.backslashes, self.backslashes, bytes);
            }
            for bytes in [3, 4, 5, 6] {
                starts |= behind(before.percents, self.percents, bytes);
            }
        }
        // So do the last ones of `^I` and `|n`, and that of `=3D` if it is a capital.
        starts |= behind(before.strokes, self.strokes, 2) | behind(before.equals, self.equals, 3) & capital;
        // The flag that sets a property is a capital.
        starts |= behind(before.dashes, self.dashes, 2) & capital;
        // A colour's escape that is spelled out, in whatever way, ends with a letter behind a digit.
        let ends = |masks: &Self, digits: u64| masks.smalls & digits;
        let behind_digit = behind(before.digits, self.digits, 1);
        // Whether the last byte before these follows a digit is told by those.
        starts |= behind(ends(before, before.digits << 1), ends(self, behind_digit), 1);
        // That of a colour is any that is near.
        if self.escapes | before.escapes != 0 {
            starts = u64::MAX;
        }
        // Few blocks hold so many digits in a row, or begin among some.
        let mut hexes = self.hexes & self.hexes << 1;
        hexes &= hexes << 2;
        hexes &= hexes << 2;
        if hexes | before.hexes >> 63 & self.hexes != 0 {
            hexes = self.hexes;
            for bytes in 1..6 {
                hexes &= behind(before.hexes, self.hexes, bytes);
            }
            for bytes in [1, 3, 5] {
                hexes &= behind(before.highs, self.highs, bytes);
            }
        }
        Marks {
            starts: starts & (self.capitals | self.smalls),
            capitals: self.capitals,
            turns: self.capitals & (small | behind(before.digits, self.digits, 1)),
            hexes,
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod widest;

#[cfg(target_arch = "x86_64")]
pub(super) mod wide {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
        _mm256_slli_epi16, _mm256_sub_epi8,
    };

    use super::{BLOCK, Masks};
    use crate::wide::load;

    /// Looks at 32 bytes at a time.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(in crate::prefilter) fn masks(block: &[u8; BLOCK]) -> Masks {
        let (low, high) = (load(block, 0), load(block, 32));
        let letters = (letters(low), letters(high));
        let alphabet = below(letters, 25);
        // The bit of the case becomes the highest.
        let case = both(_mm256_slli_epi16::<2>(low), _mm256_slli_epi16::<2>(high));
        let digits = below((from(low, b'0'), from(high, b'0')), 9);
        Masks {
            capitals: alphabet & !case,
            smalls: alphabet & case,
            digits,
            hexes: below(letters, 5) | digits,
            highs: below((from(low, b'2'), from(high, b'2')), 5),
            backslashes: is((low, high), b'\\'),
            percents: is((low, high), b'%'),
            equals: is((low, high), b'='),
            strokes: is((low, high), b'^') | is((low, high), b'|'),
            dashes: is((low, high), b'-'),
            escapes: is((low, high), 0x1b),
        }
    }

    /// The highest bit of each byte.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn both(low: __m256i, high: __m256i) -> u64 {
        let low = _mm256_movemask_epi8(low).cast_unsigned();
        let high = _mm256_movemask_epi8(high).cast_unsigned();
        u64::from(low) | u64::from(high) << 32
    }

    /// The bytes less this one.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn from(bytes: __m256i, first: u8) -> __m256i {
        _mm256_sub_epi8(bytes, _mm256_set1_epi8(first.cast_signed()))
    }

    /// How far letters are from the first one, in either case.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn letters(bytes: __m256i) -> __m256i {
        from(_mm256_or_si256(bytes, _mm256_set1_epi8(0x20)), b'a')
    }

    /// Which of the bytes are this one at most.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn below((low, high): (__m256i, __m256i), most: u8) -> u64 {
        let most = _mm256_set1_epi8(most.cast_signed());
        both(
            _mm256_cmpeq_epi8(_mm256_min_epu8(low, most), low),
            _mm256_cmpeq_epi8(_mm256_min_epu8(high, most), high),
        )
    }

    /// Which of the bytes are this one.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn is((low, high): (__m256i, __m256i), byte: u8) -> u64 {
        let byte = _mm256_set1_epi8(byte.cast_signed());
        both(_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK, DIGITS, Masks};
    use crate::word::{self, LOOK};

    /// The places of each kind in a text.
    fn places(text: &[u8]) -> [Vec<usize>; 4] {
        let mut all: [Vec<usize>; 4] = Default::default();
        let mut before = Masks::LETTERS_MAY_BEGIN;
        for (at, block) in text.chunks(BLOCK).enumerate() {
            let mut padded = [0; BLOCK];
            padded[..block.len()].copy_from_slice(block);
            let here = Masks::of(&padded);
            let marks = here.marks(&before);
            before = here;
            for (all, bits) in all
                .iter_mut()
                .zip([marks.starts, marks.capitals, marks.turns, marks.hexes])
            {
                all.extend(
                    (0..BLOCK)
                        .filter(|place| bits >> place & 1 == 1)
                        .map(|place| at * BLOCK + place),
                );
            }
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What the scanner takes for a word's beginning is one of the places, wherever the text begins.
        #[test]
        fn words_begin_at_them(
            text in prop_oneof![
                "[a-cA-C01_ %\\\\xu2e.]{0,200}",
                "([a-z]{0,4}|\x1b\\[[0-9;]{0,30}[mK]|[A-Z_]){0,40}",
                "([a-z]{0,3}|\\\\u00[2-7][0-9a-f]|\\\\x[2-7][0-9a-f]|%[2-7][0-9a-f]|\\\\n|[A-Z_ ]){0,80}",
                // Whatever sign may introduce an escape, and what may be one.
                "([a-z]{0,2}|[!-/:-@\\[-`{-~]{0,2}[0-9a-fA-F]{0,4}|[!-/:-@\\[-`{-~][a-zA-Z]{1,2}|(=|=25)[0-9A-F]{2}|(M-)?\\^[A-Z]|\\|[a-z]|_x[0-9A-F]{4}_|[A-Z_ ]){0,60}",
                "([a-z]{0,2}|(\\\\u001b|\\\\x1B|\\\\033|\\\\e|#033|\\^\\[|%1b)(\\[|%5B|\\()[0-9;]{0,12}[mKB]|#[0-7]{3}|%25[2-7][0-9a-f]|\\\\[0-7]{1,3}|[A-Z_ ]){0,60}",
            ],
            cut in any::<prop::sample::Index>(),
        ) {
            let text = text.as_bytes();
            let cut = cut.index(text.len() + 1);
            let [starts, ..] = places(&text[cut..]);
            for at in (cut..text.len()).filter(|at| text[*at].is_ascii_alphabetic()) {
                let before = &text[at.saturating_sub(LOOK)..at];
                let begins = !word::is_inside(before) || !word::is_inside_of_name(before, text[at]);
                prop_assert!(!begins || starts.contains(&(at - cut)), "{at} of {:?}", String::from_utf8_lossy(text));
            }
        }

        #[test]
        #[cfg(target_arch = "x86_64")]
        fn all_are_found_many_bytes_at_a_time(block in prop::array::uniform32(any::<u8>())) {
            let block = [block, block.map(|byte| byte.rotate_left(1))].concat();
            let block = block.first_chunk().expect("it has 64 bytes");
            if std::is_x86_feature_detected!("avx2") {
                #[allow(unsafe_code, reason = "instructions that not every processor has can't be called otherwise")]
                // SAFETY: the processor has AVX2, as was just asked.
                let wide = unsafe { super::wide::masks(block) };
                prop_assert_eq!(wide, Masks::of(block));
            }
            if crate::wide::has_512() {
                #[allow(unsafe_code, reason = "instructions that not every processor has can't be called otherwise")]
                // SAFETY: the processor has what it needs, as was just asked.
                let widest = unsafe { super::widest::masks(block) };
                prop_assert_eq!(widest, Masks::of(block));
            }
        }

        #[test]
        fn the_others_are_what_they_are(text in "([a-zA-Z]|[0-9a-f]){0,200}") {
            let text = text.as_bytes();
            let [_, capitals, turns, hexes] = places(text);
            let is_turn = |at: &usize| {
                let before = at.checked_sub(1).map(|before| text[before]);
                text[*at].is_ascii_uppercase() && before.is_some_and(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
            };
            let is_hex = |at: &usize| at + 1 >= DIGITS && text[at + 1 - DIGITS..=*at].chunks(2).all(|pair| {
                pair.iter().all(u8::is_ascii_hexdigit) && (b'2'..=b'7').contains(&pair[0])
            });
            let all = || 0..text.len();
            prop_assert_eq!(capitals, all().filter(|at| text[*at].is_ascii_uppercase()).collect::<Vec<_>>());
            prop_assert_eq!(turns, all().filter(is_turn).collect::<Vec<_>>());
            prop_assert_eq!(hexes, all().filter(is_hex).collect::<Vec<_>>());
        }
    }
}
