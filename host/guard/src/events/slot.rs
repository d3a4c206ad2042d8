//! Where in an event its pieces begin: the string behind the name, or those of the object behind it.

use crate::stream::Stream;

/// The most bytes from a name to its piece, and from a piece to the next one.
const LONGEST: u64 = 512;
/// Names of strings that say what a piece is, and are none.
const NO_PIECES: [&[u8]; 8] = [
    b"type", b"role", b"id", b"name", b"status", b"object", b"call_id", b"format",
];

/// The way from a name to its piece, or from a piece to the next one.
pub(super) struct Slot {
    from: u64,
    next: u64,
    /// How many objects and lists have begun that aren't over.
    depth: u8,
    /// The next string is a value: a colon came, or a list.
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
    /// Its first byte stands there, if it has one, in so many objects and lists in which others may stand behind it.
    Piece { first: u64, depth: u8 },
}

impl Slot {
    /// From behind the quote of a name, the colon of which has to follow.
    pub(super) fn new(from: u64) -> Self {
        Self::behind(0, from)
    }

    /// From behind the quote of a piece that stands in so many objects and lists.
    pub(super) fn behind(depth: u8, from: u64) -> Self {
        Self {
            from,
            next: from,
            depth,
            value: false,
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
            let is_colon = byte == b':' && !self.value;
            match byte {
                b'"' if self.value && !NO_PIECES.contains(&text.slice(self.name.0, self.name.1)) => {
                    let depth = self.depth;
                    return Seen::Piece { first: at + 1, depth };
                }
                b'"' => self.string = Some(at + 1),
                b':' => self.value = true,
                b',' => self.value = false,
                b'{' | b'[' if self.value || self.depth > 0 => {
                    self.depth = self.depth.saturating_add(1);
                    self.value &= byte == b'[';
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            // No name, a value that is no string, or the end of the object.
            if self.depth == 0 && !matches!(byte, b' ' | b'\t') && !is_colon {
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
            Seen::Piece { first, .. } => text.get(usize::try_from(first).ok()?..),
            Seen::Nothing(_) | Seen::Open => None,
        }
    }

    #[test]
    fn a_piece_is_the_string_that_says_nothing_of_it() {
        for text in [
            r#":"gh"#,
            r#":  "gh"#,
            r#" : "gh"#,
            r#":{"type":"text_delta","text":"gh"#,
            r#":{"role": "assistant", "content" : "gh"#,
            r#":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"ru\"n","arguments":"gh"#,
            r#":{"content":null,"reasoning":"gh"#,
        ] {
            assert_eq!(piece(text), Some("gh"), "{text}");
        }
        for text in [
            "0.5,\"a\":\"b\"",
            ":0.5,\"a\":\"b\"",
            ":null,\"a\":\"b\"",
            ":{},\"a\":\"b\"",
            r#":{"content":null},"finish":"gh"#,
            ":{\"text\":\n\"gh",
            // Names of nothing.
            r#","text":"gh"#,
            r#""gh"#,
            r#" {"text":"gh"#,
        ] {
            assert_eq!(piece(text), None, "{text}");
        }
    }

    #[test]
    fn behind_a_piece_another_may_stand() {
        for (depth, text, next) in [
            (0, r#","text":"gh"#, None),
            (1, r#","text":"gh"#, Some("gh")),
            (1, r#", "more": [{"type":"text","text":"gh"#, Some("gh")),
            (1, r#","index":0},"finish":"gh"#, None),
            (2, r#"},"text":"gh"#, Some("gh")),
        ] {
            let mut stream = Stream::default();
            stream.push(text.as_bytes());
            let seen = Slot::behind(depth, 0).on(&stream);
            let first = match seen {
                Seen::Piece { first, .. } => text.get(usize::try_from(first).expect("it is short")..),
                Seen::Nothing(_) | Seen::Open => None,
            };
            assert_eq!(first, next, "{text}");
        }
    }
}
