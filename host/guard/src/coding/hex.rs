//! Hexadecimal digits, two a byte.

use super::{AT_ONCE, Reading};
use crate::search::CONTEXT;
use crate::view::View;

/// A text of digits as it comes.
#[derive(Default)]
pub(super) struct Hex {
    high: Option<(u8, u64)>,
    /// Before this place stand digits alone, as far as was looked ahead of what is read.
    ahead: u64,
}

impl Hex {
    /// Where the digits begin that lead to one at `at`, by pairs.
    pub(super) fn around(parent: &View, at: u64) -> u64 {
        let before = parent.text.slice(at.saturating_sub(CONTEXT * 2), at);
        let run = before.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count() as u64;
        at - run / 2 * 2
    }

    /// Where in the decoded text a pair stands that begins at `at`.
    pub(super) fn place(&mut self, parent: &View, next: u64, at: u64, from: u64) -> Option<u64> {
        let ahead = self.ahead.max(next);
        let digits = parent.text.slice(ahead, at.max(ahead)).iter();
        self.ahead = ahead + digits.take_while(|byte| byte.is_ascii_hexdigit()).count() as u64;
        if self.ahead < at {
            return None;
        }
        let digits = at - from;
        digits.is_multiple_of(2).then_some(digits / 2)
    }

    pub(super) fn step(&mut self, reading: &mut Reading<'_>, at: u64, until: u64) -> u64 {
        let read = self.stride(reading, at, until);
        if read > 0 {
            return read;
        }
        let Some(byte) = reading.byte(at) else { return 0 };
        let Some(digit) = digit(byte) else {
            reading.view.undecided = None;
            reading.view.closed = Some(reading.when(at));
            return 0;
        };
        match self.high.take() {
            None => {
                self.high = Some((digit, at));
                reading.view.undecided = Some(reading.raw(at));
            }
            Some((high, first)) => {
                reading.view.undecided = None;
                reading.put_coded(high << 4 | digit, first, at + 1);
            }
        }
        1
    }

    /// Reads pairs all at once, if they stand in the raw stream as they do in the text. Answers how many digits.
    fn stride(&mut self, reading: &mut Reading<'_>, at: u64, until: u64) -> u64 {
        if self.high.is_some() {
            return 0;
        }
        let Some((raw, text)) = reading.at_once(at, at, until) else {
            return 0;
        };
        let mut decoded = [0; AT_ONCE as usize];
        let pairs = text.as_chunks().0.iter();
        let bytes = pairs.map_while(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        let mut written = 0;
        for (place, byte) in decoded.iter_mut().zip(bytes) {
            *place = byte;
            written += 1;
        }
        if written > 0 {
            reading.view.undecided = None;
            reading.view.coded(&decoded[..written], raw, (12, 0));
        }
        2 * written as u64
    }
}

/// What a digit stands for.
#[inline]
pub(super) fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
