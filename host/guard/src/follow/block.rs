//! Walking over lines: what is left of the anchor's line, a preamble, the body, and its close.

use super::{Progress, Window};
use crate::rule::{BlockRule, Keyword};
use crate::stream::Stream;

/// The most lines of the form `Word: text` before a body.
const PREAMBLE_LINES: u8 = 8;
/// The most bytes of the word that begins such a line.
const PREAMBLE_WORD: u64 = 32;
/// The most bytes of such a line.
const PREAMBLE_LINE: u64 = 256;
/// A line that breaks off after so many body bytes is body up to there. What is shorter is a word, or a short line.
const BROKEN_LINE: u64 = 16;
/// A body has lines, beside which others are short, where one of them has so many body bytes.
const LONG_LINE: u64 = 32;
/// So many short lines one after the other are no body any more: it ends with one, and a checksum may follow.
const SHORT_LINES: u8 = 3;
/// So many words one after the other on a line are prose.
const WORDS: u8 = 3;

/// How far a block has been walked.
#[derive(Clone)]
pub(crate) struct BlockWalk {
    start: u64,
    line: u64,
    next: u64,
    /// The last byte looked at, which may lie after `next` where a close was tried.
    seen: u64,
    /// Body bytes up to `next`, and up to the line's start.
    count: u64,
    count_before_line: u64,
    preamble: u8,
    first_line: bool,
    shape: Line,
    /// Body bytes of the longest line so far, and how many lines in a row were much shorter.
    longest: u64,
    short: u8,
    /// Body bytes of the word walked, and how many short words stand in a row on its line.
    word: u64,
    words: u8,
}

/// What the line walked can still be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Body, or the word of a preamble.
    Either,
    /// Body only.
    Body,
    /// The rest of a preamble's line.
    Preamble,
}

enum Close {
    Here,
    Perhaps,
    No,
}

impl BlockWalk {
    pub(crate) fn new(anchor_end: u64) -> Self {
        Self {
            start: anchor_end,
            line: anchor_end,
            next: anchor_end,
            seen: anchor_end,
            count: 0,
            count_before_line: 0,
            preamble: 0,
            first_line: true,
            shape: Line::Body,
            longest: 0,
            short: 0,
            word: 0,
            words: 0,
        }
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn on(&mut self, rule: &BlockRule, stream: &Stream, ended: bool) -> Progress {
        loop {
            let Some(byte) = stream.get(self.next) else {
                if !ended {
                    return Progress::Open;
                }
                self.seen = self.next;
                return self.settled(rule, self.next, false, true);
            };
            self.seen = self.seen.max(self.next);
            if self.shape != Line::Preamble {
                let (close, looked) = close(rule, stream, self.next, byte);
                match close {
                    Close::Here => {
                        self.seen = self.next + looked - 1;
                        return self.settled(rule, self.next, false, false);
                    }
                    Close::Perhaps if !ended => return Progress::Open,
                    Close::Perhaps | Close::No => self.seen = self.seen.max(self.next + looked - 1),
                }
            }
            if self.next - self.start >= u64::from(rule.bound) {
                return self.settled(rule, self.next, true, false);
            }
            if self.is_over(byte, rule) {
                return self.settled(rule, self.line, false, false);
            }
            if byte == b'\n' {
                self.next_line();
            } else if self.shape == Line::Preamble {
                if self.next - self.line >= PREAMBLE_LINE {
                    return self.settled(rule, self.line, false, false);
                }
                self.next += 1;
            } else if byte == b':' && self.shape == Line::Either && self.next > self.line {
                self.shape = Line::Preamble;
                self.preamble += 1;
                self.count = self.count_before_line;
                self.next += 1;
            } else if rule.body.has(byte) || (self.shape == Line::Either && is_word(byte)) {
                self.body_byte(byte, rule);
            } else {
                let broken = self.first_line || self.next - self.line >= BROKEN_LINE;
                return self.settled(rule, if broken { self.next } else { self.line }, false, false);
            }
        }
    }

    /// Whether the line walked, at whose next byte this is, is no part of the body that stands before it: one that was cut off may be
    /// followed by whatever else a program prints.
    fn is_over(&mut self, byte: u8, rule: &BlockRule) -> bool {
        let of_word = rule.body.has(byte) && !byte.is_ascii_whitespace();
        if of_word {
            self.word += 1;
        } else if self.word > 0 {
            self.words = if self.word < BROKEN_LINE {
                self.words.saturating_add(1)
            } else {
                0
            };
            self.word = 0;
        }
        let prose = self.words >= WORDS && byte != b'\n';
        if byte == b'\n' {
            let here = self.count - self.count_before_line;
            if here >= BROKEN_LINE || here * 2 >= self.longest {
                self.short = 0;
            } else if here > 0 {
                self.short = self.short.saturating_add(1);
            }
            self.longest = self.longest.max(here);
            self.words = 0;
        }
        // A body that may hold sentences has such lines itself.
        let is_text = rule.body.has(b' ') && rule.body.has(b'.');
        let is_behind = !self.first_line && self.count_before_line >= u64::from(rule.at_least);
        let has_lines = self.longest >= LONG_LINE;
        !is_text && is_behind && has_lines && self.shape == Line::Body && (prose || self.short >= SHORT_LINES)
    }

    fn next_line(&mut self) {
        self.next += 1;
        self.line = self.next;
        self.first_line = false;
        self.count_before_line = self.count;
        self.shape = if self.count == 0 && self.preamble < PREAMBLE_LINES {
            Line::Either
        } else {
            Line::Body
        };
    }

    fn body_byte(&mut self, byte: u8, rule: &BlockRule) {
        if !is_word(byte) || self.next - self.line >= PREAMBLE_WORD {
            self.shape = Line::Body;
        }
        // Blanks and line ends are no evidence of a body.
        self.count += u64::from(rule.body.has(byte) && !byte.is_ascii_whitespace());
        self.next += 1;
    }

    fn settled(&self, rule: &BlockRule, end: u64, cut: bool, ended: bool) -> Progress {
        let count = if end == self.line {
            self.count_before_line
        } else {
            self.count
        };
        if count < u64::from(rule.at_least) {
            return Progress::Dead;
        }
        Progress::Final(Window {
            start: self.start,
            end,
            cut,
            ended,
            settled: self.seen,
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// Whether a close stands at `at`, and how many bytes had to be looked at to tell.
fn close(rule: &BlockRule, stream: &Stream, at: u64, byte: u8) -> (Close, u64) {
    let mut answer = Close::No;
    let mut looked = 1;
    let mut here: Option<u64> = None;
    for Keyword { bytes, any_case } in &rule.until {
        let same = |a: u8, b: u8| if *any_case { a.eq_ignore_ascii_case(&b) } else { a == b };
        if !same(bytes[0], byte) {
            continue;
        }
        let length = bytes.len() as u64;
        let seen = stream.slice(at, at + length);
        let alike = seen.iter().zip(bytes).take_while(|(a, b)| same(**a, **b)).count();
        if alike == bytes.len() {
            here = Some(here.map_or(length, |least| least.min(length)));
        } else if alike == seen.len() {
            answer = Close::Perhaps;
            looked = looked.max(alike as u64);
        } else {
            looked = looked.max(alike as u64 + 1);
        }
    }
    here.map_or((answer, looked), |length| (Close::Here, length))
}
