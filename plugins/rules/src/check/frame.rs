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

    /// How many bytes of `line` are like all of what stands before the first.
    fn alike(&self, line: &[u8]) -> Option<usize> {
        let mut model = self.before;
        let mut rest = line;
        while let Some((first, others)) = model.split_first() {
            if let Some(length) = field(model) {
                model = model.get(length..)?;
                rest = rest.get(padded(rest)?..)?;
            } else {
                model = others;
                rest = rest.strip_prefix(std::slice::from_ref(first))?;
            }
        }
        Some(line.len() - rest.len())
    }
}

/// The length of a number, a time or an id at the front, with the blanks that pad it: letters and digits, points and hyphens, a digit
/// among them.
fn number(text: &[u8]) -> Option<usize> {
    let blanks = text.iter().take_while(|&&byte| byte == b' ').count();
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'.' | b'-');
    let run = text.iter().skip(blanks).take_while(is_part);
    let (length, digits) = run.fold((0, 0), |(length, digits), byte| {
        (length + 1, digits + usize::from(byte.is_ascii_digit()))
    });
    (digits > 0).then_some(blanks + length)
}

/// The most letters of a word that may differ.
const WORD: usize = 16;

/// The length of a word of letters at the front.
fn word(text: &[u8]) -> Option<usize> {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let goes_on = text.get(letters).is_some_and(u8::is_ascii_alphanumeric);
    ((1..=WORD).contains(&letters) && !goes_on).then_some(letters)
}

/// The length of what may differ from line to line at the front.
fn field(text: &[u8]) -> Option<usize> {
    number(text).or_else(|| word(text))
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
        assert_eq!(Frame::new(b"").length(b"MII"), 0);
        assert!(Frame::new(b"").is_all_of(b""));
    }
}
