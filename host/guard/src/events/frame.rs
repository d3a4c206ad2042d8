//! What stands before the piece of an event: in the events of one text it is the same, but for numbers and times and
//! what names the event.
//!
//! What a tool sets around lines of a key (`cofferdam_frame`) may differ in words as well. Here a word tells a text
//! from another one: `text_delta` from `thinking_delta`, and one message from the next.

/// Names of strings that name an event and no text.
const OF_EVENTS: [&[u8]; 4] = [b"event_id", b"eventId", b"uuid", b"timestamp"];

/// What is the same before all pieces of a text.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    text: Vec<u8>,
    /// Where the last name stands in it, which is the piece's.
    name: usize,
}

impl Frame {
    /// The frame of an event of which all before the piece stands here.
    pub(super) fn of(front: &[u8]) -> Self {
        let mut frame = Self::default();
        frame.text.reserve(front.len());
        frame.read(front);
        frame
    }

    /// The frame of an event's next piece, of which all behind this one stands here. Whether the other pieces of an
    /// event are there tells nothing of its text, so that they are left out.
    pub(super) fn behind(mut self, front: &[u8]) -> Self {
        self.text.truncate(self.name);
        self.read(front);
        self
    }

    /// How many bytes it is told from others by.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    fn read(&mut self, front: &[u8]) {
        let mut name = &front[..0];
        let mut at = 0;
        while let Some(&byte) = front.get(at) {
            let rest = &front[at + 1..];
            at += 1;
            match byte {
                b'"' => {
                    let length = string_len(rest);
                    let string = &rest[..length];
                    at += (length + 1).min(rest.len());
                    let own = if is_name(&front[at..]) {
                        name = string;
                        self.name = self.text.len();
                        Some(string)
                    } else {
                        let differs = is_time(string) || OF_EVENTS.contains(&name);
                        Some(string).filter(|_| !differs)
                    };
                    // Some say with the first piece alone whose text it is.
                    if name != b"role" {
                        self.put(own.unwrap_or_default());
                    }
                }
                b'0'..=b'9' => {
                    let is_of_number = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
                    let first = at - 1;
                    at += rest.iter().take_while(is_of_number).count();
                    // Of several texts at once, each has a place.
                    let counts = name.ends_with(b"index") || name.ends_with(b"Index");
                    let number = if counts { &front[first..at] } else { b"0" };
                    self.text.extend_from_slice(number);
                }
                b',' | b':' | b' ' | b'\t' => {}
                _ => self.text.push(byte),
            }
        }
    }

    fn put(&mut self, string: &[u8]) {
        self.text.push(b'"');
        self.text.extend_from_slice(string);
        self.text.push(b'"');
    }
}

/// The length of what a string holds whose quote stands before.
fn string_len(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|text| memchr::memchr2(b'"', b'\\', text)) {
        at += found;
        if text[at] == b'"' {
            return at;
        }
        at += 2;
    }
    text.len()
}

/// Whether what stood before is a name.
fn is_name(rest: &[u8]) -> bool {
    rest.trim_ascii_start().starts_with(b":")
}

/// Whether a string is a time or a number.
fn is_time(string: &[u8]) -> bool {
    let is_of_time = |byte: &u8| byte.is_ascii_digit() || b"-:.+TZ ".contains(byte);
    string.first().is_some_and(u8::is_ascii_digit) && string.iter().all(is_of_time)
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn frames_are_alike_but_for_numbers_and_times() {
        let same = |one: &str, other: &str| Frame::of(one.as_bytes()) == Frame::of(other.as_bytes());
        for (one, other) in [
            (r#"{"id":"m1","seq":9,"delta":""#, r#"{"id":"m1","seq":10,"delta":""#),
            (
                r#"{"at":"2026-01-02T03:04:05Z","delta":""#,
                r#"{"at":"2026-01-02T03:04:06Z","delta":""#,
            ),
            (r#"{"event_id":"ev_a","delta":""#, r#"{"event_id":"ev_b","delta":""#),
            (
                r#"{"delta":{"role":"assistant","content":""#,
                r#"{"delta":{"content":""#,
            ),
            (r#"{"a": "b", "delta": ""#, r#"{"a":"b","delta":""#),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            (r#"{"id":"m1","delta":""#, r#"{"id":"m2","delta":""#),
            (r#"{"index":0,"delta":""#, r#"{"index":1,"delta":""#),
            (
                r#"{"delta":{"type":"a_delta","a":""#,
                r#"{"delta":{"type":"b_delta","b":""#,
            ),
            (r#"{"delta":{"text":""#, r#"{"delta":{"thinking":""#),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_other_pieces_of_an_event_are_left_out() {
        let first = Frame::of(br#"{"delta":{"role":"assistant","content":""#);
        let whole = Frame::of(br#"{"delta":{"reasoning":""#);
        assert!(first.clone().behind(br#","reasoning":""#) == whole);
        let (other, last) = (first.behind(br#","text":""#), br#","reasoning":""#);
        assert!(other != whole);
        assert!(other.behind(last) == whole);
    }
}
