//! The literals by their windows.

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
    /// The window's own bytes, case-folded.
    key: u32,
    literal: u32,
    /// Where the window begins in the literal.
    offset: i8,
    length: u8,
    kind: Kind,
}

impl Probe {
    /// `four` is the window, with anything for what isn't the literal's own; the literal has `length` bytes.
    pub(super) fn new(literal: u32, length: usize, offset: i8, four: [u8; 4]) -> Self {
        let kind = Kind::new(offset, length);
        Self {
            key: fold(four) & OWN[usize::from(kind.0)],
            literal,
            offset,
            length: u8::try_from(length).expect("a literal has 64 bytes at most"),
            kind,
        }
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
            buckets[bucket(probe.key, shift)] += 1;
        }
        let mut end = 0;
        for bucket in &mut buckets {
            end += *bucket;
            *bucket = end;
        }
        let mut sorted = vec![Probe::default(); probes.len()];
        for probe in probes {
            let place = &mut buckets[bucket(probe.key, shift)];
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

    /// Calls `found` with the literal, start and end of everything that has a window of these kinds at `place`. Only the window
    /// has been compared, in any case.
    #[inline(always)]
    pub(super) fn search(&self, text: &[u8], place: usize, kinds: u8, mut found: impl FnMut(u32, usize, usize)) {
        let four = fold(padded(&text[place..]));
        let mut kinds = kinds & self.kinds;
        while kinds != 0 {
            let kind = kinds.trailing_zeros() as usize & 7;
            kinds &= kinds - 1;
            let key = four & OWN[kind];
            let bucket = bucket(key, self.shift);
            for probe in &self.probes[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize] {
                if probe.key != key || usize::from(probe.kind.0) != kind {
                    continue;
                }
                let Some(start) = place.checked_add_signed(-isize::from(probe.offset)) else {
                    continue;
                };
                let end = start + usize::from(probe.length);
                if end <= text.len() {
                    found(probe.literal, start, end);
                }
            }
        }
    }
}

/// The first bytes of a text, with zeros behind its end.
#[inline(always)]
fn padded<const N: usize>(text: &[u8]) -> [u8; N] {
    match text.first_chunk() {
        Some(bytes) => *bytes,
        None => std::array::from_fn(|at| text.get(at).copied().unwrap_or(0)),
    }
}

fn fold(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | 0x2020_2020
}

#[inline(always)]
fn bucket(key: u32, shift: u32) -> usize {
    ((key ^ key >> 15).wrapping_mul(0x85EB_CA6B) >> shift) as usize
}
