//! Text that stands in one place of the raw stream, and what its bytes are to those there.

/// A character of base64 has six bits.
const SIXTHS: u64 = 6;

/// Text bytes that stand in one place of the raw stream.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) text: u64,
    pub(super) len: u64,
    pub(super) raw: u64,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Text byte `i` is raw byte `i`, known when it came.
    Same,
    /// Text byte `i` is raw byte `i` again, known at `when`. What stands before `floor` was out by then.
    Copy { when: u64, floor: u64 },
    /// Each text byte is a raw byte again, whose place is kept apart: `raw` is the number of the first one's.
    Cells { when: u64, floor: u64 },
    /// All of them stand for the `wide` raw bytes from `raw` on, known at `when`. What stands before `floor` was out
    /// by then.
    Group { when: u64, wide: u64, floor: u64 },
    /// Each text byte stands for the two raw bytes in which it begins and ends, known with the second: one more text
    /// byte begins `bits` sixths of a raw byte later, and the first `bit` sixths behind the beginning of its raw
    /// byte.
    Coded { bits: u8, bit: u8 },
}

impl Stretch {
    /// Where a text byte begins in the raw stream; one that stands before it does where its first does.
    #[inline]
    pub(super) fn raw(&self, text: u64, cells: &Cells) -> u64 {
        let index = text.saturating_sub(self.text);
        match self.kind {
            Kind::Same | Kind::Copy { .. } => self.raw + index,
            Kind::Cells { .. } => cells.get(self.raw + index),
            Kind::Group { .. } => self.raw,
            Kind::Coded { bits, bit } => self.raw + (index * u64::from(bits) + u64::from(bit)) / SIXTHS,
        }
    }

    /// How many bits of the raw byte in which a text byte begins belong to another one.
    pub(super) fn bit(&self, text: u64) -> u8 {
        match self.kind {
            Kind::Same | Kind::Copy { .. } | Kind::Cells { .. } | Kind::Group { .. } => 0,
            Kind::Coded { bits, bit } => {
                let bits = text.saturating_sub(self.text) * u64::from(bits) + u64::from(bit);
                u8::try_from(bits % SIXTHS).expect("below six")
            }
        }
    }

    /// Where what a text byte stands for ends in the raw stream.
    #[inline]
    pub(super) fn raw_end(&self, text: u64, cells: &Cells) -> u64 {
        match self.kind {
            Kind::Same | Kind::Copy { .. } | Kind::Cells { .. } => self.raw(text, cells) + 1,
            Kind::Group { wide, .. } => self.raw + wide,
            Kind::Coded { .. } => self.raw(text, cells) + 2,
        }
    }

    /// The raw position whose byte made a text byte known.
    #[inline]
    pub(super) fn when(&self, text: u64, cells: &Cells) -> u64 {
        match self.kind {
            Kind::Same => self.raw(text, cells),
            Kind::Copy { when, .. } | Kind::Cells { when, .. } | Kind::Group { when, .. } => when,
            Kind::Coded { .. } => self.raw(text, cells) + 1,
        }
    }

    /// What stands before this raw byte was out when its bytes were copied.
    #[inline]
    pub(super) fn floor(&self) -> u64 {
        match self.kind {
            Kind::Same | Kind::Coded { .. } => 0,
            Kind::Copy { floor, .. } | Kind::Cells { floor, .. } | Kind::Group { floor, .. } => floor,
        }
    }

    /// Whether it says again what stands elsewhere.
    #[inline]
    pub(super) fn is_copy(&self) -> bool {
        match self.kind {
            Kind::Copy { .. } | Kind::Cells { .. } => true,
            Kind::Same | Kind::Group { .. } | Kind::Coded { .. } => false,
        }
    }
}

/// Where the bytes of cells stand in the raw stream, one place for each. A line whose cells were written one by one
/// has a place of its own for each of them, and is read again behind each edit: a stretch for each cell costs several
/// times what its place does.
#[derive(Default)]
pub(super) struct Cells {
    raws: Vec<u64>,
    /// How many have been dropped before the first that is kept.
    pub(super) base: u64,
}

impl Cells {
    /// Keeps places, and answers the number of the first.
    pub(super) fn add(&mut self, raws: &[u64]) -> u64 {
        let first = self.base + self.raws.len() as u64;
        self.raws.extend_from_slice(raws);
        first
    }

    #[inline]
    pub(super) fn get(&self, number: u64) -> u64 {
        self.raws[self.index(number)]
    }

    /// So many from this number on.
    pub(super) fn some(&self, number: u64, len: u64) -> &[u64] {
        &self.raws[self.index(number)..self.index(number + len)]
    }

    fn index(&self, number: u64) -> usize {
        usize::try_from(number - self.base).expect("what is kept fits in memory")
    }

    /// Drops those before a number, once that is worth the move.
    pub(super) fn forget(&mut self, number: u64) {
        let spare = self.index(number);
        if spare > self.raws.len() / 2 {
            self.raws.drain(..spare);
            self.base = number;
        }
    }
}
