//! A set of byte values.

/// A set of byte values: bit `b` of word `w` stands for byte `64 * w + b`, as in the WIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ByteSet([u64; 4]);

impl FromIterator<u8> for ByteSet {
    fn from_iter<Bytes: IntoIterator<Item = u8>>(bytes: Bytes) -> Self {
        let mut set = Self::default();
        bytes.into_iter().for_each(|byte| set.insert(byte));
        set
    }
}

impl ByteSet {
    /// The set of these four words.
    pub const fn from_words(words: [u64; 4]) -> Self {
        Self(words)
    }

    /// The set of these bits, eight at a time.
    pub fn from_octets(octets: [u8; 32]) -> Self {
        let eights = octets.as_chunks().0;
        Self(std::array::from_fn(|word| u64::from_le_bytes(eights[word])))
    }

    /// The set of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut set = Self::default();
        for byte in bytes {
            set.insert(*byte);
        }
        set
    }

    /// Adds one byte value.
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Whether the byte is in the set.
    #[inline]
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// The set of all bytes that are in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// The set of all bytes that are in both.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// The set of its bytes that are not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// Whether no byte is in the set.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// Whether all of its bytes are in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, theirs)| mine & !theirs == 0)
    }

    /// Whether a byte is in both.
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Its bits, eight at a time, those of the lowest bytes first.
    pub fn octets(&self) -> [u8; 32] {
        let mut octets = [0; 32];
        for (eight, word) in octets.as_chunks_mut().0.iter_mut().zip(self.0) {
            *eight = word.to_le_bytes();
        }
        octets
    }

    /// How many of the leading bytes of `text` are in the set.
    #[inline]
    pub fn leading(&self, text: &[u8]) -> usize {
        text.iter().position(|byte| !self.has(*byte)).unwrap_or(text.len())
    }

    /// How many of the trailing bytes of `text`, at most `most`, are in the set.
    #[inline]
    pub fn trailing(&self, text: &[u8], most: usize) -> usize {
        text.iter().rev().take(most).take_while(|byte| self.has(**byte)).count()
    }
}
