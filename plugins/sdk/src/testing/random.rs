//! Random texts from a seed, so that a failing test fails again.

/// A small generator (SplitMix64); not for keys.
pub struct Random(u64);

impl Random {
    /// The generator of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }

    /// `length` bytes of `alphabet`, which isn't empty.
    pub fn text(&mut self, alphabet: &[u8], length: usize) -> Vec<u8> {
        (0..length).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// The same as a string; `alphabet` is ASCII.
    pub fn string(&mut self, alphabet: &str, length: usize) -> String {
        self.text(alphabet.as_bytes(), length)
            .into_iter()
            .map(char::from)
            .collect()
    }
}
