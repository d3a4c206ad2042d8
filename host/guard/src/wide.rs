//! What the searches that look at 32 or 64 bytes at once share.

use std::arch::x86_64::{__m256i, __m512i, _mm256_set_epi64x, _mm512_loadu_si512};
use std::sync::LazyLock;

#[cfg(test)]
use crate::width::Width;

/// Whether the processor has all that is enabled where 64 bytes are looked at at once.
pub(crate) fn has_512() -> bool {
    #[cfg(test)]
    if !Width::Any.is_allowed() {
        return false;
    }
    static HAS: LazyLock<bool> = LazyLock::new(|| {
        std::is_x86_feature_detected!("avx512vbmi2")
            && std::is_x86_feature_detected!("avx512vbmi")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("popcnt")
    });
    *HAS
}

/// The same where 32 bytes are.
pub(crate) fn has_256() -> bool {
    #[cfg(test)]
    if !Width::Half.is_allowed() {
        return false;
    }
    std::is_x86_feature_detected!("avx2")
        && std::is_x86_feature_detected!("bmi1")
        && std::is_x86_feature_detected!("popcnt")
}

/// A table of 128 bytes.
#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn load_128(table: &[u8; 128]) -> [__m512i; 2] {
    let half = |from: usize| load_64(table[from..].first_chunk().expect("it has two halves"));
    [half(0), half(64)]
}

/// 64 bytes.
#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn load_64(bytes: &[u8; 64]) -> __m512i {
    #[allow(unsafe_code, reason = "the processor loads from a pointer")]
    // SAFETY: all 64 bytes are there, and they needn't be aligned.
    unsafe {
        _mm512_loadu_si512(bytes.as_ptr().cast())
    }
}

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
