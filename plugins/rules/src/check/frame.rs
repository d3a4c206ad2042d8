//! What a tool set around each line that it printed: numbers, times, names of containers, fields of JSON.
//!
//! The host walks over it where it is alike on each line but for numbers and their padding, ids and words of letters; here it is left out
//! of what is taken for a key.

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
        self.alike(line).map_or(0, |length| length)
    }

    /// Whether `line` is nothing but what is set before one.
    pub(crate) fn is_all_of(&self, line: &[u8]) -> bool {
        self.alike(line) == Some(line.len())
    }

    /// How many bytes of `line` are like all of what stands before the first, but for a field at their end behind which nothing alike
    /// comes: a key's line may look like one. The host tells it in the same way.
    fn alike(&self, line: &[u8]) -> Option<usize> {
        let (mut model, mut at) = (self.before, 0);
        let mut field_from = None;
        let mut in_words = false;
        while let Some((first, others)) = model.split_first() {
            let rest = line.get(at..)?;
            if let Some(length) = field(model) {
                let here = padded(rest)?;
                let is_word = word(model) == Some(length);
                if !is_word || rest.get(..here) != model.get(..length) {
                    field_from = field_from.or(Some(at));
                    // Nothing before it is alike.
                    in_words |= is_word && at == 0;
                }
                model = model.get(length..)?;
                at += here;
            } else if rest.first() == Some(first) {
                // A key has the first of these too, and all prose has blanks between words: they tell nothing.
                let tells_nothing = matches!(first, b'+' | b'/' | b'=') || (in_words && *first == b' ');
                if !tells_nothing {
                    field_from = None;
                    in_words = false;
                }
                model = others;
                at += 1;
            } else {
                return None;
            }
        }
        Some(field_from.unwrap_or(at))
    }
}

/// A number has fewer bytes, with the blanks that pad it, and a word of letters has no more than that.
const NUMBER: usize = 64;
const WORD: usize = 16;

/// The length of a number, a time or an id at the front, with the blanks that pad it: letters and digits, points and hyphens, a digit
/// among them.
fn number(text: &[u8]) -> Option<usize> {
    let blanks = text.iter().take_while(|&&byte| byte == b' ').count();
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'.' | b'-');
    let run = text.iter().skip(blanks).take_while(is_part);
    let (length, digits) = run.fold((0, 0), |(length, digits), byte| {
        (length + 1, digits + usize::from(byte.is_ascii_digit()))
    });
    (digits > 0 && blanks + length < NUMBER).then_some(blanks + length)
}

/// The length of a word of letters at the front.
fn word(text: &[u8]) -> Option<usize> {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let goes_on = text.get(letters).is_some_and(u8::is_ascii_alphanumeric);
    ((1..=WORD).contains(&letters) && !goes_on).then_some(letters)
}

/// The length of what may differ from line to line at the front.
fn field(text: &[u8]) -> Option<usize> {
    // What follows a word directly may be a part of it.
    number(text).or_else(|| word(text).filter(|length| *length < text.len()))
}

/// The length of what may stand there instead, behind blanks that pad it.
fn padded(text: &[u8]) -> Option<usize> {
    let blanks = text.iter().take_while(|&&byte| byte == b' ').count();
    number(text).or_else(|| Some(blanks + word(text.get(blanks..)?)?))
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
