//! Four bytes of a text held against up to sixteen shapes at once, at every position.
//!
//! A shape is a set of bytes for each of four places, and a table for each place tells which shapes a byte fits. With
//! AVX2 they are asked only where shuffles, which look up the halves of 32 bytes at once, leave a shape over: so the
//! cost of a byte hardly depends on what the shapes are.

use super::merge::merge;
use super::rarity::Rarity;
use crate::set::ByteSet;

/// How many bytes a shape describes.
pub(super) const PLACES: usize = 4;
/// The most shapes: a bit for each.
const MOST: usize = 16;
/// What has not come yet fits all of them.
const ANY: u16 = u16::MAX;
const ALL: ByteSet = ByteSet::from_words([u64::MAX; 4]);

/// A set for each place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape(pub(super) [ByteSet; PLACES]);

impl Shape {
    pub(super) const ALL: Self = Self([ALL; PLACES]);

    pub(super) fn union(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place].union(&other.0[place])))
    }
}

/// The compiled shapes.
pub(super) struct Shapes {
    /// By place: the shapes that a byte fits.
    bytes: Box<[[u16; 256]; PLACES]>,
    #[cfg(target_arch = "x86_64")]
    wide: wide::Tables,
    empty: bool,
}

impl Shapes {
    pub(super) fn new(shapes: Vec<Shape>, rarity: &Rarity) -> Self {
        let merged = merge(shapes, MOST, rarity);
        let mut bytes = Box::new([[0; 256]; PLACES]);
        for (bit, shape) in merged.iter().enumerate() {
            for (place, set) in shape.0.iter().enumerate() {
                for byte in (0..=u8::MAX).filter(|byte| set.has(*byte)) {
                    bytes[place][usize::from(byte)] |= 1 << bit;
                }
            }
        }
        Self {
            #[cfg(target_arch = "x86_64")]
            wide: wide::Tables::new(&bytes),
            bytes,
            empty: merged.is_empty(),
        }
    }

    /// Calls `found` with every position where a shape may begin. What has not come yet fits every shape.
    #[inline(always)]
    pub(super) fn search(&self, text: &[u8], found: &mut impl FnMut(usize)) {
        if self.empty {
            return;
        }
        #[cfg(target_arch = "x86_64")]
        let from = if crate::wide::has_256() {
            let mut look = |at: usize| {
                if let Some(four) = text[at..].first_chunk()
                    && self.fits(four)
                {
                    found(at);
                }
            };
            #[allow(
                unsafe_code,
                reason = "instructions that not every processor has can't be called otherwise"
            )]
            // SAFETY: the processor has AVX2, as was just asked.
            let searched = unsafe { self.wide.search(text, &mut look) };
            searched
        } else {
            0
        };
        #[cfg(not(target_arch = "x86_64"))]
        let from = 0;
        for at in from..text.len() {
            let fits = match text[at..].first_chunk() {
                Some(four) => self.fits(four),
                None => self.may_fit(&text[at..]),
            };
            if fits {
                found(at);
            }
        }
    }

    #[inline(always)]
    fn fits(&self, four: &[u8; PLACES]) -> bool {
        let fits = |place: usize| self.bytes[place][usize::from(four[place])];
        fits(0) & fits(1) & fits(2) & fits(3) != 0
    }

    fn may_fit(&self, text: &[u8]) -> bool {
        let tables = self.bytes.iter().zip(text);
        tables.fold(ANY, |fits, (table, byte)| fits & table[usize::from(*byte)]) != 0
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
        _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    };

    use super::PLACES;
    use crate::wide::{load, twice};

    const BLOCK: usize = 32;

    /// By place and by eight shapes: which of them some byte with this low, or this high, half fits.
    pub(super) struct Tables([[Halves; 2]; PLACES]);

    #[derive(Clone, Copy, Default)]
    struct Halves {
        low: [u8; 16],
        high: [u8; 16],
    }

    impl Tables {
        pub(super) fn new(bytes: &[[u16; 256]; PLACES]) -> Self {
            let mut tables = Self([[Halves::default(); 2]; PLACES]);
            for (halves, bytes) in tables.0.iter_mut().zip(bytes) {
                for (byte, fits) in bytes.iter().enumerate() {
                    for (halves, fits) in halves.iter_mut().zip(fits.to_le_bytes()) {
                        halves.low[byte & 15] |= fits;
                        halves.high[byte >> 4] |= fits;
                    }
                }
            }
            tables
        }

        /// Searches as far as whole blocks reach, and answers how far.
        #[target_feature(enable = "avx2")]
        #[inline]
        pub(super) fn search(&self, text: &[u8], look: &mut impl FnMut(usize)) -> usize {
            let mut tables = [[[_mm256_setzero_si256(); 2]; 2]; PLACES];
            for (tables, halves) in tables.iter_mut().zip(&self.0) {
                for ([low, high], halves) in tables.iter_mut().zip(halves) {
                    (*low, *high) = (twice(&halves.low), twice(&halves.high));
                }
            }
            let nibble = _mm256_set1_epi8(15);
            let mut at = 0;
            while let Some(block) = text[at..].first_chunk::<{ BLOCK + PLACES - 1 }>() {
                let mut fits = [_mm256_set1_epi8(-1); 2];
                for (place, tables) in tables.iter().enumerate() {
                    let bytes = load(block, place);
                    let low = _mm256_and_si256(bytes, nibble);
                    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
                    for (fits, [lows, highs]) in fits.iter_mut().zip(tables) {
                        let (lows, highs) = (_mm256_shuffle_epi8(*lows, low), _mm256_shuffle_epi8(*highs, high));
                        *fits = _mm256_and_si256(*fits, _mm256_and_si256(lows, highs));
                    }
                }
                let none = _mm256_cmpeq_epi8(_mm256_or_si256(fits[0], fits[1]), _mm256_setzero_si256());
                let mut fits = !_mm256_movemask_epi8(none).cast_unsigned();
                while fits != 0 {
                    look(at + fits.trailing_zeros() as usize);
                    fits &= fits - 1;
                }
                at += BLOCK;
            }
            at
        }
    }
}
