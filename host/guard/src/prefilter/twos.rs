//! Pairs of bytes that stand in a row in literals.

/// The bits of a byte that count: the lowest five, in which case has no part.
const LOWEST: u8 = 31;

/// A bit for each pair of bytes, of both of which the lowest five bits count.
pub(super) struct Twos([u8; 128]);

impl Default for Twos {
    fn default() -> Self {
        Self([0; 128])
    }
}

impl Twos {
    /// Takes in a pair.
    pub(super) fn insert(&mut self, first: u8, second: u8) {
        self.0[octet(first, second)] |= 1 << (first & 7);
    }

    /// Whether a pair may be there.
    pub(super) fn may_have(&self, first: u8, second: u8) -> bool {
        self.0[octet(first, second)] >> (first & 7) & 1 == 1
    }
}

/// Where the bit of a pair stands.
fn octet(first: u8, second: u8) -> usize {
    usize::from((first & LOWEST) >> 3 | (second & LOWEST) << 2)
}

#[cfg(target_arch = "x86_64")]
pub(super) mod widest {
    use std::arch::x86_64::{
        __m512i, _mm512_and_si512, _mm512_permutex2var_epi8, _mm512_set1_epi8, _mm512_set1_epi64, _mm512_shuffle_epi8,
        _mm512_slli_epi16, _mm512_srli_epi16, _mm512_ternarylogic_epi64, _mm512_test_epi8_mask,
    };

    use super::Twos;
    use crate::wide::load_128;

    /// The bits of all pairs.
    pub(in crate::prefilter) struct Table {
        low: __m512i,
        high: __m512i,
    }

    impl Table {
        #[target_feature(enable = "avx512f")]
        #[inline]
        pub(in crate::prefilter) fn new(twos: &Twos) -> Self {
            let [low, high] = load_128(&twos.0);
            Self { low, high }
        }

        /// Which of 64 pairs may be there.
        #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
        #[inline]
        pub(in crate::prefilter) fn may_have(&self, first: __m512i, second: __m512i) -> u64 {
            /// Takes the bits of the second argument where those of the first are set, and those of the third
            /// elsewhere.
            const CHOOSE: i32 = 0xCA;
            // Seven bits of an index count: five of the second byte, and two of the first.
            let second = _mm512_slli_epi16::<2>(second);
            let octet = _mm512_srli_epi16::<3>(first);
            let index = _mm512_ternarylogic_epi64::<CHOOSE>(_mm512_set1_epi8(0x7C), second, octet);
            let octets = _mm512_permutex2var_epi8(self.low, index, self.high);
            let bits = _mm512_set1_epi64(i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]));
            let bit = _mm512_shuffle_epi8(bits, _mm512_and_si512(first, _mm512_set1_epi8(7)));
            _mm512_test_epi8_mask(octets, bit)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Twos;

    proptest! {
        #[test]
        fn what_is_taken_in_is_there(
            pairs in prop::collection::vec(any::<[u8; 2]>(), 0..200), text in prop::collection::vec(any::<u8>(), 65),
        ) {
            let mut twos = Twos::default();
            pairs.iter().for_each(|[first, second]| twos.insert(*first, *second));
            let low = |pair: &[u8; 2]| pair.map(|byte| byte & 31);
            let expected: Vec<bool> =
                text.array_windows().map(|pair| pairs.iter().any(|other| low(other) == low(pair))).collect();
            let one_by_one: Vec<bool> = text.array_windows().map(|[first, second]| twos.may_have(*first, *second)).collect();
            prop_assert_eq!(&one_by_one, &expected);
            #[cfg(target_arch = "x86_64")]
            if crate::wide::has_512() {
                use crate::wide::load_64;
                let half = |from: usize| text[from..].first_chunk().expect("it has 65 bytes");
                #[allow(unsafe_code, reason = "instructions that not every processor has can't be called otherwise")]
                // SAFETY: the processor has what it needs, as was just asked.
                let mask = unsafe { super::widest::Table::new(&twos).may_have(load_64(half(0)), load_64(half(1))) };
                let wide: Vec<bool> = (0..64).map(|at| mask >> at & 1 == 1).collect();
                prop_assert_eq!(wide, expected);
            }
        }
    }
}
