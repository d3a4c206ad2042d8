//! Lines of a text in base64: an encoded literal may be cut by the end of one.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::base64::value;
use crate::classes::{BLOCK, Class, blocks};
use crate::prefilter::{Owner, Prefilter};
use crate::stream::Stream;

/// How long a line must be, in characters, to be one of a longer text.
pub(super) const LINE: usize = 19;
/// How many bytes before a line's end are looked at: the characters, and a carriage return.
const BEFORE: usize = LINE + 1;
/// How many characters on either side are looked at: all but one of the longest form.
const SIDE: usize = 11;
/// The most bytes of white space between two lines.
pub(super) const BETWEEN: usize = 12;

/// A shorter text, as what comes between two edits of a line, is looked at byte by byte: its line ends are few.
const SHORT: usize = 192;

/// How far the line ends of a text have been looked at.
#[derive(Default)]
pub(crate) struct Seams {
    /// The first line end that is not done with lies at or behind this place. It is no farther from the end of what has come than
    /// [`BETWEEN`] and [`SIDE`], and so never forgotten: a text keeps more than a suspect's context.
    next: u64,
    /// Everything before was there when it was looked at last.
    seen: u64,
}

impl Seams {
    /// Nothing before this place is looked at.
    pub(crate) fn begin_at(&mut self, place: u64) {
        self.next = place;
        self.seen = place;
    }

    /// Calls `hit` with the owners of literals that a line end cuts, and where they begin and end. Most texts have no such lines, and don't
    /// ask for the search.
    pub(crate) fn search<'a>(
        &mut self,
        prefilter: impl Fn() -> &'a Prefilter,
        text: &Stream,
        mut hit: impl FnMut(&[Owner], u64, u64),
    ) {
        let end = text.end();
        let from = self.next.max(text.base());
        let begin = from.saturating_sub(BEFORE as u64).max(text.base());
        self.next = end;
        let looked = text.slice(begin, end);
        let new = usize::try_from(from - begin).expect("it is short");
        if looked.len() < SHORT && !may_end_lines(looked, new) {
            self.seen = end;
            return;
        }
        for line_end in line_ends(looked) {
            let at = begin + line_end as u64;
            if at >= from && self.join(prefilter(), text, at, &mut hit) {
                self.next = at;
                break;
            }
        }
        self.seen = end;
    }

    /// Looks for literals over the line end at `at`. Answers whether there are more to come.
    fn join(&self, prefilter: &Prefilter, text: &Stream, at: u64, hit: &mut impl FnMut(&[Owner], u64, u64)) -> bool {
        let last = if text.slice(at.saturating_sub(1), at) == b"\r" {
            at - 1
        } else {
            at
        };
        let mut places: Vec<u64> = (last - SIDE as u64..last).collect();
        let behind = text.slice(at + 1, text.end());
        let blank = behind
            .iter()
            .take(BETWEEN)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let run = behind[blank..]
            .iter()
            .take(SIDE)
            .take_while(|byte| value(**byte).is_some())
            .count();
        let first = at + 1 + blank as u64;
        places.extend(first..first + run as u64);
        let joined: Vec<u8> = places.iter().filter_map(|place| text.get(*place)).collect();
        prefilter.search(&joined, SIDE, |owners, start, end| {
            let (start, end) = (places[start], places[end - 1] + 1);
            if start < last && end > self.seen {
                hit(owners, start, end);
            }
        });
        blank < BETWEEN && run < SIDE && blank + run == behind.len()
    }
}

/// Whether from `from` on a line ends that is one of a text in base64.
fn may_end_lines(text: &[u8], from: usize) -> bool {
    let may = |at: usize| text[at] == b'\n' && ends_line(&text[..at]);
    (from.min(text.len())..text.len()).any(may)
}

/// Whether a text ends with a line of nothing but characters of base64, that is long enough.
fn ends_line(text: &[u8]) -> bool {
    let line = text.strip_suffix(b"\r").unwrap_or(text);
    let mut last = line.iter().rev().take(LINE);
    line.len() >= LINE && last.all(|byte| value(*byte).is_some())
}

/// Where lines end of nothing but characters of base64, that are long enough.
fn line_ends(text: &[u8]) -> Vec<usize> {
    static CHARACTERS: LazyLock<Class> = LazyLock::new(|| {
        let characters = (0..=u8::MAX).filter(|byte| value(*byte).is_some());
        Class::new(characters.collect())
    });
    if text.len() < SHORT {
        let line_ends = memchr::memchr_iter(b'\n', text);
        return line_ends.filter(|at| ends_line(&text[..*at])).collect();
    }
    let mut ends = Vec::new();
    let _: Option<()> = blocks(
        [&*CHARACTERS],
        *b"\n\r",
        text,
        BLOCK - BEFORE,
        |at, [characters], [feeds, returns]| {
            // Behind each of these stand so many characters before it, itself included.
            let (mut lines, mut have) = (characters, 1);
            while have < LINE {
                let more = have.min(LINE - have);
                lines &= lines << more;
                have += more;
            }
            let line = lines << 1;
            let mut found = feeds & (line | (returns & line) << 1);
            // What stands before the block's first bytes was in the last one, or isn't there.
            if at > 0 {
                found &= u64::MAX << BEFORE;
            }
            while found != 0 {
                ends.push(at + found.trailing_zeros() as usize);
                found &= found - 1;
            }
            ControlFlow::Continue(())
        },
    );
    ends
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LINE, line_ends};
    use crate::coding::base64::value;

    proptest! {
        #[test]
        fn lines_of_characters_are_found(parts in prop::collection::vec(("[a]{0,40}", "(\n|\r\n|\r| )"), 0..12)) {
            let text: String = parts.iter().map(|(line, end)| format!("{line}{end}")).collect();
            let bytes = text.as_bytes();
            let is_line = |at: &usize| {
                let line = bytes[..*at].strip_suffix(b"\r").unwrap_or(&bytes[..*at]);
                bytes[*at] == b'\n' && line.len() >= LINE && line[line.len() - LINE..].iter().all(|byte| value(*byte).is_some())
            };
            let expected: Vec<usize> = (0..bytes.len()).filter(is_line).collect();
            prop_assert_eq!(line_ends(bytes), expected);
        }
    }
}
