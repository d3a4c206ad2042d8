//! Which bytes stand side by side in a short text: what tells most literals from it without a search.

use super::base64::value;
use super::hex::digit;

/// The pairs of neighbours in one text, and in what it says if it is base64, in either case of ASCII letters.
#[derive(Debug)]
pub(crate) struct Pairs {
    plain: Table,
    /// What stands in base64, and in base64 in base64.
    once: Table,
    twice: Table,
    has_hex: bool,
}

/// The fewest characters in a row that a literal has in base64, and in hexadecimal digits.
const BASE64: usize = 4;
const HEX: usize = 6;

impl Pairs {
    /// Those of a text.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut of = Self {
            plain: Table::new(),
            once: Table::new(),
            twice: Table::new(),
            has_hex: runs(text, HEX, |byte| digit(byte).is_some()).next().is_some(),
        };
        of.plain.add(text);
        for once in decoded(text) {
            of.once.add(&once);
            for twice in decoded(&once) {
                of.twice.add(&twice);
            }
        }
        of
    }

    /// Whether the text may hold these bytes as they are, in some case.
    pub(super) fn may_hold(&self, bytes: &[u8]) -> bool {
        self.plain.may_hold(bytes)
    }

    /// Whether it may hold a literal in base64; `nested` asks about base64 in base64 as well.
    ///
    /// The first and the last byte may share a character with what stands beside them, and two at either end where it
    /// is base64 twice. A form has no more characters than nine bytes make; of one in another, those in the midst say
    /// six.
    pub(super) fn may_hold_in_base64(&self, literal: &[u8], nested: bool) -> bool {
        let inner = |edge: usize, most: usize| {
            let end = literal.len().saturating_sub(edge).min(most);
            literal.get(edge..end).unwrap_or_default()
        };
        self.once.may_hold(inner(1, 9)) || (nested && self.twice.may_hold(inner(2, 6)))
    }

    /// Whether it may hold a literal in hexadecimal digits.
    pub(super) fn may_hold_in_hex(&self) -> bool {
        self.has_hex
    }
}

/// The stretches of a text that are so long at least.
fn runs(text: &[u8], at_least: usize, is_part: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    text.split(move |byte| !is_part(*byte))
        .filter(move |run| run.len() >= at_least)
}

/// What each stretch of base64 says, wherever in a group of four it begins: the first byte begins with it, or so many
/// bits behind.
fn decoded(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    runs(text, BASE64, |byte| value(byte).is_some()).flat_map(|run| [0, 2, 4, 6].map(|behind| decode(run, behind)))
}

fn decode(run: &[u8], behind: i32) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(run.len());
    let (mut bits, mut count) = (0_u32, -behind);
    for six in run.iter().filter_map(|byte| value(*byte)) {
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [byte, ..] = (bits >> count).to_le_bytes();
            decoded.push(byte);
        }
    }
    decoded
}

/// A bit for each pair, and for each byte.
#[derive(Debug)]
struct Table {
    pairs: Box<[u64; 1024]>,
    bytes: [u64; 4],
}

impl Table {
    fn new() -> Self {
        Self {
            pairs: Box::new([0; 1024]),
            bytes: [0; 4],
        }
    }

    fn add(&mut self, text: &[u8]) {
        let mut before = None;
        for byte in text.iter().map(u8::to_ascii_lowercase) {
            set(&mut self.bytes, usize::from(byte));
            if let Some(before) = before.replace(byte) {
                set(&mut self.pairs[..], pair(before, byte));
            }
        }
    }

    /// Whether all of these bytes may stand one behind the other.
    fn may_hold(&self, bytes: &[u8]) -> bool {
        match bytes {
            [one] => has(&self.bytes, usize::from(one.to_ascii_lowercase())),
            longer => longer.array_windows().all(|&[first, second]| {
                has(
                    &self.pairs[..],
                    pair(first.to_ascii_lowercase(), second.to_ascii_lowercase()),
                )
            }),
        }
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

fn set(bits: &mut [u64], place: usize) {
    bits[place / 64] |= 1 << (place % 64);
}

fn has(bits: &[u64], place: usize) -> bool {
    bits[place / 64] >> (place % 64) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::{Pairs, decode};

    #[test]
    fn a_text_may_hold_what_is_in_it_in_any_case() {
        let pairs = Pairs::of(b"make Test");
        for held in [&b"make"[..], b"TEST", b"e t", b"k", b""] {
            assert!(pairs.may_hold(held));
        }
        for other in [&b"mak-"[..], b"tm", b"x", b"ekam"] {
            assert!(!pairs.may_hold(other));
        }
        assert!(!pairs.may_hold_in_base64(b"secret", true));
        assert!(!pairs.may_hold_in_hex());
    }

    #[test]
    fn base64_is_looked_into_wherever_it_begins() {
        assert_eq!(decode(b"c2VjcmV0", 0), b"secret");
        assert_eq!(decode(b"2VjcmV0", 2), b"ecret");
        assert!(Pairs::of(b"=/c2VjcmV0").may_hold_in_base64(b"Secret", false));
        let twice = Pairs::of(b"x YzJWamNtVjA= y");
        assert!(twice.may_hold_in_base64(b"secret", true));
        assert!(!twice.may_hold_in_base64(b"secret", false));
        assert!(Pairs::of(b"(736563)").may_hold_in_hex());
    }
}
