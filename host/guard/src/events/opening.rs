//! Events whose pieces no name tells of: what lines of a format begin with, up to their piece.

use super::slot::Seen;
use crate::stream::Stream;

/// What such lines begin with, and whether an object holds the piece, in which others may stand behind it. `*` stands
/// for what a string holds, `#` for a number, and a blank for any or none.
const OPENINGS: [(bool, &[u8]); 7] = [
    // Ollama's answers.
    (
        true,
        b"{ \"model\" : \"*\" , \"created_at\" : \"*\" , \"response\" : \"",
    ),
    (
        true,
        b"{ \"model\" : \"*\" , \"created_at\" : \"*\" , \"message\" : { \"role\" : \"assistant\" , \"content\" : \"",
    ),
    // Gemini's, of its API and of its agent.
    (
        true,
        b"data: { \"candidates\" : [ { \"content\" : { \"parts\" : [ { \"text\" : \"",
    ),
    (
        true,
        b"{ \"type\" : \"message\" , \"timestamp\" : \"*\" , \"role\" : \"assistant\" , \"content\" : \"",
    ),
    // What asciinema records of a terminal.
    (false, b"[ # , \"o\" , \""),
    // Text and reasoning in the data stream of Vercel's AI SDK.
    (false, b"0:\""),
    (false, b"g:\""),
];
/// The most bytes before a piece.
const LONGEST: u64 = 512;

/// Whether such a line may begin with this byte.
pub(super) fn may_begin(byte: &u8) -> bool {
    matches!(byte, b'{' | b'd' | b'[' | b'0' | b'g')
}

/// What is seen of a line that begins at `line`, as far as it has come.
pub(super) fn seen(text: &Stream, line: u64) -> Seen {
    let front = text.slice(line, line + LONGEST);
    // The first name of most events of other kinds tells that they are none.
    if let [b'{', b'"', name, ..] = front
        && !matches!(name, b'm' | b't')
    {
        return Seen::Nothing(line + 2);
    }
    let mut told = 0;
    let mut open = false;
    for (is_in_object, opening) in OPENINGS {
        match fit(opening, front) {
            Fit::Whole(length) => {
                return Seen::Piece {
                    first: line + length as u64,
                    depth: u8::from(is_in_object),
                };
            }
            Fit::Open => open = true,
            Fit::Not(at) => told = told.max(at as u64),
        }
    }
    match open {
        true if (front.len() as u64) < LONGEST => Seen::Open,
        true => Seen::Nothing(line + LONGEST),
        false => Seen::Nothing(line + told),
    }
}

/// How far a line is one of a format.
enum Fit {
    /// Up to its piece, in so many bytes.
    Whole(usize),
    /// As far as it has come.
    Open,
    /// It is none, as the byte at this place tells.
    Not(usize),
}

fn fit(opening: &[u8], front: &[u8]) -> Fit {
    let mut at = 0;
    for sign in opening {
        let rest = &front[at..];
        let leading = |is: fn(&&u8) -> bool| rest.iter().take_while(is).count();
        at += match sign {
            b' ' => leading(|byte| matches!(byte, b' ' | b'\t')),
            b'*' => leading(|byte| !matches!(byte, b'"' | b'\n')),
            b'#' => leading(|byte| byte.is_ascii_digit() || **byte == b'.'),
            _ => match rest.first() {
                None => return Fit::Open,
                Some(byte) if byte == sign => 1,
                Some(_) => return Fit::Not(at),
            },
        };
    }
    Fit::Whole(at)
}

#[cfg(test)]
mod tests {
    use super::seen;
    use crate::events::slot::Seen;
    use crate::stream::Stream;

    #[test]
    fn a_line_is_told_by_what_it_begins_with() {
        let read = |text: &str| {
            let mut stream = Stream::default();
            stream.push(text.as_bytes());
            seen(&stream, 0)
        };
        for text in [
            r#"{"model":"m:7b","created_at":"2026-01-02T03:04:05Z","response":""#,
            r#"{"model": "m", "created_at": "t", "message": {"role": "assistant", "content": ""#,
            r#"data: {"candidates": [{"content": {"parts": [{"text": ""#,
            r#"{"type":"message","timestamp":"t","role":"assistant","content":""#,
            r#"[1.25, "o", ""#,
            "0:\"",
        ] {
            assert!(
                matches!(read(text), Seen::Piece { first, .. } if first == text.len() as u64),
                "{text}"
            );
            for length in 1..text.len() {
                assert!(matches!(read(&text[..length]), Seen::Open), "{}", &text[..length]);
            }
        }
        for (text, told) in [
            ("{\"ts\":1", 3),
            ("[1.2, \"i\"", 7),
            ("x", 0),
            ("0:1", 2),
            ("{\"model\":\"a\n", 11),
        ] {
            assert!(matches!(read(text), Seen::Nothing(at) if at == told), "{text}");
        }
    }
}
