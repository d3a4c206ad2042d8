//! Transcripts of real programs, and where in them something could be hidden.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::bed::root;

/// What a program wrote to its terminal, byte for byte.
pub(crate) struct Transcript {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Every transcript, by name.
pub(crate) fn transcripts() -> Vec<Transcript> {
    let folder = root().join("tests/transcripts");
    let mut found: Vec<Transcript> = std::fs::read_dir(folder)
        .expect("the folder of transcripts")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pty"))
        .map(|path| Transcript {
            name: path.file_stem().expect("a name").to_string_lossy().into_owned(),
            bytes: std::fs::read(&path).expect("a transcript"),
        })
        .collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(found.len() >= 15, "the corpus is there");
    found
}

impl Transcript {
    /// The places at which visible text could be inserted: before every printable character, and at the end.
    pub(crate) fn places(&self) -> Vec<usize> {
        let mut places = Vec::new();
        let mut from = 0;
        let end = self.bytes.len()..self.bytes.len();
        for escape in escapes(&self.bytes).into_iter().chain(std::iter::once(end)) {
            // A byte that isn't the first one of its character is no place.
            let is_place = |&at: &usize| (0x20..0x7F).contains(&self.bytes[at]) || self.bytes[at] >= 0xC0;
            places.extend((from..escape.start).filter(is_place));
            from = escape.end;
        }
        places.push(self.bytes.len());
        places
    }

    /// The different escape sequences that it holds; a reset where it holds none.
    pub(crate) fn own_escapes(&self) -> Vec<Vec<u8>> {
        let different: BTreeSet<&[u8]> = escapes(&self.bytes)
            .into_iter()
            .map(|escape| &self.bytes[escape])
            .collect();
        let mut own: Vec<Vec<u8>> = different.into_iter().map(<[u8]>::to_vec).collect();
        if own.is_empty() {
            own.push(b"\x1b[m".to_vec());
        }
        own
    }
}

/// Bytes without their escape sequences.
pub(crate) fn strip(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for escape in escapes(bytes) {
        text.extend_from_slice(&bytes[from..escape.start]);
        from = escape.end;
    }
    text.extend_from_slice(&bytes[from..]);
    text
}

/// Where escape sequences stand, as ECMA-48 and xterm write them.
fn escapes(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == 0x1B {
            let end = escape_end(bytes, at);
            found.push(at..end);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// Where the sequence ends that begins at `at`.
fn escape_end(bytes: &[u8], at: usize) -> usize {
    let until = |from: usize, is_end: fn(u8) -> bool| {
        let length = bytes[from..].iter().position(|byte| is_end(*byte));
        length.map_or(bytes.len(), |length| from + length + 1)
    };
    let Some(kind) = bytes.get(at + 1) else {
        return bytes.len();
    };
    match kind {
        b'[' => until(at + 2, |byte| (0x40..0x7F).contains(&byte)),
        b']' | b'P' | b'X' | b'^' | b'_' => {
            let end = until(at + 2, |byte| byte == 0x07 || byte == 0x1B);
            // The string's terminator is ESC and a backslash.
            end + usize::from(bytes[end - 1] == 0x1B && bytes.get(end) == Some(&b'\\'))
        }
        _ => until(at + 1, |byte| !(0x20..0x30).contains(&byte)),
    }
}

#[test]
fn escapes_are_told_from_text() {
    let text = b"a\x1b[1;31mb\x1b(Bc\x1b]0;title\x07d\x1b]8;;x\x1b\\e\x1bPq\x1b\\f\x1b=g\x1b[";
    assert_eq!(strip(text), b"abcdefg");
    let transcript = Transcript {
        name: String::new(),
        bytes: b"a\x1b[m\xC3\xA9\r\n".to_vec(),
    };
    assert_eq!(transcript.places(), [0, 4, 8]);
    assert_eq!(transcript.own_escapes(), [b"\x1b[m"]);
}
