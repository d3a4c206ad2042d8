//! What a person can see or decode: each byte of a view knows the raw bytes that it was made of.

use std::collections::BTreeSet;

use super::decode;

/// A reading of the raw bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// For each byte, the raw offsets that it was made of.
    pub(super) from: Vec<Vec<usize>>,
    /// For each byte, where it stands in the text that an encoding was taken off, if it stands there by itself.
    pub(super) place: Vec<Option<usize>>,
    /// The encoding that was taken off, besides escapes.
    pub(super) coding: Coding,
    /// Escapes were taken off since.
    pub(super) escaped: bool,
}

/// An encoding of a whole text, which is known by a literal in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coding {
    /// The bytes as they are, or escaped.
    #[default]
    None,
    Base64,
    Hex,
    /// Base64 in base64.
    Twice,
}

impl View {
    pub(super) fn push(&mut self, byte: u8, from: Vec<usize>) {
        self.bytes.push(byte);
        self.from.push(from);
        self.place.push(None);
    }

    /// Says that each byte stands by itself in a text that this encoding was taken off.
    pub(super) fn decoded(mut self, coding: Coding) -> Self {
        self.place = (0..self.bytes.len()).map(Some).collect();
        self.coding = coding;
        self
    }

    /// Whether it has any encoding or escapes off.
    pub(super) fn is_coded(&self) -> bool {
        self.escaped || self.coding != Coding::None
    }

    /// Takes a byte over from another view.
    pub(super) fn copy(&mut self, other: &View, at: usize) {
        self.push(other.bytes[at], other.from[at].clone());
        self.place[self.bytes.len() - 1] = other.place[at];
    }

    /// What all of these bytes were made of.
    pub(super) fn origin(&self, at: std::ops::Range<usize>) -> Vec<usize> {
        let mut all: Vec<usize> = self.from[at].iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The raw bytes that hold nothing but bytes that `secret` picks: a character of base64 may hold bits of two bytes.
    pub(super) fn wholly(&self, secret: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut inside = BTreeSet::new();
        let mut outside = BTreeSet::new();
        for (at, from) in self.from.iter().enumerate() {
            if secret.contains(&at) {
                &mut inside
            } else {
                &mut outside
            }
            .extend(from.iter().copied());
        }
        inside.difference(&outside).copied().collect()
    }
}

/// How hard to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// What the guard promises to read: one encoding, or base64 in base64, in runs from their beginning and of a
    /// length worth decoding, and escapes around it and in it.
    Promised,
    /// Whatever could be read by somebody who tries: encoded runs from any offset, short ones, in each other, and
    /// more escapes.
    Anything,
}

/// How many encodings and escapes may lie in each other.
const DEPTH: usize = 3;
/// How many encodings of whole texts are looked for in each other by somebody who tries.
const CODINGS: usize = 2;

/// All readings of these bytes: as they are shown, and decoded.
pub(super) fn views(raw: &[u8], effort: Effort) -> Vec<View> {
    let mut all = vec![shown(raw)];
    let mut first = 0;
    // What nobody sees is taken off a zero at a time, as an escape is.
    let depth = DEPTH - usize::from(effort == Effort::Promised && raw.contains(&0));
    for depth in 0..depth {
        let next = all.len();
        for at in first..next {
            let mut decoded = decode::escapes(&all[at], effort);
            let anything = effort == Effort::Anything && depth < CODINGS;
            match all[at].coding {
                _ if anything => decoded.extend(decode::codings(&all[at], effort)),
                Coding::None => decoded.extend(decode::codings(&all[at], effort)),
                // What escapes were taken off from is no longer what the encoding held.
                Coding::Base64 if !all[at].escaped => decoded.extend(decode::twice(&all[at])),
                Coding::Base64 | Coding::Hex | Coding::Twice => {}
            }
            for view in decoded {
                if !all.contains(&view) {
                    all.push(view);
                }
            }
        }
        first = next;
    }
    all
}

/// The bytes without what has no cell: colours, titles and links, zero-width and bidirectional characters, and zeros.
/// An escape sequence that does more than that is one byte, which parts what stands on its two sides.
fn shown(raw: &[u8]) -> View {
    let mut view = View::default();
    let mut at = 0;
    while at < raw.len() {
        let hidden = hidden(&raw[at..]);
        if hidden > 0 {
            at += hidden;
        } else {
            let length = sequence(&raw[at..]);
            view.push(raw[at], (at..at + length).collect());
            at += length;
        }
    }
    view
}

/// How many bytes belong together: one, or those of an escape sequence, whole or not. Control bytes inside of one
/// don't end it.
pub(super) fn sequence(text: &[u8]) -> usize {
    if text[0] != 0x1B {
        return 1;
    }
    let controls = text[1..]
        .iter()
        .take_while(|byte| byte.is_ascii_control() && **byte != 0x1B)
        .count();
    let body = 2 + controls;
    let rest = |ends: fn(&u8) -> bool| text.iter().skip(body).position(ends).map_or(text.len(), |at| at + body);
    // Another escape begins a sequence of its own.
    let upto = |end: usize| {
        if text.get(end) == Some(&0x1B) {
            end
        } else {
            text.len().min(end + 1)
        }
    };
    match text.get(1 + controls) {
        Some(b'[') => upto(rest(|byte| matches!(byte, 0x40..=0x7E | 0x1B))),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => rest(|byte| matches!(byte, 0x07 | 0x1B)),
        Some(0x20..=0x2F) => upto(rest(|byte| matches!(byte, 0x30..=0x7E | 0x1B))),
        Some(0x30..=0x7E) => body,
        Some(_) | None => 1,
    }
}

/// How many bytes at the beginning of `text` leave no trace on a screen.
pub(super) fn hidden(text: &[u8]) -> usize {
    match text {
        [0x1B, b'[', rest @ ..] => {
            let parameters = rest.iter().take_while(|byte| matches!(byte, b'0'..=b';')).count();
            if rest.get(parameters) == Some(&b'm') {
                parameters + 3
            } else {
                0
            }
        }
        [0x1B, b']', rest @ ..] => {
            // A title or a link of printable bytes; anything else is left alone.
            let body = rest.iter().take_while(|byte| matches!(byte, 0x20..=0x7E)).count();
            match &rest[body..] {
                [0x07, ..] => body + 3,
                [0x1B, b'\\', ..] => body + 4,
                _ => 0,
            }
        }
        [0xE2, 0x80, 0x8B..=0x8F | 0xAA..=0xAE, ..]
        | [0xE2, 0x81, 0xA0..=0xA4 | 0xA6..=0xA9, ..]
        | [0xEF, 0xBB, 0xBF, ..] => 3,
        _ => 0,
    }
}
