//! What a tool set before each line that it printed: numbers, times, names of containers, fields of JSON.
//!
//! The host walks over it, and tells it by the same code; here it is left out of what is taken for a key.

use cofferdam_frame::{Alike, Close};

/// The most that is seen before what is asked about.
const SEEN: usize = 240;

/// What stands before a text at the start of each of its lines, as it does on the first.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    before: &'a [u8],
}

impl<'a> Frame<'a> {
    pub(crate) fn new(before: &'a [u8]) -> Frame<'a> {
        Frame { before }
    }

    /// How many bytes of `line` are set before it. What stands before a header may end with a text of its own, such as
    /// a variable's name, that no other line has.
    pub(crate) fn length(&self, line: &[u8]) -> usize {
        let all = 0..line.len() as u64;
        let no_close = |_, _| (Close::No, 1);
        match cofferdam_frame::alike(self.before, line, all, true, |byte| byte == b'\n', no_close).0 {
            // A field at the end, behind which nothing alike comes, isn't counted: a key's line may look like one.
            Alike::Upto { end, .. } => usize::try_from(end).unwrap_or(0),
            // Nothing more comes, and no close is looked for.
            Alike::Open | Alike::Close { .. } => 0,
        }
    }

    /// Whether `line` is nothing but what is set before one.
    pub(crate) fn is_all_of(&self, line: &[u8]) -> bool {
        self.length(line) == line.len()
    }
}

/// How much of the line that begins at `line` a tool has set before it, as before the line of the name that ends at
/// `name`: a time, a container's name, a number of a line.
pub(crate) fn set_before(text: &[u8], name: usize, line: usize) -> usize {
    let Some(above) = line_of(text, name) else {
        return 0;
    };
    let above = without_name(above);
    let rest = text.get(line..).unwrap_or_default();
    let rest = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // `grep` has hyphens where the line that it looks for has colons.
    let beside = hyphened(above).map_or(0, |above| Frame::new(&above).length(rest));
    Frame::new(above).length(rest).max(beside)
}

/// What stands before `at` on its line. Where the line begins farther away than is seen, nothing is known of it.
pub(crate) fn line_of(text: &[u8], at: usize) -> Option<&[u8]> {
    let before = text.get(..at).unwrap_or_default();
    let begins = before.iter().rposition(|byte| *byte == b'\n').map(|end| end + 1);
    before.get(begins.or((before.len() < SEEN).then_some(0))?..)
}

/// What stands on a line before the name that ends it, and before the name of the field that it is the value of, as in
/// `name: "TOKEN`.
fn without_name(line: &[u8]) -> &[u8] {
    let without =
        |line: &[u8], is_part: fn(&u8) -> bool| line.len() - line.iter().rev().take_while(|byte| is_part(byte)).count();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    let is_opener = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'' | b'`' | b':' | b'=' | b'>');
    let opened = &line[..without(line, is_word)];
    let (front, signs) = opened.split_at(without(opened, is_opener));
    if signs.iter().any(|byte| matches!(byte, b':' | b'=' | b'>')) {
        &front[..without(front, is_word)]
    } else {
        &opened[..without(opened, is_quote)]
    }
}

/// The same with a hyphen before the number of its line, and behind it, where colons stand there.
fn hyphened(line: &[u8]) -> Option<Vec<u8>> {
    let colons: Vec<usize> = (0..line.len()).filter(|at| line[*at] == b':').collect();
    let is_number = |between: &[u8]| !between.is_empty() && between.iter().all(u8::is_ascii_digit);
    let around = colons.windows(2).find(|pair| is_number(&line[pair[0] + 1..pair[1]]))?;
    let mut line = line.to_vec();
    line[around[0]] = b'-';
    line[around[1]] = b'-';
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn numbers_with_their_padding_and_words_differ_from_line_to_line() {
        let frame = Frame::new(b"[pod/a-1]   9: ");
        assert_eq!(frame.length(b"[pod/a-1]  10: MII"), 15);
        assert!(frame.is_all_of(b"[pod/a-2] 1210: "));
        assert_eq!(frame.length(b"[job/b-1]  10: MII"), 15);
        assert_eq!(frame.length(b"[job:b-1]  10: MII"), 1);
        let id = Frame::new(br#"{"id":"d9ac7fc7","at":"09:10:09.5Z","message":""#);
        assert!(id.is_all_of(br#"{"id":"41-ee","at":"09:10:09Z","message":""#));
        let padded = Frame::new(br#"{"ok": true, "by": 3, "message": ""#);
        assert!(padded.is_all_of(br#"{"ok": false, "by": null, "message": ""#));
        let level = Frame::new(br#"{"ok":true,"by":null,"message":""#);
        assert!(level.is_all_of(br#"{"ok":false,"by":3,"message":""#));
        // A name of its own before the header is on no other line.
        for (before, line, length) in [
            (&b".env:2:KEY=\""[..], &b".env:13:MII"[..], 8),
            (b"INFO: key: ", b"INFO: MII", 6),
            (b"09:10:09.5Z   KEY: ", b"09:10:10.5Z MII", 12),
            (b"3:KEY=", b"4:abcd=", 2),
        ] {
            assert_eq!(Frame::new(before).length(line), length);
        }
        assert!(Frame::new(b"3:KEY=").is_all_of(b"14:"));
        // Directly before a header stands nothing that could be told from a key's own characters.
        for (before, line) in [
            (&b"done"[..], &b"MII"[..]),
            (b"5", b"MC4CAQ"),
            (b"data/", b"MII/abc"),
            (b"a+", b"MII+abc"),
            (b"v1.2.", b"MC4CAQ"),
        ] {
            assert_eq!(Frame::new(before).length(line), 0);
        }
        assert_eq!(Frame::new(b"").length(b"MII"), 0);
        assert!(Frame::new(b"").is_all_of(b""));
    }
}
