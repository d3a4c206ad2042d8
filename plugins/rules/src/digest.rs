//! Digests of values that are published and may open something all the same, so that no pack has to hold them.

/// FNV-1a, of 64 bits, as its authors define it. It keeps a value out of a file; who can choose values can find
/// others with its digest.
#[must_use]
pub fn digest(value: &[u8]) -> u64 {
    value.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn digests_are_those_that_the_authors_publish() {
        assert_eq!(digest(b""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(digest(b"a"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(digest(b"foobar"), 0x8594_4171_F739_67E8);
    }
}
