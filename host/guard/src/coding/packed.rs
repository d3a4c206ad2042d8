//! Compressed text in base64: gzip and zstd. It can only be read from its beginning and as a whole, so it is held until it ends
//! or its bound is reached, and a finding in it takes all of it out.

use std::io::Read as _;

use super::Reading;
use super::base64::value;

/// The most characters that are held.
const BOUND: usize = 64 * 1024;
/// The most bytes that are unpacked.
const UNPACKED: usize = 256 * 1024;
/// The most bytes of white space between two lines.
const BETWEEN: usize = 12;

/// A compressed text as it comes.
pub(super) struct Packed {
    start: u64,
    packed: Vec<u8>,
    bits: u32,
    left: u8,
    count: usize,
    between: usize,
    done: bool,
}

impl Packed {
    /// A text that begins at `start` in the raw stream.
    pub(super) fn new(start: u64) -> Self {
        Self {
            start,
            packed: Vec::new(),
            bits: 0,
            left: 0,
            count: 0,
            between: 0,
            done: false,
        }
    }

    /// From where on it is held.
    pub(super) fn waits(&self) -> Option<u64> {
        (!self.done).then_some(self.start)
    }

    pub(super) fn step(&mut self, reading: &mut Reading<'_>, at: u64) -> u64 {
        let Some(byte) = reading.byte(at) else { return 0 };
        if let Some(value) = value(byte)
            && self.count < BOUND
        {
            self.between = 0;
            self.count += 1;
            self.bits = (self.bits << 6 | u32::from(value)) & 0xFFF;
            self.left += 6;
            if self.left >= 8 {
                self.left -= 8;
                self.packed
                    .push(u8::try_from(self.bits >> self.left & 0xFF).expect("eight bits"));
            }
            return 1;
        }
        if matches!(byte, b'\n' | b'\r' | b' ') && self.between < BETWEEN && self.count < BOUND {
            self.between += 1;
            return 1;
        }
        let told = reading.when(at);
        self.unpack(reading, reading.raw(at), told);
        reading.view.closed = Some(told);
        0
    }

    /// Unpacks what has come, into the view; all of it stands for the raw bytes up to `end`.
    pub(super) fn unpack(&mut self, reading: &mut Reading<'_>, end: u64, when: u64) {
        if self.done {
            return;
        }
        self.done = true;
        let text = unpack(&self.packed);
        self.packed = Vec::new();
        reading.view.group(&text, self.start, end - self.start, when);
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
