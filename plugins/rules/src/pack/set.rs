//! Sets of byte values, as a pack has them.

use cofferdam_sdk::ByteSet;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of byte values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Set(pub [u64; 4]);

impl Set {
    /// Whether it holds `byte`.
    #[must_use]
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] >> (byte % 64) & 1 == 1
    }

    /// Those that stand in `text`.
    #[must_use]
    pub fn of(text: &[u8]) -> Set {
        let mut set = Set::default();
        text.iter().for_each(|byte| set.add(*byte));
        set
    }

    /// Adds `byte`.
    pub fn add(&mut self, byte: u8) {
        self.0[usize::from(byte / 64)] |= 1 << (byte % 64);
    }

    /// Both together.
    #[must_use]
    pub fn or(&self, other: &Set) -> Set {
        Set(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// Whether both hold some byte.
    #[must_use]
    pub fn meets(&self, other: &Set) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }

    pub(super) fn bytes(self) -> ByteSet {
        ByteSet::from_words(self.0)
    }
}

/// The bits of its 32 bytes, the lowest byte's first, without the zeros that end them: a pack has twenty thousand
/// sets, and each number of theirs would be read byte by byte.
impl Serialize for Set {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut octets = [0; 32];
        for (eight, word) in octets.chunks_exact_mut(8).zip(self.0) {
            eight.copy_from_slice(&word.to_le_bytes());
        }
        let length = octets.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
        serializer.serialize_bytes(octets.get(..length).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Set {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = <&[u8]>::deserialize(deserializer)?;
        let mut octets = [0; 32];
        octets
            .get_mut(..written.len())
            .ok_or_else(|| D::Error::invalid_length(written.len(), &"32 bytes of bits at most"))?
            .copy_from_slice(written);
        let mut set = Set::default();
        for (word, eight) in set.0.iter_mut().zip(octets.as_chunks().0) {
            *word = u64::from_le_bytes(*eight);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::Set;

    #[test]
    fn each_set_is_read_as_it_was_written() {
        for text in ["", "\0", "0", "azAZ09", "\u{ff}", "\u{fffd}"] {
            let set = Set::of(text.as_bytes());
            let written = postcard::to_allocvec(&set).expect("it can be written");
            assert_eq!(postcard::from_bytes(&written), Ok(set), "{text:?}");
        }
        assert!(postcard::from_bytes::<Set>(&[33; 40]).is_err());
    }
}
