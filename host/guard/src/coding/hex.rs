//! Hexadecimal digits, two a byte.

use super::Reading;
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

    pub(super) fn step(&mut self, reading: &mut Reading<'_>, at: u64) -> u64 {
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
}

/// What a digit stands for.
pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .map(|digit| u8::try_from(digit).expect("below 16"))
}
