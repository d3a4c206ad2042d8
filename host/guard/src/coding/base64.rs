//! Base64 of either alphabet, padded or not, on one line or on many.

use std::ops::Range;

use super::seam::{BETWEEN, LINE, ends_line};
use super::{AT_ONCE, Reading};
use crate::search::CONTEXT;
use crate::view::View;

/// So many characters before a literal are read: a suspect's context, and as much of a line as makes it one of a
/// longer text, so that none of the context is taken for what stands behind a short one.
const MOST: usize = CONTEXT as usize / 3 * 4 + 8 + LINE;
/// They stand in no more bytes, and as many of a text are kept.
const BEFORE: u64 = 600;

/// A text in base64 as it comes.
pub(super) struct Base64 {
    bits: u32,
    /// How many of the bits are not written yet.
    left: u8,
    /// How many characters were read, and where the last one stands.
    count: u64,
    last: u64,
    /// Where a line began, and how many characters were read by then.
    lines: Vec<(u64, u64)>,
    /// How much white space was read since the last character.
    between: u64,
    ahead: Ahead,
}

/// How far was looked ahead of what is read: many literals may stand there, and each is asked about.
#[derive(Clone, Copy, Default)]
struct Ahead {
    /// The next character to be looked at, and the same of it as of what is read.
    at: u64,
    count: u64,
    between: u64,
    /// The text in base64 ends there.
    ends: bool,
}

impl Base64 {
    /// A text around a character that is `phase` behind the beginning of its group, and where it begins.
    pub(super) fn around(parent: &View, at: u64, phase: u8) -> (Self, u64) {
        let lines = lines_before(parent.text.slice(at.saturating_sub(BEFORE), at));
        let count: usize = lines.iter().map(|line| line.len()).sum();
        // What stands before belongs to no text in base64, where a run begins within a group.
        let (from, skipped) = match count.checked_sub(usize::from(phase)) {
            Some(whole) => {
                let far = whole.saturating_sub(MOST);
                (at - begin(&lines, far + (whole - far) % 4), 0)
            }
            None => (at, u64::from(phase)),
        };
        let decoder = Self {
            bits: 0,
            // Bits of a group's beginning that is not there are taken for zeros.
            left: [0, 6, 4, 2][usize::from(phase) * usize::from(skipped > 0)],
            count: skipped,
            last: from,
            lines: vec![(from, skipped)],
            between: 0,
            ahead: Ahead {
                at: from,
                count: skipped,
                ..Ahead::default()
            },
        };
        (decoder, from)
    }

    /// Where in the decoded text the group stands that a character at `at` belongs to, if it is `phase` behind its
    /// beginning. `next` is where reading goes on.
    pub(super) fn place(&mut self, parent: &View, next: u64, at: u64, phase: u8) -> Option<u64> {
        let count = if at >= next {
            self.look_ahead(parent, next, at)?
        } else {
            let (start, count) = self.lines.iter().rev().find(|(start, _)| *start <= at)?;
            count + (at - start)
        };
        (count % 4 == u64::from(phase)).then(|| (count - u64::from(phase)) / 4 * 3)
    }

    /// How many characters stand before `at`, unless the text in base64 ends before.
    fn look_ahead(&mut self, parent: &View, next: u64, at: u64) -> Option<u64> {
        let behind = self.ahead.at > at || (self.ahead.ends && self.ahead.at == at);
        if self.ahead.at < next || behind {
            self.ahead = Ahead {
                at: next,
                count: self.count,
                between: self.between,
                ends: false,
            };
        }
        let ahead = &mut self.ahead;
        for byte in parent.text.slice(ahead.at, at) {
            if ahead.ends {
                break;
            }
            if value(*byte).is_some() {
                ahead.between = 0;
                ahead.count += 1;
            } else if is_between(*byte, ahead.between) {
                ahead.between += 1;
            } else {
                ahead.ends = true;
                break;
            }
            ahead.at += 1;
        }
        (!ahead.ends).then_some(ahead.count)
    }

    /// Whether the line read last is shorter than the one before, or the first: a text may end with it.
    pub(super) fn ends_short(&self) -> bool {
        match self.lines[..] {
            [.., (_, before), (_, begun)] => self.count - begun < begun - before,
            [] | [_] => true,
        }
    }

    pub(super) fn step(&mut self, reading: &mut Reading<'_>, at: u64, until: u64) -> u64 {
        let read = self.stride(reading, at, until);
        if read > 0 {
            return read;
        }
        let Some(byte) = reading.byte(at) else { return 0 };
        if let Some(value) = value(byte) {
            if self.between > 0 {
                self.between = 0;
                self.lines.push((at, self.count));
                // It may as well be a text of its own, as in a list.
                if self.count.is_multiple_of(4) && !is_wrapped(reading.parent, self.last + 1) {
                    reading.view.scanner.text_begins(reading.view.text.end());
                }
                if self.lines.len() > 64 {
                    self.lines.remove(0);
                }
            }
            // A reading that is opened behind a line that is long enough begins before it.
            let behind_short = match self.lines[..] {
                [.., (_, before), (start, begun)] => start == at && begun - before < LINE as u64,
                [(start, skipped)] => start == at && skipped > 0,
                [] => false,
            };
            if behind_short || reading.parent.has_line(at..at + 1) {
                // Read from here on, it would begin with the first whole group.
                let group = (4 - self.count % 4) % 4;
                reading.view.line(reading.view.text.end() + group);
            }
            self.count += 1;
            self.bits = (self.bits << 6 | u32::from(value)) & 0xFFF;
            self.left += 6;
            if self.left >= 8 {
                self.left -= 8;
                let byte = u8::try_from(self.bits >> self.left & 0xFF).expect("eight bits");
                reading.put_coded(byte, self.last, at + 1);
            }
            self.last = at;
            reading.view.undecided = (self.left > 0).then(|| reading.raw(at));
            return 1;
        }
        if is_between(byte, self.between) {
            self.between += 1;
            return 1;
        }
        reading.view.undecided = None;
        reading.view.closed = Some(reading.when(at));
        0
    }

    /// Reads characters all at once that follow on the last one, if they stand in the raw stream as they do in the
    /// text. Answers how many.
    fn stride(&mut self, reading: &mut Reading<'_>, at: u64, until: u64) -> u64 {
        if self.between > 0 || self.last + 1 != at {
            return 0;
        }
        let Some((raw, text)) = reading.at_once(self.last, at, until) else {
            return 0;
        };
        // The first byte begins in the last character, or with the next.
        let begins = (raw + u64::from(self.left == 0), (8, (6 - self.left) % 6));
        let mut decoded = [0; AT_ONCE as usize];
        let (mut written, mut read) = (0, 0);
        let (mut bits, mut left) = (self.bits, self.left);
        for value in text.iter().map_while(|byte| value(*byte)) {
            bits = (bits << 6 | u32::from(value)) & 0xFFF;
            left += 6;
            if left >= 8 {
                left -= 8;
                decoded[written] = u8::try_from(bits >> left & 0xFF).expect("eight bits");
                written += 1;
            }
            read += 1;
        }
        if read == 0 {
            return 0;
        }
        (self.bits, self.left) = (bits, left);
        self.count += read;
        self.last += read;
        reading.view.coded(&decoded[..written], begins.0, begins.1);
        reading.view.undecided = (left > 0).then_some(raw + read);
        read
    }
}

/// The lines of base64 that a text ends with, the last first, each by how far before the end it begins and ends. What
/// stands before a line's beginning is one only if it is as long as such a line.
fn lines_before(text: &[u8]) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let run = rest.iter().rev().take_while(|byte| value(**byte).is_some()).count();
        let end = text.len() - rest.len();
        lines.push(end..end + run);
        let front = &rest[..rest.len() - run];
        let is_blank = |byte: &&u8| matches!(**byte, b'\n' | b'\r' | b' ' | b'\t');
        let blank = front.iter().rev().take_while(is_blank).count();
        let (line, between) = front.split_at(front.len() - blank);
        let is_end = matches!(between.first(), Some(b'\n' | b'\r')) && blank <= BETWEEN;
        if !is_end || !ends_line(line) {
            return lines;
        }
        rest = line;
    }
}

/// Whether the line that ends before `end` is as long as those of a wrapped text are, and no digest.
fn is_wrapped(parent: &View, end: u64) -> bool {
    let text = parent.text.slice(end.saturating_sub(WIDEST + 1), end);
    let run = text.iter().rev().take_while(|byte| value(**byte).is_some()).count();
    let line = &text[text.len() - run..];
    let has = |kind: fn(&u8) -> bool| line.iter().any(kind);
    matches!(line.len() as u64, 60 | 64 | 70 | 72 | WIDEST)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}

/// The longest lines of a wrapped text.
const WIDEST: u64 = 76;

/// How far before the end these lines begin, but for their first `skipped` characters.
fn begin(lines: &[Range<usize>], skipped: usize) -> u64 {
    let mut skipped = skipped;
    for line in lines.iter().rev() {
        if skipped < line.len() {
            return (line.end - skipped) as u64;
        }
        skipped -= line.len();
    }
    0
}

/// Whether a byte may stand between two lines, behind so many others.
fn is_between(byte: u8, before: u64) -> bool {
    before < BETWEEN as u64 && (matches!(byte, b'\n' | b'\r') || (before > 0 && matches!(byte, b' ' | b'\t')))
}

/// What a character of either alphabet stands for.
#[inline]
pub(super) fn value(byte: u8) -> Option<u8> {
    /// No character.
    const NONE: u8 = 0xFF;
    const VALUES: [u8; 256] = {
        let mut values = [NONE; 256];
        let mut byte = 0;
        while byte < 256 {
            values[byte] = match byte as u8 {
                letter @ b'A'..=b'Z' => letter - b'A',
                letter @ b'a'..=b'z' => letter - b'a' + 26,
                digit @ b'0'..=b'9' => digit - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => NONE,
            };
            byte += 1;
        }
        values
    };
    let value = VALUES[usize::from(byte)];
    (value != NONE).then_some(value)
}
