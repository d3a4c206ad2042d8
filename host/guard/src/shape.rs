//! Bytes as their shape, so that a finding can be reviewed and the value can't be read from the review.

use std::fmt::Write as _;

/// The most runs that are told.
const MOST: usize = 24;
/// So many bytes before a finding, and behind it, are told with it.
const BEFORE: u64 = 24;
const BEHIND: u64 = 8;
/// So many bytes of a finding are told.
const WITHIN: u64 = 64;

/// The shape of some bytes: classes and the lengths of their runs, as `a{4}9{2}_`. A run's length isn't told where
/// `lengths` is false, nor above 64 exactly.
pub fn shape(bytes: &[u8], lengths: bool) -> String {
    told(bytes.iter().map(|byte| char::from(class(*byte))), lengths)
}

fn told(classes: impl Iterator<Item = char>, lengths: bool) -> String {
    let mut classes = classes.peekable();
    let mut shape = String::new();
    let mut index = 0;
    while let Some(class) = classes.next() {
        if index == MOST {
            shape.push('~');
            break;
        }
        index += 1;
        shape.push(class);
        let mut length = 1;
        while classes.next_if_eq(&class).is_some() {
            length += 1;
        }
        // What was left out, and where a finding begins and ends, has no length.
        match length {
            1 => {}
            _ if matches!(class, LEFT_OUT | BEGINS | ENDS) => {}
            _ if !lengths => shape.push('+'),
            length @ 2..=64 => write!(shape, "{{{length}}}").expect("a string takes all"),
            _ => shape.push_str("{64+}"),
        }
    }
    shape
}

const LEFT_OUT: char = '\u{2026}';
const BEGINS: char = '<';
const ENDS: char = '>';

/// What stands for a byte. Signs that structure a text stand for themselves; all others are one class, since they are
/// most often a part of a password.
fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => b'a',
        b'A'..=b'Z' => b'A',
        b'0'..=b'9' => b'9',
        b'_' | b'-' | b'.' | b':' | b'/' | b'@' | b'=' | b'+' => byte,
        b' ' | b'\t' | b'\n' | b'\r' => b's',
        0..0x20 | 0x7F => b'c',
        0x80.. => b'u',
        _ => b'#',
    }
}

/// A finding and a little around it, byte by byte as classes: what stands in other findings can be left out before it
/// is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Where in the raw stream the first class stands.
    from: u64,
    /// All of them are ASCII.
    classes: Vec<u8>,
    start: u64,
    end: u64,
}

impl Shape {
    /// What to look at for a finding from `start` to `end`.
    pub(crate) fn around(start: u64, end: u64) -> (u64, u64) {
        (start.saturating_sub(BEFORE), end.min(start + WITHIN) + BEHIND)
    }

    /// The shape of `bytes`, which begin at `from` of their stream, around a finding from `start` to `end`.
    pub fn new(from: u64, bytes: &[u8], start: u64, end: u64) -> Self {
        Self {
            from,
            classes: bytes.iter().map(|byte| class(*byte)).collect(),
            start,
            end,
        }
    }

    /// Where in the raw stream it begins and ends.
    pub fn range(&self) -> (u64, u64) {
        (self.from, self.from + self.classes.len() as u64)
    }

    /// The same, where its stream began so much further on.
    #[must_use]
    pub fn moved(mut self, by: u64) -> Self {
        self.from += by;
        self.start += by;
        self.end += by;
        self
    }

    /// The shape without what stands in these ranges of the raw stream: `<` and `>` stand where the finding begins
    /// and ends, and `…` for what is left out.
    pub fn without(&self, ranges: &[(u64, u64)]) -> String {
        let mut classes = Vec::with_capacity(self.classes.len() + 2);
        for (place, class) in (self.from..).zip(&self.classes) {
            if place == self.start {
                classes.push(BEGINS);
            } else if place == self.end {
                classes.push(ENDS);
            }
            let out = ranges.iter().any(|(start, end)| (*start..*end).contains(&place));
            classes.push(if out { LEFT_OUT } else { char::from(*class) });
        }
        told(classes.into_iter(), true)
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, shape};

    #[test]
    fn shapes_tell_classes_and_runs() {
        assert_eq!(shape(b"abcd12_X", true), "a{4}9{2}_A");
        assert_eq!(shape("p\u{e9}!?\x1b \n=".as_bytes(), true), "au{2}#{2}cs{2}=");
        assert_eq!(shape(b"4111 1111", false), "9+s9+");
        assert_eq!(shape(&[b'a'; 65], true), "a{64+}");
        assert_eq!(shape(b"", true), "");
        assert_eq!(shape(&b"a1".repeat(20), true).chars().count(), 25);
    }

    #[test]
    fn what_others_take_out_is_left_out_whole() {
        let text = b"key=abc12 and tok_99";
        let whole = Shape::new(100, text, 104, 109);
        assert_eq!(whole.without(&[]), "a{3}=<a{3}9{2}>sa{3}sa{3}_9{2}");
        assert_eq!(whole.without(&[(104, 109)]), "a{3}=<\u{2026}>sa{3}sa{3}_9{2}");
        assert_eq!(
            whole.without(&[(90, 106), (114, 200)]),
            "\u{2026}<\u{2026}a9{2}>sa{3}s\u{2026}"
        );
    }
}
