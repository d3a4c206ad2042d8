//! The parameters of a control sequence.

/// More parameters than this are left out, as terminals do.
const MAXIMUM: usize = 32;

/// The numbers of a control sequence, with its markers and its final byte.
pub(super) struct Params {
    numbers: [u16; MAXIMUM],
    count: usize,
    /// `<`, `=`, `>` or `?` after the introducer.
    pub(super) private: Option<u8>,
    /// The last byte before the final one that is neither digit nor separator.
    pub(super) intermediate: Option<u8>,
    pub(super) last: u8,
}

impl Params {
    /// Reads what follows `ESC [`. Gives `None` for a sequence without an end, which does nothing.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut params = Self {
            numbers: [0; MAXIMUM],
            count: 1,
            private: None,
            intermediate: None,
            last: 0,
        };
        // Only the first of numbers joined by colons counts: the others are shades of a colour or an underline.
        let mut sub = false;
        for &byte in body {
            match byte {
                b'0'..=b'9' if sub => {}
                b'0'..=b'9' => {
                    if let Some(number) = params.numbers.get_mut(params.count - 1) {
                        *number = number.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
                    }
                }
                b';' => {
                    sub = false;
                    params.count = (params.count + 1).min(MAXIMUM + 1);
                }
                b':' => sub = true,
                b'<'..=b'?' => params.private = Some(byte),
                b' '..=b'/' => params.intermediate = Some(byte),
                b'@'..=b'~' => {
                    params.last = byte;
                    return Some(params);
                }
                // Controls within a sequence were carried out before it; nothing else counts.
                0..=0x1f | 0x7f..=0xff => {}
            }
        }
        None
    }

    /// A number as it stands; 0 where there is none.
    pub(super) fn get(&self, at: usize) -> u16 {
        self.numbers.get(at).copied().unwrap_or(0)
    }

    /// A number that is 1 where there is none or it is 0.
    pub(super) fn count(&self, at: usize) -> u16 {
        self.get(at).max(1)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = u16> + '_ {
        self.numbers.iter().copied().take(self.count)
    }
}
