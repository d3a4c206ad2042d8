//! Compressed text in base64: gzip and zstd. It can only be read from its beginning and as a whole, so it is held
//! until it ends or its bound is reached, and a finding in it takes all of it out.

use std::io::Read as _;

use super::Reading;
use super::base64::value;
use super::seam::{BETWEEN, LINE};
use crate::view::View;

/// The most characters that are held.
const BOUND: usize = 64 * 1024;
/// The most bytes that are unpacked.
const UNPACKED: usize = 256 * 1024;

/// A compressed text as it comes.
pub(super) struct Packed {
    start: u64,
    packed: Vec<u8>,
    bits: u32,
    left: u8,
    run: Run,
    done: bool,
    /// How far was looked ahead of what is read, and what was found there.
    ahead: (u64, Run),
    /// Where the run ends, once that is known.
    ends: Option<u64>,
}

/// Characters, and white space between two lines of them.
#[derive(Clone, Copy, Default)]
struct Run {
    count: usize,
    /// How many of them stand on the line so far.
    line: usize,
    between: usize,
}

impl Run {
    /// Takes in what comes next. Answers whether it belongs to the run.
    fn take(&mut self, byte: u8) -> bool {
        if self.count < BOUND && value(byte).is_some() {
            self.count += 1;
            self.line = if self.between > 0 { 1 } else { self.line + 1 };
            self.between = 0;
        } else if self.count < BOUND
            && self.between < BETWEEN
            && self.line >= LINE
            && matches!(byte, b'\n' | b'\r' | b' ')
        {
            self.between += 1;
        } else {
            return false;
        }
        true
    }
}

impl Packed {
    /// A text that begins at `start` in the raw stream, and at `from` in the parent's text.
    pub(super) fn new(start: u64, from: u64) -> Self {
        Self {
            start,
            packed: Vec::new(),
            bits: 0,
            left: 0,
            run: Run::default(),
            done: false,
            ahead: (from, Run::default()),
            ends: None,
        }
    }

    /// Whether what stands at `at` would be a part of it, for questions in the order of the text.
    pub(super) fn reaches(&mut self, parent: &View, at: u64) -> bool {
        let (looked, run) = &mut self.ahead;
        while self.ends.is_none() && *looked < at {
            match parent.text.get(*looked).map(|byte| run.take(byte)) {
                Some(true) => *looked += 1,
                Some(false) | None => self.ends = Some(*looked),
            }
        }
        self.may_reach(at)
    }

    /// Whether it isn't known to end before `at`.
    pub(super) fn may_reach(&self, at: u64) -> bool {
        self.ends.is_none_or(|end| at < end)
    }

    /// From where on it is held.
    pub(super) fn waits(&self) -> Option<u64> {
        (!self.done).then_some(self.start)
    }

    pub(super) fn step(&mut self, reading: &mut Reading<'_>, at: u64) -> u64 {
        let Some(byte) = reading.byte(at) else { return 0 };
        if !self.run.take(byte) {
            self.ends = Some(at);
            let told = reading.when(at);
            // What stands behind it may have come out of the same bytes, if its own text was compressed as well.
            let last = reading.parent.map.raw_end(at.saturating_sub(1));
            self.unpack(reading, reading.raw(at).max(last.unwrap_or(0)), told);
            reading.view.closed = Some(told);
            return 0;
        }
        if self.ahead.0 <= at {
            self.ahead = (at + 1, self.run);
        }
        if let Some(value) = value(byte) {
            self.bits = (self.bits << 6 | u32::from(value)) & 0xFFF;
            self.left += 6;
            if self.left >= 8 {
                self.left -= 8;
                self.packed
                    .push(u8::try_from(self.bits >> self.left & 0xFF).expect("eight bits"));
            }
        }
        1
    }

    /// Unpacks what has come, into the view; all of it stands for the raw bytes up to `end`.
    pub(super) fn unpack(&mut self, reading: &mut Reading<'_>, end: u64, when: u64) {
        if self.done {
            return;
        }
        self.done = true;
        let text = unpack(&self.packed);
        self.packed = Vec::new();
        // Where all of it was public before it was known to be compressed, nothing can be taken out for it.
        reading
            .view
            .group(&text, self.start, end.saturating_sub(self.start), when);
    }
}

/// As much as can be read of a text, up to the bound.
fn unpack(packed: &[u8]) -> Vec<u8> {
    if packed.starts_with(&[0x1F, 0x8B, 8]) {
        let Some(body) = gzip_body(packed) else {
            return Vec::new();
        };
        match miniz_oxide::inflate::decompress_to_vec_with_limit(body, UNPACKED) {
            Ok(text) => text,
            Err(error) => error.output,
        }
    } else {
        let mut text = Vec::new();
        if let Ok(decoder) = ruzstd::decoding::StreamingDecoder::new(packed) {
            // What was read before a fault is read all the same.
            let _read = decoder.take(UNPACKED as u64).read_to_end(&mut text);
        }
        text
    }
}

/// What follows the header of a gzip file (RFC 1952).
fn gzip_body(packed: &[u8]) -> Option<&[u8]> {
    let flags = *packed.get(3)?;
    let mut rest = packed.get(10..)?;
    if flags & 4 != 0 {
        let length = usize::from(*rest.first()?) | usize::from(*rest.get(1)?) << 8;
        rest = rest.get(2 + length..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = memchr::memchr(0, rest)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}
