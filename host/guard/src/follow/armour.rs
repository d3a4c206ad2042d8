//! Lines of an armoured text, as RFC 7468 and OpenPGP have them, that stand apart: each is on a line of its own, with
//! whatever a tool, a shell or a person has set around it, and other lines may stand between.
//!
//! Where what stands around a header isn't found again around the lines below it, nothing tells how they begin. They
//! are known by their length then: all but the last are equally long.

use std::ops::Range;

use super::{EndedBy, Progress, Window};
use crate::marker;
use crate::rule::BlockRule;
use crate::stream::Stream;

/// How many characters a line has: of PEM and OpenPGP, of OpenSSH, of MIME.
const LENGTHS: [usize; 3] = [64, 70, LONGEST];
const LONGEST: usize = 76;
/// The fewest of a line that surely begins a key, as terminals wrap it: guards confirm no shorter one.
const SURE: usize = 40;
/// How far behind a header the first line is looked for, in bytes.
const FAR: u64 = 2048;
/// So far before its anchor a header begins, in bytes.
pub(super) const LABEL: u64 = 64;
/// What begins and ends a header.
const DASHES: usize = 5;
/// So many asterisks in a row stand for what was taken out.
pub(super) const STARS: usize = 5;
/// A pause shows fewer characters than these: words and paths that are typed have as many.
pub(crate) const PART: u64 = 40;

/// A walk from a header to the first line of its text.
#[derive(Clone)]
pub(crate) struct ArmourWalk {
    from: u64,
    /// The next byte to look at, and where the characters began that end with it.
    next: u64,
    run: u64,
    dashes: usize,
    /// Asterisks in a row up to it.
    stars: usize,
    /// The byte that told that no body stands behind the header as in a file, and whether prose does.
    told: u64,
    in_prose: bool,
}

/// Whether texts of this kind are armoured: their close says so.
pub(super) fn is_armoured(rule: &BlockRule) -> bool {
    rule.until.iter().any(|close| close.bytes.starts_with(b"-----END"))
}

impl ArmourWalk {
    /// A walk behind a header that ends at `from`, of which the byte `told` told that it has no body as in a file;
    /// `in_prose` says that words told so.
    pub(crate) fn new(from: u64, told: u64, in_prose: bool) -> Self {
        Self {
            from,
            next: from,
            run: from,
            dashes: 0,
            stars: 0,
            told,
            in_prose,
        }
    }

    /// From where on it holds what has come: characters that may be a line.
    pub(crate) fn start(&self) -> u64 {
        if self.is_long() { self.next } else { self.run }
    }

    /// Whether more characters have come than a line has.
    fn is_long(&self) -> bool {
        self.next - self.run > LONGEST as u64 + 2
    }

    /// Whether a marker begins with the characters so far: what stood behind the header was taken out.
    fn is_marked(&self, stream: &Stream, byte: Option<u8>) -> bool {
        byte == Some(b':') && marker::begins(stream.slice(self.run.saturating_sub(1), self.next))
    }

    /// Where the line is that the characters so far are.
    fn line(&self, stream: &Stream) -> Option<(u64, u64)> {
        if self.is_long() {
            return None;
        }
        let before = stream.slice(self.run.saturating_sub(1), self.run).first();
        let text = stream.slice(self.run, self.next);
        let skipped = spelled(before.copied(), text);
        // A plus may be a diff's mark.
        let whole = skipped..text.len();
        let marked = skipped + usize::from(text.get(skipped) == Some(&b'+'));
        let closed = text.len() - usize::from(text.len() > marked && text.ends_with(b"+"));
        // The numbers of a legacy key are encrypted, and may begin with anything.
        let is_locked = || memchr::memmem::find(stream.slice(self.from, self.run), b"DEK-Info").is_some();
        let begins = |line: &[u8]| begins_key(line) || is_locked();
        let is_line = |part: &Range<usize>| {
            let line = &text[part.clone()];
            let is_key = (LENGTHS.contains(&line.len()) && begins(line)) || (self.in_prose && begins_surely(line));
            is_key && is_drawn(line)
        };
        let line = [whole, marked..text.len(), marked..closed].into_iter().find(is_line)?;
        Some((self.run + line.start as u64, self.run + line.end as u64))
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn on(&mut self, stream: &Stream, ended: bool) -> Progress {
        loop {
            let byte = stream.get(self.next);
            if byte.is_some_and(|byte| is_base64(&byte)) {
                self.next += 1;
                (self.dashes, self.stars) = (0, 0);
                if self.is_long() && self.next - self.from > FAR {
                    return Progress::Dead;
                }
                continue;
            }
            if byte.is_none() && !ended {
                return Progress::Open;
            }
            if let Some((start, end)) = self.line(stream) {
                return Progress::Final(Window {
                    start,
                    end,
                    ended_by: if byte.is_some() { EndedBy::Text } else { EndedBy::Stream },
                    settled: self.next.max(self.told),
                });
            }
            self.dashes = if byte == Some(b'-') { self.dashes + 1 } else { 0 };
            self.stars = if byte == Some(b'*') { self.stars + 1 } else { 0 };
            let is_other = self.dashes == DASHES || self.stars == STARS || self.is_marked(stream, byte);
            if byte.is_none() || is_other || self.next - self.from > FAR {
                return Progress::Dead;
            }
            self.next += 1;
            self.run = self.next;
        }
    }
}

/// Whether a text ends with the front of a header: `-----BEGIN RSA `.
pub(super) fn opens(before: &[u8]) -> bool {
    front(before).is_some()
}

/// What stands before the header whose anchor begins at `at`, as far as it tells whether a sentence leads to it.
pub(super) fn before(stream: &Stream, at: u64) -> &[u8] {
    let text = stream.slice(at.saturating_sub(2 * LABEL), at);
    &text[..front(text).unwrap_or(0)]
}

/// Where the header begins that a text ends with the front of.
fn front(before: &[u8]) -> Option<usize> {
    let dashes = before.windows(DASHES).rposition(|part| part == b"-----");
    dashes.filter(|at| before[at + DASHES..].starts_with(b"BEGIN"))
}

/// Whether base64 begins as a key does: with a sequence of DER, with OpenSSH's magic, or with a packet of OpenPGP that
/// holds a secret key.
fn begins_key(line: &[u8]) -> bool {
    match line {
        [b'M', b'C'..=b'I', ..] => true,
        [b'l', b'A'..=b'Z', ..] | [b'x', b'U'..=b'd', ..] => true,
        line => line.starts_with(b"b3BlbnNzaC1rZXk"),
    }
}

/// Whether a line of whatever width begins as hardly anything but a key does: with the sequence of RSA's or EC's
/// numbers, of Ed25519's or Ed448's, or with OpenSSH's magic. Words stood between it and its header.
fn begins_surely(line: &[u8]) -> bool {
    let fronts: [&[u8]; 8] = [
        b"MII",
        b"MIG",
        b"MIH",
        b"MHcCAQ",
        b"MHQCAQ",
        b"MC4CAQ",
        b"MEcCAQ",
        b"b3BlbnNzaC1rZXk",
    ];
    (SURE..=LONGEST).contains(&line.len()) && fronts.iter().any(|front| line.starts_with(front))
}

/// The runs of base64 in a line, each with its padding, and without the letter of a line end that is spelled out
/// before it.
pub(crate) fn runs(line: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].iter().position(is_base64)?;
        let length = line[start..].iter().take_while(|byte| is_base64(byte)).count();
        let padding = line[start + length..].iter().take_while(|byte| **byte == b'=').count();
        at = start + length + padding;
        let before = start.checked_sub(1).map(|before| line[before]);
        let start = start + spelled(before, &line[start..start + length]);
        // More than that is a bar, and no padding.
        Some(if padding > 2 { start..start } else { start..at })
    })
}

/// How many bytes at the front of a run are the letter of a line end that is spelled out: `\nMII`.
fn spelled(before: Option<u8>, run: &[u8]) -> usize {
    usize::from(before == Some(b'\\') && matches!(run.first(), Some(b'n' | b'r' | b't')))
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Whether a line is drawn from all of base64, as no bar is and no digest in digits.
pub(crate) fn is_drawn(line: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| line.iter().any(kind);
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}
