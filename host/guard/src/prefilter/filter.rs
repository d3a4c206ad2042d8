//! A set of the first bytes of literals, which may take others for them.

/// How many bits there are for each: of others, one in so many is taken for one.
const BITS: usize = 64;

/// A bit for each hash.
pub(super) struct Filter {
    words: Vec<u64>,
    shift: u32,
}

impl Filter {
    /// With room for so many.
    pub(super) fn with_room(count: usize) -> Self {
        let log = (count * BITS).next_power_of_two().trailing_zeros().max(6);
        Self {
            words: vec![0; 1 << (log - 6)],
            shift: 64 - log,
        }
    }

    /// Takes in the first `LENGTH` of eight bytes.
    pub(super) fn insert<const LENGTH: usize>(&mut self, eight: u64) {
        let hash = hash::<LENGTH>(eight) >> self.shift;
        self.words[(hash / 64) as usize] |= 1 << (hash % 64);
    }

    /// Whether the first `LENGTH` of eight bytes may be there.
    #[inline(always)]
    pub(super) fn may_have<const LENGTH: usize>(&self, eight: u64) -> bool {
        let hash = hash::<LENGTH>(eight) >> self.shift;
        // The length is a power of two, which the compiler doesn't know.
        let word = self.words[(hash / 64) as usize & (self.words.len() - 1)];
        word >> (hash % 64) & 1 == 1
    }
}

/// The highest bits are the best.
#[inline(always)]
fn hash<const LENGTH: usize>(eight: u64) -> u64 {
    (eight << (64 - 8 * LENGTH)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
