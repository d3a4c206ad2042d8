//! Where in an event its piece begins: the string behind the name, or that of the object behind it.

use crate::stream::Stream;

/// The most bytes from a name to its piece.
const LONGEST: u64 = 512;
/// Names of strings that say what a piece is, and are none.
const NO_PIECES: [&[u8]; 7] = [b"type", b"role", b"id", b"name", b"status", b"object", b"call_id"];

/// The way from a name to its piece.
pub(super) struct Slot {
    from: u64,
    next: u64,
    depth: u8,
    /// The next string is a value.
    value: bool,
    /// Where the string began that is gone over, and whether the next byte is escaped.
    string: Option<u64>,
    escaped: bool,
    /// Where the last name stands.
    name: (u64, u64),
}

/// What was seen of it.
pub(super) enum Seen {
    /// More has to come.
    Open,
    /// There is none, which was told before this place.
    Nothing(u64),
    /// Its first byte stands there, if it has one.
    Piece(u64),
}

impl Slot {
    pub(super) fn new(from: u64) -> Self {
        Self {
            from,
            next: from,
            depth: 0,
            value: true,
            string: None,
            escaped: false,
            name: (from, from),
        }
    }

    /// Reads on over what has come.
    pub(super) fn on(&mut self, text: &Stream) -> Seen {
        while let Some(byte) = text.get(self.next) {
            let at = self.next;
            // What a line ends in is looked at by others.
            if byte == b'\n' || at - self.from >= LONGEST {
                return Seen::Nothing(at);
            }
            self.next += 1;
            if let Some(begin) = self.string {
                match byte {
                    _ if std::mem::take(&mut self.escaped) => {}
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.string = None;
                        self.name = (begin, at);
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' if self.value && !NO_PIECES.contains(&text.slice(self.name.0, self.name.1)) => {
                    return Seen::Piece(at + 1);
                }
                b'"' => self.string = Some(at + 1),
                b':' => self.value = true,
                b',' => self.value = false,
                b'{' | b'[' => {
                    self.depth = self.depth.saturating_add(1);
                    self.value &= byte == b'[';
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            // A value that is no string, or an object without a piece.
            if self.depth == 0 && !matches!(byte, b' ' | b'\t' | b'"') {
                return Seen::Nothing(self.next);
            }
        }
        Seen::Open
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, Slot};
    use crate::stream::Stream;

    fn piece(text: &str) -> Option<&str> {
        let mut stream = Stream::default();
        stream.push(text.as_bytes());
        match Slot::new(0).on(&stream) {
            Seen::Piece(first) => text.get(usize::try_from(first).ok()?..),
            Seen::Nothing(_) | Seen::Open => None,
        }
    }

    #[test]
    fn a_piece_is_the_string_that_says_nothing_of_it() {
        for text in [
            r#""gh"#,
            r#"  "gh"#,
            r#"{"type":"text_delta","text":"gh"#,
            r#"{"role": "assistant", "content": "gh"#,
            r#"{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"ru\"n","arguments":"gh"#,
            r#"{"content":null,"reasoning":"gh"#,
        ] {
            assert_eq!(piece(text), Some("gh"), "{text}");
        }
        for text in [
            "0.5,\"a\":\"b\"",
            "null,\"a\":\"b\"",
            "{},\"a\":\"b\"",
            r#"{"content":null},"finish":"gh"#,
            "{\"text\":\n\"gh",
        ] {
            assert_eq!(piece(text), None, "{text}");
        }
    }
}
