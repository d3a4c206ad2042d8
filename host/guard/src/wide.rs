//! What the searches that look at 32 bytes at once share.

use std::arch::x86_64::{__m256i, _mm256_set_epi64x};

/// A table in both lanes.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn twice(table: &[u8; 16]) -> __m256i {
    let (low, high) = (word(table, 0), word(table, 8));
    _mm256_set_epi64x(high, low, high, low)
}

/// 32 bytes from a place on; the compiler makes one load of it.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn load<const N: usize>(block: &[u8; N], place: usize) -> __m256i {
    _mm256_set_epi64x(
        word(block, place + 24),
        word(block, place + 16),
        word(block, place + 8),
        word(block, place),
    )
}

#[inline(always)]
fn word<const N: usize>(bytes: &[u8; N], at: usize) -> i64 {
    let bytes = bytes[at..].first_chunk().copied();
    i64::from_le_bytes(bytes.expect("all of the block is there"))
}
