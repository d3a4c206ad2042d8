//! Which bytes of a text are in a set, 64 at a time.

use std::ops::ControlFlow;

use crate::set::ByteSet;

/// How many bytes are looked at together.
pub(crate) const BLOCK: usize = 64;

/// A set, prepared for looking up many bytes at once.
pub(crate) struct Class {
    set: ByteSet,
    #[cfg(target_arch = "x86_64")]
    rows: wide::Rows,
    #[cfg(target_arch = "x86_64")]
    sevens: widest::Sevens,
}

impl Class {
    pub(crate) fn new(set: ByteSet) -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            rows: wide::Rows::of(&set),
            #[cfg(target_arch = "x86_64")]
            sevens: widest::Sevens::of(&set),
            set,
        }
    }

    /// Calls `each` with where so many bytes of the set in a row begin, of which at most 16 count, until it has an
    /// answer. Of more in a row some places behind the first are told as well.
    pub(crate) fn each_run<Answer>(
        &self,
        text: &[u8],
        at_least: usize,
        mut each: impl FnMut(usize) -> ControlFlow<Answer>,
    ) -> Option<Answer> {
        let wanted = at_least.clamp(1, 16);
        blocks([self], [], text, BLOCK + 1 - wanted, |at, [members], []| {
            let (mut runs, mut have) = (members, 1);
            while have < wanted {
                let more = have.min(wanted - have);
                runs &= runs >> more;
                have += more;
            }
            runs &= !(runs << 1);
            while runs != 0 {
                each(at + runs.trailing_zeros() as usize)?;
                runs &= runs - 1;
            }
            ControlFlow::Continue(())
        })
    }

    fn mask(&self, block: &[u8; BLOCK]) -> u64 {
        mask(block, |byte| self.set.has(byte))
    }
}

fn mask(block: &[u8; BLOCK], has: impl Fn(u8) -> bool) -> u64 {
    let bits = block.iter().enumerate();
    bits.fold(0, |mask, (at, byte)| mask | u64::from(has(*byte)) << at)
}

/// Calls `each` with where a block begins, which of its bytes are in each class, and which are each of some bytes,
/// for blocks that are `step` bytes apart, until it has an answer. Behind the text's end there is nothing.
#[inline]
pub(crate) fn blocks<const N: usize, const M: usize, Answer>(
    classes: [&Class; N],
    bytes: [u8; M],
    text: &[u8],
    step: usize,
    each: impl FnMut(usize, [u64; N], [u64; M]) -> ControlFlow<Answer>,
) -> Option<Answer> {
    #[cfg(target_arch = "x86_64")]
    if crate::wide::has_512() {
        let sevens = classes.map(|class| &class.sevens);
        #[allow(
            unsafe_code,
            reason = "instructions that not every processor has can't be called otherwise"
        )]
        // SAFETY: the processor has all of them, as was just asked.
        return unsafe { widest::blocks(sevens, bytes, text, step, each) };
    }
    #[cfg(target_arch = "x86_64")]
    if crate::wide::has_256() {
        let rows = classes.map(|class| &class.rows);
        #[allow(
            unsafe_code,
            reason = "instructions that not every processor has can't be called otherwise"
        )]
        // SAFETY: the processor has AVX2, as was just asked.
        return unsafe { wide::blocks(rows, bytes, text, step, each) };
    }
    let masks = |block: &[u8; BLOCK]| {
        let members = classes.map(|class| class.mask(block));
        (members, bytes.map(|byte| mask(block, |other| other == byte)))
    };
    over(text, step, masks, each)
}

/// Goes over a text.
#[inline(always)]
fn over<const N: usize, const M: usize, Answer>(
    text: &[u8],
    step: usize,
    masks: impl Fn(&[u8; BLOCK]) -> ([u64; N], [u64; M]),
    mut each: impl FnMut(usize, [u64; N], [u64; M]) -> ControlFlow<Answer>,
) -> Option<Answer> {
    let mut at = 0;
    while let Some(block) = text[at..].first_chunk() {
        let (members, equal) = masks(block);
        if let ControlFlow::Break(answer) = each(at, members, equal) {
            return Some(answer);
        }
        at += step;
    }
    while at < text.len() {
        let rest = &text[at..];
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        let there = u64::MAX >> (BLOCK - rest.len());
        let (members, equal) = masks(&block);
        if let ControlFlow::Break(answer) = each(at, members.map(|bits| bits & there), equal.map(|bits| bits & there)) {
            return Some(answer);
        }
        at += step;
    }
    None
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x,
        _mm256_set1_epi8, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_xor_si256,
    };
    use std::ops::ControlFlow;

    use super::{BLOCK, over};
    use crate::set::ByteSet;
    use crate::wide::{load, twice};

    /// By a byte's low half: a bit for each high half that is in the set with it, of those below 8 and of the others.
    pub(super) struct Rows([[u8; 16]; 2]);

    impl Rows {
        pub(super) fn of(set: &ByteSet) -> Self {
            let mut rows = [[0; 16]; 2];
            for byte in (0..=u8::MAX).filter(|byte| set.has(*byte)) {
                rows[usize::from(byte >> 7)][usize::from(byte & 15)] |= 1 << (byte >> 4 & 7);
            }
            Self(rows)
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn blocks<const N: usize, const M: usize, Answer>(
        rows: [&Rows; N],
        bytes: [u8; M],
        text: &[u8],
        step: usize,
        each: impl FnMut(usize, [u64; N], [u64; M]) -> ControlFlow<Answer>,
    ) -> Option<Answer> {
        let mut tables = [[_mm256_set1_epi8(0); 2]; N];
        for (tables, rows) in tables.iter_mut().zip(rows) {
            *tables = [twice(&rows.0[0]), twice(&rows.0[1])];
        }
        let bits = row_bits();
        let masks = |block: &[u8; BLOCK]| {
            let (low, high) = (load(block, 0), load(block, 32));
            let mut masks = [0; N];
            for (mask, tables) in masks.iter_mut().zip(&tables) {
                *mask = u64::from(members(tables, low, bits)) | u64::from(members(tables, high, bits)) << 32;
            }
            let mut equal = [0; M];
            for (mask, byte) in equal.iter_mut().zip(bytes) {
                *mask = u64::from(same(low, byte)) | u64::from(same(high, byte)) << 32;
            }
            (masks, equal)
        };
        over(text, step, masks, each)
    }

    /// For each high half, the bit of its row.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn row_bits() -> __m256i {
        let bits = i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]);
        _mm256_set_epi64x(bits, bits, bits, bits)
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn members(tables: &[__m256i; 2], bytes: __m256i, bits: __m256i) -> u32 {
        // A shuffle takes the low half, and gives zero where the highest bit is set.
        let below = _mm256_shuffle_epi8(tables[0], bytes);
        let above = _mm256_shuffle_epi8(tables[1], _mm256_xor_si256(bytes, _mm256_set1_epi8(i8::MIN)));
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(15));
        let bit = _mm256_shuffle_epi8(bits, high);
        let held = _mm256_and_si256(_mm256_or_si256(below, above), bit);
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(held, bit)).cast_unsigned()
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn same(bytes: __m256i, byte: u8) -> u32 {
        let equal = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()));
        _mm256_movemask_epi8(equal).cast_unsigned()
    }
}

#[cfg(target_arch = "x86_64")]
mod widest {
    use std::arch::x86_64::{
        __m512i, _mm512_cmpeq_epi8_mask, _mm512_movepi8_mask, _mm512_permutex2var_epi8, _mm512_set1_epi8,
        _mm512_setzero_si512,
    };
    use std::ops::ControlFlow;

    use super::{BLOCK, over};
    use crate::set::ByteSet;
    use crate::wide::{load_64, load_128};

    /// For each byte below 128 whether it is in the set, in the highest bit, and for each of the others.
    pub(super) struct Sevens([[u8; 128]; 2]);

    impl Sevens {
        pub(super) fn of(set: &ByteSet) -> Self {
            let mut sevens = [[0; 128]; 2];
            for byte in (0..=u8::MAX).filter(|byte| set.has(*byte)) {
                sevens[usize::from(byte >> 7)][usize::from(byte & 127)] = 128;
            }
            Self(sevens)
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
    #[inline]
    pub(super) fn blocks<const N: usize, const M: usize, Answer>(
        sevens: [&Sevens; N],
        bytes: [u8; M],
        text: &[u8],
        step: usize,
        each: impl FnMut(usize, [u64; N], [u64; M]) -> ControlFlow<Answer>,
    ) -> Option<Answer> {
        let mut tables = [[[_mm512_setzero_si512(); 2]; 2]; N];
        for (tables, sevens) in tables.iter_mut().zip(sevens) {
            for (table, sevens) in tables.iter_mut().zip(&sevens.0) {
                *table = load_128(sevens);
            }
        }
        let masks = |block: &[u8; BLOCK]| {
            let here = load_64(block);
            let mut masks = [0; N];
            for (mask, tables) in masks.iter_mut().zip(&tables) {
                *mask = members(tables, here);
            }
            let mut equal = [0; M];
            for (mask, byte) in equal.iter_mut().zip(bytes) {
                *mask = _mm512_cmpeq_epi8_mask(here, _mm512_set1_epi8(byte.cast_signed()));
            }
            (masks, equal)
        };
        over(text, step, masks, each)
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    #[inline]
    fn members([below, above]: &[[__m512i; 2]; 2], bytes: __m512i) -> u64 {
        // An index has seven bits, whatever the highest is.
        let of = |table: &[__m512i; 2]| _mm512_movepi8_mask(_mm512_permutex2var_epi8(table[0], bytes, table[1]));
        let is_above = _mm512_movepi8_mask(bytes);
        of(below) & !is_above | of(above) & is_above
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK, Class, blocks};
    use crate::set::ByteSet;
    use crate::width::Width;

    proptest! {
        #[test]
        fn each_byte_is_in_its_class(
            members in prop::collection::vec(any::<u8>(), 0..60),
            text in prop::collection::vec(any::<u8>(), 0..200),
            step in 1..=BLOCK,
        ) {
            let set = ByteSet::of(&members);
            for width in Width::ALL {
                let mut looked = 0;
                let each = |at, masks: [u64; 1], zeros: [u64; 1]| {
                    for place in 0..BLOCK {
                        let byte = text.get(at + place);
                        assert_eq!(masks[0] >> place & 1 == 1, byte.is_some_and(|byte| set.has(*byte)), "{width:?}");
                        assert_eq!(zeros[0] >> place & 1 == 1, byte == Some(&0), "{width:?}");
                    }
                    looked = at + BLOCK;
                    std::ops::ControlFlow::Continue(())
                };
                let _: Option<()> = width.run(|| blocks([&Class::new(set)], [0], &text, step, each));
                prop_assert!(looked >= text.len());
            }
        }

        #[test]
        fn runs_begin_where_they_begin(text in "[ab]{0,200}", at_least in 1_usize..20) {
            let class = Class::new(ByteSet::of(b"a"));
            let wanted = at_least.min(16);
            let is_run = |at: &usize| text.as_bytes()[*at..].iter().take(wanted).filter(|byte| **byte == b'a').count() == wanted;
            let expected: Vec<_> = (0..text.len()).filter(is_run).collect();
            let mut told = Vec::new();
            let ended: Option<()> = class.each_run(text.as_bytes(), at_least, |at| {
                told.push(at);
                std::ops::ControlFlow::Continue(())
            });
            prop_assert_eq!(ended, None);
            prop_assert!(told.is_sorted());
            prop_assert!(told.iter().all(|at| expected.contains(at)));
            let begins = |at: &&usize| at.checked_sub(1).is_none_or(|before| !expected.contains(&before));
            prop_assert!(expected.iter().filter(begins).all(|at| told.contains(at)));
        }
    }
}
