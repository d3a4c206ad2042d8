//! The literals by their windows.

use super::Literals;

/// Which of a window's four bytes are the literal's own: its number below 8.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kind(u8);

/// The bytes of each kind: so many from the first on, so many from the second on.
const OWN: [u32; 8] = [
    0xFF,
    0xFFFF,
    0x00FF_FFFF,
    0xFFFF_FFFF,
    0xFF00,
    0x00FF_FF00,
    0xFFFF_FF00,
    0,
];

impl Kind {
    /// The kind of a window that begins at this place of a literal of this length.
    pub(super) fn new(offset: i8, length: usize) -> Self {
        let number = match usize::try_from(offset) {
            Ok(offset) => length.saturating_sub(offset).clamp(1, 4) - 1,
            Err(_) => 3 + length.clamp(1, 3),
        };
        Self(u8::try_from(number).expect("it is below 8"))
    }

    /// Its number.
    pub(super) fn bit(self) -> u8 {
        self.0
    }
}

/// A literal that may stand around a window.
#[derive(Clone, Copy, Default)]
pub(super) struct Probe {
    /// The literal's bytes from the window's beginning on, case-folded, eight at most: what stands in ordinary text
    /// by four bytes seldom does by eight, and then the literal itself isn't looked up.
    key: u64,
    /// Which of the key's bytes there are.
    mask: u64,
    literal: u32,
    /// Where the window begins in the literal.
    offset: i8,
    length: u8,
    kind: Kind,
}

impl Probe {
    /// The window begins at `offset` of the literal's `bytes`.
    pub(super) fn new(literal: u32, bytes: &[u8], offset: i8) -> Self {
        let kind = Kind::new(offset, bytes.len());
        let (mut key, mut mask) = ([0; 8], [0; 8]);
        for ((key, mask), at) in key.iter_mut().zip(&mut mask).zip(isize::from(offset)..) {
            if let Some(byte) = usize::try_from(at).ok().and_then(|at| bytes.get(at)) {
                (*key, *mask) = (byte | 0x20, 0xFF);
            }
        }
        Self {
            key: u64::from_le_bytes(key),
            mask: u64::from_le_bytes(mask),
            literal,
            offset,
            length: u8::try_from(bytes.len()).expect("a literal has 64 bytes at most"),
            kind,
        }
    }

    /// The literal's number.
    pub(super) fn literal(&self) -> u32 {
        self.literal
    }

    /// The literal's `bytes` from the window on, which begins in them.
    pub(super) fn own_bytes<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let offset = usize::try_from(self.offset).expect("it begins in the literal");
        &bytes[offset..]
    }

    /// What its bucket is found by: the window's own bytes.
    fn four(&self) -> u32 {
        let [a, b, c, d, ..] = self.key.to_le_bytes();
        u32::from_le_bytes([a, b, c, d]) & OWN[usize::from(self.kind.0)]
    }
}

/// All probes, in buckets by the hash of their keys.
pub(super) struct Shelf {
    probes: Vec<Probe>,
    /// Where each bucket begins, and where the last ends.
    buckets: Vec<u32>,
    /// What makes a hash a bucket's number.
    shift: u32,
    /// The kinds that there are, as bits.
    kinds: u8,
}

impl Shelf {
    pub(super) fn new(probes: &[Probe]) -> Self {
        let bits = probes.len().next_power_of_two().trailing_zeros().max(1);
        let shift = 32 - bits;
        let mut buckets = vec![0_u32; (1 << bits) + 1];
        for probe in probes {
            buckets[bucket(probe.four(), shift)] += 1;
        }
        let mut end = 0;
        for bucket in &mut buckets {
            end += *bucket;
            *bucket = end;
        }
        let mut sorted = vec![Probe::default(); probes.len()];
        for probe in probes {
            let place = &mut buckets[bucket(probe.four(), shift)];
            *place -= 1;
            sorted[*place as usize] = *probe;
        }
        Self {
            probes: sorted,
            buckets,
            shift,
            kinds: probes.iter().fold(0, |kinds, probe| kinds | 1 << probe.kind.0),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.probes.is_empty()
    }

    /// Calls `tell` with every literal that has a window of these kinds at `place`, and where it begins and ends.
    #[inline(always)]
    pub(super) fn search(
        &self,
        text: &[u8],
        (place, kinds): (usize, u8),
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        let eight = u64::from_le_bytes(padded(&text[place..])) | 0x2020_2020_2020_2020;
        let [a, b, c, d, ..] = eight.to_le_bytes();
        let four = u32::from_le_bytes([a, b, c, d]);
        let mut kinds = kinds & self.kinds;
        while kinds != 0 {
            let kind = kinds.trailing_zeros() as usize & 7;
            kinds &= kinds - 1;
            let key = four & OWN[kind];
            let bucket = bucket(key, self.shift);
            for probe in &self.probes[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize] {
                if eight & probe.mask != probe.key || usize::from(probe.kind.0) != kind {
                    continue;
                }
                let Some(start) = place.checked_add_signed(-isize::from(probe.offset)) else {
                    continue;
                };
                let end = start + usize::from(probe.length);
                let own = text.get(start..end);
                if own.is_some_and(|own| literals.get(probe.literal).is(own)) {
                    tell(probe.literal, start, end);
                }
            }
        }
    }
}

/// The first bytes of a text, with zeros behind its end.
#[inline(always)]
pub(super) fn padded<const N: usize>(text: &[u8]) -> [u8; N] {
    match text.first_chunk() {
        Some(bytes) => *bytes,
        None => std::array::from_fn(|at| text.get(at).copied().unwrap_or(0)),
    }
}

#[inline(always)]
fn bucket(key: u32, shift: u32) -> usize {
    ((key ^ key >> 15).wrapping_mul(0x85EB_CA6B) >> shift) as usize
}
