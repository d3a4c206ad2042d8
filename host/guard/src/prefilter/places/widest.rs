//! Marks and their places, 64 bytes at a time.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_castsi512_si256, _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask,
    _mm512_cvtepu8_epi16, _mm512_extracti64x4_epi64, _mm512_maskz_compress_epi8, _mm512_or_si512, _mm512_set1_epi8,
    _mm512_set1_epi16, _mm512_storeu_si512, _mm512_sub_epi8, _mm512_test_epi8_mask,
};

use super::{BLOCK, Masks, Places};
use crate::wide::load_64;

/// How many places one store writes.
const STORED: usize = 32;
/// The place of each byte of a block.
const NUMBERS: [u8; BLOCK] = {
    let mut numbers = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        numbers[at] = at as u8;
        at += 1;
    }
    numbers
};

/// Looks at all bytes at once.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(in crate::prefilter) fn masks(block: &[u8; BLOCK]) -> Masks {
    let bytes = load_64(block);
    let letters = from(_mm512_or_si512(bytes, all(0x20)), b'a');
    let alphabet = _mm512_cmple_epu8_mask(letters, all(25));
    let case = _mm512_test_epi8_mask(bytes, all(0x20));
    let digits = _mm512_cmple_epu8_mask(from(bytes, b'0'), all(9));
    Masks {
        capitals: alphabet & !case,
        smalls: alphabet & case,
        digits,
        hexes: _mm512_cmple_epu8_mask(letters, all(5)) | digits,
        highs: _mm512_cmple_epu8_mask(from(bytes, b'2'), all(5)),
        backslashes: _mm512_cmpeq_epi8_mask(bytes, all(b'\\')),
        percents: _mm512_cmpeq_epi8_mask(bytes, all(b'%')),
        equals: _mm512_cmpeq_epi8_mask(bytes, all(b'=')),
        strokes: _mm512_cmpeq_epi8_mask(bytes, all(b'^')) | _mm512_cmpeq_epi8_mask(bytes, all(b'|')),
        dashes: _mm512_cmpeq_epi8_mask(bytes, all(b'-')),
        escapes: _mm512_cmpeq_epi8_mask(bytes, all(0x1b)),
    }
}

/// Adds the places of marks in 64 bytes that begin at `at` of the piece.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
#[inline]
pub(in crate::prefilter) fn push(places: &mut Places, bits: u64, at: usize) {
    let (room, _) = places.all[places.length..]
        .split_first_chunk_mut::<BLOCK>()
        .expect("a piece has room for another block behind it");
    let (first, last) = room.split_at_mut(STORED);
    // Those whose bits are set, in their order, and zeros behind them.
    let numbers = _mm512_maskz_compress_epi8(bits, load_64(&NUMBERS));
    let at = _mm512_set1_epi16(at as i16);
    store(
        first,
        _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(numbers)), at),
    );
    let count = bits.count_ones() as usize;
    if count > STORED {
        let rest = _mm512_extracti64x4_epi64::<1>(numbers);
        store(last, _mm512_add_epi16(_mm512_cvtepu8_epi16(rest), at));
    }
    places.length += count;
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(room: &mut [u16], places: __m512i) {
    let room: &mut [u16; STORED] = room.try_into().expect("it is a half of a block's room");
    #[allow(unsafe_code, reason = "the processor stores to a pointer")]
    // SAFETY: there is room for 64 bytes, and it needn't be aligned.
    unsafe {
        _mm512_storeu_si512(room.as_mut_ptr().cast(), places);
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn all(byte: u8) -> __m512i {
    _mm512_set1_epi8(byte.cast_signed())
}

/// The bytes less this one.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn from(bytes: __m512i, first: u8) -> __m512i {
    _mm512_sub_epi8(bytes, all(first))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK, Places, push};

    proptest! {
        #[test]
        fn places_are_the_same_as_one_by_one(blocks in prop::collection::vec(prop_oneof![any::<u64>(), Just(0), Just(u64::MAX)], 0..6)) {
            let (mut one, mut all) = (Places::default(), Places::default());
            for (at, bits) in (0..).step_by(BLOCK).zip(blocks) {
                one.push::<4>(bits, at);
                if crate::wide::has_512() {
                    #[allow(unsafe_code, reason = "instructions that not every processor has can't be called otherwise")]
                    // SAFETY: the processor has what it needs, as was just asked.
                    unsafe { push(&mut all, bits, at) };
                } else {
                    all.push::<4>(bits, at);
                }
            }
            prop_assert_eq!(one.take(), all.take());
        }
    }
}
