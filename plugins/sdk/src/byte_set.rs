//! Sets of byte values, built at compile time.

use crate::bindings::detector::cofferdam::types::guard as wit;

/// A set of byte values. All builders are `const`, so that a rule's set costs nothing when a guest starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// No byte at all.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);
    /// `0-9`.
    pub const DIGIT: ByteSet = ByteSet::EMPTY.range(b'0', b'9');
    /// `A-Z`.
    pub const UPPER: ByteSet = ByteSet::EMPTY.range(b'A', b'Z');
    /// `a-z`.
    pub const LOWER: ByteSet = ByteSet::EMPTY.range(b'a', b'z');
    /// `A-Za-z0-9`.
    pub const ALNUM: ByteSet = ByteSet::DIGIT.or(ByteSet::UPPER).or(ByteSet::LOWER);
    /// `0-9a-f`.
    pub const HEX_LOWER: ByteSet = ByteSet::DIGIT.range(b'a', b'f');
    /// `0-9a-fA-F`.
    pub const HEX: ByteSet = ByteSet::HEX_LOWER.range(b'A', b'F');
    /// `A-Za-z0-9_`.
    pub const WORD: ByteSet = ByteSet::ALNUM.with(b"_");
    /// `A-Za-z0-9_-`, the alphabet of URL-safe base64.
    pub const BASE64_URL: ByteSet = ByteSet::ALNUM.with(b"_-");
    /// `A-Za-z0-9+/`, the alphabet of base64 without its padding.
    pub const BASE64: ByteSet = ByteSet::ALNUM.with(b"+/");

    /// The set whose bit `b` of word `w` stands for byte `64 * w + b`.
    #[must_use]
    pub const fn from_words(words: [u64; 4]) -> ByteSet {
        ByteSet(words)
    }

    /// This set and the bytes of `from..=to`.
    #[must_use]
    pub const fn range(mut self, from: u8, to: u8) -> ByteSet {
        let mut byte = from as usize;
        while byte <= to as usize {
            self.0[byte / 64] |= 1 << (byte % 64);
            byte += 1;
        }
        self
    }

    /// This set and each byte of `bytes`.
    #[must_use]
    pub const fn with(mut self, bytes: &[u8]) -> ByteSet {
        let mut i = 0;
        while i < bytes.len() {
            self.0[(bytes[i] / 64) as usize] |= 1 << (bytes[i] % 64);
            i += 1;
        }
        self
    }

    /// This set without the bytes of `bytes`.
    #[must_use]
    pub const fn without(mut self, bytes: &[u8]) -> ByteSet {
        let mut i = 0;
        while i < bytes.len() {
            self.0[(bytes[i] / 64) as usize] &= !(1 << (bytes[i] % 64));
            i += 1;
        }
        self
    }

    /// Both sets together.
    #[must_use]
    pub const fn or(self, other: ByteSet) -> ByteSet {
        ByteSet([
            self.0[0] | other.0[0],
            self.0[1] | other.0[1],
            self.0[2] | other.0[2],
            self.0[3] | other.0[3],
        ])
    }

    /// Whether `byte` is in the set.
    #[must_use]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[(byte / 64) as usize] >> (byte % 64) & 1 == 1
    }

    /// Its words in hexadecimal digits, the lowest bytes' first, as the WIT's texts beside a rule have them.
    pub(crate) fn written(&self) -> String {
        self.0.iter().map(|word| format!("{word:016x}")).collect()
    }

    /// Reads what [`written`](Self::written) wrote.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn read(written: &str) -> Option<ByteSet> {
        let mut words = [0; 4];
        for (index, word) in words.iter_mut().enumerate() {
            *word = u64::from_str_radix(written.get(16 * index..16 * (index + 1))?, 16).ok()?;
        }
        Some(ByteSet(words))
    }

    /// Whether every byte of `bytes` is in the set.
    #[must_use]
    pub fn has_all(&self, bytes: &[u8]) -> bool {
        bytes.iter().all(|&b| self.has(b))
    }
}

impl From<ByteSet> for wit::ByteSet {
    fn from(set: ByteSet) -> wit::ByteSet {
        let [w0, w1, w2, w3] = set.0;
        wit::ByteSet { w0, w1, w2, w3 }
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let set = ByteSet::EMPTY.range(b'0', b'9').with(b"\xff@").without(b"5");
        for byte in 0..=255_u8 {
            let expected = (byte.is_ascii_digit() && byte != b'5') || byte == 0xff || byte == b'@';
            assert_eq!(set.has(byte), expected, "byte {byte}");
        }
    }

    #[test]
    fn is_written_with_the_lowest_bytes_first() {
        let set = ByteSet::EMPTY.with(b"@\0\xff");
        let words = [
            "0000000000000001",
            "0000000000000001",
            "0000000000000000",
            "8000000000000000",
        ];
        assert_eq!(set.written(), words.concat());
        assert_eq!(ByteSet::read(&set.written()), Some(set));
    }

    #[test]
    fn a_range_may_reach_the_last_byte() {
        assert!(ByteSet::EMPTY.range(0, 255).has_all(&[0, 127, 128, 255]));
    }
}
