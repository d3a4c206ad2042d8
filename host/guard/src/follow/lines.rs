//! What the lines of a body were like so far: one that was cut off may be followed by whatever else a program prints.

use super::block::BROKEN_LINE;
use crate::rule::BlockRule;

/// A body has lines, beside which others are short, where one of them has so many body bytes.
const LONG_LINE: u64 = 32;
/// So many short lines one after the other are no body any more: it ends with one, and a checksum may follow.
const SHORT_LINES: u8 = 3;
/// So many words one after the other on a line are prose.
const WORDS: u8 = 3;

/// Lines and the words of the one walked.
#[derive(Clone, Default)]
pub(super) struct Lines {
    /// Body bytes of the longest line so far, and how many lines in a row were much shorter.
    longest: u64,
    short: u8,
    /// Body bytes of the word walked, and how many short words stand in a row on its line.
    pub(super) word: u64,
    words: u8,
}

impl Lines {
    /// Takes the next byte, which `is_of_word` or ends one.
    pub(super) fn take(&mut self, is_of_word: bool) {
        if is_of_word {
            self.word += 1;
        } else if self.word > 0 {
            self.words = if self.word < BROKEN_LINE {
                self.words.saturating_add(1)
            } else {
                0
            };
            self.word = 0;
        }
    }

    /// A line ends that has so many body bytes.
    pub(super) fn end_line(&mut self, count: u64) {
        if count >= BROKEN_LINE || count * 2 >= self.longest {
            self.short = 0;
        } else if count > 0 {
            self.short = self.short.saturating_add(1);
        }
        self.longest = self.longest.max(count);
        self.words = 0;
    }

    /// Whether so many words stand in a row on the line.
    pub(super) fn are_words(&self) -> bool {
        self.words >= WORDS
    }

    /// Whether so many short lines stand in a row.
    pub(super) fn are_short(&self) -> bool {
        self.short >= SHORT_LINES
    }

    /// Whether one was long.
    pub(super) fn has_long(&self) -> bool {
        self.longest >= LONG_LINE
    }
}

/// What the line walked can still be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// What may be set before it is still to be told.
    Unread,
    /// Body, or the word of a preamble.
    Either,
    /// Body only.
    Body,
    /// The rest of a preamble's line.
    Preamble,
    /// What is set behind it, up to its end.
    Behind,
}

/// Blanks and line ends are no evidence of a body.
pub(super) fn is_counted(byte: u8, rule: &BlockRule) -> bool {
    rule.body.has(byte) && !byte.is_ascii_whitespace()
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
