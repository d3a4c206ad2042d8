//! What literals begin with: one look tells most of a text's places apart.

use crate::set::ByteSet;

/// The most hashes of three bytes that are told apart.
const MOST: u32 = 15;
/// Letters of any case are taken for the same.
pub(super) const ANY_CASE: u32 = 0x2020_2020;

/// Four bytes of each literal.
pub(super) struct Beginnings {
    /// By the hash of three bytes: a bit for what the fourth may be.
    fourths: Vec<u32>,
    shift: u32,
    /// The bits that are taken for the same.
    folded: u32,
}

impl Beginnings {
    /// With room for about so many.
    pub(super) fn with_room(count: usize, folded: u32) -> Self {
        let log = (8 * count).next_power_of_two().trailing_zeros().clamp(1, MOST);
        Self {
            fourths: vec![0; 1 << log],
            shift: 32 - log,
            folded,
        }
    }

    /// Takes in what begins with three bytes, and goes on with one of these.
    pub(super) fn insert(&mut self, three: [u8; 3], fourths: Fourths) {
        let [a, b, c] = three;
        let hash = self.hash(u32::from_le_bytes([a, b, c, 0]) | self.folded);
        self.fourths[hash] |= fourths.0;
    }

    /// Whether a literal may begin with the first four of eight bytes.
    #[inline(always)]
    pub(super) fn may_have(&self, eight: u64) -> bool {
        let four = eight as u32 | self.folded;
        // The length is a power of two, which the compiler doesn't know.
        let fourths = self.fourths[self.hash(four) & (self.fourths.len() - 1)];
        fourths.wrapping_shr(four >> 24) & 1 == 1
    }

    #[inline(always)]
    fn hash(&self, four: u32) -> usize {
        // The fourth byte has no part in the product's upper half.
        ((four << 8).wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }
}

/// What may be a fourth byte.
#[derive(Clone, Copy)]
pub(super) struct Fourths(u32);

impl Fourths {
    /// A byte.
    pub(super) fn one(byte: u8) -> Self {
        Self(1_u32.wrapping_shl(u32::from(byte)))
    }

    /// Any byte of a set.
    pub(super) fn of(set: &ByteSet) -> Self {
        // A byte's bit is told by its lowest five bits, which case has no part in.
        let octets = (0..).zip(set.octets());
        Self(octets.fold(0, |all, (octet, bytes)| all | u32::from(bytes) << (octet % 4 * 8)))
    }
}
