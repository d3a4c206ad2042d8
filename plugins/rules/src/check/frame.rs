//! What a tool set before each line that it printed: numbers, times, names of containers, fields of JSON.
//!
//! The host walks over it, and tells it by the same code; here it is left out of what is taken for a key.

use cofferdam_frame::{Alike, Close};

/// What stands before a text at the start of each of its lines, as it does on the first.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    before: &'a [u8],
}

impl<'a> Frame<'a> {
    pub(crate) fn new(before: &'a [u8]) -> Frame<'a> {
        Frame { before }
    }

    /// How many bytes of `line` are set before it.
    pub(crate) fn length(&self, line: &[u8]) -> usize {
        self.alike(line).unwrap_or(0)
    }

    /// Whether `line` is nothing but what is set before one.
    pub(crate) fn is_all_of(&self, line: &[u8]) -> bool {
        self.alike(line) == Some(line.len())
    }

    /// How many bytes of `line` are like all of what stands before the first, but for a field at their end behind
    /// which nothing alike comes: a key's line may look like one.
    fn alike(&self, line: &[u8]) -> Option<usize> {
        let all = 0..line.len() as u64;
        let no_close = |_, _| (Close::No, 1);
        match cofferdam_frame::alike(self.before, line, all, true, |byte| byte == b'\n', no_close).0 {
            Alike::Upto { end, whole: true, .. } => usize::try_from(end).ok(),
            // Nothing more comes, and no close is looked for.
            Alike::Upto { whole: false, .. } | Alike::Open | Alike::Close { .. } => None,
        }
    }
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
        assert_eq!(frame.length(b"[job:b-1]  10: MII"), 0);
        let id = Frame::new(br#"{"id":"d9ac7fc7","at":"09:10:09.5Z","message":""#);
        assert!(id.is_all_of(br#"{"id":"41-ee","at":"09:10:09Z","message":""#));
        let padded = Frame::new(br#"{"ok": true, "by": 3, "message": ""#);
        assert!(padded.is_all_of(br#"{"ok": false, "by": null, "message": ""#));
        let level = Frame::new(br#"{"ok":true,"by":null,"message":""#);
        assert!(level.is_all_of(br#"{"ok":false,"by":3,"message":""#));
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
